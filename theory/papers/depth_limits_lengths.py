"""Networks at the edge of chaos whose lengths tend to 0: the class K* = 0, and what a quadratic term makes of it."""

from sympy import Expr, Integer, pi

from theory.activations import activation
from theory.architectures import ffnet
from theory.claims import Claim
from theory.network import Network
from theory.papers.depth_limits_common import NNGP, REFUTED, deep

_ODD, _BENT = "lengths that tend to 0, odd", "lengths that tend to 0, with a quadratic term"
_ROBERTS = "Roberts, Yaida and Hanin 2022, the class K* = 0; wording from memory"
_THIRD = "[1/3, 1/3]"


def _net(name: str, weight: Expr = Integer(1)) -> Network:
    return ffnet(activation(name), normalised=False, weight_variance=weight)


_HALF, _WHOLE = _net("expr:sin(x)+(1-cos(x))/2"), _net("expr:sin(x)+1-cos(x)")

CLAIMS: tuple[Claim, ...] = (
    deep(
        "lengths-sin-false", "sin: N_L keeps the correlation of the inputs", _ODD, _net("sin"), "limit == 1/3",
        domain=_THIRD, expected=REFUTED, source=_ROBERTS, note="The limit is 0.26729694605...",
    ),
    deep(
        "lengths-erf-false", "erf at variance pi/4: c_L -> 0", _ODD, _net("erf", pi / 4), "limit == 0", quantity=NNGP,
        domain=_THIRD, expected=REFUTED, note="With larger variance it is chaotic and c_L -> 0; here 0.28852486991...",
    ),
    deep(
        "lengths-half-nngp", "sin x + (1 - cos x)/2: c_L -> 1/2", _BENT, _HALF, "limit == 1/2", quantity=NNGP,
    ),
    deep(
        "lengths-half", "sin x + (1 - cos x)/2: N_L -> 3/7", _BENT, _HALF, "limit == 3/7",
        note="p = e/a = 1/13, and (1 - p)/(2 (1 + p)).",
    ),
    deep(
        "lengths-half-false", "sin x + (1 - cos x)/2: N_L -> 1/2, as c_L does", _BENT, _HALF, "limit == 1/2", expected=REFUTED,
    ),
    deep("lengths-whole", "sin x + 1 - cos x: N_L -> 0, though c_L -> 1/2", _BENT, _WHOLE, "limit == 0"),
    deep(
        "lengths-whole-nngp-false", "sin x + 1 - cos x: c_L -> 1", _BENT, _WHOLE, "limit == 1", quantity=NNGP,
        domain=_THIRD, expected=REFUTED,
    ),
)  # fmt: skip
