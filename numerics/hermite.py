r"""Gaussian moments of analytic functions by their Hermite series, every error bounded.

Source. Mehler 1866 for the series; the bounds are proved here.

Let f(z) = phi(sqrt(q) z) and h_k the orthonormal Hermite polynomials of N(0,1), a_k = E[f(z) h_k(z)]. Then

    E[phi^(j)(u) phi^(j)(v)] = (q1 q2)^(-j/2) sum_k k!/(k-j)! a_k(q1) a_k(q2) c^(k-j),   c = K / sqrt(q1 q2).

The coefficients are enclosed by ``numerics.trapezoid``.

Tails. By Cauchy's estimate on discs of radius d, E[f^(J)(z)^2] <= (J!/d^J)^2 M with M = E[sup of |f|^2 on the disc], and it
is the sum of k!/(k-J)! a_k^2. For k > N the ratio of k!/(k-j)! to k!/(k-J)! is at most (N+1-J)!/(N+1-j)!, so

    sum_{k > N} k!/(k-j)! a_k^2 <= M (J!/d^J)^2 (N+1-J)!/(N+1-j)!   for each j <= J <= N,

smallest near J = d sqrt(N). On |c| <= 1 the tail of the j-th derivative is at most |c|^(N+1-j) times that.

What can go wrong. The number of terms grows like (bits/d)^2 where |c| is near 1; beyond ``MAX_TERMS`` the tail stays what it
is. Very near c = 1, Taylor's formula at equal inputs takes over.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import factorial, isqrt, log
from typing import Any, TypeVar

from flint import arb, arb_poly, arb_series, ctx, fmpz
from sympy import Expr

from numerics.balls import ARB, precision, series
from numerics.compile import lower
from numerics.strips import BITS, Strip, find_strip
from numerics.trapezoid import GUARD, coarse_integral, gaussian_integral, hermite_coefficients
from theory import symbols
from theory.errors import BeyondReach, InputError, NoClosedForm
from theory.exact import exact
from theory.growth import gaussian_growth
from theory.moments import GaussianMean, derivative
from theory.symbols import x

TERMS = (32, 64, 128, 256, 512, 1024, 1536)
MAX_TERMS = TERMS[-1]
MAX_BITS = 1536
"""Precision beyond which the nodes of the trapezoidal sum become too many."""
_WIDE = 20
"""Lengths that are known to fewer bits are given no series, but the bound of Cauchy and Schwarz."""
_COARSE = 16
_NEAR = arb(1) / (1 << 16)
_TAYLOR = 6
_SLACK = 64
_SHARED = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class HermiteSeries:
    """Coefficients of phi(sqrt(q) z) in orthonormal Hermite polynomials.

    coefficients   balls of a_0, ..., a_N
    strip          what bounds the tails
    derivatives    the J up to which ``tails`` goes
    """

    coefficients: tuple[arb, ...]
    strip: Strip
    derivatives: int = 0

    @property
    def last(self) -> int:
        """N, the index of the last coefficient."""
        return len(self.coefficients) - 1

    @property
    def squares(self) -> tuple[arb, ...]:
        """The a_k^2: coefficients of E[phi(u) phi(v)] in powers of the correlation, for equal lengths."""
        return tuple(a * a for a in self.coefficients)

    def tail(self, order: int) -> arb:
        """An upper bound of the sum over k > N of k!/(k-j)! a_k^2, j = order: bounds the j-th derivative on [-1, 1]."""
        return tail_bound(self.strip, order, self.last)

    @property
    def tails(self) -> tuple[arb, ...]:
        """``tail`` for the orders 0 to J."""
        return tuple(self.tail(order) for order in range(self.derivatives + 1))


def hermite_series(phi: Expr, q: Any = 1, *, derivatives: int = 0, terms: int | None = None) -> HermiteSeries:
    """The Hermite series of an activation's expression at the variance q, at the precision that is set.

    phi          expression in theory.symbols.x, smooth
    q            positive: a ball or an exact number
    derivatives  the J up to which tails are wanted
    terms        the index N of the last coefficient; by default as many as make the tail of order J at most 2^-bits
    raises       InputError, NoClosedForm, BeyondReach with one line

    >>> from sympy import tanh
    >>> with precision(100):
    ...     found = hermite_series(tanh(x), 1, derivatives=2, terms=128)
    >>> found.squares[1].str(12, radius=False), found.tail(0) < 1e-9, len(found.tails)
    ('0.366879164362', True, 3)
    """
    ball = q if isinstance(q, arb) else lower((exact(q, "q"),), ()).run(ARB, ())[0]
    last = hermite_terms(_finite(phi, ball), derivatives, arb(1))[0] if terms is None else terms
    return replace(_series(phi, ball, last), derivatives=derivatives)


@lru_cache(maxsize=65536)
def tail_bound(strip: Strip, order: int, last: int) -> arb:
    """See Tails above; infinite for order > last."""
    with precision(BITS):
        d, best = strip.width, arb("inf")
        if order > last:
            return best
        middle = min(max(int(float(d) * isqrt(last)), order), last)
        spread = max(middle // 4, 1)
        for power in {min(max(middle + i * spread, order), last) for i in (-2, -1, 0, 1)}:
            factor = (arb(fmpz(power + 1)).gamma() / d**power) if power else arb(1)
            ratio = arb(fmpz(last + 2 - power)).lgamma() - arb(fmpz(last + 2 - order)).lgamma()
            found = (strip.disc_square * factor * factor * ratio.exp()).abs_upper()
            best = found if found < best else best
        return best


def gaussian_mean(g: Expr, q: arb) -> arb:
    """E[g(u)] for u ~ N(0, q), at the precision that is set; NaN where it is infinite or q known too coarsely."""
    if not (q > 0 and q.rad() * _COARSE <= q.mid()):
        return arb.nan()
    if _wide(q):
        return coarse_integral(g, q)
    bits = _bits()
    key = ("mean", g, _key(q), bits)
    if key not in _kept:
        _keep(key, _finite_part(g, q, 2, lambda: gaussian_integral(g, q, bits)))
    found: arb | None = _kept[key]
    return arb.nan() if found is None else found


def gaussian_pair(phi: Expr, order: int, q1: arb, q2: arb, covariance: arb) -> arb:
    """E[phi^(j)(u) phi^(j)(v)] for lengths q1, q2 and a covariance, j = order, at the precision that is set.

    A covariance beyond sqrt(q1 q2) counts as the part of its ball inside. NaN where the moments are infinite.
    """
    if not (q1 > 0 and q2 > 0 and covariance.is_finite()):
        return arb.nan()
    if _wide(q1) or _wide(q2):
        return _schwarz(phi, order, q1, q2)
    if _strip(phi, q1) is None or _strip(phi, q2) is None:
        return arb.nan()
    root = q1 if _key(q1) == _key(q2) else (q1 * q2).sqrt()
    corr = _inside(covariance / root)
    if _key(q1) == _key(q2) and 1 - corr < _NEAR:
        near = _near_one(phi, order, q1, 1 - corr)
        if near is not None:
            return near
    first, second = _pair_of_series(phi, order, q1, q2, corr)
    total = _polynomial(first, second, order)(corr) + _ball(_remainder(first, second, order, corr))
    result: arb = total / root**order if order else total
    return result


def _near_one(phi: Expr, order: int, q: arb, gap: arb) -> arb | None:
    """The moment at the correlation 1 - gap by Taylor's formula at equal inputs; None where the series does better.

    The derivatives in K are second moments of derivatives of phi, largest for equal inputs. The remainder of m terms is at
    most (gap q)^m/m! E[phi^(J)(u)^2], J = j + m, and q^J E[phi^(J)(u)^2] <= M (J!/d^J)^2 as in Tails above.
    """
    bits = _bits()
    strip = _strip(phi, q)
    assert strip is not None
    for count in range(1, _TAYLOR + 1):
        with precision(BITS):
            size = gap.abs_upper() ** count / (factorial(count) * q**order)
            bound = size * strip.disc_square * (arb(factorial(order + count)) / strip.width ** (order + count)) ** 2
            enough = bool(bound < arb(2) ** -bits)
        if enough:
            break
    if not enough and not bound < tail_bound(strip, order, MAX_TERMS):
        return None
    total = _ball(bound)
    low, high = gap.lower(), gap.upper()
    inside = gap if low >= 0 else arb(0).union(high)
    for i in range(count):
        total += gaussian_mean(derivative_square(phi, order + i), q) * _power(-inside * q, i) / factorial(i)
    return total


@lru_cache(maxsize=512)
def derivative_square(phi: Expr, order: int) -> Expr:
    """The square of a derivative, made once: SymPy takes milliseconds for it, and for its hash, every time."""
    return derivative(phi, order) ** 2


def _power(base: arb, times: int) -> arb:
    # the power of a ball that contains 0 may be NaN
    result = arb(1)
    for _ in range(times):
        result *= base
    return result


def pair_polynomial(phi: Expr, order: int, q1: arb, q2: arb) -> tuple[list[arb], arb]:
    """Coefficients in c whose polynomial is E[phi^(j)(u) phi^(j)(v)] for all |c| <= 1, and sqrt(q1 q2).

    The tail is below the precision that is set, and left out: for floats.
    """
    root = (q1 * q2).sqrt()
    first, second = _pair_of_series(phi, order, q1, q2, arb(1))
    scale = root**order if order else arb(1)
    return [b / scale for b in _polynomial(first, second, order).coeffs()], root


def gaussian_pair_series(phi: Expr, order: int, q1: arb_series, q2: arb_series, covariance: arb_series) -> arb_series:
    """``gaussian_pair`` on power series whose lengths are constant; NaN for others."""
    cap = int(ctx.cap)
    constant = all(q[k] == 0 for q in (q1, q2) for k in range(1, cap))
    if not constant or _wide(q1[0]) or _wide(q2[0]) or _strip(phi, q1[0]) is None or _strip(phi, q2[0]) is None:
        return series([arb.nan()] * cap)
    root = q1[0] if _key(q1[0]) == _key(q2[0]) else (q1[0] * q2[0]).sqrt()
    corr = _inside(covariance[0] / root)
    first, second = _pair_of_series(phi, order, q1[0], q2[0], corr)
    inner = series([arb(0), *(covariance[k] / root for k in range(1, cap))])
    total = series([arb(0)])
    scale = root**order if order else arb(1)
    taylor = []
    for k in range(cap):
        value = _polynomial(first, second, order + k)(corr) + _ball(_remainder(first, second, order + k, corr))
        taylor.append(value / factorial(k) / scale)
    for value in reversed(taylor):
        total = total * inner + value
    return total


def gaussian_mean_series(g: Expr, q: arb_series) -> arb_series:
    """``gaussian_mean`` on a power series, by the heat equation: the k-th derivative in q is E[g^(2k)(u)]/2^k."""
    cap = int(ctx.cap)
    inner = series([arb(0), *(q[k] for k in range(1, cap))])
    order = 0 if all(q[k] == 0 for k in range(1, cap)) else cap - 1
    moments = [GaussianMean(g.diff(x, 2 * k) if k else g, symbols.length) for k in range(order + 1)]
    values = lower(tuple(moments), (symbols.length,)).run(ARB, (q[0],))
    total = series([arb(0)])
    for k in reversed(range(order + 1)):
        total = total * inner + values[k] / (factorial(k) << k)
    return total


_T = TypeVar("_T")
_kept: dict[Any, Any] = {}
_MOST_KEPT = 4096


def _keep(key: Any, value: Any) -> None:
    if len(_kept) >= _MOST_KEPT:
        for old in list(_kept)[: _MOST_KEPT // 4]:
            del _kept[old]
    _kept[key] = value


def _bits() -> int:
    bits = int(ctx.prec)
    if bits > MAX_BITS:
        raise BeyondReach(
            f"precision={bits} bits: Gaussian moments without closed form reach {MAX_BITS} bits; ask for fewer digits"
        )
    return bits


def _key(q: arb) -> tuple[Any, ...]:
    # an inexact ball has no hash, and is not equal to itself
    return (*map(int, q.mid().man_exp()), *map(int, q.rad().man_exp())) if q.is_finite() else ("nan",)


def _wide(q: arb) -> bool:
    return not q.rad() * (1 << _WIDE) <= q.mid()


def _inside(corr: arb) -> arb:
    if -1 <= corr <= 1:
        return corr
    low, high = corr.lower(), corr.upper()
    if not (low <= 1 and high >= -1):
        return arb.nan()
    return (low if low > -1 else arb(-1)).union(high if high < 1 else arb(1))


def _ball(radius: arb) -> arb:
    return arb(0, radius.abs_upper()) if radius.is_finite() else arb.nan()


def _schwarz(phi: Expr, order: int, q1: arb, q2: arb) -> arb:
    """At most the root of the product of the second moments."""
    square = derivative_square(phi, order)
    bound = gaussian_mean(square, q1) * gaussian_mean(square, q2)
    return _ball(bound.abs_upper().sqrt())


def _pair_of_series(phi: Expr, order: int, q1: arb, q2: arb, corr: arb) -> tuple[HermiteSeries, HermiteSeries]:
    """Both series, the same for the orders 0 to 2; where tails are coarser than the precision, coefficients may be."""
    size = corr.abs_upper() if corr.is_finite() else arb(1)
    found = [hermite_terms(_finite(phi, q), max(order, _SHARED), size) for q in (q1, q2)]
    last, bits = max(one for one, _ in found), min(_bits(), max(other for _, other in found))
    with precision(bits):
        first = _series(phi, q1, last)
        return first, first if _key(q1) == _key(q2) else _series(phi, q2, last)


def _finite(phi: Expr, q: arb) -> Strip:
    strip = _strip(phi, q)
    if strip is None:
        raise InputError(f"q={q.str(5)}: E[phi(u)^2] of {str(phi)[:60]} is infinite; use a smaller variance")
    return strip


def hermite_terms(strip: Strip, order: int, size: arb) -> tuple[int, int]:
    """The least number of terms whose remainder at |c| <= size is below the precision, and the bits they deserve."""
    bits = int(ctx.prec)
    with precision(BITS):
        goal = arb(2) ** (-bits)
        for last in TERMS:
            bound = tail_bound(strip, order, last) * size ** max(last + 1 - order, 0)
            if bound < goal:
                return last, bits
        reached = -int(float(bound.log()) / log(2)) if 0 < bound < 1 else 0
    return MAX_TERMS, _SLACK * (max(reached, _SLACK) // _SLACK + 1)


def _remainder(first: HermiteSeries, second: HermiteSeries, order: int, corr: arb) -> arb:
    last = min(first.last, second.last)
    with precision(BITS):
        bound = (tail_bound(first.strip, order, last) * tail_bound(second.strip, order, last)).sqrt()
        size = corr.abs_upper() if corr.is_finite() else arb(1)
        return (bound * size ** max(last + 1 - order, 0)).abs_upper()


def _polynomial(first: HermiteSeries, second: HermiteSeries, order: int) -> arb_poly:
    """Sum of k!/(k-j)! a_k b_k c^(k-j), j = order."""
    key = ("polynomial", id(first), id(second), order, int(ctx.prec))
    if key in _kept:
        found: tuple[Any, Any, arb_poly] = _kept[key]
        return found[2]
    result = arb_poly([a * b for a, b in zip(first.coefficients, second.coefficients, strict=False)])
    for _ in range(order):
        result = result.derivative()
    # the series are kept with the polynomial, so that their ids stay taken
    _keep(key, (first, second, result))
    return result


def _strip(phi: Expr, q: arb) -> Strip | None:
    """The strip for coefficients at this precision; None where the second moment is infinite."""
    bits = _bits()
    key = ("strip", phi, _key(q), bits)
    if key not in _kept:
        found = _finite_part(phi, q, 4, lambda: strip_for_series(phi, q.sqrt(), bits))
        _keep(key, found)
    kept: Strip | None = _kept[key]
    return kept


def strip_for_series(phi: Expr, root: arb, bits: int) -> Strip:
    """A strip for the coefficients at every q whose root lies in the ball, at ``bits`` bits."""
    with precision(BITS):
        goal = arb(4) ** (-bits - GUARD)

        def enough(one: Strip) -> bool:
            return bool(one.tail(2, one.reach - 1) < goal)

        return find_strip(phi, root, enough, least=isqrt(3 * bits) + 4, bits=bits)


def _finite_part(function: Expr, q: arb, times: int, make: Callable[[], _T]) -> _T | None:
    """What is made, or None where growth like exp(a x^2) with times * a * q >= 1 explains that it fails."""
    try:
        return make()
    except NoClosedForm:
        a = gaussian_growth(function, str(function)[:80])
        if a != 0 and not times * q * lower((a,), ()).run(ARB, ())[0] < 1:
            return None
        raise


def _series(phi: Expr, q: arb, terms: int) -> HermiteSeries:
    bits = int(ctx.prec)
    # the number of terms belongs to the key: what a ball is must not depend on what was asked before
    key = ("series", phi, _key(q), bits, terms)
    if key not in _kept:
        strip = _finite(phi, q)
        _keep(key, HermiteSeries(coefficients=hermite_coefficients(phi, q, strip, terms, bits), strip=strip))
    found: HermiteSeries = _kept[key]
    return found
