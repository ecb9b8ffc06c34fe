"""How answers look: coloured tables on a terminal, plain columns in a pipe."""

import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from proofs_check.cli.readable import WIDTH, sentence, shortened, wrapped
from proofs_check.ledger import evidence_to_json
from proofs_check.uses import fall_lines, fallen
from proofs_check.verdicts import Judgement
from theory.claims import Claim, Verdict

if TYPE_CHECKING:
    from proofs_check.regression.baseline import Difference

FORMAT, VERSION = "ntkproof-verdicts", 1
"""Of ``verify --json``; its schema is ``proofs_check/schemas/verdicts.schema.json``."""
COLOURS = {
    Verdict.PROVED: "bold green",
    Verdict.REFUTED: "bold magenta",
    Verdict.SUPPORTED: "bold cyan",
    Verdict.OPEN: "bold yellow",
}
_LEAST_TITLE = 16
_PIPED_REASON = 160
"""Characters of a reason in a pipe; --json and show have all of it."""
_INDENT = " " * 11
_REASON_LINES = 2


def verdicts(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> None:
    """Print verdict, id and reason of each claim, and what was expected where that differs.

    In a pipe one line a claim; on a terminal the reason on lines of its own, as much as ``_REASON_LINES`` hold.
    """
    rows = list(zip(claims, judgements, strict=True))
    if sys.stdout.isatty():
        _on_terminal(rows)
        return
    wide = max((len(claim.id) for claim in claims), default=0)
    for claim, judgement in rows:
        because = shortened(_short_of(judgement) + sentence(judgement.reason), _PIPED_REASON)
        click.echo(f"{judgement.verdict.name:<9}  {claim.id:<{wide}}  {because}".rstrip())


def _on_terminal(rows: Iterable[tuple[Claim, Judgement]]) -> None:
    """Verdict, id, title and seconds in one line, the reason under it."""
    from rich.console import Console
    from rich.text import Text

    room, console, previous = width(), Console(), None
    for claim, judgement in rows:
        if previous not in (None, claim.paper):
            console.print()
        previous = claim.paper
        cost = f"{judgement.seconds:.1f} s"
        title_room = room - len(_INDENT) - len(claim.id) - len(cost) - 5
        head = Text.assemble((f"{judgement.verdict.name:<{len(_INDENT)}}", COLOURS[judgement.verdict]), claim.id)
        if title_room >= _LEAST_TITLE:
            head.append(f"  {shortened(claim.title, title_room):<{title_room}}  {cost}", style="dim")
        console.print(head, overflow="fold", soft_wrap=False)
        lines = wrapped(_short_of(judgement) + sentence(judgement.reason), room, _INDENT)
        if len(lines) > _REASON_LINES:
            last = lines[_REASON_LINES - 1]
            lines = [*lines[: _REASON_LINES - 1], shortened(last, room - 3).removesuffix("...") + "..."]
        for line in lines:
            said = Text(line, style="dim")
            if line is lines[0] and not judgement.as_expected:
                said.stylize("bold red", 0, len(_INDENT) + len(_short_of(judgement)))
            console.print(said, no_wrap=True, overflow="crop")
    console.print(Text("ntkproof show ID explains a verdict", style="dim"))


def difference(one: "Difference") -> None:
    """Print how a claim differs from the baseline, as a diff."""
    mark = "WORSE" if one.fails else "note"
    click.echo(f"{mark:<9}  {one.claim_id}  {one.text[0]}")
    for line in one.text[1:]:
        colour = {"-": "red", "+": "green"}.get(line.strip()[:1])
        shown = f"{_INDENT}{line}"
        click.echo(click.style(shown, fg=colour) if colour and _coloured() else shown)


def width() -> int:
    """Columns of the terminal, or of $COLUMNS; ``readable.WIDTH`` where nothing says it."""
    return shutil.get_terminal_size((WIDTH, 24)).columns


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
        "format": FORMAT,
        "version": VERSION,
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
                "uses": list(claim.uses),
            }
            for claim, judgement in zip(claims, judgements, strict=True)
        ],
        "summary": {
            "claims": len(judgements),
            "verdicts": {verdict.name: counts[verdict] for verdict in Verdict},
            "as_expected": sum(judgement.as_expected for judgement in judgements),
            "fell_short": [judgement.claim_id for judgement in judgements if not judgement.as_expected],
            "falls_with": {name: list(falling) for name, falling in fallen(claims, judgements).items()},
            "from_ledger": kept,
            "seconds": sum(judgement.seconds for judgement in judgements),
        },
    }


def falls(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> None:
    """Print, for each claim at fault, what falls with it."""
    for line in fall_lines(claims, judgements):
        click.echo(click.style(line, fg="yellow") if _coloured() else line)


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
