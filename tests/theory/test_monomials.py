"""Sums are read as rational multiples of monomials, and what the method does not reach is undecided."""

import pytest
from sympy import Integer, Rational, cos, expand, log, pi, sin, sqrt, symbols

from theory.monomials import (
    MAX_MULTIPLE,
    Undecided,
    as_multiple,
    common_unit,
    monomials,
    multiple,
    primes,
    without_log,
)

p, q, t = symbols("p q t", positive=True)


@pytest.mark.parametrize(
    "expression",
    [
        p,
        2 * p + q / 3 - 1,
        (p + q) ** 3 / 7,
        sqrt(2) * p + pi,
        pi * p * log(q) / 5,
        Integer(0),
        (8 * p * q + q) / (72 * p + 9),
    ],
    ids=str,
)
def test_the_monomials_add_up_to_the_expression(expression: Integer) -> None:
    """Each is multiplied by a rational; nothing is lost."""
    found = monomials(expression)
    assert all(coefficient.is_Rational and coefficient != 0 for coefficient in found.values())
    assert expand(sum(coefficient * monomial for monomial, coefficient in found.items()) - expression).cancel() == 0


def test_a_fraction_is_divided_with_remainder() -> None:
    """(8 p q + q)/(72 p + 9) is q/9, and p/(p + 1) is 1 and a remainder."""
    assert monomials((8 * p * q + q) / (72 * p + 9)) == {q: Rational(1, 9)}
    assert monomials(p / (p + 1)) == {Integer(1): 1, 1 / (p + 1): -1}


def test_a_denominator_that_is_no_polynomial_is_left_alone() -> None:
    """1/(1 + sqrt p) is one monomial."""
    assert monomials(1 / (1 + sqrt(p))) == {1 / (1 + sqrt(p)): 1}


def test_multiples_are_integers_of_a_limited_size() -> None:
    """A fraction and a multiple above the limit are undecided."""
    assert as_multiple(Integer(-MAX_MULTIPLE)) == -MAX_MULTIPLE
    with pytest.raises(Undecided, match="fraction of an angle or exponent"):
        as_multiple(Rational(1, 2))
    with pytest.raises(Undecided, match="too large"):
        as_multiple(Integer(MAX_MULTIPLE + 1))


def test_a_logarithm_is_split_off_where_there_is_exactly_one() -> None:
    """Of none and of two there is nothing to split."""
    assert without_log(3 * p * log(q)) == (log(q), 3 * p)
    assert without_log(3 * p) == (None, 3 * p)
    assert without_log(log(p) * log(q)) == (None, log(p) * log(q))


@pytest.mark.parametrize("times", range(6))
def test_the_multiple_of_an_angle_is_that_of_chebyshev(times: int) -> None:
    """With c = cos t and s = sin t the polynomials are cos nt and sin nt."""
    found = multiple(cos(t), sin(t), times)
    for polynomial, wave in zip(found, (cos(times * t), sin(times * t)), strict=True):
        assert (polynomial - wave).expand(trig=True).subs(sin(t) ** 2, 1 - cos(t) ** 2).expand().subs(
            {sin(t) ** 3: sin(t) * (1 - cos(t) ** 2), sin(t) ** 5: sin(t) * (1 - cos(t) ** 2) ** 2}
        ).expand().subs(sin(t) ** 2, 1 - cos(t) ** 2).expand() == 0


def test_primes_multiply_to_the_number() -> None:
    """Powers below the fraction are negative, 1 has none, and a very large number is undecided."""
    assert primes(Rational(360, 49)) == {2: 3, 3: 2, 5: 1, 7: -2}
    assert primes(Integer(1)) == {}
    with pytest.raises(Undecided, match="too large to be factored"):
        primes(Integer(2) ** 201 + 1)


def test_a_common_unit_divides_both() -> None:
    """The largest one: 1/6 for 1/2 and 2/3; the size of the only one there is."""
    assert common_unit(Rational(1, 2), Rational(2, 3)) == Rational(1, 6)
    assert common_unit(None, Rational(-2, 3)) == Rational(2, 3)
