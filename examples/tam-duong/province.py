"""The district of Tam Đường in Lai Châu: a second province, with a dossier at every step, loaded by its own people.

The province's council has judged some too, and two of these are recommended to the centre.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from client import Person, wait_for
from local import tokens

SINCE = "2018-07-20"
_STEPS = ("submit", "endorse", "forward")
_DECIDED = ("recognise", "refuse")


class TamDuong:
    """The province as it is being loaded: who acts, and the ids of what was made."""

    def __init__(self, urls: dict[str, str], issuer: str) -> None:
        self.data: dict[str, Any] = tomllib.loads(Path(__file__).with_name("province.toml").read_text("utf-8"))
        self._urls, self._issuer = urls, issuer
        self._people: dict[str, Person] = {}
        self._person_ids: dict[str, str] = {}
        self._units: dict[str, str] = {}
        self._cycle_id = ""
        self.recommended: list[str] = []

    def person(self, subject: str) -> Person:
        if subject not in self._people:
            self._people[subject] = Person(self._urls, tokens.fetch(self._issuer, subject), subject)
        return self._people[subject]

    def load(self) -> None:
        self._organisation()
        self._cycle()
        councils = [self._council(council) for council in self.data["council"]]
        paths = {dossier["title"]: self._dossier(dossier) for dossier in self.data["dossier"]}
        for council, session in zip(self.data["council"], councils, strict=True):
            mine = [one for one in self.data["dossier"] if _is_decided(one) and _council_of(one) == council["unit"]]
            self._hold(council, session, {paths[one["title"]]: one["until"] == "recognise" for one in mine})
        for dossier in self.data["dossier"]:
            if "recommend" in dossier:
                self._recommend(paths[dossier["title"]].rsplit("/", 1)[1], dossier["recommend"])

    def _organisation(self) -> None:
        tenant, admin = self.data["tenant"], self.person("admin-lc")
        made = self.person("operator").post("registration", "/v1/tenants", tenant)
        self._units[tenant["root"]["code"]] = made["root_unit_id"]
        for unit in self.data["unit"]:
            values = {name: value for name, value in unit.items() if name != "parent"}
            values |= {"parent_id": self._units[unit["parent"]], "valid_from": tenant["valid_from"]}
            self._units[unit["code"]] = admin.post("registration", "/v1/units", values)["id"]
        for person in self.data["person"]:
            self._enrol(admin, person)

    def _enrol(self, admin: Person, person: dict[str, Any]) -> None:
        subject = person["subject"]
        recorded = {"name": person["name"], "email": f"{subject}@example.vn"}
        self._person_ids[subject] = admin.post("registration", "/v1/people", recorded)["id"]
        grant = {"person_id": self._person_ids[subject], "subject": subject, "valid_from": SINCE}
        grant |= {"role": person["role"], "unit_id": self._units[person["unit"]]}
        self.person(subject).grant_id = admin.post("registration", "/v1/grants", grant)["id"]

    def _cycle(self) -> None:
        year = date.today().year
        values = {"year": year, "name": f"Phong trào “Đoàn kết sáng tạo” năm {year}", "unit_id": self._units["TD"]}
        values |= {"opens_on": f"{year}-01-01"}
        values |= {f"{name}_closes_on": f"{year}-12-31" for name in ("registration", "endorsement", "review")}
        self._cycle_id = self.person("admin-lc").post("registration", "/v1/cycles", values)["id"]

    def _council(self, council: dict[str, str]) -> dict[str, str]:
        """What a session names: its council and rulebook."""
        admin, unit = self.person("admin-lc"), {"unit_id": self._units[council["unit"]]}
        rulebook = self.data["rulebook"] | unit | {"name": council["rulebook"]}
        rulebook_id = admin.post("review", "/v1/rulebooks", rulebook)["id"]
        admin.post("review", f"/v1/rulebooks/{rulebook_id}/publish")
        seats = [
            {"person_id": self._person_ids[one["subject"]], "name": one["name"], "role": one["council"], "title": ""}
            for one in self._seats(council)
        ]
        values = {
            "name": council["name"],
            "established_by": {"number": "(ví dụ)", "signed_on": SINCE},
            "term_from": SINCE,
        }
        made = admin.post("review", "/v1/councils", values | unit | {"term_to": "2099-12-31", "members": seats})
        return {"council_id": made["id"], "rulebook_id": rulebook_id}

    def _seats(self, council: dict[str, str]) -> list[dict[str, Any]]:
        return [one for one in self.data["person"] if "council" in one and one["unit"] == council["unit"]]

    def _dossier(self, dossier: dict[str, Any]) -> str:
        """Its path, after all that its unit and author do to it."""
        until, officer = dossier["until"], self.person(dossier.get("officer", "officer-td"))
        owner = officer if "officer" in dossier else self.person("author-td")
        path = f"/v1/initiatives/{owner.post('registration', '/v1/initiatives', self._body(dossier))['id']}"
        for step in _STEPS[: {"draft": 0, "submit": 1, "return": 1, "withdraw": 1, "endorse": 2}.get(until, 3)]:
            council = {"council_unit_id": self._units[_council_of(dossier)]} if step == "forward" else {}
            (owner if step == "submit" else officer).post("registration", f"{path}/{step}", council)
        if until == "return":
            officer.post("registration", f"{path}/return", {"reason": "Xin bổ sung số hộ tham gia (ví dụ)."})
        if until == "withdraw":
            owner.post("registration", f"{path}/withdraw", {"reason": "Gộp với hồ sơ khác (ví dụ)."})
        return path

    def _body(self, dossier: dict[str, Any]) -> dict[str, Any]:
        author = {"name": "Tổ tự quản của bản (ví dụ)", "kind": "collective", "share": 100}
        if "officer" not in dossier:
            author = {"name": "Tác giả, huyện Tam Đường (tài khoản mẫu)", "share": 100}
            author |= {"person_id": self._person_ids["author-td"]}
        return {
            "cycle_id": self._cycle_id,
            "title": dossier["title"],
            "content": "production",
            "field": "society",
            "summary": "Hồ sơ ví dụ của tỉnh thứ hai.",
            "problem": "Mỗi hộ tự làm nên tốn công.",
            "solution": "Làm chung theo lịch, có người ghi và báo lại.",
            "effect": "Bớt công, ai cũng biết phần việc của mình.",
            "authors": [author],
        }

    def _hold(self, council: dict[str, str], session: dict[str, str], decided: dict[str, bool]) -> None:
        """A session from its plan to its decision."""
        seats, today = {one["council"]: one["subject"] for one in self._seats(council)}, date.today()
        secretary = self.person(seats["secretary"])
        ids = {path.rsplit("/", 1)[1]: recognised for path, recognised in decided.items()}
        wait_for(
            f"the dossiers before {council['name']}",
            lambda: set(ids) <= {one["initiative_id"] for one in secretary.all("review", "/v1/dossiers")},
        )
        planned = {"year": today.year, "title": council["session"], "place": "Lai Châu"}
        made = secretary.post("review", "/v1/sessions", session | planned | {"held_on": today.isoformat()})
        path = f"/v1/sessions/{made['id']}"
        secretary.post("review", f"{path}/agenda", {"dossier_ids": sorted(ids)})
        present = [one["subject"] for one in self._seats(council)]
        secretary.post("review", f"{path}/attendance", {"present": [self._person_ids[one] for one in present]})
        secretary.post("review", f"{path}/open")
        for initiative_id, recognised in ids.items():
            for subject in present:
                self._judge(self.person(subject), f"/v1/dossiers/{initiative_id}", recognised)
        secretary.post("review", f"{path}/close")
        decision = {
            "number": f"{council['number']}/{today.year}",
            "signed_on": today.isoformat(),
            "signatory": "Chủ tịch Hội đồng",
        }
        self.person(seats["chair"]).post(
            "review", f"{path}/decision", decision | {"legal_basis": self.data["rulebook"]["legal_basis"]}
        )

    def _recommend(self, initiative_id: str, statement: str) -> None:
        path = f"/v1/dossiers/{initiative_id}/recommendation"
        self.person("standing-lc").post("review", path, {"statement": statement})
        self.recommended.append(initiative_id)

    def _judge(self, member: Person, path: str, recognised: bool) -> None:
        scores = {criterion["code"]: 8 if recognised else 4 for criterion in self.data["rulebook"]["criteria"]}
        member.put("review", f"{path}/score-sheet", {"scores": scores, "comment": ""})
        member.post("review", f"{path}/ballot", {"choice": "yes" if recognised else "no"})


def _council_of(dossier: dict[str, Any]) -> str:
    return str(dossier.get("council", "TD"))


def _is_decided(dossier: dict[str, Any]) -> bool:
    return dossier["until"] in _DECIDED
