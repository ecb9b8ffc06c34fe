"""The language of ``holds``: what may be said of ``value``, the quantity at depth L and correlation c.

    limit == e                  for each c of the domain, value -> e as L -> oo
    a <= value <= b  (chains)   for all depths and all c of the domain
    value ~ t1 + ... + tk       the difference is o(the smallest term that depends on L)
    value - e = O(g), o(g), Theta(g)

Names: value, L, c, theta (= acos c), gamma, s (a slope), flow (the kernel of the flow of a residual
network with h L = tau, see theory.flow_kernel), pi, sqrt, log, exp, cos, sin, acos, abs.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sympy import Expr, Symbol

from theory import symbols
from theory.errors import InputError
from theory.parsing import parse, parse_chain

NAMES: dict[str, Expr] = {
    "value": symbols.value,
    "L": symbols.depth,
    "c": symbols.c,
    "theta": symbols.theta,
    "gamma": symbols.gamma,
    "s": symbols.slope,
    "flow": symbols.flow,
}


@dataclass(frozen=True, kw_only=True)
class Limit:
    """value -> target for each c."""

    target: Expr


@dataclass(frozen=True, kw_only=True)
class Chain:
    """sides[0] relations[0] sides[1] ...; relations are <, <=, >, >=, ==, for which = may be written."""

    sides: tuple[Expr, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """value ~ the sum of terms, as written."""

    terms: tuple[Expr, ...]


@dataclass(frozen=True, kw_only=True)
class Order:
    """difference = symbol(bound), difference an expression in value."""

    difference: Expr
    symbol: Literal["O", "o", "Theta"]
    bound: Expr


Holds = Limit | Chain | Expansion | Order

_ORDER = re.compile(r"(?P<left>.+?)=\s*(?P<symbol>O|o|Theta)\s*\((?P<bound>.*)\)\s*$", re.ASCII)


def parse_holds(text: str, *, what: str = "holds") -> Holds:
    """Read a statement of the language.

    raises  InputError, one line, when the text is not of one of the four forms

    >>> parse_holds("limit == 1/4")
    Limit(target=1/4)
    >>> parse_holds("value - 1/4 = O(log(L)/L)").symbol
    'O'
    """
    stripped = text.strip()
    if re.match(r"limit\b", stripped):
        match = re.fullmatch(r"limit\s*==\s*(.+)", stripped, re.DOTALL)
        if not match:
            raise InputError(f"{what}={_short(text)}: a limit is stated as limit == expression")
        target = _expression(match[1], what)
        if target.has(symbols.value, symbols.depth):
            raise InputError(f"{what}={_short(text)}: a limit speaks of neither value nor L")
        return Limit(target=target)
    order = _ORDER.fullmatch(stripped)
    if order and "==" not in stripped and "<" not in stripped and ">" not in stripped:
        difference, bound = _expression(order["left"], what), _expression(order["bound"], what)
        if not difference.has(symbols.value) or bound.has(symbols.value):
            raise InputError(f"{what}={_short(text)}: value stands on the left of = {order['symbol']}(...) only")
        return Order(difference=difference, symbol=order["symbol"], bound=bound)  # type: ignore[arg-type]
    if "~" in stripped:
        left, _, right = stripped.partition("~")
        if left.strip() != "value" or "~" in right:
            raise InputError(f"{what}={_short(text)}: an expansion is stated as value ~ t1 + ... + tk")
        terms = tuple(_expression(term, what) for term in top_level_terms(right))
        if any(term.has(symbols.value) for term in terms):
            raise InputError(f"{what}={_short(text)}: the terms of an expansion do not contain value")
        return Expansion(terms=terms)
    sides, relations = parse_chain(stripped, NAMES, what=what)
    if not any(side.has(symbols.value) for side in sides):
        raise InputError(f"{what}={_short(text)}: value does not occur; say something about value or limit")
    relations = ["==" if relation == "=" else relation for relation in relations]
    return Chain(sides=tuple(sides), relations=tuple(relations))


def expressions_of(holds: Holds) -> tuple[Expr, ...]:
    """The expressions of a statement, as written."""
    match holds:
        case Limit():
            return (holds.target,)
        case Chain():
            return holds.sides
        case Expansion():
            return holds.terms
        case Order():
            return holds.difference, holds.bound


def substitute_holds(holds: Holds, symbol: Symbol, value: Expr) -> Holds:
    """The statement with a parameter replaced by a value."""
    return rewritten(holds, lambda expression: expression.subs(symbol, value))


def rewritten(holds: Holds, put: Callable[[Expr], Expr]) -> Holds:
    """The statement with each of its expressions rewritten."""
    match holds:
        case Limit():
            return Limit(target=put(holds.target))
        case Chain():
            return Chain(sides=tuple(map(put, holds.sides)), relations=holds.relations)
        case Expansion():
            return Expansion(terms=tuple(map(put, holds.terms)))
        case Order():
            return Order(difference=put(holds.difference), symbol=holds.symbol, bound=put(holds.bound))


def _expression(text: str, what: str) -> Expr:
    return parse(text, names=NAMES, what=what)


def top_level_terms(text: str) -> list[str]:
    """Split at + and - outside parentheses, keeping the sign; a sign after an operator or ( belongs to the number."""
    terms, level, current = [], 0, ""
    for char in text:
        level += (char == "(") - (char == ")")
        before = current.rstrip()
        exponent = re.search(r"(?<![A-Za-z_])[0-9.]+[eE]$", current)
        if char in "+-" and level == 0 and before and before[-1] not in "*/^+-" and not exponent:
            terms.append(current)
            current = "-" if char == "-" else ""
        else:
            current += char
    return [*terms, current]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:77] + "..."
