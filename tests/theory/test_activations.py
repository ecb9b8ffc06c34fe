"""Activations: what a specification means, and what follows from the expression alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Abs, Max, Ne, Piecewise, Rational, erf, exp, expand, pi, sign, simplify, sqrt

from theory.activations import (
    ACTIVATIONS,
    Activation,
    activation,
    derivative,
    homogeneous_degree,
    in_signs,
    leaky_relu,
    parity,
)
from theory.errors import InputError
from theory.symbols import depth, slope, x

EXAMPLES = {
    "leaky_relu": "leaky_relu:1/5",
    "shaped_relu": "shaped_relu:1,-1/2",
    "relu_power": "relu_power:3",
    "hermite": "hermite:3",
    "polynomial": "polynomial:0,1,1/3",
}


@pytest.mark.parametrize("family", ACTIVATIONS, ids=lambda family: family.name)
def test_each_entry_can_be_named(family: object) -> None:
    """Every entry of the list is reached by its name, and its parameter is described if it has one."""
    name = family.name  # type: ignore[attr-defined]
    found = activation(EXAMPLES.get(name, name))
    assert found.expression.free_symbols == ({x, depth} if name == "shaped_relu" else {x})
    assert (name in EXAMPLES) == bool(family.parameter)  # type: ignore[attr-defined]


def test_names_are_unique() -> None:
    """No name stands twice in the list."""
    names = [family.name for family in ACTIVATIONS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("rellu", "did you mean relu?"),
        ("qqq", "allowed are identity"),
        ("relu:3", "no parameter"),
        ("leaky_relu", "parameter is missing"),
        ("leaky_relu:y", "unknown name"),
        ("shaped_relu", "parameter is missing"),
        ("shaped_relu:1", "activation=shaped_relu:1: allowed are two numbers, c_plus,c_minus"),
        ("shaped_relu:1,2,3", "two numbers"),
        ("shaped_relu:1,", "empty"),
        ("hermite:1/2", "not a whole number"),
        ("hermite:13", "out of range"),
        ("polynomial:" + "1," * 20 + "1", "at most 13"),
        ("expr:", "empty"),
        ("expr:y", "unknown name 'y'"),
        ("expr:gamma(x)", "unknown function"),
        ("", "unknown"),
    ],
)
def test_bad_specifications_get_one_line(spec: str, message: str) -> None:
    """The line names the input and what is allowed."""
    with pytest.raises(InputError, match="activation") as caught:
        activation(spec)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("relu", (1 + sign(x)) / 2),
        ("leaky_relu:1/5", Rational(3, 5) + 2 * sign(x) / 5),
        ("abs", sign(x)),
        ("step", 0),
        ("sign", 0),
        ("erf", 2 * exp(-(x**2)) / sqrt(pi)),
        ("gelu", (1 + erf(x / sqrt(2))) / 2 + x * exp(-(x**2) / 2) / sqrt(2 * pi)),
        ("expr:sign(x)*x^3", 3 * x**2 * sign(x)),
        ("expr:abs(x)^2", 2 * x),
    ],
)
def test_derivative_leaves_the_jumps_out(spec: str, expected: object) -> None:
    """The derivative is the one almost everywhere, as training uses it."""
    assert simplify(derivative(activation(spec)) - expected) == 0


@pytest.mark.parametrize(
    ("spec", "even_or_odd", "degree"),
    [
        ("identity", -1, 1),
        ("relu", None, 1),
        ("leaky_relu:1/5", None, 1),
        ("abs", 1, 1),
        ("relu_power:3", None, 3),
        ("step", None, 0),
        ("sign", -1, 0),
        ("erf", -1, None),
        ("cos", 1, None),
        ("gelu", None, None),
        ("hermite:4", 1, None),
        ("expr:max(x, x/3, -x)", 1, 1),
        ("expr:max(x, 0) - min(x, 0)", 1, 1),
        ("expr:max(x-1, 0)", None, None),
        ("expr:abs(x^3)", 1, 3),
    ],
)
def test_parity_and_degree_are_read_off_the_expression(spec: str, even_or_odd: int | None, degree: int | None) -> None:
    """Parity and positive homogeneity depend on the function, not on its name."""
    assert parity(activation(spec)) == even_or_odd
    assert homogeneous_degree(activation(spec)) == degree


def test_a_slope_may_be_a_symbol() -> None:
    """Theory over a whole range of slopes uses the same function."""
    family = leaky_relu(slope)
    assert expand(family.expression.subs(slope, Rational(1, 5)) - activation("leaky_relu:1/5").expression) == 0
    assert homogeneous_degree(family) == 1


def test_cases_are_read_as_steps() -> None:
    """A function given by cases is the sum of its parts."""
    assert in_signs(Piecewise((x, x > 0), (x / 3, True))) == in_signs(Max(x, x / 3))
    with pytest.raises(InputError, match="half-line"):
        in_signs(Piecewise((x, Ne(x, 0)), (1, True)))


def test_activations_are_equal_by_value() -> None:
    """Two activations built apart are one key of a cache."""
    assert activation("abs") == Activation(name="abs", expression=Abs(x))
    assert len({activation("abs"), Activation(name="abs", expression=Abs(x))}) == 1


SIMPLE = st.sampled_from(["x", "x/3", "-x", "2*x", "x^2", "0", "abs(x)", "max(x,0)", "min(x,-x)"])


@given(SIMPLE, SIMPLE, st.sampled_from(["max", "min"]), st.sampled_from([Rational(-7, 3), Rational(1, 2), Rational(5)]))
def test_normal_form_has_the_same_values(left: str, right: str, name: str, point: Rational) -> None:
    """Maxima and absolute values written with sign are the same function away from the kinks."""
    expression = activation(f"expr:{name}({left}, {right})").expression
    assert in_signs(expression).subs(x, point) == expression.subs(x, point)


SHIFTED = (
    "sign(x-1)",
    "sign(x+1)",
    "sign(x-sqrt(2))",
    "abs(x-1)",
    "max(-x, 1)",
    "max(x, 1)",
    "sign(x^2-1)",
    "sign(x^3+1)",
    "max(x,0)*sign(x-1)",
    "x*(3+sign(x-1))/2",
    "abs(x^2-1)",
    "sign(x-sign(x))",
    "max(x-1, 0)",
    "abs(2*x+3)",
    "abs(x)",
    "max(x, x/3)",
    "sign(-2*x)",
    "sign(x^3)",
    "x*sign(x)",
)


@pytest.mark.parametrize("text", SHIFTED)
def test_writing_in_signs_changes_no_value(text: str) -> None:
    """At points on both sides of every kink, shifted ones included, the rewritten activation is the activation."""
    phi = activation(f"expr:{text}").expression
    rewritten = in_signs(phi)
    for point in (Rational(p, 7) for p in (-31, -15, -9, -5, -2, 2, 5, 9, 15, 31)):
        assert simplify(rewritten.subs(x, point) - phi.subs(x, point)) == 0
