"""Orders of growth: logarithms at other lengths and for other activations, lengths that move, scales, opposite inputs."""

from sympy import Rational

from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Claim
from theory.papers.depth_limits_common import NNGP, REFUTED, deep

_LOG, _MOVING, _SCALE, _OPPOSITE = (
    "critical, smooth", "lengths that move", "homogeneous networks of any scale", "opposite inputs",
)  # fmt: skip
_HAYOU = "Hayou, Doucet, Rousseau 2019, edge of chaos; wording from memory"
_POOLE = "Poole et al. 2016, Schoenholz et al. 2017"

_ERF_HALF = ffnet(activation("erf"), critical=Rational(1, 2))
_SIN_1 = ffnet(activation("sin"), critical=1)
_QUADRATIC = ffnet(activation("polynomial:0,1,1/4"), critical=1)
_ERF_5 = ffnet(activation("erf"), weight_variance=5, normalised=False)
_BUMP = ffnet(activation("expr:exp(-x^2)"), weight_variance=12, bias_variance=Rational(3, 10), normalised=False)
_RELU_2, _RELU_W = ffnet(activation("relu"), critical=2), ffnet(activation("relu"), weight_variance=3)
_LEAKY_1 = resnet(activation("leaky_relu:1/5"), gamma=1)
_COTH = "(exp(2) + 1)/(exp(2) - 1)"
_BOUND = "1/4 + (3*pi/(4*theta) + 2 + 3/8*log(L+1))/(L+1)"

CLAIMS: tuple[Claim, ...] = (
    deep(
        "erf-half-log", "erf, critical at length 1/2: N_L ~ 1/3 - log(L)/L", _LOG, _ERF_HALF, "value ~ 1/3 - log(L)/L",
        source=_HAYOU, note="-1/3 - (2/9)(1 - r^2)/r^2 with r = 2q/(1 + 2q) = 1/2.",
    ),
    deep(
        "erf-half-log-false", "erf, critical at length 1/2: the coefficient of length 1", _LOG, _ERF_HALF,
        "value ~ 1/3 - 11/18*log(L)/L", expected=REFUTED,
    ),
    deep(
        "sin-log", "sin, critical at length 1: N_L ~ 1/3 + (1/3 - (2/9) coth(1)^2) log(L)/L", _LOG, _SIN_1,
        f"value ~ 1/3 + (1/3 - 2/9*({_COTH})^2)*log(L)/L", note="C''(1) = tanh(1)^2 and C'''(1) = tanh(1)^2.",
    ),
    deep(
        "sin-log-false", "sin, critical at length 1: coth(1) in the place of coth(1)^2", _LOG, _SIN_1,
        f"value ~ 1/3 + (1/3 - 2/9*({_COTH}))*log(L)/L", expected=REFUTED,
    ),
    deep(
        "quadratic-log", "x + x^2/4, critical: N_L ~ 1/3 + log(L)/(3 L)", _LOG, _QUADRATIC, "value ~ 1/3 + log(L)/(3*L)",
        note="C''' = 0, whatever the coefficient of x^2.",
    ),
    deep(
        "quadratic-log-false", "x + x^2/4, critical: N_L ~ 1/3 - log(L)/(3 L)", _LOG, _QUADRATIC,
        "value ~ 1/3 - log(L)/(3*L)", expected=REFUTED,
    ),
    deep(
        "erf-moving-rate", "erf, sigma_w^2 = 5, unnormalised: c_L = O((5/6)^L)", _MOVING, _ERF_5, "value = O((5/6)^L)",
        quantity=NNGP, source=_POOLE, note="C'(0) = 0.824... at the fixed length; C(0, q) = 0 at every length.",
    ),
    deep(
        "erf-moving-limit-false", "erf, sigma_w^2 = 5, unnormalised: c_L -> 1/10", _MOVING, _ERF_5, "limit == 1/10",
        quantity=NNGP, expected=REFUTED,
    ),
    deep(
        "bump-moving-ntk", "exp(-x^2), sigma_w^2 = 12, sigma_b^2 = 3/10, unnormalised: N_L = O((2/5)^L)", _MOVING, _BUMP,
        "value = O((2/5)^L)", note="The NTK at one input grows like chi^L, chi = 2.91...; the lengths settle like 0.43^L.",
    ),
    deep(
        "bump-moving-ntk-false", "exp(-x^2), sigma_w^2 = 12, sigma_b^2 = 3/10, unnormalised: N_L -> 1/3", _MOVING, _BUMP,
        "limit == 1/3", expected=REFUTED,
    ),
    deep(
        "relu-norm-two", "relu on inputs of squared norm 2: the bound of norm 1", _SCALE, _RELU_2, f"value <= {_BOUND}",
        uniform=True, source="Huang et al. 2020", note="Normalised kernels do not see the scale.",
    ),
    deep(
        "relu-norm-two-false", "relu on inputs of squared norm 2: N_L <= 1/4 + 1/(L + 1)", _SCALE, _RELU_2,
        "value <= 1/4 + 1/(L+1)", uniform=True, expected=REFUTED,
    ),
    deep(
        "relu-variance-three", "relu, sigma_w^2 = 3: the bound of variance 1", _SCALE, _RELU_W, f"value <= {_BOUND}",
        uniform=True, note="The lengths grow like 3^L, and cancel.",
    ),
    deep(
        "leaky-opposite", "Residual leaky relu, slope 1/5, gamma = 1: N_L -> -5/13 at x' = -x", _OPPOSITE, _LEAKY_1,
        "limit == -5/13", domain="[-1, -1]", note="The kernel of one block; the correction there is of the order L^(-1/2).",
    ),
    deep(
        "leaky-opposite-false", "Residual leaky relu, slope 1/5, gamma = 1: N_L -> 0 at x' = -x", _OPPOSITE, _LEAKY_1,
        "limit == 0", domain="[-1, -1]", expected=REFUTED, note="That is relu.",
    ),
)  # fmt: skip
