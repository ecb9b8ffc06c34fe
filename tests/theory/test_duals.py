"""Dual activations against quadrature in two dimensions, against Hermite series, and against Price's theorem."""

import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest
from sympy import (
    Dummy,
    E,
    Expr,
    I,
    Integer,
    Integral,
    Rational,
    Symbol,
    acos,
    asin,
    cos,
    exp,
    expand,
    lambdify,
    pi,
    simplify,
    sin,
    sqrt,
)

from theory import symbols
from theory.activations import ACTIVATIONS, activation, derivative, in_signs, leaky_relu
from theory.algebra import Answer, is_zero
from theory.duals import correlation_derivative, correlation_dual, dual, in_angle
from theory.errors import InputError, NoClosedForm
from theory.symbols import c, length, length1, length2, nngp, slope, theta, x

LISTED = [
    "identity",
    "relu",
    "leaky_relu:1/5",
    "abs",
    "relu_power:2",
    "relu_power:8",
    "step",
    "sign",
    "erf",
    "sin",
    "cos",
    "exp",
    "gaussian",
    "gelu",
    "hermite:3",
    "hermite:8",
    "polynomial:0,1,1/3",
    "polynomial:1,2,3,4,5,6,7",
]
OTHERS = [
    "expr:x*exp(-x^2)",
    "expr:x*erf(x)",
    "expr:sin(x)*cos(2*x)+x",
    "expr:max(x, x/3)",
    "expr:x*max(x, 0)",
    "expr:abs(x)+x^2",
    "expr:sign(x)*x^3",
    "expr:exp(-x^2)*abs(x)",
    "expr:cos(x)*exp(-x^2)+x",
    "expr:exp(x/2)*sin(x)",
    "expr:sin(x)+sign(x)",
    "expr:erf(x)+abs(x)",
    "expr:erf(2*x)*cos(pi/3)+x^2*exp(-x/3)",
    "expr:x^2*exp(x^2/20-x/3)",
    "expr:2^(x/2)",
    "expr:heaviside(x)*(x+1)",
]
CASES = LISTED + OTHERS
POINTS = [(1, 1, 0.3), (0.7, 1.9, -0.6), (2.3, 0.4, 0.9)]
"""q1, q2 and the correlation K / sqrt(q1 q2)."""

Function = Callable[..., Any]
NUMPY = [{"erf": np.vectorize(math.erf), "E": math.e}, "numpy"]


