"""HTTP: a person's own messages and preferences, whatever role they act under."""

from typing import Any
from uuid import UUID

from common import clock
from common.database import UnitOfWork
from common.errors import Invalid
from common.http import Blueprint, acting_as, expected_version, page_of, principal
from common.http.subject_data import blueprint as data_blueprint

from notifications import usecases
from notifications.domain import Message, Preferences
from notifications.schemas import (
    CountView,
    MessageArgs,
    MessagePage,
    MessageView,
    PreferencesCommand,
    PreferencesView,
    ReadAllView,
)
from notifications.store.subjects import FINDERS
from notifications.store.tables import metadata

EVERYBODY = ("operator", "administrator", "author", "officer", "secretary", "member", "chair", "standing")

data = data_blueprint(metadata, FINDERS, everybody=EVERYBODY, administrator="administrator")
messages = Blueprint("messages", __name__, url_prefix="/v1/messages", description="A person's inbox")
preferences = Blueprint(
    "preferences", __name__, url_prefix="/v1/preferences", description="What a person also wants by e-mail"
)


@messages.get("")
@acting_as(*EVERYBODY)
@messages.arguments(MessageArgs, location="query")
@messages.response(200, MessagePage)
def list_messages(uow: UnitOfWork, query: dict[str, Any]) -> dict[str, Any]:
    """The caller's own messages, newest first."""
    limit = query["limit"]
    rows = usecases.list_messages(
        uow, principal().person_id, unread=query["unread"], before=_before(query["cursor"]), limit=limit
    )
    return page_of(rows, limit, lambda row: [row.id])


def _before(cursor: list[Any] | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(cursor[0])
    except (IndexError, ValueError, AttributeError) as error:
        raise Invalid("request.bad_cursor", pointer="cursor") from error


@messages.get("/count")
@acting_as(*EVERYBODY)
@messages.response(200, CountView)
def count_messages(uow: UnitOfWork) -> dict[str, int]:
    """How many of the caller's messages are unread."""
    return {"unread": usecases.count_unread(uow, principal().person_id)}


@messages.post("/<uuid:message_id>/read")
@acting_as(*EVERYBODY)
@messages.response(200, MessageView)
def read_message(uow: UnitOfWork, message_id: UUID) -> Message:
    """Mark one message as read; doing it again changes nothing."""
    return usecases.read_message(uow, message_id, principal().person_id, expected=expected_version(), now=clock.now())


@messages.post("/read-all")
@acting_as(*EVERYBODY)
@messages.response(200, ReadAllView)
def read_all_messages(uow: UnitOfWork) -> dict[str, int]:
    """Mark everything in the caller's inbox as read."""
    return {"read": usecases.read_all_messages(uow, principal().person_id, now=clock.now())}


@preferences.get("")
@acting_as(*EVERYBODY)
@preferences.response(200, PreferencesView)
def show_preferences(uow: UnitOfWork) -> Preferences:
    """The caller's choices."""
    return usecases.show_preferences(uow, principal().person_id)


@preferences.put("")
@acting_as(*EVERYBODY)
@preferences.arguments(PreferencesCommand)
@preferences.response(200, PreferencesView)
def change_preferences(uow: UnitOfWork, command: dict[str, Any]) -> Preferences:
    """Replace the caller's choices."""
    expected = expected_version(required=True)
    return usecases.change_preferences(uow, principal().person_id, email=command["email"], expected=expected)
