"""What pages ask of the tree: who sees more after a reorganisation, what is above and below, lists of a day."""

from collections.abc import Callable
from string import ascii_lowercase
from typing import Any
from uuid import uuid4

import pytest

NEW = {"kind": "administrative", "level": "commune", "affiliation": "other_agency"}


@pytest.fixture
def fresh(make_province: Callable[[str], Any]) -> Any:
    """A province of its own for each test, with a district of two communes: ROOT > H > (X, Y)."""
    province = make_province("".join(ascii_lowercase[byte % 26] for byte in uuid4().bytes[8:]))
    province.units["H"] = province.make_unit("H", province.root_id, level="district", kind="administrative")
    for code in ("X", "Y"):
        province.units[code] = province.make_unit(code, province.units["H"], level="commune", kind="administrative")
    return province


def plan(province: Any) -> dict[str, Any]:
    """The district and its communes become the commune N."""
    new_id, units = str(uuid4()), province.units
    changes = [
        {"action": "create", "unit_id": new_id, "code": "N", "name": "Xã Mới", "parent_id": province.root_id, **NEW},
        *(
            {"action": "end", "unit_id": units[one], "successor_ids": [new_id], "heir_id": new_id}
            for one in ("X", "Y", "H")
        ),
    ]
    units["N"] = new_id
    values = {"title": "Sắp xếp", "legal_basis": "Nghị quyết 202/2025/QH15", "effective_on": "2025-07-01"}
    return values | {"changes": changes}


def carry_out(province: Any, body: dict[str, Any]) -> None:
    standing, _ = province.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    path = f"/v1/reorganisations/{province.admin.post('/v1/reorganisations', body).json['id']}"
    assert standing.post(f"{path}/approve").status_code == 200
    assert province.admin.post(f"{path}/apply").status_code == 200


def test_the_preview_says_what_a_unit_that_stays_sees_more_and_less(fresh: Any) -> None:
    fresh.units["K"] = fresh.make_unit("K", fresh.root_id, level="district", kind="administrative")
    changes = [
        {"action": "move", "unit_id": fresh.units["X"], "parent_id": fresh.units["K"]},
        {
            "action": "end",
            "unit_id": fresh.units["B"],
            "successor_ids": [fresh.units["A"]],
            "heir_id": fresh.units["A"],
        },
    ]
    made = fresh.admin.post("/v1/reorganisations", {**plan(fresh), "changes": changes}).json
    preview = fresh.admin.get(f"/v1/reorganisations/{made['id']}/preview").json
    assert preview["totals"] == {"moved": 1, "ended": 1, "grants": 0, "needs_choice": 0}
    shown = preview["views"]
    x, b = made["names"][fresh.units["X"]], made["names"][fresh.units["B"]]
    told = {one["unit_id"]: (one["gained"], one["lost"]) for one in shown}
    assert told == {fresh.units["K"]: ([x], []), fresh.units["H"]: ([], [x]), fresh.units["A"]: ([b], [])}


def test_a_new_unit_has_one_of_the_provinces_levels(fresh: Any) -> None:
    body = plan(fresh)
    body["changes"][0]["level"] = "hamlet"
    made = fresh.admin.post("/v1/reorganisations", body).json
    refused = fresh.admin.get(f"/v1/reorganisations/{made['id']}/preview").json
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("unit.level_unknown", "/changes/0")


def test_the_tree_says_who_is_above_and_how_many_are_below(fresh: Any) -> None:
    carry_out(fresh, plan(fresh))
    root, h = fresh.root_id, fresh.units["H"]

    def below(query: str) -> dict[str, tuple[str, int]]:
        rows = fresh.admin.get(f"/v1/units?around=1&{query}").json["items"]
        return {row["code"]: (row["parent_name"], row["below"]) for row in rows}

    assert below("top=1") == {"ROOT": ("", 3)}
    assert below("top=1&as_of=2025-06-30") == {"ROOT": ("", 3)}
    assert below(f"parent_id={root}&as_of=2025-06-30")["H"][1] == 2
    assert set(below(f"parent_id={root}")) == {"A", "B", "N"}
    assert set(below(f"parent_id={h}&as_of=2025-06-30")) == {"X", "Y"}
    told = fresh.admin.get(f"/v1/units/{h}/history").json["unit"]
    assert (told["ended_on"], told["heir_name"]) == ("2025-07-01", "Xã Mới")


def test_models_are_listed_in_the_structure_of_a_day(fresh: Any) -> None:
    officer, _ = fresh.person("officer", "X", subject=f"x-{uuid4().hex[:8]}")
    body = {"title": "Tuyến đường hoa", "unit_id": fresh.units["X"], "from_year": 2024, "to_year": 2024}
    made = officer.post("/v1/models", body).json["id"]
    carry_out(fresh, plan(fresh))
    standing, _ = fresh.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")

    def ids(query: str) -> list[str]:
        return [one["id"] for one in standing.get(f"/v1/models?{query}").json["items"]]

    assert ids(f"under={fresh.units['H']}&as_of=2025-06-30") == ids(f"under={fresh.units['N']}") == [made]
    assert ids(f"under={fresh.units['A']}") == []
    assert standing.get(f"/v1/models?under={fresh.units['H']}").status_code == 404
    officer_a, _ = fresh.person("officer", "A", subject=f"a-{uuid4().hex[:8]}")
    assert officer_a.get(f"/v1/models?under={fresh.root_id}&as_of=2025-06-30").json["items"] == []
