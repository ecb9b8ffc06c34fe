"""Exact expressions as terms of Coq's real numbers.

Idea. Every operation is printed with its parentheses, so that no precedence has to be known. L is INR L and theta is acos c;
powers of L with other exponents than integers are Rpower.
"""

from collections.abc import Mapping
from fractions import Fraction

from sympy import Abs, Add, Expr, Function, Integer, Mul, Pow, Rational, Symbol, acos, cos, exp, log, pi, sin

from theory import symbols
from theory.errors import BeyondReach

FUNCTIONS: dict[type[Function], str] = {cos: "cos", sin: "sin", exp: "exp", log: "ln", acos: "acos", Abs: "Rabs"}
NAMES: dict[Symbol, str] = {
    symbols.depth: "INR L",
    symbols.theta: "acos c",
    symbols.c: "c",
    symbols.gamma: "gamma",
}


def rational(value: Fraction | Rational) -> str:
    """A rational number; a negative one in parentheses."""
    numerator, denominator = int(value.numerator), int(value.denominator)
    text = str(numerator) if denominator == 1 else f"{numerator}/{denominator}"
    return f"({text})" if numerator < 0 or denominator != 1 else text


def term(expression: Expr, names: Mapping[Symbol, str] = NAMES) -> str:
    """The Coq term of an expression in L, theta, c and gamma.

    raises  BeyondReach where a function or symbol has no counterpart
    """
    match expression:
        case Rational():
            return rational(expression)
        case Symbol() if expression in names:
            return f"({names[expression]})"
        case Add():
            return "(" + " + ".join(term(part, names) for part in expression.args) + ")"
        case Mul():
            return "(" + " * ".join(term(part, names) for part in expression.args) + ")"
        case Pow():
            return _power(expression.base, expression.exp, names)
        case Function() if type(expression) in FUNCTIONS:
            return f"({FUNCTIONS[type(expression)]} {term(expression.args[0], names)})"
        case _ if expression == pi:
            return "PI"
        case _:
            raise BeyondReach(f"{str(expression)[:60]}: no counterpart in Coq's real numbers")


def _power(base: Expr, exponent: Expr, names: Mapping[Symbol, str]) -> str:
    if exponent == Rational(1, 2):
        return f"(sqrt {term(base, names)})"
    if isinstance(exponent, Integer):
        below = f"(/ {term(base, names)})" if exponent < 0 else term(base, names)
        return below if abs(exponent) == 1 else f"({below} ^ {abs(int(exponent))})"
    if base.is_Rational and exponent in (symbols.depth, -symbols.depth):
        return f"({term(base if exponent == symbols.depth else 1 / base, names)} ^ L)"
    if base == symbols.depth:
        return f"(Rpower {term(base, names)} {term(exponent, names)})"
    if exponent == Rational(-1, 2):
        return f"(/ sqrt {term(base, names)})"
    raise BeyondReach(
        f"{str(base**exponent)[:60]}: a power with this exponent has no counterpart in Coq's real numbers"
    )
