"""Who may call what: the roles of every route as a document that reviewers read; `--check` fails when it changed.

Written from the code, read by a test: widening a route's roles is a change of this document that somebody has to see.
"""

import argparse
import sys
import tempfile
import tomllib
from pathlib import Path

from isolation.databases import SERVICES
from isolation.world import make_app

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "roles.toml"
HEAD = (
    "# Who may call what. Written by `make roles` from the code, compared with it by a test: read what changes here.\n"
)
Roles = dict[str, dict[str, list[str]]]


def of_code() -> Roles:
    """By service and route; `public` needs no token, `a token` no role."""
    return {service: dict(sorted(_of_service(service).items())) for service in SERVICES}


def _of_service(service: str) -> dict[str, list[str]]:
    """Asks nothing of a database."""
    with tempfile.TemporaryDirectory() as files:
        app = make_app(service, "postgresql://nobody@localhost/nothing", "http://localhost", Path(files))
    found: dict[str, list[str]] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.rule.startswith("/v1/"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                found[f"{method} {rule.rule}"] = sorted(getattr(view, "roles", {"a token"}))
    return found


def as_toml(roles: Roles) -> str:
    parts = [HEAD]
    for service, routes in roles.items():
        lines = [
            f'"{route}" = [{", ".join(f"{chr(34)}{name}{chr(34)}" for name in names)}]'
            for route, names in routes.items()
        ]
        parts.append(f"[{service}]\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def of_document() -> Roles:
    return tomllib.loads(DOCUMENT.read_text("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    made = of_code()
    if parser.parse_args().check:
        sys.exit(0 if made == of_document() else "docs/roles.toml is not what the code says: make roles")
    DOCUMENT.write_text(as_toml(made), "utf-8")


if __name__ == "__main__":
    main()
