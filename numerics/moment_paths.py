r"""Gaussian moments along a path of lengths: values that share their error bounds, and upper bounds at complex lengths.

Values. What takes most of the time of a moment at one length (``numerics.hermite``) is the strip that bounds its error. A strip
found for a ball of sqrt(q) serves every q of the ball, so that ``Values`` finds one for each cell 2^(k/16) <= q <= 2^((k+1)/16).

Bounds. Let q be complex with Re q > 0. The density exp(-x^2/(2q))/sqrt(2 pi q) is analytic in q, and with
b >= |q|^2/Re q and 0 < a <= |q| its modulus is at most sqrt(b/a) times the density of N(0, b), so that

    |E[g(u); q]| <= sqrt(b/a) sqrt(E[g(u)^2; b]).

For u, v of the same length q and covariance K, (u + v)/sqrt 2 and (u - v)/sqrt 2 are independent of variances p = q + K and
m = q - K, so that E[f(u) f(v)] is analytic in p and m where both have positive real parts; with a, b for each of them

    |E[f(u) f(v)]| <= sqrt(b_p b_m/(a_p a_m)) E[|f(u) f(v)|; b_p, b_m] <= sqrt(b_p b_m/(a_p a_m)) E[f(u)^2; (b_p + b_m)/2].

What can go wrong. Bounds are infinite where a box touches the imaginary axis or a moment is infinite.
"""

from functools import lru_cache
from math import floor, log2

from flint import acb, arb, arb_poly
from sympy import Expr, Pow

from numerics.balls import exact_fraction, precision
from numerics.hermite import (
    HermiteSeries,
    derivative_square,
    gaussian_mean,
    gaussian_pair,
    hermite_terms,
    strip_for_series,
    tail_bound,
)
from numerics.strips import BITS, Strip
from numerics.trapezoid import gaussian_integral, hermite_coefficients, longer_strip, strip_for_integral
from theory.errors import NoClosedForm, NtkproofError

_CELLS = 16
"""Cells in an octave of q; with fewer, boxes far out are too coarse for quotients of exponentials."""
_ORDERS = 2
"""Derivatives of an activation whose moments are wanted."""
_ROUNDING = 6
_NEAR = arb(1) / 64
"""1 - |c| below which the moments of two inputs are those of ``numerics.hermite``, which knows better there."""


class Values:
    """Moments at lengths that are exact balls.

    bits   the precision of the arithmetic
    goal   the bits to which the moments are wanted, at most ``bits``
    """

    def __init__(self, bits: int, goal: int) -> None:
        self.bits, self.goal = bits, goal
        self._means: dict[tuple[Expr, tuple[int, int]], arb] = {}
        self._pairs: dict[tuple[Expr, tuple[int, int]], tuple[HermiteSeries, list[arb_poly]]] = {}

    def mean(self, g: Expr, q: arb) -> arb:
        """E[g(u)] for u ~ N(0, q)."""
        key = (g, exact_fraction(q))
        if key not in self._means:
            with precision(self.bits):
                self._means[key] = gaussian_integral(g, q, self.bits, _shared(g, q, self.bits, None))
        return self._means[key]

    def pair(self, phi: Expr, order: int, q: arb, covariance: arb) -> arb:
        """E[phi^(j)(u) phi^(j)(v)] for two inputs of length q, j = order at most 2."""
        with precision(self.bits):
            corr = covariance / q
            if not 1 - abs(corr) > _NEAR:
                return gaussian_pair(phi, order, q, q, covariance)
            size = corr.abs_upper()
            series, polynomials = self._at(phi, q, size)
            rest = tail_bound(series.strip, order, series.last) * size ** (series.last + 1 - order)
            result: arb = (polynomials[order](corr) + arb(0, rest.abs_upper())) / q**order
            return result

    def _at(self, phi: Expr, q: arb, size: arb) -> tuple[HermiteSeries, list[arb_poly]]:
        strip = _shared(phi, q, self.bits, 0)
        with precision(self.goal):
            last, _ = hermite_terms(strip, _ORDERS, size)
        key = (phi, exact_fraction(q))
        if key not in self._pairs or self._pairs[key][0].last < last:
            long = _shared(phi, q, self.bits, last)
            coefficients = hermite_coefficients(phi, q, long, last, self.bits)
            polynomials = [arb_poly([a * a for a in coefficients])]
            for _ in range(_ORDERS):
                polynomials.append(polynomials[-1].derivative())
            self._pairs[key] = HermiteSeries(coefficients=coefficients, strip=long, derivatives=_ORDERS), polynomials
        return self._pairs[key]


