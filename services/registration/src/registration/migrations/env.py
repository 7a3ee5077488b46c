"""alembic's entry: the common runner on registration's tables."""

from common.migrating import run_env
from registration.store.tables import metadata

run_env(metadata)
