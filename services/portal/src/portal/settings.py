"""What the portal reads from its environment; knows no page."""

from dataclasses import dataclass, field

from common.settings import ProcessSettings

from portal.providers import Provider, Providers


@dataclass(frozen=True, kw_only=True)
class PortalSettings(ProcessSettings):
    """`public_url` is where browsers find the portal; the client secret stays empty for a public client with PKCE.
    `attachment_max_bytes` is registration's limit, told beside the field for a file.

    The platform's own provider by its single settings, others as `oidc_providers` (see portal.providers).
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
    oidc_resource: str = ""
    oidc_providers: Providers = field(default_factory=Providers)
    secret_key: str
    attachment_max_bytes: int = 20 * 1024 * 1024
    threads: int = 8
    trusted_proxies: int = 0

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def providers(self) -> Providers:
        """The platform's own, and those beside it. Raises ValueError when two have the same key."""
        own = Provider(
            self.oidc_issuer,
            self.oidc_client_id,
            self.oidc_client_secret,
            self.oidc_discovery_url,
            parameters={"resource": self.oidc_resource} if self.oidc_resource else {},
        )
        return Providers([own, *self.oidc_providers])

    def public(self, path: str) -> str:
        """An address of this portal. Whatever `path` is, the result cannot leave the site."""
        return self.public_url.rstrip("/") + "/" + path.lstrip("/")
