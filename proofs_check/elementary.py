"""Statements about depth in which no kernel occurs: lines of a proof that compare expressions in L and theta only.

    equation            the difference is zero by replayed algebra, whatever ``value`` is
    inequality          the gap is >= 0 for every L and theta, by enclosures (``proofs_check.inequalities``)
    d = O(g), d = o(g)  the scales of both expansions in powers of L and log L are compared, exactly

What can go wrong. An order of growth with c in a coefficient is decided for each c by itself only: a constant for the whole
domain would need bounds on the coefficients.
"""

from dataclasses import replace

from sympy import Expr, Poly, expand, fraction, log, nan, oo, pi, together, zoo

from proofs_check.bounded import is_positive
from proofs_check.defined import not_shown_real
from proofs_check.inequalities import holds_for_all_depths, positive_part
from proofs_check.intervals import compare, in_angles
from proofs_check.lemmas import decide_inequality
from proofs_check.pieces import in_theta
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import Comparison
from theory.claims import Chain, Depth, Inequality, Interval
from theory.constants import exact_sign
from theory.errors import NtkproofError
from theory.language import Order

_L, _T = symbols.depth, symbols.theta
_INPUTS = {symbols.c, symbols.theta}


def decide_elementary(statement: Depth) -> Evidence | None:
    """PROVES, REFUTES or UNDECIDED; None where the statement is about a kernel, or has parameters."""
    match statement.holds:
        case Chain(sides=(left, right), relations=(relation,)):
            gap = in_theta(right - left if relation.startswith("<") else left - right)
            if gap.has(symbols.value) and relation == "==":
                return None if is_zero(gap) is not Answer.YES else _equation(statement, gap)
            if gap.has(symbols.value) or not gap.free_symbols <= {_L, _T}:
                return None
            return _equation(statement, gap) if relation == "==" else _inequality(statement, gap, relation)
        case Order(difference=difference, symbol=letter, bound=bound) if letter in ("O", "o"):
            if not (difference.free_symbols | bound.free_symbols) <= {_L, *_INPUTS}:
                return None
            return _order(statement, in_theta(difference), in_theta(bound), strict=letter == "o")
        case _:
            return None


def _equation(statement: Depth, gap: Expr) -> Evidence:
    # at L = 0 the algebra, which takes L for a positive integer, says nothing of powers and logarithms of L
    cases = [gap, gap.subs(_L, 0)] if statement.depth_low == 0 else [gap]
    if not all(is_zero(case) is Answer.YES for case in cases):
        return _evidence(Outcome.UNDECIDED, "the algebra does not reduce the difference of the sides to zero")
    return _evidence(Outcome.PROVES, "both sides are equal by replayed field arithmetic, for every depth")


def _inequality(statement: Depth, gap: Expr, relation: str) -> Evidence:
    """For every real L from the first depth on; ends 0 and pi of the angle apart."""
    unreal = not_shown_real(statement)
    if unreal is not None:
        return _evidence(Outcome.UNDECIDED, unreal)
    strict = relation in ("<", ">")
    whole = in_angles(statement.correlations)
    low, high = whole.low, whole.high
    angles = replace(whole, low_closed=whole.low_closed and low != 0, high_closed=whole.high_closed and high != pi)
    cases = [gap] if low != high else []
    cases += [
        gap.subs(_T, angle)
        for angle, closed in ((low, whole.low_closed), (high, whole.high_closed))
        if closed and (angle in (0, pi) or low == high)
    ]
    for case in dict.fromkeys(cases):
        if any(one.has(nan, zoo, oo) for one in (case, case.subs(_L, statement.depth_low))):
            return _evidence(Outcome.UNDECIDED, "the gap is not defined at an end of the domain")
        if not _nonnegative(case, statement.depth_low, angles, strict=strict):
            return _evidence(Outcome.UNDECIDED, "enclosures do not show it for every L and every angle of the domain")
    return _evidence(Outcome.PROVES, "enclosures show it for every real L from the first depth on and every angle")


