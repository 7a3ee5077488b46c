"""Fetch what the tests need and pip cannot bring: RabbitMQ, PgBouncer, a browser, helm, promtool, Node and two of
its packages; into .tools and beside their lock files, without root.

What cannot be had here is said with its reason; the tests that need it then skip, or fail under STRICT=1.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
STEPS = {
    "RabbitMQ": [sys.executable, "-m", "local", "rabbitmq-fetch"],
    "PgBouncer": [sys.executable, "-m", "local", "pgbouncer-fetch"],
    "Chromium": ["sh", str(ROOT / "tools" / "chromium.sh")],
    "helm": [sys.executable, str(ROOT / "tools" / "get_helm.py")],
    "promtool": [sys.executable, str(ROOT / "tools" / "get_promtool.py")],
    "Node": [sys.executable, str(ROOT / "tools" / "get_node.py")],
    "OpenID provider": ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefix", "tools/oidc"],
    "AsyncAPI parser": ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefix", "tools/asyncapi"],
}


def main() -> None:
    for name, command in STEPS.items():
        print(f"fetch: {name}", flush=True)
        try:
            result = subprocess.run(command, cwd=ROOT, check=False)
            reason = f"{command[0]} ended with {result.returncode}" if result.returncode else ""
        except FileNotFoundError as error:
            reason = str(error)
        if reason:
            print(f"fetch: {name} cannot be had here: {reason}", flush=True)


if __name__ == "__main__":
    main()