@cache
def panels(deviation: float) -> tuple[Any, Any]:
    """Nodes and weights on both sides of 0, where the activations may have kinks; 16 standard deviations each way."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    edges = np.linspace(0, 16 * deviation, 6)
    right = np.concatenate([(b - a) / 2 * nodes + (a + b) / 2 for a, b in pairwise(edges)])
    scale = np.concatenate([(b - a) / 2 * weights for a, b in pairwise(edges)])
    return np.concatenate([-right, right]), np.concatenate([scale, scale])


def numeric(expression: Expr, *variables: Symbol) -> Function:
    """A function of arrays; constants are spread over the array."""
    compiled = lambdify(variables, expression, NUMPY)
    return lambda *arrays: compiled(*arrays) + 0 * sum(arrays)


def by_quadrature(function: Expr, q1: float, q2: float, nngp_: float) -> float:
    """E[f(u) f(v)] with u, v = u-part + independent rest, in two dimensions by panels in each quadrant."""
    f = numeric(function, x)
    (u, wu), (v, wv) = panels(math.sqrt(q1)), panels(math.sqrt(q2))
    gap = q1 * q2 - nngp_**2
    form = (q2 * u[:, None] ** 2 - 2 * nngp_ * u[:, None] * v[None, :] + q1 * v[None, :] ** 2) / (2 * gap)
    values = (f(u) * wu)[:, None] * (f(v) * wv)[None, :] * np.exp(-form)
    return float(values.sum() / (2 * math.pi * math.sqrt(gap)))


def hermite_coefficients(function: Expr, q: float, count: int) -> Any:
    """E[f(sqrt(q) z) he_n(z)] with orthonormal Hermite polynomials, n < count."""
    z, w = panels(1.0)
    density = w * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * numeric(function, x)(math.sqrt(q) * z)
    previous, current, found = np.zeros_like(z), np.ones_like(z), []
    for n in range(count):
        found.append(float((density * current).sum()))
        previous, current = current, (z * current - math.sqrt(n) * previous) / math.sqrt(n + 1)
    return np.array(found)


def by_series(function: Expr, q1: float, q2: float, nngp_: float) -> float:
    """The sum over n of a_n(q1) a_n(q2) rho^n."""
    rho = nngp_ / math.sqrt(q1 * q2)
    count = 90
    terms = hermite_coefficients(function, q1, count) * hermite_coefficients(function, q2, count)
    return float((terms * rho ** np.arange(count)).sum())


def value(expression: Expr, **point: float) -> float:
    """A closed form at a point, in 30 digits and rounded once."""
    names = {"q1": length1, "q2": length2, "K": nngp, "q": length, "c": c, "theta": theta}
    with mpmath.workdps(30):
        compiled = lambdify([names[name] for name in point], expression, "mpmath")
        return float(compiled(*map(mpmath.mpf, point.values())))


@pytest.mark.parametrize("spec", CASES)
def test_covariances_agree_with_quadrature_in_two_dimensions(spec: str) -> None:
    """E[phi(u) phi(v)] and E[phi'(u) phi'(v)] at unequal lengths, to 12 digits of the second moment."""
    one = activation(spec)
    found = dual(one)
    for q1, q2, rho in POINTS:
        k = rho * math.sqrt(q1 * q2)
        for function, closed, moment in (
            (in_signs(one.expression), found.covariance, found.second_moment),
            (derivative(one), found.derivative_covariance, found.derivative_second_moment),
        ):
            scale = math.sqrt(value(moment, q=q1) * value(moment, q=q2))
            assert abs(by_quadrature(function, q1, q2, k) - value(closed, q1=q1, q2=q2, K=k)) <= 2e-12 * scale


@pytest.mark.parametrize("spec", CASES)
def test_covariances_agree_with_their_hermite_series(spec: str) -> None:
    """The same covariance as a power series in the correlation, to 12 digits where the series is short."""
    one = activation(spec)
    found = dual(one)
    for q1, q2, rho in POINTS[:2]:
        k = rho * math.sqrt(q1 * q2)
        scale = math.sqrt(value(found.second_moment, q=q1) * value(found.second_moment, q=q2))
        expected = by_series(in_signs(one.expression), q1, q2, k)
        assert abs(expected - value(found.covariance, q1=q1, q2=q2, K=k)) <= 2e-12 * scale


@pytest.mark.parametrize("spec", CASES)
def test_covariance_of_equal_inputs_is_the_second_moment(spec: str) -> None:
    """The two integrals, one over the plane and one over the line, agree on the diagonal by replayed algebra."""
    found = dual(activation(spec))
    diagonal = {nngp: length, length1: length, length2: length}
    assert is_zero(found.covariance.subs(diagonal) - found.second_moment) is Answer.YES
    assert is_zero(found.derivative_covariance.subs(diagonal) - found.derivative_second_moment) is Answer.YES


@pytest.mark.parametrize("spec", CASES)
def test_price_theorem_holds_exactly_for_continuous_activations(spec: str) -> None:
    """d/dK of the covariance is the covariance of the derivatives if there is no jump, by replayed algebra."""
    found = dual(activation(spec))
    difference = found.covariance.diff(nngp) - found.derivative_covariance
    expected = Answer.YES if found.continuous else Answer.NO
    assert is_zero(difference) is expected


@pytest.mark.parametrize("spec", CASES)
def test_results_are_real_and_finished(spec: str) -> None:
    """Nothing unevaluated, complex or internal is left, and every derivation ends in the covariance."""
    found = dual(activation(spec))
    for closed in (found.covariance, found.derivative_covariance):
        assert closed.free_symbols <= {length1, length2, nngp}
        assert not closed.has(I, Dummy, Integral, asin)
    assert found.second_moment.free_symbols <= {length}
    assert correlation_dual(found.activation).free_symbols <= {c}
    assert correlation_derivative(found.activation).free_symbols <= {c}
    assert in_angle(correlation_dual(found.activation)).free_symbols <= {theta}
    assert found.derivation.result == found.covariance


@pytest.mark.parametrize("spec", ["relu", "gelu", "exp", "expr:abs(x)*exp(-x^2/20)", "step", "sin", "expr:x*erf(x)"])
def test_each_step_of_a_derivation_holds(spec: str) -> None:
    """Integrals by quadrature, all other lines by replayed algebra or at points."""
    point = {"q1": 0.9, "q2": 1.4, "K": 0.5, "q": 1.3}
    rules = set()
    for step in dual(activation(spec)).derivation.steps:
        rules.add(step.rule)
        free = {
            name: point[name]
            for name in point
            if name in {s.name for s in step.rhs.free_symbols | step.lhs.free_symbols}
        }
        if step.rule == "gaussian-integral":
            assert isinstance(step.lhs, Integral)
            bound = step.lhs.variables
            inside = step.lhs.function.subs({Symbol(n, **s.assumptions0): free[n] for n, s in _named(step.lhs)})
            grids = [panels(math.sqrt(1.3)) for _ in bound]
            mesh = np.meshgrid(*(nodes for nodes, _ in grids), indexing="ij")
            weights = np.prod(np.meshgrid(*(w for _, w in grids), indexing="ij"), axis=0)
            total = float((numeric(inside, *bound)(*mesh) * weights).sum())
            assert abs(total - value(step.rhs, **free)) < 1e-11
        elif step.lhs.has(x):
            for at in (-1.7, 0.4):
                compiled = [lambdify([x, length], side, NUMPY) for side in (step.lhs, step.rhs)]
                assert abs(compiled[0](at, 1.3) - compiled[1](at, 1.3)) < 1e-14
        else:
            assert is_zero(step.lhs - step.rhs) is Answer.YES
    assert "gaussian-integral" in rules


def _named(expression: Expr) -> list[tuple[str, Symbol]]:
    return [(symbol.name, symbol) for symbol in expression.free_symbols]


def test_relu_has_the_arc_cosine_kernels() -> None:
    """Cho and Saul's kernels of order 0 and 1 come out in the form the literature prints."""
    relu = activation("relu")
    assert expand(correlation_dual(relu) - (sqrt(1 - c**2) + (pi - acos(c)) * c) / pi) == 0
    assert expand(correlation_derivative(relu) - (pi - acos(c)) / pi) == 0
    at_one = dual(relu).covariance.subs({length1: 1, length2: 1, nngp: c})
    assert expand(at_one - (sqrt(1 - c**2) + (pi - acos(c)) * c) / (2 * pi)) == 0
    assert expand(in_angle(correlation_dual(relu)) - (sin(theta) + (pi - theta) * cos(theta)) / pi) == 0


