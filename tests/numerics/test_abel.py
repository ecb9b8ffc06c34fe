"""Depths beyond iteration: the expansion in Abel's coordinate against iteration, its own equations, and closed forms."""

from random import Random

import pytest
from flint import arb, fmpq
from sympy import Expr, Integer, Rational, pi

from numerics import kernel as kernel_module
from numerics.abel import Coordinates, coordinates, family_parameter
from numerics.balls import evaluate, precision
from numerics.kernel import kernel, trajectory
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.errors import BeyondReach

RELU = ffnet(activation("relu"))


def _cases(count: int) -> list[tuple[str, Expr, int]]:
    """Slopes, correlations and depths, seeded: slopes from -1 to 9/10, correlations near both ends among them."""
    random = Random(1)
    found: list[tuple[str, Expr, int]] = []
    for _ in range(count):
        slope = Rational(random.randint(-10, 9), 10)
        corr = random.choice(
            [Rational(random.randint(-99, 99), 100), 1 - Rational(1, 10 ** random.randint(2, 30)), Integer(-1)]
        )
        found.append((f"leaky_relu:{slope}", corr, random.randint(20_000, 60_000)))
    return found


@pytest.mark.parametrize(("phi", "corr", "depth"), _cases(16))
def test_expansion_and_iteration_agree(monkeypatch: pytest.MonkeyPatch, phi: str, corr: Expr, depth: int) -> None:
    """All five balls meet, and both are as small as asked."""
    network = ffnet(activation(phi))
    monkeypatch.setattr(kernel_module, "LEAP", 10**9)
    iterated = kernel(network, depth, corr, digits=25)
    monkeypatch.setattr(kernel_module, "LEAP", 15_000)
    expanded = kernel(network, depth, corr, digits=25)
    for one, other in zip(iterated.balls(), expanded.balls(), strict=True):
        assert one.overlaps(other)
        assert one.rad() <= 1e-24 * max(1, float(abs(one.mid())))


def test_depth_of_a_trillion_has_the_digits_of_the_reference() -> None:
    """At c = 3/10 and L = 10^12, to 30 digits; the limit's rate is (3/8) log L/L."""
    found = kernel(RELU, 10**12, Rational(3, 10), digits=30).normalized_ntk
    assert found.overlaps(arb("0.2500000000113142863346364388256643922741", 1e-39))
    expected = evaluate(Rational(1, 4), {}) + arb(3) / 8 * arb(10**12).log() / 10**12
    assert abs(found - expected) < 1e-12


@pytest.mark.parametrize("exponent", [20, 100, 1000])
def test_the_kernel_stays_within_its_theorem_at_any_depth(exponent: int) -> None:
    """-5/4 <= (L + 1)(N_L - 1/4) - (3/8) log(1 + L theta/(3 pi)) <= 3 pi/(4 theta) + 37/20, where floats see nothing."""
    depth = 10**exponent
    digits = exponent + 10 if exponent <= 100 else 30
    value = kernel(RELU, depth, Integer(0), digits=digits).normalized_ntk
    assert value.overlaps(arb(0.25)) or value > 0.25
    if exponent <= 100:
        with precision(4 * digits + 100):
            quarter_off = (value - arb(1) / 4) * (depth + 1)
            ell = (1 + arb(depth) / 6).log() * 3 / 8
            assert quarter_off - ell >= -1.25
            assert quarter_off - ell <= 1.5 + 1.85


def test_coefficients_have_their_closed_forms() -> None:
    """Alpha = mu/(2 pi), u_(-4) = 3 pi/(4 mu), u_(-3) = -1/(2 mu) ... at mu = 1: alpha = 1/(2 pi), c_1 = 0.0779246."""
    at = coordinates(Integer(1), 40, 192)
    with precision(192):
        assert at.alpha.overlaps(1 / (2 * arb.pi()))
        assert at.u[0].overlaps(3 * arb.pi() / 4)
        assert at.u[1].overlaps(arb(-1) / 2)
        assert at.c[1].overlaps(arb("0.0779246", 5e-8))
        assert at.log_u.overlaps(arb("-0.19697", 1e-6))


