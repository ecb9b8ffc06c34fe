"""The two bounds that the suite stands on, tried at 10,000 examples each.

    ffnet    |N_L - 1/4| <= (3 pi/(4 theta) + 2 + (3/8) log(1 + L theta/(3 pi)))/(L + 1)     theta in [1/100, pi], L <= 10^4
    resnet   |N_L - Omega_1| <= eta L/2 + (69/100)(pi sqrt 2/3) sqrt(eta L)                  theta in [0, pi], gamma in (1/2, 2]

An example is a triple of an angle, a depth and, for the resnet, a gamma. hypothesis draws them as a grid: depths of a list times
angles of a list (100 x 1 for the ffnet, 20 x 20 at one gamma for the resnet), and every point of the grid is tried and counted.

ffnet: every example is decided in balls, one pass over the layers for all depths of a list. resnet: the depth enters every
layer, so the whole grid is iterated in float64, and balls decide wherever the inequality does not hold there by more than
its measured error; a sample of each grid is computed in balls as well, which both decides it and measures that error
again. So floats only ever spare work; what fails, fails in balls.

N_L, Omega_1 and eta are derived from the networks; each inequality is written once, in the language of claims.
"""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from flint import arb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sympy import Expr, Integer, Rational, pi

from numerics.balls import REAL, evaluate, precision
from numerics.compile import Tape, lower
from numerics.float64 import FLOAT64
from numerics.kernel import kernel, trajectory
from proofs_check.strategies import angles, depths, gammas
from theory import symbols
from theory.claims import Interval
from theory.language import NAMES
from theory.network import Network
from theory.papers.huang2020_common import BLOCK, FFNET, OMEGA, RESNET, form
from theory.parsing import parse_chain

BLOCK_FORM = form(BLOCK)
ETA: Expr = (1 - 1 / form(RESNET).growth).simplify()
"""h/(1 + h): the share of the branch in the length of the next layer, which is 1 + h times the last."""

FFNET_BOUND = "abs(value - 1/4) <= (3*pi/(4*theta) + 2 + 3*log(1 + L*theta/(3*pi))/8)/(L + 1)"
RESNET_BOUND = "abs(value - Omega_1) <= eta*L/2 + 69/100*(pi*sqrt(2)/3)*sqrt(eta*L)"
DEEPEST = 10**4
DIGITS = 15
NEAR_THE_ENDS, SLACK, SLACK_AT_THE_ENDS = 1e-2, 1e-9, 2e-6
"""Ten times and more the largest errors that the float64 iteration in c showed up to DEEPEST: 2e-11 at angles that are farther
than 1/100 from 0 and pi; 1.5e-7 nearer, at gamma = 2."""

ABOVE_HALF = Interval(symbol=symbols.gamma, low=Rational(1, 2), high=Integer(2), low_closed=False)

EXHAUSTIVE = settings(
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),  # a grid of 10^4 layers is too dear to shrink; the points that fail are shown
    suppress_health_check=list(HealthCheck),
)

FloatArray = NDArray[np.float64]


def lowered(bound: str) -> Tape:
    """Both sides of an inequality that is claimed of ``value``, compiled once for balls and for floats."""
    sides, relations = parse_chain(bound, {**NAMES, "eta": ETA, "Omega_1": OMEGA})
    assert relations == ["<="]
    return lower(tuple(sides), (symbols.value, symbols.theta, symbols.depth, symbols.gamma))


def excluded(sides: Tape, value: arb, theta: Expr, depth: int, gamma: Expr = Integer(0)) -> bool:
    """Whether the balls show that left <= right is false."""
    with precision(80):
        at = [value, evaluate(theta, {}), arb(depth), evaluate(gamma, {})]
        left, right = sides.run(REAL, at)
    assert left.is_finite()
    assert right.is_finite()
    return bool(left > right)


def changed(bound: str, part: str, by: str) -> str:
    """The inequality with one part replaced, which must occur once."""
    assert bound.count(part) == 1
    return bound.replace(part, by)


