"""The meta-theorems under attack: hypothesis looks for a counterexample to each conclusion and each lemma of the proofs.

The conclusions are those that the checker returns for a certificate; the kernels are enclosed by iteration. 50 digits.
"""

from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, acos, cos, pi, sin

from numerics.balls import evaluate
from numerics.kernel import kernel, trajectory
from proofs_check.certify import certificate
from proofs_check.checker import check
from proofs_check.facts import NAMES, RESTART_NAMES
from proofs_check.strategies import angles, depths
from theory import symbols
from theory.activations import leaky_relu
from theory.architectures import ffnet, resnet
from theory.parsing import parse

T, MU = symbols.theta, symbols.mu
GAIN = (sin(T) - T * cos(T)) / pi
SLOPES = {Fraction(1): Integer(0), Fraction(8, 13): Rational(1, 5), Fraction(2, 5): Rational(1, 3)}
"""mu = (1 - s)^2/(1 + s^2), and s."""


@cache
def _conclusions(theorem: str, mu: Fraction | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = check(certificate(theorem, mu)[1])["conclusions"]
    return found


def _inside(corr: Expr, text: str) -> bool:
    low, high = (parse(end) for end in text[1:-1].split(","))
    above = corr > low or (text[0] == "[" and corr == low)
    below = corr < high or (text[-1] == "]" and corr == high)
    return bool(above and below)


@cache
def _side(text: str) -> Expr:
    return parse(text, names=NAMES, what="certificate")


def _violated(bound: dict[str, Any], value: arb, at: dict[Any, Expr]) -> bool:
    def side(text: str) -> arb:
        return evaluate(_side(text), at, digits=40)

    return (bound["lower"] is not None and value < side(bound["lower"])) or (
        bound["upper"] is not None and value > side(bound["upper"])
    )


@settings(max_examples=100)
@given(st.sampled_from(sorted(SLOPES)), st.sampled_from([Rational(p, 16) for p in range(-16, 16)]), depths(0, cap=3000))
def test_ffnet_critical_angle_has_no_counterexample(mu: Fraction, corr: Expr, depth: int) -> None:
    """Every conclusion holds for the derived kernels of leaky ReLU networks, from c = -1 to 15/16."""
    values = kernel(ffnet(leaky_relu(SLOPES[mu])), depth, corr, digits=40)
    at = {symbols.depth: Integer(depth), T: acos(corr)}
    for bound in _conclusions("ffnet-critical-angle", mu):
        if bound["kind"] != "restart" and depth >= bound["first"] and _inside(corr, bound["correlations"]):
            assert not _violated(bound, getattr(values, bound["quantity"]), at), (bound, corr, depth)


@settings(max_examples=60)
@given(
    st.sampled_from([Rational(k, 64) for k in range(-63, 64)] + [1 - Rational(1, 2**k) for k in range(7, 20)]),
    st.sampled_from([Rational(p, 16) for p in range(-16, 16)] + [Rational(-999, 1000), Rational(9999, 10000)]),
    depths(0, cap=2000),
)  # fmt: skip
def test_all_slopes_at_once_have_no_counterexample(slope: Expr, corr: Expr, depth: int) -> None:
    """Every conclusion of the two theorems for a range of slopes, with slopes near 1, near -1 and between."""
    network = ffnet(leaky_relu(slope))
    found = trajectory(network, sorted({1, depth}), corr, digits=40)
    mu = (1 - slope) ** 2 / (1 + slope**2)
    first = acos(cos(acos(corr)) + mu * GAIN.subs(T, acos(corr)))
    at = {symbols.depth: Integer(depth), T: acos(corr), MU: mu, symbols.first_angle: first}
    for theorem in (["ffnet-slopes"] if slope >= 0 else []) + (["ffnet-negative-slopes"] if slope <= 0 else []):
        for bound in _conclusions(theorem, None):
            if depth >= bound["first"]:
                assert not _violated(bound, getattr(found[depth], bound["quantity"]), at), (bound, slope, corr, depth)


@settings(max_examples=100)
@given(
    st.sampled_from(sorted(SLOPES)),
    st.sampled_from([Rational(p, 16) for p in range(-16, 16)]),
    st.integers(0, 200),
    st.integers(0, 300),
)
def test_the_restart_has_no_counterexample(mu: Fraction, corr: Expr, start: int, more: int) -> None:
    """From the angle and kernel at one depth, the largest number allowed bounds the kernel at any later one."""
    (bound,) = [b for b in _conclusions("ffnet-critical-angle", mu) if b["kind"] == "restart"]
    found = trajectory(ffnet(leaky_relu(SLOPES[mu])), (start, start + more), corr, digits=40)
    balls = {"l": arb(start), "phi": found[start].angle, "T": found[start].ntk}
    most = [evaluate(parse(text, names=RESTART_NAMES), {RESTART_NAMES[k]: v for k, v in balls.items()}, digits=40)
            for text in bound["at_most"]]  # fmt: skip
    least = most[0].min(most[1])
    assert bound["lower"] == "1/4*(L+1)+M"
    assert not found[start + more].ntk < arb(start + more + 1) / 4 + least


@settings(max_examples=100)
@given(
    st.sampled_from(sorted(SLOPES)),
    st.sampled_from([Rational(p, 16) for p in range(-16, 16)] + [Rational(9, 10)]),
    depths(1, cap=500),
    st.sampled_from([Rational(0), Rational(1, 4), Rational(1, 2), Rational(3, 4), Integer(1), Integer(2)]),
)
def test_resnet_angle_has_no_counterexample(mu: Fraction, corr: Expr, depth: int, gamma: Expr) -> None:
    """Every conclusion whose condition holds: any gamma from 0 to 2, from c = -1 to 15/16."""
    values = kernel(resnet(leaky_relu(SLOPES[mu]), gamma=gamma), depth, corr, digits=40)
    h = Integer(depth) ** (-2 * gamma)
    eta = h / (1 + h)
    at = {symbols.depth: Integer(depth), T: acos(corr), symbols.eta: eta}
    holds = {
        None: True,
        "h <= 1": True,
        "eta*L <= 1/2": bool(eta * depth <= Rational(1, 2)),
        "eta = 1/(L+1)": gamma == Rational(1, 2),
    }
    for bound in _conclusions("resnet-angle", mu):
        if (
            bound["kind"] == "bound"
            and depth >= bound["first"]
            and _inside(corr, bound["correlations"])
            and holds[bound["condition"]]
        ):
            assert not _violated(bound, getattr(values, bound["quantity"]), at), (bound, corr, depth, gamma)


@pytest.mark.parametrize(("constant", "broken"), [("-5/4", "2"), ("1/4*(L+1)", "1/3*(L+1)")])
def test_a_broken_conclusion_would_be_found(constant: str, broken: str) -> None:
    """With one constant of the two-sided bound changed, the same comparison reports a violation."""
    bound = dict(_conclusions("ffnet-critical-angle", Fraction(1))[0])
    assert constant in bound["lower"]
    bound["lower"] = bound["lower"].replace(constant, broken, 1)
    values = kernel(ffnet(leaky_relu(Integer(0))), 1000, Integer(0), digits=40)
    assert _violated(bound, values.ntk, {symbols.depth: Integer(1000), T: pi / 2})


# --- lemmas of the proofs ---------------------------------------------------------------------------------------------


@given(angles(), st.fractions(Fraction(1, 1000), 1, max_denominator=1000))
def test_lemma_M1(theta: Expr, m: Fraction) -> None:
    """Cos t + m S >= cos(t/(1 + at)) with a = m/(3 pi)."""
    scale = Rational(m.numerator, m.denominator)
    gap = cos(T) + scale * GAIN - cos(T / (1 + scale * T / (3 * pi)))
    assert not evaluate(gap, {T: theta}, digits=40) < 0


@given(angles(), st.fractions(0, 1, max_denominator=64))
def test_step_of_the_inner_bound(theta: Expr, share: Fraction) -> None:
    """cos(t - x) - cos t >= x sin(t)/2 for 0 <= x <= t."""
    x = theta * Rational(share.numerator, share.denominator)
    gap = cos(T - x) - cos(T) - x / 2 * sin(T)
    assert not evaluate(gap, {T: theta}, digits=40) < 0


@given(angles(Rational(1, 100), Integer(2)), st.fractions(Fraction(1, 1000), Fraction(1, 2), max_denominator=1000))
def test_step_1_of_the_degeneration(theta: Expr, m: Fraction) -> None:
    """1/G <= 1/t + a + A m^2 t + K m t^2 with the constants of the shipped certificate, for m <= 1/2 and t <= 2."""
    constants = {
        key: Rational(value) for key, value in certificate("resnet-angle", Fraction(1))[1]["constants"].items()
    }
    scale = Rational(m.numerator, m.denominator)
    bracket = 1 + scale * T / (3 * pi) + constants["A"] * scale**2 * T**2 + constants["K"] * scale * T**3
    gap = cos(T / bracket) - cos(T) - scale * GAIN
    assert not evaluate(gap, {T: theta}, digits=40) < 0


@given(angles(pi / 2, pi))
def test_antipode_steps(theta: Expr) -> None:
    """With x = pi - t: 2 sin(x/2) (2 cos x - 1) <= 2 x cos x - sin x <= 2 sin(x/2)."""
    x = pi - T
    middle = 2 * x * cos(x) - sin(x)
    for gap in (2 * sin(x / 2) - middle, middle - 2 * sin(x / 2) * (2 * cos(x) - 1)):
        assert not evaluate(gap, {T: theta}, digits=40) < 0
