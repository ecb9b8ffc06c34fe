"""The kernel ``flow`` of a residual network with h L = tau: what the name stands for, and the bounds of theorem resnet-flow.

A claim speaks of ``flow`` as of a function of c; it becomes ``FlowKernel(mu, tau, theta)`` with its network's numbers. Where a
claim has one input and does not use the name, the bounds hold the enclosure of the kernel there instead.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sympy import Expr, Integer, Rational, acos

from numerics.balls import evaluate, fraction_of, precision
from proofs_check.intervals import compare
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Chain, Depth, Statement
from theory.duals import in_angle
from theory.errors import BeyondReach
from theory.flow_kernel import FlowKernel, fields
from theory.forms import shorter
from theory.language import expressions_of, rewritten
from theory.network import Network
from theory.parsing import parse
from theory.recursion import correlation_form

if TYPE_CHECKING:
    from proofs_check.facts import ResidualForm
    from proofs_check.general_facts import Bound

NAME = "resnet-flow"
CONDITION = "h = tau/L, 0 < tau <= 1"
DIGITS = 40
"""Of the enclosure at one input; it is written with SHOWN of them."""
SHOWN = 30


def named(statement: Statement) -> Statement:
    """The statement with the kernel of the flow for its name.

    raises  BeyondReach where the network has none
    """
    if not isinstance(statement, Depth) or not any(e.has(symbols.flow) for e in expressions_of(statement.holds)):
        return statement
    kernel = flow_of(statement.network)
    if kernel is None:
        raise BeyondReach(
            "flow: the kernel of the flow exists for relu and leaky_relu in resnet with alpha = tau^(1/2) L^(-1/2)"
        )
    return replace(statement, holds=rewritten(statement.holds, lambda e: e.subs(symbols.flow, kernel)))


def flow_of(network: Network) -> FlowKernel | None:
    """The kernel of the flow of a residual network of the family mu with h L = tau."""
    from proofs_check.facts import residual_form

    form = correlation_form(network)
    found = None if form is None else residual_form(form)
    tau = None if found is None else time_of(found)
    return None if found is None or tau is None else _kernel(found.mu, tau)


def time_of(found: "ResidualForm") -> Expr | None:
    """Tau = h L, if it is the same at every depth."""
    tau = shorter(found.scale * symbols.depth)
    return None if tau.free_symbols or compare(tau, Integer(0)) <= 0 else tau


def _kernel(mu: Fraction, tau: Expr) -> FlowKernel:
    return FlowKernel(Rational(mu.numerator, mu.denominator), tau, symbols.theta)


def is_meant(conclusion: Mapping[str, Any], mu: Expr) -> bool:
    """Whether the flow that the conclusion speaks of is that of FlowKernel."""
    names = {"t": symbols.theta, "mu": symbols.mu}
    step, source = fields()
    ours = {"drift": step, "loss": -step.diff(symbols.c), "source": source}
    said = conclusion["flow"]
    if set(said) != set(ours):
        return False
    differences = (parse(said[key], names=names, what="certificate") - in_angle(e) for key, e in ours.items())
    return all(is_zero(e.subs(symbols.mu, mu)) is Answer.YES for e in differences)


def at_flow(statement: Depth, bound: "Bound", found: "ResidualForm") -> Iterator["Bound"]:
    """The bound with the kernel for its name: as it is where the claim uses the name or speaks of L -> oo, or enclosed."""
    tau = time_of(found)
    if tau is None or compare(tau, Integer(1)) > 0:
        return
    kernel = _kernel(found.mu, tau)
    said = speaks_of_it(statement)
    point = statement.correlations.low if statement.correlations.low == statement.correlations.high else None
    if said or (point is None and not isinstance(statement.holds, Chain)):
        yield _put(bound, tau, kernel, kernel)
    if not said and point is not None and compare(point, Integer(1)) < 0:
        low, high = _enclosed(kernel.subs(symbols.theta, acos(point)))
        yield _put(replace(bound, correlations=statement.correlations), tau, low, high)


def speaks_of_it(statement: Depth) -> bool:
    """Whether the kernel stands in the statement, its name written out."""
    return any(e.has(FlowKernel) for e in expressions_of(statement.holds))


def _put(bound: "Bound", tau: Expr, low: Expr, high: Expr) -> "Bound":
    sides = (bound.lower, low), (bound.upper, high)
    lower, upper = (None if e is None else e.subs({symbols.flow: k, symbols.tau: tau}) for e, k in sides)
    return replace(bound, lower=lower, upper=upper)


def _enclosed(number: Expr) -> tuple[Rational, Rational]:
    """Short rationals below and above."""
    ball = evaluate(number, {}, digits=DIGITS)
    scale = 10**SHOWN
    with precision(4 * DIGITS):
        ends = (ball * scale).floor().lower(), (ball * scale).ceil().upper()
    low, high = (Rational(fraction_of(end)) / scale for end in ends)
    return low, high


__all__ = ["CONDITION", "NAME", "at_flow", "flow_of", "is_meant", "named", "speaks_of_it", "time_of"]
