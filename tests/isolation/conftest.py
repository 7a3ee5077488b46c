"""Two provinces on one platform: the sample, and a small one whose every text holds a word found nowhere else."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
from local.platform import Platform
from sample_files import pdf

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))  # The proof is a script's package, not an installed one.
REPORT = pytest.StashKey[dict[str, list[Any]]]()
MARK = "Xuanhoaca"  # In every text of the second province; the sample has it nowhere.
SERVICES = ("registration", "review", "reporting", "notifications")
ROLES = {
    "officer-td": ("officer", "TD-MT"),
    "author-td": ("author", "TD-MT"),
    "secretary-td": ("secretary", "TD"),
    "chair-td": ("chair", "TD"),
    "member-td-1": ("member", "TD"),
    "member-td-2": ("member", "TD"),
    "standing-td": ("standing", "TD"),
}


@dataclass
class Province:
    """Who acts in a province, and the ids of what it has: by the name of the path parameter that takes them."""

    people: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)


@pytest.fixture(scope="package")
def sample(platform: Platform, make_case: Callable[..., Any]) -> Province:
    """The sample province, as its own people see it."""
    made, case = Province(), make_case(platform)
    for one in case.data["person"]:
        made.people[one["subject"]] = case.person(one["subject"])
    made.people["admin-kh"] = case.person("admin-kh")
    for subject in ("admin-kh", "officer-mt", "secretary-dk", "standing-dk", "member-dk-1"):
        _remember(made, made.people[subject])
    made.marks = {"DK-MT", "Diên Khánh", *made.ids.values()}
    return made


@pytest.fixture(scope="package")
def stranger(platform: Platform, sample: Province) -> Province:
    """The second province, with one initiative that its council recognised."""
    from client import Person, wait_for

    urls = {name: platform.urls[name] for name in SERVICES}
    made = Province()

    def person(subject: str) -> Any:
        if subject not in made.people:
            made.people[subject] = Person(urls, platform.token(subject), subject)
        return made.people[subject]

    units = _organisation(person)
    council = _a_council(person, units)
    initiative_id, made.ids["attachment_id"] = _a_forwarded_dossier(person, units)
    _a_session(person, council, initiative_id, wait_for)
    unit = {"unit_id": units["TD"]}
    years = {"from_year": 2025, "to_year": 2026}
    day = {"from_date": "2026-01-05", "to_date": "2026-01-06"}
    standing = person("standing-td")
    activity = {"kind": "launch", "form": "meeting", "title": f"Phát động {MARK}", "reach": {"people": 7}}
    standing.post("reporting", "/v1/activities", activity | unit | day)
    standing.post("registration", "/v1/models", {"title": f"Mô hình {MARK}", "quantity": 3} | unit | years)
    commendation = {"title": f"Biểu dương {MARK}", "form": "praise", "authority": "organisation", "occasion": "annual"}
    recipients = [{"kind": "individual", "group": "front_officer", "count": 5}]
    standing.post(
        "review", "/v1/commendations", commendation | unit | years | {"decision": None, "recipients": recipients}
    )
    made.ids |= _asked_for(person)
    wait_for("the figures", lambda: standing.get("reporting", "/v1/dashboard")["totals"]["recognised"] == 1)
    for subject in ("admin-lc", "officer-td", "secretary-td", "standing-td", "member-td-1"):
        _remember(made, made.people[subject])
    made.marks = {MARK, *made.ids.values()}
    made.ids["tenant"] = "lai-chau"  # No mark: the public catalogue names provinces.
    return made


def _organisation(person: Callable[[str], Any]) -> dict[str, str]:
    root = {"code": "LC", "name": f"Tỉnh {MARK}", "level": "province"}
    administrator = {"name": f"Quản trị {MARK}", "email": "admin-lc@example.vn", "subject": "admin-lc"}
    tenant = {"code": "lai-chau", "name": f"Tỉnh {MARK}", "code_prefix": "LC", "valid_from": "2010-01-01"}
    made = person("operator").post(
        "registration", "/v1/tenants", tenant | {"root": root, "administrator": administrator}
    )
    units, admin = {"LC": made["root_unit_id"]}, person("admin-lc")
    for code, parent, kind in (("TD", "LC", "administrative"), ("TD-MT", "TD", "front")):
        values = {
            "code": code,
            "name": f"{code} {MARK}",
            "kind": kind,
            "affiliation": "front_system",
            "level": "district",
        }
        values |= {"parent_id": units[parent], "valid_from": "2010-01-01"}
        units[code] = admin.post("registration", "/v1/units", values)["id"]
    for subject, (role, unit) in ROLES.items():
        recorded = {"name": f"{role} {MARK}", "email": f"{subject}@example.vn"}
        person_id = admin.post("registration", "/v1/people", recorded)["id"]
        grant = {
            "person_id": person_id,
            "subject": subject,
            "role": role,
            "unit_id": units[unit],
            "valid_from": "2020-01-01",
        }
        person(subject).grant_id = admin.post("registration", "/v1/grants", grant)["id"]
        person(subject).person_id = person_id
    return units


def _a_forwarded_dossier(person: Callable[[str], Any], units: dict[str, str]) -> tuple[str, str]:
    """Its id and its attachment's."""
    year = date.today().year
    cycle = {"year": year, "name": f"Đợt {MARK}", "unit_id": units["TD"], "opens_on": f"{year}-01-01"}
    cycle |= {f"{name}_closes_on": f"{year}-12-31" for name in ("registration", "endorsement", "review")}
    cycle_id = person("admin-lc").post("registration", "/v1/cycles", cycle)["id"]
    author, officer = person("author-td"), person("officer-td")
    body = {"cycle_id": cycle_id, "title": f"Sáng kiến {MARK}", "content": "production", "field": "economy"}
    body |= dict.fromkeys(("summary", "problem", "solution", "effect"), f"Nội dung {MARK}")
    body["authors"] = [{"name": f"Tác giả {MARK}", "share": 100, "person_id": author.person_id}]
    path = f"/v1/initiatives/{author.post('registration', '/v1/initiatives', body)['id']}"
    attachment_id = _attach(author, path)
    author.post("registration", f"{path}/submit")
    officer.post("registration", f"{path}/endorse")
    officer.post("registration", f"{path}/forward", {"council_unit_id": units["TD"]})
    return path.rsplit("/", 1)[1], attachment_id


