"""Row-level security as data on each table, applied after every migration; a table without a policy stops it.

The settings `app.*` are set by the unit of work, for one transaction only (safe behind a transaction pooler);
an unset one matches no row.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, MetaData, Table, text

TENANT = "tenant = current_setting('app.tenant', true)"
EVERY_TENANT = "*"  # The context in which a process finds what is due for some tenant; few tables open to it.
EVERY = f"current_setting('app.tenant', true) = '{EVERY_TENANT}'"
# A range on "C"-collated text uses the index; LIKE on a setting does not.
# `scope_end` is the scope with its last "/" turned into "0", the next character.
SCOPE = (
    f"{TENANT} AND scope_path >= current_setting('app.scope', true)"
    " AND scope_path < current_setting('app.scope_end', true)"
)

# Only inside the function that makes one tenant's rows another's; the settings are empty at all other times.
_STEWARD = "tenant IN (current_setting('app.absorbed', true), current_setting('app.heir', true)) AND tenant <> ''"

# Set while an erasure rewrites copies: the ids of what is erased, as a pattern.
_ERASING = "current_setting('app.erasing', true) <> '' AND ({column}) ~ current_setting('app.erasing', true)"

# Set while a tenant is written out whole, which no request of a person is: under a person's login it never holds.
EXPORTING = f"{TENANT} AND current_setting('app.exporting', true) = 'on' AND current_setting('app.subject', true) = ''"

PRUNED = "pruned"  # In a table's info: after how many days the relay deletes its rows.
KEPT = "kept"  # In a table's info: its rows stay when a closed tenant's rows are deleted.
UNAUDITED = "unaudited"  # In the info of a table or a column: why its changes leave no entry in the audit.
AUDIT_SUBJECT = "audit_subject"  # In a table's info: the column that names what an entry is about.
SEALED = "sealed"  # In a table's info: its rows leave the database in no export.
STAYS = "stays"  # In a table's info: a row keeps the tenant it was written under, also when tenants merge.


@dataclass(frozen=True)
class Policy:
    """Who sees a row (`using`), who may change it (`check`, default the same), and the rights of the two roles."""

    using: str
    check: str = ""
    app_rights: str = "SELECT, INSERT, UPDATE, DELETE"
    relay_rights: str = ""
    relay_using: str = "true"
    erasing: str = ""
    deleting: str = ""


def rls(
    using: str,
    *,
    check: str = "",
    app_rights: str = Policy.app_rights,
    relay_rights: str = "",
    relay_using: str = Policy.relay_using,
    erasing: str = "",
    deleting: str = "",
) -> dict[str, Any]:
    """For `Table(info=rls(...))`. With `erasing` rows are never changed but where this holds: see `while_erasing`.

    With `deleting` the application deletes only rows for which this holds.
    """
    return {"policy": Policy(using, check, app_rights, relay_rights, relay_using, erasing, deleting)}


def while_erasing(column: str) -> str:
    """True during an erasure, for rows whose text column holds the id of what is erased."""
    return _ERASING.format(column=column)


def by_tenant_until(column: str, days: int, *, using: str = TENANT) -> dict[str, Any]:
    """Rows of the acting tenant, kept for so many days: the relay's role sees, and may delete, only older ones."""
    old = f"{column} < now() - interval '{days} days'"
    return {PRUNED: days, **rls(using, relay_rights="SELECT, DELETE", relay_using=old)}


def by_tenant() -> dict[str, Any]:
    """Rows of the acting tenant."""
    return rls(TENANT)


def by_scope() -> dict[str, Any]:
    """Rows of the acting tenant whose responsible unit lies in the acting unit's subtree."""
    return rls(SCOPE)


def row_above(table: str, column: str, parent: str, key: str = "id", where: str = "") -> str:
    """Rows are seen by whom the row above them is seen: the sub-query is under the parent's own policy.

    `where` is a condition on a column of the row above.
    """
    above = f"above.tenant = {table}.tenant AND above.{key} = {table}.{column}"
    above += f" AND above.{where}" if where else ""
    return f"EXISTS (SELECT 1 FROM {parent} above WHERE {above})"  # noqa: S608 -- constants only.


def unaudited(why: str) -> dict[str, str]:
    """Leave a table's rows, or one column, out of the audit; without it every table is in."""
    return {UNAUDITED: why}


def follows_the_unit() -> dict[str, str]:
    """For the path of the responsible unit: it is rewritten with the tree, and the tree is audited where it is kept."""
    return unaudited("follows its unit, whose place is audited")


def about(column: str) -> dict[str, str]:
    """What entries about a table's rows are found by in a trail; the default is the key's first column of ids."""
    return {AUDIT_SUBJECT: column}


def apply(connection: Connection, metadata: MetaData, *, app_role: str, relay_role: str) -> None:
    """Force every table's policy and grant the roles their rights. Idempotent; run as the owner."""
    connection.execute(text(f'GRANT USAGE ON SCHEMA public TO "{app_role}", "{relay_role}"'))
    for table in metadata.sorted_tables:
        if "policy" not in table.info:
            raise RuntimeError(f"table {table.name} has no row-level security policy")
        apply_to_table(connection, table, table.info["policy"], app_role, relay_role)
    connection.execute(text(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{app_role}"'))


def apply_to_table(connection: Connection, table: Table, policy: Policy, app_role: str, relay_role: str) -> None:
    """What `apply` does for one table."""
    name, mine = f'"{table.name}"', policy.check or policy.using
    statements = [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f'REVOKE ALL ON {name} FROM PUBLIC, "{app_role}", "{relay_role}"',
        f'GRANT {policy.app_rights} ON {name} TO "{app_role}"',
        f"DROP POLICY IF EXISTS app ON {name}",
        f'CREATE POLICY app ON {name} TO "{app_role}" USING ({mine}) WITH CHECK ({mine})',
        f"DROP POLICY IF EXISTS app_reads ON {name}",
        f"DROP POLICY IF EXISTS erasing ON {name}",
        f"DROP POLICY IF EXISTS deleting ON {name}",
        f"DROP POLICY IF EXISTS relay ON {name}",
        f"DROP POLICY IF EXISTS steward ON {name}",
        f"CREATE POLICY steward ON {name} TO CURRENT_USER USING ({_STEWARD})",
    ]
    if policy.erasing:
        statements.append(
            f'CREATE POLICY erasing ON {name} AS RESTRICTIVE FOR UPDATE TO "{app_role}" USING ({policy.erasing})'
        )
    if policy.deleting:
        statements.append(
            f'CREATE POLICY deleting ON {name} AS RESTRICTIVE FOR DELETE TO "{app_role}" USING ({policy.deleting})'
        )
    if policy.check:
        # Whoever sees more than they may change sees it, and no more: without its own policy they could delete it.
        statements.append(f'CREATE POLICY app_reads ON {name} FOR SELECT TO "{app_role}" USING ({policy.using})')
    if policy.relay_rights:
        statements += [
            f'GRANT {policy.relay_rights} ON {name} TO "{relay_role}"',
            f'CREATE POLICY relay ON {name} TO "{relay_role}" USING ({policy.relay_using})',
        ]
    for statement in statements:
        connection.execute(text(statement))
