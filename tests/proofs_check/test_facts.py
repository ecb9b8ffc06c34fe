"""What is taken as proved about a network: bounds that contain its kernel at every depth and input, and only for its own map."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, acos
from test_certificates_engine import FFNET, GAMMA, RELU, claim, res

from numerics.balls import evaluate
from numerics.kernel import kernel
from proofs_check import facts as module
from proofs_check.checker import Rejected
from proofs_check.facts import facts_of, restart_of
from proofs_check.general_facts import Bound
from proofs_check.intervals import inside
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.asymptotics import GammaRange
from theory.claims import Depth, Quantity
from theory.errors import BeyondReach
from theory.network import Network

NETWORKS: dict[str, Network] = {
    "relu": FFNET,
    "leaky": ffnet(activation("leaky_relu:1/5")),
    "resnet 1": res("1"),
    "resnet 1/2": res("1/2"),
    "resnet 1/4": res("1/4"),
    "resnet of depth-free scale": resnet(RELU, alpha=Rational(1, 3)),
}


def statement(network: Network, quantity: str = "normalized_ntk") -> Depth:
    """Any statement about the quantity."""
    stated = claim("value <= 2", network=network, quantity=quantity).statement
    assert isinstance(stated, Depth)
    return stated


def bounds(network: Network, quantity: str = "normalized_ntk", gammas: GammaRange | None = None) -> list[Bound]:
    """The facts about a quantity."""
    return facts_of(statement(network, quantity), gammas or GammaRange())[0]


@cache
def known(name: str, quantity: str) -> list[Bound]:
    """The facts about one of the networks, found once."""
    return bounds(NETWORKS[name], quantity)


@settings(max_examples=15)
@given(
    st.sampled_from(sorted(NETWORKS)),
    st.sampled_from(["ntk", "normalized_ntk", "normalized_nngp", "angle"]),
    st.integers(1, 40),
    st.sampled_from([-1, Rational(-9, 10), 0, Rational(1, 2), Rational(999, 1000), 1]),
)
def test_every_bound_contains_the_kernel(name: str, quantity: str, depth: int, corr: Rational) -> None:
    """At any depth from the first one on and any correlation of the interval, in balls; c = 1 always has a fact."""
    point = Integer(corr) if isinstance(corr, int) else corr
    value = getattr(kernel(NETWORKS[name], depth, point, digits=30), quantity)
    applied = 0
    for fact in known(name, quantity):
        if fact.condition is not None or depth < fact.first or not inside(point, fact.correlations):
            continue
        applied += 1
        at = {symbols.depth: Integer(depth), symbols.theta: acos(point)}
        for side, upper in ((fact.lower, False), (fact.upper, True)):
            if side is not None:
                bound = evaluate(side, at, digits=30)
                assert bound.is_finite()
                assert not (bound < value if upper else bound > value), (fact.source, side)
    assert applied or point != 1


def test_every_network_of_these_tests_has_bounds_of_its_kernel() -> None:
    """Beyond the trivial one at c = 1."""
    assert all(any(b.theorem for b in bounds(network)) for network in NETWORKS.values())


@pytest.mark.parametrize(
    ("network", "reason"),
    [
        (ffnet(activation("erf"), bias_variance=Rational(1, 10)), "lengths change"),
        (ffnet(activation("abs")), "no meta-theorem for every depth covers this map"),
        (ffnet(activation("leaky_relu:-1")), "no meta-theorem"),
        (ffnet(RELU, train_readout=False), "no meta-theorem"),
        (resnet(activation("erf"), alpha=1 / symbols.layer), "lengths change"),
        (resnet(RELU, alpha=symbols.alpha), "theorem"),
        (res("1", train_inner=False), "no meta-theorem"),
    ],
    ids=str,
)
def test_a_network_without_a_theorem_has_the_trivial_facts_only(network: Network, reason: str) -> None:
    """1 at c = 1 and at most 1 in absolute value by Cauchy and Schwarz; the reason is said."""
    found, why = facts_of(statement(network), GammaRange())
    assert [(b.theorem, b.correlations.low, b.lower, b.upper) for b in found] == [(None, 1, 1, 1), (None, -1, -1, 1)]
    assert reason in why


@pytest.mark.parametrize(
    ("quantity", "network", "exact"),
    [
        ("normalized_nngp", FFNET, 1),
        ("angle", FFNET, 0),
        ("nngp", FFNET, 1),
        ("ntk", FFNET, symbols.depth + 1),
        ("nngp", resnet(RELU, alpha=1 / symbols.layer), None),
        ("ntk", resnet(RELU, alpha=1 / symbols.layer), None),
        ("normalized_ntk", ffnet(activation("erf")).with_(squared_norms=(Integer(1), Integer(2))), None),
        ("angle", FFNET.with_(squared_norms=(Integer(1), Integer(2))), 0),
    ],
    ids=str,
)
def test_equal_inputs_have_exact_values_where_they_are_known(
    quantity: str, network: Network, exact: Expr | None
) -> None:
    """With lengths that differ and matter, or a diagonal without closed form, nothing is said."""
    first = bounds(network, quantity)[0]
    assert (first.lower, first.upper) == (exact, exact)


def conditional(gamma: str | Expr, gammas: GammaRange | None = None) -> set[bool]:
    """Whether bounds of the antipode below, proved for eta L <= 1/2 only, are present, by their mark."""
    network = resnet(RELU, gamma=Rational(gamma) if isinstance(gamma, str) else gamma)
    return {b.condition is not None for b in bounds(network, gammas=gammas)}


def test_conditions_on_the_scale_are_decided_exactly() -> None:
    """Eta L <= 1/2 holds beyond some depth for gamma > 1/2 only, 1/(L+1) at gamma = 1/2 only, h <= 1 for small scales only."""
    assert conditional("1") == {False, True}
    assert conditional("1/2") == {False}
    assert conditional("1/3") == {False}
    inside_half = GammaRange(low=Rational(1, 2), high=Integer(1), low_closed=False, high_closed=False)
    assert conditional(GAMMA, inside_half) == {False, True}
    assert conditional(GAMMA, GammaRange()) == {False}
    transition = [b for b in bounds(res("1/2")) if b.correlations.low == b.correlations.high == Rational(9, 10)]
    assert transition
    assert not [b for b in bounds(res("51/100")) if b.correlations.low == Rational(9, 10)]
    large, small = bounds(resnet(RELU, alpha=Integer(2))), bounds(resnet(RELU, alpha=Rational(1, 2)))
    assert len(small) > len(large)


def test_a_bound_is_shown_as_strings() -> None:
    """For the evidence: source, theorem, mu, both sides, interval and first depth."""
    fact = next(b for b in bounds(FFNET) if b.theorem)
    data = fact.as_data()
    assert data["mu"] == "1"
    assert data["theorem"] == "ffnet-critical-angle"
    assert all(value is None or isinstance(value, str) for value in data.values())


@pytest.mark.parametrize(
    "network", [ffnet(RELU, weight_variance=Integer(2)), ffnet(RELU, critical=2)], ids=["lengths grow", "length 2"]
)
def test_normalised_kernels_do_not_see_the_scale(network: Network) -> None:
    """The theorem speaks of K/q and Theta/q: its bounds hold for the normalised kernels, and not for the kernels."""
    plain = [b for b in bounds(FFNET) if b.theorem]
    assert [replace(b, source="") for b in bounds(network) if b.theorem] == [replace(b, source="") for b in plain]
    for quantity in (Quantity.NTK, Quantity.NNGP):
        found, _ = facts_of(replace(statement(network), quantity=quantity), GammaRange())
        assert not any(b.theorem for b in found)
    assert restart_of(statement(network)) is None


def test_a_restart_is_offered_for_the_feedforward_family_only() -> None:
    """With what the smaller number must not exceed."""
    found = restart_of(statement(FFNET))
    assert found is not None
    assert found.mu == Fraction(1)
    assert len(found.at_most) == 2
    assert restart_of(statement(res("1"))) is None
    assert restart_of(statement(ffnet(activation("erf"), bias_variance=Rational(1, 10)))) is None


def test_a_certificate_that_the_checker_rejects_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is its message; the fact at c = 1 remains."""
    from proofs_check import checker

    def reject(_: object) -> None:
        raise Rejected("cells missing")

    monkeypatch.setattr(checker, "check", reject)
    module._checked.cache_clear()
    try:
        found, why = facts_of(statement(FFNET), GammaRange())
        assert not any(b.theorem for b in found)
        assert "the checker rejects it: cells missing" in why
    finally:
        module._checked.cache_clear()


