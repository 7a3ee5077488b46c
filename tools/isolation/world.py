"""The four services in one process, on real databases: requests over WSGI, events from outbox to consumer at once."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from common import clock, outbox
from common.consumer import Consumer
from common.database import Context, connect_engine
from common.telemetry import ConsumerMetrics
from common.tokens import Verifier
from flask import Flask
from prometheus_client import CollectorRegistry
from werkzeug.test import TestResponse

from isolation.databases import SERVICES, Database


@dataclass
class World:
    """Apps and consumers by service; `token` signs for a subject."""

    apps: dict[str, Flask]
    consumers: dict[str, Consumer]
    databases: dict[str, Database]
    token: Callable[[str], str]
    records: list["Record"] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)

    def settle(self) -> None:
        """Bring every event that was recorded to every consumer, and those that follow from it."""
        while sum(self._publish(service) for service in SERVICES):
            pass

    def _publish(self, service: str) -> int:
        database = self.databases[service]
        with database.relay.begin() as connection:
            rows = outbox.unpublished(connection, database.metadata, 500)
            outbox.mark_published(connection, database.metadata, [row.position for row in rows])
        self.events += [(row.routing_key, row.body) for row in rows]
        for consumer in self.consumers.values():
            consumer.receive([row.body for row in rows])
        return len(rows)

    def person(self, subject: str, grant_id: str = "") -> "Person":
        return Person(self, subject, self.token(subject), grant_id)

    def document(self, service: str) -> dict[str, Any]:
        """Its OpenAPI document."""
        return dict(self.apps[service].test_client().get("/openapi.json").get_json())

    def rows(self, condition: str) -> dict[str, set[str]]:
        """Every row of every table for which the condition holds, as JSON, by service and table."""
        found = {}
        for service, database in self.databases.items():
            with database.admin.connect() as connection:
                for table in database.metadata.sorted_tables:
                    query = sa.text(f'SELECT to_jsonb(t)::text FROM "{table.name}" t WHERE {condition}')  # noqa: S608
                    found[f"{service}.{table.name}"] = set(connection.scalars(query))
        return found


@dataclass(frozen=True)
class Record:
    """A request that was answered well: what its like must not do for anybody else."""

    by: str
    service: str
    method: str
    path: str
    body: Any
    key: str
    answer: Any
    etag: str


@dataclass
class Person:
    """Somebody with a token, who acts under one grant."""

    world: World
    subject: str
    token: str
    grant_id: str = ""
    person_id: str = ""
    role: str = ""

    def ask(self, service: str, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """One request, as it is."""
        sent = {"Authorization": f"Bearer {self.token}", "X-Acting-As": self.grant_id}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {"data": body} if _is_file(body) else {"json": body} if body is not None else {}
        named = {name: value for name, value in (sent | given).items() if value}
        return self.world.apps[service].test_client().open(path, method=method, headers=named, **options)

    def do(self, service: str, method: str, path: str, body: Any = None, *, key: bool = True) -> Any:
        """A request that has to succeed, remembered with the key it was sent under."""
        named = f"{self.subject}-{len(self.world.records)}" if key and method == "POST" else ""
        answer = self.ask(service, method, path, fresh(body), Idempotency_Key=named)
        if answer.status_code == 428:
            known = self.ask(service, "GET", path).headers["ETag"]
            answer = self.ask(service, method, path, fresh(body), If_Match=known)
        if answer.status_code >= 300:
            raise RuntimeError(f"{self.subject}: {method} {path} of {service}: {answer.get_data(as_text=True)}")
        told = answer.get_json() if answer.is_json else answer.get_data(as_text=True)
        etag = answer.headers.get("ETag", "")
        self.world.records.append(Record(self.subject, service, method, path, body, named, told, etag))
        return told

    def post(self, service: str, path: str, body: Any = None) -> Any:
        return self.do(service, "POST", path, body if body is not None else {})


def _is_file(body: Any) -> bool:
    return isinstance(body, dict) and "file" in body


def fresh(body: Any) -> Any:
    """A file is read once for each request."""
    return {"file": (io.BytesIO(body["file"][0]), body["file"][1])} if _is_file(body) else body


@contextmanager
def open_world(
    databases: dict[str, Database],
    issuer: str,
    token: Callable[[str], str],
    files: Path,
    urls: dict[str, str] | None = None,
) -> Iterator[World]:
    """The services on these databases; `urls` leads their applications there another way."""
    addresses = {name: databases[name].urls["database_url"] for name in SERVICES} | (urls or {})
    apps = {name: make_app(name, addresses[name], issuer, files) for name in SERVICES}
    consumers = {name: _consumer(databases[name]) for name in SERVICES}
    _first_operator(databases["registration"], issuer)
    yield World(apps, consumers, databases, token)
    for app in apps.values():
        app.extensions["service"].engine.dispose()


def make_app(service: str, url: str, issuer: str, files: Path) -> Flask:
    """A service's API; connects to nothing before it is asked something."""
    module = import_module(f"{service}.app")
    stores = {"attachment_store_url": f"file://{files}", "export_store_url": f"file://{files}"}
    more = stores if service == "registration" else {}
    settings = module.SERVICE.api_settings(database_url=url, oidc_issuer=issuer, **more)
    if not hasattr(module, "build"):
        made: Flask = module.build_api(connect_engine(url), Verifier(settings.issuers))
        return made
    built: Flask = module.build(settings)
    return built


def _consumer(database: Database) -> Consumer:
    handlers = import_module(f"{database.service}.consumers").HANDLERS
    metrics = ConsumerMetrics(CollectorRegistry())
    return Consumer(database.service, database.metadata, handlers, database.unit_of_work, metrics)


def _first_operator(database: Database, issuer: str) -> None:
    tenants = import_module("registration.usecases.tenants")
    with database.unit_of_work(Context(tenants.PLATFORM)) as uow:
        tenants.make_operator(uow, issuer=issuer, subject="operator", today=clock.today(), now=clock.now())


def plain(answer: TestResponse) -> str:
    """What an answer says, without what names the request itself."""
    if not answer.is_json:
        return answer.get_data(as_text=True)
    body = answer.get_json()
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in ("instance", "request_id")}
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
