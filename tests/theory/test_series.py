"""Exact power series against rational arithmetic, their own inverses, SymPy's series, and Taylor coefficients in 60 digits."""

from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import (
    Abs,
    Expr,
    Integer,
    Rational,
    Symbol,
    acos,
    asin,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    expand,
    gamma,
    lambdify,
    log,
    pi,
    simplify,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from theory.series import Constant, NoSeries, PowerSeries, exp_series, expand_in, held, log_series, restored

x = Symbol("x")
TERMS = 6

rationals = st.fractions(min_value=-3, max_value=3, max_denominator=7)
"""Rational numbers from -3 to 3; shrinks to 0."""


def series_of(*values: Fraction | int) -> PowerSeries:
    """A series with rational coefficients."""
    return PowerSeries(tuple(Rational(Fraction(v).numerator, Fraction(v).denominator) for v in values))


rows = st.lists(rationals, min_size=TERMS, max_size=TERMS)
all_series = rows.map(lambda row: series_of(*row))
"""Any six coefficients."""
units = rows.map(lambda row: series_of(1 + abs(row[0]), *row[1:]))
"""With a positive constant term."""
inner = rows.map(lambda row: series_of(0, 1 + abs(row[1]), *row[2:]))
"""With a simple zero at 0."""


def at(f: PowerSeries) -> PowerSeries:
    """With expanded coefficients."""
    return PowerSeries(tuple(expand(a) for a in f.coefficients))


@given(rows, rows)
def test_products_are_those_of_polynomials(one: list[Fraction], other: list[Fraction]) -> None:
    """The coefficient of x^k in f g is the sum of f_i g_(k-i), in exact fractions."""
    product = series_of(*one) * series_of(*other)
    for k in range(TERMS):
        expected = sum((one[i] * other[k - i] for i in range(k + 1)), Fraction(0))
        assert product[k] == Rational(expected.numerator, expected.denominator)


@given(all_series, all_series, units)
def test_the_ring_laws_hold_and_division_undoes_multiplication(
    f: PowerSeries, g: PowerSeries, unit: PowerSeries
) -> None:
    """(f + g) u = f u + g u, f u / u = f, 1/(1/u) = u."""
    assert at((f + g) * unit) == at(f * unit + g * unit)
    assert at(f * unit / unit) == f
    assert at(1 / (1 / unit)) == unit
    assert at(f - g + g) == f


@given(all_series, units, st.integers(1, 3))
def test_common_powers_are_divided_out(f: PowerSeries, unit: PowerSeries, low: int) -> None:
    """(x^j f)/(x^j u) = f/u, as far as it is determined."""
    assert at(f.shifted(low) / unit.shifted(low)) == at(f / unit)


@given(units)
def test_roots_and_powers_undo_each_other(f: PowerSeries) -> None:
    """(f^(1/2))^2 = f, f^(-1) = 1/f, f^(2/3) f^(1/3) = f."""
    root = f.power(Rational(1, 2)).with_numbers()
    assert all(simplify(a - b) == 0 for a, b in zip((root * root).coefficients, f.coefficients, strict=True))
    assert at(f.power(Integer(-1))) == at(1 / f)
    unit = f / f[0]
    assert at(unit.power(Rational(2, 3)) * unit.power(Rational(1, 3))) == at(unit)


@given(inner, units)
def test_exp_and_log_are_inverse(f: PowerSeries, unit: PowerSeries) -> None:
    """Log exp f = f, exp log u = u/u_0, and the derivative of log u is u'/u."""
    assert at(log_series(exp_series(f))) == at(f)
    unit = at(unit / unit[0])
    assert at(exp_series(log_series(unit))) == unit
    assert at(log_series(unit).derivative()) == at(unit.derivative() / unit.cut(TERMS - 1))


@given(all_series)
def test_integral_and_derivative(f: PowerSeries) -> None:
    """The derivative of an integral is the function; both have the right length."""
    assert f.integral(Integer(7)).derivative() == f
    assert f.derivative().terms == TERMS - 1


FUNCTIONS = (
    exp,
    sin,
    cos,
    tan,
    sinh,
    cosh,
    tanh,
    atan,
    erf,
    erfc,
    asin,
    acos,
    lambda y: log(1 + y),
    lambda y: sqrt(2 - y),
)
"""Analytic in a neighbourhood of [-1/2, 1/2]."""


@st.composite
def expressions(draw: st.DrawFn) -> Expr:
    """f(a + b x + c x^2) g(...) + ..., analytic at 0 with small arguments."""
    small = st.fractions(min_value=Fraction(-1, 2), max_value=Fraction(1, 2), max_denominator=5)

    def part() -> Expr:
        a, b, c = (Rational(str(draw(small))) for _ in range(3))
        return draw(st.sampled_from(FUNCTIONS))(a + b * x + c * x**2)

    return part() * part() + part() / (2 + sin(x)) + (1 + x**2) ** Rational(str(draw(small)))


@given(expressions())
def test_expansions_have_the_taylor_coefficients(expression: Expr) -> None:
    """Against differences in 60 digits, for compositions of every function with a rule."""
    found = expand_in(expression, {x: PowerSeries.variable(5)})
    with mpmath.workdps(60):
        expected = mpmath.taylor(lambdify(x, expression, "mpmath"), 0, 4)
        for value, known in zip(found.coefficients, expected, strict=True):
            assert abs(mpmath.mpf(str(value.evalf(50))) - known) < mpmath.mpf(10) ** -25
    assert not found.has_letters


@pytest.mark.parametrize(
    "expression",
    [
        acos(cos(x)) * 3,
        acos((sin(x) / x) ** 2),
        acos(1 - x**2 / 2 + x**3 / 5),
        sqrt(1 - cos(x) ** 2),
        (x**2 + x**3) ** Rational(3, 2),
        (pi - acos(x)) * x + sqrt(1 - x**2),
        tanh(x) / (exp(x) - 1),
        log(1 + x) ** 2 / (1 - cos(x)),
        asin(1 - x**2),
        erf(sqrt(2) * x + 1) * sqrt(pi),
    ],
    ids=str,
)
def test_expansions_at_the_ends_are_those_of_sympy(expression: Expr) -> None:
    """At removable singularities, and at the ends of acos and the square root, on the side x > 0."""
    y = Symbol("y", positive=True)
    found = expand_in(expression, {x: PowerSeries.variable(9)})
    shown = sum((a * y**k for k, a in enumerate(found.coefficients[:4])), Integer(0))
    with mpmath.workdps(80):
        f, g = lambdify(x, expression, "mpmath"), lambdify(y, shown, "mpmath")
        gaps = [abs(f(mpmath.mpf(10) ** -k) - g(mpmath.mpf(10) ** -k)) for k in (6, 8)]
        assert gaps[0] < mpmath.mpf(10) ** -22
        assert gaps[1] < gaps[0] * mpmath.mpf(10) ** -7 + mpmath.mpf(10) ** -60
    if not expression.has(acos, asin):
        expected = expression.subs(x, y).series(y, 0, 4).removeO()
        assert simplify(expand(expected - shown)) == 0


@pytest.mark.parametrize(
    ("expression", "match"),
    [
        (acos(1 - x), "the power 1/2 of a series that starts with x\\^1"),
        (sqrt(x), "the power 1/2"),
        (1 / sin(x), "the power -1"),
        ((1 + x) / (x * exp(x)), "a pole"),
        (log(x), "the logarithm of a number that is not positive"),
        (sqrt(x - 1), "a root of a number that is not positive"),
        (gamma(x), "no derivatives of"),
    ],
    ids=str,
)
def test_what_has_no_series_is_refused(expression: Expr, match: str) -> None:
    """A branch point, a pole or an unknown function is no series."""
    with pytest.raises(NoSeries, match=match):
        expand_in(expression, {x: PowerSeries.variable(5)})


def test_absolute_values_follow_the_sign_next_to_0() -> None:
    """On the side x > 0, |-x + x^2| = x - x^2."""
    assert expand_in(Abs(-x + x**2), {x: PowerSeries.variable(3)}).coefficients == (0, 1, -1)


def test_cancellation_of_constants_is_seen() -> None:
    """sqrt(2) sqrt(3) - sqrt(6) = 0 is decided by algebra, so that the quotient has no pole."""
    flat = sqrt(2) * sqrt(3) - sqrt(6)
    value = (sin(x) + flat) / (x + (sqrt(2) + 1) * (sqrt(2) - 1) - 1)
    assert expand_in(value, {x: PowerSeries.variable(4)})[0] == 1


@given(st.integers(2, 30))
def test_one_number_has_one_letter(n: int) -> None:
    """Letters stand for numbers and come back as them; rational multiples of powers of pi stay."""
    value = exp(Rational(n, 7)) + sqrt(n) * pi
    assert held(value) is held(value)
    assert isinstance(held(value), Constant)
    assert restored(held(value)) == value
    assert held(n * pi**2 / 3 - 1) == n * pi**2 / 3 - 1
