"""People of a tenant and the grants under which they act."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, TypeVar
from uuid import UUID

from common.errors import Conflict, Forbidden, Invalid

from registration.domain.units import Unit
from registration.domain.vocabulary import EVENTS, Role


@dataclass(frozen=True)
class PersonRecorded:
    """Name and address are here because notifications writes to people."""

    type: ClassVar[str] = f"{EVENTS}.person.recorded.v1"
    person_id: UUID
    version: int
    name: str
    email: str

    @property
    def subject(self) -> UUID:
        return self.person_id


@dataclass(eq=False)
class Person:
    id: UUID
    name: str
    email: str = ""
    phone: str = ""
    version: int = 1

    def recorded(self) -> PersonRecorded:
        return PersonRecorded(self.id, self.version, self.name, self.email)


@dataclass(frozen=True)
class GrantSnapshot:
    """What the other services need to let a token act."""

    type: ClassVar[str]
    grant_id: UUID
    version: int
    person_id: UUID
    issuer: str
    token_subject: str
    role: str
    unit_id: UUID
    scope_path: str
    valid_from: date
    valid_to: date | None
    revoked_at: datetime | None

    @property
    def subject(self) -> UUID:
        return self.grant_id


T = TypeVar("T", bound=GrantSnapshot)


class GrantIssued(GrantSnapshot):
    type: ClassVar[str] = f"{EVENTS}.grant.issued.v1"


class GrantRevoked(GrantSnapshot):
    type: ClassVar[str] = f"{EVENTS}.grant.revoked.v1"


@dataclass(eq=False)
class Grant:
    """A role at a unit for a time. `subject` is the person's name at `issuer`."""

    id: UUID
    person_id: UUID
    issuer: str
    subject: str
    role: Role
    unit_id: UUID
    scope_path: str
    valid_from: date
    valid_to: date | None = None
    revoked_at: datetime | None = None
    version: int = 1

    def issued(self, unit: Unit, granter_scope: str) -> GrantIssued:
        """Raises Forbidden for what nobody inside a tenant may give, or for a unit outside the granter's own."""
        if self.role is Role.OPERATOR or not unit.is_under(granter_scope):
            raise Forbidden("grant.not_yours_to_give")
        if self.valid_to and self.valid_to < self.valid_from:
            raise Invalid("grant.ends_before_start", pointer="/valid_to")
        return self.snapshot(GrantIssued)

    def revoke(self, at: datetime) -> GrantRevoked:
        if self.revoked_at:
            raise Conflict("grant.already_revoked")
        self.revoked_at, self.version = at, self.version + 1
        return self.snapshot(GrantRevoked)

    def follow_unit(self, unit: Unit, on: date, *, ends: bool) -> None:
        """Its unit has another place from the day on. Of one that has ended it goes to the heir, or `ends` the eve.

        The version is the caller's to raise, when anything changed.
        """
        if ends:
            last = on - timedelta(days=1)
            self.valid_to = min(self.valid_to or last, last)
            return
        self.scope_path = unit.scope_path
        if unit.heir_id:
            self.unit_id = unit.heir_id

    def snapshot(self, fact: type[T]) -> T:
        return fact(
            grant_id=self.id,
            version=self.version,
            person_id=self.person_id,
            issuer=self.issuer,
            token_subject=self.subject,
            role=self.role,
            unit_id=self.unit_id,
            scope_path=self.scope_path,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            revoked_at=self.revoked_at,
        )
