"""The notebook and the tutorial: every cell runs, shows what it gives, and the two say the same."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from sympy import Integer

from proofs_check.arguments import Setting, induction
from proofs_check.suite import run
from theory import Interval, Quantity, activation, ffnet, symbols

DOCS = Path(__file__).parents[2] / "docs"
TOUR = json.loads((DOCS / "tour.ipynb").read_text(encoding="utf-8"))


def value_of(source: str, names: dict[str, Any]) -> object:
    """Run a cell as a notebook does: the value of its last expression, if it ends with one."""
    *before, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        exec(compile(source, "cell", "exec"), names)
        return None
    exec(compile(ast.Module(body=before, type_ignores=[]), "cell", "exec"), names)
    value: object = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return value


def test_every_cell_of_the_tour_runs_and_gives_what_it_shows() -> None:
    """In order, in one namespace; a cell without an output gives none."""
    names: dict[str, Any] = {}
    shown = 0
    for cell in TOUR["cells"]:
        if cell["cell_type"] == "code":
            value = value_of("".join(cell["source"]), names)
            outputs = ["".join(one["data"]["text/plain"]) for one in cell["outputs"]]
            assert ([] if value is None else [repr(value)]) == outputs
            shown += len(outputs)
    assert shown >= 6


def test_a_wrong_output_would_be_seen() -> None:
    """The runner returns the value of the last expression, and nothing after a statement."""
    names: dict[str, Any] = {}
    assert value_of("x = 1\nx + 1", names) == 2
    assert value_of("x = 1", names) is None
    with pytest.raises(ZeroDivisionError):
        value_of("1/0", names)


def test_the_tour_and_the_tutorial_hold_the_same_code() -> None:
    """Line by line, prompts and empty lines aside."""
    tutorial = re.findall(r"^(?:>>>|\.\.\.) (.*)$", (DOCS / "tutorial.md").read_text(encoding="utf-8"), re.MULTILINE)
    cells = ["".join(cell["source"]).splitlines() for cell in TOUR["cells"] if cell["cell_type"] == "code"]
    assert [line for cell in cells for line in cell if line] == tutorial


def test_what_the_tutorial_says_of_a_better_constant_is_true() -> None:
    """The step of 15 pi/(3 L + 15) is refuted, and so is the conclusion."""
    inputs = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1))
    network = ffnet(activation("expr:max(x, x/3)"))
    setting = Setting(network=network, quantity=Quantity.ANGLE, correlations=inputs, depths=(0, None))
    found = {one.claim_id: one for one in run(
        induction(id="i", holds="value <= 15*pi/(3*L + 15)", setting=setting), jobs=0, effort=1)}  # fmt: skip
    assert found["i:step"].verdict.name == "REFUTED"
    assert found["i"].verdict.name == "REFUTED"
