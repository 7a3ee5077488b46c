"""The case of Diên Khánh, 2019-2021, as its people load it through the public HTTP APIs, in the order it happened."""

import time
import tomllib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from client import Person, wait_for
from dossiers import DATA, Dossier, dossiers
from local import tokens

SERVICES = ("registration", "review", "reporting", "notifications")
AT_ONCE = 4
SINCE = "2019-01-01"


class Case:
    """The case as it is being loaded: who acts, and the ids of what was made.

    `imported`: by the case's code, the ids of units that are there already, in a tenant without an administrator.
    """

    def __init__(
        self, urls: dict[str, str], issuer: str, say: Callable[[str], None], imported: Mapping[str, str] | None = None
    ) -> None:
        self.data: dict[str, Any] = tomllib.loads((DATA / "case.toml").read_text("utf-8"))
        self._urls, self._issuer, self._say = urls, issuer, say
        self._people: dict[str, Person] = {}
        self.person_ids: dict[str, str] = {}
        self.units: dict[str, str] = dict(imported or {})
        self.cycles: dict[int, str] = {}
        self.seated: list[str] = []
        self.rulebook_id = self.council_id = ""

    def person(self, subject: str) -> Person:
        if subject not in self._people:
            self._people[subject] = Person(self._urls, tokens.fetch(self._issuer, subject), subject)
        return self._people[subject]

    def load(self) -> None:
        """Everything the source tells, in the order it happened."""
        for title, step in (
            ("Tỉnh, đơn vị, người dùng, vai trò", self._organisation),
            ("Đợt thi đua 2019, 2020, 2021", self._cycles),
            ("Phát động, tuyên truyền", self._activities),
            ("Quy chế, hội đồng", self._council),
            ("139 hồ sơ: đăng ký, xét duyệt, chuyển hội đồng", self._dossiers),
            ("Phiên họp, chấm điểm, biểu quyết, quyết định", self._sessions),
            ("Mô hình, nhân rộng, khen thưởng", self._results),
        ):
            began = time.monotonic()
            step()
            self._say(f"{title}: {time.monotonic() - began:.1f} s")

    def _organisation(self) -> None:
        tenant, operator, admin = self.data["tenant"], self.person("operator"), self.person("admin-kh")
        if self.units:
            values = {"administrator": tenant["administrator"], "ready": tenant["ready"]}
            operator.post("registration", f"/v1/tenants/{tenant['code']}/administrator", values)
        else:
            self.units[tenant["root"]["code"]] = operator.post("registration", "/v1/tenants", tenant)["root_unit_id"]
        for unit in self.data["unit"]:
            if unit["code"] in self.units:
                continue
            values = {name: value for name, value in unit.items() if name != "parent"}
            values |= {"parent_id": self.units[unit["parent"]], "valid_from": tenant["valid_from"]}
            self.units[unit["code"]] = admin.post("registration", "/v1/units", values)["id"]
        for person in self.data["person"]:
            self.enrol(admin, person)
        self._absence()

    def _absence(self) -> None:
        """An officer goes away in two weeks and lends their role: until then it changes nothing for anybody."""
        absent, away = self.person("officer-mt"), date.today() + timedelta(days=14)
        days = {"valid_from": away.isoformat(), "valid_to": (away + timedelta(days=7)).isoformat()}
        to = {"person_id": self.person_ids["officer-khac"]} | days
        absent.post("registration", f"/v1/grants/{absent.grant_id}/delegations", to)

    def enrol(self, admin: Person, person: dict[str, Any]) -> None:
        subject = person["subject"]
        recorded = {"name": person["name"], "email": f"{subject}@example.vn"}
        self.person_ids[subject] = admin.post("registration", "/v1/people", recorded)["id"]
        for grant in person["grants"]:
            values = {"person_id": self.person_ids[subject], "subject": subject, "valid_from": SINCE}
            made = values | {"role": grant["role"], "unit_id": self.units[grant["unit"]]}
            self.person(subject).grant_id = admin.post("registration", "/v1/grants", made)["id"]

    def _cycles(self) -> None:
        this_year = date.today().year  # A cycle that is open now, for whoever looks at the sample.
        now = {"year": this_year, "opens_on": f"{this_year}-01-01"}
        now |= {f"{name}_closes_on": f"{this_year}-12-31" for name in ("registration", "endorsement", "review")}
        for cycle in [*self.data["cycle"], now]:
            values = {name: value for name, value in cycle.items() if name not in ("received_on", "forwarded_on")}
            values |= {"name": f"Phong trào “Đoàn kết sáng tạo” năm {cycle['year']}", "unit_id": self.units["DK"]}
            made = self.person("admin-kh").post("registration", "/v1/cycles", values)
            self.cycles[cycle["year"]] = made["id"]

    def _activities(self) -> None:
        for activity in self.data["activity"]:
            values = {"reach": {}} | activity | {"unit_id": self.units["DK"]}
            self.person("standing-dk").post("reporting", "/v1/activities", values)

    def _council(self) -> None:
        admin = self.person("admin-kh")
        rulebook = self.data["rulebook"] | {"unit_id": self.units["DK"]}
        self.rulebook_id = admin.post("review", "/v1/rulebooks", rulebook)["id"]
        admin.post("review", f"/v1/rulebooks/{self.rulebook_id}/publish")
        seats = [
            {"person_id": self.person_ids[one["subject"]], "name": one["name"], "role": one["council"], "title": ""}
            for one in self._seats()
        ]
        values = self.data["council"] | {"unit_id": self.units["DK"], "members": seats}
        self.council_id = admin.post("review", "/v1/councils", values)["id"]
        self.seated = [seat["person_id"] for seat in seats]

    def _seats(self) -> list[dict[str, Any]]:
        return [one for one in self.data["person"] if "council" in one]

    def _dossiers(self) -> None:
        days = {cycle["year"]: cycle for cycle in self.data["cycle"]}
        self._at_once(lambda dossier: self._register(dossier, days[dossier.year]), dossiers())

    def _register(self, dossier: Dossier, days: dict[str, Any]) -> None:
        officer = self.person(dossier.officer)
        made = officer.post("registration", "/v1/initiatives", dossier.body(self.cycles[dossier.year]))
        path = f"/v1/initiatives/{made['id']}"
        officer.post("registration", f"{path}/submit", {"received_on": days["received_on"]})
        officer.post("registration", f"{path}/endorse", {"happened_on": days["forwarded_on"]})
        forward = {"happened_on": days["forwarded_on"], "council_unit_id": self.units["DK"]}
        officer.post("registration", f"{path}/forward", forward)

    def _sessions(self) -> None:
        for session in self.data["session"]:
            self._hold(session, [one["subject"] for one in self._seats()])

    def _hold(self, session: dict[str, Any], members: list[str]) -> None:
        secretary, chair, year = self.person("secretary-dk"), self.person("chair-dk"), session["year"]
        outcome = {dossier.title: dossier.recognised for dossier in dossiers() if dossier.year == year}
        waiting = wait_for(
            f"{len(outcome)} dossiers of {year} before the council",
            lambda: _if_all(secretary.all("review", f"/v1/dossiers?year={year}"), len(outcome)),
        )
        planned = {name: session[name] for name in ("year", "title", "held_on")}
        planned |= {"council_id": self.council_id, "rulebook_id": self.rulebook_id, "place": "Huyện Diên Khánh"}
        path = f"/v1/sessions/{secretary.post('review', '/v1/sessions', planned)['id']}"
        agenda = sorted(dossier["initiative_id"] for dossier in waiting)
        secretary.post("review", f"{path}/agenda", {"dossier_ids": agenda})
        secretary.post("review", f"{path}/attendance", {"present": self.seated})
        secretary.post("review", f"{path}/open")
        self._at_once(
            lambda judged: self._judge(*judged),
            [(member, one["initiative_id"], bool(outcome[one["title"]])) for one in waiting for member in members],
        )
        secretary.post("review", f"{path}/close")
        signed = {"number": session["number"], "signed_on": session["held_on"], "signatory": "Chủ tịch Hội đồng"}
        signed |= {"recorded_late": "Phiên họp và quyết định có trên giấy, nhập vào hệ thống sau."}
        chair.post("review", f"{path}/decision", signed | {"legal_basis": self.data["rulebook"]["legal_basis"]})

    def _judge(self, subject: str, initiative_id: str, recognised: bool) -> None:
        """The source gives no scores: each member's are chosen to lead to the outcome it does give."""
        member, path = self.person(subject), f"/v1/dossiers/{initiative_id}"
        score = (8.0 if recognised else 5.0) + (len(subject) % 3) * 0.5
        scores = {criterion["code"]: score for criterion in self.data["rulebook"]["criteria"]}
        member.put("review", f"{path}/score-sheet", {"scores": scores, "comment": ""})
        member.post("review", f"{path}/ballot", {"choice": "yes" if recognised else "no"})

    def _results(self) -> None:
        standing, unit = self.person("standing-dk"), {"unit_id": self.units["DK"]}
        model = standing.post("registration", "/v1/models", self.data["model"] | unit)
        standing.post("registration", f"/v1/models/{model['id']}/replications", self.data["replication"] | unit)
        for commendation in self.data["commendation"]:
            values = {name: value for name, value in commendation.items() if name != "years"}
            first, last = commendation["years"]
            values |= {"from_year": first, "to_year": last, "decision": None, **unit}
            values["source_note"] = "Nguồn không nêu số quyết định."
            standing.post("review", "/v1/commendations", values)

    def _at_once(self, act: Callable[[Any], None], many: Iterable[Any]) -> None:
        many = list(many)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done, _ in enumerate(pool.map(act, many), 1):
                if done % 50 == 0 or done == len(many):
                    self._say(f"  {done}/{len(many)}")


def _if_all(items: list[Any], count: int) -> list[Any]:
    return items if len(items) == count else []
