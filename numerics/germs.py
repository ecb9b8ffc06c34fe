"""Taylor models at 0: a polynomial with ball coefficients, and one ball for all that follows, valid on [0, r].

A germ of order n says: for every x in (0, r] there is a number s in ``rest`` with f(x) = sum_{k<n} p_k x^k + s x^n.
Sums, products, quotients and compositions of germs are germs; what overflows is folded into ``rest`` over [0, r].

Idea. The coefficients of a function given by an expression come from its jets at 0; ``rest`` from its jet of order n on the
ball [0, r], which contains f^(n)(xi)/n! for every xi there (Lagrange; docs/metatheorems.md, T1). No complex numbers, and
no analyticity, are needed: f only has to be n times differentiable on [0, r].

What can go wrong. A ball that is not finite says that nothing is known: accept on True only.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property

from flint import arb, arb_poly, arb_series, ctx

from numerics.balls import precision, series

_LOOSE = 64
_PIECES = 16
_COARSE = 64
"""Bits for what multiplies x^n."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Germ:
    """A function on (0, r] as a Taylor model of order n.

    low      the polynomial, of degree below n
    rest     encloses (f(x) - low(x))/x^n for every x in (0, r]
    order    n
    domain   a ball that contains [0, r]
    """

    low: arb_poly
    rest: arb
    order: int
    domain: arb

    def __getitem__(self, k: int) -> arb:
        """The coefficient of x^k, k < n."""
        return self.low[k]

    @cached_property
    def values(self) -> arb:
        """A ball that contains the values of the polynomial on [0, r]."""
        with bits(_COARSE):
            return self.low(self.domain)

    @property
    def range(self) -> arb:
        """A ball that contains all values on (0, r]."""
        return self.values + self.rest * _power(self.domain, self.order)

    def cut(self, order: int) -> "Germ":
        """The same function with a smaller order."""
        if order == self.order:
            return self
        with bits(_COARSE):
            rest = self.low.right_shift(order)(self.domain) + self.rest * _power(self.domain, self.order - order)
        return Germ(low=self.low.truncate(order), rest=rest, order=order, domain=self.domain)

    def __add__(self, other: "Germ | arb | int") -> "Germ":
        """The sum."""
        if not isinstance(other, Germ):
            return Germ(low=self.low + other, rest=self.rest, order=self.order, domain=self.domain)
        order = min(self.order, other.order)
        one, two = self.cut(order), other.cut(order)
        return Germ(low=one.low + two.low, rest=one.rest + two.rest, order=order, domain=self.domain)

    def __neg__(self) -> "Germ":
        """The negative."""
        return self.scaled(arb(-1))

    def __sub__(self, other: "Germ | arb | int") -> "Germ":
        """The difference."""
        return self + -other

    def scaled(self, factor: arb) -> "Germ":
        """The function times a number."""
        return Germ(low=self.low * factor, rest=self.rest * factor, order=self.order, domain=self.domain)

    def __mul__(self, other: "Germ") -> "Germ":
        """The product."""
        order = min(self.order, other.order)
        one, two = self.cut(order), other.cut(order)
        x = self.domain
        product = one.low * two.low
        with bits(_COARSE):
            rest = product.right_shift(order)(x) + one.values * two.rest + two.values * one.rest
            rest += one.rest * two.rest * _power(x, order)
        return Germ(low=product.truncate(order), rest=rest, order=order, domain=x)

    def raised(self, by: int) -> "Germ":
        """The function times x^by: the order grows."""
        return Germ(low=self.low.left_shift(by), rest=self.rest, order=self.order + by, domain=self.domain)

    def lowered(self, by: int) -> "Germ":
        """The function divided by x^by, whose first coefficients vanish exactly, whatever their balls say."""
        return Germ(low=self.low.right_shift(by), rest=self.rest, order=self.order - by, domain=self.domain)

    def without(self, k: int, value: arb | int = 0) -> "Germ":
        """The same function, whose coefficients below x^k vanish exactly except that of x^0, which is the value."""
        low = self.low.right_shift(k).left_shift(k) + value
        return Germ(low=low, rest=self.rest, order=self.order, domain=self.domain)

    def inverse(self) -> "Germ":
        """1/f for f(0) > 0: with f q = 1 + e x^n the rest is -e/f."""
        if not self.low[0] > 0:
            return self._unknown()
        with length(self.order):
            inverted = constant(arb_poly(_coefficients(1 / self._series(), self.order)), self)
        return Germ(low=inverted.low, rest=-(self * inverted).rest / self.range, order=self.order, domain=self.domain)

    def root(self) -> "Germ":
        """Sqrt f for f > 0 at 0: with s^2 - f = e x^n the rest is -e/(sqrt f + s)."""
        if not self.low[0] > 0:
            return self._unknown()
        with length(self.order):
            found = constant(arb_poly(_coefficients(self._series().sqrt(), self.order)), self)
        rest = -(found * found - self).rest / (self.range.sqrt() + found.range)
        return Germ(low=found.low, rest=rest, order=self.order, domain=self.domain)

    def _unknown(self) -> "Germ":
        return constant(arb.nan(), self)

    def _series(self) -> arb_series:
        return arb_series(_coefficients(self.low, self.order), prec=self.order)

    def into(self, outer: Callable[[arb_series], arb_series]) -> "Germ":
        """outer(f), for f(0) = 0 exactly: Horner's rule in the jets of outer, and its jet of order n on the range of f."""
        n = self.order
        with length(n + 1):
            jets = _coefficients(outer(series([0, 1])), n)
            last = outer(series([self.range, 1]))[n]
        value = constant(arb_poly([last]), self)
        for jet in reversed(jets):
            value = value * self + jet
        return value


