"""The kernel recursion as it is iterated: a map of the correlation, and an affine map of the NTK.

    c_l = C(c_{l-1}),   t_l = F(c_{l-1}) t_{l-1} + S(c_{l-1}),   coefficients in the lengths q1, q2 and the layer l.

Where ``theory.recursion.correlation_form`` exists, t is Theta divided by the length and no length occurs. Otherwise t
is Theta, and K = c sqrt(q1 q2) is put into the kernel recursion; the lengths run beside it. The domain is then the
box -1 <= c <= 1, which is convex: mean values may be taken along segments.

Structural facts are decided here by exact substitution, once: whether c = 1, 0, -1 are mapped to one of these numbers.
"""

from dataclasses import dataclass
from functools import lru_cache

from sympy import (
    Expr,
    Integer,
    Pow,
    Rational,
    Symbol,
    acos,
    asin,
    cancel,
    expand,
    factor,
    factor_terms,
    fraction,
    nan,
    oo,
    perfect_power,
    pi,
    sqrt,
    together,
    zoo,
)

from numerics.compile import Held
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.errors import InputError
from theory.forms import shorter
from theory.network import Network
from theory.recursion import correlation_form, derive, hide_constants

SPECIAL = (1, 0, -1)
"""Correlations at which the recursion may stay exact."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """The recursion in c and t; expressions in c, q1, q2 (both absent where ``lengths`` is None), l and L.

    corr, factor, source             C, F, S above
    corr_slope, factor_slope, source_slope   their derivatives in c
    corr_initial, ntk_initial        at depth 0, in the correlation c of the inputs
    diagonal_factor, diagonal_source, diagonal_initial   the same at one input, in q
    lengths, length_slope            q_l as a function of q, and its derivative; None where t is divided by it
    length_initial                   q_0 at each input
    growth, size                     q_l / q_{l-1} and sqrt(q1 q2) at depth 0, where t is divided by the length
    equal                            whether both inputs have one length, so that c = 1 means equal inputs
    special                          for c = 1, 0, -1 the number among these to which it is mapped, or None
    """

    network: Network
    corr: Expr
    factor: Expr
    source: Expr
    corr_slope: Expr
    factor_slope: Expr
    source_slope: Expr
    corr_initial: Expr
    ntk_initial: Expr
    diagonal_factor: Expr
    diagonal_source: Expr
    diagonal_initial: tuple[Expr, Expr]
    lengths: Expr | None
    length_slope: Expr
    length_initial: tuple[Expr, Expr]
    growth: Expr
    size: Expr
    equal: bool
    special: tuple[int | None, int | None, int | None]

    def to(self, corr: int) -> int | None:
        """The image of c = 1, 0 or -1 where it is one of these numbers."""
        return self.special[SPECIAL.index(corr)]

    @property
    def coefficients(self) -> tuple[Expr, ...]:
        """All expressions that are iterated."""
        return (self.corr, self.factor, self.source, self.diagonal_factor, self.diagonal_source, self.growth) + (
            () if self.lengths is None else (self.lengths,)
        )

    @property
    def depends_on_depth(self) -> bool:
        """Whether the coefficients contain L, so that each depth is a network of its own."""
        initial = (self.corr_initial, self.ntk_initial, *self.diagonal_initial, *self.length_initial, self.size)
        return any(e.has(symbols.depth) for e in (*self.coefficients, *initial))


@lru_cache(maxsize=256)
def model(network: Network) -> Model:
    """The model of a network without free parameters.

    raises  InputError where a parameter is left open; what ``derive`` raises
    """
    if network.parameters:
        names = ", ".join(sorted(map(str, network.parameters)))
        raise InputError(f"network={network.name}: {names} has no value; numbers need every parameter")
    recursion = derive(network)
    form = correlation_form(network)
    q1, q2 = recursion.length_initial
    if form is not None:
        corr, factor_, source = form.correlation, form.factor, form.source
        special = _special(corr, equal=True)
        return Model(
            network=network,
            corr=_ready(corr),
            factor=_ready(factor_),
            source=_ready(source),
            corr_slope=_slope(corr),
            factor_slope=_slope(factor_),
            source_slope=_slope(source),
            corr_initial=shorter(recursion.nngp_initial / form.length),
            ntk_initial=form.initial,
            diagonal_factor=form.diagonal_factor,
            diagonal_source=form.diagonal_source,
            diagonal_initial=(form.diagonal_initial, form.diagonal_initial),
            lengths=None,
            length_slope=Integer(0),
            length_initial=(q1, q2),
            growth=form.growth,
            size=form.length,
            equal=True,
            special=special,
        )
    equal = q1 == q2
    lengths = {symbols.length1: symbols.length, symbols.length2: symbols.length} if equal else {}
    after1 = recursion.length_next.subs(symbols.length, symbols.length if equal else symbols.length1)
    after2 = recursion.length_next.subs(symbols.length, symbols.length if equal else symbols.length2)
    root = symbols.length if equal else sqrt(symbols.length1) * sqrt(symbols.length2)

    def put(expression: Expr) -> Expr:
        return expression.subs(lengths, simultaneous=True).subs(symbols.nngp, symbols.c * root)

    corr = shorter(put(recursion.nngp_next) / (after1 if equal else sqrt(after1) * sqrt(after2)))
    source = shorter(put(recursion.ntk_next.subs(symbols.ntk, 0)))
    factor_ = shorter(put(recursion.ntk_next.diff(symbols.ntk)))
    return Model(
        network=network,
        corr=_ready(corr),
        factor=_ready(factor_),
        source=_ready(source),
        corr_slope=_slope(corr),
        factor_slope=_slope(factor_),
        source_slope=_slope(source),
        corr_initial=shorter(recursion.nngp_initial / sqrt(q1 * q2)),
        ntk_initial=recursion.ntk_initial,
        diagonal_factor=shorter(recursion.ntk_diagonal_next.diff(symbols.ntk_diagonal)),
        diagonal_source=shorter(recursion.ntk_diagonal_next.subs(symbols.ntk_diagonal, 0)),
        diagonal_initial=recursion.ntk_diagonal_initial,
        lengths=recursion.length_next,
        length_slope=shorter(recursion.length_next.diff(symbols.length)),
        length_initial=(q1, q2),
        growth=Integer(1),
        size=sqrt(q1 * q2),
        equal=equal,
        special=_special(corr, equal=equal),
    )


def _ready(expression: Expr) -> Expr:
    """The form that is evaluated."""
    letters: dict[Expr, Symbol] = {}
    raw = hide_constants(expression, letters)
    found = _roots_apart(raw)
    return _shown(found, letters) if _equal(found, raw) else expression


def _shown(expression: Expr, letters: dict[Expr, Symbol]) -> Expr:
    """The expression with its constants for their letters."""
    return expression.xreplace({letter: constant for constant, letter in letters.items()})


def _slope(expression: Expr) -> Expr:
    """The derivative in c; terms with 1/sqrt(1 - c^2) that cancel must be gone, or bounds near c = 1 are lost."""
    letters: dict[Expr, Symbol] = {}
    raw = hide_constants(expression, letters).diff(symbols.c)
    regular = letters and not any(_shown(raw.subs(symbols.c, end), letters).has(nan, oo, zoo) for end in (1, -1))
    return _shown(raw if regular else _slope_without_poles(raw), letters)


def _slope_without_poles(raw: Expr) -> Expr:
    cancelled = _without_root_below(raw)
    found = _roots_apart(cancelled) if cancelled is not None else _roots_apart(shorter(raw))
    return found if _equal(found, raw) else raw


def _without_root_below(expression: Expr) -> Expr | None:
    """The expression in c and s = sqrt(1 - c^2) with c^2 = 1 - s^2, if s cancels from the denominator; else None."""
    c, s = symbols.c, Symbol("s_root", positive=True)

    def root(node: Expr) -> Expr:
        ratio = cancel(node.base / (1 - c**2))
        return Pow(ratio, node.exp) * s ** (2 * node.exp) if ratio.is_positive and not ratio.has(c) else node

    def is_root(node: Expr) -> bool:
        return isinstance(node, Pow) and node.exp.is_Rational and node.exp.q == 2 and node.has(c)

    in_root = expression.replace(is_root, root)
    if not in_root.has(s) or in_root.has(sqrt(1 - c**2)):
        return None

    def is_power(node: Expr) -> bool:
        return isinstance(node, Pow) and node.base == c and node.exp.is_Integer and node.exp > 1

    def reduced(part: Expr) -> Expr:
        return expand(part).replace(is_power, lambda node: (1 - s**2) ** (node.exp // 2) * c ** (node.exp % 2))

    top, bottom = fraction(together(in_root))
    quotient = cancel(expand(reduced(top)) / expand(reduced(bottom)))
    return None if fraction(quotient)[1].has(s) else quotient.subs(s, sqrt((1 - c) * (1 + c)))


def _equal(one: Expr, other: Expr) -> bool:
    return is_zero(one - other) is Answer.YES


def _roots_apart(expression: Expr) -> Expr:
    """sqrt(q1 q2 - c^2 q1 q2) as sqrt(q1) sqrt(q2) sqrt((1 - c)(1 + c)): no cancellation near c = 1 or -1."""

    def root(node: Expr) -> Expr:
        return _signed(factor(node.base), node.exp)

    return expression.replace(
        lambda node: isinstance(node, Pow) and node.exp.is_Rational and node.exp.q == 2 and node.has(symbols.c), root
    )


def _signed(base: Expr, exponent: Rational) -> Expr:
    """A power of -(c - 1)(c + 1) r with the factors written 1 - c and 1 + c."""
    c = symbols.c
    flat = (1 - c) * (1 + c)
    ratio = cancel(base / flat)
    if ratio.has(c) or not ratio.is_positive:
        return Pow(base, exponent)
    return Pow(ratio, exponent) * Pow(flat, exponent, evaluate=False)


def _special(corr: Expr, *, equal: bool) -> tuple[int | None, int | None, int | None]:
    images: list[int | None] = []
    for at in SPECIAL:
        if at == 1 and equal:
            images.append(1)  # equal inputs stay equal
            continue
        value = _reflected(corr.subs(symbols.c, at))
        images.append(next((to for to in SPECIAL if is_zero(value - to) is Answer.YES), None))
    return images[0], images[1], images[2]


def _reflected(expression: Expr) -> Expr:
    """With acos(-a) = pi - acos(a) and asin(-a) = -asin(a), so that odd and even activations are seen at c = -1."""

    def mirror(node: Expr) -> Expr:
        argument = node.args[0]
        if not argument.could_extract_minus_sign():
            return node
        return pi - acos(-argument) if isinstance(node, acos) else -asin(-argument)

    return expression.replace(lambda node: isinstance(node, acos | asin), mirror)


@lru_cache(maxsize=512)
def about_one(expression: Expr) -> Expr:
    """The expression as 1 + r with r over one denominator, where l occurs in it and algebra finds both equal.

    (pi l - acos(c))/(pi (l + 1)) on an interval of layers is as wide as the interval; 1 - acos(c)/(pi (l + 1)) is not.
    """
    if not expression.has(symbols.layer):
        return expression
    one_base = expression.replace(_is_perfect, _to_least_base)
    top, bottom = fraction(together(one_base - 1))
    rest = factor_terms(expand(top)) / bottom
    return 1 + rest if _equal(1 + rest, one_base) else expression


def _is_perfect(node: Expr) -> bool:
    return isinstance(node, Pow) and node.base.is_Integer and node.exp.has(symbols.layer) and perfect_power(node.base)


def _to_least_base(node: Expr) -> Expr:
    """4^l as 2^(2 l): simplification leaves both, and no algebra finds them equal."""
    base, power = perfect_power(node.base)
    return Pow(base, power * node.exp)


def at_depth(expression: Expr, depth: int) -> Expr:
    """The expression with the number of layers held in it; at depth 0 no layer is used, and any number does."""
    return expression.subs(symbols.depth, Held(max(depth, 1))) if expression.has(symbols.depth) else expression


LAYER_AND_LENGTHS: tuple[Symbol, ...] = (symbols.layer, symbols.length, symbols.length1, symbols.length2)
"""What the coefficients may depend on besides c."""
