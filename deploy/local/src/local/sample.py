"""Loads the sample case once, by the loader that the repository brings; knows nothing of what is in it."""

import os
import subprocess
import sys
from pathlib import Path

from local import repository
from local.platform import Platform
from local.process import dying_with_parent

_DONE = "sample.json"


class SampleFailed(Exception):
    """The loader ended with an error; what it printed says why."""


def loader() -> Path:
    """`SANGTAO_SAMPLE` names another one, for an image that is not a checkout of the repository."""
    default = repository.root() / "examples" / "dien-khanh" / "load.py"
    return Path(os.environ.get("SANGTAO_SAMPLE", default))


def is_loaded(platform: Platform) -> bool:
    return bool(platform.state.read(_DONE))


def load(platform: Platform, *tenants: str) -> bool:
    """Run the loader with the platform's addresses; what it prints is seen. False when there is no loader.

    `tenants`: only these of the sample's provinces.
    """
    path = loader()
    if not path.exists():
        return False
    environment = platform.environment.plain(
        PORTAL_URL=platform.urls["portal"],
        OIDC_ISSUER=platform.urls["identity"],
        **platform.environment.addresses(),
    )
    command = [sys.executable, str(path), *tenants]
    # In a group of its own: Ctrl-C is for the platform, which ends the loader.
    result = subprocess.run(command, env=environment, check=False, process_group=0, preexec_fn=dying_with_parent())
    if result.returncode:
        raise SampleFailed(f"{path} ended with status {result.returncode}.")
    platform.state.keep(_DONE, {"loader": path.name})
    return True
