"""The residual kernel and its flow: theorem resnet-flow under attack, the name ``flow`` in claims, and the verdicts."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, acos, pi, sqrt
from verdict_checks import decided_as_expected

from numerics.balls import evaluate, precision
from numerics.kernel import kernel, trajectory
from proofs_check.certify import certificate
from proofs_check.checker import check
from proofs_check.engines.certificates import examine
from proofs_check.flow_facts import flow_of, is_meant, named
from proofs_check.judge import Options, judge
from proofs_check.strategies import depths
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.activations import activation, leaky_relu
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Verdict
from theory.errors import BeyondReach
from theory.flow_kernel import FlowKernel
from theory.network import Network
from theory.papers import all_depths_residual
from theory.papers.all_depths_common import bound

SLOPES = {Fraction(1): Integer(0), Fraction(8, 13): Rational(1, 5), Fraction(2, 5): Rational(1, 3)}
CORRELATIONS = [Rational(p, 16) for p in range(-16, 16)] + [Rational(-999_999, 10**6), Rational(999, 1000)]
RELU = activation("relu")


def _network(slope: Expr, tau: Expr) -> Network:
    return resnet(leaky_relu(slope), alpha=sqrt(tau) / sqrt(symbols.depth))


def _distance(mu: Fraction, tau: Expr, corr: Expr, depth: int) -> arb:
    """(L + tau) |n_L - N^flow|, enclosed."""
    at = FlowKernel(Rational(mu.numerator, mu.denominator), tau, acos(corr))
    value = kernel(_network(SLOPES[mu], tau), depth, corr, digits=20).normalized_ntk
    with precision(100):
        return abs(value - evaluate(at, {}, digits=20)) * (depth + evaluate(tau, {}, digits=20))


@settings(max_examples=40)
@given(
    st.sampled_from(sorted(SLOPES)),
    st.sampled_from([Integer(1), Rational(1, 2), Rational(1, 50)]),
    st.sampled_from(CORRELATIONS),
    depths(1, cap=200),
)
def test_resnet_flow_has_no_counterexample(mu: Fraction, tau: Expr, corr: Expr, depth: int) -> None:
    """The kernel stays within C/(L + tau) of that of the flow, with the constant of the certificate."""
    constant = Fraction(check(certificate("resnet-flow", mu)[1])["constants"]["C"])
    assert not _distance(mu, tau, corr, depth) > arb(constant.numerator) / constant.denominator


def test_a_smaller_constant_would_be_found() -> None:
    """At c = -1/2 and one layer the distance is 0.152/(L + 1): the same comparison would refute the constant 3/20."""
    assert _distance(Fraction(1), Integer(1), Rational(-1, 2), 1) > arb(3) / 20


@pytest.mark.parametrize("corr", [Integer(-1), Rational(-1, 2), Integer(0), Rational(9, 10)])
def test_the_kernel_of_the_flow_is_what_deep_networks_extrapolate_to(corr: Expr) -> None:
    """Richardson's extrapolation of the kernels at depths 1000, 2000 and 4000 agrees to eight digits."""
    found = trajectory(resnet(RELU, gamma=Rational(1, 2)), (1000, 2000, 4000), corr, digits=30)
    first, second, third = (found[depth].normalized_ntk for depth in (1000, 2000, 4000))
    extrapolated = (8 * third - 6 * second + first) / 3
    ball = evaluate(FlowKernel(Integer(1), Integer(1), acos(corr)), {}, digits=25)
    assert ball.rad() < arb(10) ** -20
    # at c = -1 the expansion goes on with L^(-3/2)
    assert abs(extrapolated - ball) < arb(10) ** (-8 if corr > -1 else -6)


@pytest.mark.parametrize(("angle", "digits"), [(Rational(1, 10**6), 18), (Rational(1, 1000), 18), (pi, 18)])
def test_the_kernel_of_the_flow_near_the_ends(angle: Expr, digits: int) -> None:
    """Near 0 it is 1 - theta (1/(2 pi) + 1/(2 pi)) up to theta^2, and at pi it is finite: narrow balls in both cases."""
    ball = evaluate(FlowKernel(Integer(1), Integer(1), angle), {}, digits=20)
    assert ball.rad() < arb(10) ** -digits
    if angle < 1:
        slope = (1 - ball) / evaluate(angle, {})
        assert abs(slope - 1 / arb.pi()) < evaluate(angle, {})
    assert FlowKernel(Integer(1), Integer(1), Integer(0)) == 1
    wide = evaluate(FlowKernel(Integer(1), Integer(1), symbols.theta), {symbols.theta: arb(1).union(arb(2))})
    assert wide.contains(arb(0))
    assert not abs(wide) > 1


