"""gap(L, theta) >= 0 for every depth L >= L_0 and every theta of an interval, by enclosures.

Idea. The gap is multiplied by its denominator where that is positive by structure, and freed of positive factors. Then, in turn:

    it is 0, or a sum of nonnegative terms by structure;
    it is linear in a logarithm log(a + b theta L), which lies between its values at the ends: both are put in its place;
    it is monotone in theta by structure: the end takes the place of theta, exactly, so that equality there does no harm;
    depths up to some L_1 are covered by cells in (L, theta), L as a real variable; beyond, see below.

Beyond L_1 write s = log L and x = L^(-1/d), d the common denominator of the exponents, so that log(a + b L) = s + log(b + a x^d):
after multiplication by a power of L the gap is a polynomial in s,

    E = sum_j c_j(x, theta) s^j,   x in [0, x_1], x_1 = L_1^(-1/d),  s >= s_1 = log L_1.

Since x s^j decreases for s >= j d, |x s^j| <= x_1 s_1^j, hence with the mean value theorem in x

    E >= sum_j c_j(0, theta) s^j + sum_j [min, max of dc_j/dx] * [0, x_1 s_1^j].

The first sum is shifted to r = s - s_1 >= 0; if its coefficients from r^1 on are >= 0 and the constant one exceeds the second
sum's lower end, the gap is >= 0 for every L >= L_1. Cells of theta are halved until this holds or a limit is met.

What can go wrong. True inequalities that are tight, or that hold only because of cancellation in theta, are not proved: False
means "not proved", never "false".
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from flint import arb
from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Poly,
    Pow,
    Symbol,
    binomial,
    cos,
    exp,
    expand,
    factor,
    factor_terms,
    ilcm,
    log,
    together,
)
from sympy.polys.polyerrors import PolynomialError

from numerics.balls import REAL, evaluate, precision
from numerics.compile import lower
from proofs_check.bounded import is_positive
from proofs_check.intervals import INSIDE
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import Comparison
from theory.errors import BeyondReach

_S = Symbol("s_log", positive=True)
_X = Symbol("x_inverse", positive=True)
_L, _T = symbols.depth, symbols.theta
TAILS = (2**6, 2**10, 2**16, 2**24, 2**40, 2**64)
HALVINGS = 9
MAX_CELLS = 20_000
MAX_TERMS = 60
BITS = 128
_SAMPLES = 5


def holds_for_all_depths(gap: Expr, *, first: int, low: Expr, high: Expr, strict: bool = False) -> bool:
    """Whether gap >= 0 (strict: > 0) is proved for all real L >= first and all theta in [low, high] inside (0, pi).

    The ends 0 and pi themselves are left out: where the gap is defined there, >= 0 follows by continuity, > 0 does not.

    gap        expression in L and theta
    low, high  exact angles

    >>> from sympy import pi
    >>> holds_for_all_depths(3 * pi / (_L + 3) - _T / (1 + _L * _T / (3 * pi)), first=1, low=Integer(0), high=pi)
    True
    """
    if first == 0:
        at_zero = gap.subs(_L, 0)
        return all(holds_for_all_depths(e, first=1, low=low, high=high, strict=strict) for e in (at_zero, gap))
    if fails_at_a_sample(gap, first, low, high):
        return False
    numerator = positive_part(gap)
    if numerator is None:
        return False
    if is_nonnegative_for_all_depths(numerator, first, strict=strict):
        return True
    for reduced in (_ends_of_logarithm(numerator, low, high), _end_of_range(numerator, low, high)):
        if reduced is not None:
            return all(holds_for_all_depths(e, first=first, low=low, high=high, strict=strict) for e in reduced)
    waves = _ends_of_cosine(numerator)
    if waves is not None and all(
        holds_for_all_depths(e, first=first, low=low, high=high, strict=strict) for e in waves
    ):
        return True
    if low == 0 and numerator.has(_T) and not _finite_at_zero(numerator):
        return False
    return _by_cells(numerator, first, low, high, strict)


def positive_part(gap: Expr) -> Expr | None:
    """The gap times its denominator, without positive factors; None if the sign of the denominator is not known."""
    numerator, denominator = together(gap).as_numer_denom()
    kept = Integer(1)
    for part in Mul.make_args(denominator):
        base, power = part.as_base_exp()
        if not _positive(part) and not (power.is_Integer and _positive(-base)):
            return None
        if not _positive(part) and power % 2:
            kept = -kept
    for part in Mul.make_args(factor_terms(expand(numerator))):
        if not _positive(part):
            kept *= part
    result: Expr = kept
    return result


def _positive(expression: Expr) -> bool:
    """Whether the expression is positive for L >= 1 and theta in (0, pi), by structure."""
    return expression == 1 or is_positive(expression, INSIDE)


def is_nonnegative_for_all_depths(expression: Expr, first: int, *, strict: bool = False) -> bool:
    """Whether the expression is >= 0 (> 0) for L >= first and theta in (0, pi) by structure: as a sum, or as a product."""
    if expression == 0 or is_zero(expression) is Answer.YES:
        return not strict
    if _positive(expression):
        return True
    beyond = Symbol("L_beyond", positive=True)  # L - first, which may be 0

    def terms_of(sum_: Expr) -> list[Expr]:
        return list(Add.make_args(expand(sum_.subs(_L, first + beyond))))

    def all_positive(terms: list[Expr], sign: int = 1) -> bool:
        return all(_positive(sign * term.subs(beyond, _L)) for term in terms)

    terms = terms_of(expression)
    if all_positive(terms):
        return not strict or any(not term.has(beyond) for term in terms)
    if strict or expression.has(exp) or len(terms) > MAX_TERMS:
        return False  # factoring would take too long
    product = Mul.make_args(factor(expression))
    if len(product) == 1:
        return False
    negative = 0
    for part in product:
        parts = terms_of(part)
        if _positive(-part) or all_positive(parts, -1):
            negative += 1
        elif not (_positive(part) or all_positive(parts)):
            return False
    return negative % 2 == 0


def _ends_of_cosine(numerator: Expr) -> tuple[Expr, ...] | None:
    """The expression with a cosine of a bound, in which it is linear, at -1 and at 1."""
    for node in sorted(numerator.atoms(cos), key=str):
        written = _linear_in(numerator, node) if node.has(_L) else None
        if written is not None:
            return tuple(written.subs(_PLACE, end) for end in (-1, 1))
    return None


_PLACE = Symbol("place", real=True)


def _linear_in(expression: Expr, node: Expr) -> Expr | None:
    """The expression with the node replaced by a symbol, if it is linear in it."""
    written: Expr = expand(expression).subs(node, _PLACE)
    return written if written.has(_PLACE) and written.diff(_PLACE, 2) == 0 and not written.has(node) else None


def _ends_of_logarithm(numerator: Expr, low: Expr, high: Expr) -> tuple[Expr, ...] | None:
    """The expression with a logarithm in which it is linear, and which grows with theta, at its two end values."""
    for node in sorted(numerator.atoms(log), key=str):
        if not (node.has(_T) and node.has(_L)):
            continue
        written = _linear_in(numerator, node)
        if written is None:
            continue
        if not _positive(node.args[0].diff(_T)):
            continue
        return tuple(written.subs(_PLACE, node.subs(_T, end)) for end in (low, high))
    return None


def _end_of_range(numerator: Expr, low: Expr, high: Expr) -> tuple[Expr, ...] | None:
    """The expression at the end where it is smallest, if it is monotone in theta by structure."""
    if not numerator.has(_T):
        return None
    slope = numerator.diff(_T)
    if is_nonnegative_for_all_depths(-slope, 1):
        return (numerator.subs(_T, high),)
    if low != 0 and is_nonnegative_for_all_depths(slope, 1):
        return (numerator.subs(_T, low),)
    return None


def _finite_at_zero(numerator: Expr) -> bool:
    return bool(evaluate(numerator.subs(_L, 7), {_T: arb(0).union(arb(2.0**-9))}).is_finite())


@lru_cache(maxsize=256)
def compiled(expression: Expr, variables: tuple[Symbol, ...]) -> Callable[..., arb]:
    """The enclosure of an expression as a function of balls."""
    tape = lower((expression,), variables)

    def run(*balls: arb) -> arb:
        found: Any = tape.run(REAL, list(balls))[0]
        return found

    return run


def fails_at_a_sample(gap: Expr, first: int, low: Expr, high: Expr, gamma: Expr | None = None) -> bool:
    """Whether a few points show that gap >= 0 is false; saves the proof attempts."""
    run = compiled(gap if gamma is None else gap.subs(symbols.gamma, gamma), (_L, _T))
    with precision(BITS):
        a, b = evaluate(low, {}), evaluate(high, {})
        angles = [a + (b - a) * k / (_SAMPLES + 1) for k in range(1, _SAMPLES + 1)]
        return any(run(arb(depth), t) < 0 for depth in (first, 2 * first + 1, 100 + first, 10**6) for t in angles)


def _by_cells(numerator: Expr, first: int, low: Expr, high: Expr, strict: bool) -> bool:
    """The cover by cells up to some depth, and the tail beyond it."""
    with precision(BITS):
        a, b = evaluate(low, {}), evaluate(high, {})
        try:
            tail = next((s for s in TAILS if s >= first and _tail(numerator, s, a, b, strict)), None)
        except (BeyondReach, PolynomialError):
            return False
        if tail is None:
            return False
        run = compiled(numerator, (_L, _T))

        def decided(depth: arb, angle: arb) -> bool:
            ball = run(depth, angle)
            return bool(ball > 0 if strict else ball >= 0)

        return all(_cells(decided, (arb(x), arb(y)), (a, b)) for x, y in _dyadic(first, tail))


def nonnegative_on_box(expression: Expr, box: Mapping[Symbol, tuple[arb, arb]]) -> bool:
    """Whether expression >= 0 is proved on a box, halving its sides in turn."""
    free = tuple(symbol for symbol in box if expression.has(symbol))
    run = compiled(expression, free)
    limit = HALVINGS * len(free)
    left = MAX_CELLS

    def proved(sides: dict[Symbol, tuple[arb, arb]], level: int) -> bool:
        nonlocal left
        left -= 1
        if run(*(sides[symbol][0].union(sides[symbol][1]) for symbol in free)) >= 0:
            return True
        if not free or level >= limit or left < 0:
            return False
        symbol = free[level % len(free)]
        low, high = sides[symbol]
        middle = (low + high).mid() / 2
        return proved({**sides, symbol: (low, middle)}, level + 1) and proved(
            {**sides, symbol: (middle, high)}, level + 1
        )

    with precision(BITS):
        return proved(dict(box), 0)


def _dyadic(first: int, last: int) -> Iterator[tuple[int, int]]:
    while first < last:
        yield first, min(2 * max(first, 1), last)
        first = min(2 * max(first, 1), last)


def _cells(
    decided: Callable[[arb, arb], bool], depths: tuple[arb, arb], angles: tuple[arb, arb], level: int = 0
) -> bool:
    """Whether every cell of a cover of depths x angles is decided, halving its sides in turn."""
    if decided(depths[0].union(depths[1]), angles[0].union(angles[1])):
        return True
    if level >= 2 * HALVINGS:
        return False
    low, high = angles if level % 2 else depths
    middle = (low + high).mid() / 2
    halves = ((low, middle), (middle, high))
    return all(_cells(decided, *((depths, half) if level % 2 else (half, angles)), level + 1) for half in halves)


def _tail(gap: Expr, start: int, low: arb, high: arb, strict: bool) -> bool:
    """Whether the gap is >= 0 (> 0) for all L >= start."""
    coefficients, root = _in_log_depth(gap)
    zero = [compiled(c.subs(_X, 0), (_T,)) for c in coefficients]
    slopes = [None if c.diff(_X) == 0 else compiled(c.diff(_X), (_X, _T)) for c in coefficients]
    x1, s1 = arb(start) ** (-1 / arb(root)), arb(start).log()
    if not s1 >= root * (len(coefficients) - 1):
        return False
    degree = len(zero)

    def proved(a: arb, b: arb, level: int) -> bool:
        angle = a.union(b)
        rest = arb(0)
        for power, slope in enumerate(slopes):
            if slope is not None:
                rest += slope(arb(0).union(x1), angle) * arb(0).union(x1 * s1**power)
        values = [c(angle) for c in zero]
        shifted = [
            sum((values[j] * int(binomial(j, i)) * s1 ** (j - i) for j in range(i, degree)), arb(0))
            for i in range(degree)
        ]
        least = shifted[0] + rest
        if (least > 0 if strict else least >= 0) and all(c >= 0 for c in shifted[1:]):
            return True
        if level >= HALVINGS:
            return False
        middle = (a + b).mid() / 2
        return proved(a, middle, level + 1) and proved(middle, b, level + 1)

    return proved(low, high, 0)


@lru_cache(maxsize=256)
def _in_log_depth(numerator: Expr) -> tuple[list[Expr], int]:
    """Coefficients of 1, s, s^2, ... of the expression times a power of L, in x = L^(-1/d) and theta; and d.

    raises  BeyondReach, PolynomialError where it has no such form
    """
    if any(node.exp.has(_L) for node in numerator.atoms(Pow)):
        raise BeyondReach("an exponential is no power of L")
    comparison = Comparison()
    scale = comparison.leading(comparison.expand(expand(numerator)))
    if scale is None:
        raise BeyondReach("the leading term is not determined")
    power = scale[0][0]
    exponents = [power, *(node.exp for node in numerator.atoms(Pow) if node.base == _L)]
    if not all(exponent.is_Rational for exponent in exponents):
        raise BeyondReach("an exponent of L is not rational")
    root = int(ilcm(*(exponent.q for exponent in exponents), 1))

    def logarithm(argument: Expr) -> Expr:
        lead = comparison.leading(comparison.expand(argument))
        if lead is None or lead[0][1] != 0 or not lead[0][0].is_Integer:
            raise BeyondReach("a logarithm of this argument is not reached")
        order = lead[0][0]
        return order * _S + log(expand(expand(argument).subs(_L, _X**-root) * _X ** (root * order)))

    written = expand(numerator).replace(lambda e: isinstance(e, log) and e.has(_L), lambda e: logarithm(e.args[0]))
    written = expand(expand(written.subs(_L, _X**-root) * _X ** (root * power)))
    polynomial = Poly(written, _S)
    coefficients = list(reversed(polynomial.all_coeffs()))
    for coefficient in coefficients:
        for node in coefficient.atoms(Pow):
            if node.base == _X and (not node.exp.is_Rational or node.exp < 1):
                raise BeyondReach("a coefficient is not differentiable at L = oo")
    return coefficients, root


__all__ = ["compiled", "fails_at_a_sample", "holds_for_all_depths", "nonnegative_on_box", "positive_part"]
