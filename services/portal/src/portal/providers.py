"""The OpenID providers that people may sign in with, as configured; knows no page and makes no call."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from urllib.parse import urlsplit

OWN = "main"  # The platform's own provider, that of the single settings.
_KEY = re.compile(r"^[a-z][a-z0-9-]{0,30}$")


@dataclass(frozen=True)
class Provider:
    """A provider and the portal's registration with it.

    `key` is in addresses, `name` is what people choose by. `discovery_url` is for where the portal reaches the issuer
    under another address than browsers do. `parameters` go along with the request to sign in, and `resource` among them
    with the request for the token too (RFC 8707): some providers only then give a token for the platform's APIs.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    discovery_url: str = ""
    key: str = OWN
    name: str = "Tài khoản của nền tảng"
    scope: str = "openid profile email"
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return _origin(self.issuer)

    @property
    def host(self) -> str:
        return urlsplit(self.issuer).netloc

    @property
    def discovery(self) -> str:
        return self.discovery_url or self.issuer.rstrip("/") + "/.well-known/openid-configuration"

    @property
    def callback(self) -> str:
        """Each has an address of its own, so that the answer of one cannot be passed off as another's."""
        return "/callback" if self.key == OWN else f"/callback/{self.key}"

    @property
    def resource(self) -> dict[str, str]:
        return {name: value for name, value in self.parameters.items() if name == "resource"}

    def for_browsers(self, endpoint: str) -> str:
        """An address of the issuer as a browser reaches it, when discovery named the one that the portal uses."""
        inside = _origin(self.discovery)
        return self.origin + endpoint.removeprefix(inside) if endpoint.startswith(f"{inside}/") else endpoint


class Providers(tuple[Provider, ...]):
    """A setting: a JSON list of objects with the fields of Provider."""

    def __new__(cls, raw: "str | Iterable[Provider]" = ()) -> "Providers":
        """Raises ValueError for what is no such list, and for keys that cannot be in an address or are not unique."""
        made = super().__new__(cls, _parsed(raw) if isinstance(raw, str) else raw)
        keys = [one.key for one in made]
        if len(set(keys)) < len(keys) or not all(_KEY.match(key) for key in keys):
            raise ValueError("keys must be plain and unique")
        return made


def _parsed(raw: str) -> Iterator[Provider]:
    listed = json.loads(raw)
    known = {one.name for one in fields(Provider)}
    if not isinstance(listed, list):
        raise ValueError("not a list")
    for one in listed:
        if not isinstance(one, dict) or not {"issuer", "client_id", "key", "name"} <= set(one) or set(one) - known:
            raise ValueError("not a provider")
        yield Provider(**one)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
