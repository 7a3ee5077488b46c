"""The database's own hand in the audit: functions and triggers that append each change to its tenant's chain.

An entry is written at the commit of the change, by a deferred trigger: the lock on a tenant's chain comes after every
other lock of the transaction and so cannot close a circle with them.
"""

from sqlalchemy import Connection, MetaData, Table, text

from common import policies
from common.audit.tables import ABSORBED, MERGED, NOTE, REDACTION, ROW_OPERATIONS

_LOCK = 0x5A41  # Together with the tenant's name: one writer to a chain at a time.
_SIGNED = (
    "tenant", "at AT TIME ZONE 'UTC'", "person_id", "grant_id", "role", "unit_id", "request_id", "trace_id", "process",
    "cause", "table_name", "row_key", "subject", "operation",
)  # fmt: skip


def meta_of(alias: str) -> str:
    """SQL for the canonical text of an entry's meta data: a JSON array, in the database's own spelling."""
    return f"jsonb_build_array({', '.join(f'{alias}.{name}' for name in _SIGNED)})::text"


def payload_digest_of(alias: str) -> str:
    """SQL for the digest of an entry's payload; text of PostgreSQL holds no zero byte, so one parts the two."""
    before, after = (f"convert_to(coalesce({alias}.{name}::text, ''), 'UTF8')" for name in ("before", "after"))
    return f"sha256(uuid_send({alias}.salt) || {before} || '\\x00'::bytea || {after})"


# Called by the functions below only, under their search path. The head is read from the end of the key's index, also
# while a young table has no statistics, and under the column's collation: a trigger brings that of its table's name.
_APPEND = f"""
CREATE OR REPLACE FUNCTION audit_append(
    of_tenant text, of_table text, of_key jsonb, of_subject uuid, operation text, was jsonb, becomes jsonb
) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    actor jsonb := coalesce(nullif(current_setting('app.actor', true), ''), '{{}}')::jsonb;
    last record;
    e public.audit_entry;
BEGIN
    PERFORM pg_advisory_xact_lock({_LOCK}, hashtext(of_tenant)), set_config('app.auditing', of_tenant, true);
    SELECT position, hash INTO last FROM public.audit_entry WHERE tenant = of_tenant COLLATE "default"
    ORDER BY position DESC LIMIT 1;
    e.tenant := of_tenant;
    e.position := coalesce(last.position, 0) + 1;
    e.at := clock_timestamp();
    e.person_id := actor ->> 'person_id';
    e.grant_id := actor ->> 'grant_id';
    e.role := coalesce(actor ->> 'role', '');
    e.unit_id := actor ->> 'unit_id';
    e.request_id := coalesce(actor ->> 'request_id', '');
    e.trace_id := coalesce(actor ->> 'trace_id', '');
    e.process := coalesce(actor ->> 'process', '');
    e.cause := coalesce(actor ->> 'cause', '');
    e.table_name := of_table;
    e.row_key := of_key;
    e.subject := of_subject;
    e.operation := operation;
    e.before := was;
    e.after := becomes;
    e.salt := gen_random_uuid();
    e.payload_digest := {payload_digest_of("e")};
    e.previous := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    e.hash := sha256(e.previous || int8send(e.position) || convert_to({meta_of("e")}, 'UTF8') || e.payload_digest);
    INSERT INTO public.audit_entry VALUES (e.*);
    PERFORM set_config('app.auditing', '', true);
END $$"""  # noqa: S608 -- constants only.

# Arguments: the key's columns, the column that names the subject (or none), the columns left out.
_ROW = """
CREATE OR REPLACE FUNCTION audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was jsonb; becomes jsonb; whole jsonb; key_ jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD) - TG_ARGV[2]::text[]; END IF;
    IF TG_OP <> 'DELETE' THEN becomes := to_jsonb(NEW) - TG_ARGV[2]::text[]; END IF;
    whole := coalesce(becomes, was);
    SELECT jsonb_object_agg(name, whole -> name) INTO key_ FROM unnest(TG_ARGV[0]::text[]) AS name;
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, n.value) INTO was, becomes
        FROM jsonb_each(was) o JOIN jsonb_each(becomes) n USING (key) WHERE o.value <> n.value;
        IF was IS NULL THEN RETURN NULL; END IF;
    END IF;
    PERFORM public.audit_append(
        whole ->> 'tenant', TG_TABLE_NAME, key_, (whole ->> TG_ARGV[1])::uuid, lower(TG_OP), was, becomes
    );
    RETURN NULL;
END $$"""

_FLUSH = """
    SET CONSTRAINTS public.audit_rows, public.audit_changes IMMEDIATE;
    SET CONSTRAINTS public.audit_rows, public.audit_changes DEFERRED;"""

