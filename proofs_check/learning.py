"""The search for certificates of theorem learnability: the least depth, two telling points, the margin of the residual network.

Idea. The bound of the feedforward spread falls with the depth, so the first depth is bisected. For the residual network pairs of
new points are tried in the limit's kernel, and labels of size 1 are chosen where none are given; half of the limit's gap
is kept, and the largest reach 2^-k at which the checker's bound still shows it. The checker decides.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any

from flint import arb, ctx, fmpq

from proofs_check.certify import certificate
from proofs_check.checker import Rejected, check
from proofs_check.checker import learnability as theorem
from proofs_check.checker.half_rate import NAME as HALF_RATE
from proofs_check.checker.signs import PRECISION, to_arb
from theory.errors import BeyondReach

Data = tuple[tuple[fmpq, ...], ...]
DEEPEST = fmpq(10) ** 50
LEAST_REACH = 200
"""The reach is at least 2^-200."""
ON_CIRCLE = tuple(fmpq(k, 8) for k in range(-24, 25))
"""Slopes of the half angle of the rational points that are tried in the plane of the first two coordinates."""
MOST_CANDIDATES = 24


def search(
    points: Data,
    labels: Sequence[fmpq] | None,
    *,
    distance: fmpq,
    spread: fmpq,
    at: Data | None = None,
    mu: Fraction = Fraction(1),
    residual: bool = True,
) -> dict[str, Any]:
    """A certificate on the data, accepted by the checker.

    points    directions, vectors of rationals; pairwise different
    labels    one for each point, or None: every choice in [-1, 1] for the first network, some choice for the second
    distance  of the new points from the data, an angle in (0, pi)
    spread    what the feedforward predictions at two new points shall differ by at most
    at        the two points at which the residual network is looked at; None: searched, at that distance from the data

    raises  BeyondReach where there is none
    """
    try:
        found = {
            "version": 1,
            "theorem": theorem.NAME,
            "points": _text(points),
            "labels": None if labels is None else [str(y) for y in labels],
            "feedforward": feedforward(points, labels, distance=distance, spread=spread, mu=mu),
            "residual": remembered(points, labels, distance=distance, at=at) if residual else None,
        }
        check(found)
    except Rejected as error:
        raise BeyondReach(str(error)) from None
    return found


def feedforward(
    points: Data, labels: Sequence[fmpq] | None, *, distance: fmpq, spread: fmpq, mu: Fraction = Fraction(1)
) -> dict[str, Any]:
    """The part on the feedforward network, with the least depth for which the bound holds.

    raises  BeyondReach where no depth up to 10^50 does
    """
    kernel, proved = _kernel("ffnet-critical-angle", mu)

    def small(depth: fmpq) -> bool:
        try:
            with ctx.workprec(PRECISION):
                given = None if labels is None else list(labels)
                found = theorem.feedforward_spread(proved, list(points), given, distance, depth)
                return bool(found < to_arb(spread))
        except Rejected:
            return False

    theorem.largest_cosine(list(points))
    high = fmpq(1)
    while not small(high):
        high *= 2
        if high > DEEPEST:
            raise BeyondReach(f"spread={spread}: not reached at depths up to 10^50")
    low = high / 2
    while high - low > 1:
        middle = fmpq(((low + high) / 2).floor())
        low, high = (low, middle) if small(middle) else (middle, high)
    return {"distance": str(distance), "spread": str(spread), "depth": str(high), "kernel": kernel}


def remembered(
    points: Data, labels: Sequence[fmpq] | None, *, distance: fmpq, at: Data | None = None
) -> dict[str, Any]:
    """The part on the residual network.

    raises  BeyondReach where its predictions are not told apart
    """
    kernel, _ = _kernel(HALF_RATE, Fraction(1))
    pairs = [at] if at is not None else list(combinations(_candidates(points, distance), 2))
    best: tuple[arb, Data, list[fmpq]] | None = None
    nothing = fmpq(0)
    for pair in pairs:
        given = list(labels) if labels is not None else _telling(points, pair)
        with ctx.workprec(PRECISION):
            gap = theorem.residual_gap(list(points), list(pair), given, nothing)
        if gap > 0 and (best is None or gap > best[0]):
            best = gap, pair, given
    if best is None:
        raise BeyondReach("the residual limit does not tell the new points apart that were tried")
    gap, pair, given = best
    kept = _short_below(gap / 2)
    for k in range(LEAST_REACH):
        reach = fmpq(1, 2**k)
        try:
            with ctx.workprec(PRECISION):
                shown = bool(theorem.residual_gap(list(points), list(pair), given, reach) >= to_arb(kept))
        except Rejected:
            shown = False
        if shown:
            said = {"at": _text(pair), "labels": [str(y) for y in given], "gap": str(kept), "reach": str(reach)}
            return {**said, "kernel": kernel}
    raise BeyondReach("the residual kernel matrix is too close to a singular one")


def _telling(points: Data, pair: Data) -> list[fmpq]:
    """Labels +1 and -1 for which the limit's predictions at the two points differ most: the signs of their influence."""
    with ctx.workprec(PRECISION):
        return [fmpq(1) if g >= 0 else fmpq(-1) for g in theorem.influence(list(points), list(pair))]


def _candidates(points: Data, distance: fmpq) -> list[tuple[fmpq, ...]]:
    """Rational directions at least at the distance from the data: antipodes, differences, axes, points of a circle."""
    size = len(points[0])
    axes = [tuple(fmpq(sign * int(i == j)) for j in range(size)) for i in range(size) for sign in (1, -1)]
    found = [tuple(-x for x in p) for p in points]
    found += [tuple(a - b for a, b in zip(p, q, strict=True)) for p, q in combinations(points, 2)]
    rest = tuple(fmpq(0) for _ in range(size - 2))
    circle = [] if size < 2 else [(1 - m * m, 2 * m, *rest) for m in ON_CIRCLE]
    chosen: list[tuple[fmpq, ...]] = []
    with ctx.workprec(PRECISION):
        least = to_arb(distance).cos()
        for x in [*axes, *circle, *found]:
            far = any(x) and all(theorem.cosine(x, p) <= least for p in points)
            if far and all(theorem.signed_square(x, y) != 1 for y in chosen):
                chosen.append(x)
    return chosen[:: max(1, -(-len(chosen) // MOST_CANDIDATES))]


def _short_below(value: arb) -> fmpq:
    """A rational of few digits a little below a positive ball."""
    scale = 1
    while (value * scale).floor().lower() < 100:
        scale *= 10
    return fmpq(int((value * scale).lower().floor().unique_fmpz()), scale)


@lru_cache(maxsize=8)
def _kernel(name: str, mu: Fraction) -> tuple[dict[str, Any], dict[str, Any]]:
    """The certificate on the kernel and the statement that the checker returns for it."""
    data = certificate(name, mu)[1]
    return data, check(data)


def _text(points: Data) -> list[list[str]]:
    return [[str(x) for x in point] for point in points]
