"""What several tests ask of the sample service, and count in its database."""

from typing import Any

from sqlalchemy import text


def make(officer: Any, name: str = "Vật", **options: Any) -> Any:
    made = officer.post("/v1/things", {"name": name}, **options)
    assert made.status_code == 201, made.json
    return made


def count(database: Any, table: str) -> int:
    with database.admin_engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")))
