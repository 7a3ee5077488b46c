"""The attachment store: content addressed, per tenant, a local directory or an S3-compatible bucket."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import puremagic
from common.errors import Invalid, NotFound
from common.objects import Objects

from registration.domain.attachments import Kept

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
        self._objects = Objects(url)

    def put(self, tenant: str, file: File) -> None:
        """Before the row that names it commits: an object without a row is harmless, the reverse is a loss."""
        self._objects.put(_name(Kept(tenant, file.sha256)), file.content)

    def get(self, kept: Kept) -> bytes:
        try:
            return self._objects.get(_name(kept))
        except FileNotFoundError as error:
            raise NotFound("attachment.not_found") from error

    def delete(self, files: list[Kept]) -> None:
        """Doing it again is safe: what is not there is gone."""
        for kept in files:
            with suppress(FileNotFoundError):
                self._objects.delete(_name(kept))

    def pieces(self, kept: Kept) -> Iterator[bytes]:
        return self._objects.pieces(_name(kept))

    def delete_all(self, tenant: str) -> int:
        """Every file uploaded in a tenant that is gone; returns how many."""
        return self._objects.delete_all(tenant)


def _name(kept: Kept) -> str:
    return f"{kept.under}/{kept.sha256[:2]}/{kept.sha256}"
