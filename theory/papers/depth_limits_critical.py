"""Critical networks, chi = 1: the limits 1/3 and 1/4, the coefficient of log(L)/L, biases whose lengths grow, residual layers."""

from sympy import Rational

from theory import symbols
from theory.activations import activation
from theory.architectures import densenet, ffnet, ffnet_layernorm, resnet, resnet_preact, resnet_single
from theory.claims import Claim
from theory.papers.depth_limits_common import ANGLE, NNGP, REFUTED, deep, net

_SMOOTH, _KINK, _BIAS, _SMALL, _SCALES = (
    "critical, smooth", "critical, kinked", "relu with biases", "small residual layers", "residual scales and averages",
)  # fmt: skip
_HAYOU = "Hayou, Doucet, Rousseau 2019, edge of chaos; wording from memory"
_HAYOU_STABLE = "Hayou et al. 2021, Stable ResNet"
_XIAO = "Xiao, Pennington, Schoenholz 2020"
_HUANG = "Huang, Wang, Tao, Zhao 2020"
_PDLT = "Roberts, Yaida, Hanin 2022"

_EXP, _ABS, _BALANCED = net("exp"), net("abs"), net("polynomial:2*3^(1/2),3,0,1")
_ERF_1, _ERF_2 = ffnet(activation("erf"), critical=1), ffnet(activation("erf"), critical=2)
_SIN_1, _TANH_1, _POLY_1 = (ffnet(activation(name), critical=1) for name in ("sin", "tanh", "polynomial:0,1,1/3"))
_RELU, _LEAKY = activation("relu"), activation("leaky_relu:1/5")
_OMEGA_ERF = "(4*c/sqrt(9-4*c^2) + pi - 2*acos(2*c/3))/(pi - 2*acos(2/3) + 4/sqrt(5))"
_l = symbols.layer

