"""The province's journal: each entry one line in words, with filters, and nothing of what dossiers hold."""

import re
from collections.abc import Callable
from typing import Any

from portal import journal_words
from registration.schemas import journal as shapes

PATH = "/admin/journal"
PERSON = "01a20188-44c9-70a7-bf13-880d62e2bd3d"


def test_each_entry_says_who_did_what(signed_in: Callable[[str], Any]) -> None:
    page = signed_in("administrator").get(PATH).text
    acts = re.findall(r'data-label="Việc">([^<]+)<', page)
    assert [act.strip() for act in acts] == [
        "Tỉnh khác nhập vào",
        "Xóa nội dung nhật ký: hồ sơ sáng kiến",
        "Sửa: hồ sơ sáng kiến",
        "Thêm: vai trò",
        "Sửa: tên và vị trí đơn vị",
        "Thêm: hồ sơ sáng kiến",
        "Sửa: hồ sơ sáng kiến",
    ]
    for said in (
        "Nguyễn Cán Bộ</a>, cán bộ đơn vị", "(Trần Thị Xã)", "vai trò: Cán bộ đơn vị", "từ ngày: 01/01/2026",
        "tên: Xã A → Xã B", "tên, tóm tắt (không hiện nội dung)", "nội dung đã được xóa", "Lệnh của người vận hành",
        "Hệ thống, theo việc ở dịch vụ khác", "mục 1.219", "2 chỗ",
    ):  # fmt: skip
        assert said in page, said
    for code in ("search_text", "access_grant<", "absorbed", "unit_period<"):
        assert code not in page, code


def test_filters_go_on_to_the_service_and_to_the_next_page(signed_in: Callable[[str], Any], services: Any) -> None:
    admin = signed_in("administrator")
    page = admin.get(f"{PATH}?from=1/11/2026&to=25/11/2026&table=unit&operation=update&person_id={PERSON}").text
    asked = next(one for one in services.asked if one.path.endswith("/audit"))
    assert asked.query == {
        "from": "2026-11-01", "to": "2026-11-25", "table": "unit", "operation": "update", "person_id": PERSON,
        "limit": "50",
    }  # fmt: skip
    assert "Chỉ việc của" in page
    assert "table=unit" in page[page.index("cursor=WyIxMyJd") - 200 : page.index("cursor=WyIxMyJd") + 200]


def test_what_is_no_day_is_said_and_left_out(signed_in: Callable[[str], Any], services: Any) -> None:
    page = signed_in("administrator").get(f"{PATH}?from=31/02/2026")
    assert page.status_code == 200
    assert "Ngày viết theo dạng" in page.text
    assert "from" not in next(one for one in services.asked if one.path.endswith("/audit")).query


def test_an_empty_journal_says_so(signed_in: Callable[[str], Any], services: Any) -> None:
    services.answer("registration GET /audit", 200, {"items": [], "next": None})
    services.answer("registration GET /audit/witnesses", 200, {"items": []})
    admin = signed_in("administrator")
    assert "90 ngày qua không có thay đổi nào" in admin.get(PATH).text
    assert "Chưa có bản đối chứng nào" in admin.get(PATH).text
    assert "Bỏ mọi điều kiện" in admin.get(f"{PATH}?table=unit").text


def test_only_an_administrator_of_the_whole_province_finds_it(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    assert 'href="/admin/journal"' in signed_in("administrator").get("/admin/cycles").text
    assert signed_in("standing").get(PATH).status_code == 403
    me = answers["me"]["administrator"]
    below = me | {"grants": [me["grants"][0] | {"scope_path": "/KH/DK/"}]}
    services.answer("registration GET /me", 200, below)
    assert 'href="/admin/journal"' not in signed_in("administrator").get("/admin/cycles").text


def test_every_kind_and_act_has_its_words() -> None:
    fields = shapes.JournalArgs().fields
    assert set(fields["table"].validate.choices) == set(journal_words.KIND)  # type: ignore[union-attr]
    assert set(fields["operation"].validate.choices) == set(journal_words.OPERATION)  # type: ignore[union-attr]
