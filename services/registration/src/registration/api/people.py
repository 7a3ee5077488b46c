"""People, their grants, and who asks."""

from typing import Any
from uuid import UUID

from common import clock
from common.auth import Grants
from common.database import Context, UnitOfWork
from common.http import Blueprint, acting_as, identity, page_of, principal, service_of
from flask import current_app

from registration.schemas import people as shapes
from registration.store import people as store
from registration.usecases import people as usecases

blueprint = Blueprint("people", __name__, url_prefix="/v1", description="Người dùng, vai trò")


@blueprint.get("/me")
@blueprint.response(200, shapes.MeView)
def me() -> Any:
    """The grants of who asks; the one to act under goes into X-Acting-As."""
    who = identity()
    grants: Grants = current_app.extensions["grants"]
    return {"subject": who.subject, "grants": [_own_grant(grant) for grant in grants.of(who)]}


def _own_grant(grant: Any) -> dict[str, Any]:
    with service_of().unit_of_work(Context(grant.tenant)) as uow:
        [unit] = store.unit_names(uow, [grant.unit_id])
    return {**grant._mapping, "unit": unit}


@blueprint.get("/people")
@acting_as("administrator", "officer", "secretary", "standing")
@blueprint.arguments(shapes.PersonArgs, location="query")
@blueprint.response(200, shapes.PersonPage)
def people_list(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """People of the tenant, to be named as authors; addresses and telephone numbers are for the administrator."""
    after = UUID(args["cursor"][0]) if args["cursor"] else None
    private = principal().role == "administrator"
    rows = store.person_page(uow, q=args["q"], private=private, limit=args["limit"], after=after)
    return page_of(rows, args["limit"], lambda row: [row.id])


@blueprint.post("/people")
@acting_as("administrator")
@blueprint.arguments(shapes.RecordPerson)
@blueprint.response(201, shapes.PersonView)
def record_person(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Record a person; a grant lets them act."""
    return usecases.record_person(uow, **command)


@blueprint.get("/grants")
@acting_as("administrator")
@blueprint.arguments(shapes.GrantArgs, location="query")
@blueprint.response(200, shapes.GrantPage)
def grants(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Grants at units of the own subtree, revoked ones too."""
    after = UUID(args["cursor"][0]) if args["cursor"] else None
    rows = store.grant_page(
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
    return usecases.issue_grant(uow, scope=principal().scope_path, today=clock.today(), **command)


@blueprint.post("/grants/<uuid:grant_id>/revoke")
@acting_as("administrator")
@blueprint.response(200, shapes.GrantView)
def revoke_grant(uow: UnitOfWork, grant_id: UUID) -> Any:
    """End a grant now, on every service."""
    return usecases.revoke_grant(uow, grant_id, scope=principal().scope_path, now=clock.now())
