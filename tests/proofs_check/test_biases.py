"""ReLU networks with biases: the theorems of docs/biases.md under attack, and their use by the judge for neighbours."""

from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, acos, cos, pi, sin, sqrt
from verdict_checks import decided_as_expected

from numerics.balls import evaluate, precision
from numerics.kernel import trajectory
from proofs_check import bias_search
from proofs_check.bias_facts import biased_map, speaks_of
from proofs_check.bias_search import SHIPPED, bias_certificate, search_biases
from proofs_check.checker import Rejected, check
from proofs_check.engines.certificates import examine
from proofs_check.facts import NAMES, facts_of
from proofs_check.inequalities import compiled
from proofs_check.judge import Options
from proofs_check.limits import limit
from proofs_check.strategies import angles
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.activations import activation, leaky_relu
from theory.architectures import ffnet
from theory.asymptotics import Comparison, GammaRange
from theory.claims import Claim, Depth, Quantity, Verdict
from theory.errors import BeyondReach
from theory.language import parse_holds
from theory.network import Dense, Network, Nonlinearity, Repeat, Scale
from theory.papers import relu_biases
from theory.papers.short import at_every_depth
from theory.parsing import parse

T = symbols.theta
SLOPES = {Fraction(1): Integer(0), Fraction(8, 13): Rational(1, 5), Fraction(1, 5): Rational(1, 2)}
"""mu = (1 - s)^2/(1 + s^2), and s."""
RELU = activation("relu")
LINEAR, ORDERED, GROWING = (
    ffnet(RELU, weight_variance=weight, bias_variance=bias)
    for weight, bias in ((1, 1), (Rational(1, 2), Rational(1, 2)), (2, 1))
)


@pytest.mark.parametrize("claim", relu_biases.CLAIMS, ids=lambda claim: claim.id.split("/")[1])
def test_verdict_is_the_expected_one(claim: Claim) -> None:
    """All of them from certificates alone."""
    found = decided_as_expected(claim)
    assert "relu-bias" in found.summary or "coincide" in found.summary


def test_false_variants_stand_in_every_phase() -> None:
    """At least 15 claims, and false ones beside the true ones in each phase."""
    assert len(relu_biases.CLAIMS) >= 25
    for topic in {claim.number for claim in relu_biases.CLAIMS}:
        assert {c.expected for c in relu_biases.CLAIMS if c.number == topic} == {Verdict.PROVED, Verdict.REFUTED}


# --- the theorems under attack ----------------------------------------------------------------------------------------


@cache
def _side(text: str) -> Any:
    """A bound as a function of balls of L and theta."""
    return compiled(parse(text, names=NAMES, what="certificate"), (symbols.depth, T))


def _violated(bound: dict[str, Any], value: arb, depth: int, corr: Expr, digits: int) -> bool:
    """Whether the ball of the value lies beyond a bound."""
    with precision(4 * digits):
        angle = compiled(acos(corr), ())()
        low, high = (_side(bound[k])(arb(depth), angle) for k in _SIDES)
        return bool(value < low or value > high)


_SIDES = ("lower", "upper")
_MEMBERS = [
    (Fraction(*omega), Fraction(*beta), Fraction(*mu), Fraction(*other))
    for omega, beta, mu, other in (
        ((1, 20), (1, 3), (1, 1), (1, 1)),
        ((9, 10), (1, 100), (8, 13), (1, 1)),
        ((1, 2), (20, 1), (1, 1), (1, 9)),
        ((1, 1), (1, 100), (1, 1), (1, 1)),
        ((1, 1), (20, 1), (8, 13), (1, 1)),
        ((1, 1), (1, 1), (1, 5), (1, 1)),
        ((21, 20), (1, 3), (1, 1), (1, 1)),
        ((4, 1), (20, 1), (8, 13), (1, 1)),
    )
]
"""omega, beta, mu and the second squared norm; deriving a network takes a second, so there are few."""
_CORRELATIONS = st.sampled_from([Rational(p, 8) for p in range(-8, 8)] + [1 - Rational(1, 10**k) for k in (2, 4, 8)])


def _network(omega: Fraction, beta: Fraction, mu: Fraction, other: Fraction) -> Network:
    phi = RELU if mu == 1 else leaky_relu(SLOPES[mu])
    exact = (Rational(value.numerator, value.denominator) for value in (omega, beta, other))
    weight, bias, second = exact
    return ffnet(phi, weight_variance=weight, bias_variance=bias).with_(squared_norms=(Integer(1), second))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(_MEMBERS), _CORRELATIONS, st.integers(0, 200))
