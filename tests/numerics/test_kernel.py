"""Kernels as balls: containment, radius, exactness at c = 1, -1, 0, and refusal."""

from functools import lru_cache

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_networks import NETWORKS, RELU
from sympy import Integer, Rational, acos, cos, pi, sqrt

from numerics.balls import accurate, evaluate, precision
from numerics.kernel import KernelValues, format_ball, kernel, trajectory
from numerics.multiprecision import iterate
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, network
from theory.errors import BeyondReach, InputError
from theory.network import Network

KERNELS = ("nngp", "ntk", "normalized_nngp", "normalized_ntk")


def ball_of(value) -> arb:
    """An mpmath number as an exact ball."""
    sign, man, power, _ = value._mpf_
    return (-1 if sign else 1) * arb(int(man)) * arb(2) ** int(power)


def assert_accurate(values: KernelValues, digits: int) -> None:
    """Each ball is as small as promised."""
    for ball in values.balls():
        assert accurate(ball, digits)


def overlap(one: KernelValues, other: KernelValues) -> bool:
    """Whether all five pairs of balls meet."""
    with precision(600):
        return all(a.overlaps(b) for a, b in zip(one.balls(), other.balls(), strict=True))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("corr", [Rational(-9, 10), Rational(3, 10)])
def test_kernels_agree_with_plain_iteration_in_mpmath(name, corr) -> None:
    """At L = 50 the balls lie where 80-digit mpmath arithmetic ends."""
    used = NETWORKS[name]
    values, other = kernel(used, 50, corr, digits=25), iterate(used, (50,), corr, digits=80)[50]
    assert_accurate(values, 25)
    with precision(300):
        for kind in KERNELS:
            true = ball_of(other[kind])
            assert (getattr(values, kind) + arb(0, 1) * abs(true) / arb(10) ** 40).contains(true), kind


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("corr", [Rational(-1), Rational(0), Rational(1), 1 - Rational(1, 10**30)])
def test_two_precisions_overlap_at_the_edges(name, corr) -> None:
    """10 and 40 digits describe the same numbers, each with its radius, at c = -1, 0, 1 and 1 - 1e-30."""
    coarse, fine = kernel(NETWORKS[name], 60, corr, digits=10), kernel(NETWORKS[name], 60, corr, digits=40)
    assert_accurate(coarse, 10)
    assert_accurate(fine, 40)
    assert overlap(coarse, fine)


@given(
    name=st.sampled_from(sorted(NETWORKS)),
    depth=st.integers(1, 80),
    corr=st.fractions(-1, 1, max_denominator=10**6),
    digits=st.integers(1, 60),
)
@settings(max_examples=60, deadline=None)
def test_every_network_keeps_its_promise(name, depth, corr, digits) -> None:
    """The radius is as asked, the kernels are bounded as covariances are, and more digits agree."""
    at = Rational(corr.numerator, corr.denominator)
    values = kernel(NETWORKS[name], depth, at, digits=digits)
    assert_accurate(values, digits)
    assert not abs(values.normalized_nngp) > 1
    assert not abs(values.normalized_ntk) > 1
    assert overlap(values, kernel(NETWORKS[name], depth, at, digits=digits + 20))


def test_relu_at_depth_one_is_the_arc_cosine_kernel() -> None:
    """kappa_1(c) = (sqrt(1 - c^2) + (pi - arccos c) c)/pi, Theta_1 = kappa_0(c) c + kappa_1(c)."""
    c = Rational(2, 7)
    values = kernel(RELU, 1, c)
    first = (sqrt(1 - c**2) + (pi - acos(c)) * c) / pi
    with precision(200):
        assert values.nngp.overlaps(evaluate(first, {}))
        assert values.ntk.overlaps(evaluate(first + (1 - acos(c) / pi) * c, {}))


def test_relu_at_ten_thousand_layers_has_known_digits() -> None:
    """Theta_L/(L+1) at L = 10^4 and c = 3/10, against 80-digit iteration; the rate 3/8 log(L)/L shows."""
    values = kernel(RELU, 10_000, Rational(3, 10))
    assert_accurate(values, 30)
    true = iterate(RELU, (10_000,), Rational(3, 10), digits=50)[10_000]["normalized_ntk"]
    with precision(200):
        assert (values.normalized_ntk + arb(0, 1) / arb(10) ** 35).contains(ball_of(true))


def test_equal_inputs_are_exactly_the_diagonal() -> None:
    """At c = 1 nothing is rounded, at any depth."""
    values = kernel(RELU, 10**100, Integer(1))
    assert values.normalized_ntk == 1
    assert values.angle == 0
    assert format_ball(kernel(RELU, 99, Integer(1)).ntk, 30) == ("100", "0")
    disguised = sqrt(5 + 2 * sqrt(6)) - sqrt(2) - sqrt(3) + 1
    assert kernel(RELU, 7, disguised).nngp == 1


