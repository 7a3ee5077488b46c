"""A province's life on the running platform: ready in under a minute, stopped, exported whole, deleted."""

import io
import json
import threading
import time
import zipfile
from collections.abc import Callable
from statistics import quantiles
from typing import Any

import pytest
import requests
from client import wait_for
from local.environment import SERVICES
from local.platform import Platform
from sqlalchemy import create_engine, text

PER_MINUTE = 1200  # As conftest.py sets it.
READY_SECONDS = 60.0
ASKED = 150


def enrol(admin: Any, subject: str, role: str) -> str:
    root = admin.get("registration", "/v1/units?limit=1")["items"][0]["id"]
    who = admin.post("registration", "/v1/people", {"name": f"{role} của tỉnh", "email": f"{subject}@example.vn"})
    grant = {"person_id": who["id"], "subject": subject, "role": role, "unit_id": root, "valid_from": "2020-01-01"}
    return str(admin.post("registration", "/v1/grants", grant)["id"])


def draft(cycle_id: str) -> dict[str, Any]:
    texts = dict.fromkeys(("summary", "problem", "solution", "effect"), "Nội dung")
    named = {"title": "Sáng kiến đầu tiên", "content": "production", "field": "economy"}
    return {"cycle_id": cycle_id, "authors": [{"name": "Tác giả", "share": 100}], **named, **texts}


