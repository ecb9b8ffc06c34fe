"""Depths without bound: fixed points of ordered and chaotic phases against iteration, closed forms, and refusals."""

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational

from numerics import kernel as kernel_module
from numerics.balls import accurate, format_ball, precision
from numerics.contraction import settle
from numerics.kernel import kernel
from numerics.model import model
from numerics.propagation import Run
from theory.activations import activation
from theory.architectures import ffnet
from theory.network import Network

ONE, TWO = Integer(1), Integer(2)
TENTH = Rational(1, 10)
SETTLING: dict[str, Network] = {
    "erf": ffnet(activation("erf")),
    "sin": ffnet(activation("sin")),
    "gelu": ffnet(activation("gelu")),
    "relu_power": ffnet(activation("relu_power:2")),
    "relu with bias, ordered": ffnet(activation("relu"), bias_variance=TENTH, weight_variance=Rational(1, 2)),
    "erf, ordered": ffnet(activation("erf"), bias_variance=TENTH, normalised=False),
    "erf, chaotic": ffnet(activation("erf"), bias_variance=TENTH, weight_variance=Integer(5), normalised=False),
    "erf, lengths 1 and 2": ffnet(
        activation("erf"), bias_variance=TENTH, weight_variance=Integer(5), normalised=False
    ).with_(squared_norms=(ONE, TWO)),
}


@given(
    name=st.sampled_from(sorted(SETTLING)), corr=st.fractions(-1, 1, max_denominator=1000), depth=st.integers(60, 3000)
)
@settings(max_examples=25, deadline=None)
def test_settling_and_iteration_agree(name: str, corr: Expr, depth: int) -> None:
    """From layer 40 on, the ball of the expansion contains the ball that iteration gives, at 600 bits."""
    with precision(600):
        at = Rational(corr.numerator, corr.denominator)
        if at in (1, 0, -1):
            return
        start = arb(at.p) / at.q
        run = Run(model(SETTLING[name]), depth, lambda: start, None)
        run.advance(40, lambda _: None)
        found = settle(run, depth - 40)
        run.advance(depth, lambda _: None)
        if found is not None:
            assert found.corr.overlaps(run.corr)
            assert found.ntk.overlaps(run.ntk)
            for one, other in zip(found.diagonals + found.lengths, run.diagonals + run.lengths, strict=True):
                assert one.overlaps(other)


@pytest.mark.parametrize("name", sorted(SETTLING))
@pytest.mark.parametrize("corr", [Rational(3, 10), Rational(-9, 10), 1 - Rational(1, 10**20)])
def test_any_depth_has_its_digits(monkeypatch: pytest.MonkeyPatch, name: str, corr: Expr) -> None:
    """At 11,000 layers expansion and iteration meet; at 10^12, 10^100 and 10^1000 the balls are as small as asked."""
    network = SETTLING[name]
    expanded = kernel(network, 11_000, corr, digits=20)
    monkeypatch.setattr(kernel_module, "LEAP", 10**9)
    iterated = kernel(network, 11_000, corr, digits=20)
    monkeypatch.undo()
    for one, other in zip(expanded.balls(), iterated.balls(), strict=True):
        assert accurate(one, 20)
        assert one.overlaps(other)
    for exponent in (12, 100, 1000):
        for ball in kernel(network, 10**exponent, corr, digits=20).balls():
            assert accurate(ball, 20)


def test_the_chaotic_ntk_decays_like_its_exponent() -> None:
    """relu^2: the diagonal is ((4/3)^(L+1) - 1)/(4/3 - 1), so the normalised NTK is t* (1/3)(3/4)^(L+1) to all digits."""
    depth = 10**6
    values = kernel(SETTLING["relu_power"], depth, Rational(3, 10), digits=30)
    with precision(400):
        expected = values.ntk / 3 * (arb(3) / 4) ** (depth + 1)
        assert values.normalized_ntk.overlaps(expected)
        assert abs(values.normalized_ntk / expected - 1) < 1e-25
    mid, _ = format_ball(values.normalized_ntk, 10)
    assert mid.partition("e")[2] == "-124940"


def test_the_ordered_phase_tends_to_its_length() -> None:
    """q* = beta/(1 - omega) = 1/5 for ReLU with omega = 1/2, beta = 1/10, and both normalised kernels tend to 1."""
    values = kernel(SETTLING["relu with bias, ordered"], 10**100, Rational(3, 10), digits=30)
    with precision(200):
        assert abs(values.nngp - arb(1) / 5) < 1e-30
        assert abs(values.normalized_nngp - 1) < 1e-30
        assert abs(values.normalized_ntk - 1) < 1e-30