def constant(low: arb_poly | arb | int, like: Germ) -> Germ:
    """A polynomial as a germ of the order and domain of another one."""
    poly = low if isinstance(low, arb_poly) else arb_poly([low])
    return Germ(low=poly, rest=arb(0), order=like.order, domain=like.domain)


def germ(function: Callable[[arb_series], tuple[arb_series, ...]], order: int, domain: arb) -> tuple[Germ, ...]:
    """The germs of several functions given by their jets."""
    with length(order + 1):
        lows = function(series([0, 1]))
        rests = [jet[order] for jet in function(series([domain, 1]))]
        if not all(abs(rest) < _LOOSE * (1 + abs(low[order])) for rest, low in zip(rests, lows, strict=True)):
            # a long expression on a wide ball overestimates by much, and on pieces of it by little
            rests = _by_pieces(function, order, domain.upper(), len(rests))
    return tuple(
        Germ(low=arb_poly(_coefficients(low, order)), rest=rest, order=order, domain=domain)
        for low, rest in zip(lows, rests, strict=True)
    )


def _by_pieces(
    function: Callable[[arb_series], tuple[arb_series, ...]], order: int, reach: arb, count: int
) -> list[arb]:
    hulls: list[arb | None] = [None] * count
    for i in range(_PIECES):
        piece = (reach * i / _PIECES).union(reach * (i + 1) / _PIECES)
        for j, jet in enumerate(function(series([piece, 1]))):
            before = hulls[j]
            hulls[j] = jet[order] if before is None else before.union(jet[order])
    return [hull for hull in hulls if hull is not None]


def length(terms: int) -> AbstractContextManager[None]:
    """Series of so many terms, at the precision that is set."""
    return precision(int(ctx.prec), terms)


def bits(number: int) -> AbstractContextManager[None]:
    """Another precision, with series as long as they are."""
    return precision(number, int(ctx.cap))


def _coefficients(values: arb_series | arb_poly, count: int) -> list[arb]:
    return [values[k] for k in range(count)]


def _power(domain: arb, k: int) -> arb:
    """A ball that contains x^k for every x in the domain [0, r]."""
    return arb(1) if k == 0 else arb(0).union(domain.upper() ** k)
