"""An initiative from draft to recognition: what each act needs and what it causes."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from common.errors import Conflict, Forbidden, Invalid, Stale, ensure_none

from registration.domain.cycles import Cycle
from registration.domain.initiative_facts import (
    InitiativeEndorsed,
    InitiativeForwarded,
    InitiativeNotRecognised,
    InitiativeRecalled,
    InitiativeRecognised,
    InitiativeRecommendationAnswered,
    InitiativeRecommendationWithdrawn,
    InitiativeRecommended,
    InitiativeReinstated,
    InitiativeReturned,
    InitiativeReviewStarted,
    InitiativeSnapshot,
    InitiativeSubmitted,
    InitiativeTransferred,
    InitiativeWithdrawn,
)
from registration.domain.initiative_states import (
    ACTIONS_OF,
    BEFORE_COUNCIL,
    MOVES,
    NOT_TO_OWN,
    TAKEN_BACK_TOO_LATE,
    TAKING_BACK,
    Action,
    Status,
    refusal,
)
from registration.domain.vocabulary import Affiliation, Content, Role

TOTAL_SHARE = 100


@dataclass(frozen=True)
class Author:
    """One of the people or collectives behind an initiative; `share` is their contribution in whole percent."""

    kind: str
    name: str
    role: str
    share: int
    person_id: UUID | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts: a person under one role, perhaps on behalf of whoever lent it.

    `selves`: everybody whose dossiers count as the actor's own, when that is more than the person.
    """

    person_id: UUID
    role: str
    on_behalf_of: UUID | None = None
    selves: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Step:
    """One line of a dossier's history. `happened_on` is the legal date of the act, `at` when it was recorded.

    `reason` says why, or of a file which.
    """

    at: datetime
    happened_on: date
    action: str
    from_status: str
    to_status: str
    by: UUID | None
    role: str
    reason: str
    on_behalf_of: UUID | None = None


_FACTS: dict[Action, type[InitiativeSnapshot]] = {
    Action.SUBMIT: InitiativeSubmitted,
    Action.RETURN: InitiativeReturned,
    Action.WITHDRAW: InitiativeWithdrawn,
    Action.ENDORSE: InitiativeEndorsed,
    Action.FORWARD: InitiativeForwarded,
    Action.RECALL: InitiativeRecalled,
    Action.START_REVIEW: InitiativeReviewStarted,
    Action.REINSTATE: InitiativeReinstated,
    Action.RECOGNISE: InitiativeRecognised,
    Action.REFUSE: InitiativeNotRecognised,
    Action.RECOMMEND: InitiativeRecommended,
    Action.UNRECOMMEND: InitiativeRecommendationWithdrawn,
}


