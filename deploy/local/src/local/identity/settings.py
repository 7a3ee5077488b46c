"""What the provider is told by its environment; knows nothing of how it is used."""

from dataclasses import dataclass
from pathlib import Path

from common.settings import ProcessSettings


@dataclass(frozen=True, kw_only=True)
class IdentitySettings(ProcessSettings):
    """`identity_redirect_uris`: the portal's, separated by spaces or commas, compared letter for letter."""

    identity_issuer: str = ""
    identity_redirect_uris: str = ""
    state_dir: str = ".local/identity"

    @property
    def issuer(self) -> str:
        return self.identity_issuer.rstrip("/") or f"http://127.0.0.1:{self.port}"

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        return tuple(self.identity_redirect_uris.replace(",", " ").split())

    @property
    def state(self) -> Path:
        return Path(self.state_dir)
