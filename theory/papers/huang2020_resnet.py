"""Huang et al. 2020, the residual network: limit Omega_1, its rate, the antipode, and the transition at gamma = 1/2.

With h = L^(-2 gamma) the recursion in the correlation contains h through eta = h/(1+h) = 1/(1 + L^(2 gamma)) only, and
so do the bounds.
"""

from sympy import Expr, Rational, cos, pi, sin, summation

from theory import symbols
from theory.architectures import resnet
from theory.duals import in_angle
from theory.network import Network
from theory.papers.huang2020_common import (
    BLOCK,
    FFNET,
    KAPPA_0,
    KAPPA_1,
    OMEGA_IN_C,
    REFUTED,
    RELU,
    RESNET,
    SUPPORTED,
    UNSURE,
    depth,
    identity,
    inequality,
    resnet_at,
)
from theory.papers.short import form, interval

# a claim in four lines reads better than in fourteen
# fmt: off
_theta, _c, _L = symbols.theta, symbols.c, symbols.depth
_h = symbols.alpha**2
_LIMIT, _RATE, _ANTIPODE, _BELOW, _HALF, _SLOPE = (
    "resnet limit", "resnet rate", "resnet at c = -1", "gamma < 1/2", "gamma = 1/2", "slope at coinciding inputs",
)  # fmt: skip
_ETA_L = "L/(1 + L^(2*gamma))"
_ROOT_BOUND = "abs(value - Omega_1) <= L^(1 - 2*gamma)/2 + 0.69*pi*sqrt(2)/3*L^(1/2 - gamma)"

LIMITS = (
    depth(
        "thm-resnet-limit", "alpha = L^-gamma, 1/2 < gamma <= 1: normalised NTK -> Omega_1", _LIMIT, "limit == Omega_1",
        network=RESNET, gammas="(1/2, 1]", domain="[-1, 1]", note=UNSURE,
    ),
    depth(
        "thm-resnet-limit-all-gamma", "The same for every gamma > 1/2", _LIMIT, "limit == Omega_1",
        network=RESNET, gammas="(1/2, oo)", domain="[-1, 1]", note="Sharper than the paper: gamma <= 1 is not needed.",
    ),
    depth(
        "thm-resnet-bound", "gamma = 1: |N_L - Omega_1| <= 1/(2L) + 1.03/sqrt(L) for every pair", _LIMIT,
        "abs(value - Omega_1) <= 1/(2*L) + 103/(100*sqrt(L))", network=resnet_at("1"), domain="[-1, 1]",
    ),
    depth(
        "thm-resnet-bound-all-gamma", "|N_L - Omega_1| <= L^(1-2 gamma)/2 + 0.69 (pi sqrt 2/3) L^(1/2-gamma)",
        _LIMIT,
        _ROOT_BOUND, network=RESNET, gammas="(1/2, oo)", domain="[-1, 1]",
    ),
    depth(
        "thm-resnet-bound-away", "An explicit bound of the printed order for every pair with -1 < c < 1", _RATE,
        "abs(value - Omega_1) <= (L - 1)/(2*(1 + L^(2*gamma)))*(theta/pi + 69/50*(sin(theta) - theta*c)/(pi*sin(theta)))",
        network=RESNET, gammas="[0, oo)",
        note="Exact at L = 1, sharp as theta -> 0; the bracket tends to infinity as c -> -1, as it must.",
    ),
    depth(
        "thm-resnet-false-quarter", "False: for gamma = 3/4 the limit is 1/4", _LIMIT, "limit == 1/4",
        network=resnet_at("3/4"), expected=REFUTED, note="The ffnet limit; false variant of thm-resnet-limit.",
    ),
    depth(
        "thm-resnet-false-half-included", "False: limit Omega_1 for 1/2 <= gamma <= 1", _LIMIT, "limit == Omega_1",
        network=RESNET, gammas="[1/2, 1]", expected=REFUTED, note="gamma >= 1/2 for gamma > 1/2: false at gamma = 1/2.",
    ),
    depth(
        "thm-resnet-false-below", "False: for gamma = 1/4 the limit is Omega_1", _LIMIT, "limit == Omega_1",
        network=resnet_at("1/4"), expected=REFUTED, note="There the limit is 1/4, see gamma-below-half.",
    ),
    depth(
        "thm-resnet-false-third", "False: for gamma = 1 the limit is N_2 of the ffnet, not N_1", _LIMIT,
        f"limit == {in_angle((KAPPA_0.subs(_c, KAPPA_1) * (KAPPA_0 * _c + KAPPA_1) + KAPPA_1.subs(_c, KAPPA_1)) / 3)}",
        network=resnet_at("1"), expected=REFUTED, note="The three-layer kernel taken for the two-layer one.",
    ),
)

