"""The suite judges many claims at once, each in a worker process, and keeps every verdict as it comes.

A worker that dies, raises or overruns its time costs its own claim only: that claim is OPEN and says why, and nothing
is kept for it, so that the next run tries again. A run that is interrupted goes on where it stopped.

Lemmas. A claim that ``uses`` others never has a better verdict than they have (first row that applies):

    own verdict REFUTED                  REFUTED: a counterexample rests on no lemma
    it uses itself, through others       OPEN
    a lemma unknown, OPEN or REFUTED     OPEN
    a lemma SUPPORTED                    SUPPORTED at best
    all lemmas PROVED                    its own verdict

Arguments (``theory.claims.Argument``) are settled from their parts first; see ``proofs_check.arguments.settling``.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from proofs_check.arguments.following import gap_in
from proofs_check.arguments.settling import settle
from proofs_check.ledger import (
    Ledger,
    LedgerError,
    judgement_from_json,
    judgement_to_json,
    key_of,
    warn_on_stderr,
)
from proofs_check.uses import cycle, uses_of
from proofs_check.verdicts import Judgement
from theory.claims import Argument, Claim, Verdict
from theory.errors import InputError

Judge = Callable[..., Judgement]
_RANK = {Verdict.REFUTED: 0, Verdict.OPEN: 0, Verdict.SUPPORTED: 1, Verdict.PROVED: 2}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a run stands.

    done, total   claims with a verdict, and all claims
    kept          verdicts that were in the ledger before
    running       ids being judged now
    latest        the verdict just reached, before lemmas are taken into account
    """

    done: int
    total: int
    kept: int
    running: tuple[str, ...]
    latest: Judgement | None


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def time_limit(effort: float) -> float:
    """Seconds after which a claim is given up: several engines, each with its effort, and room for slow algebra."""
    return 60 + 8 * effort


def run(
    claims: Iterable[Claim],
    *,
    jobs: int | None = None,
    digits: int = 50,
    effort: float = 20,
    engines: tuple[str, ...] | None = None,
    seed: int = 0,
    ledger: Ledger | None = None,
    fresh: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
    warn: Callable[[str], None] = warn_on_stderr,
    limit: float | None = None,
    judge: Judge | None = None,
    start: str = "spawn",
) -> list[Judgement]:
    """Judge the claims, in their order; lemmas must be among them.

    jobs     worker processes, default one per core; 0 judges in this process, without a time limit
    ledger   verdicts in it are not judged again (fresh: they are, and replaced)
    limit    seconds for one claim, default ``time_limit(effort)``
    judge    what judges, ``proofs_check.judge.judge`` unless given; a function that a new process can import
    start    how workers start: "spawn", or "fork" where this process has one thread and has imported the engines
    raises   InputError for an id used twice, KeyboardInterrupt with every finished verdict in the ledger
    """
    claims = list(claims)
    _refuse_doubles(claims)
    options: dict[str, object] = {"digits": digits, "effort": effort, "seed": seed}
    if engines is not None:
        options["engines"] = engines
    book = _Book(claims, options, ledger, fresh, on_progress, warn)
    if jobs == 0:
        for claim in book.pending():
            book.begin(claim)
            book.enter(claim, _attempt(judge or _the_judge(), claim, options))
    else:
        seconds = time_limit(effort) if limit is None else limit
        _judge_in_workers(book, jobs or cores(), judge, options, seconds, start)
    return with_lemmas(claims, book.found)


def with_lemmas(claims: Sequence[Claim], found: Mapping[str, Judgement]) -> list[Judgement]:
    """The judgements with each verdict held down to those of its lemmas, by the table of the module."""
    uses = uses_of(claims)
    circular = {name: way for name in uses if (way := cycle(name, uses))}
    arguments = {claim.id: claim.statement for claim in claims if isinstance(claim.statement, Argument)}
    by_id = {claim.id: claim for claim in claims}
    founded = {
        name: one if one.missing else replace(one, missing=gap_in(one, by_id)) for name, one in arguments.items()
    }
    settled: dict[str, Judgement] = {}
    for name in TopologicalSorter({name: () if name in circular else uses[name] for name in uses}).static_order():
        if name not in uses:
            continue  # not among the claims; whatever uses it says so
        own = found[name]
        if name in arguments and name not in circular:
            own = settle(own, founded[name], settled)
        if own.verdict is Verdict.REFUTED:
            settled[name] = own
        elif name in circular:
            reason = f"circular: its lemmas use the claim itself, {' uses '.join(circular[name])}"
            settled[name] = replace(own, verdict=Verdict.OPEN, reason=reason)
        else:
            parts = arguments[name].parts if name in arguments else ()
            settled[name] = _held_down(own, tuple(one for one in uses[name] if one not in parts), settled)
    return [settled[claim.id] for claim in claims]


