"""Idempotency-Key: one effect and one answer, however often and however simultaneously it is asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sample.asking import count, make
from sqlalchemy import text


def together(*requests: Callable[[], Any], after: Callable[[], None] = lambda: None) -> list[Any]:
    with ThreadPoolExecutor(len(requests)) as pool:
        answers = [pool.submit(request) for request in requests]
        after()
        return [answer.result(20) for answer in answers]


@pytest.fixture
def held(database: Any, eventually: Callable[..., Any]) -> Callable[..., list[Any]]:
    """`held("LOCK ...", one, two)`: both requests are in the middle of their transactions before either can end."""

    def run(lock: str, *requests: Callable[[], Any]) -> list[Any]:
        with database.admin_engine.connect() as connection:
            connection.execute(text(lock))

            def waiting() -> int:
                blocked = "wait_event_type = 'Lock' AND usename = 'sample_app'"
                with database.admin_engine.connect() as seeing:
                    return int(seeing.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {blocked}")))

            def release() -> None:
                eventually(lambda: waiting() == len(requests), "all requests wait")
                connection.rollback()

            return together(*requests, after=release)

    return run


def test_a_repeated_request_gets_the_first_answer_and_has_one_effect(officer: Any, database: Any) -> None:
    headers = {"Idempotency-Key": "k1"}
    first, again = (make(officer, headers=headers) for _ in range(2))
    assert again.json == first.json
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Idempotent-Replay" in again.headers
    assert "Idempotent-Replay" not in first.headers
    assert count(database, "thing") == count(database, "outbox") == 1


def test_two_equal_requests_at_once_have_one_effect_and_one_answer(
    officer: Any, database: Any, held: Callable[..., list[Any]]
) -> None:
    def request() -> Any:
        return officer.post("/v1/things", {"name": "Vật"}, headers={"Idempotency-Key": "k1"})

    answers = held("LOCK TABLE thing IN SHARE MODE", request, request)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert count(database, "thing") == count(database, "outbox") == 1


def test_the_loser_of_two_equal_requests_gets_the_winners_answer_also_when_the_state_has_changed(
    officer: Any, database: Any, held: Callable[..., list[Any]]
) -> None:
    thing = make(officer).json["id"]

    def request() -> Any:
        return officer.post(f"/v1/things/{thing}/close", headers={"Idempotency-Key": "k2"})

    answers = held("SELECT 1 FROM thing FOR UPDATE", request, request)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    other = officer.post(f"/v1/things/{thing}/close", headers={"Idempotency-Key": "k3"})
    assert (other.status_code, other.json["code"]) == (409, "thing.closed")


def test_an_upload_can_be_repeated(officer: Any, database: Any) -> None:
    thing = make(officer).json["id"]

    def upload(content: bytes, boundary: str) -> Any:
        body = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'.encode()
        body += content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Idempotency-Key": "k1", "Content-Type": f"multipart/form-data; boundary={boundary}"}
        return officer.post(f"/v1/things/{thing}/files", data=body, headers=headers)

    assert upload(b"hello", "one").json == {"size": 5}
    assert upload(b"hello", "two").json == {"size": 5}
    assert upload(b"other", "one").json["code"] == "request.idempotency_key_reused"
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT size FROM thing")) == 5


def test_a_key_belongs_to_one_request_of_one_grant(
    officer: Any, caller: Any, app: Flask, grant: Callable[..., UUID]
) -> None:
    headers = {"Idempotency-Key": "k1"}
    make(officer, headers=headers)
    other = officer.post("/v1/things", {"name": "Khác"}, headers=headers)
    assert (other.status_code, other.json["code"]) == (409, "request.idempotency_key_reused")
    colleague = caller(app, "colleague", grant("colleague")).post("/v1/things", {"name": "Vật"}, headers=headers)
    assert (colleague.status_code, colleague.json["code"]) == (409, "constraint.uq_thing_tenant_name")
    neighbour = caller(app, "neighbour", grant("neighbour", tenant="lai-chau"))
    make(neighbour, headers=headers)
    long = officer.post("/v1/things", {"name": "Khác"}, headers={"Idempotency-Key": "k" * 201})
    assert (long.status_code, long.json["code"]) == (422, "request.idempotency_key_too_long")


def test_a_failed_request_may_be_repeated_with_its_key(officer: Any) -> None:
    headers = {"Idempotency-Key": "k1"}
    assert officer.post("/v1/things", {"name": ""}, headers=headers).status_code == 422
    make(officer, headers=headers)
