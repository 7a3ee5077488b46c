"""Provinces that merge: the country counts nothing twice and loses nothing, before, meanwhile and after."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from common import clock
from reporting.store import projections
from sqlalchemy import text

LAST = {"year": 2020}


@pytest.fixture
def ninh_thuan(storyteller: Any, recorded: Any) -> Any:
    other = storyteller("ninh-thuan")
    other.tell(
        recorded(other, "ninh-thuan"),
        other.unit("NT", level="province"),
        other.unit("B", "NT"),
        other.grant("nt", "standing", "NT"),
        *other.life("b", "B", 2020, "recognised"),
        *other.life("c", "NT", 2020, "submitted"),
        other.model("nt-m", "B", 2019, 2020, 7),
    )
    return other


def units_arrive(heir: Any, absorbed: Any) -> list[str]:
    """What registration tells in the heir's name after the merger."""
    moved = {"valid_from": "2025-07-01"}
    return [
        heir.unit("B", "KH", version=2, unit_id=str(absorbed.id("B")), parent_id=str(heir.id("KH")), **moved),
        heir.unit(
            "NT", "", version=2, path="/KH/", unit_id=str(absorbed.id("NT")), parent_id=None, ended=True, **moved
        ),
    ]


def test_a_merger_neither_doubles_nor_loses_anything(
    app: Any,
    caller: Any,
    centre: Any,
    khanh_hoa: Any,
    ninh_thuan: Any,
    carry: Any,
    database: Any,
    ask: Any,
    recorded: Any,
) -> None:
    for who in ("kh", "nt"):
        assert caller(app, who).post("/v1/rollups", LAST).status_code == 201
    assert caller(app, "nt").post("/v1/rollups", LAST).json["version"] == 2
    carry()

    def country() -> Any:
        found = ask("centre", "/v1/national?from_year=2019&to_year=2020")
        kept = ("totals", "by_status", "by_content", "by_field", "by_affiliation", "models", "commendations")
        return {name: found[name] for name in kept}, found["provinces"]

    before, lines = country()
    assert before["totals"]["registered"] == 5
    assert before["models"] == [{"from_year": 2019, "to_year": 2020, "quantity": 11}]
    assert [one["province"] for one in lines] == ["khanh-hoa", "ninh-thuan"]
    ninh_thuan.tell(recorded(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa"))
    after, [line] = country()
    assert after == before
    assert [one["province"] for one in line["sent"]] == ["khanh-hoa", "ninh-thuan"]
    board = caller(app, "kh")
    refused = board.post("/v1/rollups", LAST)
    assert (refused.status_code, refused.json["code"]) == (409, "rollup.units_move")
    assert ask("kh", "/v1/rollups/preview?year=2020", 409)["code"] == "rollup.units_move"
    khanh_hoa.tell(*units_arrive(khanh_hoa, ninh_thuan))
    assert board.post("/v1/rollups", LAST).json["version"] == 2
    carry()
    sent_again, [line] = country()
    assert sent_again == before
    assert [(one["province"], one["registered"]) for one in line["sent"]] == [("khanh-hoa", 5)]
    history = [(one["province"], one["version"]) for one in board.get("/v1/rollups").json["items"]]
    assert history == [("ninh-thuan", 2), ("khanh-hoa", 2), ("ninh-thuan", 1), ("khanh-hoa", 1)]
    with database.admin_engine.connect() as connection:
        assert connection.scalars(text("SELECT DISTINCT tenant FROM rollup")).all() == ["khanh-hoa"]
        assert connection.scalar(text("SELECT count(*) FROM dead_letter")) == 0


def test_what_was_sent_before_a_merger_and_arrives_after_it_stands_under_the_old_name(
    app: Any, caller: Any, centre: Any, khanh_hoa: Any, ninh_thuan: Any, carry: Any, ask: Any, recorded: Any
) -> None:
    caller(app, "nt").post("/v1/rollups", LAST)
    ninh_thuan.tell(recorded(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa"))
    carry()
    country = ask("centre", "/v1/national?from_year=2020&to_year=2020")
    [line] = country["provinces"]
    assert (line["province"], line["sent"][0]["province"], line["missing"]) == ("khanh-hoa", "ninh-thuan", [2020])
    assert country["totals"]["registered"] == 2


def test_a_merger_waits_for_a_roll_up_that_is_being_drawn(
    centre: Any, khanh_hoa: Any, ninh_thuan: Any, scope: Any, database: Any, recorded: Any
) -> None:
    """Else what was drawn without the other's rows could look as if it had been drawn with them."""
    told = recorded(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa")
    with ThreadPoolExecutor(1) as pool:
        with scope("/KH/") as drawing:
            projections.lock_figures(drawing)
            merging = pool.submit(ninh_thuan.tell, told)
            with pytest.raises(TimeoutError):
                merging.result(timeout=0.7)
            drawn_at = clock.now()
        merging.result(timeout=10)
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT merged_at FROM province WHERE province = 'ninh-thuan'")) > drawn_at


def test_when_provinces_merged_is_not_forgotten_by_a_replay(
    centre: Any, khanh_hoa: Any, ninh_thuan: Any, database: Any, recorded: Any
) -> None:
    def merged_at() -> Any:
        with database.admin_engine.connect() as connection:
            return connection.scalar(text("SELECT merged_at FROM province WHERE province = 'ninh-thuan'"))

    ninh_thuan.tell(recorded(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa"))
    first = merged_at()
    ninh_thuan.tell(recorded(ninh_thuan, "ninh-thuan", 2, status="merged", heir="khanh-hoa"))
    ninh_thuan.tell(recorded(ninh_thuan, "ninh-thuan", 3, status="merged", heir="khanh-hoa"))
    assert first is not None
    assert merged_at() == first
