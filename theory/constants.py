"""Real constants: enclosures at any precision, their exact sign, and the sign of a function at sample points.

Idea. A constant built from rationals and pi by field operations, roots, exp, log, cos, sin, acos, asin is enclosed in
interval arithmetic (``mpmath.iv`` in a context of its own, so that no global precision is touched). An enclosure
decides every sign but zero. Zero is decided for algebraic constants by a separation bound: below it in size, a
constant is 0.

The bound (Burnikel, Fleischer, Mehlhorn, Schirra 2000). Write the constant as N/M with N and M built without division
from integers, roots and 2 cos(pi p/q); then N is an algebraic integer of degree at most D, the product of the degrees
of the roots and of the q that occur, and each conjugate of N is at most u in size, where u follows the construction
with all signs +. The norm of N is a rational integer, hence N = 0 or |N| >= u^(1-D).

What can go wrong. No bound is known once exp, log, acos or a power of pi occurs: such a constant that no enclosure
separates from 0 up to 1,000 digits is reported as undecided (None), never as 0.
"""

from collections.abc import Iterable, Iterator
from math import inf, lcm, log10
from typing import Any

from mpmath.ctx_iv import MPIntervalContext
from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    Symbol,
    acos,
    asin,
    cos,
    exp,
    log,
    pi,
    sign,
    sin,
    tanh,
)
from sympy import E as EULER

from theory import symbols

MAX_DIGITS = 1000
"""Digits up to which a sign is sought."""


def enclose(expression: Expr, digits: int) -> Any | None:
    """An interval that contains the real constant, computed with about ``digits`` digits; None for an unknown function.

    A root of, or an angle for, an interval that reaches past its domain takes the part inside: the constant is real.
    """
    context = MPIntervalContext()
    context.dps = digits
    try:
        return interval(expression, context)
    except (NotImplementedError, ZeroDivisionError, ValueError, context.ComplexResult):
        return None


def interval(expression: Expr, context: Any) -> Any:
    """The interval of a constant in the given interval context.

    raises  NotImplementedError for a function that is not known, ZeroDivisionError where a denominator straddles 0
    """
    if expression.is_Rational:
        return context.mpf(int(expression.p)) / int(expression.q)
    if expression == pi:
        return +context.pi
    if expression == EULER:
        return context.exp(context.mpf(1))
    if not expression.args:
        raise NotImplementedError(type(expression).__name__)
    values = [interval(argument, context) for argument in expression.args]
    if isinstance(expression, Add):
        return sum(values[1:], values[0])
    if isinstance(expression, Mul):
        result = values[0]
        for value in values[1:]:
            result = result * value
        return result
    if isinstance(expression, Pow):
        return power(values[0], expression.args[1], values[1], context)
    return apply(expression.func, values, context)


def power(base: Any, exponent: Expr, exponent_value: Any, context: Any) -> Any:
    """base^exponent; the exponent is known exactly and as an interval."""
    if exponent.is_Integer:
        if exponent < 0 and 0 in base:
            raise ZeroDivisionError
        return base ** int(exponent)
    clipped = _clip(base, context, low=0)
    if exponent == Rational(1, 2):
        return context.sqrt(clipped)
    if clipped.a == 0:
        if not exponent_value > 0:
            raise ZeroDivisionError
        top = context.exp(exponent_value * context.log(clipped.b)).b if clipped.b > 0 else 0
        return context.mpf([0, top])
    return context.exp(exponent_value * context.log(clipped))


def apply(function: Any, values: list[Any], context: Any) -> Any:
    """The interval of a function of intervals."""
    first = values[0]
    if function in (exp, cos, sin):
        return getattr(context, function.__name__)(first)
    if function is log:
        if not first > 0:
            raise ZeroDivisionError
        return context.log(first)
    if function is acos or function is asin:
        inside = _clip(_clip(first, context, low=-1), context, high=1)
        # 2 atan(sqrt((1-x)/(1+x))) keeps its digits at both ends
        halves = (context.sqrt(_clip(1 - inside, context, low=0)), context.sqrt(_clip(1 + inside, context, low=0)))
        angle = 2 * context.atan2(*halves)
        return angle if function is acos else context.pi / 2 - angle
    if function is Abs:
        return abs(first)
    if function is Max or function is Min:
        choose = max if function is Max else min
        return context.mpf([choose(value.a for value in values), choose(value.b for value in values)])
    if function is sign and (first > 0 or first < 0):
        return context.mpf(1 if first > 0 else -1)
    if function is tanh:
        return 1 - 2 / (context.exp(2 * first) + 1)
    raise NotImplementedError(str(function))


def exact_sign(expression: Expr) -> int | None:
    """The sign of a real constant: -1, 0 or 1, proved; None where it could not be decided.

    >>> from sympy import sqrt
    >>> exact_sign(sqrt(5 + 2 * sqrt(6)) - sqrt(2) - sqrt(3))
    0
    >>> exact_sign(cos(1) ** 2 + sin(1) ** 2 - 1) is None
    True
    """
    if expression.is_Rational:
        return int(expression.p > 0) - int(expression.p < 0)
    if expression.free_symbols:
        return None
    gap = _separation_digits(expression)
    digits = 20
    while digits <= MAX_DIGITS:
        found = enclose(expression, digits)
        if found is not None:
            if found > 0:
                return 1
            if found < 0:
                return -1
            if _size(found) < -gap:
                return 0
        digits *= 2
        if digits > MAX_DIGITS > digits // 2:
            digits = MAX_DIGITS
    return None