@pytest.mark.parametrize("key", ["cosine", "kdot", "source", "initial"])
def test_a_statement_about_another_map_is_not_used(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """One expression of the returned map changed by 10^-30, or the parameter: no bound follows."""
    name, proved = module._checked("ffnet-critical-angle", Fraction(1))
    changed = {**proved, "map": {**proved["map"], key: f"{proved['map'][key]}+1/10^30"}}
    monkeypatch.setattr(module, "_checked", lambda *_: (name, changed))
    assert not any(b.theorem for b in bounds(FFNET))
    monkeypatch.setattr(module, "_checked", lambda *_: (name, {**proved, "mu": "1/2"}))
    assert not any(b.theorem for b in bounds(FFNET))
    missing = {k: v for k, v in proved["map"].items() if k != key}
    monkeypatch.setattr(module, "_checked", lambda *_: (name, {**proved, "map": missing}))
    assert not any(b.theorem for b in bounds(FFNET))


def test_quantities_are_kept_apart() -> None:
    """A bound of the kernel is no bound of the angle."""
    for quantity in Quantity:
        assert {b.quantity for b in bounds(FFNET, quantity.value)} == {quantity}


def test_an_error_of_the_search_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the certificate cannot give is told, not raised."""

    def fail(*_: object) -> None:
        raise BeyondReach("no certificate here")

    monkeypatch.setattr(module, "_checked", fail)
    found, why = facts_of(statement(FFNET), GammaRange())
    assert not any(b.theorem for b in found)
    assert why == "no certificate here"


def test_a_network_without_a_derived_recursion_has_no_facts() -> None:
    """Nothing is claimed of a kernel that has no closed form here; the reason is said."""
    found, why = facts_of(statement(ffnet(activation("expr:x*(3 + sign(x-1))/2"))), GammaRange())
    assert found == []
    assert "activation=x*(sign(x - 1) + 3)/2" in why
