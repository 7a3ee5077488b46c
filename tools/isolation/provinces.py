"""Provinces with communes in which everything has happened once; each commune's every text holds its own word."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from common import clock
from sample_files import pdf

from isolation.world import Person, World

ROLES = ("administrator", "officer", "author", "author-2", "secretary", "chair", "member", "standing")


@dataclass
class Commune:
    """A unit with its people, and what they made: ids by the names that parameters and bodies give them."""

    tenant: str
    code: str
    unit_id: str
    word: str
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def marks(self) -> set[str]:
        """By which anything of the commune is recognised in an answer."""
        return {self.word, *self.ids.values()}

    @property
    def names(self) -> set[str]:
        """People's names and addresses; the whole province may know the first."""
        return {f"Người {self.word[::-1]}", f"@{self.word[::-1]}.example.vn"}


@dataclass
class Province:
    """A tenant with its communes, and the people of the province itself."""

    world: World
    code: str
    root_id: str
    cycle_id: str
    admin: Person
    communes: dict[str, Commune] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def grant(self, role: str, unit_id: str, word: str) -> Person:
        """A new person with one role at a unit."""
        name = word[::-1]  # So that names can be told from texts.
        subject = f"{role}-{name}"
        recorded = {"name": f"Người {name} {role}", "email": f"{role}@{name}.example.vn"}
        made = self.admin.post("registration", "/v1/people", recorded)
        given = {"person_id": made["id"], "subject": subject, "role": role.split("-")[0], "unit_id": unit_id}
        granted = self.admin.post("registration", "/v1/grants", given | {"valid_from": "2020-01-01"})
        person = self.world.person(subject, granted["id"])
        person.person_id, person.role = made["id"], role.split("-")[0]
        return person


def found_province(world: World, code: str, communes: Iterable[str]) -> Province:
    """A tenant with a cycle of this year, empty communes, and people at the province."""
    operator = _operator(world)
    letters = code.replace("-", "")
    made = operator.post("registration", "/v1/tenants", {
        "code": code, "name": f"Tỉnh {letters}", "code_prefix": letters[:6].upper(), "valid_from": "2010-01-01",
        "root": {"code": "ROOT", "name": f"Tỉnh {letters}", "level": "province"},
        "administrator": {"name": f"Quản trị {letters}", "email": f"a@{letters}.vn", "subject": f"admin-{code}"},
    })  # fmt: skip
    admin = world.person(f"admin-{code}", made["administrator_grant_id"])
    admin.role = "administrator"
    world.settle()
    province = Province(world, code, made["root_unit_id"], _cycle(admin, made["root_unit_id"], letters), admin)
    for name in communes:
        province.communes[name] = _commune(province, name, f"{letters}{name}".lower() + "zq")
    province.people = {role: province.grant(role, province.root_id, f"{letters}root") for role in ROLES}
    province.people["admin"] = admin
    world.settle()
    return province


def _operator(world: World) -> Person:
    operator = world.person("operator")
    operator.grant_id = operator.ask("registration", "GET", "/v1/me").get_json()["grants"][0]["id"]
    operator.role = "operator"
    return operator


def _cycle(admin: Person, root_id: str, letters: str) -> str:
    year = clock.today().year
    known = admin.ask("registration", "GET", "/v1/cycles").get_json()["items"]
    for cycle in known:
        if cycle["year"] == year:
            return str(cycle["id"])
    days = {f"{name}_closes_on": f"{year}-12-31" for name in ("registration", "endorsement", "review")}
    body = {"year": year, "name": f"Đợt {letters}", "unit_id": root_id, "opens_on": f"{year}-01-01", **days}
    return str(admin.post("registration", "/v1/cycles", body)["id"])


def _commune(province: Province, name: str, word: str) -> Commune:
    unit = {"code": name, "name": f"Xã {name}", "kind": "administrative", "affiliation": "front_system"}
    place = {"level": "commune", "parent_id": province.root_id, "valid_from": "2010-01-01"}
    made = province.admin.post("registration", "/v1/units", unit | place)
    return Commune(province.code, name, made["id"], word)


def people_of(province: Province, commune: Commune) -> None:
    """Everybody a commune has: with nothing made yet."""
    commune.people = {role: province.grant(role, commune.unit_id, commune.word) for role in ROLES}
    province.world.settle()


