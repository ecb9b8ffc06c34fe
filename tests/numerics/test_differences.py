"""Very many small layers by forward differences: against iteration layer by layer, limits, and closed forms."""

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, acos, pi

from numerics import kernel as kernel_module
from numerics.balls import accurate, evaluate, precision
from numerics.differences import by_differences, small
from numerics.kernel import kernel
from numerics.model import model
from numerics.propagation import Run
from theory.activations import activation
from theory.architectures import ffnet, resnet, resnet_single
from theory.network import Network

RELU, LEAKY = activation("relu"), activation("leaky_relu:1/5")
SLOW: dict[str, Network] = {
    "gamma 1/2": resnet(RELU, gamma=Rational(1, 2)),
    "gamma 1": resnet(RELU, gamma=Integer(1)),
    "gamma 3/4, leaky": resnet(LEAKY, gamma=Rational(3, 4)),
    "single": resnet_single(activation("abs"), gamma=Rational(1, 2)),
    "readout trained": resnet(RELU, gamma=Rational(3, 5), train_first=True, train_readout=True),
    "nearly linear": ffnet(activation("leaky_relu:99/100")),
}


@given(name=st.sampled_from(sorted(SLOW)), corr=st.integers(-95, 95), count=st.integers(1000, 30_000))
@settings(max_examples=25, deadline=None)
def test_differences_and_iteration_agree(name: str, corr: int, count: int) -> None:
    """Both kernels after some layers, from layer 20 on: the balls meet, and are small."""
    with precision(220):
        start = arb(corr) / 100
        run = Run(model(SLOW[name]), count + 20, lambda: start, None)
        run.advance(20, lambda _: None)
        found = by_differences(run, count, lambda *_: None)
        run.advance(count + 20, lambda _: None)
        if found is None:
            return
        assert found.corr.overlaps(run.corr)
        assert found.ntk.overlaps(run.ntk)
        assert found.corr.rad() < 1e-40
        assert found.ntk.rad() < 1e-40 * (1 + abs(run.ntk))


@pytest.mark.parametrize(
    ("name", "corr"), [(name, corr) for name in sorted(SLOW) for corr in (Rational(3, 10), Integer(-1))]
)
def test_kernels_agree_at_a_depth_that_both_reach(monkeypatch: pytest.MonkeyPatch, name: str, corr: Expr) -> None:
    """At 20,000 layers, from c = 3/10 and from c = -1 where the disc is a point."""
    expanded = kernel(SLOW[name], 20_000, corr, digits=25)
    monkeypatch.setattr(kernel_module, "LEAP", 10**9)
    iterated = kernel(SLOW[name], 20_000, corr, digits=25)
    for one, other in zip(expanded.balls(), iterated.balls(), strict=True):
        assert accurate(one, 25)
        assert one.overlaps(other)


def test_gamma_one_half_is_as_near_its_limit_as_the_theorem_says() -> None:
    """|N_L - n| <= 11/(2 L), n = 0.46632261812780927003 at theta_0 = 1 and gamma = 1/2 (docs/metatheorems.md)."""
    limit = arb("0.46632261812780927003", 1e-20)
    for depth in (10**6, 10**12):
        value = kernel(SLOW["gamma 1/2"], depth, angle=Integer(1), digits=20).normalized_ntk
        assert abs(value - limit) <= 5.5 / depth


def test_gamma_one_is_its_first_layer_to_half_the_digits() -> None:
    """For L h_L -> 0 the normalised NTK is Omega(theta_0) + O(L h_L): at L = 10^100 the two agree to 99 digits."""
    c = Rational(3, 10)
    relu = evaluate((acos(-c) * c + (1 - c**2) ** Rational(1, 2)) / pi, {}, digits=120)
    step = evaluate(acos(-c) / pi, {}, digits=120)
    value = kernel(SLOW["gamma 1"], 10**100, c, digits=110).normalized_ntk
    with precision(500):
        assert abs(value - (relu + arb(3) / 10 * step) / 2) < arb(10) ** -99


def test_a_slow_branch_with_a_large_sum_ends_in_the_angle_of_its_family() -> None:
    """At gamma = 1/4, L = 10^12: theta_L eta L is 3 pi up to O(log(eta L)/(eta L)), and the normalised NTK is near 1/4."""
    depth = 10**12
    values = kernel(resnet(RELU, gamma=Rational(1, 4)), depth, Rational(3, 10), digits=25)
    eta = arb(1) / (1 + arb(depth).sqrt())
    assert abs(values.angle * eta * depth / (3 * arb.pi()) - 1) < 1e-4
    assert 0.25 < values.normalized_ntk < 0.2501


def test_a_disc_around_a_branch_point_is_not_analytic() -> None:
    """At c = 0.9 a disc of radius 0.2 contains c = 1: no bound; one of radius 0.05 has bounds that hold inside."""
    maps = small(model(SLOW["gamma 1/2"]), 10**6)
    with precision(100):
        assert not maps.on_disc(arb("0.9").mid(), arb("0.2").mid())[0].is_finite()
        v, factor, source = maps.on_disc(arb("0.9").mid(), arb("0.05").mid())
        for at in (0.86, 0.9, 0.94):
            corrs, ntks = maps.states(arb(at), arb(0), 1, 100)
            assert abs(corrs[1] - corrs[0]) <= v
            assert abs(ntks[1]) <= source
        assert factor < 1e-5
