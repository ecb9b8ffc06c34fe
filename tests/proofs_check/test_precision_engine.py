"""Extrapolation supports what is true, shows the figures where it is not, and never refutes."""

import json
import time

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, oo, pi

from numerics.balls import precision
from numerics.kernel import kernel
from numerics.multiprecision import APPROXIMATION_BITS, QUANTITIES, approximation
from proofs_check.engines.precision import examine, extrapolate
from proofs_check.judge import Options
from proofs_check.strategies import correlations
from proofs_check.trials import number_ball
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Depth, Interval, Kind, Quantity, Scaling, Statement
from theory.language import parse_holds
from theory.network import Network

RELU = ffnet(activation("relu"))
RESNET = resnet(activation("relu"), gamma=symbols.gamma)
RESNET_AT_1 = resnet(activation("relu"), gamma=Integer(1))
TWO_LAYER = "((pi - theta)*cos(theta) + sin(theta)/2)/pi"
ABOVE_HALF = Interval(symbol=symbols.gamma, low=Rational(1, 2), high=Integer(1), low_closed=False)
FROM_HALF = Interval(symbol=symbols.gamma, low=Rational(1, 2), high=Integer(1))


def correlated(low: Expr, high: Expr, *, low_closed: bool = True, high_closed: bool = True) -> Interval:
    """An interval of correlations."""
    return Interval(symbol=symbols.c, low=low, high=high, low_closed=low_closed, high_closed=high_closed)


ALL = correlated(Integer(-1), Integer(1))
DISTINCT = correlated(Integer(-1), Integer(1), high_closed=False)
BETWEEN = correlated(Integer(-1), Integer(1), low_closed=False, high_closed=False)
APART = correlated(Integer(-1), Rational(1, 2))
ORTHOGONAL = correlated(Integer(0), Integer(0))
ANTIPODE = correlated(Integer(-1), Integer(-1))


def seen(statement: Statement, effort: float = 20) -> Evidence:
    """What the engine says of a statement."""
    claim = Claim(id="test/claim", paper="test", number="1", title="a test", kind=Kind.RATE, statement=statement)
    evidence = examine(claim, Options(effort=effort))
    assert evidence is not None
    return evidence


def about(
    holds: str,
    domain: Interval = DISTINCT,
    network: Network = RELU,
    *,
    gammas: Interval | None = None,
    quantity: Quantity = Quantity.NORMALIZED_NTK,
    pointwise: bool = False,
) -> Depth:
    """A statement about a kernel at every depth."""
    return Depth(
        network=network,
        quantity=quantity,
        holds=parse_holds(holds),
        correlations=domain,
        parameters=() if gammas is None else (gammas,),
        pointwise=pointwise,
    )


TRUE = (
    about("limit == 1/4"),
    about("value ~ 1/4 + 3*log(L)/(8*L)"),
    about("value ~ 3*pi/L - 9*pi*log(L)/(2*L^2)", quantity=Quantity.ANGLE),
    about("value ~ L/4 + 3*log(L)/8", quantity=Quantity.NTK),
    about("value - 1/4 = O(log(L)/L)", APART),
    about("value - 1/4 = Theta(log(L)/L)", APART),
    about("value - 1/4 = o(L^(-1/4))", APART, pointwise=True),
    about("value ~ 1/(2*pi) + 1/(8*pi*L)", ORTHOGONAL, RESNET_AT_1),
    about(f"limit == {TWO_LAYER}", ALL, RESNET, gammas=ABOVE_HALF),
    about("value ~ -sqrt(2)/(3*pi)*L^(1/2 - gamma)", ANTIPODE, RESNET, gammas=ABOVE_HALF),
    about(f"value - {TWO_LAYER} = O(L^(1 - 2*gamma))", BETWEEN, RESNET, gammas=ABOVE_HALF, pointwise=True),
)

