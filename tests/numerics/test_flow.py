"""Flows of residual networks by quadrature: known digits, exact flows, and kernels at depths 2^k extrapolated."""

from functools import lru_cache
from itertools import pairwise

import pytest
from flint import arb, arb_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, acos, cos, pi, sqrt

from numerics.balls import evaluate, precision
from numerics.flow import flow_value, long_time_constant
from numerics.kernel import kernel
from proofs_check.limits import DepthLimit, at_input, limit
from theory.activations import activation
from theory.architectures import resnet, resnet_single
from theory.network import Network
from theory.symbols import c, depth


@lru_cache(maxsize=16)
def derived(network: Network) -> DepthLimit:
    """The limit without inputs."""
    return limit(network)


def value_at(network: Network, corr: Expr, digits: int = 30) -> arb:
    """The ball of the limit of the normalised NTK."""
    found = at_input(derived(network), corr, digits)
    assert found.status == "DERIVED", found.reason
    assert found.ntk_limit is not None
    return evaluate(found.ntk_limit, dict(found.balls), digits=digits)


HALF = resnet(activation("relu"), gamma=Rational(1, 2))


@pytest.mark.parametrize(
    ("angle", "known"),
    [
        (1, "0.46632261812780927003"),
        (2, "0.066205548926857129819"),
        (3, "-0.021305752105651715424"),
        (Rational(1, 10), "0.96404059398532444205"),
    ],
)
def test_the_critical_exponent_has_its_known_values(angle: Expr, known: str) -> None:
    """Alpha = L^(-1/2), ReLU: digits found by another program."""
    found = value_at(HALF, cos(angle))
    with precision(120):
        assert abs(found - arb(known)) < arb("1e-19")
    assert found.rad() < arb(10) ** -28


def extrapolated(network: Network, corr: Expr, first: int, last: int) -> arb:
    """The limit of N_L along L = 2^first ... 2^last by Richardson, for an expansion in powers of 1/L."""
    rows = [kernel(network, 2**k, corr, digits=40).normalized_ntk for k in range(first, last + 1)]
    with precision(200):
        for order in range(1, len(rows)):
            rows = [(2**order * b - a) / (2**order - 1) for a, b in pairwise(rows)]
    return rows[0]


@pytest.mark.parametrize(
    ("network", "corr"),
    [
        (HALF, Integer(0)),
        (HALF, Rational(-9, 10)),
        (resnet_single(activation("relu"), gamma=Rational(1, 2)), Rational(1, 3)),
        (resnet(activation("leaky_relu:-1/2"), gamma=Rational(1, 2)), Rational(1, 3)),
        (resnet(activation("relu"), alpha=sqrt(7 / depth) / 2), Rational(1, 3)),
        (resnet(activation("expr:max(x,0) + max(-x,0)/3"), gamma=Rational(1, 2)), Rational(-1, 3)),
    ],
)
def test_the_flow_is_the_limit_of_kernels(network: Network, corr: Expr) -> None:
    """N_L at L = 16 ... 4096, extrapolated."""
    gap = value_at(network, corr) - extrapolated(network, corr, 4, 12)
    assert abs(gap) < arb("1e-12")


def test_the_flow_holds_at_opposite_inputs_too() -> None:
    """At c = -1 half powers of 1/L spoil the extrapolation: six digits."""
    assert abs(value_at(HALF, Integer(-1)) - extrapolated(HALF, Integer(-1), 4, 12)) < arb("1e-6")


def test_an_exact_flow() -> None:
    """V = 1 - c, W = 1: 1 - c_1 = (1 - c_0) e^(-tau), t = t_0 e^(-tau) + 1 - e^(-tau)."""
    for start, initial, time in ((Rational(1, 3), 0, 1), (Rational(-1, 2), Rational(2, 5), Rational(7, 2)), (-1, 1, 3)):
        found = flow_value(1 - c, Integer(1), Integer(0) + start, Integer(0) + initial, Integer(0) + time, digits=30)
        assert found is not None
        decay = evaluate(-Integer(1) * time, {}, digits=40).exp()
        with precision(150):
            assert found.corr.overlaps(1 - evaluate(1 - Integer(1) * start, {}, digits=40) * decay)
            assert found.ntk.overlaps(evaluate(Integer(1) * initial, {}, digits=40) * decay + 1 - decay)
        assert found.corr.rad() < arb(10) ** -28


@settings(max_examples=12)
@given(
    st.fractions(min_value=-1, max_value=Rational(9, 10), max_denominator=50),
    st.fractions(min_value=Rational(1, 20), max_value=20, max_denominator=20),
)
def test_the_flow_has_the_group_property(start: object, time: object) -> None:
    """Half of the time twice is the whole time, for ReLU."""
    speed = (sqrt(1 - c**2) - c * acos(c)) / pi
    tau = Rational(str(time))
    whole = flow_value(speed, c, Rational(str(start)), Integer(0), tau, digits=20)
    half = flow_value(speed, c, Rational(str(start)), Integer(0), tau / 2, digits=40)
    assert whole is not None
    assert half is not None
    digits = Rational(half.corr.mid().str(35, radius=False))
    again = flow_value(speed, c, digits, Integer(0), tau / 2, digits=20)
    assert again is not None
    assert abs(again.corr - whole.corr) < arb(10) ** -17


@pytest.mark.parametrize(
    ("angle", "known"),
    [
        (Rational(1, 2), "4.2911"),
        (1, "2.0148"),
        (pi / 2, "1.2530"),
        (Rational(5, 2), "0.8636"),
        (Rational(31, 10), "0.8091"),
    ],
)
def test_the_constant_at_long_times_has_its_known_values(angle: Expr, known: str) -> None:
    """N_L = 1/4 + K L^(2 gamma - 1) for gamma < 1/2, K to four digits from a solver of differential equations."""
    found = at_input(derived(resnet(activation("relu"), gamma=Rational(1, 4))), cos(angle), 30)
    (ball,) = (ball for symbol, ball in found.balls.items() if str(symbol) == "K")
    assert abs(ball - arb(known)) < arb("1e-4")
    assert ball.rad() < arb(10) ** -25


def test_the_constant_at_long_times_is_the_limit_of_flows() -> None:
    """S (N(s) - 1/4) = K + (A log s + B)/s + ... through s = 25, 50, 100: within 5 per cent."""
    speed = (sqrt(1 - c**2) - c * acos(c)) / pi
    source = (sqrt(1 - c**2) + 2 * c * (pi - acos(c))) / pi
    known = long_time_constant(speed, source, Integer(2), Integer(0), Integer(0), 20)
    assert known is not None
    rows, right = [], []
    for time in (25, 50, 100):
        found = flow_value(speed, source, Integer(0), Integer(0), Integer(time), digits=20)
        assert found is not None
        rows.append([arb(1), arb(time).log() / time, arb(1) / time])
        right.append([time * (found.ntk / (2 * time) - arb("0.25"))])
    fitted = arb_mat(rows).solve(arb_mat(right))[0, 0]
    assert abs(fitted / known - 1) < arb("0.05")


def test_a_time_beyond_reach_is_no_number() -> None:
    """None, and not a ball of another flow."""
    speed = (sqrt(1 - c**2) - c * acos(c)) / pi
    assert flow_value(speed, c, Integer(0), Integer(0), Integer(10**4), digits=10) is None
