"""How answers look: coloured tables on a terminal, plain columns in a pipe."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import click

from proofs_check.ledger import evidence_to_json
from proofs_check.verdicts import Judgement
from theory.claims import Claim, Verdict

COLOURS = {
    Verdict.PROVED: "bold green",
    Verdict.REFUTED: "bold magenta",
    Verdict.SUPPORTED: "bold cyan",
    Verdict.OPEN: "bold yellow",
}
_ROOM_FOR_TITLES = 130
_ROOM_FOR_REASONS = 100


def verdicts(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> None:
    """Print one row a claim: verdict, id and reason, and what was expected where that differs."""
    rows = list(zip(claims, judgements, strict=True))
    if not sys.stdout.isatty():
        wide = max((len(claim.id) for claim in claims), default=0)
        for claim, judgement in rows:
            line = f"{judgement.verdict.name:<9}  {claim.id:<{wide}}  {_short_of(judgement)}{_flat(judgement.reason)}"
            click.echo(line.rstrip())
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = shutil.get_terminal_size().columns
    if width < _ROOM_FOR_REASONS:
        _stacked(rows, Console())
        return
    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("verdict", no_wrap=True)
    table.add_column("claim", overflow="fold", max_width=44)
    if width >= _ROOM_FOR_TITLES:
        table.add_column("says", ratio=2, overflow="fold")
    table.add_column("because", ratio=3, no_wrap=True, overflow="ellipsis")
    table.add_column("s", justify="right", no_wrap=True)
    previous = None
    for claim, judgement in rows:
        if previous not in (None, claim.paper):
            table.add_section()
        previous = claim.paper
        verdict = Text(judgement.verdict.name, style=COLOURS[judgement.verdict])
        because = Text.assemble((_short_of(judgement), "bold red"), _flat(judgement.reason))
        cells = [verdict, Text(claim.id), because, Text(f"{judgement.seconds:.1f}", style="dim")]
        if width >= _ROOM_FOR_TITLES:
            cells.insert(2, Text(claim.title, style="dim"))
        table.add_row(*cells)
    Console().print(table)


def _stacked(rows: Iterable[tuple[Claim, Judgement]], console: Any) -> None:
    """Two lines a claim, for narrow terminals."""
    from rich.text import Text

    for claim, judgement in rows:
        head = Text.assemble((f"{judgement.verdict.name:<9} ", COLOURS[judgement.verdict]), claim.id)
        console.print(head, overflow="fold")
        because = Text.assemble("  ", (_short_of(judgement), "bold red"), (_flat(judgement.reason), "dim"))
        console.print(because, no_wrap=True, overflow="ellipsis")


def summary_line(summary: dict[str, Any]) -> None:
    """Print what the run came to."""
    counts = ", ".join(f"{count} {name}" for name, count in summary["verdicts"].items() if count)
    kept = f", {summary['from_ledger']} from the ledger" if summary["from_ledger"] else ""
    short = summary["fell_short"]
    tail = "all as expected" if not short else f"{len(short)} not as expected: {', '.join(short)}"
    claims = f"{summary['claims']} claim{'s' * (summary['claims'] != 1)}"
    line = f"{claims} ({counts}{kept}): {tail}"
    click.echo(click.style(line, fg="red" if short else "green", bold=True) if _coloured() else line)


def verdicts_json(claims: Sequence[Claim], judgements: Sequence[Judgement], kept: int) -> dict[str, Any]:
    """The answer of ``verify --json``."""
    counts = Counter(judgement.verdict for judgement in judgements)
    return {
        "claims": [
            {
                "id": claim.id,
                "paper": claim.paper,
                "number": claim.number,
                "kind": claim.kind.value,
                "verdict": judgement.verdict.name,
                "expected": judgement.expected.name,
                "reason": judgement.reason,
                "evidence": [evidence_to_json(evidence) for evidence in judgement.evidence],
                "seconds": judgement.seconds,
            }
            for claim, judgement in zip(claims, judgements, strict=True)
        ],
        "summary": {
            "claims": len(judgements),
            "verdicts": {verdict.name: counts[verdict] for verdict in Verdict},
            "as_expected": sum(judgement.as_expected for judgement in judgements),
            "fell_short": [judgement.claim_id for judgement in judgements if not judgement.as_expected],
            "from_ledger": kept,
            "seconds": sum(judgement.seconds for judgement in judgements),
        },
    }


def columns(title: str, rows: Sequence[Sequence[str]]) -> None:
    """Print a list with a heading; the last column is cut at the edge of a terminal."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.echo(click.style(title, bold=True) if _coloured() else title)
    for row in rows:
        line = "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        click.echo(line if room is None or len(line) <= room else line[: room - 1] + "…")


def _short_of(judgement: Judgement) -> str:
    return "" if judgement.as_expected else f"expected {judgement.expected.name}: "


def _coloured() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _flat(text: str) -> str:
    return " ".join(text.split())
