"""What one service says in codes, another can say in words."""

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from notifications import wording
from notifications.domain import Audience, Cycle, Kind, Notice

NAMES = wording.Names("Xã A", "huyện B", Cycle("Đợt thi đua", *[date(2026, 12, 31)] * 3))


def test_every_reason_the_council_may_give_reaches_the_author_in_words(contracts: dict[str, Any]) -> None:
    decided = contracts["vn.sangtao.review.dossier.decided.v1"].schema
    codes = decided["properties"]["reasons"]["items"]["enum"]
    known: dict[str, Any] = dict.fromkeys((field.name for field in fields(Notice)), "")
    known |= {"kind": Kind.NOT_RECOGNISED, "title": "Tủ sách", "code": "A-1", "event_id": uuid4()}
    known |= {"occurred_at": datetime.now(UTC), "occurred_on": date(2026, 12, 1)}
    _, text = wording.write(Notice(**known | {"reason": ", ".join(codes)}), Audience.AUTHOR, NAMES)
    assert "Lý do: " in text
    assert [code for code in codes if code in text] == []
