"""Flows with lengths that move: exact solutions, one-dimensional quadrature, and recursions at many depths extrapolated."""

from itertools import pairwise

import pytest
from flint import arb
from sympy import Expr, Integer, Rational, cos, exp, pi, sqrt, tanh

from numerics.balls import evaluate, precision
from numerics.kernel import kernel
from numerics.length_flow import LengthField, length_flow_value
from proofs_check.limits import at_input, limit
from theory.activations import activation
from theory.architectures import resnet, resnet_layernorm, resnet_preact
from theory.duals import dual
from theory.moments import GaussianMean
from theory.network import Network
from theory.symbols import length, length1, length2, nngp, ntk, ntk_diagonal, x


def value_at(network: Network, corr: Expr) -> arb:
    """The ball of the limit of the normalised NTK."""
    found = at_input(limit(network), corr, 20)
    assert found.status == "DERIVED", found.reason
    assert found.ntk_limit is not None
    return evaluate(found.ntk_limit, dict(found.balls), digits=20)


def extrapolated(network: Network, corr: Expr, last: int) -> arb:
    """The limit of N_L along L = 2 ... 2^last by Richardson, for an expansion in powers of 1/L."""
    rows = [kernel(network, 2**k, corr, digits=20).normalized_ntk for k in range(1, last + 1)]
    with precision(150):
        for order in range(1, len(rows)):
            rows = [(2**order * b - a) / (2**order - 1) for a, b in pairwise(rows)]
    return rows[0]


def test_an_exact_flow() -> None:
    """Q' = 1 + q, K' = q - K, T' = -2 T + K, Td' = Td + q: each has a closed solution."""
    field = LengthField(length=1 + length, nngp=length - nngp, ntk=nngp - 2 * ntk, ntk_diagonal=ntk_diagonal + length)
    start = (Integer(1), Rational(1, 3), Rational(1, 5), Integer(0))
    found = length_flow_value(field, start, Rational(3, 2), digits=30)
    assert found is not None
    s = Rational(3, 2)
    # q = 2 e^s - 1, K = e^s - 1 + e^(-s)/3, T = e^s/3 - 1/2 + e^(-s)/3 + C e^(-2s), Td = (2s - 1) e^s + 1
    after = (
        2 * exp(s) - 1,
        exp(s) - 1 + exp(-s) / 3,
        exp(s) / 3 - Rational(1, 2) + exp(-s) / 3 + Rational(1, 30) * exp(-2 * s),
        (2 * s - 1) * exp(s) + 1,
    )
    for ball, exact in zip((found.length, found.nngp, found.ntk, found.ntk_diagonal), after, strict=True):
        assert ball.overlaps(evaluate(exact, {}, digits=40))
        assert ball.rad() < arb(10) ** -26


def test_the_flow_of_relu_is_that_of_the_quadrature() -> None:
    """Gamma = 1/2 at cos 1: the known digits, though nothing here uses that relu is homogeneous."""
    found = dual(activation("relu"))
    same = {length1: length, length2: length}
    g, a = 2 * found.covariance.subs(same), 2 * found.derivative_covariance.subs(same)
    field = LengthField(length=length, nngp=g, ntk=a * (ntk + nngp) + g, ntk_diagonal=ntk_diagonal + 2 * length)
    value = length_flow_value(field, (Integer(1), cos(1), Integer(0), Integer(0)), Integer(1), digits=20)
    assert value is not None
    with precision(100):
        assert abs(value.ntk / value.ntk_diagonal - arb("0.46632261812780927003")) < arb("1e-19")


@pytest.mark.parametrize(
    ("network", "corr", "last", "gap"),
    [
        (resnet(activation("erf"), gamma=Rational(1, 2)), Rational(3, 10), 7, "1e-11"),
        (resnet_preact(activation("sin"), alpha="sqrt(3/L)/2"), Rational(-9, 10), 7, "1e-10"),
        (resnet_layernorm(activation("erf"), gamma=Rational(1, 2)), Rational(3, 10), 7, "1e-11"),
        (resnet(activation("tanh"), gamma=Rational(1, 2)), Rational(3, 10), 4, "1e-4"),
    ],
)
def test_the_flow_is_the_limit_of_kernels(network: Network, corr: Expr, last: int, gap: str) -> None:
    """N_L at L = 2 ... 2^last, extrapolated; the ball has 15 digits at least."""
    value = value_at(network, corr)
    assert value.rad() < arb(10) ** -15
    assert abs(value - extrapolated(network, corr, last)) < arb(gap)


def test_the_name_of_an_activation_changes_no_digit() -> None:
    """Erf, and the same by an expression."""
    balls = [
        value_at(resnet(activation(name), gamma=Rational(1, 2)), Rational(1, 7)) for name in ("erf", "expr:erf(x)")
    ]
    assert balls[0].mid() == balls[1].mid()


def test_opposite_inputs_of_an_odd_network_stay_opposite() -> None:
    """N_L = -1 at c = -1."""
    value = value_at(resnet(activation("erf"), gamma=Rational(1, 2)), Integer(-1))
    assert value.overlaps(arb(-1))
    assert value.rad() < arb(10) ** -15


def test_a_flow_that_blows_up_is_no_number() -> None:
    """Q' = q^2 from 1 reaches infinity at time 1."""
    field = LengthField(length=length**2, nngp=nngp, ntk=ntk, ntk_diagonal=ntk_diagonal)
    start = (Integer(1), Rational(1, 2), Integer(1), Integer(1))
    assert length_flow_value(field, start, Integer(2), digits=15) is None


def test_a_bound_from_moments_is_a_bound() -> None:
    """V = E[tanh(u)^2] alone: q at time 1 agrees with steps of Runge and Kutta."""
    mean = GaussianMean(tanh(x) ** 2, length)
    field = LengthField(length=mean, nngp=Integer(0) * nngp, ntk=Integer(0), ntk_diagonal=Integer(0))
    found = length_flow_value(field, (Integer(1), Rational(1, 2), Integer(1), Integer(1)), Integer(1), digits=15)
    assert found is not None

    def speed(q: arb) -> arb:
        return evaluate(mean, {length: q.mid()}, digits=15)

    q, step = arb(1), arb(1) / 8
    for _ in range(8):
        a = speed(q)
        b = speed(q + step / 2 * a)
        c = speed(q + step / 2 * b)
        q = (q + step / 6 * (a + 2 * b + 2 * c + speed(q + step * c))).mid()
    assert abs(found.length - q) < arb("1e-8")
    assert found.length.rad() < arb("1e-15")


def test_digits_depend_on_the_request() -> None:
    """Closed forms: 30 digits are 30 digits."""
    field = LengthField(length=length / 2, nngp=sqrt(length) * pi / 8, ntk=ntk, ntk_diagonal=ntk_diagonal)
    start = (Integer(1), Rational(1, 2), Integer(1), Integer(1))
    found = length_flow_value(field, start, Integer(1), digits=30)
    assert found is not None
    # K = 1/2 + (pi/8) 4 (e^(1/4) - 1)
    assert found.nngp.overlaps(evaluate(Rational(1, 2) + pi / 2 * (exp(Rational(1, 4)) - 1), {}, digits=40))
    assert found.nngp.rad() < arb(10) ** -29
