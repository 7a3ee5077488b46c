"""Whatever an administrator of the database does to a chain afterwards is found."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from common.audit import commands, triggers, verifying, witnesses
from sample.app import metadata

KHANH_HOA = "khanh-hoa"
entry = metadata.tables["audit_entry"]
Tamper = Callable[[str], None]


def forged(hash_: str = "'\\x00'", position: int = 3) -> str:
    columns = [column.name for column in entry.columns if column.name not in ("position", "hash")]
    listed = ", ".join(f'"{name}"' for name in columns)
    return (
        f'INSERT INTO audit_entry ({listed}, "position", hash)'
        f" SELECT {listed}, {position}, {hash_} FROM audit_entry WHERE position = 2"
    )


def recomputed(position: int) -> str:
    """Someone who knows how hashes are made: the entry alone is then consistent."""
    return (
        f"UPDATE audit_entry e SET payload_digest = {triggers.payload_digest_of('e')} WHERE position = {position};"
        f"UPDATE audit_entry e SET hash = sha256(previous || int8send(position)"
        f" || convert_to({triggers.meta_of('e')}, 'UTF8') || payload_digest) WHERE position = {position}"
    )


def shifted(first: int, by: int) -> str:
    """Renumber the entries from `first` on, past each other's places."""
    return (
        f"UPDATE audit_entry SET position = position + 1000 WHERE position >= {first};"
        f"UPDATE audit_entry SET position = position - 1000 + ({by}) WHERE position >= 1000"
    )


EDIT_PAYLOAD = "UPDATE audit_entry SET after = jsonb_set(after, '{size}', '99') WHERE position = 3"


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE audit_entry SET role = 'chair' WHERE position = 3"], ["3: edited: who, when or what"]),
        (["UPDATE audit_entry SET at = at - interval '1 day' WHERE position = 3"], ["3: edited: who, when or what"]),
        ([EDIT_PAYLOAD], ["3: edited: what was before or after"]),
        (["UPDATE audit_entry SET after = NULL WHERE position = 3"], ["3: edited: what was before or after"]),
        (["UPDATE audit_entry SET after = NULL, salt = NULL WHERE position = 3"], ["3: redacted without a record"]),
        (["UPDATE audit_entry SET salt = NULL WHERE position = 3"], ["3: edited: a payload without the salt"]),
        (["DELETE FROM audit_entry WHERE position = 3"], ["3: deleted: entries up to 3 are missing"]),
        (["DELETE FROM audit_entry WHERE position = 1"], ["1: deleted: entries up to 1 are missing"]),
        (["DELETE FROM audit_entry WHERE position IN (2, 3)"], ["2: deleted: entries up to 3 are missing"]),
        (
            ["DELETE FROM audit_entry WHERE position = 3", shifted(4, -1)],
            ["3: reordered: was recorded at position 4"],
        ),
        (["DELETE FROM audit_entry WHERE position >= 5"], ["5: truncated: a witness has seen 6 entries, 4 are there"]),
        (["DELETE FROM audit_entry"], ["1: truncated: a witness has seen 6 entries, 0 are there"]),
        ([shifted(3, 1), forged()], ["3: inserted: neither", "4: reordered: was recorded at position 3"]),
        ([forged(position=7)], ["7: inserted: neither"]),
        ([shifted(3, 1), forged(), recomputed(3)], ["3: replaced: the entry before", "4: reordered"]),
        (
            [
                "UPDATE audit_entry SET position = 1000 WHERE position = 3",
                "UPDATE audit_entry SET position = 3 WHERE position = 4",
                "UPDATE audit_entry SET position = 4 WHERE position = 1000",
            ],
            ["3: reordered: was recorded at position 4", "4: reordered: was recorded at position 3"],
        ),
        ([EDIT_PAYLOAD, recomputed(3)], ["4: replaced: the entry before it"]),
        (["UPDATE audit_entry SET hash = '\\x00' WHERE position = 3"], ["3: edited", "4: replaced"]),
        ([EDIT_PAYLOAD.replace("3", "6"), recomputed(6)], ["6: rewritten: a witness has seen another hash"]),
    ],
)
def test_whatever_is_done_to_a_chain_is_found(
    statements: list[str],
    found: list[str],
    make: Callable[..., list[UUID]],
    seal: Callable[[], None],
    tamper: Tamper,
    verify: Callable[..., list[str]],
) -> None:
    make(6)
    seal()
    assert verify() == []
    for statement in statements:
        for part in statement.split(";"):
            tamper(part)
    said = verify()
    assert said[: len(found)]
    for line, wanted in zip(said, found, strict=False):
        assert line.startswith(f"{KHANH_HOA} {wanted}"), said
    assert len(said) >= len(found)


def test_a_chain_rewritten_to_its_end_contradicts_its_witness_only(
    make: Callable[..., list[UUID]],
    tamper: Tamper,
    verify: Callable[..., list[str]],
    database: Any,
) -> None:
    make(4)
    kept = [witnesses.Head("sample", one["tenant"], one["position"], bytes.fromhex(one["hash"]))
            for one in commands.heads(database.unit_of_work)]  # fmt: skip
    tamper(EDIT_PAYLOAD)
    for position in (3, 4):
        for part in recomputed(position).split(";"):
            tamper(part)
        tamper(
            f"UPDATE audit_entry SET previous = (SELECT hash FROM audit_entry WHERE position = {position})"
            f" WHERE position = {position + 1}"
        )
    assert verify() == []
    assert verify(kept=kept) == [f"{KHANH_HOA} 4: rewritten: a witness has seen another hash here"]


def test_verification_reads_page_by_page(
    make: Callable[..., list[UUID]], verify: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "PAGE", 2)
    make(5)
    assert verify() == []
