"""Composition root: the only place that builds engines, the attachment store and the Flask app."""

from functools import partial

from common import cli
from common.database import UnitOfWork, connect_engine
from common.http import Api, create_api
from common.limits import Limits
from common.objects import Objects
from common.settings import read
from common.tokens import Verifier
from flask import Flask

from registration import api, commands, consumers, observing
from registration.files import Files
from registration.national_ids import Seal
from registration.settings import ApiSettings
from registration.store.tables import metadata

NAME = "registration"


def build(settings: ApiSettings) -> Flask:
    """The API for given settings."""
    engine = connect_engine(settings.database_url, pool_size=settings.threads)
    unit_of_work = partial(UnitOfWork, engine, metadata, f"/{NAME}")
    app = create_api(
        Api(
            name=NAME,
            title="Sáng Tạo: đăng ký sáng kiến",
            description="Đơn vị, người dùng, đợt thi đua, hồ sơ sáng kiến, mô hình và danh mục công khai.",
            metadata=metadata,
            engine=engine,
            verifier=Verifier(settings.issuers),
            blueprints=api.BLUEPRINTS,
            unit_of_work=unit_of_work,
            limits=Limits.of(settings),
            trusted_proxies=settings.trusted_proxies,
            observe=partial(observing.observe, unit_of_work),
        )
    )
    app.extensions["seal"] = Seal.of(settings.national_id_keys, settings.national_id_index_key)
    app.extensions["files"] = Files(settings.attachment_store_url)
    app.extensions["exports"] = Objects(settings.export_store_url) if settings.export_store_url else None
    app.config["ATTACHMENT_MAX_BYTES"] = settings.attachment_max_bytes
    return app


def create_app() -> Flask:
    """The gunicorn target."""
    settings = read(ApiSettings)
    cli.start(NAME, "api", settings)
    return build(settings)


SERVICE = cli.Service(
    NAME,
    metadata,
    consumers.HANDLERS,
    commands.COMMANDS,
    ApiSettings,
    after_exports=commands.finish_exports,
    before_purge=commands.remove_files,
)
