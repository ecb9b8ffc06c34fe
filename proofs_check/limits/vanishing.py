r"""Networks whose lengths tend to 0, where the layers tend to the identity: Q'(0) = 1, q_l ~ (k a l)^(-1/k).

    psi odd       the steps of c are O(q^2k), and sum q_l^2k converges: c_L -> c_inf, which depends on the inputs, and
                  N_L -> c_inf; with rho = rho_k (``theory.small_lengths``) at c_inf,
                      c_L - c_inf ~ -rho/L,      N_L - c_inf ~ (c rho' - c rho'(1) - rho) log(L)/L
    psi'' != 0    the steps of c are q e (1 - c)(1 - 2c), and sum q_l diverges: c_L -> 1/2, and with p = e/a
                      N_L -> (1 - p)/(2 (1 + p)) for p < 1, else 0

At given inputs c_inf is a ball (``numerics.vanishing``).

Source. docs/depth-limits.md, Theorem 13; the class K* = 0 of Roberts, Yaida and Hanin 2022.
"""

from dataclasses import replace

from sympy import Expr, Integer, Rational, factor, log

from numerics.vanishing import correlation_limit, tends_to_zero
from proofs_check.limits.result import DepthLimit, Exception_, Letter
from proofs_check.limits.schedules import corr_limit
from proofs_check.signs import sign_of
from theory.algebra import Answer, is_zero
from theory.errors import NtkproofError
from theory.forms import shorter
from theory.recursion import KernelRecursion
from theory.small_lengths import Germ, drift, feeds_all, germ_of
from theory.symbols import c, depth, length


def vanishing(recursion: KernelRecursion, base: DepthLimit) -> DepthLimit:
    """The fate of a network of whose lengths no positive fixed point was reached."""
    image = recursion.length_next
    side = slope_at_zero(image)
    falling = all(sign_of(image.subs(length, start) - start) == -1 for start in recursion.length_initial)
    if side is None or side > 0 or not falling:
        return replace(base, status="OPEN", reason="the lengths were not proved to converge to a fixed point")
    base = replace(base, length=Integer(0), length_slope=shorter(image.diff(length).subs(length, 0)), theorem="13")
    germ = germ_of(recursion) if side == 0 else None
    failure = _failing(recursion, germ)
    if failure is not None:
        return replace(
            base, status="OPEN", reason=f"the lengths may tend to 0, where the map is the identity: {failure}"
        )
    assert germ is not None
    return _to_inputs(germ, base) if germ.odd else _to_one_half(germ, base)


def slope_at_zero(image: Expr) -> int | None:
    """The sign of Q'(0) - 1 where Q(0) = 0; None where 0 is no fixed point, or the sign is not decided."""
    if is_zero(image.subs(length, 0)) is not Answer.YES:
        return None
    slope = image.diff(length).subs(length, 0)
    return sign_of(slope - 1, {}) if slope.is_finite is not False else None


def _failing(recursion: KernelRecursion, germ: Germ | None) -> str | None:
    """The hypothesis of Theorem 13 that fails, as half a sentence."""
    starts = recursion.length_initial
    if germ is None:
        return "the layers are not one nonlinearity, odd or with a quadratic term at 0, between matrices without bias"
    if is_zero(starts[0] - starts[1]) is not Answer.YES:
        return "the inputs have two lengths, and Theorem 13 is for one"
    if sign_of(germ.slope) != 1:
        return "the second order of the lengths at 0 has no proved sign"
    if not feeds_all(recursion):
        return "what feeds the NTK is no combination of K and K A with weights >= 0"
    try:
        proved = tends_to_zero(recursion.length_next, starts[0], germ.psi, germ.power, odd=germ.odd)
    except NtkproofError:
        proved = False
    return None if proved else "that they do was not proved"


def _to_inputs(germ: Germ, base: DepthLimit) -> DepthLimit:
    """Part 1: the correlation has a limit of its own for all inputs."""
    rho = drift(germ.power)
    slope = rho.diff(c)
    behind = factor((c * slope - c * slope.subs(c, 1) - rho).subs(c, corr_limit))
    first = factor(-rho.subs(c, corr_limit))
    return replace(
        base,
        germ=germ,
        fixed_point=corr_limit,
        ntk_limit=corr_limit,
        leading_correction=behind * log(depth) / depth,
        exceptions=(
            Exception_(corr=Integer(-1), limit=Integer(-1), reason="opposite inputs stay opposite"),
            Exception_(corr=Integer(0), limit=Integer(0), reason="orthogonal inputs stay orthogonal"),
        ),
        letters=(*base.letters, Letter(symbol=corr_limit, meaning="lim c_L, which depends on the inputs")),
        notes=(
            *base.notes,
            f"{_lengths(germ)} The layers tend to the identity so fast that nothing degenerates: c_L tends to c_inf, with "
            f"c_L - c_inf ~ {first}/L, and so does the normalised NTK.",
        ),
    )


def _lengths(germ: Germ) -> str:
    rate = shorter(germ.power * germ.slope) * depth
    return f"The lengths tend to 0 like {1 / rate if germ.power == 1 else (1 / rate) ** Rational(1, germ.power)}."


def _to_one_half(germ: Germ, base: DepthLimit) -> DepthLimit:
    """Part 2: c = 1/2 attracts every -1 <= c < 1."""
    side = sign_of(germ.bend - germ.slope)
    if side is None:
        return replace(
            base, status="OPEN", reason="the lengths tend to 0, and whether e < a in Theorem 13 is not decided"
        )
    share = shorter(germ.bend / germ.slope)
    return replace(
        base,
        fixed_point=Rational(1, 2),
        ntk_limit=shorter((1 - share) / (2 * (1 + share))) if side < 0 else Integer(0),
        notes=(
            *base.notes,
            f"{_lengths(germ)} There c' = c + q e (1 - c)(1 - 2c) + O(q^2), and sum q_l diverges: c_L tends to 1/2, and "
            f"e/a = {share} decides the NTK.",
        ),
    )


def at_inputs(found: DepthLimit, corr: Expr, digits: int) -> DepthLimit:
    """The limit for inputs of one correlation, as a ball."""
    germ: Germ = found.germ
    ball = correlation_limit(found.network, germ.psi, germ.power, corr, digits=digits)
    if ball is None:
        return replace(found, status="OPEN", reason="the layers were not followed to small lengths at these inputs")
    letters = tuple(replace(one, ball=ball) if one.symbol == corr_limit else one for one in found.letters)
    return replace(found, letters=letters)


__all__ = ["at_inputs", "slope_at_zero", "vanishing"]
