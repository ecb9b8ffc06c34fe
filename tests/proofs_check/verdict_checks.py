"""What the certificates say of a claim of a paper, against the verdict that the claim expects."""

from proofs_check.engines.certificates import examine
from proofs_check.judge import Options
from proofs_check.verdicts import Evidence, Outcome
from theory.claims import Claim, Verdict

OUTCOMES = {Verdict.PROVED: Outcome.PROVES, Verdict.REFUTED: Outcome.REFUTES}


def decided_as_expected(claim: Claim) -> Evidence:
    """The evidence of the certificates engine, which decides the claim the way it is expected."""
    found = examine(claim, Options())
    assert found is not None
    assert found.outcome is OUTCOMES[claim.expected], found
    return found
