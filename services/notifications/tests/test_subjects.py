"""A person who is erased: no address, no inbox, no letter, and nothing that comes late brings them back."""

from typing import Any

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
