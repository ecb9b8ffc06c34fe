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
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from flint import arb, ctx, fmpq

from proofs_check.checker import Rejected, check, load
from proofs_check.checker.expressions import ball, vanishing
from proofs_check.checker.signs import PRECISION, has_sign, taylor_form, to_arb
from proofs_check.checker.theorem import Theorem
from proofs_check.checker.theorems import THEOREMS
from proofs_check.verdicts import Evidence, Outcome
from theory.activations import activation
from theory.architectures import ffnet
from theory.claims import Claim
from theory.errors import BeyondReach
from theory.recursion import correlation_form

FOLDER = Path(__file__).parent / "certificates"
PI_ABOVE = Fraction(355, 113)
SMALLEST = Fraction(1, 2**14)
ORDERS = {
    **{"H1-lower": 5, "H1-upper": 5, "H1-linear": 4, "H3": 1, "M2-start": 5, "M2-half": 4, "source": 1},
    **{"lower": 5, "upper": 5, "upper-start": 5, "upper-rest": 5, "reach": 5},
    **{"step-lower": 4, "step-upper": 4, "kernel": 2},
}
"""Orders of the zeros at 0 of the hypotheses of the meta-theorems, where they have one."""
TAYLOR = 4
TAYLOR_OVER = 10
"""Where the parameter is a ball: the longer expansion at 0 keeps the zero exact as far as [0, 1]."""
COARSEST, THINNEST = Fraction(1, 128), Fraction(1, 2**12)
"""The smallest cell in t and strip of the parameter, there."""
LEMMAS = {
    "relu-gain": ("(sin(t)-t*cos(t))/pi", ">", "pi"),
    "relu-gain-at-most-one": ("1-(sin(t)-t*cos(t))/pi", ">", "3"),
    "angle-lower": ("cos(t)+(sin(t)-t*cos(t))/pi-cos(t/(1+t/(3*pi)))", ">=", "pi"),
    "angle-upper": ("cos(t/(1+t/(3*pi)+17/250*t^2))-cos(t)-(sin(t)-t*cos(t))/pi", ">=", "pi"),
}
"""Inequalities whose certificates are shipped: name, expression in t, relation to 0, right end."""
MAX_ORDER = 12
SMOOTH: dict[str, int | None] = {"exp": None, "tanh": 1, "sigmoid": None, "softplus": None, "erf": None, "gelu": None}
"""Activations whose certificates are shipped, critical at a length of the pre-activations or as they are."""


def search(theorem: str, mu: Fraction | None, *, seconds: float = 20) -> dict[str, Any]:
    """A certificate of a meta-theorem for the family member mu, or all members (None), accepted by the checker.

    raises  BeyondReach where no constants or cells are found in the time
    """
    if theorem not in _CONSTANTS:
        raise BeyondReach(f"theorem={theorem}: unknown; known: {', '.join(_CONSTANTS)}")
    stated = THEOREMS[theorem]
    if (mu is None) is (stated.mu == "exact") or (mu is not None and not 0 < mu <= 1):
        wanted = "0 < mu <= 1, exact" if stated.mu == "exact" else f"no mu: it covers {stated.mu}"
        raise BeyondReach(f"mu={mu}: the meta-theorem {theorem} needs {wanted}")
    return certificate_of(theorem, stated, mu, _CONSTANTS[theorem](mu), seconds)


def search_smooth(theorem: str, given: dict[str, Fraction]) -> dict[str, Any]:
    """A certificate of a theorem on smooth maps, from what is assumed of the map.

    given   the constants that enclose numbers of the map, as in the theorem's ``assumes``
    raises  BeyondReach where the hypotheses fail
    """
    constants = given | _FROM_GIVEN[theorem](given)
    return certificate_of(theorem, THEOREMS[theorem], None, constants, 1)


