"""The tables, their constraints and who sees which row; which of them a replay fills again.

What others told has no length limit here: whoever owns a text decides how long it may be.
"""

from enum import StrEnum

from common import policies
from common.privacy import OFFICIAL_TEXT, PUBLIC_ACT, impersonal, personal, pseudonym
from common.tables import service_metadata
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from reporting.domain.activities import Form, Kind

metadata = service_metadata()
_TOLD = "built from what other services told"


def _tenant() -> Column[str]:
    return Column("tenant", String(64), primary_key=True)


def _fact() -> list[Column[object]]:
    """Identity, version guard and place of something another service told."""
    return [_tenant(), Column("id", Uuid, primary_key=True), Column("version", Integer, nullable=False), *_unit()]


def _unit() -> list[Column[object]]:
    """The unit it was made under, for ever, and the place of that unit now."""
    return [Column("unit_id", Uuid, nullable=False), _scope()]


def _scope() -> Column[str]:
    return Column("scope_path", Text(collation="C"), nullable=False, info=policies.follows_the_unit())


def _dimensions() -> list[Column[object]]:
    """What initiatives are counted by; a count's key."""
    return [
        Column("year", Integer, primary_key=True, autoincrement=False),
        Column("status", Text, primary_key=True),
        Column("content", Text, primary_key=True),
        Column("field", Text, primary_key=True),
        Column("affiliation", Text, primary_key=True),
    ]


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _by_unit(table: str) -> Index:
    return Index(f"ix_{table}_unit_id", "tenant", "unit_id")


def _by_place(table: str) -> Index:
    return Index(f"ix_{table}_scope_path", "tenant", "scope_path")


