r"""How a function of x behaves at +oo and at -oo: its expansion in powers of 1/x, up to what is exponentially small.

Each part u(x) of the expression, as x -> oo, is written as

    u = exp(P(x)) (a_v x^v + a_{v-1} x^(v-1) + ... + O(x^cut)),      P a polynomial without constant term.

Sums keep the summand with the largest exponential: what it dominates is smaller than each power of x relative to it.
Products, powers, exponentials and logarithms have one rule each; tanh, sinh and cosh are exponentials; erf(u) is +-1 where
u -> +-oo; a function analytic at the limit of a bounded u is expanded by Taylor's formula. At -oo the function of -x is
expanded.

What can go wrong. ``NoTail``: oscillation, logarithms of x, fractional powers, a cancellation beyond the terms that are
kept, or a sign that was not decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Poly,
    Pow,
    Symbol,
    atan,
    cosh,
    erf,
    erfc,
    exp,
    expand,
    factorial,
    log,
    pi,
    sign,
    sinh,
    tanh,
)

from theory.activations import Activation, derivative, in_signs
from theory.algebra import Answer, is_zero
from theory.constants import exact_sign
from theory.errors import NoClosedForm
from theory.gaussian import normal_form
from theory.symbols import x

TERMS = 6
"""Powers that are kept behind the first."""
_FAR = -1000
"""O(x^_FAR) stands for what is smaller than each power."""


class NoTail(Exception):
    """What has no such expansion, as the end of a sentence."""


@dataclass(frozen=True, kw_only=True)
class Tail:
    """The behaviour on one side, with t = |x|: exp(exponent(t)) (sum of coefficients[i] t^(order - i) + O(t^cut))."""

    exponent: Expr = Integer(0)
    order: int = 0
    coefficients: tuple[Expr, ...] = ()
    cut: int = _FAR

    def at(self, power: int) -> Expr:
        """The coefficient of t^power."""
        index = self.order - power
        return self.coefficients[index] if 0 <= index < len(self.coefficients) else Integer(0)

    @property
    def vanishes(self) -> bool:
        """Whether no term is known: smaller than t^cut."""
        return not self.coefficients


@dataclass(frozen=True, kw_only=True)
class Ends:
    """phi(x) = slopes x + levels + O(1/x) at -oo and +oo, each pair in this order; ``smooth`` as below.

    smooth  whether phi'(x) = slope + O(1/x), so that phi' - slope is square-integrable there
    """

    slopes: tuple[Expr, Expr]
    levels: tuple[Expr, Expr]
    smooth: bool


@lru_cache(maxsize=256)
def ends_of(activation: Activation) -> Ends:
    """The asymptotes of an activation.

    raises  NoTail where it has none, or none that the rules find

    >>> from theory.activations import activation
    >>> ends_of(activation("softplus")).slopes, ends_of(activation("tanh")).levels
    ((0, 1), (-1, 1))
    """
    slopes, levels = [], []
    for side in (-1, 1):
        found = tail(activation.expression, side)
        if found.exponent != 0 or found.order > 1 or found.cut > -1:
            raise NoTail(f"{activation.expression} has no asymptote that is a line")
        slopes.append(side * found.at(1))
        levels.append(found.at(0))
    smooth = True
    for side, slope in zip((-1, 1), slopes, strict=True):
        try:
            found = tail(derivative(activation), side)
        except NoTail:
            smooth = False
            continue
        smooth = smooth and found.exponent == 0 and found.order <= 0 and found.cut <= -1
        smooth = smooth and is_zero(found.at(0) - slope) is Answer.YES
    return Ends(slopes=(slopes[0], slopes[1]), levels=(levels[0], levels[1]), smooth=smooth)


def powers_of(activation: Activation) -> tuple[int, Expr, Expr] | None:
    """(p, a, b) with phi(x) ~ a |x|^p at -oo and b |x|^p at +oo, p > 1 the larger of the two powers; None for others.

    >>> from theory.activations import activation
    >>> powers_of(activation("relu_power:2")), powers_of(activation("relu"))
    ((2, 0, 1), None)
    """
    try:
        ends = [tail(activation.expression, side) for side in (-1, 1)]
    except NoTail:
        return None
    power = max(one.order for one in ends)
    if power <= 1 or any(one.exponent != 0 or one.cut >= power for one in ends):
        return None
    return power, ends[0].at(power), ends[1].at(power)


def oscillation(activation: Activation) -> tuple[Expr, Expr] | None:
    """Mean and mean square over the line of a sum of sines and cosines; None for other functions.

    >>> from theory.activations import activation
    >>> oscillation(activation("sin")), oscillation(activation("tanh"))
    ((0, 1/2), None)
    """
    try:
        terms = normal_form(in_signs(activation.expression), activation.name)
    except NoClosedForm:
        return None
    mean, square = Integer(0), Integer(0)
    for kind, powers in terms.items():
        wave = kind.b == 0 or (kind.b.is_imaginary and not kind.b.is_zero)
        if kind.a != 0 or kind.half is not None or set(powers) - {0} or not wave:
            return None
        value = powers.get(0, Integer(0))
        mean += value if kind.b == 0 else 0
        square += expand(value * value.conjugate())
    return mean, square


def tail(expression: Expr, side: int) -> Tail:
    """The expansion in t = |x| as x -> side oo.

    raises  NoTail

    >>> tail(x / (1 + exp(-x)), 1).coefficients
    (1,)
    """
    inside = in_signs(expression).subs(x, side * _t)
    return _settled(_read(inside))


_t = Symbol("t", positive=True)


def _read(node: Expr) -> Tail:
    if not node.has(_t):
        return _powers(0, [node])
    if node == _t:
        return Tail(order=1, coefficients=(Integer(1),))
    if isinstance(node, Add):
        return _sum([_read(argument) for argument in node.args])
    if isinstance(node, Mul):
        result = _read(node.args[0])
        for argument in node.args[1:]:
            result = _times(result, _read(argument))
        return result
    if isinstance(node, exp):
        return _exponential(_read(node.args[0]), node)
    if isinstance(node, Pow) and node.exp.is_Rational:
        return _power(_read(node.base), node.exp, node)
    if isinstance(node, sinh | cosh):
        return _read(node.rewrite(exp))
    if isinstance(node, tanh):
        twice = exp(2 * node.args[0])
        inner = _read(node.args[0])
        # the exponential that decays, so that the other is 1
        if _grows(inner) == 1:
            return _read((1 - 1 / twice) / (1 + 1 / twice))
        return _read((twice - 1) / (twice + 1))
    if isinstance(node, log):
        return _logarithm(_read(node.args[0]), node)
    if isinstance(node, sign):
        inner = _read(node.args[0])
        if inner.vanishes:
            raise NoTail(f"the sign of {node.args[0]} far out is not decided")
        return _powers(0, [Integer(_sign(inner.coefficients[0]))])
    return _function(node)


def _powers(order: int, coefficients: Sequence[Expr], cut: int = _FAR) -> Tail:
    """Leading zeros are dropped, terms below the cut too."""
    kept = [expand(value) for value in coefficients[: max(order - cut, 0)]]
    while kept and is_zero(kept[0]) is Answer.YES:
        kept.pop(0)
        order -= 1
    while kept and kept[-1] == 0:
        kept.pop()
    if len(kept) > TERMS:
        kept, cut = kept[:TERMS], max(cut, order - TERMS)
    return Tail(order=order if kept else 0, coefficients=tuple(kept), cut=cut)


def _sign(value: Expr) -> int:
    found = exact_sign(value)
    if not found:
        raise NoTail(f"the sign of {value} is not decided")
    return found


def _grows(value: Tail) -> int:
    """1 or -1 where u -> +-oo, 0 where it is bounded."""
    if value.exponent != 0:
        leading = Poly(value.exponent, _t).LC()
        if _sign(leading) < 0:
            return 0
        if value.vanishes:
            raise NoTail("a cancellation of exponentials")
        return _sign(value.coefficients[0])
    return _sign(value.coefficients[0]) if value.coefficients and value.order > 0 else 0


def _settled(value: Tail) -> Tail:
    """An exponentially small function is 0, up to what is smaller than each power."""
    if value.exponent != 0 and _sign(Poly(value.exponent, _t).LC()) < 0:
        return Tail()
    return value


def _sum(parts: list[Tail]) -> Tail:
    top = parts[0].exponent
    for part in parts[1:]:
        difference = expand(part.exponent - top)
        if difference != 0 and _sign(Poly(difference, _t).LC()) > 0:
            top = part.exponent
    same = [part for part in parts if expand(part.exponent - top) == 0]
    known = [part for part in same if part.coefficients]
    cut = max(part.cut for part in same)
    if not known:
        return Tail(exponent=top, cut=cut)
    order = max(part.order for part in known)
    least = min(part.order - len(part.coefficients) for part in known)
    found = _powers(order, [sum((p.at(k) for p in known), Integer(0)) for k in range(order, least, -1)], cut)
    return Tail(exponent=top, order=found.order, coefficients=found.coefficients, cut=found.cut)


def _times(one: Tail, other: Tail) -> Tail:
    exponent = expand(one.exponent + other.exponent)
    if one.vanishes or other.vanishes:
        if (one.exponent, other.exponent) != (0, 0):
            bounded, factor = (one, other) if one.vanishes else (other, one)
            if _grows(factor) or bounded.exponent != 0:
                raise NoTail("a product of an exponential and of what is not known to that order")
        heights = [part.order if part.coefficients else part.cut for part in (one, other)]
        return Tail(cut=max(sum(heights), _FAR))
    order = one.order + other.order
    cut = max(one.order + other.cut, other.order + one.cut, _FAR)
    count = min(len(one.coefficients) + len(other.coefficients) - 1, max(order - cut, 0))
    rows = [
        sum((one.at(one.order - i) * other.at(other.order - k + i) for i in range(k + 1)), Integer(0))
        for k in range(count)
    ]
    found = _powers(order, rows, cut)
    return Tail(exponent=exponent, order=found.order, coefficients=found.coefficients, cut=found.cut)


def _small(value: Tail) -> Tail:
    """The part of a function without exponential that tends to 0."""
    if value.cut > -1:
        raise NoTail("too few terms of an expansion are known")
    return _powers(-1, [value.at(k) for k in range(-1, -TERMS - 1, -1)], max(value.cut, -TERMS - 1))


def _taylor(coefficients: list[Expr], small: Tail) -> Tail:
    """Sum of a_k u^k for u of order 1/t at most, with as many terms as are kept."""
    total, power = _powers(0, [coefficients[0]]), _powers(0, [Integer(1)])
    for value in coefficients[1:]:
        power = _times(power, small)
        total = _sum([total, _times(_powers(0, [value]), power)])
    return _sum([total, Tail(cut=-len(coefficients))])


def _exponential(inner: Tail, node: Expr) -> Tail:
    inner = _settled(inner)
    if inner.exponent != 0:
        raise NoTail(f"{node} grows or falls faster than each exponential of a polynomial")
    outer = sum((inner.at(k) * _t**k for k in range(1, max(inner.order, 0) + 1)), Integer(0))
    series = _taylor([1 / factorial(k) for k in range(TERMS + 1)], _small(inner))
    scaled = _times(_powers(0, [exp(inner.at(0))]), series)
    return Tail(exponent=expand(outer), order=scaled.order, coefficients=scaled.coefficients, cut=scaled.cut)


def _leading(value: Tail, node: Expr) -> tuple[Expr, Tail]:
    """A_v, and u/(a_v t^v) - 1."""
    if value.vanishes:
        raise NoTail(f"{node} is a quotient, power or logarithm of what is not known to that order")
    first = value.coefficients[0]
    rest = [expand(a / first) for a in value.coefficients[1:]]
    return first, _powers(-1, rest, max(value.cut - value.order, _FAR))


def _power(base: Tail, exponent: Expr, node: Expr) -> Tail:
    if exponent.is_Integer and exponent > 0:
        result = base
        for _ in range(int(exponent) - 1):
            result = _times(result, base)
        return result
    first, small = _leading(base, node)
    if not exponent.is_Integer and _sign(first) < 0:
        raise NoTail(f"{node} is a root of what is negative far out")
    order = exponent * base.order
    if not order.is_Integer:
        raise NoTail(f"{node} grows like a fractional power of x")
    rows, value = [], Integer(1)
    for k in range(TERMS + 1):
        rows.append(value)
        value = value * (exponent - k) / (k + 1)
    series = _taylor(rows, small)
    found = _times(_powers(int(order), [first**exponent]), series)
    return Tail(
        exponent=expand(exponent * base.exponent), order=found.order, coefficients=found.coefficients, cut=found.cut
    )


def _logarithm(inner: Tail, node: Expr) -> Tail:
    first, small = _leading(inner, node)
    if inner.order != 0 or _sign(first) < 0:
        raise NoTail(f"{node} contains a logarithm of x, or of what is negative")
    series = _taylor([Integer(0), *(Integer((-1) ** (k + 1)) / k for k in range(1, TERMS + 1))], small)
    outer = Poly(inner.exponent, _t) if inner.exponent != 0 else None
    rows = [] if outer is None else outer.all_coeffs()[:-1]
    parts = [series, _powers(0, [log(first)])]
    if rows:
        parts.append(_powers(len(rows), [*rows, Integer(0)]))
    return _sum(parts)


def _function(node: Expr) -> Tail:
    """Error function and arctangent, and other functions at a finite limit."""
    inner = _settled(_read(node.args[0]))
    side = _grows(inner)
    if side == 0:
        at = inner.at(0)
        rows, value = [], node.func(_t)
        for k in range(TERMS + 1):
            rows.append(value.subs(_t, at) / factorial(k))
            value = value.diff(_t)
        if not all(row.is_finite for row in rows):
            raise NoTail(f"{node} has no expansion at the limit of its argument")
        return _taylor(rows, _small(inner))
    if isinstance(node, erf):
        return _powers(0, [Integer(side)])
    if isinstance(node, erfc):
        return _powers(0, [Integer(1 - side)])
    if isinstance(node, atan) and inner.exponent == 0:
        inverse = _power(inner, Integer(-1), node)
        series = _taylor([_arctangent(k) for k in range(TERMS + 1)], inverse)
        return _sum([_powers(0, [side * pi / 2]), _times(_powers(0, [Integer(-1)]), series)])
    if isinstance(node, atan):
        return _powers(0, [side * pi / 2])
    raise NoTail(f"{node} has no limit far out that the rules find")


def _arctangent(k: int) -> Expr:
    return Integer((-1) ** (k // 2)) / k if k % 2 else Integer(0)


__all__ = ["Ends", "NoTail", "Tail", "ends_of", "oscillation", "tail"]
