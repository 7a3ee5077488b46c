"""Every check in the code, found by walking it for a maintained list of patterns, and the code without each of them.

New checks are covered by being there: what looks like a check is removed, and a test has to notice. Nothing is ever
written: a module is compiled from its changed tree when it is imported.
"""

import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "libs/common/src",
    *(f"services/{name}/src" for name in ("registration", "review", "reporting", "notifications")),
)
ALL_ROLES = ("operator", "administrator", "author", "officer", "secretary", "member", "chair", "standing")

# -- The maintained list: what a check looks like.
OUTCOMES = re.compile(r"^(Forbidden|Unauthenticated|Stale|VersionRequired)$")
CODES = re.compile(
    r"(not_found|unknown|not_yours|\.own$|recused|not_a_member|of_another|not_above|key_reused|no_such|not_open)"
)
GUARDS = re.compile(
    r"^_?ensure_(under|member|may_judge|version|schedulable|usable|there|open|for_the_province|attachable)$"
)
COLUMNS = re.compile(r"^(tenant|grant_id|person_id|subject|issuer)$")
MEMBERSHIPS = re.compile(r"\b(recused|entitled|owner_ids|member_ids)\b")
VERDICTS = frozenset({"_is_valid", "is_under"})
RULES = frozenset({"_NOT_TO_OWN"})


@dataclass(frozen=True)
class Mutant:
    """One check removed: `number` counts the sites of a module in the order in which they are walked."""

    module: str
    path: Path
    number: int
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"

    @property
    def package(self) -> str:
        return self.module.split(".", maxsplit=1)[0]


Replacement = tuple[str, ast.AST]


def _refusal(node: ast.AST) -> Iterator[Replacement]:
    """`if …: raise Forbidden(…)`: nobody is refused. What is not there stays so: that is no check."""
    if (
        isinstance(node, ast.If)
        and len(node.body) == 1
        and isinstance(node.body[0], ast.Raise)
        and not _is_absence(node.test)
    ):
        call = node.body[0].exc
        if isinstance(call, ast.Call) and (OUTCOMES.search(_name(call.func)) or CODES.search(_first_text(call))):
            yield "refusal", ast.If(ast.Constant(False), node.body, node.orelse)


def _is_absence(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) and isinstance(test.left, ast.Name)


