"""The architectures by name: short definitions of layer trees.

    ffnet             x_l = phi(W_l x_{l-1}) / sqrt(m c_phi), f = v.x_L; all weights trained
    ffnet_layernorm   x_l = phi(LN(W_l x_{l-1})) / sqrt(m c_phi), f = v.x_L; all weights trained
    resnet            x_0 = A x / sqrt m, x_l = x_{l-1} + (alpha/m) V_l phi(W_l x_{l-1}) / sqrt(c_phi), f = v.x_L; A, v fixed
    resnet_single     x_0 = A x / sqrt m, x_l = x_{l-1} + alpha W_l phi(x_{l-1}) / sqrt(c_phi), f = v.x_L; A, v fixed
    resnet_preact     the same with A and v trained
    resnet_layernorm  x_l = x_{l-1} + alpha W_l phi(LN(x_{l-1})) / sqrt(c_phi); A, W_l and v trained
    densenet          x_l = sqrt(l/(l+1)) x_{l-1} + sqrt(1/(l+1)) W_l phi(x_{l-1}) / sqrt(c_phi); A, W_l and v trained

Source: Huang, Wang, Tao, Zhao 2020 (ffnet, resnet); the one-matrix branch as in Tian and Yu 2024; weight and bias variances
and the critical line as in Poole et al. 2016 and Schoenholz et al. 2017; pre-LN as in Xiong et al. 2020.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sympy import Expr, Integer, sqrt

from theory import symbols
from theory.activations import Activation, parity
from theory.constants import exact_sign
from theory.duals import dual
from theory.errors import InputError
from theory.exact import Exact, exact
from theory.network import Dense, Layer, LayerNorm, Network, Nonlinearity, Repeat, Residual, Scale
from theory.parsing import parse

Sign = Callable[[Expr], int | None]
"""Decides the sign of a number: -1, 0, 1, or None where it cannot."""


@dataclass(frozen=True, kw_only=True)
class CriticalPoint:
    """Variances and squared norm of the inputs at which chi = 1 and the pre-activations keep their length."""

    weight_variance: Expr
    bias_variance: Expr
    squared_norm: Expr


def ffnet(
    activation: Activation,
    *,
    weight_variance: Exact = 1,
    bias_variance: Exact = 0,
    normalised: bool = True,
    critical: Exact | CriticalPoint | None = None,
    train_hidden: bool = True,
    train_readout: bool = True,
) -> Network:
    """Feedforward network with L nonlinearities and a linear readout f = v.x_L.

    critical  a length Q of the pre-activations: ``critical_point`` gives the variances, and the inputs their norm

    >>> from theory.activations import activation
    >>> ffnet(activation("erf"), critical=1).squared_norms[0]
    1
    """
    if critical is None:
        weight = variance(weight_variance, "weight_variance", positive=True)
        bias = variance(bias_variance, "bias_variance")
        return _feedforward("ffnet", (), activation, weight, bias, normalised, train_hidden, train_readout)
    if (weight_variance, bias_variance) != (1, 0):
        raise InputError("critical: it determines both variances; leave the variances out")
    point = critical
    if not isinstance(point, CriticalPoint):
        point = critical_point(activation, point, normalised=normalised)
    weight, bias, norm = point.weight_variance, point.bias_variance, point.squared_norm
    network = _feedforward("ffnet", (), activation, weight, bias, normalised, train_hidden, train_readout)
    return network.with_(squared_norms=(norm, norm))


def ffnet_layernorm(
    activation: Activation,
    *,
    weight_variance: Exact = 1,
    bias_variance: Exact = 0,
    normalised: bool = True,
    train_hidden: bool = True,
    train_readout: bool = True,
) -> Network:
    """Feedforward network with layer normalisation in front of each nonlinearity; without bias the weight variance cancels."""
    weight = variance(weight_variance, "weight_variance", positive=True)
    bias = variance(bias_variance, "bias_variance")
    normed = (LayerNorm(),)
    return _feedforward("ffnet_layernorm", normed, activation, weight, bias, normalised, train_hidden, train_readout)


def _feedforward(
    name: str,
    normed: tuple[Layer, ...],
    activation: Activation,
    weight_variance: Expr,
    bias_variance: Expr,
    normalised: bool,
    train_hidden: bool,
    train_readout: bool,
) -> Network:
    hidden = Dense(
        weight_variance=weight_variance,
        bias_variance=bias_variance,
        train_weight=train_hidden,
        train_bias=train_hidden,
    )
    return Network(
        name=name,
        layers=(
            Repeat(body=(hidden, *normed, Nonlinearity(activation=activation, normalised=normalised))),
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
    branch = (Dense(train_weight=train_inner), Nonlinearity(activation=activation), Dense(train_weight=train_outer))
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
    branch = (Nonlinearity(activation=activation), Dense())
    return _residual_network("resnet_single", branch, gamma, alpha, train_first, train_readout)


def resnet_preact(activation: Activation, *, gamma: Exact | None = None, alpha: Exact | None = None) -> Network:
    """Pre-activation residual network x + alpha W phi(x) with all layers trained, the ends included."""
    branch = (Nonlinearity(activation=activation), Dense())
    return _residual_network("resnet_preact", branch, gamma, alpha, True, True)


def resnet_layernorm(
    activation: Activation,
    *,
    gamma: Exact | None = None,
    alpha: Exact | None = None,
    train_first: bool = True,
    train_readout: bool = True,
) -> Network:
    """Residual network with layer normalisation in front of the branch's nonlinearity: x + alpha W phi(LN(x))."""
    branch = (LayerNorm(), Nonlinearity(activation=activation), Dense())
    return _residual_network("resnet_layernorm", branch, gamma, alpha, train_first, train_readout)


