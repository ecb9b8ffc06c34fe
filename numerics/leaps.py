"""Many layers at once: which of the proved expansions carries the state of a recursion to a depth beyond iteration.

Each method takes the state that iteration has reached and the number of layers to go, and answers with balls or with
None where the bounds of its theorem do not hold there. So the switch between iteration and expansion is made by those
bounds alone: some more layers are iterated until a method holds and its balls are small enough.

    numerics.contraction   the state settles at a fixed point: ordered and chaotic phases, lengths that converge
    numerics.abel          a critical map in Abel's coordinate

What can go wrong. No method holds within ``BURN_IN`` layers: None.
"""

from collections.abc import Callable

from flint import arb

from numerics import contraction
from numerics.abel import MAX_BITS, advance, family_parameter, largest_angle
from numerics.balls import REAL
from numerics.propagation import Reached, Run

BURN_IN = 50_000
"""Layers that are iterated at most before a method must hold."""
_FIRST = 32
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
    found = _in_abel_coordinate(run, count, bits)
    return contraction.settle(run, count) if found is None else found


def _in_abel_coordinate(run: Run, count: int, bits: int) -> Reached | None:
    mu = family_parameter(run.model.network) if bits <= MAX_BITS else None
    if mu is None or run.exact is not None:
        return None
    angle = REAL.functions["acos"](run.corr)
    if not angle <= arb(largest_angle(bits)):
        return None
    reached = advance(mu, angle, run.ntk, count)
    if reached is None:
        return None
    angle, ntk = reached
    diagonals, size = run.ahead(count)
    return Reached(corr=angle.cos(), ntk=ntk, diagonals=diagonals, lengths=[], size=size, angle=angle)
