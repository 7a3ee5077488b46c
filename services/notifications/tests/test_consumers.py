"""What people are told when events arrive: once, late, twice, out of order."""

from datetime import timedelta
from typing import Any

from common import clock
from common.ids import new_id
from notifications import usecases

SUBMITTED = "submitted"


def told(service: Any) -> list[tuple[Any, str]]:
    return sorted((row.person_id, row.audience) for row in service.rows("message"))


def test_a_submitted_dossier_reaches_its_author_and_the_officer(service: Any, province: Any) -> None:
    service.take(province.initiative(SUBMITTED))
    assert told(service) == sorted([(province.author.id, "author"), (province.officer.id, "officer")])
    assert {row.state for row in service.rows("email")} == {"queued"}


def test_a_forwarded_dossier_also_reaches_the_councils_secretary(service: Any, province: Any) -> None:
    service.take(province.initiative("forwarded"))
    [message] = [row for row in service.rows("message") if row.person_id == province.secretary.id]
    assert message.subject.startswith("Có hồ sơ chờ hội đồng xét")
    assert "hội đồng xét sáng kiến của huyện Diên Khánh" in message.text


def test_every_change_of_state_is_told(service: Any, province: Any) -> None:
    kinds = [
        "submitted",
        "returned",
        "withdrawn",
        "endorsed",
        "forwarded",
        "review_started",
        "recognised",
        "not_recognised",
        "recommended",
        "recommendation_withdrawn",
        "recommendation_answered",
    ]
    service.take(*(province.initiative(kind) for kind in kinds))
    own = [row.kind for row in service.rows("message", "id") if row.person_id == province.author.id]
    assert own == [f"initiative.{kind}" for kind in kinds]


def test_the_centres_answer_reaches_the_author_the_unit_and_the_board(service: Any, province: Any) -> None:
    board = province.someone("Hồ Thị Hạnh", "hanh", "standing", province.council_unit_id)
    service.take(province.person(board), province.grant(board))
    service.take(province.initiative("recommendation_answered", answer="accepted", reason="Phổ biến."))
    people = [(province.author.id, "author"), (province.officer.id, "officer"), (board.id, "standing")]
    assert told(service) == sorted(people)
    assert all("Trung ương chấp nhận đề nghị" in row.text for row in service.rows("message"))


def test_the_centres_answer_reaches_the_board_of_the_heir(service: Any, province: Any) -> None:
    root = new_id()
    old = province.someone("Hồ Thị Hạnh", "hanh", "standing", province.council_unit_id)
    heir = province.someone("Lý Văn Khoa", "khoa", "standing", root)
    service.take(province.unit(root, "tỉnh Đắk Lắk"))
    service.take(*(event for one in (old, heir) for event in (province.person(one), province.grant(one))))
    service.take(province.initiative("recommendation_answered", answer="noted", province_unit_id=str(root)))
    boards = [who for who, audience in told(service) if audience == "standing"]
    assert boards == [heir.id]


def test_an_event_that_comes_twice_is_told_once(service: Any, province: Any) -> None:
    event = province.initiative(SUBMITTED)
    service.take(event, event)
    service.take(event)
    assert len(told(service)) == 2


def test_even_without_the_inbox_a_person_is_told_once(service: Any, province: Any) -> None:
    event = province.initiative(SUBMITTED)
    service.take(event)
    with service.database.admin_engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM inbox")
    service.take(event)
    assert len(told(service)) == 2
    assert len(service.rows("email")) == 2
    assert len(service.rows("outbox")) == 2


def test_each_message_is_announced_as_delivered_to_the_inbox(service: Any, province: Any) -> None:
    service.take(province.initiative(SUBMITTED))
    messages = {str(row.id) for row in service.rows("message")}
    assert {str(row.subject) for row in service.rows("outbox")} == messages


def test_an_author_whose_record_comes_later_is_told_and_written_to(service: Any, province: Any) -> None:
    late = province.someone("Phạm Thị Dung", "dung", "author", province.unit_id)
    service.take(province.initiative(SUBMITTED, author_ids=[str(late.id)]))
    assert (late.id, "author") in told(service)
    service.deliver()
    [waiting] = [row for row in service.rows("email") if row.state == "queued"]
    assert (waiting.error, waiting.attempts) == ("no_address", 0)

    service.take(province.person(late))
    sent: list[Any] = []
    service.deliver(sent.append)
    assert [(email.name, email.address) for email in sent] == [(late.name, late.email)]


