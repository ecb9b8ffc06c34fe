"""Expressions in sentences and evidence as a person writes them; applied when printing only, never to what is kept.

Idea. Evidence holds SymPy's own strings. A string that is an expression is read again, long derived parts get the letters of
the report (Omega_1, kappa_0, kappa_1), and it is printed with ^ and arccos. In a sentence only the notation is changed, and a
derived kernel that stands there in full becomes its letter.

What can go wrong. A part that is spelled in another order stays as it is, which is longer and no less true.
"""

import re
import textwrap
from functools import cache

from sympy import Symbol, cos, expand, together

from theory import symbols
from theory.errors import NtkproofError

WIDTH = 100
"""Characters of a line where the width of the terminal is not known."""
_LEAST = 40
_LETTERS = {
    "L": symbols.depth,
    "c": symbols.c,
    "theta": symbols.theta,
    "eta": symbols.eta,
    "mu": symbols.mu,
    "gamma": symbols.gamma,
    "h": symbols.scale,
    "s": symbols.slope,
    "t": Symbol("t", positive=True),
}


def sentence(text: str) -> str:
    """A reason or summary on one line, with abs, ^ and arccos, and letters for the kernels that are spelled out.

    >>> sentence("Abs(value - 1/4) <= L**(-1) * acos(c)")
    'abs(value - 1/4) <= L^(-1) * arccos(c)'
    """
    text = " ".join(text.split())
    if "theta*cos(theta)" in text or "c*acos(c)" in text:
        for spelled, letter in _subtracted():
            text = re.sub(rf"{re.escape(spelled)}(?= *(?:[),;:]|[<>=]|$))", f" - {letter}", text)
        for spelled, letter in _spelled():
            # where a whole sum stands: neither a factor nor a part of a longer sum
            text = re.sub(rf"(?:(?<=\()|(?<=[=,:] )|^){re.escape(spelled)}(?= *(?:[),;:]|[<>=]|$))", letter, text)
        text = re.sub(r"(?<![\w)])\((Omega_1|kappa_[01])\)", r"\1", text)
    return _notation(text)


def formula(text: str) -> str:
    """An expression printed by SymPy, with the letters of the report.

    >>> formula("theta**2 + sin(theta)/(2*pi) + cos(theta) - theta*cos(theta)/pi")
    'Omega_1 + theta^2'
    """
    from proofs_check.report.expressions import named, text_of
    from theory.parsing import parse

    try:
        return text_of(named(parse(text, names=_LETTERS)))
    except NtkproofError:
        return sentence(text)


def wrapped(text: str, width: int, indent: str = "", first: str | None = None) -> list[str]:
    """The text in lines of at most that width; ``first`` begins the first line, ``indent`` the others."""
    return textwrap.wrap(
        text,
        max(width, _LEAST),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    ) or [(indent if first is None else first).rstrip()]


def shortened(text: str, room: int) -> str:
    """The text, or its beginning with three dots.

    >>> shortened("one two three", 10)
    'one two...'
    """
    if len(text) <= room:
        return text
    return text[: max(room - 3, 0)].rstrip() + "..."


def legend(text: str) -> list[str]:
    """What the letters of the report that occur in a text stand for, a line each."""
    if not re.search(r"\b(?:Omega_1|kappa_[01]|G)\b", text):
        return []
    from proofs_check.report.expressions import names, text_of

    found: dict[str, str] = {}
    for name in names():
        # cos G is a letter of its own
        if name.definition and re.search(rf"(?<!cos )\b{name.text}\b", text):
            found.setdefault(name.text, f"{name.text} = {text_of(name.expression)}, {name.definition}")
    return list(found.values())


@cache
def _spelled() -> tuple[tuple[str, str], ...]:
    """(how SymPy prints a derived kernel, its letter), with its negative."""
    from proofs_check.report.expressions import names

    kernels = [name for name in names() if name.text in ("Omega_1", "kappa_0", "kappa_1")]
    found = [(str(shape), name.text) for name in kernels for shape in {name.expression, expand(name.expression)}]
    found += [(str(expand(-name.expression)), f"-{name.text}") for name in kernels]
    return tuple(found)


@cache
def _subtracted() -> tuple[tuple[str, str], ...]:
    """The same behind ``value``: how SymPy goes on in value - Omega_1."""
    from proofs_check.report.expressions import names

    said: list[tuple[str, str]] = []
    for kernel in (name for name in names() if name.text == "Omega_1"):
        first = symbols.c if kernel.expression.has(symbols.c) else cos(symbols.theta)
        for shape in (kernel.expression, first + together(kernel.expression - first)):
            text = str(symbols.value - shape)
            if text.startswith("value"):
                said.append((text.removeprefix("value"), kernel.text))
    return tuple(said)


def _notation(text: str) -> str:
    text = re.sub(r"\bAbs\(", "abs(", text).replace("**", "^")
    return re.sub(r"\ba(cos|sin)\(", r"arc\1(", text)
