r"""The fate of a recursion that is the same in every layer: c' = C(c), t' = F(c) t + S(c).

Theorem 1 of docs/depth-limits.md. C is sum a_k c^k with a_k >= 0 and C(1) = 1, because the correlation of a network is a positive
definite function on spheres of every dimension (Schoenberg 1942). Hence, with chi = C'(1),

    chi <= 1, C not the identity     c_L -> 1 for every -1 < c < 1     (ordered for chi < 1, critical for chi = 1)
    chi > 1 or infinite              c_L -> c*, the one fixed point in [0, 1)  (chaotic)

and c = -1 goes the same way unless C(-1) is 1 (even) or -1 (odd). What the NTK does follows from C, F and S at the fixed
point: ``ordered``, ``critical`` and ``chaotic`` below, each with the derivation in its docstring.
"""

from dataclasses import replace
from typing import Any

from sympy import (
    CRootOf,
    Expr,
    Integer,
    Poly,
    Symbol,
    fraction,
    log,
    oo,
    sqrt,
    together,
)

from numerics.balls import bits_of
from numerics.fixed_points import correlation_fixed_point
from proofs_check.limits.antipode import of_even_map
from proofs_check.limits.critical_orders import ball_orders, exact_orders
from proofs_check.limits.maps import Local, Map, Names, is_long, local, local_by_balls, with_chi
from proofs_check.limits.result import DepthLimit, Exception_, FixedPoint, Letter, ball_of, balls_of, window_variable
from proofs_check.signs import sign_of
from theory.algebra import Answer, is_zero
from theory.critical import as_expression, first_logarithm, in_depth, input_constant, leading_change, tangent_constant
from theory.errors import BeyondReach
from theory.forms import shorter
from theory.series import NoSeries, PowerSeries, vanishes
from theory.symbols import c, depth

star = Symbol("c_star", real=True)
"""The fixed point in [0, 1)."""
ordered_constant = Symbol("E", positive=True)
"""lim (1 - c_L)/chi^L, which depends on the inputs."""
koenigs_constant = Symbol("Q", real=True)
"""lim (c_L - c*)/C'(c*)^L, which depends on the inputs."""
diagonal_constant = Symbol("D", positive=True)
"""lim t_L(x, x)/F_d^L where the lengths are not constant."""
_HOMOGENEOUS = "coefficient of the homogeneous solution in the NTK"
FIRST_TERMS = 6
"""Terms that show the phase and the first logarithm."""
MORE_TERMS = 6
"""Terms of the local series beyond the orders asked for."""


def analyse(recursion: Map, base: DepthLimit, orders: int, digits: int) -> DepthLimit:
    """The fate of the recursion; what is known is filled into ``base``."""
    if is_zero(recursion.correlation - c) is Answer.YES:
        return identity_map(recursion, base)
    try:
        if recursion.letters or is_long(recursion):
            near, recursion = local_by_balls(recursion, digits)
        else:
            near = local(recursion, FIRST_TERMS)
            if not any(one.with_letters().has_letters for one in (near.factor, near.source)):
                near = local(recursion, orders + MORE_TERMS)
    except NoSeries as failure:
        return replace(base, status="OPEN", reason=f"the map has no expansion at c = 1 that the rules reach: {failure}")
    if recursion.continuous and near.chi != oo and not recursion.letters:
        # Price: chi is the factor of the NTK at one input, which is exact where its expansion is a long expression
        near = with_chi(near, recursion.diagonal_factor)
    above = Integer(1) if near.chi == oo else near.chi - 1
    side = sign_of(above, recursion.balls)
    base = replace(base, chi=shorter(near.chi), variable=near.variable, letters=(*base.letters, *recursion.letters))
    ends = _ends(recursion)
    if side is None:
        return replace(
            base, status="OPEN", reason="the sign of chi - 1 is not decided: chi may be 1, and no identity shows it"
        )
    if side > 0:
        return chaotic(recursion, near, base, ends, digits)
    if side < 0:
        return ordered(recursion, near, base, ends)
    found = critical(recursion, near, base, ends, orders, digits)
    if ends[0] == 1 and found.window is not None:
        found = replace(found, antipode=of_even_map(near.variable, found.window, depth))
    return found


