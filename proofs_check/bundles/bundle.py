"""Make a bundle of judged claims, and verify one again without searching.

Idea. A bundle holds the claims as data, the verdict of each, and what decided it. To verify it, each claim is judged again by
what is recorded, and by nothing else:

    symbolic, balls        the algebra is replayed, the domain is covered again
    certificates           inequalities: the certificates of the bundle go to the checker, and what it returns is compared with
                           the claim; theorems: the network's map is derived, matched and the claim deduced as in ``verify``, and
                           the bundle's certificates must prove the very statements that this used
    properties             the witness of a counterexample is looked at, in balls; none is searched
    argument               from the verdicts of its parts, as in ``verify``

Nothing in the bundle is trusted: a verdict is only what is compared at the end. That the parts of an argument give its conclusion
is not taken from claims.json either: every argument must be one that the TOML file in the bundle makes when it is read again.
SUPPORTED and OPEN claim no proof and are passed over, as long as nothing that is PROVED rests on them.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from proofs_check.bundles import archive
from proofs_check.bundles.coding import decode, encode
from proofs_check.certify import certificates_of
from proofs_check.checker import Rejected, check
from proofs_check.claim_files import load
from proofs_check.engines.properties import confirm
from proofs_check.judge import judge, vacuity
from proofs_check.ledger import versions
from proofs_check.lemmas import decide_inequality
from proofs_check.report.included import STYLE, pieces
from proofs_check.report.statements import statement_text
from proofs_check.suite import run
from proofs_check.verdicts import Evidence, Judgement, Outcome, combine
from proofs_check.well_formed import ill_formed
from theory.claims import Argument, Claim, Inequality, Rule, Verdict
from theory.errors import InputError, NtkproofError

DECIDED = (Verdict.PROVED, Verdict.REFUTED)
_DECISIVE = {"PROVES": Outcome.PROVES, "REFUTES": Outcome.REFUTES}
_REPLAYED = ("symbolic", "balls", "certificates", "properties")
_KEYS = {"claim", "statement", "verdict", "reason", "decided"}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A claim of a bundle: its sentence, the verdict recorded, and why that was not reached again (empty if it was)."""

    claim: Claim
    statement: str
    recorded: Verdict
    wrong: str

    @property
    def verified(self) -> bool:
        """Whether it is PROVED or REFUTED, and was again."""
        return self.recorded in DECIDED and not self.wrong


def write_bundle(path: Path, claims: Sequence[Claim], judgements: Sequence[Judgement], sources: Sequence[Path]) -> None:
    """Write the bundle of judged claims.

    sources  the claim files; they are for reading, a TOML file is compared with the claims
    raises   InputError for a claim that cannot be written as data, or a file that cannot be written
    """
    stated = any(source.suffix == ".toml" for source in sources)
    argued = next((claim.id for claim in claims if isinstance(claim.statement, Argument)), None)
    if argued is not None and not stated:
        raise InputError(f"id={argued}: a proof is bundled from a TOML file only, from which it can be read again")
    numbers: dict[bytes, str] = {}
    entries = [_entry(claim, found, numbers) for claim, found in zip(claims, judgements, strict=True)]
    files = {"claims.json": archive.to_json(entries)}
    files |= {f"certificates/{name}": data for data, name in numbers.items()}
    files |= {f"latex/{name}": text.encode() for name, text in _latex(claims, judgements).items()}
    for source in sources:
        if f"source/{source.name}" in files:
            raise InputError(f"{source}: two claim files of this name; a bundle holds one of each name")
        files[f"source/{source.name}"] = source.read_bytes()
    archive.write(path, files, versions())


