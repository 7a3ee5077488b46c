"""The inbox over HTTP: one's own, in pages, read once."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from common.tokens import TrustedIssuer, Verifier
from flask import Flask
from notifications.api import EVERYBODY
from notifications.app import build_api
from notifications.domain import Kind


@pytest.fixture
def app(database: Any, issuer: Any) -> Flask:
    return build_api(database.app_engine, Verifier([TrustedIssuer(issuer.url)]))


@pytest.fixture
def province(service: Any, issuer: Any, another_province: Any) -> Any:
    made = another_province("khanh-hoa", issuer.url)
    service.take(*made.foundation())
    return made


@pytest.fixture
def as_(app: Flask, caller: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda someone: caller(app, someone.subject, someone.grant_id)


def test_everybody_reads_the_own_messages_newest_first(service: Any, province: Any, as_: Any) -> None:
    service.take(province.initiative("submitted"), province.initiative("endorsed"))
    items = as_(province.author).get("/v1/messages").json["items"]
    assert [item["kind"] for item in items] == ["initiative.endorsed", "initiative.submitted"]
    assert set(items[0]) == {
        "id", "kind", "initiative_id", "request_id", "subject", "text", "created_at", "read_at", "version",
    }  # fmt: skip
    assert as_(province.secretary).get("/v1/messages").json == {"items": [], "next": None}


def test_the_inbox_comes_in_pages(service: Any, province: Any, as_: Any) -> None:
    service.take(*(province.initiative("submitted") for _ in range(5)))
    author, seen, path = as_(province.author), [], "/v1/messages?limit=2"
    page = author.get(path).json
    while page:
        seen += [item["id"] for item in page["items"]]
        page = author.get(f"{path}&cursor={page['next']}").json if page["next"] else None
    assert len(seen) == len(set(seen)) == 5


def test_a_made_up_cursor_is_refused(province: Any, as_: Any) -> None:
    for cursor in ("x", "W10=", "WyJ4Il0=", "WzFd"):  # Not JSON, [], ["x"], [1].
        answer = as_(province.author).get(f"/v1/messages?cursor={cursor}")
        assert (answer.status_code, answer.json["code"]) == (422, "request.bad_cursor")


def test_reading_a_message_counts_once(service: Any, province: Any, as_: Any) -> None:
    service.take(province.initiative("submitted"), province.initiative("endorsed"))
    author = as_(province.author)
    assert author.get("/v1/messages/count").json == {"unread": 2}
    message_id = author.get("/v1/messages").json["items"][0]["id"]
    first = author.post(f"/v1/messages/{message_id}/read")
    again = author.post(f"/v1/messages/{message_id}/read")
    assert first.status_code == 200
    assert first.json["read_at"]
    assert first.json == again.json
    assert first.headers["ETag"] == '"2"'
    assert author.get("/v1/messages/count").json == {"unread": 1}
    assert len(author.get("/v1/messages?unread=1").json["items"]) == 1


def test_reading_everything_leaves_nothing_unread(service: Any, province: Any, as_: Any) -> None:
    service.take(*(province.initiative("submitted") for _ in range(3)))
    author = as_(province.author)
    assert author.post("/v1/messages/read-all").json == {"read": 3}
    assert author.post("/v1/messages/read-all").json == {"read": 0}
    assert as_(province.officer).get("/v1/messages/count").json == {"unread": 3}


def test_nobody_reads_anothers_message(service: Any, province: Any, as_: Any) -> None:
    service.take(province.initiative("submitted"))
    message_id = as_(province.author).get("/v1/messages").json["items"][0]["id"]
    answer = as_(province.officer).post(f"/v1/messages/{message_id}/read")
    assert (answer.status_code, answer.json["code"]) == (404, "message.unknown")


def test_nobody_reads_another_provinces_messages(
    service: Any, province: Any, another_province: Any, issuer: Any, as_: Any
) -> None:
    other = another_province("lai-chau", issuer.url)
    other.author.id = province.author.id  # Even the same person id in both.
    service.take(*other.foundation(), other.initiative("submitted"), province.initiative("endorsed"))
    own, foreign = (as_(one.author).get("/v1/messages").json["items"] for one in (province, other))
    assert [item["kind"] for item in own] == ["initiative.endorsed"]
    assert [item["kind"] for item in foreign] == ["initiative.submitted"]
    assert as_(province.author).post(f"/v1/messages/{foreign[0]['id']}/read").status_code == 404
    assert as_(other.author).get("/v1/messages/count").json == {"unread": 1}


def test_a_stale_version_is_refused(service: Any, province: Any, as_: Any) -> None:
    service.take(province.initiative("submitted"))
    author = as_(province.author)
    message_id = author.get("/v1/messages").json["items"][0]["id"]
    answer = author.post(f"/v1/messages/{message_id}/read", headers={"If-Match": '"7"'})
    assert (answer.status_code, answer.json["code"]) == (412, "request.stale")


def test_preferences_start_full_and_are_changed_by_version(province: Any, as_: Any) -> None:
    author, path = as_(province.author), "/v1/preferences"
    start = author.get(path)
    assert start.json == {"email": {kind.value: True for kind in Kind}, "version": 0}
    choice = {"email": {"initiative.endorsed": False}}
    assert author.put(path, choice).status_code == 428
    changed = author.put(path, choice, version=0)
    assert changed.status_code == 200, changed.json
    assert changed.json == author.get(path).json
    assert (changed.json["email"]["initiative.endorsed"], changed.headers["ETag"]) == (False, '"1"')
    assert author.put(path, choice, version=0).json["code"] == "request.stale"
    assert all(as_(province.officer).get(path).json["email"].values())


def test_an_unknown_kind_is_refused_in_both_languages(province: Any, as_: Any) -> None:
    answer = as_(province.author).put("/v1/preferences", {"email": {"weather": False}}, version=0)
    assert answer.status_code == 422
    [error] = answer.json["errors"]
    assert error["messages"]["vi"] == "Không có loại tin này."


def test_without_a_token_or_a_grant_nothing_is_shown(app: Flask, province: Any, caller: Any) -> None:
    assert app.test_client().get("/v1/messages").status_code == 401
    assert caller(app, "stranger").get("/v1/messages").json["code"] == "auth.no_grant"
    foreign = caller(app, province.author.subject, province.officer.grant_id).get("/v1/messages")
    assert foreign.json["code"] == "auth.no_such_grant"


def test_a_copy_holds_only_what_names_the_person(service: Any, province: Any, as_: Any) -> None:
    service.take(province.initiative("submitted"))
    author, officer = as_(province.author), as_(province.officer)
    for one in (author, officer):
        chosen = {"email": {"initiative.submitted": False}}
        assert one.put("/v1/preferences", chosen, version=0).status_code == 200
    for one, person_id in ((author, province.author.id), (officer, province.officer.id)):
        tables = one.get("/v1/my-data").json["tables"]
        assert {name: len(rows) for name, rows in tables.items()} == dict.fromkeys(tables, 1)
        assert all(str(person_id) in json.dumps(row) for rows in tables.values() for row in rows)


def test_every_role_has_an_inbox(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/v1/")]
    views = [rule.endpoint for rule in rules if not rule.rule.startswith("/v1/subject-requests")]
    assert len(views) == 7
    assert all(app.view_functions[view].roles == frozenset(EVERYBODY) for view in views)  # type: ignore[attr-defined]


def test_the_description_of_the_api_is_there(app: Flask) -> None:
    document = app.test_client().get("/openapi.json").json
    assert set(document["paths"]) == {
        "/v1/messages", "/v1/messages/count", "/v1/messages/{message_id}/read", "/v1/messages/read-all",
        "/v1/preferences", "/v1/my-data", "/v1/subject-requests/{request_id}/data",
    }  # fmt: skip
