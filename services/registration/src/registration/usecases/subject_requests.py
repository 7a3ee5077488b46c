"""Requests of people about their own data, and the erasure of one person."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from common.database import UnitOfWork
from common.ids import new_id

from registration.domain import erasure
from registration.domain.attachments import Kept
from registration.domain.erasure import PersonErased, Subject
from registration.domain.initiative_states import Status
from registration.domain.initiatives import Actor
from registration.domain.people import GrantRevoked
from registration.domain.subject_requests import Kind, SubjectRequest, SubjectRequestClosed, due_on
from registration.store import attached, erasing
from registration.store import initiatives as initiative_store
from registration.store import subject_requests as store
from registration.usecases import recommended
from registration.usecases.grants import bring_along

DeleteFiles = Callable[[list[Kept]], None]


def ask(
    uow: UnitOfWork,
    *,
    person_id: UUID,
    recorded_by: UUID,
    kind: str,
    details: str,
    received_on: date | None,
    today: date,
) -> SubjectRequest:
    """By the person, or recorded by an administrator for somebody who came with paper."""
    erasing.ensure_not_erased(uow, person_id)
    day = received_on or today
    request = SubjectRequest(
        id=new_id(),
        person_id=person_id,
        kind=Kind(kind),
        details=details,
        on_paper=person_id != recorded_by,
        recorded_by=recorded_by,
        received_on=day,
        due_on=due_on(day),
    )
    event = request.received(today)
    store.add(uow, request)
    uow.emit(event)
    return request


def start(uow: UnitOfWork, request_id: UUID, by: UUID, *, now: datetime) -> SubjectRequest:
    request = store.subject_request(uow, request_id)
    event = request.start(by, at=now)
    store.save(uow, request)
    store.open_door(uow, request)
    uow.emit(event)
    return request


def refuse(uow: UnitOfWork, request_id: UUID, by: UUID, reason: str, *, now: datetime) -> SubjectRequest:
    request = store.subject_request(uow, request_id)
    return _closed(uow, request, request.refuse(by, reason, at=now))


def complete(
    uow: UnitOfWork,
    request_id: UUID,
    actor: Actor,
    *,
    reason: str = "",
    now: datetime,
    today: date,
    delete_files: DeleteFiles,
) -> SubjectRequest:
    """Say that it is answered; an erasure is done here and now."""
    request = store.subject_request(uow, request_id)
    is_corrected = request.kind is Kind.CORRECTION and store.is_corrected(uow, request)
    event = request.complete(actor.person_id, at=now, reason=reason, is_corrected=is_corrected)
    closed = _closed(uow, request, event)
    if request.kind is Kind.ERASURE:
        erase_person(uow, request.person_id, actor, now=now, today=today, delete_files=delete_files)
    return closed


def _closed(uow: UnitOfWork, request: SubjectRequest, event: SubjectRequestClosed) -> SubjectRequest:
    store.save(uow, request)
    store.close_door(uow, request)
    uow.emit(event)
    return request


def erase_person(
    uow: UnitOfWork, person_id: UUID, actor: Actor, *, now: datetime, today: date, delete_files: DeleteFiles
) -> None:
    """Leave the public act and remove the rest; the other services follow the event.

    Files go first of all: a crash before the commit leaves the request open, and doing it again ends it.
    """
    uow.reach_unfinished()
    person = erasing.person(uow, person_id)
    subject = Subject(person_id, person.name)
    dossiers = [initiative_store.initiative(uow, one) for one in erasing.initiatives_of(uow, person_id)]
    alone = [dossier.id for dossier in dossiers if subject.is_alone_in(dossier)]
    emptied = [dossier.id for dossier in dossiers if erasure.is_emptied(subject, dossier)]
    for dossier in dossiers:
        is_named = subject.forget_name(dossier)
        if dossier.id in emptied:
            erasure.empty(dossier)
            uow.emit(*filter(None, [dossier.abandon(actor, at=now, on=today)]))
        elif is_named:
            dossier.version += 1  # A form that a co-author has open still names them.
        if is_named or dossier.id in emptied:
            initiative_store.save(uow, dossier)
            initiative_store.replace_authors(uow, dossier)
    _end_grants(uow, person_id, now)
    person.version += 1
    erasing.empty_person(uow, person)
    store.forget_texts(uow, person_id)
    dropped = attached.drop_files(uow, alone)
    erasing.rename_files(uow, person_id)
    uow.emit(PersonErased(person_id, person.version, emptied))
    erasing.redact_copies(uow, [person_id, *emptied])
    erasing.forget_reasons(uow, person_id, emptied=emptied, alone=alone)
    erasing.forget_names(uow, dossiers)
    recommended.forget_person(uow, [dossier for dossier in dossiers if dossier.status is Status.RECOGNISED])
    delete_files(erasure.unused(dropped, attached.still_used(uow, dropped)))


def _end_grants(uow: UnitOfWork, person_id: UUID, now: datetime) -> None:
    """Every service forgets the login with the grant, whether it still held or not."""
    for grant in erasing.grants_of(uow, person_id):
        grant.subject = f"erased:{grant.id}"
        grant.revoked_at, grant.version = grant.revoked_at or now, grant.version + 1
        erasing.save_grant(uow, grant)
        uow.emit(grant.snapshot(GrantRevoked))
        bring_along(uow, grant, now)
