"""The append-only audit of a service's database: chained by hash for each tenant, written by the database itself."""

from common.audit.recording import note, redact, redact_mentions, trail
from common.audit.witnesses import AuditSealed, sealed_type, witnessing

__all__ = ["AuditSealed", "note", "redact", "redact_mentions", "sealed_type", "trail", "witnessing"]
