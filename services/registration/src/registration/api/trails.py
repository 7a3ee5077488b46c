"""Who changed a dossier, acting as what, when, and what was before and after."""

from functools import partial
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.http import Blueprint, acting_as, principal, trails

from registration.api.initiatives import READERS
from registration.domain.initiatives import Initiative
from registration.store import initiatives as store
from registration.store import people as people_store
from registration.store.tables import attachments, authors, catalogue, initiatives, steps

blueprint = Blueprint("trails", __name__, url_prefix="/v1/initiatives", description="Nhật ký hồ sơ")

TABLES = [table.name for table in (initiatives, authors, steps, attachments, catalogue)]
NAMES_PEOPLE = frozenset({"officer", "secretary", "chair", "standing"})  # Who may list the province's people.


@blueprint.get("/<uuid:initiative_id>/trail")
@acting_as(*READERS)
@blueprint.arguments(trails.TrailArgs, location="query")
@blueprint.response(200, trails.TrailPage)
def trail(uow: UnitOfWork, args: dict[str, Any], initiative_id: UUID) -> Any:
    """Every change of a dossier that the caller may see, newest first.

    What it held before it was handed in: for its authors and who wrote it only. People by name: for who may list them.
    """
    dossier = store.initiative(uow, initiative_id, lock=False)
    return trails.trail_page(
        uow,
        args,
        [initiative_id],
        TABLES,
        names=partial(_names, uow, dossier),
        is_withheld=partial(_is_private, dossier),
    )


def _names(uow: UnitOfWork, dossier: Initiative, acted: set[UUID]) -> dict[UUID, str]:
    shown = acted if principal().role in NAMES_PEOPLE else acted & {principal().person_id, *dossier.owner_ids}
    return people_store.names(uow, shown) if shown else {}


def _is_private(dossier: Initiative, row: dict[str, Any]) -> bool:
    """Written before the dossier was handed in, and read by somebody who is none of its authors nor wrote it."""
    is_early = dossier.submitted_at is None or row["at"] < dossier.submitted_at
    return is_early and principal().person_id not in (*dossier.owner_ids, row["person_id"])
