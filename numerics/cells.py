"""Enclosures of kernels over an interval of angles, and inequalities on an interval, by Taylor forms.

Idea. Over a cell X with centre m and H = X - m, a function is enclosed by the intersection of f(X), f(m) + f'(X) H
and f(m) + f'(m) H + f''(X)/2 H^2; derivatives come from truncated power series with ball coefficients. Where f' has
one sign on the cell, the hull of the values at its ends is exact. In a recursion the constant term is tightened so
after every layer; without that, ten layers need 10^4 times as many cells.

The first layer is written in the angle, where kinked activations are analytic at c = 1 and c = -1. In later layers a
cell that reaches an angle 0 has plain enclosures only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any

from flint import arb, arb_series
from sympy import Expr, Rational, Symbol

from numerics.balls import REAL, SERIES, evaluate, fraction_of, precision, series
from numerics.compile import lower
from numerics.model import at_depth, model
from numerics.propagation import Run
from theory import symbols
from theory.duals import in_angle
from theory.errors import InputError
from theory.network import Network

BITS = 128
"""Precision of all enclosures here; cells are far wider than its rounding."""


def enclose_cell(network: Network, depth: int, theta_low: Any, theta_high: Any) -> dict[str, arb]:
    """Balls that contain the kernels at every angle in [theta_low, theta_high], by name of the quantity.

    theta_low, theta_high   balls or exact numbers in [0, pi]
    returns                 nngp, ntk, normalized_nngp, normalized_ntk, angle

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> ball = enclose_cell(ffnet(activation("relu")), 6, Rational(1), Rational(9, 8))["normalized_ntk"]
    >>> 0.37 < ball < 0.45
    True
    """
    plan = _plan(network, depth)
    with precision(BITS, 3):
        low, high = (x if isinstance(x, arb) else evaluate(x, {}) for x in (theta_low, theta_high))
        with precision(BITS, 3):
            corr, ntk = plan.over(low, high)
            diagonal = plan.diagonal
            if diagonal == 0:
                raise InputError(f"depth={depth}: the NTK of {network.name} is 0 at this depth; use a depth from 1")
            return {
                "nngp": corr * plan.size,
                "ntk": ntk * plan.unit,
                "normalized_nngp": corr,
                "normalized_ntk": ntk / diagonal,
                "angle": REAL.functions["acos"](corr),
            }


@dataclass(frozen=True, eq=False)
class _Plan:
    """The layers of a network at one depth, for balls and for series, and the sizes, the same at every angle."""

    start: tuple[Any, Any]
    layers: tuple[tuple[Any, Any, tuple[arb, ...]], ...]
    in_angle: bool
    coefficients: Any
    slopes: Any
    diagonal: arb
    size: arb
    unit: arb

    def ranges(self, corr: arb, ntk: arb, extra: tuple[arb, ...]) -> list[arb]:
        """Both c and t after a layer; a coefficient that is monotone in c on the ball by its values at the ends."""
        whole = self.coefficients(corr, *extra)
        low, high = (self.coefficients(end, *extra) for end in (_clipped(corr.lower()), _clipped(corr.upper())))
        best = [
            _meet(over, a.union(b)) if slope >= 0 or slope <= 0 else over
            for over, a, b, slope in zip(whole, low, high, self.slopes(corr, *extra), strict=True)
        ]
        return [best[0], best[1] * ntk + best[2]]

    def over(self, low: arb, high: arb) -> tuple[arb, arb]:
        """Enclosures of c and t on the cell."""
        cell = low.union(high)
        middle = cell.mid()
        width = cell - middle
        inside, centre = _Taylor(cell), _Taylor(middle)
        ends = [_Taylor(low), _Taylor(high)]
        for place in (inside, centre, *ends):
            place.apply(self.start, first=True)
        inside.tighten(centre, ends, width)
        for index, (balls, terms, extra) in enumerate(self.layers):
            at_angle = index == 0 and self.in_angle
            ranges = None if at_angle else self.ranges(inside.balls[0], inside.balls[1], extra)
            for place in (inside, centre, *ends):
                place.apply((balls, terms), extra, in_angle=at_angle)
            if ranges is not None:
                inside.balls = [_meet(x, y) for x, y in zip(inside.balls, ranges, strict=True)]
            inside.tighten(centre, ends, width)
        return inside.balls[0], inside.balls[1]


class _Taylor:
    """c and t at a ball of angles: as balls, and as series in the step from the angle."""

    def __init__(self, theta: arb) -> None:
        self.theta = (theta, series([theta, 1]))
        self.balls: list[arb] = []
        self.series: list[arb_series] = []

    def apply(
        self, functions: tuple[Any, Any], extra: tuple[arb, ...] = (), *, first: bool = False, in_angle: bool = False
    ) -> None:
        """One layer: in terms of the angle, or of c; and of t unless it is the first."""
        plain, terms = functions
        if first:
            self.balls, self.series = list(plain(self.theta[0])), _expanded(terms, 2, self.theta[1])
            return
        corr = self.theta if in_angle else (self.balls[0], self.series[0])
        constant = [series([value]) for value in extra]
        self.balls, self.series = (
            list(plain(corr[0], self.balls[1], *extra)),
            _expanded(terms, 2, corr[1], self.series[1], *constant),
        )

    def tighten(self, centre: "_Taylor", ends: list["_Taylor"], width: arb) -> None:
        """Intersect the constant terms with the Taylor forms."""
        for i in (0, 1):
            over, at = self.series[i], centre.series[i]
            best = _meet(self.balls[i], over[0])
            if i == 0:
                best = _meet(best, arb(0, 1))
            best = _meet(best, centre.balls[i] + over[1] * width)
            best = _meet(best, centre.balls[i] + at[1] * width + over[2] * width * width)
            if over[1] >= 0 or over[1] <= 0:
                best = _meet(best, ends[0].balls[i].union(ends[1].balls[i]))
            self.balls[i] = best
            self.series[i] = series([best, over[1], over[2]])


def _clipped(point: arb) -> arb:
    return arb(1) if point > 1 else arb(-1) if point < -1 else point


def _meet(x: arb, y: arb) -> arb:
    """The intersection of two balls that contain the same values; a ball that is not finite says nothing."""
    if not y.is_finite():
        return x
    if not x.is_finite():
        return y
    return x.intersection(y) if x.overlaps(y) else x


@lru_cache(maxsize=512)
def _plan(network: Network, depth: int) -> _Plan:
    if depth < 0:
        raise InputError(f"depth={depth}: a depth is an integer from 0")
    used = model(network)
    c, t, theta = symbols.c, symbols.ntk, symbols.theta
    with precision(BITS, 3):
        run = Run(used, depth, lambda: arb(0), None)
        extras = run.coefficients(depth) if depth else []
        step = tuple(at_depth(e, depth) for e in (used.corr, used.factor * t + used.source))
        first = tuple(in_angle(e) for e in step)
        initial = tuple(in_angle(at_depth(e, depth)) for e in (used.corr_initial, used.ntk_initial))
        start = tuple(lower(initial, (theta,)).bind(backend) for backend in (REAL, SERIES))
        later = tuple(lower(step, (c, t, *run.varies)).bind(backend) for backend in (REAL, SERIES))
        plain_start = used.corr_initial == c
        opening = tuple(
            lower(first if plain_start else step, (theta if plain_start else c, t, *run.varies)).bind(backend)
            for backend in (REAL, SERIES)
        )
        maps, rates = (used.corr, used.factor, used.source), (used.corr_slope, used.factor_slope, used.source_slope)
        coefficients, slopes = (
            lower(tuple(at_depth(e, depth) for e in some), (c, *run.varies)).bind(REAL) for some in (maps, rates)
        )
        layers = []
        for index, extra in enumerate(extras):
            balls, terms = opening if index == 0 and plain_start else later
            layers.append((balls, terms, extra))
        if used.lengths is None:
            size = unit = run.size
        else:
            size = run.lengths[0] if used.equal else (run.lengths[0] * run.lengths[1]).sqrt()
            unit = arb(1)
        diagonal = run.diagonals[0] if used.equal else (run.diagonals[0] * run.diagonals[1]).sqrt()
    return _Plan(
        start=(start[0], start[1]),
        layers=tuple(layers),
        in_angle=plain_start,
        coefficients=coefficients,
        slopes=slopes,
        diagonal=diagonal,
        size=size,
        unit=unit,
    )


class Outcome(Enum):
    """Answer to a question that may stay open; it has no truth value."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @classmethod
    def yes_if(cls, shown: bool) -> "Outcome":
        """YES, or UNKNOWN where it is not shown."""
        return cls.YES if shown else cls.UNKNOWN

    def __bool__(self) -> bool:
        raise TypeError("compare an Outcome with YES, NO or UNKNOWN")


