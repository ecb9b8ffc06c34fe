"""Single inputs of a statement, tried: the sides of a chain in balls, what a search has seen, and how long it may take.

A trial knows one chain a R b R ... of expressions. It proposes inputs in passes and looks at one input at a time; a
violation is confirmed in balls, at an input that satisfies the hypotheses exactly. Expressions are lowered once for
all inputs: no algebra per example, save where only exact numbers can show that two sides are equal.

What can go wrong. A ball that is not finite excludes nothing; such an input counts as tried, not as evaluated.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import inf, log
from typing import Any

from flint import arb, fmpq
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sympy import Expr, Integer, Symbol, ceiling, floor, oo, pi

from numerics.balls import REAL, bits_of, evaluate, precision
from numerics.compile import lower
from proofs_check.strategies import points
from theory import symbols
from theory.claims import Interval
from theory.constants import exact_sign
from theory.errors import NtkproofError
from theory.language import Chain

FULL_SEARCH = 2
"""Seconds of effort from which on a search is a full one; below it is a moment with ``MOMENT`` examples."""
MOMENT = 25
EXAMPLES = 300
EXACT_CHECKS = 8
"""How often in a search an input that balls leave open is decided with exact numbers, which is slow."""


class OutOfTime(Exception):
    """Raised inside an example when the seconds of the search are spent."""


@dataclass(frozen=True)
class Input:
    """One input of a statement: a depth where it has one, and a value of each other symbol, all exact."""

    depth: int | None
    values: tuple[tuple[Symbol, Expr], ...]


@dataclass(frozen=True, kw_only=True)
class Violation:
    """left relation right is claimed, and the two balls exclude it; at an input which may be simpler than the proposed."""

    left: arb
    right: arb
    sentence: str
    at: Input | None = None


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One pass of the search: which inputs, and how many."""

    inputs: SearchStrategy[Input]
    examples: int
    examine: Callable[[Input], Violation | None]


@dataclass(frozen=True)
class Clock:
    """The end of a search; ``check`` raises OutOfTime after it, also inside one example."""

    end: float

    def check(self) -> None:
        """Raise OutOfTime if the time is over."""
        if time.monotonic() > self.end:
            raise OutOfTime


@dataclass
class Tally:
    """What a search has seen: inputs tried and evaluated, the greatest depth, how close the sides came.

    margin     the least |right - left| / max(|left|, |right|) over inequalities without a side 0, and where
    agreement  digits to which the sides of equations agreed at every input; None where every ball was exact
    """

    examples: int = 0
    evaluated: int = 0
    deepest: int | None = None
    margin: float | None = None
    nearest: Input | None = None
    agreement: int | None = None

    def note(self, chain: Chain, one: Input, balls: list[arb] | None) -> None:
        """Count an input and the balls of its sides; None where they could not be had."""
        self.examples += 1
        if balls is None or not all(ball.is_finite() for ball in balls):
            return
        self.evaluated += 1
        if one.depth is not None:
            self.deepest = max(one.depth, self.deepest or 0)
        for i, relation in enumerate(chain.relations):
            left, right = balls[i], balls[i + 1]
            size, gap = max(abs(left.mid()), abs(right.mid())), abs(right - left)
            if relation == "==":
                apart = (gap / (1 + size)).upper()
                if apart > 0:
                    digits = int(-float(apart.log().mid()) / log(10))
                    self.agreement = digits if self.agreement is None else min(digits, self.agreement)
            elif left != 0 and right != 0 and size > 0:
                margin = float((gap / size).mid())
                if self.margin is None or margin < self.margin:
                    self.margin, self.nearest = margin, one

    def sentence(self, *, equation: bool) -> str:
        """How many examples, up to which depth, and how close the sides came."""
        text = f"{self.examples} examples" + ("" if self.deepest is None else f" up to depth {self.deepest}")
        if equation:
            exactly = "exactly" if self.agreement is None else f"to {self.agreement} digits"
            return f"{text}, where both sides agree {exactly}" if self.evaluated else text
        if self.margin is None or self.nearest is None:
            return text
        near = f"come within a relative {self.margin:.2g}" if self.margin > 0 else "are equal"
        return f"{text}; the sides {near} at {_shown(self.nearest)}"

    def data(self) -> dict[str, Any]:
        """The figures."""
        return {"examples": self.examples, "depth": self.deepest, "margin": self.margin}


def _shown(one: Input) -> str:
    named = [f"{symbol} = {value}" for symbol, value in one.values]
    return ", ".join(named if one.depth is None else [*named, f"L = {one.depth}"]) or "the only input"


class Sides:
    """The sides of a chain as functions of numbers, lowered once."""

    def __init__(self, chain: Chain, variables: tuple[Symbol, ...]) -> None:
        self.variables = variables
        self._tape = lower(chain.sides, variables)
        self._bound: dict[int, Callable[..., tuple[arb, ...]]] = {}

    def at(self, numbers: tuple[arb, ...], bits: int) -> list[arb]:
        """Balls of the sides at these values of the variables."""
        with precision(bits):
            if bits not in self._bound:
                self._bound[bits] = self._tape.bind(REAL)
            return list(self._bound[bits](*numbers))


@lru_cache(maxsize=4096)
def number_ball(value: Expr, bits: int) -> arb:
    """A ball of an exact number."""
    with precision(bits):
        if value.is_Rational:
            return arb(fmpq(int(value.p), int(value.q)))
        found: arb = lower((value,), ()).run(REAL, ())[0]
        return found


