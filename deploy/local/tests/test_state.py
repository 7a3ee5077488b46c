"""One run to a state directory, clear words about ports, and to each process only what it may know."""

import json
import smtplib
import socket
import subprocess
import sys
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from local import ports
from local.console import Warnings
from local.environment import SERVICES, Environment, secret_names
from local.fingerprint import fingerprint
from local.private_files import secret, secret_set
from local.state import AlreadyRunning, State
from local.web import listens


def test_a_second_run_on_one_state_is_told_so_and_the_first_goes_on(tmp_path: Path) -> None:
    first, second = State(tmp_path / "state"), State(tmp_path / "state")
    first.acquire()
    first.announce({"portal": "http://127.0.0.1:8080"})
    with pytest.raises(AlreadyRunning, match="đang chạy"):
        second.acquire()
    second.release()
    assert second.urls() == {"portal": "http://127.0.0.1:8080"}
    first.release()
    second.acquire()
    assert second.urls() is None
    second.release()


def test_a_port_in_use_is_named_with_the_setting_that_moves_it(base: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", base + 3))
        other.listen()
        with pytest.raises(ports.PortInUse, match=rf"{base + 3} is in use by another program.*BASE_PORT"):
            ports.ensure_free(base)
    ports.ensure_free(base)


def test_the_ports_are_the_documented_ones() -> None:
    assert [ports.OFFSETS[name] for name in ("portal", *SERVICES, "identity")] == [0, 1, 2, 3, 4, 5]
    assert [ports.OFFSETS[f"{service}-relay"] for service in SERVICES] == [11, 12, 13, 14]
    assert [ports.OFFSETS[f"{service}-consume"] for service in SERVICES] == [21, 22, 23, 24]
    others = ("notifications-deliver", "postgres", "valkey", "mailbox", "rabbitmq")
    assert [ports.OFFSETS[name] for name in others] == [25, 31, 32, 33, 34]


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    made = secret_set(tmp_path / "secrets.json", ["a", "b"])
    assert secret_set(tmp_path / "secrets.json", ["a", "b", "c"]).items() >= made.items()
    assert secret(tmp_path / "password") == secret(tmp_path / "password") != made["a"]
    for name in ("secrets.json", "password"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(
        state=tmp_path,
        ports=ports.ports(8080),
        secrets=dict.fromkeys(secret_names(), "pw"),
        admin_url="postgresql://postgres:pw@127.0.0.1:8111/postgres",
        broker_url="redis://:pw@127.0.0.1:8112/0",
        added={"BROKER_VISIBILITY_SECONDS": "5"},
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_knows_only_what_it_may(
    environment: Environment, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody/else")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.vn")
    api, relay = environment.service(service, "api"), environment.service(service, "relay")
    assert api["DATABASE_URL"] == f"postgresql://{service}_app:pw@127.0.0.1:8111/{service}"
    assert not {"RELAY_DATABASE_URL", "MIGRATION_DATABASE_URL", "ADMIN_DATABASE_URL", "BROKER_URL"} & api.keys()
    assert relay["RELAY_DATABASE_URL"] == f"postgresql://{service}_relay:pw@127.0.0.1:8111/{service}"
    assert not {"DATABASE_URL", "MIGRATION_DATABASE_URL", "ADMIN_DATABASE_URL"} & relay.keys()
    assert "ADMIN_DATABASE_URL" in environment.service(service, "bootstrap")
    assert "HTTP_PROXY" not in api
    assert relay["BROKER_VISIBILITY_SECONDS"] == "5"
    assert (api["BIND"], api["PORT"]) == ("127.0.0.1", str(8081 + SERVICES.index(service)))


def test_code_and_servers_that_change_call_for_a_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "somewhere" / "changing"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    monkeypatch.syspath_prepend(package.parent)
    before = fingerprint(["changing"], "url")
    assert fingerprint(["changing"], "url") == before
    assert fingerprint(["changing"], "another") != before
    (package / "migration.sql").write_text("SELECT 1")
    assert fingerprint(["changing"], "url") != before


def test_the_console_shows_new_warnings_once(tmp_path: Path) -> None:
    log = tmp_path / "review-relay.log"
    log.write_text(json.dumps({"level": "error", "event": "old"}) + "\n")
    warnings = Warnings(tmp_path)
    with log.open("a") as file:
        for entry in ({"level": "info", "event": "quiet"}, *[{"level": "warning", "event": "broker_gone"}] * 3):
            file.write(json.dumps(entry) + "\n")
        file.write('not json\n{"level": "error", "event": "half a li')
    assert list(warnings.new()) == [f"review-relay: broker_gone ({log})"]
    with log.open("a") as file:
        file.write('ne"}\n')
    assert list(warnings.new()) == [f"review-relay: half a line ({log})"]


def test_the_mailbox_keeps_each_message_as_a_file(tmp_path: Path, port: int) -> None:
    environment = {"PORT": str(port), "STATE_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    message = EmailMessage(policy=policy.SMTPUTF8)
    message["From"], message["To"], message["Subject"] = "a@example.vn", "b@example.vn", "Sáng kiến được công nhận"
    message.set_content("Đã công nhận.\n")
    command = [sys.executable, "-m", "local", "mailbox"]
    with subprocess.Popen(command, env=environment) as mailbox:
        deadline = time.monotonic() + 10
        while not listens(port)() and time.monotonic() < deadline:
            time.sleep(0.02)
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(message)
            client.send_message(message)
        mailbox.terminate()
    assert mailbox.returncode == 0
    kept = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in (tmp_path / "mail").iterdir()]
    assert len(kept) == 2
    assert kept[0]["Subject"] == "Sáng kiến được công nhận"
    assert kept[0]["X-Envelope-To"] == "b@example.vn"
    assert kept[0].get_content().strip() == "Đã công nhận."
