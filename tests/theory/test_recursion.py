"""Recursions are derived by one rule per layer; the rules, their options and their refusals."""

import pytest
from flint import arb
from sympy import Expr, Integer, Rational, acos, cos, pi, sqrt

from numerics.balls import evaluate, precision
from numerics.kernel import kernel
from theory import symbols
from theory.activations import activation
from theory.algebra import Answer, is_zero
from theory.architectures import ffnet, resnet, resnet_single
from theory.errors import InputError
from theory.network import Dense, Layer, Network, Nonlinearity, Repeat, Residual, Scale
from theory.recursion import correlation_form, derive, unroll

K, T, q, Td, c, h = (
    symbols.nngp, symbols.ntk, symbols.length, symbols.ntk_diagonal, symbols.c, symbols.layer ** Rational(-1, 3)
)  # fmt: skip
IDENTITY, RELU, ERF = activation("identity"), activation("relu"), activation("erf")


def around(*body: Layer, before: tuple[Layer, ...] = (), after: tuple[Layer, ...] = (Dense(),)) -> Network:
    """A network with that body."""
    return Network(name="test", layers=(*before, Repeat(body=body), *after))


def same(one: Expr, other: Expr) -> bool:
    """Equal by replayed algebra."""
    return is_zero(one - other) is Answer.YES


# --- the rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "nngp", "ntk"),
    [
        (Dense(), K, T + K),
        (Dense(train_weight=False), K, T),
        (
            Dense(weight_variance=Integer(2), bias_variance=Rational(1, 3)),
            2 * K + Rational(1, 3),
            2 * T + 2 * K + Rational(1, 3),
        ),
        (Dense(bias_variance=Rational(1, 3), train_bias=False), K + Rational(1, 3), T + K),
        (Dense(bias_variance=Rational(1, 3), train_weight=False), K + Rational(1, 3), T + Rational(1, 3)),
        (Scale(factor=h), h**2 * K, h**2 * T),
        (Residual(branch=(Dense(), Scale(factor=h))), (1 + h**2) * K, (1 + h**2) * T + h**2 * K),
        (Residual(branch=(Dense(),), shortcut=(Scale(factor=Integer(3)),)), 10 * K, 10 * T + K),
    ],
    ids=str,
)
def test_each_linear_rule_maps_the_kernels_as_it_says(layer: Layer, nngp: Expr, ntk: Expr) -> None:
    """Under a frozen readout of variance 1 the recursion is the rule of the layer itself, at a pair and at one input."""
    recursion = derive(around(layer, after=(Dense(train_weight=False),)))
    assert same(recursion.nngp_next, nngp)
    assert same(recursion.ntk_next, ntk)
    assert same(recursion.length_next, nngp.subs(K, q))
    assert same(recursion.ntk_diagonal_next, ntk.subs({K: q, T: Td}, simultaneous=True))


def test_the_nonlinearity_takes_the_gaussian_expectation_and_that_of_the_derivative() -> None:
    """For relu at unit lengths: the arc-cosine kernels of degree 1 and 0 (Cho and Saul 2009), T multiplied by the second."""
    recursion = derive(
        around(Dense(train_weight=False), Nonlinearity(activation=RELU), after=(Dense(train_weight=False),))
    )
    unit = {symbols.length1: 1, symbols.length2: 1, K: c}
    assert same(recursion.nngp_next.subs(unit), (sqrt(1 - c**2) + (pi - acos(c)) * c) / pi)
    assert same(recursion.ntk_next.subs(unit), (pi - acos(c)) / pi * T)
    assert recursion.length_next == q
    assert recursion.ntk_diagonal_next == Td


def test_an_unnormalised_nonlinearity_halves_the_length_of_a_relu() -> None:
    """E[relu(z)^2] = 1/2; the normalised layer divides by it."""
    assert derive(ffnet(RELU, normalised=False)).length_next == q / 2
    assert derive(ffnet(RELU)).length_next == q


