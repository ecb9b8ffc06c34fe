"""A network is a frozen tree of layers; everything else (recursions, kernels, modules) is derived from the tree.

Conventions (NTK parametrisation): weights are independent N(0,1) and the layers carry the scales; an activation vector of
width m has squared norm O(1), so that the NNGP kernel is its plain inner product as m -> oo.

    Dense         y = sigma_w W x + sigma_b b          fresh weights; y is Gaussian with covariance sigma_w^2 K + sigma_b^2
    Nonlinearity  y = phi(x) / sqrt(m c), c = E[phi(z)^2] if normalised, else 1
    Scale         y = factor * x
    LayerNorm     y = x / |x|, with the mean over neurons taken off before
    Residual      y = shortcut(x) + branch(x)
    Repeat        the body, depth times
    Given         the kernels behind it as functions of those in front: a recursion of one's own (``theory.own_maps``)
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from sympy import Expr, Integer, Symbol

from theory import symbols
from theory.activations import Activation
from theory.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Dense:
    """Fully connected layer sigma_w W x + sigma_b b with W_ij, b_i ~ N(0,1), independent of everything before.

    train_weight, train_bias: whether W, b contribute to the tangent kernel.
    """

    weight_variance: Expr = Integer(1)
    bias_variance: Expr = Integer(0)
    train_weight: bool = True
    train_bias: bool = True


@dataclass(frozen=True, kw_only=True)
class Nonlinearity:
    """phi applied elementwise; divided by sqrt(E[phi(z)^2]) when normalised."""

    activation: Activation
    normalised: bool = True


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Multiplication by a constant, which may depend on the layer index l and the depth L."""

    factor: Expr


@dataclass(frozen=True, kw_only=True)
class LayerNorm:
    """Layer normalisation: the mean over the neurons is subtracted, then the vector is divided by its norm, which becomes 1.

    In the limit the mean of a Gaussian vector is 0 and its norm the square root of its kernel. No gain or bias is trained.
    """


@dataclass(frozen=True, kw_only=True)
class Residual:
    """shortcut(x) + branch(x); the branch must end in fresh weights, so that the cross terms vanish as m -> oo."""

    branch: tuple["Layer", ...]
    shortcut: tuple["Layer", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """The body repeated L times; the l-th copy (l = 1..L) has fresh weights."""

    body: tuple["Layer", ...]


@dataclass(frozen=True, kw_only=True)
class Given:
    """Kernels as functions of the correlation c = K/q in front: K -> q correlation(c), T -> factor(c) T + q source(c).

    The three are expressions in c (and l, L) and must be sum a_k c^k with a_k >= 0 (``theory.positive``), correlation(1) = 1.
    """

    correlation: Expr
    factor: Expr
    source: Expr

    @property
    def functions(self) -> dict[str, Expr]:
        """The functions by the names that a user gave them."""
        return {"kappa": self.correlation, "factor of Theta": self.factor, "source of Theta": self.source}


Layer = Dense | Nonlinearity | Scale | LayerNorm | Residual | Repeat | Given


@dataclass(frozen=True, kw_only=True)
class Network:
    """Layers before, inside and after one Repeat.

    name           as it is shown; carries no meaning
    layers         exactly one of them is a Repeat
    squared_norms  |x|^2 and |x'|^2 of the two inputs (1 on the unit sphere)
    gamma, alpha   what the user gave for the residual scale: alpha is an expression in L and l; both None without one
    """

    name: str
    layers: tuple[Layer, ...]
    squared_norms: tuple[Expr, Expr] = (Integer(1), Integer(1))
    gamma: Expr | None = None
    alpha: Expr | None = None

    def __post_init__(self) -> None:
        if sum(isinstance(layer, Repeat) for layer in self.layers) != 1:
            raise InputError(f"network={self.name}: exactly one Repeat layer at the top level is needed")

    @property
    def before(self) -> tuple[Layer, ...]:
        """The layers in front of the Repeat."""
        return self.layers[: self._position]

    @property
    def body(self) -> tuple[Layer, ...]:
        """The layers that are repeated."""
        repeat = self.layers[self._position]
        assert isinstance(repeat, Repeat)
        return repeat.body

    @property
    def after(self) -> tuple[Layer, ...]:
        """The layers behind the Repeat."""
        return self.layers[self._position + 1 :]

    @property
    def _position(self) -> int:
        return next(i for i, layer in enumerate(self.layers) if isinstance(layer, Repeat))

    def walk(self) -> Iterator[Layer]:
        """Every layer of the tree, parents first."""
        yield from _walk(self.layers)

    def with_(self, **changes: object) -> Self:
        """A variant (``dataclasses.replace``)."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def substitute(self, symbol: Symbol, value: Expr) -> "Network":
        """The network with a parameter replaced by a value."""

        def put(expression: Expr | None) -> Expr | None:
            return None if expression is None else expression.subs(symbol, value)

        return replace(
            self, layers=_substitute(self.layers, symbol, value), gamma=put(self.gamma), alpha=put(self.alpha)
        )

    @property
    def parameters(self) -> frozenset[Symbol]:
        """Free symbols other than l and L: gamma, a slope, variances left open."""
        free: set[Symbol] = set()
        for layer in self.walk():
            match layer:
                case Dense():
                    free |= layer.weight_variance.free_symbols | layer.bias_variance.free_symbols
                case Nonlinearity():
                    free |= layer.activation.expression.free_symbols - {symbols.x}
                case Scale():
                    free |= layer.factor.free_symbols
                case Given():
                    free |= frozenset().union(*(one.free_symbols for one in layer.functions.values())) - {symbols.c}
        return frozenset(free - {symbols.layer, symbols.depth})


def _walk(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    for layer in layers:
        yield layer
        match layer:
            case Residual():
                yield from _walk(layer.branch)
                yield from _walk(layer.shortcut)
            case Repeat():
                yield from _walk(layer.body)


def _substitute(layers: tuple[Layer, ...], symbol: Symbol, value: Expr) -> tuple[Layer, ...]:
    result: list[Layer] = []
    for layer in layers:
        match layer:
            case Dense():
                weight, bias = layer.weight_variance.subs(symbol, value), layer.bias_variance.subs(symbol, value)
                result.append(replace(layer, weight_variance=weight, bias_variance=bias))
            case Nonlinearity():
                expression = layer.activation.expression.subs(symbol, value)
                result.append(replace(layer, activation=replace(layer.activation, expression=expression)))
            case Scale():
                result.append(Scale(factor=layer.factor.subs(symbol, value)))
            case LayerNorm():
                result.append(layer)
            case Given():
                parts = (one.subs(symbol, value) for one in (layer.correlation, layer.factor, layer.source))
                result.append(Given(**dict(zip(("correlation", "factor", "source"), parts, strict=True))))
            case Residual():
                branch, shortcut = (_substitute(part, symbol, value) for part in (layer.branch, layer.shortcut))
                result.append(Residual(branch=branch, shortcut=shortcut))
            case Repeat():
                result.append(Repeat(body=_substitute(layer.body, symbol, value)))
    return tuple(result)
