"""Shapes of the notifications HTTP API."""

import marshmallow as ma
from common.http import PageArgs

from notifications.domain import Kind, RequestKind

_KIND = ma.validate.OneOf([kind.value for kind in Kind], error="There is no such kind of message.")


class MessageArgs(PageArgs):
    """Query of the inbox."""

    unread = ma.fields.Boolean(load_default=False, metadata={"description": "1: only what was not read yet"})


class MessageView(ma.Schema):
    """One message as its receiver reads it; `text` is plain, with empty lines between paragraphs."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([*Kind, *RequestKind]))
    initiative_id = ma.fields.UUID(required=True, allow_none=True)
    request_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "Of a message about a request on personal data"}
    )
    subject = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    read_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    version = ma.fields.Integer(required=True)


class MessagePage(ma.Schema):
    """Newest first."""

    items = ma.fields.List(ma.fields.Nested(MessageView), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class CountView(ma.Schema):
    unread = ma.fields.Integer(required=True)


class ReadAllView(ma.Schema):
    read = ma.fields.Integer(required=True, metadata={"description": "How many were unread until now"})


class PreferencesCommand(ma.Schema):
    """Which kinds of messages are also sent by e-mail; a kind that is left out is sent."""

    email = ma.fields.Dict(
        keys=ma.fields.String(validate=_KIND),
        values=ma.fields.Boolean(),
        required=True,
    )


class PreferencesView(PreferencesCommand):
    """Every kind with its choice."""

    version = ma.fields.Integer(required=True)
