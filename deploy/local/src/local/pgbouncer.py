"""Real PgBouncer in transaction mode, installed or unpacked from Debian's packages without root; for tests."""

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import make_url

from local.debian import Package, Unavailable
from local.private_files import write_private
from local.process import Program, Server
from local.web import listens

_PACKAGE = Package("PgBouncer", "pgbouncer", ("pgbouncer", "libevent-2", "libc-ares"))
_PROGRAM = Path("usr/sbin/pgbouncer")
_ROOT_RUNS_AS = "nobody"  # It refuses to run as root.


def unavailable() -> str | None:
    """Why there is no PgBouncer here, or None when there is one; fetches it when it can."""
    try:
        fetch()
    except Unavailable as reason:
        return str(reason)
    return None


def fetch() -> Path:
    """The directory under which its program and libraries are. Raises Unavailable."""
    if Path("/", _PROGRAM).exists():
        return Path("/")
    return _PACKAGE.fetch(lambda root: (root / _PROGRAM).exists(), lambda unpacked, final: None)


class PgBouncer(Server):
    """In front of databases, given by name and URL: clients are the URL's user, over `pool_size` connections."""

    def __init__(self, state: Path, port: int, databases: Mapping[str, str], pool_size: int) -> None:
        super().__init__()
        self._state, self._port, self._databases, self._pool_size = state.absolute(), port, databases, pool_size
        self.url = f"postgresql://127.0.0.1:{port}"
        self.urls = {
            name: make_url(url).set(port=port, database=name).render_as_string(hide_password=False)
            for name, url in databases.items()
        }

    def programs(self) -> tuple[Program, ...]:
        root = fetch()
        write_private(self._state / "pgbouncer.ini", self._settings())
        libraries = ":".join(str(path) for path in sorted(root.glob("usr/lib/*-linux-gnu")))
        program = Program(
            name="pgbouncer",
            argv=(root / _PROGRAM, self._state / "pgbouncer.ini"),
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LD_LIBRARY_PATH": libraries},
            log=self._state / "pgbouncer.log",
            ready=listens(self._port),
        )
        return (program,)

    def _settings(self) -> str:
        lines = ["[databases]"]
        for name, url in self._databases.items():
            there = make_url(url)
            to = f"host={there.host} port={there.port} dbname={there.database}"
            lines.append(f"{name} = {to} user={there.username} password={there.password}")
        settings = {
            "listen_addr": "127.0.0.1",
            "listen_port": self._port,
            "unix_socket_dir": "",
            "auth_type": "any",
            "pool_mode": "transaction",
            "default_pool_size": self._pool_size,
            "max_client_conn": 500,
            "ignore_startup_parameters": "extra_float_digits",
        }
        if os.geteuid() == 0:
            settings["user"] = _ROOT_RUNS_AS
        return "\n".join([*lines, "[pgbouncer]", *(f"{name} = {value}" for name, value in settings.items()), ""])
