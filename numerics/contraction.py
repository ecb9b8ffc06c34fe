"""Depths without bound where the recursion contracts to a fixed point: ordered and chaotic phases, lengths that converge.

Lemma. Let |f_k(x) - f_k(y)| <= rho |x - y| on D = [x* - R, x* + R], |f_k(x*) - x*| <= w for all k, rho R + w <= R and
|x_0 - x*| <= d <= R. Then x_n stays in D and |x_n - x*| <= rho^n d + w/(1 - rho).

Proof. |x_{k+1} - x*| <= |f_k(x_k) - f_k(x*)| + |f_k(x*) - x*| <= rho |x_k - x*| + w <= R; sum. QED

The lemma is used on the lengths (w = 0), then on the correlation, whose map contains the lengths, then on the NTK, whose
map contains both: each starts where the one before has had a third of the layers to settle, so that w is tiny, and no
derivative of an outer map in an inner variable is needed. That matters at c = 1, where kappa-dot of a kinked activation
has a root.

Where the NTK at one input grows, t' = F(q) t + S(q) with F(q*) > 1, put t = s* + e, s* = S(q*)/(1 - F(q*)). Then
e_n = P_n (e_0 + sum_k delta_k/P_{k+1}), P_k = F(q_0) ... F(q_{k-1}) >= 1, |delta_k| <= K rho^k d and
P_n = F(q*)^n e^(+-2s) for s = K_F d/(F(q*)(1 - rho)) <= 1/2: all sums are geometric.

Fixed points. c* = 1 where inputs of equal length are equal, and c* = 0 where exact substitution says so; else the root
of C(c) = c is enclosed by an interval Newton step.

What can go wrong. rho >= 1 on the ball around the present state: it is not near enough yet, or the network is critical.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from flint import arb, ctx

from numerics.balls import REAL, precision
from numerics.compile import lower
from numerics.model import LAYER_AND_LENGTHS, at_depth
from numerics.propagation import Reached, Run, power
from theory import symbols

_NEWTON = 80
_WIDENINGS = 12


@dataclass(frozen=True, kw_only=True)
class Attraction:
    """A value settling at a fixed point.

    point, rate, drift   x*, rho and w of the lemma
    distance             d, or R where w > 0
    box                  D, or the part of it that can occur
    """

    point: arb
    rate: arb
    drift: arb
    distance: arb
    box: arb

    def after(self, count: int) -> arb:
        """A ball of the value after so many layers."""
        return self.point + arb(0, self.spread(count))

    def spread(self, count: int) -> arb:
        """A bound of the distance from the point after so many layers."""
        return (shrunk(self.rate, count) * self.distance + self.drift / (1 - self.rate)).upper()


def shrunk(rate: arb, count: int) -> arb:
    """An upper bound of rate^count for 0 <= rate < 1."""
    return arb(0) if count and rate == 0 else (rate.upper() ** count if count < 1000 else _long(rate, count))


def _long(rate: arb, count: int) -> arb:
    with precision(int(ctx.prec) + count.bit_length()):
        return (rate.log() * count).exp().upper()


class Maps:
    """The coefficients of a network's recursion as functions of c and the lengths, where no layer index occurs."""

    def __init__(self, run: Run) -> None:
        m = run.model

        def bound(*expressions: object) -> Callable[..., tuple[arb, ...]]:
            variables = (symbols.c, *LAYER_AND_LENGTHS)
            return lower(tuple(at_depth(e, run.depth) for e in expressions), variables).bind(REAL)

        self._corr = bound(m.corr, m.corr_slope)
        self._ntk = bound(m.factor, m.source)
        self._length = bound(m.length_slope if m.lengths is None else m.lengths, m.length_slope)
        single = [e.diff(symbols.length) for e in (m.diagonal_factor, m.diagonal_source)]
        self._diagonal = bound(m.diagonal_factor, m.diagonal_source)
        self._diagonal_slopes = bound(*single)

    @staticmethod
    def _given(corr: arb, lengths: list[arb]) -> tuple[arb, ...]:
        first = lengths[0] if lengths else arb(0)
        return corr, arb(0), first, first, lengths[-1] if lengths else first

    def corr(self, corr: arb, lengths: list[arb]) -> tuple[arb, arb]:
        """C and its derivative in c."""
        value, slope = self._corr(*self._given(corr, lengths))
        return value, slope

    def ntk(self, corr: arb, lengths: list[arb]) -> tuple[arb, arb]:
        """F and S."""
        factor, source = self._ntk(*self._given(corr, lengths))
        return factor, source

    def length(self, length: arb) -> tuple[arb, arb]:
        """The next length and its derivative."""
        value, slope = self._length(*self._given(arb(0), [length]))
        return value, slope

    def diagonal(self, length: arb) -> tuple[arb, arb]:
        """F and S at one input."""
        factor, source = self._diagonal(*self._given(arb(1), [length]))
        return factor, source

    def diagonal_slopes(self, length: arb) -> tuple[arb, arb]:
        """Derivatives of F and S at one input in its length."""
        factor, source = self._diagonal_slopes(*self._given(arb(1), [length]))
        return factor, source


