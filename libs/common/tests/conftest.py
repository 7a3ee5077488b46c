"""The sample service's database, API, events and processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # The sample is a package like any service, but not an installed one.

from common import auth, broker, telemetry, tenants  # noqa: E402
from common.audit import commands, witnesses  # noqa: E402
from common.consumer import Consumer  # noqa: E402
from common.database import Actor, Context, UnitOfWork  # noqa: E402
from common.ids import new_id  # noqa: E402
from common.settings import ApiSettings  # noqa: E402
from flask import Flask  # noqa: E402
from prometheus_client import CollectorRegistry  # noqa: E402
from sample.app import HANDLERS, ThingMade, build, effect, metadata, thing  # noqa: E402
from sqlalchemy import insert, select, text  # noqa: E402

KHANH_HOA, LAI_CHAU = "khanh-hoa", "lai-chau"
VISIBILITY_SECONDS = 2


def wait_until(condition: Callable[[], Any], what: str, within: float = 20.0) -> Any:
    """The first true answer of `condition`; fails with `what` when there is none in time."""
    deadline = time.monotonic() + within
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.02)
    return answer


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    return wait_until


@pytest.fixture(scope="session")
def sample_database(service_database: Callable[..., Any]) -> Any:
    return service_database("sample", metadata)


@pytest.fixture
def database(sample_database: Any) -> Any:
    """Empty at the start of each test."""
    sample_database.empty()
    return sample_database


@pytest.fixture
def emit(database: Any) -> Callable[..., list[UUID]]:
    """`emit(3, subject=...)`: that many events of one aggregate (or each of its own) into the outbox."""

    def make(count: int, *, tenant: str = KHANH_HOA, subject: UUID | None = None, first: int = 1) -> list[UUID]:
        facts = [ThingMade(subject or new_id(), first + number, f"Vật {number}") for number in range(count)]
        with database.unit_of_work(Context(tenant)) as uow:
            uow.emit(*facts)
        return [fact.thing_id for fact in facts]

    return make


@pytest.fixture
def applied(database: Any) -> Callable[[], list[tuple[str, int]]]:
    """What the consumer did, in order: (subject, sequence)."""

    def read() -> list[tuple[str, int]]:
        with database.admin_engine.connect() as connection:
            rows = connection.execute(select(effect).order_by(effect.c.position))
            return [(str(row.subject), row.sequence) for row in rows]

    return read


@pytest.fixture
def queue() -> str:
    """A queue that no other test reads."""
    return f"sample-{uuid4().hex[:12]}"


@pytest.fixture
def connect(broker_url: str) -> Callable[[], broker.Connection]:
    return partial(broker.connect, broker_url, visibility_seconds=VISIBILITY_SECONDS)


@pytest.fixture
def lay_aside(rabbitmq: Any, queue: str, eventually: Callable[..., Any]) -> Callable[..., None]:
    """`lay_aside("body")`: a message ended its consumer so often that RabbitMQ gives it to nobody any more."""

    def make(*bodies: str) -> None:
        def ends_once_more() -> bool:
            with broker.connect(rabbitmq.url) as consumer:
                consumer.subscribe(queue, len(bodies))
                consumer.receive(0.5)
            return publisher.count_aside(queue) == len(bodies)

        with broker.connect(rabbitmq.url) as publisher:
            publisher.declare(queue, HANDLERS)
            publisher.publish([("", body) for body in bodies], queue=queue)
            eventually(ends_once_more, "all are laid aside", within=60.0)

    return make


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def consumer(database: Any, queue: str, registry: CollectorRegistry) -> Consumer:
    """The consumer without a process around it."""

    def unit_of_work(context: Context) -> UnitOfWork:
        return UnitOfWork(database.app_engine, metadata, "/sample", context)

    return Consumer(queue, metadata, HANDLERS, unit_of_work, telemetry.ConsumerMetrics(registry))


@pytest.fixture(scope="session")
def sample_app(sample_database: Any, issuer: Any) -> Iterator[Flask]:
    telemetry.start_tracing("sample", "")
    made = build(ApiSettings(database_url=sample_database.urls["DATABASE_URL"], oidc_issuer=issuer.url))
    yield made
    made.extensions["service"].engine.dispose()


@pytest.fixture
def app(sample_app: Flask, database: Any) -> Flask:
    sample_app.extensions["grants"]._known.clear()
    sample_app.extensions["service"].engine.dispose()  # Another test may have thrown its connections out.
    return sample_app


@pytest.fixture
def grant(database: Any, issuer: Any) -> Callable[..., UUID]:
    """`grant("subject", role="officer", tenant=..., scope=...)` returns the grant's id."""

    def make(subject: str, role: str = "officer", *, tenant: str = KHANH_HOA, scope: str = "/KH/", **more: Any) -> UUID:
        values = {
            "id": new_id(),
            "issuer": issuer.url,
            "subject": subject,
            "person_id": new_id(),
            "role": role,
            "unit_id": new_id(),
            "scope_path": scope,
            "valid_from": date(2020, 1, 1),
            "version": 1,
        } | more
        with database.unit_of_work(Context(tenant)) as uow:
            auth.save_grant(uow, metadata, values)
        return UUID(str(values["id"]))

    return make


