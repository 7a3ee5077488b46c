"""Naming a person in a form: by what is typed, told from others of that name, and asked for again when not clear."""

import re
from collections.abc import Callable
from typing import Any

import pytest

A, B, C, D = (f"01a20188-454d-7778-99dc-00000000000{digit}" for digit in "abcd")
PEOPLE = [
    {"id": A, "name": "Nguyễn Văn Nam", "works_at": ["Sở Y tế", "Bệnh viện tỉnh"], "version": 1},
    {"id": B, "name": "Nguyễn Văn Nam", "works_at": ["Xã Suối Dầu"], "version": 1},
    {"id": C, "name": "Nguyễn Văn Nam Anh", "works_at": [], "email": "nam-anh@example.vn", "version": 1},
]
NAMESAKE = {"id": D, "name": "Nguyễn Văn Nam", "works_at": ["Sở Y tế"], "version": 1}
GRANT = {"subject": "moi", "role": "officer", "unit_id": A, "valid_from": "01/02/2027"}


@pytest.fixture
def people(services: Any) -> Callable[..., None]:
    def have(*more: dict[str, Any]) -> None:
        services.answer("registration GET /people", 200, {"items": [*PEOPLE, *more], "next": None})

    have()
    services.answer("registration POST /grants", 201, {"id": A, "person_id": A})
    return have


def posted(services: Any) -> list[Any]:
    return [one.body["person_id"] for one in services.asked if one.method == "POST"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Nguyễn Văn Nam (Sở Y tế)", A),
        ("nguyễn văn nam  (sở y tế)", A),
        ("Nguyễn Văn Nam (Xã Suối Dầu)", B),
        ("Nguyễn Văn Nam Anh (nam-anh@example.vn)", C),
        ("Nguyễn Văn Nam Anh", C),
    ],
)
@pytest.mark.usefixtures("people")
def test_a_person_is_named_as_offered_or_by_a_name_that_nobody_else_has(
    signed_in: Callable[[str], Any], services: Any, typed: str, meant: str
) -> None:
    assert signed_in("administrator").post("/admin/grants/new", GRANT | {"person_id": typed}).status_code == 303
    assert posted(services) == [meant]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("Nguyễn Văn Nam", "Nguyễn Văn Nam (Sở Y tế); Nguyễn Văn Nam (Xã Suối Dầu); "),
        ("Nguyễn Văn Nam (Sở Nội vụ)", "Nguyễn Văn Nam (Sở Y tế); Nguyễn Văn Nam (Xã Suối Dầu); "),
        ("nguyen van nam anh", "Nguyễn Văn Nam Anh (nam-anh@example.vn)."),
        ("Nguyễn Văn Năm Anh", "Nguyễn Văn Nam Anh (nam-anh@example.vn)."),
        ("Nam Anh", "Nguyễn Văn Nam Anh (nam-anh@example.vn)."),
        ("Lê " + "ệ" * 1500, "Không có người nào tên như vậy"),
        ("Lê Thị Mai", "Không có người nào tên như vậy chọn được ở đây."),
    ],
)
@pytest.mark.usefixtures("people")
def test_who_is_not_clear_is_asked_for_again_and_nothing_typed_is_lost(
    signed_in: Callable[[str], Any], services: Any, typed: str, reason: str
) -> None:
    page = signed_in("administrator").post("/admin/grants/new", GRANT | {"person_id": typed})
    assert page.status_code == 422
    assert re.search(rf'id="person_id-error">[^<]*{re.escape(reason)}', page.text)
    assert max(len(one.query["q"]) for one in services.asked if one.path == "/people") <= 200
    assert f'value="{typed}"' in page.text
    assert 'value="moi"' in page.text
    assert posted(services) == []


def test_people_of_one_name_and_place_can_still_be_chosen(
    signed_in: Callable[[str], Any], services: Any, people: Callable[..., None]
) -> None:
    people(NAMESAKE)
    administrator = signed_in("administrator")
    offered = administrator.get("/people/options?person_id=nguyen+van").text
    assert 'value="Nguyễn Văn Nam (Sở Y tế, #00000d)"' in offered
    unclear = administrator.post("/admin/grants/new", GRANT | {"person_id": "Nguyễn Văn Nam (Sở Y tế)"})
    assert "Nguyễn Văn Nam (Sở Y tế, #00000a)" in unclear.text
    chosen = GRANT | {"person_id": "Nguyễn Văn Nam (Sở Y tế, #00000d)"}
    assert administrator.post("/admin/grants/new", chosen).status_code == 303
    assert posted(services) == [D]


@pytest.mark.parametrize("path", ["/admin/grants/new", "/admin/data-requests/new"])
def test_who_was_chosen_on_their_own_page_is_meant_whatever_others_are_called(
    signed_in: Callable[[str], Any], services: Any, people: Callable[..., None], path: str
) -> None:
    people(NAMESAKE)
    services.answer("registration GET /people/*", 200, {"id": C, "name": "Nguyễn Văn Nam", "email": "", "version": 1})
    administrator = signed_in("administrator")
    assert 'value="Nguyễn Văn Nam"' in administrator.get(f"{path}?person_id={C}").text
    form = GRANT | {"person_id": "Nguyễn Văn Nam", "kind": "access", "received_on": "01/02/2026"}
    assert administrator.post(f"{path}?person_id={C}", form).status_code == 303
    assert posted(services) == [C]


