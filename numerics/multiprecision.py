"""The recursion at fixed digits without error bounds, and what a sequence of depths says about limit and rate.

Values here are evidence, not proofs: mpmath and ``Approximation`` round without bounding the error. The limit and the
coefficients of value(L) = limit + coefficient * scale(L) + corrections are solved for from as many depths as there are
unknowns; the spread is how far the solution moves when the window of depths is shifted by one. It is an observation,
too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import arb
from mpmath.ctx_mp import MPContext
from sympy import Dummy, Expr, Integer, Symbol, log

from numerics.balls import ANALYTIC, ARB, REAL, precision
from numerics.compile import Backend, lower
from numerics.hermite import gaussian_mean, gaussian_pair
from numerics.kernel import trajectory
from numerics.model import at_depth, model
from theory import symbols
from theory.errors import InputError
from theory.network import Network
from theory.recursion import correlation_form, derive

QUANTITIES = ("nngp", "ntk", "normalized_nngp", "normalized_ntk", "angle")


class Multiprecision:
    """The backend of mpmath, in a context of its own: no global precision is read or set."""

    def __init__(self, digits: int) -> None:
        context = MPContext()
        context.dps = digits
        self.context = context
        self.functions: Mapping[str, Callable[..., Any]] = {
            **{name: getattr(context, name) for name in (*ANALYTIC, "sinh", "cosh", "tanh", "erf", "erfc", "power")},
            "abs": abs,
            "sgn": context.sign,
            "max": max,
            "min": min,
            "gaussian_mean": self._mean,
            "gaussian_pair": self._pair,
        }

    def _mean(self, g: Expr, *arguments: Any) -> Any:
        with precision(self.context.prec + 10):
            return self._rounded(gaussian_mean(g, *map(_as_ball, arguments)))

    def _pair(self, phi: Expr, order: int, *arguments: Any) -> Any:
        with precision(self.context.prec + 10):
            return self._rounded(gaussian_pair(phi, order, *map(_as_ball, arguments)))

    def _rounded(self, ball: arb) -> Any:
        """The midpoint of a ball; there is no quadrature of mpmath's own behind a moment."""
        man, power = ball.mid().man_exp() if ball.is_finite() else (0, 0)
        return self.context.ldexp(self.context.mpf(int(man)), int(power)) if ball.is_finite() else self.context.nan

    @property
    def pi(self) -> Any:
        """pi, rounded."""
        return +self.context.pi

    def exact(self, numerator: int, denominator: int) -> Any:
        """The rounded rational number."""
        return self.context.mpf(numerator) / denominator

    def sign(self, value: Any) -> int | None:
        """The sign of the rounded value."""
        return int(self.context.sign(value))


def _as_ball(value: Any) -> arb:
    """The exact ball of an mpmath number."""
    sign, man, power, _ = value._mpf_
    return arb(-int(man) if sign else int(man)) * arb(2) ** int(power)


