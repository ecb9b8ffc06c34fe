"""Many layers at once: which of the proved expansions carries the state of a recursion to a depth beyond iteration.

Each method takes the state that iteration has reached and the number of layers to go, and answers with balls or with
None where the bounds of its theorem do not hold there. So the switch between iteration and expansion is made by those
bounds alone: some more layers are iterated until a method holds and its balls are small enough.

    numerics.contraction   the state settles at a fixed point: ordered and chaotic phases, lengths that converge
    numerics.abel          a critical map in Abel's coordinate
    numerics.differences   very many small layers: residual networks whose branch is scaled down with depth
    numerics.slow_layers   states that are smooth functions of log l: layers that differ, lengths that grow or fall slowly

What can go wrong. No method holds within ``BURN_IN`` layers: None.
"""

from collections.abc import Callable

from flint import arb

from numerics import contraction
from numerics.abel import advance, coordinates
from numerics.critical_maps import critical_map
from numerics.differences import by_differences
from numerics.propagation import Reached, Run
from numerics.slow_runs import by_blocks
from theory import symbols

BURN_IN = 50_000
"""Layers that are iterated at most before a method must hold."""
_FIRST = 32
_NEAR = 0.5
_MARGIN = 2  # the first layers grow by this factor from one trial to the next


def leap(
    run: Run, depth: int, bits: int, report: Callable[[int], None], good: Callable[[Reached], bool]
) -> Reached | None:
    """The state at a depth, from the present layer on; ``run`` goes on by the layers that are iterated.

    good     whether balls are small enough; if none are before the bounds stop to improve, the last ones are returned
    """
    best: Reached | None = None
    target = max(run.layer, _FIRST)
    while True:
        run.advance(min(target, depth), report)
        if run.layer >= depth:
            return best
        found = _try(run, depth - run.layer, bits)
        if found is not None and good(found):
            return found
        if found is not None and best is not None and not _better(found, best):
            return best
        best = found or best
        if target >= BURN_IN:
            return best
        target *= _MARGIN


def _better(one: Reached, other: Reached) -> bool:
    """Whether one of the balls has become four times smaller."""
    return bool(4 * one.ntk.rad() < other.ntk.rad() or 4 * one.corr.rad() < other.corr.rad()) or any(
        4 * a.rad() < b.rad() for a, b in zip(one.diagonals, other.diagonals, strict=True)
    )


def _try(run: Run, count: int, bits: int) -> Reached | None:
    found = critical_map(run.model.network, run.depth)
    if found is None:
        reached = contraction.settle(run, count) or by_differences(run, count, lambda *_: None)
        return by_blocks(run, count) if reached is None else reached

    def in_abel_coordinate(corr: arb, ntk: arb, left: int) -> Reached | None:
        x = found.coordinate(corr)
        at = coordinates(found, bits) if x < _NEAR else None
        reached = None if at is None else advance(at, x, ntk, left)
        if reached is None:
            return None
        last, after = reached
        diagonals, size = run.ahead(count)
        angle = last if found.letter == symbols.theta else 2 * (last / 2).sqrt().asin()
        return Reached(corr=found.corr(last), ntk=after, diagonals=diagonals, lengths=[], size=size, angle=angle)

    if run.exact is not None:
        return None
    reached = in_abel_coordinate(run.corr, run.ntk, count)
    return by_differences(run, count, in_abel_coordinate) if reached is None else reached
