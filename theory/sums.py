"""Sums of products of Laurent polynomials, multiplied out.

Idea. The coefficients of a series are mostly sums of rational multiples of powers of pi and of letters. Such a sum is a
dictionary from monomials to rationals, and products of dictionaries are an order of magnitude faster than ``expand``, which looks
for every kind of function at every node. What is no such sum goes to ``expand``; both give the same expression.
"""

from collections.abc import Iterable
from functools import lru_cache, reduce
from operator import add, mul

from sympy import Add, Expr, Integer, Mul, Pow, Rational, expand, pi
from sympy.external.gmpy import MPQ

_Monomial = tuple[tuple[Expr, int], ...]
_Terms = dict[_Monomial, MPQ]


def sum_of_products(products: Iterable[tuple[Expr, ...]]) -> Expr:
    """The sum of the products of the factors of each tuple, multiplied out.

    Factors of another arithmetic (see ``theory.series``) are multiplied and added as it does.

    >>> from sympy.abc import x
    >>> sum_of_products([(pi + x, pi - x), (x, x)])
    pi**2
    """
    given = list(products)
    if not all(isinstance(factor, Expr) for factors in given for factor in factors):
        return reduce(add, (reduce(mul, factors) for factors in given))
    total: _Terms = {}
    for factors in given:
        product: _Terms = {(): MPQ(1)}
        for factor in factors:
            terms = _terms(factor)
            if terms is None:
                return expand(Add(*(Mul(*one) for one in given)))
            product = _times(product, terms)
        for monomial, value in product.items():
            total[monomial] = total.get(monomial, 0) + value
    return Add(*(_expression(monomial, value) for monomial, value in total.items() if value))


@lru_cache(maxsize=4096)
def _terms(expression: Expr) -> _Terms | None:
    """The monomials of a sum; None where it has another kind of term."""
    found: _Terms = {}
    for term in Add.make_args(expression):
        value, powers = MPQ(1), []
        for factor in Mul.make_args(term):
            if factor.is_Rational:
                value *= MPQ(int(factor.p), int(factor.q))
                continue
            base, exponent = (factor.base, factor.exp) if isinstance(factor, Pow) else (factor, Integer(1))
            if not (base.is_Symbol or base == pi) or not exponent.is_Integer:
                return None
            powers.append((base, int(exponent)))
        monomial = _sorted(powers)
        found[monomial] = found.get(monomial, 0) + value
    return found


def _times(one: _Terms, other: _Terms) -> _Terms:
    found: _Terms = {}
    for left, value in one.items():
        for right, factor in other.items():
            monomial = _joined(left, right)
            found[monomial] = found.get(monomial, 0) + value * factor
    return found


@lru_cache(maxsize=1 << 14)
def _joined(left: _Monomial, right: _Monomial) -> _Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for base, exponent in right:
        powers[base] = powers.get(base, 0) + exponent
    return _sorted((base, exponent) for base, exponent in powers.items() if exponent)


def _sorted(powers: Iterable[tuple[Expr, int]]) -> _Monomial:
    return tuple(sorted(powers, key=lambda power: power[0].sort_key()))


def _expression(monomial: _Monomial, value: MPQ) -> Expr:
    return Mul(Rational(int(value.numerator), int(value.denominator)), *(Pow(base, power) for base, power in monomial))


__all__ = ["sum_of_products"]
