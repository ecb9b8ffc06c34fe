"""Hermite series against closed forms, quadrature and attacks on each bound."""

import numpy as np
import pytest
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp
from sympy import Expr, Integer, Rational, erf, exp, tanh

from numerics.balls import ARB, precision, series
from numerics.compile import compile as compile_in
from numerics.compile import lower
from numerics.complex_balls import COMPLEX
from numerics.float64 import FLOAT64
from numerics.hermite import (
    _near_one,
    gaussian_mean,
    gaussian_pair,
    gaussian_pair_series,
    hermite_series,
    tail_bound,
)
from numerics.kernel import kernel
from numerics.majorant import majorant
from numerics.multiprecision import multiprecision
from numerics.strips import find_strip
from numerics.trapezoid import Grid, coarse_integral, mehler_factor, trapezoid_error
from theory.activations import activation
from theory.architectures import ffnet
from theory.duals import correlation_dual, dual
from theory.errors import BeyondReach, NoClosedForm
from theory.moments import GaussianMean
from theory.symbols import c, length, length1, length2, nngp, x

CLOSED = ("erf", "sin", "cos", "gelu", "gaussian", "exp", "polynomial:1,2,0,3")
SMOOTH = ("tanh", "sigmoid", "silu", "softplus", "mish", "expr: atan(x)", "expr: x/sqrt(1+x^2)")
BITS = 90


def _phi(name: str) -> Expr:
    return activation(name).expression


@pytest.mark.parametrize("name", CLOSED)
@settings(max_examples=4, deadline=None)
@given(
    q1=st.sampled_from([Rational(1), Rational(1, 3), Rational(3, 2)]),
    q2=st.sampled_from([Rational(1), Rational(5, 4)]),
    corr=st.fractions(-1, 1, max_denominator=20),
)
def test_series_agree_with_closed_forms(name: str, q1: Expr, q2: Expr, corr: object) -> None:
    """Value and derivative overlap the balls of the integration rules, and are sharp."""
    found = dual(activation(name))
    with precision(BITS):
        first, second = (lower((q,), ()).run(ARB, ())[0] for q in (q1, q2))
        shift = lower((Rational(str(corr)),), ()).run(ARB, ())[0]
        covariance = shift * (first * second).sqrt()
        for order, closed in ((0, found.covariance), (1, found.derivative_covariance)):
            (wanted,) = lower((closed,), (length1, length2, nngp)).run(ARB, (first, second, covariance))
            value = gaussian_pair(_phi(name), order, first, second, covariance)
            assert value.rad() < 1e-18 * (1 + abs(value))
            assert value.overlaps(wanted) or not wanted.is_finite()
        (wanted,) = lower((found.second_moment,), (length,)).run(ARB, (first,))
        assert gaussian_mean(_phi(name) ** 2, first).overlaps(wanted)


