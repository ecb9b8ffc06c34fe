"""Exact inputs for the search of counterexamples and for the tests: angles, correlations, depths, parameters, networks.

Idea. A false statement about kernels fails near an edge: angle near 0 or pi, depth 0 or 1, gamma near 1/2. So a value of an
interval is drawn in one of three ways, and every way is exact and lies in the interval by construction (nothing is filtered):

    a fraction p/q with q <= 64
    an end of the interval that belongs to it
    2^-k away from an end, k up to 60: exponentially near

What can go wrong. An end may be any exact real (pi, sqrt 2); floors of it are taken by SymPy, which raises its precision until
the integer is certain. A float never enters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sympy import Expr, Integer, Rational, Symbol, ceiling, floor, oo, pi

from theory import symbols
from theory.activations import Activation, activation, leaky_relu
from theory.architectures import ffnet, resnet, resnet_single
from theory.claims import Interval
from theory.network import Network

LARGEST_DENOMINATOR = 64
MOST_SHORT = 100
NEAREST = 60
"""Points go down to 2^-60 from an end: below the spacing of float64 at 1."""
UNBOUNDED_SPAN = 4
"""A parameter without an upper end is drawn up to this much above the lower one."""


def points(interval: Interval) -> SearchStrategy[Expr]:
    """Exact values of an interval.

    range    the whole interval; without an upper end, up to 4 above the lower one
    shrinks  towards fractions with small denominators, ends, and fractions near an end, in this order
    """
    low, high = _finite(interval)
    if low == high:
        return st.just(low)
    ways: list[SearchStrategy[Expr]] = []
    numerators = _fractions(low, high, interval.low_closed, interval.high_closed)
    short = _short(numerators)
    if short:
        # one choice, as for the ends: of two values the one made of fewer choices counts as the simpler
        ways.append(st.sampled_from(short))
    if numerators:
        ways.append(st.sampled_from(numerators).flatmap(_fraction))
    ends = [end for end, closed in ((low, interval.low_closed), (high, interval.high_closed)) if closed]
    if ends:
        ways.append(st.sampled_from(ends))
    first = _first_power(low, high)
    steps = st.integers(first, max(first, NEAREST))
    ways.append(steps.map(lambda k: high - Rational(1, 2**k)))
    ways.append(steps.map(lambda k: low + Rational(1, 2**k)))
    return st.one_of(ways)


def angles(low: Expr = Rational(1, 100), high: Expr = pi) -> SearchStrategy[Expr]:
    """Exact angles of [low, high], rational or rational plus a multiple of pi; dense near both ends.

    range    low to high, both included
    shrinks  towards the integer nearest to low
    """
    return points(Interval(symbol=symbols.theta, low=low, high=high))


def correlations(interval: Interval | None = None) -> SearchStrategy[Expr]:
    """Exact correlations of the interval (all of [-1, 1] without one), ends included where they belong to it.

    shrinks  towards 0, else the simplest fraction
    """
    whole = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1))
    return points(whole if interval is None else interval)


def depths(low: int = 1, high: int | None = None, *, cap: int = 10_000) -> SearchStrategy[int]:
    """Depths from low to high: small ones, powers of 2 and of 10, and any.

    range    low to high; no deeper than the cap (than low, if that is above the cap)
    shrinks  towards low
    """
    top = max(low, cap if high is None else min(high, cap))
    powers = sorted({base**k for base in (2, 10) for k in range(1, 64) if low <= base**k <= top})
    ways = [st.integers(low, min(top, low + 15))]
    if powers:
        ways.append(st.sampled_from(powers))
    if top > low + 15:
        ways.append(st.integers(low, top))
    return st.one_of(ways)


def grid(interval: Interval) -> tuple[Expr, ...]:
    """A fixed list of exact values of an interval, the simplest first: ends, sixteenths, and points near the ends.

    An engine that evaluates many inputs at once samples from it.
    """
    low, high = _finite(interval)
    if low == high:
        return (low,)
    ends = [end for end, closed in ((low, interval.low_closed), (high, interval.high_closed)) if closed]
    fractions = [
        Rational(p, q)
        for q, first, last in _fractions(low, high, interval.low_closed, interval.high_closed)
        if q in (1, 2, 4, 8, 16)
        for p in range(first, last + 1)
    ]
    first = _first_power(low, high)
    near = [end + sign * Rational(1, 2**k) for k in range(first, first + 40, 6) for end, sign in ((high, -1), (low, 1))]
    return tuple(dict.fromkeys([*fractions, *ends, *near]))


def gammas(interval: Interval | None = None) -> SearchStrategy[Expr]:
    """Residual exponents of the interval (without one: [0, 2]), with the transition 1/2 and its neighbours among them.

    shrinks  towards the smallest integer of the interval
    """
    if interval is not None:
        return points(interval)
    below = Interval(symbol=symbols.gamma, low=Integer(0), high=Rational(1, 2))
    above = Interval(symbol=symbols.gamma, low=Rational(1, 2), high=Integer(2), low_closed=False)
    return st.one_of(points(below), points(above))


def slopes() -> SearchStrategy[Expr]:
    """Negative slopes of a leaky ReLU in [-1, 1]: 0 is ReLU, 1 the identity, -1 the absolute value.

    shrinks  towards 0
    """
    return points(Interval(symbol=symbols.slope, low=Integer(-1), high=Integer(1)))


CLOSED_FORM = ("relu", "identity", "abs", "erf", "sin", "cos", "exp", "gaussian", "hermite:2", "hermite:3")
"""Names of activations whose duals have a closed form and whose derivative has a second moment."""


def activations() -> SearchStrategy[Activation]:
    """Activations with a dual in closed form: the named ones, leaky ReLUs, powers of ReLU, polynomials.

    shrinks  towards relu
    """
    coefficients = st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(1, 3))
    return st.one_of(
        st.sampled_from(CLOSED_FORM).map(activation),
        slopes().map(leaky_relu),
        st.integers(2, 4).map(lambda n: activation(f"relu_power:{n}")),
        coefficients.map(lambda abc: activation("polynomial:" + ",".join(map(str, abc)))),
    )


def networks(phi: SearchStrategy[Activation] | None = None) -> SearchStrategy[Network]:
    """Whole layer trees of the three architectures with their options: variances, trained layers, gamma or alpha.

    phi      the activations to draw from (default: ``activations()``)
    shrinks  towards the ffnet of relu without biases
    """
    chosen = activations() if phi is None else phi
    trained = st.sampled_from([(True, True), (True, False), (False, True)])  # a tangent kernel needs trained weights
    feedforward = st.builds(
        lambda phi, weight, bias, train: ffnet(
            phi, weight_variance=weight, bias_variance=bias, train_hidden=train[0], train_readout=train[1]
        ),
        chosen,
        st.sampled_from([Integer(1), Rational(1, 2), Integer(2)]),
        st.sampled_from([Integer(0), Rational(1, 10), Integer(1)]),
        trained,
    )
    scales: SearchStrategy[dict[str, Expr]] = st.one_of(
        gammas().map(lambda gamma: {"gamma": gamma}),
        st.sampled_from([symbols.layer ** Rational(-1, 2), 1 / symbols.depth, Rational(1, 2)]).map(
            lambda alpha: {"alpha": alpha}
        ),
    )
    bottleneck = st.builds(
        lambda phi, scale, train, readout: resnet(
            phi, **scale, train_inner=train[0], train_outer=train[1], train_readout=readout
        ),
        chosen,
        scales,
        trained,
        st.booleans(),
    )
    single = st.builds(
        lambda phi, scale, first: resnet_single(phi, **scale, train_first=first), chosen, scales, st.booleans()
    )
    return st.one_of(feedforward, bottleneck, single)


@dataclass(frozen=True, kw_only=True)
class KernelState:
    """Kernels between two layers: |c| <= 1/2, K = c min(q1, q2); the network's parameters, l and L."""

    corr: Expr
    lengths: tuple[Expr, Expr]
    ntk: Expr
    ntk_diagonal: Expr
    parameters: tuple[tuple[Symbol, Expr], ...]


