"""Which rows of the review are about a person."""

from typing import Any
from uuid import UUID

from common.subject_data import Finders
from sqlalchemy import ColumnElement, or_, select

from review.store.tables import (
    access_grant,
    ballot,
    commendation,
    conflict,
    council_member,
    dossier,
    person,
    recommendation,
    score_sheet,
    session,
)


def _commended(person_id: UUID) -> ColumnElement[bool]:
    recipient: list[dict[str, Any]] = [{"names": [{"person_id": str(person_id)}]}]
    return commendation.c.recipients.contains(recipient)


def _recommended(person_id: UUID) -> ColumnElement[bool]:
    theirs = select(dossier.c.initiative_id).where(
        dossier.c.tenant == recommendation.c.tenant, dossier.c.author_ids.contains([person_id])
    )
    return or_(recommendation.c.initiative_id.in_(theirs), recommendation.c.recommended_by == person_id)


FINDERS: Finders = {
    person: lambda person_id: person.c.id == person_id,
    access_grant: lambda person_id: access_grant.c.person_id == person_id,
    council_member: lambda person_id: council_member.c.person_id == person_id,
    session: lambda person_id: session.c.present.contains([person_id]),
    dossier: lambda person_id: dossier.c.author_ids.contains([person_id]),
    conflict: lambda person_id: conflict.c.person_id == person_id,
    score_sheet: lambda person_id: score_sheet.c.person_id == person_id,
    ballot: lambda person_id: ballot.c.person_id == person_id,
    recommendation: _recommended,
    commendation: _commended,
}
