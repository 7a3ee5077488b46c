"""Idempotency-Key: a repeated POST gets the first answer, and its effect happens once."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text, Uuid, func, insert, select

from common import policies
from common.database import UnitOfWork
from common.errors import Conflict, Invalid
from common.privacy import days, personal

MOST_KEY_LENGTH = 200

KEPT_DAYS = 30  # Stored answers hold what people wrote: kept no longer than a client may reasonably ask again.


def add_idempotency_table(metadata: MetaData) -> None:
    Table(
        "idempotency",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("grant_id", Uuid, primary_key=True),
        Column("key", String(MOST_KEY_LENGTH), primary_key=True),
        Column("fingerprint", String(64), nullable=False),
        Column("status", Integer, nullable=False),
        Column("etag", String(40), nullable=False),
        Column("body", Text, nullable=False, info=personal("answering a repeated request", retention=days(KEPT_DAYS))),
        Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        info=policies.by_tenant_until("made_at", KEPT_DAYS) | policies.unaudited("answers kept for a repeated request"),
    )


@dataclass(frozen=True)
class Key:
    """A caller's key, and what they sent under it."""

    value: str
    fingerprint: str


def key_of_request() -> Key | None:
    """The key of a POST that has one. Reads the body. Raises Invalid when the key is unreasonably long."""
    value = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    if len(value) > MOST_KEY_LENGTH:
        raise Invalid("request.idempotency_key_too_long", pointer="Idempotency-Key")
    return Key(value, _fingerprint()) if value else None


def _fingerprint() -> str:
    """What makes two requests the same: method, address and content. Two uploads of a file differ in their boundary."""
    parts = [request.method.encode(), request.full_path.encode(), *_content()]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _content() -> Iterator[bytes]:
    yield request.get_data(parse_form_data=True)
    for name, value in request.form.items(multi=True):
        yield f"{name}={value}".encode(errors="surrogatepass")
    for name, upload in request.files.items(multi=True):
        yield f"{name}={upload.filename}".encode(errors="surrogatepass")
        yield upload.read()
        upload.stream.seek(0)


def find(uow: UnitOfWork, metadata: MetaData, grant_id: Any, key: Key) -> Response | None:
    """The stored answer. Raises Conflict when the key was used for something else."""
    table = metadata.tables["idempotency"]
    mine = (table.c.tenant == uow.tenant, table.c.grant_id == grant_id, table.c.key == key.value)
    stored = uow.find(select(table).where(*mine))
    if stored is None:
        return None
    if stored.fingerprint != key.fingerprint:
        raise Conflict("request.idempotency_key_reused")
    answer = Response(stored.body, stored.status, mimetype="application/json")
    if stored.etag:
        answer.headers["ETag"] = stored.etag
    answer.headers["Idempotent-Replay"] = "true"
    return answer


def remember(uow: UnitOfWork, metadata: MetaData, grant_id: Any, key: Key, answer: Response) -> None:
    """Store a successful answer in the transaction that made it true."""
    uow.execute(
        insert(metadata.tables["idempotency"]).values(
            tenant=uow.tenant,
            grant_id=grant_id,
            key=key.value,
            fingerprint=key.fingerprint,
            status=answer.status_code,
            etag=answer.headers.get("ETag", ""),
            body=answer.get_data(as_text=True),
        )
    )
