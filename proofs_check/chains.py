"""Inequalities about the value at every depth, decided from proved bounds and, at small depths, from cells.

Idea. A chain is a conjunction of ``value <= B`` and ``value >= B`` with B an expression in L, theta and gamma. With a proved
bound ``value <= U`` it suffices that B - U >= 0 for every depth and angle (``proofs_check.inequalities``). Where the bound is too
weak at small depths, these are covered by cells of angles with enclosures of the kernel itself.

A chain is refuted by a proved bound at one depth, possibly astronomically large (``value >= lower > B``), or, at moderate
depths, by the search of the engine ``properties``.
"""

from dataclasses import dataclass

from flint import arb
from sympy import Abs, Expr, Integer, Pow, Symbol, acos, cancel, expand

from numerics.balls import evaluate, to_strings
from proofs_check.engines.certificates import at_point, cover, gamma_pieces, in_theta
from proofs_check.facts import Bound, facts_of
from proofs_check.inequalities import holds_for_all_depths, nonnegative_on_box
from proofs_check.intervals import compare, inside, points
from proofs_check.judge import Options
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import GammaRange
from theory.claims import Chain, Depth, Interval
from theory.errors import BeyondReach

BRIDGES = (8, 32)
"""Depths from which a proved bound is tried where it does not imply the claim from the first depth on."""

FAR_DEPTHS = tuple(10**k for k in (1, 2, 3, 6, 12, 30, 60, 100, 300))


@dataclass(frozen=True, kw_only=True)
class Half:
    """value <= bound (upper) or value >= bound."""

    bound: Expr
    upper: bool
    strict: bool


def halves(chain: Chain) -> list[Half]:
    """The one-sided inequalities of a chain; the bounds are in theta.

    raises  BeyondReach where value enters neither linearly nor inside one absolute value
    """
    result: list[Half] = []
    pairs = zip(chain.sides, chain.relations, chain.sides[1:], strict=False)
    for left, relation, right in pairs:
        if relation not in ("<", "<=", ">", ">="):
            raise BeyondReach("an equation for every depth is decided on the diagonal c = 1 only")
        small, large = (left, right) if relation in ("<", "<=") else (right, left)
        strict = relation in ("<", ">")
        if isinstance(small, Abs) and not large.has(symbols.value):
            result += _linear(small.args[0] - large, strict) + _linear(-small.args[0] - large, strict)
        else:
            result += _linear(small - large, strict)
    return result


def _linear(expression: Expr, strict: bool) -> list[Half]:
    """``expression <= 0`` solved for value."""
    slope = expression.diff(symbols.value)
    if slope.has(symbols.value) or not slope.is_Rational or slope == 0:
        raise BeyondReach(f"{expression}: value enters neither linearly nor inside one absolute value")
    bound = in_theta(expand(symbols.value - expression / slope))
    return [Half(bound=bound, upper=bool(slope > 0), strict=strict)]


def decide_chain(statement: Depth, options: Options) -> Evidence | None:
    """PROVES, REFUTES or UNDECIDED for a chain of inequalities at every depth of the claim."""
    assert isinstance(statement.holds, Chain)
    used: list[Bound] = []
    cells = 0
    for piece, gammas in gamma_pieces(statement):
        facts, reason = facts_of(piece, gammas, options)
        assert isinstance(piece.holds, Chain)
        for half in halves(piece.holds):
            witness = _refuted(piece, half, facts)
            if witness is not None:
                return witness
            proof = _proved(piece, half, facts, gammas)
            if proof is None:
                why = reason or "the proved bounds do not imply it for every depth and angle of the domain"
                return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary=why)
            used += proof[0]
            cells += proof[1]
    sources = list(dict.fromkeys(bound.source for bound in used))
    small = f"; the first depths by {cells} cells" if cells else ""
    return Evidence(
        engine="certificates",
        outcome=Outcome.PROVES,
        summary=f"follows for every L from {'; '.join(sources)}{small}",
        data={"theorems": [bound.as_data() for bound in dict.fromkeys(used)], "cells": cells},
    )


def _proved(statement: Depth, half: Half, facts: list[Bound], gammas: GammaRange) -> tuple[list[Bound], int] | None:
    """Bounds that imply the inequality on the whole domain, and the number of cells spent on small depths."""
    for first in (statement.depth_low, *(b for b in BRIDGES if b > statement.depth_low)):
        proving = [fact for fact in facts if _implies(statement, half, fact, first, gammas)]
        covering = cover(statement.correlations, proving)
        if covering is not None:
            if first == statement.depth_low:
                return covering, 0
            cells = _small_depths(statement, half, first)
            return None if cells is None else (covering, cells)
    return None


