"""`python -m <service> <command>`: every process and every operator's command, the same for each service."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry
from sqlalchemy import MetaData, Row

from common import broker, closing, failures, logs, migrating, process, server, telemetry, undeliverable
from common.audit import commands as audit_commands
from common.consumer import Consumer, Handler, Subscription
from common.database import Context, UnitOfWork, open_engine
from common.exports import Exporter
from common.objects import Objects
from common.relay import Relay, replay
from common.settings import (
    ApiSettings,
    AuditSettings,
    BootstrapSettings,
    BrokerSettings,
    ConsumerSettings,
    DatabaseSettings,
    ExportSettings,
    MigrationSettings,
    ProcessSettings,
    RelaySettings,
    SettingsError,
    read,
)

Command = Callable[[argparse.Namespace], None]
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class OwnCommand:
    """A service's own command. `arguments`: flags and how argparse reads them; `run` gets them by name.

    The first line of its docstring is the help.
    """

    run: Callable[..., None]
    arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def declare(self, parser: argparse.ArgumentParser) -> None:
        names = [parser.add_argument(flag, **how).dest for flag, how in self.arguments.items()]
        parser.set_defaults(run=lambda parsed: self.run(**{name: getattr(parsed, name) for name in names}))


@dataclass(frozen=True)
class Service:
    """A service as its processes see it. `commands` adds the service's own.

    `after_exports` follows the making of exports' parts; `before_purge` removes what a tenant has outside the database.
    """

    name: str
    metadata: MetaData
    handlers: Mapping[str, Handler]
    commands: Mapping[str, OwnCommand] = field(default_factory=dict)
    api_settings: type[ApiSettings] = ApiSettings
    after_exports: Callable[[], None] = lambda: None
    before_purge: Callable[[str], None] = lambda _: None


def main(service: Service) -> None:
    """Parse the command line and run one command; settings that are missing end it with status 2."""
    parser = argparse.ArgumentParser(prog=f"python -m {service.name}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (command, summary) in _commands(service).items():
        sub = commands.add_parser(name, help=summary)
        sub.set_defaults(run=command)
        if name == "replay":
            sub.add_argument("--to", required=True, metavar="QUEUE", help="the one queue that gets the events again")
        if name in ("dead-letters", "undeliverable"):
            sub.add_argument("action", choices=["list", "retry"])
        if name == "audit":
            sub.add_argument("action", nargs="?", default="verify", choices=["verify", "heads", "witnesses"])
            sub.add_argument("--tenant", default="", help="verify one tenant's chain only")
            sub.add_argument("--heads", type=Path, help="verify against these, as `heads` or `witnesses` printed them")
    for name, own in service.commands.items():
        own.declare(commands.add_parser(name, help=(own.run.__doc__ or name).splitlines()[0]))
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except (SettingsError, broker.NoSuchQueue) as error:
        print(f"{service.name} {arguments.command}: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def _commands(service: Service) -> dict[str, tuple[Command, str]]:
    return {
        "api": (lambda _: server.run(service.name, read(service.api_settings)), "serve the HTTP API"),
        "migrate": (lambda _: _migrate(service), "bring schema, policies and queues up to date"),
        "bootstrap": (lambda _: migrating.bootstrap(read(BootstrapSettings)), "create database and roles"),
        "relay": (lambda _: _relay(service), "publish the outbox"),
        "consume": (lambda _: _consume(service), "apply events"),
        "replay": (
            lambda arguments: _replay(service, arguments.to),
            "publish the whole outbox to one queue again",
        ),
        "dead-letters": (
            lambda arguments: _dead_letters(service, arguments.action),
            "show or retry failed events",
        ),
        "undeliverable": (
            lambda arguments: _undeliverable(service, arguments.action),
            "show or give again what ended its consumer each time",
        ),
        "export-tenants": (lambda _: _export_tenants(service), "write this service's parts of exports asked for"),
        "purge-tenants": (lambda _: _purge_tenants(service), "delete closed tenants' rows whose retention is over"),
        "audit": (lambda arguments: _audit(service, arguments), "verify the audit, or show its heads and witnesses"),
    }


def say(*lines: str) -> None:
    """Tell the operator at once, however long the command goes on."""
    for line in lines:
        print(line, flush=True)


def start(service: str, name: str, settings: ProcessSettings) -> None:
    """Logs and traces of a process, before anything else happens in it."""
    logs.configure(service, name, settings.log_level)
    telemetry.start_tracing(service, settings.otel_exporter_otlp_endpoint)


def _connector(settings: BrokerSettings) -> Callable[[], broker.Connection]:
    return lambda: broker.connect(settings.broker_url, visibility_seconds=settings.broker_visibility_seconds)


def _migrate(service: Service) -> None:
    settings = read(MigrationSettings)
    start(service.name, "migrate", settings)
    migrating.migrate(service.name, service.metadata, settings)
    with _connector(settings)() as connection:
        connection.declare(service.name, service.handlers)


def _relay(service: Service) -> None:
    settings = read(RelaySettings)
    start(service.name, "relay", settings)
    registry = CollectorRegistry()
    with open_engine(settings.relay_database_url, pool_size=1) as engine:
        metrics = telemetry.RelayMetrics(registry)
        relay = Relay(service.name, engine, service.metadata, _connector(settings), metrics)
        process.run_worker(service.name, settings.bind, settings.port, registry, relay.run)


@contextmanager
def _consumer(service: Service, settings: ConsumerSettings, registry: CollectorRegistry) -> Iterator[Consumer]:
    metrics = telemetry.ConsumerMetrics(registry)
    with open_engine(settings.database_url, pool_size=1) as engine:
        unit_of_work = partial(UnitOfWork, engine, service.metadata, f"/{service.name}")
        seal_seconds = settings.audit_seal_seconds
        yield Consumer(service.name, service.metadata, service.handlers, unit_of_work, metrics, seal_seconds)


def _consume(service: Service) -> None:
    settings = read(ConsumerSettings)
    start(service.name, "consume", settings)
    registry = CollectorRegistry()
    with _consumer(service, settings, registry) as consumer:
        subscription = Subscription(consumer, sorted(service.handlers), _connector(settings))
        patience = process.SILENT_SECONDS_OF_CONSUMERS
        process.run_worker(service.name, settings.bind, settings.port, registry, subscription.run, patience)


def _replay(service: Service, queue: str) -> None:
    settings = read(RelaySettings)
    with open_engine(settings.relay_database_url, pool_size=1) as engine, _connector(settings)() as connection:
        print(f"{replay(engine, service.metadata, connection, queue)} events sent to {queue}")


def _dead_letters(service: Service, action: str) -> None:
    settings = read(ConsumerSettings)
    start(service.name, "dead-letters", settings)
    with _consumer(service, settings, CollectorRegistry()) as consumer:
        if action == "retry":
            print(f"{consumer.retry_letters(everything=True)} applied")
            return
        for letter in consumer.letters(everything=True):
            shown = (letter.failed_at, letter.tenant, letter.type, letter.event_id, letter.attempts, letter.error)
            print(*shown, sep="\t")


def _undeliverable(service: Service, action: str) -> None:
    with _connector(read(BrokerSettings))() as connection:
        if action == "retry":
            print(f"{undeliverable.give_again(connection, service.name)} given again")
            return
        for message in undeliverable.take(connection, service.name):
            print(*undeliverable.describe(message), sep="\t")


def _export_tenants(service: Service) -> None:
    settings, failed = read(ExportSettings), 0
    start(service.name, "export-tenants", settings)
    with open_engine(settings.database_url, pool_size=1) as engine:
        repeatable = engine.execution_options(isolation_level="REPEATABLE READ")
        unit_of_work, snapshot = (
            partial(UnitOfWork, one, service.metadata, f"/{service.name}") for one in (engine, repeatable)
        )
        exporter = Exporter(service.name, service.metadata, unit_of_work, snapshot, Objects(settings.export_store_url))
        for one in exporter.wanted():
            failed += not attempt(partial(_export_one, exporter, one), one.tenant)
    service.after_exports()
    if failed:
        raise SystemExit(1)


def _export_one(exporter: Exporter, one: Row[Any]) -> None:
    files = exporter.make(one.tenant, one.id)["files"]
    say(f"{one.tenant}: {sum(file['rows'] for file in files)} rows of {len(files)} tables")


def _purge_tenants(service: Service) -> None:
    settings, failed = read(DatabaseSettings), 0
    start(service.name, "purge-tenants", settings)
    with open_engine(settings.database_url, pool_size=1) as engine:
        unit_of_work = partial(UnitOfWork, engine, service.metadata, f"/{service.name}")
        for tenant in closing.closed(unit_of_work, service.metadata):
            failed += not attempt(partial(_purge_one, service, unit_of_work, tenant), tenant)
    if failed:
        raise SystemExit(1)


def _purge_one(service: Service, unit_of_work: Callable[[Context], UnitOfWork], tenant: str) -> None:
    with unit_of_work(Context(tenant)) as uow:
        reason = closing.why_kept(uow)
    if reason:
        say(f"{tenant}: {reason}")
        return
    service.before_purge(tenant)
    with unit_of_work(Context(tenant)) as uow:
        rows = closing.purge(uow)
    say(f"{tenant}: {rows} rows deleted")


def attempt(act: Callable[[], None], tenant: str) -> bool:
    """One tenant that cannot be dealt with now does not hold up the others."""
    try:
        act()
    except Exception as error:
        logger.exception("tenant_left", tenant=tenant)
        say(f"{tenant}: {failures.describe(error)}")
        return False
    return True


def _audit(service: Service, arguments: argparse.Namespace) -> None:
    """Findings on standard output, one a line; any of them ends it with status 1."""
    settings = read(AuditSettings)
    start(service.name, "audit", settings)
    with open_engine(settings.database_url, pool_size=1) as engine:
        unit_of_work = partial(UnitOfWork, engine, service.metadata, f"/{service.name}")
        if arguments.action == "verify":
            _verify(service, arguments, unit_of_work)
        else:
            show = audit_commands.heads if arguments.action == "heads" else audit_commands.witnessed
            print(json.dumps(show(unit_of_work), indent=1))


def _verify(service: Service, arguments: argparse.Namespace, unit_of_work: Callable[[Context], UnitOfWork]) -> None:
    kept = audit_commands.read_heads(arguments.heads, service.name) if arguments.heads else []
    found = 0
    for line in audit_commands.verify(unit_of_work, arguments.tenant, kept):
        print(line)
        found += 1
    if found:
        raise SystemExit(1)
    print("nothing found")
