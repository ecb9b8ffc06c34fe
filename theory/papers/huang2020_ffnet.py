"""Huang et al. 2020, the feedforward network: angle, limit 1/4, its rate, and the one-variable lemmas behind them.

Inequalities on the angle map G are stated between cosines: 1/G >= 1/y is the same as cos G >= cos y for y in [0, pi],
and
cos G is explicit, so no arccos near 1 occurs.
"""

from sympy import Expr, Integer, Rational, cos, pi

from theory import symbols
from theory.claims import Claim, Kind, Quantity, Scaling, Verdict
from theory.duals import in_angle
from theory.papers.huang2020_common import (
    COS_G,
    FFNET,
    KAPPA_0,
    KAPPA_1,
    OMEGA,
    PROVED,
    REFUTED,
    SUPPORTED,
    UNSURE,
    claim,
    depth,
    identity,
    inequality,
    unrolled,
)
from theory.papers.short import interval

# a claim in four lines reads better than in fourteen
# fmt: off
_theta, _c = symbols.theta, symbols.c
_NNGP, _ANGLE, _LIMIT, _RATE, _LEMMA = (
    "ffnet GP kernel", "angle of the ffnet", "ffnet limit", "ffnet rate", "lemmas on the angle map",
)  # fmt: skip
_a = 1 / (3 * pi)
_b = _a**2 * 3 / 2


def _bracket(*coefficients: Expr) -> Expr:
    """The value cos y with 1/y = 1/theta + the polynomial in theta with these coefficients."""
    polynomial = sum((k * _theta ** (i + 1) for i, k in enumerate(coefficients)), Integer(1))
    bracket: Expr = cos(_theta / polynomial)
    return bracket


def _source_bracket(limit: Expr) -> Expr:
    """The value cos y, where 1/G = 1/y says p(G) - kappa_0 p(theta) - cos G = limit, with p(t) = 3 pi/(4 t) - 1/8."""
    # multiplied by theta, so that nothing is singular at 0
    scaled = (Rational(1, 8) + COS_G + limit) * _theta + in_angle(KAPPA_0) * (3 * pi / 4 - _theta / 8)
    bracket: Expr = cos(3 * pi * _theta / (4 * scaled))
    return bracket


LEMMAS = (
    inequality(
        "lemma-I1-lower", "1/G >= 1/theta + 1/(3 pi)", _LEMMA, COS_G - _bracket(_a), "(0, pi]",
        note="As cos G >= cos(theta/(1 + theta/(3 pi))). The constant is best possible at 0.",
    ),
    inequality(
        "lemma-I1-upper", "1/G <= 1/theta + 1/(3 pi) + (17/250) theta", _LEMMA,
        _bracket(_a, Rational(17, 250)) - COS_G, "(0, pi]",
        note="The optimum is 2/(3 pi^2) = 0.06755, at theta = pi.",
    ),
    inequality(
        "lemma-H1-lower", "1/G >= 1/theta + 1/(3 pi) + theta/(6 pi^2) + (3/500) theta^2", _LEMMA,
        COS_G - _bracket(_a, _b, Rational(3, 500)), "(0, pi]",
        note="The true range of the last coefficient is [0.01006, 0.01633].",
    ),
    inequality(
        "lemma-H1-upper", "1/G <= 1/theta + 1/(3 pi) + theta/(6 pi^2) + (33/2000) theta^2", _LEMMA,
        _bracket(_a, _b, Rational(33, 2000)) - COS_G, "(0, pi]",
    ),
    inequality(
        "lemma-H3", "1 - cos G + (99 pi/8000) theta^2 <= (13/8) theta/pi", _LEMMA,
        Rational(13, 8) * _theta / pi - 1 + COS_G - 3 * pi / 4 * Rational(33, 2000) * _theta**2, "(0, pi]",
    ),
    inequality(
        "lemma-I2-lower", "p(G) - kappa_0 p(theta) - cos G >= 0 for p(t) = 3 pi/(4t) - 1/8", _LEMMA,
        COS_G - _source_bracket(Integer(0)), "(0, 15/8]",
        note="True up to pi; up to 15/8 the comparison of cosines is equivalent. Theta_L = p(theta_L) + o(1).",
    ),
    inequality(
        "lemma-I2-upper", "p(G) - kappa_0 p(theta) - cos G <= (13/8) theta/pi", _LEMMA,
        _source_bracket(Rational(13, 8) * _theta / pi) - COS_G, "(0, pi]",
        note="The best constant in the place of 13/8 is 1.56979, at theta = 0.63339 pi.",
    ),
    inequality(
        "lemma-I1-sharp", "1/G <= 1/theta + 1/(3 pi) + 2 theta/(3 pi^2)", _LEMMA,
        _bracket(_a, 2 / (3 * pi**2)) - COS_G, "(0, pi]",
        note="The best constant: equality at theta = pi, where the certificate starts a second time.",
    ),
    inequality(
        "lemma-I1-false-upper", "False: 1/G <= 1/theta + 1/(3 pi) + theta/(2 pi^2)", _LEMMA,
        _bracket(_a, 1 / (2 * pi**2)) - COS_G, "(0, pi]", expected=REFUTED, note="False variant of lemma-I1-sharp.",
    ),
    inequality(
        "lemma-I1-false-lower", "False: 1/G >= 1/theta + 1/(3 pi) + theta/(5 pi^2)", _LEMMA,
        COS_G - _bracket(_a, 1 / (5 * pi**2)), "(0, pi]", expected=REFUTED,
        note="False for small angles, where the coefficient tends to 1/(6 pi^2).",
    ),
    inequality(
        "lemma-I1-false-slope", "False: 1/G >= 1/theta + 1/pi", _LEMMA, COS_G - _bracket(1 / pi), "(0, pi]",
        expected=REFUTED, note="1/pi is the largest value of 1/G - 1/theta, not the smallest.",
    ),
    inequality(
        "lemma-I2-false-upper", "False: p(G) - kappa_0 p(theta) - cos G <= (11/8) theta/pi", _LEMMA,
        _source_bracket(Rational(11, 8) * _theta / pi) - COS_G, "(0, pi]", expected=REFUTED,
        note="11/8 is the value at theta = pi only.",
    ),
    inequality(
        "lemma-I2-false-sign", "False: p(G) - kappa_0 p(theta) - cos G <= 0", _LEMMA,
        _source_bracket(Integer(0)) - COS_G, "(0, 15/8]", expected=REFUTED, note="False variant of lemma-I2-lower.",
    ),
)

