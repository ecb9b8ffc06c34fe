"""LaTeX of the package's objects for Jupyter: equations under each other, in the letters of ``theory.symbols``."""

from collections.abc import Iterable

from sympy import Expr, latex

from theory.symbols import LATEX


def formula(expression: Expr) -> str:
    """LaTeX of an expression.

    >>> from theory import symbols
    >>> formula(symbols.nngp * symbols.length1)
    'K q_1'
    """
    text: str = latex(expression, symbol_names=LATEX)
    return text


def aligned(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows (left, right), or with another relation than = behind them, under each other, as one display in dollar signs."""
    body = r" \\ ".join(f"{left} &{''.join(relation) or '='} {right}" for left, right, *relation in rows)
    return rf"$\displaystyle \begin{{aligned}} {body} \end{{aligned}}$"
