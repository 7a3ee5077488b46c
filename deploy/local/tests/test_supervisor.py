"""The supervisor starts in order, restarts what crashes, stops in reverse, and leaves no orphan when it is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from local.process import Program, StartFailed
from local.supervisor import Supervisor
from local.web import answers

Make = Callable[..., Program]
# Says when it starts and when it is asked to stop.
WITNESS = 'trap \'echo "stop $0" >> {log}; exit 0\' TERM; echo "start $0" >> {log}; while :; do sleep 0.02; done'


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def witness(program: Make, log: Path, name: str, **options: object) -> Program:
    made = program(name, WITNESS.format(log=log), ready=lambda: f"start {name}" in log.read_text(), **options)
    return Program(**{**vars(made), "argv": (*made.argv, name)})


def test_programs_start_after_what_they_need_and_stop_before_it(program: Make, tmp_path: Path) -> None:
    log = tmp_path / "order"
    log.touch()
    server = witness(program, log, "server")
    task = program("task", f"echo task >> {log}", once=True, after=("server",))
    service = witness(program, log, "service", after=("task",))
    with Supervisor([service, task, server]) as supervisor:
        supervisor.wait_ready()
    assert log.read_text().split("\n")[:-1] == [
        "start server",
        "task",
        "start service",
        "stop service",
        "stop server",
    ]


def test_a_crashed_program_is_restarted_and_said_so(program: Make) -> None:
    said: list[str] = []
    with Supervisor([program("sleeper", "sleep 60")], said.append) as supervisor:
        supervisor.wait_ready()
        first = supervisor.pid("sleeper")
        os.kill(first, signal.SIGKILL)
        until(lambda: bool(said))
        supervisor.wait_ready()
        until(lambda: is_running(supervisor.pid("sleeper")))
        assert supervisor.pid("sleeper") != first
    assert "sleeper ended with status -9; restart 1 of 5" in said[0]


def test_a_program_that_keeps_crashing_ends_everything_and_shows_its_log(
    program: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.supervisor._LONGEST_PAUSE_SECONDS", 0.01)
    broken = program("broken", "echo cannot go on; exit 3", ready=lambda: False)
    with Supervisor([program("other", "sleep 60"), broken]) as supervisor:
        with pytest.raises(StartFailed, match=r"broken ended with status 3[\s\S]*cannot go on"):
            supervisor.wait_ready()
        until(lambda: supervisor.failure is not None)


def test_a_failed_task_is_not_repeated(program: Make, tmp_path: Path) -> None:
    tried = tmp_path / "tried"
    task = program("task", f"echo x >> {tried}; exit 1", once=True)
    with Supervisor([task]) as supervisor, pytest.raises(StartFailed, match="task ended with status 1"):
        supervisor.wait_ready()
    assert tried.read_text() == "x\n"


def test_a_task_that_hangs_is_ended_and_said_so(program: Make) -> None:
    task = program("task", "echo half done; sleep 60", once=True, ready_within=0.2)
    with (
        Supervisor([task]) as supervisor,
        pytest.raises(StartFailed, match=r"task did not end in time[\s\S]*half done"),
    ):
        supervisor.wait_ready()


def test_a_program_that_does_not_become_ready_is_started_again_and_said_so(program: Make) -> None:
    said: list[str] = []
    with Supervisor([program("slow", "sleep 60", ready=lambda: False, ready_within=0.2)], said.append):
        until(lambda: bool(said))
    assert "slow did not become ready in time; restart 1 of 5" in said[0]


def test_what_ends_by_itself_has_more_time_than_what_serves(program: Make) -> None:
    assert program("server", "sleep 60").patience == 90
    assert program("task", "true", once=True).patience == program("chore", "true", every=1).patience == 600


def test_what_the_supervisor_itself_fails_at_is_told(program: Make, tmp_path: Path) -> None:
    """Whoever watches only looks at `failure`: without it they would wait for ever over programs that have ended."""
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\nsleep 60\n")
    script.chmod(0o755)
    server = program("server", "sleep 60")
    vanishing = Program(**{**vars(server), "name": "vanishing", "argv": (script,)})
    with Supervisor([server, vanishing]) as supervisor:
        supervisor.wait_ready()
        pid = supervisor.pid("server")
        script.unlink()
        supervisor.kill("vanishing")
        until(lambda: supervisor.failure is not None)
        with pytest.raises(StartFailed, match=r"The supervisor has failed: FileNotFoundError.*script"):
            supervisor.wait_ready("vanishing")
        until(lambda: not is_running(pid))


def test_kill_takes_the_whole_family_and_does_not_count_as_a_crash(program: Make) -> None:
    said: list[str] = []
    with Supervisor([program("parent", "setsid sleep 60 & wait")], said.append) as supervisor:
        for _ in range(7):
            supervisor.wait_ready()
            pid = supervisor.pid("parent")
            until(lambda pid=pid: bool(children(pid)))
            (child,) = children(pid)
            supervisor.kill("parent")
            until(lambda child=child: not is_running(child))
        supervisor.wait_ready()
    assert said == []


def children(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in listing.stdout.split()]


def test_a_stopped_program_stays_stopped_until_it_is_started(program: Make) -> None:
    with Supervisor([program("sleeper", "sleep 60")]) as supervisor:
        supervisor.wait_ready()
        supervisor.stop("sleeper")
        time.sleep(0.2)
        with pytest.raises(LookupError, match="sleeper is not running"):
            supervisor.pid("sleeper")
        supervisor.start("sleeper")
        assert is_running(supervisor.pid("sleeper"))


def test_a_program_that_does_not_stop_is_killed(program: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.supervisor._STOP_SECONDS", 0.3)
    with Supervisor([program("deaf", "trap '' TERM; while :; do sleep 0.05; done")]) as supervisor:
        supervisor.wait_ready()
        time.sleep(0.2)
        pid = supervisor.pid("deaf")
    assert not is_running(pid)


def test_stopping_has_an_end_even_when_nobody_listens(program: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_STOP_SECONDS", 0.5), ("_STOP_ALL_SECONDS", 0.6), ("_LEAST_STOP_SECONDS", 0.1)):
        monkeypatch.setattr(f"local.supervisor.{name}", seconds)
    script = "trap '' TERM; while :; do sleep 0.05; done"
    deaf = [program(str(number), script, after=tuple(map(str, range(number)))) for number in range(6)]
    supervisor = Supervisor(deaf)
    supervisor.open()
    supervisor.wait_ready()
    time.sleep(0.2)
    began = time.monotonic()
    supervisor.close()
    assert time.monotonic() - began < 2  # Not six times half a second.


def test_a_chore_takes_its_turns_beside_the_rest_and_may_fail(program: Make, tmp_path: Path) -> None:
    said: list[str] = []
    turns = tmp_path / "turns"
    chore = program("chore", f"echo x >> {turns}; exit 3", every=0.05, first=0.3)
    began = time.monotonic()
    with Supervisor([program("server", "sleep 60"), chore], said.append) as supervisor:
        supervisor.wait_ready()
        until(turns.exists)
        assert time.monotonic() - began >= 0.3
        until(lambda: turns.read_text().count("x") > 2)
        assert supervisor.failure is None
    assert "chore ended with status 3" in said[0]


def test_a_chore_waits_for_what_it_needs_and_never_meets_itself(program: Make, tmp_path: Path) -> None:
    ready, log, place = tmp_path / "ready", tmp_path / "log", tmp_path / "place"
    script = f"mkdir {place} || echo twice >> {log}; sleep 0.2; rmdir {place}; echo done >> {log}"
    server = program("server", "sleep 60", ready=ready.exists)
    with Supervisor([server, program("chore", script, every=0.01, after=("server",))]) as supervisor:
        time.sleep(0.3)
        assert not log.exists()
        ready.touch()
        supervisor.wait_ready()
        until(lambda: log.exists() and log.read_text().count("done") > 1)
    assert "twice" not in log.read_text()


def test_a_chore_that_hangs_is_ended_and_has_its_next_turn(program: Make, tmp_path: Path) -> None:
    turns = tmp_path / "turns"
    chore = program("chore", f"echo x >> {turns}; sleep 60", every=0.05, ready_within=0.2)
    with Supervisor([chore]):
        until(lambda: turns.exists() and turns.read_text().count("x") > 1)


LAUNCHER = """
import os, sys, time
from pathlib import Path
from local.postgres import Postgres
from local.process import Program
from local.supervisor import Supervisor
from local.valkey import Valkey
from local.web import answers