def identity_map(recursion: Map, base: DepthLimit) -> DepthLimit:
    """C(c) = c: the correlation never changes, and t' = F t + S with constants for each input.

    With F = F_d = 1 at every c, t_L = t_0 + S L, so that the normalised NTK tends to S(c)/S_d.
    """
    same = is_zero(recursion.factor - 1) is Answer.YES and is_zero(recursion.diagonal_factor - 1) is Answer.YES
    if not same or recursion.diagonal_source == 0:
        return replace(
            base, status="OPEN", reason="the correlation stays as it is, and the NTK has a factor of its own"
        )
    return replace(
        base,
        chi=Integer(1),
        ntk_limit=shorter(recursion.source / recursion.diagonal_source),
        leading_correction=Integer(0),
        notes=("The map of the correlation is the identity: nothing is forgotten with depth.",),
    )


def ordered(recursion: Map, near: Local, base: DepthLimit, ends: tuple[int | None, Expr]) -> DepthLimit:
    r"""Chi < 1: u_L = 1 - c_L ~ E chi^L, both kernels tend to S_d/(1 - F_d) =: t, and the normalised NTK to 1.

    D = t_d - t obeys D' = F_d D + (F_d - F(c)) t + S_d - S(c). Where F and S are smooth in u, F_d - F ~ f u and S_d - S ~ s u,
    so that D' = F_d D + (f t + s) E chi^l: D ~ (f t + s) E L chi^(L-1) for F_d = chi, and (f t + s) E chi^L/(chi - F_d) for
    F_d < chi. Where F has a kink, F_d - F ~ k theta with theta ~ sqrt(2E) chi^(l/2): D ~ k t sqrt(2E) chi^(L/2)/(sqrt chi - F_d).
    """
    names = Names(recursion.balls, 30)
    chi = names.of("chi", near.chi, "C'(1)")
    price = recursion.continuous or is_zero(near.chi - recursion.diagonal_factor) is Answer.YES
    diagonal = chi if price else names.of("F_d", recursion.diagonal_factor, "the factor of the NTK at one input")
    base = replace(
        base,
        letters=(*base.letters, *names.letters),
        phase="ordered",
        fixed_point=Integer(1),
        rate=shorter(chi),
        ntk_limit=Integer(1),
        fixed_points=_fixed_points(ends, (FixedPoint(corr=Integer(1), slope=shorter(chi), stability="stable"),)),
        exceptions=_exceptions(recursion, ends, Integer(1)),
    )
    balls = names.balls
    if sign_of(chi, balls) == 0:
        return replace(base, leading_correction=Integer(0), notes=("After one layer all inputs coincide.",))
    letter = Letter(symbol=ordered_constant, meaning="lim (1 - c_L)/chi^L, which depends on the inputs")
    base = replace(
        base,
        angle_rate=sqrt(2 * ordered_constant) * shorter(chi) ** (depth / 2),
        letters=(*base.letters, letter),
    )
    if sign_of(1 - diagonal, balls) != 1:
        return replace(base, notes=(*base.notes, "The NTK at one input grows; its correction was not derived."))
    limit = recursion.diagonal_source / (1 - diagonal)
    kink = _term(near, near.factor)
    if kink is not None:
        gap = sign_of(sqrt(chi) - diagonal, balls)
        change = -kink * sqrt(2 * ordered_constant) / (sqrt(chi) - diagonal)
        correction = -shorter(change) * shorter(chi) ** (depth / 2) if gap == 1 else None
        return replace(base, leading_correction=correction, rate=shorter(chi))
    weight = -(_second(near, near.factor) + _second(near, near.source) / limit)
    if is_zero(chi - diagonal) is Answer.YES:
        change = weight * depth * ordered_constant * shorter(chi) ** (depth - 1)
    elif sign_of(chi - diagonal, balls) == 1:
        change = shorter(weight / (chi - diagonal)) * ordered_constant * shorter(chi) ** depth
    else:
        return replace(
            base, notes=(*base.notes, "The NTK forgets slower than the correlation; no constant was derived.")
        )
    return replace(base, leading_correction=-change)


