"""The append-only audit of a service's database: chained by hash for each tenant, written by the database itself."""

from common.audit.journal import Wanted, journal
from common.audit.recording import note, redact, redact_mentions, trail
from common.audit.tables import NOTE, REDACTION, ROW_OPERATIONS
from common.audit.triggers import audited_tables
from common.audit.witnesses import AuditSealed, kept, sealed_type, witnessing

OPERATIONS = (*ROW_OPERATIONS, NOTE, REDACTION)

__all__ = [
    "OPERATIONS",
    "AuditSealed",
    "Wanted",
    "audited_tables",
    "journal",
    "kept",
    "note",
    "redact",
    "redact_mentions",
    "sealed_type",
    "trail",
    "witnessing",
]
