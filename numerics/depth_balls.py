"""Polynomials with ball coefficients in the letters of an expansion in the depth: what ``theory.critical`` computes with.

The coefficients of 1/L^k are polynomials in log L and in constants of the inputs. Where the numbers in them are no short exact
ones (Gaussian moments, quotients of sums of roots), ``DepthBall`` carries balls: every operation encloses, so that the exact
coefficient lies in the ball, at the precision that is set.

What can go wrong. A ball that contains 0 is neither 0 nor different from it: ``vanishes`` raises NoSeries. Only the empty
polynomial is 0 exactly; structural zeros and ones belong into the series as SymPy integers.
"""

from collections.abc import Mapping
from typing import Any

from flint import arb, fmpq
from sympy import Symbol
from sympy.core.expr import Expr

from theory.series import NoSeries

Exponents = tuple[tuple[Symbol, int], ...]
"""A product of letters: (letter, power) in the order of their names, without powers 0."""


class DepthBall:
    """A sum of ball * product of letters, equal only to what is exactly equal.

    >>> from sympy import Symbol
    >>> ell = Symbol("ell")
    >>> found = (DepthBall.of(arb(2)) + ell) * (ell - DepthBall.of(arb(2)))
    >>> sorted(value.str(5, radius=False) for value in found.terms.values())
    ['-4.0000', '1.0000']
    """

    __hash__ = None  # type: ignore[assignment]  # balls have no hash
    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Exponents, arb]) -> None:
        self.terms = {key: ball for key, ball in terms.items() if not (ball.is_exact() and ball == 0)}

    @classmethod
    def of(cls, ball: arb) -> "DepthBall":
        """A number."""
        return cls({(): ball})

    def vanishes(self) -> bool:
        """Whether it is 0.

        raises  NoSeries where that is not known
        """
        if not self.terms:
            return True
        if any(ball > 0 or ball < 0 for ball in self.terms.values()):
            return False
        raise NoSeries("whether a coefficient that is known by a ball is 0 was not decided")

    def log(self) -> "DepthBall":
        """The logarithm of a positive number."""
        return DepthBall.of(self._number().log())

    def _number(self) -> arb:
        if set(self.terms) - {()}:
            raise NoSeries("a quotient by a polynomial in log L is no polynomial")
        return self.terms.get((), arb(0))

    def __eq__(self, other: object) -> bool:
        """Only what is known exactly is equal."""
        read = _read(other)
        return read is not None and not (self - read).terms

    def __neg__(self) -> "DepthBall":
        """-f."""
        return DepthBall({key: -ball for key, ball in self.terms.items()})

    def __add__(self, other: Any) -> "DepthBall":
        """F + g."""
        read = _read(other)
        if read is None:
            return NotImplemented
        terms = dict(self.terms)
        for key, ball in read.terms.items():
            terms[key] = terms[key] + ball if key in terms else ball
        return DepthBall(terms)

    __radd__ = __add__

    def __sub__(self, other: Any) -> "DepthBall":
        """F - g."""
        read = _read(other)
        if read is None:
            return NotImplemented
        return self + -read

    def __rsub__(self, other: Any) -> "DepthBall":
        """G - f."""
        difference: DepthBall = -self + other
        return difference

    def __mul__(self, other: Any) -> "DepthBall":
        """F g."""
        read = _read(other)
        if read is None:
            return NotImplemented
        terms: dict[Exponents, arb] = {}
        for one, ball in self.terms.items():
            for two, factor in read.terms.items():
                key = _product(one, two)
                terms[key] = terms[key] + ball * factor if key in terms else ball * factor
        return DepthBall(terms)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "DepthBall":
        """F / a, for a number a."""
        read = _read(other)
        if read is None:
            return NotImplemented
        below = read._number()
        return DepthBall({key: ball / below for key, ball in self.terms.items()})

    def __rtruediv__(self, other: Any) -> "DepthBall":
        """G / a."""
        read = _read(other)
        return NotImplemented if read is None else read / self


def _read(value: Any) -> DepthBall | None:
    """Numbers of SymPy and letters as polynomials; None for anything else."""
    if isinstance(value, DepthBall):
        return value
    if isinstance(value, int):
        return DepthBall.of(arb(value))
    if isinstance(value, Expr) and value.is_Rational:
        return DepthBall.of(arb(fmpq(int(value.p), int(value.q))))
    if isinstance(value, Symbol):
        return DepthBall({((value, 1),): arb(1)})
    return None


def _product(one: Exponents, two: Exponents) -> Exponents:
    powers = dict(one)
    for letter, power in two:
        powers[letter] = powers.get(letter, 0) + power
    return tuple(sorted(powers.items(), key=lambda entry: str(entry[0])))


__all__ = ["DepthBall", "Exponents"]
