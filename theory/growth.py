r"""Whether a smooth function of x is defined on the whole real line and square-integrable against Gaussian densities.

Idea. One walk over the expression carries, for each part u(x), an interval of its values on the real line, whether 0
is excluded, and a bound of its growth,

    |u(x)| <= C (1 + |x|)^n            (e = 0)
    |u(x)| <= exp(C (1 + |x|^e))       (0 < e < 2)
    |u(x)| <= C exp(a' x^2), a' > a    (e = 2)

A denominator must not contain 0, the argument of a logarithm or root must be positive: then the function is analytic
near the real line. Polynomials are decided by counting their real roots.

What can go wrong. The intervals forget that parts depend on one x: x - tanh(x) may be anything to them. What is not
shown is refused, and the line says so.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from mpmath.ctx_iv import MPIntervalContext
from sympy import (
    QQ,
    Add,
    Expr,
    Integer,
    Mul,
    Poly,
    Pow,
    Rational,
    acos,
    asin,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    sin,
    sinh,
    tan,
    tanh,
)

from theory.constants import enclose, exact_sign
from theory.errors import InputError
from theory.symbols import x

_IV = MPIntervalContext()
_ALL = _IV.mpf(["-inf", "inf"])
_HALVINGS = 64
MAX_EXPONENT = 100
"""Greatest whole power of a part."""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Interval of the values, whether 0 is none of them, and the growth (e, a, n)."""

    values: Any
    nonzero: bool
    e: Rational = Integer(0)
    a: Expr = Integer(0)
    n: Rational = Integer(0)

    @property
    def positive(self) -> bool:
        return bool(self.values.a >= 0) and self.nonzero


class _NotShown(Exception):
    """What is missing, as the end of a sentence."""


@lru_cache(maxsize=256)
def gaussian_growth(expression: Expr, what: str) -> Expr:
    """The a >= 0 such that |phi(x)| <= C exp(a' x^2) for each a' > a; E[phi(u)^2] is finite if 4 a E[u^2] < 1.

    raises  InputError where phi is not shown to be defined on the real line, or of such a growth

    >>> gaussian_growth(tanh(x) * exp(x**2 / 10), "an example")
    1/10
    """
    try:
        found = _read(expression)
    except _NotShown as error:
        raise InputError(f"activation={what}: {error}") from None
    return found.a if found.e == 2 else Integer(0)


def _read(node: Expr) -> _Part:
    if not node.has(x):
        value = enclose(node, 20)
        if value is None:
            raise _NotShown(f"the number {node} is not understood; allowed are real numbers")
        return _Part(values=_IV.mpf([value.a, value.b]), nonzero=bool(exact_sign(node)))
    if node.is_polynomial(x):
        found = _polynomial(node)
        if found is not None:
            return found
    if isinstance(node, Add):
        return _sum([_read(argument) for argument in node.args])
    if isinstance(node, Mul):
        return _product([_read(argument) for argument in node.args])
    if isinstance(node, exp):
        return _exponential(node.args[0])
    if isinstance(node, Pow):
        return _power(node)
    if isinstance(node, sinh | cosh):
        return _read(node.rewrite(exp))
    return _function(node)


def _polynomial(node: Expr) -> _Part | None:
    """A polynomial without real roots has one sign; so has its difference from a small enough number."""
    if node == x:
        return _Part(values=_ALL, nonzero=False, n=Integer(1))
    poly = Poly(node, x)
    degree = Integer(poly.degree())
    if poly.domain not in (QQ, QQ.get_ring()) or poly.count_roots():
        return None
    side = 1 if poly.LC() > 0 else -1
    least = Rational(1)
    for _ in range(_HALVINGS):
        if (side * poly - least).count_roots() == 0:
            break
        least /= 2
    else:
        least = Rational(0)
    low = _constant(least).a
    values = _IV.mpf([low, "inf"]) if side == 1 else _IV.mpf(["-inf", -low])
    return _Part(values=values, nonzero=True, n=degree)


def _larger(one: _Part, other: _Part) -> _Part:
    if one.e == 2 and other.e == 2:
        return one if exact_sign(one.a - other.a) != -1 else other
    return max(one, other, key=lambda part: (part.e, part.n))


def _sum(parts: list[_Part]) -> _Part:
    total, grows = _IV.mpf(0), parts[0]
    for part in parts:
        total += part.values
        grows = _larger(grows, part)
    signs = {1 if part.values.a >= 0 else -1 if part.values.b <= 0 else 0 for part in parts}
    one_sided = len(signs) == 1 and 0 not in signs and any(part.nonzero for part in parts)
    return replace(grows, values=total, nonzero=one_sided or 0 not in total)


def _times(one: Any, other: Any) -> Any:
    """The product of two intervals, with 0 * oo = 0."""
    corners = [_IV.mpf(0) if a == 0 or b == 0 else a * b for a in (one.a, one.b) for b in (other.a, other.b)]
    return _IV.mpf([min(c.a for c in corners), max(c.b for c in corners)])


