"""Inequalities of one variable by certificates: the exact order of a zero at an end, a Taylor form there, cells beyond.

Idea. gap >= 0 on [low, high] becomes f(t) >= 0 on (0, upper] in the checker's own expression language, with t the distance to an
end. Where the gap vanishes at both ends the interval is halved and each half is read from its own end. What the checker returns
is read back and compared, by replayed algebra, with the claim's gap; the expression that was sent to it is not trusted.

What can go wrong. The language knows rationals, pi, sin, cos, sqrt, log and small integer powers; an expression with anything
else is left to the other engines, and so is one that a few points already show to be negative.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flint import arb
from sympy import (
    Add,
    Expr,
    I,
    Integer,
    Mul,
    Pow,
    Rational,
    Symbol,
    acos,
    cancel,
    cos,
    fraction,
    log,
    nan,
    oo,
    pi,
    sin,
    together,
    zoo,
)

from numerics.balls import precision
from proofs_check.bounded import is_positive
from proofs_check.certify import inequality_certificate
from proofs_check.checker import Rejected, check
from proofs_check.inequalities import compiled
from proofs_check.intervals import INSIDE, covers, in_angles
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Inequality, Interval
from theory.duals import in_angle
from theory.errors import BeyondReach, NtkproofError
from theory.parsing import parse

_DISTANCE = Symbol("t", positive=True)
_FUNCTIONS = {sin: "sin", cos: "cos", log: "log"}
SAMPLES = 7


@dataclass(frozen=True, kw_only=True)
class Part:
    """The inequality on a part of its interval: gap(end + direction * t) for t in (0, width]."""

    end: Expr
    direction: int
    width: Expr


def decide_inequality(statement: Inequality, given: Sequence[dict[str, Any]] | None = None) -> Evidence | None:
    """PROVES where certificates cover the whole interval; None where the inequality is not for this engine.

    given  certificates to be used instead of a search
    """
    domain = statement.domain
    if domain.low == domain.high or not statement.gap.free_symbols <= {domain.symbol} or _negative_somewhere(statement):
        return None
    closed = [
        end for end, is_closed in ((domain.low, domain.low_closed), (domain.high, domain.high_closed)) if is_closed
    ]
    if any(statement.gap.subs(domain.symbol, end).has(nan, zoo, oo, I) for end in closed):
        return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary="the gap is not defined at an end")
    statement = _without_denominator(_in_angle(statement))
    reasons: list[str] = []
    for parts in _divisions(statement):
        if given is not None and len(given) != len(parts):
            continue
        try:
            certificates = [certificate_of(statement, part) for part in parts] if given is None else list(given)
        except NtkproofError as error:
            reasons.append(str(error))
            continue
        if all(_proves(found, statement, part) for found, part in zip(certificates, parts, strict=True)):
            proofs = [found["hypotheses"]["inequality"] for found in certificates]
            cells = sum(len(proof["ends"]) for proof in proofs)
            orders = ", ".join(str(proof["order"]) for proof in proofs)
            return Evidence(
                engine="certificates",
                outcome=Outcome.PROVES,
                summary=f"the checker accepts a certificate of {cells} cells; order of the zero at the end: {orders}",
                data={"certificates": certificates},
            )
    return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary="; ".join(dict.fromkeys(reasons)))


def _in_angle(statement: Inequality) -> Inequality:
    """The same inequality in theta = acos c, where it is in c and not a rational function."""
    domain = statement.domain
    rooted = any(not power.exp.is_Integer for power in statement.gap.atoms(Pow))
    if domain.symbol != symbols.c or not (rooted or statement.gap.has(acos)):
        return statement
    return replace(statement, gap=in_angle(statement.gap), domain=in_angles(domain))


def _without_denominator(statement: Inequality) -> Inequality:
    """The numerator's inequality, where the denominator is positive on the interval by structure."""
    domain = statement.domain
    numerator, denominator = fraction(together(statement.gap))
    if domain.symbol != symbols.theta or not denominator.has(symbols.theta):
        return statement
    inside = covers(Interval(symbol=symbols.theta, low=Integer(0), high=pi), domain)
    return replace(statement, gap=numerator) if inside and is_positive(denominator, INSIDE) else statement


def _divisions(statement: Inequality) -> Iterator[tuple[Part, ...]]:
    """The whole interval read from its left end; then its halves, each read from its own end."""
    low, high = statement.domain.low, statement.domain.high
    yield (Part(end=low, direction=1, width=high - low),)
    half = (high - low) / 2
    yield (Part(end=low, direction=1, width=half), Part(end=high, direction=-1, width=half))


