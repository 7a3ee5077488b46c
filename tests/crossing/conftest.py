"""The services of one platform in one process: real databases, real outboxes, and consumers that a test may pause."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import notifications.app
import notifications.consumers
import notifications.store.tables
import pytest
import registration.app
import registration.consumers
import registration.store.tables
import reporting.app
import reporting.consumers
import reporting.store.tables
import review.app
import review.consumers
import review.store.tables
from common import clock
from common.centre import CENTRE
from common.consumer import Consumer
from common.database import Context
from common.settings import ApiSettings
from common.telemetry import ConsumerMetrics
from prometheus_client import CollectorRegistry
from registration.settings import ApiSettings as RegistrationSettings
from registration.usecases import tenants
from sqlalchemy import text

SERVICES = (registration, review, reporting, notifications)
TENANT = "khanh-hoa"
COUNCIL_ACTS = ["schedule", "open", "close", "decide"]
# What people were last told of a dossier in each status.
NEWS = {
    "recognised": {"recognised"},
    "withdrawn": {"withdrawn"},
    "endorsed": {"recalled"},
    "submitted": {"submitted"},
    "forwarded": {"forwarded"},
    "under_review": {"review_started", "reinstated"},
}
_numbers = count(1)


class Network:
    """Carries events from each outbox to the consumers, only when and where a test says so."""

    def __init__(self, databases: Mapping[str, Any]) -> None:
        self.databases = databases
        self._consumers = {
            service.__name__: Consumer(
                service.__name__,
                service.store.tables.metadata,
                service.consumers.HANDLERS,
                databases[service.__name__].unit_of_work,
                ConsumerMetrics(CollectorRegistry()),
            )
            for service in SERVICES
        }
        self._delivered: dict[tuple[str, str], int] = defaultdict(int)

    def deliver(self, source: str, target: str) -> int:
        """Apply what the target has not received from the source yet, in order. Returns how many events there were."""
        query = text("SELECT position, body FROM outbox WHERE position > :last ORDER BY position")
        with self.databases[source].admin_engine.connect() as connection:
            rows = connection.execute(query, {"last": self._delivered[source, target]}).all()
        if rows:
            self._delivered[source, target] = rows[-1].position
            self._consumers[target].receive([row.body for row in rows])
        return len(rows)

    def drain(self, first: str = "registration") -> None:
        """Deliver until nothing is left, what `first` has to say before the rest. Nothing may become a dead letter."""
        names = sorted(self.databases, key=lambda name: name != first)
        while sum(self.deliver(source, target) for source in names for target in names if source != target):
            pass
        for name in names:
            assert self.rows(name, "SELECT type, error FROM dead_letter") == [], name

    def rows(self, service: str, query: str, **values: Any) -> list[Any]:
        with self.databases[service].admin_engine.connect() as connection:
            return list(connection.execute(text(query), values))


@dataclass
class Province:
    """A province that works through the APIs of registration and review, and the centre above it."""

    network: Network
    apps: Mapping[str, Any]
    caller: Callable[..., Any]
    units: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def establish(self) -> None:
        """Make units, people, a rulebook and the councils of the province and of unit B."""
        self._open(TENANT, "ROOT", "admin")
        for code in ("A", "B"):
            unit = {"code": code, "name": f"Đơn vị {code}", "kind": "front", "affiliation": "front_system"}
            unit |= {"parent_id": self.units["ROOT"], "valid_from": "2010-01-01"}
            self.units[code] = self.ok(self.as_("admin").post("/v1/units", unit))["id"]
        for role, unit in (("author", "A"), ("officer", "A"), ("secretary", "ROOT"), ("chair", "ROOT")):
            self.appoint(role, role, unit)
        self.appoint("chair-b", "chair", "B")
        self.cycle_id = self.as_("admin").get("/v1/cycles").json["items"][0]["id"]
        self._open(CENTRE, "CENTRE", "centre")
        self.appoint("board", "standing", "CENTRE", by="centre")
        self.network.drain()
        self.rulebook_id = self._rulebook()
        self.council_id = self._council("ROOT", {"chair": "chair", "secretary": "secretary"})
        self._council("B", {"chair-b": "chair", "officer": "secretary"})
        self.network.drain()

    def _open(self, tenant: str, root: str, administrator: str) -> None:
        body = {"code": tenant, "name": f"Nơi {root}", "code_prefix": root[:2], "valid_from": "2010-01-01"}
        body["root"] = {"code": root, "name": f"Nơi {root}"}
        body["administrator"] = {"name": administrator, "email": "a@example.vn", "subject": administrator}
        operator = self.caller(self.apps["registration"], "operator")
        self.units[root] = self.ok(operator.post("/v1/tenants", body))["root_unit_id"]

    def appoint(self, subject: str, role: str, unit: str, by: str = "admin") -> str:
        """Record a person with one grant; returns the grant's id."""
        person = {"name": f"Người {subject}", "email": f"{subject}@example.vn"}
        self.people[subject] = self.ok(self.as_(by).post("/v1/people", person))["id"]
        grant = {"person_id": self.people[subject], "subject": subject, "role": role, "unit_id": self.units[unit]}
        return str(self.ok(self.as_(by).post("/v1/grants", grant | {"valid_from": "2020-01-01"}))["id"])

    def as_(self, subject: str, service: str = "registration") -> Any:
        for app in self.apps.values():
            app.extensions["grants"]._known.clear()  # An API knows grants for two seconds; a test does not wait.
        return self.caller(self.apps[service], subject)

    @staticmethod
    def ok(answer: Any) -> Any:
        assert answer.status_code < 300, answer.json
        return answer.json

    def _rulebook(self) -> str:
        body = {"name": "Quy chế", "unit_id": self.units["ROOT"], "valid_from": "2020-01-01", "legal_basis": "Kế hoạch"}
        body |= {"pass_score": 50, "quorum_percent": 50, "approval_percent": 50, "ballot": "open"}
        body["criteria"] = [{"code": "novelty", "name": "Tính mới", "weight": 1, "max_score": 10}]
        admin = self.as_("admin", "review")
        rulebook_id = self.ok(admin.post("/v1/rulebooks", body))["id"]
        self.ok(admin.post(f"/v1/rulebooks/{rulebook_id}/publish"))
        return str(rulebook_id)

    def _council(self, unit: str, seats: Mapping[str, str], **values: Any) -> str:
        body = {"name": f"Hội đồng {unit}", "unit_id": self.units[unit], "term_from": "2020-01-01"} | values
        body["established_by"] = {"number": "1/QĐ", "signed_on": "2020-01-01"}
        body["members"] = [{"person_id": self.people[one], "role": seat} for one, seat in seats.items()]
        return str(self.ok(self.as_("admin", "review").post("/v1/councils", body))["id"])

    def forwarded(self, author: str = "author", council: str = "ROOT") -> str:
        """The id of a dossier that the author handed in, and the officer endorsed and forwarded."""
        draft = {"cycle_id": self.cycle_id, "unit_id": self.units["A"], "title": "Tủ quần áo", "field": "society"}
        draft |= dict.fromkeys(("summary", "problem", "solution", "effect"), "Nội dung") | {"content": "production"}
        draft["authors"] = [{"name": f"Người {author}", "share": 100, "person_id": self.people[author]}]
        made = str(self.ok(self.as_(author).post("/v1/initiatives", draft))["id"])
        self.ok(self.as_(author).post(f"/v1/initiatives/{made}/submit"))
        self.ok(self.as_("officer").post(f"/v1/initiatives/{made}/endorse"))
        self.forward(made, council)
        return made

    def forward(self, dossier: str, council: str) -> None:
        body = {"council_unit_id": self.units[council]}
        self.ok(self.as_("officer").post(f"/v1/initiatives/{dossier}/forward", body))

    def session(self, dossiers: list[str]) -> "Session":
        return Session(self, dossiers)

    def compare(self, dossiers: list[str]) -> dict[str, str]:
        """Check that all services say the same of each dossier. Returns the status of each."""
        found, ask = {}, self.network.rows
        for dossier in dossiers:
            here = {"id": UUID(dossier)}
            [own] = ask(
                "registration", "SELECT status, version, title, decision_number FROM initiative WHERE id = :id", **here
            )
            [councils] = ask("review", "SELECT state FROM dossier WHERE initiative_id = :id", **here)
            verdict = ask("review", "SELECT outcome FROM verdict WHERE initiative_id = :id", **here)
            expected = {
                "waiting": {"forwarded", "under_review"},
                "scheduled": {"under_review"},
                "decided": {"recognised"},
            }
            elsewhere = {"withdrawn", "endorsed", "submitted"}
            assert own.status in expected.get(councils.state, elsewhere), (own, councils)
            assert [one.outcome for one in verdict] == (["recognised"] if own.status == "recognised" else [])
            [figures] = ask("reporting", "SELECT status FROM initiative WHERE id = :id", **here)
            assert figures.status == own.status
            told = "SELECT kind FROM notice WHERE initiative_id = :id ORDER BY occurred_at DESC LIMIT 1"
            [newest] = ask("notifications", told, **here)
            assert newest.kind.split(".")[1] in NEWS[own.status], (own.status, newest)
            catalogue = ask("registration", "SELECT 1 FROM catalogue_entry WHERE initiative_id = :id", **here)
            assert bool(catalogue) == (own.status == "recognised" and own.title != "(đã xoá)")
            found[dossier] = own.status
        count = "SELECT status, {} AS count FROM {} WHERE tenant = :tenant GROUP BY status ORDER BY status"
        dossiers_there = ask("registration", count.format("count(*)", "initiative"), tenant=TENANT)
        counted = ask("reporting", count.format("sum(count)", "own_count"), tenant=TENANT)
        assert [tuple(row) for row in counted if row.count] == [tuple(row) for row in dossiers_there]
        return found

    def in_registration(self) -> Any:
        return self.network.databases["registration"].unit_of_work(Context(TENANT))