def excluded(chain: Chain, balls: list[arb]) -> Violation | None:
    """The first relation of the chain that cannot hold, for any values in the balls.

    a <= b is excluded by a > b, a < b by a >= b, a == b by disjoint balls; NaN excludes nothing.
    """
    for i, relation in enumerate(chain.relations):
        left, right = balls[i], balls[i + 1]
        if not (left.is_finite() and right.is_finite()):
            continue
        excluded = {
            "<=": left > right,
            "<": left >= right,
            ">=": left < right,
            ">": left <= right,
            "==": left != right,
        }[relation]
        if excluded:
            sentence = f"{_claimed(chain.sides[i], left)} is not {relation} {_claimed(chain.sides[i + 1], right)}"
            return Violation(left=left, right=right, sentence=sentence)
    return None


def _claimed(side: Expr, ball: arb) -> str:
    return str(side) if side.is_Rational else f"{side} = {ball.str(8)}"


def certain(chain: Chain, balls: list[arb]) -> bool:
    """Whether every relation holds for all values in the balls; an equation never is certain."""
    order: dict[str, Callable[[arb, arb], bool]] = {
        "<=": lambda a, b: bool(a <= b),
        "<": lambda a, b: bool(a < b),
        ">=": lambda a, b: bool(a >= b),
        ">": lambda a, b: bool(a > b),
        "==": lambda a, b: False,
    }
    return all(order[r](balls[i], balls[i + 1]) for i, r in enumerate(chain.relations))


def inside(value: Expr, interval: Interval) -> bool:
    """Whether the exact value lies in the interval; undecided counts as no."""
    for gap, closed in ((value - interval.low, interval.low_closed), (interval.high - value, interval.high_closed)):
        sign = 1 if gap == oo else exact_sign(gap)
        if sign is None or sign < 0 or (sign == 0 and not closed):
            return False
    return True


class Trial(ABC):
    """A chain, tried at single inputs.

    partial  names what no pass varies, although the statement does
    symbols  what an input gives values to, in this order
    """

    def __init__(self, chain: Chain, digits: int) -> None:
        self.chain, self.digits = chain, digits
        self.clock = Clock(inf)
        self.partial = ""
        self.tally = Tally()
        self.equation = "==" in chain.relations
        self.strict = any(relation in "<>" for relation in chain.relations)
        self.symbols: tuple[Symbol, ...] = ()
        self._exact_checks = EXACT_CHECKS

    @abstractmethod
    def passes(self, effort: float) -> list[Pass]:
        """The passes of a search of so many seconds, the cheapest first."""

    @abstractmethod
    def confirmed(self, one: Input) -> Violation | None:
        """The violation in balls, at an input that satisfies the hypotheses exactly; None where either fails."""

    def may_check_exactly(self) -> bool:
        """Whether one more input may be decided with exact numbers; each call counts."""
        self._exact_checks -= 1
        return self._exact_checks >= 0


class PointTrial(Trial):
    """A chain between functions of some symbols."""

    def __init__(self, chain: Chain, intervals: dict[Symbol, Interval], digits: int) -> None:
        super().__init__(chain, digits)
        free = tuple(sorted(set().union(*(side.free_symbols for side in chain.sides)), key=str))
        self.symbols = free
        self.ranges = [intervals.get(symbol) or _admissible(symbol) for symbol in free]
        self._sides = Sides(chain, free)

    def passes(self, effort: float) -> list[Pass]:
        """One pass: fractions, ends and points near the ends of every interval."""
        free = self._sides.variables
        inputs = st.tuples(*(_values(interval) for interval in self.ranges)).map(
            lambda values: Input(None, tuple(zip(free, values, strict=True)))
        )
        return [Pass(inputs=inputs, examples=near_examples(effort), examine=self.examine)]

    def examine(self, one: Input) -> Violation | None:
        """By balls; twice, with more digits where they leave it open, and exactly where a strict one is still open."""
        self.clock.check()
        for working in (self.digits, 4 * self.digits):
            bits = bits_of(working) + 32
            balls = self._sides.at(tuple(number_ball(value, bits) for _, value in one.values), bits)
            found = excluded(self.chain, balls)
            if found is not None or certain(self.chain, balls):
                break
        self.tally.note(self.chain, one, balls)
        if found is not None:
            return found if self._admissible(one) else None
        if certain(self.chain, balls):
            return None
        open_at_end = self.strict or not all(ball.is_finite() for ball in balls)
        return self.confirmed(one) if open_at_end and self.may_check_exactly() else None

    def _exactly(self, one: Input) -> Violation | None:
        """With the exact values put into the expressions: 0 is then seen to be 0."""
        values = dict(one.values)
        try:
            return excluded(self.chain, [evaluate(side, values, digits=self.digits) for side in self.chain.sides])
        except NtkproofError:
            return None

    def confirmed(self, one: Input) -> Violation | None:
        """The violation, with exact numbers if that shows it and with more digits else."""
        if not self._admissible(one):
            return None
        return self._exactly(one) or self._by_balls(one)

    def _admissible(self, one: Input) -> bool:
        """The hypotheses of the claim, decided exactly at the input."""
        values = dict(one.values)
        return all(inside(values[interval.symbol], interval) for interval in self.ranges)

    def _by_balls(self, one: Input) -> Violation | None:
        bits = bits_of(4 * self.digits) + 32
        return excluded(self.chain, self._sides.at(tuple(number_ball(value, bits) for _, value in one.values), bits))


def near_examples(effort: float) -> int:
    """How many inputs the first pass proposes."""
    return EXAMPLES if effort >= FULL_SEARCH else MOMENT


def _values(interval: Interval) -> SearchStrategy[Expr]:
    if interval.symbol.is_integer:
        low = int(ceiling(interval.low)) if interval.low_closed else int(floor(interval.low)) + 1
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
