"""One child process in its own group, logging to a file and dying with its parent; knows nothing of what it runs."""

import ctypes
import os
import signal
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.05
_LOG_LIMIT_BYTES = 10_000_000
_READY_SECONDS, _END_SECONDS = 90.0, 600.0


class StartFailed(Exception):
    """A process did not become ready; the message holds the end of its log."""


@dataclass(frozen=True)
class Account:
    """Whom to run a process as, when that is not the user who runs this one."""

    uid: int
    gid: int


def run_as(account: Account | None) -> dict[str, Any]:
    """Arguments for subprocess; the account's other groups are left behind with the user."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


@dataclass(frozen=True)
class Program:
    """What to run and how to tell that it serves.

    `after` names the programs that have to be ready before this one starts. With `once` it is a task: ready when it
    has ended well, and then `done` is called. With `every` it is a chore: it runs `first` seconds after the start, and
    again so many seconds after it has ended; it may fail, and nobody waits for it.
    """

    name: str
    argv: tuple[str | Path, ...]
    environment: Mapping[str, str]
    log: Path
    ready: Callable[[], bool] = field(default=lambda: True)
    after: tuple[str, ...] = ()
    once: bool = False
    done: Callable[[], None] = field(default=lambda: None)
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    ready_within: float | None = None
    every: float = 0
    first: float = 0

    @property
    def patience(self) -> float:
        """Seconds until it has to be ready or, a task or a chore, to have ended: a migration may take its time."""
        if self.ready_within is not None:
            return self.ready_within
        return _END_SECONDS if self.once or self.every else _READY_SECONDS

    @property
    def too_late(self) -> str:
        """What is said of it when the patience is at its end."""
        return "did not end in time" if self.once else "did not become ready in time"


class Child:
    """One run of a program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.started = time.monotonic()
        self._ready = threading.Event()
        _roll(program.log)
        with program.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = self._spawn(log.fileno())
        threading.Thread(target=self._watch_readiness, daemon=True).start()

    def _spawn(self, log: int) -> subprocess.Popen[bytes]:
        program = self.program
        # The kernel sends the signal when the *thread* that forked ends, so only a thread that lives as long as its
        # children may come here: the main thread, or the supervisor's own.
        return subprocess.Popen(
            [str(word) for word in program.argv],
            env=dict(program.environment),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=dying_with_parent(program.stop_signal),
            **run_as(program.account),
        )

    def _watch_readiness(self) -> None:
        while self.alive:
            if not self.program.once and self.program.ready():
                self._ready.set()
                return
            time.sleep(_POLL_SECONDS)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    @property
    def status(self) -> int | None:
        """The exit status; negative is the signal that ended it; None while it runs."""
        return self._process.poll()

    @property
    def age(self) -> float:
        return time.monotonic() - self.started

    def wait_ready(self) -> None:
        while not self._ready.wait(_POLL_SECONDS):
            if not self.alive:
                raise StartFailed(self.failure(f"ended with status {self.status}"))
            if self.age > self.program.patience:
                raise StartFailed(self.failure(self.program.too_late))

    def failure(self, what: str) -> str:
        return f"{self.program.name} {what}. {self.program.log} ends with:\n{self.log_tail()}"

    def log_tail(self, lines: int = 15) -> str:
        """The last lines that this run wrote."""
        with self.program.log.open("rb") as log:
            log.seek(self._log_start)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    def terminate(self) -> None:
        """Ask it to stop; whoever asks also waits."""
        if self.alive:
            self._process.send_signal(self.program.stop_signal)

    def wait(self, seconds: float) -> bool:
        """True when it ended in time."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL to it and to all that it started, as a power cut would; returns when it is gone."""
        family = [self.pid, *descendants(self.pid)] if self.alive else []
        for pid in family:
            _kill(pid)
        self._process.wait()
        self.sweep()

    def sweep(self) -> None:
        """End what an ended process left behind in its group, such as a worker that still holds the port."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


class Server(ABC):
    """A real server: run on its own by `start`, or handed to a supervisor as `programs`."""

    url: str

    def __init__(self) -> None:
        self.children: list[Child] = []

    @abstractmethod
    def programs(self) -> tuple[Program, ...]:
        """Prepare its directory and say what to run, in order."""

    def start(self) -> str:
        for program in self.programs():
            child = Child(program)
            self.children.append(child)
            child.wait_ready()
        return self.url

    def stop(self) -> None:
        for child in reversed(self.children):
            child.terminate()
            if not child.wait(15):
                child.kill()
        self.children.clear()

    def kill(self) -> None:
        """SIGKILL; `start` afterwards finds everything that was acknowledged."""
        for child in reversed(self.children):
            child.kill()
        self.children.clear()


def descendants(pid: int) -> Iterator[int]:
    """Every process below this one, whatever group or session it moved to."""
    children: dict[int, list[int]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        parent = _parent(process)
        if parent is not None:
            children.setdefault(parent, []).append(int(process.name))
    found = list(children.get(pid, []))
    while found:
        one = found.pop()
        found += children.get(one, [])
        yield one


def _parent(process: Path) -> int | None:
    try:
        fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None  # It ended between the listing and here.
    return int(fields[1])


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def dying_with_parent(stop_signal: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """For `preexec_fn`: have the kernel stop the child when this process is gone, even by kill -9."""
    parent = os.getpid()

    def arrange() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:
            os._exit(1)  # The parent died before the arrangement was made.

    return arrange


def _roll(log: Path) -> None:
    """Keep one older log, so that a platform left running for weeks does not fill the disk at each start."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
