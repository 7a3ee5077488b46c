"""Things that can be made, closed and given files; each is an event, and the consumer counts the events it applies."""

import os
import time
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

import marshmallow as ma
import structlog
from common import cli, policies
from common.database import UnitOfWork, connect_engine
from common.errors import Conflict, Invalid, NotFound, Stale
from common.events import Event
from common.http import Api, Blueprint, Cursor, PageArgs, acting_as, create_api, expected_version, page_of, public
from common.ids import new_id
from common.limits import Limits
from common.settings import ApiSettings, read
from common.tables import service_metadata
from common.tokens import Verifier
from flask import Flask
from flask_smorest.fields import Upload
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    insert,
    select,
    text,
    update,
)

NAME = "sample"
THING_MADE = "vn.sangtao.sample.thing.made.v1"
THING_CLOSED = "vn.sangtao.sample.thing.closed.v1"
logger = structlog.get_logger(__name__)

metadata = service_metadata()
thing = Table(
    "thing",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("scope_path", String(500, collation="C"), nullable=False),
    Column("name", String(50), nullable=False),
    Column("size", Integer, nullable=False, server_default="0"),
    Column("closed", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("tenant", "name"),
    info=policies.by_scope(),
)
# What the consumer did, in order: a row for each time a handler was let through.
effect = Table(
    "effect",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("position", BigInteger, Identity(), primary_key=True),
    Column("subject", Uuid, nullable=False),
    Column("sequence", Integer, nullable=False),
    info=policies.by_tenant(),
)
# What a handler is to do with the events of a subject; absent means to apply them.
verdict = Table(
    "verdict",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("subject", Uuid, primary_key=True),
    Column("what", String(20), nullable=False),
    info=policies.by_tenant(),
)


@dataclass(frozen=True)
class ThingMade:
    type: ClassVar[str] = THING_MADE
    thing_id: UUID
    version: int
    name: str

    @property
    def subject(self) -> UUID:
        return self.thing_id


@dataclass(frozen=True)
class ThingClosed(ThingMade):
    type: ClassVar[str] = THING_CLOSED


# Consumer


def on_thing(uow: UnitOfWork, event: Event) -> None:
    what = uow.find(select(verdict.c.what).where(verdict.c.subject == UUID(event.subject)))
    if what and what.what == "refuse":
        raise Conflict("thing.refused", why="\0 as told")
    uow.execute(insert(effect).values(tenant=uow.tenant, subject=UUID(event.subject), sequence=event.sequence))
    logger.info("thing_applied")
    if what and what.what == "linger":
        logger.warning("in_hand")
        time.sleep(float(os.environ.get("LINGER_SECONDS", "60")))


HANDLERS = {THING_MADE: on_thing, THING_CLOSED: on_thing}


# API


class ThingArgs(PageArgs):
    cursor = Cursor(UUID)


class Part(ma.Schema):
    label = ma.fields.String(required=True)
    weight = ma.fields.Integer(validate=ma.validate.Range(0, 10))


class MakeThing(ma.Schema):
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 50))
    form = ma.fields.String(validate=ma.validate.OneOf(["round", "square"]))
    parts = ma.fields.List(ma.fields.Nested(Part))


class ThingView(ma.Schema):
    id = ma.fields.UUID()
    name = ma.fields.String()
    closed = ma.fields.Boolean()
    version = ma.fields.Integer()


class ThingPage(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ThingView))
    next = ma.fields.String(allow_none=True)


class FileShape(ma.Schema):
    file = Upload(required=True)


class SizeView(ma.Schema):
    size = ma.fields.Integer()


blueprint = Blueprint("things", __name__, url_prefix="/v1/things")