def _nonnegative(gap: Expr, first: int, angles: Interval, *, strict: bool) -> bool:
    """Whether gap >= 0 (strict: > 0): by an inequality in theta for each coefficient of L - first, or by enclosures."""
    if not strict and is_zero(gap) is Answer.YES:
        return True
    if not gap.has(_L):
        if not gap.free_symbols:
            return exact_sign(gap) in ((1,) if strict else (0, 1))
        found = decide_inequality(Inequality(gap=gap, domain=angles, strict=strict))
        if found is not None and found.outcome is Outcome.PROVES:
            return True
        return holds_for_all_depths(gap, first=1, low=angles.low, high=angles.high, strict=strict)
    if first == 0:  # what is positive by structure is so for L >= 1
        return all(_nonnegative(case, 1, angles, strict=strict) for case in (gap.subs(_L, 0), gap))
    numerator = positive_part(gap)
    if numerator is not None and numerator.is_polynomial(_L):
        constant, *others = Poly(expand(numerator.subs(_L, _L + first)), _L).all_coeffs()[::-1]
        # the constant one alone makes it positive
        if all(_nonnegative(one, first, angles, strict=False) for one in others) and _nonnegative(
            constant, first, angles, strict=strict
        ):
            return True
    return holds_for_all_depths(gap, first=first, low=angles.low, high=angles.high, strict=strict)


def _order(statement: Depth, difference: Expr, bound: Expr, *, strict: bool) -> Evidence:
    comparison = Comparison()
    try:
        small, large = comparison.expand(difference), comparison.leading(comparison.expand(bound))
    except NtkproofError as error:
        return _evidence(Outcome.UNDECIDED, str(error))
    if large is None or not exact_sign_of(large[1]):
        return _evidence(Outcome.UNDECIDED, "the leading term of the bound is not determined, or its factor may be 0")
    if (difference.has(_T) or bound.has(_T)) and not statement.pointwise and not _one_input(statement):
        said = "the factors depend on c: decided for each c only, with pointwise = true"
        return _evidence(Outcome.UNDECIDED, said)
    unclear = _unclear(statement, comparison)
    if unclear is not None:
        return _evidence(Outcome.UNDECIDED, unclear)
    allowed = (-1,) if strict else (-1, 0)
    if all(comparison.compare(scale, large[0]) in allowed for scale in small.scales):
        return _evidence(Outcome.PROVES, "no term of the difference is of larger order than the bound allows")
    lead = comparison.leading(small)
    larger = lead is not None and comparison.compare(lead[0], large[0]) in ((0, 1) if strict else (1,))
    if larger and lead is not None and exact_sign_of(lead[1]):
        shown = lead[1] * _L ** lead[0][0] * log(_L) ** lead[0][1]
        return _evidence(
            Outcome.REFUTES, f"the leading term is {shown}, which is of larger order than the bound allows"
        )
    return _evidence(Outcome.UNDECIDED, "the orders of the two sides are not told apart")


def _unclear(statement: Depth, comparison: Comparison) -> str | None:
    """Why the expansions may not hold at some input: a factor that may vanish, be negative, or not be defined there."""
    unreal = not_shown_real(statement)
    if unreal is not None:
        return unreal
    for factor in comparison.divisors:
        if not exact_sign_of(factor):
            return f"{factor} is not shown to be different from 0"
    for factor in comparison.positive:
        if exact_sign_of(factor) != 1:
            return f"{factor} is not shown to be positive"
    for factor in comparison.bounded:
        below = fraction(together(factor))[1]
        if below.free_symbols and not any(is_positive(sign * below, statement.correlations) for sign in (1, -1)):
            return f"{factor} is not shown to be finite"
    return None


def decide_squares(statement: Inequality) -> Evidence | None:
    """PROVES gap >= 0 where the gap is a sum of even powers with factors >= 0, whatever the domain; else None.

    Enclosures do not decide such a gap where it vanishes inside the domain.

    >>> from sympy import Integer
    >>> square = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1))
    >>> found = decide_squares(Inequality(gap=2 * symbols.c**2 + symbols.c**4, domain=square))
    >>> None if found is None else found.outcome.name
    'PROVES'
    """
    if statement.strict or not statement.gap.is_polynomial(statement.domain.symbol):
        return None
    terms = Poly(statement.gap, statement.domain.symbol).terms()
    if not all(power % 2 == 0 and exact_sign_of(factor) in (0, 1) for (power,), factor in terms):
        return None
    return _evidence(Outcome.PROVES, "the gap is a sum of even powers with factors >= 0")


def exact_sign_of(coefficient: Expr) -> int | None:
    """The sign of a number; None where it depends on the input, or cannot be decided."""
    return None if coefficient.free_symbols else exact_sign(coefficient)


def _one_input(statement: Depth) -> bool:
    return compare(statement.correlations.low, statement.correlations.high) == 0


def _evidence(outcome: Outcome, summary: str) -> Evidence:
    return Evidence(engine="certificates", outcome=outcome, summary=summary, data={})


__all__ = ["decide_elementary", "decide_squares"]
