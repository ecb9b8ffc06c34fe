"""A claim about a network in the words of a claim file: ``holds``, ``domain``, ``depths`` as text, all else by default.

    state("mine/limit", ffnet(activation("relu")), "limit == 1/4")

What can go wrong. An interval whose ends lie outside the natural range (a correlation of 2, a depth of -1) is a mistake
and refused; an interval between lawful ends that holds nothing, 5 <= L <= 3, is read, and the judge calls the claim
vacuous.
"""

from typing import Any

from sympy import Expr, Integer, Symbol, oo

from theory import symbols
from theory.claims import Claim, Depth, Interval, Kind, Quantity, Verdict
from theory.constants import exact_sign
from theory.errors import InputError
from theory.language import Chain, Holds, Limit, expressions_of, parse_holds, substitute_holds
from theory.network import Network
from theory.parsing import parse_chain

MAX_DEPTH = 10**1000
ANY_CORRELATION, ANY_DEPTH = "-1 < c < 1", "L >= 1"
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "==": "=", "~": "~"}


def state(
    name: str,
    network: Network,
    holds: str,
    *,
    quantity: str = "normalized_ntk",
    domain: str = ANY_CORRELATION,
    depths: str = ANY_DEPTH,
    pointwise: bool = False,
    expected: str = "PROVED",
    title: str = "",
    note: str = "",
    uses: tuple[str, ...] = (),
) -> Claim:
    """The claim that the quantity of the network obeys ``holds`` for all its depths and all inputs of the domain.

    name      the id, unique in its file
    quantity  nngp, ntk, normalized_nngp, normalized_ntk or angle
    expected  PROVED, SUPPORTED, REFUTED or OPEN
    raises    InputError, one line

    >>> from theory import activation, ffnet
    >>> state("mine/limit", ffnet(activation("relu")), "limit == 1/4").kind.value
    'limit'
    """
    said = parse_holds(holds)
    quantities, verdicts = {one.value: one for one in Quantity}, {one.name: one for one in Verdict}
    for what, text, known in (("quantity", quantity, quantities), ("expected", expected, verdicts)):
        if text not in known:
            raise InputError(f"{what}={_shown(text)}: known: {', '.join(known)}")
    return Claim(
        id=name,
        paper=name.partition("/")[0],
        number="",
        title=" ".join((title or holds).split()),
        kind=kind_of_statement(said),
        statement=Depth(
            network=network,
            quantity=quantities[quantity],
            holds=with_fixed_gamma(said, network, set()),
            correlations=read_correlations(domain),
            pointwise=pointwise,
            **read_depths(depths),
        ),
        expected=verdicts[expected],
        note=note,
        uses=tuple(uses),
    )


def read_correlations(text: str) -> Interval:
    """The correlations that a chain in c describes."""
    return read_interval(
        "domain", text, symbols.c, low=Integer(-1), high=Integer(1), range_="a correlation lies in [-1, 1]"
    )


def read_depths(text: str) -> dict[str, Any]:
    """``depth_low`` and ``depth_high`` that a chain in L describes."""
    says = "a depth is an integer from 0 to 10^1000"
    interval = read_interval("depths", text, symbols.depth, low=Integer(0), high=oo, range_=says)
    ends: dict[str, int | None] = {}
    for name, end, closed, inward in (
        ("depth_low", interval.low, interval.low_closed, 1),
        ("depth_high", interval.high, interval.high_closed, -1),
    ):
        if end == oo:
            ends[name] = None
            continue
        if not end.is_Integer or end > MAX_DEPTH:
            raise InputError(f"depths={_shown(text)}: {_shown(end)} is not a depth; {says}")
        ends[name] = int(end) if closed else int(end) + inward
    return ends


def read_interval(what: str, text: str, symbol: Symbol, *, low: Expr, high: Expr, range_: str) -> Interval:
    """The interval that a chain in one symbol describes: a < c <= b, b >= c > a, c > a, c = a.

    low, high  the ends of the natural range, taken where the chain names none
    raises     InputError for another shape, or an end outside the natural range
    """
    sides, relations = parse_chain(text, {str(symbol): symbol}, what=what)
    says = f"{what}={_shown(text)}"
    at = [i for i, side in enumerate(sides) if side == symbol]
    if len(at) != 1 or len(sides) > 3 or "~" in relations or any(side.free_symbols for side in sides if side != symbol):
        raise InputError(f"{says}: a chain in {symbol} is needed, such as a < {symbol} <= b, or {symbol} = a")
    place = at[0]
    left = [(sides[i], relations[i].replace("==", "=")) for i in range(place)]
    right = [(sides[i + 1], _TURNED[relations[i]]) for i in range(place, len(relations))]
    bounds = left + right  # each reads: number relation symbol
    if len(left) > 1 or len(right) > 1:
        raise InputError(f"{says}: {symbol} stands between its two bounds, a < {symbol} <= b")
    found: dict[str, tuple[Expr, bool]] = {}
    for number, relation in bounds:
        if _outside(number, low, high):
            raise InputError(f"{says}: {_shown(number)} is out of range; {range_}")
        for name, wanted in (("low", "<"), ("high", ">")):
            if relation.startswith(wanted) or relation == "=":
                if name in found:
                    raise InputError(f"{says}: two bounds on the same side of {symbol}")
                found[name] = (number, relation != wanted)
    low_end, low_closed = found.get("low", (low, low.is_finite is True))
    high_end, high_closed = found.get("high", (high, high.is_finite is True))
    return Interval(symbol=symbol, low=low_end, high=high_end, low_closed=low_closed, high_closed=high_closed)


def _outside(number: Expr, low: Expr, high: Expr) -> bool:
    """Whether a number is not provably in [low, high]; an infinite end bounds nothing."""
    gaps = [gap for gap, end in ((number - low, low), (high - number, high)) if end.is_finite]
    return any((found := exact_sign(gap)) is None or found < 0 for gap in gaps)


def with_fixed_gamma(holds: Holds, network: Network, free: set[Symbol]) -> Holds:
    """The statement with gamma replaced by its value; every parameter it speaks of must be one of the claim."""
    if network.gamma is not None and symbols.gamma not in free:
        holds = substitute_holds(holds, symbols.gamma, network.gamma)
    for symbol in (symbols.gamma, symbols.slope):
        if symbol not in free and any(part.has(symbol) for part in expressions_of(holds)):
            raise InputError(f"holds: {symbol} is no parameter of this claim")
    return holds


def kind_of_statement(holds: Holds) -> Kind:
    """The kind of a statement of the claim language."""
    match holds:
        case Limit():
            return Kind.LIMIT
        case Chain():
            return Kind.IDENTITY if set(holds.relations) == {"=="} else Kind.BOUND
        case _:
            return Kind.RATE


def _shown(value: object) -> str:
    flat = " ".join(str(value).split())
    return flat if len(flat) <= 60 else flat[:57] + "..."


__all__ = ["kind_of_statement", "read_correlations", "read_depths", "read_interval", "state", "with_fixed_gamma"]
