"""Score sheets, ballots and conflicts; a whole session's material in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from sqlalchemy import ColumnElement, Row, Table, delete, func, select, union
from sqlalchemy.dialects.postgresql import insert

from review.domain.dossiers import Dossier
from review.domain.judging import Recusal, ScoreSheet, Votes
from review.domain.vocabulary import Choice, ConflictKind
from review.store.queries import own
from review.store.tables import access_grant, ballot, conflict, score_sheet, tally


@dataclass(frozen=True)
class Ballot:
    """`choice` is None in a secret ballot: it was never stored with the person."""

    person_id: UUID
    choice: Choice | None


@dataclass(frozen=True)
class Material:
    """Everything that was given about some dossiers of one session, by dossier."""

    sheets: Mapping[UUID, Sequence[ScoreSheet]]
    ballots: Mapping[UUID, Sequence[Ballot]]
    votes: Mapping[UUID, Votes]


def recusals(uow: UnitOfWork, dossiers: Sequence[Dossier]) -> dict[UUID, list[Recusal]]:
    """Authors and those who declared a conflict, by dossier; one statement."""
    found: dict[UUID, list[Recusal]] = defaultdict(list)
    for dossier in dossiers:
        found[dossier.id] = [Recusal(id_, ConflictKind.AUTHOR) for id_ in dossier.initiative.author_ids]
    ids = [dossier.id for dossier in dossiers]
    query = select(conflict).where(own(uow, conflict), conflict.c.initiative_id.in_(ids))
    for row in uow.rows(query.order_by(conflict.c.declared_at)):
        found[row.initiative_id].append(Recusal(row.person_id, row.kind, row.reason))
    return found


def material(uow: UnitOfWork, session_id: UUID, dossiers: Sequence[Dossier], chair_id: UUID) -> Material:
    """Three statements, however many dossiers and members there are."""
    ids = [dossier.id for dossier in dossiers]
    sheets, ballots = defaultdict[UUID, list[ScoreSheet]](list), defaultdict[UUID, list[Ballot]](list)
    for row in uow.rows(_given(uow, score_sheet, session_id, ids).order_by(score_sheet.c.recorded_at)):
        sheets[row.initiative_id].append(_sheet(row))
    # By person, not by time: the order in which members voted is nobody's business.
    for row in uow.rows(_given(uow, ballot, session_id, ids).order_by(ballot.c.person_id)):
        ballots[row.initiative_id].append(_ballot(row))
    votes = defaultdict[UUID, Votes](Votes)
    for row in uow.rows(_given(uow, tally, session_id, ids)):
        chair = next((b.choice for b in ballots[row.initiative_id] if b.person_id == chair_id), None)
        votes[row.initiative_id] = Votes(row.yes, row.no, row.abstain, chair)
    return Material(sheets, ballots, votes)


def _given(uow: UnitOfWork, table: Table, session_id: UUID, ids: Sequence[UUID]) -> Any:
    return select(table).where(own(uow, table), table.c.session_id == session_id, table.c.initiative_id.in_(ids))


def _sheet(row: Row[Any]) -> ScoreSheet:
    scores = {code: Decimal(score) for code, score in row.scores.items()}
    return ScoreSheet(row.person_id, scores, row.comment, row.recorded_at, row.version)


def _ballot(row: Row[Any]) -> Ballot:
    return Ballot(row.person_id, Choice(row.choice) if row.choice else None)


def _of(uow: UnitOfWork, table: Table, session_id: UUID, initiative_id: UUID, person_id: UUID) -> list[Any]:
    keys: list[ColumnElement[bool]] = [table.c.session_id == session_id, table.c.initiative_id == initiative_id]
    return [own(uow, table), *keys, table.c.person_id == person_id]


def find_sheet(uow: UnitOfWork, session_id: UUID, initiative_id: UUID, person_id: UUID) -> ScoreSheet | None:
    """Locked, to be replaced."""
    where = _of(uow, score_sheet, session_id, initiative_id, person_id)
    row = uow.find(select(score_sheet).where(*where).with_for_update())
    return _sheet(row) if row else None


def save_sheet(uow: UnitOfWork, session_id: UUID, initiative_id: UUID, sheet: ScoreSheet) -> None:
    """Insert or replace."""
    values = {
        "scores": {code: str(score) for code, score in sheet.scores.items()},
        "comment": sheet.comment,
        "recorded_at": sheet.recorded_at,
        "version": sheet.version,
    }
    keys = {
        "tenant": uow.tenant,
        "session_id": session_id,
        "initiative_id": initiative_id,
        "person_id": sheet.person_id,
    }
    uow.execute(
        insert(score_sheet).values(**keys, **values).on_conflict_do_update(index_elements=list(keys), set_=values)
    )


def remove_sheet(uow: UnitOfWork, session_id: UUID, initiative_id: UUID, person_id: UUID) -> None:
    uow.execute(delete(score_sheet).where(*_of(uow, score_sheet, session_id, initiative_id, person_id)))


def has_voted(uow: UnitOfWork, session_id: UUID, initiative_id: UUID, person_id: UUID) -> bool:
    return uow.find(select(ballot).where(*_of(uow, ballot, session_id, initiative_id, person_id))) is not None


def add_ballot(
    uow: UnitOfWork, session_id: UUID, initiative_id: UUID, person_id: UUID, choice: Choice, *, secret: bool
) -> bool:
    """Count one ballot; False, and nothing counted, when this person has already cast one."""
    keys = {"tenant": uow.tenant, "session_id": session_id, "initiative_id": initiative_id}
    cast = insert(ballot).values(**keys, person_id=person_id, choice=None if secret else choice)
    if uow.find(cast.on_conflict_do_nothing().returning(ballot.c.person_id)) is None:
        return False
    counts = {word.value: int(word is choice) for word in Choice}
    counted = insert(tally).values(**keys, **counts)
    one_more = {choice.value: tally.c[choice.value] + 1}
    uow.execute(counted.on_conflict_do_update(index_elements=list(keys), set_=one_more))
    return True


def judges(uow: UnitOfWork, session_id: UUID) -> frozenset[UUID]:
    """Everybody who has scored or voted in the session."""
    acts = [
        select(table.c.person_id).where(own(uow, table), table.c.session_id == session_id)
        for table in (score_sheet, ballot)
    ]
    return frozenset(row.person_id for row in uow.rows(union(*acts)))


def progress(uow: UnitOfWork, session_id: UUID) -> dict[str, dict[UUID, int]]:
    """How many sheets and ballots each dossier has; two statements, and nobody's figures."""
    counts = {}
    for name, table in (("sheets", score_sheet), ("ballots", ballot)):
        query = select(table.c.initiative_id, func.count().label("given"))
        query = query.where(own(uow, table), table.c.session_id == session_id).group_by(table.c.initiative_id)
        counts[name] = {row.initiative_id: row.given for row in uow.rows(query)}
    return counts


def add_conflict(
    uow: UnitOfWork, initiative_id: UUID, person_id: UUID, kind: ConflictKind, reason: str, declared_at: Any
) -> None:
    """Once declared it stays: a second declaration replaces the reason only."""
    values = {"kind": kind, "reason": reason, "declared_at": declared_at}
    keys = {"tenant": uow.tenant, "initiative_id": initiative_id, "person_id": person_id}
    uow.execute(insert(conflict).values(**keys, **values).on_conflict_do_update(index_elements=list(keys), set_=values))


def works_at(uow: UnitOfWork, person_id: UUID, unit_id: UUID) -> bool:
    """Whether the person holds a grant at the unit itself: a hint of a conflict, never an exclusion."""
    at_unit = (own(uow, access_grant), access_grant.c.unit_id == unit_id, access_grant.c.person_id == person_id)
    return bool(uow.execute(select(func.count()).select_from(access_grant).where(*at_unit)).scalar_one())
