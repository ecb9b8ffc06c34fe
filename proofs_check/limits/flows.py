r"""Residual networks whose lengths move: y' = y + h f(y) for y = (q, K, T, T_d), with h = alpha(L)^2.

With s = L h, f = (V, G, A T + S, A_d T_d + S_d):

    s -> 0     nothing moves                                               ``small_steps.by_lengths``
    s -> tau   y_L tends to the flow dy/ds = f(y) at tau (Theorem 11)       ``numerics.length_flow`` encloses it
    s -> oo, or h = alpha_l^2 in layer l with an infinite sum:
               the lengths grow without bound. With kappa_q = G/V at the correlation c, lambda = hV/(q + hV),

                   c' = (1 - lambda) c + lambda kappa_q(c),   R' = (1 - lambda + lambda kappa_q'(c)) R + lambda kappa_q(c),

               where T = (u + w) q R - w K for S = u G + w K A; and kappa_q tends to a map kappa that the asymptotes of the
               activation determine (Theorem 12): ordered, critical or chaotic by kappa'(1)

The last holds for steps that do not tend to 0, too: lambda lies in (0, 1) for every h.
"""

from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer, Rational, Symbol, expand, expand_log, log, oo, sign, sqrt

from numerics.balls import bits_of, precision
from numerics.fixed_points import correlation_fixed_point
from numerics.length_flow import LengthField, LengthFlowValue, length_flow_value
from proofs_check.limits.fixed_map import star
from proofs_check.limits.maps import is_continuous, local_series
from proofs_check.limits.result import DepthLimit, Exception_, FixedPoint, Letter
from proofs_check.limits.schedules import corr_limit, lasting_steps, limit_in
from proofs_check.limits.small_steps import by_lengths, elapsed, residual_scale
from proofs_check.signs import sign_of
from theory.activations import Activation
from theory.algebra import Answer, is_zero
from theory.duals import Dual, correlation_dual, dual
from theory.errors import BeyondReach
from theory.forms import shorter
from theory.network import Network, Nonlinearity
from theory.recursion import KernelRecursion, derive
from theory.series import NoSeries
from theory.symbols import (
    alpha,
    c,
    depth,
    layer,
    length,
    length1,
    length2,
    nngp,
    ntk,
    ntk_diagonal,
    scale,
    x,
)
from theory.tails import NoTail, ends_of, oscillation, powers_of

_BITS = 200
_ratio, _at_end, _length_end = Symbol("N", real=True), Symbol("c_1", real=True), Symbol("q_1", positive=True)


@dataclass(frozen=True, kw_only=True)
class ResidualFlow:
    """The field, the initial values of q, K, T, T_d (in c), and h as a function of L, or of the layer."""

    field: LengthField
    start: tuple[Expr, Expr, Expr, Expr]
    size: Expr


def residual_flow(recursion: KernelRecursion) -> ResidualFlow | None:
    """The recursion as y + h f(y), exactly; None where it has no such form, or the inputs have two lengths."""
    replaced = residual_scale(recursion.network, moving=False)
    if replaced is None or (replaced[1].has(layer) and replaced[1].has(depth)):
        return None
    general = derive(replaced[0])
    q1, q2 = general.length_initial
    if is_zero(q1 - q2) is not Answer.YES:
        return None
    same = {length1: length, length2: length}
    rows = []
    for letter, following in (
        (length, general.length_next),
        (nngp, general.nngp_next),
        (ntk, general.ntk_next),
        (ntk_diagonal, general.ntk_diagonal_next),
    ):
        inside = following.subs(same).subs(alpha, sqrt(scale))
        row = shorter(inside.diff(scale).subs(scale, 0))
        if is_zero(expand(inside - letter - scale * row)) is not Answer.YES:
            return None
        rows.append(row)
    field = LengthField(length=rows[0], nngp=rows[1], ntk=rows[2], ntk_diagonal=rows[3])
    start = (q1, general.nngp_initial, general.ntk_initial, general.ntk_diagonal_initial[0])
    return ResidualFlow(field=field, start=start, size=shorter(replaced[1] ** 2))


def residual_lengths(recursion: KernelRecursion, base: DepthLimit) -> DepthLimit:
    """The fate of a residual network with lengths that enter its map, or with steps that do not tend to 0."""
    flow = residual_flow(recursion)
    if flow is None:
        return by_lengths(recursion, base)
    if flow.size.has(layer):
        return endless(flow, base) if endures(flow) else by_lengths(recursion, base)
    total = limit_in(depth * flow.size)
    if total == 0:
        return by_lengths(recursion, base)
    if total is None:
        return replace(base, status="OPEN", reason=f"L alpha^2 = {shorter(depth * flow.size)} was not compared with 1")
    return endless(flow, base) if total == oo else finite(flow, base, total)