# first-order coefficient in eta L: damping by kappa_0 - 1, and the drift kappa_1 - c of the correlation
_COEFFICIENT: Expr = in_angle((OMEGA_IN_C * (KAPPA_0 - 1) + (KAPPA_1 - _c) * OMEGA_IN_C.diff(_c)) / 2)

RATES = (
    depth(
        "thm-resnet-rate", "|N_L - Omega_1| = O(L^(1-2 gamma)) for each pair with -1 < c < 1", _RATE,
        "value - Omega_1 = O(L^(1 - 2*gamma))", network=RESNET, gammas="(1/2, 1]", pointwise=True,
        note="The printed rate, corrected: for all inputs it is false, see thm-resnet-rate-false-all-inputs. " + UNSURE,
    ),
    depth(
        "thm-resnet-rate-uniform", "The same uniformly for c >= -49/50, and for every gamma > 1/2", _RATE,
        "value - Omega_1 = O(L^(1 - 2*gamma))", network=RESNET, gammas="(1/2, oo)", domain="[-49/50, 1]",
    ),
    depth(
        "thm-resnet-rate-all-inputs", "|N_L - Omega_1| = O(L^(1/2-gamma)) uniformly over all pairs", _RATE,
        "value - Omega_1 = O(L^(1/2 - gamma))", network=RESNET, gammas="(1/2, 1]", domain="[-1, 1]",
        note="The exponent that holds for all inputs; sharp at c = -1.",
    ),
    depth(
        "thm-resnet-rate-sharp", "N_L ~ Omega_1 + R(c) L^(1-2 gamma), with the coefficient in closed form", _RATE,
        f"value ~ Omega_1 + ({_COEFFICIENT})*L^(1 - 2*gamma)", network=RESNET, gammas="(1/2, oo)",
        note="Sharper than the paper. R is the claim thm-resnet-rate-coefficient.",
    ),
    depth(
        "thm-resnet-rate-sharp-orthogonal", "gamma = 1, c = 0: N_L ~ Omega_1 + (1/(8 pi))/L", _RATE,
        "value ~ 1/(2*pi) + 1/(8*pi*L)", network=resnet_at("1"), domain="[0, 0]",
    ),
    depth(
        "thm-resnet-rate-false-half", "False: N_L ~ Omega_1 + (R(c)/2) L^(1-2 gamma)", _RATE,
        f"value ~ Omega_1 + ({_COEFFICIENT})/2*L^(1 - 2*gamma)", network=RESNET, gammas="(1/2, 1]", expected=REFUTED,
        note="False variant of thm-resnet-rate-sharp: a factor 2 lost.",
    ),
    identity(
        "thm-resnet-rate-coefficient", "The coefficient of L^(1-2 gamma) in closed form", _RATE, _COEFFICIENT,
        in_angle(
            (KAPPA_1 + _c * KAPPA_0) * (KAPPA_0 - 1) / 4
            + (2 * KAPPA_0 + _c / (pi * sin(_theta))) * (KAPPA_1 - _c) / 4
        ),
        interval(_theta, "(0, pi)"),
        note="R(c) = [(k1 + c k0)(k0 - 1) + (2 k0 + c/(pi sin t))(k1 - c)]/4; tends to -oo as c -> -1.",
    ),
    identity(
        "thm-resnet-rate-coefficient-orthogonal", "R(0) = 1/(8 pi)", _RATE, _COEFFICIENT.subs(_theta, pi / 2),
        1 / (8 * pi),
    ),
    inequality(
        "thm-resnet-rate-coefficient-negative", "R < 0 for angles below 13/10", _RATE,
        -_COEFFICIENT * sin(_theta), "(0, 13/10]", strict=True,
        note="As -R sin theta > 0; the sign changes at 1.31546.",
    ),
    inequality(
        "thm-resnet-rate-coefficient-positive", "R > 0 for angles from 27/20 to 5/2", _RATE,
        _COEFFICIENT, "[27/20, 5/2]", strict=True, note="Exactly for angles between 1.31546 and 2.56795.",
    ),
    depth(
        "thm-resnet-rate-false-all-inputs", "False as printed: O(L^(1-2 gamma)) for all pairs on the sphere", _RATE,
        "value - Omega_1 = O(L^(1 - 2*gamma))", network=RESNET, gammas="(1/2, 1]", domain="[-1, 1]", expected=REFUTED,
        note="False at c = -1, where the exact order is L^(1/2-gamma). Corrected: thm-resnet-rate.",
    ),
    depth(
        "thm-resnet-rate-false-open", "False: O(L^(1-2 gamma)) uniformly for -1 < c < 1", _RATE,
        "value - Omega_1 = O(L^(1 - 2*gamma))", network=RESNET, gammas="(1/2, 1]", expected=REFUTED,
        note="Leaving the antipode out does not help: the constant blows up as c -> -1.",
    ),
    depth(
        "thm-resnet-rate-false-linear", "False: gamma = 1, |N_L - Omega_1| <= 1/(4L) for every pair", _RATE,
        "abs(value - Omega_1) <= 1/(4*L)", network=resnet_at("1"), domain="[-1, 1]", expected=REFUTED,
        note="An explicit form of the printed rate.",
    ),
    inequality(
        "thm-resnet-rate-coefficient-false-sign", "False: R > 0 for angles from 1 to 5/2", _RATE,
        _COEFFICIENT, "[1, 5/2]", strict=True, expected=REFUTED,
        note="The approach to Omega_1 is from below at small angles.",
    ),
    identity(
        "thm-resnet-rate-coefficient-false-orthogonal", "False: R(0) = 1/(4 pi)", _RATE,
        _COEFFICIENT.subs(_theta, pi / 2), 1 / (4 * pi), expected=REFUTED, note="A factor 2 lost.",
    ),
    depth(
        "uniform-half-rate", "|N_L - Omega_1| <= (sqrt 2/(3 pi)) L^(1/2-gamma) for every pair", _RATE,
        "abs(value - Omega_1) <= sqrt(2)/(3*pi)*L^(1/2 - gamma)", network=RESNET, gammas="[1/2, oo)", domain="[-1, 1]",
        note="The best constant, 0.150053; Theorem A of docs/open-problems.md.",
    ),
    depth(
        "uniform-half-rate-acute", "c >= 0: |N_L - Omega_1| <= 0.0613 L^(1-2 gamma)", _RATE,
        "abs(value - Omega_1) <= 0.0613*L^(1 - 2*gamma)", network=RESNET, gammas="[1/2, oo)", domain="[0, 1]",
        expected=SUPPORTED, note="The supremum of |R| on [0, 1) is 0.0612839, at c = 0.7946. No proof is known to us.",
    ),
    depth(
        "uniform-half-rate-false-seventh", "False: gamma = 1, constant 1/7 for every pair", _RATE,
        "abs(value - Omega_1) <= 1/(7*sqrt(L))", network=resnet_at("1"), domain="[-1, 1]", expected=REFUTED,
        note="1/7 < 0.150053. False variant of uniform-half-rate.",
    ),
    depth(
        "uniform-half-rate-false-acute", "False: gamma = 1, |N_L - Omega_1| <= 1/(20 L) for c >= 0", _RATE,
        "abs(value - Omega_1) <= 1/(20*L)", network=resnet_at("1"), domain="[0, 1]", expected=REFUTED,
        note="False variant of uniform-half-rate-acute.",
    ),
)