def test_known_kernels_are_found() -> None:
    """Sin, exp, Hermite and the Gaussian have their textbook kernels."""
    half = Rational(1, 2)
    assert (
        simplify(dual(activation("sin")).covariance - exp(-(length1 + length2) / 2) * (exp(nngp) - exp(-nngp)) / 2) == 0
    )
    assert dual(activation("exp")).covariance == exp(nngp + length1 / 2 + length2 / 2)
    assert correlation_dual(activation("hermite:7")) == c**7
    assert correlation_dual(activation("exp")) == exp(c - 1)
    determinant = (1 + 2 * length1) * (1 + 2 * length2) - 4 * nngp**2
    assert expand(dual(activation("gaussian")).covariance ** (-2) - determinant) == 0
    assert dual(activation("relu")).second_moment == half * length
    assert correlation_dual(activation("expr:exp(x) + 0*sin(x)")).subs(c, 1) == 1
    assert not correlation_dual(activation("exp")).has(E**2)


def test_a_leaky_relu_with_a_symbolic_slope_is_derived_once_for_all_slopes() -> None:
    """The kernel of the whole family, and its value at one slope."""
    family = correlation_dual(leaky_relu(slope))
    one = correlation_dual(activation("leaky_relu:1/5"))
    assert simplify(family.subs(slope, Rational(1, 5)) - one) == 0
    mixing = (1 - slope) ** 2 / (1 + slope**2)
    assert simplify(family - c - mixing * (sqrt(1 - c**2) - c * acos(c)) / pi) == 0