def _held_down(own: Judgement, lemmas: tuple[str, ...], settled: Mapping[str, Judgement]) -> Judgement:
    """The judgement, no better than the worst of its lemmas."""
    for name in lemmas:
        if name not in settled:
            return replace(own, verdict=Verdict.OPEN, reason=f"it uses {name}, which was not judged")
    worst = min(lemmas, key=lambda name: _RANK[settled[name].verdict], default=None)
    if worst is None or _RANK[settled[worst].verdict] >= _RANK[own.verdict]:
        return own
    verdict = settled[worst].verdict
    reason = f"{own.verdict.name} by itself, but it uses {worst}, which is {verdict.name}; {own.reason}"
    return replace(own, verdict=Verdict.SUPPORTED if verdict is Verdict.SUPPORTED else Verdict.OPEN, reason=reason)


def _refuse_doubles(claims: Sequence[Claim]) -> None:
    seen: set[str] = set()
    for claim in claims:
        if claim.id in seen:
            raise InputError(f"id={claim.id}: two claims have this id; an id is unique in a run")
        seen.add(claim.id)


@dataclass(frozen=True, kw_only=True)
class _Finding:
    """A judgement, and whether it was reached (then it is kept) or stands for a failure."""

    judgement: Judgement
    reached: bool = True


class _Book:
    """The claims of a run, which of them are settled, and the ledger behind them."""

    def __init__(
        self,
        claims: list[Claim],
        options: dict[str, object],
        ledger: Ledger | None,
        fresh: bool,
        on_progress: Callable[[Progress], None] | None,
        warn: Callable[[str], None],
    ) -> None:
        self.found: dict[str, Judgement] = {}
        self._claims, self._ledger, self._on_progress, self._warn = claims, ledger, on_progress, warn
        self._running: list[str] = []
        self._kept = 0
        self._keys = {} if ledger is None else {claim.id: _key(claim, options) for claim in claims}
        self._reads = not fresh
        for claim in claims:
            self._look_up(claim)
        self._report(None)

    def pending(self) -> Iterator[Claim]:
        """Claims still to be judged; each is looked up again in its turn, as another run may have settled it."""
        for claim in self._claims:
            if claim.id not in self.found and not self._look_up(claim):
                yield claim

    def begin(self, claim: Claim) -> None:
        """Note that the claim is being judged."""
        self._running.append(claim.id)
        self._report(None)

    def enter(self, claim: Claim, finding: _Finding) -> None:
        """Keep the finding: on disk first, then in the answer."""
        judgement = judgement_from_json(judgement_to_json(finding.judgement))  # the same whether judged or looked up
        key = self._keys.get(claim.id)
        if self._ledger is not None and key is not None and finding.reached:
            try:
                self._ledger.put(key, judgement)
            except LedgerError as error:
                self._warn(str(error))
                self._ledger = None
        self.found[claim.id] = judgement
        if claim.id in self._running:
            self._running.remove(claim.id)
        self._report(judgement)

    def _look_up(self, claim: Claim) -> bool:
        key = self._keys.get(claim.id)
        kept = self._ledger.get(key) if self._ledger is not None and key is not None and self._reads else None
        if kept is None:
            return False
        self.found[claim.id] = replace(kept, expected=claim.expected)
        self._kept += 1
        return True

    def _report(self, latest: Judgement | None) -> None:
        if self._on_progress is not None:
            progress = Progress(
                done=len(self.found),
                total=len(self._claims),
                kept=self._kept,
                running=tuple(self._running),
                latest=latest,
            )
            self._on_progress(progress)


def _key(claim: Claim, options: dict[str, object]) -> str | None:
    """The claim's key, or None where its content cannot be compared: then it is judged each time."""
    try:
        return key_of(claim, **options)
    except TypeError:
        return None


def _open(claim: Claim, reason: str) -> _Finding:
    judgement = Judgement(claim_id=claim.id, verdict=Verdict.OPEN, expected=claim.expected, reason=reason, evidence=())
    return _Finding(judgement=judgement, reached=False)


