"""Whether a coefficient in theta is bounded, or bounded away from 0, on an interval of correlations.

Idea. Two routes. By structure: theta > 0 where c = 1 is left out, sin theta > 0 where both ends are, sums and products of
positive things are positive. By enclosures: cells cover the closed interval of angles; near an end where a quotient N/D is not
finite, both are divided by the power of the distance t to the end that vanishes exactly: with N^(j)(0) = D^(j)(0) = 0 for
j < k, N/D lies in N_k([0,r]) / D_k([0,r]), the ratio of the Taylor coefficients.

What can go wrong. False means "not shown", never "unbounded".
"""

from collections.abc import Callable
from functools import lru_cache

from flint import arb
from sympy import Add, Expr, Mul, Pow, acos, cos, exp, expand, fraction, log, pi, sin, together

from numerics.balls import REAL, SERIES, evaluate, precision, series
from numerics.cells import Outcome, cells_that_cover
from numerics.compile import lower
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Interval
from theory.constants import exact_sign

_T = symbols.theta
_PARAMETERS = (symbols.gamma, symbols.depth, symbols.slant, symbols.first_angle)
LEVELS = 10
NEAR = tuple(2.0**-k for k in range(1, 11, 3))
ORDERS = 6


@lru_cache(maxsize=4096)
def is_positive(expression: Expr, domain: Interval) -> bool:
    """Whether an expression in theta (and gamma, v, phi > 0, L >= 1) is shown to be positive on the domain, by structure.

    >>> from sympy import Integer
    >>> acute = Interval(symbol=symbols.c, low=Integer(0), high=Integer(1), high_closed=False)
    >>> is_positive(_T / (3 * pi) + sin(_T), acute)
    True
    """
    if not expression.free_symbols:
        return exact_sign(expression) == 1
    if expression in _PARAMETERS:
        return True
    if isinstance(expression, exp):
        return is_finite(expression.args[0], domain)
    if isinstance(expression, log):
        return is_positive(expression.args[0] - 1, domain)
    if expression == _T:
        return not _reaches(domain, 1)
    if expression == sin(_T / 2):
        return not _reaches(domain, 1)
    if expression == sin(_T):
        return not _reaches(domain, 1) and not _reaches(domain, -1)
    if isinstance(expression, Add):
        gain = expression.coeff(sin(_T))
        if gain != 0 and not _reaches(domain, 1) and expand(expression - gain * (sin(_T) - _T * cos(_T))) == 0:
            return is_positive(gain, domain)  # sin t - t cos t > 0 on (0, pi]: its derivative is t sin t
        return all(is_positive(part, domain) for part in expression.args)
    if isinstance(expression, Mul):
        negative = [part for part in expression.args if not part.free_symbols and is_positive(-part, domain)]
        rest = [part for part in expression.args if part not in negative]
        return len(negative) % 2 == 0 and all(is_positive(part, domain) for part in rest)
    if isinstance(expression, Pow):
        return is_finite(expression.exp, domain) and is_positive(expression.base, domain)
    return False


@lru_cache(maxsize=4096)
def is_finite(expression: Expr, domain: Interval) -> bool:
    """Whether the expression is shown to be defined at every point of the domain, by structure."""
    if not expression.free_symbols:
        return bool(evaluate(expression, {}).is_finite())
    if expression in (_T, *_PARAMETERS):
        return True
    if isinstance(expression, Add | Mul | cos | sin | exp):
        return all(is_finite(part, domain) for part in expression.args)
    if isinstance(expression, Pow):
        base, power = expression.as_base_exp()
        if power.is_Integer and power >= 0:
            return is_finite(base, domain)
        if power.is_Integer:
            return is_finite(base, domain) and is_nonzero(base, domain)
        return is_finite(base, domain) and is_finite(power, domain) and is_positive(base, domain)
    if isinstance(expression, log):
        return is_finite(expression.args[0], domain) and is_positive(expression.args[0], domain)
    return False


