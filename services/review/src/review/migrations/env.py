"""alembic's entry: the common runner on the review's tables."""

from common.migrating import run_env
from review.store.tables import metadata

run_env(metadata)
