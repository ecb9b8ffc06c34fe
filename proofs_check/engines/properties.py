"""Search for a counterexample: hypothesis proposes exact inputs, float64 guides, balls decide, the witness is shrunk.

A statement "for all inputs: left <= right" is refuted by one input at which the ball of the left side lies wholly above the
ball of the right side, and at which every hypothesis of the claim holds exactly. Nothing else refutes here; finding nothing
decides nothing; a limit is never refuted by values at finite depth, so limits and rates are not this engine's business.

Idea. Three passes, each deeper and slower than the one before: small depths with any input; then larger depths with inputs
from a list, so that float64 evaluates the whole list at once. float64 is trusted in one direction only: it may skip an input
whose sides are apart, in the claimed order, by more than its error. Everything else goes to balls.

Reproducible: the seed fixes the examples, and the number of examples follows from the effort, not from the clock. The clock can
only cut a search short.
"""

import math
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Generic, TypeVar

from flint import arb
from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy
from sympy import Expr, Integer, Rational, Symbol, acos, ceiling, floor, oo, pi

from numerics.balls import evaluate
from numerics.float64 import kernel_float64
from numerics.kernel import kernel
from proofs_check.judge import Options
from proofs_check.strategies import correlations, depths, grid, points
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.claims import Claim, Depth, Identity, Inequality, Interval, Statement
from theory.constants import exact_sign
from theory.errors import NtkproofError
from theory.language import Chain
from theory.network import Network

FLOAT_ERROR = 1e-9
"""Slack given to a float64 kernel, relative to 1 + |value|; far above the error that was measured."""

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
    seconds   after this time every new input counts as innocent, so the search ends; what was found stands
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
            seen[proposed] = examine(proposed)
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


# --- claims ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Input:
    """One input of a statement: a depth where it has one, and a value of each other symbol, all exact."""

    depth: int | None
    values: tuple[tuple[Symbol, Expr], ...]


