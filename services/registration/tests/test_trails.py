"""The trail of a dossier: who changed what, for those who see the dossier, and no more of it than they may see."""

from string import ascii_lowercase
from typing import Any

import pytest
from common.consumer import Consumer
from common.events import Event
from common.ids import new_id
from common.telemetry import ConsumerMetrics
from prometheus_client import CollectorRegistry
from registration.consumers import HANDLERS
from registration.store.tables import metadata


@pytest.fixture
def author(province: Any) -> tuple[Any, str]:
    made: tuple[Any, str] = province.person("author", "A", subject=f"author-{new_id()}")
    return made


@pytest.fixture
def recorder(province: Any) -> Any:
    """The officer who records the author's paper."""
    return province.person("officer", "A", subject=f"recorder-{new_id()}")[0]


@pytest.fixture
def officer(province: Any) -> Any:
    """Another officer of the unit."""
    return province.person("officer", "A", subject=f"officer-{new_id()}")[0]


@pytest.fixture
def dossier(province: Any, author: Any, recorder: Any) -> Any:
    """A draft whose title was changed, then handed in."""
    authors = [{"name": "Tác giả", "share": 100, "person_id": author[1]}]
    made = recorder.post("/v1/initiatives", province.draft(title="Nháp đầu tiên", authors=authors)).json
    body = province.draft(title="Tên cuối cùng", authors=authors)
    del body["cycle_id"]
    changed = recorder.put(f"/v1/initiatives/{made['id']}", body, version=made["version"])
    assert changed.status_code == 200, changed.json
    submitted = recorder.post(f"/v1/initiatives/{made['id']}/submit", {"received_on": "2024-03-01"})
    assert submitted.status_code == 200, submitted.json
    return submitted.json


def trail(who: Any, dossier: Any, query: str = "") -> Any:
    answer = who.get(f"/v1/initiatives/{dossier['id']}/trail{query}")
    assert answer.status_code == 200, answer.json
    return answer.json


def changes(entry: Any) -> dict[str, tuple[Any, Any]]:
    return {one["field"]: (one["before"], one["after"]) for one in entry["changes"]}


def test_an_author_sees_each_change_with_what_was_before_and_after(author: Any, dossier: Any) -> None:
    items = trail(author[0], dossier)["items"]
    assert [one["position"] for one in items] == sorted((one["position"] for one in items), reverse=True)
    of_dossier = [one for one in items if one["table"] == "initiative"]
    assert [one["operation"] for one in of_dossier] == ["update", "update", "insert"]
    assert changes(of_dossier[0])["status"] == ("draft", "submitted")
    assert changes(of_dossier[1])["title"] == ("Nháp đầu tiên", "Tên cuối cùng")
    assert {one["role"] for one in items} == {"officer"}
    assert all(one["request_id"] and not one["withheld"] for one in items)
    assert "search_text" not in str(items)


def test_an_officer_sees_no_draft_and_an_author_no_officers_name(author: Any, officer: Any, dossier: Any) -> None:
    returned = officer.post(f"/v1/initiatives/{dossier['id']}/return", {"reason": "Bổ sung minh chứng"})
    assert returned.status_code == 200, returned.json
    seen = trail(officer, dossier)["items"]
    assert "Nháp đầu tiên" not in str(seen)
    early = [one for one in seen if one["withheld"]]
    assert early
    assert all(one["changes"] == [] and one["operation"] for one in early)
    newest = next(one for one in seen if one["table"] == "initiative")
    assert newest["person_name"] == "officer A"
    assert changes(newest)["reason"] == ("", "Bổ sung minh chứng")
    shown = [one for one in trail(author[0], dossier)["items"] if one["person_id"] == newest["person_id"]]
    assert shown
    assert {(one["role"], one["person_name"]) for one in shown} == {("officer", None)}


def test_who_recorded_a_paper_sees_what_they_wrote(recorder: Any, dossier: Any) -> None:
    assert "Nháp đầu tiên" in str(trail(recorder, dossier)["items"])


def test_pages_follow_each_other(author: Any, dossier: Any) -> None:
    every = trail(author[0], dossier)["items"]
    found, cursor = [], ""
    while cursor is not None:
        page = trail(author[0], dossier, f"?limit=2{cursor and '&cursor=' + cursor}")
        found += page["items"]
        cursor = page["next"]
    assert found == every
    assert author[0].get(f"/v1/initiatives/{dossier['id']}/trail?cursor=W10=").status_code in (400, 422)


@pytest.mark.parametrize("role", ["officer", "standing", "author"])
def test_who_does_not_see_the_dossier_is_told_that_there_is_none(
    role: str, province: Any, make_province: Any, dossier: Any
) -> None:
    for place in (province, make_province("".join(ascii_lowercase[byte % 26] for byte in new_id().bytes[8:]))):
        stranger, _ = place.person(role, "B", subject=f"stranger-{new_id()}")
        answer = stranger.get(f"/v1/initiatives/{dossier['id']}/trail")
        assert (answer.status_code, answer.json["code"]) == (404, "initiative.not_found")


def test_an_act_of_the_council_is_named_by_its_event(
    province: Any, author: Any, officer: Any, dossier: Any, database: Any
) -> None:
    path = f"/v1/initiatives/{dossier['id']}"
    assert officer.post(f"{path}/endorse", {"happened_on": "2024-03-02"}).status_code == 200
    forward = {"council_unit_id": province.root_id, "happened_on": "2024-03-03"}
    assert officer.post(f"{path}/forward", forward).status_code == 200
    kind = "vn.sangtao.review.dossier.opened.v1"
    event = Event(kind, "/review", province.name, dossier["id"], 1, {"initiative_id": dossier["id"]})
    Consumer("registration", metadata, HANDLERS, database.unit_of_work, ConsumerMetrics(CollectorRegistry())).apply(
        [event]
    )
    newest = trail(author[0], dossier)["items"][0]
    assert (newest["role"], newest["person_id"], newest["cause"]) == ("", None, f"{kind} {event.id}")
