"""`make demo`: the case on a throwaway platform, every figure compared; the last line is one JSON object."""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from case import SERVICES, Case
from client import wait_for
from dossiers import expected
from figures import FIGURES, from_evaluation, rows
from local.platform import Platform
from local.ports import free_base


def evaluate(case: Case) -> dict[str, Any]:
    """The evaluation of 2019-2021, asked as the district's Standing Board."""
    path = f"/v1/evaluations?unit_id={case.units['DK']}&from_year=2019&to_year=2021"
    return from_evaluation(case.person("standing-dk").get("reporting", path))


def evaluate_when_settled(case: Case, patience: float = 30.0) -> dict[str, Any]:
    """The evaluation once every event has come: equal to the source, or whatever it is when patience ends."""
    wanted = {name: expected()[name] for name in FIGURES}
    last: dict[str, Any] = {}

    def is_equal() -> bool:
        last.update(evaluate(case))
        return last == wanted

    try:
        wait_for("the figures", is_equal, patience)
    except Exception as error:
        print(error, file=sys.stderr)
    return last


def compare(found: dict[str, Any]) -> bool:
    """Print the table; True when every figure is equal."""
    wanted = {name: expected()[name] for name in FIGURES}
    table = list(rows(wanted, found))
    width = max(len(name) for name, _, _ in table)
    print(f"{'figure':{width}}  {'source':>14}  {'platform':>14}")
    for name, one, other in table:
        print(f"{name:{width}}  {one!s:>14}  {other!s:>14}  {'' if one == other else '<-- differs'}")
    return wanted == found


def main() -> None:
    began = time.monotonic()
    state = Path(tempfile.mkdtemp(prefix="sangtao-demo-"))
    platform = Platform(state, free_base(), report=lambda line: print(line, flush=True))
    try:
        with platform:
            print(f"serving after {time.monotonic() - began:.1f} s", flush=True)
            urls = {service: platform.urls[service] for service in SERVICES}
            case = Case(urls, platform.urls["identity"], lambda line: print(line, flush=True))
            case.load()
            found = evaluate_when_settled(case)
    finally:
        platform.discard()
    equal = compare(found)
    print(f"{time.monotonic() - began:.1f} s in all", flush=True)
    print(json.dumps(found | {"equal": equal}, ensure_ascii=False))
    raise SystemExit(0 if equal else 1)


if __name__ == "__main__":
    main()
