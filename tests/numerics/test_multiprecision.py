"""Plain multiprecision: rates are recovered from values, and the fast approximation agrees with balls."""

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, log

from numerics.balls import precision
from numerics.kernel import kernel
from numerics.multiprecision import (
    QUANTITIES,
    Approximation,
    approximation,
    multiprecision,
    observed_rate,
    values_along,
)
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.errors import InputError

L = symbols.depth
RELU = activation("relu")
NETWORKS = {
    "relu": ffnet(RELU),
    "resnet": resnet(RELU, gamma=Integer(1)),
    "layers": resnet(RELU, alpha=symbols.layer ** Rational(-1, 2)),
}


@settings(max_examples=25)
@given(
    st.sampled_from(sorted(NETWORKS)),
    st.sampled_from(QUANTITIES),
    st.integers(1, 200),
    st.integers(-8, 8),
)
def test_the_approximation_agrees_with_balls(name: str, quantity: str, depth: int, eighths: int) -> None:
    """To 30 digits, at any depth in any order, so that states kept between calls are the right ones."""
    guide = approximation(NETWORKS[name])
    assert guide is not None
    found = guide.at(depth, arb(eighths) / 8, quantity=quantity)
    ball = getattr(kernel(NETWORKS[name], depth, Rational(eighths, 8), digits=30), quantity)
    with precision(300):
        assert abs(found - ball) < arb(10) ** -28 * (1 + abs(ball))


def test_an_open_parameter_enters_as_a_number() -> None:
    """The network with gamma = 3/4 put in gives the same; the order of parameters is told."""
    guide = Approximation(resnet(RELU, gamma=symbols.gamma))
    assert guide.parameters == (symbols.gamma,)
    assert guide.moves
    with precision(300):
        found = guide.at(60, arb(1) / 4, [arb(3) / 4])
        ball = kernel(resnet(RELU, gamma=Rational(3, 4)), 60, Rational(1, 4), digits=30).normalized_ntk
        assert abs(found - ball) < arb(10) ** -28


def test_equal_inputs_are_exactly_equal() -> None:
    """At c = 1 normalised kernels are 1 and the angle is 0, and the NTK is that of one input."""
    guide = Approximation(NETWORKS["relu"])
    assert [guide.at(70, arb(1), quantity=q) for q in ("normalized_ntk", "normalized_nngp", "angle")] == [1, 1, 0]
    assert abs(guide.at(70, arb(1), quantity="ntk") - 71) < arb(10) ** -60


def test_many_correlations_are_not_all_kept() -> None:
    """The oldest is forgotten after 64, and its values are the same when asked again."""
    guide = Approximation(NETWORKS["relu"])
    first = guide.at(130, arb(1) / 1024)
    for k in range(2, 70):
        guide.at(64, arb(k) / 1024)
    assert len(guide._kept) == 64
    assert arb(1) / 1024 not in guide._kept
    assert guide.at(130, arb(1) / 1024) == first


def test_a_pause_can_end_a_long_iteration() -> None:
    """It is called every 1024 layers, and what it raises comes through."""
    calls = []
    guide = Approximation(NETWORKS["relu"])
    guide.at(3000, arb(0), pause=lambda: calls.append(1))
    assert len(calls) == 2

    def stop() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        Approximation(NETWORKS["relu"]).at(3000, arb(0), pause=stop)


def test_what_has_no_form_in_the_correlation_has_no_approximation() -> None:
    """None, or one line; and an unknown quantity is named with the known ones."""
    changing = ffnet(activation("erf"), bias_variance=Rational(1, 10))
    assert approximation(changing) is None
    with pytest.raises(InputError, match="not one in the correlation alone"):
        Approximation(changing)
    for ask in (
        lambda: Approximation(NETWORKS["relu"]).at(3, arb(0), quantity="angles"),
        lambda: values_along(NETWORKS["relu"], (1,), Integer(0), quantity="angles"),
    ):
        with pytest.raises(InputError, match="quantity=angles: allowed is nngp"):
            ask()


@settings(max_examples=25)
@given(
    st.fractions(-3, 3, max_denominator=9),
    st.fractions(-5, 5, max_denominator=9),
    st.sampled_from([1 / L, log(L) / L, L ** Rational(-1, 2)]),
)
def test_a_law_is_recovered_from_its_values(limit, coefficient, scale) -> None:
    """Limit and coefficient of limit + coefficient * scale + 2 scale / L, also where the limit is given."""
    a, b = Rational(limit.numerator, limit.denominator), Rational(coefficient.numerator, coefficient.denominator)
    values = {2**k: (a + b * scale + 2 * scale / L).subs(L, 2**k) for k in range(4, 14)}
    free = observed_rate(values, scale)
    bound = observed_rate(values, scale, limit=a)
    assert abs(free.limit - float(a)) < 1e-12
    for found in (free, bound):
        assert abs(found.coefficient - float(b)) < 1e-9
        assert found.coefficient_spread < 1e-9
    assert bound.limit_spread == 0
    assert free.at == tuple(2**k for k in range(4, 14))


def test_too_few_depths_are_refused() -> None:
    """Four unknowns need five depths."""
    with pytest.raises(InputError, match="3 depths; 4 unknowns need 5"):
        observed_rate({2: Integer(1), 4: Integer(1), 8: Integer(1)}, 1 / L)


def test_the_arithmetic_knows_its_signs() -> None:
    """Rounded numbers have a sign; mpmath's global precision is not touched."""
    backend = multiprecision(40)
    assert [backend.sign(backend.exact(n, 3)) for n in (-1, 0, 2)] == [-1, 0, 1]
    assert abs(backend.pi - backend.exact(355, 113)) < 1e-6
