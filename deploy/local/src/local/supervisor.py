"""Starts programs as their dependencies allow, restarts what crashes, stops in reverse; knows none of them."""

import enum
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from local.process import Child, Program, StartFailed

_TICK_SECONDS = 0.05
_RESTARTS = 5
_FORGIVEN_AFTER_SECONDS = 60
_LONGEST_PAUSE_SECONDS = 10.0
# One process may take this long to finish what it does, and all of them, one after another, that long.
_STOP_SECONDS = 6.0
_STOP_ALL_SECONDS = 11.0
_LEAST_STOP_SECONDS = 1.0


class Phase(enum.Enum):
    """Where a program is in its life."""

    WAITING = "waiting for what it depends on"
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    PAUSED = "about to be restarted"
    STOPPED = "stopped"
    FAILED = "failed"
    TURNS = "taking its turn now and then"


_SETTLED = (Phase.READY, Phase.DONE, Phase.TURNS)


@dataclass
class _Slot:
    program: Program
    phase: Phase = Phase.WAITING
    child: Child | None = None
    crashes: int = 0
    not_before: float = 0.0

    @classmethod
    def of(cls, program: Program) -> "_Slot":
        return cls(program, cls.beginning(program), not_before=time.monotonic() + program.first)

    @staticmethod
    def beginning(program: Program) -> Phase:
        return Phase.TURNS if program.every else Phase.WAITING

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.alive


class Supervisor:
    """Runs until `close`; every child is forked by one thread, on whose life the children's lives depend."""

    def __init__(self, programs: Iterable[Program], report: Callable[[str], None] = lambda _: None) -> None:
        self._slots = {program.name: _Slot.of(program) for program in programs}
        self._report = report
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self.failure: str | None = None
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def names(self) -> tuple[str, ...]:
        return tuple(self._slots)

    def phase(self, name: str) -> Phase:
        return self._slots[name].phase

    def pid(self, name: str) -> int:
        """The process id of a running program."""
        return self._running(name).pid

    def _running(self, name: str) -> Child:
        slot = self._slots[name]
        if slot.child is None or not slot.child.alive:
            raise LookupError(f"{name} is not running: {slot.phase.value}.")
        return slot.child

    def wait_ready(self, *names: str) -> None:
        """Return when these programs, or all of them, are ready; raise StartFailed when one cannot become so."""
        for name in names or self.names():
            while self._slots[name].phase not in _SETTLED:
                if self._slots[name].phase is Phase.STOPPED:
                    raise StartFailed(f"{name} was stopped; start it first.")
                if self.failure or not self._thread.is_alive():
                    raise StartFailed(self.failure or "The supervisor has stopped.")
                time.sleep(_TICK_SECONDS)

    def stop(self, name: str) -> None:
        """Stop one program and leave it stopped until `start`."""
        slot = self._slots[name]
        with self._lock:
            slot.phase = Phase.STOPPED
        _end([slot], _STOP_SECONDS)

    def start(self, name: str) -> None:
        """Start a stopped program again and wait for it."""
        with self._lock:
            slot = self._slots[name]
            slot.phase, slot.crashes = _Slot.beginning(slot.program), 0
        self.wait_ready(name)

    def kill(self, name: str) -> None:
        """SIGKILL; it is restarted at once, and this is not held against it."""
        with self._lock:
            self._running(name).kill()
            slot = self._slots[name]
            if not slot.program.every:
                slot.phase, slot.not_before = Phase.PAUSED, 0.0

    def _run(self) -> None:
        try:
            while not self._stopping.wait(_TICK_SECONDS) and not self.failure:
                for slot in self._slots.values():
                    with self._lock:
                        self._advance(slot)
        except Exception as error:  # Whatever it is, whoever watches must hear that nothing runs any more.
            self.failure = f"The supervisor has failed: {type(error).__name__}: {error}"
        finally:
            self._end_all()

    def _advance(self, slot: _Slot) -> None:
        match slot.phase:
            case Phase.WAITING if self._may_start(slot):
                self._spawn(slot)
            case Phase.PAUSED if time.monotonic() >= slot.not_before:
                self._spawn(slot)
            case Phase.STARTING:
                self._advance_start(slot)
            case Phase.READY if not slot.alive:
                self._crashed(slot)
            case Phase.TURNS:
                self._take_turn(slot)
            case _:
                return

    def _may_start(self, slot: _Slot) -> bool:
        return all(self._slots[name].phase in _SETTLED for name in slot.program.after)

    def _spawn(self, slot: _Slot) -> None:
        slot.child = Child(slot.program)
        slot.phase = Phase.STARTING

    def _advance_start(self, slot: _Slot) -> None:
        child = slot.child
        assert child is not None  # noqa: S101 - STARTING is set together with the child.
        if slot.program.once and child.status == 0:
            slot.program.done()
            slot.phase = Phase.DONE
        elif not child.alive:
            self._crashed(slot)
        elif child.ready:
            slot.phase = Phase.READY
        elif child.age > slot.program.patience:
            child.kill()
            self._crashed(slot, slot.program.too_late)

    def _take_turn(self, slot: _Slot) -> None:
        """One that fails or lasts too long has its next turn as if nothing were."""
        child, now = slot.child, time.monotonic()
        if child is None:
            if now >= slot.not_before and self._may_start(slot):
                slot.child = Child(slot.program)
        elif not child.alive:
            child.sweep()
            slot.child, slot.not_before = None, now + slot.program.every
            if child.status:
                self._report(f"{slot.program.name} ended with status {child.status} ({slot.program.log})")
        elif child.age > slot.program.patience:
            child.kill()

    def _crashed(self, slot: _Slot, what: str = "") -> None:
        child = slot.child
        assert child is not None  # noqa: S101 - only what was started can crash.
        child.sweep()
        what = what or f"ended with status {child.status}"
        slot.crashes = 1 if child.age > _FORGIVEN_AFTER_SECONDS else slot.crashes + 1
        if slot.program.once or slot.crashes > _RESTARTS:
            slot.phase = Phase.FAILED
            self.failure = child.failure(what)
            return
        pause = min(0.2 * 2 ** (slot.crashes - 1), _LONGEST_PAUSE_SECONDS)
        slot.phase, slot.not_before = Phase.PAUSED, time.monotonic() + pause
        self._report(
            f"{slot.program.name} {what}; restart {slot.crashes} of {_RESTARTS} in {pause:.1f} s ({slot.program.log})"
        )

    def _end_all(self) -> None:
        """Whatever nothing else needs any more goes first; programs that do not need each other go together."""
        running = [slot for slot in self._slots.values() if slot.alive]
        deadline = time.monotonic() + _STOP_ALL_SECONDS
        while running:
            needed = {name for slot in running for name in self._all_after(slot.program.name)}
            leaves = [slot for slot in running if slot.program.name not in needed] or running
            _end(leaves, max(_LEAST_STOP_SECONDS, min(_STOP_SECONDS, deadline - time.monotonic())))
            running = [slot for slot in running if slot not in leaves]

    def _all_after(self, name: str) -> set[str]:
        """What it depends on, also by way of a task that has ended."""
        direct = self._slots[name].program.after
        return set(direct).union(*(self._all_after(other) for other in direct))


def _end(slots: list[_Slot], seconds: float) -> None:
    """Ask them all to stop, and kill what has not stopped in time."""
    children = [slot.child for slot in slots if slot.child and slot.child.alive]
    for child in children:
        child.terminate()
    deadline = time.monotonic() + seconds
    for child in children:
        if not child.wait(max(0.0, deadline - time.monotonic())):
            child.kill()
        child.sweep()