def is_nonzero(expression: Expr, domain: Interval) -> bool:
    """Whether the expression is shown to have no zero in the domain."""
    return (
        is_positive(expression, domain)
        or is_positive(-expression, domain)
        or is_bounded_away_from_zero(expression, domain)
    )


def is_bounded(expression: Expr, domain: Interval) -> bool:
    """Whether the expression is shown to be bounded on the interior of the domain."""
    if not expression.free_symbols:
        return bool(evaluate(expression, {}).is_finite())
    if not expression.free_symbols <= {_T}:
        return False
    tape = lower((expression,), (_T,))
    low, high = _angles(domain)

    def finite(a: arb, b: arb) -> bool:
        with precision(128):
            return bool(tape.run(REAL, [a.union(b)])[0].is_finite())

    return _covered(finite, *_without_ends(expression, domain, low, high, finite))


def is_bounded_away_from_zero(expression: Expr, domain: Interval) -> bool:
    """Whether the absolute value is shown to stay above a positive number on the closed domain."""
    if not expression.free_symbols:
        return exact_sign(expression) in (-1, 1)
    if not expression.free_symbols <= {_T}:
        return False
    tape = lower((expression,), (_T,))

    def apart(a: arb, b: arb) -> bool:
        with precision(128):
            ball = tape.run(REAL, [a.union(b)])[0]
        return bool(ball > 0 or ball < 0)

    return _covered(apart, *_angles(domain))


def _reaches(domain: Interval, corr: int) -> bool:
    """Whether c = 1 or c = -1 belongs to the domain; undecided counts as yes."""
    end, closed = (domain.high, domain.high_closed) if corr == 1 else (domain.low, domain.low_closed)
    return exact_sign(end - corr) not in (-1, 1) and closed


def _angles(domain: Interval) -> tuple[arb, arb]:
    return evaluate(acos(domain.high), {}), evaluate(acos(domain.low), {})


def _covered(decided: Callable[[arb, arb], bool], a: arb, b: arb) -> bool:
    """Whether cells that are decided cover [a, b]."""
    return cells_that_cover(lambda x, y: Outcome.yes_if(decided(x, y)), a, b, LEVELS) is not None


def _without_ends(
    expression: Expr, domain: Interval, low: arb, high: arb, finite: Callable[[arb, arb], bool]
) -> tuple[arb, arb]:
    """The interval without what a ratio of Taylor coefficients settles near the angles 0 and pi."""
    if exact_sign(domain.high - 1) == 0 and not finite(low, low):
        low += _settled(expression)
    if exact_sign(domain.low + 1) == 0 and not finite(high, high):
        high -= _settled(expression.subs(_T, pi - _T))
    return low, high


def _settled(expression: Expr) -> arb:
    """A distance r such that the expression in t is bounded on (0, r], or 0."""
    top, bottom = fraction(together(expression))
    order = _order_of_zero(bottom)
    if order is None or any(is_zero(top.diff(_T, j).subs(_T, 0)) is not Answer.YES for j in range(order)):
        return arb(0)
    tape = lower((top, bottom), (_T,))
    for radius in NEAR:
        with precision(128, order + 1):
            try:
                above, below = tape.run(SERIES, [series([arb(0).union(arb(radius)), 1])])
            except (ValueError, ZeroDivisionError):
                continue  # a division inside by what may be 0
            if above[order].is_finite() and (below[order] > 0 or below[order] < 0):
                return arb(radius)
    return arb(0)


def _order_of_zero(expression: Expr) -> int | None:
    """The order of the zero at 0, decided exactly."""
    for order in range(ORDERS):
        at_zero = expression.diff(_T, order).subs(_T, 0)
        if is_zero(at_zero) is Answer.YES:
            continue
        return order if at_zero.free_symbols == set() and exact_sign(at_zero) in (-1, 1) else None
    return None