def test_from_one_command_to_the_first_dossier_in_under_a_minute(
    bare: Platform, opened: Callable[..., str], person: Callable[[str], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    said = opened("khanh-hoa", "KH", "admin-kh")
    admin, officer = person("admin-kh"), person("officer-mt")
    officer.grant_id = enrol(admin, "officer-mt", "officer")
    [cycle] = admin.get("registration", "/v1/cycles")["items"]
    dossier = officer.post("registration", "/v1/initiatives", draft(cycle["id"]))
    submitted = officer.post("registration", f"/v1/initiatives/{dossier['id']}/submit")
    seconds = time.monotonic() - began
    rulebooks = wait_for("the rulebook", lambda: admin.get("review", "/v1/rulebooks")["items"])
    with capsys.disabled():
        print(f"\n{said.strip()}; first dossier {submitted['code']} submitted after {seconds:.1f} s")
    assert submitted["status"] == "submitted"
    assert rulebooks[0]["status"] == "published"
    assert seconds < READY_SECONDS


def p95(ask: Callable[[], requests.Response]) -> tuple[float, list[int]]:
    times, statuses = [], []
    for _ in range(ASKED):
        began = time.perf_counter()
        statuses.append(ask().status_code)
        times.append(time.perf_counter() - began)
        time.sleep(0.05)  # Below the own limit.
    return quantiles(times, n=20)[-1], statuses


class Flood:
    """One province's clients asking far above its limit."""

    def __init__(self, url: str, token: str) -> None:
        self.answers: list[requests.Response] = []
        self._url, self._headers, self._stop = url, {"Authorization": f"Bearer {token}"}, threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(4)]

    def _run(self) -> None:
        with requests.Session() as session:
            while not self._stop.is_set():
                self.answers.append(session.get(self._url, headers=self._headers, timeout=10))
                time.sleep(0.02)  # Still many times its limit; the asking itself must not use up the machine.

    def __enter__(self) -> "Flood":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(20)


def test_one_provinces_flood_costs_another_no_answer(
    bare: Platform, opened: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    opened("lai-chau", "LC", "admin-lc")
    url = f"{bare.urls['registration']}/v1/units"
    with requests.Session() as quiet:
        quiet.headers["Authorization"] = f"Bearer {bare.token('admin-lc')}"
        alone, statuses = p95(lambda: quiet.get(url, timeout=10))
        with Flood(url, bare.token("admin-kh")) as flood:
            time.sleep(2)
            beside, more = p95(lambda: quiet.get(url, timeout=10))
    refused = [answer for answer in flood.answers if answer.status_code == 429]
    with capsys.disabled():
        print(
            f"\n{len(flood.answers)} requests of the flood, {len(refused)} refused; the other's p95"
            f" {alone * 1000:.1f} ms alone, {beside * 1000:.1f} ms beside it: x{beside / alone:.2f}"
        )
    assert set(statuses) == set(more) == {200}
    assert len(refused) > len(flood.answers) / 2
    assert {answer.json()["code"] for answer in refused} == {"limit.tenant"}
    assert min(int(answer.headers["Retry-After"]) for answer in refused) >= 1
    taken = len(flood.answers) - len(refused)
    assert taken <= PER_MINUTE / 60 * (ASKED * 0.5 + 60), "no more than the limit lets in"


def refusal(bare: Platform, service: str, path: str, token: str) -> str:
    answer = requests.get(f"{bare.urls[service]}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    return str(answer.json().get("code", "")) if answer.status_code == 403 else ""


def database(bare: Platform, service: str) -> Any:
    return create_engine(
        bare.postgres.url.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://") + f"/{service}"
    )


def counts(bare: Platform, service: str, tenant: str) -> dict[str, int]:
    """Rows of a tenant in each table of a service that has some."""
    engine = database(bare, service)
    found = {}
    with engine.connect() as connection:
        query = (
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant' AND table_schema = 'public'"
        )
        for name in connection.scalars(text(query)).all():
            count = connection.scalar(text(f'SELECT count(*) FROM "{name}" WHERE tenant = :tenant'), {"tenant": tenant})
            found |= {name: int(count)} if count else {}
    engine.dispose()
    return found


def export_once_heard(bare: Platform, exports: int) -> str:
    """Make the parts of so many exports of a province, and the archive; returns what registration, the last, said."""
    for service in SERVICES:
        wait_for(f"{service} to hear", lambda s=service: counts(bare, s, "dien-bien").get("tenant_export") == exports)  # type: ignore[misc]
    return [bare.run(service, "export-tenants") for service in (*SERVICES[1:], SERVICES[0])][-1]


READS = {
    "registration": "/v1/units",
    "review": "/v1/rulebooks",
    "reporting": "/v1/dashboard",
    "notifications": "/v1/messages",
}


@pytest.mark.timeout(300)
def test_stopped_exported_and_deleted_on_every_service(
    bare: Platform, opened: Callable[..., str], person: Callable[[str], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    opened("dien-bien", "DB", "standing-dk")
    admin, operator, token = person("standing-dk"), person("operator"), bare.token("standing-dk")
    wait_for("the grant everywhere", lambda: admin.get("review", "/v1/rulebooks")["items"])
    other = {service: counts(bare, service, "khanh-hoa") for service in SERVICES}

    began = time.monotonic()
    operator.post("registration", "/v1/tenants/dien-bien/suspend", {"reason": "Chưa ký thỏa thuận"})
    for service, path in READS.items():
        wait_for(
            f"{service} to refuse",
            lambda s=service, p=path: refusal(bare, s, p, token) == "tenant.suspended",  # type: ignore[misc]
        )
    seconds = time.monotonic() - began
    operator.post("registration", "/v1/tenants/dien-bien/resume")
    wait_for("review to answer again", lambda: not refusal(bare, "review", READS["review"], token))

    asked = operator.post("registration", "/v1/exports", {"tenant": "dien-bien"})
    said = export_once_heard(bare, 1)
    assert "dien-bien: 4 of 4 parts, ready" in said
    path = f"{bare.urls['registration']}/v1/exports/{asked['id']}/archive"
    for who, status in ((operator.token, 403), (token, 200)):
        fetched = requests.get(path, headers={"Authorization": f"Bearer {who}"}, timeout=20)
        assert fetched.status_code == status
    archive = zipfile.ZipFile(io.BytesIO(fetched.content))
    manifest = json.loads(archive.read("manifest.json"))
    rows = sum(file["rows"] for part in manifest["parts"] for file in part["files"])
    assert {name.split("/")[0] for name in archive.namelist()} == {*SERVICES, "manifest.json"}
    assert all(b"khanh-hoa" not in archive.read(name) for name in archive.namelist())

    closed = operator.post("registration", "/v1/tenants/dien-bien/close", {"reason": "Chuyển đi"})
    assert closed["status"] == "closing"
    export_once_heard(bare, 2)
    for service in SERVICES:
        assert "dien-bien: kept until" in bare.run(service, "purge-tenants")
        engine = database(bare, service)
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE tenant_standing SET delete_after = '2020-01-01' WHERE tenant = 'dien-bien'")
            )
        engine.dispose()
        wait_for(
            f"{service} to have published",
            lambda s=service: "rows deleted" in bare.run(s, "purge-tenants"),  # type: ignore[misc]
        )
        left = set(counts(bare, service, "dien-bien"))
        # The inbox has ids of what still comes, such as heads of the others' audit; it ends by itself.
        assert left <= {"tenant", "tenant_standing", "audit_entry", "audit_witness", "catalogue_entry", "inbox"}, (
            service
        )
    with capsys.disabled():
        print(f"\nevery service refused after {seconds:.1f} s; {rows} rows of 4 services exported, then deleted")
    now = {service: counts(bare, service, "khanh-hoa") for service in SERVICES}
    for service in SERVICES:
        assert {name: now[service].get(name, 0) >= count for name, count in other[service].items()} == dict.fromkeys(
            other[service], True
        )
