"""Ordered and chaotic networks: where the correlation goes, and how fast the normalised NTK tends to 1 or to 0."""

from sympy import Rational

from theory.activations import activation
from theory.architectures import ffnet, ffnet_layernorm
from theory.claims import Claim
from theory.papers.depth_limits_common import ANGLE, NNGP, REFUTED, deep, net

_CHAOTIC, _ORDERED, _JUMP, _FROZEN = "chaotic phase", "ordered phase", "activations with a jump", "frozen layers"
_SCHOENHOLZ = "Schoenholz, Gilmer, Ganguli, Sohl-Dickstein 2017"
_HAYOU = "Hayou, Doucet, Rousseau 2019"
_JACOT = "Jacot, Gabriel, Ged, Hongler 2019, freeze and chaos; wording from memory"
_RELU_BIAS = ffnet(activation("relu"), weight_variance=Rational(1, 2), bias_variance=Rational(1, 2))
_SIN_BIAS = ffnet(activation("sin"), bias_variance=1, normalised=False)
_NEARLY = "(exp(2)-1)/(exp(2)+1)"  # tanh 1
_SINH = "((exp(2)-1)/(2*exp(1)))"  # sinh 1

CHAOTIC = (
    deep("erf-nngp", "erf: c_L -> 0", _CHAOTIC, net("erf"), "limit == 0", quantity=NNGP, source=_SCHOENHOLZ),
    deep("erf-ntk", "erf: N_L -> 0", _CHAOTIC, net("erf"), "limit == 0", source=_JACOT),
    deep("erf-ntk-rate", "erf: N_L = O(L (5^(1/2)/3)^L)", _CHAOTIC, net("erf"), "value = O(L*(sqrt(5)/3)^L)"),
    deep(
        "erf-ntk-false", "erf without bias: N_L -> 1/3", _CHAOTIC, net("erf"), "limit == 1/3", expected=REFUTED,
        note="1/3 needs chi = 1; chi is 1.2257 here.",
    ),
    deep("sin-nngp", "sin: c_L -> 0", _CHAOTIC, net("sin"), "limit == 0", quantity=NNGP),
    deep("sin-angle", "sin: the angle tends to pi/2", _CHAOTIC, net("sin"), "limit == pi/2", quantity=ANGLE),
    deep("sin-nngp-rate", "sin: c_L = O(sinh(1)^(-L))", _CHAOTIC, net("sin"), f"value = O({_SINH}^(-L))", quantity=NNGP),
    deep(
        "sin-ntk-rate", "sin: N_L = O(L (tanh 1/sinh 1)^L)", _CHAOTIC, net("sin"), f"value = O(L*({_NEARLY}/{_SINH})^L)",
        source=_JACOT,
    ),
    deep("sin-false", "sin: c_L -> 1", _CHAOTIC, net("sin"), "limit == 1", quantity=NNGP, expected=REFUTED),
    deep(
        "tanh-nngp", "tanh without bias: c_L -> 0", _CHAOTIC, net("tanh"), "limit == 0", quantity=NNGP, source=_SCHOENHOLZ,
        note="The map is a Gaussian integral, enclosed by balls.",
    ),
    deep("tanh-ntk", "tanh without bias: N_L -> 0", _CHAOTIC, net("tanh"), "limit == 0"),
    deep("tanh-false", "tanh without bias: N_L -> 1/3", _CHAOTIC, net("tanh"), "limit == 1/3", expected=REFUTED),
    deep("relu2-ntk", "relu^2: N_L -> 0", _CHAOTIC, net("relu_power:2"), "limit == 0"),
    deep("relu2-rate", "relu^2: N_L = Theta((3/4)^L)", _CHAOTIC, net("relu_power:2"), "value = Theta((3/4)^L)", source=_JACOT),
    deep(
        "relu2-rate-false", "relu^2: N_L = O((7/10)^L)", _CHAOTIC, net("relu_power:2"), "value = O((7/10)^L)", expected=REFUTED,
        note="The rate is 1/chi = 3/4, not C'(c*) = 0.7087.",
    ),
    deep(
        "relu2-nngp-false", "relu^2: c* = 1/3", _CHAOTIC, net("relu_power:2"), "limit == 1/3", quantity=NNGP, expected=REFUTED,
        note="c* = 0.37995655...",
    ),
    deep(
        "relu2-angle-false", "relu^2: the angle tends to pi/3", _CHAOTIC, net("relu_power:2"), "limit == pi/3", quantity=ANGLE,
        expected=REFUTED,
    ),
    deep(
        "relu2-antipode-false", "relu^2 has the critical limit 1/4", _CHAOTIC, net("relu_power:2"), "limit == 1/4",
        expected=REFUTED,
    ),
    deep("relu3-ntk", "relu^3: N_L = Theta((5/9)^L)", _CHAOTIC, net("relu_power:3"), "value = Theta((5/9)^L)"),
    deep(
        "relu3-ntk-false", "relu^3: N_L = Theta(L (5/9)^L)", _CHAOTIC, net("relu_power:3"), "value = Theta(L*(5/9)^L)",
        expected=REFUTED, note="The factor L belongs to odd activations, where c* = 0.",
    ),
    deep("square-nngp", "x^2: c_L -> 1/2", _CHAOTIC, net("polynomial:0,0,1"), "limit == 1/2", quantity=NNGP),
    deep("square-ntk", "x^2: N_L ~ (3/8) (3/4)^L", _CHAOTIC, net("polynomial:0,0,1"), "value ~ 3/8*(3/4)^L"),
    deep("polynomial-nngp", "x + x^2/3: c_L -> 1/2", _CHAOTIC, net("polynomial:0,1,1/3"), "limit == 1/2", quantity=NNGP),
    deep(
        "polynomial-angle", "x + x^2/3: the angle tends to pi/3", _CHAOTIC, net("polynomial:0,1,1/3"), "limit == pi/3",
        quantity=ANGLE,
    ),
    deep(
        "polynomial-nngp-rate", "x + x^2/3: c_L - 1/2 = O((11/12)^L)", _CHAOTIC, net("polynomial:0,1,1/3"),
        "value - 1/2 = O((11/12)^L)", quantity=NNGP,
    ),
    deep(
        "polynomial-ntk", "x + x^2/3: N_L ~ (6/13) (12/13)^L", _CHAOTIC, net("polynomial:0,1,1/3"), "value ~ 6/13*(12/13)^L",
        note="(chi - 1)/chi * c*/(1 - C'(c*)).",
    ),
    deep(
        "polynomial-ntk-false", "x + x^2/3: N_L ~ (1/2) (12/13)^L", _CHAOTIC, net("polynomial:0,1,1/3"),
        "value ~ 1/2*(12/13)^L", expected=REFUTED,
    ),
    deep(
        "polynomial-limit-false", "x + x^2/3: N_L -> 1/2", _CHAOTIC, net("polynomial:0,1,1/3"), "limit == 1/2",
        expected=REFUTED, note="That is c*, the limit of the NNGP.",
    ),
    deep("hermite-ntk", "He_2: c_L -> 0 and N_L -> 0", _CHAOTIC, net("hermite:2"), "limit == 0"),
    deep("gelu-ntk", "GELU: N_L -> 0", _CHAOTIC, net("gelu"), "limit == 0"),
    deep(
        "gelu-false", "GELU with normalised variance is critical: N_L -> 1/3", _CHAOTIC, net("gelu"), "limit == 1/3",
        expected=REFUTED, note="Chi = 1.0720: chaotic by a little.",
    ),
    deep("layernorm-erf", "erf behind layer normalisation: N_L -> 0", _CHAOTIC, ffnet_layernorm(activation("erf")), "limit == 0"),
)  # fmt: skip

