"""Whether a claim of a file speaks of its own letters only: a variable without an interval would leave it without a meaning.

An identity is the exception: its letters range over all values that their assumptions allow (``theory.claims.Identity``).
"""

from collections.abc import Iterable

from sympy import Expr, Symbol

from theory import symbols
from theory.claims import Claim, Depth, Inequality, Interval, Scaling, Spectrum, Turning
from theory.language import expressions_of
from theory.network import Network

_IN_DEPTH = frozenset({symbols.value, symbols.depth, symbols.c, symbols.theta})


def ill_formed(claim: Claim) -> str | None:
    """What is wrong with the letters of a claim, or None."""
    match claim.statement:
        case Inequality(gap=gap, domain=domain):
            return _foreign({"gap": [gap]}, {domain.symbol}) or _ends([domain])
        case Depth() as statement:
            ranged = {interval.symbol for interval in statement.parameters}
            inputs = statement.correlations.symbol
            if inputs != symbols.c:
                return f"correlations: an interval of c is needed, not of {inputs}"
            return (
                _foreign({"holds": expressions_of(statement.holds)}, _IN_DEPTH | ranged)
                or _open(statement.network, ranged)
                or _ends([statement.correlations, *statement.parameters])
            )
        case Scaling() as statement:
            letter = statement.domain.symbol
            return (
                _foreign({"angle": [statement.angle]}, {letter, symbols.depth})
                or _foreign({"target": [statement.target]}, {letter})
                or _open(statement.network, set())
                or _ends([statement.domain])
            )
        case Turning(network=network, correlations=correlations):
            return _open(network, set()) or _ends([correlations])
        case Spectrum() as statement:
            ranged = {interval.symbol for interval in statement.parameters}
            return _foreign({"bound": [statement.bound]}, {symbols.depth} | ranged)
        case _:
            return None


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


def _open(network: Network, ranged: set[Symbol]) -> str | None:
    for symbol in sorted(network.parameters - ranged, key=str):
        return f"network: {symbol} is free; give it a value, or an interval among the parameters"
    return None


def _ends(intervals: Iterable[Interval]) -> str | None:
    for interval in intervals:
        for symbol in sorted(interval.low.free_symbols | interval.high.free_symbols, key=str):
            return f"the interval of {interval.symbol}: {symbol} is free in an end of it; ends are numbers"
    return None


__all__ = ["ill_formed"]
