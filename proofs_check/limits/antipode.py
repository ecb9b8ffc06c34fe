r"""Inputs near opposite ones, at a distance from c = -1 that shrinks with L: the scaling window there and its function.

Small steps (docs/depth-limits.md, Theorem 9). Time s = L eps -> 0, V(-1) = v > 0 and, with u = 1 + c, W = W_0 + w sqrt(2u) + O(u)
near c = -1: the first correction s W' V/2 is of the order s/sqrt(u), and 1 + c_l = u + s_l v. The two balance at u = x s:

    1 + c = x s:   N_L - W(c)/W_d ~ sqrt(2s) (w/W_d) [ (2/(3v)) ((x + v)^(3/2) - x^(3/2)) - sqrt x ],
                   pi - theta_L ~ sqrt(2 s (x + v)).

x = 0 is c = -1, where the exponent is half of that elsewhere; as x -> oo the bracket tends to v/(4 sqrt x), the first correction.

Critical maps with C(-1) = 1. C is even (Theorem 1), so that inputs at x from -1 are at x from 1 after one layer: the window of
c = 1.
"""

from typing import Protocol

from sympy import Expr, Integer, Rational, cos, sqrt

from proofs_check.limits.result import Exception_, Window, window_variable
from proofs_check.signs import sign_of
from theory.forms import shorter
from theory.series import NoSeries, PowerSeries, expand_in, vanishes
from theory.symbols import c, theta


class Steps(Protocol):
    """What is needed of small steps: V, W and W_d."""

    @property
    def step(self) -> Expr:
        """V."""

    @property
    def drive(self) -> Expr:
        """W."""

    @property
    def diagonal_drive(self) -> Expr:
        """W_d."""


def of_small_steps(steps: Steps, time: Expr) -> tuple[Exception_, Window] | None:
    """The limit and rate at c = -1 and the window there; None where the first correction stays bounded, or V does not push away.

    time  s, a function of L that tends to 0
    """
    x = PowerSeries.variable(4)
    try:
        found = expand_in(steps.drive, {c: expand_in(-cos(theta), {theta: x})})
        speed = shorter(steps.step.subs(c, -1))
        if vanishes(found[1]) or sign_of(speed, {}) != 1:
            return None
    except NoSeries:
        return None
    bend = shorter(found[1] / steps.diagonal_drive)
    rate = shorter(Rational(2, 3) * bend * sqrt(2 * speed)) * sqrt(time)
    reason = f"the first correction is {rate}, of half the exponent, and not uniform near c = -1"
    exception = Exception_(corr=Integer(-1), limit=shorter(found[0] / steps.diagonal_drive), reason=reason)
    away = ((window_variable + speed) ** Rational(3, 2) - window_variable ** Rational(3, 2)) * Rational(2, 3) / speed
    window = Window(
        variable="1 + c",
        distance=window_variable * time,
        scale=sqrt(time),
        value=sqrt(2) * bend * (away - sqrt(window_variable)),
        angle=sqrt(2 * (window_variable + speed)) * sqrt(time),
    )
    return exception, window


def of_even_map(variable: str, value: Expr, depth: Expr) -> Window:
    """The window of a critical map with C(-1) = 1, which has that of c = 1."""
    return Window(
        variable="1 + c" if variable == "1 - c" else "pi - theta",
        distance=window_variable / depth,
        scale=Integer(1),
        value=value,
    )


__all__ = ["of_even_map", "of_small_steps"]
