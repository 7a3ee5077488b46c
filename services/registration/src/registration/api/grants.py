"""Grants and what is lent of them."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.errors import Invalid
from common.http import Blueprint, acting_as, expected_version, page_of, principal, service_of

from registration.api.roles import EVERYONE
from registration.schemas import grants as shapes
from registration.store import grants as store
from registration.usecases import grants as usecases

blueprint = Blueprint("grants", __name__, url_prefix="/v1", description="Vai trò, ủy quyền")

LENDERS = ("administrator", "officer", "secretary", "chair", "standing")


def _giver() -> usecases.Giver:
    return usecases.Giver(principal().scope_path, principal().selves)


@blueprint.get("/grants")
@acting_as("administrator")
@blueprint.arguments(shapes.GrantArgs, location="query")
@blueprint.response(200, shapes.GrantPage)
def grants(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Grants at units of the own subtree, revoked ones too."""
    after = UUID(args["cursor"][0]) if args["cursor"] else None
    scope, today = principal().scope_path, clock.today()
    rows = store.grant_page(uow, scope=scope, filters=args, today=today, limit=args["limit"], after=after)
    return page_of(rows, args["limit"], lambda row: [row.id])


@blueprint.post("/grants")
@acting_as("administrator")
@blueprint.arguments(shapes.IssueGrant)
@blueprint.response(201, shapes.GrantView)
def issue_grant(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Give another person a role at a unit of the own subtree."""
    command["issuer"] = command["issuer"] or principal().identity.issuer
    if not service_of().verifier.may_speak(command["issuer"], uow.tenant):
        raise Invalid("grant.issuer_not_trusted", pointer="/issuer")
    return usecases.issue_grant(uow, _giver(), today=clock.today(), **command)


@blueprint.put("/grants/<uuid:grant_id>")
@acting_as("administrator")
@blueprint.arguments(shapes.ChangeGrant)
@blueprint.response(200, shapes.GrantView)
def change_grant(uow: UnitOfWork, command: dict[str, Any], grant_id: UUID) -> Any:
    """Another period; what the holder has lent keeps within it."""
    expected = expected_version(required=True)
    return usecases.change_grant(uow, _giver(), grant_id, expected=expected, now=clock.now(), **command)


@blueprint.post("/grants/<uuid:grant_id>/revoke")
@acting_as("administrator")
@blueprint.response(200, shapes.GrantView)
def revoke_grant(uow: UnitOfWork, grant_id: UUID) -> Any:
    """End a grant now, on every service, with all that its holder has lent of it."""
    return usecases.revoke_grant(uow, _giver(), grant_id, now=clock.now())


@blueprint.post("/grants/<uuid:grant_id>/delegations")
@acting_as(*LENDERS)
@blueprint.arguments(shapes.DelegateGrant)
@blueprint.response(201, shapes.GrantView)
def delegate_grant(uow: UnitOfWork, command: dict[str, Any], grant_id: UUID) -> Any:
    """Lend one's own grant to another person for the days of an absence."""
    lent = usecases.delegate_grant(uow, principal().person_id, grant_id, today=clock.today(), **command)
    return store.listed_grant(uow, lent.id)


@blueprint.get("/delegations")
@acting_as(*EVERYONE)
@blueprint.arguments(shapes.DelegationArgs, location="query")
@blueprint.response(200, shapes.GrantPage)
def delegations(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """What the caller has lent and was lent, ended ones too."""
    after = UUID(args["cursor"][0]) if args["cursor"] else None
    rows = store.delegations_of(uow, principal().person_id, limit=args["limit"], after=after)
    return page_of(rows, args["limit"], lambda row: [row.id])


@blueprint.post("/delegations/<uuid:grant_id>/revoke")
@acting_as(*EVERYONE)
@blueprint.response(200, shapes.GrantView)
def revoke_delegation(uow: UnitOfWork, grant_id: UUID) -> Any:
    """End it before its day: by who lent it or who took it."""
    revoked = usecases.revoke_delegation(uow, principal().person_id, grant_id, now=clock.now())
    return store.listed_grant(uow, revoked.id)
