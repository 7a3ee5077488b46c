"""The migrated schema is the one the tables describe."""

from typing import Any

from common import migrating
from notifications.store.tables import metadata


def test_the_migrations_end_in_one_head() -> None:
    assert len(migrating.heads("notifications")) == 1


def test_the_migrated_schema_is_what_the_tables_say(database: Any) -> None:
    with database.owner_engine.connect() as connection:
        assert migrating.differences(metadata, connection) == []
