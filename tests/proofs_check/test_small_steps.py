"""Steps that do not tend to 0, or too slowly for the flow, and flows that start from trained ends."""

import pytest
from sympy import Expr, Integer, Rational, log, sqrt

from numerics.kernel import kernel
from proofs_check.limits import at_input, limit
from proofs_check.limits.result import DepthLimit, ball_of
from proofs_check.limits.small_steps import SmallSteps, analyse_small_steps
from theory.activations import activation
from theory.architectures import densenet, resnet, resnet_preact
from theory.errors import InputError
from theory.symbols import c, depth, layer

RELU = activation("relu")


@pytest.mark.parametrize("alpha", ["1+1/l", "l^(1/10)"])
def test_steps_that_do_not_vanish_are_no_small_steps(alpha: str) -> None:
    """There alpha^2 and eta = alpha^2/(1 + alpha^2) are not the same to first order: Theorem 12, and no angle."""
    found = limit(resnet(RELU, alpha=alpha))
    assert (found.theorem, found.ntk_limit, found.angle_rate) == ("12", Rational(1, 4), None)


def test_a_slow_decay_leaves_the_first_correction_open() -> None:
    """For alpha = log(L)^(-1/4) the limit is 1/4, but a logarithm of the steps exceeds K/s."""
    found = limit(resnet(RELU, alpha=1 / sqrt(sqrt(log(depth)))))
    assert found.ntk_limit == Rational(1, 4)
    assert found.leading_correction is None


def test_the_flow_starts_from_the_ends_that_are_trained() -> None:
    """Pre-activation network at gamma = 1/2, all layers trained: the deep kernel is within O(1/L) of the flow."""
    network = resnet_preact(RELU, gamma="1/2")
    found = at_input(limit(network), Integer(0), 15)
    assert found.ntk_limit is not None
    value = ball_of(found.ntk_limit, found.balls, 15)
    gaps = [
        abs(float(kernel(network, n, Integer(0), digits=15).normalized_ntk.mid()) - float(value.mid()))
        for n in (100, 400)
    ]
    assert gaps[1] < 2e-3
    assert 3 < gaps[0] / gaps[1] < 5


@pytest.mark.parametrize(("size", "known"), [(1 / layer, True), (1 / layer + 1 / (layer * log(layer + 1)), False)])
def test_an_exponential_of_the_time_needs_the_time_up_to_a_constant(size: Expr, known: bool) -> None:
    """The sum of 1/l is log L + O(1), that of 1/l + 1/(l log l) is not, and exp(-s) of it has no first term in log L."""
    steps = SmallSteps(
        step=(1 - c) / 2,
        loss=Rational(1, 2),
        source=Integer(1),
        level=Integer(0),
        initial=Integer(0),
        diagonal_loss=Rational(1, 2),
        diagonal_source=Integer(1),
        diagonal_level=Integer(0),
        diagonal_initial=Integer(0),
        size=size,
    )
    found = analyse_small_steps(steps, DepthLimit(network=resnet(RELU, gamma=1)))
    assert found.phase == "ordered"
    assert (found.angle_rate is not None) is known


@pytest.mark.parametrize("name", ["step", "sign", "expr:max(x,0)+sin(x)"])
def test_a_first_correction_without_value_at_opposite_inputs_is_not_stated(name: str) -> None:
    """The drive has a root in 1 + c, and its derivative no value at c = -1; at other inputs it has."""
    found = limit(resnet(activation(name), gamma=1))
    assert at_input(found, Integer(-1), 12).leading_correction is None
    assert at_input(found, Integer(0), 12).leading_correction is not None


def test_a_first_correction_that_is_smooth_at_opposite_inputs_is_kept() -> None:
    """The kernels of cos are analytic: at c = -1 the correction is what the deep kernel shows."""
    network = resnet(activation("cos"), gamma=1)
    found = at_input(limit(network), Integer(-1), 12)
    assert found.leading_correction is not None
    gap = kernel(network, 200, Integer(-1), digits=12).normalized_ntk - 1
    change = ball_of(found.leading_correction.subs({c: -1, depth: 200}), found.balls, 12)
    assert abs(float((gap / change).mid()) - 1) < 0.02


@pytest.mark.parametrize(("alpha", "at"), [("1/log(l)", 1), ("1/(l-7)", 7), ("log(log(l))", 1)])
def test_a_scale_that_a_layer_does_not_have_is_refused(alpha: str, at: int) -> None:
    """Without it there is no network, whatever the later layers do."""
    with pytest.raises(InputError, match=f"no finite real number at layer {at}"):
        limit(resnet(RELU, alpha=alpha))


def test_averages_of_odd_layers_keep_opposite_inputs() -> None:
    """N_L tends to 0 for other inputs of a densely connected erf network, and is -1 at c = -1 at every depth."""
    network = densenet(activation("erf"))
    found = limit(network)
    assert found.ntk_limit == 0
    assert at_input(found, Integer(-1), 12).ntk_limit == -1
    assert abs(float(kernel(network, 100, Integer(-1), digits=12).normalized_ntk.mid()) + 1) < 1e-9
