"""`make bench`: the acts against the floor, and commit to read model; a table here, the figures in results/.

python bench/run.py [--name NAME] [--rounds 21] [--size 25]
"""

import argparse
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import report
from acts import Acts
from common.database import connect_engine
from floor import Floor
from issuer import Issuer
from latency import Rhythm, lags, rhythms
from measuring import compare
from province import TENANT, Province, Session, start_quietly
from servers import Servers, servers
from shares import shares, throughputs

SECONDS_OF_WRITING = 4.0
MEMBERS = 14  # Besides chair and secretary.


def measure(stand: Servers, issuer: Issuer, rounds: int, size: int, chosen: Iterable[Rhythm]) -> dict[str, Any]:
    """Everything, on servers that are there."""
    province = Province(stand.databases, issuer, stand.directory / "attachments")
    floor = Floor(*(stand.databases[name]["ADMIN_DATABASE_URL"] for name in ("registration", "review")))
    sheets = (rounds + 1) * size
    session = province.open_session(MEMBERS, -(-sheets // (MEMBERS + 2)))
    comparisons = []
    for act in Acts(province, floor, session):
        comparisons.append(compare(act, rounds, size))
        report.show_comparison(comparisons[-1])
    parts = measure_shares(province, floor, session, stand, rounds, size)
    floor.close()
    found = lags(province, stand, chosen)
    province.close()
    report.show_lags(found)
    return {"acts": [asdict(one) for one in comparisons], **parts, "latency": [asdict(one) for one in found]}


def measure_shares(
    province: Province, floor: Floor, session: Session, stand: Servers, rounds: int, size: int
) -> dict[str, Any]:
    """What policies, audit and grants add, and how fast one province can write."""
    urls = stand.databases["registration"]
    admin = connect_engine(urls["ADMIN_DATABASE_URL"], pool_size=1)
    found = list(shares(Acts(province, floor, session), province.registration, admin, rounds, size))
    rates = list(throughputs(urls["DATABASE_URL"], admin, TENANT, SECONDS_OF_WRITING))
    admin.dispose()
    report.show_shares(found, rates)
    return {"shares": [asdict(one) for one in found], "throughput": [asdict(one) for one in rates]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", default="latest", help="of the file in results/; `latest` is not committed")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--no-latency", action="store_true", help="for a quick look at the ratios")
    parser.add_argument("--size", type=int, default=25, help="requests in a block")
    chosen = parser.parse_args()
    started = time.monotonic()
    start_quietly()
    issuer = Issuer()
    report.show_heading(chosen.rounds, chosen.size)
    with servers() as stand:
        figures = measure(stand, issuer, chosen.rounds, chosen.size, () if chosen.no_latency else rhythms())
    issuer.close()
    about = report.about(chosen.rounds, chosen.size, time.monotonic() - started)
    path = report.keep(Path(__file__).parent / "results", chosen.name, about | figures)
    print(f"\n{about['seconds']} s; written to {path}")


if __name__ == "__main__":
    main()
