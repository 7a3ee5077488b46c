"""Every page with the sample data as PNG at 1280 and 360 pixels, as the persona who uses it; knows no test.

    python tools/shots.py [--base-url http://127.0.0.1:8080] [--out .shots]

Without an address it serves a throwaway platform with the sample for the time it takes.

A page that is wider than the screen, answers with an error or breaks the content policy ends it with status 1.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from browser import chromium, context, sign_in
from local import sample
from local.platform import Platform
from local.ports import free_base
from playwright.sync_api import Browser, Page

WIDTHS = (1280, 360)
Step = Callable[[Page], None]


def first(selector: str) -> Step:
    """Go where the first link that matches leads."""

    def step(page: Page) -> None:
        link = page.locator(selector).first
        page.goto(str(link.get_attribute("href")))

    return step


def press(selector: str) -> Step:
    """Press a button, to see what the page says then."""
    return lambda page: page.locator(selector).first.click()


@dataclass(frozen=True)
class Shot:
    """`steps` lead on from the address to the page that is meant; `status` is what it answers."""

    name: str
    persona: str
    path: str
    steps: tuple[Step, ...] = field(default=())
    status: int = 200


ENTRY = first('ul.items a[href^="/catalogue/"]')
ROW = first("#results tbody th a")
ITEM = first("#results ul.items a")
RECOMMENDABLE = first('a[href*="/dossiers/"]:has-text("chợ phiên")')
RECOMMENDED = first('a[href*="/dossiers/"]:has-text("liên gia")')
DRAFT = first("tbody th a")
SHOTS = (
    Shot("start", "", "/"),
    Shot("catalogue", "", "/catalogue"),
    Shot("catalogue-none", "", "/catalogue?q=khongcogi"),
    Shot("catalogue-entry", "", "/catalogue", (ENTRY,)),
    Shot("help", "", "/help"),
    Shot("not-found", "", "/khong-co", status=404),
    Shot("author-home", "author-dk", "/home"),
    Shot("author-initiatives", "author-dk", "/initiatives"),
    Shot("author-new", "author-dk", "/initiatives/new"),
    Shot("author-new-wrong", "author-dk", "/initiatives/new", (press(".form-foot button"),)),
    Shot("author-draft", "author-dk", "/initiatives?status=draft", (ROW,)),
    Shot("author-edit", "author-dk", "/initiatives?status=draft", (ROW, first('a[href$="/edit"]'))),
    Shot("author-returned", "author-dk", "/initiatives?status=returned", (ROW,)),
    Shot("author-messages", "author-dk", "/messages"),
    Shot("author-preferences", "author-dk", "/preferences"),
    Shot("author-my-data", "author-dk", "/my-data"),
    Shot("author-forbidden", "author-dk", "/dashboard", status=403),
    Shot("officer-home", "officer-pn", "/home"),
    Shot("officer-initiatives", "officer-pn", "/initiatives"),
    Shot("officer-initiative", "officer-pn", "/initiatives?status=recognised", (ROW,)),
    Shot("officer-trail", "officer-pn", "/initiatives?status=recognised", (ROW, first('a[href$="/trail"]'))),
    Shot("officer-initiative-refused", "officer-khac", "/initiatives?status=not_recognised", (ROW,)),
    Shot("officer-initiative-waiting", "officer-mt", "/initiatives?status=submitted", (ROW,)),
    Shot("officer-initiative-endorsed", "officer-mt", "/initiatives?status=endorsed", (ROW,)),
    Shot("officer-dashboard", "officer-pn", "/dashboard?from_year=2019&to_year=2021"),
    Shot("officer-activities", "officer-pn", "/activities"),
    Shot("officer-messages", "officer-pn", "/messages"),
    Shot("secretary-home", "secretary-dk", "/home"),
    Shot("secretary-sessions", "secretary-dk", "/sessions"),
    Shot("secretary-session", "secretary-dk", "/sessions?status=planned", (ROW,)),
    Shot("secretary-session-open", "secretary-dk", "/sessions?status=open", (ROW,)),
    Shot("secretary-session-new", "secretary-dk", "/sessions/new"),
    Shot("chair-session", "chair-dk", "/sessions?status=decided", (ROW,)),
    Shot("chair-home", "chair-dk", "/home"),
    Shot("member-home", "member-dk-1", "/home"),
    Shot("member-session", "member-dk-1", "/sessions?status=decided", (ROW,)),
    Shot("member-session-open", "member-dk-1", "/sessions?status=open", (ROW,)),
    Shot("member-score", "member-dk-1", "/sessions?status=open", (ROW, first('a[href*="/dossiers/"]'))),
    Shot("member-dossier", "member-dk-1", "/sessions?status=decided", (ROW, first('a[href*="/dossiers/"]'))),
    Shot(
        "member-trail",
        "member-dk-1",
        "/sessions?status=decided",
        (ROW, first('a[href*="/dossiers/"]'), first('a[href$="/trail"]')),
    ),
    Shot("standing-trail", "standing-dk", "/initiatives?status=recognised", (ROW, first('a[href$="/trail"]'))),
    Shot("decisions", "standing-dk", "/decisions"),
    Shot("decision", "standing-dk", "/decisions", (first("tbody th a"),)),
    Shot("standing-home", "standing-dk", "/home"),
    Shot("standing-dashboard", "standing-dk", "/dashboard?from_year=2019&to_year=2021"),
    Shot("standing-activities", "standing-dk", "/activities"),
    Shot("standing-activity-new", "standing-dk", "/activities/new"),
    Shot("standing-activity-edit", "standing-dk", "/activities", (first('a[href$="/edit"]'),)),
    Shot("standing-models", "standing-dk", "/models"),
    Shot("standing-model", "standing-dk", "/models", (first("tbody th a"),)),
    Shot("standing-model-new", "standing-dk", "/models/new"),
    Shot("standing-model-replicate", "standing-dk", "/models", (first("tbody th a"), first('a[href$="/replicate"]'))),
    Shot("standing-commendations", "standing-dk", "/commendations"),
    Shot("standing-commendation-new", "standing-dk", "/commendations/new"),
    Shot("councils", "standing-dk", "/councils"),
    Shot("rulebooks", "admin-kh", "/rulebooks"),
    Shot("rulebook", "admin-kh", "/rulebooks", (first("tbody th a"),)),
    Shot("rulebook-new", "admin-kh", "/rulebooks/new"),
    Shot("council-new", "admin-kh", "/councils/new"),
    Shot("admin-home", "admin-kh", "/home"),
    Shot("admin-units", "admin-kh", "/admin/units"),
    Shot("admin-unit-new", "admin-kh", "/admin/units/new"),
    Shot("admin-unit-change", "admin-kh", "/admin/units", (first('a[href$="/change"]'),)),
    Shot("units-tree", "admin-kh", "/units"),
    Shot("units-tree-past", "standing-kh", "/units?as_of=30/06/2025", (first("ul.tree ul.tree li li a"),)),
    Shot("units-tree-open", "standing-kh", "/units?as_of=30/06/2025", (press("ul.tree summary"),)),
    Shot("units-search", "officer-pn", "/units?q=Diên&as_of=30/06/2025"),
    Shot("units-none", "officer-pn", "/units?q=khongcogi"),
    Shot("units-bad-day", "officer-pn", "/units?as_of=31/02/2025"),
    Shot("unit", "standing-kh", "/units?q=22651", (first("tbody th a"),)),
    Shot("unit-ended", "standing-kh", "/units?q=Diên Toàn&as_of=30/06/2025", (first("tbody th a"),)),
    Shot("initiatives-past", "standing-dk", "/initiatives?as_of=30/06/2025"),
    Shot("dashboard-past", "standing-dk", "/dashboard?from_year=2019&to_year=2021&as_of=30/06/2025"),
    Shot("reorganisations", "admin-kh", "/reorganisations"),
    Shot("reorganisation-new", "admin-kh", "/reorganisations/new"),
    Shot("reorganisation-draft", "admin-kh", "/reorganisations", (DRAFT,)),
    Shot("reorganisation-draft-standing", "standing-kh", "/reorganisations", (DRAFT,)),
    Shot("reorganisation-create", "admin-kh", "/reorganisations", (DRAFT, first('a[href$="/add/create"]'))),
    Shot("reorganisation-merge", "admin-kh", "/reorganisations", (DRAFT, first('a[href$="/add/merge"]'))),
    Shot(
        "reorganisation-split-wrong",
        "admin-kh",
        "/reorganisations",
        (DRAFT, first('a[href$="/add/split"]'), press(".form-foot button")),
    ),
    Shot("reorganisation-upload", "admin-kh", "/reorganisations", (DRAFT, first('a[href$="/upload"]'))),
    Shot("reorganisation-waiting", "standing-kh", "/home"),
    Shot("reorganisation-preview", "standing-kh", "/reorganisations", (DRAFT, first('a[href$="/preview"]'))),
    Shot("reorganisation-dossiers", "standing-kh", "/reorganisations", (DRAFT, first('a[href*="/dossiers/"]'))),
    Shot("reorganisation-applied", "admin-kh", "/reorganisations", (first("tr:last-child th a"),)),
    Shot("admin-people", "admin-kh", "/admin/people"),
    Shot("admin-person-new", "admin-kh", "/admin/people/new"),
    Shot("admin-grants", "admin-kh", "/admin/grants"),
    Shot("admin-grant-new", "admin-kh", "/admin/grants/new"),
    Shot("admin-data-requests", "admin-kh", "/admin/data-requests"),
    Shot("admin-data-request", "admin-kh", "/admin/data-requests", (first("tbody th a"),)),
    Shot("admin-data-request-waiting", "admin-kh", "/admin/data-requests", (first("tbody tr:nth-child(2) th a"),)),
    Shot("admin-data-request-new", "admin-kh", "/admin/data-requests/new"),
    Shot("admin-person", "admin-kh", "/admin/people", (ROW,)),
    Shot("admin-person-edit", "admin-kh", "/admin/people", (ROW, first('a[href$="/edit"]'))),
    Shot("delegations", "officer-mt", "/delegations"),
    Shot("delegation-new", "officer-mt", "/delegations/new"),
    Shot("acting-as", "officer-pn", "/acting-as"),
    Shot("admin-journal", "admin-kh", "/admin/journal"),
    Shot("admin-journal-grants", "admin-kh", "/admin/journal?table=access_grant&operation=insert"),
    Shot("admin-journal-none", "admin-kh", "/admin/journal?to=01/01/2020"),
    Shot("admin-cycles", "admin-kh", "/admin/cycles"),
    Shot("admin-cycle-new", "admin-kh", "/admin/cycles/new"),
    Shot("admin-cycle-edit", "admin-kh", "/admin/cycles", (first('a[href$="/edit"]'),)),
    Shot("rollups", "standing-kh", "/rollups"),
    Shot("rollups-preview", "standing-kh", "/rollups/preview?year=2020"),
    Shot("rollups-preview-wrong", "standing-kh", "/rollups/preview?year=2020", (press(".form-foot button"),)),
    Shot("rollups-of-a-district", "standing-dk", "/rollups"),
    Shot("national", "centre", "/national?from_year=2020"),
    Shot("national-year", "centre", "/national?from_year=2020&to_year=2020"),
    Shot("national-none", "centre", "/national?from_year=2018&to_year=2018"),
    Shot("centre-home", "centre", "/home"),
    Shot("operator-home", "operator", "/home"),
    Shot("admin-settings", "admin-kh", "/admin/settings"),
    Shot("admin-settings-edit", "admin-kh", "/admin/settings/edit"),
    Shot("operator-tenants", "operator", "/tenants"),
    Shot("operator-tenants-none", "operator", "/tenants?q=khongcogi"),
    Shot("operator-tenant-new", "operator", "/tenants/new"),
    Shot("operator-tenant", "operator", "/tenants/khanh-hoa"),
    Shot("operator-tenant-suspend", "operator", "/tenants/khanh-hoa/suspend"),
    Shot("operator-tenant-close", "operator", "/tenants/khanh-hoa/close"),
    Shot(
        "standing-recommend",
        "standing-lc",
        "/sessions?status=decided",
        (ROW, RECOMMENDABLE, press("#recommendation summary")),
    ),
    Shot("standing-recommended", "standing-lc", "/sessions?status=decided", (ROW, RECOMMENDED)),
    Shot("standing-recommended-trail", "standing-lc", "/initiatives?q=liên gia", (ROW, first('a[href$="/trail"]'))),
    Shot("standing-answered", "standing-lc", "/messages"),
    Shot("author-recommended", "author-td", "/initiatives?q=liên gia", (ROW,)),
    Shot("centre-home", "centre", "/home"),
    Shot("centre-recommended", "centre", "/recommended"),
    Shot("centre-recommended-none", "centre", "/recommended?q=khongcogi"),
    Shot("centre-recommended-waiting", "centre", "/recommended?state=waiting", (ITEM,)),
    Shot("centre-recommended-answered", "centre", "/recommended?state=accepted", (ITEM,)),
    Shot("operator-tenant-merge", "operator", "/tenants/khanh-hoa/merge"),
    Shot("operator-reorganisations", "operator", "/reorganisations?tenant=khanh-hoa"),
    Shot("operator-tenant-quotas", "operator", "/tenants/khanh-hoa/quotas"),
)


@contextmanager
def throwaway() -> Iterator[str]:
    """The portal's address on a platform that is there only for the pictures."""
    platform = Platform(Path(tempfile.mkdtemp(prefix="sangtao-shots-")), free_base())
    try:
        with platform:
            sample.load(platform)
            yield platform.urls["portal"]
    finally:
        platform.discard()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--base-url", default="", help="the portal of a running platform")
    parser.add_argument("--out", type=Path, default=Path(".shots"))
    parser.add_argument("--only", default="", help="a part of the names of the pages to take")
    arguments = parser.parse_args()
    if arguments.base_url:
        return take_all(arguments)
    with throwaway() as arguments.base_url:
        return take_all(arguments)