def different(count: int, of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Lists of so many different values."""
    return st.lists(of, min_size=count, max_size=count, unique=True)


# --- ffnet -----------------------------------------------------------------------------------------------------------


def ffnet_counterexamples(sides: Tape, theta: Expr, at: list[int]) -> list[int]:
    """The depths of the list at which the kernel is not within the bound."""
    values = trajectory(FFNET, at, angle=theta, digits=DIGITS)
    return [depth for depth in at if excluded(sides, values[depth].normalized_ntk, theta, depth)]


def ffnet_property(bound: str) -> tuple[Callable[[], None], set[tuple[Expr, int]]]:
    """The property as hypothesis runs it, and the set in which it keeps the examples it has tried."""
    sides, tried = lowered(bound), set[tuple[Expr, int]]()

    @settings(EXHAUSTIVE, max_examples=130)
    @given(angles(Rational(1, 100), pi), different(100, depths(0, DEEPEST)))
    def within(theta: Expr, at: list[int]) -> None:
        tried.update((theta, depth) for depth in at)
        assert ffnet_counterexamples(sides, theta, at) == []

    return within, tried


def test_ffnet_kernel_is_within_the_bound_of_theorem_1_of_a_quarter() -> None:
    """At 10,000 different examples (theta, L), theta in [1/100, pi] and L <= 10^4, all of them decided in balls."""
    within, tried = ffnet_property(FFNET_BOUND)
    within()
    assert len(tried) >= 10_000
    assert {theta for theta, _ in tried} >= {pi, Rational(1, 100)}
    assert {depth for _, depth in tried} >= {0, 1, DEEPEST}


def test_ffnet_property_with_the_constant_2_replaced_by_an_eighth_has_a_counterexample() -> None:
    """The bound is not so generous that a smaller constant would pass as well."""
    within, _ = ffnet_property(changed(FFNET_BOUND, " + 2 + ", " + 1/8 + "))
    with pytest.raises(AssertionError, match=r"Failing test case|== \[\]"):
        within()


# --- resnet ----------------------------------------------------------------------------------------------------------

STEP = lower(
    tuple(
        getattr(BLOCK_FORM, part) for part in ("correlation", "factor", "source", "diagonal_factor", "diagonal_source")
    ),
    (symbols.c, symbols.alpha),
).bind(FLOAT64)
"""One block in float64, from the derived recursion in c and alpha."""


def resnet_floats(theta: FloatArray, at: list[int], gamma: float) -> FloatArray:
    """The normalised NTK for each depth (rows) and angle (columns), by iteration in c; its error is measured below."""
    order = sorted(at, reverse=True)
    depth = np.array(order, dtype=float)[:, None]
    alpha = depth**-gamma
    corr = np.tile(np.cos(theta), (len(at), 1))
    ntk, diagonal = np.zeros_like(corr), np.zeros_like(depth)
    found: dict[int, FloatArray] = {}
    rows = len(at)
    for layer in range(1, order[0] + 1):
        corr[:rows], factor, source, diagonal_factor, diagonal_source = STEP(corr[:rows], alpha[:rows])
        np.clip(corr, -1, 1, out=corr)
        ntk[:rows] = factor * ntk[:rows] + source
        diagonal[:rows] = diagonal_factor * diagonal[:rows] + diagonal_source
        while rows and order[rows - 1] == layer:
            rows -= 1
            found[layer] = ntk[rows] / diagonal[rows]
    return np.array([found[depth] for depth in at])


@cache
def resnet_at(gamma: Expr) -> Network:
    """The residual network at one gamma."""
    return RESNET.substitute(symbols.gamma, gamma)


@pytest.fixture
def long_integers() -> Iterator[None]:
    """SymPy orders terms by their text, and writes 1368^(-65535/16384) with an integer of more than 4,300 digits."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(limit)


def resnet_ball(theta: Expr, depth: int, gamma: Expr) -> arb:
    """The normalised NTK in a ball."""
    return kernel(resnet_at(gamma), depth, angle=theta, digits=DIGITS).normalized_ntk


def slack(theta: FloatArray) -> FloatArray:
    """What the floats are allowed to be off, by the angle."""
    return np.where(np.minimum(theta, np.pi - theta) < NEAR_THE_ENDS, SLACK_AT_THE_ENDS, SLACK)


def resnet_counterexample(
    sides: Tape, at_angles: list[Expr], at: list[int], gamma: Expr
) -> tuple[Expr, int, Expr] | None:
    """A point of the grid at which the kernel is not within the bound; floats skip those that are well within."""
    theta = np.array([float(angle) for angle in at_angles])
    values = resnet_floats(theta, at, float(gamma))
    left, right = sides.bind(FLOAT64)(values, theta[None, :], np.array(at, dtype=float)[:, None], float(gamma))
    doubtful = np.argwhere(~(left + slack(theta) <= right))  # NaN is doubtful too
    points = sorted(((at[row], at_angles[column]) for row, column in doubtful), key=lambda point: point[0])
    for depth, angle in points:
        if excluded(sides, resnet_ball(angle, depth, gamma), angle, depth, gamma):
            return angle, depth, gamma
    return None


def resnet_property(bound: str) -> tuple[Callable[[], None], set[tuple[Expr, int, Expr]]]:
    """The property as hypothesis runs it, and the set in which it keeps the examples it has tried."""
    sides, tried = lowered(bound), set[tuple[Expr, int, Expr]]()

    @settings(EXHAUSTIVE, max_examples=34)
    @given(gammas(ABOVE_HALF), different(20, angles(Integer(0), pi)), different(20, depths(1, DEEPEST)))
    def within(gamma: Expr, at_angles: list[Expr], at: list[int]) -> None:
        tried.update((theta, depth, gamma) for theta in at_angles for depth in at)
        assert resnet_counterexample(sides, at_angles, at, gamma) is None

    return within, tried


@pytest.mark.usefixtures("long_integers")
def test_resnet_kernel_is_within_the_bound_4b_of_omega_1() -> None:
    """At 10,000 different examples (theta, L, gamma), gamma in (1/2, 2] and any angle; a sample of them in balls."""
    within, tried = resnet_property(RESNET_BOUND)
    within()
    assert len(tried) >= 10_000
    assert {theta for theta, _, _ in tried} >= {Integer(0), pi}
    assert {depth for _, depth, _ in tried} >= {1, DEEPEST}
    assert Integer(2) in {gamma for _, _, gamma in tried}
    sides = lowered(RESNET_BOUND)
    by_gamma = {}
    for theta, depth, gamma in tried:
        by_gamma.setdefault(gamma, []).append((theta, depth))
    sample = Random(0)
    for gamma, points in sorted(by_gamma.items(), key=lambda item: str(item[0])):
        for theta, depth in sample.sample(sorted(points, key=str), 2):
            ball = resnet_ball(theta, depth, gamma)
            assert not excluded(sides, ball, theta, depth, gamma)
            (guess,) = resnet_floats(np.array([float(theta)]), [depth], float(gamma))[0]
            assert abs(guess - float(ball.mid())) <= slack(np.array([float(theta)]))[0] / 10


@pytest.mark.usefixtures("long_integers")
def test_resnet_property_with_the_constant_69_100_replaced_by_a_tenth_has_a_counterexample() -> None:
    """The bound is not so generous that a smaller constant would pass as well."""
    within, _ = resnet_property(changed(RESNET_BOUND, "69/100", "1/10"))
    with pytest.raises(AssertionError, match=r"Failing test case|is None"):
        within()
