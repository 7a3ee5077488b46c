"""The door to the centre for recommended dossiers: what crosses, what does not, and the way back."""

import json
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from common import clock
from common.centre import CENTRE
from common.consumer import Consumer
from common.database import Context
from common.events import Event
from common.ids import new_id
from common.telemetry import ConsumerMetrics
from prometheus_client import CollectorRegistry
from registration.app import NAME
from registration.consumers import HANDLERS
from registration.store.tables import metadata
from registration.usecases import reorganisations
from sqlalchemy import text

STATEMENT = "Đã nhân rộng ở 12 xã."


@pytest.fixture(scope="session")
def centre(make_province: Any) -> Any:
    return make_province(CENTRE)


@pytest.fixture(scope="session")
def board(centre: Any) -> Any:
    """The centre's Standing Board."""
    caller, _ = centre.person("standing", "ROOT", subject="standing-tw")
    return caller


@pytest.fixture
def consumer(database: Any) -> Any:
    made = Consumer(NAME, metadata, HANDLERS, database.unit_of_work, ConsumerMetrics(CollectorRegistry()))
    yield made
    with database.admin_engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM dead_letter")) == 0


class Sender:
    """What review tells of one province's dossiers."""

    def __init__(self, consumer: Consumer, province: Any) -> None:
        self.consumer, self.province, self.by = consumer, province, str(new_id())

    def event(self, kind: str, dossier: str, version: int, tenant: str = "", **data: Any) -> Event:
        type_, tenant = f"vn.sangtao.review.dossier.{kind}.v1", tenant or self.province.name
        return Event(type_, "/review", tenant, dossier, version, {"initiative_id": dossier, "version": version} | data)

    def decided(self, dossier: str, outcome: str = "recognised") -> None:
        decision = {"decision_number": "12/QĐ", "decided_on": "2024-12-20", "score": 86.5, "reasons": []}
        self.consumer.apply([self.event("decided", dossier, 3, outcome=outcome, **decision)])

    def recommended(self, dossier: str, version: int = 4, **data: Any) -> Event:
        votes = {"score": 86.5, "yes": 7, "no": 1, "abstain": 0, "present": 8, "statement": STATEMENT}
        by = {"acted_by": self.by, "acted_as": "standing", "on_behalf_of": None}
        return self.event("recommended", dossier, version, **(votes | by | {"recommended_on": "2024-12-27"} | data))

    def withdrawn(self, dossier: str, version: int = 5) -> Event:
        by = {"acted_by": self.by, "acted_as": "chair", "on_behalf_of": None}
        return self.event(
            "recommendation_withdrawn", dossier, version, reason="Đề nghị nhầm.", withdrawn_on="2024-12-28", **by
        )

    def answered(self, dossier: str, answer: str = "accepted", version: int = 5, **data: Any) -> Event:
        values = {"answer": answer, "reason": "Đưa vào hội nghị.", "answered_on": "2025-01-15"}
        return self.event("recommendation_answered", dossier, version, **(values | data))

    def recognised(self, **draft: Any) -> str:
        """A dossier that the province's council has recognised."""
        officer, _ = self.province.person("officer", "A", subject=f"o-{uuid4().hex[:8]}")
        made = str(officer.post("/v1/initiatives", self.province.draft(**draft)).json["id"])
        path = f"/v1/initiatives/{made}"
        officer.post(f"{path}/submit", {"received_on": "2024-03-01"})
        officer.post(f"{path}/endorse", {"happened_on": "2024-03-02"})
        officer.post(f"{path}/forward", {"happened_on": "2024-03-02", "council_unit_id": self.province.root_id})
        self.decided(made)
        return made

    def given(self, **draft: Any) -> str:
        """One that it has recommended."""
        dossier = self.recognised(**draft)
        self.consumer.apply([self.recommended(dossier)])
        return dossier


@pytest.fixture
def sender(consumer: Consumer, province: Any, centre: Any) -> Sender:
    return Sender(consumer, province)


@pytest.fixture
def standing(province: Any) -> Any:
    caller, _ = province.person("standing", "ROOT", subject="standing-of-the-province")
    return caller


def history(caller: Any, dossier: str) -> list[str]:
    return [step["action"] for step in caller.get(f"/v1/initiatives/{dossier}").json["history"]]