SMOOTH = (
    deep("exp-limit", "exp: N_L -> 1/3", _SMOOTH, _EXP, "limit == 1/3", source=_HAYOU),
    deep("exp-limit-false", "exp: N_L -> 1/4", _SMOOTH, _EXP, "limit == 1/4", expected=REFUTED, note="1/4 belongs to kinks."),
    deep(
        "exp-log", "exp: N_L ~ 1/3 + log(L)/(9 L)", _SMOOTH, _EXP, "value ~ 1/3 + log(L)/(9*L)",
        note="1/3 - 2 C'''(1)/(9 C''(1)^2) = 1/9.",
    ),
    deep(
        "exp-log-false", "exp: N_L ~ 1/3 + log(L)/(3 L)", _SMOOTH, _EXP, "value ~ 1/3 + log(L)/(3*L)", expected=REFUTED,
        note="The term of C'''(1) left out.",
    ),
    deep("exp-two-sided", "exp: |N_L - 1/3| = Theta(log(L)/L)", _SMOOTH, _EXP, "value - 1/3 = Theta(log(L)/L)", source=_HAYOU),
    deep("exp-rate-false", "exp: |N_L - 1/3| = O(1/L)", _SMOOTH, _EXP, "value - 1/3 = O(1/L)", expected=REFUTED),
    deep(
        "exp-uniform-false", "exp: |N_L - 1/3| = O(log(L)/L) uniformly in c", _SMOOTH, _EXP, "value - 1/3 = O(log(L)/L)",
        uniform=True, expected=REFUTED, note="N_L is continuous and 1 at c = 1.",
    ),
    deep("exp-nngp", "exp: 1 - c_L ~ 2/L", _SMOOTH, _EXP, "value ~ 1 - 2/L", quantity=NNGP, source=_HAYOU, note="2/C''(1)."),
    deep(
        "exp-nngp-false", "exp: 1 - c_L ~ 1/L", _SMOOTH, _EXP, "value ~ 1 - 1/L", quantity=NNGP, expected=REFUTED,
        note="1/C''(1) in the place of 2/C''(1).",
    ),
    deep("exp-angle", "exp: theta_L ~ 2/L^(1/2)", _SMOOTH, _EXP, "value ~ 2/sqrt(L)", quantity=ANGLE),
    deep("balanced-limit", "C = 2/9 + 2c/3 + c^3/9: N_L -> 1/3", _SMOOTH, _BALANCED, "limit == 1/3"),
    deep("balanced-rate", "C = 2/9 + 2c/3 + c^3/9: |N_L - 1/3| = O(1/L)", _SMOOTH, _BALANCED, "value - 1/3 = O(1/L)"),
    deep(
        "balanced-two-sided-false", "|N_L - 1/3| = Theta(log(L)/L) for all smooth critical activations", _SMOOTH, _BALANCED,
        "value - 1/3 = Theta(log(L)/L)", expected=REFUTED, source=_HAYOU,
        note="The logarithm vanishes where C''' = (3/2) C''^2.",
    ),
    deep(
        "balanced-log-false", "C = 2/9 + 2c/3 + c^3/9: N_L ~ 1/3 + log(L)/(3 L)", _SMOOTH, _BALANCED,
        "value ~ 1/3 + log(L)/(3*L)", expected=REFUTED,
    ),
    deep("balanced-nngp", "C = 2/9 + 2c/3 + c^3/9: 1 - c_L ~ 3/L", _SMOOTH, _BALANCED, "value ~ 1 - 3/L", quantity=NNGP),
    deep("erf-critical-limit", "erf, critical at length 1: N_L -> 1/3", _SMOOTH, _ERF_1, "limit == 1/3", source=_HAYOU),
    deep("erf-critical-nngp", "erf, critical at length 1: c_L -> 1", _SMOOTH, _ERF_1, "limit == 1", quantity=NNGP),
    deep(
        "erf-critical-log", "erf, critical at length 1: N_L ~ 1/3 - (11/18) log(L)/L", _SMOOTH, _ERF_1,
        "value ~ 1/3 - 11/18*log(L)/L", note="-1/3 - (2/9)(1 - r^2)/r^2 with r = 2q/(1 + 2q): from below.",
    ),
    deep(
        "erf-critical-log-2", "erf, critical at length 2: N_L ~ 1/3 - (11/24) log(L)/L", _SMOOTH, _ERF_2,
        "value ~ 1/3 - 11/24*log(L)/L",
    ),
    deep(
        "erf-critical-log-false", "erf, critical at length 2: the coefficient of length 1", _SMOOTH, _ERF_2,
        "value ~ 1/3 - 11/18*log(L)/L", expected=REFUTED,
    ),
    deep(
        "erf-critical-sign-false", "erf, critical: N_L ~ 1/3 + (11/18) log(L)/L", _SMOOTH, _ERF_1,
        "value ~ 1/3 + 11/18*log(L)/L", expected=REFUTED,
    ),
    deep(
        "tanh-critical-limit-false", "tanh, critical at length 1: N_L -> 1/4", _SMOOTH, _TANH_1, "limit == 1/4",
        expected=REFUTED, source=_XIAO,
    ),
    deep(
        "tanh-critical-rate", "tanh, critical: |N_L - 1/3| = Theta(log(L)/L)", _SMOOTH, _TANH_1,
        "value - 1/3 = Theta(log(L)/L)", domain="[0, 0]", source=_HAYOU,
    ),
    deep(
        "tanh-critical-false", "tanh, critical: |N_L - 1/3| = O(1/L)", _SMOOTH, _TANH_1, "value - 1/3 = O(1/L)",
        expected=REFUTED,
    ),
    deep("sin-critical-limit", "sin, critical at length 1: N_L -> 1/3", _SMOOTH, _SIN_1, "limit == 1/3"),
    deep(
        "sin-critical-false", "sin, critical: N_L ~ 1/3 + log(L)/(3 L)", _SMOOTH, _SIN_1, "value ~ 1/3 + log(L)/(3*L)",
        expected=REFUTED, note="The coefficient is -0.0498.",
    ),
    deep(
        "polynomial-critical-log", "x + x^2/3, critical: N_L ~ 1/3 + log(L)/(3 L)", _SMOOTH, _POLY_1,
        "value ~ 1/3 + log(L)/(3*L)", note="C''' = 0.",
    ),
    deep(
        "polynomial-critical-false", "x + x^2/3, critical: N_L ~ 1/3 + log(L)/(9 L)", _SMOOTH, _POLY_1,
        "value ~ 1/3 + log(L)/(9*L)", expected=REFUTED,
    ),
)  # fmt: skip

