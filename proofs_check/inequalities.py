"""gap(L, theta) >= 0 for every depth L >= L_0 and every theta of an interval, by enclosures.

Idea. Depths up to some L_1 are covered by cells in (L, theta), L as a real variable. Beyond it write s = log L and
x = L^(-1/d), d the common denominator of the exponents, so that log(a + b L) = s + log(b + a x^d): after multiplication by a
power of L the gap is a polynomial in s,

    E = sum_j c_j(x, theta) s^j,   x in [0, x_1], x_1 = L_1^(-1/d),  s >= s_1 = log L_1.

Since x s^j decreases for s >= j d, |x s^j| <= x_1 s_1^j, hence with the mean value theorem in x

    E >= sum_j c_j(0, theta) s^j + sum_j [min, max of dc_j/dx] * [0, x_1 s_1^j].

The first sum is shifted to r = s - s_1 >= 0; if its coefficients from r^1 on are >= 0 and the constant one exceeds the second
sum's lower end, the gap is >= 0 for every L >= L_1. Cells of theta are halved until this holds or a limit is met.

What can go wrong. True inequalities that are tight, or that hold only because of cancellation in theta, are not proved: False
means "not proved", never "false".
"""

from collections.abc import Callable, Iterator, Mapping

from flint import arb
from sympy import Expr, Poly, Pow, Symbol, binomial, expand, ilcm, log, together
from sympy.polys.polyerrors import PolynomialError

from theory import symbols
from theory.asymptotics import Comparison
from theory.errors import BeyondReach

Enclose = Callable[[Expr, Mapping[Symbol, arb]], arb]

_S = Symbol("s_log", positive=True)
_X = Symbol("x_inverse", positive=True)
TAILS = (2**6, 2**10, 2**16, 2**24, 2**40, 2**64)
HALVINGS = 9


def holds_for_all_depths(gap: Expr, *, first: int, low: arb, high: arb, enclose: Enclose, strict: bool = False) -> bool:
    """Whether gap >= 0 (strict: > 0) is proved for all real L >= first and all theta in [low, high].

    gap      expression in L and theta
    enclose  ball of an expression at balls of its symbols
    """
    tail = None
    for start in TAILS:
        if start >= first and _tail(gap, start, low, high, enclose, strict):
            tail = start
            break
    if tail is None:
        return False

    def decided(depth: arb, angle: arb) -> bool:
        ball = enclose(gap, {symbols.depth: depth, symbols.theta: angle})
        return bool(ball > 0 if strict else ball >= 0)

    return all(_cells(decided, arb(a), arb(b), low, high) for a, b in _dyadic(first, tail))


def nonnegative_on_box(
    expression: Expr, box: Mapping[Symbol, tuple[arb, arb]], enclose: Enclose, level: int = 0
) -> bool:
    """Whether expression >= 0 is proved on a box, halving its sides in turn."""
    if enclose(expression, {symbol: low.union(high) for symbol, (low, high) in box.items()}) >= 0:
        return True
    free = [symbol for symbol in box if expression.has(symbol)]
    if not free or level >= HALVINGS * len(free):
        return False
    symbol = free[level % len(free)]
    low, high = box[symbol]
    middle = (low + high).mid() / 2
    return nonnegative_on_box(expression, {**box, symbol: (low, middle)}, enclose, level + 1) and nonnegative_on_box(
        expression, {**box, symbol: (middle, high)}, enclose, level + 1
    )


def _dyadic(first: int, last: int) -> Iterator[tuple[int, int]]:
    while first < last:
        yield first, min(2 * max(first, 1), last)
        first = min(2 * max(first, 1), last)


def _cells(decided: Callable[[arb, arb], bool], a: arb, b: arb, low: arb, high: arb, level: int = 0) -> bool:
    """Whether every cell of a cover of [a,b] x [low,high] is decided, halving its sides in turn."""
    if decided(a.union(b), low.union(high)):
        return True
    if level >= 2 * HALVINGS:
        return False
    if level % 2:
        middle = (low + high).mid() / 2
        return _cells(decided, a, b, low, middle, level + 1) and _cells(decided, a, b, middle, high, level + 1)
    middle = (a + b).mid() / 2
    return _cells(decided, a, middle, low, high, level + 1) and _cells(decided, middle, b, low, high, level + 1)


