"""The register of personal data, written from the marks on the services' tables.

`python tools/personal_data.py` writes docs/privacy, `--check` fails when that would change anything. Both fail for a
column that looks as if it held personal data and says nothing: mark it with `info=personal(...)`, or say with
`info=impersonal(reason)`, or below for a name that many tables have, why it does not.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from common.policies import PRUNED
from common.privacy import MARK, Personal, looks_personal
from sqlalchemy import Column, MetaData, Table

ROOT = Path(__file__).parents[1]
REGISTER = ROOT / "docs" / "privacy" / "register.md"
AS_DATA = ROOT / "docs" / "privacy" / "register.json"
SERVICES = ("registration", "review", "reporting", "notifications")

# What these names hold in every table; a table name before the dot makes it that table's only.
PLAIN = {
    "affiliation": "a word of a closed list",
    "authority": "a word of a closed list",
    "content": "a word of a closed list",
    "field": "a word of the province's list of fields",
    "form": "a word of a closed list",
    "kind": "a word of a closed list",
    "level": "a word of a closed list",
    "muted": "words of a closed list",
    "occasion": "a word of a list",
    "status": "a word of a closed list",
    "theme": "a subject of models",
    "type": "an event's type",
    "author_count": "a number",
    "code": "a unit's code",
    "content_type": "a media type",
    "decision_number": "the number of a public act",
    "established_number": "the number of a public act",
    "number": "the number of a public act",
    "issuer": "the address of an identity provider",
    "key": "made up by a client's program",
    "legal_basis": "the acts a decision rests on",
    "parent_path": "codes of units",
    "path": "codes of units",
    "routing_key": "an event's type and tenant",
    "scope_path": "codes of units",
    "tenant_name": "a province's name",
    "unit_name": "a unit's name",
    "activity.people": "a number",
    "activity.title": "the name of an activity",
    "commendation.counts": "numbers by group",
    "commendation.title": "the name of an act",
    "council.name": "a council's name",
    "cycle.name": "a cycle's name",
    "dead_letter.error": "the kind of a failure and its place, never a value",
    "email.error": "a code of a mail server",
    "model.title": "a model's name",
    "rulebook.rules": "a council's rules",
    "session.place": "an office",
    "session.rules": "a council's rules",
    "session.title": "a session's name",
    "tenant.name": "a province's name",
    "unit.name": "a unit's name",
    "unit_period.name": "a unit's name",
    "unit_version.name": "a unit's name",
    "verdict.result": "numbers and codes",
}


@dataclass(frozen=True)
class Entry:
    """One column that holds personal data, or what is amiss with it."""

    service: str
    column: Column[Any]

    @property
    def name(self) -> str:
        return f"{self.column.table.name}.{self.column.name}"

    @property
    def mark(self) -> Personal | str | None:
        plain = PLAIN.get(self.name) or PLAIN.get(self.column.name)
        found: Personal | str | None = self.column.info.get(MARK, plain)
        return found

    @property
    def problem(self) -> str:
        """What the register cannot say of this column; empty when all is said."""
        mark = self.mark
        if mark is None and looks_personal(self.column):
            return "looks personal and says nothing"
        said = mark.retention.days if isinstance(mark, Personal) else 0
        enforced = self.column.table.info.get(PRUNED, 0)
        if said and said != enforced:
            return f"says {said} days, its table's policy {enforced or 'nothing'}"
        return ""


def entries(metadata: MetaData, service: str) -> Iterator[Entry]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            yield Entry(service, column)


def every_entry() -> list[Entry]:
    tables = {service: import_module(f"{service}.store.tables").metadata for service in SERVICES}
    return [entry for service, metadata in tables.items() for entry in entries(metadata, service)]


def finders(service: str) -> set[Table]:
    """The tables out of which a person is given what a service holds of them."""
    return set(import_module(f"{service}.store.subjects").FINDERS)


def problems(found: list[Entry]) -> list[str]:
    return [f"{entry.service} {entry.name}: {entry.problem}" for entry in found if entry.problem]


def rows(found: list[Entry]) -> list[dict[str, str]]:
    """The register, by service, table and column."""
    return [
        {
            "service": entry.service,
            "table": entry.column.table.name,
            "field": entry.column.name,
            "kind": mark.kind,
            "purpose": mark.purpose,
            "basis": mark.basis,
            "retention": mark.retention.words,
        }
        for entry in sorted(found, key=lambda one: (SERVICES.index(one.service), one.name))
        if isinstance(mark := entry.mark, Personal)
    ]


def as_markdown(register: list[dict[str, str]]) -> str:
    lines = [
        "# Register of personal data",
        "",
        "Written by `make personal-data` from the marks on the services' tables; `make check` fails when it is stale.",
        "Law: 91/2025/QH15, Decree 356/2025/NĐ-CP. What an erasure does with each field:",
        "[README](README.md).",
    ]
    for service in SERVICES:
        lines += ["", f"## {service}", "", "| field | purpose | basis | kind | retention |", "|---|---|---|---|---|"]
        lines += [_line(row) for row in register if row["service"] == service]
    return "\n".join(lines) + "\n"


def _line(row: dict[str, str]) -> str:
    shown = [f"`{row['table']}.{row['field']}`", *(row[name] for name in ("purpose", "basis", "kind", "retention"))]
    return f"| {' | '.join(shown)} |"


def documents(found: list[Entry]) -> dict[Path, str]:
    register = rows(found)
    return {REGISTER: as_markdown(register), AS_DATA: json.dumps(register, ensure_ascii=False, indent=1) + "\n"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a file would change")
    check = parser.parse_args().check
    found = every_entry()
    wrong = problems(found)
    for path, content in documents(found).items():
        if check and (not path.exists() or path.read_text("utf-8") != content):
            wrong.append(f"{path.relative_to(ROOT)} is stale: make personal-data")
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
