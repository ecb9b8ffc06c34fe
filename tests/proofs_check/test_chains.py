"""Inequalities at every depth: what is proved holds for the kernel in balls, what is refuted fails at its witness."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, acos, cos, parse_expr
from test_certificates_engine import AWAY, EVERY, FFNET, GAMMA, NOT_SAME, RELU, evidence, outcome, res

from numerics.balls import evaluate
from numerics.kernel import kernel
from proofs_check.chains import halves
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.architectures import resnet
from theory.errors import BeyondReach
from theory.language import parse_holds
from theory.papers.huang2020_common import interval

C, L, T = symbols.c, symbols.depth, symbols.theta
CORRELATIONS = [Integer(-1), Rational(-1, 2), Integer(0), Rational(1, 2)]
DEPTHS = (1, 2, 3, 7, 20, 100)


@settings(max_examples=25)
@given(
    st.integers(-20, 40).map(lambda k: Rational(k, 40)),
    st.integers(-8, 8).map(lambda k: Rational(k, 4)),
    st.sampled_from(["1/(L+1)", "log(L+1)/(L+1)", "1/sqrt(L)", "theta/L"]),
    st.booleans(),
    st.booleans(),
)
def test_findings_agree_with_the_kernel(
    level: Rational, slope: Rational, scale: str, upper: bool, strict: bool
) -> None:
    """Level + slope * scale as a bound on c <= 1/2: balls at six depths and four correlations, and at the witness, agree."""
    relation = ("<" if upper else ">") + ("" if strict else "=")
    found = evidence(f"value {relation} ({level}) + ({slope})*{scale}", domain=AWAY)
    if found is None or found.outcome is Outcome.UNDECIDED:
        return
    bound = level + slope * parse_expr(scale, {"L": L, "theta": T})
    if found.outcome is Outcome.REFUTES:
        where = [(int(found.data["witness"]["L"]), Rational(found.data["witness"]["c"]))]
        if where[0][0] > 1000:
            return
    else:
        where = [(depth, corr) for depth in DEPTHS for corr in CORRELATIONS]
    for depth, corr in where:
        value = kernel(FFNET, depth, corr, digits=25).normalized_ntk
        margin = evaluate(bound.subs({L: depth, T: acos(corr)}), {}) - value
        margin = margin if upper else -margin
        assert not margin < 0 if found.outcome is Outcome.PROVES else not margin > 0


ANY_GAMMA = {"network": resnet(RELU, gamma=GAMMA)}
MORE: dict[str, tuple[str, dict[str, Any], Outcome]] = {
    "true": ("value <= 1", {"domain": AWAY}, Outcome.PROVES),
    "strict where equality occurs at c = 1": ("value < 1", {"domain": EVERY}, Outcome.UNDECIDED),
    "false at c = 1 only": ("value <= 1 - (1+c)/1000", {"domain": EVERY}, Outcome.REFUTES),
    "false beyond 10^6 only": ("value <= 1/4 + 10/sqrt(L) - 1/1000", {"domain": "[0, 0]"}, Outcome.REFUTES),
    "value on the right": ("1 >= value", {"domain": AWAY}, Outcome.PROVES),
    "value on both sides": ("2*value - 1 <= value", {"domain": AWAY}, Outcome.PROVES),
    "negative coefficient": ("-value >= -1", {"domain": AWAY}, Outcome.PROVES),
    "absolute value with a factor": ("2*abs(value - 1/4) <= 2", {"domain": AWAY}, Outcome.PROVES),
    "absolute value below": ("abs(value) >= 0", {"domain": EVERY}, Outcome.UNDECIDED),
    "square": ("value^2 <= 1", {"domain": EVERY}, Outcome.UNDECIDED),
    "coefficient without sign": ("c*value <= 2", {"domain": EVERY}, Outcome.UNDECIDED),
    "pole at c = 1": ("value <= 1 + 1/theta", {"domain": "(-1, 1/2]"}, Outcome.PROVES),
    "bridged by enclosures": ("value >= -1/30", {"domain": "[-1, -1]", "depths": (2, None)}, Outcome.PROVES),
    "false at a bridged depth": ("value >= 1/100", {"domain": "[-1, -1]", "depths": (1, None)}, Outcome.REFUTES),
    "a range of gamma by structure": ("value <= 1 + L^(-gamma)", {**ANY_GAMMA, "gammas": "[1, 2]",
                                      "quantity": "angle", "domain": "[1, 1]"}, Outcome.PROVES),
    "one gamma": ("abs(value - Omega_1) <= 5*L^(1/2 - gamma)",
                  {**ANY_GAMMA, "gammas": "[1, 1]", "domain": EVERY}, Outcome.PROVES),
    "a range of gamma too sharp": ("abs(value - Omega_1) <= L^(-gamma)/100",
                                   {**ANY_GAMMA, "gammas": "(1/2, 1)", "domain": "[0, 0]"}, Outcome.REFUTES),
    "a range of gamma, strict": ("abs(value - Omega_1) < 5*L^(1/2 - gamma)",
                                 {**ANY_GAMMA, "gammas": "(1/2, 2)", "domain": AWAY}, Outcome.UNDECIDED),
    "a range of gamma below 1/2": ("value <= 1 + L^(1/2 - gamma)*theta - theta",
                                   {**ANY_GAMMA, "gammas": "(0, 1/3)", "domain": AWAY}, Outcome.UNDECIDED),
    "no theorem": ("value <= 1/2", {"network": res("1", train_inner=False), "domain": AWAY}, Outcome.UNDECIDED),
}  # fmt: skip


@pytest.mark.parametrize("name", MORE)
def test_statements_and_their_neighbours(name: str) -> None:
    """Each with the finding that is right, or none where the bounds are too weak."""
    holds, more, expected = MORE[name]
    assert outcome(holds, **more) is expected


def test_an_astronomical_depth_refutes() -> None:
    """The witness names the depth, both balls and the theorem."""
    found = evidence("value <= 1/4 + 100/(L + 1)", domain=NOT_SAME)
    assert found is not None
    assert found.outcome is Outcome.REFUTES
    assert int(found.data["witness"]["L"]) >= 10**30
    assert "10^" in found.summary
    assert found.data["theorem"]["theorem"] == "ffnet-critical-angle"


def test_a_refuted_range_of_gamma_names_a_gamma() -> None:
    """A value inside the range."""
    network = resnet(RELU, gamma=GAMMA)
    found = evidence("abs(value - Omega_1) <= L^(-gamma)/1000", network=network, gammas="(1/2, 1)", domain=EVERY)
    assert found is not None
    assert found.outcome is Outcome.REFUTES
    assert Rational(1, 2) < Rational(found.data["witness"]["gamma"]) < 1


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ("value <= theta", [(T, True, False)]),
        ("1 < 2*value <= c", [(Rational(1, 2), False, True), (cos(T) / 2, True, False)]),
        ("abs(value - 1) < 3", [(Integer(4), True, True), (Integer(-2), False, True)]),
        ("1 >= abs(value) - 1", [(Integer(2), True, False), (Integer(-2), False, False)]),
        ("-L*value <= 1", [(-1 / L, False, False)]),
    ],
)
def test_a_chain_falls_into_one_sided_bounds(holds: str, expected: list[Any]) -> None:
    """Bound, side and strictness; absolute values give two."""
    found = halves(parse_holds(holds), interval(C, EVERY), 1)
    assert [(half.bound, half.upper, half.strict) for half in found] == expected


@pytest.mark.parametrize(
    "holds",
    [
        "value == 1",
        "abs(value) > 1",
        "value^2 < 1",
        "theta*value < 1",
        "abs(value) + value < 2",
        "theta*abs(value) < 1",
    ],
)
def test_what_is_not_solved_for_the_value_is_beyond_reach(holds: str) -> None:
    """Equations, absolute values from below, powers, and coefficients that vanish or change sign."""
    with pytest.raises(BeyondReach):
        halves(parse_holds(holds), interval(C, EVERY), 1)
