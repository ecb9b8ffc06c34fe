"""The recursion of each architecture, against the formula in print, an iteration by hand, and random networks."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb
from sympy import Expr, Integer, Rational, acos, limit, oo, pi, sqrt

from numerics.balls import to_strings
from numerics.kernel import kernel
from theory import symbols
from theory.activations import activation
from theory.algebra import Answer, is_zero
from theory.architectures import (
    CriticalPoint,
    critical_point,
    densenet,
    ffnet,
    ffnet_layernorm,
    network,
    resnet,
    resnet_layernorm,
    resnet_preact,
    resnet_single,
)
from theory.duals import correlation_derivative, correlation_dual
from theory.errors import InputError
from theory.network import Dense, LayerNorm, Network, Nonlinearity, Repeat, Residual
from theory.recursion import correlation_form, derive

RELU, ERF, SIN, TANH = (activation(name) for name in ("relu", "erf", "sin", "tanh"))
K, T, q, c, l, L = symbols.nngp, symbols.ntk, symbols.length, symbols.c, symbols.layer, symbols.depth
q1, q2 = symbols.length1, symbols.length2


def same(one: Expr, other: Expr) -> bool:
    """Equal by replayed algebra."""
    return is_zero(one - other) is Answer.YES


# --- formulas --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phi", [RELU, ERF, SIN, activation("leaky_relu:1/5")], ids=lambda phi: phi.name)
def test_densenet_averages_the_layers(phi: Any) -> None:
    """The correlation moves by (kappa(c) - c)/(l + 1), and so does t of the body, by (kappa + (kappa-dot - 1) t)/(l + 1)."""
    form = correlation_form(densenet(phi, train_first=False, train_readout=False))
    assert form is not None
    kappa, slope = correlation_dual(phi), correlation_derivative(phi)
    assert same(form.correlation, c + (kappa - c) / (l + 1))
    assert same(form.factor, 1 + (slope - 1) / (l + 1))
    assert same(form.source, kappa / (l + 1))
    assert (form.growth, form.initial) == (1, 0)


@pytest.mark.parametrize("phi", [RELU, ERF, TANH], ids=lambda phi: phi.name)
def test_layer_normalisation_in_front_of_the_nonlinearity_takes_the_dual_at_unit_lengths(phi: Any) -> None:
    """K' = kappa(K/sqrt(q1 q2)), q' = 1, whatever the weight variance; T is divided by the lengths."""
    for weight in (Integer(1), Rational(7, 3)):
        recursion = derive(ffnet_layernorm(phi, weight_variance=weight, train_hidden=False, train_readout=False))
        corr = K / sqrt(q1) / sqrt(q2)
        assert same(recursion.nngp_next.subs({q1: 4, q2: 9}), correlation_dual(phi).subs(c, K / 6))
        assert recursion.length_next == 1
        slope = correlation_derivative(phi).subs(c, corr)
        assert same(recursion.ntk_next.subs({q1: 4, q2: 9}), (slope * T / sqrt(q1) / sqrt(q2)).subs({q1: 4, q2: 9}))


def test_a_bias_moves_the_correlation_in_front_of_the_normalisation() -> None:
    """With w = 2, b = 1/2 the normalised pre-activations have correlation (4 c + 1)/5."""
    form = correlation_form(ffnet_layernorm(RELU, weight_variance=2, bias_variance=Rational(1, 2)))
    assert form is not None
    assert same(form.correlation, correlation_dual(RELU).subs(c, (4 * c + 1) / 5))


@pytest.mark.parametrize("phi", [RELU, ERF], ids=lambda phi: phi.name)
def test_a_normalised_branch_adds_the_same_length_in_every_layer(phi: Any) -> None:
    """Lengths q + h and K' = K + h kappa(K/q): the length runs beside, also for ReLU."""
    built = resnet_layernorm(phi, alpha=1 / sqrt(l), train_readout=False)
    recursion = derive(built)
    assert same(recursion.length_next, q + 1 / l)
    at = {q1: 4, q2: 4}
    assert same(recursion.nngp_next.subs(at), K + correlation_dual(phi).subs(c, K / 4) / l)
    kappa, slope = (f(phi).subs(c, K / 4) for f in (correlation_dual, correlation_derivative))
    assert same(recursion.ntk_next.subs(at), T + (kappa + slope * T / 4) / l)
    assert correlation_form(built) is None