def live_a_year(province: Province, commune: Commune) -> None:
    """Everything happens once: dossiers in every state, a session held and one going on, models, reports, messages."""
    world, ids = province.world, commune.ids
    _council(commune)
    world.settle()
    drafts = [_dossier(province, commune, number) for number in range(3)]
    ids["initiative_id"] = drafts[0]
    _attach(commune, drafts[0])
    for dossier in drafts[1:]:
        _forward(commune, dossier)
    world.settle()
    _decided_session(world, commune, drafts[1])
    _open_session(world, commune, drafts[2])
    _results(commune, drafts[1])
    _copy_asked_for(province, commune)
    world.settle()
    messages = commune.people["author"].ask("notifications", "GET", "/v1/messages").get_json()["items"]
    ids["message_id"] = messages[0]["id"]
    commune.people["author"].do("notifications", "PUT", "/v1/preferences", {"email": {}})
    _of_the_whole_province(province, commune)
    ids["grant_id"] = commune.people["officer"].grant_id
    ids["person_id"] = commune.people["officer"].person_id


def _copy_asked_for(province: Province, commune: Commune) -> None:
    """Somebody's request for a copy, begun: until it is answered it opens their data in every service."""
    asked = {"kind": "export", "details": f"Bản sao {commune.word}"}
    made = commune.people["author"].post("registration", "/v1/subject-requests", asked)
    commune.ids["request_id"] = made["id"]
    province.admin.post("registration", f"/v1/subject-requests/{made['id']}/start")


def _of_the_whole_province(province: Province, commune: Commune) -> None:
    """What only the province's administrator does: a reorganisation of the commune drafted, an export asked for."""
    renamed = {"action": "rename", "unit_id": commune.unit_id, "name": f"Xã {commune.word}"}
    plan = {"title": f"Đổi tên {commune.word}", "legal_basis": commune.word, "changes": [renamed]}
    day = {"effective_on": date(clock.today().year + 1, 1, 1).isoformat()}
    commune.ids["reorganisation_id"] = province.admin.post("registration", "/v1/reorganisations", plan | day)["id"]
    commune.ids["export_id"] = province.admin.post("registration", "/v1/exports")["id"]


def _dossier(province: Province, commune: Commune, number: int) -> str:
    author = commune.people["author"]
    body = {"cycle_id": province.cycle_id, "title": f"Sáng kiến {commune.word} {number}", "content": "production"}
    texts = dict.fromkeys(("summary", "problem", "solution", "effect"), f"Nội dung {commune.word}")
    authors = [{"name": f"Người {commune.word[::-1]} author", "share": 100, "person_id": author.person_id}]
    made = author.post("registration", "/v1/initiatives", body | texts | {"field": "economy", "authors": authors})
    return str(made["id"])


def _attach(commune: Commune, dossier: str) -> None:
    file = (pdf(commune.word), f"{commune.word}.pdf")
    made = commune.people["author"].do("registration", "POST", f"/v1/initiatives/{dossier}/attachments", {"file": file})
    commune.ids["attachment_id"] = made["id"]


def _forward(commune: Commune, dossier: str) -> None:
    path = f"/v1/initiatives/{dossier}"
    commune.people["author"].post("registration", f"{path}/submit")
    commune.people["officer"].post("registration", f"{path}/endorse")
    commune.people["officer"].post("registration", f"{path}/forward", {"council_unit_id": commune.unit_id})


def _council(commune: Commune) -> None:
    admin, word = commune.people["administrator"], commune.word
    rules: dict[str, Any] = {
        "name": f"Quy chế {word}",
        "unit_id": commune.unit_id,
        "valid_from": "2020-01-01",
        "legal_basis": word,
    }
    rules |= {"pass_score": 50, "quorum_percent": 50, "approval_percent": 50, "ballot": "open"}
    criterion = {"code": "novelty", "name": f"Tính mới {word}", "weight": 1, "max_score": 10, "min_score": 0}
    commune.ids["rulebook_id"] = admin.post("review", "/v1/rulebooks", rules | {"criteria": [criterion]})["id"]
    admin.post("review", f"/v1/rulebooks/{commune.ids['rulebook_id']}/publish")
    members = [
        {"person_id": commune.people[role].person_id, "name": f"Người {word[::-1]} {role}", "role": role, "title": ""}
        for role in ("chair", "secretary", "member")
    ]
    council: dict[str, Any] = {"name": f"Hội đồng {word}", "unit_id": commune.unit_id, "members": members}
    council |= {"established_by": {"number": word, "signed_on": "2020-01-01"}}
    terms = {"term_from": "2020-01-01", "term_to": "2099-12-31"}
    commune.ids["council_id"] = admin.post("review", "/v1/councils", council | terms)["id"]