_NOTE = f"""
CREATE OR REPLACE FUNCTION audit_note(kind text, details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('app.tenant', true), '') = '' THEN RAISE EXCEPTION 'no tenant acts'; END IF;
{_FLUSH}
    PERFORM public.audit_append(
        current_setting('app.tenant'), kind, '{{}}'::jsonb, NULL, '{NOTE}', NULL, details
    );
END $$"""

# What the transaction itself has changed is appended first: the entry of an erasure holds what was erased. Chains that
# ended in the acting tenant's are part of what it holds. No index helps to find what mentions a person, so that most of
# it is searched before a chain is locked: entries are only appended, and behind the lock the few newer ones are left.
_OF_ROWS = ", ".join(f"'{one}'" for one in ROW_OPERATIONS)
_CHAINS = f"""
    PERFORM set_config('app.auditing', '*', true);
    WITH RECURSIVE part(name) AS (
        SELECT coalesce(current_setting('app.tenant', true), '')
        UNION SELECT a.after ->> 'tenant' FROM part JOIN public.audit_entry a ON a.tenant = part.name
        WHERE a.operation = '{NOTE}' AND a.table_name = '{ABSORBED}'
    ) SELECT array_agg(name) INTO own FROM part;"""  # noqa: S608 -- constants only.
_IS_TO_BLANK = f"""
            salt IS NOT NULL AND operation IN ({_OF_ROWS}) AND (
                table_name = of_table AND row_key @> ANY (keys)
                OR mention <> '' AND (
                    concat(subject, row_key, before, after) ~ mention OR xmin = pg_current_xact_id()::xid
                )
            )"""
_REDACT = f"""
CREATE OR REPLACE FUNCTION audit_redact(of_table text, keys jsonb[], mention text, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own text[];
    acting text;
    searched jsonb;
    blanked jsonb;
BEGIN
{_CHAINS}
    SELECT jsonb_object_agg(tenant, jsonb_build_object('until', until, 'positions', positions)) INTO searched FROM (
        SELECT tenant, max(position) AS until, jsonb_agg(position) FILTER (WHERE {_IS_TO_BLANK}) AS positions
        FROM public.audit_entry WHERE tenant = ANY (own) GROUP BY tenant
    ) AS chain;
{_FLUSH}
{_CHAINS}
    FOREACH acting IN ARRAY own LOOP
        PERFORM pg_advisory_xact_lock({_LOCK}, hashtext(acting)), set_config('app.auditing', acting, true);
        WITH wanted AS (
            SELECT value::bigint AS position FROM jsonb_array_elements_text(
                coalesce(nullif(searched -> acting -> 'positions', 'null'), '[]')
            )
            UNION ALL SELECT position FROM public.audit_entry
            WHERE tenant = acting AND position > coalesce((searched -> acting ->> 'until')::bigint, 0)
            AND {_IS_TO_BLANK}
        ), done AS (
            UPDATE public.audit_entry SET before = NULL, after = NULL, salt = NULL
            WHERE tenant = acting AND salt IS NOT NULL AND position IN (SELECT wanted.position FROM wanted)
            RETURNING position
        ) SELECT jsonb_agg(position ORDER BY position) INTO blanked FROM done;
        IF blanked IS NOT NULL THEN
            PERFORM public.audit_append(
                acting, of_table, '{{}}'::jsonb, NULL, '{REDACTION}', NULL,
                jsonb_build_object('positions', blanked, 'reason', reason)
            );
        END IF;
    END LOOP;
    PERFORM set_config('app.auditing', '', true);
END $$"""  # noqa: S608 -- constants only.

# The last thing that the function does which makes one tenant's rows another's: each chain names the other's end.
_MERGE = f"""
CREATE OR REPLACE FUNCTION audit_merge(old text, heir text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head record;
BEGIN
{_FLUSH}
    PERFORM public.audit_append(
        old, '{MERGED}', '{{}}'::jsonb, NULL, '{NOTE}', NULL, jsonb_build_object('into', heir)
    );
    PERFORM set_config('app.auditing', old, true);
    SELECT position, encode(hash, 'hex') AS hash INTO head FROM public.audit_entry WHERE tenant = old
    ORDER BY position DESC LIMIT 1;
    PERFORM set_config('app.auditing', '', true);
    PERFORM public.audit_append(
        heir, '{ABSORBED}', '{{}}'::jsonb, NULL, '{NOTE}', NULL,
        jsonb_build_object('tenant', old, 'position', head.position, 'hash', head.hash)
    );
END $$"""  # noqa: S608 -- constants only.

