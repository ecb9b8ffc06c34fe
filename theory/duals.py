r"""Dual activations: Gaussian expectations of phi(u) phi(v) and phi'(u) phi'(v), with their derivations.

Source. The dual activation is that of Daniely, Frostig, Singer 2016; the arc-cosine kernels are those of Cho and Saul
2009, the erf kernel that of Williams 1998. Here all of them come out of one mechanism (``theory.gaussian``): nothing
is stated per activation.

    (u, v) ~ N(0, [[q1, K], [K, q2]])
    covariance = E[phi(u) phi(v)],   derivative_covariance = E[phi'(u) phi'(v)], phi' the almost-everywhere derivative
    kappa(c) = covariance at q1 = q2 = 1, K = c, divided by c_phi = E[phi(z)^2]

Where the rules do not reach a smooth activation (tanh, sigmoid, softplus, ...), the four moments stay unevaluated objects of
``theory.moments``; ``numerics.hermite`` encloses them.

Price's theorem, d/dK E[phi(u) phi(v)] = E[phi'(u) phi'(v)] for continuous phi, is a step of the derivation: the two
sides come from separate integrations.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from sympy import (
    Abs,
    Derivative,
    Expr,
    Heaviside,
    Integer,
    Integral,
    Max,
    Min,
    Piecewise,
    Pow,
    Symbol,
    acos,
    cancel,
    cos,
    erf,
    exp,
    expand,
    oo,
    pi,
    sign,
    sin,
    sqrt,
)

from theory import symbols
from theory.activations import Activation, derivative, in_signs
from theory.constants import exact_sign
from theory.derivation import Derivation, Step
from theory.errors import InputError, NoClosedForm
from theory.gaussian import Gaussian, Terms, expectation, normal_form, tidy
from theory.growth import gaussian_growth
from theory.moments import GaussianPair
from theory.show import aligned, formula
from theory.symbols import length, length1, length2, nngp, x

_u = Symbol("u", real=True)
_v = Symbol("v", real=True)


@dataclass(frozen=True, kw_only=True)
class Dual:
    """Gaussian moments of an activation and of its derivative.

    covariance, derivative_covariance          in length1, length2, nngp (q1, q2, K)
    second_moment, derivative_second_moment    in length (q), the same at one input
    conditions                                 expressions in length that must be > 0 for the moments to be finite
    continuous                                 whether phi has no jump, so that Price's theorem holds
    closed                                     whether the moments are in closed form
    """

    activation: Activation
    covariance: Expr
    derivative_covariance: Expr
    second_moment: Expr
    derivative_second_moment: Expr
    conditions: tuple[Expr, ...]
    continuous: bool
    closed: bool

    @cached_property
    def derivation(self) -> Derivation:
        """The rules applied, in order; found when asked for, since the moments do without."""
        phi = in_signs(self.activation.expression)
        slope = derivative(self.activation) if self.closed else phi.diff(x)
        steps = _steps(self, phi, slope) if self.closed else _definitions(self, phi, slope)
        return Derivation(title=f"Dual activation of {self.activation.name}", steps=steps)

    def _repr_latex_(self) -> str:
        """LaTeX for Jupyter."""
        moments = (
            (r"E[\varphi(u)\varphi(v)]", self.covariance),
            (r"E[\varphi'(u)\varphi'(v)]", self.derivative_covariance),
            (r"E[\varphi(u)^2]", self.second_moment),
            (r"E[\varphi'(u)^2]", self.derivative_second_moment),
        )
        return aligned((name, formula(value)) for name, value in moments)


def dual(activation: Activation) -> Dual:
    """The dual of an activation; activations with one expression share it, whatever their names.

    raises  NoClosedForm, naming the factor, where the rules do not reach and phi has a kink or an open parameter;
            InputError if E[phi(z)^2] is infinite or not shown to be finite

    >>> from theory.activations import activation
    >>> dual(activation("relu")).second_moment
    q/2
    """
    return replace(_dual(activation.expression), activation=activation)


def correlation_dual(activation: Activation) -> Expr:
    """kappa(c), normalised so that kappa(1) = 1.

    >>> from theory.activations import activation
    >>> correlation_dual(activation("erf")).subs(symbols.c, 1)
    1
    """
    return _normalised(dual(activation), "covariance")


def correlation_derivative(activation: Activation) -> Expr:
    """kappa-dot(c) = E[phi'(u) phi'(v)] / c_phi."""
    return _normalised(dual(activation), "derivative_covariance")


def _normalised(found: Dual, which: str) -> Expr:
    at = {length1: Integer(1), length2: Integer(1), nngp: symbols.c}
    norm = found.second_moment.subs(length, 1)
    if norm == 0:
        raise InputError(f"activation={found.activation.name}: it is 0, and cannot be normalised")
    return tidy(getattr(found, which).subs(at, simultaneous=True) / norm)


def in_angle(expression: Expr) -> Expr:
    """The expression in theta, with c = cos theta, sqrt(1 - c^2) = sin theta and acos(c) = theta for 0 <= theta <= pi.

    >>> in_angle(symbols.c * acos(symbols.c) + sqrt(1 - symbols.c**2))
    theta*cos(theta) + sin(theta)
    """
    theta, c = symbols.theta, symbols.c

    def root(node: Expr) -> Expr:
        if not node.base.is_polynomial(c):
            return node
        ratio = cancel(node.base / (1 - c**2))
        return Pow(ratio, node.exp) * sin(theta) ** (2 * node.exp) if ratio.is_positive else node

    result = expression.replace(acos(c), theta).replace(acos(-c), pi - theta)
    result = result.replace(lambda node: isinstance(node, Pow) and node.exp.is_Rational and node.exp.q == 2, root)
    return result.xreplace({c: cos(theta)})


@lru_cache(maxsize=256)
def _dual(expression: Expr) -> Dual:
    what = str(expression) if len(str(expression)) <= 80 else str(expression)[:77] + "..."
    plain = Activation(name=what, expression=expression)
    phi = in_signs(expression)
    try:
        return _closed(plain, phi, what)
    except NoClosedForm:
        if phi.has(*_KINKED) or phi.free_symbols - {x}:
            raise
    return _unevaluated(plain, phi, what)


_KINKED = (sign, Abs, Max, Min, Heaviside, Piecewise, Derivative)


def _unevaluated(plain: Activation, phi: Expr, what: str) -> Dual:
    """The moments of a smooth activation as objects; phi must be analytic near the real line and grow slowly enough."""
    a = gaussian_growth(phi, what)
    if a != 0 and exact_sign(1 - 4 * a) != 1:
        raise InputError(
            f"activation={what}: E[phi(z)^2] is not shown to be finite for z ~ N(0,1); allowed is a growth of at most "
            "exp(a x^2) with a < 1/4"
        )
    single = (length, length, length)
    return Dual(
        activation=plain,
        covariance=GaussianPair(phi, 0, length1, length2, nngp),
        derivative_covariance=GaussianPair(phi, 1, length1, length2, nngp),
        second_moment=GaussianPair(phi, 0, *single),
        derivative_second_moment=GaussianPair(phi, 1, *single),
        conditions=(1 - 4 * a * length,) if a != 0 else (),
        continuous=True,
        closed=False,
    )


def _definitions(found: Dual, phi: Expr, slope: Expr) -> tuple[Step, ...]:
    """The moments are what they are called; Price's theorem links two of them."""
    reason = "by definition: the integral has no closed form by these rules; it is enclosed by its Hermite series"
    domain = ((nngp, -sqrt(length1 * length2), sqrt(length1 * length2)),)
    plane = ((_plane(slope), found.derivative_covariance), (_plane(phi), found.covariance))
    line = ((_line(phi), found.second_moment), (_line(slope), found.derivative_second_moment))
    steps = [
        Step(lhs=lhs, rhs=rhs, rule="definition", reason=reason, domain=domain if rows is plane else ())
        for rows in (plane, line)
        for lhs, rhs in rows
    ]
    price = Step(
        lhs=found.covariance.diff(nngp),
        rhs=found.derivative_covariance,
        rule="price",
        reason="Price's theorem: the activation is smooth and of moderate growth",
        domain=domain,
    )
    return (*steps[:1], *steps[2:], price, steps[1])


