"""The theorems on ReLU and leaky ReLU networks with biases: relu-bias-ordered, relu-bias-linear and relu-bias-growing.

Proofs: docs/biases.md. omega is the weight variance relative to the one that keeps lengths, beta the bias variance, in units in
which the first input has squared norm 1 and the second one ``other``; mu in (0, 1]. q1 and q2 are the lengths, t is the angle in
front of the nonlinearity: u^2 = omega q1 + beta, v^2 = omega q2 + beta, u v cos t = omega K + beta. K and T start at ``initial``,
there t is the angle of the inputs, the diagonals q and T at the squared norms. a = mu/(3 pi).
"""

from typing import Any

from proofs_check.checker.expressions import Rejected
from proofs_check.checker.theorem import Names, S, Theorem, bound

# J(t) = 1/sin(G/2) - 1/sin(t/2) lies in [2 a, 2 a + b t], with sin(G/2)^2 = sin(t/2)^2 - mu S/2
_BEFORE = "sin(t/2)^2"
_BEHIND = f"({_BEFORE}-mu/2*{S})"
_LOWER = (f"{_BEFORE}-{_BEHIND}*(1+2*mu/(3*pi)*sin(t/2))^2", "pi")
_UPPER = (f"{_BEHIND}*(1+(2*mu/(3*pi)+b*t)*sin(t/2))^2-{_BEFORE}", "pi")
_MAP = {
    "length": "omega*q+beta",
    "kernel": f"u*v*(cos(t)+mu*{S})",
    "tangent": f"(1-mu*t/pi)*(omega*T+beta)+u*v*(cos(t)+mu*{S})",
    "diagonal": "omega*T+beta+omega*q+beta",
    "initial": "cos(t)",
}
_KNOWN = (("mu > 0", "mu"), ("mu <= 1", "1-mu"), ("b >= 0", "b"), ("beta >= 0", "beta"))
_A = "(mu/(3*pi))"
_STEEPEST = f"(2*{_A}+b*pi)"  # above J
_SINE = "sin(theta/2)"

# --- omega < 1: the lengths tend to beta/(1 - omega) -------------------------------------------------------------------

_ROOT = "(1-sqrt(omega))"
_TAIL = f"mu*q_hi/((1-omega)*{_ROOT}*q_lo)"  # times sqrt(D_0/(2 q_lo)) omega^(L/2): what the angles add to the deficit


def _ordered_conclusions(k: Names) -> list[dict[str, Any]]:
    other, half, whole = k["other"], f"({k['omega']})^(L/2)", f"({k['omega']})^L"
    if k["first"].q != 1:
        raise Rejected("first: a depth is an integer")
    if other != 1:
        apart = f"((1+({other}))/2-sqrt({other})*cos(theta))"
        near = f"1-(({k['up_linear']})*{apart}+({k['up_root']})*sqrt({apart}))*{half}"
        return [
            bound("normalized_nngp", f"1-({k['up_nngp']})*{apart}*{whole}", "1", "[-1,1]"),
            bound("normalized_ntk", near, "1", "[-1,1]"),
        ]
    square, first = f"{_SINE}^2*{whole}", int(k["first"].p)
    near, far = (f"1-({k[name]})*{_SINE}*{half}" for name in ("up", "low"))
    return [
        bound("normalized_nngp", f"1-2*({k['up_nngp']})*{square}", f"1-({k['low_nngp']})*{square}", "[-1,1]"),
        bound("normalized_ntk", near, "1", "[-1,1]"),
        bound("normalized_ntk", near, far, "[-1,1]", first=first),
    ]


