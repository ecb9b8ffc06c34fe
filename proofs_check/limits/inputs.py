"""The answer of ``limit`` at one pair of inputs: balls of what depends on them."""

from dataclasses import replace
from typing import Any

from sympy import Expr, Integer, Symbol, nan, oo, zoo

from numerics.balls import bits_of, evaluate, precision
from numerics.depth_constants import critical_constants, settling_constants
from numerics.flow import flow_value, long_time_constant
from numerics.kernel import kernel
from numerics.long_flow import LATE, long_flow
from proofs_check.limits import schedules, vanishing
from proofs_check.limits.fixed_map import koenigs_constant, ordered_constant
from proofs_check.limits.flows import ResidualFlow, at_flow
from proofs_check.limits.result import DepthLimit, Letter
from proofs_check.limits.small_steps import flow_constant
from theory.critical import input_constant, tangent_constant
from theory.errors import NtkproofError
from theory.moments import GaussianMean, GaussianPair
from theory.recursion import derive
from theory.symbols import c

_DEPTHS = (10, 100, 1000)
_DEAR_DEPTHS = (2, 4, 8)
_DEAR_DIGITS = 12
_value = Symbol("N", real=True)


def at_input(found: DepthLimit, corr: Expr, digits: int) -> DepthLimit:
    """The limit with the constants of these inputs enclosed where a method reaches them.

    corr  exact, in [-1, 1]
    """
    if corr == 1:
        return _exceptional(found, Integer(1), Integer(1), "c = 1: equal inputs, N_L = 1 at every depth.")
    exception = next((one for one in found.exceptions if one.corr == corr), None)
    if exception is not None:
        stays = any(point.corr == corr for point in found.fixed_points)
        return _exceptional(
            found, exception.limit, corr if stays else Integer(1), f"c = {corr} is an exception, see there."
        )
    if found.schedule is not None:
        found = schedules.at_inputs(found, corr, digits)
    elif found.germ is not None:
        found = vanishing.at_inputs(found, corr, digits)
    elif found.flow is not None:
        found = _at_flow(found, corr, digits)
    elif found.status == "DERIVED":
        found = _with_constants(found, corr, digits)
    if found.status != "DERIVED":
        found = replace(found, numerics=_numerics(found, corr))
    return _without_singular(found) if corr == -1 else found


def _without_singular(found: DepthLimit) -> DepthLimit:
    """At c = -1: without a first correction whose formula has no value there, as where the drive has a root at -1."""
    change = found.leading_correction
    if change is None or not change.subs(c, -1).has(zoo, oo, nan):
        return found
    note = "c = -1: the formula of the first correction has no value there, and what takes its place is not derived."
    return replace(found, leading_correction=None, notes=(*found.notes, note))


def _exceptional(found: DepthLimit, value: Expr | None, goes_to: Expr, note: str) -> DepthLimit:
    """The answer at inputs that do not go the way of -1 < c < 1: their own limit, and no expansion."""
    return replace(
        found,
        ntk_limit=value,
        fixed_point=None if found.fixed_point is None else goes_to,
        angle_rate=None,
        leading_correction=None,
        expansion=None,
        inverse=None,
        notes=(*found.notes, note),
    )


def _with_constants(found: DepthLimit, corr: Expr, digits: int) -> DepthLimit:
    wanted = {letter.symbol for letter in found.letters if letter.ball is None}
    balls: dict[Symbol, Any] = {}
    if input_constant in wanted:
        # where each layer takes a quadrature, more digits take minutes
        critical = critical_constants(
            found.network, corr, digits=min(digits, _DEAR_DIGITS) if _is_dear(found) else digits
        )
        if critical is not None:
            balls = {input_constant: critical.shift, tangent_constant: critical.tangent}
    elif wanted & {ordered_constant, koenigs_constant}:
        settled = settling_constants(found.network, corr, digits=digits)
        if settled is not None:
            balls = {koenigs_constant: settled.koenigs, ordered_constant: -settled.koenigs}
    return _known(found, balls)


def _at_flow(found: DepthLimit, corr: Expr, digits: int) -> DepthLimit:
    if isinstance(found.flow[0], ResidualFlow):
        return at_flow(found, corr, digits)
    steps, total = found.flow
    start = Integer(0) if steps.driven else steps.initial.subs(c, corr)
    if total == oo:
        ball = None
        if found.variable == "angle":
            ball = long_time_constant(
                steps.step, steps.drive, steps.diagonal_drive, steps.diagonal_initial, corr, digits
            )
        return found if ball is None else _known(found, {flow_constant: ball})
    late = bool(total > LATE)
    value = None if late else flow_value(steps.step, steps.drive, corr, start, total, digits=digits)
    if value is None and -1 < corr < 1:
        value = long_flow((steps.step, steps.loss, steps.drive), corr, start, total, digits=digits)
    if value is None:
        return replace(found, status="OPEN", reason="the quadrature of the flow gave no finite ball at these inputs")
    diagonal = total * steps.diagonal_drive + (0 if steps.driven else steps.diagonal_initial)
    with precision(bits_of(digits) + 40):
        ball = value.ntk / evaluate(diagonal, {}, digits=digits + 10)
    letter = Letter(symbol=_value, meaning="the value of the flow at these inputs", ball=ball)
    return replace(found, ntk_limit=_value, letters=(*found.letters, letter))


def _known(found: DepthLimit, balls: dict[Symbol, Any]) -> DepthLimit:
    """With balls for letters."""
    letters = tuple(replace(one, ball=balls[one.symbol]) if one.symbol in balls else one for one in found.letters)
    return replace(found, letters=letters)


def _is_dear(found: DepthLimit) -> bool:
    """Whether each layer takes a quadrature."""
    return bool(derive(found.network).nngp_next.has(GaussianMean, GaussianPair))


def _numerics(found: DepthLimit, corr: Expr) -> tuple[tuple[int, Any], ...]:
    """The normalised NTK at a few depths, which are smaller where each layer takes a quadrature."""
    rows = []
    for depth in _DEAR_DEPTHS if _is_dear(found) else _DEPTHS:
        try:
            rows.append((depth, kernel(found.network, depth, corr, digits=12).normalized_ntk))
        except NtkproofError:
            break
    return tuple(rows)


__all__ = ["at_input"]
