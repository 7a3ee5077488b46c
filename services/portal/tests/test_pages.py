"""Every page renders for the role it is for, in Vietnamese, without anything from elsewhere or inline."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from notifications import domain as notifications
from portal import labels
from registration.domain import initiatives, reorganisations, vocabulary
from review.domain import vocabulary as review
from werkzeug.routing import Rule

FOLDER = Path(__file__).parents[1] / "src" / "portal"
ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
ANY_ROLE = {"home.show": "author", "initiatives.show_list": "officer", "initiatives.show": "officer"}
SILENT = {
    "static",
    "live",
    "ready",
    "metrics",
    "sign_in.start",
    "sign_in.start_at",
    "sign_in.finish",
    "initiatives.recommendation",
}
FILES = {
    "initiatives.download",
    "dashboard.download",
    "my_data.download",
    "admin_requests.download",
    "tenants.download",
    "admin_settings.download",
}


def pages(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Every rule that shows a page, with an address and a role that may see it."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in SILENT | FILES:
            view = app.view_functions[rule.endpoint]
            roles = sorted(getattr(view, "roles", ())) or [ANY_ROLE.get(rule.endpoint, "officer")]
            plain = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule).replace("<string:code>", "khanh-hoa")
            yield rule, re.sub(r"<[^>]+>", ID, plain), roles[0]


class Page(HTMLParser):
    """What a page asks a browser to load or run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[tuple[str, bool]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        self.loaded += [has[name] for name in ("src", "href", "action", "hx-get", "hx-post") if name in has]
        self.inline += [name for name in has if name.startswith("on") or name == "style"]
        self._open.append(tag)
        if "id" in has:
            self.ids.append(has["id"])
        if tag == "label" and "for" in has:
            self.labelled.add(has["for"])
        if tag in ("input", "select", "textarea") and has.get("type") not in ("hidden", "submit"):
            self.fields.append((has.get("id", ""), "label" in self._open))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("script", "style") and data.strip():
            self.inline.append(data)


@pytest.fixture(scope="module")
def rendered() -> dict[str, list[str]]:
    """Which templates the pages of this module were made of."""
    return {"names": []}


def test_every_page_renders_for_its_role(
    app: Flask, services: Any, signed_in: Callable[[str], Any], rendered: dict[str, list[str]]
) -> None:
    browsers: dict[str, Any] = {}

    def note(_: Flask, template: Any, **__: Any) -> None:
        rendered["names"].append(template.name)

    with template_rendered.connected_to(note, app):
        for rule, address, role in pages(app):
            browser = browsers.setdefault(role, signed_in(role))
            answer = browser.get(address)
            assert answer.status_code == 200, f"{rule} as {role}: {answer.status_code}"
            look_at(answer.text, rule.rule)


def look_at(html: str, rule: str) -> None:
    if "<html" not in html:
        return
    page = Page(html)
    assert 'lang="vi"' in html
    assert [one for one in page.loaded if not re.match(r"(/|#|\?)", one)] == [], f"{rule} leads elsewhere"
    assert page.inline == [], f"{rule} has inline script or style"
    assert len(page.ids) == len(set(page.ids)), f"{rule}: {[one for one in page.ids if page.ids.count(one) > 1]}"
    unlabelled = [name for name, inside in page.fields if not inside and name not in page.labelled]
    assert unlabelled == [], f"{rule}: fields without a label"
    assert html.count("<h1") == 1, f"{rule} has one main heading"


def test_every_template_is_rendered(
    app: Flask,
    browser: Any,
    services: Any,
    signed_in: Callable[[str], Any],
    rendered: dict[str, list[str]],
    two_providers: Flask,
    browse: Callable[[Flask], Any],
) -> None:
    def note(_: Flask, template: Any, **__: Any) -> None:
        rendered["names"].append(template.name)

    with template_rendered.connected_to(note, app):
        browser.get("/khong-co")
        browser.post("/initiatives/new")
        signed_in("author").get("/my-data/copy.html")
        services.answer("registration POST /people/*/national-id", 200, {"national_id": "056090001234"})
        admin = signed_in("administrator")
        services.answer("review GET /councils", 200, {"items": [], "next": None})
        assert "chưa có hội đồng" in signed_in("secretary").get("/sessions/new").text
        assert "056090001234" in admin.post(f"/admin/people/{ID}/national-id", {"reason": "Đối chiếu"}).text
        services.answer("registration GET /me", 200, {"subject": "author-dk", "grants": []})
        signed_in("author").get("/acting-as")
    with template_rendered.connected_to(note, two_providers):
        look_at(browse(two_providers).get("/sign-in").text, "/sign-in")
    folder = FOLDER / "templates"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    parts = {name for name in files if Path(name).name.startswith("_") or name == "base.html"}
    assert files - parts - set(rendered["names"]) == set()


def test_empty_lists_say_what_to_do(app: Flask, services: Any, signed_in: Callable[[str], Any]) -> None:
    for call in (
        "initiatives",
        "models",
        "cycles",
        "people",
        "grants",
        "units",
        "subject-requests",
        "tenants",
        "reorganisations",
        "delegations",
        "audit",
        "recommended",
    ):
        services.answer(f"registration GET /{call}", 200, {"items": [], "next": None, "provinces": []})
    for call in ("sessions", "councils", "rulebooks", "commendations", "decisions", "dossiers"):
        services.answer(f"review GET /{call}", 200, {"items": [], "next": None})
    for call in ("activities", "rollups"):
        services.answer(f"reporting GET /{call}", 200, {"items": [], "next": None})
    services.answer("notifications GET /messages", 200, {"items": [], "next": None})
    browsers: dict[str, Any] = {}
    for rule, address, role in pages(app):
        if rule.endpoint.endswith("show_list") and not rule.endpoint.startswith("catalogue"):
            answer = browsers.setdefault(role, signed_in(role)).get(address)
            assert answer.status_code == 200
            assert 'class="empty"' in answer.text, rule.rule


def test_nothing_in_templates_or_assets_leads_elsewhere() -> None:
    own = [*(FOLDER / "templates").rglob("*.html"), FOLDER / "static" / "portal.css", FOLDER / "static" / "portal.js"]
    for path in own:
        assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", path.read_text("utf-8")), path.name


def test_vendored_files_are_what_their_manifest_says() -> None:
    folder = FOLDER / "static" / "vendor"
    listed = dict(reversed(line.split(maxsplit=1)) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = {path.name for path in folder.iterdir()} - {"SHA256SUMS", "README"}
    assert set(listed) == files
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (labels.ROLE, vocabulary.Role),
        (labels.LEVEL, vocabulary.Level),
        (labels.UNIT_KIND, vocabulary.UnitKind),
        (labels.AFFILIATION, vocabulary.Affiliation),
        (labels.CONTENT, vocabulary.Content),
        (labels.STATUS, initiatives.Status),
        (labels.ACTION, initiatives.Action),
        (labels.COUNCIL_ROLE, review.Seat),
        (labels.BALLOT_KIND, review.BallotKind),
        (labels.BALLOT, review.Choice),
        (labels.TIE_RULE, review.TieRule),
        (labels.RULEBOOK_STATUS, review.RulebookStatus),
        (labels.SESSION_STATUS, review.SessionStatus),
        (labels.CONFLICT, review.ConflictKind),
        (labels.OUTCOME, review.Outcome),
        (labels.REORGANISATION_STATUS, reorganisations.Status),
        (labels.COMMENDATION_FORM, review.CommendationForm),
        (labels.AUTHORITY, review.Authority),
        (labels.RECIPIENT_KIND, review.RecipientKind),
        (labels.MESSAGE_KIND, notifications.Kind),
    ],
)
def test_every_code_of_a_service_has_its_words(words: dict[str, str], codes: Iterable[str]) -> None:
    assert {str(code) for code in codes} - set(words) == set()


def test_a_code_that_is_newer_than_the_portal_shows_itself() -> None:
    assert labels.text(labels.STATUS, "something_new") == "something_new"
