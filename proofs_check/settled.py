"""The search for certificates of the theorems in docs/open-problems.md; as everywhere, the checker decides.

half_rate   constants a little beyond their best values, then boxes, the longer side halved
turn        brackets of the map near 0, cells beyond
"""

import math
import re
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from proofs_check.certify import search_inequality
from proofs_check.checker import Rejected, check
from proofs_check.checker import half_rate as half_rate_theorem
from proofs_check.checker import spectrum as spectrum_theorem
from proofs_check.checker import turn as turn_theorem
from proofs_check.checker.expressions import parse
from proofs_check.checker.signs import PRECISION
from proofs_check.checker.theorems import FFNET, RESNET
from theory.errors import BeyondReach

DEEPEST = 24
"""Halvings of one box; a false inequality is given up there."""


def with_values(text: str, constants: dict[str, Fraction]) -> str:
    """The expression with the constants written out."""
    return re.sub(r"[A-Za-z_]\w*", lambda m: f"({constants[m[0]]})" if m[0] in constants else m[0], text)


def signs(hypotheses: dict[str, tuple[str, str, bool]], constants: dict[str, Fraction]) -> dict[str, Any]:
    """A sign certificate for each hypothesis f >= 0 (f > 0 where strict) on (0, upper], the constants put in.

    raises  BeyondReach where one is not decided
    """
    found = {}
    for name, (text, upper, strict) in hypotheses.items():
        try:
            certificate = search_inequality(
                with_values(text, constants), ">" if strict else ">=", with_values(upper, constants)
            )
        except BeyondReach as error:
            raise BeyondReach(f"{name}: {error}") from None
        found[name] = certificate["hypotheses"]["inequality"]
    return found


def half_rate() -> dict[str, Any]:
    """A certificate of theorem resnet-half-rate."""
    kappa = Fraction(1002, 1000)
    step = float(kappa) / 4
    constants = {
        "kappa": kappa,
        "k": Fraction(math.ceil(2000 * ((1 - step) ** -0.5 - 1)), 1000),
        "J": Fraction(753, 1000),
        "M": Fraction(69, 1000),
        "T": Fraction(249, 100),
        "s1": Fraction(11, 16),
        "s2": Fraction(19, 4),
    }
    certificate = {
        "version": 1,
        "theorem": half_rate_theorem.NAME,
        "map": RESNET.map,
        "mu": "1",
        "constants": {key: str(value) for key, value in constants.items()},
        "hypotheses": signs({key: (*said, False) for key, said in half_rate_theorem.HYPOTHESES.items()}, constants),
        "plane": _cuts(constants),
    }
    return accepted(certificate)


def turn() -> dict[str, Any]:
    """A certificate of theorem ffnet-turn."""
    constants = {"near": Fraction(1, 12), "e_lo": Fraction(9, 10_000), "e_hi": Fraction(1, 1000)}
    certificate = {
        "version": 1,
        "theorem": turn_theorem.NAME,
        "map": FFNET.map,
        "mu": "1",
        "constants": {key: str(value) for key, value in constants.items()},
        "hypotheses": signs(turn_theorem.HYPOTHESES, constants),
    }
    return accepted(certificate)


def eigenvalue(degree: int, dimension: int) -> dict[str, Any]:
    """A certificate of theorem relu-spectrum for one degree and dimension.

    raises  BeyondReach beyond the checker's limits
    """
    if not (0 <= degree < spectrum_theorem.MOST and 2 <= dimension <= spectrum_theorem.MOST):
        raise BeyondReach(f"degree={degree}, dimension={dimension}: allowed are 0 to 499 and 2 to 500")
    with ctx.workprec(PRECISION):
        found = {
            "linear": spectrum_theorem.times_c(spectrum_theorem.kappa_0, degree, dimension),
            "square": spectrum_theorem.square(degree, dimension),
        }
    least = {key: str(short_below(value)) for key, value in found.items()}
    named = {"version": 1, "theorem": spectrum_theorem.NAME, "dimension": dimension, "degree": degree}
    return accepted({**named, **least})


def short_below(value: arb) -> fmpq:
    """A rational of few digits at or a little below a ball that is not negative."""
    if not value > 0:
        return fmpq(0)
    scale = 1
    while (value * scale).floor().lower() < 100:
        scale *= 10
    return fmpq(int((value * scale).lower().floor().unique_fmpz()), scale)


def accepted(certificate: dict[str, Any]) -> dict[str, Any]:
    """The certificate, if the checker accepts it.

    raises  BeyondReach with the checker's reason
    """
    try:
        check(certificate)
    except Rejected as error:
        raise BeyondReach(f"{certificate['theorem']}: {error}") from None
    return certificate


def _cuts(constants: dict[str, Fraction]) -> str:
    """The string of cuts for which every box of the plane is decided."""
    tree = parse(half_rate_theorem.PLANE)
    k = _exact(constants["k"])
    letters = []
    boxes = [((Fraction(0), constants["T"]), (constants["s1"], constants["s2"]), 0)]
    while boxes:
        t, s, level = boxes.pop()
        if half_rate_theorem.mean_value(tree, k, (_exact(t[0]), _exact(t[1])), (_exact(s[0]), _exact(s[1]))) >= 0:
            letters.append(".")
            continue
        if level >= DEEPEST:
            raise BeyondReach(f"plane: not decided near t = {float(t[0]):.6g}, s = {float(s[0]):.6g}")
        if t[1] - t[0] > s[1] - s[0]:
            letters.append("t")
            middle = (t[0] + t[1]) / 2
            boxes += [((middle, t[1]), s, level + 1), ((t[0], middle), s, level + 1)]
        else:
            letters.append("s")
            middle = (s[0] + s[1]) / 2
            boxes += [(t, (middle, s[1]), level + 1), (t, (s[0], middle), level + 1)]
    return "".join(letters)


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


SEARCHES = {half_rate_theorem.NAME: half_rate, turn_theorem.NAME: turn}
"""Name of a theorem -> the search for its certificate; these are shipped."""
