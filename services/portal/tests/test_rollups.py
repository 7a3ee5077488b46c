"""The door to the centre as the Standing Board of a province and the centre meet it."""

from collections.abc import Callable
from typing import Any

import pytest
from portal.views.rollups import said

FORBIDDEN = "Chỉ Ban Thường trực cấp tỉnh"


@pytest.fixture
def root(services: Any, answers: dict[str, Any]) -> Callable[[str, str], None]:
    """`root("khanh-hoa", "/KH/")`: the Standing Board acts there."""

    def make(tenant: str, path: str) -> None:
        [grant] = answers["me"]["standing"]["grants"]
        moved = {"subject": "standing-dk", "grants": [grant | {"tenant": tenant, "scope_path": path}]}
        services.answer("registration GET /me", 200, moved)

    return make


def test_the_menu_leads_each_to_their_side_of_the_door(
    root: Callable[[str, str], None], signed_in: Callable[[str], Any]
) -> None:
    """The centre has no dossiers of its own to hand in, to judge or to add up."""
    sides = {"/rollups", "/national", "/recommended", "/initiatives", "/sessions", "/dashboard"}
    work = {"/initiatives", "/sessions", "/dashboard"}
    for tenant, path, sees in (
        ("khanh-hoa", "/KH/DK/", work),
        ("khanh-hoa", "/KH/", {"/rollups", *work}),
        ("trung-uong", "/TW/", {"/national", "/recommended"}),
    ):
        root(tenant, path)
        page = signed_in("standing").get("/home").text
        assert {link for link in sides if f'href="{link}"' in page} == sees, (tenant, path)


def test_a_board_below_the_province_is_told_who_sends(
    root: Callable[[str, str], None], signed_in: Callable[[str], Any]
) -> None:
    assert FORBIDDEN in signed_in("standing").get("/rollups").text
    root("khanh-hoa", "/KH/")
    assert FORBIDDEN not in signed_in("standing").get("/rollups").text


def test_what_was_sent_says_by_whom_and_under_which_name(signed_in: Callable[[str], Any]) -> None:
    page = signed_in("standing").get("/rollups").text
    assert "Năm 2020, lần 1" in page
    assert "Người gửi: bạn" in page
    assert "Người gửi: Ban Thường trực" in page
    assert "gửi khi còn là ninh-thuan" in page
    assert "Hình thức khác" in page


def test_a_preview_shows_what_changed_and_sends_nothing(signed_in: Callable[[str], Any], services: Any) -> None:
    page = signed_in("standing").get("/rollups/preview?year=2020").text
    assert "Khen thưởng: 2019, 2020, Biểu dương, Tổ chức, cơ quan, cá nhân" in page
    assert services.last("GET").query == {"year": "2020"}
    assert [one for one in services.asked if one.method == "POST"] == []


def test_sending_takes_a_yes(signed_in: Callable[[str], Any], services: Any) -> None:
    board = signed_in("standing")
    assert board.post("/rollups/preview?year=2020", {"agreed": ""}).status_code == 422
    assert [one for one in services.asked if one.method == "POST"] == []
    services.answer("reporting POST /rollups", 201, {"version": 2})
    answer = board.post("/rollups/preview?year=2020", {"agreed": "yes", "_version": "seen-1"})
    assert (answer.status_code, answer.location) == (303, "/rollups")
    assert services.last("POST").body == {"year": 2020, "seen": "seen-1"}
    assert services.last("POST").headers["Idempotency-Key"]
    services.problem("reporting POST /rollups", 409, "rollup.units_move", "Đơn vị đang được chuyển về.")
    refused = board.post("/rollups/preview?year=2020", {"agreed": "yes"})
    assert (refused.status_code, "Đơn vị đang được chuyển về." in refused.text) == (409, True)
    assert services.last("POST").body["seen"] == "nothing", "who has seen no preview agrees to none"
    assert 'name="_version" value="tag-of-this"' in refused.text, "the next press agrees to what is shown now"


def test_the_country_says_who_has_sent_nothing_and_what_stands_for_whom(signed_in: Callable[[str], Any]) -> None:
    assert signed_in("standing").get("/national?from_year=abc").status_code == 200
    page = signed_in("standing").get("/national?from_year=2020&to_year=2019").text
    assert "2 tỉnh, thành phố: Tỉnh Khánh Hòa, Tỉnh Lai Châu" in page
    assert "1 tỉnh, thành phố: Tỉnh Lai Châu" in page
    assert "(Tỉnh Ninh Thuận, trước khi hợp nhất)" in page
    assert "1/2" in page
    assert page.count("chưa tỉnh, thành phố nào gửi") == 1


def test_an_empty_country_says_what_to_do(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    country = answers["reporting GET /national"]
    lines = [one | {"sent": []} for one in country["provinces"]]
    services.answer("reporting GET /national", 200, country | {"provinces": lines})
    assert "nhắc các tỉnh gửi" in signed_in("standing").get("/national").text


def test_a_figure_is_named_in_words() -> None:
    assert said(["registered"]) == "Đăng ký"
    assert said(["by_status", "recognised"]) == "Trạng thái: Được công nhận"
    assert said(["by_field", "other", "registered"]) == "Lĩnh vực: Lĩnh vực khác, Đăng ký"
    assert said(["outreach", "agencies_reached"]) == "Tuyên truyền: cơ quan, đơn vị được phát động"
