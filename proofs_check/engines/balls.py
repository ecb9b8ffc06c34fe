"""Statements over intervals by enclosures: the domain is covered by cells, and each cell is decided in ball arithmetic.

Inequality    gap >= 0 on every cell of a cover of the closed domain proves it; one point of the domain with gap < 0 refutes it.
              A gap with a zero at an end of the domain stays undecided here.
Depth         a chain of inequalities at finitely many depths: cells of angles cover the domain at each depth.

Counterexamples to identities and to chains at many depths are the business of the engine ``properties``.
"""

from collections.abc import Callable

from flint import arb
from sympy import Expr, acos

from numerics.balls import evaluate
from numerics.cells import Outcome as Decided
from numerics.cells import cells_that_cover, decide_inequality_on_interval, enclose_cell
from proofs_check.chains import Half, halves
from proofs_check.defined import not_shown_real, not_shown_real_on
from proofs_check.intervals import inside
from proofs_check.judge import Options
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.claims import Chain, Claim, Depth, Inequality

MAX_DEPTHS = 32
MAX_CELLS = 20_000
_LEVELS = 14


def examine(claim: Claim, options: Options) -> Evidence | None:
    """Cover the domain of an inequality, or of a chain at finitely many depths; None for other statements."""
    del options
    match claim.statement:
        case Inequality() as statement:
            return _inequality(statement)
        case Depth(holds=Chain(relations=relations), depth_high=high, parameters=()) as statement if high is not None:
            if "==" in relations or high - statement.depth_low >= MAX_DEPTHS:
                return None
            return _at_depths(statement, high)
        case _:
            return None


def _evidence(outcome: Outcome, summary: str, **data: object) -> Evidence:
    return Evidence(engine="balls", outcome=outcome, summary=summary, data=data)


def _inequality(statement: Inequality) -> Evidence:
    domain = statement.domain
    unreal = not_shown_real_on(statement)
    if unreal is not None:
        return _evidence(Outcome.UNDECIDED, unreal)
    decision = decide_inequality_on_interval(
        statement.gap, domain.symbol, domain.low, domain.high, strict=statement.strict, max_cells=MAX_CELLS // 4
    )
    if decision.outcome is Decided.YES:
        summary = f"enclosures on {decision.cells} cells cover the closed domain"
        return _evidence(Outcome.PROVES, summary, cells=decision.cells)
    if decision.outcome is Decided.NO and decision.witness is not None and inside(decision.witness, domain):
        ball = evaluate(statement.gap, {domain.symbol: decision.witness}, digits=15)
        summary = f"at {domain.symbol} = {decision.witness} the gap is {ball.str(8)}"
        return _evidence(
            Outcome.REFUTES, summary, witness={str(domain.symbol): str(decision.witness)}, gap=ball.str(15)
        )
    summary = f"undecided by {decision.cells} cells: the gap comes too close to 0 on the closed domain"
    return _evidence(Outcome.UNDECIDED, summary, cells=decision.cells)


def _at_depths(statement: Depth, high: int) -> Evidence:
    assert isinstance(statement.holds, Chain)
    unreal = not_shown_real(statement)
    if unreal is not None:
        return _evidence(Outcome.UNDECIDED, unreal)
    low_angle = evaluate(acos(statement.correlations.high), {})
    high_angle = evaluate(acos(statement.correlations.low), {})
    cells = 0
    for depth in range(statement.depth_low, high + 1):
        for half in halves(statement.holds, statement.correlations, statement.depth_low):
            count = cover_by_cells(gap_at(statement, half, depth), low_angle, high_angle, strict=half.strict)
            if count is None:
                return _evidence(Outcome.UNDECIDED, f"undecided by cells at L = {depth}")
            cells += count
    depths = f"L = {high}" if statement.depth_low == high else f"L = {statement.depth_low}..{high}"
    return _evidence(Outcome.PROVES, f"enclosures on {cells} cells of angles cover the domain at {depths}", cells=cells)


def gap_at(statement: Depth, half: Half, depth: int) -> Callable[[arb, arb], arb]:
    """The enclosure over a cell of angles of the margin by which the inequality holds at a depth."""
    bound: Expr = half.bound.subs(symbols.depth, depth)

    def gap(a: arb, b: arb) -> arb:
        value = enclose_cell(statement.network, depth, a, b)[statement.quantity.value]
        ball = evaluate(bound, {symbols.theta: a.union(b)})
        return ball - value if half.upper else value - ball

    return gap


def cover_by_cells(gap: Callable[[arb, arb], arb], a: arb, b: arb, *, strict: bool) -> int | None:
    """The number of cells on which gap >= 0 (strict: > 0) is certain and which cover [a, b]; None if none is found."""

    def decide(low: arb, high: arb) -> Decided:
        ball = gap(low, high)
        if ball > 0 or (not strict and ball >= 0):
            return Decided.YES
        return Decided.NO if ball < 0 else Decided.UNKNOWN

    return cells_that_cover(decide, a, b, _LEVELS)
