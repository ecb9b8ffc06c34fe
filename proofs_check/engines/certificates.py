"""Statements proved by certificates that the trusted checker has accepted.

Inequality   gap >= 0 on an interval: a certificate for the expression itself, with the exact order of its zero at an end
Depth        from theorems on the network's map (``proofs_check.facts``), whose bounds hold at every depth:
             chains of inequalities in ``proofs_check.chains``, limits, expansions and orders in ``proofs_check.orders``
"""

from proofs_check.chains import decide_chain
from proofs_check.judge import Options
from proofs_check.lemmas import decide_inequality
from proofs_check.orders import decide_growth
from proofs_check.verdicts import Evidence
from theory.claims import Chain, Claim, Depth, Inequality


def examine(claim: Claim, options: Options) -> Evidence | None:
    """Decide inequalities and statements about every depth; None for other forms."""
    match claim.statement:
        case Inequality() as statement:
            return decide_inequality(statement)
        case Depth(holds=Chain(relations=relations)) as statement:
            return None if "==" in relations else decide_chain(statement)
        case Depth(depth_high=None) as statement:
            return decide_growth(statement)
        case _:
            return None
