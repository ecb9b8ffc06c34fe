"""Intervals of exact numbers: membership, inclusion, emptiness and sample points, decided by exact signs.

A comparison that cannot be decided raises BeyondReach; it is never taken for a yes or a no.
"""

from collections.abc import Iterator

from sympy import Expr, Integer, Rational, acos, oo

from theory import symbols
from theory.claims import Interval
from theory.constants import exact_sign
from theory.errors import BeyondReach

CORRELATIONS = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1))
"""Every correlation."""
INSIDE = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1), low_closed=False, high_closed=False)
"""Those of inputs that are neither equal nor opposite."""


def compare(first: Expr, second: Expr) -> int:
    """-1, 0 or 1 as first <, =, > second; oo is allowed."""
    if first == second:
        return 0
    if first in (oo, -oo) or second in (oo, -oo):
        return 1 if first == oo or second == -oo else -1
    sign = exact_sign(first - second)
    if sign is None:
        raise BeyondReach(f"{first} and {second} cannot be told apart with 1,000 digits")
    return sign


def in_angles(correlations: Interval) -> Interval:
    """The interval of theta = acos c that belongs to an interval of c: the ends change places."""
    return Interval(
        symbol=symbols.theta,
        low=acos(correlations.high),
        high=acos(correlations.low),
        low_closed=correlations.high_closed,
        high_closed=correlations.low_closed,
    )


def is_empty(interval: Interval) -> bool:
    """Whether no value lies in the interval."""
    order = compare(interval.low, interval.high)
    return order > 0 or (order == 0 and not (interval.low_closed and interval.high_closed))


def describe(interval: Interval) -> str:
    """The interval as a chain of inequalities."""
    if interval.low == interval.high:
        return f"{interval.symbol} = {interval.low}"
    left, right = "<=" if interval.low_closed else "<", "<=" if interval.high_closed else "<"
    return f"{interval.low} {left} {interval.symbol} {right} {interval.high}"


def points(domain: Interval, *, closure: bool) -> Iterator[Expr]:
    """Exact correlations of the domain, simple ones first; its ends only where it (or its closure) has them."""
    candidates = [Rational(p, 10) for p in (0, 5, -5, 9, -9, 3, -3, 8, -8, 1, 7)]
    candidates += [(domain.low + domain.high) / 2, Rational(99, 100), Rational(-99, 100)]
    candidates += [domain.low, domain.high] if closure or domain.low == domain.high else []
    if domain.low_closed:
        candidates.append(domain.low)
    if domain.high_closed:
        candidates.append(domain.high)
    closed = Interval(symbol=domain.symbol, low=domain.low, high=domain.high)
    for point in dict.fromkeys(candidates):
        if inside(point, closed if closure else domain):
            yield point


def inside(point: Expr, interval: Interval) -> bool:
    """Whether the point lies in the interval, decided by balls."""
    low, high = compare(interval.low, point), compare(point, interval.high)
    return (low < 0 or (low == 0 and interval.low_closed)) and (high < 0 or (high == 0 and interval.high_closed))


def covers(outer: Interval, inner: Interval) -> bool:
    """Whether outer contains inner."""
    low, high = compare(outer.low, inner.low), compare(inner.high, outer.high)
    return (low < 0 or (low == 0 and (outer.low_closed or not inner.low_closed))) and (
        high < 0 or (high == 0 and (outer.high_closed or not inner.high_closed))
    )
