"""Whether a service's code or servers changed since it was migrated; knows nothing of migrations themselves."""

import hashlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path


def fingerprint(packages: Iterable[str], *also: str) -> str:
    """One value for all files of these packages and whatever else has to be the same."""
    digest = hashlib.sha256("\0".join(also).encode())
    for package in packages:
        for path in _files(package):
            digest.update(f"{package}/{path.name}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(package: str) -> list[Path]:
    # Found, not imported: importing a service costs a second, and the runner has no business with its code.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"The package {package} is not installed.")
    root = Path(spec.submodule_search_locations[0])
    return sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
