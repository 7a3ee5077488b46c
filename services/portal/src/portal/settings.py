"""What the portal reads from its environment; knows no page."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from common.settings import ProcessSettings


@dataclass(frozen=True, kw_only=True)
class PortalSettings(ProcessSettings):
    """`public_url` is where browsers find the portal; the client secret stays empty for a public client with PKCE.

    `oidc_discovery_url` is for where the portal reaches the issuer under another address than browsers do.
    """

    public_url: str
    registration_url: str
    review_url: str
    reporting_url: str
    notifications_url: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str = ""
    oidc_discovery_url: str = ""
    secret_key: str
    threads: int = 8

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def issuer_origin(self) -> str:
        return _origin(self.oidc_issuer)

    @property
    def discovery(self) -> str:
        return self.oidc_discovery_url or self.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"

    def for_browsers(self, endpoint: str) -> str:
        """An address of the issuer as a browser reaches it, when discovery named the one that the portal uses."""
        inside = _origin(self.discovery)
        return self.issuer_origin + endpoint.removeprefix(inside) if endpoint.startswith(f"{inside}/") else endpoint

    def public(self, path: str) -> str:
        """An address of this portal. Whatever `path` is, the result cannot leave the site."""
        return self.public_url.rstrip("/") + "/" + path.lstrip("/")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
