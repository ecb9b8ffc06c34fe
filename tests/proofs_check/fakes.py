"""Claims that cost nothing, and judges that are slow, wrong or deadly on request; workers import them by name."""

import os
import time
from pathlib import Path
from typing import Any

from sympy import Integer

from proofs_check.verdicts import Evidence, Judgement, Outcome
from theory import symbols
from theory.claims import Claim, Identity, Kind, Verdict


def claim(name: str, *, uses: tuple[str, ...] = (), expected: Verdict = Verdict.PROVED, lhs: int = 1) -> Claim:
    """Under the name given, lhs = 1."""
    return Claim(
        id=name,
        paper="fake",
        number="",
        title=f"the claim {name}",
        kind=Kind.IDENTITY,
        statement=Identity(lhs=Integer(lhs) + symbols.c, rhs=Integer(1) + symbols.c),
        expected=expected,
        uses=uses,
    )


def judgement(of: Claim, verdict: Verdict, reason: str = "because") -> Judgement:
    """A verdict with one piece of evidence."""
    evidence = Evidence(engine="fake", outcome=Outcome.SUPPORTS, summary="looked", data={"seed": 0}, seconds=0)
    return Judgement(claim_id=of.id, verdict=verdict, expected=of.expected, reason=reason, evidence=(evidence,))


def by_name(of: Claim, **options: Any) -> Judgement:
    """The verdict that the id ends with, else PROVED."""
    found = [verdict for verdict in Verdict if of.id.endswith(verdict.name)]
    return judgement(of, found[0] if found else Verdict.PROVED)


def troubled(of: Claim, **options: Any) -> Judgement:
    """Raise, die or hang where the id says so."""
    if "raises" in of.id:
        raise ValueError("no such\nkernel")
    if "dies" in of.id:
        os.kill(os.getpid(), 9)
    if "hangs" in of.id:
        time.sleep(60)
    return by_name(of, **options)


def noted(of: Claim, **options: Any) -> Judgement:
    """Note in $FAKE_NOTES that the claim was judged, after a moment that lets a test interfere."""
    time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
    with Path(os.environ["FAKE_NOTES"]).open("a") as notes:
        notes.write(of.id + "\n")
    return by_name(of, **options)
