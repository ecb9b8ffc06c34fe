r"""The value of a one-dimensional flow at a time, as balls, by rigorous quadrature.

Flow. dc/ds = V(c), dt/ds = V'(c) t + W(c), from (c_0, t_0): V solves the homogeneous equation along the flow, so that

    int_{c_0}^{c_1} dc/V = tau,      t = V(c_1) (t_0/V(c_0) + int_{c_0}^{c_1} W/V^2 dc).

In the angle, c = cos theta and v(theta) = V(cos theta)/sin theta > 0: dtheta/ds = -v. The integrands 1/v and
W sin theta/V^2 are analytic on the way, and Arb integrates them with proved errors (``acb.integral``).

End point. Newton steps find theta_1 approximately; then int from theta_1 + r < tau < int from theta_1 - r, proved in balls,
encloses it, and the integrals up to the ball are those up to its middle and the length of the rest times the integrand on
the ball.

Infinite time. For flows into c = 1 with v ~ a theta^2, K = lim s (N - 1/(1 + m)) is the limit of a convergent integral,
too: ``long_time_constant``.

What can go wrong. Near the fixed point 1/v is large and its enclosure on boxes wide: tau beyond about 100 is not
reached. None where a bound was not finite.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flint import acb, arb, ctx, fmpq
from sympy import Expr, Symbol, sin

from numerics.balls import REAL, SERIES, bits_of, evaluate, precision
from numerics.compile import lower
from numerics.complex_balls import COMPLEX
from numerics.germs import germ
from theory.duals import in_angle
from theory.flow_kernel import fields
from theory.symbols import c, theta
from theory.symbols import mu as mu_letter

_ROUNDS = 60
WIDE, SMALL = 30, 400
"""Balls of angles with a relative radius above 2^-30, and angles below 2^-400, are not followed by ``flow_kernel``."""


@dataclass(frozen=True, kw_only=True)
class FlowValue:
    """Balls of the correlation and of t at the time."""

    corr: arb
    ntk: arb


def flow_value(step: Expr, source: Expr, start: Expr, initial: Expr, time: Expr, *, digits: int) -> FlowValue | None:
    """C and t at a time.

    step, source  V and W in c
    start         c_0 in [-1, 1), exact; ``initial`` t_0
    time          tau > 0, exact
    returns       None where a bound was not finite
    """
    with precision(bits_of(digits) + 40):
        corr, tau, begin = (evaluate(e, {}, digits=digits + 10) for e in (start, time, initial))
        return _followed((in_angle(step), in_angle(source)), REAL.functions["acos"](corr), begin, tau, {})


def flow_kernel(mu: arb, tau: arb, angle: arb) -> arb:
    """``theory.flow_kernel.FlowKernel`` at balls, at the precision that is set; [-1, 1] where that is all that is known.

    So it is at angle 0, where the flow stands still, and on balls of angles that are wide.
    """
    known = arb(0, 1)
    if not (angle > arb(2) ** -SMALL and angle.rad() <= angle * arb(2) ** -WIDE):
        return known
    # sin t - t cos t loses twice the bits that t is short of 1, its square in the quadrature as many again
    lost = 4 * max(0, 2 - int((angle.lower().log() / arb(2).log()).floor().unique_fmpz()))
    with precision(int(ctx.prec) + 40 + lost):
        step, source = _fields_in_angle()
        found = _followed((_v, source), angle, arb(0), tau, {mu_letter: mu}, step)
        return known if found is None else found.ntk / (2 * tau)


@cache
def _fields_in_angle() -> tuple[Expr, Expr]:
    step, source = fields()
    return in_angle(step), in_angle(source)


def _followed(
    fields: tuple[Expr, Expr],
    first: arb,
    begin: arb,
    tau: arb,
    numbers: Mapping[Symbol, arb],
    inner: Expr | None = None,
) -> FlowValue | None:
    """C and t at the time tau, from an angle and t = begin; the fields V and W in the angle and the letters of numbers."""
    step, source = fields
    inverse = _Integrand(sin(theta) / step, numbers, inner)
    last = _end(inverse, first, tau)
    if last is None:
        return None
    integral = _Integrand(source * sin(theta) / step**2, numbers, inner).between(last, first)
    speed = _Integrand(step, numbers, inner)
    value = speed.at(last) * (integral + (begin / speed.at(first) if begin != 0 else arb(0)))
    return FlowValue(corr=last.cos(), ntk=value) if value.is_finite() else None


class _Integrand:
    """A function of the angle: on complex boxes for the quadrature, and on balls.

    inner  what the letter _v in it stands for: a function of the angle that cancels on boxes, f(mid) + f'(box) (box - mid)
    """

    def __init__(
        self, expression: Expr, numbers: Mapping[Symbol, arb] | None = None, inner: Expr | None = None
    ) -> None:
        given = numbers or {}
        letters = (theta, *given) if inner is None else (theta, *given, _v)
        tape = lower((expression,), letters)
        self._complex: Callable[..., tuple[acb, ...]] = tape.bind(COMPLEX)
        self._real: Callable[..., tuple[arb, ...]] = tape.bind(REAL)
        self._numbers = tuple(given.values())
        if inner is not None:
            within = lower((inner, inner.diff(theta)), (theta, *given))
            self._complex = _with_mean_value(self._complex, within.bind(COMPLEX))
            self._real = _with_mean_value(self._real, within.bind(REAL))

    def at(self, x: arb) -> arb:
        """The value on a ball."""
        return self._real(x, *self._numbers)[0]

    def between(self, low: arb, high: arb) -> arb:
        """The integral between two balls, through their middles."""
        a, b = low.mid(), high.mid()
        numbers = tuple(acb(number) for number in self._numbers)
        found = acb.integral(lambda z, _: self._complex(z, *numbers)[0], a, b).real
        for ball, sign in ((low, -1), (high, 1)):
            if not ball.is_exact():
                found += sign * (ball - ball.mid()) * self.at(ball)
        return found


def _with_mean_value(outer: Callable[..., Any], within: Callable[..., Any]) -> Callable[..., Any]:
    def joined(x: Any, *numbers: Any) -> Any:
        middle = x.mid()
        return outer(x, *numbers, within(middle, *numbers)[0] + within(x, *numbers)[1] * (x - middle))

    return joined


def _end(inverse: _Integrand, first: arb, tau: arb) -> arb | None:
    """The angle at time tau."""
    x = first.mid()
    done = arb(0)
    # towards the middle of the way in steps of Newton from the side where the time is less than tau
    for attempt in range(_ROUNDS):
        slope = inverse.at(x)
        if slope > 0:
            step = ((tau.mid() - done) / slope).mid()
            step = step if step < x / 2 else (x / 2).mid()
        elif attempt == 0:  # 1/v is 0 at pi
            step = (x / 2).mid()
        else:
            return None
        if abs(step) <= abs(x) * arb(2) ** -200 or not step.is_finite():
            break
        target = (x - step).mid()
        piece = inverse.between(target, x)
        if not piece.is_finite():
            return None
        done, x = (done + piece).mid(), target

    width = abs(x).mid() * arb(2) ** (10 - int(ctx.prec)) + first.rad() * 4 + tau.rad() * 4
    for _ in range(30):
        low, high = (x - width).mid(), (x + width).mid()
        if low > 0 and inverse.between(low, first) > tau and inverse.between(high, first) < tau:
            return low.union(high)
        width = width * 8
    return None


def long_time_constant(
    step: Expr, source: Expr, diagonal_source: Expr, diagonal_initial: Expr, start: Expr, digits: int
) -> arb | None:
    r"""K = lim s (N_s - 1/(1 + m)) for a flow into c = 1 whose angle obeys theta' = -v, v = a theta^2 (1 + O(theta^2)).

    1/theta = a s + M + o(1), and t = p/theta + p_0 + O(theta) with G = -V' = g_1 theta + g_2 theta^2 + ...,
    W = W_d + W_1 theta + ..., p = W_d/(a + g_1), p_0 = (W_1 - g_2 p)/g_1. At one input t = W_d s + t_d0. So

        M = 1/theta_0 + int_0^{theta_0} (1/theta^2 - a/v) dtheta,     K = (p M + p_0 - p a t_d0/W_d)/W_d.

    The integral over (0, r] is that of a Taylor model, the rest is Arb's. None where a bound was not finite.
    """
    speed = in_angle(step) / sin(theta)
    bits = bits_of(digits) + 60
    terms = digits + 20
    with precision(bits, terms + 4):
        corr = evaluate(start, {}, digits=digits + 20)
        first = REAL.functions["acos"](corr)
        reach = arb(fmpq(1, 8)) if first > fmpq(1, 8) else first.lower()
        tape = lower((in_angle(step), sin(theta), in_angle(-step.diff(c)), in_angle(source)), (theta,)).bind(SERIES)
        field, sine, loss, drive = germ(lambda x: tape(x), terms, arb(0).union(reach))
        slope = field.lowered(3)
        a = slope[0]
        inner = ((slope - sine.lowered(1).scaled(a)).lowered(2)) * slope.cut(terms - 5).inverse()
        near = sum((inner[k] * reach ** (k + 1) / (k + 1) for k in range(inner.order)), arb(0))
        near += inner.rest * reach ** (inner.order + 1) / (inner.order + 1)
        outer = _Integrand(1 / theta**2 - _a / speed, {_a: a})
        shift = 1 / first + near + outer.between(reach, first)
        level, begin = (evaluate(e, {}, digits=digits + 20) for e in (diagonal_source, diagonal_initial))
        p = level / (a + loss[1])
        p0 = (drive[1] - loss[2] * p) / loss[1]
        value = (p * shift + p0 - p * a * begin / level) / level
        return value if value.is_finite() else None


_a, _v = Symbol("a", positive=True), Symbol("v_inner", positive=True)


__all__ = ["FlowValue", "flow_kernel", "flow_value", "long_time_constant"]
