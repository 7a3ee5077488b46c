"""Logs and dead letters say what failed and where, never what somebody wrote."""

import json
import logging
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from common import clock, logs, telemetry
from common.errors import NotFound
from common.events import Event
from common.failures import describe, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

SECRET = "Nguyễn Thị Bí Mật"
A_UUID = UUID("01920000-0000-7000-8000-000000000002")


def caught(act: object, *arguments: object) -> Exception:
    with pytest.raises(Exception) as found:
        act(*arguments)  # type: ignore[operator]
    return found.value


def test_a_broken_constraint_is_named_without_the_row(database: Any) -> None:
    with database.admin_engine.connect() as connection:
        connection.execute(text("CREATE TEMP TABLE told (name text CONSTRAINT short CHECK (length(name) < 3))"))
        statement = text("INSERT INTO told VALUES (:name)")
        error = caught(connection.execute, statement, {"name": SECRET})
    assert isinstance(error, DBAPIError)
    assert SECRET in str(error.orig)  # What a log would have told.
    for said in (describe(error), trace(error)):
        assert SECRET not in said
        assert "23514" in said
        assert "short" in said


def test_what_is_no_number_is_not_quoted() -> None:
    error = caught(int, SECRET)
    assert SECRET in str(error)
    assert describe(error).startswith("ValueError at test_failures.py:")
    assert SECRET not in trace(error)
    assert "test_failures.py" in trace(error)


def test_causes_are_told_too() -> None:
    def fail() -> None:
        try:
            {}[SECRET]
        except KeyError as error:
            raise NotFound("unit.not_known_yet", unit_id=A_UUID, name=SECRET) from error

    said = describe(caught(fail))
    assert said.startswith(f"NotFound: unit.not_known_yet {{'unit_id': '{A_UUID}'}} at ")
    assert "<- KeyError at" in said
    assert SECRET not in said


def test_a_lost_connection_says_so(database: Any) -> None:
    with database.admin_engine.connect() as connection:
        lost = caught(connection.execute, text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert isinstance(lost, OperationalError)
    assert "terminat" in describe(lost)


@pytest.mark.parametrize("body", [SECRET, f'"{SECRET}"', json.dumps({"id": SECRET}), "[]"])
def test_an_unreadable_message_is_not_quoted(body: str) -> None:
    assert SECRET not in describe(caught(Event.from_json, body))


def test_a_logged_exception_has_its_place_and_no_message(capsys: pytest.CaptureFixture[str]) -> None:
    kept = logging.getLogger().handlers[:]
    try:
        logs.configure("common", "test", "INFO")
        try:
            int(SECRET)
        except ValueError:
            logging.getLogger("some").exception("failed")
        line = json.loads(capsys.readouterr().out)
    finally:
        logging.getLogger().handlers = kept
    assert SECRET not in json.dumps(line, ensure_ascii=False)
    assert "ValueError" in line["exception"]
    assert clock.now().isoformat()[:10] in line["timestamp"]


def test_a_span_says_what_failed_and_quotes_nothing(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    provider, exported = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    monkeypatch.setattr(telemetry, "_TRACER", provider.get_tracer("test"))
    with database.admin_engine.connect() as connection:
        connection.execute(text("CREATE TEMP TABLE told (name text CONSTRAINT short CHECK (length(name) < 3))"))
        statement = text("INSERT INTO told VALUES (:name)")
        with pytest.raises(DBAPIError), telemetry.span("told", {}):
            connection.execute(statement, {"name": SECRET})
    [span] = exported.get_finished_spans()
    assert SECRET not in json.dumps(json.loads(span.to_json()), ensure_ascii=False)
    assert not span.status.is_ok
    assert "23514" in str(span.status.description)


def test_what_nobody_catches_is_one_line_without_its_message() -> None:
    program = f"from common import logs; logs.configure('common', 'test', 'CRITICAL'); int('{SECRET}')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "")
    line = json.loads(ended.stdout)
    assert SECRET not in json.dumps(line, ensure_ascii=False)
    assert (line["event"], line["service"]) == ("uncaught", "common")
    assert "ValueError" in line["exception"]
