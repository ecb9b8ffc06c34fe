"""Explicit bounds at every depth L, proved by certificates: families of networks at once, constants named.

The theorems are derived in docs/metatheorems.md. Letters: N_L is the normalised NTK, Theta_L the NTK, s the slope of a leaky
ReLU and mu = (1 - s)^2/(1 + s^2), theta the angle of the two inputs. False variants stand beside the true ones: "false" is part
of their ids.
"""

from theory import symbols
from theory.activations import activation, leaky_relu
from theory.architectures import ffnet
from theory.claims import Claim
from theory.network import Network
from theory.papers import all_depths_residual
from theory.papers.all_depths_common import ANGLE, NNGP, NTK, REFUTED, bound

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

_SMOOTH, _ORDERED = "smooth and critical", "smooth and ordered"


def _critical(name: str) -> Network:
    """Critical at length 1 of the pre-activations."""
    return ffnet(activation(name), critical=1)


_EXP, _BALANCED = ffnet(activation("exp")), ffnet(activation("polynomial:2*3^(1/2),3,0,1"))
_TANH, _ERF, _SIN, _GELU, _POLY = map(_critical, ("tanh", "erf", "sin", "gelu", "polynomial:0,1,1/3"))
_SIGMOID, _SOFTPLUS = ffnet(activation("sigmoid")), ffnet(activation("softplus"))

CRITICAL = (
    bound("exp-limit", "exp: N_L -> 1/3", _SMOOTH, _EXP, "limit == 1/3"),
    bound(
        "exp-two-sided", "exp: |Theta_L - (L+1)/3 - (1/9) log(1 + (1-c) L/2)| <= 2/(3 (1-c)) + 22", _SMOOTH, _EXP,
        "abs(value - (L + 1)/3 - log(1 + (1 - c)*L/2)/9) <= 2/(3*(1 - c)) + 22", quantity=NTK, first=0,
        note="At every depth, uniformly on [-1, 1).",
    ),
    bound("exp-log", "exp: N_L ~ 1/3 + log(L)/(9 L)", _SMOOTH, _EXP, "value ~ 1/3 + log(L)/(9*L)"),
    bound("exp-floor", "exp: N_L >= 1/4 for every c from L = 400 on", _SMOOTH, _EXP, "value >= 1/4", first=400),
    bound("exp-nngp", "exp: 1 - c_L ~ 2/L", _SMOOTH, _EXP, "value ~ 1 - 2/L", quantity=NNGP),
    bound("erf-limit", "erf, critical at length 1: N_L -> 1/3", _SMOOTH, _ERF, "limit == 1/3"),
    bound("tanh-limit", "tanh, critical at length 1: N_L -> 1/3", _SMOOTH, _TANH, "limit == 1/3"),
    bound("sin-limit", "sin, critical at length 1: N_L -> 1/3", _SMOOTH, _SIN, "limit == 1/3"),
    bound("gelu-limit", "gelu, critical at length 1: N_L -> 1/3", _SMOOTH, _GELU, "limit == 1/3"),
    bound(
        "tanh-order", "tanh, critical at length 1: N_L - 1/3 = Theta(log(L)/L) at c = 0", _SMOOTH, _TANH,
        "value - 1/3 = Theta(log(L)/L)", domain="[0, 0]",
    ),
    bound(
        "polynomial-log", "x + x^2/3, critical: N_L ~ 1/3 + log(L)/(3 L)", _SMOOTH, _POLY, "value ~ 1/3 + log(L)/(3*L)",
        note="The third derivative of the map vanishes.",
    ),
    bound(
        "balanced-order", "C = 2/9 + 2c/3 + c^3/9: N_L - 1/3 = O(1/L) on [-1, 1/2]", _SMOOTH, _BALANCED,
        "value - 1/3 = O(1/L)", domain="[-1, 1/2]", note="No logarithm: 2 C'''(1) = 3 C''(1)^2.",
    ),
    bound("exp-limit-false", "exp: N_L -> 1/4", _SMOOTH, _EXP, "limit == 1/4", expected=REFUTED, note="1/4 belongs to kinks."),
    bound("tanh-limit-false", "tanh, critical: N_L -> 1/4", _SMOOTH, _TANH, "limit == 1/4", expected=REFUTED),
    bound(
        "exp-log-false", "exp: N_L ~ 1/3 + log(L)/(3 L)", _SMOOTH, _EXP, "value ~ 1/3 + log(L)/(3*L)", expected=REFUTED,
        note="The third derivative left out.",
    ),
    bound(
        "exp-two-sided-false", "exp: |Theta_L - (L+1)/3| <= 2/(3 (1-c)) + 22", _SMOOTH, _EXP,
        "abs(value - (L + 1)/3) <= 2/(3*(1 - c)) + 22", quantity=NTK, expected=REFUTED,
        note="The logarithm left out: false beyond a depth near 10^200 only.",
    ),
)  # fmt: skip

