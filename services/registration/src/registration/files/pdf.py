"""Checks of a PDF: it opens without a password, has a page, and runs nothing when it is opened."""

import os
from typing import Any, BinaryIO

import pikepdf

_MARK, _END = b"%PDF-", b"%%EOF"
_NEAR = 1024  # Readers look for the mark and the end within so many bytes of either end.
_ACTIVE = frozenset({"/JavaScript", "/Launch"})


def find_fault(file: BinaryIO) -> str:
    """Return the code of what is wrong with the PDF, or nothing."""
    if _MARK not in file.read(_NEAR):
        return "type_not_allowed"
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - _NEAR, 0))
    if _END not in file.read():
        return "damaged"
    file.seek(0)
    try:
        with pikepdf.open(file, suppress_warnings=True) as document:
            if not len(document.pages):
                return "damaged"
            return "active_content" if _is_active(document) else ""
    except pikepdf.PasswordError:
        return "encrypted"
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        return "damaged"


def _is_active(document: pikepdf.Pdf) -> bool:
    """Tell whether opening the document or one of its first pages starts a script or a program."""
    root = document.Root
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary) and "/JavaScript" in names:
        return True
    return any(_starts_something(root.get(key)) for key in ("/OpenAction", "/AA"))


def _starts_something(action: Any) -> bool:
    """Look at an action, or at every action of a dictionary of triggers."""
    if not isinstance(action, pikepdf.Dictionary):
        return False
    if "/S" in action:
        return str(action.S) in _ACTIVE
    return any(_starts_something(action[key]) for key in action.keys())  # noqa: SIM118 -- not a mapping.
