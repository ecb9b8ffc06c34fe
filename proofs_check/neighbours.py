"""The nearest statement that the engines prove, for a claim that they do not: another constant, exponent or hypothesis.

Idea. Neighbours of a claim are put to the engines that prove, nearest first, until one is PROVED: the claim with what the depth
limit of its network gives in place of its own limit or expansion; with a larger order of growth, or constants that depend on
the input; with its bound times a constant; on a smaller domain; from a later depth on. A bound that is proved is tightened by
bisection among the constants tried. So the answer is a theorem, and the nearest among the neighbours tried only.

What can go wrong. The search ends after ``SECONDS`` and ``MOST`` neighbours; that nothing is found says nothing about the claim.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer, Rational, acos, log, sqrt

from proofs_check.intervals import compare
from proofs_check.judge import judge
from proofs_check.regression.meaning import text_of
from proofs_check.verdicts import Judgement
from theory import symbols
from theory.claims import Chain, Claim, Depth, Inequality, Interval, Quantity, Verdict
from theory.errors import NtkproofError
from theory.language import Expansion, Holds, Limit, Order

SECONDS = 12
"""Time for the search."""
MOST = 30
"""Neighbours tried."""
PROVING = ("symbolic", "certificates", "balls")
FACTORS = tuple(map(Rational, ("9/8", "5/4", "3/2", "2", "3", "4", "6", "8", "12", "16", "32", "64")))
"""By what a bound is multiplied, or divided."""
LATER = (2, 4, 8, 16)
"""First depths tried."""
_L = symbols.depth


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A statement near a claim, and in what it differs."""

    statement: Depth | Inequality
    change: str


def nearest_proved(claim: Claim, *, seconds: float = SECONDS) -> tuple[str, Judgement] | None:
    """The nearest neighbour that is PROVED, in words, with its judgement; None where none was found.

    claim  a statement about depth, or an inequality; others have no neighbours
    """
    end = time.monotonic() + seconds
    tried = 0
    for family in _families(claim):
        best: tuple[str, Judgement] | None = None
        low, high = 0, len(family) - 1
        while low <= high and tried < MOST and time.monotonic() < end:
            # of a family, ordered from near to far, whatever is proved at one place is proved behind it
            place = low if len(family) <= 2 else (low + high) // 2
            tried += 1
            found = _proved(claim, family[place])
            if found is not None:
                best, high = (words_of(family[place]), found), place - 1
            else:
                low = place + 1
        if best is not None:
            return best
    return None


def judge_nearest(claim: Claim, **options: object) -> Judgement:
    """``nearest_proved`` as a judge, so that it runs in a worker under its limits: PROVED with the statement as the reason."""
    del options
    found = nearest_proved(claim)
    verdict, reason = (Verdict.OPEN, "none found") if found is None else (Verdict.PROVED, found[0])
    return Judgement(claim_id=claim.id, verdict=verdict, expected=claim.expected, reason=reason, evidence=())


def words_of(neighbour: Neighbour) -> str:
    """The statement and, in brackets, what was changed."""
    match neighbour.statement:
        case Depth(holds=holds):
            says = holds_text(holds)
        case Inequality(gap=gap, strict=strict):
            says = f"{_text(gap)} {'>' if strict else '>='} 0"
    return f"{says}   [{neighbour.change}]"


def holds_text(holds: Holds) -> str:
    """A statement of the claim language, as one writes it."""
    match holds:
        case Limit(target=target):
            return f"limit == {_text(target)}"
        case Chain(sides=sides, relations=relations):
            return " ".join(
                part for pair in zip(map(_text, sides), (*relations, ""), strict=True) for part in pair
            ).strip()
        case Expansion(terms=terms):
            return f"value ~ {' + '.join(map(_text, terms))}".replace("+ -", "- ")
        case Order(difference=difference, symbol=symbol, bound=bound):
            return f"{_text(difference)} = {symbol}({_text(bound)})"


def _text(expression: Expr) -> str:
    return text_of(expression).replace("**", "^")


def _proved(claim: Claim, neighbour: Neighbour) -> Judgement | None:
    found = judge(replace(claim, statement=neighbour.statement), effort=1, engines=PROVING)
    return found if found.verdict is Verdict.PROVED else None


def _families(claim: Claim) -> Iterator[list[Neighbour]]:
    """Neighbours, the nearest first; those of a family follow from the ones in front."""
    match claim.statement:
        case Depth(holds=Limit() | Expansion()) as statement:
            yield from ([one] for one in _from_the_limit(statement))
        case Depth(holds=Order()) as statement:
            yield from _of_order(statement)
        case Depth(holds=Chain()) as statement:
            yield from _of_chain(statement)
        case Inequality() as statement:
            if statement.strict:
                yield [Neighbour(statement=replace(statement, strict=False), change=">= for >")]
            halves = [
                replace(statement.domain, high=(statement.domain.low + statement.domain.high) / n) for n in (2, 4)
            ]
            for half in halves if statement.domain.low == 0 else ():
                yield [
                    Neighbour(
                        statement=replace(statement, domain=half), change=f"for {half.symbol} <= {half.high} only"
                    )
                ]


