"""E-mail to a real SMTP server: sent, refused, interrupted, killed."""

import email as mail
import itertools
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.header import decode_header, make_header
from email.policy import default
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
from common import clock
from common.database import Context
from common.ids import new_id
from common.outbox import EVERY_TENANT
from common.tenants import close_doors, save_standing
from notifications import app, usecases
from notifications.delivery import Delivery, DeliveryMetrics
from notifications.domain import NEWS_LASTS, RETRY_DELAYS, Email, Unreachable
from notifications.post import Post, compose
from prometheus_client import CollectorRegistry
from sqlalchemy import update

PORTAL = "https://sangtao.example"
MAIL_FROM = "Sáng Tạo <khong-tra-loi@sangtao.example>"
WAIT_SECONDS = 30.0
WORDS = ["Tủ", "sách", "lưu", "động", "cho", "thôn", "xa", "ở", "xã", "Diên", "An"]


def wait_for(what: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.02)
    pytest.fail("it did not happen in time")


def post_to(port: int) -> Post:
    return Post(f"smtp://127.0.0.1:{port}", MAIL_FROM, PORTAL)


def states(service: Any) -> list[str]:
    return sorted(row.state for row in service.rows("email"))


def message_ids(mailbox: Any) -> list[str]:
    return [mail.message_from_bytes(one.content, policy=default)["Message-ID"] for one in mailbox.letters]


def make_due(service: Any) -> None:
    """As if every pause and every lease were over."""
    with service.work() as uow:
        table = app.metadata.tables["email"]
        uow.execute(update(table).where(table.c.state == "queued").values(due_at=clock.now()))


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def delivery(service: Any, mailbox: Any, registry: CollectorRegistry) -> Iterator[Delivery]:
    post = post_to(mailbox.port)
    yield Delivery(service.database.unit_of_work, post, DeliveryMetrics("notifications", registry))
    post.close()


def _no_beat(*, working: bool = True) -> None:
    """Nobody listens."""


def deliver(delivery: Delivery, tenant: str = "khanh-hoa") -> Counter[str]:
    return delivery.deliver(tenant, _no_beat)


def test_a_letter_arrives_as_its_receiver_reads_it(
    service: Any, province: Any, mailbox: Any, delivery: Delivery
) -> None:
    event = province.initiative("returned", reason="Thiếu minh chứng hiệu quả")
    service.take(event)
    assert deliver(delivery) == {"sent": 2}
    [envelope] = [one for one in mailbox.letters if one.rcpt_tos == [province.author.email]]
    letter = mail.message_from_bytes(envelope.content, policy=default)
    assert envelope.mail_from == "khong-tra-loi@sangtao.example"
    assert letter["From"] == MAIL_FROM
    assert letter["To"] == f"{province.author.name} <{province.author.email}>"
    assert letter["Subject"] == "Cần bổ sung sáng kiến “Tủ sách lưu động cho thôn xa”"
    assert letter["Auto-Submitted"] == "auto-generated"
    link = f"{PORTAL}/initiatives/{event.subject}"
    for kind in ("plain", "html"):
        body = letter.get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert "Kính gửi ông/bà Nguyễn Thị Ánh," in body
        assert "Lý do: Thiếu minh chứng hiệu quả" in body
        assert body.count("http") == body.count(link) == 1


@pytest.mark.parametrize("words", range(1, 40))
def test_names_and_subjects_of_any_length_arrive_whole(words: int) -> None:
    text = " ".join(itertools.islice(itertools.cycle(WORDS), words))
    fields = {"kind": "initiative.returned", "text": "Câu.", "queued_at": clock.now(), "due_at": clock.now()}
    ids = dict.fromkeys(("message_id", "event_id", "person_id", "initiative_id"), new_id())
    letter = Email(subject=text, name=text, address="a@b.example", attempts=0, **fields, **ids)
    sent = mail.message_from_bytes(compose(letter, mail_from=MAIL_FROM, portal_url=PORTAL).as_bytes())
    assert str(make_header(decode_header(sent["Subject"]))) == text
    assert str(make_header(decode_header(sent["To"]))) == f"{text} <a@b.example>"
    assert max(map(len, sent.as_string().splitlines())) <= 78


def test_what_is_sent_is_not_sent_again(service: Any, province: Any, mailbox: Any, delivery: Delivery) -> None:
    service.take(province.initiative("submitted"))
    deliver(delivery)
    assert not deliver(delivery)
    assert len(mailbox.letters) == 2


def test_a_repeated_letter_has_the_same_message_id(
    service: Any, province: Any, mailbox: Any, delivery: Delivery
) -> None:
    """The mail server took it, and the process died before it could tell."""
    service.take(province.initiative("submitted"))
    post = post_to(mailbox.port)

    def send_and_die(email: Email) -> None:
        post.send(email)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.deliver(send_and_die)
    post.close()
    assert deliver(delivery) == {"sent": 1}  # The other one.
    assert not deliver(delivery)
    make_due(service)
    assert deliver(delivery) == {"sent": 1}
    ids = message_ids(mailbox)
    assert (len(ids), len(set(ids))) == (3, 2)


