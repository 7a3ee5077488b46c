"""What the processes of this service read beyond the common settings."""

from dataclasses import dataclass

from common.settings import ProcessSettings


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings(ProcessSettings):
    """For an operator's commands that only look into the database."""

    database_url: str


@dataclass(frozen=True, kw_only=True)
class DeliverySettings(DatabaseSettings):
    """`smtp_url`: smtp://, smtp+starttls:// or smtps://[user:password@]host:port. `mail_from` may carry a name."""

    smtp_url: str
    mail_from: str
    portal_url: str
