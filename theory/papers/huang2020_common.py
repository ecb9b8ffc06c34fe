"""Objects and short forms shared by the claims on Huang et al. 2020: everything is derived from two networks.

RELU, FFNET, RESNET   the activation; the feedforward network; the residual one with symbolic gamma
KAPPA_1, KAPPA_0      derived correlation map and tangent factor, in c
OMEGA                 derived normalised tangent kernel of one residual block, in theta (the paper's Omega_1)
"""

from functools import cache

from sympy import Expr, Integer

from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Depth, Identity, Inequality, Interval, Kind, Quantity, Statement, Verdict
from theory.duals import in_angle
from theory.language import Chain, Expansion, Limit, Order, parse_holds
from theory.network import Network
from theory.papers.short import form, interval
from theory.parsing import parse
from theory.recursion import CorrelationValues, unroll

PAPER = "huang2020"
UNSURE = "Theorem number to be confirmed."
PROVED, REFUTED, SUPPORTED, OPEN = Verdict.PROVED, Verdict.REFUTED, Verdict.SUPPORTED, Verdict.OPEN

RELU = activation("relu")
FFNET = ffnet(RELU)
RESNET = resnet(RELU, gamma=symbols.gamma)
BLOCK = resnet(RELU, alpha=symbols.alpha)


def resnet_at(gamma: str) -> Network:
    """The residual network with alpha = L^(-gamma) for one exact gamma."""
    return resnet(RELU, gamma=parse(gamma))


@cache
def unrolled(network: Network, layers: int) -> CorrelationValues:
    """The normalised kernels at a small depth, as expressions in theta; kept, since several claims use them."""
    return unroll(network, layers)


KAPPA_1: Expr = form(FFNET).correlation
KAPPA_0: Expr = form(FFNET).factor
_ONE_BLOCK = form(resnet(RELU, alpha=Integer(1)))  # any alpha gives the same quotient: claim resnet-L1
OMEGA_IN_C: Expr = _ONE_BLOCK.source / _ONE_BLOCK.diagonal_source
OMEGA: Expr = in_angle(OMEGA_IN_C)
COS_G: Expr = in_angle(KAPPA_1)


def claim(
    slug: str,
    title: str,
    topic: str,
    kind: Kind,
    statement: Statement,
    expected: Verdict = PROVED,
    note: str = "",
    uses: tuple[str, ...] = (),
) -> Claim:
    """A claim of this paper; ``uses`` names lemmas by their slugs."""
    return Claim(
        id=f"{PAPER}/{slug}",
        paper=PAPER,
        number=topic,
        title=title,
        kind=kind,
        statement=statement,
        expected=expected,
        note=note,
        uses=tuple(f"{PAPER}/{name}" for name in uses),
    )


def identity(
    slug: str,
    title: str,
    topic: str,
    lhs: Expr,
    rhs: Expr,
    *domain: Interval,
    kind: Kind = Kind.IDENTITY,
    expected: Verdict = PROVED,
    note: str = "",
    uses: tuple[str, ...] = (),
) -> Claim:
    """An equation between a derived left side and a printed right side."""
    return claim(slug, title, topic, kind, Identity(lhs=lhs, rhs=rhs, domain=domain), expected, note, uses)


def inequality(
    slug: str,
    title: str,
    topic: str,
    gap: Expr,
    domain: str,
    *,
    strict: bool = False,
    kind: Kind = Kind.INEQUALITY,
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    """An inequality, gap >= 0 for every angle of the domain."""
    statement = Inequality(gap=gap, domain=interval(symbols.theta, domain), strict=strict)
    return claim(slug, title, topic, kind, statement, expected, note)


def depth(
    slug: str,
    title: str,
    topic: str,
    holds: str,
    *,
    network: Network = FFNET,
    quantity: Quantity = Quantity.NORMALIZED_NTK,
    domain: str = "(-1, 1)",
    depths: tuple[int, int | None] = (1, None),
    gammas: str | None = None,
    pointwise: bool = False,
    kind: Kind | None = None,
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    """A statement of the claim language, in which Omega_1 stands for the derived two-layer kernel.

    domain, gammas  intervals of c and gamma, e.g. "[-1, 1)"
    """
    said = parse_holds(holds.replace("Omega_1", f"({OMEGA})"))
    match said:
        case Limit():
            natural = Kind.LIMIT
        case Expansion() | Order():
            natural = Kind.RATE
        case Chain():
            natural = Kind.IDENTITY if "==" in said.relations else Kind.BOUND
    statement = Depth(
        network=network,
        quantity=quantity,
        holds=said,
        correlations=interval(symbols.c, domain),
        depth_low=depths[0],
        depth_high=depths[1],
        parameters=() if gammas is None else (interval(symbols.gamma, gammas),),
        pointwise=pointwise,
    )
    return claim(slug, title, topic, kind or natural, statement, expected, note)