def critical(
    recursion: Map, near: Local, base: DepthLimit, ends: tuple[int | None, Expr], orders: int, digits: int
) -> DepthLimit:
    """Chi = 1: the expansion of ``theory.critical`` in the local variable."""
    base = replace(
        base,
        phase="critical",
        fixed_point=Integer(1),
        fixed_points=_fixed_points(ends, (FixedPoint(corr=Integer(1), slope=Integer(1), stability="half-stable"),)),
        exceptions=_exceptions(recursion, ends, Integer(1)),
        rate=Integer(1),
    )
    step, balls = near.step, recursion.balls
    assert step is not None
    if is_zero(recursion.diagonal_factor - 1) is not Answer.YES:
        return replace(base, status="OPEN", reason="chi = 1, but the factor of the NTK at one input is not 1")
    a = -step[2]
    size = sign_of(a, balls)
    if near.variable == "angle" and size == 0:
        return _smooth_in_angle(recursion, near, base)
    if size != 1:
        return replace(base, status="OPEN", reason="the coefficient of the second order at c = 1 has no proved sign")
    if recursion.letters or any(one.with_letters().has_letters for one in (step, near.factor, near.source)):
        return _by_letters(recursion, near, base, orders, digits)
    try:
        found = in_depth(
            step,
            near.factor,
            near.source,
            diagonal_source=recursion.diagonal_source,
            diagonal_initial=recursion.diagonal_initial,
            orders=orders,
        )
        change = leading_change(found.normalised, lambda value: sign_of(value, balls))
    except NoSeries as failure:
        return replace(base, status="OPEN", reason=f"critical, but its expansion is not decided: {failure}")
    first = 1 / (shorter(a) * depth)
    letters = [
        Letter(symbol=input_constant, meaning=_meaning(near.variable, found.coordinate.a, found.coordinate.alpha))
    ]
    expansion = as_expression(found.normalised)
    if not recursion.steady:  # t_d is S_d L and another constant: what depends on it is not stated
        settled = change is not None and not change.has(input_constant, tangent_constant)
        return replace(
            base,
            angle_rate=first if near.variable == "angle" else sqrt(2 * first),
            ntk_limit=shorter(found.normalised[0]),
            leading_correction=shorter(change) if settled and change is not None else None,
            letters=base.letters,
        )
    if expansion.has(tangent_constant):
        letters.append(Letter(symbol=tangent_constant, meaning=_HOMOGENEOUS))
    return replace(
        base,
        angle_rate=first if near.variable == "angle" else sqrt(2 * first),
        ntk_limit=shorter(found.normalised[0]),
        leading_correction=None if change is None else shorter(change),
        expansion=expansion,
        window=scaling_window(found.coordinate.a, found.coordinate.m),
        inverse=as_expression(found.inverse, 1),
        letters=(*base.letters, *letters),
    )


def scaling_window(a: Expr, m: Expr) -> Expr:
    r"""The limit of N_L for inputs with x_0 = x/L: a function that leads from 1 (x = 0) to 1/(1 + m) (x = oo).

    With s = l/L, L x_l -> X(s), X' = -a X^2, so that X = x/(1 + a x s), and t_l/(s_0 L) -> y(s), y' = 1 - m a X y, y(0) = 0:

        y(1) = ((1 + a x)^(m+1) - 1)/((m + 1) a x (1 + a x)^m).
    """
    y = 1 + a * window_variable
    return (y ** (m + 1) - 1) / ((m + 1) * (y - 1) * y**m)


