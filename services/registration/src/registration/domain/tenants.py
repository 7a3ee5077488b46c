"""A tenant: one province on the platform, from the day it joins to the day it becomes part of another."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from common.errors import Conflict

from registration.domain.vocabulary import EVENTS

ACTIVE, MERGED = "active", "merged"


@dataclass(frozen=True)
class TenantRecorded:
    """A tenant as it stands now; `heir` is the tenant that a merged one became part of."""

    type: ClassVar[str] = f"{EVENTS}.tenant.recorded.v1"
    tenant_id: UUID
    version: int
    code: str
    name: str
    status: str
    heir: str

    @property
    def subject(self) -> UUID:
        return self.tenant_id


@dataclass(frozen=True)
class TenantOpened:
    """A new tenant that is to be ready at once: each service adds what its part of a first year needs."""

    type: ClassVar[str] = f"{EVENTS}.tenant.opened.v1"
    tenant_id: UUID
    version: int
    root_unit_id: UUID
    opened_on: date

    @property
    def subject(self) -> UUID:
        return self.tenant_id


@dataclass(eq=False)
class Tenant:
    """`code` names it in every row and event, for ever."""

    code: str
    name: str
    status: str = ACTIVE
    heir: str = ""
    version: int = 1

    def recorded(self) -> TenantRecorded:
        return TenantRecorded(tenant_id(self.code), self.version, self.code, self.name, self.status, self.heir)

    def merge_into(self, heir: str) -> TenantRecorded:
        """Raises Conflict for one that is part of another already."""
        if self.status == MERGED:
            raise Conflict("tenant.already_merged", heir=self.heir)
        self.status, self.heir, self.version = MERGED, heir, self.version + 1
        return self.recorded()


def tenant_id(code: str) -> UUID:
    """Events name an aggregate by a UUID; a tenant's follows from its code."""
    return uuid5(NAMESPACE_URL, f"urn:sangtao:tenant:{code}")
