"""What a request costs, as counts: statements, rows and schemas. No time is asserted: times belong to the machine."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import marshmallow
import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # The bench is a script, not a package.

from acts import Acts, Side
from floor import Floor
from issuer import Issuer
from measuring import block
from province import TENANT, Province
from registration.store.tables import metadata as registration_metadata
from review.store.tables import metadata as review_metadata

PEOPLE = 4
# Platform and floor. One of the platform's is always `set_config`: tenant and scope of the transaction.
STATEMENTS = {
    "register": (6, 2),
    "register_with_key": (8, 2),
    "submit": (7, 3),
    "score": (7, 1),
    "list_50": (2, 1),
    "list_50_stranger": (4, 1),
}
WRITTEN = {
    "registration": ("initiative", "initiative_author", "initiative_step", "outbox"),
    "review": ("score_sheet", "outbox"),
}


class Stand:
    """The acts, each warmed up, and what they leave in the tables."""

    def __init__(self, databases: dict[str, Any], files: Path) -> None:
        self._urls = {name: database.urls["ADMIN_DATABASE_URL"] for name, database in databases.items()}
        self._issuer = Issuer()
        self.province = Province({name: one.urls for name, one in databases.items()}, self._issuer, files)
        self.floor = Floor(self._urls["registration"], self._urls["review"])
        session = self.province.open_session(PEOPLE - 2, dossiers=6)
        self.acts = {act.name: act for act in self._warmed(Acts(self.province, self.floor, session))}

    def _warmed(self, acts: Acts) -> Iterator[Any]:
        for act in acts:
            for side in (act.platform, act.floor):
                block(side, 3 * PEOPLE)  # Enough drafts for those who hand them in next.
            yield act

    def rows(self) -> dict[str, int]:
        """How many there are in each table that the acts write."""
        found = {}
        for service, tables in WRITTEN.items():
            with psycopg.connect(self._urls[service]) as connection:
                for table in tables:
                    query = f"SELECT count(*) FROM {table} WHERE tenant = %s"
                    [(found[f"{service}.{table}"],)] = connection.execute(query, [TENANT]).fetchall()
        return found

    def written(self, side: Side) -> dict[str, int]:
        before = self.rows()
        block(side, 1)
        return {name: count - before[name] for name, count in self.rows().items() if count != before[name]}

    def close(self) -> None:
        self.floor.close()
        self.province.close()
        self._issuer.close()


@pytest.fixture(scope="module")
def stand(service_database: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    metadata = {"registration": registration_metadata, "review": review_metadata}
    databases = {name: service_database(name, tables) for name, tables in metadata.items()}
    made = Stand(databases, tmp_path_factory.mktemp("files"))
    yield made
    made.close()


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements_per_request(stand: Stand, name: str) -> None:
    act = stand.acts[name]
    block(act.platform, 1)  # Another act may have made the caller a stranger.
    assert (block(act.platform, 2).statements, block(act.floor, 2).statements) == STATEMENTS[name]


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_floor_writes_the_same_rows(stand: Stand, name: str) -> None:
    act = stand.acts[name]
    assert stand.written(act.floor) == stand.written(act.platform)


def test_the_floor_lists_the_same_dossiers(stand: Stand) -> None:
    act = stand.acts["list_50"]
    shown = []
    for side in (act.platform, act.floor):
        block(side, 1)
        shown.append([item["id"] for item in side.answers[-1].json["items"]])
    assert shown[0] == shown[1]


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_schema_is_built_for_a_request(stand: Stand, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[marshmallow.Schema] = []
    make = marshmallow.Schema.__init__

    def note(self: marshmallow.Schema, **options: Any) -> None:
        built.append(self)
        make(self, **options)

    monkeypatch.setattr(marshmallow.Schema, "__init__", note)
    block(stand.acts[name].platform, 1)
    assert built == []
