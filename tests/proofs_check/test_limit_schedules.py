"""Residual scales that depend on the layer: the sum of their squares decides."""

from functools import lru_cache

import pytest
from sympy import Integer, Rational, log, pi

from numerics.balls import precision
from numerics.kernel import kernel
from proofs_check.limit_facts import decide_by_limit
from proofs_check.limits import at_input, limit
from proofs_check.limits.result import DepthLimit
from proofs_check.limits.schedules import corr_limit, ntk_value, tail_constant
from proofs_check.verdicts import Outcome
from theory.activations import activation
from theory.architectures import resnet, resnet_preact
from theory.claims import Verdict
from theory.network import Network
from theory.papers.depth_limits_schedules import CLAIMS
from theory.symbols import depth

RELU = activation("relu")


@lru_cache
def _at(network: Network, digits: int = 12) -> DepthLimit:
    return at_input(limit(network), Rational(3, 10), digits)


def test_layers_of_size_one_over_l_have_a_limit_that_the_deep_kernels_approach() -> None:
    """N_L - N_inf = K (1/L - 1/(2 L^2) + ...) + O(L^-2), at two depths, with the K that was derived."""
    network = resnet(RELU, alpha="1/l")
    found = _at(network)
    assert found.status == "DERIVED"
    with precision(100):
        end, constant = found.balls[ntk_value], found.balls[tail_constant]
        assert end.rad() < 1e-12
        for n in (500, 2000):
            gap = kernel(network, n, Rational(3, 10), digits=15).normalized_ntk - end
            assert abs(gap * n - constant) < 2 * abs(constant) / n


def test_the_diagonal_of_the_schedule_one_over_l_is_known() -> None:
    """Theta(x, x)/q tends to 2 sum 1/(1 + l^2) = pi coth(pi) - 1; the chain of layers and the flow find it."""
    from flint import arb

    from numerics.schedules import at_infinity
    from theory.symbols import ntk_diagonal

    network = resnet(RELU, alpha="1/l")
    values = at_infinity(network, limit(network).schedule, Rational(3, 10), digits=12)
    assert values is not None
    with precision(100):
        exact = arb.pi() / arb.pi().tanh() - 1
        assert (values[ntk_diagonal] - exact).contains(0)
        assert values[ntk_diagonal].rad() < 1e-13


def test_a_geometric_schedule_has_a_geometric_tail() -> None:
    """4^-L/3 is left of the sum, and all digits are found."""
    found = _at(resnet(RELU, alpha="2^(-l)"))
    assert found.leading_correction == tail_constant * Integer(4) ** (-depth) / 3
    deep = kernel(resnet(RELU, alpha="2^(-l)"), 60, Rational(3, 10), digits=15)
    assert (deep.normalized_ntk - found.balls[ntk_value]).abs_upper() < 1e-12
    assert (deep.normalized_nngp - found.balls[corr_limit]).abs_upper() < 1e-12


@pytest.mark.parametrize(
    ("alpha", "first"),
    [
        ("l^(-1/2)", 3 * pi / log(depth)),
        ("1/sqrt(l*log(l+1))", 3 * pi / log(log(depth))),
        ("l^(-1/3)", pi / depth ** Rational(1, 3)),
    ],
)
def test_a_sum_that_diverges_degenerates_at_its_own_rate(alpha: str, first: object) -> None:
    """Theta ~ 3 pi/s, s the sum of alpha_l^2."""
    found = limit(resnet(RELU, alpha=alpha))
    assert (found.ntk_limit, found.phase, found.schedule) == (Rational(1, 4), "critical", None)
    assert (found.angle_rate - first).simplify() == 0


def test_a_renamed_activation_has_the_same_limit() -> None:
    """An expression for ReLU changes no digit, with the ends trained as well."""
    one = _at(resnet_preact(RELU, alpha="1/l^2"))
    other = _at(resnet_preact(activation("expr:max(x,0)"), alpha="1/l^2"))
    assert one.status == "DERIVED"
    assert one.balls[ntk_value].mid() == other.balls[ntk_value].mid()


def test_lengths_that_enter_the_map_are_followed() -> None:
    """Erf with alpha_l = 1/l^2: the deep kernel is within the tail of the limit."""
    network = resnet(activation("erf"), alpha="1/l^2")
    found = _at(network)
    deep = kernel(network, 1000, Rational(3, 10), digits=15)
    assert (deep.normalized_ntk - found.balls[ntk_value]).abs_upper() < 1e-9
    assert (deep.normalized_nngp - found.balls[corr_limit]).abs_upper() < 1e-9


def test_a_moment_without_closed_form_is_left_open() -> None:
    """Its lengths move, and no series follows them."""
    found = limit(resnet(activation("tanh"), alpha="1/l"))
    assert found.status == "OPEN"
    assert "moments without closed form" in found.reason


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_depth_limits_schedules_verdict_is_the_expected_one(claim) -> None:  # type: ignore[no-untyped-def]
    """Each claim on schedules, and each false neighbor, is decided by the derived limit."""
    evidence = decide_by_limit(claim.statement)
    assert evidence is not None
    assert evidence.outcome is (Outcome.PROVES if claim.expected is Verdict.PROVED else Outcome.REFUTES)
