"""A headless Chromium and signing in through the local identity provider; shared by the journeys and the pictures."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

OWN = Path(__file__).parents[1] / ".tools" / "chromium" / "chromium"
QUIET = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)


def executable() -> str | None:
    """`CHROMIUM`, the system's, or the one that tools/chromium.sh unpacked."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or (str(OWN) if OWN.exists() else None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that calls nobody but the pages it is sent to. Raises SystemExit when there is none."""
    path = executable()
    if path is None:
        raise SystemExit("There is no Chromium; tools/chromium.sh gets one.")
    # Chromium's sandbox needs user namespaces, which root may not nest and an unpacked one may not set up.
    sandbox = os.geteuid() != 0 and path != str(OWN)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=sandbox, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


def context(browser: Browser, base_url: str, width: int = 1280, height: int = 900) -> BrowserContext:
    """A fresh visitor, Vietnamese, on a screen of this width."""
    return browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": height},
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        is_mobile=width < 600,
        has_touch=width < 600,
    )


def sign_in(page: Page, persona: str) -> None:
    """As a person does: the portal's button, the provider's page, and back."""
    page.goto("/home")
    page.click(f'button[name="persona"][value="{persona}"]')
    page.wait_for_url("**/home")


if __name__ == "__main__":
    print(executable() or "none")
    sys.exit(0 if executable() else 1)
