"""The architectures by name: short definitions of layer trees.

    ffnet           x_l = phi(W_l x_{l-1}) / sqrt(m c_phi), f = v.x_L; all weights trained
    resnet          x_0 = A x / sqrt m, x_l = x_{l-1} + (alpha/m) V_l phi(W_l x_{l-1}) / sqrt(c_phi), f = v.x_L; A, v fixed
    resnet_single   x_0 = A x / sqrt m, x_l = x_{l-1} + alpha W_l phi(x_{l-1}) / sqrt(c_phi), f = v.x_L; A, v fixed

Source: Huang, Wang, Tao, Zhao 2020 (ffnet, resnet); the one-matrix branch as in Tian and Yu 2024.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Expr

from theory import symbols
from theory.activations import Activation
from theory.constants import exact_sign
from theory.errors import InputError
from theory.exact import Exact, exact
from theory.network import Dense, Network, Nonlinearity, Repeat, Residual, Scale
from theory.parsing import parse


def ffnet(
    activation: Activation,
    *,
    weight_variance: Exact = 1,
    bias_variance: Exact = 0,
    normalised: bool = True,
    train_hidden: bool = True,
    train_readout: bool = True,
) -> Network:
    """Feedforward network with L nonlinearities and a linear readout f = v.x_L."""
    hidden = Dense(
        weight_variance=_variance(weight_variance, "weight_variance"),
        bias_variance=_variance(bias_variance, "bias_variance"),
        train_weight=train_hidden,
        train_bias=train_hidden,
    )
    return Network(
        name="ffnet",
        layers=(
            Repeat(body=(hidden, Nonlinearity(activation=activation, normalised=normalised))),
            Dense(train_weight=train_readout, train_bias=train_readout),
        ),
    )


def resnet(
    activation: Activation,
    *,
    gamma: Exact | None = None,
    alpha: Exact | None = None,
    train_first: bool = False,
    train_readout: bool = False,
    train_inner: bool = True,
    train_outer: bool = True,
) -> Network:
    """Bottleneck residual network of Huang et al. 2020: two matrices in a branch, the ends fixed."""
    gamma, alpha = _given(gamma, alpha)
    branch = (
        Dense(train_weight=train_inner),
        Nonlinearity(activation=activation),
        Dense(train_weight=train_outer),
        Scale(factor=_residual_scale("resnet", gamma, alpha)),
    )
    return _residual_network("resnet", branch, gamma, alpha, train_first, train_readout)


def resnet_single(
    activation: Activation,
    *,
    gamma: Exact | None = None,
    alpha: Exact | None = None,
    train_first: bool = False,
    train_readout: bool = False,
) -> Network:
    """Residual network with one matrix in a branch: x + alpha W phi(x)."""
    gamma, alpha = _given(gamma, alpha)
    branch = (
        Nonlinearity(activation=activation),
        Dense(),
        Scale(factor=_residual_scale("resnet_single", gamma, alpha)),
    )
    return _residual_network("resnet_single", branch, gamma, alpha, train_first, train_readout)


def _residual_network(
    name: str,
    branch: tuple[Dense | Nonlinearity | Scale, ...],
    gamma: Expr | None,
    alpha: Expr | None,
    train_first: bool,
    train_readout: bool,
) -> Network:
    return Network(
        name=name,
        layers=(
            Dense(train_weight=train_first),
            Repeat(body=(Residual(branch=branch),)),
            Dense(train_weight=train_readout),
        ),
        gamma=gamma,
        alpha=alpha,
    )


def _variance(value: Exact, what: str) -> Expr:
    number = exact(value, what)
    if exact_sign(number) == -1:
        raise InputError(f"{what}={number}: a variance is >= 0")
    return number


def _given(gamma: Exact | None, alpha: Exact | None) -> tuple[Expr | None, Expr | None]:
    """The residual exponent or scale as expressions; alpha as text speaks of L and l."""
    names = {"L": symbols.depth, "l": symbols.layer}
    scale = parse(alpha, names=names, what="alpha") if isinstance(alpha, str) else alpha
    return None if gamma is None else exact(gamma, "gamma"), None if scale is None else exact(scale, "alpha")


def _residual_scale(name: str, gamma: Expr | None, alpha: Expr | None) -> Expr:
    if (gamma is None) == (alpha is None):
        raise InputError(f"architecture={name}: a residual network needs exactly one of gamma and alpha")
    if gamma is not None:
        if gamma.is_negative or gamma.is_real is False:
            raise InputError(f"gamma={gamma}: the exponent of alpha = L^(-gamma) is real and >= 0")
        return symbols.depth ** (-gamma)
    assert alpha is not None
    foreign = alpha.free_symbols - {symbols.depth, symbols.layer, symbols.alpha}
    if foreign:
        raise InputError(f"alpha={alpha}: an expression in L and l; unknown {sorted(map(str, foreign))[0]}")
    return alpha


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """A name, the definition behind it, and whether it takes gamma or alpha."""

    name: str
    build: Callable[..., Network]
    residual: bool
    summary: str


ARCHITECTURES = (
    Architecture(name="ffnet", build=ffnet, residual=False, summary="feedforward, all weights trained"),
    Architecture(
        name="resnet", build=resnet, residual=True, summary="bottleneck residual network of Huang et al. 2020"
    ),
    Architecture(
        name="resnet_single", build=resnet_single, residual=True, summary="one matrix in each residual branch"
    ),
)


def network(
    architecture: str, activation: Activation, *, gamma: Expr | None = None, alpha: Expr | None = None
) -> Network:
    """The network of that name; gamma or alpha for residual ones, neither for the others.

    >>> from theory.activations import activation
    >>> network("ffnet", activation("relu")).name
    'ffnet'
    """
    for entry in ARCHITECTURES:
        if entry.name == architecture:
            if entry.residual:
                return entry.build(activation, gamma=gamma, alpha=alpha)
            for given, what in ((gamma, "gamma"), (alpha, "alpha")):
                if given is not None:
                    raise InputError(f"{what}={given}: {architecture} has no residual branch; leave {what} out")
            return entry.build(activation)
    from difflib import get_close_matches

    names = [entry.name for entry in ARCHITECTURES]
    near = get_close_matches(architecture.lower(), names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
    raise InputError(f"architecture={architecture[:60]}: unknown architecture; {hint}")
