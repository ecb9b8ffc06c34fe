"""Float64 kernels against balls."""

import math

import numpy as np
import pytest
from sample_networks import NETWORKS, RELU
from sympy import Integer, Rational, log, pi

from numerics.float64 import kernel_float64
from numerics.kernel import kernel
from numerics.multiprecision import observed_rate, values_along
from theory.errors import InputError
from theory.symbols import depth as L

ANGLES = [0.0, math.acos(1 - 1e-14), 1e-5, 0.1, 1.0, 2.5, 3.1415, math.pi]
EQUAL = sorted(set(NETWORKS) - {"ffnet erf lengths"})


@pytest.mark.parametrize("name", EQUAL)
def test_floats_are_within_1e_12_of_the_diagonal(name) -> None:
    """After 300 layers, for correlations from -1 to 1 - 1e-14."""
    found = kernel_float64(NETWORKS[name], 300, ANGLES)
    for index, angle in enumerate(ANGLES):
        exact = pi if angle == math.pi else Rational(angle)
        values = kernel(NETWORKS[name], 300, angle=exact, digits=16)
        for quantity in ("normalized_nngp", "normalized_ntk"):
            assert abs(float(getattr(values, quantity).mid()) - found[quantity][index]) < 1e-12
        angle_there = float(values.angle.mid())
        assert abs(angle_there - found["angle"][index]) < 1e-12 * max(angle_there, 1e-15)


def test_float_kernels_scale_as_the_balls_do() -> None:
    """Nngp and ntk themselves, not only their ratios, for lengths that grow."""
    for name in ("resnet relu", "resnet erf", "ffnet relu bias", "ffnet erf lengths"):
        found, values = kernel_float64(NETWORKS[name], 20, [1.0]), kernel(NETWORKS[name], 20, angle=Integer(1))
        for quantity in ("nngp", "ntk"):
            assert found[quantity][0] == pytest.approx(float(getattr(values, quantity).mid()), rel=1e-12)


def test_the_shape_is_kept() -> None:
    """Any shape, elementwise; a number gives an array of no dimension."""
    angles = np.linspace(0, math.pi, 12).reshape(3, 4)
    found = kernel_float64(RELU, 5, angles)
    assert found["ntk"].shape == (3, 4)
    assert kernel_float64(RELU, 5, 1.0)["ntk"].shape == ()
    assert found["ntk"][1, 2] == kernel_float64(RELU, 5, angles[1, 2])["ntk"]


def test_angles_outside_are_refused() -> None:
    """A negative angle and NaN are errors, not numbers."""
    for bad in (-0.1, math.nan, 3.2):
        with pytest.raises(InputError, match=r"\[0, pi\]"):
            kernel_float64(RELU, 5, [1.0, bad])


def test_the_observed_rate_of_relu_is_three_eighths() -> None:
    """Theta_L/(L+1) = 1/4 + (3/8 + o(1)) log(L)/L, seen in values up to L = 2^13."""
    values = values_along(RELU, [2**k for k in range(5, 14)], Rational(3, 10))
    found = observed_rate(values, log(L) / L)
    assert abs(found.limit - 0.25) < 1e-6
    assert abs(found.coefficient - 0.375) < 2e-3
    known = observed_rate(values, log(L) / L, limit=Rational(1, 4))
    assert abs(known.coefficient - 0.375) < 20 * known.coefficient_spread < 1e-2


def test_too_few_depths_are_refused() -> None:
    """A window needs one depth more than unknowns."""
    with pytest.raises(InputError, match="2 depths"):
        observed_rate({1: Integer(1), 2: Integer(2)}, log(L) / L)
