"""Kernels in float64 for whole arrays of angles; every result is a float, measured but not proved.

Idea. Iterating c loses the angle: at 1 - c = 10^-14 a float holds two digits of it. Here the state is the angle theta
(and pi - theta, which is as accurate near pi), and

    theta' = 2 arcsin sqrt(v/2),   v = 1 - C(cos theta),       pi - theta' = 2 arcsin sqrt(w/2),   w = 1 + C(cos
    theta).

Near theta = 0 and theta = pi, v, w, F and S are summed from their Taylor series in the angle, whose coefficients come
from ball arithmetic on the same expressions; elsewhere from the expressions themselves. So nothing cancels: v(0) = 0
is the missing constant coefficient of a series. The NTK is iterated divided by its diagonal, so that it neither
overflows nor cancels.

What can go wrong. Two inputs whose different lengths enter the map have no exact zero of v, and keep the accuracy of
sqrt(eps) in small angles. See docs/numerics.md for the measured errors.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, arb_series
from numpy.typing import NDArray
from sympy import Expr, Integer

from numerics.balls import SERIES, precision, series
from numerics.compile import Backend, Tape, lower
from numerics.hermite import gaussian_mean, pair_polynomial
from numerics.model import at_depth, model
from numerics.propagation import Run
from theory import symbols
from theory.duals import in_angle
from theory.errors import InputError
from theory.network import Network

Array = NDArray[np.float64]

_PI_LOW = 1.2246467991473532e-16
"""pi - float(pi)."""
TERMS = 40
BITS = 320
_FARTHEST = 1.25
"""Greatest angle at which a series is summed."""


_MOMENT_BITS = 80


def _mean(g: Expr, q: Any) -> Any:
    """E[g(u)] for floats."""
    with precision(_MOMENT_BITS):
        values = [float(gaussian_mean(g, arb(float(one))).mid()) for one in np.ravel(q)]
    return np.reshape(values, np.shape(q)) if np.shape(q) else values[0]


def _pair(phi: Expr, order: int, q1: Any, q2: Any, covariance: Any) -> Any:
    """E[phi^(j)(u) phi^(j)(v)] for lengths that are single floats: a polynomial of the correlation."""
    with precision(_MOMENT_BITS):
        coefficients, size = pair_polynomial(phi, order, arb(float(q1)), arb(float(q2)))
        row, unit = [float(b.mid()) for b in coefficients], float(size.mid())
    corr = np.clip(np.asarray(covariance) / unit, -1, 1)
    total = np.zeros_like(corr)
    for coefficient in reversed(row):
        total = total * corr + coefficient
    return total if np.shape(covariance) else float(total)


class Float64:
    """The backend of NumPy float64 arrays and scalars."""

    functions: Mapping[str, Callable[..., Any]] = {
        "sqrt": np.sqrt,
        "exp": np.exp,
        "log": np.log,
        "sin": np.sin,
        "cos": np.cos,
        "tan": np.tan,
        "asin": np.arcsin,
        "acos": np.arccos,
        "atan": np.arctan,
        "sinh": np.sinh,
        "cosh": np.cosh,
        "tanh": np.tanh,
        "erf": np.vectorize(math.erf, otypes=[float]),
        "erfc": np.vectorize(math.erfc, otypes=[float]),
        "abs": np.abs,
        "sgn": np.sign,
        "max": np.maximum,
        "min": np.minimum,
        "power": np.power,
        "gaussian_mean": _mean,
        "gaussian_pair": _pair,
    }
    pi = math.pi

    def exact(self, numerator: int, denominator: int) -> float:
        """The nearest float."""
        return numerator / denominator

    def sign(self, value: Any) -> int | None:
        """The sign of one float."""
        return int(np.sign(value))


FLOAT64: Backend = Float64()


class _AtEnd:
    """Power series at an end of the domain: sqrt of x^2 g is x sqrt(g), and acos(1 - y) = 2 arcsin sqrt(y/2).

    A coefficient whose ball contains 0 counts as 0: right for floats, not a proof.
    """

    def __init__(self) -> None:
        self.functions = {**SERIES.functions, "sqrt": self._sqrt, "acos": self._acos, "asin": self._asin}
        self.pi, self.exact, self.sign = SERIES.pi, SERIES.exact, SERIES.sign

    @staticmethod
    def _sqrt(x: arb_series) -> arb_series:
        if not (x[0].is_finite() and x[0].contains(0)):
            return SERIES.functions["sqrt"](x)
        if not x[1].contains(0):
            return series([arb.nan()] * TERMS)
        shifted = series([x[k + 2] for k in range(TERMS - 2)])
        return series([arb(0), *_coefficients(SERIES.functions["sqrt"](shifted), TERMS - 1)])

    def _acos(self, x: arb_series) -> arb_series:
        if x[0].is_finite() and x[0].contains(1):
            return 2 * SERIES.functions["asin"](self._sqrt((1 - x) / 2))
        if x[0].is_finite() and x[0].contains(-1):
            return arb.pi() - 2 * SERIES.functions["asin"](self._sqrt((1 + x) / 2))
        return SERIES.functions["acos"](x)

    def _asin(self, x: arb_series) -> arb_series:
        return arb.pi() / 2 - self._acos(x)


def _coefficients(x: arb_series, count: int) -> list[arb]:
    return [x[k] for k in range(count)]


@dataclass(frozen=True, eq=False)
class _Layer:
    """One layer: v, w, F, S as functions of the angle, by the formula and by polynomials at the two ends.

    reach        the angle from each end up to which its polynomials are used
    polynomials  at each end the coefficients of F, S, and of v or w, whichever is small there
    small        at each end the row that the last polynomial gives: 0 for v, 1 for w
    """

    formula: Callable[[Array], tuple[Any, ...]]
    reach: tuple[float, float]
    polynomials: tuple[Array, Array]
    small: tuple[int, int]

    def __call__(self, theta: Array, rest: Array) -> Array:
        """v, w, F, S as rows; ``rest`` is pi - theta."""
        near, far = theta < self.reach[0], rest < self.reach[1]
        between = ~(near | far)
        rows = np.empty((4, theta.size))
        if between.any():
            corr, factor, source = self.formula(theta[between])
            rows[0, between], rows[1, between] = 1 - corr, 1 + corr
            rows[2, between], rows[3, between] = factor, source
        for where, at, coefficients, row in zip((near, far), (theta, rest), self.polynomials, self.small, strict=True):
            if where.any():
                x = at[where]
                total = np.zeros((3, x.size))
                for column in coefficients.T[::-1]:
                    total *= x
                    total += column[:, None]
                rows[2:, where] = total[:2]
                rows[row, where], rows[1 - row, where] = total[2], 2 - total[2]
        return rows


def kernel_float64(network: Network, depth: int, theta: Any) -> dict[str, Array]:
    """The kernels at a depth for an array of angles in [0, pi], elementwise; floats.

    theta    the float nearest to pi stands for pi
    returns  nngp, ntk, normalized_nngp, normalized_ntk, angle, each in the shape of theta
    error    measured: below 1e-12 of the diagonal after 1000 layers, see docs/numerics.md

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> values = kernel_float64(ffnet(activation("relu")), 100, [[0.0, 1.0], [2.0, 3.0]])
    >>> values["normalized_ntk"].round(6)
    array([[1.      , 0.278486],
           [0.270857, 0.26997 ]])
    """
    angles = np.asarray(theta, dtype=np.float64)
    if not bool(np.all((angles >= 0) & (angles <= math.pi))):
        raise InputError("theta: an angle lies in [0, pi]")
    if depth < 0:
        raise InputError(f"depth={depth}: a depth is an integer from 0")
    flat = angles.ravel()
    rest = np.where(flat == math.pi, 0, (math.pi - flat) + _PI_LOW)
    used = model(network)
    with precision(BITS, TERMS):
        run = Run(used, depth, lambda: arb(0), None)
        start = tuple(at_depth(e, depth) for e in (used.corr_initial, Integer(0), used.ntk_initial))
        step = tuple(at_depth(e, depth) for e in (used.corr, used.factor, used.source))
        initial = _layer(_tape(start, ()), ())(flat, rest)
        ratio = initial[3]
        if used.corr_initial != symbols.c:
            flat, rest = _turn(initial)
        diagonal = _diagonal(run)
        if diagonal != 0:
            ratio = ratio / float(diagonal.mid())
        tape = _tape(step, run.varies)
        layer = _layer(tape, ()) if not run.varies and depth else None
        for _ in range(depth):
            before = diagonal
            (extra,) = run.coefficients(1)
            run.layer += 1
            diagonal = _diagonal(run)
            rows = (layer or _layer(tape, extra))(flat, rest)
            # the NTK over its diagonal; a diagonal of 0 at depth 0 means that the NTK is 0 there
            carried = float((before / diagonal).mid()) if before != 0 else 0.0
            ratio = carried * rows[2] * ratio + rows[3] * float((1 / diagonal).mid())
            flat, rest = _turn(rows)
        if diagonal == 0:
            raise InputError(f"depth={depth}: the NTK of {network.name} is 0 at this depth; use a depth from 1")
        size, unit = _sizes(run)
    corr = np.where(flat < 1, 1 - 2 * np.sin(flat / 2) ** 2, 2 * np.sin(rest / 2) ** 2 - 1)
    found = {
        "nngp": corr * size,
        "ntk": ratio * float((diagonal * unit).mid()),
        "normalized_nngp": corr,
        "normalized_ntk": ratio,
        "angle": flat,
    }
    return {name: np.asarray(values).reshape(angles.shape) for name, values in found.items()}


def _turn(rows: Array) -> tuple[Array, Array]:
    """Theta and pi - theta from v and w, each from the one that is not close to 2."""
    v, w = np.maximum(rows[0], 0), np.maximum(rows[1], 0)
    small, large = 2 * np.arcsin(np.sqrt(np.minimum(v, 1) / 2)), 2 * np.arcsin(np.sqrt(np.minimum(w, 1) / 2))
    first = v <= 1
    return np.where(first, small, math.pi - large), np.where(first, math.pi - small, large)


def _diagonal(run: Run) -> arb:
    return run.diagonals[0] if run.model.equal else (run.diagonals[0] * run.diagonals[1]).sqrt()


def _sizes(run: Run) -> tuple[float, arb]:
    if run.model.lengths is None:
        return float(run.size.mid()), run.size
    size = run.lengths[0] if run.model.equal else (run.lengths[0] * run.lengths[1]).sqrt()
    return float(size.mid()), arb(1)


def _tape(coefficients: tuple[Expr, ...], extra: tuple[Any, ...]) -> Tape:
    """C, F, S in the angle."""
    return lower(tuple(in_angle(e) for e in coefficients), (symbols.theta, *extra))


def _layer(tape: Tape, extra: tuple[arb, ...]) -> _Layer:
    plain = tape.bind(FLOAT64)
    values = [float(x.mid()) for x in extra]
    ends = []
    at_end: Backend = _AtEnd()
    for end, direction in ((arb(0), 1), (arb.pi(), -1)):
        corr, factor, source = tape.run(at_end, [series([end, direction]), *(series([x]) for x in extra)])
        small = 0 if corr[0] > 0 else 1
        gap = 1 + corr if small else 1 - corr
        rows = [[_as_float(row[k]) for k in range(TERMS)] for row in (factor, source, gap)]
        reach = _reach(rows)
        ends.append((reach, np.array(rows)[:, : _needed(rows, reach)], small))
    return _Layer(
        formula=lambda theta: plain(theta, *values),
        reach=(ends[0][0], ends[1][0]),
        polynomials=(ends[0][1], ends[1][1]),
        small=(ends[0][2], ends[1][2]),
    )


def _as_float(ball: arb) -> float:
    if not ball.is_finite():
        return math.nan
    return 0.0 if ball.contains(0) else float(ball.mid())


def _needed(rows: list[list[float]], reach: float) -> int:
    """How many terms are not negligible up to that angle."""
    needed = 1
    for row in rows:
        sizes = [abs(x) * max(reach, 0.0) ** k for k, x in enumerate(row)]
        first = next((size for size in sizes if size), 0.0)
        needed = max([needed, *(k + 1 for k, size in enumerate(sizes) if size > 1e-18 * first)])
    return needed


def _reach(rows: list[list[float]]) -> float:
    """The angle up to which the omitted terms are below 1e-18 of the first; -1 where there is no series."""
    reach = _FARTHEST
    for row in rows:
        if any(math.isnan(x) for x in row):
            return -1.0
        first = next((k for k, x in enumerate(row) if x), None)
        if first is None:
            continue
        for k in range(TERMS - 6, TERMS):
            if row[k]:
                reach = min(reach, (1e-18 * abs(row[first] / row[k])) ** (1 / (k - first)))
    return reach
