"""A province's settings: versioned, the root administrator's, and levels as data."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from common.database import Context
from registration.domain.settings import Document, NamedLevel
from registration.store import settings as store
from sqlalchemy import text


@pytest.fixture(scope="module")
def settled(make_province: Callable[[str], Any]) -> Any:
    return make_province("lai-chau")


def changed(settings: dict[str, Any], **values: Any) -> dict[str, Any]:
    kept = {name: settings[name] for name in ("levels", "national_id", "retention", "contact")}
    return kept | values


def test_a_new_province_has_the_levels_of_its_time() -> None:
    assert store.preset_of(date(2025, 6, 30)) == "three-level"
    assert store.preset_of(date(2025, 7, 1)) == "two-level"
    assert [level.code for level in store.preset("two-level").levels] == ["province", "commune", "village"]


def test_each_change_is_a_version_with_who_made_it(settled: Any) -> None:
    before = settled.admin.get("/v1/settings")
    contact = {"name": "Ban Thường trực", "email": "mttq@example.vn", "phone": "0213"}
    version = before.json["version"]
    saved = settled.admin.put("/v1/settings", changed(before.json, contact=contact), version=version)
    assert saved.json["version"] == version + 1
    assert saved.headers["ETag"] == f'"{version + 1}"'
    assert saved.json["contact"] == contact
    assert settled.admin.get("/v1/settings").json == saved.json
    history = settled.admin.get("/v1/settings/versions?limit=1").json
    assert history["items"][0]["changed_by_name"] == "Quản trị"
    assert history["items"][0]["document"]["contact"] == contact
    older = settled.admin.get(f"/v1/settings/versions?cursor={history['next']}").json["items"]
    assert older[-1]["role"] == "operator"
    assert older[-1]["document"]["contact"]["name"] == ""


def test_nobody_overwrites_settings_they_have_not_seen(settled: Any) -> None:
    seen = settled.admin.get("/v1/settings").json
    body = changed(seen, contact={"name": "Văn phòng", "email": "vp@example.vn", "phone": "0213"})
    assert settled.admin.put("/v1/settings", body).json["code"] == "request.if_match_required"
    assert settled.admin.put("/v1/settings", body, version=seen["version"]).status_code == 200
    assert settled.admin.put("/v1/settings", body, version=seen["version"]).status_code == 412


def test_only_an_administrator_of_the_root_changes_them(settled: Any) -> None:
    seen = settled.admin.get("/v1/settings").json
    below, _ = settled.person("administrator", "A", subject="admin-below-lai-chau")
    officer, _ = settled.person("officer", "A", subject="officer-lai-chau")
    assert below.get("/v1/settings").json == seen
    assert officer.get("/v1/settings").json == seen
    refused = below.put("/v1/settings", changed(seen), version=seen["version"])
    assert (refused.status_code, refused.json["code"]) == (403, "settings.of_the_root")
    assert officer.put("/v1/settings", changed(seen), version=seen["version"]).json["code"] == "auth.role_not_allowed"


def test_an_administrator_gives_the_own_province_no_quota(settled: Any) -> None:
    seen = settled.admin.get("/v1/settings").json
    quotas = {"requests_per_minute": 100_000, "attachment_megabytes": 9}
    refused = settled.admin.put("/v1/settings", changed(seen, quotas=quotas), version=seen["version"])
    assert refused.json["errors"][0]["pointer"] == "/quotas"


def test_settings_stay_in_their_province(settled: Any, make_province: Callable[[str], Any], database: Any) -> None:
    other = make_province("dien-bien")
    before = other.admin.get("/v1/settings").json
    seen = settled.admin.get("/v1/settings").json
    contact = {"name": "Chỉ của Lai Châu", "email": "", "phone": ""}
    assert settled.admin.put("/v1/settings", changed(seen, contact=contact), version=seen["version"]).status_code == 200
    assert other.admin.get("/v1/settings").json == before
    assert "Chỉ của Lai Châu" not in other.admin.get("/v1/settings/versions").text
    with database.unit_of_work(Context("dien-bien")) as uow:
        assert {row.tenant for row in uow.rows(text("SELECT tenant FROM tenant_settings"))} == {"dien-bien"}
    with database.unit_of_work(Context()) as uow:
        assert uow.rows(text("SELECT tenant FROM tenant_settings")) == []


def test_a_new_level_needs_no_new_code(settled: Any, database: Any) -> None:
    seen = settled.admin.get("/v1/settings").json
    levels = [*seen["levels"][:2], {"code": "khu_vuc", "name": "Khu vực"}, *seen["levels"][2:]]
    assert settled.admin.put("/v1/settings", changed(seen, levels=levels), version=seen["version"]).status_code == 200
    district = settled.make_unit("H1", settled.root_id, level="district")
    area = settled.make_unit("KV1", district, level="khu_vuc")
    organisation = settled.make_unit("KV1-PN", area)
    assert settled.admin.get(f"/v1/units/{area}").json["level"] == "khu_vuc"
    assert [unit["code"] for unit in settled.admin.get("/v1/units?level=khu_vuc").json["items"]] == ["KV1"]
    above = {"code": "H2", "name": "Huyện trong khu vực", "kind": "front", "affiliation": "front_system"}
    above |= {"valid_from": "2010-01-01", "level": "district"}
    for parent in (area, organisation):
        refused = settled.admin.post("/v1/units", above | {"parent_id": parent})
        assert refused.json["code"] == "unit.level_above_parent"
    told = text("SELECT body::jsonb -> 'data' AS data FROM outbox WHERE subject = :unit")
    with database.admin_engine.connect() as connection:
        data = connection.execute(told, {"unit": area}).scalar_one()
    assert (data["level"], data["level_code"]) == ("none", "khu_vuc")


def test_a_unit_has_only_levels_of_the_province(settled: Any) -> None:
    body = {"code": "X", "name": "X", "kind": "front", "affiliation": "front_system", "parent_id": settled.root_id}
    refused = settled.admin.post("/v1/units", body | {"valid_from": "2010-01-01", "level": "canton"})
    assert (refused.status_code, refused.json["code"]) == (422, "unit.level_unknown")


def test_a_level_that_units_have_cannot_go(settled: Any) -> None:
    settled.make_unit("X1", settled.root_id, level="commune")
    seen = settled.admin.get("/v1/settings").json
    without = [level for level in seen["levels"] if level["code"] != "commune"]
    refused = settled.admin.put("/v1/settings", changed(seen, levels=without), version=seen["version"])
    assert refused.json["code"] == "settings.level_in_use"
    assert "ở cấp: Xã;" in refused.json["messages"]["vi"], "by the name that the province gave it"
    twice = seen["levels"] + seen["levels"][:1]
    refused = settled.admin.put("/v1/settings", changed(seen, levels=twice), version=seen["version"])
    assert refused.json["code"] == "settings.level_twice"


def test_two_and_three_levels_live_side_by_side() -> None:
    two, three = store.preset("two-level"), store.preset("three-level")
    assert "district" not in {level.code for level in two.levels}
    three.ensure_level("district", "province")
    Document((NamedLevel("province", "Tỉnh"),)).ensure_level("none", "province")
