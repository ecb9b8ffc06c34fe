"""Blocks of very many layers against iteration and closed forms."""

import pytest
from flint import arb
from sympy import Rational, Symbol, pi, sin

from numerics import slow_runs
from numerics.balls import precision
from numerics.kernel import kernel
from numerics.model import model
from numerics.propagation import Run
from numerics.slow_layers import SlowMap, advance, flow
from theory.activations import activation
from theory.architectures import resnet
from theory.symbols import layer

Y, Z = Symbol("y"), Symbol("z")
RELU = activation("relu")


@pytest.mark.parametrize("last", [1500, 10**6, 10**24])
def test_a_telescoping_sum_is_followed(last: int) -> None:
    """Sum of 1/(l (l + 1)) over 1000 < l <= L is 1/1001 - 1/(L + 1)."""
    rule = SlowMap(state=(Y,), image=(Y + 1 / (layer * (layer + 1)),))
    with precision(80):
        found = advance(rule, [arb(0)], 1000, last)
        exact = arb(1) / 1001 - arb(1) / (last + 1)
        assert found is not None
        assert found[0].contains(exact) or (found[0] - exact).contains(0)
        assert found[0].rad() < 1e-22


def test_a_slow_map_that_does_not_know_the_layer_is_followed() -> None:
    """Y' = y/(1 + y) is 1/(l + 1/y_0); z' = z + y^2 sums its squares."""
    rule = SlowMap(state=(Y, Z), image=(Y / (1 + Y), Z + Y**2))
    with precision(80):
        found = advance(rule, [arb(1) / 1000, arb(0)], 1000, 3000)
        assert found is not None
        assert (found[0] - arb(1) / 3000).contains(0)
        assert (found[1] - sum((arb(1) / arb(k) ** 2 for k in range(1000, 3000)), arb(0))).contains(0)
        assert found[1].rad() < 1e-20


def test_a_state_that_oscillates_from_layer_to_layer_is_refused() -> None:
    """The sine of pi l/2 is no smooth function of log l at these scales."""
    rule = SlowMap(state=(Y,), image=(Y + sin(pi * layer / 2) / layer,))
    with precision(60):
        assert advance(rule, [arb(1)], 1000, 10**6) is None


def test_a_flow_is_followed() -> None:
    """dy/ds = -y^2 from 1 is 1/(1 + s), also where the time is a ball."""
    rule = SlowMap(state=(Y,), image=(-(Y**2),))
    with precision(80):
        found = flow(rule, [arb(1)], arb(9))
        wide = flow(rule, [arb(1)], arb(9, 1e-8))
        assert found is not None
        assert wide is not None
        assert found[0].contains(arb(1) / 10)
        assert found[0].rad() < 1e-20
        assert wide[0].contains(arb(1) / (10 - arb(1e-8)))


@pytest.mark.parametrize("alpha", ["l^(-1/2)", "1/l", "1/(l+3)"])
def test_blocks_and_iteration_agree(alpha: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernels at 2000 layers, iterated, and from layer 1000 on in blocks."""
    network = resnet(RELU, alpha=alpha)
    direct = kernel(network, 2000, Rational(3, 10), digits=15)
    monkeypatch.setattr(slow_runs, "_WORTH", 0)
    with precision(110):
        run = Run(model(network), 2000, lambda: arb(3) / 10, None)
        run.advance(1000, lambda _: None)
        found = slow_runs.by_blocks(run, 1000)
        assert found is not None
        for one, other in (
            (found.corr, direct.normalized_nngp),
            (found.ntk / found.diagonals[0], direct.normalized_ntk),
            (found.corr * found.size, direct.nngp),
        ):
            assert (one - other).contains(0)
            assert one.rad() < 1e-24


def test_a_schedule_keeps_its_digits_over_many_iterated_layers() -> None:
    """Radii grow like a power of the depth, not like (l_2/l_1)^n: the derivative on a block is 1 - O(1/l)."""
    with precision(115):
        run = Run(model(resnet(RELU, alpha="l^(-1/2)")), 1, lambda: arb(3) / 10, None)
        run.advance(1024, lambda _: None)
        assert run.corr.rad() < 1e-29
