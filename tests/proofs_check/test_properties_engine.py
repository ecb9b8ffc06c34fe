"""The search finds what it should find, shows it exactly, repeats itself, stops on time, and never claims more."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from flint import arb
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, cos, oo, pi, sin

from numerics.kernel import kernel
from proofs_check.engines.properties import counterexample, examine, inside, search
from proofs_check.judge import Options
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Depth, Identity, Inequality, Interval, Kind, Quantity, Statement
from theory.language import parse_holds
from theory.network import Network
from theory.parsing import number

RELU = ffnet(activation("relu"))


def claim(statement: Statement) -> Claim:
    """A claim around a statement."""
    return Claim(id="test/claim", paper="test", number="1", title="a test", kind=Kind.BOUND, statement=statement)


def about(holds: str, network: Network = RELU, **fields: object) -> Claim:
    """A claim about the normalised NTK."""
    statement = Depth(network=network, quantity=Quantity.NORMALIZED_NTK, holds=parse_holds(holds))
    return claim(replace(statement, **fields))  # type: ignore[arg-type]


def found(a_claim: Claim, effort: float = 5, seed: int = 1) -> Evidence:
    """The evidence of a search with 30 digits."""
    return search(a_claim, effort=effort, seed=seed, digits=30)


def ball(data: dict[str, str]) -> arb:
    """The interval that the evidence prints."""
    return arb(data["mid"], data["rad"])


FALSE = (
    "value >= 0",  # c = -9/10 and small L
    "abs(value - 1/4) <= 1/(L + 1)",
    "value <= 1/4 + 3/(4*L) + c/10",
    "value == (1 + c)/2",
    "0 <= value <= 99/100",
    "value > c",
    "value < cos(theta) + 1/10",
)


@pytest.mark.parametrize("holds", FALSE)
def test_false_bounds_are_refuted_by_a_witness_in_the_domain(holds: str) -> None:
    """A false chain is refuted within a second by exact numbers of its domain and disjoint balls."""
    start = time.monotonic()
    evidence = found(about(holds))
    assert time.monotonic() - start < 3
    assert evidence.outcome is Outcome.REFUTES, evidence.summary
    witness = evidence.data["witness"]
    assert -1 < number(witness["c"], "c") < 1
    assert int(witness["L"]) >= 1
    assert not ball(evidence.data["left"]).overlaps(ball(evidence.data["right"]))
    assert f"L = {witness['L']}" in evidence.summary


TRUE = ("-1 <= value <= 1", "value >= -1/3", "value <= (3*theta/pi + 1) + 1/L")


@pytest.mark.parametrize("holds", TRUE)
def test_true_bounds_are_not_refuted(holds: str) -> None:
    """A moment of search decides nothing about a true chain, and tells the number of examples and the seed."""
    evidence = found(about(holds), effort=1)
    assert evidence.outcome is Outcome.UNDECIDED
    assert 20 < evidence.data["examples"] <= 25
    assert evidence.data["seed"] == 1


@pytest.mark.parametrize("holds", TRUE)
def test_a_full_search_in_vain_supports(holds: str) -> None:
    """A full search names at least 300 examples and a depth of 10^4 or more, and takes its time only where it must."""
    start = time.process_time()
    evidence = found(about(holds), effort=20)
    assert time.process_time() - start < 8
    assert evidence.outcome is Outcome.SUPPORTS, evidence.summary
    assert evidence.data["examples"] >= 300
    assert evidence.data["depth"] >= 10**4
    assert f"{evidence.data['examples']} examples up to depth {evidence.data['depth']}" in evidence.summary


def test_a_search_that_was_cut_short_supports_nothing() -> None:
    """Where time runs out inside the first examples, the outcome is undecided and says so; the seconds are kept."""
    gammas = Interval(symbol=symbols.gamma, low=Rational(1, 2), high=oo)
    network = resnet(activation("relu"), gamma=symbols.gamma)
    deep = about("-1 <= value <= 1", network, parameters=(gammas,), depth_low=10**6)
    found(about("-1 <= value <= 1", network, parameters=(gammas,)), effort=1)  # derives the recursion
    start = time.monotonic()
    evidence = found(deep, effort=2)
    assert time.monotonic() - start < 4
    assert evidence.outcome is Outcome.UNDECIDED
    assert "stopped after 2 seconds" in evidence.summary


@pytest.mark.parametrize("holds", ["log(value - 5) <= 1", "sqrt(-2 - value) >= 0"])
def test_a_search_that_evaluates_nothing_supports_nothing(holds: str) -> None:
    """A chain without a single finite evaluation is undecided, however long the search."""
    evidence = found(about(holds, depth_high=3), effort=20)
    assert evidence.outcome is Outcome.UNDECIDED
    assert "only 0 examples could be evaluated" in evidence.summary


def test_a_planted_constant_that_no_one_has_seen_is_refuted() -> None:
    """A fresh false constant, drawn from the clock, meets a witness of its own that satisfies the hypotheses."""
    denominator = 1000 + time.time_ns() % 1000
    domain = Interval(symbol=symbols.c, low=Rational(0), high=Integer(1), low_closed=False, high_closed=False)
    evidence = found(about(f"value <= 1 - 500/{denominator}", correlations=domain, depth_low=2))
    assert evidence.outcome is Outcome.REFUTES
    witness = evidence.data["witness"]
    corr = number(witness["c"], "c")
    assert corr.is_Rational
    assert 0 < corr < 1
    assert int(witness["L"]) >= 2
    values = kernel(RELU, int(witness["L"]), corr, digits=20)
    assert values.normalized_ntk > 1 - arb(500) / denominator


def test_planted_constants_have_witnesses_of_their_own() -> None:
    """Bounds 9/10 and 99/100 are refuted at different correlations, the nearer bound nearer to coinciding inputs."""
    low, high = (found(about(f"value <= {bound}")).data["witness"] for bound in ("9/10", "99/100"))
    assert low != high
    assert number(low["c"], "c") < number(high["c"], "c")


def test_a_planted_constant_between_all_gammas_is_refuted() -> None:
    """The bound 0.0613 L^(1-2 gamma) with 0.0600 planted fails at an acute angle and some gamma of the range."""
    gammas = Interval(symbol=symbols.gamma, low=Rational(1, 2), high=oo)
    acute = Interval(symbol=symbols.c, low=Integer(0), high=Integer(1))
    network = resnet(activation("relu"), gamma=symbols.gamma)
    two_layer = "((pi - theta)*cos(theta) + sin(theta)/2)/pi"
    fields = {"correlations": acute, "parameters": (gammas,)}
    false = found(about(f"abs(value - {two_layer}) <= 0.0600*L^(1 - 2*gamma)", network, **fields), effort=20)
    assert false.outcome is Outcome.REFUTES
    witness = {name: number(value, name) for name, value in false.data["witness"].items()}
    assert inside(witness["c"], acute)
    assert inside(witness["gamma"], gammas)
    true = found(about(f"abs(value - {two_layer}) <= 0.0613*L^(1 - 2*gamma)", network, **fields), effort=20)
    assert true.outcome is Outcome.SUPPORTS, true.summary


def test_equality_refutes_a_strict_bound() -> None:
    """A strict inequality that is an equality at equal inputs is refuted there, by exact balls."""
    closed = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1))
    evidence = found(about("value < 1", correlations=closed))
    assert evidence.outcome is Outcome.REFUTES
    assert evidence.data["witness"]["c"] == "1"
    assert found(about("value <= 1", correlations=closed)).outcome is Outcome.SUPPORTS


def test_the_witness_is_shrunk() -> None:
    """The simplest witness of a statement that is false everywhere is c = 0 at the least depth."""
    assert found(about("value <= -2", depth_low=3)).data["witness"] == {"c": "0", "L": "3"}


def test_the_hypotheses_hold_at_the_witness() -> None:
    """Depths, correlations and parameters of the witness lie in the claim's ranges, open ends left out."""
    domain = Interval(symbol=symbols.c, low=Rational(1, 3), high=Integer(1), low_closed=False)
    gammas = Interval(symbol=symbols.gamma, low=Rational(1, 2), high=Integer(1), low_closed=False)
    network = resnet(activation("relu"), gamma=symbols.gamma)
    evidence = found(
        about("value <= 1/3", network, correlations=domain, parameters=(gammas,), depth_low=2, depth_high=9)
    )
    assert evidence.outcome is Outcome.REFUTES
    witness = evidence.data["witness"]
    assert 2 <= int(witness["L"]) <= 9
    assert inside(number(witness["c"], "c"), domain)
    assert inside(number(witness["gamma"], "gamma"), gammas)