def test_the_centre_gets_a_copy_and_nothing_else(sender: Sender, board: Any, standing: Any, app: Any) -> None:
    mark = new_id().hex
    dossier = sender.given(title=f"Vườn chung {mark}")
    copy = board.get(f"/v1/recommended/{dossier}").json
    assert copy | {"province": "khanh-hoa", "province_name": "Tỉnh khanh-hoa", "held_by": "khanh-hoa"} == copy
    assert copy | {"statement": STATEMENT, "decision_number": "12/QĐ", "decided_on": "2024-12-20"} == copy
    assert copy | {"score": 86.5, "yes": 7, "no": 1, "abstain": 0, "present": 8, "state": "waiting"} == copy
    assert copy | {"unit_name": "Đơn vị A", "solution": "Giải pháp", "recommended_on": "2024-12-27"} == copy
    assert copy["authors"] == [{"name": "Tác giả", "kind": "individual", "role": "author", "share": 100}]
    assert copy["allowed"] == ["noted", "accepted", "declined"]
    # Of the dossier itself there is nothing to be seen at the centre.
    for path in (f"/v1/initiatives/{dossier}", f"/v1/initiatives/{dossier}/attachments"):
        unknown = path.replace(dossier, str(new_id()))
        here, nowhere = board.get(path), board.get(unknown)
        assert (here.status_code, here.json["code"]) == (nowhere.status_code, nowhere.json["code"]) == (
            404, "initiative.not_found",
        )  # fmt: skip
    assert dossier not in board.get("/v1/initiatives?limit=200").text
    assert history(standing, dossier)[-1] == "recommend"
    [told] = [one for one in sender.province.told("initiative.recommended") if one["initiative_id"] == dossier]
    assert (told["status"], told["acted_by"], told["reason"]) == ("recognised", sender.by, "")
    assert STATEMENT not in json.dumps(told)


def test_the_centre_finds_what_it_was_given(make_province: Any, consumer: Any, sender: Sender, board: Any) -> None:
    mark = new_id().hex
    other = Sender(consumer, make_province("lai-chau"))
    mine, theirs = sender.given(title=f"Vườn chè {mark}"), other.given(title=f"Đường hoa {mark}")

    def found(query: str = "") -> list[str]:
        return [one["initiative_id"] for one in board.get(f"/v1/recommended?q={mark}{query}").json["items"]]

    assert set(found()) == {mine, theirs}
    assert found("&province=lai-chau") == [theirs]
    assert found("&year=2023") == found("&state=accepted") == found("&content=production") == []
    assert [one["initiative_id"] for one in board.get(f"/v1/recommended?q=vuon+che+{mark}").json["items"]] == [mine]
    first = board.get(f"/v1/recommended?q={mark}&limit=1").json
    second = board.get(f"/v1/recommended?q={mark}&limit=1&cursor={first['next']}").json
    assert {first["items"][0]["initiative_id"], second["items"][0]["initiative_id"]} == {mine, theirs}
    assert second["next"] is None
    assert {one["code"] for one in first["provinces"]} >= {"khanh-hoa", "lai-chau"}


def test_no_province_sees_or_answers_what_was_given(
    make_province: Any, sender: Sender, standing: Any, board: Any
) -> None:
    dossier = sender.given()
    stranger, _ = make_province("lai-chau").person("standing", "ROOT", subject="standing-lc")
    for caller in (standing, stranger):
        for one in (dossier, str(new_id())):
            path = f"/v1/recommended/{one}"
            tried = (
                caller.get("/v1/recommended"),
                caller.get(path),
                caller.post(f"{path}/answer", {"answer": "noted"}),
            )
            for answer in tried:
                assert (answer.status_code, answer.json["code"]) == (403, "recommended.of_the_whole_centre")
    assert board.get(f"/v1/recommended/{dossier}").json["state"] == "waiting"


def test_only_who_acts_for_the_whole_centre_reads_and_its_board_answers(centre: Any, sender: Sender) -> None:
    dossier = sender.given()
    path, yes = f"/v1/recommended/{dossier}", {"answer": "accepted"}
    below, _ = centre.person("standing", "A", subject="standing-tw-a")
    for answer in (below.get("/v1/recommended"), below.get(path), below.post(f"{path}/answer", yes)):
        assert (answer.status_code, answer.json["code"]) == (403, "recommended.of_the_whole_centre")
    officer, _ = centre.person("officer", "ROOT", subject="officer-tw")
    assert officer.get(path).json["allowed"] == []
    assert officer.post(f"{path}/answer", yes).json["code"] == "auth.role_not_allowed"
    author, _ = centre.person("author", "ROOT", subject="author-tw")
    assert author.get(path).json["code"] == author.get("/v1/recommended").json["code"] == "auth.role_not_allowed"


