"""The centre: opened by the operator, with its Standing Board. What it has to show comes from the provinces."""

import tomllib
from pathlib import Path

from client import Person
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
