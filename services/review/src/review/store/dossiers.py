"""Dossiers, and the newest version seen of each initiative."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.keyset import page
from sqlalchemy import ColumnElement, Row, Select, and_, insert, or_, select, update, values
from sqlalchemy import column as sql_column

from review.domain.dossiers import Dossier, Initiative
from review.domain.judging import Actor
from review.domain.vocabulary import DossierState
from review.store import structure
from review.store.queries import keep_newest, own
from review.store.tables import ballot, conflict, cycle, initiative_seen, score_sheet
from review.store.tables import dossier as table

_COPIED = ("code", "title", "cycle_id", "year", "content", "field", "affiliation", "author_count", "forwarded_on")


def note_version(uow: UnitOfWork, initiative_id: UUID, version: int) -> bool:
    """False when something as new has been applied: events may come twice and in any order."""
    return keep_newest(uow, initiative_seen, {"initiative_id": initiative_id, "version": version})


def find_dossier(uow: UnitOfWork, initiative_id: UUID) -> Dossier | None:
    """Locked, to be changed."""
    query = select(table).where(own(uow, table), table.c.initiative_id == initiative_id)
    row = uow.find(query.with_for_update())
    return _entity(row) if row else None


def dossier(uow: UnitOfWork, initiative_id: UUID) -> Dossier:
    """For reading only."""
    row = uow.find(select(table).where(own(uow, table), table.c.initiative_id == initiative_id))
    if row is None:
        raise NotFound("dossier.not_found")
    return _entity(row)


def dossiers_to_schedule(uow: UnitOfWork, ids: Sequence[UUID], session_id: UUID) -> list[Dossier]:
    """The named dossiers and those the session has now, locked in one order for everybody."""
    wanted = or_(table.c.initiative_id.in_(ids), and_(table.c.session_id == session_id, table.c.state == "scheduled"))
    query = select(table).where(own(uow, table), wanted).order_by(table.c.initiative_id)
    return [_entity(row) for row in uow.rows(query.with_for_update())]


def agenda(uow: UnitOfWork, session_id: UUID, *, locked: bool = False) -> list[Dossier]:
    """A session's dossiers in the order of its agenda, without those withdrawn since."""
    query = select(table).where(own(uow, table), table.c.session_id == session_id)
    query = query.where(table.c.state != DossierState.WITHDRAWN).order_by(table.c.position)
    return [_entity(row) for row in uow.rows(query.with_for_update() if locked else query)]


def dossier_rows(
    uow: UnitOfWork,
    actor: Actor,
    *,
    year: int | None,
    unit_id: UUID | None,
    session_id: UUID | None,
    state: str | None,
    under: UUID | None,
    as_of: date,
    limit: int,
    cursor: Sequence[Any] | None = None,
) -> list[Row[Any]]:
    """By code, each with what the person has done about it, in one statement."""
    made = structure.made_below(uow, table.c.initiative_unit_id, under, as_of)
    query = _with_own_part(uow, actor).where(own(uow, table), *made)
    if unit_id is not None:
        query = query.where(table.c.unit_id.in_(structure.answered_by(uow, unit_id)))
    wanted = {"year": year, "session_id": session_id, "state": state}
    query = query.where(*(table.c[name] == value for name, value in wanted.items() if value is not None))
    return uow.rows(page(query, cursor, limit, table.c.code, table.c.initiative_id))


def _with_own_part(uow: UnitOfWork, actor: Actor) -> Select[Any]:
    in_session = [(score_sheet, "scored"), (ballot, "voted")]
    columns: list[Any] = [
        or_(conflict.c.person_id.is_not(None), table.c.author_ids.overlap(list(actor.selves))).label("recused"),
        cycle.c.review_closes_on,
        *(other.c.person_id.is_not(None).label(name) for other, name in in_session),
    ]
    query = select(table, *columns)
    query = query.outerjoin(cycle, (cycle.c.tenant == table.c.tenant) & (cycle.c.id == table.c.cycle_id))
    for other in (conflict, score_sheet, ballot):
        mine = (
            (other.c.tenant == table.c.tenant)
            & (other.c.initiative_id == table.c.initiative_id)
            & (other.c.person_id == actor.person_id)
        )
        if "session_id" in other.c:
            mine &= other.c.session_id == table.c.session_id
        query = query.outerjoin(other, mine)
    return query


