"""Perfect certificates of a neighbouring map: the checker accepts them, the judge does not use them for this network."""

from fractions import Fraction
from typing import Any

import pytest
from sympy import Integer, Rational

from proofs_check import certify, facts
from proofs_check.certify import certificate, search, search_smooth
from proofs_check.checker import check
from proofs_check.facts import facts_of
from proofs_check.lemmas import decide_inequality
from proofs_check.smooth_facts import constants_for, smooth_map
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.activations import activation, leaky_relu
from theory.architectures import ffnet, resnet, resnet_single
from theory.asymptotics import GammaRange
from theory.claims import Depth, Inequality, Interval, Quantity
from theory.language import parse_holds
from theory.network import Dense, Network, Nonlinearity, Repeat, Residual, Scale
from theory.parsing import parse
from theory.recursion import correlation_form

RELU = activation("relu")


def _theorems(network: Network, quantity: Quantity = Quantity.NTK) -> set[str | None]:
    statement = Depth(network=network, quantity=quantity, holds=parse_holds("limit == 1/4"))
    return {fact.theorem for fact in facts_of(statement, GammaRange())[0]} - {None}


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Offers one certificate for every request."""

    def offer(found: dict[str, Any]) -> None:
        assert check(found)["conclusions"]
        monkeypatch.setattr(certify, "certificate", lambda theorem, mu: ("neighbour.json", found))
        facts._checked.cache_clear()

    yield offer
    facts._checked.cache_clear()


_PAIRS = [("1/5", "1/4"), ("1/4", "1/5"), ("0", "1/5"), ("1/5", "0"), ("1/1000", "0"), ("-1/1000", "0")]


@pytest.mark.parametrize(("ours", "theirs"), _PAIRS)
def test_the_certificate_of_another_slope(offered: Any, ours: str, theirs: str) -> None:
    """Slope 1/5 for 1/4, and others as near."""
    s = Fraction(theirs)
    offered(search("ffnet-critical-angle", (1 - s) ** 2 / (1 + s**2)))
    assert _theorems(ffnet(leaky_relu(Rational(theirs)))) == {"ffnet-critical-angle"}
    assert _theorems(ffnet(leaky_relu(Rational(ours)))) == set()


@pytest.mark.parametrize("theorem", ["ffnet-slopes", "ffnet-negative-slopes"])
def test_the_certificate_of_all_slopes_for_one(offered: Any, theorem: str) -> None:
    """A range of slopes offered where one member, or another range, is spoken of."""
    offered(certificate(theorem, None)[1])
    other = {"ffnet-slopes": "-1/2", "ffnet-negative-slopes": "1/2"}[theorem]
    assert _theorems(ffnet(leaky_relu(Rational(other)))) == set()


_LAYERS = (Dense(), Nonlinearity(activation=RELU))
_NETWORKS = {
    "shifted by one layer": Network(
        name="shifted", layers=(Dense(), Nonlinearity(activation=RELU), Repeat(body=_LAYERS), Dense())
    ),
    "two layers a step": Network(name="double", layers=(Repeat(body=_LAYERS + _LAYERS), Dense())),
    "start at 0": Network(name="start", layers=(Repeat(body=_LAYERS), Dense(train_weight=False))),
    "fixed hidden weights": ffnet(RELU, train_hidden=False),
    "weights a third larger": ffnet(RELU, weight_variance=Rational(4, 3)),
    "not normalised": ffnet(RELU, normalised=False),
    "a bias": ffnet(RELU, bias_variance=Rational(1, 1000)),
    "inputs of another length": ffnet(RELU).with_(squared_norms=(Integer(1), Integer(2))),
    "scaled": Network(name="scaled", layers=(Repeat(body=(*_LAYERS, Scale(factor=Rational(2)))), Dense())),
    "absolute value": ffnet(activation("abs")),
    "relu squared": ffnet(activation("relu_power:2")),
    "residual by one matrix": resnet_single(RELU, gamma=Integer(0)),
    "residual with an untrained branch": Network(
        name="untrained",
        layers=(
            Dense(train_weight=False),
            Repeat(body=(Residual(branch=(Dense(train_weight=False), Nonlinearity(activation=RELU), Dense())),)),
            Dense(train_weight=False),
        ),
    ),
}


@pytest.mark.parametrize("name", _NETWORKS)
def test_the_certificate_of_relu_for_a_neighbour(name: str) -> None:
    """A changed start, step, source, diagonal or length: no bound of the ReLU theorems is a fact about it."""
    assert _theorems(ffnet(RELU)) == {"ffnet-critical-angle"}
    found = _theorems(_NETWORKS[name])
    assert "ffnet-critical-angle" not in found
    if name.startswith("residual"):
        assert "resnet-angle" not in found


@pytest.mark.parametrize("gamma", ["1/2", "1"])
def test_the_certificate_of_a_residual_neighbour(offered: Any, gamma: str) -> None:
    """Slope 1/5 offered for ReLU."""
    offered(search("resnet-angle", Fraction(8, 13)))
    assert _theorems(resnet(RELU, gamma=parse(gamma)), Quantity.NORMALIZED_NTK) == set()


@pytest.mark.parametrize(
    ("ours", "theirs"), [("exp", "polynomial:2*3^(1/2),3,0,1"), ("polynomial:2*3^(1/2),3,0,1", "exp")]
)
def test_the_numbers_of_another_smooth_map(monkeypatch: pytest.MonkeyPatch, ours: str, theirs: str) -> None:
    """A certificate that assumes the numbers of another critical map."""
    form = correlation_form(ffnet(activation(theirs)))
    numbers = None if form is None else smooth_map(form)
    assert numbers is not None
    other = search_smooth(*constants_for(numbers, None))
    assert check(other)["conclusions"]
    assert _theorems(ffnet(activation(ours)), Quantity.NORMALIZED_NTK) == {"smooth-critical"}
    monkeypatch.setattr(certify, "search_smooth", lambda theorem, given: other)
    assert _theorems(ffnet(activation(ours)), Quantity.NORMALIZED_NTK) == set()


@pytest.mark.parametrize("constant", ["3", "22/7"])
def test_the_certificate_of_an_inequality_with_another_constant(monkeypatch: pytest.MonkeyPatch, constant: str) -> None:
    """1/3 for 1/pi: a true inequality about another function proves nothing about this one."""
    theirs = certify.search_inequality(f"2*(sin(t)-t*cos(t))/({constant})", ">=", "pi")
    assert check(theirs)["relation"] == ">="
    monkeypatch.setattr("proofs_check.lemmas.inequality_certificate", lambda text, relation, upper: theirs)
    t = symbols.theta
    gap = 2 * parse("(sin(t)-t*cos(t))/pi", names={"t": t})
    domain = Interval(symbol=t, low=Integer(0), high=parse("pi"), low_closed=False)
    found = decide_inequality(Inequality(gap=gap, domain=domain))
    assert found is None or found.outcome is not Outcome.PROVES
