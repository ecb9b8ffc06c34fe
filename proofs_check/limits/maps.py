r"""The recursion in the correlation that all analyses of depth limits start from, and its expansion at c = 1.

``Map`` holds c' = C(c), t' = F(c) t + S(c) and the values at one input; ``Local`` its series at c = 1, in 1 - c or the angle,
with exact coefficients where the map is short and closed, else with letters that have balls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sympy import Expr, Integer, Symbol, acos, cos, oo, sin, sqrt

from numerics.balls import bits_of
from numerics.fixed_points import taylor_at_one
from proofs_check.limits.result import Letter, ball_of, balls_of, is_exact
from proofs_check.signs import sign_of
from theory.algebra import Answer, is_zero
from theory.duals import dual
from theory.forms import shorter
from theory.moments import GaussianMean, GaussianPair
from theory.network import Given, Network, Nonlinearity
from theory.series import NoSeries, PowerSeries, expand_in, vanishes
from theory.symbols import c, theta

SHORT = 12
"""Operations up to which a number is written out and not given a letter."""
LONG = 300
"""Operations up to which a map is expanded in exact terms."""


def is_continuous(network: Network) -> bool:
    """Whether no activation of the network has a jump, and a map of one's own has its derivative as the factor."""
    return all(
        dual(layer.activation).continuous
        if isinstance(layer, Nonlinearity)
        else is_zero(layer.factor - layer.correlation.diff(c)) is Answer.YES
        for layer in network.walk()
        if isinstance(layer, Nonlinearity | Given)
    )


@dataclass(frozen=True, kw_only=True)
class Map:
    """A recursion in the correlation, and the values at one input.

    correlation, factor, source    C, F, S as expressions in c
    initial                        t_0 as an expression in c
    diagonal_*                     the same at c = 1
    letters                        numbers with a name that occur in them
    steady                         whether every layer has exactly this map; else it is approached exponentially fast
    continuous                     whether no activation has a jump, so that F = C' (Price's theorem)
    """

    correlation: Expr
    factor: Expr
    source: Expr
    initial: Expr
    diagonal_factor: Expr
    diagonal_source: Expr
    diagonal_initial: Expr
    letters: tuple[Letter, ...] = ()
    steady: bool = True
    continuous: bool = True

    @property
    def balls(self) -> Mapping[Symbol, Any]:
        """The balls of the letters."""
        return balls_of(self.letters)


@dataclass(frozen=True, kw_only=True)
class Local:
    """The recursion near c = 1.

    variable              "1 - c" where C is a power series of it, else "angle"
    step, factor, source  x', F and S as series in the variable x; ``step`` is None where x' is no power series of x
    chi                   C'(1), oo where 1 - C is of the order of the angle
    """

    variable: str
    step: PowerSeries | None
    factor: PowerSeries
    source: PowerSeries
    chi: Expr


def local(recursion: Map, terms: int) -> Local:
    """Expand at c = 1, in 1 - c or, where that has no power series, in the angle.

    raises  NoSeries where neither has one
    """
    variable, (drop, factor, source) = _at_one((1 - recursion.correlation, recursion.factor, recursion.source), terms)
    if variable == "1 - c":
        return Local(variable=variable, step=drop, factor=factor, source=source, chi=drop[1])
    if not vanishes(drop[1]):
        return Local(variable=variable, step=None, factor=factor, source=source, chi=oo)
    step = expand_in(acos(1 - theta), {theta: drop})
    return Local(variable=variable, step=step, factor=factor, source=source, chi=2 * drop[2])


def local_series(step: Expr, loss: Expr, drive: Expr, terms: int) -> tuple[str, PowerSeries, PowerSeries, PowerSeries]:
    """A vector field dc/ds = step near c = 1 in its local variable, and two functions there.

    returns  the variable, dx/ds, loss, drive as series in x
    raises   NoSeries
    """
    variable, (speed, damping, feed) = _at_one((-step, loss, drive), terms)
    if variable == "angle":  # d(cos theta) = -sin(theta) d(theta)
        speed = speed / expand_in(sin(theta), {theta: PowerSeries.variable(terms)})
    return variable, speed, damping, feed


