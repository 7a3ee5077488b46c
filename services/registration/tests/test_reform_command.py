"""`python -m registration reorganise` with the reform of 2025: killed anywhere and run again, it is done once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from common.database import Context
from registration.country.editions import provinces
from registration.country.reform import plan
from registration.store import units as store
from sqlalchemy import text

Run = Callable[..., tuple[int, str]]
AFTER = date(2025, 7, 1)
OLD, NEW = ("56", "58"), "56"  # Khánh Hòa and Ninh Thuận become Khánh Hòa.
UNITS = "SELECT count(*) FROM unit"
PERIODS = "SELECT count(*) FROM unit_period"


def count(database: Any, query: str) -> int:
    with database.admin_engine.connect() as connection:
        return int(connection.scalar(text(query)))


@pytest.fixture
def plans(empty: Any, run: Run, tmp_path: Path) -> Path:
    """The old provinces are there, and the file holds what makes one of them."""
    words = [word for code in OLD for word in ("--province", code)]
    assert run("--edition", "2024", *words)[0] == 0
    path = tmp_path / "plans.jsonl"
    path.write_text(json.dumps(plan(NEW), ensure_ascii=False) + "\n", "utf-8")
    return path


def ensure_reformed(database: Any) -> None:
    with database.unit_of_work(Context("khanh-hoa")) as uow:
        found = {unit.code: (unit.name, unit.level) for unit in store.territory(uow, AFTER)}
    [wanted] = [one for one in provinces("2025") if one.root.code == NEW]
    assert found == {place.code: (place.name, place.level) for place in wanted.places}
    with database.admin_engine.connect() as connection:
        assert set(connection.scalars(text("SELECT DISTINCT tenant FROM unit"))) == {"khanh-hoa"}


def test_the_old_provinces_become_the_new_one(empty: Any, run: Run, plans: Path) -> None:
    status, output = run(str(plans), name="reorganise")
    assert (status, "1 reorganisations applied" in output) == (0, True), output
    ensure_reformed(empty)
    before = [count(empty, query) for query in (UNITS, PERIODS, "SELECT count(*) FROM outbox")]
    assert run(str(plans), name="reorganise")[0] == 0
    assert [count(empty, query) for query in (UNITS, PERIODS, "SELECT count(*) FROM outbox")] == before


@pytest.mark.parametrize("after_seconds", [0.05, 0.2, 0.4, 0.8])
def test_killed_anywhere_nothing_is_half_done(empty: Any, run: Run, plans: Path, after_seconds: float) -> None:
    words = [sys.executable, "-m", "registration", "reorganise", str(plans)]
    environment = {**empty.urls, "PATH": os.environ["PATH"]}
    before = (count(empty, UNITS), count(empty, PERIODS))
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait_for_its_transaction(empty, process)
    time.sleep(after_seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _wait_until_its_connection_is_gone(empty)
    if process.returncode == -signal.SIGKILL and not count(empty, "SELECT count(*) FROM reorganisation"):
        assert (count(empty, UNITS), count(empty, PERIODS)) == before
        assert count(empty, "SELECT count(*) FROM unit WHERE tenant = 'ninh-thuan'") > 0
    assert run(str(plans), name="reorganise")[0] == 0
    ensure_reformed(empty)
    assert count(empty, "SELECT count(*) FROM reorganisation") == 1


_ITS_OWN = "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE '%app' AND datname = current_database()"


def _wait_for_its_transaction(database: Any, process: Any) -> None:
    while process.poll() is None and not count(database, f"{_ITS_OWN} AND xact_start IS NOT NULL"):
        time.sleep(0.01)


def _wait_until_its_connection_is_gone(database: Any) -> None:
    deadline = time.monotonic() + 20
    database.app_engine.dispose()
    while count(database, _ITS_OWN):
        assert time.monotonic() < deadline
        time.sleep(0.05)
