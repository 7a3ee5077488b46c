"""A decision (quyết định): number, date, signatory, legal basis, and one verdict for each dossier of its session."""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from common.errors import Conflict, Invalid

from review.domain.dossiers import Dossier, DossierDecided
from review.domain.judging import Result
from review.domain.sessions import Session
from review.domain.vocabulary import EVENTS, Outcome

_NUMBER = re.compile(r"(\d{1,6})(\D.*)")


def next_number(numbers: list[str], *, is_new_year: bool) -> str:
    """Return the next free number of a series, given its numbers with the newest first: 89/QĐ-UBND after 88/QĐ-UBND.

    The series is that of the newest number. It begins at 1 in a new year. Empty where there is no series yet.
    """
    series = [match for number in numbers if (match := _NUMBER.fullmatch(number.strip()))]
    if not series:
        return ""
    ending = series[0][2]
    taken = [int(match[1]) for match in series if match[2] == ending and not is_new_year]
    return f"{max(taken, default=0) + 1}{ending}"


@dataclass(frozen=True)
class DecisionIssued:
    type: ClassVar[str] = f"{EVENTS}.decision.issued.v1"
    decision_id: UUID
    version: int
    number: str
    signed_on: date
    signatory: str
    session_id: UUID
    year: int
    unit_id: UUID
    scope_path: str
    recognised: int
    not_recognised: int

    @property
    def subject(self) -> UUID:
        return self.decision_id


@dataclass(frozen=True)
class Verdict:
    """What was decided about one dossier, with the figures it was decided on."""

    dossier: Dossier
    result: Result


@dataclass(eq=False)
class Decision:
    """`issuer` is what the unit was called on the day of signing: a decision is found under that name for ever.

    `recorded_late` says why it is dated before the session's closing was recorded: it was held and signed on paper.
    """

    id: UUID
    session: Session
    number: str
    signed_on: date
    signatory: str
    legal_basis: str
    issuer: str
    verdicts: tuple[Verdict, ...]
    recorded_late: str = ""
    version: int = 1

    def count(self, outcome: Outcome) -> int:
        return sum(verdict.result.outcome is outcome for verdict in self.verdicts)

    def issue(self, *, closed_on: date, today: date) -> list[DecisionIssued | DossierDecided]:
        """Return the decision's own event, and one for each dossier.

        Raises Invalid when signed before the session or on a day yet to come, since it cannot be corrected afterwards;
        and before the legal day of the session's closing, on which the last ballots may have been cast, unless
        `recorded_late` says why.
        """
        if not self.verdicts:
            raise Conflict("decision.nothing_to_decide")
        if self.signed_on < self.session.held_on:
            raise Invalid("decision.signed_before_session", pointer="/signed_on")
        if self.signed_on > today:
            raise Invalid("decision.signed_in_future", pointer="/signed_on")
        if self.signed_on < closed_on and not self.recorded_late:
            raise Invalid("decision.signed_before_closing", pointer="/signed_on", closed_on=f"{closed_on:%d/%m/%Y}")
        return [self._issued(), *(self._decided(verdict) for verdict in self.verdicts)]

    def _issued(self) -> DecisionIssued:
        return DecisionIssued(
            decision_id=self.id,
            version=self.version,
            number=self.number,
            signed_on=self.signed_on,
            signatory=self.signatory,
            session_id=self.session.id,
            year=self.session.year,
            unit_id=self.session.unit_id,
            scope_path=self.session.scope_path,
            recognised=self.count(Outcome.RECOGNISED),
            not_recognised=self.count(Outcome.NOT_RECOGNISED),
        )

    def _decided(self, verdict: Verdict) -> DossierDecided:
        result = verdict.result
        return DossierDecided(
            initiative_id=verdict.dossier.id,
            version=verdict.dossier.version + 1,
            outcome=result.outcome,
            score=float(result.score.mean) if result.score else None,
            yes=result.votes.yes,
            no=result.votes.no,
            abstain=result.votes.abstain,
            present=result.present,
            reasons=[reason.code for reason in result.reasons],
            decision_id=self.id,
            decision_number=self.number,
            decided_on=self.signed_on,
            council_unit_id=verdict.dossier.unit_id,
        )