def test_an_officer_whose_grant_comes_later_is_told_what_happened_since_its_issue(service: Any, province: Any) -> None:
    issued = clock.now()
    before = province.initiative(SUBMITTED, at=issued - timedelta(minutes=5))
    after = province.initiative(SUBMITTED, at=issued + timedelta(minutes=5))
    service.take(before, after)
    late = province.someone("Đỗ Văn Em", "em", "officer", province.unit_id)
    service.take(province.person(late), province.grant(late, at=issued))
    [message] = [row for row in service.rows("message") if row.person_id == late.id]
    assert (str(message.event_id), message.audience) == (after.id, "officer")
    service.take(province.grant(late, at=issued))
    assert len([row for row in service.rows("message") if row.person_id == late.id]) == 1


def test_a_secretary_whose_grant_comes_later_is_told_too(service: Any, province: Any) -> None:
    issued = clock.now() - timedelta(minutes=1)
    service.take(province.initiative("forwarded"))
    late = province.someone("Võ Thị Giang", "giang", "secretary", province.council_unit_id)
    service.take(province.person(late), province.grant(late, at=issued))
    assert (late.id, "secretary") in told(service)


def test_who_lost_the_grant_is_told_no_more(service: Any, province: Any) -> None:
    service.take(province.grant(province.officer, revoked=True))
    service.take(province.grant(province.officer))  # An older version that comes late changes nothing.
    service.take(province.initiative(SUBMITTED))
    assert told(service) == [(province.author.id, "author")]


def test_an_older_record_of_a_person_does_not_replace_a_newer(service: Any, province: Any) -> None:
    author = province.author
    newer = province.person(author, version=3)
    newer.data["email"] = "new@khanh-hoa.example"
    service.take(newer, province.person(author, version=2))
    [row] = [row for row in service.rows("person") if row.id == author.id]
    assert (row.email, row.version) == ("new@khanh-hoa.example", 3)


def test_a_dossier_of_an_unknown_unit_waits_as_a_dead_letter_until_the_unit_is_known(
    service: Any, province: Any
) -> None:
    unit_id = new_id()
    service.take(province.initiative(SUBMITTED, unit_id=str(unit_id)))
    [letter] = service.rows("dead_letter")
    assert letter.error.startswith("NotFound: unit.not_known_yet")
    service.take(province.unit(unit_id, "Hội Nông dân xã"))
    assert service.consumer.retry_letters(everything=True) == 1
    assert told(service) == [(province.author.id, "author")]
    assert not service.rows("dead_letter")


def test_old_news_is_put_into_the_inbox_but_not_sent_by_mail(service: Any, province: Any) -> None:
    service.take(province.initiative(SUBMITTED, at=clock.now() - timedelta(days=8)))
    assert len(told(service)) == 2
    assert not service.rows("email")


def test_who_does_not_want_a_kind_by_mail_has_it_in_the_inbox_only(service: Any, province: Any) -> None:
    with service.work() as uow:
        usecases.change_preferences(uow, province.author.id, email={"initiative.submitted": False}, expected=0)
    service.take(province.initiative(SUBMITTED), province.initiative("endorsed"))
    mailed = {row.message_id for row in service.rows("email")}
    own = {row.kind: row.id in mailed for row in service.rows("message") if row.person_id == province.author.id}
    assert own == {"initiative.submitted": False, "initiative.endorsed": True}
    assert len(mailed) == 3


def test_two_provinces_do_not_mix(service: Any, province: Any, another_province: Any) -> None:
    other = another_province("lai-chau")
    other.unit_id, other.council_unit_id, other.cycle_id = (  # The same ids, by chance or by malice.
        province.unit_id,
        province.council_unit_id,
        province.cycle_id,
    )
    for one in other.everybody:
        one.unit_id = province.council_unit_id if one.role == "secretary" else province.unit_id
    service.take(*other.foundation(), other.initiative("forwarded"))
    assert {row.tenant for row in service.rows("message")} == {"lai-chau"}
    assert {row.person_id for row in service.rows("message")} == {one.id for one in other.everybody}
