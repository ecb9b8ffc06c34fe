"""Residual networks whose lengths move, or whose steps do not vanish: what L alpha^2 -> oo makes of them.

No published statement is known to us for activations that are not homogeneous; each is Theorem 12 of docs/depth-limits.md, and
each true one stands beside a false one that a reader might expect.
"""

from theory.activations import activation
from theory.architectures import resnet, resnet_layernorm, resnet_preact, resnet_single
from theory.claims import Claim
from theory.papers.depth_limits_common import ANGLE, NNGP, REFUTED, deep

_BOUNDED, _LINEAR, _LARGE, _NORMED = (
    "residual, bounded activations", "residual, activations like relu far out", "residual, large steps",
    "residual, layer normalisation",
)  # fmt: skip
_TANH, _TANH_SLOW = (resnet(activation("tanh"), gamma=gamma) for gamma in (0, "1/4"))
_SIN = resnet_preact(activation("sin"), gamma="1/3")
_SOFTPLUS, _SILU = resnet(activation("softplus"), gamma="1/4"), resnet_single(activation("silu"), gamma=0)
_GELU = resnet(activation("gelu"), gamma="1/4")
_RELU_TO_ONE, _RELU_GROWS = (resnet(activation("relu"), alpha=alpha) for alpha in ("1+1/L", "L^(1/10)"))
_SIGMOID = resnet_single(activation("sigmoid"), gamma=0)
_NORM_RELU, _NORM_TANH = (resnet_layernorm(activation(name), gamma="1/4") for name in ("relu", "tanh"))

BOUNDED = (
    deep(
        "flow-tanh", "tanh, constant steps: N_L -> 0", _BOUNDED, _TANH, "limit == 0",
        note="q_L grows like L, and the map tends to that of the sign.",
    ),
    deep("flow-tanh-nngp", "tanh, gamma = 1/4: c_L -> 0", _BOUNDED, _TANH_SLOW, "limit == 0", quantity=NNGP),
    deep(
        "flow-tanh-false", "tanh, gamma = 1/4: N_L -> 1/4, as for relu", _BOUNDED, _TANH_SLOW, "limit == 1/4",
        expected=REFUTED, note="Bounded activations have no kink that is critical far out, but a jump.",
    ),
    deep("flow-sin", "sin, all layers trained, gamma = 1/3: N_L -> 0", _BOUNDED, _SIN, "limit == 0"),
    deep(
        "flow-sin-false", "sin, gamma = 1/3: c_L -> 1", _BOUNDED, _SIN, "limit == 1", quantity=NNGP, expected=REFUTED,
    ),
    deep(
        "flow-sigmoid-false", "sigmoid, constant steps: c_L -> 1, as without shortcuts", _BOUNDED, _SIGMOID, "limit == 1",
        quantity=NNGP, expected=REFUTED, note="c_L -> 0.78983..., the fixed point of the step function.",
    ),
)  # fmt: skip

LINEAR = (
    deep(
        "flow-softplus", "softplus, gamma = 1/4: N_L -> 1/4", _LINEAR, _SOFTPLUS, "limit == 1/4",
        note="The lengths grow, and softplus is relu far out.",
    ),
    deep(
        "flow-softplus-false", "softplus, gamma = 1/4: N_L -> 1/3, as for smooth critical networks", _LINEAR, _SOFTPLUS,
        "limit == 1/3", expected=REFUTED,
    ),
    deep("flow-silu", "silu, constant steps: N_L -> 1/4", _LINEAR, _SILU, "limit == 1/4"),
    deep(
        "flow-gelu-angle", "gelu, gamma = 1/4: theta_L ~ (2 pi + 3^(1/2))/L^(1/2)", _LINEAR, _GELU,
        "value ~ (2*pi + sqrt(3))/sqrt(L)", quantity=ANGLE,
    ),
    deep(
        "flow-gelu-angle-false", "gelu, gamma = 1/4: theta_L ~ 3 pi/L^(1/2), as for relu", _LINEAR, _GELU,
        "value ~ 3*pi/sqrt(L)", quantity=ANGLE, expected=REFUTED, note="gelu is divided by another constant c_phi.",
    ),
)  # fmt: skip

LARGE = (
    deep("flow-large-limit", "relu, alpha = 1 + 1/L: N_L -> 1/4", _LARGE, _RELU_TO_ONE, "limit == 1/4"),
    deep("flow-large-angle", "relu, alpha = L^(1/10): theta_L ~ 3 pi/L", _LARGE, _RELU_GROWS, "value ~ 3*pi/L", quantity=ANGLE),
    deep(
        "flow-large-angle-false", "relu, alpha = 1 + 1/L: theta_L ~ 3 pi/L, as without shortcuts", _LARGE, _RELU_TO_ONE,
        "value ~ 3*pi/L", quantity=ANGLE, expected=REFUTED, note="It is 6 pi/L: half of each layer is the shortcut.",
    ),
)  # fmt: skip

NORMED = (
    deep(
        "flow-norm-relu", "relu behind layer normalisation, gamma = 1/4: N_L -> 1/4", _NORMED, _NORM_RELU, "limit == 1/4",
        note="In the time log L.",
    ),
    deep("flow-norm-tanh", "tanh behind layer normalisation, gamma = 1/4: N_L -> 0", _NORMED, _NORM_TANH, "limit == 0"),
    deep(
        "flow-norm-tanh-false", "tanh behind layer normalisation, gamma = 1/4: N_L -> 1", _NORMED, _NORM_TANH, "limit == 1",
        expected=REFUTED,
    ),
)  # fmt: skip

CLAIMS: tuple[Claim, ...] = (*BOUNDED, *LINEAR, *LARGE, *NORMED)
