"""The journal of a dossier: what its units and its council did, each act in words and in one order of time."""

import re
from collections.abc import Callable
from typing import Any

import pytest

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
PATH = f"/initiatives/{ID}/trail"
EMPTY = {"items": [], "next": None}


def titles(page: str) -> list[str]:
    return re.findall(r'class="title">([^<]+)<', page)


def test_a_trail_tells_acts_in_words_and_hides_what_it_must(signed_in: Callable[[str], Any], services: Any) -> None:
    page = signed_in("officer").get(PATH).text
    for said in ("Trần Thị Cán Bộ, cán bộ đơn vị", "Chờ đơn vị xét duyệt", "Bổ sung số liệu", "Lập hồ sơ"):
        assert said in page, said
    assert "Hệ thống, theo việc của hội đồng" in page
    assert "nội dung đã được xóa theo yêu cầu" in page
    assert "còn là bản nháp của tác giả" in page
    assert len(titles(page)) == 3
    assert "search_text" not in page
    assert "before=2026-11-22T04:40:00%2B00:00" in page
    assert not [asked for asked in services.asked if asked.service == "review"]
    services.answer("registration GET /initiatives/*/trail", 200, EMPTY)
    assert "Chưa có thay đổi nào được ghi" in signed_in("officer").get(PATH).text


@pytest.mark.parametrize("role", ["author", "officer", "secretary", "chair", "member", "standing"])
def test_nobody_is_promised_what_they_do_not_see(signed_in: Callable[[str], Any], services: Any, role: str) -> None:
    page = signed_in(role).get(PATH).text
    has_council = bool([asked for asked in services.asked if asked.service == "review"])
    assert has_council is (role not in ("author", "officer"))
    assert ("ở đơn vị và ở hội đồng mà bạn được xem" in page) is has_council
    assert ("chỉ hội đồng và Ban Thường trực xem được" in page) is not has_council


def test_the_councils_acts_stand_among_the_units(signed_in: Callable[[str], Any], services: Any) -> None:
    page = signed_in("standing").get(PATH).text
    assert titles(page) == [
        "Ra quyết định",
        "Kết thúc chấm điểm và biểu quyết",
        "Sửa phiếu chấm điểm",
        "Chấm điểm",
        "Khai xung đột lợi ích, không tham gia xét",
        "Ghi người dự họp",
        "Xếp hồ sơ vào phiên họp",
        "Sửa hồ sơ",
        "Hồ sơ đến hội đồng",
        "Trả lại để bổ sung",
        "Lập hồ sơ",
    ]
    for said in (
        "Lê Chủ Tịch, chủ tịch hội đồng", "Huyện Diên Khánh", "12/QĐ-MTTQ", "Không được công nhận", "64,5",
        "1 đồng ý, 3 không đồng ý, 0 không có ý kiến", "Điểm trung bình thấp hơn mức đạt", "Tính mới", "8,5",
        "Có tính mới", "3 người", "Cùng đơn vị công tác với tác giả", "Cùng cơ quan, cùng phòng",
        "không hiện điểm và nhận xét", "Hệ thống, theo việc của đơn vị", "Đã xếp phiên họp",
    ):  # fmt: skip
        assert said in page, said
    for code in ("novelty", "scope_path", "scheduled", "/KH/DK/", "author_ids"):
        assert code not in page, code


def test_two_trails_are_read_on_from_the_moment_to_which_both_have_told(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    whole = answers["review GET /dossiers/*/trail"]["items"]
    services.answer("review GET /dossiers/*/trail", 200, {"items": whole[:6], "next": "WyIxIl0="})
    page = signed_in("standing").get(PATH).text
    assert titles(page) == ["Ra quyết định", "Kết thúc chấm điểm và biểu quyết", "Sửa phiếu chấm điểm"]
    assert "before=2026-11-22T05:35:00%2B00:00" in page
    signed_in("standing").get(f"{PATH}?before=2026-11-22T05:35:00%2B00:00")
    asked = [one.query for one in services.asked if one.path.endswith("/trail")]
    assert [one["before"] for one in asked] == ["2026-11-22T05:35:00+00:00"] * 2


def test_who_has_a_part_in_a_dossier_reads_its_units_part_and_why(
    signed_in: Callable[[str], Any], services: Any
) -> None:
    services.problem("review GET /dossiers/*/trail", 403, "dossier.recused", "Không tham gia xét.")
    page = signed_in("member").get(PATH)
    assert page.status_code == 200
    assert "chỉ hiện sau khi có quyết định" in page.text
    assert titles(page.text) == ["Sửa hồ sơ", "Trả lại để bổ sung", "Lập hồ sơ"]


def test_a_dossier_that_came_to_no_council_has_its_units_part(signed_in: Callable[[str], Any], services: Any) -> None:
    services.problem("review GET /dossiers/*/trail", 404, "dossier.not_found", "Không có.")
    page = signed_in("chair").get(PATH)
    assert (page.status_code, len(titles(page.text))) == (200, 3)
    services.problem("review GET /dossiers/*/trail", 500, "http.500", "Hỏng.")
    assert signed_in("chair").get(PATH).status_code >= 500


def test_a_proposal_to_the_centre_is_named_by_what_became_of_it(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    usual = answers["review GET /dossiers/*/trail"]["items"][0]
    steps = [
        ("update", [("answer", None, "accepted"), ("answer_reason", "", "Đưa vào danh mục cả nước")]),
        ("update", [("withdrawn_on", "2026-11-20", None)]),
        ("update", [("withdrawn_on", None, "2026-11-20")]),
        ("insert", [("statement", None, "Đã nhân rộng")]),
    ]
    items = [
        usual | {
            "table": "recommendation", "operation": operation, "request_id": f"p-{place}",
            "at": f"2026-11-23T05:0{9 - place}:00+00:00",
            "changes": [{"field": field, "before": before, "after": after} for field, before, after in changed],
        }
        for place, (operation, changed) in enumerate(steps)
    ]  # fmt: skip
    services.answer("review GET /dossiers/*/trail", 200, {"items": items, "next": None})
    page = signed_in("standing").get(PATH).text
    assert titles(page)[:4] == [
        "Trung ương trả lời đề nghị",
        "Cập nhật đề nghị lên Trung ương",
        "Rút đề nghị lên Trung ương",
        "Đề nghị lên Trung ương",
    ]
    assert "Chấp nhận" in page
