"""Which rows of registration are about a person."""

from common.subject_data import Finders
from sqlalchemy import or_

from registration.store.tables import (
    attachments,
    authors,
    disclosures,
    initiatives,
    metadata,
    national_ids,
    people,
    recommended,
    steps,
    subject_requests,
)

_grants = metadata.tables["access_grant"]

FINDERS: Finders = {
    people: lambda person_id: people.c.id == person_id,
    _grants: lambda person_id: or_(_grants.c.person_id == person_id, _grants.c.on_behalf_of == person_id),
    national_ids: lambda person_id: national_ids.c.person_id == person_id,
    disclosures: lambda person_id: disclosures.c.person_id == person_id,
    initiatives: lambda person_id: initiatives.c.owner_ids.contains([person_id]),
    authors: lambda person_id: authors.c.person_id == person_id,
    steps: lambda person_id: or_(steps.c.by == person_id, steps.c.on_behalf_of == person_id),
    attachments: lambda person_id: attachments.c.uploaded_by == person_id,
    # A province's own person finds the act in its history: the centre's copy is the centre's.
    recommended: lambda person_id: recommended.c.answered_by == person_id,
    subject_requests: lambda person_id: subject_requests.c.person_id == person_id,
}
