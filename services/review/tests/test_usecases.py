"""What happens when members and secretary act at once."""

import threading
from decimal import Decimal
from typing import Any
from uuid import UUID

from common import clock
from common.database import Context, UnitOfWork
from review.domain.judging import Actor
from review.usecases import judging

DK = Context("khanh-hoa", scope="/KH/DK/")


def score(uow: UnitOfWork, dossier: str, person_id: str) -> None:
    actor = Actor(UUID(person_id), frozenset())
    scores = {"novelty": Decimal(9), "effect": Decimal(9)}
    judging.score_dossier(
        uow,
        UUID(dossier),
        actor,
        scores=scores,
        comment="",
        now=clock.now(),
        expected=None,
    )


def test_closing_waits_for_who_is_just_scoring(province: Any, council: Any, database: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier])
    closing = threading.Thread(target=council.close, args=[session])
    with database.unit_of_work(DK) as uow:
        score(uow, dossier, council.ids[0])
        closing.start()
        closing.join(timeout=0.5)
        assert closing.is_alive()
    closing.join()
    [item] = council.chair.get(f"/v1/sessions/{session}/results").json["items"]
    assert item["result"]["sheets"] == 1


def test_members_score_at_the_same_time(province: Any, council: Any, database: Any) -> None:
    dossier = province.forward()
    session = council.open([dossier])
    with database.unit_of_work(DK) as one, database.unit_of_work(DK) as other:
        score(one, dossier, council.ids[0])
        score(other, dossier, council.ids[1])
    assert council.secretary.get(f"/v1/sessions/{session}").json["progress"]["sheets"] == 2
