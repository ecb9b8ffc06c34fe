"""ReLU networks with biases at every depth: the limits 1, 4/7 and 1/4 with rates, explicit constants and false neighbours.

The theorems, with rates and constants, are derived in docs/biases.md; for the limits compare Hayou, Doucet, Rousseau 2019.
Letters: N_L is the normalised NTK, c_L the normalised NNGP kernel, theta the angle of the inputs, omega the weight variance
relative to He's, beta the variance of the biases.
"""

from functools import partial

from sympy import Expr, Integer, Rational

from theory.activations import activation, leaky_relu
from theory.architectures import ffnet
from theory.claims import Claim, Quantity, Verdict
from theory.network import Network
from theory.papers.short import at_every_depth

_claim = partial(at_every_depth, "relu-biases")
REFUTED, NNGP = Verdict.REFUTED, Quantity.NORMALIZED_NNGP
_ORDERED, _LINEAR, _GROWING = "omega < 1: lengths that settle", "omega = 1: lengths that grow by beta", "omega > 1"
_HALF = Rational(1, 2)


def relu(weight: Expr, bias: Expr) -> Network:
    """Normalised, so that the weight variance is omega."""
    return ffnet(activation("relu"), weight_variance=weight, bias_variance=bias)


_O, _L, _G = relu(_HALF, _HALF), relu(Integer(1), Integer(1)), relu(Integer(2), Integer(1))
_O_SLOW, _L_SMALL = relu(Rational(9, 10), Rational(1, 3)), relu(Integer(1), Rational(1, 5))
_O_APART = _O.with_(squared_norms=(Integer(1), Integer(4)))
_L_LEAKY = ffnet(leaky_relu(Rational(1, 5)), bias_variance=1)
_L_PLAIN = ffnet(activation("relu"), weight_variance=2, bias_variance=1, normalised=False)

ORDERED = (
    _claim("ordered-limit", "N_L -> 1, also at c = -1", _ORDERED, _O, "limit == 1"),
    _claim(
        "ordered-upper", "1 - N_L <= 14 sin(theta/2) 2^(-L/2)", _ORDERED, _O, "value >= 1 - 14*sin(theta/2)*2^(-L/2)",
        domain="[-1, 1]", note="At every depth and for every pair: half the exponent of the NNGP kernel.",
    ),
    _claim(
        "ordered-lower", "1 - N_L >= sin(theta/2) 2^(-L/2)/20 from L = 9 on", _ORDERED, _O,
        "value <= 1 - sin(theta/2)*2^(-L/2)/20", domain="[-1, 1]", first=9, note="So half the exponent is exact.",
    ),
    _claim(
        "ordered-nngp", "sin(theta/2)^2 2^(-L)/3 <= 1 - c_L <= (1 + 1/1000) (1 - c) 2^(-L)", _ORDERED, _O,
        "sin(theta/2)^2*2^(-L)/3 <= 1 - value <= (1 + 1/1000)*(1 - c)*2^(-L)", quantity=NNGP, domain="[-1, 1]",
    ),
    _claim(
        "ordered-lengths", "Inputs of squared norms 1 and 4: 1 - N_L <= 90 2^(-L/2)", _ORDERED, _O_APART,
        "value >= 1 - 90*2^(-L/2)", domain="[-1, 1]",
    ),
    _claim(
        "ordered-slow", "omega = 9/10, beta = 1/3: |N_L - 1| <= 5000 (9/10)^(L/2)", _ORDERED, _O_SLOW,
        "abs(value - 1) <= 5000*(9/10)^(L/2)", domain="[-1, 1]",
    ),
    _claim(
        "ordered-rate-false", "1 - N_L <= 100 (1 + L) 2^(-L), the rate of the NNGP kernel", _ORDERED, _O,
        "value >= 1 - 100*(1 + L)*2^(-L)", domain="[-1, 1/2]", expected=REFUTED,
    ),
    _claim("ordered-limit-false", "N_L -> 4/7", _ORDERED, _O, "limit == 4/7", expected=REFUTED),
    _claim(
        "ordered-nngp-false", "1 - c_L <= 3^(-L) 2^10", _ORDERED, _O, "value >= 1 - 2^10*3^(-L)", quantity=NNGP,
        domain="[-1, 1/2]", expected=REFUTED,
    ),
)  # fmt: skip