ANGLES = (
    depth(
        "nngp-limit", "Sigma_L -> 1 for every pair", _NNGP, "limit == 1",
        quantity=Quantity.NORMALIZED_NNGP, domain="[-1, 1]",
    ),
    depth(
        "nngp-rate", "1 - Sigma_L ~ (9 pi^2/2)/L^2", _NNGP, "value ~ 1 - 9*pi^2/(2*L^2)",
        quantity=Quantity.NORMALIZED_NNGP, domain="[-1, 1)",
    ),
    depth(
        "nngp-rate-next", "1 - Sigma_L ~ (9 pi^2/2)/L^2 - (27 pi^2/2) log L/L^3", _NNGP,
        "value ~ 1 - 9*pi^2/(2*L^2) + 27*pi^2*log(L)/(2*L^3)",
        quantity=Quantity.NORMALIZED_NNGP, domain="[-1, 1)", note="Sharper than the paper.",
    ),
    depth(
        "angle-upper", "theta_L <= 3 pi/(L + 3) for every pair and every L", _ANGLE, "value <= 3*pi/(L + 3)",
        quantity=Quantity.ANGLE, domain="[-1, 1]",
    ),
    depth(
        "angle-upper-start", "theta_L <= theta_0/(1 + L theta_0/(3 pi))", _ANGLE, "value <= theta/(1 + L*theta/(3*pi))",
        quantity=Quantity.ANGLE, domain="[-1, 1]", note="1/(3 pi) is best possible.",
    ),
    depth(
        "angle-lower", "1/theta_L <= 1/theta_0 + L/(3 pi) + (17/250)(theta_0 + 3 pi log(1 + L theta_0/(3 pi)))", _ANGLE,
        "value >= 1/(1/theta + L/(3*pi) + 17/250*(theta + 3*pi*log(1 + L*theta/(3*pi))))",
        quantity=Quantity.ANGLE, domain="[-1, 1)", note="The other side of the sandwich.",
    ),
    depth(
        "angle-lower-linear", "theta_L >= theta_0/(1 + L theta_0/pi)", _ANGLE, "value >= theta/(1 + L*theta/pi)",
        quantity=Quantity.ANGLE, domain="[-1, 1]",
        note="Equality at theta_0 = pi, L = 1. By induction from one layer, Theorem I of docs/shapes.md.",
    ),
    depth(
        "angle-rate", "theta_L ~ 3 pi/L - (9 pi/2) log L/L^2", _ANGLE, "value ~ 3*pi/L - 9*pi*log(L)/(2*L^2)",
        quantity=Quantity.ANGLE, domain="[-1, 1)",
        note="Equivalently 1/theta_L = L/(3 pi) + log L/(2 pi) + O(1).",
    ),
    depth(
        "nngp-rate-false-constant", "False: 1 - Sigma_L ~ 9 pi^2/L^2", _NNGP, "value ~ 1 - 9*pi^2/L^2",
        quantity=Quantity.NORMALIZED_NNGP, domain="[-1, 1)", expected=REFUTED,
        note="A plausible slip for nngp-rate: theta^2 in the place of theta^2/2.",
    ),
    depth(
        "nngp-rate-false-exponent", "False: 1 - Sigma_L is of order 1/L", _NNGP, "value - 1 = Theta(1/L)",
        quantity=Quantity.NORMALIZED_NNGP, pointwise=True, expected=REFUTED,
        note="1/L is the order for smooth critical activations.",
    ),
    depth(
        "angle-false-start", "False: theta_L <= theta_0/(1 + L theta_0/pi)", _ANGLE, "value <= theta/(1 + L*theta/pi)",
        quantity=Quantity.ANGLE, domain="[-1, 1)", expected=REFUTED, note="The lower bound taken for the upper one.",
    ),
    depth(
        "angle-false-shift", "False: theta_L <= 3 pi/(L + 4) for every L >= 0", _ANGLE, "value <= 3*pi/(L + 4)",
        quantity=Quantity.ANGLE, domain="[-1, 1]", depths=(0, None), expected=REFUTED,
        note="False at L = 0, c = -1 only; for L >= 1 it holds.",
    ),
    depth(
        "angle-rate-false-log", "False: 1/theta_L = L/(3 pi) + log L/(3 pi) + O(1)", _ANGLE,
        "value ~ 3*pi/L - 3*pi*log(L)/L^2", quantity=Quantity.ANGLE, expected=REFUTED,
        note="False variant of angle-rate: the coefficient of log L is 1/(2 pi).",
    ),
)

