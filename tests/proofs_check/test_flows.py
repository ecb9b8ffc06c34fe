"""Residual networks with L alpha^2 -> oo: limits by the asymptotes of the activation, and recursions far out."""

import math

import pytest
from sympy import Integer, Rational, Symbol, lambdify, pi, sqrt

from numerics.kernel import kernel
from proofs_check.limit_facts import decide_by_limit
from proofs_check.limits import at_input, limit
from proofs_check.limits.flows import residual_flow
from proofs_check.limits.result import DepthLimit
from proofs_check.verdicts import Outcome
from theory.activations import activation
from theory.architectures import network, resnet
from theory.claims import Claim, Depth, Verdict
from theory.network import Network
from theory.papers.depth_limits_flows import CLAIMS
from theory.recursion import derive
from theory.symbols import c, depth, length, nngp, ntk, ntk_diagonal


def of(architecture: str, name: str, **scale: object) -> Network:
    """The network of that name."""
    return network(architecture, activation(name), **scale)  # type: ignore[arg-type]


def far_out(asked: Network, steps: int, h: float, corr: float, power: float = 0.0) -> tuple[float, float]:
    """The angle and N after so many layers with h l^-power, in floats."""
    flow = residual_flow(derive(asked))
    assert flow is not None
    names = (length, nngp, ntk, ntk_diagonal)
    rows = (flow.field.length, flow.field.nngp, flow.field.ntk, flow.field.ntk_diagonal)
    move = lambdify(names, rows, "math")
    state = [float(value.subs(c, corr)) for value in flow.start]
    for number in range(1, steps + 1):
        size = h * number**-power
        state = [a + size * b for a, b in zip(state, move(*state), strict=True)]
    return math.acos(state[1] / state[0]), state[2] / state[3]


@pytest.mark.parametrize(
    ("architecture", "name"),
    [("resnet", "erf"), ("resnet_preact", "cos"), ("resnet_single", "sin")],
)
def test_bounded_activations_forget_in_the_ntk(architecture: str, name: str) -> None:
    """N_L -> 0; 300 layers of constant steps are near it."""
    asked = of(architecture, name, gamma=0)
    found = limit(asked)
    assert (found.status, found.phase, found.ntk_limit, found.fixed_point) == ("DERIVED", "chaotic", 0, 0)
    angle, ratio = far_out(asked, 300, 1.0, 0.3)
    assert abs(math.cos(angle)) < 0.1
    assert abs(ratio) < 1e-6


def test_levels_that_differ_give_the_map_of_a_step() -> None:
    """1 + erf: c* = 0.7898..., and the correlation after 20,000 layers is near it."""
    asked = of("resnet_single", "expr:1+erf(x)", gamma=0)
    found = limit(asked)
    assert found.fixed_point is not None
    (ball,) = found.balls.values()
    assert abs(float(ball.mid()) - 0.789832628) < 1e-8
    corrs = [math.cos(far_out(asked, steps, 1.0, 0.3)[0]) for steps in (200, 2000, 20000)]
    gaps = [value - float(ball.mid()) for value in corrs]
    assert 0 < gaps[2] < gaps[1] < gaps[0] < 0.06
    assert gaps[2] < 0.015


def test_activations_like_relu_have_its_limit_and_their_own_angle() -> None:
    """Gelu, gamma = 1/4: N_L -> 1/4, theta_L ~ (2 pi + sqrt 3)/s; 1/theta grows by 1/(2 pi + sqrt 3) from s = 24 to 30."""
    asked = of("resnet", "gelu", gamma=Rational(1, 4))
    found = limit(asked)
    assert found.ntk_limit == Rational(1, 4)
    assert found.angle_rate is not None
    assert (found.angle_rate * sqrt(depth)).equals(2 * pi + sqrt(3))
    first, ratio = far_out(asked, 1200, 0.02, 0.3)
    second, later = far_out(asked, 1500, 0.02, 0.3)
    assert abs((1 / second - 1 / first) / 6 * float(2 * pi + sqrt(3)) - 1) < 0.02
    assert abs(later - 0.25) < abs(ratio - 0.25) < 0.03


