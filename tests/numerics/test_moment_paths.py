"""Moments that share their error bounds against those that do not, and bounds at complex lengths against complex values."""

import pytest
from flint import acb, arb, fmpq
from sympy import Expr, exp, tanh

from numerics.balls import precision
from numerics.compile import lower
from numerics.complex_balls import COMPLEX
from numerics.hermite import gaussian_mean, gaussian_pair
from numerics.moment_paths import Values, mean_bound, mean_slopes, pair_bound, pair_slopes
from theory.symbols import x

SILU = x / (1 + exp(-x))


@pytest.mark.parametrize("phi", [tanh(x), SILU])
def test_shared_values_are_the_same(phi: Expr) -> None:
    """At lengths in one cell and in others: overlap, and radii below 2^-70."""
    with precision(90):
        values = Values(90, 80)
        for length in (fmpq(1), fmpq(101, 100), fmpq(3, 2)):
            q = arb(length).mid()
            mean, pair = values.mean(phi**2, q), values.pair(phi, 1, q, (q / 3).mid())
            assert mean.overlaps(gaussian_mean(phi**2, q))
            assert pair.overlaps(gaussian_pair(phi, 1, q, q, (q / 3).mid()))
            assert mean.rad() < arb(2) ** -70
            assert pair.rad() < arb(2) ** -70


def _complex_pair(p: acb, m: acb) -> acb:
    """E[tanh(u) tanh(v)] for complex variances of (u + v)/sqrt 2 and (u - v)/sqrt 2, by a plain double sum."""
    run = lower((tanh(x),), (x,)).bind(COMPLEX)
    step, total = arb(1) / 4, acb(0)
    for i in range(-40, 41):
        for j in range(-40, 41):
            s, t = step * i, step * j
            density = (-s * s / (2 * p) - t * t / (2 * m)).exp() / (2 * acb.pi() * p.sqrt() * m.sqrt())
            root = arb(2).sqrt()
            total += run(acb((s + t) / root))[0] * run(acb((s - t) / root))[0] * density * step * step
    return total


def test_bounds_hold_at_complex_variances() -> None:
    """The corners of a box in p and m: the modulus is below the bound, which is no more than 4."""
    with precision(64):
        plus, minus = (
            acb(arb(fmpq(13, 10), fmpq(1, 2)), arb(0, fmpq(1, 2))),
            acb(arb(fmpq(7, 10), fmpq(1, 4)), arb(0, fmpq(1, 4))),
        )
        bound = pair_bound(tanh(x), 0, plus, minus)
        sizes = [
            abs(_complex_pair(acb(fmpq(13, 10) + a * fmpq(1, 2), b * fmpq(1, 2)), acb(fmpq(7, 10), b * fmpq(1, 4))))
            for a in (-1, 1)
            for b in (0, 1)
        ]
        assert all(size < bound for size in sizes)
        assert bound < 4  # E[tanh^2] is below 1; the density of such variances is at most 4 times a Gaussian one
        assert not pair_bound(tanh(x), 0, plus, acb(arb(0, 1))).is_finite()
        assert not mean_bound(tanh(x) ** 2, acb(arb(0, 1))).is_finite()


def test_slopes_bound_differences() -> None:
    """Difference quotients in q and K between q = 1 and 5/4."""
    with precision(80):
        q = arb(fmpq(9, 8), fmpq(1, 8))
        low, high, k = arb(1), arb(fmpq(5, 4)), arb(fmpq(1, 2))
        phi = tanh(x)
        value, by_length, by_covariance = pair_slopes(phi, 0, q)
        assert abs(gaussian_pair(phi, 0, high, high, k)) < value
        assert abs(gaussian_pair(phi, 0, high, high, k) - gaussian_pair(phi, 0, low, low, k)) < by_length / 4
        assert abs(gaussian_pair(phi, 0, low, low, k) - gaussian_pair(phi, 0, low, low, k / 2)) < by_covariance / 4
        for g in (phi**2, 1 - phi**2):
            size, slope = mean_slopes(g, q)
            assert abs(gaussian_mean(g, high)) < size
            assert abs(gaussian_mean(g, high) - gaussian_mean(g, low)) < slope / 4
