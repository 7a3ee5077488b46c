"""A province in which everything that people wrote or are called holds a mark, on a platform that exports its spans."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from local.platform import Platform
from local.ports import free_base
from sample_files import pdf
from sqlalchemy import create_engine, text

SERVICES = ("registration", "review", "reporting", "notifications")
MARK = "Xuanhoabi"  # In every name, address and text; found nowhere by chance.
AUTHOR = "Lò Thị Xoahetq"  # The person who will be erased, and how to write to her.
EMAIL, PHONE = "xoahetq@example.vn", "+84 900 717 273"
ROLES = {
    "author-td": ("author", "TD-MT"),
    "officer-td": ("officer", "TD-MT"),
    "secretary-td": ("secretary", "LC"),
    "chair-td": ("chair", "LC"),
    "member-td-1": ("member", "LC"),
    "member-td-2": ("member", "LC"),
}
SEATS = {"chair-td": "chair", "secretary-td": "secretary", "member-td-1": "member", "member-td-2": "member"}


class Sink:
    """Takes what an OpenTelemetry collector would be sent."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sink.received.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="package")
def sink() -> Iterator[Sink]:
    made = Sink()
    yield made
    made.close()


@pytest.fixture(scope="package")
def observed(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[Platform]:
    """A platform of its own, without the sample: its logs, metrics and spans are about this province only."""
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": sink.url}
    made = Platform(tmp_path_factory.mktemp("observed"), free_base(), environment=settings)
    with made:
        yield made
    made.discard()


class World:
    """Everything that happened in the province, and how to look at what is kept of it."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._people: dict[str, Any] = {}
        self.units: dict[str, str] = {}

    def person(self, subject: str) -> Any:
        from client import Person

        if subject not in self._people:
            urls = {name: self.platform.urls[name] for name in SERVICES}
            self._people[subject] = Person(urls, self.platform.token(subject), subject)
        return self._people[subject]

    def wait_for(self, what: str, condition: Callable[[], Any]) -> Any:
        from client import wait_for

        return wait_for(what, condition)

    def rows(self, service: str) -> Iterator[tuple[str, str]]:
        """Every row of every table of a service as (table, text)."""
        url = self.platform.postgres.url.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url.rsplit("/", 1)[0] + f"/{service}")
        with engine.connect() as connection:
            names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
            for name in names:
                for row in connection.scalars(text(f'SELECT t::text FROM "{name}" t')):
                    yield name, str(row)
        engine.dispose()

    def found(self, *marks: str) -> list[tuple[str, str, str, str]]:
        """Where these are kept: (service, table, mark, row), and in the attachment store."""
        kept = [
            (service, table, mark, row)
            for service in SERVICES
            for table, row in self.rows(service)
            for mark in marks
            if mark in row
        ]
        for path in (self.platform.state / "attachments").rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            kept += [("registration", "(file)", mark, str(path)) for mark in marks if mark.encode() in content]
        return kept

    def logs(self) -> Iterator[tuple[str, str]]:
        """What every process has said, PostgreSQL and the broker too."""
        for path in sorted((self.platform.state / "logs").glob("*.log*")):
            yield path.name, path.read_text("utf-8", errors="replace")


@pytest.fixture(scope="package")
def world(observed: Platform, make_case: Any) -> World:
    make_case(observed)  # Makes the loader's client importable.
    made = World(observed)
    _organise(made)
    return made


def _organise(world: World) -> None:
    root = {"code": "LC", "name": f"Tỉnh {MARK}", "level": "province"}
    administrator = {"name": f"Quản trị {MARK}", "email": f"admin-{MARK}@example.vn", "subject": "admin-lc"}
    tenant = {"code": "lai-chau", "name": f"Tỉnh {MARK}", "code_prefix": "LC", "valid_from": "2010-01-01"}
    world.units["LC"] = world.person("operator").post(
        "registration", "/v1/tenants", tenant | {"root": root, "administrator": administrator}
    )["root_unit_id"]
    admin = world.person("admin-lc")
    for code, parent, kind in (("TD", "LC", "administrative"), ("TD-MT", "TD", "front")):
        values = {"code": code, "name": f"{code} {MARK}", "kind": kind, "affiliation": "front_system"}
        values |= {"level": "district", "parent_id": world.units[parent], "valid_from": "2010-01-01"}
        world.units[code] = admin.post("registration", "/v1/units", values)["id"]
    for subject, (role, unit) in ROLES.items():
        told = {"name": f"{role} {MARK}", "email": f"{subject}-{MARK}@example.vn", "phone": "0900 555 111"}
        if subject == "author-td":
            told = {"name": f"{AUTHOR} {MARK}", "email": EMAIL, "phone": PHONE}
        person_id = admin.post("registration", "/v1/people", told)["id"]
        grant = {"person_id": person_id, "subject": subject, "role": role, "unit_id": world.units[unit]}
        world.person(subject).grant_id = admin.post("registration", "/v1/grants", grant | {"valid_from": "2020-01-01"})[
            "id"
        ]
        world.person(subject).person_id = person_id
    _open_cycle(world)
    _establish(world)


def _open_cycle(world: World) -> None:
    year = date.today().year
    cycle = {"year": year, "name": f"Đợt {MARK}", "unit_id": world.units["TD"], "opens_on": f"{year}-01-01"}
    cycle |= {f"{name}_closes_on": f"{year}-12-31" for name in ("registration", "endorsement", "review")}
    world.cycle_id = world.person("admin-lc").post("registration", "/v1/cycles", cycle)["id"]  # type: ignore[attr-defined]


def _establish(world: World) -> None:
    admin = world.person("admin-lc")
    rulebook = {"name": f"Quy chế {MARK}", "unit_id": world.units["LC"], "valid_from": "2020-01-01"}
    rulebook |= {"pass_score": 50, "quorum_percent": 50, "approval_percent": 50, "ballot": "open", "legal_basis": MARK}
    criterion = {"code": "novelty", "name": f"Tính mới {MARK}", "weight": 1, "max_score": 10, "min_score": 0}
    rulebook_id = admin.post("review", "/v1/rulebooks", rulebook | {"criteria": [criterion]})["id"]
    admin.post("review", f"/v1/rulebooks/{rulebook_id}/publish")
    members = [
        {"person_id": world.person(one).person_id, "name": f"{one} {MARK}", "role": role, "title": MARK}
        for one, role in SEATS.items()
    ]
    council = {"name": f"Hội đồng {MARK}", "unit_id": world.units["LC"], "members": members}
    council |= {"established_by": {"number": MARK, "signed_on": "2020-01-01"}}
    council |= {"term_from": "2020-01-01", "term_to": "2099-12-31"}
    made = admin.post("review", "/v1/councils", council)
    world.council = {"council_id": made["id"], "rulebook_id": rulebook_id}  # type: ignore[attr-defined]


@pytest.fixture(scope="package")
def register(world: World) -> Callable[..., str]:
    """`register("Tủ sách", file=b"...")`: a draft of the author's, with a file that bears her name."""

    def make(title: str, file: bytes = b"", authors: list[dict[str, Any]] | None = None) -> str:
        author = world.person("author-td")
        body = {"cycle_id": world.cycle_id, "title": title, "content": "production", "field": "economy"}  # type: ignore[attr-defined]
        body |= dict.fromkeys(("summary", "problem", "solution", "effect"), f"{title}: nội dung")
        own = [{"name": f"{AUTHOR} {MARK}", "share": 100, "person_id": author.person_id}]
        made: str = author.post("registration", "/v1/initiatives", body | {"authors": authors or own})["id"]
        if file:
            answer = requests.post(
                f"{author.urls['registration']}/v1/initiatives/{made}/attachments",
                headers={"Authorization": f"Bearer {author.token}"},
                files={"file": (f"Đơn của {AUTHOR}.pdf", pdf(file.decode()))},
                timeout=20,
            )
            assert answer.status_code == 201, answer.text
        return made

    return make


@pytest.fixture(scope="package")
def forward(world: World) -> Callable[[str], None]:
    """Hand in, endorse and forward to the council."""

    def act(initiative_id: str) -> None:
        path = f"/v1/initiatives/{initiative_id}"
        world.person("author-td").post("registration", f"{path}/submit")
        world.person("officer-td").post("registration", f"{path}/endorse")
        world.person("officer-td").post("registration", f"{path}/forward", {"council_unit_id": world.units["LC"]})

    return act


@pytest.fixture(scope="package")
def recognise(world: World) -> Callable[[str], None]:
    """A session in which the council recognises the dossier, and its decision."""

    def act(initiative_id: str) -> None:
        secretary, today = world.person("secretary-td"), date.today().isoformat()

        def is_there() -> bool:
            items = secretary.get("review", "/v1/dossiers")["items"]
            return initiative_id in [one["initiative_id"] for one in items]

        world.wait_for("the dossier before the council", is_there)
        session = world.council | {"year": date.today().year, "title": f"Phiên {MARK}", "held_on": today}  # type: ignore[attr-defined]
        path = f"/v1/sessions/{secretary.post('review', '/v1/sessions', session | {'place': MARK})['id']}"
        secretary.post("review", f"{path}/agenda", {"dossier_ids": [initiative_id]})
        secretary.post("review", f"{path}/attendance", {"present": [world.person(one).person_id for one in SEATS]})
        secretary.post("review", f"{path}/open")
        for one in SEATS:
            sheet = {"scores": {"novelty": 9}, "comment": f"Nhận xét {MARK}"}
            world.person(one).put("review", f"/v1/dossiers/{initiative_id}/score-sheet", sheet)
            world.person(one).post("review", f"/v1/dossiers/{initiative_id}/ballot", {"choice": "yes"})
        secretary.post("review", f"{path}/close")
        decision = {"number": f"01/{MARK}", "signed_on": today, "signatory": MARK, "legal_basis": MARK}
        world.person("chair-td").post("review", f"{path}/decision", decision)

    return act
