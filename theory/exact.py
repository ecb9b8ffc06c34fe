"""Numbers as they may be given to the Python interface: exact, and only exact."""

from fractions import Fraction
from typing import SupportsIndex, TypeAlias

from sympy import Expr, Integer, Rational

from theory.errors import InputError
from theory.parsing import parse

Exact: TypeAlias = Expr | int | Fraction | str
"""An exact number: SymPy, int, Fraction, or text such as "3/4" or "sqrt(2)/2"."""


def exact(value: Exact, what: str) -> Expr:
    """The number as a SymPy expression.

    what    how the number is called in a message
    raises  InputError for a float, whose value is not what was meant, and for anything that is no number

    >>> exact("0.3", "gamma"), exact(2, "gamma"), exact(Fraction(1, 3), "gamma")
    (3/10, 2, 1/3)
    """
    if isinstance(value, Expr) and not value.is_Float:
        return value
    if isinstance(value, str):
        return parse(value, what=what)
    if isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    if isinstance(value, float) or getattr(value, "is_Float", False):
        shown = Rational(str(value)) if value == value and abs(value) != float("inf") else "3/4"
        raise InputError(f"{what}={value}: a float is not exact; write Rational or text, such as {str(shown)!r}")
    if isinstance(value, SupportsIndex) and not isinstance(value, bool):
        return Integer(value.__index__())  # the integers of NumPy, gmpy2 and the like
    raise InputError(f"{what}={str(value)[:40]}: no exact number; allowed are int, Fraction, SymPy numbers and text")