def test_preact_is_resnet_single_with_trained_ends() -> None:
    """The same tree, but for what is trained."""
    ends = resnet_single(RELU, gamma=Integer(1), train_first=True, train_readout=True)
    assert resnet_preact(RELU, gamma=Integer(1)).layers == ends.layers


@pytest.mark.parametrize(
    ("layers", "unit"),
    [
        ((Dense(), LayerNorm(), Nonlinearity(activation=ERF)), True),  # keeps the length 1, and only that
        ((Dense(), Nonlinearity(activation=activation("relu_power:2")), Dense(), LayerNorm()), True),
        ((Dense(), Residual(branch=(LayerNorm(), Nonlinearity(activation=RELU), Dense()))), False),
        ((Dense(), Residual(branch=(Nonlinearity(activation=activation("relu_power:2")), Dense()))), False),
        ((Dense(), Residual(branch=(Nonlinearity(activation=RELU), Dense(), LayerNorm()))), False),
    ],
)
def test_the_degree_of_a_path_decides_about_the_form_in_the_correlation(layers: Any, unit: bool) -> None:
    """A path of degree 0 has the form where the length stays; shortcut and branch of unequal degree never have it."""
    built = Network(name="test", layers=(Dense(), Repeat(body=layers), Dense()))
    assert (correlation_form(built) is not None) == unit
    assert correlation_form(built.with_(squared_norms=(Integer(2), Integer(2)))) is None


def test_layers_that_move_the_correlation_of_the_inputs_leave_no_form() -> None:
    """Behind a nonlinearity in front of the Repeat the recursion does not start at the correlation of the inputs."""
    layers = (
        Dense(),
        Nonlinearity(activation=RELU),
        Dense(),
        Repeat(body=(Residual(branch=(Nonlinearity(activation=RELU), Dense())),)),
    )
    built = Network(name="test", layers=(*layers, Dense()))
    assert correlation_form(built) is None
    assert kernel(built, 2, Rational(1, 2)).nngp.is_finite()


def test_normalising_what_is_zero_is_refused() -> None:
    """Weights of variance 0 leave nothing to divide by."""
    built = Network(name="test", layers=(Repeat(body=(Dense(weight_variance=Integer(0)), LayerNorm())), Dense()))
    with pytest.raises(InputError, match="layer=LayerNorm: its input is 0"):
        derive(built)


# --- by hand ---------------------------------------------------------------------------------------------------------


def kappa_1(rho: Any) -> Any:
    """The arc-cosine kernel of degree 1."""
    angle = mpmath.acos(rho)
    return (mpmath.sin(angle) + (mpmath.pi - angle) * rho) / mpmath.pi


def kappa_0(rho: Any) -> Any:
    """The arc-cosine kernel of degree 0."""
    return 1 - mpmath.acos(rho) / mpmath.pi


def ffnet_layernorm_by_hand(corr: Any, depth: int) -> tuple[Any, Any]:
    """Weight variance 2, bias variance 1/2, inputs of squared norm 3."""
    k, t, size = 3 * corr, 3 * corr, mpmath.mpf(3)
    for _ in range(depth):
        p = 2 * size + mpmath.mpf(1) / 2
        inner, tangent = 2 * k + mpmath.mpf(1) / 2, 2 * t + mpmath.mpf(1) / 2
        k, size = kappa_1(inner / p), mpmath.mpf(1)
        t = kappa_0(inner / p) * tangent / p + k
    return k, t