def settle(run: Run, count: int) -> Reached | None:
    """The state ``count`` layers on, from the present one; None where no contraction is shown.

    >>> from sympy import Rational
    >>> from numerics.model import model
    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> run = Run(model(ffnet(activation("erf"))), 10**9, lambda: arb(1) / 10, None)
    >>> found = settle(run, 10**9)
    >>> found is not None and abs(found.corr) < 1e-10**6
    True
    """
    if symbols.layer in run.varies or run.exact == -1 or count < 3:
        return None
    maps = Maps(run)
    lengths = [_length(maps, q) for q in run.lengths]
    held = [entry for entry in lengths if entry is not None]
    if len(held) < len(lengths):
        return None
    third = count // 3
    corr = _correlation(run, maps, held)
    if corr is None:
        return None
    settled = [entry.after(third) for entry in held]
    drift = abs(maps.corr(corr.point, settled)[0] - corr.point).upper() if settled and corr.rate != 0 else arb(0)
    last = replace(corr, drift=drift)
    ntk = _ntk(run, maps, (corr, last, held), third, count)
    if ntk is None:
        return None
    if not run.lengths:
        diagonals, size = run.ahead(count)
    else:
        found = [_single(maps, t, q, third, count) for t, q in zip(run.diagonals, held, strict=True)]
        diagonals, size = [t for t in found if t is not None], run.size
        if len(diagonals) < len(found):
            return None
    angle, gap = None, last.spread(count - third)
    if last.point == 1 and gap <= 1:  # 1 - c is known much better than c
        angle = arb(0).union((2 * (gap / 2).sqrt().asin()).upper())
    return Reached(
        corr=last.after(count - third),
        ntk=ntk,
        diagonals=diagonals,
        lengths=[entry.after(count) for entry in held],
        size=size,
        angle=angle,
    )


def _length(maps: Maps, q: arb) -> Attraction | None:
    """The length at its fixed point."""
    point = fixed_point(maps.length, q.mid())
    if point is None:
        return None
    distance = abs(q - point).upper()
    box = arb(point.mid(), (point.rad() + distance).upper())
    rate = abs(maps.length(box)[1]).upper()
    if not (box > 0 and rate < 1):
        return None
    return Attraction(point=point, rate=rate, drift=arb(0), distance=distance, box=box)


def attraction(run: Run, maps: Maps) -> Attraction | None:
    """The correlation at a fixed point that attracts it, where no length occurs in its map; None where that is not shown."""
    return None if run.model.lengths is not None else _correlation(run, maps, [])


def fixed_point(step: Callable[[arb], tuple[arb, arb]], start: arb) -> arb | None:
    """A ball of the only root of f(x) = x in a neighbourhood that contains the ball; ``step`` gives f and f'."""
    x = start
    for _ in range(_NEWTON):
        value, slope = step(x)
        change = ((value - x) / (1 - slope)).mid()
        if not change.is_finite():
            return None
        x = (x + change).mid()
        if abs(change) <= abs(x) * arb(2) ** (8 - int(ctx.prec)) or x == 0:
            break
    width = (abs(x) + arb(2) ** (-int(ctx.prec))) * arb(2) ** (16 - int(ctx.prec))
    for _ in range(_WIDENINGS):
        box = arb(x, width.upper())
        sharper = x + (step(x)[0] - x) / (1 - step(box)[1])
        if box.contains_interior(sharper):
            return sharper
        width *= 64
    return None


