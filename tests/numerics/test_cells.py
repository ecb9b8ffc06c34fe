"""Enclosures over intervals of angles, and decisions of inequalities."""

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_networks import NETWORKS, RELU
from sympy import Integer, Rational, cos, pi, sin

from numerics.balls import precision
from numerics.cells import Outcome, decide_inequality_on_interval, enclose_cell
from numerics.kernel import kernel
from theory.activations import activation
from theory.architectures import ffnet
from theory.symbols import theta


@given(
    name=st.sampled_from(sorted(NETWORKS)),
    depth=st.integers(1, 6),
    low=st.integers(0, 31),
    width=st.integers(1, 100),
    share=st.fractions(0, 1, max_denominator=100),
)
@settings(max_examples=80, deadline=None)
def test_a_cell_contains_every_point_of_it(name, depth, low, width, share) -> None:
    """The kernels at an angle of the cell meet the enclosure."""
    a, b = Rational(low, 10), Rational(low, 10) + Rational(width, 2400)
    at = a + (b - a) * Rational(share.numerator, share.denominator)
    found, point = enclose_cell(NETWORKS[name], depth, a, b), kernel(NETWORKS[name], depth, angle=at, digits=20)
    with precision(200):
        for quantity, ball in found.items():
            assert ball.overlaps(getattr(point, quantity)), quantity


@pytest.mark.parametrize("network", [ffnet(activation("erf")), ffnet(activation("gelu"))], ids=["erf", "gelu"])
def test_a_cell_on_which_the_expansion_divides_by_0_is_wide_and_right(network) -> None:
    """No Taylor form exists over most of [0, pi] at once; the plain enclosure still contains the kernel at pi/2."""
    found, point = enclose_cell(network, 3, Integer(0), Rational(314, 100)), kernel(network, 3, angle=pi / 2, digits=20)
    with precision(200):
        assert all(ball.overlaps(getattr(point, quantity)) for quantity, ball in found.items())


def test_cells_shrink_with_their_angles() -> None:
    """Ten times narrower cells give enclosures about ten times narrower: nothing is wrapped."""
    wide = enclose_cell(RELU, 10, Rational(1), Rational(11, 10))["normalized_ntk"].rad()
    narrow = enclose_cell(RELU, 10, Rational(1), Rational(101, 100))["normalized_ntk"].rad()
    assert narrow < wide / 8
    assert wide < 0.02


def cells_that_prove(depth: int, a: arb, b: arb, bound: arb, level: int = 0) -> int | None:
    """The cells on which the normalised NTK exceeds the bound, or None."""
    if enclose_cell(RELU, depth, a, b)["normalized_ntk"] > bound:
        return 1
    if level == 12:
        return None
    middle = (a + b).mid() / 2
    counts = [cells_that_prove(depth, x, y, bound, level + 1) for x, y in ((a, middle), (middle, b))]
    return None if None in counts else sum(count for count in counts if count)


@pytest.mark.parametrize("depth", [6, 8, 10])
def test_the_normalised_ntk_exceeds_a_quarter_for_every_angle(depth) -> None:
    """From L = 6 on, the whole of [0, pi] is covered by few cells."""
    count = cells_that_prove(depth, arb(0), arb.pi(), arb(1) / 4)
    assert count is not None
    assert count < 40


def test_below_six_layers_a_quarter_is_not_exceeded() -> None:
    """At L = 5 a cell near c = -0.93 lies below 1/4: enclosures prove no false statement."""
    assert enclose_cell(RELU, 5, Rational(276, 100), Rational(2761, 1000))["normalized_ntk"] < arb(1) / 4


def test_inequalities_are_decided_with_witness() -> None:
    """YES on a covered interval, NO with an exact point, UNKNOWN at an equality inside."""
    gain = (sin(theta) - theta * cos(theta)) / pi
    step = theta / (1 + theta / (3 * pi))
    yes = decide_inequality_on_interval(cos(theta) + gain - cos(step), theta, Rational(1, 8), pi, strict=True)
    assert yes.outcome is Outcome.YES
    no = decide_inequality_on_interval(cos(theta) - theta / 2, theta, Integer(0), Integer(2))
    assert no.outcome is Outcome.NO
    assert no.witness is not None
    assert cos(no.witness).evalf() < no.witness / 2
    touching = decide_inequality_on_interval((theta - 1) ** 2, theta, Integer(0), Rational(7, 3), max_cells=100)
    assert touching.outcome is Outcome.UNKNOWN
    with pytest.raises(TypeError, match="YES, NO or UNKNOWN"):
        bool(touching.outcome)
