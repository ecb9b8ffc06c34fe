"""Identities by replayed algebra: finite depths by unrolling the derived recursion, every depth by induction on it.

Identity          lhs - rhs vanishes in the field of ``theory.algebra``.
Depth, finite     ``value == e``: the quantity is unrolled to a closed expression in theta for each depth of the claim.
Depth, every L    ``value == e`` at c = 1. There the recursion t_l = A t_{l-1} + B is linear, and where A, B and the growth of the
                  length do not depend on l (they may depend on L) its solution is the geometric sum, by induction on l.

What can go wrong. SymPy's own simplification is used nowhere as a proof; ``is_zero`` answers YES only after field arithmetic.
"""

from sympy import Derivative, Expr, Integer, Integral, Limit, Product, Sum, acos, cos, pi

from proofs_check.intervals import compare
from proofs_check.judge import Options
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Chain, Claim, Depth, Identity, Interval, Quantity
from theory.recursion import CorrelationRecursion, correlation_form, diagonal_closed_form, unroll

UNROLLED = 3
"""The largest depth that is unrolled to a closed expression; each layer doubles it."""


def examine(claim: Claim, options: Options) -> Evidence | None:
    """Decide identities; None where the claim is of another form."""
    del options
    match claim.statement:
        case Identity(sides=(lhs, rhs), domain=domain):
            difference = (lhs - rhs).replace(lambda e: isinstance(e, Derivative), lambda e: e.doit())
            if difference.has(Integral, Limit, Sum, Product) or not all(_inside_usual_range(i) for i in domain):
                return None  # SymPy's value of these is not replayed; the algebra takes theta in [0, pi], c in [-1, 1]
            if is_zero(difference) is Answer.YES:
                return _proved("both sides are equal by replayed field arithmetic", steps=1)
            return Evidence(
                engine="symbolic",
                outcome=Outcome.UNDECIDED,
                summary="the algebra does not reduce the difference to zero",
            )
        case Depth(holds=Chain(sides=(left, right), relations=("==",))) as statement:
            if symbols.value not in (left, right):
                return None
            target = right if left == symbols.value else left
            return _at_depths(statement, target)
        case _:
            return None


def _inside_usual_range(interval: Interval) -> bool:
    usual = {symbols.theta: (Integer(0), pi), symbols.c: (Integer(-1), Integer(1))}.get(interval.symbol)
    return usual is None or (compare(usual[0], interval.low) <= 0 and compare(interval.high, usual[1]) <= 0)


def _proved(summary: str, **data: object) -> Evidence:
    return Evidence(engine="symbolic", outcome=Outcome.PROVES, summary=summary, data=data)


def _at_depths(statement: Depth, target: Expr) -> Evidence | None:
    form = correlation_form(statement.network)
    if form is None or target.has(symbols.value):
        return None
    high = statement.depth_high
    if high is not None and high <= UNROLLED:
        depths = range(statement.depth_low, high + 1)
        if all(is_zero(_difference(statement, target, depth)) is Answer.YES for depth in depths):
            shown = f"L = {high}" if statement.depth_low == high else f"L = {statement.depth_low}..{high}"
            return _proved(f"the recursion, unrolled to {shown}, equals the right-hand side by replayed algebra")
        return None
    domain = statement.correlations
    if domain.low == domain.high == 1:
        return _on_diagonal(form, statement, target)
    return None


def _difference(statement: Depth, target: Expr, depth: int) -> Expr:
    """The unrolled quantity minus the target, in theta, or at the one angle of the domain."""
    claimed = target.subs(symbols.depth, depth).subs(symbols.c, cos(symbols.theta))
    difference: Expr = _unrolled(statement, depth) - claimed
    domain = statement.correlations
    return difference.subs(symbols.theta, acos(domain.low)) if domain.low == domain.high else difference


def _unrolled(statement: Depth, depth: int) -> Expr:
    values = unroll(statement.network, depth)
    form = correlation_form(statement.network)
    assert form is not None
    match statement.quantity:
        case Quantity.NORMALIZED_NTK:
            return values.ntk / values.ntk_diagonal
        case Quantity.NORMALIZED_NNGP:
            return values.correlation
        case Quantity.NNGP | Quantity.NTK:
            length = form.length
            for index in range(1, depth + 1):
                length *= form.growth.subs({symbols.layer: index, symbols.depth: depth})
            return length * (values.correlation if statement.quantity is Quantity.NNGP else values.ntk)
        case Quantity.ANGLE:
            return acos(values.correlation)


def _on_diagonal(form: CorrelationRecursion, statement: Depth, target: Expr) -> Evidence | None:
    """The closed form on the diagonal, for every depth, against the target."""
    if statement.depth_low == 0 and is_zero(form.diagonal_initial) is not Answer.NO:
        return None  # a normalised kernel may be 0/0 at depth 0
    if statement.quantity in (Quantity.NORMALIZED_NTK, Quantity.NORMALIZED_NNGP):
        if is_zero(target - 1) is Answer.YES:
            return _proved("at c = 1 the two inputs coincide, so the normalised kernel is 1 by definition")
        return None
    found = diagonal_closed_form(form)
    if statement.quantity is Quantity.ANGLE or found is None:
        return None
    closed = found[1] if statement.quantity is Quantity.NTK else found[0]
    if is_zero(closed - target.subs(symbols.c, 1)) is Answer.YES:
        return _proved(
            "the diagonal recursion is linear with constant coefficients; its solution equals the right-hand side"
        )
    return None
