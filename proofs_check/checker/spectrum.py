"""Theorem relu-spectrum: every Mercer eigenvalue of the tangent kernel of a ReLU network of depth L >= 2 is positive.

Proof: docs/open-problems.md, Theorem C. On the sphere of dimension d - 1 the eigenvalue of degree k of a kernel f(cos theta) is
the mean of f P_k, P_k(1) = 1. The certificate names d and k and two rationals that bound from below what the balls

    linear = eigenvalue of c kappa_0(c),   square = eigenvalue of c^2 kappa_0(c)

say exactly, by the half-sphere integrals of P_k. No map depends on numbers; the maps are those of the two ReLU theorems.
"""

from collections.abc import Callable
from typing import Any

from flint import arb, ctx

from proofs_check.checker.expressions import Rejected
from proofs_check.checker.reading import integer, keys, rational
from proofs_check.checker.signs import PRECISION, to_arb
from proofs_check.checker.theorems import FFNET, RESNET

NAME = "relu-spectrum"
MOST = 500


def conclude(certificate: dict[str, Any], check: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """The statement that the certificate proves; Rejected if a hypothesis fails."""
    del check
    keys(certificate, {"version", "theorem", "dimension", "degree", "linear", "square"}, "certificate")
    integer(certificate["version"], 1, 1, "version")
    dimension = integer(certificate["dimension"], 2, MOST, "dimension")
    degree = integer(certificate["degree"], 0, MOST, "degree")
    least = {key: rational(certificate[key], key) for key in ("linear", "square")}
    with ctx.workprec(PRECISION):
        found = {"linear": times_c(kappa_0, degree, dimension), "square": square(degree, dimension)}
        for key, value in found.items():
            if not value >= to_arb(least[key]) or least[key] < 0:
                raise Rejected(
                    f"{key}: the eigenvalue is {value.str(8)}, wanted at least {least[key]}, which is not negative"
                )
    x, y = (f"({least[key]})" for key in ("linear", "square"))
    general = {"quantity": "normalized_ntk", "degree": None, "dimension": None}
    chosen = {"quantity": "normalized_ntk", "degree": degree, "dimension": dimension, "first": 2}
    forward = f"210*((1/2+1/pi^2)*{x}+{y}/(2*pi))/((L+1)*(L+3)*(L+4)*(L+5))"
    kept = ("(1-eta/2)^(L-1)", "(1-(L-1)*eta/2)")
    backward = [f"{factor}*({x}+eta/pi*{y})/(2*L)" for factor in kept]
    return {
        "theorem": NAME,
        "words": [
            "ReLU ffnet and ReLU resnet without bias, eigenvalues of the normalised tangent kernel on every unit sphere:",
            "  every one is positive for every L >= 2; at L = 1 those of degree 1 and of even degree, and the others are 0",
            f"  degree {degree}, dimension {dimension}, ffnet, every L >= 2: at least {forward}",
            f"  degree {degree}, dimension {dimension}, resnet with eta = h/(1+h), every L >= 2: at least {backward[0]}",
        ],
        "maps": {
            "feedforward": {"map": FFNET.map, "mu": "1"},
            "residual": {"map": RESNET.map, "mu": "1"},
        },
        "conclusions": [
            {"kind": "eigenvalues", **general, "first": 2, "last": None, "parity": "every", "sign": "positive"},
            {"kind": "eigenvalues", **general, "first": 1, "last": None, "parity": "even or 1", "sign": "positive"},
            {"kind": "eigenvalues", **general, "first": 1, "last": 1, "parity": "odd from 3", "sign": "zero"},
            {
                "kind": "eigenvalue",
                "network": "feedforward",
                **chosen,
                "condition": None,
                "lower": forward,
            },
            *(
                {
                    "kind": "eigenvalue",
                    "network": "residual",
                    **chosen,
                    "condition": "h > 0",
                    "lower": lower,
                }
                for lower in backward
            ),
        ],
    }


def kappa_0(degree: int, dimension: int) -> arb:
    """The eigenvalue of kappa_0 = 1 - theta/pi: 2 (mean of P_k over the half sphere)^2."""
    if degree % 2 == 0:
        return arb(1) / 2 if degree == 0 else arb(0)
    half, m = arb(1) / 2, (degree - 1) // 2
    mean = (half * dimension).gamma() * (m + half).gamma() / (2 * arb.pi() * (m + half * (dimension + 1)).gamma())
    return 2 * mean * mean


def times_c(eigenvalue: Callable[[int, int], arb], degree: int, dimension: int) -> arb:
    """The eigenvalue of c f: c P_k = ((k + d - 2) P_(k+1) + k P_(k-1))/(2k + d - 2)."""
    above = eigenvalue(degree + 1, dimension)
    if degree == 0:
        return above
    below = eigenvalue(degree - 1, dimension)
    return ((degree + dimension - 2) * above + degree * below) / (2 * degree + dimension - 2)


def square(degree: int, dimension: int) -> arb:
    """The eigenvalue of c^2 kappa_0."""
    return times_c(lambda k, d: times_c(kappa_0, k, d), degree, dimension)
