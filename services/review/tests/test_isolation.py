"""What belongs to another province or unit does not exist."""

from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture(scope="module")
def of_others(province: Any, council: Any) -> dict[str, str]:
    """Ids of everything that Diên Khánh (unit DK of the first province) has."""
    dossier = province.forward()
    session = council.open([dossier])
    council.judge(dossier)
    council.close(session)
    decision = council.decide(session).json["id"]
    commendation = council.standing.post(
        "/v1/commendations",
        {
            "title": "Giấy khen",
            "form": "certificate_of_commendation",
            "authority": "district",
            "from_year": 2019,
            "to_year": 2019,
            "unit_id": str(province.units["DK"]),
            "recipients": [{"kind": "individual", "group": "outstanding", "count": 3}],
        },
    ).json["id"]
    open_dossier = province.forward()
    council.open([open_dossier])
    return {
        "dossier": open_dossier,
        "decided": dossier,
        "session": session,
        "council": council.id,
        "decision": decision,
        "commendation": commendation,
        "rulebook": province.rulebook("DK")["id"],
    }


@pytest.fixture(params=["other province", "neighbour unit", "commune below"])
def strangers(request: pytest.FixtureRequest, province: Any, make_province: Any) -> Any:
    """A caller for each role."""
    place = {
        "other province": (make_province("lai-chau"), "DK"),
        "neighbour unit": (province, "CL"),
        "commune below": (province, "DP"),
    }[request.param]
    roles = ("administrator", "secretary", "member", "chair", "standing")
    return request.param, {role: place[0].person(role, place[1])[0] for role in roles}


def same(one: Any, other: Any) -> bool:
    """Equal but for what names the request itself."""
    bodies = [{k: v for k, v in answer.json.items() if k not in ("instance", "request_id")} for answer in (one, other)]
    return bodies[0] == bodies[1] and one.status_code == other.status_code


DECISION = {"number": "1", "signed_on": "2020-01-01", "signatory": "A", "legal_basis": "B"}
SCORES = {"scores": {"novelty": 1, "effect": 1}}
NAMES = {"kind": "individual", "group": "outstanding", "names": []}
ATTEMPTS: list[tuple[str, str, str, str, Any]] = [
    ("member", "GET", "dossier", "/v1/dossiers/{}", None),
    ("member", "GET", "decided", "/v1/dossiers/{}", None),
    ("member", "PUT", "dossier", "/v1/dossiers/{}/score-sheet", SCORES),
    ("member", "POST", "dossier", "/v1/dossiers/{}/ballot", {"choice": "yes"}),
    ("member", "POST", "dossier", "/v1/dossiers/{}/conflict", {"kind": "other", "reason": "x"}),
    ("secretary", "GET", "session", "/v1/sessions/{}", None),
    ("secretary", "POST", "session", "/v1/sessions/{}/agenda", {"dossier_ids": []}),
    ("secretary", "POST", "session", "/v1/sessions/{}/attendance", {"present": []}),
    ("secretary", "POST", "session", "/v1/sessions/{}/open", None),
    ("secretary", "POST", "session", "/v1/sessions/{}/close", None),
    ("standing", "GET", "session", "/v1/sessions/{}/results", None),
    ("chair", "POST", "session", "/v1/sessions/{}/decision", DECISION),
    ("standing", "GET", "council", "/v1/councils/{}", None),
    ("standing", "GET", "decision", "/v1/decisions/{}", None),
    ("standing", "GET", "commendation", "/v1/commendations/{}", None),
    ("standing", "POST", "commendation", "/v1/commendations/{}/names", NAMES),
    ("administrator", "POST", "rulebook", "/v1/rulebooks/{}/publish", None),
]


@pytest.mark.parametrize(("role", "method", "kind", "path", "body"), ATTEMPTS)
def test_not_yours_is_answered_like_not_there(
    strangers: Any, of_others: dict[str, str], role: str, method: str, kind: str, path: str, body: Any
) -> None:
    caller = strangers[1][role]
    options = {"json": body} if body is not None else {}
    theirs = caller.open(method, path.format(of_others[kind]), **options)
    nothing = caller.open(method, path.format(uuid4()), **options)
    assert theirs.status_code == 404, theirs.json
    assert same(theirs, nothing)


