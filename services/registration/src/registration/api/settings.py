"""The acting tenant's settings."""

from dataclasses import asdict
from typing import Any

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, expected_version, page_of, principal

from registration.api.roles import EVERYONE
from registration.domain.settings import Settings
from registration.schemas import settings as shapes
from registration.store import settings as store
from registration.usecases import settings as usecases

blueprint = Blueprint("settings", __name__, url_prefix="/v1", description="Thiết lập của tỉnh")


@blueprint.get("/settings")
@acting_as(*EVERYONE)
@blueprint.response(200, shapes.SettingsView)
def settings(uow: UnitOfWork) -> Any:
    """The province's settings as they are now."""
    return shown(store.settings(uow))


@blueprint.put("/settings")
@acting_as("administrator")
@blueprint.arguments(shapes.ChangeSettings)
@blueprint.response(200, shapes.SettingsView)
def change_settings(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Record the next version; only for an administrator of the whole province."""
    who, expected = principal(), expected_version(required=True)
    return shown(
        usecases.change_settings(
            uow, scope=who.scope_path, expected=expected, now=clock.now(), by=who.person_id, values=command
        )
    )


@blueprint.get("/settings/versions")
@acting_as("administrator")
@blueprint.arguments(shapes.SettingsArgs, location="query")
@blueprint.response(200, shapes.SettingsPage)
def settings_versions(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Every version with who recorded it, newest first."""
    before = int(args["cursor"][0]) if args["cursor"] else None
    rows = store.settings_page(uow, limit=args["limit"], before=before)
    return page_of(rows, args["limit"], lambda row: [row.version])


def shown(settings: Settings) -> dict[str, Any]:
    return {**asdict(settings.document), "version": settings.version}
