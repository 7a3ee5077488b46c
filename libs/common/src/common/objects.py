"""Objects in a local directory or an S3-compatible bucket, by name. Knows nothing of what is in them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from common.errors import Unavailable

PIECE_BYTES = 1024 * 1024
_MAX_RETRIES = 2  # The library's default retries for three minutes, while a request waits.
_RETRY_TIMEOUT = timedelta(seconds=10)


@contextmanager
def _report_unavailable() -> Iterator[None]:
    """Raise Unavailable for every failure of the store except FileNotFoundError, which is about one object."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise Unavailable("store.unavailable") from error


class Objects:
    """file:///directory or s3://bucket/prefix (credentials as AWS_*).

    A missing object is a FileNotFoundError. A store that is away or full is Unavailable.
    """

    def __init__(self, url: str) -> None:
        self._store = _open(url)

    def put(self, name: str, content: bytes) -> None:
        with _report_unavailable():
            obstore.put(self._store, name, content)

    def put_file(self, name: str, file: IO[bytes]) -> None:
        """From its beginning and in parts, so that it need not fit into memory; there whole, or not at all."""
        with _report_unavailable():
            file.seek(0)
            obstore.put(self._store, name, file)

    def get(self, name: str) -> bytes:
        with _report_unavailable():
            return bytes(obstore.get(self._store, name).bytes())

    def pieces(self, name: str) -> Iterator[bytes]:
        """Return the content a piece at a time. A missing object is noticed at once, not at the first piece."""
        with _report_unavailable():
            content = obstore.get(self._store, name)
        return self._stream(content)

    def _stream(self, content: "obstore.GetResult") -> Iterator[bytes]:
        with _report_unavailable():
            for piece in content.stream(min_chunk_size=PIECE_BYTES):
                yield bytes(piece)

    def is_there(self, name: str) -> bool:
        try:
            with _report_unavailable():
                obstore.head(self._store, name)
        except FileNotFoundError:
            return False
        return True

    def names(self, folder: str) -> list[str]:
        """Every object below a folder; another folder that begins alike is not meant."""
        with _report_unavailable():
            return [meta["path"] for batch in obstore.list(self._store, prefix=f"{folder}/") for meta in batch]

    def delete(self, name: str) -> None:
        with _report_unavailable():
            obstore.delete(self._store, name)

    def delete_all(self, folder: str) -> int:
        """Everything below a folder; returns how many objects. Repeated, it finds none.

        In a directory also what a writer that was killed has left half written, which no list shows.
        """
        names = self.names(folder)
        for name in names:
            self.delete(name)
        if isinstance(self._store, LocalStore) and self._store.prefix:
            shutil.rmtree(self._store.prefix / folder, ignore_errors=True)
        return len(names)


def _open(url: str) -> ObjectStore:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(parts.path, mkdir=True)
    if parts.scheme == "s3":
        return S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            retry_config={"max_retries": _MAX_RETRIES, "retry_timeout": _RETRY_TIMEOUT},
        )
    raise ValueError(f"a store's URL must begin with file:// or s3://, not {parts.scheme}")
