"""Depths beyond iteration: the expansion in Abel's coordinate against iteration, its own equations, and closed forms."""

from random import Random

import pytest
from flint import arb, arb_series, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational

from numerics import kernel as kernel_module
from numerics.abel import Coordinates, advance, coordinates
from numerics.balls import ARB, SERIES, accurate, evaluate, precision
from numerics.compile import lower
from numerics.critical_maps import GAP, CriticalMap, critical_map
from numerics.germs import germ
from numerics.kernel import kernel, trajectory
from numerics.model import model
from numerics.propagation import Run
from theory.activations import activation
from theory.architectures import ffnet, resnet, resnet_single
from theory.errors import BeyondReach
from theory.network import Network

RELU = ffnet(activation("relu"))
CRITICAL: dict[str, Network] = {
    "relu": RELU,
    "leaky": ffnet(activation("leaky_relu:1/5")),
    "abs": ffnet(activation("abs")),
    "relu, growing": ffnet(activation("relu"), weight_variance=Rational(3, 2)),
    "relu, readout only": ffnet(activation("relu"), train_hidden=False),
    "cos": ffnet(activation("expr:sqrt(2)*cos(x + pi/4)")),
    "erf": ffnet(activation("erf"), critical=1),
    "resnet": resnet(activation("relu"), alpha=Rational(1, 2)),
    "resnet_single": resnet_single(activation("leaky_relu:-1/2"), alpha=Integer(1)),
}


def _cases(count: int) -> list[tuple[str, Expr, int]]:
    """Networks, correlations and depths, seeded: correlations near both ends among them."""
    random = Random(1)
    found: list[tuple[str, Expr, int]] = []
    for _ in range(count):
        corr = random.choice(
            [Rational(random.randint(-99, 99), 100), 1 - Rational(1, 10 ** random.randint(2, 30)), Integer(-1)]
        )
        found.append((random.choice(sorted(CRITICAL)), corr, random.randint(11_000, 30_000)))
    return found


@pytest.mark.parametrize(("name", "corr", "depth"), _cases(20))
def test_expansion_and_iteration_agree(monkeypatch: pytest.MonkeyPatch, name: str, corr: Expr, depth: int) -> None:
    """All five balls meet, and both are as small as asked."""
    network = CRITICAL[name]
    expanded = kernel(network, depth, corr, digits=25)
    monkeypatch.setattr(kernel_module, "LEAP", 10**9)
    iterated = kernel(network, depth, corr, digits=25)
    for one, other in zip(iterated.balls(), expanded.balls(), strict=True):
        assert one.overlaps(other)
        assert accurate(one, 25)
        assert accurate(other, 25)


@given(name=st.sampled_from(sorted(CRITICAL)), start=st.integers(200, 400), count=st.integers(1, 500))
@settings(max_examples=30, deadline=None)
def test_some_layers_at_once_are_the_layers_one_by_one(name: str, start: int, count: int) -> None:
    """The theorem from layer ``start`` on: both balls contain what 500 bits of iteration give."""
    network = CRITICAL[name]
    found = critical_map(network, 1000)
    assert found is not None
    at = coordinates(found, 128)
    assert at is not None
    with precision(500):
        run = Run(model(network), 1000, lambda: arb(3) / 10, None)
        run.advance(start, lambda _: None)
        x = found.coordinate(run.corr)
        leapt = advance(at, x, run.ntk, count)
        if not at.holds(x):
            assert leapt is None
            return
        assert leapt is not None
        run.advance(start + count, lambda _: None)
        assert leapt[0].overlaps(found.coordinate(run.corr))
        assert leapt[1].overlaps(run.ntk)
        assert leapt[0].rad() < 1e-25
        assert leapt[1].rad() < 1e-25 * start


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


def _coordinates(name: str, bits: int) -> tuple[CriticalMap, Coordinates]:
    found = critical_map(CRITICAL[name], 100)
    assert found is not None
    at = coordinates(found, bits)
    assert at is not None
    return found, at


