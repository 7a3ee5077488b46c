"""Text as people type it: one form for storing it, and a looser one for comparing and searching."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import text as sql

# Letters that show nothing: fillers of Hangul, and the blank of Braille.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_BREAKS = dict.fromkeys((*map(ord, "\v\f\x85\u2028\u2029"),), "\n")


def clean(text: str) -> str:
    """Return the text in the one form in which it is stored: NFC, trimmed, without what cannot be seen.

    Removed are control characters except tabs and line breaks, and all format characters: those that reverse the
    direction of reading, zero-width ones, soft hyphens. Every kind of blank becomes a space, every kind of line break
    a newline. A text of invisible characters only is empty afterwards.

    Raises ValueError for NUL and for halves of surrogate pairs, which are no text and which no database stores.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("a character that is no text")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_BREAKS)
    return unicodedata.normalize("NFC", "".join(map(_kept, lines))).strip()


def clean_line(text: str) -> str:
    """Return the text cleaned as one line with single spaces: a name, a title, a number of a document.

    Raises ValueError as `clean` does.
    """
    return " ".join(clean(text).split())


def _kept(char: str) -> str:
    if char in "\n\t":
        return char
    kind = unicodedata.category(char)
    if kind in ("Cc", "Cf", "Cn") or char in _BLANK_LETTERS:
        return ""
    return " " if kind == "Zs" else char


def fold(text: str) -> str:
    """Lower case, no diacritics, đ as d, single spaces."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


# The dashes and slashes that programs put in place of the plain ones.
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_PLAIN_SIGNS = str.maketrans(dict.fromkeys(_DASHES, "-") | dict.fromkeys("\u2044\uff0f", "/"))


def fold_number(text: str) -> str:
    """Return a document's number as numbers are compared: 88/QĐ-UBND, "88 / qd – ubnd" and 088/QĐ-UBND are the same."""
    plain = "".join(fold(clean(text).translate(_PLAIN_SIGNS)).split())
    return plain.lstrip("0") or plain


_ALPHABET = [chr(code) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))]
_MARKED = "".join(letter for letter in _ALPHABET if len(fold(letter)) == 1 and fold(letter).isascii())


def reads_like(column: Any, text: str) -> ColumnElement[bool]:
    """The column holds `text`, however both are written. For tables that are small enough to be read through."""
    plain = func.translate(func.normalize(column, sql("NFC")), _MARKED, fold(_MARKED))
    return func.lower(plain).contains(fold(text), autoescape=True)
