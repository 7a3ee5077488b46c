"""Every reason for which a field of any service's API may be refused is told in Vietnamese."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

import marshmallow as ma
import pytest
from common.messages import Catalogue

SERVICES = ("registration", "review", "reporting", "notifications")
# One of these breaks each validator there is.
WRONG: tuple[Any, ...] = (
    "", "x" * 100_000, "Đ \0", [], [0] * 5000, -(10**12), 10**12, date.min, Decimal(-(10**12)), Decimal("1.001"),
)  # fmt: skip
UNSAID = {"format"}  # Of answers, which nobody fills in.


def _modules(service: str) -> Iterator[ModuleType]:
    for root in (importlib.import_module(f"{service}.schemas"), importlib.import_module("common.http")):
        yield root
        for found in pkgutil.iter_modules(getattr(root, "__path__", ())):
            yield importlib.import_module(f"{root.__name__}.{found.name}")


def _schemas(service: str) -> set[type[ma.Schema]]:
    return {
        one
        for module in _modules(service)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, ma.Schema) and one is not ma.Schema
    }


def _fields(field: Any) -> Iterator[Any]:
    """The field and those inside of it; what is nested is a schema of its own."""
    yield field
    for name in ("inner", "key_field", "value_field"):
        if inner := getattr(field, name, None):
            yield from _fields(inner)


def _reasons(field: Any) -> Iterator[str]:
    told = {"input": "x", "obj_type": getattr(field, "OBJ_TYPE", ""), "awareness": "aware", "choices": "a, b"}
    yield from (str(text).format_map(told) for key, text in field.error_messages.items() if key not in UNSAID)
    for validator in field.validators:
        reasons = [reason for value in WRONG for reason in _refused(validator, value)]
        assert reasons, f"nothing breaks {validator}"
        yield from reasons


def _refused(validator: Any, value: Any) -> list[str]:
    try:
        validator(value)
    except ma.ValidationError as refusal:
        return [str(reason) for reason in refusal.messages]
    except (TypeError, AttributeError, ArithmeticError):
        pass  # Not of the kind that the field lets through to its validators.
    return []


def _read(service: str) -> dict[str, str]:
    """Every reason of a field that is read, and where it may be met."""
    return {
        reason: f"{schema.__name__}.{name}"
        for schema in _schemas(service)
        for name, declared in schema().fields.items()
        if not declared.dump_only
        for field in _fields(declared)
        for reason in _reasons(field)
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_reason_of_every_schema_has_vietnamese_words(service: str) -> None:
    catalogue, met = Catalogue(service), _read(service)
    told = {reason: catalogue.field_text(reason)["vi"] for reason in met}
    assert len(told) > 10
    assert {reason: met[reason] for reason, text in told.items() if text == reason} == {}
    assert {text for text in told.values() if "{" in text} == set()


def test_the_numbers_stay() -> None:
    catalogue = Catalogue()
    assert catalogue.field_text("Length must be between 2 and 500.") == {
        "vi": "Phải dài từ 2 đến 500 (ký tự hoặc mục).",
        "en": "Length must be between 2 and 500 (characters or items).",
    }
    assert catalogue.field_text("Length must be between 0 and 40.")["vi"] == "Dài nhất là 40 (ký tự hoặc mục)."
    texts = catalogue.field_text("Must be greater than or equal to 2000 and less than or equal to 2100.")
    assert texts["vi"] == "Phải từ 2000 đến 2100."
    assert catalogue.field_text("Must be one of: draft, submitted.")["vi"] == "Phải là một trong: draft, submitted."
    assert catalogue.field_text("Nobody knows this.") == {"vi": "Nobody knows this.", "en": "Nobody knows this."}
