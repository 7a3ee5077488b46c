"""An e-mail that is being sent: it holds nothing up, nobody else sends it, and what changes meanwhile is heeded."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from common import clock
from common.database import Context
from common.errors import Moved
from common.outbox import EVERY_TENANT
from common.tenants import absorb, close_doors, save_standing
from notifications import post, usecases
from notifications.delivery import Delivery, DeliveryMetrics
from notifications.domain import LEASE, NO_ADDRESS, EmailState, Refused
from notifications.store import tables
from notifications.store.tables import metadata
from prometheus_client import CollectorRegistry
from sqlalchemy import text, update

Sending = Callable[[], Any]


@pytest.fixture
def sending(service: Any, mailbox: Any) -> Sending:
    """`with sending(): ...`: a mail server hesitates over the first e-mail as long as this lasts; then it goes on."""
    metrics = DeliveryMetrics("notifications", CollectorRegistry())
    server = post.Post(f"smtp://127.0.0.1:{mailbox.port}", "st@sangtao.example", "https://sangtao.example")
    delivery = Delivery(service.database.unit_of_work, server, metrics)

    def deliver() -> None:
        with suppress(Moved):
            delivery.deliver("khanh-hoa", lambda **_: None)

    @contextmanager
    def send() -> Iterator[None]:
        mailbox.hesitates = True
        thread = Thread(target=deliver)
        thread.start()
        deadline = time.monotonic() + 10
        while not mailbox.asked:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        try:
            yield
        finally:
            mailbox.hesitates = False
            thread.join(10)
            server.close()
        assert not thread.is_alive()

    return send


def states(service: Any) -> list[str]:
    return sorted(row.state for row in service.rows("email"))


def told_by_email(service: Any) -> list[str]:
    """The tenants of the events that say so."""
    return [row.tenant for row in service.rows("outbox") if '"channel": "email"' in row.body]


def reader_of(service: Any, province: Any, address: str) -> Any:
    return next(one for one in province.everybody if one.email == address)


def test_a_mail_server_that_hesitates_holds_nothing_up(
    service: Any, province: Any, mailbox: Any, sending: Sending
) -> None:
    service.take(province.initiative("submitted"))
    with sending():
        with service.work() as uow:
            uow.execute(text("SET LOCAL lock_timeout = '2s'"))
            close_doors(uow)  # As for a merging: only when no transaction of the province is open.
        service.take(province.initiative("returned"))
        reader = reader_of(service, province, mailbox.asked[0])
        with service.database.unit_of_work(Context(province.tenant, subject=reader.subject)) as uow:
            uow.execute(text("SET LOCAL lock_timeout = '2s'"))
            assert usecases.read_all_messages(uow, reader.id, now=clock.now()) == 2
    assert states(service) == ["sent"] * 4
    assert len(mailbox.letters) == 4


def test_what_one_process_is_sending_no_other_sends(
    service: Any, province: Any, mailbox: Any, sending: Sending
) -> None:
    service.take(province.initiative("submitted"))
    others: list[Any] = []
    with sending():
        service.deliver(others.append)
        assert states(service) == ["queued", "sent"]
    assert states(service) == ["sent", "sent"]
    assert [email.address for email in others] != mailbox.asked
    assert len(others) == len(mailbox.letters) == 1


def test_several_processes_send_each_email_once(service: Any, province: Any) -> None:
    service.take(*(province.initiative("submitted") for _ in range(15)))
    sent: list[Any] = []

    def send_all() -> None:
        while service.deliver(lambda email: sent.append(email.message_id)):
            pass

    threads = [Thread(target=send_all) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(sent), len(set(sent))) == (30, 30)
    assert set(states(service)) == {"sent"}


def test_what_a_killed_process_had_is_sent_when_its_lease_is_over(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted", author_ids=[]))
    now = clock.now()
    with service.work() as uow:
        killed = usecases.claim_email(uow, now=now)
    assert killed
    with service.work() as uow:
        assert usecases.claim_email(uow, now=now + LEASE - timedelta(seconds=1)) is None
        again = usecases.claim_email(uow, now=now + LEASE)
    assert again
    assert again.message_id == killed.message_id


def test_a_lease_is_longer_than_a_dozen_answers_of_a_slow_server() -> None:
    assert LEASE.total_seconds() > 12 * post.TIMEOUT_SECONDS


def test_who_is_slower_than_the_lease_changes_nothing_any_more(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted", author_ids=[]))
    now = clock.now()
    with service.work() as uow:
        slow = usecases.claim_email(uow, now=now)
    with service.work() as uow:
        other = usecases.claim_email(uow, now=now + LEASE)
    assert slow
    assert other
    slow.refused(Refused("recipient 550", final=True), now)
    with service.work() as uow:
        usecases.settle_email(uow, slow)
    assert states(service) == ["queued"]  # It is the other's to settle.
    for email in (other, slow):
        email.state, email.sent_at = EmailState.SENT, now
        with service.work() as uow:
            usecases.settle_email(uow, email)
    assert states(service) == ["sent"]
    assert told_by_email(service) == [province.tenant]


def test_an_address_that_changes_while_it_is_written_to_makes_no_second_letter(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted", author_ids=[]))
    with service.work() as uow:
        uow.execute(update(tables.email).where(tables.email.c.tenant == uow.tenant).values(error=NO_ADDRESS))
        assert usecases.claim_email(uow, now=clock.now())
    service.take(province.person(province.officer, version=2))
    assert not service.deliver()


def test_what_is_erased_while_another_letter_is_sent_is_not_sent(
    service: Any, province: Any, mailbox: Any, sending: Sending
) -> None:
    service.take(province.initiative("submitted"))
    with sending():
        for one in province.everybody:
            data = {"person_id": str(one.id), "version": 2, "initiative_ids": []}
            service.take(province.event("person.erased", one.id, data))
    assert [one.rcpt_tos for one in mailbox.letters] == [mailbox.asked]
    assert service.rows("email") == []
    assert told_by_email(service) == []


def test_when_provinces_merge_while_a_letter_is_sent_it_is_settled_with_the_heir(
    service: Any, province: Any, mailbox: Any, sending: Sending
) -> None:
    service.take(province.initiative("submitted", author_ids=[]))
    with sending(), service.work() as uow:
        absorb(uow, "lai-chau")
        save_standing(uow, metadata, {"status": "merged", "heir": "lai-chau", "version": 2})
    [row] = service.rows("email")
    assert (row.tenant, row.state) == ("lai-chau", "sent")
    assert len(mailbox.letters) == 1
    assert told_by_email(service) == ["lai-chau"]


def test_a_lease_does_not_hide_how_long_an_email_has_waited(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted", author_ids=[]))
    now = clock.now()
    with service.work() as uow:
        assert usecases.claim_email(uow, now=now + timedelta(hours=1))
    with service.database.unit_of_work(Context(EVERY_TENANT)) as uow:
        assert usecases.seconds_behind(uow, now=now + timedelta(hours=1)) == pytest.approx(3600, abs=30)
        assert usecases.tenants_with_due_emails(uow, now=now + timedelta(hours=1)) == []
