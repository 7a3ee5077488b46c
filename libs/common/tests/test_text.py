"""Text as people type it, in Python and in PostgreSQL alike."""

import unicodedata
from typing import Any

import pytest
from common.database import Context
from common.text import clean, clean_line, fold, reads_like
from sqlalchemy import literal, select

NAME = "Xã Diên Khánh, huyện ĐẠI Lộc"


@pytest.mark.parametrize("typed", ["dien khanh", "DIÊN KHÁNH", "Đại lộc", "dai LOC", "  diên   khanh ", "h, h"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_marks_and_case_do_not_matter(database: Any, typed: str, form: Any) -> None:
    stored = literal(unicodedata.normalize(form, NAME))
    with database.unit_of_work(Context("khanh-hoa")) as uow:
        assert uow.find(select(reads_like(stored, typed)))[0]
        assert not uow.find(select(reads_like(stored, f"{typed}x")))[0]


TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
LETTERS = {
    unicodedata.normalize("NFC", f"{letter}{tone}") for letter in "aăâbcdđeêghiklmnoôơpqrstuưvxy" for tone in TONES
}


def test_both_fold_every_letter_of_the_language_alike(database: Any) -> None:
    single = [letter for letter in LETTERS if len(letter) == 1]
    assert len(single) > 89  # 12 vowels with six tones each, and 17 consonants.
    with database.unit_of_work(Context("khanh-hoa")) as uow:
        for one in [form for letter in single for form in (letter, letter.upper())]:
            assert uow.find(select(reads_like(literal(one), fold(one))))[0], one


def test_what_is_typed_is_no_pattern(database: Any) -> None:
    with database.unit_of_work(Context("khanh-hoa")) as uow:
        assert not uow.find(select(reads_like(literal("Diên Khánh"), "d%h")))[0]


def test_spaces_are_one_and_the_ends_have_none() -> None:
    assert fold("  Đắk Lắk:  ĐỠ ĐẦU trẻ em ") == "dak lak: do dau tre em"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Tủ   sách ", "Tủ   sách"),
        (unicodedata.normalize("NFD", "Tiếng Việt"), "Tiếng Việt"),
        ("anh\u202egnp.exe", "anhgnp.exe"),
        ("a\u2066b\u2069c\u200ed\u061ce", "abcde"),
        ("so\u00ad\u200b 88", "so 88"),
        ("\u200b\u2060\ufeff\u3164\u2800", ""),
        ("a\x07\x1b[31mb", "a[31mb"),
        ("m\u1ed9t\u00a0hai\u3000ba", "m\u1ed9t hai ba"),
        (
            "d\u00f2ng 1\r\nd\u00f2ng 2\x0bd\u00f2ng 3\u2028d\u00f2ng 4",
            "d\u00f2ng 1\nd\u00f2ng 2\nd\u00f2ng 3\nd\u00f2ng 4",
        ),
    ],
)
def test_text_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert clean(typed) == stored
    assert clean(stored) == stored


def test_a_name_is_one_line_with_single_spaces() -> None:
    assert clean_line("  Nguyễn \n Văn\u00a0\tAn ") == "Nguyễn Văn An"


@pytest.mark.parametrize("typed", ["a\0b", "\ud800"])
def test_what_is_no_text_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        clean(typed)
