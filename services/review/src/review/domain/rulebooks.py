"""A rulebook (quy chế): criteria, weights and thresholds as a tenant's versioned data; published ones never change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from uuid import UUID

from common.errors import Conflict, Invalid, ensure_none

from review.domain.vocabulary import BallotKind, RulebookStatus, TieRule

HUNDRED = Decimal(100)
_CENT = Decimal("0.01")


def rounded(value: Decimal) -> Decimal:
    """Two decimals, half up: what the minutes show is what is compared with a threshold."""
    return value.quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Criterion:
    """Scored from 0 to `max_score`; its mean must reach `min_score`; weight 0 is shown but does not count."""

    code: str
    name: str
    weight: Decimal
    max_score: Decimal
    min_score: Decimal = Decimal(0)
    description: str = ""


@dataclass(frozen=True)
class Rules:
    """The content that a session freezes. Percentages have at most two decimals: two thirds is 66.66."""

    name: str
    legal_basis: str
    criteria: tuple[Criterion, ...]
    pass_score: Decimal
    quorum_percent: Decimal
    approval_percent: Decimal
    ballot: BallotKind = BallotKind.OPEN
    tie_rule: TieRule = TieRule.PERCENTAGE

    def ensure_sound(self) -> None:
        """Raises Invalid for rules by which nobody could be judged."""
        codes = [criterion.code for criterion in self.criteria]
        if len(set(codes)) < len(codes):
            raise Invalid("rulebook.criterion_twice", pointer="/criteria")
        if not sum(criterion.weight for criterion in self.criteria):
            raise Invalid("rulebook.no_weight", pointer="/criteria")
        for index, criterion in enumerate(self.criteria):
            if criterion.min_score > criterion.max_score:
                raise Invalid("rulebook.minimum_above_maximum", pointer=f"/criteria/{index}/min_score")
        if self.ballot is BallotKind.SECRET and self.tie_rule is TieRule.CHAIR:
            raise Invalid("rulebook.secret_chair", pointer="/tie_rule")

    def quorum(self, members: int) -> int:
        """How many members must be there."""
        return int((members * self.quorum_percent / HUNDRED).to_integral_value(ROUND_CEILING))

    def approval(self, entitled: int) -> int:
        """How many yes ballots it takes; never none."""
        return max(1, int((entitled * self.approval_percent / HUNDRED).to_integral_value(ROUND_CEILING)))

    def ensure_scores(self, scores: Mapping[str, Decimal]) -> None:
        """Every criterion exactly once, each within its range. Raises what is wrong with the whole sheet at once."""
        ensure_none(self._wrong_scores(scores))

    def _wrong_scores(self, scores: Mapping[str, Decimal]) -> Iterator[Invalid]:
        for criterion in self.criteria:
            pointer, most = f"/scores/{criterion.code}", criterion.max_score
            if criterion.code not in scores:
                yield Invalid("score_sheet.criterion_missing", pointer=pointer)
            elif not 0 <= scores[criterion.code] <= most:
                yield Invalid("score_sheet.out_of_range", pointer=pointer, max_score=f"{most.normalize():f}")
        for unknown in sorted(set(scores) - {criterion.code for criterion in self.criteria}):
            yield Invalid("score_sheet.criterion_unknown", pointer=f"/scores/{unknown}")

    def total(self, scores: Mapping[str, Decimal]) -> Decimal:
        """The weighted mean of the criteria as a percentage, 0 to 100, unrounded."""
        weighted = sum(c.weight * scores[c.code] / c.max_score for c in self.criteria)
        return HUNDRED * weighted / sum(c.weight for c in self.criteria)


@dataclass(eq=False)
class Rulebook:
    """One edition in a lineage, made by a unit for itself and every unit below it."""

    id: UUID
    lineage_id: UUID
    edition: int
    unit_id: UUID
    scope_path: str
    valid_from: date
    rules: Rules
    status: RulebookStatus = RulebookStatus.DRAFT
    published_at: datetime | None = None
    version: int = 1

    def publish(self, at: datetime) -> None:
        if self.status is RulebookStatus.PUBLISHED:
            raise Conflict("rulebook.already_published")
        self.status, self.published_at, self.version = RulebookStatus.PUBLISHED, at, self.version + 1

    def ensure_usable(self, scope_path: str, on: date) -> None:
        """Published, in force on that day, and made by the council's unit or one above it."""
        if self.status is not RulebookStatus.PUBLISHED:
            raise Invalid("rulebook.not_published", pointer="/rulebook_id")
        if on < self.valid_from:
            raise Invalid("rulebook.not_in_force", pointer="/rulebook_id", valid_from=f"{self.valid_from:%d/%m/%Y}")
        if not scope_path.startswith(self.scope_path):
            raise Invalid("rulebook.of_another_unit", pointer="/rulebook_id")
