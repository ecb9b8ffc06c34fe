r"""The critical line of a feedforward network: the variances at which chi = 1, by the length of the pre-activations.

For each q > 0, with E over z ~ N(0, 1) and c_phi = E[phi(z)^2] (1 for an activation left as it is),

    w(q) = c_phi/E[phi'(sqrt q z)^2],      b(q) = q - w(q) E[phi(sqrt q z)^2]/c_phi

keep the length q and have chi = 1; the line consists of the points with b(q) >= 0. On its side with smaller w at the same q
lies the ordered phase, on the other the chaotic one. q is a stable length where chi_par = (w/c_phi) d/dq E[phi(sqrt q z)^2] is
below 1.

Source. Poole et al. 2016; Schoenholz et al. 2017; Roberts, Yaida, Hanin 2022 (chi_par, chi_perp).
"""

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer, Rational

from numerics.balls import bits_of, evaluate
from numerics.fixed_points import isolate
from theory.activations import Activation
from theory.algebra import Answer, is_zero
from theory.duals import dual
from theory.errors import InputError, NtkproofError
from theory.forms import shorter
from theory.symbols import length

CELLS = 300
"""Cells into which the lengths are cut at most where a moment takes a quadrature."""
LENGTHS = tuple(Rational(1, 2) ** k for k in range(6, -5, -1))
"""The lengths at which points of the line are enclosed, unless others are asked for."""


@dataclass(frozen=True, kw_only=True)
class CriticalLine:
    """The variances and chi_par as functions of q; exact expressions, in which moments may stand unevaluated."""

    weight_variance: Expr
    bias_variance: Expr
    parallel: Expr


@dataclass(frozen=True, kw_only=True)
class CriticalLinePoint:
    """Balls at one length; ``admissible`` is whether b >= 0, None where that is not decided."""

    length: Expr
    weight_variance: Any
    bias_variance: Any
    parallel: Any
    admissible: bool | None


def critical_line(activation: Activation, *, normalised: bool = True) -> CriticalLine:
    """The line of an activation.

    raises  InputError for one whose derivative vanishes almost everywhere

    >>> from theory.activations import activation
    >>> critical_line(activation("relu")).weight_variance
    1
    """
    found = dual(activation)
    norm = found.second_moment.subs(length, 1) if normalised else Integer(1)
    if found.derivative_second_moment == 0:
        raise InputError(f"activation={activation.name}: its derivative is 0 almost everywhere, so that chi is never 1")
    weight = shorter(norm / found.derivative_second_moment)
    bias = shorter(length - weight * found.second_moment / norm)
    return CriticalLine(
        weight_variance=weight,
        bias_variance=bias,
        parallel=shorter(weight * found.second_moment.diff(length) / norm),
    )


def points(line: CriticalLine, digits: int, lengths: tuple[Expr, ...] = LENGTHS) -> list[CriticalLinePoint]:
    """Points of the line in balls; a length at which a moment is not enclosed is left out."""
    rows = []
    for value in lengths:
        try:
            balls = [
                evaluate(e.subs(length, value), {}, digits=digits)
                for e in (line.weight_variance, line.bias_variance, line.parallel)
            ]
        except NtkproofError:
            continue
        bias = balls[1]
        admissible = True if bias >= 0 else False if bias < 0 else None
        rows.append(
            CriticalLinePoint(
                length=value, weight_variance=balls[0], bias_variance=bias, parallel=balls[2], admissible=admissible
            )
        )
    return rows


def half_stable_lengths(line: CriticalLine, digits: int) -> tuple[Any, ...]:
    """Balls of the lengths in [1/64, 16] at which chi_par = 1, too: critical in both directions.

    returns  nothing where chi_par = 1 at every length, as for ReLU
    """
    if is_zero(line.parallel - 1) is Answer.YES:
        return ()
    low, high = (evaluate(end, {}) for end in (LENGTHS[0], LENGTHS[-1]))
    try:
        return isolate(line.parallel - 1, length, low, high, bits_of(digits) + 20, cells=CELLS).isolated
    except NtkproofError:
        return ()


__all__ = ["CriticalLine", "CriticalLinePoint", "critical_line", "half_stable_lengths", "points"]
