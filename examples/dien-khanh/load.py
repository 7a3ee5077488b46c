"""Load the centre, the district of Diên Khánh, 2019-2021, what is there to try this year, and a second province.

All of it through the APIs. Addresses come from the environment: REGISTRATION_URL, REVIEW_URL, REPORTING_URL,
NOTIFICATIONS_URL, OIDC_ISSUER.
Run again after an interruption, it goes on: every POST carries a key made of what it asks.
`load.py lai-chau` loads that tenant only.
"""

import os
import sys
from datetime import date
from pathlib import Path

import reorganisations
import tour
from case import SERVICES, Case
from client import Refused

sys.path += [str(Path(__file__).parents[1] / name) for name in ("centre", "tam-duong")]

import centre
from province import TamDuong

DECIDED_IN_2020 = 46
TENANTS = ("trung-uong", "khanh-hoa", "lai-chau")


def main() -> None:
    urls = {service: os.environ[f"{service.upper()}_URL"] for service in SERVICES}
    wanted, issuer = sys.argv[1:] or TENANTS, os.environ["OIDC_ISSUER"]
    try:
        if "trung-uong" in wanted:
            centre.load(urls, issuer)
            print("Trung ương", flush=True)
        if "khanh-hoa" in wanted:
            case = Case(urls, issuer, lambda line: print(line, flush=True))
            case.load()
            tour.show(case)
            reorganisations.show(case)
            centre.report(case.person("standing-kh"), (2020, date.today().year), DECIDED_IN_2020)
        if "lai-chau" in wanted:
            tam_duong = TamDuong(urls, issuer)
            tam_duong.load()
            centre.report(tam_duong.person("standing-lc"), [date.today().year], decided=5)
            if "trung-uong" in wanted:
                centre.answer(urls, issuer, tam_duong.recommended[0])
            print("Tỉnh thứ hai: huyện Tam Đường, Lai Châu", flush=True)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(1) from refusal


if __name__ == "__main__":
    main()
