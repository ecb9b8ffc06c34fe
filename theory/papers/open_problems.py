"""Open problems on the two kernels of Huang et al. 2020, settled: uniform rate, turning, eigenvalues, the side of the approach.

No single paper: each was known here from numbers only; theorems A to D are proved in docs/open-problems.md. N_L is the
normalised tangent kernel, Omega_1 that of one residual block, tau = 1.16556... the angle with tan tau = 2 tau.
"""

from sympy import Expr, Integer, Rational, exp, pi, sqrt

from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Depth, Identity, Kind, Parity, Quantity, Spectrum, Turning, Verdict
from theory.duals import dual
from theory.language import parse_holds
from theory.network import Network
from theory.papers.huang2020_common import FFNET, OMEGA, RELU, RESNET, resnet_at
from theory.papers.short import claim, interval
from theory.parsing import parse

PAPER = "open-problems"
PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED
NTK = Quantity.NORMALIZED_NTK


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
    return claim(PAPER, slug, title, "uniform rate", Kind.BOUND, statement, expected, note)


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
    return claim(PAPER, slug, title, "turning", Kind.MONOTONICITY, statement, expected, note)


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
    return claim(PAPER, slug, title, "eigenvalues", Kind.SPECTRUM, statement, expected, note)


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
    _turning("unimodal-false-resnet", "the residual kernel with alpha = 1/L rises at most once, and then falls",
             "[-1, 1)", first=1, network=resnet_at("1"), expected=REFUTED,
             note="It has valleys; its limit is approached from below at small angles."),
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

Q = symbols.length


def moments(name: str) -> list[Expr]:
    """E phi^(j)(z)^2, z of variance Q, for j = 1, 2, 3: derivatives of the derived dual in the covariance."""
    found = dual(activation(name)).covariance
    equal = {symbols.length1: Q, symbols.length2: Q, symbols.nngp: Q}
    return [found.diff(symbols.nngp, j).subs(equal, simultaneous=True) for j in (1, 2, 3)]


def side(name: str) -> Expr:
    """m_1 m_3 - (3/2) m_2^2: a critical kernel approaches 1/3 from below where it is positive, from above where negative."""
    first, second, third = moments(name)
    return first * third - Rational(3, 2) * second**2


def coefficient(name: str, length: Expr) -> Expr:
    """1/3 - 2 m_1 m_3/(9 m_2^2), the coefficient of log L/L at the critical point of this length."""
    first, second, third = (m.subs(Q, length) for m in moments(name))
    return Rational(1, 3) - 2 * first * third / (9 * second**2)


def _side(slug: str, title: str, lhs: Expr, rhs: Expr, expected: Verdict = PROVED, note: str = "") -> Claim:
    statement = Identity(lhs=lhs, rhs=rhs, domain=(interval(Q, "(0, oo)"),))
    return claim(PAPER, slug, title, "side of the approach", Kind.IDENTITY, statement, expected, note)


def _critical(
    slug: str, title: str, name: str, length: Expr, holds: str, expected: Verdict = PROVED, note: str = ""
) -> Claim:
    statement = Depth(
        network=ffnet(activation(name), critical=length),
        quantity=NTK,
        holds=parse_holds(holds),
        correlations=interval(symbols.c, "(-1, 1)"),
        pointwise=True,
    )
    return claim(PAPER, slug, title, "side of the approach", Kind.RATE, statement, expected, note)


_CRITICAL = 4 * Q**2 - 4 * Q - 1
_GAUSSIAN = dual(activation("gaussian")).covariance
_BALANCED = (1 + sqrt(2)) / 2
_LOG = "value ~ 1/3 + ({})*log(L)/L"
# fmt: off
SIDES = (
    _side("side-erf", "erf: from below at every critical point", side("erf"),
          64 * (6 * Q**2 + 4 * Q + 1) / (pi**2 * (4 * Q + 1) ** 3),
          note="Theorem D: N_L - 1/3 has the sign of -(m_1 m_3 - (3/2) m_2^2) at all large depths. Here it is positive."),
    _side("side-exp", "exp: from above at every critical point", side("exp"), -exp(4 * Q) / 2),
    _side("side-cos", "cos: from above at every critical point", side("cos"),
          -(exp(4 * Q) + 10 * exp(2 * Q) + 1) * exp(-4 * Q) / 8),
    _side("side-sin", "sin: from below for Q < log(5 + 2 sqrt 6)/2, from above beyond", side("sin"),
          -(exp(2 * Q) - 5 - 2 * sqrt(6)) * (exp(2 * Q) - 5 + 2 * sqrt(6)) * exp(-4 * Q) / 8,
          note="1.14622; for Q > 0 the second factor is positive."),
    _side("side-gaussian", "exp(-x^2): the side is that of 4 Q^2 - 4 Q - 1", side("gaussian"),
          24 * (2 * Q + 1) ** 2 * _CRITICAL / (4 * Q + 1) ** 5,
          note="With side-gaussian-bias: from below at every critical point with a bias."),
    _side("side-gaussian-bias", "exp(-x^2): the critical bias variance is (4 Q^2 - 4 Q - 1)/(4 Q)",
          Q - _GAUSSIAN.subs({symbols.length1: Q, symbols.length2: Q, symbols.nngp: Q}, simultaneous=True)
          / moments("gaussian")[0],
          _CRITICAL / (4 * Q),
          note="So a critical point exists for Q >= (1 + sqrt 2)/2 only; without bias exactly there."),
    _side("side-gaussian-balanced", "exp(-x^2), critical without bias: the coefficient of log L/L vanishes",
          coefficient("gaussian", _BALANCED), Integer(0)),
    _critical("side-gaussian-below", "exp(-x^2), critical at length 3: the coefficient of log L/L is negative",
              "gaussian", Integer(3), _LOG.format(coefficient("gaussian", Integer(3)))),
    _critical("side-exp-above", "exp, critical at length 2: N_L ~ 1/3 + log L/(9 L)", "exp", Integer(2),
              _LOG.format(Rational(1, 9))),
    _side("side-sin-false", "sin: from below at every critical point, with the value of erf", side("sin"),
          64 * (6 * Q**2 + 4 * Q + 1) / (pi**2 * (4 * Q + 1) ** 3), REFUTED),
    _side("side-gaussian-false", "exp(-x^2): the side is that of 4 Q^2 - 4 Q + 1", side("gaussian"),
          24 * (2 * Q + 1) ** 2 * (_CRITICAL + 2) / (4 * Q + 1) ** 5, REFUTED,
          note="False variant of side-gaussian: a sign lost."),
    _critical("side-exp-false", "exp, critical at length 2: N_L ~ 1/3 + log L/(3 L)", "exp", Integer(2),
              _LOG.format(Rational(1, 3)), REFUTED, note="The coefficient of a kernel with m_3 = 0."),
)
# fmt: on

CLAIMS: tuple[Claim, ...] = RATES + TURNS + EIGENVALUES + SIDES