def _by_letters(recursion: Map, near: Local, base: DepthLimit, orders: int, digits: int) -> DepthLimit:
    """The limit and the expansion where the coefficients are other numbers than polynomials in pi.

    The kernel is smooth there or kinked, with m = -F_1/a: 2 where F = C' (x = 1 - c), decided by algebra or by Price's theorem.
    """
    assert near.step is not None
    a, m = -near.step[2], None
    if near.variable == "1 - c" and recursion.continuous:
        m = Integer(2)
    else:
        m = next((Integer(k) for k in range(1, 5) if is_zero(near.factor[1] + k * a) is Answer.YES), None)
    if m is None:
        return replace(base, status="OPEN", reason="critical, but the exponent of the NTK near c = 1 is not decided")
    names = Names(recursion.balls, digits)
    short = names.of("a", a, "the coefficient in x' = x - a x^2 + ...")
    factor = names.of("b_1", first_logarithm(near.step, m), "the coefficient of log(L)/L")
    sign = sign_of(factor, names.balls)
    first = 1 / (short * depth)
    base = replace(
        base,
        angle_rate=first if near.variable == "angle" else sqrt(2 * first),
        ntk_limit=1 / (1 + m),
        leading_correction=factor * log(depth) / depth if sign in (1, -1) else None,
        letters=(*base.letters, *names.letters),
        window=scaling_window(short, m),
    )
    if not recursion.steady:  # t_d is S_d L and another constant: what depends on it is not stated
        return replace(base, window=None)
    alpha = (1 + m) * short * factor
    found = exact_orders(recursion, near, m, orders)
    if found is None:
        found = ball_orders(recursion, near, m, (short, alpha), orders, digits)
    elif found.logarithm is not None:
        factor, alpha = found.logarithm, shorter((1 + m) * short * found.logarithm)
        base = replace(base, leading_correction=None if sign == 0 else factor * log(depth) / depth)
    if found is None:
        return replace(base, notes=(*base.notes, "Orders beyond the first were not enclosed to 12 digits."))
    letters = [Letter(symbol=input_constant, meaning=_meaning(near.variable, short, alpha))]
    if found.expansion.has(tangent_constant):
        letters.append(Letter(symbol=tangent_constant, meaning=_HOMOGENEOUS))
    return replace(
        base,
        expansion=found.expansion,
        inverse=found.inverse,
        letters=(*base.letters, *found.letters, *letters),
    )


def _meaning(variable: str, a: Expr, alpha: Expr) -> str:
    x = "theta_L" if variable == "angle" else "(1 - c_L)"
    return f"lim (1/{x} - a L - alpha log L) with a = {a}, alpha = {alpha}; it depends on the inputs"


def _smooth_in_angle(recursion: Map, near: Local, base: DepthLimit) -> DepthLimit:
    """A kink of higher order: theta' = theta - b theta^3 + ..., F = 1 - f theta^2.

    In y = theta^2, y' = y - 2 b y^2, so that m = f/(2 b).
    """
    assert near.step is not None
    b, f = -near.step[3], -near.factor[2]
    if sign_of(b, recursion.balls) != 1 or sign_of(near.factor[1], recursion.balls) != 0:
        return replace(base, status="OPEN", reason="the first coefficients at c = 1 vanish, or have no proved sign")
    m = shorter(f / (2 * b))
    limit = shorter(near.source[0] / ((1 + m) * recursion.diagonal_source))
    return replace(
        base,
        angle_rate=1 / sqrt(2 * shorter(b) * depth),
        ntk_limit=limit,
        notes=(*base.notes, "The kernel is smooth to first order only; corrections in half powers were not derived."),
    )


