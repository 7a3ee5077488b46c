"""Shapes of the review HTTP API; built once, at import."""

from typing import Any

import marshmallow as ma


class Command(ma.Schema):
    """A request body. Strings lose the spaces around them; unknown fields are refused."""

    @ma.pre_load
    def strip(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}


class Page(ma.Schema):
    """A list and the cursor of the next page."""

    next = ma.fields.String(allow_none=True)


class Signed(Command):
    """A legal act: number and the day it was signed."""

    number = ma.fields.String(required=True, validate=ma.validate.Length(1, 100))
    signed_on = ma.fields.Date(required=True)


def text(most: int, *, required: bool = True) -> ma.fields.String:
    """A required (or optional, then empty) text of at most `most` characters."""
    if required:
        return ma.fields.String(required=True, validate=ma.validate.Length(1, most))
    return ma.fields.String(load_default="", validate=ma.validate.Length(0, most))


def one_of(words: Any, **options: Any) -> ma.fields.Enum[Any]:
    """One of a closed list; loads as its member, dumps as its word."""
    return ma.fields.Enum(words, by_value=True, **options)


def year(**options: Any) -> ma.fields.Integer:
    return ma.fields.Integer(validate=ma.validate.Range(2000, 2100), **options)


def number(least: int, most: int, **options: Any) -> ma.fields.Decimal:
    """An exact number with at most two decimals; JSON shows it as a number."""
    return ma.fields.Decimal(allow_nan=False, validate=[ma.validate.Range(least, most), ensure_two_decimals], **options)


def ensure_two_decimals(value: Any) -> None:
    """Scores are compared on paper: more decimals than a sheet of paper shows are refused, not rounded."""
    if value != round(value, 2):
        raise ma.ValidationError("At most two decimals.")
