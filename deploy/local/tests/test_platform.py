"""The whole platform starts, lets people in, comes back with its data, and goes without a trace."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml
from local import ports
from local.environment import SERVICES
from local.platform import CHORES, Platform
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


def sign_in(browser: requests.Session, portal: str, persona: str) -> None:
    page = browser.get(f"{portal}/sign-in", timeout=10)
    assert browser.post(page.url, data={"persona": persona}, timeout=20).status_code == 200


def test_what_is_asked_for_is_made_without_anybodys_command(platform: Platform) -> None:
    """An export that an administrator asks for in the portal becomes an archive, as under the chart's clock."""
    names = {"--code": "khanh-hoa", "--name": "Tỉnh Khánh Hòa", "--code-prefix": "KH", "--root-code": "KH"}
    names |= {"--root-name": "Tỉnh Khánh Hòa", "--administrator-name": "A", "--administrator-subject": "admin-kh"}
    serving = Platform(platform.state.directory, platform.base_port, chores_seconds=3)
    with serving, requests.Session() as browser:
        serving.run("registration", "create-tenant", *(word for pair in names.items() for word in pair))
        portal = serving.urls["portal"]
        sign_in(browser, portal, "admin-kh")
        page = browser.get(f"{portal}/admin/settings", timeout=10).text
        csrf = re.search(r'name="_csrf" value="([^"]+)"', page)
        assert csrf, page
        asked = browser.post(f"{portal}/admin/settings/export", data={"_csrf": csrf[1]}, timeout=10)
        assert "Đã yêu cầu xuất dữ liệu" in asked.text
        began = time.monotonic()
        while not (link := re.search(r'href="(/admin/settings/exports/[^"]+)"', page)):
            assert time.monotonic() - began < 120, page
            time.sleep(0.5)
            page = browser.get(f"{portal}/admin/settings", timeout=10).text
        content = browser.get(f"{portal}{link[1]}", timeout=20).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert [part["service"] for part in manifest["parts"]] == list(SERVICES)
        assert "Tỉnh Khánh Hòa" in archive.read("registration/tenant.jsonl").decode()


def test_the_chores_are_what_the_chart_runs_by_the_clock() -> None:
    """But for the verification of the audit, whose findings only a person can do something about."""
    values = yaml.safe_load((Path(__file__).parents[2] / "helm" / "values.yaml").read_text("utf-8"))
    for service in SERVICES:
        tasks = values["services"][service]["tasks"]
        by_the_clock = {name for name, task in tasks.items() if task.get("schedule")} - {"audit"}
        assert by_the_clock == {command for command, services in CHORES.items() if service in services}


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