ANTIPODE = (
    depth(
        "antipode-rate", "At c = -1 the kernel is exactly of order L^(1/2-gamma)", _ANTIPODE,
        "value = Theta(L^(1/2 - gamma))",
        network=RESNET, gammas="(1/2, 1]", domain="[-1, -1]", note="Omega_1 = 0 there. Corrects the printed exponent.",
    ),
    depth(
        "antipode-sharp", "At c = -1: N_L ~ -(sqrt 2/(3 pi)) L^(1/2-gamma)", _ANTIPODE,
        "value ~ -sqrt(2)/(3*pi)*L^(1/2 - gamma)", network=RESNET, gammas="(1/2, 1]", domain="[-1, -1]",
    ),
    depth(
        "antipode-bound", "gamma = 1, c = -1: -N_L <= (1 + y/10)(sqrt 2/(3 pi)) sqrt(y) with y = L/(1 + L^2)",
        _ANTIPODE,
        "-value <= (1 + L/(10*(1 + L^2)))*sqrt(2)/(3*pi)*sqrt(L/(1 + L^2))", network=resnet_at("1"), domain="[-1, -1]",
    ),
    depth(
        "antipode-false-exponent", "False: at c = -1 the order is L^(1-2 gamma)", _ANTIPODE,
        "value = O(L^(1 - 2*gamma))",
        network=RESNET, gammas="(1/2, 1]", domain="[-1, -1]", expected=REFUTED, note="False variant of antipode-rate.",
    ),
    depth(
        "antipode-false-sign", "False: the residual kernel is nonnegative at c = -1", _ANTIPODE, "value >= 0",
        network=resnet_at("1"), domain="[-1, -1]", expected=REFUTED, note="Zero at L = 1, negative from L = 2 on.",
    ),
)

