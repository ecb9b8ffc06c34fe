"""The sign of a number, decided by algebra where it is 0 and by balls where it is not."""

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Symbol

from theory.algebra import Answer, is_zero
from theory.constants import exact_sign
from theory.moments import GaussianMean, GaussianPair

_DIGITS = (20, 60)


def sign_of(value: Expr, balls: Mapping[Symbol, Any] | None = None) -> int | None:
    """-1, 0 or 1; None where it is not decided. A number is 0 only if replayed algebra says so.

    balls  of the letters in it; moments without a closed form are enclosed

    >>> from sympy import Integer, sqrt
    >>> sign_of(sqrt(2) - Integer(3) / 2)
    -1
    """
    if value.is_Rational:
        numerator = int(value.p)
        return (numerator > 0) - (numerator < 0)
    given = balls or {}
    if not value.free_symbols and not value.has(GaussianMean, GaussianPair):
        known = exact_sign(value)
        if known is not None:
            return known
    if is_zero(value) is Answer.YES:
        return 0
    if value.free_symbols - set(given):
        return None
    from numerics.balls import evaluate  # loads flint, which a request that cannot be read does without

    used = {symbol: given[symbol] for symbol in value.free_symbols}
    for digits in _DIGITS:
        found = evaluate(value, used, digits=digits)
        if found > 0 or found < 0:
            return 1 if found > 0 else -1
    return None


__all__ = ["sign_of"]
