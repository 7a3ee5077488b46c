"""Reporting's own fixtures: its database, its API, and a storyteller that speaks for the other services."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from common.consumer import Consumer
from common.database import Context
from common.events import Event
from common.settings import ApiSettings
from common.telemetry import ConsumerMetrics
from flask import Flask
from prometheus_client import CollectorRegistry
from reporting.app import build
from reporting.consumers import HANDLERS
from reporting.store.tables import metadata
from sqlalchemy import Engine, event, text

TENANT = "khanh-hoa"
REGISTRATION, REVIEW = "vn.sangtao.registration", "vn.sangtao.review"


@pytest.fixture(scope="session")
def reporting(service_database: Callable[..., Any]) -> Any:
    return service_database("reporting", metadata)


@pytest.fixture
def database(reporting: Any) -> Any:
    """The service's database with no row in it."""
    reporting.empty()
    return reporting


@pytest.fixture
def app(database: Any, issuer: Any) -> Iterator[Flask]:
    made = build(ApiSettings(database_url=database.urls["DATABASE_URL"], oidc_issuer=issuer.url))
    yield made
    made.extensions["service"].engine.dispose()


@pytest.fixture
def consumer(database: Any) -> Consumer:
    return Consumer("reporting", metadata, HANDLERS, database.unit_of_work, ConsumerMetrics(CollectorRegistry()))


