"""What is tried against each table of a service as its application, its relay and its owner; driven by MetaData."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from common.database import Context
from common.outbox import EVERY_TENANT
from sqlalchemy.exc import DBAPIError

from isolation import doors, rows
from isolation.databases import Database
from isolation.rows import Place, Row

HERE, THERE = "khanh-hoa", "lai-chau"
OWN = Place(1, HERE, "/KH/XB/")
SIBLINGS = (Place(2, HERE, "/KH/XA/"), Place(3, HERE, "/KH/XC/"))  # On either side of it.
ABOVE = Place(4, HERE, "/KH/")
OTHERS = (Place(5, THERE, "/LC/XB/"), Place(6, THERE, "/KH/XB/"))  # The second even under the same path.
PLACES = (OWN, *SIBLINGS, ABOVE, *OTHERS)
_REFUSED = "42501"  # insufficient_privilege: no right, or a row that the policy does not let in.
_STRANGER = "00000000-0000-7000-8000-000000000001"


class _Undo(Exception):
    """Whatever was tried is rolled back."""


@dataclass(frozen=True)
class Attacker:
    """Who tries: a role of the database under a context; `foreign` are the places that it must not reach."""

    name: str
    context: Context
    foreign: tuple[Place, ...]
    role: str = "app"
    own: Place = OWN


ATTACKERS = (
    Attacker("province", Context(HERE), OTHERS),
    Attacker("commune", Context(HERE, OWN.scope), (*SIBLINGS, *OTHERS)),
    Attacker("below", Context(HERE, OWN.scope), (ABOVE,)),
    Attacker("author", Context(HERE, person=_STRANGER), PLACES),
    Attacker("reader", Context(HERE, reader=_STRANGER), PLACES),
    Attacker("request", Context(HERE, subject="stranger", issuer="stranger"), PLACES),
    # Acts here, and has a grant there too.
    Attacker("elsewhere", Context(HERE, subject=OTHERS[0].word, issuer=OTHERS[0].word), OTHERS),
    Attacker("nobody", Context(), PLACES),
    Attacker("worker", Context(EVERY_TENANT), PLACES),
    Attacker("relay", Context(), PLACES, role="relay"),
    Attacker("owner", Context(HERE), PLACES, role="owner"),
)


@dataclass(frozen=True)
class Try:
    """One attempt; `passed` says what the table let through, nothing when it refused."""

    service: str
    table: str
    attacker: str
    attack: str
    passed: str = ""

    @property
    def door(self) -> str:
        return doors.table_door(self.service, self.table, self.attacker, self.attack)

    @property
    def is_leak(self) -> bool:
        return bool(self.passed) and not self.door


def scoped_tables(service: str, metadata: sa.MetaData) -> set[sa.Table]:
    """Tables that say where their rows belong, and tables below them: by a foreign key, or by an id's name."""
    limited = [table for table in metadata.sorted_tables if not doors.is_tenant_wide(service, table.name)]
    found = {table for table in limited if "scope_path" in table.columns}
    while more := {table for table in limited if _above(table) & found} - found:
        found |= more
    return found


def _above(table: sa.Table) -> set[sa.Table]:
    named = {rows.identity(table, column) for column in table.columns}
    by_name = {one for one in table.metadata.sorted_tables if set() < rows.identities(one) <= named}
    return (by_name | {key.column.table for key in table.foreign_keys}) - {table}


