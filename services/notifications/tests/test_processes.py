"""The processes as an operator starts them: each becomes ready, and ends when told to."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

WAIT_SECONDS = 30.0


def is_ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz/ready", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


@pytest.mark.parametrize("command", ["api", "deliver"])
def test_the_process_becomes_ready_and_ends_when_told(
    command: str, database: Any, issuer: Any, mailbox: Any, port: int, tmp_path: Path
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database.urls["DATABASE_URL"],
        "OIDC_ISSUER": issuer.url,
        "SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "MAIL_FROM": "khong-tra-loi@sangtao.example",
        "PORTAL_URL": "https://sangtao.example",
        "BIND": "127.0.0.1",
        "PORT": str(port),
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "notifications", command], env=environment, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        while not is_ready(f"http://127.0.0.1:{port}"):
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.05)
    finally:
        process.terminate()
        code = process.wait(30)
    assert code == 0
