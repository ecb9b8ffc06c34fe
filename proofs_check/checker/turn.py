"""Theorem ffnet-turn: with the depth the normalised tangent kernel of the ReLU ffnet rises at most once, then it falls.

Proof: docs/open-problems.md, Theorem B. The map is that of theorem ffnet-critical-angle at mu = 1. t, s = G(t) and r = G(s) are
three angles in a row. Near 0 the map is bracketed, 1/G = 1/t + a + b1 t + b2 t^2 + e t^3 with e in [e_lo, e_hi], and e is
put in as a ball. For each e the function is c_m t^m + ... + c_9 t^9 + J t^10, c_k its coefficients at 0 and J the one of t^10
at some point of [0, near]; that c_0, ..., c_(m-1) vanish is decided exactly.
"""

from collections.abc import Callable
from typing import Any

from flint import arb, ctx

from proofs_check.checker.expressions import Rejected, ball, series, vanishing
from proofs_check.checker.reading import integer, keys, rational
from proofs_check.checker.signs import PRECISION, nonnegative, to_arb
from proofs_check.checker.theorem import S
from proofs_check.checker.theorems import FFNET

NAME = "ffnet-turn"
TERMS = 10
CONSTANTS = ("near", "e_lo", "e_hi")
_NEXT = "{x}/(1+1/(3*pi)*{x}+1/(6*pi^2)*{x}^2+(1/(45*pi)+5/(54*pi^3))*{x}^3+{e}*{x}^4)"
_BRACKETED = f"s={_NEXT.format(x='t', e='e')}; r={_NEXT.format(x='s', e='f')}; "
_EXACT = "T={start}+t; X=cos(T)+(sin(T)-T*cos(T))/pi; s=acos(X); Y=X+(sqrt(1-X^2)-s*X)/pi; r=acos(Y); "
# N(s)/D(t, s) is the depth at which the threshold cos(s)/(1 + L t/pi) turns; D = t cos G(s) - s cos s > 0
_RISE = "({x}*2*cos({x})-sin({x}))"
_FALL = "({y}*(cos({x})+(sin({x})-{x}*cos({x}))/pi)-{x}*cos({x}))"
_N, _N2, _D2 = _RISE.format(x="s"), _RISE.format(x="r"), _FALL.format(y="s", x="r")


def pace(angle: str) -> str:
    """N(r)/D(s, r) - N(s)/D(angle, s) - 1, times the denominators: by how much more than a layer the turning depth grows."""
    fall = _FALL.format(y=angle, x="s")
    return f"{_N2}*{fall}-{_N}*{_D2}-{fall}*{_D2}"


def early(angle: str) -> str:
    """N(s) - D(angle, s): positive where the turning depth is beyond 1."""
    return f"{_N}-{_FALL.format(y=angle, x='s')}"


HYPOTHESES = {
    "bracket-lower": (f"cos(t)+{S}-cos({_NEXT.format(x='t', e='e_lo')})", "near", False),
    "bracket-upper": (f"cos({_NEXT.format(x='t', e='e_hi')})-cos(t)-{S}", "near", False),
    "pace": (f"{_EXACT.format(start='near')}{pace('T')}", "8/5-near", True),
    "early": (f"{_EXACT.format(start='near')}{early('T')}", "7/6-near", True),
    "late": (f"{_EXACT.format(start='8/5')}-({early('T')})", "pi-8/5", True),
}
"""Name -> (function, right end, whether it must be > 0 and not only >= 0)."""
AT_ZERO = {"pace at 0": (f"{_BRACKETED}{pace('t')}", 5), "early at 0": (f"{_BRACKETED}{early('t')}", 1)}
"""Name -> (function that is > 0 on (0, near] for all e and f in [e_lo, e_hi], order of its zero)."""


def conclude(certificate: dict[str, Any], check: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """The statement that the certificate proves; Rejected if a hypothesis fails."""
    del check
    keys(certificate, {"version", "theorem", "map", "mu", "constants", "hypotheses"}, "certificate")
    integer(certificate["version"], 1, 1, "version")
    if certificate["map"] != FFNET.map or certificate["mu"] != "1":
        raise Rejected(f"the map is not the one that {NAME} speaks of, at mu = 1")
    keys(certificate["constants"], set(CONSTANTS), "constants")
    names = {key: rational(value, f"constant {key}") for key, value in certificate["constants"].items()}
    if not 0 < names["near"] < 1 or not 0 < names["e_lo"] <= names["e_hi"]:
        raise Rejected("constants: wanted 0 < near < 1 and 0 < e_lo <= e_hi")
    keys(certificate["hypotheses"], set(HYPOTHESES), "hypotheses")
    with ctx.workprec(PRECISION):
        values = {key: to_arb(value) for key, value in names.items()}
        ends: dict[str, arb] = {key: ball(upper, values) for key, (_, upper, _) in HYPOTHESES.items()}
        ranges = dict.fromkeys("ef", values["e_lo"].union(values["e_hi"]))
        first = arb(0).union(values["near"])
        if not ball(_RISE.format(x="(7/6)"), {}) < 0:
            raise Rejected("the angle at which the kernel stops rising at once does not lie before 7/6")
    for key, (text, _, strict) in HYPOTHESES.items():
        nonnegative(key, text, names, certificate["hypotheses"][key], ends[key], strict=strict)
    for key, (text, order) in AT_ZERO.items():
        # e and f enter the coefficients from t^(order + 1) on only
        for end in (names["e_lo"], names["e_hi"]):
            if not vanishing(text, {"e": end, "f": end}, order):
                raise Rejected(f"{key}: the zero at 0 is not of order {order}")
        with ctx.workprec(PRECISION):
            lead = series(text, ranges, first, TERMS + 1)[TERMS]
            for coefficient in reversed(series(text, ranges, arb(0), TERMS)[order:]):
                lead = lead * first + coefficient
        if not lead > 0:
            raise Rejected(f"{key}: divided by t^{order} it lies in {lead.str(5)}, wanted > 0")
    return {
        "theorem": NAME,
        "map": FFNET.map,
        "mu": "1",
        "constants": {key: str(value) for key, value in names.items()},
        "words": [
            "the ReLU ffnet without bias, normalised tangent kernel N_L, every c = cos(theta) in [-1,1):",
            "  N_L, L >= 0, falls if 2*theta*cos(theta) >= sin(theta); else it rises up to some depth and falls from there on",
        ],
        "conclusions": [
            {
                "kind": "turn",
                "quantity": "normalized_ntk",
                "correlations": "[-1,1)",
                "first": 0,
                "condition": None,
                "falls_from_the_first_depth_if": "2*theta*cos(theta)-sin(theta) >= 0",
                "rises_at_the_first_depth_if": "2*theta*cos(theta)-sin(theta) < 0",
            }
        ],
    }
