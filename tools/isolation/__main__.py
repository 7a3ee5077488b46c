"""`make isolation`: everything tried at full size, printed; the exit code is 1 when anything was not refused."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from local.ports import free_base
from local.postgres import Postgres

ROOT = Path(__file__).parents[2]
SERVERS = 2


@contextmanager
def servers(count: int) -> Iterator[list[str]]:
    """Empty database servers, by their administrators' URLs."""
    with ExitStack() as stack:
        urls = []
        for number in range(count):
            state = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"isolation-{number}-")))
            server = Postgres(state, free_base())
            server.start()
            stack.callback(server.discard)
            stack.callback(server.stop)
            urls.append(server.url)
        yield urls


def _run(command: Sequence[str], **environment: str) -> int:
    there = os.environ | {"PYTHONPATH": str(ROOT / "tools")} | environment
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=there, check=False).returncode


def main(arguments: Sequence[str]) -> int:
    """With arguments only the removing of checks, with these."""
    tried = 0 if arguments else _run(["-m", "pytest", "-q", "tests/isolation"], ISOLATION="full")
    with servers(SERVERS) as urls:
        noticed = _run(["-m", "isolation.removing", *urls, *arguments])
    return tried or noticed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
