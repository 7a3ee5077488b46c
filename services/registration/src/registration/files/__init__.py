"""Files that people attach: what is inside them, and the store that keeps them."""

from registration.files.checks import ALLOWED, File, check, clean_name
from registration.files.store import Files

__all__ = ["ALLOWED", "File", "Files", "check", "clean_name"]
