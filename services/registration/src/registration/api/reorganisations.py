"""Reorganisations of a province's units."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.errors import Forbidden
from common.http import Blueprint, acting_as, expected_version, page_of, principal

from registration.domain.reorganisations import Reorganisation
from registration.schemas import reorganisations as shapes
from registration.store import people as people_store
from registration.store import reorganisations as store
from registration.store import tenants as tenant_store
from registration.usecases import reorganisation_preview as previews
from registration.usecases import reorganisations as usecases

blueprint = Blueprint(
    "reorganisations", __name__, url_prefix="/v1/reorganisations", description="Sắp xếp đơn vị hành chính"
)

WHO = ("administrator", "standing", "operator")


def _moment() -> usecases.Moment:
    return usecases.Moment(clock.now(), clock.today(), principal().person_id)


def _is_operator() -> bool:
    return principal().role == "operator"


def _enter(uow: UnitOfWork, tenant: str) -> None:
    """The operator names the province; everybody else is in the own one, and answers for the whole of it."""
    if _is_operator():
        tenant_store.enter_province(uow, tenant)
        return
    if tenant and tenant != uow.tenant:
        raise Forbidden("reorganisation.operators_only")
    usecases.ensure_of_root(principal().scope_path)


def _view(uow: UnitOfWork, act: Reorganisation) -> dict[str, Any]:
    known = people_store.names(uow, {one for one in (act.prepared_by, act.approved_by) if one})
    people = {"prepared_by_name": act.prepared_by, "approved_by_name": act.approved_by}
    by = {name: known.get(person_id, "") if person_id else "" for name, person_id in people.items()}
    moved = (act.journal or {}).get("moved", {})
    called = {"names": usecases.names(uow, act), "absorbed_names": tenant_store.names_of(uow, act.absorbs)}
    return vars(act) | by | called | {"moved": moved}


@blueprint.get("")
@acting_as(*WHO)
@blueprint.arguments(shapes.ListArgs, location="query")
@blueprint.response(200, shapes.ReorganisationPage)
def reorganisations(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """The province's reorganisations, newest first."""
    _enter(uow, args["tenant"])
    before = UUID(args["cursor"][0]) if args["cursor"] else None
    rows = store.page(uow, status=args["status"], limit=args["limit"], before=before)
    return page_of(rows, args["limit"], lambda row: [row.id])