ORDERED = (
    bound(
        "sigmoid-nngp", "sigmoid: 1 - c_L <= (1 - c)/6^L", _ORDERED, _SIGMOID, "value >= 1 - (1/6)^L*(1 - c)",
        quantity=NNGP, domain="[-1, 1]", note="C'(1) = 0.1528...",
    ),
    bound(
        "sigmoid-ntk", "sigmoid: |N_L - 1| <= (1 + 2 L) (1 - c)/6^L", _ORDERED, _SIGMOID,
        "abs(value - 1) <= (1/6)^L*(1 - c)*(1 + 2*L)", domain="[-1, 1]",
    ),
    bound(
        "softplus-nngp", "softplus: 1 - c_L <= (1 - c)/3^L", _ORDERED, _SOFTPLUS, "value >= 1 - (1/3)^L*(1 - c)",
        quantity=NNGP, domain="[-1, 1]", note="C'(1) = 0.3185...",
    ),
    bound(
        "softplus-ntk", "softplus: |N_L - 1| <= (1 + 2 L) (1 - c)/3^L", _ORDERED, _SOFTPLUS,
        "abs(value - 1) <= (1/3)^L*(1 - c)*(1 + 2*L)", domain="[-1, 1]",
    ),
    bound(
        "sigmoid-nngp-false", "sigmoid: 1 - c_L <= (1 - c)/7^L", _ORDERED, _SIGMOID, "value >= 1 - (1/7)^L*(1 - c)",
        quantity=NNGP, domain="[0, 1/2]", expected=REFUTED, note="1/7 is below C'(1).",
    ),
)  # fmt: skip

_CHAOTIC = "smooth or kinked, and chaotic"
_ERF_0, _GELU_0, _CUBE = (ffnet(activation(name)) for name in ("erf", "gelu", "relu_power:3"))

CHAOTIC = (
    bound(
        "erf-nngp", "erf: |c_L| <= 4 (1 + 2/(1-c^2))^2 (24/25)^L", _CHAOTIC, _ERF_0,
        "abs(value) <= 4*(1 + 2/sin(theta)^2)^2*(24/25)^L", quantity=NNGP, domain="(-1, 1)",
    ),
    bound(
        "erf-ntk", "erf: |N_L| <= 30 (1 + 2/(1-c^2))^6 (5/6)^L", _CHAOTIC, _ERF_0,
        "abs(value) <= 30*(1 + 2/sin(theta)^2)^6*(5/6)^L", domain="(-1, 1)", note="1/C'(1) = 0.8158...",
    ),
    bound(
        "gelu-ntk", "gelu: |N_L| <= 100 (1 + 2/(1-c^2))^6 (19/20)^L", _CHAOTIC, _GELU_0,
        "abs(value) <= 100*(1 + 2/sin(theta)^2)^6*(19/20)^L", domain="(-1, 1)", note="1/C'(1) = 0.9328...",
    ),
    bound(
        "relu3-ntk", "relu^3: |N_L| <= 100 (1 + 2/(1-c^2))^6 (3/5)^L", _CHAOTIC, _CUBE,
        "abs(value) <= 100*(1 + 2/sin(theta)^2)^6*(3/5)^L", domain="(-1, 1)", note="1/C'(1) = 5/9.",
    ),
    bound(
        "erf-ntk-false", "erf: |N_L| <= (1/2)^L", _CHAOTIC, _ERF_0, "abs(value) <= (1/2)^L", domain="(-1, 1)",
        expected=REFUTED, note="1/2 is below 1/C'(1).",
    ),
)  # fmt: skip

CLAIMS: tuple[Claim, ...] = (*SLOPES, *CRITICAL, *ORDERED, *CHAOTIC, *all_depths_residual.CLAIMS)
