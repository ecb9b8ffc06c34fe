"""Short forms that the claims of every paper use."""

from functools import cache

from sympy import Expr, oo

from theory.claims import Interval
from theory.network import Network
from theory.parsing import parse
from theory.recursion import CorrelationRecursion, correlation_form


def form(network: Network) -> CorrelationRecursion:
    """The recursion in the correlation, of a network that has one."""
    found = correlation_form(network)
    assert found is not None
    return found


@cache
def interval(symbol: Expr, text: str) -> Interval:
    """An interval in the usual notation; oo is an open end.

    >>> from theory import symbols
    >>> interval(symbols.c, "[-1, 1/2)").high_closed
    False
    """
    low, high = (oo if end.strip() == "oo" else parse(end) for end in text[1:-1].split(","))
    return Interval(symbol=symbol, low=low, high=high, low_closed=text[0] == "[", high_closed=text[-1] == "]")


__all__ = ["form", "interval"]
