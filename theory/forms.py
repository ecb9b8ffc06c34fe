"""Shorter forms of an expression, each shown to be equal by replayed algebra.

Idea. SymPy's ``simplify`` tries everything at each node, and loads its units of physics for it, which alone takes longer than
most answers. What the recursions need is one common denominator, one sum, or the factors of a sum apart: a handful of rules,
of whose results the shortest that ``theory.algebra`` finds equal is taken.
"""

from sympy import Expr, cancel, expand, factor_terms, fraction, powsimp, together
from sympy import exp as exponential
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.simplify.trigsimp import exptrigsimp

from theory.algebra import Answer, is_zero

LONG = 150
"""Operations from which on an expression is left as it is."""


def shorter(value: Expr) -> Expr:
    """The shortest form found, if replayed algebra shows that it is equal; else the expression.

    >>> from sympy import pi, sqrt
    >>> shorter(1 + 1 / (pi / sqrt(2) - 1))
    2/(-2 + sqrt(2)*pi) + 1
    """
    if value.is_Atom or value.count_ops() >= LONG:
        return value
    size = value.count_ops()
    found = {form: form.count_ops() for form in _forms(value)}
    for form in sorted(found, key=lambda one: (found[one], str(one))):
        if found[form] >= size:
            return value
        if is_zero(form - value) is Answer.YES:
            return form
    return value


def _forms(value: Expr) -> list[Expr]:
    """Forms that are mostly equal to the value; a rule that assumes too much is caught by the comparison."""
    joint = together(value, deep=True)
    above, below = fraction(joint)
    spread, under = expand(above), factor_terms(expand(below))
    forms = [joint, expand(value), factor_terms(value), spread / under, factor_terms(spread) / under, cancel(joint)]
    if value.has(exponential, HyperbolicFunction):
        forms.append(powsimp(joint))
        if not value.free_symbols:
            forms.append(exptrigsimp(joint))
    return forms


__all__ = ["LONG", "shorter"]
