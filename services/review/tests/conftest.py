"""The review's own fixtures: its database, its API, and a province whose facts arrive as registration's events."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from common.consumer import Consumer
from common.events import Event
from common.ids import new_id
from common.settings import ApiSettings
from common.telemetry import ConsumerMetrics
from flask import Flask
from prometheus_client import CollectorRegistry
from review.app import build
from review.consumers import HANDLERS
from review.store.tables import metadata

REGISTRATION = "vn.sangtao.registration"


@pytest.fixture(scope="session")
def database(service_database: Callable[..., Any]) -> Any:
    return service_database("review", metadata)


@pytest.fixture(scope="session")
def app(database: Any, issuer: Any) -> Iterator[Flask]:
    made = build(ApiSettings(database_url=database.urls["DATABASE_URL"], oidc_issuer=issuer.url))
    yield made
    made.extensions["service"].engine.dispose()


@pytest.fixture(scope="session")
def consumer(database: Any) -> Consumer:
    return Consumer("review", metadata, HANDLERS, database.unit_of_work, ConsumerMetrics(CollectorRegistry()))


class Province:
    """A tenant with districts DK and CL and a commune DP below DK; people act in it through the API."""

    def __init__(self, name: str, consumer: Consumer, app: Flask, caller: Callable[..., Any], issuer: Any) -> None:
        self.name, self._consumer, self._app, self._caller, self._issuer = name, consumer, app, caller, issuer
        self.units: dict[str, UUID] = {}
        self.paths = {"ROOT": "/KH/", "DK": "/KH/DK/", "CL": "/KH/CL/", "DP": "/KH/DK/DP/"}
        for code in self.paths:
            self.record_unit(code)
        self.cycle_id = new_id()
        self.tell("cycle.recorded", self._cycle())
        self.admin, _ = self.person("administrator", "ROOT")

    def tell(self, kind: str, data: dict[str, Any], *, event_id: str = "") -> Event:
        """Apply an event as the consumer would."""
        event = self.event(kind, data)
        self._consumer.apply([event])
        return event

    def event(self, kind: str, data: dict[str, Any]) -> Event:
        subject = next(value for name, value in data.items() if name.endswith("_id"))
        return Event(
            type=f"{REGISTRATION}.{kind}.v1",
            source="/registration",
            tenant=self.name,
            subject=str(subject),
            sequence=data["version"],
            data={name: str(value) if isinstance(value, UUID) else value for name, value in data.items()},
        )

    def record_unit(self, code: str, *, version: int = 1, scope_path: str = "", **values: Any) -> None:
        self.units.setdefault(code, new_id())
        unit = {
            "unit_id": self.units[code],
            "version": version,
            "code": code,
            "name": f"Đơn vị {code}",
            "kind": "front",
            "level": "district",
            "affiliation": "front_system",
            "parent_id": None,
            "scope_path": scope_path or self.paths[code],
            "valid_from": "2010-01-01",
            "valid_to": None,
        }
        self.tell("unit.recorded", unit | values)

    def _cycle(self) -> dict[str, Any]:
        days = ("opens_on", "registration_closes_on", "endorsement_closes_on", "review_closes_on")
        return {
            "cycle_id": self.cycle_id,
            "version": 1,
            "year": 2019,
            "name": "Đợt thi đua năm 2019",
            "unit_id": self.units["ROOT"],
            **dict.fromkeys(days, "2019-12-31"),
        }

    def person(self, role: str, unit: str = "DK", name: str = "") -> tuple[Any, UUID]:
        """Somebody with one role at a unit, as a caller of the API, and their id."""
        person_id, grant_id = new_id(), new_id()
        name = name or f"{role} {unit}"
        self.tell("person.recorded", {"person_id": person_id, "version": 1, "name": name, "email": "a@example.vn"})
        self.tell("grant.issued", self.grant(grant_id, person_id, role, unit))
        return self._caller(self._app, f"subject-{person_id}", grant_id), person_id

    def grant(self, grant_id: UUID, person_id: UUID, role: str, unit: str) -> dict[str, Any]:
        return {
            "grant_id": grant_id,
            "version": 1,
            "person_id": person_id,
            "issuer": self._issuer.url,
            "token_subject": f"subject-{person_id}",
            "role": role,
            "unit_id": self.units[unit],
            "scope_path": self.paths[unit],
            "valid_from": "2018-01-01",
            "valid_to": None,
            "revoked_at": None,
        }

    def initiative(self, unit: str = "DK", *, version: int = 4, **values: Any) -> dict[str, Any]:
        """The snapshot of an initiative forwarded to the unit's council."""
        id_ = new_id()
        snapshot = {
            "initiative_id": id_,
            "version": version,
            "code": f"KH-2019-{str(id_)[-8:].upper()}",
            "title": "Tủ quần áo từ thiện",
            "cycle_id": self.cycle_id,
            "year": 2019,
            "unit_id": self.units["DP"],
            "scope_path": self.paths["DP"],
            "council_unit_id": self.units[unit],
            "content": "political_system",
            "field": "society",
            "affiliation": "front_system",
            "status": "forwarded",
            "author_ids": [],
            "author_count": 1,
            "happened_on": "2019-11-30",
            "reason": "",
            "decision_number": "",
        }
        return snapshot | values

    def forward(self, unit: str = "DK", **values: Any) -> str:
        """A dossier before the unit's council; returns its id."""
        snapshot = self.initiative(unit, **values)
        self.tell("initiative.forwarded", snapshot)
        return str(snapshot["initiative_id"])

    def rulebook_body(self, unit: str = "ROOT", **values: Any) -> dict[str, Any]:
        names = {"novelty": "Tính mới", "effect": "Tính hiệu quả"}
        criteria = [{"code": c, "name": name, "weight": 1, "max_score": 10} for c, name in names.items()]
        return {
            "name": "Quy chế xét sáng kiến",
            "unit_id": str(self.units[unit]),
            "valid_from": "2018-01-01",
            "legal_basis": "Kế hoạch số 84/KH-MTTQ ngày 20/7/2018",
            "criteria": criteria,
            "pass_score": 70,
            "quorum_percent": 66.66,
            "approval_percent": 66.66,
        } | values

    def rulebook(self, unit: str = "ROOT", **values: Any) -> dict[str, Any]:
        made = self.admin.post("/v1/rulebooks", self.rulebook_body(unit, **values))
        assert made.status_code == 201, made.json
        return dict(self.admin.post(f"/v1/rulebooks/{made.json['id']}/publish").json)


