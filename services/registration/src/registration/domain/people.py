"""People of a tenant and the grants under which they act."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, TypeVar
from uuid import UUID

from common.errors import Conflict, Forbidden, Invalid, Stale

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

    def correct(self, expected: int | None, *, name: str, email: str, phone: str) -> PersonRecorded:
        """Name and addresses as they are in truth. Raises Stale when somebody else was faster."""
        if expected is not None and expected != self.version:
            raise Stale("request.stale")
        self.name, self.email, self.phone, self.version = name, email, phone, self.version + 1
        return self.recorded()

    def recorded(self) -> PersonRecorded:
        return PersonRecorded(self.id, self.version, self.name, self.email)


@dataclass(frozen=True)
class Login:
    """A person's name at an issuer."""

    person_id: UUID
    issuer: str
    subject: str


# An author's dossiers and a council member's scores and votes are personal: nobody else hands them in.
LENT = frozenset({Role.ADMINISTRATOR, Role.OFFICER, Role.SECRETARY, Role.CHAIR, Role.STANDING})
# Lending is for an absence. Who is away for longer is replaced: an administrator gives the role to somebody else.
LONGEST_LENT = timedelta(days=366)


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
    delegated_from: UUID | None = None
    on_behalf_of: UUID | None = None

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
    """A role at a unit for a time. `subject` is the person's name at `issuer`.

    Who may give, change and revoke one, and why:
    - An administrator, inside the own subtree with the own unit in it, never above or beside: nobody hands out more
      than they have. At the own unit also `administrator` and `standing`, for a commune has to be able to replace its
      people itself, and these reach no further than the giver already does.
    - Never for oneself, whatever the role: an administrator without a second person would be officer, secretary and
      chair in one. Where there is only one, the administrator of a unit above gives. For the same reason nobody
      changes or revokes their own, so that one administrator always remains.
    - "Oneself" is also the person on whose behalf a delegate acts, and whoever had the same login before.

    A holder may lend a grant for a period (`lend`): the delegate then acts under a grant of their own that names whose
    it is. It is not lent any further, and it ends with the grant that it came from.
    """

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
    delegated_from: UUID | None = None
    on_behalf_of: UUID | None = None
    version: int = 1

    def ensure_not_of(self, selves: frozenset[UUID]) -> None:
        """Raises Forbidden for one's own grant: a second person gives, changes and revokes it."""
        if self.person_id in selves:
            raise Forbidden("grant.own")

    def ensure_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.version:
            raise Stale("request.stale")

    def issued(self, unit: Unit, granter_scope: str) -> GrantIssued:
        """Raises Forbidden for what nobody inside a tenant may give, or for a unit outside the granter's own."""
        if self.role is Role.OPERATOR or not unit.is_under(granter_scope):
            raise Forbidden("grant.not_yours_to_give")
        self._ensure_period()
        return self.snapshot(GrantIssued)

    def _ensure_period(self) -> None:
        if self.valid_to and self.valid_to < self.valid_from:
            raise Invalid("grant.ends_before_start", pointer="/valid_to")

    def hold(self, valid_from: date, valid_to: date | None) -> GrantIssued:
        """For another period. Raises Conflict for a revoked grant, and for a lent one, whose lender chose the days."""
        if self.revoked_at:
            raise Conflict("grant.already_revoked")
        if self.delegated_from:
            raise Conflict("grant.change_delegation")
        self.valid_from, self.valid_to, self.version = valid_from, valid_to, self.version + 1
        self._ensure_period()
        return self.snapshot(GrantIssued)

    def lend(
        self, id_: UUID, to: Login, valid_from: date, valid_to: date, today: date, lent: "Iterable[Grant]" = ()
    ) -> "Grant":
        """The same for somebody else, for some of the days on which it is held.

        `lent`: what is lent of it already. Raises Conflict when the same person has it on one of these days.
        """
        if self.delegated_from:
            raise Forbidden("grant.delegated_no_further")
        if self.role not in LENT:
            raise Forbidden("grant.role_is_personal")
        if self.revoked_at:
            raise Conflict("grant.already_revoked")
        if to.person_id == self.person_id:
            raise Invalid("grant.delegate_is_holder", pointer="/person_id")
        made = dataclasses.replace(
            self,
            id=id_,
            person_id=to.person_id,
            issuer=to.issuer,
            subject=to.subject,
            valid_from=valid_from,
            valid_to=valid_to,
            delegated_from=self.id,
            on_behalf_of=self.person_id,
            version=1,
        )
        made._ensure_period()
        self._ensure_lendable(valid_from, valid_to, today)
        if any(other.person_id == to.person_id and other._shares_days_with(made) for other in lent):
            raise Conflict("grant.delegation_overlaps", pointer="/person_id")
        return made

    def _ensure_lendable(self, valid_from: date, valid_to: date, today: date) -> None:
        """Nothing is lent after the fact, for longer than an absence, or on days on which it is not held."""
        if valid_to < today:
            raise Invalid("grant.delegation_over", pointer="/valid_to")
        if valid_from < today:
            raise Invalid("grant.delegation_backdated", pointer="/valid_from")
        if valid_to - valid_from > LONGEST_LENT:
            raise Invalid("grant.delegation_too_long", pointer="/valid_to")
        if valid_from < self.valid_from:
            raise Invalid("grant.delegation_outside", pointer="/valid_from")
        if self.valid_to and self.valid_to < valid_to:
            raise Invalid("grant.delegation_outside", pointer="/valid_to")

    def _shares_days_with(self, other: "Grant") -> bool:
        return self.valid_from <= (other.valid_to or date.max) and other.valid_from <= (self.valid_to or date.max)

    def follow(self, held: "Grant", at: datetime) -> "GrantIssued | GrantRevoked | None":
        """What was lent keeps within the days of the grant that it came from; None when it does already."""
        begins = max(self.valid_from, held.valid_from)
        ends = min(self.valid_to or date.max, held.valid_to or date.max)
        if held.revoked_at or ends < begins:
            return self.revoke(at)
        if (begins, ends) == (self.valid_from, self.valid_to):
            return None
        self.valid_from, self.valid_to, self.version = begins, ends, self.version + 1
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
            delegated_from=self.delegated_from,
            on_behalf_of=self.on_behalf_of,
        )