def _session(commune: Commune, dossier: str, title: str) -> str:
    secretary, today = commune.people["secretary"], clock.today()
    plan: dict[str, Any] = {
        "council_id": commune.ids["council_id"],
        "rulebook_id": commune.ids["rulebook_id"],
        "year": today.year,
    }
    text = {"title": f"{title} {commune.word}", "held_on": today.isoformat(), "place": commune.word}
    path = f"/v1/sessions/{secretary.post('review', '/v1/sessions', plan | text)['id']}"
    present = [commune.people[role].person_id for role in ("chair", "secretary", "member")]
    secretary.post("review", f"{path}/agenda", {"dossier_ids": [dossier]})
    secretary.post("review", f"{path}/attendance", {"present": present})
    secretary.post("review", f"{path}/open")
    return path


def _judge(commune: Commune, role: str, dossier: str) -> None:
    sheet = {"scores": {"novelty": 9}, "comment": commune.word}
    commune.people[role].do("review", "PUT", f"/v1/dossiers/{dossier}/score-sheet", sheet)
    commune.people[role].post("review", f"/v1/dossiers/{dossier}/ballot", {"choice": "yes"})


def _decided_session(world: World, commune: Commune, dossier: str) -> None:
    path = _session(commune, dossier, "Phiên")
    for role in ("chair", "secretary", "member"):
        _judge(commune, role, dossier)
    commune.people["secretary"].post("review", f"{path}/close")
    signed = {"number": f"1/{commune.word}", "signed_on": clock.today().isoformat(), "signatory": commune.word}
    made = commune.people["chair"].post("review", f"{path}/decision", signed | {"legal_basis": commune.word})
    commune.ids |= {"decision_id": made["id"], "decided_session_id": path.rsplit("/", 1)[1]}
    commune.ids["decided_id"] = dossier
    world.settle()


def _open_session(world: World, commune: Commune, dossier: str) -> None:
    commune.ids["session_id"] = _session(commune, dossier, "Phiên mở").rsplit("/", 1)[1]
    commune.ids["dossier_id"] = dossier
    _judge(commune, "chair", dossier)
    world.settle()


def _results(commune: Commune, dossier: str) -> None:
    standing, word = commune.people["standing"], commune.word
    unit = {"unit_id": commune.unit_id}
    years = {"from_year": clock.today().year, "to_year": clock.today().year}
    days = {
        "from_date": date(clock.today().year, 1, 5).isoformat(),
        "to_date": date(clock.today().year, 1, 6).isoformat(),
    }
    model = {"title": f"Mô hình {word}", "quantity": 3, "initiative_id": dossier}
    commune.ids["model_id"] = standing.post("registration", "/v1/models", model | unit | years)["id"]
    adopted = dict.fromkeys(("origin_year", "adopted_from_year", "adopted_to_year"), clock.today().year) | {
        "result": word
    }
    standing.post("registration", f"/v1/models/{commune.ids['model_id']}/replications", adopted | unit)
    activity = {"kind": "launch", "form": "meeting", "title": f"Phát động {word}", "reach": {"people": 7}}
    commune.ids["activity_id"] = standing.post("reporting", "/v1/activities", activity | unit | days)["id"]
    given = {"title": f"Biểu dương {word}", "form": "praise", "authority": "organisation", "occasion": "annual"}
    recipients = [{"kind": "individual", "group": "front_officer", "count": 5}]
    rest = {"decision": None, "recipients": recipients}
    commune.ids["commendation_id"] = standing.post("review", "/v1/commendations", given | unit | years | rest)["id"]
