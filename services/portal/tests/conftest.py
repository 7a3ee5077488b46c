"""The portal between real HTTP servers: four services that give recorded answers, and the local identity provider."""

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask, Response, jsonify, request
from flask.testing import FlaskClient
from local.identity import app as identity
from local.identity.settings import IdentitySettings
from portal import places
from portal.app import create_app
from portal.providers import Provider, Providers
from portal.settings import PortalSettings
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

# Recorded from the platform with the sample case; a list is cut to its first rows.
ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text("utf-8"))
ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
PORTAL = "http://portal.test"
PERSONAS = {
    "author": "author-dk",
    "officer": "officer-mt",
    "secretary": "secretary-dk",
    "chair": "chair-dk",
    "member": "member-dk-1",
    "standing": "standing-dk",
    "administrator": "admin-kh",
    "operator": "operator",
    "centre": "centre",
}


@dataclass
class Asked:
    """One request that a service got."""

    service: str
    method: str
    path: str
    headers: dict[str, str]
    body: Any
    query: dict[str, str]


@dataclass
class Services:
    """The four services on one port, told apart by the first part of the path."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    special: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def answer(self, call: str, status: int, body: Any) -> None:
        """What "review PUT /dossiers/*/score-sheet" gets from now on in this test; a function is asked each time."""
        self.special[call] = (status, body)

    def problem(self, call: str, status: int, code: str, text: str, **fields: str) -> None:
        errors = [
            {"pointer": pointer, "detail": reason, "messages": {"vi": reason, "en": reason}}
            for pointer, reason in fields.items()
        ]
        body = {"status": status, "code": code, "messages": {"vi": text, "en": text}, "errors": errors}
        self.answer(call, status, body)

    def last(self, method: str) -> Asked:
        return next(asked for asked in reversed(self.asked) if asked.method == method)

    def reply(self, service: str, path: str) -> Response:
        body = request.get_json(silent=True) if request.is_json else request.get_data()
        self.asked.append(
            Asked(service, request.method, f"/{path}", dict(request.headers), body, request.args.to_dict())
        )
        call = f"{service} {request.method} /{re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', '*', path)}"
        status, content = self.special.get(call) or (200, self._usual(call))
        answer = jsonify(content() if callable(content) else content)
        answer.status_code = status
        if status == 429:
            answer.headers["Retry-After"] = "7"
        return answer

    def _usual(self, call: str) -> Any:
        if call == "registration GET /me":
            subject = str(json_of_token(request.headers["Authorization"])["sub"])
            return next(me for me in ANSWERS["me"].values() if me["subject"] == subject)
        if request.method == "GET":
            return ANSWERS.get(call, {"items": [], "next": None})
        return {"id": ID, "name": "Tỉnh mới"}


def json_of_token(authorization: str) -> dict[str, Any]:
    body = authorization.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """What these servers say is not the portal's."""


def serve(app: Flask) -> BaseWSGIServer:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="session")
def running_services() -> Iterator[Services]:
    services, app = Services(), Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    methods = ["GET", "POST", "PUT", "DELETE"]
    app.add_url_rule("/<service>/v1/<path:path>", view_func=services.reply, methods=methods)
    server = serve(app)
    services.url = f"http://127.0.0.1:{server.port}"
    yield services
    server.shutdown()
    server.server_close()


@pytest.fixture
def services(running_services: Services) -> Services:
    running_services.special.clear()
    running_services.asked.clear()
    places.forget()
    return running_services


@pytest.fixture(scope="session")
def issuer_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The local provider, as the platform runs it; its address has to be known before it is made."""
    waiting = make_server("127.0.0.1", 0, Flask(__name__), threaded=True, request_handler=Quiet)
    url = f"http://127.0.0.1:{waiting.port}"
    settings = IdentitySettings(
        identity_issuer=url,
        identity_redirect_uris=f"{PORTAL}/callback {PORTAL}/callback/lai-chau",
        state_dir=str(tmp_path_factory.mktemp("identity")),
    )
    waiting.app = identity.create_app(settings)
    threading.Thread(target=waiting.serve_forever, daemon=True).start()
    yield url
    waiting.shutdown()
    waiting.server_close()


@pytest.fixture(scope="session")
def make_app(running_services: Services, issuer_url: str) -> Callable[..., Flask]:
    def make(**different: Any) -> Flask:
        names = ("registration", "review", "reporting", "notifications")
        usual = {f"{name}_url": f"{running_services.url}/{name}" for name in names} | {
            "public_url": PORTAL,
            "oidc_issuer": issuer_url,
            "oidc_client_id": "portal",
            "secret_key": "a key for tests only, long enough",
            "log_level": "WARNING",
        }
        return create_app(PortalSettings(**(usual | different)))

    return make


@pytest.fixture(scope="session")
def two_providers(make_app: Callable[..., Flask], issuer_url: str) -> Flask:
    """A portal with a second provider; the same one, as far as it can tell."""
    second = Provider(
        issuer_url, "portal", key="lai-chau", name="Tài khoản tỉnh Lai Châu", parameters={"resource": "urn:sangtao"}
    )
    return make_app(oidc_providers=Providers([second]))


@pytest.fixture(scope="session")
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


class Browser:
    """A test client that sends a form as the page it stands on would: with its hidden fields."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, base_url=PORTAL, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        with self.client.session_transaction(base_url=PORTAL) as session:
            csrf = session.setdefault("csrf", "token")
        return self.client.post(path, base_url=PORTAL, data={"_csrf": csrf, "_key": ID, **(data or {})}, **options)

    def sign_in(self, persona: str, way: str = "/home") -> Any:
        """The real code flow, with the provider over HTTP. Returns the answer to the callback."""
        self.get(way)
        address = self.get("/sign-in").location
        back = requests.post(address, data={"persona": persona}, allow_redirects=False, timeout=10).headers["Location"]
        parts = urlsplit(back)
        return self.get(f"{parts.path}?{parts.query}")


@pytest.fixture
def answers() -> dict[str, Any]:
    return ANSWERS


@pytest.fixture
def browse(services: Services) -> Callable[[Flask], Browser]:
    """`browse(app)`: a fresh visitor of another portal than the usual."""
    return lambda app: Browser(app.test_client())


@pytest.fixture
def browser(app: Flask, services: Services) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def signed_in(app: Flask, services: Services) -> Callable[[str], Browser]:
    """`signed_in("officer")`."""

    def make(role: str) -> Browser:
        browser = Browser(app.test_client())
        browser.sign_in(PERSONAS[role])
        services.asked.clear()
        return browser

    return make
