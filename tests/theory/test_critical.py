"""Expansions in the depth against iteration, and every coefficient a second way: from balls at L = 10^32 ... 10^40."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import mpmath
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from sympy import Expr, Integer, Rational, Symbol, acos, cos, exp, expand, lambdify, log, pi

from numerics.depth_constants import critical_constants
from numerics.kernel import kernel
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.critical import (
    DepthExpansion,
    as_expression,
    coordinate,
    first_logarithm,
    in_depth,
    input_constant,
    leading_change,
    log_depth,
    tangent_constant,
)
from theory.network import Network
from theory.recursion import correlation_form
from theory.series import NoSeries, PowerSeries, expand_in
from theory.symbols import c, depth, theta

TERMS = 12
DIGITS = 130
x = Symbol("x")

RELU = ffnet(activation("relu"))
LEAKY = ffnet(activation("leaky_relu:-1/3"))
RES = resnet(activation("relu"), gamma=Integer(0))
CUBIC = "expr:sqrt(2/3)*x + (x^3 - 3*x)/(3*sqrt(6))"
"""sqrt(2/3) h_1 + (1/3) h_3 with bias variance 2/9: kappa = 2/9 + 2c/3 + c^3/9, without a logarithm."""
EXP = ffnet(activation("exp"))


@lru_cache(maxsize=8)
def series_at_one(network: Network, smooth: bool) -> tuple[PowerSeries, PowerSeries, PowerSeries]:
    """x', F and S in the local variable."""
    form = correlation_form(network)
    assert form is not None
    variable = PowerSeries.variable(TERMS)
    if smooth:
        at = {c: 1 - variable}
        return expand_in(1 - form.correlation, at), expand_in(form.factor, at), expand_in(form.source, at)
    at = {c: expand_in(cos(theta), {theta: variable})}
    drop, factor, source = (expand_in(e, at) for e in (1 - form.correlation, form.factor, form.source))
    return expand_in(acos(1 - theta), {theta: drop}), factor, source


@lru_cache(maxsize=8)
def expansion(network: Network, smooth: bool, orders: int) -> DepthExpansion:
    """The expansion of a network that is critical."""
    form = correlation_form(network)
    assert form is not None
    return in_depth(
        *series_at_one(network, smooth),
        diagonal_source=form.diagonal_source,
        diagonal_initial=form.diagonal_initial,
        orders=orders,
    )


def number(ball: arb, digits: int = DIGITS) -> mpf:
    """The middle of a ball."""
    return mpf(ball.mid().str(digits, radius=False))


@lru_cache(maxsize=64)
def values_at(network: Network, power: int, smooth: bool, digits: int = DIGITS) -> tuple[mpf, mpf, mpf]:
    """1/x_L, N_L and t_L at L = 10^power, from the balls of ``kernel``, for c_0 = 3/10."""
    found = kernel(network, 10**power, Rational(3, 10), digits=digits)
    with mpmath.workdps(DIGITS):
        corr, angle = number(found.normalized_nngp), number(found.angle)
        local = 2 * mp.sin(angle / 2) ** 2 if smooth else angle
        return 1 / local, number(found.normalized_ntk), number(found.ntk) * corr / number(found.nngp)


def fitted(
    network: Network, which: int, basis: list[tuple[int, int]], smooth: bool = False
) -> dict[tuple[int, int], mpf]:
    """The coefficients of log(L)^j/L^k, for the pairs (k, j) of a basis, by a linear system on as many depths."""
    powers = range(32, 32 + 2 * len(basis), 2)
    rows = [[mp.log(mpf(10) ** p) ** j / mpf(10) ** (p * k) for k, j in basis] for p in powers]
    right = [values_at(network, p, smooth)[which] for p in powers]
    found = mp.lu_solve(mp.matrix(rows), mp.matrix(right))
    return dict(zip(basis, found, strict=True))


def recognised(value: mpf, constants: list[mpf]) -> list[Rational]:
    """Rationals r_i with value = sum r_i constants_i, by PSLQ on 25 digits."""
    with mpmath.workdps(25):
        relation = mpmath.pslq([+value, *(+one for one in constants)], maxcoeff=10**5, maxsteps=10**5)
    assert relation is not None
    assert relation[0] != 0
    return [Rational(-r, relation[0]) for r in relation[1:]]