def chaotic(recursion: Map, near: Local, base: DepthLimit, ends: tuple[int | None, Expr], digits: int) -> DepthLimit:
    r"""Chi > 1: c_L -> c*, t_L -> S(c*)/(1 - F(c*)), and t_d grows like (t_0 + S_d/(F_d - 1)) F_d^L for F_d > 1.

    c_L - c* ~ Q lambda^L with lambda = C'(c*). Where c* = 0 and S(0) = 0 (odd activations without bias) S ~ S'(0) c and
    F(0) = lambda give t' = lambda t + S'(0) Q lambda^l, hence t ~ S'(0) Q L lambda^(L-1).
    """
    base = replace(base, phase="chaotic")
    at_zero = recursion.correlation.subs(c, 0)
    unstable = FixedPoint(corr=Integer(1), slope=shorter(near.chi), stability="unstable")
    if sign_of(at_zero, recursion.balls) == 0:
        point, letters = Integer(0), recursion.letters
    else:
        try:
            found = _root(recursion, digits)
        except BeyondReach as failure:
            return replace(base, status="OPEN", reason=str(failure))
        point, ball = found
        letters = (
            recursion.letters
            if point != star
            else (*recursion.letters, Letter(symbol=star, meaning="the root of C(c) = c in [0, 1)", ball=ball))
        )
    balls = balls_of(letters)
    slope, factor, source = (
        e.subs(c, point) for e in (recursion.correlation.diff(c), recursion.factor, recursion.source)
    )
    price = recursion.continuous or is_zero(factor - slope) is Answer.YES
    names = Names(balls, digits)
    rate = names.of("lambda", slope, "C'(c*)")
    factor = rate if price else names.of("F_star", factor, "F(c*)")
    source = names.of("S_star", source, "S(c*)")
    growth = names.of("chi" if price else "F_d", recursion.diagonal_factor, "the factor of the NTK at one input")
    rise = names.of("S_d", recursion.diagonal_source, "the source of the NTK at one input")
    slope, balls = rate, names.balls
    koenigs = Letter(symbol=koenigs_constant, meaning="lim (c_L - c*)/C'(c*)^L, which depends on the inputs")
    base = replace(
        base,
        fixed_point=point,
        rate=slope,
        fixed_points=_fixed_points(ends, (FixedPoint(corr=point, slope=slope, stability="stable"), unstable)),
        letters=(*base.letters, *(l for l in letters if l not in base.letters), *names.letters, koenigs),
    )
    fast = sign_of(slope, balls) == 0
    if fast:
        base = replace(
            base, notes=(*base.notes, "C'(c*) = 0: the correlation converges faster than every exponential.")
        )
    else:
        base = replace(base, angle_rate=-koenigs_constant * slope**depth / sqrt(1 - point**2))
    if sign_of(1 - factor, balls) != 1 or sign_of(1 + factor, balls) != 1:
        return replace(base, status="OPEN", reason="the factor of the NTK at c* is not proved to lie in (-1, 1)")
    tangent = shorter(source / (1 - factor))
    side = sign_of(growth - 1, balls)
    if side is None:
        return replace(base, status="OPEN", reason="whether the NTK at one input grows is not decided")
    if side > 0 and sign_of(rise, names.balls) != 1:
        # frozen layers, S_d <= 0: t_d grows only if t_d0 + S_d/(F_d - 1) does not vanish; else it stays as it is
        start = shorter(recursion.diagonal_initial + rise / (growth - 1))
        if not recursion.steady or sign_of(start, names.balls) != 0:
            return replace(base, status="OPEN", reason="whether the NTK at one input grows is not decided")
        limit = shorter(tangent / recursion.diagonal_initial)
        return replace(base, ntk_limit=limit, exceptions=_exceptions(recursion, ends, limit), leading_correction=None)
    if side > 0:
        start = recursion.diagonal_initial + rise / (growth - 1)
        if not recursion.steady:
            start = diagonal_constant
            meaning = "lim t_L(x, x)/F_d^L, t = Theta/q, which depends on the length of the input"
            base = replace(base, letters=(*base.letters, Letter(symbol=diagonal_constant, meaning=meaning)))
        diagonal = shorter(start) * growth**depth
        limit = Integer(0)
    elif side == 0:
        diagonal, limit = rise * depth, Integer(0)
    else:
        limit = shorter(tangent * (1 - growth) / rise)
        return replace(base, ntk_limit=limit, exceptions=_exceptions(recursion, ends, limit), leading_correction=None)
    vanishing = sign_of(tangent, balls) == 0
    if not vanishing:
        correction: Expr | None = shorter(tangent) / diagonal
    elif not fast and is_zero(factor - slope) is Answer.YES:
        lift = names.of("S_c", recursion.source.diff(c).subs(c, point), "S'(c*)")
        base = replace(base, letters=(*base.letters, *(l for l in names.letters if l not in base.letters)))
        correction = shorter(lift / slope) * koenigs_constant * depth * slope**depth / diagonal
    else:
        correction = None
    return replace(
        base,
        ntk_limit=limit,
        leading_correction=correction,
        exceptions=_exceptions(recursion, ends, limit),
    )