def _next(mu: arb, t: arb) -> arb:
    return (t.cos() + mu * (t.sin() - t * t.cos()) / arb.pi()).acos()


@pytest.mark.parametrize("mu", [Integer(1), Rational(8, 13), Integer(2), 2 - pi / 4])
def test_the_three_equations_hold_up_to_their_remainders(mu: Expr) -> None:
    """A(G) - A = a + rho, h(G)/h = (1 - mu t/pi) e^sigma, P' - (1 - mu t/pi) P = cos G + h tau: at points of (0, 1/20]."""
    at: Coordinates = coordinates(mu, 40, 256)
    with precision(400):
        size = evaluate(mu, {}, digits=100)
        for t in (arb(1) / 20, arb(1) / 30, arb(1) / 80):
            after = _next(size, t)
            rho = at.abel(after) - at.abel(t) - at.a
            assert abs(rho) <= at.rho * t**42
            decay = 1 - size * t / arb.pi()
            sigma = (at.weight(after) / at.weight(t) / decay).log()
            assert abs(sigma) <= at.sigma * t**42
            tau = (
                at.particular(after) / at.weight(after)
                - at.particular(t) / at.weight(t)
                - after.cos() / at.weight(after)
            )
            assert abs(tau * t**3) <= at.tau * t**41


@pytest.mark.parametrize(
    ("phi", "mu"),
    [("relu", Integer(1)), ("abs", Integer(2)), ("leaky_relu:1/5", Rational(8, 13)), ("expr:3*max(x, 0)", Integer(1))],
)
def test_the_parameter_is_read_off_the_derived_map(phi: str, mu: Expr) -> None:
    """Mu = (1 - s)^2/(1 + s^2), whatever the activation is called."""
    assert family_parameter(ffnet(activation(phi))) == mu


@pytest.mark.parametrize(
    "network",
    [
        ffnet(activation("erf")),
        ffnet(activation("relu_power:2")),
        ffnet(activation("relu"), bias_variance=Rational(1, 10)),
        ffnet(activation("leaky_relu:99/100")),
        ffnet(activation("identity")),
        ffnet(activation("relu"), train_hidden=False),
        resnet(activation("relu"), gamma=Integer(1)),
    ],
    ids=lambda network: network.name,
)
def test_other_recursions_are_not_expanded(network: object) -> None:
    """Smooth, biased, nearly linear, residual, or with another source: no parameter, and a depth out of reach says so."""
    assert family_parameter(network) is None  # type: ignore[arg-type]


def test_a_depth_that_nothing_reaches_is_refused_in_one_line() -> None:
    """Lengths that grow from layer to layer are iterated only."""
    with pytest.raises(BeyondReach, match=r"^depth=about 10\^12: iteration reaches \d+ layers[^\n]*$"):
        kernel(resnet(activation("erf"), gamma=Rational(1, 2)), 10**12, Rational(1, 2))


def test_special_inputs_at_a_depth_beyond_iteration() -> None:
    """Equal inputs stay exact; opposite ones and nearly equal ones are expanded like all others."""
    depth = 10**15
    assert kernel(RELU, depth, Integer(1)).normalized_ntk == 1
    assert kernel(RELU, depth, Integer(-1), digits=20).normalized_ntk > 0.25
    near = kernel(RELU, depth, 1 - Rational(1, 10**32), digits=20)
    assert 0.97 < near.normalized_ntk < 0.98  # L theta = 0.14: the limit is not reached
    assert kernel(ffnet(activation("abs")), depth, Integer(-1)).normalized_nngp == 1


def test_several_depths_of_one_pass_mix_iteration_and_expansion() -> None:
    """Each depth has the values that it has alone."""
    found = trajectory(RELU, (10, 10**5, 10**9), Rational(1, 3), digits=20)
    for depth, values in found.items():
        alone = kernel(RELU, depth, Rational(1, 3), digits=20)
        assert values.normalized_ntk.overlaps(alone.normalized_ntk)
    assert fmpq(1, 4) < found[10**9].normalized_ntk < found[10**5].normalized_ntk
