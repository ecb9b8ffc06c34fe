"""The sign of a number that enters a network, where moments without a closed form may occur in it."""

from sympy import Expr

from theory.constants import exact_sign

_DIGITS = (20, 60)


def sign_of_number(value: Expr) -> int | None:
    """-1, 0 or 1, by exact algebra or by balls that exclude 0; None where it is not decided.

    >>> from sympy import Integer, sqrt
    >>> sign_of_number(sqrt(2) - Integer(3) / 2)
    -1
    """
    known = exact_sign(value)
    if known is not None or value.free_symbols:
        return known
    from numerics.balls import evaluate

    for digits in _DIGITS:
        found = evaluate(value, {}, digits=digits)
        if found > 0 or found < 0:
            return 1 if found > 0 else -1
    return None