def _latex(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> dict[str, str]:
    return {**pieces(claims, judgements), STYLE.name: STYLE.read_text(encoding="utf-8")}


def _entry(claim: Claim, found: Judgement, numbers: dict[bytes, str]) -> dict[str, Any]:
    """A claim with its verdict and what decided it; certificates go to files of their own."""
    decided = []
    for evidence in found.evidence:
        if evidence.outcome.name in _DECISIVE and evidence.engine in _REPLAYED:
            held = [archive.to_json(one) for one in certificates_of(evidence)]
            names = [numbers.setdefault(data, f"{len(numbers) + 1:03}.json") for data in held]
            row: dict[str, Any] = {"engine": evidence.engine, "outcome": evidence.outcome.name, "certificates": names}
            if evidence.engine == "properties":
                row["witness"] = {str(key): str(value) for key, value in evidence.data.get("witness", {}).items()}
            decided.append(row)
    return {
        "claim": encode(claim),
        "statement": statement_text(claim),
        "verdict": found.verdict.name,
        "reason": found.reason,
        "decided": decided,
    }


def check_bundle(path: Path, *, jobs: int | None = None, limit: float = 120) -> list[Checked]:
    """Verify each claim of the bundle again.

    limit   seconds for one claim
    raises  InputError, one line, for what is no bundle, or is not as it was written
    """
    files, made_by = archive.read(path)
    entries = _entries(path, files)
    claims = [claim for claim, _ in entries]
    recorded = {claim.id: data for claim, data in entries}
    if len(recorded) != len(entries):
        raise InputError(f"{path}: claims.json: an id stands twice")
    certificates = _certificates(path, files, recorded)
    _require_sources(path, files, claims)
    again = partial(replay, {name: data["decided"] for name, data in recorded.items()}, certificates)
    judged = run(claims, jobs=jobs, judge=again, limit=limit)
    as_recorded = [
        replace(found, verdict=Verdict[recorded[found.claim_id]["verdict"]], reason=recorded[found.claim_id]["reason"])
        for found in judged
    ]
    if made_by == versions():  # other versions may set it otherwise
        latex = {f"latex/{name}": text.encode() for name, text in _latex(claims, as_recorded).items()}
        for name in {*latex, *(one for one in files if one.startswith("latex/"))}:
            if files.get(name) != latex.get(name):
                raise InputError(f"{path}: {name}: not the LaTeX of these claims and verdicts")
    return [_compared(claim, recorded[claim.id], found) for claim, found in zip(claims, judged, strict=True)]


def _compared(claim: Claim, data: Mapping[str, Any], found: Judgement) -> Checked:
    verdict = Verdict[data["verdict"]]
    wrong = ""
    if verdict in DECIDED and found.verdict is not verdict:
        wrong = f"the bundle says {verdict.name}, but what it holds does not show it: {found.reason}"
    return Checked(claim=claim, statement=statement_text(claim), recorded=verdict, wrong=wrong)


def _entries(path: Path, files: Mapping[str, bytes]) -> list[tuple[Claim, dict[str, Any]]]:
    """Claims and what is recorded of them; the sentence must be that of the claim."""
    data = archive.from_json(files.get("claims.json", b""), f"{path}: claims.json")
    if not isinstance(data, list) or not data:
        raise InputError(f"{path}: claims.json: a list of claims is expected")
    found = []
    for one in data:
        if not isinstance(one, dict) or set(one) != _KEYS or one["verdict"] not in Verdict.__members__:
            raise InputError(f"{path}: claims.json: an entry has the keys {', '.join(sorted(_KEYS))}")
        if not isinstance(one["reason"], str) or not isinstance(one["decided"], list):
            raise InputError(f"{path}: claims.json: reason is a text, decided a list")
        try:
            claim = decode(one["claim"])
            said = statement_text(claim)
        except NtkproofError as error:
            raise InputError(f"{path}: {error}") from error
        except Exception as error:
            # an object of the right classes may still hold what no claim holds
            raise InputError(f"{path}: claims.json: no claim: {type(error).__name__}") from error
        if said != one["statement"]:
            raise InputError(f"{path}: id={claim.id[:60]}: its sentence is not that of its claim")
        found.append((claim, one))
    return found


def _certificates(path: Path, files: Mapping[str, bytes], recorded: Mapping[str, Any]) -> dict[str, Any]:
    """The certificates by name; every one that is named is there, and none besides."""
    there = {name.partition("/")[2]: data for name, data in files.items() if name.startswith("certificates/")}
    named = set()
    for name, data in recorded.items():
        for row in data["decided"]:
            keys = {"engine", "outcome", "certificates"} | (
                {"witness"} if isinstance(row, dict) and "witness" in row else set()
            )
            if (
                not isinstance(row, dict)
                or set(row) != keys
                or row["engine"] not in _REPLAYED
                or row["outcome"] not in _DECISIVE
                or not isinstance(row["certificates"], list)
                or not all(isinstance(one, str) for one in row["certificates"])
            ):
                raise InputError(f"{path}: id={name[:60]}: what decided it is not as it is written")
            named |= set(row["certificates"])
    if named != set(there):
        odd = sorted(named ^ set(there))[0]
        raise InputError(f"{path}: certificates/{odd[:60]}: {'missing' if odd in named else 'used by no claim'}")
    return {name: archive.from_json(data, f"{path}: certificates/{name}") for name, data in there.items()}


def _require_sources(path: Path, files: Mapping[str, bytes], claims: Sequence[Claim]) -> None:
    """A TOML file in the bundle states the claims that the bundle verifies, and every argument; a Python file is not run."""
    by_id = {claim.id: claim for claim in claims}
    argued = {claim.id for claim in claims if isinstance(claim.statement, Argument)}
    for name, data in files.items():
        if name.startswith("source/") and name.endswith(".toml"):
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / name.partition("/")[2]
                copy.write_bytes(data)
                try:
                    written = load(copy)
                except InputError as error:
                    raise InputError(f"{path}: {name}: {str(error).replace(str(copy), '')[:200]}") from error
            other = next((claim.id for claim in written if by_id.get(claim.id) != claim), None)
            if other is not None:
                raise InputError(f"{path}: {name}: {other[:60]} is not the claim of that id in claims.json")
            argued -= {claim.id for claim in written}
    if argued:
        raise InputError(f"{path}: {min(argued)[:60]}: an argument that no TOML file of the bundle makes")


def replay(
    recorded: Mapping[str, Sequence[Mapping[str, Any]]], certificates: Mapping[str, Any], claim: Claim, **options: Any
) -> Judgement:
    """The judgement that what is recorded gives again; nothing is searched."""
    evidence: list[Evidence] = []
    stated = claim.statement
    if isinstance(stated, Argument):
        lines = stated.rule is Rule.LINES
        claim = replace(claim, statement=stated.conclusion)
        rows: Sequence[Mapping[str, Any]] = () if lines else recorded[claim.id]
    else:
        rows = recorded[claim.id]
    if vacuity(claim) is None and ill_formed(claim) is None:
        for row in rows:
            try:
                found = _again(claim, row, [certificates[name] for name in row["certificates"]], options)
            except NtkproofError as error:
                found = Evidence(engine=row["engine"], outcome=Outcome.UNDECIDED, summary=str(error))
            if found is not None:
                evidence.append(found)
    verdict, reason = combine(tuple(evidence))
    return Judgement(
        claim_id=claim.id, verdict=verdict, expected=claim.expected, reason=reason, evidence=tuple(evidence)
    )


def _again(claim: Claim, row: Mapping[str, Any], held: list[Any], options: Mapping[str, Any]) -> Evidence | None:
    """What one recorded piece of evidence gives now."""
    engine = row["engine"]
    if engine == "properties":
        return confirm(claim, row.get("witness", {}), digits=options["digits"])
    if engine == "certificates" and isinstance(claim.statement, Inequality) and held:
        return decide_inequality(claim.statement, held)
    found = judge(claim, engines=(engine,), effort=0, digits=options["digits"]).evidence
    decisive = [one for one in found if one.engine == engine and one.outcome.name in _DECISIVE]
    if not decisive or engine != "certificates":
        return decisive[0] if decisive else None
    if _proved(held) != _proved(certificates_of(decisive[0])):
        said = "its certificates do not prove the statements on which it rests"
        return Evidence(engine=engine, outcome=Outcome.UNDECIDED, summary=said)
    return decisive[0]


def _proved(certificates: Sequence[Any]) -> set[bytes] | str:
    """What the checker returns for each, as a set."""
    try:
        return {archive.to_json(check(one)) for one in certificates}
    except Rejected as error:
        return f"rejected: {error}"


__all__ = ["Checked", "check_bundle", "replay", "write_bundle"]
