"""A tenant's rows as files, table by table: each service writes its own part, and names what is sealed.

A part is done when its manifest lies beside it; made again, it replaces the one before.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Column, DateTime, MetaData, Row, String, Table, Uuid, select, update
from sqlalchemy.dialects.postgresql import insert

from common import clock, policies
from common.database import Context, UnitOfWork
from common.objects import Objects
from common.tenants import still_there

TECHNICAL = frozenset(
    {"idempotency", "inbox", "dead_letter", "tenant_export"}
)  # They say nothing that is not elsewhere.
AT_ONCE = 1000
COPY_BYTES = 1024 * 1024


def add_export_table(metadata: MetaData) -> None:
    """What has been asked for, and when this service's part was made."""
    Table(
        "tenant_export",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("asked_at", DateTime(timezone=True), nullable=False),
        Column("made_at", DateTime(timezone=True)),
        info={
            policies.STAYS: True,
            **policies.rls(
                f"{policies.TENANT} OR {policies.EVERY}", check=policies.TENANT, app_rights="SELECT, INSERT, UPDATE"
            ),
        },
    )


def ask(uow: UnitOfWork, metadata: MetaData, export_id: UUID, asked_at: datetime) -> None:
    """Note that the acting tenant's rows are wanted; asked again, it changes nothing."""
    values = {"tenant": uow.tenant, "id": export_id, "asked_at": asked_at}
    uow.execute(insert(metadata.tables["tenant_export"]).values(values).on_conflict_do_nothing())


def prefix(tenant: str, export_id: UUID) -> str:
    return f"{tenant}/{export_id}"


@dataclass(frozen=True)
class Exporter:
    """Makes this service's parts. What `snapshot` opens reads repeatably: all tables as they are at one moment.

    Nothing is written in a snapshot: the audit's chain grows meanwhile, and an entry has to follow its newest.
    """

    service: str
    metadata: MetaData
    unit_of_work: Callable[[Context], UnitOfWork]
    snapshot: Callable[[Context], UnitOfWork]
    objects: Objects

    def wanted(self) -> list[Row[Any]]:
        """Parts that are asked for and not made, oldest first; none of a tenant that is another's part by now."""
        table = self.metadata.tables["tenant_export"]
        with self.unit_of_work(Context(policies.EVERY_TENANT)) as uow:
            return uow.rows(
                select(table).where(table.c.made_at.is_(None), still_there(table)).order_by(table.c.asked_at)
            )

    def make(self, tenant: str, export_id: UUID) -> dict[str, Any]:
        """Write the part of one export and its manifest, then note it; killed anywhere, it is made again."""
        place = f"{prefix(tenant, export_id)}/{self.service}"
        with tempfile.TemporaryFile() as part:  # Without a name: killed, it leaves nothing behind.
            manifest = self._write(part, tenant)
            self.objects.put_file(f"{place}.zip", part)
        self.objects.put(f"{place}.json", json.dumps(manifest).encode())
        with self.unit_of_work(Context(tenant)) as uow:
            table = self.metadata.tables["tenant_export"]
            mine = (table.c.tenant == tenant, table.c.id == export_id)
            uow.execute(update(table).where(*mine).values(made_at=clock.now()))
        return manifest

    def _write(self, part: IO[bytes], tenant: str) -> dict[str, Any]:
        tables = [table for table in self.metadata.sorted_tables if table.name not in TECHNICAL]
        with self.snapshot(Context(tenant)) as uow, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            uow.allow_exporting()
            files = [
                write_lines(archive, f"{self.service}/{table.name}.jsonl", _lines(uow, table))
                for table in tables
                if not table.info.get(policies.SEALED)
            ]
        made = {"service": self.service, "tenant": tenant, "made_at": clock.now().isoformat(), "files": files}
        return made | {"sealed": [table.name for table in tables if table.info.get(policies.SEALED)]}


def _lines(uow: UnitOfWork, table: Table) -> Iterator[str]:
    """The tenant is named besides the policy: a few tables show rows of every province to everybody."""
    query = select(table).where(table.c.tenant == uow.tenant).order_by(*table.primary_key.columns)
    for row in uow.stream(query, AT_ONCE):
        yield json.dumps(row._asdict(), ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def write_lines(archive: zipfile.ZipFile, name: str, lines: Iterator[str]) -> dict[str, Any]:
    """One file of JSON Lines; returns what the manifest says of it."""
    count, digest = 0, hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as file:
        for line in lines:
            content = f"{line}\n".encode()
            digest.update(content)
            file.write(content)
            count += 1
    return {"name": name, "rows": count, "sha256": digest.hexdigest()}