def layer_states(network: Network) -> SearchStrategy[KernelState]:
    """States between two layers of a network, exact, with a depth L up to 4 and a layer l <= L.

    range    |c| <= 1/2; q1, q2 in {1, 1/2, 3/2}; |T|, Td <= 3; gamma in [0, 2]
    shrinks  towards c = 0, lengths 1, T = 0, L = 1
    """
    half = Interval(symbol=symbols.c, low=Rational(-1, 2), high=Rational(1, 2))
    length = st.sampled_from([Integer(1), Rational(1, 2), Rational(3, 2)])
    sizes = st.integers(-3, 3).map(Integer)
    layers = st.integers(1, 4).flatmap(lambda depth: st.tuples(st.just(depth), st.integers(1, depth)))
    exponents = st.sampled_from([Integer(0), Rational(1, 2), Integer(1), Rational(3, 2), Integer(2)])

    def state(
        corr: Expr, lengths: tuple[Expr, Expr], ntk: Expr, diagonal: Expr, at: tuple[int, int], gamma: Expr
    ) -> KernelState:
        numbers = [(symbols.depth, Integer(at[0])), (symbols.layer, Integer(at[1]))]
        if symbols.gamma in network.parameters:
            numbers.append((symbols.gamma, gamma))
        return KernelState(corr=corr, lengths=lengths, ntk=ntk, ntk_diagonal=abs(diagonal), parameters=tuple(numbers))

    return st.builds(state, points(half), st.tuples(length, length), sizes, sizes, layers, exponents)


