"""Units merge, split, move and are renamed: what was recorded stays, who answers for it changes; it can be undone."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from common.database import Context
from registration.store import tree as tree_store
from registration.store import units as unit_store

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
NO_HEIR = "reorganisation.heir_not_successor"
NEW = {"kind": "administrative", "level": "commune", "affiliation": "other_agency"}


@pytest.fixture
def fresh(make_province: Callable[[str], Any], new_name: Callable[[], str]) -> Any:
    """A province of its own for each test, with a district of two communes: ROOT > H > (X, Y)."""
    province = make_province(new_name())
    province.units["H"] = province.make_unit("H", province.root_id, level="district", kind="administrative")
    for code in ("X", "Y"):
        province.units[code] = province.make_unit(code, province.units["H"], level="commune", kind="administrative")
    return province


def plan(province: Any, *, on: date = AFTER) -> dict[str, Any]:
    """The district ends; a new commune N is made of X and of a part of Y, whose other part goes to A."""
    new_id, units = str(uuid4()), province.units
    changes = [
        {"action": "create", "unit_id": new_id, "code": "N", "name": "Xã Mới", "parent_id": province.root_id, **NEW},
        {"action": "end", "unit_id": units["X"], "successor_ids": [new_id], "heir_id": new_id},
        {"action": "end", "unit_id": units["Y"], "successor_ids": [new_id, units["A"]], "heir_id": new_id},
        {"action": "end", "unit_id": units["H"], "successor_ids": [new_id], "heir_id": new_id, "grants": "end"},
    ]
    units["N"] = new_id
    values = {"title": "Sắp xếp", "legal_basis": "Nghị quyết 202/2025/QH15", "effective_on": on.isoformat()}
    return values | {"changes": changes}


def carry_out(province: Any, body: dict[str, Any], assignments: Any = ()) -> dict[str, Any]:
    """Prepared by the administrator, dossiers given out by the Standing Board, approved by them, applied."""
    standing, _ = province.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    made = province.admin.post("/v1/reorganisations", body)
    assert made.status_code == 201, made.json
    path = f"/v1/reorganisations/{made.json['id']}"
    if assignments:
        given = standing.put(f"{path}/assignments", {"assignments": list(assignments)}, version=1)
        assert given.status_code == 200, given.json
    assert standing.post(f"{path}/approve").status_code == 200
    applied = province.admin.post(f"{path}/apply")
    assert applied.status_code == 200, applied.json
    return dict(applied.json)


def test_a_dossier_keeps_its_unit_and_code_and_another_unit_answers_for_it(fresh: Any) -> None:
    [of_x], [kept, given] = fresh.hand_in("X"), fresh.hand_in("Y", 2)
    before = {one: fresh.row(one) for one in (of_x, kept, given)}
    applied = carry_out(fresh, plan(fresh), [{"initiative_id": given, "unit_id": fresh.units["A"]}])
    assert applied["moved"]["initiative"] == 3
    for one, path in ((of_x, "/ROOT/N/"), (kept, "/ROOT/N/"), (given, "/ROOT/A/")):
        after = fresh.row(one)
        assert (after.unit_id, after.code, after.scope_path) == (before[one].unit_id, before[one].code, path)
    assert fresh.row(given).responsible_unit_id == UUID(fresh.units["A"])
    [told] = fresh.told("initiative.transferred")
    assert (told["initiative_id"], told["responsible_unit_id"]) == (given, fresh.units["A"])


def test_the_tree_of_each_day_is_what_it_was(fresh: Any) -> None:
    carry_out(fresh, plan(fresh))

    def codes(day: str) -> list[str]:
        return [one["scope_path"] for one in fresh.admin.get(f"/v1/units?as_of={day}").json["items"]]

    assert codes("2025-06-30") == ["/ROOT/", "/ROOT/A/", "/ROOT/B/", "/ROOT/H/", "/ROOT/H/X/", "/ROOT/H/Y/"]
    assert codes("2025-07-01") == ["/ROOT/", "/ROOT/A/", "/ROOT/B/", "/ROOT/N/"]
    assert fresh.admin.get(f"/v1/units/{fresh.units['X']}?as_of=2025-07-01").status_code == 404
    history = fresh.admin.get(f"/v1/units/{fresh.units['N']}/history").json
    assert {one["code"] for one in history["predecessors"]} == {"X", "Y", "H"}
    assert {one["legal_basis"] for one in history["predecessors"]} == {"Nghị quyết 202/2025/QH15"}
    [one, other] = fresh.admin.get(f"/v1/units/{fresh.units['Y']}/history").json["successors"]
    assert {(one["code"], one["is_heir"]), (other["code"], other["is_heir"])} == {("N", True), ("A", False)}
    assert one["kind"] == "split_into"


def test_lists_take_the_structure_of_a_day(fresh: Any) -> None:
    mine = {*fresh.hand_in("X"), *fresh.hand_in("Y")}
    other = set(fresh.hand_in("A"))
    carry_out(fresh, plan(fresh))
    standing, _ = fresh.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")

    def ids(query: str) -> set[str]:
        return {one["id"] for one in standing.get(f"/v1/initiatives?{query}").json["items"]}

    assert ids(f"under={fresh.units['H']}&as_of=2025-06-30") == mine
    assert ids(f"under={fresh.units['N']}") == mine
    assert ids(f"under={fresh.units['A']}") == other
    assert ids(f"under={fresh.root_id}&as_of=2025-06-30") == ids(f"under={fresh.root_id}") == mine | other
    assert standing.get(f"/v1/initiatives?under={fresh.units['H']}").status_code == 404


def test_grants_follow_their_unit_or_end_with_it(fresh: Any) -> None:
    officer_x, _ = fresh.person("officer", "X", subject=f"x-{uuid4().hex[:8]}")
    officer_h, _ = fresh.person("officer", "H", subject=f"h-{uuid4().hex[:8]}")
    [of_x] = fresh.hand_in("X")
    assert officer_h.get(f"/v1/initiatives/{of_x}").status_code == 200
    carry_out(fresh, plan(fresh))
    fresh.forget_grants()
    assert officer_x.get(f"/v1/initiatives/{of_x}").status_code == 200
    assert officer_h.get(f"/v1/initiatives/{of_x}").status_code == 403
    told = {one["grant_id"]: one for one in fresh.told("grant.issued")}
    assert (told[str(officer_x.grant_id)]["unit_id"], told[str(officer_x.grant_id)]["scope_path"]) == (
        fresh.units["N"],
        "/ROOT/N/",
    )
    assert told[str(officer_h.grant_id)]["valid_to"] == "2025-06-30"


def test_every_unit_tells_of_itself_and_an_ended_one_of_its_heir(fresh: Any) -> None:
    carry_out(fresh, plan(fresh))
    newest = {one["code"]: one for one in fresh.told("unit.recorded")}
    assert {code: one["ended"] for code, one in newest.items() if code in "HXYN"} == {
        "H": True,
        "X": True,
        "Y": True,
        "N": False,
    }
    assert newest["X"]["scope_path"] == newest["N"]["scope_path"] == "/ROOT/N/"
    assert (newest["X"]["valid_from"], newest["X"]["heir_id"]) == ("2025-07-01", fresh.units["N"])


def test_the_preview_says_what_applying_does_and_writes_nothing(fresh: Any) -> None:
    fresh.hand_in("Y", 2)
    made = fresh.admin.post("/v1/reorganisations", plan(fresh)).json
    shown = fresh.admin.get(f"/v1/reorganisations/{made['id']}/preview").json
    lines = {line["code"]: line for line in shown["lines"]}
    assert {code: line["outcome"] for code, line in lines.items()} == {
        "N": "created",
        "X": "ended",
        "Y": "ended",
        "H": "ended",
    }
    assert (lines["Y"]["path_before"], lines["Y"]["path_after"]) == ("/ROOT/H/Y/", "/ROOT/N/")
    assert (lines["Y"]["needs_choice"], lines["X"]["needs_choice"]) == (True, False)
    assert lines["Y"]["rows"]["initiative"] == shown["totals"]["initiative"] == 2
    [seen] = shown["sight"]
    assert (seen["unit_before"], seen["path_before"]) == ("Đơn vị Y", "/ROOT/H/Y/")
    assert (seen["unit_after"], seen["path_after"]) == ("Xã Mới", "/ROOT/N/")
    assert seen["person"]
    assert made["prepared_by_name"]
    assert made["names"][fresh.units["X"]] == "Đơn vị X"
    assert made["names"][fresh.units["N"]] == "Xã Mới"
    assert [one["code"] for one in fresh.admin.get("/v1/units").json["items"]] == ["ROOT", "A", "B", "H", "X", "Y"]
    assert not fresh.told("reorganisation.applied")
    standing, _ = fresh.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    assert (lines["Y"]["above_before"], lines["Y"]["above_after"]) == ("Đơn vị H", "Xã Mới")
    path = f"/v1/reorganisations/{made['id']}/dossiers"
    for query, count in (("", 2), (f"?unit_id={fresh.units['Y']}", 2), (f"?unit_id={fresh.units['X']}", 0)):
        assert len(standing.get(path + query).json["items"]) == count


def test_two_people_and_the_day_are_needed(fresh: Any) -> None:
    made = fresh.admin.post("/v1/reorganisations", plan(fresh, on=date(2099, 1, 1))).json
    path = f"/v1/reorganisations/{made['id']}"
    assert fresh.admin.post(f"{path}/approve").json["code"] == "reorganisation.own"
    assert fresh.admin.post(f"{path}/apply").json["code"] == "reorganisation.wrong_status"
    standing, _ = fresh.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    assert standing.post(f"{path}/approve").status_code == 200
    assert fresh.admin.post(f"{path}/apply").json["code"] == "reorganisation.not_yet"
    changed = fresh.admin.put(path, {**plan(fresh), "title": "Khác"}, version=2)
    assert changed.json["code"] == "reorganisation.wrong_status"
    of_a_commune, _ = fresh.person("administrator", "A", subject=f"a-{uuid4().hex[:8]}")
    refused = of_a_commune.post("/v1/reorganisations", plan(fresh))
    assert refused.json["code"] == "reorganisation.of_the_whole_province"


def test_who_wrote_a_draft_last_prepared_it_and_does_not_approve_it(fresh: Any) -> None:
    made = fresh.admin.post("/v1/reorganisations", plan(fresh)).json
    other, other_id = fresh.person("administrator", "ROOT", subject=f"a-{uuid4().hex[:8]}")
    path = f"/v1/reorganisations/{made['id']}"
    edited = other.put(path, plan(fresh) | {"title": "Khác"}, version=1).json
    assert (made["prepared_by"] == other_id, edited["prepared_by"]) == (False, other_id)
    assert edited["prepared_at"] > made["prepared_at"]
    assert other.post(f"{path}/approve").json["code"] == "reorganisation.own"
    assert fresh.admin.post(f"{path}/approve").status_code == 200


def test_giving_out_dossiers_prepares_nothing_and_is_done_before_it_is_approved(fresh: Any) -> None:
    made = fresh.admin.post("/v1/reorganisations", plan(fresh)).json
    standing, _ = fresh.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    path = f"/v1/reorganisations/{made['id']}"
    given = standing.put(f"{path}/assignments", {"assignments": []}, version=1).json
    assert (given["prepared_by"], given["version"]) == (made["prepared_by"], 2)
    assert standing.post(f"{path}/approve").status_code == 200
    late = standing.put(f"{path}/assignments", {"assignments": []}, version=3)
    assert late.json["code"] == "reorganisation.wrong_status"


def test_those_of_some_states_can_be_asked_for(fresh: Any) -> None:
    rename = {"action": "rename", "unit_id": fresh.units["X"], "name": "Xã Đổi tên"}
    carry_out(fresh, plan(fresh) | {"changes": [rename]})
    standing, _ = fresh.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    draft, approved = (fresh.admin.post("/v1/reorganisations", plan(fresh)).json["id"] for _ in range(2))
    assert standing.post(f"/v1/reorganisations/{approved}/approve").status_code == 200

    def found(query: str) -> list[str]:
        return [one["id"] for one in fresh.admin.get(f"/v1/reorganisations?{query}").json["items"]]

    assert [found("status=draft"), found("status=approved")] == [[draft], [approved]]
    assert found("status=draft,approved") == [approved, draft]
    assert len(found("")) == 3
    wrong = fresh.admin.get("/v1/reorganisations?status=planned")
    assert (wrong.status_code, wrong.json["errors"][0]["pointer"]) == (422, "/status/0")


def test_a_commune_has_no_part_in_the_plans_of_the_province(fresh: Any) -> None:
    body = plan(fresh)
    path = f"/v1/reorganisations/{fresh.admin.post('/v1/reorganisations', body).json['id']}"
    acts: dict[str, list[tuple[str, str, Any]]] = {
        "administrator": [("GET", "", None), ("PUT", "", body), ("GET", "/preview", None), ("POST", "/approve", None)],
        "standing": [("GET", "/dossiers", None), ("PUT", "/assignments", {"assignments": []})],
    }
    acts["administrator"] += [("POST", f"/{act}", None) for act in ("withdraw", "apply", "undo")]
    acts["standing"] += [("POST", f"/{act}", None) for act in ("approve", "withdraw")]
    for role, asked in acts.items():
        caller, _ = fresh.person(role, "A", subject=f"{role}-{uuid4().hex[:8]}")
        for method, act, sent in asked:
            answer = caller.open(method, f"{path}{act}", version=1, **({"json": sent} if sent else {}))
            assert answer.json["code"] == "reorganisation.of_the_whole_province", (role, act)


def test_who_has_seen_an_earlier_version_changes_nothing(fresh: Any) -> None:
    made = fresh.admin.post("/v1/reorganisations", plan(fresh)).json
    standing, _ = fresh.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    path = f"/v1/reorganisations/{made['id']}"
    assert fresh.admin.put(path, {**plan(fresh), "title": "Khác"}, version=1).json["version"] == 2
    late = {
        "edit": fresh.admin.put(path, plan(fresh), version=1),
        "assign": standing.put(f"{path}/assignments", {"assignments": []}, version=1),
        "approve": standing.post(f"{path}/approve", version=1),
        "withdraw": fresh.admin.post(f"{path}/withdraw", version=1),
    }
    assert {act: answer.json["code"] for act, answer in late.items()} == dict.fromkeys(late, "request.stale")
    assert fresh.admin.get(path).json["title"] == "Khác"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"action": "end", "unit_id": "H", "successor_ids": ["A"], "heir_id": "A"}, "reorganisation.left_behind"),
        ({"action": "move", "unit_id": "H", "parent_id": "X"}, "reorganisation.circle"),
        (
            {"action": "end", "unit_id": "X", "successor_ids": ["A"], "heir_id": "B"},
            "reorganisation.heir_not_successor",
        ),
        (
            {"action": "end", "unit_id": "X", "successor_ids": ["X"], "heir_id": "X"},
            "reorganisation.heir_not_successor",
        ),
        ({"action": "rename", "unit_id": "?", "name": "Không có"}, "reorganisation.unit_unknown"),
        ({"action": "create", "code": "A", "name": "Trùng", "parent_id": "H", **NEW}, "reorganisation.code_twice"),
    ],
)
def test_what_does_not_fit_together_is_said_before_it_is_approved(fresh: Any, change: Any, code: str) -> None:
    ids = fresh.units | {"?": str(uuid4())}
    change = {name: _named(name, value, ids) for name, value in change.items()}
    body = {"title": "Sai", "legal_basis": "Không", "effective_on": "2025-07-01", "changes": [change]}
    made = fresh.admin.post("/v1/reorganisations", body)
    assert made.status_code == 201, made.json
    path = f"/v1/reorganisations/{made.json['id']}"
    refused = fresh.admin.get(f"{path}/preview").json
    assert (refused["code"], [one["pointer"] for one in refused["errors"]]) == (code, ["/changes/0"])
    standing, _ = fresh.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    assert standing.post(f"{path}/approve").json["code"] == code
    assert fresh.admin.get(path).json["status"] == "draft"


def _named(name: str, value: Any, ids: dict[str, str]) -> Any:
    if name.endswith("_ids"):
        return [ids[one] for one in value]
    return ids[value] if name.endswith("_id") else value


def test_it_can_be_undone_while_nothing_rests_on_it(fresh: Any, database: Any) -> None:
    [of_x], [given] = fresh.hand_in("X"), fresh.hand_in("Y")
    officer_h, _ = fresh.person("officer", "H", subject=f"h-{uuid4().hex[:8]}")
    with database.unit_of_work(Context(fresh.name)) as uow:
        before = {unit.id: unit for unit in tree_store.every_unit(uow)}
    applied = carry_out(fresh, plan(fresh), [{"initiative_id": given, "unit_id": fresh.units["A"]}])
    undone = fresh.admin.post(f"/v1/reorganisations/{applied['id']}/undo")
    assert (undone.status_code, undone.json["status"]) == (200, "undone")
    with database.unit_of_work(Context(fresh.name)) as uow:
        for unit in tree_store.every_unit(uow):
            if unit.id in before:
                was = before[unit.id]
                assert (unit.name, unit.scope_path, unit.valid_from, unit.ended_on) == (
                    was.name, was.scope_path, was.valid_from, None)  # fmt: skip
    paths = [one["scope_path"] for one in fresh.admin.get("/v1/units").json["items"]]
    assert paths == ["/ROOT/", "/ROOT/A/", "/ROOT/B/", "/ROOT/H/", "/ROOT/H/X/", "/ROOT/H/Y/"]
    assert (fresh.row(of_x).scope_path, fresh.row(given).scope_path) == ("/ROOT/H/X/", "/ROOT/H/Y/")
    assert fresh.row(given).responsible_unit_id is None
    fresh.forget_grants()
    assert officer_h.get(f"/v1/initiatives/{of_x}").status_code == 200
    newest = {one["code"]: one for one in fresh.told("unit.recorded")}
    assert (newest["X"]["ended"], newest["X"]["scope_path"], newest["N"]["ended"]) == (False, "/ROOT/H/X/", True)


def test_a_new_unit_may_take_the_code_of_one_it_is_made_of(fresh: Any) -> None:
    """As most communes of 2025 did."""
    old_id, body = fresh.units["X"], plan(fresh)
    body["changes"][0]["code"] = "X"
    act = carry_out(fresh, body)

    def ids(as_of: str) -> list[str]:
        return [
            one["id"] for one in fresh.admin.get(f"/v1/units?as_of={as_of}&q=X").json["items"] if one["code"] == "X"
        ]

    assert (ids("2025-06-30"), ids("2025-07-01")) == ([old_id], [fresh.units["N"]])
    assert fresh.admin.post(f"/v1/reorganisations/{act['id']}/undo").status_code == 200
    assert ids("2025-07-01") == [old_id]


def test_it_cannot_be_undone_once_something_rests_on_it(fresh: Any) -> None:
    applied = carry_out(fresh, plan(fresh))
    fresh.hand_in("N")
    refused = fresh.admin.post(f"/v1/reorganisations/{applied['id']}/undo")
    assert (refused.status_code, refused.json["code"]) == (409, "reorganisation.in_use")


def test_it_cannot_be_undone_while_somebody_acts_in_a_unit_that_it_made(fresh: Any) -> None:
    fresh.person("officer", "X", subject=f"x-{uuid4().hex[:8]}")
    applied = carry_out(fresh, plan(fresh))
    since, _ = fresh.person("officer", "N", subject=f"n-{uuid4().hex[:8]}")
    refused = fresh.admin.post(f"/v1/reorganisations/{applied['id']}/undo")
    assert (refused.status_code, refused.json["code"]) == (409, "reorganisation.in_use")
    assert fresh.admin.post(f"/v1/grants/{since.grant_id}/revoke").status_code == 200
    assert fresh.admin.post(f"/v1/reorganisations/{applied['id']}/undo").status_code == 200


def test_what_changed_since_is_not_overwritten_by_undoing(fresh: Any) -> None:
    body = plan(fresh)
    body["changes"] = [{"action": "rename", "unit_id": fresh.units["A"], "name": "Xã Khác"}]
    applied = carry_out(fresh, body)
    later = {"name": "Xã Khác Nữa", "valid_from": "2025-09-01"}
    assert fresh.admin.post(f"/v1/units/{fresh.units['A']}/changes", later).status_code == 201
    refused = fresh.admin.post(f"/v1/reorganisations/{applied['id']}/undo")
    assert refused.json["code"] == "reorganisation.unit_changed_since"


def test_nobody_but_the_operator_merges_or_looks_into_another_province(
    fresh: Any, make_province: Any, new_name: Any
) -> None:
    other = make_province(new_name())
    refused = fresh.admin.post("/v1/reorganisations", plan(fresh) | {"absorbs": [other.name]})
    assert refused.json["code"] == "reorganisation.operators_only"
    for query in (f"?tenant={other.name}", "?tenant=no-such-province"):
        assert fresh.admin.get(f"/v1/reorganisations{query}").json["code"] == "reorganisation.operators_only"
    body = {"title": "Của tỉnh khác", "legal_basis": "x", "effective_on": "2025-07-01", "changes": []}
    theirs = other.admin.post("/v1/reorganisations", body).json
    for method, path in (("GET", ""), ("GET", "/preview"), ("POST", "/approve"), ("POST", "/apply"), ("POST", "/undo")):
        answer = fresh.admin.open(method, f"/v1/reorganisations/{theirs['id']}{path}")
        assert (answer.status_code, answer.json["code"]) == (404, "reorganisation.not_found"), path


def test_as_of_never_shows_more_than_the_scope_of_today(fresh: Any) -> None:
    """A unit of today answers for what its predecessors made, and for nothing else of their district."""
    [of_x] = fresh.hand_in("X")
    carry_out(fresh, plan(fresh))
    officer_a, _ = fresh.person("officer", "A", subject=f"a-{uuid4().hex[:8]}")
    found = officer_a.get(f"/v1/initiatives?under={fresh.root_id}&as_of=2025-06-30").json["items"]
    assert of_x not in {one["id"] for one in found}


def test_places_of_a_day(fresh: Any, database: Any) -> None:
    carry_out(fresh, plan(fresh))
    with database.unit_of_work(Context(fresh.name)) as uow:
        unit_id = UUID(fresh.units["X"])
        assert unit_store.responsible_path(uow, unit_id, BEFORE) == "/ROOT/H/X/"
        assert unit_store.responsible_path(uow, unit_id, AFTER) == "/ROOT/N/"
