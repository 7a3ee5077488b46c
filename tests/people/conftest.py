"""A platform that trusts two providers: the local one, and a certified one that gives pairwise subjects."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
from joserfc import jwk
from local import ports
from local.platform import Platform

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import get_node  # noqa: E402 -- a script, not a package.

SERVICES = ("registration", "review", "reporting", "notifications")
RESOURCE, AUDIENCE = "urn:sangtao:api", "sangtao-certified"


@dataclass
class CertifiedProvider:
    """panva's oidc-provider as a process; stopped and started again it has other keys under the same address."""

    node: str
    port: int
    clients: list[dict[str, Any]]
    keys: list[jwk.RSAKey] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        told = {
            "port": self.port,
            "keys": [key.as_dict(private=True) for key in self.keys],
            "resource": RESOURCE,
            "audience": AUDIENCE,
            "clients": self.clients,
        }
        self.process = subprocess.Popen(
            [self.node, str(ROOT / "tools" / "oidc" / "provider.mjs")],
            env={"PATH": os.environ["PATH"], "OIDC_PROVIDER": json.dumps(told)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        while line := self.process.stdout.readline():
            if line.startswith("ready"):
                return
        pytest.fail("the certified provider did not start")

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def exchange_key(self) -> None:
        self.stop()
        self.keys = [new_key()]
        self.start()


def new_key() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"}, auto_kid=True)


@pytest.fixture(scope="package")
def node(skip_or_fail: Callable[[str], None]) -> str:
    found = get_node.find()
    if not found:
        skip_or_fail(f"there is no Node from {get_node.LEAST} on; tools/get_node.py fetches one")
    if not (ROOT / "tools" / "oidc" / "node_modules" / "oidc-provider").exists():
        skip_or_fail("the certified provider is not installed: run npm ci in tools/oidc")
    return found


@pytest.fixture(scope="package")
def base_port() -> int:
    return ports.free_base()


@pytest.fixture(scope="package")
def certified(node: str, base_port: int, unused_port: Callable[[], int]) -> Iterator[CertifiedProvider]:
    """The portal and another client of the same sector; and one of another sector."""
    portal = f"http://127.0.0.1:{ports.ports(base_port)['portal']}"
    ways = {"redirect_uris": [f"{portal}/callback/certified"], "post_logout_redirect_uris": [f"{portal}/"]}
    clients = [
        {"client_id": "portal", **ways},
        {"client_id": "same-sector", "redirect_uris": [f"{portal}/signed-in"]},
        {"client_id": "other-sector", "redirect_uris": [f"{portal.replace('127.0.0.1', 'localhost')}/signed-in"]},
    ]
    made = CertifiedProvider(node, unused_port(), clients, [new_key()])
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="package")
def platform(
    tmp_path_factory: pytest.TempPathFactory, base_port: int, certified: CertifiedProvider
) -> Iterator[Platform]:
    """Empty but for its operator; the certified provider may speak for Khánh Hòa only."""
    issuer = {"issuer": certified.url, "audience": AUDIENCE, "tenants": ["khanh-hoa"]}
    provider = {
        "issuer": certified.url,
        "client_id": "portal",
        "key": "certified",
        "name": "Tài khoản tỉnh Khánh Hòa",
        "parameters": {"resource": RESOURCE},
    }
    environment = {"OIDC_ISSUERS": json.dumps([issuer]), "OIDC_PROVIDERS": json.dumps([provider])}
    made = Platform(tmp_path_factory.mktemp("people"), base_port, environment=environment)
    with made:
        yield made
    made.discard()


@dataclass
class Province:
    """A tenant made through the API, and how people of it are given something."""

    platform: Platform
    code: str
    admin: Any
    units: dict[str, str]
    people: dict[str, str] = field(default_factory=dict)

    def record(self, name: str) -> str:
        if name not in self.people:
            self.people[name] = self.admin.post("registration", "/v1/people", {"name": name})["id"]
        return self.people[name]

    def give(self, name: str, role: str, subject: str, unit: str = "DK", **values: Any) -> str:
        body = {"person_id": self.record(name), "subject": subject, "role": role, "unit_id": self.units[unit]}
        made = self.admin.post("registration", "/v1/grants", body | {"valid_from": "2020-01-01"} | values)
        return str(made["id"])


@pytest.fixture(scope="package")
def person(platform: Platform) -> Callable[..., Any]:
    """`person("officer-mt")`: a persona's client, by the real code flow; or with another token."""
    sys.path.insert(0, str(ROOT / "examples" / "dien-khanh"))
    from client import Person

    urls = {name: platform.urls[name] for name in SERVICES}
    return lambda subject, token="", grant_id="": Person(urls, token or platform.token(subject), subject, grant_id)


@pytest.fixture(scope="package")
def make_province(platform: Platform, person: Callable[..., Any]) -> Callable[..., Province]:
    def make(code: str, prefix: str, admin: str) -> Province:
        tenant = {"code": code, "name": f"Tỉnh {code}", "code_prefix": prefix, "valid_from": "2010-01-01"}
        root = {"code": prefix, "name": f"Tỉnh {code}", "level": "province"}
        body = tenant | {"root": root, "administrator": {"name": "Quản trị", "subject": admin}}
        made = person("operator").post("registration", "/v1/tenants", body)
        province = Province(platform, code, person(admin), {"ROOT": made["root_unit_id"]})
        unit = {"name": "Huyện", "kind": "front", "affiliation": "front_system", "level": "district"}
        for name in ("DK", "VN"):
            values = {"code": name, "parent_id": province.units["ROOT"], "valid_from": "2010-01-01"}
            province.units[name] = province.admin.post("registration", "/v1/units", unit | values)["id"]
        return province

    return make


@pytest.fixture(scope="package")
def province(make_province: Callable[..., Province]) -> Province:
    return make_province("khanh-hoa", "KH", "admin-kh")


@pytest.fixture(scope="package")
def open_cycle(province: Province) -> str:
    year = date.today().year
    dates = {"opens_on": f"{year}-01-01"}
    dates |= {f"{name}_closes_on": f"{year}-12-31" for name in ("registration", "endorsement", "review")}
    cycles = province.admin.get("registration", "/v1/cycles")["items"]
    if cycles:
        return str(cycles[0]["id"])
    body = {"year": year, "name": "Đợt thi đua", "unit_id": province.units["ROOT"]} | dates
    return str(province.admin.post("registration", "/v1/cycles", body)["id"])


def until(condition: Callable[[], Any], within: float = 20.0) -> Any:
    """The first true value."""
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {within} s"
        time.sleep(0.05)
    return value


class Browser:
    """A browser without JavaScript, as far as signing in needs one."""

    def __init__(self, portal: str) -> None:
        self.portal, self.session = portal, requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(f"{self.portal}{path}", timeout=20, **options)

    def sign_in_locally(self, persona: str) -> requests.Response:
        page = self.get("/sign-in/main")
        return self.session.post(page.url, data={"persona": persona}, timeout=20)

    def sign_in_certified(self, account: str) -> requests.Response:
        return type_in(self.session, self.get("/sign-in/certified"), account)


def type_in(session: requests.Session, page: requests.Response, account: str) -> requests.Response:
    """Through the certified provider's own pages: the name, then the consent, then back."""
    forms = {"login": {"login": account, "password": "anything"}, "consent": {}}
    while "/interaction/" in page.url and forms:
        prompt = next(prompt for prompt in forms if f'value="{prompt}"' in page.text)
        page = session.post(page.url, data={"prompt": prompt, **forms.pop(prompt)}, timeout=20)
    assert "/interaction/" not in page.url, page.text
    return page


@pytest.fixture
def browser(platform: Platform) -> Callable[[], Browser]:
    return lambda: Browser(platform.urls["portal"])