def _closed(plain: Activation, phi: Expr, what: str) -> Dual:
    """The moments in closed form; NoClosedForm where the rules do not reach."""
    slope = derivative(plain)
    terms = normal_form(phi, what)
    conditions = _finiteness(terms, what)
    slope_terms = normal_form(slope, what)
    pair, single = Gaussian.centred(length1, nngp, length2), Gaussian.centred(length, length, length)
    covariance = expectation(terms, terms, pair, what)
    derivative_covariance = expectation(slope_terms, slope_terms, pair, what)
    second_moment = expectation(terms, terms, single, what)
    derivative_second_moment = expectation(slope_terms, slope_terms, single, what)
    return Dual(
        activation=plain,
        covariance=covariance,
        derivative_covariance=derivative_covariance,
        second_moment=second_moment,
        derivative_second_moment=derivative_second_moment,
        conditions=conditions,
        continuous=_is_continuous(terms),
        closed=True,
    )


def _finiteness(terms: Terms, name: str) -> tuple[Expr, ...]:
    """1 - 4 a q > 0 for each factor exp(a x^2): then E[phi(u)^2] is finite at E[u^2] = q."""
    conditions = []
    for kind in terms:
        if kind.a.is_nonpositive:
            continue
        condition = 1 - 4 * kind.a * length
        known = exact_sign(condition.subs(length, 1))
        if known is not None and known <= 0:
            raise InputError(
                f"activation={name}: E[phi(z)^2] is infinite for z ~ N(0,1); allowed is exp(a x^2 + b x) with a < 1/4"
            )
        conditions.append(condition)
    return tuple(dict.fromkeys(conditions))