ORDERED = (
    deep(
        "sigmoid-nngp-false", "sigmoid: c_L -> 0", _ORDERED, net("sigmoid"), "limit == 0", quantity=NNGP, expected=REFUTED,
        source=_SCHOENHOLZ,
    ),
    deep("sigmoid-ntk", "sigmoid: N_L -> 1 for orthogonal inputs", _ORDERED, net("sigmoid"), "limit == 1", domain="[0, 0]"),
    deep("sigmoid-false", "sigmoid: N_L -> 1/3", _ORDERED, net("sigmoid"), "limit == 1/3", expected=REFUTED),
    deep("softplus-ntk", "softplus: N_L -> 1 for orthogonal inputs", _ORDERED, net("softplus"), "limit == 1", domain="[0, 0]"),
    deep(
        "softplus-false", "softplus, a smooth ReLU, has the limit 1/4", _ORDERED, net("softplus"), "limit == 1/4",
        expected=REFUTED, note="Softplus keeps a mean; chi = 0.318.",
    ),
    deep("cos-ntk", "cos: N_L -> 1", _ORDERED, net("cos"), "limit == 1"),
    deep(
        "cos-rate", "cos: 1 - c_L = Theta(tanh(1)^L)", _ORDERED, net("cos"), f"value - 1 = Theta(({_NEARLY})^L)", quantity=NNGP,
        source=_SCHOENHOLZ, note="xi = -1/log chi.",
    ),
    deep("gaussian-ntk", "exp(-x^2): N_L -> 1", _ORDERED, net("gaussian"), "limit == 1"),
    deep(
        "gaussian-nngp-rate", "exp(-x^2): 1 - c_L = Theta((4/5)^L)", _ORDERED, net("gaussian"), "value - 1 = Theta((4/5)^L)",
        quantity=NNGP,
    ),
    deep(
        "gaussian-ntk-rate", "exp(-x^2): 1 - N_L = Theta(L (4/5)^L)", _ORDERED, net("gaussian"), "value - 1 = Theta(L*(4/5)^L)",
        source=_HAYOU, note="Sharper: with the factor L.",
    ),
    deep(
        "gaussian-false", "exp(-x^2): 1 - N_L = O((4/5)^L)", _ORDERED, net("gaussian"), "value - 1 = O((4/5)^L)",
        expected=REFUTED, note="The factor L is missing.",
    ),
    deep(
        "gaussian-polynomial", "exp(-x^2): 1 - N_L is smaller than each power of L", _ORDERED, net("gaussian"),
        "value - 1 = o(1/L^10)",
    ),
    deep("relu-bias-ntk", "relu, sigma_w^2 = sigma_b^2 = 1/2: N_L -> 1", _ORDERED, _RELU_BIAS, "limit == 1", source=_JACOT),
    deep(
        "relu-bias-rate", "relu, chi = 1/2: 1 - N_L = Theta(2^(-L/2))", _ORDERED, _RELU_BIAS, "value - 1 = Theta(2^(-L/2))",
        note="A kink: half the exponent.",
    ),
    deep(
        "relu-bias-false", "relu, chi = 1/2: 1 - N_L = O(L 2^(-L))", _ORDERED, _RELU_BIAS, "value - 1 = O(L*2^(-L))",
        expected=REFUTED, source=_JACOT, note="True for smooth activations; the kink of relu halves the exponent.",
    ),
    deep(
        "relu-bias-nngp", "relu, chi = 1/2: 1 - c_L = Theta(2^(-L))", _ORDERED, _RELU_BIAS, "value - 1 = Theta(2^(-L))",
        quantity=NNGP,
    ),
    deep("sin-bias", "sin, sigma_w = sigma_b = 1, lengths that move: N_L -> 1", _ORDERED, _SIN_BIAS, "limit == 1"),
    deep("sin-bias-false", "sin, sigma_w = sigma_b = 1: N_L -> 0", _ORDERED, _SIN_BIAS, "limit == 0", expected=REFUTED),
)  # fmt: skip

