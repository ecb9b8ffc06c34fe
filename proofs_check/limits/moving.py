r"""How fast the correlation settles at c* < 1 while the lengths settle at q*.

c' = C(c, q) and q' = Q(q) with lambda = dC/dc and rho = Q' at (c*, q*), both of modulus below 1, and kappa = dC/dq there. With
d = c - c*, e = q - q*: d' = lambda d + kappa e + ..., e' = rho e + .... Hence (docs/depth-limits.md, Theorem 5)

    kappa = 0, or |rho| < lambda     d_L ~ Q lambda^L
    |rho| > lambda, kappa != 0       d_L ~ kappa R rho^L/(rho - lambda),     R = lim e_L/rho^L

kappa vanishes at c* = 0 for odd activations without bias, where C(0, q) = 0 for every q.
"""

from dataclasses import replace

from sympy import Derivative, Expr, Subs, Symbol, sqrt
from sympy.core.function import ArgumentIndexError

from proofs_check.limits.fixed_map import koenigs_constant
from proofs_check.limits.maps import Names
from proofs_check.limits.result import DepthLimit, Letter
from proofs_check.signs import sign_of
from theory.algebra import Answer, is_zero
from theory.recursion import KernelRecursion
from theory.symbols import c, depth, length, length1, length2, nngp

length_constant = Symbol("R", real=True)
"""lim (q_L - q*)/Q'(q*)^L, which depends on the lengths of the inputs."""
_SETTLES = "lim (c_L - c*)/lambda^L, which depends on the inputs and on how their lengths settle"


def with_moving_lengths(recursion: KernelRecursion, found: DepthLimit, digits: int) -> DepthLimit:
    """The rate and the first term of the angle of a chaotic network whose lengths tend to ``found.length``.

    The rate is the larger of lambda and |rho|; where they were not compared, there is none.
    """
    point, rate, slope, value = found.fixed_point, found.rate, found.length_slope, found.length
    if found.phase != "chaotic" or point is None or rate is None or slope is None or value is None:
        return found
    change = _change(recursion, value, point)
    if point == 0 and change is not None and is_zero(change) is Answer.YES:
        return found
    names = Names(found.balls, digits)
    rho = names.of("rho", slope, "Q'(q*), at which the lengths settle")
    side = sign_of(rho, names.balls)
    if side == 0:
        return found
    size = rho if side == 1 else -rho if side == -1 else None
    order = None if size is None else sign_of(rate - size, names.balls)
    letters = (*found.letters, *names.letters)
    if order == 1:
        known = tuple(
            replace(one, meaning=_SETTLES) if one.symbol == koenigs_constant else one for one in found.letters
        )
        return replace(found, letters=known)
    if order is None or size is None or order == 0:
        note = "Whether the correlation or the lengths settle more slowly is not decided, nor is the rate."
        return replace(found, rate=None, angle_rate=None, notes=(*found.notes, note))
    note = "The lengths settle more slowly than the correlation would, and take it along."
    found = replace(found, rate=size, letters=letters, notes=(*found.notes, note))
    starts = recursion.length_initial
    same = is_zero(starts[0] - starts[1]) is Answer.YES
    if change is None or not same or sign_of(change, names.balls) not in (1, -1):
        return replace(found, angle_rate=None)
    front = names.of("kappa_q", change, "the derivative of C(c*, q) in q at q*")
    first = -front * length_constant * rho**depth / ((rho - rate) * sqrt(1 - point**2))
    drift = Letter(
        symbol=length_constant, meaning="lim (q_L - q*)/Q'(q*)^L, which depends on the lengths of the inputs"
    )
    return replace(found, angle_rate=first, letters=(*found.letters, *names.letters, drift))


def _change(recursion: KernelRecursion, value: Expr, point: Expr) -> Expr | None:
    """Kappa; None where a moment has no derivative in its lengths."""
    image = recursion.nngp_next.subs({length1: length, length2: length, nngp: c * length}, simultaneous=True)
    try:
        found = (image / recursion.length_next).subs(c, point).diff(length)
    except ArgumentIndexError:
        return None
    found = found.subs(length, value)
    return None if found.has(Derivative, Subs) else found


__all__ = ["length_constant", "with_moving_lengths"]
