"""What giving to the centre needs: the centre, a province, and the way from reporting back to reporting."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from common.centre import CENTRE
from common.consumer import Consumer
from reporting.domain.rollups import RollupSent
from sqlalchemy import text


@pytest.fixture
def recorded() -> Callable[..., str]:
    """`recorded(story, code)`: what registration tells of a tenant."""

    def tell(story: Any, code: str, version: int = 1, **values: Any) -> str:
        data = {"tenant_id": str(story.id("tenant")), "code": code, "name": f"Tỉnh {code}", "status": "active"}
        type_ = "vn.sangtao.registration.tenant.recorded.v1"
        return str(story.event(type_, data["tenant_id"], version, {"heir": "", **data, **values}))

    return tell


@pytest.fixture
def carry(database: Any, consumer: Consumer) -> Any:
    """Bring what reporting has told to reporting, as relay and broker do; returns the events."""

    def deliver() -> list[dict[str, Any]]:
        with database.admin_engine.connect() as connection:
            query = text("SELECT body FROM outbox WHERE type = :type ORDER BY position")
            bodies = list(connection.scalars(query, {"type": RollupSent.type}))
        consumer.receive(bodies)
        return [json.loads(body) for body in bodies]

    return deliver


@pytest.fixture
def centre(storyteller: Any, recorded: Any) -> Any:
    made = storyteller(CENTRE)
    made.tell(made.unit("TW", level="centre"), made.grant("centre", "standing", "TW"), recorded(made, CENTRE))
    return made


@pytest.fixture
def khanh_hoa(story: Any, recorded: Any) -> Any:
    """KH over X: three initiatives of 2020, a model and its replication, two commendations."""
    story.tell(
        recorded(story, story.tenant),
        story.unit("KH", level="province"),
        story.unit("DK", "KH"),
        story.grant("kh", "standing", "KH"),
        story.grant("dk", "standing", "DK"),
        story.grant("kh-officer", "officer", "KH"),
        *story.life("one", "DK", 2020, "recognised", field="society"),
        *story.life("two", "DK", 2020, "not_recognised", field="Nuôi tôm của ông Năm"),
        *story.life("three", "KH", 2020, "submitted", content="production"),
        story.model("m", "DK", 2019, 2020, 4),
        story.replication("m", "KH", 2019, 2020, 2020, 2),
        story.commendation(
            "praise", "organisation", "annual", (2019, 2020),
            ("individual", "to_truong_nguyen_van_a", 5, {"leaders": 2}), ("collective", "movement", 1),
        ),
        story.decision(2020, "DK", 1, 1),
    )  # fmt: skip
    return story


@pytest.fixture
def ask(app: Any, caller: Any) -> Callable[..., Any]:
    """`ask("kh", path)`: what somebody is shown."""

    def get(who: str, path: str, status: int = 200) -> Any:
        answer = caller(app, who).get(path)
        assert answer.status_code == status, answer.json
        return answer.json

    return get