LINEAR = (
    _claim("linear-limit", "N_L -> 4/7", _LINEAR, _L, "limit == 4/7"),
    _claim("linear-small", "The same for beta = 1/5", _LINEAR, _L_SMALL, "limit == 4/7"),
    _claim("linear-leaky", "The same for leaky ReLU of slope 1/5", _LINEAR, _L_LEAKY, "limit == 4/7"),
    _claim("linear-plain", "The same at sigma_w^2 = 2 without normalisation", _LINEAR, _L_PLAIN, "limit == 4/7"),
    _claim(
        "linear-order", "N_L - 4/7 is of the order L^(-1/2) exactly, uniformly on [-1, 1/2]", _LINEAR, _L,
        "value - 4/7 = Theta(1/sqrt(L))", domain="[-1, 1/2]", note="beta = 1: from above, for every pair.",
    ),
    _claim(
        "linear-two-sided", "|N_L - 4/7| <= (7/10) (1/s + 3/5)/sqrt(L) + 150/(s^2 L), s = sin(theta/2)", _LINEAR, _L,
        "abs(value - 4/7) <= 7/10*(1/sin(theta/2) + 3/5)/sqrt(L) + 150/(sin(theta/2)^2*L)",
    ),
    _claim(
        "linear-above", "(2/3) (1/s - 61/100)/sqrt(L) - 150/(s^2 L) <= N_L - 4/7, s = sin(theta/2)", _LINEAR, _L,
        "value - 4/7 >= 2/3*(1/sin(theta/2) - 61/100)/sqrt(L) - 150/(sin(theta/2)^2*L)",
        note="From both: N_L - 4/7 ~ C/sqrt(L) with (2/3)(1/s - 0.61) <= C <= (7/10)(1/s + 3/5).",
    ),
    _claim(
        "linear-uniform", "|N_L - 4/7| <= 125/sqrt(L) on [-1, 1/2]", _LINEAR, _L, "abs(value - 4/7) <= 125/sqrt(L)",
        domain="[-1, 1/2]",
    ),
    _claim(
        "linear-late", "N_L > 4/7 for c in [-1, 1/2] from L = 10^6 on", _LINEAR, _L, "value > 4/7", domain="[-1, 1/2]",
        first=10**6,
    ),
    _claim(
        "linear-nngp", "1 - c_L is of the order L^(-2), uniformly on [-1, 1/2]", _LINEAR, _L, "1 - value = Theta(1/L^2)",
        quantity=NNGP, domain="[-1, 1/2]",
    ),
    _claim("linear-limit-false", "N_L -> 1/4", _LINEAR, _L, "limit == 1/4", expected=REFUTED, note="1/4 is without bias."),
    _claim(
        "linear-rate-false", "N_L - 4/7 = O(log(L)/L) on [0, 1/2]", _LINEAR, _L, "value - 4/7 = O(log(L)/L)",
        domain="[0, 1/2]", expected=REFUTED, note="The rate without bias.",
    ),
    _claim(
        "linear-bound-false", "N_L <= 4/7 + 10 log(L+1)/L on [0, 1/2]", _LINEAR, _L, "value <= 4/7 + 10*log(L + 1)/L",
        domain="[0, 1/2]", expected=REFUTED, note="It takes thousands of layers to see.",
    ),
    _claim(
        "linear-uniform-false", "N_L - 4/7 = O(1/sqrt(L)) on [0, 1)", _LINEAR, _L, "value - 4/7 = O(1/sqrt(L))",
        domain="[0, 1)", expected=REFUTED, note="Not uniform at c = 1.",
    ),
)  # fmt: skip

GROWING = (
    _claim("growing-limit", "omega = 2, beta = 1: N_L -> 1/4", _GROWING, _G, "limit == 1/4"),
    _claim(
        "growing-two-sided", "|N_L - 1/4| <= (7 + 7/(2 s) + 5 log(L+1))/(L+1), s = sin(theta/2)", _GROWING, _G,
        "abs(value - 1/4) <= (7 + 7/(2*sin(theta/2)) + 5*log(L + 1))/(L + 1)", first=0,
    ),
    _claim(
        "growing-order", "N_L - 1/4 = O(log(L)/L) on [-1, 1/2]", _GROWING, _G, "value - 1/4 = O(log(L)/L)",
        domain="[-1, 1/2]",
    ),
    _claim(
        "growing-nngp", "1 - c_L is of the order L^(-2), uniformly on [-1, 1/2]", _GROWING, _G, "1 - value = Theta(1/L^2)",
        quantity=NNGP, domain="[-1, 1/2]",
    ),
    _claim(
        "growing-limit-false", "omega = 2, beta = 1: N_L -> 4/7", _GROWING, _G, "limit == 4/7", expected=REFUTED,
        note="4/7 needs omega = 1.",
    ),
    _claim(
        "growing-bound-false", "omega = 2, beta = 1: N_L >= 2/7 on [-1, 1/2]", _GROWING, _G, "value >= 2/7",
        domain="[-1, 1/2]", expected=REFUTED,
    ),
    _claim(
        "growing-nngp-false", "1 - c_L = O(L^(-3)) on [-1, 1/2]", _GROWING, _G, "1 - value = O(1/L^3)", quantity=NNGP,
        domain="[-1, 1/2]", expected=REFUTED,
    ),
)  # fmt: skip

CLAIMS: tuple[Claim, ...] = (*ORDERED, *LINEAR, *GROWING)