def test_opposite_inputs_of_even_and_odd_activations_are_exact() -> None:
    """At c = -1 abs continues at c = 1, erf stays at -1; erf stays at 0."""
    even = kernel(NETWORKS["ffnet abs"], 10**50, Integer(-1))
    assert even.normalized_nngp == 1
    assert kernel(NETWORKS["ffnet abs"], 5, Integer(-1)).normalized_ntk == 1
    odd = kernel(NETWORKS["ffnet erf"], 5, Integer(-1))
    assert odd.normalized_nngp == -1
    zero = kernel(NETWORKS["ffnet erf"], 5, Integer(0))
    assert zero.ntk == 0
    assert format_ball(zero.normalized_ntk, 30) == ("0", "0")


def test_relu_at_minus_one_is_exactly_zero_after_one_layer() -> None:
    """kappa_1(-1) = kappa_0(-1) = 0 are recognised, not rounded; the second layer goes on from there."""
    found = trajectory(RELU, (1, 2), Integer(-1))
    assert found[1].nngp == 0
    assert found[1].ntk == 0
    with precision(200):
        assert found[2].nngp.overlaps(1 / arb.pi())


def test_tiny_angles_are_ordinary_inputs() -> None:
    """At angle 1e-20, 1/theta_L is 1/theta + L/(3 pi) up to 1e-15: 1 - c is 5e-41 and loses no digit."""
    theta = Rational(1, 10**20)
    values = kernel(RELU, 100, angle=theta)
    assert_accurate(values, 30)
    assert overlap(values, kernel(RELU, 100, cos(theta)))
    with precision(200):
        assert abs(1 / values.angle - arb(10) ** 20 - 100 / (3 * arb.pi())) < 1e-15


def test_a_trajectory_is_the_kernels_one_by_one() -> None:
    """One pass gives what single calls give, also where alpha depends on L and every depth is its own network."""
    for name in ("ffnet relu", "resnet relu", "resnet schedule", "ffnet erf bias"):
        found = trajectory(NETWORKS[name], (3, 1, 20), Rational(1, 3), digits=15)
        assert sorted(found) == [1, 3, 20]
        for depth, values in found.items():
            assert overlap(values, kernel(NETWORKS[name], depth, Rational(1, 3), digits=15))


def test_progress_is_reported_to_the_end() -> None:
    """The callback sees the number of layers grow to the depth."""
    seen: list[tuple[int, int]] = []
    kernel(RELU, 5000, Rational(1, 2), digits=10, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (5000, 5000)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_an_interrupt_leaves_no_trace() -> None:
    """KeyboardInterrupt passes through, and the precision is what it was."""
    from flint import ctx

    before = ctx.prec

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kernel(RELU, 5000, Rational(1, 2), progress=stop)
    assert ctx.prec == before


def test_lengths_that_grow_without_bound_keep_their_digits() -> None:
    """q_l of order 2^l (weight variance 2 with a bias, a nonlinear erf branch beside it) over 200 layers."""
    for used in (
        ffnet(activation("relu"), weight_variance=Integer(2), bias_variance=Rational(1, 10)),
        network("resnet", activation("erf"), alpha=Integer(3)),
    ):
        values, other = kernel(used, 200, Rational(1, 3), digits=20), iterate(used, (200,), Rational(1, 3), digits=150)
        assert_accurate(values, 20)
        with precision(600):
            for kind in KERNELS:
                true = ball_of(other[200][kind])
                assert (getattr(values, kind) + arb(0, 1) * abs(true) / arb(10) ** 60).contains(true), kind


@lru_cache
def exploding() -> Network:
    """Exp with inputs longer than its unstable length 1."""
    return ffnet(activation("exp")).with_(squared_norms=(Integer(2), Integer(2)))


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: kernel(NETWORKS["resnet erf"], 10**12, Rational(1, 3)), BeyondReach, "depth=.*iteration reaches"),
        (lambda: kernel(RELU, 10, Rational(5, 4)), InputError, r"corr=5/4: a correlation lies in \[-1, 1\]"),
        (lambda: kernel(RELU, 10, angle=Integer(4)), InputError, r"angle=4: an angle lies in \[0, pi\]"),
        (lambda: kernel(RELU, 10), InputError, "neither given"),
        (lambda: kernel(RELU, 10, Integer(0), angle=Integer(0)), InputError, "both given"),
        (lambda: kernel(RELU, -1, Integer(0)), InputError, "depth=-1"),
        (lambda: kernel(RELU, 1, Integer(0), digits=0), InputError, "digits=0: allowed is 1 to"),
        (lambda: kernel(NETWORKS["resnet relu"], 0, Integer(0)), InputError, "depth"),
        (lambda: kernel(exploding(), 40, Rational(1, 2)), InputError, "variance of the pre-activations"),
        (
            lambda: kernel(network("resnet", activation("relu"), gamma=symbols.gamma), 3, Integer(0)),
            InputError,
            "gamma has no value",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_line(call, error, match) -> None:
    """Depths beyond reach, numbers outside their range, and variances that explode."""
    with pytest.raises(error, match=match) as caught:
        call()
    assert "\n" not in str(caught.value)
