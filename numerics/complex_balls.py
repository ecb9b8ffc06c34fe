"""Complex balls: the values of an expression on a box of the complex plane, and whether it is analytic there.

Functions with branch cuts are NaN on a box that touches a cut, and so is a quotient whose denominator may be 0: a
finite result shows that the expression is analytic on the box. Arb, through python-flint.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flint import acb, arb, fmpq

from numerics.compile import Backend

_PLAIN = ("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "erfc")


def _nan(*_: acb) -> acb:
    return acb(arb.nan(), arb.nan())


def _off_cuts(function: Callable[[acb], acb], *, imaginary: bool) -> Callable[[acb], acb]:
    """A function whose cuts start at +-1, or at +-i, and lie on the axis outside."""

    def guarded(z: acb) -> acb:
        along, across = (z.imag, z.real) if imaginary else (z.real, z.imag)
        return function(z) if -1 < along < 1 or across > 0 or across < 0 else _nan()

    return guarded


class ComplexBalls:
    """The backend of complex balls at the precision that is set when it is used."""

    def __init__(self) -> None:
        self.functions: Mapping[str, Callable[..., Any]] = {
            **{name: getattr(acb, name) for name in _PLAIN},
            "sqrt": lambda z: z.sqrt(analytic=True),
            "log": lambda z: z.log(analytic=True),
            "power": lambda z, w: (w * z.log(analytic=True)).exp(),
            "asin": _off_cuts(acb.asin, imaginary=False),
            "acos": _off_cuts(acb.acos, imaginary=False),
            "atan": _off_cuts(acb.atan, imaginary=True),
            **dict.fromkeys(("abs", "sgn", "max", "min"), _nan),
        }

    @property
    def pi(self) -> acb:
        """The ball of pi."""
        return acb(arb.pi())

    def exact(self, numerator: int, denominator: int) -> acb:
        """A ball of the rational number."""
        return acb(arb(fmpq(numerator, denominator)))

    def sign(self, value: acb) -> int | None:
        """Complex numbers have no sign."""
        del value
        return None


COMPLEX: Backend = ComplexBalls()
