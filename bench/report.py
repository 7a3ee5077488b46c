"""The figures as a table on the terminal and as a file, with what they were measured on."""

import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from latency import Lag
from measuring import Comparison, Spread
from shares import Share, Throughput

COMMITTED = Path(__file__).parent / "results" / "baseline.json"
PACKAGES = ("flask", "flask-smorest", "marshmallow", "sqlalchemy", "psycopg", "structlog", "opentelemetry-sdk")
_ROW = "{:<52} {:>7} {:>13} {:>10} {:>8} {:>8} {:>8} {:>12}"


def show_heading(rounds: int, size: int) -> None:
    print(f"CPU of the serving process per request, {rounds} interleaved rounds of {size} requests\n")
    heads = ("", "ratio", "middle half", "committed", "CPU ms", "floor", "wall x", "statements")
    print(_ROW.format(*heads), flush=True)


def show_comparison(one: Comparison) -> None:
    spread = one.cpu_ratio
    statements = f"{one.platform.statements:g} / {one.floor.statements:g}"
    cells = (
        one.title, f"{spread.median:.2f}", _middle_half(spread), _committed(one.name), f"{one.platform.cpu_ms:.2f}",
        f"{one.floor.cpu_ms:.2f}", f"{one.wall_ratio.median:.2f}", statements,
    )  # fmt: skip
    print(_ROW.format(*cells), flush=True)


def _middle_half(spread: Spread) -> str:
    return f"{spread.lower_quartile:.2f}-{spread.upper_quartile:.2f}"


def _committed(name: str) -> str:
    """The same ratio in the committed results, to be compared with."""
    acts = json.loads(COMMITTED.read_text("utf-8"))["acts"] if COMMITTED.exists() else []
    return next((f"{act['cpu_ratio']['median']:.2f}" for act in acts if act["name"] == name), "-")


def show_shares(shares: Sequence[Share], rates: Sequence[Throughput]) -> None:
    print("\nThe same act with and without: the serving process's CPU, and that of PostgreSQL's backend for it\n")
    row = "{:<31} {:<12} {:>7} {:>13} {:>10} {:>9} {:>10} {:>12}"
    print(row.format("", "act", "ratio", "middle half", "added ms", "database", "added ms", "statements"))
    for one in shares:
        statements = f"{one.statements:g} / {one.statements_without:g}"
        cells = (
            one.thing, one.act, f"{one.cpu_ratio.median:.2f}", _middle_half(one.cpu_ratio), f"{one.added_ms:.2f}",
            f"{one.database_cpu_ratio.median:.2f}", f"{one.database_added_ms:.2f}", statements,
        )  # fmt: skip
        print(row.format(*cells))
    print("\nTransactions per second of one tenant, one row each\n")
    for rate in rates:
        print(f"{rate.threads:>3} threads: {rate.with_audit:>8.0f} with audit, {rate.without:>8.0f} without")


def show_lags(found: Sequence[Lag]) -> None:
    if not found:
        return
    print("\nFrom commit at registration to commit of reporting's read model, through relay, Valkey and consumer\n")
    print(f"{'':<52} {'events':>7} {'p50 ms':>9} {'p95 ms':>9} {'highest':>9}")
    for lag in found:
        print(f"{lag.title:<52} {lag.events:>7} {lag.p50_ms:>9.1f} {lag.p95_ms:>9.1f} {lag.highest_ms:>9.1f}")


def about(rounds: int, size: int, seconds: float) -> dict[str, Any]:
    """When, of which commit, and on what."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "--short", "HEAD"),
        "is_modified": bool(_git("status", "--porcelain", "--", "libs", "services")),
        "seconds": round(seconds),
        "rounds": rounds,
        "requests_in_a_round": size,
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "load_average": [round(load, 1) for load in os.getloadavg()],
            "python": platform.python_version(),
            "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        },
    }


def keep(folder: Path, name: str, figures: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def _git(*words: str) -> str:
    """Empty outside of a checkout."""
    try:
        result = subprocess.run(
            ["git", *words], cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return result.stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