def endures(flow: ResidualFlow) -> bool:
    """Whether the time is infinite though the steps need not be small: h, or the sum of h_l, grows without bound or h stays."""
    if not flow.size.has(layer):
        return limit_in(flow.size) not in (0, None)
    steps = lasting_steps(flow.size)
    return steps is not None and not steps.scale.sum_converges()


def finite(flow: ResidualFlow, base: DepthLimit, total: Expr) -> DepthLimit:
    """S -> tau: the flow at tau, a number where the correlation of the inputs is given."""
    one = flow.field
    return replace(
        base,
        flow=(flow, total),
        theorem="11",
        notes=(
            *base.notes,
            f"L alpha^2 tends to {total}: q, K, T and T(x, x) tend to the flow dq/ds = {one.length}, dK/ds = {one.nngp}, "
            f"dT/ds = {one.ntk}, dTd/ds = {one.ntk_diagonal} at s = {total}, from q = {flow.start[0]}, K = {flow.start[1]}, "
            f"T = {flow.start[2]}, Td = {flow.start[3]} at s = 0; N_L tends to T/Td.",
        ),
    )


def at_flow(found: DepthLimit, corr: Expr, digits: int) -> DepthLimit:
    """The limit of ``finite`` at inputs of a correlation."""
    flow, total = found.flow
    q, covariance, tangent, diagonal = (value.subs(c, corr) for value in flow.start)
    field = flow.field
    if is_zero(q + covariance) is Answer.YES:
        if not _is_odd(flow):
            reason = "at c = -1 the field is not analytic where the flow starts: its value is not enclosed"
            return replace(found, status="OPEN", reason=reason)
        field = field.mirrored
    value: LengthFlowValue | None = length_flow_value(field, (q, covariance, tangent, diagonal), total, digits=digits)
    if value is None:
        reason = "the flow was not enclosed: it leaves every bounded set before that time, or a bound is not finite"
        return replace(found, status="OPEN", reason=reason)
    with precision(bits_of(digits) + 40):
        rows = (
            (_ratio, "the value of the flow at these inputs", value.ntk / value.ntk_diagonal),
            (_at_end, "K/q at the end of the flow", value.nngp / value.length),
            (_length_end, "q at the end of the flow", value.length),
        )
    letters = tuple(Letter(symbol=symbol, meaning=meaning, ball=ball) for symbol, meaning, ball in rows)
    return replace(found, ntk_limit=_ratio, fixed_point=_at_end, length=_length_end, letters=(*found.letters, *letters))


def _is_odd(flow: ResidualFlow) -> bool:
    """Whether K = -q stays: G(q, -q) = -V(q)."""
    return is_zero(flow.field.nngp.subs(nngp, -length) + flow.field.length) is Answer.YES


# --- without end


@dataclass(frozen=True, kw_only=True)
class _Limit:
    """The map kappa, and where the lengths go.

    kappa    in c; c itself where the layers tend to the identity
    speed    lim V/q, or None where V grows more slowly
    steady   whether kappa_q = kappa for every q
    chi      kappa'(1), where it is known to be above 1
    """

    kappa: Expr
    speed: Expr | None
    steady: bool
    chi: Expr | None = None


class _NotCovered(Exception):
    """The hypothesis that fails, as a sentence."""


def endless(flow: ResidualFlow, base: DepthLimit) -> DepthLimit:
    """S -> oo: Theorem 12."""
    try:
        shape = _shape(flow, base.network)
        weights = _weights(flow, shape)
        where = _limiting_map(flow, shape)
        found = _fate(flow, where, weights, replace(base, theorem="12"))
    except _NotCovered as failure:
        return replace(base, status="OPEN", reason=str(failure))
    except NoSeries as failure:
        return replace(base, status="OPEN", reason=f"the limiting map has no expansion at c = 1: {failure}")
    except BeyondReach as failure:
        return replace(base, status="OPEN", reason=str(failure))
    if found.status == "DERIVED" and _is_odd(flow) and is_zero(flow.start[1].subs(c, -1) + flow.start[0]) is Answer.YES:
        opposite = Exception_(corr=Integer(-1), limit=Integer(-1), reason="opposite inputs stay opposite")
        found = replace(found, exceptions=(*found.exceptions, opposite))
    elif found.phase == "critical" and limit_in(flow.size) in (oo, None) and _may_be_even(where.kappa):
        # the first layer brings them within O(1/h) of each other, and 1/h need not be large beside 1/L
        reason = "opposite inputs all but coincide after one layer, as alpha grows"
        found = replace(found, exceptions=(*found.exceptions, Exception_(corr=Integer(-1), limit=None, reason=reason)))
    return found


