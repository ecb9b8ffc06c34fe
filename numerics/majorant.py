r"""How large an analytic function is far out in a strip: |f(z)| <= A (1 + |x|)^n exp(b |x| + a x^2), z = x + iy.

Idea. On the half-strip side * x >= start, |y| <= width, each part of the expression carries what holds for all its
values there: a box if they are bounded, a growth as above, a lower bound of the modulus, ends of the real part, bounds
of the imaginary part and of the argument. One rule per function; a logarithm, root or quotient for which the rules do
not exclude a singularity is not understood. So a result also shows that the function is analytic on the half-strip.

    polynomial   p = l x^m (1 + eps), |eps| <= (1 + y/x)^m - 1 + sum of the lower terms: sign and argument of p follow
    exp          |e^u| = e^(Re u), arg e^u = Im u
    log, sqrt    need |arg u| < pi; |log u| <= |log|u|| + pi
    tanh         |tanh u| <= coth |Re u|
    sin, cos     <= cosh Im u
    erf          |erf u| <= 1 + exp((Im u)^2) and |erfc u| <= 2 + exp((Im u)^2), since |erfc u| <= exp(-Re u^2) for Re u >= 0
    atan         <= pi/2 + artanh(1/|u|) for |u| > 1, Re u != 0

What can go wrong. The bounds are generous; the Gaussian factor pays for it.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from flint import acb, arb, fmpq
from sympy import Add, Expr, Mul, Poly, Pow, atan, cos, cosh, erf, erfc, exp, log, sin, sinh, tanh

from numerics.balls import REAL
from numerics.compile import lower
from numerics.complex_balls import COMPLEX
from theory.symbols import x

_OO = arb("inf")
_ZERO = arb(0)
_MAX_POWER = 200


class NotUnderstood(Exception):
    """The part of the expression for which no rule gives a bound."""


class Growth(NamedTuple):
    """A (1 + |x|)^n exp(b |x| + a x^2), with exact nonnegative entries."""

    A: arb
    n: arb
    b: arb
    a: arb

    def at(self, size: arb) -> arb:
        """An upper bound at |x| <= size."""
        exponent = self.n * (1 + size).log() + self.b * size + self.a * size * size
        return (self.A * exponent.exp()).abs_upper()


@dataclass(frozen=True, kw_only=True)
class _Far:
    """What holds for a part u on the half-strip; ``arg`` is infinite where nothing is known."""

    growth: Growth
    box: acb | None = None
    low: arb = _ZERO
    real: tuple[arb, arb] = (-_OO, _OO)
    imag: arb = _OO
    arg: arb = _OO


def majorant(expression: Expr, side: int, start: arb, width: arb) -> Growth:
    """The growth of the expression in x on the half-strip side * Re x >= start, |Im x| <= width.

    raises  NotUnderstood

    >>> growth = majorant(x * tanh(x), 1, arb(10), arb(1))
    >>> growth.n == 1, growth.b == 0, growth.at(arb(10)) < 32
    (True, True, True)
    """
    return _Walk(side, start, width).read(expression).growth


def _number(value: Expr) -> arb:
    (found,) = lower((value,), ()).run(REAL, ())
    return found


def _bounded(box: acb) -> _Far:
    if not box.is_finite():
        raise NotUnderstood
    real, imag = box.real, box.imag
    zero = arb(0)
    angle = acb.arg(box).abs_upper() if real > 0 or imag > 0 or imag < 0 else _OO
    return _Far(
        growth=Growth(box.abs_upper(), zero, zero, zero),
        box=box,
        low=box.abs_lower(),
        real=(real.lower(), real.upper()),
        imag=imag.abs_upper(),
        arg=angle,
    )


def _disc(radius: arb) -> _Far:
    if not radius.is_finite():
        raise NotUnderstood
    ball = arb(0, radius.abs_upper())
    return _bounded(acb(ball, ball))


class _Walk:
    """The rules on one half-strip."""

    def __init__(self, side: int, start: arb, width: arb) -> None:
        self.side, self.start, self.width = side, start.lower(), width.upper()
        if not self.start > 1:
            raise NotUnderstood
        self.known: dict[Expr, _Far] = {}

    def read(self, node: Expr) -> _Far:
        """What is known of a part."""
        if node not in self.known:
            try:
                self.known[node] = self._read(node)
            except NotUnderstood as error:
                raise NotUnderstood(*(error.args or (str(node),))) from None
        return self.known[node]

    def _read(self, node: Expr) -> _Far:
        if not node.has(x):
            return _bounded(acb(_number(node)))
        if node.is_polynomial(x):
            found = self._polynomial(Poly(node, x))
            if found is not None:
                return found
        if node == x:  # the strip is too wide for its start
            raise NotUnderstood
        if isinstance(node, Add):
            return self._sum([self.read(argument) for argument in node.args])
        if isinstance(node, Mul):
            return self._product([self.read(argument) for argument in node.args])
        if isinstance(node, exp):
            return self._exponential(node.args[0])
        if isinstance(node, Pow) and node.exp.is_Rational:
            return self._power(self.read(node.base), node.exp)
        if isinstance(node, sinh | cosh):
            return self.read(node.rewrite(exp))
        if isinstance(node, sin | cos):
            return self._wave(node)
        inner = self.read(node.args[0])
        if inner.box is not None:
            return _bounded(lower((node.func(x),), (x,)).run(COMPLEX, (inner.box,))[0])
        away = _positive(inner.real[0]) or _positive(-inner.real[1])
        if isinstance(node, log):
            return self._logarithm(inner)
        if isinstance(node, tanh) and away is not None:
            return replace(_disc(1 / away.tanh()), low=away.tanh().lower())
        if isinstance(node, erf | erfc) and inner.imag.is_finite():
            return _disc(2 + (inner.imag * inner.imag).exp())
        if isinstance(node, atan) and away is not None and inner.low > 1:
            return _disc(arb.pi() / 2 + (1 / inner.low).atanh())
        raise NotUnderstood

    def _polynomial(self, poly: Poly) -> _Far | None:
        degree, lead = poly.degree(), _number(poly.LC())
        if not (lead > 0 or lead < 0):
            return None
        spread = 1 + self.width / self.start
        error = spread**degree - 1
        total = abs(lead)
        for (power,), coefficient in poly.terms()[1:]:
            size = abs(_number(coefficient))
            total += size
            error += size / abs(lead) * spread**power / self.start ** (degree - power)
        zero = arb(0)
        growth = Growth((total * (1 + self.width) ** degree).abs_upper(), arb(degree), zero, zero)
        if not error < 1:
            return None
        least = (abs(lead) * self.start**degree * (1 - error)).lower()
        sign = (1 if lead > 0 else -1) * (self.side**degree)
        imag = (abs(lead) * self.width).upper() if degree == 1 else _OO
        return _Far(
            growth=growth,
            low=least,
            real=(least, _OO) if sign == 1 else (-_OO, -least),
            imag=imag,
            arg=error.asin().abs_upper() if sign == 1 else _OO,
        )

    def _sum(self, parts: list[_Far]) -> _Far:
        boxes = [part.box for part in parts if part.box is not None]
        large = [part for part in parts if part.box is None]
        together = acb(0)
        for box in boxes:
            together += box
        if not large:
            return _bounded(together)
        if boxes:
            large.append(_bounded(together))
        zero = arb(0)
        growth = Growth(sum((one.growth.A for one in large), zero).upper(), zero, zero, zero)
        real = (sum((one.real[0] for one in large), zero).lower(), sum((one.real[1] for one in large), zero).upper())
        imag = sum((one.imag for one in large), zero).upper()
        for one in large:
            growth = Growth(growth.A, *(_max(p, q) for p, q in zip(growth[1:], one.growth[1:], strict=True)))
        low = _positive(real[0]) or _positive(-real[1]) or arb(0)
        arg = arb.pi().upper() / 2 if real[0] > 0 else _OO
        if len(large) == 2 and boxes:
            first, rest = large
            low = _max(low, (first.low - rest.growth.A).lower())
            if rest.box is not None and rest.box.imag == 0 and rest.box.real > 0:
                arg = first.arg if first.arg < arg or not arg.is_finite() else arg
        return _Far(growth=growth, low=low, real=real, imag=imag, arg=arg)

    def _product(self, parts: list[_Far]) -> _Far:
        result = parts[0]
        for part in parts[1:]:
            if result.box is not None and part.box is not None:
                result = _bounded(result.box * part.box)
                continue
            first, second = (result, part) if result.box is not None else (part, result)
            factors = zip(first.growth[1:], second.growth[1:], strict=True)
            growth = Growth((first.growth.A * second.growth.A).upper(), *((p + q).upper() for p, q in factors))
            low = (first.low * second.low).lower()
            found = _Far(growth=growth, low=low, arg=(first.arg + second.arg).upper())
            if first.box is not None and first.box.imag == 0 and not first.box.contains(0):
                scale, (bottom, top) = first.box.real, second.real
                ends = (scale * bottom, scale * top) if scale > 0 else (scale * top, scale * bottom)
                found = replace(found, real=(ends[0].lower(), ends[1].upper()), imag=(abs(scale) * second.imag).upper())
            result = found
        return result

    def _exponential(self, argument: Expr) -> _Far:
        inner = self.read(argument)
        if inner.box is not None:
            return _bounded(inner.box.exp())
        bottom, top = inner.real
        if top.is_finite():
            return replace(_disc(top.exp()), arg=inner.imag)
        low = bottom.exp().lower() if bottom.is_finite() else arb(0)
        zero = arb(0)
        poly = Poly(argument, x) if argument.is_polynomial(x) else None
        if poly is not None and poly.degree() <= 2:
            # Re(l2 z^2 + l1 z + l0) <= max(l2, 0) x^2 + |l2| y^2 + |l1| |x| + l0
            second, first, last = (_number(poly.coeff_monomial(x**k)) for k in (2, 1, 0))
            square = zero if second <= 0 else second.abs_upper()
            lift = (last + abs(second) * self.width * self.width).exp()
            growth = Growth(lift.abs_upper(), zero, abs(first).upper(), square)
        elif inner.growth.b == 0 and inner.growth.a == 0 and inner.growth.n <= 1:
            # Re u <= |u| <= A (1 + |x|)
            growth = Growth(inner.growth.A.exp().abs_upper(), zero, inner.growth.A, zero)
        else:
            raise NotUnderstood
        return _Far(growth=growth, low=low, arg=inner.imag)

    def _logarithm(self, inner: _Far) -> _Far:
        if not (inner.arg < arb.pi() and inner.low > 0):
            raise NotUnderstood
        A, n, b, a = inner.growth
        # log(1 + |x|) <= |x|
        constant = (_max(A.log(), arb(0)) + _max(-inner.low.log(), arb(0)) + arb.pi() + n + b + a).abs_upper()
        order = arb(1) if a == 0 else arb(2)
        zero = arb(0)
        return _Far(
            growth=Growth(constant, order, zero, zero),
            low=_max(inner.low.log(), zero).lower(),
            real=(inner.low.log().lower(), _OO),
            imag=inner.arg,
            arg=arb.pi().upper() / 2 if inner.low > 1 else _OO,
        )

    def _power(self, base: _Far, exponent: Expr) -> _Far:
        times = arb(fmpq(int(exponent.p), int(exponent.q)))
        if exponent.is_Integer and abs(exponent) > _MAX_POWER:
            raise NotUnderstood
        if not exponent.is_Integer and not base.arg < arb.pi():
            raise NotUnderstood
        if base.box is not None and exponent.is_Integer and exponent > 0:
            return _bounded(_repeated(base.box, int(exponent)))
        if exponent < 0:
            if not base.low > 0:
                raise NotUnderstood
            if base.box is not None and exponent.is_Integer:
                return _bounded(1 / _repeated(base.box, int(-exponent)))
            found = _disc((times * base.low.log()).exp())
            return replace(found, arg=(-times * base.arg).upper())
        growth = Growth(
            (times * _max(base.growth.A, arb(1)).log()).exp().abs_upper(),
            *((times * entry).upper() for entry in base.growth[1:]),
        )
        low = (times * base.low.log()).exp().lower() if base.low > 0 else arb(0)
        arg = (times * base.arg).upper()
        real = (arb(0), _OO) if arg < arb.pi() / 2 else (-_OO, _OO)
        return _Far(growth=growth, low=low, arg=arg, real=real)

    def _wave(self, node: Expr) -> _Far:
        inner = self.read(node.args[0])
        zero = arb(0)
        if inner.imag.is_finite():
            return _disc(inner.imag.cosh())
        if not node.args[0].is_polynomial(x) or Poly(node.args[0], x).degree() > 2:
            raise NotUnderstood
        # Im(l2 z^2 + l1 z + l0) = 2 l2 x y + l1 y
        second, first = (abs(_number(Poly(node.args[0], x).coeff_monomial(x**k))) for k in (2, 1))
        growth = Growth((first * self.width).exp().abs_upper(), zero, (2 * second * self.width).upper(), zero)
        return _Far(growth=growth)


def _repeated(box: acb, times: int) -> acb:
    # an integer power of a ball that contains 0 may be NaN
    result = acb(1)
    for _ in range(times):
        result *= box
    return result


def _positive(value: arb) -> arb | None:
    return value if value > 0 else None


def _max(one: arb, other: arb) -> arb:
    return one if one > other else other if other > one else one.union(other).upper()
