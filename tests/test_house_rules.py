"""House rules as tests; each rule is a function of source text, so that a meta-test can show that it fails."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("theory", "numerics", "proofs_check")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
CHECKER = ROOT / "proofs_check" / "checker"


def imported(source: str) -> Iterator[str]:
    """The top-level module and first submodule of every import."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def wrong_directions(package: str, source: str) -> list[str]:
    """Imports that point against theory <- numerics <- proofs_check."""
    forbidden = {"theory": ("numerics", "proofs_check"), "numerics": ("proofs_check",), "proofs_check": ()}[package]
    return [name for name in imported(source) if name.split(".")[0] in forbidden]


def float_literals(source: str) -> list[int]:
    """Lines with a float literal."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and type(node.value) is float
    ]


def text_evaluations(source: str) -> list[str]:
    """Calls that turn text into code or into SymPy objects without our parser."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = [f.id if isinstance(f, ast.Name) else f.attr for f in calls if isinstance(f, ast.Name | ast.Attribute)]
    plain = {f.id for f in calls if isinstance(f, ast.Name)}
    found = [name for name in names if name in {"sympify", "parse_expr", "lambdify"}]
    return found + [name for name in plain if name in {"eval", "exec"}]


def star_imports(source: str) -> list[int]:
    """Lines with a star import."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    """Theory imports neither numerics nor proofs_check; numerics does not import proofs_check."""
    assert wrong_directions(path.relative_to(ROOT).parts[0], path.read_text()) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_is_evaluated_and_no_star_is_imported(path: Path) -> None:
    """Nothing reaches eval, exec, sympify or lambdify; no star import."""
    source = path.read_text()
    assert text_evaluations(source) == []
    assert star_imports(source) == []


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if "theory" in p.relative_to(ROOT).parts[:1] or CHECKER in p.parents]
)
def test_exact_packages_hold_no_float_literal(path: Path) -> None:
    """Theory and the checker are exact: no float literal."""
    assert float_literals(path.read_text()) == []


def test_checker_imports_flint_and_the_standard_library_only() -> None:
    """The trusted checker draws in nothing else, nothing of ours outside its folder."""
    import sys

    for path in CHECKER.glob("*.py"):
        for name in imported(path.read_text()):
            top = name.split(".")[0]
            allowed = top == "flint" or top in sys.stdlib_module_names or name.startswith("proofs_check.checker")
            assert allowed, f"{path.name} imports {name}"


THEOREMS = ("theorem", "theorems", "flow", "kinds", "half_rate", "turn", "spectrum", "learnability", "biases")
"""Modules of the checker that state theorems: hypotheses and conclusions, each for one theorem or one family."""


def test_the_machinery_of_the_checker_is_short() -> None:
    """Trust is short: what reads, evaluates and decides has at most 500 lines that are not blank, a theorem of its own 300."""
    sizes = {path.stem: sum(map(bool, path.read_text().splitlines())) for path in CHECKER.glob("*.py")}
    assert sum(size for name, size in sizes.items() if name not in THEOREMS) <= 500
    assert all(sizes[name] <= 300 for name in set(THEOREMS) - {"theorems"})
    assert sizes["theorems"] <= 450


def test_long_files_say_why() -> None:
    """A file beyond 600 lines gives the reason in its docstring."""
    for path in SOURCES:
        source = path.read_text()
        if len(source.splitlines()) > 600:
            assert re.search(r"\bone file\b", ast.get_docstring(ast.parse(source)) or ""), (
                f"{path} is long without a reason"
            )


def test_every_test_has_a_docstring() -> None:
    """A test says in one sentence what must hold."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert ast.get_docstring(node), f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has no docstring"


def packages_left_out(project: str) -> list[str]:
    """Packages of ours that an installation would lack: setuptools ships those that are named."""
    named = set(tomllib.loads(project)["tool"]["setuptools"]["packages"])
    folders = {path.parent.relative_to(ROOT) for path in SOURCES}
    return sorted({".".join(folder.parts) for folder in folders} - named)


def test_every_package_is_installed() -> None:
    """What works in a checkout works after ``pip install .`` too."""
    assert packages_left_out((ROOT / "pyproject.toml").read_text()) == []


def test_the_rules_can_fail() -> None:
    """Each rule finds a planted violation."""
    assert "theory.papers" in packages_left_out("[tool.setuptools]\npackages = ['theory', 'numerics']")
    assert wrong_directions("theory", "from numerics.balls import evaluate") == ["numerics.balls"]
    assert float_literals("x = 0.5") == [1]
    assert sorted(text_evaluations("eval('1'); sympify('x'); f.parse_expr('y')")) == ["eval", "parse_expr", "sympify"]
    assert star_imports("from sympy import *") == [1]
