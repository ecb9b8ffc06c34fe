"""Evidence and judgements: what an engine found, and how findings combine.

An engine returns Evidence, never a bare bool. Its outcome is one of four:

    PROVES     the statement follows rigorously
    REFUTES    a rigorous counterexample, or a proved contradicting bound
    SUPPORTS   numerical agreement without proof
    UNDECIDED  nothing found, and why

How outcomes combine (the judge; first row that applies):

    some PROVES and some REFUTES   a contradiction: an engine is wrong; OPEN with that reason
    some PROVES                    PROVED
    some REFUTES                   REFUTED
    some SUPPORTS                  SUPPORTED
    otherwise                      OPEN
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from theory.claims import Verdict


class Outcome(Enum):
    """What one engine says about one claim."""

    PROVES = "proves"
    REFUTES = "refutes"
    SUPPORTS = "supports"
    UNDECIDED = "undecided"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The finding of one engine.

    engine   symbolic, precision, balls, properties, certificates
    summary  one or two sentences for a reader, with the figures that matter
    data     JSON-able figures: seed, digits, witness (c, L, gamma, both balls), certificate name, ...
    seconds  cost
    """

    engine: str
    outcome: Outcome
    summary: str
    data: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The verdict on a claim with its reason and all evidence."""

    claim_id: str
    verdict: Verdict
    expected: Verdict
    reason: str
    evidence: tuple[Evidence, ...]
    seconds: float = 0

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.verdict is self.expected


def combine(evidence: tuple[Evidence, ...]) -> tuple[Verdict, str]:
    """The verdict and its reason by the truth table of the module."""
    by_outcome = {outcome: [e for e in evidence if e.outcome is outcome] for outcome in Outcome}
    proves, refutes = by_outcome[Outcome.PROVES], by_outcome[Outcome.REFUTES]
    if proves and refutes:
        both = f"{proves[0].engine} proves and {refutes[0].engine} refutes it"
        return Verdict.OPEN, f"contradiction between engines: {both}; one of them is wrong"
    for found, verdict in (
        (proves, Verdict.PROVED),
        (refutes, Verdict.REFUTED),
        (by_outcome[Outcome.SUPPORTS], Verdict.SUPPORTED),
    ):
        if found:
            return verdict, found[0].summary
    reasons = [e.summary for e in by_outcome[Outcome.UNDECIDED] if e.summary]
    return Verdict.OPEN, "; ".join(dict.fromkeys(reasons)) or "no engine applies to this statement"
