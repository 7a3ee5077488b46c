"""The centre: opened by the operator, with its Standing Board. What it has to show comes from the provinces."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from client import Person, wait_for
from local import tokens


def load(urls: dict[str, str], issuer: str) -> None:
    data = tomllib.loads(Path(__file__).with_name("centre.toml").read_text("utf-8"))

    def person(subject: str) -> Person:
        return Person(urls, tokens.fetch(issuer, subject), subject)

    root_id = person("operator").post("registration", "/v1/tenants", data["tenant"])["root_unit_id"]
    admin = person("admin-tw")
    grant = {"person_id": admin.post("registration", "/v1/people", data["person"])["id"], "subject": "centre"}
    grant |= {"role": "standing", "unit_id": root_id, "valid_from": data["tenant"]["valid_from"]}
    admin.post("registration", "/v1/grants", grant)


def report(standing: Person, years: Iterable[int], decided: int) -> None:
    """A province's Standing Board gives the figures of these years, once the results of its councils are in them."""
    years = list(years)
    span = f"from_year={min(years)}&to_year={max(years)}"

    def is_settled() -> bool:
        totals = standing.get("reporting", f"/v1/dashboard?{span}")["totals"]
        return bool(totals["recognised"] + totals["not_recognised"] >= decided)

    wait_for(f"{decided} decided dossiers in the figures", is_settled)
    for year in years:
        standing.post("reporting", "/v1/rollups", {"year": year})


def answer(urls: dict[str, str], issuer: str, initiative_id: str) -> None:
    """What the Standing Board of the centre says to one of the dossiers that a province has recommended."""
    data = tomllib.loads(Path(__file__).with_name("centre.toml").read_text("utf-8"))
    board = Person(urls, tokens.fetch(issuer, "centre"), "centre")
    board.post("registration", f"/v1/recommended/{initiative_id}/answer", data["answer"])
