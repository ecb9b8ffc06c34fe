"""Runs the suite for a command, with progress on stderr where a person looks at it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs_check.ledger import Ledger
from proofs_check.suite import Progress, run
from proofs_check.verdicts import Judgement
from theory.claims import Claim


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The options of a run, as typed or by default."""

    digits: int
    effort: float
    engines: tuple[str, ...]
    seed: int
    jobs: int | None
    fresh: bool
    ledger: Path | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The judgements of a run, and how many of them the ledger had."""

    judgements: list[Judgement]
    kept: int


def require_ledger(settings: Settings) -> None:
    """Refuse a ledger that cannot be written before anything is derived.

    raises  InputError
    """
    Ledger(settings.ledger).close()


def run_with(settings: Settings, claims: Sequence[Claim], ledger: Ledger, **more: Any) -> list[Judgement]:
    """``suite.run`` with the options of a run; more are its other arguments."""
    return run(
        claims,
        jobs=settings.jobs,
        digits=settings.digits,
        effort=settings.effort,
        engines=settings.engines,
        seed=settings.seed,
        ledger=ledger,
        fresh=settings.fresh,
        **more,
    )


def judge_all(claims: list[Claim], settings: Settings) -> Answer:
    """Judge the claims.

    raises  KeyboardInterrupt whose message says how many verdicts are kept
    """
    latest = [Progress(done=0, total=len(claims), kept=0, running=(), latest=None)]
    with Ledger(settings.ledger) as ledger:
        try:
            with _shown_progress(len(claims)) as show:

                def note(progress: Progress) -> None:
                    latest[0] = progress
                    show(progress)

                judgements = run_with(settings, claims, ledger, on_progress=note)
        except KeyboardInterrupt:
            done, total = latest[0].done, latest[0].total
            raise KeyboardInterrupt(
                f"interrupted: {done} of {total} verdicts are kept; the same command goes on from there"
            ) from None
    return Answer(judgements=judgements, kept=latest[0].kept)


@contextmanager
def _shown_progress(total: int) -> Iterator[Callable[[Progress], None]]:
    """A bar on stderr if it is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.description}", markup=True),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)

        def show(progress: Progress) -> None:
            bar.update(task, completed=progress.done, description=", ".join(progress.running))

        yield show