def test_the_readout_conjugates_the_recursion() -> None:
    """A readout of variance 2 with a bias: the output kernels of an identity network still grow by what one layer adds."""
    network = around(
        Dense(), Nonlinearity(activation=IDENTITY), after=(Dense(weight_variance=Integer(2), bias_variance=Integer(1)),)
    )
    recursion = derive(network)
    # trunk k = (K - 1)/2 and t = (T - 2k - 1)/2; the layer gives t + k, the readout 2(t + k) + 2k + 1
    assert same(recursion.nngp_next, K)
    assert same(recursion.ntk_next, T + K - 1)
    assert same(recursion.ntk_initial, 2 * c + 1)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("readout", [True, False])
def test_trained_ends_of_a_resnet_add_their_own_kernels(first: bool, readout: bool) -> None:
    """At depth 0 the tangent kernel is c for each trained end."""
    recursion = derive(resnet(RELU, gamma=Integer(1), train_first=first, train_readout=readout))
    assert recursion.ntk_initial == (first + readout) * c
    assert recursion.ntk_diagonal_initial == (first + readout, first + readout)


def test_inputs_of_other_norms_start_the_recursion_there() -> None:
    """|x|^2 = 2 and |x'|^2 = 3: K = c sqrt 6 at depth 0, with the lengths 2 and 3."""
    recursion = derive(ffnet(RELU).with_(squared_norms=(Integer(2), Integer(3))))
    assert recursion.nngp_initial == sqrt(6) * c
    assert recursion.length_initial == (2, 3)
    assert recursion.ntk_diagonal_initial == (2, 3)


def test_a_schedule_of_alpha_enters_layer_by_layer() -> None:
    """With alpha = 1/l the length of layer l is (1 + 1/l^2) times the last, so it starts with 2 and 5/4."""
    recursion = derive(resnet_single(RELU, alpha=1 / symbols.layer))
    assert [recursion.length_next.subs({symbols.layer: l, q: 1}) for l in (1, 2)] == [2, Rational(5, 4)]


def test_every_step_of_a_derivation_names_its_rule_and_the_last_are_the_recursion() -> None:
    """Steps in the order of the layers, each rule with a reason, closed by the composed kernels."""
    recursion = derive(resnet(RELU, alpha=symbols.alpha))
    steps = recursion.derivation.steps
    rules = [step.rule for step in steps]
    assert rules[:2] == ["dense", "dense"]
    assert {"nonlinearity", "scale", "residual"} <= set(rules)
    assert [step.rhs for step in steps[-2:]] == [recursion.nngp_next, recursion.ntk_next]
    assert all(step.reason and "\n" not in step.reason for step in steps)


# --- the form in the correlation -------------------------------------------------------------------------------------


def test_a_homogeneous_network_has_a_form_in_the_correlation_at_every_norm() -> None:
    """For relu the map does not depend on the norms, and the lengths of the resnet grow by 1 + alpha^2."""
    network = resnet(RELU, alpha=Rational(1, 2))
    form = correlation_form(network)
    other = correlation_form(network.with_(squared_norms=(Integer(2), Integer(3))))
    assert form is not None
    assert other is not None
    assert (form.correlation, form.factor, form.source) == (other.correlation, other.factor, other.source)
    assert form.growth == Rational(5, 4)
    assert other.length == sqrt(6)


def test_erf_keeps_the_unit_length_and_only_that() -> None:
    """Normalised erf has a form in the correlation at |x| = |x'| = 1, none at other, at different norms, or with a bias."""
    form = correlation_form(ffnet(ERF))
    assert form is not None
    assert form.growth == 1
    assert correlation_form(ffnet(ERF).with_(squared_norms=(Integer(2), Integer(2)))) is None
    assert correlation_form(ffnet(ERF).with_(squared_norms=(Integer(1), Integer(2)))) is None
    assert correlation_form(ffnet(ERF, bias_variance=Integer(1))) is None
    assert correlation_form(ffnet(RELU, bias_variance=Integer(1))) is None


