r"""Whether a function of c is sum a_k c^k on [-1, 1] with a_k >= 0, shown by its structure.

Why. A map c -> kappa(c) of correlations is the map of a kernel on spheres of every dimension exactly if it has this form
(Schoenberg 1942); it then is the dual of phi = sum sqrt(a_k) He_k / sqrt(k!) (Mehler's formula), so that whatever is proved for
the derived recursions of networks holds for it.

Idea. Sums and products of such functions, exp, sinh, cosh and asin of one, and (a - f)^(-r) with f(1) <= a, are such functions.
A function continuous on [-1, 1] that is none by its form is one where f(0) >= 0 and f' is one, since f = f(0) + int_0 f'. The
derivative is taken a few times: 1/pi (sqrt(1 - c^2) + (pi - acos c) c) takes two. Where a derivative is k >= 0 times an earlier
one, f is entire and its derivatives at 0 repeat: sinh c = (e^c - e^-c)/2 is one, with f'' = f, f(0) = 0, f'(0) = 1.

What can go wrong. Only what the rules find is accepted; a sum with cancellations may be positive and is not found.

>>> from theory.parsing import parse
>>> from theory.symbols import c
>>> is_positive_series(parse("(sqrt(1 - c^2) + (pi - acos(c))*c)/pi", names={"c": c}))
True
>>> is_positive_series(parse("2*c - c^2", names={"c": c}))
False
"""

from functools import lru_cache

from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Pow,
    Rational,
    acos,
    asin,
    cancel,
    cosh,
    exp,
    expand,
    expand_mul,
    expand_multinomial,
    floor,
    nan,
    oo,
    pi,
    quo,
    rem,
    sinh,
    zoo,
)

from theory.algebra import Answer, is_zero
from theory.constants import exact_sign
from theory.symbols import c, depth, layer

DERIVATIVES = 6
"""How often a function is differentiated."""
LONGEST = 400
"""Operations beyond which a derivative is not looked at."""
_NOT_FINITE = (nan, oo, -oo, zoo)


@lru_cache(maxsize=512)
def is_positive_series(function: Expr) -> bool:
    """Whether the function is shown to be sum a_k c^k on [-1, 1], a_k >= 0, for all 1 <= l <= L that occur in it.

    function  an expression in c, l and L
    """
    if not function.free_symbols <= {c, depth, layer} or function.subs(c, 1).has(*_NOT_FINITE):
        return False
    current = function.replace(acos, lambda argument: pi / 2 - asin(argument))
    seen: list[tuple[Expr, Expr]] = []
    for _ in range(DERIVATIVES):
        scale, current = current.as_independent(c, as_Add=False)
        if not _is_nonnegative(scale):
            return False
        current = _gathered(current)
        if _by_form(current) or _repeats(current, seen):
            return True
        at_zero = current.subs(c, 0)
        if at_zero.has(*_NOT_FINITE) or not _is_nonnegative(at_zero) or current.count_ops() > LONGEST:
            return False
        seen.append((current, at_zero))
        current = current.diff(c)
    return False


def _gathered(function: Expr) -> Expr:
    """The function with its terms p(c) (a - b c^2)^r brought together for each base, so that what cancels is gone.

    Terms with one base and powers r that differ by integers become p(c) base^r, and p gives up its factors base.
    """
    groups: dict[tuple[Expr, Rational], list[tuple[Expr, Rational]]] = {}
    others = Integer(0)
    for term in Add.make_args(expand_mul(expand_multinomial(function))):
        roots = [one for one in Mul.make_args(term) if isinstance(one, Pow) and one.exp.is_Rational and one.base.is_Add]
        rest = cancel(term / roots[0]) if len(roots) == 1 else None
        if rest is None or not rest.is_polynomial(c) or not roots[0].base.is_polynomial(c):
            others += term
        else:
            base, power = roots[0].as_base_exp()
            groups.setdefault((base, power - floor(power)), []).append((rest, power))
    for (base, _), terms in groups.items():
        least = min(power for _, power in terms)
        top = expand(Add(*(rest * base ** (power - least) for rest, power in terms)))
        while top != 0 and rem(top, base, c) == 0:
            top, least = expand(quo(top, base, c)), least + 1
        others += expand(top * base**least) if least.is_Integer and least >= 0 else top * base**least
    return others


def _repeats(function: Expr, earlier: list[tuple[Expr, Expr]]) -> bool:
    """Whether a derivative is k >= 0 times an earlier one, all of them >= 0 at 0; earlier ones come with their values there."""
    at_zero = function.subs(c, 0)
    return any(
        at != 0 and _is_nonnegative(at_zero / at) and is_zero(function - at_zero / at * one) is Answer.YES
        for one, at in earlier
    )


def _by_form(function: Expr) -> bool:
    """Whether the rules of the module apply to the function as it stands, on -1 < c < 1."""
    if not function.has(c):
        return _is_nonnegative(function)
    if function == c:
        return True
    if isinstance(function, Add):
        numbers, rest = function.as_independent(c, as_Add=True)
        return _is_nonnegative(numbers) and all(_by_form(term) for term in Add.make_args(rest))
    if isinstance(function, Mul):
        numbers, rest = function.as_independent(c, as_Add=False)
        return _is_nonnegative(numbers) and all(_by_form(factor) for factor in Mul.make_args(rest))
    if isinstance(function, exp):
        moving = function.args[0].as_independent(c, as_Add=True)[1]  # exp(a + f) = exp(a) exp(f)
        return _by_form(moving)
    if isinstance(function, sinh | cosh):
        return _by_form(function.args[0])
    if isinstance(function, asin):
        inner = function.args[0]
        return _by_form(inner) and _is_nonnegative(1 - inner.subs(c, 1))
    if isinstance(function, Pow):
        return _power_by_form(function)
    return False


def _power_by_form(function: Pow) -> bool:
    """f^n for n = 0, 1, ..., and (a - f)^(-r) with r > 0, a > f(0) and a >= f(1)."""
    base, power = function.base, function.exp
    if power.has(c):
        return not base.has(c) and _is_nonnegative(base - 1) and _by_form(power)  # b^f = exp(f log b)
    if power.is_Integer and power > 0:
        return _by_form(base)
    if not (power.is_Rational and power < 0):
        return False
    constant, moving = base.as_independent(c, as_Add=True)
    inside = -moving
    at_one = (constant - inside.subs(c, 1), constant - inside.subs(c, 0))
    return _by_form(inside) and _is_nonnegative(at_one[0]) and exact_sign(at_one[1]) == 1


def _is_nonnegative(number: Expr) -> bool:
    """Whether an expression without c is >= 0: a number by its sign; in l, L >= 1 by its form."""
    if not number.free_symbols:
        return number == 0 or exact_sign(number) in (0, 1)
    if number in (depth, layer):
        return True
    if isinstance(number, Add | Mul):
        return all(_is_nonnegative(part) for part in number.args)
    if isinstance(number, Pow):
        return not number.exp.free_symbols and number.exp.is_real is True and _is_nonnegative(number.base)
    if isinstance(number, exp):
        return number.args[0].is_real is True
    return False


def first_not_positive(functions: dict[str, Expr]) -> str | None:
    """The name of the first function that is not shown to be such a series, or None."""
    return next((name for name, function in functions.items() if not is_positive_series(function)), None)


__all__ = ["first_not_positive", "is_positive_series"]
