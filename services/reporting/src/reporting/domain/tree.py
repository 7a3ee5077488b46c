"""Where units stand: paths like `/KH/DK/`, codes from the root with slashes at both ends, and areas of a day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Area:
    """A unit with all below it, in the structure of the day `as_of`, or in today's.

    `id` and `level` are missing only while the unit is merely heard of; its code then serves as its name.
    """

    id: UUID | None
    code: str
    name: str
    level: str | None
    valid_to: date | None
    path: str
    as_of: date | None = None

    @classmethod
    def unheard(cls, path: str, as_of: date | None) -> "Area":
        return cls(None, code(path), code(path), None, None, path, as_of)


def levels(path: str) -> list[str]:
    """The paths that count what happens at `path`: its own and every one above it, root first."""
    codes = path.strip("/").split("/")
    return [f"/{'/'.join(codes[:depth])}/" for depth in range(1, len(codes) + 1)]


def parent(path: str) -> str:
    """The path above; `/` above a root."""
    return path[: path.rstrip("/").rfind("/") + 1]


def code(path: str) -> str:
    """The unit's own code, the last of its path."""
    return path.rstrip("/").rpartition("/")[2]


def part_of(area: str, path: str) -> str:
    """The direct child of `area` that holds `path`, or `area` itself for what is its own."""
    below = path[len(area) :].partition("/")[0]
    return f"{area}{below}/" if below else area
