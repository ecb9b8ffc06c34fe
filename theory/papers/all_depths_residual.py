"""Residual networks at every depth: the kernel of the flow at alpha = L^(-1/2), schedules, and a margin from every constant.

flow is the kernel of the flow, N^flow(theta) = T(tau)/(2 tau) with dc/ds = mu S, dT/ds = -(mu theta/pi) T + 2 Omega, tau = h L.
"""

from sympy import Rational

from theory.activations import leaky_relu
from theory.architectures import resnet
from theory.network import Network
from theory.papers.all_depths_common import REFUTED, bound
from theory.papers.huang2020_common import RELU, resnet_at

_FLOW = "residual and its flow"
_HALF = resnet_at("1/2")
_SLOW: Network = resnet(RELU, alpha="1/(2*sqrt(L))")
_LEAKY: Network = resnet(leaky_relu(Rational(1, 5)), gamma=Rational(1, 2))

FLOW = (
    bound("flow-limit", "alpha = L^(-1/2): N_L -> N^flow", _FLOW, _HALF, "limit == flow", domain="[-1, 1]"),
    bound(
        "flow-bound", "alpha = L^(-1/2): |N_L - N^flow| <= 1/L for every pair and depth", _FLOW, _HALF,
        "abs(value - flow) <= 1/L", domain="[-1, 1]", note="The least constant is 0.11; sup L |N_L - N^flow| -> 0.104.",
    ),
    bound(
        "flow-bound-shifted", "alpha = L^(-1/2): |N_L - N^flow| <= (99/100)/(L+1)", _FLOW, _HALF,
        "abs(value - flow) <= 99/(100*(L + 1))", domain="[-1, 1]",
    ),
    bound(
        "flow-rate", "alpha = L^(-1/2): N_L - N^flow = O(1/L) uniformly, the antipode included", _FLOW, _HALF,
        "value - flow = O(1/L)", domain="[-1, 1]", note="No square root is lost at c = -1, as it is for gamma > 1/2.",
    ),
    bound(
        "flow-orthogonal", "alpha = L^(-1/2), c = 0: |N_L - 0.19284738232045780207| <= 1/L + 10^-20", _FLOW, _HALF,
        "abs(value - 0.19284738232045780207) <= 1/L + 1e-20", domain="[0, 0]", note="20 digits of N^flow.",
    ),
    bound(
        "flow-antipode", "alpha = L^(-1/2), c = -1: N_L >= -1/44 from L = 2000 on", _FLOW, _HALF, "value >= -1/44",
        domain="[-1, -1]", first=2000, note="N^flow(-1) = -0.0218074...",
    ),
    bound(
        "flow-slow", "alpha = L^(-1/2)/2: |N_L - N^flow| <= 1/L, tau = 1/4", _FLOW, _SLOW, "abs(value - flow) <= 1/L",
        domain="[-1, 1]",
    ),
    bound(
        "flow-leaky", "slope 1/5, alpha = L^(-1/2): |N_L - N^flow| <= (57/50)/(L+1)", _FLOW, _LEAKY,
        "abs(value - flow) <= 57/(50*(L + 1))", domain="[-1, 1]",
    ),
    bound(
        "flow-false-constant", "alpha = L^(-1/2): |N_L - N^flow| <= 1/(14 L)", _FLOW, _HALF,
        "abs(value - flow) <= 1/(14*L)", domain="[-1, 1]", expected=REFUTED, note="0.0762 at c = -1/2, L = 1.",
    ),
    bound(
        "flow-false-rate", "alpha = L^(-1/2), c = 0: |N_L - N^flow| <= 1/L^2", _FLOW, _HALF,
        "abs(value - flow) <= 1/L^2", domain="[0, 0]", expected=REFUTED, note="To first order it is -0.037738/L.",
    ),
    bound(
        "flow-false-limit", "alpha = L^(-1/2): N_L -> N^flow + 1/1000", _FLOW, _HALF, "limit == flow + 1/1000",
        expected=REFUTED,
    ),
    bound(
        "flow-false-digit", "alpha = L^(-1/2), c = 0: N_L -> 0.19284738232045780206", _FLOW, _HALF,
        "limit == 0.19284738232045780206", domain="[0, 0]", expected=REFUTED, note="The last digit is wrong.",
    ),
    bound(
        "flow-false-slope", "slope 1/5: N_L tends to the limit of ReLU at c = 0", _FLOW, _LEAKY,
        "limit == 0.19284738232045780207", domain="[0, 0]", expected=REFUTED,
    ),
)  # fmt: skip

CLAIMS = FLOW
