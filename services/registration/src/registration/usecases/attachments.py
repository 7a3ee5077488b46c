"""Files of a dossier: added and removed until it goes to the council, each a step of its history."""

from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.ids import new_id

from registration.domain.initiative_states import Action
from registration.domain.initiatives import Actor
from registration.store import initiatives as store
from registration.usecases.initiatives import Moment


def ensure_attachable(uow: UnitOfWork, initiative_id: UUID) -> None:
    """Before a large file is read and stored; what counts is asked again under the dossier's lock."""
    store.initiative(uow, initiative_id, lock=False).ensure_files_open()


def attach_file(uow: UnitOfWork, actor: Actor, initiative_id: UUID, moment: Moment, file: dict[str, Any]) -> Any:
    """The same content twice on one dossier is one attachment, and one step."""
    initiative = store.initiative(uow, initiative_id)
    if known := store.find_attachment(uow, initiative_id, file["sha256"]):
        return known
    initiative.change_files(Action.ATTACH, actor, file["filename"], at=moment.now, on=moment.on)
    store.save(uow, initiative)
    recorded = {"uploaded_at": moment.now, "uploaded_by": actor.person_id}
    return store.add_attachment(uow, {"id": new_id(), "initiative_id": initiative_id} | file | recorded)


def remove_attachment(
    uow: UnitOfWork, actor: Actor, initiative_id: UUID, attachment_id: UUID, moment: Moment, *, expected: int | None
) -> None:
    initiative = store.initiative(uow, initiative_id)
    initiative.ensure_version(expected)
    file = store.attachment(uow, initiative_id, attachment_id)
    initiative.change_files(Action.DETACH, actor, file.filename, at=moment.now, on=moment.on)
    store.save(uow, initiative)
    store.remove_attachment(uow, file.id)
