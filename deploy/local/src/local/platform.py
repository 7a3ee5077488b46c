"""The whole platform on one machine: servers, services, provider and mailbox, composed; knows no business rule."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from local import ports, tokens
from local.environment import CALLBACK_PATH, HOST, SERVICES, Environment, secret_names
from local.fingerprint import fingerprint
from local.postgres import Postgres
from local.private_files import secret_set
from local.process import Program, Server
from local.rabbitmq import RabbitMQ
from local.state import State
from local.supervisor import Supervisor
from local.valkey import Valkey
from local.web import answers, listens

Broker = Literal["valkey", "rabbitmq"]

_MIGRATED = "migrated.json"
_ISSUER = "issuer.json"
_PATIENCE_SECONDS = 15
# What the chart runs by the clock, and by which services.
CHORES = {"export-tenants": SERVICES, "purge-tenants": SERVICES, "reorganise-due": ("registration",)}
# Python's own `-P` keeps a directory that happens to be the current one from lending its modules.
_PYTHON = (sys.executable, "-P", "-m")


class Platform:
    """Everything under one state directory and one base port; as a context manager, serving inside the block.

    With `chores_seconds` what the chart runs by the clock is run so often, beside the rest.
    """

    def __init__(
        self,
        state: Path,
        base_port: int | None = None,
        broker: Broker = "valkey",
        environment: Mapping[str, str] | None = None,
        report: Callable[[str], None] = lambda _: None,
        chores_seconds: float = 0,
    ) -> None:
        self.state = State(state)
        self.base_port = ports.configured_base() if base_port is None else base_port
        self.broker: Broker = broker
        self._added = environment or {}
        self._report = report
        self._chores_seconds = chores_seconds
        self._ports = ports.ports(self.base_port)
        self.urls = {name: f"http://{HOST}:{self._ports[name]}" for name in ("portal", *SERVICES, "identity")}
        self._tokens: dict[str, str] = {}

    def __enter__(self) -> Self:
        try:
            self.open()
            self.wait_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Start everything; returns at once, `wait_serving` and `wait_ready` tell when."""
        self.state.acquire()
        ports.ensure_free(self.base_port, _PATIENCE_SECONDS if self.state.ended_badly else 0)
        self.state.announce(self.urls)
        self.postgres = Postgres(self.state / "postgres", self._ports["postgres"])
        self.broker_server = self._broker_server()
        self.environment = Environment(
            state=self.state.directory,
            ports=self._ports,
            secrets=secret_set(self.state / "secrets.json", secret_names()),
            admin_url=self.postgres.url,
            broker_url=self.broker_server.url,
            added=self._added,
        )
        self._supervisor = Supervisor(self._programs(), self._report)
        self._supervisor.open()

    def close(self) -> None:
        """Stop everything, in less than fifteen seconds."""
        if hasattr(self, "_supervisor"):
            self._supervisor.close()
        self.state.release()

    def discard(self) -> None:
        """Delete a throwaway state for good."""
        Postgres(self.state / "postgres", self._ports["postgres"]).discard()
        shutil.rmtree(self.state.directory, ignore_errors=True)

    def wait_serving(self) -> None:
        """Until a person can work: the portal, the APIs and the provider answer."""
        self._supervisor.wait_ready("portal", "identity", *(f"{service}-api" for service in SERVICES))

    def wait_ready(self, *names: str) -> None:
        """Until these processes, or all of them, are ready."""
        self._supervisor.wait_ready(*names)

    @property
    def failure(self) -> str | None:
        """Why the platform gave up, when it did."""
        return self._supervisor.failure

    @property
    def names(self) -> tuple[str, ...]:
        """Every process, such as `registration-api` or `valkey`."""
        return self._supervisor.names()

    def pid(self, name: str) -> int:
        return self._supervisor.pid(name)

    def kill(self, name: str) -> None:
        """SIGKILL to one process and all below it; it is started again at once."""
        self._supervisor.kill(name)

    def stop(self, name: str) -> None:
        """Stop one process and leave it stopped until `start`."""
        self._supervisor.stop(name)

    def start(self, name: str) -> None:
        self._supervisor.start(name)

    def token(self, persona: str) -> str:
        """An access token of this persona, by the real code flow."""
        if persona not in self._tokens:
            self._tokens[persona] = tokens.fetch(self.urls["identity"], persona)
        return self._tokens[persona]

    def run(self, service: str, command: str, *words: str) -> str:
        """Run one of a service's commands, such as `replay --to reporting`, and return what it printed."""
        result = subprocess.run(
            [*_PYTHON, service, command, *words],
            env=self.environment.service(service, command),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise RuntimeError(f"{service} {command} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
        return result.stdout

    def mail(self) -> list[Path]:
        """Every message sent so far, oldest first."""
        return sorted((self.state / "mail").glob("*.eml"))

    def log(self, name: str) -> Path:
        return self.state / "logs" / f"{name}.log"

    def _operators(self, migrate: str) -> Iterator[Program]:
        """Who runs the platform. On other ports than before the provider is another issuer: all keep their grants."""
        issuer = self.urls["identity"]
        before = self.state.read(_ISSUER).get("issuer", issuer)
        move = self._task("registration", "move-issuer", (migrate, "postgres"))
        yield replace(move, environment={**move.environment, "PREVIOUS_OIDC_ISSUER": before})

        def note() -> None:
            self.state.keep(_ISSUER, {"issuer": issuer})

        yield self._task("registration", "make-operator", (move.name, "postgres"), note)

    def _broker_server(self) -> Server:
        kind = RabbitMQ if self.broker == "rabbitmq" else Valkey
        return kind(self.state / self.broker, self._ports[self.broker])

    def _programs(self) -> Iterator[Program]:
        yield from self._support()
        for program in (*self.postgres.programs(), *self.broker_server.programs()):
            yield replace(program, log=self.log(program.name))
        outdated = self._outdated()
        for service, print_of_code in outdated.items():
            yield from self._preparation(service, print_of_code)
        migrations = tuple(f"{service}-migrate" for service in outdated)
        for service in SERVICES:
            yield self._program(service, "api", ("postgres", *_only(migrations, service)))
        for service in SERVICES:
            # After the API, which somebody may be waiting for; after every migration, which declares the queues
            # that events are published to.
            after = (f"{service}-api", "postgres", self.broker, *migrations)
            commands = ("relay", "consume", "deliver") if service == "notifications" else ("relay", "consume")
            for command in commands:
                yield self._program(service, command, after)
        if self._chores_seconds:
            yield from self._chores(migrations)

    def _chores(self, migrations: tuple[str, ...]) -> Iterator[Program]:
        """Spread over the time between two turns; registration's after the others', whose parts it puts together."""
        chores = [(service, command) for command, services in CHORES.items() for service in reversed(services)]
        for place, (service, command) in enumerate(chores, 1):
            yield replace(
                self._task(service, command, (f"{service}-api", "postgres", *migrations)),
                once=False,
                every=self._chores_seconds,
                first=self._chores_seconds * place / len(chores),
            )

    def _support(self) -> Iterator[Program]:
        plain = self.environment.plain
        identity = plain(
            PORT=str(self._ports["identity"]),
            STATE_DIR=str(self.state / "identity"),
            IDENTITY_ISSUER=self.urls["identity"],
            IDENTITY_REDIRECT_URIS=self.urls["portal"] + CALLBACK_PATH,
        )
        mailbox_port = self._ports["mailbox"]
        mailbox = plain(PORT=str(mailbox_port), STATE_DIR=str(self.state.directory))
        yield self._python("portal", ("portal", "api"), self.environment.portal(), answers(self.urls["portal"]))
        yield self._python("identity", ("local", "identity"), identity, answers(self.urls["identity"]))
        yield self._python("mailbox", ("local", "mailbox"), mailbox, listens(mailbox_port))

    def _program(self, service: str, command: str, after: tuple[str, ...]) -> Program:
        environment = self.environment.service(service, command)
        ready = answers(f"http://{HOST}:{environment['PORT']}")
        return self._python(f"{service}-{command}", (service, command), environment, ready, after)

    def _python(
        self,
        name: str,
        words: tuple[str, ...],
        environment: Mapping[str, str],
        ready: Callable[[], bool],
        after: tuple[str, ...] = (),
    ) -> Program:
        return Program(name, (*_PYTHON, *words), environment, self.log(name), ready, after)

    def _outdated(self) -> dict[str, str]:
        """The services whose code, database or broker is not what it was when they were last migrated."""
        migrated = self.state.read(_MIGRATED)
        around = (self.postgres.url, self.broker_server.url, self.urls["identity"])
        current = {service: fingerprint(("common", service), *around) for service in SERVICES}
        return {service: value for service, value in current.items() if migrated.get(service) != value}

    def _preparation(self, service: str, print_of_code: str) -> Iterator[Program]:
        """Tasks that create the database and roles, then bring the schema and the queues up to date."""

        def note() -> None:
            self.state.keep(_MIGRATED, self.state.read(_MIGRATED) | {service: print_of_code})

        yield self._task(service, "bootstrap", ("postgres",))
        migrate = self._task(service, "migrate", (f"{service}-bootstrap", "postgres", self.broker), note)
        yield migrate
        if service == "registration":
            yield from self._operators(migrate.name)

    def _task(
        self, service: str, command: str, after: tuple[str, ...], done: Callable[[], None] = lambda: None
    ) -> Program:
        return Program(
            name=f"{service}-{command}",
            argv=(*_PYTHON, service, command),
            environment=self.environment.service(service, command),
            log=self.log(f"{service}-{command}"),
            after=after,
            once=True,
            done=done,
        )


def _only(migrations: tuple[str, ...], service: str) -> tuple[str, ...]:
    return tuple(name for name in migrations if name == f"{service}-migrate")
