"""Where a dossier can be forwarded to, and how it comes back from where nobody judges it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from common import clock
from common.database import Context
from registration.usecases import initiatives, reorganisations


@pytest.fixture
def officer(province: Any) -> Any:
    return province.person("officer", "A", subject=f"officer-{uuid4()}")[0]


def endorsed(officer: Any, province: Any) -> str:
    made = officer.post("/v1/initiatives", province.draft()).json
    path = f"/v1/initiatives/{made['id']}"
    officer.post(f"{path}/submit", {"received_on": "2024-03-01"})
    assert officer.post(f"{path}/endorse", {"happened_on": "2024-03-02"}).json["status"] == "endorsed"
    return path


def forward(officer: Any, path: str, unit_id: str) -> Any:
    return officer.post(f"{path}/forward", {"council_unit_id": unit_id, "happened_on": "2024-03-03"})


def open_review(database: Any, province: Any, path: str) -> None:
    with database.unit_of_work(Context(province.name)) as uow:
        moment = initiatives.Moment(clock.now(), clock.today(), clock.today())
        initiatives.start_review(uow, path.rsplit("/", 1)[1], None, moment)  # type: ignore[arg-type]


def test_a_unit_without_a_council_gets_no_dossier_and_the_text_says_who_has_one(officer: Any, province: Any) -> None:
    path = endorsed(officer, province)
    refused = forward(officer, path, province.units["A"])
    assert (refused.status_code, refused.json["code"]) == (422, "initiative.no_council")
    assert refused.json["messages"]["vi"].startswith("Đơn vị A chưa có hội đồng")
    assert refused.json["messages"]["vi"].endswith(f"Nơi có hội đồng: Tỉnh {province.name}.")
    assert officer.get(path).json["status"] == "endorsed"
    assert forward(officer, path, province.root_id).json["status"] == "forwarded"


def test_where_no_unit_has_a_council_the_text_says_whom_to_ask(make_province: Any, database: Any) -> None:
    province = make_province("chua-co-hoi-dong")
    province.end_council()
    officer, _ = province.person("officer", "A")
    path = endorsed(officer, province)
    refused = forward(officer, path, province.root_id)
    assert refused.json["code"] == "initiative.no_council_anywhere"
    assert officer.get(f"{path}/councils").json["items"] == []


def test_only_units_with_a_council_are_offered_the_nearest_first(officer: Any, province: Any) -> None:
    path = endorsed(officer, province)
    offered = officer.get(f"{path}/councils").json["items"]
    assert [one["unit_id"] for one in offered] == [province.root_id]
    below = province.make_unit(f"A-{uuid4().hex[:6].upper()}", province.units["A"])
    person, _ = province.person("officer", "A", subject=f"officer-{uuid4()}")
    made = person.post("/v1/initiatives", province.draft(unit_id=below)).json
    province.hear_of_council(below)
    province.hear_of_council(below)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    province.hear_of_council(province.units["B"])
    province.hear_of_council(province.units["A"], term_to=yesterday)
    offered = person.get(f"/v1/initiatives/{made['id']}/councils").json["items"]
    assert [one["unit_id"] for one in offered] == [below, province.root_id]


def test_a_council_of_then_serves_a_paper_of_then(officer: Any, province: Any) -> None:
    path = endorsed(officer, province)
    province.hear_of_council(province.units["A"], term_to="2024-03-03")
    assert forward(officer, path, province.units["A"]).json["status"] == "forwarded"


def test_a_council_that_has_opened_a_dossier_keeps_it(officer: Any, province: Any, database: Any) -> None:
    path = endorsed(officer, province)
    forward(officer, path, province.root_id)
    open_review(database, province, path)
    shown = officer.get(path).json
    assert (shown["status"], "recall" in shown["allowed"]) == ("under_review", False)
    refused = officer.post(f"{path}/recall", {"reason": "Chuyển nhầm"})
    assert (refused.status_code, refused.json["code"]) == (409, "initiative.cannot_recall")


def test_what_waits_for_a_council_whose_term_is_over_is_taken_back(make_province: Any, database: Any) -> None:
    province = make_province("het-nhiem-ky")
    officer, _ = province.person("officer", "A")
    path = endorsed(officer, province)
    forward(officer, path, province.root_id)
    open_review(database, province, path)
    province.end_council()
    assert "recall" in officer.get(path).json["allowed"]
    taken = officer.post(f"{path}/recall", {"reason": "Hội đồng hết nhiệm kỳ"}).json
    assert (taken["status"], taken["reason"]) == ("endorsed", "Hội đồng hết nhiệm kỳ")
    province.hear_of_council(province.units["A"])
    assert forward(officer, path, province.units["A"]).json["status"] == "forwarded"
    steps = [(step["action"], step["to"]) for step in officer.get(path).json["history"]]
    assert steps[-3:] == [("start_review", "under_review"), ("recall", "endorsed"), ("forward", "forwarded")]


def end_unit(database: Any, province: Any, unit_id: str, heir_id: str) -> None:
    changes = [{"action": "end", "unit_id": UUID(unit_id), "successor_ids": [UUID(heir_id)], "heir_id": UUID(heir_id)}]
    day = date(2025, 7, 1)
    with database.unit_of_work(Context(province.name)) as uow:
        moment = reorganisations.Moment(clock.now(), day, uuid4())
        values = {"title": "Sắp xếp", "legal_basis": "202", "effective_on": day, "changes": changes}
        reorganisations.carry_out(uow, moment, uuid4(), **values)
    province.forget_grants()


def test_what_is_before_the_council_of_a_unit_that_ended_its_heirs_judges_or_it_comes_back(
    make_province: Any, database: Any
) -> None:
    province, old, new = make_province("sap-xep"), str(uuid4()), str(uuid4())
    here, heir = province.units["A"], province.units["B"]
    officer, _ = province.person("officer", "A")
    province.hear_of_council(here, council_id=old)
    sent, open_ = endorsed(officer, province), endorsed(officer, province)
    assert forward(officer, sent, here).json["status"] == "forwarded"
    open_review(database, province, sent)

    def comes_back() -> bool:
        return "recall" in officer.get(sent).json["allowed"]

    def offered() -> list[str]:
        return [one["unit_id"] for one in officer.get(f"{open_}/councils").json["items"]]

    assert (comes_back(), offered()) == (False, [here, province.root_id])
    end_unit(database, province, here, heir)
    assert (comes_back(), offered()) == (False, [province.root_id])  # The old council may have a session to finish.
    province.hear_of_council(here, council_id=old, version=2, term_to="2020-01-01")
    assert comes_back()
    province.hear_of_council(heir, council_id=new)
    assert (comes_back(), offered()) == (False, [heir, province.root_id])
    province.hear_of_council(heir, council_id=new, version=2, term_to="2020-01-01")
    assert officer.post(f"{sent}/recall", {"reason": "Không còn hội đồng"}).json["status"] == "endorsed"


def test_the_newest_word_on_a_council_counts_in_any_order(make_province: Any) -> None:
    province = make_province("thu-tu")
    officer, _ = province.person("officer", "A")
    path, council_id = endorsed(officer, province), str(uuid4())
    province.hear_of_council(province.units["A"], council_id=council_id, version=2, term_to="2020-01-01")
    province.hear_of_council(province.units["A"], council_id=council_id, version=1, term_to=None)
    assert forward(officer, path, province.units["A"]).json["code"] == "initiative.no_council"
