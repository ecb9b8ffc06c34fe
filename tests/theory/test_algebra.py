"""Replayed field arithmetic: equalities it must prove, differences it must see, and what it must leave open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import (
    Abs,
    E,
    Expr,
    Function,
    I,
    Integer,
    Integral,
    Rational,
    Symbol,
    acos,
    asin,
    cos,
    cosh,
    erf,
    exp,
    log,
    nan,
    pi,
    sin,
    sqrt,
)

from theory.algebra import Answer, is_zero
from theory.symbols import c, depth, gamma, layer, length1, length2, nngp, scale, theta

y = Symbol("y", positive=True)


def kappa(value: Expr) -> Expr:
    """The ReLU dual."""
    return (sqrt(1 - value**2) + (pi - acos(value)) * value) / pi


EQUAL = [
    sin(2 * theta) - 2 * sin(theta) * cos(theta),
    cos(3 * theta) - 4 * cos(theta) ** 3 + 3 * cos(theta),
    sin(theta / 2) ** 2 - (1 - cos(theta)) / 2,
    sin(theta + pi / 6) - sqrt(3) / 2 * sin(theta) - cos(theta) / 2,
    sqrt(1 - cos(theta) ** 2) - sin(theta),
    sqrt(1 - c**2) - sin(acos(c)),
    sqrt(1 - c) * sqrt(1 + c) - sqrt(1 - c**2),
    sqrt((1 - c) / 2) - sin(acos(c) / 2),
    sqrt(1 + cos(theta)) - sqrt(2) * cos(theta / 2),
    asin(c) + acos(c) - pi / 2,
    acos(-c / 2) + acos(c / 2) - pi,
    (1 + scale) ** (layer - 1) * (1 + scale) - (1 + scale) ** layer,
    depth ** (-2 * gamma) * depth ** (2 * gamma) - 1,
    (depth ** (-gamma)) ** 2 * depth - depth ** (1 - 2 * gamma),
    4**depth - 2 ** (2 * depth),
    exp(log(2) * depth) - 2**depth,
    exp(-log(y) * depth / 2) - y ** (-depth / 2),
    exp(y + 1) - E * exp(y),
    E * (exp(y) - exp(-y)) / (exp(2) - 1) - (exp(y) - exp(-y)) / (E - exp(-1)),
    exp(y / 2) * exp(y / 3) - exp(5 * y / 6),
    cosh(y) - (exp(y) + exp(-y)) / 2,
    log(6 * y) - log(2) - log(3) - log(y),
    sqrt(6) - sqrt(2) * sqrt(3),
    2 ** Rational(1, 4) * 8 ** Rational(1, 4) - 2,
    sqrt(nngp**2 + 1) ** 2 - nngp**2 - 1,
    sqrt(length1 * length2 - nngp**2) / sqrt(length1 * length2) - sqrt(1 - nngp**2 / (length1 * length2)),
    kappa(kappa(c)).diff(c) - (pi - acos(kappa(c))) / pi * (pi - acos(c)) / pi,
    erf(y * (1 + y)) - erf(y**2 + y),
    Abs(sin(theta)) - sin(theta),
    sqrt((3 - 2 * c**2) * (2 + y)) - sqrt(3 - 2 * c**2) * sqrt(2 + y),
    1 / (1 + 1 / (1 + 1 / y)) - (1 + y) / (1 + 2 * y),
    cos(1) ** 2 + sin(1) ** 2 - 1,
]
DIFFERENT = [
    Integer(1),
    Rational(1, 10**50),
    pi - Rational(22, 7),
    pi - Rational(314159265358979, 10**14),
    sin(theta) - theta,
    sqrt(1 - sin(theta) ** 2) - cos(theta),  # cos is negative beyond pi/2
    Abs(cos(theta)) - cos(theta),
    sqrt(nngp**2) - nngp,
    y - 1,
    kappa(c) - c - (1 - c) / 5,
    depth ** (-gamma) - depth ** (-2 * gamma),
    (1 + scale) ** layer - 1 - layer * scale,
]
OPEN = [
    1 / (sin(theta) ** 2 + cos(theta) ** 2 - 1),  # defined nowhere
    sqrt(c**2 - 1) - I * sqrt(1 - c**2),
    Function("f")(y) - Function("g")(y),
    sqrt(nngp * cos(theta)) - sqrt(nngp) * sqrt(cos(theta)),  # -1 times, where both are negative
    Integral(exp(-(y**2)), (y, 0, 1)) - 1,
    nan,
    sqrt(5 + 2 * sqrt(6)) - sqrt(2) - sqrt(3),  # is 0, by a relation that is not among the generators
]


@pytest.mark.parametrize("expression", EQUAL, ids=str)
def test_equalities_are_proved(expression: Expr) -> None:
    """Trigonometric, exponential, radical and nested identities reduce to 0."""
    assert is_zero(expression) is Answer.YES


@pytest.mark.parametrize("expression", DIFFERENT, ids=str)
def test_differences_are_proved(expression: Expr) -> None:
    """A point of the domain where an enclosure excludes 0."""
    assert is_zero(expression) is Answer.NO


@pytest.mark.parametrize("expression", OPEN, ids=str)
def test_the_rest_is_left_open(expression: Expr) -> None:
    """Neither answer without a proof."""
    assert is_zero(expression) is Answer.UNKNOWN


def test_an_answer_has_no_truth_value() -> None:
    """``if is_zero(...)`` is an error, so that UNKNOWN is never taken for a yes or a no."""
    for answer in Answer:
        with pytest.raises(TypeError, match="truth value"):
            bool(answer)


def test_a_domain_restricts_the_points_of_a_no() -> None:
    """Outside its interval a difference proves nothing; inside it does."""
    difference = Abs(nngp) - nngp
    assert is_zero(difference, [(nngp, Integer(0), Integer(1))]) is Answer.UNKNOWN
    assert is_zero(difference, [(nngp, Integer(-1), Integer(1))]) is Answer.NO


LEAVES = st.sampled_from([theta, y, pi, sin(theta), cos(theta), sqrt(y), exp(y), sqrt(2), Integer(2), Rational(1, 3)])


@st.composite
def expressions(draw: st.DrawFn, depth_: int = 3) -> Expr:
    """Sums and products of generators; shrinks to one leaf."""
    if depth_ == 0 or draw(st.booleans()):
        return draw(LEAVES)
    left, right = draw(expressions(depth_ - 1)), draw(expressions(depth_ - 1))
    return left + right if draw(st.booleans()) else left * right


@given(expressions(), expressions())
def test_the_square_of_a_sum_is_expanded(a: Expr, b: Expr) -> None:
    """(a + b)^2 = a^2 + 2ab + b^2, with doubled angles and doubled exponents rewritten on one side."""
    rewritten = ((a + b) ** 2).subs({sin(theta): 2 * sin(theta / 2) * cos(theta / 2), exp(y): exp(y / 2) ** 2})
    assert is_zero(rewritten - a**2 - 2 * a * b - b**2) is Answer.YES


@given(expressions(), st.integers(1, 1000))
def test_a_small_change_is_seen(a: Expr, size: int) -> None:
    """Adding 10^-12 of something is never called zero."""
    assert is_zero((a + Rational(size, 10**12)) - a * 1) is not Answer.YES
    assert is_zero(a * (1 + Rational(size, 10**12)) - a) is not Answer.YES
