"""The end of a closed tenant: after its retention every row of it goes, but for the tombstone and what is public.

The function lives in the database, for nobody but the tables' owner may delete from all of them; it asks there whether
the time has come, whoever calls it.
"""

from collections.abc import Callable

from sqlalchemy import Connection, MetaData, func, select, text

from common import policies
from common.database import Context, UnitOfWork
from common.tenants import Status


def closed(unit_of_work: Callable[[Context], UnitOfWork], metadata: MetaData) -> list[str]:
    """Closed tenants that still have rows in this service."""
    table = metadata.tables["tenant_standing"]
    query = select(table.c.tenant).where(table.c.status == Status.CLOSING, table.c.purged_at.is_(None))
    with unit_of_work(Context(policies.EVERY_TENANT)) as uow:
        return [row.tenant for row in uow.rows(query.order_by(table.c.tenant))]


def why_kept(uow: UnitOfWork) -> str:
    """What keeps the acting tenant's rows from being deleted now; empty when nothing does."""
    return str(uow.execute(select(func.why_kept(uow.tenant))).scalar_one())


def purge(uow: UnitOfWork) -> int:
    """Delete the acting tenant's rows; returns how many, none when repeated. Raises DBAPIError while they are kept."""
    return int(uow.execute(select(func.purge_tenant(uow.tenant))).scalar_one())


def install(connection: Connection, metadata: MetaData, *, app_role: str) -> None:
    """Create the functions. Idempotent; run as the tables' owner."""
    deletions = "\n".join(
        f'  DELETE FROM "{table.name}" WHERE tenant = purged;\n'  # noqa: S608 -- names of our own tables.
        "  GET DIAGNOSTICS found = ROW_COUNT; total := total + found;"
        for table in reversed(metadata.sorted_tables)
        if not table.info.get(policies.KEPT)
    )
    for name, body in (("why_kept", _WHY_KEPT), ("purge_tenant", _PURGE.replace("-- deletions", deletions))):
        connection.exec_driver_sql(body.replace("%", "%%"))
        connection.execute(text(f"REVOKE ALL ON FUNCTION {name}(text) FROM PUBLIC"))
        connection.execute(text(f'GRANT EXECUTE ON FUNCTION {name}(text) TO "{app_role}"'))


# The settings open the rows to the owner and tell the audit that these are not changes to be noted one by one. What the
# audit held of the tenant's rows is blanked; its chain stays, and still holds.
_WHY_KEPT = """
CREATE OR REPLACE FUNCTION why_kept(purged text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE standing record; reason text := '';
BEGIN
  IF coalesce(purged, '') = '' OR purged IS DISTINCT FROM current_setting('app.tenant', true) THEN
    RAISE insufficient_privilege USING MESSAGE = 'a tenant''s rows are deleted under that tenant only';
  END IF;
  PERFORM set_config('app.absorbed', purged, true), set_config('app.heir', '', true);
  SELECT * INTO standing FROM tenant_standing WHERE tenant = purged AND status = 'closing';
  IF NOT FOUND THEN
    reason := 'the tenant is not closed';
  ELSIF standing.delete_after IS NULL OR standing.delete_after >= (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date THEN
    reason := 'kept until ' || coalesce(standing.delete_after::text, 'a day is known');
  ELSIF standing.purged_at IS NULL AND (
    -- Every one: one made long ago, before the tenant went on, does not hold what came later.
    SELECT bool_and(made_at IS NOT NULL) FROM tenant_export WHERE tenant = purged
  ) IS NOT TRUE THEN
    reason := 'an export of it is still to be made';
  ELSIF EXISTS (SELECT FROM outbox WHERE tenant = purged AND published_at IS NULL) THEN
    reason := 'it has events that are not published yet';
  END IF;
  PERFORM set_config('app.absorbed', '', true);
  RETURN reason;
END $$"""

_PURGE = """
CREATE OR REPLACE FUNCTION purge_tenant(purged text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE total bigint := 0; found bigint; reason text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('tenant/' || purged, 0));
  reason := why_kept(purged);
  IF reason <> '' THEN
    RAISE EXCEPTION '%', reason;
  END IF;
  PERFORM audit_redact('tenant_standing', ARRAY[]::jsonb[], '.', 'the closed province''s retention is over');
  PERFORM set_config('app.absorbed', purged, true);
-- deletions
  UPDATE tenant_standing SET purged_at = coalesce(purged_at, now()) WHERE tenant = purged;
  PERFORM set_config('app.absorbed', '', true);
  RETURN total;
END $$"""