class Storyteller:
    """Builds the other services' events as they travel, in JSON; `tell` applies them through the real consumer."""

    def __init__(self, consumer: Consumer, issuer_url: str, tenant: str) -> None:
        self._consumer, self._issuer, self.tenant = consumer, issuer_url, tenant
        self.paths: dict[str, str] = {}

    def id(self, name: str) -> UUID:
        """The same identifier for the same name, in one tenant."""
        return uuid5(NAMESPACE_URL, f"{self.tenant}/{name}")

    def tell(self, *events: str) -> None:
        self._consumer.apply([Event.from_json(body) for body in events])

    def event(self, type_: str, subject: str, version: int, data: dict[str, Any]) -> str:
        return json.dumps(
            {
                "specversion": "1.0",
                "datacontenttype": "application/json",
                "type": type_,
                "source": f"/{type_.split('.')[2]}",
                "tenant": self.tenant,
                "subject": subject,
                "sequence": version,
                "data": {**data, "version": version},
                "id": str(uuid4()),
                "time": "2021-01-01T00:00:00+00:00",
            },
            ensure_ascii=False,
        )

    def unit(self, code: str, parent: str = "", *, version: int = 1, **values: Any) -> str:
        """`parent` is a code; the path is built from what was told before, unless it is given."""
        path = values.pop("path", None) or f"{self.paths[parent] if parent else '/'}{code}/"
        self.paths[code] = path
        data = {
            "unit_id": str(self.id(code)),
            "code": code,
            "name": f"Đơn vị {code}",
            "kind": "administrative",
            "level": "commune",
            "affiliation": "other_agency",
            "parent_id": str(self.id(parent)) if parent else None,
            "scope_path": path,
            "valid_from": "2010-01-01",
            "valid_to": None,
        }
        return self.event(f"{REGISTRATION}.unit.recorded.v1", data["unit_id"], version, data | values)

    def grant(self, subject: str, role: str, unit: str, *, version: int = 1, **values: Any) -> str:
        data = {
            "grant_id": str(self.id(f"grant-{subject}")),
            "person_id": str(self.id(f"person-{subject}")),
            "issuer": self._issuer,
            "token_subject": subject,
            "role": role,
            "unit_id": str(self.id(unit)),
            "scope_path": self.paths[unit],
            "valid_from": "2019-01-01",
            "valid_to": None,
            "revoked_at": None,
        }
        kind = "revoked" if values.get("revoked_at") else "issued"
        return self.event(f"{REGISTRATION}.grant.{kind}.v1", data["grant_id"], version, data | values)

    def cycle(self, year: int, unit: str) -> str:
        data = {
            "cycle_id": str(self.id(f"cycle-{year}-{unit}")),
            "year": year,
            "name": f"Đợt thi đua năm {year}",
            "unit_id": str(self.id(unit)),
            "opens_on": f"{year}-01-01",
            "registration_closes_on": f"{year}-10-31",
            "endorsement_closes_on": f"{year}-11-30",
            "review_closes_on": f"{year}-12-31",
        }
        return self.event(f"{REGISTRATION}.cycle.recorded.v1", data["cycle_id"], 1, data)

    def initiative(self, name: str, unit: str, year: int, status: str, version: int = 1, **values: Any) -> str:
        verb = {"under_review": "review_started"}.get(status, status)
        data = {
            "initiative_id": str(self.id(name)),
            "code": f"KH-{year}-{name}",
            "title": f"Sáng kiến {name}",
            "cycle_id": str(self.id(f"cycle-{year}")),
            "year": year,
            "unit_id": str(self.id(unit)),
            "scope_path": self.paths[unit],
            "council_unit_id": None,
            "content": "political_system",
            "field": "society",
            "affiliation": "front_system",
            "status": status,
            "author_ids": [str(self.id("author"))],
            "author_count": 1,
            "happened_on": f"{year}-09-01",
            "reason": "",
            "decision_number": "",
        }
        return self.event(f"{REGISTRATION}.initiative.{verb}.v1", data["initiative_id"], version, data | values)

    def life(self, name: str, unit: str, year: int, end: str, **values: Any) -> list[str]:
        """All events of an initiative up to its last state."""
        way = ["submitted", "endorsed", "forwarded", "under_review", end]
        way = way[: way.index(end) + 1]
        return [self.initiative(name, unit, year, status, n, **values) for n, status in enumerate(way, start=2)]

    def model(self, name: str, unit: str, from_year: int, to_year: int, quantity: int) -> str:
        data = {
            "model_id": str(self.id(name)),
            "title": name,
            "theme": "Môi trường",
            "unit_id": str(self.id(unit)),
            "scope_path": self.paths[unit],
            "from_year": from_year,
            "to_year": to_year,
            "quantity": quantity,
        }
        return self.event(f"{REGISTRATION}.model.recorded.v1", data["model_id"], 1, data)

    def replication(self, model: str, unit: str, origin: int, from_year: int, to_year: int, quantity: int) -> str:
        data = {
            "replication_id": str(self.id(f"{model}-{unit}-{origin}")),
            "model_id": str(self.id(model)),
            "unit_id": str(self.id(unit)),
            "scope_path": self.paths[unit],
            "origin_year": origin,
            "adopted_from_year": from_year,
            "adopted_to_year": to_year,
            "quantity": quantity,
        }
        return self.event(f"{REGISTRATION}.model.replicated.v1", data["replication_id"], 1, data)

    def commendation(
        self, form: str, authority: str, occasion: str, years: tuple[int, int], *recipients: tuple[Any, ...]
    ) -> str:
        """Recipients as (kind, group, count) or (kind, group, count, of_which)."""
        name = f"{form} {authority} {occasion} {years} {recipients}"
        data = {
            "commendation_id": str(self.id(name)),
            "title": name,
            "form": form,
            "authority": authority,
            "occasion": occasion,
            "from_year": years[0],
            "to_year": years[1],
            "unit_id": str(self.id("DK")),
            "scope_path": self.paths["DK"],
            "decision_number": None,
            "signed_on": None,
            "recipients": [
                {"kind": kind, "group": group, "count": count, "of_which": rest[0] if rest else {}}
                for kind, group, count, *rest in recipients
            ],
        }
        return self.event(f"{REVIEW}.commendation.recorded.v1", data["commendation_id"], 1, data)

    def decision(self, year: int, unit: str, recognised: int, not_recognised: int, name: str = "") -> str:
        data = {
            "decision_id": str(self.id(f"decision-{name or year}")),
            "number": f"{year - 1900}/QĐ-HĐSK",
            "signed_on": f"{year}-12-20",
            "signatory": "Chủ tịch Hội đồng",
            "session_id": str(self.id(f"session-{year}")),
            "year": year,
            "unit_id": str(self.id(unit)),
            "scope_path": self.paths[unit],
            "recognised": recognised,
            "not_recognised": not_recognised,
        }
        return self.event(f"{REVIEW}.decision.issued.v1", data["decision_id"], 1, data)