def _may_be_even(kappa: Expr) -> bool:
    """Whether kappa(-1) = 1, or is not shown to be smaller."""
    return sign_of(1 - kappa.subs(c, -1)) != 1


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """One nonlinearity in the branch: its dual, the lengths and covariance it acts on, and G = front * dual."""

    activation: Activation
    found: Dual
    normed: bool
    front: Expr

    def at(self, moment: Expr) -> Expr:
        """A moment at the state (q, q, K)."""
        if self.normed:
            return moment.subs({length1: 1, length2: 1, nngp: nngp / length, length: 1}, simultaneous=True)
        return moment.subs({length1: length, length2: length}, simultaneous=True)


def _shape(flow: ResidualFlow, network: Network) -> _Shape:
    acting = [one.activation for one in network.walk() if isinstance(one, Nonlinearity)]
    if len(acting) != 1:
        raise _NotCovered("the branch has several nonlinearities: no method here")
    if not is_continuous(network):
        raise _NotCovered("the activation jumps, so that Price's theorem does not link both kernels: no method here")
    found = dual(acting[0])
    for normed in (False, True):
        draft = _Shape(activation=acting[0], found=found, normed=normed, front=Integer(1))
        front = shorter(flow.field.length / draft.at(found.second_moment))
        shape = replace(draft, front=front)
        slope = shape.front * shape.at(found.derivative_covariance) / (length if normed else 1)
        agree = (
            not front.has(length),
            is_zero(flow.field.nngp - front * shape.at(found.covariance)) is Answer.YES,
            is_zero(flow.field.ntk.diff(ntk) - slope) is Answer.YES,
        )
        if all(agree):
            return shape
    raise _NotCovered("the branch is not one nonlinearity between matrices: no method here")


def _weights(flow: ResidualFlow, shape: _Shape) -> tuple[int, int]:
    """(u, w) with S = u G + w K A, also at one input."""
    field = flow.field
    free, free_d = field.ntk.subs(ntk, 0), field.ntk_diagonal.subs(ntk_diagonal, 0)
    loss, loss_d = field.ntk.diff(ntk), field.ntk_diagonal.diff(ntk_diagonal)
    for u in (1, 2, 0):
        for w in (0, 1, -1):
            off = free - u * field.nngp - w * nngp * loss
            one = free_d - u * field.length - w * length * loss_d
            if is_zero(expand(off)) is Answer.YES and is_zero(expand(one)) is Answer.YES:
                if u + w <= 0 or sign_of(flow.start[3] + w * flow.start[0]) not in (0, 1):
                    break
                return u, w
    raise _NotCovered("what feeds the NTK is no combination of G and K A with weights >= 0: no method here")


def _limiting_map(flow: ResidualFlow, shape: _Shape) -> _Limit:
    """What the maps at lengths q -> oo tend to."""
    if shape.normed:
        return _Limit(kappa=correlation_dual(shape.activation), speed=None, steady=True)
    waves = oscillation(shape.activation)
    if waves is not None:
        mean, square = waves
        if sign_of(square - mean**2) != 1:
            raise _NotCovered("the activation is constant, or was not told from one")
        return _Limit(kappa=shorter(mean**2 / square), speed=None, steady=False, chi=oo)
    powers = powers_of(shape.activation)
    if powers is not None:
        power, left, right = powers
        kappa = correlation_dual(_sides(left * (-x) ** power, right * x**power))
        return _Limit(kappa=kappa, speed=None, steady=False, chi=Rational(power**2, 2 * power - 1))
    try:
        ends = ends_of(shape.activation)
    except NoTail as failure:
        reason = f"the lengths grow, and the activation at infinity is not understood: {failure}"
        raise _NotCovered(reason) from None
    below, above = ends.slopes
    if below != 0 or above != 0:
        if not ends.smooth:
            raise _NotCovered("the derivative of the activation was not shown to approach its asymptotes fast enough")
        if is_zero(above - below) is Answer.YES:
            return _Limit(kappa=c, speed=None, steady=False)
        homogeneous = _sides(below * x, above * x)
        speed = shorter(shape.front * (below**2 + above**2) / 2)
        return _Limit(kappa=correlation_dual(homogeneous), speed=speed, steady=False)
    low, high = ends.levels
    if is_zero(low) is Answer.YES and is_zero(high) is Answer.YES:
        return _Limit(kappa=Integer(0), speed=None, steady=False, chi=oo)
    if sign_of(high - low) not in (1, -1):
        raise _NotCovered(
            "the activation has one and the same limit at both ends, as far as is decided, so that the maps tend to 1: c_L "
            "tends to 1, and what becomes of the NTK is not derived"
        )
    return _Limit(kappa=correlation_dual(_sides(low, high)), speed=None, steady=False, chi=oo)