def _at_one(functions: tuple[Expr, ...], terms: int) -> tuple[str, list[PowerSeries]]:
    """Functions of c as series at c = 1: in 1 - c where each has one there, else in the angle.

    raises  NoSeries
    """
    x = PowerSeries.variable(terms)
    try:
        return "1 - c", [expand_in(one, {c: 1 - x}) for one in functions]
    except NoSeries:
        at = {c: expand_in(cos(theta), {theta: x})}
    return "angle", [expand_in(one, at) for one in functions]


def local_by_balls(recursion: Map, digits: int) -> tuple[Local, Map]:
    """The first coefficients at c = 1 as letters with balls, for a map that is itself known by balls.

    Where every activation is continuous F = C' (Price), so that F_d = chi is one letter and F begins with C''.
    raises  NoSeries where C has no power series in 1 - c
    """
    names = (("chi", "C'(1)"), ("kappa_2", "C''(1)"), ("kappa_3", "C'''(1)"), ("S_1", "S'(1)"), ("S_0", "S(1)"))
    values = taylor_at_one((recursion.correlation, recursion.source), c, recursion.balls, bits_of(digits) + 64, 4)
    if values is None or not recursion.continuous:
        raise NoSeries("by balls, in powers of 1 - c")
    corr, source = values
    balls = (-corr[1], 2 * corr[2], -6 * corr[3], -source[1], source[0])
    letters = tuple(
        Letter(symbol=Symbol(name, real=True), meaning=meaning, ball=ball)
        for (name, meaning), ball in zip(names, balls, strict=True)
    )
    chi, second, third, rise, level = (letter.symbol for letter in letters)
    if sign_of(recursion.diagonal_factor - 1, recursion.balls) == 0:
        chi = Integer(1)
    near = Local(
        variable="1 - c",
        step=PowerSeries((Integer(0), chi, -second / 2, third / 6)),
        factor=PowerSeries((chi, -second, third / 2)),
        source=PowerSeries((level, -rise)),
        chi=chi,
    )
    if not recursion.letters:  # the values at one input stay exact
        level = recursion.diagonal_source
    known = replace(recursion, diagonal_factor=chi, diagonal_source=level, letters=(*recursion.letters, *letters))
    return near, known


def with_chi(near: Local, chi: Expr) -> Local:
    """The same expansions with chi as given: x' = chi x + ... for x = 1 - c, sqrt(chi) x + ... for the angle."""
    assert near.step is not None
    first = chi if near.variable == "1 - c" else sqrt(chi)
    step = PowerSeries((Integer(0), first, *near.step.coefficients[2:]))
    return replace(near, step=step, factor=PowerSeries((chi, *near.factor.coefficients[1:])), chi=chi)


def is_long(recursion: Map) -> bool:
    """Whether the map has moments without a closed form, or is long: then balls of three derivatives are all it takes."""
    return bool(recursion.correlation.has(GaussianMean, GaussianPair)) or recursion.correlation.count_ops() > LONG


class Names:
    """Short letters for long numbers, with their balls."""

    def __init__(self, balls: Mapping[Symbol, Any], digits: int) -> None:
        self.given, self.digits = dict(balls), digits
        self.letters: list[Letter] = []

    @property
    def balls(self) -> dict[Symbol, Any]:
        """All balls known."""
        return {**self.given, **balls_of(self.letters)}

    def of(self, name: str, value: Expr, meaning: str) -> Expr:
        """The number itself where it is short, else a letter."""
        short = shorter(value)
        if short.is_Symbol or (is_exact(short) and short.count_ops() <= SHORT):
            return short
        symbol = Symbol(name, real=True)
        ball = ball_of(short, self.given, self.digits + 10)
        self.letters.append(Letter(symbol=symbol, meaning=meaning, ball=ball, expression=short))
        return symbol


__all__ = [
    "Local",
    "Map",
    "Names",
    "is_continuous",
    "is_long",
    "local",
    "local_by_balls",
    "local_series",
    "with_chi",
]
