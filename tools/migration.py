"""Write a service's next migration from the difference between its models and its migrated schema.

`python tools/migration.py <service> "<what it does>"`; read the result before committing it.
"""

import importlib
import re
import socket
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from common import migrating
from common.database import connect_engine
from common.settings import BootstrapSettings
from local.postgres import Postgres
from sqlalchemy import MetaData
from sqlalchemy.engine import make_url

TEMPLATE = '''"""{message}"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = {down_revision}


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


def metadata_of(service: str) -> MetaData:
    for module in (f"{service}.store.tables", f"{service}.store"):
        try:
            found: MetaData = importlib.import_module(module).metadata
        except (ModuleNotFoundError, AttributeError):
            continue
        return found
    raise SystemExit(f"{service} has no store with a metadata")


def _tidy(code: str) -> str:
    """Without alembic's remarks, and without the policies: those are applied from the models after each migration."""
    lines = [line for line in code.splitlines() if not line.lstrip().startswith(("info=", "# ###"))]
    return "\n".join(lines).strip()


def write(service: str, message: str, admin_url: str) -> Path:
    """Returns the new file."""
    admin, metadata = make_url(admin_url), metadata_of(service)
    urls = {
        f"{name}database_url": f"postgresql://{service}_{role}:x@{admin.host}:{admin.port}/{service}"
        for name, role in (("migration_", "owner"), ("", "app"), ("relay_", "relay"))
    }
    migrating.bootstrap(BootstrapSettings(admin_database_url=admin_url, **urls))
    heads = migrating.heads(service)
    with connect_engine(urls["migration_database_url"]).begin() as connection:
        if heads:
            migrating.upgrade(service, connection)
        script = produce_migrations(MigrationContext.configure(connection), metadata)
    parts = {"upgrade": script.upgrade_ops, "downgrade": script.downgrade_ops}
    code = {name: _tidy(render_python_code(part)) for name, part in parts.items()}
    versions = Path(str(files(service))) / "migrations" / "versions"
    versions.mkdir(exist_ok=True)
    number = f"{len(list(versions.glob('0*.py'))) + 1:04d}"
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")
    target = versions / f"{number}_{slug}.py"
    down = f'"{heads[0]}"' if heads else "None"
    target.write_text(TEMPLATE.format(message=message, revision=number, down_revision=down, **code))
    return target


def main() -> None:
    service, message = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="sangtao-migration-") as state, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = Postgres(Path(state), port)
        server.start()
        try:
            print(write(service, message, server.url))
        finally:
            server.stop()
            server.discard()


if __name__ == "__main__":
    main()
