"""The four APIs in this process, and one person who holds every role in each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from common import clock, outbox
from common.consumer import Consumer
from common.database import Context
from common.events import Event
from common.settings import ApiSettings
from common.telemetry import ConsumerMetrics
from common.tokens import TrustedIssuer, Verifier
from flask import Flask
from notifications.app import build_api
from prometheus_client import CollectorRegistry
from registration import app as registration
from registration.settings import ApiSettings as RegistrationSettings
from registration.usecases import tenants
from sqlalchemy import MetaData

SUBJECT, TENANT = "everybody", "anywhere"  # Other tests of the run have their provinces in the same databases.
SERVICES = ("registration", "review", "reporting", "notifications")
# Who sees most comes first.
ROLES = ("standing", "chair", "secretary", "officer", "administrator", "member", "author")


@dataclass(frozen=True)
class Target:
    """An API to try, with what is needed to get past its doors."""

    app: Flask
    token: str
    grants: dict[str, str]  # By role.
    known: dict[str, str]  # Ids of what exists, by the name of the parameter or field that takes them.

    def headers(self, roles: list[str]) -> dict[str, str]:
        """Signed in, under one of `roles` when there are any."""
        role = next((role for role in ROLES if role in roles), None)
        acting = {"X-Acting-As": self.grants[role]} if role else {}
        return {"Authorization": f"Bearer {self.token}", **acting}


def _app(service: str, database: Any, issuer: Any, files: Path) -> Flask:
    settings = {"database_url": database.urls["DATABASE_URL"], "oidc_issuer": issuer.url}
    if service == "registration":
        stores = {"attachment_store_url": f"file://{files}", "export_store_url": f"file://{files}"}
        return registration.build(RegistrationSettings(**settings, **stores))
    if service == "notifications":
        return build_api(database.app_engine, Verifier([TrustedIssuer(issuer.url)]))
    module = __import__(f"{service}.app", fromlist=["build"])
    made: Flask = module.build(ApiSettings(**settings))
    return made


def _metadata(service: str) -> MetaData:
    found: MetaData = __import__(f"{service}.store.tables", fromlist=["metadata"]).metadata
    return found


@pytest.fixture(scope="session")
def targets(
    service_database: Callable[..., Any], issuer: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Target]]:
    """Each service's API on its own database, with what registration has told the others."""
    databases = {service: service_database(service, _metadata(service)) for service in SERVICES}
    files = tmp_path_factory.mktemp("files")
    apps = {service: _app(service, databases[service], issuer, files) for service in SERVICES}
    province = _Province(apps["registration"], databases["registration"], issuer)
    for service in SERVICES[1:]:
        _tell(service, databases["registration"], databases[service])
    token = issuer.token(SUBJECT)
    yield {service: Target(app, token, province.grants, province.ids) for service, app in apps.items()}
    for app in apps.values():
        app.extensions["service"].engine.dispose()


def _tell(service: str, source: Any, target: Any) -> None:
    """Hand over registration's events as the broker would."""
    handlers = __import__(f"{service}.app", fromlist=["SERVICE"]).SERVICE.handlers
    metrics = ConsumerMetrics(CollectorRegistry())
    consumer = Consumer(service, target.metadata, handlers, target.unit_of_work, metrics)
    with source.admin_engine.connect() as connection:
        consumer.receive([row.body for row in outbox.log(connection, source.metadata, 0, 1000)])


class _Province:
    """A province with a cycle, people of every role, a draft and a forwarded dossier."""

    def __init__(self, app: Flask, database: Any, issuer: Any) -> None:
        self._client, self._issuer = app.test_client(), issuer
        with database.unit_of_work(Context(tenants.PLATFORM)) as uow:
            tenants.make_operator(uow, issuer=issuer.url, subject="operator", today=clock.today(), now=clock.now())
        self.ids: dict[str, str] = {}
        self.grants: dict[str, str] = {}
        self._make_tenant()
        self._make_council(database)
        self._make_people()
        self._make_dossiers()

    def _post(self, subject: str, path: str, body: dict[str, Any], role: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self._issuer.token(subject)}"}
        if role:
            headers["X-Acting-As"] = self.grants[role]
        answer = self._client.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.json
        return answer.json

    def _make_tenant(self) -> None:
        administrator = {"name": "Quản trị", "email": "qt@example.vn", "subject": "administrator"}
        tenant = {"code": TENANT, "name": "Tỉnh Khánh Hòa", "code_prefix": "ANY", "valid_from": "2010-01-01"}
        root = {"code": "ROOT", "name": "Tỉnh Khánh Hòa"}
        made = self._post(
            "operator", "/v1/tenants", tenant | {"ready": False, "root": root, "administrator": administrator}
        )
        self.ids |= dict.fromkeys(("unit_id", "parent_id", "council_unit_id"), made["root_unit_id"])

    def _make_council(self, database: Any) -> None:
        """As review would tell of one."""
        council = {"council_id": self.ids["unit_id"], "unit_id": self.ids["unit_id"], "name": "Hội đồng", "version": 1}
        event = Event("vn.sangtao.review.council.recorded.v1", "/review", TENANT, self.ids["unit_id"], 1, council)
        with database.unit_of_work(Context(TENANT)) as uow:
            registration.SERVICE.handlers[event.type](uow, event)

    def _make_people(self) -> None:
        person = self._post("administrator", "/v1/people", {"name": "Người", "email": "nguoi@example.vn"})
        self.ids["person_id"] = person["id"]
        grant = {"person_id": person["id"], "subject": SUBJECT, "unit_id": self.ids["unit_id"]}
        for role in ROLES:
            made = self._post("administrator", "/v1/grants", grant | {"role": role, "valid_from": "2020-01-01"})
            self.grants[role] = made["id"]

    def _make_dossiers(self) -> None:
        year, unit = clock.today().year, {"unit_id": self.ids["unit_id"]}
        dates = {"opens_on": f"{year}-01-01", "registration_closes_on": f"{year}-12-31"}
        dates |= {"endorsement_closes_on": f"{year}-12-31", "review_closes_on": f"{year}-12-31"}
        cycle = self._post("administrator", "/v1/cycles", {"year": year, "name": "Đợt thi đua"} | unit | dates)
        texts = dict.fromkeys(("title", "summary", "problem", "solution", "effect"), "Tủ quần áo từ thiện")
        draft = {"cycle_id": cycle["id"], "content": "political_system", "field": "society"}
        authors = {"authors": [{"name": "Tác giả", "share": 100}]}
        forwarded, _ = (self._post(SUBJECT, "/v1/initiatives", draft | texts | authors, "officer") for _ in range(2))
        council = {"council_unit_id": self.ids["unit_id"]}
        for act, body in (("submit", {}), ("endorse", {}), ("forward", council)):
            self._post(SUBJECT, f"/v1/initiatives/{forwarded['id']}/{act}", body, "officer")
        model = {"title": "Mô hình", "from_year": year, "to_year": year, "quantity": 1}
        made = self._post(SUBJECT, "/v1/models", model | unit, "officer")
        self.ids |= {"cycle_id": cycle["id"], "initiative_id": forwarded["id"], "model_id": made["id"]}
