r"""The expansion in L of a critical network whose numbers are no polynomials in pi: Gaussian moments, quotients of sums of roots.

Two routes, tried in this order, to the same formal solutions (``theory.critical``, Theorem 6 of docs/depth-limits.md):

    exact   every Taylor coefficient at c = 1 is a rational multiple of a power of one of at most ``MOST`` numbers (replayed
            algebra says so): erf at its critical variances has the weight variance only, sin has tanh(1)
    balls   the coefficients as balls (``numerics.depth_balls``); what is printed are letters with balls

Coefficients. Moments that take a quadrature: C^(k)(1) = q^(k-1) w E[phi^(k)(sqrt q z)^2], by Price's theorem, which is one moment
at equal inputs and needs no Hermite tail. Closed forms: their jets. At a kink: the exact series in the angle.

With Lambda = alpha log L + M, N_L is a polynomial in Lambda, B and, from L^-(m+1) on, log L at each power of 1/L; the number in
front of Lambda^j B^b log(L)^e/L^k is named n_k_j, with a B and an l behind it for each B and log L.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from flint import arb
from sympy import Expr, Integer, Pow, Rational, Symbol, cancel, expand, log

from numerics.balls import accurate, bits_of, evaluate, fraction_of, precision
from numerics.depth_balls import DepthBall, Exponents
from numerics.fixed_points import taylor_at_one
from proofs_check.limits.maps import Local, Map, Names, local
from proofs_check.limits.result import Letter
from theory.algebra import Answer, is_zero
from theory.critical import MORE as MORE_TERMS
from theory.critical import DepthExpansion, as_expression, in_depth, input_constant, log_depth, tangent_constant
from theory.errors import NtkproofError
from theory.forms import shorter
from theory.moments import GaussianMean, GaussianPair
from theory.series import NoSeries, PowerSeries
from theory.symbols import c, depth

MOST = 2
"""Numbers in the coefficients up to which the expansion is written exactly."""
LEAST = 12
"""Digits below which a coefficient is not shown."""
_GUARD = (20, 60, 140)
_LARGEST = 10**12
_LONGEST = 1000
_LOST = 3
"""Terms that roots and arc cosines of a series cost."""
_POWERS = range(-12, 13)
_RECOGNISED = 50
line_constant = Symbol("Lambda", real=True)
"""alpha log L + M."""
_SHOWN = {line_constant: "(M + alpha*log(L))", log_depth: "log(L)"}
"""How letters are written for a reader."""


@dataclass(frozen=True, kw_only=True)
class Orders:
    """The expansions of N_L and of 1/x_L as expressions, and the letters in them; the term with log(L)/L where it is exact."""

    expansion: Expr
    inverse: Expr
    logarithm: Expr | None = None
    letters: tuple[Letter, ...]


def exact_orders(recursion: Map, near: Local, power: Expr, orders: int) -> Orders | None:
    """The expansion with at most ``MOST`` numbers as letters; None where there are more, or no exact series."""
    if near.step is None or recursion.letters or recursion.correlation.has(GaussianMean, GaussianPair):
        return None
    few = _Numbers()
    try:
        ends = [few.of(value) for value in (recursion.diagonal_source, recursion.diagonal_initial)]
        if None in ends or few.rewritten(near, recursion) is None:
            return None  # as the first terms show already
        more = local(recursion, orders + MORE_TERMS + _LOST)
        written = few.rewritten(more, recursion) if more.variable == near.variable else None
        if written is None:
            return None
        found = in_depth(*written, diagonal_source=ends[0], diagonal_initial=ends[1], orders=orders, power=power)
    except (NoSeries, NtkproofError):
        return None
    names = Names({}, _RECOGNISED)
    put = {
        symbol: names.of(symbol.name, value, "a number in the expansion at c = 1")
        for symbol, value in few.values.items()
    }
    return Orders(
        expansion=as_expression(found.normalised).xreplace(put),
        inverse=as_expression(found.inverse, 1).xreplace(put),
        logarithm=shorter(expand(found.normalised[1]).coeff(log_depth, 1).xreplace(put)) if orders else None,
        letters=tuple(names.letters),
    )


class _Numbers:
    """Numbers written as rational multiples of powers of a few, which are found on the way."""

    def __init__(self) -> None:
        self.values: dict[Symbol, Expr] = {}
        self.balls: dict[Symbol, arb] = {}

    def rewritten(self, near: Local, recursion: Map) -> tuple[PowerSeries, PowerSeries, PowerSeries] | None:
        """The three series in the letters, with the coefficients 0, 1, 1 that are known; None where that takes too many.

        The source is often C + (S_d - 1) F, what a layer adds and what the weights before it do; then it is written as that.
        """
        assert near.step is not None
        step = self._all(PowerSeries((Integer(0), Integer(1), *near.step.coefficients[2:])))
        factor = self._all(PowerSeries((Integer(1), *near.factor.coefficients[1:])))
        rise = self.of(recursion.diagonal_source)
        if step is None or factor is None or rise is None:
            return None
        rest = recursion.source - recursion.correlation - (recursion.diagonal_source - 1) * recursion.factor
        if near.variable == "1 - c" and is_zero(rest) is Answer.YES:
            return step, factor, 1 - step + factor * (rise - 1)
        source = self._all(PowerSeries((recursion.diagonal_source, *near.source.coefficients[1:])))
        return None if source is None else (step, factor, source)

    def _all(self, series: PowerSeries) -> PowerSeries | None:
        values = [self.of(value) for value in series.coefficients]
        return (
            None if any(value is None for value in values) else PowerSeries(tuple(v for v in values if v is not None))
        )

    def of(self, value: Expr) -> Expr | None:
        """A rational multiple of g^p; None where a new letter would be one too many."""
        if value.is_Rational:
            return value
        with precision(bits_of(_RECOGNISED)):
            return self._recognised(_opened(value))

    def _recognised(self, value: Expr) -> Expr | None:
        ball = evaluate(value, {}, digits=_RECOGNISED)
        alone = _rational(ball)
        if alone is not None and is_zero(value - alone) is Answer.YES:
            return alone
        for letter, number in self.values.items():
            for power in _POWERS:
                ratio = _rational(ball / evaluate(letter**power, self.balls, digits=_RECOGNISED))
                if ratio is not None and is_zero(value - ratio * number**power) is Answer.YES:
                    return ratio * letter**power
        if len(self.values) >= MOST or not (ball > 0 or ball < 0):
            return None
        sign = Integer(1) if ball > 0 else Integer(-1)
        new = Symbol(f"g_{len(self.values) + 1}", positive=True)
        self.values[new], self.balls[new] = shorter(sign * value), int(sign) * ball
        return sign * new


def _opened(value: Expr) -> Expr:
    """Over one denominator and cancelled, in the radicands too: constants often cancel in them."""
    plain = value.replace(
        lambda node: isinstance(node, Pow) and not node.exp.is_Integer, lambda node: _cancelled(node.base) ** node.exp
    )
    return _cancelled(plain) if plain.count_ops() <= _LONGEST else plain


@lru_cache(maxsize=4096)
def _cancelled(value: Expr) -> Expr:
    """``cancel``, once for the radicands that all coefficients share."""
    return cancel(value)


def _rational(ball: arb) -> Rational | None:
    """The one rational number with a small denominator in a ball that is narrow."""
    if not (ball.is_finite() and ball.rad() < arb(10) ** -(_RECOGNISED // 2)):
        return None
    near = fraction_of(ball.mid()).limit_denominator(_LARGEST)
    return Rational(near.numerator, near.denominator) if ball.contains(arb(near.numerator) / near.denominator) else None


def ball_orders(
    recursion: Map, near: Local, power: Expr, line: tuple[Expr, Expr], orders: int, digits: int
) -> Orders | None:
    """The expansion with a letter for each coefficient, enclosed to the digits or at least to ``LEAST``.

    line  a and alpha in 1/x_L = a L + alpha log L + M + ..., as they are to be written
    """
    found, sharp = None, 0
    for guard in _GUARD:
        one = _expanded(recursion, near, power, orders, digits + guard)
        if one is None:
            break
        worst = min(map(_digits, _balls(one)), default=digits)
        if found is None or worst > sharp:
            found, sharp = one, worst
        if sharp >= digits:
            break
    if found is None or sharp < min(LEAST, digits):
        return None
    letters: list[Letter] = []
    a, alpha = line
    shift = input_constant + alpha * log(depth)
    normalised = 1 / (1 + power) + sum(
        _written(found.normalised[k], "n", k, shift, letters) / depth**k for k in range(1, found.normalised.terms)
    )
    inverse = a * depth + shift if orders else a * depth
    for k in range(2, found.inverse.terms):
        inverse += _written(found.inverse[k], "r", k, shift, letters) / depth ** (k - 1)
    return Orders(expansion=normalised, inverse=inverse, letters=tuple(letters))


def _expanded(recursion: Map, near: Local, power: Expr, orders: int, digits: int) -> DepthExpansion | None:
    """The expansion in balls, from Taylor coefficients with so many digits; None where those are not reached."""
    terms = orders + MORE_TERMS + 1
    with precision(bits_of(digits) + 64, terms + 4):
        try:
            series = _taylor(recursion, near, terms, digits)
            if series is None:
                return None
            ends = (recursion.diagonal_source, recursion.diagonal_initial)
            balls = [DepthBall.of(evaluate(value, recursion.balls, digits=digits)) for value in ends]
            return in_depth(
                *series,
                diagonal_source=balls[0],
                diagonal_initial=balls[1],
                orders=orders,
                power=power,
                shift=line_constant,
            )
        except (NoSeries, NtkproofError):
            return None


def _taylor(
    recursion: Map, near: Local, terms: int, digits: int
) -> tuple[PowerSeries, PowerSeries, PowerSeries] | None:
    """X', F and S in the local variable, with the exact coefficients 0, 1 and 1 where they are known to be that."""
    if near.variable == "angle":
        exact = local(recursion, terms + _LOST)
        if exact.step is None or exact.variable != near.variable:
            return None
        step, factor, source_at = (
            [DepthBall.of(evaluate(value, recursion.balls, digits=digits)) for value in one.coefficients]
            for one in (exact.step, exact.factor, exact.source)
        )
        return (
            PowerSeries((Integer(0), Integer(1), *step[2:])),
            PowerSeries((Integer(1), *factor[1:])),
            PowerSeries(tuple(source_at)),
        )
    if not recursion.continuous:
        return None
    functions = (recursion.correlation, recursion.source)
    if any(one.has(GaussianMean, GaussianPair) for one in functions):
        values = [_at_equal_inputs(one, recursion, terms, digits) for one in functions]
    else:
        jets = taylor_at_one(functions, c, recursion.balls, bits_of(digits) + 64, terms)
        if jets is None:
            return None
        values = jets
    # C = sum C_k u^k in u = 1 - c: x' = -sum_{k >= 1} C_k u^k, and F = C' = -sum k C_k u^(k-1)
    corr, source_ = ([DepthBall.of(ball) for ball in one] for one in values)
    return (
        PowerSeries((Integer(0), Integer(1), *(-one for one in corr[2:]))),
        PowerSeries((Integer(1), *(corr[k] * -k for k in range(2, terms)))),
        PowerSeries(tuple(source_)),
    )


