"""Event contracts: collect them from the services, write the documents for consumers of events, compare versions.

`python tools/contracts.py` writes docs/events, `--check` fails when that would change anything,
`--release` takes today's contracts as the ones that later versions are compared with.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
ASYNCAPI = ROOT / "docs" / "events" / "asyncapi.yaml"
README = ROOT / "docs" / "events" / "README.md"
RELEASED = ROOT / "tests" / "contracts" / "released"
LIST_BEGINS, LIST_ENDS = "<!-- events: written by tools/contracts.py -->\n", "<!-- end of events -->"
TENANT_EXAMPLE = "khanh-hoa"
ANNOTATIONS = frozenset({"$schema", "$id", "$comment", "title", "description", "examples", "default"})

Json = dict[str, Any]


@dataclass(frozen=True)
class Contract:
    """The JSON Schema of one event type's data; the producer owns it."""

    type: str
    schema: Json

    @property
    def service(self) -> str:
        return self.type.split(".")[2]

    @property
    def title(self) -> str:
        return str(self.schema["title"])


def read(folder: Path) -> dict[str, Contract]:
    """The contracts in a folder by event type, which is the file's name."""
    paths = sorted(folder.glob("*.json"))
    return {path.stem: Contract(path.stem, json.loads(path.read_text("utf-8"))) for path in paths}


def collect(root: Path = ROOT) -> dict[str, Contract]:
    """The contracts of every service, by event type in order."""
    found: dict[str, Contract] = {}
    for folder in sorted(root.glob("services/*/contracts")):
        found |= read(folder)
    return dict(sorted(found.items()))


# -- The AsyncAPI document


def document(contracts: Sequence[Contract]) -> Json:
    """AsyncAPI 3.0: one channel for each event type, the envelope once."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sáng Tạo: events",
            "version": "1",
            "description": "Everything that happens on the platform, as CloudEvents 1.0 in structured JSON mode over"
            " one durable topic exchange. docs/events/README.md says how to consume them.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {contract.type: _channel(contract) for contract in contracts},
        "operations": {f"publish.{contract.type}": _operation(contract) for contract in contracts},
        "components": {
            "messages": {contract.type: _message(contract) for contract in contracts},
            "schemas": {"envelope": _envelope()} | {one.type: _embedded(one.schema) for one in contracts},
        },
    }


def _channel(contract: Contract) -> Json:
    return {
        "address": f"{contract.type}.{{tenant}}",
        "title": contract.title,
        "parameters": {
            "tenant": {"description": "The province's slug; * binds to every one.", "examples": [TENANT_EXAMPLE]}
        },
        "messages": {"event": {"$ref": f"#/components/messages/{contract.type}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": "sangtao.events",
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                    "vhost": "/",
                },
            }
        },
    }


def _operation(contract: Contract) -> Json:
    return {
        "action": "send",
        "summary": f"The service {contract.service} publishes it, at least once.",
        "channel": {"$ref": f"#/channels/{contract.type}"},
    }


def _message(contract: Contract) -> Json:
    data = {"$ref": f"#/components/schemas/{contract.type}"}
    return {
        "name": contract.type,
        "title": contract.title,
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/envelope"},
                {"type": "object", "properties": {"type": {"const": contract.type}, "data": data}},
            ]
        },
        "examples": [{"payload": _example(contract, data)} for data in contract.schema["examples"]],
    }


def _example(contract: Contract, data: Json) -> Json:
    subject = next(value for name, value in data.items() if name.endswith("_id"))
    return {
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "id": "01920000-0000-7000-8000-00000000000e",
        "type": contract.type,
        "source": f"/{contract.service}",
        "subject": subject,
        "time": "2026-11-22T01:30:00.123456+00:00",
        "tenant": TENANT_EXAMPLE,
        "sequence": data["version"],
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "data": data,
    }


def _envelope() -> Json:
    def text(description: str, **more: Any) -> Json:
        return {"type": "string", "description": description, **more}

    properties = {
        "specversion": {"type": "string", "const": "1.0"},
        "datacontenttype": {"type": "string", "const": "application/json"},
        "id": text("The same for every delivery of one event: what a consumer deduplicates by.", format="uuid"),
        "type": text("What happened; ends with the version of its contract."),
        "source": text("The service that says so."),
        "subject": text("The aggregate it happened to.", format="uuid"),
        "time": text("When it was recorded, before any legal date in the data.", format="date-time"),
        "tenant": text("The province; an event belongs to exactly one."),
        "sequence": {
            "type": "integer",
            "minimum": 0,
            "description": "The aggregate's version: who keeps state ignores a lower one than it has.",
        },
        "traceparent": text("W3C trace context of the request that caused it; may be missing."),
        "data": {"type": "object"},
    }
    required = [name for name in properties if name != "traceparent"]
    return {"type": "object", "title": "CloudEvents 1.0", "required": required, "properties": properties}


def _embedded(schema: Json) -> Json:
    """Without what is only true of a document of its own."""
    return {key: value for key, value in schema.items() if key not in ("$schema", "$id", "examples")}


class _Plain(yaml.SafeDumper):
    """Writes a repeated value out instead of an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_yaml(content: Json) -> str:
    header = "# Written by tools/contracts.py from services/*/contracts; edit those.\n"
    return header + yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)


