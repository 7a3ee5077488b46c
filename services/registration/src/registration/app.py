"""Composition root: the only place that builds engines, the attachment store and the Flask app."""

from functools import partial

from common import cli, clock
from common.auth import TokenVerifier
from common.database import Context, UnitOfWork, connect_engine, open_engine
from common.http import Api, create_api
from common.settings import SettingsError, read
from flask import Flask
from sqlalchemy import Engine

from registration import api, consumers
from registration.files import Files
from registration.settings import ApiSettings, IssuerSettings, OperatorSettings
from registration.store.tables import metadata
from registration.usecases import people, tenants

NAME = "registration"


def build(settings: ApiSettings) -> Flask:
    """The API for given settings."""
    engine = connect_engine(settings.database_url, pool_size=settings.threads)
    app = create_api(
        Api(
            name=NAME,
            title="Sáng Tạo: đăng ký sáng kiến",
            description="Đơn vị, người dùng, đợt thi đua, hồ sơ sáng kiến, mô hình và danh mục công khai.",
            metadata=metadata,
            engine=engine,
            verifier=TokenVerifier(settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url),
            blueprints=api.BLUEPRINTS,
            unit_of_work=partial(UnitOfWork, engine, metadata, f"/{NAME}"),
        )
    )
    app.extensions["files"] = Files(settings.attachment_store_url)
    app.config["ATTACHMENT_MAX_BYTES"] = settings.attachment_max_bytes
    return app


def create_app() -> Flask:
    """The gunicorn target."""
    settings = read(ApiSettings)
    cli.start(NAME, "api", settings)
    return build(settings)


def make_operator() -> None:
    """let OPERATOR_SUBJECT operate the platform"""
    settings = read(OperatorSettings)
    with open_engine(settings.database_url, pool_size=1) as engine, _acting(engine, tenants.PLATFORM) as uow:
        who = {"issuer": settings.oidc_issuer, "subject": settings.operator_subject}
        tenants.make_operator(uow, **who, today=clock.today(), now=clock.now())


def move_issuer() -> None:
    """let grants given under PREVIOUS_OIDC_ISSUER hold for the same subjects of OIDC_ISSUER"""
    settings = read(IssuerSettings)
    if not settings.previous_oidc_issuer:
        raise SettingsError("PREVIOUS_OIDC_ISSUER is missing")
    with open_engine(settings.database_url, pool_size=1) as engine:
        with _acting(engine, "") as uow:
            names = tenants.tenant_names(uow)
        for name in names:
            with _acting(engine, name) as uow:
                people.move_issuer(uow, before=settings.previous_oidc_issuer, after=settings.oidc_issuer)


def _acting(engine: Engine, tenant: str) -> UnitOfWork:
    return UnitOfWork(engine, metadata, f"/{NAME}", Context(tenant))


COMMANDS = {"make-operator": make_operator, "move-issuer": move_issuer}
SERVICE = cli.Service(NAME, metadata, consumers.HANDLERS, COMMANDS, ApiSettings)
