"""Migrations: one head, and the migrated schema is what the models say."""

import re
from pathlib import Path
from typing import Any

import registration
from common import migrating
from common.messages import Catalogue
from registration.store.tables import metadata


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
