r"""Very many layers whose state moves like a smooth function of log l: layers that differ, lengths that grow or fall slowly.

Map. y_l = f(y_{l-1}, l), y a vector: correlation, NTK, lengths.

Idea. In sigma = log(l/M) such a state is a smooth function, which a polynomial p of moderate degree d follows over a block
of layers n_0..n_1 whose number is of the order of n_0: 10^40 layers are some hundred blocks. How p was found does not
matter. Its defect

    delta(sigma) = p(sigma + log(1 + e^-sigma/M)) - f(p(sigma), M e^sigma + 1),     |sigma| <= T,

is analytic on the disc |sigma| <= R, which complex boxes cover, and at most B there. With its Taylor coefficients delta_k at
0 and Cauchy's estimate for the rest, |delta| <= sum_{k<d} |delta_k| T^k + B (T/R)^d/(1 - T/R).

Theorem. Let A bound |df_i/dy_j| on the box |y - p(sigma)| <= w, |sigma| <= T, componentwise, e_0 >= |y_{n_0} - p(sigma_0)|,
d >= |delta|, and n = n_1 - n_0. If z_k = A^k e_0 + (1 + A + ... + A^(k-1)) d <= w for all k <= n, then

    |y_{n_1} - p(sigma_1)| <= z_n.

Proof. Induction on k: y_{l+1} - p(sigma_{l+1}) = f(y_l, l+1) - f(p(sigma_l), l+1) - delta(sigma_l), by the mean value theorem
along a segment in the box. With max(A, 1) on the diagonal z_k grows in k, so that k = n is enough. QED

The polynomial solves the equation up to rounding: with eps = log(1 + e^-sigma/M),

    p' = [f(p, l+1) - p - sum_{k>=2} eps^k p^(k)/k!]/eps,

iterated from a constant; each iteration gains a factor of about 1/M, and a term of the series.

Flows. dy/ds = X(y) is done in the same way, with defect p' - X(p) and the exponential of A in the place of its power.

What can go wrong. Where the state settles faster than any power of l (ordered, chaotic) blocks become short: None. Balls
of the state that are wide make all of it wide.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flint import acb, acb_poly, arb, arb_mat, arb_poly, arb_series, ctx
from sympy import Expr, Symbol

from numerics.balls import REAL, SERIES, precision, series
from numerics.compile import lower
from numerics.complex_balls import COMPLEX
from theory.symbols import layer

_LONGEST = 0.7
"""T at most."""
_SHORTEST = 0.02
_MOST = 60
"""Iterations for a polynomial at most."""
_WIDENINGS = 8
_KEPT = 32
_DISC = 4
"""R/T."""
_CELLS = 5
_HALVINGS = 2
_PIECES = 16
_FIRST_TERMS, _MORE_TERMS = 8, 8
_COARSE = 64
MAX_BLOCKS = 400


@dataclass(frozen=True, kw_only=True)
class SlowMap:
    """y' = f(y, l): the letters of the state, its image, and derivatives that are known in a better form than by series.

    slack    letters of remainders in the image, with balls that hold them on the whole way
    """

    state: tuple[Symbol, ...]
    image: tuple[Expr, ...]
    slopes: Mapping[tuple[int, int], Expr] = field(default_factory=dict)
    slack: Mapping[Symbol, arb] = field(default_factory=dict)


class _Field:
    """The map (or the field of a flow) on series and balls."""

    def __init__(self, rule: SlowMap) -> None:
        letters = (*rule.state, layer, *rule.slack)
        self.count = len(rule.state)
        self._balls = [arb(ball) for ball in rule.slack.values()]
        self._tape = lower(rule.image, letters)
        self._complex: Callable[..., tuple[acb, ...]] = self._tape.bind(COMPLEX)
        self._bound: dict[tuple[int, int], Callable[..., tuple[arb_series, ...]]] = {}
        self._keys = tuple(rule.slopes)
        self._slopes = lower(tuple(rule.slopes[key] for key in self._keys), letters)

    def on_series(self, state: Sequence[arb_series], at: arb_series) -> list[arb_series]:
        """The image of a state given by power series; NaN where it has none."""
        slack = [series([ball]) for ball in self._balls]
        # constants are series of the length and precision at which the tape is bound
        key = int(ctx.prec), int(ctx.cap)
        if key not in self._bound:
            if len(self._bound) > _KEPT:
                self._bound.clear()
            self._bound[key] = self._tape.bind(SERIES)
        try:
            found = self._bound[key](*state, at, *slack)
        except (ValueError, ZeroDivisionError):
            return [series([arb.nan()] * int(ctx.cap))] * self.count
        full = [one if isinstance(one, arb_series) else series([one]) for one in found]
        assert all(one.prec >= key[1] for one in full)
        return full

    def on_boxes(self, state: Sequence[acb], at: acb) -> tuple[acb, ...]:
        """The image on complex boxes."""
        return self._complex(*state, at, *map(acb, self._balls))

    def on_middles(self, state: Sequence[arb_series], at: arb_series) -> list[arb_series]:
        """The same with the remainders left out."""
        saved, self._balls = self._balls, [ball.mid() for ball in self._balls]
        found = self.on_series(state, at)
        self._balls = saved
        return found

    def slopes(self, box: Sequence[arb], at: arb) -> list[list[arb]]:
        """The derivatives on a box."""
        rows = [[arb(0)] * self.count for _ in range(self.count)]
        with precision(int(ctx.prec), 2):
            for j in range(self.count):
                given = [series([one, 1 if i == j else 0]) for i, one in enumerate(box)]
                for i, value in enumerate(self.on_series(given, series([at]))):
                    rows[i][j] = value[1]
        if self._keys:
            found = self._slopes.run(REAL, (*box, at, *self._balls))
            for (i, j), value in zip(self._keys, found, strict=True):
                rows[i][j] = value
        return rows


@dataclass(frozen=True)
class _Way:
    """What a block is: layers about M (``middle`` > 0), or a time along a flow (None)."""

    middle: arb | None

    def shift(self, sigma: arb_series) -> arb_series:
        """log(1 + e^-sigma/M)."""
        assert self.middle is not None
        return ((-sigma).exp() / self.middle + 1).log()

    def layer(self, sigma: arb_series) -> arb_series:
        """The layer that is computed."""
        return series([arb(0)]) if self.middle is None else sigma.exp() * self.middle + 1

    def defect(self, rule: _Field, polynomials: Sequence[arb_poly], sigma: arb_series) -> list[arb_series]:
        """Delta on a series."""
        state = [_at_series(p, sigma) for p in polynomials]
        image = rule.on_series(state, self.layer(sigma))
        if self.middle is None:
            moved = [_at_series(p.derivative(), sigma) for p in polynomials]
        else:
            after = sigma + self.shift(sigma)
            moved = [_at_series(p, after) for p in polynomials]
        return [one - other for one, other in zip(moved, image, strict=True)]

    def defect_on_box(self, rule: _Field, polynomials: Sequence[acb_poly], sigma: acb) -> list[acb]:
        """Delta on a complex box; not finite where it is not shown to be analytic."""
        state = [p(sigma) for p in polynomials]
        if self.middle is None:
            image = rule.on_boxes(state, acb(0))
            moved = [p.derivative()(sigma) for p in polynomials]
        else:
            image = rule.on_boxes(state, sigma.exp() * self.middle + 1)
            after = sigma + ((-sigma).exp() / self.middle).log1p()
            moved = [p(after) for p in polynomials]
        return [one - other for one, other in zip(moved, image, strict=True)]


def _at_series(p: arb_poly, inner: arb_series) -> arb_series:
    total = series([arb(0)])
    for coefficient in reversed(p.coeffs()):
        total = total * inner + coefficient
    return total


def advance(rule: SlowMap, state: Sequence[arb], first: int, last: int) -> list[arb] | None:
    """The state after layer ``last`` from that after layer ``first``, at the precision that is set; None where blocks fail.

    >>> from sympy import Symbol
    >>> y = Symbol("y")
    >>> found = advance(SlowMap(state=(y,), image=(y + 1 / (layer * (layer + 1)),)), [arb(0)], 1000, 10**9)
    >>> abs(found[0] - (arb(1) / 1001 - arb(1) / (10**9 + 1))) < 1e-12
    True
    """
    bits = int(ctx.prec)
    field_, now, at, half = _Field(rule), list(state), first, 0.25
    for _ in range(MAX_BLOCKS):
        if at >= last:
            return now
        # the step of one layer is about 1/l of the state, and its rounding is counted l times
        with precision(bits + 2 * at.bit_length() + 36):
            step = _block(field_, now, at, last, half, bits)
        if step is None:
            return None
        shortened = step[2] < half
        at, now, half = step
        half = half if shortened else min(1.4 * half, _LONGEST)
    return None


def _block(
    rule: _Field, state: list[arb], first: int, last: int, half: float, bits: int
) -> tuple[int, list[arb], float] | None:
    while half > _SHORTEST:
        with precision(64 + first.bit_length()):
            reach = int((arb(first) * (arb(2 * half)).exp()).floor().unique_fmpz() or first)
        end = min(last, max(reach, first + 1))
        middle = (arb(first) * arb(end)).sqrt().mid()
        low, high = (arb(first) / middle).log(), (arb(end) / middle).log()
        found = _follow(rule, state, _Way(middle), (low, high), bits, end - first)
        if found is not None:
            return end, found, half
        half /= 1.6
    return None


def flow(rule: SlowMap, state: Sequence[arb], time: arb) -> list[arb] | None:
    """The state at a time along dy/ds = X(y), X the image, at the precision that is set; None where steps fail.

    >>> from sympy import Symbol
    >>> y = Symbol("y")
    >>> found = flow(SlowMap(state=(y,), image=(-y * y,)), [arb(1)], arb(9))
    >>> abs(found[0] - arb(1) / 10) < 1e-12
    True
    """
    bits, field_, now = int(ctx.prec), _Field(rule), list(state)
    left, half = time.mid(), (time / 2).mid()
    with precision(bits + 32):
        for _ in range(MAX_BLOCKS):
            if left == 0:
                return _spread(field_, now, time)
            half = half if 2 * half < left else (left / 2).mid()
            found = None
            for _ in range(200):
                found = _follow(field_, now, _Way(None), (-half, half), bits, 0)
                if found is not None:
                    break
                half = (half / 2).mid()
            if found is None:
                return None
            now, left = found, (left - 2 * half).mid()
            half = (half * arb(3) / 2).mid()
    return None


def _spread(rule: _Field, state: list[arb], time: arb) -> list[arb]:
    """The state at a time that is a ball."""
    radius = time.rad()
    if radius == 0:
        return state
    box = [one + arb(0, (abs(one) * arb(2) ** -20).upper()) for one in state]
    with precision(int(ctx.prec), 1):
        speeds = rule.on_series([series([one]) for one in box], series([arb(0)]))
    moved = [one + arb(0, (abs(speed[0]) * radius).upper()) for one, speed in zip(state, speeds, strict=True)]
    inside = all(wide.contains(one) for wide, one in zip(box, moved, strict=True))
    return moved if inside else [arb.nan()] * len(state)


def _follow(
    rule: _Field, state: list[arb], way: _Way, ends: tuple[arb, arb], bits: int, count: int
) -> list[arb] | None:
    """The state at the end of a block; None where its defect or the growth of errors is too large."""
    reach = abs(ends[0]).max(abs(ends[1])).upper()
    terms = (bits + count.bit_length()) // 2 + 8
    with precision(int(ctx.prec), terms):
        polynomials = _polynomials(rule, state, way, ends[0], bits + count.bit_length())
    if polynomials is None:
        return None
    box = arb(0, reach)
    sizes = [abs(p(box)).upper() for p in polynomials]
    steps = max(count, 1)
    defects = _sizes(rule, polynomials, way, reach, terms)
    goals = [size * arb(2) ** (8 - bits) / steps for size in sizes]
    if way.middle is None:
        goals = [goal / reach for goal in goals]
    if defects is None or not all(one <= goal for one, goal in zip(defects, goals, strict=True)):
        return None
    starts = [abs(one - p(ends[0])).upper() for one, p in zip(state, polynomials, strict=True)]
    errors = _errors(rule, polynomials, way, (reach, count), starts, defects)
    if errors is None:
        return None
    return [p(ends[1]) + arb(0, error) for p, error in zip(polynomials, errors, strict=True)]


def _sizes(rule: _Field, polynomials: Sequence[arb_poly], way: _Way, reach: arb, terms: int) -> list[arb] | None:
    """Bounds of |delta|."""
    with precision(int(ctx.prec), terms):
        near = way.defect(rule, polynomials, series([arb(0), arb(1)]))
    wide = _on_disc(rule, polynomials, way, _DISC * reach)
    if wide is None:
        return None
    sizes = []
    for one, bound in zip(near, wide, strict=True):
        total = bound * arb(_DISC) ** -terms / (1 - arb(1) / _DISC)
        total += sum((abs(one[k]).upper() * reach**k for k in range(terms)), arb(0))
        if not total.is_finite():
            return None
        sizes.append(total.upper())
    return sizes


def _on_disc(rule: _Field, polynomials: Sequence[arb_poly], way: _Way, radius: arb) -> list[arb] | None:
    """Bounds of |delta| on a disc, by boxes that cover its upper half: the lower one has the conjugate values."""
    with precision(_COARSE):
        complex_ones = [acb_poly(p.coeffs()) for p in polynomials]
        width = radius / _CELLS
        worst = [arb(0)] * len(polynomials)
        for i in range(-_CELLS, _CELLS):
            for j in range(_CELLS):
                inner = max(0, i if i >= 0 else -i - 1)
                if inner * inner + j * j >= _CELLS * _CELLS:
                    continue  # outside of the disc
                sizes = _on_square(rule, complex_ones, way, (width * i, width * j, width), _HALVINGS)
                if sizes is None:
                    return None
                worst = [old.max(size) for old, size in zip(worst, sizes, strict=True)]
    return worst


def _on_square(
    rule: _Field, polynomials: Sequence[acb_poly], way: _Way, square: tuple[arb, arb, arb], halvings: int
) -> list[arb] | None:
    """Bounds of |delta| on a square, given by its lower left corner and its side; it is cut where it is too wide."""
    x, y, width = square
    box = acb(x.union(x + width), y.union(y + width))
    values = way.defect_on_box(rule, polynomials, box)
    if all(value.is_finite() for value in values):
        return [abs(value).upper() for value in values]
    if halvings == 0:
        return None
    worst = [arb(0)] * len(polynomials)
    half = width / 2
    for corner in ((x, y), (x + half, y), (x, y + half), (x + half, y + half)):
        sizes = _on_square(rule, polynomials, way, (*corner, half), halvings - 1)
        if sizes is None:
            return None
        worst = [old.max(size) for old, size in zip(worst, sizes, strict=True)]
    return worst


def _range(p: arb_poly, reach: arb) -> arb:
    """A ball that contains the values on [-reach, reach]."""
    found: arb | None = None
    for k in range(-_PIECES, _PIECES):
        part = p((reach * k / _PIECES).union(reach * (k + 1) / _PIECES))
        found = part if found is None else found.union(part)
    assert found is not None
    return found


def _polynomials(rule: _Field, state: list[arb], way: _Way, low: arb, goal: int) -> list[arb_poly] | None:
    """Polynomials of nearly no defect, up to 2^-goal, with exact coefficients: nothing is claimed of them."""
    terms, prec = int(ctx.cap), int(ctx.prec)
    found = [arb_poly([one.mid()]) for one in state]
    before = arb("inf")
    low = low.mid()
    gain = 1.0
    if way.middle is not None:
        with precision(_COARSE):
            gain = max(float(way.middle.log() / arb(2).log()), 1.0)
    for count in range(_MOST):
        # so far the polynomial is right to about ``count`` terms and powers of 1/M
        length = min(terms, _FIRST_TERMS + _MORE_TERMS * count)
        orders = 2 + min(count, int(prec / gain) + 1)
        with precision(prec, length):
            after = _iterated(rule, state, way, found, low, orders)
        if after is None:
            return None
        change = max(
            _weight(one - other, low) / (abs(one[0]) + arb(2) ** -prec) for one, other in zip(after, found, strict=True)
        )
        found = after
        if not change.is_finite():
            return None
        if length == terms:
            if change < arb(2) ** -goal or (change >= before and change < arb(2) ** (-goal // 2)):
                return found
            before = change
    return found


def _iterated(
    rule: _Field, state: list[arb], way: _Way, found: list[arb_poly], low: arb, orders: int
) -> list[arb_poly] | None:
    """One more iteration, in series of the length that is set."""
    terms = int(ctx.cap)
    sigma = series([arb(0), arb(1)])
    values = [_as_series(p) for p in found]
    image = rule.on_middles(values, way.layer(sigma))
    shift = None if way.middle is None else _exact(way.shift(sigma))
    after = []
    for p, value, speed, start in zip(found, values, image, state, strict=True):
        if shift is not None:
            speed = (speed - value - _beyond(p, shift, orders)) / shift
        if not all(speed[k].is_finite() for k in range(terms)):
            return None
        integral = arb_poly([speed[k].mid() for k in range(terms - 1)]).integral()
        after.append(_exact_poly(integral - integral(low) + start.mid()))
    return after


def _beyond(p: arb_poly, shift: arb_series, orders: int) -> arb_series:
    """The sum of eps^k p^(k)/k! over 2 <= k < orders."""
    derivatives = []
    now = p
    for k in range(1, orders):
        now = now.derivative() * (arb(1) / k)
        derivatives.append(now)
    total = series([arb(0)])
    for one in reversed(derivatives[1:]):
        total = _exact(total * shift + _as_series(one))
    return total * shift * shift


def _weight(p: arb_poly, at: arb) -> arb:
    size = abs(at)
    return sum((abs(p[k]) * size**k for k in range(len(p))), arb(0)).mid()


def _as_series(p: arb_poly) -> arb_series:
    return series([p[k] for k in range(int(ctx.cap))])


def _exact(one: arb_series) -> arb_series:
    return series([one[k].mid() for k in range(int(ctx.cap))])


def _exact_poly(one: arb_poly) -> arb_poly:
    return arb_poly([value.mid() for value in one.coeffs()])


def _errors(
    rule: _Field,
    polynomials: Sequence[arb_poly],
    way: _Way,
    extent: tuple[arb, int],
    starts: list[arb],
    defects: list[arb],
) -> list[arb] | None:
    """Bounds of the errors at the end, by the theorem."""
    reach, count = extent
    box = arb(0, reach)
    at = arb(0) if way.middle is None else box.exp() * way.middle + 1
    ranges = [_range(p, reach) for p in polynomials]
    size = len(starts)
    room = [(4 * (start + max(count, 1) * defect)).upper() for start, defect in zip(starts, defects, strict=True)]
    for _ in range(_WIDENINGS):
        wide = [one + arb(0, more) for one, more in zip(ranges, room, strict=True)]
        rows = rule.slopes(wide, at)
        if not all(one.is_finite() for row in rows for one in row):
            return None
        if way.middle is None:
            grown = _grown_by_flow(rows, 2 * reach, starts, defects)
        else:
            matrix = [[_bound(one, i == j) for j, one in enumerate(row)] for i, row in enumerate(rows)]
            full = [[*row, defect] for row, defect in zip(matrix, defects, strict=True)] + [[arb(0)] * size + [arb(1)]]
            power = _power(arb_mat(full), count)
            grown = _apply(power, starts)
        if grown is None:
            return None
        if all(one <= other for one, other in zip(grown, room, strict=True)):
            return grown
        room = [(4 * one + other).upper() for one, other in zip(grown, room, strict=True)]
    return None


def _power(matrix: arb_mat, count: int) -> arb_mat:
    result = arb_mat(
        matrix.nrows(), matrix.ncols(), [int(i == j) for i in range(matrix.nrows()) for j in range(matrix.ncols())]
    )
    for bit in bin(count)[2:]:
        result = result * result
        if bit == "1":
            result = result * matrix
    return result


def _bound(one: arb, diagonal: bool) -> arb:
    bound = abs(one).upper()
    return bound.max(arb(1)) if diagonal else bound


def _grown_by_flow(rows: list[list[arb]], time: arb, starts: list[arb], defects: list[arb]) -> list[arb] | None:
    """Gronwall: |e|' <= A |e| + d, A with the derivatives themselves on the diagonal where they are positive."""
    size = len(starts)
    full = []
    for i, row in enumerate(rows):
        values = [(one.upper().max(arb(0)) if i == j else abs(one).upper()) * time for j, one in enumerate(row)]
        full.append([*values, defects[i] * time])
    full.append([arb(0)] * (size + 1))
    return _apply(arb_mat(full).exp(), starts)


def _apply(power: arb_mat, starts: list[arb]) -> list[arb] | None:
    size = len(starts)
    grown = []
    for i in range(size):
        total = power[i, size] + sum((power[i, j] * starts[j] for j in range(size)), arb(0))
        if not total.is_finite():
            return None
        grown.append(abs(total).upper())
    return grown


__all__ = ["MAX_BLOCKS", "SlowMap", "advance", "flow"]
