"""The named architectures build the trees that their definitions say, and refuse what they cannot mean."""

import pytest
from sympy import Integer, Rational, Symbol, sqrt

from theory import symbols
from theory.activations import activation
from theory.architectures import ARCHITECTURES, ffnet, network, resnet, resnet_single
from theory.errors import InputError
from theory.network import Dense, Nonlinearity, Residual, Scale
from theory.recursion import derive

RELU = activation("relu")


def test_every_architecture_is_built_by_its_name_and_carries_it() -> None:
    """A residual one with gamma, the others without; the summary is one line."""
    for entry in ARCHITECTURES:
        found = network(entry.name, RELU, gamma=Integer(1) if entry.residual else None)
        assert found.name == entry.name
        assert entry.summary
        assert "\n" not in entry.summary
    assert len({entry.name for entry in ARCHITECTURES}) == len(ARCHITECTURES)


def test_gamma_is_short_for_alpha_as_a_power_of_the_depth() -> None:
    """With alpha = L^(-3/4) come the layers of gamma = 3/4; what the user gave is kept."""
    by_gamma, by_alpha = resnet(RELU, gamma=Rational(3, 4)), resnet(RELU, alpha=symbols.depth ** Rational(-3, 4))
    assert by_gamma.layers == by_alpha.layers
    assert (by_gamma.gamma, by_gamma.alpha) == (Rational(3, 4), None)
    assert (by_alpha.gamma, by_alpha.alpha) == (None, symbols.depth ** Rational(-3, 4))


def test_the_bottleneck_trains_two_matrices_in_a_branch_and_freezes_the_ends() -> None:
    """W and V are trained, A and v are not."""
    found = resnet(RELU, gamma=Integer(1))
    (residual,) = found.body
    assert isinstance(residual, Residual)
    assert [type(layer) for layer in residual.branch] == [Dense, Nonlinearity, Dense, Scale]
    assert [layer.train_weight for layer in found.walk() if isinstance(layer, Dense)] == [False, True, True, False]


def test_one_matrix_in_a_branch_contributes_half_of_what_two_do() -> None:
    """At one input and alpha = 1 a block adds 2 D to the tangent kernel with two trained matrices, and D with one."""
    at = {symbols.ntk_diagonal: 0, symbols.length: 1}
    two, one = (derive(build(RELU, alpha=Integer(1))).ntk_diagonal_next.subs(at) for build in (resnet, resnet_single))
    assert (two, one) == (2, 1)
    frozen = resnet(RELU, alpha=Integer(1), train_inner=False)
    assert derive(frozen).ntk_diagonal_next.subs(at) == 1


def test_frozen_hidden_layers_leave_the_readout_alone_to_train() -> None:
    """Then the tangent kernel is the NNGP kernel, which the readout multiplies."""
    recursion = derive(ffnet(RELU, train_hidden=False))
    assert recursion.ntk_initial == recursion.nngp_initial == symbols.c
    assert recursion.ntk_diagonal_next.subs({symbols.ntk_diagonal: 1, symbols.length: 1}) == 1


@pytest.mark.parametrize("name", ["resnet", "resnet_single"])
@pytest.mark.parametrize("given", [{}, {"gamma": Integer(1), "alpha": Integer(1)}])
def test_a_residual_network_needs_exactly_one_of_gamma_and_alpha(name: str, given: dict[str, Integer]) -> None:
    """Neither and both are refused."""
    with pytest.raises(
        InputError, match=f"architecture={name}: a residual network needs exactly one of gamma and alpha"
    ):
        network(name, RELU, **given)


@pytest.mark.parametrize("gamma", [Integer(-1), -sqrt(2), sqrt(-1)])
def test_an_exponent_is_real_and_not_negative(gamma: Integer) -> None:
    """Negative and imaginary ones are refused with their value."""
    with pytest.raises(InputError, match=r"gamma=.*: the exponent of alpha = L\^\(-gamma\) is real and >= 0"):
        resnet(RELU, gamma=gamma)


def test_alpha_speaks_of_the_layer_and_the_depth_only() -> None:
    """Another letter is named."""
    with pytest.raises(InputError, match=r"alpha=k/L: an expression in L and l; unknown k"):
        resnet(RELU, alpha=Symbol("k") / symbols.depth)


@pytest.mark.parametrize("what", ["gamma", "alpha"])
def test_a_feedforward_network_has_no_residual_scale(what: str) -> None:
    """It is refused rather than ignored."""
    with pytest.raises(InputError, match=f"{what}=1: ffnet has no residual branch; leave {what} out"):
        network("ffnet", RELU, **{what: Integer(1)})


@pytest.mark.parametrize(
    ("name", "hint"),
    [("ffnets", r"did you mean ffnet\?"), ("transformer", "known: ffnet, ffnet_layernorm, resnet, resnet_single")],
)
def test_an_unknown_architecture_is_met_with_the_nearest_or_all_names(name: str, hint: str) -> None:
    """One line, with a suggestion."""
    with pytest.raises(InputError, match=f"architecture={name}: unknown architecture; {hint}"):
        network(name, RELU)


def test_the_package_offers_its_public_names_and_no_others() -> None:
    """``theory.ffnet`` is the one of its module; a name that does not exist is an AttributeError."""
    import theory

    assert all(getattr(theory, name) is not None for name in theory.__all__)
    with pytest.raises(AttributeError, match="module 'theory' has no attribute 'transformer'"):
        _ = theory.transformer