@pytest.fixture(autouse=True)
def _many_digits() -> Iterator[None]:
    with mpmath.workdps(DIGITS):
        yield


INVERSE = [(-1, 0), (0, 1), (0, 0), (1, 1), (1, 0)]
NORMALISED = [(0, 0), (1, 1), (1, 0), (2, 1), (2, 0)]


def test_the_angle_of_relu_is_recognised_from_numbers_alone() -> None:
    """1/theta_L = L/(3 pi) + log(L)/(2 pi) + M + (3/(4 pi)) log(L)/L + (3 M/2 - pi/5 - 1/(3 pi))/L + ..."""
    found = fitted(RELU, 0, INVERSE)
    shift = found[0, 0]
    assert recognised(found[-1, 0], [1 / mp.pi]) == [Rational(1, 3)]
    assert recognised(found[0, 1], [1 / mp.pi]) == [Rational(1, 2)]
    assert recognised(found[1, 1], [1 / mp.pi]) == [Rational(3, 4)]
    assert recognised(found[1, 0] - 3 * shift / 2, [mp.pi, 1 / mp.pi]) == [Rational(-1, 5), Rational(-1, 3)]


def test_the_ntk_of_relu_is_recognised_from_numbers_alone() -> None:
    """N_L = 1/4 + (3/8) log(L)/L + (3 pi M/4 - 3/8)/L + ((3/16) log L + 3 pi M/8 - 99 pi^2/40 - 3/16)/L^2 + ..."""
    found = fitted(RELU, 1, NORMALISED)
    shift = fitted(RELU, 0, INVERSE)[0, 0]
    assert recognised(found[0, 0], [mpf(1)]) == [Rational(1, 4)]
    assert recognised(found[1, 1], [mpf(1)]) == [Rational(3, 8)]
    assert recognised(found[1, 0] - 3 * mp.pi * shift / 4, [mpf(1)]) == [Rational(-3, 8)]
    assert recognised(found[2, 1], [mpf(1)]) == [Rational(3, 16)]
    assert recognised(found[2, 0] - 3 * mp.pi * shift / 8, [mp.pi**2, mpf(1)]) == [Rational(-99, 40), Rational(-3, 16)]


def test_the_next_term_of_the_ntk_in_the_angle_is_not_quarter_pi_squared() -> None:
    """T = 3 pi/(4 theta) - 1/8 - kappa theta + ... with kappa = 31 pi/40 + 5/(48 pi) = 2.46786..., and not pi^2/4 = 2.46740..."""
    kappa = []
    for power in (36, 40):
        inverse, _, tangent = values_at(RELU, power, False)
        kappa.append((3 * mp.pi * inverse / 4 - mpf(1) / 8 - tangent) * inverse)
    assert abs(kappa[1] - kappa[0]) < mpf(10) ** -33
    assert abs(kappa[1] - (31 * mp.pi / 40 + 5 / (48 * mp.pi))) < mpf(10) ** -37
    assert abs(kappa[1] - mp.pi**2 / 4) > mpf("4e-4")
    assert recognised(kappa[1], [mp.pi, 1 / mp.pi]) == [Rational(31, 40), Rational(5, 48)]
    at = coordinate(*series_at_one(RELU, False))
    assert expand(at.p[2] + 31 * pi / 40 + 5 / (48 * pi)) == 0


@pytest.mark.parametrize(
    ("network", "smooth"),
    [
        (RELU, False),
        (LEAKY, False),
        (RES, False),
        (EXP, True),
        (ffnet(activation(CUBIC), bias_variance=Rational(2, 9), weight_variance=Rational(7, 9)), True),
    ],
    ids=["relu", "leaky", "resnet", "exp", "cubic"],
)
def test_every_coefficient_agrees_with_a_linear_system_on_deep_balls(network: Network, smooth: bool) -> None:
    """To 20 digits at least: 1/x_L up to 1/L and N_L up to 1/L^2, from L = 10^32 ... 10^40."""
    found = expansion(network, smooth, 2)
    inverse = fitted(network, 0, INVERSE, smooth)
    given_ = {input_constant: inverse[0, 0], tangent_constant: mpf(0)}
    for numbers, series, shift in (
        (inverse, found.inverse, 1),
        (fitted(network, 1, NORMALISED, smooth), found.normalised, 0),
    ):
        for (k, j), value in numbers.items():
            coefficient = expand(series[k + shift]).coeff(log_depth, j)
            expected = lambdify(tuple(given_), coefficient, "mpmath")(*given_.values())
            assert abs(value - expected) < mpf(10) ** -20 * (1 + abs(expected)), (k, j)