@dataclass(frozen=True, kw_only=True)
class Violation:
    """left relation right is claimed, and the two balls exclude it."""

    left: arb
    right: arb
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One pass of the search: which inputs, how many, the effort from which on it is made."""

    inputs: SearchStrategy[Input]
    examples: int
    from_effort: Rational
    examine: Callable[[Input], Violation | None]


def examine(claim: Claim, options: Options) -> Evidence | None:
    """The engine as the judge calls it; None where the statement is not about finite depths."""
    match claim.statement:
        case Depth(holds=Chain()) | Identity() | Inequality():
            return search(claim, effort=options.effort, seed=options.seed, digits=options.digits)
        case _:
            return None


def search(claim: Claim, *, effort: float, seed: int, digits: int) -> Evidence:
    """Look for a counterexample and shrink it.

    effort   seconds; from 2 on depths beyond 64 are tried, from 10 on beyond 4096
    returns  REFUTES with the witness, both balls, the seed and the number of examples, or UNDECIDED
    """
    start = time.monotonic()
    passes = _passes(claim.statement, digits)
    if not passes:
        return _evidence(Outcome.UNDECIDED, "a limit is not refuted by values at finite depth", start, {"seed": seed})
    tried = 0
    cut_short = False
    for one in passes:
        left = effort - (time.monotonic() - start)
        if effort < one.from_effort or left <= 0:
            continue
        found = counterexample(one.inputs, one.examine, seed=seed, examples=one.examples, seconds=left)
        tried += found.examples
        cut_short |= found.cut_short
        if found.witness is not None and found.finding is not None:
            return _refuted(found.witness, found.finding, start, {"seed": seed, "examples": tried})
    note = f", stopped after {effort:g} seconds" if cut_short else ""
    return _evidence(
        Outcome.UNDECIDED,
        f"no counterexample in {tried} examples (seed {seed}{note})",
        start,
        {"seed": seed, "examples": tried},
    )


def _refuted(witness: Input, violation: Violation, start: float, data: dict[str, Any]) -> Evidence:
    values = {str(symbol): str(value) for symbol, value in witness.values}
    if witness.depth is not None:
        values["L"] = str(witness.depth)
    shown = ", ".join(f"{name} = {value}" for name, value in values.items())
    balls = {"left": decimal_ball(violation.left), "right": decimal_ball(violation.right)}
    return _evidence(Outcome.REFUTES, f"at {shown}: {violation.sentence}", start, {"witness": values, **balls, **data})


def _evidence(outcome: Outcome, summary: str, start: float, data: dict[str, Any]) -> Evidence:
    return Evidence(engine="properties", outcome=outcome, summary=summary, data=data, seconds=time.monotonic() - start)


def _passes(statement: Statement, digits: int) -> tuple[Pass, ...]:
    match statement:
        case Depth(holds=Chain() as chain):
            return _depth_passes(statement, chain, digits)
        case Identity(lhs=lhs, rhs=rhs, domain=domain):
            chain = Chain(sides=(lhs.doit(), rhs.doit()), relations=("==",))
            intervals = {interval.symbol: interval for interval in domain}
        case Inequality(gap=gap, domain=interval, strict=strict):
            chain = Chain(sides=(gap.doit(), Integer(0)), relations=(">" if strict else ">=",))
            intervals = {interval.symbol: interval}
        case _:
            return ()
    free = sorted(set().union(*(side.free_symbols for side in chain.sides)), key=str)
    ranges = [intervals.get(symbol) or _admissible(symbol) for symbol in free]
    inputs = st.tuples(*(_values(interval) for interval in ranges)).map(
        lambda values: Input(None, tuple(zip(free, values, strict=True)))
    )
    return (
        Pass(
            inputs=inputs,
            examples=300,
            from_effort=Rational(0),
            examine=lambda one: _violation(chain, dict(one.values), ranges, digits),
        ),
    )


def _violation(chain: Chain, values: dict[Symbol, Expr], ranges: list[Interval], digits: int) -> Violation | None:
    """The first relation that the balls exclude at this input; twice and four times the digits where they overlap."""
    for working in (digits, 4 * digits):
        try:
            balls = [evaluate(side, values, digits=working) for side in chain.sides]
        except NtkproofError:
            return None
        found = _excluded(chain, balls)
        if found is not None:
            return found if all(inside(values[interval.symbol], interval) for interval in ranges) else None
    return None


def _excluded(chain: Chain, balls: list[arb]) -> Violation | None:
    """The first relation of the chain that cannot hold, for any values in the balls.

    a <= b is excluded by a > b, a < b by a >= b, a == b by disjoint balls; NaN excludes nothing.
    """
    for i, relation in enumerate(chain.relations):
        left, right = balls[i], balls[i + 1]
        excluded = {
            "<=": left > right,
            "<": left >= right,
            ">=": left < right,
            ">": left <= right,
            "==": left != right,
        }[relation]
        if excluded and left.is_finite() and right.is_finite():
            sentence = f"{_claimed(chain.sides[i], left)} is not {relation} {_claimed(chain.sides[i + 1], right)}"
            return Violation(left=left, right=right, sentence=sentence)
    return None


def _claimed(side: Expr, ball: arb) -> str:
    return str(side) if side.is_Rational else f"{side} = {ball.str(8)}"


def inside(value: Expr, interval: Interval) -> bool:
    """Whether the exact value lies in the interval; undecided counts as no."""
    for gap, closed in ((value - interval.low, interval.low_closed), (interval.high - value, interval.high_closed)):
        sign = 1 if gap == oo else exact_sign(gap)
        if sign is None or sign < 0 or (sign == 0 and not closed):
            return False
    return True


def _values(interval: Interval) -> SearchStrategy[Expr]:
    if interval.symbol.is_integer:
        low = int(ceiling(interval.low))
        high = low + 12 if interval.high == oo else int(floor(interval.high))
        return st.integers(low, high).map(Integer)
    return points(interval)


def _admissible(symbol: Symbol) -> Interval:
    """A range of values that the symbol allows, where the claim names none."""
    if symbol == symbols.c:
        return Interval(symbol=symbol, low=Integer(-1), high=Integer(1))
    if symbol == symbols.theta:
        return Interval(symbol=symbol, low=Integer(0), high=pi, low_closed=False)
    if symbol.is_positive:
        return Interval(symbol=symbol, low=Integer(0), high=oo, low_closed=False)
    low = Integer(0) if symbol.is_nonnegative else Integer(-2)
    return Interval(symbol=symbol, low=low, high=oo)


# --- statements about depth ------------------------------------------------------------------------------------------


def _depth_passes(statement: Depth, chain: Chain, digits: int) -> tuple[Pass, ...]:
    trial = _Trial(statement=statement, chain=chain, digits=digits)
    low, high = statement.depth_low, statement.depth_high
    parameters = [points(interval) for interval in statement.parameters]
    names = [interval.symbol for interval in statement.parameters]

    def inputs(depth: SearchStrategy[int], corr: SearchStrategy[Expr]) -> SearchStrategy[Input]:
        # the depth first: hypothesis shrinks the earlier choices first
        return st.tuples(depth, st.tuples(*parameters), corr).map(
            lambda drawn: Input(drawn[0], ((symbols.c, drawn[2]), *zip(names, drawn[1], strict=True)))
        )

    listed = st.sampled_from(grid(statement.correlations))
    passes = [
        Pass(
            inputs=inputs(depths(low, high, cap=64), correlations(statement.correlations)),
            examples=300,
            from_effort=Rational(0),
            examine=trial.near,
        )
    ]
    for cap, examples, from_effort in ((4096, 80, 2), (10**5, 40, 10)):
        if high is None or high > 64:
            passes.append(
                Pass(
                    inputs=inputs(depths(low, high, cap=cap), listed),
                    examples=examples,
                    from_effort=Rational(from_effort),
                    examine=trial.far,
                )
            )
    return tuple(passes)


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """A chain about a network's kernel, tried at single inputs."""

    statement: Depth
    chain: Chain
    digits: int

    def near(self, one: Input) -> Violation | None:
        """By balls at once: at small depth they cost no more than float64."""
        return self._confirmed(one)

    def far(self, one: Input) -> Violation | None:
        """By float64 for the whole list of correlations; balls only where it does not see the claimed order."""
        assert one.depth is not None
        values = dict(one.values)
        corr = values.pop(symbols.c)
        listed = grid(self.statement.correlations)
        floats = _float_values(self.statement, one.depth, tuple(values.items()))
        guess = floats[listed.index(corr)]
        if guess == guess:  # not NaN
            error = FLOAT_ERROR * (1 + abs(guess))
            value = arb(guess, error)
            balls = self._sides(one, value, 16)
            if balls is not None and _certain(self.chain, balls):
                return None
        return self._confirmed(one)

    def _confirmed(self, one: Input) -> Violation | None:
        values = dict(one.values)
        corr = values.pop(symbols.c)
        assert one.depth is not None
        network = _substituted(self.statement.network, tuple(values.items()))
        try:
            value = getattr(kernel(network, one.depth, corr, digits=self.digits), self.statement.quantity.value)
        except NtkproofError:
            return None
        balls = self._sides(one, value, self.digits)
        found = None if balls is None else _excluded(self.chain, balls)
        return found if found is not None and self._admissible(one) else None

    def _sides(self, one: Input, value: arb, digits: int) -> list[arb] | None:
        corr = dict(one.values)[symbols.c]
        at = {**dict(one.values), symbols.depth: Integer(one.depth), symbols.theta: acos(corr)}
        try:
            balls = {symbol: evaluate(exact, {}, digits=digits) for symbol, exact in at.items()}
            return [evaluate(side, {**balls, symbols.value: value}, digits=digits) for side in self.chain.sides]
        except NtkproofError:
            return None

    def _admissible(self, one: Input) -> bool:
        """The hypotheses of the claim, decided exactly at the input."""
        values, statement = dict(one.values), self.statement
        assert one.depth is not None
        return (
            one.depth >= statement.depth_low
            and (statement.depth_high is None or one.depth <= statement.depth_high)
            and inside(values[symbols.c], statement.correlations)
            and all(inside(values[interval.symbol], interval) for interval in statement.parameters)
        )