def _product(parts: list[_Part]) -> _Part:
    result = parts[0]
    for part in parts[1:]:
        e = max(result.e, part.e)
        result = _Part(
            values=_times(result.values, part.values),
            nonzero=result.nonzero and part.nonzero,
            e=e,
            a=result.a + part.a,
            n=result.n + part.n if e == 0 else Integer(0),
        )
    return result


def _power(node: Pow) -> _Part:
    base, exponent = _read(node.base), node.exp
    if not exponent.is_Rational:
        raise _NotShown(f"{node} has an exponent that is not a rational number; allowed are powers with rational ones")
    if abs(exponent) > MAX_EXPONENT:
        raise _NotShown(f"{node} has a large exponent; allowed are powers up to {MAX_EXPONENT}")
    if not exponent.is_Integer and not base.positive:
        raise _NotShown(f"{node.base} is not shown to be positive on the real line; allowed are roots of what is")
    if exponent < 0:
        base = _reciprocal(base, node.base)
        exponent = -exponent
    if exponent.is_Integer:
        values = base.values
        if exponent % 2 == 0:
            size = max(abs(values.a).b, abs(values.b).b)
            least = _IV.mpf(0) if 0 in values else min(abs(values.a).a, abs(values.b).a)
            values = _IV.mpf([_whole(least, exponent).a, _whole(size, exponent).b])
        else:
            values = _IV.mpf([_whole(values.a, exponent).a, _whole(values.b, exponent).b])
    else:
        low, high = base.values.a, base.values.b
        least = _IV.mpf(0) if low <= 0 else _IV.exp(_constant(exponent) * _IV.log(low)).a
        values = _IV.mpf([least, "inf" if high == _IV.inf else _IV.exp(_constant(exponent) * _IV.log(high)).b])
    return _Part(values=values, nonzero=base.nonzero, e=base.e, a=base.a * exponent, n=base.n * exponent)


def _whole(end: Any, exponent: Expr) -> Any:
    result = _IV.mpf(1)
    for _ in range(int(exponent)):
        result = result * end
    return result


def _constant(value: Expr) -> Any:
    return _IV.mpf(int(value.p)) / int(value.q)


def _reciprocal(part: _Part, node: Expr) -> _Part:
    if not part.nonzero:
        raise _NotShown(f"{node} stands in a denominator and is not shown to have no zero on the real line")
    if 0 in part.values:
        raise _NotShown(f"{node} stands in a denominator and is not shown to stay away from 0")
    return _Part(values=1 / part.values, nonzero=True)


def _exponential(argument: Expr) -> _Part:
    inner = _read(argument)
    low, high = inner.values.a, inner.values.b
    values = _IV.mpf(
        [0 if low == -_IV.inf else _IV.exp(low).a, "inf" if high == _IV.inf else _IV.exp(high).b],
    )
    bounded = _Part(values=values, nonzero=True)
    if high != _IV.inf:
        return bounded
    growth = f"exp({argument}) grows too fast or is not understood; allowed is at most exp(a x^2 + b x) with a < 1/4"
    if argument.is_polynomial(x):
        poly = Poly(argument, x)
        degree, sign = poly.degree(), exact_sign(poly.LC())
        if degree % 2 == 0 and sign == -1:
            return bounded
        if degree > 2 or sign is None:
            raise _NotShown(f"E[phi(z)^2] is infinite or not shown to be finite: {growth}")
        return replace(bounded, e=Integer(degree), a=poly.LC() if degree == 2 else Integer(0))
    if inner.e != 0 or inner.n >= 2:
        raise _NotShown(f"E[phi(z)^2] is infinite or not shown to be finite: {growth}")
    return replace(bounded, e=inner.n)


def _function(node: Expr) -> _Part:
    """Logarithms, and functions that are bounded on the real line."""
    name = type(node)
    if name not in (log, tanh, erf, erfc, atan, sin, cos, asin, acos, tan):
        raise _NotShown(
            f"{node} is not understood; allowed are exp, log, sqrt, sin, cos, tanh, atan, erf and their kind"
        )
    inner = _read(node.args[0])
    if name is log:
        low, high = inner.values.a, inner.values.b
        if not low > 0:
            raise _NotShown(f"{node.args[0]} is not shown to be positive and away from 0; allowed is log of what is")
        values = _IV.mpf([_IV.log(low).a, "inf" if high == _IV.inf else _IV.log(high).b])
        n = inner.e if inner.e else Integer(1) if inner.n else Integer(0)
        return _Part(values=values, nonzero=0 not in values, n=n)
    if name in (asin, acos, tan) and not (inner.values > -1 and inner.values < 1):
        raise _NotShown(f"{node.args[0]} is not shown to lie in (-1, 1); allowed is {name.__name__} of what does")
    if name in (tanh, erf, atan):
        low, high = (0 if inner.values.a >= 0 else -2), (0 if inner.values.b <= 0 else 2)
        return _Part(values=_IV.mpf([low, high]), nonzero=inner.nonzero)
    values = {erfc: [0, 2], sin: [-1, 1], cos: [-1, 1], asin: [-2, 2], acos: [0, 4], tan: [-2, 2]}[name]
    return _Part(values=_IV.mpf(values), nonzero=name in (erfc, acos))


__all__ = ["gaussian_growth"]
