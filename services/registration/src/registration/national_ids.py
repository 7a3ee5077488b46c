"""National ids sealed for storage: authenticated encryption, and a blind index to find the same one again.

Knows no table. Only a province whose rule asks for national ids has any.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from common.errors import Unavailable
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


@dataclass(frozen=True)
class Sealed:
    """As it is stored. Without the key there is nothing in it; `blind_index` says only whether two are the same.

    `sealed_in`: the tenant that it was sealed in, which stays when provinces merge.
    """

    person_id: UUID
    sealed_in: str
    key_id: str
    sealed: bytes
    blind_index: str


@dataclass(frozen=True)
class Seal:
    """Seals for one person of one tenant: what is copied to another row does not open there."""

    keys: Mapping[str, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)

    @classmethod
    def of(cls, keys: str, index_key: str) -> "Seal":
        """From settings: `id:base64` of 32 bytes, separated by commas, of which the first seals and all open; and one
        more key for the index, which stays when the others are exchanged. Raises ValueError."""
        pairs = [one.strip().partition(":") for one in keys.split(",") if one.strip()]
        return cls({name: _key(text) for name, _, text in pairs}, _key(index_key) if index_key else b"")

    @property
    def current(self) -> str:
        """The key that seals."""
        return next(iter(self.keys), "")

    def close(self, tenant: str, person_id: UUID, number: str) -> Sealed:
        """Raises Unavailable where the platform has no keys."""
        if not self.keys or not self.index_key:
            raise Unavailable("person.national_id_no_key")
        key = self.keys[self.current]
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, number.encode(), _bound_to(tenant, person_id))
        index = hmac.new(self.index_key, f"{tenant}\0{number}".encode(), hashlib.sha256).hexdigest()
        return Sealed(person_id, tenant, self.current, sealed, index)

    def open(self, stored: Sealed) -> str:
        """Raises Unavailable when its key is not here any more, or it was sealed for somebody else."""
        key = self.keys.get(stored.key_id)
        if key is None:
            raise Unavailable("person.national_id_no_key")
        nonce, text = stored.sealed[:_NONCE_BYTES], stored.sealed[_NONCE_BYTES:]
        try:
            return AESGCM(key).decrypt(nonce, text, _bound_to(stored.sealed_in, stored.person_id)).decode()
        except InvalidTag as error:
            raise Unavailable("person.national_id_unreadable") from error


def _bound_to(tenant: str, person_id: UUID) -> bytes:
    return f"{tenant}\0{person_id}".encode()
