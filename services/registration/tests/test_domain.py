"""Rules of a dossier, without a database."""

import tomllib
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any
from uuid import UUID, uuid4

import pytest
from common.errors import Conflict, Forbidden, Invalid, Outcome
from registration.domain.codes import ALPHABET, dossier_code
from registration.domain.cycles import Cycle
from registration.domain.initiative_states import Action, Status
from registration.domain.initiatives import Actor, Author, Initiative
from registration.domain.vocabulary import Affiliation, Content

MESSAGES = resources.files("registration") / "messages.toml"
NOW, DAY = datetime(2024, 3, 1, 2, tzinfo=UTC), date(2024, 3, 1)
CYCLE = Cycle(
    uuid4(), 2024, "2024", uuid4(), date(2024, 1, 1), date(2024, 10, 31), date(2024, 11, 30), date(2024, 12, 31)
)
AUTHOR, OFFICER = Actor(uuid4(), "author"), Actor(uuid4(), "officer")


def a_dossier(status: Status = Status.DRAFT, **values: Any) -> Initiative:
    complete = {"summary": "Tóm tắt", "solution": "Giải pháp", "effect": "Hiệu quả"}
    authors = [Author("individual", "Tác giả", "author", 100, AUTHOR.person_id)]
    return Initiative(
        **{
            "id": uuid4(),
            "cycle_id": CYCLE.id,
            "year": 2024,
            "unit_id": uuid4(),
            "scope_path": "/KH/A/",
            "affiliation": Affiliation.FRONT_SYSTEM,
            "title": "Tủ quần áo từ thiện",
            "content": Content.POLITICAL_SYSTEM,
            "field": "society",
            "status": status,
            "authors": authors,
            "owner_ids": [AUTHOR.person_id],
        }
        | complete
        | values
    )


def submit(dossier: Initiative, on: date = DAY) -> None:
    dossier.submit(AUTHOR, CYCLE, "KH-2024-AAA-BBBB", at=NOW, on=on)


def test_submitting_returns_the_event_of_the_new_state() -> None:
    dossier = a_dossier()
    event = dossier.submit(AUTHOR, CYCLE, "KH-2024-AAA-BBBB", at=NOW, on=DAY)
    assert (event.status, event.code, event.version) == ("submitted", "KH-2024-AAA-BBBB", 2)
    assert event.type == "vn.sangtao.registration.initiative.submitted.v1"
    assert (event.author_ids, event.acted_by) == ([AUTHOR.person_id], AUTHOR.person_id)


@pytest.mark.parametrize(
    ("day", "code"), [("2023-12-31", "cycle.not_open_yet"), ("2024-11-01", "cycle.registration_closed")]
)
def test_a_dossier_is_handed_in_inside_the_window_only(day: str, code: str) -> None:
    dossier = a_dossier()
    with pytest.raises(Conflict) as refusal:
        submit(dossier, date.fromisoformat(day))
    assert refusal.value.code == code
    assert dossier.status is Status.DRAFT


def test_both_ends_of_the_window_are_inside() -> None:
    for day in (CYCLE.opens_on, CYCLE.registration_closes_on):
        dossier = a_dossier()
        submit(dossier, day)
        assert dossier.status is Status.SUBMITTED


def test_shares_must_add_up_to_a_hundred() -> None:
    halves = [Author("individual", "A", "author", 50), Author("individual", "B", "co_author", 49)]
    with pytest.raises(Invalid) as refusal:
        submit(a_dossier(authors=halves))
    assert (refusal.value.code, refusal.value.details) == ("initiative.shares", {"total": 99})


@pytest.mark.parametrize("empty", ["summary", "solution", "effect"])
def test_an_incomplete_dossier_is_not_handed_in(empty: str) -> None:
    with pytest.raises(Invalid) as refusal:
        submit(a_dossier(**{empty: "  "}))
    assert refusal.value.pointer == f"/{empty}"


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        submit(a_dossier(summary="", effect=" ", authors=[]))
    told = [(one.code, one.pointer) for one in (refusal.value, *refusal.value.others)]
    assert told == [
        ("initiative.incomplete", "/summary"),
        ("initiative.incomplete", "/effect"),
        ("initiative.no_author", "/authors"),
    ]


def test_nobody_endorses_their_own() -> None:
    dossier = a_dossier(Status.SUBMITTED)
    with pytest.raises(Forbidden) as refusal:
        dossier.endorse(Actor(AUTHOR.person_id, "officer"), CYCLE, at=NOW, on=DAY)
    assert refusal.value.code == "initiative.own"
    assert Action.ENDORSE not in dossier.allowed(Actor(AUTHOR.person_id, "officer"))


def test_an_author_may_not_endorse() -> None:
    with pytest.raises(Forbidden):
        a_dossier(Status.SUBMITTED).endorse(Actor(uuid4(), "author"), CYCLE, at=NOW, on=DAY)


