"""A province suspended, resumed, given quotas: all of it the operator's, none of it another's."""

import json
from pathlib import Path
from typing import Any

import pytest
from common.database import Context
from registration.domain.attachments import Kept
from registration.files import Files
from registration.store import tenants as store
from registration.usecases import tenants
from sqlalchemy import text

END = b"\n%%EOF\n"  # Else a reader does not find the end of a file that goes on for long.


def test_a_suspended_province_is_told_why_and_goes_on_where_it_stopped(
    operator: Any, make_province: Any, database: Any
) -> None:
    province = make_province("cao-bang")
    other = make_province("khanh-hoa")
    path = "/v1/tenants/cao-bang"
    stopped = operator.post(f"{path}/suspend", {"reason": "Chưa ký thỏa thuận"})
    assert (stopped.status_code, stopped.json["status"], stopped.json["reason"]) == (
        200,
        "suspended",
        "Chưa ký thỏa thuận",
    )
    refused = province.admin.get("/v1/units")
    assert (refused.status_code, refused.json["code"]) == (403, "tenant.suspended")
    assert "Chưa ký thỏa thuận" in refused.json["messages"]["vi"]
    assert province.admin.post("/v1/cycles", {}).status_code in (403, 422)
    assert other.admin.get("/v1/units").status_code == 200
    assert operator.post(f"{path}/suspend", {"reason": "x"}).json["code"] == "tenant.is_suspended"
    listed = operator.get("/v1/tenants?status=suspended").json["items"]
    assert [one["tenant"] for one in listed] == ["cao-bang"]
    assert operator.post(f"{path}/resume").json["status"] == "active"
    assert province.admin.get("/v1/units").status_code == 200
    assert operator.post(f"{path}/resume").json["code"] == "tenant.is_active"


def test_the_same_suspension_twice_is_one(operator: Any, make_province: Any) -> None:
    make_province("bac-kan")
    key = {"Idempotency-Key": "suspend-bac-kan"}
    first, again = (operator.post("/v1/tenants/bac-kan/suspend", {"reason": "x"}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["Idempotent-Replay"] == "true"
    operator.post("/v1/tenants/bac-kan/resume")


def test_the_operator_sees_every_province_and_nothing_in_it(operator: Any, make_province: Any) -> None:
    names = []
    cursor = ""
    while cursor is not None:
        page = operator.get("/v1/tenants", query_string={"limit": 1, "cursor": cursor} if cursor else {"limit": 1}).json
        names += [one["tenant"] for one in page["items"]]
        cursor = page["next"]
    assert names == sorted(names)
    assert "khanh-hoa" in names
    assert tenants.PLATFORM not in names
    assert operator.get("/v1/units").json["code"] == "auth.role_not_allowed"
    assert operator.get("/v1/tenants?q=khanh-hoa").json["items"][0]["status"] == "active"
    assert "khanh-hoa" in [one["tenant"] for one in operator.get("/v1/tenants?q=tinh khanh").json["items"]]


@pytest.mark.parametrize("act", ["suspend", "resume", "close", "administrator", "quotas"])
def test_only_the_operator_acts_on_provinces(province: Any, operator: Any, act: str) -> None:
    method = "PUT" if act == "quotas" else "POST"
    bodies = {
        "quotas": {"requests_per_minute": 1, "attachment_megabytes": 1},
        "administrator": {"administrator": {"name": "x", "subject": "y"}},
    }
    body = bodies.get(act, {"reason": "x"})
    for tenant in ("khanh-hoa", "cao-bang"):
        refused = province.admin.open(method, f"/v1/tenants/{tenant}/{act}", json=body)
        assert refused.json["code"] == "auth.role_not_allowed"
        assert province.admin.get(f"/v1/tenants/{tenant}").json["code"] == "auth.role_not_allowed"
    for unknown in ("no-such", tenants.PLATFORM):
        assert operator.get(f"/v1/tenants/{unknown}").json["code"] == "tenant.not_found"
        assert operator.open(method, f"/v1/tenants/{unknown}/{act}", json=body).json["code"] == "tenant.not_found"


def test_quotas_are_a_version_of_the_settings(operator: Any, make_province: Any, database: Any) -> None:
    province = make_province("ha-giang")
    before = province.admin.get("/v1/settings").json
    quotas = {"requests_per_minute": 1234, "attachment_megabytes": 1}
    set_to = operator.put("/v1/tenants/ha-giang/quotas", quotas)
    assert (set_to.status_code, set_to.json["quotas"]) == (200, quotas)
    shown = operator.get("/v1/tenants/ha-giang").json
    assert (shown["status"], shown["quotas"]) == ("active", quotas)
    after = province.admin.get("/v1/settings").json
    assert after == before | {"quotas": quotas, "version": before["version"] + 1}
    with database.unit_of_work(Context("ha-giang")) as uow:
        row = uow.find(text("SELECT * FROM tenant_quota"))
    assert (row.requests_per_minute, row.version) == (1234, after["version"])


def test_files_stop_at_the_provinces_quota(operator: Any, make_province: Any) -> None:
    province = make_province("tuyen-quang")
    officer, _ = province.person("officer")
    dossier = officer.post("/v1/initiatives", province.draft()).json["id"]
    operator.put("/v1/tenants/tuyen-quang/quotas", {"requests_per_minute": 0, "attachment_megabytes": 1})
    for letter in (b"a", b"b"):
        assert province.attach(officer, dossier, b"% " + letter * 400_000 + END).status_code == 201
    refused = province.attach(officer, dossier, b"% " + b"d" * 400_000 + END)
    assert (refused.status_code, refused.json["code"]) == (409, "attachment.quota")
    assert "1 MB" in refused.json["messages"]["vi"]
    beside, _ = province.person("officer", "B")
    of_another_unit = beside.post("/v1/initiatives", province.draft()).json["id"]
    assert province.attach(beside, of_another_unit, b"% " + b"d" * 400_000 + END).json["code"] == "attachment.quota"
    assert province.attach(officer, dossier, b"c" * 1000).status_code == 201


def test_standing_and_settings_travel_to_every_service(operator: Any, make_province: Any, database: Any) -> None:
    make_province("ca-mau-life")
    operator.post("/v1/tenants/ca-mau-life/suspend", {"reason": "Tạm ngừng"})
    with database.admin_engine.connect() as connection:
        bodies = connection.scalars(
            text("SELECT body FROM outbox WHERE tenant = :tenant AND type LIKE :type ORDER BY position"),
            {"tenant": "ca-mau-life", "type": "%tenant.recorded.v1"},
        ).all()
    said = [json.loads(body)["data"] for body in bodies]
    assert [(one["status"], one["version"], one["reason"]) for one in said] == [
        ("active", 1, ""),
        ("suspended", 2, "Tạm ngừng"),
    ]
    with database.unit_of_work(Context("ca-mau-life")) as uow:
        assert uow.standing.reason == "Tạm ngừng"
        assert store.acting_tenant(uow).status == "suspended"


def test_the_files_store_keeps_provinces_apart(tmp_path: Path) -> None:
    files = Files(f"file://{tmp_path}")
    for tenant in ("ha", "ha-noi"):
        files._objects.put(f"{tenant}/ab/abc", b"x")
    assert files.delete_all("ha") == 1
    assert files.get(Kept("ha-noi", "abc")) == b"x"
