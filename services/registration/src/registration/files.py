"""The attachment store: content addressed, per tenant, a local directory or an S3-compatible bucket."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import obstore
import puremagic
from common.errors import Invalid, NotFound
from obstore.store import LocalStore, ObjectStore, S3Store

# What an appraisal needs to read, by what the bytes say they are, never by the name alone.
ALLOWED = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


@dataclass(frozen=True)
class File:
    """A checked upload."""

    content: bytes
    content_type: str
    sha256: str


def check(content: bytes, filename: str, most: int) -> File:
    """Raises Invalid for an empty, too large or unwanted file."""
    if not content:
        raise Invalid("attachment.empty", pointer="/file")
    if len(content) > most:
        raise Invalid("attachment.too_large", pointer="/file", megabytes=most // (1024 * 1024))
    suffix = Path(filename).suffix.lower()
    if suffix not in ALLOWED or not _is_what_it_says(content, suffix):
        raise Invalid("attachment.type_not_allowed", pointer="/file", allowed=", ".join(sorted(ALLOWED)))
    return File(content, ALLOWED[suffix], hashlib.sha256(content).hexdigest())


def _is_what_it_says(content: bytes, suffix: str) -> bool:
    try:
        found = {match.extension for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return False
    return suffix in found or (suffix in (".jpg", ".jpeg") and bool(found & {".jpg", ".jpeg", ".jfif"}))


class Files:
    """Keeps a file under its tenant and hash: the same file twice is one object, none overwrites another."""

    def __init__(self, url: str) -> None:
        self._store = _open(url)

    def put(self, tenant: str, file: File) -> None:
        """Before the row that names it commits: an object without a row is harmless, the reverse is a loss."""
        obstore.put(self._store, _key(tenant, file.sha256), file.content)

    def get(self, tenant: str, sha256: str) -> bytes:
        try:
            return bytes(obstore.get(self._store, _key(tenant, sha256)).bytes())
        except FileNotFoundError as error:
            raise NotFound("attachment.not_found") from error

    def delete(self, tenant: str, hashes: list[str]) -> None:
        """Doing it again is safe: what is not there is gone."""
        for sha256 in hashes:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, _key(tenant, sha256))


def _open(url: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(parts.path, mkdir=True)
    if parts.scheme == "s3":
        return S3Store(parts.netloc, prefix=parts.path.strip("/") or None)
    raise ValueError(f"ATTACHMENT_STORE_URL must begin with file:// or s3://, not {parts.scheme}")


def _key(tenant: str, sha256: str) -> str:
    return f"{tenant}/{sha256[:2]}/{sha256}"
