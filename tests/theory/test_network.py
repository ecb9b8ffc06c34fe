"""A network is a tree of layers, equal by value, with parameters that can be given values."""

import pytest
from sympy import Integer, Rational, Symbol

from theory import symbols
from theory.activations import activation, leaky_relu
from theory.architectures import ffnet, resnet
from theory.errors import InputError
from theory.network import Dense, Network, Nonlinearity, Repeat, Residual, Scale
from theory.recursion import derive

RELU = activation("relu")


def test_the_parts_of_a_network_are_what_stands_around_its_repeat() -> None:
    """Before, body and after put together are the layers again."""
    network = resnet(RELU, gamma=Integer(1))
    assert (*network.before, Repeat(body=network.body), *network.after) == network.layers
    assert len(network.before) == len(network.after) == 1


def test_walk_visits_every_layer_parents_first() -> None:
    """A residual layer stands before its branch, the branch before the shortcut."""
    shortcut = Scale(factor=Integer(2))
    residual = Residual(branch=(Dense(), Nonlinearity(activation=RELU), Dense()), shortcut=(shortcut,))
    repeat = Repeat(body=(residual,))
    network = Network(name="test", layers=(Dense(), repeat, Dense()))
    assert list(network.walk()) == [Dense(), repeat, residual, *residual.branch, shortcut, Dense()]


def test_networks_are_equal_by_value_and_variants_differ_in_what_was_changed() -> None:
    """Two ffnets of relu are one network; another norm is another one; a frozen value cannot be set."""
    assert ffnet(RELU) == ffnet(activation("relu"))
    assert hash(ffnet(RELU)) == hash(ffnet(activation("relu")))
    other = ffnet(RELU).with_(squared_norms=(Integer(2), Integer(2)))
    assert other != ffnet(RELU)
    assert other.layers == ffnet(RELU).layers


def test_parameters_are_the_symbols_left_open_except_layer_and_depth() -> None:
    """A variance, a bias, a slope and gamma are parameters; l, L and the argument of an activation are not."""
    weight, bias = Symbol("w", positive=True), Symbol("b", positive=True)
    assert ffnet(leaky_relu(symbols.slope), weight_variance=weight, bias_variance=bias).parameters == {
        weight, bias, symbols.slope,
    }  # fmt: skip
    assert resnet(RELU, gamma=symbols.gamma).parameters == {symbols.gamma}
    assert resnet(RELU, alpha=symbols.layer / symbols.depth).parameters == frozenset()


def test_a_value_put_in_for_a_parameter_reaches_every_layer() -> None:
    """Substituting gamma or a slope gives the network that is built with the value, and so does its recursion."""
    at = resnet(RELU, gamma=symbols.gamma).substitute(symbols.gamma, Rational(3, 4))
    assert at == resnet(RELU, gamma=Rational(3, 4))
    assert at.gamma == Rational(3, 4)
    assert derive(at).length_next == derive(resnet(RELU, gamma=symbols.gamma)).length_next.subs(
        symbols.gamma, Rational(3, 4)
    )
    leaky = ffnet(leaky_relu(symbols.slope)).substitute(symbols.slope, Integer(0))
    assert derive(leaky).ntk_next == derive(ffnet(RELU)).ntk_next


def test_a_value_reaches_shortcuts_variances_and_alpha() -> None:
    """The tree is substituted to its leaves; alpha as the user gave it changes with it."""
    a = symbols.alpha
    body = Residual(branch=(Dense(weight_variance=a, bias_variance=a**2),), shortcut=(Scale(factor=a),))
    network = Network(name="test", layers=(Repeat(body=(body,)), Dense()), alpha=a)
    found = network.substitute(a, Integer(2))
    assert found.parameters == frozenset()
    assert found.alpha == 2
    assert found.body == (
        Residual(
            branch=(Dense(weight_variance=Integer(2), bias_variance=Integer(4)),), shortcut=(Scale(factor=Integer(2)),)
        ),
    )


@pytest.mark.parametrize("repeats", [0, 2])
def test_a_network_has_exactly_one_repeat(repeats: int) -> None:
    """None or two are refused in one line."""
    with pytest.raises(InputError, match="network=test: exactly one Repeat layer at the top level is needed"):
        Network(name="test", layers=(Dense(), *[Repeat(body=(Dense(),))] * repeats))
