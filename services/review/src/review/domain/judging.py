"""How a dossier's score sheets and ballots become a result, and the reasons for not recognising it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import pstdev
from uuid import UUID

from common.errors import Conflict, Forbidden

from review.domain.rulebooks import Rules, rounded
from review.domain.vocabulary import Choice, Outcome, TieRule


@dataclass(frozen=True)
class ScoreSheet:
    """One member's scores of one dossier; replaced as a whole while the session is open."""

    person_id: UUID
    scores: dict[str, Decimal]
    comment: str
    recorded_at: datetime
    version: int = 1


@dataclass(frozen=True)
class Recusal:
    """A member who steps back from one dossier: declared, or found among its authors."""

    person_id: UUID
    kind: str
    reason: str = ""


@dataclass(frozen=True)
class Actor:
    """Who asks. What any of `selves` has a part in is the actor's own: themselves, whoever lent them the role, and
    everybody whom their login has stood for."""

    person_id: UUID
    selves: frozenset[UUID]


@dataclass(frozen=True)
class Panel:
    """Who judges one dossier: members of the council, present, and with no part in it."""

    members: frozenset[UUID]
    present: frozenset[UUID]
    recused: frozenset[UUID]

    @classmethod
    def of(cls, members: frozenset[UUID], present: frozenset[UUID], recusals: Iterable[Recusal]) -> "Panel":
        return cls(members, present, frozenset(recusal.person_id for recusal in recusals))

    @property
    def entitled(self) -> frozenset[UUID]:
        return (self.members & self.present) - self.recused

    def can_hold(self, quorum: int) -> bool:
        """Whether enough members have no part in the dossier, were they all there."""
        return len(self.members - self.recused) >= quorum

    def is_closed_to(self, actor: Actor) -> bool:
        return not self.recused.isdisjoint(actor.selves)

    def ensure_may_judge(self, actor: Actor) -> None:
        """Raises Forbidden with the first thing that stands in the way. A seat is personal: nobody lends it."""
        if actor.person_id not in self.members:
            raise Forbidden("council.not_a_member")
        if self.is_closed_to(actor):
            raise Forbidden("dossier.recused")
        if actor.person_id not in self.present:
            raise Forbidden("session.not_present")


def ensure_quorum(rules: Rules, members: int, present: int) -> None:
    """Raises Conflict with the numbers: who must still come is what the secretary wants to know."""
    needed = rules.quorum(members)
    if present < needed:
        raise Conflict(
            "session.no_quorum",
            present=present,
            members=members,
            needed=needed,
            quorum_percent=f"{rules.quorum_percent.normalize():f}",
        )


@dataclass(frozen=True)
class Votes:
    """Counted ballots. `chair` is how the chair voted, known only where the vote is open."""

    yes: int = 0
    no: int = 0
    abstain: int = 0
    chair: Choice | None = None

    @property
    def cast(self) -> int:
        return self.yes + self.no + self.abstain


@dataclass(frozen=True)
class Spread:
    """Mean and population standard deviation with the extremes: a wide one asks the council to talk again."""

    mean: Decimal
    deviation: Decimal
    lowest: Decimal
    highest: Decimal

    @classmethod
    def of(cls, values: Sequence[Decimal]) -> "Spread | None":
        if not values:
            return None
        mean = sum(values, Decimal(0)) / len(values)
        return cls(rounded(mean), rounded(pstdev(values, mean)), rounded(min(values)), rounded(max(values)))


@dataclass(frozen=True)
class Reason:
    """Why a dossier is not recognised: what it has, what the rulebook asks for."""

    code: str
    value: Decimal
    required: Decimal
    criterion: str = ""


@dataclass(frozen=True)
class Result:
    """One dossier's result. `present` counts those entitled to judge it; `sheets` how many of them scored."""

    initiative_id: UUID
    members: int
    quorum: int
    present: int
    sheets: int
    score: Spread | None
    criteria: dict[str, Spread]
    votes: Votes
    approval: int
    reasons: tuple[Reason, ...]

    @property
    def outcome(self) -> Outcome:
        return Outcome.NOT_RECOGNISED if self.reasons else Outcome.RECOGNISED


def judge(initiative_id: UUID, rules: Rules, panel: Panel, sheets: Iterable[ScoreSheet], votes: Votes) -> Result:
    """Apply the rules to what the entitled members gave; pure, so the same material always gives the same result."""
    counted = [sheet.scores for sheet in sheets if sheet.person_id in panel.entitled]
    score = Spread.of([rules.total(scores) for scores in counted])
    by_criterion = {c.code: Spread.of([scores[c.code] for scores in counted]) for c in rules.criteria}
    criteria = {code: spread for code, spread in by_criterion.items() if spread}
    members, present = len(panel.members), len(panel.entitled)
    return Result(
        initiative_id=initiative_id,
        members=members,
        quorum=rules.quorum(members),
        present=present,
        sheets=len(counted),
        score=score,
        criteria=criteria,
        votes=votes,
        approval=rules.approval(present),
        reasons=(
            *_quorum_reasons(rules, members, present),
            *_score_reasons(rules, score, criteria),
            *_vote_reasons(rules, votes, present),
        ),
    )


def _quorum_reasons(rules: Rules, members: int, present: int) -> Iterable[Reason]:
    if present < rules.quorum(members):
        yield Reason("quorum_not_held", Decimal(present), Decimal(rules.quorum(members)))


def _score_reasons(rules: Rules, score: Spread | None, criteria: dict[str, Spread]) -> Iterable[Reason]:
    if score is None:
        yield Reason("not_scored", Decimal(0), Decimal(1))
        return
    if score.mean < rules.pass_score:
        yield Reason("score_below_pass", score.mean, rules.pass_score)
    for criterion in rules.criteria:
        if (mean := criteria[criterion.code].mean) < criterion.min_score:
            yield Reason("criterion_below_minimum", mean, criterion.min_score, criterion.name)


def _vote_reasons(rules: Rules, votes: Votes, present: int) -> Iterable[Reason]:
    is_tied = votes.yes == votes.no and 0 < votes.yes + votes.no == present
    if is_tied and rules.tie_rule is not TieRule.PERCENTAGE:
        if not _wins_tie(rules, votes):
            yield Reason("tie_lost", Decimal(votes.yes), Decimal(votes.no))
    elif votes.yes < rules.approval(present):
        yield Reason("not_approved", Decimal(votes.yes), Decimal(rules.approval(present)))


def _wins_tie(rules: Rules, votes: Votes) -> bool:
    return rules.tie_rule is TieRule.CHAIR and votes.chair is Choice.YES


def in_order_of_recusals(ids: Sequence[UUID], recused: Callable[[UUID], frozenset[UUID]]) -> list[UUID]:
    """Dossiers with the same people outside come together, so that members leave and return as rarely as can be."""
    return sorted(ids, key=lambda id_: sorted(map(str, recused(id_))))
