"""One expression, every arithmetic: the backends agree, and balls contain what is true."""

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Float,
    I,
    Integer,
    Max,
    Min,
    Rational,
    Symbol,
    acos,
    asin,
    cos,
    erf,
    exp,
    gamma,
    log,
    pi,
    sin,
    sqrt,
    tanh,
)

from numerics.balls import ARB, REAL, SERIES, accurate, evaluate, precision, series, to_strings
from numerics.compile import compile as compile_expression
from numerics.compile import lower
from numerics.float64 import FLOAT64
from numerics.multiprecision import multiprecision
from theory.errors import InputError

x, y = Symbol("x", real=True), Symbol("y", real=True)

EXPRESSIONS = (
    x * acos(x) - 2 * sqrt(1 - x**2) / pi,
    exp(-(x**2)) / (1 + x) ** 3 + log(2 + x) * asin(x),
    erf(x) * cos(3 * x) - sin(x) ** 5,
    (2 + x) ** Rational(3, 2) - (3 + x) ** Rational(-1, 3) + (4 + x) ** sqrt(2) + 2**x,
    Max(x, Rational(1, 7)) - Min(x, x**2, Rational(1, 5)) + Abs(x - 3) + tanh(x),
)


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_every_arithmetic_computes_the_same_number(expression) -> None:
    """Float64, mpmath, balls and the constant coefficients of series agree, and so does SymPy."""
    points = [Rational(k, 10) for k in (-9, -3, 1, 4, 9)]
    floats = compile_expression(expression, [x], FLOAT64)(np.array([float(p) for p in points]))
    precise = compile_expression(expression, [x], multiprecision(40))
    for point, found in zip(points, floats, strict=True):
        true = expression.subs(x, point).evalf(45)
        assert abs(found - float(true)) < 1e-14 * (10 + abs(float(true)))
        assert abs(precise(multiprecision(40).exact(point.p, point.q)) - true._to_mpmath(150)) < 1e-37
        with precision(140, 4):
            thin = arb(int(point.p)) / int(point.q)
            inner = compile_expression(expression, [x], ARB)(thin)
            outer = compile_expression(expression, [x], REAL)(thin)
            first = compile_expression(expression, [x], SERIES)(series([thin, 1]))[0]
            for ball in (inner, outer, first):
                assert ball.rad() < 1e-35
                assert ball.contains(arb(str(true))) or abs(ball - arb(str(true))) < 1e-40


@pytest.mark.parametrize("expression", EXPRESSIONS[:4], ids=str)
def test_the_second_coefficient_of_a_series_is_the_derivative(expression) -> None:
    """Series arithmetic differentiates, checked against SymPy's derivative in balls."""
    slope = expression.diff(x)
    with precision(120, 4):
        ball = compile_expression(expression, [x], SERIES)(series([arb(1) / 3, 1]))[1]
        assert ball.overlaps(evaluate(slope, {x: arb(1) / 3}))
        assert ball.rad() < 1e-25


def test_several_expressions_share_their_work() -> None:
    """Equal subexpressions of a tuple are computed once."""
    heavy = acos(x) * sqrt(1 - x**2)
    alone, both = lower((heavy,), (x,)), lower((heavy, heavy + x), (x,))
    assert len(both.nodes) == len(alone.nodes) + 1


@given(st.fractions(-1, 1), st.fractions(0, 1))
@settings(max_examples=60, deadline=None)
def test_balls_at_the_end_of_a_domain_are_finite_and_contain(centre, radius) -> None:
    """Acos and sqrt of a ball that reaches past their domain contain the values at the points inside it."""
    with precision(80):
        ball = arb(centre.numerator) / centre.denominator + arb(0, 1) * radius.numerator / radius.denominator
        angle, root = evaluate(acos(x), {x: ball}), evaluate(sqrt(1 - x**2), {x: ball})
        thin = arb(centre.numerator) / centre.denominator
        assert angle.is_finite()
        assert root.is_finite()
        assert angle.overlaps(evaluate(acos(x), {x: thin}))
        assert root.overlaps(evaluate(sqrt(1 - x**2), {x: thin}))


def test_a_value_outside_the_domain_is_no_number() -> None:
    """A ball wholly outside a domain decides nothing, and no comparison with it is True."""
    for expression, at in ((acos(x), 2), (sqrt(x), -1), (log(x), -1), (1 / x, 0)):
        ball = evaluate(expression, {x: arb(at)})
        assert not ball >= 0
        assert not ball < 0


def test_integer_powers_of_balls_that_contain_zero_are_finite() -> None:
    """The third power of [-1, 1] is enclosed; the power of python-flint would be NaN."""
    ball = evaluate(x**3 - x**7, {x: arb(0, 1)})
    assert ball.is_finite()
    assert ball.rad() < 3


def test_the_global_precision_is_left_as_it_was() -> None:
    """The one context manager restores precision and series length, also after an error."""
    before = ctx.prec, ctx.cap
    with pytest.raises(ZeroDivisionError), precision(500, 7):
        raise ZeroDivisionError
    evaluate(exp(Integer(1)), {}, digits=200)
    assert (ctx.prec, ctx.cap) == before


@pytest.mark.parametrize("bad", [Float("0.5") * x, I * x, gamma(x), x + y], ids=str)
def test_what_has_no_arithmetic_is_refused_in_one_line(bad) -> None:
    """Floats, the imaginary unit, unknown functions and unbound symbols are InputErrors."""
    with pytest.raises(InputError, match=r"^expression=.*$"):
        lower((bad,), (x,))


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**30), st.integers(1, 40), st.integers(0, 60))
@settings(max_examples=150, deadline=None)
def test_the_printed_interval_contains_the_ball(p, q, digits, bits) -> None:
    """Read back, mid and rad enclose the ball, and the rounding adds at most a hundredth of what is allowed."""
    with precision(200):
        ball = arb(p) / q + arb(0, 1) / arb(2) ** (3 * bits)
    mid, rad = (Rational(part) for part in to_strings(ball, digits))
    with precision(400):
        assert (evaluate(mid, {}, digits=90) + arb(0, 1) * evaluate(rad, {}, digits=90)).contains(ball)
        allowed = arb(10) ** -digits * max(abs(ball.mid()), arb(10) ** -digits)
        assert evaluate(rad, {}, digits=90) <= 1.03 * ball.rad() + allowed / 100


def test_exact_values_print_exactly() -> None:
    """Zero, integers and short fractions have radius 0; long ones carry their rounding."""
    assert to_strings(arb(0), 30) == ("0", "0")
    assert to_strings(arb(100_001), 30) == ("100001", "0")
    assert to_strings(arb(-3) / 8, 5) == ("-0.375", "0")
    assert to_strings(arb(2) ** 100, 5) == ("1.2676506e+30", "2.29e+20")


def test_accuracy_is_reached_by_raising_the_precision() -> None:
    """A difference that cancels 60 digits still comes out with the digits asked for."""
    ball = evaluate(exp(Rational(1, 10**60)) - 1, {}, digits=40)
    assert accurate(ball, 40) or ball.rad() < 1e-80
    assert ball.overlaps(evaluate(Rational(1, 10**60), {}, digits=120))