def _implies(statement: Depth, half: Half, fact: Bound, first: int, gammas: GammaRange) -> bool:
    """Whether the bound of the fact gives the inequality for all L >= first on the common part of the domains."""
    side = fact.upper if half.upper else fact.lower
    if side is None or fact.first > first:
        return False
    gap = half.bound - side if half.upper else side - half.bound
    if half.strict and is_zero(gap) is Answer.YES:
        return False
    if is_zero(gap) is Answer.YES:
        return True
    if not gap.free_symbols <= {symbols.depth, symbols.theta, symbols.gamma}:
        return False
    low, high = _angles(statement.correlations, fact.correlations)
    if gap.has(symbols.gamma):
        return not half.strict and _with_gamma(gap, gammas, low, high)
    try:
        return holds_for_all_depths(gap, first=first, low=low, high=high, enclose=evaluate, strict=half.strict)
    except BeyondReach:
        return False


def _angles(domain: Interval, other: Interval) -> tuple[arb, arb]:
    """Balls of the ends in theta of the common part of two intervals of c."""
    low = domain.low if compare(domain.low, other.low) >= 0 else other.low
    high = domain.high if compare(domain.high, other.high) <= 0 else other.high
    return evaluate(acos(high), {}), evaluate(acos(low), {})


def _with_gamma(gap: Expr, gammas: GammaRange, low: arb, high: arb) -> bool:
    """Gap >= 0 for every gamma >= 1/2 of the range, through y = L^(1/2 - gamma) and h = L^(-2 gamma), both in (0, 1]."""
    if gammas.sign(symbols.gamma - Integer(1) / 2) not in (0, 1):
        return False
    y, h = Symbol("y", positive=True), Symbol("h_free", positive=True)

    def power(exponent: Expr) -> Expr:
        linear, constant = exponent.coeff(symbols.gamma), exponent.subs(symbols.gamma, 0)
        # L^(constant + linear gamma) = y^j h^k with j/2 = constant, -j - 2k = linear
        j = 2 * constant
        return y**j * h ** (-(linear + j) / 2)

    written = expand(
        gap.replace(lambda e: isinstance(e, Pow) and e.base == symbols.depth, lambda e: power(expand(e.exp)))
    )
    if written.has(symbols.depth) or written.has(symbols.gamma):
        return False
    lowest = min((term.as_coeff_exponent(y)[1] for term in written.as_ordered_terms()), default=Integer(0))
    reduced = expand(cancel(written / y**lowest))
    unit = (arb(0), arb(1))
    return nonnegative_on_box(reduced, {y: unit, h: unit, symbols.theta: (low, high)}, evaluate)


def _small_depths(statement: Depth, half: Half, first: int) -> int | None:
    """The number of cells that prove the inequality for depth_low <= L < first, or None."""
    from proofs_check.engines.balls import cover as cover_by_cells
    from proofs_check.engines.balls import gap_at

    if half.bound.has(symbols.gamma):
        return None
    low, high = evaluate(acos(statement.correlations.high), {}), evaluate(acos(statement.correlations.low), {})
    counts = [
        cover_by_cells(gap_at(statement, half, depth), low, high, strict=half.strict)
        for depth in range(statement.depth_low, first)
    ]
    return None if None in counts else sum(count for count in counts if count is not None)


def _refuted(statement: Depth, half: Half, facts: list[Bound]) -> Evidence | None:
    """One depth and one correlation at which a proved bound contradicts the inequality."""
    for fact in facts:
        side = fact.lower if half.upper else fact.upper
        if side is None:
            continue
        for point in points(statement.correlations, closure=False):
            if not inside(point, fact.correlations):
                continue
            for depth in FAR_DEPTHS:
                if depth < max(statement.depth_low, fact.first) or fact.conditional:
                    continue
                at = {symbols.depth: Integer(depth)}
                proved_side, claimed = (evaluate(at_point(e.subs(at), point), {}) for e in (side, half.bound))
                if (proved_side > claimed) if half.upper else (proved_side < claimed):
                    left, right = to_strings(proved_side, 8), to_strings(claimed, 8)
                    relation = (">=", "<=") if half.upper else ("<=", ">=")
                    return Evidence(
                        engine="certificates",
                        outcome=Outcome.REFUTES,
                        summary=(
                            f"at L = {_depth(depth)}, c = {point}: value {relation[0]} {left[0]} is proved ({fact.source}), "
                            f"the claim needs value {relation[1]} {right[0]}"
                        ),
                        data={
                            "witness": {"c": str(point), "L": str(depth)},
                            "proved": {"mid": left[0], "rad": left[1]},
                            "claimed": {"mid": right[0], "rad": right[1]},
                            "theorem": fact.as_data(),
                        },
                    )
    return None


def _depth(depth: int) -> str:
    text = str(depth)
    return f"10^{len(text) - 1}" if depth >= 10**4 else text


__all__ = ["Half", "decide_chain", "halves"]