FALSE = (
    about("limit == 1/3"),
    about("limit == 2501/10000"),
    about("limit == 1/4", ALL),  # equal inputs
    about("value ~ 1/4 + 3*log(L)/(4*L)"),
    about("value ~ 1/4 + 3*log(L)/(16*L)"),
    about("value ~ 1/4 + 3*log(L)^2/(8*L)"),
    about("value ~ 1/4 + 3/(8*L)"),
    about("value ~ 1/4 + 3*log(L)/(8*L^(9/10))"),
    about("value ~ 1/4 + 3*log(L)/(8*L) + 1/L"),
    about("value ~ 3*pi/L - 3*pi*log(L)/L^2", quantity=Quantity.ANGLE),
    about("value ~ 2*pi/L - 9*pi*log(L)/(2*L^2)", quantity=Quantity.ANGLE),
    about("value ~ 1 - 9*pi^2/L^2", quantity=Quantity.NORMALIZED_NNGP),
    about("value - 1/4 = O(1/L)", APART, pointwise=True),
    about("value - 1/4 = O(1/L)", APART),
    about("value - 1/4 = o(log(L)/L)", APART),
    about("value - 1/4 = Theta(1/L)", APART),
    about("value - 1/4 = Theta(1/sqrt(L))", APART),
    about("value - 1/4 = O(log(L)/L)"),  # not uniform up to equal inputs
    about("value - 1/4 = o(1)"),
    about("value ~ 1/(2*pi) + 1/(4*pi*L)", ORTHOGONAL, RESNET_AT_1),
    about("value ~ 1/(2*pi) + 1/(8*pi*L^2)", ORTHOGONAL, RESNET_AT_1),
    about("value ~ 1/(2*pi) + log(L)/(8*pi*L)", ORTHOGONAL, RESNET_AT_1),
    about(f"limit == {TWO_LAYER}", ALL, RESNET, gammas=FROM_HALF),  # another limit at gamma = 1/2
    about("value ~ -sqrt(2)/(3*pi)*L^(1 - 2*gamma)", ANTIPODE, RESNET, gammas=ABOVE_HALF),
    about("value ~ -sqrt(2)/(4*pi)*L^(1/2 - gamma)", ANTIPODE, RESNET, gammas=ABOVE_HALF),
    about(f"value - {TWO_LAYER} = O(L^(1 - 2*gamma))", ALL, RESNET, gammas=ABOVE_HALF),
    about(f"value - {TWO_LAYER} = O(L^(1 - 2*gamma))", BETWEEN, RESNET, gammas=ABOVE_HALF),
)


def name(statement: Depth) -> str:
    """A statement as the id of a test."""
    return f"{statement.network.name} {statement.holds}"[:80]


@pytest.mark.parametrize("statement", TRUE, ids=name)
def test_true_statements_are_supported(statement: Depth) -> None:
    """A true limit, expansion or order is supported, with figures for each input and each gamma that was tried."""
    start = time.process_time()
    evidence = seen(statement)
    assert evidence.outcome is Outcome.SUPPORTS, evidence.summary
    assert time.process_time() - start < 6
    assert all(row["agrees"] for row in evidence.data["rows"])
    assert evidence.summary.startswith("extrapolated at c = ")
    assert ("gamma = " in evidence.summary) == (statement.network is not RELU)


@pytest.mark.parametrize("statement", FALSE, ids=name)
@pytest.mark.parametrize("effort", [1, 20])
def test_false_statements_are_not_supported(statement: Depth, effort: float) -> None:
    """A wrong constant, exponent, logarithm or domain is undecided, never refuted, and the disagreeing figures are told."""
    evidence = seen(statement, effort)
    assert evidence.outcome is Outcome.UNDECIDED, evidence.summary
    assert "against claimed" in evidence.summary
    assert evidence.data["rows"][-1]["agrees"] is False


def scaling(target: Expr) -> Scaling:
    """The normalised NTK at angle x/L tends to the target."""
    domain = Interval(symbol=symbols.x, low=Integer(0), high=oo, low_closed=False)
    return Scaling(
        network=RELU,
        quantity=Quantity.NORMALIZED_NTK,
        angle=symbols.x / symbols.depth,
        target=target,
        domain=domain,
    )


U = symbols.x / (3 * pi)


