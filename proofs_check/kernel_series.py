"""The kernels of a network at every depth as power series in c with coefficients >= 0: docs/shapes.md, Theorems S and D.

Idea. For two inputs of equal norm each layer maps series in c with coefficients >= 0 to such series:

    dense s K + b,   nonlinearity sum a_k (K/q)^k,   scale f^2 K,   layer norm K/q,   residual sum,   T -> kappa-dot(K/q) T, ...

Which parities occur, and how often, follows from those of the parts (``Parts``, exactly: coefficients >= 0 never cancel).
There are finitely many pairs of parts for (K, T), so their sequence in depth is periodic from some depth on, and following it
until a pair occurs again says what they are at *every* depth. The same walk carries three properties of a function of c on an
interval, nonnegative, not falling, convex (``Shape``), which need more of the activation where c may be negative.

What can go wrong. Scales or lengths that are 0, unequal norms, activations that ``natures`` does not decide: BeyondReach.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sympy import Expr

from proofs_check.bounded import is_positive
from proofs_check.intervals import INSIDE
from proofs_check.natures import Nature, Parts, Size, nature
from proofs_check.signs import sign_of
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.errors import BeyondReach
from theory.network import Dense, Layer, LayerNorm, Network, Nonlinearity, Residual, Scale

LIMIT = 64
"""Depths that are followed at most; the pairs of parts repeat long before."""

ZERO, ONE, C = (
    Parts(even=Size.NONE, odd=Size.NONE),
    Parts(even=Size.CONSTANT, odd=Size.NONE),
    Parts(even=Size.NONE, odd=Size.FINITE),
)
"""The parts of the functions 0, 1 and c."""


def plus(one: Parts, other: Parts) -> Parts:
    """The parts of a sum."""
    return Parts(even=max(one.even, other.even), odd=max(one.odd, other.odd))


def times(one: Parts, other: Parts) -> Parts:
    """The parts of a product.

    >>> times(C, C).even.name
    'FINITE'
    """

    def joint(left: Size, right: Size) -> Size:
        return Size.NONE if Size.NONE in (left, right) else max(left, right)

    odds = joint(one.odd, other.odd)
    return Parts(
        even=max(joint(one.even, other.even), odds),
        odd=max(joint(one.even, other.odd), joint(one.odd, other.even)),
    )


def after(outer: Parts, inner: Parts) -> Parts:
    """The parts of outer(inner(c)), for outer = sum a_k x^k.

    Of an inner function with both parities each power beyond the first has both, and infinitely many of them if the inner one
    has infinitely many of one; of powers without end the degrees grow without end, unless the inner function is constant.

    >>> after(Parts(even=Size.MANY, odd=Size.FINITE), Parts(even=Size.CONSTANT, odd=Size.FINITE)).odd.name
    'MANY'
    """
    if inner == ZERO:
        raise BeyondReach("a kernel that is 0")
    if inner == ONE:
        return ZERO if outer == ZERO else ONE
    if inner.odd is Size.NONE:
        size = max(Size(min(outer.even, Size.CONSTANT)), _grown(max(outer.even, outer.odd), inner.even))
        return Parts(even=size, odd=Size.NONE)
    if inner.even is Size.NONE:
        even = outer.even if outer.even <= Size.CONSTANT else _grown(outer.even, inner.odd)
        return Parts(even=even, odd=Size.NONE if outer.odd is Size.NONE else _grown(outer.odd, inner.odd))
    most = max(inner.even, inner.odd)
    if Size.MANY in (outer.even, outer.odd):
        return Parts(even=Size.MANY, odd=Size.MANY)
    if outer.even is Size.FINITE:  # its degree is at least 2
        both = max(Size.FINITE, most)
        return Parts(even=both, odd=both)
    if outer.odd is Size.NONE:
        return Parts(even=outer.even, odd=Size.NONE)
    # of odd degree, perhaps 1, perhaps more; which of them only tells CONSTANT from FINITE here, and nothing rests on that
    constant = Parts(even=outer.even, odd=Size.NONE)
    if inner.even is inner.odd or most is Size.FINITE:
        return plus(constant, inner)
    raise BeyondReach("whether an odd polynomial has degree 1 is not kept")


def _grown(outer: Size, inner: Size) -> Size:
    """The size of a series in an inner function of one parity that is not constant."""
    if outer <= Size.CONSTANT:
        return outer
    return Size.MANY if Size.MANY in (outer, inner) else Size.FINITE


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A function of c on an interval: what is shown of it; False means "not shown".

    affine  a + b c, b >= 0
    """

    nonnegative: bool
    rising: bool
    convex: bool
    affine: bool = False


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Kernel and tangent kernel, up to positive factors: parts of their series, and shapes on the interval."""

    nngp: Parts
    ntk: Parts
    nngp_shape: Shape
    ntk_shape: Shape


_NOTHING = Shape(nonnegative=True, rising=True, convex=True, affine=True)
"""The shape of 0."""


@dataclass(frozen=True, kw_only=True)
class History:
    """The output kernels at depth 0, 1, 2, ...: ``pairs``, of which those from ``start`` on repeat for ever."""

    pairs: tuple[Pair, ...]
    start: int

    def at(self, depth: int) -> Pair:
        """The pair at one depth."""
        if depth < len(self.pairs):
            return self.pairs[depth]
        return self.pairs[self.start + (depth - self.start) % (len(self.pairs) - self.start)]

    def always(self, holds: Callable[[Pair], bool], first: int, last: int | None) -> bool:
        """Whether it holds at each depth from first to last; None for ever."""
        end = max(first, self.start) + len(self.pairs) - self.start
        return all(holds(self.at(depth)) for depth in range(first, end if last is None else min(end, last + 1)))

    def first_where(self, holds: Callable[[Pair], bool], first: int, last: int | None) -> int | None:
        """The first depth of the range at which it holds."""
        end = max(first, self.start) + len(self.pairs) - self.start
        depths = range(first, end if last is None else min(end, last + 1))
        return next((depth for depth in depths if holds(self.at(depth))), None)


def history(network: Network, *, nonnegative: bool) -> History:
    """Kernels at every depth, for inputs with correlations in [0, 1] (nonnegative) or in [-1, 1].

    raises  BeyondReach where the theorems do not apply

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> found = history(ffnet(activation("relu")), nonnegative=False)
    >>> [found.at(depth).ntk.odd.name for depth in (1, 2, 10**6)]
    ['FINITE', 'MANY', 'MANY']
    """
    first, second = network.squared_norms
    if is_zero(first - second) is not Answer.YES:
        raise BeyondReach("the two inputs differ in length: the series may have negative coefficients")
    start = Pair(
        nngp=C,
        ntk=ZERO,
        nngp_shape=Shape(nonnegative=nonnegative, rising=True, convex=True, affine=True),
        ntk_shape=_NOTHING,
    )
    trunk = [_through(network.before, start)]
    while trunk[-1] not in trunk[:-1]:
        if len(trunk) > LIMIT:
            raise BeyondReach("the parts of the kernels do not repeat")
        trunk.append(_through(network.body, trunk[-1]))
    return History(pairs=tuple(_through(network.after, pair) for pair in trunk[:-1]), start=trunk.index(trunk[-1]))


def _through(layers: tuple[Layer, ...], pair: Pair) -> Pair:
    for layer in layers:
        match layer:
            case Dense():
                pair = _dense(layer, pair)
            case Nonlinearity(activation=activation):
                pair = _nonlinearity(nature(activation), pair)
            case Scale():
                if not _positive(layer.factor):
                    raise BeyondReach(f"the scale {layer.factor} is not shown to be positive")
            case LayerNorm():
                pass  # division by a length
            case Residual():
                pair = _sum(_through(layer.shortcut, pair), _through(layer.branch, pair))
            case _:
                raise BeyondReach("a Repeat inside another")
    return pair


def _positive(value: Expr) -> bool:
    """Whether a variance or a factor is positive; the index l of a layer is a positive integer, as L is."""
    if not value.free_symbols:
        return sign_of(value) == 1
    return is_positive(value.subs(symbols.layer, symbols.depth), INSIDE)


def _dense(layer: Dense, pair: Pair) -> Pair:
    weight, bias = layer.weight_variance, layer.bias_variance
    biased = sign_of(bias)
    if not _positive(weight) or biased not in (0, 1):
        raise BeyondReach("a weight variance not shown to be positive, or a bias variance not shown to be >= 0")
    ntk, shape = pair.ntk, pair.ntk_shape
    if layer.train_weight:
        ntk, shape = plus(ntk, pair.nngp), _shapes_sum(shape, pair.nngp_shape)
    if biased and layer.train_bias:
        ntk = plus(ntk, ONE)
    nngp = plus(pair.nngp, ONE) if biased else pair.nngp
    return replace(pair, nngp=nngp, ntk=ntk, ntk_shape=shape)


def _nonlinearity(phi: Nature, pair: Pair) -> Pair:
    if phi.dual == ZERO:
        raise BeyondReach("an activation that is 0")
    inner = pair.nngp_shape
    # on [0, 1] a series with coefficients >= 0 has every property; elsewhere kappa = E[phi phi], kappa' = E[phi' phi'], ...
    value = inner.nonnegative or phi.one_sign or phi.dual.odd is Size.NONE
    slope = inner.nonnegative or phi.monotone or phi.dual.even <= Size.CONSTANT
    bend = inner.nonnegative or phi.convex
    outer = Shape(
        nonnegative=value,
        rising=inner.rising and slope,
        convex=bend and (inner.affine or (slope and inner.convex)),
    )
    # kappa-dot(K): nonnegative as kappa', rising as kappa' has the derivative kappa''; convex on [0, 1] only
    factor = Shape(
        nonnegative=inner.nonnegative or phi.monotone or phi.slope.odd is Size.NONE,
        rising=inner.rising and (inner.nonnegative or phi.convex or phi.slope.even <= Size.CONSTANT),
        convex=inner.nonnegative and inner.rising and inner.convex,
    )
    return Pair(
        nngp=after(phi.dual, pair.nngp),
        ntk=times(after(phi.slope, pair.nngp), pair.ntk),
        nngp_shape=outer,
        ntk_shape=_NOTHING if pair.ntk == ZERO else _shapes_product(factor, pair.ntk_shape),
    )


def _shapes_sum(one: Shape, other: Shape) -> Shape:
    return Shape(
        nonnegative=one.nonnegative and other.nonnegative,
        rising=one.rising and other.rising,
        convex=one.convex and other.convex,
        affine=one.affine and other.affine,
    )


def _shapes_product(one: Shape, other: Shape) -> Shape:
    nonnegative = one.nonnegative and other.nonnegative
    rising = nonnegative and one.rising and other.rising
    return Shape(nonnegative=nonnegative, rising=rising, convex=rising and one.convex and other.convex)


def _sum(one: Pair, other: Pair) -> Pair:
    return Pair(
        nngp=plus(one.nngp, other.nngp),
        ntk=plus(one.ntk, other.ntk),
        nngp_shape=_shapes_sum(one.nngp_shape, other.nngp_shape),
        ntk_shape=_shapes_sum(one.ntk_shape, other.ntk_shape),
    )


__all__ = ["History", "Pair", "Shape", "after", "history", "plus", "times"]
