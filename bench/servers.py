"""Throwaway PostgreSQL and Valkey with the databases of three services, and the processes an event passes through."""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from local.environment import HOST, Environment, secret_names
from local.ports import free_base, ports
from local.postgres import Postgres
from local.private_files import secret_set
from local.process import Program
from local.supervisor import Supervisor
from local.valkey import Valkey
from local.web import answers
from sqlalchemy.engine import make_url

SERVICES = ("registration", "review", "reporting")
# PostgreSQL then remembers when each transaction committed: latency is read from the rows, by one clock.
_COMMIT_TIMES = ("-c", "track_commit_timestamp=on")


@dataclass(frozen=True)
class Servers:
    """Where everything is; `databases` holds each service's URLs by the names of its settings."""

    directory: Path
    environment: Environment
    databases: Mapping[str, Mapping[str, str]]

    @contextmanager
    def forwarding(self) -> Iterator[None]:
        """registration's relay and reporting's consumer run inside the block."""
        programs = [self._worker("registration", "relay"), self._worker("reporting", "consume")]
        with Supervisor(programs) as supervisor:
            supervisor.wait_ready()
            yield

    def _worker(self, service: str, command: str) -> Program:
        program = _program(self.environment, self.directory, service, command)
        return replace(program, ready=answers(f"http://{HOST}:{program.environment['PORT']}"))


@contextmanager
def servers() -> Iterator[Servers]:
    """Serving and migrated inside the block; nothing of it is left afterwards."""
    with tempfile.TemporaryDirectory(prefix="sangtao-bench-") as place:
        directory, numbers = Path(place), ports(free_base())
        postgres = Postgres(directory / "postgres", numbers["postgres"])
        valkey = Valkey(directory / "valkey", numbers["valkey"])
        secrets = secret_set(directory / "secrets.json", secret_names())
        environment = Environment(directory, numbers, secrets, postgres.url, valkey.url)
        try:
            with Supervisor(_programs(postgres, valkey, environment, directory)) as supervisor:
                supervisor.wait_ready()
                yield Servers(directory, environment, {name: _urls(environment, name) for name in SERVICES})
        finally:
            postgres.discard()


def _programs(postgres: Postgres, valkey: Valkey, environment: Environment, directory: Path) -> Iterator[Program]:
    for program in postgres.programs():
        yield replace(program, argv=(*program.argv, *_COMMIT_TIMES))
    yield from valkey.programs()
    for service in SERVICES:
        for command, after in (("bootstrap", "postgres"), ("migrate", f"{service}-bootstrap")):
            program = _program(environment, directory, service, command)
            yield replace(program, once=True, after=(after, "postgres", "valkey"))


def _program(environment: Environment, directory: Path, service: str, command: str) -> Program:
    return Program(
        name=f"{service}-{command}",
        argv=(sys.executable, "-P", "-m", service, command),
        environment=environment.service(service, command),
        log=directory / f"{service}-{command}.log",
    )


def _urls(environment: Environment, service: str) -> dict[str, str]:
    admin = make_url(environment.admin_url).set(database=service)
    return {
        "DATABASE_URL": environment.database_url(service, "app"),
        "RELAY_DATABASE_URL": environment.database_url(service, "relay"),
        "ADMIN_DATABASE_URL": admin.render_as_string(hide_password=False),
    }