@pytest.fixture
def storyteller(consumer: Consumer, issuer: Any) -> Callable[[str], Storyteller]:
    return lambda tenant: Storyteller(consumer, issuer.url, tenant)


@pytest.fixture
def story(storyteller: Callable[[str], Storyteller]) -> Storyteller:
    return storyteller(TENANT)


@pytest.fixture
def expected() -> dict[str, Any]:
    """The figures that Diên Khánh published."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "dien_khanh.json").read_text())
    return found


@pytest.fixture
def the_case(story: Storyteller, expected: dict[str, Any]) -> list[str]:
    """Diên Khánh's three years as events, from the structure of the published figures."""
    return [*_units(story), *_initiatives(story, expected), *_models(story, expected), *_honours(story, expected)]


_AFFILIATED = {
    "front_system": ("DK-MT", "front_system"),
    "member_organisations": ("DK-PN", "member_organisation"),
    "other_agencies": ("DK-UB", "other_agency"),
}


def _units(story: Storyteller) -> list[str]:
    return [
        story.unit("KH", level="province", name="Tỉnh Khánh Hòa"),
        story.unit("DK", "KH", level="district", name="Huyện Diên Khánh"),
        *(story.unit(code, "DK", level="none") for code, _ in _AFFILIATED.values()),
        story.grant("standing-dk", "standing", "DK"),
        *(story.cycle(year, "DK") for year in (2019, 2020, 2021)),
    ]


def _initiatives(story: Storyteller, expected: dict[str, Any]) -> list[str]:
    events: list[str] = []
    for year, parts in expected["recognised"].items():
        of_recognised = [name for name in _AFFILIATED for _ in range(parts[name])] if parts else []
        for number in range(expected["registered"][year]):
            is_recognised = number < len(of_recognised)
            unit, affiliation = _AFFILIATED[of_recognised[number] if is_recognised else "other_agencies"]
            end = "recognised" if is_recognised else "not_recognised" if parts else "submitted"
            events += story.life(f"{year}-{number}", unit, int(year), end, affiliation=affiliation)
        if parts:
            refused = expected["registered"][year] - parts["total"]
            events.append(story.decision(int(year), "DK", parts["total"], refused))
    return events


def _models(story: Storyteller, expected: dict[str, Any]) -> list[str]:
    models = expected["self_managed_models"]
    first, last = models["years"]
    return [
        story.model("Mô hình tự quản", "DK", first, last, models["total"]),
        story.replication("Mô hình tự quản", "DK", 2019, first, last, models["replicated_from_2019"]),
    ]