# From one tenant's name to the next along the key's index, whatever the length of the chains.
_HEADS = """
CREATE OR REPLACE FUNCTION audit_heads() RETURNS TABLE (tenant text, "position" bigint, hash bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('app.auditing', '*', true);
    RETURN QUERY
    WITH RECURSIVE chain(name) AS (
        (SELECT a.tenant::text FROM public.audit_entry a ORDER BY a.tenant LIMIT 1)
        UNION ALL
        SELECT (
            SELECT a.tenant::text FROM public.audit_entry a WHERE a.tenant > chain.name ORDER BY a.tenant LIMIT 1
        ) FROM chain WHERE chain.name IS NOT NULL
    )
    SELECT chain.name, head.position, head.hash FROM chain CROSS JOIN LATERAL (
        SELECT a.position, a.hash FROM public.audit_entry a WHERE a.tenant = chain.name
        ORDER BY a.position DESC LIMIT 1
    ) head;
    PERFORM set_config('app.auditing', '', true);
END $$"""

_FUNCTIONS = {
    "audit_append(text, text, jsonb, uuid, text, jsonb, jsonb)": _APPEND,
    "audit_row()": _ROW,
    "audit_note(text, jsonb)": _NOTE,
    "audit_redact(text, jsonb[], text, text)": _REDACT,
    "audit_merge(text, text)": _MERGE,
    "audit_heads()": _HEADS,
}
_FOR_THE_APPLICATION = ("audit_note(text, jsonb)", "audit_redact(text, jsonb[], text, text)", "audit_heads()")
# The functions run as the owner, who is under the policies too: one tenant at a time. Entries are deleted with all
# other rows of a closed tenant, and never else.
_OWNER_SEES = "tenant = current_setting('app.auditing', true)"
_OWNER_POLICIES = {
    "owner_reads": f"FOR SELECT TO CURRENT_USER USING ({_OWNER_SEES} OR current_setting('app.auditing', true) = '*')",
    "owner_appends": f"FOR INSERT TO CURRENT_USER WITH CHECK ({_OWNER_SEES})",
    "owner_redacts": f"FOR UPDATE TO CURRENT_USER USING ({_OWNER_SEES}) WITH CHECK ({_OWNER_SEES} AND salt IS NULL)",
}


def audited_tables(metadata: MetaData) -> list[Table]:
    """Every table that does not say why it is not."""
    return [table for table in metadata.sorted_tables if policies.UNAUDITED not in table.info]


def install(connection: Connection, metadata: MetaData, *, app_role: str) -> None:
    """Functions, the owner's policies, and triggers on every audited table. Idempotent; run as the owner."""
    for signature, body in _FUNCTIONS.items():
        connection.exec_driver_sql(body)
        connection.execute(text(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC"))
    for signature in _FOR_THE_APPLICATION:
        connection.execute(text(f'GRANT EXECUTE ON FUNCTION {signature} TO "{app_role}"'))
    for name, rule in _OWNER_POLICIES.items():
        connection.execute(text(f"DROP POLICY IF EXISTS {name} ON audit_entry"))
        connection.execute(text(f"CREATE POLICY {name} ON audit_entry {rule}"))
    owner = str(connection.scalar(text("SELECT current_user")))
    for table in metadata.sorted_tables:
        _install_on_table(connection, table, owner)


def _install_on_table(connection: Connection, table: Table, owner: str) -> None:
    for name in ("audit_rows", "audit_changes"):
        connection.execute(text(f'DROP TRIGGER IF EXISTS {name} ON "{table.name}"'))
    if policies.UNAUDITED in table.info:
        return
    # Rows that become another tenant's are noted once, by audit_merge. Asked at the change itself, when the owner's
    # function is the one that runs: nobody else can say so.
    moved = f"coalesce(current_setting('app.absorbed', true), '') <> '' AND current_user = '{owner}'"
    for name, when, condition in (
        ("audit_rows", "INSERT OR DELETE", f"NOT ({moved})"),
        ("audit_changes", "UPDATE", f"{_is_changed(table)} AND NOT ({moved})"),
    ):
        connection.execute(
            text(
                f'CREATE CONSTRAINT TRIGGER {name} AFTER {when} ON "{table.name}" DEFERRABLE INITIALLY DEFERRED'
                f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION audit_row({_arguments(table)})"
            )
        )


def _is_changed(table: Table) -> str:
    audited = [column.name for column in table.columns if policies.UNAUDITED not in column.info]
    old, new = (", ".join(f'{row}."{name}"' for name in audited) for row in ("OLD", "NEW"))
    return f"ROW({old}) IS DISTINCT FROM ROW({new})"


def _arguments(table: Table) -> str:
    key = [column.name for column in table.primary_key if column.name != "tenant"] or ["tenant"]
    left_out = [column.name for column in table.columns if policies.UNAUDITED in column.info]
    return ", ".join(f"'{one}'" for one in (_array(key), subject_column(table), _array(left_out)))


def _array(names: list[str]) -> str:
    return "{" + ",".join(names) + "}"


def subject_column(table: Table) -> str:
    """The column whose id an entry is found by; empty for a table without one."""
    ids = [column.name for column in table.primary_key if column.type.python_type.__name__ == "UUID"]
    return str(table.info.get(policies.AUDIT_SUBJECT, next(iter(ids), "")))