def test_conclusions_have_no_counterexample(member: tuple[Fraction, ...], corr: Expr, depth: int) -> None:
    """Every conclusion, at every depth up to 200, for all phases, slopes, lengths; the kernels are balls."""
    omega = member[0]
    digits = 20 + int(1.4 * depth) if omega < 1 else 30
    found = trajectory(_network(*member), sorted({0, depth}), corr, digits=digits)
    for bound in check(bias_certificate(*member)[1])["conclusions"]:
        low = parse(bound["correlations"][1:-1].split(",")[0])
        if corr >= low and depth >= bound["first"]:
            assert not _violated(bound, getattr(found[depth], bound["quantity"]), depth, corr, digits), bound


@pytest.mark.parametrize(
    ("network", "name", "broken", "by"),
    [
        (LINEAR, "linear", "4/7", "1/4"),
        (ORDERED, "ordered", "^(L/2)", "^L"),
        (GROWING, "growing", "1/4", "4/7"),
    ],
)
def test_a_broken_conclusion_would_be_found(network: Network, name: str, broken: str, by: str) -> None:
    """With another limit or exponent in it, the same comparison reports a violation."""
    bounds = check(search_biases(*SHIPPED[name]))["conclusions"]
    (bound,) = [b for b in bounds if b["quantity"] == "normalized_ntk"][-1:]
    assert broken in bound["lower"]
    depth = 60 if name == "ordered" else 1000
    value = trajectory(network, (depth,), Integer(0), digits=60)[depth].normalized_ntk
    assert not _violated(bound, value, depth, Integer(0), 60)
    bound = bound | {k: bound[k].replace(broken, by) for k in _SIDES}
    assert _violated(bound, value, depth, Integer(0), 60)


_X = sin(T / 2)


@given(angles(), st.sampled_from(sorted(SLOPES)))
def test_the_step_lies_between_its_bounds(theta: Expr, mu: Fraction) -> None:
    """2 a <= J(t) <= 2 a + b t, with J by its definition through the angle map."""
    member = Rational(mu.numerator, mu.denominator)
    b = Rational(search_biases(Fraction(1), Fraction(1), mu)["constants"]["b"])
    turned = acos(cos(T) + member * (sin(T) - T * cos(T)) / pi)
    step = 1 / sin(turned / 2) - 1 / _X - 2 * member / (3 * pi)
    assert not evaluate(step, {T: theta}, digits=40) < 0
    assert not evaluate(b * T - step, {T: theta}, digits=40) < 0


@settings(max_examples=20, deadline=None)
@given(
    _CORRELATIONS,
    st.sampled_from([member[:2] for member in _MEMBERS[3::3]]),
)
def test_the_coordinate_takes_the_step(corr: Expr, variances: tuple[Fraction, ...]) -> None:
    """v_l - v_(l-1) = J/sqrt(rho_l) along the derived recursion: equation (2) of the page."""
    omega, beta = variances
    found = trajectory(_network(omega, beta, Fraction(1), Fraction(1)), range(6), corr, digits=40)
    rho = [Integer(1)]
    for depth in range(1, 6):
        rho.append(
            rho[-1] + Rational(beta.numerator, beta.denominator) / Rational(omega.numerator, omega.denominator) ** depth
        )
    with precision(256):
        sines = [(found[depth].angle / 2).sin() for depth in range(6)]
        roots = [evaluate(sqrt(value), {}, digits=50) for value in rho]
        for depth in range(1, 6):
            before, after = (1 / (roots[k] * sines[k]) for k in (depth - 1, depth))
            inside = 1 / (roots[depth] * before)
            assert (after - before - (1 / sines[depth] - 1 / inside) / roots[depth]).contains(0)


@pytest.mark.parametrize(
    ("network", "value"), [(ORDERED, "1"), (LINEAR, "4/7"), (GROWING, "1/4")], ids=["ordered", "linear", "growing"]
)
def test_the_limit_is_the_one_of_the_phase(network: Network, value: str) -> None:
    """Both sides of the bounds tend to what ``limit`` derives from the map near c = 1."""
    assert limit(network, orders=1).ntk_limit == Rational(value)
    for fact in _bounds(network):
        for side in (fact.lower, fact.upper):
            if side is not None and fact.correlations.low != fact.correlations.high and side not in (-1, 1):
                expansion = Comparison().expand(side)
                assert expansion.terms.get((0, 0)) == Rational(value)


