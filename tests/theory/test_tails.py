"""Asymptotes at both ends: known ones, and values far out."""

import pytest
from mpmath import mp, mpf
from sympy import Rational, lambdify, pi

from theory.activations import activation
from theory.symbols import x
from theory.tails import NoTail, ends_of, oscillation, tail


@pytest.mark.parametrize(
    ("name", "slopes", "levels"),
    [
        ("tanh", (0, 0), (-1, 1)),
        ("sigmoid", (0, 0), (0, 1)),
        ("silu", (0, 1), (0, 0)),
        ("gelu", (0, 1), (0, 0)),
        ("mish", (0, 1), (0, 0)),
        ("expr:x*atan(x)", (-pi / 2, pi / 2), (-1, -1)),
        ("expr:max(x, 1)", (0, 1), (1, 0)),
        ("expr:sqrt(1+x^2)+x", (0, 2), (0, 0)),
        ("expr:log(exp(2*x)+exp(-x)+5)", (-1, 2), (0, 0)),
        ("gaussian", (0, 0), (0, 0)),
    ],
)
def test_asymptotes_are_known(name: str, slopes: object, levels: object) -> None:
    """Slopes and levels at -oo and +oo; the derivative follows them."""
    found = ends_of(activation(name))
    assert (found.slopes, found.levels, found.smooth) == (slopes, levels, True)


@pytest.mark.parametrize(
    "name", ["expr:x*atan(x)", "expr:x/(1+x^2)", "expr:sqrt(x^2+x+1)", "expr:(1+x)*tanh(x)/(2+x^2)"]
)
@pytest.mark.parametrize("side", [-1, 1])
def test_an_expansion_is_as_good_as_it_says(name: str, side: int) -> None:
    """At |x| = 10^4 and 10^6 the rest is at most 10 |x|^cut, or beyond 80 digits."""
    found = tail(activation(name).expression, side)
    with mp.workdps(100):
        function = lambdify(x, activation(name).expression, "mpmath")
        for t in (mpf(10) ** 4, mpf(10) ** 6):
            total = sum(
                (mpf(str(a.evalf(90))) * t ** (found.order - i) for i, a in enumerate(found.coefficients)), mpf(0)
            )
            assert abs(function(side * t) - total) < 10 * t**found.cut + mpf(10) ** -75


@pytest.mark.parametrize("name", ["exp", "relu_power:2", "sin", "expr:log(1+x^2)", "expr:x+sin(x)"])
def test_what_has_no_asymptote_is_refused(name: str) -> None:
    """Growth, oscillation, logarithms."""
    with pytest.raises(NoTail):
        ends_of(activation(name))


def test_sums_of_waves_have_means() -> None:
    """Mean and mean square of 1/3 + sin x + sin(2x)/2: 1/3 and 1/9 + 1/2 + 1/8."""
    assert oscillation(activation("expr:1/3 + sin(x) + sin(2*x)/2")) == (Rational(1, 3), Rational(53, 72))
    assert oscillation(activation("expr:sin(x) + x")) is None