@dataclass(eq=False)
class Initiative:
    """A dossier. `unit_id` is the unit of origin and never changes; `scope_path` says who is responsible today.

    Until it is handed in it is seen by its owners and by `recorded_by`, the officer who has it on paper.
    `council_in_term`: whether a council judges it today, as far as registration has been told.
    `judged_on`: when the session closed that judged it; from then on nobody takes it back.
    """

    id: UUID
    cycle_id: UUID
    year: int
    unit_id: UUID
    scope_path: str
    affiliation: Affiliation
    title: str
    content: Content
    field: str
    summary: str = ""
    problem: str = ""
    solution: str = ""
    effect: str = ""
    first_applied_on: date | None = None
    authors: list[Author] = dataclasses.field(default_factory=list)
    owner_ids: list[UUID] = dataclasses.field(default_factory=list)
    recorded_by: UUID | None = None
    status: Status = Status.DRAFT
    version: int = 1
    code: str = ""
    received_on: date | None = None
    submitted_at: datetime | None = None
    council_unit_id: UUID | None = None
    responsible_unit_id: UUID | None = None
    responsible_since: date | None = None
    council_in_term: bool = False
    judged_on: date | None = None
    reason: str = ""
    decision_number: str = ""
    decided_on: date | None = None
    score: float | None = None
    last_step: Step | None = None

    @property
    def is_decided(self) -> bool:
        return self.status in (Status.RECOGNISED, Status.NOT_RECOGNISED)

    def allowed(self, actor: Actor) -> list[Action]:
        """What this actor may do now, in the order of the workflow."""
        actions = ACTIONS_OF.get(Role(actor.role), frozenset())
        return [action for action in Action if action in actions and self._can(action, actor)]

    def _can(self, action: Action, actor: Actor) -> bool:
        is_own = action in NOT_TO_OWN and self.is_own_of(actor)
        is_too_late = action in TAKING_BACK and self.judged_on is not None
        is_opened = action is Action.RECALL and self._is_opened
        return self.status in MOVES[action][0] and not is_own and not is_too_late and not is_opened

    @property
    def _is_opened(self) -> bool:
        """A council has it on its table. One whose term is over, or that never was, never decides."""
        return self.status is Status.UNDER_REVIEW and self.council_in_term

    def is_own_of(self, actor: Actor) -> bool:
        """Whether the actor, or anybody whom they act for, has ever been behind it."""
        return not (actor.selves | {actor.person_id}).isdisjoint(self.owner_ids)

    def ensure_version(self, expected: int | None) -> None:
        """Raises Stale when the caller saw another version."""
        if expected is not None and expected != self.version:
            raise Stale("request.stale")

    def ensure_sensible(self, today: date) -> None:
        """What no draft may say, however unfinished."""
        if self.first_applied_on and self.first_applied_on > today:
            raise Invalid("initiative.applied_in_future", pointer="/first_applied_on")

    def edit(self, actor: Actor) -> None:
        """Open for a change of content: a draft, or a dossier that was returned."""
        self._ensure(Action.EDIT, actor)
        self.version += 1

    def change_files(self, action: Action, actor: Actor, filename: str, *, at: datetime, on: date) -> None:
        """A file comes or goes (ATTACH, DETACH): whoever saw the dossier before has seen another version."""
        self.ensure_files_open()
        self._ensure(action, actor)
        self._step(action, actor, at=at, on=on, reason=filename)

    def ensure_files_open(self) -> None:
        if self.status not in BEFORE_COUNCIL:
            raise Conflict("attachment.dossier_closed", status=self.status)

    def submit(self, actor: Actor, cycle: Cycle, code: str, *, at: datetime, on: date) -> InitiativeSnapshot:
        """Hand in to the unit, inside the registration window. Raises Conflict or Invalid; the draft is kept."""
        self._ensure(Action.SUBMIT, actor)
        cycle.ensure_registration_open(on)
        ensure_none(self._missing())
        self.code = self.code or code
        self.received_on, self.submitted_at, self.reason = on, at, ""
        return self._move(Action.SUBMIT, actor, at=at, on=on)

    def ensure_deletable(self, actor: Actor) -> None:
        """Raise Conflict unless it is a draft that was never handed in."""
        self._ensure(Action.DELETE, actor)

    def withdraw(self, actor: Actor, reason: str, *, at: datetime, on: date) -> InitiativeSnapshot:
        """Take a dossier that was handed in back for good, until the session that judges it has closed."""
        self._ensure(Action.WITHDRAW, actor)
        return self._move(Action.WITHDRAW, actor, at=at, on=on, reason=reason)

    def abandon(self, actor: Actor, *, at: datetime, on: date) -> InitiativeSnapshot | None:
        """Nobody is left behind it: withdrawn where that still can be, whoever says so."""
        is_open = self.status is Status.DRAFT or self.status in MOVES[Action.WITHDRAW][0]
        if is_open and self.judged_on is None:
            event = self._move(Action.WITHDRAW, actor, at=at, on=on)
            return event if self.code else None
        self.version += 1
        return None

    def send_back(self, actor: Actor, reason: str, *, at: datetime, on: date) -> InitiativeSnapshot:
        """Return for revision: the author reads the reason and submits again."""
        self._ensure(Action.RETURN, actor)
        return self._move(Action.RETURN, actor, at=at, on=on, reason=reason)

    def endorse(self, actor: Actor, cycle: Cycle, *, at: datetime, on: date) -> InitiativeSnapshot:
        """The author's own unit stands behind it ("sau khi được các cơ quan, đơn vị xét duyệt")."""
        self._ensure(Action.ENDORSE, actor)
        cycle.ensure_endorsement_open(on)
        return self._move(Action.ENDORSE, actor, at=at, on=on)

    def forward(
        self, actor: Actor, cycle: Cycle, council_unit_id: UUID, *, at: datetime, on: date
    ) -> InitiativeSnapshot:
        """Propose to the council of `council_unit_id`."""
        self._ensure(Action.FORWARD, actor)
        cycle.ensure_endorsement_open(on)
        self.council_unit_id = council_unit_id
        return self._move(Action.FORWARD, actor, at=at, on=on)

    def recall(self, actor: Actor, reason: str, *, at: datetime, on: date) -> InitiativeSnapshot:
        """Take it back from where it was forwarded to, to forward it elsewhere: until a council has opened it."""
        self._ensure(Action.RECALL, actor)
        if self._is_opened:
            raise Conflict("initiative.cannot_recall", status=self.status)
        return self._move(Action.RECALL, actor, at=at, on=on, reason=reason)

    def start_review(self, council_unit_id: UUID | None, *, at: datetime, on: date) -> InitiativeSnapshot | None:
        """The council has opened the dossier. A late notice changes nothing, nor does one of an earlier council."""
        if self.status not in MOVES[Action.START_REVIEW][0] or council_unit_id not in (None, self.council_unit_id):
            return None
        return self._move(Action.START_REVIEW, None, at=at, on=on)

    def reinstate(self, council_unit_id: UUID | None, *, at: datetime, on: date) -> InitiativeSnapshot | None:
        """Give it back to the council whose session had closed before the dossier was taken from it.

        Returns None for a dossier that is before that council, or decided. `council_unit_id` is None in events of
        older releases: then it is the last one that the dossier was forwarded to.
        """
        council_unit_id = council_unit_id or self.council_unit_id
        is_there = self.status in MOVES[Action.JUDGED][0] and council_unit_id == self.council_unit_id
        if is_there or council_unit_id is None or self.status not in MOVES[Action.REINSTATE][0]:
            return None
        self.council_unit_id = council_unit_id
        return self._move(Action.REINSTATE, None, at=at, on=on, reason=TAKEN_BACK_TOO_LATE)

    def close_review(self, *, at: datetime, on: date) -> bool:
        """Note that the session has closed. Returns False when that is known, or the decision is."""
        if self.judged_on is not None or self.status not in MOVES[Action.JUDGED][0]:
            return False
        self.judged_on = on
        self._step(Action.JUDGED, None, at=at, on=on, reason="")
        return True

    def decide(
        self, recognised: bool, *, number: str, on: date, score: float | None, reasons: str, at: datetime
    ) -> InitiativeSnapshot | None:
        """Take over the council's decision, which is made once: None for a dossier that is decided.

        A dossier that was taken back in the meantime is to be reinstated first: the decision holds (ADR 18).
        """
        action = Action.RECOGNISE if recognised else Action.REFUSE
        if self.status not in MOVES[action][0]:
            return None
        self.decision_number, self.decided_on, self.score = number, on, score
        return self._move(action, None, at=at, on=on, reason=reasons)

    def recommend(self, action: Action, actor: Actor, *, at: datetime, on: date, reason: str) -> InitiativeSnapshot:
        """The province proposes it to the centre (RECOMMEND), or takes that back (UNRECOMMEND)."""
        self.ensure_recognised()
        self._step(action, actor, at=at, on=on, reason=reason)
        return dataclasses.replace(self._snapshot(_FACTS[action], on), reason=reason)

    def hear_centre(
        self, answer: Action, province: UUID | None, *, at: datetime, on: date, reason: str
    ) -> InitiativeSnapshot:
        """What the centre says to the recommendation (NOTED, ACCEPTED, DECLINED)."""
        self._step(answer, None, at=at, on=on, reason=reason, whose="centre")
        told = vars(self._snapshot(InitiativeSnapshot, on)) | {"reason": reason}
        return InitiativeRecommendationAnswered(**told, answer=answer, province_unit_id=province)

    def ensure_recognised(self) -> None:
        """Raises Conflict; the council's decision may be on its way."""
        if self.status is not Status.RECOGNISED:
            raise Conflict("initiative.cannot_recommend", status=self.status)

    def transfer(self, unit_id: UUID | None, *, at: datetime, on: date, reason: str) -> InitiativeSnapshot:
        """Give it to another unit to answer for (None: back to whoever answers for its unit); its status stays."""
        self.responsible_unit_id, self.responsible_since = unit_id, on if unit_id else None
        self.version += 1
        self.last_step = Step(at, on, "transfer", self.status, self.status, None, "reorganisation", reason)
        return self._snapshot(InitiativeTransferred, on)

    def _ensure(self, action: Action, actor: Actor) -> None:
        if action not in ACTIONS_OF.get(Role(actor.role), frozenset()):
            raise Forbidden("auth.role_not_allowed", role=actor.role)
        if self.status not in MOVES[action][0]:
            raise Conflict(refusal(action, self.status), status=self.status)
        if action in TAKING_BACK and self.judged_on is not None:
            raise Conflict("initiative.judged", closed_on=self.judged_on)
        if action in NOT_TO_OWN and self.is_own_of(actor):
            raise Forbidden("initiative.own")

    def _missing(self) -> Iterator[Invalid]:
        """All that is to be done before it can be handed in."""
        for name in ("summary", "solution", "effect"):
            if not getattr(self, name).strip():
                yield Invalid("initiative.incomplete", pointer=f"/{name}")
        total = sum(author.share for author in self.authors)
        if not self.authors:
            yield Invalid("initiative.no_author", pointer="/authors")
        elif total != TOTAL_SHARE:
            yield Invalid("initiative.shares", pointer="/authors", total=total)

    def _move(
        self, action: Action, actor: Actor | None, *, at: datetime, on: date, reason: str = ""
    ) -> InitiativeSnapshot:
        self.reason = reason
        self._step(action, actor, at=at, on=on, reason=reason)
        return self._snapshot(_FACTS[action], on)

    def _step(
        self, action: Action, actor: Actor | None, *, at: datetime, on: date, reason: str, whose: str = "council"
    ) -> None:
        before, after = self.status, MOVES[action][1]
        self.status, self.version = after or before, self.version + 1
        by, role = (actor.person_id, actor.role) if actor else (None, whose)
        absent = actor.on_behalf_of if actor else None
        self.last_step = Step(at, on, action, before, self.status, by, role, reason, absent)

    def _snapshot(self, fact: type[InitiativeSnapshot], on: date) -> InitiativeSnapshot:
        return fact(
            initiative_id=self.id,
            version=self.version,
            code=self.code,
            title=self.title,
            cycle_id=self.cycle_id,
            year=self.year,
            unit_id=self.unit_id,
            scope_path=self.scope_path,
            council_unit_id=self.council_unit_id,
            content=self.content,
            field=self.field,
            affiliation=self.affiliation,
            status=self.status,
            author_ids=[author.person_id for author in self.authors if author.person_id],
            author_count=len(self.authors),
            happened_on=on,
            reason=self.reason,
            decision_number=self.decision_number,
            responsible_unit_id=self.responsible_unit_id,
            responsible_since=self.responsible_since,
            owner_ids=self.owner_ids,
            acted_by=self.last_step.by if self.last_step else None,
        )
