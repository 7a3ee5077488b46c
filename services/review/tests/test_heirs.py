"""A unit ends while dossiers wait before its council: from then on they wait before its heir's."""

from typing import Any
from uuid import UUID

import pytest

NOW = "2025-07-01"
CONFLICT = {"kind": "relative", "reason": "Em ruột của tác giả"}


def end(province: Any, unit: str, heir: str, *, version: int = 2) -> None:
    """From now on it stands where its heir stands."""
    province.record_unit(unit, version=version, scope_path=province.paths[heir], valid_from=NOW, ended=True)


class Reformed:
    """DK ended into CL with four dossiers before its council, and DX with one; DP, below DK until then, is below CL."""

    def __init__(self, province: Any, make_council: Any) -> None:
        self.province = province
        province.record_unit("DX", scope_path="/KH/DX/")
        self.whole, self.old, self.heir = (make_council(unit, of=province) for unit in ("ROOT", "DK", "CL"))
        self.waiting, self.planned, self.open, self.unjudged = (province.forward("DK") for _ in range(4))
        self.neighbours, self.below = province.forward("DX"), province.forward("DP")
        self.old_plan, self.old_session = self.old.plan([self.planned]), self.old.open([self.open])
        self.older_session = self.old.open([self.unjudged])
        end(province, "DK", "CL")
        end(province, "DX", "CL")
        province.record_unit("DP", version=2, scope_path=f"{province.paths['CL']}DP/", valid_from=NOW)

    def carry_grants(self) -> None:
        """As registration does when the grants of a unit that ends follow to its heir."""
        for caller, person_id in zip(self.old.everybody, self.old.ids, strict=True):
            seat = "chair" if caller is self.old.chair else "member"
            grant = self.province.grant(caller.grant_id, UUID(person_id), seat, "CL")
            self.province.tell("grant.issued", grant | {"version": 2})


@pytest.fixture(scope="module")
def reformed(make_province: Any, make_council: Any) -> Reformed:
    return Reformed(make_province("quang-nam"), make_council)


def waiting(caller: Any, province: Any, unit: str) -> set[str]:
    answer = caller.get(f"/v1/dossiers?unit_id={province.units[unit]}&state=waiting")
    return {row["initiative_id"] for row in answer.json["items"]}


def put(council: Any, session: str, *dossiers: str) -> Any:
    return council.secretary.post(f"/v1/sessions/{session}/agenda", {"dossier_ids": list(dossiers)})


def test_what_waited_before_the_council_of_a_unit_that_ended_waits_before_its_heirs(reformed: Reformed) -> None:
    own, known = reformed.province.forward("CL"), {reformed.waiting, reformed.neighbours, reformed.below}

    def shown(council: Any, unit: str) -> set[str]:
        return waiting(council.secretary, reformed.province, unit) & {*known, own}

    assert shown(reformed.heir, "CL") == {reformed.waiting, reformed.neighbours, own}
    # Where each was forwarded to stays known.
    assert shown(reformed.heir, "DK") == {reformed.waiting}
    assert shown(reformed.heir, "DP") == {reformed.below}
    assert shown(reformed.whole, "ROOT") == set()


def test_the_heirs_council_judges_it_to_the_end(reformed: Reformed) -> None:
    heir, units = reformed.heir, reformed.province.units
    of_ended, own = reformed.province.forward("DK"), reformed.province.forward("CL")
    session = heir.open([of_ended, own])
    heir.judge(of_ended)
    heir.judge(own)
    heir.close(session)
    decision = heir.decide(session).json
    assert [verdict["result"]["outcome"] for verdict in decision["verdicts"]] == ["recognised", "recognised"]
    assert decision["unit_id"] == str(units["CL"])
    shown = heir.secretary.get(f"/v1/dossiers/{of_ended}").json
    assert (shown["state"], shown["unit_id"]) == ("decided", str(units["DK"]))