JUMPS = (
    deep("sign-nngp", "sign: c_L -> 0", _JUMP, net("sign"), "limit == 0", quantity=NNGP),
    deep("sign-rate", "sign: c_L = O((2/pi)^L)", _JUMP, net("sign"), "value = O((2/pi)^L)", quantity=NNGP),
    deep("sign-ntk", "sign: N_L -> 0", _JUMP, net("sign"), "limit == 0"),
    deep(
        "step-nngp-false", "step: c_L -> 4/5", _JUMP, net("step"), "limit == 4/5", quantity=NNGP, expected=REFUTED,
        note="c* = 0.789832628..., a root of 1 - arccos(c)/pi = c.",
    ),
    deep(
        "step-ntk-false", "step: N_L -> 0, as chi is infinite", _JUMP, net("step"), "limit == 0", expected=REFUTED,
        note="No gradient passes a step: only the last layer is trained, and N_L -> c* > 0.",
    ),
    deep("step-stable-false", "step: c = 1 is stable", _JUMP, net("step"), "limit == 1", quantity=NNGP, expected=REFUTED),
)  # fmt: skip

FROZEN = (
    deep(
        "frozen-relu", "relu, only the readout trained: N_L -> 1", _FROZEN, ffnet(activation("relu"), train_hidden=False),
        "limit == 1", note="Then the NTK is the NNGP.",
    ),
    deep(
        "frozen-relu-false", "relu, only the readout trained: N_L -> 1/4", _FROZEN,
        ffnet(activation("relu"), train_hidden=False), "limit == 1/4", expected=REFUTED,
    ),
    deep(
        "frozen-square", "x^2, only the readout trained: N_L -> 1/2 = c*", _FROZEN,
        ffnet(activation("polynomial:0,0,1"), train_hidden=False), "limit == 1/2",
    ),
    deep(
        "frozen-square-false", "x^2, only the readout trained: N_L -> 0", _FROZEN,
        ffnet(activation("polynomial:0,0,1"), train_hidden=False), "limit == 0", expected=REFUTED,
    ),
)  # fmt: skip

CLAIMS: tuple[Claim, ...] = (*CHAOTIC, *ORDERED, *JUMPS, *FROZEN)
