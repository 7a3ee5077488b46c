"""Scratch databases: each service's, made by the real bootstrap and migration, under a name of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from common import migrating
from common.database import Context, UnitOfWork, connect_engine
from common.settings import BootstrapSettings, MigrationSettings
from sqlalchemy import Engine, MetaData
from sqlalchemy.engine import make_url

SERVICES = ("registration", "review", "reporting", "notifications")
ROLES = {"migration_database_url": "owner", "database_url": "app", "relay_database_url": "relay"}


@dataclass(frozen=True)
class Database:
    """One service's database and who may connect to it; `urls` by the names of MigrationSettings."""

    service: str
    metadata: MetaData
    urls: dict[str, str]
    admin_url: str

    @cached_property
    def app(self) -> Engine:
        return connect_engine(self.urls["database_url"])

    @cached_property
    def relay(self) -> Engine:
        return connect_engine(self.urls["relay_database_url"])

    @cached_property
    def owner(self) -> Engine:
        return connect_engine(self.urls["migration_database_url"])

    @cached_property
    def admin(self) -> Engine:
        """A superuser: sees every row; for arranging and checking, never for acting."""
        return connect_engine(self.admin_url)

    @property
    def role(self) -> str:
        """The application's role."""
        return str(make_url(self.urls["database_url"]).username)

    def unit_of_work(self, context: Context) -> UnitOfWork:
        return UnitOfWork(self.app, self.metadata, f"/{self.service}", context)

    def dispose(self) -> None:
        for name in ("app", "relay", "owner", "admin"):
            if name in self.__dict__:
                self.__dict__[name].dispose()


def metadata_of(service: str) -> MetaData:
    made: MetaData = import_module(f"{service}.store.tables").metadata
    return made


@contextmanager
def scratch(server: str, prefix: str = "isolation") -> Iterator[dict[str, Database]]:
    """Every service's database on a server, given by its administrator's URL."""
    made = {service: _make(server, service, f"{prefix}_{service}") for service in SERVICES}
    yield made
    for database in made.values():
        database.dispose()


def _make(server: str, service: str, name: str) -> Database:
    admin = make_url(server)
    urls: dict[str, Any] = {
        setting: f"postgresql://{name}_{role}:secret@{admin.host}:{admin.port}/{name}"
        for setting, role in ROLES.items()
    }
    migrating.bootstrap(BootstrapSettings(admin_database_url=server, **urls))
    metadata = metadata_of(service)
    migrating.migrate(service, metadata, MigrationSettings(broker_url="", **urls))
    return Database(service, metadata, urls, admin.set(database=name).render_as_string(hide_password=False))
