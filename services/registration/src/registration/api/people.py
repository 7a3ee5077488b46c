"""People, and who asks."""

from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from common import clock
from common.auth import Grants
from common.database import Context, UnitOfWork
from common.http import Blueprint, acting_as, expected_version, identity, page_of, principal, service_of
from flask import current_app

from registration.domain.units import path_above
from registration.national_ids import Seal
from registration.schemas import people as shapes
from registration.store import national_ids as sealed_store
from registration.store import people as store
from registration.store import tenants as tenant_store
from registration.usecases import people as usecases

blueprint = Blueprint("people", __name__, url_prefix="/v1", description="Người dùng")


@blueprint.get("/me")
@blueprint.response(200, shapes.MeView)
def me() -> Any:
    """The grants of who asks; the one to act under goes into X-Acting-As."""
    who = identity()
    grants: Grants = current_app.extensions["grants"]
    by_tenant = groupby(grants.of(who), key=attrgetter("tenant"))
    shown = [one for tenant, found in by_tenant for one in _own_grants(tenant, list(found))]
    return {"subject": who.subject, "grants": shown}


def _own_grants(tenant: str, grants: list[Any]) -> list[dict[str, Any]]:
    with service_of().unit_of_work(Context(tenant)) as uow:
        units = {unit.id: unit for unit in store.unit_names(uow, [grant.unit_id for grant in grants])}
        absent = store.names(uow, [grant.on_behalf_of for grant in grants if grant.on_behalf_of])
        tenant_name = tenant_store.tenant_of(uow).name
    return [
        {
            **grant._mapping,
            "unit": units[grant.unit_id],
            "on_behalf_of_name": absent.get(grant.on_behalf_of),
            "tenant_name": tenant_name,
        }
        for grant in grants
    ]


@blueprint.get("/people")
@acting_as("administrator", "officer", "secretary", "chair", "standing")
@blueprint.arguments(shapes.PersonArgs, location="query")
@blueprint.response(200, shapes.PersonPage)
def people_list(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """People of the tenant, to be named as authors; with addresses only for who administers the whole of it."""
    after = UUID(args["cursor"][0]) if args["cursor"] else None
    scope, today = principal().scope_path, clock.today()
    private = principal().role == "administrator" and path_above(scope) == "/"
    filters = {"q": args["q"], "able_on": today if args["able"] else None}
    rows = store.person_page(uow, **filters, private=private, limit=args["limit"], after=after)
    page = page_of(rows, args["limit"], lambda row: [row.id])
    units = store.workplaces(uow, [row["id"] for row in page["items"]], scope, today)
    return page | {"items": [row | {"works_at": units.get(row["id"], [])} for row in page["items"]]}


@blueprint.post("/people")
@acting_as("administrator")
@blueprint.arguments(shapes.RecordPerson)
@blueprint.response(201, shapes.PersonView)
def record_person(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Record a person; a grant lets them act."""
    return usecases.record_person(uow, _seal(), **command)


@blueprint.get("/people/<uuid:person_id>")
@acting_as("administrator")
@blueprint.response(200, shapes.PersonView)
def person(uow: UnitOfWork, person_id: UUID) -> Any:
    """One person; their grants are found by `GET /v1/grants?person_id=`."""
    usecases.ensure_within_reach(uow, person_id, principal().scope_path)
    return {**vars(store.person(uow, person_id)), "has_national_id": sealed_store.is_kept(uow, person_id)}


@blueprint.put("/people/<uuid:person_id>")
@acting_as("administrator")
@blueprint.arguments(shapes.CorrectPerson)
@blueprint.response(200, shapes.PersonView)
def correct_person(uow: UnitOfWork, command: dict[str, Any], person_id: UUID) -> Any:
    """Name and addresses as they are in truth."""
    usecases.ensure_within_reach(uow, person_id, principal().scope_path)
    return usecases.correct_person(uow, _seal(), person_id, expected=expected_version(required=True), **command)


@blueprint.post("/people/<uuid:person_id>/national-id")
@acting_as("administrator")
@blueprint.arguments(shapes.RevealNationalId)
@blueprint.response(200, shapes.NationalIdView)
def reveal_national_id(uow: UnitOfWork, command: dict[str, Any], person_id: UUID) -> Any:
    """The national id, where the province keeps it. Who read it, and why, is noted for good."""
    who = principal()
    usecases.ensure_within_reach(uow, person_id, who.scope_path)
    noted = {"at": clock.now(), "by": who.person_id, "on_behalf_of": who.on_behalf_of, "grant_id": who.grant_id}
    number = usecases.reveal_national_id(uow, _seal(), person_id, reason=command["reason"], **noted)
    return {"national_id": number}, 200, {"Cache-Control": "no-store"}


def _seal() -> Seal:
    kept: Seal = current_app.extensions["seal"]
    return kept
