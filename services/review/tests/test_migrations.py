"""Migrations: one head, and the migrated schema is what the models say; every outcome has its texts."""

import re
from pathlib import Path
from typing import Any

import review
from common import migrating
from common.messages import LANGUAGES, Catalogue
from review.domain import judging
from review.store.tables import metadata

SOURCE = Path(review.__file__).parent


def test_there_is_one_head() -> None:
    assert len(migrating.heads("review")) == 1


def test_models_equal_the_migrated_schema(database: Any) -> None:
    with database.owner_engine.connect() as connection:
        assert migrating.differences(metadata, connection) == []


def test_every_code_raised_has_its_texts() -> None:
    outcomes = r"(?:NotFound|Conflict|Forbidden|Invalid|Stale|VersionRequired)\(\s*\"([a-z_.]+)\""
    raised = {code for path in SOURCE.rglob("*.py") for code in re.findall(outcomes, path.read_text())}
    reasons = re.findall(r"Reason\(\"([a-z_]+)\"", Path(judging.__file__).read_text())
    wanted = raised | {f"reason.{code}" for code in reasons}
    catalogue = Catalogue("review")
    assert len(wanted) > 40
    assert wanted - catalogue.codes() == set()
    for code in wanted:
        assert set(catalogue.text(code, {})) == set(LANGUAGES)


def test_no_outcome_is_raised_with_a_code_that_cannot_be_found() -> None:
    for path in SOURCE.rglob("*.py"):
        assert not re.search(r"(?:NotFound|Conflict|Forbidden|Invalid)\(\s*f\"", path.read_text()), path
