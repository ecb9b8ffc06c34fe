"""A shorter form of a function of c with roots and arc cosines, found by polynomial algebra and checked to be equal.

Idea. Each root of a polynomial in c becomes a letter r with r^2 = its radicand (made primitive, so that sqrt(4 - c^2) and
sqrt(1 - c^2/4) are one letter), each arc cosine and each constant that is no rational number a letter of its own. The function
is then a quotient of polynomials in the letters: reduced by r^2, cancelled, and written with its numerator expanded, factored
or collected, whichever is the shortest. It is used only if replayed algebra finds it equal to the function.
"""

from sympy import (
    Add,
    Dummy,
    Expr,
    Function,
    Integer,
    Poly,
    PolynomialError,
    Pow,
    Symbol,
    cancel,
    collect,
    div,
    expand,
    factor,
    factor_terms,
    fraction,
    sqrt,
    together,
)

from theory.algebra import Answer, is_zero
from theory.symbols import c

LONGEST = 200
"""Operations up to which a function is rewritten."""


def tidied(value: Expr) -> Expr:
    """The shortest form found, or the value itself.

    >>> from sympy import acos
    >>> tidied((c**2 - 1) / sqrt(1 - c**2) + acos(c) * (1 - c) - acos(c))
    -c*acos(c) - sqrt(1 - c**2)
    """
    if not value.has(c) or value.count_ops() > LONGEST:
        return value
    # c times a function of the rest is left to the rest: what is free of c stands in front
    front, moving = value.as_independent(c, as_Add=False)
    roots: dict[Symbol, Expr] = {}
    others: dict[Expr, Symbol] = {}
    try:
        top, bottom = fraction(together(_lettered(moving, roots, others)))
        top, bottom = fraction(cancel(_reduced(top, roots) / _reduced(bottom, roots)))
        shapes = _split(top, bottom, roots)
    except (PolynomialError, ZeroDivisionError):
        return value
    back = {**{root: sqrt(radicand) for root, radicand in roots.items()}, **{l: e for e, l in others.items()}}
    angles = [letter for one, letter in others.items() if isinstance(one, Function)]
    found = []
    for above, below in shapes:
        forms = [expand(above), factor(above), factor_terms(above)]
        forms += [collect(expand(above), group, factor) for group in ([*angles, *roots], [*roots, *angles]) if group]
        found += [front * form.xreplace(back) / factor(below).xreplace(back) for form in forms]
    best = min(found, key=lambda e: (e.count_ops(), str(e)))
    return best if best.count_ops() < value.count_ops() and is_zero(best - value) is Answer.YES else value


def _split(top: Expr, bottom: Expr, roots: dict[Symbol, Expr]) -> list[tuple[Expr, Expr]]:
    """Numerators and denominators of the quotient: as it is, and with (A + B r)/(D r) written as (B + Q r + R/r)/D.

    Q and R are quotient and rest of A divided by r^2 as polynomials in c.
    """
    found = [(top, bottom)]
    for root, radicand in roots.items():
        below = expand(bottom)
        if below.has(root) and expand(below.subs(root, 0)) == 0:
            left = cancel(below / root)
            free, with_root = expand(top).subs(root, 0), expand(top).coeff(root, 1)
            quotient, rest = div(Poly(free, c), Poly(radicand, c))
            found.append((with_root + quotient.as_expr() * root + rest.as_expr() / root, left))
    return found


def _lettered(value: Expr, roots: dict[Symbol, Expr], others: dict[Expr, Symbol]) -> Expr:
    """The function with letters for roots, functions and irrational constants."""
    if value.is_Rational or value == c:
        return value
    if isinstance(value, Add) or value.is_Mul:
        return value.func(*(_lettered(part, roots, others) for part in value.args))
    if isinstance(value, Pow) and value.exp.is_Integer:
        return _lettered(value.base, roots, others) ** value.exp
    if isinstance(value, Pow) and value.exp.is_Rational and value.exp.q == 2 and value.base.is_polynomial(c):
        content, primitive = Poly(value.base, c).primitive()
        if value.has(c) and content > 0:
            letter = next(
                (root for root, radicand in roots.items() if expand(radicand - primitive.as_expr()) == 0), None
            )
            if letter is None:
                letter = Symbol(f"_r{len(roots)}", positive=True)
                roots[letter] = primitive.as_expr()
            constant = _lettered(sqrt(content), roots, others) if sqrt(content) != 1 else Integer(1)
            return (constant * letter) ** value.exp.p
    if value not in others:
        others[value] = Dummy(f"t{len(others)}")
    return others[value]


def _reduced(value: Expr, roots: dict[Symbol, Expr]) -> Expr:
    """With r^2 replaced by its radicand."""
    for root, radicand in roots.items():
        poly = Poly(value, root)
        value = sum(
            (one * radicand ** (power // 2) * root ** (power % 2) for (power,), one in poly.terms()), Integer(0)
        )
    return expand(value)


__all__ = ["tidied"]
