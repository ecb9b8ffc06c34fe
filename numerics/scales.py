r"""Sizes of layers for all l >= N at once: an expression in l as r^l l^p (log l)^q1 (log log l)^q2 times a ball.

Idea. A term that is dominated is a small ball beside the dominant one, so that log(l + 1) is log l times 1 + [0, 1/(N log N)].
The exponents are exact and do not depend on N; they decide by Bertrand's series whether a sum over the layers converges.

Sums. For g = l^p (log l)^q1 (log log l)^q2 falling and convex on [N, oo), as where no exponent is positive,

    int_{N+1}^L g + (g(N+1) + g(L))/2 <= sum_{l=N+1}^L g(l) <= int_{N+1/2}^{L+1/2} g,

by the trapezoidal and the midpoint rule; for g only falling the sum lies between the integrals over [N+1, L+1] and [N, L].
The integral of x^-p (log x)^-q over [a, oo) is (p-1)^(q-1) Gamma(1-q, (p-1) log a); p = 1 is the same one logarithm higher.

What can go wrong. Sines, and other functions of l than powers, exponentials and logarithms: None.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from flint import acb, arb
from sympy import Add, Expr, Integer, Mul, Poly, Pow, exp, log

from numerics.balls import REAL
from numerics.compile import lower
from theory.constants import exact_sign
from theory.symbols import layer

FIRST = 20
"""The least N: log log N > 1."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """r^l l^p (log l)^q1 (log log l)^q2 with exact numbers."""

    rate: Expr = Integer(1)
    powers: tuple[Expr, Expr, Expr] = (Integer(0), Integer(0), Integer(0))

    def times(self, other: "Scale", exponent: Expr = Integer(1)) -> "Scale":
        """The product with a power of another scale."""
        powers = tuple(a + exponent * b for a, b in zip(self.powers, other.powers, strict=True))
        return Scale(rate=self.rate * other.rate**exponent, powers=powers)

    def order(self) -> int | None:
        """1, 0 or -1 as the scale grows, is 1, or tends to 0; None where a sign is not decided."""
        for number in (self.rate - 1, *self.powers):
            sign = exact_sign(number)
            if sign != 0:
                return sign
        return 0

    def sum_converges(self) -> bool | None:
        """Bertrand: whether the sum over l converges."""
        for number in (1 - self.rate, *(-p - 1 for p in self.powers)):
            sign = exact_sign(number)
            if sign != 0:
                return None if sign is None else sign > 0
        return False

    def falls(self, start: int) -> bool:
        """Whether the scale is shown to fall on [start, oo): r' of its logarithm has the sign of the first exponent."""
        rate = _number(self.rate)
        p = [_number(e) for e in self.powers]
        x, y = arb(start), arb(start).log()
        z = y.log()
        if not z > 0:
            return False
        sizes = [abs(one).upper() for one in p]
        if rate < 1:
            return bool(rate.log() + (sizes[0] + sizes[1] / y + sizes[2] / (y * z)) / x < 0)
        if self.rate != 1:
            return False
        if p[0] < 0:
            return bool(p[0] + (sizes[1] + sizes[2] / z) / y < 0)
        if self.powers[0] != 0:
            return False
        return bool(p[1] + sizes[2] / z < 0) if self.powers[1] != 0 else bool(p[2] < 0)

    def at(self, x: arb) -> arb:
        """The value at a number x >= 20."""
        y = x.log()
        result = arb(1) if self.rate == 1 else (_number(self.rate).log() * x).exp()
        for base, exponent in zip((x, y, y.log()), self.powers, strict=True):
            if exponent != 0:
                result *= (_number(exponent) * base.log()).exp()
        return result


@dataclass(frozen=True, kw_only=True)
class Size:
    """A scale times a ball that holds the quotient for every l >= start."""

    scale: Scale
    ball: arb
    start: int

    def total(self, last: int | None) -> arb | None:
        """The sum over start < l <= last (None: oo), as a ball; None where it is not bounded here."""
        found = sum_of(self.scale, self.start, last)
        return None if found is None else found * self.ball

    def squared(self) -> "Size":
        """The square."""
        return Size(scale=self.scale.times(self.scale), ball=self.ball * self.ball, start=self.start)

    def largest(self) -> arb | None:
        """A bound for every l > start, of a size that falls."""
        return abs(self.scale.at(arb(self.start)) * self.ball).upper() if self.scale.falls(self.start) else None


def size_of(expression: Expr, start: int) -> Size | None:
    """An expression in l for every l >= start, at the precision that is set; None where its form is not known.

    >>> from sympy import log
    >>> found = size_of(1 / (layer * log(layer + 1) ** 2), 1000)
    >>> found.scale.powers, abs(found.ball - 1) < 1e-2, found.scale.sum_converges()
    ((-1, -2, 0), True, True)
    """
    if start < FIRST:
        return None
    found = _size(expression, start)
    return None if found is None else Size(scale=found[0], ball=found[1], start=start)


_Pair = tuple[Scale, arb]


def _size(e: Expr, start: int) -> _Pair | None:
    if not e.has(layer):
        return (Scale(), _number(e)) if not e.free_symbols else None
    if e == layer:
        return Scale(powers=(Integer(1), Integer(0), Integer(0))), arb(1)
    if isinstance(e, Mul):
        return _product(_size(a, start) for a in e.args)
    if isinstance(e, Add):
        return _sum([_size(a, start) for a in e.args], start)
    if isinstance(e, exp) or (isinstance(e, Pow) and not e.base.has(layer)):
        return _exponential(e)
    if isinstance(e, Pow) and not e.exp.has(layer):
        inner = _size(e.base, start)
        if inner is None or (not inner[1] > 0 and not (e.exp.is_Integer and e.exp > 0)):
            return None
        scale, ball = inner
        power = ball ** int(e.exp) if e.exp.is_Integer else (_number(e.exp) * ball.log()).exp()
        return Scale().times(scale, e.exp), power
    if isinstance(e, log):
        return _logarithm(e.args[0], start)
    return None


