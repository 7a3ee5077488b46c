"""The platform's evaluation in the words of expected.json, and where the two differ."""

from collections.abc import Iterator
from typing import Any

FIGURES = ("outreach", "registered", "recognised", "recognition_rate_percent", "self_managed_models", "commendations")


def from_evaluation(evaluation: dict[str, Any]) -> dict[str, Any]:
    """`evaluation` is what reporting answers; only names are changed here, no figure is computed."""
    models = evaluation["models"]
    return {
        "outreach": evaluation["outreach"],
        "registered": evaluation["registered"],
        "recognised": evaluation["recognised"],
        "recognition_rate_percent": evaluation["recognition_rate_percent"],
        "self_managed_models": {
            "years": models["years"],
            "total": models["total"],
            "replicated_from_2019": models["replicated_by_origin_year"].get("2019"),
        },
        "commendations": _commendations(evaluation["commendations"]),
    }


def _commendations(rows: list[dict[str, Any]]) -> dict[str, Any]:
    def row(form: str, group: str, occasion: str = "annual") -> dict[str, Any]:
        found = [one for one in rows if (one["form"], one["group"], one["occasion"]) == (form, group, occasion)]
        return found[0] if len(found) == 1 else {"collectives": None, "individuals": None, "of_which": {}}

    def both(kind: str, group: str) -> dict[str, Any]:
        return {name: row(kind, group)[name] for name in ("collectives", "individuals")}

    def five_year(form: str) -> dict[str, Any]:
        return {
            "collectives": row(form, "collective", "five_year_review")["collectives"],
            "individuals": row(form, "individual", "five_year_review")["individuals"],
        }

    return {
        "front_and_member_organisations": {
            "front_officers": row("praise", "front_officer")["individuals"],
            "member_organisation_officers": row("praise", "member_organisation_officer")["individuals"],
        },
        "2019-2020": {
            "provincial_emulation_flags_collectives": row("emulation_flag", "collective")["collectives"],
            "excellent_labour_collectives": row("excellent_labour_collective", "collective")["collectives"],
            "provincial_certificates_of_merit": {
                "collectives": row("certificate_of_merit", "collective")["collectives"],
                "individuals": row("certificate_of_merit", "individual")["individuals"],
            },
            "district_cash_rewards_leading_units": row("cash_reward", "leading_unit")["collectives"],
            "individuals_with_recognised_initiatives": row("cash_reward", "recognised_author")["individuals"],
            "district_outstanding": both("cash_reward", "outstanding"),
            "movement_and_topical": both("achievement", "movement")
            | {"of_which_leaders": row("achievement", "movement")["of_which"].get("leaders")},
        },
        "five_year_2016-2020": {
            "provincial_certificates_of_merit": five_year("certificate_of_merit"),
            "district_certificates_of_commendation": five_year("certificate_of_commendation"),
        },
    }


def rows(expected: Any, found: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(figure, expected, found), down to single numbers; a key on either side only shows as None on the other."""
    if isinstance(expected, dict) or isinstance(found, dict):
        one, other = (value if isinstance(value, dict) else {} for value in (expected, found))
        for key in [*one, *(key for key in other if key not in one)]:
            yield from rows(one.get(key), other.get(key), f"{name}.{key}" if name else key)
    else:
        yield name, expected, found
