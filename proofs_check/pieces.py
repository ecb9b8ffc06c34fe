"""Parts of a statement about depth: its pieces in gamma, its inequalities in theta, and facts that cover its domain."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Protocol, TypeVar

from sympy import Expr, Integer, Rational, acos, cos, expand, factor, oo, sin

from proofs_check.intervals import compare, covers, inside
from theory import symbols
from theory.asymptotics import GammaRange
from theory.claims import Depth, Interval
from theory.duals import in_angle
from theory.language import rewritten, substitute_holds

TRANSITION = Rational(1, 2)
"""The exponent gamma at which the order of 1 and L^(1-2 gamma) changes; a range of gamma is cut there."""


class OnInterval(Protocol):
    """A fact that holds on an interval of correlations."""

    @property
    def correlations(self) -> Interval:
        """Where it holds."""
        ...


Fact = TypeVar("Fact", bound=OnInterval)


def in_theta(expression: Expr) -> Expr:
    """The expression with c = cos theta, and sqrt(1 - c^2) = sin theta, which holds on [0, pi]."""
    return in_angle(expression)


def in_half_angle(expression: Expr) -> Expr:
    """The expression with cos theta = 1 - 2 sin(theta/2)^2, where 1 - cos theta is positive by structure."""
    return expand(expression.subs(cos(symbols.theta), 1 - 2 * sin(symbols.theta / 2) ** 2))


def at_point(expression: Expr, point: Expr) -> Expr:
    """The expression in theta at a correlation; acos(-1), acos(0), acos(1) are exact."""
    return expression.subs(symbols.theta, acos(point))


def interior(interval: Interval) -> Interval:
    """The interval without its ends; a single point stays."""
    return interval if interval.low == interval.high else replace(interval, low_closed=False, high_closed=False)


def common(first: Interval, second: Interval) -> Interval | None:
    """The common part of two intervals of c, or None if it is empty."""
    low, low_closed = first.low, first.low_closed
    order = compare(second.low, first.low)
    if order > 0:
        low, low_closed = second.low, second.low_closed
    elif order == 0:
        low_closed = first.low_closed and second.low_closed
    high, high_closed = first.high, first.high_closed
    order = compare(second.high, first.high)
    if order < 0:
        high, high_closed = second.high, second.high_closed
    elif order == 0:
        high_closed = first.high_closed and second.high_closed
    order = compare(low, high)
    if order > 0 or (order == 0 and not (low_closed and high_closed)):
        return None
    return replace(first, low=low, high=high, low_closed=low_closed, high_closed=high_closed)


def cover(domain: Interval, facts: Iterable[Fact]) -> list[Fact] | None:
    """Facts whose intervals cover the domain: one, or one for the interior and one for each closed end left out."""
    facts = list(facts)
    for fact in facts:
        if covers(fact.correlations, domain):
            return [fact]
    for fact in facts:
        if covers(fact.correlations, interior(domain)):
            used = [fact]
            for end, closed in ((domain.low, domain.low_closed), (domain.high, domain.high_closed)):
                if closed and not inside(end, fact.correlations):
                    found = next((f for f in facts if inside(end, f.correlations)), None)
                    if found is None:
                        break
                    used.append(found)
            else:
                return used
    return None


def fixed_gamma(statement: Depth, gamma: Expr) -> tuple[Depth, GammaRange]:
    """The statement at one value of gamma, and that value as a range."""
    network = statement.network.substitute(symbols.gamma, gamma)
    holds = substitute_holds(statement.holds, symbols.gamma, gamma)
    others = tuple(i for i in statement.parameters if i.symbol != symbols.gamma)
    return replace(statement, network=network, holds=holds, parameters=others), GammaRange(low=gamma, high=gamma)


def pieces(statement: Depth) -> list[tuple[Depth, GammaRange]]:
    """The pieces in gamma of the pieces in the slope."""
    return [piece for part in slope_pieces(statement) for piece in gamma_pieces(part)]


def slope_pieces(statement: Depth) -> list[Depth]:
    """A statement for all slopes s of an interval inside (-1, 1), in v with 0 < v <= 1 instead.

    s = (1 - v)/(1 + v) on [0, 1) and s = -(1 - v)/(1 + v) on (-1, 0]: then (1 - s)^2/(1 + s^2) is 2 v^2/(1 + v^2) or
    2/(1 + v^2), positive by structure. More is proved than is asked where the interval is shorter.
    """
    interval = next((i for i in statement.parameters if i.symbol == symbols.slope), None)
    if interval is None or compare(interval.high, Integer(1)) > 0 or compare(interval.low, Integer(-1)) < 0:
        return [statement]
    if any(inside(Integer(end), interval) for end in (-1, 1)):
        return [statement]
    others = tuple(i for i in statement.parameters if i is not interval)
    size = (1 - symbols.slant) / (1 + symbols.slant)
    signs = [1] if compare(interval.high, Integer(0)) > 0 or inside(Integer(0), interval) else []
    signs += [-1] if compare(interval.low, Integer(0)) < 0 else []
    return [
        replace(
            statement,
            network=statement.network.substitute(symbols.slope, sign * size),
            holds=rewritten(substitute_holds(statement.holds, symbols.slope, sign * size), _factored),
            parameters=others,
        )
        for sign in signs
    ]


def _factored(expression: Expr) -> Expr:
    """Parts in v alone in one form, so that equal ones cancel."""
    if expression.free_symbols == {symbols.slant}:
        return factor(expression)
    return expression.func(*map(_factored, expression.args)) if expression.has(symbols.slant) else expression


def inside_range(gammas: GammaRange) -> tuple[Expr, ...]:
    """Exact values of gamma inside a range: near its lower end, and in its middle."""
    span = Rational(1) if gammas.high == oo else gammas.high - gammas.low
    return gammas.low + span / 8, gammas.low + span / 2


def gamma_pieces(statement: Depth) -> list[tuple[Depth, GammaRange]]:
    """The statement at single values of gamma (closed ends, 1/2: low = high) and on the open ranges between.

    A statement without an interval of gamma is its own only piece.
    """
    interval = next((i for i in statement.parameters if i.symbol == symbols.gamma), None)
    if interval is None:
        return [(statement, GammaRange())]
    others = tuple(i for i in statement.parameters if i is not interval)

    def at(gamma: Expr) -> tuple[Depth, GammaRange]:
        return fixed_gamma(statement, gamma)

    if interval.low == interval.high:
        return [at(interval.low)]
    pieces = [
        at(end)
        for end, closed in ((interval.low, interval.low_closed), (interval.high, interval.high_closed))
        if closed and end != oo
    ]
    cuts = [interval.low, interval.high]
    if compare(interval.low, TRANSITION) < 0 < compare(interval.high, TRANSITION):
        cuts.insert(1, TRANSITION)
        pieces.append(at(TRANSITION))
    for low, high in pairwise(cuts):
        open_range = replace(interval, low=low, high=high, low_closed=False, high_closed=False)
        gammas = GammaRange(low=low, high=high, low_closed=False, high_closed=False)
        pieces.append((replace(statement, parameters=(*others, open_range)), gammas))
    return pieces
