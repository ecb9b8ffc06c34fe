"""Balls and series: what lies outside a domain gives the part inside or NaN, and the printed interval contains the ball."""

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from sympy import I, Integer, Symbol, acos, log, nan, oo, pi, sqrt, zoo

from numerics.balls import ARB, REAL, SERIES, accurate, evaluate, exact_fraction, precision, series, to_strings
from theory.errors import InputError

x = Symbol("x", real=True)


@pytest.mark.parametrize("name", ["acos", "asin"])
def test_inverse_functions_take_the_part_inside(name: str) -> None:
    """A ball across 1 or -1 gives a finite ball, one wholly outside NaN; Arb alone gives NaN for both."""
    inside = REAL.functions[name]
    for end in (1, -1):
        found = inside(arb(end, 0.25))
        assert found.is_finite()
        assert found.contains(getattr(arb(end), name)())
        assert found.contains(getattr(arb(end) * 7 / 8, name)())
        assert not ARB.functions[name](arb(end, 0.25)).is_finite()
        assert not inside(arb(3 * end, 0.25)).is_finite()
    assert not inside(arb.nan()).is_finite()


def test_roots_and_powers_take_the_part_that_is_not_negative() -> None:
    """Square roots from 0 on, real powers of a positive base; a negative base, or 0 to a negative power, is NaN."""
    root, power = REAL.functions["sqrt"], REAL.functions["power"]
    assert root(arb(0, 1)).contains(arb(1))
    assert root(arb(0, 1)).contains(arb(0))
    assert not root(arb(-3, 1)).is_finite()
    assert power(arb(2), arb(0.5)).overlaps(arb(2).sqrt())
    assert power(arb(0, 1), arb(0.5)).contains(arb(0))
    assert power(arb(0), arb(2)) == 0
    assert not power(arb(0, 1), arb(-1)).is_finite()
    assert not power(arb(-2), arb(0.5)).is_finite()


def test_signs_are_known_only_where_the_whole_ball_has_them() -> None:
    """Sign and sgn of positive, negative, zero and undecided balls."""
    balls = (arb(1, 0.5), arb(-1, 0.5), arb(0), arb(0, 1))
    assert [REAL.sign(ball) for ball in balls] == [1, -1, 0, None]
    sgn = [REAL.functions["sgn"](ball) for ball in balls]
    assert (sgn[0], sgn[1], sgn[2]) == (1, -1, 0)
    assert sgn[3].contains(arb(1))
    assert sgn[3].contains(arb(-1))


def test_a_series_is_nan_where_a_function_is_not_analytic() -> None:
    """Root at a ball with 0, absolute value, sign, maximum and power across a kink; elsewhere the true coefficients."""
    with precision(100, 3):
        kink, away = series([arb(0, 1), 1]), series([arb(2), 1])
        for name in ("sqrt", "log", "abs", "sgn"):
            assert not SERIES.functions[name](kink)[0].is_finite(), name
        for name in ("max", "min"):
            assert not SERIES.functions[name](kink, series([0]))[0].is_finite(), name
        assert SERIES.functions["max"](away, series([1]))[1] == 1
        assert SERIES.functions["min"](away, series([1]))[1] == 0
        assert SERIES.functions["max"](series([1]), away)[1] == 1
        assert SERIES.functions["abs"](-away)[1] == 1
        assert SERIES.functions["sgn"](-away)[0] == -1
        assert SERIES.functions["power"](away, series([2]))[1].overlaps(arb(4))
        tanh, cosh, sinh = (SERIES.functions[name](away) for name in ("tanh", "cosh", "sinh"))
        assert tanh[0].overlaps(arb(2).tanh())
        assert cosh[1].overlaps(sinh[0])
        assert SERIES.exact(1, 3)[0].overlaps(arb(1) / 3)
        assert SERIES.pi[0].overlaps(arb.pi())
        assert SERIES.sign(away) == 1


@pytest.mark.parametrize("expression", [I, zoo, nan, oo, -oo, 1 + I * x, acos(Integer(2)), log(Integer(-1))], ids=str)
def test_what_is_not_real_is_not_finite(expression) -> None:
    """Complex units, infinities and values outside a domain give no number."""
    assert not evaluate(expression, {x: arb(1)}).is_finite()


def test_exact_numbers_are_as_accurate_as_asked() -> None:
    """Also after cancellation of 60 digits, and for integers; a ball that is not finite is never accurate."""
    close = sqrt(10**60 + 1) - 10**30
    found = evaluate(close, {}, digits=40)
    assert accurate(found, 40)
    assert found.overlaps(evaluate(1 / (sqrt(10**60 + 1) + 10**30), {}, digits=60))
    assert evaluate(7, {}) == 7
    assert evaluate(x**2, {x: 3}) == 9
    assert evaluate(x * pi, {x: Integer(0)}) == 0
    assert not accurate(arb.nan(), 1)
    assert accurate(arb(10) ** -800, 350)
    assert not accurate(arb(1, 0.5), 350)


@given(
    st.fractions(max_denominator=10**6).map(lambda q: q * Fraction(10) ** 3),
    st.integers(-60, 60),
    st.integers(0, 40),
    st.integers(1, 30),
)
def test_the_printed_interval_contains_the_ball(mid: Fraction, power: int, width: int, digits: int) -> None:
    """Decimal midpoint and radius, read back exactly, reach beyond both ends of the ball."""
    with precision(120):
        ball = arb(mid.numerator) / mid.denominator * arb(2) ** power
        ball += arb(0, 1) * abs(ball) * arb(2) ** (-width * 3)
    middle, radius = (Fraction(text) for text in to_strings(ball, digits))
    with precision(4000):
        for end in (ball.lower(), ball.upper()):
            man, exponent = exact_fraction(end)
            assert abs(Fraction(man) * Fraction(2) ** exponent - middle) <= radius * (1 + Fraction(1, 10**20))


@pytest.mark.parametrize(
    ("ball", "digits", "text"),
    [
        (arb(0), 5, ("0", "0")),
        (arb(-3), 5, ("-3", "0")),
        (arb(1200), 5, ("1200", "0")),
        (arb(10**25), 5, ("1e+25", "0")),
        (arb(1) / 2**30, 9, ("9.31322574615e-10", "4.79e-22")),
    ],
)
def test_numbers_are_printed_plainly_where_they_are_short(ball: arb, digits: int, text: tuple[str, str]) -> None:
    """Zero, integers, large and small numbers."""
    assert to_strings(ball, digits) == text


def test_a_ball_that_is_not_finite_is_not_printed() -> None:
    """One line says so."""
    with pytest.raises(InputError, match="not finite"):
        to_strings(arb.nan(), 5)