def _tail(gap: Expr, start: int, low: arb, high: arb, enclose: Enclose, strict: bool) -> bool:
    try:
        coefficients, root = _in_log_depth(gap)
    except (BeyondReach, PolynomialError):
        return False
    zero = [c.subs(_X, 0) for c in coefficients]
    slopes = [c.diff(_X) for c in coefficients]
    x1, s1 = arb(start) ** (-1 / arb(root)), arb(start).log()
    if not s1 >= root * (len(coefficients) - 1):
        return False

    def proved(a: arb, b: arb, level: int) -> bool:
        angle = a.union(b)
        rest = arb(0)
        for power, slope in enumerate(slopes):
            if slope != 0:
                ball = enclose(slope, {_X: arb(0).union(x1), symbols.theta: angle})
                rest += ball * arb(0).union(x1 * s1**power)
        values = [enclose(c, {symbols.theta: angle}) for c in zero]
        shifted = [
            sum((values[j] * int(binomial(j, i)) * s1 ** (j - i) for j in range(i, len(values))), arb(0))
            for i in range(len(values))
        ]
        least = shifted[0] + rest
        if (least > 0 if strict else least >= 0) and all(c >= 0 for c in shifted[1:]):
            return True
        if level >= HALVINGS:
            return False
        middle = (a + b).mid() / 2
        return proved(a, middle, level + 1) and proved(middle, b, level + 1)

    return proved(low, high, 0)


def _in_log_depth(gap: Expr) -> tuple[list[Expr], int]:
    """Coefficients of 1, s, s^2, ... of the gap times a power of L, in x = L^(-1/d) and theta; and d."""
    numerator, denominator = together(gap).as_numer_denom()
    if not _positive(denominator):
        raise BeyondReach("the sign of the denominator is not known")
    scale = Comparison().leading(Comparison().expand(expand(numerator)))
    if scale is None:
        raise BeyondReach("the leading term is not determined")
    power = scale[0][0]
    depth = symbols.depth
    exponents = [power, *(node.exp for node in gap.atoms(Pow) if node.base == depth)]
    if not all(exponent.is_Rational for exponent in exponents):
        raise BeyondReach("an exponent of L is not rational")
    root = int(ilcm(*(exponent.q for exponent in exponents), 1))

    def logarithm(argument: Expr) -> Expr:
        lead = Comparison().leading(Comparison().expand(argument))
        if lead is None or lead[0][1] != 0 or not lead[0][0].is_Integer:
            raise BeyondReach("a logarithm of this argument is not reached")
        order = lead[0][0]
        return order * _S + log(expand(expand(argument).subs(depth, _X**-root) * _X ** (root * order)))

    written = expand(numerator).replace(lambda e: isinstance(e, log) and e.has(depth), lambda e: logarithm(e.args[0]))
    written = expand(expand(written.subs(depth, _X**-root) * _X ** (root * power)))
    polynomial = Poly(written, _S)
    coefficients = list(reversed(polynomial.all_coeffs()))
    for coefficient in coefficients:
        for node in coefficient.atoms(Pow):
            if node.base == _X and (not node.exp.is_Rational or node.exp < 1):
                raise BeyondReach("a coefficient is not differentiable at L = oo")
    return coefficients, root


def _positive(denominator: Expr) -> bool:
    """Whether a product of powers of L + nonnegative numbers, angles and positive constants."""
    for factor in denominator.as_ordered_factors():
        base = factor.base if isinstance(factor, Pow) else factor
        if base.is_Number and base > 0:
            continue
        if base in (symbols.depth, symbols.theta) or (
            base.is_Symbol is False and not base.free_symbols and base.is_positive
        ):
            continue
        polynomial = base.as_poly(symbols.depth)
        if polynomial is None or any(not (c.is_Rational and c >= 0) for c in polynomial.all_coeffs()):
            return False
    return True


__all__ = ["Enclose", "holds_for_all_depths", "nonnegative_on_box"]