def resnet_preact_by_hand(corr: Any, depth: int) -> tuple[Any, Any]:
    """Alpha = L^(-1/2), so that h = 1/L."""
    k, t, size, h = corr, corr, mpmath.mpf(1), mpmath.mpf(1) / depth
    for _ in range(depth):
        branch = h * size * kappa_1(k / size)
        t = t + h * kappa_0(k / size) * t + branch
        k, size = k + branch, (1 + h) * size
    return k, t + k


def resnet_layernorm_by_hand(corr: Any, depth: int) -> tuple[Any, Any]:
    """Alpha = l^(-1/2), so that h = 1/l."""
    k, t, size = corr, corr, mpmath.mpf(1)
    for layer in range(1, depth + 1):
        h, rho = mpmath.mpf(1) / layer, k / size
        k, size, t = k + h * kappa_1(rho), size + h, t + h * (kappa_1(rho) + kappa_0(rho) * t / size)
    return k, t + k


def densenet_by_hand(corr: Any, depth: int) -> tuple[Any, Any]:
    """The mean of the initial kernel and the outputs of the layers, and its tangent kernel."""
    outputs, t = [corr], corr
    for layer in range(1, depth + 1):
        k = sum(outputs) / layer
        t = (layer * t + kappa_1(k) + kappa_0(k) * t) / (layer + 1)
        outputs.append(kappa_1(k))
    k = sum(outputs) / (depth + 1)
    return k, t + k


def shaped_by_hand(corr: Any, depth: int) -> tuple[Any, Any]:
    """c_+ = 1, c_- = -1/2."""
    plus, minus = 1 + 1 / mpmath.sqrt(depth), 1 - 1 / (2 * mpmath.sqrt(depth))
    mu = (plus - minus) ** 2 / (plus**2 + minus**2)
    k = t = corr
    for _ in range(depth):
        angle = mpmath.acos(k)
        k = k + mu * (mpmath.sin(angle) - angle * k) / mpmath.pi
        t = (1 - mu * angle / mpmath.pi) * t + k
    return k, t


BY_HAND: list[tuple[Network, Callable[[Any, int], tuple[Any, Any]]]] = [
    (network("ffnet_layernorm", RELU, weight_variance=2, bias_variance="1/2", squared_norm=3), ffnet_layernorm_by_hand),
    (network("resnet_preact", RELU, gamma=Rational(1, 2)), resnet_preact_by_hand),
    (network("resnet_layernorm", RELU, alpha=1 / sqrt(l)), resnet_layernorm_by_hand),
    (network("densenet", RELU), densenet_by_hand),
    (network("ffnet", activation("shaped_relu:1,-1/2")), shaped_by_hand),
]


def contains(ball: arb, value: Any) -> bool:
    """Whether a value that is good to 35 digits lies in a ball of 25 digits."""
    mid, rad = (mpmath.mpf(text) for text in to_strings(ball, 40))
    return abs(mid - value) <= rad + mpmath.mpf(10) ** -30


@pytest.mark.parametrize(("built", "by_hand"), BY_HAND, ids=[built.name for built, _ in BY_HAND])
@pytest.mark.parametrize("depth", [1, 2, 7])
@pytest.mark.parametrize("corr", [Rational(1, 3), Rational(-4, 5)])
def test_kernels_are_those_of_an_iteration_by_hand(
    built: Network, by_hand: Callable[[Any, int], tuple[Any, Any]], depth: int, corr: Rational
) -> None:
    """NNGP and NTK, which share only the arc-cosine kernels with the derived recursion, at 25 digits."""
    with mpmath.workdps(40):
        nngp, ntk = by_hand(mpmath.mpf(int(corr.p)) / int(corr.q), depth)
        found = kernel(built, depth, corr, digits=25)
        assert contains(found.nngp, nngp)
        assert contains(found.ntk, ntk)


