"""Where an act's time goes: cProfile over some hundred requests, by package and by function.

    python bench/profiling.py score

The profiler makes small functions look dearer than they are: what it finds is to be measured again with run.py.
"""

import argparse
import cProfile
import pstats
import time
from collections import Counter
from pathlib import Path
from typing import Any

from acts import Act, Acts
from floor import Floor
from issuer import Issuer
from measuring import block
from province import Province, start_quietly
from servers import Servers, servers

REQUESTS, MEMBERS = 300, 14


def profile(stand: Servers, issuer: Issuer, name: str) -> pstats.Stats:
    """Of the act of this name, after the acts that it needs."""
    province = Province(stand.databases, issuer, stand.directory / "attachments")
    floor = Floor(*(stand.databases[one]["ADMIN_DATABASE_URL"] for one in ("registration", "review")))
    session = province.open_session(MEMBERS, -(-2 * REQUESTS // MEMBERS))
    act = _reach(Acts(province, floor, session), name)
    block(act.platform, REQUESTS // 4)
    profiler = cProfile.Profile(time.process_time)
    profiler.runcall(block, act.platform, REQUESTS)
    floor.close()
    province.close()
    return pstats.Stats(profiler)


def _reach(acts: Acts, name: str) -> Act:
    for act in acts:
        if act.name == name:
            return act
        block(act.platform, 2 * REQUESTS)
    raise SystemExit(f"There is no act {name!r}.")


def show(stats: pstats.Stats) -> None:
    entries: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    own = Counter[str]()
    for (file, _, _), (_, _, own_seconds, _, _) in entries.items():
        own[_package(file)] += own_seconds
    total = sum(own.values())
    print(f"{'':<36} own ms per request (under the profiler)   share")
    for package, seconds in own.most_common(14):
        print(f"{package:<36} {seconds / REQUESTS * 1000:>8.2f} {seconds / total:>39.0%}")
    stats.sort_stats("cumulative").print_stats(90)
    stats.sort_stats("tottime").print_stats(40)


def _package(file: str) -> str:
    parts = Path(file).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    if "src" in parts:
        return parts[parts.index("src") + 1]
    return "built in" if file.startswith(("~", "<")) else "standard library"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("act", help="such as register, submit, score, list_50")
    chosen = parser.parse_args()
    start_quietly()
    issuer = Issuer()
    with servers() as stand:
        show(profile(stand, issuer, chosen.act))
    issuer.close()


if __name__ == "__main__":
    main()
