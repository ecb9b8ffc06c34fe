"""The untrusted search for certificates: constants near their best values, then the cells that make balls decide.

Idea. Each constant of a meta-theorem is the supremum or infimum of a function of one variable; it is estimated on a grid in
floats and moved 1 % to the safe side, as a short rational. Then every hypothesis is subdivided greedily: [0, r] with r as large
as the Taylor form allows, and from there cells that are doubled while they succeed and halved while they fail. Nothing found
here is believed: the checker decides.

What can go wrong. A false hypothesis would be halved for ever: cells have a smallest size and the search a time limit.
"""

import json
import math
import time
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from flint import arb, ctx, fmpq

from proofs_check.checker import Rejected, check, load
from proofs_check.checker.expressions import ball, vanishing
from proofs_check.checker.signs import PRECISION, has_sign, nonnegative, taylor_form, to_arb
from proofs_check.checker.theorems import THEOREMS
from proofs_check.verdicts import Outcome
from theory.claims import Claim
from theory.errors import BeyondReach

FOLDER = Path(__file__).parent / "certificates"
PI_ABOVE = Fraction(355, 113)
SMALLEST = Fraction(1, 2**14)
ORDERS = {"H1-lower": 5, "H1-upper": 5, "H1-linear": 4, "H3": 1, "M2-start": 5, "M2-half": 4, "source": 1}
"""Orders of the zeros at 0 of the hypotheses of the meta-theorems, where they have one."""
TAYLOR = 4
LEMMAS = {
    "relu-gain": ("(sin(t)-t*cos(t))/pi", ">", "pi"),
    "relu-gain-at-most-one": ("1-(sin(t)-t*cos(t))/pi", ">", "3"),
    "angle-lower": ("cos(t)+(sin(t)-t*cos(t))/pi-cos(t/(1+t/(3*pi)))", ">=", "pi"),
    "angle-upper": ("cos(t/(1+t/(3*pi)+17/250*t^2))-cos(t)-(sin(t)-t*cos(t))/pi", ">=", "pi"),
}
"""Inequalities whose certificates are shipped: name, expression in t, relation to 0, right end."""
MAX_ORDER = 12


def search(theorem: str, mu: Fraction, *, seconds: float = 20) -> dict[str, Any]:
    """A certificate of a meta-theorem for the family member mu, accepted by the checker.

    raises  BeyondReach where no constants or cells are found in the time
    """
    if theorem not in THEOREMS:
        raise BeyondReach(f"theorem={theorem}: unknown; known: {', '.join(THEOREMS)}")
    if not 0 < mu <= 1:
        raise BeyondReach(f"mu={mu}: the meta-theorem {theorem} needs 0 < mu <= 1")
    constants = (_ffnet_constants if theorem == "ffnet-critical-angle" else _resnet_constants)(mu)
    names = {"mu": _fmpq(mu), **{key: _fmpq(value) for key, value in constants.items()}}
    deadline = time.monotonic() + seconds
    certificate = {
        "version": 1,
        "theorem": theorem,
        "map": THEOREMS[theorem].map,
        "mu": str(mu),
        "constants": {key: str(value) for key, value in constants.items()},
        "hypotheses": {
            key: _cells(key, text, {n: v for n, v in names.items() if n in text}, upper, ORDERS.get(key, 0), deadline)
            for key, (text, upper) in THEOREMS[theorem].hypotheses.items()
        },
    }
    try:
        check(certificate)
    except Rejected as error:
        raise BeyondReach(f"{theorem}, mu={mu}: {error}") from None
    return certificate


def search_inequality(text: str, relation: str, upper: str, *, seconds: float = 20) -> dict[str, Any]:
    """A certificate that an expression in t is >= 0 (or > 0) on (0, upper], accepted by the checker.

    raises  BeyondReach where the expression is not in the checker's language, or the inequality is not decided
    """
    try:
        order = next((m for m in range(MAX_ORDER) if not vanishing(text, {}, m + 1)), None)
    except Rejected:
        order = 0  # no exact series: only a function without a zero at 0 can be certified
    if order is None:
        raise BeyondReach(f"{text[:60]}: its zero at 0 is of order {MAX_ORDER} or more")
    deadline = time.monotonic() + seconds
    proof = _cells("inequality", text, {}, upper, order, deadline, strict=relation == ">")
    certificate = {
        "version": 1,
        "theorem": "inequality",
        "expression": text,
        "relation": relation,
        "upper": upper,
        "hypotheses": {"inequality": proof},
    }
    try:
        check(certificate)
    except Rejected as error:
        raise BeyondReach(str(error)) from None
    return certificate


