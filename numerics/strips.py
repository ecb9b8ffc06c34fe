r"""The strip |Im z| <= d in which f(z) = phi(sqrt(q) z) is analytic, with bounds of |f|: what error bounds are made of.

Idea. The rectangle |Re z| <= R, 0 <= Im z <= d is covered by boxes, on each of which complex balls enclose f; a finite
enclosure shows that f is analytic there. The lower half follows by f(conj z) = conj f(z). Outside, from |Re z| >= R - 2d
on, ``numerics.majorant`` bounds the growth and shows analyticity. The half-width d starts at 2 and shrinks until both
succeed, and on while that pays.

    ceiling        sup |f| on the columns of boxes, for the mean square of sup over discs of radius d (``disc_square``)
    edge(w)        integral of |f(x + i d)| exp(-w x^2) over |x| <= R
    side           sup |f| on the vertical sides |Re z| = R
    tail(p)        E[|f(z)|^p; |z| > R] for p = 1, 2

Tails. With |f(x + iy)| <= A (1 + s|x|)^n exp(b s |x| + a q x^2), s = sqrt(q), the logarithm of the p-th power at t >= R
grows at most like lam (t - R) + p a q t^2 with lam = p (n s/(1 + s R) + b s), and exp(-k t^2/2) <= exp(-k R^2/2 - k R (t - R))
with k = 1 - 2 p a q. So the integral over t > R is at most value(R) / (k R - lam), if k R > lam.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from flint import acb, arb
from sympy import Expr

from numerics.balls import precision
from numerics.compile import lower
from numerics.complex_balls import COMPLEX
from numerics.majorant import Growth, NotUnderstood, majorant
from theory.errors import NoClosedForm
from theory.symbols import x

BITS = 64
_WIDTHS = tuple(arb(2) * arb(27) ** k / arb(32) ** k for k in range(32))
"""Half-widths that are tried, 2 to 0.01; each is 27/32 of the one before."""
_BISECTIONS = 7
_LENGTHENINGS = 12
_NEAR_END, _NEAR_BOXES = arb(5) / 4, 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Strip:
    """Bounds of f(z) = phi(sqrt(q) z) on |Im z| <= d; all numbers are upper bounds, exact balls.

    width, reach   d and R
    columns        (left, right, ceiling) from -R to R
    top            (left, right, sup of |f| on Im z = d) from -R to R
    growth         the growth of phi on both sides, beyond |Re z| = R - 2d
    root           the ball of sqrt(q)
    """

    width: arb
    reach: arb
    columns: tuple[tuple[arb, arb, arb], ...]
    top: tuple[tuple[arb, arb, arb], ...]
    growth: tuple[Growth, Growth]
    root: arb

    def edge(self, weight: arb) -> arb:
        """An upper bound of the integral of |f(x + i d)| exp(-weight x^2) over |x| <= R."""
        total = arb(0)
        for left, right, size in self.top:
            near = _nearest(left, right)
            total += size * (-weight * near * near).exp() * (right - left)
        return total.abs_upper()

    def side(self, reach: arb) -> arb:
        """An upper bound of |f| on |Re z| = reach, |Im z| <= d, for reach >= R - 2d."""
        size = (self.root * reach).abs_upper()
        return _larger(self.growth[0].at(size), self.growth[1].at(size))

    def tail(self, power: int, reach: arb, shift: arb | None = None) -> arb:
        """An upper bound of E[g(|z|)^power; |z| > reach], g the growth at |z| + shift; infinite where not integrable."""
        return (self._one_tail(0, power, reach, shift) + self._one_tail(1, power, reach, shift)).abs_upper()

    def _one_tail(self, side: int, power: int, reach: arb, shift: arb | None) -> arb:
        growth, s, shift = self.growth[side], self.root, arb(0) if shift is None else shift
        square = growth.a * s * s
        # a q (t + shift)^2 = a q t^2 + 2 a q shift t + a q shift^2
        lam = power * (growth.n * s / (1 + s * reach) + growth.b * s + 2 * square * shift)
        k = 1 - 2 * power * square
        excess = k * reach - lam
        if not (k > 0 and excess > 0):
            return arb("inf")
        value = growth.at((s * (reach + shift)).abs_upper())
        density = (-reach * reach / 2).exp() / (2 * arb.pi()).sqrt()
        result = density / excess
        for _ in range(power):
            result *= value
        return result

    @cached_property
    def disc_square(self) -> arb:
        """An upper bound of E[sup of |f|^2 over the disc of radius d about z], z ~ N(0,1)."""
        with precision(BITS):
            d, end = self.width, self.reach - self.width
            total = self.tail(2, end, d)
            for index, (left, right, _) in enumerate(self.columns):
                if right < -end or left > end:
                    continue
                size = self._highest(index, left - d, right + d)
                near = _nearest(left, right)
                total += size * size * (-near * near / 2).exp() * (right - left) / (2 * arb.pi()).sqrt()
            return total.abs_upper()

    def _highest(self, index: int, low: arb, high: arb) -> arb:
        """The largest ceiling of the columns that meet [low, high], from one of them on to both sides."""
        size = arb(0)
        for direction in (1, -1):
            at = index
            while 0 <= at < len(self.columns):
                left, right, ceiling = self.columns[at]
                size = _larger(size, ceiling)
                if right > high if direction == 1 else left < low:
                    break
                at += direction
        return size


def find_strip(phi: Expr, root: arb, enough: Callable[[Strip], bool], *, least: int, bits: int) -> Strip:
    """The strip among those tried that serves best for ``bits`` bits.

    root    ball of sqrt(q)
    enough  whether R is large enough; asked of strips without boxes, with R = least, 5/4 least, ...
    raises  NoClosedForm with one line where no strip is found
    """
    missing = ""
    best: tuple[float, Strip] | None = None
    with precision(BITS):
        for width in _WIDTHS:
            try:
                found = _try(phi, root, width.mid(), enough, least)
            except NotUnderstood as error:
                missing = str(error)
                found = None
            if found is None:
                if best is not None:
                    break
                continue
            # coefficients fall like exp(-d sqrt k), from about the root of disc_square on
            worth = float(found.width / (bits + _log2(found.disc_square)))
            if best is not None and worth <= best[0]:
                break
            best = (worth, found)
    if best is not None:
        return best[1]
    reason = f"no bound for {missing[:60]} far out" if missing else "it is not shown to be analytic near the real line"
    raise NoClosedForm(f"activation={str(phi)[:80]}: its Gaussian moments are not enclosed: {reason}")


def _try(phi: Expr, root: arb, width: arb, enough: Callable[[Strip], bool], least: int) -> Strip | None:
    end = arb(least)
    for _ in range(_LENGTHENINGS):
        inner = end - 2 * width
        sides = [growth_of(phi, side, (root * inner).lower(), (root * width).upper()) for side in (1, -1)]
        first, second = sides
        if first is None or second is None:
            return None
        bare = Strip(width=width, reach=end, columns=(), top=(), growth=(first, second), root=root)
        if enough(bare):
            covered = _cover(phi, root, width, end)
            return None if covered is None else replace(bare, columns=covered[0], top=covered[1])
        end = (end * 5 / 4).mid()
    return None


def growth_of(phi: Expr, side: int, start: arb, width: arb) -> Growth | None:
    """The growth of phi on the half-strip side * Re x >= start, |Im x| <= width, for any start >= 0.

    ``majorant`` begins behind 1. What lies in front of it, at small lengths, is bounded, and A is raised to that bound.
    returns  None where boxes do not show that phi is analytic in that part
    raises   NotUnderstood
    """
    if start > 1:
        return majorant(phi, side, start, width)
    end = (_NEAR_END + 2 * width).upper()  # where the rules for polynomials hold
    far = majorant(phi, side, end, width)
    tape = lower((phi,), (x,)).bind(COMPLEX)
    cuts = [start + (end - start) * i / _NEAR_BOXES for i in range(_NEAR_BOXES + 1)]
    top = far.A
    for left, right in pairwise(cuts):
        across = (left, right) if side == 1 else (-right, -left)
        found = _ceiling(tape, arb(1), across, (arb(0), width), _BISECTIONS)
        if found is None:
            return None
        top = _larger(top, found)
    return far._replace(A=top)


def _log2(value: arb) -> float:
    return max(float(value.log()) / 0.693, 0.0) if value.is_finite() else float("inf")


Rows = tuple[tuple[arb, arb, arb], ...]


def _cover(phi: Expr, root: arb, width: arb, end: arb) -> tuple[Rows, Rows] | None:
    """Columns and top edge of the rectangle; None where some box shows no analyticity."""
    tape = lower((phi,), (x,)).bind(COMPLEX)
    count = int(float(8 * end / (3 * width))) + 1
    step = (end / count).upper()
    # from the middle outwards, where singularities usually sit
    columns, top = {}, {}
    for index in sorted(range(-count, count), key=lambda i: abs(2 * i + 1)):
        left, right = step * index, step * (index + 1)
        size = _ceiling(tape, root, (left, right), (arb(0), width), _BISECTIONS)
        edge = None if size is None else _ceiling(tape, root, (left, right), (width, width), _BISECTIONS)
        if size is None or edge is None:
            return None
        columns[index], top[index] = (left.lower(), right.upper(), size), (left.lower(), right.upper(), edge)
    order = sorted(columns)
    return tuple(columns[i] for i in order), tuple(top[i] for i in order)


Interval = tuple[arb, arb]


def _ceiling(tape: Callable[..., tuple[acb, ...]], root: arb, across: Interval, up: Interval, left: int) -> arb | None:
    """An upper bound of |f| on a box; None where no bisection makes it finite."""
    box = acb(across[0].union(across[1]), up[0].union(up[1]))
    (value,) = tape(root * box)
    size: arb = value.abs_upper()
    if size.is_finite() and (left < _BISECTIONS - 2 or size <= 2 * tape(root * box.mid())[0].abs_lower() + 1):
        return size
    if left == 0:
        return size if size.is_finite() else None
    middle = ((across[0] + across[1]) / 2).mid()
    halves = [(across[0], middle), (middle, across[1])]
    level = ((up[0] + up[1]) / 2).mid()
    rows = [(up[0], level), (level, up[1])] if up[0] < up[1] else [up]
    found = arb(0)
    for row in reversed(rows):
        for half in halves:
            part = _ceiling(tape, root, half, row, left - 1)
            if part is None:
                return None
            found = _larger(found, part)
    return found


def _nearest(left: arb, right: arb) -> arb:
    """The least |x| on an interval."""
    if left > 0:
        return left.lower()
    return (-right).lower() if right < 0 else arb(0)


def _larger(one: arb, other: arb) -> arb:
    return one if one > other else other if other > one else one.union(other).upper()


__all__ = ["BITS", "Strip", "find_strip", "growth_of"]
