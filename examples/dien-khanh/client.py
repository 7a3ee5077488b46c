"""A person's HTTP client: signs in, acts under a grant, and asks again when a service is away or has not heard yet."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

PATIENCE_SECONDS = 120.0  # A broker that was killed on a busy machine is back within a minute.
# What another service answers until the event that tells it has come.
NOT_YET = frozenset(
    {"auth.no_grant", "auth.no_such_grant", "auth.issuer_unreachable", "unit.not_found", "dossier.not_found",
     "council.person_unknown", "person.not_found", "initiative.no_council", "initiative.no_council_anywhere",
     "recommended.not_found"}
)  # fmt: skip


class Refused(Exception):
    """A service said no, and asking again will not help."""


@dataclass
class Person:
    """Somebody with a token. Every POST carries a key, so that asking again never does a thing twice."""

    urls: dict[str, str]
    token: str
    name: str
    grant_id: str = ""
    patience: float = PATIENCE_SECONDS
    _local: threading.local = field(default_factory=threading.local)

    def get(self, service: str, path: str) -> Any:
        return self._ask("GET", service, path, None)

    def put(self, service: str, path: str, body: dict[str, Any]) -> Any:
        return self._ask("PUT", service, path, body)

    def post(self, service: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._ask("POST", service, path, body or {})

    def all(self, service: str, path: str) -> list[Any]:
        """Every item of a list, page by page."""
        items, cursor, sign = [], "", "&" if "?" in path else "?"
        while True:
            page = self.get(service, f"{path}{sign}limit=200{cursor}")
            items += page["items"]
            if not page["next"]:
                return items
            cursor = f"&cursor={page['next']}"

    def _ask(self, method: str, service: str, path: str, body: Any) -> Any:
        deadline, unanswered = time.monotonic() + self.patience, False
        while True:
            problem = "does not answer"
            try:
                answer = self._session().request(
                    method,
                    f"{self.urls[service]}{path}",
                    json=body,
                    headers=self._headers(method, path, body),
                    timeout=30,
                )
            except requests.RequestException as error:
                problem, unanswered = repr(error), True
            else:
                if answer.ok:
                    return answer.json() if answer.content else None
                problem = answer.text
                if unanswered and method == "PUT" and answer.status_code == requests.codes.precondition_required:
                    return None  # The try that was not answered had been done: what is there now has a version.
                if answer.status_code < 500 and _code(answer) not in NOT_YET:
                    raise Refused(f"{self.name}: {method} {service}{path}: {answer.status_code} {answer.text}")
            if time.monotonic() > deadline:
                raise Refused(f"{self.name}: {method} {service}{path}: {problem}")
            time.sleep(0.1)

    def _headers(self, method: str, path: str, body: Any) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.grant_id:
            headers["X-Acting-As"] = self.grant_id
        if method == "POST":
            headers["Idempotency-Key"] = hashlib.sha256(f"{path}{body}".encode()).hexdigest()
        return headers

    def _session(self) -> requests.Session:
        """One for each thread: a session is not safe to share."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
        session: requests.Session = self._local.session
        return session


def _code(answer: requests.Response) -> str:
    try:
        return str(answer.json().get("code", ""))
    except ValueError:
        return ""


def wait_for(what: str, condition: Callable[[], Any], patience: float = PATIENCE_SECONDS) -> Any:
    """The condition's value once it is true."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise Refused(f"{what} did not happen within {patience:.0f} s")
        time.sleep(0.1)
    return value
