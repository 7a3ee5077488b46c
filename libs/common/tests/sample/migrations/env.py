"""alembic's entry: the common runner on the sample's tables."""

from common.migrating import run_env
from sample.app import metadata

run_env(metadata)