@pytest.mark.usefixtures("people")
def test_every_member_who_is_not_clear_is_told_at_once(signed_in: Callable[[str], Any], services: Any) -> None:
    seats = {
        "members.0.person_id": "Nguyễn Văn Nam",
        "members.1.person_id": "Nguyễn Văn Nam Anh",
        "members.2.person_id": "Ai đó",
    }
    roles = {f"members.{place}.role": "member" for place in range(3)}
    council = {"name": "Hội đồng", "unit_id": A, "term_from": "17/06/2019"}
    decree = {"established_by.number": "12/QĐ-UBND", "established_by.signed_on": "17/06/2019"}
    page = signed_in("administrator").post("/councils/new", council | decree | seats | roles)
    assert page.status_code == 422
    assert [f'id="members.{place}.person_id-error"' in page.text for place in range(3)] == [True, False, True]
    assert [one for one in services.asked if one.method == "POST"] == []


@pytest.mark.usefixtures("people")
def test_people_are_offered_from_the_second_letter_on_to_those_who_may_name_them(
    signed_in: Callable[[str], Any], services: Any
) -> None:
    standing = signed_in("standing")
    assert standing.get("/people/options?members.0.person_id=n").text.strip() == ""
    assert "Nguyễn Văn Nam (Xã Suối Dầu)" in standing.get("/people/options?members.0.person_id=na&able=true").text
    [asked] = [one.query for one in services.asked if one.path == "/people"]
    assert asked == {"q": "na", "able": "true", "limit": "20"}
    assert signed_in("author").get("/people/options?person_id=nam").status_code == 403


def row(digit: str, name: str, *units: str, **more: str) -> dict[str, Any]:
    return {"id": f"01a20188-454d-7778-99dc-00000000000{digit}", "name": name, "works_at": list(units), **more}


@pytest.mark.parametrize(
    "found",
    [
        [row("1", "Nguyễn Văn Hùng"), row("2", "Nguyễn Văn Hưng")],
        [row("1", "Nguyễn Văn Hùng", "Sở Y tế"), row("2", "Nguyễn Văn Hưng", "Sở Y tế")],
        [row("1", "Lê Thị Mai"), row("2", "Lê Thị Mai", email="mai@example.vn"), row("3", "Lê Thị Mai")],
        [row("1", "Cán bộ (tài khoản mẫu)", "Các cơ quan (nguồn không nêu tên)"), row("2", "Cán bộ (tài khoản mẫu)")],
        [row("1", "Cán bộ (thử"), row("2", "Cán bộ) thử (")],
    ],
)
def test_everybody_who_is_offered_can_be_chosen(
    signed_in: Callable[[str], Any], services: Any, found: list[dict[str, Any]]
) -> None:
    def those_named() -> dict[str, Any]:
        asked = services.asked[-1].query["q"].casefold()
        return {"items": [one for one in found if asked in one["name"].casefold()], "next": None}

    services.answer("registration GET /people", 200, {"items": found, "next": None})
    services.answer("registration POST /grants", 201, {"id": A, "person_id": A})
    administrator = signed_in("administrator")
    offered = re.findall(r'value="([^"]*)"', administrator.get("/people/options?person_id=van").text)
    services.answer("registration GET /people", 200, those_named)
    for label in offered:
        assert administrator.post("/admin/grants/new", GRANT | {"person_id": label}).status_code == 303, label
    assert posted(services) == [one["id"] for one in found]


def test_who_is_only_one_of_a_name_is_never_taken_for_the_other(signed_in: Callable[[str], Any], services: Any) -> None:
    found = [row("1", "Lê Thị Mai"), row("2", "Lê Thị Mai", email="mai@example.vn")]
    services.answer("registration GET /people", 200, {"items": found, "next": None})
    page = signed_in("administrator").post("/admin/grants/new", GRANT | {"person_id": "Lê Thị Mai"})
    assert page.status_code == 422
    assert "Lê Thị Mai (#000001); Lê Thị Mai (mai@example.vn)" in page.text


@pytest.mark.parametrize("odd", ["..%2Funits", "x", "%00"])
def test_a_link_that_names_nobody_opens_an_empty_form(signed_in: Callable[[str], Any], services: Any, odd: str) -> None:
    assert signed_in("administrator").get(f"/admin/grants/new?person_id={odd}").status_code == 200
    assert not [one for one in services.asked if one.path.startswith("/people/")]


def test_a_unit_of_other_marks_is_not_the_one_meant(signed_in: Callable[[str], Any], services: Any) -> None:
    act = {"id": A, "changes": [], "effective_on": "2025-07-01", "version": 1, "title": "x", "legal_basis": "y"}
    services.answer("registration GET /reorganisations/*", 200, act)
    units = [{"id": B, "name": "Xã Hưng Đạo", "code": "XHD"}]
    services.answer("registration GET /units", 200, {"items": units, "next": None})
    administrator = signed_in("administrator")
    for typed, status in (("Xã Hùng Đạo", 422), ("xa hung dao", 303), ("Hưng Đạo", 303)):
        answer = administrator.post(f"/reorganisations/{A}/add/rename", {"unit": typed, "name": "Xã Mới"})
        assert answer.status_code == status, typed
