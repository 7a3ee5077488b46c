"""Decisions with their verdicts; a decision is never changed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.keyset import page
from common.text import fold_number, reads_like
from sqlalchemy import Row, insert, select

from review.domain.decisions import Decision, Verdict
from review.domain.judging import Reason, Result, Spread, Votes
from review.domain.vocabulary import Choice, Outcome
from review.store import structure
from review.store.queries import own
from review.store.tables import decision as table
from review.store.tables import verdict


def add_decision(uow: UnitOfWork, decision: Decision) -> None:
    """Two statements, however many dossiers are decided."""
    uow.execute(
        insert(table).values(
            tenant=uow.tenant,
            id=decision.id,
            session_id=decision.session.id,
            unit_id=decision.session.unit_id,
            scope_path=decision.session.scope_path,
            year=decision.session.year,
            number=decision.number,
            number_folded=fold_number(decision.number),
            signed_on=decision.signed_on,
            signed_year=decision.signed_on.year,
            signatory=decision.signatory,
            legal_basis=decision.legal_basis,
            issuer=decision.issuer,
            recorded_late=decision.recorded_late,
            recognised=decision.count(Outcome.RECOGNISED),
            not_recognised=decision.count(Outcome.NOT_RECOGNISED),
            version=decision.version,
        )
    )
    rows = [_verdict_row(uow, decision.id, given, place) for place, given in enumerate(decision.verdicts, 1)]
    if rows:
        uow.execute(insert(verdict).values(rows))


def _verdict_row(uow: UnitOfWork, decision_id: UUID, given: Verdict, position: int) -> dict[str, Any]:
    return {
        "tenant": uow.tenant,
        "decision_id": decision_id,
        "initiative_id": given.dossier.id,
        "position": position,
        "code": given.dossier.initiative.code,
        "title": given.dossier.initiative.title,
        "outcome": given.result.outcome,
        "score": given.result.score.mean if given.result.score else None,
        "result": result_to_json(given.result),
    }


def decision(uow: UnitOfWork, decision_id: UUID) -> Row[Any]:
    row = uow.find(select(table).where(own(uow, table), table.c.id == decision_id))
    if row is None:
        raise NotFound("decision.not_found")
    return row


def find_numbered(uow: UnitOfWork, unit_id: UUID, number: str, year: int) -> Row[Any] | None:
    """Return the unit's decision that has this number among those signed in the year, however either is written."""
    same = (table.c.unit_id == unit_id, table.c.signed_year == year, table.c.number_folded == fold_number(number))
    return uow.find(select(table).where(own(uow, table), *same))


def newest_numbers(uow: UnitOfWork, unit_id: UUID, year: int) -> list[Row[Any]]:
    """Return the numbers of the unit's decisions of a year, the newest first; of the year before where it has none."""
    query = select(table.c.number, table.c.signed_year).where(own(uow, table), table.c.unit_id == unit_id)
    rows = uow.rows(query.where(table.c.signed_year.between(year - 1, year)).order_by(table.c.id.desc()))
    return [row for row in rows if row.signed_year == year] or rows


def find_decision_of(uow: UnitOfWork, session_id: UUID) -> Row[Any] | None:
    return uow.find(select(table).where(own(uow, table), table.c.session_id == session_id))


def verdicts(uow: UnitOfWork, decision_id: UUID) -> list[Row[Any]]:
    """In the order of the agenda."""
    query = select(verdict).where(own(uow, verdict), verdict.c.decision_id == decision_id)
    return uow.rows(query.order_by(verdict.c.position))


def find_result(uow: UnitOfWork, initiative_id: UUID) -> Result | None:
    """What a dossier was decided on."""
    row = uow.find(select(verdict).where(own(uow, verdict), verdict.c.initiative_id == initiative_id))
    return result_from_json(initiative_id, row.result) if row else None


def decisions(
    uow: UnitOfWork,
    *,
    year: int | None,
    q: str,
    under: UUID | None,
    as_of: date,
    limit: int,
    cursor: Sequence[Any] | None = None,
) -> list[Row[Any]]:
    """The latest first; `q` is looked for in number and issuer, as it was called then."""
    query = select(table).where(own(uow, table), *structure.made_below(uow, table.c.unit_id, under, as_of))
    query = query if year is None else query.where(table.c.year == year)
    if q:
        found = table.c.number.icontains(q, autoescape=True) | reads_like(table.c.issuer, q)
        query = query.where(found)
    return uow.rows(page(query, cursor, limit, table.c.signed_on, table.c.id, newest_first=True))


def result_to_json(result: Result) -> dict[str, Any]:
    """A result as it was, with every figure as text."""
    return {
        "members": result.members,
        "quorum": result.quorum,
        "present": result.present,
        "sheets": result.sheets,
        "approval": result.approval,
        "score": _spread(result.score),
        "criteria": {code: _spread(spread) for code, spread in result.criteria.items()},
        "votes": {
            "yes": result.votes.yes,
            "no": result.votes.no,
            "abstain": result.votes.abstain,
            "chair": result.votes.chair,
        },
        "reasons": [
            {"code": r.code, "value": str(r.value), "required": str(r.required), "criterion": r.criterion}
            for r in result.reasons
        ],
    }


def result_from_json(initiative_id: UUID, stored: dict[str, Any]) -> Result:
    votes, chair = stored["votes"], stored["votes"]["chair"]
    criteria = {code: _spread_from(spread) for code, spread in stored["criteria"].items()}
    return Result(
        initiative_id=initiative_id,
        members=stored["members"],
        quorum=stored["quorum"],
        present=stored["present"],
        sheets=stored["sheets"],
        approval=stored["approval"],
        score=_spread_from(stored["score"]),
        criteria={code: spread for code, spread in criteria.items() if spread},
        votes=Votes(votes["yes"], votes["no"], votes["abstain"], Choice(chair) if chair else None),
        reasons=tuple(
            Reason(r["code"], Decimal(r["value"]), Decimal(r["required"]), r["criterion"]) for r in stored["reasons"]
        ),
    )


def _spread(spread: Spread | None) -> dict[str, str] | None:
    return {name: str(value) for name, value in vars(spread).items()} if spread else None


def _spread_from(stored: dict[str, str] | None) -> Spread | None:
    return Spread(**{name: Decimal(value) for name, value in stored.items()}) if stored else None
