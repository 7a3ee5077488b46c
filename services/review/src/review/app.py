"""Composition root: the only place that builds engines and the Flask app."""

from functools import partial

from common import cli
from common.database import UnitOfWork, connect_engine
from common.http import Api, create_api
from common.limits import Limits
from common.settings import ApiSettings
from common.tokens import Verifier
from flask import Flask

from review import api, consumers
from review.settings import api_settings
from review.store.tables import metadata

NAME = "review"


def build(settings: ApiSettings) -> Flask:
    """The API for given settings."""
    engine = connect_engine(settings.database_url, pool_size=settings.threads)
    return create_api(
        Api(
            name=NAME,
            title="Sáng Tạo: xét sáng kiến",
            description="Quy chế, hội đồng, phiên họp, phiếu chấm điểm, phiếu biểu quyết, quyết định, khen thưởng.",
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
    settings = api_settings()
    cli.start(NAME, "api", settings)
    return build(settings)


SERVICE = cli.Service(NAME, metadata, consumers.HANDLERS)
