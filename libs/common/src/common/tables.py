"""The tables every service has: messaging, grants, idempotency, the tenants' standing, erasure and export."""

from sqlalchemy import MetaData

from common.auth import add_grant_table
from common.database import new_metadata
from common.erasure import add_erasure_table
from common.export_door import add_door_table
from common.exports import add_export_table
from common.http.idempotency import add_idempotency_table
from common.limits import add_quota_table
from common.outbox import add_messaging_tables
from common.tenants import add_standing_table


def service_metadata() -> MetaData:
    """MetaData that already holds the shared tables."""
    metadata = new_metadata()
    add_messaging_tables(metadata)
    add_grant_table(metadata)
    add_idempotency_table(metadata)
    add_standing_table(metadata)
    add_quota_table(metadata)
    add_export_table(metadata)
    add_erasure_table(metadata)
    add_door_table(metadata)
    return metadata
