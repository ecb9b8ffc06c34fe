"""Iterate a kernel recursion with exact midpoints; radii are carried by bounds of the derivative.

Idea. A ball pushed through a map layer by layer grows by more than it must, and after 10^5 layers says nothing. Here
the midpoint m of a state is exact, one layer computes f(m) with a rounding error e, and the next midpoint is that of
f(m). The true state x obeys |f(x) - f(m)| <= J |x - m|, J a bound of the derivative between x and m. J is evaluated
once per block, over the hull of the midpoints at which the block evaluates the map, widened by delta; afterwards it is
checked that no radius of the block exceeded delta. Radii of a block of n layers with error sums E are then at most

    N^n (r + E),  N = max(J, 1),      and also      J^n r + (1 + J + ... + J^(n-1)) E.

Where J is not finite (c = 1 inside the hull of a kinked activation) a single layer is taken on the ball itself, with
acos and sqrt at the part of the ball inside their domain.

What can go wrong. A radius may grow to nothing useful: the caller asks for more bits. A length may leave the range
where Gaussian moments are finite: ``LengthOutOfRange``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, ctx
from sympy import Expr, Integer

from numerics.balls import ARB, REAL, precision
from numerics.compile import lower
from numerics.model import SPECIAL, Model, about_one, at_depth
from theory import symbols

BLOCK = 4096
"""Layers between two reports of progress, at most."""
_WIDENINGS = 6


@dataclass(frozen=True, kw_only=True)
class Reached:
    """The state after many layers at once.

    corr, ntk, diagonals, lengths, size   as in ``Run``
    angle                                 where it is known better than as arccos of corr
    """

    corr: arb
    ntk: arb
    diagonals: list[arb]
    lengths: list[arb]
    size: arb
    angle: arb | None = None


class LengthOutOfRange(Exception):
    """The ball of a length is not finite at this layer."""

    def __init__(self, layer: int) -> None:
        super().__init__(layer)
        self.layer = layer


Step = Callable[..., tuple[Any, ...]]


def _radius(ball: arb) -> arb:
    """An exact upper bound of the radius."""
    return ball.rad()


def _bound(ball: arb) -> arb:
    """An exact upper bound of the absolute value."""
    return ball.abs_upper()


class Lengths:
    """q_l of one input, l = 0, 1, ...: a one-dimensional recursion of its own."""

    def __init__(self, rule: Expr, slope: Expr, initial: arb) -> None:
        variables = (symbols.length, symbols.layer)
        self._step: Step = lower((rule,), variables).bind(REAL)
        self._slope: Step = lower((slope,), variables).bind(REAL)
        self.layer = 0
        self._mid, self._rad = initial.mid(), _radius(initial)
        self._allowed = 1
        self._ahead: list[arb] = []
        self.now = initial

    def take(self, count: int) -> list[arb]:
        """The balls of the lengths before the coming ``count`` layers, the present one first; goes on so far."""
        while len(self._ahead) < count:
            self._extend()
        taken = [self.now, *self._ahead[: count - 1]]
        self.now = self._ahead[count - 1]
        del self._ahead[:count]
        return taken

    def _extend(self) -> None:
        count = self._allowed
        while True:
            if self._block(count):
                self._allowed = min(2 * count, BLOCK, 1 + self.layer // 8)
                return
            if count == 1:
                break
            count //= 2
        (after,) = self._step(arb(self._mid, self._rad), arb(self.layer + 1))
        self._finish([after.mid()], _radius(after), after)

    def _block(self, count: int) -> bool:
        mid, errors, mids = self._mid, arb(0), []
        low = high = mid
        for layer in range(self.layer + 1, self.layer + count + 1):
            if mid < low:
                low = mid
            elif mid > high:
                high = mid
            (after,) = self._step(mid, arb(layer))
            mid = after.mid()
            errors += after - mid
            mids.append(mid)
        start = self._rad + _bound(errors)
        if not start.is_finite():
            return False
        delta = 2 * start
        span = arb(self.layer + 1).union(arb(self.layer + count))
        for _ in range(_WIDENINGS):
            hull = (low - delta).union(high + delta)
            if not hull > 0:
                return False
            slope = _bound(self._slope(hull, span)[0])
            if not slope.is_finite():
                return False
            grown = _bound((slope if slope > 1 else arb(1)) ** count * start)
            if grown <= delta:
                affine = arb_mat([[slope, _bound(errors)], [0, 1]]) ** count
                exact = _bound(affine[0, 0] * self._rad + affine[0, 1])
                self._finish(mids, grown, arb(mids[-1], exact if exact < grown else grown))
                return True
            delta = 2 * grown
        return False

    def _finish(self, mids: list[arb], within: arb, last: arb) -> None:
        self.layer += len(mids)
        if not last.is_finite() or not last > 0:
            raise LengthOutOfRange(self.layer)
        self._ahead += [arb(mid, within) for mid in mids[:-1]] + [last]
        self._mid, self._rad = last.mid(), _radius(last)


def power(factor: arb, source: arb, start: arb, count: int) -> arb:
    """``count`` applications of t -> factor t + source, by repeated squaring."""
    a, b, total = factor, source, start
    while count:
        if count & 1:
            total = a * total + b
        a, b = a * a, a * b + b
        count >>= 1
    return total


class Run:
    """The state of a network's kernels at one layer, at the precision that is set; ``advance`` goes on.

    corr, ntk      balls of c and t
    exact          1, 0 or -1 where c is known to be that number, else None
    diagonals      t at each single input, one where their lengths are equal
    lengths        q at each single input likewise; none where t is divided by the length
    size           the length where t is divided by it
    depth          the number of layers of the network, for coefficients that contain it
    varies         what the coefficients of the recursion depend on besides c: among l, q, q1, q2
    """

    def __init__(self, model: Model, depth: int, corr: Callable[[], arb], exact: int | None) -> None:
        """Start at layer 0; ``corr`` gives a ball of the inputs' correlation, ``exact`` it if it is 1, 0 or -1."""
        self.model = model
        self.layer = 0
        self.depth = depth
        start = arb(exact) if exact is not None else corr()
        kept = model.corr_initial == symbols.c or (exact == 1 and model.equal)
        self.exact = exact if kept else None
        self.started_equal = exact == 1 and model.equal
        self.corr = self._initial(model.corr_initial, start)
        self.ntk = self._initial(model.ntk_initial, start)
        self.diagonals = [self._initial(e, start) for e in model.diagonal_initial[: 1 if model.equal else 2]]
        self.size = self._initial(model.size, start)
        self._lengths: list[Lengths] = []
        if model.lengths is not None:
            rule, slope = (at_depth(e, depth) for e in (model.lengths, model.length_slope))
            firsts = model.length_initial[: 1 if model.equal else 2]
            self._lengths = [Lengths(rule, slope, self._initial(q, start)) for q in firsts]
        self.varies = tuple(s for s in self._letters() if any(e.has(s) for e in model.coefficients))
        self._compile()
        self._mids: tuple[arb, arb] | None = None
        self._rads = (arb(0), arb(0))
        self._allowed = 1
        self._entered = 0

    @property
    def lengths(self) -> list[arb]:
        """The length at each input (one where they are equal)."""
        return [entry.now for entry in self._lengths]

    def advance(self, to: int, progress: Callable[[int], None]) -> None:
        """Go on to a layer; ``progress`` is called with the layer after each block."""
        while self.layer < to:
            count = to - self.layer
            if self._autonomous and self._stays:
                self._jump(count)
            else:
                self._some(min(count, BLOCK))
            progress(self.layer)

    @property
    def _autonomous(self) -> bool:
        return not self.varies

    @property
    def _stays(self) -> bool:
        return self.exact is not None and self.model.to(self.exact) == self.exact

    @property
    def needs_iteration(self) -> bool:
        """Whether every layer must be visited, so that the depth is limited by time."""
        return not self._autonomous or not any(self.model.to(value) == value for value in self._reached)

    @property
    def _reached(self) -> list[int]:
        """The exact correlations that follow one another from the present one."""
        values: list[int] = []
        value = self.exact
        while value is not None and value not in values:
            values.append(value)
            value = self.model.to(value)
        return values

    def _letters(self) -> tuple[Any, ...]:
        if not self._lengths:
            return (symbols.layer,)
        if self.model.equal:
            return symbols.layer, symbols.length
        return symbols.layer, symbols.length1, symbols.length2, symbols.length

    def _initial(self, expression: Expr, corr: arb) -> arb:
        return evaluate_now(at_depth(expression, self.depth), corr)

    def _compile(self) -> None:
        m, extra = self.model, self.varies
        c, t = symbols.c, symbols.ntk

        def ready(*expressions: Expr) -> tuple[Expr, ...]:
            return tuple(at_depth(e, self.depth) for e in expressions)

        forward = ready(m.corr, m.factor * t + m.source)
        slopes = ready(about_one(m.corr_slope), about_one(m.factor), m.factor_slope * t + m.source_slope)
        self._fast: Step = lower(forward, (c, t, *extra)).bind(ARB)
        self._careful: Step = lower(forward, (c, t, *extra)).bind(REAL)
        self._jacobian: Step = lower(slopes, (c, t, *extra)).bind(REAL)
        single = ready(m.diagonal_factor, m.diagonal_source, m.growth)
        self._single = lower(single, (symbols.layer, symbols.length))
        self._diagonal: Step = self._single.bind(REAL)
        self._at: dict[int, Step] = {}
        for value in SPECIAL:
            if value not in self._reached:
                continue
            corr, factor, source = (e.subs(c, value) for e in ready(m.corr, m.factor, m.source))
            if value == 1 and m.equal:
                factor, source = ready(m.diagonal_factor, m.diagonal_source)
                corr = Integer(1)
            self._at[value] = lower((corr, factor, source), extra).bind(REAL)

    def _jump(self, count: int) -> None:
        """Many layers at a fixed point of c with constant coefficients."""
        assert self.exact is not None
        _, factor, source = self._at[self.exact]()
        self.ntk = power(factor, source, self.ntk, count)
        self._jump_diagonals(count)
        self.layer += count

    def _jump_diagonals(self, count: int) -> None:
        self.diagonals, self.size = self.ahead(count)

    def ahead(self, count: int) -> tuple[list[arb], arb]:
        """Diagonals and size ``count`` layers on, where the coefficients do not change from layer to layer."""
        with precision(int(ctx.prec) + 2 * count.bit_length() + 8):  # each squaring loses a bit
            factor, source, growth = self._single.run(REAL, (arb(0), arb(0)))
            diagonals = [power(factor, source, t, count) for t in self.diagonals]
            size = self.size * power(growth, arb(0), arb(1), count)
        return [+t for t in diagonals], +size

    def _some(self, most: int) -> None:
        """One exact layer, or one block of layers."""
        count = 1
        if self.exact is None:
            count = min(most, self._allowed)
        extras = self.coefficients(count)
        if self.exact is not None:
            self._exact_layer(extras[0])
        else:
            self._blocks(count, extras)
        self.layer += count

    def coefficients(self, count: int) -> list[tuple[arb, ...]]:
        """Take lengths, diagonals and size ``count`` layers on; the values of ``varies`` at these layers."""
        lengths = [entry.take(count) for entry in self._lengths]
        self._side(count, lengths)
        return self._extras(count, lengths)

    def _extras(self, count: int, lengths: list[list[arb]]) -> list[tuple[arb, ...]]:
        columns: list[list[arb]] = []
        for symbol in self.varies:
            if symbol == symbols.layer:
                columns.append([arb(self.layer + i) for i in range(1, count + 1)])
            elif symbol == symbols.length2:
                columns.append(lengths[1])
            else:
                columns.append(lengths[0])
        return list(zip(*columns, strict=True)) if columns else [()] * count

    def _side(self, count: int, lengths: list[list[arb]]) -> None:
        """Diagonal and size; balls as they are, since these maps are affine with coefficients >= 0."""
        if self._autonomous:
            self._jump_diagonals(count)
            return
        for i in range(count):
            layer = arb(self.layer + i + 1)
            coefficients = [self._diagonal(layer, column[i]) for column in lengths] or [self._diagonal(layer, arb(0))]
            self.diagonals = [a * t + b for (a, b, _), t in zip(coefficients, self.diagonals, strict=True)]
            self.size *= coefficients[0][2]

    def _exact_layer(self, extra: tuple[arb, ...]) -> None:
        assert self.exact is not None
        corr, factor, source = self._at[self.exact](*extra)
        self.ntk = factor * self.ntk + source
        self.exact = self.model.to(self.exact)
        self.corr = corr if self.exact is None else arb(self.exact)
        self._entered = self.layer + 1

    def _blocks(self, count: int, extras: list[tuple[arb, ...]]) -> None:
        """All these layers, in blocks as long as derivative bounds allow."""
        if self._mids is None:
            self._mids = (_inside(self.corr.mid()), self.ntk.mid())
            self._rads = (_radius(self.corr), _radius(self.ntk))
        done = 0
        size = count
        while done < count:
            size = min(size, count - done)
            if self._block(extras[done : done + size]):
                done += size
            elif size > 1:
                size //= 2
            else:
                self._plain(extras[done])
                done += 1
        self._allowed = max(1, min(2 * size, BLOCK, (self.layer + count - self._entered) // 8))
        (c, t), (rc, rt) = self._mids, self._rads
        self.corr, self.ntk = arb(c, rc), arb(t, rt)

    def _block(self, extras: list[tuple[arb, ...]]) -> bool:
        assert self._mids is not None
        c, t = self._mids
        low = high = c
        bottom = top = t
        corr_error = ntk_error = arb(0)
        step = self._fast
        if self.varies:
            for extra in extras:
                if c < low:
                    low = c
                elif c > high:
                    high = c
                if t < bottom:
                    bottom = t
                elif t > top:
                    top = t
                y, z = step(c, t, *extra)
                c, t = y.mid(), z.mid()
                corr_error += y - c
                ntk_error += z - t
        else:
            for _ in extras:
                if c < low:
                    low = c
                elif c > high:
                    high = c
                if t < bottom:
                    bottom = t
                elif t > top:
                    top = t
                y, z = step(c, t)
                c, t = y.mid(), z.mid()
                corr_error += y - c
                ntk_error += z - t
        errors = (_bound(corr_error), _bound(ntk_error))
        if not (errors[0].is_finite() and errors[1].is_finite() and low >= -1 and high <= 1 and -1 <= c <= 1):
            return False
        found = self._radii(len(extras), extras, (low, high), (bottom, top), errors)
        if found is None:
            return False
        self._mids, self._rads = (c, t), found
        return True

    def _radii(
        self,
        count: int,
        extras: list[tuple[arb, ...]],
        corr: tuple[arb, arb],
        ntk: tuple[arb, arb],
        errors: tuple[arb, arb],
    ) -> tuple[arb, arb] | None:
        """Bounds of the radii after the block, valid if none exceeds the widening of the hull; else None."""
        hulls = [_hull(column) for column in zip(*extras, strict=True)]
        rc, rt = self._rads
        starts = (rc + errors[0], rt + errors[1])
        deltas = (_bound(2 * starts[0]), _bound(2 * starts[1]))
        for _ in range(_WIDENINGS):
            hull_c = (corr[0] - deltas[0]).union(corr[1] + deltas[0])
            hull_t = (ntk[0] - deltas[1]).union(ntk[1] + deltas[1])
            a, d, b = (_bound(x) for x in self._jacobian(_within(hull_c), hull_t, *hulls))
            if not (a.is_finite() and d.is_finite() and b.is_finite()):
                return None
            grown_c, grown_t = _grown(a, d, b, count, starts)
            if grown_c <= deltas[0] and grown_t <= deltas[1]:
                exact = arb_mat([[a, 0, errors[0]], [b, d, errors[1]], [0, 0, 1]]) ** count
                sharp_c = _bound(exact[0, 0] * rc + exact[0, 2])
                sharp_t = _bound(exact[1, 0] * rc + exact[1, 1] * rt + exact[1, 2])
                return _smaller(sharp_c, grown_c), _smaller(sharp_t, grown_t)
            deltas = (_bound(2 * grown_c + deltas[0]), _bound(2 * grown_t + deltas[1]))
        return None

    def _plain(self, extra: tuple[arb, ...]) -> None:
        """One layer on the ball itself; c by its derivative where that is finite."""
        assert self._mids is not None
        (c, t), (rc, rt) = self._mids, self._rads
        ball_c, ball_t = _within(arb(c, rc)), arb(t, rt)
        after_c, after_t = self._careful(ball_c, ball_t, *extra)
        mid_c, mid_t = self._careful(c, t, *extra)
        a, d, b = (_bound(x) for x in self._jacobian(ball_c, ball_t, *extra))
        if a.is_finite() and mid_c.is_finite():
            after_c = _tighter(after_c, mid_c + arb(0, _bound(a * rc)))
            if d.is_finite() and b.is_finite() and mid_t.is_finite():
                after_t = _tighter(after_t, mid_t + arb(0, _bound(b * rc + d * rt)))
        if not after_c.is_finite():
            after_c = arb(0, 1)
        after_c = _within(after_c)
        self._mids = (_inside(after_c.mid()), after_t.mid())
        self._rads = (_radius(after_c), _radius(after_t))


def evaluate_now(expression: Expr, corr: arb) -> arb:
    """The expression in c at the precision that is set."""
    (value,) = lower((expression,), (symbols.c,)).run(REAL, [corr])
    return value


def _grown(a: arb, d: arb, b: arb, count: int, starts: tuple[arb, arb]) -> tuple[arb, arb]:
    one = arb(1)
    matrix = arb_mat([[a if a > 1 else one, 0], [b, d if d > 1 else one]]) ** count
    return _bound(matrix[0, 0] * starts[0]), _bound(matrix[1, 0] * starts[0] + matrix[1, 1] * starts[1])


def _hull(column: tuple[arb, ...]) -> arb:
    result = column[0]
    for entry in column[1:]:
        result = result.union(entry)
    return result


def _smaller(x: arb, y: arb) -> arb:
    return x if x < y else y


def _tighter(x: arb, y: arb) -> arb:
    """One of two balls that both contain the value."""
    return y if y.is_finite() and not (x.is_finite() and x.rad() < y.rad()) else x


def _inside(mid: arb) -> arb:
    """A midpoint moved into [-1, 1]: nearer to every correlation, so that its radius stays valid."""
    return arb(1) if mid > 1 else arb(-1) if mid < -1 else mid


def _within(ball: arb) -> arb:
    """A ball that contains the part of a ball in [-1, 1]."""
    if -1 <= ball <= 1:
        return ball
    low, high = ball.lower(), ball.upper()
    if not (low <= 1 and high >= -1):
        return ball
    return (arb(-1) if low < -1 else low).union(arb(1) if high > 1 else high)
