"""Objects in a local directory or an S3-compatible bucket, by name. Knows nothing of what is in them."""

import shutil
from collections.abc import Iterator
from typing import IO
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, ObjectStore, S3Store

PIECE_BYTES = 1024 * 1024


class Objects:
    """file:///directory or s3://bucket/prefix (credentials as AWS_*). A missing object is a FileNotFoundError."""

    def __init__(self, url: str) -> None:
        self._store = _open(url)

    def put(self, name: str, content: bytes) -> None:
        obstore.put(self._store, name, content)

    def put_file(self, name: str, file: IO[bytes]) -> None:
        """From its beginning and in parts, so that it need not fit into memory; there whole, or not at all."""
        file.seek(0)
        obstore.put(self._store, name, file)

    def get(self, name: str) -> bytes:
        return bytes(obstore.get(self._store, name).bytes())

    def pieces(self, name: str) -> Iterator[bytes]:
        """The content a piece at a time."""
        for piece in obstore.get(self._store, name).stream(min_chunk_size=PIECE_BYTES):
            yield bytes(piece)

    def is_there(self, name: str) -> bool:
        try:
            obstore.head(self._store, name)
        except FileNotFoundError:
            return False
        return True

    def names(self, folder: str) -> list[str]:
        """Every object below a folder; another folder that begins alike is not meant."""
        return [meta["path"] for batch in obstore.list(self._store, prefix=f"{folder}/") for meta in batch]

    def delete(self, name: str) -> None:
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
        return S3Store(parts.netloc, prefix=parts.path.strip("/") or None)
    raise ValueError(f"a store's URL must begin with file:// or s3://, not {parts.scheme}")
