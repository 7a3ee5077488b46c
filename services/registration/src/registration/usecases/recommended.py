"""The door to the centre for recommended dossiers: given by the province, kept and answered at the centre."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from common.centre import CENTRE
from common.database import UnitOfWork
from common.errors import Forbidden

from registration.domain.initiative_states import Action
from registration.domain.initiatives import Actor, Initiative
from registration.domain.recommended import Judged, RecommendedDossier, Shown, State
from registration.store import erasing
from registration.store import initiatives as initiative_store
from registration.store import recommended as store
from registration.store import tenants as tenant_store
from registration.store import units as unit_store
from registration.usecases.initiatives import Moment

_LAST_WORDS = (Action.ACCEPTED, Action.DECLINED)


@contextmanager
def _at_the_centre(uow: UnitOfWork) -> Iterator[None]:
    """The only door from a province to the centre's copies: what is done inside gives, or takes back."""
    home = uow.tenant
    uow.enter_tenant(CENTRE)
    yield
    uow.enter_tenant(home)


def give(
    uow: UnitOfWork, initiative_id: UUID, *, by: Actor, province: str, version: int, judged: Judged, statement: str,
    moment: Moment,
) -> None:  # fmt: skip
    """The province recommends it: the centre gets its copy, and the dossier's history says so.

    `province`: the name under which it was given; the acting tenant may be that one's heir by now.
    """
    initiative = initiative_store.initiative(uow, initiative_id)
    initiative.ensure_recognised()
    copy = _copy(uow, initiative, province, version, judged, statement, moment.on)
    with _at_the_centre(uow):
        is_kept = store.receive(uow, copy)
    if is_kept:
        _tell(uow, initiative, Action.RECOMMEND, by, moment, "")


def take_back(
    uow: UnitOfWork, initiative_id: UUID, *, by: Actor, province: str, version: int, reason: str, moment: Moment
) -> None:
    """Nothing happens when the centre has answered by then."""
    initiative = initiative_store.initiative(uow, initiative_id)
    initiative.ensure_recognised()
    copy = _copy(uow, initiative, province, version, Judged(None, 0, 0, 0, 0), "", moment.on)
    with _at_the_centre(uow):
        is_kept = store.receive(uow, copy.withdrawn())
    if is_kept:
        _tell(uow, initiative, Action.UNRECOMMEND, by, moment, reason)


def hear(uow: UnitOfWork, initiative_id: UUID, *, answer: Action, reason: str, moment: Moment) -> None:
    """What the centre said, in the dossier's history; what it said before its last word comes too late after that."""
    initiative = initiative_store.initiative(uow, initiative_id)
    if any(step.action in _LAST_WORDS for step in initiative_store.history(uow, initiative_id)):
        return
    root = unit_store.find_root(uow, moment.today)
    event = initiative.hear_centre(answer, root.id if root else None, at=moment.now, on=moment.on, reason=reason)
    initiative_store.save(uow, initiative)
    uow.emit(event)


def forget_person(uow: UnitOfWork, dossiers: list[Initiative]) -> None:
    """An erasure in the province reaches the centre's copies."""
    shown = {dossier.id: _shown(uow, dossier) for dossier in dossiers}
    with _at_the_centre(uow):
        for initiative_id, left in shown.items():
            store.forget(uow, initiative_id, left.authors, is_nobodys=left.is_nobodys)


def hand_over(uow: UnitOfWork, absorbed: str) -> None:
    """The acting province has taken in another: it answers for what that one recommended."""
    heir, name = uow.tenant, tenant_store.tenant_of(uow).name
    with _at_the_centre(uow):
        store.hand_over(uow, absorbed, heir, name)


def answer(
    uow: UnitOfWork, initiative_id: UUID, by: Actor, *, unit_id: UUID, answer: State, reason: str, today: date,
    expected: int | None,
) -> RecommendedDossier:  # fmt: skip
    """By the centre's Standing Board. Raises Forbidden below it."""
    ensure_whole(uow, unit_id, today)
    copy = store.dossier(uow, initiative_id, lock=True)
    event = copy.answer(answer, by.person_id, reason=reason, on=today, expected=expected)
    store.save_answer(uow, copy)
    uow.emit(event)
    return copy


def ensure_whole(uow: UnitOfWork, unit_id: UUID, today: date) -> None:
    """What provinces give is the whole centre's, no unit's below it."""
    root = unit_store.find_root(uow, today)
    if uow.tenant != CENTRE or root is None or root.id != unit_id:
        raise Forbidden("recommended.of_the_whole_centre")


def _tell(uow: UnitOfWork, initiative: Initiative, action: Action, by: Actor, moment: Moment, reason: str) -> None:
    event = initiative.recommend(action, by, at=moment.now, on=moment.on, reason=reason)
    initiative_store.save(uow, initiative)
    uow.emit(event)


def _copy(
    uow: UnitOfWork, initiative: Initiative, province: str, version: int, judged: Judged, statement: str, on: date
) -> RecommendedDossier:
    day = initiative.decided_on or on
    shown, own = _shown(uow, initiative), tenant_store.tenant_of(uow)
    giver = tenant_store.find_tenant(uow, province) or own
    copied = ("code", "year", "content", "field", "affiliation", "title", "summary", "problem", "solution", "effect")
    values = {name: getattr(initiative, name) for name in copied}
    if shown.is_nobodys:
        values |= dict.fromkeys(("summary", "problem", "solution", "effect"), "")
        statement = ""
    return RecommendedDossier(
        initiative_id=initiative.id,
        given_version=version,
        province=province,
        province_name=giver.name,
        held_by=own.tenant,
        held_by_name=own.name,
        unit_name=unit_store.unit(uow, initiative.unit_id, day).name,
        authors=shown.authors,
        decision_number=initiative.decision_number,
        decided_on=day,
        statement=statement,
        recommended_on=on,
        **values,
        **vars(judged),
    )


def _shown(uow: UnitOfWork, initiative: Initiative) -> Shown:
    people = {author.person_id for author in initiative.authors if author.person_id} | set(initiative.owner_ids)
    return Shown.of(initiative, frozenset(erasing.erased_among(uow, people)))