def densenet(activation: Activation, *, train_first: bool = True, train_readout: bool = True) -> Network:
    """Averaging over all layers so far: K_l is the mean of K_0 and of the l kernels kappa(K_0), ..., kappa(K_{l-1})."""
    share = 1 / (symbols.layer + 1)
    branch = (Nonlinearity(activation=activation), Dense(), Scale(factor=sqrt(share)))
    body = Residual(branch=branch, shortcut=(Scale(factor=sqrt(symbols.layer * share)),))
    return Network(
        name="densenet",
        layers=(Dense(train_weight=train_first), Repeat(body=(body,)), Dense(train_weight=train_readout)),
    )


def _residual_network(
    name: str,
    branch: tuple[Layer, ...],
    gamma: Exact | None,
    alpha: Exact | None,
    train_first: bool,
    train_readout: bool,
) -> Network:
    gamma, alpha = _given(gamma, alpha)
    scale = Scale(factor=_residual_scale(name, gamma, alpha))
    return Network(
        name=name,
        layers=(
            Dense(train_weight=train_first),
            Repeat(body=(Residual(branch=(*branch, scale)),)),
            Dense(train_weight=train_readout),
        ),
        gamma=gamma,
        alpha=alpha,
    )


def variance(value: Exact, what: str, *, positive: bool = False, typed: str | None = None) -> Expr:
    """A variance (or a squared norm) as an expression; a letter stands for any value.

    what      how it is called in a message
    positive  whether 0 is refused, at which the network would forget its inputs
    typed     the value as the user wrote it, for a message
    raises    InputError for what is not provably >= 0, or > 0
    """
    number = exact(value, what)
    if number.free_symbols:
        return number
    allowed = f"allowed is a number {'>' if positive else '>='} 0"
    sign = exact_sign(number) if number.is_real is not False else -1
    says = f"{what}={_short(value if typed is None else typed)}"
    if sign is None:
        raise InputError(f"{says}: it cannot be decided whether this is negative; {allowed}")
    if sign < 0 or (positive and sign == 0):
        raise InputError(f"{says}: {'negative' if sign else 'zero'}; {allowed}")
    return number