# --- the judge and neighbouring networks ------------------------------------------------------------------------------


def _bounds(network: Network, quantity: Quantity = Quantity.NORMALIZED_NTK) -> list[Any]:
    statement = Depth(network=network, quantity=quantity, holds=parse_holds("limit == 1/4"))
    return [fact for fact in facts_of(statement, GammaRange())[0] if fact.theorem]


_LAYERS = (Dense(bias_variance=Integer(1)), Nonlinearity(activation=RELU))
_NEIGHBOURS = {
    "fixed hidden layers": ffnet(RELU, bias_variance=1, train_hidden=False),
    "fixed readout": ffnet(RELU, bias_variance=1, train_readout=False),
    "fixed biases": Network(
        name="fixed-biases",
        layers=(Repeat(body=(Dense(bias_variance=Integer(1), train_bias=False), _LAYERS[1])), Dense()),
    ),
    "biased readout": Network(name="readout", layers=(Repeat(body=_LAYERS), Dense(bias_variance=Integer(1)))),
    "shifted by one layer": Network(name="shifted", layers=(*_LAYERS, Repeat(body=_LAYERS), Dense())),
    "two layers a step": Network(name="double", layers=(Repeat(body=_LAYERS + _LAYERS), Dense())),
    "absolute value": ffnet(activation("abs"), bias_variance=1),
    "negative slope": ffnet(leaky_relu(Rational(-1, 2)), bias_variance=1),
    "relu squared": ffnet(activation("relu_power:2"), bias_variance=1),
    "two lengths": LINEAR.with_(squared_norms=(Integer(1), Integer(2))),
}


@pytest.mark.parametrize("name", _NEIGHBOURS)
def test_a_neighbour_has_no_bounds(name: str) -> None:
    """A changed layer, training, start or length: nothing that the theorems say is a fact about it."""
    assert {fact.theorem for fact in _bounds(LINEAR)} == {"relu-bias-linear"}
    assert not [fact for fact in _bounds(_NEIGHBOURS[name]) if fact.theorem.startswith("relu-bias")]


@pytest.mark.parametrize(
    "theirs",
    [
        (Fraction(1), Fraction(10001, 10000), Fraction(1), Fraction(1)),
        (Fraction(1), Fraction(1), Fraction(8, 13), Fraction(1)),
        (Fraction(1001, 1000), Fraction(1), Fraction(1), Fraction(1)),
        (Fraction(999, 1000), Fraction(1), Fraction(1), Fraction(1)),
        (Fraction(1, 2), Fraction(1, 2), Fraction(1), Fraction(4)),
    ],
)
def test_the_certificate_of_a_neighbour_is_not_used(
    monkeypatch: pytest.MonkeyPatch, theirs: tuple[Fraction, ...]
) -> None:
    """Another bias, slope, weight or length offered: the checker accepts, the judge does not."""
    offered = search_biases(*theirs)
    proved = check(offered)
    assert proved["conclusions"]
    ours = biased_map(LINEAR)
    assert ours is not None
    assert not speaks_of(proved, ours)
    monkeypatch.setattr(bias_search, "bias_certificate", lambda *numbers: ("neighbour.json", offered))
    assert not _bounds(LINEAR)


@pytest.mark.parametrize("key", ["length", "kernel", "tangent", "diagonal", "initial"])
def test_every_line_of_the_recursion_is_compared(key: str) -> None:
    """A statement whose map differs in one line is not about the network."""
    proved, ours = check(search_biases(*SHIPPED["linear"])), biased_map(LINEAR)
    assert ours is not None
    assert speaks_of(proved, ours)
    assert not speaks_of(proved | {"map": {**proved["map"], key: f"{proved['map'][key]}+1/1000"}}, ours)


def test_units_do_not_matter() -> None:
    """Squared norms 5 with bias 5 are squared norms 1 with bias 1; without normalisation He's variance is 2, and biases halve."""
    wide = ffnet(RELU, bias_variance=5).with_(squared_norms=(Integer(5), Integer(5)))
    plain = ffnet(RELU, weight_variance=2, bias_variance=2, normalised=False)
    for network in (wide, plain):
        assert {fact.source for fact in _bounds(network)} == {"theorem relu-bias-linear (relu-bias-linear.json)"}
    twice = Network(name="twice", layers=(Repeat(body=(*_LAYERS, Scale(factor=Rational(2)))), Dense()))
    found = biased_map(twice)
    assert found is not None
    assert (found.omega, found.beta) == (4, 4)