KINKED = (
    deep("leaky-limit", "leaky relu, slope 1/5: N_L -> 1/4", _KINK, net("leaky_relu:1/5"), "limit == 1/4", source=_HAYOU),
    deep("leaky-negative-limit", "leaky relu, slope -1/2: N_L -> 1/4", _KINK, net("leaky_relu:-1/2"), "limit == 1/4"),
    deep(
        "leaky-negative-log", "leaky relu, slope -1/2: N_L ~ 1/4 + 3 log(L)/(8 L)", _KINK, net("leaky_relu:-1/2"),
        "value ~ 1/4 + 3*log(L)/(8*L)", note="3/8 whatever the slope.",
    ),
    deep(
        "leaky-negative-angle", "leaky relu, slope -1/2: theta_L ~ 5 pi/(3 L)", _KINK, net("leaky_relu:-1/2"),
        "value ~ 5*pi/(3*L)", quantity=ANGLE, note="3 pi/(lambda L), lambda = (1 - s)^2/(1 + s^2).",
    ),
    deep(
        "leaky-negative-log-false", "leaky relu, slope -1/2: coefficient (3/8)/lambda", _KINK, net("leaky_relu:-1/2"),
        "value ~ 1/4 + 5*log(L)/(24*L)", expected=REFUTED,
    ),
    deep("abs-limit", "|x|: N_L -> 1/4", _KINK, _ABS, "limit == 1/4"),
    deep("abs-antipode", "|x|: N_L -> 1 at x' = -x", _KINK, _ABS, "limit == 1", domain="[-1, -1]"),
    deep(
        "abs-antipode-false", "|x|: N_L -> 1/4 for every x' other than x", _KINK, _ABS, "limit == 1/4", domain="[-1, 1)",
        expected=REFUTED, note="At x' = -x it is 1.",
    ),
    deep("abs-log", "|x|: N_L ~ 1/4 + 3 log(L)/(8 L)", _KINK, _ABS, "value ~ 1/4 + 3*log(L)/(8*L)"),
    deep("abs-angle", "|x|: theta_L ~ 3 pi/(2 L)", _KINK, _ABS, "value ~ 3*pi/(2*L)", quantity=ANGLE),
    deep("abs-smooth-false", "|x|: N_L -> 1/3", _KINK, _ABS, "limit == 1/3", expected=REFUTED),
    deep("layernorm-limit", "relu behind layer normalisation: N_L -> 1/4", _KINK, ffnet_layernorm(_RELU), "limit == 1/4"),
)  # fmt: skip

BIASES = (
    deep(
        "bias-slope-one", "relu, sigma_w^2 = 1 and bias: N_L -> 4/7", _BIAS, ffnet(_RELU, bias_variance=1), "limit == 4/7",
        note="The lengths grow like L, and the angle halves: theta_L ~ 3 pi/(2 L).",
    ),
    deep(
        "bias-slope-one-angle", "relu, sigma_w^2 = 1 and bias: theta_L ~ 3 pi/(2 L)", _BIAS, ffnet(_RELU, bias_variance=1),
        "value ~ 3*pi/(2*L)", quantity=ANGLE,
    ),
    deep(
        "bias-slope-one-any", "The same for a bias of variance 1/10", _BIAS, ffnet(_RELU, bias_variance=Rational(1, 10)),
        "limit == 4/7",
    ),
    deep(
        "bias-slope-one-false", "relu, sigma_w^2 = 1 and bias: N_L -> 1/4", _BIAS, ffnet(_RELU, bias_variance=1),
        "limit == 1/4", expected=REFUTED, source=_HAYOU, note="1/4 needs a vanishing bias.",
    ),
    deep(
        "bias-large-angle-false", "relu, sigma_w^2 = 1 and bias: theta_L ~ 3 pi/L", _BIAS, ffnet(_RELU, bias_variance=1),
        "value ~ 3*pi/L", quantity=ANGLE, expected=REFUTED,
    ),
)  # fmt: skip

