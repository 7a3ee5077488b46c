"""Schema migrations of a service: alembic on its own MetaData, under timeouts and a lock, then policies, audit."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.engine import URL, make_url

from common import closing, policies, tenants
from common.audit import triggers
from common.database import open_engine
from common.settings import BootstrapSettings, MigrationSettings

_LOCK = 0x5A4D  # One migration job at a time.
_LOCK_TIMEOUT = "5s"
# The tables' owner is under row-level security like everybody, so that a migration that changes rows would find none.
# In the same transaction the policies are forced again; nobody else sees the tables meanwhile.
_LET_THE_OWNER_SEE = """
DO $$ DECLARE forced record; BEGIN
  FOR forced IN SELECT oid::regclass AS name FROM pg_class WHERE relforcerowsecurity LOOP
    EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', forced.name);
  END LOOP;
END $$
"""


def config(service: str, connection: Connection | None = None) -> Config:
    """alembic's configuration without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(files(service) / "migrations"))
    made.attributes["connection"] = connection
    return made


def run_env(metadata: MetaData) -> None:
    """What a service's migrations/env.py does."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()


def migrate(service: str, metadata: MetaData, settings: MigrationSettings) -> None:
    """Bring the schema to its head and the policies to what the tables say. Idempotent; one at a time."""
    with open_engine(settings.migration_database_url) as engine, engine.begin() as connection:
        upgrade(service, connection)
        app, relay = make_url(settings.database_url), make_url(settings.relay_database_url)
        policies.apply(connection, metadata, app_role=str(app.username), relay_role=str(relay.username))
        tenants.install(connection, metadata, app_role=str(app.username))
        closing.install(connection, metadata, app_role=str(app.username))
        triggers.install(connection, metadata, app_role=str(app.username))


def upgrade(service: str, connection: Connection) -> None:
    """The schema alone, to its head, in the connection's transaction."""
    connection.execute(text("SET LOCAL statement_timeout = '10min'"))
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    # After the advisory lock, which it would limit too: a second job waits for the first.
    connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
    if MigrationContext.configure(connection).get_current_revision() not in heads(service):
        connection.execute(text(_LET_THE_OWNER_SEE))
        command.upgrade(config(service, connection), "head")


def differences(metadata: MetaData, connection: Connection) -> Sequence[Any]:
    """What the models say and the migrated schema does not; empty when they agree."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def heads(service: str) -> Sequence[str]:
    return ScriptDirectory.from_config(config(service)).get_heads()


def bootstrap(settings: BootstrapSettings) -> None:
    """Create the owner, application and relay roles and the database that the three URLs name. Idempotent."""
    owner = make_url(settings.migration_database_url)
    roles = [owner, make_url(settings.database_url), make_url(settings.relay_database_url)]
    with open_engine(settings.admin_database_url) as engine, engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for role in roles:
            _ensure_role(connection, role)
        _ensure_database(connection, owner, roles)


def _ensure_role(connection: Connection, url: URL) -> None:
    exists = connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": url.username})
    verb = "ALTER" if exists else "CREATE"
    # Passwords cannot be parameters of CREATE ROLE: quote_literal does what a parameter would.
    secret = connection.scalar(text("SELECT quote_literal(:secret)"), {"secret": url.password})
    connection.exec_driver_sql(
        f'{verb} ROLE "{url.username}" LOGIN NOSUPERUSER NOCREATEDB NOBYPASSRLS PASSWORD {secret}'.replace("%", "%%")
    )


def _ensure_database(connection: Connection, owner: URL, roles: Sequence[URL]) -> None:
    if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": owner.database}):
        # An administrator that is no superuser must belong to the role it gives a database to.
        connection.execute(text(f'GRANT "{owner.username}" TO CURRENT_USER'))
        connection.execute(text(f'CREATE DATABASE "{owner.database}" OWNER "{owner.username}"'))
    connection.execute(text(f'REVOKE CONNECT ON DATABASE "{owner.database}" FROM PUBLIC'))
    for role in roles:
        connection.execute(text(f'GRANT CONNECT ON DATABASE "{owner.database}" TO "{role.username}"'))