def test_the_centre_answers_and_the_province_is_told(
    sender: Sender, centre: Any, board: Any, standing: Any, database: Any
) -> None:
    dossier = sender.given()
    path = f"/v1/recommended/{dossier}/answer"
    assert board.post(path, {"answer": "declined"}).json["code"] == "recommended.why_declined"
    assert board.post(path, {"answer": "waiting"}).status_code == 422
    assert board.post(path, {"answer": "noted"}, version=9).status_code == 412
    noted = board.post(path, {"answer": "noted", "reason": "Đã nhận."}, version=1)
    assert (noted.status_code, noted.json["state"], noted.json["allowed"]) == (200, "noted", ["accepted", "declined"])
    assert board.post(path, {"answer": "noted"}).json["code"] == "recommended.answered"
    assert board.post(path, {"answer": "accepted", "reason": "Phổ biến."}).json["state"] == "accepted"
    assert board.post(path, {"answer": "declined", "reason": "x"}).json["code"] == "recommended.answered"
    told = [one for one in centre.told("recommended_dossier.answered") if one["initiative_id"] == dossier]
    assert [(one["province"], one["answer"], one["version"]) for one in told] == [
        ("khanh-hoa", "noted", 2),
        ("khanh-hoa", "accepted", 3),
    ]
    # The way back: review, which owns the recommendation, tells it in the province's name.
    sender.consumer.apply([sender.answered(dossier)])
    step = standing.get(f"/v1/initiatives/{dossier}").json["history"][-1]
    assert (step["action"], step["role"], step["reason"]) == ("accepted", "centre", "Đưa vào hội nghị.")
    [heard] = [
        one for one in sender.province.told("initiative.recommendation_answered") if one["initiative_id"] == dossier
    ]
    assert heard["province_unit_id"] == heard["council_unit_id"] == sender.province.root_id
    assert (heard["answer"], heard["reason"], heard["status"]) == ("accepted", "Đưa vào hội nghị.", "recognised")


def test_taking_note_is_not_heard_after_the_centres_last_word(sender: Sender, standing: Any) -> None:
    dossier, other = sender.given(), sender.given()
    noted, accepted = sender.answered(dossier, "noted", 5), sender.answered(dossier, "accepted", 6)
    sender.consumer.apply([accepted, noted])
    sender.consumer.apply([sender.answered(other, "noted", 5), sender.answered(other, "declined", 6)])
    assert history(standing, dossier)[-2:] == ["recommend", "accepted"]
    assert history(standing, other)[-2:] == ["noted", "declined"]
    heard = sender.province.told("initiative.recommendation_answered")
    assert [one["answer"] for one in heard if one["initiative_id"] == dossier] == ["accepted"]


def test_a_withdrawal_takes_the_copy_away(sender: Sender, board: Any, standing: Any, database: Any) -> None:
    mark = new_id().hex
    dossier = sender.given(title=f"Vườn chung {mark}", solution=f"Cách làm {mark}")
    code = sender.province.row(dossier).code
    sender.consumer.apply([sender.withdrawn(dossier)])
    assert board.get(f"/v1/recommended/{dossier}").json["code"] == "recommended.not_found"
    assert board.get(f"/v1/recommended?q={mark}").json["items"] == []
    assert board.post(f"/v1/recommended/{dossier}/answer", {"answer": "noted"}).status_code == 404
    assert history(standing, dossier)[-2:] == ["recommend", "unrecommend"]
    with database.admin_engine.connect() as connection:
        [row] = connection.execute(
            text("SELECT r::text AS kept FROM recommended_dossier r WHERE initiative_id = :id"), {"id": dossier}
        ).scalars()
    for gone in (mark, "Tác giả", code, code.lower(), "Đơn vị A", "don vi a", "12/QĐ", "political_system", "society"):
        assert gone not in row
    sender.consumer.apply([sender.recommended(dossier, 6)])
    assert board.get(f"/v1/recommended/{dossier}").json["title"] == f"Vườn chung {mark}"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_act_of_the_province_holds_in_whatever_order(
    sender: Sender, board: Any, order: tuple[int, ...]
) -> None:
    dossier = sender.recognised()
    events = [sender.recommended(dossier), sender.withdrawn(dossier), sender.recommended(dossier)]
    for place in order:
        sender.consumer.apply([events[place]])
    assert board.get(f"/v1/recommended/{dossier}").status_code == 404


