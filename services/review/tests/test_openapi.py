"""The OpenAPI document, and that whatever it allows is answered without a fault of ours."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

DEEDS = ("post", "put")


@pytest.fixture(scope="module")
def document(app: Any) -> Any:
    return app.test_client().get("/openapi.json").json


def test_every_operation_says_who_may_call_it(document: Any) -> None:
    operations = [one for path in document["paths"].values() for name, one in path.items() if name in ("get", *DEEDS)]
    assert len(operations) > 25
    for operation in operations:
        assert operation["x-roles"]
        assert operation["summary"]
    # An author is no judge; what is held of them they read all the same.
    authors = [one["summary"] for one in operations if "author" in one["x-roles"]]
    assert authors == ["Everything this service holds of the caller."]


FUZZ = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("role", ["administrator", "chair", "standing"])
def test_nothing_the_document_allows_breaks_the_service(app: Any, province: Any, role: str) -> None:
    caller, _ = province.person(role, "CL")
    headers = {"Authorization": f"Bearer {caller.token}", "X-Acting-As": str(caller.grant_id)}
    for found in schemathesis.openapi.from_wsgi("/openapi.json", app).get_all_operations():

        @FUZZ
        @given(case=found.ok().as_strategy())
        def attempt(case: Any) -> None:
            answer = case.call(headers=headers)
            assert answer.status_code < 500, (case.method, case.path, case.body, answer.text)

        attempt()