@pytest.mark.parametrize(
    ("council", "session", "unit"),
    [
        ("whole", None, "CL"),
        ("whole", None, "DK"),
        ("heir", None, "DP"),
        ("heir", "old_plan", "CL"),
        ("heir", "old_plan", "DX"),
    ],
    ids=["one above", "one above, of an ended", "one below", "the heir's own", "of another that ended"],
)
def test_no_other_council_takes_it(reformed: Reformed, council: str, session: str | None, unit: str) -> None:
    """Not that of a unit above, nor the heir's what waits before one below, nor the old one's what is not its own."""
    dossier, who = reformed.province.forward(unit), getattr(reformed, council)
    if unit == "DP":
        dossier = reformed.below
    refused = put(who, getattr(reformed, session) if session else who.plan([]), dossier)
    assert (refused.status_code, refused.json["code"]) == (409, "dossier.of_another_council")


def test_a_member_of_the_heirs_council_steps_back_before_any_session(reformed: Reformed) -> None:
    dossier, member, stranger = reformed.province.forward("DK"), reformed.heir.members[0], reformed.whole.members[0]
    assert stranger.get(f"/v1/dossiers/{dossier}").json["allowed"] == []
    refused = stranger.post(f"/v1/dossiers/{dossier}/conflict", CONFLICT)
    assert (refused.status_code, refused.json["code"]) == (403, "council.not_a_member")
    assert member.get(f"/v1/dossiers/{dossier}").json["allowed"] == ["declare_conflict"]
    assert member.post(f"/v1/dossiers/{dossier}/conflict", CONFLICT).status_code == 201


def test_a_member_of_the_heirs_council_has_no_say_in_what_another_living_units_judges(reformed: Reformed) -> None:
    refused = reformed.heir.members[0].post(f"/v1/dossiers/{reformed.below}/conflict", CONFLICT)
    assert (refused.status_code, refused.json["code"]) == (403, "council.not_a_member")


def test_what_the_old_council_had_planned_goes_to_the_heirs(reformed: Reformed) -> None:
    heir = reformed.heir
    session = heir.plan([])
    assert put(heir, session, reformed.planned).json["code"] == "dossier.scheduled_elsewhere"
    assert put(heir, reformed.old_plan).status_code == 200
    assert put(heir, session, reformed.planned).status_code == 200


def test_what_an_open_session_of_the_old_council_had_not_come_to_goes_to_the_heirs(reformed: Reformed) -> None:
    """Nobody is left to judge it there: the heir's secretary closes that session, and puts it on one of their own."""
    heir = reformed.heir
    heir.close(reformed.older_session)
    session = heir.open([reformed.unjudged])
    heir.judge(reformed.unjudged)
    heir.close(session)
    assert heir.decide(session).json["verdicts"][0]["result"]["outcome"] == "recognised"


def test_members_whose_grants_followed_finish_an_open_session(reformed: Reformed) -> None:
    reformed.carry_grants()
    reformed.old.judge(reformed.open, by=[reformed.old.chair, *reformed.old.members])
    reformed.heir.close(reformed.old_session)
    [verdict] = reformed.old.decide(reformed.old_session).json["verdicts"]
    assert verdict["result"]["outcome"] == "recognised"


def test_the_heir_of_the_heir_takes_it(make_province: Any, make_council: Any) -> None:
    province = make_province("da-nang")
    last, dossier = make_council("ROOT", of=province), province.forward("DK")
    end(province, "DK", "CL")
    assert waiting(last.secretary, province, "ROOT") == set()
    end(province, "CL", "ROOT")
    end(province, "DK", "ROOT", version=3)
    assert waiting(last.secretary, province, "ROOT") == {dossier}
    assert put(last, last.plan([]), dossier).status_code == 200


def test_the_council_of_the_province_that_another_became_part_of_takes_it(
    make_province: Any, make_council: Any
) -> None:
    absorbed, heir = make_province("quang-tri"), make_province("quang-binh")
    council, dossier = make_council("ROOT", of=heir), absorbed.forward("ROOT")
    merged = {"tenant_id": absorbed.units["ROOT"], "version": 2, "code": "quang-tri", "name": "Quảng Trị"}
    absorbed.tell("tenant.recorded", merged | {"status": "merged", "heir": "quang-binh"})
    heir.units["OLD"] = absorbed.units["ROOT"]
    heir.paths["OLD"] = "/QT/"
    end(heir, "OLD", "ROOT")
    assert waiting(council.secretary, heir, "ROOT") == {dossier}
    assert put(council, council.plan([]), dossier).status_code == 200