def _find(function: Expr, root: arb, bits: int, last: int | None) -> Strip:
    """A strip for a mean (``last`` is None), or for the Hermite coefficients up to ``last``."""
    if last is None:
        return strip_for_integral(function, root, bits)
    return longer_strip(function, root, strip_for_series(function, root, bits), last, bits)


def _shared(function: Expr, q: arb, bits: int, last: int | None) -> Strip:
    """The strip of the cell around q, or of q alone where there is none."""
    found = _of_cell(function, floor(_CELLS * log2(float(q))), bits, last)
    return _find(function, q.sqrt(), bits, last) if found is None else found


@lru_cache(maxsize=1024)
def _of_cell(function: Expr, index: int, bits: int, last: int | None) -> Strip | None:
    with precision(BITS):
        low, high = ((arb(2).log() * (index + i) / (2 * _CELLS)).exp() for i in (0, 1))
        # the index comes from a float, which may be wrong by a little at the ends
        root = low.lower().union(high.upper()) + arb(0, arb(2) ** -30) * high
    try:
        return _find(function, root, bits, last)
    except NoClosedForm:
        return None


def mean_bound(g: Expr, q: acb) -> arb:
    """An upper bound of |E[g(u)]| for all complex variances in a box."""
    a, b = _ends(q)
    if _is_square(g):
        return ((b / a).sqrt() * _square(g.base, 0, b)).abs_upper()
    return ((b / a).sqrt() * _square(g, 0, b).sqrt()).abs_upper()


def _is_square(g: Expr) -> bool:
    return isinstance(g, Pow) and g.exp == 2


def pair_bound(phi: Expr, order: int, plus: acb, minus: acb) -> arb:
    """An upper bound of |E[phi^(j)(u) phi^(j)(v)]|, j = order, for boxes of q + K and q - K."""
    (a1, b1), (a2, b2) = _ends(plus), _ends(minus)
    return ((b1 * b2 / (a1 * a2)).sqrt() * _square(phi, order, (b1 + b2) / 2)).abs_upper()


def mean_slopes(g: Expr, q: arb) -> tuple[arb, arb]:
    """Upper bounds of |E[g(u)]| and of |d/dq E[g(u)]| = |E[g''(u)]|/2 for all variances in a ball; (f^2)''/2 = f'^2 + f f''."""
    if _is_square(g):
        value, slope, second = (_real_square(g.base, order, q) for order in range(3))
        return value, slope + (value * second).sqrt()
    return _real_square(g, 0, q).sqrt(), _real_square(g, 2, q).sqrt() / 2


def pair_slopes(phi: Expr, order: int, q: arb) -> tuple[arb, arb, arb]:
    """Upper bounds for all lengths q in a ball, and all covariances: of the moment, of its derivatives in q and in K.

    By Cauchy and Schwarz: d/dK E[f(u) f(v)] = E[f'(u) f'(v)], and d/dq of it is E[f''(u) f(v)] + E[f(u) f''(v)], halved.
    """
    value, slope, second = (_real_square(phi, order + i, q) for i in range(3))
    return value, (value * second).sqrt(), slope


def _real_square(function: Expr, order: int, q: arb) -> arb:
    """An upper bound of E[f^(j)(u)^2] for all variances in a ball: at another, by the ratio of the densities."""
    if not q > 0:
        return arb.nan()
    high = q.upper()
    return (_square(function, order, high) * (high / q.lower()).sqrt()).abs_upper()


def _ends(q: acb) -> tuple[arb, arb]:
    """A and b; NaN where Re q > 0 is not shown."""
    if not q.real > 0:
        return arb.nan(), arb.nan()
    return q.abs_lower(), (q.abs_upper() ** 2 / q.real.lower()).abs_upper()


def _square(function: Expr, order: int, length: arb) -> arb:
    """E[f^(j)(u)^2] at a length not below the given one, times the ratio of both, which bounds that of the densities."""
    if not length.is_finite():
        return arb.nan()
    cell = floor(_ROUNDING * log2(float(length.upper()))) + 1
    while not _rounded(cell) >= length:
        cell += 1
    return _square_at(derivative_square(function, order), cell) * (_rounded(cell) / length)


def _rounded(cell: int) -> arb:
    with precision(BITS):
        return (arb(2).log() * cell / _ROUNDING).exp().mid()


@lru_cache(maxsize=1024)
def _square_at(square: Expr, cell: int) -> arb:
    with precision(BITS):
        try:
            found = gaussian_mean(square, _rounded(cell))
        except NtkproofError:
            return arb.nan()
        return found.abs_upper() if found.is_finite() else arb.nan()


__all__ = ["Values", "mean_bound", "mean_slopes", "pair_bound", "pair_slopes"]
