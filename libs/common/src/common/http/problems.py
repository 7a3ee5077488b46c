"""RFC 9457 problem+json: the one table from business outcome to HTTP status, in Vietnamese and English."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import flask_smorest
import marshmallow as ma
from flask import Response, g, jsonify, request
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from common.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Moved,
    NotFound,
    Outcome,
    Stale,
    TooMany,
    Unauthenticated,
    Unavailable,
    VersionRequired,
)
from common.messages import LANGUAGES, Catalogue

STATUS: dict[type[Outcome], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Moved: HTTPStatus.CONFLICT,
    Forbidden: HTTPStatus.FORBIDDEN,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    VersionRequired: HTTPStatus.PRECONDITION_REQUIRED,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
_LOCATIONS = ("json", "query", "headers", "form", "files")


class FieldProblem(ma.Schema):
    """One field's reason."""

    pointer = ma.fields.String(metadata={"description": "JSON pointer into the request body, or the parameter's name"})
    detail = ma.fields.String()
    messages = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())


class Problem(ma.Schema):
    """RFC 9457, with a stable `code` and texts in both languages."""

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    code = ma.fields.String(required=True)
    detail = ma.fields.String()
    instance = ma.fields.String()
    request_id = ma.fields.String()
    messages = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())
    errors = ma.fields.List(ma.fields.Nested(FieldProblem))


class ProblemApi(flask_smorest.Api):
    """flask-smorest whose every error, documented and sent, is a problem."""

    ERROR_SCHEMA = Problem

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue

    def _register_responses(self) -> None:
        # flask-smorest documents errors with the content type of answers.
        self.DEFAULT_RESPONSE_CONTENT_TYPE: str = CONTENT_TYPE
        try:
            super()._register_responses()
        finally:
            del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def _register_error_handlers(self) -> None:
        super()._register_error_handlers()
        self._app.register_error_handler(Outcome, self.handle_outcome)
        self._app.register_error_handler(IntegrityError, self.handle_integrity_error)
        for absent in (OperationalError, InterfaceError, PoolTimeout):
            self._app.register_error_handler(absent, self.handle_absent_database)
        for unstorable in (DataError, UnicodeEncodeError):
            self._app.register_error_handler(unstorable, self.handle_unstorable)
        self._app.register_error_handler(Exception, self.handle_unexpected)

    def handle_outcome(self, outcome: Outcome) -> Response:
        if isinstance(outcome, Unavailable) and outcome.__cause__:
            g.failure = outcome
        texts = self._catalogue.text(outcome.code, outcome.details)
        told = [(one.pointer, self._catalogue.text(one.code, one.details)) for one in (outcome, *outcome.others)]
        errors = [_field_problem(pointer, words) for pointer, words in told if pointer]
        answer = _answer(STATUS[type(outcome)], outcome.code, texts, errors)
        if isinstance(outcome, TooMany):
            answer.headers["Retry-After"] = str(outcome.details["seconds"])
        return answer

    def handle_integrity_error(self, error: IntegrityError) -> Response:
        """A constraint caught what two requests did at once: its name is the code."""
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        code = f"constraint.{name}"
        if code not in self._catalogue.codes():
            return self.handle_unexpected(error)
        return self.handle_outcome(Conflict(code))

    def handle_absent_database(self, error: Exception) -> Response:
        """Away, restarting, or overrun: the caller may try again."""
        g.failure = error
        return self.handle_outcome(Unavailable("unavailable"))

    def handle_unstorable(self, error: Exception) -> Response:
        """What no schema refused and PostgreSQL cannot hold, such as a NUL in a text."""
        g.failure = error
        return self.handle_outcome(Invalid("request.unstorable"))

    def handle_unexpected(self, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return self.handle_http_exception(error)
        g.failure = error
        return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", self._catalogue.text("internal", {}), [])

    def handle_http_exception(self, error: HTTPException) -> Response:
        data = getattr(error, "data", None) or {}
        status = HTTPStatus(error.code or 500)
        code = "request.invalid" if data.get("messages") else f"http.{status.value}"
        texts = self._catalogue.text(code, {"reason": str(error.description)})
        errors = [
            _field_problem(pointer, self._catalogue.field_text(text))
            for location, messages in (data.get("messages") or {}).items()
            for pointer, text in _flat(messages, "" if location in _LOCATIONS else _step(location))
        ]
        answer = _answer(status, code, texts, errors)
        kept = ("content-type", "content-length")
        if error.response is None:
            answer.headers.extend({k: v for k, v in error.get_headers() if k.lower() not in kept})
        return answer


def _answer(status: HTTPStatus, code: str, texts: dict[str, str], errors: list[dict[str, Any]]) -> Response:
    language = _language()
    problem = {
        "type": f"urn:sangtao:problem:{code}",
        "title": texts[language],
        "status": status.value,
        "code": code,
        "detail": texts[language],
        "instance": request.path,
        "request_id": g.get("request_id", ""),
        "messages": texts,
        "errors": errors,
    }
    answer = jsonify(problem)
    answer.status_code, answer.mimetype = status.value, CONTENT_TYPE
    answer.content_language.add(language)
    answer.vary.add("Accept-Language")
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _language() -> str:
    return request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def _field_problem(pointer: str, texts: dict[str, str]) -> dict[str, Any]:
    return {"pointer": pointer, "detail": texts[_language()], "messages": texts}


def _flat(messages: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """marshmallow's nested messages as (JSON pointer, text); `_schema` is about the object itself."""
    if isinstance(messages, dict):
        for key, value in messages.items():
            yield from _flat(value, pointer if key == "_schema" else pointer + _step(key))
    else:
        for message in messages or []:
            yield pointer or "/", str(message)


def _step(key: Any) -> str:
    return "/" + str(key).replace("~", "~0").replace("/", "~1")
