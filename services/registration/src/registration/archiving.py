"""Making one archive out of every service's part and the attached files, and clearing away what has expired."""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from common import clock, policies
from common.database import Context, UnitOfWork
from common.exports import COPY_BYTES, prefix
from common.objects import Objects
from sqlalchemy import Row

from registration.domain.attachments import Kept
from registration.domain.exports import PARTS
from registration.files import Files
from registration.store import attached
from registration.store import exports as store

_LOOKED_AT_AGAIN = timedelta(days=30)  # An expired archive is cleared away by then, whatever was out of order.


@dataclass(frozen=True)
class Archivist:
    unit_of_work: Callable[[Context], UnitOfWork]
    objects: Objects
    files: Files

    def waiting(self) -> list[Row[Any]]:
        with self.unit_of_work(Context(policies.EVERY_TENANT)) as uow:
            return store.unfinished(uow, clock.now())

    def clear_expired(self) -> int:
        """Returns how many objects went."""
        with self.unit_of_work(Context(policies.EVERY_TENANT)) as uow:
            ended = store.expired(uow, clock.now(), _LOOKED_AT_AGAIN)
        return sum(self.objects.delete_all(prefix(one.tenant, one.id)) for one in ended)

    def finish(self, asked: Row[Any]) -> str:
        """Make the archive when its parts are all there; killed anywhere, it is made again. Returns what to say."""
        place = prefix(asked.tenant, asked.id)
        there = [part for part in PARTS if self.objects.is_there(f"{place}/{part}.json")]
        made: dict[str, Any] = {"parts": there}
        if there == list(PARTS):
            made |= self._assemble(asked.tenant, place)
        with self.unit_of_work(Context(asked.tenant)) as uow:
            store.save_archive(uow, asked.id, **made)
        if "ready_at" in made:
            self._clear_parts(place)
        return f"{asked.tenant}: {len(there)} of {len(PARTS)} parts" + (", ready" if "ready_at" in made else "")

    def _assemble(self, tenant: str, place: str) -> dict[str, Any]:
        with tempfile.TemporaryFile() as file:  # Without a name: killed, it leaves nothing behind.
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                parts = [self._take_part(archive, f"{place}/{part}") for part in PARTS]
                attached = self._take_files(archive, tenant)
                manifest = {"tenant": tenant, "parts": parts, "attachments": attached}
                archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
            self.objects.put_file(f"{place}/archive.zip", file)
            rows = sum(listed["rows"] for part in parts for listed in part["files"])
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return {"rows": rows, "size": size, "sha256": digest, "ready_at": clock.now()}

    def _take_part(self, archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
        with tempfile.TemporaryFile() as file:
            file.writelines(self.objects.pieces(f"{name}.zip"))
            with zipfile.ZipFile(file) as part:
                for member in part.namelist():
                    with part.open(member) as source, archive.open(member, "w", force_zip64=True) as target:
                        shutil.copyfileobj(source, target, COPY_BYTES)
        manifest: dict[str, Any] = json.loads(self.objects.get(f"{name}.json"))
        return manifest

    def _take_files(self, archive: zipfile.ZipFile, tenant: str) -> list[dict[str, Any]]:
        """Each attached file under its hash; one that its row names and the store lost is said to be missing."""
        with self.unit_of_work(Context(tenant)) as uow:
            kept = attached.kept_files(uow)
        return [self._take_file(archive, one) for one in kept]

    def _take_file(self, archive: zipfile.ZipFile, kept: Kept) -> dict[str, Any]:
        try:
            pieces = self.files.pieces(kept)
            with archive.open(f"attachments/{kept.sha256}", "w", force_zip64=True) as file:
                size = sum(file.write(piece) for piece in pieces)
        except FileNotFoundError:
            return {"sha256": kept.sha256, "missing": True}
        return {"sha256": kept.sha256, "size": size}

    def _clear_parts(self, place: str) -> None:
        for name in self.objects.names(place):
            if not name.endswith("/archive.zip"):
                self.objects.delete(name)
