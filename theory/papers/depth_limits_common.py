"""Short forms shared by the claims on depth limits: networks by name, and statements about each -1 < c < 1.

Letters: C is the derived correlation map of a network, chi = C'(1), c* its attracting fixed point, N_L the normalised NTK.
Where a statement has an order of growth the constant may depend on c, unless the claim says uniformly.
"""

from sympy import Expr

from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet
from theory.claims import Claim, Identity, Interval, Kind, Quantity, Verdict
from theory.derived import Derived
from theory.network import Network
from theory.papers.short import at_every_depth, claim, form, interval

PAPER = "depth-limits"
PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED
NTK, NNGP, ANGLE = Quantity.NORMALIZED_NTK, Quantity.NORMALIZED_NNGP, Quantity.ANGLE


def net(name: str) -> Network:
    """The feedforward network with this activation, normalised, without bias."""
    return ffnet(activation(name))


def corr_map(network: Network) -> Expr:
    """The derived correlation map C."""
    return form(network).correlation


def chi(network: Network) -> Expr:
    """C'(1), the derived factor of the NTK at one input."""
    return form(network).diagonal_factor


def _noted(note: str, source: str) -> str:
    return " ".join(part for part in (note, f"Source: {source}." if source else "") if part)


def deep(
    slug: str,
    title: str,
    topic: str,
    network: Network,
    holds: str,
    *,
    quantity: Quantity = NTK,
    domain: str = "(-1, 1)",
    uniform: bool = False,
    expected: Verdict = PROVED,
    source: str = "",
    note: str = "",
) -> Claim:
    """A limit, an expansion or an order of growth."""
    return at_every_depth(
        PAPER, slug, title, topic, network, holds,
        quantity=quantity, domain=domain, pointwise=not uniform, expected=expected, note=_noted(note, source),
    )  # fmt: skip


def equal(
    slug: str,
    title: str,
    topic: str,
    lhs: Expr | Derived,
    rhs: Expr | Derived,
    *domain: Interval,
    kind: Kind = Kind.IDENTITY,
    expected: Verdict = PROVED,
    source: str = "",
    note: str = "",
) -> Claim:
    """An equation between what is derived, when it is asked for, and what is printed."""
    statement = Identity(lhs=lhs, rhs=rhs, domain=domain)
    return claim(PAPER, slug, title, topic, kind, statement, expected, _noted(note, source))


CORRELATIONS = interval(symbols.c, "(-1, 1)")
"""The domain of identities between correlation maps."""