def multiprecision(digits: int) -> Backend:
    """The backend at a number of digits."""
    return Multiprecision(digits)


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Observed limit and leading coefficient, each with its spread; mpmath floats.

    at   the depths used
    """

    limit: Any
    limit_spread: Any
    coefficient: Any
    coefficient_spread: Any
    at: tuple[int, ...]


def default_corrections(scale: Expr) -> tuple[Expr, ...]:
    """Terms that usually follow a leading term: one logarithm less, then the products with 1/L.

    >>> default_corrections(log(symbols.depth) / symbols.depth)
    (1/L, log(L)**2/L**2, log(L)/L**2, L**(-2))
    """
    depth = symbols.depth
    if scale.has(log):
        base = scale / log(depth)
        return (base, scale * log(depth) / depth, scale / depth, base / depth)
    return (scale * log(depth) / depth, scale / depth)


def observed_rate(
    values: Mapping[int, Any],
    scale: Expr,
    *,
    limit: Expr | None = None,
    corrections: Sequence[Expr] | None = None,
    digits: int = 50,
) -> Observed:
    """Limit and coefficient of the leading correction, from values at several depths.

    values       mpmath numbers or exact numbers by depth; depths 2^k serve best
    scale        the leading correction as an expression in L, such as log(L)/L
    limit        the limit where it is known; it is then not solved for
    corrections  further terms that are solved for; by default ``default_corrections``
    raises       InputError if there are not enough depths: one more than unknowns

    >>> values = {2**k: Integer(1) / 4 + Integer(3) / 2**k for k in range(4, 12)}
    >>> found = observed_rate(values, 1 / symbols.depth)
    >>> abs(found.limit - 0.25) < 1e-30, abs(found.coefficient - 3) < 1e-30
    (True, True)
    """
    terms = (scale, *(default_corrections(scale) if corrections is None else corrections))
    unknowns = terms if limit is not None else (Integer(1), *terms)
    depths = sorted(values)
    if len(depths) <= len(unknowns):
        raise InputError(f"values: {len(depths)} depths; {len(unknowns)} unknowns need {len(unknowns) + 1} or more")
    backend = Multiprecision(digits)
    context = backend.context
    evaluate = lower(tuple(unknowns), (symbols.depth,)).bind(backend)
    known = context.mpf(0) if limit is None else lower((limit,), ()).run(backend, ())[0]

    def number(value: Any) -> Any:
        return lower((value,), ()).run(backend, ())[0] if isinstance(value, Expr) else context.mpf(value)

    solutions = []
    for last in (len(depths), len(depths) - 1):
        window = depths[last - len(unknowns) : last]
        matrix = context.matrix([list(evaluate(context.mpf(depth))) for depth in window])
        right = context.matrix([number(values[depth]) - known for depth in window])
        solutions.append(list(context.lu_solve(matrix, right)))
    newest, before = solutions
    place = 0 if limit is not None else 1
    return Observed(
        limit=known if limit is not None else newest[0],
        limit_spread=context.mpf(0) if limit is not None else abs(newest[0] - before[0]),
        coefficient=newest[place],
        coefficient_spread=abs(newest[place] - before[place]),
        at=tuple(depths),
    )


def values_along(
    network: Network, depths: Sequence[int], corr: Expr, *, quantity: str = "normalized_ntk", digits: int = 50
) -> dict[int, Any]:
    """A quantity at several depths as mpmath numbers: the midpoints of balls that are as accurate as asked."""
    if quantity not in QUANTITIES:
        raise InputError(f"quantity={quantity}: allowed is {', '.join(QUANTITIES)}")
    context = Multiprecision(digits).context
    found = trajectory(network, depths, corr, digits=digits)
    result = {}
    with precision(64):
        for depth, kernels in found.items():
            man, power = getattr(kernels, quantity).mid().man_exp()
            result[depth] = context.ldexp(context.mpf(int(man)), int(power))
    return result


def iterate(network: Network, depths: Sequence[int], corr: Expr, *, digits: int = 50) -> dict[int, dict[str, Any]]:
    """The kernels at several depths by plain iteration in mpmath: the same expressions, an arithmetic of its own.

    returns  by depth the four kernels by name; the rounding is not bounded and grows with the depth
    """
    used = model(network)
    if used.depends_on_depth and len(set(depths)) > 1:
        return {depth: iterate(network, (depth,), corr, digits=digits)[depth] for depth in depths}
    backend = Multiprecision(digits)
    sqrt = backend.functions["sqrt"]
    last = max(depths)

    def ready(expressions: tuple[Expr, ...], *variables: Any) -> Callable[..., Any]:
        return lower(tuple(at_depth(e, last) for e in expressions), variables).bind(backend)

    c, layer, length = symbols.c, symbols.layer, symbols.length
    lengths = (length,) if used.equal else (symbols.length1, symbols.length2)
    (start,) = ready((corr,))()
    value, ntk = ready((used.corr_initial, used.ntk_initial), c)(start)
    singles = list(ready((*used.diagonal_initial, *used.length_initial, used.size))())
    diagonals, both, size = singles[:2], singles[2:4], singles[4]
    step = ready((used.corr, used.factor, used.source), c, layer, *lengths)
    single = ready((used.diagonal_factor, used.diagonal_source, used.growth, used.lengths or length), layer, length)
    found = {}
    for index in range(last + 1):
        if index in depths:
            total = sqrt(diagonals[0] * diagonals[1])
            outer = size if used.lengths is None else sqrt(both[0] * both[1])
            found[index] = {
                "nngp": value * outer,
                "ntk": ntk * size if used.lengths is None else ntk,
                "normalized_nngp": value,
                "normalized_ntk": ntk / total if total else backend.context.nan,
            }
        value, factor, source = step(value, index + 1, *both[: len(lengths)])
        ntk = factor * ntk + source
        rows = [single(index + 1, q) for q in both]
        diagonals = [a * t + b for (a, b, *_), t in zip(rows, diagonals, strict=True)]
        size *= rows[0][2]
        if used.lengths is not None:
            both = [row[3] for row in rows]
    return found


APPROXIMATION_BITS = 320
APPROXIMATION_ERROR = 200
"""Values of an ``Approximation`` are taken to be within 2^-200 (1 + |value|): 120 bits are left to the growth of errors."""
_BETWEEN_KEPT = 64
"""States are kept every so many layers, where a state serves many depths."""
_CORRELATIONS_KEPT = 64
_BETWEEN_CALLS = 1024
"""Layers between two calls of ``pause``."""

State = tuple[arb, arb, arb, arb]
"""Correlation, NTK over length, the same at one input, length."""


class Approximation:
    """The kernels of one network at any depth, inputs and parameters, which enter as numbers: no algebra per value.

    Only midpoints are carried, at ``APPROXIMATION_BITS`` bits: fast and accurate, but without an error bound. A
    recursion that depends neither on L nor on parameters is continued from the states that were kept.

    parameters  the open parameters in the order in which their values are given
    moves       whether L or a parameter occurs in the recursion, so that nothing can be kept
    """

    def __init__(self, network: Network) -> None:
        """Lower the recursion; raises InputError where it has no form in the correlation alone."""
        form = correlation_form(network)
        if form is None:
            raise InputError(f"network={network.name}: its recursion is not one in the correlation alone")
        c, layer = symbols.c, symbols.layer
        self.parameters = tuple(sorted(network.parameters, key=str))
        corr, ntk, diagonal, length = (Dummy(name) for name in ("c", "t", "d", "q"))
        step = (
            form.correlation,
            form.factor * symbols.ntk + form.source,
            form.diagonal_factor * symbols.ntk_diagonal + form.diagonal_source,
            form.growth * symbols.length,
        )
        letters = {c: corr, symbols.ntk: ntk, symbols.ntk_diagonal: diagonal, symbols.length: length}
        step = tuple(e.subs(letters, simultaneous=True) for e in step)
        start = (derive(network).nngp_initial / form.length, form.initial, form.diagonal_initial, form.length)
        state = (corr, ntk, diagonal, length)
        self._fixed = _Fixed((*state, layer))
        step = tuple(self._fixed.apart(e) for e in step)
        self._by_layer = any(e.has(layer) for e in step)
        self.moves = bool(self._fixed.found) or any(e.free_symbols - {c} for e in start)
        numbers = (symbols.depth, *self.parameters)
        self._start = lower(start, (c, *numbers))
        self._outer = lower(tuple(self._fixed.found), numbers)
        self._step = lower(step, (*state, layer, *self._fixed.found.values()))
        self._kept: dict[arb, dict[int, State]] = {}

    def at(
        self,
        depth: int,
        corr: arb,
        values: Sequence[arb] = (),
        *,
        quantity: str = "normalized_ntk",
        pause: Callable[[], None] = lambda: None,
    ) -> arb:
        """The quantity at a depth as an exact number, near the true value; NaN where the NTK of one input is 0.

        corr    the correlation, in [-1, 1]; its midpoint is used
        values  the open parameters, in the order of ``parameters``
        pause   called every 1024 layers; what it raises ends the iteration

        >>> from theory.activations import activation
        >>> from theory.architectures import resnet
        >>> guide = approximation(resnet(activation("relu"), gamma=symbols.gamma))
        >>> guide.at(100, arb(0), [arb(1)]).str(12, radius=False)
        '0.159548205896'
        """
        with precision(APPROXIMATION_BITS):
            found = self._state(depth, corr.mid(), values, pause)
            return _quantity(found, quantity, bool(corr == 1)).mid()

    def _state(self, depth: int, corr: arb, values: Sequence[arb], pause: Callable[[], None]) -> State:
        numbers = (arb(max(depth, 1)), *values)
        kept = {} if self.moves else self._states(corr)
        done = max((at for at in (depth, depth - depth % _BETWEEN_KEPT) if at in kept), default=-1)
        if done < 0 and kept:
            done = max(kept) if max(kept) < depth else -1
        if done < 0:
            done, state = 0, _mids(self._start.run(REAL, (corr, *numbers)))
        else:
            state = kept[done]
        outer = self._outer.run(REAL, numbers)
        step = self._step.bind(ARB)
        one, zero = arb(1), arb(0)
        for layer in range(done + 1, depth + 1):
            # a correlation of 1 or -1 that rounding moved outside is moved back
            state = _mids(step(*state, arb(layer) if self._by_layer else zero, *outer))
            if abs(state[0]) > 1:
                state = (one if state[0] > 0 else -one, *state[1:])
            if not self.moves and layer % _BETWEEN_KEPT == 0:
                kept[layer] = state
            if layer % _BETWEEN_CALLS == 0:
                pause()
        return state

    def _states(self, corr: arb) -> dict[int, State]:
        """The states kept for a correlation; of the correlations, the oldest is forgotten."""
        if corr not in self._kept and len(self._kept) >= _CORRELATIONS_KEPT:
            del self._kept[next(iter(self._kept))]
        return self._kept.setdefault(corr, {})


class _Fixed:
    """Parts of expressions that do not change from layer to layer, each with a symbol in its place."""

    def __init__(self, varying: Sequence[Symbol]) -> None:
        self.varying = varying
        self.found: dict[Expr, Symbol] = {}

    def apart(self, expression: Expr) -> Expr:
        if not expression.free_symbols:
            return expression
        if not expression.has(*self.varying):
            return self.found.setdefault(expression, Dummy(f"fixed{len(self.found)}"))
        if not expression.args:
            return expression
        rebuilt: Expr = expression.func(*(self.apart(argument) for argument in expression.args))
        return rebuilt


def _mids(values: tuple[arb, ...]) -> State:
    c, t, d, q = values
    return c.mid(), t.mid(), d.mid(), q.mid()


def _quantity(state: State, name: str, equal: bool) -> arb:
    """The quantity at a state; for equal inputs the normalised kernels are 1 and the angle 0."""
    corr, ntk, diagonal, length = state
    if equal:
        corr, ntk = arb(1), diagonal
    match name:
        case "nngp":
            return corr * length
        case "ntk":
            return ntk * length
        case "normalized_nngp":
            return corr
        case "normalized_ntk":
            return ntk / diagonal
        case "angle":
            return REAL.functions["acos"](corr)
    raise InputError(f"quantity={name}: allowed is {', '.join(QUANTITIES)}")


@lru_cache(maxsize=64)
def approximation(network: Network) -> Approximation | None:
    """The approximation of a network, or None where its recursion has no form in the correlation alone."""
    try:
        return Approximation(network)
    except InputError:
        return None