def test_the_same_seed_gives_the_same_evidence() -> None:
    """Evidence is a function of claim and seed, its cost apart."""
    for holds in (FALSE[1], "value >= -1/3"):
        one, two = (replace(found(about(holds), seed=5), seconds=0) for _ in range(2))
        assert one == two


def test_evidence_can_be_written_as_json() -> None:
    """The data of evidence survive a round trip through JSON."""
    data = found(about(FALSE[0])).data
    assert json.loads(json.dumps(data)) == data


def test_a_deep_witness_is_found_where_small_depths_agree() -> None:
    """A bound that holds up to L = 64 and fails later is refuted beyond."""
    evidence = found(
        about(
            "value*(L + 1) - L/4 <= 4",
            correlations=Interval(symbol=symbols.c, low=Integer(0), high=Rational(1, 2)),
        ),
        effort=8,
    )
    assert evidence.outcome is Outcome.REFUTES
    assert int(evidence.data["witness"]["L"]) > 64


def test_limits_and_rates_are_not_this_engine_s_business() -> None:
    """Values at finite depth say nothing about a limit, false or not."""
    for holds in ("limit == 1/3", "value - 1/4 = O(1/L)", "value ~ 1/4 + log(L)/L"):
        assert found(about(holds)).outcome is Outcome.UNDECIDED
        assert examine(about(holds), Options()) is None