# --- shaped activations ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("plus", "minus"), [(1, Rational(-1, 2)), (0, -1), (sqrt(2), sqrt(2))])
def test_the_shaped_kernel_moves_by_one_depth_th(plus: Expr, minus: Expr) -> None:
    """L (kappa(c) - c) -> ((c_+ - c_-)^2/(2 pi)) (sqrt(1 - c^2) - c arccos c)."""
    form = correlation_form(ffnet(activation(f"shaped_relu:{plus},{minus}")))
    assert form is not None
    gap = (sqrt(1 - c**2) - c * acos(c)) / (2 * pi) * (plus - minus) ** 2
    for at in (Rational(1, 2), Integer(0), Integer(-1)):
        assert same(limit(L * (form.correlation - c).subs(c, at), L, oo), gap.subs(c, at))


def test_each_depth_has_its_own_shaped_network() -> None:
    """Kernels at one depth after another are those of one call for each; with c_+ = c_- the kernel stays where it is."""
    from numerics.kernel import trajectory

    built = ffnet(activation("shaped_relu:1,-1/2"))
    together = trajectory(built, (3, 8), Rational(1, 2))
    for depth, found in together.items():
        assert found.nngp.overlaps(kernel(built, depth, Rational(1, 2)).nngp)
    assert kernel(ffnet(activation("shaped_relu:2,2")), 9, Rational(1, 2)).nngp.contains(arb(1) / 2)


# --- variances and the critical point --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phi", "length", "normalised"),
    [
        *((phi, length, True) for phi in ("erf", "sin", "tanh") for length in ("1/2", "1", "3", "sqrt(2)")),
        *(("gelu", length, True) for length in ("1/2", "3")),
        *((phi, "2", False) for phi in ("erf", "sin", "tanh", "gelu")),
    ],
)
def test_at_the_critical_point_the_length_stays_and_chi_is_one(phi: str, length: str, normalised: bool) -> None:
    """Both exactly: the recursion in the correlation exists, with factor 1 on the diagonal, and kappa'(1) = 1."""
    built = ffnet(activation(phi), critical=length, normalised=normalised)
    form = correlation_form(built)
    assert form is not None
    assert (form.growth, form.diagonal_factor) == (1, 1)
    assert same(form.length, built.squared_norms[0])
    assert same(form.factor.subs(c, 1), Integer(1))
    assert same(form.correlation.subs(c, 1), Integer(1))
    if length != "sqrt(2)":  # there the derivative has nested roots, which the algebra leaves undecided
        assert same(form.correlation.diff(c).subs(c, 1), Integer(1))


def test_relu_is_critical_at_every_length() -> None:
    """Here w = 1 and b = 0 for the normalised form, w = 2 without: chi does not depend on the length."""
    for length in (1, Rational(1, 3), pi):
        one = CriticalPoint(weight_variance=Integer(1), bias_variance=Integer(0), squared_norm=Integer(1) * length)
        assert critical_point(RELU, length) == one
        assert critical_point(RELU, length, normalised=False).weight_variance == 2


def test_the_critical_point_of_erf_is_the_one_in_print() -> None:
    """For erf at Q: w = c_phi (pi/4) sqrt(1 + 4 Q), as E[erf'(sqrt Q z)^2] = (4/pi)/sqrt(1 + 4 Q)."""
    point = critical_point(ERF, 2, normalised=False)
    assert same(point.weight_variance, pi * 3 / 4)
    assert same(point.weight_variance * point.squared_norm + point.bias_variance, Integer(2))


