r"""Activation functions: a name and an expression in x; everything else is derived from the expression.

A new activation is one entry of ``ACTIVATIONS``: name, expression with its parameters, LaTeX. Its dual, derivative,
parity and degree follow. Formulas for which no entry exists are given as ``expr:...``.

Conventions: ``gaussian`` is exp(-x^2); ``gelu`` is the exact one, x Phi(x) with the error function; ``hermite:n`` is
the probabilists' polynomial He_n(x)/sqrt(n!), of unit norm under N(0,1); ``step`` is 1 for x > 0. Values at single
points (the step at 0) do not matter: only integrals against Gaussian densities are taken of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from sympy import (
    Abs,
    DiracDelta,
    Expr,
    Heaviside,
    Integer,
    Max,
    Min,
    Piecewise,
    Pow,
    Symbol,
    cos,
    erf,
    exp,
    expand,
    factorial,
    hermite_prob,
    log,
    sign,
    sin,
    sqrt,
    tanh,
)

from theory.constants import exact_sign
from theory.errors import InputError
from theory.parsing import ACTIVATION_FUNCTIONS, integer, number, parse
from theory.symbols import depth, x

MAX_DEGREE = 12
"""Greatest degree of relu_power, hermite and polynomial."""


@dataclass(frozen=True, kw_only=True)
class Activation:
    """A function of x, applied to each neuron.

    name        as the user wrote it; two activations with one expression have the same kernels
    expression  in x, possibly with parameters
    """

    name: str
    expression: Expr


@dataclass(frozen=True, kw_only=True)
class Family:
    """One entry of the list: a name, its expression for given parameters, LaTeX, and what the parameter is.

    read  turns the text behind the colon into the arguments of ``template``; None where there is no parameter
    """

    name: str
    template: Callable[..., Expr]
    latex: str
    parameter: str = ""
    read: Callable[[str], tuple[Expr, ...]] | None = None


def _real(text: str) -> tuple[Expr, ...]:
    return (number(text, "activation parameter"),)


def _degree(text: str) -> tuple[Expr, ...]:
    return (Integer(integer(text, "activation parameter", 0, MAX_DEGREE)),)


def _coefficients(text: str) -> tuple[Expr, ...]:
    parts = text.split(",")
    if len(parts) > MAX_DEGREE + 1:
        raise InputError(f"activation=polynomial: {len(parts)} coefficients; allowed are at most {MAX_DEGREE + 1}")
    return tuple(number(part, "activation parameter") for part in parts)


def _leaky(s: Expr) -> Expr:
    return (1 + s) / 2 * x + (1 - s) / 2 * Abs(x)


def _slopes(text: str) -> tuple[Expr, ...]:
    parts = text.split(",")
    if len(parts) != 2:
        raise InputError(f"activation=shaped_relu:{_short(text)}: allowed are two numbers, c_plus,c_minus")
    return tuple(number(part, "activation parameter") for part in parts)


def _shaped(plus: Expr, minus: Expr) -> Expr:
    """Slopes 1 + c_plus/sqrt L and 1 + c_minus/sqrt L, written as in ``_leaky``."""
    return (1 + (plus + minus) / (2 * sqrt(depth))) * x + (plus - minus) / (2 * sqrt(depth)) * Abs(x)


def _power(n: Expr) -> Expr:
    return x**n * (1 + sign(x)) / 2


def _hermite(n: Expr) -> Expr:
    return expand(hermite_prob(n, x) / sqrt(factorial(n)))


def _polynomial(*coefficients: Expr) -> Expr:
    return sum((a * x**i for i, a in enumerate(coefficients)), Integer(0))


ACTIVATIONS = (
    Family(name="identity", template=lambda: x, latex="x"),
    Family(name="relu", template=lambda: Max(x, 0), latex=r"\max(x, 0)"),
    Family(
        name="leaky_relu",
        template=_leaky,
        latex=r"\max(x, 0) + s \min(x, 0)",
        parameter="slope s, a number",
        read=_real,
    ),
    Family(
        name="shaped_relu",
        template=_shaped,
        latex=r"(1 + c_+/\sqrt L) \max(x, 0) + (1 + c_-/\sqrt L) \min(x, 0)",
        parameter="c_plus,c_minus, two numbers",
        read=_slopes,
    ),
    Family(name="abs", template=lambda: Abs(x), latex="|x|"),
    Family(
        name="relu_power",
        template=_power,
        latex=r"\max(x, 0)^n",
        parameter=f"degree n, 0 to {MAX_DEGREE}",
        read=_degree,
    ),
    Family(name="step", template=lambda: (1 + sign(x)) / 2, latex=r"1_{x > 0}"),
    Family(name="sign", template=lambda: sign(x), latex=r"\operatorname{sign} x"),
    Family(name="erf", template=lambda: erf(x), latex=r"\operatorname{erf} x"),
    Family(name="tanh", template=lambda: tanh(x), latex=r"\tanh x"),
    Family(name="sigmoid", template=lambda: 1 / (1 + exp(-x)), latex=r"1 / (1 + e^{-x})"),
    Family(name="silu", template=lambda: x / (1 + exp(-x)), latex=r"x / (1 + e^{-x})"),
    Family(name="softplus", template=lambda: log(1 + exp(x)), latex=r"\log(1 + e^x)"),
    Family(name="mish", template=lambda: x * tanh(log(1 + exp(x))), latex=r"x \tanh \log(1 + e^x)"),
    Family(name="sin", template=lambda: sin(x), latex=r"\sin x"),
    Family(name="cos", template=lambda: cos(x), latex=r"\cos x"),
    Family(name="exp", template=lambda: exp(x), latex="e^x"),
    Family(name="gaussian", template=lambda: exp(-(x**2)), latex="e^{-x^2}"),
    Family(name="gelu", template=lambda: x * (1 + erf(x / sqrt(2))) / 2, latex=r"x \Phi(x)"),
    Family(
        name="hermite",
        template=_hermite,
        latex=r"\mathrm{He}_n(x) / \sqrt{n!}",
        parameter=f"degree n, 0 to {MAX_DEGREE}",
        read=_degree,
    ),
    Family(
        name="polynomial",
        template=_polynomial,
        latex=r"a_0 + a_1 x + \dots + a_n x^n",
        parameter=f"coefficients a_0,...,a_n, at most {MAX_DEGREE + 1} numbers",
        read=_coefficients,
    ),
)


@lru_cache(maxsize=256)
def activation(spec: str) -> Activation:
    """The activation that the text names: ``name``, ``name:parameter`` or ``expr:expression in x``.

    raises  InputError for an unknown name, a parameter missing or out of range, an expression that cannot be read

    >>> activation("leaky_relu:1/5").expression
    3*x/5 + 2*Abs(x)/5
    >>> activation("expr: 3*max(x, 0)").expression
    3*Max(0, x)
    """
    name, colon, parameter = (part.strip() for part in spec.partition(":"))
    if name == "expr":
        expression = parse(parameter, names={"x": x}, what="activation", functions=ACTIVATION_FUNCTIONS)
        return Activation(name=spec, expression=expression)
    family = next((one for one in ACTIVATIONS if one.name == name), None)
    if family is None:
        raise InputError(_unknown(name))
    if family.read is None:
        if colon:
            raise InputError(f"activation={_short(spec)}: {name} has no parameter; allowed is {name}")
        return Activation(name=spec, expression=family.template())
    if not parameter:
        raise InputError(
            f"activation={_short(spec)}: the parameter is missing; allowed is {name}:P with P = {family.parameter}"
        )
    return Activation(name=spec, expression=family.template(*family.read(parameter)))


def leaky_relu(s: Expr) -> Activation:
    """max(x, 0) + s min(x, 0) with a number or a symbol as the slope."""
    return Activation(name=f"leaky_relu:{s}", expression=_leaky(s))


def _short(text: str) -> str:
    flat = " ".join(text.encode("ascii", "backslashreplace").decode("ascii").split())
    return flat if len(flat) <= 60 else flat[:57] + "..."


def _unknown(name: str) -> str:
    known = [family.name for family in ACTIVATIONS] + ["expr"]
    near = get_close_matches(name.lower(), known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"allowed are {', '.join(known)} (expr: an expression of x)"
    return f"activation={_short(name)}: unknown; {hint}"


def derivative(activation: Activation) -> Expr:
    """The almost-everywhere derivative: jumps contribute nothing.

    >>> derivative(Activation(name="relu", expression=Max(x, 0)))
    sign(x)/2 + 1/2
    """
    derived = in_signs(activation.expression).diff(x)
    # SymPy writes the jump of sign(l) as 2 DiracDelta(l)
    return tidy_signs(derived.replace(lambda e: isinstance(e, DiracDelta), lambda _: Integer(0)))


def in_signs(expression: Expr) -> Expr:
    """Absolute values, maxima, minima, steps and cases of linear arguments written with sign.

    |l| = l sgn l, max(a, b) = (a + b + |a - b|)/2, 1_{l > 0} = (1 + sgn l)/2; equal almost everywhere.

    >>> in_signs(Max(x, x / 3))
    x*sign(x)/3 + 2*x/3
    """

    def by_parts(node: Expr) -> Expr:
        if node.is_Atom:
            return node
        arguments = [by_parts(argument) for argument in node.args] if not isinstance(node, Piecewise) else node.args
        if isinstance(node, Abs):
            return arguments[0] * _sign(arguments[0])
        if isinstance(node, Max | Min):
            result = arguments[0]
            for other in arguments[1:]:
                difference = expand(result - other)
                size = difference * _sign(difference)
                result = expand((result + other + (size if isinstance(node, Max) else -size)) / 2)
            return result
        if isinstance(node, Heaviside):
            return (1 + _sign(arguments[0])) / 2
        if isinstance(node, sign):
            return _sign(arguments[0])
        if isinstance(node, Piecewise):
            return _cases(node, by_parts)
        return node.func(*arguments)

    return tidy_signs(by_parts(expression)) if expression.has(Abs, Max, Min, Heaviside, sign, Piecewise) else expression


def _sign(argument: Expr) -> Expr:
    """The sign, written with sgn x where the argument is x^k (a + b sgn x), else with a positive slope."""
    argument = tidy_signs(argument)
    if not argument.has(x):
        return _sign_of_constant(argument)
    plus, minus = (expand(argument.subs(sign(x), side)) for side in (1, -1))
    signs = []
    for part, side in ((plus, 1), (minus, -1)):
        # a product of a constant and the rest; only a power of x has one sign on a half-line
        coefficient, rest = part.as_independent(x, as_Add=False)
        base, degree = rest.as_base_exp()
        if not part.has(x):
            signs.append(_sign_of_constant(part))
        elif base == x and degree.is_Integer:
            signs.append(_sign_of_constant(coefficient) * side**degree)
    if len(signs) == 2:
        return expand((signs[0] + signs[1]) / 2 + (signs[0] - signs[1]) / 2 * sign(x))
    slope = argument.coeff(x, 1)
    return -sign(-argument) if slope.could_extract_minus_sign() else sign(argument)


def _sign_of_constant(value: Expr) -> Expr:
    known = exact_sign(value)
    return sign(value) if known is None else Integer(known)


def tidy_signs(expression: Expr) -> Expr:
    """Expanded, with sgn(l)^2 = 1: equal almost everywhere."""
    return expand(
        expand(expression).replace(
            lambda e: isinstance(e, Pow) and isinstance(e.base, sign) and e.exp.is_Integer,
            lambda e: e.base if e.exp % 2 else Integer(1),
        )
    )


def _cases(node: Piecewise, by_parts: Callable[[Expr], Expr]) -> Expr:
    """A sum of steps for cases that are half-lines."""
    result, rest = Integer(0), Integer(1)
    for value, condition in node.args:
        if condition is True or condition == True:  # noqa: E712 - SymPy's true is an object of its own
            inside = Integer(1)
        elif getattr(condition, "rel_op", "") in (">", ">=", "<", "<="):
            difference = condition.lhs - condition.rhs
            direction = 1 if condition.rel_op in (">", ">=") else -1
            inside = (1 + _sign(direction * difference)) / 2
        else:
            raise InputError(f"activation: the case {condition} is not a half-line; allowed are cases such as x > 0")
        result += by_parts(value) * rest * inside
        rest *= 1 - inside
    return result


def parity(activation: Activation) -> int | None:
    """1 for an even, -1 for an odd function, None for neither (or unrecognised).

    >>> parity(Activation(name="abs", expression=Abs(x)))
    1
    """
    expression = in_signs(activation.expression)
    mirrored = expression.subs(x, -x)
    if expand(expression - mirrored) == 0:
        return 1
    if expand(expression + mirrored) == 0:
        return -1
    return None


def homogeneous_degree(activation: Activation) -> int | None:
    """The n with phi(t x) = t^n phi(x) for all t > 0, or None.

    >>> homogeneous_degree(Activation(name="relu", expression=Max(x, 0)))
    1
    """
    expression = in_signs(activation.expression)
    t = Symbol("t", positive=True)
    scaled = in_signs(expression.subs(x, t * x).replace(sign, lambda argument: sign(expand(argument))))
    for degree in range(2 * MAX_DEGREE + 1):
        if expand(scaled - t**degree * expression) == 0:
            return degree
    return None
