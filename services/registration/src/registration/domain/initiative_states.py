"""The states of a dossier, the acts that change them, and which role may do which act."""

from enum import StrEnum

from registration.domain.vocabulary import Role


class Status(StrEnum):
    """Where a dossier stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ENDORSED = "endorsed"
    FORWARDED = "forwarded"
    UNDER_REVIEW = "under_review"
    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What is done to a dossier; from START_REVIEW on it is the council's, the province's, the centre's: as events."""

    EDIT = "edit"
    ATTACH = "attach"
    DETACH = "detach"
    DELETE = "delete"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    ENDORSE = "endorse"
    FORWARD = "forward"
    RECALL = "recall"
    START_REVIEW = "start_review"
    REINSTATE = "reinstate"
    JUDGED = "judged"
    RECOGNISE = "recognise"
    REFUSE = "refuse"
    RECOMMEND = "recommend"
    UNRECOMMEND = "unrecommend"
    NOTED = "noted"
    ACCEPTED = "accepted"
    DECLINED = "declined"


S = Status
OPEN = frozenset({S.DRAFT, S.RETURNED})
TAKEN_BACK_TOO_LATE = "taken_back_too_late"  # The reason of REINSTATE, a code: pages and messages have its words.
# What the council is given it judges: from then on the files stay as they are.
BEFORE_COUNCIL = OPEN | {S.SUBMITTED, S.ENDORSED}
# Where a dossier may be by the time registration learns that a council's session had closed with it.
_TAKEN_BACK = frozenset({S.SUBMITTED, S.RETURNED, S.ENDORSED, S.FORWARDED, S.UNDER_REVIEW, S.WITHDRAWN})
_RECOMMENDING = (Action.RECOMMEND, Action.UNRECOMMEND, Action.NOTED, Action.ACCEPTED, Action.DECLINED)
MOVES: dict[Action, tuple[frozenset[Status], Status | None]] = {
    Action.EDIT: (OPEN, None),
    Action.ATTACH: (BEFORE_COUNCIL, None),
    Action.DETACH: (BEFORE_COUNCIL, None),
    Action.SUBMIT: (OPEN, S.SUBMITTED),
    Action.DELETE: (frozenset({S.DRAFT}), None),
    Action.WITHDRAW: (frozenset({S.RETURNED, S.SUBMITTED, S.ENDORSED, S.FORWARDED, S.UNDER_REVIEW}), S.WITHDRAWN),
    Action.RETURN: (frozenset({S.SUBMITTED, S.ENDORSED}), S.RETURNED),
    Action.ENDORSE: (frozenset({S.SUBMITTED}), S.ENDORSED),
    Action.FORWARD: (frozenset({S.ENDORSED}), S.FORWARDED),
    Action.RECALL: (frozenset({S.FORWARDED, S.UNDER_REVIEW}), S.ENDORSED),
    Action.START_REVIEW: (frozenset({S.FORWARDED}), S.UNDER_REVIEW),
    # The council's session had closed before it could read that the dossier was taken back (ADR 18).
    Action.REINSTATE: (_TAKEN_BACK, S.UNDER_REVIEW),
    Action.JUDGED: (frozenset({S.FORWARDED, S.UNDER_REVIEW}), S.UNDER_REVIEW),
    Action.RECOGNISE: (frozenset({S.FORWARDED, S.UNDER_REVIEW}), S.RECOGNISED),
    Action.REFUSE: (frozenset({S.FORWARDED, S.UNDER_REVIEW}), S.NOT_RECOGNISED),
    **dict.fromkeys(_RECOMMENDING, (frozenset({S.RECOGNISED}), None)),
}
_AUTHORS = frozenset({Action.EDIT, Action.ATTACH, Action.DETACH, Action.DELETE, Action.SUBMIT, Action.WITHDRAW})
ACTIONS_OF: dict[Role, frozenset[Action]] = {
    Role.AUTHOR: _AUTHORS,
    Role.OFFICER: _AUTHORS | {Action.RETURN, Action.ENDORSE, Action.FORWARD, Action.RECALL},
}
# What takes a dossier from its council: only until the session that judged it has closed.
TAKING_BACK = frozenset({Action.WITHDRAW, Action.RECALL})
# Separation of duties: nobody does these to a dossier of their own.
NOT_TO_OWN = frozenset({Action.RETURN, Action.ENDORSE, Action.FORWARD, Action.RECALL})

_DECIDED = frozenset({S.RECOGNISED, S.NOT_RECOGNISED})
_BEFORE_COUNCIL_NOW = frozenset({S.FORWARDED, S.UNDER_REVIEW})
# Why an act is refused in a state, where `initiative.cannot_<act>` would not be true.
_REFUSALS: dict[tuple[Action, Status], str] = {
    **{(Action.EDIT, status): "initiative.before_council" for status in _BEFORE_COUNCIL_NOW},
    **{(Action.RECALL, status): "initiative.not_forwarded" for status in BEFORE_COUNCIL},
    (Action.WITHDRAW, S.DRAFT): "initiative.never_handed_in",
}


def refusal(action: Action, status: Status) -> str:
    """Return the code of the message that says why a dossier in this state does not allow the act."""
    if action is Action.DELETE:
        return "initiative.cannot_delete"
    if status is S.WITHDRAWN:
        return "initiative.withdrawn"
    if status in _DECIDED:
        return "initiative.decided"
    return _REFUSALS.get((action, status), f"initiative.cannot_{action}")