def _is_continuous(terms: Terms) -> bool:
    """Whether the coefficient of each sgn(x - d) vanishes at d."""
    jumps: dict[Expr, Expr] = {}
    for kind, powers in terms.items():
        if kind.half is not None and kind.half.tau == 0:
            at = -kind.half.beta
            size = sum((value * at**power for power, value in powers.items()), Integer(0))
            jumps[at] = jumps.get(at, Integer(0)) + size * exp(kind.a * at**2 + kind.b * at)
    return all(expand(size, complex=True) == 0 for size in jumps.values())


def _steps(found: Dual, phi: Expr, slope: Expr) -> tuple[Step, ...]:
    """Each line is an equation of real expressions that can be evaluated, expectations as integrals."""
    domain = ((nngp, -sqrt(length1 * length2), sqrt(length1 * length2)),)
    steps = []
    if phi != found.activation.expression:
        steps.append(
            Step(
                lhs=found.activation.expression,
                rhs=phi,
                rule="algebra",
                reason="normal form: |l| = l sgn l and max(a, b) = (a + b + |a - b|)/2, almost everywhere",
            )
        )
    steps += _tilt_steps(phi) + _orthant_steps(phi, domain)
    steps += [
        Step(
            lhs=_plane(slope),
            rhs=found.derivative_covariance,
            rule="gaussian-integral",
            reason="tilt, Stein and orthant rules for the almost-everywhere derivative",
            domain=domain,
        ),
        Step(
            lhs=_line(phi),
            rhs=found.second_moment,
            rule="gaussian-integral",
            reason="the same rules with both inputs equal",
        ),
        Step(
            lhs=_line(slope),
            rhs=found.derivative_second_moment,
            rule="gaussian-integral",
            reason="the same rules for the derivative with both inputs equal",
        ),
    ]
    if found.continuous:
        steps.append(
            Step(
                lhs=found.covariance.diff(nngp),
                rhs=found.derivative_covariance,
                rule="price",
                reason="Price's theorem holds, as the activation has no jump; both sides were integrated separately",
                domain=domain,
            )
        )
    steps.append(
        Step(
            lhs=_plane(phi),
            rhs=found.covariance,
            rule="gaussian-integral",
            reason="tilt removes the exponentials, Stein the powers; what is left are signs of Gaussian forms",
            domain=domain,
        )
    )
    return tuple(steps)


def _tilt_steps(phi: Expr) -> list[Step]:
    """For each real exponential: it times the density of N(0, q) is a constant times another Gaussian density."""
    steps = []
    for kind in normal_form(phi, "phi"):
        a, b = kind.a, kind.b
        if (a == 0 and b == 0) or not (a.is_real and b.is_real):
            continue
        variance = length / (1 - 2 * a * length)
        steps.append(
            Step(
                lhs=exp(a * x**2 + b * x - x**2 / (2 * length)) / sqrt(2 * pi * length),
                rhs=exp(b**2 * variance / 2)
                / sqrt(1 - 2 * a * length)
                * exp(-((x - b * variance) ** 2) / (2 * variance))
                / sqrt(2 * pi * variance),
                rule="algebra",
                reason="tilt: an exponential of degree two changes variance and mean of the Gaussian",
            )
        )
    return steps


def _orthant_steps(phi: Expr, domain: tuple[tuple[Symbol, Expr, Expr], ...]) -> list[Step]:
    """Sheppard's formula for the half-space factors that occur, as an integral of its own."""
    steps = []
    for factor_ in sorted(phi.atoms(sign, erf), key=str):
        terms = normal_form(factor_, "phi")
        if any(kind.half is not None and kind.half.beta != 0 for kind in terms) or factor_ == phi:
            continue
        steps.append(
            Step(
                lhs=_plane(factor_),
                rhs=expectation(terms, terms, Gaussian.centred(length1, nngp, length2), "phi"),
                rule="gaussian-integral",
                reason="orthant: Sheppard's formula for the signs of two Gaussian forms",
                domain=domain,
            )
        )
    return steps


def _plane(function: Expr) -> Expr:
    """E[f(u) f(v)] as a double integral."""
    gap = length1 * length2 - nngp**2
    form = (length2 * _u**2 - 2 * nngp * _u * _v + length1 * _v**2) / (2 * gap)
    density = exp(-form) / (2 * pi * sqrt(gap))
    return Integral(function.subs(x, _u) * function.subs(x, _v) * density, (_u, -oo, oo), (_v, -oo, oo))


def _line(function: Expr) -> Expr:
    """E[f(u)^2] as an integral."""
    density = exp(-(_u**2) / (2 * length)) / sqrt(2 * pi * length)
    return Integral(function.subs(x, _u) ** 2 * density, (_u, -oo, oo))


__all__ = ["Dual", "correlation_derivative", "correlation_dual", "dual", "in_angle"]
