"""What registration's processes read beyond the common settings."""

from dataclasses import dataclass

from common import settings


@dataclass(frozen=True, kw_only=True)
class ApiSettings(settings.ApiSettings):
    """`attachment_store_url`: file:///directory or s3://bucket/prefix (credentials as AWS_*); so for exports.

    The keys of national ids are for provinces whose rule asks for them (see registration.national_ids).
    """

    attachment_store_url: str
    export_store_url: str = ""
    national_id_keys: str = ""
    national_id_index_key: str = ""
    attachment_max_bytes: int = 20 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class CommandSettings(settings.ProcessSettings):
    """What a command needs that acts on the database and asks nobody."""

    database_url: str


@dataclass(frozen=True, kw_only=True)
class SealSettings(CommandSettings):
    """The keys of national ids, the new one first."""

    national_id_keys: str
    national_id_index_key: str


@dataclass(frozen=True, kw_only=True)
class IssuerSettings(settings.ProcessSettings):
    """The issuer's new address, and the one that grants were given under."""

    database_url: str
    oidc_issuer: str
    previous_oidc_issuer: str = ""  # Set for the one run that needs it.


@dataclass(frozen=True, kw_only=True)
class ArchiveSettings(settings.ExportSettings):
    """An export holds the attached files too."""

    attachment_store_url: str


@dataclass(frozen=True, kw_only=True)
class TenantSettings(settings.ProcessSettings):
    """Where a new province's first administrator signs in."""

    database_url: str
    oidc_issuer: str


@dataclass(frozen=True, kw_only=True)
class OperatorSettings(settings.ProcessSettings):
    """Who is to operate the platform: a subject of the issuer."""

    database_url: str
    oidc_issuer: str
    operator_subject: str
