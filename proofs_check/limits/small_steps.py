r"""Networks whose layers tend to the identity: c' = c + eps V(c) + o(eps), with eps = eps(L) or eps_l.

Idea. Not the name of an architecture but the balance of the recursion decides. With one small parameter eps (alpha^2, 1/L
in a shaped activation, 1/l in an average, 1/q where lengths grow)

    c' = c + eps V(c),     t' = (1 - eps G(c)) t + S_0(c) + eps W(c),

and the time s = sum of eps over the layers: L eps(L), or the sum of eps_l. Dominant balance:

    s -> 0         c stays; t = t_0 + s (W - G t_0) + (s^2/2)(W' V - G W) + ...       (2 gamma > 1)
    s -> tau       dc/ds = V, dt/ds = -G t + W, at s = tau                            (2 gamma = 1)
    s -> oo        the flow runs into its fixed point c = 1; with x' = -a x^2, G = m a x the normalised NTK tends to
                   1/(1 + m), and the first correction is of the order 1/s              (2 gamma < 1)

Where S_0 does not vanish t is of the order of the number of layers, and S_0 takes the place of W. The ODE is
one-dimensional: where G = -V' (every activation continuous, so that Price's theorem holds) V itself solves the homogeneous
equation, and

    int_{c_0}^{c_1} dc/V = tau,     t = V(c_1) (t_0/V(c_0) + int_{c_0}^{c_1} W/V^2 dc).

Source. Huang et al. 2020 (gamma), Hayou et al. 2021 (alpha_l), Li, Nica, Roy 2022 (shaped activations); the balance is
derived here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sympy import Derivative, Expr, Integer, Rational, Subs, Symbol, exp, log, oo, powsimp, sqrt, together

from numerics.fixed_points import correlation_fixed_point
from numerics.schedules import step_size as _small
from proofs_check.limits import antipode
from proofs_check.limits.fixed_map import star
from proofs_check.limits.maps import local_series
from proofs_check.limits.result import DepthLimit, Exception_, FixedPoint, Letter
from proofs_check.limits.schedules import diverging, limit_in, of_correlations, of_lengths, steps_of, summable, written
from proofs_check.signs import sign_of
from theory.algebra import Answer, is_zero
from theory.errors import BeyondReach
from theory.forms import shorter
from theory.network import Layer, Network, Repeat, Residual, Scale
from theory.recursion import CorrelationRecursion, KernelRecursion, correlation_form, derive
from theory.series import NoSeries
from theory.symbols import alpha, c, depth, layer, length, length1, length2, nngp, ntk, ntk_diagonal, scale

flow_constant = Symbol("K", real=True)
"""lim s (N - limit), which depends on the inputs."""
BITS = 200
"""Precision of the zero of a flow."""


@dataclass(frozen=True, kw_only=True)
class SmallSteps:
    """V, G, W, S_0 as expressions in c, their values at c = 1, t_0, and the small parameter as a function of L and l."""

    step: Expr
    loss: Expr
    source: Expr
    level: Expr
    initial: Expr
    diagonal_loss: Expr
    diagonal_source: Expr
    diagonal_level: Expr
    diagonal_initial: Expr
    size: Expr

    @property
    def driven(self) -> bool:
        """Whether S_0 is not 0."""
        return bool(self.level != 0)

    @property
    def drive(self) -> Expr:
        """What feeds t along the flow: S_0 where it does not vanish, else W."""
        return self.level if self.driven else self.source

    @property
    def diagonal_drive(self) -> Expr:
        """The same at one input."""
        return self.diagonal_level if self.driven else self.diagonal_source


def residual_scale(network: Network, *, moving: bool = True) -> tuple[Network, Expr] | None:
    """The network with the letter alpha for its one factor, and that factor; None where there is none, or several.

    moving  only factors that depend on L or l are counted
    """
    factors = {one.factor for one in network.walk() if isinstance(one, Scale)}
    factors = {one for one in factors if one.has(depth, layer)} if moving else factors
    if len(factors) != 1:
        return None
    (factor,) = factors

    def put(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        result: list[Layer] = []
        for one in layers:
            match one:
                case Scale() if one.factor == factor:
                    result.append(Scale(factor=alpha))
                case Residual():
                    result.append(Residual(branch=put(one.branch), shortcut=put(one.shortcut)))
                case Repeat():
                    result.append(Repeat(body=put(one.body)))
                case _:
                    result.append(one)
        return tuple(result)

    return replace(network, layers=put(network.layers), gamma=None, alpha=alpha), factor


def small_steps(form: CorrelationRecursion) -> SmallSteps | None:
    """The first order of the recursion in its small parameter; None where there is no such form."""
    known = small_parameter(form)
    return None if known is None else _first_order(*known)


def small_parameter(form: CorrelationRecursion) -> tuple[CorrelationRecursion, Symbol, Expr, Expr] | None:
    """The recursion, the letter in it that makes layers small, its value for a small parameter z, and z in L and l."""
    replaced = residual_scale(form.network)
    if replaced is not None:
        network, factor = replaced
        found = correlation_form(network)
        return None if found is None else (found, alpha, sqrt(_small), shorter(factor**2))
    moving = form.correlation.has(depth), form.correlation.has(layer)
    if moving[0] and not moving[1]:
        return form, depth, 1 / _small, 1 / depth
    if moving[1] and not moving[0]:
        return form, layer, 1 / _small, 1 / layer
    return None


def _first_order(form: CorrelationRecursion, letter: Symbol, value: Expr, size: Expr) -> SmallSteps | None:
    def parts(expression: Expr) -> tuple[Expr, Expr]:
        inside = together(expression.subs(letter, value)) if expression.has(letter) else expression
        zeroth = shorter(inside.subs(_small, 0))
        return zeroth, shorter(inside.diff(_small).subs(_small, 0))

    corr, step = parts(form.correlation)
    one, loss = parts(form.factor)
    level, source = parts(form.source)
    one_d, loss_d = parts(form.diagonal_factor)
    level_d, source_d = parts(form.diagonal_source)
    if not all(is_zero(e) is Answer.YES for e in (corr - c, one - 1, one_d - 1)):
        return None
    return SmallSteps(
        step=step,
        loss=-loss,
        source=source,
        level=level,
        initial=form.initial.subs(letter, value).subs(_small, 0),
        diagonal_loss=-loss_d,
        diagonal_source=source_d,
        diagonal_level=level_d,
        diagonal_initial=form.diagonal_initial.subs(letter, value).subs(_small, 0),
        size=size,
    )


def analyse_small_steps(steps: SmallSteps, base: DepthLimit) -> DepthLimit:
    """Dominant balance of the time s."""
    letter = layer if steps.size.has(layer) else depth
    if (steps.size.has(layer) and steps.size.has(depth)) or limit_in(steps.size, letter) != 0:
        reason = f"the steps {steps.size} are not shown to tend to 0, so that the layers do not tend to the identity"
        return replace(base, status="OPEN", reason=reason)
    time, total = elapsed(steps.size)
    if total is None:
        return replace(base, status="OPEN", reason=f"the sum of {steps.size} over the layers was not compared with 1")
    if total == oo and is_zero(steps.step) is Answer.YES and is_zero(steps.loss) is Answer.YES:
        note = "Neither the correlation nor what the NTK has moves: it grows like s W(c)."
        return replace(base, ntk_limit=shorter(steps.drive / steps.diagonal_drive), notes=(*base.notes, note))
    damping = sign_of(steps.diagonal_loss, {})
    if total == 0 and (damping == 0 or is_zero(steps.initial) is Answer.YES):
        return short_time(steps, base, time)
    if total == oo and damping in (1, -1):
        return hyperbolic(steps, base, time, damping)
    if damping != 0:
        return replace(base, status="OPEN", reason="the NTK at one input is damped in the flow: no method here")
    if total == oo:
        return long_time(steps, base, time)
    if steps.size.has(layer):
        return summable_steps(base)
    return finite_time(steps, base, total)


def summable_steps(base: DepthLimit) -> DepthLimit:
    """A sum of the sizes of the layers that converges."""
    form = correlation_form(base.network)
    known = None if form is None else small_parameter(form)
    if known is None:
        return replace(
            base, status="OPEN", reason="the sum over all layers converges, and the layers have no small form"
        )
    return summable(of_correlations(*known), base)


def elapsed(size: Expr) -> tuple[Expr, Expr | None]:
    """The time s as a function of L (its first term), and its limit: 0, a positive number, oo, or None if not decided."""
    if not size.has(layer):
        time = shorter(powsimp(depth * size))
        return time, limit_in(time)
    found = steps_of(size)
    if found is None:
        return size, None
    if found.scale.sum_converges():
        return size, Symbol("tau", positive=True)
    front = limit_in(size / written(found.scale, layer), layer)
    time = diverging(found.scale)
    if front in (None, 0, oo) or time is None:
        return size, None
    return shorter(front * time), oo


def _decay(size: Expr) -> Expr | None:
    """The p of eps_l = l^(-p + o(1))."""
    return limit_in(-log(size) / log(layer), layer)


def short_time(steps: SmallSteps, base: DepthLimit, time: Expr) -> DepthLimit:
    r"""The time s -> 0: T_0 = t_0 or, if that is 0 (or t is driven by S_0), the term of first order.

    t_0 != 0:   N = t_0/t_d0 + s [(W - G t_0)/t_d0 - t_0 W_d/t_d0^2]
    t_0 = 0:    t = s W + (s^2/2)(W' V - G W), at one input s W_d:   N = W/W_d + (s/2)(W' V - G W)/W_d

    Near c = -1 the derivative W' may be infinite, see ``antipode``.
    """
    v, g, w = steps.step, steps.loss, steps.drive
    top, bottom = steps.initial, steps.diagonal_initial
    if steps.driven or is_zero(top) is Answer.YES:
        value = w / steps.diagonal_drive
        change = (w.diff(c) * v - g * w) / (2 * steps.diagonal_drive)
        near = antipode.of_small_steps(steps, time)
    else:
        value = top / bottom
        change = (w - g * top) / bottom - top * steps.diagonal_drive / bottom**2
        near = None
    return replace(
        base,
        ntk_limit=shorter(value),
        leading_correction=shorter(change) * time,
        exceptions=() if near is None else (near[0],),
        antipode=None if near is None else near[1],
        notes=(*base.notes, f"s = {time} tends to 0: the correlation does not move, and nothing degenerates."),
    )


def finite_time(steps: SmallSteps, base: DepthLimit, total: Expr) -> DepthLimit:
    """The time s -> tau: the value of the flow at tau, by quadrature; a number where the correlation of the inputs is given."""
    if is_zero(steps.loss + steps.step.diff(c)) is not Answer.YES:
        return replace(
            base, status="OPEN", reason="s tends to a positive number, but the flow is not solved by quadrature"
        )
    return replace(
        base,
        flow=(steps, total),
        notes=(
            *base.notes,
            f"s tends to {total}: dc/ds = V(c) with V = {steps.step}; the limit is V(c_1)/(W_d tau) times the integral of "
            f"W/V^2 from c to c_1, where the integral of 1/V from c to c_1 is {total}, W = {steps.drive}, "
            f"W_d = {steps.diagonal_drive}.",
        ),
    )


def _is_flow_to_first_order(size: Expr, time: Expr) -> bool:
    """Whether eps log s -> 0: what the steps add to 1/x, a multiple of the sum of eps^2 x_l, then converges or vanishes.

    For eps(L) that sum is eps log(s)/a (1 + o(1)). For eps_l = l^(-p), p > 0, it converges, and K is not that of the flow.
    """
    return size.has(layer) or limit_in(size * log(time)) == 0


def _squares_vanish(size: Expr) -> bool:
    """Whether the sum of eps^2 tends to 0, or converges for eps_l: a product of 1 - G eps is then exp(-G s) times a constant."""
    if not size.has(layer):
        return limit_in(depth * size**2) == 0
    order = _decay(size)
    return order is not None and (order == oo or sign_of(2 * order - 1, {}) == 1) and _is_exact(size)


def _is_exact(size: Expr) -> bool:
    """Whether the sum of eps_l is its first term and a number, up to o(1): eps_l is a power of l, up to a summable rest."""
    found = steps_of(size)
    if found is None or found.scale.rate != 1 or found.scale.powers[1:] != (0, 0):
        return False
    front = limit_in(size / written(found.scale, layer), layer)
    if front is None:
        return False
    rest = shorter(size - front * written(found.scale, layer))
    return rest == 0 or limit_in(rest * layer ** Rational(9, 8), layer) == 0


def long_time(steps: SmallSteps, base: DepthLimit, time: Expr) -> DepthLimit:
    r"""The time s -> oo. x' = -a x^2 (1 + v_1 x + ...) and G = m a x: 1/x = a s + v_1 log s + ..., t = W_d/((1 + m) a x) + ...

    Where v_1 = 0 the correction is K/s with a constant that depends on the inputs; else p_{-1} v_1 log(s)/s, with
    p_{-1} = W_d/((1+m) a).
    """
    base = replace(
        base,
        phase="critical",
        chi=Integer(1),
        fixed_point=Integer(1),
        fixed_points=(FixedPoint(corr=Integer(1), slope=Integer(1), stability="half-stable"),),
        rate=Integer(1),
    )
    try:
        variable, speed, loss, drive = local_series(steps.step, steps.loss, steps.drive, 6)
    except NoSeries as failure:
        return replace(base, status="OPEN", reason=f"the flow has no expansion at c = 1: {failure}")
    a = shorter(-speed[2])
    if sign_of(a, {}) != 1 or sign_of(speed[1], {}) != 0:
        return replace(base, status="OPEN", reason="the flow does not run into c = 1 like 1/s")
    m = shorter(loss[1] / a)
    v1 = shorter(speed[3] / -a)
    value = shorter(drive[0] / ((1 + m) * steps.diagonal_drive))
    first = shorter(1 / a) / time
    letters: tuple[Letter, ...] = ()
    correction: Expr | None = None
    if sign_of(v1, {}) != 0:
        correction = shorter(v1 / ((1 + m) * a) * drive[0] / steps.diagonal_drive) * log(time) / time
    elif _is_flow_to_first_order(steps.size, time):
        correction = flow_constant / time
        letters = (Letter(symbol=flow_constant, meaning="lim s (N - limit), which depends on the inputs"),)
    return replace(
        base,
        variable=variable,
        angle_rate=first if variable == "angle" else sqrt(2 * first),
        ntk_limit=value,
        leading_correction=correction,
        letters=(*base.letters, *letters),
        flow=None if steps.size.has(layer) or correction is None else (steps, oo),
        notes=(*base.notes, f"s = {time} tends to infinity: the flow runs into c = 1."),
    )


def _opposite(steps: SmallSteps) -> tuple[Exception_, ...]:
    """The exception c = -1 where V is not shown to push away from it, as for odd activations, which keep it."""
    if sign_of(steps.step.subs(c, -1), {}) == 1:
        return ()
    pairs = (
        (steps.loss.subs(c, -1), steps.diagonal_loss),
        (steps.drive.subs(c, -1), -steps.diagonal_drive),
        (steps.initial.subs(c, -1), -steps.diagonal_initial),
    )
    odd = all(is_zero(one - other) is Answer.YES for one, other in pairs)
    reason = "opposite inputs stay opposite" if odd else "opposite inputs are not shown to move"
    return (Exception_(corr=Integer(-1), limit=Integer(-1) if odd else None, reason=reason),)


def hyperbolic(steps: SmallSteps, base: DepthLimit, time: Expr, damping: int) -> DepthLimit:
    r"""The time s -> oo with G_d = -V'(1) != 0: du/ds = -G_d u near c = 1, so that G_d > 0 is ordered and G_d < 0 chaotic.

    V = kappa - c with kappa = sum a_k c^k, a_k >= 0, has the zeros of a correlation map. Ordered: both kernels tend to
    W_d/G_d. Chaotic: t at one input grows like exp(-G_d s), and off the diagonal it tends to W/G at the zero of V.
    """
    price = is_zero(steps.loss + steps.step.diff(c)) is Answer.YES
    if steps.driven:
        return replace(
            base, status="OPEN", reason="the NTK is fed by whole layers and damped by the flow: no method here"
        )
    if not price:
        return replace(
            base,
            status="OPEN",
            reason="the factor of the NTK was not shown to be the derivative of the map of the correlation",
        )
    rate = shorter(-steps.diagonal_loss)
    notes = (*base.notes, f"s = {time} tends to infinity.")
    base = replace(base, chi=shorter(1 - steps.diagonal_loss), notes=notes, exceptions=_opposite(steps))
    if damping == 1:
        letter = Letter(symbol=flow_constant, meaning="lim (1 - c_L) exp(G_d s), which depends on the inputs")
        return replace(
            base,
            phase="ordered",
            fixed_point=Integer(1),
            angle_rate=sqrt(2 * flow_constant) * exp(rate * time / 2) if _squares_vanish(steps.size) else None,
            ntk_limit=Integer(1),
            letters=(*base.letters, letter),
        )
    at_zero = sign_of(steps.step.subs(c, 0), {}) == 0
    if at_zero:
        point: Expr = Integer(0)
        letters: tuple[Letter, ...] = ()
    else:
        try:
            image = c + steps.step
            ball = correlation_fixed_point(image, image.diff(c), c, {}, BITS)
        except BeyondReach as failure:
            return replace(base, status="OPEN", reason=str(failure))
        point, letters = star, (Letter(symbol=star, meaning="the zero of V in (0, 1)", ball=ball),)
    return replace(base, phase="chaotic", fixed_point=point, ntk_limit=Integer(0), letters=(*base.letters, *letters))


def by_lengths(recursion: KernelRecursion, base: DepthLimit) -> DepthLimit:
    r"""A residual network whose lengths enter its map, with alpha = alpha(L): the balance s = L alpha^2 -> 0.

    y = (q, K, T) moves by y' = y + h f(y) + O(h^2); T_L = T_0 + s f_T + (s^2/2)(Df f)_T at the initial state, likewise at one
    input: N = T_0/T_d0 + s (f_T - N f_Td)/T_d0, or, where T_0 = T_d0 = 0, N = f_T/f_Td + (s/2)((Df f)_T - N (Df f)_Td)/f_Td.
    """
    replaced = residual_scale(recursion.network)
    if replaced is None:
        return replace(
            base, status="OPEN", reason="layers that differ, with lengths that enter the map: no method here"
        )
    network, factor = replaced
    if factor.has(layer):
        steps = steps_of(shorter(factor**2))
        if (
            steps is None
            or not steps.scale.sum_converges()
            or recursion.length_initial[0] != recursion.length_initial[1]
        ):
            reason = "layers that differ, with lengths that enter the map, and a sum of alpha^2 not shown to converge"
            return replace(base, status="OPEN", reason=reason)
        return summable(of_lengths(derive(network), alpha, sqrt(_small), shorter(factor**2)), base)
    time, total = elapsed(shorter(factor**2))
    if total is None or total != 0:
        return replace(base, status="OPEN", reason=f"s = {time} does not tend to 0, and the flow moves the lengths too")
    general = derive(network)
    q1, q2 = recursion.length_initial
    if is_zero(q1 - q2) is not Answer.YES:
        return replace(base, status="OPEN", reason="inputs of different lengths: no method here")
    begin, begin_d = recursion.ntk_initial, recursion.ntk_diagonal_initial[0]
    state = {length: q1, length1: q1, length2: q1, nngp: recursion.nngp_initial, ntk: begin, ntk_diagonal: begin_d}

    def first(expression: Expr) -> Expr:
        return expression.subs(alpha, sqrt(scale)).diff(scale).subs(scale, 0)

    off, one = first(general.ntk_next), first(general.ntk_diagonal_next)
    top, bottom = (e.subs(state, simultaneous=True) for e in (off, one))
    correction: Expr | None
    if begin_d != 0:
        value = shorter(begin / begin_d)
        correction = shorter((top - value * bottom) / begin_d) * time
    else:
        value = shorter(top / bottom)
        correction = _second_order(general, first, state, value, bottom, time)
    return replace(
        base,
        ntk_limit=value,
        leading_correction=correction,
        notes=(*base.notes, f"s = {time} tends to 0: the correlation does not move, and nothing degenerates."),
    )


def _second_order(
    general: KernelRecursion,
    first: Callable[[Expr], Expr],
    state: dict[Symbol, Expr],
    value: Expr,
    bottom: Expr,
    time: Expr,
) -> Expr | None:
    """(s/2)((Df f)_T - N (Df f)_Td)/f_Td; None for a moment without a derivative in its lengths."""
    same = {length1: length, length2: length}
    try:
        moves = {
            letter: first(e).subs(same)
            for letter, e in (
                (nngp, general.nngp_next),
                (length, general.length_next),
                (ntk, general.ntk_next),
                (ntk_diagonal, general.ntk_diagonal_next),
            )
        }
        second = [
            sum((moves[e].diff(y) * f for y, f in moves.items()), Integer(0)).subs(state, simultaneous=True)
            for e in (ntk, ntk_diagonal)
        ]
    except (ValueError, TypeError):
        return None
    correction = shorter((second[0] - value * second[1]) / (2 * bottom)) * time
    return None if correction.has(Subs, Derivative) else correction


__all__ = ["SmallSteps", "analyse_small_steps", "by_lengths", "residual_scale", "small_steps"]
