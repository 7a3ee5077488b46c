"""Files attached to dossiers."""

from typing import NamedTuple


class Kept(NamedTuple):
    """A file's place in the attachment store: under the tenant it was uploaded in, whosever it is by now."""

    under: str
    sha256: str
