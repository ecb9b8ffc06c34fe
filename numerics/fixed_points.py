r"""Fixed points of correlation maps and of length maps, isolated and enclosed.

Correlation maps. C(c) = sum a_k c^k with a_k >= 0 and C(1) = 1, as every map of the correlation is (docs/depth-limits.md,
Theorem 1), is convex on [0, 1] and lies below 1 there. So it has at most one fixed point c* in [0, 1), and has one
exactly if C'(1) > 1 (also if it is infinite). It is found between a point with C(c) >= c and one with C(c) < c, and enclosed
by interval Newton: N(X) = m - g(m)/g'(X) inside X proves that X has exactly one zero, which lies in N(X).

Length maps. q' = Q(q) on (0, oo), of which nothing is known beforehand: an interval [low, high] is cut into cells; a cell on
which Q(q) - q has no zero is dropped, one on which interval Newton contracts holds exactly one.

What can go wrong. A double zero (a half-stable length) cannot be isolated by balls: the cell stays undecided and is returned as
such.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flint import arb, ctx
from sympy import Expr, Symbol

from numerics.balls import REAL, SERIES, precision, series
from numerics.compile import lower
from theory.errors import BeyondReach
from theory.moments import GaussianMean, GaussianPair

_SMALL_GAPS = 200
_ROUNDS = 60
_DEAR_LAYERS, _DEAR_LENGTH = 33, 1000
"""Where a layer takes a quadrature: the layers iterated, and the length beyond which none is (0.1 s and more a layer)."""


@dataclass(frozen=True, kw_only=True)
class Root:
    """Cells that hold exactly one zero each, and cells of which that was not decided."""

    isolated: tuple[arb, ...]
    undecided: tuple[arb, ...]


def correlation_fixed_point(corr: Expr, slope: Expr, symbol: Symbol, letters: Mapping[Symbol, arb], bits: int) -> arb:
    """The fixed point in (0, 1) of a correlation map with slope above 1 at 1, as a ball of about 2^-bits.

    letters  balls of the other letters in the map
    raises  BeyondReach where no point with C(c) < c is found below 1
    """
    with precision(bits + 32):
        map_, derivative = _function(corr, symbol, letters), _function(slope, symbol, letters)
        low, high = arb(0), None
        for power in range(1, _SMALL_GAPS):
            point = 1 - arb(2) ** -power
            if map_(point) < point:
                high = point
                break
            low = point
        if high is None:
            raise BeyondReach("fixed point: none was found below 1; chi may be too close to 1")
        for _ in range(_ROUNDS):
            middle = ((low + high) / 2).mid()
            if map_(middle) < middle:
                high = middle
            elif map_(middle) > middle:
                low = middle
            else:
                break
            found = newton(lambda c: map_(c) - c, lambda c: derivative(c) - 1, low.union(high))
            if found is not None:
                return found
        raise BeyondReach("fixed point: it could not be isolated at this precision")


def isolate(gap: Expr, symbol: Symbol, low: arb, high: arb, bits: int, cells: int = 4000) -> Root:
    """The zeros of an expression in [low, high], by cells and interval Newton.

    >>> from sympy.abc import x
    >>> found = isolate(x**2 - 2, x, arb(0), arb(3), 60)
    >>> len(found.isolated), len(found.undecided)
    (1, 0)
    """
    with precision(bits + 32):
        value, slope = _function(gap, symbol), _function(gap.diff(symbol), symbol)
        queue, isolated, undecided, seen = [(low, high)], [], [], 0
        least = (high - low) * arb(2) ** -40
        while queue:
            a, b = queue.pop()
            seen += 1
            cell = a.union(b)
            over, steep = value(cell), slope(cell)
            by_mean = value(cell.mid()) + steep * (cell - cell.mid())
            if over > 0 or over < 0 or by_mean > 0 or by_mean < 0:
                continue
            if steep > 0 or steep < 0:
                at_ends = value(a), value(b)
                if (at_ends[0] > 0 and at_ends[1] > 0) or (at_ends[0] < 0 and at_ends[1] < 0):
                    continue
                found = newton(value, slope, cell)
                if found is not None:
                    isolated.append(found)
                    continue
            if seen > cells or not b - a > least:
                undecided.append(cell)
                continue
            # not the middle, where a zero of a simple expression likes to be
            between = (a + (b - a) * arb("0.4873")).mid()
            queue += [(a, between), (between, b)]
        return Root(isolated=tuple(sorted(isolated, key=lambda x: float(x.mid()))), undecided=tuple(undecided))


def newton(value: Callable[[arb], arb], slope: Callable[[arb], arb], start: arb) -> arb | None:
    """The unique zero in a ball, shrunk as far as the precision allows; None where N(X) does not lie inside X."""
    within, proved = start, False
    for _ in range(64):
        middle = within.mid()
        steep = slope(within)
        if not (steep > 0 or steep < 0):
            return None
        image = middle - value(middle) / steep
        if not image.is_finite():
            return None
        if not proved and not start.contains_interior(image):
            return None
        proved = True
        if not image.overlaps(within):
            return None
        sharper = image.intersection(within)
        if sharper.rad() * 2 > within.rad() or sharper.rad() < abs(sharper.mid()) * arb(2) ** (8 - int(ctx.prec)):
            return sharper
        within = sharper
    return within


def taylor_at_one(
    expressions: tuple[Expr, ...], symbol: Symbol, letters: Mapping[Symbol, arb], bits: int, terms: int = 3
) -> list[list[arb]] | None:
    """The first Taylor coefficients in u of expressions in c = 1 - u, as balls; None where one is not analytic there."""
    with precision(bits, terms):
        tape = lower(expressions, (symbol, *letters)).bind(SERIES)
        try:
            found = tape(series([1, -1]), *(series([ball]) for ball in letters.values()))
        except (ValueError, ZeroDivisionError):
            return None
        values = [[one[k] for k in range(terms)] for one in found]
        return values if all(value.is_finite() for one in values for value in one) else None


def _function(expression: Expr, symbol: Symbol, letters: Mapping[Symbol, arb] | None = None) -> Callable[[arb], arb]:
    given = letters or {}
    tape = lower((expression,), (symbol, *given)).bind(REAL)
    values = tuple(given.values())
    return lambda point: tape(point, *values)[0]


def attracted_to(image: Expr, slope: Expr, symbol: Symbol, start: arb, bits: int, layers: int = 20_000) -> arb | None:
    """The fixed point of a length map to which the iteration from ``start`` is proved to converge.

    The iteration is enclosed until it enters a ball X about a zero of Q(q) - q (proved by interval Newton) on which
    |Q'| <= rho < 1: Q maps X, centred at its fixed point, into itself and contracts it.

    returns  a ball of the fixed point; None where no such ball was entered in so many layers
    """
    top = 10**30
    if image.has(GaussianMean, GaussianPair):  # a quadrature for each layer, the slower the longer the input
        layers, top = _DEAR_LAYERS, _DEAR_LENGTH
    with precision(bits + 32):
        map_, derivative = _function(image, symbol), _function(slope, symbol)
        q, wait = start, 8
        for layer in range(layers):
            q = map_(q)
            if not q.is_finite() or not q < top or not q > arb(10) ** -30:
                return None
            if layer != wait:
                continue
            wait *= 2
            width = abs(map_(q.mid()) - q.mid()).upper()
            steep = 1 - derivative(q.mid())
            if not steep > 0:
                continue
            # the distance to the fixed point is about the last step over 1 - Q'
            radius = (2 * width / steep).upper() + abs(q).upper() * arb(2) ** (-bits // 2)
            box = q + arb(0, radius)
            if not (box > 0 and abs(derivative(box + arb(0, 2 * radius))) < 1):
                continue
            found = newton(lambda x: map_(x) - x, lambda x: derivative(x) - 1, box)
            if found is not None:
                return found
        return None
