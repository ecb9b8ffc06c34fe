"""Windows near opposite inputs, rates where the lengths move, and how corrections are written: against deep kernels."""

import pytest
from sympy import Expr, Integer, Rational, acos, pi, sqrt

from numerics.balls import evaluate, precision
from numerics.kernel import kernel
from proofs_check.limits import DepthLimit, at_input, limit
from proofs_check.limits.result import window_variable
from proofs_check.limits.tidy import tidied
from proofs_check.report.expressions import text_of
from theory.activations import activation
from theory.algebra import Answer, is_zero
from theory.architectures import ffnet, resnet, resnet_preact
from theory.network import Network
from theory.symbols import c, depth, theta

RELU, LEAKY = activation("relu"), activation("leaky_relu:1/5")
BUMP = ffnet(activation("expr:exp(-x^2)"), weight_variance=12, bias_variance=Rational(3, 10), normalised=False)


@pytest.mark.parametrize("x", [Rational(1, 2), Integer(3)])
@pytest.mark.parametrize("network", [resnet(RELU, gamma=Integer(1)), resnet(LEAKY, gamma=Rational(3, 4))])
def test_deep_kernels_follow_the_window_at_opposite_inputs(network: Network, x: Expr) -> None:
    """(N_L - limit)/sqrt(s) and (pi - theta_L)/sqrt(s) at 1 + c = x s, the rest of the order sqrt(s): L = 10^10 and 10^20."""
    window = limit(network).antipode
    found = limit(network)
    assert window is not None
    assert window.angle is not None
    assert found.ntk_limit is not None
    gaps = []
    for power in (10, 20) if network.gamma != 1 else (6, 10):
        at = {window_variable: x, depth: Integer(10) ** power}
        corr = -1 + window.distance.subs(at)
        values = kernel(network, 10**power, corr, digits=30)
        with precision(200):
            center, scale, value, angle = (
                evaluate(e, {}, digits=40)
                for e in (
                    found.ntk_limit.subs(c, corr),
                    window.scale.subs(at),
                    window.value.subs(at),
                    window.angle.subs(at),
                )
            )
            gaps.append(abs((values.normalized_ntk - center) / scale - value))
            assert abs(values.angle + angle - evaluate(pi, {}, digits=40)) < abs(angle) * scale
            assert gaps[-1] < scale
    assert gaps[1] < gaps[0] / 50


def test_the_window_leads_from_half_the_exponent_to_the_first_correction() -> None:
    """Relu: -sqrt(2)/(3 pi) at x = 0, and -v sqrt(2)/(8 pi sqrt(x)) for large x, which is that of c."""
    window = limit(resnet(RELU, gamma=Integer(1))).antipode
    assert window is not None
    assert is_zero(window.value.subs(window_variable, 0) + sqrt(2) / (3 * pi)) is Answer.YES
    with precision(200):
        far = evaluate(window.value.subs(window_variable, 10**8), {}, digits=30)
        assert abs(far * 10**4 + evaluate(sqrt(2) / (8 * pi), {}, digits=30)) < 1e-8


def test_even_maps_have_the_window_of_equal_inputs() -> None:
    """|x|: pi - theta = x/L."""
    found = limit(ffnet(activation("abs")))
    assert found.antipode is not None
    assert found.antipode.variable == "pi - theta"
    assert found.antipode.value == found.window
    values = kernel(ffnet(activation("abs")), 10**8, angle=pi - Rational(3, 10**8), digits=20)
    with precision(100):
        assert found.window is not None
        assert abs(values.normalized_ntk - evaluate(found.window.subs(window_variable, 3), {}, digits=20)) < 1e-6


@pytest.mark.parametrize(
    "network", [ffnet(RELU), resnet_preact(RELU, gamma=Integer(1)), resnet(RELU, gamma=Rational(1, 4))]
)
def test_there_is_no_window_where_nothing_is_singular(network: Network) -> None:
    """C(-1) = 0; a first correction that stays bounded; a flow that leaves c = -1 at once."""
    assert limit(network).antipode is None


def test_lengths_that_settle_more_slowly_set_the_rate() -> None:
    """exp(-x^2): rho = -0.425... against lambda = 0.348...; c_L - c* ~ kappa R rho^L/(rho - lambda), R from the lengths."""
    found = limit(BUMP)
    balls = {symbol.name: ball for symbol, ball in found.balls.items()}
    assert found.rate is not None
    assert str(found.rate) == "-rho"
    with precision(200):
        for layers in (20, 30):
            values = kernel(BUMP, layers, Rational(3, 10), digits=50)
            gone = balls["rho"] ** layers
            drift = (values.nngp / values.normalized_nngp - balls["q_star"]) / gone
            expected = balls["kappa_q"] * drift / (balls["rho"] - balls["lambda"])
            seen = (values.normalized_nngp - balls["c_star"]) / gone
            # what is left is of the order (lambda/rho)^L
            assert abs(seen / expected - 1) < 2 * abs(balls["lambda"] / balls["rho"]) ** layers


@pytest.mark.parametrize("bias", [Integer(0), Rational(1, 10)])
def test_a_correlation_that_settles_more_slowly_keeps_its_rate(bias: Expr) -> None:
    """erf, sigma_w^2 = 5: d_{L+1}/d_L -> lambda."""
    network = ffnet(activation("erf"), weight_variance=5, bias_variance=bias, normalised=False)
    found: DepthLimit = limit(network)
    assert str(found.rate) == "lambda"
    balls = {symbol.name: ball for symbol, ball in found.balls.items()}
    point = balls.get("c_star", 0)
    with precision(200):
        one, other = (kernel(network, n, Rational(3, 10), digits=40).normalized_nngp - point for n in (60, 61))
        assert abs(other / one - balls["lambda"]) < 1e-4


def test_a_correction_is_written_shorter_and_is_the_same() -> None:
    """Relu, gamma = 1: [c + 2 s (pi - t) - t/s - 4 c t (pi - t)]/(4 pi^2 L) with s = sin t."""
    change = limit(resnet(RELU, gamma=Integer(1))).leading_correction
    assert change is not None
    short = tidied(change)
    assert short.count_ops() < change.count_ops()
    t, s = acos(c), sqrt(1 - c**2)
    assert is_zero(short - (c + 2 * s * (pi - t) - t / s - 4 * c * t * (pi - t)) / (4 * pi**2 * depth)) is Answer.YES
    assert tidied(theta + 1) == theta + 1


def test_derived_fractions_are_not_written_as_decimals() -> None:
    """107/64, which a person did not type as 1.671875."""
    assert text_of(Rational(107, 64), decimals=False) == "107/64"
    assert text_of(Rational(69, 100)) == "0.69"


@pytest.mark.parametrize("corr", [Integer(-1), Rational(3, 10)])
def test_with_a_bias_an_even_activation_treats_opposite_inputs_like_others(corr: Expr) -> None:
    """|x| with lengths that grow: the map in the limit is even, that of no layer is, and N_L tends to 1/4 at c = -1 too."""
    network = ffnet(activation("abs"), weight_variance=Rational(3, 2), bias_variance=Rational(1, 7))
    found = at_input(limit(network), corr, 12)
    assert found.ntk_limit == Rational(1, 4)
    assert abs(float(kernel(network, 1000, corr, digits=12).normalized_ntk.mid()) - 0.25) < 0.005