ACTS = {
    Action.EDIT: lambda dossier, actor: dossier.edit(actor),
    Action.ATTACH: lambda dossier, actor: dossier.change_files(Action.ATTACH, actor, "a.pdf", at=NOW, on=DAY),
    Action.DETACH: lambda dossier, actor: dossier.change_files(Action.DETACH, actor, "a.pdf", at=NOW, on=DAY),
    Action.DELETE: lambda dossier, actor: dossier.ensure_deletable(actor),
    Action.SUBMIT: lambda dossier, actor: dossier.submit(actor, CYCLE, "KH-2024-AAA-BBBB", at=NOW, on=DAY),
    Action.WITHDRAW: lambda dossier, actor: dossier.withdraw(actor, "Lý do", at=NOW, on=DAY),
    Action.RETURN: lambda dossier, actor: dossier.send_back(actor, "Lý do", at=NOW, on=DAY),
    Action.ENDORSE: lambda dossier, actor: dossier.endorse(actor, CYCLE, at=NOW, on=DAY),
    Action.FORWARD: lambda dossier, actor: dossier.forward(actor, CYCLE, uuid4(), at=NOW, on=DAY),
    Action.RECALL: lambda dossier, actor: dossier.recall(actor, "Lý do", at=NOW, on=DAY),
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", list(ACTS))
@pytest.mark.parametrize("council_in_term", [True, False])
def test_what_is_shown_as_allowed_is_what_works(status: Status, action: Action, council_in_term: bool) -> None:
    dossier = a_dossier(status, council_in_term=council_in_term)
    allowed = action in dossier.allowed(OFFICER)
    try:
        ACTS[action](dossier, OFFICER)
        worked = True
    except Outcome:
        worked = False
    assert worked == allowed


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RECOGNISED, Status.NOT_RECOGNISED])
def test_a_late_decision_changes_nothing(status: Status) -> None:
    dossier = a_dossier(status)
    assert dossier.reinstate(uuid4(), at=NOW, on=DAY) is None
    assert dossier.decide(True, number="1", on=DAY, score=90, reasons="", at=NOW) is None
    assert dossier.status is status


def test_a_council_that_has_opened_a_dossier_keeps_it() -> None:
    assert Action.RECALL not in a_dossier(Status.UNDER_REVIEW, council_in_term=True).allowed(OFFICER)
    for dossier in (a_dossier(Status.FORWARDED, council_in_term=True), a_dossier(Status.UNDER_REVIEW)):
        event = dossier.recall(OFFICER, "Chưa có hội đồng", at=NOW, on=DAY)
        assert (dossier.status, event.type.split(".")[-2], event.reason) == ("endorsed", "recalled", "Chưa có hội đồng")


@pytest.mark.parametrize("status", [one for one in Status if one not in ("draft", "recognised", "not_recognised")])
def test_a_decision_holds_whatever_crossed_it(status: Status) -> None:
    council = uuid4()
    dossier = a_dossier(status, council_unit_id=uuid4())
    reinstated = dossier.reinstate(council, at=NOW, on=DAY)
    assert reinstated is not None
    assert (reinstated.council_unit_id, reinstated.reason) == (council, "taken_back_too_late")
    assert dossier.reinstate(council, at=NOW, on=DAY) is None
    assert dossier.decide(True, number="1", on=DAY, score=90, reasons="", at=NOW) is not None
    assert dossier.status is Status.RECOGNISED


def test_nobody_takes_back_what_a_closed_session_has_judged() -> None:
    dossier = a_dossier(Status.UNDER_REVIEW, council_unit_id=uuid4())
    assert dossier.close_review(at=NOW, on=DAY)
    assert not dossier.close_review(at=NOW, on=DAY)
    assert not {Action.WITHDRAW, Action.RECALL} & set(dossier.allowed(OFFICER))
    for act in (ACTS[Action.WITHDRAW], ACTS[Action.RECALL]):
        with pytest.raises(Conflict) as refusal:
            act(dossier, OFFICER)
        assert refusal.value.code == "initiative.judged"
    assert dossier.abandon(OFFICER, at=NOW, on=DAY) is None
    assert dossier.status is Status.UNDER_REVIEW


# What is said of each state in which the act is refused; where nothing else is said it is `cannot_<act>`.
OTHER_WORDS = {
    **{(action, Status.WITHDRAWN): "withdrawn" for action in Action},
    **{(action, status): "decided" for action in Action for status in (Status.RECOGNISED, Status.NOT_RECOGNISED)},
    (Action.EDIT, Status.FORWARDED): "before_council",
    (Action.EDIT, Status.UNDER_REVIEW): "before_council",
    (Action.WITHDRAW, Status.DRAFT): "never_handed_in",
    **{
        (Action.RECALL, status): "not_forwarded"
        for status in (Status.DRAFT, Status.RETURNED, Status.SUBMITTED, Status.ENDORSED)
    },
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", [action for action in ACTS if action not in (Action.ATTACH, Action.DETACH)])
def test_a_refusal_says_what_is_true_of_the_state(status: Status, action: Action) -> None:
    dossier = a_dossier(status, council_in_term=True)
    if action in dossier.allowed(OFFICER):
        return
    with pytest.raises(Conflict) as refusal:
        ACTS[action](dossier, OFFICER)
    said = f"cannot_{action}" if action is Action.DELETE else OTHER_WORDS.get((action, status), f"cannot_{action}")
    assert refusal.value.code == f"initiative.{said}"
    texts = tomllib.loads(MESSAGES.read_text())[refusal.value.code]
    assert set(texts) == {"vi", "en"}
    assert "{status}" not in texts["vi"] + texts["en"]


def test_codes_have_no_letters_that_look_alike() -> None:
    assert not set("ILOU") & set(ALPHABET)
    assert dossier_code("KH", 2019, UUID(int=0)) == "KH-2019-000-0000"
    assert dossier_code("KH", 2019, UUID(int=(1 << 128) - 1)) == "KH-2019-ZZZ-ZZZZ"
