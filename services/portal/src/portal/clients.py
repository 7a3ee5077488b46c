"""The four services over HTTP: the only code here that makes calls; knows no page and no form."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast
from uuid import UUID

import requests
import structlog
from common.messages import Catalogue
from flask import current_app
from requests.adapters import HTTPAdapter
from urllib3.filepost import encode_multipart_formdata
from urllib3.util import Retry

CONNECT_SECONDS, READ_SECONDS = 3.05, 20.0
Json = dict[str, Any]
logger = structlog.get_logger(__name__)
Headers = Callable[[], dict[str, str]]


class ApiError(Exception):
    """A problem+json answer: Vietnamese `text`, and the reasons of single fields by JSON pointer."""

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
    return ApiError(answer.status_code, body.get("code", "http"), reason, fields, body.get("request_id", ""))


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


class _Service:
    name, label = "", ""

    def __init__(self, http: requests.Session, url: str, headers: Headers) -> None:
        self._http, self._url, self._headers = http, url.rstrip("/"), headers

    def _send(self, method: str, path: str, headers: dict[str, str] | None = None, **kwargs: Any) -> requests.Response:
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
        wanted = {name: value for name, value in query.items() if value not in (None, "")}
        return cast("Json", self._send("GET", path, params=wanted).json())

    def _post(self, path: str, body: Json | None = None, *, key: str = "", version: str = "") -> Json:
        headers = {"Idempotency-Key": key} if key else {}
        if version:
            headers["If-Match"] = f'"{version}"'
        answer = self._send("POST", path, headers, json=body or {})
        return cast("Json", answer.json()) if answer.content else {}

    def _put(self, path: str, body: Json, version: str = "") -> Json:
        answer = self._send("PUT", path, {"If-Match": f'"{version}"'} if version else {}, json=body)
        return cast("Json", answer.json()) if answer.content else {}

    def _download(self, path: str, **query: Any) -> Download:
        wanted = {name: value for name, value in query.items() if value not in (None, "")}
        answer = self._send("GET", path, params=wanted, stream=True)
        kept = ("Content-Type", "Content-Disposition", "Content-Length")
        headers = {name: answer.headers[name] for name in kept if name in answer.headers}
        return Download(headers, answer.iter_content(64 * 1024))


class Registration(_Service):
    name, label = "registration", "đăng ký sáng kiến"

    def me(self) -> Json:
        return self._get("/me")

    def units(self, **query: Any) -> Json:
        return self._get("/units", **query)

    def unit(self, unit_id: UUID | str) -> Json:
        return self._get(f"/units/{unit_id}")

    def add_unit(self, body: Json, key: str) -> Json:
        return self._post("/units", body, key=key)

    def change_unit(self, unit_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/units/{unit_id}/changes", body, key=key)

    def people(self, **query: Any) -> Json:
        return self._get("/people", **query)

    def add_person(self, body: Json, key: str) -> Json:
        return self._post("/people", body, key=key)

    def grants(self, **query: Any) -> Json:
        return self._get("/grants", **query)

    def issue_grant(self, body: Json, key: str) -> Json:
        return self._post("/grants", body, key=key)

    def revoke_grant(self, grant_id: UUID) -> Json:
        return self._post(f"/grants/{grant_id}/revoke")

    def open_tenant(self, body: Json, key: str) -> Json:
        return self._post("/tenants", body, key=key)

    def cycles(self, **query: Any) -> Json:
        return self._get("/cycles", **query)

    def cycle(self, cycle_id: UUID) -> Json:
        return self._get(f"/cycles/{cycle_id}")

    def add_cycle(self, body: Json, key: str) -> Json:
        return self._post("/cycles", body, key=key)

    def change_cycle(self, cycle_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/cycles/{cycle_id}", body, version)

    def initiatives(self, **query: Any) -> Json:
        return self._get("/initiatives", **query)

    def initiative(self, initiative_id: UUID | str) -> Json:
        return self._get(f"/initiatives/{initiative_id}")

    def register_initiative(self, body: Json, key: str) -> Json:
        return self._post("/initiatives", body, key=key)

    def change_initiative(self, initiative_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/initiatives/{initiative_id}", body, version)

    def act_on_initiative(self, initiative_id: UUID, action: str, body: Json, version: str) -> Json:
        return self._post(f"/initiatives/{initiative_id}/{action}", body, version=version)

    def attachments(self, initiative_id: UUID | str) -> Json:
        return self._get(f"/initiatives/{initiative_id}/attachments")

    def attach(self, initiative_id: UUID, name: str, stream: Any, kind: str, key: str) -> Json:
        """With the key as boundary a second try has the same body, and so counts as the same request."""
        body, content_type = encode_multipart_formdata({"file": (name, stream.read(), kind)}, boundary=key)
        headers = {"Idempotency-Key": key, "Content-Type": content_type}
        return cast("Json", self._send("POST", f"/initiatives/{initiative_id}/attachments", headers, data=body).json())

    def attachment(self, initiative_id: UUID, attachment_id: UUID) -> Download:
        return self._download(f"/initiatives/{initiative_id}/attachments/{attachment_id}")

    def detach(self, initiative_id: UUID, attachment_id: UUID, version: str) -> None:
        path = f"/initiatives/{initiative_id}/attachments/{attachment_id}"
        self._send("DELETE", path, {"If-Match": f'"{version}"'} if version else {})

    def models(self, **query: Any) -> Json:
        return self._get("/models", **query)

    def model(self, model_id: UUID) -> Json:
        return self._get(f"/models/{model_id}")

    def add_model(self, body: Json, key: str) -> Json:
        return self._post("/models", body, key=key)

    def replicate_model(self, model_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/models/{model_id}/replications", body, key=key)

    def catalogue(self, **query: Any) -> Json:
        return self._get("/catalogue", **query)

    def catalogue_entry(self, entry_id: UUID) -> Json:
        return self._get(f"/catalogue/{entry_id}")


class Review(_Service):
    name, label = "review", "xét công nhận"

    def rulebooks(self, **query: Any) -> Json:
        return self._get("/rulebooks", **query)

    def rulebook(self, rulebook_id: UUID) -> Json:
        return self._get(f"/rulebooks/{rulebook_id}")

    def add_rulebook(self, body: Json, key: str) -> Json:
        return self._post("/rulebooks", body, key=key)

    def publish_rulebook(self, rulebook_id: UUID) -> Json:
        return self._post(f"/rulebooks/{rulebook_id}/publish")

    def councils(self, **query: Any) -> Json:
        return self._get("/councils", **query)

    def add_council(self, body: Json, key: str) -> Json:
        return self._post("/councils", body, key=key)

    def sessions(self, **query: Any) -> Json:
        return self._get("/sessions", **query)

    def session(self, session_id: UUID) -> Json:
        return self._get(f"/sessions/{session_id}")

    def add_session(self, body: Json, key: str) -> Json:
        return self._post("/sessions", body, key=key)

    def act_on_session(self, session_id: UUID, action: str, body: Json, version: str) -> Json:
        return self._post(f"/sessions/{session_id}/{action}", body, version=version)

    def decide(self, session_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/sessions/{session_id}/decision", body, key=key)

    def decisions(self, **query: Any) -> Json:
        return self._get("/decisions", **query)

    def decision(self, decision_id: UUID | str) -> Json:
        return self._get(f"/decisions/{decision_id}")

    def results(self, session_id: UUID) -> Json:
        return self._get(f"/sessions/{session_id}/results")

    def dossiers(self, **query: Any) -> Json:
        return self._get("/dossiers", **query)

    def dossier(self, initiative_id: UUID) -> Json:
        return self._get(f"/dossiers/{initiative_id}")

    def score(self, initiative_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/dossiers/{initiative_id}/score-sheet", body, version)

    def vote(self, initiative_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/dossiers/{initiative_id}/ballot", body, key=key)

    def declare_conflict(self, initiative_id: UUID, body: Json, key: str) -> Json:
        return self._post(f"/dossiers/{initiative_id}/conflict", body, key=key)

    def commendations(self, **query: Any) -> Json:
        return self._get("/commendations", **query)

    def add_commendation(self, body: Json, key: str) -> Json:
        return self._post("/commendations", body, key=key)


class Reporting(_Service):
    name, label = "reporting", "tổng hợp, báo cáo"

    def activities(self, **query: Any) -> Json:
        return self._get("/activities", **query)

    def activity(self, activity_id: UUID) -> Json:
        return self._get(f"/activities/{activity_id}")

    def add_activity(self, body: Json, key: str) -> Json:
        return self._post("/activities", body, key=key)

    def change_activity(self, activity_id: UUID, body: Json, version: str) -> Json:
        return self._put(f"/activities/{activity_id}", body, version)

    def dashboard(self, **query: Any) -> Json:
        return self._get("/dashboard", **query)

    def evaluation(self, **query: Any) -> Json:
        return self._get("/evaluations", **query)

    def evaluation_sheet(self, **query: Any) -> Download:
        return self._download("/evaluations.xlsx", **query)


class Notifications(_Service):
    name, label = "notifications", "thông báo"

    def messages(self, **query: Any) -> Json:
        return self._get("/messages", **query)

    def count(self) -> Json:
        return self._get("/messages/count")

    def read(self, message_id: UUID) -> None:
        self._post(f"/messages/{message_id}/read")

    def read_all(self) -> None:
        self._post("/messages/read-all")

    def preferences(self) -> Json:
        return self._get("/preferences")

    def change_preferences(self, body: Json, version: str) -> Json:
        return self._put("/preferences", body, version)


@dataclass(frozen=True)
class Platform:
    """The four, as one visitor sees them: `headers` says for each call who that is."""

    registration: Registration
    review: Review
    reporting: Reporting
    notifications: Notifications


def connect(urls: dict[str, str], headers: Headers) -> Platform:
    http = requests.Session()
    http.trust_env = False
    # One connection pool for all visitors, so no cookie may stay in it.
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Only what has not reached a service, or may be asked twice, is sent again.
    retry = Retry(connect=2, read=1, redirect=0, status=0, other=0, backoff_factor=0.1, allowed_methods={"GET"})
    http.mount("http://", HTTPAdapter(pool_connections=8, pool_maxsize=32, max_retries=retry))
    http.mount("https://", HTTPAdapter(pool_connections=8, pool_maxsize=32, max_retries=retry))
    return Platform(
        registration=Registration(http, urls["registration"], headers),
        review=Review(http, urls["review"], headers),
        reporting=Reporting(http, urls["reporting"], headers),
        notifications=Notifications(http, urls["notifications"], headers),
    )


def platform() -> Platform:
    """The platform for the visitor of the running request."""
    return cast("Platform", current_app.extensions["platform"])
