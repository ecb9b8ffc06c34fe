"""f >= 0, or f > 0, on (0, T]: a Taylor form at 0, then a chain of cells; the same for every value of a parameter.

Hypothesis. ``ends`` = [r, e_1, ..., e_n] increases strictly and e_n >= T; f has an exact zero of order m at 0.

    on (0, r]         f(t) in t^m (sum_{m<=k<n} J_k(0) t^(k-m) + J_n([0,r]) t^(n-m)), and the bracket must be >= 0 (or > 0)
    on [e_i, e_i+1]   f(t) in sum_{k<n} J_k(mid) (t - mid)^k + J_n(cell) (t - mid)^n, which must be >= 0 (or > 0)

A parameter in [low, high] is cut into strips by a chain of its own; on each it is one ball, and the zero is one for all values.
A comparison of balls is True only if it holds for all points; NaN compares False. Only True accepts.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from flint import arb, ctx, fmpq

from proofs_check.checker.expressions import Rejected, series, vanishing
from proofs_check.checker.reading import integer, keys, rational

PRECISION = 128
MAX_CELLS = 5000
MAX_TEXT = 100_000  # the ends of all strips together
MAX_WORK = 2_000_000  # cells, times the length of the text, times that of the series: seconds, not minutes
Names = Mapping[str, fmpq]
Range = tuple[str, fmpq, fmpq]


def to_arb(value: fmpq) -> arb:
    """The ball of a rational."""
    return arb(value.p) / arb(value.q)


def has_sign(ball: arb, strict: bool) -> bool:
    """Whether every point of the ball is >= 0, or > 0 if strict; False for NaN."""
    return bool(ball > 0 if strict else ball >= 0)


def chain(values: Any, low: fmpq, high: arb, name: str) -> list[fmpq]:
    """Rationals that increase strictly from above ``low`` to ``high`` or beyond."""
    ends = [rational(end, name) for end in values] if isinstance(values, list) else []
    if not 1 <= len(ends) <= MAX_CELLS or not all(left < right for left, right in pairwise([low, *ends])):
        raise Rejected(
            f"{name}: ends is a list of 1 to {MAX_CELLS} rationals that must increase strictly from above {low}"
        )
    if not to_arb(ends[-1]) >= high:
        raise Rejected(f"{name}: the cells end at {ends[-1]}, before {high.str(6, radius=False)}")
    return ends


def nonnegative(
    name: str, text: str, names: Names, proof: Any, upper: arb, *, strict: bool = False, over: Range | None = None
) -> None:
    """Establish f >= 0 (strict: f > 0) on (0, upper], for every value of the parameter ``over``, or raise Rejected."""
    keys(proof, {"order", "taylor", "ends"} | ({"strips"} if over else set()), name)
    order, taylor = integer(proof["order"], 0, 12, name), integer(proof["taylor"], 1, 16, name)
    with ctx.workprec(PRECISION):
        balls, lists = {key: to_arb(value) for key, value in names.items()}, [proof["ends"]]
        strips: list[dict[str, arb]] = [{}]
        if over is not None:
            key, low, high = over
            cuts = [low, *chain(proof["strips"], low, to_arb(high), name)]
            strips = [{key: to_arb(left).union(to_arb(right))} for left, right in pairwise(cuts)]
            lists = proof["ends"]
        if not isinstance(lists, list) or len(lists) != len(strips) or len(str(lists)) > MAX_TEXT:
            raise Rejected(f"{name}: one list of ends is expected for each strip, not too many in all")
        cells = sum(len(values) if isinstance(values, list) else 0 for values in lists)
        if cells * len(text) * (taylor + 1) > MAX_WORK:
            raise Rejected(
                f"{name}: {cells} cells of order {taylor} are too many for an expression of {len(text)} letters"
            )
        if order and not vanishing(text, names, order, over[0] if over else ""):
            raise Rejected(f"{name}: the zero at 0 is not of order {order}")
        for strip, values in zip(strips, lists, strict=True):
            for left, right in pairwise([fmpq(0), *chain(values, fmpq(0), upper, name)]):
                total = taylor_form(text, {**balls, **strip}, to_arb(left), to_arb(right), taylor, 0 if left else order)
                if not has_sign(total, strict):
                    where = "".join(f", {key} in {ball.str(5)}" for key, ball in strip.items())
                    power = "" if left or not order else f"/t^{order}"
                    wanted = f"the value{power} lies in {total.str(5)}, wanted {'> 0' if strict else '>= 0'}"
                    raise Rejected(f"{name}: on [{left}, {right}]{where} {wanted}")


def taylor_form(text: str, balls: Mapping[str, arb], left: arb, right: arb, taylor: int, order: int = 0) -> arb:
    """An enclosure of f/t^order on [left, right]: its expansion at the middle, at 0 where the cell begins there."""
    cell, middle = left.union(right), (left + right).mid() / 2 if left > 0 else arb(0)
    taylor = max(taylor, order)
    inner, outer = series(text, balls, middle, taylor), series(text, balls, cell, taylor + 1)
    shift, power, total = cell - middle, arb(1), arb(0)
    for coefficient in inner[order:]:
        total, power = total + coefficient * power, power * shift
    return total + outer[taylor] * power
