"""The derivation of a recursion, and behind it the recursion divided by the length, where there is one.

With c = K/q and t = Theta/q the kernels of a network that is homogeneous, or keeps the length of its inputs, obey

    c_l = correlation(c),   t_l = factor(c) t + source(c),   q_l = growth q

where c, t and q without an index are those one layer below. kappa_1 and kappa_0 are the duals of ReLU and its derivative.
"""

import json

from sympy import Expr, together

from proofs_check.cli.readable import legend, wrapped
from proofs_check.report import render_derivation
from proofs_check.report.expressions import latex_of, letters, named, text_of
from theory.errors import BeyondReach
from theory.network import Network
from theory.recursion import CorrelationRecursion, correlation_form, derive

_WIDTH = 100
_NONE = "the length enters the map in another way, so that there is no recursion in the correlation alone"


def derivation_of(asked: Network, form: str, *, to_limit: bool = False) -> str:
    """The derivation of the network's recursion, as text, LaTeX or JSON, and the recursion in the correlation.

    to_limit  with the derivation of the depth limit; in JSON under the key "limit"
    raises    BeyondReach where the limit is open
    """
    steps = render_derivation(derive(asked).derivation, form)
    found = correlation_form(asked)
    further = _limit(asked, form) if to_limit else ""
    match form:
        case "json":
            data = {**json.loads(steps), **_data(found)}
            if to_limit:
                data["limit"] = json.loads(further)
            return json.dumps(data, indent=2, ensure_ascii=False)
        case "latex":
            return "\n".join(part for part in (steps, _latex(found), further) if part)
        case _:
            return "\n".join([steps, "", *_text(found), *(["", further] if to_limit else [])])


def _limit(asked: Network, form: str) -> str:
    """The derivation of the depth limit, rendered."""
    from proofs_check.limits import derivation, limit

    found = limit(asked)
    if found.status != "DERIVED":
        raise BeyondReach(f"limit: open, since {found.reason}")
    return render_derivation(derivation(found), form)


def _data(found: CorrelationRecursion | None) -> dict[str, str | None]:
    """The keys of the JSON; null where there is no such recursion."""
    names = ("correlation", "factor", "source", "growth")
    return {name: None if found is None else str(getattr(found, name)) for name in names}


def _rows(found: CorrelationRecursion) -> list[tuple[str, Expr]]:
    """What is printed, with the letters of the report."""
    return [
        (name, _over_one_denominator(named(value)))
        for name, value in (
            ("c_l", found.correlation),
            ("factor", found.factor),
            ("source", found.source),
            ("growth", found.growth),
            ("t_0", found.initial),
        )
    ]


def _over_one_denominator(value: Expr) -> Expr:
    """One fraction, where the letters stand in it; a formula without them stays as it was derived."""
    return together(value) if letters(value) else value


def _text(found: CorrelationRecursion | None) -> list[str]:
    if found is None:
        return [f"In the correlation: {_NONE}"]
    correlation, factor, source, growth, initial = (text_of(value) for _, value in _rows(found))
    lines = ["In the correlation: c = K/q and t = Theta/q, on the right those of layer l - 1", ""]
    for row in (
        f"c_l = {correlation}",
        f"t_l = {_sum(_product(factor, 't'), source)}",
        f"q_l = {_product(growth, 'q')}",
    ):
        lines += wrapped(row, _WIDTH, "        ", "  ")
    lines += ["", f"  from t_0 = {initial}, q_0 = {text_of(found.length)}"]
    for letter in legend("\n".join(lines)):
        lines += wrapped(letter, _WIDTH, "        ", "  with ")
    return lines


def _product(factor: str, letter: str) -> str:
    """Factor times letter, without a factor 1, with brackets around a sum, and nothing for 0."""
    if factor in ("0", "1"):
        return letter if factor == "1" else ""
    return f"{factor}*{letter}" if " " not in factor else f"({factor})*{letter}"


def _sum(first: str, second: str) -> str:
    return f"{first} + {second}" if first else second


def _latex(found: CorrelationRecursion | None) -> str:
    if found is None:
        return rf"\noindent In the correlation: {_NONE}."
    rows = dict(_rows(found))
    equations = (
        rf"c_{{\ell}} &= {latex_of(rows['c_l'])}",
        rf"t_{{\ell}} &= {_sum(_before(rows['factor'], 't'), latex_of(rows['source']))}",
        rf"q_{{\ell}} &= {_before(rows['growth'], 'q')}",
    )
    body = " \\\\\n".join(equations)
    used = {name.latex: name for value in rows.values() for name in letters(value)}
    where = "".join(
        rf" Here ${latex} = {latex_of(name.expression)}$, {name.definition}." for latex, name in sorted(used.items())
    )
    head = r"\noindent\textbf{In the correlation.} With $c = K/q$ and $t = \Theta/q$; $c$ on the right is $c_{\ell-1}$."
    return f"{head}\n\\begin{{align*}}\n{body}\n\\end{{align*}}" + (f"\n\\noindent{where}" if where else "")


def _before(factor: Expr, letter: str) -> str:
    """The factor in front of a letter of the layer before, as in ``_product``."""
    said, letter = latex_of(factor), rf"{letter}_{{\ell-1}}"
    if factor in (0, 1):
        return letter if factor == 1 else ""
    return rf"\left({said}\right) {letter}" if factor.is_Add else f"{said} {letter}"


__all__ = ["derivation_of"]
