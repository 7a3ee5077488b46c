"""Who operates the platform sees no dossier: every route of every API, and every page of the portal, is tried."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

SECRET = "Bimatcuatinh"  # In every text of the dossier, and nowhere else.
SERVICES = ("registration", "review", "reporting", "notifications")


@pytest.fixture(scope="module")
def dossier(province: Any, open_cycle: str, person: Callable[..., Any]) -> str:
    author_grant = province.give("Tác giả", "author", "author-dk")
    author = person("author-dk", grant_id=author_grant)
    body = {"cycle_id": open_cycle, "title": f"Sáng kiến {SECRET}", "content": "production", "field": "economy"}
    body |= dict.fromkeys(("summary", "problem", "solution", "effect"), f"Nội dung {SECRET}")
    body["authors"] = [{"name": f"Tác giả {SECRET}", "share": 100, "person_id": province.record("Tác giả")}]
    made = author.post("registration", "/v1/initiatives", body)
    author.post("registration", f"/v1/initiatives/{made['id']}/submit")
    assert SECRET in str(author.get("registration", "/v1/initiatives"))
    return str(made["id"])


def routes(platform: Any) -> list[tuple[str, str, str, dict[str, Any]]]:
    found = []
    for service in SERVICES:
        document = requests.get(f"{platform.urls[service]}/openapi.json", timeout=10).json()
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                if method in ("get", "post", "put", "delete", "patch"):
                    found.append((service, method.upper(), path, operation))
    return found


def test_no_route_shows_the_operator_a_dossier(platform: Any, province: Any, dossier: str) -> None:
    headers = {"Authorization": f"Bearer {platform.token('operator')}", "If-Match": '"1"'}
    tried, open_to_the_operator = 0, set()
    for service, method, path, operation in routes(platform):
        address = re.sub(r"{[^}]+}", dossier, path.replace("{tenant}", "khanh-hoa"))
        body = {} if method in ("POST", "PUT", "PATCH") else None
        answer = requests.request(method, f"{platform.urls[service]}{address}", json=body, headers=headers, timeout=20)
        tried += 1
        assert answer.status_code < 500, f"{method} {service}{path}: {answer.text}"
        assert SECRET not in answer.text, f"{method} {service}{path}"
        roles = operation.get("x-roles")
        if roles and "operator" not in roles:
            assert (answer.status_code, answer.json()["code"]) == (403, "auth.role_not_allowed"), f"{method} {path}"
        elif roles:
            open_to_the_operator.add(path)
    print(f"\n{tried} operations tried; with a role of their own the operator has {sorted(open_to_the_operator)}")  # noqa: T201
    assert tried > 60
    assert not {path for path in open_to_the_operator if "initiative" in path or "dossier" in path}


def test_no_page_shows_the_operator_a_dossier(dossier: str, browser: Callable[[], Any]) -> None:
    visitor = browser()
    assert visitor.sign_in_locally("operator").ok
    paths = ("/home", "/initiatives", f"/initiatives/{dossier}", "/sessions", f"/dossiers/{dossier}", "/dashboard")
    for path in (*paths, "/admin/people", "/admin/grants", "/delegations", "/messages", "/catalogue"):
        assert SECRET not in visitor.get(path).text, path
