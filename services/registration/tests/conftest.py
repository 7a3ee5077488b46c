"""Registration's own fixtures: its database, its API, and a province to act in."""

import io
import json
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from string import ascii_lowercase
from typing import Any
from uuid import UUID, uuid4

import pytest
from common import cli, clock, exports
from common.database import Context
from common.events import Event
from common.ids import new_id
from common.objects import Objects
from flask import Flask
from registration.app import SERVICE, build
from registration.consumers import HANDLERS
from registration.settings import ApiSettings
from registration.store.tables import metadata
from registration.usecases import tenants
from sample_files import pdf
from sqlalchemy import text


@pytest.fixture(scope="session")
def database(service_database: Callable[..., Any]) -> Any:
    return service_database("registration", metadata)


@pytest.fixture(scope="session")
def app(database: Any, issuer: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    files: Path = tmp_path_factory.mktemp("files")
    made = build(
        ApiSettings(
            database_url=database.urls["DATABASE_URL"], oidc_issuer=issuer.url, attachment_store_url=f"file://{files}"
        )
    )
    yield made
    made.extensions["service"].engine.dispose()


PDF = pdf()
Run = Callable[..., tuple[int, str]]


class Province:
    """A tenant made through the API, with units A and B side by side, and people who act in it."""

    def __init__(self, app: Flask, database: Any, caller: Callable[..., Any], name: str) -> None:
        self._app, self._database, self._caller, self.name = app, database, caller, name
        self._people: dict[str, str] = {}
        operator = caller(app, "operator")
        made = operator.post(
            "/v1/tenants",
            {
                "code": name,
                "name": f"Tỉnh {name}",
                "code_prefix": name[:6].upper().replace("-", ""),
                "valid_from": "2010-01-01",
                "root": {"code": "ROOT", "name": f"Tỉnh {name}"},
                "administrator": {"name": "Quản trị", "email": "qt@example.vn", "subject": f"admin-{name}"},
            },
        )
        assert made.status_code == 201, made.json
        self.root_id = made.json["root_unit_id"]
        self.admin = caller(app, f"admin-{name}")
        self.units = {code: self.make_unit(code, self.root_id) for code in ("A", "B")}
        self.cycle_id = self.make_cycle(2024)
        self.council_id = str(new_id())
        self.hear_of_council(self.root_id, council_id=self.council_id)

    def forget_grants(self) -> None:
        """The API knows grants for two seconds; a test does not wait for them."""
        self._app.extensions["grants"]._known.clear()

    def hear_of_council(self, unit_id: str, **values: Any) -> None:
        """What review tells when a council is established."""
        council_id = values.pop("council_id", str(new_id()))
        data = {"council_id": council_id, "unit_id": unit_id, "name": f"Hội đồng {unit_id[-4:]}", "version": 1} | values
        event = Event("vn.sangtao.review.council.recorded.v1", "/review", self.name, council_id, data["version"], data)
        with self._database.unit_of_work(Context(self.name)) as uow:
            HANDLERS[event.type](uow, event)

    def end_council(self) -> None:
        """The term of the root's council was over before its cycle began."""
        self.hear_of_council(self.root_id, council_id=self.council_id, version=2, term_to="2023-12-31")

    def make_unit(self, code: str, parent_id: str, **values: Any) -> str:
        body = {"code": code, "name": f"Đơn vị {code}", "kind": "front", "affiliation": "front_system"}
        made = self.admin.post("/v1/units", body | {"parent_id": parent_id, "valid_from": "2010-01-01"} | values)
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    def make_cycle(self, year: int) -> str:
        made = self.admin.post(
            "/v1/cycles",
            {
                "year": year,
                "name": f"Đợt thi đua năm {year}",
                "unit_id": self.root_id,
                "opens_on": f"{year}-01-01",
                "registration_closes_on": f"{year}-10-31",
                "endorsement_closes_on": f"{year}-11-30",
                "review_closes_on": f"{year}-12-31",
            },
        )
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    def person(self, role: str, unit: str = "A", subject: str = "") -> Any:
        """Somebody with one role at a unit, and their id; the same subject is the same person."""
        subject = subject or f"{role}-{unit}-{self.name}"
        if subject not in self._people:
            self._people[subject] = self.record(f"{role} {unit}", email=f"{subject}@example.vn")
        person_id = self._people[subject]
        unit_id = self.root_id if unit == "ROOT" else self.units[unit]
        made = self.give(person_id, subject, role, unit_id=unit_id)
        assert made.status_code == 201, made.json
        return self._caller(self._app, subject, UUID(made.json["id"])), person_id

    def record(self, name: str, **values: Any) -> str:
        """The id of a person who has no grant yet."""
        return str(self.admin.post("/v1/people", {"name": name} | values).json["id"])

    def give(self, person_id: str, subject: str, role: str = "officer", *, by: Any = None, **values: Any) -> Any:
        """The answer to giving a grant, at A when nothing else is said; the administrator gives it."""
        body = {"person_id": person_id, "subject": subject, "role": role, "unit_id": self.units["A"]}
        return (by or self.admin).post("/v1/grants", body | {"valid_from": "2020-01-01"} | values)

    def hand_in(self, unit: str, count: int = 1, **values: Any) -> list[str]:
        """Ids of dossiers that an officer of the unit recorded from paper."""
        officer, _ = self.person("officer", unit, subject=f"o-{uuid4().hex[:8]}")
        made = []
        for _ in range(count):
            body = officer.post("/v1/initiatives", self.draft(**values)).json
            sent = officer.post(f"/v1/initiatives/{body['id']}/submit", {"received_on": "2024-03-01"})
            assert sent.status_code == 200, sent.json
            made.append(body["id"])
        return made

    @staticmethod
    def attach(caller: Any, dossier: str, content: bytes) -> Any:
        """A PDF, made a file of its own by what follows its beginning."""
        return caller.post(
            f"/v1/initiatives/{dossier}/attachments",
            data={"file": (io.BytesIO(PDF + content), "minh-chung.pdf")},
            content_type="multipart/form-data",
        )

    def row(self, initiative_id: str) -> Any:
        """A dossier as the database has it, whosever it is by now."""
        query = text("SELECT unit_id, scope_path, responsible_unit_id, code FROM initiative WHERE id = :id")
        with self._database.admin_engine.connect() as connection:
            return connection.execute(query, {"id": initiative_id}).one()

    def told(self, kind: str) -> list[Any]:
        """The data of the province's events of a kind, in order."""
        query = text(
            "SELECT body::json -> 'data' AS data FROM outbox WHERE tenant = :t AND type LIKE :k ORDER BY position"
        )
        with self._database.admin_engine.connect() as connection:
            return [one.data for one in connection.execute(query, {"t": self.name, "k": f"%.{kind}.%"})]

    def draft(self, **values: Any) -> dict[str, Any]:
        return {
            "cycle_id": self.cycle_id,
            "title": "Tủ quần áo từ thiện",
            "content": "political_system",
            "field": "society",
            "summary": "Tóm tắt",
            "problem": "Thực trạng",
            "solution": "Giải pháp",
            "effect": "Hiệu quả",
            "authors": [{"name": "Tác giả", "share": 100}],
        } | values


@pytest.fixture(scope="session")
def make_province(app: Flask, database: Any, issuer: Any, caller: Callable[..., Any]) -> Callable[[str], Province]:
    with database.unit_of_work(Context(tenants.PLATFORM)) as uow:
        tenants.make_operator(uow, issuer=issuer.url, subject="operator", today=clock.today(), now=clock.now())

    made: dict[str, Province] = {}

    def make(name: str) -> Province:
        if name not in made:
            made[name] = Province(app, database, caller, name)
        return made[name]

    return make


@pytest.fixture
def operator(make_province: Callable[[str], Province], app: Flask, caller: Callable[..., Any]) -> Any:
    make_province("khanh-hoa")
    return caller(app, "operator")


@pytest.fixture(scope="session")
def rename_codes(database: Any) -> Callable[..., list[str]]:
    """Official codes differ between provinces, those of tests do not; returns the units right below the root."""

    def rename(province: Province, letter: str = "Q") -> list[str]:
        of = {"t": province.name, "root": province.root_id, "q": letter}
        with database.admin_engine.begin() as connection:
            connection.execute(text("UPDATE unit SET code = :q || code WHERE tenant = :t"), of)
            for table in ("unit_period", "access_grant"):
                path = "rtrim(replace(scope_path, '/', '/' || :q), :q)"
                connection.execute(text(f"UPDATE {table} SET scope_path = {path} WHERE tenant = :t"), of)
            below = text(
                "SELECT DISTINCT p.unit_id::text FROM unit_period p"
                " JOIN unit u ON u.tenant = p.tenant AND u.id = p.unit_id"
                " WHERE p.tenant = :t AND p.parent_id = :root AND u.ended_on IS NULL"
            )
            units = list(connection.execute(below, of).scalars())
        province.forget_grants()
        return units

    return rename


@pytest.fixture(scope="session")
def new_name() -> Callable[[], str]:
    """For a province of its own: letters only, which also give a prefix of its own."""
    return lambda: "".join(ascii_lowercase[byte % 26] for byte in uuid4().bytes[8:])


@pytest.fixture
def province(make_province: Callable[[str], Province]) -> Province:
    return make_province("khanh-hoa")


class Ending:
    """What brings a province to its end, but for the time that passes and the other services."""

    def __init__(self, database: Any, operator: Any) -> None:
        self._database, self._operator = database, operator

    def close(self, tenant: str) -> dict[str, Any]:
        closed = self._operator.post(f"/v1/tenants/{tenant}/close", {"reason": "Tỉnh chuyển sang hệ thống khác"})
        assert closed.status_code == 200, closed.json
        return dict(closed.json)

    def publish(self) -> None:
        """Every event, as the relay does."""
        with self._database.admin_engine.begin() as connection:
            connection.execute(text("UPDATE outbox SET published_at = now() WHERE published_at IS NULL"))

    def end_retention(self, tenant: str, days_ago: int = 1) -> None:
        with self._database.admin_engine.begin() as connection:
            query = "UPDATE tenant_standing SET delete_after = :day WHERE tenant = :tenant"
            connection.execute(text(query), {"day": clock.today() - timedelta(days=days_ago), "tenant": tenant})

    def rows(self, tenant: str) -> dict[str, int]:
        """How many the tenant has in each table in which it has some."""
        found = {}
        with self._database.admin_engine.connect() as connection:
            for table in metadata.sorted_tables:
                query = text(f'SELECT count(*) FROM "{table.name}" WHERE tenant = :tenant')
                found[table.name] = int(connection.execute(query, {"tenant": tenant}).scalar_one())
        return {name: count for name, count in found.items() if count}

    @staticmethod
    def stand_in(objects: Objects, place: str, services: tuple[str, ...]) -> None:
        """For the parts of an export that other services make."""
        for service in services:
            if service != "registration":
                content = io.BytesIO()
                with zipfile.ZipFile(content, "w") as part:
                    file = exports.write_lines(part, f"{service}/rows.jsonl", iter(["{}"]))
                objects.put(f"{place}/{service}.zip", content.getvalue())
                objects.put(f"{place}/{service}.json", json.dumps({"service": service, "files": [file]}).encode())


@pytest.fixture
def ending(database: Any, operator: Any) -> Ending:
    return Ending(database, operator)


# A database of its own for commands that fill it with the whole country


@pytest.fixture(scope="session")
def country_database(service_database: Callable[..., Any]) -> Any:
    return service_database("registration", metadata, "country")


@pytest.fixture
def empty(country_database: Any) -> Iterator[Any]:
    country_database.empty()
    yield country_database
    country_database.empty()


@pytest.fixture
def run(
    empty: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    def command(*words: str, name: str = "import-country") -> tuple[int, str]:
        status = 0
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", empty.urls | {"LOG_LEVEL": "ERROR"})
            patch.setattr(sys, "argv", ["registration", name, *words])
            try:
                cli.main(SERVICE)
            except SystemExit as stop:
                status = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
        return status, capsys.readouterr().out

    return command