@pytest.mark.parametrize("name", ["softplus", "silu", "mish", "expr:log(1+exp(x))", "expr:sqrt(1+x^2)+x"])
@pytest.mark.parametrize("scale", [{"gamma": 0}, {"gamma": "1/4"}, {"alpha": "1+1/L"}, {"alpha": "L"}])
def test_a_kink_far_out_gives_a_quarter(name: str, scale: dict[str, object]) -> None:
    """Whatever the steps are."""
    found = limit(of("resnet_single", name, **scale))
    assert (found.status, found.phase, found.ntk_limit) == ("DERIVED", "critical", Rational(1, 4))


@pytest.mark.parametrize(
    ("alpha", "rate"), [("1+1/L", 6), ("L/(L+1)", 6), ("L^(1/10)", 3), ("L", 3), ("2+1/log(L+1)", 15 / 4)]
)
def test_steps_of_relu_need_not_vanish(alpha: str, rate: float) -> None:
    """N_L -> 1/4 and theta_L ~ 3 pi (1 + 1/h)/L with h = lim alpha^2."""
    found = limit(of("resnet", "relu", alpha=alpha))
    assert found.ntk_limit == Rational(1, 4)
    assert found.angle_rate is not None
    assert float(found.angle_rate * depth / pi) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("name", "phase", "value"), [("relu", "critical", "1/4"), ("erf", "chaotic", "0"), ("gaussian", "ordered", "1")]
)
def test_layer_normalisation_has_the_phases_of_its_map(name: str, phase: str, value: str) -> None:
    """Gamma = 1/4: the time is log L."""
    found = limit(of("resnet_layernorm", name, gamma="1/4"))
    assert (found.phase, found.ntk_limit) == (phase, Rational(value))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("expr:2+exp(-x^2)", "same limit"),
        ("expr:exp(x)", "asymptote"),
        ("step", "jumps"),
        ("expr:log(1+x^2)", "logarithm"),
    ],
)
def test_a_hypothesis_that_fails_is_named(name: str, says: str) -> None:
    """OPEN, and no guess."""
    found: DepthLimit = limit(of("resnet_single", name, gamma="1/4"))
    assert found.status == "OPEN"
    assert says in found.reason


def test_without_inputs_the_flow_is_shown() -> None:
    """Gamma = 1/2: the equations, and the time."""
    found = limit(of("resnet", "tanh", gamma="1/2"))
    assert found.status == "DERIVED"
    assert found.ntk_limit is None
    assert "dq/ds = " in found.notes[0]
    assert found.flow[1] == 1


def test_trained_ends_stay_where_the_layers_do_nothing() -> None:
    """Gamma = 1, all layers trained: N_L -> c, as T_0 = 2c."""
    found = limit(of("resnet_preact", "sin", gamma=1))
    assert found.ntk_limit == c
    assert found.leading_correction is not None
    correction = float((found.leading_correction * depth).subs(c, Rational(3, 10)))
    _, ratio = far_out(of("resnet_preact", "sin", gamma=1), 1000, 1e-6, 0.3)
    assert (ratio - 0.3) * 1000 == pytest.approx(correction, rel=0.01)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_claims_are_decided(claim: Claim) -> None:
    """Each claim of the module, true or false, by its depth limit."""
    assert isinstance(claim.statement, Depth)
    found = decide_by_limit(claim.statement)
    assert found is not None
    assert found.outcome is (Outcome.PROVES if claim.expected is Verdict.PROVED else Outcome.REFUTES)


def test_opposite_inputs_of_odd_networks_are_an_exception() -> None:
    """Tanh: N_L = -1 at c = -1; gelu is not odd."""
    (one,) = limit(of("resnet", "tanh", gamma=0)).exceptions
    assert (one.corr, one.limit) == (Integer(-1), Integer(-1))
    assert limit(of("resnet", "gelu", gamma=0)).exceptions == ()


@pytest.mark.parametrize("name", ["expr:2", "expr:cos(x)^2+sin(x)^2"])
def test_a_constant_activation_is_no_wave(name: str) -> None:
    """Its kernels are 1 at every depth, whatever waves it is written with."""
    asked = resnet(activation(name), gamma=Rational(1, 4))
    assert limit(asked).ntk_limit is None
    value = kernel(asked, 50, Rational(3, 10), digits=10).normalized_ntk
    assert abs(float(value.mid()) - 1) < 1e-9