def test_time_is_respected() -> None:
    """The search ends soon after its seconds, whatever an example costs."""

    def slow(value: int) -> str | None:
        time.sleep(0.02)
        return None if value < 500 else "found"

    start = time.monotonic()
    result = counterexample(st.integers(0, 10**6), slow, seed=2, examples=10**4, seconds=0.3)
    assert time.monotonic() - start < 2
    assert result.cut_short
    assert result.finding == "found"


def test_an_interrupt_passes_through() -> None:
    """Ctrl-C in the middle of a search is not swallowed."""

    def interrupted(value: int) -> str | None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        counterexample(st.integers(), interrupted, seed=0, examples=10, seconds=5)


def test_nothing_is_written_where_the_user_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search leaves no folder behind."""
    monkeypatch.chdir(tmp_path)
    found(about(FALSE[0]))
    assert os.listdir(tmp_path) == []


IDENTITIES = (
    (sin(symbols.theta) ** 2, 1 - cos(symbols.theta) ** 2, True),
    (sin(2 * symbols.theta), 2 * sin(symbols.theta), False),
    (symbols.c**2, symbols.c, False),
)


@pytest.mark.parametrize(("left", "right", "true"), IDENTITIES)
def test_identities(left: Expr, right: Expr, true: bool) -> None:
    """A false identity meets a point with disjoint balls, a true one none."""
    evidence = found(claim(Identity(lhs=left, rhs=right)))
    assert evidence.outcome is (Outcome.SUPPORTS if true else Outcome.REFUTES)


def test_an_identity_that_agrees_to_few_digits_is_not_supported() -> None:
    """Sides that differ by 10^-200 sin theta agree to more digits than are looked at, sides that differ by 10^-35 do not."""
    t = symbols.theta
    close, far = (claim(Identity(lhs=cos(t), rhs=cos(t) + sin(t) / 10**n)) for n in (200, 35))
    assert found(close).outcome is Outcome.SUPPORTS
    assert "digits" in found(close).summary
    assert found(far).outcome is Outcome.REFUTES
    assert found(close, effort=1).outcome is Outcome.UNDECIDED


def test_inequalities_are_tried_near_their_ends() -> None:
    """Sin t >= t - t^3/6 + t^5/121 fails only near 0, by 1e-4 t^5; the search goes there."""
    t = symbols.theta
    domain = Interval(symbol=t, low=Integer(0), high=pi, low_closed=False)
    false = sin(t) - t + t**3 / 6 - t**5 / 121 + t**7 / 5040
    true = sin(t) - t + t**3 / 6
    assert found(claim(Inequality(gap=-false, domain=domain))).outcome is Outcome.REFUTES
    assert found(claim(Inequality(gap=true, domain=domain, strict=True))).outcome is Outcome.SUPPORTS


def test_membership_is_exact() -> None:
    """An open end is outside, 10^-40 within it is inside, and an undecided value counts as outside."""
    domain = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1), high_closed=False)
    assert inside(Integer(-1), domain)
    assert not inside(Integer(1), domain)
    assert inside(1 - Rational(1, 10**40), domain)
    assert inside(Integer(10**9), Interval(symbol=symbols.gamma, low=Integer(0), high=oo))
    assert not inside(cos(1) ** 2 + sin(1) ** 2, domain)