LIMITS = (
    depth(
        "thm-ffnet-limit", "Normalised NTK -> 1/4 for x != x'", _LIMIT, "limit == 1/4", domain="[-1, 1)", note=UNSURE,
    ),
    depth(
        "thm-ffnet-limit-diagonal", "Normalised NTK = 1 for x = x'", _LIMIT, "value == 1", domain="[1, 1]", note=UNSURE,
    ),
    depth(
        "thm-ffnet-limit-unnormalised", "Theta_L ~ L/4 off the diagonal", _LIMIT, "value ~ L/4 + 3*log(L)/8",
        quantity=Quantity.NTK, domain="[-1, 1)", note="Sharper than the paper.",
    ),
    depth(
        "thm-ffnet-false-limit", "False: normalised NTK -> 1/3", _LIMIT, "limit == 1/3", domain="[-1, 1)",
        expected=REFUTED,
        note="1/3 belongs to smooth critical activations. False variant of thm-ffnet-limit.",
    ),
    depth(
        "thm-ffnet-false-all-inputs", "False: limit 1/4 with x = x' allowed", _LIMIT, "limit == 1/4", domain="[-1, 1]",
        expected=REFUTED, note="x != x' dropped. False variant of thm-ffnet-limit.",
    ),
    depth(
        "thm-ffnet-false-uniform", "False: the limit 1/4 is uniform over all x != x'", _LIMIT, "value - 1/4 = o(1)",
        domain="[-1, 1)", expected=REFUTED,
        note="N_L is continuous in c and 1 at c = 1, so the supremum of |N_L - 1/4| is at least 3/4 at every depth.",
    ),
)

