"""Short forms that the claims of every paper use."""

from functools import cache

from sympy import Expr, oo

from theory import symbols
from theory.claims import Claim, Depth, Interval, Kind, Quantity, Statement, Verdict
from theory.language import Expansion, Holds, Limit, Order, parse_holds
from theory.network import Network
from theory.parsing import parse
from theory.recursion import CorrelationRecursion, correlation_form


def form(network: Network) -> CorrelationRecursion:
    """The recursion in the correlation, of a network that has one."""
    found = correlation_form(network)
    assert found is not None
    return found


@cache
def interval(symbol: Expr, text: str) -> Interval:
    """An interval in the usual notation; oo is an open end.

    >>> from theory import symbols
    >>> interval(symbols.c, "[-1, 1/2)").high_closed
    False
    """
    low, high = (oo if end.strip() == "oo" else parse(end) for end in text[1:-1].split(","))
    return Interval(symbol=symbol, low=low, high=high, low_closed=text[0] == "[", high_closed=text[-1] == "]")


def claim(
    paper: str,
    slug: str,
    title: str,
    topic: str,
    kind: Kind,
    statement: Statement,
    expected: Verdict = Verdict.PROVED,
    note: str = "",
) -> Claim:
    """A claim under a topic of a paper; one that is expected REFUTED says in its title that it is false."""
    return Claim(
        id=f"{paper}/{slug}",
        paper=paper,
        number=topic,
        title=f"False: {title}" if expected is Verdict.REFUTED else title,
        kind=kind,
        statement=statement,
        expected=expected,
        note=note,
    )


def at_every_depth(
    paper: str,
    slug: str,
    title: str,
    topic: str,
    network: Network,
    holds: str,
    *,
    quantity: Quantity = Quantity.NORMALIZED_NTK,
    domain: str = "[-1, 1)",
    first: int = 1,
    slopes: str | None = None,
    gammas: str | None = None,
    pointwise: bool | None = None,
    expected: Verdict = Verdict.PROVED,
    note: str = "",
) -> Claim:
    """A claim about every depth from ``first`` on, and about every slope and gamma of an interval where one is given.

    pointwise  whether it speaks of each input by itself; a limit and an expansion do if nothing is said
    """
    said = parse_holds(holds)
    ranges = ((symbols.slope, slopes), (symbols.gamma, gammas))
    statement = Depth(
        network=network,
        quantity=quantity,
        holds=said,
        correlations=interval(symbols.c, domain),
        depth_low=first,
        parameters=tuple(interval(letter, text) for letter, text in ranges if text is not None),
        pointwise=isinstance(said, Limit | Expansion) if pointwise is None else pointwise,
    )
    return claim(paper, slug, title, topic, kind_of(said), statement, expected, note)


def kind_of(holds: Holds) -> Kind:
    """The kind of a statement about large depths."""
    match holds:
        case Limit():
            return Kind.LIMIT
        case Expansion() | Order():
            return Kind.RATE
        case _:
            return Kind.BOUND


__all__ = ["at_every_depth", "claim", "form", "interval", "kind_of"]
