"""What the engines found, as LaTeX: witnesses with their balls, theorems with their bounds.

Idea. The data of an Evidence are plain: "witness" is a point, a dict with mid and rad is a ball, "theorem" and
"theorems" are bounds that a certificate proves. Only such data are set as mathematics; everything else is prose.

What can go wrong. A string that does not parse as an expression is set as it is, in typewriter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sympy import Expr, Symbol

from proofs_check.coq.development import counterparts
from proofs_check.report.expressions import SHOWN_DIGITS, ball_latex, latex_of, named, round_ball, width_of
from proofs_check.report.prose import escape, prose_latex
from proofs_check.report.statements import QUANTITIES
from proofs_check.report.written import name_latex
from proofs_check.verdicts import Evidence, Judgement, Outcome
from theory import symbols
from theory.claims import Quantity, Verdict
from theory.errors import NtkproofError
from theory.parsing import NUMBER_FUNCTIONS, parse

_NAMES: dict[str, Expr] = {
    "L": symbols.depth, "l": symbols.layer, "c": symbols.c, "theta": symbols.theta, "t": Symbol("t", positive=True),
    "gamma": symbols.gamma, "alpha": symbols.alpha, "eta": symbols.eta, "h": symbols.scale, "mu": symbols.mu,
    "s": symbols.slope, "T": symbols.ntk,
    "q1": symbols.length1, "q2": symbols.length2,
    "value": symbols.value, "x": symbols.x, "K": symbols.nngp, "q": symbols.length,
}  # fmt: skip
_FUNCTIONS = NUMBER_FUNCTIONS
_SIDES = {
    "left": "left side", "right": "right side", "proved": "proved bound", "claimed": "claimed bound",
    "coefficient": "coefficient",
    "value": "value", "bound": "bound", "lhs": "left side", "rhs": "right side", "gap": "left minus right", "ball": "value",
}  # fmt: skip
_BALL = re.compile(r"\[?([-+]?[\d.]+(?:[eE][-+]?\d+)?) \+/- ([\d.]+(?:[eE][-+]?\d+)?)\]?")
_HEADS = {Outcome.PROVES: "Proof", Outcome.REFUTES: "Counterexample"}
NUMBERS = "both sides are numbers"
"""What is said where no symbol is free, so that there is no point to name."""
_COUNTS = ("examples", "cells", "digits", "bits")


@dataclass(frozen=True, kw_only=True)
class Theorem:
    """A bound that a certificate proves, as it stood in the evidence."""

    source: str
    latex: str
    domain: str


def expression_latex(text: str) -> str:
    r"""LaTeX of an expression in a string; typewriter where it is none.

    >>> expression_latex("3*log(L)/(8*L)")
    '\\frac{3 \\log L}{8 L}'
    """
    said = _parsed(text)
    return rf"\text{{\texttt{{{escape(text)}}}}}" if said is None else latex_of(named(said))


def _parsed(text: str) -> Expr | None:
    try:
        return parse(text, names=_NAMES, functions=_FUNCTIONS)
    except NtkproofError:
        return None


def balls_of(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(what it is, LaTeX of the ball) for every ball among the data.

    Two balls that do not meet are printed with as many digits as it takes to see that.
    """
    found: dict[str, tuple[str, str]] = {}
    for key, value in data.items():
        ball: tuple[str, str] | None = None
        if isinstance(value, Mapping) and {"mid", "rad"} <= set(value):
            ball = (str(value["mid"]), str(value["rad"]))
        elif isinstance(value, str) and (match := _BALL.fullmatch(value.strip())):
            ball = (match[1], match[2])
        if ball is not None and all(_is_number(part) for part in ball):
            found[key] = ball
    digits = _digits_apart(*found.values()) if len(found) == 2 else SHOWN_DIGITS
    for key, ball in found.items():
        yield _SIDES.get(key, key), ball_latex(*ball, digits)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def _digits_apart(left: tuple[str, str], right: tuple[str, str]) -> int:
    """The fewest of 10, 20, ... digits at which the printed balls do not meet; 10 where they meet as they are."""
    for digits in range(SHOWN_DIGITS, 8 * SHOWN_DIGITS, SHOWN_DIGITS):
        (mid_1, rad_1), (mid_2, rad_2) = (tuple(map(Decimal, round_ball(*ball, digits))) for ball in (left, right))
        if abs(mid_1 - mid_2) > rad_1 + rad_2:
            return digits
    return SHOWN_DIGITS


def witness_latex(data: Mapping[str, Any]) -> str:
    r"""The point of a counterexample.

    >>> witness_latex({"witness": {"c": "-1", "L": "10000"}})
    '\\mbox{$c = -1$}, \\mbox{$L = 10^{4}$}'
    """
    point = data.get("witness")
    if not isinstance(point, Mapping):
        return ""
    return ", ".join(_coordinate(str(name), str(value)) for name, value in point.items())


def _coordinate(name: str, value: str) -> str:
    letter, said = _parsed(name), _parsed(value)
    left = name_latex(name) if letter is None else latex_of(letter)
    if said is None:
        return rf"\mbox{{${left}$}}: {prose_latex(value)}"
    shown = latex_of(said)
    # a fraction of two long integers says less than the decimals near it
    if said.is_Rational and width_of(shown) > 16:
        return rf"\mbox{{${left} \approx {_decimals(said)}$}}"
    return rf"\mbox{{${left} = {shown}$}}"


