r"""Bounds at every depth for networks with a smooth correlation map, from the theorems that assume a few numbers of it.

Idea. The theorems ``smooth-critical`` and ``smooth-ordered`` speak of every map kappa(c) = sum a_k c^k with a_k >= 0 and
kappa(1) = 1 (every correlation map is one, docs/depth-limits.md, Theorem 1) of which a few numbers lie between constants of the
certificate: kappa'(1), kappa''(1), ..., kappa(-1), kappa'(0). A certificate is searched for constants just around the numbers of
the network's derived map; the checker returns what it assumed of them, and every assumption is shown here in balls.

The factor of the tangent kernel is kappa' by Price's theorem, as every activation is continuous; the source is kappa + b kappa'
with b >= 0 from trained biases, by algebra.

What can go wrong. kappa'(1) = 1 is an equation: algebra decides it, never a ball.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from flint import arb
from sympy import Expr, Integer, Pow, Rational, Symbol

from numerics.balls import evaluate, fraction_of, precision
from numerics.fixed_points import taylor_at_one
from proofs_check.limits.assemble import as_map
from proofs_check.limits.maps import is_continuous, local
from proofs_check.signs import sign_of
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Depth
from theory.errors import BeyondReach
from theory.forms import shorter
from theory.language import expressions_of
from theory.moments import GaussianMean, GaussianPair
from theory.recursion import CorrelationRecursion
from theory.series import NoSeries

BITS = 100
DENOMINATOR = 10**8
GRID = 32
"""Points of [0, 1] that are tried as the one below which a chaotic map contracts."""
SHORT = 40
"""Operations up to which exact numbers stand in the bounds; beyond, short rationals around them."""


LETTERS: dict[str, Expr] = {name: Symbol(name, positive=True) for name in ("a", "beta", "b")}
"""Exact numbers of a map in the conclusions of the theorems."""


@dataclass(frozen=True, kw_only=True)
class SmoothMap:
    """What the theorems need of a network.

    numbers  balls of kappa'(1), kappa''(1)/2, ... under the names that the theorems use
    critical whether kappa'(1) = 1, by algebra
    b        source = kappa + b kappa'
    maps     kappa and kappa' as expressions in c
    exact    the letters a = kappa''(1)/2, beta = kappa'''(1)/6 and b where they are short expressions
    """

    numbers: Mapping[str, arb]
    critical: bool
    b: Expr
    exact: Mapping[Expr, Expr]
    maps: tuple[Expr, Expr] | None = None


@lru_cache(maxsize=64)
def smooth_map(form: CorrelationRecursion) -> SmoothMap | None:
    """The numbers of a map that is analytic at c = 1; None where the theorems do not speak of the recursion."""
    kappa, factor, c = form.correlation, form.factor, symbols.c
    if form.growth != 1 or (kappa.free_symbols | factor.free_symbols | form.source.free_symbols) - {c}:
        return None
    if form.initial != c or form.diagonal_initial != 1 or not is_continuous(form.network):
        return None
    closed = not kappa.has(GaussianMean, GaussianPair)
    chi_is_one = is_zero(form.diagonal_factor - 1) is Answer.YES
    b = Integer(0) if form.diagonal_source == 1 else (form.diagonal_source - 1) / form.diagonal_factor
    if sign_of(b) not in (0, 1) or is_zero(form.source - kappa - b * factor) is not Answer.YES:
        return None
    found = taylor_at_one((kappa,), c, {}, BITS, 5)
    if found is None or not all(ball.is_finite() for ball in found[0]):
        # a kink: chi alone, which is enough in the chaotic phase
        chi = evaluate(form.diagonal_factor, {})
        return (
            SmoothMap(numbers={"kappa'(1)": chi}, critical=False, b=b, exact={}, maps=(kappa, factor))
            if chi > 1
            else None
        )
    with precision(BITS):
        _, first, second, third, fourth = found[0]
        numbers = {
            "kappa'(1)": -first,
            "kappa''(1)": 2 * second,
            "kappa''(1)/2": second,
            "kappa'''(1)/6": -third,
            "kappa''''(1)/24": fourth,
            "kappa(-1)": evaluate(kappa, {c: arb(-1)}),
            "kappa'(0)": evaluate(factor, {c: arb(0)}),
        }
    return SmoothMap(
        numbers=numbers,
        critical=chi_is_one,
        maps=(kappa, factor),
        b=b,
        exact=(_exact(form) if closed else {}) | ({LETTERS["b"]: b} if b.count_ops() <= SHORT else {}),
    )


def _exact(form: CorrelationRecursion) -> dict[Expr, Expr]:
    recursion = as_map(form)
    if recursion.correlation.count_ops() > SHORT:
        return {}
    try:
        near = local(recursion, 4)
    except NoSeries:
        return {}
    if near.variable != "1 - c" or near.step is None:
        return {}
    values = {"a": shorter(-near.step[2]), "beta": shorter(near.step[3])}
    found = {LETTERS[name]: value for name, value in values.items()}
    return found if all(value.count_ops() <= SHORT for value in found.values()) else {}


