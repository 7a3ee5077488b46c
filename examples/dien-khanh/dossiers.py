"""The 139 dossiers of the source: 18 under their real titles, the others numbered because it names no more."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
ORGANISATIONS = {
    "Mặt trận": "DK-MT",
    "Hội Liên hiệp Phụ nữ": "DK-PN",
    "Hội Nông dân": "DK-ND",
    "Đoàn Thanh niên": "DK-DTN",
}
OTHERS = "DK-KHAC"
NOT_SAID = "Nguồn không nêu nội dung."


@dataclass(frozen=True)
class Dossier:
    """`recognised` is None where the council had not met when the source was written."""

    year: int
    unit: str
    title: str
    recognised: bool | None

    @property
    def officer(self) -> str:
        return f"officer-{self.unit.removeprefix('DK-').lower()}"

    def body(self, cycle_id: str) -> dict[str, Any]:
        """As an officer records a paper dossier; nothing is said that the source does not say."""
        return {
            "cycle_id": cycle_id,
            "title": self.title,
            "content": "political_system",
            "field": "other",
            "summary": NOT_SAID,
            "solution": NOT_SAID,
            "effect": NOT_SAID,
            "authors": [{"kind": "individual", "name": "Tác giả (nguồn không nêu tên)", "share": 100}],
        }


def expected() -> dict[str, Any]:
    """The figures of the source."""
    figures: dict[str, Any] = json.loads((DATA / "expected.json").read_text("utf-8"))
    return figures


def dossiers() -> list[Dossier]:
    """As many numbered ones as the counts ask for, then the named ones: the newest are what lists show first."""
    figures, named = expected(), list(_named())
    numbered = [
        dossier
        for year, registered in figures["registered"].items()
        if year != "total"
        for dossier in _numbered(int(year), registered, figures["recognised"][year], named)
    ]
    return numbered + named


def _named() -> list[Dossier]:
    with (DATA / "named_initiatives.csv").open(encoding="utf-8", newline="") as file:
        return [
            Dossier(int(row["year"]), ORGANISATIONS[row["organisation"]], row["title"], True)
            for row in csv.DictReader(file)
        ]


def _numbered(year: int, registered: int, recognised: dict[str, int] | None, named: list[Dossier]) -> list[Dossier]:
    known = sum(dossier.year == year for dossier in named)
    total = recognised["total"] if recognised else 0
    return [
        Dossier(
            year,
            OTHERS,
            f"Sáng kiến, cải tiến số {number:02d} năm {year} (nguồn không nêu tên)",
            number <= total if recognised else None,
        )
        for number in range(known + 1, registered + 1)
    ]