def test_opposite_inputs_of_an_even_activation_are_left_open_where_steps_grow() -> None:
    """|x| with alpha = L: after one layer they lie in the window of equal inputs, so that N_L does not tend to 1/4."""
    asked = resnet(activation("abs"), alpha="L")
    found = limit(asked)
    assert found.ntk_limit == Rational(1, 4)
    assert at_input(found, Integer(-1), 10).ntk_limit is None
    values = [float(kernel(asked, n, Integer(-1), digits=10).normalized_ntk.mid()) for n in (200, 1000)]
    assert all(abs(value - 0.635) < 0.002 for value in values)


def test_steps_that_differ_with_an_infinite_sum_go_the_same_way() -> None:
    """Gelu with alpha_l = l^(-1/4): the angle is (2 pi + sqrt 3)/(2 sqrt L), as the inverse shows between two depths."""
    asked = of("resnet", "gelu", alpha="l^(-1/4)")
    found = limit(asked)
    assert (found.status, found.phase, found.ntk_limit) == ("DERIVED", "critical", Rational(1, 4))
    assert (found.angle_rate - (2 * pi + sqrt(3)) / (2 * sqrt(depth))).simplify() == 0
    (first, _), (second, ratio) = (far_out(asked, steps, 1.0, 0.3, 0.5) for steps in (500, 2000))
    slope = (1 / second - 1 / first) / (math.sqrt(2000) - math.sqrt(500))
    assert abs(slope * (math.pi + math.sqrt(3) / 2) - 1) < 0.05
    assert abs(ratio - 0.25) < 0.05


def test_a_bounded_activation_with_slow_steps_forgets_in_the_ntk() -> None:
    """Erf with alpha_l = l^(-1/2), whose squares sum to log L: by the formula, as 10^5 layers only begin."""
    found = limit(of("resnet", "erf", alpha="l^(-1/2)"))
    assert (found.status, found.phase, found.ntk_limit, found.fixed_point) == ("DERIVED", "chaotic", 0, 0)


@pytest.mark.parametrize("scale", [{"gamma": 0}, {"gamma": "1/4"}, {"alpha": "l^(-1/4)"}])
def test_equal_slopes_keep_the_inputs_apart(scale: dict[str, object]) -> None:
    """With x + erf x c_L and N_L tend to one number; 60 and 120 constant steps agree to what 1/s leaves."""
    asked = of("resnet", "expr:x+erf(x)", **scale)
    found = limit(asked)
    assert (found.status, found.phase) == ("DERIVED", None)
    assert found.ntk_limit == found.fixed_point == Symbol("c_inf", real=True)
    ends = [far_out(asked, steps, 1.0, 0.3) for steps in (60, 120, 240)]
    corrs = [math.cos(angle) for angle, _ in ends]
    assert abs(corrs[2] - corrs[0]) < 1e-9
    assert 0.2 < corrs[2] < 0.299
    gaps = [ratio - corr for (_, ratio), corr in zip(ends, corrs, strict=True)]
    assert abs(gaps[1] / gaps[0] - 0.5) < 0.05
    assert abs(gaps[2] / gaps[1] - 0.5) < 0.05


@pytest.mark.parametrize(("name", "chi"), [("relu_power:2", Rational(4, 3)), ("expr:x^3+x", Rational(9, 5))])
def test_powers_are_chaotic(name: str, chi: Rational) -> None:
    """The map of |x|^p far out, whose fixed point 5 layers of constant steps are nearer to than 3."""
    asked = of("resnet_single", name, gamma=0)
    found = limit(asked)
    assert (found.status, found.phase, found.chi, found.ntk_limit) == ("DERIVED", "chaotic", chi, 0)
    assert found.fixed_point is not None
    end = float(found.balls[found.fixed_point].mid()) if found.fixed_point.is_Symbol else float(found.fixed_point)
    gaps = [abs(math.cos(far_out(asked, steps, 1.0, 0.9)[0]) - end) for steps in (3, 5)]
    assert gaps[1] < gaps[0]


def test_e_and_its_square_are_powers_of_one_generator() -> None:
    """Sin in a dense network: the factor e beside e^2 is recognised, and the map is the chaotic one of sin."""
    found = limit(of("densenet", "sin"))
    assert (found.status, found.phase, found.ntk_limit) == ("DERIVED", "chaotic", 0)
