"""Claims and judgements that the tests of the report share."""

from dataclasses import replace

from proofs_check.verdicts import Evidence, Judgement, Outcome
from theory.activations import activation
from theory.architectures import ffnet
from theory.claims import Claim, Depth, Kind, Quantity, Verdict
from theory.language import parse_holds
from theory.papers import PAPERS, load

FFNET = ffnet(activation("relu"))
CLAIMS = tuple(claim for paper in PAPERS for claim in load(paper).CLAIMS)
WITNESS = {
    "witness": {"c": "-1", "L": "100"},
    "left": {"mid": "0.29567395821234567890123456789012345678", "rad": "1e-40"},
    "right": {"mid": "0.25", "rad": "0"},
    "seed": 7,
    "examples": 137,
}
THEOREM = {
    "source": "Theorem 1 (ffnet-relu)",
    "quantity": "normalized_ntk",
    "lower": "1/4 + (-5/4 + 3*log(1 + L*theta/(3*pi))/8)/(L + 1)",
    "upper": "1/4 + (2 + 3*pi/(4*theta) + 3*log(1 + L*theta/(3*pi))/8)/(L + 1)",
    "correlations": "-1 .. 1",
    "first depth": "1",
}


def depth(holds: str, **changes: object) -> Claim:
    """A claim on the normalised NTK of the feedforward ReLU network."""
    statement = Depth(network=FFNET, quantity=Quantity.NORMALIZED_NTK, holds=parse_holds(holds))
    return claim_of(replace(statement, **changes))  # type: ignore[arg-type]


def claim_of(statement: object) -> Claim:
    """A claim that makes the statement."""
    return Claim(id="a/b", paper="a", number="1", title="a title", kind=Kind.LIMIT, statement=statement)  # type: ignore[arg-type]


def judged(claim: Claim) -> Judgement:
    """The expected verdict, with evidence of the kind that the engines give."""
    evidence = {
        Verdict.PROVED: Evidence(
            engine="certificates", outcome=Outcome.PROVES, summary="follows for every L", data={"theorems": [THEOREM]}
        ),
        Verdict.REFUTED: Evidence(engine="properties", outcome=Outcome.REFUTES, summary="no", data=WITNESS),
        Verdict.SUPPORTED: Evidence(engine="precision", outcome=Outcome.SUPPORTS, summary="agrees to 50 digits"),
        Verdict.OPEN: Evidence(
            engine="symbolic", outcome=Outcome.UNDECIDED, summary="100 % open_ended & {odd} text #1"
        ),
    }[claim.expected]
    return Judgement(
        claim_id=claim.id,
        verdict=claim.expected,
        expected=claim.expected,
        reason=evidence.summary,
        evidence=(evidence,),
    )
