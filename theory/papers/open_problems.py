"""Open problems on the two kernels of Huang et al. 2020, settled: uniform rate, turning, eigenvalues, the side of the approach.

No single paper: each was known here from numbers only; theorems A to D are proved in docs/open-problems.md. N_L is the
normalised tangent kernel, Omega_1 that of one residual block, tau = 1.16556... the angle with tan tau = 2 tau.
"""

from sympy import Integer

from theory import symbols
from theory.architectures import resnet
from theory.claims import Claim, Depth, Kind, Parity, Quantity, Spectrum, Statement, Turning, Verdict
from theory.language import parse_holds
from theory.network import Network
from theory.papers.huang2020_common import FFNET, OMEGA, RELU, RESNET, interval, resnet_at
from theory.parsing import parse

PAPER = "open-problems"
PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED
NTK = Quantity.NORMALIZED_NTK


def _claim(
    slug: str, title: str, topic: str, kind: Kind, statement: Statement, expected: Verdict = PROVED, note: str = ""
) -> Claim:
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


def _rate(
    slug: str,
    title: str,
    holds: str,
    network: Network,
    *,
    domain: str = "[-1, 1]",
    gammas: str | None = None,
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    statement = Depth(
        network=network,
        quantity=NTK,
        holds=parse_holds(holds.replace("Omega_1", f"({OMEGA})")),
        correlations=interval(symbols.c, domain),
        parameters=() if gammas is None else (interval(symbols.gamma, gammas),),
    )
    return _claim(slug, title, "uniform rate", Kind.BOUND, statement, expected, note)


def _turning(
    slug: str,
    title: str,
    domain: str,
    *,
    rises: bool | None = None,
    first: int = 0,
    network: Network = FFNET,
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    statement = Turning(
        network=network, quantity=NTK, correlations=interval(symbols.c, domain), depth_low=first, rises=rises
    )
    return _claim(slug, title, "turning", Kind.MONOTONICITY, statement, expected, note)


def _spectrum(
    slug: str,
    title: str,
    degrees: Parity | tuple[int, int],
    relation: str,
    bound: str = "0",
    *,
    network: Network = FFNET,
    depths: tuple[int, int | None] = (2, None),
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    statement = Spectrum(
        network=network,
        degrees=degrees,
        relation=relation,
        bound=parse(bound, names={"L": symbols.depth}, what="bound"),
        depth_low=depths[0],
        depth_high=depths[1],
    )
    return _claim(slug, title, "eigenvalues", Kind.SPECTRUM, statement, expected, note)


# a claim in four lines reads better than in fourteen
# fmt: off
RATES = (
    _rate("half-rate", "|N_L - Omega_1| <= (sqrt 2/(3 pi)) L^(1/2-gamma) for every pair, L >= 1 and gamma >= 0",
          "abs(value - Omega_1) <= sqrt(2)/(3*pi)*L^(1/2 - gamma)", RESNET, gammas="[0, oo)",
          note="Theorem A. The constant is best possible: it is the limit at c = -1."),
    _rate("half-rate-constant-scale", "alpha = 1: |N_L - Omega_1| <= (sqrt 2/(3 pi)) sqrt(L)",
          "abs(value - Omega_1) <= sqrt(2)/(3*pi)*sqrt(L)", resnet(RELU, alpha=Integer(1))),
    _rate("half-rate-decimal", "gamma = 1: |N_L - Omega_1| <= 0.151 L^(-1/2)",
          "abs(value - Omega_1) <= 151/1000/sqrt(L)", resnet_at("1"), note="A constant 0.6 % above the best one."),
    _rate("half-rate-false-constant", "gamma = 1: |N_L - Omega_1| <= 0.149 L^(-1/2)",
          "abs(value - Omega_1) <= 149/1000/sqrt(L)", resnet_at("1"), expected=REFUTED,
          note="0.7 % below the best constant 0.150053; false variant of half-rate."),
    _rate("half-rate-false-exponent", "gamma = 3/4: |N_L - Omega_1| <= (sqrt 2/(3 pi)) L^(-3/8)",
          "abs(value - Omega_1) <= sqrt(2)/(3*pi)*L^(-3/8)", resnet_at("3/4"), expected=REFUTED,
          note="The exponent is 1/2 - gamma = -1/4."),
)

TURNS = (
    _turning("unimodal", "For every pair of inputs N_L rises at most once as the depth grows, and then falls",
             "[-1, 1)", note="Theorem B."),
    _turning("unimodal-decreasing", "It falls from L = 0 on where c >= 2/5, that is for angles below tau",
             "[2/5, 1)", rises=False, note="Exactly for angles up to tau: cos tau = 0.39423."),
    _turning("unimodal-rising", "It rises at first where c <= 39/100",
             "[-1, 39/100]", rises=True),
    _turning("unimodal-antipode", "At c = -1 it rises up to L = 17 and falls from there on",
             "[-1, -1]", rises=False, first=17, note="The peak is N_17 = 0.29567."),
    _turning("unimodal-antipode-before", "At c = -1 it still rises from L = 16 to 17",
             "[-1, -1]", rises=True, first=16),
    _turning("unimodal-false-decreasing", "it never rises, whatever the inputs", "[-1, 1)", rises=False,
             expected=REFUTED, note="False variant of unimodal-decreasing."),
    _turning("unimodal-false-orthogonal", "orthogonal inputs: it never rises", "[0, 0]", rises=False,
             expected=REFUTED),
    _turning("unimodal-false-rising", "it rises at first for every pair", "[-1, 1)", rises=True, expected=REFUTED,
             note="False variant of unimodal-rising: not for angles below tau."),
    _turning("unimodal-false-peak", "at c = -1 it falls from L = 16 on", "[-1, -1]", rises=False, first=16,
             expected=REFUTED, note="The peak shifted by one."),
)

EIGENVALUES = (
    _spectrum("eigenvalues-positive", "Every eigenvalue of the ffnet kernel is positive at every depth L >= 2",
              Parity.EVERY, ">", note="Theorem C, in every dimension; so the kernel is strictly positive definite."),
    _spectrum("eigenvalues-positive-resnet", "The same for the residual kernel, alpha = L^-gamma",
              Parity.EVERY, ">", network=RESNET),
    _spectrum("eigenvalues-even", "Those of even degree are positive at L = 1 too", Parity.EVEN, ">", depths=(1, None)),
    _spectrum("eigenvalues-one-layer", "At L = 1 those of odd degree >= 3 vanish", Parity.ODD, "==", depths=(1, 1),
              note="So the one-hidden-layer kernel without bias is not strictly positive definite."),
    _spectrum("eigenvalues-one-block", "The same for one residual block", Parity.ODD, "==", network=RESNET, depths=(1, 1)),
    _spectrum("eigenvalues-bound", "Degree 3 on the sphere of R^3: at least 17/20/((L+1)(L+3)(L+4)(L+5))",
              (3, 3), ">=", "17/20/((L+1)*(L+3)*(L+4)*(L+5))"),
    _spectrum("eigenvalues-bound-high", "Degree 101 on the circle: at least 1/2000/((L+1)(L+3)(L+4)(L+5))",
              (101, 2), ">=", "1/2000/((L+1)*(L+3)*(L+4)*(L+5))"),
    _spectrum("eigenvalues-bound-resnet", "gamma = 1, degree 3 in R^3: at least 1/(400 L^3)",
              (3, 3), ">=", "1/(400*L^3)", network=resnet_at("1")),
    _spectrum("eigenvalues-false-one-layer", "all eigenvalues are positive, for L >= 1", Parity.EVERY, ">",
              depths=(1, None), expected=REFUTED, note="At L = 1 odd degrees >= 3 vanish."),
    _spectrum("eigenvalues-false-odd-vanish", "odd degrees >= 3 vanish at every depth", Parity.ODD, "==",
              depths=(1, None), expected=REFUTED, note="From L = 2 on they are positive."),
    _spectrum("eigenvalues-false-resnet", "residual, L >= 1: all eigenvalues are positive", Parity.EVERY, ">",
              network=RESNET, depths=(1, None), expected=REFUTED),
    _spectrum("eigenvalues-false-even-vanish", "even degrees vanish at L = 1", Parity.EVEN, "==", depths=(1, 1),
              expected=REFUTED),
)
# fmt: on

CLAIMS: tuple[Claim, ...] = RATES + TURNS + EIGENVALUES