def certificate_of(statement: Inequality, part: Part) -> dict[str, Any]:
    """A certificate of the inequality on a part of its interval.

    raises  BeyondReach where there is none
    """
    gap = _shifted(statement, part)
    numerator, denominator = fraction(together(gap))
    # one fraction removes what cancels, such as a pole at the end
    candidates = [gap] if denominator.free_symbols else [gap, numerator / denominator]
    failures = []
    for candidate in candidates:
        try:
            return inequality_certificate(to_text(candidate), ">" if statement.strict else ">=", to_text(part.width))
        except BeyondReach as error:
            failures.append(str(error))
    raise BeyondReach(failures[-1])


def _shifted(statement: Inequality, part: Part) -> Expr:
    shifted: Expr = statement.gap.subs(statement.domain.symbol, part.end + part.direction * _DISTANCE)
    return shifted


def _proves(certificate: dict[str, Any], statement: Inequality, part: Part) -> bool:
    """Whether the statement that the checker returns is this inequality on this part, ends included as claimed."""
    try:
        proved = check(certificate)
    except Rejected:
        return False
    found = parse(proved["expression"], names={"t": _DISTANCE}, what="certificate")
    upto = parse(proved["upto"], what="certificate")
    same = _equal(found, _shifted(statement, part)) and _equal(upto, part.width)
    if proved["theorem"] != "inequality" or proved["above"] != "0" or not same:
        return False
    if not statement.strict:
        return proved["relation"] in (">=", ">")  # at t = 0 by continuity
    domain = statement.domain
    closed = domain.low_closed if part.direction == 1 else domain.high_closed
    return proved["relation"] == ">" and (not closed or certificate["hypotheses"]["inequality"]["order"] == 0)


def _equal(first: Expr, second: Expr) -> bool:
    """Whether two expressions are equal by replayed algebra, arguments of functions as reduced fractions."""
    return is_zero(_reduced(first) - _reduced(second)) is Answer.YES


def _reduced(expression: Expr) -> Expr:
    found: Expr = expression.replace(
        lambda node: node.func in _FUNCTIONS, lambda node: node.func(cancel(together(node.args[0])))
    )
    return found


def _negative_somewhere(statement: Inequality) -> bool:
    run = compiled(statement.gap, (statement.domain.symbol,))
    with precision(128):
        low, high = (compiled(end, ())() for end in (statement.domain.low, statement.domain.high))
        return any(run(low + (high - low) * arb(k) / SAMPLES) < 0 for k in range(SAMPLES + 1))


def to_text(expression: Expr) -> str:
    """The expression in the checker's language.

    raises  BeyondReach for what it does not know

    >>> to_text(sin(_DISTANCE) ** 2 / (3 * pi))
    'sin(t)^2/(3*pi)'
    """
    if expression.is_Integer:
        return str(expression) if expression >= 0 else f"(-{-expression})"
    if expression.is_Rational:
        return f"({expression.p}/{expression.q})" if expression >= 0 else f"(-{-expression.p}/{expression.q})"
    if expression == pi:
        return "pi"
    if expression == _DISTANCE:
        return "t"
    if isinstance(expression, Add):
        return "(" + "+".join(map(to_text, expression.args)) + ")"
    if isinstance(expression, Mul):
        return _quotient(expression)
    if isinstance(expression, Pow):
        base, exponent = expression.as_base_exp()
        if exponent == Rational(1, 2):
            return f"sqrt({to_text(base)})"
        if exponent.is_Integer and exponent > 0:
            return f"{to_text(base)}^{exponent}" if exponent <= 12 else _unknown(expression)
        if exponent.is_Rational and exponent < 0:
            return f"(1/{to_text(base**-exponent)})"
    if expression.func in _FUNCTIONS:
        return f"{_FUNCTIONS[expression.func]}({to_text(expression.args[0])})"
    return _unknown(expression)


def _quotient(expression: Mul) -> str:
    top, bottom = [], []
    for factor in expression.args:
        base, exponent = factor.as_base_exp()
        if exponent.is_Rational and exponent < 0:
            bottom.append(to_text(base**-exponent))
        elif factor.is_Rational and factor.q != 1:
            top.append(to_text(Integer(factor.p)))
            bottom.append(str(factor.q))
        else:
            top.append(to_text(factor))
    above = "*".join(part for part in top if part != "1") or "1"
    if not bottom:
        return above
    return f"{above}/{bottom[0]}" if len(bottom) == 1 else f"{above}/({'*'.join(bottom)})"


def _unknown(expression: Expr) -> str:
    raise BeyondReach(f"{expression}: not in the language of certificates")


__all__ = ["Part", "certificate_of", "decide_inequality", "to_text"]
