"""The value of a flow at a late time, where the quadrature of ``numerics.flow`` has no finite ball: followed piece by piece.

Flow. dc/ds = V(c), dt/ds = -G(c) t + W(c), from (c_0, t_0), by ``numerics.slow_layers.flow``: near its fixed point the pieces
grow like the time itself, so that a time of 10^6 takes a hundred of them. G need not be -V'.
"""

from sympy import Expr

from numerics.balls import bits_of, evaluate, precision
from numerics.flow import FlowValue
from numerics.slow_layers import SlowMap, flow
from theory.symbols import c, ntk

LATE = 100
"""Times from which this is tried first."""
_GUARD = 40


def long_flow(
    fields: tuple[Expr, Expr, Expr], start: Expr, initial: Expr, time: Expr, *, digits: int
) -> FlowValue | None:
    """C and t at a time.

    fields   V, G and W in c
    start    c_0 in (-1, 1), exact; ``initial`` t_0
    time     tau > 0, exact
    returns  None where a piece of the way was not followed
    """
    step, loss, source = fields
    rule = SlowMap(
        state=(c, ntk),
        image=(step, source - loss * ntk),
        slopes={(0, 0): step.diff(c), (1, 1): -loss, (0, 1): step * 0},
    )
    with precision(bits_of(digits) + _GUARD):
        corr, begin, tau = (evaluate(e, {}, digits=digits + 10) for e in (start, initial, time))
        found = flow(rule, [corr, begin], tau)
    return None if found is None else FlowValue(corr=found[0], ntk=found[1])


__all__ = ["LATE", "long_flow"]
