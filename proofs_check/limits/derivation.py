r"""The derivation of a depth limit as steps that can be checked, and their check.

Rules
    definition     introduces a name; nothing to check
    series         lhs, a function of x, has the expansion rhs: |lhs - rhs| <= C x^n as x -> 0, at points 10^-8 and 10^-12
    fixed-point    both sides agree at the enclosed fixed point
    algebra        both sides agree, by replayed algebra or by balls
    asymptotics    the conclusion, by the theorem of docs/depth-limits.md that the reason names
    enclosure      the midpoint of the ball of a letter, whose radius the reason states
"""

from collections.abc import Mapping
from typing import Any

from flint import arb
from sympy import Derivative, Expr, Float, Integer, Symbol, acos, cos, oo

from numerics.balls import evaluate, format_ball, precision
from proofs_check.limits.fixed_map import FIRST_TERMS
from proofs_check.limits.maps import Map, local
from proofs_check.limits.result import DepthLimit, Letter
from proofs_check.limits.small_steps import SmallSteps, small_steps
from theory.algebra import Answer, is_zero
from theory.critical import coordinate
from theory.derivation import Derivation, Step
from theory.moments import GaussianMean, GaussianPair
from theory.recursion import correlation_form
from theory.series import NoSeries, PowerSeries, restored
from theory.symbols import c

_x = Symbol("x", positive=True)
_POINTS, _DIGITS = (5, 8), 25
_MOMENT_POINTS, _MOMENT_DIGITS = (3, 5), 11
"""Powers of 1/10 at which expansions are compared, and the digits there; Gaussian moments near 1 have fewer."""
_ANGLE = ("\\theta_L", "{\\theta_L - \\arccos c_*}")
_TERMS = 3
"""Terms of a series that are shown."""
_SHOWN = 20
"""Digits of a letter that are shown."""


def derivation_of(found: DepthLimit, recursion: Map | None) -> Derivation:
    """The steps from the recursion to the limit.

    recursion  the map of the correlation, where it is the same in every layer and known exactly; else None
    """
    title = f"Depth limit of {found.network.name}"
    steps: list[Step] = []
    if recursion is not None:
        steps += _of_map(found, recursion)
    form = correlation_form(found.network)
    if recursion is None and form is not None:
        small = small_steps(form)
        if small is not None:
            steps += _of_flow(small)
    steps += _conclusion(found)
    return Derivation(title=title, steps=tuple(steps))


def _define(name: str, value: Expr, reason: str, rule: str = "definition", relation: str = "=") -> Step:
    return Step(lhs=Symbol(name), rhs=restored(value), rule=rule, reason=reason, relation=relation)


def _of_map(found: DepthLimit, recursion: Map) -> list[Step]:
    steps = [
        _define("c_{\\ell}", recursion.correlation, "the correlation one layer on; c is that of the layer before"),
        _define("F", recursion.factor, r"$t = \Theta/q$ obeys $t' = F t + S$"),
        _define("S", recursion.source, "the source of $t$"),
    ]
    if found.phase == "critical":
        try:
            near = local(recursion, FIRST_TERMS)
            if near.step is None:
                return steps
            at = coordinate(near.step, near.factor, near.source)
        except NoSeries:
            return steps
        inside = cos(_x) if near.variable == "angle" else 1 - _x
        image = recursion.correlation.subs(c, inside)
        moved = acos(image) if near.variable == "angle" else 1 - image
        reason = "$x'$ and $F$ in the local variable $x = " + ("\\theta$" if near.variable == "angle" else "1 - c$")
        steps += [
            _expansion(moved, near.step, _TERMS + 1, reason),
            _expansion(recursion.factor.subs(c, inside), near.factor, _TERMS, reason),
            _define("a", at.a, "$x' = x - a x^2 + O(x^3)$"),
            _define("m", at.m, "$F = 1 - m a x + O(x^2)$, so that $t$ is of the order of $1/x$"),
            _define(
                "\\alpha", at.alpha, r"$1/x' - 1/x = a + a \alpha x + O(x^2)$: the coefficient of $\log L$ in $1/x_L$"
            ),
            _define("b", at.alpha / ((1 + at.m) * at.a), r"$b = \alpha/((1 + m) a)$, the coefficient of $(\log L)/L$"),
        ]
    elif found.phase == "chaotic" and found.fixed_point is not None:
        point = found.fixed_point
        image = recursion.correlation.subs(c, point)
        reason = "the attracting fixed point of the correlation"
        if image != point:
            steps.append(Step(lhs=image, rhs=point, rule="fixed-point", reason=reason))
    return steps


