"""``verify --watch``: claim files are looked at again and again, and what changed in them is judged.

A claim has changed where its content has (``ledger.content_of``): prose and layout cost nothing. The engines are imported
once; where this process may fork, each worker starts with all of them, so that one changed claim costs its own judgement and
little more.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

import click

from proofs_check.claim_process import may_fork
from proofs_check.cli import tables
from proofs_check.cli.running import Settings, run_with
from proofs_check.cli.targets import files_of, resolve
from proofs_check.cli.verifying import places_of, show_places
from proofs_check.judge import ENGINES
from proofs_check.ledger import PROSE, Ledger, content_of
from proofs_check.suite import with_lemmas
from proofs_check.verdicts import Judgement
from theory.claims import Claim
from theory.errors import InputError, NtkproofError

PAUSE = 1 / 5
"""Seconds between two looks at the files."""


def watch_files(targets: tuple[str, ...], settings: Settings) -> int:
    """Judge the claims, and again what changes, until interrupted; the exit status of the last state.

    raises  InputError where no target is a claim file
    """
    if not files_of(targets):
        raise InputError("--watch: no claim file to look at; name FILE.toml or FILE.py")
    for name in ENGINES:
        import_module(f"proofs_check.engines.{name}")
    watch = Watch(targets, settings)
    try:
        for _ in _changes(files_of(targets)):
            watch.look()
    except KeyboardInterrupt:
        click.echo("")
    return 0 if watch.as_expected else 1


def _changes(files: Sequence[Path], sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """One item at first, and one whenever a file has changed."""
    before: dict[Path, tuple[int, int] | None] | None = None
    while True:
        now = {path: _stamp(path) for path in files}
        if now != before:
            before = now
            yield
        sleep(PAUSE)


def _stamp(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        found = path.stat()
        return found.st_mtime_ns, found.st_size
    return None


@dataclass
class Watch:
    """The last state of the claims: what each said, and what was found."""

    targets: tuple[str, ...]
    settings: Settings
    _contents: dict[str, object] = field(default_factory=dict)
    _own: dict[str, Judgement] = field(default_factory=dict)
    _shown: dict[str, Judgement] = field(default_factory=dict)
    _readable: bool = False

    @property
    def as_expected(self) -> bool:
        """Whether the files can be read and every verdict is the expected one."""
        return self._readable and all(judgement.as_expected for judgement in self._shown.values())

    def look(self) -> list[str]:
        """Read the files, judge what changed, show it; the ids of the claims that were judged."""
        start = time.monotonic()
        try:
            claims = resolve(self.targets)
        except NtkproofError as error:
            self._readable = False
            click.echo(str(error))
            return []
        self._readable = True
        contents = {claim.id: _content(claim) for claim in claims}
        changed = [c for c in claims if c.id not in self._own or contents[c.id] != self._contents.get(c.id)]
        for judgement in self._judged(changed):
            self._own[judgement.claim_id] = judgement
        self._contents = contents
        own = {claim.id: replace(self._own[claim.id], expected=claim.expected) for claim in claims}
        found = {judgement.claim_id: judgement for judgement in with_lemmas(claims, own)}
        self._show(claims, found, {claim.id for claim in changed}, time.monotonic() - start)
        self._shown = found
        return [claim.id for claim in changed]

    def _judged(self, claims: Sequence[Claim]) -> list[Judgement]:
        """Each claim by itself; lemmas are taken into account when all verdicts are known."""
        if not claims:
            return []
        alone = [replace(claim, uses=()) for claim in claims]
        with Ledger(self.settings.ledger) as ledger:
            return run_with(self.settings, alone, ledger, start="fork" if may_fork() else "spawn")

    def _show(self, claims: Sequence[Claim], found: dict[str, Judgement], changed: set[str], seconds: float) -> None:
        """The claims that were judged, and those whose verdict changed with a lemma."""
        moved = [
            claim for claim in claims if claim.id in changed or _differs(self._shown.get(claim.id), found[claim.id])
        ]
        judgements = [found[claim.id] for claim in moved]
        tables.verdicts(moved, judgements)
        show_places(moved, judgements, places_of(self.targets))
        gone = sorted(set(self._shown) - set(found))
        short = sum(not judgement.as_expected for judgement in found.values())
        state = "all as expected" if not short else f"{short} not as expected"
        left = f"; gone: {', '.join(gone)}" if gone else ""
        click.echo(f"{len(changed)} of {len(claims)} judged in {seconds:.1f} s: {state}{left}")


def _differs(before: Judgement | None, now: Judgement) -> bool:
    return before is None or (before.verdict, before.expected) != (now.verdict, now.expected)


def _content(claim: Claim) -> object:
    """What an engine reads of the claim; a claim without such content counts as changed each time."""
    try:
        described = content_of(claim)
    except TypeError:
        return object()
    return {name: value for name, value in described.items() if name not in PROSE | {"uses"}}