@dataclass
class Siege:
    """A service's database with a row of every table at every place, and all that is tried against them."""

    database: Database
    rows: dict[str, dict[Place, Row]] = field(default_factory=dict)

    @cached_property
    def tables(self) -> Sequence[sa.Table]:
        return self.database.metadata.sorted_tables

    @cached_property
    def scoped(self) -> set[sa.Table]:
        return scoped_tables(self.database.service, self.database.metadata)

    def fill(self) -> None:
        """A row of each table at each place."""
        with self.database.admin.begin() as connection:
            for table in self.tables:
                self.rows[table.name] = {place: rows.insert(connection, table, place) for place in PLACES}

    def tries(self, only: sa.Table | None = None) -> Iterator[Try]:
        for table in [only] if only is not None else self.tables:
            for attacker in ATTACKERS:
                yield from self._tries_of(table, attacker)

    def _tries_of(self, table: sa.Table, attacker: Attacker) -> Iterator[Try]:
        foreign = self._foreign(table, attacker)
        if not foreign:
            return
        for attack, run in _ATTACKS.items():
            passed = run(self, table, attacker, foreign)
            if passed is not None:
                yield Try(self.database.service, table.name, attacker.name, attack, passed)

    def _foreign(self, table: sa.Table, attacker: Attacker) -> tuple[Place, ...]:
        """The places this attacker must not reach in this table: fewer where a row belongs to the whole tenant."""
        service = self.database.service
        limited = {
            "commune": table in self.scoped,
            "below": table in self.scoped,
            "author": table.name in doors.OWN_ROWS.get(service, ()) and service == "registration",
            "reader": table.name in doors.OWN_ROWS.get(service, ()) and service == "registration",
            "request": table.name in doors.WORKERS_ONLY.get(service, frozenset()) | _own_of_requests(service),
        }
        if limited.get(attacker.name, True):
            return attacker.foreign
        return tuple(place for place in attacker.foreign if place.tenant == THERE)

    def attempt(self, attacker: Attacker, statement: Any) -> str:
        """What the statement reached: how many rows, or the error that was no refusal; nothing when refused."""
        try:
            reached = self._run(attacker, statement)
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", "") or ""
            return "" if state == _REFUSED else f"{type(error.orig).__name__} {state}"
        return f"{reached} rows" if reached else ""

    def _run(self, attacker: Attacker, statement: Any) -> int:
        reached = 0
        with suppress(_Undo), self._opened(attacker) as connection:
            result = connection.execute(statement)
            reached = int(result.scalar_one()) if isinstance(statement, sa.Select) else abs(result.rowcount)
            raise _Undo
        return reached

    def _opened(self, attacker: Attacker) -> Any:
        if attacker.role == "app":
            return _Connected(self.database, attacker.context)
        return (self.database.relay if attacker.role == "relay" else self.database.owner).begin()


@dataclass
class _Connected:
    """The connection of a unit of work, as every request has it."""

    database: Database
    context: Context

    def __enter__(self) -> sa.Connection:
        self._uow = self.database.unit_of_work(self.context)
        return self._uow.__enter__().connection

    def __exit__(self, *raised: Any) -> None:
        self._uow.__exit__(*raised)


def _own_of_requests(service: str) -> frozenset[str]:
    return doors.OWN_ROWS.get(service, frozenset()) if service == "notifications" else frozenset()


Attack = Callable[[Siege, sa.Table, Attacker, tuple[Place, ...]], str | None]


def _rows_at(siege: Siege, table: sa.Table, places: tuple[Place, ...]) -> Any:
    return sa.or_(*(rows.key_of(table, siege.rows[table.name][place]) for place in places))


def _read(siege: Siege, table: sa.Table, attacker: Attacker, foreign: tuple[Place, ...]) -> str:
    there = sa.select(sa.func.count()).select_from(table).where(_rows_at(siege, table, foreign))
    return siege.attempt(attacker, there)


def _count(siege: Siege, table: sa.Table, attacker: Attacker, foreign: tuple[Place, ...]) -> str:
    """All that is counted without a condition, less what the attacker may see."""
    there = siege.rows[table.name]
    seen = [place for place in PLACES if place not in foreign and place.tenant == attacker.context.tenant]
    allowed = len({str(rows.key_values(table, there[place])) for place in seen})
    counted = sa.select(sa.func.greatest(sa.func.count() - allowed, 0)).select_from(table)
    return siege.attempt(attacker, counted)


def _update(siege: Siege, table: sa.Table, attacker: Attacker, foreign: tuple[Place, ...]) -> str:
    return siege.attempt(attacker, sa.update(table).where(_rows_at(siege, table, foreign)).values(_same(table)))


def _same(table: sa.Table) -> dict[str, Any]:
    """A column set to itself; not the key where there is another."""
    column = next((column for column in table.columns if not column.primary_key), table.c.tenant)
    return {column.name: column}


def _delete(siege: Siege, table: sa.Table, attacker: Attacker, foreign: tuple[Place, ...]) -> str:
    return siege.attempt(attacker, sa.delete(table).where(_rows_at(siege, table, foreign)))


def _insert(siege: Siege, table: sa.Table, attacker: Attacker, foreign: tuple[Place, ...]) -> str:
    """A row of somebody else's place, for each of the places."""
    return ", ".join(
        filter(
            None, (siege.attempt(attacker, sa.insert(table).values(_new(siege, table, p)).inline()) for p in foreign)
        )
    )


def _new(siege: Siege, table: sa.Table, place: Place) -> Row:
    """Like the row that is there, with a key of its own: nothing but the policy can object."""
    fresh = rows.row_of(table, Place(place.number, place.tenant, place.scope, "fresh"))
    keys = {column.name for column in table.primary_key.columns} & set(fresh)
    there = {name: value for name, value in siege.rows[table.name][place].items() if name in fresh}
    return there | {name: fresh[name] for name in keys}


