"""The tests can fail: code less one of its checks is noticed; `make isolation` removes every one of them in turn."""

import subprocess
import sys
from pathlib import Path

import pytest
from isolation import mutants
from isolation.__main__ import servers

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(900)
# The checks of one file that everything goes through, and the tests that know them.
FILE, TESTS = "common/http/idempotency.py", ("libs/common/tests/test_idempotency.py",)


def remove(*arguments: str) -> subprocess.CompletedProcess[str]:
    with servers(1) as urls:
        command = [sys.executable, "-m", "isolation.removing", *urls, *arguments]
        environment = {"PYTHONPATH": str(ROOT / "tools"), "PATH": "/usr/bin:/bin"}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_removed_checks_are_noticed() -> None:
    done = remove("--only", FILE, "--tests", *TESTS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 of them unnoticed" in done.stdout


def test_a_check_that_no_test_knows_makes_the_command_fail() -> None:
    done = remove("--only", FILE, "--tests", "libs/common/tests/test_paging.py")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "SURVIVES" in done.stdout


def test_checks_of_every_kind_are_found() -> None:
    found = mutants.find()
    kinds = {one.kind for one in found}
    assert len(found) > 300
    assert kinds >= {"refusal", "guard", "tenant predicate", "scope", "acting scope", "roles of a route", "membership"}
