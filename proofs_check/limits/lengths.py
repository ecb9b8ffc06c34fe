r"""Networks whose lengths move: the length map q' = Q(q), where it goes, and the correlation map there.

Three things can happen to q_l = K_l(x, x):

    q_l -> q*, |Q'(q*)| < 1     the recursion tends to that at q*, exponentially fast: limits, rates and the coefficients
                                of logarithms are those of the map at q*; constants in front depend on the way there
    q_l -> oo, Q affine         with eps = 1/q the map tends to C_0(c) = lim C(c, 1/eps), and eps_l = 1/(b l) (slope 1)
                                or decays exponentially (slope above 1); see ``growing``
    q_l -> 0                    see ``proofs_check.limits.vanishing``

Source. Poole et al. 2016 and Schoenholz et al. 2017 (length map, fixed points); Hayou et al. 2019 (ReLU with biases).
"""

from dataclasses import replace

from flint import arb
from sympy import Expr, Function, Integer, Poly, Pow, Symbol, cancel, cos, solve, together

from numerics.balls import bits_of, evaluate
from numerics.fixed_points import attracted_to, isolate
from proofs_check.limits.fixed_map import analyse
from proofs_check.limits.maps import Local, Map, is_continuous, local
from proofs_check.limits.moving import with_moving_lengths
from proofs_check.limits.result import DepthLimit, LengthPoint, Letter
from proofs_check.limits.small_steps import SmallSteps, analyse_small_steps
from proofs_check.limits.vanishing import slope_at_zero, vanishing
from proofs_check.signs import sign_of
from theory.algebra import Answer, is_zero
from theory.errors import NtkproofError
from theory.forms import shorter
from theory.moments import GaussianMean, GaussianPair
from theory.recursion import KernelRecursion
from theory.series import NoSeries, PowerSeries, expand_in, vanishes
from theory.symbols import c, depth, layer, length, length1, length2, nngp, ntk, ntk_diagonal, theta

length_star = Symbol("q_star", positive=True)
"""The length to which the inputs tend."""
CELLS = 600
"""Cells into which the lengths are cut at most."""
_small = Symbol("eps", positive=True)
"""1/q for a growing length."""


