"""What the expression of an activation says of its Hermite coefficients, and of its monotonicity and convexity.

Write phi(x) = g(x) + u(x) with g even and u odd. The dual kappa(c) = sum a_k c^k has a_k = f_k^2, f_k the Hermite coefficients
of phi at the length of the pre-activations; even k come from g, odd k from u. A function of L^2 has finitely many f_k exactly
if it is (almost everywhere) a polynomial, of degree n with f_n != 0. So the *size* of the even coefficients is

    NONE  g = 0,    CONSTANT  g a constant,    FINITE  g another polynomial,    MANY  g no polynomial: infinitely many a_k > 0,

and likewise for u (without CONSTANT). The slope phi' has the even part u' and the odd part g'.

Is it a polynomial? On x > 0 let g(t) = O(t^m) (``theory.tails``). Then g is a polynomial there exactly if its derivative of order
m + 1 is 0, which replayed algebra and samples decide (``is_zero``), and everywhere if powers of the wrong parity are absent.

Monotone and convex. phi' >= 0 on both half-lines; phi'' >= 0 on both and phi' does not jump down at 0: by structure, sums and
products of positive things, after hyperbolic functions have been written with exponentials.

What can go wrong. Breakpoints other than 0, parameters, functions without an expansion at infinity: BeyondReach, or "not shown".
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from math import prod

from sympy import Abs, Add, Expr, Integer, Max, Min, Mul, Poly, Pow, Symbol, erf, exp, expand, log, sign, together
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from theory import symbols
from theory.activations import Activation, in_signs
from theory.algebra import Answer, is_zero
from theory.constants import exact_sign
from theory.duals import dual
from theory.errors import BeyondReach
from theory.tails import NoTail, oscillation, tail

_X = symbols.x
_T = Symbol("t", positive=True)


class Size(IntEnum):
    """How many coefficients of one parity are positive."""

    NONE = 0
    CONSTANT = 1
    FINITE = 2
    MANY = 3


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The sizes of the even and of the odd coefficients."""

    even: Size
    odd: Size


@dataclass(frozen=True, kw_only=True)
class Nature:
    """An activation: its coefficients, those of its slope, and what is shown of its shape (False: not shown).

    monotone   phi' has one sign almost everywhere, and phi has no jump
    convex     phi or -phi is convex
    one_sign   phi has one sign almost everywhere
    """

    dual: Parts
    slope: Parts
    continuous: bool
    monotone: bool
    convex: bool
    one_sign: bool


@lru_cache(maxsize=256)
def nature(activation: Activation) -> Nature:
    """The nature of an activation.

    raises  BeyondReach where the rules do not decide its parts

    >>> from theory.activations import activation
    >>> found = nature(activation("relu"))
    >>> found.dual.even.name, found.dual.odd.name, found.convex
    ('MANY', 'FINITE', True)
    """
    right, left = halves(activation)
    even, odd = (right + left) / 2, (right - left) / 2
    wave = oscillation(activation) is not None
    continuous = dual(activation).continuous
    slopes = (right.diff(_T), -left.diff(_T))
    # phi'' at -t is the second derivative of phi(-t)
    bends = (right.diff(_T, 2), left.diff(_T, 2))
    return Nature(
        dual=Parts(even=_size(even, wave, 0), odd=_size(odd, wave, 1)),
        slope=Parts(even=_size(odd.diff(_T), wave, 0), odd=_size(even.diff(_T), wave, 1)),
        continuous=continuous,
        monotone=continuous and _one_sign(slopes),
        convex=continuous and _convex(bends, slopes),
        one_sign=_one_sign((right, left)),
    )


def halves(activation: Activation) -> tuple[Expr, Expr]:
    """phi(t) and phi(-t) for t > 0.

    raises  BeyondReach for breakpoints other than 0 and for parameters
    """
    written = in_signs(activation.expression)
    both = tuple(written.replace(sign, lambda a: sign(expand(a))).subs(_X, side * _T) for side in (1, -1))
    if any(part.has(sign, Abs, Max, Min) or part.free_symbols - {_T} for part in both):
        raise BeyondReach(f"{activation.name}: a breakpoint other than 0, or a parameter")
    return both[0], both[1]