@pytest.mark.parametrize(
    ("spec", "written"),
    [
        ("relu", "expr:max(x, 0)"),
        ("leaky_relu:1/3", "expr:max(x, x/3)"),
        ("relu", "expr:(x + abs(x))/2"),
        ("relu_power:2", "expr:x*max(x, 0)"),
        ("abs", "expr:max(x, -x)"),
        ("sin", "expr:sin(x)"),
        ("gelu", "expr:x/2 + x*erf(x/sqrt(2))/2"),
        ("step", "expr:heaviside(x)"),
    ],
)
def test_renaming_an_activation_changes_no_symbol(spec: str, written: str) -> None:
    """The dual depends on the function alone: the two closed forms are identical, not just equal."""
    named, other = dual(activation(spec)), dual(activation(written))
    assert named.covariance == other.covariance
    assert named.derivative_covariance == other.derivative_covariance
    assert named.second_moment == other.second_moment


@pytest.mark.parametrize(
    ("spec", "factor"),
    [
        ("expr:abs(tanh(x))", "sign(tanh(x))"),
        ("expr:max(x,0)*tanh(x)", "tanh(x)"),
        ("expr:max(x-1, 0)", "sign(x - 1)"),
        ("expr:x*sign(x)*erf(x)", "erf(x)"),
        ("expr:max(x,0)*exp(-x)", "sign(x)"),
        ("expr:sin(abs(x))", "sin(x*sign(x))"),
    ],
)
def test_what_the_rules_do_not_reach_is_named(spec: str, factor: str) -> None:
    """One line that names the factor, never a wrong or unevaluated result."""
    with pytest.raises(NoClosedForm) as caught:
        dual(activation(spec))
    assert factor in str(caught.value)
    assert "\n" not in str(caught.value)


def test_infinite_second_moments_are_refused_and_finite_ones_carry_their_condition() -> None:
    """exp(a x^2) needs a < 1/4 at length 1, and 4 a q < 1 at length q."""
    for spec in ("expr:exp(x^2)", "expr:exp(x^2/4)"):
        with pytest.raises(InputError, match="infinite"):
            dual(activation(spec))
    assert dual(activation("expr:exp(x^2/8)")).conditions == (1 - length / 2,)
    assert dual(activation("relu")).conditions == ()


def test_the_zero_function_cannot_be_normalised() -> None:
    """A division by c_phi = 0 is refused, not printed as nan."""
    with pytest.raises(InputError, match="cannot be normalised"):
        correlation_dual(activation("polynomial:0"))


def test_in_angle_replaces_roots_and_arc_cosines_of_the_correlation() -> None:
    """On [0, pi] the root of 1 - c^2 is sin theta, whatever its power, and inner correlations stay."""
    root = sqrt(1 - c**2)
    assert in_angle(root**3 + 1 / root + acos(-c)) == sin(theta) ** 3 + 1 / sin(theta) + pi - theta
    assert in_angle(acos(c / 2)) == acos(cos(theta) / 2)
    assert in_angle(sqrt(4 - 4 * c**2)) == 2 * sin(theta)
    assert in_angle(Integer(3)) == 3


def test_every_listed_activation_is_derived() -> None:
    """The mechanism is general: no listed activation is without its dual."""
    for family in ACTIVATIONS:
        parameter = {"leaky_relu": ":2/7", "shaped_relu": ":1,-1/2", "relu_power": ":7", "hermite": ":7"}
        spec = family.name + parameter.get(family.name, ":3,1,4,1,5,9,2" if family.parameter else "")
        found = dual(activation(spec))
        letters = {symbols.nngp, symbols.length1, symbols.length2}
        assert found.covariance.free_symbols - letters <= ({symbols.depth} if family.name == "shaped_relu" else set())
    assert symbols.x in activation("relu").expression.free_symbols
