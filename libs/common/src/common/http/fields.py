"""Fields of request bodies and query strings. Each is bounded, so that a database never has to refuse a value.

Every field that a client fills in is one of these, a UUID, a boolean, a closed list or a cursor; a test looks at each.
"""

import re
from datetime import date
from typing import Any

import marshmallow as ma
from email_validator import EmailNotValidError, validate_email

from common.text import clean, clean_line

# Days and years that the movement can be about; the Front was founded in 1930.
FIRST_DAY, LAST_DAY = date(1930, 1, 1), date(2100, 1, 1)
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_LINE = 500  # Characters of what is one line: a name, a title. Longer texts keep their line breaks.
MOST_EMAIL = 254  # Characters, RFC 5321.
_DIGITS = re.compile(r"[+-]?[0-9]{1,18}")


class Text(ma.fields.String):
    """A text, cleaned before its length is counted; one line when at most MOST_LINE characters are allowed."""

    def __init__(self, least: int, most: int, *, pattern: ma.validate.Regexp | None = None, **options: Any) -> None:
        super().__init__(validate=[ma.validate.Length(least, most), *([pattern] if pattern else [])], **options)
        self._clean = clean_line if most <= MOST_LINE else clean

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return self._clean(text)
        except ValueError as error:
            raise ma.ValidationError("Holds a character that is no text.") from error


class Email(ma.fields.String):
    """An e-mail address in the form that a mail server takes: its domain in ASCII. Empty unless `required`."""

    def __init__(self, **options: Any) -> None:
        if not options.get("required"):
            options = {"load_default": ""} | options
        super().__init__(validate=ma.validate.Length(0, MOST_EMAIL), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not text and not self.required:
            return ""
        try:
            found = validate_email(text[: MOST_EMAIL + 1], allow_smtputf8=False, check_deliverability=False)
        except EmailNotValidError as error:
            raise ma.ValidationError("Not a valid email address.") from error
        return found.ascii_email or found.normalized


def text(most: int, *, required: bool = True, **options: Any) -> Text:
    """Return a required (or optional, then empty) text of at most `most` characters."""
    if required:
        return Text(1, most, required=True, **options)
    return Text(0, most, **({"load_default": ""} | options))


def search_words(**options: Any) -> Text:
    """Return the words that a list is searched for."""
    return text(200, required=False, **options)


def whole(least: int, most: int, **options: Any) -> ma.fields.Integer:
    """Return a whole number between both, which are allowed. 33.7 is refused, not cut; so is `true`."""
    return Whole(validate=ma.validate.Range(least, most), **options)


class Whole(ma.fields.Integer):
    """An integer, or in a query string its digits. A boolean is none, though Python counts with it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if not is_whole and not (isinstance(value, str) and _DIGITS.fullmatch(value)):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


def year(**options: Any) -> ma.fields.Integer:
    return whole(FIRST_YEAR, LAST_YEAR, **options)


def day(*, since: date = FIRST_DAY, **options: Any) -> ma.fields.Date:
    """Return a legal date, as in 2021-03-25, not before `since`."""
    return ma.fields.Date(validate=ma.validate.Range(since, LAST_DAY), **options)
