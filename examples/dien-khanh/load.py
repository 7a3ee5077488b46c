"""Load the district of Diên Khánh, 2019-2021, and a few examples of this year, through the public HTTP APIs.

Addresses come from the environment: REGISTRATION_URL, REVIEW_URL, REPORTING_URL, NOTIFICATIONS_URL, OIDC_ISSUER.
Run again after an interruption, it goes on: every POST carries a key made of what it asks.
"""

import os
import sys

import tour
from case import SERVICES, Case
from client import Refused


def main() -> None:
    urls = {service: os.environ[f"{service.upper()}_URL"] for service in SERVICES}
    case = Case(urls, os.environ["OIDC_ISSUER"], lambda line: print(line, flush=True))
    try:
        case.load()
        tour.show(case)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(1) from refusal


if __name__ == "__main__":
    main()