def _size(part: Expr, wave: bool, parity: int) -> Size:
    """The size of a part given on t > 0; parity 0 or 1 of the powers that a polynomial of this parity has."""
    if is_zero(part) is Answer.YES:
        return Size.NONE
    coefficients = _leading(part, wave)
    if coefficients is None or not _vanishes(part.diff(_T, len(coefficients))):
        return Size.MANY
    # a polynomial on t > 0, with these coefficients
    if not all(_vanishes(coefficients[power]) for power in range(1 - parity, len(coefficients), 2)):
        return Size.MANY  # a power of t that is no power of x of this parity
    if all(map(_vanishes, coefficients)):
        return Size.NONE
    return Size.CONSTANT if _vanishes(part.diff(_T)) else Size.FINITE


def _vanishes(expression: Expr) -> bool:
    answer = is_zero(expression)
    if answer is Answer.UNKNOWN:
        raise BeyondReach(f"{expression}: not shown to be 0 or not 0")
    return answer is Answer.YES


def _leading(part: Expr, wave: bool) -> list[Expr] | None:
    """Coefficients p_0, ..., p_m with part = p_m t^m + ... + p_0 + o(1) as t -> oo; None where it outgrows every power.

    Where the part is a polynomial, they are its coefficients.
    """
    if part.is_polynomial(_T):
        return list(reversed(Poly(part, _T).all_coeffs()))
    if wave:
        return [part.subs(_T, 1)]  # bounded, so a polynomial only if it is constant
    try:
        found = tail(part.subs(_T, _X), 1)
    except NoTail as error:
        raise BeyondReach(str(error)) from None
    if found.exponent != 0:
        (letter,) = found.exponent.free_symbols
        grows = exact_sign(Poly(found.exponent, letter).LC())
        if grows is None:
            raise BeyondReach(f"{part}: its growth is not decided")
        return None if grows > 0 else [Integer(0)]
    if found.cut >= 0:
        raise BeyondReach(f"{part}: its expansion is not known far enough")
    return [found.at(power) for power in range(max(found.order, 0) + 1)]


# --- signs ------------------------------------------------------------------------------------------------------------


def _one_sign(parts: tuple[Expr, Expr]) -> bool:
    return any(all(nonnegative(factor * part) for part in parts) for factor in (1, -1))


def _convex(bends: tuple[Expr, Expr], slopes: tuple[Expr, Expr]) -> bool:
    jump = slopes[0].subs(_T, 0) - slopes[1].subs(_T, 0)
    return bool(jump.is_finite) and any(
        all(nonnegative(factor * bend) for bend in bends) and exact_sign(factor * jump) in (0, 1) for factor in (1, -1)
    )


def nonnegative(expression: Expr) -> bool:
    """Whether an expression in t is shown to be >= 0 for t > 0 by structure.

    >>> from sympy import tanh
    >>> nonnegative(1 - tanh(_T) ** 2), nonnegative(tanh(_T) - 1)
    (True, False)
    """
    written = expression.replace(lambda node: isinstance(node, HyperbolicFunction), lambda node: node.rewrite(exp))
    above, below = (_sign(expand(part)) for part in together(written).as_numer_denom())
    return (above is not None and below in (1, -1) and above == below) or above == 0 or _sign(written) in (0, 1)


def _sign(expression: Expr) -> int | None:
    """1 for >= 0, -1 for <= 0, 0 for the number 0, for all t > 0; None where it is not shown."""
    if not expression.free_symbols:
        return exact_sign(expression)
    match expression:
        case Symbol() | exp():
            return 1
        case erf():
            return _sign(expression.args[0])
        case log():
            return _sign(expand(expression.args[0] - 1))
        case Pow():
            base, power = expression.as_base_exp()
            if power.is_Integer and power % 2 == 0:
                return 1
            return 1 if power.is_Rational and _sign(base) == 1 else None
        case Mul():
            signs = [_sign(factor) for factor in expression.args]
            return None if None in signs else prod(one for one in signs if one is not None)
        case Add():
            signs = [_sign(term) for term in expression.args]
            return next((one for one in (1, -1) if all(other in (0, one) for other in signs)), None)
        case _:
            return None


__all__ = ["Nature", "Parts", "Size", "halves", "nature", "nonnegative"]
