"""`python -m registration reorganise-due`, the nightly job: one that cannot be applied holds up no other."""

import os
import sys
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from common import cli, tenants
from common.database import Context
from registration.app import SERVICE

Run = Callable[[], tuple[int, str]]


@pytest.fixture
def run(database: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command() -> tuple[int, str]:
        status = 0
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", database.urls | {"LOG_LEVEL": "CRITICAL"})
            patch.setattr(sys, "argv", ["registration", "reorganise-due"])
            try:
                cli.main(SERVICE)
            except SystemExit as stop:
                status = int(bool(stop.code))
        return status, capsys.readouterr().out

    return command


def approved(province: Any, unit: str, heir: str) -> str:
    """The path of one that is due: the unit becomes part of the other."""
    change = {"action": "end", "unit_id": province.units[unit], "heir_id": province.units[heir]}
    body = {"title": "Sắp xếp", "legal_basis": "Nghị quyết 1", "effective_on": "2025-07-01"}
    change |= {"successor_ids": [change["heir_id"]]}
    made = province.admin.post("/v1/reorganisations", body | {"changes": [change]})
    standing, _ = province.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    path = f"/v1/reorganisations/{made.json['id']}"
    assert standing.post(f"{path}/approve").status_code == 200
    return path


def status(province: Any, path: str) -> str:
    return str(province.admin.get(path).json["status"])


def test_one_that_no_longer_fits_holds_up_no_other(make_province: Any, new_name: Any, run: Run) -> None:
    first, last = make_province(f"a{new_name()}"), make_province(f"z{new_name()}")
    first.units["C"] = first.make_unit("C", first.root_id)
    good, bad, after = approved(first, "A", "B"), approved(first, "A", "B"), approved(first, "C", "B")
    elsewhere = approved(last, "A", "B")
    listed = [one["id"] for one in first.admin.get("/v1/reorganisations").json["items"]]
    assert listed == [path.rpartition("/")[2] for path in (after, bad, good)]
    ended, said = run()
    assert (ended, f"{first.name}: " in said) == (1, True), said
    assert [status(first, path) for path in (good, bad, after)] == ["applied", "approved", "applied"]
    assert status(last, elsewhere) == "applied"
    first.admin.post(f"{bad}/withdraw")
    assert run() == (0, "")


def test_a_province_that_is_being_moved_holds_up_no_other(
    make_province: Any, new_name: Any, run: Run, database: Any
) -> None:
    moving, last = make_province(f"a{new_name()}"), make_province(f"z{new_name()}")
    waiting, elsewhere = approved(moving, "A", "B"), approved(last, "A", "B")
    with database.unit_of_work(Context(moving.name)) as uow:
        tenants.close_doors(uow)
        assert run()[0] == 1
    assert [status(moving, waiting), status(last, elsewhere)] == ["approved", "applied"]
    assert run()[0] == 0
    assert status(moving, waiting) == "applied"
