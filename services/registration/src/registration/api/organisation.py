"""Tenants, units, people, grants, cycles."""

from typing import Any
from uuid import UUID

from common import clock
from common.auth import Grants
from common.database import Context, UnitOfWork
from common.http import Blueprint, acting_as, expected_version, identity, page_of, principal, service_of
from flask import current_app

from registration.schemas import organisation as shapes
from registration.store import cycles as cycle_store
from registration.store import people as people_store
from registration.store import units as unit_store
from registration.usecases import people, tenants

blueprint = Blueprint(
    "organisation", __name__, url_prefix="/v1", description="Đơn vị, người dùng, vai trò, đợt thi đua"
)

EVERYONE = ("administrator", "author", "officer", "secretary", "member", "chair", "standing")


@blueprint.post("/tenants")
@acting_as("operator")
@blueprint.arguments(shapes.CreateTenant)
@blueprint.response(201, shapes.TenantView)
def create_tenant(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Create a province, ready to use."""
    issuer = principal().identity.issuer
    since = command.pop("valid_from") or clock.today()
    return tenants.create_tenant(uow, **command, issuer=issuer, valid_from=since, today=clock.today(), now=clock.now())


@blueprint.get("/me")
@blueprint.response(200, shapes.MeView)
def me() -> Any:
    """The grants of who asks; the one to act under goes into X-Acting-As."""
    who = identity()
    grants: Grants = current_app.extensions["grants"]
    return {"subject": who.subject, "grants": [_own_grant(grant) for grant in grants.of(who)]}


def _own_grant(grant: Any) -> dict[str, Any]:
    with service_of().unit_of_work(Context(grant.tenant)) as uow:
        [unit] = people_store.unit_names(uow, [grant.unit_id])
    return {**grant._mapping, "unit": unit}


@blueprint.get("/units")
@acting_as(*EVERYONE)
@blueprint.arguments(shapes.UnitArgs, location="query")
@blueprint.response(200, shapes.UnitPage)
def units(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """The tenant's units as of a day, by path."""
    limit, after = args.pop("limit"), args.pop("cursor")
    as_of = args.pop("as_of") or clock.today()
    rows = unit_store.unit_page(uow, as_of, scope="/", limit=limit, after=after[0] if after else "", **args)
    return page_of(rows, limit, lambda row: [row.scope_path])


@blueprint.post("/units")
@acting_as("administrator")
@blueprint.arguments(shapes.CreateUnit)
@blueprint.response(201, shapes.UnitView)
def create_unit(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Add a unit below one of the own subtree."""
    return tenants.create_unit(uow, scope=principal().scope_path, **command)


@blueprint.get("/units/<uuid:unit_id>")
@acting_as(*EVERYONE)
@blueprint.arguments(shapes.AsOf, location="query")
@blueprint.response(200, shapes.UnitView)
def unit(uow: UnitOfWork, args: dict[str, Any], unit_id: UUID) -> Any:
    """A unit as it was on a day."""
    return unit_store.unit(uow, unit_id, args["as_of"] or clock.today())


@blueprint.post("/units/<uuid:unit_id>/changes")
@acting_as("administrator")
@blueprint.arguments(shapes.ChangeUnit)
@blueprint.response(201, shapes.UnitView)
def change_unit(uow: UnitOfWork, command: dict[str, Any], unit_id: UUID) -> Any:
    """Rename a unit from a day on; the old name stays true before it."""
    return tenants.change_unit(uow, unit_id, scope=principal().scope_path, **command)


@blueprint.get("/people")
@acting_as("administrator", "officer", "secretary", "standing")
@blueprint.arguments(shapes.PersonArgs, location="query")
@blueprint.response(200, shapes.PersonPage)
def people_list(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """People of the tenant, to be named as authors; addresses and telephone numbers are for the administrator."""
    after = UUID(args["cursor"][0]) if args["cursor"] else None
    private = principal().role == "administrator"
    rows = people_store.person_page(uow, q=args["q"], private=private, limit=args["limit"], after=after)
    return page_of(rows, args["limit"], lambda row: [row.id])


@blueprint.post("/people")
@acting_as("administrator")
@blueprint.arguments(shapes.RecordPerson)
@blueprint.response(201, shapes.PersonView)
def record_person(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Record a person; a grant lets them act."""
    return people.record_person(uow, **command)


@blueprint.get("/grants")
@acting_as("administrator")
@blueprint.arguments(shapes.GrantArgs, location="query")
@blueprint.response(200, shapes.GrantPage)
def grants(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Grants at units of the own subtree, revoked ones too."""
    after = UUID(args["cursor"][0]) if args["cursor"] else None
    rows = people_store.grant_page(
        uow, scope=principal().scope_path, person_id=args["person_id"], limit=args["limit"], after=after
    )
    return page_of(rows, args["limit"], lambda row: [row.id])


@blueprint.post("/grants")
@acting_as("administrator")
@blueprint.arguments(shapes.IssueGrant)
@blueprint.response(201, shapes.GrantView)
def issue_grant(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Give a person a role at a unit of the own subtree."""
    command["issuer"] = command["issuer"] or principal().identity.issuer
    return people.issue_grant(uow, scope=principal().scope_path, today=clock.today(), **command)


@blueprint.post("/grants/<uuid:grant_id>/revoke")
@acting_as("administrator")
@blueprint.response(200, shapes.GrantView)
def revoke_grant(uow: UnitOfWork, grant_id: UUID) -> Any:
    """End a grant now, on every service."""
    return people.revoke_grant(uow, grant_id, scope=principal().scope_path, now=clock.now())


@blueprint.get("/cycles")
@acting_as(*EVERYONE)
@blueprint.arguments(shapes.CycleArgs, location="query")
@blueprint.response(200, shapes.CyclePage)
def cycles(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """The tenant's cycles, newest first."""
    before = int(args["cursor"][0]) if args["cursor"] else None
    rows = cycle_store.cycle_page(uow, limit=args["limit"], before_year=before)
    return page_of(rows, args["limit"], lambda row: [row.year])


@blueprint.post("/cycles")
@acting_as("administrator", "standing")
@blueprint.arguments(shapes.RecordCycle)
@blueprint.response(201, shapes.CycleView)
def record_cycle(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Plan a year for a unit of the own subtree."""
    return tenants.record_cycle(uow, scope=principal().scope_path, today=clock.today(), **command)


@blueprint.get("/cycles/<uuid:cycle_id>")
@acting_as(*EVERYONE)
@blueprint.response(200, shapes.CycleView)
def cycle(uow: UnitOfWork, cycle_id: UUID) -> Any:
    """One cycle."""
    return cycle_store.cycle(uow, cycle_id)


@blueprint.put("/cycles/<uuid:cycle_id>")
@acting_as("administrator", "standing")
@blueprint.arguments(shapes.ChangeCycle)
@blueprint.response(200, shapes.CycleView)
def change_cycle(uow: UnitOfWork, command: dict[str, Any], cycle_id: UUID) -> Any:
    """Change name or deadlines."""
    expected = expected_version(required=True)
    return tenants.change_cycle(
        uow, cycle_id, scope=principal().scope_path, today=clock.today(), expected=expected, **command
    )