def test_inputs_that_move_with_the_depth() -> None:
    """At angle x/L the limit ((1+u)^4 - 1)/(4 u (1+u)^3) is supported; neighbours are told by their figures."""
    assert seen(scaling(((1 + U) ** 4 - 1) / (4 * U * (1 + U) ** 3))).outcome is Outcome.SUPPORTS
    for false in (
        ((1 + U) ** 4 - 1) / (4 * U * (1 + U) ** 2),
        Rational(1, 4) + Rational(3, 4) / (1 + U),
        ((1 + U) ** 4 - 1) / (4 * U * (1 + U) ** 3) + U / 10**6,
    ):
        evidence = seen(scaling(false))
        assert evidence.outcome is Outcome.UNDECIDED
        assert "0.8650930392 +/- " in evidence.summary
        assert "against claimed 0." in evidence.summary


def test_a_planted_coefficient_is_not_supported() -> None:
    """The coefficient 3/8 with a part in a thousand planted, drawn from the clock, is seen in the figures."""
    planted = Rational(3, 8) * (1 + Rational(1, 1000 + time.time_ns() % 1000))
    assert seen(about(f"value ~ 1/4 + {planted}*log(L)/L")).outcome is Outcome.UNDECIDED


def test_the_same_claim_gives_the_same_evidence() -> None:
    """No figure depends on chance or on what was computed before, and all of them can be written as JSON."""
    for statement in (TRUE[0], TRUE[8], FALSE[0]):
        one, two = seen(statement), seen(statement)
        assert one == two
        assert json.loads(json.dumps(one.data)) == one.data


def test_chains_and_open_slopes_are_not_this_engine_s_business() -> None:
    """Inequalities at every depth, and parameters other than gamma, are left alone."""
    slopes = Interval(symbol=symbols.slope, low=Integer(0), high=Rational(1, 2))
    for statement in (about("value <= 1"), about("limit == 1/4", gammas=slopes)):
        claim = Claim(id="test/claim", paper="test", number="1", title="a test", kind=Kind.BOUND, statement=statement)
        assert examine(claim, Options()) is None


def test_a_network_without_a_form_in_the_correlation() -> None:
    """The limit 1 of the correlation of a ReLU network with bias is supported from fewer depths, 9/10 is not."""
    network = ffnet(activation("relu"), bias_variance=Rational(1, 10))
    assert approximation(network) is None
    true, false = (
        about(f"limit == {e}", ORTHOGONAL, network, quantity=Quantity.NORMALIZED_NNGP) for e in ("1", "9/10")
    )
    supported, undecided = seen(true), seen(false)
    assert supported.outcome is Outcome.SUPPORTS, supported.summary
    assert undecided.outcome is Outcome.UNDECIDED


def test_extrapolation_shows_a_missing_logarithm_in_its_spread() -> None:
    """From exact terms a limit is recovered; a sequence that grows like log L has no sharp limit."""
    with precision(APPROXIMATION_BITS):
        steady = {2**k: 2 + arb(3) / 2**k - arb(5) / 4**k for k in range(5, 16)}
        growing = {2**k: 2 + arb(2**k).log() / 10 + arb(3) / 2**k for k in range(5, 16)}
    found, other = (extrapolate(sequence, None, logarithmic=False) for sequence in (steady, growing))
    assert found is not None
    assert found.agrees(2)
    assert not found.agrees(Rational(2000001, 10**6))
    assert other is not None
    assert not other.sharp


@given(
    corr=correlations(),
    depth=st.integers(1, 130),
    gamma=st.sampled_from([None, Rational(1, 2), Rational(3, 4), Rational(7, 5)]),
    quantity=st.sampled_from(QUANTITIES),
)
@settings(max_examples=30)
def test_the_approximation_is_near_the_kernel(corr: Expr, depth: int, gamma: Expr | None, quantity: str) -> None:
    """An approximation with depth and gamma as numbers agrees with the rigorous kernel to 40 digits, states kept or not."""
    guide = approximation(RELU if gamma is None else RESNET)
    assert guide is not None
    bits = APPROXIMATION_BITS
    values = [] if gamma is None else [number_ball(gamma, bits)]
    near = guide.at(depth, number_ball(corr, bits), values, quantity=quantity)
    network = RELU if gamma is None else RESNET.substitute(symbols.gamma, gamma)
    true = getattr(kernel(network, depth, corr, digits=45), quantity)
    with precision(bits):
        assert abs(near - true) <= arb(10) ** -40 * (1 + abs(true))