def add_dossier(uow: UnitOfWork, dossier: Dossier) -> None:
    uow.execute(insert(table).values(tenant=uow.tenant, initiative_id=dossier.id, **_values(dossier)))


def save_dossier(uow: UnitOfWork, dossier: Dossier) -> None:
    uow.execute(update(table).where(own(uow, table), table.c.initiative_id == dossier.id).values(_values(dossier)))


def save_agenda(uow: UnitOfWork, session_id: UUID, ids: Sequence[UUID]) -> None:
    """Make exactly these the session's agenda, in this order: two statements for any number."""
    _put_back(uow, session_id, table.c.initiative_id.not_in(ids))
    if ids:
        order = values(sql_column("id", table.c.initiative_id.type), sql_column("place", table.c.position.type))
        order = order.data([(id_, position) for position, id_ in enumerate(ids, 1)]).alias("agenda")
        scheduled = update(table).where(own(uow, table), table.c.initiative_id == order.c.id)
        uow.execute(
            scheduled.values(
                state=DossierState.SCHEDULED, session_id=session_id, position=order.c.place, version=_next()
            )
        )


def put_back(uow: UnitOfWork, session_id: UUID, ids: Collection[UUID]) -> None:
    """These of the session's agenda wait again."""
    if ids:
        _put_back(uow, session_id, table.c.initiative_id.in_(ids))


def _put_back(uow: UnitOfWork, session_id: UUID, which: ColumnElement[bool]) -> None:
    on_it = (own(uow, table), table.c.session_id == session_id, table.c.state == DossierState.SCHEDULED)
    waiting = {"state": DossierState.WAITING, "session_id": None, "position": None}
    uow.execute(update(table).where(*on_it, which).values(version=_next(), **waiting))


def judge_agenda(uow: UnitOfWork, session_id: UUID) -> list[Dossier]:
    """Count one change of every scheduled dossier of the session, and return them locked: one statement."""
    on_it = (own(uow, table), table.c.session_id == session_id, table.c.state == DossierState.SCHEDULED)
    changed = uow.execute(update(table).where(*on_it).values(version=_next()).returning(table))
    return [_entity(row) for row in sorted(changed, key=lambda row: row.position)]


def decide_agenda(uow: UnitOfWork, session_id: UUID) -> None:
    """Every scheduled dossier of the session is decided: one statement."""
    on_it = (own(uow, table), table.c.session_id == session_id, table.c.state == DossierState.SCHEDULED)
    uow.execute(update(table).where(*on_it).values(state=DossierState.DECIDED, version=_next()))


def _next() -> Any:
    return table.c.version + 1


def _values(dossier: Dossier) -> dict[str, Any]:
    initiative = dossier.initiative
    return {
        **{name: getattr(initiative, name) for name in _COPIED},
        "initiative_version": initiative.version,
        "initiative_unit_id": initiative.unit_id,
        "author_ids": list(initiative.author_ids),
        "unit_id": dossier.unit_id,
        "scope_path": dossier.scope_path,
        "state": dossier.state,
        "session_id": dossier.session_id,
        "position": dossier.position,
        "version": dossier.version,
    }


def _entity(row: Row[Any]) -> Dossier:
    initiative = Initiative(
        id=row.initiative_id,
        version=row.initiative_version,
        unit_id=row.initiative_unit_id,
        author_ids=tuple(row.author_ids),
        **{name: getattr(row, name) for name in _COPIED},
    )
    return Dossier(
        initiative=initiative,
        unit_id=row.unit_id,
        scope_path=row.scope_path,
        state=DossierState(row.state),
        session_id=row.session_id,
        position=row.position,
        version=row.version,
    )
