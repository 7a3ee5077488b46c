"""The audit's tables: entries chained by hash for each tenant, and heads of chains, own and of other services."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from common import policies
from common.outbox import EVERY_TENANT
from common.privacy import impersonal, personal, pseudonym

ROW_OPERATIONS = ("insert", "update", "delete")
NOTE, REDACTION = "note", "redact"
MERGED, ABSORBED = "merged", "absorbed"  # Notes: where an ended chain goes on, and where a chain's new rows come from.
WITNESS_DAYS = 30  # Each chain's head is told every day, so that a younger witness is always there.

_DIGEST = impersonal("a digest, of a payload with a random salt that goes with it")


def add_audit_tables(metadata: MetaData) -> None:
    """Entries and witnesses."""
    _add_entries(metadata)
    _add_witnesses(metadata)


def _add_entries(metadata: MetaData) -> None:
    """Written by the database alone: the application's role reads its own tenant's entries and changes none."""
    Table(
        "audit_entry",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("person_id", Uuid, info=pseudonym("who acted")),
        Column("grant_id", Uuid),
        Column("role", String(32), nullable=False),
        Column("unit_id", Uuid),
        Column("request_id", String(64), nullable=False),
        Column("trace_id", String(32), nullable=False),
        Column("process", String(32), nullable=False),
        Column("cause", Text, nullable=False, info=impersonal("an event's type and id, or a command's name")),
        Column("table_name", String(63), nullable=False, info=impersonal("which table was changed")),
        Column("row_key", JSONB, nullable=False, info=pseudonym("which row was changed")),
        Column("subject", Uuid, info=pseudonym("what it is about; a person too")),
        Column("operation", String(16), nullable=False),
        # What a later erasure blanks, all three together; the digest stays, so that the chain still holds.
        Column("before", JSONB(none_as_null=True), info=personal("showing what was changed")),
        Column("after", JSONB(none_as_null=True), info=personal("showing what was changed")),
        Column("salt", Uuid),
        Column("payload_digest", LargeBinary, nullable=False, info=_DIGEST),
        Column("previous", LargeBinary, nullable=False, info=_DIGEST),
        Column("hash", LargeBinary, nullable=False, info=_DIGEST),
        Index("ix_audit_entry_subject", "tenant", "subject", "position"),
        Index("ix_audit_entry_note", "tenant", postgresql_where=text(f"operation = '{NOTE}'")),
        info={policies.STAYS: True, policies.KEPT: True}
        | policies.rls(policies.TENANT, app_rights="SELECT")
        | policies.unaudited("the audit itself"),
    )


def _add_witnesses(metadata: MetaData) -> None:
    """Positions and hashes only: the consumer and an operator's command look over all tenants at once."""
    Table(
        "audit_witness",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("service", String(64), primary_key=True),
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("sealed_at", DateTime(timezone=True), primary_key=True),
        Column("hash", LargeBinary, nullable=False, info=_DIGEST),
        Column("contradicts", Boolean, nullable=False),
        Column("witnessed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Index("ix_audit_witness_newest", "tenant", "service", "sealed_at"),
        Index("ix_audit_witness_contradicts", "tenant", postgresql_where=text("contradicts")),
        info={policies.PRUNED: WITNESS_DAYS, policies.STAYS: True, policies.KEPT: True}
        | policies.rls(
            f"{policies.TENANT} OR current_setting('app.tenant', true) = '{EVERY_TENANT}'",
            check=policies.TENANT,
            app_rights="SELECT, INSERT",
            relay_rights="SELECT, DELETE",
            relay_using=f"witnessed_at < now() - interval '{WITNESS_DAYS} days'",
        )
        | policies.unaudited("the audit itself"),
    )
