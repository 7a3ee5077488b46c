"""Every table of every service, new ones by being there: what it lets through is on a short list, or a leak."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from isolation import databases, doors, policies, tables

pytestmark = pytest.mark.timeout(3600)
EVERY = 1 if os.environ.get("ISOLATION") == "full" else 40  # Of the weakened policies.


@pytest.fixture(scope="module")
def scratch(postgres: str) -> Iterator[Any]:
    with databases.scratch(postgres, "tables") as made:
        yield made


@pytest.fixture(scope="module", params=databases.SERVICES)
def siege(request: pytest.FixtureRequest, scratch: Any) -> tables.Siege:
    made = tables.Siege(scratch[request.param])
    made.fill()
    return made


@pytest.fixture(scope="module")
def tries(siege: tables.Siege) -> list[tables.Try]:
    return list(siege.tries())


def test_no_table_lets_through_what_is_not_on_the_list(
    siege: tables.Siege, tries: list[tables.Try], isolation_report: Callable[[str, Any], None]
) -> None:
    isolation_report("tables", tries)
    assert [attempt for attempt in tries if attempt.is_leak] == []
    assert {attempt.table for attempt in tries} == {table.name for table in siege.tables}
    assert len(tries) > 30 * len(siege.tables)


def test_every_door_on_the_list_is_used(siege: tables.Siege, tries: list[tables.Try]) -> None:
    """A door that nothing goes through any more is closed."""
    used = {(attempt.table, attempt.attack) for attempt in tries if attempt.passed}
    listed = doors.TABLE_DOORS["*"] | doors.TABLE_DOORS.get(siege.database.service, {})
    assert {(table, attack) for table, _, attack in listed} == used
    names = {table.name for table in siege.tables}
    assert set(doors.TENANT_WIDE["*"]) | set(doors.TENANT_WIDE.get(siege.database.service, {})) <= names


def test_each_table_shows_its_own_rows(siege: tables.Siege) -> None:
    """Else everything is refused for the wrong reason."""
    assert [table.name for table in siege.tables if not tables.sees_its_own(siege, table)] == []


def test_no_key_crosses_tenants(siege: tables.Siege) -> None:
    """A violated key would tell what another tenant has. The prefix of dossier codes is one for the whole country."""
    allowed = {"tenant: code_prefix"} if siege.database.service == "registration" else set()
    assert tables.keys_across_tenants(siege.database.metadata) == allowed


def test_nothing_goes_around_the_policies(siege: tables.Siege) -> None:
    assert tables.unlike_their_policies(siege.database) == []


def test_no_tenant_takes_the_rows_of_another(siege: tables.Siege) -> None:
    assert tables.robbed(siege) == []


def test_a_weakened_policy_is_noticed(siege: tables.Siege, isolation_report: Callable[[str, Any], None]) -> None:
    tried = list(policies.try_each(siege, EVERY))
    isolation_report("policies", tried)
    assert len(tried) > 3
    assert [f"{weakened.table}: {weakened.what}" for weakened in tried if not weakened.leaks] == []
    assert [attempt for attempt in siege.tries() if attempt.is_leak] == []  # All is as it was.