def test_a_withdrawal_that_comes_after_the_answer_changes_nothing(sender: Sender, board: Any, standing: Any) -> None:
    dossier = sender.given()
    board.post(f"/v1/recommended/{dossier}/answer", {"answer": "noted"})
    sender.consumer.apply([sender.withdrawn(dossier), sender.recommended(dossier, 6, statement="Khác")])
    copy = board.get(f"/v1/recommended/{dossier}").json
    assert (copy["state"], copy["statement"]) == ("noted", STATEMENT)
    assert history(standing, dossier)[-1] == "recommend"


def test_a_recommendation_waits_for_the_decision_that_it_rests_on(
    sender: Sender, board: Any, database: Any, province: Any
) -> None:
    officer, _ = province.person("officer", "A", subject="o-waiting")
    made = officer.post("/v1/initiatives", province.draft()).json["id"]
    sender.consumer.apply([sender.recommended(made), sender.withdrawn(made)])
    assert board.get(f"/v1/recommended/{made}").status_code == 404
    with database.admin_engine.begin() as connection:
        errors = connection.execute(text("DELETE FROM dead_letter RETURNING error")).scalars().all()
    assert ["cannot_recommend" in error for error in errors] == [True, True]


def test_one_province_gives_nothing_of_anothers(
    make_province: Any, sender: Sender, board: Any, standing: Any, database: Any
) -> None:
    dossier = sender.recognised()
    make_province("lai-chau")
    kinds = ("recommended", "withdrawn", "answered")
    events = [getattr(sender, kind)(dossier) for kind in kinds]
    sender.consumer.apply([Event(one.type, one.source, "lai-chau", dossier, 9, one.data) for one in events])
    assert board.get(f"/v1/recommended/{dossier}").status_code == 404
    assert history(standing, dossier)[-1] == "recognise"
    with database.admin_engine.begin() as connection:
        letters = connection.execute(text("DELETE FROM dead_letter RETURNING tenant, error")).all()
    assert [(one.tenant, "initiative.not_found" in one.error) for one in letters] == [("lai-chau", True)] * 3


def test_the_rows_at_the_centre_are_the_centres(sender: Sender, database: Any) -> None:
    dossier = sender.given()
    query = text("SELECT tenant FROM recommended_dossier WHERE initiative_id = :id")
    with database.admin_engine.connect() as connection:
        assert connection.execute(query, {"id": dossier}).scalars().all() == [CENTRE]
    for tenant, seen in (("khanh-hoa", 0), ("lai-chau", 0), (CENTRE, 1)):
        with database.unit_of_work(Context(tenant)) as uow:
            assert len(uow.execute(query, {"id": dossier}).all()) == seen


# -- People


def erase(province: Any, person_id: str) -> None:
    asked = {"kind": "erasure", "details": "Xin xoá", "person_id": person_id}
    path = f"/v1/subject-requests/{province.admin.post('/v1/subject-requests', asked).json['id']}"
    assert province.admin.post(f"{path}/start").status_code == 200
    assert province.admin.post(f"{path}/complete").status_code == 200


def rows_of(database: Any, tenant: str) -> str:
    """Everything that the tenant's rows hold, the audit and the outbox too."""
    with database.admin_engine.connect() as connection:
        found = [
            connection.execute(text(f'SELECT t::text FROM "{table.name}" t WHERE tenant = :t'), {"t": tenant}).scalars()
            for table in metadata.sorted_tables
        ]
        return "\n".join(row for rows in found for row in rows)


