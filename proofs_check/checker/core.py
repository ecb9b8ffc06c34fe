"""check: from a certificate to the statement it proves, or Rejected."""

from typing import Any

from flint import arb, ctx

from proofs_check.checker.expressions import Rejected, ball
from proofs_check.checker.kinds import KINDS
from proofs_check.checker.reading import integer, keys, rational
from proofs_check.checker.signs import PRECISION, nonnegative
from proofs_check.checker.theorems import THEOREMS, scalars_hold

VERSION = 1


def check(certificate: dict[str, Any]) -> dict[str, Any]:
    """Return the statement that the certificate proves, for the caller to compare; raise Rejected otherwise."""
    if isinstance(certificate, dict) and certificate.get("theorem") == "inequality":
        return _inequality(certificate)
    if isinstance(certificate, dict) and str(certificate.get("theorem")) in KINDS:
        return KINDS[certificate["theorem"]](certificate, check)
    keys(certificate, {"version", "theorem", "map", "mu", "constants", "hypotheses"}, "certificate")
    integer(certificate["version"], VERSION, VERSION, "version")
    name = certificate["theorem"]
    theorem = THEOREMS.get(name) if isinstance(name, str) else None
    if theorem is None:
        raise Rejected(f"theorem {str(name)[:40]!r} is unknown; known: {', '.join([*THEOREMS, *KINDS])}, inequality")
    if certificate["map"] != theorem.map:
        raise Rejected(f"the map is not the one that {name} speaks of")
    keys(certificate["constants"], set(theorem.constants), "constants")
    names = {"mu": rational(certificate["mu"], "mu")}
    names |= {key: rational(value, f"constant {key}") for key, value in certificate["constants"].items()}
    scalars_hold(theorem, names)
    keys(certificate["hypotheses"], set(theorem.hypotheses), "hypotheses")
    for key, (text, upper) in theorem.hypotheses.items():
        used = {other: value for other, value in names.items() if other in text}
        nonnegative(key, text, used, certificate["hypotheses"][key], _end(upper))
    return {
        "theorem": name,
        "map": theorem.map,
        "mu": str(names["mu"]),
        "constants": {key: str(value) for key, value in names.items() if key != "mu"},
        "conclusions": theorem.conclusions(names),
    }


def _end(upper: Any) -> arb:
    """The ball of the right end of (0, upper], a constant expression such as pi-1/10."""
    if not isinstance(upper, str):
        raise Rejected("upper: a string is expected")
    with ctx.workprec(PRECISION):
        end: arb = ball(upper, {})
        if not end > 0:
            raise Rejected(f"upper: {upper[:40]!r} is not positive, so the interval (0, upper] is empty")
    return end


def _inequality(certificate: dict[str, Any]) -> dict[str, Any]:
    """f(t) >= 0, or > 0, for every t in (0, upper], f an explicit expression."""
    keys(certificate, {"version", "theorem", "expression", "relation", "upper", "hypotheses"}, "certificate")
    integer(certificate["version"], VERSION, VERSION, "version")
    text, relation, upper = certificate["expression"], certificate["relation"], certificate["upper"]
    if not isinstance(text, str):
        raise Rejected("expression: a string is expected")
    if relation not in (">=", ">"):
        raise Rejected("relation: one of >= and > is expected")
    keys(certificate["hypotheses"], {"inequality"}, "hypotheses")
    proof = certificate["hypotheses"]["inequality"]
    nonnegative("inequality", text, {}, proof, _end(upper), strict=relation == ">")
    return {
        "theorem": "inequality",
        "expression": text,
        "relation": relation,
        "variable": "t",
        "above": "0",
        "upto": upper,
        "conclusions": [],
    }