def certificate_of(
    theorem: str, stated: Theorem, mu: Fraction | None, constants: dict[str, Fraction], seconds: float
) -> dict[str, Any]:
    """The certificate with these constants, accepted by the checker.

    raises  BeyondReach where a hypothesis fails, or cells are not found in the time
    """
    names = {key: _fmpq(value) for key, value in constants.items()} | ({} if mu is None else {"mu": _fmpq(mu)})
    deadline = time.monotonic() + seconds
    certificate = {
        "version": 1,
        "theorem": theorem,
        "map": stated.map,
        "mu": stated.mu if mu is None else str(mu),
        "constants": {key: str(value) for key, value in constants.items()},
        "hypotheses": {
            key: _signs(key, text, {n: v for n, v in names.items() if n in text}, upper, ends, deadline)
            for key, (text, upper, *ends) in stated.hypotheses.items()
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
    ends = _cells("inequality", text, {}, _above(upper), order, TAYLOR, deadline, strict=relation == ">")
    proof = {"order": order, "taylor": TAYLOR, "ends": ends}
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


def _signs(
    name: str, text: str, names: dict[str, fmpq], upper: str, ends: list[str], deadline: float
) -> dict[str, Any]:
    """The proof of one hypothesis of a meta-theorem, for one member of the family or for a range of it."""
    order, last = ORDERS.get(name, 0), _above(upper)
    with ctx.workprec(PRECISION):
        balls = {key: to_arb(value) for key, value in names.items()}
    if not ends:
        found = _cells(name, text, balls, last, order, TAYLOR, deadline)
        return {"order": order, "taylor": TAYLOR, "ends": found}
    low, high = (Fraction(end) for end in ends)
    strips, chains, width = [low], [], high - low
    while strips[-1] < high:
        right = min(strips[-1] + width, high)
        with ctx.workprec(PRECISION):
            strip = {"mu": to_arb(_fmpq(strips[-1])).union(to_arb(_fmpq(right)))}
        try:
            chains.append(_cells(name, text, balls | strip, last, order, TAYLOR_OVER, deadline, smallest=COARSEST))
        except BeyondReach:
            width /= 2
            if width < THINNEST or time.monotonic() > deadline:
                raise
            continue
        strips.append(right)
        width *= 2
    return {"order": order, "taylor": TAYLOR_OVER, "strips": [str(end) for end in strips[1:]], "ends": chains}


def _cells(
    name: str,
    text: str,
    balls: dict[str, arb],
    last: Fraction,
    order: int,
    taylor: int,
    deadline: float,
    *,
    strict: bool = False,
    smallest: Fraction = SMALLEST,
) -> list[str]:
    """Ends for which the checker's own test succeeds."""

    def succeeds(left: Fraction, right: Fraction) -> bool:
        with ctx.workprec(PRECISION):
            try:
                ends = (to_arb(_fmpq(left)), to_arb(_fmpq(right)))
                form = taylor_form(text, balls, *ends, taylor, 0 if left else order)
            except Rejected:
                return False
            return has_sign(form, strict)

    nothing = Fraction(0)
    coarse = smallest > SMALLEST
    lengths = (last / 2**k for k in range(13)) if coarse else (Fraction(1, 2**k) for k in range(40))
    first = next((r for r in lengths if r <= last and not (coarse and r < smallest) and succeeds(nothing, r)), None)
    if first is None:
        raise BeyondReach(f"{name}: the Taylor form at 0 fails however short the interval; it may be false there")
    ends, width = [first], first
    while ends[-1] < last:
        if time.monotonic() > deadline:
            raise BeyondReach(f"{name}: the search for cells ran out of time at {float(ends[-1]):.6g}")
        right = min(ends[-1] + width, last)
        if succeeds(ends[-1], right):
            ends.append(right)
            width *= 2
        elif width < smallest:
            raise BeyondReach(f"{name}: not decided near {float(ends[-1]):.6g}; it may be false there")
        else:
            width /= 2
    return [str(end) for end in ends]


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


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def short(value: float, *, up: bool, margin: float = 0.005) -> Fraction:
    """A rational of four figures, half a per cent on the safe side of a positive estimate."""
    moved = value * (1 + margin if up else 1 - margin)
    scale = 10 ** max(3 - math.floor(math.log10(abs(moved))), 0)
    return Fraction((math.ceil if up else math.floor)(moved * scale), scale)


def grid() -> Iterator[float]:
    """Angles in (0, pi] on which suprema are estimated."""
    return (0.02 + k * (math.pi - 0.02) / 3000 for k in range(3001))


def gain(t: float) -> float:
    """Sin t - t cos t without cancellation near 0."""
    if t > 0.3:
        return math.sin(t) - t * math.cos(t)
    return math.fsum((-1) ** (k + 1) * 2 * k * t ** (2 * k + 1) / math.factorial(2 * k + 1) for k in range(1, 10))


def _delta(t: float, mu: float) -> float:
    """1/G - 1/t - mu/(3 pi) for the angle map G."""
    half = math.sin(t / 2) ** 2 - mu * gain(t) / (2 * math.pi)
    return 1 / (2 * math.asin(math.sqrt(half))) - 1 / t - mu / (3 * math.pi)


def _ffnet_constants(exact: Fraction) -> dict[str, Fraction]:
    mu = float(exact)
    b1 = mu**2 / (6 * math.pi**2)
    scaled = [(_delta(t, mu) - b1 * t) / t**2 for t in grid() if t > 0.1]
    at_zero = mu / (45 * math.pi) + 5 * mu**3 / (54 * math.pi**3)
    d_lo = short(min(*scaled, at_zero) * 0.7, up=False)
    d_hi = short(max(scaled), up=True)
    b = short(max(_delta(t, mu) / t for t in grid()), up=True)
    front = 3 * math.pi / (4 * mu)

    def source(t: float) -> float:
        cosine = math.cos(t) + mu * gain(t) / math.pi
        return (1 - cosine + front * float(d_hi) * t * t) * math.pi / (mu * t)

    e = short(max(source(t) for t in grid()), up=True)
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
        omega = math.cos(t) + mu / 2 * (gain(t) - t * math.cos(t)) / math.pi
        return 2 * (1 - omega) * math.pi / (mu * t)

    bound = short(max(abs(slope(t)) for t in grid()), up=True)
    curvature = short(max(1, *(abs(bend(t)) for t in grid())), up=True)
    e1 = short(max(omega_gap(t) for t in grid()), up=True)
    a, k = Fraction(3, 50), Fraction(1, 80)  # found by hand: near the least C0 for which M2-half holds up to t = 2
    drift = float(a) / 2 + 2 * float(k)
    summed = 3 * math.pi / (2 * mu) * (drift + 6 * math.pi * float(k))
    c0 = summed + float(e1) + 3 * math.pi**2 / (2 * mu) * drift + 3.9 / mu
    c1 = 9 * math.pi**2 / 2 * float(a)
    return {"B": bound, "D": curvature, "A": a, "K": k, "e1": e1, "C0": _tenth_above(c0), "C1": _tenth_above(c1)}


def _flow_constants(exact: Fraction) -> dict[str, Fraction]:
    mu = float(exact)
    b1 = mu**2 / (6 * math.pi**2)
    d = short(max((_delta(t, mu) - b1 * t) / t**2 for t in grid() if t > 0.1), up=True)

    def omega(t: float) -> float:
        return math.cos(t) + mu / 2 * (gain(t) - t * math.cos(t)) / math.pi

    def later(t: float) -> float:
        return t / (1 + mu * t / (3 * math.pi) + b1 * t**2 + float(d) * t**3)

    m = short(max(-omega(t) for t in grid()), up=True)
    w = short(max(omega(later(t)) - omega(t) for t in grid()), up=True)
    z = short(max(t * omega(t) / math.pi for t in grid()), up=True)
    y = short(max((t - later(t)) * omega(later(t)) / math.pi for t in grid()), up=True)
    above = 2 * (m + exact - 1) + 5 * exact * m / 2 + exact * z + exact / 2 * (z + w + exact * m)
    below = 2 * w + exact * z + exact / 2 * (y + z) + exact * m + exact / 2 * (m + exact * z)
    return {"d": d, "M": m, "w": w, "Z": z, "Y": y, "C": _hundredth_above(max(above, below))}


def _slopes_constants(_: None) -> dict[str, Fraction]:
    """Found by hand: K near the largest (1/G - 1/t - mu/(3 pi) - b_1 t)/(mu t^2), 0.0146, the others just above their bounds."""
    k = Fraction(2, 125)
    e = _source_constant(k, 2)
    fixed = {"K": k, "E": e, "phi": Fraction(47, 50)}
    return fixed | {"below": Fraction(9, 2), "above": Fraction(31, 10), "drift": Fraction(13, 10)}


def _negative_slopes_constants(_: None) -> dict[str, Fraction]:
    """Found by hand: K near the largest value for mu in [1, 2], 0.0366."""
    k = Fraction(19, 500)
    e = _source_constant(k, math.pi / 2)
    below = max(Fraction(9, 4), _thousandth_above(e - Fraction(3, 8)))
    return {"K": k, "E": e, "below": below, "above": Fraction(4), "drift": Fraction(7, 5)}


def _source_constant(k: Fraction, last: float) -> Fraction:
    """Above (1 - cos t + (3 pi/4) K t^2) pi/t."""
    return short(
        max((1 - math.cos(t) + 3 * math.pi / 4 * float(k) * t * t) * math.pi / t for t in grid() if t <= last), up=True
    )


_CONSTANTS: dict[str, Callable[[Any], dict[str, Fraction]]] = {
    "ffnet-critical-angle": _ffnet_constants,
    "ffnet-slopes": _slopes_constants,
    "ffnet-negative-slopes": _negative_slopes_constants,
    "resnet-angle": _resnet_constants,
    "resnet-flow": _flow_constants,
}


def _critical_constants(given: dict[str, Fraction]) -> dict[str, Fraction]:
    """Each a little above (``lo``: below) what the inequality of its name asks for."""
    a_lo, a_hi, beta_lo, beta_hi = (given[key] for key in ("a_lo", "a_hi", "beta_lo", "beta_hi"))
    fall, apart = (1 + given["k_lo"]) / 4, (1 - given["k_hi"]) / 4
    if not (a_lo > 0 and fall > 0 and apart > 0 and given["a1"] < 1):
        raise BeyondReach("smooth-critical: needs kappa''(1) > 0, -1 < kappa(-1) < 1 and kappa'(0) < 1")
    b1 = _up(max(a_hi**2, beta_hi - a_lo * fall) / apart)
    e = _up((b1 + 3 * beta_hi) / (3 * a_lo) + 1)
    z = _up(max(1 + 1 / (3 * a_lo) + e * (1 / fall + 2), e / (1 - given["a1"])))
    alpha = _up(max(a_hi**2 - beta_lo, beta_hi - a_lo**2) / a_lo)
    k = _up((a_hi * beta_hi + given["gamma"] + alpha * a_hi**2) / apart + alpha * (beta_hi + a_hi**2 / (2 * apart)))
    drift = _up(alpha * 2 * b1 * (2 + Fraction(37, 100) / fall) + k * (4 + 2 / fall))
    lo, hi = (Fraction(1, 3) - beta / (3 * a**2) for beta, a in ((beta_hi, a_lo), (beta_lo, a_hi)))
    fine = 10**7
    lo, hi = Fraction(math.floor(lo * fine), fine), Fraction(math.floor(hi * fine) + 1, fine)
    m = _up(max(abs(lo), abs(hi)))
    c = _up(z + Fraction(1, 3) + drift / (3 * a_lo) + m * (a_hi / a_lo - 1))
    return {
        **{"b1": b1, "E": e, "Z": z, "K": k, "alpha": alpha},
        **{"lo": lo, "hi": hi, "m": m, "drift": drift, "C": c},
    }


def _ordered_constants(given: dict[str, Fraction]) -> dict[str, Fraction]:
    return {"P": _up(given["second"] / (given["r"] * (1 - given["r"])) + 1)}


def _chaotic_constants(given: dict[str, Fraction]) -> dict[str, Fraction]:
    hi, rho, chi = given["hi"], given["rho"], given["chi_hi"]
    s = Fraction(math.ceil(((1 - given["at_hi"]) / (1 - hi) - 1) * 10**4) - 1, 10**4)
    if not (0 < rho < 1 < given["chi_lo"] and s > 0):
        raise BeyondReach(
            "smooth-chaotic: needs kappa'(1) > 1 and a point below 1 with kappa' < 1 and a chord steeper than 1"
        )
    growth = math.log1p(s)
    p, q = (Fraction(math.floor(size / growth) + 1) for size in (-math.log(rho), math.log(chi)))
    a, b = _up(chi**2 / (given["chi_lo"] - 1)), _up(1 / (1 - rho))
    return {"s": s, "p": p, "q": q, "A": a, "B": b}


_FROM_GIVEN = {
    "smooth-critical": _critical_constants,
    "smooth-ordered": _ordered_constants,
    "smooth-chaotic": _chaotic_constants,
}


def _up(value: Fraction) -> Fraction:
    """A short rational strictly above."""
    return Fraction(math.floor(value * 1000) + 1, 1000)


def _thousandth_above(value: Fraction) -> Fraction:
    """Strictly above, so that balls decide it."""
    return Fraction(math.floor(value * 1000) + 1, 1000)


def _hundredth_above(value: Fraction) -> Fraction:
    return Fraction(math.floor(value * 100) + 1, 100)


def _tenth_above(value: float) -> Fraction:
    return Fraction(math.ceil(value * 10 + 1e-9), 10)


def name_of(theorem: str, mu: Fraction | None) -> str:
    """The file name of a shipped certificate."""
    if mu is None or theorem not in THEOREMS:
        return f"{theorem}.json"
    short = {"ffnet-critical-angle": "ffnet", "resnet-angle": "resnet"}.get(theorem, theorem)
    return f"{short}-mu-{mu.numerator}-{mu.denominator}.json"


@lru_cache(maxsize=64)
def certificate(theorem: str, mu: Fraction | None) -> tuple[str, dict[str, Any]]:
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


def certificates_of(found: Evidence) -> list[dict[str, Any]]:
    """The certificates on which a finding rests: those it holds, those searched for a network, those of its theorems."""
    rows = found.data.get("theorems", [])
    own: list[dict[str, Any]] = found.data.get("certificates", [])
    own = own + [json.loads(text) for text in sorted({row["certificate"] for row in rows if "certificate" in row})]
    named = {(row["theorem"], row["mu"]) for row in rows if row["theorem"] is not None and "certificate" not in row}
    members = [(theorem, None if mu is None else Fraction(mu)) for theorem, mu in sorted(named, key=str)]
    return own + [certificate(*member)[1] for member in members]


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
    certificates = certificates_of(found)
    if len(certificates) != 1:
        raise BeyondReach(f"{claim.id}: the proof rests on {len(certificates)} certificates; a file holds one")
    return certificates[0]


def _smooth_certificates() -> dict[str, dict[str, Any]]:
    """Certificates of the theorems on smooth maps, for the activations of ``SMOOTH``, by file name."""
    from proofs_check.smooth_facts import constants_for, smooth_map

    found = {}
    for name, critical in SMOOTH.items():
        form = correlation_form(ffnet(activation(name), critical=critical))
        numbers = None if form is None else smooth_map(form)
        if numbers is not None:
            theorem, given = constants_for(numbers, None)
            found[f"{theorem}-{name}.json"] = search_smooth(theorem, given)
    return found


@lru_cache(maxsize=1)
def _shipped_smooth() -> dict[str, str]:
    return {json.dumps(load(path)): path.name for path in sorted(FOLDER.glob("smooth-*.json"))}


def shipped_as(certificate: dict[str, Any]) -> str:
    """The name of the shipped file with this content, or that there is none."""
    return _shipped_smooth().get(json.dumps(certificate), "a certificate searched now")


def regenerate(folder: Path = FOLDER) -> list[Path]:
    """Search every shipped certificate anew and write it; the same files every time."""
    from proofs_check.bias_search import SHIPPED, search_biases
    from proofs_check.settled import SEARCHES

    written = []
    slopes = [Fraction(1), Fraction(16, 26), Fraction(99**2, 100**2 + 1)]
    members = {"ffnet-critical-angle": slopes, "resnet-angle": slopes[:1], "resnet-flow": slopes[:1]}
    found = {name_of(t, mu): search(t, mu) for t in _CONSTANTS for mu in members.get(t, [None])}
    for name, (text, relation, upper) in LEMMAS.items():
        found[f"lemma-{name}.json"] = search_inequality(text, relation, upper)
    found |= {f"{name}.json": further() for name, further in SEARCHES.items()}
    found |= _smooth_certificates()
    found |= {f"relu-bias-{name}.json": search_biases(*numbers) for name, numbers in SHIPPED.items()}
    for name, data in found.items():
        path = folder / name
        path.write_text(json.dumps(data, indent=1) + "\n")
        written.append(path)
    return written
