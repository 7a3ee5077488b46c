"""Read a tenant's chain from its first entry to its last and say exactly where it was tampered with.

In bounded memory: a page of entries at a time, and beside it only the positions of blanked payloads that no redaction
has named yet.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, text

from common.audit.tables import ABSORBED, MERGED, NOTE, REDACTION
from common.audit.triggers import meta_of, payload_digest_of
from common.audit.witnesses import Head
from common.database import UnitOfWork

PAGE = 1000
_STANDING = "tenant_standing"  # Says that a tenant was merged, after its rows have gone.
FIRST = bytes(32)
_ENTRIES = text(
    "SELECT e.position, e.previous, e.hash, e.payload_digest, e.operation, e.table_name,"  # noqa: S608 -- constants only.
    f" {meta_of('e')} AS meta, e.salt IS NULL AS blanked, e.before IS NOT NULL OR e.after IS NOT NULL AS has_payload,"
    f" CASE WHEN e.salt IS NOT NULL THEN {payload_digest_of('e')} END AS found_digest,"
    f" CASE WHEN e.operation IN ('{NOTE}', '{REDACTION}') THEN e.after END AS details"
    " FROM audit_entry e WHERE e.tenant = :tenant AND e.position > :after ORDER BY e.position LIMIT :limit"
)


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written."""

    tenant: str
    position: int
    what: str
    detail: str

    def __str__(self) -> str:
        return f"{self.tenant} {self.position}: {self.what}: {self.detail}"


@dataclass(frozen=True)
class Link:
    """At `at` a chain says that it goes on from another (`absorbed`) or in another (`merged`).

    `position` and `hash` are in both cases those of the last entry of the chain that ended.
    """

    kind: str
    tenant: str
    at: int
    other: str
    position: int
    hash: str


@dataclass
class Chain:
    """One tenant's chain while it is read."""

    tenant: str
    seen: dict[int, set[bytes]] = field(default_factory=dict)
    position: int = 0
    hash: bytes = FIRST
    shift: int = 0
    blanked: set[int] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    ended: bool = False

    def verify(self, rows: Iterable[Row[Any]]) -> Iterator[Finding]:
        """Findings in the order of the chain; `seen` are heads that somebody has kept."""
        for row in rows:
            yield from self._check(row)
            self.position, self.hash = row.position, row.hash
        yield from self._check_end()

    def _check(self, row: Row[Any]) -> Iterator[Finding]:
        if row.position != self.position + 1:
            yield self._finding(self.position + 1, "deleted", f"entries up to {row.position - 1} are missing")
        yield from self._check_link(row)
        yield from self._check_payload(row)
        if any(digest != row.hash for digest in self.seen.pop(row.position, ())):
            yield self._finding(row.position, "rewritten", "a witness has seen another hash here")
        if self.ended and row.operation != REDACTION and row.table_name != _STANDING:
            yield self._finding(row.position, "inserted", "after the chain's last entry, its merger")
        if row.details is not None:
            self._follow(row)

    def _check_link(self, row: Row[Any]) -> Iterator[Finding]:
        """An entry whose hash is right belongs where it says; one that is right elsewhere was moved."""
        is_linked = row.previous == self.hash or row.position != self.position + 1
        shift = next((by for by in (self.shift, 0, *_NEAR) if _digest(row, row.position + by) == row.hash), None)
        if shift is None and is_linked:
            yield self._finding(row.position, "edited", "who, when or what does not match its hash")
        elif shift is None:
            yield self._finding(row.position, "inserted", "neither its hash nor its link is of this chain")
        elif shift != self.shift:
            yield self._finding(row.position, "reordered", f"was recorded at position {row.position + shift}")
        elif not is_linked:
            yield self._finding(row.position, "replaced", "the entry before it is not the one it was chained to")
        self.shift = self.shift if shift is None else shift

    def _check_payload(self, row: Row[Any]) -> Iterator[Finding]:
        if row.blanked and row.has_payload:
            yield self._finding(row.position, "edited", "a payload without the salt that proves it")
        elif row.blanked:
            self.blanked.add(row.position)
        elif row.found_digest != row.payload_digest:
            yield self._finding(row.position, "edited", "what was before or after does not match its digest")

    def _follow(self, row: Row[Any]) -> None:
        if row.operation == REDACTION:
            self.blanked.difference_update(row.details["positions"])
        elif row.table_name == ABSORBED:
            told = row.details
            end = (told["tenant"], told["position"], told["hash"])
            self.links.append(Link(ABSORBED, self.tenant, row.position, *end))
        elif row.table_name == MERGED:
            end = (row.details["into"], row.position, row.hash.hex())
            self.links.append(Link(MERGED, self.tenant, row.position, *end))
            self.ended = True

    def _check_end(self) -> Iterator[Finding]:
        for position in sorted(self.blanked):
            yield self._finding(position, "redacted without a record", "its payload is gone and no entry says why")
        if self.seen:
            end = f"a witness has seen {max(self.seen)} entries, {self.position} are there"
            yield self._finding(self.position + 1, "truncated", end)

    def _finding(self, position: int, what: str, detail: str) -> Finding:
        return Finding(self.tenant, position, what, detail)


_NEAR = (-1, 1, -2, 2, -3, 3)


def _digest(row: Row[Any], position: int) -> bytes:
    parts = (row.previous, position.to_bytes(8, "big", signed=True), row.meta.encode(), row.payload_digest)
    return hashlib.sha256(b"".join(parts)).digest()


def read(uow: UnitOfWork) -> Iterator[Row[Any]]:
    """The acting tenant's entries in order, a page at a time."""
    after = 0
    while rows := uow.execute(_ENTRIES, {"tenant": uow.tenant, "after": after, "limit": PAGE}).all():
        yield from rows
        after = rows[-1].position


def chain_of(tenant: str, known: Iterable[Head]) -> Chain:
    """A chain about to be read, with the heads of it that somebody has kept."""
    seen: dict[int, set[bytes]] = {}
    for head in known:
        if head.tenant == tenant:
            seen.setdefault(head.position, set()).add(head.hash)
    return Chain(tenant, seen)


def check_links(chains: Iterable[Chain]) -> Iterator[Finding]:
    """What one chain says of another must be what that one says of itself: both ends of each merger."""
    read_chains = {chain.tenant: chain for chain in chains}
    for chain in read_chains.values():
        for link in chain.links:
            if not _answers(link, read_chains[link.other]):
                yield Finding(chain.tenant, link.at, "merger", f"{link.kind}: {link.other} does not say the same")


def _answers(link: Link, other: Chain) -> bool:
    return any(
        back.kind != link.kind and (back.other, back.position, back.hash) == (link.tenant, link.position, link.hash)
        for back in other.links
    )
