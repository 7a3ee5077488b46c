"""Create registration"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    # Both are trusted extensions: the database's owner may create them.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "access_grant",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_access_grant")),
    )
    op.create_index("ix_access_grant_subject", "access_grant", ["subject", "issuer"], unique=False)
    op.create_index("ix_access_grant_unit", "access_grant", ["tenant", "unit_id", "role"], unique=False)
    op.create_table(
        "catalogue_entry",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_name", sa.String(length=300), nullable=False),
        sa.Column("tenant_name", sa.String(length=200), nullable=False),
        sa.Column("authors", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("decision_number", sa.String(length=100), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "initiative_id", name=op.f("pk_catalogue_entry")),
    )
    op.create_index("ix_catalogue_entry_newest", "catalogue_entry", ["decided_on", "initiative_id"], unique=False)
    op.create_index(
        "ix_catalogue_entry_search",
        "catalogue_entry",
        ["search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_table(
        "dead_letter",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "event_id", name=op.f("pk_dead_letter")),
    )
    op.create_index("ix_dead_letter_retry_at", "dead_letter", ["retry_at"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("etag", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "grant_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "inbox",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "event_id", name=op.f("pk_inbox")),
    )
    op.create_table(
        "outbox",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("routing_key", sa.String(length=255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "position", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_position", "outbox", ["position"], unique=False)
    op.create_index(
        "ix_outbox_unpublished", "outbox", ["position"], unique=False, postgresql_where=sa.text("published_at IS NULL")
    )
    op.create_table(
        "person",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=32), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_person")),
    )
    op.create_table(
        "tenant",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("code_prefix", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tenant ~ '^[a-z][a-z0-9-]*$'", name=op.f("ck_tenant_tenant_is_slug")),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_tenant")),
        sa.UniqueConstraint("code_prefix", name=op.f("uq_tenant_code_prefix")),
    )
    op.create_table(
        "unit",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("affiliation", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "affiliation IN ('front_system', 'member_organisation', 'other_agency')", name=op.f("ck_unit_affiliation")
        ),
        sa.CheckConstraint("code ~ '^[A-Z0-9-]+$'", name=op.f("ck_unit_code_is_plain")),
        sa.CheckConstraint(
            "kind IN ('administrative', 'front', 'member_organisation', 'agency', 'public_service', 'enterprise', 'cooperative', 'armed_forces', 'community')",
            name=op.f("ck_unit_kind"),
        ),
        sa.CheckConstraint(
            "level IN ('centre', 'province', 'district', 'commune', 'village', 'none')", name=op.f("ck_unit_level")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_unit")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_unit_tenant_code")),
    )
    op.create_table(
        "cycle",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("registration_closes_on", sa.Date(), nullable=False),
        sa.Column("endorsement_closes_on", sa.Date(), nullable=False),
        sa.Column("review_closes_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "opens_on <= registration_closes_on AND registration_closes_on <= endorsement_closes_on AND endorsement_closes_on <= review_closes_on",
            name=op.f("ck_cycle_dates_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "unit_id"], ["unit.tenant", "unit.id"], name=op.f("fk_cycle_tenant_unit_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("tenant", "unit_id", "year", name=op.f("uq_cycle_tenant_unit_id_year")),
    )
    op.create_table(
        "unit_period",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("tenant"), "="),
            (sa.column("unit_id"), "="),
            (sa.text("daterange(valid_from, valid_to, '[]')"), "&&"),
            using="gist",
            name="ex_unit_period_one_at_a_time",
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_period_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["tenant", "parent_id"], ["unit.tenant", "unit.id"], name=op.f("fk_unit_period_tenant_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "unit_id"], ["unit.tenant", "unit.id"], name=op.f("fk_unit_period_tenant_unit_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "unit_id", "valid_from", name=op.f("pk_unit_period")),
    )
    op.create_index("ix_unit_period_scope_path", "unit_period", ["tenant", "scope_path"], unique=False)
    op.create_table(
        "initiative",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("affiliation", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("content", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("first_applied_on", sa.Date(), nullable=True),
        sa.Column("owner_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("author_count", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("council_unit_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decision_number", sa.String(length=100), server_default="", nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("score", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('recognised', 'not_recognised')) = (decided_on IS NOT NULL)",
            name=op.f("ck_initiative_decided_has_decision"),
        ),
        sa.CheckConstraint(
            "affiliation IN ('front_system', 'member_organisation', 'other_agency')",
            name=op.f("ck_initiative_affiliation"),
        ),
        sa.CheckConstraint(
            "content IN ('political_system', 'production', 'public_service', 'armed_forces')",
            name=op.f("ck_initiative_content"),
        ),
        sa.CheckConstraint("status <> 'returned' OR reason <> ''", name=op.f("ck_initiative_returned_has_reason")),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'returned', 'endorsed', 'forwarded', 'under_review', 'recognised', 'not_recognised', 'withdrawn')",
            name=op.f("ck_initiative_status"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'withdrawn') OR code <> ''", name=op.f("ck_initiative_submitted_has_code")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'withdrawn') OR received_on IS NOT NULL", name=op.f("ck_initiative_submitted_has_date")
        ),
        sa.CheckConstraint(
            "status NOT IN ('forwarded', 'under_review', 'recognised', 'not_recognised') OR council_unit_id IS NOT NULL",
            name=op.f("ck_initiative_forwarded_has_council"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "cycle_id"], ["cycle.tenant", "cycle.id"], name=op.f("fk_initiative_tenant_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "unit_id"], ["unit.tenant", "unit.id"], name=op.f("fk_initiative_tenant_unit_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_initiative")),
    )
    op.create_index("ix_initiative_owners", "initiative", ["owner_ids"], unique=False, postgresql_using="gin")
    op.create_index("ix_initiative_scope", "initiative", ["tenant", "scope_path", "year", "status"], unique=False)
    op.create_index(
        "uq_initiative_code", "initiative", ["tenant", "code"], unique=True, postgresql_where=sa.text("code <> ''")
    )
    op.create_table(
        "attachment",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "initiative_id"],
            ["initiative.tenant", "initiative.id"],
            name=op.f("fk_attachment_tenant_initiative_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_attachment")),
        sa.UniqueConstraint(
            "tenant", "initiative_id", "sha256", name=op.f("uq_attachment_tenant_initiative_id_sha256")
        ),
    )
    op.create_table(
        "initiative_author",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('individual', 'collective')", name=op.f("ck_initiative_author_kind")),
        sa.CheckConstraint("role IN ('author', 'co_author')", name=op.f("ck_initiative_author_role")),
        sa.CheckConstraint("share BETWEEN 1 AND 100", name=op.f("ck_initiative_author_share_is_percent")),
        sa.ForeignKeyConstraint(
            ["tenant", "initiative_id"],
            ["initiative.tenant", "initiative.id"],
            name=op.f("fk_initiative_author_tenant_initiative_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "initiative_id", "position", name=op.f("pk_initiative_author")),
    )
    op.create_table(
        "initiative_step",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("from_status", sa.String(length=16), nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "initiative_id"],
            ["initiative.tenant", "initiative.id"],
            name=op.f("fk_initiative_step_tenant_initiative_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "initiative_id", "version", name=op.f("pk_initiative_step")),
    )
    op.create_table(
        "model",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("initiative_id", sa.Uuid(), nullable=True),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("to_year", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_model_quantity")),
        sa.CheckConstraint("to_year >= from_year", name=op.f("ck_model_years_in_order")),
        sa.ForeignKeyConstraint(
            ["tenant", "initiative_id"],
            ["initiative.tenant", "initiative.id"],
            name=op.f("fk_model_tenant_initiative_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "unit_id"], ["unit.tenant", "unit.id"], name=op.f("fk_model_tenant_unit_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_model")),
    )
    op.create_index("ix_model_scope", "model", ["tenant", "scope_path"], unique=False)
    op.create_table(
        "replication",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("scope_path", sa.String(length=500, collation="C"), nullable=False),
        sa.Column("origin_year", sa.Integer(), nullable=False),
        sa.Column("adopted_from_year", sa.Integer(), nullable=False),
        sa.Column("adopted_to_year", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("adopted_to_year >= adopted_from_year", name=op.f("ck_replication_years_in_order")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_replication_quantity")),
        sa.ForeignKeyConstraint(
            ["tenant", "model_id"], ["model.tenant", "model.id"], name=op.f("fk_replication_tenant_model_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "unit_id"], ["unit.tenant", "unit.id"], name=op.f("fk_replication_tenant_unit_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_replication")),
    )


def downgrade() -> None:
    op.drop_table("replication")
    op.drop_index("ix_model_scope", table_name="model")
    op.drop_table("model")
    op.drop_table("initiative_step")
    op.drop_table("initiative_author")
    op.drop_table("attachment")
    op.drop_index("uq_initiative_code", table_name="initiative", postgresql_where=sa.text("code <> ''"))
    op.drop_index("ix_initiative_scope", table_name="initiative")
    op.drop_index("ix_initiative_owners", table_name="initiative", postgresql_using="gin")
    op.drop_table("initiative")
    op.drop_index("ix_unit_period_scope_path", table_name="unit_period")
    op.drop_table("unit_period")
    op.drop_table("cycle")
    op.drop_table("unit")
    op.drop_table("tenant")
    op.drop_table("person")
    op.drop_index("ix_outbox_unpublished", table_name="outbox", postgresql_where=sa.text("published_at IS NULL"))
    op.drop_index("ix_outbox_position", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_table("idempotency")
    op.drop_index("ix_dead_letter_retry_at", table_name="dead_letter")
    op.drop_table("dead_letter")
    op.drop_index(
        "ix_catalogue_entry_search",
        table_name="catalogue_entry",
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.drop_index("ix_catalogue_entry_newest", table_name="catalogue_entry")
    op.drop_table("catalogue_entry")
    op.drop_index("ix_access_grant_unit", table_name="access_grant")
    op.drop_index("ix_access_grant_subject", table_name="access_grant")
    op.drop_table("access_grant")
