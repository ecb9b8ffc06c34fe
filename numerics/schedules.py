r"""Layers that differ and tend to the identity so fast that nothing degenerates: y_l = f(y_{l-1}, h_l), sum h_l < oo.

Way. Some thousand layers are iterated, further ones up to N are followed in blocks (``numerics.slow_layers``). The rest is a
flow in the remaining sum S = sum_{l>N} h_l, y' = X(y), f(y, h) = y + h X(y) + h^2 R(y, h).

Theorem. Let all y_l, l >= N, and the flow for times 0..S stay in a box on which |R| <= r for 0 <= h <= max h_l, |DX X| <= d and
|dX_i/dy_j| <= A_ij (componentwise). Then y_l converges, and |lim y_l - flow_S(y_N)| <= exp(A S) (r + d/2) sum_{l>N} h_l^2.

Proof. One layer and the flow for the time h_l differ by at most h_l^2 (r + d/2), by Taylor's formula in h for both; the flow
carries a difference e to at most exp(A h) e, by Gronwall. Sum. QED

The box is y_N +- w, where S sup|X| + r sum h_l^2 <= w, componentwise: neither leaves it. A long time S is cut into pieces,
each with the last layer that begins in it.

The sums are those of ``numerics.scales``. N grows until what the theorem leaves is small.

What can go wrong. h_l of a form whose sums are not bounded there; an input that starts at c = 1 or -1: None.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flint import arb, arb_mat, ctx, fmpq
from sympy import Expr, Symbol

from numerics.balls import REAL, SERIES, bits_of, precision, series
from numerics.compile import lower
from numerics.kernel import read_inputs
from numerics.model import model
from numerics.propagation import Run
from numerics.scales import size_of
from numerics.slow_layers import SlowMap, advance, flow
from numerics.slow_runs import FROM, named, slow_map
from theory import symbols
from theory.network import Network

step_size = Symbol("h", positive=True)
"""The letter of h_l in the layers."""
_LAYERS = 1024
_GUARD = 40
_FARTHEST = 30  # N up to 10^30
_PART = fmpq(1, 8)
_PIECES = 4000
_WIDENINGS = 12


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Layers y' = f(y, h) and the sizes of h.

    images   f by the letters of the state, in these and ``step_size``
    field    X, the derivative in h at 0
    size     h_l, an expression in l
    """

    images: Mapping[Symbol, Expr]
    field: Mapping[Symbol, Expr]
    size: Expr


def at_infinity(network: Network, schedule: Schedule, corr: Expr, *, digits: int) -> dict[Symbol, arb] | None:
    """The limit of the state of a network for inputs of a correlation, by the letters of the state; None where not bounded.

    corr  exact, in (-1, 1)
    """
    bits = bits_of(digits) + _GUARD
    inputs = read_inputs(corr, None)
    tape = lower((inputs.corr,), ())
    with precision(bits):
        last = _far_enough(schedule.size, digits)
        if last is None:
            return None
        run = Run(model(network), 1, lambda: tape.run(REAL, ())[0], inputs.exact)
        run.advance(min(max(_LAYERS, FROM), last), lambda *_: None)
        rule, state = slow_map(run)
        found = state if run.layer >= last else advance(rule, state, run.layer, last)
        if found is None:
            return None
        start = named(run, dict(zip(rule.state, found, strict=True)))
        return _finish(schedule, {letter: start[letter] for letter in schedule.images}, last)


