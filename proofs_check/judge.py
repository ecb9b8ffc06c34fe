"""The judge: puts a claim to the engines and combines their evidence into a verdict.

A claim is first tested for being vacuous (an empty domain, no admissible depth): such a claim is OPEN and says so. Then the
engines are asked in the order of ENGINES, the exact ones first; the search for a counterexample runs even where a proof
was found (briefly), since agreement of engines is itself a check. An engine that raises costs its own evidence only.

Of an argument the conclusion is judged here, by itself; what its parts make of it is settled by ``proofs_check.suite``, which
knows their verdicts. A chain as such says no more than its lines: no engine is asked.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

from proofs_check.intervals import describe, is_empty
from proofs_check.verdicts import Evidence, Judgement, Outcome, combine
from proofs_check.well_formed import ill_formed
from theory.claims import (
    Argument,
    Claim,
    Definite,
    Depth,
    Identity,
    Inequality,
    Ranking,
    Rule,
    Scaling,
    Shaped,
    Spectrum,
    Turning,
    Unstated,
)
from theory.errors import InputError, NtkproofError

ENGINES = ("symbolic", "certificates", "balls", "properties", "precision")


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user may turn: working digits, seconds of search for one claim, seed; and whether a proof stands already."""

    digits: int = 50
    effort: float = 20
    seed: int = 0
    proved: bool = False


def judge(
    claim: Claim, *, digits: int = 50, effort: float = 20, engines: tuple[str, ...] = ENGINES, seed: int = 0
) -> Judgement:
    """The verdict on one claim with its reason and evidence.

    raises  InputError for an unknown engine; nothing else: a claim whose evaluation raises is OPEN with the error
    """
    for name in engines:
        if name not in ENGINES:
            raise InputError(f"--engine={name}: unknown engine; known: {', '.join(ENGINES)}")
    start = time.monotonic()
    evidence: list[Evidence] = []
    undecidable = _not_a_statement(claim)
    if isinstance(claim.statement, Argument):
        claim = replace(claim, statement=claim.statement.conclusion)
    claim, unknown = _named(claim)
    undecidable = unknown or undecidable
    if undecidable:
        evidence.append(Evidence(engine="judge", outcome=Outcome.UNDECIDED, summary=undecidable))
    else:
        for name in engines:
            proved = any(e.outcome is Outcome.PROVES for e in evidence)
            if any(e.outcome is Outcome.REFUTES for e in evidence):
                break
            # A proof stands; the counterexample search still gets a moment, to catch an engine that is wrong.
            options = Options(digits=digits, effort=min(effort, 1) if proved else effort, seed=seed, proved=proved)
            found = _ask(name, claim, options)
            if found is not None:
                evidence.append(found)
    verdict, reason = combine(tuple(evidence))
    return Judgement(
        claim_id=claim.id,
        verdict=verdict,
        expected=claim.expected,
        reason=reason,
        evidence=tuple(evidence),
        seconds=time.monotonic() - start,
    )


def _named(claim: Claim) -> tuple[Claim, str | None]:
    """The claim with what its names stand for, or why one of them stands for nothing."""
    from proofs_check.flow_facts import named  # draws in the libraries that engines need

    try:
        return replace(claim, statement=named(claim.statement)), None
    except NtkproofError as error:
        return claim, str(error)


def _not_a_statement(claim: Claim) -> str | None:
    """Why no engine can be asked: the claim has no machine form, or says nothing."""
    if isinstance(claim.statement, Unstated):
        return claim.statement.reason
    if isinstance(claim.statement, Argument):
        if claim.statement.rule is Rule.LINES:
            return "the verdict of a chain is that of its lines, which are judged as claims of their own"
        return _not_a_statement(replace(claim, statement=claim.statement.conclusion))
    try:
        vacuous = vacuity(claim)
    except NtkproofError as error:
        return str(error)
    wrong = None if vacuous else ill_formed(claim)
    if wrong is not None:
        return wrong
    if vacuous is None and isinstance(claim.statement, Depth):
        from proofs_check.defined import undefined_at

        return undefined_at(claim.statement)
    return f"vacuous: {vacuous}" if vacuous else None


def vacuity(claim: Claim) -> str | None:
    """Why a claim says nothing, or None: its hypotheses are tested for being satisfiable, exactly."""
    match claim.statement:
        case Identity(domain=domain):
            intervals = domain
        case Inequality(domain=interval) | Scaling(domain=interval) | Turning(correlations=interval):
            intervals = (interval,)
        case Ranking() as statement:
            intervals = (statement.correlations, *statement.parameters)
        case Spectrum(depth_low=low, depth_high=int(high)) | Definite(depth_low=low, depth_high=int(high)) if (
            low > high
        ):
            return f"no depth L with {low} <= L <= {high}"
        case Spectrum(parameters=intervals) | Definite(parameters=intervals):
            pass
        case Depth() | Shaped() as statement:
            if statement.depth_high is not None and statement.depth_high < statement.depth_low:
                return f"no depth L with {statement.depth_low} <= L <= {statement.depth_high}"
            intervals = (statement.correlations, *statement.parameters)
        case _:
            return None
    for interval in intervals:
        if is_empty(interval):
            return f"no {interval.symbol} with {describe(interval)}"
    twice = [pair for pair in combinations(intervals, 2) if pair[0].symbol == pair[1].symbol]
    if twice:  # on a line, intervals that meet in pairs have a common point
        from proofs_check.pieces import common

        for one, other in twice:
            if common(one, other) is None:
                return f"no {one.symbol} with {describe(one)} and {describe(other)}"
    return None


def _ask(name: str, claim: Claim, options: Options) -> Evidence | None:
    """One engine's evidence, with its cost; an error is evidence that nothing was decided."""
    start = time.monotonic()
    try:
        found = _engine(name)(claim, options)
    except NtkproofError as error:
        found = Evidence(engine=name, outcome=Outcome.UNDECIDED, summary=str(error))
    except Exception as error:  # noqa: BLE001 - one claim's failure must not cost the others their verdicts
        text = " ".join(str(error).split())[:200]
        found = Evidence(
            engine=name, outcome=Outcome.UNDECIDED, summary=f"engine {name} raised {type(error).__name__}: {text}"
        )
    if found is None:
        return None
    return Evidence(
        engine=name,
        outcome=found.outcome,
        summary=found.summary,
        data=found.data,
        seconds=time.monotonic() - start,
    )


def _engine(name: str) -> Callable[[Claim, Options], Evidence | None]:
    """The examine function of an engine; imported where used, since each draws in its own libraries."""
    from importlib import import_module

    examine: Callable[[Claim, Options], Evidence | None] = import_module(f"proofs_check.engines.{name}").examine
    return examine
