r"""Formulas of certificates as LaTeX, in the form in which they are written there.

Idea. A certificate states its map, hypotheses and conclusions as text, and the checker returns them as text. The reader
sees that text set as mathematics, term by term, in its own order; no algebra stands between what was checked and what is
printed. Long expressions have letters: S(t) for (sin t - t cos t)/pi, r(t) for S(t)/sin t, and Omega_mu(t).

What can go wrong. Text that is no expression is set in typewriter.
"""

import ast
import re
from collections.abc import Mapping
from itertools import groupby

from sympy import Rational

from proofs_check.report.expressions import decimal_of
from proofs_check.report.prose import escape

S_LATEX = r"S(\theta) = \frac{\sin\theta - \theta\cos\theta}{\pi}"
R_LATEX = r"r(\theta) = \frac{S(\theta)}{\sin\theta}"
OMEGA_LATEX = r"\Omega_\mu(\theta) = \cos\theta + \frac{\mu}{2}\Bigl(S(\theta) - \frac{\theta\cos\theta}{\pi}\Bigr)"
"""What the letters mean, for the reader."""

_SHORTER = (
    (re.compile(r"\(sin\((\w+)\)-\1\*cos\(\1\)\)/pi"), r"S(\1)"),
    (re.compile(r"\(cos\((\w+)\)\+\(?(\w+|\d+/\d+)\)?/2\*\(\(?S\(\1\)\)?-\1\*cos\(\1\)/pi\)\)"), r"Omega(\1,\2)"),
    (re.compile(r"\(S\((\w+)\)/sin\(\1\)\)"), r"r(\1)"),
    (re.compile(r"\(sin\((\w+)\)-\(?(\w+|\d+/\d+)\)?/2\*\(2\*\1\*sin\(\1\)-cos\(\1\)\)/pi\)"), r"Fall(\1,\2)"),
)
_FUNCTIONS = {"sin": r"\sin", "cos": r"\cos", "log": r"\log", "acos": r"\arccos", "exp": r"\exp", "S": "S", "r": "r"}
_LETTERS = {
    "theta": r"\theta", "t": r"\theta", "pi": r"\pi", "mu": r"\mu", "eta": r"\eta", "gamma": r"\gamma", "alpha": r"\alpha",
    "phi": r"\phi", "a": "a", "b": "b", "beta": r"\beta", "omega": r"\omega", "h": "h", "L": "L", "l": r"\ell", "c": "c",
}  # fmt: skip
_ADD, _MUL, _POWER, _ATOM = range(4)
_LIMIT = 20_000


def written_latex(text: str, letters: Mapping[str, str] | None = None) -> str:
    r"""LaTeX of a formula of a certificate.

    letters  LaTeX of further names, or of others than the usual

    >>> written_latex("cos(t)+mu*(sin(t)-t*cos(t))/pi")
    '\\cos\\theta + \\mu\\, S(\\theta)'
    >>> written_latex("(1/4*(L+1)+(-63/50))/(L+1)")
    '\\frac{\\frac{1}{4} \\left(L + 1\\right) - 1.26}{L + 1}'
    """
    for pattern, letter in _SHORTER:
        text = pattern.sub(letter, text)
    tree = _tree(text)
    try:
        if tree is not None:
            return _Printer({**_LETTERS, **(letters or {})}).show(tree)
    except (ValueError, RecursionError):
        pass
    return rf"\text{{\texttt{{{escape(text)}}}}}"


