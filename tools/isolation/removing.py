"""`python -m isolation.removing`: the code without each of its checks in turn, and the tests that notice.

Each run is a child of this process, which has imported everything but the project's own modules; it gets a database
server whose databases are empty. The working tree is never touched.
"""

import argparse
import importlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest

from isolation import mutants
from isolation.mutants import ROOT, Mutant

# Imported once, by the parent; nothing of the project's own.
_HEAVY = (
    "flask_smorest", "sqlalchemy.dialects.postgresql.psycopg", "alembic.command", "opentelemetry.sdk.trace",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter", "joserfc.jwt", "kombu", "requests", "prometheus_client",
    "xlsxwriter", "structlog", "hypothesis", "redis", "obstore",
)  # fmt: skip
_SLOW = (
    "processes",
    "delivery",
    "migrations",
    "openapi",
    "post",
    "broker",
    "relay",
    "commands",
    "kill",
    "import_country",
)
_MOST_TESTS = 25  # At once: collecting more takes longer than running them.
ROLES, ROUTES = "tests/contracts/test_roles.py", "tests/isolation/test_routes.py"
_QUIET = ("-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "pytest_timeout", "--timeout=120", "-W", "ignore")


@dataclass(frozen=True)
class Run:
    """What became of one mutant; `by` is the first test that failed, empty when it survived."""

    mutant: Mutant
    by: str


def quick_tests() -> list[str]:
    """Test files that need no processes of their own."""
    paths = [*ROOT.glob("services/*/tests/**/test_*.py"), *ROOT.glob("libs/common/tests/test_*.py")]
    named = [str(path.relative_to(ROOT)) for path in sorted(paths) if not any(slow in path.stem for slow in _SLOW)]
    return [name for name in named if "portal" not in name] + [ROLES, ROUTES]


def survey(found: Sequence[Mutant], server: str, tests: Sequence[str]) -> dict[str, list[str]]:
    """Which passing tests reach which check, by running all of them once on probed modules."""
    modules = {one.module: one.path for one in found}
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "sites.json"
        child = os.fork()
        if child == 0:
            _survey_here(modules, server, tests, told)
        os.waitpid(child, 0)
        answer = json.loads(told.read_text())
    if answer["failed"]:
        print(f"not used, as they fail without any change: {', '.join(answer['failed'])}")
    return {site: list(names) for site, names in answer["sites"].items()}


def _survey_here(modules: dict[str, Path], server: str, tests: Sequence[str], told: Path) -> None:
    trees = {name: (path, partial(mutants.probed, path, name)) for name, path in modules.items()}
    mutants.Importer(trees).install()
    probes = importlib.import_module("isolation.probes").probes
    with suppress(BaseException):
        _pytest(server, [*_QUIET[:1], *_QUIET[2:], *tests], told.with_suffix(".log"), [probes])
    probes.write(told)
    os._exit(0)


def _pytest(server: str, arguments: Sequence[str], log: Path, plugins: Sequence[object] = ()) -> int:
    """In a child: on emptied databases, with its output in a file."""
    _empty(server)
    os.environ |= {"TEST_POSTGRES": server, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # Plugins take longer than tests.
    sys.dont_write_bytecode = False  # Rewritten tests are kept for the next run.
    os.chdir(ROOT)
    with log.open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        return int(pytest.main(list(arguments), plugins=list(plugins)))


def _empty(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall():
            if name != "postgres":
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run_each(found: Sequence[Mutant], sites: dict[str, list[str]], servers: Sequence[str]) -> Iterator[Run]:
    """Several at a time, one for each server. What the quickest tests do not notice, all others that reach it try."""
    waiting = [(mutant, _selection(mutant, sites)) for mutant in found]
    running = dict[int, _Child]()
    with tempfile.TemporaryDirectory() as folder:
        while waiting or running:
            free = [server for server in servers if server not in {one.server for one in running.values()}]
            while waiting and free:
                child = _begin(*waiting.pop(0), free.pop(), Path(folder))
                running[child.pid] = child
            pid, status = os.wait()
            child = running.pop(pid)
            is_noticed = os.waitstatus_to_exitcode(status) not in (0, 5)
            if child.rest and not is_noticed:
                waiting.insert(0, (child.mutant, child.rest))
                continue
            yield Run(child.mutant, _first_failure(child.log) if is_noticed else "")


@dataclass(frozen=True)
class _Child:
    """A process in which a check is missing; `rest`: tests that it does not run."""

    pid: int
    mutant: Mutant
    server: str
    log: Path
    rest: list[str]


def _begin(mutant: Mutant, tests: list[str], server: str, folder: Path) -> _Child:
    log = folder / f"{mutant.module}-{mutant.number}.log"
    pid = os.fork()
    if pid == 0:
        _run_here(mutant, tests[:_MOST_TESTS], server, log)
    return _Child(pid, mutant, server, log, tests[_MOST_TESTS:])


def _selection(mutant: Mutant, sites: dict[str, list[str]]) -> list[str]:
    """The tests that reach it, the likeliest to notice first; for what is only imported, its package's."""
    if mutant.kind == "roles of a route":
        return [ROLES]
    reaching = sites.get(f"{mutant.module}:{mutant.number}", [])
    if reaching:
        return sorted(reaching, key=partial(_distance, mutant))
    return [
        name
        for name in quick_tests()
        if name.startswith(_folder(mutant)) and ("isolation" in name or "domain" in name or "auth" in name)
    ]


def _distance(mutant: Mutant, test: str) -> tuple[bool, bool, bool]:
    """Its own package's come first, of these the ones about isolation or its own noun; a whole world comes last."""
    file = Path(test.partition("::")[0]).stem
    is_about_it = "isolation" in file or mutant.path.stem.rstrip("s") in file
    return not test.startswith(_folder(mutant)), test.startswith(ROUTES), not is_about_it


def _folder(mutant: Mutant) -> str:
    return "libs/common" if mutant.package == "common" else f"services/{mutant.package}"


def _run_here(mutant: Mutant, tests: Sequence[str], server: str, log: Path) -> None:
    code = 5
    try:
        mutants.Importer({mutant.module: (mutant.path, partial(mutants.without, mutant))}).install()
        code = _pytest(server, [*_QUIET, *tests], log) if tests else 5
    finally:
        os._exit(code)


def _first_failure(log: Path) -> str:
    for line in log.read_text(errors="replace").splitlines():
        if line.startswith(("FAILED ", "ERROR ")) and ".py" in line and "::" in line.split(" - ", maxsplit=1)[0]:
            return line.split(" ", 1)[1].split(" - ", maxsplit=1)[0]
    return "does not start"


def table(runs: Sequence[Run]) -> str:
    """One line for each removed check."""
    ordered = sorted(runs, key=lambda run: (bool(run.by), str(run.mutant)))
    return "\n".join(
        f"{'noticed' if run.by else 'SURVIVES':9}{run.mutant.kind:24}{run.mutant!s:70}{run.mutant.text[:60]:62}{run.by}"
        for run in ordered
    )


def _telling(runs: Iterator[Run], count: int) -> Iterator[Run]:
    """How far it has come, and at once what survives: the whole takes half an hour."""
    survived = 0
    for number, run in enumerate(runs, 1):
        if not run.by:
            survived += 1
            print(f"survives: {run.mutant} {run.mutant.text}", file=sys.stderr, flush=True)
        if number % 20 == 0 or number == count:
            print(f"{number}/{count} removed, {survived} unnoticed", file=sys.stderr, flush=True)
        yield run


def main() -> None:
    """Print the list; the exit code is 1 when a check can be removed without a test noticing."""
    parser = argparse.ArgumentParser(prog="python -m isolation.removing")
    parser.add_argument("servers", nargs="+", help="administrators' URLs of empty servers: one run at a time on each")
    parser.add_argument("--only", default="", help="a pattern of the path and kind of the checks to remove")
    parser.add_argument("--every", type=int, default=1, help="only each n-th of them")
    parser.add_argument("--tests", nargs="*", help="these test files, instead of a survey of all quick ones")
    options = parser.parse_args()
    for name in _HEAVY:
        importlib.import_module(name)
    every = mutants.find()
    wanted = [one for one in every if re.search(options.only, f"{one.path} {one.kind}")][:: options.every]
    sites = survey(every, options.servers[0], options.tests or quick_tests())
    runs = list(_telling(run_each(wanted, sites, options.servers), len(wanted)))
    survivors = [run for run in runs if not run.by]
    print(table(runs))
    print(f"{len(runs)} checks removed in turn, {len(survivors)} of them unnoticed")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
