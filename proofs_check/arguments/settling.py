"""The verdict of an argument from those of its parts; a truth table for each rule (first row that applies).

LINES (a chain as written)
    it is no chain of these lines       OPEN
    a line REFUTED                      REFUTED: the chain says that every line holds
    a line OPEN                         OPEN
    a line SUPPORTED                    SUPPORTED
    all lines PROVED                    PROVED

TRANSITIVITY (what a chain says from end to end; the engines judge it by themselves, too)
    the engines refute it               REFUTED; OPEN where the chain is PROVED, as an engine is wrong then
    the chain PROVED                    PROVED
    otherwise                           what the engines say

INDUCTION
    the engines refute the conclusion   REFUTED; OPEN where all parts are PROVED
    the conclusion would not follow     OPEN
    a part OPEN or REFUTED              OPEN
    a part SUPPORTED                    SUPPORTED
    all parts PROVED                    PROVED
"""

from collections.abc import Mapping
from dataclasses import replace

from proofs_check.verdicts import Evidence, Judgement, Outcome
from theory.claims import Argument, Rule, Verdict

ENGINE = "argument"
_ORDER = (Verdict.REFUTED, Verdict.OPEN, Verdict.SUPPORTED, Verdict.PROVED)
"""From the worst."""


def settle(own: Judgement, argument: Argument, settled: Mapping[str, Judgement]) -> Judgement:
    """The judgement of the argument.

    own      what the engines say of the conclusion
    settled  judgements by id, those of the parts among them
    """
    absent = next((name for name in argument.parts if name not in settled), None)
    if absent is not None:
        return replace(own, verdict=Verdict.OPEN, reason=f"its part {absent} was not judged")
    if not argument.parts:
        return replace(own, verdict=Verdict.OPEN, reason="it has no parts")
    parts = [settled[name] for name in argument.parts]
    worst = min(parts, key=lambda part: _ORDER.index(part.verdict))
    whole = worst.verdict is Verdict.PROVED and not argument.missing
    if own.verdict is Verdict.REFUTED:
        if whole:
            reason = f"contradiction: its parts are PROVED, and yet {own.reason}; an engine is wrong"
            return replace(own, verdict=Verdict.OPEN, reason=reason)
        return own
    if whole:
        return _proved(own, argument)
    if argument.rule is Rule.TRANSITIVITY:
        why = argument.missing or f"the chain is {worst.verdict.name}"
        return replace(own, reason=f"{own.reason} (by itself: {why})")
    if argument.missing:
        return replace(own, verdict=Verdict.OPEN, reason=f"it does not follow: {argument.missing}{_otherwise(own)}")
    verdict = worst.verdict
    if argument.rule is Rule.INDUCTION and verdict is Verdict.REFUTED:
        verdict = Verdict.OPEN  # a false step refutes the argument and not its conclusion
    said = f"{worst.claim_id} is {worst.verdict.name}: {worst.reason}"
    evidence = own.evidence
    if verdict is Verdict.REFUTED:
        refuting = next((e for e in worst.evidence if e.outcome is Outcome.REFUTES), None)
        found = Evidence(
            engine=ENGINE, outcome=Outcome.REFUTES, summary=said, data={} if refuting is None else refuting.data
        )
        evidence = (*evidence, found)
    return replace(own, verdict=verdict, reason=said + _otherwise(own), evidence=evidence)


def _proved(own: Judgement, argument: Argument) -> Judgement:
    count = len(argument.parts)
    match argument.rule:
        case Rule.LINES:
            said = f"every one of its {count} lines is PROVED" if count > 1 else "its line is PROVED"
        case Rule.TRANSITIVITY:
            said = f"follows from the chain {argument.parts[0]}, end to end"
        case Rule.INDUCTION:
            said = f"by induction on the depth, from {', '.join(argument.parts)}"
    found = Evidence(engine=ENGINE, outcome=Outcome.PROVES, summary=said, data={"parts": list(argument.parts)})
    return replace(own, verdict=Verdict.PROVED, reason=said, evidence=(found, *own.evidence))


def _otherwise(own: Judgement) -> str:
    """What the engines know of the conclusion without the argument."""
    return f"; the engines prove the conclusion without it: {own.reason}" if own.verdict is Verdict.PROVED else ""


__all__ = ["ENGINE", "settle"]