@lru_cache(maxsize=512)
def _substituted(network: Network, values: tuple[tuple[Symbol, Expr], ...]) -> Network:
    for symbol, value in values:
        network = network.substitute(symbol, value)
    return network


@lru_cache(maxsize=256)
def _float_values(statement: Depth, depth: int, values: tuple[tuple[Symbol, Expr], ...]) -> tuple[float, ...]:
    """The quantity at every listed correlation by float64, a guide; NaN where a value has no float."""
    listed = grid(statement.correlations)
    angles = [float(evaluate(acos(corr), {}, digits=20).mid()) for corr in listed]
    network = _substituted(statement.network, values)
    try:
        found = kernel_float64(network, depth, [min(angle, math.pi) for angle in angles])
    except NtkproofError:
        return (math.nan,) * len(listed)
    return tuple(float(value) for value in found[statement.quantity.value])


def _certain(chain: Chain, balls: list[arb]) -> bool:
    """Whether every relation holds for all values in the balls; an equation never is certain."""
    order: dict[str, Callable[[arb, arb], bool]] = {
        "<=": lambda a, b: bool(a <= b),
        "<": lambda a, b: bool(a < b),
        ">=": lambda a, b: bool(a >= b),
        ">": lambda a, b: bool(a > b),
        "==": lambda a, b: False,
    }
    return all(order[r](balls[i], balls[i + 1]) for i, r in enumerate(chain.relations))


def decimal_ball(ball: arb, digits: int = 30) -> dict[str, str]:
    """Mid and rad as decimal strings whose interval contains the ball, and a short form of both for a sentence."""
    mid, rad = _decimal(ball, digits)
    return {"mid": mid, "rad": rad, "shown": ball.str(8)}


def _decimal(ball: arb, digits: int) -> tuple[str, str]:
    text = ball.str(digits).strip("[]")
    mid, _, rad = text.partition("+/-")
    return mid.strip() or "0", rad.strip() or "0"