@lru_cache(maxsize=64)
def critical_point(
    activation: Activation,
    length: Exact,
    *,
    normalised: bool = True,
    what: str = "critical",
    sign: Sign = exact_sign,
) -> CriticalPoint:
    r"""Variances with chi = 1 at pre-activations of length Q, which stays Q, and the squared norm N of the inputs.

        w = c_phi / E[phi'(sqrt Q z)^2],   N = E[phi(sqrt Q z)^2] / c_phi,   b = Q - w N

    The length after one layer is w N + b = Q, and chi = w E[phi'(sqrt Q z)^2]/c_phi = 1. For odd phi without jumps b >= 0 by
    the Gaussian Poincare inequality Var phi(sqrt Q z) <= Q E[phi'(sqrt Q z)^2]; otherwise the sign of b is decided.

    what    how the length is called in a message
    sign    decides the sign of b; moments without a closed form need enclosures
    raises  InputError where there is no such point

    >>> from theory.activations import activation
    >>> critical_point(activation("relu"), 3).squared_norm
    3
    """
    at = variance(length, what, positive=True)
    if at.free_symbols:
        raise InputError(f"{what}={_short(length)}: a number > 0 is needed")
    moments = dual(activation)
    says = f"{what}={_short(length)}"
    if any(exact_sign(condition.subs(symbols.length, at)) != 1 for condition in moments.conditions):
        raise InputError(f"{says}: E[phi(sqrt Q z)^2] is infinite for {activation.name}; use a smaller length")
    norm = moments.second_moment.subs(symbols.length, 1) if normalised else Integer(1)
    size = moments.second_moment.subs(symbols.length, at) / norm
    slope = moments.derivative_second_moment.subs(symbols.length, at)
    if slope == 0:
        raise InputError(
            f"{says}: the derivative of {activation.name} is 0 almost everywhere, so that chi is 0 at every variance"
        )
    weight = norm / slope
    bias = at - weight * size
    found = 0 if bias == 0 else sign(bias)
    if found is None and moments.continuous and parity(activation) == -1:
        found = 1
    if found is None:
        raise InputError(
            f"{says}: it cannot be decided whether the bias variance {_short(bias)} is negative; use another length"
        )
    if found < 0:
        raise InputError(
            f"{says}: chi = 1 at this length needs the bias variance {_short(bias)}, which is negative; use another length"
        )
    return CriticalPoint(weight_variance=weight, bias_variance=bias if found else Integer(0), squared_norm=size)


