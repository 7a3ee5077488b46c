"""Nothing of one province is seen, changed, listed, counted or mailed in the other."""

import email
import email.policy
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests
from common.database import connect_engine
from local.platform import Platform
from sqlalchemy import text

SERVICES = ("registration", "review", "reporting", "notifications")
# The one door between provinces: what was recognised is public.
PUBLIC = re.compile(r"^/v1/catalogue")


def ask(person: Any, service: str, method: str, path: str, body: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {person.token}", "X-Acting-As": person.grant_id, "If-Match": '"1"'}
    if not person.grant_id:
        del headers["X-Acting-As"]
    sent = {"json": body} if method in ("POST", "PUT", "PATCH") else {}
    return requests.request(method, f"{person.urls[service]}{path}", headers=headers, timeout=20, **sent)


def filled(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: ids.get(match[1], str(uuid4())), path)


def comparable(answer: requests.Response) -> tuple[int, Any]:
    body = answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else answer.text
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in ("instance", "request_id")}
    return answer.status_code, body


def readable(answer: requests.Response) -> str:
    """The text of an answer, of a workbook's sheets too: compressed, a search would find nothing in it."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))


BODY = {
    "reason": "Thử",
    "choice": "yes",
    "present": [],
    "dossier_ids": [],
    "scores": {},
    "comment": "",
    "kind": "family",
}


def attempts(routes: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    return ((service, method, path) for service, method, path in routes if "{" in path and not PUBLIC.match(path))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", ["admin-kh", "officer-mt", "secretary-dk", "member-dk-1", "standing-dk", "author-dk"])
def test_what_the_other_province_has_is_like_what_nobody_has(
    who: str, sample: Any, stranger: Any, routes: list[tuple[str, str, str]]
) -> None:
    """Every route with an id, new ones by being there: the answer for theirs is the answer for a made-up id."""
    person, known = sample.people[who], set()
    for service, method, path in attempts(routes):
        known |= set(re.findall(r"\{(\w+)\}", path)) & set(stranger.ids)
        theirs = ask(person, service, method, filled(path, stranger.ids), BODY)
        nobodys = ask(person, service, method, filled(path, {}), BODY)
        assert theirs.status_code in (403, 404, 422), (service, method, path, theirs.text)
        assert comparable(theirs) == comparable(nobodys), (service, method, path)
    assert known >= {"initiative_id", "session_id", "unit_id", "cycle_id", "activity_id", "model_id"}


def test_the_ids_tried_are_real_ones(stranger: Any, routes: list[tuple[str, str, str]]) -> None:
    """Else the test above would pass on nothing: the stranger's own people do get them."""
    parameters = {name for _, _, path in routes for name in re.findall(r"\{(\w+)\}", path)}
    assert parameters - set(stranger.ids) <= {"message_id"}, "teach _LISTS where to find it"
    got = ask(
        stranger.people["officer-td"], "registration", "GET", f"/v1/initiatives/{stranger.ids['initiative_id']}", None
    )
    assert got.json()["status"] == "recognised"


QUERIES = ("", "?limit=200", "?q=Xuanhoaca", "?unit_id={unit_id}", "?cycle_id={cycle_id}", "?session_id={session_id}")


@pytest.mark.parametrize("who", ["admin-kh", "officer-mt", "secretary-dk", "standing-dk", "author-dk"])
def test_no_list_or_figure_shows_the_other_province(
    who: str, sample: Any, stranger: Any, routes: list[tuple[str, str, str]]
) -> None:
    asked = 0
    for service, method, path in routes:
        if method != "GET" or "{" in path or PUBLIC.match(path):
            continue
        for query in QUERIES:
            address = path + query.format(**stranger.ids)
            answer = ask(sample.people[who], service, "GET", address, None)
            told = readable(answer)
            found = {mark for mark in stranger.marks if mark in told and mark not in address}
            assert found == set(), (service, address)
            asked += answer.ok
    assert asked > 5


