"""Read settings from the environment into frozen dataclasses; the only module that looks at os.environ."""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import TypeVar, get_type_hints

from common.tokens import TrustedIssuer, TrustedIssuers

T = TypeVar("T")


class SettingsError(Exception):
    """Every missing or malformed name at once, so that one look at the log is enough."""


def read(cls: type[T], environ: Mapping[str, str] | None = None) -> T:
    """Fill `cls` from variables named like its fields in capitals; a field's type makes its value out of the text."""
    environ = os.environ if environ is None else environ
    hints, values, problems = get_type_hints(cls), {}, []
    for one in fields(cls):  # type: ignore[arg-type]
        name = one.name.upper()
        raw = environ.get(name, "")
        if raw:
            try:
                values[one.name] = hints[one.name](raw)
            except ValueError:
                problems.append(f"{name} is not {hints[one.name].__name__}")
        elif one.default is MISSING and one.default_factory is MISSING:
            problems.append(f"{name} is missing")
    if problems:
        raise SettingsError("; ".join(problems))
    return cls(**values)


@dataclass(frozen=True, kw_only=True)
class ProcessSettings:
    """What every process reads. `bind`:`port` serve the API, or health and metrics of a worker."""

    bind: str = "0.0.0.0"  # noqa: S104 -- inside a container; the local runner sets 127.0.0.1.
    port: int = 8080
    log_level: str = "INFO"
    otel_exporter_otlp_endpoint: str = ""


@dataclass(frozen=True, kw_only=True)
class ApiSettings(ProcessSettings):
    """`database_url` is the application role: owns nothing, cannot bypass row-level security.

    `oidc_issuer` is the platform's own issuer, which speaks for everybody; `oidc_issuers` are trusted beside it.
    `rate_*`: requests a minute, 0 for no limit; `rate_store_url`: the Valkey that counts for all processes together,
    empty for each counting for itself. `trusted_proxies`: how many proxies in front tell the caller's address.
    """

    database_url: str
    oidc_issuer: str
    oidc_audience: str = "sangtao"
    oidc_jwks_url: str = ""
    oidc_issuers: TrustedIssuers = field(default_factory=TrustedIssuers)
    threads: int = 8
    rate_per_tenant: int = 0
    rate_per_identity: int = 0
    rate_per_address: int = 0
    rate_store_url: str = ""
    trusted_proxies: int = 0

    @property
    def issuers(self) -> TrustedIssuers:
        """All of them. Raises ValueError when one is named twice."""
        own = TrustedIssuer(self.oidc_issuer, self.oidc_audience, self.oidc_jwks_url)
        return TrustedIssuers([own, *self.oidc_issuers])


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings(ProcessSettings):
    """What a command needs that acts on the database and asks nobody."""

    database_url: str


@dataclass(frozen=True, kw_only=True)
class ExportSettings(DatabaseSettings):
    """`export_store_url`: where all services put their parts of an export, file:// or s3:// (credentials as AWS_*)."""

    export_store_url: str


@dataclass(frozen=True, kw_only=True)
class BrokerSettings(ProcessSettings):
    """`broker_visibility_seconds`: after how long Valkey hands a dead consumer's message to another."""

    broker_url: str
    broker_visibility_seconds: int = 60


@dataclass(frozen=True, kw_only=True)
class RelaySettings(BrokerSettings):
    """`relay_database_url` is a role that sees the outbox only."""

    relay_database_url: str


@dataclass(frozen=True, kw_only=True)
class ConsumerSettings(BrokerSettings):
    """A consumer writes as the application role, and tells the audit's heads every `audit_seal_seconds`."""

    database_url: str
    audit_seal_seconds: float = 60.0


@dataclass(frozen=True, kw_only=True)
class AuditSettings(ProcessSettings):
    """The audit is read as the application role: a tenant at a time."""

    database_url: str


@dataclass(frozen=True, kw_only=True)
class MigrationSettings(BrokerSettings):
    """The owner's URL; the other two name the roles that receive rights."""

    migration_database_url: str
    database_url: str
    relay_database_url: str


@dataclass(frozen=True, kw_only=True)
class BootstrapSettings(ProcessSettings):
    """An administrator's URL, and the three URLs whose roles and database are to be created."""

    admin_database_url: str
    migration_database_url: str
    database_url: str
    relay_database_url: str
