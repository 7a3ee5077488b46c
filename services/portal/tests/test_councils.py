"""Establishing a council: everybody who was chosen sits on it."""

from collections.abc import Callable
from typing import Any

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
COUNCIL = {
    "name": "Hội đồng xét sáng kiến", "unit_id": ID, "established_by.number": "12/QĐ-UBND",
    "established_by.signed_on": "17/06/2019", "term_from": "17/06/2019",
}  # fmt: skip


def seat(place: int, person: dict[str, Any] | None, role: str, title: str = "") -> dict[str, str]:
    words = {"person_id": person["name"] if person else "", "role": role, "title": title}
    return {f"members.{place}.{name}": value for name, value in words.items()}


def test_members_with_and_without_a_title_all_sit_on_the_council(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    chair, secretary, member = answers["registration GET /people"]["items"][:3]
    seats = seat(0, chair, "chair", "Chủ tịch UBND") | seat(1, secretary, "secretary") | seat(2, member, "member")
    form = COUNCIL | seats | seat(3, None, "member")
    assert signed_in("administrator").post("/councils/new", form).status_code == 303
    assert services.last("POST").body["members"] == [
        {"person_id": chair["id"], "name": chair["name"], "role": "chair", "title": "Chủ tịch UBND"},
        {"person_id": secretary["id"], "name": secretary["name"], "role": "secretary"},
        {"person_id": member["id"], "name": member["name"], "role": "member"},
    ]


def test_a_seat_for_which_nobody_was_chosen_is_told(signed_in: Callable[[str], Any], services: Any) -> None:
    page = signed_in("administrator").post("/councils/new", COUNCIL | seat(0, None, "chair"))
    assert page.status_code == 422
    assert 'id="members.0.person_id-error"' in page.text
    assert [asked for asked in services.asked if asked.method == "POST"] == []
