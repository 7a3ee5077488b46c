"""Real RabbitMQ, installed or unpacked from Debian's packages without root; knows nothing of queues and events."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from local.debian import Package, Unavailable
from local.private_files import secret, write_private
from local.process import Program, Server
from local.web import listens

_HOME = Path("usr/lib/rabbitmq/bin/rabbitmq-server")
_ERLANG = Path("usr/lib/erlang")
_PACKAGE = Package("RabbitMQ", "rabbitmq-server", ("erlang", "rabbitmq", "libsctp", "socat"))
_AMQP_HELLO = b"AMQP\x00\x00\x09\x01"


@dataclass(frozen=True)
class Installation:
    """Where the broker's start script and its Erlang are."""

    root: Path

    @property
    def start_script(self) -> Path:
        # Not /usr/sbin/rabbitmq-server: that one insists on root or on its own user.
        return self.root / _HOME

    @property
    def erlang(self) -> Path:
        return self.root / _ERLANG

    @property
    def epmd(self) -> Path:
        return next(self.erlang.glob("erts-*/bin/epmd"))

    @property
    def usable(self) -> bool:
        return self.start_script.exists() and any(self.erlang.glob("erts-*/bin/epmd"))


def unavailable() -> str | None:
    """Why there is no RabbitMQ here, or None when there is one; fetches it when it can."""
    try:
        fetch()
    except Unavailable as reason:
        return str(reason)
    return None


def fetch() -> Installation:
    """The machine's own RabbitMQ, or the cached one; unpacked first when it is not there yet."""
    installed = Installation(Path("/"))
    if installed.usable:
        return installed
    return Installation(_PACKAGE.fetch(lambda root: Installation(root).usable, _finish))


def _finish(unpacked: Path, final: Path) -> None:
    _relocate(unpacked / _ERLANG, final / _ERLANG)


def _relocate(erlang: Path, final: Path) -> None:
    """Erlang's start scripts hold the place they were built for."""
    for script in (erlang / "bin" / "erl", *erlang.glob("erts-*/bin/erl")):
        content = script.read_text()
        script.unlink()  # One of the two is a link to the other.
        script.write_text(content.replace("/usr/lib/erlang", str(final)))
        script.chmod(0o755)


class RabbitMQ(Server):
    """One node under `state` on three ports: AMQP at `port`, then distribution, then its port mapper.

    What was confirmed survives kill -9. A quorum queue itself does so from about a second after it was first declared:
    RabbitMQ 3.10 registers it on disk only then.
    """

    def __init__(self, state: Path, port: int, bind: str = "127.0.0.1", password: str | None = None) -> None:
        super().__init__()
        self._state, self._port, self._bind = state.absolute(), port, bind
        self._password = secret(self._state / "password", password)
        self.url = f"amqp://sangtao:{self._password}@127.0.0.1:{port}//"

    def programs(self) -> tuple[Program, ...]:
        installation = fetch()
        self._configure()
        environment = self._environment(installation)
        # Without a port mapper of ours the node would start one that stays behind when it stops.
        mapper = Program(
            name="epmd",
            argv=(installation.epmd, "-port", str(self._port + 2), "-address", "127.0.0.1"),
            environment=environment,
            log=self._state / "epmd.log",
            ready=listens(self._port + 2),
        )
        node = Program(
            name="rabbitmq",
            argv=(installation.start_script,),
            environment=environment,
            log=self._state / "rabbitmq.log",
            ready=self._answers,
            after=("epmd",),
        )
        return mapper, node

    def _configure(self) -> None:
        settings = {
            "listeners.tcp.1": f"{self._bind}:{self._port}",
            "default_user": "sangtao",
            "default_pass": self._password,
            "log.console": "true",
            "log.console.level": "warning",
            "log.file": "false",
        }
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        write_private(self._state / "rabbitmq.conf", lines)
        (self._state / "plugins").write_text("[].\n")

    def _environment(self, installation: Installation) -> dict[str, str]:
        state, port = self._state, self._port
        local = "-kernel inet_dist_use_interface {127,0,0,1}"
        return {
            "PATH": f"{installation.erlang / 'bin'}:/usr/bin:/bin",
            "HOME": str(state),  # Erlang's cookie is kept here.
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "RABBITMQ_NODENAME": "sangtao@localhost",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(port + 1),
            "ERL_EPMD_PORT": str(port + 2),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(state / "data"),
            "RABBITMQ_LOG_BASE": str(state / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_SCHEMA_DIR": str(state / "schema"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(state / "schema"),
            "RABBITMQ_CONFIG_FILE": str(state / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(state / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            # Has the start script replace itself by the node, so that signals reach the node at once.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-noinput -start_epmd false +S 2:2 +sbwt none {local}",
        }

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 1) as connection:
                connection.sendall(_AMQP_HELLO)
                return bool(connection.recv(1))
        except OSError:
            return False
