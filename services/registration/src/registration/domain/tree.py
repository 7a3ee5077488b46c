"""The tree of a tenant's units while a reorganisation changes it: what each change needs, and where all stand after."""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from common.errors import Conflict, Invalid

from registration.domain.units import Unit


@dataclass(frozen=True)
class Create:
    """A new unit; it may take the code of one that ends."""

    unit_id: UUID
    code: str
    name: str
    kind: str
    level: str
    affiliation: str
    parent_id: UUID


@dataclass(frozen=True)
class Rename:
    unit_id: UUID
    name: str


@dataclass(frozen=True)
class Move:
    """To another parent, with everything below."""

    unit_id: UUID
    parent_id: UUID


@dataclass(frozen=True)
class End:
    """The unit is no more. One successor: merged into it. Several: split among them, and `heir_id` is the one that
    answers for what nobody gave to another. Its grants `follow` to the heir, or `end` with it.
    """

    unit_id: UUID
    successor_ids: tuple[UUID, ...]
    heir_id: UUID
    grants: str = "follow"


Change = Create | Rename | Move | End
ACTIONS: dict[str, type[Change]] = {"create": Create, "rename": Rename, "move": Move, "end": End}


@dataclass(frozen=True)
class Succession:
    """`successor_id` goes on with (a part of) what `predecessor_id` was; the heir is the part that answers for it."""

    predecessor_id: UUID
    successor_id: UUID
    kind: str
    is_heir: bool


@dataclass
class Tree:
    """Raises Invalid for a change that cannot be made; `settle` then finds what does not fit together."""

    units: dict[UUID, Unit]
    on: date
    before: dict[UUID, Unit] = field(default_factory=dict)
    successions: list[Succession] = field(default_factory=list)
    created: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, units: Iterable[Unit], on: date) -> "Tree":
        return cls({unit.id: unit for unit in units}, on)

    def apply(self, change: Change) -> None:
        match change:
            case Create():
                self._create(change)
            case Rename():
                self._touch(change.unit_id).name = change.name
            case Move():
                self._touch(change.unit_id).parent_id = self._living(change.parent_id).id
            case End():
                self._end(change)

    def _create(self, change: Create) -> None:
        if change.unit_id in self.units:
            raise Conflict("reorganisation.unit_exists", unit=change.code)
        values = dataclasses.asdict(change)
        self.units[change.unit_id] = Unit(id=values.pop("unit_id"), scope_path="", valid_from=self.on, **values)
        self._living(change.parent_id)
        self.created.add(change.unit_id)

    def _end(self, change: End) -> None:
        if change.unit_id in change.successor_ids or change.heir_id not in change.successor_ids:
            raise Invalid("reorganisation.heir_not_successor", unit=self._living(change.unit_id).name)
        kind = "merged_into" if len(change.successor_ids) == 1 else "split_into"
        for successor_id in change.successor_ids:
            self._living(successor_id)
            is_heir = successor_id == change.heir_id
            self.successions.append(Succession(change.unit_id, successor_id, kind, is_heir))
        unit = self._touch(change.unit_id)
        unit.ended_on, unit.heir_id, unit.parent_id = self.on, change.heir_id, change.heir_id

    def _living(self, unit_id: UUID) -> Unit:
        unit = self.units.get(unit_id)
        if unit is None or unit.ended_on is not None:
            raise Invalid("reorganisation.unit_unknown", unit=unit.name if unit else str(unit_id))
        return unit

    def _touch(self, unit_id: UUID) -> Unit:
        """The living unit, to be changed from the day on."""
        unit = self._living(unit_id)
        if unit_id not in self.created:
            self._remember(unit)
        return unit

    def _remember(self, unit: Unit) -> None:
        if unit.valid_from > self.on:
            raise Conflict("reorganisation.unit_changed_later", unit=unit.name, on=_day(unit.valid_from))
        self.before.setdefault(unit.id, dataclasses.replace(unit))

    def settle(self) -> list[Unit]:
        """Give every unit its path; returns those that are not as before, each after its parent, with a new version.

        Raises Invalid for a unit left below one that ended, for a circle, and for a code that two living units have;
        the detail `caused_by` names the units one of whose changes is the cause. Raises Conflict unless one root
        lives on; what causes that is a change that is not there.
        """
        self._ensure_codes_differ()
        paths: dict[UUID, str] = {}
        for unit in self.units.values():
            self._path(unit, paths, ())
        self._ensure_one_root()
        return sorted(self._changed(paths), key=lambda unit: (unit.scope_path.count("/"), unit.scope_path))

    def _changed(self, paths: dict[UUID, str]) -> Iterable[Unit]:
        for unit in self.units.values():
            if unit.id in self.created:
                unit.scope_path = paths[unit.id]
                yield unit
            elif unit.id in self.before or unit.scope_path != paths[unit.id]:
                self._remember(unit)
                unit.scope_path, unit.valid_from, unit.version = paths[unit.id], self.on, unit.version + 1
                yield unit

    def _path(self, unit: Unit, paths: dict[UUID, str], below: tuple[UUID, ...]) -> str:
        """An ended unit is where its heir is."""
        if unit.id in below:
            raise Invalid("reorganisation.circle", unit=unit.name, caused_by=below)
        if unit.id not in paths:
            above = self.units[unit.parent_id] if unit.parent_id else None
            if above and above.ended_on and not unit.ended_on:
                raise Invalid("reorganisation.left_behind", unit=unit.name, parent=above.name, caused_by=(above.id,))
            path = self._path(above, paths, (*below, unit.id)) if above else "/"
            paths[unit.id] = path if unit.ended_on else f"{path}{unit.code}/"
        return paths[unit.id]

    def _ensure_codes_differ(self) -> None:
        living = [unit for unit in self.units.values() if unit.ended_on is None]
        counts = Counter(unit.code for unit in living)
        if twice := sorted(code for code, count in counts.items() if count > 1):
            caused_by = tuple(unit.id for unit in living if unit.code in twice)
            raise Conflict("reorganisation.code_twice", codes=", ".join(twice), caused_by=caused_by)

    def _ensure_one_root(self) -> None:
        """Who acts at a root answers for the whole province: of two, each would answer for what is the other's."""
        roots = [unit.name for unit in self.units.values() if unit.parent_id is None and unit.ended_on is None]
        if len(roots) != 1:
            raise Conflict("reorganisation.two_roots", units=", ".join(sorted(roots)))


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