def test_lists_do_not_show_it(strangers: Any, of_others: dict[str, str]) -> None:
    where, callers = strangers
    hidden = set(of_others.values())
    if where == "commune below":  # It may use its district's rulebook.
        hidden.discard(of_others["rulebook"])
    for path in ("dossiers", "sessions", "councils", "decisions", "commendations", "rulebooks"):
        items = callers["standing"].get(f"/v1/{path}?limit=200").json["items"]
        assert not hidden & {item.get("initiative_id", item.get("id")) for item in items}, path


def test_nothing_of_others_can_be_named_in_a_request(strangers: Any, of_others: dict[str, str], province: Any) -> None:
    callers = strangers[1]
    body = {"year": 2019, "title": "x", "held_on": "2019-12-15", "rulebook_id": of_others["rulebook"]}
    theirs, nothing = (
        callers["secretary"].post("/v1/sessions", body | {"council_id": id_})
        for id_ in (of_others["council"], str(uuid4()))
    )
    assert theirs.json["code"] == "council.not_found"
    assert same(theirs, nothing)
    rulebook = province.rulebook_body("DK")
    theirs, nothing = (
        callers["administrator"].post("/v1/rulebooks", rulebook | {"unit_id": id_})
        for id_ in (str(province.units["DK"]), str(uuid4()))
    )
    assert theirs.json["code"] == "unit.unknown"
    assert same(theirs, nothing)


def test_a_dossier_of_a_neighbour_cannot_be_put_on_an_agenda(province: Any, make_council: Any) -> None:
    neighbours, council = province.forward("CL"), make_council("DK")
    session = council.plan([])
    refused = council.secretary.post(f"/v1/sessions/{session}/agenda", {"dossier_ids": [neighbours]})
    nothing = council.secretary.post(f"/v1/sessions/{session}/agenda", {"dossier_ids": [str(uuid4())]})
    assert refused.json["code"] == "dossier.not_found"
    assert same(refused, nothing)


def test_councils_and_commendations_are_of_units_in_the_own_subtree(province: Any, council: Any) -> None:
    district, _ = province.person("administrator", "DK")
    of_above = {"unit_id": str(province.units["ROOT"])}
    body = {"name": "Hội đồng", "established_by": {"number": "1", "signed_on": "2019-01-15"}, "term_from": "2019-01-15"}
    members = [
        {"person_id": id_, "role": role} for id_, role in zip(council.ids[:2], ("chair", "secretary"), strict=True)
    ]
    refused = [district.post("/v1/councils", body | of_above | {"members": members})]
    group = {"kind": "individual", "group": "movement", "count": 2}
    body = {"title": "Khen thưởng", "form": "achievement", "authority": "district", "from_year": 2019, "to_year": 2020}
    refused.append(council.standing.post("/v1/commendations", body | of_above | {"recipients": [group]}))
    assert [answer.json["code"] for answer in refused] == ["unit.unknown"] * 2


def test_a_unit_uses_the_rulebook_of_the_unit_above_but_does_not_publish_it(province: Any) -> None:
    draft = province.admin.post("/v1/rulebooks", province.rulebook_body("ROOT")).json["id"]
    district, _ = province.person("administrator", "DK")
    assert district.get(f"/v1/rulebooks/{draft}").status_code == 200
    assert district.post(f"/v1/rulebooks/{draft}/publish").status_code == 404


def test_the_level_above_sees_its_subtree(province: Any, of_others: dict[str, str]) -> None:
    standing, _ = province.person("standing", "ROOT")
    for path, kind in (("dossiers", "dossier"), ("sessions", "session"), ("decisions", "decision")):
        assert standing.get(f"/v1/{path}/{of_others[kind]}").status_code == 200


def test_authors_and_operators_have_no_way_in(province: Any) -> None:
    author, _ = province.person("author", "DK")
    for path in ("dossiers", "sessions", "councils", "decisions", "commendations", "rulebooks"):
        assert author.get(f"/v1/{path}").json["code"] == "auth.role_not_allowed"
