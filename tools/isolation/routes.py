"""Every route of every OpenAPI document, and the requests that are made of it: new routes by being there."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from common import clock
from sample_files import pdf
from werkzeug.test import TestResponse

from isolation.databases import SERVICES
from isolation.world import Person, World

METHODS = ("get", "post", "put", "patch", "delete")
# Identifiers that go by another name, and lists of them.
SAME_AS = {
    "parent_id": "unit_id", "council_unit_id": "unit_id", "succeeds": "rulebook_id", "dossier_ids": "initiative_id",
    "present": "person_id", "from_unit_id": "unit_id", "to_unit_id": "unit_id",
}  # fmt: skip


@dataclass(frozen=True)
class Slot:
    """A place in a request that takes an identifier: `where` is path, query or body; `kind` what it identifies."""

    where: str
    name: str
    kind: str


@dataclass(frozen=True)
class Route:
    """One operation of a service's document."""

    service: str
    method: str
    path: str
    operation: dict[str, Any]
    document: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_public(self) -> bool:
        return "x-roles" not in self.operation and self.path.startswith("/v1/catalogue")

    @property
    def is_list(self) -> bool:
        return self.method == "GET" and "{" not in self.path

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.operation.get("x-roles", ()))

    @property
    def queries(self) -> list[dict[str, Any]]:
        return [one for one in self.operation.get("parameters", []) if one["in"] == "query"]

    def takes(self, query: str) -> bool:
        return any(parameter["name"] == query for parameter in self.queries)

    @property
    def body(self) -> dict[str, Any]:
        """The schema of a JSON body, empty where there is none."""
        content = self.operation.get("requestBody", {}).get("content", {})
        found: dict[str, Any] = content.get("application/json", {}).get("schema", {})
        return self._resolved(found)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return self._resolved(self.document["components"]["schemas"][name])
        return schema

    def slots(self) -> Iterator[Slot]:
        """Where identifiers go."""
        for name in re.findall(r"\{(\w+)\}", self.path):
            yield Slot("path", name, kind_of(name))
        for query in self.queries:
            if query["schema"].get("format") == "uuid" or is_id(query["name"]):
                yield Slot("query", query["name"], kind_of(query["name"]))
        for name in self.body.get("properties", {}):
            if is_id(name):
                yield Slot("body", name, kind_of(name))

    def example(self, schema: dict[str, Any], ids: dict[str, str], name: str = "") -> Any:
        """A value that the schema lets in; identifiers are those given."""
        schema = self._resolved(schema)
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self.example(schema[several][0], ids, name)
        if is_id(name):
            one = ids.get(name) or str(uuid4())
            return [one] if _type(schema) == "array" else one
        if "enum" in schema:
            return next(value for value in schema["enum"] if value is not None)
        if _type(schema) == "object":
            properties: dict[str, Any] = schema.get("properties", {})
            return {
                key: self.example(value, ids, key) for key, value in properties.items() if not value.get("readOnly")
            }
        if _type(schema) == "array":
            return [self.example(schema["items"], ids)]
        return _plain(schema, name)


def _type(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "")
    return next((one for one in kind if one != "null"), "") if isinstance(kind, list) else str(kind)


def _plain(schema: dict[str, Any], name: str) -> Any:
    today = clock.today()
    if name.endswith("year") or name == "year":
        return today.year
    kinds: dict[str, Any] = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": True}
    formats = {"date": today.isoformat(), "date-time": clock.now().isoformat(), "uuid": str(uuid4())}
    return formats.get(schema.get("format", ""), kinds.get(_type(schema), "thu-nghiem"))


def is_id(name: str) -> bool:
    return name in SAME_AS or name.endswith(("_id", "_ids"))


def kind_of(name: str) -> str:
    """What an identifier identifies."""
    return SAME_AS.get(name, name.removesuffix("s"))


def all_routes(world: World) -> list[Route]:
    found = []
    for service in SERVICES:
        document = world.document(service)
        for path, operations in document["paths"].items():
            shared = operations.get("parameters", [])
            for method in METHODS:
                if operation := operations.get(method):
                    merged = operation | {"parameters": [*shared, *operation.get("parameters", [])]}
                    found.append(Route(service, method.upper(), path, merged, document))
    return found


def request(person: Person, route: Route, ids: dict[str, str], slot: Slot | None = None, **more: str) -> TestResponse:
    """A sound request with these identifiers, by the names of its slots; only the slot's own of optional queries."""
    path = re.sub(r"\{(\w+)\}", lambda match: ids.get(match[1]) or str(uuid4()), route.path)
    if slot and slot.where == "query":
        path += f"?{slot.name}={ids[slot.name]}"
    body = route.example(route.body, ids) if route.body else None
    if route.method == "POST" and body is None and "multipart" in str(route.operation.get("requestBody", "")):
        body = {"file": (io.BytesIO(pdf()), "tep.pdf")}
    return person.ask(route.service, route.method, path, body, **({"If_Match": '"1"'} | more))


def readable(answer: TestResponse) -> str:
    """The text of an answer, of a workbook's sheets too: compressed, a search would find nothing in it."""
    content = answer.get_data()
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/"))