def _judge_in_workers(
    book: _Book, jobs: int, judge: Judge | None, options: dict[str, object], limit: float, start: str
) -> None:
    """Hand the pending claims to workers, one at a time each, and enter what comes back."""
    idle: deque[_Worker] = deque()
    busy: list[_Worker] = []
    pending = book.pending()
    exhausted = False
    try:
        while busy or not exhausted:
            while len(busy) < jobs and not exhausted:
                claim = next(pending, None)
                if claim is None:
                    exhausted = True
                    break
                worker = idle.popleft() if idle else _Worker(judge, options, start)
                busy.append(worker)
                book.begin(claim)
                worker.give(claim, limit)
            for worker in _ready(busy):
                assert worker.claim is not None
                busy.remove(worker)
                finding = worker.take(limit)
                if worker.alive:
                    idle.append(worker)
                else:
                    worker.stop()
                book.enter(worker.claim, finding)
    finally:
        for worker in (*idle, *busy):
            worker.stop()


def _ready(busy: "list[_Worker]") -> "list[_Worker]":
    """The workers that have answered, died or run out of time; waits for the first."""
    if not busy:
        return []
    first = min(worker.deadline for worker in busy)
    answered = wait([worker.connection for worker in busy], timeout=max(0, first - time.monotonic()))
    now = time.monotonic()
    return [worker for worker in busy if worker.connection in answered or worker.deadline <= now]


class _Worker:
    """A process that judges one claim after another; it ends with its parent, however that ends."""

    def __init__(self, judge: Judge | None, options: dict[str, object], start: str) -> None:
        context: Any = multiprocessing.get_context(start)
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, judge, options), daemon=True)
        with _interrupts_held():
            self._process.start()
        theirs.close()
        self.claim: Claim | None = None
        self.deadline = time.monotonic()
        self.alive = True
        self._refused: str | None = None

    def give(self, claim: Claim, limit: float) -> None:
        """Hand over a claim."""
        self.claim, self.deadline, self._refused = claim, time.monotonic() + limit, None
        try:
            self.connection.send(claim)
        except OSError:
            return  # dead; take() finds out
        except Exception as error:  # noqa: BLE001 - pickle raises what it likes; the claim is at fault, not the run
            self._refused, self.deadline = f"it cannot be sent to a worker: {_line(error)}", time.monotonic()

    def take(self, limit: float) -> _Finding:
        """What became of the claim; afterwards ``alive`` says whether the worker can have another."""
        assert self.claim is not None
        if self._refused is not None:
            return _open(self.claim, self._refused)
        try:
            if self.connection.poll():
                finding: _Finding | str = self.connection.recv()
                return _open(self.claim, finding) if isinstance(finding, str) else finding
        except (EOFError, OSError):
            self.alive = False
            self._process.join(5)
            code = self._process.exitcode
            how = f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"
            return _open(self.claim, f"the worker process died ({how}) while judging it")
        self.alive = False
        return _open(self.claim, f"no verdict within {limit:.0f} s, the limit for one claim; try a larger --effort")

    def stop(self) -> None:
        """End the process at once; it holds nothing that could be lost."""
        self.alive = False
        self._process.kill()
        self._process.join(5)
        self.connection.close()


def _work(connection: Connection, judge: Judge | None, options: dict[str, object]) -> None:
    """The life of a worker: claims in, findings out, until the parent closes the pipe or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, also where no mask was inherited
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout = sys.stderr  # stdout belongs to the parent's answer
    if judge is None:
        judge = _the_judge()
    while True:
        try:
            claim: Claim = connection.recv()
        except EOFError:
            return
        except Exception as error:  # noqa: BLE001 - unpickling runs code of the claim; its failure is the answer
            connection.send(f"a worker cannot read it: {_line(error)}")
            continue
        connection.send(_attempt(judge, claim, options))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _attempt(judge: Judge, claim: Claim, options: dict[str, object]) -> _Finding:
    """The judge's answer, or OPEN with the error it raised."""
    try:
        return _Finding(judgement=judge(claim, **options))
    except Exception as error:  # noqa: BLE001 - one claim's failure must not cost the others their verdicts
        return _open(claim, f"judging it raised {_line(error)}")


def _the_judge() -> Judge:
    from proofs_check.judge import judge

    return judge


def _line(error: BaseException) -> str:
    """The error as one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits; a process started meanwhile inherits the mask and leaves Ctrl-C to its parent."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # when it starts, it lifts the mask; so it starts before the mask is set
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
