"""The shipped certificates, read again by the trusted checker, whose returned statement is what the report prints.

What can go wrong. A certificate that the checker does not accept is left out, and the report says so.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sympy import Expr, Rational

from proofs_check.facts import NAMES, correlations_of
from proofs_check.report.expressions import decimal_of, latex_of, width_of
from proofs_check.report.prose import escape, prose_latex
from proofs_check.report.statements import QUANTITIES
from proofs_check.report.written import name_latex, nonnegative_latex, written_latex
from theory.claims import Interval, Quantity
from theory.errors import NtkproofError
from theory.parsing import parse

CERTIFICATES = Path(__file__).parent.parent / "certificates"
_PRIMED = {
    "kappa(c)": r"\kappa(c_{\ell-1})",
    "kappa'(c)": r"\kappa'(c_{\ell-1})",
    "kappa(c)+b*kappa'(c)": r"\kappa(c_{\ell-1}) + b\,\kappa'(c_{\ell-1})",
}
"""What the formulas of certificates, which know no derivative, have no other way to say."""
_BETWEEN = r" \le \mu \le "
_BEFORE = {"t": r"\theta_{\ell-1}"}
_AT_START = {"t": r"\theta_0"}
_WITH_LENGTHS = {"t": "t", "q": r"q_{\ell-1}", "T": r"\Theta_{\ell-1}"}
_CHANGING = {
    "length": r"q_\ell",
    "kernel": r"K_\ell",
    "tangent": r"\Theta_\ell",
    "diagonal": r"\Theta_\ell(x, x)",
}
"""Kernels that are not divided by their lengths: t is the angle in front of the nonlinearity."""
_CONDITIONS = {"h <= 1": r"h \le 1", "eta*L <= 1/2": r"\eta L \le \frac12", "eta = 1/(L+1)": r"\eta = \frac{1}{L + 1}"}


@dataclass(frozen=True, kw_only=True)
class ProvedBound:
    """One conclusion: lower <= quantity <= upper for L >= first, on an interval of c, under a condition on the scale."""

    quantity: Quantity
    lower: Expr | None
    upper: Expr | None
    correlations: Interval
    first: int
    condition: str | None
    latex: str
    domain: str

    @property
    def two_sided(self) -> bool:
        """Whether both sides are bounded."""
        return self.lower is not None and self.upper is not None

    def covers(self, corr: Expr) -> bool:
        """Whether the interval contains this correlation, which is a rational number."""
        i = self.correlations
        above = bool(corr >= i.low if i.low_closed else corr > i.low)
        return above and bool(corr <= i.high if i.high_closed else corr < i.high)

    def holds_at(self, depth: int, eta: Expr) -> bool:
        """Whether the bound speaks of this depth at eta = h/(1 + h), a rational number; no to an unknown condition."""
        met = {
            None: True,
            "h <= 1": bool(2 * eta <= 1),
            "eta*L <= 1/2": bool(2 * eta * depth <= 1),
            "eta = 1/(L+1)": bool(eta * (depth + 1) == 1),
        }
        return depth >= self.first and met.get(self.condition, False)


@dataclass(frozen=True, kw_only=True)
class Certified:
    """One accepted certificate.

    name         its file
    theorem      the meta-theorem that it names; "inequality" for a lemma
    mu           the parameter of the family of maps, "" where there is none
    map          rows of an aligned display: the map that the theorem speaks of
    assumes      LaTeX of what the theorem assumes of numbers of the map
    constants    (LaTeX of the name, LaTeX of the exact value)
    hypotheses   (name, LaTeX of the inequality, number of cells)
    bounds       the conclusions that hold at every depth
    restart      LaTeX of the conclusion that starts from the values at one depth, "" where there is none
    size         bytes of the file
    """

    name: str
    theorem: str
    mu: str
    map: tuple[str, ...]
    assumes: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]
    hypotheses: tuple[tuple[str, str, int], ...]
    bounds: tuple[ProvedBound, ...]
    restart: str
    size: int

    @property
    def cells(self) -> int:
        """All cells together."""
        return sum(count for _, _, count in self.hypotheses)


def certified(directory: Path = CERTIFICATES) -> tuple[list[Certified], list[str]]:
    """(accepted certificates, one line for each that was not read or not accepted)."""
    accepted, refused = [], []
    for path in sorted(directory.glob("*.json")):
        try:
            text = path.read_text(encoding="utf-8")
            certificate = json.loads(text)
            statement = _checked(certificate)
            if _printable(statement):
                accepted.append(_certified(path.stem, certificate, statement, len(text.encode())))
        except (OSError, ValueError, ArithmeticError, LookupError, TypeError, NtkproofError) as error:
            refused.append(f"{path.name}: {type(error).__name__}: {error}")
    return accepted, refused


def _printable(statement: Mapping[str, Any]) -> bool:
    """Whether the statement is an inequality or has bounds; others are told by the claims that rest on them."""
    return statement["theorem"] == "inequality" or any(one["kind"] == "bound" for one in statement["conclusions"])


def _checked(certificate: Mapping[str, Any]) -> Mapping[str, Any]:
    from proofs_check.checker import Rejected, check

    try:
        return check(dict(certificate))
    except Rejected as error:
        raise ValueError(f"the checker rejects it: {error}") from error


def _certified(name: str, certificate: Mapping[str, Any], statement: Mapping[str, Any], size: int) -> Certified:
    return Certified(
        name=name,
        theorem=str(statement["theorem"]),
        mu=str(statement.get("mu", "")),
        map=tuple(_map(statement.get("map", {}))),
        assumes=tuple(_assumed(*one) for one in statement.get("assumes", ())),
        constants=tuple((name_latex(key), _constant(text)) for key, text in statement.get("constants", {}).items()),
        hypotheses=tuple(_hypotheses(certificate, statement)),
        bounds=tuple(_bound(one) for one in statement["conclusions"] if one["kind"] == "bound"),
        restart=next((_restart(one) for one in statement["conclusions"] if one["kind"] == "restart"), ""),
        size=size,
    )


def _restart(conclusion: Mapping[str, Any]) -> str:
    most = r",\; ".join(written_latex(text) for text in conclusion["at_most"])
    return rf"\Theta_L \ge {written_latex(conclusion['lower'])}, \quad M = \min\Bigl\{{{most}\Bigr\}}"


def _constant(text: str) -> str:
    """The exact value, as a decimal where it has one."""
    return decimal_of(Rational(text), least=2) or written_latex(text)


def _assumed(number: str, low: str | None, high: str | None) -> str:
    """Low <= number <= high, or one equation."""
    said = number.replace("kappa", r"\kappa")
    if low == high:
        return f"{said} = {low}"
    left, right = ("" if low is None else rf"{_constant(low)} \le ", "" if high is None else rf" \le {_constant(high)}")
    return f"{left}{said}{right}"


def _map(texts: Mapping[str, str]) -> Iterator[str]:
    """The new lengths and kernels, or cos of the new angle, t' = factor t + source and the start; keys as in the theorems."""
    said = {key: _PRIMED.get(text) or written_latex(text, _BEFORE) for key, text in texts.items()}
    if "length" in said:
        squares = (rf"{letter}^2 = \omega q_{{{k},\ell-1}} + \beta, \quad " for k, letter in enumerate("uv", 1))
        yield rf"&{''.join(squares)}uv\cos t = \omega K_{{\ell-1}} + \beta"
    for key, letter in _CHANGING.items():
        if key in said:
            yield f"{letter} &= {written_latex(texts[key], _WITH_LENGTHS)}"
    for key in ("cosine", "correlation"):
        if key in said:
            yield rf"\cos\theta_\ell &= {said[key]}"
    for key in ("kdot", "factor"):
        if key in said and "source" in said:
            yield rf"t_\ell &= \left({said[key]}\right) t_{{\ell-1}} + {said['source']}"
    if "initial" in said and "length" in said:
        yield rf"K_0 = \Theta_0 &= {written_latex(texts['initial'], _AT_START)}"
    elif "initial" in said:
        start = written_latex(texts["initial"], _AT_START)
        yield f"t_0 &= {start}"


