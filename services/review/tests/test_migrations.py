"""Migrations: one head, and the migrated schema is what the models say; every outcome has its texts."""

import re
from pathlib import Path
from typing import Any

import review
from alembic import command
from common import migrating
from common.database import connect_engine
from common.messages import LANGUAGES, Catalogue
from common.settings import BootstrapSettings, MigrationSettings
from review.domain import judging
from review.store.tables import metadata
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

SOURCE = Path(review.__file__).parent


def test_there_is_one_head() -> None:
    assert len(migrating.heads("review")) == 1


def test_models_equal_the_migrated_schema(database: Any) -> None:
    with database.owner_engine.connect() as connection:
        assert migrating.differences(metadata, connection) == []


def test_what_was_kept_of_secret_ballots_is_forgotten_and_no_other_answer(
    postgres: str, province: Any, make_council: Any
) -> None:
    secret, open_one, dossier = make_council(ballot="secret"), make_council(), province.forward()
    secret.open([dossier])
    secretly = secret.vote(secret.chair, dossier)
    dossier = province.forward()
    open_one.open([dossier])
    openly = open_one.vote(open_one.chair, dossier)
    assert (secretly.json["choice"], openly.json["choice"]) == (None, "yes")
    answers = {
        "secret": secretly.text,
        "open": openly.text,
        "page": open_one.chair.get(f"/v1/dossiers/{dossier}").text,
        "around": f'{{"own_ballot": {secretly.text}}}',
        "nothing": "",
    }
    as_owner, as_admin, urls = _old_database(postgres)
    with as_owner.begin() as connection:
        command.upgrade(migrating.config("review", connection), "0010")
        connection.execute(text("ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"))
    with as_admin.begin() as connection:
        connection.execute(text(ANSWER), [{"key": key, "body": body} for key, body in answers.items()])
    migrating.migrate("review", metadata, MigrationSettings(broker_url="", **urls))
    with as_admin.connect() as connection:
        left = set(connection.scalars(text("SELECT key FROM idempotency")))
    assert left == answers.keys() - {"secret"}
    for engine in (as_owner, as_admin):
        engine.dispose()


def _old_database(postgres: str) -> tuple[Engine, Engine, dict[str, str]]:
    """One of its own, empty: its owner's engine, the administrator's, and the roles' addresses."""
    address, name = make_url(postgres), "old_review"
    urls = {
        f"{which}database_url": f"postgresql://{name}_{role}:secret@{address.host}:{address.port}/{name}"
        for which, role in (("migration_", "owner"), ("", "app"), ("relay_", "relay"))
    }
    migrating.bootstrap(BootstrapSettings(admin_database_url=postgres, **urls))
    as_admin = connect_engine(address.set(database=name).render_as_string(hide_password=False))
    return connect_engine(urls["migration_database_url"]), as_admin, urls


ANSWER = (
    "INSERT INTO idempotency (tenant, grant_id, key, fingerprint, status, etag, body)"
    " VALUES ('khanh-hoa', gen_random_uuid(), :key, 'x', 201, '', :body)"
)


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
