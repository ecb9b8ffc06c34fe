"""Theorem resnet-half-rate: |n_L - Omega| <= (sqrt 2/(3 pi)) sqrt(eta L) for every pair of inputs and every depth.

Proof: docs/open-problems.md, Theorem A. The map is that of theorem resnet-angle at mu = 1. Besides signs of functions of one
variable there is one of two, F(t, s) >= 0 on [0, T] x [s1, s2]. Its certificate is a string that cuts the rectangle, read from
the left: "t" and "s" halve the current box in that variable, "." is a box on which the mean value form decides,

    F(mid) + [dF/dt](box) (t - mid) + [dF/ds](box) (s - mid) >= 0.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flint import arb, arb_series, ctx, fmpq

from proofs_check.checker.expressions import Rejected, Tree, ball, evaluate, parse
from proofs_check.checker.reading import integer, keys, rational
from proofs_check.checker.signs import PRECISION, nonnegative, to_arb
from proofs_check.checker.theorem import S, schedule
from proofs_check.checker.theorems import RESNET

NAME = "resnet-half-rate"
CONSTANTS = ("kappa", "k", "J", "M", "T", "s1", "s2")
MAX_TREE = 1000
_OMEGA = "(cos({t})+(sin({t})-2*{t}*cos({t}))/(2*pi))"
_FALL = "(sin({t})*(1-{t}/pi)+cos({t})/(2*pi))"  # -d Omega/dt
_REACH = "sqrt(2)/(3*pi)"

# from t the angle stays above LATER for the time s^2: 1/sin(theta/2) grows by at most k a unit of time
_LATER = "(pi-2*acos(sin(t/2)/(1+k*s^2*sin(t/2))))"
PLANE = (
    f"{_OMEGA.format(t='t')}*(1+s^2*{_LATER}/pi)-{_OMEGA.format(t=_LATER)}+{_REACH}*(3/2*s+s^3*{_LATER}/pi)"
)  # fmt: skip
HYPOTHESES = {
    "gain": (f"kappa*sin(t/2)^3-{S}", "pi"),
    "floor": (f"M+{_OMEGA.format(t='t')}", "pi"),
    "fall": (f"J*cos(t/2)-2*sin(t/2)^2*{_FALL.format(t='t')}", "pi"),
    "start": (f"pi/9-t*{_OMEGA.format(t='t')}^2", "2"),
    "average": ("9/20*t^3-t^2+1-1/(1+t^2+t^4/2+t^6/6)", "20/9"),
}
SCALARS = (
    ("Omega <= 0 from 2 on", f"0-{_OMEGA.format(t='2')}"),
    ("the product of start and average", f"{_REACH}-3/20"),
    ("kappa < 4", "399/100-kappa"),
    ("k >= 0", "k"),
    ("pace", "(1+k/2)^2*(1-kappa/4)-1"),
    ("J >= 0", "J"),
    ("the minimum of Omega lies before T", f"0-{_FALL.format(t='T')}"),
    ("T >= 2", "T-2"),
    ("T < pi", "3-T"),
    ("the minimum of Omega lies behind 3 pi/4", _FALL.format(t="(3*pi/4)")),
    ("M <= 2 reach", f"2*{_REACH}-M"),
    ("short times", f"3/2*{_REACH}-(J*k+M)*s1"),
    ("from s1 on", f"{_REACH}*s1-M"),
    ("long times", f"3/2*{_REACH}*s2-1-M"),
)


def conclude(certificate: dict[str, Any], check: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """The statement that the certificate proves; Rejected if a hypothesis fails."""
    del check
    keys(certificate, {"version", "theorem", "map", "mu", "constants", "hypotheses", "plane"}, "certificate")
    integer(certificate["version"], 1, 1, "version")
    if certificate["map"] != RESNET.map or certificate["mu"] != "1":
        raise Rejected(f"the map is not the one that {NAME} speaks of, at mu = 1")
    keys(certificate["constants"], set(CONSTANTS), "constants")
    names = {key: rational(value, f"constant {key}") for key, value in certificate["constants"].items()}
    with ctx.workprec(PRECISION):
        balls = {key: to_arb(value) for key, value in names.items()}
        for name, text in SCALARS:
            value: arb = ball(text, balls)
            if not value >= 0:
                raise Rejected(f"{name}: the difference lies in {value.str(5)}, wanted >= 0")
    keys(certificate["hypotheses"], set(HYPOTHESES), "hypotheses")
    for key, (text, upper) in HYPOTHESES.items():
        used = {other: value for other, value in names.items() if other in text}
        with ctx.workprec(PRECISION):
            end: arb = ball(upper, {})
        nonnegative(key, text, used, certificate["hypotheses"][key], end)
    _plane(certificate["plane"], names)
    reach = f"{_REACH}*sqrt(eta*L)"
    omega = _OMEGA.format(t="theta")
    bound = {"kind": "bound", "quantity": "normalized_ntk", "lower": f"{omega}-{reach}", "upper": f"{omega}+{reach}"}
    return {
        "theorem": NAME,
        "map": RESNET.map,
        "mu": "1",
        "constants": {key: str(value) for key, value in names.items()},
        "conclusions": [
            {**bound, "correlations": "[-1,1]", "first": 1, "condition": "h <= 1"},
            schedule(
                "normalized_ntk",
                f"{omega}-{_REACH}*sqrt(x)",
                f"{omega}+{_REACH}*sqrt(x)",
                "[-1,1]",
                "H <= x",
                condition="h_l <= 1",
            ),
        ],
    }


def _plane(cuts: Any, names: Mapping[str, fmpq]) -> None:
    """Establish F >= 0 on the rectangle, or raise Rejected."""
    if not isinstance(cuts, str) or len(cuts) > MAX_TREE or set(cuts) - set("ts."):
        raise Rejected(f"plane: a string of at most {MAX_TREE} letters t, s and . is expected")
    tree = parse(PLANE)
    boxes = [((fmpq(0), names["T"]), (names["s1"], names["s2"]))]
    for letter in cuts:
        if not boxes:
            raise Rejected("plane: the string goes on behind the last box")
        (a, b), (c, d) = boxes.pop()
        if letter == "t":
            boxes += [(((a + b) / 2, b), (c, d)), ((a, (a + b) / 2), (c, d))]
        elif letter == "s":
            boxes += [((a, b), ((c + d) / 2, d)), ((a, b), (c, (c + d) / 2))]
        else:
            value = mean_value(tree, names["k"], (a, b), (c, d))
            if not value >= 0:
                raise Rejected(f"plane: on [{a}, {b}] x [{c}, {d}] the value lies in {value.str(5)}, wanted >= 0")
    if boxes:
        raise Rejected(f"plane: {len(boxes)} boxes are not decided")


def mean_value(tree: Tree, k: fmpq, t: tuple[fmpq, fmpq], s: tuple[fmpq, fmpq]) -> arb:
    """An enclosure of F on a box of t and s."""
    with ctx.workprec(PRECISION):
        sides = {"t": to_arb(t[0]).union(to_arb(t[1])), "s": to_arb(s[0]).union(to_arb(s[1]))}
        middle = {key: to_arb((low + high) / 2) for key, (low, high) in (("t", t), ("s", s))}
        total: arb = evaluate(tree, {"pi": arb.pi(), "k": to_arb(k), **middle}, arb)
        before, ctx.cap = ctx.cap, 2
        try:
            for variable in ("t", "s"):
                names = {"pi": arb_series([arb.pi()]), "k": arb_series([to_arb(k)])}
                names |= {key: arb_series([side, 1] if key == variable else [side]) for key, side in sides.items()}
                slope = evaluate(tree, names, lambda n: arb_series([n]))
                if slope.prec < 2:
                    raise Rejected("plane: the slope has no enclosure")
                total += slope[1] * (sides[variable] - middle[variable])
        except (ValueError, ZeroDivisionError):
            return arb("nan")
        finally:
            ctx.cap = before
    return total
