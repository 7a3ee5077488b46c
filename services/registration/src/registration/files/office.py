"""Checks of a Word, Excel or PowerPoint file (ECMA-376): a package of that very kind, whole, without macros.

Nothing is unpacked to disk. What the package says of its own sizes is looked at before anything is read, and no part is
read past the size that it declares.
"""

import zipfile
import zlib
from collections.abc import Iterable
from typing import BinaryIO

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

_OLE_MARK = bytes.fromhex("d0cf11e0a1b11ae1")  # An encrypted package is wrapped in this older kind of container.
_CONTENT_TYPES = "[Content_Types].xml"
_OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
_MOST_PARTS = 5_000
_MOST_TYPES_BYTES = 2 * 1024 * 1024
_MOST_UNPACKED_BYTES = 256 * 1024 * 1024
# Honest tables shrink to a hundredth at best; small ones may do better.
_MOST_RATIO, _SMALL_BYTES = 100, 16 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024


def find_fault(file: BinaryIO, content_type: str) -> str:
    """Return the code of what is wrong with the package, whose document must be of `content_type`, or nothing."""
    if file.read(len(_OLE_MARK)) == _OLE_MARK:
        return "encrypted"
    file.seek(0)
    if not zipfile.is_zipfile(file):
        return "type_not_allowed"
    try:
        with zipfile.ZipFile(file) as package:
            return _find_fault_of_package(package, f"{content_type}.main+xml")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError):
        return "damaged"


def _find_fault_of_package(package: zipfile.ZipFile, main_type: str) -> str:
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        return "encrypted"
    if _is_bomb(parts):
        return "unpacks_to_too_much"
    names = {part.filename for part in parts}
    if _CONTENT_TYPES not in names:
        return "type_not_allowed"
    if len(names) < len(parts):
        return "damaged"  # Two parts of one name: a reader may open another than the one that was checked.
    try:
        types = _read_types(package)
    except (ParseError, DefusedXmlException, ValueError):
        return "damaged"
    if _has_macros(names, types.values()):
        return "macros"
    if not any(type_ == main_type and name.lstrip("/") in names for name, type_ in types.items()):
        return "type_not_allowed"
    _read_to_the_end(package, parts)
    return ""


def _is_bomb(parts: list[zipfile.ZipInfo]) -> bool:
    packed, unpacked = (sum(getattr(part, size) for part in parts) for size in ("compress_size", "file_size"))
    grows = unpacked > _SMALL_BYTES and unpacked > packed * _MOST_RATIO
    return len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED_BYTES or grows


def _read_types(package: zipfile.ZipFile) -> dict[str, str]:
    """Return the content type of every part that declares its own, by the part's name."""
    with package.open(_CONTENT_TYPES) as listed:
        content = listed.read(_MOST_TYPES_BYTES + 1)
    if len(content) > _MOST_TYPES_BYTES:
        raise ValueError("the list of content types is too long")
    found = fromstring(content, forbid_dtd=True).iter(_OVERRIDE)
    return {override.get("PartName", ""): override.get("ContentType", "") for override in found}


def _has_macros(names: Iterable[str], types: Iterable[str]) -> bool:
    said = " ".join((*names, *types)).lower()
    return "vbaproject" in said or "macroenabled" in said


def _read_to_the_end(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Compare the checksum of every part. Raises BadZipFile where one differs."""
    for part in parts:
        with package.open(part) as content:
            while content.read(_PIECE_BYTES):
                pass
