"""alembic's entry: this service's tables on the connection that common.migrating opened."""

from common.migrating import run_env
from reporting.store.tables import metadata

run_env(metadata)