def _sides(below: Expr, above: Expr) -> Activation:
    expression = expand(above * (1 + sign(x)) / 2 + below * (1 - sign(x)) / 2)
    return Activation(name=str(expression), expression=expression)


def _fate(flow: ResidualFlow, where: _Limit, weights: tuple[int, int], base: DepthLimit) -> DepthLimit:
    u, w = weights
    kappa = where.kappa
    notes = (*base.notes, "The lengths grow without bound.")
    if kappa == c:
        return _settled(flow, replace(base, notes=notes))
    if where.chi is not None:
        return _chaotic(kappa, replace(base, chi=where.chi, notes=notes))
    variable, speed, loss, _ = local_series(kappa - c, 1 - kappa.diff(c), kappa, 6)
    chi = shorter(1 - loss[0])
    side = sign_of(chi - 1)
    base = replace(base, chi=chi, notes=notes)
    if side is None:
        raise _NotCovered("the sign of chi - 1 is not decided: chi may be 1, and no identity shows it")
    if side > 0:
        return _chaotic(kappa, base)
    if side < 0:
        if sign_of(u + w * chi) != 1:
            raise _NotCovered("the NTK at one input was not shown to stay away from 0")
        return replace(base, phase="ordered", fixed_point=Integer(1), ntk_limit=Integer(1))
    a = shorter(-speed[2])
    if sign_of(a) != 1:
        raise _NotCovered("the second order of the limiting map at c = 1 has no proved sign")
    m = shorter(loss[1] / a)
    elapsed = _elapsed(flow, where)
    first = None if elapsed is None else shorter(1 / a) / elapsed
    return replace(
        base,
        phase="critical",
        fixed_point=Integer(1),
        fixed_points=(FixedPoint(corr=Integer(1), slope=Integer(1), stability="half-stable"),),
        rate=Integer(1),
        variable=variable,
        angle_rate=first if variable == "angle" or first is None else sqrt(2 * first),
        ntk_limit=shorter(1 / (1 + m)),
    )


def _settled(flow: ResidualFlow, base: DepthLimit) -> DepthLimit:
    """Part 4: both asymptotes have one slope, and large lengths keep the correlation."""
    if not flow.size.has(layer) and limit_in(flow.size) is None:
        raise _NotCovered("the layers tend to the identity as the lengths grow, and the limit of alpha was not found")
    return replace(
        base,
        fixed_point=corr_limit,
        ntk_limit=corr_limit,
        letters=(*base.letters, Letter(symbol=corr_limit, meaning="lim c_L, which depends on the inputs")),
        notes=(
            *base.notes,
            "Both asymptotes of the activation have one slope, so that the layers tend to the identity and nothing "
            "degenerates: c_L and N_L tend to the same number, strictly between -1 and 1, which has no closed form.",
        ),
    )


def _chaotic(kappa: Expr, base: DepthLimit) -> DepthLimit:
    """R stays bounded off the diagonal, and grows on it."""
    if is_zero(kappa.subs(c, 0)) is Answer.YES:
        point: Expr = Integer(0)
        letters: tuple[Letter, ...] = ()
    elif not kappa.has(c):
        point, letters = kappa, ()
    else:
        ball = correlation_fixed_point(kappa, kappa.diff(c), c, {}, _BITS)
        point, letters = (
            star,
            (Letter(symbol=star, meaning="the fixed point of the limiting map in (0, 1)", ball=ball),),
        )
    return replace(base, phase="chaotic", fixed_point=point, ntk_limit=Integer(0), letters=(*base.letters, *letters))


def _elapsed(flow: ResidualFlow, where: _Limit) -> Expr | None:
    """The first term of the sum of lambda over the layers; None where it is not of a simple form."""
    if flow.size.has(layer):
        time, total = elapsed(flow.size)
        if total != oo:
            return None
        # lambda ~ h V/q; for constant V the sum is log q, and q ~ V sum h
        return shorter(where.speed * time) if where.speed is not None else _of_powers(log(time))
    size, tends = flow.size, limit_in(flow.size)
    if where.speed is not None:
        if tends == 0:
            return shorter(size * where.speed * depth)
        share = 1 if tends == oo else None if tends is None else tends * where.speed / (1 + tends * where.speed)
        return None if share is None else shorter(share * depth)
    # V is constant: lambda = h V/(q_0 + (l + 1) h V)
    if tends is None:
        return None
    return expand_log(log(depth * size), force=True) if tends == 0 else log(depth)


def _of_powers(logarithm: Expr) -> Expr:
    """The logarithm of a product without the constants in it."""
    parts = Add.make_args(expand_log(logarithm, force=True))
    return Add(*(part for part in parts if part.has(depth)))


__all__ = ["ResidualFlow", "at_flow", "endures", "residual_flow", "residual_lengths"]
