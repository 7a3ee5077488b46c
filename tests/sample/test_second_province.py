"""The sample's second province and the centre: every persona has something to see, and nothing of the first."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from local import personas, sample
from local.platform import Platform
from local.ports import free_base

PERSONAS = tomllib.loads((Path(personas.__file__).parent / "personas.toml").read_text("utf-8"))["persona"]
OF_LAI_CHAU = [persona["key"] for persona in PERSONAS if persona["tenant"] == "lai-chau"]
OF_THE_CENTRE = [persona["key"] for persona in PERSONAS if persona["tenant"] == "trung-uong"]


@pytest.fixture(scope="module")
def lai_chau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with Platform(tmp_path_factory.mktemp("lai-chau"), free_base()) as made:
        assert sample.load(made, "trung-uong", "lai-chau")
        yield made
    made.discard()


def get(platform: Platform, persona: str, service: str, path: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {platform.token(persona)}"}
    return requests.get(f"{platform.urls[service]}/v1{path}", headers=headers, timeout=15)


def ask(platform: Platform, persona: str, service: str, path: str) -> Any:
    answer = get(platform, persona, service, path)
    assert answer.ok, answer.text
    return answer.json()


def statuses(platform: Platform, persona: str) -> set[str]:
    return {one["status"] for one in ask(platform, persona, "registration", "/initiatives")["items"]}


def test_every_persona_has_a_grant(lai_chau: Platform) -> None:
    grants = {one: ask(lai_chau, one, "registration", "/me")["grants"] for one in OF_LAI_CHAU}
    assert len(grants) > 8
    assert {one: [grant["tenant"] for grant in held] for one, held in grants.items() if len(held) != 1} == {}
    assert {grant["tenant"] for held in grants.values() for grant in held} == {"lai-chau"}


def test_there_is_a_dossier_at_every_step(lai_chau: Platform) -> None:
    from client import wait_for

    every = {"draft", "submitted", "returned", "endorsed", "under_review", "not_recognised", "withdrawn", "recognised"}
    wait_for("the council's decision at registration", lambda: every == statuses(lai_chau, "author-td"))
    [paper] = ask(lai_chau, "officer-bl", "registration", "/initiatives")["items"]
    assert paper["status"] == "recognised"
    assert paper["id"] not in [
        one["id"] for one in ask(lai_chau, "officer-td", "registration", "/initiatives")["items"]
    ]
    wait_for(
        "the figures", lambda: ask(lai_chau, "standing-td", "reporting", "/dashboard")["totals"]["recognised"] == 4
    )
    assert ask(lai_chau, "secretary-td", "review", "/councils")["items"][0]["name"].endswith("Tam Đường")


def test_the_centre_sees_what_the_province_sent(lai_chau: Platform) -> None:
    from client import wait_for

    held = {one: ask(lai_chau, one, "registration", "/me")["grants"] for one in OF_THE_CENTRE}
    assert {grant["tenant"] for grants in held.values() for grant in grants} == {"trung-uong"}
    assert len(held) == sum(len(grants) for grants in held.values()) == 2

    def country() -> Any:
        return ask(lai_chau, "centre", "reporting", "/national")

    wait_for("the roll-up at the centre", lambda: country()["totals"]["recognised"] == 4)
    [line] = country()["provinces"]
    [sent] = ask(lai_chau, "standing-lc", "reporting", "/rollups")["items"]
    assert (line["name"], line["sent"][0]["drawn_at"]) == ("Tỉnh Lai Châu", sent["drawn_at"])
    assert ask(lai_chau, "centre", "registration", "/initiatives")["items"] == []


def test_the_centre_has_what_the_province_recommended_and_has_answered_one(lai_chau: Platform) -> None:
    from client import wait_for

    given = {one["title"]: one["state"] for one in ask(lai_chau, "centre", "registration", "/recommended")["items"]}
    assert sorted(given.values()) == ["accepted", "waiting"]
    refused = get(lai_chau, "standing-lc", "registration", "/recommended")
    assert refused.json()["code"] == "recommended.of_the_whole_centre"
    wait_for("the answer in the province", lambda: "accepted" in _answers(lai_chau))
    assert _answers(lai_chau) == ["", "accepted", None]


def _answers(platform: Platform) -> list[str | None]:
    """Of what the province's council has recognised: the centre's answer, empty before it, None for what it has not."""
    listed = ask(platform, "secretary-lc", "review", "/dossiers?state=decided")["items"]
    pages = [ask(platform, "standing-lc", "review", f"/dossiers/{one['initiative_id']}") for one in listed]
    [grant] = ask(platform, "standing-lc", "registration", "/me")["grants"]
    mine = [one["recommendation"] for one in pages if one["unit_id"] == grant["unit"]["id"]]
    answers = [(one["answer"] or "") if one else None for one in mine]
    return sorted(answers, key=lambda one: (one is None, one or ""))
