r"""Networks whose lengths tend to 0, where the map of the correlation tends to the identity: the limit of the correlation.

Setting. K' = E[psi(u) psi(v)] for inputs of one length q and covariance K = q c, psi odd, analytic near the real line,
psi(x) = x + b x^(2k+1) + ... with b < 0. With D_n the n-th derivative of psi at 0 and P its Taylor polynomial (Mehler)

    E[P(u) P(v)] = sum_j (q c)^j/j! B_j(q)^2,        B_j = sum_i D_(j+2i) (q/2)^i/i!.

So K'/q is a polynomial in q and c and a remainder, q' = q W(q), W = 1 - a q^k + ..., and c' = c + delta(q, c), delta = O(q^2k).

Idea. I(q, c) = c + q^k g_k(c) + ... + q^N g_N(c) with I(q', c') - I(q, c) = O(q^(N+k+1)): the coefficient of q^(n+k)
contains g_n as -n a g_n, and otherwise only g_j with j < n. Then lim c_l = lim I(q_l, c_l) differs from I at one layer by
at most rho sum q_l^(N+k+1) where |I' - I| <= rho q^(N+k+1), and q' <= q - alpha q^(k+1) gives 1/q'^k >= 1/q^k + k alpha, so

    sum_(j >= 0) q_j^s <= q^s + q^(s-k)/(alpha (s - k)),       s = N + k + 1.

Remainder. On |Im x| <= d let |psi(x)| <= A exp(a (Re x)^2). By Taylor's and Cauchy's formulas R = psi - P, P of degree below
n = 2 m + 1, is at most r |x|^n exp(2 a x^2) with r = A exp(2 a d^2)/d^n, and psi at most s |x| exp(2 a x^2) with s = r d^(n-1).
As E[psi psi] - E[P P] = E[R psi] + E[psi R] - E[R R], Hoelder's inequality with the exponents (n+1)/n and n+1, and that of
Cauchy and Schwarz, bound it by 2 r s E[u^(n+1) exp(2 a (n+1) u^2)] + r^2 E[u^2n exp(4 a u^2)], that is by

    2 r s n!! q^(m+1) (1 - 4 a (n+1) q)^(-(n+2)/2) + r^2 (2n-1)!! q^n (1 - 8 a q)^(-n-1/2).

Everything is a polynomial in q, with polynomials in c as coefficients, and a bound of the rest for 0 < q <= top and
|c| <= 1 (``Model``).

Source. docs/depth-limits.md, Theorem 13. The class is K* = 0 of Roberts, Yaida and Hanin 2022.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import factorial

from flint import arb, arb_poly, ctx
from sympy import Expr, Poly

from numerics.balls import SERIES, precision, series
from numerics.compile import lower
from numerics.majorant import NotUnderstood
from numerics.strips import growth_of
from theory.symbols import x

_WIDTHS = tuple((arb(64) * arb(5) ** i / arb(6) ** i).mid() for i in range(44))
"""Half-widths d that are tried, 64 to 0.03."""
_MORE = (0, 1, 2, 4)
"""Powers of q beyond those of the model, in halves of their number, to which the activation is expanded."""
_BITS = 64


@dataclass(frozen=True)
class Model:
    """sum_i rows[i](c) q^i + e q^D, D = len(rows), with |e| <= tail for 0 < q <= top and |c| <= 1."""

    rows: tuple[arb_poly, ...]
    tail: arb
    top: arb

    @classmethod
    def of(cls, rows: Sequence[arb_poly], terms: int, top: arb, tail: arb | None = None) -> "Model":
        """A polynomial in q with as many terms as it may have, the rest of them going to the tail."""
        kept = [*rows[:terms], *[arb_poly([0])] * (terms - len(rows))]
        rest = arb(0) if tail is None else tail
        for i, row in enumerate(rows[terms:]):
            rest += size(row) * _power(top, i)
        return cls(tuple(kept), rest.upper(), top)

    @property
    def terms(self) -> int:
        """D."""
        return len(self.rows)

    def __add__(self, other: "Model") -> "Model":
        """The sum."""
        rows = tuple(one + two for one, two in zip(self.rows, other.rows, strict=True))
        return Model(rows, (self.tail + other.tail).upper(), self.top)

    def __mul__(self, other: "Model") -> "Model":
        """The product."""
        count = self.terms
        rows, rest = [arb_poly([0])] * count, self.tail * other.bound + other.tail * self.polynomial_bound
        for i, one in enumerate(self.rows):
            if one.degree() < 0:
                continue
            for j, two in enumerate(other.rows):
                if two.degree() < 0:
                    continue
                if i + j < count:
                    rows[i + j] += one * two
                else:
                    rest += size(one) * size(two) * _power(self.top, i + j - count)
        return Model(tuple(rows), rest.upper(), self.top)

    @property
    def polynomial_bound(self) -> arb:
        """A bound of the polynomial part."""
        return sum((size(row) * _power(self.top, i) for i, row in enumerate(self.rows)), arb(0)).upper()

    @property
    def bound(self) -> arb:
        """A bound of the absolute value."""
        return (self.polynomial_bound + self.tail * _power(self.top, self.terms)).upper()

    def at(self, length: arb, corr: arb) -> arb:
        """The value at a length in (0, top] and a correlation in [-1, 1]."""
        total = arb(0, self.tail)
        for row in reversed(self.rows):
            total = total * length + row(corr)
        return total

    def without(self, count: int) -> "Model":
        """With the first coefficients, known to be 0, put to 0."""
        return Model((*[arb_poly([0])] * count, *self.rows[count:]), self.tail, self.top)

    def times(self, factor: arb_poly) -> "Model":
        """The product with a polynomial in c."""
        rows = tuple(row * factor if row.degree() >= 0 else row for row in self.rows)
        return Model(rows, (self.tail * size(factor)).upper(), self.top)

    def shifted(self, power: int) -> "Model":
        """The product with q^power."""
        rows = [*[arb_poly([0])] * power, *self.rows]
        return Model.of(rows, self.terms, self.top, self.tail * _power(self.top, power))


def size(row: arb_poly) -> arb:
    """A bound of a polynomial for |c| <= 1."""
    return sum((abs(value).upper() for value in row.coeffs()), arb(0)).upper()


def _power(base: arb, times: int) -> arb:
    return base**times if times else arb(1)


def derivatives(psi: Expr, count: int, first: int, *, odd: bool) -> list[arb]:
    """The derivatives D_0..D_(count-1) at 0 of psi = x + O(x^first), exact where that is known."""
    with precision(int(ctx.prec), count):
        (found,) = lower((psi,), (x,)).run(SERIES, (series([0, 1]),))
        values = [found[n] * factorial(n) for n in range(count)]
    known = {n: arb(int(n == 1)) for n in range(count) if n < first or (odd and n % 2 == 0)}
    return [known.get(n, value) for n, value in enumerate(values)]


def rest_bound(psi: Expr, m: int, top: arb) -> arb | None:
    """The least e found with |E[psi psi] - E[P P]| <= e q^(m + 1) for 0 < q <= top, P the Taylor polynomial of degree 2 m."""
    if psi.is_polynomial(x) and Poly(psi, x).degree() <= 2 * m:
        return arb(0)
    n, best = 2 * m + 1, None
    with precision(_BITS):
        single, double = _odd_factorial(n), _odd_factorial(2 * n - 1)
        for width in _WIDTHS:
            bound = _gaussian_bound(psi, width)
            if bound is None:
                continue
            front, rate = bound
            room, least = 1 - 8 * rate * top, 1 - 4 * (n + 1) * rate * top
            if not (room > 0 and least > 0):
                continue
            once = front * (2 * rate * width * width).exp()  # r d^n = s d
            rest = once / width**n
            mixed = 2 * rest * once / width * single / least ** (m + 1) / least.sqrt()
            found = (mixed + rest * rest * double / room**n / room.sqrt() * _power(top, m)).upper()
            if found.is_finite() and (best is None or found < best):
                best = found
    return best


def _odd_factorial(last: int) -> arb:
    """1 3 5 ... last."""
    product = arb(1)
    for i in range(3, last + 1, 2):
        product *= i
    return product


@lru_cache(maxsize=1024)
def _gaussian_bound(psi: Expr, width: arb) -> tuple[arb, arb] | None:
    """A, a with |psi(x)| <= A exp(a (Re x)^2) for |Im x| <= width; None where psi has none, or is not analytic there."""
    try:
        found = (growth_of(psi, side, arb(0), width) for side in (1, -1))
        sides = [side for side in found if side is not None]
    except NotUnderstood:
        return None
    if len(sides) < 2:
        return None
    front, rate = arb(0), arb(0)
    for side in sides:
        # (1 + t)^n exp(b t) <= exp((n + b) t) <= exp((n + b)(1 + t^2)/2)
        linear = side.n + side.b
        front = front.max((side.A * (linear / 2).exp()).upper())
        rate = rate.max((side.a + linear / 2).upper())
    return front, rate


@dataclass(frozen=True, kw_only=True)
class Layer:
    """q' = q W(q) and c' = c + delta(q, c) as models, and alpha with q' <= q - alpha q^(k+1) for 0 < q <= top.

    power   k
    slope   a in W = 1 - a q^k + ...
    """

    power: int
    growth: Model
    change: Model
    slope: arb
    alpha: arb

    def applied(self, length: arb, corr: arb) -> tuple[arb, arb]:
        """One layer of a length in (0, top] and a correlation in [-1, 1]."""
        return length * self.growth.at(length, corr), corr + self.change.at(length, corr)


def layer_at(psi: Expr, power: int, terms: int, top: arb, *, odd: bool = True) -> Layer | None:
    """The layer at lengths up to ``top``, with so many powers of q; None where q' < q is not shown there.

    psi    in x, psi'(0) = 1 or -1, E[psi(u)^2] = q - a q^(power + 1) + ...
    odd    whether psi is odd and begins with x + b x^(2 power + 1); else power is 1
    """
    degree, rest = _degree(psi, terms, top)
    if rest is None:
        return None
    moments = _moments(derivatives(psi, degree + 1, 2 * power + 1 if odd else 2, odd=odd), terms, top)
    pair = Model(moments.rows, (moments.tail + rest * _power(top, degree // 2 - terms)).upper(), top)
    single = Model(tuple(arb_poly([row(arb(1))]) for row in pair.rows), pair.tail, top)
    single = Model((arb_poly([1]), *[arb_poly([0])] * (power - 1), *single.rows[power:]), single.tail, top)
    slope = -single.rows[power][0]
    worst = Model(single.rows[power + 1 :], single.tail, top).bound * top
    alpha = (slope - worst).lower()
    inverse = _inverse(single)
    if not alpha > 0 or not alpha * top**power < 1 or inverse is None:
        return None
    ratio = pair * inverse
    change = Model((arb_poly([0]), *ratio.rows[1:]), ratio.tail, top)
    return Layer(
        power=power, growth=single, change=change.without(2 * power) if odd else change, slope=slope, alpha=alpha
    )


def _degree(psi: Expr, terms: int, top: arb) -> tuple[int, arb | None]:
    """2 m with m >= terms, and e of ``rest_bound`` for it, with e top^m the least that is tried."""
    best: tuple[arb, int, arb] | None = None
    for more in _MORE:
        m = terms + more * terms // 2
        rest = rest_bound(psi, m, top)
        if rest is None:
            continue
        worth = rest * _power(top, m)
        if best is None or worth < best[0]:
            best = worth, 2 * m, rest
    return (0, None) if best is None else best[1:]


def _moments(values: list[arb], terms: int, top: arb) -> Model:
    """E[P(u) P(v)]/q for the polynomial P with these derivatives at 0; the coefficient of q^-1 is 0, as P(0) = 0."""
    degree = len(values) - 1
    rows: list[list[arb]] = [[] for _ in range(degree + 1)]
    for j in range(degree + 1):
        inner = arb_poly([values[j + 2 * i] / (factorial(i) << i) for i in range((degree - j) // 2 + 1)])
        square = (inner * inner * (1 / arb(factorial(j)))).coeffs()
        for i in range(len(square)):
            if i + j > 0:
                row = rows[i + j - 1]
                row += [arb(0)] * (j + 1 - len(row))
                row[j] += square[i]
    return Model.of([arb_poly(row) for row in rows], terms, top)


def _inverse(model: Model) -> Model | None:
    """1/W for W = 1 + O(q) without c."""
    rows, found = [row[0] for row in model.rows], [arb(1)]
    for n in range(1, model.terms):
        found.append(-sum((rows[j] * found[n - j] for j in range(1, n + 1)), arb(0)))
    start = Model(tuple(arb_poly([value]) for value in found), arb(0), model.top)
    # W U = 1 + t q^D with |t| <= tau, so that 1/W = U - U t q^D/(1 + t q^D)
    tau = (model * start).tail
    room = 1 - tau * _power(model.top, model.terms)
    if not room > 0:
        return None
    return Model(start.rows, (start.bound * tau / room).upper(), model.top)


@dataclass(frozen=True, kw_only=True)
class Invariant:
    """I(q, c) = c + sum_n g_n(c) q^n, and |lim c_l - I(q, c)| <= error q^order for 0 < q <= top."""

    terms: tuple[arb_poly, ...]
    order: int
    error: arb

    def at(self, length: arb, corr: arb) -> arb:
        """A ball of lim c_l from one layer on."""
        total: arb = corr
        for n, term in enumerate(self.terms):
            if term.degree() >= 0:
                total += term(corr) * length**n
        return total + arb(0, (self.error * length.upper() ** self.order).upper())


def invariant(layer: Layer) -> Invariant:
    """The invariant with all orders that the models hold: D = N + k + 1."""
    k, count, top = layer.power, layer.change.terms, layer.change.top
    last = count - 1 - k
    rest = layer.change
    powers = _powers(layer.change, 2 * last + 1)
    terms = [arb_poly([0])] * (last + 1)
    growth, one = layer.growth, Model.of([arb_poly([1])], count, top)
    grown = one
    for n in range(1, last + 1):
        grown = grown * growth
        term = rest.rows[n + k] * (1 / (n * layer.slope))
        if n < k or term.degree() < 0:
            continue
        terms[n] = term
        # q'^n g_n(c') - q^n g_n(c), with q'^n = q^n W^n and Taylor's formula for g_n
        moved, derivative = Model.of([term], count, top), term
        for j in range(1, term.degree() + 1):
            derivative = derivative.derivative() * (1 / arb(j))
            moved = moved + powers[j].times(derivative)
        rest = rest + (moved * grown).shifted(n) + Model.of([-term], count, top).shifted(n)
    # q^count sums to q^count + q^(count - k)/(alpha (count - k)) over the layers
    error = rest.tail * (_power(top, k) + 1 / (layer.alpha * (count - k)))
    return Invariant(terms=tuple(terms), order=count - k, error=error.upper())


def _powers(change: Model, most: int) -> list[Model]:
    """The powers of delta, from 0 on."""
    found = [Model.of([arb_poly([1])], change.terms, change.top)]
    for _ in range(most):
        found.append(found[-1] * change)
    return found


__all__ = ["Invariant", "Layer", "Model", "invariant", "layer_at"]