@blueprint.get("")
@acting_as("officer")
@blueprint.arguments(ThingArgs, location="query")
@blueprint.response(200, ThingPage)
def list_things(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    query = select(thing).order_by(thing.c.id).limit(args["limit"] + 1)
    if args["cursor"]:
        query = query.where(thing.c.id > UUID(args["cursor"][0]))
    return page_of(uow.rows(query), args["limit"], lambda row: [row.id])


@blueprint.post("")
@acting_as("officer")
@blueprint.arguments(MakeThing)
@blueprint.response(201, ThingView)
def make_thing(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    made = ThingMade(new_id(), 1, command["name"])
    row = {"id": made.thing_id, "name": made.name, "closed": False, "version": 1}
    uow.execute(insert(thing).values(tenant=uow.tenant, scope_path=uow.context.scope, **row))
    uow.emit(made)
    return row


@blueprint.get("/<uuid:thing_id>")
@acting_as("officer")
@blueprint.response(200, ThingView)
def show_thing(uow: UnitOfWork, thing_id: UUID) -> Any:
    return _thing(uow, thing_id)


@blueprint.put("/<uuid:thing_id>")
@acting_as("officer")
@blueprint.arguments(MakeThing)
@blueprint.response(200, ThingView)
def rename_thing(uow: UnitOfWork, command: dict[str, Any], thing_id: UUID) -> Any:
    expected, found = expected_version(required=True), _thing(uow, thing_id)
    if expected != found.version:
        raise Stale("request.stale")
    changed = {"name": command["name"], "version": found.version + 1}
    uow.execute(update(thing).where(thing.c.id == thing_id).values(changed))
    return found._asdict() | changed


@blueprint.post("/<uuid:thing_id>/close")
@acting_as("officer")
@blueprint.response(200, ThingView)
def close_thing(uow: UnitOfWork, thing_id: UUID) -> Any:
    found = _thing(uow, thing_id)
    if found.closed:
        raise Conflict("thing.closed")
    changed = {"closed": True, "version": found.version + 1}
    uow.execute(update(thing).where(thing.c.id == thing_id).values(changed))
    uow.emit(ThingClosed(thing_id, found.version + 1, found.name))
    return found._asdict() | changed


@blueprint.post("/<uuid:thing_id>/files")
@acting_as("officer")
@blueprint.arguments(FileShape, location="files")
@blueprint.response(201, SizeView)
def add_file(uow: UnitOfWork, command: dict[str, Any], thing_id: UUID) -> Any:
    size = len(command["file"].read())
    uow.execute(update(thing).where(thing.c.id == thing_id).values(size=thing.c.size + size))
    return {"size": size}


@blueprint.get("/broken")
@acting_as("officer")
def break_down(_: UnitOfWork) -> Any:
    raise RuntimeError("nobody expected this")


@blueprint.get("/refused")
@acting_as("officer")
def refuse(_: UnitOfWork) -> Any:
    raise Invalid("thing.refused", pointer="/name", why="told so")


@blueprint.get("/open")
@public
@blueprint.response(200, SizeView)
def show_to_all(_: UnitOfWork) -> Any:
    return {"size": 0}


@blueprint.get("/slow")
@public
@blueprint.response(200, SizeView)
def wait(uow: UnitOfWork) -> Any:
    uow.execute(text("SELECT pg_sleep(2)"))
    return {"size": 0}


def _thing(uow: UnitOfWork, thing_id: UUID) -> Any:
    found = uow.find(select(thing).where(thing.c.id == thing_id).with_for_update())
    if found is None:
        raise NotFound("thing.not_found")
    return found


def build(settings: ApiSettings) -> Flask:
    engine = connect_engine(settings.database_url, pool_size=settings.threads)
    return create_api(
        Api(
            name=NAME,
            title="Sample",
            description="Things.",
            metadata=metadata,
            engine=engine,
            verifier=Verifier(settings.issuers),
            blueprints=[blueprint],
            unit_of_work=partial(UnitOfWork, engine, metadata, f"/{NAME}"),
            limits=Limits.of(settings),
            trusted_proxies=settings.trusted_proxies,
        )
    )


def create_app() -> Flask:
    settings = read(ApiSettings)
    cli.start(NAME, "api", settings)
    return build(settings)


# Every test of the consumer has a queue of its own.
SERVICE = cli.Service(os.environ.get("SAMPLE_QUEUE", NAME), metadata, HANDLERS)
