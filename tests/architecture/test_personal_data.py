"""Every column that may hold personal data says why and for how long, and the register says what the tables say."""

from typing import Any

import personal_data
import pytest
from common import policies, privacy
from common.database import new_metadata
from sqlalchemy import JSON, Column, Date, LargeBinary, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY


def found(column: Column[Any], **info: Any) -> list[str]:
    metadata = new_metadata()
    Table("some", metadata, Column("tenant", String(64), primary_key=True), column, info=info)
    return personal_data.problems(list(personal_data.entries(metadata, "registration")))


def test_no_column_of_any_service_is_silent() -> None:
    assert personal_data.problems(personal_data.every_entry()) == []


def test_the_register_says_what_the_tables_say() -> None:
    for path, content in personal_data.documents(personal_data.every_entry()).items():
        assert path.read_text("utf-8") == content, f"{path.name} is stale: make personal-data"


@pytest.mark.parametrize(
    "column",
    [
        Column("full_name", String(40)),
        Column("phone", String(20)),
        Column("birth_date", Date),
        Column("decided_by", Uuid),
        Column("remark", Text),
        Column("anything", String(65)),
        Column("details", JSON),
        Column("picture", LargeBinary),
        Column("helpers", ARRAY(Uuid)),
    ],
    ids=lambda column: column.name,
)
def test_a_new_column_of_that_look_needs_an_entry(column: Column[Any]) -> None:
    assert found(column) == [f"registration some.{column.name}: looks personal and says nothing"]


def test_an_entry_or_a_reason_is_enough() -> None:
    assert found(Column("full_name", Text, info=privacy.personal("addressing letters"))) == []
    assert found(Column("full_name", Text, info=privacy.impersonal("a ship's name"))) == []
    assert found(Column("count", Date)) == []


def test_a_period_that_nothing_enforces_is_found() -> None:
    marked = privacy.personal("addressing letters", retention=privacy.days(30))
    assert found(Column("full_name", Text, info=marked))[0].endswith("says 30 days, its table's policy nothing")
    shorter = policies.by_tenant_until("at", 90)
    assert found(Column("full_name", Text, info=marked), **shorter)[0].endswith("its table's policy 90")
    assert found(Column("full_name", Text, info=marked), **policies.by_tenant_until("at", 30)) == []


def test_every_mark_is_in_the_register() -> None:
    entries = personal_data.every_entry()
    marked = [entry for entry in entries if isinstance(entry.mark, privacy.Personal)]
    assert len(personal_data.rows(entries)) == len(marked)
    assert {"person", "outbox", "message", "attachment"} <= {entry.column.table.name for entry in marked}


# Tables of which no row is one person's, each with what it is instead.
NOBODYS = {
    "outbox": "copies of what is given from the tables themselves; redacted by an erasure",
    "dead_letter": "copies of what is given from the tables themselves; redacted by an erasure",
    "idempotency": "copies of what is given from the tables themselves; redacted by an erasure",
    "audit_entry": "copies of what is given from the tables themselves; redacted by an erasure",
    "export_door": "for how long somebody else may see a copy",
    "catalogue_entry": "public for everybody",
    "decision": "a public act",
    "verdict": "a part of a public act",
    "model": "a unit's work",
    "replication": "a unit's work",
    "activity": "a unit's work",
    "tenant_settings": "the office of a province",
    "reorganisation": "an act of the province; who prepared and approved it acted for it",
    "tenant_standing": "why a province may not work",
    "tenant_archive": "who may fetch a whole province's data",
    "notice": "what messages were made of; the messages are given",
}


@pytest.mark.parametrize("service", personal_data.SERVICES)
def test_a_person_is_given_every_table_that_holds_something_of_them(service: str) -> None:
    finders = personal_data.finders(service)
    marked = {
        entry.column.table.name
        for entry in personal_data.every_entry()
        if entry.service == service and isinstance(entry.mark, privacy.Personal)
    }
    assert marked - {table.name for table in finders} - NOBODYS.keys() == set()
    assert not {table.name for table in finders} & NOBODYS.keys()