def _at_equal_inputs(function: Expr, recursion: Map, terms: int, digits: int) -> list[arb]:
    """The Taylor coefficients in 1 - c at c = 1 from derivatives in c, whose moments there are single ones."""
    values, size = [], 1
    for k in range(terms):
        at_one = function.subs(c, 1)
        values.append(evaluate(at_one, {s: recursion.balls[s] for s in at_one.free_symbols}, digits=digits) / size)
        function, size = function.diff(c), -size * (k + 1)
    return values


def _balls(found: DepthExpansion) -> Iterator[arb]:
    """All balls of the two series that are shown."""
    for value in chain(found.normalised.coefficients[1:], found.inverse.coefficients[2:]):
        if isinstance(value, DepthBall):
            yield from value.terms.values()


def _digits(ball: arb) -> int:
    """The decimal digits of a ball, up to a thousand."""
    if not ball.is_finite():
        return 0
    low, high = 0, 1000
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if accurate(ball, middle) else (low, middle - 1)
    return low


def _written(value: Any, letter: str, k: int, shift: Expr, letters: list[Letter]) -> Expr:
    """A coefficient as an expression; its balls become letters."""
    written: Expr = Integer(0)
    for powers, ball in value.terms.items() if isinstance(value, DepthBall) else ():
        product, name = _monomial(powers, shift)
        symbol = Symbol(f"{letter}_{k}_{name}", real=True)
        what = "N_L" if letter == "n" else "L^-1 times 1/x_L"
        names = [(_SHOWN.get(one, str(one)), power) for one, power in powers]
        shown = "*".join(f"{one}^{power}" if power > 1 else one for one, power in names) or "1"
        meaning = f"coefficient of {shown}/L^{k} in {what}"
        letters.append(Letter(symbol=symbol, meaning=meaning, ball=ball))
        written += symbol * product
    return written


def _monomial(powers: Exponents, shift: Expr) -> tuple[Expr, str]:
    """The product of letters as it is written, and its name."""
    product: Expr = Integer(1)
    count = {line_constant: 0, tangent_constant: 0, log_depth: 0}
    put = {line_constant: shift, tangent_constant: tangent_constant, log_depth: log(depth)}
    for symbol, power in powers:
        count[symbol] = power
        product *= put[symbol] ** power
    return product, f"{count[line_constant]}{'B' * count[tangent_constant]}{'l' * count[log_depth]}"


__all__ = ["Orders", "ball_orders", "exact_orders"]
