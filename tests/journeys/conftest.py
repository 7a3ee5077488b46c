"""A browser for the journeys, and a person who has signed in; the running platform comes from the root's fixture."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))

import browser as tool  # noqa: E402

SECONDS = 15_000
Visitor = Callable[..., Page]


@pytest.fixture(scope="package")
def browser(skip_or_fail: Callable[[str], None]) -> Iterator[Browser]:
    if not tool.executable():
        fetched = subprocess.run([ROOT / "tools" / "chromium.sh"], capture_output=True, text=True, check=False)
        if fetched.returncode:
            skip_or_fail(fetched.stderr.strip())
    with tool.chromium() as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, platform: Any) -> Iterator[Visitor]:
    """`visitor("author-dk", width=360)`: a page of a person who has signed in; without a persona, of the public."""
    contexts = []

    def make(persona: str = "", width: int = 1280) -> Page:
        contexts.append(tool.context(browser, platform.urls["portal"], width))
        page = contexts[-1].new_page()
        page.set_default_timeout(SECONDS)
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.on("dialog", lambda dialog: dialog.accept())
        if persona:
            tool.sign_in(page, persona)
        return page

    complaints: list[str] = []
    yield make
    for context in contexts:
        context.close()
    assert complaints == [], "a page asked for something that its content policy forbids"


@pytest.fixture
def api(platform: Any) -> Callable[..., Any]:
    """`api("member-dk-2", "review", "POST", "/dossiers/…/ballot", choice="yes")`: what other people do meanwhile."""

    def call(persona: str, service: str, method: str, path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {platform.token(persona)}"}
        address = f"{platform.urls[service]}/v1{path}"
        answer = requests.request(method, address, json=body or None, headers=headers, timeout=15)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    return call
