"""A province to measure in, made as its people would: through the APIs of registration and review, and by events."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from os import devnull
from pathlib import Path
from typing import Any

from asking import Answer, Request, serve
from common import cli, clock, outbox
from common.consumer import Consumer
from common.database import Context, UnitOfWork, connect_engine
from common.settings import ApiSettings, ProcessSettings
from common.telemetry import ConsumerMetrics
from flask import Flask
from issuer import Issuer
from prometheus_client import CollectorRegistry
from registration import app as registration
from registration.settings import ApiSettings as RegistrationSettings
from registration.store.tables import metadata as registration_metadata
from registration.usecases import tenants
from review import app as review
from review.store.tables import metadata as review_metadata
from sqlalchemy import MetaData

Urls = Mapping[str, str]
TENANT, PREFIX = "do-toc-do", "DTD"
SENTENCE = "Giải pháp giúp cán bộ Mặt trận nắm tình hình nhân dân nhanh hơn và đỡ giấy tờ hơn trước. "
CRITERIA = {"novelty": "Tính mới", "effect": "Hiệu quả", "spread": "Khả năng nhân rộng", "practice": "Áp dụng thực tế"}


@dataclass(frozen=True)
class Person:
    """Somebody at the services: a token, and the grant they act under."""

    app: Flask
    token: str
    person_id: str = ""
    grant_id: str = ""

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> Request:
        known = {"Authorization": f"Bearer {self.token}"} | ({"X-Acting-As": self.grant_id} if self.grant_id else {})
        return Request(method, path, body, known | {name.replace("_", "-"): value for name, value in headers.items()})

    def does(self, method: str, path: str, body: Any = None) -> Any:
        """For arranging: the answer's content, or an error that shows it."""
        return ensured(serve(self.app, self.request(method, path, body).environ())).json


def ensured(answer: Answer) -> Answer:
    if answer.status >= 300:
        raise RuntimeError(f"{answer.status}: {answer.body.decode()}")
    return answer


def start_quietly() -> None:
    """Logs and traces as in a service's process; lines are made in full and written to nowhere."""
    cli.start("bench", "api", ProcessSettings())
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(Path(devnull).open("w"))  # noqa: SIM115 -- as long as the process.


