"""A margin by which the residual kernel stays away from every constant: proved at every depth, and refuted just beyond."""

from dataclasses import replace

import pytest
from sympy import Expr, Integer, Rational
from verdict_checks import decided_as_expected

from numerics.kernel import trajectory
from proofs_check.engines.certificates import examine
from proofs_check.judge import Options
from proofs_check.report.structural import said
from proofs_check.verdicts import Outcome
from theory.claims import Claim, Margin, Quantity
from theory.network import Network
from theory.papers import all_depths_residual
from theory.papers.huang2020_common import FFNET, resnet_at

CLAIMS = {claim.id.split("/")[1]: claim for claim in all_depths_residual.MARGINS}


def _margin(network: Network, inputs: tuple[Expr, Expr], size: Expr, first: int = 1) -> Claim:
    statement = Margin(network=network, quantity=Quantity.NORMALIZED_NTK, inputs=inputs, size=size, depth_low=first)
    return replace(CLAIMS["margin-half"], statement=statement)


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_verdict_is_the_expected_one(claim: Claim) -> None:
    """From certificates and enclosures at single depths."""
    decided_as_expected(claim)


@pytest.mark.parametrize(
    ("gamma", "high", "low"),
    [
        ("1/2", Rational(9, 10), Integer(0)),
        ("3/4", Rational(1, 2), Integer(-1)),
        ("1", Integer(1), Rational(-1, 2)),
        ("2", Rational(1, 3), Rational(1, 5)),
    ],
)
@pytest.mark.parametrize("excess", [Rational(1, 10**6), Rational(1, 100)])
def test_a_margin_beyond_the_truth_is_never_proved(gamma: str, high: Expr, low: Expr, excess: Expr) -> None:
    """The least difference over the first depths, and a little more: refuted at that depth."""
    network = resnet_at(gamma)
    values = [trajectory(network, (1, 2, 5, 16), corr, digits=15) for corr in (high, low)]
    least = min(float(values[0][d].normalized_ntk - values[1][d].normalized_ntk) for d in values[0])
    found = examine(_margin(network, (high, low), Rational(round(least * 10**9), 10**9) + excess), Options())
    assert found is not None
    assert found.outcome is Outcome.REFUTES


def test_bounds_at_other_inputs_are_not_used() -> None:
    """The value 1 at c = 1 says nothing at c = 9/10: a margin of 7/10 is refuted at one layer."""
    found = examine(_margin(resnet_at("1"), (Rational(9, 10), Integer(0)), Rational(7, 10)), Options())
    assert found is not None
    assert found.outcome is Outcome.REFUTES
    assert found.data["witness"] == {"L": "1"}


def test_the_feedforward_kernel_has_no_margin() -> None:
    """Its values at any two pairs of different inputs approach each other; beyond some depth that is proved by bounds."""
    found = examine(_margin(FFNET, (Rational(9, 10), Integer(0)), Rational(1, 10**6)), Options())
    assert found is not None
    assert found.outcome is Outcome.REFUTES


def test_a_margin_is_printed_as_a_sentence() -> None:
    """With network, range of gamma, both inputs and the size."""
    statement = CLAIMS["margin-half"].statement
    assert isinstance(statement, Margin)
    sentence = said(statement, lambda network: network.name, latex=False)
    assert "gamma" in sentence
    assert "9/10" in sentence
    assert sentence.endswith("by 3/8 at least.")
