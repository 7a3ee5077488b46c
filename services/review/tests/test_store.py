"""What the database itself guarantees, and how many statements a request takes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from common import limits
from common.database import Context, UnitOfWork
from common.errors import NotFound
from review.store import rulebooks
from review.store.reference import SCOPED
from review.store.tables import metadata
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL sent while the block runs; one sent for many parameter sets counts as many times."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        sent.extend([statement] * (len(parameters) if many and isinstance(parameters, list) else 1))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_every_table_begins_its_key_with_the_tenant() -> None:
    for table in metadata.sorted_tables:
        assert next(iter(table.primary_key)).name == "tenant", table.name


def test_without_a_tenant_no_row_is_seen(database: Any, council: Any) -> None:
    with database.unit_of_work(Context()) as uow:
        for table in metadata.sorted_tables:
            assert uow.rows(text(f'SELECT 1 FROM "{table.name}"')) == [], table.name


def test_outside_the_scope_no_row_is_seen(database: Any, province: Any, council: Any) -> None:
    province.forward()
    with database.unit_of_work(Context("khanh-hoa", scope="/KH/NOWHERE/")) as uow:
        for table in SCOPED:
            rows = uow.rows(text(f'SELECT scope_path FROM "{table.name}"'))
            # The rulebooks of the units above may be used, and only those.
            assert {row.scope_path for row in rows} <= ({"/KH/"} if table.name == "rulebook" else set()), table.name


def test_a_rulebook_above_the_own_scope_cannot_be_written(database: Any, province: Any) -> None:
    province.rulebook("ROOT")
    change = text("UPDATE rulebook SET valid_from = '2000-01-01' WHERE scope_path = '/KH/'")
    with database.unit_of_work(Context("khanh-hoa", scope="/KH/DK/")) as uow:
        assert uow.rows(text("SELECT 1 FROM rulebook WHERE scope_path = '/KH/'")) != []
        assert uow.execute(change).rowcount == 0


def test_a_rulebook_above_the_own_scope_is_not_there_to_be_changed_whatever_the_policy(
    database: Any, province: Any
) -> None:
    rulebook = UUID(province.rulebook("ROOT")["id"])
    for scope, is_there in (("/KH/", True), ("/KH/DK/", False)):
        context = Context("khanh-hoa", scope=scope)
        with UnitOfWork(database.admin_engine, metadata, "/review", context) as uow:
            if is_there:
                assert rulebooks.rulebook(uow, rulebook).id == rulebook
            else:
                with pytest.raises(NotFound):
                    rulebooks.rulebook(uow, rulebook)


def test_a_row_of_another_tenant_cannot_be_written(database: Any, province: Any) -> None:
    insert = text("INSERT INTO person (tenant, id, name, version) VALUES ('lai-chau', gen_random_uuid(), 'x', 1)")
    with pytest.raises(DBAPIError, match="row-level security"), database.unit_of_work(Context("khanh-hoa")) as uow:
        uow.execute(insert)


def test_the_relay_sees_the_outbox_only(database: Any, council: Any) -> None:
    for table in metadata.sorted_tables:
        with database.relay_engine.connect() as connection:
            query = text(f'SELECT count(*) FROM "{table.name}"')
            if table.name == "outbox":
                assert connection.scalar(query)
            elif table.name in ("inbox", "idempotency", "audit_witness"):
                assert connection.scalar(query) == 0  # Only rows that are old enough to be deleted.
            else:
                with pytest.raises(DBAPIError, match="permission denied"):
                    connection.execute(query)


# Most statements of a request, of any number of dossiers; the transaction's context is one of them.
MOST_STATEMENTS = {
    "agenda": 13,
    "score": 7,
    "vote": 7,
    "page": 7,
    "list": 2,
    "waiting": 2,
    "councils": 2,
    "rulebooks": 2,
    "close": 16,
    "dossier": 9,
    "results": 9,
    "decision": 18,
    "shown": 4,
}


def _walk(province: Any, council: Any, engine: Engine, number: int) -> dict[str, int]:
    """Statements of each request on a session of so many dossiers."""
    dossiers = [province.forward() for _ in range(number)]
    session = council.plan([])
    counted = {}

    def count(name: str, who: Any, act: Callable[[Any], Any]) -> Any:
        who.get("/v1/councils?limit=1")  # Their grants are known for a while, in each measurement alike.
        with statements(engine) as sent:
            answer = act(who)
        assert answer.status_code < 300, answer.json
        counted[name] = len(sent)
        return answer

    count(
        "agenda", council.secretary, lambda who: who.post(f"/v1/sessions/{session}/agenda", {"dossier_ids": dossiers})
    )
    council.secretary.post(f"/v1/sessions/{session}/attendance", {"present": council.ids})
    council.secretary.post(f"/v1/sessions/{session}/open")
    sheet, member = {"scores": {"novelty": 8, "effect": 9}}, council.chair
    count("score", member, lambda who: who.put(f"/v1/dossiers/{dossiers[0]}/score-sheet", sheet))
    count("vote", member, lambda who: who.post(f"/v1/dossiers/{dossiers[0]}/ballot", {"choice": "yes"}))
    for dossier in dossiers:
        council.judge(dossier, by=council.everybody[1:3])
    count("page", council.secretary, lambda who: who.get(f"/v1/sessions/{session}"))
    count("list", council.secretary, lambda who: who.get(f"/v1/dossiers?session_id={session}&limit=200"))
    unit = province.units["DK"]
    count("waiting", council.secretary, lambda who: who.get(f"/v1/dossiers?unit_id={unit}&state=waiting&limit=200"))
    count("councils", council.secretary, lambda who: who.get(f"/v1/councils?unit_id={unit}&on=2019-12-15"))
    count("rulebooks", council.secretary, lambda who: who.get(f"/v1/rulebooks?council_unit_id={unit}"))
    count("close", council.secretary, lambda who: who.post(f"/v1/sessions/{session}/close"))
    count("dossier", member, lambda who: who.get(f"/v1/dossiers/{dossiers[0]}"))
    count("results", member, lambda who: who.get(f"/v1/sessions/{session}/results"))
    decision = count("decision", council.chair, lambda _: council.decide(session))
    count("shown", member, lambda who: who.get(f"/v1/decisions/{decision.json['id']}"))
    assert len(decision.json["verdicts"]) == number
    return counted


def test_the_number_of_statements_does_not_grow_with_the_dossiers(
    province: Any, make_council: Any, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "QUOTAS_LIVE_SECONDS", float("inf"))  # A look at them is in no measurement.
    council, engine = make_council(), app.extensions["service"].engine
    council.secretary.get("/v1/sessions")
    one, fifty = _walk(province, council, engine, 1), _walk(province, council, engine, 50)
    assert one == fifty
    assert {name: count for name, count in fifty.items() if count > MOST_STATEMENTS[name]} == {}


def test_two_ballots_at_once_leave_one(province: Any, council: Any) -> None:
    dossier = province.forward()
    council.open([dossier])
    barrier, codes = threading.Barrier(4), []

    def vote() -> None:
        barrier.wait()
        codes.append(council.chair.post(f"/v1/dossiers/{dossier}/ballot", {"choice": "yes"}).status_code)

    threads = [threading.Thread(target=vote) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201, 409, 409, 409]


def test_two_decisions_at_once_leave_one(province: Any, council: Any, database: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier])
    council.judge(dossier)
    council.close(session)
    barrier, codes = threading.Barrier(3), []

    def decide() -> None:
        barrier.wait()
        codes.append(council.decide(session).status_code)

    threads = [threading.Thread(target=decide) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201, 409, 409]
    with database.admin_engine.connect() as connection:
        query = "SELECT count(*) FROM decision WHERE session_id = %s"
        assert connection.exec_driver_sql(query, (session,)).scalar_one() == 1