def _cells(
    name: str, text: str, names: dict[str, fmpq], upper: str, order: int, deadline: float, *, strict: bool = False
) -> dict[str, Any]:
    """Ends for which the checker's own test succeeds."""
    last = _above(upper)

    def near_zero(end: Fraction) -> bool:
        proof = {"order": order, "taylor": TAYLOR, "ends": [str(end)]}
        try:
            nonnegative(name, text, names, proof, arb(0), strict=strict)
        except Rejected:
            return False
        return True

    with ctx.workprec(PRECISION):
        balls = {key: to_arb(value) for key, value in names.items()}
    first = next((r for r in (Fraction(1, 2**k) for k in range(40)) if r <= last and near_zero(r)), None)
    if first is None:
        raise BeyondReach(f"{name}: the Taylor form at 0 fails however short the interval; it may be false there")
    ends, width = [first], first
    while ends[-1] < last:
        if time.monotonic() > deadline:
            raise BeyondReach(f"{name}: the search for cells ran out of time at {float(ends[-1]):.6g}")
        right = min(ends[-1] + width, last)
        if _cell_succeeds(text, balls, ends[-1], right, strict):
            ends.append(right)
            width *= 2
        elif width < SMALLEST:
            raise BeyondReach(f"{name}: not decided near {float(ends[-1]):.6g}; it may be false there")
        else:
            width /= 2
    return {"order": order, "taylor": TAYLOR, "ends": [str(end) for end in ends]}


def _above(upper: str) -> Fraction:
    """A short rational at or a little above the right end."""
    if upper == "pi":
        return PI_ABOVE
    with ctx.workprec(PRECISION):
        end = ball(upper, {})
        if not end > 0:
            raise BeyondReach(f"upper={upper}: the interval (0, upper] is empty")
        if end.is_exact():
            return Fraction(str(end.fmpq()))
        return Fraction(int((end.upper() * 2**20).ceil().unique_fmpz()), 2**20)


def _cell_succeeds(text: str, balls: dict[str, arb], left: Fraction, right: Fraction, strict: bool) -> bool:
    with ctx.workprec(PRECISION):
        try:
            form = taylor_form(text, balls, to_arb(_fmpq(left)), to_arb(_fmpq(right)), TAYLOR)
        except Rejected:
            return False
        return has_sign(form, strict)


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _short(value: float, *, up: bool, margin: float = 0.005) -> Fraction:
    """A rational of four figures, half a per cent on the safe side of a positive estimate."""
    moved = value * (1 + margin if up else 1 - margin)
    scale = 10 ** max(3 - math.floor(math.log10(abs(moved))), 0)
    return Fraction((math.ceil if up else math.floor)(moved * scale), scale)


def _grid() -> Iterator[float]:
    return (0.02 + k * (math.pi - 0.02) / 3000 for k in range(3001))


def _gain(t: float) -> float:
    """Sin t - t cos t without cancellation near 0."""
    if t > 0.3:
        return math.sin(t) - t * math.cos(t)
    return math.fsum((-1) ** (k + 1) * 2 * k * t ** (2 * k + 1) / math.factorial(2 * k + 1) for k in range(1, 10))


def _delta(t: float, mu: float) -> float:
    """1/G - 1/t - mu/(3 pi) for the angle map G."""
    half = math.sin(t / 2) ** 2 - mu * _gain(t) / (2 * math.pi)
    return 1 / (2 * math.asin(math.sqrt(half))) - 1 / t - mu / (3 * math.pi)


def _ffnet_constants(exact: Fraction) -> dict[str, Fraction]:
    mu = float(exact)
    b1 = mu**2 / (6 * math.pi**2)
    scaled = [(_delta(t, mu) - b1 * t) / t**2 for t in _grid() if t > 0.1]
    at_zero = mu / (45 * math.pi) + 5 * mu**3 / (54 * math.pi**3)
    d_lo = _short(min(*scaled, at_zero) * 0.7, up=False)
    d_hi = _short(max(scaled), up=True)
    b = _short(max(_delta(t, mu) / t for t in _grid()), up=True)
    front = 3 * math.pi / (4 * mu)

    def source(t: float) -> float:
        cosine = math.cos(t) + mu * _gain(t) / math.pi
        return (1 - cosine + front * float(d_hi) * t * t) * math.pi / (mu * t)

    e = _short(max(source(t) for t in _grid()), up=True)
    log_part = 3 * math.pi * float(b) / mu * 0.37 + float(b) * math.pi
    squares = (float(d_hi) + mu / (3 * math.pi) * b1) * (math.pi**2 + 3 * math.pi**2 / mu)
    above = -0.375 + 0.375 * math.pi * log_part + front * squares
    return {
        "d_lo": d_lo,
        "d_hi": d_hi,
        "b": b,
        "E": e,
        "below": -max(Fraction(5, 4), _thousandth_above(Fraction(3, 8) + e - Fraction(3, 4) / exact)),
        "above": Fraction(math.ceil(above * 100 + 1e-9), 100),
        "drift": Fraction(math.ceil((mu / 2 * log_part + squares) * 100 + 1e-9), 100),
    }