def _honours(story: Storyteller, expected: dict[str, Any]) -> list[str]:
    given = expected["commendations"]
    praise, two, five = given["front_and_member_organisations"], given["2019-2020"], given["five_year_2016-2020"]
    flags, labour = two["provincial_emulation_flags_collectives"], two["excellent_labour_collectives"]
    rewards, authors = two["district_cash_rewards_leading_units"], two["individuals_with_recognised_initiatives"]
    movement = two["movement_and_topical"]
    leaders = {"leaders": movement["of_which_leaders"]}
    years, five_years = (2019, 2020), (2016, 2020)
    return [
        story.commendation(
            "praise", "organisation", "annual", years,
            ("individual", "front_officer", praise["front_officers"]),
            ("individual", "member_organisation_officer", praise["member_organisation_officers"]),
        ),
        story.commendation("emulation_flag", "province", "annual", years, ("collective", "outstanding", flags)),
        story.commendation(
            "excellent_labour_collective", "province", "annual", years, ("collective", "outstanding", labour)
        ),
        story.commendation(
            "certificate_of_merit", "province", "annual", years,
            *_both("outstanding", two["provincial_certificates_of_merit"]),
        ),
        story.commendation("cash_reward", "district", "annual", years, ("collective", "leading_unit", rewards)),
        story.commendation("cash_reward", "district", "annual", years, ("individual", "recognised_author", authors)),
        story.commendation(
            "cash_reward", "district", "annual", years, *_both("outstanding", two["district_outstanding"])
        ),
        story.commendation(
            "achievement", "district", "topical", years,
            ("collective", "movement", movement["collectives"]),
            ("individual", "movement", movement["individuals"], leaders),
        ),
        story.commendation(
            "certificate_of_merit", "province", "five_year_review", five_years,
            *_both("outstanding", five["provincial_certificates_of_merit"]),
        ),
        story.commendation(
            "certificate_of_commendation", "district", "five_year_review", five_years,
            *_both("outstanding", five["district_certificates_of_commendation"]),
        ),
    ]  # fmt: skip


def _both(group: str, counts: dict[str, int]) -> list[tuple[str, str, int]]:
    return [("collective", group, counts["collectives"]), ("individual", group, counts["individuals"])]


@pytest.fixture
def launch(story: Storyteller) -> dict[str, Any]:
    """The launch of 2019 as an officer enters it."""
    return {
        "kind": "launch",
        "title": "Hội nghị triển khai phong trào thi đua “Đoàn kết sáng tạo”",
        "form": "conference",
        "unit_id": str(story.id("DK")),
        "from_date": "2019-06-17",
        "to_date": "2019-06-17",
        "reach": {"agencies": 97, "villages": 93, "people": 150},
        "note": "",
    }


@pytest.fixture
def statements() -> Callable[[Engine], Any]:
    """`with statements(engine) as sent:` notes every statement that goes to the database."""

    @contextmanager
    def listen(engine: Engine) -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield sent
        event.remove(engine, "before_cursor_execute", note)

    return listen


@pytest.fixture
def counters(database: Any) -> Callable[[], dict[str, list[Any]]]:
    """Everything the counters hold, beside the same counted afresh from the initiatives themselves."""

    def read() -> dict[str, list[Any]]:
        keys = "year, status, content, field, affiliation"
        levels = (
            "SELECT left(scope_path, n) AS level, initiative.* FROM initiative,"
            " generate_series(2, length(scope_path)) AS n WHERE substr(scope_path, n, 1) = '/'"
        )
        queries = {
            "levels": f"SELECT scope_path, {keys}, count FROM level_count WHERE count <> 0 ORDER BY 1, 2, 3, 4, 5, 6",
            "levels_afresh": f"SELECT level, {keys}, count(*) FROM ({levels}) AS every GROUP BY level, {keys}"
            ' ORDER BY level COLLATE "C", 2, 3, 4, 5, 6',
            "own": f"SELECT unit_id, scope_path, {keys}, count FROM own_count WHERE count <> 0"
            " ORDER BY 1, 3, 4, 5, 6, 7",
            "own_afresh": f"SELECT unit_id, scope_path, {keys}, count(*) FROM initiative"
            f" GROUP BY unit_id, scope_path, {keys} ORDER BY 1, 3, 4, 5, 6, 7",
        }
        with database.admin_engine.connect() as connection:
            return {name: [tuple(row) for row in connection.execute(text(query))] for name, query in queries.items()}

    return read


@pytest.fixture
def scope(database: Any) -> Callable[[str], Any]:
    """`with scope("/KH/DK/") as uow:` a unit of work of that subtree."""
    return lambda path: database.unit_of_work(Context(TENANT, path))
