"""The rules of judging, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from common.errors import Conflict, Invalid
from hypothesis import given
from hypothesis import strategies as st
from review.domain.councils import Council, Member, Signed
from review.domain.dossiers import Dossier, Initiative
from review.domain.judging import Panel, ScoreSheet, Spread, Votes, in_order_of_recusals, judge
from review.domain.rulebooks import Criterion, Rulebook, Rules
from review.domain.sessions import Session
from review.domain.vocabulary import BallotKind, Choice, Outcome, RulebookStatus, Seat, TieRule

NOW = datetime(2019, 12, 15, tzinfo=UTC)
PEOPLE = [UUID(int=n) for n in range(1, 10)]
DOSSIER = UUID(int=100)
RULES = Rules(
    name="Quy chế",
    legal_basis="Kế hoạch",
    criteria=(
        Criterion("novelty", "Tính mới", Decimal(3), Decimal(10)),
        Criterion("effect", "Hiệu quả", Decimal(1), Decimal(20), Decimal(8)),
    ),
    pass_score=Decimal(70),
    quorum_percent=Decimal("66.66"),
    approval_percent=Decimal("66.66"),
)


def sheet(person: UUID, novelty: str, effect: str) -> ScoreSheet:
    return ScoreSheet(person, {"novelty": Decimal(novelty), "effect": Decimal(effect)}, "", NOW)


def panel(present: int = 5, recused: int = 0, members: int = 5) -> Panel:
    return Panel(frozenset(PEOPLE[:members]), frozenset(PEOPLE[:present]), frozenset(PEOPLE[:recused]))


def council(members: int = 5) -> Council:
    seats = [Member(person, "Tên", Seat.CHAIR if n == 0 else Seat.MEMBER) for n, person in enumerate(PEOPLE[:members])]
    signed = Signed("1/QĐ", date(2019, 1, 1))
    return Council(UUID(int=50), UUID(int=51), "/A/", "Hội đồng", signed, date(2019, 1, 1), None, tuple(seats))


def session() -> Session:
    id_ = UUID(int=60)
    return Session(id_, UUID(int=50), UUID(int=52), UUID(int=51), "/A/", 2019, "Họp", date(2019, 12, 15), "")


def test_a_session_has_no_rules_before_it_opens() -> None:
    with pytest.raises(Conflict) as raised:
        _ = session().frozen_rules
    assert raised.value.code == "session.not_open"


def test_the_mean_is_weighted_and_out_of_a_hundred() -> None:
    # (3 x 8/10 + 1 x 10/20) / 4 = 72.5 %
    assert RULES.total({"novelty": Decimal(8), "effect": Decimal(10)}) == Decimal("72.5")


@pytest.mark.parametrize(("members", "needed"), [(3, 2), (5, 4), (6, 4), (7, 5), (9, 6), (15, 10)])
def test_two_thirds_of_the_members_are_needed(members: int, needed: int) -> None:
    assert RULES.quorum(members) == needed


def test_results_show_mean_and_spread() -> None:
    result = judge(DOSSIER, RULES, panel(), [sheet(PEOPLE[0], "6", "10"), sheet(PEOPLE[1], "9", "16")], Votes(yes=5))
    assert result.score == Spread(Decimal("72.50"), Decimal("15.00"), Decimal("57.50"), Decimal("87.50"))
    assert result.criteria["effect"] == Spread(Decimal("13.00"), Decimal("3.00"), Decimal("10.00"), Decimal("16.00"))


def test_recognised_at_exactly_every_threshold() -> None:
    rules = replace(RULES, pass_score=Decimal("72.5"))
    result = judge(DOSSIER, rules, panel(present=4), [sheet(PEOPLE[0], "8", "10")], Votes(yes=3, no=1))
    assert (result.outcome, result.reasons) == (Outcome.RECOGNISED, ())


def test_each_shortfall_is_its_own_reason_with_both_figures() -> None:
    result = judge(DOSSIER, RULES, panel(present=3), [sheet(PEOPLE[0], "5", "7")], Votes(yes=1, no=1, abstain=1))
    assert result.outcome is Outcome.NOT_RECOGNISED
    assert [(r.code, r.value, r.required, r.criterion) for r in result.reasons] == [
        ("quorum_not_held", 3, 4, ""),
        ("score_below_pass", Decimal("46.25"), 70, ""),
        ("criterion_below_minimum", 7, 8, "Hiệu quả"),
        ("not_approved", 1, 2, ""),
    ]


def test_nobody_scored_and_nobody_voted_is_not_recognised() -> None:
    result = judge(DOSSIER, RULES, panel(), [], Votes())
    assert [reason.code for reason in result.reasons] == ["not_scored", "not_approved"]
    assert result.score is None


def test_a_recused_or_absent_members_sheet_does_not_count() -> None:
    sheets = [sheet(PEOPLE[0], "0", "0"), sheet(PEOPLE[1], "8", "10"), sheet(PEOPLE[4], "0", "0")]
    result = judge(DOSSIER, RULES, panel(present=4, recused=1), sheets, Votes(yes=3))
    assert result.score
    assert (result.sheets, result.present, result.score.mean) == (1, 3, Decimal("72.50"))


def test_a_recused_member_does_not_count_for_the_dossiers_quorum() -> None:
    good = [sheet(PEOPLE[3], "9", "18")]
    held = judge(DOSSIER, RULES, panel(present=5, recused=1), good, Votes(yes=4))
    lost = judge(DOSSIER, RULES, panel(present=4, recused=1), good, Votes(yes=3))
    assert held.reasons == ()
    assert [reason.code for reason in lost.reasons] == ["quorum_not_held"]


@pytest.mark.parametrize(
    ("rule", "chair", "codes"),
    [
        (TieRule.PERCENTAGE, Choice.YES, ["not_approved"]),
        (TieRule.REFUSE, Choice.YES, ["tie_lost"]),
        (TieRule.CHAIR, Choice.YES, []),
        (TieRule.CHAIR, Choice.NO, ["tie_lost"]),
        (TieRule.CHAIR, None, ["tie_lost"]),
    ],
)
def test_a_tie_is_broken_as_the_rulebook_says(rule: TieRule, chair: Choice | None, codes: list[str]) -> None:
    rules = replace(RULES, tie_rule=rule)
    result = judge(DOSSIER, rules, panel(present=4), [sheet(PEOPLE[0], "9", "18")], Votes(yes=2, no=2, chair=chair))
    assert [reason.code for reason in result.reasons] == codes


@pytest.mark.parametrize("votes", [Votes(yes=1, no=1), Votes(yes=1, no=1, abstain=2)])
def test_few_ballots_are_no_tie_for_the_chair_to_break(votes: Votes) -> None:
    """One yes of the chair against one no does not recognise what four are to judge."""
    rules = replace(RULES, tie_rule=TieRule.CHAIR)
    votes = replace(votes, chair=Choice.YES)
    result = judge(DOSSIER, rules, panel(present=4), [sheet(PEOPLE[0], "9", "18")], votes)
    assert [reason.code for reason in result.reasons] == ["not_approved"]


def test_a_criterion_without_weight_is_shown_but_does_not_count() -> None:
    free = Criterion("style", "Trình bày", Decimal(0), Decimal(10))
    rules = replace(RULES, criteria=(*RULES.criteria, free))
    scores = {"novelty": Decimal(8), "effect": Decimal(10), "style": Decimal(0)}
    assert rules.total(scores) == RULES.total(scores)


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 20)), min_size=1, max_size=5), st.integers(0, 5))
def test_the_outcome_is_what_the_reasons_say(given_scores: list[tuple[int, int]], yes: int) -> None:
    sheets = [sheet(PEOPLE[n], str(a), str(b)) for n, (a, b) in enumerate(given_scores)]
    result = judge(DOSSIER, RULES, panel(), sheets, Votes(yes=yes, no=5 - yes))
    assert result.score
    assert result.score.lowest <= result.score.mean <= result.score.highest
    passes = result.score.mean >= 70 and result.criteria["effect"].mean >= 8 and yes >= 4
    assert (result.outcome is Outcome.RECOGNISED) == passes


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"criteria": (RULES.criteria[0], RULES.criteria[0])}, "rulebook.criterion_twice"),
        ({"criteria": (replace(RULES.criteria[0], weight=Decimal(0)),)}, "rulebook.no_weight"),
        ({"criteria": (replace(RULES.criteria[0], min_score=Decimal(11)),)}, "rulebook.minimum_above_maximum"),
        ({"ballot": BallotKind.SECRET, "tie_rule": TieRule.CHAIR}, "rulebook.secret_chair"),
    ],
)
def test_rules_by_which_nobody_can_be_judged_are_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        replace(RULES, **change).ensure_sound()  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("scores", "code", "pointer"),
    [
        ({"novelty": 8}, "score_sheet.criterion_missing", "/scores/effect"),
        ({"novelty": 8, "effect": 21}, "score_sheet.out_of_range", "/scores/effect"),
        ({"novelty": 8, "effect": 20, "charm": 1}, "score_sheet.criterion_unknown", "/scores/charm"),
    ],
)
def test_a_sheet_has_every_criterion_in_its_range(scores: dict[str, int], code: str, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        RULES.ensure_scores({name: Decimal(score) for name, score in scores.items()})
    assert (refused.value.code, refused.value.pointer) == (code, pointer)


def test_a_session_opens_only_with_a_quorum_and_says_the_numbers() -> None:
    held = session()
    held.attend(frozenset(PEOPLE[:3]), council(), frozenset())
    with pytest.raises(Conflict) as refused:
        held.open(council(), RULES, 1, at=NOW, today=NOW.date(), move=False)
    assert refused.value.code == "session.no_quorum"
    assert refused.value.details == {"present": 3, "members": 5, "needed": 4, "quorum_percent": "66.66"}


def test_an_open_session_stays_quorate_and_keeps_who_has_judged() -> None:
    held = session()
    held.attend(frozenset(PEOPLE[:5]), council(), frozenset())
    held.open(council(), RULES, 1, at=NOW, today=NOW.date(), move=False)
    with pytest.raises(Conflict, match="no_quorum"):
        held.attend(frozenset(PEOPLE[:3]), council(), frozenset())
    with pytest.raises(Conflict, match="has_judged"):
        held.attend(frozenset(PEOPLE[:4]), council(), frozenset({PEOPLE[4]}))


def test_a_published_rulebook_is_published_once() -> None:
    rulebook = Rulebook(DOSSIER, DOSSIER, 1, DOSSIER, "/A/", date(2019, 1, 1), RULES)
    rulebook.publish(NOW)
    assert (rulebook.status, rulebook.version) == (RulebookStatus.PUBLISHED, 2)
    with pytest.raises(Conflict, match="already_published"):
        rulebook.publish(NOW)


@pytest.mark.parametrize(
    ("path", "on", "published", "code"),
    [
        ("/A/B/", date(2019, 6, 1), False, "rulebook.not_published"),
        ("/A/B/", date(2018, 6, 1), True, "rulebook.not_in_force"),
        ("/C/", date(2019, 6, 1), True, "rulebook.of_another_unit"),
    ],
)
def test_a_session_takes_only_a_rulebook_that_holds(path: str, on: date, published: bool, code: str) -> None:
    rulebook = Rulebook(DOSSIER, DOSSIER, 1, DOSSIER, "/A/", date(2019, 1, 1), RULES)
    if published:
        rulebook.publish(NOW)
    with pytest.raises(Invalid, match=code):
        rulebook.ensure_usable(path, on)


def test_dossiers_with_the_same_recusals_come_together() -> None:
    ids = [UUID(int=n) for n in range(6)]
    outside = {id_: frozenset(PEOPLE[:1]) if n % 2 else frozenset() for n, id_ in enumerate(ids)}
    order = in_order_of_recusals(ids, lambda id_: outside[id_])
    changes = sum(outside[a] != outside[b] for a, b in pairwise(order))
    assert changes == 1


def test_a_decided_dossier_is_neither_withdrawn_nor_reopened() -> None:
    initiative = Initiative(DOSSIER, 4, "KH-1", "Tên", DOSSIER, 2019, DOSSIER, "c", "f", "a", (), 1, date(2019, 11, 1))
    dossier = Dossier(initiative, DOSSIER, "/A/")
    assert dossier.receive(initiative, DOSSIER, "/A/")
    dossier.state = type(dossier.state).DECIDED
    before = dossier.version
    dossier.withdraw()
    assert dossier.receive(initiative, DOSSIER, "/A/") is None
    assert (dossier.state.value, dossier.version) == ("decided", before)
