"""A baseline keeps what each claim says and its verdict; a later run is compared with it.

A run fails where a verdict got weaker, a bound looser, a domain smaller, a formula changed its meaning, or a claim is gone. What
got stronger, and what is new, is said and fails nothing. The file is JSON (``schemas/baseline.schema.json``).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs_check.regression.meaning import Record, changes, record_of
from proofs_check.verdicts import Judgement
from theory.claims import Claim, Verdict
from theory.errors import InputError

FORMAT, VERSION = "ntkproof-baseline", 1
MAX_BYTES = 10**8
_RANK = {Verdict.OPEN: 0, Verdict.SUPPORTED: 1, Verdict.REFUTED: 2, Verdict.PROVED: 2}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One line of the comparison: the claim, what differs, and whether the run fails for it."""

    claim_id: str
    text: tuple[str, ...]
    fails: bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A claim of a baseline."""

    verdict: Verdict
    record: Record


def baseline_data(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> dict[str, Any]:
    """The baseline of a run, as JSON data."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "claims": {
            claim.id: {"verdict": judgement.verdict.name, "says": record_of(claim).as_data()}
            for claim, judgement in zip(claims, judgements, strict=True)
        },
    }


def read_baseline(path: Path) -> dict[str, Entry]:
    """The claims of a baseline, by id.

    raises  InputError, one line: no such file, no baseline, or one of another version
    """
    again = "write it anew with --update-baseline"
    try:
        content = path.read_bytes()
        if len(content) > MAX_BYTES:
            raise InputError(f"--baseline={path}: larger than {MAX_BYTES // 10**6} MB; {again}")
        data = json.loads(content)
    except FileNotFoundError:
        raise InputError(f"--baseline={path}: no such file; write it with --update-baseline") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"--baseline={path}: no baseline: {' '.join(str(error).split())[:200]}; {again}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f'--baseline={path}: no baseline: "format" is not "{FORMAT}"; {again}')
    if data.get("version") != VERSION:
        raise InputError(
            f"--baseline={path}: a baseline of version {str(data.get('version'))[:20]}, "
            f"this ntkproof reads version {VERSION}; {again}"
        )
    try:
        return {
            name: Entry(verdict=Verdict[one["verdict"]], record=Record.of_data(one["says"]))
            for name, one in data["claims"].items()
        }
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise InputError(f"--baseline={path}: a damaged baseline ({type(error).__name__}: {error}); {again}") from error


def differences(
    before: Mapping[str, Entry], claims: Sequence[Claim], judgements: Iterable[Judgement]
) -> list[Difference]:
    """How a run differs from a baseline, claim by claim; what is gone last."""
    found = []
    for claim, judgement in zip(claims, judgements, strict=True):
        entry = before.get(claim.id)
        if entry is None:
            found.append(Difference(claim_id=claim.id, text=(f"new: {judgement.verdict.name}",), fails=False))
            continue
        text, fails = _verdicts(entry.verdict, judgement)
        for change in changes(entry.record, record_of(claim)):
            text += [f"{change.what}: {change.why}", f"  - {change.before}", f"  + {change.now}"]
            fails = fails or change.weaker
        if text:
            found.append(Difference(claim_id=claim.id, text=tuple(text), fails=fails))
    gone = [name for name in before if name not in {claim.id for claim in claims}]
    return found + [
        Difference(claim_id=name, text=(f"gone; it was {before[name].verdict.name}",), fails=True) for name in gone
    ]


def _verdicts(before: Verdict, now: Judgement) -> tuple[list[str], bool]:
    if before is now.verdict:
        return [], False
    weaker = _RANK[now.verdict] < _RANK[before] or {before, now.verdict} == {Verdict.PROVED, Verdict.REFUTED}
    says = "weaker" if _RANK[now.verdict] < _RANK[before] else "another" if weaker else "stronger"
    return [f"{says} verdict: {before.name} before, {now.verdict.name} now: {now.reason}"], weaker


__all__ = ["FORMAT", "VERSION", "Difference", "Entry", "baseline_data", "differences", "read_baseline"]
