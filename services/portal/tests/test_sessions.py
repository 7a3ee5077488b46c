"""Preparing a session: choosing among many dossiers, and who is there, without losing a tick."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from common import clock

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
OLD, NEW, ON_IT, BELOW = (f"01a20188-454d-7778-99dc-10e6ff51c8e{n}" for n in range(4))


@pytest.fixture
def planned(services: Any, answers: dict[str, Any]) -> str:
    """A planned session with one dossier on its agenda; one of 2019 and one of 2020 wait. Returns its page.

    So does one of 2018, for the council of a unit below.
    """
    session = answers["review GET /sessions/*"] | {"status": "planned", "allowed": ["agenda", "attendance", "open"]}
    session["agenda"] = [session["agenda"][0] | {"initiative_id": ON_IT}]
    row = answers["review GET /dossiers"]["items"][0] | {"state": "waiting", "unit_id": session["unit_id"]}
    below = row | {"initiative_id": BELOW, "unit_id": ID, "year": 2018}
    waiting = [row | {"initiative_id": OLD, "year": 2019}, below, row | {"initiative_id": NEW, "year": 2020}]
    services.answer("review GET /sessions/*", 200, session | {"year": 2020})
    services.answer("review GET /dossiers", 200, listing(services, waiting))
    for version, act in enumerate(("agenda", "attendance", "open"), 8):
        services.answer(f"review POST /sessions/*/{act}", 200, session | {"version": version})
    return f"/sessions/{ID}"


def options(page: str, field: str) -> dict[str, str]:
    select = re.search(rf'<select id="{field}".*?</select>', page, re.DOTALL)
    assert select
    return dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)</option>', select[0]))


def test_a_session_is_planned_with_what_the_own_unit_can_use_today(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    unit = answers["me"]["secretary"]["grants"][0]["unit"]["id"]
    council, rulebook = (answers[f"review GET /{one}"]["items"][0] for one in ("councils", "rulebooks"))
    older = rulebook | {"id": OLD, "valid_from": "2018-01-01"}
    services.answer("review GET /rulebooks", 200, {"items": [rulebook, older], "next": None})
    secretary = signed_in("secretary")
    page = secretary.get("/sessions/new").text
    asked, today = {one.path: one.query for one in services.asked}, clock.today().isoformat()
    assert asked["/councils"] == {"unit_id": unit, "on": today, "limit": "200"}
    assert asked["/rulebooks"] == {"council_unit_id": unit, "on": today, "limit": "200"}
    assert options(page, "council_id") == {council["id"]: council["name"]}
    assert options(page, "rulebook_id")[OLD] == f"{rulebook['name']} (hiệu lực từ 01/01/2018)"
    sent = {"title": "Họp", "council_id": council["id"], "rulebook_id": OLD, "year": "2020", "held_on": "01/12/2020"}
    assert secretary.post("/sessions/new", sent).status_code == 303
    assert services.last("POST").body == sent | {"year": 2020, "held_on": "2020-12-01"}


@pytest.mark.parametrize(("missing", "page"), [("councils", "/councils"), ("rulebooks", "/rulebooks")])
def test_where_no_session_can_be_planned_the_page_says_what_comes_first(
    signed_in: Callable[[str], Any], services: Any, missing: str, page: str
) -> None:
    services.answer(f"review GET /{missing}", 200, {"items": [], "next": None})
    secretary = signed_in("secretary")
    shown = secretary.get("/sessions/new").text
    assert shown.count('class="empty"') == 1
    assert f'<a class="button" href="{page}">' in shown
    assert "<select" not in shown
    services.problem("review POST /sessions", 422, "session.outside_term", "Ngoài nhiệm kỳ của hội đồng.")
    sent = {"title": "Phiên họp cuối năm", "council_id": ID, "rulebook_id": ID, "year": "2020", "held_on": "01/12/2020"}
    refused = secretary.post("/sessions/new", sent)
    assert (refused.status_code, "Phiên họp cuối năm" in refused.text) == (422, True)  # What was typed is not lost.


def listing(services: Any, rows: list[dict[str, Any]]) -> Callable[[], Any]:
    """Dossiers as review lists them: narrowed as it was asked, a page at a time."""

    def answer() -> Any:
        asked = dict(services.asked[-1].query)
        start, limit = int(asked.pop("cursor", 0)), int(asked.pop("limit"))
        found = [row for row in rows if all(str(row[name]) == value for name, value in asked.items())]
        return {"items": found[start : start + limit], "next": str(start + limit) if found[start + limit :] else None}

    return answer


def ticked(page: str) -> dict[str, bool]:
    boxes = re.findall(r'<input type="checkbox" name="dossier_ids" value="([^"]+)"( checked)?', page)
    return {value: bool(checked) for value, checked in boxes}


def prepare(**values: Any) -> dict[str, Any]:
    return {"_part": "agenda", "_version": "7", "_lists": ["agenda", "attendance"], "present": [ID]} | values


@pytest.mark.parametrize("button", ["agenda", "attendance"])
def test_either_button_saves_both_lists(
    signed_in: Callable[[str], Any], services: Any, planned: str, button: str
) -> None:
    answer = signed_in("secretary").post(f"{planned}/{button}", prepare(dossier_ids=[NEW, ON_IT]))
    assert answer.status_code == 303
    sent = [(one.path.rsplit("/", 1)[1], one.body, one.headers["If-Match"]) for one in services.asked if one.body]
    agenda = {"dossier_ids": [NEW, ON_IT], "fewest_recusals": False}
    assert sent == [("agenda", agenda, '"7"'), ("attendance", {"present": [ID]}, '"8"')]


def test_all_are_chosen_or_none_and_nothing_is_saved_yet(
    signed_in: Callable[[str], Any], services: Any, planned: str
) -> None:
    secretary = signed_in("secretary")
    assert ticked(secretary.get(planned).text) == {ON_IT: True, NEW: False, OLD: False}
    everything = secretary.post(f"{planned}/agenda", prepare(_tick="all"))
    assert (everything.status_code, set(ticked(everything.text).values())) == (200, {True})
    nothing = secretary.post(f"{planned}/agenda", prepare(_tick="none", dossier_ids=[OLD]))
    assert set(ticked(nothing.text).values()) == {False}
    assert [one for one in services.asked if one.method == "POST"] == []


def test_a_dossier_for_another_council_is_not_offered(signed_in: Callable[[str], Any], planned: str) -> None:
    page = signed_in("secretary").get(planned).text
    assert BELOW not in ticked(page)
    assert re.findall(r'<option value="(\d{4})"', page) == ["2020", "2019"]


def test_a_year_is_looked_at_and_what_is_ticked_stays(signed_in: Callable[[str], Any], planned: str) -> None:
    page = signed_in("secretary").post(
        f"{planned}/agenda", prepare(_filter="1", year_shown="2020", dossier_ids=[ON_IT])
    )
    assert ticked(page.text) == {ON_IT: True, NEW: False}
    kept = signed_in("secretary").post(f"{planned}/agenda", prepare(_filter="1", year_shown="2020", dossier_ids=[OLD]))
    assert ticked(kept.text) == {ON_IT: False, OLD: True, NEW: False}


def test_ticks_survive_a_refusal(signed_in: Callable[[str], Any], services: Any, planned: str) -> None:
    services.problem("review POST /sessions/*/agenda", 409, "dossier.withdrawn", "Hồ sơ đã được rút.")
    page = signed_in("secretary").post(f"{planned}/attendance", prepare(dossier_ids=[NEW]))
    assert (page.status_code, ticked(page.text)) == (409, {ON_IT: False, NEW: True, OLD: False})


def test_a_session_opens_with_what_its_page_shows(signed_in: Callable[[str], Any], services: Any, planned: str) -> None:
    secretary = signed_in("secretary")
    button = re.search(r"<button[^>]*>Mở phiên họp</button>", secretary.get(planned).text)
    assert button
    assert re.search(r' form="preparation" formaction="/sessions/[^"]+/open" data-confirm="Mở phiên họp với', button[0])
    assert secretary.post(f"{planned}/open", prepare(dossier_ids=[NEW])).status_code == 303
    sent = [
        (one.path.rsplit("/", 1)[1], one.body, one.headers["If-Match"])
        for one in services.asked
        if one.method == "POST"
    ]
    agenda = {"dossier_ids": [NEW], "fewest_recusals": False}
    assert sent == [
        ("agenda", agenda, '"7"'),
        ("attendance", {"present": [ID]}, '"8"'),
        ("open", {"move": False}, '"9"'),
    ]


def test_without_any_dossier_the_button_sends_who_is_there(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    session = answers["review GET /sessions/*"] | {"status": "planned", "allowed": ["agenda", "attendance", "open"]}
    services.answer("review GET /sessions/*", 200, session | {"agenda": []})
    services.answer("review GET /dossiers", 200, {"items": [], "next": None})
    page = signed_in("secretary").get(f"/sessions/{ID}").text
    assert page.count('id="preparation"') == 1
    assert re.search(r'<form[^>]*id="preparation" action="/sessions/[^"]+/attendance"', page)


@pytest.mark.parametrize("refused", ["agenda", "open"])
def test_a_session_that_does_not_open_keeps_its_ticks(
    signed_in: Callable[[str], Any], services: Any, planned: str, refused: str
) -> None:
    services.problem(f"review POST /sessions/*/{refused}", 409, "session.no_quorum", "Mới có 1/5 thành viên.")
    page = signed_in("secretary").post(f"{planned}/open", prepare(dossier_ids=[OLD]))
    assert (page.status_code, ticked(page.text)) == (409, {ON_IT: False, NEW: False, OLD: True})
    assert "Mới có 1/5 thành viên." in page.text
    assert ("open" in [one.path.rsplit("/", 1)[1] for one in services.asked]) == (refused == "open")


def test_of_more_than_an_agenda_holds_the_sessions_year_comes_first(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any], planned: str
) -> None:
    row = answers["review GET /dossiers"]["items"][0] | {"state": "waiting"}
    row |= {"unit_id": answers["review GET /sessions/*"]["unit_id"]}
    below = [row | {"initiative_id": BELOW, "unit_id": ID, "year": 2018}] * 1200
    older = [row | {"initiative_id": f"01a20188-454d-7778-99dc-{n:012}", "year": 2019} for n in range(499)]
    newer = row | {"initiative_id": NEW, "year": 2020}
    secretary = signed_in("secretary")
    services.answer("review GET /dossiers", 200, listing(services, [*below, *older, newer]))
    page = secretary.get(planned).text
    assert set(ticked(page)) == {ON_IT, NEW, *(one["initiative_id"] for one in older)}
    assert "Có hơn 500 hồ sơ đang chờ" not in page
    one_more = row | {"initiative_id": OLD, "year": 2019}
    services.answer("review GET /dossiers", 200, listing(services, [*below, *older, one_more, newer]))
    page = secretary.get(planned).text
    assert set(ticked(page)) == {ON_IT, NEW, *(one["initiative_id"] for one in older)}
    assert "Có hơn 500 hồ sơ đang chờ" in page


def test_a_member_sees_the_own_work_on_the_whole_agenda(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    row = answers["review GET /dossiers"]["items"][0] | {"session_id": ID, "scored": True, "voted": True}
    rows = [row | {"initiative_id": f"01a20188-454d-7778-99dc-{n:012}"} for n in range(500)]
    session = answers["review GET /sessions/*"] | {"status": "open", "allowed": []}
    session["agenda"] = [
        session["agenda"][0] | {"initiative_id": one["initiative_id"], "recused": False} for one in rows
    ]
    services.answer("review GET /sessions/*", 200, session)
    services.answer("review GET /dossiers", 200, listing(services, rows))
    page = signed_in("member").get(f"/sessions/{ID}").text
    assert page.count("đã chấm, đã biểu quyết") == 500
    assert "chưa chấm" not in page


@pytest.mark.parametrize(("role", "reads"), [("administrator", False), ("standing", True), ("member", True)])
def test_the_agenda_leads_to_a_dossier_whoever_may_read_it(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any], role: str, reads: bool
) -> None:
    session = answers["review GET /sessions/*"] | {"status": "open", "allowed": []}
    services.answer("review GET /sessions/*", 200, session)
    visitor = signed_in(role)
    page = visitor.get(f"/sessions/{ID}").text
    assert session["agenda"][0]["title"] in page
    assert ("/dossiers/" in page) == reads
    address = f"/sessions/{ID}/dossiers/{session['agenda'][0]['initiative_id']}"
    assert visitor.get(address).status_code == (200 if reads else 403)


def test_the_closing_says_what_it_leaves_for_another_session(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    session = answers["review GET /sessions/*"] | {"status": "open", "allowed": ["attendance", "close"]}
    scored, voted, unheard = session["agenda"]
    agenda = [scored | {"sheets": 1}, voted | {"ballots": 1}, unheard]
    services.answer("review GET /sessions/*", 200, session | {"agenda": agenda})
    page = signed_in("secretary").get(f"/sessions/{ID}").text
    assert " 1 hồ sơ chưa ai chấm hay biểu quyết. Sau đó" in page
    services.answer("review GET /sessions/*", 200, session | {"agenda": agenda[:2]})
    assert "hồ sơ chưa ai chấm hay biểu quyết. Sau đó" not in signed_in("secretary").get(f"/sessions/{ID}").text


@pytest.mark.parametrize("role", ["secretary", "chair", "administrator"])
def test_a_session_with_nothing_left_to_decide_says_so(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any], role: str
) -> None:
    session = answers["review GET /sessions/*"] | {"status": "lapsed", "agenda": [], "allowed": []}
    services.answer("review GET /sessions/*", 200, session)
    page = signed_in(role).get(f"/sessions/{ID}").text
    assert "Kết thúc, không có quyết định" in page
    assert "không còn hồ sơ nào để quyết định" in page
    assert not [words for words in ("ban hành quyết định", "chưa chọn hồ sơ") if words in page.lower()]


def answer_planned(services: Any, answers: Any, **values: Any) -> None:
    saved = answers["review GET /sessions/*"] | {"status": "planned", "allowed": ["change", "open", "cancel"]}
    services.answer("review GET /sessions/*", 200, saved | values)


def test_a_planned_session_is_corrected_on_a_page_of_its_own(
    signed_in: Callable[[str], Any], services: Any, answers: Any
) -> None:
    answer_planned(services, answers)
    browser = signed_in("secretary")
    assert "Sửa tên, ngày họp, nơi họp" in browser.get(f"/sessions/{ID}").text
    assert 'name="held_on"' in browser.get(f"/sessions/{ID}/edit").text
    sent = {"title": "Họp", "held_on": "20/12/2019", "place": "Hội trường", "_version": "3"}
    assert browser.post(f"/sessions/{ID}/edit", sent).status_code == 303
    asked = services.last("PUT")
    assert asked.body == {"title": "Họp", "held_on": "2019-12-20", "place": "Hội trường"}
    assert asked.headers["If-Match"] == '"3"'


def test_a_session_is_cancelled_with_its_reason(signed_in: Callable[[str], Any], services: Any, answers: Any) -> None:
    answer_planned(services, answers)
    browser = signed_in("secretary")
    page = browser.get(f"/sessions/{ID}").text
    assert "Hủy phiên họp" in page
    assert browser.post(f"/sessions/{ID}/cancel", {"_part": "cancel", "reason": ""}).status_code == 422
    assert browser.post(f"/sessions/{ID}/cancel", {"_part": "cancel", "reason": "Thiếu người"}).status_code == 303
    assert services.last("POST").body == {"reason": "Thiếu người"}
    answer_planned(services, answers, status="cancelled", reason="Thiếu người", allowed=[], agenda=[])
    assert "Phiên họp đã hủy. Lý do: Thiếu người" in browser.get(f"/sessions/{ID}").text


def test_opening_before_its_day_is_asked_about(signed_in: Callable[[str], Any], services: Any, answers: Any) -> None:
    answer_planned(services, answers, held_on="2099-12-20")
    browser = signed_in("secretary")
    assert "chuyển ngày họp sang hôm nay" in browser.get(f"/sessions/{ID}").text
    browser.post(f"/sessions/{ID}/open", {"_part": "open", "move": "on", "_version": "3"})
    assert services.last("POST").body == {"move": True}