@pytest.mark.parametrize(
    ("network", "holds", "more"),
    [
        (LINEAR, "limit == 4/7", {"domain": "[-1, 1]"}),
        (LINEAR, "value - 4/7 = O(1/L)", {"domain": "[-1, 1/2]"}),
        (LINEAR, "value >= 4/7", {"domain": "[-1, 1/2]"}),
        (ORDERED, "abs(value - 1) <= 14*sin(theta/2)*3^(-L/2)", {"domain": "[-1, 1]"}),
        (ORDERED, "abs(value - 1) <= sin(theta/2)*2^(-L/2)/100", {"domain": "[-1, 1]"}),
        (GROWING, "abs(value - 1/4) <= 1/(L+1)", {}),
        (GROWING, "value - 1/4 = O(1/L^2)", {"domain": "[-1, 1/2]"}),
    ],
)
def test_what_is_not_true_is_not_proved(network: Network, holds: str, more: dict[str, Any]) -> None:
    """Coinciding inputs, rates too fast, constants too good."""
    found = examine(at_every_depth("a", "b", "t", "n", network, holds, **more), Options())
    assert found is None or found.outcome is not Outcome.PROVES


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("linear", {"omega": "1001/1000"}, "omega <= 1"),
        ("linear", {"b": "679/10000"}, "step-upper"),
        ("linear", {"m": "1/2"}, "m, growth"),
        ("linear", {"drift": "1/2"}, "drift"),
        ("linear-small", {"w": "13/10"}, "w"),
        ("linear", {"shift": "3/5"}, "shift"),
        ("linear-small", {"c": "3/5"}, "c: 1/sin"),
        ("linear-small", {"c": "1"}, "c < 1"),
        ("linear", {"above": "28"}, "above"),
        ("linear", {"below_far": "123"}, "below_far"),
        ("linear", {"below_near": "145"}, "below_near"),
        ("linear", {"pace_hi": "67/100"}, "pace_hi"),
        ("linear", {"pace_lo": "68/100"}, "pace_lo"),
        ("ordered", {"omega": "1"}, "1-omega > 0"),
        ("ordered", {"beta": "0"}, "beta > 0"),
        ("ordered", {"q_lo": "11/10"}, "q_lo, first"),
        ("ordered-lengths", {"q_hi": "3"}, "q_hi, second"),
        ("ordered", {"W": "1"}, "W"),
        ("ordered", {"up": "13"}, "up"),
        ("ordered", {"first": "7"}, "first: the deficit"),
        ("ordered", {"first": "19/2"}, "first: a depth is"),
        ("ordered", {"low": "6/100"}, "low"),
        ("ordered", {"low_nngp": "1/2"}, "low_nngp"),
        ("growing", {"omega": "1"}, "omega-1 > 0"),
        ("growing", {"H": "9/5"}, "kernel"),
        ("growing", {"below": "6"}, "below"),
        ("growing", {"above_log": "4"}, "above_log"),
        ("growing", {"above_near": "3"}, "above_near"),
        ("growing", {"J": "2/5"}, "J"),
    ],
)
def test_a_constant_beyond_its_bound_is_rejected(name: str, changes: dict[str, str], reason: str) -> None:
    """Each inequality between the constants, and each hypothesis, is needed."""
    found = bias_certificate(*SHIPPED[name])[1]
    with pytest.raises(Rejected, match=f"^{reason}"):
        check(found | {"constants": found["constants"] | changes})


def test_long_or_missing_numbers_are_refused_in_a_line() -> None:
    """Where no theorem applies the search says so."""
    one = Fraction(1)
    for numbers in ((one, Fraction(0), one, one), (one, one, Fraction(2), one), (one, one, one, Fraction(2))):
        with pytest.raises(BeyondReach, match=r"^[^\n]+$"):
            search_biases(*numbers)
    with pytest.raises(BeyondReach, match="long numbers"):
        search_biases(one, Fraction(1, 10**20), one, one)
    assert biased_map(ffnet(RELU, bias_variance=sqrt(2))) is None
