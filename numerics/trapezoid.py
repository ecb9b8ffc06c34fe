r"""Integrals against the Gaussian density and Hermite polynomials by one trapezoidal sum with a proved error.

Source. Trefethen, Weideman 2014 for the rule; Mehler 1866 for the kernel; the bounds are proved here.

Let s = step, R = (n + 1/2) s, and F analytic on |Re z| <= R, |Im z| <= d. With the kernel
(1/2i) cot(pi z/s), the sum T = s sum F(i s) over |i| <= n is an integral around the rectangle. As cot = -i(1 + 2g/(1 - g)),
g = exp(2 pi i z/s), above the axis, and the conjugate below, T - integral_{-R}^{R} F is the sum over both halves of the
contour of integrals of F g/(1 - g). On Im z = d: |g/(1-g)| <= 1/(e^(2 pi d/s) - 1). On Re z = +-R: g = -exp(-2 pi |y|/s),
so |g/(1-g)| = 1/(1 + e^(2 pi |y|/s)), whose integral over each of the four halves is at most s log(2)/(2 pi). Hence

    |T - integral| <= 2 (integral of |F| on Im z = d) / (e^(2 pi d/s) - 1) + (2 s log(2)/pi) (sup of |F| on |Re z| = R).

Here F = f h_k times the density, and Mehler's formula at a point and its conjugate bounds, for any 0 < r < 1,

    |h_k(x + iy)|^2 <= r^(-k) (1 - r^2)^(-1/2) exp(x^2 r/(1 + r) + y^2 r/(1 - r)),

so that |h_k| times the density is at most B exp(-x^2/4), with one B for all k <= N. What lies beyond R is at most
sqrt(E[f^2; |z| > R]), by Cauchy and Schwarz.

What can go wrong. The balls of h_k by recurrence lose about 0.72 k bits, which are added.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import isqrt, log

from flint import arb, arb_mat
from sympy import Expr

from numerics.balls import ARB, precision
from numerics.compile import lower
from numerics.majorant import NotUnderstood, majorant
from numerics.strips import BITS, Strip, find_strip
from theory.activations import Activation, parity
from theory.symbols import x

GUARD = 8
"""Bits beyond the precision to which errors are held."""


@dataclass(frozen=True, kw_only=True)
class Grid:
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


def _grid(strip: Strip, bound: arb, bits: int, *, round_to: int = 16) -> Grid:
    """A grid for which ``bound`` / (e^(2 pi d/s) - 1) is below the precision; few bits, so that grids are shared."""
    exponent = (bits + GUARD) * log(2) + max(float(bound.log()), 0.0)
    step = float(2 * arb.pi() * strip.width) / exponent
    shift = 0
    while step * (1 << shift) < round_to:
        shift += 1
    units = int(step * (1 << shift))
    # R = (n + 1/2) s must not pass the end of the boxes
    count = int(float(strip.reach) * (1 << shift) / units - 0.5)
    grid = Grid(units=units, shift=shift, count=count)
    return grid if grid.reach <= strip.reach else Grid(units=units, shift=shift, count=count - 1)


def trapezoid_error(strip: Strip, grid: Grid, factor: arb, weight: arb) -> arb:
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


def hermite_coefficients(phi: Expr, q: arb, strip: Strip, last: int, bits: int) -> tuple[arb, ...]:
    """E[phi(sqrt(q) z) h_k(z)] for k = 0, ..., last; the strip is one of phi at q for about ``bits`` bits."""
    strip = longer_strip(phi, _root(q), strip, last, bits)
    factor = mehler_factor(strip.width, last)
    with precision(BITS):
        weight = arb(1) / 4
        grid = _grid(strip, 2 * factor * strip.edge(weight), bits)
        error = trapezoid_error(strip, grid, factor, weight) + strip.tail(2, grid.reach).sqrt()
    ball = _ball(error)
    even, odd = _table(grid, last, bits)
    known = parity(Activation(name="phi", expression=phi))
    with precision(bits + GUARD):
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


def longer_strip(phi: Expr, root: arb, strip: Strip, last: int, bits: int) -> Strip:
    """A strip at these roots of q, long enough for the sides and tails of the coefficients up to ``last``; itself if it is."""
    factor = mehler_factor(strip.width, last)
    with precision(BITS):
        goal = arb(2) ** (-bits - GUARD)

        def enough(one: Strip) -> bool:
            reach = one.reach - 1
            sides = factor * one.side(reach) * (-reach * reach / 4).exp()
            return bool(sides < goal) and bool(one.tail(2, reach) < goal * goal)

        if enough(strip):
            return strip
        return find_strip(phi, root, enough, least=int(float(strip.reach)), bits=bits)


def _root(q: arb) -> arb:
    with precision(BITS):
        root: arb = q.sqrt()
        return root


def _ball(radius: arb) -> arb:
    return arb(0, radius.abs_upper()) if radius.is_finite() else arb.nan()


def _values(phi: Expr, root: arb, grid: Grid) -> tuple[list[arb], list[arb]]:
    """The function at the nodes i s and -i s, i = 0..n."""
    run = lower((phi,), (x,)).bind(ARB)
    points = [root * (arb(grid.units * i) / (1 << grid.shift)) for i in range(grid.count + 1)]
    return [run(point)[0] for point in points], [run(-point)[0] for point in points]


@lru_cache(maxsize=6)
def _table(grid: Grid, last: int, bits: int) -> tuple[arb_mat, arb_mat]:
    """Rows h_k(i s) density(i s) s for even and for odd k <= last, columns i = 0..n."""
    with precision(bits + GUARD + 3 * last // 4 + 64):
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
            with precision(bits + GUARD):
                rows[k % 2].append([scale * a for a in now])
    with precision(bits + GUARD):
        return arb_mat(rows[0]), arb_mat(rows[1] or [[0] * len(nodes)])


def gaussian_integral(g: Expr, q: arb, bits: int, strip: Strip | None = None) -> arb:
    """One trapezoidal sum; ``strip`` is one of g at q for about ``bits`` bits, found where it is not given."""
    with precision(BITS):
        weight = arb(1) / 2
        strip = strip_for_integral(g, _root(q), bits) if strip is None else strip
        factor = mehler_factor(strip.width, 0)
        grid = _grid(strip, 2 * factor * strip.edge(weight), bits)
        error = trapezoid_error(strip, grid, factor, weight) + strip.tail(1, grid.reach)
    with precision(bits + GUARD):
        right, left = _values(g, q.sqrt(), grid)
        unit = grid.step / (2 * arb.pi()).sqrt()
        points = [grid.step * i for i in range(grid.count + 1)]
        total = arb(0)
        for i, point in enumerate(points):
            value = right[i] + left[i] if i else right[0]
            total += value * (-(point * point) / 2).exp()
        result: arb = total * unit + _ball(error)
        return result


def strip_for_integral(g: Expr, root: arb, bits: int) -> Strip:
    """A strip of g for ``gaussian_integral`` at every q whose root lies in the ball."""
    with precision(BITS):
        weight, goal = arb(1) / 2, arb(2) ** (-bits - GUARD)

        def enough(one: Strip) -> bool:
            reach = one.reach - 1
            sides = one.side(reach) * (-weight * reach * reach).exp()
            return bool(sides < goal) and bool(one.tail(1, reach) < goal)

        return find_strip(g, root, enough, least=isqrt(3 * bits // 2) + 4, bits=bits)


_CELLS = 16
_FAR = 10


def coarse_integral(g: Expr, q: arb) -> arb:
    """E[g(u)] for u ~ N(0, q) where q is a coarse ball: values on cells times their Gaussian masses, and the tails.

    No analyticity is asked for; NaN where the arithmetic shows nothing.
    """
    with precision(BITS):
        root, far, width = q.sqrt(), arb(_FAR), arb(1) / 1024
        try:
            left, right = (majorant(g, side, (root * far).lower(), width) for side in (-1, 1))
        except NotUnderstood:
            return arb.nan()
        total = _ball(Strip(width=width, reach=far, columns=(), top=(), growth=(left, right), root=root).tail(1, far))
        run = lower((g,), (x,)).bind(ARB)
        ends = [arb(i) / _CELLS for i in range(-_FAR * _CELLS, _FAR * _CELLS + 1)]
        # erfc keeps the digits of small masses
        below = [(-end / arb(2).sqrt()).erfc() / 2 for end in ends]
        for i in range(len(ends) - 1):
            total += run(root * ends[i].union(ends[i + 1]))[0] * (below[i + 1] - below[i])
        return total
