"""Whether a kernel differs at two inputs by a margin at every depth, from the proved bounds at each of them.

The gap lower(c_1) - upper(c_2) - size must be >= 0 for every L; depths at which the bounds are too weak are enclosed. A margin is
refuted by one depth (and one gamma) at which the enclosed values, or the bounds, are closer.
"""

from collections.abc import Iterator
from dataclasses import replace

from flint import arb
from sympy import Expr, Integer, pi

from numerics.balls import evaluate, precision, to_strings
from numerics.kernel import trajectory
from proofs_check.chains import BRIDGES, FAR_DEPTHS, depth_text, for_all_depths
from proofs_check.facts import facts_of
from proofs_check.general_facts import Bound
from proofs_check.inequalities import compiled
from proofs_check.intervals import inside
from proofs_check.pieces import at_point, fixed_gamma, inside_range, pieces
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.asymptotics import GammaRange
from theory.claims import Chain, Depth, Interval, Margin
from theory.network import Network

SEEN = (tuple(range(1, 17)), tuple(range(17, 65)), (128, 256, 512, 1024))
"""Depths from the first one on at which the values are enclosed to look for a counterexample, a group at a time."""
_BITS = 256


def decide_margin(statement: Margin) -> Evidence:
    """PROVES, REFUTES or UNDECIDED."""
    used: list[Bound] = []
    bridged = 0
    first, second = (pieces(_at(statement, corr)) for corr in statement.inputs)
    for (piece, gammas), (other, _) in zip(first, second, strict=True):
        sides = _known(piece, gammas), _known(other, gammas)
        early = None if piece.network.parameters else _seen(statement, piece.network, gammas, SEEN[:1])
        if early is not None:
            return early
        proof = _proved(statement, piece.network, sides, gammas)
        if proof is None:
            witness = _refuted(statement, piece, gammas, sides)
            if witness is not None:
                return witness
            tried = {"theorems": [bound.as_data() for side in sides for bound in side]}
            why = "the proved bounds at the two inputs do not imply the margin at every depth"
            return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary=why, data=tried)
        used += proof[0]
        bridged = max(bridged, proof[1])
    sources = "; ".join(dict.fromkeys(bound.source for bound in used))
    small = f"; with enclosures of both values before depth {bridged}" if bridged else ""
    return Evidence(
        engine="certificates",
        outcome=Outcome.PROVES,
        summary=f"follows for every L from {sources}{small}",
        data={"theorems": [bound.as_data() for bound in dict.fromkeys(used)]},
    )


def _at(statement: Margin, corr: Expr) -> Depth:
    """A statement about the value at one input, for which facts are asked."""
    return Depth(
        network=statement.network,
        quantity=statement.quantity,
        holds=Chain(sides=(symbols.value, Integer(1)), relations=("<=",)),
        correlations=Interval(symbol=symbols.c, low=corr, high=corr),
        depth_low=statement.depth_low,
        parameters=statement.parameters,
    )


def _known(statement: Depth, gammas: GammaRange) -> list[Bound]:
    """The facts that speak of the input of the statement, at every depth from some on."""
    corr = statement.correlations.low
    facts = facts_of(statement, gammas)[0]
    return [fact for fact in facts if fact.condition is None and inside(corr, fact.correlations)]


def _gaps(
    statement: Margin, sides: tuple[list[Bound], list[Bound]], *, apart: bool
) -> Iterator[tuple[Expr, Bound, Bound]]:
    """Least (apart) or greatest possible differences less the margin, as expressions in L and gamma, with their bounds."""
    for one in sides[0]:
        for other in sides[1]:
            high, low = (one.lower, other.upper) if apart else (one.upper, other.lower)
            if high is not None and low is not None:
                at = [at_point(e, corr) for e, corr in zip((high, low), statement.inputs, strict=True)]
                yield at[0] - at[1] - statement.size, one, other


def _proved(
    statement: Margin, network: Network, sides: tuple[list[Bound], list[Bound]], gammas: GammaRange
) -> tuple[list[Bound], int] | None:
    """Two bounds that give the margin from some depth on, up to which the values themselves give it."""
    low = statement.depth_low
    for first in (low, *(b for b in BRIDGES if b > low)):
        if first > low and network.parameters:
            return None
        for gap, one, other in _gaps(statement, sides, apart=True):
            if max(one.first, other.first) <= first and for_all_depths(
                gap, first, pi / 2, pi / 2, gammas, strict=False
            ):
                if first == low:
                    return [one, other], 0
                values = _differences(statement, network, range(low, first))
                return ([one, other], first) if all(value >= 0 for value in values.values()) else None
    return None


def _differences(statement: Margin, network: Network, depths: range | tuple[int, ...]) -> dict[int, arb]:
    """The differences of the two values less the margin, at some depths."""
    found = [trajectory(network, tuple(depths), corr, digits=20) for corr in statement.inputs]
    with precision(_BITS):
        size = evaluate(statement.size, {}, digits=40)
        values = [{d: getattr(k, statement.quantity.value) for d, k in one.items()} for one in found]
        return {depth: values[0][depth] - values[1][depth] - size for depth in values[0]}


def _refuted(
    statement: Margin, piece: Depth, gammas: GammaRange, sides: tuple[list[Bound], list[Bound]]
) -> Evidence | None:
    """A depth at which the difference is smaller."""
    if piece.parameters:
        for gamma in inside_range(gammas):
            fixed, at = fixed_gamma(piece, gamma)
            alone = replace(statement, network=fixed.network, parameters=())
            first, second = (_known(_at(alone, corr), at) for corr in statement.inputs)
            found = _refuted(alone, fixed, at, (first, second))
            if found is not None:
                return found
        return None
    if piece.network.parameters:
        return None
    seen = _seen(statement, piece.network, gammas, SEEN)
    if seen is not None:
        return seen
    run = [(compiled(gap, (symbols.depth,)), one, other) for gap, one, other in _gaps(statement, sides, apart=False)]
    for depth in (d for d in FAR_DEPTHS if d >= statement.depth_low):
        for gap_at, one, other in run:
            if max(one.first, other.first) <= depth:
                with precision(_BITS):
                    value = gap_at(arb(depth))
                if value < 0:
                    return _witness(statement, gammas, depth, value, f"at most, by {one.source} and {other.source}")
    return None


def _seen(
    statement: Margin, network: Network, gammas: GammaRange, groups: tuple[tuple[int, ...], ...]
) -> Evidence | None:
    """The first depth of the groups at which the enclosed values are closer."""
    for group in groups:
        depths = tuple(depth for depth in group if depth >= statement.depth_low)
        for depth, value in _differences(statement, network, depths).items() if depths else ():
            if value < 0:
                return _witness(statement, gammas, depth, value, "the enclosed values")
    return None


def _witness(statement: Margin, gammas: GammaRange, depth: int, excess: arb, source: str) -> Evidence:
    where = {} if gammas.low != gammas.high else {"gamma": str(gammas.low)}
    with precision(_BITS):
        mid, rad = to_strings(excess + evaluate(statement.size, {}, digits=40), 10)
    first, second = statement.inputs
    at = ", ".join(
        [
            f"L = {depth_text(depth)}",
            *(f"{k} = {v}" for k, v in where.items()),
        ]
    )
    return Evidence(
        engine="certificates",
        outcome=Outcome.REFUTES,
        summary=f"at {at} the values at c = {first} and c = {second} differ by {mid} only ({source}), not by {statement.size}",
        data={"witness": {"L": str(depth), **where}, "difference": {"mid": mid, "rad": rad}},
    )


__all__ = ["decide_margin"]
