"""Attachments: what is taken, where it is kept, who gets it back."""

import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from common.database import Context
from common.errors import Invalid, NotFound
from registration.domain.attachments import Kept
from registration.files import Files, check
from sample_files import pdf, png
from sqlalchemy import event, text

PDF = pdf()
PNG = png()


def upload(person: Any, initiative_id: str, content: bytes, name: str) -> Any:
    data = {"file": (io.BytesIO(content), name)}
    return person.post(f"/v1/initiatives/{initiative_id}/attachments", data=data, content_type="multipart/form-data")


def test_a_file_comes_back_as_it_was_and_twice_is_once(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-files")
    initiative_id = officer.post("/v1/initiatives", province.draft()).json["id"]
    made = upload(officer, initiative_id, PDF, "Minh chứng.pdf")
    assert made.status_code == 201, made.json
    assert upload(officer, initiative_id, PDF, "Bản sao.pdf").json["id"] == made.json["id"]
    [listed] = officer.get(f"/v1/initiatives/{initiative_id}/attachments").json["items"]
    assert (listed["filename"], listed["size"]) == ("Minh chứng.pdf", len(PDF))
    got = officer.get(f"/v1/initiatives/{initiative_id}/attachments/{made.json['id']}")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith("attachment")
    stranger, _ = province.person("officer", "B", subject="officer-files-b")
    assert stranger.get(f"/v1/initiatives/{initiative_id}/attachments/{made.json['id']}").status_code == 404
    assert officer.delete(f"/v1/initiatives/{initiative_id}/attachments/{made.json['id']}").status_code == 204


def test_only_the_upload_takes_a_body_larger_than_json_may_be(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-large")
    initiative_id = officer.post("/v1/initiatives", province.draft()).json["id"]
    large = b"x" * (3 * 1024 * 1024)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    form = {"data": head + large + b"\r\n--x--\r\n", "content_type": "multipart/form-data; boundary=x"}
    answer = officer.post(f"/v1/initiatives/{initiative_id}/attachments", **form)
    assert answer.json["code"].startswith("attachment.")
    refused = officer.post("/v1/initiatives", {**province.draft(), "description": "x" * len(large)})
    assert (refused.status_code, refused.json["code"]) == (413, "http.413")


def test_while_the_store_is_away_the_api_says_try_again(
    province: Any, app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, _ = province.person("officer", "A", subject="officer-no-store")
    path = (
        f"/v1/initiatives/{(initiative_id := officer.post('/v1/initiatives', province.draft()).json['id'])}/attachments"
    )
    kept = upload(officer, initiative_id, PDF, "a.pdf").json["id"]
    away = Files(f"file://{tmp_path}")
    (tmp_path / province.name).write_bytes(b"a file where the province's directory belongs")
    monkeypatch.setitem(app.extensions, "files", away)
    for answer in (upload(officer, initiative_id, PNG, "b.png"), officer.get(f"{path}/{kept}")):
        assert (answer.status_code, answer.json["code"]) == (503, "store.unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert [one["id"] for one in officer.get(path).json["items"]] == [kept]


def test_a_file_for_a_dossier_that_takes_none_is_not_stored(province: Any, app: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-too-late")
    initiative_id = officer.post("/v1/initiatives", province.draft()).json["id"]
    assert officer.post(f"/v1/initiatives/{initiative_id}/submit", {"received_on": "2024-03-01"}).status_code == 200
    assert officer.post(f"/v1/initiatives/{initiative_id}/withdraw", {"reason": "x"}).status_code == 200
    content = PDF + b"too late"
    refused = upload(officer, initiative_id, content, "muon.pdf")
    assert refused.status_code == 409, refused.json
    with pytest.raises(NotFound):
        app.extensions["files"].get(Kept(province.name, hashlib.sha256(content).hexdigest()))


def test_an_upload_needs_one_connection_only(province: Any, app: Any) -> None:
    """Else as many uploads at once as there are connections would wait for each other, behind a pooler for minutes."""
    officer, _ = province.person("officer", "A", subject="officer-one-connection")
    initiative_id = officer.post("/v1/initiatives", province.draft()).json["id"]
    engine, out, most = app.extensions["service"].engine, list[Any](), list[int]()

    def taken(connection: Any, *_: Any) -> None:
        out.append(connection)
        most.append(len(out))

    def given_back(connection: Any, *_: Any) -> None:
        out.remove(connection)

    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)
    made = upload(officer, initiative_id, PDF, "Minh chứng.pdf")
    event.remove(engine, "checkout", taken)
    event.remove(engine, "checkin", given_back)
    assert made.status_code == 201, made.json
    assert max(most) == 1


def test_who_counts_the_whole_sees_only_the_own_again(province: Any, database: Any) -> None:
    province.hand_in("B")
    seen = text("SELECT count(*) FROM initiative")
    with database.unit_of_work(Context(province.name, scope="/ROOT/A/")) as uow:
        own = uow.execute(seen).scalar_one()
        with uow.over_the_whole():
            assert uow.execute(seen).scalar_one() > own
        assert uow.execute(seen).scalar_one() == own


def history(person: Any, path: str) -> list[tuple[str, str, str]]:
    return [(step["action"], step["reason"], step["role"]) for step in person.get(path).json["history"]]


def test_a_file_that_comes_or_goes_is_a_step_and_a_new_version(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-file-steps")
    initiative_id = officer.post("/v1/initiatives", province.draft()).json["id"]
    path = f"/v1/initiatives/{initiative_id}"
    kept = upload(officer, initiative_id, PDF, "Minh chứng.pdf").json["id"]
    upload(officer, initiative_id, PDF, "Bản sao.pdf")
    gone = upload(officer, initiative_id, PNG, "Ảnh, trước và sau.png").json["id"]
    assert officer.delete(f"{path}/attachments/{gone}", version=2).json["code"] == "request.stale"
    officer.delete(f"{path}/attachments/{gone}", version=3)
    steps = [("attach", "Minh chứng.pdf"), ("attach", "Ảnh, trước và sau.png"), ("detach", "Ảnh, trước và sau.png")]
    assert history(officer, path) == [(*step, "officer") for step in steps]
    assert officer.post(f"{path}/submit", {"received_on": "2024-03-01"}, version=3).json["code"] == "request.stale"
    assert officer.get(path).json["version"] == 4
    assert [file["id"] for file in officer.get(f"{path}/attachments").json["items"]] == [kept]


def test_what_the_council_was_given_stays_as_it_is(province: Any) -> None:
    officer, _ = province.person("officer", "A", subject="officer-frozen-files")
    initiative_id = officer.post("/v1/initiatives", province.draft()).json["id"]
    path = f"/v1/initiatives/{initiative_id}"
    officer.post(f"{path}/submit", {"received_on": "2024-03-01"})
    officer.post(f"{path}/endorse", {"happened_on": "2024-03-02"})
    kept = upload(officer, initiative_id, PDF, "Minh chứng.pdf").json["id"]
    forward = {"happened_on": "2024-03-03", "council_unit_id": province.root_id}
    forwarded = officer.post(f"{path}/forward", forward).json
    assert not {"attach", "detach"} & set(forwarded["allowed"])
    for refused in (upload(officer, initiative_id, PNG, "Muộn.png"), officer.delete(f"{path}/attachments/{kept}")):
        assert (refused.status_code, refused.json["code"]) == (409, "attachment.dossier_closed")
    assert [file["id"] for file in officer.get(f"{path}/attachments").json["items"]] == [kept]
    officer.post(f"{path}/recall", {"reason": "Bổ sung ảnh"})
    assert upload(officer, initiative_id, PNG, "Bổ sung.png").status_code == 201


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "attachment.empty"),
        (b"MZ\x90\x00" + b"\0" * 100, "a.pdf", "attachment.type_not_allowed"),
        (PDF, "a.exe", "attachment.type_not_allowed"),
        (b"<script>alert(1)</script>", "a.png", "attachment.type_not_allowed"),
        (PDF + b"0" * 2000, "a.pdf", "attachment.too_large"),
    ],
)
def test_what_is_not_wanted_is_refused(content: bytes, name: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check(content, name, 2000)
    assert refusal.value.code == code


def test_a_picture_is_taken() -> None:
    assert check(PNG, "ảnh.PNG", 10_000).content_type == "image/png"


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3-compatible server on its own port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{port}"
    names = {"AWS_ENDPOINT": endpoint, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1"}
    for name, value in (names | {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}).items():
        monkeypatch.setenv(name, value)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            requests.put(f"{endpoint}/dossiers", timeout=5)
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    yield "s3://dossiers/files"
    server.terminate()
    server.wait(10)


@pytest.mark.parametrize("kind", ["file", "s3"])
def test_both_stores_keep_and_give_back(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("bucket") if kind == "s3" else f"file://{tmp_path}/files"
    store, file = Files(url), check(PDF, "a.pdf", 10_000)
    store.put("khanh-hoa", file)
    assert store.get(Kept("khanh-hoa", file.sha256)) == PDF
