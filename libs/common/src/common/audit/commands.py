"""`audit verify`, `audit heads`, `audit witnesses`: what an operator or a nightly job asks of a service's chains."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from common.audit import verifying, witnesses
from common.audit.witnesses import Head
from common.database import Actor, Context, UnitOfWork
from common.outbox import EVERY_TENANT

OpenUnit = Callable[[Context], UnitOfWork]
_ACTOR = Actor(process="audit")


def verify(unit_of_work: OpenUnit, tenant: str = "", kept: Sequence[Head] = ()) -> Iterator[str]:
    """A line for each finding in the chain of `tenant` (and those it is linked with), or in every chain.

    `kept` are heads that were written down elsewhere; those that this service has told itself are used as well.
    """
    with _everywhere(unit_of_work) as uow:
        known = [*witnesses.told(uow), *kept]
        there = {head.tenant for head in witnesses.heads(uow)} | {head.tenant for head in known}
    chains: dict[str, verifying.Chain] = {}
    waiting = [tenant] if tenant else sorted(there)
    while waiting:
        chain = chains[waiting[0]] = verifying.chain_of(waiting[0], known)
        with unit_of_work(Context(chain.tenant, looks_back=True, actor=_ACTOR)) as uow:
            yield from map(str, chain.verify(verifying.read(uow)))
        waiting = [*waiting[1:], *(link.other for link in chain.links)]
        waiting = [name for name in dict.fromkeys(waiting) if name not in chains]
    yield from map(str, verifying.check_links(chains.values()))


def heads(unit_of_work: OpenUnit) -> list[dict[str, Any]]:
    """Where every chain of this service ends now."""
    with _everywhere(unit_of_work) as uow:
        return [_shown(head) for head in witnesses.heads(uow)]


def witnessed(unit_of_work: OpenUnit) -> list[dict[str, Any]]:
    """Heads of the other services' chains that this one has seen: the newest, and what contradicts them."""
    with _everywhere(unit_of_work) as uow:
        return [
            _shown(Head(row.service, row.tenant, row.position, row.hash))
            | {"sealed_at": row.sealed_at.isoformat(), "contradicts": row.contradicts}
            for row in witnesses.witnessed(uow)
        ]


def read_heads(path: Path, service: str) -> list[Head]:
    """Heads of one service out of a file that `heads` or `witnesses` has printed; of a contradiction both sides."""
    listed = json.loads(path.read_text("utf-8"))
    return [
        Head(one["service"], one["tenant"], one["position"], bytes.fromhex(one["hash"]))
        for one in listed
        if one["service"] == service
    ]


def _everywhere(unit_of_work: OpenUnit) -> UnitOfWork:
    return unit_of_work(Context(EVERY_TENANT, actor=_ACTOR))


def _shown(head: Head) -> dict[str, Any]:
    return {"service": head.service, "tenant": head.tenant, "position": head.position, "hash": head.hash.hex()}
