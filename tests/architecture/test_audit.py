"""What leaves no entry in the audit is listed here, with its reason; all else is in, new tables by being there."""

import importlib

import pytest
from common import policies
from common.audit.triggers import audited_tables
from sqlalchemy import MetaData

SERVICES = ("registration", "review", "reporting", "notifications")
LOGS = {"audit_entry", "audit_witness", "dead_letter", "erased", "export_door", "idempotency", "inbox", "outbox"}
TOLD = {"access_grant", "tenant_export", "tenant_quota", "tenant_standing"}
OUT = {
    "registration": LOGS | {"council"},
    "review": LOGS | TOLD | {"cycle", "initiative_seen", "person", "unit", "unit_version"} | {"ballot", "tally"},
    "reporting": LOGS
    | TOLD
    | {"commendation", "cycle", "decision", "initiative", "level_count", "model", "own_count", "place", "replication"}
    | {"province", "unit"},
    "notifications": LOGS | TOLD | {"cycle", "email", "message", "notice", "person", "unit"},
}
# Columns that follow others, or that nobody may read again.
LEFT_OUT = {"scope_path", "search_text", "sealed", "blind_index"}
# What was given by another tenant, and is audited there.
GIVEN = {
    "recommended_dossier": {"title", "summary", "problem", "solution", "effect", "authors", "statement"}
    | {"held_by", "held_by_name"},
}


def tables_of(service: str) -> MetaData:
    found: MetaData = importlib.import_module(f"{service}.store.tables").metadata
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_only_what_is_listed_is_left_out_and_each_says_why(service: str) -> None:
    metadata = tables_of(service)
    audited = {table.name for table in audited_tables(metadata)}
    assert set(metadata.tables) - audited == OUT[service]
    for name in OUT[service]:
        assert len(metadata.tables[name].info[policies.UNAUDITED]) > 10


@pytest.mark.parametrize("service", SERVICES)
def test_of_an_audited_table_only_what_follows_is_left_out(service: str) -> None:
    for table in audited_tables(tables_of(service)):
        left_out = {column.name for column in table.columns if policies.UNAUDITED in column.info}
        assert left_out <= LEFT_OUT | GIVEN.get(table.name, set()), table.name
        assert "tenant" in table.columns, table.name
