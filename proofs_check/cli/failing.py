"""What is shown of a claim that fell short: the kernel around its counterexample, and the nearest statement that is proved.

The plot is of floats, for the eye; the counterexample beside it is rigorous.
"""

import math
from collections.abc import Sequence
from typing import Any

import click
from sympy import Expr, Symbol

from numerics.float64 import kernel_float64
from proofs_check.neighbours import judge_nearest
from proofs_check.suite import run
from proofs_check.verdicts import Judgement, Outcome
from theory import symbols
from theory.claims import Chain, Claim, Depth, Inequality, Verdict
from theory.errors import NtkproofError
from theory.language import Limit
from theory.parsing import parse

COLUMNS, ROWS = 61, 11
SHOWN = 5
"""Claims of a run for which a plot and a neighbour are shown."""
DEEPEST = 2000
LIMIT = 40
"""Seconds for the nearest statement of one claim, in a worker."""


def show_failing(claims: Sequence[Claim], judgements: Sequence[Judgement], jobs: int | None) -> None:
    """Plot and nearest proved statement of the first claims that were expected to hold and were not proved."""
    failing = [
        (claim, judgement)
        for claim, judgement in zip(claims, judgements, strict=True)
        if not judgement.as_expected and claim.expected is Verdict.PROVED and judgement.verdict is not Verdict.PROVED
        and isinstance(claim.statement, Depth | Inequality) and not judgement.reason.startswith("vacuous")
        and not _holds(judgement)
    ][:SHOWN]  # fmt: skip
    nearest = run([claim for claim, _ in failing], jobs=jobs, judge=judge_nearest, limit=LIMIT) if failing else []
    for (claim, judgement), near in zip(failing, nearest, strict=True):
        click.echo(f"\n{claim.id}")
        for line in plot_of(claim, judgement):
            click.echo(f"  {line}".rstrip())
        click.echo(f"  nearest proved: {near.reason if near.verdict is Verdict.PROVED else 'none found'}")


def _holds(judgement: Judgement) -> bool:
    """Whether the statement is proved by itself, and held down by a lemma or a circle only."""
    outcomes = {one.outcome for one in judgement.evidence}
    return Outcome.PROVES in outcomes and Outcome.REFUTES not in outcomes


def plot_of(claim: Claim, judgement: Judgement) -> list[str]:
    """The quantity (*) and what is claimed of it (o) around the counterexample; nothing where there is none to draw."""
    found = next((one for one in judgement.evidence if one.outcome is Outcome.REFUTES), None)
    witness = {} if found is None else found.data.get("witness", {})
    try:
        if isinstance(claim.statement, Depth):
            return _of_depth(claim.statement, witness)
        if isinstance(claim.statement, Inequality) and witness:
            return _of_inequality(claim.statement, witness)
    except (NtkproofError, ArithmeticError, ValueError, TypeError):
        return []
    return []


def _of_depth(statement: Depth, witness: dict[str, str]) -> list[str]:
    """Against c at the depth of the counterexample, or against L at its inputs."""
    if statement.network.parameters or "c" not in witness:
        return []
    corr = float(parse(witness["c"]))
    depth = int(witness["L"]) if "L" in witness else None
    sides = _sides(statement)
    if depth is not None and depth <= DEEPEST:
        low, high = float(statement.correlations.low), float(statement.correlations.high)
        width = max((high - low) / 8, 1e-6)
        xs = _evenly(max(low, corr - width), min(high, corr + width))
        values = kernel_float64(statement.network, depth, [math.acos(x) for x in xs])[statement.quantity.value]
        ys = [float(y) for y in values]
        title = f"value (*) and claim (o) against c at L = {depth}"
        claimed = [[_number(side, x, depth, y) for x, y in zip(xs, ys, strict=True)] for side in sides]
        return text_plot(title, xs, ys, claimed, corr)
    depths = sorted({round(2**power) for power in _evenly(0, 9)})
    theta = math.acos(corr)
    ys = [float(kernel_float64(statement.network, n, [theta])[statement.quantity.value][0]) for n in depths]
    claimed = [[_number(side, corr, n, y) for n, y in zip(depths, ys, strict=True)] for side in sides]
    title = f"value (*) and claim (o) against L (log scale) at c = {witness['c']}"
    return text_plot(title, [math.log2(n) for n in depths], ys, claimed, None, ends=("L = 1", f"L = {depths[-1]}"))


def _sides(statement: Depth) -> list[Expr]:
    """What the quantity itself is compared with: a limit, or the sides of a chain solved for value where that is plain."""
    match statement.holds:
        case Limit(target=target):
            return [target]
        case Chain(sides=sides) if symbols.value in sides:
            return [side for side in sides if side != symbols.value and not side.has(symbols.value)]
    return []


def _of_inequality(statement: Inequality, witness: dict[str, str]) -> list[str]:
    symbol = statement.domain.symbol
    at, low, high = (float(one) for one in (parse(witness[str(symbol)]), statement.domain.low, statement.domain.high))
    width = (high - low) / 8
    xs = _evenly(max(low, at - width), min(high, at + width))
    ys = [_evaluated(statement.gap, {symbol: x}) for x in xs]
    return text_plot(f"gap (*) and 0 (o) against {symbol}", xs, ys, [[0] * len(xs)], at)


def _number(side: Expr, corr: float, depth: int, value: float) -> float:
    return _evaluated(
        side, {symbols.c: corr, symbols.theta: math.acos(corr), symbols.depth: depth, symbols.value: value}
    )


def _evaluated(expression: Expr, at: dict[Symbol, Any]) -> float:
    """The expression as a float; NaN where it has no real value."""
    found = expression.subs({symbol: value for symbol, value in at.items()}).evalf(15)
    return float(found) if found.is_real else math.nan


def _evenly(low: float, high: float) -> list[float]:
    return [low + (high - low) * i / (COLUMNS - 1) for i in range(COLUMNS)]


def text_plot(
    title: str,
    xs: Sequence[float],
    ys: Sequence[float],
    others: Sequence[Sequence[float]],
    mark: float | None,
    ends: tuple[str, str] | None = None,
) -> list[str]:
    """A plot in characters: ys as *, others as o, where both are @; a column of | at the mark.

    xs  increasing; others  of the same length each
    """
    finite = [y for series in (ys, *others) for y in series if math.isfinite(y)]
    if not finite or len(xs) < 2:
        return []
    low, high = min(finite), max(finite)
    span = (high - low) or 1
    grid = [[" "] * COLUMNS for _ in range(ROWS)]

    def column(x: float) -> int:
        return round((x - xs[0]) / ((xs[-1] - xs[0]) or 1) * (COLUMNS - 1))

    if mark is not None:
        for row in grid:
            row[column(mark)] = "|"
    for series, char in (*((other, "o") for other in others), (ys, "*")):
        for x, y in zip(xs, series, strict=True):
            if math.isfinite(y):
                row = grid[ROWS - 1 - round((y - low) / span * (ROWS - 1))]
                row[column(x)] = "@" if char == "*" and row[column(x)] == "o" else char
    labels = {0: f"{high:.4g}", ROWS - 1: f"{low:.4g}"}
    lines = [f"{labels.get(i, ''):>10} {''.join(row)}".rstrip() for i, row in enumerate(grid)]
    left, right = ends or (f"{xs[0]:.4g}", f"{xs[-1]:.4g}")
    return [title, *lines, f"{'':>10} {left}{right:>{COLUMNS - len(left)}}"]


__all__ = ["plot_of", "show_failing", "text_plot"]