@pytest.mark.parametrize("when", ["after", "before"])
def test_an_erasure_reaches_the_centres_copy(
    sender: Sender, province: Any, board: Any, database: Any, standing: Any, when: str
) -> None:
    mark = new_id().hex
    person_id = province.admin.post("/v1/people", {"name": f"Lê {mark}", "email": f"{mark}@example.vn"}).json["id"]
    author = {"name": f"Lê {mark}", "share": 100, "person_id": person_id}
    dossier = sender.recognised(authors=[author], title="Được công nhận", solution=f"Cách làm {mark}")
    joint = sender.recognised(authors=[author | {"share": 50}, {"name": "Tổ hai", "kind": "collective", "share": 50}])
    given = [sender.recommended(one, statement=f"Của {mark}") for one in (dossier, joint)]
    if when == "after":
        sender.consumer.apply(given)
        assert mark in rows_of(database, CENTRE)
        erase(province, person_id)
    else:
        erase(province, person_id)
        sender.consumer.apply(given)
    copy, other = (board.get(f"/v1/recommended/{one}").json for one in (dossier, joint))
    assert [one["name"] for one in copy["authors"]] == ["Người đã xoá"]
    assert [one["name"] for one in other["authors"]] == ["Người đã xoá", "Tổ hai"]
    assert (copy["title"], copy["solution"], copy["statement"]) == ("Được công nhận", "", "")
    assert f"Lê {mark}" not in rows_of(database, CENTRE)
    assert f"Cách làm {mark}" not in rows_of(database, CENTRE)
    # The public act stays: the dossier, which a council has recognised, and its entry in the catalogue.
    assert standing.get(f"/v1/initiatives/{dossier}").json["authors"][0]["name"] == f"Lê {mark}"


def test_an_erasure_of_one_touches_no_others_copy(sender: Sender, province: Any, board: Any) -> None:
    person_id = province.admin.post("/v1/people", {"name": "Lê Văn Khác", "email": "khac@example.vn"}).json["id"]
    dossier = sender.given()
    taken_back = sender.given(authors=[{"name": "Lê Văn Khác", "share": 100, "person_id": person_id}])
    sender.consumer.apply([sender.withdrawn(taken_back)])
    before = board.get(f"/v1/recommended/{dossier}").json
    erase(province, person_id)
    assert board.get(f"/v1/recommended/{dossier}").json == before
    assert board.get(f"/v1/recommended/{taken_back}").status_code == 404


# -- When provinces merge


def test_what_a_merged_province_gave_is_found_and_its_heir_answers_for_it(
    make_province: Any, new_name: Any, consumer: Any, board: Any, database: Any, rename_codes: Any
) -> None:
    heir, absorbed, last = (make_province(new_name()) for _ in range(3))
    sender = Sender(consumer, absorbed)
    dossier, late = sender.given(), sender.recognised()
    merge(database, heir, absorbed, rename_codes(absorbed))
    copy = board.get(f"/v1/recommended/{dossier}").json
    assert (copy["province"], copy["province_name"]) == (absorbed.name, f"Tỉnh {absorbed.name}")
    assert (copy["held_by"], copy["held_by_name"]) == (heir.name, f"Tỉnh {heir.name}")
    # Told before the merger, delivered after it.
    consumer.apply([sender.recommended(late)])
    copy = board.get(f"/v1/recommended/{late}").json
    assert (copy["province"], copy["held_by"]) == (absorbed.name, heir.name)
    merge(database, last, heir, rename_codes(heir, "Z"))
    for name in (absorbed.name, last.name):
        listed = board.get(f"/v1/recommended?province={name}").json["items"]
        assert {one["initiative_id"] for one in listed} == {dossier, late}
    assert {one["held_by"] for one in listed} == {last.name}
    # Who merged them is none of the centre's business.
    entries = text("SELECT DISTINCT operation, person_id FROM audit_entry WHERE tenant = :t AND subject = :id")
    with database.admin_engine.connect() as connection:
        assert connection.execute(entries, {"t": CENTRE, "id": dossier}).all() == [("insert", None)]
    consumer.apply([sender.answered(dossier)])
    standing, _ = last.person("standing", "ROOT", subject=f"s-{uuid4().hex[:8]}")
    assert history(standing, dossier)[-1] == "accepted"
    [told] = last.told("initiative.recommendation_answered")
    assert (told["initiative_id"], told["province_unit_id"]) == (dossier, last.root_id)


def merge(database: Any, heir: Any, absorbed: Any, units: list[str]) -> None:
    changes = [
        *({"action": "move", "unit_id": unit, "parent_id": heir.root_id} for unit in units),
        {"action": "end", "unit_id": absorbed.root_id, "successor_ids": [heir.root_id], "heir_id": heir.root_id},
    ]
    values = {"title": "Hợp nhất", "legal_basis": "202", "absorbs": [absorbed.name], "changes": changes}
    moment = reorganisations.Moment(clock.now(), clock.today())
    with database.unit_of_work(Context(heir.name)) as uow:
        reorganisations.carry_out(uow, moment, uuid4(), effective_on=clock.today(), **values)
