"""A person who is erased: no address, no inbox, no letter, and nothing that comes late brings them back."""

from typing import Any

import pytest
from common.ids import new_id
from sqlalchemy import text


def everything(service: Any) -> str:
    with service.database.admin_engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = [connection.scalars(text(f'SELECT t::text FROM "{one}" t')).all() for one in tables]
    return "\n".join(row for of_table in rows for row in of_table)


def erased(province: Any, person_id: Any, *initiative_ids: Any) -> Any:
    data = {"person_id": str(person_id), "version": 2, "initiative_ids": [str(one) for one in initiative_ids]}
    return province.event("person.erased", person_id, data)


def test_nothing_is_left_of_the_person_and_their_dossiers(service: Any, province: Any) -> None:
    gone, joint = new_id(), new_id()
    reason = {"reason": "Bà Ánh cần bổ sung"}
    service.take(
        province.initiative("submitted", initiative_id=gone, title="Tủ sách của Ánh"),
        province.initiative("returned", initiative_id=gone, title="Tủ sách của Ánh", **reason),
        province.initiative("submitted", initiative_id=joint, title="Hồ sơ chung"),
    )
    author = province.author
    for known in (author.name, author.email, "của Ánh", "Bà Ánh"):
        assert known in everything(service)
    service.take(erased(province, author.id, gone))
    left = everything(service)
    for known in (author.name, author.email, "của Ánh", "Bà Ánh"):
        assert known not in left
    assert {row.person_id for row in service.rows("message")} == {province.officer.id}
    assert {row.message_id for row in service.rows("email")} == {row.id for row in service.rows("message")}
    assert {row.subject for row in service.rows("message") if row.initiative_id == gone} == {"(đã xoá)"}
    assert any("Hồ sơ chung" in row.text for row in service.rows("message"))


def test_who_is_erased_is_told_nothing_more(service: Any, province: Any) -> None:
    service.take(erased(province, province.author.id))
    service.take(province.initiative("returned", reason="Cần bổ sung"))
    assert province.author.id not in {row.person_id for row in service.rows("message")}


@pytest.mark.parametrize("is_known_first", [False, True])
def test_others_are_told_by_its_code_that_a_dossier_went_with_its_author(
    service: Any, province: Any, *, is_known_first: bool
) -> None:
    """Whichever of the two events comes first, and as often as they come."""
    gone = new_id()
    title = "Tủ sách của Ánh" if is_known_first else "(đã xoá)"  # Redacted on arrival, or where it was kept.
    withdrawn = province.initiative("withdrawn", initiative_id=gone, title=title)
    erasing = erased(province, province.author.id, gone)
    service.take(*([erasing, withdrawn] if is_known_first else [withdrawn, erasing]), erasing)
    told = {row.person_id: row for row in service.rows("message")}
    assert set(told) == {province.officer.id, province.secretary.id}
    assert told[province.officer.id].subject == "Đã rút hồ sơ: KH-2026-0012"
    assert told[province.secretary.id].subject == "Đã rút hồ sơ đã chuyển lên hội đồng: KH-2026-0012"
    assert told[province.officer.id].text == (
        "Sáng kiến có mã hồ sơ KH-2026-0012, nộp tại Mặt trận xã Diên An, đã được rút và không còn được xét nữa.\n\n"
        "Ông/bà không phải làm gì thêm với hồ sơ này."
    )


def test_nobody_is_told_of_a_draft_that_went_with_its_author(service: Any, province: Any) -> None:
    gone = new_id()
    draft = province.initiative("withdrawn", initiative_id=gone, title="(đã xoá)", code="", council_unit_id=None)
    service.take(erased(province, province.author.id, gone), draft)
    assert service.rows("message") == []


def test_what_was_told_before_and_comes_after_brings_nobody_back(service: Any, province: Any) -> None:
    author, gone = province.author, new_id()
    service.take(erased(province, author.id, gone), province.person(author))
    service.take(province.initiative("submitted", initiative_id=gone, title="Tủ sách của Ánh"))
    left = everything(service)
    for known in (author.name, author.email, "của Ánh"):
        assert known not in left
    service.take(erased(province, author.id, gone))
    assert everything(service).count("Người đã xoá") == left.count("Người đã xoá")


def test_erasing_one_leaves_the_others(service: Any, province: Any) -> None:
    service.take(province.initiative("submitted"), erased(province, province.author.id))
    assert province.officer.email in everything(service)
