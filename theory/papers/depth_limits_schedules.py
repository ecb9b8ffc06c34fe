"""Residual scales that depend on the layer: whether the sum of alpha_l^2 converges decides what becomes of the kernels."""

from theory.activations import activation
from theory.architectures import resnet
from theory.claims import Claim
from theory.network import Network
from theory.papers.depth_limits_common import ANGLE, NNGP, REFUTED, deep

_FINITE, _INFINITE = "stable schedules", "schedules with an infinite sum"
_HAYOU = "Hayou et al. 2021, stable ResNet; wording from memory"


def _net(alpha: str, name: str = "relu") -> Network:
    return resnet(activation(name), alpha=alpha)


CLAIMS: tuple[Claim, ...] = (
    deep("schedule-half", "alpha_l = l^(-1/2): N_L -> 1/4", _INFINITE, _net("l^(-1/2)"), "limit == 1/4", source=_HAYOU),
    deep(
        "schedule-half-rate", "alpha_l = l^(-1/2): N_L - 1/4 = O(1/log L)", _INFINITE, _net("l^(-1/2)"),
        "value - 1/4 = O(1/log(L))",
    ),
    deep(
        "schedule-half-rate-false", "alpha_l = l^(-1/2): the angle decays like 1/L", _INFINITE, _net("l^(-1/2)"),
        "value = O(1/L)", quantity=ANGLE, expected=REFUTED, note="The angle is 3 pi/log L (1 + o(1)).",
    ),
    deep(
        "schedule-third-angle", "alpha_l = l^(-1/3): theta_L ~ pi L^(-1/3)", _INFINITE, _net("l^(-1/3)"),
        "value ~ pi*L^(-1/3)", quantity=ANGLE,
    ),
    deep(
        "schedule-log", "alpha_l^2 = 1/(l log(l+1)): N_L -> 1/4", _INFINITE, _net("1/sqrt(l*log(l+1))"), "limit == 1/4",
        note="The sum of alpha_l^2 is log log L: by Bertrand it diverges.",
    ),
    deep(
        "schedule-log-false", "alpha_l^2 = 1/(l log(l+1)): N_L -> 1/3", _INFINITE, _net("1/sqrt(l*log(l+1))"), "limit == 1/3",
        expected=REFUTED,
    ),
    deep(
        "schedule-first-false", "alpha_l = 1/l: N_L -> 1/4", _FINITE, _net("1/l"), "limit == 1/4", expected=REFUTED,
        source=_HAYOU, note="The sum of alpha_l^2 is finite: the limit depends on the inputs; at c = 0 it is 0.19260...",
    ),
    deep(
        "schedule-first-nngp-false", "alpha_l = 1/l: c_L -> 1", _FINITE, _net("1/l"), "limit == 1", quantity=NNGP,
        expected=REFUTED,
    ),
    deep(
        "schedule-geometric-false", "alpha_l = 2^(-l): N_L -> 33/100 at c = 3/10", _FINITE, _net("2^(-l)"),
        "limit == 33/100", domain="[3/10, 3/10]", expected=REFUTED, note="N = 0.33033826017353...",
    ),
    deep(
        "schedule-log-square-false", "alpha_l = 1/(l^(1/2) log(l+1)) degenerates", _FINITE, _net("1/(sqrt(l)*log(l+1))"),
        "limit == 1", quantity=NNGP, expected=REFUTED, note="The sum of 1/(l log^2(l+1)) converges, slowly: 3.3877...",
    ),
    deep(
        "schedule-erf-false", "erf, alpha_l = 1/l: c_L -> 0 at c = 3/10", _FINITE, _net("1/l", "erf"), "limit == 0",
        quantity=NNGP, domain="[3/10, 3/10]", expected=REFUTED,
        note="A feedforward erf network is chaotic; here c_L tends to 0.27443...",
    ),
)  # fmt: skip