def _short(number: object) -> str:
    text = " ".join(str(number).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


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
    """A name, the definition behind it, and what it takes besides the activation.

    residual   whether it takes gamma or alpha
    options    further options of ``network``: among OPTIONS
    """

    name: str
    build: Callable[..., Network]
    residual: bool
    summary: str
    options: tuple[str, ...] = ()


OPTIONS = ("weight_variance", "bias_variance", "unnormalised", "critical")
"""Options that some architectures have; every one takes ``squared_norm``."""

ARCHITECTURES = (
    Architecture(
        name="ffnet", build=ffnet, residual=False, summary="feedforward, all weights trained", options=OPTIONS
    ),
    Architecture(
        name="ffnet_layernorm",
        build=ffnet_layernorm,
        residual=False,
        summary="feedforward, layer normalisation in front of each nonlinearity",
        options=("weight_variance", "bias_variance", "unnormalised"),
    ),
    Architecture(
        name="resnet", build=resnet, residual=True, summary="bottleneck residual network of Huang et al. 2020"
    ),
    Architecture(
        name="resnet_single", build=resnet_single, residual=True, summary="one matrix in each residual branch"
    ),
    Architecture(
        name="resnet_preact",
        build=resnet_preact,
        residual=True,
        summary="pre-activation residual network, one matrix in a branch, all layers trained",
    ),
    Architecture(
        name="resnet_layernorm",
        build=resnet_layernorm,
        residual=True,
        summary="the same with layer normalisation in front of each branch",
    ),
    Architecture(
        name="densenet", build=densenet, residual=False, summary="average of all layers so far, all layers trained"
    ),
)


def architecture_named(name: str) -> Architecture:
    """The entry of that name.

    raises  InputError with the nearest name, or all of them
    """
    for entry in ARCHITECTURES:
        if entry.name == name:
            return entry
    from difflib import get_close_matches

    names = [entry.name for entry in ARCHITECTURES]
    near = get_close_matches(name.lower(), names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
    raise InputError(f"architecture={name[:60]}: unknown architecture; {hint}")


def require_options(
    architecture: str, given: Mapping[str, object], *, spell: Callable[[str], str] = lambda name: name
) -> None:
    """Refuse options that the architecture does not have, and two that say the same thing.

    given   the options that were given, by name, with their values as typed; True where there is only the name
    spell   how the user writes the name of an option
    """
    entry = architecture_named(architecture)

    def typed(name: str) -> str:
        return spell(name) if given[name] is True else f"{spell(name)}={_short(given[name])}"

    for name in given:
        if name in ("gamma", "alpha") and not entry.residual:
            raise InputError(f"{typed(name)}: {architecture} has no residual branch; leave {spell(name)} out")
        if name in OPTIONS and name not in entry.options:
            known = [spell(one) for one in (*(("gamma", "alpha") if entry.residual else ()), *entry.options)]
            allowed = f"allowed are {', '.join(known)}" if known else f"leave {spell(name)} out"
            raise InputError(f"{typed(name)}: {architecture} has no such option; {allowed}")
        if "critical" in given and name in ("weight_variance", "bias_variance", "squared_norm"):
            raise InputError(f"{typed(name)}: {typed('critical')} determines it; leave one of the two out")


def network(
    architecture: str,
    activation: Activation,
    *,
    gamma: Expr | None = None,
    alpha: Expr | None = None,
    weight_variance: Exact | None = None,
    bias_variance: Exact | None = None,
    unnormalised: bool = False,
    critical: Exact | None = None,
    squared_norm: Exact | None = None,
    spell: Callable[[str], str] = lambda name: name,
    sign: Sign = exact_sign,
) -> Network:
    """The network of that name; gamma or alpha for residual ones, neither for the others.

    weight_variance, bias_variance   of the hidden layers; 1 and 0 if not given
    unnormalised                     phi is not divided by sqrt(c_phi)
    critical                         the length Q of ``critical_point``, which determines both variances and the norm
    squared_norm                     |x|^2 of both inputs; 1 if not given
    spell                            how the user writes the name of an option, for messages
    sign                             as in ``critical_point``
    raises                           InputError for an option that the architecture does not have

    >>> from theory.activations import activation
    >>> network("ffnet", activation("relu")).name
    'ffnet'
    >>> network("ffnet", activation("sin"), squared_norm=2).squared_norms
    (2, 2)
    """
    given: dict[str, Exact | bool | None] = {
        "gamma": gamma,
        "alpha": alpha,
        "weight_variance": weight_variance,
        "bias_variance": bias_variance,
        "unnormalised": unnormalised or None,
        "critical": critical,
        "squared_norm": squared_norm,
    }
    require_options(architecture, {name: value for name, value in given.items() if value is not None}, spell=spell)
    entry = architecture_named(architecture)
    options: dict[str, Any] = {"gamma": gamma, "alpha": alpha} if entry.residual else {}
    if weight_variance is not None:
        options["weight_variance"] = variance(weight_variance, spell("weight_variance"), positive=True)
    if bias_variance is not None:
        options["bias_variance"] = variance(bias_variance, spell("bias_variance"))
    if unnormalised:
        options["normalised"] = False
    if critical is not None:
        options["critical"] = critical_point(
            activation, critical, normalised=not unnormalised, what=spell("critical"), sign=sign
        )
    found = entry.build(activation, **options)
    if squared_norm is None:
        return found
    norm = variance(squared_norm, spell("squared_norm"), positive=True)
    return found.with_(squared_norms=(norm, norm))
