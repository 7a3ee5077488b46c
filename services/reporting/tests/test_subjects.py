"""Figures name nobody: reporting holds of a person the grants they act under, and copies of what was told."""

from collections.abc import Callable
from typing import Any

from common.consumer import Consumer
from common.events import Event
from common.ids import new_id
from reporting.store.tables import READ_MODEL
from sqlalchemy import text

FIGURES = ("own_count", "level_count", "initiative", "decision", "commendation")


def figures(database: Any) -> list[list[str]]:
    with database.admin_engine.connect() as connection:
        return [sorted(connection.scalars(text(f"SELECT t::text FROM {one} t"))) for one in FIGURES]


def test_no_table_of_figures_has_a_column_for_people() -> None:
    names = {column.name for table in READ_MODEL for column in table.columns}
    assert not names & {"person_id", "email", "phone", "author_ids", "owner_ids", "by", "authors"}


def test_a_copy_holds_only_what_names_the_person(story: Any, app: Any, caller: Callable[..., Any]) -> None:
    people = {"kh": "standing", "dk": "officer"}
    story.tell(story.unit("KH"), *(story.grant(who, role, "KH") for who, role in people.items()))
    for who in people:
        held = caller(app, who).get("/v1/my-data").json
        assert [row["person_id"] for row in held["tables"]["access_grant"]] == [held["person_id"]]


def test_an_erasure_redacts_copies_and_changes_no_figure(
    story: Any, the_case: list[str], consumer: Consumer, database: Any
) -> None:
    story.tell(*the_case)
    before, person_id = figures(database), str(new_id())
    told = {"person_id": person_id, "name": "Nguyễn Thị Xoá", "email": "xoa@example.vn"}
    amiss = Event("vn.sangtao.registration.unit.recorded.v1", "/registration", story.tenant, person_id, 1, told)
    consumer.apply([amiss])
    query = text("SELECT body FROM dead_letter WHERE event_id = :id")
    with database.admin_engine.connect() as connection:
        assert "Nguyễn Thị Xoá" in connection.scalar(query, {"id": amiss.id})
    data = {"person_id": person_id, "version": 2, "initiative_ids": [str(new_id())]}
    erased = Event("vn.sangtao.registration.person.erased.v1", "/registration", story.tenant, person_id, 2, data)
    consumer.apply([erased])
    with database.admin_engine.connect() as connection:
        left = connection.scalar(query, {"id": amiss.id})
    assert "Nguyễn Thị Xoá" not in left
    assert "xoa@example.vn" not in left
    assert figures(database) == before