def take_all(arguments: argparse.Namespace) -> int:
    wanted = [shot for shot in SHOTS if arguments.only in shot.name]
    arguments.out.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        complaints = [
            complaint
            for width in WIDTHS
            for persona in dict.fromkeys(shot.persona for shot in wanted)
            for complaint in take(browser, arguments, width, [shot for shot in wanted if shot.persona == persona])
        ]
    print(*complaints, sep="\n")
    print(f"{len(wanted) * len(WIDTHS)} pictures in {arguments.out}, {len(complaints)} complaints")
    return 1 if complaints else 0


def take(browser: Browser, arguments: argparse.Namespace, width: int, shots: list[Shot]) -> list[str]:
    """The pages of one persona on a screen of this width."""
    visitor = context(browser, arguments.base_url, width)
    page, complaints = visitor.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    if shots[0].persona:
        sign_in(page, shots[0].persona)
    for shot in shots:
        complaints += [f"{shot.name} at {width}: {reason}" for reason in look(page, shot, width, arguments.out)]
    visitor.close()
    return complaints


def look(page: Page, shot: Shot, width: int, out: Path) -> list[str]:
    answer = page.goto(shot.path)
    for step in shot.steps:
        if page.locator(".empty").count() and not page.locator("tbody a, ul.items a").count():
            return [f"has no picture: the sample has nothing behind {shot.path}"]
        step(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=out / f"{shot.name}-{width}.png", full_page=True)
    reasons = []
    if answer is None or answer.status != shot.status:
        reasons.append(f"answered {answer.status if answer else 'nothing'}")
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
        reasons.append(f"is {wide} pixels wide")
    return reasons


if __name__ == "__main__":
    sys.exit(main())
