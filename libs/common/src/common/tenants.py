"""A tenant's standing in a service's database, and how the rows of one tenant become another's when provinces merge.

Every service keeps the standing, told by the service that owns tenants. Both functions live in the database: the first
so that each transaction learns the standing in its opening statement, the second because nobody but the tables' owner
may touch rows of two tenants at once.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from common import policies
from common.errors import Forbidden, Moved, Unavailable
from common.privacy import OFFICIAL_TEXT, impersonal, personal

if TYPE_CHECKING:
    from common.database import UnitOfWork


class Status(StrEnum):
    """Whether a tenant's people may work."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    MERGED = "merged"


_MOVING = "moving"  # Not stored: another transaction is making the tenant's rows its heir's.


@dataclass(frozen=True)
class Standing:
    """`heir` is the tenant that a merged one became part of; `reason` is what people of a suspended one are told."""

    status: str = Status.ACTIVE
    heir: str = ""
    reason: str = ""

    def ensure_there(self) -> None:
        """Nothing is read or written under a tenant that is another's part by now. Raises Moved, or Unavailable."""
        if self.status == Status.MERGED:
            raise Moved("tenant.merged", heir=self.heir)
        if self.status == _MOVING:
            raise Unavailable("tenant.moving")

    def ensure_open(self) -> None:
        """Raises Forbidden while the tenant's people may not work; what other services tell is still taken in."""
        if self.status in (Status.SUSPENDED, Status.CLOSING):
            raise Forbidden(f"tenant.{self.status}", reason=self.reason)


_REASON = personal("why a province may not work", retention=OFFICIAL_TEXT)
_SEEN_BY_CHORES = policies.rls(
    f"{policies.TENANT} OR {policies.EVERY}", check=policies.TENANT, app_rights="SELECT, INSERT, UPDATE"
)


def add_standing_table(metadata: MetaData) -> None:
    statuses = ", ".join(f"'{status}'" for status in Status)
    Table(
        "tenant_standing",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("status", String(16), nullable=False),
        Column("heir", String(64), nullable=False, server_default=""),
        Column("reason", String(1000), nullable=False, server_default="", info=_REASON),
        Column("delete_after", Date, info=impersonal("a day of the tenant's")),
        Column("purged_at", DateTime(timezone=True)),
        Column("version", Integer, nullable=False),
        CheckConstraint(f"status IN ({statuses})", name="status"),
        CheckConstraint("(status = 'merged') = (heir <> '')", name="merged_has_heir"),
        CheckConstraint("delete_after IS NULL OR status = 'closing'", name="only_closing_ends"),
        # The row outlives the tenant's other rows: it says that there was one, and since when no longer.
        info={policies.STAYS: True, policies.KEPT: True, **_SEEN_BY_CHORES},
    )


def save_standing(uow: "UnitOfWork", metadata: MetaData, values: dict[str, Any]) -> None:
    """Of the acting tenant, unless a newer version is already here."""
    table = metadata.tables["tenant_standing"]
    statement = insert(table).values(tenant=uow.tenant, **values)
    newer = table.c.version < statement.excluded.version
    uow.execute(statement.on_conflict_do_update(index_elements=["tenant"], set_=values, where=newer))


def take_over(uow: "UnitOfWork", metadata: MetaData, data: dict[str, Any]) -> None:
    """What the owner of tenants tells of the acting one; a merged one's rows become its heir's, here and now.

    Told again after a merge, it comes in the heir's name, and there is nothing left to do.
    """
    if uow.tenant != data["code"]:
        return
    if data["status"] == Status.MERGED:
        absorb(uow, data["heir"])
    save_standing(uow, metadata, standing_values(data))


def standing_values(data: dict[str, Any]) -> dict[str, Any]:
    """A row's values out of the event; those of before a tenant could be closed say less."""
    ends = data.get("delete_after")
    plain = {name: data[name] for name in ("status", "heir", "version")}
    return plain | {"reason": data.get("reason", ""), "delete_after": date.fromisoformat(ends) if ends else None}


def absorb(uow: "UnitOfWork", heir: str) -> None:
    """Make every row of the acting tenant the heir's. Waits for its running transactions; new ones are sent away."""
    uow.execute(select(func.absorb_tenant(uow.tenant, heir)))


def still_there(table: Table) -> ColumnElement[bool]:
    """For chores over rows that keep a merged tenant's name: nobody acts under it any more."""
    standing = table.metadata.tables["tenant_standing"]
    merged = select(standing.c.tenant).where(standing.c.status == Status.MERGED)
    return table.c.tenant.not_in(merged)


def close_doors(uow: "UnitOfWork") -> None:
    """Wait for the acting tenant's running transactions, and send new ones away until this one ends."""
    uow.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"tenant/{uow.tenant}", 0))))


def install(connection: Connection, metadata: MetaData, *, app_role: str) -> None:
    """Create both functions. Idempotent; run as the tables' owner."""
    moves = "\n".join(
        f'  UPDATE "{table.name}" SET tenant = heir WHERE tenant = absorbed;'  # noqa: S608 -- names of our own tables.
        for table in metadata.sorted_tables
        if not table.info.get(policies.STAYS)
    )
    for statement in (_STANDING_OF, _ABSORB.format(moves=moves)):
        connection.execute(text(statement))
    for signature in ("standing_of(text)", "absorb_tenant(text, text)"):
        connection.execute(text(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC"))
        connection.execute(text(f'GRANT EXECUTE ON FUNCTION {signature} TO "{app_role}"'))


# The lock is shared by all transactions of a tenant until they end. In a volatile function each statement sees what was
# committed before it began: whoever gets the lock after a merge has let go of it also sees that there was one.
_STANDING_OF = """
CREATE OR REPLACE FUNCTION standing_of(asked text) RETURNS text[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE found text[];
BEGIN
  IF NOT pg_try_advisory_xact_lock_shared(hashtextextended('tenant/' || asked, 0)) THEN
    RETURN ARRAY['moving', '', ''];
  END IF;
  SELECT ARRAY[status, heir, reason] INTO found FROM tenant_standing WHERE tenant = asked;
  RETURN coalesce(found, ARRAY['active', '', '']);
END $$"""

# Keys between the rows are checked again at the end, when all of them have moved.
_ABSORB = """
CREATE OR REPLACE FUNCTION absorb_tenant(absorbed text, heir text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF absorbed = '' OR heir = '' OR absorbed = heir THEN
    RAISE EXCEPTION 'a tenant is absorbed by another one';
  END IF;
  IF absorbed IS DISTINCT FROM current_setting('app.tenant', true) THEN
    RAISE insufficient_privilege USING MESSAGE = 'a tenant gives away its own rows only';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('tenant/' || absorbed, 0));
  SET CONSTRAINTS ALL DEFERRED;
  PERFORM set_config('app.absorbed', absorbed, true), set_config('app.heir', heir, true);
{moves}
  PERFORM set_config('app.absorbed', '', true), set_config('app.heir', '', true);
  SET CONSTRAINTS ALL IMMEDIATE;
  PERFORM audit_merge(absorbed, heir);
END $$"""
