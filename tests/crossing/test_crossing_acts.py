"""Acts of two services that cross on their way to each other: whatever the order, all services agree at the end.

The table of the pairs, and which act wins, is in docs/adr/0018-acts-that-cross.md.
"""

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from common import clock
from registration.store import initiatives as store

COUNCIL_ACTS = ["schedule", "open", "close", "decide"]
REASON = {"reason": "Cần xem lại"}
_numbers = count(1)


def withdraw(province: Any, dossier: str, author: str) -> Any:
    return province.as_(author).post(f"/v1/initiatives/{dossier}/withdraw", REASON)


def recall(province: Any, dossier: str, author: str) -> Any:
    return province.as_("officer").post(f"/v1/initiatives/{dossier}/recall", REASON)


def rework(province: Any, dossier: str, author: str) -> Any:
    """Recall and return it, so that the author edits and hands it in anew."""
    answer = recall(province, dossier, author)
    if answer.status_code == 200:
        province.ok(province.as_("officer").post(f"/v1/initiatives/{dossier}/return", REASON))
        province.ok(province.as_(author).post(f"/v1/initiatives/{dossier}/submit"))
    return answer


def forward_elsewhere(province: Any, dossier: str, author: str) -> Any:
    answer = recall(province, dossier, author)
    if answer.status_code == 200:
        province.forward(dossier, "ROOT")
    return answer


def erase(province: Any, dossier: str, author: str) -> Any:
    """The author asks on paper that everything about them is erased."""
    admin = province.as_("admin")
    asked = {"kind": "erasure", "details": "Xin xoá", "person_id": province.people[author]}
    path = f"/v1/subject-requests/{province.ok(admin.post('/v1/subject-requests', asked))['id']}"
    province.ok(admin.post(f"{path}/start"))
    return admin.post(f"{path}/complete")


def transfer(province: Any, dossier: str, author: str) -> None:
    """Give it to another unit to answer for, as a reorganisation does when it is applied."""
    with province.in_registration() as uow:
        initiative = store.initiative(uow, UUID(dossier))
        unit_id = UUID(province.units["B"])
        fact = initiative.transfer(unit_id, at=clock.now(), on=clock.today(), reason="Sắp xếp đơn vị")
        store.save(uow, initiative)
        uow.emit(fact)


def nothing(province: Any, dossier: str, author: str) -> None:
    """Leave it alone, so that the session always has something to decide."""


OWN_ACTS: list[Callable[[Any, str, str], Any]] = [
    nothing, withdraw, recall, rework, forward_elsewhere, erase, transfer,
]  # fmt: skip


CROSSED = ["crossed, own news first", "crossed, council's news first"]
IN_TURN = ["own act first", "council first"]
PAIRS = [(act, order) for act in COUNCIL_ACTS for order in CROSSED] + [
    (act, order) for act in ("close", "decide") for order in IN_TURN
]


@pytest.mark.parametrize(("council_act", "order"), PAIRS)
def test_all_services_agree_whatever_crossed(province: Any, council_act: str, order: str) -> None:
    network = province.network
    authors = {act.__name__: "author" for act in OWN_ACTS} | {"erase": f"author-{next(_numbers)}"}
    province.appoint(authors["erase"], "author", "A")
    dossiers = {name: province.forwarded(author) for name, author in authors.items()}
    network.deliver("registration", "review")
    session = province.session(list(dossiers.values()))
    before = COUNCIL_ACTS.index(council_act)
    if before:
        session.until(COUNCIL_ACTS[before - 1])

    def own_acts() -> dict[str, Any]:
        return {act.__name__: act(province, dossiers[act.__name__], authors[act.__name__]) for act in OWN_ACTS}

    if order == "own act first":
        answers = own_acts()
        network.drain("registration")
        session.until(council_act)
    elif order == "council first":
        session.until(council_act)
        network.drain("review")
        answers = own_acts()
    else:
        session.until(council_act)
        answers = own_acts()
    network.drain("review" if "council's news" in order else "registration")
    province.compare(list(dossiers.values()))

    for name, answer in answers.items():
        if answer is not None:
            assert answer.status_code == _expected(name, council_act, order), (name, answer.json)

    session.until("decide")
    network.drain()
    ended = province.compare(list(dossiers.values()))
    is_judged = council_act == "decide" or (council_act == "close" and order != "own act first")
    assert ended[dossiers["nothing"]] == ended[dossiers["transfer"]] == "recognised"
    assert ended[dossiers["withdraw"]] == ("recognised" if is_judged else "withdrawn")
    assert ended[dossiers["erase"]] == ("recognised" if is_judged else "withdrawn")
    if is_judged and order.startswith("crossed"):
        _ensure_the_author_reads_why(province, dossiers["withdraw"], authors["withdraw"])


def _expected(name: str, council_act: str, order: str) -> int:
    """Only an act that knows of the council's is refused."""
    if order != "council first" or name == "erase":
        return 200
    if name == "withdraw":
        return 409 if council_act in ("close", "decide") else 200
    return 409  # A council in term has opened it.


def _ensure_the_author_reads_why(province: Any, dossier: str, author: str) -> None:
    page = province.as_(author).get(f"/v1/initiatives/{dossier}").json
    steps = [(step["action"], step["reason"]) for step in page["history"]]
    assert ("reinstate", "taken_back_too_late") in steps
    assert "withdraw" not in page["allowed"]
    query = "SELECT kind FROM message WHERE initiative_id = :id AND person_id = :person"
    told = province.network.rows("notifications", query, id=UUID(dossier), person=UUID(province.people[author]))
    assert "initiative.reinstated" in {row.kind for row in told}
