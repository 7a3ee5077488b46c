"""`python -m portal api`: the portal's only process."""

import argparse
import sys

from common import server
from common.settings import SettingsError, read

from portal.settings import PortalSettings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m portal")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("api", help="serve the pages")
    parser.parse_args()
    try:
        server.run("portal", read(PortalSettings))
    except SettingsError as error:
        print(f"portal api: {error}", file=sys.stderr)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
