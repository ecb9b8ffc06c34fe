"""What becomes of the kernels of a network as its depth grows: the answer of ``limit``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integral, Symbol

from numerics.balls import accurate, evaluate
from theory.moments import GaussianMean, GaussianPair
from theory.network import Network
from theory.symbols import c, depth, layer, theta

window_variable = Symbol("x", positive=True)
"""x in x_0 = x/L."""
VARIABLES = frozenset({c, theta, depth, layer, window_variable})
"""Letters that an exact value may contain."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A number that has a name: what it is, a ball of it where one is known, and an expression for it."""

    symbol: Symbol
    meaning: str
    ball: Any = None
    expression: Expr | None = None


@dataclass(frozen=True, kw_only=True)
class Exception_:
    """An input that behaves in another way: its correlation, the limit of its normalised NTK, and why."""

    corr: Expr
    limit: Expr | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class FixedPoint:
    """A fixed point of the correlation map and the slope of the map there."""

    corr: Expr
    slope: Expr
    stability: str


@dataclass(frozen=True, kw_only=True)
class LengthPoint:
    """A fixed point of the length map, and the slope there, as balls."""

    length: Any
    slope: Any
    stability: str


@dataclass(frozen=True, kw_only=True)
class Window:
    """Inputs near c = -1 at a distance that shrinks with L.

    variable   "1 + c" or "pi - theta", which is ``distance``, in x and L
    scale      a power of L: N_L ~ value where it is 1, else N_L - limit(c) ~ scale * value
    value      a function of x >= 0
    angle      what pi - theta_L begins with, where it stays small
    """

    variable: str
    distance: Expr
    scale: Expr
    value: Expr
    angle: Expr | None = None


@dataclass(frozen=True, kw_only=True)
class DepthLimit:
    """The fate of the kernels with depth.

    phase                ordered, critical or chaotic, by chi = C'(1) of the correlation map; None where there is none
    length               to which K_L(x, x) tends, and the slope of the length map there, where lengths move
    lengths              all fixed points of the length map from 2^-10 to 2^10, where it is known in closed form
    fixed_points         all fixed points of the correlation map on [-1, 1]
    fixed_point          the one that attracts every -1 < c < 1
    chi                  C'(1); oo where the map has a square root there
    rate                 what the distance to the fixed point is multiplied by in each layer, in the end
    angle_rate           first term of the angle (of its distance to its limit) in L
    ntk_limit            limit of the normalised NTK for -1 < c < 1
    ntk_diagonal         Theta(x, x) as a function of L
    leading_correction   first term of the normalised NTK behind its limit
    expansion            the normalised NTK in powers of 1/L and log L
    inverse              1/x_L likewise, x the local variable (angle, or 1 - c)
    flow                 the flow whose value at a time is the limit (``numerics.flow`` encloses it), and that time
    schedule             layers whose sizes have a finite sum (``numerics.schedules`` follows them to the end)
    germ                 layers at lengths that tend to 0 (``numerics.vanishing`` follows them to the end)
    numerics             normalised NTK at a few depths, where the limit was not derived and the inputs are known
    window               limit of the normalised NTK for inputs whose local variable is x/L, a function of x > 0
    antipode             the window near c = -1, where there is one
    theorem              number of the theorem of docs/depth-limits.md that was applied, where the phase does not say it
    letters              named numbers in these expressions
    status               DERIVED, or OPEN with the reason why
    """

    network: Network
    phase: str | None = None
    length: Expr | None = None
    length_slope: Expr | None = None
    lengths: tuple[LengthPoint, ...] = ()
    fixed_points: tuple[FixedPoint, ...] = ()
    fixed_point: Expr | None = None
    chi: Expr | None = None
    rate: Expr | None = None
    angle_rate: Expr | None = None
    ntk_limit: Expr | None = None
    ntk_diagonal: Expr | None = None
    leading_correction: Expr | None = None
    expansion: Expr | None = None
    inverse: Expr | None = None
    window: Expr | None = None
    antipode: Window | None = None
    theorem: str | None = None
    variable: str | None = None
    exceptions: tuple[Exception_, ...] = ()
    letters: tuple[Letter, ...] = ()
    notes: tuple[str, ...] = ()
    flow: Any = None
    schedule: Any = None
    germ: Any = None
    numerics: tuple[tuple[int, Any], ...] = ()
    status: str = "DERIVED"
    reason: str = ""

    @property
    def balls(self) -> Mapping[Symbol, Any]:
        """The letters of which a ball is known."""
        return balls_of(self.letters)


def balls_of(letters: Iterable[Letter]) -> dict[Symbol, Any]:
    """The balls of the letters of which one is known."""
    return {letter.symbol: letter.ball for letter in letters if letter.ball is not None}


def is_exact(value: Expr) -> bool:
    """Whether an expression contains nothing but exact numbers and the letters c, L, l."""
    return not (value.free_symbols - VARIABLES) and not value.has(GaussianPair, GaussianMean, Integral)


def ball_of(value: Expr, balls: Mapping[Symbol, Any], digits: int) -> Any | None:
    """A ball of a constant with so many digits; None where it has a letter without a ball, or is not finite."""
    if value.free_symbols - set(balls):
        return None
    used = {symbol: balls[symbol] for symbol in value.free_symbols}
    found = evaluate(value, used, digits=digits)
    if not found.is_finite():
        return None
    return found if used or accurate(found, digits) else None


__all__ = ["DepthLimit", "Exception_", "FixedPoint", "Letter", "Window", "ball_of", "is_exact"]
