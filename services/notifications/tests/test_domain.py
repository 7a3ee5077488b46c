"""Who is told, and how an e-mail ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from common.errors import Stale
from notifications.domain import (
    NEWS_LASTS,
    RETRY_DELAYS,
    Audience,
    Email,
    EmailState,
    Kind,
    Message,
    Notice,
    Preferences,
    Refused,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
AUTHOR, OFFICER, SECRETARY = uuid4(), uuid4(), uuid4()


def notice(kind: Kind = Kind.FORWARDED, code: str = "KH-2026-0012", authors: tuple[UUID, ...] = (AUTHOR,)) -> Notice:
    return Notice(
        event_id=uuid4(),
        kind=kind,
        occurred_at=NOW,
        occurred_on=NOW.date(),
        initiative_id=uuid4(),
        code=code,
        title="Tủ sách",
        cycle_id=uuid4(),
        unit_id=uuid4(),
        council_unit_id=uuid4(),
        author_ids=list(authors),
        reason="",
        decision_number="",
    )


def email() -> Email:
    return Email(
        message_id=uuid4(),
        event_id=uuid4(),
        person_id=AUTHOR,
        kind=Kind.RETURNED,
        initiative_id=uuid4(),
        subject="s",
        text="t",
        queued_at=NOW,
        name="",
        address="a@b.example",
        attempts=0,
        due_at=NOW,
    )


def test_a_forwarded_dossier_is_told_to_author_officer_and_the_councils_secretary() -> None:
    assert notice().recipients([OFFICER], [SECRETARY]) == {
        AUTHOR: Audience.AUTHOR,
        OFFICER: Audience.OFFICER,
        SECRETARY: Audience.SECRETARY,
    }


@pytest.mark.parametrize("who", [AUTHOR, OFFICER, SECRETARY])
def test_nobody_is_told_of_their_own_act(who: UUID) -> None:
    everybody = {AUTHOR, OFFICER, SECRETARY}
    told = replace(notice(Kind.FORWARDED), acted_by=who).recipients([OFFICER], [SECRETARY])
    assert set(told) == everybody - {who}


def test_the_secretary_is_not_told_of_what_happens_inside_the_unit() -> None:
    assert SECRETARY not in notice(Kind.RECOGNISED).recipients([OFFICER], [SECRETARY])


def test_the_board_is_told_of_the_centres_answer_only() -> None:
    board = uuid4()
    for kind in Kind:
        told = notice(kind).recipients([OFFICER], [SECRETARY], [board, OFFICER])
        is_answer = kind is Kind.RECOMMENDATION_ANSWERED
        assert told.get(board) == (Audience.STANDING if is_answer else None)
        assert told[OFFICER] == (Audience.STANDING if is_answer else Audience.OFFICER)


def test_who_is_both_author_and_officer_is_told_once_as_author() -> None:
    assert notice().recipients([AUTHOR], [AUTHOR]) == {AUTHOR: Audience.AUTHOR}


def test_a_draft_that_was_never_handed_in_concerns_its_author_only() -> None:
    assert notice(Kind.WITHDRAWN, code="").recipients([OFFICER], [SECRETARY]) == {AUTHOR: Audience.AUTHOR}


def test_what_is_a_week_old_is_no_news() -> None:
    assert notice().is_news(NOW + NEWS_LASTS)
    assert not notice().is_news(NOW + NEWS_LASTS + timedelta(seconds=1))


def test_a_refused_email_is_tried_again_with_growing_pauses_and_then_given_up() -> None:
    sent = email()
    for delay in RETRY_DELAYS:
        sent.refused(Refused("recipient 451"), NOW)
        assert (sent.state, sent.due_at, sent.outcome) == (EmailState.QUEUED, NOW + delay, "refused")
    sent.refused(Refused("recipient 451"), NOW)
    assert (sent.state, sent.attempts, sent.error) == (EmailState.GIVEN_UP, len(RETRY_DELAYS) + 1, "recipient 451")
    assert list(RETRY_DELAYS) == sorted(RETRY_DELAYS)


def test_a_final_refusal_is_not_repeated() -> None:
    sent = email()
    sent.refused(Refused("recipient 550", final=True), NOW)
    assert sent.outcome == "given_up"


def test_waiting_for_an_address_costs_no_attempt_and_ends_after_a_week() -> None:
    sent = email()
    sent.wait_for_address(NOW)
    assert (sent.attempts, sent.outcome) == (0, "no_address")
    assert sent.due_at > NOW
    sent.wait_for_address(NOW + NEWS_LASTS)
    assert (sent.state, sent.outcome) == (EmailState.GIVEN_UP, "no_address")


def test_who_has_no_address_is_not_looked_for_all_the_time() -> None:
    sent, looks = email(), []
    while sent.state is EmailState.QUEUED:
        looks.append(sent.due_at)
        sent.wait_for_address(sent.due_at)
    assert len(looks) <= 16
    assert looks[1] - looks[0] <= timedelta(minutes=1)  # A record on its way comes soon.
    assert looks[-1] == NOW + NEWS_LASTS


def test_the_first_reading_counts() -> None:
    made = notice()
    read = Message(uuid4(), made.event_id, AUTHOR, Audience.AUTHOR, made.kind, made.initiative_id, "s", "t", NOW)
    read.read(NOW)
    read.read(NOW + timedelta(days=1))
    assert (read.read_at, read.version) == (NOW, 2)


def test_preferences_start_with_everything_and_remember_what_was_refused() -> None:
    start = Preferences()
    assert set(start.email) == set(Kind)
    assert all(start.email.values())
    changed = start.changed({"initiative.endorsed": False, "initiative.returned": True}, expected=0)
    assert changed == Preferences(frozenset({Kind.ENDORSED}), version=1)
    with pytest.raises(Stale):
        replace(changed, version=2).changed({}, expected=1)
