"""The sample accounts one can sign in as; knows nothing of what they may do."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Persona:
    """A labelled role, never a real person."""

    key: str
    sub: str
    name: str
    email: str
    tenant: str
    title: str
    note: str


def personas() -> dict[str, Persona]:
    """Every persona by its key, in the order of the file."""
    rows = _content()["persona"]
    return {row["key"]: Persona(**row) for row in rows}


def by_tenant() -> list[tuple[str, list[Persona]]]:
    """The personas under the heading of their tenant, for a page or a listing."""
    everyone = personas().values()
    headings: dict[str, str] = _content()["tenants"]
    return [(heading, [one for one in everyone if one.tenant == slug]) for slug, heading in headings.items()]


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("personas.toml").read_text(encoding="utf-8"))
