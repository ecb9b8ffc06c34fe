"""Residual scales that depend on the layer: the conclusions for steps that differ under attack, their sums, and the verdicts."""

import math
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, acos
from verdict_checks import decided_as_expected

from numerics.balls import evaluate, precision
from numerics.compile import compile as compiled
from numerics.float64 import FLOAT64
from numerics.kernel import kernel, trajectory
from proofs_check.certify import certificate
from proofs_check.checker import check
from proofs_check.facts import NAMES, facts_of
from proofs_check.intervals import inside
from proofs_check.judge import judge
from proofs_check.schedule_facts import sum_of_steps
from theory import symbols
from theory.activations import activation
from theory.architectures import resnet
from theory.asymptotics import GammaRange
from theory.claims import Claim, Depth, Quantity, Verdict
from theory.papers import all_depths_residual
from theory.papers.all_depths_common import bound
from theory.parsing import parse
from theory.recursion import correlation_form

RELU = activation("relu")
ALPHAS = (
    "1/l",
    "1/(l+1)",
    "l^(-3/4)",
    "2^(-l)",
    "l^(-1/2)",
    "l^(-1/3)",
    "1/sqrt(l*log(l+1))",
    "1/(sqrt(l)*log(l+1))",
    "3/l",
    "1/sqrt(l+3)",
)


@cache
def _conclusions() -> list[tuple[Fraction, dict[str, Any]]]:
    """Each conclusion for steps that differ, with its mu."""
    members = (("resnet-angle", Fraction(1)), ("resnet-angle", Fraction(8, 13)), ("resnet-half-rate", Fraction(1)))
    return [
        (mu, one)
        for theorem, mu in members
        for one in check(certificate(theorem, mu)[1])["conclusions"]
        if one["kind"] == "schedule"
    ]


@cache
def _side(text: str) -> Any:
    return compiled(parse(text, names=NAMES, what="certificate"), (symbols.theta, symbols.steps), FLOAT64)


def _iterated(mu: float, steps: list[float], theta: float) -> dict[str, float]:
    """The kernels after layers with these h, by the recursion in the angle."""
    t, total, angle = 0.0, 0.0, theta
    for h in steps:
        eta = h / (1 + h)
        omega = math.cos(angle) + mu / 2 * (math.sin(angle) - 2 * angle * math.cos(angle)) / math.pi
        t = (1 - eta * mu * angle / math.pi) * t + 2 * eta * omega
        gain = (math.sin(angle) - angle * math.cos(angle)) / math.pi
        angle = math.acos(min(1.0, math.cos(angle) + eta * mu * gain))
        total += eta
    return {"normalized_ntk": t / (2 * total), "angle": angle, "normalized_nngp": math.cos(angle), "H": total}


@settings(max_examples=200)
@given(
    st.lists(st.floats(1e-4, 4), min_size=1, max_size=40),
    st.floats(0.05, math.pi),
    st.floats(0, 1),
    st.integers(1, 30),
)
def test_steps_that_differ_have_no_counterexample(steps: list[float], theta: float, more: float, times: int) -> None:
    """Any steps at all, in any order and repeated, with x = H and with x on its allowed side."""
    for mu, one in _conclusions():
        used = [min(h, 1.0) for h in steps] if one["condition"] == "h_l <= 1" else steps
        found = _iterated(float(mu), used * times, theta)
        away = one["correlations"].startswith("(-1") and theta > 3.1
        for x in (found["H"], found["H"] * (1 + more if one["sum"] == "H <= x" else max(1 - more, 0.01))):
            low, high = (float(_side(one[side])(theta, x)) for side in ("lower", "upper"))
            assert away or low - 1e-7 <= found[one["quantity"]] <= high + 1e-7, (one, theta, used)


