"""Composition root: the only place that builds engines, the attachment store and the Flask app."""

from functools import partial

from common import cli, clock
from common.auth import TokenVerifier
from common.database import Context, UnitOfWork, connect_engine
from common.http import Api, create_api
from common.settings import read
from flask import Flask

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
    engine = connect_engine(settings.database_url, pool_size=1)
    with UnitOfWork(engine, metadata, f"/{NAME}", Context(tenants.PLATFORM)) as uow:
        who = {"issuer": settings.oidc_issuer, "subject": settings.operator_subject}
        tenants.make_operator(uow, **who, today=clock.today(), now=clock.now())


def move_issuer() -> None:
    """let grants given under PREVIOUS_OIDC_ISSUER hold for the same subjects of OIDC_ISSUER"""
    settings = read(IssuerSettings)
    engine = connect_engine(settings.database_url, pool_size=1)
    with UnitOfWork(engine, metadata, f"/{NAME}", Context()) as uow:
        names = tenants.tenant_names(uow)
    for name in names:
        with UnitOfWork(engine, metadata, f"/{NAME}", Context(name)) as uow:
            people.move_issuer(uow, before=settings.previous_oidc_issuer, after=settings.oidc_issuer)


COMMANDS = {"make-operator": make_operator, "move-issuer": move_issuer}
SERVICE = cli.Service(NAME, metadata, consumers.HANDLERS, COMMANDS, ApiSettings)
