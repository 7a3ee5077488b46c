"""Every text, read as its receiver reads it."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from uuid import uuid4

import pytest
from notifications import wording
from notifications.domain import Audience, Cycle, Kind, Notice
from notifications.wording import Names

NAMES = Names(
    "Mặt trận xã Diên An",
    "huyện Diên Khánh",
    Cycle("Đoàn kết sáng tạo 2026", date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)),
)
NOTICE = Notice(
    event_id=uuid4(),
    kind=Kind.SUBMITTED,
    occurred_at=datetime(2026, 10, 1, tzinfo=UTC),
    occurred_on=date(2026, 10, 1),
    initiative_id=uuid4(),
    code="KH-2026-0012",
    title="Tủ sách lưu động cho thôn xa",
    cycle_id=uuid4(),
    unit_id=uuid4(),
    council_unit_id=uuid4(),
    author_ids=[],
    reason="Thiếu minh chứng hiệu quả",
    decision_number="15/QĐ-HĐ",
)
PAIRS = [
    *itertools.product(Kind, (Audience.AUTHOR, Audience.OFFICER)),
    (Kind.FORWARDED, Audience.SECRETARY),
    (Kind.RECALLED, Audience.SECRETARY),
    (Kind.WITHDRAWN, Audience.SECRETARY),
    (Kind.REINSTATED, Audience.SECRETARY),
    (Kind.RECOMMENDATION_ANSWERED, Audience.STANDING),
]


@pytest.mark.parametrize(("kind", "audience"), PAIRS)
def test_every_text_names_the_dossier_and_what_comes_next(kind: Kind, audience: Audience) -> None:
    subject, text = wording.write(replace(NOTICE, kind=kind), audience, NAMES)
    assert "Tủ sách lưu động cho thôn xa" in subject
    assert "“Tủ sách lưu động cho thôn xa” (mã hồ sơ KH-2026-0012)" in text
    assert any(next_ in text for next_ in ("Việc", "không phải làm gì thêm"))
    for mark in ("{", "}", "None", "  ", " ,", " .", "..", "\n\n\n", "“”"):
        assert mark not in subject + text, mark


@pytest.mark.parametrize(("kind", "audience"), PAIRS)
def test_a_dossier_whose_title_is_erased_is_told_of_by_its_code(kind: Kind, audience: Audience) -> None:
    subject, text = wording.write(replace(NOTICE, kind=kind, title="(đã xoá)", reason=""), audience, NAMES)
    assert "KH-2026-0012" in subject
    assert "có mã hồ sơ KH-2026-0012" in text
    for mark in ("xoá", "{", "}", "None", "  ", " ,", " .", "..", "\n\n\n", "“”"):
        assert mark not in subject + text, mark


@pytest.mark.parametrize(
    "kind", [Kind.RETURNED, Kind.RECALLED, Kind.WITHDRAWN, Kind.NOT_RECOGNISED, Kind.RECOMMENDATION_WITHDRAWN]
)
@pytest.mark.parametrize("audience", [Audience.AUTHOR, Audience.OFFICER])
def test_a_setback_gives_its_reason(kind: Kind, audience: Audience) -> None:
    _, text = wording.write(replace(NOTICE, kind=kind), audience, NAMES)
    assert "Lý do: Thiếu minh chứng hiệu quả" in text


@pytest.mark.parametrize("audience", [Audience.AUTHOR, Audience.OFFICER, Audience.STANDING])
@pytest.mark.parametrize(
    ("answer", "said"), [("noted", "ghi nhận"), ("accepted", "chấp nhận"), ("declined", "không chấp nhận")]
)
def test_the_centres_answer_is_told_with_what_it_wrote(audience: Audience, answer: str, said: str) -> None:
    notice = replace(NOTICE, kind=Kind.RECOMMENDATION_ANSWERED, answer=answer, reason="Phổ biến toàn quốc.")
    _, text = wording.write(notice, audience, NAMES)
    assert text.startswith(f"Trung ương {said} đề nghị của huyện Diên Khánh")
    assert "Ý kiến của Trung ương: Phổ biến toàn quốc." in text


def test_every_template_is_used() -> None:
    names = {path.name for path in files("notifications").joinpath("templates").iterdir()}
    of_requests = {"received.administrator", "due.administrator", "closed.subject"}
    known = {f"{kind}.{audience}.txt" for kind, audience in PAIRS} | {
        f"subject_request.{one}.txt" for one in of_requests
    }
    assert names == known | {"_words.txt", "letter.txt", "letter.html"}


def test_a_returned_dossier_tells_its_author_until_when() -> None:
    subject, text = wording.write(replace(NOTICE, kind=Kind.RETURNED), Audience.AUTHOR, NAMES)
    assert subject == "Cần bổ sung sáng kiến “Tủ sách lưu động cho thôn xa”"
    assert text == (
        "Mặt trận xã Diên An trả lại sáng kiến “Tủ sách lưu động cho thôn xa” (mã hồ sơ KH-2026-0012) để ông/bà"
        " bổ sung. Nội dung đã nhập vẫn còn nguyên.\n\n"
        "Lý do: Thiếu minh chứng hiệu quả\n\n"
        "Việc cần làm: mở hồ sơ, sửa theo lý do trên rồi nộp lại, chậm nhất ngày 31/10/2026."
    )


def test_a_deadline_that_has_passed_is_not_asked_for() -> None:
    late = replace(NOTICE, kind=Kind.RETURNED, occurred_on=date(2026, 11, 1))
    _, text = wording.write(late, Audience.AUTHOR, NAMES)
    assert text.endswith(
        "rồi nộp lại (hạn của đợt thi đua là ngày 31/10/2026, nay đã qua)."
        " Xin liên hệ Mặt trận xã Diên An để được hướng dẫn."
    )


def test_the_last_day_is_still_in_time() -> None:
    last = replace(NOTICE, kind=Kind.RETURNED, occurred_on=date(2026, 10, 31))
    assert "chậm nhất ngày 31/10/2026." in wording.write(last, Audience.AUTHOR, NAMES)[1]


def test_the_councils_reasons_are_told_in_words() -> None:
    codes = "score_below_pass, criterion_below_minimum, criterion_below_minimum"
    _, text = wording.write(replace(NOTICE, kind=Kind.NOT_RECOGNISED, reason=codes), Audience.AUTHOR, NAMES)
    assert "Lý do: điểm trung bình chưa đạt mức quy định; có tiêu chí chưa đạt điểm tối thiểu.\n" in text


def test_without_a_reason_or_a_decision_number_none_is_mentioned() -> None:
    plain = replace(NOTICE, kind=Kind.NOT_RECOGNISED, reason="", decision_number="")
    _, text = wording.write(plain, Audience.AUTHOR, NAMES)
    assert "Lý do" not in text
    assert "Quyết định" not in text


def test_a_draft_is_called_a_draft() -> None:
    draft = replace(NOTICE, kind=Kind.WITHDRAWN, code="", council_unit_id=None)
    assert "(bản nháp, chưa nộp)" in wording.write(draft, Audience.AUTHOR, NAMES)[1]


def test_a_long_title_is_cut_in_the_subject_only_and_stays_on_one_line() -> None:
    title = "Cải tiến quy trình\nthu gom rác thải " + "ở thôn " * 30
    subject, text = wording.write(replace(NOTICE, title=title), Audience.AUTHOR, NAMES)
    assert len(subject) < 120
    assert subject.endswith("…”")
    assert "\n" not in subject
    assert " ".join(title.split()) in text


def test_a_letter_says_the_same_in_text_and_html_with_one_link() -> None:
    link = "https://sangtao.example/initiatives/1"
    letter = wording.letter("Nguyễn Thị Ánh", "Câu một.\n\nCâu <hai> & ba.", link)
    assert letter.text.startswith("Kính gửi ông/bà Nguyễn Thị Ánh,\n\nCâu một.\n\nCâu <hai> & ba.\n\nMở hồ sơ: ")
    assert '<p style="white-space:pre-line">Câu &lt;hai&gt; &amp; ba.</p>' in letter.html
    assert letter.text.count("http") == 1
    assert letter.html.count("http") == 1


def test_a_letter_to_somebody_without_a_name_still_greets() -> None:
    assert wording.letter("", "Câu.", "https://x.example").text.startswith("Kính gửi ông/bà,\n")
