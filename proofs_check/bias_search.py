"""The search for certificates of the theorems on networks with biases (docs/biases.md); as everywhere, the checker decides.

Every constant but two is a closed expression in omega, beta and mu and is moved to the safe side as a short rational. The two
are suprema over the angle: b of (J - 2 a)/t and H of the source of the tangent kernel.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from proofs_check.certify import FOLDER, certificate_of, gain, grid, short
from proofs_check.checker import load
from proofs_check.checker.biases import BIASES
from theory.errors import BeyondReach

FINE = 10**5
MAX_DIGITS = 12
"""Of the numbers of a network: certificates stay short."""
SHIPPED = {
    "ordered": (Fraction(1, 2), Fraction(1, 2), Fraction(1), Fraction(1)),
    "ordered-leaky": (Fraction(1, 2), Fraction(1, 2), Fraction(8, 13), Fraction(1)),
    "ordered-lengths": (Fraction(1, 2), Fraction(1, 2), Fraction(1), Fraction(4)),
    "linear": (Fraction(1), Fraction(1), Fraction(1), Fraction(1)),
    "linear-small": (Fraction(1), Fraction(1, 5), Fraction(1), Fraction(1)),
    "linear-leaky": (Fraction(1), Fraction(1), Fraction(8, 13), Fraction(1)),
    "growing": (Fraction(2), Fraction(1), Fraction(1), Fraction(1)),
}
"""Certificates that are shipped: the name, then omega, beta, mu and the second squared norm."""


def up(value: float) -> Fraction:
    """A short rational above a number >= 0."""
    return Fraction(math.floor(value * (1 + 1e-9) * FINE) + 1, FINE)


def down(value: float) -> Fraction:
    """A short rational below a positive number."""
    digits = FINE * 10 ** max(0, math.ceil(-math.log10(value)))
    return Fraction(math.ceil(value * (1 - 1e-9) * digits) - 1, digits)


def search_biases(omega: Fraction, beta: Fraction, mu: Fraction, other: Fraction = Fraction(1)) -> dict[str, Any]:
    """A certificate of the theorem that speaks of these variances, accepted by the checker.

    omega, beta, other   weight variance that keeps lengths at 1, bias variance, second squared norm: the first one is 1
    mu                   in (0, 1]
    raises  BeyondReach where no theorem does, or no constants or cells are found
    """
    if not (omega > 0 and beta > 0 and 0 < mu <= 1 and other > 0):
        raise BeyondReach(f"omega={omega}, beta={beta}, mu={mu}: wanted omega > 0, beta > 0, 0 < mu <= 1")
    if any(len(str(value)) > MAX_DIGITS for value in (omega, beta, mu, other)):
        raise BeyondReach("the variances are long numbers; the theorems are applied to short ones")
    if omega >= 1 and other != 1:
        raise BeyondReach("inputs of two lengths are covered in the ordered phase only")
    theorem = "relu-bias-ordered" if omega < 1 else "relu-bias-linear" if omega == 1 else "relu-bias-growing"
    start = {"omega": omega, "beta": beta} | ({"other": other} if omega < 1 else {})
    try:
        constants = _CONSTANTS[theorem](float(omega), float(beta), float(mu), float(other))
    except OverflowError:
        raise BeyondReach(f"{theorem}: a constant is too large") from None
    return certificate_of(theorem, BIASES[theorem], mu, start | constants, 20)


def _step(mu: float) -> Fraction:
    """Half a per cent above the supremum of (J - 2 mu/(3 pi))/t."""

    def excess(t: float) -> float:
        square = math.sin(t / 2) ** 2
        return (
            1 / math.sqrt(square - mu * gain(t) / (2 * math.pi)) - 1 / math.sqrt(square) - 2 * mu / (3 * math.pi)
        ) / t

    return short(max(excess(t) for t in grid()), up=True)


def _ordered(omega: float, beta: float, mu: float, other: float) -> dict[str, Fraction]:
    a, root, star = mu / (3 * math.pi), 1 - math.sqrt(omega), beta / (1 - omega)
    b = _step(mu)
    least, most = min(1, other, star), max(1, other, star)
    # an integer is an exact ball, any other number is moved away from what it is compared with
    lo = Fraction(least) if least != star and float(least).is_integer() else down(least)
    hi = Fraction(most) if most != star and float(most).is_integer() else up(most)
    least, most = float(lo), float(hi)
    w = up((2 * a + float(b) * math.pi) * math.sqrt(omega) / (root * math.sqrt(least)))
    tail = mu * most / ((1 - omega) * root * least)
    total = up(2 / (root * least) + tail / math.sqrt(least))
    first = 1 + math.ceil(max(0, 2 * math.log(total) / -math.log(omega)) + 1e-6)
    reach = (1 + float(w)) * math.sqrt(most)
    return {
        **{"b": b, "q_lo": lo, "q_hi": hi, "W": w, "up_nngp": up(1 / least), "up_linear": up(1 / (root * least))},
        **{"up_root": up(tail / math.sqrt(2 * least)), "up": total, "first": Fraction(first)},
        "low": down(6 * a * beta * omega / (reach * (most / (1 - omega) - beta))),
        "low_nngp": down(2 / reach**2),
    }


def _linear(_omega: float, beta: float, mu: float, _other: float) -> dict[str, Fraction]:
    a, root = mu / (3 * math.pi), math.sqrt(1 + beta)
    b, g = _step(mu), 4 * a / beta
    m = down(min(1 / root, g))
    least = float(m)
    drift = up(max(0, 2 * math.pi * float(b) / (least * beta) - g))
    w, shift = up(g * root - 1) if g * root > 1 else Fraction(0), up(g * root)
    more, slope, alpha = 1 + float(drift), 1 / (28 * a), 2 / (7 * beta)
    bend = 3 * a * (math.pi - 2) / least**3
    start = 1 + alpha + (math.pi**2 / (2 * least**2) + bend * alpha) / beta
    behind = 2 * (1 + beta) / beta
    far = start + 3 / 7 * float(w) ** 2 / (g * least * beta) + 3 * float(w) * beta / (28 * a) + 6 / 7
    near = start + slope * (1 + bend / beta) + 3 / 7 / (g * least * beta) + 6 / 7
    above = (
        9 / 7 + 24 * a / (7 * least * beta) + more * slope * (3 / 4 * beta + 9 * a / least)
        + 3 / 14 * more**2 / (g**2 * beta) - 6 / 7 + 2 / 7 * (1 + 1 / beta)
    )  # fmt: skip
    return {
        **{"b": b, "m": m, "drift": drift, "w": w, "shift": shift},
        "c": max(Fraction(-1), 1 - short(2 / float(shift) ** 2, up=False, margin=0)),
        "pace_lo": down(math.sqrt(beta) / (14 * a)),
        "pace_hi": up(math.sqrt(beta) / (14 * a)),
        "above": up(3 * more * slope * root / beta + behind * above),
        "below_far": up(3 * float(w) / (14 * a) * root / beta + behind * far),
        "below_near": up(2 * slope * math.sqrt(beta) * (3 + 4 / beta) + behind * near),
        "up_nngp": up(2 / least**2),
        "low_nngp": down(2 / (g + more) ** 2),
    }


def _growing(omega: float, beta: float, mu: float, _other: float) -> dict[str, Fraction]:
    a, extra = mu / (3 * math.pi), beta / (omega - 1)
    r, b = 1 + extra, _step(mu)
    steep, size = 2 * a + float(b) * math.pi, float(b)
    loss = 3 * math.sqrt(r) * extra / (16 * a)

    def source(t: float) -> float:
        rest = math.cos(t) + mu * gain(t) / math.pi - 1 - 3 / 8 * (t / math.sin(t / 2) - 2)
        return (size * t / (8 * a) - rest) / (3 * a * t)

    h = short(max(source(t) for t in grid()), up=True)
    above = r * (math.sqrt(r) - 1) / (4 * (omega - 1)) + r**1.5 * size * math.pi / (8 * a) + extra
    return {
        **{"b": b, "H": h, "J": up(steep)},
        "below": up(1 + r * (float(h) + 0.25) + (3 / 8 * extra + loss * steep) / (omega - 1)),
        "below_near": up(loss),
        "above": up(max(0, above + extra * omega / (4 * (omega - 1)) - r / 4)),
        "above_near": up(r**1.5 / (8 * a)),
        "above_log": up(r**2 * size * math.pi / (16 * a**2)),
    }


_CONSTANTS: dict[str, Callable[[float, float, float, float], dict[str, Fraction]]] = {
    "relu-bias-ordered": _ordered,
    "relu-bias-linear": _linear,
    "relu-bias-growing": _growing,
}


@lru_cache(maxsize=1)
def _files() -> dict[tuple[Fraction, ...], str]:
    return {numbers: f"relu-bias-{name}.json" for name, numbers in SHIPPED.items()}


@lru_cache(maxsize=64)
def bias_certificate(
    omega: Fraction, beta: Fraction, mu: Fraction, other: Fraction
) -> tuple[str | None, dict[str, Any]]:
    """The name of the shipped certificate, or None, and the certificate."""
    name = _files().get((omega, beta, mu, other))
    if name is not None and (FOLDER / name).exists():
        return name, load(FOLDER / name)
    return None, search_biases(omega, beta, mu, other)


__all__ = ["SHIPPED", "bias_certificate", "search_biases"]
