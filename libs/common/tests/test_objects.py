"""A store that is away says so, soon; a missing object is something else."""

import io
import time
from pathlib import Path

import pytest
from common.errors import Unavailable
from common.objects import Objects


def put_file(objects: Objects) -> None:
    objects.put_file("a/b", io.BytesIO(b"x"))


ACTS = {
    "put": lambda objects: objects.put("a/b", b"x"),
    "put_file": put_file,
    "get": lambda objects: objects.get("a/b"),
    "pieces": lambda objects: objects.pieces("a/b"),
    "is_there": lambda objects: objects.is_there("a/b"),
    "names": lambda objects: objects.names("a"),
    "delete": lambda objects: objects.delete("a/b"),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_bucket_that_is_away_is_unavailable_soon(monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    settings = {"ENDPOINT": "http://127.0.0.1:9", "ALLOW_HTTP": "true", "REGION": "x", "ACCESS_KEY_ID": "x"}
    for name, value in {**settings, "SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    objects, began = Objects("s3://bucket"), time.monotonic()
    with pytest.raises(Unavailable, match=r"store\.unavailable"):
        ACTS[act](objects)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("act", ["put", "put_file", "get", "pieces"])
def test_a_directory_that_cannot_be_used_is_unavailable(tmp_path: Path, act: str) -> None:
    objects = Objects(f"file://{tmp_path}")
    (tmp_path / "a").write_bytes(b"a file where a directory belongs")
    with pytest.raises(Unavailable, match=r"store\.unavailable"):
        ACTS[act](objects)


def test_a_missing_object_is_not_a_store_that_is_away(tmp_path: Path) -> None:
    objects = Objects(f"file://{tmp_path}")
    assert not objects.is_there("a/b")
    for act in ("get", "pieces"):
        with pytest.raises(FileNotFoundError):
            ACTS[act](objects)