@settings(max_examples=100)
@given(st.floats(0.01, math.pi), st.sampled_from([1.0, 8 / 13, 0.05]), st.integers(1, 60))
def test_steps_of_the_proof(theta: float, mu: float, depth: int) -> None:
    """The times of the layers, the factors epsilon, r and q, and how far Omega rises and falls on the way."""
    constants = {k: float(Fraction(v)) for k, v in _constants(mu).items()}
    eta = 1 / (depth + 1)

    def field(t: float) -> float:
        return mu * (math.sin(t) - t * math.cos(t)) / math.pi

    def omega(t: float) -> float:
        return math.cos(t) + mu / 2 * (math.sin(t) - 2 * t * math.cos(t)) / math.pi

    angles = [theta]
    for _ in range(depth):
        angles.append(math.acos(min(1.0, math.cos(angles[-1]) + eta * field(angles[-1]))))
    steps = [1 - eta * mu * t / math.pi for t in angles]
    for layer in range(depth):
        before, after = angles[layer], angles[layer + 1]
        epsilon = 1 - steps[layer] * field(before) / field(after)
        assert -1e-9 <= epsilon <= mu * (before - after) / math.pi / depth + 1e-9
        product = math.prod(steps[layer + 1 : depth])
        kept = product * field(angles[layer + 1]) / field(angles[depth])
        assert 1 - mu * before / math.pi / depth - 1e-9 <= kept <= 1 + 1e-9
        assert omega(after) - omega(theta) <= constants["w"] + 1e-9
        assert omega(before) - omega(after) <= constants["M"] + mu - 1 + 1e-9
    reach = 1 + mu * theta / (3 * math.pi) + mu**2 * theta**2 / (6 * math.pi**2) + constants["d"] * theta**3
    assert angles[-1] >= theta / reach - 1e-9


def _constants(mu: float) -> dict[str, str]:
    member = Fraction(mu).limit_denominator(100)
    found: dict[str, str] = certificate("resnet-flow", member)[1]["constants"]
    return found


def test_a_network_without_a_flow_has_no_kernel_of_that_name() -> None:
    """The name stands for nothing in a feedforward network, at gamma = 1 and for smooth activations: OPEN, with the reason."""
    for network in (ffnet(RELU), resnet(RELU, gamma=Integer(1)), resnet(activation("erf"), gamma=Rational(1, 2))):
        assert flow_of(network) is None
        claim = bound("x", "t", "n", network, "limit == flow")
        with pytest.raises(BeyondReach, match="flow: the kernel of the flow"):
            named(claim.statement)
        assert judge(claim, effort=1).verdict is Verdict.OPEN
    assert flow_of(_network(Rational(1, 5), Integer(4))) == FlowKernel(Rational(8, 13), Integer(4), symbols.theta)


def test_times_beyond_one_are_not_covered() -> None:
    """The theorem has tau <= 1: at alpha = (101/100) L^(-1/2) nothing is proved about the kernel of the flow."""
    network = _network(Integer(0), Rational(101**2, 100**2))
    found = examine(bound("x", "t", "n", network, "limit == flow"), Options())
    assert found is not None
    assert found.outcome is Outcome.UNDECIDED


def test_a_conclusion_about_another_flow_is_not_meant() -> None:
    """Drift, loss and source are compared with those of the kernel by replayed algebra."""
    (conclusion,) = check(certificate("resnet-flow", Fraction(1))[1])["conclusions"]
    assert is_meant(conclusion, Integer(1))
    for key, text in {"drift": "mu*sin(t)/pi", "loss": "mu*t/3", "source": "cos(t)"}.items():
        assert not is_meant({**conclusion, "flow": {**conclusion["flow"], key: text}}, Integer(1))


CLAIMS = {claim.id.split("/")[1]: claim for claim in all_depths_residual.FLOW}
SEARCHED = ("flow-false-constant", "flow-false-rate")
"""Refuted by the search at one depth and input, not by a theorem."""


@pytest.mark.parametrize("claim", [c for s, c in CLAIMS.items() if s not in SEARCHED], ids=lambda c: c.id.split("/")[1])
def test_verdict_is_the_expected_one(claim: Claim) -> None:
    """From certificates alone."""
    decided_as_expected(claim)


def test_a_false_constant_is_refuted_by_the_search() -> None:
    """|N_L - N^flow| <= 1/(14 L) fails at one depth and input with disjoint balls."""
    assert judge(CLAIMS["flow-false-constant"], effort=4).verdict is Verdict.REFUTED


@pytest.mark.parametrize("holds", ["limit == flow + 1e-15", "limit == 2*flow", "value - flow = o(1)"])
def test_what_is_near_the_truth(holds: str) -> None:
    """A limit 10^-15 beside the truth is refuted, and what is true in another form is proved."""
    claim = replace(
        CLAIMS["flow-limit"], statement=bound("x", "t", "n", _network(Integer(0), Integer(1)), holds).statement
    )
    found = examine(claim, Options())
    assert found is not None
    assert found.outcome is (Outcome.PROVES if holds.startswith("value") else Outcome.REFUTES), found