def _product(pairs: Iterable[_Pair | None]) -> _Pair | None:
    scale, ball = Scale(), arb(1)
    for one in pairs:
        if one is None:
            return None
        scale, ball = scale.times(one[0]), ball * one[1]
    return scale, ball


def _sum(pairs: list[_Pair | None], start: int) -> _Pair | None:
    """The dominant scale; what is dominated is a ball beside it."""
    terms = [one for one in pairs if one is not None]
    if len(terms) < len(pairs):
        return None
    top = terms[0][0]
    for scale, _ in terms[1:]:
        side = scale.times(top, Integer(-1)).order()
        if side is None:
            return None
        top = scale if side > 0 else top
    ball = arb(0)
    for scale, part in terms:
        ratio = scale.times(top, Integer(-1))
        if ratio.order() == 0:
            ball += part
        elif ratio.falls(start):
            ball += part * arb(0).union(ratio.at(arb(start)).upper())
        else:
            return None
    return (top, ball) if ball > 0 or ball < 0 else None


def _exponential(e: Expr) -> _Pair | None:
    base, power = (exp(1), e.args[0]) if isinstance(e, exp) else (e.base, e.exp)
    if base.free_symbols or exact_sign(base) != 1 or not power.is_polynomial(layer):
        return None
    values = Poly(power, layer).all_coeffs()
    if len(values) != 2:
        return None
    return Scale(rate=base ** values[0]), _number(base ** values[1])


def _logarithm(argument: Expr, start: int) -> _Pair | None:
    inner = _size(argument, start)
    if inner is None or not inner[1] > 0:
        return None
    scale, ball = inner
    if scale.powers[2] != 0:
        return None
    zero = Integer(0)
    parts: list[_Pair | None] = [
        (Scale(powers=tuple(Integer(int(i == k)) for i in range(3))), _number(factor))
        for k, factor in enumerate((log(scale.rate), scale.powers[0], scale.powers[1]))
        if factor != zero
    ]
    exact = bool(ball == 1)  # a ball about 1 is neither equal to it nor different: != would leave it out
    if not exact:
        parts.append((Scale(), ball.log()))
    return _sum(parts, start) if parts else None


def _number(e: Expr) -> arb:
    return arb(int(e)) if e.is_Integer else lower((e,), ()).run(REAL, ())[0]


# --- sums ------------------------------------------------------------------------------------------------------------


def sum_of(scale: Scale, start: int, last: int | None) -> arb | None:
    """The sum of a falling scale over start < l <= last, at the precision that is set."""
    if last is not None and last <= start:
        return arb(0)
    if not scale.falls(start):
        return None
    first = scale.at(arb(start + 1))
    if scale.rate != 1:
        x, y = arb(start), arb(start).log()
        # g(l+1)/g(l) = r (1 + 1/l)^p ..., where log(1 + 1/l) <= 1/N, and likewise for the logarithms
        up = [_number(e).max(arb(0)) for e in scale.powers]
        ratio = _number(scale.rate) * ((up[0] + up[1] / y + up[2] / (y * y.log())) / x).exp()
        return first.union((first / (1 - ratio)).upper()) if ratio < 1 else None
    p = tuple(-e for e in scale.powers)
    convex = all(exact_sign(e) in (0, 1) for e in p)
    n = arb(start)
    end = None if last is None else arb(last)
    if convex:
        over = integral(p, n + arb(1) / 2, None if end is None else end + arb(1) / 2)
        under = integral(p, n + 1, end)
        if over is None or under is None:
            return None
        under += (first + (0 if end is None else scale.at(end))) / 2
    else:
        over = integral(p, n, end)
        under = integral(p, n + 1, None if end is None else end + 1)
        if over is None or under is None:
            return None
    return under.union(over)


def integral(p: tuple[Expr, ...], low: arb, high: arb | None) -> arb | None:
    """The integral of x^-p0 (log x)^-p1 (log log x)^-p2 over [low, high], high None for oo; None where not known."""
    first, rest = p[0], p[1:]
    if first == 1 and rest:
        return integral(rest, low.log(), None if high is None else high.log())
    if any(e != 0 for e in rest[1:]):
        return None
    exponent = _number(first)
    if not rest or rest[0] == 0:
        if first == 1:
            return None if high is None else (high / low).log()
        ends = [((1 - exponent) * low.log()).exp() / (exponent - 1)]
        if high is None:
            return ends[0] if exponent > 1 else None
        return ends[0] - ((1 - exponent) * high.log()).exp() / (exponent - 1)
    q = _number(rest[0])
    if exponent > 1:

        def tail(a: arb) -> arb:
            x = (exponent - 1) * a.log()
            return ((q - 1) * (exponent - 1).log()).exp() * x.gamma_upper(1 - q)

        return tail(low) if high is None else tail(low) - tail(high)
    if high is None:
        return None
    a, b = low.log(), high.log()

    def integrand(u: acb, _: bool) -> acb:
        good = bool(u.real > 0)
        return (u * acb(1 - exponent) - acb(q) * u.log()).exp() if good else acb(arb.nan(), arb.nan())

    middle = acb.integral(integrand, a.mid(), b.mid()).real
    # the ends are balls: what lies between the middle and the true end
    for ball, sign in ((a, -1), (b, 1)):
        middle += sign * (ball - ball.mid()) * ((1 - exponent) * ball - q * ball.log()).exp()
    return middle


__all__ = ["FIRST", "Scale", "Size", "size_of", "sum_of"]
