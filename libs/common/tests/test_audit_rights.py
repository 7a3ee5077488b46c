"""Who may do what with the audit: its tenant reads it, and nobody on the platform changes it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from common import audit
from common.database import UnitOfWork
from common.ids import new_id
from sample.app import metadata, thing
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import ProgrammingError

KHANH_HOA, LAI_CHAU = "khanh-hoa", "lai-chau"
entry = metadata.tables["audit_entry"]


def test_another_tenant_sees_nothing(act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]]) -> None:
    (made,) = make()
    for tenant, count in ((KHANH_HOA, 1), (LAI_CHAU, 0), ("", 0), ("*", 0)):
        with act(tenant) as uow:
            assert len(uow.rows(select(entry))) == count
            assert len(audit.trail(uow, [made], tables=["thing"], limit=10)) == count


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_entry SELECT * FROM audit_entry",
        "UPDATE audit_entry SET role = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "SELECT audit_append('khanh-hoa', 'thing', '{}', NULL, 'insert', NULL, '{}')",
        "ALTER TABLE thing DISABLE TRIGGER audit_rows",
        "DROP TRIGGER audit_rows ON thing",
        "SET session_replication_role = replica",
        "UPDATE audit_witness SET position = 0",
        "DELETE FROM audit_witness",
    ],
)
def test_the_application_can_only_read_it(
    statement: str, make: Callable[..., list[UUID]], act: Callable[..., UnitOfWork], verify: Callable[..., list[str]]
) -> None:
    make(2)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), act() as uow:
        uow.execute(text(statement))
    assert verify() == []


@pytest.mark.parametrize("setting", ["app.absorbed", "app.auditing"])
def test_no_setting_lets_the_application_escape(
    setting: str, act: Callable[..., UnitOfWork], make: Callable[..., list[UUID]], entries: Callable[..., list[Any]]
) -> None:
    make(1, LAI_CHAU)
    with act() as uow:
        for value in ("on", "*", LAI_CHAU):
            uow.execute(text("SELECT set_config(:name, :value, true)"), {"name": setting, "value": value})
            assert uow.rows(select(entry)) == []
        uow.execute(text("SELECT set_config('app.absorbed', 'khanh-hoa', true)"))
        values = {"id": new_id(), "scope_path": "/KH/", "name": "Vật", "closed": False, "version": 1}
        uow.execute(insert(thing).values(tenant=KHANH_HOA, **values))
    assert len(entries()) == 1


def test_the_owner_too_sees_and_deletes_nothing_outside_of_its_functions(
    database: Any, make: Callable[..., list[UUID]]
) -> None:
    make()
    with database.owner_engine.begin() as connection:
        assert connection.execute(select(entry)).all() == []
        assert connection.execute(delete(entry)).rowcount == 0