def _far_enough(size: Expr, digits: int) -> int | None:
    """An N beyond which the sum of h^2 and the radius of the sum of h are small, or the one up to 10^30 where they are least."""
    goal = arb(10) ** (-digits - 2)
    best: tuple[arb, int] | None = None
    for power in range(4, 2 * _FARTHEST + 1):
        last = 10 ** (power // 2) * (3 if power % 2 else 1)
        sums = _sums(size, last)
        if sums is None:
            continue
        worst = sums[1].upper().max(sums[0].rad())
        if best is None or worst < best[0]:
            best = worst, last
        if worst < goal:
            break
    return None if best is None else best[1]


def _sums(size: Expr, last: int) -> tuple[arb, arb, arb] | None:
    """The sums of h_l and of h_l^2, and the largest h_l, over l > N."""
    found = size_of(size, last)
    if found is None:
        return None
    total, squares, most = found.total(None), found.squared().total(None), found.largest()
    if total is None or squares is None or most is None or not total >= 0:
        return None
    return total, squares, most


def _finish(schedule: Schedule, start: Mapping[Symbol, arb], last: int) -> dict[Symbol, arb] | None:
    """The limit from the state after layer N."""
    sums = _sums(schedule.size, last)
    if sums is None:
        return None
    total, squares, most = sums
    letters, now = tuple(start), list(start.values())
    slopes = {(k, k): schedule.field[letter].diff(letter) for k, letter in enumerate(letters)}
    rule = SlowMap(state=letters, image=tuple(schedule.field[letter] for letter in letters), slopes=slopes)
    rest = _Rest(schedule, letters, most)
    left = total
    for _ in range(_PIECES):
        piece = rest.piece(now, left)
        if piece is None:
            return None
        time, final = piece
        moved = flow(rule, now, time)
        bound = rest.bound(now, time, squares)
        if moved is None or bound is None:
            return None
        now = [one + arb(0, more) for one, more in zip(moved, bound, strict=True)]
        if final:
            return dict(zip(letters, now, strict=True))
        left -= time
    return None


class _Rest:
    """X, R, DX X and the derivatives of X on boxes."""

    def __init__(self, schedule: Schedule, letters: tuple[Symbol, ...], most: arb) -> None:
        self._images = lower(tuple(schedule.images[letter] for letter in letters), (*letters, step_size))
        self._field = lower(tuple(schedule.field[letter] for letter in letters), letters)
        self._steps = arb(0).union(most)

    def piece(self, state: list[arb], left: arb) -> tuple[arb, bool] | None:
        """A time that moves the state by a part of its distance to c = 1 and c = -1 at most, and whether it is all."""
        with precision(64):
            speeds = [one[0] for one in self._run(self._field, state, 1)]
            if not all(one.is_finite() for one in speeds):
                return None
            corr = state[self._index]
            room = (_PART * (1 - corr).min(1 + corr)).lower()
            speed = abs(speeds[self._index]).upper()
            time = (room / speed).lower() if speed > 0 else arb("inf")
        if not time > 0:
            return None
        return (left, True) if left <= time else (time.mid(), False)

    @property
    def _index(self) -> int:
        return self._images.variables.index(symbols.c)

    @staticmethod
    def _run(tape: object, given: list[arb], terms: int, ahead: Callable[[int], int] = lambda _: 0) -> list[list[arb]]:
        """The first coefficients of the results; variable j moves by ``ahead(j)`` times the variable of the series."""
        with precision(int(ctx.prec), terms):
            try:
                found = tape.run(SERIES, [series([one, ahead(j)]) for j, one in enumerate(given)])  # type: ignore[attr-defined]
            except (ValueError, ZeroDivisionError):
                return [[arb.nan()] * terms]
            return [[one[k] for k in range(terms)] for one in found]

    def bound(self, state: list[arb], time: arb, squares: arb) -> list[arb] | None:
        """What the theorem adds to the radii in this piece."""
        with precision(64):
            # a layer may begin in this piece and end in the next one
            time, squares = (time + self._steps).upper(), squares.upper()
            wide = [abs(one[0]).upper() * time * 2 + squares for one in self._run(self._field, state, 1)]
            for _ in range(_WIDENINGS):
                box = [one + arb(0, more.upper()) for one, more in zip(state, wide, strict=True)]
                found = self._on_box(box)
                if found is None:
                    return None
                speeds, rests, slopes = found
                needed = [(v * time + r * squares).upper() for v, r in zip(speeds, rests, strict=True)]
                if all(one <= more for one, more in zip(needed, wide, strict=True)):
                    return self._grown(speeds, rests, slopes, time, squares)
                wide = [2 * one.max(more) for one, more in zip(needed, wide, strict=True)]
        return None

    def _on_box(self, box: list[arb]) -> tuple[list[arb], list[arb], list[list[arb]]] | None:
        size = len(box)
        speeds = [abs(one[0]).upper() for one in self._run(self._field, box, 1)]
        rests = [
            abs(one[2]).upper() for one in self._run(self._images, [*box, self._steps], 3, lambda j: int(j == size))
        ]
        slopes = [[arb(0)] * size for _ in range(size)]
        for j in range(size):
            column = self._run(self._field, box, 2, lambda k, j=j: int(k == j))  # type: ignore[misc]
            if len(column) < size:
                return None
            for i in range(size):
                slopes[i][j] = abs(column[i][1]).upper()
        known = [*speeds, *rests, *(one for row in slopes for one in row)]
        return (speeds, rests, slopes) if len(rests) == size and all(one.is_finite() for one in known) else None

    @staticmethod
    def _grown(
        speeds: list[arb], rests: list[arb], slopes: list[list[arb]], time: arb, squares: arb
    ) -> list[arb] | None:
        size = len(speeds)
        local = [rests[i] + sum((slopes[i][j] * speeds[j] for j in range(size)), arb(0)) / 2 for i in range(size)]
        growth = arb_mat([[one * time for one in row] for row in slopes]).exp()
        bounds = [(sum((growth[i, j] * local[j] for j in range(size)), arb(0)) * squares).upper() for i in range(size)]
        return bounds if all(one.is_finite() for one in bounds) else None


__all__ = ["Schedule", "at_infinity", "step_size"]
