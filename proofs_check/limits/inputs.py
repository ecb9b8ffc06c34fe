"""The answer of ``limit`` at one pair of inputs: balls of what depends on them."""

from dataclasses import replace
from typing import Any

from sympy import Expr, Integer, Symbol, oo

from numerics.balls import bits_of, precision
from numerics.flow import flow_value
from numerics.kernel import kernel
from proofs_check.limits.result import DepthLimit, Letter
from theory.errors import NtkproofError

_DEPTHS = (10, 100, 1000)


def at_input(found: DepthLimit, corr: Expr, digits: int) -> DepthLimit:
    """The limit with the constants of these inputs enclosed where a method reaches them.

    corr  exact, in [-1, 1]
    """
    if corr == 1:
        return replace(found, notes=(*found.notes, "c = 1: equal inputs, N_L = 1 at every depth."))
    if found.flow is not None:
        found = _at_flow(found, corr, digits)
    if found.status != "DERIVED":
        found = replace(found, numerics=_numerics(found, corr))
    return found


def _at_flow(found: DepthLimit, corr: Expr, digits: int) -> DepthLimit:
    steps, total = found.flow
    if total == oo:
        return found
    value = flow_value(
        steps.step, steps.drive, corr, Integer(0) if steps.driven else steps.initial, total, digits=digits
    )
    if value is None:
        return replace(found, status="OPEN", reason="the quadrature of the flow gave no finite ball at these inputs")
    name = Symbol("N", real=True)
    with precision(bits_of(digits) + 40):
        from numerics.balls import evaluate

        diagonal = evaluate(
            (0 if steps.driven else steps.diagonal_initial) + total * steps.diagonal_drive, {}, digits=digits + 10
        )
        letter = Letter(symbol=name, meaning="the value of the flow at these inputs", ball=value.ntk / diagonal)
    return replace(found, ntk_limit=name, letters=(*found.letters, letter))


def _known(found: DepthLimit, symbol: Symbol, ball: Any) -> DepthLimit:
    """With a ball for a letter."""
    if ball is None:
        return found
    letters = tuple(replace(one, ball=ball) if one.symbol == symbol else one for one in found.letters)
    return replace(found, letters=letters)


def _numerics(found: DepthLimit, corr: Expr) -> tuple[tuple[int, Any], ...]:
    """The normalised NTK at a few depths."""
    rows = []
    for depth in _DEPTHS:
        try:
            rows.append((depth, kernel(found.network, depth, corr, digits=12).normalized_ntk))
        except NtkproofError:
            break
    return tuple(rows)


__all__ = ["at_input"]
