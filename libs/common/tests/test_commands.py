"""What an operator types, and what a process says that was started without what it needs."""

import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from common import broker, cli, logs
from common.database import Context
from common.events import Event
from common.settings import ApiSettings, SettingsError, read
from sample.app import SERVICE, THING_MADE, verdict
from sqlalchemy import insert, text

KHANH_HOA = "khanh-hoa"
NOBODY = "amqp://x:x@127.0.0.1:1//"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(sample_database: Any, queue: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("replay", "--to", "review", BROKER_URL=...)` gives the exit status and the output."""

    def command(*words: str, name: str = queue, **environment: str) -> tuple[int, str]:
        output, status = io.StringIO(), 0
        with monkeypatch.context() as patch, redirect_stdout(output), redirect_stderr(output):
            patch.setattr(os, "environ", sample_database.urls | {"LOG_LEVEL": "ERROR"} | environment)
            patch.setattr(sys, "argv", ["sample", *words])
            try:
                cli.main(replace(SERVICE, name=name))
            except SystemExit as stop:
                status = int(stop.code or 0)
        logs.configure("test", "test", "WARNING")
        return status, output.getvalue()

    return command


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["api"], ["DATABASE_URL", "OIDC_ISSUER"]),
        (["relay"], ["BROKER_URL", "RELAY_DATABASE_URL"]),
        (["consume"], ["BROKER_URL", "DATABASE_URL"]),
        (["migrate"], ["BROKER_URL", "DATABASE_URL", "MIGRATION_DATABASE_URL", "RELAY_DATABASE_URL"]),
        (["bootstrap"], ["ADMIN_DATABASE_URL", "DATABASE_URL", "MIGRATION_DATABASE_URL", "RELAY_DATABASE_URL"]),
        (["dead-letters", "list"], ["BROKER_URL", "DATABASE_URL"]),
        (["undeliverable", "list"], ["BROKER_URL"]),
        (["audit", "verify"], ["DATABASE_URL"]),
    ],
)
def test_a_process_names_everything_it_misses_at_once(words: list[str], missing: list[str], run: Run) -> None:
    status, output = run(*words, **dict.fromkeys(missing, ""))
    assert status == 2
    assert sorted(output.removeprefix(f"{output.split(':')[0]}: ").strip().split("; ")) == [
        f"{name} is missing" for name in missing
    ]


@dataclass(frozen=True)
class Numbers:
    port: int
    ratio: float
    name: str = "kept"


def test_settings_report_what_is_missing_and_what_is_malformed_together() -> None:
    with pytest.raises(SettingsError, match=r"^PORT is not int; RATIO is missing$"):
        read(Numbers, {"PORT": "x"})
    assert read(Numbers, {"PORT": "1", "RATIO": "0.5", "NAME": ""}) == Numbers(1, 0.5)


def test_settings_never_show_a_value() -> None:
    with pytest.raises(SettingsError) as raised:
        read(ApiSettings, {"DATABASE_URL": "postgresql://secret", "PORT": "secret"})
    assert "secret" not in str(raised.value)


def test_help_lists_every_command(run: Run) -> None:
    status, output = run("-h")
    assert status == 0
    for command in (
        "api",
        "migrate",
        "bootstrap",
        "relay",
        "consume",
        "replay",
        "dead-letters",
        "undeliverable",
        "audit",
    ):
        assert command in output


def test_dead_letters_are_listed_and_retried(
    run: Run, database: Any, consumer: Any, applied: Callable[[], list[Any]], emit: Callable[..., list[UUID]]
) -> None:
    subject = uuid4()
    emit(1, subject=subject)
    with database.admin_engine.begin() as connection:
        connection.execute(insert(verdict).values(tenant=KHANH_HOA, subject=subject, what="refuse"))
        body = connection.scalar(text("SELECT body FROM outbox"))
    consumer.receive([body])
    status, listing = run("dead-letters", "list", BROKER_URL=NOBODY)
    assert status == 0
    assert "thing.refused" in listing
    assert json.loads(body)["id"] in listing
    with database.admin_engine.begin() as connection:
        connection.execute(text("DELETE FROM verdict"))
    assert run("dead-letters", "retry", BROKER_URL=NOBODY) == (0, "1 applied\n")
    assert applied() == [(str(subject), 1)]
    assert run("dead-letters", "list", BROKER_URL=NOBODY) == (0, "")


def test_what_the_broker_laid_aside_is_listed_and_given_again(
    run: Run, rabbitmq: Any, queue: str, lay_aside: Callable[..., None]
) -> None:
    event = Event(THING_MADE, "/sample", KHANH_HOA, str(uuid4()), 1, {"name": "Vật"})
    lay_aside(event.to_json(), "no event")
    for _ in range(2):  # Listing leaves them where they are.
        status, listing = run("undeliverable", "list", BROKER_URL=rabbitmq.url)
        assert (status, len(listing.splitlines())) == (0, 2)
    shown = "\t".join((event.time.isoformat(), KHANH_HOA, THING_MADE, event.id))
    assert sorted(listing.splitlines()) == sorted([shown, "unreadable\t8 long"])
    assert run("undeliverable", "retry", BROKER_URL=rabbitmq.url) == (0, "2 given again\n")
    assert run("undeliverable", "list", BROKER_URL=rabbitmq.url) == (0, "")
    with broker.connect(rabbitmq.url) as connection:
        connection.subscribe(queue, 10)
        assert len(connection.receive(5)) == 2


def test_where_nothing_is_laid_aside_there_is_nothing_to_give_again(
    run: Run, broker_url: str, connect: Callable[[], broker.Connection], queue: str
) -> None:
    for _ in range(2):
        assert run("undeliverable", "list", BROKER_URL=broker_url) == (0, "")
        assert run("undeliverable", "retry", BROKER_URL=broker_url) == (0, "0 given again\n")
        with connect() as connection:
            connection.declare(queue, [THING_MADE])


def test_a_replay_counts_what_it_sent_and_refuses_a_queue_that_does_not_exist(
    run: Run,
    broker_url: str,
    emit: Callable[..., list[UUID]],
    connect: Callable[[], broker.Connection],
    queue: str,
) -> None:
    emit(3)
    with connect() as connection:
        connection.declare(queue, [THING_MADE])
    assert run("replay", "--to", queue, BROKER_URL=broker_url) == (0, f"3 events sent to {queue}\n")
    status, output = run("replay", "--to", "misspelt", BROKER_URL=broker_url)
    assert status == 2
    assert "there is no queue 'misspelt'" in output


def test_migrate_is_idempotent_and_declares_the_queue(
    run: Run, broker_url: str, connect: Callable[[], broker.Connection]
) -> None:
    for _ in range(2):
        assert run("migrate", name="sample", BROKER_URL=broker_url) == (0, "")
    with connect() as connection:
        connection.publish([(f"{THING_MADE}.{KHANH_HOA}", "kept")])
        connection.subscribe("sample", 10)
        assert [delivery.body for delivery in connection.receive(5)] in (["kept"], [b"kept"])


def test_migrate_gives_up_on_a_broker_that_is_away(run: Run) -> None:
    with pytest.raises(broker.ERRORS):
        run("migrate", name="sample", BROKER_URL=NOBODY)


def test_a_service_declares_what_its_own_command_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    own = cli.OwnCommand(lambda **values: told.append(values), {"what": {}, "--how-often": {"type": int, "default": 1}})
    service = replace(SERVICE, commands={"tell": own})
    for words in (["tell", "this"], ["tell", "that", "--how-often", "2"]):
        monkeypatch.setattr(sys, "argv", ["sample", *words])
        cli.main(service)
    assert told == [{"what": "this", "how_often": 1}, {"what": "that", "how_often": 2}]


def test_the_audit_is_verified_and_shown(run: Run, database: Any, tmp_path: Path) -> None:
    with database.unit_of_work(Context(KHANH_HOA)) as uow:
        uow.execute(insert(verdict).values(tenant=KHANH_HOA, subject=uuid4(), what="refuse"))
    assert run("audit", "verify", name="sample") == (0, "nothing found\n")
    status, shown = run("audit", "heads", name="sample")
    (head,) = json.loads(shown)
    assert (status, head["service"], head["tenant"], head["position"]) == (0, "sample", KHANH_HOA, 1)
    (tmp_path / "heads.json").write_text(shown)
    with database.admin_engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry"))
    assert run("audit", "verify", name="sample") == (0, "nothing found\n")
    assert run("audit", "verify", "--heads", str(tmp_path / "heads.json"), name="sample") == (
        1,
        "khanh-hoa 1: truncated: a witness has seen 1 entries, 0 are there\n",
    )
    assert run("audit", "witnesses", name="sample") == (0, "[]\n")