def _asked_for(person: Callable[[str], Any]) -> dict[str, str]:
    """What stands under an id of its own and is made once: a reorganisation, an export, a request about one's data."""
    plan = {"title": f"Sắp xếp {MARK}", "legal_basis": MARK, "effective_on": "2030-01-01", "changes": []}
    asked = {"kind": "correction", "details": f"Sai tên {MARK}"}
    return {
        "reorganisation_id": person("admin-lc").post("registration", "/v1/reorganisations", plan)["id"],
        "export_id": person("admin-lc").post("registration", "/v1/exports")["id"],
        "request_id": person("author-td").post("registration", "/v1/subject-requests", asked)["id"],
    }


def _attach(person: Any, path: str) -> str:
    file = {"file": (f"{MARK}.pdf", pdf(MARK))}
    answer = requests.post(
        f"{person.urls['registration']}{path}/attachments",
        headers={"Authorization": f"Bearer {person.token}"},
        files=file,
        timeout=20,
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


SEATS = {"chair-td": "chair", "secretary-td": "secretary", "member-td-1": "member", "member-td-2": "member"}


def _a_council(person: Callable[[str], Any], units: dict[str, str]) -> dict[str, str]:
    """Its id and its rulebook's, as a session names them."""
    admin = person("admin-lc")
    rulebook = {"name": f"Quy chế {MARK}", "unit_id": units["TD"], "valid_from": "2020-01-01", "legal_basis": MARK}
    rulebook |= {"pass_score": 50, "quorum_percent": 50, "approval_percent": 50, "ballot": "open"}
    criterion = {"code": "novelty", "name": f"Tính mới {MARK}", "weight": 1, "max_score": 10, "min_score": 0}
    rulebook_id = admin.post("review", "/v1/rulebooks", rulebook | {"criteria": [criterion]})["id"]
    admin.post("review", f"/v1/rulebooks/{rulebook_id}/publish")
    members = [
        {"person_id": person(one).person_id, "name": f"{one} {MARK}", "role": role, "title": ""}
        for one, role in SEATS.items()
    ]
    council = {"name": f"Hội đồng {MARK}", "unit_id": units["TD"], "members": members, "term_from": "2020-01-01"}
    council |= {"established_by": {"number": MARK, "signed_on": "2020-01-01"}, "term_to": "2099-12-31"}
    return {"council_id": admin.post("review", "/v1/councils", council)["id"], "rulebook_id": rulebook_id}


def _a_session(person: Callable[[str], Any], council: dict[str, str], initiative_id: str, wait_for: Any) -> None:
    secretary = person("secretary-td")
    wait_for("the dossier before the council", lambda: secretary.get("review", "/v1/dossiers")["items"])
    session = council | {"year": date.today().year, "title": f"Phiên {MARK}"}
    today = date.today().isoformat()
    made = secretary.post("review", "/v1/sessions", session | {"held_on": today, "place": MARK})
    path = f"/v1/sessions/{made['id']}"
    secretary.post("review", f"{path}/agenda", {"dossier_ids": [initiative_id]})
    secretary.post("review", f"{path}/attendance", {"present": [person(one).person_id for one in SEATS]})
    secretary.post("review", f"{path}/open")
    for one in SEATS:
        dossier = f"/v1/dossiers/{initiative_id}"
        person(one).put("review", f"{dossier}/score-sheet", {"scores": {"novelty": 9}, "comment": MARK})
        person(one).post("review", f"{dossier}/ballot", {"choice": "yes"})
    secretary.post("review", f"{path}/close")
    decision = {"number": f"01/{MARK}", "signed_on": today, "signatory": MARK, "legal_basis": MARK}
    person("chair-td").post("review", f"{path}/decision", decision)


# Where each path parameter's value is found, as a person of the province who may list it.
_LISTS = {
    "unit_id": ("registration", "/v1/units"),
    "person_id": ("registration", "/v1/people"),
    "grant_id": ("registration", "/v1/grants"),
    "cycle_id": ("registration", "/v1/cycles"),
    "initiative_id": ("registration", "/v1/initiatives"),
    "model_id": ("registration", "/v1/models"),
    "rulebook_id": ("review", "/v1/rulebooks"),
    "council_id": ("review", "/v1/councils"),
    "session_id": ("review", "/v1/sessions"),
    "decision_id": ("review", "/v1/decisions"),
    "commendation_id": ("review", "/v1/commendations"),
    "activity_id": ("reporting", "/v1/activities"),
    "message_id": ("notifications", "/v1/messages"),
}


def _remember(province: Province, person: Any) -> None:
    from client import Refused

    for name, (service, path) in _LISTS.items():
        try:
            items = person.get(service, path)["items"]
        except Refused:
            continue
        if items and name not in province.ids:
            province.ids[name] = items[-1].get("id") or items[-1]["initiative_id"]


def all_routes(platform: Platform) -> Iterator[tuple[str, str, str]]:
    """(service, method, path) of every operation in every OpenAPI document."""
    for service in SERVICES:
        document = requests.get(f"{platform.urls[service]}/openapi.json", timeout=10).json()
        for path, operations in document["paths"].items():
            for method in operations:
                if method in ("get", "post", "put", "delete", "patch"):
                    yield service, method.upper(), path


@pytest.fixture(scope="package")
def routes(platform: Platform) -> list[tuple[str, str, str]]:
    return list(all_routes(platform))


@pytest.fixture(scope="package")
def sign_in(platform: Platform) -> Callable[[str], requests.Session]:
    """A browser's session of a persona at the portal, by the real code flow."""

    def make(persona: str) -> requests.Session:
        session = requests.Session()
        page = session.get(f"{platform.urls['portal']}/sign-in", timeout=20)
        answer = session.post(page.url, data={"persona": persona}, timeout=20)
        assert answer.url.startswith(platform.urls["portal"]), answer.url
        return session

    return make


@pytest.fixture(scope="package")
def links() -> Callable[[str], set[str]]:
    """The addresses inside the portal that a page links to."""
    return lambda html: set(re.findall(r'href="(/[^"#]*)"', html))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The matrix, where it was asked for: by `make isolation`."""
    if os.environ.get("ISOLATION") == "full":
        from isolation import report

        for line in report.lines(config.stash.get(REPORT, {})):
            terminalreporter.write_line(line)


@pytest.fixture(scope="package")
def isolation_report(request: pytest.FixtureRequest) -> Callable[[str, Any], None]:
    """`isolation_report("routes", attempts)`: kept for what `make isolation` prints at the end."""
    kept = request.config.stash.setdefault(REPORT, {})
    return lambda name, found: kept.setdefault(name, []).append(found)
