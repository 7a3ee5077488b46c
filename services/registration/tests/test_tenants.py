"""A province is opened whole: by the API, by the command, or on top of an imported tree."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from common import clock
from common.centre import CENTRE
from common.database import Context
from common.errors import Conflict, Invalid
from registration import commands
from registration.domain.tenants import Tenant, ensure_root_level
from registration.store import settings as store
from registration.usecases import tenants
from sqlalchemy import text

BODY = {"code": "son-la", "name": "Tỉnh Sơn La", "code_prefix": "SL", "root": {"code": "SL", "name": "Tỉnh Sơn La"}}

ROOT = BODY["root"] | {"kind": "administrative", "level": "province"}  # type: ignore[operator]


def administrator(subject: str) -> dict[str, str]:
    return {"name": "Quản trị tỉnh", "email": "qt@example.vn", "subject": subject}


@pytest.mark.usefixtures("operator")
def test_an_operator_at_another_issuer_is_somebody_else(database: Any) -> None:
    """The same subject at each; made once at each, however often it is asked for."""
    second = {"issuer": "https://id.second.example", "subject": "operator"}
    for _ in range(2):
        with database.unit_of_work(Context(tenants.PLATFORM)) as uow:
            tenants.make_operator(uow, **second, today=clock.today(), now=clock.now())
    query = text("SELECT count(*) FROM access_grant WHERE subject = 'operator' AND issuer = :issuer")
    with database.admin_engine.connect() as connection:
        assert connection.scalar(query, {"issuer": second["issuer"]}) == 1


def test_a_new_province_is_ready_to_use(operator: Any, app: Any, caller: Any, database: Any) -> None:
    made = operator.post("/v1/tenants", BODY | {"administrator": administrator("admin-sl")})
    assert made.status_code == 201, made.json
    admin = caller(app, "admin-sl")
    [cycle] = admin.get("/v1/cycles").json["items"]
    today = clock.today()
    assert (cycle["year"], cycle["unit_id"]) == (today.year, made.json["root_unit_id"])
    assert cycle["opens_on"] <= today.isoformat() <= cycle["registration_closes_on"]
    assert [level["code"] for level in admin.get("/v1/settings").json["levels"]] == ["province", "commune", "village"]
    with database.admin_engine.connect() as connection:
        told = connection.scalars(text("SELECT type FROM outbox WHERE tenant = 'son-la' ORDER BY position")).all()
    assert [name.split(".", 3)[3] for name in told][-2:] == ["cycle.recorded.v1", "tenant.opened.v1"]


def test_the_command_opens_one_from_flags_or_a_file(
    operator: Any, app: Any, caller: Any, database: Any, issuer: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", database.urls["DATABASE_URL"])
    monkeypatch.setenv("OIDC_ISSUER", issuer.url)
    flags = {
        "code": "ca-mau",
        "name": "Tỉnh Cà Mau",
        "code_prefix": "CM",
        "root_code": "CM",
        "root_name": "Tỉnh Cà Mau",
    }
    flags |= {"administrator_name": "Quản trị", "administrator_subject": "admin-cm", "preset": "three-level"}
    commands.create_tenant(None, **flags)
    levels = [level["code"] for level in caller(app, "admin-cm").get("/v1/settings").json["levels"]]
    assert levels == ["province", "district", "commune", "village"]
    file = tmp_path / "hue.toml"
    file.write_text(
        '[tenant]\ncode = "hue"\nname = "Thành phố Huế"\ncode_prefix = "HUE"\nvalid_from = "2025-01-01"\n'
        'root = { code = "HUE", name = "Huế" }\nadministrator = { name = "Quản trị", subject = "admin-hue" }\n'
    )
    commands.create_tenant(file)
    assert len(caller(app, "admin-hue").get("/v1/settings").json["levels"]) == 4
    with pytest.raises(Exception, match="code_prefix"):
        commands.create_tenant(None, code="x")


def test_the_centre_is_opened_like_a_province_and_stays(operator: Any, make_province: Any) -> None:
    admin = make_province(CENTRE).admin
    assert [level["code"] for level in admin.get("/v1/settings").json["levels"]] == ["centre"]
    assert [unit["level"] for unit in admin.get("/v1/units").json["items"] if not unit["parent_id"]] == ["centre"]
    assert operator.post(f"/v1/tenants/{CENTRE}/close", {"reason": "x"}).json["code"] == "tenant.is_the_centre"
    for one, heir in ((CENTRE, "khanh-hoa"), ("khanh-hoa", CENTRE)):
        with pytest.raises(Conflict, match="is_the_centre"):
            Tenant(one, one).merge_into(heir)
    with pytest.raises(Conflict, match="merges_with_itself"):
        Tenant("hue", "Huế").merge_into("hue")


def test_no_province_stands_on_the_centres_level(operator: Any) -> None:
    body = BODY | {"code": "lao-cai", "code_prefix": "LCA", "administrator": administrator("x"), "preset": "centre"}
    assert operator.post("/v1/tenants", body).json["code"] == "tenant.centre_level"
    with pytest.raises(Invalid, match="centre_level"):
        ensure_root_level(CENTRE, "province")


def test_an_imported_province_gets_its_first_administrator_once(
    operator: Any, app: Any, caller: Any, database: Any, issuer: Any
) -> None:
    with database.unit_of_work(Context(tenants.PLATFORM)) as uow:
        tenants.create_tenant(
            uow, **BODY | {"code": "an-giang", "code_prefix": "AG", "root": ROOT}, administrator=administrator("gone"),
            issuer=issuer.url, valid_from=date(2010, 1, 1), today=clock.today(), now=clock.now(),
        )  # fmt: skip
    path, body = "/v1/tenants/an-giang/administrator", {"administrator": administrator("admin-ag")}
    assert operator.post(path, body).json["code"] == "tenant.has_administrator"
    # Nobody can revoke the last administrator, but its days may be over.
    with database.admin_engine.begin() as connection:
        days = "valid_from = '2010-01-01', valid_to = '2010-12-31'"
        connection.execute(text(f"UPDATE access_grant SET {days} WHERE tenant = 'an-giang'"))
    made = operator.post(path, body)
    assert (made.status_code, made.json["tenant"]) == (201, "an-giang")
    assert len(caller(app, "admin-ag").get("/v1/cycles").json["items"]) == 1
    for unknown in ("/v1/tenants/no-such/administrator", f"/v1/tenants/{tenants.PLATFORM}/administrator"):
        assert operator.post(unknown, body).json["code"] == "tenant.not_found"


def test_only_the_operator_opens_provinces(province: Any) -> None:
    body = BODY | {"code": "x-y", "code_prefix": "XY", "administrator": administrator("x")}
    assert province.admin.post("/v1/tenants", body).json["code"] == "auth.role_not_allowed"
    path = "/v1/tenants/khanh-hoa/administrator"
    assert province.admin.post(path, {"administrator": administrator("x")}).json["code"] == "auth.role_not_allowed"


def test_a_cycle_opened_late_in_the_year_still_takes_dossiers() -> None:
    assert store.usual_cycle(date(2026, 3, 1))["registration_closes_on"] == date(2026, 10, 31)
    late = store.usual_cycle(date(2026, 11, 25))
    assert {late[name] for name in late if name.endswith("closes_on")} == {date(2026, 12, 31)}