state, port = Path(sys.argv[1]), int(sys.argv[2])
environment = {**os.environ, "PORT": str(port + 2), "STATE_DIR": str(state), "BIND": "127.0.0.1"}
identity = Program(
    "identity", (sys.executable, "-m", "local", "identity"), environment, state / "identity.log",
    ready=answers(f"http://127.0.0.1:{port + 2}"),
)
servers = [*Postgres(state / "postgres", port).programs(), *Valkey(state / "valkey", port + 1).programs()]
supervisor = Supervisor([*servers, identity])
supervisor.open()
supervisor.wait_ready()
print(*(supervisor.pid(name) for name in supervisor.names()), flush=True)
time.sleep(60)
"""


def test_kill_9_of_the_supervisor_leaves_no_orphan(tmp_path: Path, base: int) -> None:
    from local.postgres import Postgres
    from local.process import descendants

    command = [sys.executable, "-c", LAUNCHER, str(tmp_path), str(base)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout
        started = [int(word) for word in launcher.stdout.readline().split()]
        family = {*started, *(below for pid in started for below in descendants(pid))}
        assert len(family) > len(started) == 3  # gunicorn's worker and PostgreSQL's own processes are among them.
        assert answers(f"http://127.0.0.1:{base + 2}")()
        launcher.kill()
    until(lambda: not any(map(is_running, family)))
    Postgres(tmp_path / "postgres", base).discard()