def _resnet_constants(exact: Fraction) -> dict[str, Fraction]:
    mu = float(exact)

    def slope(t: float) -> float:
        return math.sin(t) - mu / 2 * (2 * t * math.sin(t) - math.cos(t)) / math.pi

    def bend(t: float) -> float:
        return math.cos(t) - mu / 2 * (3 * math.sin(t) + 2 * t * math.cos(t)) / math.pi

    def omega_gap(t: float) -> float:
        omega = math.cos(t) + mu / 2 * (_gain(t) - t * math.cos(t)) / math.pi
        return 2 * (1 - omega) * math.pi / (mu * t)

    bound = _short(max(abs(slope(t)) for t in _grid()), up=True)
    curvature = _short(max(1, *(abs(bend(t)) for t in _grid())), up=True)
    e1 = _short(max(omega_gap(t) for t in _grid()), up=True)
    a, k = Fraction(3, 50), Fraction(1, 80)  # found by hand: near the least C0 for which M2-half holds up to t = 2
    drift = float(a) / 2 + 2 * float(k)
    summed = 3 * math.pi / (2 * mu) * (drift + 6 * math.pi * float(k))
    c0 = summed + float(e1) + 3 * math.pi**2 / (2 * mu) * drift + 3.9 / mu
    c1 = 9 * math.pi**2 / 2 * float(a)
    return {"B": bound, "D": curvature, "A": a, "K": k, "e1": e1, "C0": _tenth_above(c0), "C1": _tenth_above(c1)}


def _thousandth_above(value: Fraction) -> Fraction:
    """Strictly above, so that balls decide it."""
    return Fraction(math.floor(value * 1000) + 1, 1000)


def _tenth_above(value: float) -> Fraction:
    return Fraction(math.ceil(value * 10 + 1e-9), 10)


def name_of(theorem: str, mu: Fraction) -> str:
    """The file name of a shipped certificate."""
    if theorem not in THEOREMS:
        return f"{theorem}.json"
    short = "ffnet" if theorem == "ffnet-critical-angle" else "resnet"
    return f"{short}-mu-{mu.numerator}-{mu.denominator}.json"


@lru_cache(maxsize=64)
def certificate(theorem: str, mu: Fraction) -> tuple[str, dict[str, Any]]:
    """A certificate and where it comes from: the shipped file, or a search."""
    path = FOLDER / name_of(theorem, mu)
    if path.exists():
        return path.name, load(path)
    return "a certificate searched now", search(theorem, mu)


@lru_cache(maxsize=1)
def _shipped_inequalities() -> dict[tuple[str, str, str], dict[str, Any]]:
    found = [load(FOLDER / f"lemma-{name}.json") for name in LEMMAS]
    return {(data["expression"], data["relation"], data["upper"]): data for data in found}


@lru_cache(maxsize=256)
def inequality_certificate(text: str, relation: str, upper: str) -> dict[str, Any]:
    """A certificate of expression >= 0 or > 0 on (0, upper]: the shipped one, or a search."""
    shipped = _shipped_inequalities().get((text, relation, upper))
    return shipped if shipped is not None else search_inequality(text, relation, upper)


def certify(claim: Claim, *, effort: float) -> dict[str, Any]:
    """A certificate that the checker accepts and from which the judge derives the claim.

    raises  BeyondReach where there is none, or where the claim needs more than one
    """
    from proofs_check.engines.certificates import examine
    from proofs_check.judge import Options

    found = examine(claim, Options(effort=effort))
    if found is None or found.outcome is not Outcome.PROVES:
        reason = found.summary if found is not None else "statements of this form are not proved by certificates"
        raise BeyondReach(f"{claim.id}: no certificate: {reason}")
    own: list[dict[str, Any]] = found.data.get("certificates", [])
    named = {(row["theorem"], row["mu"]) for row in found.data.get("theorems", []) if row["theorem"] is not None}
    certificates = own + [certificate(theorem, Fraction(mu))[1] for theorem, mu in sorted(named)]
    if len(certificates) != 1:
        raise BeyondReach(f"{claim.id}: the proof rests on {len(certificates)} certificates; a file holds one")
    return certificates[0]


def regenerate(folder: Path = FOLDER) -> list[Path]:
    """Search every shipped certificate anew and write it; the same files every time."""
    from proofs_check.settled import SEARCHES

    written = []
    slopes = [Fraction(1), Fraction(16, 26), Fraction(99**2, 100**2 + 1)]
    found = {
        name_of(t, mu): search(t, mu) for t in THEOREMS for mu in (slopes if t.startswith("ffnet") else slopes[:1])
    }
    for name, (text, relation, upper) in LEMMAS.items():
        found[f"lemma-{name}.json"] = search_inequality(text, relation, upper)
    found |= {f"{name}.json": further() for name, further in SEARCHES.items()}
    for name, data in found.items():
        path = folder / name
        path.write_text(json.dumps(data, indent=1) + "\n")
        written.append(path)
    return written