@pytest.mark.parametrize(
    ("phi", "length", "message"),
    [
        ("cos", 1, r"critical=1: chi = 1 at this length needs the bias variance .*, which is negative"),
        ("exp", "1/2", r"critical=1/2: .* the bias variance -1/2, which is negative; use another length"),
        ("step", 1, "critical=1: the derivative of step is 0 almost everywhere"),
        ("expr:exp(x^2/5)", 10, "critical=10: .* is infinite"),
        ("erf", 0, "critical=0: zero; allowed is a number > 0"),
        ("erf", "-1", "critical=-1: negative; allowed is a number > 0"),
        ("silu", 1, "critical=1: it cannot be decided whether the bias variance .* is negative"),
    ],
)
def test_lengths_without_a_critical_point_are_refused(phi: str, length: Any, message: str) -> None:
    """A negative bias variance, a derivative that is 0, an infinite moment, a length that is none."""
    with pytest.raises(InputError, match=message):
        ffnet(activation(phi), critical=length)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("ffnet", {"weight_variance": 0}, "weight_variance=0: zero; allowed is a number > 0"),
        ("ffnet", {"bias_variance": "-1/3"}, "bias_variance=-1/3: negative; allowed is a number >= 0"),
        ("ffnet", {"squared_norm": 0}, "squared_norm=0: zero"),
        ("ffnet", {"critical": 1, "bias_variance": 1}, "bias_variance=1: critical=1 determines it; leave one"),
        ("ffnet", {"critical": 1, "squared_norm": 1}, "squared_norm=1: critical=1 determines it"),
        ("ffnet_layernorm", {"critical": 1}, "critical=1: ffnet_layernorm has no such option; allowed are weight_var"),
        ("resnet", {"unnormalised": True}, "unnormalised: resnet has no such option; allowed are gamma, alpha"),
        ("densenet", {"weight_variance": 2}, "weight_variance=2: densenet has no such option; leave"),
        ("densenet", {"gamma": Integer(1)}, "gamma=1: densenet has no residual branch; leave gamma out"),
    ],
)
def test_options_out_of_place_are_refused(name: str, options: dict[str, Any], message: str) -> None:
    """One line that names the option, its value and what is allowed."""
    with pytest.raises(InputError, match=message):
        network(name, RELU, **options)


def test_variances_may_stay_letters_in_python() -> None:
    """A free variance is a parameter of the network."""
    assert network("ffnet", RELU, weight_variance=symbols.mu).parameters == {symbols.mu}


# --- random networks -------------------------------------------------------------------------------------------------

WIDTH, NETWORKS, DEPTH, CORR = 200, 600, 3, Rational(3, 10)
SIZES = 2.0  # squared norm of both inputs of the random networks


def relu(h: Any) -> Any:
    """Elementwise, divided by the root of E[relu(z)^2] = 1/2."""
    return np.sqrt(2) * np.maximum(h, 0)


def sine(h: Any) -> Any:
    """Elementwise, divided by the root of E[sin(z)^2]."""
    return np.sin(h) / np.sqrt((1 - np.exp(-2)) / 2)


def normed(h: Any) -> Any:
    """Layer normalisation of the columns, in components of size 1."""
    h = h - h.mean(axis=0)
    return h / np.sqrt((h**2).mean(axis=0))


def layer_of(name: str, layer: int, x: Any, dense: Callable[[Any], Any], phi: Callable[[Any], Any]) -> Any:
    """One layer of the random network, written from its definition; neurons have size 1, so that K is a mean."""
    match name:
        case "ffnet":  # weight variance 3/2, bias variance 1/4
            return phi(np.sqrt(1.5) * dense(x) + 0.5 * dense(None))
        case "ffnet_layernorm":
            return phi(normed(np.sqrt(1.5) * dense(x) + 0.5 * dense(None)))
        case "resnet_preact":  # alpha = L^(-1/2)
            return x + dense(phi(x)) / np.sqrt(DEPTH)
        case "resnet_layernorm":
            return x + dense(phi(normed(x))) / np.sqrt(DEPTH)
        case "densenet":
            return np.sqrt(layer / (layer + 1)) * x + np.sqrt(1 / (layer + 1)) * dense(phi(x))
    raise AssertionError(name)