def test_coefficients_of_relu_have_their_closed_forms() -> None:
    """Alpha = mu/(2 pi), u_(-4) = 3 pi/(4 mu), u_(-3) = -1/2 ... at mu = 1: alpha = 1/(2 pi), c_1 = 0.0779246."""
    _, at = _coordinates("relu", 192)
    with precision(192):
        assert at.alpha.overlaps(1 / (2 * arb.pi()))
        assert at.u[0].overlaps(3 * arb.pi() / 4)
        assert at.u[1].overlaps(arb(-1) / 2)
        assert at.c[1].overlaps(arb("0.0779246", 5e-8))
        assert at.log_u.overlaps(arb("-0.19697", 1e-6))


def test_coefficients_of_a_smooth_kernel_have_their_closed_forms() -> None:
    """Kappa = e^(c-1): a = 1/2, alpha = (a^2 - kappa'''(1)/6)/a = 1/6, and t ~ 1/(3 a u), i.e. u_(-3) = 2/3."""
    found, at = _coordinates("cos", 192)
    assert found.letter == GAP
    with precision(192):
        assert at.a.overlaps(arb(0.5))
        assert at.alpha.overlaps(arb(1) / 6)
        assert at.u[0].overlaps(arb(2) / 3)


@pytest.mark.parametrize("name", sorted(CRITICAL))
def test_the_three_equations_hold_up_to_their_remainders(name: str) -> None:
    """A(G) - A = a + rho, h(G)/h = F e^sigma, P(G) - F P = S + h(G) tau up to (1 - e^-sigma) U: at points of (0, r]."""
    found, at = _coordinates(name, 192)
    forward = lower((found.drop, found.factor, found.source), (found.letter,)).bind(ARB)
    n, m = at.terms, at.power
    with precision(900):
        for part in (1, 2, 5):
            x = at.reach.mid() / part
            drop, factor, source = forward(x)
            after = found.coordinate(1 - drop)
            rho = at.abel(after) - at.abel(x) - at.a
            assert abs(rho).lower() <= at.rho * x ** (n + 2)
            sigma = (at.weight(after) / at.weight(x) / factor).log()
            assert abs(sigma).lower() <= at.sigma * x ** (n + 2)
            tau = at.particular(after) / at.weight(after) - at.particular(x) / at.weight(x) - source / at.weight(after)
            assert abs(tau * x**m).lower() <= at.tau * x ** (n + 1)
            assert 1 / after - 1 / x >= at.growth
            assert at.weight(after) / x**m <= at.weight_bound


@given(order=st.integers(2, 30), end=st.integers(1, 44), at=st.integers(0, 64))
@settings(deadline=None)
def test_a_taylor_model_contains_its_function(order: int, end: int, at: int) -> None:
    """Products, quotients, roots and compositions of e^x and cos x, at points of (0, r]."""
    reach = arb(end) / 64
    x = reach * at / 64
    with precision(200):

        def jets(t: arb_series) -> tuple[arb_series, ...]:
            return SERIES.functions["exp"](t), SERIES.functions["cos"](t)

        e, c = germ(jets, order, arb(0).union(reach))
        shifted = (c - 1).without(1)
        for model_, true in (
            (e * c, x.exp() * x.cos()),
            (e - c, x.exp() - x.cos()),
            (e.inverse(), (-x).exp()),
            (c.root(), x.cos().sqrt()),
            (shifted.into(lambda y: SERIES.functions["log"](1 + y)), x.cos().log()),
            ((e * e).cut(order - 1).raised(1), x * (2 * x).exp()),
        ):
            value = model_.low(x) + model_.rest * x**model_.order
            assert value.overlaps(true)


@pytest.mark.parametrize(
    "network",
    [
        ffnet(activation("erf")),
        ffnet(activation("relu_power:2")),
        ffnet(activation("relu"), bias_variance=Rational(1, 10)),
        ffnet(activation("identity")),
        ffnet(activation("sigmoid")),
    ],
    ids=["chaotic", "chaotic kink", "bias", "linear", "ordered"],
)
def test_what_is_not_critical_has_no_such_coordinate(network: Network) -> None:
    """kappa'(1) = 1 and a > 0 are hypotheses; the first is decided exactly."""
    assert critical_map(network, 100) is None


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
