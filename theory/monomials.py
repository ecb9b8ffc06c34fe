"""Angles and exponents as rational multiples of monomials; helpers of ``theory.algebra``."""

from math import gcd, lcm

from sympy import (
    LC,
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    cancel,
    div,
    expand,
    factorint,
    fraction,
    log,
    monic,
    together,
)

MAX_MULTIPLE = 200
"""Multiples of angles and exponents above which the answer is UNKNOWN."""


class Undecided(Exception):
    """The method does not reach the expression."""


def monomials(expression: Expr) -> dict[Expr, Rational]:
    """A sum as rational multiples of monomials; a constant is a multiple of 1.

    A fraction is divided with remainder, so that q/9 is seen in (8 p q + q)/(72 p + 9).
    """
    result: dict[Expr, Rational] = {}
    if any(node.exp.is_negative and node.base.is_Add for node in expression.atoms(Pow)):
        top, bottom = fraction(cancel(together(expression)))
        letters = sorted(bottom.free_symbols, key=str)
        if bottom.is_polynomial(*letters) and top.is_polynomial(*letters) and letters:
            bottom, unit = monic(bottom, *letters), LC(bottom, *letters)
            whole, rest = div(top / unit, bottom, *letters)
            expression = expand(whole) + Add(*(term / bottom for term in Add.make_args(expand(rest))))
        elif not letters:  # the denominator cancelled
            expression = expand(top / bottom)
    else:
        expression = expand(expression)
    for term in Add.make_args(expression):
        coefficient, monomial = term.as_coeff_Mul()
        if not coefficient.is_Rational:
            coefficient, monomial = Integer(1), term
        result[monomial] = result.get(monomial, Integer(0)) + coefficient
    return {monomial: coefficient for monomial, coefficient in result.items() if coefficient != 0}


def as_multiple(number: Expr) -> int:
    """The integer by which a unit is taken."""
    if not number.is_Integer:
        raise Undecided("a fraction of an angle or exponent that was not foreseen")
    if abs(number) > MAX_MULTIPLE:
        raise Undecided("a multiple of an angle or exponent is too large")
    return int(number)


def without_log(monomial: Expr) -> tuple[Expr | None, Expr]:
    """A factor log of a monomial, and the rest."""
    logarithms = [part for part in Mul.make_args(monomial) if isinstance(part, log)]
    return (logarithms[0], monomial / logarithms[0]) if len(logarithms) == 1 else (None, monomial)


def multiple(c: Expr, s: Expr, times: int) -> tuple[Expr, Expr]:
    """The cos and sin of a multiple of an angle, with sin^2 = 1 - cos^2."""
    total_cos, total_sin = Integer(1), Integer(0)
    for _ in range(times):
        total_cos, total_sin = (
            expand(expand(total_cos * c - total_sin * s).subs(s**2, 1 - c**2)),
            expand(total_sin * c + total_cos * s),
        )
    return total_cos, total_sin


def primes(number: Expr) -> dict[int, int]:
    """The prime factors of a positive rational with their powers."""
    if max(int(number.p).bit_length(), int(number.q).bit_length()) > 200:
        raise Undecided("a number is too large to be factored")
    result = dict(factorint(int(number.p)))
    for prime, power in factorint(int(number.q)).items():
        result[prime] = result.get(prime, 0) - power
    return {prime: power for prime, power in result.items() if prime != 1}


def common_unit(first: Rational | None, second: Rational) -> Rational:
    """The largest rational of which both are integer multiples."""
    if first is None:
        return abs(second)
    return Rational(gcd(int(first.p), int(second.p)), lcm(int(first.q), int(second.q)))
