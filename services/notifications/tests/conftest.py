"""A tenant with a unit, its council's unit, a cycle, and people with grants, all told by events as in production."""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from common import clock, telemetry
from common.consumer import Consumer
from common.database import Context, UnitOfWork
from common.events import Event
from common.ids import new_id
from notifications.consumers import HANDLERS
from notifications.delivery import Delivery, DeliveryMetrics
from notifications.domain import Email
from notifications.post import Post
from notifications.store.tables import metadata
from prometheus_client import CollectorRegistry
from sqlalchemy import Row, select

PREFIX = "vn.sangtao.registration"
ISSUER = "http://issuer.example"


@dataclass
class Someone:
    """A person with one grant."""

    name: str
    email: str
    role: str
    unit_id: UUID
    subject: str
    issuer: str = ISSUER
    id: UUID = field(default_factory=new_id)
    grant_id: UUID = field(default_factory=new_id)


class Province:
    """One tenant: makes the events that registration would send."""

    def __init__(self, tenant: str = "khanh-hoa", issuer: str = ISSUER) -> None:
        self.tenant, self.issuer = tenant, issuer
        self.unit_id, self.council_unit_id, self.cycle_id = new_id(), new_id(), new_id()
        self.places = {self.unit_id: "/KH/DK/DIEN-AN/", self.council_unit_id: "/KH/DK/"}
        self.author = self.someone("Nguyễn Thị Ánh", "anh", "author", self.unit_id)
        self.officer = self.someone("Trần Văn Bảo", "bao", "officer", self.unit_id)
        self.secretary = self.someone("Lê Chí Công", "cong", "secretary", self.council_unit_id)
        self.everybody = [self.author, self.officer, self.secretary]

    def someone(self, name: str, nick: str, role: str, unit_id: UUID) -> Someone:
        subject = f"{nick}.{self.tenant}"
        return Someone(name, f"{nick}@{self.tenant}.example", role, unit_id, subject, self.issuer)

    def event(self, noun: str, subject: UUID, data: dict[str, Any], at: datetime | None = None) -> Event:
        version = data.get("version", 1)
        body = {**data, "version": version}
        made = Event(f"{PREFIX}.{noun}.v1", "/registration", self.tenant, str(subject), version, body)
        return Event(**{**vars(made), "time": at}) if at else made

    def place(self, unit_id: UUID) -> str:
        return self.places.setdefault(unit_id, f"/KH/{unit_id}/")

    def unit(self, unit_id: UUID, name: str, **more: Any) -> Event:
        data = {"unit_id": str(unit_id), "name": name, "scope_path": self.place(unit_id), **more}
        return self.event("unit.recorded", unit_id, data)

    def ended(self, unit_id: UUID, heir_id: UUID) -> Event:
        """The unit is no more, and stands where its heir stands."""
        self.places[unit_id] = self.place(heir_id)
        return self.unit(unit_id, "đơn vị cũ", version=2, ended=True, heir_id=str(heir_id))

    def cycle(self, **days: str) -> Event:
        today = clock.today()
        deadlines = {
            "registration_closes_on": (today + timedelta(days=30)).isoformat(),
            "endorsement_closes_on": (today + timedelta(days=60)).isoformat(),
            "review_closes_on": (today + timedelta(days=90)).isoformat(),
        }
        data = {"cycle_id": str(self.cycle_id), "name": "Đoàn kết sáng tạo 2026", **deadlines, **days}
        return self.event("cycle.recorded", self.cycle_id, data)

    def person(self, someone: Someone, version: int = 1) -> Event:
        data = {"person_id": str(someone.id), "name": someone.name, "email": someone.email, "version": version}
        return self.event("person.recorded", someone.id, data)

    def grant(self, someone: Someone, *, at: datetime | None = None, revoked: bool = False) -> Event:
        data = {
            "grant_id": str(someone.grant_id),
            "person_id": str(someone.id),
            "issuer": someone.issuer,
            "token_subject": someone.subject,
            "role": someone.role,
            "unit_id": str(someone.unit_id),
            "scope_path": self.place(someone.unit_id),
            "valid_from": "2019-01-01",
            "valid_to": None,
            "revoked_at": datetime.now(UTC).isoformat() if revoked else None,
            "version": 2 if revoked else 1,
        }
        return self.event("grant.revoked" if revoked else "grant.issued", someone.grant_id, data, at)

    def initiative(self, what: str, *, at: datetime | None = None, **changes: Any) -> Event:
        initiative_id = changes.pop("initiative_id", None) or new_id()
        data = {
            "initiative_id": str(initiative_id),
            "code": "KH-2026-0012",
            "title": "Tủ sách lưu động cho thôn xa",
            "cycle_id": str(self.cycle_id),
            "unit_id": str(self.unit_id),
            "council_unit_id": str(self.council_unit_id) if what not in _BEFORE_COUNCIL else None,
            "author_ids": [str(self.author.id)],
            "happened_on": clock.today().isoformat(),
            "reason": "",
            "decision_number": "",
            **changes,
        }
        return self.event(f"initiative.{what}", initiative_id, data, at)

    def foundation(self) -> list[Event]:
        """Everything that precedes a first dossier."""
        units = [self.unit(self.unit_id, "Mặt trận xã Diên An"), self.unit(self.council_unit_id, "huyện Diên Khánh")]
        people = [event for one in self.everybody for event in (self.person(one), self.grant(one))]
        return [*units, self.cycle(), *people]