RATES = (
    depth(
        "thm-ffnet-rate", "|N_L - 1/4| = O(log L/L), uniformly for angles >= pi/3", _RATE, "value - 1/4 = O(log(L)/L)",
        domain="[-1, 1/2]", note="Printed as O(polylog(L)/L). " + UNSURE,
    ),
    depth(
        "thm-ffnet-rate-pointwise", "|N_L - 1/4| = O(log L/L) for each pair", _RATE, "value - 1/4 = O(log(L)/L)",
        domain="[-1, 1)", pointwise=True, note=UNSURE,
    ),
    depth(
        "thm-ffnet-rate-exact", "|N_L - 1/4| is exactly of order log L/L", _RATE, "value - 1/4 = Theta(log(L)/L)",
        domain="[-1, 1/2]", note="Sharper than the paper.",
    ),
    depth(
        "thm-ffnet-rate-sharp", "N_L ~ 1/4 + (3/8) log L/L, whatever the angle", _RATE, "value ~ 1/4 + 3*log(L)/(8*L)",
        domain="[-1, 1)", note="Sharper than the paper: the polylog is (3/8) log L.",
    ),
    depth(
        "thm-ffnet-bound", "|N_L - 1/4| <= (3 pi/(4 theta) + 2 + (3/8) log(1 + L/3))/(L+1)", _RATE,
        "abs(value - 1/4) <= (3*pi/(4*theta) + 2 + 3*log(1 + L/3)/8)/(L + 1)", domain="[-1, 1)",
        note="Explicit for every L; 3 pi/(4 theta) and 3/8 are best possible.",
    ),
    depth(
        "thm-ffnet-bound-uniform", "|N_L - 1/4| <= (17/4 + (3/8) log(1 + L/3))/(L+1) for angles >= pi/3", _RATE,
        "abs(value - 1/4) <= (17/4 + 3*log(1 + L/3)/8)/(L + 1)", domain="[-1, 1/2]",
    ),
    depth(
        "thm-ffnet-bound-two-sided", "(L+1)(N_L - 1/4) - (3/8) log(1 + L theta/(3 pi)) in [-5/4, 3 pi/(4 theta) + 2]",
        _RATE,
        "-5/4 <= (L + 1)*(value - 1/4) - 3*log(1 + L*theta/(3*pi))/8 <= 3*pi/(4*theta) + 2", domain="[-1, 1)",
        note="-5/4 is attained at L = 0, theta = pi.",
    ),
    depth(
        "thm-ffnet-bound-simple", "|N_L - 1/4| <= (2 + log(L+1))/(L+1) for angles >= pi/3", _RATE,
        "abs(value - 1/4) <= (2 + log(L + 1))/(L + 1)", domain="[-1, 1/2]",
        note="Follows from thm-ffnet-bound-uniform for L >= 20; smaller depths need enclosures.",
    ),
    depth(
        "thm-ffnet-rate-false-no-log", "False: |N_L - 1/4| = O(1/L)", _RATE, "value - 1/4 = O(1/L)", pointwise=True,
        expected=REFUTED, note="The rate without its logarithm. False variant of thm-ffnet-rate.",
    ),
    depth(
        "thm-ffnet-rate-false-uniform", "False: O(log L/L) uniformly over all x != x'", _RATE,
        "value - 1/4 = O(log(L)/L)",
        domain="(-1, 1)", expected=REFUTED,
        note="The lower bound on the angle dropped. False variant of thm-ffnet-rate.",
    ),
    depth(
        "thm-ffnet-rate-false-three-quarters", "False: coefficient 3/4 of log L/L", _RATE,
        "value ~ 1/4 + 3*log(L)/(4*L)",
        expected=REFUTED, note="False variant of thm-ffnet-rate-sharp.",
    ),
    depth(
        "thm-ffnet-rate-false-three-sixteenths", "False: coefficient 3/16 of log L/L", _RATE,
        "value ~ 1/4 + 3*log(L)/(16*L)",
        expected=REFUTED, note="False variant of thm-ffnet-rate-sharp.",
    ),
    depth(
        "thm-ffnet-rate-false-angle", "False: the coefficient of log L/L depends on the angle", _RATE,
        "value ~ 1/4 + 3*(pi - theta)/(8*pi)*log(L)/L", expected=REFUTED,
        note="False variant of thm-ffnet-rate-sharp; right only as theta -> 0.",
    ),
    depth(
        "thm-ffnet-bound-false-constant", "False: |N_L - 1/4| <= 2/(L+1) for angles >= pi/3", _RATE,
        "abs(value - 1/4) <= 2/(L + 1)", domain="[-1, 1/2]", expected=REFUTED,
        note="Fails from a depth of about 30 on.",
    ),
    depth(
        "thm-ffnet-bound-false-large", "False: |N_L - 1/4| <= 10/(L+1) for angles >= pi/3", _RATE,
        "abs(value - 1/4) <= 10/(L + 1)", domain="[-1, 1/2]", expected=REFUTED,
        note="Holds for every depth that can be iterated: at c = 3/10 it fails first between 10^5 and 10^12.",
    ),
    depth(
        "thm-ffnet-bound-false-uniform", "False: |N_L - 1/4| <= 1/2 for L >= 100 and all x != x'", _RATE,
        "abs(value - 1/4) <= 1/2", depths=(100, None), expected=REFUTED,
        note="Refuted close to c = 1, where the kernel is still near 1.",
    ),
    depth(
        "thm-ffnet-bound-false-above", "False: N_L <= 1/4 + (3/8) log(L+1)/(L+1) for angles >= pi/3", _RATE,
        "value <= 1/4 + 3*log(L + 1)/(8*(L + 1))", domain="[-1, 1/2]", expected=REFUTED,
        note="The expansion taken for a bound; the next term is positive where the angle is small.",
    ),
)