def _correlation(run: Run, maps: Maps, held: list[Attraction]) -> Attraction | None:
    """The correlation at a fixed point: a structural one near it, or an isolated root."""
    boxes, points = [entry.box for entry in held], [entry.point for entry in held]
    if run.exact is not None:
        if run.model.to(run.exact) != run.exact:
            return None
        return Attraction(point=run.corr, rate=arb(0), drift=arb(0), distance=arb(0), box=run.corr)
    same = run.model.equal or _same_length(held)
    special = [value for value, holds in ((1, same), (0, run.model.to(0) == 0)) if holds]
    for value in special:
        found = _near(run.corr, arb(value), maps, boxes)
        if found is not None:
            return found
    point = fixed_point(lambda c: maps.corr(c, points), run.corr.mid())
    if point is None or not -1 < point < 1:
        return None
    return _near(run.corr, point, maps, boxes)


def _same_length(held: list[Attraction]) -> bool:
    """Whether two lengths tend to one number: the first box holds only one fixed point, and contains the other's."""
    return len(held) == 2 and bool(held[0].box.contains(held[1].point))


def _near(corr: arb, point: arb, maps: Maps, boxes: list[arb]) -> Attraction | None:
    distance = abs(corr - point).upper()
    drift = abs(maps.corr(point, boxes)[0] - point).upper() if boxes else arb(0)
    radius = distance
    for _ in range(_WIDENINGS):
        box = point + arb(0, radius)
        inside = box.intersection(arb(0, 1)) if box.overlaps(arb(0, 1)) else box
        rate = abs(maps.corr(inside, boxes)[1]).upper()
        if not (rate < 1 and drift.is_finite()):
            return None
        needed = (rate * radius + drift).upper()
        if needed <= radius:
            return Attraction(point=point, rate=rate, drift=drift, distance=radius, box=inside)
        radius = (drift / (1 - rate) * arb("1.01")).upper().max(radius)
    return None


def _ntk(
    run: Run,
    maps: Maps,
    state: tuple[Attraction, Attraction, list[Attraction]],
    third: int,
    count: int,
) -> arb | None:
    corr, last, held = state
    boxes = [entry.box for entry in held]
    factor, source = maps.ntk(corr.point, [entry.point for entry in held])
    early = maps.ntk(corr.box, boxes)
    late = maps.ntk(last.after(third), [entry.after(2 * third) for entry in held])
    return _affine(run.ntk, (factor, source), early, late, count - 2 * third)


def _affine(t: arb, point: tuple[arb, arb], early: tuple[arb, arb], late: tuple[arb, arb], count: int) -> arb | None:
    """The end of t' = F t + S: coefficients in ``early`` all the time, in ``late`` for the last ``count`` layers."""
    if not abs(early[0]).upper() < 1:
        return None
    limit = point[1] / (1 - point[0])
    radius = _within(abs(t - limit).upper(), early, limit)
    rate, drift = abs(late[0]).upper(), abs(late[0] * limit + late[1] - limit).upper()
    value = limit + arb(0, (shrunk(rate, count) * radius + drift / (1 - rate)).upper())
    return value if value.is_finite() else None


def _within(distance: arb, early: tuple[arb, arb], limit: arb) -> arb:
    rate, drift = abs(early[0]).upper(), abs(early[0] * limit + early[1] - limit).upper()
    return distance.max((drift / (1 - rate)).upper())


def _single(maps: Maps, t: arb, q: Attraction, third: int, count: int) -> arb | None:
    """The NTK at one input whose length settles."""
    point, early = maps.diagonal(q.point), maps.diagonal(q.box)
    if not early[0] > 1:
        return _affine(t, point, early, maps.diagonal(q.after(2 * third)), count - 2 * third)
    by_factor, by_source = (abs(slope).upper() for slope in maps.diagonal_slopes(q.box))
    limit = point[1] / (1 - point[0])
    settled = q.distance / (1 - q.rate)
    wander = (by_factor * settled / point[0]).upper()
    if not wander < 0.5:
        return None
    first = t - limit + arb(0, ((by_factor * abs(limit) + by_source) * settled).upper())
    return limit + power(point[0], arb(0), arb(1), count) * first * arb(0, 2 * wander).exp()


__all__ = ["Attraction", "Maps", "attraction", "fixed_point", "settle", "shrunk"]
