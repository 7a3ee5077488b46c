"""One service over HTTP, and what it may answer: a problem, a page's data, a file on its way through."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from uuid import UUID

import requests
import structlog
from common.messages import Catalogue

CONNECT_SECONDS, READ_SECONDS = 3.05, 20.0
Json = dict[str, Any]
_PATH = re.compile(r"(/[A-Za-z0-9_-]+(\.[a-z]+)?)+")
_WORD = re.compile(r"[A-Za-z0-9-]{1,100}")  # Of a key or a version.
logger = structlog.get_logger(__name__)
Headers = Callable[[], dict[str, str]]


class ApiError(Exception):
    """A problem+json answer: Vietnamese `text`, and the reasons of single fields by JSON pointer."""

    retry_after = ""

    def __init__(self, status: int, code: str, text: str, fields: dict[str, str], request_id: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.text, self.fields, self.request_id = status, code, text, fields, request_id


def _problem(answer: requests.Response) -> ApiError:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    reason = body.get("messages", {}).get("vi") or body.get("detail") or text(f"http.{answer.status_code}")
    fields = {
        str(error.get("pointer", "/")): error.get("messages", {}).get("vi") or error.get("detail", "")
        for error in body.get("errors") or []
    }
    problem = ApiError(answer.status_code, body.get("code", "http"), reason, fields, body.get("request_id", ""))
    problem.retry_after = answer.headers.get("Retry-After", "") if answer.status_code in {429, 503} else ""
    return problem


@cache
def _catalogue() -> Catalogue:
    return Catalogue("portal")


def text(code: str, **details: object) -> str:
    """The portal's own Vietnamese text for a code."""
    known = code if code in _catalogue().codes() else "http.500"
    return _catalogue().text(known, details)["vi"]


@dataclass
class Download:
    """A file on its way through: its headers, and its bytes in pieces."""

    headers: dict[str, str]
    pieces: Iterator[bytes]


class Service:
    name, label = "", ""

    def __init__(self, http: requests.Session, url: str, headers: Headers) -> None:
        self._http, self._url, self._headers = http, url.rstrip("/"), headers

    def my_data(self) -> Json:
        """What this service holds of the visitor."""
        return self._get("/my-data")

    def data_of_request(self, request_id: UUID) -> Json:
        """The same of who asked for a copy, while an administrator answers."""
        return self._get(f"/subject-requests/{request_id}/data")

    def _send(self, method: str, path: str, headers: dict[str, str] | None = None, **kwargs: Any) -> requests.Response:
        if not _PATH.fullmatch(path):  # An id out of an address or a form that would ask for something else.
            raise ApiError(404, "http.404", text("http.404"), {})
        try:
            answer = self._http.request(
                method,
                f"{self._url}/v1{path}",
                headers={**self._headers(), **(headers or {})},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                **kwargs,
            )
        except requests.RequestException as error:
            logger.warning("service_unreachable", service_called=self.name, reason=type(error).__name__)
            reason = text("portal.unreachable", service=self.label)
            raise ApiError(503, "portal.unreachable", reason, {}) from error
        if answer.status_code >= 300:
            raise _problem(answer)
        return answer

    def _get(self, path: str, **query: Any) -> Json:
        return cast("Json", self._send("GET", path, params=_wanted(query)).json())

    def _post(self, path: str, body: Json | None = None, *, key: str = "", version: str = "", **query: Any) -> Json:
        headers = idempotency_key(key) | if_match(version)
        answer = self._send("POST", path, headers, json=body or {}, params=_wanted(query))
        return cast("Json", answer.json()) if answer.content else {}

    def _put(self, path: str, body: Json, version: str = "", **query: Any) -> Json:
        answer = self._send("PUT", path, if_match(version), json=body, params=_wanted(query))
        return cast("Json", answer.json()) if answer.content else {}

    def _download(self, path: str, **query: Any) -> Download:
        answer = self._send("GET", path, params=_wanted(query), stream=True)
        kept = ("Content-Type", "Content-Disposition", "Content-Length")
        headers = {name: answer.headers[name] for name in kept if name in answer.headers}
        return Download(headers, answer.iter_content(64 * 1024))


def idempotency_key(key: str) -> dict[str, str]:
    """Return the header that makes a repeated request safe."""
    return {"Idempotency-Key": key} if _WORD.fullmatch(key) else {}


def if_match(version: str) -> dict[str, str]:
    """Return the header for the version that a form was made from; a form holds anything that somebody sends."""
    return {"If-Match": f'"{version}"'} if _WORD.fullmatch(version) else {}


def _wanted(query: dict[str, Any]) -> dict[str, Any]:
    """Of the words of an address, those that say something."""
    return {name: value for name, value in query.items() if value not in (None, "")}
