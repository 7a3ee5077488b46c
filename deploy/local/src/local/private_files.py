"""Files that their owner alone may read, and the secrets kept in them; knows nothing of what they open."""

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def secret(path: Path, given: str | None = None) -> str:
    """The secret kept at this path; made when it is not there yet."""
    if given is not None:
        return given
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text().strip()


def secret_set(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Secrets by name, kept in one file; a name that is new gets its secret now."""
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in names if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(24) for name in missing}
        write_private(path, json.dumps(kept, indent=1))
    return kept


def write_private(path: Path, content: str) -> None:
    """Replace the file in one step, never readable by anyone else in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(work, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
    work.replace(path)
