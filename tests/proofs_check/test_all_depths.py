"""Explicit bounds at every depth: the verdicts that certificates reach, and constants just beyond the truth that they do not."""

import pytest
from sympy import Integer
from verdict_checks import OUTCOMES

from proofs_check.engines.certificates import examine
from proofs_check.judge import Options
from proofs_check.verdicts import Outcome
from theory.claims import Claim, Depth, Verdict
from theory.papers import all_depths, all_depths_residual
from theory.papers.all_depths import bound

SLOW = {"sin-limit", "gelu-limit", "erf-limit", "slopes-angle-false"}
"""Ten seconds and more, for the derivation of the map or the search at single slopes."""
CLAIMS = [c for c in all_depths.CLAIMS if c not in all_depths_residual.CLAIMS and c.id.split("/")[1] not in SLOW]
"""Those on feedforward networks; the others have tests of their own."""


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id.split("/")[1])
def test_verdict_is_the_expected_one(claim: Claim) -> None:
    """From certificates alone."""
    found = examine(claim, Options())
    if found is None or found.outcome is Outcome.UNDECIDED:
        assert claim.expected is Verdict.REFUTED  # left to the search for counterexamples
        assert isinstance(claim.statement, Depth)
    else:
        assert found.outcome is OUTCOMES[claim.expected]


def test_most_false_variants_are_refuted_by_certificates() -> None:
    """Not more than two are left to the search."""
    false = [c for c in CLAIMS if c.expected is Verdict.REFUTED]
    left = [c.id for c in false if (found := examine(c, Options())) is None or found.outcome is not Outcome.REFUTES]
    assert len(false) >= 9
    assert len(left) <= 2, left


_S = all_depths._ANY


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        (("a", "t", "n", _S, "limit == 1/4"), {"slopes": "[-1, 1)"}),
        (("a", "t", "n", _S, "limit == 1/4"), {"slopes": "(-1, 1]"}),
        (("a", "t", "n", _S, "limit == 1/4"), {"slopes": "(-2, 1)"}),
        (("a", "t", "n", _S, "value - 1/4 = O(log(L)/L)"), {"slopes": "[0, 1)", "domain": "[-1, 1/2]"}),
        (("a", "t", "n", all_depths._EXP, "limit == 1/3"), {"domain": "[-1, 1]"}),
        (("a", "t", "n", all_depths._EXP, "value >= 1/3"), {"first": 400}),
        (("a", "t", "n", all_depths._SOFTPLUS, "abs(value - 1) <= (1/4)^L*(1 - c)*(1 + 2*L)"), {"domain": "[-1, 1]"}),
        (("a", "t", "n", all_depths._ERF_0, "abs(value) <= 30*(1 + 2/sin(theta)^2)^6*(4/5)^L"), {"domain": "(-1, 1)"}),
    ],
    ids=str,
)
def test_what_is_not_true_is_not_proved(claim: tuple[object, ...], why: dict[str, object]) -> None:
    """Slopes -1 and 1, slopes beyond, constants that cannot be one for all slopes, coinciding inputs, rates too fast."""
    found = examine(bound(*claim, **why), Options())  # type: ignore[arg-type]
    assert found is None or found.outcome is not Outcome.PROVES


def test_the_claims_are_of_every_kind() -> None:
    """Slopes, smooth networks, residual flows, schedules and margins, each with a false variant."""
    topics = {claim.number for claim in all_depths.CLAIMS}
    assert len(topics) == 7
    for topic in topics:
        verdicts = {claim.expected for claim in all_depths.CLAIMS if claim.number == topic}
        assert verdicts == {Verdict.PROVED, Verdict.REFUTED}
    assert all(Integer(c.statement.depth_low) >= 0 for c in all_depths.CLAIMS if isinstance(c.statement, Depth))
