"""Limits and expansions against values at high precision along depths: evidence, never proof.

The value and its leading correction are extrapolated from rigorous values at depths 2^k. Agreement of the extrapolated limit with
the claimed one SUPPORTS the claim; disagreement decides nothing, since no finite depth refutes a limit.
"""

from mpmath import mp
from sympy import Expr, Integer, log

from numerics.balls import evaluate
from numerics.multiprecision import observed_rate, values_along
from proofs_check.intervals import points
from proofs_check.judge import Options
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.claims import Claim, Depth
from theory.language import Limit

DEPTHS = tuple(2**k for k in range(5, 12))
POINTS = 2


def examine(claim: Claim, options: Options) -> Evidence | None:
    """Extrapolate the limit at points of the domain; None for other forms than limits at a fixed network."""
    match claim.statement:
        case Depth(holds=Limit(target=target), parameters=(), depth_high=None) as statement:
            return _limit(statement, target, options)
        case _:
            return None


def _limit(statement: Depth, target: Expr, options: Options) -> Evidence:
    digits = min(options.digits, 30)
    rows = []
    agree = True
    for point, _ in zip(points(statement.correlations, closure=False), range(POINTS), strict=False):
        values = values_along(statement.network, DEPTHS, point, quantity=statement.quantity.value, digits=digits)
        scale = log(symbols.depth) / symbols.depth
        found = observed_rate(values, scale, digits=digits)
        at = target.subs({symbols.c: point, symbols.theta: _angle(point)})
        claimed = mp.mpf(evaluate(at, {}).mid().str(digits, radius=False))
        gap = abs(found.limit - claimed)
        agree = agree and gap <= max(abs(found.limit_spread) * Integer(4), mp.mpf(1) / 10**4)
        rows.append({"c": str(point), "limit": mp.nstr(found.limit, 8), "claimed": mp.nstr(claimed, 8)})
    text = "; ".join(f"c = {row['c']}: {row['limit']}, claimed {row['claimed']}" for row in rows)
    outcome = Outcome.SUPPORTS if agree and rows else Outcome.UNDECIDED
    return Evidence(
        engine="precision",
        outcome=outcome,
        summary=f"extrapolated from L = {DEPTHS[0]} .. {DEPTHS[-1]}: {text}",
        data={"points": rows, "depths": list(DEPTHS), "digits": digits},
    )


def _angle(point: Expr) -> Expr:
    from sympy import acos

    return acos(point)
