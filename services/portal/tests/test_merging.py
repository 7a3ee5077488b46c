"""Merging provinces: the operator drafts it and goes on naming the province; its own people read it and decide."""

from collections.abc import Callable
from typing import Any

import pytest

A, B, C, ACT_ID, STRANGER = (f"01a20188-0000-7000-8000-00000000000{number}" for number in range(1, 6))
NAMES = {A: "Tỉnh Ninh Thuận", B: "Tỉnh Khánh Hòa", C: "Huyện Ninh Phước"}
END = {"action": "end", "unit_id": A, "successor_ids": [B], "heir_id": B, "grants": "end"}
CHANGES = [{"action": "move", "unit_id": C, "parent_id": B}, END]
ACT = f"/reorganisations/{ACT_ID}?tenant=khanh-hoa"
MERGE = {
    "absorbs.0.code": "ninh-thuan", "title": "Hợp nhất", "legal_basis": "202/2025/QH15", "effective_on": "01/07/2025",
}  # fmt: skip


@pytest.fixture
def draft(services: Any) -> Callable[..., None]:
    def make(**values: Any) -> None:
        act = {
            "id": ACT_ID, "title": "Hợp nhất", "legal_basis": "202", "effective_on": "2025-07-01", "status": "draft",
            "absorbs": ["ninh-thuan"], "absorbed_names": ["Ninh Thuận"], "version": 3, "changes": CHANGES,
            "assignments": [], "names": NAMES, "moved": {},
            "prepared_by": STRANGER, "prepared_by_name": "", "prepared_at": "2025-06-01T01:00:00Z",
            "approved_by": None, "approved_by_name": "", "approved_at": None, "applied_at": None, "undone_at": None,
        } | values  # fmt: skip
        services.answer("registration GET /reorganisations/*", 200, act)
        services.answer("registration GET /reorganisations", 200, {"items": [act], "next": None})

    make()
    return make


def test_the_operator_drafts_a_merge_of_provinces_there_are(signed_in: Callable[[str], Any], services: Any) -> None:
    names = (("khanh-hoa", "Khánh Hòa"), ("ninh-thuan", "Ninh Thuận"), ("trung-uong", "Trung ương"))
    provinces = [{"tenant": code, "name": name} for code, name in names]
    services.answer("registration GET /tenants", 200, {"items": provinces, "next": None})
    services.answer("registration POST /reorganisations", 201, {"id": ACT_ID})
    operator = signed_in("operator")
    form = operator.get("/tenants/khanh-hoa/merge").text
    assert [f'value="{code}"' in form for code, _ in names] == [False, True, False]
    answer = operator.post("/tenants/khanh-hoa/merge", MERGE)
    assert (answer.status_code, answer.location) == (303, ACT)
    assert services.last("POST").body == {
        "tenant": "khanh-hoa", "absorbs": ["ninh-thuan"], "title": "Hợp nhất", "legal_basis": "202/2025/QH15",
        "effective_on": "2025-07-01",
    }  # fmt: skip


def test_why_a_merge_is_refused_stands_on_the_form(signed_in: Callable[[str], Any], services: Any) -> None:
    services.problem("registration POST /reorganisations", 409, "tenant.already_merged", "Tỉnh này đã sáp nhập.")
    answer = signed_in("operator").post("/tenants/khanh-hoa/merge", MERGE)
    assert (answer.status_code, "Tỉnh này đã sáp nhập." in answer.text) == (409, True)
    assert "202/2025/QH15" in answer.text


@pytest.mark.usefixtures("draft")
def test_the_operator_goes_on_naming_the_province(signed_in: Callable[[str], Any], services: Any) -> None:
    operator = signed_in("operator")
    shown = operator.get(ACT).text
    assert "Huyện Ninh Phước chuyển về trực thuộc Tỉnh Khánh Hòa" in shown
    assert "Tỉnh Ninh Thuận nhập vào Tỉnh Khánh Hòa; vai trò tại đơn vị cũ kết thúc" in shown
    for page in ("/edit", "/preview", "/upload"):
        assert f"/reorganisations/{ACT_ID}{page}?tenant=khanh-hoa" in shown
    for beyond in ("/approve", "/apply", "/add/"):
        assert f"/reorganisations/{ACT_ID}{beyond}" not in shown
    operator.post(f"/reorganisations/{ACT_ID}/withdraw?tenant=khanh-hoa", {"_version": "3"})
    operator.post(f"/reorganisations/{ACT_ID}/remove?tenant=khanh-hoa", {"_version": "3", "place": "0"})
    assert services.last("PUT").body["changes"] == [END]
    asked = [one for one in services.asked if one.path.startswith("/reorganisations")]
    assert {one.method for one in asked} == {"GET", "POST", "PUT"}
    assert all(one.query["tenant"] == "khanh-hoa" for one in asked)