ORDERED = Theorem(
    constants=(
        *("omega", "beta", "other", "b", "q_lo", "q_hi", "W"),
        *("up_nngp", "up_linear", "up_root", "up", "first", "low", "low_nngp"),
    ),
    map={**_MAP, "initial": "sqrt(other)*cos(t)"},
    hypotheses={"step-lower": _LOWER, "step-upper": _UPPER},
    scalars=(
        *_KNOWN,
        *((f"{text} > 0", text) for text in ("omega", "1-omega", "beta", "other", "q_lo", "low", "low_nngp")),
        *((f"q_lo, {name}", f"{text}-q_lo") for name, text in (("first", "1"), ("second", "other"))),
        *((f"q_hi, {name}", f"q_hi-{text}") for name, text in (("first", "1"), ("second", "other"))),
        ("q_lo, limit", "beta-(1-omega)*q_lo"),
        ("q_hi, limit", "(1-omega)*q_hi-beta"),
        ("W", f"W-{_STEEPEST}*sqrt(omega)/({_ROOT}*sqrt(q_lo))"),
        ("up_nngp", "up_nngp*q_lo-1"),
        ("up_linear", f"up_linear-1/({_ROOT}*q_lo)"),
        ("up_root", f"up_root-{_TAIL}/sqrt(2*q_lo)"),
        ("up", f"up-2/({_ROOT}*q_lo)-{_TAIL}/sqrt(q_lo)"),
        ("first >= 1", "first-1"),
        ("first: the deficit is below the least length", "0-(first-1)/2*log(omega)-log(up)"),
        ("low", f"6*{_A}*beta*omega/(sqrt(q_hi)*(1+W)*(q_hi/(1-omega)-beta))-low"),
        ("low_nngp", "2/(q_hi*(1+W)*(1+W))-low_nngp"),
    ),
    conclusions=_ordered_conclusions,
)

# --- omega = 1: the lengths are 1 + beta L -----------------------------------------------------------------------------

_G = f"(4*{_A}/beta)"  # v_l ~ G sqrt(q_l)
_PACE = f"sqrt(beta)/(14*{_A})"
_ALPHA = "(2/(7*beta))"
_CUBE = f"3*{_A}*(pi-2)*{{}}/(m*m*m)"  # from 2 asin x <= 2x + (pi-2)x^3
_SLOPE = f"(1/(28*{_A}))"
_START = f"(1+{_ALPHA}+(pi^2/(2*m*m)+{_CUBE.format(_ALPHA)})/beta)"
_PER_LAYER = "2*(1+beta)/beta*"
# the weights of 1, 1/s, 1/s^2 in the sub- and supersolutions, at s = 1
_BELOW_NEAR = f"({_START}+{_SLOPE}*(1+{_CUBE.format('1')}/beta)+3/7/({_G}*m*beta)+6/7)"
_BELOW_FAR = f"({_START}+3/7*w*w/({_G}*m*beta)+3*w*beta/(28*{_A})+6/7)"
_ABOVE = (
    f"(9/7+24*{_A}/(7*m*beta)+(1+drift)*{_SLOPE}*(3/4*beta+9*{_A}/m)"
    f"+3/14*(1+drift)*(1+drift)/({_G}*{_G}*beta)-6/7+2/7*(1+1/beta))"
)


def _linear_conclusions(k: Names) -> list[dict[str, Any]]:
    upper = f"4/7+({k['pace_hi']})*(1/{_SINE}+({k['drift']}))/sqrt(L)+({k['above']})/({_SINE}^2*L)"
    lower = f"4/7-({2 * k['w'] * k['pace_hi']})/sqrt(L)-({k['below_far']})/L"
    closer = f"4/7+({k['pace_lo']})*(1/{_SINE}-({k['shift']}))/sqrt(L)-({k['below_near']})/({_SINE}^2*L)"
    length = f"(1+({k['beta']})*L)^2"
    return [
        bound("normalized_ntk", lower, upper, "[-1,1)", first=1),
        bound("normalized_ntk", closer, upper, f"[{k['c']},1)", first=1),
        bound(
            "normalized_nngp",
            f"1-({k['up_nngp']})/{length}",
            f"1-({k['low_nngp']})*{_SINE}^2/{length}",
            "[-1,1)",
        ),
    ]


