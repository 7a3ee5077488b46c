"""Reads what a client sends: bounded JSON and query strings, in which all text has one form.

A schema sees text that `common.text.clean` has passed, so lengths are counted after it, and never a number that takes
long to read.
"""

import json
import math
from collections.abc import Callable
from typing import Any

import flask
import marshmallow as ma
from webargs.core import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from common.errors import Invalid
from common.text import clean

MOST_DEPTH = 32  # Levels of lists and objects. The deepest of our own bodies has five.
MOST_DIGITS = 32  # Digits of a number with its sign, point and exponent.
MOST_QUERY_CHARACTERS = 2_000  # Of one parameter.


class RequestReader(FlaskParser):
    """webargs' parser, which refuses unknown query parameters and reads every text and number through this module."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": ma.RAISE, "querystring": ma.RAISE}

    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """Raise Invalid for JSON that cannot be read or holds what is refused, with a pointer where there is one."""
        if not is_json_request(req) or not (body := req.get_data(cache=True)):
            return missing
        return clean_json(read_json(body))

    def load_querystring(self, req: flask.Request, schema: ma.Schema) -> Any:
        return self._makeproxy(MultiDict(_clean_parameters(req.args)), schema)


def read_json(body: bytes) -> Any:
    """Parse JSON. Raises BadRequest when it is malformed, nested too deeply, or holds a number too long to be meant."""
    try:
        return json.loads(body, parse_int=_bounded(int), parse_float=_bounded(_finite), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error


def clean_json(value: Any, pointer: str = "", depth: int = 0) -> Any:
    """Return the value with every text and key cleaned.

    Raises Invalid with the pointer of a text that is refused, and BadRequest past MOST_DEPTH.
    """
    if depth > MOST_DEPTH:
        raise BadRequest
    if isinstance(value, str):
        return _clean_at(value, pointer)
    if isinstance(value, list):
        return [clean_json(item, f"{pointer}/{index}", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, dict):
        names = ((name, _clean_at(name, pointer)) for name in value)
        return {cleaned: clean_json(value[name], f"{pointer}/{cleaned}", depth + 1) for name, cleaned in names}
    return value


def ensure_known_query() -> None:
    """Raise Invalid for a query parameter of a view that takes none; a schema does so for one that takes some."""
    view = flask.current_app.view_functions.get(flask.request.endpoint or "")
    described = getattr(view, "_apidoc", None)  # None for the documentation's own pages.
    declared = (described or {}).get("arguments", {}).get("parameters", [])
    if described is None or any(parameter["in"] == "query" for parameter in declared):
        return
    for name in flask.request.args:
        raise Invalid("request.unknown_parameter", pointer=_shown(name), name=_shown(name))


def _clean_parameters(args: MultiDict[str, str]) -> list[tuple[str, str]]:
    parameters = []
    for name, value in args.items(multi=True):
        if len(value) > MOST_QUERY_CHARACTERS:
            raise Invalid("request.parameter_too_long", pointer=_shown(name), max=MOST_QUERY_CHARACTERS)
        parameters.append((name, _clean_at(value, _shown(name))))
    return parameters


def _clean_at(text: str, pointer: str) -> str:
    try:
        return clean(text)
    except ValueError as error:
        raise Invalid("request.unstorable", pointer=pointer or "/") from error


def _shown(name: str) -> str:
    """Return a parameter's name as an answer may repeat it."""
    return "".join(char for char in name if char.isprintable())[:60] or "?"


def _bounded(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def run(digits: str) -> Any:
        if len(digits) > MOST_DIGITS:
            raise ValueError("a number too long to be meant")
        return read(digits)

    return run


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("no finite number")
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
