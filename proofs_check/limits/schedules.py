r"""Layers that tend to the identity so fast that the sum of their sizes h_l is finite: nothing degenerates.

Both kernels tend to limits that depend on the inputs and on every layer; c_L moves by at most sup|V| sum h_l in all. At given
inputs the limit is a ball (``numerics.schedules``), and what is left is of the order of the tail of the sum:

    N_L - N = -K sum_{l>L} h_l (1 + o(1)),      K = (X_t - N X_td)/t_d at the limit.

Where t is driven by whole layers, t' = t + S_0(c) + O(h_l), it grows like L S_0(c), and N = S_0(c)/S_0(1) at c = lim c_L.

Source. docs/depth-limits.md, Theorem 10. Hayou et al. 2021 call such schedules stable.
"""

from dataclasses import replace

from flint import arb
from sympy import Expr, Integer, Mul, Symbol, cancel, limit, log, oo, together

from numerics.balls import REAL, bits_of, evaluate, precision
from numerics.compile import lower
from numerics.scales import Scale, Size, size_of
from numerics.schedules import Schedule, at_infinity, step_size
from proofs_check.limits.result import DepthLimit, Letter
from proofs_check.signs import sign_of
from theory.algebra import Answer, is_zero
from theory.forms import shorter
from theory.moments import GaussianMean, GaussianPair
from theory.recursion import CorrelationRecursion, KernelRecursion
from theory.symbols import c, depth, layer, length, length1, length2, nngp, ntk, ntk_diagonal

corr_limit = Symbol("c_inf", real=True)
"""The limit of c_L, which depends on the inputs."""
ntk_value = Symbol("N_inf", real=True)
"""The limit of the normalised NTK."""
tail_constant = Symbol("K", real=True)
"""The coefficient of the tail."""
_AT = 1000
_FAR = 10**12
_CELLS = 200
DIGITS = 20
"""Digits of the limit at given inputs, at most: each further one takes more blocks of layers."""


def of_correlations(form: CorrelationRecursion, letter: Symbol, value: Expr, size: Expr) -> Schedule:
    """The layers in c, t and t at one input; ``letter`` takes ``value``, an expression in z, and h = z."""
    images = {
        c: form.correlation,
        ntk: form.factor * ntk + form.source,
        ntk_diagonal: form.diagonal_factor * ntk_diagonal + form.diagonal_source,
    }
    return _schedule({key: e.subs(letter, value) for key, e in images.items()}, size)


def of_lengths(recursion: KernelRecursion, letter: Symbol, value: Expr, size: Expr) -> Schedule:
    """The layers in c, Theta, Theta at one input and the length, for inputs of one length."""
    same = {length1: length, length2: length, nngp: c * length}
    after = recursion.length_next
    images = {
        c: recursion.nngp_next.subs(same, simultaneous=True) / after,
        ntk: recursion.ntk_next.subs(same, simultaneous=True),
        ntk_diagonal: recursion.ntk_diagonal_next,
        length: after,
    }
    return _schedule({key: e.subs(letter, value) for key, e in images.items()}, size)


def _schedule(images: dict[Symbol, Expr], size: Expr) -> Schedule:
    images = {key: cancel(together(e)) if e.has(step_size) else e for key, e in images.items()}
    field = {key: shorter(e.diff(step_size).subs(step_size, 0)) for key, e in images.items()}
    return Schedule(images=images, field=field, size=size)


def steps_of(size: Expr) -> Size | None:
    """The size of layers for all l from some on; None where its form is not known, or it does not fall."""
    found = lasting_steps(size)
    return found if found is not None and found.scale.order() == -1 else None


def lasting_steps(size: Expr) -> Size | None:
    """The same for sizes that may stay or grow."""
    with precision(bits_of(20)):
        found = size_of(size, _AT)
        return found if found is not None and found.ball > 0 else None


def undefined_layer(size: Expr) -> int | None:
    """The first layer, of those that ``steps_of`` does not speak of, at which an expression in l is no finite real number."""
    with precision(bits_of(20)):
        tape = lower((size,), (layer,)).bind(REAL)
        return next((k for k in range(1, _AT) if not tape(arb(k))[0].is_finite()), None)


def written(scale: Scale, letter: Symbol) -> Expr:
    """The scale as an expression in L or l."""
    p, q, r = scale.powers
    return scale.rate**letter * letter**p * log(letter) ** q * log(log(letter)) ** r


def diverging(scale: Scale) -> Expr | None:
    """The first term of the sum over l <= L of a scale whose sum diverges; None with more logarithms than two."""
    return _summed(scale, 1)


def tail(scale: Scale) -> Expr | None:
    """The first term of the sum over l > L of a scale whose sum converges."""
    if scale.rate != 1:
        return shorter(scale.rate / (1 - scale.rate)) * written(scale, depth)
    return _summed(scale, -1)


def _summed(scale: Scale, sign: int) -> Expr | None:
    """The integral to leading order: the first exponent that is not 1 decides."""
    logarithms = depth, log(depth), log(log(depth))
    for k, exponent in enumerate(-p for p in scale.powers):
        if exponent != 1:
            rest = Mul(*(y**p for y, p in zip(logarithms[k + 1 :], scale.powers[k + 1 :], strict=True)))
            return shorter(logarithms[k] ** (1 - exponent) / (sign * (1 - exponent))) * rest
    return None