@blueprint.post("")
@acting_as("administrator", "operator")
@blueprint.arguments(shapes.PrepareNew)
@blueprint.response(201, shapes.ReorganisationView)
def prepare(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Draft one. Only the operator merges provinces, and nothing else; without changes, the platform writes them."""
    _enter(uow, command.pop("tenant"))
    if bool(command["absorbs"]) != _is_operator():
        raise Forbidden("reorganisation.of_the_province" if _is_operator() else "reorganisation.operators_only")
    return _view(uow, usecases.prepare(uow, _moment(), **command))


@blueprint.get("/<uuid:reorganisation_id>")
@acting_as(*WHO)
@blueprint.arguments(shapes.OfTenant, location="query")
@blueprint.response(200, shapes.ReorganisationView)
def reorganisation(uow: UnitOfWork, args: dict[str, Any], reorganisation_id: UUID) -> Any:
    """One, with its changes and, once applied, how much it moved."""
    _enter(uow, args["tenant"])
    return _view(uow, store.reorganisation(uow, reorganisation_id))


@blueprint.put("/<uuid:reorganisation_id>")
@acting_as("administrator", "operator")
@blueprint.arguments(shapes.OfTenant, location="query")
@blueprint.arguments(shapes.Prepare)
@blueprint.response(200, shapes.ReorganisationView)
def edit(uow: UnitOfWork, args: dict[str, Any], command: dict[str, Any], reorganisation_id: UUID) -> Any:
    """Replace a draft's content: of a merge the operator, of any other the administrator, who has then prepared it."""
    _enter(uow, args["tenant"])
    seen: dict[str, Any] = {"expected": expected_version(required=True), "as_operator": _is_operator()}
    return _view(uow, usecases.edit(uow, reorganisation_id, _moment(), **seen, **command))


@blueprint.get("/<uuid:reorganisation_id>/preview")
@acting_as(*WHO)
@blueprint.arguments(shapes.OfTenant, location="query")
@blueprint.response(200, shapes.PreviewView)
def preview(uow: UnitOfWork, args: dict[str, Any], reorganisation_id: UUID) -> Any:
    """What would move, who would see other things than now, and which units' dossiers need a person's choice."""
    _enter(uow, args["tenant"])
    return previews.preview(uow, reorganisation_id)


@blueprint.get("/<uuid:reorganisation_id>/dossiers")
@acting_as("standing")
@blueprint.arguments(shapes.DossierArgs, location="query")
@blueprint.response(200, shapes.DossierPage)
def dossiers(uow: UnitOfWork, args: dict[str, Any], reorganisation_id: UUID) -> Any:
    """Dossiers of the units that it splits: each may go to another successor than the heir."""
    usecases.ensure_of_root(principal().scope_path)
    after = UUID(args["cursor"][0]) if args["cursor"] else None
    only = {"unit_id": args["unit_id"], "limit": args["limit"], "after": after}
    rows = usecases.dossiers_to_assign(uow, reorganisation_id, **only)
    return page_of(rows, args["limit"], lambda row: [row.id])


@blueprint.put("/<uuid:reorganisation_id>/assignments")
@acting_as("standing")
@blueprint.arguments(shapes.Assign)
@blueprint.response(200, shapes.ReorganisationView)
def assign(uow: UnitOfWork, command: dict[str, Any], reorganisation_id: UUID) -> Any:
    """Say which dossiers go to which successor; the others go to the heir."""
    usecases.ensure_of_root(principal().scope_path)
    return _view(uow, usecases.assign(uow, reorganisation_id, expected=expected_version(required=True), **command))


@blueprint.post("/<uuid:reorganisation_id>/approve")
@acting_as("administrator", "standing")
@blueprint.response(200, shapes.ReorganisationView)
def approve(uow: UnitOfWork, reorganisation_id: UUID) -> Any:
    """By another person than the one who prepared it."""
    usecases.ensure_of_root(principal().scope_path)
    return _view(uow, usecases.approve(uow, reorganisation_id, _moment(), expected=expected_version()))


@blueprint.post("/<uuid:reorganisation_id>/withdraw")
@acting_as(*WHO)
@blueprint.arguments(shapes.OfTenant, location="query")
@blueprint.response(200, shapes.ReorganisationView)
def withdraw(uow: UnitOfWork, args: dict[str, Any], reorganisation_id: UUID) -> Any:
    """Give it up before it is applied; the operator only a merge."""
    _enter(uow, args["tenant"])
    seen: dict[str, Any] = {"expected": expected_version(), "as_operator": _is_operator()}
    return _view(uow, usecases.withdraw(uow, reorganisation_id, **seen))


@blueprint.post("/<uuid:reorganisation_id>/apply")
@acting_as("administrator")
@blueprint.response(200, shapes.ReorganisationView)
def apply(uow: UnitOfWork, reorganisation_id: UUID) -> Any:
    """On its day or later; a job applies what nobody applied."""
    usecases.ensure_of_root(principal().scope_path)
    return _view(uow, usecases.apply(uow, reorganisation_id, _moment()))


@blueprint.post("/<uuid:reorganisation_id>/undo")
@acting_as("administrator")
@blueprint.response(200, shapes.ReorganisationView)
def undo(uow: UnitOfWork, reorganisation_id: UUID) -> Any:
    """Put everything back, as long as nothing rests on it."""
    usecases.ensure_of_root(principal().scope_path)
    return _view(uow, usecases.undo(uow, reorganisation_id, _moment()))
