"""The attachment store: content addressed, per tenant, a local directory or an S3-compatible bucket."""

from collections.abc import Iterator
from contextlib import suppress

from common.errors import NotFound
from common.objects import Objects

from registration.domain.attachments import Kept
from registration.files.checks import File


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
