"""Real RabbitMQ, installed or unpacked from Debian's packages without root; knows nothing of queues and events."""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local import repository
from local.private_files import secret, write_private
from local.process import Program, Server
from local.web import listens

_HOME = Path("usr/lib/rabbitmq/bin/rabbitmq-server")
_ERLANG = Path("usr/lib/erlang")
_WANTED = ("erlang", "rabbitmq", "libsctp", "socat")
_PLAIN_DEPENDENCIES = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
_AMQP_HELLO = b"AMQP\x00\x00\x09\x01"


class Unavailable(Exception):
    """RabbitMQ can neither be found nor fetched here; the message says why."""


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


def cache() -> Path:
    """Where unpacked packages are kept: `.tools/rabbitmq` of the repository, which git ignores."""
    return repository.root() / ".tools" / "rabbitmq"


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
    directory = cache()
    unpacked = Installation(directory / "root")
    if unpacked.usable:
        return unpacked
    for program in ("apt-get", "apt-cache", "dpkg"):
        if shutil.which(program) is None:
            raise Unavailable(f"RabbitMQ is not installed, and {program} is not here to fetch it with.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # Tests may ask for it from several processes at once.
            if not unpacked.usable:
                _unpack(directory, unpacked.root)
    except OSError as error:
        raise Unavailable(f"RabbitMQ cannot be kept in {directory}: {error.strerror}.") from error
    return unpacked


def _unpack(directory: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=directory) as name:
        work = Path(name)
        for part in ("lists/partial", "cache/archives/partial", "packages", "root"):
            (work / part).mkdir(parents=True)
        _run(work, "apt-get", "-qq", "update")
        _run(work, "apt-get", "-qq", "download", *_packages(work), within="packages")
        for package in sorted((work / "packages").glob("*.deb")):
            _run(work, "dpkg", "-x", str(package), str(work / "root"))
        _relocate(work / "root" / _ERLANG, target / _ERLANG)
        shutil.rmtree(target, ignore_errors=True)
        (work / "root").rename(target)


def _packages(work: Path) -> list[str]:
    """RabbitMQ and the parts of Erlang it needs; what every Debian has anyway is left out."""
    without = [f"--no-{kind}" for kind in _PLAIN_DEPENDENCIES]
    listing = _run(work, "apt-cache", "depends", "--recurse", *without, "rabbitmq-server")
    return sorted({line for line in listing.splitlines() if line.startswith(_WANTED)})


def _run(work: Path, program: str, *words: str, within: str = ".") -> str:
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
        raise Unavailable(f"RabbitMQ could not be fetched, {what} said: {result.stderr.strip()[-400:]}")
    return result.stdout


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