@pytest.mark.usefixtures("draft")
def test_the_operator_finds_what_a_province_has_prepared(signed_in: Callable[[str], Any]) -> None:
    operator = signed_in("operator")
    assert operator.get("/reorganisations").location == "/tenants"
    listed = operator.get("/reorganisations?tenant=khanh-hoa").text
    assert f'href="{ACT}"' in listed
    assert "sáp nhập tỉnh" in listed
    assert "<h1>Sắp xếp đơn vị: Tỉnh Khánh Hòa</h1>" in listed
    assert 'href="/tenants/khanh-hoa/merge"' in listed
    assert 'href="/reorganisations?tenant=khanh-hoa"' in operator.get("/tenants/khanh-hoa").text


def test_what_a_province_does_within_itself_the_operator_only_reads(
    signed_in: Callable[[str], Any], draft: Callable[..., None]
) -> None:
    draft(absorbs=[])
    shown = signed_in("operator").get(ACT).text
    for acted in ("/edit", "/remove", "/upload", "/withdraw"):
        assert f"/reorganisations/{ACT_ID}{acted}" not in shown
    assert f"/reorganisations/{ACT_ID}/edit" in signed_in("administrator").get(f"/reorganisations/{ACT_ID}").text


def test_nobody_joins_the_centre_or_a_province_that_is_not_at_work(
    signed_in: Callable[[str], Any], services: Any, answers: dict[str, Any]
) -> None:
    operator, known = signed_in("operator"), answers["registration GET /tenants/khanh-hoa"]
    services.answer("registration GET /tenants/trung-uong", 200, known | {"tenant": "trung-uong"})
    services.answer("registration GET /tenants/khanh-hoa", 200, known | {"status": "suspended"})
    for code in ("trung-uong", "khanh-hoa"):
        assert operator.get(f"/tenants/{code}/merge").status_code == 404
        assert "/reorganisations?tenant" not in operator.get(f"/tenants/{code}").text
    assert "/tenants/trung-uong/merge" not in operator.get("/reorganisations?tenant=trung-uong").text


def test_what_the_job_applied_first_is_applied(
    signed_in: Callable[[str], Any], services: Any, draft: Callable[..., None]
) -> None:
    services.problem("registration POST /reorganisations/*/apply", 409, "reorganisation.wrong_status", "Khác rồi.")
    administrator = signed_in("administrator")
    assert "Khác rồi." in administrator.post(f"/reorganisations/{ACT_ID}/apply", {"_version": "3"}).text
    draft(status="applied", applied_at="2025-07-01T01:00:00Z")
    assert administrator.post(f"/reorganisations/{ACT_ID}/apply", {"_version": "3"}).status_code == 303


def test_people_of_the_province_read_what_joins_them_before_they_approve(
    signed_in: Callable[[str], Any], draft: Callable[..., None]
) -> None:
    standing = signed_in("standing")
    shown = standing.get(f"/reorganisations/{ACT_ID}").text
    assert "Phương án này nhập tỉnh khác (Ninh Thuận) vào tỉnh này" in shown
    assert f'action="/reorganisations/{ACT_ID}/approve"' in shown
    administrator = signed_in("administrator").get(f"/reorganisations/{ACT_ID}").text
    assert f'action="/reorganisations/{ACT_ID}/withdraw"' in administrator
    for written in ("/edit", "/remove", "/add/", "/upload"):
        assert f"/reorganisations/{ACT_ID}{written}" not in administrator, "only the operator writes a merge"
    draft(status="applied", applied_at="2025-07-01T01:00:00Z")
    applied = signed_in("administrator").get(f"/reorganisations/{ACT_ID}").text
    assert "Việc sáp nhập tỉnh không hoàn tác được." in applied
    assert "/undo" not in applied