class Council:
    """A council of three members besides chair and secretary, and a session of it."""

    def __init__(self, province: Province, unit: str = "DK", **rules: Any) -> None:
        self.province, self.unit = province, unit
        self.chair, chair_id = province.person("chair", unit, "Chủ tịch")
        self.secretary, secretary_id = province.person("secretary", unit, "Thư ký")
        people = [province.person("member", unit, f"Ủy viên {n}") for n in range(3)]
        self.standing, _ = province.person("standing", unit)
        self.members = [caller for caller, _ in people]
        self.everybody = [self.chair, self.secretary, *self.members]
        self.ids = [str(id_) for id_ in (chair_id, secretary_id, *(id_ for _, id_ in people))]
        self.id = self._establish()
        self.rulebook = province.rulebook(**rules)

    @staticmethod
    def score(caller: Any, dossier: str, novelty: float = 8, effect: float = 8, **options: Any) -> Any:
        body = {"scores": {"novelty": novelty, "effect": effect}}
        return caller.put(f"/v1/dossiers/{dossier}/score-sheet", body, **options)

    @staticmethod
    def vote(caller: Any, dossier: str, choice: str = "yes", **options: Any) -> Any:
        return caller.post(f"/v1/dossiers/{dossier}/ballot", {"choice": choice}, **options)

    def _establish(self) -> str:
        seats = ["chair", "secretary", "member", "member", "member"]
        made = self.province.admin.post(
            "/v1/councils",
            {
                "name": "Hội đồng xét sáng kiến",
                "unit_id": str(self.province.units[self.unit]),
                "established_by": {"number": "12/QĐ-MTTQ", "signed_on": "2019-01-15"},
                "term_from": "2019-01-15",
                "term_to": "2024-01-14",
                "members": [{"person_id": id_, "role": seat} for id_, seat in zip(self.ids, seats, strict=True)],
            },
        )
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    def plan(self, dossiers: list[str], present: int = 5, **values: Any) -> str:
        """A session with its agenda and attendance, not yet open."""
        body = {"council_id": self.id, "rulebook_id": self.rulebook["id"], "year": 2019, "title": "Họp tháng 12"}
        made = self.secretary.post("/v1/sessions", body | {"held_on": "2019-12-15"} | values)
        assert made.status_code == 201, made.json
        session = str(made.json["id"])
        agenda = self.secretary.post(f"/v1/sessions/{session}/agenda", {"dossier_ids": dossiers})
        assert agenda.status_code == 200, agenda.json
        attendance = self.secretary.post(f"/v1/sessions/{session}/attendance", {"present": self.ids[:present]})
        assert attendance.status_code == 200, attendance.json
        return session

    def open(self, dossiers: list[str], present: int = 5) -> str:
        session = self.plan(dossiers, present)
        opened = self.secretary.post(f"/v1/sessions/{session}/open")
        assert opened.status_code == 200, opened.json
        return session

    def judge(self, dossier: str, score: float = 8, choice: str = "yes", by: Any = None) -> None:
        """Everybody (or those given) gives the same scores and the same vote."""
        for member in by or self.everybody:
            sheet = member.put(f"/v1/dossiers/{dossier}/score-sheet", {"scores": {"novelty": score, "effect": score}})
            assert sheet.status_code == 200, sheet.json
            ballot = member.post(f"/v1/dossiers/{dossier}/ballot", {"choice": choice})
            assert ballot.status_code == 201, ballot.json

    def close(self, session: str) -> None:
        closed = self.secretary.post(f"/v1/sessions/{session}/close")
        assert closed.status_code == 200, closed.json

    def decide(self, session: str, number: str = "") -> Any:
        return self.chair.post(
            f"/v1/sessions/{session}/decision",
            {
                "number": number or f"{str(new_id())[-6:]}/QĐ-MTTQ",
                "signed_on": "2019-12-20",
                "signatory": "Chủ tịch hội đồng",
                "legal_basis": "Quy chế xét sáng kiến",
                "recorded_late": "Nhập từ quyết định giấy",
            },
        )


@pytest.fixture(scope="session")
def make_province(consumer: Consumer, app: Flask, caller: Callable[..., Any], issuer: Any) -> Callable[[str], Province]:
    made: dict[str, Province] = {}

    def make(name: str) -> Province:
        if name not in made:
            made[name] = Province(name, consumer, app, caller, issuer)
        return made[name]

    return make


@pytest.fixture(scope="session")
def province(make_province: Callable[[str], Province]) -> Province:
    return make_province("khanh-hoa")


@pytest.fixture(scope="session")
def make_council(province: Province) -> Callable[..., Council]:
    def make(unit: str = "DK", of: Province | None = None, **rules: Any) -> Council:
        return Council(of or province, unit, **rules)

    return make


@pytest.fixture(scope="session")
def council(province: Province) -> Council:
    return Council(province)


@pytest.fixture(scope="session")
def moment() -> datetime:
    return datetime(2019, 12, 15, 2, 0, tzinfo=UTC)
