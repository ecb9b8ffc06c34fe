"""f >= 0, or f > 0, on (0, T]: a Taylor form at 0, then a chain of cells.

Hypothesis. ``ends`` = [r, e_1, ..., e_n] increases strictly and e_n >= T; f has an exact zero of order m at 0.

    on (0, r]         f(t) = J_m t^m with J_m = f^(m)(xi)/m!, xi in [0, r]; so J_m([0,r]) >= 0 (or > 0) suffices
    on [e_i, e_i+1]   f(t) in sum_{k<n} J_k(mid) (t - mid)^k + J_n(cell) (t - mid)^n, which must be >= 0 (or > 0)

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


def to_arb(value: fmpq) -> arb:
    """The ball of a rational."""
    return arb(value.p) / arb(value.q)


def has_sign(ball: arb, strict: bool) -> bool:
    """Whether every point of the ball is >= 0, or > 0 if strict; False for NaN."""
    return bool(ball > 0 if strict else ball >= 0)


def nonnegative(
    name: str, text: str, names: Mapping[str, fmpq], proof: Any, upper: arb, *, strict: bool = False
) -> None:
    """Establish f >= 0 (strict: f > 0) on (0, upper] or raise Rejected."""
    keys(proof, {"order", "taylor", "ends"}, name)
    order, taylor = integer(proof["order"], 0, 12, name), integer(proof["taylor"], 1, 8, name)
    ends = [rational(end, name) for end in proof["ends"]] if isinstance(proof["ends"], list) else []
    if not 1 <= len(ends) <= MAX_CELLS:
        raise Rejected(f"{name}: ends is a list of 1 to {MAX_CELLS} rationals")
    if not all(left < right for left, right in pairwise([fmpq(0), *ends])):
        raise Rejected(f"{name}: the ends must increase strictly from above 0")
    wanted = "> 0" if strict else ">= 0"
    with ctx.workprec(PRECISION):
        if not to_arb(ends[-1]) >= upper:
            raise Rejected(f"{name}: the cells end at {ends[-1]}, before {upper.str(6, radius=False)}")
        balls = {key: to_arb(value) for key, value in names.items()}
        if order and not vanishing(text, names, order):
            raise Rejected(f"{name}: the zero at 0 is not of order {order}")
        near = series(text, balls, arb(0).union(to_arb(ends[0])), order + 1)[order]
        if not has_sign(near, strict):
            raise Rejected(f"{name}: on [0, {ends[0]}] the coefficient of t^{order} is {near.str(5)}, wanted {wanted}")
        for left, right in pairwise(ends):
            total = taylor_form(text, balls, to_arb(left), to_arb(right), taylor)
            if not has_sign(total, strict):
                raise Rejected(f"{name}: on [{left}, {right}] the value lies in {total.str(5)}, wanted {wanted}")


def taylor_form(text: str, balls: Mapping[str, arb], left: arb, right: arb, taylor: int) -> arb:
    """An enclosure of f on [left, right]: its expansion at the middle, with the remainder of order ``taylor``."""
    cell, middle = left.union(right), (left + right).mid() / 2
    inner, outer = series(text, balls, middle, taylor), series(text, balls, cell, taylor + 1)
    shift, power, total = cell - middle, arb(1), arb(0)
    for coefficient in inner:
        total, power = total + coefficient * power, power * shift
    return total + outer[taylor] * power
