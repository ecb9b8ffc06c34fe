"""Whether a claim of a file speaks of its own letters only: a variable without an interval would leave it without a meaning.

An identity is the exception: its letters range over all values that their assumptions allow (``theory.claims.Identity``).
"""

from collections.abc import Iterable

from sympy import Expr, Symbol

from proofs_check.intervals import CORRELATIONS, covers
from theory import symbols
from theory.claims import (
    Argument,
    Claim,
    Definite,
    Depth,
    Inequality,
    Interval,
    Margin,
    Ranking,
    Scaling,
    Shaped,
    Spectrum,
    Statement,
    Turning,
)
from theory.errors import NtkproofError
from theory.language import expressions_of
from theory.network import Network

_IN_DEPTH = frozenset({symbols.value, symbols.depth, symbols.c, symbols.theta, symbols.flow})


def ill_formed(claim: Claim) -> str | None:
    """What is wrong with the letters and domains of a claim, or None."""
    return _wrong(claim.statement)


def _wrong(statement: Statement) -> str | None:
    match statement:
        case Argument():
            return _wrong(statement.conclusion)
        case Inequality(gap=gap, domain=domain):
            return _foreign({"gap": [gap]}, {domain.symbol}) or _ends([domain])
        case Depth():
            return (
                _inputs(statement.correlations)
                or _foreign({"holds": expressions_of(statement.holds)}, _IN_DEPTH | _ranged(statement.parameters))
                or _open(statement.network, statement.parameters)
            )
        case Scaling():
            letter = statement.domain.symbol
            return (
                _foreign({"angle": [statement.angle]}, {letter, symbols.depth})
                or _foreign({"target": [statement.target]}, {letter})
                or _open(statement.network)
                or _ends([statement.domain])
            )
        case Turning(network=network, correlations=correlations):
            return _inputs(correlations) or _open(network)
        case Shaped(correlations=correlations):
            return _inputs(correlations) or _open(statement.network, statement.parameters)
        case Ranking(network=network, other=other):
            return (
                _inputs(statement.correlations)
                or _open(network, statement.parameters)
                or _open(other, statement.parameters)
            )
        case Definite():
            return _open(statement.network, statement.parameters)
        case Margin():
            points = [Interval(symbol=symbols.c, low=point, high=point) for point in statement.inputs]
            found = (_inputs(point) for point in points)
            return (
                next((wrong for wrong in found if wrong), None)
                or _foreign({"size": [statement.size]}, ())
                or _open(statement.network, statement.parameters)
            )
        case Spectrum():
            known = {symbols.depth} | _ranged(statement.parameters)
            return _foreign({"bound": [statement.bound]}, known) or _ends(
                statement.parameters
            )  # of every gamma, if left free
        case _:
            return None


def _ranged(parameters: Iterable[Interval]) -> set[Symbol]:
    return {interval.symbol for interval in parameters}


def _inputs(interval: Interval) -> str | None:
    """What is wrong with an interval of correlations."""
    if interval.symbol != symbols.c:
        return f"correlations: an interval of c is needed, not of {interval.symbol}"
    try:
        return _ends([interval]) or (None if covers(CORRELATIONS, interval) else "a correlation c lies in [-1, 1]")
    except NtkproofError as error:
        return str(error)


def _foreign(parts: dict[str, Iterable[Expr]], known: Iterable[Symbol]) -> str | None:
    allowed = set(known)
    for what, expressions in parts.items():
        for symbol in sorted(set().union(*(getattr(e, "free_symbols", set()) for e in expressions)) - allowed, key=str):
            return f"{what}: {symbol} is free; {_hint(symbol, allowed)}"
    return None


def _hint(symbol: Symbol, allowed: set[Symbol]) -> str:
    names = ", ".join(sorted(map(str, allowed)))
    same = any(str(one) == str(symbol) for one in allowed)
    return (
        f"it has other assumptions than the {symbol} of theory.symbols; use that one"
        if same
        else f"allowed are {names}"
    )


def _open(network: Network, parameters: Iterable[Interval] = ()) -> str | None:
    parameters = tuple(parameters)
    for symbol in sorted(network.parameters - _ranged(parameters), key=str):
        return f"network: {symbol} is free; give it a value, or an interval among the parameters"
    return _ends(parameters)


def _ends(intervals: Iterable[Interval]) -> str | None:
    for interval in intervals:
        for symbol in sorted(interval.low.free_symbols | interval.high.free_symbols, key=str):
            return f"the interval of {interval.symbol}: {symbol} is free in an end of it; ends are numbers"
    return None


__all__ = ["ill_formed"]