def _hypotheses(certificate: Mapping[str, Any], statement: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    from proofs_check.checker import half_rate
    from proofs_check.checker.biases import BIASES
    from proofs_check.checker.theorems import THEOREMS

    stated = (THEOREMS | BIASES).items()
    known = {half_rate.NAME: half_rate.HYPOTHESES} | {name: one.hypotheses for name, one in stated}
    for key, proof in certificate["hypotheses"].items():
        if statement["theorem"] in known:
            (text, upper, *ends), relation = known[statement["theorem"]][key], ">="
        else:
            text, upper, relation = statement["expression"], statement["upto"], statement["relation"]
            ends = []
        # one cell more than the ends between them: [0, first end] is decided by Taylor's formula
        said = rf"{nonnegative_latex(text, relation)} \qquad (0 < \theta \le {written_latex(upper)})"
        if ends:
            said += rf", \; {_BETWEEN.join(map(written_latex, ends))}"
        yield escape(key), said, sum(map(len, proof["ends"])) if ends else len(proof["ends"])


def _bound(found: Mapping[str, Any]) -> ProvedBound:
    quantity = Quantity(found["quantity"])
    letter = QUANTITIES[quantity][0]
    low, high = (None if found[side] is None else written_latex(found[side]) for side in ("lower", "upper"))
    interval = correlations_of(found["correlations"])
    return ProvedBound(
        quantity=quantity,
        lower=_read(found["lower"]),
        upper=_read(found["upper"]),
        correlations=interval,
        first=int(found["first"]),
        condition=found["condition"],
        latex=_two_sided(letter, low, high),
        domain=_domain(found, interval),
    )


def _two_sided(letter: str, low: str | None, high: str | None) -> str:
    """One line where it fits, else one line for each side; m -+ d is said as a distance."""
    if low is None or high is None:
        return rf"{letter} \ge {low}" if high is None else rf"{letter} \le {high}"
    for position in (match.start() for match in re.finditer(" - ", low)):
        middle, distance = low[:position], low[position + 3 :]
        bare = distance.removeprefix(r"\left(").removesuffix(r"\right)")
        distance = bare if distance == rf"\left({bare}\right)" and _balanced(bare) else distance
        if high == f"{middle} + {distance}" and _balanced(middle):
            return _distance(letter, middle, distance)
    whole = rf"{low} \le {letter} \le {high}"
    if width_of(whole) <= 84:
        return whole
    return rf"\begin{{aligned}} {letter} &\ge {low} \\[3pt] {letter} &\le {high} \end{{aligned}}"


def _distance(letter: str, middle: str, distance: str) -> str:
    """|letter - middle| <= distance, on two lines where it is long."""
    left, right = rf"\left|{letter} - {_minus(middle)}\right|", rf"\le {distance}"
    if width_of(f"{left} {right}") <= 84:
        return f"{left} {right}"
    return rf"\begin{{aligned}} &{left} \\[3pt] &\quad {right} \end{{aligned}}"


def _minus(middle: str) -> str:
    """The middle as what stands behind a minus."""
    return middle if " + " not in middle and " - " not in middle else rf"\Bigl({middle}\Bigr)"


def _balanced(latex: str) -> bool:
    """Whether every bracket that is opened is closed, in order."""
    level = 0
    for char in latex:
        level += (char in "({") - (char in ")}")
        if level < 0:
            return False
    return level == 0


def _domain(found: Mapping[str, Any], interval: Interval) -> str:
    if interval.low == interval.high:
        where = rf"c = {latex_of(interval.low)}"
    else:
        left, right = (r"\le" if closed else "<" for closed in (interval.low_closed, interval.high_closed))
        where = rf"{latex_of(interval.low)} {left} c {right} {latex_of(interval.high)}"
    parts = [rf"$L \ge {found['first']}$", f"${where}$"]
    if found["condition"] is not None:
        known = _CONDITIONS.get(found["condition"])
        parts.append(prose_latex(found["condition"]) if known is None else f"${known}$")
    return ", ".join(parts)


def _read(text: str | None) -> Expr | None:
    return None if text is None else parse(text, names=NAMES)


__all__ = ["CERTIFICATES", "Certified", "ProvedBound", "certified"]
