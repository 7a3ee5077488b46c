"""Idempotency-Key: a repeated POST gets the first answer, and its effect happens once."""

import hashlib
from typing import Any

from flask import Response, request
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, Text, Uuid, func, insert, select

from common import policies
from common.database import UnitOfWork
from common.errors import Conflict, Invalid


def add_idempotency_table(metadata: MetaData) -> None:
    Table(
        "idempotency",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("grant_id", Uuid, primary_key=True),
        Column("key", String(200), primary_key=True),
        Column("fingerprint", String(64), nullable=False),
        Column("status", Integer, nullable=False),
        Column("etag", String(40), nullable=False),
        Column("body", Text, nullable=False),
        Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        info=policies.by_tenant(),
    )


def key_of_request() -> str:
    """The key of a POST, or an empty string. Raises Invalid when it is unreasonably long."""
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    if len(key) > 200:
        raise Invalid("request.idempotency_key_too_long", pointer="Idempotency-Key")
    return key


def fingerprint() -> str:
    """What makes two requests the same: method, path and body."""
    return hashlib.sha256(
        b"\n".join([request.method.encode(), request.full_path.encode(), request.get_data()])
    ).hexdigest()


def find(uow: UnitOfWork, metadata: MetaData, grant_id: Any, key: str) -> Response | None:
    """The stored answer. Raises Conflict when the key was used for something else."""
    table = metadata.tables["idempotency"]
    stored = uow.find(
        select(table).where(table.c.tenant == uow.tenant, table.c.grant_id == grant_id, table.c.key == key)
    )
    if stored is None:
        return None
    if stored.fingerprint != fingerprint():
        raise Conflict("request.idempotency_key_reused")
    answer = Response(stored.body, stored.status, mimetype="application/json")
    if stored.etag:
        answer.headers["ETag"] = stored.etag
    answer.headers["Idempotent-Replay"] = "true"
    return answer


def remember(uow: UnitOfWork, metadata: MetaData, grant_id: Any, key: str, answer: Response) -> None:
    """Store a successful answer in the transaction that made it true."""
    uow.execute(
        insert(metadata.tables["idempotency"]).values(
            tenant=uow.tenant,
            grant_id=grant_id,
            key=key,
            fingerprint=fingerprint(),
            status=answer.status_code,
            etag=answer.headers.get("ETag", ""),
            body=answer.get_data(as_text=True),
        )
    )