_BEFORE_COUNCIL = ("submitted", "returned", "endorsed")


class Service:
    """The service on its real database: takes events, shows rows."""

    def __init__(self, database: Any) -> None:
        self.database = database
        metrics = telemetry.ConsumerMetrics(CollectorRegistry())
        self.consumer = Consumer("notifications", metadata, HANDLERS, database.unit_of_work, metrics)

    def take(self, *events: Event) -> None:
        self.consumer.apply(events)

    def work(self, tenant: str = "khanh-hoa") -> UnitOfWork:
        """A worker's unit of work."""
        made: UnitOfWork = self.database.unit_of_work(Context(tenant))
        return made

    def deliver(self, send: Callable[[Email], None] = lambda _: None, tenant: str = "khanh-hoa") -> Counter[str]:
        """One batch, by a mail server of the test's own."""
        metrics = DeliveryMetrics("notifications", CollectorRegistry())
        delivery = Delivery(self.database.unit_of_work, cast("Post", SimpleNamespace(send=send)), metrics)
        return delivery.deliver(tenant, lambda **_: None)

    def rows(self, table: str, *order: str) -> Sequence[Row[Any]]:
        """Every row of every tenant, as the database's administrator sees it."""
        found = metadata.tables[table]
        with self.database.admin_engine.connect() as connection:
            return connection.execute(select(found).order_by(*(found.c[name] for name in order))).all()


@pytest.fixture
def database(service_database: Callable[..., Any]) -> Any:
    made = service_database("notifications", metadata)
    made.empty()
    return made


@pytest.fixture
def service(database: Any) -> Service:
    return Service(database)


@pytest.fixture
def province(service: Service) -> Province:
    """A province whose foundation the service knows."""
    made = Province()
    service.take(*made.foundation())
    return made


@pytest.fixture
def another_province() -> type[Province]:
    return Province


class Mailbox:
    """A real SMTP server that keeps what it takes, and refuses or hesitates over what a test tells it to."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.asked: list[str] = []
        self.hesitates = False
        self.port = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.asked += envelope.rcpt_tos
        while self.hesitates:
            await asyncio.sleep(0.01)
        self.letters.append(envelope)
        return "250 Message kept"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    """One that nobody listens on."""
    return free_port()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    controller = Controller(made, hostname="127.0.0.1", port=free_port())
    controller.start()
    made.port = controller.port
    yield made
    controller.stop()
