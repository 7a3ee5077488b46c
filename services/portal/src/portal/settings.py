"""What the portal reads from its environment; knows no page."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from common.settings import ProcessSettings


@dataclass(frozen=True, kw_only=True)
class PortalSettings(ProcessSettings):
    """`public_url` is where browsers find the portal; the client secret stays empty for a public client with PKCE."""

    public_url: str
    registration_url: str
    review_url: str
    reporting_url: str
    notifications_url: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str = ""
    secret_key: str
    threads: int = 8

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def issuer_origin(self) -> str:
        parts = urlsplit(self.oidc_issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def public(self, path: str) -> str:
        """An address of this portal. Whatever `path` is, the result cannot leave the site."""
        return self.public_url.rstrip("/") + "/" + path.lstrip("/")
