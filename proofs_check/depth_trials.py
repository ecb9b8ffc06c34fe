"""Chains about a network's kernel, tried at single depths, inputs and parameters.

Idea. Passes, each deeper than the one before: small depths with any input; then larger depths with inputs from a list;
where the recursion is the same at every depth, whole trajectories. The kernel comes from an ``Approximation``, in which
depth and parameters are numbers. It only guides: what it calls a violation is confirmed by ``numerics.kernel``. Where
there is none, ``numerics.kernel`` is asked at each input, and fewer inputs are tried.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from flint import arb
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sympy import Expr, Symbol

from numerics.balls import REAL, bits_of, precision
from numerics.kernel import kernel
from numerics.model import model
from numerics.multiprecision import APPROXIMATION_BITS, APPROXIMATION_ERROR, Approximation, approximation
from proofs_check.strategies import correlations, depths, grid, points
from proofs_check.trials import (
    FULL_SEARCH,
    Input,
    Pass,
    Sides,
    Trial,
    Violation,
    certain,
    excluded,
    inside,
    near_examples,
    number_ball,
)
from theory import symbols
from theory.claims import Depth
from theory.errors import NtkproofError
from theory.language import Chain
from theory.network import Network

DEEP_SEARCH = 10
"""Seconds of effort from which on depths beyond 4096 are tried."""
NEAR, FAR, DEEP, DEEPEST = 64, 4096, 10**4, 10**5
"""Greatest depths of the passes."""


class DepthTrial(Trial):
    """A chain about a network's kernel."""

    def __init__(self, statement: Depth, chain: Chain, digits: int) -> None:
        super().__init__(chain, digits)
        self.statement = statement
        self.names = tuple(interval.symbol for interval in statement.parameters)
        self.symbols = (symbols.c, *self.names)
        self._sides = Sides(chain, (symbols.value, symbols.c, symbols.theta, symbols.depth, *self.names))
        self._guide = _guide(statement)
        if self._guide is None:
            values = tuple((interval.symbol, grid(interval)[0]) for interval in statement.parameters)
            model(_substituted(statement.network, values))
            self.partial = ", ".join(f"{symbol} = {value} only" for symbol, value in values)

    def passes(self, effort: float) -> list[Pass]:
        """Small depths with any input; larger ones with listed inputs; trajectories, or single great depths."""
        statement, guide = self.statement, self._guide
        low, high = statement.depth_low, statement.depth_high
        top = DEEPEST if high is None else high
        anything, listed = correlations(statement.correlations), st.sampled_from(grid(statement.correlations))
        single = statement.correlations.low == statement.correlations.high
        # an example at depth 10^4 costs as much as a hundred at small depths, unless it continues a trajectory
        again = guide is not None and not guide.moves and single
        share = 1 if again else max(1, low // NEAR)
        look = self.kernel if guide is None else self.near
        first = near_examples(effort)
        passes = [self._pass(depths(low, high, cap=NEAR), anything, min(first, max(first // share, 20)), look)]
        if effort >= FULL_SEARCH and top > NEAR:
            passes.append(self._pass(depths(low, high, cap=FAR), listed, max(80 // share, 20), look))
        if effort >= DEEP_SEARCH and top > FAR and guide is not None:
            if guide.moves:
                for least, cap, examples in ((FAR, DEEP, 16), (DEEP, DEEPEST, 3)):
                    far = depths(max(low, min(top, least)), high, cap=cap)
                    passes.append(self._pass(far, listed, examples, look))
            else:
                for cap, examples in ((DEEP, 12), (DEEPEST, 2)):
                    last = st.just(max(low, min(top, cap)))
                    passes.append(self._pass(last, listed, examples, self.trajectory))
        return passes

    def _pass(
        self,
        depth: SearchStrategy[int],
        corr: SearchStrategy[Expr],
        examples: int,
        look: Callable[[Input], Violation | None],
    ) -> Pass:
        # without a guide each value of a parameter is a network to be derived
        parameters = [
            points(interval) if self._guide is not None else st.just(grid(interval)[0])
            for interval in self.statement.parameters
        ]
        # the depth first: hypothesis shrinks the earlier choices first
        inputs = st.tuples(depth, st.tuples(*parameters), corr).map(
            lambda drawn: Input(drawn[0], ((symbols.c, drawn[2]), *zip(self.names, drawn[1], strict=True)))
        )
        return Pass(inputs=inputs, examples=examples, examine=look)

    def near(self, one: Input) -> Violation | None:
        """By the approximation; in balls only what it cannot tell from an equality that a strict relation excludes."""
        assert one.depth is not None
        assert self._guide is not None
        self.clock.check()
        bits = APPROXIMATION_BITS
        values = {symbol: number_ball(value, bits) for symbol, value in one.values}
        value = self._guide.at(
            one.depth,
            values[symbols.c],
            [values[symbol] for symbol in self._guide.parameters],
            quantity=self.statement.quantity.value,
            pause=self.clock.check,
        )
        with precision(bits):
            value = arb(value, (1 + abs(value)) * arb(2) ** -APPROXIMATION_ERROR)
        balls = self._balls(one, value, bits)
        self.tally.note(self.chain, one, balls)
        found = excluded(self.chain, balls)
        if found is not None or certain(self.chain, balls):
            return found if found is not None and self._admissible(one) else None
        return self.confirmed(one) if self.strict and self.may_check_exactly() else None

    def trajectory(self, one: Input) -> Violation | None:
        """At many depths up to that of the input; the first at which it fails, to the layer."""
        assert one.depth is not None
        before = self.statement.depth_low - 1
        for depth in _stations(self.statement.depth_low, one.depth):
            found = self.near(replace(one, depth=depth))
            if found is not None:
                first = next((d for d in range(before + 1, depth) if self.near(replace(one, depth=d))), depth)
                return replace(found, at=replace(one, depth=first))
            before = depth
        return None

    def kernel(self, one: Input) -> Violation | None:
        """By balls at once, where there is no approximation."""
        balls = self._rigorous(one, self.clock.check)
        self.tally.note(self.chain, one, balls)
        return None if balls is None else excluded(self.chain, balls)

    def confirmed(self, one: Input) -> Violation | None:
        """The violation by the kernel itself, for the network with the parameters put in."""
        if not self._admissible(one):
            return None
        balls = self._rigorous(one, lambda: None)
        return None if balls is None else excluded(self.chain, balls)

    def _rigorous(self, one: Input, pause: Callable[[], None]) -> list[arb] | None:
        assert one.depth is not None
        values = dict(one.values)
        corr = values.pop(symbols.c)
        pause()
        try:
            network = _substituted(self.statement.network, tuple(values.items()))
            found = kernel(network, one.depth, corr, digits=self.digits, progress=lambda _done, _all: pause())
        except NtkproofError:
            return None
        return self._balls(one, getattr(found, self.statement.quantity.value), bits_of(self.digits) + 32)

    def _balls(self, one: Input, value: arb, bits: int) -> list[arb]:
        assert one.depth is not None
        values = {symbol: number_ball(exact, bits) for symbol, exact in one.values}
        corr = values[symbols.c]
        numbers = (value, corr, _angle(corr, bits), arb(one.depth), *(values[name] for name in self.names))
        return self._sides.at(numbers, bits)

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


def _guide(statement: Depth) -> Approximation | None:
    """The approximation of the network, where all it needs are the parameters of the claim and L."""
    guide = approximation(statement.network)
    named = {interval.symbol for interval in statement.parameters}
    return guide if guide is not None and named.issuperset(guide.parameters) else None


def _angle(corr: arb, bits: int) -> arb:
    with precision(bits):
        found: arb = REAL.functions["acos"](corr)
        return found


def _stations(low: int, last: int) -> list[int]:
    """Depths from low to last: every 64th, later every sixteenth part more; multiples of 64, where states are kept."""
    found, depth = [], -(-max(low, 1) // 64) * 64
    while depth < last:
        found.append(depth)
        depth += max(64, depth // 1024 * 64)
    return [*found, last]


@lru_cache(maxsize=512)
def _substituted(network: Network, values: tuple[tuple[Symbol, Expr], ...]) -> Network:
    for symbol, value in values:
        network = network.substitute(symbol, value)
    return network
