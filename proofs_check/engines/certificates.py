"""Statements proved by certificates that the trusted checker has accepted.

Inequality   gap >= 0 on an interval: a certificate for the expression itself, with the exact order of its zero at an end
Depth        from theorems on the network's map (``proofs_check.facts``), whose bounds hold at every depth:
             chains of inequalities in ``proofs_check.chains``, limits, expansions and orders in ``proofs_check.orders``;
             what these leave undecided, from the depth limit of the network (``proofs_check.limit_facts``);
             lines of a proof in which no kernel occurs in ``proofs_check.elementary``
"""

from dataclasses import replace
from itertools import islice

from proofs_check.chains import decide_chain
from proofs_check.elementary import decide_elementary, decide_squares
from proofs_check.flow_facts import named
from proofs_check.intervals import points
from proofs_check.judge import Options
from proofs_check.lemmas import decide_inequality
from proofs_check.limit_facts import decide_by_limit
from proofs_check.orders import decide_growth
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.claims import (
    Chain,
    Claim,
    Definite,
    Depth,
    Inequality,
    Margin,
    Prediction,
    Ranking,
    Scaling,
    Shaped,
    Spectrum,
    Statement,
    Turning,
)
from theory.errors import NtkproofError
from theory.language import substitute_holds

TRIED = 2
"""Slopes at which a statement about a range of them is looked at."""


def examine(claim: Claim, options: Options) -> Evidence | None:
    """Decide inequalities and statements about every depth; None for other forms."""
    statement = named(claim.statement)
    found = _decided(statement)
    if found is not None and found.outcome is Outcome.UNDECIDED:
        return _refuted_at_one_slope(statement) or found
    return found


def _decided(statement: Statement) -> Evidence | None:
    match statement:
        case Inequality():
            return decide_squares(statement) or decide_inequality(statement)
        case Depth() if (found := decide_elementary(statement)) is not None:
            return found
        case Depth(holds=Chain(relations=relations)):
            return None if "==" in relations else decide_chain(statement)
        case Turning() | Spectrum() | Prediction() | Shaped() | Ranking() | Definite() | Margin():
            from proofs_check.structural import decide

            return decide(statement)
        case Scaling():
            from proofs_check.windows import decide_scaling

            return decide_scaling(statement)
        case Depth(depth_high=None):
            return _decide_for_every_depth(statement)
        case _:
            return None


def _refuted_at_one_slope(statement: Statement) -> Evidence | None:
    """A statement for every slope of an interval fails where it fails for one of them."""
    interval = None
    if isinstance(statement, Depth):
        interval = next((i for i in statement.parameters if i.symbol == symbols.slope), None)
    if interval is None or not isinstance(statement, Depth):
        return None
    others = tuple(i for i in statement.parameters if i is not interval)
    for slope in islice(points(interval, closure=False), TRIED):
        network = statement.network.substitute(symbols.slope, slope)
        holds = substitute_holds(statement.holds, symbols.slope, slope)
        found = _decided(replace(statement, network=network, holds=holds, parameters=others))
        if found is not None and found.outcome is Outcome.REFUTES:
            witness = {"s": str(slope), **found.data.get("witness", {})}
            return replace(found, summary=f"with s = {slope}: {found.summary}", data={**found.data, "witness": witness})
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
