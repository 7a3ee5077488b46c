"""Every field that a client can fill in is bounded: its length, its range or the list that it is chosen from."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import marshmallow as ma
import pytest
from common.http import Cursor
from common.http.fields import Email, Text, Whole
from flask_smorest.fields import Upload

SERVICES = ("registration", "review", "reporting", "notifications")
# Bounded by what they are.
SELF_BOUNDED = (ma.fields.UUID, ma.fields.Boolean, ma.fields.Enum, ma.fields.AwareDateTime, Cursor, Upload, Email)


def _modules(name: str) -> Iterator[Any]:
    package = importlib.import_module(name)
    yield package
    for found in pkgutil.iter_modules(getattr(package, "__path__", [])):
        yield importlib.import_module(f"{name}.{found.name}")


def _schemas(service: str) -> Iterator[ma.Schema]:
    """Yield the schema of every body and query string that a view of the service declares."""
    for module in _modules(f"{service}.api"):
        for view in vars(module).values():
            declared = getattr(view, "_apidoc", {}) if inspect.isfunction(view) else {}
            yield from (parameter["schema"] for parameter in declared.get("arguments", {}).get("parameters", []))


def _fields(schema: ma.Schema, name: str = "") -> Iterator[tuple[str, ma.fields.Field[Any]]]:
    for key, field in (schema.fields if not schema.load_fields else schema.load_fields).items():
        yield from _inside(field, f"{name or type(schema).__name__}.{key}")


def _inside(field: ma.fields.Field[Any], name: str) -> Iterator[tuple[str, ma.fields.Field[Any]]]:
    if isinstance(field, ma.fields.Nested):
        yield from _fields(field.schema, name)
    elif isinstance(field, ma.fields.List):
        yield from _inside(field.inner, f"{name}[]")
    elif isinstance(field, ma.fields.Dict):
        for part, inner in (("key", field.key_field), ("value", field.value_field)):
            assert inner is not None, f"{name} takes anything as its {part}"
            yield from _inside(inner, f"{name}.{part}")
    else:
        yield name, field


def _is_bounded(field: ma.fields.Field[Any]) -> bool:
    validators = [type(validator).__name__ for validator in field.validators]
    if isinstance(field, SELF_BOUNDED):
        return True
    if isinstance(field, Text):
        return "Length" in validators
    if isinstance(field, Whole | ma.fields.Date):
        return "Range" in validators
    if isinstance(field, ma.fields.Decimal):
        return bool(validators) and not field.allow_nan
    return isinstance(field, ma.fields.String) and bool({"OneOf", "Regexp"} & set(validators))


@pytest.mark.parametrize("service", SERVICES)
def test_every_field_of_a_request_is_bounded(service: str) -> None:
    found = {name: field for schema in _schemas(service) for name, field in _fields(schema)}
    assert len(found) > 3
    assert [name for name, field in found.items() if not _is_bounded(field)] == []


def test_an_unbounded_field_would_be_noticed() -> None:
    for field in (ma.fields.String(), ma.fields.Integer(), ma.fields.Float(), ma.fields.Date(), ma.fields.Decimal()):
        assert not _is_bounded(field)
