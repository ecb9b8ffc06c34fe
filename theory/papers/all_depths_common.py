"""The form of the claims about every depth."""

from theory import symbols
from theory.claims import Claim, Depth, Quantity, Verdict
from theory.language import Expansion, Limit, parse_holds
from theory.network import Network
from theory.papers.short import claim, interval, kind_of

PAPER = "all-depths"
PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED
NTK, NORMALIZED, ANGLE = Quantity.NTK, Quantity.NORMALIZED_NTK, Quantity.ANGLE
NNGP = Quantity.NORMALIZED_NNGP


def bound(
    slug: str,
    title: str,
    topic: str,
    network: Network,
    holds: str,
    *,
    quantity: Quantity = NORMALIZED,
    domain: str = "[-1, 1)",
    first: int = 1,
    slopes: str | None = None,
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    """A statement about every depth from ``first`` on, and about every slope of an interval where one is given."""
    said = parse_holds(holds)
    statement = Depth(
        network=network,
        quantity=quantity,
        holds=said,
        correlations=interval(symbols.c, domain),
        depth_low=first,
        parameters=() if slopes is None else (interval(symbols.slope, slopes),),
        pointwise=isinstance(said, Limit | Expansion),
    )
    return claim(PAPER, slug, title, topic, kind_of(said), statement, expected, note)
