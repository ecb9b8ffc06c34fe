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

from flint import acb, arb, ctx, fmpq
from sympy import Expr, Symbol, sin

from numerics.balls import REAL, SERIES, bits_of, evaluate, precision
from numerics.compile import lower
from numerics.complex_balls import COMPLEX
from numerics.germs import germ
from theory.duals import in_angle
from theory.symbols import c, theta

_ROUNDS = 60


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
    speed = in_angle(step) / sin(theta)
    weight = in_angle(source) * sin(theta) / in_angle(step) ** 2
    bits = bits_of(digits) + 40
    with precision(bits):
        inverse = _Integrand(1 / speed)
        drive = _Integrand(weight)
        corr, tau, begin = (evaluate(e, {}, digits=digits + 10) for e in (start, time, initial))
        first = REAL.functions["acos"](corr)
        last = _end(inverse, first, tau)
        if last is None:
            return None
        integral = drive.between(last, first)
        at = lower((step,), (c,)).bind(REAL)
        value = at(last.cos())[0] * (integral + (begin / at(corr)[0] if begin != 0 else arb(0)))
        return FlowValue(corr=last.cos(), ntk=value) if value.is_finite() else None


class _Integrand:
    """A function of the angle: on complex boxes for the quadrature, and on balls."""

    def __init__(self, expression: Expr, numbers: Mapping[Symbol, arb] | None = None) -> None:
        given = numbers or {}
        tape = lower((expression,), (theta, *given))
        self._complex: Callable[..., tuple[acb, ...]] = tape.bind(COMPLEX)
        self._real: Callable[..., tuple[arb, ...]] = tape.bind(REAL)
        self._numbers = tuple(given.values())

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


_a = Symbol("a", positive=True)


__all__ = ["FlowValue", "flow_value", "long_time_constant"]
