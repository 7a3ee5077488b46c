"""Where the checkout of the repository is; knows nothing of what is in it."""

from pathlib import Path

_MARK = "requirements.lock"


def root() -> Path:
    """The directory this package is a part of; the current one when it was installed from elsewhere."""
    above = Path(__file__).resolve().parents
    return next((directory for directory in above if (directory / _MARK).exists()), Path.cwd())