@pytest.mark.parametrize(
    ("network", "smooth"), [(RELU, False), (LEAKY, False), (EXP, True)], ids=["relu", "leaky", "exp"]
)
@pytest.mark.parametrize("orders", [0, 1, 2, 3, 4])
def test_the_residual_decays_like_the_first_term_left_out(network: Network, smooth: bool, orders: int) -> None:
    """|N_L - expansion| L^(K+1) is at most a power of log L, at 10^4, 10^6, 10^8; M and B are enclosed at the inputs."""
    constants = critical_constants(network, Rational(3, 10), digits=60)
    assert constants is not None
    formula = as_expression(expansion(network, smooth, orders).normalised)
    value = lambdify((depth, input_constant, tangent_constant), formula, "mpmath")
    sizes = []
    for power in (4, 6, 8):
        length = mpf(10) ** power
        known = values_at(network, power, smooth, 55)[1]
        gap = abs(known - value(length, number(constants.shift), number(constants.tangent)))
        sizes.append(gap * length ** (orders + 1))
    assert max(sizes) < mpf(10) ** (5 + orders)
    for one, other in pairwise(sizes):
        assert one / 30 < other < 30 * one


def test_the_expansion_of_relu_agrees_with_plain_iteration() -> None:
    """Theta' = arccos kappa_1(cos theta), iterated 20,000 times in 50 digits; M from ``critical_constants``."""
    with mpmath.workdps(50):
        angle, tangent = mpf(1), mp.cos(1)
        for _ in range(20_000):
            tangent = tangent * (1 - angle / mp.pi)
            angle = mp.acos((mp.sin(angle) + (mp.pi - angle) * mp.cos(angle)) / mp.pi)
            tangent += mp.cos(angle)
        constants = critical_constants(RELU, angle=1, digits=40)
        assert constants is not None
        found = expansion(RELU, False, 3)
        numbers = (mpf(20_000), number(constants.shift, 50), number(constants.tangent, 50))
        names = (depth, input_constant, tangent_constant)
        inverse = lambdify(names, as_expression(found.inverse) * depth, "mpmath")(*numbers)
        assert abs(1 / angle - inverse) < mpf("1e-10")
        assert abs(tangent / 20_001 - lambdify(names, as_expression(found.normalised), "mpmath")(*numbers)) < mpf(
            "1e-13"
        )


small = st.fractions(min_value=-2, max_value=2, max_denominator=5).map(lambda q: Rational(q.numerator, q.denominator))
positive = small.map(lambda q: abs(q) + Rational(1, 3))


@settings(max_examples=15)
@given(positive, st.lists(small, min_size=5, max_size=5), st.integers(1, 4), st.lists(small, min_size=9, max_size=9))
def test_formal_solutions_solve_their_equations(a: Expr, rest: list[Expr], m: int, more: list[Expr]) -> None:
    """For random series: A(x') = A(x) + a, h(x') = F h(x), P(x') = F P(x) + S(x), up to the order that is determined."""
    variable = PowerSeries.variable(7)
    step = PowerSeries((Integer(0), Integer(1), -a, *rest[:4]))
    factor = PowerSeries((Integer(1), -m * a, *more[:5]))
    source = PowerSeries((Integer(1), *more[3:9]))
    at = coordinate(step, factor, source)
    assert at.m == m
    z = Symbol("z", positive=True)

    def horner(values: tuple[Expr, ...], first: int) -> Expr:
        return sum((v * z ** (k + first) for k, v in enumerate(values)), Integer(0))

    abel = lambdify(z, 1 / z + at.alpha * log(z) + horner(at.c, 1), "mpmath")
    weight = lambdify(z, mp_exp(horner(at.s, 1), z, m), "mpmath")
    image = lambdify(z, horner(step.coefficients, 0), "mpmath")
    slope, drive = (lambdify(z, horner(one.coefficients, 0), "mpmath") for one in (factor, source))
    particular = lambdify(z, horner(at.p, -1), "mpmath")
    assert variable.terms == 7
    with mpmath.workdps(120):

        def p(y: mpf) -> mpf:
            return particular(y) + mpf(at.v.p) / at.v.q * weight(y) * mp.log(y)

        for equation, order in (
            (lambda y: abel(image(y)) - abel(y) - mpf(a.p) / a.q, len(at.c) + 2),
            (lambda y: weight(image(y)) / weight(y) - slope(y), len(at.s) + 2),
            (lambda y: p(image(y)) - slope(y) * p(y) - drive(y), len(at.p)),
        ):
            gaps = [abs(equation(mpf(10) ** -k)) for k in (10, 14)]
            assert gaps[1] <= gaps[0] * mpf(10) ** (-4 * order + 2) + mpf(10) ** -110


