"""Inequalities about the value at every depth, decided from proved bounds and, at small depths, from enclosures of the kernel.

Idea. A chain is a conjunction of ``value <= B`` and ``value >= B`` with B an expression in L, theta and gamma. With a proved
bound ``value <= U`` it suffices that B - U >= 0 for every depth and angle (``proofs_check.inequalities``). Where the bound is too
weak at small depths, these are covered by cells of angles with enclosures of the kernel itself.

A chain is refuted by a proved bound at one depth, possibly astronomically large (``value >= lower > B``), or, at moderate
depths, by the search of the engine ``properties``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flint import arb
from sympy import Abs, Expr, Integer, Pow, Rational, Symbol, acos, cancel, expand, nan, oo, sin, zoo

from numerics.balls import evaluate, precision, to_strings
from numerics.kernel import trajectory
from numerics.model import model
from proofs_check.bounded import is_positive
from proofs_check.defined import not_shown_real
from proofs_check.facts import facts_of, restart_of
from proofs_check.general_facts import Bound
from proofs_check.induction import by_induction
from proofs_check.inequalities import (
    compiled,
    fails_at_a_sample,
    holds_for_all_depths,
    is_nonnegative_for_all_depths,
    nonnegative_on_box,
    positive_part,
)
from proofs_check.intervals import inside, points
from proofs_check.pieces import at_point, common, cover, in_half_angle, in_theta, inside_range, pieces, slope_pieces
from proofs_check.restart import DIAGONAL, RestartedBound
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import GammaRange
from theory.claims import Chain, Depth, Interval
from theory.errors import BeyondReach
from theory.flow_kernel import FlowKernel

BRIDGES = (8, 32, 128, 512)
"""Depths from which a proved bound is tried where it does not imply the claim from the first depth on."""
MAX_BRIDGED_ON_INTERVAL = 32
"""Depths below which a whole interval of angles is covered by cells; single inputs go further."""

RESTART = 24
"""The depth at which the feedforward theorem is restarted; from there on its lower bound exceeds (L + 1)/4 at every angle."""

MAX_RESTART = 64
"""The largest first depth of a claim for which it is tried; cells cost time that grows with the depth."""

SCANNED = 1024
"""Depths that are all looked at where the domain is one input; fewer where each depth is a network of its own."""

FAR_DEPTHS = tuple(10**k for k in (1, 2, 3, 6, 12, 30, 60, 100, 300))
FAR_BITS = 1400
"""Holds the difference of two numbers near 1 that agree to 10^-300."""

_L, _T = symbols.depth, symbols.theta
_STRUCTURAL = (symbols.slant, symbols.first_angle)
"""Positive numbers of which nothing else is used: gaps with them are decided by structure."""


@dataclass(frozen=True, kw_only=True)
class Half:
    """value <= bound (upper) or value >= bound."""

    bound: Expr
    upper: bool
    strict: bool


def halves(chain: Chain, domain: Interval, first: int) -> list[Half]:
    """The one-sided inequalities of a chain, for depths from ``first`` on; the bounds are in theta.

    raises  BeyondReach where value enters neither linearly nor inside one absolute value, or not so at depth 0
    """
    if first == 0 and any(p.exp.has(_L) for side in chain.sides for p in side.atoms(Pow)):
        raise BeyondReach("a power with L in its exponent is not decided at L = 0; start from L >= 1")
    result: list[Half] = []
    for left, relation, right in zip(chain.sides, chain.relations, chain.sides[1:], strict=False):
        if relation not in ("<", "<=", ">", ">="):
            raise BeyondReach("an equation for every depth is decided on the diagonal c = 1 only")
        small, large = (left, right) if relation in ("<", "<=") else (right, left)
        strict = relation in ("<", ">")
        result += [_linear(side - large, strict, domain, first) for side in _without_absolute_value(small, domain)]
    return result


def _without_absolute_value(small: Expr, domain: Interval) -> list[Expr]:
    """The side itself, or its two signs where it contains one absolute value of value with a positive coefficient."""
    nodes = [node for node in small.atoms(Abs) if node.has(symbols.value)]
    if len(nodes) != 1:
        return [small]
    size = Symbol("size", nonnegative=True)
    written = small.subs(nodes[0], size)
    slope = in_theta(written.diff(size))
    if written.has(symbols.value) or slope.has(size) or not is_positive(slope, domain):
        return [small]
    return [written.subs(size, sign * nodes[0].args[0]) for sign in (1, -1)]


def _linear(expression: Expr, strict: bool, domain: Interval, first: int) -> Half:
    """``expression <= 0`` solved for value, whose coefficient has a sign by structure."""
    slope = in_theta(expression.diff(symbols.value))
    rising = is_positive(slope, domain)
    if first == 0 and not any(is_positive(sign * slope.subs(_L, 0), domain) for sign in (1, -1)):
        raise BeyondReach(f"{expression}: value disappears at L = 0; start from L >= 1")
    if slope.has(symbols.value) or not (rising or is_positive(-slope, domain)):
        raise BeyondReach(f"{expression}: value enters neither linearly nor inside one absolute value")
    rest = in_theta(expression.subs(symbols.value, 0))
    return Half(bound=expand(-rest / slope), upper=rising, strict=strict)


def decide_chain(statement: Depth) -> Evidence | None:
    """PROVES, REFUTES or UNDECIDED for a chain of inequalities at every depth of the claim."""
    used: list[Bound] = []
    cells = 0
    for piece, gammas in pieces(statement):
        facts, reason = facts_of(piece, gammas)
        assert isinstance(piece.holds, Chain)
        for half in halves(piece.holds, piece.correlations, piece.depth_low):
            witness = _refuted(piece, half, facts, gammas)
            if witness is not None:
                return witness
            proof = (
                _proved(piece, half, facts, gammas) or _restarted(piece, half, facts) or _from_one_layer(piece, half)
            )
            if proof is None:
                witness = _refuted_at_one_input(piece, half)
                if witness is not None:
                    return witness
                why = reason or "the proved bounds do not imply it for every depth and angle of the domain"
                tried = {"theorems": [bound.as_data() for bound in facts]}
                return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary=why, data=tried)
            used += proof[0]
            cells += proof[1]
    unreal = next(filter(None, map(not_shown_real, slope_pieces(statement))), None)
    if unreal is not None:
        return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary=unreal)
    sources = list(dict.fromkeys(bound.source for bound in used))
    small = f"; with enclosures of the kernel at the first depths, on {cells} cells" if cells else ""
    return Evidence(
        engine="certificates",
        outcome=Outcome.PROVES,
        summary=f"follows for every L from {'; '.join(sources)}{small}",
        data={"theorems": [bound.as_data() for bound in dict.fromkeys(used)], "cells": cells},
    )


def _proved(statement: Depth, half: Half, facts: list[Bound], gammas: GammaRange) -> tuple[list[Bound], int] | None:
    """Bounds that imply the inequality on the whole domain, and the number of cells spent on small depths."""
    point = statement.correlations.low == statement.correlations.high
    last = oo if statement.depth_high is None else statement.depth_high
    for first in (statement.depth_low, *(b for b in BRIDGES if statement.depth_low < b <= last)):
        bridged = first - statement.depth_low
        if bridged and (half.bound.has(symbols.gamma) or (bridged > MAX_BRIDGED_ON_INTERVAL and not point)):
            break
        proving = (fact for fact in facts if _implies(statement, half, fact, first, gammas))
        covering = cover(statement.correlations, proving)
        if covering is not None:
            if not bridged:
                return covering, 0
            cells = _at_small_depths(statement, half, first)
            return None if cells is None else (covering, cells)
    return None


def _restarted(statement: Depth, half: Half, facts: list[Bound]) -> tuple[list[Bound], int] | None:
    """A lower bound from the theorem restarted at one depth, with enclosures of the kernel there and before."""
    theorem = restart_of(statement)
    late = statement.depth_low > MAX_RESTART or statement.depth_high is not None
    if half.upper or theorem is None or statement.quantity not in DIAGONAL or late:
        return None
    domain = statement.correlations
    one = replace(domain, low=Integer(1), high=Integer(1), low_closed=True, high_closed=True)
    at_one: list[Bound] = []
    if inside(Integer(1), domain):
        first = statement.depth_low
        at_one = [f for f in facts if _implies(replace(statement, correlations=one), half, f, first, GammaRange())]
        if not at_one:
            return None
    start = max(RESTART, statement.depth_low)
    before = _at_small_depths(statement, half, start)
    bound = RestartedBound(statement=statement, bound=half.bound, strict=half.strict, theorem=theorem, depth=start)
    behind = None if before is None else bound.cells()
    if before is None or behind is None:
        return None
    whole = Bound(
        quantity=statement.quantity,
        lower=half.bound,
        upper=None,
        correlations=domain,
        first=statement.depth_low,
        source=f"{theorem.source} at depth {start}",
        theorem=theorem.theorem,
        mu=theorem.mu,
    )
    return [whole, *at_one[:1]], before + behind


def _from_one_layer(statement: Depth, half: Half) -> tuple[list[Bound], int] | None:
    """The bound by induction from one layer."""
    bound = by_induction(statement, half.bound, upper=half.upper, strict=half.strict)
    return None if bound is None else ([bound], 0)


def _implies(statement: Depth, half: Half, fact: Bound, first: int, gammas: GammaRange) -> bool:
    """Whether the bound of the fact gives the inequality for all L >= first on the common part of the domains."""
    side = fact.upper if half.upper else fact.lower
    domain = common(statement.correlations, fact.correlations)
    if side is None or domain is None or fact.first > first or fact.condition is not None:
        return False
    gap = half.bound - side if half.upper else side - half.bound
    if domain.low == domain.high:
        gap = at_point(gap, domain.low)
    if is_zero(gap) is Answer.YES:
        return not half.strict
    if gap.has(sin(_T / 2)):
        gap = in_half_angle(gap)
    if not gap.free_symbols <= {_L, _T, symbols.gamma, *_STRUCTURAL}:
        return False
    low, high = acos(domain.high), acos(domain.low)
    ends = [
        angle for angle, closed in ((low, domain.high_closed), (high, domain.low_closed)) if closed and sin(angle) == 0
    ]
    if domain.low != domain.high:
        at_ends = [gap.subs(_T, angle) for angle in ends]
        if any(e.has(nan, zoo, oo) for e in at_ends):
            return False
        if half.strict and not all(for_all_depths(e, first, low, high, gammas, strict=True) for e in at_ends):
            return False
    return for_all_depths(gap, first, low, high, gammas, strict=half.strict)


def for_all_depths(gap: Expr, first: int, low: Expr, high: Expr, gammas: GammaRange, *, strict: bool) -> bool:
    """Whether gap >= 0 (strict: > 0) is proved for every L >= first, angles from low to high and gamma of the range."""
    if gap.has(symbols.gamma):
        # at L = 0 a power of L in gamma is not the 0 or 1 that the structure assumes
        return first >= 1 and _with_gamma(gap, gammas, low, high, strict)
    if gap.has(*_STRUCTURAL):
        numerator = positive_part(gap)
        return first >= 1 and numerator is not None and is_nonnegative_for_all_depths(numerator, first, strict=strict)
    return holds_for_all_depths(gap, first=first, low=low, high=high, strict=strict)


def _with_gamma(gap: Expr, gammas: GammaRange, low: Expr, high: Expr, strict: bool) -> bool:
    """Gap >= 0 for every gamma of the range and L >= 1.

    By structure, or for gamma >= 1/2 through y = L^(1/2 - gamma) and h = L^(-2 gamma), both in (0, 1].
    """
    if strict or fails_at_a_sample(gap, 1, low, high, inside_range(gammas)[1]):
        return False
    numerator = positive_part(gap)
    if numerator is None:
        return False
    if is_nonnegative_for_all_depths(numerator, 1):
        return True
    if gammas.sign(symbols.gamma - Rational(1, 2)) not in (0, 1):
        return False
    y, h = Symbol("y", positive=True), Symbol("h_free", positive=True)

    def power(exponent: Expr) -> Expr:
        linear, constant = exponent.coeff(symbols.gamma), exponent.subs(symbols.gamma, 0)
        # L^(constant + linear gamma) = y^j h^k with j/2 = constant, -j - 2k = linear
        j = 2 * constant
        return y**j * h ** (-(linear + j) / 2)

    written = expand(numerator.replace(lambda e: isinstance(e, Pow) and e.base == _L, lambda e: power(expand(e.exp))))
    written = expand(written.subs(_L, y**2 / h))  # L itself is no power for SymPy
    if written.has(symbols.gamma):
        return False
    terms = written.as_ordered_terms()
    common_power = Integer(1)
    for letter in (y, h):
        common_power *= letter ** min((term.as_coeff_exponent(letter)[1] for term in terms), default=Integer(0))
    reduced = expand(cancel(written / common_power))
    unit = (arb(0), arb(1))
    return nonnegative_on_box(reduced, {y: unit, h: unit, _T: (evaluate(low, {}), evaluate(high, {}))})


def _at_small_depths(statement: Depth, half: Half, first: int) -> int | None:
    """The number of cells that prove the inequality for depth_low <= L < first, or None; at one value of gamma only."""
    from proofs_check.engines.balls import cover_by_cells, gap_at

    domain = statement.correlations
    depths = range(statement.depth_low, first)
    if depths and statement.network.parameters:
        return None
    if domain.low == domain.high:
        return _at_point_and_depths(statement, half, depths)
    low, high = evaluate(acos(domain.high), {}), evaluate(acos(domain.low), {})
    total = 0
    for depth in depths:
        count = cover_by_cells(gap_at(statement, half, depth), low, high, strict=half.strict)
        if count is None:
            return None
        total += count
    return total


def _at_point_and_depths(statement: Depth, half: Half, depths: range) -> int | None:
    """The number of depths, if the inequality holds at each of them at the one input of the domain."""
    values = trajectory(statement.network, depths, statement.correlations.low, digits=20)
    bound = compiled(at_point(half.bound, statement.correlations.low), (_L,))
    for depth, kernels in values.items():
        with precision(128):
            claimed, value = bound(arb(depth)), getattr(kernels, statement.quantity.value)
            gap = claimed - value if half.upper else value - claimed
            if not (gap > 0 if half.strict else gap >= 0):
                return None
    return len(depths)


def _refuted_at_one_input(statement: Depth, half: Half) -> Evidence | None:
    """The first depth at which the inequality fails, where the domain is one input: every depth up to some is looked at."""
    domain = statement.correlations
    if domain.low != domain.high or statement.parameters or not half.bound.free_symbols <= {_L, _T}:
        return None
    last = SCANNED // (8 if model(statement.network).depends_on_depth else 1)
    last = last if statement.depth_high is None else min(last, statement.depth_high)
    bound = compiled(at_point(half.bound, domain.low), (_L,))
    depths = range(statement.depth_low, last + 1)
    for depth, kernels in trajectory(statement.network, depths, domain.low, digits=20).items():
        with precision(128):
            claimed, value = bound(arb(depth)), getattr(kernels, statement.quantity.value)
        fails = (value > claimed) if half.upper else (value < claimed)
        if fails or (half.strict and value == claimed):
            left, right = to_strings(value, 8), to_strings(claimed, 8)
            relation = {(True, False): "<=", (True, True): "<", (False, False): ">=", (False, True): ">"}
            return Evidence(
                engine="certificates",
                outcome=Outcome.REFUTES,
                summary=(
                    f"at c = {domain.low}, L = {depth} the value is {left[0]}, "
                    f"the claim needs value {relation[half.upper, half.strict]} {right[0]}"
                ),
                data={
                    "witness": {"c": str(domain.low), "L": str(depth)},
                    "left": {"mid": left[0], "rad": left[1]},
                    "right": {"mid": right[0], "rad": right[1]},
                },
            )
    return None


def _refuted(statement: Depth, half: Half, facts: list[Bound], gammas: GammaRange) -> Evidence | None:
    """One depth and one correlation at which a proved bound contradicts the inequality."""
    open_range = any(i.symbol == symbols.gamma for i in statement.parameters)
    gamma = inside_range(gammas)[1] if open_range or gammas.low == gammas.high else None
    if half.bound.has(FlowKernel):
        return None  # too slow at FAR_BITS; the search by single depths finds what there is
    for fact in facts:
        side = fact.lower if half.upper else fact.upper
        if side is None or fact.condition is not None:
            continue
        sides = [e if gamma is None else e.subs(symbols.gamma, gamma) for e in (side, half.bound)]
        if any(not e.free_symbols <= {_L, _T} for e in sides):
            continue
        proved_at, claimed_at = (compiled(e, (_L, _T)) for e in sides)
        for point in points(statement.correlations, closure=False):
            if not inside(point, fact.correlations):
                continue
            with precision(FAR_BITS):
                angle = compiled(acos(point), ())()
                for depth in _depths(statement, fact):
                    proved, claimed = proved_at(arb(depth), angle), claimed_at(arb(depth), angle)
                    if (proved > claimed) if half.upper else (proved < claimed):
                        return _contradiction(half, fact, point, depth, gamma, proved, claimed)
    return None


def _depths(statement: Depth, fact: Bound) -> Iterator[int]:
    first = max(statement.depth_low, fact.first)
    last = statement.depth_high
    return (depth for depth in (first, *FAR_DEPTHS) if depth >= first and (last is None or depth <= last))


def _contradiction(
    half: Half, fact: Bound, point: Expr, depth: int, gamma: Expr | None, proved: arb, claimed: arb
) -> Evidence:
    shown = next((n for n in range(8, 400, 4) if _apart(proved, claimed, n)), 400)
    left, right = to_strings(proved, shown), to_strings(claimed, shown)
    excess = (proved - claimed if half.upper else claimed - proved).str(4, radius=False)
    beyond = "exceeds the claimed upper bound" if half.upper else "stays below the claimed lower bound"
    claimed_value = to_strings(claimed, 8)[0]
    witness = {"c": str(point), "L": str(depth)} | ({} if gamma is None else {"gamma": str(gamma)})
    where = ", ".join([f"L = {depth_text(depth)}", f"c = {point}", *([] if gamma is None else [f"gamma = {gamma}"])])
    return Evidence(
        engine="certificates",
        outcome=Outcome.REFUTES,
        summary=f"at {where} value {beyond} {claimed_value} by about {excess}; proved by {fact.source}",
        data={
            "witness": witness,
            "proved": {"mid": left[0], "rad": left[1]},
            "claimed": {"mid": right[0], "rad": right[1]},
            "excess": excess,
            "theorem": fact.as_data(),
        },
    )


def _apart(first: arb, second: arb, digits: int) -> bool:
    """Whether the two balls, rounded to so many digits, still do not meet."""
    a, b = (arb(*to_strings(ball, digits)) for ball in (first, second))
    return bool(a < b or a > b)


def depth_text(depth: int) -> str:
    """A depth as it is shown; one from 10^4 on is a power of ten."""
    text = str(depth)
    return f"10^{len(text) - 1}" if depth >= 10**4 else text


__all__ = ["BRIDGES", "FAR_DEPTHS", "Half", "decide_chain", "depth_text", "for_all_depths", "halves"]
