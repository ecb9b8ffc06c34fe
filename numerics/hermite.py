r"""Gaussian moments of analytic functions by their Hermite series, every error bounded.

Source. Mehler 1866 for the series; Trefethen, Weideman 2014 for the trapezoidal rule; the bounds are proved here.

Let f(z) = phi(sqrt(q) z) and h_k the orthonormal Hermite polynomials of N(0,1), a_k = E[f(z) h_k(z)]. Then

    E[phi^(j)(u) phi^(j)(v)] = (q1 q2)^(-j/2) sum_k k!/(k-j)! a_k(q1) a_k(q2) c^(k-j),   c = K / sqrt(q1 q2).

Coefficients. Let s = step, R = (n + 1/2) s, and F analytic on |Re z| <= R, |Im z| <= d. With the kernel
(1/2i) cot(pi z/s), the sum T = s sum F(i s) over |i| <= n is an integral around the rectangle. As cot = -i(1 + 2g/(1 - g)),
g = exp(2 pi i z/s), above the axis, and the conjugate below, T - integral_{-R}^{R} F is the sum over both halves of the
contour of integrals of F g/(1 - g). On Im z = d: |g/(1-g)| <= 1/(e^(2 pi d/s) - 1). On Re z = +-R: g = -exp(-2 pi |y|/s),
so |g/(1-g)| = 1/(1 + e^(2 pi |y|/s)), whose integral over each of the four halves is at most s log(2)/(2 pi). Hence

    |T - integral| <= 2 (integral of |F| on Im z = d) / (e^(2 pi d/s) - 1) + (2 s log(2)/pi) (sup of |F| on |Re z| = R).

Here F = f h_k times the density, and Mehler's formula at a point and its conjugate bounds, for any 0 < r < 1,

    |h_k(x + iy)|^2 <= r^(-k) (1 - r^2)^(-1/2) exp(x^2 r/(1 + r) + y^2 r/(1 - r)),

so that |h_k| times the density is at most B exp(-x^2/4), with one B for all k <= N. What lies beyond R is at most
sqrt(E[f^2; |z| > R]), by Cauchy and Schwarz.

Tails. By Cauchy's estimate on discs of radius d, E[f^(J)(z)^2] <= (J!/d^J)^2 M with M = E[sup of |f|^2 on the disc], and it
is the sum of k!/(k-J)! a_k^2. For k > N the ratio of k!/(k-j)! to k!/(k-J)! is at most (N+1-J)!/(N+1-j)!, so

    sum_{k > N} k!/(k-j)! a_k^2 <= M (J!/d^J)^2 (N+1-J)!/(N+1-j)!   for each j <= J <= N,

smallest near J = d sqrt(N). On |c| <= 1 the tail of the j-th derivative is at most |c|^(N+1-j) times that.

What can go wrong. The balls h_k by recurrence lose about 0.72 N bits, which are added. The number of terms grows like
(bits/d)^2 where |c| is near 1; beyond ``MAX_TERMS`` the tail stays what it is.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import factorial, isqrt, log
from typing import Any

from flint import arb, arb_mat, arb_poly, arb_series, ctx, fmpz
from sympy import Expr

from numerics.balls import ARB, precision, series
from numerics.compile import lower
from numerics.strips import BITS, Strip, find_strip
from theory import symbols
from theory.activations import Activation, parity
from theory.errors import BeyondReach
from theory.exact import exact
from theory.moments import GaussianMean
from theory.symbols import x

TERMS = (32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
MAX_TERMS = TERMS[-1]
_WIDE = 20
"""Lengths that are known to fewer bits are given no series, but the bound of Cauchy and Schwarz."""
_GUARD = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class HermiteSeries:
    """Coefficients of phi(sqrt(q) z) in orthonormal Hermite polynomials.

    coefficients   balls of a_0, ..., a_N
    strip          what bounds the tails
    derivatives    the J up to which ``tails`` goes
    """

    coefficients: tuple[arb, ...]
    strip: Strip
    derivatives: int = 0

    @property
    def last(self) -> int:
        """N, the index of the last coefficient."""
        return len(self.coefficients) - 1

    @property
    def squares(self) -> tuple[arb, ...]:
        """The a_k^2: coefficients of E[phi(u) phi(v)] in powers of the correlation, for equal lengths."""
        return tuple(a * a for a in self.coefficients)

    def tail(self, order: int) -> arb:
        """An upper bound of the sum over k > N of k!/(k-j)! a_k^2, j = order: bounds the j-th derivative on [-1, 1]."""
        return tail_bound(self.strip, order, self.last)

    @property
    def tails(self) -> tuple[arb, ...]:
        """``tail`` for the orders 0 to J."""
        return tuple(self.tail(order) for order in range(self.derivatives + 1))


def hermite_series(phi: Expr, q: Any = 1, *, derivatives: int = 0, terms: int | None = None) -> HermiteSeries:
    """The Hermite series of an activation's expression at the variance q, at the precision that is set.

    phi          expression in theory.symbols.x, smooth
    q            positive: a ball or an exact number
    derivatives  the J up to which tails are wanted
    terms        the index N of the last coefficient; by default as many as make the tail of order J at most 2^-bits
    raises       NoClosedForm, BeyondReach with one line

    >>> from sympy import tanh
    >>> with precision(100):
    ...     found = hermite_series(tanh(x), 1, derivatives=2, terms=128)
    >>> found.squares[1].str(12, radius=False), found.tail(0) < 1e-9, len(found.tails)
    ('0.366879164362', True, 3)
    """
    ball = q if isinstance(q, arb) else lower((exact(q, "q"),), ()).run(ARB, ())[0]
    last = _terms(_strip(phi, ball), derivatives, arb(1)) if terms is None else terms
    return replace(_series(phi, ball, last), derivatives=derivatives)


def tail_bound(strip: Strip, order: int, last: int) -> arb:
    """See Tails above; infinite for order > last."""
    with precision(BITS):
        d, best = strip.width, arb("inf")
        if order > last:
            return best
        middle = min(max(int(float(d) * isqrt(last)), order), last)
        spread = max(middle // 4, 1)
        for power in {min(max(middle + i * spread, order), last) for i in (-2, -1, 0, 1)}:
            factor = (arb(fmpz(power + 1)).gamma() / d**power) if power else arb(1)
            ratio = arb(fmpz(last + 2 - power)).lgamma() - arb(fmpz(last + 2 - order)).lgamma()
            found = (strip.disc_square * factor * factor * ratio.exp()).abs_upper()
            best = found if found < best else best
        return best


def gaussian_mean(g: Expr, q: arb) -> arb:
    """E[g(u)] for u ~ N(0, q), at the precision that is set."""
    bits = int(ctx.prec)
    key = ("mean", g, _key(q), bits)
    if key not in _kept:
        _keep(key, _mean(g, q, bits))
    found: arb = _kept[key]
    return found


def gaussian_pair(phi: Expr, order: int, q1: arb, q2: arb, covariance: arb) -> arb:
    """E[phi^(j)(u) phi^(j)(v)] for lengths q1, q2 and a covariance, j = order, at the precision that is set.

    A covariance beyond sqrt(q1 q2) counts as the part of its ball inside.
    """
    if not (q1 > 0 and q2 > 0 and covariance.is_finite()):
        return arb.nan()
    if _wide(q1) or _wide(q2):
        return _schwarz(phi, order, q1, q2)
    root = q1 if _key(q1) == _key(q2) else (q1 * q2).sqrt()
    corr = _inside(covariance / root)
    first, second = _pair_of_series(phi, order, q1, q2, corr)
    total = _polynomial(first, second, order)(corr) + _ball(_remainder(first, second, order, corr))
    result: arb = total / root**order if order else total
    return result


def pair_polynomial(phi: Expr, order: int, q1: arb, q2: arb) -> tuple[list[arb], arb]:
    """Coefficients in c whose polynomial is E[phi^(j)(u) phi^(j)(v)] for all |c| <= 1, and sqrt(q1 q2).

    The tail is below the precision that is set, and left out: for floats.
    """
    root = (q1 * q2).sqrt()
    first, second = _pair_of_series(phi, order, q1, q2, arb(1))
    scale = root**order if order else arb(1)
    return [b / scale for b in _polynomial(first, second, order).coeffs()], root


def gaussian_pair_series(phi: Expr, order: int, q1: arb_series, q2: arb_series, covariance: arb_series) -> arb_series:
    """``gaussian_pair`` on power series whose lengths are constant; NaN for others."""
    cap = int(ctx.cap)
    constant = all(q[k] == 0 for q in (q1, q2) for k in range(1, cap))
    if not constant or _wide(q1[0]) or _wide(q2[0]):
        return series([arb.nan()] * cap)
    root = q1[0] if _key(q1[0]) == _key(q2[0]) else (q1[0] * q2[0]).sqrt()
    corr = _inside(covariance[0] / root)
    first, second = _pair_of_series(phi, order, q1[0], q2[0], corr)
    inner = series([arb(0), *(covariance[k] / root for k in range(1, cap))])
    total = series([arb(0)])
    scale = root**order if order else arb(1)
    taylor = []
    for k in range(cap):
        value = _polynomial(first, second, order + k)(corr) + _ball(_remainder(first, second, order + k, corr))
        taylor.append(value / factorial(k) / scale)
    for value in reversed(taylor):
        total = total * inner + value
    return total


def gaussian_mean_series(g: Expr, q: arb_series) -> arb_series:
    """``gaussian_mean`` on a power series, by the heat equation: the k-th derivative in q is E[g^(2k)(u)]/2^k."""
    cap = int(ctx.cap)
    inner = series([arb(0), *(q[k] for k in range(1, cap))])
    order = 0 if all(q[k] == 0 for k in range(1, cap)) else cap - 1
    moments = [GaussianMean(g.diff(x, 2 * k) if k else g, symbols.length) for k in range(order + 1)]
    values = lower(tuple(moments), (symbols.length,)).run(ARB, (q[0],))
    total = series([arb(0)])
    for k in reversed(range(order + 1)):
        total = total * inner + values[k] / (factorial(k) << k)
    return total


_kept: dict[Any, Any] = {}
_MOST_KEPT = 4096


def _keep(key: Any, value: Any) -> None:
    if len(_kept) >= _MOST_KEPT:
        for old in list(_kept)[: _MOST_KEPT // 4]:
            del _kept[old]
    _kept[key] = value


def _key(q: arb) -> tuple[Any, ...]:
    # an inexact ball has no hash, and is not equal to itself
    return (*map(int, q.mid().man_exp()), *map(int, q.rad().man_exp())) if q.is_finite() else ("nan",)


def _wide(q: arb) -> bool:
    return not q.rad() * (1 << _WIDE) <= q.mid()


def _inside(corr: arb) -> arb:
    if -1 <= corr <= 1:
        return corr
    low, high = corr.lower(), corr.upper()
    if not (low <= 1 and high >= -1):
        return arb.nan()
    return (low if low > -1 else arb(-1)).union(high if high < 1 else arb(1))


def _ball(radius: arb) -> arb:
    return arb(0, radius.abs_upper()) if radius.is_finite() else arb.nan()


def _schwarz(phi: Expr, order: int, q1: arb, q2: arb) -> arb:
    """At most the root of the product of the second moments."""
    square = (phi.diff(x, order) if order else phi) ** 2
    bound = gaussian_mean(square, q1) * gaussian_mean(square, q2)
    return _ball(bound.abs_upper().sqrt())


def _pair_of_series(phi: Expr, order: int, q1: arb, q2: arb, corr: arb) -> tuple[HermiteSeries, HermiteSeries]:
    strips = [_strip(phi, q1), _strip(phi, q2)]
    size = corr.abs_upper() if corr.is_finite() else arb(1)
    terms = max(_terms(strip, order, size) for strip in strips)
    first = _series(phi, q1, terms)
    return first, first if _key(q1) == _key(q2) else _series(phi, q2, terms)


def _terms(strip: Strip, order: int, size: arb) -> int:
    """The least number of terms whose remainder at |c| <= size is below the precision."""
    bits = int(ctx.prec)
    with precision(BITS):
        goal = arb(2) ** (-bits)
        for last in TERMS:
            bound = tail_bound(strip, order, last) * size ** max(last + 1 - order, 0)
            if bound < goal:
                return last
        if order <= 1 and not bound * arb(2) ** (bits // 2) < 1:
            raise BeyondReach(
                f"precision={bits} bits: {MAX_TERMS} terms of a Hermite series do not reach it; ask for fewer digits, "
                "fewer layers or smaller variances"
            )
    return MAX_TERMS


def _remainder(first: HermiteSeries, second: HermiteSeries, order: int, corr: arb) -> arb:
    last = min(first.last, second.last)
    with precision(BITS):
        bound = (tail_bound(first.strip, order, last) * tail_bound(second.strip, order, last)).sqrt()
        size = corr.abs_upper() if corr.is_finite() else arb(1)
        return (bound * size ** max(last + 1 - order, 0)).abs_upper()


def _polynomial(first: HermiteSeries, second: HermiteSeries, order: int) -> arb_poly:
    """Sum of k!/(k-j)! a_k b_k c^(k-j), j = order."""
    key = ("polynomial", id(first), id(second), order, int(ctx.prec))
    if key in _kept:
        found: tuple[Any, Any, arb_poly] = _kept[key]
        return found[2]
    result = arb_poly([a * b for a, b in zip(first.coefficients, second.coefficients, strict=False)])
    for _ in range(order):
        result = result.derivative()
    # the series are kept with the polynomial, so that their ids stay taken
    _keep(key, (first, second, result))
    return result


def _strip(phi: Expr, q: arb) -> Strip:
    """The strip for coefficients at this precision."""
    bits = int(ctx.prec)
    key = ("strip", phi, _key(q), bits)
    if key not in _kept:
        root = _root(q)
        with precision(BITS):
            goal = arb(4) ** (-bits - _GUARD)
            least = isqrt(3 * bits) + 4
            _keep(
                key,
                find_strip(
                    phi, root, lambda strip: _true(strip.tail(2, strip.reach - 1) < goal), least=least, bits=bits
                ),
            )
    found: Strip = _kept[key]
    return found


def _true(value: Any) -> bool:
    return bool(value)


def _root(q: arb) -> arb:
    with precision(BITS):
        root: arb = q.sqrt()
        return root


def _series(phi: Expr, q: arb, terms: int) -> HermiteSeries:
    bits = int(ctx.prec)
    # the number of terms belongs to the key: what a ball is must not depend on what was asked before
    key = ("series", phi, _key(q), bits, terms)
    if key not in _kept:
        strip = _strip(phi, q)
        _keep(key, HermiteSeries(coefficients=_coefficients(phi, q, strip, terms, bits), strip=strip))
    found: HermiteSeries = _kept[key]
    return found


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """Nodes i s, |i| <= n; s = units 2^-shift."""

    units: int
    shift: int
    count: int

    @property
    def step(self) -> arb:
        """The exact step."""
        return arb(self.units) / (1 << self.shift)

    @property
    def reach(self) -> arb:
        """R = (n + 1/2) s."""
        return arb(2 * self.units * self.count + self.units) / (1 << (self.shift + 1))


def _grid(strip: Strip, bound: arb, bits: int, *, round_to: int = 16) -> _Grid:
    """A grid for which ``bound`` / (e^(2 pi d/s) - 1) is below the precision; few bits, so that grids are shared."""
    exponent = (bits + _GUARD) * log(2) + max(float(bound.log()), 0.0)
    step = float(2 * arb.pi() * strip.width) / exponent
    shift = 0
    while step * (1 << shift) < round_to:
        shift += 1
    units = int(step * (1 << shift))
    # R = (n + 1/2) s must not pass the end of the boxes
    count = int(float(strip.reach) * (1 << shift) / units - 0.5)
    grid = _Grid(units=units, shift=shift, count=count)
    return grid if grid.reach <= strip.reach else _Grid(units=units, shift=shift, count=count - 1)


def trapezoid_error(strip: Strip, grid: _Grid, factor: arb, weight: arb) -> arb:
    """The error of the sum against the integral over [-R, R] of f times a factor that is <= factor exp(-weight x^2)."""
    with precision(BITS):
        reach, step = grid.reach, grid.step
        top = 2 * strip.edge(weight) / ((2 * arb.pi() * strip.width / step).exp() - 1)
        sides = 2 * step * arb(2).log() / arb.pi() * strip.side(reach) * (-weight * reach * reach).exp()
        return (factor * (top + sides)).abs_upper()


def mehler_factor(width: arb, last: int) -> arb:
    """B with |h_k(z)| times the density of N(0,1) at most B exp(-x^2/4), for k <= last and |Im z| <= width."""
    with precision(BITS):
        density = (width * width / 2).exp() / (2 * arb.pi()).sqrt()
        if last == 0:
            return density.abs_upper()
        gap = (width / arb(last + 1).sqrt()).mid()
        gap = gap if gap < arb(1) / 2 else arb(1) / 2
        r = 1 - gap
        # x^2 r/(2(1+r)) - x^2/2 <= -x^2/4 for r < 1
        power = (-(arb(last) / 2) * r.log() + width * width * r / (2 * gap)).exp()
        return (density * power / (1 - r * r).sqrt().sqrt()).abs_upper()


def _coefficients(phi: Expr, q: arb, strip: Strip, last: int, bits: int) -> tuple[arb, ...]:
    factor = mehler_factor(strip.width, last)
    with precision(BITS):
        weight = arb(1) / 4
        strip = _longer(phi, q, strip, factor, weight, 2, bits)
        grid = _grid(strip, 2 * factor * strip.edge(weight), bits)
        error = trapezoid_error(strip, grid, factor, weight) + strip.tail(2, grid.reach).sqrt()
    ball = _ball(error)
    even, odd = _table(grid, last, bits)
    known = parity(Activation(name="phi", expression=phi))
    with precision(bits + _GUARD):
        right, left = _values(phi, q.sqrt(), grid)
        sums = {
            0: [a + b for a, b in zip(right, left, strict=True)],
            1: [a - b for a, b in zip(right, left, strict=True)],
        }
        sums[0][0] = right[0]
        found = [arb(0)] * (last + 1)
        for side, rows in ((0, even), (1, odd)):
            if known == (-1, 1)[side]:
                continue  # by symmetry these coefficients are 0
            column = rows * arb_mat([[value] for value in sums[side]])
            for row in range(column.nrows()):
                found[2 * row + side] = column[row, 0] + ball
    return tuple(found)


def _longer(phi: Expr, q: arb, strip: Strip, factor: arb, weight: arb, power: int, bits: int) -> Strip:
    """A strip long enough for its vertical sides and tails, given the factor; the strip itself if it is."""
    goal = arb(2) ** (-bits - _GUARD)

    def enough(one: Strip) -> bool:
        reach = one.reach - 1
        sides = factor * one.side(reach) * (-weight * reach * reach).exp()
        return bool(sides < goal) and bool(one.tail(power, reach) < goal**power)

    if enough(strip):
        return strip
    return find_strip(phi, _root(q), enough, least=int(float(strip.reach)), bits=bits)


def _values(phi: Expr, root: arb, grid: _Grid) -> tuple[list[arb], list[arb]]:
    """The function at the nodes i s and -i s, i = 0..n."""
    run = lower((phi,), (x,)).bind(ARB)
    points = [root * (arb(grid.units * i) / (1 << grid.shift)) for i in range(grid.count + 1)]
    return [run(point)[0] for point in points], [run(-point)[0] for point in points]


@lru_cache(maxsize=6)
def _table(grid: _Grid, last: int, bits: int) -> tuple[arb_mat, arb_mat]:
    """Rows h_k(i s) density(i s) s for even and for odd k <= last, columns i = 0..n."""
    with precision(bits + _GUARD + 3 * last // 4 + 64):
        step = grid.step
        nodes = [step * i for i in range(grid.count + 1)]
        unit = step / (2 * arb.pi()).sqrt()
        before = [arb(0)] * len(nodes)
        now = [unit * (-(point * point) / 2).exp() for point in nodes]
        scale = arb(1)
        rows: tuple[list[list[arb]], list[list[arb]]] = ([], [])
        for k in range(last + 1):
            if k:
                # He_k = x He_{k-1} - (k-1) He_{k-2}
                now, before = [p * a - (k - 1) * b for p, a, b in zip(nodes, now, before, strict=True)], now
                scale = scale / arb(k).sqrt()
            with precision(bits + _GUARD):
                rows[k % 2].append([scale * a for a in now])
    with precision(bits + _GUARD):
        return arb_mat(rows[0]), arb_mat(rows[1] or [[0] * len(nodes)])


def _mean(g: Expr, q: arb, bits: int) -> arb:
    """One trapezoidal sum."""
    with precision(BITS):
        weight = arb(1) / 2
        root = _root(q)
        goal = arb(2) ** (-bits - _GUARD)

        def enough(one: Strip) -> bool:
            reach = one.reach - 1
            sides = one.side(reach) * (-weight * reach * reach).exp()
            return bool(sides < goal) and bool(one.tail(1, reach) < goal)

        strip = find_strip(g, root, enough, least=isqrt(3 * bits // 2) + 4, bits=bits)
        factor = mehler_factor(strip.width, 0)
        grid = _grid(strip, 2 * factor * strip.edge(weight), bits)
        error = trapezoid_error(strip, grid, factor, weight) + strip.tail(1, grid.reach)
    with precision(bits + _GUARD):
        right, left = _values(g, q.sqrt(), grid)
        unit = grid.step / (2 * arb.pi()).sqrt()
        points = [grid.step * i for i in range(grid.count + 1)]
        total = arb(0)
        for i, point in enumerate(points):
            value = right[i] + left[i] if i else right[0]
            total += value * (-(point * point) / 2).exp()
        result: arb = total * unit + _ball(error)
        return result