CONSTANTS = (
    depth(
        "ff-log-constant", "Theta_L - L/4 - (3/8) log L is bounded for angles >= pi/3", "constant behind the logarithm",
        "value - L/4 - 3*log(L)/8 = O(1)", quantity=Quantity.NTK, domain="[-1, 1/2]",
        note="It converges to K(theta_0): K(pi/2) = 0.97246185, K(pi) = 0.72246185; no closed form is known.",
    ),
    identity(
        "ff-log-constant-shift", "Theta_2(theta) - Theta_1(G(theta)) = kappa_0 kappa_0 cos theta: why K(G) = K + 1/4",
        "constant behind the logarithm",
        KAPPA_0.subs(_c, KAPPA_1) * (KAPPA_0 * _c + KAPPA_1) + KAPPA_1.subs(_c, KAPPA_1)
        - (KAPPA_0 * _c + KAPPA_1).subs(_c, KAPPA_1),
        KAPPA_0.subs(_c, KAPPA_1) * KAPPA_0 * _c, interval(_c, "[-1, 1]"),
        note="At depth L the difference is the product of L factors kappa_0 and tends to 0; so K(pi/2) - K(pi) = 1/4.",
    ),
    depth(
        "ff-log-constant-half", "At c = 0 the constant is 0.97246185: within 1/400 from L = 10^4 on",
        "constant behind the logarithm", "abs(value - L/4 - 3*log(L)/8 - 0.97246185) <= 1/400",
        quantity=Quantity.NTK, domain="[0, 0]", depths=(10**4, None), expected=SUPPORTED,
        note="Missing for a proof at every depth: a theorem with the constant itself (an Abel coordinate).",
    ),
    depth(
        "ff-log-constant-false-quarter", "False: Theta_L = L/4 + O(1)", "constant behind the logarithm",
        "value - L/4 = O(1)", quantity=Quantity.NTK, pointwise=True, expected=REFUTED,
        note="False variant of ff-log-constant.",
    ),
    depth(
        "ff-floor", "N_L > 1/4 for every L >= 6 and every pair", "convergence from above", "value > 1/4",
        domain="[-1, 1]", depths=(6, None),
        note="6 is sharp; the smallest (L+1)(N_L - 1/4) is 0.0349, at L = 6. By the theorem restarted at depth 24.",
    ),
    depth(
        "ff-floor-eventually", "N_L > 1/4 for L >= 250 and angles >= pi/3", "convergence from above", "value > 1/4",
        domain="[-1, 1/2]", depths=(250, None), note="Follows from the lower half of thm-ffnet-bound-two-sided.",
    ),
    depth(
        "ff-floor-six", "N_6 > 1/4 for every pair", "convergence from above", "value > 1/4",
        domain="[-1, 1]", depths=(6, 6), note="The minimum over c is 0.25499.",
    ),
    depth(
        "ff-floor-false-one", "False: N_L > 1/4 for every L >= 1", "convergence from above", "value > 1/4",
        domain="[-1, 1]", expected=REFUTED, note="False variant of ff-floor.",
    ),
    depth(
        "ff-floor-false-five", "False: N_L > 1/4 for every L >= 5", "convergence from above", "value > 1/4",
        domain="[-1, 1]", depths=(5, None), expected=REFUTED, note="The minimum at L = 5 is 0.2366.",
    ),
    inequality(
        "ff-unimodal-L", "N_1 <= N_0 for angles up to 29/25", "monotonicity in depth",
        cos(_theta) - OMEGA, "[0, 29/25]", kind=Kind.MONOTONICITY,
        note="N_L decreases from L = 0 on exactly for angles up to 1.1656, the root of tan t = 2t; beyond, it rises, then "
        "falls: open-problems/unimodal.",
    ),
    inequality(
        "ff-unimodal-L-second", "N_2 <= N_1 for angles from 1/10 to 1", "monotonicity in depth",
        unrolled(FFNET, 1).ntk / 2 - unrolled(FFNET, 2).ntk / 3, "[1/10, 1]", kind=Kind.MONOTONICITY,
    ),
    depth(
        "ff-unimodal-L-antipode", "At c = -1 the kernel never exceeds 0.2957", "monotonicity in depth",
        "value <= 0.2957",
        domain="[-1, -1]", note="It rises for 17 steps to 0.2956739582 and then falls to 1/4.",
    ),
    inequality(
        "ff-unimodal-L-false-first", "False: N_1 <= N_0 for angles up to 6/5", "monotonicity in depth",
        cos(_theta) - OMEGA, "[0, 6/5]", kind=Kind.MONOTONICITY, expected=REFUTED,
        note="False variant of ff-unimodal-L.",
    ),
    inequality(
        "ff-unimodal-L-false-second", "False: N_2 <= N_1 for every angle", "monotonicity in depth",
        unrolled(FFNET, 1).ntk / 2 - unrolled(FFNET, 2).ntk / 3, "[1/10, pi]", kind=Kind.MONOTONICITY, expected=REFUTED,
        note="The normalised kernel is not nonincreasing in depth.",
    ),
    depth(
        "ff-unimodal-L-false-antipode", "False: at c = -1 the kernel stays below its limit", "monotonicity in depth",
        "value <= 1/4", domain="[-1, -1]", expected=REFUTED, note="It would, if it were nondecreasing in depth.",
    ),
)


