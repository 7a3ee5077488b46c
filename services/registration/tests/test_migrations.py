"""Migrations: one head, and the migrated schema is what the models say."""

import re
from pathlib import Path
from typing import Any

import registration
from alembic import command
from common import migrating
from common.database import connect_engine
from common.messages import Catalogue
from common.settings import BootstrapSettings, MigrationSettings
from registration.store.tables import metadata
from sqlalchemy import text
from sqlalchemy.engine import make_url


def test_there_is_one_head() -> None:
    assert len(migrating.heads("registration")) == 1


def test_models_equal_the_migrated_schema(database: Any) -> None:
    with database.owner_engine.connect() as connection:
        assert migrating.differences(metadata, connection) == []


def test_every_code_raised_has_its_texts() -> None:
    raised = set()
    for path in Path(registration.__file__).parent.rglob("*.py"):
        raised |= set(re.findall(r"(?:NotFound|Conflict|Forbidden|Invalid|Stale)\(\s*\"([a-z_.]+)\"", path.read_text()))
    assert raised
    assert raised - Catalogue("registration").codes() == set()


def test_a_migration_changes_the_rows_that_are_there(postgres: str) -> None:
    """The tables' owner is under row-level security as well, and would find none."""
    address = make_url(postgres)
    urls = {
        f"{name}database_url": f"postgresql://old_{role}:secret@{address.host}:{address.port}/old"
        for name, role in (("migration_", "owner"), ("", "app"), ("relay_", "relay"))
    }
    migrating.bootstrap(BootstrapSettings(admin_database_url=postgres, **urls))
    as_owner = connect_engine(urls["migration_database_url"])
    with as_owner.begin() as connection:
        command.upgrade(migrating.config("registration", connection), "0006")
        for table in ("attachment", "access_grant"):
            connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
            connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
    as_admin = connect_engine(address.set(database="old").render_as_string(hide_password=False))
    with as_admin.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # Without the rows that these name.
        connection.execute(text(ATTACHMENT))
        connection.execute(text(GRANT))
    migrating.migrate("registration", metadata, MigrationSettings(broker_url="", **urls))
    with as_admin.connect() as connection:
        assert connection.scalar(text("SELECT kept_under FROM attachment")) == "khanh-hoa"
        assert connection.scalar(text("SELECT given_in FROM access_grant")) == "khanh-hoa"
        forced = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND NOT relforcerowsecurity"
        assert connection.scalar(text(forced)) == 0
    for engine in (as_owner, as_admin):
        engine.dispose()


ATTACHMENT = (
    "INSERT INTO attachment (tenant, id, initiative_id, filename, content_type, size, sha256, uploaded_at, uploaded_by)"
    " VALUES ('khanh-hoa', gen_random_uuid(), gen_random_uuid(), 'a.pdf', 'application/pdf', 1, 'x', now(),"
    " gen_random_uuid())"
)
GRANT = (
    "INSERT INTO access_grant (tenant, id, issuer, subject, person_id, role, unit_id, scope_path, valid_from, version)"
    " VALUES ('khanh-hoa', gen_random_uuid(), 'i', 's', gen_random_uuid(), 'officer', gen_random_uuid(), '/KH/',"
    " '2020-01-01', 1)"
)