def _guard(node: ast.AST) -> Iterator[Replacement]:
    """`x.ensure_under(…)` as a statement: not asked."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and GUARDS.search(_name(node.value.func)):
        yield "guard", ast.Expr(ast.Constant(None))


def _predicate(node: ast.AST) -> Iterator[Replacement]:
    """`own(uow, table)`, `table.c.tenant == …`: true for every row."""
    if isinstance(node, ast.Call) and _name(node.func) == "own" and len(node.args) == 2:
        yield "tenant predicate", _TRUE
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq) and _is_column(node.left):
        name = _name(node.left)
        yield ("tenant predicate" if name == "tenant" else f"{name} predicate"), _TRUE


def _is_column(node: ast.expr) -> bool:
    is_named = isinstance(node, ast.Attribute) and COLUMNS.search(node.attr) is not None
    return is_named and ".c." in f"{ast.unparse(node)}."


def _scope(node: ast.AST) -> Iterator[Replacement]:
    """`path.startswith(scope)`: everything is below it."""
    if (
        isinstance(node, ast.Call)
        and _name(node.func) in ("startswith", "starts_with")
        and "scope" in ast.unparse(node)
    ):
        yield (
            "scope",
            _TRUE if "autoescape" in ast.unparse(node) or "func." in ast.unparse(node) else ast.Constant(True),
        )


def _acting_scope(node: ast.AST) -> Iterator[Replacement]:
    """`principal().scope_path`: the whole tenant."""
    if isinstance(node, ast.Attribute) and ast.unparse(node) in (
        "principal().scope_path", "principal.scope_path", "uow.context.scope",
    ):  # fmt: skip
        yield "acting scope", ast.Constant("/")


def _narrowing(node: ast.AST) -> Iterator[Replacement]:
    """`str(principal.person_id) if own else ""`: no narrowing to the own rows."""
    if isinstance(node, ast.IfExp) and re.search(r"principal(\(\))?\.person_id", ast.unparse(node.body)):
        yield "narrowing to the own", node.orelse


def _role(node: ast.AST) -> Iterator[Replacement]:
    """`principal().role == …` as a condition: holds for everybody."""
    if isinstance(node, ast.Compare) and ast.unparse(node.left) == "principal().role":
        yield "role", ast.Constant(isinstance(node.ops[0], ast.Eq | ast.In))


def _route_roles(node: ast.AST) -> Iterator[Replacement]:
    """`@acting_as(…)`: for every role; not where it is for everybody anyway."""
    if isinstance(node, ast.Call) and _name(node.func) == "acting_as" and node.args and not _is_everybodys(node):
        everybody: list[ast.expr] = [ast.Constant(role) for role in ALL_ROLES]
        yield "roles of a route", ast.Call(node.func, everybody, [])


def _is_everybodys(call: ast.Call) -> bool:
    [first, *rest] = call.args
    return not rest and isinstance(first, ast.Starred) and _name(first.value).lower() == "everybody"


def _membership(node: ast.AST) -> Iterator[Replacement]:
    """`person in panel.recused`: nobody is; `person in panel.entitled`: everybody is."""
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        where = ast.unparse(node.comparators[0])
        if MEMBERSHIPS.search(where) and not where.startswith("{"):
            is_exclusion = "recused" in where or "owner" in where
            yield "membership", ast.Constant(isinstance(node.ops[0], ast.In) != is_exclusion)


def _verdict(node: ast.AST) -> Iterator[Replacement]:
    """A function that answers whether: always yes."""
    if isinstance(node, ast.FunctionDef) and node.name in VERDICTS:
        changed = copy.copy(node)
        changed.body = [ast.Return(ast.Constant(True))]
        yield "verdict", changed


def _rule(node: ast.AST) -> Iterator[Replacement]:
    """A set of what must not be done: empty."""
    if isinstance(node, ast.Assign) and {_name(target) for target in node.targets} & RULES:
        empty = ast.Call(ast.Name("frozenset", ast.Load()), [], [])
        yield "rule", ast.Assign(node.targets, empty)


def _claim(node: ast.AST) -> Iterator[Replacement]:
    """What a token must say, each in turn: not asked."""
    if isinstance(node, ast.Call) and _name(node.func) == "JWTClaimsRegistry":
        for keyword in node.keywords:
            if keyword.arg != "leeway":
                rest = [one for one in node.keywords if one is not keyword]
                yield f"claim {keyword.arg}", ast.Call(node.func, node.args, rest)


PATTERNS: Sequence[Callable[[ast.AST], Iterator[Replacement]]] = (
    _refusal, _guard, _predicate, _scope, _acting_scope, _narrowing, _role, _route_roles, _membership, _verdict, _rule,
    _claim,
)  # fmt: skip
_TRUE: ast.expr = ast.parse("__import__('sqlalchemy').true()", mode="eval").body


def _name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _first_text(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    return str(first.value) if isinstance(first, ast.Constant) else ast.unparse(first) if first else ""


class _Walk(ast.NodeTransformer):
    """Counts the sites; gives `change` each one, and puts there what it returns."""

    def __init__(self, change: Callable[[int, ast.AST, Replacement], ast.AST | None]) -> None:
        self._change, self._count = change, 0

    def visit(self, node: ast.AST) -> Any:
        found = [replacement for pattern in PATTERNS for replacement in pattern(node)]
        first, self._count = self._count, self._count + len(found)
        changed: ast.AST = self.generic_visit(node)
        for number, replacement in enumerate(found, first):
            if (other := self._change(number, changed, replacement)) is not None:
                changed = ast.copy_location(other, node)
        return changed


def find(folders: Sequence[str] = FOLDERS) -> list[Mutant]:
    """Every check of the code."""
    found: list[Mutant] = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "vendor" not in path.parts:
                found += _of_module(path, _module(path, ROOT / folder))
    return found


def _module(path: Path, folder: Path) -> str:
    return ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")


def _of_module(path: Path, module: str) -> list[Mutant]:
    found: list[Mutant] = []

    def note(number: int, node: ast.AST, replacement: Replacement) -> None:
        text = " ".join(ast.unparse(node).split())[:90]
        found.append(Mutant(module, path, number, getattr(node, "lineno", 0), replacement[0], text))

    _Walk(note).visit(ast.parse(path.read_text("utf-8")))
    return found


def without(mutant: Mutant) -> ast.Module:
    """The module's tree with the check removed."""

    def change(number: int, node: ast.AST, replacement: Replacement) -> ast.AST | None:
        return replacement[1] if number == mutant.number else None

    return _walked(mutant.path, change)


def probed(path: Path, module: str) -> ast.Module:
    """The module's tree in which every site tells that it was reached."""

    def change(number: int, node: ast.AST, replacement: Replacement) -> ast.AST | None:
        reached = f"__import__('isolation.probes').probes.probes.reached({module!r}, {number})"
        if isinstance(node, ast.If | ast.Expr):
            return ast.If(ast.Constant(True), [ast.parse(reached).body[0], node], [])
        if isinstance(node, ast.expr):
            told = ast.parse(reached, mode="eval").body
            return ast.Subscript(ast.Tuple([told, node], ast.Load()), ast.Constant(1), ast.Load())
        return None

    return _walked(path, change)


def _walked(path: Path, change: Callable[[int, ast.AST, Replacement], ast.AST | None]) -> ast.Module:
    tree: ast.Module = _Walk(change).visit(ast.parse(path.read_text("utf-8")))
    return ast.fix_missing_locations(tree)


class Importer(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the modules it is given from a tree instead of their files; first in line, and before they are there."""

    def __init__(self, trees: Mapping[str, tuple[Path, Callable[[], ast.Module]]]) -> None:
        self._trees = trees

    def install(self) -> None:
        loaded = set(self._trees) & set(sys.modules)
        if loaded:
            raise RuntimeError(f"already imported: {loaded}")
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in self._trees:
            return None
        file = self._trees[name][0]
        places = [str(file.parent)] if file.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(name, file, loader=self, submodule_search_locations=places)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        file, tree = self._trees[module.__name__]
        exec(compile(tree(), str(file), "exec"), module.__dict__)  # noqa: S102 -- our own code, less one check.
