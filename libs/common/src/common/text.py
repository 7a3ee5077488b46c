"""Looking for text as people type it: in any case, and with or without the marks of Vietnamese."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import text as sql


def fold(text: str) -> str:
    """Lower case, no diacritics, đ as d, single spaces."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


_ALPHABET = [chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))]
_MARKED = "".join(letter for letter in _ALPHABET if len(fold(letter)) == 1 and fold(letter).isascii())


def reads_like(column: Any, text: str) -> ColumnElement[bool]:
    """The column holds `text`, however both are written. For tables that are small enough to be read through."""
    plain = func.translate(func.normalize(column, sql("NFC")), _MARKED, fold(_MARKED))
    return func.lower(plain).contains(fold(text), autoescape=True)