@pytest.mark.parametrize("name", SMOOTH)
def test_moments_agree_with_quadrature(name: str) -> None:
    """E[phi^2] and E[phi'^2] by mpmath's own quadrature, to 20 digits."""
    phi = _phi(name)
    with mp.workdps(30):
        for g in (phi**2, phi.diff(x) ** 2):
            run = compile_in(g, [x], multiprecision(30))
            wanted = mp.quad(lambda z, run=run: run(z) * mp.npdf(z), mp.linspace(-13, 13, 27))
            with precision(120):
                value = gaussian_mean(g, arb(1))
                assert value.rad() < 1e-30
            assert abs(mp.mpf(value.str(28, radius=False)) - wanted) < mp.mpf(10) ** -20


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("corr", [-0.75, 0.25, 0.875])
def test_pairs_agree_with_gauss_hermite_quadrature_in_the_plane(name: str, corr: float) -> None:
    """E[phi(u) phi(v)] by 120 x 120 nodes in floats."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    weights = weights / weights.sum()
    run = compile_in(_phi(name), [x], FLOAT64)
    v = corr * nodes[:, None] + np.sqrt(1 - corr**2) * nodes[None, :]
    wanted = float(weights @ (run(nodes)[:, None] * run(v)) @ weights)
    with precision(BITS):
        value = gaussian_pair(_phi(name), 0, arb(1), arb(1), arb(corr))
        assert value.rad() < 1e-22
    assert abs(float(value) - wanted) < 1e-7  # atan and x/sqrt(1+x^2) limit the nodes
    unscaled = correlation_dual(activation(name)) * GaussianMean(_phi(name) ** 2, 1)
    assert abs(compile_in(unscaled, [c], FLOAT64)(corr) - float(value)) < 1e-14


def test_known_constants() -> None:
    """Chi of sigmoid and softplus, and kappa''(1)/2 of critical tanh at q = 1/2."""
    with precision(100):
        for name, chi in (("sigmoid", "0.15283"), ("softplus", "0.31846")):
            found = gaussian_mean(_phi(name).diff(x) ** 2, arb(1)) / gaussian_mean(_phi(name) ** 2, arb(1))
            assert abs(found - arb(chi)) < 5e-6
        q, slope = arb(1) / 2, tanh(x).diff(x)
        curvature = q / 2 * gaussian_mean(slope.diff(x) ** 2, q) / gaussian_mean(slope**2, q)
        assert abs(curvature - arb("0.136860176207")) < 1e-12
        again = gaussian_pair(tanh(x), 2, q, q, q) * q / 2 / gaussian_pair(tanh(x), 1, q, q, q)
        assert again.overlaps(curvature)
        assert again.rad() < 1e-15


@pytest.mark.parametrize("name", ["tanh", "silu", "erf", "expr: 1/(1+x^2)"])
@pytest.mark.parametrize("last", [16, 48])
def test_tails_bound_what_is_left(name: str, last: int) -> None:
    """The rest of the series of the j-th derivative at c = 1 is below the bound, for j = 0, 1, 2."""
    with precision(BITS):
        q = arb(3) / 4
        found = hermite_series(_phi(name), q, derivatives=2, terms=last)
        assert len(found.tails) == 3
        for order in range(3):
            whole = q**order * gaussian_mean(_phi(name).diff(x, order) ** 2 if order else _phi(name) ** 2, q)
            falling = [1] * (last + 1)
            for j in range(order):
                falling = [f * max(k - j, 0) for k, f in enumerate(falling)]
            rest = whole - sum((f * a for f, a in zip(falling, found.squares, strict=True)), arb(0))
            assert rest.lower() <= found.tails[order]
            assert rest.upper() > 0 or name == "erf"


@pytest.mark.parametrize("name", ["tanh", "softplus", "gelu", "expr: 1/(1+x^2)"])
@pytest.mark.parametrize(("units", "count"), [(16, 7), (12, 9), (8, 14)])
def test_trapezoid_error_holds_for_coarse_steps(name: str, units: int, count: int) -> None:
    """Steps of 1, 3/4, 1/2: the sum is visibly wrong, and never by more than the bound."""
    phi, grid = _phi(name), Grid(units=units, shift=4, count=count)
    with precision(64):
        strip = find_strip(phi, arb(1), lambda _: True, least=8, bits=64)
        whole = gaussian_mean(phi, arb(1))
        run = lower((phi,), (x,)).bind(ARB)
        total = arb(0)
        for i in range(-count, count + 1):
            at = grid.step * i
            total += run(at)[0] * (-(at * at) / 2).exp() * grid.step / (2 * arb.pi()).sqrt()
        # the growth holds from R - 2d on
        assert strip.reach - 2 * strip.width < grid.reach < strip.reach
        reach = grid.reach
        bound = trapezoid_error(strip, grid, mehler_factor(strip.width, 0), arb(1) / 2)
        rest = 4 * (1 + reach) * (-reach * reach / 2).exp()
        assert abs(total - whole) < bound + rest
        assert name != "expr: 1/(1+x^2)" or units < 16 or abs(total - whole) > 1e-4


@settings(max_examples=60, deadline=None)
@given(k=st.integers(0, 40), re=st.floats(-8, 8), im=st.floats(-1, 1))
def test_mehler_bounds_hermite_functions_off_the_axis(k: int, re: float, im: float) -> None:
    """|h_k(z)| times the density is at most B exp(-x^2/4)."""
    with precision(200):
        z = acb(re, im)
        before, now, scale = acb(0), acb(1), arb(1)
        for j in range(1, k + 1):
            now, before = z * now - (j - 1) * before, now
            scale /= arb(j).sqrt()
        value = abs(now * scale * (-(z * z) / 2).exp()) / (2 * arb.pi()).sqrt()
        assert value <= mehler_factor(arb(1), k) * (-(arb(re) ** 2) / 4).exp() * (1 + arb(2) ** -40)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from([*SMOOTH, "erf", "expr: sin(x^2)", "expr: exp(x^2/10)*tanh(x)", "expr: log(2+tanh(x))"]),
    side=st.sampled_from([1, -1]),
    further=st.floats(0, 20),
    im=st.floats(-1, 1),
)
def test_majorant_bounds_the_function_far_out(name: str, side: int, further: float, im: float) -> None:
    """At every point of the half-strip |f| is below the growth."""
    with precision(64):
        growth = majorant(_phi(name), side, arb(6), arb(1))
        point = acb(side * (6 + further), im)
        (value,) = lower((_phi(name),), (x,)).run(COMPLEX, (point,))
        assert abs(value).lower() <= growth.at(arb(6 + further))


def test_taylor_at_equal_inputs_overlaps_the_series() -> None:
    """Very near c = 1 two routes agree."""
    with precision(100):
        gap = arb(2) ** -24
        near = _near_one(tanh(x), 0, arb(1), gap)
        assert near is not None
        full = hermite_series(tanh(x), 1, terms=1024)
        total = sum((a * (1 - gap) ** k for k, a in enumerate(full.squares)), arb(0)) + arb(0, full.tail(0))
        assert near.overlaps(total)
        assert near.rad() < 1e-27


def test_power_series_are_the_taylor_coefficients() -> None:
    """Coefficients of E[tanh(u) tanh(v)] at c = 1/4 are the higher moments over factorials."""
    with precision(BITS, 4):
        one = series([arb(1)])
        found = gaussian_pair_series(tanh(x), 0, one, one, series([arb(1) / 4, 1]))
        factorial = 1
        for k in range(4):
            factorial *= max(k, 1)
            assert found[k].overlaps(gaussian_pair(tanh(x), k, arb(1), arb(1), arb(1) / 4) / factorial)


def test_coarse_lengths_have_coarse_enclosures() -> None:
    """A ball of lengths has a ball that contains the moments at its points."""
    with precision(BITS):
        wide = arb(1, 0.05)
        for inside in (0.96, 1.0, 1.04):
            assert coarse_integral(tanh(x) ** 2, wide).overlaps(gaussian_mean(tanh(x) ** 2, arb(inside)))
            assert (
                abs(gaussian_pair(tanh(x), 1, arb(inside), arb(inside), arb(0)))
                < gaussian_pair(tanh(x), 1, wide, wide, arb(0)).abs_upper()
            )
        assert gaussian_mean(tanh(x) ** 2, wide).rad() < 0.2
        assert not gaussian_mean(tanh(x) ** 2, arb(-1)).is_finite()
        assert not gaussian_mean(exp(x**2 / 10) ** 2, arb(3)).is_finite()


def test_a_new_name_changes_no_digit() -> None:
    """Sigmoid and its formula give the same balls."""
    first = kernel(ffnet(activation("sigmoid")), 3, Rational(1, 5), digits=12)
    second = kernel(ffnet(activation("expr: 1/(1 + exp(-x))")), 3, Rational(1, 5), digits=12)
    assert [ball.mid() == other.mid() for ball, other in zip(first.balls(), second.balls(), strict=True)] == [True] * 5


def test_kernels_of_tanh_have_the_digits_asked_for() -> None:
    """Thirty digits at depth 10, odd inputs kept exact."""
    values = kernel(ffnet(activation("tanh")), 10, Rational(3, 10), digits=30)
    with precision(140):
        assert abs(values.normalized_ntk - arb("0.0598667326611423626885760178134608")) < 1e-32
        assert values.normalized_ntk.rad() < 1e-32
    assert kernel(ffnet(activation("tanh")), 10, Integer(0), digits=12).nngp == 0
    opposite = kernel(ffnet(activation("tanh")), 4, Integer(-1), digits=12)
    assert opposite.normalized_nngp == -1


def test_what_is_out_of_reach_is_said_in_one_line() -> None:
    """A thousand digits, and a function with a branch point next to the axis."""
    with pytest.raises(BeyondReach, match="fewer digits") as caught:
        kernel(ffnet(activation("tanh")), 2, Rational(1, 3), digits=1000)
    assert "\n" not in str(caught.value)
    with precision(64), pytest.raises(NoClosedForm, match="not shown to be analytic"):
        gaussian_mean((x**2 + Rational(1, 10**9)) ** Rational(1, 2), arb(1))


def test_more_terms_have_smaller_tails() -> None:
    """The bound falls with N, and is infinite for a derivative beyond N."""
    with precision(BITS):
        strip = hermite_series(erf(x), 1, terms=32).strip
        assert tail_bound(strip, 0, 64) < tail_bound(strip, 0, 32) < tail_bound(strip, 1, 32)
        assert not tail_bound(strip, 9, 4).is_finite()