class Province:
    """A tenant with a district and a unit in it, this year's cycle, an author, an officer and a council."""

    def __init__(self, databases: Mapping[str, Urls], issuer: Issuer, files: Path) -> None:
        self._issuer, self._databases = issuer, databases
        common: dict[str, Any] = {"oidc_issuer": issuer.url, "oidc_jwks_url": issuer.jwks_url}
        urls = {service: databases[service]["DATABASE_URL"] for service in ("registration", "review")}
        store: dict[str, Any] = {"attachment_store_url": files.as_uri()}
        self.registration = registration.build(
            RegistrationSettings(database_url=urls["registration"], **common, **store)
        )
        self.review = review.build(ApiSettings(database_url=urls["review"], **common))
        self._told = dict.fromkeys(("registration", "review"), 0)
        self._found()

    def close(self) -> None:
        for app in (self.registration, self.review):
            app.extensions["service"].engine.dispose()

    def _found(self) -> None:
        self._make_operator()
        root = {"code": "KH", "name": "Tỉnh Khánh Hòa"}
        administrator = {"name": "Quản trị", "email": "qt@example.vn", "subject": "administrator"}
        body = {"code": TENANT, "name": "Tỉnh Khánh Hòa", "code_prefix": PREFIX, "valid_from": "2010-01-01"}
        operator = Person(self.registration, self._issuer.token("operator"))
        made = operator.does(
            "POST", "/v1/tenants", body | {"ready": False, "root": root, "administrator": administrator}
        )
        self.administrator = Person(
            self.registration, self._issuer.token("administrator"), grant_id=made["administrator_grant_id"]
        )
        self.district = self._unit("DK", "Huyện Diên Khánh", made["root_unit_id"])
        self.unit = self._unit("DK-MT", "Ủy ban Mặt trận huyện", self.district)
        self.cycle = self._cycle(made["root_unit_id"])
        self.author, self.officer = self.person("author", self.unit), self.person("officer", self.unit)

    def _make_operator(self) -> None:
        engine = self.registration.extensions["service"].engine
        with UnitOfWork(engine, registration_metadata, "/registration", Context(tenants.PLATFORM)) as uow:
            who = {"issuer": self._issuer.url, "subject": "operator"}
            tenants.make_operator(uow, **who, today=clock.today(), now=clock.now())

    def _unit(self, code: str, name: str, parent: str) -> str:
        body = {"code": code, "name": name, "kind": "front", "affiliation": "front_system", "parent_id": parent}
        return str(self.administrator.does("POST", "/v1/units", body | {"valid_from": "2010-01-01"})["id"])

    def _cycle(self, unit: str) -> str:
        """Open all year, so that an author can hand in today."""
        year = clock.today().year
        closes = ("registration_closes_on", "endorsement_closes_on", "review_closes_on")
        body = {"year": year, "name": f"Đợt thi đua năm {year}", "unit_id": unit, "opens_on": f"{year}-01-01"}
        return str(self.administrator.does("POST", "/v1/cycles", body | dict.fromkeys(closes, f"{year}-12-31"))["id"])

    def person(self, role: str, unit: str, name: str = "") -> Person:
        name = name or role
        made = self.administrator.does("POST", "/v1/people", {"name": name, "email": f"{name}@example.vn"})
        values = {"person_id": made["id"], "subject": name, "role": role, "unit_id": unit, "valid_from": "2020-01-01"}
        grant = self.administrator.does("POST", "/v1/grants", values)
        app = self.registration if role in ("author", "officer") else self.review
        return Person(app, self._issuer.token(name), made["id"], grant["id"])

    def draft(self) -> dict[str, Any]:
        """A dossier of ordinary length with two authors."""
        co_author = {"name": "Người cùng làm", "role": "co_author", "share": 40}
        return {
            "cycle_id": self.cycle,
            "unit_id": self.unit,
            "title": "Mô hình tủ quần áo từ thiện ở khu dân cư",
            "content": "political_system",
            "field": "society",
            "summary": SENTENCE * 3,
            "problem": SENTENCE * 8,
            "solution": SENTENCE * 12,
            "effect": SENTENCE * 6,
            "authors": [{"name": "Tác giả", "share": 60, "person_id": self.author.person_id}, co_author],
        }

    def forwarded(self) -> str:
        """A dossier on its way to the district's council."""
        path = f"/v1/initiatives/{self.author.does('POST', '/v1/initiatives', self.draft())['id']}"
        self.author.does("POST", f"{path}/submit", {})
        self.officer.does("POST", f"{path}/endorse", {})
        return str(self.officer.does("POST", f"{path}/forward", {"council_unit_id": self.district})["id"])

    def tell_review(self) -> None:
        """review applies what registration has recorded since."""
        self._tell("registration", registration_metadata, self.review, review.SERVICE)

    def tell_registration(self) -> None:
        """registration applies what review has recorded since."""
        self._tell("review", review_metadata, self.registration, registration.SERVICE)

    def _tell(self, source: str, metadata: MetaData, app: Flask, target: cli.Service) -> None:
        """What relay and consumer do, without a broker."""
        engine = connect_engine(self._databases[source]["RELAY_DATABASE_URL"], pool_size=1)
        unit_of_work = partial(UnitOfWork, app.extensions["service"].engine, target.metadata, f"/{target.name}")
        metrics = ConsumerMetrics(CollectorRegistry())
        consumer = Consumer(target.name, target.metadata, target.handlers, unit_of_work, metrics)
        with engine.connect() as connection:
            while rows := outbox.log(connection, metadata, self._told[source], limit=200):
                consumer.receive([row.body for row in rows])
                self._told[source] = rows[-1].position
        engine.dispose()

    def open_session(self, seats: int, dossiers: int) -> "Session":
        """A council of `seats` besides its chair and secretary, all present, and an open session on its agenda."""
        roles = ["chair", "secretary", *["member"] * seats]
        people = [self.person(role, self.district, f"{role}-{n}") for n, role in enumerate(roles)]
        self.tell_review()
        chosen = [{"person_id": one.person_id, "role": role} for one, role in zip(people, roles, strict=True)]
        council = self._council(chosen)
        self.tell_registration()
        agenda = [self.forwarded() for _ in range(dossiers)]
        self.tell_review()
        secretary = people[1]
        body = {
            "council_id": council,
            "rulebook_id": self._rulebook(),
            "year": clock.today().year,
            "title": "Phiên họp xét sáng kiến",
            "held_on": clock.today().isoformat(),
        }
        made = secretary.does("POST", "/v1/sessions", body)
        path = f"/v1/sessions/{made['id']}"
        secretary.does("POST", f"{path}/agenda", {"dossier_ids": agenda})
        secretary.does("POST", f"{path}/attendance", {"present": [one.person_id for one in people]})
        secretary.does("POST", f"{path}/open")
        return Session(made["id"], people, agenda)

    def _at_review(self) -> Person:
        one = self.administrator
        return Person(self.review, one.token, one.person_id, one.grant_id)

    def _council(self, members: list[dict[str, Any]]) -> str:
        year = clock.today().year
        body = {
            "name": "Hội đồng sáng kiến huyện",
            "unit_id": self.district,
            "established_by": {"number": "12/QĐ-MTTQ", "signed_on": f"{year}-01-01"},
            "term_from": f"{year}-01-01",
            "members": members,
        }
        return str(self._at_review().does("POST", "/v1/councils", body)["id"])

    def _rulebook(self) -> str:
        body = {
            "name": "Quy chế xét sáng kiến",
            "unit_id": self.district,
            "valid_from": "2018-01-01",
            "legal_basis": "Kế hoạch số 84/KH-MTTQ",
            "criteria": [{"code": code, "name": name, "weight": 1, "max_score": 10} for code, name in CRITERIA.items()],
            "pass_score": 70,
            "quorum_percent": 66.66,
            "approval_percent": 66.66,
        }
        made = self._at_review().does("POST", "/v1/rulebooks", body)
        self._at_review().does("POST", f"/v1/rulebooks/{made['id']}/publish")
        return str(made["id"])


@dataclass(frozen=True)
class Session:
    """An open session: who judges what."""

    id: str
    people: list[Person]
    dossiers: list[str]
