"""When provinces merge, one chain leads into the other."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

KHANH_HOA, LAI_CHAU = "khanh-hoa", "lai-chau"
Tamper = Callable[[str], None]


def test_one_chain_leads_into_the_other(
    merge: Callable[[], None],
    actor: Any,
    make: Callable[..., list[UUID]],
    entries: Callable[..., list[Any]],
    verify: Callable[..., list[str]],
) -> None:
    make(2, LAI_CHAU)
    make(3)
    merge()
    end, start = entries(LAI_CHAU)[-1], entries()[-1]
    assert (end.position, end.table_name, end.after) == (3, "merged", {"into": KHANH_HOA})
    assert start.after == {"tenant": LAI_CHAU, "position": 3, "hash": end.hash.hex()}
    assert str(start.person_id) == actor.person_id
    make(1)
    assert verify() == []
    assert verify(KHANH_HOA) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM audit_entry WHERE tenant = 'lai-chau'", "khanh-hoa 2: merger: absorbed"),
        ("DELETE FROM audit_entry WHERE tenant = 'lai-chau' AND position = 3", "khanh-hoa 2: merger: absorbed"),
        ("DELETE FROM audit_entry WHERE tenant = 'khanh-hoa' AND position = 2", "lai-chau 3: merger: merged"),
    ],
)
def test_a_link_that_does_not_hold_is_found(
    statement: str,
    found: str,
    merge: Callable[[], None],
    make: Callable[..., list[UUID]],
    tamper: Tamper,
    verify: Callable[..., list[str]],
) -> None:
    make(2, LAI_CHAU)
    make(1)
    merge()
    tamper(statement)
    assert any(line.startswith(found) for line in verify(found.split()[0]))


def test_nothing_follows_the_end_of_a_merged_chain(
    merge: Callable[[], None],
    make: Callable[..., list[UUID]],
    verify: Callable[..., list[str]],
    tamper: Tamper,
) -> None:
    make(1, LAI_CHAU)
    merge()
    tamper("SELECT audit_append('lai-chau', 'thing', '{}', NULL, 'insert', NULL, '{}')")
    assert verify() == [f"{LAI_CHAU} 3: inserted: after the chain's last entry, its merger"]
