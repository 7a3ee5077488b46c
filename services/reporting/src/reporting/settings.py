"""What reporting's own command reads; its other processes read the common settings only."""

from dataclasses import dataclass

from common.settings import ProcessSettings


@dataclass(frozen=True, kw_only=True)
class ResetSettings(ProcessSettings):
    """The owner's URL: only the owner of a table may empty it."""

    migration_database_url: str
