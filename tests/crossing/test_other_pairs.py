"""Acts that cross besides those on a dossier before its council: the centre's answer, and the end of a grant."""

from typing import Any
from uuid import UUID

import pytest

ORDERS = [("review", "registration"), ("registration", "review")]


@pytest.fixture
def recognised(province: Any) -> str:
    """A dossier that the province's council has recognised; all services know it."""
    dossier = str(province.forwarded())
    province.network.deliver("registration", "review")
    province.session([dossier]).until("decide")
    province.network.drain()
    return dossier


@pytest.mark.parametrize("order", ORDERS)
def test_the_centres_answer_holds_when_it_crosses_a_withdrawal(
    province: Any, recognised: str, order: tuple[str, str]
) -> None:
    network, path = province.network, f"/v1/dossiers/{recognised}/recommendation"
    province.ok(province.as_("chair", "review").post(path, {"statement": "Đã nhân rộng."}))
    network.drain()
    answer = {"answer": "accepted", "reason": "Phổ biến toàn quốc."}
    province.ok(province.as_("board").post(f"/v1/recommended/{recognised}/answer", answer))
    province.ok(province.as_("chair", "review").post(f"{path}/withdrawal", {"reason": "Đề nghị nhầm."}))
    network.deliver(*order)
    network.drain()
    here = {"id": UUID(recognised)}
    [copy] = network.rows("registration", "SELECT state FROM recommended_dossier WHERE initiative_id = :id", **here)
    [own] = network.rows("review", "SELECT answer FROM recommendation WHERE initiative_id = :id", **here)
    acts = [step["action"] for step in province.as_("officer").get(f"/v1/initiatives/{recognised}").json["history"]]
    newest = "SELECT kind FROM notice WHERE initiative_id = :id ORDER BY occurred_at DESC LIMIT 1"
    [told] = network.rows("notifications", newest, **here)
    assert (copy.state, own.answer, acts[-1]) == ("accepted", "accepted", "accepted")
    assert "unrecommend" not in acts
    assert told.kind == "initiative.recommendation_answered"


@pytest.mark.parametrize("is_told", [True, False])
def test_an_act_under_a_grant_that_ends_holds_when_it_is_first(province: Any, is_told: bool) -> None:
    dossier = str(province.forwarded())
    subject = f"chair-{is_told}"
    grant_id = province.appoint(subject, "chair", "ROOT")
    province.network.drain()
    session = province.session([dossier])
    session.until("close")
    province.ok(province.as_("admin").post(f"/v1/grants/{grant_id}/revoke"))
    if is_told:
        province.network.drain()
    signed = session.sign(subject)
    assert signed.status_code == (403 if is_told else 201), signed.json
    province.network.drain()
    assert session.sign(subject).status_code == 403
    assert province.compare([dossier]) == {dossier: "under_review" if is_told else "recognised"}
