"""A dossier's way: registered, handed in, endorsed, forwarded, decided."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Conflict, Invalid, NotFound
from common.ids import new_id

from registration.domain import erasure
from registration.domain.attachments import Kept
from registration.domain.codes import dossier_code
from registration.domain.cycles import Cycle
from registration.domain.initiative_facts import InitiativeSnapshot
from registration.domain.initiative_states import Status
from registration.domain.initiatives import Actor, Author, Initiative
from registration.domain.units import Unit
from registration.domain.vocabulary import Affiliation, Role
from registration.store import attached
from registration.store import councils as council_store
from registration.store import cycles as cycle_store
from registration.store import initiatives as store
from registration.store import models as model_store
from registration.store import tenants as tenant_store
from registration.store import units as unit_store

AUTHOR_FIELDS = frozenset({"kind", "name", "role", "share", "person_id"})


@dataclass(frozen=True)
class Moment:
    """When an act is recorded, the legal date of that moment, and the one on which it happened (earlier for paper)."""

    now: datetime
    today: date
    on: date


def register_initiative(
    uow: UnitOfWork, actor: Actor, *, unit_scope: str, unit_id: UUID, cycle_id: UUID, today: date, **content: Any
) -> Initiative:
    """A new draft at a unit of the acting scope. An author's own draft is theirs before they are named in it."""
    unit = unit_store.unit(uow, unit_id, today)
    if not unit.is_under(unit_scope):
        raise NotFound("unit.not_found")
    cycle = cycle_store.cycle(uow, cycle_id)
    initiative = Initiative(
        id=new_id(),
        cycle_id=cycle.id,
        year=cycle.year,
        unit_id=unit.id,
        scope_path=unit.scope_path,
        affiliation=Affiliation(unit.affiliation),
        recorded_by=actor.person_id if actor.role == Role.OFFICER else None,
        **_with_authors(actor, content),
    )
    initiative.ensure_sensible(today)
    store.add(uow, initiative)
    return initiative


def edit_initiative(
    uow: UnitOfWork, actor: Actor, initiative_id: UUID, *, expected: int | None, today: date, **content: Any
) -> Initiative:
    """Replace the content of a draft or a returned dossier. Raises Stale when somebody else was faster."""
    initiative = store.initiative(uow, initiative_id)
    initiative.ensure_version(expected)
    initiative.edit(actor)
    # Who could read the dossier before still can: a creator does not lose it by leaving the list of authors.
    owners, authors = initiative.owner_ids, initiative.authors
    for name, value in _with_authors(actor, content).items():
        setattr(initiative, name, value)
    initiative.owner_ids = list(dict.fromkeys([*owners, *initiative.owner_ids]))
    initiative.ensure_sensible(today)
    store.save(uow, initiative)
    if initiative.authors != authors:
        store.replace_authors(uow, initiative)
    return initiative


def submit_initiative(
    uow: UnitOfWork, actor: Actor, initiative_id: UUID, moment: Moment, *, expected: int | None
) -> Initiative:
    prefix = tenant_store.tenant_of(uow).code_prefix

    def submit(initiative: Initiative, cycle: Cycle) -> InitiativeSnapshot:
        code = dossier_code(prefix, initiative.year, new_id())
        return initiative.submit(actor, cycle, code, at=moment.now, on=moment.on)

    return _act(uow, initiative_id, moment, expected, submit)


def withdraw_initiative(
    uow: UnitOfWork, actor: Actor, initiative_id: UUID, moment: Moment, *, expected: int | None, reason: str
) -> Initiative:
    return _act(
        uow, initiative_id, moment, expected, lambda i, _: i.withdraw(actor, reason, at=moment.now, on=moment.on)
    )


def return_initiative(
    uow: UnitOfWork, actor: Actor, initiative_id: UUID, moment: Moment, *, expected: int | None, reason: str
) -> Initiative:
    return _act(
        uow, initiative_id, moment, expected, lambda i, _: i.send_back(actor, reason, at=moment.now, on=moment.on)
    )


def endorse_initiative(
    uow: UnitOfWork, actor: Actor, initiative_id: UUID, moment: Moment, *, expected: int | None
) -> Initiative:
    return _act(uow, initiative_id, moment, expected, lambda i, c: i.endorse(actor, c, at=moment.now, on=moment.on))


def forward_initiative(
    uow: UnitOfWork, actor: Actor, initiative_id: UUID, moment: Moment, *, expected: int | None, council_unit_id: UUID
) -> Initiative:
    """To the council of an upper unit on the dossier's own line."""
    council_unit = unit_store.unit(uow, council_unit_id, moment.today)

    def forward(initiative: Initiative, cycle: Cycle) -> InitiativeSnapshot:
        if not initiative.scope_path.startswith(council_unit.scope_path):
            raise Invalid("initiative.council_not_above", pointer="/council_unit_id")
        event = initiative.forward(actor, cycle, council_unit_id, at=moment.now, on=moment.on)
        _ensure_council(uow, initiative, council_unit, moment)
        return event

    return _act(uow, initiative_id, moment, expected, forward)


