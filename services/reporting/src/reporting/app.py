"""Composition root: the only place that builds engines and the Flask app; the gunicorn target."""

from functools import partial

from common import cli
from common.database import UnitOfWork, connect_engine
from common.http import Api, create_api
from common.limits import Limits
from common.settings import ApiSettings, read
from common.tokens import Verifier
from flask import Flask

from reporting import api, consumers
from reporting.settings import ResetSettings
from reporting.store import resetting
from reporting.store.tables import metadata

NAME = "reporting"


def build(settings: ApiSettings) -> Flask:
    """The API for given settings."""
    engine = connect_engine(settings.database_url, pool_size=settings.threads)
    return create_api(
        Api(
            name=NAME,
            title="Sáng Tạo: tổng hợp và đánh giá",
            description="Số liệu của mọi cấp, đánh giá nhiều năm, hoạt động tuyên truyền.",
            metadata=metadata,
            engine=engine,
            verifier=Verifier(settings.issuers),
            blueprints=api.BLUEPRINTS,
            unit_of_work=partial(UnitOfWork, engine, metadata, f"/{NAME}"),
            limits=Limits.of(settings),
            trusted_proxies=settings.trusted_proxies,
        )
    )


def create_app() -> Flask:
    """The gunicorn target."""
    settings = read(ApiSettings)
    cli.start(NAME, "api", settings)
    return build(settings)


def reset() -> None:
    """empty the read model and the inbox, so that a replay of registration and review builds it anew"""
    settings = read(ResetSettings)
    cli.start(NAME, "reset", settings)
    resetting.reset(connect_engine(settings.migration_database_url, pool_size=1))


SERVICE = cli.Service(NAME, metadata, consumers.HANDLERS, {"reset": cli.OwnCommand(reset)})
