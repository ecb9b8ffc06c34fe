"""check: from a certificate to the statement it proves, or Rejected."""

from typing import Any

from flint import arb, ctx

from proofs_check.checker.biases import BIASES
from proofs_check.checker.expressions import Rejected, ball
from proofs_check.checker.kinds import KINDS
from proofs_check.checker.reading import integer, keys, rational
from proofs_check.checker.signs import PRECISION, nonnegative
from proofs_check.checker.theorems import THEOREMS, scalars_hold

VERSION = 1


def check(certificate: dict[str, Any]) -> dict[str, Any]:
    """Return the statement that the certificate proves, for the caller to compare; raise Rejected otherwise."""
    name = certificate.get("theorem") if isinstance(certificate, dict) else None
    if isinstance(name, str) and name in KINDS:
        return KINDS[name](certificate, check)
    shape = {"expression", "relation", "upper"} if name == "inequality" else {"map", "mu", "constants"}
    keys(certificate, {"version", "theorem", "hypotheses"} | shape, "certificate")
    integer(certificate["version"], VERSION, VERSION, "version")
    if name == "inequality":
        return _inequality(certificate)
    theorem = (THEOREMS | BIASES).get(name) if isinstance(name, str) else None
    if theorem is None:
        raise Rejected(
            f"theorem {str(name)[:40]!r} is unknown; known: {', '.join([*THEOREMS, *BIASES, *KINDS])}, inequality"
        )
    if certificate["map"] != theorem.map:
        raise Rejected(f"the map is not the one that {name} speaks of")
    keys(certificate["constants"], set(theorem.constants), "constants")
    names = {key: rational(value, f"constant {key}") for key, value in certificate["constants"].items()}
    if theorem.mu == "exact":
        names["mu"] = rational(certificate["mu"], "mu")
    elif certificate["mu"] != theorem.mu:
        raise Rejected(f"mu: {name} covers {theorem.mu}, all at once")
    scalars_hold(theorem, names)
    keys(certificate["hypotheses"], set(theorem.hypotheses), "hypotheses")
    for key, (text, upper, *ends) in theorem.hypotheses.items():
        used = {other: value for other, value in names.items() if other in text}
        over = ("mu", *(rational(end, "mu") for end in ends)) if ends else None
        nonnegative(key, text, used, certificate["hypotheses"][key], _end(upper), over=over)
    return {
        "theorem": name,
        "map": theorem.map,
        "mu": certificate["mu"] if theorem.mu != "exact" else str(names["mu"]),
        "constants": {key: str(value) for key, value in names.items() if key != "mu"},
        "assumes": [[n.format(**names), *(e and str(names.get(e, e)) for e in ends)] for n, *ends in theorem.assumes],
        "conclusions": theorem.conclusions(names),
    }


def _end(upper: Any) -> arb:
    """The ball of the right end of (0, upper], a constant expression such as pi-1/10."""
    with ctx.workprec(PRECISION):
        end: arb = ball(upper, {}) if isinstance(upper, str) else arb(0)
        if not end > 0:
            raise Rejected(f"upper: {str(upper)[:40]!r} is no positive number, so the interval (0, upper] is empty")
    return end


def _inequality(certificate: dict[str, Any]) -> dict[str, Any]:
    """f(t) >= 0, or > 0, for every t in (0, upper], f an explicit expression."""
    text, relation, upper = certificate["expression"], certificate["relation"], certificate["upper"]
    if not isinstance(text, str):
        raise Rejected("expression: a string is expected")
    if relation not in (">=", ">"):
        raise Rejected("relation: one of >= and > is expected")
    keys(certificate["hypotheses"], {"inequality"}, "hypotheses")
    nonnegative("inequality", text, {}, certificate["hypotheses"]["inequality"], _end(upper), strict=relation == ">")
    said = {key: certificate[key] for key in ("theorem", "expression", "relation")}
    return {**said, "variable": "t", "above": "0", "upto": upper, "conclusions": []}
