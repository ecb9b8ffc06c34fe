r"""Limits along inputs that approach each other as the depth grows: docs/shapes.md, Theorem W.

Idea. For the maps cos G = cos t + m S with the factor 1 - m t/pi (feedforward: m = mu; residual: m = eta mu, which may
depend on L) and an angle theta_0 = x_L -> 0 with m L x_L -> X:

    N_L -> F(u) = ((1 + u)^4 - 1)/(4 u (1 + u)^3),   u = X/(3 pi),      1 for X = 0,   1/4 for X = oo.

So the limit of a claim is proved if it is this one by replayed algebra, and refuted if it differs at some x.

What can go wrong. Angles other than a positive multiple of a power of x, times a power of L: undecided.
"""

from sympy import Expr, Integer, Rational, pi

from numerics.balls import evaluate, precision
from proofs_check.facts import matched_feedforward, matched_residual, residual_form
from proofs_check.intervals import compare, inside
from proofs_check.signs import sign_of
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import Comparison
from theory.claims import Quantity, Scaling
from theory.network import Network
from theory.recursion import correlation_form

_L = symbols.depth
TRIED = (Integer(1), Integer(5), Rational(1, 3), Integer(20))


def decide_scaling(statement: Scaling) -> Evidence:
    """PROVES, REFUTES or UNDECIDED."""
    target = _limit(statement)
    if target is None:
        return Evidence(
            engine="certificates",
            outcome=Outcome.UNDECIDED,
            summary="Theorem W does not cover these inputs, or this network",
        )
    said = f"the limit is {target} by Theorem W of docs/shapes.md"
    if is_zero(statement.target - target) is Answer.YES:
        return Evidence(engine="certificates", outcome=Outcome.PROVES, summary=said)
    letter = statement.domain.symbol
    for point in TRIED:
        if inside(point, statement.domain):
            with precision(128):
                claimed, proved = (evaluate(e.subs(letter, point), {}) for e in (statement.target, target))
                differs = claimed < proved or claimed > proved
            if differs:
                return Evidence(
                    engine="certificates",
                    outcome=Outcome.REFUTES,
                    summary=f"{said}: at {letter} = {point} it is {proved.str(8)}, claimed {claimed.str(8)}",
                    data={"witness": {str(letter): str(point)}},
                )
    return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary=said)


def _limit(statement: Scaling) -> Expr | None:
    """The limit that Theorem W gives, or None."""
    letter, domain = statement.domain.symbol, statement.domain
    step = _step(statement.network) if statement.quantity is Quantity.NORMALIZED_NTK else None
    scale, power = statement.angle.as_independent(_L, as_Add=False)
    number, degree = scale.as_coeff_exponent(letter)
    below = compare(domain.low, Integer(0))
    if step is None or below < 0 or (below == 0 and domain.low_closed and degree != 0):
        return None
    if number.free_symbols or sign_of(number) != 1:
        return None
    comparison = Comparison()
    shrinks = comparison.leading(comparison.expand(power))
    product = comparison.leading(comparison.expand(step * _L * power))
    if shrinks is None or product is None or product[0][1] != 0 or compare(shrinks[0][0], Integer(0)) >= 0:
        return None
    order = compare(product[0][0], Integer(0))
    if order:
        return Integer(1) if order < 0 else Rational(1, 4)
    u = product[1] * scale / (3 * pi)
    limit: Expr = ((1 + u) ** 4 - 1) / (4 * u * (1 + u) ** 3)
    return limit


def _step(network: Network) -> Expr | None:
    """The m of a network whose recursion is that of the theorem."""
    form = correlation_form(network)
    if form is None or network.parameters:
        return None
    match = matched_feedforward(form)
    if match is not None:
        return match.mu
    found = residual_form(form)
    if found is None or matched_residual("resnet-angle", found) is None:
        return None
    return Rational(found.mu.numerator, found.mu.denominator) * found.eta


__all__ = ["decide_scaling"]
