"""Explicit bounds at every depth L, proved by certificates: families of networks at once, constants named.

The theorems are derived in docs/metatheorems.md. Letters: N_L is the normalised NTK, Theta_L the NTK, s the slope of a leaky
ReLU and mu = (1 - s)^2/(1 + s^2), theta the angle of the two inputs. False variants stand beside the true ones: "false" is part
of their ids.
"""

from theory import symbols
from theory.activations import leaky_relu
from theory.architectures import ffnet
from theory.claims import Claim, Depth, Kind, Quantity, Statement, Verdict
from theory.language import Chain, Expansion, Limit, parse_holds
from theory.network import Network
from theory.papers.huang2020_common import interval

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
    match said:
        case Limit():
            kind = Kind.LIMIT
        case Chain():
            kind = Kind.BOUND
        case _:
            kind = Kind.RATE
    statement: Statement = Depth(
        network=network,
        quantity=quantity,
        holds=said,
        correlations=interval(symbols.c, domain),
        depth_low=first,
        parameters=() if slopes is None else (interval(symbols.slope, slopes),),
        pointwise=isinstance(said, Limit | Expansion),
    )
    return Claim(
        id=f"{PAPER}/{slug}",
        paper=PAPER,
        number=topic,
        title=f"False: {title}" if expected is REFUTED else title,
        kind=kind,
        statement=statement,
        expected=expected,
        note=note,
    )


_SLOPES = "all slopes of leaky relu"
_ANY = ffnet(leaky_relu(symbols.slope))
_MU = "((1 - s)^2/(1 + s^2))"
_LOG = f"log(1 + {_MU}*theta*L/(3*pi))"

SLOPES = (
    bound("slopes-limit", "N_L -> 1/4 for every slope in (-1, 1)", _SLOPES, _ANY, "limit == 1/4", slopes="(-1, 1)"),
    bound(
        "slopes-log", "N_L ~ 1/4 + (3/8) log(L)/L for every slope in (-1, 1)", _SLOPES, _ANY,
        "value ~ 1/4 + 3*log(L)/(8*L)", slopes="(-1, 1)", note="3/8 whatever the slope.",
    ),
    bound(
        "slopes-angle", "theta_L ~ 3 pi/(mu L) for every slope in [0, 1)", _SLOPES, _ANY, f"value ~ 3*pi/({_MU}*L)",
        quantity=ANGLE, slopes="[0, 1)",
    ),
    bound(
        "slopes-angle-upper", "theta_L <= theta/(1 + mu theta L/(3 pi)) for every slope in [0, 1)", _SLOPES, _ANY,
        f"value <= theta/(1 + {_MU}*theta*L/(3*pi))", quantity=ANGLE, first=0, slopes="[0, 1)",
    ),
    bound(
        "slopes-two-sided", "-9/(2 mu) <= Theta_L - (L+1)/4 - (3/8) log(1 + mu theta L/(3 pi)) <= (3 pi/(4 theta) + 31/10)/mu",
        _SLOPES, _ANY, f"-9/(2*{_MU}) <= value - (L + 1)/4 - 3/8*{_LOG} <= (3*pi/(4*theta) + 31/10)/{_MU}",
        quantity=NTK, slopes="[0, 1)", note="For every slope in [0, 1), every c in [-1, 1) and every depth at once.",
    ),
    bound(
        "slopes-limit-false", "N_L -> 1/3 for every slope in [0, 1)", _SLOPES, _ANY, "limit == 1/3", slopes="[0, 1)",
        expected=REFUTED, note="1/3 belongs to smooth activations.",
    ),
    bound(
        "slopes-log-false", "N_L ~ 1/4 + (3/8) log(L)/(mu L) for every slope", _SLOPES, _ANY,
        f"value ~ 1/4 + 3*log(L)/(8*L*{_MU})", slopes="(-1, 1)", expected=REFUTED, note="The coefficient divided by mu.",
    ),
    bound(
        "slopes-angle-false", "theta_L ~ 3 pi/L for every slope", _SLOPES, _ANY, "value ~ 3*pi/L", quantity=ANGLE,
        slopes="(-1, 1)", expected=REFUTED, note="mu left out.",
    ),
    bound(
        "slopes-angle-lower-false", "theta_L >= theta/(1 + mu theta L/(3 pi)) for every slope", _SLOPES, _ANY,
        f"value >= theta/(1 + {_MU}*theta*L/(3*pi))", quantity=ANGLE, slopes="[0, 1)", expected=REFUTED,
    ),
)  # fmt: skip

CLAIMS: tuple[Claim, ...] = SLOPES