def nonnegative_latex(text: str, relation: str = ">=") -> str:
    r"""The inequality ``text >= 0``, or ``text > 0``, with the terms that have a minus on the other side.

    >>> nonnegative_latex("1-(sin(t)-t*cos(t))/pi")
    '1 \\ge S(\\theta)'
    """
    for pattern, letter in _SHORTER:
        text = pattern.sub(letter, text)
    above = r"\ge" if relation == ">=" else ">"
    tree = _tree(text)
    sides: dict[bool, list[str]] = {True: [], False: []}
    for sign, term in _terms(tree, 1) if tree is not None else []:
        positive = _without_sign(term)
        sides[(sign > 0) is (positive is None)].append(ast.unparse(term if positive is None else positive))
    if not sides[True] or not sides[False]:
        return f"{written_latex(text)} {above} 0"
    left, right = ("+".join(f"({term})" for term in side) for side in (sides[True], sides[False]))
    return f"{written_latex(left)} {above} {written_latex(right)}"


def _tree(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.replace("^", "**"), mode="eval").body if len(text) <= _LIMIT else None
    except (SyntaxError, ValueError, RecursionError):
        return None


def name_latex(name: str) -> str:
    r"""A constant's name as a letter with an index.

    >>> name_latex("d_lo"), name_latex("C0"), name_latex("below")
    ('d_{\\mathrm{lo}}', 'C_{0}', '\\mathrm{below}')
    """
    letter, _, index = name.partition("_")
    if not index and (match := re.fullmatch(r"([A-Za-z])(\d+)", name)):
        return f"{match[1]}_{{{match[2]}}}"
    head = _LETTERS.get(letter, letter if len(letter) == 1 else rf"\mathrm{{{escape(letter)}}}")
    return rf"{head}_{{\mathrm{{{escape(index)}}}}}" if index else head


class _Printer:
    """Each method returns LaTeX; ``strength`` says what the context binds, and brackets follow from it."""

    def __init__(self, letters: Mapping[str, str]) -> None:
        self.letters = letters

    def show(self, node: ast.expr, strength: int = _ADD) -> str:
        number = _rational(node)
        if number is not None:
            return _bracketed(_number(number), number < 0 and strength > _ADD)
        if isinstance(node, ast.BinOp) and (positive := _without_sign(node)) is not None:
            return _bracketed(f"-{self.show(positive, _MUL)}", strength > _ADD)
        match node:
            case ast.Name(id=name):
                return self.letters.get(name, name_latex(name))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return _bracketed(f"-{self.show(inner, _MUL)}", strength > _ADD)
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return _bracketed(self._sum(node), strength > _ADD)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return _bracketed(self._product(node), strength > _MUL)
            case ast.BinOp(op=ast.Pow(), left=base, right=power):
                return f"{self.show(base, _ATOM)}^{{{self.show(power)}}}"
            case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
                return rf"\sqrt{{{self.show(inner)}}}"
            case ast.Call(func=ast.Name(id="Omega"), args=[inner, mu]):
                return rf"\Omega_{{{self.show(mu)}}}({self.show(inner)})"
            case ast.Call(func=ast.Name(id="Fall"), args=[inner, mu]):
                return _bracketed(rf"-\Omega_{{{self.show(mu)}}}'({self.show(inner)})", strength > _ADD)
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _FUNCTIONS:
                said = self.show(inner)
                if isinstance(inner, ast.Name) and name not in ("S", "r"):
                    return f"{_FUNCTIONS[name]}{said}" if said.startswith("\\") else f"{_FUNCTIONS[name]} {said}"
                return f"{_FUNCTIONS[name]}({said})" if isinstance(inner, ast.Name) else _called(name, said)
        raise ValueError("not an expression of certificates")

    def _sum(self, node: ast.expr) -> str:
        terms = list(_terms(node, 1))
        out = ""
        for sign, term in terms:
            number, positive = _rational(term), _without_sign(term)
            if _vanishes(term):
                continue
            if number is not None and number < 0:
                sign, said = -sign, _number(-number)
            elif positive is not None:
                sign, said = -sign, self.show(positive, _MUL)
            else:
                said = self.show(term, _MUL)
            mark = "-" if sign < 0 else "+"
            out += f" {mark} {said}" if out else f"-{said}" if sign < 0 else said
        return out or "0"

    def _product(self, node: ast.expr) -> str:
        """Quotients as fractions; a factor 1 is left out."""
        above, below = _factors(node)
        if _vanishes(node):
            return "0"
        if len(above) > 1 and below and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            # a/b*c keeps its fraction in front
            return self._joined([node.left, node.right])
        if not below:
            return self._joined(above)
        top = self._joined(above) if len(above) > 1 else self.show(above[0]) if above else "1"
        bottom = self._joined(below) if len(below) > 1 else self.show(below[0])
        return top if bottom == "1" else rf"\frac{{{top}}}{{{bottom}}}"

    def _joined(self, factors: list[ast.expr]) -> str:
        said: list[str] = []
        for same, group in groupby(factors, key=ast.dump):
            count, factor = len(list(group)), factors[[ast.dump(one) for one in factors].index(same)]
            if _rational(factor) != 1:
                one = self.show(factor, _MUL if len(factors) > 1 else _ADD)
                said.append(one if count == 1 else f"{self.show(factor, _ATOM)}^{{{count}}}")
        out = said[0] if said else "1"
        for one in said[1:]:
            digits = out[-1].isdigit() and one[0].isdigit()
            out += rf" \cdot {one}" if digits else rf"\, {one}" if re.match(r"S\(|\\Omega", one) else f" {one}"
        return out