def test_a_cursor_of_the_other_province_opens_nothing(sample: Any, stranger: Any) -> None:
    theirs = stranger.people["officer-td"].get("registration", "/v1/units?limit=1")["next"]
    page = sample.people["officer-mt"].get("registration", f"/v1/units?limit=50&cursor={theirs}")
    assert not any(mark in json.dumps(page, ensure_ascii=False) for mark in stranger.marks)


def test_a_grant_of_the_other_province_cannot_be_used(sample: Any, stranger: Any) -> None:
    borrower, lender = sample.people["officer-mt"], stranger.people["officer-td"]
    for service in SERVICES:
        address = "/v1/messages" if service == "notifications" else "/v1/me"
        address = {"registration": "/v1/initiatives", "review": "/v1/sessions", "reporting": "/v1/dashboard"}.get(
            service, address
        )
        headers = {"Authorization": f"Bearer {borrower.token}", "X-Acting-As": lender.grant_id}
        answer = requests.get(f"{borrower.urls[service]}{address}", headers=headers, timeout=20)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.no_such_grant"), service


def test_no_event_carries_anything_of_the_other(platform: Platform, sample: Any, stranger: Any) -> None:
    mark = next(mark for mark in stranger.marks if mark.startswith("Xuan"))
    seen = 0
    for service in SERVICES:
        address = platform.environment.service(service, "migrate")["MIGRATION_DATABASE_URL"]
        admin = platform.postgres.url.rsplit("/", 1)[0] + "/" + address.rsplit("/", 1)[1]
        engine = connect_engine(admin)
        with engine.connect() as connection:
            for tenant, routing_key, body in connection.execute(text("SELECT tenant, routing_key, body FROM outbox")):
                assert routing_key.endswith(f".{tenant}")
                assert json.loads(body)["tenant"] == tenant
                if mark in body:
                    assert tenant == "lai-chau", body
                    seen += 1
        engine.dispose()
    assert seen > 5


@pytest.mark.timeout(300)
@pytest.mark.parametrize("persona", ["admin-kh", "officer-mt", "secretary-dk", "standing-dk", "author-dk"])
def test_no_page_shows_the_other_province(
    persona: str,
    platform: Platform,
    stranger: Any,
    sign_in: Callable[[str], requests.Session],
    links: Callable[[str], set[str]],
) -> None:
    """From the start page along every link, two steps deep."""
    session, portal = sign_in(persona), platform.urls["portal"]
    seen: set[str] = set()
    waiting = ["/home"]
    for _ in range(2):
        found: set[str] = set()
        for path in waiting:
            seen.add(path)
            page = session.get(f"{portal}{path}", timeout=30)
            assert page.status_code < 500, (path, page.status_code)
            assert not [mark for mark in stranger.marks if mark in page.text and mark not in path], path
            if "html" in page.headers.get("Content-Type", ""):
                found |= links(page.text)
        # The start page and the catalogue show every province's recognised initiatives, to everybody.
        skipped = ("/sign-out", "/static", "/catalogue")
        waiting = sorted(path for path in found - seen - {"/"} if not path.startswith(skipped))[:60]
    assert len(seen) >= 5
    for path in (f"/initiatives/{stranger.ids['initiative_id']}", f"/sessions/{stranger.ids['session_id']}"):
        assert session.get(f"{portal}{path}", timeout=30).status_code in (403, 404)


def test_mail_goes_to_the_own_province_only(platform: Platform, stranger: Any) -> None:
    mark = next(mark for mark in stranger.marks if mark.startswith("Xuan"))
    from client import wait_for

    def with_mark() -> list[Any]:
        messages = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in platform.mail()
        ]
        return [message for message in messages if mark in str(message["Subject"]) + _text(message)]

    for message in wait_for("mail of the second province", with_mark):
        assert re.search(r"(-td|-lc|-td-\d)@example\.vn", str(message["To"])), message["To"]


def _text(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content())


def test_the_sample_still_counts_as_it_did(
    platform: Platform, make_case: Callable[..., Any], sample: Any, stranger: Any
) -> None:
    from dossiers import expected
    from figures import FIGURES, from_evaluation

    found = from_evaluation(
        sample.people["standing-dk"].get("reporting", "/v1/evaluations?from_year=2019&to_year=2021")
    )
    assert found == {name: expected()[name] for name in FIGURES}
