"""Hermite coefficients and shapes of activations, against quadrature and samples; parts of series, against series."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import lambdify

from proofs_check.kernel_series import ONE, ZERO, after, plus, times
from proofs_check.natures import Parts, Size, nature
from theory import symbols
from theory.activations import activation, derivative, in_signs
from theory.errors import BeyondReach

NAMES = (
    "identity", "relu", "leaky_relu:1/5", "leaky_relu:-1/3", "abs", "relu_power:2", "relu_power:3", "erf", "tanh", "sigmoid",
    "silu", "softplus", "sin", "cos", "exp", "gaussian", "gelu", "hermite:3", "hermite:4", "polynomial:1,1,1/3",
    "expr:x+exp(-x^2)", "expr:log(1+exp(x))-x/2", "expr:x^3+x", "expr:tanh(x)^2+x", "expr:abs(x)^3+x^2", "expr:x*tanh(x)",
)  # fmt: skip
GRID = np.concatenate([-np.geomspace(1e-3, 9, 400)[::-1], np.geomspace(1e-3, 9, 400)])


def numeric(spec: str, x: np.ndarray, *, slope: bool = False) -> np.ndarray:
    """Values of an activation or of its almost-everywhere derivative."""
    one = activation(spec)
    expression = derivative(one) if slope else in_signs(one.expression)
    return np.broadcast_to(lambdify(symbols.x, expression, [{"erf": np.vectorize(math.erf)}, "numpy"])(x), x.shape)


@cache
def hermite(spec: str, slope: bool) -> np.ndarray:
    """Hermite coefficients 0..40 at length 1, by the trapezoid rule with a node on each side of 0."""
    x = np.linspace(-14, 14, 40_000)
    weight = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * (x[1] - x[0])
    values = numeric(spec, x, slope=slope) * weight
    below, now = np.zeros_like(x), np.ones_like(x)
    found = []
    for k in range(41):
        found.append(float(values @ now))
        below, now = now, (x * now - np.sqrt(k) * below) / np.sqrt(k + 1)
    return np.array(found)


@pytest.mark.parametrize("spec", NAMES)
@pytest.mark.parametrize("slope", [False, True])
def test_sizes_agree_with_hermite_coefficients(spec: str, slope: bool) -> None:
    """No coefficient where the size says none, none beyond the degree of a polynomial, and some far out where there are many."""
    found = nature(activation(spec))
    parts = found.slope if slope else found.dual
    coefficients = np.abs(hermite(spec, slope))
    for parity, size in ((0, parts.even), (1, parts.odd)):
        mine, degrees = coefficients[parity::2], np.arange(parity, 41, 2)
        vanish = {Size.NONE: 0, Size.CONSTANT: 1, Size.FINITE: 9, Size.MANY: 41}[size]
        assert np.all(mine[degrees >= vanish] < 1e-5), (spec, size)
        if size is Size.MANY:
            assert mine[(degrees > 4) & (degrees <= 13)].max() > 1e-5, spec
        elif size is Size.FINITE:
            assert mine[1 - parity :].max() > 1e-3, spec


@pytest.mark.parametrize("spec", NAMES)
def test_monotone_and_convex_agree_with_samples(spec: str) -> None:
    """What is shown of the shape holds on a grid, and each of monotone and convex is shown where it is plain."""
    found = nature(activation(spec))
    values, slopes = numeric(spec, GRID), numeric(spec, GRID, slope=True)
    if found.one_sign:
        assert np.all(values >= 0) or np.all(values <= 0)
    if found.monotone:
        assert np.all(slopes >= -1e-12) or np.all(slopes <= 1e-12)
    if found.convex:
        turns = np.diff(slopes)
        assert np.all(turns >= -1e-9) or np.all(turns <= 1e-9)


def test_shapes_of_common_activations_are_found() -> None:
    """So that the rules are not trivially sound."""
    shown = {
        name: nature(activation(name)) for name in ("relu", "tanh", "softplus", "exp", "sigmoid", "abs", "gaussian")
    }
    assert all(shown[name].monotone for name in ("relu", "tanh", "softplus", "exp", "sigmoid"))
    assert all(shown[name].convex for name in ("relu", "softplus", "exp", "abs"))
    assert not any(shown[name].monotone for name in ("abs", "gaussian"))
    assert not any(shown[name].convex for name in ("tanh", "sigmoid", "gaussian"))


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(-2, 2), min_size=5, max_size=5))
def test_sizes_of_sums_are_those_of_their_parts(c: list[int]) -> None:
    """A x + b |x| + c x^2 + d x^3 + e exp(-x^2): each parity is a polynomial exactly if |x| and the exponential are absent."""
    a, b, q, d, e = c
    assume(any(c))
    found = nature(activation(f"expr:{a}*x+{b}*abs(x)+({q})*x^2+({d})*x^3+({e})*exp(-x^2)")).dual
    even = Size.MANY if b or e else Size.FINITE if q else Size.NONE
    odd = Size.FINITE if a or d else Size.NONE
    assert (found.even, found.odd) == (even, odd)


def test_what_is_not_decided_is_refused() -> None:
    """Breakpoints elsewhere, and growth without an expansion, are no guess."""
    for spec in ("expr:max(x-1,0)", "expr:abs(x+1)"):
        with pytest.raises(BeyondReach):
            nature(activation(spec))


# --- parts of series --------------------------------------------------------------------------------------------------

CUT = 48
SETS = st.tuples(
    st.sets(st.integers(0, 4), max_size=4), st.sampled_from([(), (0,), (1,), (0, 1)])
).filter(lambda drawn: bool(drawn[0]) or bool(drawn[1]))  # fmt: skip


def exponents(drawn: tuple[set[int], tuple[int, ...]]) -> frozenset[int]:
    """Exponents of a series: finitely many, and all of some parities."""
    few, parities = drawn
    return frozenset(few) | {k for k in range(1, CUT) if k % 2 in parities}


def parts(found: frozenset[int]) -> Parts:
    """The parts of a set of exponents, where those beyond half of the cut stand for infinitely many."""
    sizes = []
    for parity in (0, 1):
        mine = [k for k in found if k % 2 == parity]
        far = any(k > CUT // 2 for k in mine)
        least = Size.CONSTANT if mine == [0] else Size.FINITE
        sizes.append(Size.MANY if far else least if mine else Size.NONE)
    return Parts(even=sizes[0], odd=sizes[1])


def product(one: frozenset[int], other: frozenset[int]) -> frozenset[int]:
    """Exponents of a product below the cut."""
    return frozenset(i + j for i in one for j in other if i + j < CUT)


@settings(max_examples=150, deadline=None)
@given(SETS, SETS)
def test_parts_of_sums_and_products(first: tuple, second: tuple) -> None:  # type: ignore[type-arg]
    """The rules against exponents themselves."""
    one, other = exponents(first), exponents(second)
    assert plus(parts(one), parts(other)) == parts(one | other)
    assert times(parts(one), parts(other)) == parts(product(one, other))


@settings(max_examples=150, deadline=None)
@given(SETS, SETS)
def test_parts_of_compositions(first: tuple, second: tuple) -> None:  # type: ignore[type-arg]
    """The rule for compositions, up to the difference between a constant and a polynomial, on which nothing rests."""
    outer, inner = exponents(first), exponents(second)
    power, found = frozenset({0}), frozenset({0} & outer)
    for k in range(1, CUT):
        power = product(power, inner)
        found |= power if k in outer else frozenset()
    try:
        rule = after(parts(outer), parts(inner))
    except BeyondReach:
        assume(False)
    truth = parts(found)
    for mine, true in ((rule.even, truth.even), (rule.odd, truth.odd)):
        assert mine is true or {mine, true} == {Size.CONSTANT, Size.FINITE}


def test_constants_compose_to_constants() -> None:
    """A constant inside stays one, and 0 outside is 0."""
    many = Parts(even=Size.MANY, odd=Size.MANY)
    assert after(many, ONE) == ONE
    assert after(ZERO, ONE) == ZERO
    with pytest.raises(BeyondReach):
        after(many, ZERO)
