"""A request for correction is done when something was corrected, or when the person reads why nothing was."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from common import clock
from common.ids import new_id


@pytest.fixture
def asker(province: Any) -> SimpleNamespace:
    """Somebody made anew, and the administrator's acts on them."""
    caller, person_id = province.person("author", "A", subject=f"asker-{new_id()}")
    admin, path = province.admin, f"/v1/people/{person_id}"

    def record(**values: str) -> None:
        known = admin.get(path).json
        body = {name: known[name] for name in ("name", "email", "phone")} | values
        assert admin.put(path, body, version=known["version"]).status_code == 200

    def ask(by: Any, **values: Any) -> str:
        wanted = {"kind": "correction", "details": "Tên đúng: An"}
        request = f"/v1/subject-requests/{by.post('/v1/subject-requests', wanted | values).json['id']}"
        assert admin.post(f"{request}/start").status_code == 200
        return request

    return SimpleNamespace(caller=caller, id=person_id, admin=admin, record=record, ask=ask)


def test_nothing_is_done_while_all_is_as_it_was(asker: SimpleNamespace) -> None:
    asker.record(name="Trước khi hỏi")
    request = asker.ask(asker.caller)
    asker.record()  # Saved as it was.
    refused = asker.admin.post(f"{request}/complete")
    assert (refused.status_code, refused.json["code"]) == (409, "subject_request.nothing_corrected")
    assert refused.json["errors"][0]["pointer"] == "/reason"
    assert asker.caller.get(request).json["state"] == "in_progress"
    asker.record(name="An")
    assert asker.admin.post(f"{request}/complete").json["state"] == "done"


def test_what_was_corrected_elsewhere_or_was_right_is_told_to_the_person(asker: SimpleNamespace) -> None:
    request, told = asker.ask(asker.caller), {"reason": "Đã sửa tên trong hồ sơ."}
    assert asker.admin.post(f"{request}/complete", told).status_code == 200
    read = asker.caller.get(request).json
    assert (read["state"], read["reason"]) == ("done", told["reason"])


@pytest.mark.parametrize("days_ago", [0, 1])
def test_a_correction_of_the_day_of_the_paper_counts(asker: SimpleNamespace, days_ago: int) -> None:
    """It is recorded after the person was there."""
    asker.record(phone="0901 234 567")
    day = clock.today() - timedelta(days=days_ago)
    request = asker.ask(asker.admin, person_id=asker.id, received_on=day.isoformat())
    assert asker.admin.post(f"{request}/complete").status_code == 200
