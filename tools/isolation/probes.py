"""Which test reaches which check: told by the probed modules while every test runs once."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any


class Probes:
    """Also a plugin of pytest: it knows which test is running, how long it took, and whether it passed."""

    def __init__(self) -> None:
        self._test = ""
        self._sites: defaultdict[str, set[str]] = defaultdict(set)
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._failed: set[str] = set()

    def reached(self, module: str, number: int) -> bool:
        if self._test:
            self._sites[f"{module}:{number}"].add(self._test)
        return True

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        self._test = nodeid

    def pytest_runtest_logreport(self, report: Any) -> None:
        self._seconds[report.nodeid] += report.duration
        if report.failed:
            self._failed.add(report.nodeid)

    def write(self, path: Path) -> None:
        """For each check the passing tests that reach it, the quickest first."""
        quickest = {
            site: sorted(tests - self._failed, key=lambda test: self._seconds[test])
            for site, tests in self._sites.items()
        }
        path.write_text(json.dumps({"sites": quickest, "failed": sorted(self._failed)}))


probes = Probes()
