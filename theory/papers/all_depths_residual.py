"""Residual networks at every depth: the kernel of the flow at alpha = L^(-1/2), schedules, and a margin from every constant.

flow is the kernel of the flow, N^flow(theta) = T(tau)/(2 tau) with dc/ds = mu S, dT/ds = -(mu theta/pi) T + 2 Omega, tau = h L.
"""

from sympy import Integer, Rational

from theory import symbols
from theory.activations import leaky_relu
from theory.architectures import resnet
from theory.claims import Claim, Kind, Margin, Quantity, Verdict
from theory.network import Network
from theory.papers.all_depths_common import ANGLE, NNGP, PAPER, REFUTED, bound
from theory.papers.huang2020_common import OMEGA, RELU, RESNET, resnet_at
from theory.papers.short import claim, interval
from theory.parsing import parse

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
        "flow-orthogonal", "alpha = L^(-1/2), c = 0: |N_L - 0.192847382320| <= 1/L + 10^-12", _FLOW, _HALF,
        "abs(value - 0.192847382320) <= 1/L + 1e-12", domain="[0, 0]", note="12 digits of N^flow.",
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
        "flow-false-digit", "alpha = L^(-1/2), c = 0: N_L -> 0.1928473823", _FLOW, _HALF,
        "limit == 0.1928473823", domain="[0, 0]", expected=REFUTED, note="The next digits are 204578.",
    ),
    bound(
        "flow-false-slope", "slope 1/5: N_L tends to the limit of ReLU at c = 0", _FLOW, _LEAKY,
        "limit == 0.192847382320", domain="[0, 0]", expected=REFUTED,
    ),
)  # fmt: skip

_STEPS = "schedules"


def _scheduled(alpha: str, slope: Rational = Rational(0)) -> Network:
    return resnet(leaky_relu(slope) if slope else RELU, alpha=alpha)


_TWO_LAYERS = f"({OMEGA})"
SCHEDULES = (
    bound(
        "schedule-uniform", "alpha_l = 1/l: |N_L - Omega_1| <= 4/25 for every pair and depth", _STEPS, _scheduled("1/l"),
        f"abs(value - {_TWO_LAYERS}) <= 4/25", domain="[-1, 1]", note="(sqrt 2/(3 pi)) sqrt(H), H <= (pi coth pi - 1)/2.",
    ),
    bound(
        "schedule-uniform-shifted", "alpha_l = 1/(l+1): |N_L - Omega_1| <= 23/200", _STEPS, _scheduled("1/(l+1)"),
        f"abs(value - {_TWO_LAYERS}) <= 23/200", domain="[-1, 1]",
    ),
    bound(
        "schedule-uniform-slow", "alpha_l = l^(-3/4): |N_L - Omega_1| <= 21/100", _STEPS, _scheduled("l^(-3/4)"),
        f"abs(value - {_TWO_LAYERS}) <= 21/100", domain="[-1, 1]",
    ),
    bound(
        "schedule-uniform-geometric", "alpha_l = 2^(-l): |N_L - Omega_1| <= 2/25", _STEPS, _scheduled("2^(-l)"),
        f"abs(value - {_TWO_LAYERS}) <= 2/25", domain="[-1, 1]",
    ),
    bound(
        "schedule-inner", "alpha_l = 1/l: |N_L - Omega_1| <= 0.53835 (theta/pi + 1.327 S/sin theta)", _STEPS, _scheduled("1/l"),
        f"abs(value - {_TWO_LAYERS}) <= 0.53835*(theta/pi + 1.327*(sin(theta) - theta*cos(theta))/(pi*sin(theta)))",
        domain="(-1, 1)",
    ),
    bound(
        "schedule-nngp", "alpha_l = 1/l: c_L <= c + (27/25) S(theta)", _STEPS, _scheduled("1/l"),
        "value <= c + 27/25*(sin(theta) - theta*cos(theta))/pi", quantity=NNGP, domain="[-1, 1]",
    ),
    bound(
        "schedule-nngp-logarithm", "alpha_l = 1/(sqrt(l) log(l+1)): c_L <= c + (91/50) S(theta)", _STEPS,
        _scheduled("1/(sqrt(l)*log(l+1))"), "value <= c + 91/50*(sin(theta) - theta*cos(theta))/pi", quantity=NNGP,
        domain="[-1, 1]", note="The sum converges by Bertrand's series; alpha_1 is larger than 1.",
    ),
    bound(
        "schedule-degenerates", "alpha_l = l^(-1/2): |N_L - 1/4| log(L+1) <= 3 pi/(2 theta) + 19/2 + (27/20) log(1 + log(L+1)/2)",
        _STEPS, _scheduled("l^(-1/2)"),
        "abs(value - 1/4) <= (3*pi/(2*theta) + 19/2 + 27/20*log(1 + log(L+1)/2))/log(L+1)",
    ),
    bound(
        "schedule-degenerates-power",
        "alpha_l = l^(-1/3): |N_L - 1/4| <= (3 pi/(2 theta) + 19/2 + 27/20 log(1 + x/2))/x, x = L^(1/3)",
        _STEPS, _scheduled("l^(-1/3)"),
        "abs(value - 1/4) <= (3*pi/(2*theta) + 19/2 + 27/20*log(1 + L^(1/3)/2))/L^(1/3)",
    ),
    bound(
        "schedule-rate", "alpha_l = l^(-1/3): N_L - 1/4 = O(log(L) L^(-1/3)) uniformly up to c = 9/10", _STEPS,
        _scheduled("l^(-1/3)"), "value - 1/4 = O(log(L)*L^(-1/3))", domain="[-1, 9/10]",
    ),
    bound(
        "schedule-angle", "alpha_l = l^(-1/2): theta_L <= theta/(1 + theta log(L+1)/(6 pi))", _STEPS,
        _scheduled("l^(-1/2)"), "value <= theta/(1 + theta*log(L+1)/(6*pi))", quantity=ANGLE,
    ),
    bound(
        "schedule-leaky", "slope 1/5, alpha_l = 1/l: c_L <= c + (2/3) S(theta)", _STEPS, _scheduled("1/l", Rational(1, 5)),
        "value <= c + 2/3*(sin(theta) - theta*cos(theta))/pi", quantity=NNGP, domain="[-1, 1]", note="mu H = 0.6626.",
    ),
    bound(
        "schedule-false-uniform", "alpha_l = 1/l: |N_L - Omega_1| <= 1/100 for every pair and depth", _STEPS,
        _scheduled("1/l"), f"abs(value - {_TWO_LAYERS}) <= 1/100", domain="[-1, 1]", expected=REFUTED,
    ),
    bound(
        "schedule-false-limit", "alpha_l = 1/l: N_L -> 1/4", _STEPS, _scheduled("1/l"), "limit == 1/4", expected=REFUTED,
        note="At c = 1/2 it stays 0.065 above.",
    ),
    bound(
        "schedule-false-two-layer", "alpha_l = l^(-1/2): N_L -> Omega_1", _STEPS, _scheduled("l^(-1/2)"),
        f"limit == {_TWO_LAYERS}", expected=REFUTED, note="The sum of alpha_l^2 diverges.",
    ),
    bound(
        "schedule-false-angle", "alpha_l = l^(-1/2): theta_L <= theta/(1 + theta log(L+1)/pi)", _STEPS,
        _scheduled("l^(-1/2)"), "value <= theta/(1 + theta*log(L+1)/pi)", quantity=ANGLE, expected=REFUTED,
        note="Three times the pace.",
    ),
    bound(
        "schedule-false-rate", "alpha_l = l^(-1/3): theta_L = O(L^(-2/3))", _STEPS, _scheduled("l^(-1/3)"),
        "value = O(L^(-2/3))", quantity=ANGLE, expected=REFUTED,
    ),
)  # fmt: skip