def _from_the_limit(statement: Depth) -> Iterator[Neighbour]:
    """The claim with what the depth limit of its network says."""
    from proofs_check.limits import limit

    if statement.parameters or statement.network.parameters:
        return
    try:
        found = limit(statement.network, orders=1)
    except NtkproofError:
        return
    known = {
        Quantity.NORMALIZED_NTK: found.ntk_limit,
        Quantity.NORMALIZED_NNGP: found.fixed_point,
        Quantity.ANGLE: None if found.fixed_point is None else acos(found.fixed_point),
    }
    target = known.get(statement.quantity)
    if found.status != "DERIVED" or target is None:
        return
    where = (statement, _smaller(statement, Rational(99, 100)))
    for one, more in zip(where, ("", ", inside the domain"), strict=True):
        if one is None:
            continue
        change = found.leading_correction
        if (
            isinstance(one.holds, Expansion)
            and statement.quantity is Quantity.NORMALIZED_NTK
            and change not in (None, 0)
        ):
            terms = (target, *Add.make_args(change))
            yield Neighbour(statement=replace(one, holds=Expansion(terms=terms)), change=f"other terms{more}")
        yield Neighbour(statement=replace(one, holds=Limit(target=target)), change=f"the limit{more}")


def _of_order(statement: Depth) -> Iterator[list[Neighbour]]:
    """Constants that depend on the input, a smaller domain, a larger order of growth."""
    order = statement.holds
    assert isinstance(order, Order)
    weaker = [(order, "")]
    weaker += [
        (replace(order, bound=order.bound * growth), f"a bound larger by {_text(growth)}")
        for growth in (log(_L), sqrt(_L), _L, _L**2)
    ]
    if order.symbol != "O":
        weaker.insert(1, (replace(order, symbol="O"), "O for a sharper order"))
    inside = _smaller(statement, Rational(1, 2))
    for one, change in weaker:
        here = replace(statement, holds=one)
        if change:
            yield [Neighbour(statement=here, change=change)]
        if not statement.pointwise:
            yield [
                Neighbour(statement=replace(here, pointwise=True), change=_join(change, "constants that depend on c"))
            ]
            if inside is not None:
                domain = replace(here, correlations=inside.correlations)
                yield [Neighbour(statement=domain, change=_join(change, f"for c <= {inside.correlations.high} only"))]


def _of_chain(statement: Depth) -> Iterator[list[Neighbour]]:
    """Each outer bound times a constant, on the domain and on a smaller one; a later first depth."""
    inside = _smaller(statement, Rational(1, 2))
    later = [
        Neighbour(statement=replace(statement, depth_low=first), change=f"for L >= {first} only")
        for first in LATER
        if first > statement.depth_low and (statement.depth_high is None or first <= statement.depth_high)
    ]
    yield _with_constants(statement, "")
    yield later
    if inside is not None:
        only = f"for c <= {inside.correlations.high} only"
        yield [Neighbour(statement=inside, change=only)]
        yield _with_constants(inside, only)
    for exponent in (Rational(1, 2), Integer(1)):
        wider = _scaled(statement, _L**exponent)
        if wider is not None:
            yield [Neighbour(statement=wider, change=f"a bound larger by {_text(_L**exponent)}")]


def _with_constants(statement: Depth, change: str) -> list[Neighbour]:
    scaled = ((factor, _scaled(statement, factor)) for factor in FACTORS)
    return [
        Neighbour(statement=one, change=_join(f"a constant larger by {factor}", change))
        for factor, one in scaled
        if one is not None
    ]


def _scaled(statement: Depth, factor: Expr) -> Depth | None:
    """The claim with its bound weakened by a factor: an upper one times it, a lower one divided by it; bounds are positive.

    A constant part of the bound, the limit in value <= 1/4 + 3/(L + 1), stays.
    """
    chain = statement.holds
    assert isinstance(chain, Chain)
    if len(chain.sides) != 2 or chain.relations[0] == "==":
        return None
    upward = chain.relations[0] in ("<", "<=")
    bound = next((i for i, side in enumerate(chain.sides) if not side.has(symbols.value)), None)
    if bound is None or chain.sides[1 - bound] == chain.sides[bound]:
        return None
    upper = (bound == 1) == upward
    fixed, moving = chain.sides[bound].as_independent(_L, as_Add=True)
    if moving == 0:
        fixed, moving = Integer(0), fixed
    changed = fixed + moving * (factor if upper else 1 / factor)
    sides = tuple(changed if i == bound else side for i, side in enumerate(chain.sides))
    return replace(statement, holds=replace(chain, sides=sides))


def _smaller(statement: Depth, high: Expr) -> Depth | None:
    """The claim for c <= high only; None where that is no smaller domain."""
    domain = statement.correlations
    try:
        if compare(high, domain.high) >= 0 or compare(domain.low, high) >= 0:
            return None
    except NtkproofError:
        return None
    smaller = Interval(symbol=domain.symbol, low=domain.low, high=high, low_closed=domain.low_closed, high_closed=True)
    return replace(statement, correlations=smaller)


def _join(*changes: str) -> str:
    return ", ".join(change for change in changes if change)


__all__ = ["Neighbour", "holds_text", "judge_nearest", "nearest_proved", "words_of"]
