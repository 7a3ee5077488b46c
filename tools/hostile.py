"""Hostile values by kind. Every field of every route is tried with them; a new kind of attack is a line here."""

import base64
import json
from typing import Any

LONG_DIGITS = "9" * 5_000
NUMBERS: dict[str, Any] = {
    "a fraction": 33.7,
    "a fraction without rest": 33.0,
    "zero": 0,
    "negative": -1,
    "past 32 bits": 2**31,
    "past 64 bits": 2**64,
    "a huge exponent": 1e308,
    "true": True,
    "words": "ba mươi",
    "a number as text with an exponent": "1e400000",
    "digits of another script": "٣٣",
    "5,000 digits as text": LONG_DIGITS,
    "null": None,
    "a list": [1],
    "an object": {"a": 1},
}
TEXTS: dict[str, Any] = {
    "empty": "",
    "blanks": "   ",
    "invisible": "\u200b\u2060\u3164",
    "right-to-left override": "anh\u202egnp.exe",
    "a NUL": "a\0b",
    "half of a surrogate pair": "\ud800",
    "control characters": "a\x07\x1b[31mb",
    "decomposed": "Tie\u0302\u0301ng Vie\u0323\u0302t",
    "very long": "ă" * 30_000,
    "SQL": "'; DROP TABLE initiative; --",
    "a format": "{0.__class__} %s %n",
    "a path": "../../etc/passwd",
    "a number": 7,
    "null": None,
    "a list": ["a"],
}
QUERIES: dict[str, str] = {
    "a fraction": "33.7",
    "a huge exponent": "1e400000",
    "5,000 digits": LONG_DIGITS,
    "not a number": "NaN",
    "no day": "2021-02-30",
    "the year 10000": "10000-01-01",
    "a NUL": "a\0b",
    "right-to-left override": "\u202egnp",
    "a wildcard": "%_\\",
    "very long": "a" * 10_000,
    "empty": "",
}
PATHS = ("not-a-uuid", "%00", "..%2f..", "9" * 400)
HEADERS: dict[str, dict[str, str]] = {
    "a version of 5,000 digits": {"If-Match": f'"{LONG_DIGITS}"'},
    "no version": {"If-Match": "x"},
    "a long key": {"Idempotency-Key": "k" * 5_000},
    "no grant": {"X-Acting-As": "-1"},
    "a long request id": {"X-Request-Id": "r" * 5_000},
    "a language that nobody speaks": {"Accept-Language": "x" * 2_000},
}
BODIES: dict[str, bytes] = {
    "an integer of 5,000 digits": b'{"a": ' + LONG_DIGITS.encode() + b"}",
    "nested 1,000 deep": b"[" * 1_000 + b"]" * 1_000,
    "nested 100,000 deep": b"[" * 100_000,
    "not a number": b'{"a": NaN}',
    "infinity": b'{"a": Infinity}',
    "an exponent out of range": b'{"a": 1e999999999}',
    "not JSON": b"{",
    "no UTF-8": b'{"a": "\xff"}',
    "a list": b"[]",
    "a text": b'"a"',
    "a key twice": b'{"a": 1, "a": 2}',
}


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


CURSORS: dict[str, str] = {
    "no cursor": "!!!",
    "empty": cursor(),
    "numbers": cursor(1, 2),
    "one part": cursor("a"),
    "two parts": cursor("2021-01-01", "a"),
    "five parts": cursor("a", "b", "c", "d", "e"),
    "a huge number": cursor(LONG_DIGITS[:1_000]),
    "a NUL": cursor("\0", "\0"),
    "nested": base64.urlsafe_b64encode(b"[" * 1_000).decode(),
}
# Typed into every field of every form of the portal.
TYPED: dict[str, str] = {
    "a huge exponent": "1e400000",
    "a larger one": "1e999999999",
    "5,000 digits": LONG_DIGITS,
    "infinity": "Infinity",
    "digits of another script": "٣٣",
    "a NUL": "a\0b",
    "invisible": "\u200b\u2060\u3164",
    "right-to-left override": "anh\u202egnp.exe",
    "a day that is none": "31/02/2021",
    "markup": "<script>alert(1)</script>{{ 7 * 7 }}",
}