_MARGIN = "a margin from every constant"


def _margin(
    slug: str,
    title: str,
    network: Network,
    size: str,
    *,
    gammas: str | None = None,
    first: int = 1,
    expected: Verdict = Verdict.PROVED,
    note: str = "",
) -> Claim:
    statement = Margin(
        network=network,
        quantity=Quantity.NORMALIZED_NTK,
        inputs=(Rational(9, 10), Integer(0)),
        size=parse(size),
        depth_low=first,
        parameters=() if gammas is None else (interval(symbols.gamma, gammas),),
    )
    return claim(PAPER, slug, title, _MARGIN, Kind.BOUND, statement, expected, note)


_HALF_OF_IT = "So at every depth N_L is half of it or more away from every constant, at one of the two inputs."
MARGINS = (
    _margin(
        "margin-half", "gamma >= 1/2: N_L(9/10) - N_L(0) >= 3/8 at every depth", RESNET, "3/8", gammas="[1/2, oo)",
        note=_HALF_OF_IT,
    ),
    _margin("margin-small", "gamma >= 1/2: N_L(9/10) - N_L(0) >= 3/25", RESNET, "3/25", gammas="[1/2, oo)"),
    _margin("margin-one", "gamma = 1: N_L(9/10) - N_L(0) >= 3/5 at every depth", resnet_at("1"), "3/5", note=_HALF_OF_IT),
    _margin(
        "margin-transition", "gamma = 1/2: N_L(9/10) - N_L(0) >= 11/20", _HALF, "11/20", note="0.5967 in the limit.",
    ),
    _margin("margin-schedule", "alpha_l = 1/l: N_L(9/10) - N_L(0) >= 9/25", _scheduled("1/l"), "9/25", note=_HALF_OF_IT),
    _margin("margin-geometric", "alpha_l = 2^(-l): N_L(9/10) - N_L(0) >= 12/25", _scheduled("2^(-l)"), "12/25"),
    _margin(
        "margin-false-transition", "gamma = 1/2: N_L(9/10) - N_L(0) >= 3/5", _HALF, "3/5", expected=REFUTED,
        note="False variant of margin-transition.",
    ),
    _margin(
        "margin-false-half", "gamma >= 1/2: N_L(9/10) - N_L(0) >= 3/5", RESNET, "3/5", gammas="[1/2, oo)", expected=REFUTED,
        note="False at gamma = 1/2.",
    ),
    _margin(
        "margin-false-below", "gamma = 1/4: N_L(9/10) - N_L(0) >= 3/25", resnet_at("1/4"), "3/25", expected=REFUTED,
        note="Below gamma = 1/2 both values tend to 1/4.",
    ),
    _margin(
        "margin-false-range", "gamma >= 1/4: N_L(9/10) - N_L(0) >= 3/25", RESNET, "3/25", gammas="[1/4, oo)",
        expected=REFUTED,
    ),
    _margin(
        "margin-false-schedule", "alpha_l = l^(-1/2): N_L(9/10) - N_L(0) >= 1/10", _scheduled("l^(-1/2)"), "1/10",
        expected=REFUTED, note="The sum diverges, slowly: refuted at a depth far beyond iteration.",
    ),
)  # fmt: skip

CLAIMS = FLOW + SCHEDULES + MARGINS
