"""Steps that do not tend to 0, or too slowly for the flow, and flows that start from trained ends."""

import pytest
from sympy import Integer, Rational, log, sqrt

from numerics.kernel import kernel
from proofs_check.limits import at_input, limit
from proofs_check.limits.result import ball_of
from theory.activations import activation
from theory.architectures import resnet, resnet_preact
from theory.symbols import depth

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