# -- The list in the README


def event_list(contracts: Sequence[Contract]) -> str:
    rows = [f"| `{one.type}` | {one.title} | [schema]({_link(one)}) |" for one in contracts]
    return "\n".join(["", "| type | what happened | data |", "|---|---|---|", *rows, "", ""])


def _link(contract: Contract) -> str:
    return f"../../services/{contract.service}/contracts/{contract.type}.json"


def with_list(readme: str, contracts: Sequence[Contract]) -> str:
    """The README with its list of events replaced."""
    head, begins, rest = readme.partition(LIST_BEGINS)
    _, ends, tail = rest.partition(LIST_ENDS)
    if not begins or not ends:
        raise SystemExit(f"{README} has lost the marks between which the events are listed")
    return head + begins + event_list(contracts) + ends + tail


# -- Versions


def breaking_changes(old: Json, new: Json, where: str = "data") -> Iterator[str]:
    """What a consumer of the old schema, or a replay of old events against the new one, would trip over.

    Only optional fields may be added; everything else is a new version beside the old one.
    """
    yield from _changed_fields(old.get("properties", {}), new.get("properties", {}), where)
    yield from _changed_set("required", old.get("required", []), new.get("required", []), where)
    yield from _changed_set("type", _types(old), _types(new), where)
    if "enum" in old and "enum" in new:
        yield from _changed_set("enum", old["enum"], new["enum"], where)
    if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
        yield from breaking_changes(old["items"], new["items"], f"{where}[]")
    compared = {"properties", "required", "type", *(("enum",) if "enum" in old and "enum" in new else ())}
    for keyword in sorted((old.keys() | new.keys()) - ANNOTATIONS - compared):
        before, after = old.get(keyword), new.get(keyword)
        nested = keyword == "items" and isinstance(before, dict) and isinstance(after, dict)
        if before != after and not nested:
            yield f"{where}: {keyword} was {json.dumps(before)}, is {json.dumps(after)}"


def _changed_fields(old: Json, new: Json, where: str) -> Iterator[str]:
    for name, schema in old.items():
        if name in new:
            yield from breaking_changes(schema, new[name], f"{where}.{name}")
        else:
            yield f"{where}.{name}: removed"


def _types(schema: Json) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else types


def _changed_set(keyword: str, old: Sequence[Any], new: Sequence[Any], where: str) -> Iterator[str]:
    yield from (f"{where}: {keyword} lost {value}" for value in old if value not in new)
    yield from (f"{where}: {keyword} gained {value}" for value in new if value not in old)


# -- The command


def outputs() -> dict[Path, str]:
    contracts = list(collect().values())
    return {
        ASYNCAPI: to_yaml(document(contracts)),
        README: with_list(README.read_text("utf-8"), contracts),
    }


def release() -> None:
    """A type that was released stays, also when its service forgets it: then the comparison fails, as it should."""
    RELEASED.mkdir(parents=True, exist_ok=True)
    for contract in collect().values():
        shutil.copyfile(
            ROOT / "services" / contract.service / "contracts" / f"{contract.type}.json",
            RELEASED / f"{contract.type}.json",
        )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether docs/events is up to date")
    parser.add_argument("--release", action="store_true", help="compare later versions with today's contracts")
    chosen = parser.parse_args(arguments)
    if chosen.release:
        release()
    stale = {path: text for path, text in outputs().items() if not path.exists() or path.read_text("utf-8") != text}
    for path, text in stale.items():
        if not chosen.check:
            path.write_text(text, "utf-8")
        print(f"{path.relative_to(ROOT)} {'is stale: run make contracts' if chosen.check else 'written'}")
    return 1 if stale and chosen.check else 0


if __name__ == "__main__":
    sys.exit(main())
