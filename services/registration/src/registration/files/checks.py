"""Checks of an uploaded file: its type is decided by its content, and nothing that could harm a reader is accepted."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from common.errors import Invalid
from common.text import clean_line

from registration.files import office, pdf, pictures

# An appraisal has to read these and no others.
ALLOWED = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


MOST_NAME = 255  # Characters of a file's name, its ending included.


def clean_name(name: str) -> str:
    """Return a file's name as it is stored and offered for download.

    It is one line without folders and without what cannot be seen or reverses the direction of reading. A name that is
    too long loses its middle, never its ending. Raises Invalid when nothing is left before the ending.
    """
    try:
        plain = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1])
    except ValueError as error:
        raise Invalid("attachment.name", pointer="/file") from error
    stem, ending = Path(plain).stem, Path(plain).suffix
    if not stem.strip(". "):
        raise Invalid("attachment.name", pointer="/file")
    return stem[: MOST_NAME - len(ending)] + ending[:MOST_NAME]


@dataclass(frozen=True)
class File:
    """A checked upload."""

    content: bytes
    content_type: str
    sha256: str


def check(content: bytes, filename: str, most: int) -> File:
    """Return the file if it is of an allowed type and harmless.

    Raises Invalid with the reason: empty, larger than `most` bytes, of another type than its name says, damaged,
    encrypted, with macros or scripts, or unpacking to far more than it holds.
    """
    if not content:
        raise Invalid("attachment.empty", pointer="/file")
    if len(content) > most:
        raise Invalid("attachment.too_large", pointer="/file", megabytes=most // (1024 * 1024))
    suffix = Path(filename).suffix.lower()
    if suffix not in ALLOWED:
        raise _wrong_type()
    if fault := _find_fault(io.BytesIO(content), suffix):
        raise _wrong_type() if fault == "type_not_allowed" else Invalid(f"attachment.{fault}", pointer="/file")
    return File(content, ALLOWED[suffix], hashlib.sha256(content).hexdigest())


def _find_fault(file: BinaryIO, suffix: str) -> str:
    """Return the code of what is wrong with the content, or nothing."""
    if suffix == ".pdf":
        return pdf.find_fault(file)
    if suffix in (".png", ".jpg", ".jpeg"):
        return pictures.find_fault(file, "PNG" if suffix == ".png" else "JPEG")
    return office.find_fault(file, ALLOWED[suffix])


def _wrong_type() -> Invalid:
    return Invalid("attachment.type_not_allowed", pointer="/file", allowed=", ".join(sorted(ALLOWED)))