def _called(name: str, inner: str) -> str:
    return rf"{_FUNCTIONS[name]}\left({inner}\right)"


def _bracketed(text: str, wanted: bool) -> str:
    return rf"\left({text}\right)" if wanted else text


def _terms(node: ast.expr, sign: int) -> list[tuple[int, ast.expr]]:
    if _rational(node) is None and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        flipped = -sign if isinstance(node.op, ast.Sub) else sign
        if (
            isinstance(node.op, ast.Sub)
            and isinstance(node.right, ast.BinOp)
            and isinstance(node.right.op, ast.Add | ast.Sub)
        ):
            bracket = ast.UnaryOp(op=ast.USub(), operand=node.right)
            return [*_terms(node.left, sign), (sign, bracket)]
        return [*_terms(node.left, sign), *_terms(node.right, flipped)]
    return [(sign, node)]


def _factors(node: ast.expr) -> tuple[list[ast.expr], list[ast.expr]]:
    """The factors above and below the bar, ones left out."""
    number = _rational(node)
    if number == 1:
        return [], []
    if number is None and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        above, below = _factors(node.left)
        more, less = _factors(node.right)
        return (above + more, below + less) if isinstance(node.op, ast.Mult) else (above + less, below + more)
    return [node], []


def _without_sign(node: ast.expr) -> ast.expr | None:
    """The product without the minus in front of its first factor; None where there is none."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return inner
        case ast.BinOp(op=(ast.Mult() | ast.Div()) as op, left=left, right=right):
            inner_left = _without_sign(left)
            return None if inner_left is None else ast.BinOp(left=inner_left, op=op, right=right)
    return None


def _vanishes(term: ast.expr) -> bool:
    """Whether a factor above the bar is the number 0."""
    return any(_rational(factor) == 0 for factor in _factors(term)[0])


def _rational(node: ast.expr) -> Rational | None:
    """The value of a number that is written out, such as -63/50; None for anything else."""
    match node:
        case ast.Constant(value=int() as value):
            return Rational(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            positive = _rational(inner)
            return None if positive is None else -positive
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            above, below = _rational(left), _rational(right)
            return None if above is None or not below else above / below
    return None


def _number(number: Rational) -> str:
    if number.is_Integer:
        return str(number)
    sign = "-" if number < 0 else ""
    # tenths and twentieths were typed as decimals; quarters and eighths are the field's fractions
    decimal = decimal_of(number, least=5) if number.q % 5 == 0 else decimal_of(number)
    return decimal or rf"{sign}\frac{{{abs(number.p)}}}{{{number.q}}}"


__all__ = ["OMEGA_LATEX", "R_LATEX", "S_LATEX", "name_latex", "nonnegative_latex", "written_latex"]
