"""The tables every service has: messaging, grants, idempotency, a tenant's standing, erasure, export, the audit."""

from sqlalchemy import MetaData

from common import policies
from common.audit.tables import add_audit_tables
from common.auth import add_grant_table
from common.database import new_metadata
from common.erasure import add_erasure_table
from common.export_door import add_door_table
from common.exports import add_export_table
from common.http.idempotency import add_idempotency_table
from common.limits import add_quota_table
from common.outbox import add_messaging_tables
from common.tenants import add_standing_table

_COPIED = ("access_grant", "tenant_export", "tenant_quota", "tenant_standing")


def service_metadata(*, owns_tenants: bool = False) -> MetaData:
    """MetaData that already holds the shared tables; one service owns tenants and grants, the others have copies."""
    metadata = new_metadata()
    add_messaging_tables(metadata)
    add_grant_table(metadata)
    add_idempotency_table(metadata)
    add_standing_table(metadata)
    add_quota_table(metadata)
    add_export_table(metadata)
    add_erasure_table(metadata)
    add_door_table(metadata)
    add_audit_tables(metadata)
    for name in () if owns_tenants else _COPIED:
        metadata.tables[name].info.update(policies.unaudited("a copy of what another service owns"))
    return metadata
