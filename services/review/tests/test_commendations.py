"""The HTTP edge: commendations, as counts first and with names later."""

from typing import Any

import pytest


def commendation(province: Any, **values: Any) -> dict[str, Any]:
    return {
        "title": "Khen thưởng phong trào và chuyên đề",
        "form": "achievement",
        "authority": "district",
        "from_year": 2019,
        "to_year": 2020,
        "unit_id": str(province.units["DK"]),
        "recipients": [
            {"kind": "collective", "group": "movement", "count": 305},
            {"kind": "individual", "group": "movement", "count": 2, "of_which": {"leader": 1}},
        ],
    } | values


def test_a_commendation_is_counts_first_and_names_later(province: Any, council: Any) -> None:
    made = council.standing.post("/v1/commendations", commendation(province))
    assert made.status_code == 201, made.json
    path = f"/v1/commendations/{made.json['id']}"
    body = {"kind": "individual", "group": "movement", "names": [{"name": "Nguyễn Thị A"}]}
    named = council.standing.post(f"{path}/names", body)
    assert (named.status_code, named.json["version"]) == (200, 2)
    assert council.standing.post(f"{path}/names", body, version=1).json["code"] == "request.stale"
    shown = council.standing.get(path).json["recipients"]
    assert [(r["count"], len(r["names"])) for r in shown] == [(305, 0), (2, 1)]
    too_many = council.standing.post(f"{path}/names", body | {"names": [{"name": "A"}] * 3})
    assert too_many.json["code"] == "commendation.more_names_than_count"
    assert made.json["id"] in [c["id"] for c in council.standing.get("/v1/commendations?year=2020").json["items"]]
    assert made.json["id"] not in [c["id"] for c in council.standing.get("/v1/commendations?year=2018").json["items"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"from_year": 2021}, "commendation.years_out_of_order"),
        ({"recipients": [{"kind": "collective", "group": "a", "count": 1}] * 2}, "commendation.group_twice"),
        (
            {"recipients": [{"kind": "collective", "group": "a", "count": 1, "of_which": {"b": 2}}]},
            "commendation.part_above_count",
        ),
        ({"form": "medal"}, "request.invalid"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(
    province: Any, council: Any, change: dict[str, Any], code: str
) -> None:
    refused = council.standing.post("/v1/commendations", commendation(province, **change))
    assert (refused.status_code, refused.json["code"]) == (422, code)