class Session:
    """A session of the province's council, which the chair alone attends and decides."""

    def __init__(self, province: Province, dossiers: list[str]) -> None:
        self.province, self.dossiers = province, dossiers
        self.done: list[str] = []
        body = {"council_id": province.council_id, "rulebook_id": province.rulebook_id, "title": "Phiên họp"}
        today = clock.today()
        body |= {"year": today.year, "held_on": today.isoformat()}
        self.path = f"/v1/sessions/{province.ok(self._secretary.post('/v1/sessions', body))['id']}"

    @property
    def _secretary(self) -> Any:
        return self.province.as_("secretary", "review")

    @property
    def _chair(self) -> Any:
        return self.province.as_("chair", "review")

    def schedule(self) -> None:
        there = {one for one in self.dossiers if self._state(one) in ("waiting", "scheduled")}
        ids = [one for one in self.dossiers if one in there]
        self.province.ok(self._secretary.post(f"{self.path}/agenda", {"dossier_ids": ids}))
        present = {"present": [self.province.people["chair"]]}
        self.province.ok(self._secretary.post(f"{self.path}/attendance", present))

    def open(self) -> None:
        self.province.ok(self._secretary.post(f"{self.path}/open"))

    def close(self) -> None:
        for dossier in [one for one in self.dossiers if self._state(one) == "scheduled"]:
            path, chair = f"/v1/dossiers/{dossier}", self._chair
            self.province.ok(chair.put(f"{path}/score-sheet", {"scores": {"novelty": 9}}))
            self.province.ok(chair.post(f"{path}/ballot", {"choice": "yes"}))
        self.province.ok(self._secretary.post(f"{self.path}/close"))

    def decide(self) -> None:
        self.province.ok(self.sign("chair"))

    def sign(self, subject: str) -> Any:
        decision = {"number": f"{next(_numbers)}/QĐ-CHÉO", "signed_on": clock.today().isoformat()}
        decision |= {"signatory": "Chủ tịch", "legal_basis": "Quy chế"}
        return self.province.as_(subject, "review").post(f"{self.path}/decision", decision)

    def _state(self, dossier: str) -> str:
        answer = self._secretary.get(f"/v1/dossiers/{dossier}")
        return str(answer.json["state"]) if answer.status_code == 200 else ""

    def until(self, act: str) -> None:
        """Do what has not been done yet, up to and including the act."""
        for one in COUNCIL_ACTS[len(self.done) : COUNCIL_ACTS.index(act) + 1]:
            getattr(self, one)()
            self.done.append(one)


@pytest.fixture(scope="package")
def province(
    service_database: Callable[..., Any],
    issuer: Any,
    caller: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Province]:
    databases = {
        service.__name__: service_database(
            service.__name__, service.store.tables.metadata, f"crossing_{service.__name__}"
        )
        for service in SERVICES
    }
    with databases["registration"].unit_of_work(Context(tenants.PLATFORM)) as uow:
        tenants.make_operator(uow, issuer=issuer.url, subject="operator", today=clock.today(), now=clock.now())
    urls = {name: {"database_url": databases[name].urls["DATABASE_URL"]} for name in databases}
    files = f"file://{tmp_path_factory.mktemp('files')}"
    apps = {
        "registration": registration.app.build(
            RegistrationSettings(oidc_issuer=issuer.url, attachment_store_url=files, **urls["registration"])
        ),
        "review": review.app.build(ApiSettings(oidc_issuer=issuer.url, **urls["review"])),
    }
    made = Province(Network(databases), apps, caller)
    made.establish()
    yield made
    for app in apps.values():
        app.extensions["service"].engine.dispose()
