"""Sizes of layers for all large l: enclosed sums against direct ones, and Bertrand's rule."""

import pytest
from flint import arb
from sympy import Expr, exp, log, sin, sqrt

from numerics.balls import evaluate, precision
from numerics.scales import size_of, sum_of
from theory.symbols import layer as l

CONVERGING = [
    1 / l**2,
    1 / (l + 3) ** 2,
    1 / (l * log(l + 1) ** 2),
    log(l) / l**2,
    l * exp(-l),
    2 ** (-l),
    1 / (l**2 + l),
]
CONVERGING += [1 / (l * log(l) * log(log(l)) ** 2), 1 / (sqrt(l) * l**2 * log(l + 1))]
DIVERGING = [1 / l, 1 / sqrt(l), 1 / (l * log(l + 1)), 1 / (l * log(l) * log(log(l))), 1 / (sqrt(l) * log(l))]


@pytest.mark.parametrize("size", CONVERGING + DIVERGING, ids=str)
def test_a_sum_over_layers_is_contained(size: Expr) -> None:
    """The ball of the sum over 100 < l <= 1000 contains the direct sum, and is not wide."""
    with precision(80):
        found = size_of(size, 100)
        assert found is not None
        total = found.total(1000)
        direct = sum((evaluate(size, {l: arb(k)}) for k in range(101, 1001)), arb(0))
        assert total is not None
        assert total.contains(direct) or (total - direct).abs_lower() < 1e-20 * direct
        assert found.scale.rate != 1 or total.rad() < 0.1 * direct
        assert found.scale.sum_converges() is (size in CONVERGING)


@pytest.mark.parametrize("size", CONVERGING[:3] + CONVERGING[-2:], ids=str)
def test_a_tail_is_the_sum_over_a_range_and_the_tail_behind_it(size: Expr) -> None:
    """The tails behind 10^3 and 10^6 differ by the sum between."""
    with precision(100):
        near, far = size_of(size, 10**3), size_of(size, 10**6)
        assert near is not None
        assert far is not None
        tails, between = (near.total(None), far.total(None)), near.total(10**6)
        assert tails[0] is not None
        assert tails[1] is not None
        assert between is not None
        assert (tails[0] - tails[1] - between).contains(0)
        assert tails[1].rad() < 1e-4 * tails[1].mid()


def test_what_has_no_known_form_has_no_size() -> None:
    """A sine of l, a difference of equal terms, and a sum that does not fall."""
    with precision(80):
        assert size_of(2 + sin(l), 100) is None
        assert size_of(log(l) - log(l + 1), 100) is None
        growing = size_of(l, 100)
        assert growing is not None
        assert sum_of(growing.scale, 100, None) is None