def cells_that_cover(decide: Callable[[arb, arb], Outcome], a: arb, b: arb, levels: int) -> int | None:
    """The number of cells with the answer YES that cover [a, b], by halving those with UNKNOWN.

    levels   how often a cell is halved
    returns  None after a NO, or where the smallest cells leave it UNKNOWN
    """
    outcome = decide(a, b)
    if outcome is Outcome.YES:
        return 1
    if outcome is Outcome.NO or levels <= 0:
        return None
    middle = (a + b).mid() / 2
    first = cells_that_cover(decide, a, middle, levels - 1)
    if first is None:
        return None
    second = cells_that_cover(decide, middle, b, levels - 1)
    return None if second is None else first + second


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The outcome, a point at which the inequality fails if it is NO, and how many cells were looked at."""

    outcome: Outcome
    witness: Rational | None
    cells: int


def decide_inequality_on_interval(
    gap: Expr, symbol: Symbol, low: Expr, high: Expr, *, strict: bool = False, max_cells: int = 4000
) -> Decision:
    """Decide gap >= 0 (> 0 if strict) for every value of the symbol in [low, high].

    gap        an expression in the symbol, real on the interval
    low, high  exact numbers
    returns    YES by enclosures on cells that cover the interval; NO with an exact point; UNKNOWN after ``max_cells``

    An equality at a point of the interval leaves it UNKNOWN: zeros of known order belong to certificates.

    >>> from sympy import cos
    >>> t = symbols.theta
    >>> decide_inequality_on_interval(cos(t) - 1 + t**2 / 2, t, Rational(1, 10), Rational(3)).outcome
    <Outcome.YES: 'yes'>
    >>> decide_inequality_on_interval(cos(t) - t / 2, t, Rational(0), Rational(2)).witness
    3/2
    """
    tape = lower((gap,), (symbol,))
    with precision(BITS, 3):
        left, right = evaluate(low, {}), evaluate(high, {})
        if not left <= right:
            raise InputError(f"interval=[{low}, {high}]: the lower end must not be above the upper end")
        value: Callable[..., Any] = tape.bind(REAL)
        expand: Callable[..., Any] = tape.bind(SERIES)
        heap: list[tuple[float, int, arb, arb]] = [(0.0, 0, left, right)]
        seen = 0
        while heap and seen < max_cells:
            _, _, a, b = heappop(heap)
            seen += 1
            cell = a.union(b)
            centre = cell.mid()
            at_centre = value(centre)[0]
            if at_centre < 0 or (strict and at_centre <= 0):
                found = _witness(value, centre, left, right, strict)
                if found is not None:
                    return Decision(outcome=Outcome.NO, witness=found, cells=seen)
            width = cell - centre
            over, near = (_expanded(expand, 1, series([point, 1]))[0] for point in (cell, centre))
            ball = _meet(value(cell)[0], at_centre + over[1] * width)
            ball = _meet(ball, at_centre + near[1] * width + over[2] * width * width)
            if over[1] >= 0:
                ball = _meet(ball, value(a)[0].union(value(b)[0]))
            if ball > 0 or (not strict and ball >= 0):
                continue
            for x, y in ((a, centre), (centre, b)):
                heappush(heap, (-float((y - x).mid()), seen * 2 + len(heap), x, y))
    return Decision(outcome=Outcome.UNKNOWN if heap else Outcome.YES, witness=None, cells=seen)


def _expanded(expand: Callable[..., Any], count: int, *arguments: arb_series) -> list[Any]:
    """The ``count`` expansions of a tape; NaN where it divides by what may be 0 on the cell."""
    try:
        return list(expand(*arguments))
    except (ValueError, ZeroDivisionError):
        return [series([arb.nan()] * 3)] * count


def _witness(value: Callable[..., Any], centre: arb, left: arb, right: arb, strict: bool) -> Rational | None:
    """The simplest rational near the centre, inside the interval, at which the inequality fails."""
    point = fraction_of(centre)
    for size in (1, 2, 4, 8, 16, 64, 1024, 2**20, 2**60):
        short = point.limit_denominator(size)
        ball = REAL.exact(short.numerator, short.denominator)
        if not left <= ball <= right:
            continue
        at = value(ball)[0]
        if at < 0 or (strict and at <= 0):
            return Rational(short.numerator, short.denominator)
    return None