def mp_exp(inside: Expr, z: Symbol, m: int) -> Expr:
    """z^m exp(...)."""
    return z**m * exp(inside)


@given(positive, small)
def test_the_first_logarithm_is_that_of_the_expansion(a: Expr, r: Expr) -> None:
    """alpha/((1 + m) a), for m = 2 and S = 1."""
    step = PowerSeries((Integer(0), Integer(1), -a, r, *[Integer(0)] * 4))
    factor = step.derivative()
    source = PowerSeries.constant(Integer(1), 7)
    found = in_depth(step, factor, source, diagonal_source=Integer(1), diagonal_initial=Integer(1), orders=1)
    assert expand(found.normalised[0]) == Rational(1, 3)
    assert expand(found.normalised[1]).coeff(log_depth, 1) == first_logarithm(step, Integer(2))


def test_a_rational_map_has_no_logarithm() -> None:
    """X' = x/(1 + x), F = x'^2/x^2: A = 1/x exactly, t_L = sum of (w_l/w_L)^2 over w = 1/x."""
    variable = PowerSeries.variable(TERMS)
    step = variable / (1 + variable)
    ratio = 1 / (1 + variable)
    found = in_depth(
        step,
        ratio * ratio,
        PowerSeries.constant(Integer(1), TERMS),
        diagonal_source=Integer(1),
        diagonal_initial=Integer(0),
        orders=3,
    )
    assert found.coordinate.alpha == 0
    assert found.coordinate.v == 0
    assert all(value == 0 for value in found.coordinate.c)
    # t_L = sum_{j=1}^{L} (w_0 + j)^2/(w_0 + L)^2 from t_0 = 0, and h = w^-2: B = -(M^3/3 + M^2/2 + M/6) with M = w_0
    start = Integer(2)
    homogeneous = -(start**3 / 3 + start**2 / 2 + start / 6)
    shown = as_expression(found.normalised).subs({input_constant: start, tangent_constant: homogeneous})
    for length in (50, 500):
        exact = Rational(sum((2 + j) ** 2 for j in range(1, length + 1)), (2 + length) ** 2 * length)
        assert abs(shown.subs(depth, length) - exact) < Rational(1000, length**4)


def test_leading_change_names_the_first_term_that_does_not_vanish() -> None:
    """Of the first power of 1/L with a coefficient, its highest power of log L."""

    def sign(value: Expr) -> int:
        return 1 if value.is_positive else -1 if value.is_negative else 0

    one = PowerSeries((Rational(1, 4), Integer(0), 3 * log_depth - 2, Integer(5)))
    assert leading_change(one, sign) == 3 * log(depth) / depth**2
    assert leading_change(PowerSeries((Integer(1), Integer(0))), sign) is None
    assert leading_change(PowerSeries((Integer(1), input_constant - 1)), sign) == (input_constant - 1) / depth
    with pytest.raises(NoSeries, match="was not decided"):
        leading_change(PowerSeries((Integer(1), Symbol("q"))), lambda _: None)


def test_what_is_not_critical_is_refused() -> None:
    """X' = x/2, or F(0) = 1/2."""
    variable, unit = PowerSeries.variable(6), PowerSeries.constant(Integer(1), 6)
    for step, factor in ((variable / 2, unit), (variable / (1 + variable), unit / 2)):
        with pytest.raises(NoSeries, match="not critical"):
            coordinate(step, factor, unit)
