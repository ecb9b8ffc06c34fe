r"""Derivations as text, LaTeX or JSON, and the sentences of claims; every line shown is a step that can be checked.

Idea. Long arguments get letters before the lines are set: rho for K/sqrt(q_1 q_2), the correlation of two
pre-activations. A definition of each letter stands under the derivation. The JSON holds the steps as they are.
"""

import json
import re
from itertools import count, groupby

from sympy import Expr, Integral, Mul, Symbol, acos, exp, sqrt

from proofs_check.report.expressions import WIDTH, latex_of, lines_of, text_of, width_of
from proofs_check.report.prose import prose_latex
from proofs_check.report.statements import statement_latex, statement_text
from theory import symbols
from theory.derivation import RELATIONS, Derivation, Step

_TERMINAL = 100
_RHO = Symbol("rho", real=True)
_RELATIONS = {"=": "=", "~": "~", "approx": "~="}
"""The relations of a step in plain text."""
_CORRELATION = symbols.nngp / (sqrt(symbols.length1) * sqrt(symbols.length2))


def render_derivation(derivation: Derivation, format: str) -> str:
    """A derivation for a reader or a program.

    text    one step a paragraph: the equation, broken where it is long, then rule and reason
    latex   for each group of steps a sentence and an ``align*`` environment; it needs amsmath only
    json    {"title": ..., "steps": [{"lhs", "rhs", "relation", "rule", "reason", "latex"}, ...]}
    raises  ValueError for any other format

    >>> from sympy import Integer
    >>> from theory.derivation import Derivation, Step
    >>> step = Step(lhs=symbols.nngp, rhs=symbols.c, rule="definition", reason="inputs on the sphere")
    >>> print(render_derivation(Derivation(title="Start", steps=(step,)), "text"))
    Start
    <BLANKLINE>
      1  K = c
         definition: inputs on the sphere
    """
    match format:
        case "text":
            return _text(derivation)
        case "latex":
            return derivation_latex(derivation)
        case "json":
            return json.dumps(derivation_json(derivation), indent=2, ensure_ascii=False)
    raise ValueError(f"format={format}: text, latex or json")


def derivation_json(derivation: Derivation) -> dict[str, object]:
    """The steps as plain data, exact."""
    return {
        "title": derivation.title,
        "steps": [
            {
                "lhs": str(step.lhs),
                "rhs": str(step.rhs),
                "relation": step.relation,
                "rule": step.rule,
                "reason": step.reason,
                "latex": f"{_side_latex(step.lhs)} {RELATIONS[step.relation]} {_side_latex(step.rhs)}",
            }
            for step in derivation.steps
        ],
    }


def derivation_latex(derivation: Derivation, *, heading: bool = True, width: int = WIDTH, shrink: bool = False) -> str:
    r"""Rule and reason of each group of steps as a sentence, its equations as one ``align*``.

    shrink  set the equations by the macro ``\fit`` of the article, which shrinks what is wider than the line
    """
    parts = [rf"\paragraph{{{prose_latex(derivation.title)}.}}\leavevmode\par"] if heading else []
    groups = groupby(derivation.steps, key=lambda step: (step.rule, reason_text(step)))
    for number, ((rule, reason), steps) in enumerate(groups, start=1):
        rows = [row for step in steps for row in _rows(step, width)]
        body = " \\\\\n".join(rows)
        head = prose_latex(_capital(rule.replace("-", " ")))
        parts.append(rf"\noindent\textbf{{{number}. {head}.}} {_capital(prose_latex(_tangent(reason)))}.")
        if shrink:
            parts.append(f"\\[ \\fit{{\\begin{{aligned}}\n{body}\n\\end{{aligned}}}} \\]")
        else:
            parts.append(f"\\begin{{align*}}\n{body}\n\\end{{align*}}")
    if _uses_rho(derivation):
        below = latex_of(sqrt(symbols.length1) * sqrt(symbols.length2))
        parts.append(rf"\noindent Here $\rho = {latex_of(symbols.nngp)}/{below}$.")
    return "\n".join(parts)


def reason_text(step: Step) -> str:
    """The reason of a step without the restated input, which the line before shows."""
    reason = re.sub(r";? the input has [KT] = .*\)$", ")", step.reason)
    return reason.replace(" ()", "")


def _capital(text: str) -> str:
    """The sentence with a capital letter, unless it begins with mathematics or a command."""
    return text[:1].upper() + text[1:]


