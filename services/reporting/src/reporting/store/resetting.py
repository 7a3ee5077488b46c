"""Emptying the read model for a replay; what is recorded here and nowhere else stays."""

from sqlalchemy import Engine, text

from reporting.store.tables import READ_MODEL, metadata


def reset(engine: Engine) -> None:
    """Empty every table that events fill again, and the inbox, so that they are applied again. As the owner."""
    names = ", ".join(f'"{table.name}"' for table in (*READ_MODEL, metadata.tables["inbox"]))
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text(f"TRUNCATE {names}"))
