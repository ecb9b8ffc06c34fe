"""The strategies yield what their docstrings say: exact, inside, at the edges, shrinking to the simplest."""

import math

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sympy import Expr, Integer, Rational, Symbol, oo, pi, sqrt

from proofs_check import strategies
from proofs_check.engines.properties import inside
from theory import symbols
from theory.claims import Interval
from theory.network import Network

FEW = settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def interval(low: Expr, high: Expr, low_closed: bool = True, high_closed: bool = True) -> Interval:
    """An interval in c."""
    return Interval(symbol=symbols.c, low=low, high=high, low_closed=low_closed, high_closed=high_closed)


INTERVALS = (
    interval(Integer(-1), Integer(1)),
    interval(Integer(-1), Integer(1), False, False),
    interval(Integer(0), sqrt(2) / 2, False, True),
    interval(Rational(1, 2), Rational(1, 2)),
    interval(Rational(1, 2), oo, False),
    interval(Rational(1, 1000), Rational(2, 1000)),
    interval(1 - Rational(1, 10**30), Integer(1), True, False),
    interval(pi / 7, pi / 6, False, False),
)


def finds(strategy: SearchStrategy[Expr], wanted: object) -> bool:
    """Whether the strategy comes to propose a value."""
    return find(strategy, lambda value: value == wanted, settings=settings(FEW, max_examples=3000)) == wanted


@pytest.mark.parametrize("domain", INTERVALS, ids=str)
def test_points_are_exact_and_inside(domain: Interval) -> None:
    """Every point is an exact number of its interval, with open ends left out."""

    @FEW
    @given(strategies.points(domain))
    def every(value: Expr) -> None:
        assert not value.has(Symbol)
        assert not value.atoms(float)
        assert not any(atom.is_Float for atom in value.atoms())
        assert inside(value, domain)

    every()


@pytest.mark.parametrize("domain", INTERVALS, ids=str)
def test_grid_is_exact_and_inside(domain: Interval) -> None:
    """The fixed list of an interval lies in it and repeats nothing."""
    values = strategies.grid(domain)
    assert len(set(values)) == len(values) > 0
    assert all(inside(value, domain) for value in values)


def test_closed_ends_are_proposed_and_open_ends_never() -> None:
    """C = 1 and c = -1 are tried where they belong to the domain."""
    assert finds(strategies.correlations(), Integer(1))
    assert finds(strategies.correlations(), Integer(-1))


def test_points_come_exponentially_near_both_ends() -> None:
    """2^-40 from either end is tried, which float64 arithmetic on c would lose near pi."""
    near = Rational(1, 2**40)
    for side in (
        lambda t: pi - t <= near and t != pi,
        lambda t: t - Rational(1, 100) <= near and t != Rational(1, 100),
    ):
        assert find(strategies.angles(), side, settings=settings(FEW, max_examples=3000))


def test_angles_shrink_to_the_simplest() -> None:
    """The simplest angle of [1/100, pi] is 1."""
    assert find(strategies.angles(), lambda t: True, settings=FEW) == 1


def test_correlations_shrink_towards_zero() -> None:
    """The simplest correlation is 0, of an open interval too; where there is no integer, it has a small denominator."""
    assert find(strategies.correlations(), lambda c: True, settings=FEW) == 0
    assert (
        find(strategies.correlations(interval(Integer(-1), Integer(1), False, False)), lambda c: True, settings=FEW)
        == 0
    )
    assert find(
        strategies.correlations(interval(Rational(1, 3), Rational(3, 4))), lambda c: True, settings=FEW
    ) == Rational(1, 2)


@pytest.mark.parametrize(("low", "high"), [(0, None), (1, 7), (3, 3), (5, 10**6), (10**7, None)])
def test_depths_stay_in_range_and_include_the_least(low: int, high: int | None) -> None:
    """Depths lie between the ends, below the cap, and the least one is the simplest."""
    drawn = strategies.depths(low, high)
    assert find(drawn, lambda depth: True, settings=FEW) == low

    @FEW
    @given(drawn)
    def every(depth: int) -> None:
        assert low <= depth <= max(low, math.inf if high is None else high)
        assert depth <= max(low, 10_000)

    every()


def test_depths_include_powers() -> None:
    """1024 and 10000 are proposed."""
    for power in (1024, 10_000):
        assert find(
            strategies.depths(), lambda depth, power=power: depth == power, settings=settings(FEW, max_examples=2000)
        )


def test_gammas_include_the_transition_and_both_sides() -> None:
    """Gamma = 1/2 and values within 2^-20 of it, on both sides, are tried."""
    half, near = Rational(1, 2), Rational(1, 2**20)
    many = settings(FEW, max_examples=5000)
    assert finds(strategies.gammas(), half)
    assert find(strategies.gammas(), lambda g: half < g <= half + near, settings=many)
    assert find(strategies.gammas(), lambda g: half - near <= g < half, settings=many)


@FEW
@given(strategies.slopes())
def test_slopes_lie_between_minus_one_and_one(slope: Expr) -> None:
    """Slopes are exact and in [-1, 1]."""
    assert -1 <= slope <= 1


@FEW
@given(strategies.networks(strategies.activations()))
def test_networks_are_well_formed(network: Network) -> None:
    """Every network proposed is a valid tree without free parameters that trains something."""
    from theory.network import Dense

    assert network.parameters == frozenset()
    assert any(layer.train_weight for layer in network.walk() if isinstance(layer, Dense))


def test_networks_shrink_to_the_plain_relu_ffnet() -> None:
    """The simplest network is ffnet relu without options."""
    from theory.activations import activation
    from theory.architectures import ffnet

    assert find(strategies.networks(), lambda network: True, settings=FEW) == ffnet(activation("relu"))


@FEW
@given(st.data())
def test_layer_states_are_admissible(data: st.DataObject) -> None:
    """States between layers have |c| <= 1/2, positive lengths, and l <= L."""
    network = data.draw(strategies.networks())
    state = data.draw(strategies.layer_states(network))
    numbers = dict(state.parameters)
    assert abs(state.corr) <= Rational(1, 2)
    assert all(length > 0 for length in state.lengths)
    assert 1 <= numbers[symbols.layer] <= numbers[symbols.depth]