SMALL = (
    deep(
        "resnet-erf", "Residual erf, gamma = 3/4: N_L tends to the kernel of one block", _SMALL,
        resnet(activation("erf"), gamma=Rational(3, 4)), f"limit == {_OMEGA_ERF}", source=_HUANG,
        note="The paper has relu; any activation will do.",
    ),
    deep(
        "resnet-erf-false", "Residual erf, gamma = 3/4: N_L -> c", _SMALL, resnet(activation("erf"), gamma=Rational(3, 4)),
        "limit == c", expected=REFUTED,
    ),
    deep(
        "resnet-erf-degenerate-false", "Residual erf, gamma = 3/4: N_L -> 1/3", _SMALL,
        resnet(activation("erf"), gamma=Rational(3, 4)), "limit == 1/3", expected=REFUTED,
    ),
    deep(
        "resnet-single-erf", "One matrix per layer, erf, gamma = 3/4: N_L -> arcsin(2c/3)/arcsin(2/3)", _SMALL,
        resnet_single(activation("erf"), gamma=Rational(3, 4)), "limit == (pi - 2*acos(2*c/3))/(pi - 2*acos(2/3))",
    ),
    deep(
        "resnet-single-tanh-false", "One matrix per layer, tanh, gamma = 3/4: N_L -> c", _SMALL,
        resnet_single(activation("tanh"), gamma=Rational(3, 4)), "limit == c", expected=REFUTED,
    ),
    deep(
        "resnet-leaky", "Residual leaky relu, slope 1/5, gamma = 3/4", _SMALL, resnet(_LEAKY, gamma=Rational(3, 4)),
        "limit == c + (4*sqrt(1-c^2) - 8*c*theta)/(13*pi)",
    ),
    deep(
        "resnet-leaky-nngp", "Residual leaky relu, slope 1/5, gamma = 3/4: c_L -> c", _SMALL,
        resnet(_LEAKY, gamma=Rational(3, 4)), "limit == c", quantity=NNGP, note="Nothing moves when s = L^(1 - 2 gamma) -> 0.",
    ),
    deep(
        "preact-limit", "Pre-activation relu, gamma = 1: N_L -> c", _SMALL, resnet_preact(_RELU, gamma=1), "limit == c",
        note="The ends are trained and the branch is small.",
    ),
    deep(
        "preact-rate", "Pre-activation relu, gamma = 1: N_L ~ c + (2 sin t - 3 c t)/(2 pi L)", _SMALL,
        resnet_preact(_RELU, gamma=1), "value ~ c + (2*sqrt(1-c^2) - 3*c*theta)/(2*pi*L)",
    ),
    deep(
        "preact-rate-3-4", "Pre-activation relu, gamma = 3/4: N_L - c = O(1/L^(1/2))", _SMALL,
        resnet_preact(_RELU, gamma=Rational(3, 4)), "value - c = O(1/sqrt(L))",
    ),
    deep(
        "preact-rate-false", "Pre-activation relu, gamma = 3/4: N_L - c = O(1/L)", _SMALL,
        resnet_preact(_RELU, gamma=Rational(3, 4)), "value - c = O(1/L)", expected=REFUTED,
    ),
    deep(
        "preact-omega-false", "Pre-activation relu, gamma = 1: N_L tends to the kernel of one block", _SMALL,
        resnet_preact(_RELU, gamma=1), "limit == c - c*theta/pi + sqrt(1-c^2)/(2*pi)", expected=REFUTED,
    ),
    deep("identity-limit", "phi(x) = x: N_L -> c", _SMALL, net("identity"), "limit == c"),
    deep(
        "identity-false", "phi(x) = x, chi = 1: N_L -> 1/3", _SMALL, net("identity"), "limit == 1/3", expected=REFUTED,
        note="Critical, but C is the identity.",
    ),
)  # fmt: skip

