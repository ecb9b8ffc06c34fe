"""A bound on the angle at every depth from one layer: docs/shapes.md, Theorem I.

Idea. Let b(theta) = B(1, theta). If B(0, theta) = theta, B(L+1, theta) = b(B(L, theta)), b does not fall and maps [0, pi] into
itself, and G >= b for the angle map G of a layer, then theta_(L+1) = G(theta_L) >= b(theta_L) >= b(B(L, theta)) = B(L+1, theta);
likewise from above. The equations are replayed algebra, G >= b is cos b >= cos G, an inequality of one variable for which a
certificate is searched.

What can go wrong. A true bound that is no semigroup is not proved: None.
"""

from sympy import Expr, Integer, cos, pi, together

from proofs_check.general_facts import Bound
from proofs_check.inequalities import holds_for_all_depths
from proofs_check.lemmas import decide_inequality
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Depth, Inequality, Interval, Quantity
from theory.duals import in_angle
from theory.recursion import correlation_form

_L, _T = symbols.depth, symbols.theta
_ANGLES = Interval(symbol=_T, low=Integer(0), high=pi)


def by_induction(statement: Depth, bound: Expr, *, upper: bool, strict: bool) -> Bound | None:
    """The bound on the angle as a proved one, or None.

    bound  in L and theta
    """
    form = correlation_form(statement.network) if statement.quantity is Quantity.ANGLE else None
    if form is None or strict or not bound.free_symbols <= {_L, _T}:
        return None
    cosine = in_angle(form.correlation)
    if cosine.free_symbols - {_T} or not _is_semigroup(bound):
        return None
    step = together(bound.subs(_L, 1))
    gap = cosine - cos(step) if upper else cos(step) - cosine
    decided = decide_inequality(Inequality(gap=gap, domain=_ANGLES))
    if decided is None or decided.outcome is not Outcome.PROVES:
        return None
    return Bound(
        quantity=Quantity.ANGLE,
        lower=None if upper else bound,
        upper=bound if upper else None,
        correlations=statement.correlations,
        first=0,
        source="theorem I of docs/shapes.md, induction from one layer",
        theorem="induction",
    )


def _is_semigroup(bound: Expr) -> bool:
    """B(0) = theta, B(L+1) = b(B(L)), and b = B(1) maps [0, pi] into itself without falling."""
    step = bound.subs(_L, 1)
    equations = (bound.subs(_L, 0) - _T, bound.subs(_L, _L + 1) - step.subs(_T, bound))
    if any(is_zero(equation) is not Answer.YES for equation in equations):
        return False
    return all(
        holds_for_all_depths(together(gap), first=1, low=Integer(0), high=pi)
        for gap in (step, pi - step, step.diff(_T))
    )


__all__ = ["by_induction"]
