"""The words of the review as closed lists; criteria, weights and thresholds are a rulebook's data, not here."""

from enum import StrEnum

EVENTS = "vn.sangtao.review"


class Seat(StrEnum):
    """What somebody is on a council; what they may do in the platform is their grant's role."""

    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    SECRETARY = "secretary"
    MEMBER = "member"


class BallotKind(StrEnum):
    """Open: who voted how is known after the session. Secret: only that somebody voted is ever stored."""

    OPEN = "open"
    SECRET = "secret"  # noqa: S105 -- a kind of ballot.


class TieRule(StrEnum):
    """When all who are entitled voted, half of them yes and half no: the percentage decides as always, the chair's own
    ballot does, or it is refused. With abstentions or ballots missing there is no tie: the percentage decides."""

    PERCENTAGE = "percentage"
    CHAIR = "chair"
    REFUSE = "refuse"


class RulebookStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


class SessionStatus(StrEnum):
    """Planned: agenda and attendance. Open: scores and votes. Closed: results. Decided: for ever.

    Lapsed: it left nothing to decide. Cancelled: called off before anybody judged.
    """

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class DossierState(StrEnum):
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Choice(StrEnum):
    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class ConflictKind(StrEnum):
    """Why a member steps back; authorship is found without being declared."""

    AUTHOR = "author"
    RELATIVE = "relative"
    SAME_UNIT = "same_unit"
    MATERIAL_INTEREST = "material_interest"
    OTHER = "other"


class Outcome(StrEnum):
    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"


class Answer(StrEnum):
    """What the centre says to a recommendation: it has taken note, it goes on with it, or it does not."""

    NOTED = "noted"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class CommendationForm(StrEnum):
    """Biểu dương, cờ thi đua, tập thể lao động xuất sắc, bằng khen, giấy khen, thưởng tiền, ghi nhận thành tích."""

    PRAISE = "praise"
    EMULATION_FLAG = "emulation_flag"
    EXCELLENT_LABOUR_COLLECTIVE = "excellent_labour_collective"
    CERTIFICATE_OF_MERIT = "certificate_of_merit"
    CERTIFICATE_OF_COMMENDATION = "certificate_of_commendation"
    CASH_REWARD = "cash_reward"
    ACHIEVEMENT = "achievement"


class Authority(StrEnum):
    """Which level commends."""

    CENTRE = "centre"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    ORGANISATION = "organisation"


class RecipientKind(StrEnum):
    COLLECTIVE = "collective"
    INDIVIDUAL = "individual"