BELOW = (
    depth(
        "gamma-below-half", "0 <= gamma < 1/2: the kernel degenerates, limit 1/4 for x != x'", _BELOW, "limit == 1/4",
        network=RESNET, gammas="[0, 1/2)", domain="[-1, 1)", note="So gamma = 1/2 is the transition.",
    ),
    depth(
        "gamma-below-half-constant", "alpha = 1/2 at every depth: limit 1/4 for x != x'", _BELOW, "limit == 1/4",
        network=resnet(RELU, alpha=Rational(1, 2)), domain="[-1, 1)",
    ),
    depth(
        "gamma-below-half-rate", "0 < gamma < 1/2: |N_L - 1/4| = O(L^(2 gamma - 1)) for each pair", _BELOW,
        "value - 1/4 = O(L^(2*gamma - 1))", network=RESNET, gammas="(0, 1/2)", domain="[-1, 1)", pointwise=True,
        note="A logarithm appears at gamma = 0 only.",
    ),
    depth(
        "gamma-below-half-rate-zero", "gamma = 0: |N_L - 1/4| = O(log L/L) for each pair", _BELOW,
        "value - 1/4 = O(log(L)/L)",
        network=resnet_at("0"), domain="[-1, 1)", pointwise=True,
    ),
    depth(
        "gamma-below-half-bound",
        "2 eta L |N_L - 1/4| <= 3 pi/(2 theta) + 19/2 + (27/10) eta log(1 + eta L)",
        _BELOW,
        f"2*{_ETA_L}*abs(value - 1/4) <= 3*pi/(2*theta) + 19/2 + 27/10/(1 + L^(2*gamma))*log(1 + {_ETA_L})",
        network=RESNET, gammas="[0, 1/2)", domain="[-1, 1)",
        note="eta = 1/(1 + L^(2 gamma)); the constants are generous.",
    ),
    depth(
        "gamma-below-half-false-limit", "False: for gamma = 0 the limit is 1/2", _BELOW, "limit == 1/2",
        network=resnet_at("0"), expected=REFUTED, note="The identity path does not prevent degeneration.",
    ),
    depth(
        "gamma-below-half-false-all-inputs", "False: gamma = 1/4, limit 1/4 with x = x' allowed", _BELOW,
        "limit == 1/4",
        network=resnet_at("1/4"), domain="[-1, 1]", expected=REFUTED, note="False variant of gamma-below-half.",
    ),
)

HALF = (
    depth(
        "half", "gamma = 1/2: the limit is the solution of an ODE, strictly between", _HALF, "limit == flow",
        network=resnet_at("1/2"), domain="[-1, 1]",
        note="flow = U(1)/2, theta' = -(1 - theta cot theta)/pi, U' = -(theta/pi) U + 2 Omega_1, U(0) = 0: "
        "0.439907 at c = 1/2, 0.192847382 at 0, -0.0218074 at -1; rate 1/L, see half-rate-flow.",
    ),
    depth(
        "half-rate-flow", "gamma = 1/2: |N_L - N^flow| <= 1/L for every pair and depth", _HALF,
        "abs(value - flow) <= 1/L", network=resnet_at("1/2"), domain="[-1, 1]",
        note="Sharper than the paper, which names no rate. The least constant is 0.11.",
    ),
    identity(
        "half-ode-angle", "The drift of the angle: -(kappa_1 - c)/sin theta = -(1 - theta cot theta)/pi", _HALF,
        in_angle(_c - KAPPA_1) / sin(_theta), -(1 - _theta * cos(_theta) / sin(_theta)) / pi,
        interval(_theta, "(0, pi)"),
    ),
    identity(
        "half-ode-ntk", "The damping of the NTK per unit of eta is -theta/pi", _HALF,
        in_angle((form(BLOCK).factor - 1) * (1 + _h) / _h), -_theta / pi, interval(_theta, "(0, pi)"),
    ),
    identity(
        "half-ode-homogeneous", "S = kappa_1 - c solves the homogeneous equation: S' = kappa_0 - 1", _HALF,
        (KAPPA_1 - _c).diff(_c), KAPPA_0 - 1, interval(_c, "(-1, 1)"),
        note="So the limit is S(c_1) times the integral of Omega_1/S^2 over the correlations passed.",
    ),
    depth(
        "half-orthogonal", "gamma = 1/2, c = 0: N_L lies within 1/L of 0.192847382", _HALF,
        "abs(value - 0.192847382) <= 1/L + 1e-9", network=resnet_at("1/2"), domain="[0, 0]",
        note="To first order it is off by -0.037738/L.",
    ),
    depth(
        "half-false-two-layer", "False: for gamma = 1/2 the limit is Omega_1", _HALF, "limit == Omega_1",
        network=resnet_at("1/2"), expected=REFUTED, note="False variant of half; at c = 0, 0.159155 against 0.192847.",
    ),
    depth(
        "half-false-quarter", "False: for gamma = 1/2 the limit is 1/4", _HALF, "limit == 1/4",
        network=resnet_at("1/2"), expected=REFUTED, note="False variant of half.",
    ),
    depth(
        "half-false-nonnegative", "False: for gamma = 1/2 the kernel is nonnegative", _HALF, "value >= 0",
        network=resnet_at("1/2"), domain="[-1, 1]", expected=REFUTED,
        note="At c = -1 it is negative from L = 2 on; limit -0.0218.",
    ),
)


