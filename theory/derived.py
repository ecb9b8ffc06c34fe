"""An expression that is derived when it is asked for.

A claim about a correlation map names the network and what is taken of its map; the map itself is derived by whoever judges or
prints the claim, not by whoever only lists it or finds its verdict in the ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Expr


@dataclass(frozen=True)
class Derived:
    """What a function of a module of ``theory`` gives for some arguments.

    function   named where it is defined, so that a worker process finds it and the ledger can say which it is
    arguments  exact objects: networks, numbers
    """

    function: Callable[..., Expr]
    arguments: tuple[Any, ...]

    @cached_property
    def expression(self) -> Expr:
        """The expression.

        raises  what the function raises
        """
        return self.function(*self.arguments)


def expressed(value: Expr | Derived) -> Expr:
    """The expression itself, derived where it is not yet."""
    return value.expression if isinstance(value, Derived) else value


def later(function: Callable[..., Expr], *arguments: Any) -> Derived:
    """What the function gives for the arguments, when it is asked for.

    >>> from sympy import Integer, factorial
    >>> expressed(later(factorial, Integer(5)))
    120
    """
    return Derived(function=function, arguments=arguments)


__all__ = ["Derived", "expressed", "later"]
