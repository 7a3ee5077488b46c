"""The centre's copy of a recommended dossier by itself: whom it names, and what can be answered. No database."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from common.errors import Conflict, Invalid, Stale
from common.ids import new_id
from registration.domain.initiatives import Author, Initiative
from registration.domain.recommended import RecommendedDossier, Shown, State
from registration.domain.vocabulary import Affiliation, Content


def initiative(*authors: Author, owners: tuple[UUID, ...] = ()) -> Initiative:
    values: dict[str, Any] = {"content": Content.PRODUCTION, "field": "x", "affiliation": Affiliation.FRONT_SYSTEM}
    place = {"id": new_id(), "cycle_id": new_id(), "unit_id": new_id(), "scope_path": "/", "year": 2024}
    return Initiative(title="x", authors=list(authors), owner_ids=list(owners), **values, **place)


def test_whom_a_copy_names() -> None:
    gone, here, absent = new_id(), new_id(), new_id()
    both = initiative(
        Author("individual", "A", "author", 60, gone), Author("individual", "B", "co_author", 40, here),
        owners=(gone, here),
    )  # fmt: skip
    shown = Shown.of(both, frozenset({gone}))
    assert ([one["name"] for one in shown.authors], shown.is_nobodys) == (["Người đã xoá", "B"], False)
    assert Shown.of(both, frozenset()).authors[0] == {"name": "A", "kind": "individual", "role": "author", "share": 60}
    assert Shown.of(both, frozenset({gone, here})).is_nobodys
    # Named without an id: it may be the owner who is gone.
    unnamed = initiative(
        Author("individual", "A", "author", 50), Author("collective", "T", "author", 50), owners=(gone,)
    )
    shown = Shown.of(unnamed, frozenset({gone}))
    assert ([one["name"] for one in shown.authors], shown.is_nobodys) == (["Người đã xoá", "T"], False)
    assert [one["name"] for one in Shown.of(unnamed, frozenset({absent})).authors] == ["A", "T"]
    alone = initiative(Author("individual", "A", "author", 100, gone), owners=(gone, here))
    assert not Shown.of(alone, frozenset({gone})).is_nobodys


def copy_of(**values: Any) -> RecommendedDossier:
    texts = dict.fromkeys(
        ("province", "province_name", "held_by", "held_by_name", "code", "content", "field", "affiliation",
         "unit_name", "title", "summary", "problem", "solution", "effect", "decision_number", "statement"), "x",
    )  # fmt: skip
    figures = dict.fromkeys(("given_version", "year", "yes", "no", "abstain", "present"), 1)
    day: dict[str, Any] = {"decided_on": date(2024, 12, 20), "recommended_on": date(2024, 12, 27)}
    given: dict[str, Any] = {**texts, **figures, **day, "authors": [], "score": None, "initiative_id": new_id()}
    return RecommendedDossier(**(given | values))


@pytest.mark.parametrize(
    ("state", "answers"),
    [
        (State.WAITING, [State.NOTED, State.ACCEPTED, State.DECLINED]),
        (State.NOTED, [State.ACCEPTED, State.DECLINED]),
        (State.ACCEPTED, []),
        (State.DECLINED, []),
        (State.WITHDRAWN, []),
    ],
)
def test_taking_note_is_not_the_last_word(state: State, answers: list[State]) -> None:
    by, on = new_id(), date(2025, 1, 15)
    assert copy_of(state=state).answers == answers
    for one in (State.NOTED, State.ACCEPTED, State.DECLINED):
        copy = copy_of(state=state)
        if one in answers:
            event = copy.answer(one, by, reason="x", on=on, expected=1)
            assert (copy.state, copy.answered_by, event.version, event.answer) == (one, by, 2, one)
        else:
            with pytest.raises(Conflict):
                copy.answer(one, by, reason="x", on=on, expected=None)


def test_a_refusal_says_why_and_nobody_answers_an_older_page() -> None:
    by, on = new_id(), date(2025, 1, 15)
    with pytest.raises(Invalid):
        copy_of().answer(State.DECLINED, by, reason="", on=on, expected=None)
    with pytest.raises(Stale):
        copy_of().answer(State.NOTED, by, reason="", on=on, expected=2)
