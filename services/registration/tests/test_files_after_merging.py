"""Files stay where they were uploaded when provinces merge: what is done with files later has to find them there."""

import io
import json
import os
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from common import clock, exports
from common.database import Context, UnitOfWork
from common.objects import Objects
from registration import commands
from registration.archiving import Archivist
from registration.domain.exports import PARTS
from registration.files import Files
from registration.store.tables import metadata
from registration.usecases import reorganisations


@dataclass(frozen=True)
class Merged:
    """`author_id` has one dossier with one file, from before the province was the heir's."""

    heir: Any
    absorbed: Any
    author_id: str
    files: Files

    def kept(self, tenant: str) -> list[str]:
        """What the attachment store holds under a tenant."""
        return self.files._objects.names(tenant)


def merge(database: Any, heir: Any, absorbed: Any, units: list[str]) -> None:
    changes = [
        *({"action": "move", "unit_id": unit, "parent_id": heir.root_id} for unit in units),
        {"action": "end", "unit_id": absorbed.root_id, "successor_ids": [heir.root_id], "heir_id": heir.root_id},
    ]
    values = {"title": "Hợp nhất", "legal_basis": "202/2025/QH15", "effective_on": clock.today()}
    moment = reorganisations.Moment(clock.now(), clock.today())
    with database.unit_of_work(Context(heir.name)) as uow:
        reorganisations.carry_out(uow, moment, uuid4(), **values, absorbs=[absorbed.name], changes=changes)


def hand_in_alone(province: Any, content: str) -> str:
    """Somebody's dossier, of nobody else, with a file."""
    author, author_id = province.person("author", "A", subject=f"a-{uuid4().hex[:8]}")
    draft = province.draft(authors=[{"name": "author A", "share": 100, "person_id": author_id}])
    dossier = author.post("/v1/initiatives", draft).json["id"]
    assert province.attach(author, dossier, content.encode()).status_code == 201
    return str(author_id)


def erase(province: Any, person_id: str) -> None:
    body = {"kind": "erasure", "person_id": person_id, "details": "Xin xoá"}
    asked = province.admin.post("/v1/subject-requests", body).json["id"]
    for act in ("start", "complete"):
        assert province.admin.post(f"/v1/subject-requests/{asked}/{act}").status_code == 200


@pytest.fixture
def merged(make_province: Any, new_name: Any, database: Any, rename_codes: Any, app: Any) -> Merged:
    heir, absorbed = make_province(new_name()), make_province(new_name())
    units = rename_codes(absorbed)
    author_id = hand_in_alone(absorbed, absorbed.name)
    merge(database, heir, absorbed, units)
    return Merged(heir, absorbed, author_id, app.extensions["files"])


def test_an_erasure_deletes_the_file_of_before(merged: Merged) -> None:
    assert len(merged.kept(merged.absorbed.name)) == 1
    erase(merged.heir, merged.author_id)
    assert merged.kept(merged.absorbed.name) == []


def test_the_same_content_uploaded_since_is_another_file(merged: Merged) -> None:
    erase(merged.heir, hand_in_alone(merged.heir, merged.absorbed.name))
    assert merged.kept(merged.heir.name) == []
    assert len(merged.kept(merged.absorbed.name)) == 1


def test_the_heirs_export_holds_the_files_of_before(
    merged: Merged, ending: Any, database: Any, app: Any, tmp_path: Path
) -> None:
    objects = app.extensions["exports"] = Objects(f"file://{tmp_path}/exports")
    asked = merged.heir.admin.post("/v1/exports", {}).json["id"]
    unit_of_work = partial(UnitOfWork, database.app_engine, metadata, "/registration")
    exports.Exporter("registration", metadata, unit_of_work, unit_of_work, objects).make(merged.heir.name, asked)
    ending.stand_in(objects, exports.prefix(merged.heir.name, asked), PARTS)
    archivist = Archivist(unit_of_work, objects, merged.files)
    [made] = [archivist.finish(one) for one in archivist.waiting() if one.tenant == merged.heir.name]
    assert made.endswith("ready")
    with zipfile.ZipFile(io.BytesIO(merged.heir.admin.get(f"/v1/exports/{asked}/archive").data)) as archive:
        [attached] = json.loads(archive.read("manifest.json"))["attachments"]
        assert archive.read(f"attachments/{attached['sha256']}").endswith(merged.absorbed.name.encode())


def test_what_is_deleted_with_the_heir_is_all_it_has(
    merged: Merged,
    make_province: Any,
    new_name: Any,
    database: Any,
    rename_codes: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also of who became part of it by way of another; nobody else's."""
    last, beside = make_province(new_name()), make_province(new_name())
    hand_in_alone(beside, beside.name)
    merge(database, last, merged.heir, rename_codes(merged.heir, "R"))
    stores = {"ATTACHMENT_STORE_URL": f"file://{merged.files._objects._store.prefix}"}
    stores |= {"EXPORT_STORE_URL": f"file://{tmp_path}/exports"}
    monkeypatch.setattr(os, "environ", {**os.environ, **database.urls, **stores})
    commands.remove_files(last.name)
    assert merged.kept(merged.absorbed.name) == []
    assert len(merged.kept(beside.name)) == 1
