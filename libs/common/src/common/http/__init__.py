"""HTTP edge shared by every API: one transaction per request, problem+json, idempotency, versions, paging."""

from common.http.app import Api, acting_as, create_api, identity, principal, public, service_of
from common.http.blueprint import Blueprint
from common.http.paging import Cursor, PageArgs, page_of
from common.http.versions import expected_version

__all__ = [
    "Api",
    "Blueprint",
    "Cursor",
    "PageArgs",
    "acting_as",
    "create_api",
    "expected_version",
    "identity",
    "page_of",
    "principal",
    "public",
    "service_of",
]
