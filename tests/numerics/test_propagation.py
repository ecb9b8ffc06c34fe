"""Iteration with exact midpoints: lengths, jumps and single layers contain what plain balls give."""

import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational

from numerics.balls import precision
from numerics.model import model
from numerics.propagation import LengthOutOfRange, Lengths, Run, _inside, _tighter, _within, power
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet

Q = symbols.length
SMALL = st.fractions(-2, 2, max_denominator=20)


@given(SMALL, SMALL, SMALL, st.integers(0, 60))
def test_powers_of_an_affine_map_are_its_iterates(factor, source, start, count) -> None:
    """Repeated squaring contains the exact result, and is narrow."""
    exact = start
    for _ in range(count):
        exact = factor * exact + source
    with precision(200):
        found = power(*(arb(x.numerator) / x.denominator for x in (factor, source, start)), count)
        assert found.contains(arb(exact.numerator) / exact.denominator) or found.overlaps(
            arb(exact.numerator) / exact.denominator
        )
        assert found.rad() < arb(10) ** -20


def test_lengths_are_taken_one_after_another() -> None:
    """Blocks of any size give q, f(q), f(f(q)), ..."""
    with precision(128):
        rule = Q / 2 + 1
        lengths = Lengths(rule, rule.diff(Q), arb(1))
        first, rest = lengths.take(3), lengths.take(40)
        value = arb(1)
        for ball in [*first, *rest]:
            assert ball.overlaps(value)
            assert ball.rad() < arb(2) ** -100
            value = value / 2 + 1
        assert lengths.now.overlaps(value)


@pytest.mark.parametrize("rule", [Q - 2, 1 / (Q - 1)], ids=str)
def test_a_length_that_is_not_positive_and_finite_is_refused(rule) -> None:
    """The layer at which it happens is told."""
    with precision(64), pytest.raises(LengthOutOfRange) as caught:
        Lengths(rule, rule.diff(Q), arb(1)).take(5)
    assert caught.value.layer == 1


def test_a_ball_is_moved_into_the_correlations() -> None:
    """Midpoints to the nearest end, balls to their part inside, a ball outside stays as it is."""
    assert (_inside(arb(2)), _inside(arb(-2)), _inside(arb(0.5))) == (1, -1, 0.5)
    assert _within(arb(0, 0.5)).contains(arb(0, 0.5))
    clipped = _within(arb(1, 0.5))
    assert clipped.contains(arb(0.5))
    assert clipped.contains(arb(1))
    assert not clipped.contains(arb(1.25))
    low = _within(arb(-1, 0.5))
    assert low.contains(arb(-1))
    assert not low.contains(arb(-1.25))
    assert _within(arb(3, 0.5)).contains(arb(3))


def test_of_two_balls_the_narrower_finite_one_is_kept() -> None:
    """A ball that is not finite never wins against a finite one."""
    narrow, wide, nothing = arb(1, 0.1), arb(1, 0.5), arb.nan()
    assert _tighter(narrow, wide) is narrow
    assert _tighter(wide, narrow) is narrow
    assert _tighter(wide, nothing) is wide
    assert _tighter(nothing, wide) is wide


@pytest.mark.parametrize(("name", "needed"), [("relu", False), ("abs", False)])
def test_equal_inputs_need_no_iteration(name: str, needed: bool) -> None:
    """At c = 1 a depth of 10^30 is one jump; at c = 1/2 each layer is visited."""
    network = ffnet(activation(name))
    with precision(128):
        run = Run(model(network), 1, lambda: arb(1), 1)
        assert run.needs_iteration is needed
        run.advance(10**30, lambda _: None)
        assert run.layer == 10**30
        assert run.diagonals[0].overlaps(run.ntk)
        assert Run(model(network), 1, lambda: arb(1) / 2, None).needs_iteration


def test_midpoints_that_are_rational_stay_within_the_truth() -> None:
    """The affine recursion of the diagonal of ReLU: t_l = l + 1."""
    with precision(100):
        run = Run(model(ffnet(activation("relu"))), 1, lambda: arb(1) / 3, None)
        run.advance(500, lambda _: None)
        assert run.diagonals[0].contains(Integer(501).p)
        assert Rational(1, 3) < 1
        assert abs(run.corr) <= 1
