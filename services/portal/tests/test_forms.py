"""Forms as data: what people type, rows that come and go, reasons that find their fields; dates and numbers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from portal import formats
from portal.clients import ApiError
from portal.forms import MOST_ROWS, Field, Form, Rows

PARTS = (
    Field("title", "Tên"),
    Field("reach.people", "Số người", "integer", required=False),
    Field("from", "Từ ngày", "date", required=False),
    Rows(
        "authors",
        "Tác giả",
        (Field("kind", "Là", "select", default="individual"), Field("name", "Tên"), Field("share", "%", "decimal")),
        add="Thêm",
        total="share",
    ),
)
ROW = {"authors.0.kind": "individual", "authors.0.name": "Lan", "authors.0.share": "100"}
Send = Callable[[dict[str, str]], AbstractContextManager[Any]]


@pytest.fixture
def send() -> Send:
    app = Flask(__name__)
    return lambda data: app.test_request_context(method="POST", data=data)


def test_what_is_typed_becomes_json(send: Send) -> None:
    with send({"title": " Lúa ", "reach.people": "1.200", "from": "25/3/2021", **ROW}):
        assert Form(PARTS).body() == {
            "title": "Lúa",
            "reach": {"people": 1200},
            "from": "2021-03-25",
            "authors": [{"kind": "individual", "name": "Lan", "share": 100}],
        }


def test_what_cannot_be_read_is_said_at_its_field(send: Send) -> None:
    with send({"title": "", "reach.people": "nhiều", "from": "31/02/2021", **ROW, "authors.0.share": ""}):
        form = Form(PARTS)
        assert not form.send(lambda _: {})
        assert form.status == 422
        assert set(form.errors) == {"title", "reach.people", "from", "authors.0.share"}
        assert form.value("reach.people") == "nhiều"


def test_a_blank_row_is_left_out_and_the_next_moves_up(send: Send) -> None:
    blank = {"authors.0.kind": "individual", "authors.0.name": "", "authors.0.share": ""}
    second = {name.replace(".0.", ".1."): value for name, value in ROW.items()}
    with send({"title": "Lúa", **blank, **second}):
        assert [author["name"] for author in Form(PARTS).body()["authors"]] == ["Lan"]


def test_a_row_in_which_only_a_choice_was_made_stays(send: Send) -> None:
    chosen = {"authors.1.kind": "collective", "authors.1.name": "", "authors.1.share": ""}
    with send({"title": "Lúa", **ROW, **chosen}):
        form = Form(PARTS)
        assert not form.send(lambda _: {})
        assert form.value("authors.1.kind") == "collective"
        assert set(form.errors) == {"authors.1.name", "authors.1.share"}


def test_rows_come_and_go_without_sending(send: Send) -> None:
    def never(_: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError("nothing is sent")

    with send({"title": "Lúa", "_add": "authors", **ROW}):
        form = Form(PARTS)
        assert not form.send(never)
        assert len(form.rows(PARTS[3])) == 2
        assert form.status == 200
    second = {"authors.1.kind": "individual", "authors.1.name": "Mai", "authors.1.share": "50"}
    with send({"title": "Lúa", "_remove": "authors.0", **ROW, **second}):
        form = Form(PARTS)
        assert not form.send(never)
        assert form.value("authors.0.name") == "Mai"
        assert form.value("title") == "Lúa"


def test_blank_rows_stay_while_rows_come_and_go(send: Send) -> None:
    """ "Bỏ" beside the blank row takes that one, not the filled one behind it; a second "Thêm" adds a second row."""
    blank = {"authors.1.kind": "individual", "authors.1.name": "", "authors.1.share": ""}
    third = {"authors.2.kind": "individual", "authors.2.name": "Mai", "authors.2.share": "50"}
    with send({"_remove": "authors.1", **ROW, **blank, **third}):
        form = Form(PARTS)
        assert not form.send(lambda _: {})
        assert [form.value(f"authors.{index}.name") for index in range(2)] == ["Lan", "Mai"]
    with send({"_add": "authors", **ROW, **blank}):
        form = Form(PARTS)
        assert not form.send(lambda _: {})
        assert len(form.rows(PARTS[3])) == 3


@pytest.mark.parametrize("place", ["999999999999", "²", "٣", "-1", "", "x"])
@pytest.mark.parametrize("press", [{}, {"_add": "authors"}, {"_remove": "authors.0"}])
def test_a_row_of_no_page_is_passed_over(send: Send, place: str, press: dict[str, str]) -> None:
    second = {name.replace(".0.", ".1."): value for name, value in ROW.items()}
    with send({"title": "Lúa", **ROW, **second, f"authors.{place}.name": "Mai", **press}):
        form = Form(PARTS)
        assert form.send(lambda _: {}) == (not press)
        assert len(form.rows(PARTS[3])) == {"": 2, "_add": 3, "_remove": 1}["".join(press)]


def test_there_are_only_so_many_rows(send: Send) -> None:
    with send({"title": "Lúa", **ROW, "authors.999.name": "Mai", "_add": "authors"}):
        form = Form(PARTS)
        assert not form.send(lambda _: {})
        assert len(form.rows(PARTS[3])) == MOST_ROWS


@pytest.mark.parametrize("press", [{"_add": "nobody"}, {"_remove": "authors"}, {"_remove": "authors.x"}])
def test_a_press_that_no_page_offers_changes_nothing(send: Send, press: dict[str, str]) -> None:
    with send({"title": "Lúa", **ROW, **press}):
        form = Form(PARTS)
        assert not form.send(lambda _: {})
        assert [form.value(name) for name in ROW] == list(ROW.values())


def test_a_wrong_row_is_named_by_its_number(send: Send) -> None:
    second = {"authors.1.kind": "individual", "authors.1.name": "Mai", "authors.1.share": "nửa"}
    with send({"title": "Lúa", **ROW, **second}):
        form = Form(PARTS)
        assert not form.send(lambda _: {})
        assert [(name, label) for name, label, _ in form.listed_errors()] == [("authors.1.share", "Tác giả 2, %")]


def test_what_is_said_already_is_not_said_again(send: Send) -> None:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise ApiError(422, "x", "Tệp rỗng.", {"/file": "Tệp rỗng."})

    with send({"title": "Lúa", **ROW}):
        form = Form(PARTS)
        assert not form.send(refuse)
        assert form.problem == "Tệp rỗng."
        assert form.unplaced() == []


def test_a_services_reasons_find_their_fields(send: Send) -> None:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise ApiError(
            422, "x", "Chưa đúng", {"/authors/0/share": "Quá lớn", "/authors": "Cộng phải bằng 100", "/q": "?"}
        )

    with send({"title": "Lúa", **ROW}):
        form = Form(PARTS)
        assert not form.send(refuse)
        assert form.errors["authors.0.share"] == "Quá lớn"
        assert form.row_errors(PARTS[3]) == "Cộng phải bằng 100"
        assert form.unplaced() == ["?"]
        assert form.sum(PARTS[3]) == "100"


def test_what_the_person_cannot_mend_is_not_kept_in_the_form(send: Send) -> None:
    def gone(_: dict[str, Any]) -> dict[str, Any]:
        raise ApiError(404, "x", "Không có", {})

    with send({"title": "Lúa", **ROW}), pytest.raises(ApiError):
        Form(PARTS).send(gone)


def test_a_saved_resource_fills_the_form_and_a_newer_one_is_shown_beside() -> None:
    saved = {
        "version": 3, "title": "Lúa", "reach": {"people": 1200}, "from": "2021-03-25",
        "authors": [{"kind": "collective", "name": "Tổ 3", "share": 33.5}],
    }  # fmt: skip
    with Flask(__name__).test_request_context():
        form = Form(PARTS, saved=saved)
        assert form.version == "3"
        assert form.value("from") == "25/03/2021"
        assert form.value("authors.0.share") == "33,5"
        form.show_newer(saved | {"version": 4, "title": "Lúa mới"})
        assert form.newer == {"title": "Lúa mới"}
        assert form.version == "4"


def test_forms_on_one_page_do_not_take_each_others_fields(send: Send) -> None:
    with send({"_part": "return", "title": "Lúa"}):
        assert Form(PARTS, part="return").is_sent
        assert not Form(PARTS, part="withdraw").is_sent
        assert Form(PARTS, part="return").id("title") == "return-title"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("1.234,5", 1234.5),
        ("1.234.567", 1234567),
        ("1234.5", 1234.5),
        ("1 234", 1234),
        ("0.250", 0.25),
        ("-0.250", -0.25),
        ("-1 250", -1250),
        ("43,6%", 43.6),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, number: float) -> None:
    assert float(formats.read_number(typed)) == number


@pytest.mark.parametrize(
    "typed",
    ["", "mười", "1,2,3", "NaN", "Infinity", "--1", "1.234", "-1.250", "1,234.5", "1e5", "1e400000", "9" * 5000, "٣٣"],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        formats.read_number(typed)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_number_comes_back_as_it_was_shown(number: Any) -> None:
    assert formats.read_number(formats.plain_number(number)) == number


@pytest.mark.parametrize(("typed", "number"), [("12", 12), ("1.234", 1234), ("1 234", 1234), ("-5", -5), ("3,0", 3)])
def test_whole_numbers_are_read_with_or_without_points(typed: str, number: int) -> None:
    assert formats.read_whole(typed) == number


@pytest.mark.parametrize("typed", ["33,7", "1e400000", "9" * 5000, "1,2,3", ""])
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        formats.read_whole(typed)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_whole_number_comes_back_as_it_was_shown(number: int) -> None:
    assert formats.read_whole(formats.number(number)) == number


@given(st.dates())
def test_a_day_comes_back_as_it_was_shown(day: Any) -> None:
    assert formats.read_day(formats.day(day.isoformat())) == day.isoformat()


@pytest.mark.parametrize("typed", ["31/02/2021", "2021", "mai", "1/1/21"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        formats.read_day(typed)


def test_dates_and_sizes_are_vietnamese() -> None:
    assert formats.number(1234567.5) == "1.234.567,5"
    assert formats.percent(41.7) == "41,7%"
    assert formats.day("2021-03-25") == "25/03/2021"
    assert formats.moment("2021-03-25T18:40:00+00:00") == "26/03/2021, 01:40"
    assert formats.size(1_500_000) == "1,4 MB"
    assert formats.day(None) == ""