def _move(siege: Siege, table: sa.Table, attacker: Attacker, foreign: tuple[Place, ...]) -> str | None:
    """The own row given to each foreign place: its tenant, its path, and the rows above it."""
    return _change_place(siege, table, attacker, [(attacker.own, place) for place in foreign])


def _take(siege: Siege, table: sa.Table, attacker: Attacker, foreign: tuple[Place, ...]) -> str | None:
    """The row of each foreign place made the own one."""
    return _change_place(siege, table, attacker, [(place, attacker.own) for place in foreign])


def _change_place(siege: Siege, table: sa.Table, attacker: Attacker, moves: list[tuple[Place, Place]]) -> str | None:
    if any(here == there or (here in attacker.foreign and there in attacker.foreign) for here, there in moves):
        return None  # Nothing is this attacker's own.
    changed = []
    for here, there in moves:
        mine, theirs = siege.rows[table.name][here], siege.rows[table.name][there]
        values = {name: theirs[name] for name in _placing(table)}
        changed.append(siege.attempt(attacker, sa.update(table).where(rows.key_of(table, mine)).values(values)))
    return ", ".join(filter(None, changed))


def _placing(table: sa.Table) -> set[str]:
    """The columns that say where a row belongs."""
    above = set().union(*(rows.identities(one) for one in _above(table)))
    written = [column for column in table.columns if not column.nullable and column.identity is None]
    placed = {column.name for column in written if rows.identity(table, column) in above}
    return (placed | {"tenant", "scope_path"}) & set(table.columns.keys())


_ATTACKS: dict[str, Attack] = {
    "read": _read, "count": _count, "update": _update, "delete": _delete, "insert": _insert,
    "move": _move, "take": _take,
}  # fmt: skip


def sees_its_own(siege: Siege, table: sa.Table) -> bool:
    """Else every attempt above would be refused for the wrong reason."""
    if "SELECT" not in table.info["policy"].app_rights:
        return True
    mine = sa.select(sa.func.count()).select_from(table).where(rows.key_of(table, siege.rows[table.name][OWN]))
    contexts = (Context(HERE), Context(HERE, OWN.scope), Context(HERE, subject=OWN.word, issuer=OWN.word))
    return "1 rows" in {siege.attempt(Attacker("own", context, ()), mine) for context in contexts}


def is_open(table: sa.Table) -> bool:
    """Everybody reads it, by its own policy."""
    return bool(table.info["policy"].using == "true")


def unlike_their_policies(database: Database) -> list[str]:
    """Tables, views and functions of the database through which rows could leave unseen."""
    with database.admin.connect() as connection:
        unforced = connection.scalars(sa.text(_UNFORCED), {"known": [t.name for t in database.metadata.sorted_tables]})
        return [*unforced, *(way for way in connection.scalars(sa.text(_OTHER_WAYS)) if way not in doors.FUNCTIONS)]


def robbed(siege: Siege) -> list[str]:
    """Attackers under whose context one of the owner's functions gave away, deleted or told of another's rows."""
    calls = (sa.func.absorb_tenant(THERE, HERE), sa.func.purge_tenant(THERE), sa.func.why_kept(THERE))
    robberies = [sa.select(sa.func.count()).select_from(call) for call in calls]
    return [f"{one.name}: {call}" for one in ATTACKERS for call in robberies if siege.attempt(one, call)]


_UNFORCED = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
AND relname <> 'alembic_version'
AND NOT (relname = ANY(:known) AND relrowsecurity AND relforcerowsecurity)
"""
# Views and functions that run with their owner's rights, and roles that no policy binds.
_OTHER_WAYS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE current_database() || '_%' AND (rolsuper OR rolbypassrls)
"""


def keys_across_tenants(metadata: sa.MetaData) -> set[str]:
    """Unique and foreign keys without the tenant: by their refusal somebody learns what another tenant has."""
    found = set()
    for table in metadata.sorted_tables:
        kinds = (sa.UniqueConstraint, sa.PrimaryKeyConstraint, sa.ForeignKeyConstraint)
        constraints: list[Any] = [one for one in table.constraints if isinstance(one, kinds)]
        for key in [*constraints, *(index for index in table.indexes if index.unique)]:
            if "tenant" not in key.columns:
                found.add(f"{table.name}: {', '.join(column.name for column in key.columns)}")
    return found
