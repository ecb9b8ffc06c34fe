"""Expansions in L with balls and with few exact numbers: each coefficient a second way, from deep kernels."""

from functools import lru_cache

import mpmath
import pytest
from flint import arb
from mpmath import mp, mpf
from sympy import Integer, Rational, Symbol, expand, lambdify, log, pi, sqrt

from numerics.balls import accurate, evaluate, precision
from numerics.depth_balls import DepthBall
from numerics.depth_constants import critical_constants
from numerics.kernel import kernel
from proofs_check.limits import DepthLimit, limit
from proofs_check.limits.assemble import as_map
from proofs_check.limits.critical_orders import ball_orders, exact_orders
from proofs_check.limits.maps import local
from theory.activations import activation
from theory.architectures import ffnet
from theory.critical import first_logarithm, in_depth, input_constant, log_depth, tangent_constant
from theory.network import Network
from theory.recursion import correlation_form
from theory.series import NoSeries, PowerSeries
from theory.symbols import depth

GELU = ffnet(activation("gelu"), critical=1)
ERF = ffnet(activation("erf"), critical=1)
TANH = ffnet(activation("tanh"), critical=1)
DIGITS = 110
BASIS = [(0, 0), (1, 1), (1, 0), (2, 1), (2, 0)]


@lru_cache(maxsize=8)
def derived(network: Network, orders: int = 2) -> DepthLimit:
    """The limit."""
    return limit(network, orders=orders, digits=40)


def number(ball: arb) -> mpf:
    """The middle of a ball."""
    return mpf(ball.mid().str(DIGITS, radius=False))


def coefficients(found: DepthLimit, shift: mpf) -> dict[tuple[int, int], mpf]:
    """The coefficients of log(L)^j/L^k in N_L, with M as given."""
    assert found.expansion is not None
    spread = expand(found.expansion.subs(log(depth), log_depth).evalf(DIGITS))
    result = {}
    for k, j in BASIS:
        part = spread.coeff(depth, -k).coeff(log_depth, j)
        letters = sorted(part.free_symbols, key=str)
        values = [shift if one == input_constant else number(found.balls[one]) for one in letters]
        result[k, j] = lambdify(letters, part, "mpmath")(*values)
    return result


@pytest.mark.parametrize("network", [GELU, ERF], ids=["gelu", "erf"])
def test_each_coefficient_agrees_with_a_linear_system_on_deep_kernels(network: Network) -> None:
    """To 15 digits at least: N_L up to 1/L^2 from L = 10^22 ... 10^30 at c_0 = 3/10."""
    with mpmath.workdps(DIGITS):
        depths = [mpf(10) ** power for power in range(22, 32, 2)]
        rows = [[mp.log(one) ** j / one**k for k, j in BASIS] for one in depths]
        right = [
            number(kernel(network, 10**power, Rational(3, 10), digits=90).normalized_ntk) for power in range(22, 32, 2)
        ]
        fitted = dict(zip(BASIS, mp.lu_solve(mp.matrix(rows), mp.matrix(right)), strict=True))
        constants = critical_constants(network, Rational(3, 10), digits=40)
        assert constants is not None
        known = coefficients(derived(network), number(constants.shift))
        for where, value in fitted.items():
            assert abs(value - known[where]) < mpf(10) ** -16 * (1 + abs(value)), where


def test_every_letter_of_an_expansion_in_balls_has_its_digits() -> None:
    """Gelu and tanh, whose moments take a quadrature: 30 digits at order 3."""
    for network in (GELU, TANH):
        found = derived(network, 3)
        letters = [one for one in found.letters if one.symbol.name.startswith(("n_", "r_"))]
        assert len(letters) >= 12
        assert all(accurate(one.ball, 30) for one in letters)


def test_moments_at_equal_inputs_agree_with_their_hermite_series() -> None:
    """Tanh: the slope of Lambda in N_L is 1/(3 a), a from the Hermite series of C''."""
    found = derived(TANH, 3)
    balls = {symbol.name: ball for symbol, ball in found.balls.items()}
    with precision(200):
        assert balls["n_1_1"].overlaps(1 / (3 * balls["a"]))


def test_balls_and_exact_numbers_give_the_same_expansion() -> None:
    """Erf at its critical variances, where both routes reach order 3."""
    form = correlation_form(ERF)
    assert form is not None
    recursion = as_map(form)
    near = local(recursion, 6)
    assert near.step is not None
    a, m = -near.step[2], Integer(2)
    alpha = first_logarithm(near.step, m) * (1 + m) * a
    exact = exact_orders(recursion, near, m, 3)
    balls = ball_orders(recursion, near, m, (Symbol("a"), Symbol("alpha")), 3, 30)
    assert exact is not None
    assert balls is not None
    assert exact.logarithm == Rational(-11, 18)
    with precision(200):
        given = {input_constant: arb("1.3"), tangent_constant: arb("0.7"), depth: arb(100)}
        named = {one.symbol: one.ball for one in balls.letters}
        named |= {Symbol("a"): evaluate(a, {}, digits=40), Symbol("alpha"): evaluate(alpha, {}, digits=40)}
        for one, other in ((exact.expansion, balls.expansion), (exact.inverse, balls.inverse)):
            first = evaluate(one, {s: given[s] for s in one.free_symbols})
            second = evaluate(other, {s: (given | named)[s] for s in other.free_symbols})
            assert first.overlaps(second)
            assert accurate(second, 25)


def test_a_kink_with_other_numbers_has_its_orders() -> None:
    """Leaky relu of slope sqrt(2)/3: with t = M + alpha log(L) a polynomial, as for a rational slope of the same lambda."""
    found = limit(ffnet(activation("leaky_relu:sqrt(2)/3")), orders=2)
    assert found.expansion is not None
    balls = {symbol.name: ball for symbol, ball in found.balls.items()}
    with precision(200):
        a = evaluate((1 - sqrt(2) / 3) ** 2 / (1 + Rational(2, 9)) / (3 * pi), {})
        assert balls["n_1_1"].overlaps(1 / (4 * a))
        assert balls["n_1_0"].overlaps(arb(-3) / 8)  # whatever the slope


def test_renaming_an_activation_changes_no_digit() -> None:
    """Tanh by its name and as an expression."""
    known, other = derived(TANH, 3), derived(ffnet(activation("expr:tanh(x)"), critical=1), 3)
    assert other.expansion == known.expansion
    assert [str(one.ball) for one in other.letters] == [str(one.ball) for one in known.letters]


def test_series_with_too_few_terms_are_refused() -> None:
    """A coefficient that is not known does not count as 0."""
    x = PowerSeries.variable(5)
    with pytest.raises(NoSeries, match="too few terms"):
        in_depth(
            x / (1 + x),
            1 - 2 * x,
            PowerSeries.constant(Integer(1), 5),
            diagonal_source=Integer(1),
            diagonal_initial=Integer(1),
            orders=4,
        )


def test_balls_are_equal_only_to_what_is_exactly_equal() -> None:
    """And a ball about 0 decides nothing."""
    wide = DepthBall.of(arb(0, 1))
    assert DepthBall.of(arb(1)) == 1
    assert DepthBall.of(arb(1)) * log_depth - log_depth == 0
    assert wide != 0
    with pytest.raises(NoSeries, match="not decided"):
        wide.vanishes()
    with pytest.raises(NoSeries, match="no polynomial"):
        1 / (DepthBall.of(arb(1)) + log_depth)