LINEAR = Theorem(
    constants=(
        *("omega", "beta", "b", "m", "drift", "w", "shift", "c", "pace_lo", "pace_hi"),
        *("above", "below_far", "below_near", "up_nngp", "low_nngp"),
    ),
    map=_MAP,
    hypotheses={"step-lower": _LOWER, "step-upper": _UPPER},
    scalars=(
        *_KNOWN,
        *((f"{text} > 0", text) for text in ("beta", "m", "low_nngp")),
        ("omega >= 1", "omega-1"),
        ("omega <= 1", "1-omega"),
        ("m, first layer", "1-m*sqrt(1+beta)"),
        ("m, growth", f"{_G}-m"),
        ("drift >= 0", "drift"),
        ("drift", f"drift-2*pi*b/(m*beta)+{_G}"),
        ("w >= 0", "w"),
        ("w", f"w-{_G}*sqrt(1+beta)+1"),
        ("shift", f"shift-{_G}*sqrt(1+beta)"),
        ("c >= -1", "c+1"),
        ("c < 1: 1-c > 0", "1-c"),
        ("c: 1/sin(theta/2) >= shift", "2-shift*shift*(1-c)"),
        ("pace_lo >= 0", "pace_lo"),
        ("pace_lo", f"{_PACE}-pace_lo"),
        ("pace_hi", f"pace_hi-{_PACE}"),
        ("above", f"above-3*(1+drift)*{_SLOPE}*sqrt(1+beta)/beta-{_PER_LAYER}{_ABOVE}"),
        ("below_far", f"below_far-3*w/(14*{_A})*sqrt(1+beta)/beta-{_PER_LAYER}{_BELOW_FAR}"),
        ("below_near", f"below_near-2*{_SLOPE}*sqrt(beta)*(3+4/beta)-{_PER_LAYER}{_BELOW_NEAR}"),
        ("up_nngp", "up_nngp*m*m-2"),
        ("low_nngp", f"2/(({_G}+1+drift)*({_G}+1+drift))-low_nngp"),
    ),
    conclusions=_linear_conclusions,
)

# --- omega > 1: the lengths, divided by omega^L, tend to r -------------------------------------------------------------

_R, _EXTRA = "(1+beta/(omega-1))", "(beta/(omega-1))"
_LOSS = f"3*sqrt({_R})*{_EXTRA}/(16*{_A})"
# cos G - 1 - (3/8)(t/sin(t/2) - 2) - b t/(8 a) >= -3 a H t, times sin(t/2)
_KERNEL = f"(mu*H*t/pi+cos(t)+mu*{S}-1/4-3*pi*b/(8*mu)*t)*sin(t/2)-3/8*t"


def _growing_conclusions(k: Names) -> list[dict[str, Any]]:
    mu, root = f"({k['mu']})", f"sqrt({1 + k['beta'] / (k['omega'] - 1)})"
    lower = f"1/4-(({k['below']})+({k['below_near']})/{_SINE})/(L+1)"
    upper = f"1/4+(({k['above']})+({k['above_near']})/{_SINE}+({k['above_log']})*log(L+1))/(L+1)"
    slow, fast = f"(1/{_SINE}+2*{mu}*L/(3*pi*{root}))", f"(1/{_SINE}+({k['J']})*L)"
    return [
        bound("normalized_ntk", lower, upper, "[-1,1)"),
        bound("normalized_nngp", f"1-2/{slow}^2", f"1-2/({root}*{fast})^2", "[-1,1)"),
    ]


GROWING = Theorem(
    constants=(
        *("omega", "beta", "b", "H", "J"),
        *("below", "below_near", "above", "above_near", "above_log"),
    ),
    map=_MAP,
    hypotheses={"step-lower": _LOWER, "step-upper": _UPPER, "kernel": (_KERNEL, "pi")},
    scalars=(
        *_KNOWN,
        ("omega-1 > 0", "omega-1"),
        ("H >= 0", "H"),
        ("J", f"J-{_STEEPEST}"),
        ("below_near", f"below_near-{_LOSS}"),
        ("below", f"below-1-{_R}*(H+1/4)-(3/8*{_EXTRA}+{_LOSS}*{_STEEPEST})/(omega-1)"),
        ("above_near", f"above_near-{_R}*sqrt({_R})/(8*{_A})"),
        (
            "above",
            f"above-{_R}*(sqrt({_R})-1)/(4*(omega-1))-{_R}*sqrt({_R})*b*pi/(8*{_A})-{_EXTRA}"
            f"-{_EXTRA}*omega/(4*(omega-1))+{_R}/4",
        ),
        ("above >= 0", "above"),
        ("above_log", f"above_log-{_R}*{_R}*b*pi/(16*{_A}*{_A})"),
    ),
    conclusions=_growing_conclusions,
)

BIASES = {"relu-bias-ordered": ORDERED, "relu-bias-linear": LINEAR, "relu-bias-growing": GROWING}
