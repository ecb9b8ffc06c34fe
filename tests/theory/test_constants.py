"""Signs of real constants are proved: by an enclosure, zero by a separation bound, and never by a guess."""

import pytest
from mpmath import mp, mpf
from sympy import (
    Abs,
    E,
    Expr,
    Function,
    Integer,
    Max,
    Min,
    Rational,
    acos,
    asin,
    cos,
    exp,
    log,
    pi,
    sign,
    sin,
    sqrt,
    tan,
    tanh,
)

from theory import symbols
from theory.constants import enclose, exact_sign, nonzero_somewhere

CONSTANTS: tuple[Expr, ...] = (
    Rational(-22, 7), pi, E, pi**2 - 3 * E, sqrt(2) ** 3 / 7, Integer(2) ** Rational(2, 3), pi**-3, exp(pi) - pi**20,
    cos(1) * sin(3), acos(Rational(1, 3)) - asin(Rational(-2, 7)), log(pi) / log(3), tanh(Rational(1, 2)),
    Abs(cos(2), evaluate=False), Max(pi, E + Rational(1, 2), evaluate=False), Min(sin(2), cos(2), evaluate=False),
    sign(cos(2), evaluate=False), pi ** sqrt(2),
)  # fmt: skip


@pytest.mark.parametrize("constant", CONSTANTS, ids=str)
def test_an_enclosure_contains_the_value_and_is_narrow(constant: Expr) -> None:
    """SymPy's own evaluation at 80 digits lies in the interval of 40, which is about as narrow as asked."""
    found = enclose(constant, 40)
    with mp.workdps(90):
        value = mpf(constant.doit().evalf(80))
        low, high = mpf(found.a), mpf(found.b)
        assert low <= value + abs(value) * mpf(10) ** -75
        assert value - abs(value) * mpf(10) ** -75 <= high
        assert high - low <= (1 + abs(value)) * mpf(10) ** -30


def test_an_angle_near_zero_keeps_half_of_the_digits() -> None:
    """The interval of 1 - c has an absolute error, so that of acos c has its square root; it still contains the value."""
    found = enclose(acos(1 - Rational(1, 10**30)), 80)
    with mp.workdps(90):
        value = mp.acos(1 - mpf(10) ** -30)
        assert mpf(found.a) <= value <= mpf(found.b)
        assert mpf(found.b) - mpf(found.a) <= mpf(10) ** -60


@pytest.mark.parametrize(
    "constant", [tan(1), Function("f")(1), 1 / (sin(1) ** 2 + cos(1) ** 2 - 1), acos(Integer(2)), log(-pi), symbols.c]
)
def test_what_is_unknown_or_not_real_has_no_enclosure(constant: Expr) -> None:
    """An unknown function, a denominator that straddles 0, an angle outside the domain, a letter: None."""
    assert enclose(constant, 30) is None


def test_a_root_of_an_interval_that_reaches_below_zero_takes_the_part_inside() -> None:
    """The root of a constant that is 0 but not known to be is enclosed by [0, something small]."""
    zero = sqrt(2) * sqrt(3) - sqrt(6, evaluate=False) + (sqrt(5 + 2 * sqrt(6)) - sqrt(2) - sqrt(3))
    for power in (Rational(1, 2), Rational(1, 3)):
        found = enclose(zero**power, 60)
        assert found.a == 0
        assert found.b < mpf(10) ** -15
    assert enclose(zero ** Rational(-1, 3), 60) is None


@pytest.mark.parametrize(
    ("constant", "expected"),
    [
        (Rational(-3, 7), -1),
        (Integer(0), 0),
        (pi - Rational(355, 113), -1),
        (exp(pi) - pi - 20, -1),
        (exp(pi * sqrt(163)) - (640320**3 + 744), -1),
        (sqrt(5 + 2 * sqrt(6)) - sqrt(2) - sqrt(3), 0),
        (cos(pi / 7) - cos(2 * pi / 7) + cos(3 * pi / 7) - Rational(1, 2), 0),
        (sin(pi / 5) ** 2 - (5 - sqrt(5)) / 8, 0),
        ((1 + sqrt(2)) ** Rational(1, 3) - (7 + 5 * sqrt(2)) ** Rational(1, 9), 0),
        (1 / (sqrt(3) - sqrt(2)) - sqrt(3) - sqrt(2), 0),
        (1 / (sqrt(3) - sqrt(2)) - sqrt(3) - sqrt(2) + Rational(1, 10**60), 1),
        (sqrt(2) - Rational(14142135623730950488016887242096980786, 10**37), -1),
    ],
    ids=str,
)
def test_a_sign_is_decided_near_zero_and_at_zero(constant: Expr, expected: int) -> None:
    """Near misses get their sign by an enclosure, algebraic zeros by the separation bound."""
    assert exact_sign(constant) == expected


@pytest.mark.parametrize(
    "constant",
    [
        cos(1) ** 2 + sin(1) ** 2 - 1,
        log(6) - log(2) - log(3, evaluate=False),
        symbols.c,
        exp(log(2), evaluate=False) - 2,
    ],
    ids=str,
)
def test_a_transcendental_zero_stays_undecided_or_is_seen_by_the_caller(constant: Expr) -> None:
    """Without a bound an enclosure of 0 decides nothing: the answer is None, or 0 where SymPy left the number 0."""
    assert exact_sign(constant) is None or constant == 0


def test_a_tower_of_roots_beyond_the_degree_is_undecided_when_it_is_zero() -> None:
    """The degree of the bound is limited; a zero beyond it is None, a nonzero number still has its sign."""
    tower = sum(
        (sqrt(p) for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71)), Integer(0)
    )
    zero = sqrt((tower**2).expand()) - tower
    assert exact_sign(zero) is None
    assert exact_sign(zero + Rational(1, 10**50)) == 1


def test_a_function_that_vanishes_somewhere_is_still_seen_not_to_vanish() -> None:
    """One point with a proved sign suffices; for an identity there is none."""
    theta, c, L = symbols.theta, symbols.c, symbols.depth
    assert nonzero_somewhere(sin(theta) - theta, [(theta, Integer(0), pi)])
    assert nonzero_somewhere(c**2 - Rational(1, 4), [(c, Integer(-1), Integer(1))])
    assert nonzero_somewhere(L - 3, [])
    assert nonzero_somewhere(symbols.length1 - symbols.length2, [])
    assert nonzero_somewhere(pi - 3, [])
    assert not nonzero_somewhere((c + 1) ** 2 - c**2 - 2 * c - 1, [(c, Integer(-1), Integer(1))])
    assert not nonzero_somewhere(cos(1) ** 2 + sin(1) ** 2 - 1, [])
