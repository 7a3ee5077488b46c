"""The state directory: one run at a time, and what is known about it; knows nothing of what runs."""

import fcntl
import json
import os
from pathlib import Path
from typing import IO, Any

from local.private_files import write_private


class AlreadyRunning(Exception):
    """Another run has this state directory."""


class State:
    """A directory with a lock that the kernel gives back however its holder ends."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self._lock: IO[str] | None = None

    def __truediv__(self, name: str) -> Path:
        return self.directory / name

    def acquire(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = (self.directory / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip()
            lock.close()
            raise AlreadyRunning(
                f"Nền tảng đang chạy trên {self.directory} (tiến trình {holder}).\n"
                f"The platform is already running on {self.directory} (process {holder})."
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def release(self) -> None:
        if self._lock:
            self._running.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    @property
    def _running(self) -> Path:
        return self.directory / "running.json"

    @property
    def ended_badly(self) -> bool:
        """Whether the last run was killed: its processes may still be on their way out."""
        return self._running.exists()

    def announce(self, urls: dict[str, str]) -> None:
        """Tell other commands, such as `token`, where the platform is."""
        write_private(self._running, json.dumps({"pid": os.getpid(), "urls": urls}, indent=1))

    def urls(self) -> dict[str, str] | None:
        """Where the platform that runs on this state is; None when none does."""
        if not self._running.exists():
            return None
        urls: dict[str, str] = json.loads(self._running.read_text())["urls"]
        return urls

    def read(self, name: str) -> dict[str, Any]:
        path = self.directory / name
        kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return kept

    def keep(self, name: str, content: dict[str, Any]) -> None:
        write_private(self.directory / name, json.dumps(content, indent=1))
