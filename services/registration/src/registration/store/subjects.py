"""Which rows of registration are about a person."""

from common.subject_data import Finders

from registration.store.tables import attachments, authors, initiatives, metadata, people, steps, subject_requests

_grants = metadata.tables["access_grant"]

FINDERS: Finders = {
    people: lambda person_id: people.c.id == person_id,
    _grants: lambda person_id: _grants.c.person_id == person_id,
    initiatives: lambda person_id: initiatives.c.owner_ids.contains([person_id]),
    authors: lambda person_id: authors.c.person_id == person_id,
    steps: lambda person_id: steps.c.by == person_id,
    attachments: lambda person_id: attachments.c.uploaded_by == person_id,
    subject_requests: lambda person_id: subject_requests.c.person_id == person_id,
}
