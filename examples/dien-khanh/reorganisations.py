"""The commune level of Diên Khánh before and after 1 July 2025: one reorganisation applied, and a draft to look at.

The three old communes and the new one are real (their codes and succession are those of the country's data). The
district itself goes on in this sample, so that the figures of 2019-2021 stay where the source has them.
"""

from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from case import SINCE, Case

EFFECTIVE_ON = "2025-07-01"
BASIS = "Nghị quyết số 1667/NQ-UBTVQH15 về sắp xếp các đơn vị hành chính cấp xã của tỉnh Khánh Hòa năm 2025"
OLD = (("22651", "Thị trấn Diên Khánh"), ("22690", "Xã Diên Toàn"), ("22693", "Xã Diên An"))
COMMUNE = {"kind": "administrative", "level": "commune", "affiliation": "other_agency"}
STANDING = {
    "subject": "standing-kh",
    "name": "Ban Thường trực Ủy ban MTTQ tỉnh Khánh Hòa (tài khoản mẫu)",
    "grants": [{"role": "standing", "unit": "KH"}],
}


def show(case: Case) -> None:
    """What the province's administrator prepares and its Standing Board approves."""
    admin = case.person("admin-kh")
    case.enrol(admin, STANDING)
    for code, name in OLD:
        values = {**COMMUNE, "code": code, "name": name, "parent_id": case.units["DK"], "valid_from": "2010-01-01"}
        case.units[code] = admin.post("registration", "/v1/units", values)["id"]
    title = "Sắp xếp cấp xã huyện Diên Khánh: lập xã Diên Khánh"
    applied = _prepare(case, title, BASIS, EFFECTIVE_ON, _merge(case))
    case.person("standing-kh").post("registration", f"{applied}/approve")
    admin.post("registration", f"{applied}/apply")
    next_year = date(date.today().year + 1, 1, 1).isoformat()
    title, basis = "Chia các cơ quan, đơn vị khác theo lĩnh vực (ví dụ)", "Ví dụ, không có văn bản nào."
    _prepare(case, title, basis, next_year, _split(case))


def _prepare(case: Case, title: str, basis: str, effective_on: str, changes: list[dict[str, Any]]) -> str:
    values = {"title": title, "legal_basis": basis, "effective_on": effective_on, "changes": changes}
    made = case.person("admin-kh").post("registration", "/v1/reorganisations", values)
    return f"/v1/reorganisations/{made['id']}"


def _new(code: str) -> str:
    """The id of a unit to be: the same when the loader runs again."""
    return str(uuid5(NAMESPACE_URL, f"khanh-hoa/{SINCE}/{code}"))


def _merge(case: Case) -> list[dict[str, Any]]:
    """A town and two communes become one commune, which takes the town's code."""
    new = {"unit_id": _new("22651"), "code": "22651", "name": "Xã Diên Khánh", "parent_id": case.units["KH"]}
    into = {"successor_ids": [new["unit_id"]], "heir_id": new["unit_id"]}
    ended = [{"action": "end", "unit_id": case.units[code], **into} for code, _ in OLD]
    return [{"action": "create", **COMMUNE, **new}, *ended]


def _split(case: Case) -> list[dict[str, Any]]:
    """One unit of the sample, with its dossiers, among two; and a renaming."""
    agency = {"kind": "agency", "level": "none", "affiliation": "other_agency", "parent_id": case.units["DK"]}
    parts = (("DK-KTXH", "Các cơ quan kinh tế, xã hội (ví dụ)"), ("DK-LLVT", "Lực lượng vũ trang (ví dụ)"))
    new = [{"unit_id": _new(code), "code": code, "name": name, **agency} for code, name in parts]
    ids = [one["unit_id"] for one in new]
    return [
        *({"action": "create", **one} for one in new),
        {"action": "end", "unit_id": case.units["DK-KHAC"], "successor_ids": ids, "heir_id": ids[0]},
        {"action": "rename", "unit_id": case.units["DK-DTN"], "name": "Đoàn TNCS Hồ Chí Minh Diên Khánh (ví dụ)"},
    ]
