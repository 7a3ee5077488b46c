"""No request that an OpenAPI document allows, and few that it forbids, makes an API fail or break its own document."""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

SERVICES = ("registration", "review", "reporting", "notifications")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "10"))  # For each operation and mode.
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
load_all_checks()


def operations(app: Any) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    for found in schema.get_all_operations():
        yield found.ok()


def acquaint(case: Case, known: dict[str, str]) -> None:
    """Put ids of what exists in the places of invented ones."""
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            part.update({name: known[name] for name in part if name in known})


def try_operation(operation: Any, target: Any, mode: GenerationMode) -> list[str]:
    roles = operation.definition.raw.get("x-roles", [])
    failures: list[str] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), with_known_ids=st.booleans(), version=st.integers(0, 3))
    def run(case: Case, with_known_ids: bool, version: int) -> None:
        if with_known_ids:
            acquaint(case, target.known)
        headers = target.headers(roles)
        if case.method in ("PUT", "DELETE"):
            headers["If-Match"] = f'"{version}"'
        response = case.call(headers=headers)
        try:
            case.validate_response(response, checks=CHECKS)
        except Exception as failure:
            sent = f"{case.method} {case.formatted_path} {case.query!r} {case.body!r}"
            failures.append(
                f"{sent[:600]}\n  -> {response.status_code} {response.content[:300]!r}\n  {str(failure)[:400]}"
            )

    with suppress(Unsatisfiable):  # An operation that takes nothing has nothing to get wrong.
        run()
    return failures


@pytest.mark.parametrize("service", SERVICES)
def test_no_request_breaks_an_api_or_its_document(service: str, targets: dict[str, Any]) -> None:
    tried = targets[service]
    failures = {
        operation.label: found[0]
        for operation in operations(tried.app)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        if (found := try_operation(operation, tried, mode))
    }
    assert not failures, "\n\n".join(failures.values())