def below(ball: arb) -> Fraction:
    """A short rational below the ball."""
    return Fraction(math.floor(fraction_of(ball.lower()) * DENOMINATOR), DENOMINATOR)


def above(ball: arb) -> Fraction:
    """A short rational above the ball."""
    return Fraction(math.ceil(fraction_of(ball.upper()) * DENOMINATOR), DENOMINATOR)


def shown(found: SmoothMap, assumptions: list[list[str | None]]) -> bool:
    """Whether each number of the map is shown to lie between the two constants."""
    for name, low, high in assumptions:
        assert name is not None
        if name == "kappa'(1)" and low == high == "1":
            if not found.critical:
                return False
            continue
        ball = number(found, name)
        with precision(BITS):
            if (low is not None and not ball >= _ball(low)) or (high is not None and not ball <= _ball(high)):
                return False
    return True


def _ball(text: str) -> arb:
    value = Fraction(text)
    return arb(value.numerator) / arb(value.denominator)


def rates(statement: Depth) -> Iterator[Fraction]:
    """The rational bases of powers with exponent L in a statement, below 1: rates that a bound is wanted for."""
    seen = set()
    for expression in expressions_of(statement.holds):
        for power in expression.atoms(Pow):
            base = 1 / power.base if power.exp == -symbols.depth else power.base
            if power.exp in (symbols.depth, -symbols.depth) and isinstance(base, Rational) and 0 < base < 1:
                seen.add(Fraction(int(base.p), int(base.q)))
    yield from sorted(seen)


def constants_for(
    found: SmoothMap, rate: Fraction | None, *, contracting: bool = False
) -> tuple[str, dict[str, Fraction]]:
    """The theorem that fits and what the certificate says of the numbers.

    rate         wanted of a bound where it is allowed
    contracting  whether the rate is wanted of the correlation in the chaotic phase, not of the tangent kernel
    raises  BeyondReach where neither does
    """
    n = found.numbers
    if found.critical:
        return "smooth-critical", {
            "a_lo": below(n["kappa''(1)/2"]),
            "a_hi": above(n["kappa''(1)/2"]),
            "beta_lo": max(Fraction(0), below(n["kappa'''(1)/6"])),
            "beta_hi": above(n["kappa'''(1)/6"]),
            "gamma": above(n["kappa''''(1)/24"]),
            "k_lo": below(n["kappa(-1)"]),
            "k_hi": above(n["kappa(-1)"]),
            "a1": above(n["kappa'(0)"]),
        }
    least = above(n["kappa'(1)"])
    if least < 1:
        return "smooth-ordered", {"second": above(n["kappa''(1)"]), "r": least if rate is None else max(rate, least)}
    slowest = below(n["kappa'(1)"])
    if not slowest > 1 or found.b != 0:
        raise BeyondReach("kappa'(1) is too close to 1, or biases are trained in a chaotic network")
    hi, at_hi, slope = _turning_point(found, rate if contracting else None)
    fastest = Fraction(math.ceil(DENOMINATOR / slowest), DENOMINATOR)
    rates_ = {"rho": slope, "g": fastest} if rate is None else {"rho": max(slope, rate), "g": max(fastest, rate)}
    return "smooth-chaotic", {"hi": hi, "at_hi": at_hi, "chi_lo": slowest, "chi_hi": least, **rates_}


def _turning_point(found: SmoothMap, rate: Fraction | None) -> tuple[Fraction, Fraction, Fraction]:
    """A point below 1, kappa and kappa' there rounded up: the one with the smallest constants, the rate kept where it can be."""
    best = None
    for k in range(1, GRID):
        hi = Fraction(k, GRID)
        at_hi, slope = (above(number(found, f"kappa{prime}({hi})")) for prime in ("", "'"))
        if at_hi < hi and 0 < slope < 1:
            cost = 1 / -math.log(slope) + 1 / math.log((1 - at_hi) / (1 - hi))
            late = rate is not None and slope > rate
            if best is None or (late, cost) < best[0]:
                best = ((late, cost), (hi, at_hi, slope))
    if best is None:
        raise BeyondReach("no point below 1 was found at which the map contracts")
    return best[1]


def number(found: SmoothMap, name: str) -> arb:
    """The ball of a number of the map by its name: one of those of ``numbers``, or kappa or kappa' at a rational."""
    if name in found.numbers:
        return found.numbers[name]
    match = re.fullmatch(r"kappa('?)\(([\d/]+)\)", name)
    if match is None or found.maps is None:
        raise BeyondReach(f"{name}: no number of the map has this name")
    with precision(BITS):
        return evaluate(found.maps[bool(match[1])], {symbols.c: _ball(match[2])})


__all__ = ["LETTERS", "SmoothMap", "constants_for", "rates", "shown", "smooth_map"]