def test_the_conclusions_are_those_of_the_page() -> None:
    """Three about the correlation, two about the two-layer kernel, two about 1/4; and one more for ReLU."""
    kinds = [(mu, one["quantity"], one["sum"], one["condition"]) for mu, one in _conclusions()]
    assert len(kinds) == 7 + 7 + 1
    assert sum(condition == "h_l <= 1" for *_, condition in kinds) == 5


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_sum_lies_between_its_bounds(alpha: str) -> None:
    """At depths 1, 2, 10, 1000 and 30000; where the sum converges the bound is tight, where it diverges a lower one exists."""
    form = correlation_form(resnet(RELU, alpha=alpha))
    assert form is not None
    found = sum_of_steps(form.growth - 1)
    assert found is not None
    h = compiled(form.growth - 1, (symbols.layer,), FLOAT64)
    total, sums = 0.0, {}
    for layer in range(1, 30_001):
        size = float(h(float(layer)))
        total += size / (1 + size)
        sums[layer] = total
    for depth in (1, 2, 10, 1000, 30_000):
        for side, sign in ((found.low, 1), (found.high, -1)):
            if side is not None:
                assert sign * (sums[depth] - float(side.subs(symbols.depth, depth).evalf())) >= -1e-9, (alpha, depth)
    assert (found.low is None) is (found.high is not None and not found.high.has(symbols.depth))
    assert found.at_most_one is (float(h(1.0)) <= 1)


@pytest.mark.parametrize("alpha", ["l - 3", "1/(l-1)", "sin(l)/l", "1/(l+L)", "2"])
def test_scales_that_are_not_known_have_no_bounds(alpha: str) -> None:
    """A layer with h = 0, one that is not finite, a sine, or with L in it; a constant is no schedule, and has its own bounds."""
    network = resnet(RELU, alpha=alpha)
    statement = bound("x", "t", "n", network, "value >= 0").statement
    assert isinstance(statement, Depth)
    form = correlation_form(network)
    assert form is not None
    found = sum_of_steps(form.growth - 1)
    facts, _ = facts_of(statement, GammaRange())
    theorems = {fact.theorem for fact in facts if fact.theorem is not None}
    assert found is None
    assert not theorems or alpha == "2"


def test_the_layers_are_counted_from_one() -> None:
    """alpha_l = 1/l in the derived kernel is h_1 = 1, h_2 = 1/4, h_3 = 1/9."""
    value = kernel(resnet(RELU, alpha="1/l"), 3, Rational(1, 3), digits=15).normalized_ntk
    direct = _iterated(1.0, [1.0, 1 / 4, 1 / 9], math.acos(1 / 3))["normalized_ntk"]
    assert abs(value - direct) < 1e-12


@pytest.mark.parametrize("alpha", ALPHAS)
def test_facts_about_schedules_have_no_counterexample(alpha: str) -> None:
    """The bounds on angle and normalised NTK that the judge is offered hold for the derived kernels."""
    network = resnet(RELU, alpha=alpha)
    for quantity in (Quantity.ANGLE, Quantity.NORMALIZED_NTK, Quantity.NORMALIZED_NNGP):
        statement = bound("x", "t", "n", network, "value >= 0", quantity=quantity).statement
        assert isinstance(statement, Depth)
        facts = [f for f in facts_of(statement, GammaRange())[0] if f.theorem is not None]
        assert facts or quantity is not Quantity.NORMALIZED_NNGP
        for corr in (Integer(-1), Integer(0), Rational(3, 4)):
            for depth, kernels in trajectory(network, (1, 4, 50), corr, digits=15).items():
                value = getattr(kernels, quantity.value)
                for fact in (f for f in facts if inside(corr, f.correlations)):
                    put = {symbols.depth: Integer(depth), symbols.theta: acos(corr)}
                    for side, sign in ((fact.lower, 1), (fact.upper, -1)):
                        assert side is not None
                        with precision(100):
                            assert not sign * (value - evaluate(side.subs(put), {}, digits=20)) < 0, (fact, corr, depth)


CLAIMS = {claim.id.split("/")[1]: claim for claim in all_depths_residual.SCHEDULES}
SEARCHED = ("schedule-false-uniform", "schedule-false-angle")
"""Refuted by the search at one depth and input, not by a theorem."""


@pytest.mark.parametrize("claim", [c for s, c in CLAIMS.items() if s not in SEARCHED], ids=lambda c: c.id.split("/")[1])
def test_verdict_is_the_expected_one(claim: Claim) -> None:
    """From certificates alone."""
    decided_as_expected(claim)


def test_a_false_bound_is_refuted_by_the_search() -> None:
    """|N_L - Omega_1| <= 1/100 at alpha_l = 1/l fails at one depth and input with disjoint balls."""
    assert judge(CLAIMS["schedule-false-uniform"], effort=3).verdict is Verdict.REFUTED