@pytest.mark.parametrize(
    "network",
    [
        ffnet(RELU), ffnet(activation("leaky_relu:1/5"), train_readout=False), ffnet(ERF), resnet(RELU, gamma=Rational(3, 4)),
        resnet_single(activation("abs"), alpha=1 / sqrt(symbols.layer), train_first=True),
    ],
    ids=lambda network: network.name,
)  # fmt: skip
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("angle", [Rational(1, 3), Integer(2), Integer(3)])
def test_unrolled_kernels_lie_in_the_balls_of_the_iteration(network: Network, depth: int, angle: Expr) -> None:
    """The closed expression in theta and the iterated recursion overlap at 25 digits; both balls are small."""
    values, balls = unroll(network, depth), kernel(network, depth, angle=angle, digits=25)
    corr, ntk = (evaluate(e, {symbols.theta: angle}, digits=30) for e in (values.correlation, values.ntk))
    with precision(120):
        ratio = ntk / evaluate(values.ntk_diagonal, {}, digits=30)
    for found, ball in ((corr, balls.normalized_nngp), (ratio, balls.normalized_ntk)):
        assert found.overlaps(ball)
        assert found.rad() < arb(10) ** -20


def test_unrolling_no_layer_gives_the_inputs() -> None:
    """At depth 0 the correlation is cos theta, and so is the tangent kernel of a trained readout."""
    values = unroll(ffnet(RELU), 0)
    assert (values.correlation, values.ntk, values.ntk_diagonal) == (cos(symbols.theta), cos(symbols.theta), 1)


# --- refusals --------------------------------------------------------------------------------------------------------

NONLINEAR = Nonlinearity(activation=RELU)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (
            ffnet(RELU).with_(squared_norms=(Integer(0), Integer(1))),
            r"squared_norms=\(0, 1\): the squared norms .* positive",
        ),
        (ffnet(RELU).with_(squared_norms=(Integer(1), Integer(-1))), "squared_norms=.* are positive"),
        (
            around(Dense(), NONLINEAR, after=(Dense(), NONLINEAR)),
            "network=test: layers behind the Repeat are Dense or Scale",
        ),
        (around(Dense(), after=(Dense(weight_variance=Integer(0)),)), "network=test: the readout forgets its input"),
        (around(Repeat(body=(Dense(),))), "layer=Repeat: a Repeat inside a Repeat is not supported"),
        (around(Dense(), Residual(branch=(NONLINEAR,))), "layer=Residual: the branch needs a Dense layer"),
        (around(Residual(branch=(Scale(factor=Integer(2)),))), "layer=Residual: the branch needs a Dense layer"),
        (around(NONLINEAR), "layer=Nonlinearity: its input must come from a Dense layer"),
        (around(NONLINEAR, before=(Dense(),)), "layer=Nonlinearity: its input must come from a Dense layer"),
        (around(Residual(branch=(NONLINEAR, Dense()))), "layer=Nonlinearity: its input must come from a Dense layer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_network_to_which_a_rule_does_not_apply_is_refused_in_one_line(network: Network, message: str) -> None:
    """The error names the layer or the network and what would be needed."""
    with pytest.raises(InputError, match=message) as caught:
        derive(network)
    assert "\n" not in str(caught.value)


def test_a_body_that_hands_on_gaussian_values_may_begin_with_a_nonlinearity() -> None:
    """The body phi, W, repeated behind a first dense layer, is a network, and maps like W, phi."""
    network = around(NONLINEAR, Dense(), before=(Dense(),), after=(Dense(train_weight=False),))
    unit = {symbols.length1: 1, symbols.length2: 1, K: c}
    assert same(derive(network).nngp_next.subs(unit), derive(ffnet(RELU)).nngp_next.subs(unit))


def test_unrolling_without_a_form_in_the_correlation_is_refused() -> None:
    """The error names the network."""
    with pytest.raises(InputError, match="network=ffnet: its recursion is not one in the correlation alone"):
        unroll(ffnet(ERF, bias_variance=Integer(1)), 1)


def test_a_derivation_shows_every_step_in_a_notebook() -> None:
    """One aligned row per step, in the letters of the dictionary; its result is the last right-hand side."""
    derivation = derive(ffnet(RELU)).derivation
    shown = derivation._repr_latex_()
    assert shown.count("&=") == len(derivation.steps)
    assert r"\Theta" in shown
    assert derivation.result == derive(ffnet(RELU)).ntk_next