def _finite(interval: Interval) -> tuple[Expr, Expr]:
    low, high = interval.low, interval.high
    if low == -oo:
        low = (Integer(0) if high == oo else high) - UNBOUNDED_SPAN
    if high == oo:
        high = low + UNBOUNDED_SPAN
    return low, high


@lru_cache(maxsize=256)
def _fractions(low: Expr, high: Expr, low_closed: bool, high_closed: bool) -> Sequence[tuple[int, int, int]]:
    """(q, first p, last p) of the fractions p/q in the interval, for each denominator that has one."""
    rows = []
    for q in range(1, LARGEST_DENOMINATOR + 1):
        first = int(ceiling(low * q)) if low_closed else int(floor(low * q)) + 1
        last = int(floor(high * q)) if high_closed else int(ceiling(high * q)) - 1
        if first <= last:
            rows.append((q, first, last))
    return tuple(rows)


def _short(rows: Sequence[tuple[int, int, int]]) -> list[Expr]:
    """The fractions with the smallest denominators, at most ``MOST_SHORT`` of them, the simplest first."""
    found: list[Expr] = []
    for q, first, last in rows:
        if len(found) + last - first + 1 > MOST_SHORT:
            break
        found += [Rational(p, q) for p in sorted(range(first, last + 1), key=abs) if gcd(p, q) == 1]
    return found


def _fraction(row: tuple[int, int, int]) -> SearchStrategy[Expr]:
    q, first, last = row
    return st.integers(first, last).map(lambda p: Rational(p, q))


@lru_cache(maxsize=256)
def _first_power(low: Expr, high: Expr) -> int:
    """The smallest k >= 0 with 2^-k < high - low."""
    k = 0
    while int(ceiling((high - low) * 2**k)) <= 1:
        k += 1
    return k


__all__ = [
    "KernelState",
    "activations",
    "angles",
    "correlations",
    "depths",
    "gammas",
    "grid",
    "layer_states",
    "networks",
    "points",
    "slopes",
]
