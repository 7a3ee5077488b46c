"""Programs unpacked from Debian's packages, without root and without changing the machine; knows none of them."""

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local import repository

_PLAIN_DEPENDENCIES = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")


class Unavailable(Exception):
    """The program can neither be found nor fetched here; the message says why."""


@dataclass(frozen=True)
class Package:
    """What to fetch: `wanted` are the beginnings of the packages' names; what every Debian has anyway is left out."""

    title: str
    name: str
    wanted: tuple[str, ...]

    @property
    def cache(self) -> Path:
        """Where it is kept unpacked: under `.tools` of the repository, which git ignores."""
        return repository.root() / ".tools" / self.name.removesuffix("-server")

    def fetch(self, is_usable: Callable[[Path], bool], finish: Callable[[Path, Path], None]) -> Path:
        """The directory in which it is usable; `finish(unpacked, final)` makes it so. Raises Unavailable."""
        final = self.cache / "root"
        if is_usable(final):
            return final
        for program in ("apt-get", "apt-cache", "dpkg"):
            if shutil.which(program) is None:
                raise Unavailable(f"{self.title} is not installed, and {program} is not here to fetch it with.")
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            with (self.cache / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # Tests may ask for it from several processes at once.
                if not is_usable(final):
                    self._unpack(final, finish)
        except OSError as error:
            raise Unavailable(f"{self.title} cannot be kept in {self.cache}: {error.strerror}.") from error
        return final

    def _unpack(self, final: Path, finish: Callable[[Path, Path], None]) -> None:
        with tempfile.TemporaryDirectory(dir=self.cache) as name:
            work = Path(name)
            for part in ("lists/partial", "cache/archives/partial", "packages", "root"):
                (work / part).mkdir(parents=True)
            self._run(work, "apt-get", "-qq", "update")
            self._run(work, "apt-get", "-qq", "download", *self._packages(work), within="packages")
            for package in sorted((work / "packages").glob("*.deb")):
                self._run(work, "dpkg", "-x", str(package), str(work / "root"))
            finish(work / "root", final)
            shutil.rmtree(final, ignore_errors=True)
            (work / "root").rename(final)

    def _packages(self, work: Path) -> list[str]:
        without = [f"--no-{kind}" for kind in _PLAIN_DEPENDENCIES]
        listing = self._run(work, "apt-cache", "depends", "--recurse", *without, self.name)
        return sorted({line for line in listing.splitlines() if line.startswith(self.wanted)})

    def _run(self, work: Path, program: str, *words: str, within: str = ".") -> str:
        """Run one of Debian's tools on lists and caches of its own, so that it needs no root and changes nothing."""
        options = {
            "Dir::State": work,
            "Dir::State::Lists": work / "lists",
            "Dir::State::status": "/var/lib/dpkg/status",
            "Dir::Cache": work / "cache",
            "APT::Sandbox::User": "",
            "Debug::NoLocking": "1",
        }
        settings = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        command = [program, *(settings if program.startswith("apt") else []), *words]
        result = subprocess.run(command, cwd=work / within, capture_output=True, text=True, check=False)
        if result.returncode:
            what = " ".join([program, *words[:2]])
            raise Unavailable(f"{self.title} could not be fetched, {what} said: {result.stderr.strip()[-400:]}")
        return result.stdout