SCALES = (
    deep(
        "leaky-quarter", "Residual leaky relu, gamma = 1/4: N_L -> 1/4", _SCALES, resnet(_LEAKY, gamma=Rational(1, 4)),
        "limit == 1/4", source="Tian and Yu 2024; wording from memory",
    ),
    deep(
        "leaky-quarter-rate", "Residual leaky relu, gamma = 1/4: N_L - 1/4 = O(1/L^(1/2))", _SCALES,
        resnet(_LEAKY, gamma=Rational(1, 4)), "value - 1/4 = O(1/sqrt(L))",
    ),
    deep(
        "leaky-quarter-false", "Residual leaky relu, gamma = 1/4: N_L -> 1/3", _SCALES, resnet(_LEAKY, gamma=Rational(1, 4)),
        "limit == 1/3", expected=REFUTED,
    ),
    deep(
        "single-constant", "One matrix per layer, alpha = 1: N_L ~ 1/4 + 3 log(L)/(8 L)", _SCALES,
        resnet_single(_RELU, alpha=1), "value ~ 1/4 + 3*log(L)/(8*L)", source=_HAYOU,
    ),
    deep(
        "single-constant-false", "One matrix per layer, alpha = 1: N_L -> 1/2", _SCALES, resnet_single(_RELU, alpha=1),
        "limit == 1/2", expected=REFUTED,
    ),
    deep(
        "decreasing-half", "alpha_l = l^(-1/2): N_L -> 1/4", _SCALES, resnet(_RELU, alpha=_l ** Rational(-1, 2)),
        "limit == 1/4", source=_HAYOU_STABLE,
    ),
    deep(
        "decreasing-half-angle", "alpha_l = l^(-1/2): theta_L ~ 3 pi/log(L)", _SCALES,
        resnet(_RELU, alpha=_l ** Rational(-1, 2)), "value ~ 3*pi/log(L)", quantity=ANGLE,
    ),
    deep(
        "decreasing-half-rate", "alpha_l = l^(-1/2): N_L - 1/4 = O(1/log(L))", _SCALES,
        resnet(_RELU, alpha=_l ** Rational(-1, 2)), "value - 1/4 = O(1/log(L))",
        note="No iterated logarithm: the angle flow has no cubic term.",
    ),
    deep(
        "decreasing-half-false", "alpha_l = l^(-1/2): nothing degenerates, c_L -> c", _SCALES,
        resnet(_RELU, alpha=_l ** Rational(-1, 2)), "limit == c", quantity=NNGP, expected=REFUTED, source=_HAYOU_STABLE,
        note="The sum of alpha_l^2 diverges.",
    ),
    deep(
        "decreasing-quarter", "alpha_l = l^(-1/4): N_L -> 1/4", _SCALES, resnet(_RELU, alpha=_l ** Rational(-1, 4)),
        "limit == 1/4",
    ),
    deep(
        "decreasing-quarter-angle", "alpha_l = l^(-1/4): theta_L ~ 3 pi/(2 L^(1/2))", _SCALES,
        resnet(_RELU, alpha=_l ** Rational(-1, 4)), "value ~ 3*pi/(2*sqrt(L))", quantity=ANGLE,
    ),
    deep(
        "decreasing-quarter-false", "alpha_l = l^(-1/4): theta_L ~ 3 pi/L^(1/2)", _SCALES,
        resnet(_RELU, alpha=_l ** Rational(-1, 4)), "value ~ 3*pi/sqrt(L)", quantity=ANGLE, expected=REFUTED,
        note="The sum of l^(-1/2) is 2 L^(1/2).",
    ),
    deep(
        "densenet-limit", "Dense relu network: N_L -> 1/4", _SCALES, densenet(_RELU), "limit == 1/4",
        note="A mean over the layers: steps of 1/l, time log(L).",
    ),
    deep("densenet-rate", "Dense relu network: N_L - 1/4 = O(1/log(L))", _SCALES, densenet(_RELU), "value - 1/4 = O(1/log(L))"),
    deep(
        "densenet-angle", "Dense relu network: theta_L ~ 3 pi/log(L)", _SCALES, densenet(_RELU), "value ~ 3*pi/log(L)",
        quantity=ANGLE,
    ),
    deep(
        "densenet-false", "Dense relu network: theta_L ~ 3 pi/L", _SCALES, densenet(_RELU), "value ~ 3*pi/L", quantity=ANGLE,
        expected=REFUTED,
    ),
    deep("densenet-erf", "Dense erf network: N_L -> 0", _SCALES, densenet(activation("erf")), "limit == 0"),
)  # fmt: skip

CLAIMS: tuple[Claim, ...] = (*SMOOTH, *KINKED, *BIASES, *SMALL, *SCALES)