def slope_at_coincidence(network: Network) -> Expr:
    """The derivative in theta at theta = 0 of the normalised NTK, for every L at once, from the recursion.

    There the angle passes through a layer unchanged to first order (for ReLU theta_l = theta - O(theta^2), claim
    slope-angle), so t_l = d_l + theta u_l with d_l = d_{l-1} + B and u_l = u_{l-1} + A' d_{l-1} + B', where A and B are
    the factor and the source and A = 1 at theta = 0.
    """
    found = form(network)
    index = symbols.layer
    diagonal = found.diagonal_initial + index * found.diagonal_source
    factor, source = (in_angle(e).diff(_theta).subs(_theta, 0) for e in (found.factor, found.source))
    start = in_angle(found.initial).diff(_theta).subs(_theta, 0)
    slope = start + _L * source + factor * summation(diagonal, (index, 0, _L - 1))
    result: Expr = slope / diagonal.subs(index, _L)
    return result


_FF_SLOPE, _RES_SLOPE = slope_at_coincidence(FFNET), slope_at_coincidence(BLOCK)
_ONE_STEP: Expr = in_angle(form(BLOCK).correlation).diff(_theta, 2).subs(_theta, 0)

SLOPES = (
    identity(
        "slope-angle", "A residual layer leaves small angles unchanged to first order", _SLOPE, _ONE_STEP,
        cos(_theta).diff(_theta, 2).subs(_theta, 0), note="Second derivative of the new correlation in theta, at 0.",
    ),
    identity(
        "slope", "resnet: N_L = 1 - (theta/(2 pi))(1 + (L-1) h/(1+h)) + O(theta^2)", _SLOPE, _RES_SLOPE,
        -(1 + (_L - 1) * _h / (1 + _h)) / (2 * pi), note="h = alpha^2.",
    ),
    identity(
        "slope-ffnet", "ffnet: N_L = 1 - L theta/(2 pi) + O(theta^2)", _SLOPE, _FF_SLOPE, -_L / (2 * pi),
    ),
    identity(
        "slope-less-spiky", "The resnet is less spiky by (L-1)/(2 pi (1+h))", _SLOPE, _RES_SLOPE - _FF_SLOPE,
        (_L - 1) / (2 * pi * (1 + _h)),
    ),
    identity(
        "slope-false-undivided", "False: slope (1 + (L-1) h)/(2 pi)", _SLOPE, _RES_SLOPE,
        -(1 + (_L - 1) * _h) / (2 * pi),
        expected=REFUTED, note="False variant of slope: h for h/(1+h).",
    ),
    identity(
        "slope-false-shift", "False: slope L h/(2 pi (1+h))", _SLOPE, _RES_SLOPE, -_L * _h / (1 + _h) / (2 * pi),
        expected=REFUTED, note="False variant of slope: the first block counts fully.",
    ),
)

CLAIMS = LIMITS + RATES + ANTIPODE + BELOW + HALF + SLOPES
__all__ = ["CLAIMS", "slope_at_coincidence"]
