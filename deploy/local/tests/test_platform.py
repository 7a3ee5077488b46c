"""The whole platform starts, lets people in, comes back with its data, and goes without a trace."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from local import ports
from local.platform import Platform
from local.process import descendants

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Running for most tests; the last ones of this file stop it and start it again."""
    made = Platform(tmp_path_factory.mktemp("platform") / "state", ports.free_base())
    try:
        with made:
            yield made
    finally:
        made.discard()


def me(platform: Platform, persona: str) -> dict[str, object]:
    answer = requests.get(
        f"{platform.urls['registration']}/v1/me",
        headers={"Authorization": f"Bearer {platform.token(persona)}"},
        timeout=10,
    )
    assert answer.status_code == 200
    told: dict[str, object] = answer.json()
    return told


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_every_service_answers_and_knows_the_operator(platform: Platform) -> None:
    for url in platform.urls.values():
        assert requests.get(f"{url}/healthz/ready", timeout=10).status_code == 200
    assert [grant["role"] for grant in me(platform, "operator")["grants"]] == ["operator"]  # type: ignore[attr-defined]


def test_a_person_signs_in_to_the_portal(platform: Platform) -> None:
    with requests.Session() as browser:
        page = browser.get(f"{platform.urls['portal']}/sign-in", timeout=10)
        assert page.url.startswith(f"{platform.urls['identity']}/authorize")
        assert "chỉ để dùng thử" in page.text
        back = browser.post(page.url, data={"persona": "operator"}, timeout=10, allow_redirects=False)
        assert back.headers["Location"].startswith(f"{platform.urls['portal']}/callback?code=")
        inside = browser.get(back.headers["Location"], timeout=10)
    assert inside.status_code == 200
    assert inside.url.startswith(platform.urls["portal"])


@pytest.mark.parametrize("name", ["registration-relay", "review-consume", "reporting-api", "valkey"])
def test_what_is_killed_comes_back(platform: Platform, name: str) -> None:
    before = platform.pid(name)
    platform.kill(name)
    assert not is_running(before)
    platform.wait_ready()
    assert platform.pid(name) != before


def test_an_operators_command_runs_against_the_platform(platform: Platform) -> None:
    assert platform.run("registration", "replay", "--to", "reporting").endswith("events sent to reporting\n")


def test_the_second_start_migrates_nothing_and_finds_its_data(platform: Platform) -> None:
    before = me(platform, "operator")
    assert "registration-migrate" in platform.names
    platform.close()
    again = Platform(platform.state.directory, platform.base_port)
    with again:
        assert not [name for name in again.names if "migrate" in name or "bootstrap" in name]
        assert again.token("operator") != platform.token("operator")
        assert me(again, "operator") == me(platform, "operator") == before


def test_on_other_ports_everybody_keeps_their_grants(platform: Platform) -> None:
    moved = Platform(platform.state.directory, platform.base_port + 40)
    with moved:
        assert [grant["role"] for grant in me(moved, "operator")["grants"]] == ["operator"]  # type: ignore[attr-defined]
        portal = requests.get(f"{moved.urls['portal']}/sign-in", timeout=10)
        assert portal.url.startswith(moved.urls["identity"])


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_the_command_serves_and_leaves_nothing_however_it_ends(platform: Platform, ending: signal.Signals) -> None:
    platform.close()
    state = str(platform.state.directory)
    command = [sys.executable, "-m", "local", "up", "--no-sample", "--state", state]
    environment = {**os.environ, "BASE_PORT": str(platform.base_port)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        shown = []
        while not any("ready after" in line for line in shown):
            line = run.stdout.readline()
            assert line, "".join(shown)
            shown.append(line)
        token = [sys.executable, "-m", "local", "token", "--state", state, "--as", "author-dk"]
        printed = subprocess.run(token, capture_output=True, text=True, check=True).stdout
        assert printed.count(".") == 2
        assert len(printed.split()) == 1
        family = list(descendants(run.pid))
        assert len(family) > 20
        run.send_signal(ending)
        asked = time.monotonic()
        status = run.wait()
    while any(map(is_running, family)):
        assert time.monotonic() - asked < 15
        time.sleep(0.05)
    assert status == (0 if ending == signal.SIGTERM else -signal.SIGKILL)
    assert platform.urls["portal"] in "".join(shown)