def _root(recursion: Map, digits: int) -> tuple[Expr, Any]:
    """The fixed point in (0, 1): exact where C is a rational function over the rationals, else the letter and a ball."""
    ball = correlation_fixed_point(
        recursion.correlation, recursion.correlation.diff(c), c, recursion.balls, bits_of(max(digits, 30)) + 64
    )
    gap = together(recursion.correlation - c)
    if gap.is_rational_function(c):
        top = Poly(fraction(gap)[0], c)
        if all(value.is_Rational for value in top.all_coeffs()):
            for root in top.real_roots(multiple=False):
                exact = root[0]
                if exact.has(CRootOf):  # the letter says no less
                    continue
                value = ball_of(exact, {}, 30)
                if value is not None and ball.contains(value.mid()):
                    return exact, ball
    return star, ball


def _ends(recursion: Map) -> tuple[int | None, Expr]:
    """Where c = -1 goes: 1 (even), -1 (odd), or None for elsewhere; and its image."""
    image = recursion.correlation.subs(c, -1)
    for value in (1, -1):
        if is_zero(image - value) is Answer.YES or sign_of(image - value, {}) == 0:
            return value, image
    return None, image


def _fixed_points(ends: tuple[int | None, Expr], found: tuple[FixedPoint, ...]) -> tuple[FixedPoint, ...]:
    """With c = -1, where that is a fixed point; the map is odd then, and has the slope of c = 1 there."""
    if ends[0] != -1:
        return found
    mirror = next(point for point in found if point.corr == 1)
    return (FixedPoint(corr=Integer(-1), slope=mirror.slope, stability=mirror.stability), *found)


def _exceptions(recursion: Map, ends: tuple[int | None, Expr], limit: Expr) -> tuple[Exception_, ...]:
    """The limit of the normalised NTK at c = -1, where that input does not go the way of the others."""
    to = ends[0]
    if to is None:
        return ()
    factor, source, start = (e.subs(c, -1) for e in (recursion.factor, recursion.source, recursion.initial))
    growth, rise, first = recursion.diagonal_factor, recursion.diagonal_source, recursion.diagonal_initial
    if to == -1:
        ends = (recursion.factor.subs(c, 1), recursion.source.subs(c, 1))
        gaps = (factor - ends[0], source + ends[1], start + recursion.initial.subs(c, 1))
        same = all(is_zero(gap) is Answer.YES for gap in gaps)
        value = Integer(-1) if same else None
        return (Exception_(corr=Integer(-1), limit=value, reason="an odd map: x' = -x stays at c = -1"),)
    tangent, diagonal = factor * start + source, growth * first + rise
    if sign_of(growth - 1, recursion.balls) in (0, -1):
        value = Integer(1)
    else:
        extra = rise / (growth - 1)
        value = shorter((tangent + extra) / (diagonal + extra))
    return (Exception_(corr=Integer(-1), limit=value, reason="an even map: x' = -x coincides with x after one layer"),)


def _term(near: Local, series: PowerSeries) -> Expr | None:
    """The coefficient of the angle in F, where there is such a term."""
    if near.variable == "1 - c" or vanishes(series[1]):
        return None
    return series[1]


def _second(near: Local, series: PowerSeries) -> Expr:
    """The coefficient of 1 - c."""
    return series[1] if near.variable == "1 - c" else 2 * series[2]


__all__ = ["analyse", "diagonal_constant", "koenigs_constant", "ordered_constant", "star"]
