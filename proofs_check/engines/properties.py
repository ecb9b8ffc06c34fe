"""Search for a counterexample: hypothesis proposes exact inputs, an approximation guides, balls decide, the witness is shrunk.

A statement "for all inputs: left <= right" is refuted by one input at which the ball of the left side lies wholly above the
ball of the right side, and at which every hypothesis of the claim holds exactly. Nothing else refutes here. A full search that
finds nothing supports a bound, and an identity where both sides agree to many digits; one that was cut short decides
nothing. A limit is never refuted by values at finite depth, so limits and rates are not this engine's business.

Which inputs are tried, and how, is the business of ``proofs_check.trials`` and ``proofs_check.depth_trials``. The
approximation of a kernel only guides: the witness that is left after shrinking is evaluated again, in balls.

Reproducible: the seed fixes the examples, and the number of examples follows from the effort, not from the clock. The clock can
only cut a search short.
"""

import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from random import Random
from typing import Any, Generic, TypeVar

from flint import arb
from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy
from sympy import Integer

from proofs_check.depth_trials import DepthTrial
from proofs_check.judge import Options
from proofs_check.trials import FULL_SEARCH, Clock, Input, OutOfTime, PointTrial, Trial, Violation, inside
from proofs_check.verdicts import Evidence, Outcome
from theory import parsing
from theory.claims import Claim, Depth, Identity, Inequality, Statement
from theory.errors import InputError
from theory.language import Chain

MAX_DEPTH = 10**6
"""The greatest depth at which a given witness is looked at; the search goes to 10^5."""
AGREEMENT = 40
"""Digits to which the sides of an identity must agree at every example to support it."""

__all__ = ["Search", "counterexample", "decimal_ball", "examine", "inside", "search"]

Proposed = TypeVar("Proposed", bound=Hashable)
Finding = TypeVar("Finding")


@dataclass(frozen=True, kw_only=True)
class Search(Generic[Proposed, Finding]):
    """The outcome of ``counterexample``: the simplest input found and what it showed, or None; examples tried; cut short?"""

    witness: Proposed | None
    finding: Finding | None
    examples: int
    cut_short: bool


def counterexample(
    inputs: SearchStrategy[Proposed],
    examine: Callable[[Proposed], Finding | None],
    *,
    seed: int,
    examples: int,
    seconds: float,
) -> Search[Proposed, Finding]:
    """Look for an input on which ``examine`` returns a finding, and shrink it.

    examples  how many inputs to propose (shrinking comes on top)
    seconds   after this time every new input counts as innocent, so the search ends; what was found stands.
              ``examine`` may raise OutOfTime to the same effect
    """
    start = time.monotonic()
    seen: dict[Proposed, Finding | None] = {}
    cut_short = False

    def guilty(proposed: Proposed) -> bool:
        nonlocal cut_short
        if proposed not in seen:
            if time.monotonic() - start > seconds:
                cut_short = True
                return False
            try:
                seen[proposed] = examine(proposed)
            except OutOfTime:
                cut_short = True
                return False
        return seen[proposed] is not None

    witness: Proposed | None = None
    with _independent_of_loaded_modules(), suppress(NoSuchExample):
        witness = find(inputs, guilty, settings=_settings(examples), random=Random(seed))
    finding = None if witness is None else seen[witness]
    return Search(witness=witness, finding=finding, examples=len(seen), cut_short=cut_short)


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )


@contextmanager
def _independent_of_loaded_modules() -> Iterator[None]:
    """Hypothesis without the constants it collects from the source files around it.

    They would make the examples depend on which modules happen to be loaded, and collecting them writes a folder
    ``.hypothesis`` where the user stands. Newer versions have no setting for it; older ones have no such constants.
    """
    from hypothesis.internal.conjecture import providers

    provider: Any = providers.HypothesisProvider
    original = getattr(provider, "_maybe_draw_constant", None)
    if original is None:
        yield
        return
    provider._maybe_draw_constant = lambda *_, **__: None
    try:
        yield
    finally:
        provider._maybe_draw_constant = original


def examine(claim: Claim, options: Options) -> Evidence | None:
    """The engine as the judge calls it; None where the statement is not about finite depths."""
    match claim.statement:
        case Depth(holds=Chain()) | Identity() | Inequality():
            return search(claim, effort=options.effort, seed=options.seed, digits=options.digits)
        case _:
            return None


