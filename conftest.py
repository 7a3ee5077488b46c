"""Fixtures of every test: a real PostgreSQL with a service's migrated database, and a real issuer of tokens."""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from common import logs, migrating
from common.database import Context, UnitOfWork, connect_engine
from common.settings import BootstrapSettings, MigrationSettings
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwk, jwt
from local import rabbitmq as rabbitmq_packages
from local.postgres import Postgres
from local.rabbitmq import RabbitMQ
from local.valkey import Valkey
from sqlalchemy import Engine, MetaData, text
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "tools"))  # The proof of isolation is a script's package, not an installed one.
STRICT = os.environ.get("STRICT") == "1"
SHARING_PLATFORM = ("isolation", "journeys")  # Packages of the tests of one platform, which starts once.
SHARED_POSTGRES = os.environ.get("TEST_POSTGRES")  # When checks are removed one by one: see tools/isolation.


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the slowest packages first, so that no worker is left with one of them at the end."""
    items.sort(key=lambda item: item.path.relative_to(ROOT).parts[0] != "tests")


class PackageScheduling(LoadScopeScheduling):
    """Gives each worker whole packages of tests: those of one package share databases and platforms, in one order."""

    def _split_scope(self, nodeid: str) -> str:
        *folders, _ = nodeid.split("::")[0].split("/")
        return "tests" if folders[-1] in SHARING_PLATFORM else "/".join(folders[:2])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> PackageScheduling:
    return PackageScheduling(config, log)


@pytest.fixture(scope="session")
def skip_or_fail() -> Callable[[str], None]:
    """What cannot run here is skipped with its reason; under STRICT=1 that is a failure."""

    def decide(reason: str) -> None:
        if STRICT:
            pytest.fail(reason)
        pytest.skip(reason)

    return decide


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def unused_port() -> Callable[[], int]:
    return free_port


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    logs.configure("test", "test", "WARNING")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The administrator's URL of a server that lives as long as the test run, or of one that many runs share."""
    if SHARED_POSTGRES:
        from isolation import predicates

        predicates.watch()
        yield SHARED_POSTGRES
        return
    server = Postgres(tmp_path_factory.mktemp("postgres"), free_port())
    server.start()
    yield server.url
    server.stop()
    server.discard()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """A server that a test may kill, when it starts it again."""
    server = Valkey(tmp_path_factory.mktemp("valkey"), free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory, skip_or_fail: Callable[[str], None]) -> Iterator[RabbitMQ]:
    """The same on RabbitMQ, where its packages are installed or can be fetched."""
    if reason := rabbitmq_packages.unavailable():
        skip_or_fail(reason)
    server = RabbitMQ(tmp_path_factory.mktemp("rabbitmq"), free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["valkey", "rabbitmq"])
def broker_server(request: pytest.FixtureRequest) -> Valkey | RabbitMQ:
    """Each of both brokers."""
    server: Valkey | RabbitMQ = request.getfixturevalue(request.param)
    return server


@pytest.fixture(scope="session")
def broker_url(broker_server: Valkey | RabbitMQ) -> str:
    return broker_server.url


@dataclass(frozen=True)
class ServiceDatabase:
    """A service's database, made by the real bootstrap and migration."""

    service: str
    metadata: MetaData
    urls: dict[str, str]

    @cached_property
    def app_engine(self) -> Engine:
        return connect_engine(self.urls["DATABASE_URL"])

    @cached_property
    def relay_engine(self) -> Engine:
        return connect_engine(self.urls["RELAY_DATABASE_URL"])

    @cached_property
    def owner_engine(self) -> Engine:
        return connect_engine(self.urls["MIGRATION_DATABASE_URL"])

    @cached_property
    def admin_engine(self) -> Engine:
        """A superuser inside the database: sees every row; for arranging and checking, never for acting."""
        return connect_engine(self.urls["ADMIN_DATABASE_URL"])

    def unit_of_work(self, context: Context) -> UnitOfWork:
        return UnitOfWork(self.app_engine, self.metadata, f"/{self.service}", context)

    def empty(self) -> None:
        """Remove every row, for a test that must start from nothing."""
        names = ", ".join(f'"{table.name}"' for table in self.metadata.sorted_tables)
        with self.admin_engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))

    def dispose(self) -> None:
        for name in ("app_engine", "relay_engine", "owner_engine", "admin_engine"):
            if name in self.__dict__:
                self.__dict__[name].dispose()


@pytest.fixture(scope="session")
def service_database(postgres: str) -> Iterator[Callable[..., ServiceDatabase]]:
    """`service_database("review", metadata)`: bootstrapped and migrated once for each service (and name) and run."""
    made: dict[str, ServiceDatabase] = {}

    def make(service: str, metadata: MetaData, name: str = "") -> ServiceDatabase:
        name = name or service
        if name not in made:
            made[name] = _make_database(postgres, service, metadata, name)
        return made[name]

    yield make
    for database in made.values():
        database.dispose()


def _make_database(admin: str, service: str, metadata: MetaData, database: str) -> ServiceDatabase:
    address = make_url(admin)
    roles = {"MIGRATION_DATABASE_URL": "owner", "DATABASE_URL": "app", "RELAY_DATABASE_URL": "relay"}
    urls = {
        name: f"postgresql://{database}_{role}:secret@{address.host}:{address.port}/{database}"
        for name, role in roles.items()
    }
    own = {name.lower(): url for name, url in urls.items()}
    migrating.bootstrap(BootstrapSettings(admin_database_url=admin, **own))
    migrating.migrate(service, metadata, MigrationSettings(broker_url="", **own))
    urls["ADMIN_DATABASE_URL"] = address.set(database=database).render_as_string(hide_password=False)
    return ServiceDatabase(service, metadata, urls)


class Issuer:
    """An OpenID issuer as far as a resource server needs one: discovery and keys over HTTP, and signed tokens."""

    def __init__(self) -> None:
        self.key = jwk.RSAKey.generate_key(2048, auto_kid=True)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def token(self, subject: str, **claims: Any) -> str:
        now = int(time.time())
        body = {"iss": self.url, "sub": subject, "aud": "sangtao", "iat": now, "exp": now + 3600, **claims}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, body, self.key)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.endswith("openid-configuration"):
                    body: dict[str, Any] = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/jwks"}
                else:
                    body = {"keys": [issuer.key.as_dict(private=False)]}
                content = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Handler


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.close()


@dataclass(frozen=True)
class Caller:
    """A person at an API: every request carries their token and the grant they act under."""

    client: FlaskClient
    token: str
    grant_id: UUID | None = None

    def open(self, method: str, path: str, *, version: int | None = None, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if self.grant_id:
            headers.setdefault("X-Acting-As", str(self.grant_id))
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> TestResponse:
        return self.open("POST", path, **({"json": json} if json is not None else {}), **options)

    def put(self, path: str, json: Any, **options: Any) -> TestResponse:
        return self.open("PUT", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.open("DELETE", path, **options)


@pytest.fixture(scope="session")
def caller(issuer: Issuer) -> Callable[..., Caller]:
    """`caller(app, "subject", grant_id)`."""

    def make(app: Flask, subject: str, grant_id: UUID | None = None) -> Caller:
        return Caller(app.test_client(), issuer.token(subject), grant_id)

    return make
