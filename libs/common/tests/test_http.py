"""What every API promises: problems, versions, metrics, documents."""

import io
import json
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from common.http.app import MAX_JSON_BYTES
from common.messages import Catalogue
from flask import Flask
from sample.app import metadata
from sample.asking import make
from sqlalchemy import text

PROBLEM = {"type", "title", "status", "code", "detail", "instance", "request_id", "messages", "errors"}


# Problems


def test_a_chunked_body_is_limited_too(officer: Any) -> None:
    """Such a body has no Content-Length; gunicorn marks the end of its stream."""
    body = json.dumps({"name": "x" * MAX_JSON_BYTES}).encode()
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    options = {"input_stream": io.BytesIO(body), "content_type": "application/json", "environ_overrides": chunked}
    answer = officer.open("POST", "/v1/things", **options)
    assert (answer.status_code, answer.json["code"]) == (413, "http.413")


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "http.404"),
        ("GET", "/v1/things/not-an-id", {}, 404, "http.404"),
        ("GET", "/v1/things/01a20188-454d-7778-99dc-10e6ff51c8ed", {}, 404, "thing.not_found"),
        ("PATCH", "/v1/things", {}, 405, "http.405"),
        ("POST", "/v1/things", {"data": b"x" * (MAX_JSON_BYTES + 1)}, 413, "http.413"),
        (
            "POST",
            "/v1/things",
            {"data": b"x" * (MAX_JSON_BYTES + 1), "content_type": "multipart/form-data; boundary=x"},
            413,
            "http.413",
        ),
        ("POST", "/v1/things", {"data": "<a/>", "content_type": "text/xml"}, 415, "http.415"),
        ("POST", "/v1/things", {"data": {"name": "x"}}, 415, "http.415"),
        ("POST", "/v1/things", {"data": "{", "content_type": "application/json"}, 400, "http.400"),
        ("POST", "/v1/things", {"json": {}}, 422, "request.invalid"),
        ("POST", "/v1/things", {"json": {"name": "a\0b"}}, 422, "request.unstorable"),
        (
            "POST",
            "/v1/things",
            {"data": '{"name": "\\ud800"}', "content_type": "application/json"},
            422,
            "request.unstorable",
        ),
        ("GET", "/v1/things/refused", {}, 422, "thing.refused"),
        ("GET", "/v1/things/broken", {}, 500, "internal"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_every_failure_is_a_problem(
    method: str, path: str, options: dict[str, Any], status: int, code: str, officer: Any
) -> None:
    answer = officer.open(method, path, **options)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = answer.json
    assert set(problem) == PROBLEM
    assert (problem["status"], problem["code"], problem["instance"]) == (status, code, path)
    assert problem["type"] == f"urn:sangtao:problem:{code}"
    assert set(problem["messages"]) == {"vi", "en"}
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    if status == 405:
        assert "POST" in answer.headers["Allow"]


def test_a_request_without_a_good_token_is_asked_for_one(app: Flask) -> None:
    for headers in ({}, {"Authorization": "Basic x"}, {"Authorization": "Bearer "}, {"Authorization": "Bearer a.b.c"}):
        answer = app.test_client().get("/v1/things", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_who_acts_under_another_role_is_refused(caller: Any, app: Flask, grant: Callable[..., UUID]) -> None:
    member = caller(app, "member", grant("member", "member"))
    assert member.get("/v1/things").json["code"] == "auth.role_not_allowed"
    assert member.get("/v1/things").status_code == 403


def test_texts_are_in_the_language_that_was_asked_for(officer: Any) -> None:
    for asked, language in (
        ("en", "en"),
        ("en-GB,en;q=0.9,vi;q=0.8", "en"),
        ("fr", "vi"),
        ("vi", "vi"),
        ("", "vi"),
        ("*", "vi"),
    ):
        answer = officer.get("/v1/things/refused", headers={"Accept-Language": asked})
        problem = answer.json
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]
        assert problem["title"] == problem["messages"][language]
        assert problem["errors"][0]["detail"] == problem["errors"][0]["messages"][language]
        assert problem["errors"][0]["pointer"] == "/name"


def test_each_field_is_named_by_its_pointer(officer: Any) -> None:
    body = {"name": "", "form": "flat", "parts": [{"label": "a"}, {"weight": 99}], "a/b~c": 1}
    problem = officer.post("/v1/things", body).json
    assert {error["pointer"] for error in problem["errors"]} == {
        "/name",
        "/form",
        "/parts/1/label",
        "/parts/1/weight",
        "/a~1b~0c",
    }
    query = officer.get("/v1/things?limit=0").json
    assert [error["pointer"] for error in query["errors"]] == ["/limit"]
    assert officer.post("/v1/things", [1]).json["errors"][0]["pointer"] == "/"


def test_a_constraint_that_two_requests_meet_is_a_conflict_with_its_own_text(officer: Any) -> None:
    make(officer)
    again = officer.post("/v1/things", {"name": "Vật"})
    assert (again.status_code, again.json["code"]) == (409, "constraint.uq_thing_tenant_name")


def test_every_code_of_common_has_its_text_in_both_languages() -> None:
    catalogue = Catalogue("sample")
    for code in catalogue.codes():
        assert all(catalogue.text(code, {}).values())
    assert catalogue.text("http.416", {}) == catalogue.text("http.400", {})


def test_while_the_database_is_away_the_api_says_try_again_and_is_not_ready(
    officer: Any, app: Flask, database_away: Callable[[], Any]
) -> None:
    anyone = app.test_client()
    assert officer.get("/v1/things").status_code == 200
    with database_away():
        answer = officer.get("/v1/things")
        assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert anyone.get("/healthz/ready").status_code == 503
        assert anyone.get("/healthz/live").status_code == 200
    assert anyone.get("/healthz/ready").status_code == 200
    assert officer.get("/v1/things").status_code == 200


# Versions


def test_a_change_needs_the_version_it_is_meant_for(officer: Any) -> None:
    made = make(officer)
    path = f"/v1/things/{made.json['id']}"
    assert officer.get(path).headers["ETag"] == '"1"'
    for header in ("", "*", "x", '"a"', '"99999999999999999999"', '"1", "2"', '"²"'):
        answer = officer.open(
            "PUT", path, json={"name": "Mới"}, headers={"If-Match": header.encode().decode("latin-1")}
        )
        assert (answer.status_code, answer.json["code"]) == (428, "request.if_match_required"), header
    changed = officer.put(path, {"name": "Mới"}, version=1)
    assert changed.headers["ETag"] == '"2"'
    stale = officer.put(path, {"name": "Cũ"}, version=1)
    assert (stale.status_code, stale.json["code"]) == (412, "request.stale")
    weak = officer.open("PUT", path, json={"name": "Nữa"}, headers={"If-Match": 'W/"2"'})
    assert weak.status_code == 200


# Metrics, log, documents


def test_metrics_have_the_agreed_names_and_no_label_that_a_stranger_can_choose(officer: Any, app: Flask) -> None:
    thing = make(officer).json["id"]
    officer.get(f"/v1/things/{thing}")
    officer.open("FROBNICATE", "/v1/things")
    officer.get("/nowhere/at-all")
    shown = app.test_client().get("/metrics").text
    one = 'http_requests_total{method="GET",route="/v1/things/<uuid:thing_id>",service="sample",status="200"}'
    assert one in shown
    assert 'method="other",route="unmatched",service="sample",status="405"' in shown
    assert 'route="unmatched",service="sample",status="404"' in shown
    assert 'http_request_duration_seconds_bucket{le="0.1",route="/v1/things",service="sample"}' in shown
    for name in ("database_pool_in_use", "database_pool_size"):
        assert f'{name}{{service="sample"}}' in shown
    for secret in (thing, "nowhere", "FROBNICATE", "khanh-hoa", "officer", "healthz"):
        assert secret not in shown
    assert set(re.findall(r"[{,](\w+)=", shown)) == {"method", "route", "service", "status", "le"}


def test_a_request_id_is_kept_and_made_when_missing(officer: Any) -> None:
    assert officer.get("/v1/things", headers={"X-Request-Id": "abc"}).headers["X-Request-Id"] == "abc"
    assert len(officer.get("/v1/things").headers["X-Request-Id"]) == 36
    assert len(officer.get("/v1/things", headers={"X-Request-Id": "x" * 500}).headers["X-Request-Id"]) == 64


def test_a_request_leaves_its_trace_in_the_outbox(officer: Any, database: Any) -> None:
    trace_id = uuid4().hex
    make(officer, headers={"traceparent": f"00-{trace_id}-{'b' * 16}-01"})
    with database.admin_engine.connect() as connection:
        assert trace_id in json.loads(connection.scalar(text("SELECT body FROM outbox")))["traceparent"]


def test_a_slow_sender_holds_no_database_connection(officer: Any, app: Flask) -> None:
    """The body is read before the transaction begins."""
    pool, in_use = app.extensions["service"].engine.pool, []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            in_use.append(pool.checkedout())
            return super().read(min(size, 1) if size and size > 0 else size)

        def readinto(self, buffer: Any, /) -> int:
            in_use.append(pool.checkedout())
            return super().readinto(memoryview(buffer)[:1])

    sent = Slow(b'{"name": "Slow"}')
    answer = officer.post("/v1/things", input_stream=sent, content_length=16, content_type="application/json")
    assert answer.status_code == 201
    assert in_use
    assert set(in_use) == {0}


def test_the_document_and_its_page_come_from_here(app: Flask) -> None:
    client = app.test_client()
    document = client.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    operation = document["paths"]["/v1/things"]["post"]
    assert operation["x-roles"] == ["officer"]
    assert operation["security"] == [{"bearer": []}]
    assert operation["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}
    assert list(document["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]
    page = client.get("/docs").text
    assert not re.findall(r"(?:src|href)=\"https?:", page)
    for path, status in (("swagger-ui.css", 200), ("../app.py", 404)):
        with client.get(f"/docs-assets/{path}") as asset:
            assert asset.status_code == status


def test_requests_of_two_tenants_at_once_do_not_mix(caller: Any, app: Flask, grant: Callable[..., UUID]) -> None:
    people = {name: caller(app, f"of-{name}", grant(f"of-{name}", tenant=name)) for name in ("khanh-hoa", "lai-chau")}
    barrier = threading.Barrier(8)

    def work(name: str) -> set[str]:
        barrier.wait(10)
        for _ in range(10):
            make(people[name], f"{name} {uuid4()}")
        page = people[name].get("/v1/things?limit=200").json
        return {item["name"].split()[0] for item in page["items"]}

    names = ["khanh-hoa", "lai-chau"] * 4
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, names)) == [{name} for name in names]
    assert set(metadata.tables) >= {"outbox", "inbox", "dead_letter", "access_grant", "idempotency"}
