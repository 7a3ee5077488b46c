"""Migrations: one head, and the migrated schema is what the models say; every code has its texts."""

import re
from pathlib import Path
from typing import Any

import reporting as package
from common import migrating
from common.messages import Catalogue
from reporting.store.tables import MADE_UNDER_A_UNIT, READ_MODEL, activities, metadata


def test_there_is_one_head() -> None:
    assert len(migrating.heads("reporting")) == 1


def test_models_equal_the_migrated_schema(reporting: Any) -> None:
    with reporting.owner_engine.connect() as connection:
        assert migrating.differences(metadata, connection) == []


def test_every_code_raised_has_its_texts() -> None:
    raised = set()
    for path in Path(package.__file__).parent.rglob("*.py"):
        raised |= set(re.findall(r"(?:NotFound|Conflict|Forbidden|Invalid|Stale)\(\s*\"([a-z_.]+)\"", path.read_text()))
    assert {"unit.not_found", "span.reversed"} <= raised
    assert raised - Catalogue("reporting").codes() == set()


def test_a_reset_knows_every_table_of_the_read_model() -> None:
    kept = {
        "outbox",
        "inbox",
        "dead_letter",
        "access_grant",
        "idempotency",
        "tenant_standing",
        "tenant_quota",
        "tenant_export",
        "erased",
        "export_door",
        "activity",
        "rollup",
        "received_rollup",
        "province",
        "audit_entry",
        "audit_witness",
    }
    assert {table.name for table in READ_MODEL} == set(metadata.tables) - kept
    assert activities not in READ_MODEL


def test_a_move_takes_along_every_table_that_names_a_unit_and_its_place() -> None:
    named = {table.name for table in metadata.sorted_tables if {"unit_id", "scope_path"} <= set(table.c.keys())}
    assert {table.name for table in MADE_UNDER_A_UNIT} == named - {"place", "access_grant"}
