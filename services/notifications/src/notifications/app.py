"""Composition root: the only place that builds engines, the Flask app and the delivery process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from common import clock, process
from common.cli import OwnCommand, Service, start
from common.database import Context, UnitOfWork, connect_engine
from common.http import Api, create_api
from common.limits import Limits
from common.outbox import EVERY_TENANT
from common.settings import ApiSettings, read
from common.tokens import Verifier
from flask import Flask
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from notifications import api, usecases
from notifications.consumers import HANDLERS
from notifications.delivery import Delivery, DeliveryMetrics
from notifications.domain import LEASE
from notifications.post import Post
from notifications.settings import DatabaseSettings, DeliverySettings
from notifications.store.tables import metadata

NAME = "notifications"


def build_api(engine: Engine, verifier: Verifier, limits: Limits | None = None, trusted_proxies: int = 0) -> Flask:
    """The API on a given database and issuer."""
    return create_api(
        Api(
            name=NAME,
            title="Sáng Tạo: thông báo",
            description="Hộp tin của mỗi người, và loại tin nào cũng gửi qua thư điện tử.",
            metadata=metadata,
            engine=engine,
            verifier=verifier,
            blueprints=(api.messages, api.preferences, api.data),
            unit_of_work=_unit_of_work(engine),
            limits=limits or Limits(),
            trusted_proxies=trusted_proxies,
        )
    )


def create_app() -> Flask:
    """What gunicorn serves."""
    settings = read(ApiSettings)
    start(NAME, "api", settings)
    engine = connect_engine(settings.database_url, pool_size=settings.threads)
    return build_api(engine, Verifier(settings.issuers), Limits.of(settings), settings.trusted_proxies)


def _unit_of_work(engine: Engine) -> Callable[[Context], UnitOfWork]:
    return lambda context: UnitOfWork(engine, metadata, f"/{NAME}", context)


def deliver() -> None:
    """send the e-mails that are due"""
    settings = read(DeliverySettings)
    start(NAME, "deliver", settings)
    registry = CollectorRegistry()
    unit_of_work = _unit_of_work(connect_engine(settings.database_url, pool_size=1))
    post = Post(settings.smtp_url, settings.mail_from, settings.portal_url)
    delivery = Delivery(unit_of_work, post, DeliveryMetrics(NAME, registry))
    # One e-mail at a slow server may take as long as it is leased for: killed for it, the process would begin it anew.
    process.run_worker(NAME, settings.bind, settings.port, registry, delivery.run, LEASE.total_seconds())


def show_given_up_emails() -> None:
    """list the e-mails that were given up, without their receivers"""
    with _database() as unit_of_work, unit_of_work(Context(EVERY_TENANT)) as uow:
        for row in usecases.list_given_up_emails(uow):
            print(row.queued_at, row.tenant, row.message_id, row.attempts, row.error, sep="\t")  # noqa: T201


def retry_given_up_emails() -> None:
    """try the e-mails that were given up again"""
    with _database() as unit_of_work:
        with unit_of_work(Context(EVERY_TENANT)) as uow:
            tenants = sorted({row.tenant for row in usecases.list_given_up_emails(uow)})
        for tenant in tenants:
            with unit_of_work(Context(tenant)) as uow:
                print(tenant, usecases.requeue_emails(uow, now=clock.now()), sep="\t")  # noqa: T201


@contextmanager
def _database() -> Iterator[Callable[[Context], UnitOfWork]]:
    engine = connect_engine(read(DatabaseSettings).database_url, pool_size=1)
    try:
        yield _unit_of_work(engine)
    finally:
        engine.dispose()


SERVICE = Service(
    NAME,
    metadata,
    HANDLERS,
    {
        "deliver": OwnCommand(deliver),
        "emails-given-up": OwnCommand(show_given_up_emails),
        "emails-retry": OwnCommand(retry_given_up_emails),
    },
)