# Every version of every unit as it was told; `path` is the place it had then, `scope_path` the place it has now.
units = Table(
    "unit",
    metadata,
    _tenant(),
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("affiliation", Text, nullable=False),
    Column("parent_id", Uuid),
    Column("path", Text(collation="C"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("ended", Boolean, nullable=False, server_default=text("false")),
    _scope(),
    _by_place("unit"),
    info=policies.by_scope() | policies.unaudited(_TOLD),
)

# Where each unit is now. Version 0: only heard of, in an event of something else that came before the unit's own.
places = Table(
    "place",
    metadata,
    _tenant(),
    Column("unit_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    _scope(),
    info=policies.by_tenant() | policies.unaudited(_TOLD),
)

cycles = Table(
    "cycle",
    metadata,
    _tenant(),
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("year", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("registration_closes_on", Date, nullable=False),
    Column("endorsement_closes_on", Date, nullable=False),
    Column("review_closes_on", Date, nullable=False),
    # A commune works to the deadlines that its district or province set.
    info=policies.by_tenant() | policies.unaudited(_TOLD),
)

initiatives = Table(
    "initiative",
    metadata,
    *_fact(),
    Column("year", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("affiliation", Text, nullable=False),
    # Under which unit it counts since which day, where that is another than `unit_id`.
    Column("responsible_unit_id", Uuid),
    Column("responsible_since", Date),
    _by_unit("initiative"),
    info=policies.by_scope() | policies.unaudited(_TOLD),
)

# Each unit's own initiatives: what a past day's structure is summed from, and what moves when a unit moves. `home_id`
# is the unit they count under from `home_since` on; else the same unit, since ever.
own_counts = Table(
    "own_count",
    metadata,
    _tenant(),
    Column("unit_id", Uuid, primary_key=True),
    Column("home_id", Uuid, primary_key=True),
    Column("home_since", Date, primary_key=True),
    *_dimensions(),
    Column("count", Integer, nullable=False),
    _scope(),
    _by_place("own_count"),
    Index("ix_own_count_home_id", "tenant", "home_id"),
    info=policies.by_scope() | policies.unaudited(_TOLD),
)

# The same on every level of today's structure: `scope_path` is the level, its count holds all below it.
level_counts = Table(
    "level_count",
    metadata,
    _tenant(),
    Column("scope_path", Text(collation="C"), primary_key=True),
    *_dimensions(),
    Column("count", Integer, nullable=False),
    Column("parent_path", Text(collation="C"), nullable=False),
    Index("ix_level_count_parent_path", "tenant", "parent_path", "year"),
    info=policies.by_scope() | policies.unaudited(_TOLD),
)

models = Table(
    "model",
    metadata,
    *_fact(),
    Column("theme", Text, nullable=False),
    Column("from_year", Integer, nullable=False),
    Column("to_year", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
    _by_unit("model"),
    _by_place("model"),
    info=policies.by_scope() | policies.unaudited(_TOLD),
)

replications = Table(
    "replication",
    metadata,
    *_fact(),
    Column("model_id", Uuid, nullable=False),
    Column("origin_year", Integer, nullable=False),
    Column("adopted_from_year", Integer, nullable=False),
    Column("adopted_to_year", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
    _by_unit("replication"),
    _by_place("replication"),
    info=policies.by_scope() | policies.unaudited(_TOLD),
)

commendations = Table(
    "commendation",
    metadata,
    *_fact(),
    Column("form", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("occasion", Text, nullable=False),
    Column("from_year", Integer, nullable=False),
    Column("to_year", Integer, nullable=False),
    Column("counts", JSONB, nullable=False),
    _by_unit("commendation"),
    _by_place("commendation"),
    info=policies.by_scope() | policies.unaudited(_TOLD),
)

decisions = Table(
    "decision",
    metadata,
    *_fact(),
    Column("year", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("signed_on", Date, nullable=False),
    Column("signatory", Text, nullable=False, info=personal("who signed", retention=PUBLIC_ACT)),
    Column("recognised", Integer, nullable=False),
    Column("not_recognised", Integer, nullable=False),
    _by_unit("decision"),
    _by_place("decision"),
    info=policies.by_scope() | policies.unaudited(_TOLD),
)

activities = Table(
    "activity",
    metadata,
    *_fact(),
    Column("kind", String(16), nullable=False),
    Column("title", String(500), nullable=False),
    Column("form", String(16), nullable=False),
    Column("from_date", Date, nullable=False),
    Column("to_date", Date, nullable=False),
    Column("agencies", Integer, nullable=False),
    Column("villages", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Column("note", Text, nullable=False, info=personal("describing an activity", retention=OFFICIAL_TEXT)),
    _one_of("kind", Kind),
    _one_of("form", Form),
    CheckConstraint("from_date <= to_date", name="dates"),
    CheckConstraint("agencies >= 0 AND villages >= 0 AND people >= 0", name="reach"),
    _by_unit("activity"),
    _by_place("activity"),
    Index("ix_activity_from_date", "tenant", "from_date", "id"),
    info=policies.by_scope(),
)

_FIGURES = impersonal("numbers and words of closed lists")
# The centre merges with nobody.
_CENTRES = {policies.STAYS: True, **policies.rls(policies.TENANT, app_rights="SELECT, INSERT, UPDATE")}

# What the province gave the centre, year by year; a version stays as it was sent. `province` is the tenant that sent
# it, so that two provinces which merge keep theirs apart.
rollups = Table(
    "rollup",
    metadata,
    _tenant(),
    Column("province", String(64), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    *_unit(),
    Column("drawn_at", DateTime(timezone=True), nullable=False),
    Column("sent_by", Uuid, nullable=False, info=pseudonym("who gave the province's figures to the centre")),
    Column("figures", JSONB, nullable=False, info=_FIGURES),
    CheckConstraint("version >= 1", name="version"),
    _by_unit("rollup"),
    info=policies.rls(policies.SCOPE, app_rights="SELECT, INSERT, UPDATE (scope_path)"),
)

# The centre's: the newest of what each province gave it of a year.
received_rollups = Table(
    "received_rollup",
    metadata,
    _tenant(),
    Column("province", String(64), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("drawn_at", DateTime(timezone=True), nullable=False),
    Column("figures", JSONB, nullable=False, info=_FIGURES),
    info=_CENTRES,
)

# The centre's: which provinces there are, and since when the figures of one that merged are its heir's.
provinces = Table(
    "province",
    metadata,
    _tenant(),
    Column("province", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False, info=impersonal("a province's name")),
    Column("status", String(16), nullable=False),
    Column("heir", String(64), nullable=False),
    Column("merged_at", DateTime(timezone=True)),
    info=_CENTRES | policies.unaudited(_TOLD),
)

# What stands under a unit and goes with it when the unit moves.
MADE_UNDER_A_UNIT = (
    initiatives, own_counts, models, replications, commendations, decisions, activities, rollups,
)  # fmt: skip
# Built from events only, so a replay fills it again. Activities are recorded here and nowhere else: they stay.
# Grants stay too: who may look is not a figure, and nobody is to be locked out meanwhile. So does what the centre was
# given, and when provinces merged.
READ_MODEL = (
    units, places, cycles, initiatives, own_counts, level_counts, models, replications, commendations, decisions,
)  # fmt: skip
