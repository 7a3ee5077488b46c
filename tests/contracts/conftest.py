"""The contracts of every service, the code that sends and receives what they describe, and the tool under test."""

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from common.audit.witnesses import sealed_fact, sealed_type

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/contracts"))
PREFIX = "vn.sangtao."


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Its dataclasses look themselves up there.
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tool() -> ModuleType:
    """tools/contracts.py."""
    return _load("contracts_tool", ROOT / "tools" / "contracts.py")


@pytest.fixture(scope="session")
def contracts(tool: ModuleType) -> dict[str, Any]:
    return dict(tool.collect())


def _modules(package: str) -> Iterator[ModuleType]:
    root = importlib.import_module(package)
    yield root
    for found in pkgutil.iter_modules(getattr(root, "__path__", [])):
        yield importlib.import_module(f"{package}.{found.name}")


@pytest.fixture(scope="session")
def facts() -> dict[str, type]:
    """Every fact class of every service, by the type of its event; what common says for each of them too."""
    sealed = {sealed_type(service): sealed_fact(service) for service in SERVICES}
    return sealed | {
        value.type: value
        for service in SERVICES
        for module in _modules(f"{service}.domain")
        for value in vars(module).values()
        if isinstance(value, type) and is_dataclass(value) and str(getattr(value, "type", "")).startswith(PREFIX)
    }


@pytest.fixture(scope="session")
def handled() -> dict[str, set[str]]:
    """The event types each service listens to."""
    return {service: set(importlib.import_module(f"{service}.consumers").HANDLERS) for service in SERVICES}


@pytest.fixture(scope="session")
def missing(skip_or_fail: Any) -> Any:
    """Call it with the reason for which something cannot run here."""
    return skip_or_fail