def _of_flow(small: SmallSteps) -> list[Step]:
    return [
        _define(
            "\\varepsilon",
            small.size,
            r"$c' = c + \varepsilon V$, $t' = (1 - \varepsilon G) t + \varepsilon W$",
        ),
        _define("V", small.step, r"the first order of the correlation in $\varepsilon$"),
        _define("G", small.loss, "the first order of the factor of $t$, with the sign reversed"),
        _define("W", small.drive, "what feeds $t$"),
        Step(
            lhs=-Derivative(small.step, c),
            rhs=small.loss,
            rule="algebra",
            reason="Price's theorem: $V$ solves $t' = -G t$",
        ),
    ]


def _conclusion(found: DepthLimit) -> list[Step]:
    steps = []
    number = {"ordered": "2", "chaotic": "3", "critical": "4"}.get(found.phase or "", "7")
    theorem = f"Theorem {found.theorem or number}"
    if found.chi is not None:
        steps.append(_define("\\chi", found.chi, r"the slope $C'(1)$ of the correlation at equal inputs"))
    for name, value in (
        (_ANGLE[found.phase == "chaotic"], found.angle_rate),
        ("{\\Theta_L(x,x)}", found.ntk_diagonal),
        ("{\\lim N_L}", found.ntk_limit),
        ("{N_L - \\lim N_L}", found.leading_correction),
        ("N_L", found.expansion),
    ):
        if value is not None and value != oo:
            first = name in (*_ANGLE, "{N_L - \\lim N_L}", "N_L")
            reason = f"{theorem} of docs/depth-limits.md" + (
                "; the left side begins with the terms on the right" if first else ""
            )
            open_letters = [one for one in found.letters if one.ball is None and value.has(one.symbol)]
            reason += "".join(f"; {one.symbol}: {one.meaning}" for one in open_letters)
            steps.append(_define(name, value, reason, "asymptotics", "~" if first else "="))
    shown = set().union(*(step.rhs.free_symbols for step in steps))
    steps += [_enclosed(letter) for letter in found.letters if letter.symbol in shown and letter.ball is not None]
    return steps


def _enclosed(letter: Letter) -> Step:
    mid, rad = format_ball(letter.ball, _SHOWN)
    reason = f"{letter.meaning}; the error is at most {rad}"
    return Step(lhs=letter.symbol, rhs=Float(mid), rule="enclosure", reason=reason, relation="approx")


def _expansion(function: Expr, series: PowerSeries, terms: int, reason: str) -> Step:
    """A function of x and the first terms of its series, with the order of the rest as a letter."""
    total: Expr = _order(terms)
    for k, value in enumerate(series.coefficients[:terms]):
        total += value * _x**k
    return Step(lhs=function, rhs=total, rule="series", reason=reason)


def _order(terms: int) -> Symbol:
    return Symbol(f"{{O(x^{terms})}}")


def failed_steps(derivation: Derivation, balls: Mapping[Symbol, Any]) -> tuple[Step, ...]:
    """The steps whose check fails; none, for a derivation that may be printed."""
    return tuple(step for step in derivation.steps if not _holds(step, balls))


def _holds(step: Step, balls: Mapping[Symbol, Any]) -> bool:
    match step.rule:
        case "series":
            return _is_expansion(step)
        case "fixed-point":
            gap = evaluate(step.lhs - step.rhs, {s: balls[s] for s in (step.lhs - step.rhs).free_symbols})
            return bool(gap.contains(0) and gap.rad() < arb(10) ** -10)
        case "algebra":
            return is_zero((step.lhs - step.rhs).doit()) is Answer.YES
    return True


def _is_expansion(step: Step) -> bool:
    """Whether (lhs - rhs)/x^n stays bounded as x decreases: it may not grow tenfold from one point to the next."""
    order = next(n for n in range(1, FIRST_TERMS + 1) if step.rhs.has(_order(n)))
    shown, sizes = step.rhs.subs(_order(order), 0), []
    moments = step.lhs.has(GaussianMean, GaussianPair)
    points, digits = (_MOMENT_POINTS, _MOMENT_DIGITS) if moments else (_POINTS, _DIGITS)
    with precision(600):
        for power in points:
            point = Integer(10) ** -power
            gap = evaluate((step.lhs - shown).subs(_x, point), {}, digits=digits)
            sizes.append(abs(gap) * arb(10) ** (power * order))
    return all(bool(size.is_finite()) for size in sizes) and bool(sizes[1] < 10 * sizes[0] + 1)


__all__ = ["derivation_of", "failed_steps"]
