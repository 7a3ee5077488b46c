"""How long a step takes and how much memory all processes below this one need at most; knows nothing of the steps."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

EVERY_SECONDS = 1.0


@contextmanager
def measured(title: str, say: Callable[[str], None]) -> Iterator[None]:
    """Say what the block took."""
    began, peak, done = time.monotonic(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(EVERY_SECONDS if peak[0] else 0):
            peak[0] = max(peak[0], memory())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
    say(f"{title}: {time.monotonic() - began:.1f} s, at most {peak[0]} MB in all processes")


def memory() -> int:
    """Megabytes of this process and of all that it started; what they share is counted once."""
    return sum(_proportional(pid) for pid in _family(os.getpid())) // 1024


def _family(root: int) -> set[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # It ended meanwhile.
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _proportional(pid: int) -> int:
    """Kilobytes; none where the process has ended or may not be looked at."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