def analyse_lengths(recursion: KernelRecursion, base: DepthLimit, orders: int, digits: int) -> DepthLimit:
    """The fate of a network whose recursion is the same in every layer, but involves the lengths."""
    image = recursion.length_next
    affine = _affine(image)
    starts = recursion.length_initial
    if affine is not None:
        bias, weight = affine
        side = sign_of(weight - 1, {})
        if side is None:
            return replace(base, status="OPEN", reason="whether the lengths grow is not decided")
        if side < 0 or (side == 0 and sign_of(bias, {}) == 0):
            star = shorter(bias / (1 - weight)) if side < 0 else starts[0]
            if sign_of(star, {}) != 1:
                return replace(base, status="OPEN", reason="the lengths tend to 0")
            return _at_fixed_length(recursion, base, star, (), orders, digits, slope=weight)
        return growing(recursion, base, bias, weight)
    base = replace(base, lengths=fixed_lengths(image, digits))
    if slope_at_zero(image) == 0:
        return vanishing(recursion, base)
    bits = bits_of(max(digits, 30)) + 64
    try:
        found = [
            attracted_to(image, image.diff(length), length, evaluate(start, {}, digits=bits // 3), bits)
            for start in starts
        ]
    except NtkproofError as failure:
        return replace(base, status="OPEN", reason=f"the lengths were not enclosed: {failure}")
    ball, other = found
    if ball is None or other is None:
        return vanishing(recursion, base)
    if not ball.overlaps(other):
        return replace(base, status="OPEN", reason="the two inputs tend to different lengths")
    letter = Letter(symbol=length_star, meaning="the length to which q_l tends, a root of Q(q) = q", ball=ball)
    exact = _exact_root(image, ball)
    slope = image.diff(length)
    if exact is not None:
        return _at_fixed_length(recursion, base, exact, (), orders, digits, slope=slope.subs(length, exact))
    return _at_fixed_length(
        recursion, base, length_star, (letter,), orders, digits, slope=slope.subs(length, length_star)
    )


def _affine(image: Expr) -> tuple[Expr, Expr] | None:
    """(b, w) with Q(q) = b + w q."""
    weight = image.diff(length)
    if weight.has(length):
        return None
    return shorter(image.subs(length, 0)), shorter(weight)


def fixed_lengths(image: Expr, digits: int) -> tuple[LengthPoint, ...]:
    """The zeros of Q(q) - q in [2^-10, 2^10], isolated by interval Newton, with their stability.

    Nothing for a map with moments that take a quadrature at each length. A double zero, where the slope is 1, is not isolated.
    """
    if image.has(GaussianMean, GaussianPair):
        return ()
    found = isolate(image - length, length, arb(2) ** -10, arb(2) ** 10, bits_of(digits) + 20, cells=CELLS)
    rows = []
    for ball in found.isolated:
        slope = evaluate(image.diff(length), {length: ball}, digits=digits)
        stability = "stable" if abs(slope) < 1 else "unstable" if abs(slope) > 1 else "not decided"
        rows.append(LengthPoint(length=ball, slope=slope, stability=stability))
    return tuple(rows)


def _exact_root(image: Expr, ball: arb) -> Expr | None:
    """The fixed point as an exact number, where Q is a rational function with rational coefficients."""
    if not image.is_rational_function(length):
        return None
    gap = Poly((image - length).together().as_numer_denom()[0], length)
    if not all(value.is_Rational for value in gap.all_coeffs()):
        return None
    for root in solve(gap.as_expr(), length):
        value = evaluate(root, {})
        if value.is_finite() and value.overlaps(ball):
            return root
    return None


def at_length(recursion: KernelRecursion, value: Expr, letters: tuple[Letter, ...]) -> Map:
    """The recursion in c = K/q and t = Theta/q, from lengths of a value to Q(value).

    Dividing by Q(q*) and not by q*, which is the same number, keeps C(1) = 1 an identity in q*.
    """
    image = recursion.length_next.subs(length, value)
    lengths = {length: value, length1: value, length2: value}
    state = {**lengths, nngp: c * value}
    step = recursion.ntk_next.subs(state)
    slope = step.diff(ntk)
    diagonal = recursion.ntk_diagonal_next.subs(lengths)
    growth = diagonal.diff(ntk_diagonal)
    return Map(
        correlation=recursion.nngp_next.subs(state) / image,
        factor=slope * value / image,
        source=step.subs(ntk, 0) / image,
        initial=recursion.ntk_initial / value,
        diagonal_factor=shorter(growth * value / image),
        diagonal_source=shorter(diagonal.subs(ntk_diagonal, 0) / image),
        diagonal_initial=recursion.ntk_diagonal_initial[0] / value,
        letters=letters,
        steady=False,
        continuous=is_continuous(recursion.network),
    )


def _at_fixed_length(
    recursion: KernelRecursion,
    base: DepthLimit,
    value: Expr,
    letters: tuple[Letter, ...],
    orders: int,
    digits: int,
    slope: Expr,
) -> DepthLimit:
    starts = recursion.length_initial
    base = replace(
        base,
        length=value,
        length_slope=shorter(slope),
        letters=(*base.letters, *letters),
        notes=(
            *base.notes,
            "The lengths tend to a fixed point; constants in front depend on the lengths of the inputs.",
        ),
    )
    found = with_moving_lengths(recursion, analyse(at_length(recursion, value, letters), base, orders, digits), digits)
    if is_zero(starts[0] - starts[1]) is not Answer.YES and found.phase != "chaotic":
        # inputs of two lengths: c = 1 is no state they can be in before the lengths agree
        found = replace(found, leading_correction=None, angle_rate=None)
    return found


def growing(recursion: KernelRecursion, base: DepthLimit, bias: Expr, weight: Expr) -> DepthLimit:
    r"""Q = w q + b with w >= 1: q_l -> oo, and eps = 1/q.

    C(c, q) = C_0(c) + eps C_1(c) + ..., and likewise for the NTK divided by the length. At c = 1, in the local variable x of
    C_0, which is critical: x' = x - a x^2 - k eps x, F = 1 - p eps - m a x, S = S_0. For w > 1 eps_l decays exponentially and
    changes constants only. For w = 1 eps_l ~ 1/(b l): x_l ~ s/l solves -s = -a s^2 - (k/b) s, so a s = 1 - k/b; then
    t ~ tau l with tau (1 + p/b + m a s) = S_0, and at one input tau_d (1 + p/b) = S_0. So with d = k/b, P = p/b

        normalised NTK -> (1 + P)/(1 + P + m (1 - d)).
    """
    limit_map, change = _in_small(recursion)
    if is_zero(limit_map.correlation - c) is Answer.YES:
        if sign_of(weight - 1, {}) != 0 or is_zero(limit_map.factor - 1) is not Answer.YES:
            return replace(
                base, status="OPEN", reason="the lengths grow exponentially, and the map tends to the identity"
            )
        return analyse_small_steps(_in_layers(limit_map, change, bias), base)
    try:
        near = local(limit_map, 5)
        slope = _linear(change.correlation, near) if sign_of(weight - 1, {}) == 0 else Integer(0)
    except NoSeries as failure:
        return replace(
            base, status="OPEN", reason=f"the lengths grow, and the map has no expansion at c = 1: {failure}"
        )
    if near.step is None or sign_of(near.chi - 1, {}) != 0 or sign_of(limit_map.diagonal_factor - 1, {}) != 0:
        return replace(base, status="OPEN", reason="the lengths grow, and the limiting map is not critical")
    a = shorter(-near.step[2])
    if sign_of(a, {}) != 1:
        return replace(base, status="OPEN", reason="the lengths grow, and the second order at c = 1 has no proved sign")
    m = shorter(-near.factor[1] / a)
    faster = sign_of(weight - 1, {}) == 1
    d = Integer(0) if faster else shorter(slope / bias)
    p = Integer(0) if faster else shorter(-change.diagonal_factor / bias)
    ratio = shorter((1 + p) / (1 + p + m * (1 - d)))
    first = shorter((1 - d) / a) / depth
    base = replace(
        base,
        phase="critical",
        chi=Integer(1),
        fixed_point=Integer(1),
        rate=Integer(1),
        variable=near.variable,
        angle_rate=first if near.variable == "angle" else (2 * first) ** (Integer(1) / 2),
        ntk_limit=ratio,
        notes=(*base.notes, "The lengths grow without bound; the map of the correlation tends to a critical one."),
    )
    if not faster:
        return base
    # with a bias no map before the limit is even or odd: opposite inputs go the way of the others
    steady = analyse(limit_map, base, 2, 30)
    exceptions = steady.exceptions if bias == 0 else ()
    return replace(base, leading_correction=steady.leading_correction, exceptions=exceptions)


def _in_layers(limit_map: Map, change: Map, bias: Expr) -> SmallSteps:
    """The steps of size eps_l = 1/q_l, q_l = b l (1 + O(log(l)/l)), of a map that tends to the identity."""
    return SmallSteps(
        step=change.correlation,
        loss=-change.factor,
        source=change.source,
        level=limit_map.source,
        initial=Integer(0),
        diagonal_loss=-change.diagonal_factor,
        diagonal_source=change.diagonal_source,
        diagonal_level=limit_map.diagonal_source,
        diagonal_initial=Integer(0),
        size=1 / (bias * layer),
    )


def _in_small(recursion: KernelRecursion) -> tuple[Map, Map]:
    """The recursion in c and t = Theta/q at q = 1/eps: its limit, and the derivative in eps at 0."""
    at = at_length(recursion, 1 / _small, ())

    def part(expression: Expr, order: int) -> Expr:
        simple = together(_inside_out(expression))
        for _ in range(order):
            simple = simple.diff(_small)
        return shorter(simple.subs(_small, 0))

    pieces = {
        "correlation": at.correlation,
        "factor": at.factor,
        "source": at.source,
        "diagonal_factor": at.diagonal_factor,
        "diagonal_source": at.diagonal_source,
    }
    start = {"initial": Integer(0), "diagonal_initial": Integer(0)}
    limits, changes = ({name: part(e, order) for name, e in pieces.items()} for order in (0, 1))
    return Map(**limits, **start, steady=False), Map(**changes, **start, steady=False)


def _inside_out(expression: Expr) -> Expr:
    """With the arguments of functions and the radicands over one denominator, so that eps can be set to 0 in them."""
    if not expression.args or not expression.has(_small):
        return expression
    arguments = [_inside_out(argument) for argument in expression.args]
    if isinstance(expression, Function) or (isinstance(expression, Pow) and not expression.exp.is_Integer):
        arguments[0] = cancel(together(arguments[0]))
    return expression.func(*arguments)


def _linear(change: Expr, near: Local) -> Expr:
    """k: the coefficient of x in the change of x' by eps, with the sign reversed; change is that of C."""
    x = PowerSeries.variable(8)
    if near.variable == "1 - c":
        return shorter(expand_in(change, {c: 1 - x})[1])
    inside = expand_in(change, {c: expand_in(cos(theta), {theta: x})})
    if not vanishes(inside[1]):
        raise NoSeries("the change of the map has a kink at c = 1")
    # x' = arccos(C): dx' = -dC/sin(x'), and dC = 2 k' u, u = x^2/2
    return shorter(inside[2])


__all__ = ["analyse_lengths", "at_length", "growing"]
