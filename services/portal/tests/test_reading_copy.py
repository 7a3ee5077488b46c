"""The copy for reading: every column that a service's copy may hold has its words, and no id or code is left in it."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import pytest
from common import subject_data
from notifications import domain as notifications
from portal import copy_words, labels, reading_copy
from registration import files
from registration.domain import recommended, subject_requests
from sqlalchemy import Column, String, Table

SERVICES = ("registration", "review", "reporting", "notifications")
ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
OTHER = "01a20188-454d-7778-99dc-10e6ff51c8ff"
UNIT = "01a20188-451c-73b0-971b-ac1462ce295f"
LONGEST_CODE = 64
# Short texts that are what people wrote or are called by, not codes.
PLAIN = {"phone", "code"}


def columns() -> Iterator[tuple[Table, Column[Any]]]:
    """All that the copies can hold."""
    for service in SERVICES:
        for table in import_module(f"{service}.store.subjects").FINDERS:
            yield from ((table, column) for column in table.c if column.name not in subject_data._NOT_THEIRS)


def test_every_table_and_column_of_a_copy_has_a_name() -> None:
    tables = {table.name for table, _ in columns()}
    assert tables - set(copy_words.TABLE) == set()
    unnamed = {(table.name, column.name) for table, column in columns()
               if reading_copy.label(table.name, column.name) == column.name}  # fmt: skip
    assert unnamed == set(), "say in copy_words what they are called, or that they are left out"


def test_every_column_of_codes_has_words_for_them() -> None:
    coded = {
        (table.name, column.name)
        for table, column in columns()
        if isinstance(column.type, String) and (column.type.length or LONGEST_CODE + 1) <= LONGEST_CODE
        if reading_copy.label(table.name, column.name) and column.name not in PLAIN
    }
    assert {one for one in coded if one not in copy_words.VALUE_OF and one[1] not in copy_words.VALUE} == set()


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (copy_words.VALUE_OF["recommended_dossier", "state"], recommended.State),
        (copy_words.VALUE_OF["subject_request", "kind"], subject_requests.Kind),
        (copy_words.VALUE_OF["subject_request", "state"], subject_requests.State),
        (copy_words.VALUE_OF["message", "kind"], [*notifications.Kind, *notifications.RequestKind]),
        (copy_words.VALUE["audience"], notifications.Audience),
        (copy_words.VALUE["content_type"], files.ALLOWED.values()),
    ],
)
def test_every_code_of_a_copy_has_its_words(words: dict[str, str], codes: Iterable[str]) -> None:
    assert {str(code) for code in codes} - set(words) == set()


def test_what_is_newer_than_this_portal_shows_itself_but_no_id() -> None:
    assert reading_copy.label("person", "nickname") == "nickname"
    assert reading_copy.label("person", "guardian_id") == ""


def part(service: str, **tables: list[dict[str, Any]]) -> dict[str, Any]:
    return {"service": service, "person_id": ID, "collected_at": "2026-11-25T08:00:00+00:00", "tables": tables}


REGISTRATION = part(
    "registration",
    access_grant=[{"id": OTHER, "role": "officer", "unit_id": UNIT, "scope_path": "/KH/", "on_behalf_of": OTHER}],
    initiative=[
        {
            "id": ID, "title": "Tủ sách lưu động", "status": "not_recognised", "received_on": "2026-03-25",
            "submitted_at": "2026-03-25T07:40:00+00:00", "owner_ids": [ID], "score": "64.50", "content": "production",
            "reason": "quorum_not_held, not_approved", "version": 7,
        }
    ],
    initiative_author=[{"initiative_id": ID, "position": 0, "name": "Nguyễn Văn A", "role": "co_author", "share": 40}],
    attachment=[{"id": OTHER, "filename": "anh.pdf", "content_type": "application/pdf", "size": 2048, "sha256": "ab1"}],
    subject_request=[{"id": OTHER, "kind": "export", "state": "in_progress", "on_paper": True}],
    recommended_dossier=[{"initiative_id": OTHER, "authors": [{"name": "Lê B"}, {"name": "Trần C"}], "yes": 5}],
)  # fmt: skip
REVIEW = part(
    "review",
    session=[
        {
            "id": OTHER, "title": "Phiên tháng 12", "status": "decided", "present": [ID, OTHER],
            "rules": {"criteria": [{"code": "novelty", "name": "Tính mới"}]},
        }
    ],
    score_sheet=[{"session_id": OTHER, "initiative_id": ID, "person_id": ID, "scores": {"novelty": 8.5}}],
    commendation=[
        {
            "id": OTHER, "form": "certificate_of_merit", "recipients": [
                {"kind": "individual", "group": "recognised_author", "names": [{"name": "A", "person_id": ID}]},
                {"kind": "collective", "group": "leading_unit", "names": [{"name": "Xã B", "person_id": None}]},
            ],
        }
    ],
)  # fmt: skip
NOTIFICATIONS = part("notifications", preference=[{"person_id": ID, "muted": ["initiative.submitted"]}])


@pytest.fixture
def copy(signed_in: Any, services: Any) -> Any:
    """`copy(language, role)`: the copy of a person of whom much is held."""
    for one in (REGISTRATION, REVIEW, part("reporting"), NOTIFICATIONS):
        services.answer(f"{one['service']} GET /my-data", 200, one)

    def make(language: str = "vi", role: str = "author") -> str:
        page = signed_in(role).get(f"/my-data/copy.html?language={language}")
        assert page.status_code == 200
        assert f'lang="{language}"' in page.text
        return re.sub(r"<[^>]+>", "", page.text.replace("</dt><dd>", ": "))

    return make


def test_a_citizen_reads_the_copy(copy: Any) -> None:
    told = copy()
    for said in (
        "Vai trò: Cán bộ đơn vị", "Đơn vị: Huyện Diên Khánh", "Theo ủy quyền: Có", "Tình trạng: Không được công nhận",
        "Ngày nộp: 25/03/2026", "Lúc nộp: 25/03/2026, 14:40", "Điểm: 64,5", "Đơn vị sản xuất, kinh doanh, hộ gia đình",
        "Không đủ số thành viên tối thiểu; Chưa đủ phiếu đồng ý", "Hồ sơ: Tủ sách lưu động", "Vai trò: Đồng tác giả",
        "Loại tệp: PDF", "Dung lượng: 2 KB", "Yêu cầu: Xin bản sao dữ liệu", "Gửi bằng giấy: Có", "Lê B; Trần C",
        "Số phiếu đồng ý: 5", "Người dự họp: 2 người", "Phiên họp: Phiên tháng 12", "Tính mới: 8,5",
        "Hình thức: Bằng khen", "Được khen với tư cách: Cá nhân, Tác giả có sáng kiến được công nhận",
        "Không nhận thư về: Hồ sơ được nộp", "Không giữ gì.",
    ):  # fmt: skip
        assert said in told, said


def test_a_copy_in_english(copy: Any) -> None:
    told = copy("en")
    for said in (
        "Copy of personal data", "Roles and login", "Role: Officer", "On behalf of: Yes", "Status: Not recognised",
        "Received on: 25/03/2026", "Initiative: Tủ sách lưu động", "Content type: PDF", "Votes for: 5",
        "Commended as: Individual, Recognised author", "No letters about: Initiative submitted", "Nothing is held.",
    ):  # fmt: skip
        assert said in told, said
    assert "Tình trạng" not in told


def test_a_row_begins_with_what_it_is_about(copy: Any) -> None:
    told = copy()
    order = (
        "Vai trò và tên đăng nhập",
        "Hồ sơ sáng kiến",
        "Tên sáng kiến: Tủ sách",
        "Tình trạng: Không được",
        "Lúc nộp",
    )
    places = [told.index(said) for said in (*order, "Tên trong hồ sơ", "Tệp đã đính kèm", "Yêu cầu về dữ liệu")]
    assert places == sorted(places)


@pytest.mark.parametrize("language", copy_words.LANGUAGES)
def test_no_id_and_nothing_for_machines_is_in_it(copy: Any, language: str) -> None:
    told = copy(language)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", told)
    assert not re.search(r"\b[a-z]+_[a-z_]+\b", told)
    for hidden in ("/KH/", "ab1", "Xã B", "novelty", "None"):
        assert hidden not in told, hidden


def test_an_operator_and_an_unknown_language_get_it_too(signed_in: Any, copy: Any) -> None:
    assert "Đơn vị:" not in copy(role="operator")
    assert 'lang="vi"' in signed_in("author").get("/my-data/copy.html?language=xx").text


def test_the_copy_for_machines_keeps_everything(signed_in: Any, copy: Any) -> None:
    whole = signed_in("author").get("/my-data/copy.json").json["parts"]
    assert whole == [REGISTRATION, REVIEW, part("reporting"), NOTIFICATIONS]


def test_the_page_offers_both_languages(signed_in: Any) -> None:
    html = signed_in("author").get("/my-data").text
    assert 'href="/my-data/copy.html"' in html
    assert 'href="/my-data/copy.html?language=en"' in html


def test_words_of_grants_cover_who_acts_in_a_dossier() -> None:
    assert {"council", "centre", *labels.ROLE} <= set(copy_words.VALUE["role"])
