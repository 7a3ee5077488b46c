"""Every form of every page takes hostile input without failing, and without keeping the server busy."""

import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import hostile
from flask import Flask

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
SECONDS = 5.0


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: address and names of the fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, set[str]] = {}
        self._names: set[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._names = self.found.setdefault(has.get("action", ""), set()) if has.get("method") == "post" else None
        elif tag in ("input", "select", "textarea", "button") and self._names is not None and has.get("name"):
            self._names.add(has["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._names = None


def pages(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield a role and the address of each page that it may see."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not re.match(r"/(static|healthz|metrics|sign-|callback)", rule.rule):
            roles = sorted(getattr(app.view_functions[rule.endpoint], "roles", ())) or ["author", "officer"]
            plain = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule).replace("<string:code>", "khanh-hoa")
            yield from ((role, re.sub(r"<[^>]+>", ID, plain)) for role in roles[:2])


def test_no_form_fails_on_what_is_typed(app: Flask, signed_in: Any, services: Any) -> None:
    services.answer("registration POST /grants/*/revoke", 200, {"person_id": ID})
    browsers: dict[str, Any] = {}
    forms: dict[tuple[str, str], set[str]] = {}
    for role, path in pages(app):
        browser = browsers.setdefault(role, signed_in(role))
        page = browser.get(path)
        if page.mimetype == "text/html":
            for action, names in Forms(page.text).found.items():
                if not action.startswith("/sign-out"):
                    forms.setdefault((role, action or path), set()).update(names)
    assert len(forms) > 40
    faults = []
    for (role, action), names in forms.items():
        for what, typed in hostile.TYPED.items():
            sent = {name: typed for name in names if name not in ("_csrf", "_part", "_add", "_remove")}
            began = time.perf_counter()
            answer = browsers[role].post(action, {"_part": _part(names, action), **sent})
            if answer.status_code >= 500 or time.perf_counter() - began > SECONDS:
                faults.append(f"{role} {action}, {what}: {answer.status_code} in {time.perf_counter() - began:.1f} s")
    assert faults == []


def _part(names: set[str], action: str) -> str:
    return action.rsplit("/", 1)[-1] if "_part" in names and action.rsplit("/", 1)[-1] not in ("new", "edit") else ""


def test_no_filter_fails_on_what_is_asked(app: Flask, signed_in: Any) -> None:
    names = ("q", "year", "from_year", "to_year", "as_of", "cursor", "under", "unit_id", "status", "content", "page")
    faults = []
    browsers: dict[str, Any] = {}
    for role, path in pages(app):
        browser = browsers.setdefault(role, signed_in(role))
        for what, typed in hostile.TYPED.items():
            began = time.perf_counter()
            answer = browser.get(path, query_string=dict.fromkeys(names, typed))
            if answer.status_code >= 500 or time.perf_counter() - began > SECONDS:
                faults.append(f"{role} {path}, {what}: {answer.status_code}")
    assert faults == []
