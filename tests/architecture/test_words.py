"""Every code that the real case records has Vietnamese words where people read it."""

import tomllib
from pathlib import Path

from portal import labels
from reporting.api import wording

CASE = tomllib.loads((Path(__file__).parents[2] / "examples" / "dien-khanh" / "data" / "case.toml").read_text("utf-8"))


def test_pages_and_workbook_have_words_for_every_commendation() -> None:
    for one in CASE["commendation"]:
        assert one["form"] in labels.COMMENDATION_FORM
        assert one["form"] in wording.COMMENDATION_FORM
        assert one["authority"] in labels.AUTHORITY
        assert one["authority"] in wording.AUTHORITY
        assert one["occasion"] in labels.OCCASION
        assert one["occasion"] in wording.OCCASION
        for recipients in one["recipients"]:
            assert recipients["group"] in labels.RECIPIENT
            assert recipients["group"] in wording.GROUP
            assert set(recipients.get("of_which", {})) <= set(labels.OF_WHICH) & set(wording.OF_WHICH)


def test_pages_and_workbook_have_words_for_every_activity() -> None:
    for one in CASE["activity"]:
        assert one["kind"] in labels.ACTIVITY_KIND
        assert one["form"] in labels.ACTIVITY_FORM
        assert one["form"] in wording.ACTIVITY_FORM
