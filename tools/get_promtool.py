"""Put promtool into .tools/bin, out of Debian's prometheus, unpacked and not installed; needs apt but no root."""

import shutil
import subprocess
import tempfile
from pathlib import Path

BIN = Path(__file__).parents[1] / ".tools" / "bin"


def apt_options(state: Path) -> list[str]:
    """Keep apt's lists and locks in a directory of our own, so that any user may run it."""
    for name in ("lists/partial", "cache/archives/partial"):
        (state / name).mkdir(parents=True)
    settings = {
        "Dir::State": state,
        "Dir::State::Lists": state / "lists",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def unpack(work: Path) -> Path:
    options = apt_options(work / "apt")
    subprocess.run(["apt-get", *options, "-qq", "update"], check=True)
    subprocess.run(["apt-get", *options, "-qq", "download", "prometheus"], check=True, cwd=work)
    package = next(work.glob("prometheus_*.deb"))
    subprocess.run(["dpkg", "-x", package, work / "root"], check=True)
    return work / "root" / "usr" / "bin" / "promtool"


def main() -> None:
    promtool = BIN / "promtool"
    if promtool.exists():
        return
    missing = [name for name in ("apt-get", "dpkg") if shutil.which(name) is None]
    if missing:
        raise SystemExit(f"promtool comes out of a Debian package, and {' and '.join(missing)} is not here.")
    with tempfile.TemporaryDirectory() as directory:
        try:
            found = unpack(Path(directory))
        except subprocess.CalledProcessError as error:
            raise SystemExit(f"promtool could not be fetched: {error}") from error
        BIN.mkdir(parents=True, exist_ok=True)
        shutil.move(found, promtool)


if __name__ == "__main__":
    main()