def summable(schedule: Schedule, base: DepthLimit) -> DepthLimit:
    """The answer before the inputs are known: that the limit depends on them, and how far they move."""
    if any(e.has(GaussianMean, GaussianPair) for e in schedule.images.values()):
        reason = (
            "the sum over all layers converges, and moments without closed form are not followed through the layers"
        )
        return replace(base, status="OPEN", reason=reason)
    if is_zero(schedule.images[ntk].subs(step_size, 0) - ntk) is not Answer.YES:
        reason = "the sum over all layers converges, and the NTK is fed by whole layers: no method here"
        return replace(base, status="OPEN", reason=reason)
    found = steps_of(schedule.size)
    if found is None:
        return replace(base, status="OPEN", reason=f"the steps {schedule.size} have no known form for large l")
    left = tail(found.scale)
    front = limit_in(schedule.size / written(found.scale, layer), layer)
    letters = [
        Letter(symbol=corr_limit, meaning="lim c_L, which depends on the inputs"),
        Letter(symbol=ntk_value, meaning="lim N_L, which depends on the inputs"),
    ]
    correction = None
    if left is not None and front not in (None, 0, oo) and _holds(front, schedule.size):
        correction = tail_constant * shorter(front) * left
        letters.append(Letter(symbol=tail_constant, meaning="lim (N_L - N_inf) over the sum of h_l behind L"))
    return replace(
        base,
        schedule=schedule,
        theorem="10",
        letters=(*base.letters, *letters),
        ntk_limit=ntk_value,
        fixed_point=corr_limit,
        leading_correction=correction,
        notes=(
            *base.notes,
            f"The sum of h_l = {schedule.size} over the layers converges: nothing degenerates, and both kernels tend to "
            f"limits that depend on the inputs.{_reach(schedule)}",
        ),
    )


def _holds(front: Expr, size: Expr) -> bool:
    """Whether a limit found by SymPy lies in the ball of h_l over its scale, for all l from some on."""
    with precision(bits_of(30)):
        found = size_of(size, _FAR)
        return found is not None and bool(found.ball.overlaps(evaluate(front, {})))


def _reach(schedule: Schedule) -> str:
    """How far the correlation can move, where its field has no length in it."""
    with precision(bits_of(20)):
        found = size_of(schedule.size, _AT)
        rest = None if found is None else found.total(None)
        if rest is None or schedule.field[c].has(length):
            return ""
        total = rest + sum((evaluate(schedule.size, {layer: Integer(k)}) for k in range(1, _AT + 1)), arb(0))
        tape = lower((schedule.field[c],), (c,)).bind(REAL)
        cells = [tape((arb(k) / _CELLS).union(arb(k + 1) / _CELLS))[0] for k in range(-_CELLS, _CELLS)]
        speed = max((abs(cell).upper() for cell in cells), default=arb(0))
        if not (speed.is_finite() and total.is_finite()):
            return ""
        most = (total * speed).upper()
        moved = "" if most > 1 else f", and |c_inf - c| is at most {most.str(4, radius=False)}"
        return f" The sum is {total.str(6, radius=False)}{moved}."


def limit_in(expression: Expr, letter: Symbol = depth) -> Expr | None:
    """The limit as L (or another letter) tends to infinity, if it is >= 0; None where that is not decided.

    Powers go by their exponent, which SymPy does not always do for irrational ones.
    """
    factor, power = expression.as_independent(letter, as_Add=False)
    if power == 1:
        return expression
    base, exponent = power.as_base_exp()
    if base == letter and not exponent.has(letter):
        side = sign_of(exponent, {})
        if side is None:
            return None
        return Integer(0) if side < 0 else factor if side == 0 else oo
    plain = Symbol("n", positive=True)
    try:
        found = limit(expression.subs(letter, plain), plain, oo)
    except (NotImplementedError, ValueError):
        return None
    return found if found.is_number and (found == oo or (found.is_finite and found.is_nonnegative)) else None


def at_inputs(found: DepthLimit, corr: Expr, digits: int) -> DepthLimit:
    """The limit for inputs of one correlation, as balls."""
    schedule: Schedule = found.schedule
    wanted = min(digits, DIGITS)
    values = at_infinity(found.network, schedule, corr, digits=wanted)
    if values is None:
        return replace(found, status="OPEN", reason="the layers were not followed to the end at these inputs")
    with precision(bits_of(wanted) + 40):
        end = values[ntk] / values[ntk_diagonal]
        speeds = lower((schedule.field[ntk], schedule.field[ntk_diagonal]), tuple(values)).run(
            REAL, tuple(values.values())
        )
        constant = -(speeds[0] - end * speeds[1]) / values[ntk_diagonal]
    balls = {corr_limit: values[c], ntk_value: end, tail_constant: constant}
    letters = tuple(replace(one, ball=balls.get(one.symbol, one.ball)) for one in found.letters)
    return replace(found, letters=letters)


__all__ = [
    "at_inputs",
    "diverging",
    "lasting_steps",
    "limit_in",
    "of_correlations",
    "of_lengths",
    "steps_of",
    "summable",
    "undefined_layer",
    "written",
]
