"""House rules that import-linter cannot say: sizes, names, who touches what, and what the project never names."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Migrations are made by a tool, and stay as they were released.
WRITTEN = [
    path
    for folder in ("libs", "services", "deploy", "tests", "tools", "bench", "examples")
    for path in (ROOT / folder).rglob("*.py")
    if not {"versions", "vendor", "node_modules"} & set(path.relative_to(ROOT).parts)
]
SOURCES = [path for path in WRITTEN if "src" in path.relative_to(ROOT).parts]
SERVICES = ("registration", "review", "reporting", "notifications")
MOST_LINES, MOST_FUNCTION_LINES = 400, 50
BANNED = re.compile(r"(^|_)(manager|helper|helpers|util|utils|processor)(_|$)", re.IGNORECASE)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lengths() -> list[int]:
    return sorted((node.end_lineno or 0) - node.lineno + 1 for path in SOURCES for node in functions(path))


def test_no_file_grows_past_the_cap() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in WRITTEN}
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}


def test_functions_are_short() -> None:
    found = lengths()
    assert found[len(found) // 2] < 9
    assert found[int(len(found) * 0.95)] < 30
    assert found[-1] <= MOST_FUNCTION_LINES


def test_every_module_says_what_it_owns() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_name_hides_its_meaning() -> None:
    names = {path.stem for path in SOURCES} | {node.name for path in SOURCES for node in functions(path)}
    assert {name for name in names if BANNED.search(name)} == set()


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        (r"os\.environ", {"common/settings.py"}),
        (r"datetime\.now\(|date\.today\(", {"common/clock.py"}),
        (r"create_engine\(", {"common/database.py"}),
        (r"\.commit\(\)", {"common/database.py"}),
        (
            r"set_config\('app\.|SET (SESSION )?app\.",
            {"audit/triggers.py", "common/closing.py", "common/database.py", "common/tenants.py"},
        ),
    ],
)
def test_only_its_owner_touches_it(pattern: str, allowed: set[str]) -> None:
    found = {
        "/".join(path.parts[-2:])
        for path in SOURCES
        if "deploy" not in path.parts and re.search(pattern, path.read_text("utf-8"))
    }
    assert found <= allowed


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_names_who_may_call_it(service: str) -> None:
    """A view without `acting_as` or `public` is open by accident; /v1/me reads the token itself."""
    package, routes = ROOT / "services" / service / "src" / service, 0
    for path in [*package.glob("api.py"), *package.glob("api/*.py")]:
        for node in functions(path):
            marks = [ast.unparse(mark) for mark in node.decorator_list]
            if any(re.match(r"\w+\.(get|post|put|delete|patch|route)\(", mark) for mark in marks):
                guarded = any(mark.startswith("acting_as(") or mark == "public" for mark in marks)
                assert guarded or node.name == "me", f"{path.name}: {node.name}"
                routes += 1
    assert routes >= 5


def test_a_legal_date_is_never_cut_from_a_time() -> None:
    """A UTC time's date is yesterday in Hà Nội until seven in the morning."""
    pattern = re.compile(r"(now|moment\.now|at)\.date\(\)|now\(\)\.date\(\)")
    for path in SOURCES:
        assert not pattern.search(path.read_text("utf-8")) or path.name == "clock.py", path


def test_a_tenant_never_becomes_a_label() -> None:
    for path in SOURCES:
        assert not re.search(r"labels\([^)]*tenant", path.read_text("utf-8")), path


def test_the_project_names_no_registry_and_no_machine() -> None:
    pattern = "|".join(
        ["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", r"deb\.deb" + "ian", "/ro" + "ot/[a-z.]"]
    )
    found = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", ".", ":!tests/architecture"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == ""


def test_import_walls_hold() -> None:
    result = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:]
