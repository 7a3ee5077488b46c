"""Producers, consumers and contracts agree, and no contract tells more about people than it must."""

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from jsonschema import Draft202012Validator

# Parts of field names that smell of a person; each use is listed below with its reason, or must go.
PERSONAL = frozenset(
    {"name", "email", "phone", "mobile", "address", "birth", "born", "gender", "ethnicity", "citizen", "passport"}
    | {"subject", "login", "signatory", "comment", "note", "photo", "salary", "bank"}
)
ALLOWED = {
    ("registration.person.recorded.v1", "name"): "notifications writes to people by name",
    ("registration.person.recorded.v1", "email"): "notifications writes to people at their address",
    ("registration.grant.issued.v1", "token_subject"): "every service must know whose token a grant belongs to",
    ("registration.grant.revoked.v1", "token_subject"): "every service must know whose token a grant belongs to",
    ("registration.tenant.recorded.v1", "name"): "the name of a province",
    ("registration.settings.recorded.v1", "name"): "of a level of the province",
    ("registration.unit.recorded.v1", "name"): "the name of a unit",
    ("registration.cycle.recorded.v1", "name"): "the name of a cycle",
    ("review.council.recorded.v1", "name"): "the name of a council",
    ("review.decision.issued.v1", "signatory"): "who signed a public decision",
}
# What one tenant tells another: the same service takes it in on the other side (ADR 16).
TO_ANOTHER_TENANT = {"vn.sangtao.reporting.rollup.sent.v1"}


def _fields(schema: dict[str, Any]) -> Iterator[str]:
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from _fields(inner)
    for keyword in ("items", "additionalProperties"):
        if isinstance(inner := schema.get(keyword), dict):
            yield from _fields(inner)


def test_every_event_that_is_listened_to_has_a_producers_contract(
    contracts: dict[str, Any], handled: dict[str, set[str]]
) -> None:
    orphans = {service: sorted(types - contracts.keys()) for service, types in handled.items()}
    assert not any(orphans.values()), orphans


def test_no_service_listens_to_itself(handled: dict[str, set[str]]) -> None:
    own = {
        service: [one for one in types if one.split(".")[2] == service and one not in TO_ANOTHER_TENANT]
        for service, types in handled.items()
    }
    assert not any(own.values()), own


def test_every_fact_has_a_contract_and_every_contract_a_fact(contracts: dict[str, Any], facts: dict[str, type]) -> None:
    assert sorted(facts.keys() - contracts.keys()) == []
    assert sorted(contracts.keys() - facts.keys()) == []


def test_a_contract_names_every_field_of_its_fact(contracts: dict[str, Any], facts: dict[str, type]) -> None:
    for name in contracts.keys() & facts.keys():
        schema = contracts[name].schema
        assert set(schema["properties"]) == {field.name for field in fields(facts[name])}, name  # type: ignore[arg-type]


def test_a_contract_is_complete(contracts: dict[str, Any], tool: Any) -> None:
    assert contracts
    for name, contract in contracts.items():
        schema = contract.schema
        Draft202012Validator.check_schema(schema)
        assert re.fullmatch(r"vn\.sangtao\.[a-z]+\.[a-z_]+\.[a-z_]+\.v[1-9]\d*", name), name
        assert (tool.ROOT / "services" / contract.service / "contracts" / f"{name}.json").exists(), name
        assert schema["type"] == "object", name
        assert schema["title"], name
        assert "version" in schema["required"], name
        assert next(iter(schema["properties"])).endswith("_id"), f"{name}: the aggregate's id comes first"
        assert schema.get("additionalProperties", True) is True, f"{name} could never gain a field"
        assert "$ref" not in str(schema), f"{name} must be readable on its own"


def test_every_example_keeps_its_contract(contracts: dict[str, Any]) -> None:
    for name, contract in contracts.items():
        assert contract.schema["examples"], name
        validator = Draft202012Validator(contract.schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        for example in contract.schema["examples"]:
            errors = [error.message for error in validator.iter_errors(example)]
            assert not errors, (name, errors)
            assert set(example) <= set(contract.schema["properties"]), name


def test_no_contract_tells_more_about_people_than_is_listed(contracts: dict[str, Any]) -> None:
    used = {
        (name.removeprefix("vn.sangtao."), field)
        for name, contract in contracts.items()
        for field in _fields(contract.schema)
        if PERSONAL & set(field.split("_"))
    }
    assert sorted(used - ALLOWED.keys()) == []
    assert sorted(ALLOWED.keys() - used) == [], "listed, but no contract has it any more"


def test_a_contract_only_gains_optional_fields(contracts: dict[str, Any], tool: Any) -> None:
    released = tool.read(tool.RELEASED)
    if not released:
        pytest.fail("nothing is released to compare with: run `python tools/contracts.py --release`")
    for name, before in released.items():
        assert name in contracts, f"{name} was released and is gone"
        assert list(tool.breaking_changes(before.schema, contracts[name].schema)) == [], name
