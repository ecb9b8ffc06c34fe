"""Writes the files under tests/certificates: true ones, lies, files that must not crash the checker, and what is proved.

    python -m tests.proofs_check.certificate_files

Each file of ``reject`` is a shipped certificate with one change, named for the lie it tells. Each file of ``statements`` is what
the checker returns for the shipped or accepted certificate of that name: read the difference when one changes.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

from flint import fmpq

from proofs_check import learning
from proofs_check.bias_search import search_biases
from proofs_check.certify import FOLDER, search, search_inequality
from proofs_check.checker import check, load
from proofs_check.settled import eigenvalue

HERE = Path(__file__).parents[1] / "certificates"
Change = Callable[[dict[str, Any]], None]


def _shipped(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text())
    return found


def _proof(data: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = data["hypotheses"][key]
    return found


def _at_zero(order: int) -> dict[str, Any]:
    return {"inequality": {"order": order, "taylor": 1, "ends": ["1"]}}


FFNET, RESNET, LEMMA = "ffnet-mu-1-1.json", "resnet-mu-1-1.json", "lemma-angle-upper.json"
SLOPES, NEGATIVE = "ffnet-slopes.json", "ffnet-negative-slopes.json"
CRITICAL, ORDERED = "smooth-critical-tanh.json", "smooth-ordered-sigmoid.json"
CHAOTIC = "smooth-chaotic-gelu.json"
SETTLES, BY_BETA, BY_POWERS = (f"relu-bias-{name}.json" for name in ("ordered", "linear", "growing"))
REJECT: dict[str, tuple[str, Change]] = {
    "biases-step-cell-missing": (BY_BETA, lambda d: _proof(d, "step-lower")["ends"].pop()),
    "biases-step-beyond-the-truth": (BY_BETA, lambda d: d["constants"].update(b="679/10000")),
    "biases-kernel-cell-missing": (BY_POWERS, lambda d: _proof(d, "kernel")["ends"].pop()),
    "biases-kernel-constant-too-small": (BY_POWERS, lambda d: d["constants"].update(H="9/5")),
    "biases-logarithm-too-good": (BY_POWERS, lambda d: d["constants"].update(above_log="3/8")),
    "biases-linear-as-growing": (BY_BETA, lambda d: d.update(theorem="relu-bias-growing")),
    "biases-weight-one-as-ordered": (SETTLES, lambda d: d["constants"].update(omega="1")),
    "biases-none-as-ordered": (SETTLES, lambda d: d["constants"].update(beta="0")),
    "biases-whole-exponent-from-below": (SETTLES, lambda d: d["constants"].update(low="1")),
    "biases-of-a-negative-slope": (BY_BETA, lambda d: d.update(mu="3/2")),
    "biases-of-another-map": (BY_BETA, lambda d: d["map"].update(tangent=d["map"]["kernel"])),
    "last-cell-missing": (FFNET, lambda d: _proof(d, "H1-lower")["ends"].pop()),
    "first-cell-reaches-too-far": (FFNET, lambda d: _proof(d, "H1-lower")["ends"].__setitem__(0, "3")),
    "cells-in-disorder": (FFNET, lambda d: _proof(d, "H3")["ends"].reverse()),
    "no-cells": (FFNET, lambda d: _proof(d, "H3").update(ends=[])),
    "order-of-zero-too-high": (FFNET, lambda d: _proof(d, "H1-lower").update(order=6)),
    "order-of-zero-too-low": (FFNET, lambda d: _proof(d, "H1-lower").update(order=3)),
    "lower-coefficient-beyond-the-truth": (FFNET, lambda d: d["constants"].update(d_lo="1006/100000")),
    "upper-coefficient-beyond-the-truth": (FFNET, lambda d: d["constants"].update(d_hi="1632/100000")),
    "linear-coefficient-beyond-the-truth": (FFNET, lambda d: d["constants"].update(b="675/10000")),
    "lower-coefficient-too-small-for-step-1": (FFNET, lambda d: d["constants"].update(d_lo="1/200")),
    "source-constant-too-small": (FFNET, lambda d: d["constants"].update(E="3/2")),
    "below-too-good": (FFNET, lambda d: d["constants"].update(below="-6/5")),
    "above-too-good": (FFNET, lambda d: d["constants"].update(above="18/10")),
    "drift-too-good": (FFNET, lambda d: d["constants"].update(drift="9/10")),
    "constant-missing": (FFNET, lambda d: d["constants"].pop("b")),
    "constant-unknown": (FFNET, lambda d: d["constants"].update(f="1")),
    "hypothesis-missing": (FFNET, lambda d: d["hypotheses"].pop("H3")),
    "hypothesis-unknown": (FFNET, lambda d: d["hypotheses"].update(H4=d["hypotheses"]["H3"])),
    "another-map": (FFNET, lambda d: d["map"].update(kdot="1-mu*t/3")),
    "another-start": (FFNET, lambda d: d["map"].update(initial="0")),
    "another-slope": (FFNET, lambda d: d.update(mu="2/3")),
    "slope-of-the-absolute-value": (FFNET, lambda d: d.update(mu="2")),
    "slope-zero": (FFNET, lambda d: d.update(mu="0")),
    "theorem-unknown": (FFNET, lambda d: d.update(theorem="ffnet-critical")),
    "theorem-exchanged": (FFNET, lambda d: d.update(theorem="resnet-angle")),
    "version-of-tomorrow": (FFNET, lambda d: d.update(version=2)),
    "version-true": (FFNET, lambda d: d.update(version=True)),
    "constant-as-decimal": (FFNET, lambda d: d["constants"].update(b="0.068")),
    "constant-with-zero-denominator": (FFNET, lambda d: d["constants"].update(b="1/0")),
    "slope-bound-too-small": (RESNET, lambda d: d["constants"].update(B="66/100")),
    "drift-of-the-flow-too-small": (RESNET, lambda d: d["constants"].update(A="1/100")),
    "drift-of-the-flow-negative": (RESNET, lambda d: d["constants"].update(K="-1/80")),
    "degeneration-constant-too-good": (RESNET, lambda d: d["constants"].update(C0="9")),
    "degeneration-logarithm-too-good": (RESNET, lambda d: d["constants"].update(C1="26/10")),
    "source-slope-too-small": (RESNET, lambda d: d["constants"].update(e1="33/10")),
    "interval-of-M2-cut": (RESNET, lambda d: _proof(d, "M2-half").update(ends=_proof(d, "M2-half")["ends"][:-1])),
    "strip-missing": (SLOPES, lambda d: [_proof(d, "lower")[key].pop() for key in ("strips", "ends")]),
    "strips-without-their-cells": (SLOPES, lambda d: _proof(d, "lower")["ends"].pop()),
    "strip-cut-short": (SLOPES, lambda d: _proof(d, "upper-rest")["ends"][0].pop()),
    "one-strip-for-all": (SLOPES, lambda d: _proof(d, "lower").update(strips=["1"], ends=[["2"]])),
    "strips-for-one-slope-only": (SLOPES, lambda d: _proof(d, "source").update(strips=["1"], ends=[["2"]])),
    "range-as-one-slope": (SLOPES, lambda d: d.update(mu="1")),
    "range-closed": (SLOPES, lambda d: d.update(mu="[0,1]")),
    "one-slope-as-range": (FFNET, lambda d: d.update(mu="(0,1]")),
    "family-coefficient-beyond-the-truth": (SLOPES, lambda d: d["constants"].update(K="145/10000")),
    "family-source-too-small": (SLOPES, lambda d: d["constants"].update(E="23/10")),
    "family-below-too-good": (SLOPES, lambda d: d["constants"].update(below="4")),
    "family-above-too-good": (SLOPES, lambda d: d["constants"].update(above="3")),
    "family-drift-too-good": (SLOPES, lambda d: d["constants"].update(drift="12/10")),
    "angle-behind-the-burn-in-too-large": (SLOPES, lambda d: d["constants"].update(phi="1")),
    "angle-behind-the-burn-in-a-turn-on": (SLOPES, lambda d: d["constants"].update(phi="27/5")),
    "negative-slopes-coefficient-beyond-the-truth": (NEGATIVE, lambda d: d["constants"].update(K="36/1000")),
    "negative-slopes-below-too-good": (NEGATIVE, lambda d: d["constants"].update(below="2")),
    "negative-slopes-above-too-good": (NEGATIVE, lambda d: d["constants"].update(above="5/2")),
    "negative-slopes-as-positive": (NEGATIVE, lambda d: d.update(theorem="ffnet-slopes")),
    "smooth-offset-too-good": (CRITICAL, lambda d: d["constants"].update(C="90")),
    "smooth-drift-too-good": (CRITICAL, lambda d: d["constants"].update(drift="42")),
    "smooth-coefficient-beyond-the-truth": (CRITICAL, lambda d: d["constants"].update(lo="-85/100")),
    "smooth-curvature-zero": (CRITICAL, lambda d: d["constants"].update(a_lo="0")),
    "smooth-even-map": (CRITICAL, lambda d: d["constants"].update(k_hi="1")),
    "smooth-linear-map": (CRITICAL, lambda d: d["constants"].update(a1="1")),
    "smooth-third-derivative-larger": (CRITICAL, lambda d: d["constants"].update(beta_hi="1")),
    "smooth-fourth-derivative-larger": (CRITICAL, lambda d: d["constants"].update(gamma="1")),
    "smooth-for-one-slope": (CRITICAL, lambda d: d.update(mu="1")),
    "smooth-with-a-hypothesis": (
        CRITICAL,
        lambda d: d.update(hypotheses={"J1": {"order": 0, "taylor": 1, "ends": ["4"]}}),
    ),
    "ordered-as-critical": (ORDERED, lambda d: d.update(theorem="smooth-critical")),
    "ordered-rate-one": (ORDERED, lambda d: d["constants"].update(r="1")),
    "ordered-rate-zero": (ORDERED, lambda d: d["constants"].update(r="0")),
    "ordered-factor-too-good": (ORDERED, lambda d: d["constants"].update(P="1")),
    "chaotic-point-not-contracted": (CHAOTIC, lambda d: d["constants"].update(at_hi="27/32")),
    "chaotic-rate-one": (CHAOTIC, lambda d: d["constants"].update(rho="1")),
    "chaotic-chord-too-steep": (CHAOTIC, lambda d: d["constants"].update(s="1/20")),
    "chaotic-exponent-too-small": (CHAOTIC, lambda d: d["constants"].update(q="2")),
    "chaotic-rate-of-the-diagonal": (CHAOTIC, lambda d: d["constants"].update(g="9/10")),
    "chaotic-slope-below-one": (CHAOTIC, lambda d: d["constants"].update(chi_lo="99/100")),
    "chaotic-constant-too-good": (CHAOTIC, lambda d: d["constants"].update(A="15")),
    "inequality-false-at-the-end": (
        LEMMA,
        lambda d: d.update(expression="cos(t/(1+t/(3*pi)+1/15*t^2))-cos(t)-(sin(t)-t*cos(t))/pi"),
    ),
    "inequality-false-at-zero": (
        LEMMA,
        lambda d: d.update(expression="cos(t/(1+t/3+17/250*t^2))-cos(t)-(sin(t)-t*cos(t))/pi"),
    ),
    "inequality-strict-at-equality": (LEMMA, lambda d: d.update(expression="t-t", relation=">")),
    "relation-unknown": (LEMMA, lambda d: d.update(relation="<=")),
    "interval-empty": (LEMMA, lambda d: d.update(upper="pi-22/7")),
    "interval-longer-than-the-cells": (LEMMA, lambda d: d.update(upper="4")),
    "interval-unknown": (LEMMA, lambda d: d.update(upper="t")),
    "expression-of-another-variable": (LEMMA, lambda d: d.update(expression="x^2")),
    "expression-not-a-number": (LEMMA, lambda d: d.update(expression="sqrt(t-4)")),
    "tenth-power-beyond-the-length-of-a-series": (
        LEMMA,
        lambda d: d.update(expression="0-t^10", upper="1/2", hypotheses=_at_zero(10)),
    ),
    "twelfth-power-of-a-sine": (
        LEMMA,
        lambda d: d.update(expression="0-sin(t)^12", upper="1/2", hypotheses=_at_zero(12)),
    ),
    "expression-with-a-pole": (LEMMA, lambda d: d.update(expression="1/(t-1)^2")),
    "expression-as-code": (LEMMA, lambda d: d.update(expression="__import__('os')")),
    "exponent-too-large": (LEMMA, lambda d: d.update(expression="t^99")),
    "exponents-in-a-tower": (LEMMA, lambda d: d.update(expression="(((t^9)^9)^9)^9")),
}
"""What the checker must reject: the shipped file and what is changed in it."""

FLOW = "resnet-flow-mu-1-1.json"
REJECT |= {
    "flow-reach-too-short": (FLOW, lambda d: d["constants"].update(d="1632/100000")),
    "flow-reach-negative": (FLOW, lambda d: d["constants"].update(d="-1/100")),
    "flow-floor-too-high": (FLOW, lambda d: d["constants"].update(M="683/10000")),
    "flow-rise-too-small": (FLOW, lambda d: d["constants"].update(w="1/4")),
    "flow-share-too-small": (FLOW, lambda d: d["constants"].update(Z="16/100")),
    "flow-travel-too-small": (FLOW, lambda d: d["constants"].update(Y="8/100")),
    "flow-travel-above-share": (FLOW, lambda d: d["constants"].update(Y="17/100", C="2")),
    "flow-constant-too-good": (FLOW, lambda d: d["constants"].update(C="97/100")),
    "flow-of-another-slope": (FLOW, lambda d: d.update(mu="8/13")),
    "flow-of-the-absolute-value": (FLOW, lambda d: d.update(mu="2")),
    "flow-of-another-source": (FLOW, lambda d: d["map"].update(source="2*eta*cos(t)")),
    "flow-hypothesis-missing": (FLOW, lambda d: d["hypotheses"].pop("travel")),
    "flow-cells-cut-short": (FLOW, lambda d: _proof(d, "rise")["ends"].pop()),
}

HALF, TURN = "resnet-half-rate.json", "ffnet-turn.json"
REJECT |= {
    "plane-last-box-missing": (HALF, lambda d: d.update(plane=d["plane"][:-1])),
    "plane-with-a-box-too-many": (HALF, lambda d: d.update(plane=d["plane"] + ".")),
    "plane-not-cut": (HALF, lambda d: d.update(plane=".")),
    "plane-with-other-letters": (HALF, lambda d: d.update(plane=d["plane"].replace("t", "x"))),
    "plane-shorter-in-time": (HALF, lambda d: d["constants"].update(s2="4")),
    "plane-later-in-time": (HALF, lambda d: d["constants"].update(s1="4/5")),
    "plane-of-small-angles-only": (HALF, lambda d: d["constants"].update(T="2")),
    "half-rate-pace-too-small": (HALF, lambda d: d["constants"].update(k="3/10")),
    "half-rate-pace-negative": (HALF, lambda d: d["constants"].update(k="-10")),
    "half-rate-minimum-at-a-negative-angle": (HALF, lambda d: d["constants"].update(T="-1")),
    "half-rate-gain-too-small": (HALF, lambda d: d["constants"].update(kappa="999/1000", k="309/1000")),
    "half-rate-floor-too-high": (HALF, lambda d: d["constants"].update(M="683/10000")),
    "half-rate-fall-too-slow": (HALF, lambda d: d["constants"].update(J="7/10")),
    "half-rate-of-leaky-relu": (HALF, lambda d: d.update(mu="8/13")),
    "half-rate-of-another-source": (HALF, lambda d: d["map"].update(source="2*eta*cos(t)")),
    "half-rate-hypothesis-missing": (HALF, lambda d: d["hypotheses"].pop("average")),
    "turn-of-another-start": (TURN, lambda d: d["map"].update(initial="0")),
    "turn-lower-bracket-beyond-the-truth": (TURN, lambda d: d["constants"].update(e_lo="94/100000")),
    "turn-upper-bracket-beyond-the-truth": (TURN, lambda d: d["constants"].update(e_hi="95/100000")),
    "turn-brackets-too-wide": (TURN, lambda d: d["constants"].update(e_hi="1/2")),
    "turn-near-zero-too-far": (TURN, lambda d: d["constants"].update(near="1/2")),
    "turn-pace-cells-missing": (TURN, lambda d: _proof(d, "pace").update(ends=_proof(d, "pace")["ends"][:-1])),
    "turn-early-cells-in-disorder": (TURN, lambda d: _proof(d, "early")["ends"].reverse()),
    "name-defined-twice": (LEMMA, lambda d: d.update(expression="pi=4; t*(pi-3)")),
    "acos-beyond-one": (LEMMA, lambda d: d.update(expression="acos(2+t)+9")),
}

POINTS = tuple(tuple(map(fmpq, point)) for point in ((3, 4), (-4, 3), (1, 0), (0, -1)))
SIGNS = [fmpq(sign) for sign in (1, -1, 1, -1)]
AT = ((fmpq(1), fmpq(1)), (fmpq(-1), fmpq(-2)))


def on_data() -> dict[str, Any]:
    """A certificate of theorem learnability with labels and named new points."""
    return learning.search(POINTS, SIGNS, distance=fmpq(1, 10), spread=fmpq(1, 100), at=AT)


LIES_ON_DATA: dict[str, Change] = {
    "data-depth-too-small": lambda d: d["feedforward"].update(depth=str(int(d["feedforward"]["depth"]) - 1)),
    "data-depth-not-whole": lambda d: d["feedforward"].update(depth="100001/2"),
    "data-spread-too-small": lambda d: d["feedforward"].update(spread="1/200"),
    "data-nearer": lambda d: d["feedforward"].update(distance="1/20"),
    "data-distance-beyond-pi": lambda d: d["feedforward"].update(distance="22/7"),
    "data-two-equal-directions": lambda d: d["points"].__setitem__(0, ["2", "0"]),
    "data-origin": lambda d: d["points"].__setitem__(0, ["0", "0"]),
    "data-closer-points": lambda d: d["points"].__setitem__(0, ["1", "1/100000"]),
    "data-larger-labels": lambda d: d.update(labels=["2", "-2", "2", "-2"]),
    "data-other-labels": lambda d: d["residual"].update(labels=["1", "1", "1", "1"]),
    "data-labels-too-few": lambda d: d.update(labels=["1", "-1", "1"]),
    "data-gap-too-large": lambda d: d["residual"].update(gap="3"),
    "data-reach-too-large": lambda d: d["residual"].update(reach="1"),
    "data-same-new-points": lambda d: d["residual"].update(at=[["1", "1"], ["2", "2"]]),
    "data-kernel-exchanged": lambda d: d["feedforward"].update(kernel=d["residual"]["kernel"]),
    "data-kernel-broken": lambda d: d["feedforward"]["kernel"]["constants"].update(above="1"),
    "data-of-neither-network": lambda d: d.update(feedforward=None, residual=None),
    "data-coordinates-as-decimals": lambda d: d["points"].__setitem__(0, ["0.6", "0.8"]),
}
"""Changes of a certificate on data that make it a lie."""

LIES_ON_EIGENVALUES: dict[str, Change] = {
    "eigenvalue-too-large": lambda d: d.update(square="1/38"),
    "eigenvalue-of-a-vanishing-one": lambda d: d.update(linear="1/1000000"),
    "eigenvalue-of-another-degree": lambda d: d.update(degree=5),
    "eigenvalue-of-another-dimension": lambda d: d.update(dimension=5),
    "eigenvalue-bound-negative": lambda d: d.update(linear="-1"),
    "eigenvalue-on-a-line": lambda d: d.update(dimension=1),
    "eigenvalue-of-degree-true": lambda d: d.update(degree=True),
}
"""Changes of the certificate for degree 3 in dimension 3 that make it a lie."""

SURVIVE: dict[str, bytes] = {
    "empty": b"",
    "not-json": b"theorem",
    "not-utf8": b"\xff\xfe\x00",
    "a-list": b"[]",
    "nested-a-thousand-deep": b"[" * 1000 + b"]" * 1000,
    "float": b'{"version": 1.0}',
    "nan": b'{"version": NaN}',
    "infinity": b'{"mu": Infinity}',
    "key-twice": b'{"version": 1, "version": 1}',
    "null-theorem": b'{"theorem": null}',
    "hypotheses-as-a-number": json.dumps({**_shipped(LEMMA), "hypotheses": 7}).encode(),
    "ends-as-a-string": json.dumps(
        {**_shipped(LEMMA), "hypotheses": {"inequality": {"order": 4, "taylor": 4, "ends": "3"}}}
    ).encode(),
    "ends-with-a-list": json.dumps(
        {**_shipped(LEMMA), "hypotheses": {"inequality": {"order": 4, "taylor": 4, "ends": [[1]]}}}
    ).encode(),
    "integer-of-ten-thousand-digits": b'{"version": ' + b"9" * 10_000 + b"}",
    "parentheses-to-the-limit": json.dumps({**_shipped(LEMMA), "expression": "(" * 900 + "t" + ")" * 900}).encode(),
    "expression-too-long": json.dumps({**_shipped(LEMMA), "expression": "t" + "+t" * 5000}).encode(),
    "pi-in-a-thousand-powers": json.dumps(
        {**_shipped(LEMMA), "expression": "t*" + "*".join(["(1+pi)^12"] * 100)}
    ).encode(),
}
"""Files that the checker may reject or call unreadable, in one line and at once."""


def main() -> None:
    """Write all files."""
    for name, (shipped, change) in REJECT.items():
        data = deepcopy(_shipped(shipped))
        change(data)
        (HERE / "reject" / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n")
    for found, lies in ((on_data(), LIES_ON_DATA), (eigenvalue(3, 3), LIES_ON_EIGENVALUES)):
        for name, change in lies.items():
            data = deepcopy(found)
            change(data)
            (HERE / "reject" / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n")
    for name, content in SURVIVE.items():
        (HERE / "survive" / f"{name}.json").write_bytes(content)
    accept = {
        "ffnet-slope-one-third": search("ffnet-critical-angle", Fraction(2, 5)),
        "resnet-slope-one-half": search("resnet-angle", Fraction(1, 5)),
        "flow-slope-one-fifth": search("resnet-flow", Fraction(8, 13)),
        "strict-without-zero": search_inequality("2-t", ">", "1"),
        "zero-of-order-three": search_inequality("sin(t)-t*cos(t)", ">", "pi"),
        "constant-term-of-half-pi": search_inequality("cos(pi/2-t)", ">=", "3"),
        "square-root": search_inequality("sqrt(1+t)-1/2", ">=", "2"),
        "logarithm": search_inequality("1-log(1+t)/2", ">=", "1"),
        "end-pi-minus-a-tenth": search_inequality("sin(t)", ">", "pi-1/10"),
        "arccosine": search_inequality("acos(t/2)-1", ">=", "1"),
        "name-for-a-part": search_inequality("x = 1+t; x*x-1", ">=", "1"),
        "biases-leaky-growing": search_biases(Fraction(3, 2), Fraction(1, 3), Fraction(8, 13)),
        "data-with-labels": on_data(),
        "data-any-labels": learning.search(POINTS, None, distance=fmpq(1, 10), spread=fmpq(1, 100)),
        "data-feedforward-only": learning.assembled(
            POINTS, None, feedforward=learning.feedforward(POINTS, None, distance=fmpq(1, 100), spread=fmpq(1))
        ),
        "eigenvalue-3-3": eigenvalue(3, 3),
        "eigenvalue-0-2": eigenvalue(0, 2),
        "eigenvalue-101-2": eigenvalue(101, 2),
    }
    for name, data in accept.items():
        (HERE / "accept" / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n")
    for path in [*FOLDER.glob("*.json"), *(HERE / "accept").glob("*.json")]:
        (HERE / "statements" / path.name).write_text(json.dumps(check(load(path)), indent=1) + "\n")


if __name__ == "__main__":
    main()
