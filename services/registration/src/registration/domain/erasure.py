"""What an erasure leaves of a person: the public act, and ids that lead to nobody (docs/adr/0012)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from registration.domain.attachments import Kept
from registration.domain.initiative_states import Status
from registration.domain.initiatives import Author, Initiative
from registration.domain.vocabulary import EVENTS

ERASED_PERSON, ERASED_TEXT, ERASED_FILE = "Người đã xoá", "(đã xoá)", "tep-da-an-ten"


@dataclass(frozen=True)
class PersonErased:
    """`initiative_ids`: dossiers that were the person's alone and no public act; they are emptied with the person."""

    type: ClassVar[str] = f"{EVENTS}.person.erased.v1"
    person_id: UUID
    version: int
    initiative_ids: list[UUID]

    @property
    def subject(self) -> UUID:
        return self.person_id


@dataclass(frozen=True)
class Subject:
    """Who is erased: an author without an id of the same name in a dossier of theirs is the same person."""

    person_id: UUID
    name: str

    def is_(self, author: Author, initiative: Initiative) -> bool:
        if author.person_id is not None:
            return author.person_id == self.person_id
        return self.person_id in initiative.owner_ids and author.name.casefold() == self.name.casefold()

    def is_alone_in(self, initiative: Initiative) -> bool:
        """Nobody else wrote it or may read it as an author."""
        is_owner_alone = set(initiative.owner_ids) <= {self.person_id}
        return is_owner_alone and all(self.is_(author, initiative) for author in initiative.authors)

    def forget_name(self, initiative: Initiative) -> bool:
        """Of a dossier that is no public act; returns whether the name was there."""
        if initiative.status is Status.RECOGNISED:
            return False
        left = [self._forgotten(author, initiative) for author in initiative.authors]
        changed, initiative.authors = left != initiative.authors, left
        return changed

    def _forgotten(self, author: Author, initiative: Initiative) -> Author:
        if not self.is_(author, initiative):
            return author
        return replace(author, name=ERASED_PERSON, person_id=self.person_id)


def is_emptied(subject: Subject, initiative: Initiative) -> bool:
    """What a council recognised is published and stays; the rest goes when nobody else has a part in it."""
    return initiative.status is not Status.RECOGNISED and subject.is_alone_in(initiative)


def empty(initiative: Initiative) -> None:
    """Leaves what is counted: year, unit, classification, state."""
    initiative.title = ERASED_TEXT
    initiative.summary = initiative.problem = initiative.solution = initiative.effect = initiative.reason = ""
    initiative.first_applied_on = None


def is_empty(initiative: Initiative) -> bool:
    """Return whether an erasure has emptied the dossier."""
    return initiative.title == ERASED_TEXT


def blank_filename(filename: str) -> str:
    """The name of a file may hold its author's; what kind of file it is stays."""
    return f"{ERASED_FILE}{Path(filename).suffix[:10].lower()}"


def unused(files: Iterable[Kept], still_used: Iterable[Kept]) -> list[Kept]:
    """The files to delete: equal files of other dossiers are one object."""
    return sorted(set(files) - set(still_used))
