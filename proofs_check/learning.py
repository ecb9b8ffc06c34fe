"""The search for certificates of theorem learnability: the least depth, two telling points, the margin of the residual network.

Idea. The bound of the feedforward spread falls with the depth, so the first depth is bisected. For the residual network pairs of
new points are tried in the limit's kernel, and labels of size 1 are chosen where none are given; half of the limit's gap
is kept, and the largest reach 2^-k at which the checker's bound still shows it. The checker decides.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from flint import arb, ctx, fmpq

from proofs_check.certify import certificate
from proofs_check.checker import Rejected, Unreadable, check, load
from proofs_check.checker import learnability as theorem
from proofs_check.checker.half_rate import NAME as HALF_RATE
from proofs_check.checker.signs import PRECISION, to_arb
from proofs_check.settled import accepted, short_below
from theory.errors import BeyondReach, InputError

Data = tuple[tuple[fmpq, ...], ...]
DEEPEST = fmpq(10) ** 50
LEAST_REACH = 200
"""The reach is at least 2^-200."""
ON_CIRCLE = tuple(fmpq(k, 8) for k in range(-24, 25))
"""Slopes of the half angle of the rational points that are tried in the plane of the first two coordinates."""
MOST_CANDIDATES = 24


def search(
    points: Data, labels: Sequence[fmpq] | None, *, distance: fmpq, spread: fmpq, at: Data | None = None
) -> dict[str, Any]:
    """A certificate on the data for both networks, accepted by the checker.

    points    directions, vectors of rationals; pairwise different
    labels    one for each point, or None: every choice in [-1, 1] for the first network, some choice for the second
    distance  of the new points from the data, an angle in (0, pi)
    spread    what the feedforward predictions at two new points shall differ by at most
    at        the two points at which the residual network is looked at; None: searched, at that distance from the data

    raises  BeyondReach where there is none
    """
    return assembled(
        points,
        labels,
        feedforward=feedforward(points, labels, distance=distance, spread=spread),
        residual=remembered(points, labels, distance=distance, at=at),
    )


def assembled(
    points: Data,
    labels: Sequence[fmpq] | None,
    *,
    feedforward: dict[str, Any] | None = None,
    residual: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The certificate with these parts, accepted by the checker.

    raises  BeyondReach with the checker's reason
    """
    found = {
        "version": 1,
        "theorem": theorem.NAME,
        "points": _text(points),
        "labels": None if labels is None else [str(y) for y in labels],
        "feedforward": feedforward,
        "residual": residual,
    }
    return accepted(found)


def read(path: Path) -> tuple[Data, list[fmpq] | None]:
    """Points and labels of a JSON file {"points": [[...], ...], "labels": [...]}: integers, or strings p, p/q and decimals.

    raises  InputError where it holds anything else
    """
    try:
        data = load(path)
        if not isinstance(data.get("points"), list) or not data.keys() <= {"points", "labels"}:
            raise InputError(f'{path}: an object with "points", a list, and perhaps "labels" is expected')
        points = theorem.read_points([_strings(p) for p in data["points"]], theorem.MAX_POINTS, None)
        given = data.get("labels")
        return tuple(points), None if given is None else theorem.read_labels(_strings(given), len(points))
    except (Unreadable, Rejected) as error:
        raise InputError(f"{path.name}: {error}" if isinstance(error, Rejected) else str(error)) from None


def _strings(value: Any) -> Any:
    """A list with its integers written out, and short decimals as the fractions they are."""

    def written(x: Any) -> Any:
        if isinstance(x, str) and re.fullmatch(r"-?[0-9]{1,9}\.[0-9]{1,9}", x):
            return str(Fraction(x))
        return str(x) if type(x) is int else x

    return [written(x) for x in value] if isinstance(value, list) else value


def feedforward(
    points: Data, labels: Sequence[fmpq] | None, *, distance: fmpq, spread: fmpq, mu: Fraction = Fraction(1)
) -> dict[str, Any]:
    """The part on the feedforward network, with the least depth for which the bound holds.

    raises  BeyondReach where no depth up to 10^50 does
    """
    _require_sound(points)
    kernel, proved = _kernel("ffnet-critical-angle", mu)

    def small(depth: fmpq) -> bool:
        try:
            with ctx.workprec(PRECISION):
                given = None if labels is None else list(labels)
                found = theorem.feedforward_spread(proved, list(points), given, distance, depth)
                return bool(found < to_arb(spread))
        except Rejected:
            return False

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
    points: Data,
    labels: Sequence[fmpq] | None,
    *,
    distance: fmpq,
    at: Data | None = None,
    gap: fmpq | None = None,
) -> dict[str, Any]:
    """The part on the residual network; the gap asked for, or half of the limit's.

    raises  BeyondReach where its predictions are not told apart
    """
    _require_sound(points)
    kernel, _ = _kernel(HALF_RATE, Fraction(1))
    new = list(at) if at is not None else _candidates(points, distance)
    best: tuple[arb, int, int] | None = None
    try:
        with ctx.workprec(PRECISION):
            gains = theorem.responses(list(points), new)
            for i, j in combinations(range(len(new)), 2):
                pull = [a - b for a, b in zip(gains[i], gains[j], strict=True)]
                # without labels, those of size 1 that tell most
                size = sum(map(abs, pull), arb(0)) if labels is None else abs(_dot(pull, labels))
                if size > 0 and (best is None or size > best[0]):
                    best = size, i, j
    except Rejected as error:
        raise BeyondReach(str(error)) from None
    if best is None or (gap is not None and not best[0] > to_arb(gap)):
        raise BeyondReach("the residual limit does not tell the new points that far apart")
    limit, i, j = best
    pair = (new[i], new[j])
    with ctx.workprec(PRECISION):
        given = (
            list(labels)
            if labels is not None
            else [fmpq(1) if a - b >= 0 else fmpq(-1) for a, b in zip(gains[i], gains[j], strict=True)]
        )
    kept = short_below(limit / 2) if gap is None else gap
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


def _require_sound(points: Data) -> None:
    try:
        theorem.largest_cosine(list(points))
    except Rejected as error:
        raise BeyondReach(str(error)) from None


def _dot(first: Sequence[arb], second: Sequence[fmpq]) -> arb:
    return sum((a * to_arb(b) for a, b in zip(first, second, strict=True)), arb(0))


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


@lru_cache(maxsize=8)
def _kernel(name: str, mu: Fraction) -> tuple[dict[str, Any], dict[str, Any]]:
    """The certificate on the kernel and the statement that the checker returns for it."""
    data = certificate(name, mu)[1]
    return data, check(data)


def _text(points: Data) -> list[list[str]]:
    return [[str(x) for x in point] for point in points]