@lru_cache(maxsize=32)
def sample(name: str, phi: Callable[[Any], Any], seed: int) -> tuple[float, float]:
    """Mean of x_L.x'_L over random networks, and its standard error."""
    random = np.random.default_rng(seed)
    corr = float(CORR)
    inputs = np.sqrt(SIZES) * np.array([[1.0, corr], [0.0, np.sqrt(1 - corr**2)]])

    def dense(x: Any) -> Any:
        if x is None:
            return random.standard_normal((WIDTH, 1))
        return random.standard_normal((WIDTH, x.shape[0])) @ x / np.sqrt(x.shape[0])

    values = []
    for _ in range(NETWORKS):
        x = np.sqrt(2) * inputs  # two coordinates: components of size 1 on average for inputs of norm 1
        x = dense(x)
        for layer in range(1, DEPTH + 1):
            if name.startswith("ffnet") and layer == 1:
                x = np.sqrt(2) * inputs
            x = layer_of(name, layer, x, dense, phi)
        values.append(float((x[:, 0] * x[:, 1]).mean()))
    return float(np.mean(values)), float(np.std(values) / np.sqrt(NETWORKS))


@pytest.mark.parametrize("name", ["ffnet", "ffnet_layernorm", "resnet_preact", "resnet_layernorm", "densenet"])
@pytest.mark.parametrize(("phi", "spec"), [(relu, "relu"), (sine, "sin")], ids=["relu", "sin"])
def test_random_networks_have_the_kernel_on_average(name: str, phi: Callable[[Any], Any], spec: str) -> None:
    """Width 200, 600 networks, seed 7: within four standard errors and a bias of order 1/m, 4 % of the diagonal at most."""
    options: dict[str, Any] = {"squared_norm": 2}
    if name.startswith("ffnet"):
        options |= {"weight_variance": Rational(3, 2), "bias_variance": Rational(1, 4)}
    if name.startswith("resnet"):
        options |= {"gamma": Rational(1, 2)}
    built = network(name, activation(spec), **options)
    exact, diagonal = (float(kernel(built, DEPTH, at, digits=12).nngp) for at in (CORR, 1))
    mean, error = sample(name, phi, 7)
    allowed = 4 * error + 3 / WIDTH
    assert allowed < 0.04 * diagonal
    assert abs(mean - exact) < allowed


def test_a_wide_layer_normalised_network_has_the_tangent_kernel() -> None:
    """Gradients by hand through two normalised layers of width 1500: the projection costs nothing in the limit.

    Seed 3, 12 networks; within four standard errors and a bias of order 1/m.
    """
    random, width, corr = np.random.default_rng(3), 1500, float(CORR)
    inputs = np.array([[1.0, corr], [0.0, np.sqrt(1 - corr**2)]])
    values = []
    for _ in range(12):
        weights = [random.standard_normal((width, 2)), random.standard_normal((width, width))]
        readout = random.standard_normal(width)
        states = [inputs]
        kept = []
        for weight in weights:
            h = weight @ states[-1]
            r = np.sqrt(((h - h.mean(axis=0)) ** 2).mean(axis=0))
            n = (h - h.mean(axis=0)) / r
            kept.append((n, r))
            states.append(np.sqrt(2) * np.maximum(n, 0) / np.sqrt(width))
        total = states[-1][:, 0] @ states[-1][:, 1]
        back = np.stack([readout, readout], axis=1)
        for weight, x, (n, r) in reversed(list(zip(weights, states[:-1], kept, strict=True))):
            g = np.sqrt(2 / width) * (n > 0) * back
            g = (g - g.mean(axis=0) - n * (n * g).mean(axis=0)) / r
            total += (g[:, 0] @ g[:, 1]) * (x[:, 0] @ x[:, 1])
            back = weight.T @ g
        values.append(total)
    exact = float(kernel(ffnet_layernorm(RELU), 2, CORR, digits=12).ntk)
    error = float(np.std(values) / np.sqrt(len(values)))
    assert 4 * error + 3 / width < 0.1 * exact
    assert abs(np.mean(values) - exact) < 4 * error + 3 / width


def test_the_bottleneck_network_is_left_as_it_was() -> None:
    """Its tree is the one of Huang et al. 2020, whatever other architectures there are."""
    form = correlation_form(resnet(RELU, alpha=Rational(1, 2)))
    assert form is not None
    assert (form.growth, form.initial) == (Rational(5, 4), 0)
