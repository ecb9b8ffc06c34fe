"""Bounds at every depth for residual scales that depend on the layer, from the same certificates: schedules alpha_l.

The theorems on residual networks hold step by step, with H = eta_1 + ... + eta_L for eta L (docs/metatheorems.md). Their
conclusions hold in any x above, or below, H. What is needed here is such an x, an expression in L:

    eta_l with a convergent sum:      H <= x, the sum over all layers rounded up
    b g(l) <= eta_l <= B g(l):        g = l^(r-1), 0 < r <= 1:         b L^r <= H <= B L^r/r
                                      g = 1/l:                         b log(L+1) <= H <= B (1 + log L)
                                      g = 1/(l log(l+1)^s), s <= 1:    b int_2^(L+2) dx/(x log(x)^s) <= H

The first layers are looked at one by one; ``numerics.scales`` encloses eta_l/g(l) and the rest of a sum for all further ones.

What can go wrong. A schedule of another form, a scale in L and l: no bounds. Nothing is said about its limit by that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import arb
from sympy import Expr, Rational, log

from numerics.balls import REAL, fraction_of, precision
from numerics.compile import lower
from numerics.scales import Scale, size_of
from theory import symbols
from theory.constants import exact_sign

FROM = 1000
"""Layers that are looked at one by one."""
BITS = 128
FIGURES = 6
"""Of the rational numbers in x."""
_L, _l = symbols.depth, symbols.layer


@dataclass(frozen=True, kw_only=True)
class Sum:
    """Expressions in L with low <= H <= high for every L >= 1, each None where there is none; whether every h_l <= 1."""

    low: Expr | None
    high: Expr | None
    at_most_one: bool

    def on(self, side: str) -> Expr | None:
        """A number on the side of H that a conclusion names."""
        return {"0 < x <= H": self.low, "H <= x": self.high}.get(side)


@lru_cache(maxsize=64)
def sum_of_steps(scale: Expr) -> Sum | None:
    """Bounds of H for h_l = scale, an expression in l that is positive at every layer; None where that is not shown."""
    if scale.free_symbols != {_l}:
        return None
    with precision(BITS):
        steps = _first(scale)
        size = size_of(scale, FROM)
        eta = scale / (1 + scale)
        rest = size_of(eta, FROM)
        if size is None or rest is None or not size.ball > 0 or not all(h.is_finite() and h > 0 for h in steps):
            return None
        beyond = size.largest()
        small = beyond is not None and bool(beyond <= 1)
        small = small and all(h <= 1 or exact_sign(1 - scale.subs(_l, k)) == 0 for k, h in enumerate(steps, 1))
        converges = rest.scale.sum_converges()
        if converges:
            tail = rest.total(None)
            total = None if tail is None else sum(_first(eta), arb(0)) + tail
            return Sum(low=None, high=None if total is None else _rounded(total, up=True), at_most_one=small)
        low, high = _growing(eta, rest.scale) if converges is False else (None, None)
        return Sum(low=low, high=high, at_most_one=small)


def _first(expression: Expr) -> list[arb]:
    run = lower((expression,), (_l,)).bind(REAL)
    return [run(arb(k))[0] for k in range(1, FROM + 1)]


def _growing(eta: Expr, scale: Scale) -> tuple[Expr | None, Expr | None]:
    """Low and high for a sum that diverges."""
    power, first, second = scale.powers
    if scale.rate != 1 or second != 0:
        return None, None
    rise = power + 1
    if first == 0 and exact_sign(rise) == 1 and exact_sign(-power) in (0, 1):
        shape, below, above = _l**power, _L**rise, _L**rise / rise
    elif first == 0 and rise == 0:
        shape, below, above = 1 / _l, log(_L + 1), 1 + log(_L)
    elif rise == 0 and exact_sign(-first) == 1 and exact_sign(first + 1) in (0, 1):
        inner = first + 1
        shape = log(_l + 1) ** first / _l
        below = log(log(_L + 2)) - log(log(2)) if inner == 0 else (log(_L + 2) ** inner - log(2) ** inner) / inner
        above = None
    else:
        return None, None
    ratio = size_of(eta / shape, FROM)
    if ratio is None or ratio.scale.order() != 0:
        return None, None
    values = [*_first(eta / shape), ratio.ball]
    least, most = (_rounded(one, up=up) for one, up in ((_least(values), False), (-_least([-v for v in values]), True)))
    if least is None or most is None or least <= 0:
        return None, None
    return least * below, None if above is None else most * above


def _least(values: list[arb]) -> arb:
    found = values[0].lower()
    for value in values[1:]:
        found = found.min(value.lower())
    return found


def _rounded(value: arb, *, up: bool) -> Rational | None:
    """A rational of a few figures, above or below every point of a ball."""
    if not value.is_finite():
        return None
    exact = Rational(fraction_of(value.upper() if up else value.lower()))
    if exact == 0:
        return exact
    scale = Rational(10) ** (FIGURES - 1 - (len(str(int(abs(exact)))) if abs(exact) >= 1 else 0))
    return Rational((exact * scale).ceiling() if up else (exact * scale).floor()) / scale


def scheduled(conclusions: list[dict[str, Any]], found: Sum) -> Iterator[tuple[dict[str, Any], Expr]]:
    """The conclusions for steps that differ whose conditions hold, each with its x."""
    for one in conclusions:
        if one["kind"] == "schedule":
            x = found.on(one["sum"])
            met = {None: True, "h_l <= 1": found.at_most_one}.get(one["condition"], False)
            if x is not None and met:
                yield one, x


__all__ = ["Sum", "scheduled", "sum_of_steps"]
