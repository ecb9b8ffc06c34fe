"""Whether a statement is defined and real wherever it is claimed, before an engine may prove anything about it.

Ball arithmetic for correlations takes the part of a ball inside the domain of a root or an arccosine, since correlations are
known to lie in [-1, 1]. For an expression that somebody wrote this must be shown: every base of a fractional power is >= 0
(> 0 under a negative one), every argument of a logarithm > 0, every argument of an arccosine or arcsine lies in [-1, 1].

What can go wrong. "Not shown" blocks the proof of a statement that may be true; it refutes nothing.
"""

from collections.abc import Iterable, Iterator

from sympy import Expr, I, Integer, Pow, acos, asin, log, nan, oo, pi, zoo

from proofs_check.bounded import is_positive
from proofs_check.inequalities import holds_for_all_depths
from proofs_check.intervals import in_angles, points
from proofs_check.lemmas import decide_inequality
from proofs_check.pieces import in_half_angle, in_theta
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.claims import Chain, Depth, Inequality, Interval
from theory.constants import exact_sign
from theory.errors import NtkproofError
from theory.language import expressions_of

LOOKED_AT = 6
Condition = tuple[Expr, bool]
"""An expression that must be >= 0, or > 0 if strict."""


def undefined_at(statement: Depth) -> str | None:
    """A sentence if an expression of the statement, as written, has no real value at an input that is looked at.

    A chain speaks of every depth, so the first ones are put in; an order of growth speaks of large ones.
    """
    first = statement.depth_low
    depths = (first, first + 1, first + 2) if isinstance(statement.holds, Chain) else (None,)
    domain = statement.correlations
    usual = list(points(domain, closure=False))
    for point in dict.fromkeys([*usual[:LOOKED_AT], *(p for p in usual if p in (domain.low, domain.high))]):
        for depth in depths:
            if depth is not None and statement.depth_high is not None and depth > statement.depth_high:
                continue
            at = {symbols.c: point, symbols.theta: acos(point)} | (
                {} if depth is None else {symbols.depth: Integer(depth)}
            )
            if any(e.subs(at).has(nan, zoo, oo, -oo, I) for e in expressions_of(statement.holds)):
                where = f"c = {point}" if depth is None else f"c = {point}, L = {depth}"
                return f"the statement is not defined at {where}"
    return None


def not_shown_real(statement: Depth) -> str | None:
    """A sentence if the expressions of a statement about depth are not shown to be real on its whole domain."""
    domain = statement.correlations
    from_zero = isinstance(statement.holds, Chain) and statement.depth_low == 0
    for condition, strict in _conditions(in_theta(e) for e in expressions_of(statement.holds)):
        shown = _holds(condition, strict, domain, max(statement.depth_low, 1))
        if shown and from_zero and condition.has(symbols.depth):
            shown = _holds(condition.subs(symbols.depth, 0), strict, domain, 1)
        if not shown:
            return f"the statement is not shown to be real everywhere: {condition} {'>' if strict else '>='} 0 is not shown"
    return None


def not_shown_real_on(statement: Inequality) -> str | None:
    """The same for an inequality of one variable."""
    for condition, strict in _conditions([statement.gap]):
        if condition.free_symbols:
            inner = Inequality(gap=condition, domain=statement.domain, strict=strict)
            found = decide_inequality(inner)
            shown = found is not None and found.outcome is Outcome.PROVES
        else:
            shown = exact_sign(condition) in ((1,) if strict else (0, 1))
        if not shown:
            return f"the gap is not shown to be real everywhere: {condition} {'>' if strict else '>='} 0 is not shown"
    return None


def _conditions(expressions: Iterable[Expr]) -> Iterator[Condition]:
    seen: set[Condition] = set()
    for expression in expressions:
        for node in expression.atoms(Pow, log, acos, asin):
            found: list[Condition] = []
            if isinstance(node, Pow) and not node.exp.is_Integer:
                found = [(node.base, not bool(node.exp.is_Rational and node.exp > 0))]
            elif isinstance(node, log):
                found = [(node.args[0], True)]
            elif isinstance(node, acos | asin):
                found = [(1 - node.args[0], False), (1 + node.args[0], False)]
            for condition in found:
                if condition not in seen:
                    seen.add(condition)
                    yield condition


def _holds(condition: Expr, strict: bool, domain: Interval, first: int) -> bool:
    if not condition.free_symbols:
        return exact_sign(condition) in ((1,) if strict else (0, 1))
    if is_positive(condition, domain) or is_positive(in_half_angle(condition), domain):
        return True
    if not condition.free_symbols <= {symbols.theta, symbols.depth}:
        return False
    angles = in_angles(domain)
    low, high = angles.low, angles.high
    if domain.low == domain.high:
        condition = condition.subs(symbols.theta, low)
    try:
        if condition.free_symbols == {symbols.theta}:
            found = decide_inequality(Inequality(gap=condition, domain=angles, strict=strict))
            return found is not None and found.outcome is Outcome.PROVES
        ends = (Integer(0), pi) if strict else ()
        at_ends = [condition.subs(symbols.theta, end) for end in ends if end in (low, high)]
        return all(
            holds_for_all_depths(e, first=first, low=low, high=high, strict=strict) for e in (condition, *at_ends)
        )
    except NtkproofError:
        return False
