"""What each process is told: the same names as in production, and to each command only what it may know."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SERVICES = ("registration", "review", "reporting", "notifications")
ROLES = ("app", "relay", "owner")
HOST = "127.0.0.1"
# Where the portal is sent back to with a code.
CALLBACK_PATH = "/callback"

_ROLE_URLS = ("DATABASE_URL", "RELAY_DATABASE_URL", "MIGRATION_DATABASE_URL")
_WORKER = ("DATABASE_URL", "BROKER_URL")
_RELAY = ("RELAY_DATABASE_URL", "BROKER_URL")
_KNOWN_TO = {
    "bootstrap": ("ADMIN_DATABASE_URL", *_ROLE_URLS),
    "migrate": (*_ROLE_URLS, "BROKER_URL"),
    "api": ("DATABASE_URL", "OIDC_ISSUER"),
    "relay": _RELAY,
    "replay": _RELAY,
    "consume": _WORKER,
    "deliver": _WORKER,
    "dead-letters": _WORKER,
    "undeliverable": ("BROKER_URL",),
    "make-operator": ("DATABASE_URL", "OIDC_ISSUER"),
    "move-issuer": ("DATABASE_URL", "OIDC_ISSUER"),
    "create-tenant": ("DATABASE_URL", "OIDC_ISSUER"),
    "export-tenants": ("DATABASE_URL", "EXPORT_STORE_URL"),
    "purge-tenants": ("DATABASE_URL",),
    "reorganise-due": ("DATABASE_URL",),
    "import-country": ("DATABASE_URL",),
    "subject-requests-overdue": ("DATABASE_URL",),
    "plan-reform": ("DATABASE_URL",),
}
_KNOWN_TO_OPERATORS = (*_ROLE_URLS, "BROKER_URL")
_INHERITED = (
    "HOME",
    "LANG",
    "LOG_LEVEL",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "PATH",
    "PYTHONPATH",
    "SSL_CERT_FILE",
    "TMPDIR",
)


def secret_names() -> list[str]:
    return [*(f"{service}-{role}" for service in SERVICES for role in ROLES), "portal-sessions"]


@dataclass(frozen=True)
class Environment:
    """Answers what a command of a service finds in its environment; `added` goes to all of them."""

    state: Path
    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    admin_url: str
    broker_url: str
    added: Mapping[str, str] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"

    def database_url(self, service: str, role: str) -> str:
        password = self.secrets[f"{service}-{role}"]
        return f"postgresql://{service}_{role}:{password}@{HOST}:{self.ports['postgres']}/{service}"

    def export_store_url(self) -> str:
        return (self.state / "exports").as_uri()

    def plain(self, **more: str) -> dict[str, str]:
        """What every process gets; nothing of the caller's own settings comes in by accident."""
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return inherited | {"BIND": HOST, "PYTHONUNBUFFERED": "1", **more, **self.added}

    def service(self, service: str, command: str) -> dict[str, str]:
        everything = self._settings(service)
        known = {name: everything[name] for name in _KNOWN_TO.get(command, _KNOWN_TO_OPERATORS)}
        port = self.ports.get(service if command == "api" else f"{service}-{command}")
        listening = {"PORT": str(port)} if port else {}
        return self.plain(**{**known, **listening, **self._own(service)})

    def _settings(self, service: str) -> dict[str, str]:
        return {
            "ADMIN_DATABASE_URL": self.admin_url,
            "DATABASE_URL": self.database_url(service, "app"),
            "RELAY_DATABASE_URL": self.database_url(service, "relay"),
            "MIGRATION_DATABASE_URL": self.database_url(service, "owner"),
            "BROKER_URL": self.broker_url,
            "OIDC_ISSUER": self.url("identity"),
            "EXPORT_STORE_URL": self.export_store_url(),
        }

    def _own(self, service: str) -> dict[str, str]:
        match service:
            case "registration":
                attachments = self.state / "attachments"
                return {
                    "ATTACHMENT_STORE_URL": attachments.as_uri(),
                    "EXPORT_STORE_URL": self.export_store_url(),
                    "OPERATOR_SUBJECT": "operator",
                }
            case "notifications":
                return {
                    "SMTP_URL": f"smtp://{HOST}:{self.ports['mailbox']}",
                    "MAIL_FROM": "sang-tao@example.vn",
                    "PORTAL_URL": self.url("portal"),
                }
            case _:
                return {}

    def portal(self) -> dict[str, str]:
        return self.plain(
            PORT=str(self.ports["portal"]),
            PUBLIC_URL=self.url("portal"),
            SECRET_KEY=self.secrets["portal-sessions"],
            OIDC_ISSUER=self.url("identity"),
            OIDC_CLIENT_ID="portal",
            **self.addresses(),
        )

    def addresses(self) -> dict[str, str]:
        """REGISTRATION_URL and so on."""
        return {f"{service.upper()}_URL": self.url(service) for service in SERVICES}
