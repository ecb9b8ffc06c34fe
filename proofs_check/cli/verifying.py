"""What ``verify`` does with its verdicts: the table, JSON, JUnit XML, the comparison with a baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from proofs_check.cli import tables
from proofs_check.cli.running import Settings, judge_all, require_ledger
from proofs_check.cli.targets import files_of, resolve
from proofs_check.cli.writing import print_json, write_json, write_text
from proofs_check.verdicts import Judgement
from theory.claims import Claim
from theory.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Where the verdicts go besides the table; json = "-" is stdout."""

    json: str | None = None
    junit: str | None = None
    baseline: Path | None = None
    update_baseline: bool = False


def refuse_beside_watch(given: Mapping[str, object]) -> None:
    """Refuse options that speak of one run.

    raises  InputError
    """
    for name, value in given.items():
        if value is not None:
            raise InputError(f"{name}: it belongs to one run; leave it or --watch out")


def verify_targets(targets: tuple[str, ...], settings: Settings, outputs: Outputs) -> int:
    """Judge the claims that the targets name and write what was asked for; the exit status."""
    from proofs_check.regression.baseline import baseline_data, differences, read_baseline

    if outputs.update_baseline and outputs.baseline is None:
        raise InputError("--update-baseline: name the file, --baseline FILE")
    compared = outputs.baseline is not None and not outputs.update_baseline
    before = read_baseline(outputs.baseline) if compared and outputs.baseline is not None else {}
    require_ledger(settings)
    claims = resolve(targets)
    answer = judge_all(claims, settings)
    data = tables.verdicts_json(claims, answer.judgements, answer.kept)
    places = places_of(targets)
    found = differences(before, claims, answer.judgements) if compared else []
    worse = [one.claim_id for one in found if one.fails]
    if compared:
        data["baseline"] = {
            "worse": worse,
            "differences": [{"id": one.claim_id, "fails": one.fails, "text": list(one.text)} for one in found],
        }
    if outputs.json == "-":
        print_json(data)
    else:
        tables.verdicts(claims, answer.judgements)
        show_places(claims, answer.judgements, places)
        tables.falls(claims, answer.judgements)
        of_files = [pair for pair in zip(claims, answer.judgements, strict=True) if pair[0].id in places]
        if not all(judgement.as_expected for _, judgement in of_files):
            from proofs_check.cli.failing import show_failing

            show_failing([claim for claim, _ in of_files], [judgement for _, judgement in of_files], settings.jobs)
        for one in found:
            tables.difference(one)
        tables.summary_line(data["summary"])
        if worse:
            click.echo(f"{len(worse)} worse than in {outputs.baseline}: {', '.join(worse)}")
    if outputs.json not in (None, "-"):
        write_json(Path(str(outputs.json)), data)
    if outputs.junit is not None:
        from proofs_check.regression.junit import junit_xml

        text = junit_xml(claims, answer.judgements, places, found)
        click.echo(text, nl=False) if outputs.junit == "-" else write_text(Path(outputs.junit), text)
    if outputs.update_baseline and outputs.baseline is not None:
        kept = baseline_data(claims, answer.judgements)
        write_json(outputs.baseline, kept)
        click.echo(
            f"{outputs.baseline}: {len(claims)} claim{'s' * (len(claims) != 1)} recorded", err=outputs.json == "-"
        )
    return 1 if data["summary"]["fell_short"] or worse else 0


def places_of(targets: Sequence[str]) -> dict[str, str]:
    """FILE:LINE of the claims of files, by id."""
    from proofs_check.claim_lines import claim_lines

    return {name: f"{file}:{line}" for file in files_of(targets) for name, line in claim_lines(file).items()}


def show_places(claims: Sequence[Claim], judgements: Sequence[Judgement], places: Mapping[str, str]) -> None:
    """Where the claims stand that fell short."""
    for claim, judgement in zip(claims, judgements, strict=True):
        if not judgement.as_expected and claim.id in places:
            click.echo(
                f"{places[claim.id]}: {claim.id}: expected {judgement.expected.name}, found {judgement.verdict.name}"
            )
