"""The province's audit, and how far other services witness it."""

import marshmallow as ma
from common import audit
from common.http import Cursor, PageArgs
from common.http.fields import day
from common.http.trails import ChangeView

from registration.schemas import Page, one_of
from registration.store.tables import metadata

DAYS = 90  # What is looked through unless a day is given.


class JournalArgs(PageArgs):
    cursor = Cursor(int)
    since = day(
        data_key="from",
        load_default=None,
        metadata={"description": f"From this day on; {DAYS} days when left out"},
    )
    until = day(data_key="to", load_default=None, metadata={"description": "Up to and with this day"})
    table = one_of(sorted(table.name for table in audit.audited_tables(metadata)), load_default=None)
    person_id = ma.fields.UUID(load_default=None, metadata={"description": "Who acted"})
    operation = one_of(audit.OPERATIONS, load_default=None)


class JournalEntryView(ma.Schema):
    position = ma.fields.Integer()
    at = ma.fields.AwareDateTime()
    person_id = ma.fields.UUID(allow_none=True)
    person_name = ma.fields.String(allow_none=True)
    on_behalf_of = ma.fields.UUID(allow_none=True, metadata={"description": "Whose grant it was, when it was lent"})
    on_behalf_of_name = ma.fields.String(allow_none=True)
    role = ma.fields.String(metadata={"description": "Empty when a process acted, not a person"})
    unit_id = ma.fields.UUID(allow_none=True)
    request_id = ma.fields.String()
    process = ma.fields.String()
    cause = ma.fields.String(metadata={"description": "The event or command that a process acted on"})
    table = ma.fields.String(attribute="table_name")
    operation = ma.fields.String()
    subject = ma.fields.UUID(allow_none=True, metadata={"description": "Whom or which unit it is about; no dossier"})
    subject_name = ma.fields.String(allow_none=True, metadata={"description": "Of a person"})
    columns = ma.fields.List(ma.fields.String(), metadata={"description": "All that it set or changed"})
    changes = ma.fields.List(
        ma.fields.Nested(ChangeView), metadata={"description": "Values of what an administrator reads elsewhere too"}
    )
    redacted = ma.fields.Boolean(metadata={"description": "What it held was erased"})


class JournalPage(Page):
    items = ma.fields.List(ma.fields.Nested(JournalEntryView))


class WitnessView(ma.Schema):
    service = ma.fields.String(metadata={"description": "Whose chain it is"})
    position = ma.fields.Integer(allow_none=True, metadata={"description": "How many entries are witnessed"})
    sealed_at = ma.fields.AwareDateTime(allow_none=True)
    contradictions = ma.fields.Integer(metadata={"description": "Heads that contradict an earlier one"})


class WitnessList(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(WitnessView))