def _size(found: Any) -> float:
    """log10 of an upper bound for the absolute value of an interval."""
    _, mantissa, exponent, bits = abs(found)._mpi_[1]
    if mantissa == 0:
        return -inf
    # the absolute value is below 2^(exponent + bits); one bit more covers the rounding of this logarithm
    return float(exponent + bits + 1) * log10(2)


def _separation_digits(expression: Expr) -> float:
    """Digits d such that the constant is 0 or at least 10^-d in size; infinite where no bound is known."""
    try:
        numerator, denominator = _conjugates(expression)
        degree = 1
        for factor in _degrees(expression):
            degree *= factor
            if degree > 10**6:
                return inf
    except (NotImplementedError, OverflowError):
        return inf
    # one digit more than the bound covers the rounding of these logarithms
    return (degree - 1) * max(numerator, 0) + max(denominator, 0) + 1


def _conjugates(expression: Expr) -> tuple[float, float]:
    """log10 of bounds for all conjugates of N and M, where the constant is N/M with algebraic integers N, M."""
    if expression.is_Rational:
        return _log10(abs(int(expression.p))), _log10(int(expression.q))
    if isinstance(expression, Add | Mul):
        top, bottom = _conjugates(expression.args[0])
        for argument in expression.args[1:]:
            other_top, other_bottom = _conjugates(argument)
            if isinstance(expression, Add):
                top = max(top + other_bottom, other_top + bottom) + log10(2)
            else:
                top += other_top
            bottom += other_bottom
        return top, bottom
    if isinstance(expression, Pow) and expression.exp.is_Rational:
        top, bottom = _conjugates(expression.base)
        exponent = expression.exp
        if exponent < 0:
            top, bottom = bottom, top
        times, root = abs(int(exponent.p)), int(exponent.q)
        top, bottom = times * top, times * bottom
        return (top + (root - 1) * bottom) / root, bottom
    if isinstance(expression, cos | sin) and (expression.args[0] / pi).is_Rational:
        return log10(2), log10(2)
    raise NotImplementedError(type(expression).__name__)


def _degrees(expression: Expr) -> Iterator[int]:
    """Upper bounds for the degrees of the extensions that the constant lives in.

    Each root is one; all cos and sin of multiples of pi together lie in the real part of one cyclotomic field: for
    angles pi p/q and n the common multiple of the q, they are values of cos at multiples of pi/(2n), of degree <= 2n.
    """
    for power_ in expression.atoms(Pow):
        if power_.exp.is_Rational and power_.exp.q > 1:
            yield int(power_.exp.q)
    yield 2 * lcm(*(int((wave.args[0] / pi).q) for wave in expression.atoms(cos, sin)))


def _log10(number: int) -> float:
    if number == 0:
        return 0
    # bit_length avoids the overflow of float(number)
    return number.bit_length() * log10(2)


def _clip(value: Any, context: Any, *, low: int | None = None, high: int | None = None) -> Any:
    """The part of an interval inside [low, high]; an interval wholly outside is an error."""
    left, right = value.a, value.b
    if low is not None:
        if right < low:
            raise ValueError("outside the domain")
        left = left if left >= low else context.mpf(low)
    if high is not None:
        if left > high:
            raise ValueError("outside the domain")
        right = right if right <= high else context.mpf(high)
    return context.mpf([left, right])


def nonzero_somewhere(expression: Expr, domain: Iterable[tuple[Symbol, Expr, Expr]]) -> bool:
    """Whether the sign at one of a few points of the domain is proved to be + or -."""
    ends = {symbol: (low, high) for symbol, low, high in domain}
    free = sorted(expression.free_symbols, key=str)
    for shift in range(4):
        point = {symbol: _inside(symbol, ends.get(symbol), index, shift) for index, symbol in enumerate(free)}
        try:
            if exact_sign(expression.xreplace(point)):
                return True
        except (TypeError, ValueError, OverflowError):
            continue
        if not free:
            break
    return False


def _inside(symbol: Symbol, ends: tuple[Expr, Expr] | None, index: int, shift: int) -> Rational:
    """A rational point that the assumptions of the symbol and its interval allow."""
    share = Rational(index + 2, index + 7 + 2 * shift) if shift % 2 == 0 else Rational(index + 6, index + 7)
    if symbol.is_integer:
        return Integer(index + 3 + shift)
    if ends is not None and all(end.is_Rational for end in ends):
        return ends[0] + (ends[1] - ends[0]) * share
    if symbol == symbols.theta:
        return 3 * share
    if symbol in (symbols.length, symbols.length1, symbols.length2):
        return 1 + share
    return share if symbol.is_nonnegative or shift < 2 else -share