def _rows(step: Step, width: int) -> list[str]:
    """The lines of one equation, with the alignment mark."""
    lhs, rhs, relation = _lines(step.lhs, width), _lines(step.rhs, width - 10), RELATIONS[step.relation]
    if len(lhs) == 1 and width_of(lhs[0]) + max(map(width_of, rhs)) <= width:
        return [f"{lhs[0]} &{relation} {rhs[0]}", *(rf"&\quad {row}" for row in rhs[1:])]
    rows = [f"&{lhs[0]}", *(rf"&\quad {row}" for row in lhs[1:]), rf"&\quad {relation} {rhs[0]}"]
    return rows + [rf"&\qquad {row}" for row in rhs[1:]]


def _lines(side: Expr, width: int) -> list[str]:
    side = _short(side)
    if isinstance(side, Symbol):
        return [_letter(side)]
    return _integral_lines(side, width) if isinstance(side, Integral) else lines_of(side, width, decimals=False)


def _integral_lines(integral: Integral, width: int) -> list[str]:
    """An expectation as its weight in front and its measure behind, broken between factors."""
    signs = " ".join(rf"\int_{{{latex_of(limit[1])}}}^{{{latex_of(limit[2])}}}" for limit in reversed(integral.limits))
    measure = r"\, " + r" \, ".join(f"d{latex_of(limit[0])}" for limit in integral.limits)
    whole = f"{signs} {latex_of(integral.function)} {measure}"
    if width_of(whole) <= width:
        return [whole]
    density = [
        factor
        for factor in integral.function.args
        if isinstance(factor, exp) and factor.has(symbols.nngp, symbols.length)
    ]
    rest = integral.function / Mul(*density)
    return [f"{signs} {latex_of(rest)}", rf"\cdot {latex_of(Mul(*density))} {measure}"] if density else [whole]


def _letter(side: Symbol) -> str:
    """The name of a kernel behind a layer; T, the letter of the code, is Theta."""
    return re.sub(r"^T(?=_)", r"\\Theta", latex_of(side, decimals=False))


def _side_latex(side: Expr) -> str:
    return _letter(side) if isinstance(side, Symbol) else latex_of(side, decimals=False)


def _short(side: Expr) -> Expr:
    """The side with rho for the correlation of the pre-activations."""
    return side.subs(acos(_CORRELATION), acos(_RHO)) if side.has(acos) else side


def _uses_rho(derivation: Derivation) -> bool:
    return any(_short(side).has(_RHO) for step in derivation.steps for side in (step.lhs, step.rhs))


def _tangent(reason: str) -> str:
    """T, the letter of the code for the tangent kernel, as the letter of the page."""
    return re.sub(r"(?<![\w$\\])T(?![\w$])", "Theta", reason)


def _text(derivation: Derivation) -> str:
    lines = [derivation.title, ""]
    wide = len(str(len(derivation.steps)))
    indent, table, numbers = " " * (wide + 4), {_RHO: "rho"}, count(1)
    for (rule, reason), steps in groupby(derivation.steps, key=lambda step: (step.rule, reason_text(step))):
        for step in steps:
            left, right = (_side_text(side, table) for side in (step.lhs, step.rhs))
            lines += _wrapped(f"  {next(numbers):>{wide}}  {left} {_RELATIONS[step.relation]} {right}", indent)
        lines.append(f"{indent}{rule}: {_plain(_tangent(reason))}")
    if _uses_rho(derivation):
        lines += ["", f"  with rho = {text_of(_CORRELATION)}"]
    return "\n".join(lines)


def _plain(reason: str) -> str:
    """A reason without the signs of LaTeX."""
    return re.sub(r"\\varepsilon", "eps", reason).replace("\\", "").replace("$", "")


def _wrapped(line: str, indent: str) -> list[str]:
    """The line, broken before operators where it is longer than a terminal is wide."""
    lines = [""]
    for piece in re.split(r" (?=[-+=] )", line):
        if lines[-1] and len(lines[-1]) + 1 + len(piece) > _TERMINAL:
            lines.append(f"{indent}    {piece}")
        else:
            lines[-1] += f" {piece}" if lines[-1] else piece
    return lines


def _side_text(side: Expr, table: dict[Symbol, str]) -> str:
    said = text_of(_short(side), table, decimals=False)
    return re.sub(r"^T(?=_)", "Theta", said.replace("mathrm", "").replace("ell", "l")) if side.is_Symbol else said


__all__ = ["derivation_json", "derivation_latex", "render_derivation", "statement_latex", "statement_text"]