@pytest.fixture
def officer(app: Flask, caller: Callable[..., Any], grant: Callable[..., UUID]) -> Any:
    """Somebody who may do everything the sample offers."""
    return caller(app, "officer", grant("officer"))


class Process:
    """One process of the sample, as production runs it."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], port: int, log: Path) -> None:
        self.port, self._log = port, log
        inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        with log.open("w") as output:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "sample", *command],
                env=inherited | environment | {"PYTHONPATH": str(HERE), "BIND": "127.0.0.1", "PORT": str(port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self._log.read_text()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def status(self, path: str) -> int:
        """0 while nobody listens."""
        try:
            return requests.get(self.url(path), timeout=5).status_code
        except requests.ConnectionError:
            return 0

    def says(self, word: str) -> None:
        wait_until(lambda: word in self.output, f"{word!r} in the output of {self.popen.args!r}")

    def is_ready(self) -> None:
        wait_until(lambda: self.status("/healthz/ready") == 200, f"ready: {self.output}")

    def terminate(self, within: float = 10) -> int:
        self.popen.terminate()
        return self.popen.wait(within)

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait(10)


@pytest.fixture
def start(
    sample_database: Any, issuer: Any, queue: str, tmp_path: Path, unused_port: Callable[[], int]
) -> Iterator[Callable[..., Process]]:
    """`start("consume", BROKER_URL=...)`."""
    started: list[Process] = []

    def make(*command: str, **environment: str) -> Process:
        known = {
            **sample_database.urls,
            "OIDC_ISSUER": issuer.url,
            "SAMPLE_QUEUE": queue,
            "BROKER_VISIBILITY_SECONDS": str(VISIBILITY_SECONDS),
        }
        process = Process(command, known | environment, unused_port(), tmp_path / f"{len(started)}.log")
        started.append(process)
        return process

    yield make
    for process in started:
        process.kill()


@contextmanager
def _moved_away(database: Any) -> Iterator[None]:
    """Nobody but the administrator gets in, and who is in is thrown out: as if the server restarted."""
    name = database.service
    with database.admin_engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(f"REVOKE CONNECT ON DATABASE {name} FROM {name}_app, {name}_relay")
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = current_database() AND usename IN ('{name}_app', '{name}_relay')"
        )
        try:
            yield
        finally:
            connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {name} TO {name}_app, {name}_relay")
            for engine in (database.app_engine, database.relay_engine):
                engine.dispose()  # Of connections that ended with the "server".


@pytest.fixture
def database_away(database: Any) -> Callable[[], Any]:
    """`with database_away(): ...`."""
    return lambda: _moved_away(database)


# The audit


@pytest.fixture(scope="session")
def actor() -> Actor:
    """Who acts where the audit is looked at."""
    return Actor(
        person_id=str(uuid4()),
        grant_id=str(uuid4()),
        role="officer",
        unit_id=str(uuid4()),
        request_id="r-1",
        process="api",
    )


@pytest.fixture
def act(database: Any, actor: Actor) -> Callable[..., UnitOfWork]:
    """`with act() as uow: ...` as an officer of a tenant."""
    return lambda tenant=KHANH_HOA: database.unit_of_work(Context(tenant, actor=actor))


@pytest.fixture
def make(act: Callable[..., UnitOfWork]) -> Callable[..., list[UUID]]:
    """`make(3)`: that many things, each in a transaction of its own, as many entries."""

    def add(count: int = 1, tenant: str = KHANH_HOA, **more: Any) -> list[UUID]:
        ids = [new_id() for _ in range(count)]
        for id_ in ids:
            with act(tenant) as uow:
                values = {"id": id_, "scope_path": "/KH/", "name": str(id_), "closed": False, "version": 1} | more
                uow.execute(insert(thing).values(tenant=tenant, **values))
        return ids

    return add


@pytest.fixture
def entries(database: Any) -> Callable[..., list[Any]]:
    entry = metadata.tables["audit_entry"]

    def read(tenant: str = KHANH_HOA) -> list[Any]:
        with database.admin_engine.connect() as connection:
            return list(connection.execute(select(entry).where(entry.c.tenant == tenant).order_by(entry.c.position)))

    return read


@pytest.fixture
def tamper(database: Any) -> Callable[[str], None]:
    """What a superuser can do behind everybody's back."""

    def run(statement: str) -> None:
        with database.admin_engine.begin() as connection:
            connection.execute(text(statement))

    return run


@pytest.fixture
def verify(database: Any) -> Callable[..., list[str]]:
    return lambda tenant="", kept=(): list(commands.verify(database.unit_of_work, tenant, kept))


@pytest.fixture
def seal(database: Any) -> Callable[[], None]:
    """What the consumer does once a minute."""

    def run() -> None:
        with database.unit_of_work(Context("*")) as uow:
            moved = witnesses.unsealed(uow)
        for tenant in moved:
            with database.unit_of_work(Context(tenant)) as uow:
                witnesses.seal(uow)

    return run


@pytest.fixture
def merge(act: Callable[..., UnitOfWork]) -> Callable[[], None]:
    """Lai Châu becomes part of Khánh Hòa."""

    def run() -> None:
        with act(LAI_CHAU) as uow:
            tenants.take_over(uow, metadata, {"code": LAI_CHAU, "status": "merged", "heir": KHANH_HOA, "version": 2})

    return run
