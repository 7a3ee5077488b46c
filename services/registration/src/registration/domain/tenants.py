"""A tenant: a province on the platform, from the day it joins to the day it becomes part of another; or the centre."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from common.centre import CENTRE
from common.errors import Conflict, Invalid

from registration.domain.vocabulary import EVENTS, Level

ACTIVE, SUSPENDED, CLOSING, MERGED = "active", "suspended", "closing", "merged"


@dataclass(frozen=True)
class TenantRecorded:
    """A tenant as it stands now; `heir` is the tenant that a merged one became part of.

    `reason` is what its people are told while they may not work; after `delete_after` a closed one's rows may go.
    """

    type: ClassVar[str] = f"{EVENTS}.tenant.recorded.v1"
    tenant_id: UUID
    version: int
    code: str
    name: str
    status: str
    heir: str
    reason: str = ""
    delete_after: date | None = None

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
    reason: str = ""
    delete_after: date | None = None

    def recorded(self) -> TenantRecorded:
        return TenantRecorded(
            tenant_id(self.code),
            self.version,
            self.code,
            self.name,
            self.status,
            self.heir,
            self.reason,
            self.delete_after,
        )

    def suspend(self, reason: str) -> TenantRecorded:
        """Nobody of it works until it is resumed; nothing is lost. Raises Conflict."""
        self._ensure(ACTIVE)
        return self._become(SUSPENDED, reason)

    def close(self, reason: str, delete_after: date) -> TenantRecorded:
        """It leaves the platform; until that day it may come back. Raises Conflict."""
        self._ensure_province()
        self._ensure(ACTIVE, SUSPENDED)
        return self._become(CLOSING, reason, delete_after)

    def resume(self, today: date) -> TenantRecorded:
        """Raises Conflict for one that is at work, or part of another, or whose retention ends today or is over.

        Each service deletes its rows by itself once that day has passed: they must have heard of it before.
        """
        self._ensure(SUSPENDED, CLOSING)
        if self.delete_after and today >= self.delete_after:
            raise Conflict("tenant.retention_over")
        return self._become(ACTIVE)

    def _ensure_province(self) -> None:
        """The centre stays: provinces have given it what nobody else has."""
        if self.code == CENTRE:
            raise Conflict("tenant.is_the_centre")

    def _ensure(self, *statuses: str) -> None:
        if self.status not in statuses:
            raise Conflict(f"tenant.is_{self.status}")

    def _become(self, status: str, reason: str = "", delete_after: date | None = None) -> TenantRecorded:
        self.status, self.reason, self.delete_after, self.version = status, reason, delete_after, self.version + 1
        return self.recorded()

    def ensure_can_merge_into(self, heir: str) -> None:
        """Raises Conflict for one that is part of another already, or the same, or not at work, and for the centre."""
        self._ensure_province()
        if heir == CENTRE:
            raise Conflict("tenant.is_the_centre")
        if heir == self.code:
            raise Conflict("tenant.merges_with_itself")
        if self.status == MERGED:
            raise Conflict("tenant.already_merged", heir=self.heir)
        if self.status != ACTIVE:
            raise Conflict("tenant.not_at_work", province=self.name)

    def merge_into(self, heir: str) -> TenantRecorded:
        """Raises Conflict when it cannot."""
        self.ensure_can_merge_into(heir)
        self.status, self.heir, self.version = MERGED, heir, self.version + 1
        return self.recorded()


def ensure_root_level(code: str, level: str) -> None:
    """The centre's root stands on the centre's level, and no other does. Raises Invalid."""
    if (code == CENTRE) != (level == Level.CENTRE):
        raise Invalid("tenant.centre_level", pointer="/preset", centre=CENTRE)


def tenant_id(code: str) -> UUID:
    """Events name an aggregate by a UUID; a tenant's follows from its code."""
    return uuid5(NAMESPACE_URL, f"urn:sangtao:tenant:{code}")
