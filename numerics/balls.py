"""Ball arithmetic: an expression becomes an interval that contains its value (Arb, through python-flint).

Source. F. Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, 2017.

Two sets of functions. ``ARB`` is Arb as it is: sqrt and acos of a ball that straddles the end of their domain are
NaN. ``REAL`` takes the part of the ball inside the domain, sqrt on [0, oo), acos on [-1, 1]: the result contains the
value at every point of the ball at which the expression is real, and is finite where the function is. That is what is
wanted for correlations, which are known to lie in [-1, 1].

The precision of python-flint is global state; ``precision`` is the only place that sets it.

What can go wrong. A ball that is not finite says nothing; comparisons with it are False. Accept on True only.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from math import ceil, log2
from typing import Any

from flint import arb, arb_series, ctx, fmpq, fmpz
from sympy import Expr, Integer, Symbol

from numerics.compile import Backend, lower
from theory.errors import InputError

LOG2_10 = log2(10)
ANALYTIC = ("sqrt", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan")
"""Functions that balls and series have under these names."""
MAX_BITS = 400_000
"""Precision up to which an accuracy is sought."""
_PLAIN_BITS = 200_000
"""Binary exponents up to which a ball is written through fractions of integers; 10 digits more than 2 MAX_DIGITS."""


@contextmanager
def precision(bits: int, terms: int = 10) -> Iterator[None]:
    """Work with ``bits`` bits, and power series of ``terms`` terms, inside the block."""
    before = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = bits, terms
    try:
        yield
    finally:
        ctx.prec, ctx.cap = before


def bits_of(digits: int) -> int:
    """Bits that hold ``digits`` decimal digits."""
    return ceil(digits * LOG2_10)


def _part_inside(function: Callable[[arb], arb]) -> Callable[[arb], arb]:
    """A monotone function on [-1, 1] at the part of a ball inside; NaN for a ball wholly outside or NaN."""

    def clipped(x: arb) -> arb:
        if -1 < x < 1:
            return function(x)
        low, high = x.lower(), x.upper()
        if not (low <= 1 and high >= -1):
            return arb.nan()
        low, high = arb(-1) if low < -1 else low, arb(1) if high > 1 else high
        return function(low).union(function(high))

    return clipped


def _sqrt_inside(x: arb) -> arb:
    """The square root at the part of a ball that is >= 0."""
    if x >= 0:
        return x.sqrt()
    if not x.upper() >= 0:
        return arb.nan()
    return arb(0).union(x.upper().sqrt())


def _power(base: arb, exponent: arb) -> arb:
    """base^exponent at the part of the base that is >= 0."""
    if base > 0:
        return (exponent * base.log()).exp()
    if not (base.upper() >= 0 and exponent > 0):
        return arb.nan()
    top = base.upper()
    return arb(0) if top == 0 else arb(0).union((exponent * top.log()).exp())


def _sgn(x: arb) -> arb:
    if x > 0:
        return arb(1)
    if x < 0:
        return arb(-1)
    return arb(0) if x == 0 else arb(0, 1)


def _mean(*arguments: Any) -> arb:
    from numerics.hermite import gaussian_mean  # it is built on this module

    return gaussian_mean(*arguments)


def _pair(*arguments: Any) -> arb:
    from numerics.hermite import gaussian_pair

    return gaussian_pair(*arguments)


def _flow(*arguments: Any) -> arb:
    from numerics.flow import flow_kernel

    return flow_kernel(*arguments)


def _mean_series(*arguments: Any) -> arb_series:
    from numerics.hermite import gaussian_mean_series

    return gaussian_mean_series(*arguments)


def _pair_series(*arguments: Any) -> arb_series:
    from numerics.hermite import gaussian_pair_series

    return gaussian_pair_series(*arguments)


class Balls:
    """The backend of balls at the precision that is set when it is used."""

    def __init__(self, *, clip: bool) -> None:
        inside: dict[str, Callable[..., Any]] = {}
        if clip:
            inside = {"sqrt": _sqrt_inside, "acos": _part_inside(arb.acos), "asin": _part_inside(arb.asin)}
        self.functions: Mapping[str, Callable[..., Any]] = {
            **{name: getattr(arb, name) for name in (*ANALYTIC, "sinh", "cosh", "tanh", "erf", "erfc", "max", "min")},
            "abs": abs,
            "sgn": _sgn,
            "power": _power,
            "gaussian_mean": _mean,
            "gaussian_pair": _pair,
            "flow_kernel": _flow,
            **inside,
        }

    @property
    def pi(self) -> arb:
        """The ball of pi."""
        return arb.pi()

    def exact(self, numerator: int, denominator: int) -> arb:
        """A ball of the rational number."""
        return arb(fmpq(numerator, denominator))

    def sign(self, value: arb) -> int | None:
        """The sign that every point of the ball has, or None."""
        if value > 0:
            return 1
        if value < 0:
            return -1
        return 0 if value == 0 else None


class Series:
    """The backend of truncated power series with ball coefficients, of the length set by ``precision``.

    A function that is not analytic at the constant coefficient, or a division by a series whose constant coefficient
    contains 0, gives a series that is NaN.
    """

    def __init__(self) -> None:
        self.functions: Mapping[str, Callable[..., Any]] = {
            **{name: _analytic(getattr(arb_series, name)) for name in ANALYTIC},
            "erf": _analytic(arb_series.erf),
            "erfc": _analytic(arb_series.erfc),
            "sinh": _analytic(lambda x: (x.exp() - (-x).exp()) / 2),
            "cosh": _analytic(lambda x: (x.exp() + (-x).exp()) / 2),
            "tanh": _analytic(lambda x: 1 - 2 / ((2 * x).exp() + 1)),
            "abs": _analytic(lambda x: x * _steady(x)),
            "sgn": _analytic(lambda x: series([_steady(x)])),
            "max": _analytic2(lambda x, y: x if _steady(x - y) > 0 else y),
            "min": _analytic2(lambda x, y: y if _steady(x - y) > 0 else x),
            "power": _analytic2(lambda x, y: (y * x.log()).exp()),
            "gaussian_mean": _mean_series,
            "gaussian_pair": _pair_series,
        }

    @property
    def pi(self) -> arb_series:
        """The constant series pi."""
        return series([arb.pi()])

    def exact(self, numerator: int, denominator: int) -> arb_series:
        """A constant series."""
        return series([arb(fmpq(numerator, denominator))])

    def sign(self, value: arb_series) -> int | None:
        """The sign of the constant coefficient."""
        return REAL.sign(value[0])


def series(coefficients: list[Any]) -> arb_series:
    """A series of the current length with these first coefficients."""
    return arb_series(coefficients, prec=ctx.cap)


def _nan_series() -> arb_series:
    return series([arb.nan()] * ctx.cap)


def _steady(x: arb_series) -> int:
    sign = REAL.sign(x[0])
    if not sign:
        raise ValueError("the sign is not the same on the whole ball")
    return sign


def _analytic(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def guarded(x: Any) -> Any:
        try:
            return function(x)
        except (ValueError, ZeroDivisionError):
            return _nan_series()

    return guarded


def _analytic2(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def guarded(x: Any, y: Any) -> Any:
        try:
            return function(x, y)
        except (ValueError, ZeroDivisionError):
            return _nan_series()

    return guarded


ARB: Backend = Balls(clip=False)
REAL: Backend = Balls(clip=True)
SERIES: Backend = Series()


def evaluate(expression: Expr | int, values: Mapping[Symbol, Any], *, digits: int = 30) -> arb:
    """A ball that contains the value of an expression at every point of the given balls where it is real.

    values   for each free symbol a ball, or an exact number (SymPy or int)
    digits   with exact values only: the precision rises until rad <= 10^-digits max(|mid|, 10^-digits)
    returns  a ball; it is not finite where the arithmetic decides nothing

    >>> from sympy import acos, Rational
    >>> evaluate(acos(Rational(1, 3)), {}).str(20, radius=False)
    '1.2309594173407746821'
    """
    expression = Integer(expression) if isinstance(expression, int) else expression
    balls = {symbol: value for symbol, value in values.items() if isinstance(value, arb)}
    exact = {symbol: Integer(v) if isinstance(v, int) else v for symbol, v in values.items() if symbol not in balls}
    if exact:
        expression = expression.subs(exact, simultaneous=True)
    used = tuple(sorted((s for s in balls if expression.has(s)), key=str))
    if expression.has(*_UNREAL):
        return arb.nan()
    tape = lower((expression,), used)
    bits = bits_of(digits) + 32
    while True:
        with precision(bits):
            (found,) = _guarded_run(tape, [balls[s] for s in used])
        if used or bits > min(MAX_BITS, 64 * bits_of(digits) + 4000) or accurate(found, digits):
            return found
        bits *= 2


def _guarded_run(tape: Any, given: list[arb]) -> tuple[arb, ...]:
    results: tuple[arb, ...] = tape.run(REAL, given)
    return results


def accurate(ball: arb, digits: int, margin: int = 0) -> bool:
    """Whether rad <= 2^-margin 10^-digits max(|mid|, 10^-digits)."""
    if not ball.is_finite():
        return False
    if ball.is_exact():
        return True
    with precision(64):
        unit = arb(fmpq(1, 10**digits)) if digits < 300 else (-digits * arb(10).log()).exp()
        size = abs(ball.mid())
        bound = (size if size > unit else unit) * unit
        return bool(ball.rad() * (1 << margin) <= bound)


def exact_fraction(point: arb) -> tuple[int, int]:
    """An exact ball as man * 2^exp."""
    man, power = point.man_exp()
    return int(man), int(power)


def fraction_of(point: arb) -> Fraction:
    """The value of an exact ball."""
    man, power = exact_fraction(point)
    return man * Fraction(2) ** power


def to_strings(ball: arb, digits: int) -> tuple[str, str]:
    """Decimal strings (mid, rad) such that [mid - rad, mid + rad] contains the ball.

    mid is rounded to about ``digits`` digits, or to 2 digits below the radius of the ball if that is coarser; the
    rounding is part of rad. A ball that is the number 0 is "0", "0".

    >>> to_strings(arb(1) / 4, 10)
    ('0.25', '0')
    >>> to_strings(evaluate(Integer(2) / 3, {}), 6)
    ('0.666666667', '3.34e-10')
    """
    if not ball.is_finite():
        raise InputError("ball: it is not finite; a number with an error bound is needed")
    if ball == 0:
        return "0", "0"
    ball, shift = _in_range(ball, digits)
    mid, rad = _rational(ball.mid()), _rational(ball.rad())
    # 3 digits more than asked, so that the rounding of mid stays small against the radius allowed
    floor = -(2 * digits + 3)
    places = max(_exponent(mid) - digits - 2, floor) if mid else floor
    if rad:
        places = max(places, _exponent(rad) - 2)
    scaled, exact = _round(mid, places)
    if exact:
        while scaled % 10 == 0 and scaled:
            scaled //= 10
            places += 1
    total = rad + abs(mid - _scale(scaled, places))
    return _decimal(scaled, places + shift), _upward(total, shift)


def _in_range(ball: arb, digits: int) -> tuple[arb, int]:
    """A ball b and a power p such that b 10^p contains the ball, with exponents that allow plain fractions."""
    shift = 0
    size = ball.abs_upper()
    top = _binary(size)
    if abs(top) > _PLAIN_BITS:
        with precision(abs(top).bit_length() + 64 + 4 * digits + 64):
            shift = int((arb(2).log() / arb(10).log() * top).floor().mid().unique_fmpz() or 0)
            ball = ball / arb(10) ** shift
    if ball.rad() > 0 and _binary(ball.rad()) < -_PLAIN_BITS:
        with precision(_PLAIN_BITS + 64 * digits):
            ball = ball + arb(0, arb(2) ** -_PLAIN_BITS)
    return ball, shift


def _binary(point: arb) -> int:
    """The binary exponent of an exact positive ball."""
    man, power = point.man_exp()
    return int(power) + int(man).bit_length()


def format_ball(ball: arb, digits: int) -> tuple[str, str]:
    """``to_strings``: decimal (mid, rad) whose interval contains the ball."""
    return to_strings(ball, digits)


def _rational(point: arb) -> fmpq:
    man, power = exact_fraction(point)
    return fmpq(man << power, 1) if power >= 0 else fmpq(man, 1 << -power)


def _scale(number: int, places: int) -> fmpq:
    return fmpq(number * 10**places, 1) if places >= 0 else fmpq(number, 10**-places)


def _exponent(value: fmpq) -> int:
    """floor(log10 |value|) for a value that is not 0."""
    top, bottom = abs(int(value.p)), int(value.q)
    guess = int((top.bit_length() - bottom.bit_length()) / LOG2_10)
    while _scale(1, guess) > abs(value):
        guess -= 1
    while _scale(1, guess + 1) <= abs(value):
        guess += 1
    return guess


def _round(value: fmpq, places: int) -> tuple[int, bool]:
    """The nearest multiple of 10^places, as a multiple, and whether it is the value."""
    scaled = value / _scale(1, places)
    nearest = (2 * int(scaled.p) + int(scaled.q)) // (2 * int(scaled.q))
    return nearest, fmpq(nearest, 1) == scaled


def _upward(value: fmpq, shift: int = 0) -> str:
    """Three significant digits of value * 10^shift, rounded up."""
    if value == 0:
        return "0"
    places = _exponent(value) - 2
    scaled = value / _scale(1, places)
    number = -(-int(scaled.p) // int(scaled.q))
    return _decimal(number, places + shift, scientific=True)


def _decimal(number: int, places: int, *, scientific: bool = False) -> str:
    """Text of number * 10^places; plain where that is short."""
    sign, figures = ("-" if number < 0 else ""), str(fmpz(abs(number)))
    if number == 0:
        return "0"
    power = len(figures) - 1 + places
    if not scientific and places <= 0 and power >= -5:
        if places == 0:
            return sign + figures
        figures = figures.rjust(1 - places, "0")
        return f"{sign}{figures[:places]}.{figures[places:]}"
    if not scientific and 0 < places <= 20:
        return sign + figures + "0" * places
    figures = figures.rstrip("0") or "0"
    tail = f".{figures[1:]}" if len(figures) > 1 else ""
    return f"{sign}{figures[0]}{tail}e{power:+03d}" if power else f"{sign}{figures[0]}{tail}"


def _unreal() -> tuple[Expr, ...]:
    from sympy import I, nan, oo, zoo

    return (I, oo, -oo, zoo, nan)


_UNREAL = _unreal()
"""What SymPy makes of a value outside the real domain, such as log(0)."""