def search(claim: Claim, *, effort: float, seed: int, digits: int) -> Evidence:
    """Look for a counterexample and shrink it.

    effort   seconds, counted from where the recursion is derived: below 2 25 examples, from 2 on depths to 4096,
             from 10 on to 10^5
    returns  REFUTES with the witness, both balls, the seed and the number of examples; SUPPORTS after a full search in
             vain, with examples and greatest depth; else UNDECIDED
    """
    start = time.monotonic()
    try:
        trial = _trial(claim.statement, digits)
    except InputError as error:
        return _evidence(Outcome.UNDECIDED, str(error), start, {"seed": seed})
    if trial is None:
        return _evidence(Outcome.UNDECIDED, "a limit is not refuted by values at finite depth", start, {"seed": seed})
    # deriving the recursion comes before the search and is not interrupted
    trial.clock = Clock(time.monotonic() + effort)
    cut_short = False
    for one in trial.passes(effort):
        left = trial.clock.end - time.monotonic()
        if left <= 0:
            cut_short = True
            break
        found = counterexample(one.inputs, one.examine, seed=seed, examples=one.examples, seconds=left)
        cut_short |= found.cut_short
        if found.witness is not None and found.finding is not None:
            witness = found.finding.at or found.witness
            violation = trial.confirmed(witness)
            if violation is not None:
                return _refuted(witness, violation, start, {"seed": seed, **trial.tally.data()})
    return _in_vain(trial, effort, cut_short, start, seed)


def confirm(claim: Claim, witness: Mapping[str, str], *, digits: int) -> Evidence | None:
    """REFUTES if the balls exclude the statement at the witness, where its hypotheses hold exactly; nothing is searched.

    witness  name of a symbol -> exact value as text, ``L`` for the depth
    raises   InputError where a value cannot be read
    """
    start = time.monotonic()
    trial = _trial(claim.statement, digits)
    if trial is None:
        return None
    names = [str(symbol) for symbol in trial.symbols] + (["L"] if isinstance(trial, DepthTrial) else [])
    if sorted(witness) != sorted(names):
        raise InputError(f"witness: values of {', '.join(names)} are needed")
    depth = parsing.integer(witness["L"], "L", 0, MAX_DEPTH) if isinstance(trial, DepthTrial) else None
    values = tuple((symbol, parsing.number(witness[str(symbol)], str(symbol))) for symbol in trial.symbols)
    violation = trial.confirmed(Input(depth, values))
    return None if violation is None else _refuted(Input(depth, values), violation, start, {})


def _in_vain(trial: Trial, effort: float, cut_short: bool, start: float, seed: int) -> Evidence:
    """What a search says that found nothing: support after a full search, else nothing."""
    tally = trial.tally
    stopped = f", stopped after {effort:g} seconds" if cut_short else ""
    summary = f"no counterexample in {tally.sentence(equation=trial.equation)} (seed {seed}{stopped})"
    full = effort >= FULL_SEARCH and not cut_short and not trial.partial
    if trial.partial:
        summary += f"; {trial.partial}"
    if tally.evaluated == 0 or 2 * tally.evaluated < tally.examples:
        full = False
        summary += f"; only {tally.evaluated} examples could be evaluated"
    agree = not trial.equation or tally.agreement is None or tally.agreement >= AGREEMENT
    outcome = Outcome.SUPPORTS if full and agree else Outcome.UNDECIDED
    return _evidence(outcome, summary, start, {"seed": seed, **tally.data()})


def _refuted(witness: Input, violation: Violation, start: float, data: dict[str, Any]) -> Evidence:
    values = {str(symbol): str(value) for symbol, value in witness.values}
    if witness.depth is not None:
        values["L"] = str(witness.depth)
    shown = ", ".join(f"{name} = {value}" for name, value in values.items())
    balls = {"left": decimal_ball(violation.left), "right": decimal_ball(violation.right)}
    where = f"at {shown}: " if shown else ""
    return _evidence(Outcome.REFUTES, where + violation.sentence, start, {"witness": values, **balls, **data})


def _evidence(outcome: Outcome, summary: str, start: float, data: dict[str, Any]) -> Evidence:
    return Evidence(engine="properties", outcome=outcome, summary=summary, data=data, seconds=time.monotonic() - start)


def _trial(statement: Statement, digits: int) -> "Trial | None":
    match statement:
        case Depth(holds=Chain() as chain):
            return DepthTrial(statement, chain, digits)
        case Identity(sides=(lhs, rhs), domain=domain):
            chain = Chain(sides=(lhs.doit(), rhs.doit()), relations=("==",))
            return PointTrial(chain, {interval.symbol: interval for interval in domain}, digits)
        case Inequality(gap=gap, domain=interval, strict=strict):
            chain = Chain(sides=(gap.doit(), Integer(0)), relations=(">" if strict else ">=",))
            return PointTrial(chain, {interval.symbol: interval}, digits)
        case _:
            return None


def decimal_ball(ball: arb, digits: int = 30) -> dict[str, str]:
    """Mid and rad as decimal strings whose interval contains the ball, and a short form of both for a sentence."""
    mid, rad = _decimal(ball, digits)
    return {"mid": mid, "rad": rad, "shown": ball.str(8)}


def _decimal(ball: arb, digits: int) -> tuple[str, str]:
    text = ball.str(digits).strip("[]")
    mid, _, rad = text.partition("+/-")
    return mid.strip() or "0", rad.strip() or "0"