_x = symbols.x
_u = _x / (3 * pi)


def _scaling(slug: str, title: str, target: Expr, expected: Verdict, note: str) -> Claim:
    """N_L at angle x/L tends to the target for every x > 0."""
    statement = Scaling(
        network=FFNET,
        quantity=Quantity.NORMALIZED_NTK,
        angle=_x / symbols.depth,
        target=target,
        domain=interval(_x, "(0, oo)"),
    )
    return claim(slug, title, "inputs at angle x/L", Kind.LIMIT, statement, expected, note)


SCALINGS = (
    _scaling(
        "ff-scaling", "At angle x/L the limit is ((1+u)^4 - 1)/(4 u (1+u)^3) with u = x/(3 pi)",
        ((1 + _u) ** 4 - 1) / (4 * _u * (1 + _u) ** 3), PROVED,
        "Between 1 (x -> 0) and 1/4 (x -> oo). Theorem W of docs/shapes.md.",
    ),
    _scaling(
        "ff-scaling-false-quadratic", "False: exponent 2 in the place of 3",
        ((1 + _u) ** 4 - 1) / (4 * _u * (1 + _u) ** 2), REFUTED,
        "False variant of ff-scaling (0.589799 at x = 5).",
    ),
    _scaling(
        "ff-scaling-false-simple", "False: the limit at angle x/L is 1/4 + (3/4)/(1+u)",
        Rational(1, 4) + Rational(3, 4) / (1 + _u), REFUTED,
        "Right at both ends, wrong between them. False variant of ff-scaling.",
    ),
    depth(
        "notlearn-exchange", "Near the diagonal N_L >= c (1 - L theta/(2 pi)): depth and sample size do not exchange",
        "learnability", "value >= c*(1 - L*theta/(2*pi))", domain="[0, 1]",
        note="With L^(d-1) points, neighbours are closer than 1/L and the limit 1/4 says nothing of them. "
        "Theorem B of docs/shapes.md.",
    ),
    depth(
        "notlearn-exchange-false", "False: N_L <= 1/4 + (2 + log(L+1))/(L+1) for all x != x'", "learnability",
        "value <= 1/4 + (2 + log(L + 1))/(L + 1)", expected=REFUTED,
        note="One bound for every sample would make the network unlearnable at every n; it fails at close pairs.",
    ),
)

CLAIMS = LEMMAS + ANGLES + LIMITS + RATES + CONSTANTS + SCALINGS
