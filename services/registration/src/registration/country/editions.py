"""The country as an edition knows it: its places, their identities, and the tenants of its provinces."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID, uuid5

from registration.country import succession
from registration.country.files import rows
from registration.domain.vocabulary import Level

_IDS = UUID("5b0d5a8e-6c3f-5d0c-9d0e-3a1c7f2e4b61")
_LEVELS = {2: Level.PROVINCE, 3: Level.DISTRICT, 5: Level.COMMUNE}


@dataclass(frozen=True)
class Edition:
    """`valid_to` is the last day on which the country was so; None while it is."""

    name: str
    valid_from: date
    valid_to: date | None

    def day(self, today: date) -> date:
        """The day nearest to today on which this edition holds."""
        return max(self.valid_from, min(today, self.valid_to or today))


@dataclass(frozen=True)
class Place:
    """A province, district or commune; `parent` is a code, empty for a province."""

    id: UUID
    code: str
    parent: str
    name: str

    @property
    def level(self) -> Level:
        return _LEVELS[len(self.code)]


@dataclass(frozen=True)
class Province:
    """One tenant's places, each after its parent. `tenants`: the codes it may be found under, the earliest first."""

    edition: Edition
    places: tuple[Place, ...]
    tenants: tuple[str, ...]
    prefix: str

    @property
    def root(self) -> Place:
        return self.places[0]

    @property
    def tenant(self) -> str:
        """What the tenant is called when this edition is the first."""
        return self.tenants[-1]


@cache
def editions() -> dict[str, Edition]:
    return {
        row["edition"]: Edition(
            row["edition"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in rows("editions")
    }


def place_id(edition: str, code: str) -> UUID:
    """The same on every platform and in every edition: made of the code and the first edition the unit appears in."""
    first = succession.BEFORE if edition == succession.BEFORE or code in succession.going_on() else succession.AFTER
    return uuid5(_IDS, f"{first}/{code}")


@cache
def places(edition: str) -> dict[str, Place]:
    """By code, parents first."""
    return {
        row["code"]: Place(place_id(edition, row["code"]), row["code"], row["parent"], row["name"])
        for row in rows(edition)
    }


@cache
def provinces(edition: str) -> tuple[Province, ...]:
    """All provinces of an edition, by code."""
    found: dict[str, list[Place]] = {}
    for place in places(edition).values():
        found.setdefault(province_of(edition, place.code), []).append(place)
    return tuple(_province(edition, below) for _, below in sorted(found.items()))


def _province(edition: str, below: list[Place]) -> Province:
    names = {row["province"]: row for row in rows("tenants")}
    earlier = (places(name).get(below[0].code) for name in editions() if name <= edition)
    tenants = tuple(dict.fromkeys(names[place.name]["tenant"] for place in earlier if place))
    return Province(editions()[edition], tuple(below), tenants, names[below[0].name]["prefix"])


def province_of(edition: str, code: str) -> str:
    """The province's code."""
    known = places(edition)
    while known[code].parent:
        code = known[code].parent
    return code


@cache
def children(edition: str) -> dict[str, tuple[str, ...]]:
    """The codes directly below each code that has any, in their order."""
    found: dict[str, list[str]] = {}
    for place in places(edition).values():
        found.setdefault(place.parent, []).append(place.code)
    return {code: tuple(below) for code, below in found.items() if code}


def is_imported(unit_id: UUID, code: str) -> bool:
    """Whether a unit came from this data, of whichever edition; a user's unit has an id of its own."""
    return unit_id in {uuid5(_IDS, f"{edition}/{code}") for edition in editions()}