def test_a_server_that_says_later_is_asked_again_until_it_is_given_up(
    service: Any, province: Any, mailbox: Any, delivery: Delivery, registry: CollectorRegistry
) -> None:
    service.take(province.initiative("submitted"))
    mailbox.answers[province.author.email] = "451 Try again later"
    assert deliver(delivery) == {"sent": 1, "refused": 1}
    assert not deliver(delivery)  # It waits for its time.
    for _ in RETRY_DELAYS:
        make_due(service)
        deliver(delivery)
    assert states(service) == ["given_up", "sent"]
    [row] = [row for row in service.rows("email") if row.state == "given_up"]
    assert (row.attempts, row.error) == (len(RETRY_DELAYS) + 1, "recipient 451")
    labels = {"service": "notifications"}
    assert registry.get_sample_value("emails_sent_total", labels) == 1
    assert registry.get_sample_value("emails_failed_total", labels | {"outcome": "refused"}) == len(RETRY_DELAYS)
    assert registry.get_sample_value("emails_failed_total", labels | {"outcome": "given_up"}) == 1


def test_a_box_that_does_not_exist_is_given_up_at_once_and_can_be_tried_again(
    service: Any, province: Any, mailbox: Any, delivery: Delivery, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.take(province.initiative("submitted"))
    mailbox.answers[province.author.email] = "550 No such user here"
    assert deliver(delivery) == {"sent": 1, "given_up": 1}
    monkeypatch.setenv("DATABASE_URL", service.database.urls["DATABASE_URL"])
    app.show_given_up_emails()
    assert capsys.readouterr().out.endswith("\t1\trecipient 550\n")
    mailbox.answers.clear()
    app.retry_given_up_emails()
    assert deliver(delivery) == {"sent": 1}


def test_an_address_that_is_none_is_given_up(service: Any, province: Any, mailbox: Any, delivery: Delivery) -> None:
    province.author.email = "anh@khanh-hoa.example\nBcc: everybody@example.org"
    service.take(province.person(province.author, version=2), province.initiative("submitted"))
    assert deliver(delivery) == {"sent": 1, "given_up": 1}
    assert [one.rcpt_tos for one in mailbox.letters] == [[province.officer.email]]


def test_who_never_had_an_address_is_no_email_that_was_given_up(
    service: Any, province: Any, mailbox: Any, delivery: Delivery, registry: CollectorRegistry
) -> None:
    province.author.email = ""
    service.take(province.person(province.author, version=2), province.initiative("submitted"))
    with service.work() as uow:
        table = app.metadata.tables["email"]
        uow.execute(update(table).values(queued_at=table.c.queued_at - NEWS_LASTS))
    assert deliver(delivery) == {"sent": 1, "no_address": 1}
    assert states(service) == ["given_up", "sent"]
    assert registry.get_sample_value("emails_failed_total", {"service": "notifications", "outcome": "given_up"}) == 0
    with service.database.unit_of_work(Context(EVERY_TENANT)) as uow:
        assert usecases.list_given_up_emails(uow) == []
    with service.work() as uow:
        assert usecases.requeue_emails(uow, now=clock.now()) == 0


def test_while_no_server_answers_no_email_fails(
    service: Any, province: Any, port: int, registry: CollectorRegistry
) -> None:
    service.take(province.initiative("submitted"))
    delivery = Delivery(service.database.unit_of_work, post_to(port), DeliveryMetrics("notifications", registry))
    before = service.rows("email", "message_id")
    with pytest.raises(Unreachable):
        deliver(delivery)
    assert service.rows("email", "message_id") == before
    assert {(row.state, row.attempts) for row in service.rows("email")} == {("queued", 0)}


def test_while_no_server_answers_the_process_is_alive_but_not_ready(
    service: Any, province: Any, port: int, registry: CollectorRegistry
) -> None:
    service.take(province.initiative("submitted"))
    delivery = Delivery(service.database.unit_of_work, post_to(port), DeliveryMetrics("notifications", registry))
    stop, beats = Flag(), []

    def beat(*, working: bool = True) -> None:
        beats.append(working)
        if not working:
            stop.set()

    delivery.run(stop, beat)
    assert beats[-1] is False
    assert registry.get_sample_value("email_queue_oldest_seconds", {"service": "notifications"}) is not None


def test_the_age_of_the_queue_is_that_of_the_oldest_due_email(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"))
    with service.database.unit_of_work(Context(EVERY_TENANT)) as uow:
        assert usecases.seconds_behind(uow, now=clock.now() + timedelta(minutes=5)) == pytest.approx(300, abs=30)
        assert usecases.seconds_behind(uow, now=clock.now() - timedelta(minutes=5)) == 0


def test_the_loop_serves_every_province_and_ends_when_told(
    service: Any, province: Any, another_province: Any, mailbox: Any, delivery: Delivery
) -> None:
    other = another_province("lai-chau")
    service.take(*other.foundation(), *(one.initiative("submitted") for one in (province, other) for _ in range(12)))
    stop, beats = Flag(), []
    thread = Thread(target=delivery.run, args=(stop, lambda **_: beats.append(1)))
    thread.start()
    wait_for(lambda: len(mailbox.letters) == 48)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert len(beats) >= 48
    assert set(states(service)) == {"sent"}


def test_a_province_that_moves_or_was_merged_holds_up_no_other(
    service: Any, province: Any, another_province: Any, mailbox: Any, delivery: Delivery
) -> None:
    """Its e-mails were seen to be due, and then its doors closed."""
    gone, other = another_province("an-giang"), another_province("lai-chau")
    for one in (province, gone, other):
        service.take(*one.foundation(), one.initiative("submitted"))
    with service.work(gone.tenant) as uow:
        save_standing(uow, app.metadata, {"status": "merged", "heir": "lai-chau", "version": 2})
    stop = Flag()
    with service.work() as moving:
        close_doors(moving)
        thread = Thread(target=delivery.run, args=(stop, _no_beat))
        thread.start()
        wait_for(lambda: len(mailbox.letters) == 2)
    wait_for(lambda: len(mailbox.letters) == 4)
    assert thread.is_alive()
    stop.set()
    thread.join(10)
    assert {row.tenant for row in service.rows("email") if row.state == "queued"} == {gone.tenant}


@pytest.fixture
def start(service: Any, mailbox: Any, port: int, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """The real process, its log in `tmp_path`."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": service.database.urls["DATABASE_URL"],
        "SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "MAIL_FROM": MAIL_FROM,
        "PORTAL_URL": PORTAL,
        "BIND": "127.0.0.1",
        "PORT": str(port),
    }

    def run() -> subprocess.Popen[bytes]:
        with (tmp_path / "log").open("ab") as log:
            command = [sys.executable, "-m", "notifications", "deliver"]
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        started[-1].url = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()


def test_a_kill_in_the_middle_loses_no_message(service: Any, province: Any, mailbox: Any, start: Any) -> None:
    service.take(*(province.initiative("submitted") for _ in range(60)))
    kills = 0
    while kills < 3:
        process, before = start(), len(mailbox.letters)
        wait_for(lambda before=before: len(mailbox.letters) > before + 7)
        process.send_signal(signal.SIGKILL)
        process.wait()
        make_due(service)
        kills += 1
    last = start()
    wait_for(lambda: set(states(service)) == {"sent"})
    last.terminate()
    assert last.wait(15) == 0
    ids = message_ids(mailbox)
    assert len(set(ids)) == 120  # Two receivers of 60 events, and none without a letter.
    assert len(ids) <= 120 + kills  # The documented price of a crash.


def metrics_of(process: Any, *, having: str) -> str:
    with urlopen(f"{process.url}/metrics", timeout=5) as answer:  # noqa: S310
        metrics: str = answer.read().decode()
    return metrics if having in metrics else ""


def test_the_process_is_healthy_measured_and_says_nothing_personal(
    service: Any, province: Any, mailbox: Any, start: Any, tmp_path: Path
) -> None:
    mailbox.answers[province.officer.email] = f"550 <{province.officer.email}> unknown"
    service.take(province.initiative("submitted", title="Tên riêng của sáng kiến"))
    process = start()
    wait_for(lambda: mailbox.letters)
    wait_for(lambda: states(service) == ["given_up", "sent"])

    def is_ready() -> bool:
        with urlopen(f"{process.url}/healthz/ready", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)

    assert wait_for(is_ready)
    # The gauge is of the last look at the queue: the one that found the e-mails stands until the next.
    metrics = wait_for(lambda: metrics_of(process, having='email_queue_oldest_seconds{service="notifications"} 0.0'))
    assert 'emails_sent_total{service="notifications"} 1.0' in metrics
    assert 'emails_failed_total{outcome="given_up",service="notifications"} 1.0' in metrics
    process.terminate()
    assert process.wait(15) == 0
    log = (tmp_path / "log").read_text("utf-8")
    assert "emails_handled" in log
    for personal in ("@", province.author.name, province.officer.name, "Tên riêng"):
        assert personal not in log
    assert not any("@" in row.error for row in service.rows("email"))


def test_missing_settings_are_named_all_at_once() -> None:
    command = [sys.executable, "-m", "notifications", "deliver"]
    done = subprocess.run(command, env={"PATH": os.environ["PATH"]}, capture_output=True, check=False, text=True)
    assert done.returncode == 2
    for name in ("DATABASE_URL", "SMTP_URL", "MAIL_FROM", "PORTAL_URL"):
        assert f"{name} is missing" in done.stderr