def _decimals(number: Any, digits: int = 12) -> str:
    """The nearest decimal of so many digits."""
    scaled = (2 * abs(int(number.p)) * 10**digits + int(number.q)) // (2 * int(number.q))
    whole, rest = divmod(scaled, 10**digits)
    return f"{'-' * (int(number.p) < 0)}{whole}.{str(rest).zfill(digits)}"


def contradiction_latex(data: Mapping[str, Any]) -> str:
    r"""What a witness shows: both sides as balls, or how far a proved bound keeps the value from what is claimed.

    >>> contradiction_latex({"coefficient": {"mid": "-0.25", "rad": "0"}, "growth": "1"})
    'a proved bound keeps the value minus the claimed term $\\le -0.25 + o(1)$'
    """
    balls = list(balls_of(data))
    if "growth" in data and len(balls) == 1:
        shown, growth = balls[0][1], str(data["growth"])
        relation = r"\le" if shown.lstrip("(").startswith("-") else r"\ge"
        size = f"{shown} + o(1)" if growth == "1" else rf"\left({shown} + o(1)\right) {expression_latex(growth)}"
        return rf"a proved bound keeps the value minus the claimed term ${relation} {size}$"
    return "; ".join(rf"{what} \mbox{{${shown}$}}" for what, shown in balls)


def evidence_latex(evidence: Evidence) -> str:
    """One paragraph: proof or counterexample, what it is, and in small the engine and its cost."""
    data = evidence.data
    point, shown = witness_latex(data), contradiction_latex(data)
    head = _HEADS.get(evidence.outcome, "Evidence")
    if evidence.outcome is Outcome.REFUTES and shown:
        said = f"{head} at {point}: {shown}" if point else f"{head}: {NUMBERS}: {shown}"
    else:
        said = f"{head}: {summary_latex(evidence)}"
    details = [f"seed {data['seed']}"] if "seed" in data and "seed" not in said else []
    details += [
        f"{data[key]} {key}"
        for key in _COUNTS
        if isinstance(data.get(key), int) and data[key] and str(data[key]) not in said
    ]
    if evidence.outcome is Outcome.PROVES:
        details += [rf"Coq: \texttt{{{escape(name)}}}" for name in counterparts(data)]
    tail = ", ".join([rf"\textsf{{{escape(evidence.engine)}}}", *details])
    return rf"{said}. {{\scriptsize\textcolor{{soft}}{{[{tail}]}}}}"


def summary_latex(evidence: Evidence) -> str:
    """The sentence of the engine."""
    said = evidence.summary.replace("**", "^")
    return prose_latex(re.sub("^at : ", f"{NUMBERS}: ", said))


def deciding(judgement: Judgement) -> tuple[Evidence, ...]:
    """The evidence that carries the verdict; none where nothing is decided."""
    wanted = {
        Verdict.PROVED: Outcome.PROVES, Verdict.REFUTED: Outcome.REFUTES, Verdict.SUPPORTED: Outcome.SUPPORTS,
    }.get(judgement.verdict)  # fmt: skip
    return tuple(e for e in judgement.evidence if e.outcome is wanted)


def theorems_of(judgements: Sequence[Judgement]) -> list[Theorem]:
    """The bounds named in the evidence, each once, by source."""
    listed_once: dict[str, Mapping[str, Any]] = {}
    for judgement in judgements:
        for evidence in judgement.evidence:
            listed = evidence.data.get("theorems", [])
            single = evidence.data.get("theorem")
            for data in [*(listed if isinstance(listed, list | tuple) else []), *([single] if single else [])]:
                if isinstance(data, Mapping):
                    listed_once.setdefault(repr(sorted(data.items())), data)
    found = {(theorem.source, theorem.latex): theorem for theorem in map(_theorem, listed_once.values())}
    return sorted(found.values(), key=lambda theorem: (theorem.source, theorem.latex))


def _theorem(data: Mapping[str, Any]) -> Theorem:
    names = {quantity.value: letter for quantity, (letter, _) in QUANTITIES.items()}
    middle = names.get(str(data.get("quantity")), names[Quantity.NORMALIZED_NTK.value])
    parts = [middle]
    if data.get("lower") is not None:
        parts.insert(0, rf"{expression_latex(str(data['lower']))} \le")
    if data.get("upper") is not None:
        parts.append(rf"\le {expression_latex(str(data['upper']))}")
    low, _, high = str(data.get("correlations", "")).partition(" .. ")
    where = []
    if high:
        where.append(
            f"$c$ from ${expression_latex(low)}$ to ${expression_latex(high)}$" if low != high else f"$c = {low}$"
        )
    if data.get("first depth") is not None:
        where.append(rf"every $L \ge {escape(str(data['first depth']))}$")
    whole = " ".join(parts)
    if data.get("lower") is not None and data.get("lower") == data.get("upper"):
        whole = f"{middle} = {expression_latex(str(data['lower']))}"
    if width_of(whole) > 84 and len(parts) == 3:
        low_side = parts[0].removesuffix(r" \le")
        whole = rf"\begin{{aligned}} {middle} &\ge {low_side} \\ {middle} &{parts[2]} \end{{aligned}}"
    return Theorem(source=str(data.get("source", "")), latex=whole, domain=", ".join(where))


__all__ = [
    "NUMBERS",
    "Theorem",
    "balls_of",
    "contradiction_latex",
    "deciding",
    "evidence_latex",
    "expression_latex",
    "summary_latex",
    "theorems_of",
    "witness_latex",
]
