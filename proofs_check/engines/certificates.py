"""Statements proved by certificates that the trusted checker has accepted.

Inequality   gap >= 0 on an interval: a certificate for the expression itself, with the exact order of its zero at an end
Depth        from theorems on the network's map (``proofs_check.facts``), whose bounds hold at every depth:
             chains of inequalities in ``proofs_check.chains``, limits, expansions and orders in ``proofs_check.orders``;
             what these leave undecided, from the depth limit of the network (``proofs_check.limit_facts``)
"""

from proofs_check.chains import decide_chain
from proofs_check.judge import Options
from proofs_check.lemmas import decide_inequality
from proofs_check.limit_facts import decide_by_limit
from proofs_check.orders import decide_growth
from proofs_check.verdicts import Evidence, Outcome
from theory.claims import Chain, Claim, Depth, Inequality, Prediction, Spectrum, Turning
from theory.errors import NtkproofError


def examine(claim: Claim, options: Options) -> Evidence | None:
    """Decide inequalities and statements about every depth; None for other forms."""
    match claim.statement:
        case Inequality() as statement:
            return decide_inequality(statement)
        case Depth(holds=Chain(relations=relations)) as statement:
            return None if "==" in relations else decide_chain(statement)
        case Turning() | Spectrum() | Prediction() as statement:
            from proofs_check.structural import decide

            return decide(statement)
        case Depth(depth_high=None) as statement:
            return _decide_for_every_depth(statement)
        case _:
            return None


def _decide_for_every_depth(statement: Depth) -> Evidence:
    """From the bounds that certificates prove; else from the depth limit of the network."""
    try:
        found = decide_growth(statement)
    except NtkproofError as error:
        found = Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary=str(error))
    if found.outcome is not Outcome.UNDECIDED:
        return found
    return decide_by_limit(statement) or found