def _ensure_council(uow: UnitOfWork, initiative: Initiative, unit: Unit, moment: Moment) -> None:
    """Nobody judges a dossier at a unit without a council. Says who has one."""
    above = council_store.councils_above(uow, initiative.scope_path, on=moment.on, today=moment.today)
    if unit.id in {row.unit_id for row in above}:
        return
    if not above:
        raise Invalid("initiative.no_council_anywhere", pointer="/council_unit_id", unit=unit.name)
    names = "; ".join(row.name for row in above)
    raise Invalid("initiative.no_council", pointer="/council_unit_id", unit=unit.name, units=names)


def councils_for(uow: UnitOfWork, initiative_id: UUID, today: date) -> list[Any]:
    """Where this dossier can be forwarded to today, the nearest first."""
    initiative = store.initiative(uow, initiative_id, lock=False)
    return council_store.councils_above(uow, initiative.scope_path, on=today, today=today)


def recall_initiative(
    uow: UnitOfWork, actor: Actor, initiative_id: UUID, moment: Moment, *, expected: int | None, reason: str
) -> Initiative:
    """Back from a council that has not opened it, or never will."""
    return _act(uow, initiative_id, moment, expected, lambda i, _: i.recall(actor, reason, at=moment.now, on=moment.on))


def delete_draft(uow: UnitOfWork, actor: Actor, initiative_id: UUID, *, expected: int | None) -> list[Kept]:
    """Delete a draft that was never handed in. Returns its files, to be removed after the commit."""
    initiative = store.initiative(uow, initiative_id)
    initiative.ensure_version(expected)
    initiative.ensure_deletable(actor)
    if model_store.has_model_of(uow, initiative_id):
        raise Conflict("initiative.has_model")
    dropped = attached.drop_files(uow, [initiative_id])
    unused = erasure.unused(dropped, attached.still_used(uow, dropped))
    store.delete_draft(uow, initiative_id)
    return unused


def start_review(uow: UnitOfWork, initiative_id: UUID, council_unit_id: UUID | None, moment: Moment) -> None:
    """The council opened the dossier."""
    initiative = store.initiative(uow, initiative_id)
    _record(uow, initiative, initiative.start_review(council_unit_id, at=moment.now, on=moment.on))


def close_review(uow: UnitOfWork, initiative_id: UUID, council_unit_id: UUID | None, moment: Moment) -> None:
    """Note that the session has closed that judged the dossier. A withdrawal or recall that crossed it is undone."""
    initiative = store.initiative(uow, initiative_id)
    _record(uow, initiative, initiative.start_review(council_unit_id, at=moment.now, on=moment.on))
    _record(uow, initiative, initiative.reinstate(council_unit_id, at=moment.now, on=moment.today))
    if initiative.close_review(at=moment.now, on=moment.on):
        store.save(uow, initiative)


def take_over_decision(
    uow: UnitOfWork, initiative_id: UUID, now: datetime, *, recognised: bool, number: str, on: date,
    score: float | None, reasons: list[str], council_unit_id: UUID | None,
) -> None:  # fmt: skip
    """What the council decided, whatever became of the dossier here in the meantime.

    A recognised initiative enters the public catalogue in the same transaction, unless an erasure has emptied it.
    """
    initiative = store.initiative(uow, initiative_id)
    _record(uow, initiative, initiative.reinstate(council_unit_id, at=now, on=on))
    event = initiative.decide(recognised, number=number, on=on, score=score, reasons=", ".join(reasons), at=now)
    _record(uow, initiative, event)
    if event and initiative.status is Status.RECOGNISED and not erasure.is_empty(initiative):
        _publish(uow, initiative)


def _record(uow: UnitOfWork, initiative: Initiative, event: InitiativeSnapshot | None) -> None:
    """Save and publish what an event of another service has changed, if anything."""
    if event:
        store.save(uow, initiative)
        uow.emit(event)


def _act(
    uow: UnitOfWork,
    initiative_id: UUID,
    moment: Moment,
    expected: int | None,
    act: Callable[[Initiative, Cycle], InitiativeSnapshot | None],
) -> Initiative:
    initiative = store.initiative(uow, initiative_id)
    initiative.ensure_version(expected)
    if moment.on > moment.today or (initiative.received_on and moment.on < initiative.received_on):
        raise Invalid("initiative.date_out_of_order", pointer="/happened_on")
    event = act(initiative, cycle_store.cycle(uow, initiative.cycle_id))
    store.save(uow, initiative)
    if event:
        uow.emit(event)
    return initiative


def _with_authors(actor: Actor, content: dict[str, Any]) -> dict[str, Any]:
    authors = [Author(**author) for author in content.pop("authors", [])]
    owners = [author.person_id for author in authors if author.person_id]
    if actor.role == Role.AUTHOR:
        owners.insert(0, actor.person_id)
    return content | {"authors": authors, "owner_ids": list(dict.fromkeys(owners))}


def _publish(uow: UnitOfWork, initiative: Initiative) -> None:
    unit = unit_store.unit(uow, initiative.unit_id, initiative.decided_on or initiative.received_on or date.min)
    store.publish(
        uow,
        {
            "initiative_id": initiative.id,
            "code": initiative.code,
            "title": initiative.title,
            "summary": initiative.summary,
            "solution": initiative.solution,
            "effect": initiative.effect,
            "content": initiative.content,
            "field": initiative.field,
            "year": initiative.year,
            "unit_name": unit.name,
            "tenant_name": tenant_store.tenant_of(uow).name,
            "authors": [author.name for author in initiative.authors],
            "decision_number": initiative.decision_number,
            "decided_on": initiative.decided_on,
        },
    )
