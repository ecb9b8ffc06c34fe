r"""A claim as a sentence, made from its machine form: what is printed is what the engines decide.

Idea. A statement becomes a hypothesis (the network, the domain, depths, parameters) and a line of relations between
expressions; LaTeX and text are two views of it. Letters of ``expressions.names`` stand for long derived parts, except
where that would hide the content: in an identity the side that a paper prints is written out if both sides would become
the same letter.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer, Symbol, oo

from proofs_check.report import structural
from proofs_check.report.expressions import (
    WIDTH,
    Name,
    latex_of,
    letters,
    lines_of,
    named,
    text_of,
    width_of,
)
from proofs_check.report.prose import escape, prose_latex
from theory import symbols
from theory.activations import Activation
from theory.architectures import ARCHITECTURES
from theory.asymptotics import Comparison
from theory.claims import (
    Argument,
    Chain,
    Claim,
    Definite,
    Depth,
    Identity,
    Inequality,
    Interval,
    Margin,
    Prediction,
    Quantity,
    Ranking,
    Rule,
    Scaling,
    Shaped,
    Spectrum,
    Statement,
    Structural,
    Turning,
    Unstated,
)
from theory.errors import NtkproofError
from theory.language import Expansion, Holds, Limit, Order
from theory.network import Dense, Given, Network, Nonlinearity

QUANTITIES = {
    Quantity.NNGP: ("K_L", "K_L"),
    Quantity.NTK: (r"\Theta_L", "Theta_L"),
    Quantity.NORMALIZED_NNGP: (r"\bar K_L", "normalised K_L"),
    Quantity.NORMALIZED_NTK: ("N_L", "N_L"),
    Quantity.ANGLE: (r"\theta_L", "theta_L"),
}
"""Letters of the quantities, in LaTeX and in text."""
RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "~": r"\sim", "->": r"\to"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """sides[0] relations[0] sides[1] ..., then a remark; ``growth`` is a letter (O, o, Theta) and its argument."""

    sides: tuple[Expr, ...]
    relations: tuple[str, ...]
    growth: tuple[str, Expr] | None = None
    remark: tuple[str, str] = ("", "")


def statement_latex(claim: Claim, *, width: int = WIDTH) -> str:
    """The claim as a sentence in LaTeX, generated from its machine form: hypotheses, then a display.

    width  characters of a line; the display uses the macro ``fit`` of the article
    """
    statement = claim.statement
    if isinstance(statement, Argument):
        return (
            _ARGUED[statement.rule]
            + "\n"
            + statement_latex(replace(claim, statement=statement.conclusion), width=width)
        )
    if isinstance(statement, Unstated):
        parts = statement.latex.split(r"\quad") if width_of(statement.latex) > width else [statement.latex]
        rows = r" \\ ".join(part.strip() for part in parts)
        return rf"\[ \fit{{\begin{{gathered}} {rows} \end{{gathered}}}} \]"
    if isinstance(statement, Structural):
        return structural.said(statement, network_latex, latex=True)
    if (number := _one_number(statement)) is not None:
        return rf"Both sides are the number ${latex_of(number)}$."
    hypothesis, line, extra = _sentence(claim, statement, latex=True)
    return f"{hypothesis}\n" + display(line, extra, width)


def statement_text(claim: Claim) -> str:
    """The claim as one line for a terminal, generated from its machine form.

    >>> from sympy import sin
    >>> from theory.claims import Claim, Identity, Kind
    >>> same = Identity(lhs=sin(symbols.theta), rhs=symbols.theta)
    >>> statement_text(Claim(id="a/b", paper="a", number="1", title="t", kind=Kind.IDENTITY, statement=same))
    'sin(theta) = theta'
    """
    statement = claim.statement
    if isinstance(statement, Argument):
        return f"{_ARGUED[statement.rule]} {statement_text(replace(claim, statement=statement.conclusion))}"
    if isinstance(statement, Unstated):
        return f"{claim.title} (no machine form: {statement.reason})"
    if isinstance(statement, Structural):
        return structural.said(statement, network_text, latex=False)
    if (number := _one_number(statement)) is not None:
        return f"both sides are the number {text_of(number)}"
    hypothesis, line, extra = _sentence(claim, statement, latex=False)
    table = {symbol: said for symbol, (_, said) in extra.items()}
    parts = [text_of(line.sides[0], table)]
    for relation, side in zip(line.relations, line.sides[1:], strict=True):
        parts += ["=" if relation == "==" else relation, text_of(side, table)]
    if line.growth is not None:
        parts += ["=" if len(line.sides) == 1 else "+", f"{line.growth[0]}({text_of(line.growth[1], table)})"]
    tail = f" {line.remark[1]}" if line.remark[1] else ""
    return (f"{hypothesis} " if hypothesis else "") + " ".join(parts) + tail


_ARGUED = {
    Rule.LINES: "Every line of the chain holds, from end to end:",
    Rule.TRANSITIVITY: "From the chain, end to end:",
    Rule.INDUCTION: "By induction on the depth:",
}


def _one_number(statement: Statement) -> Expr | None:
    """The value of both sides of an identity that its derivation has reduced to one and the same number."""
    if not isinstance(statement, Identity):
        return None
    left, right = statement.sides
    return left if left == right and left.is_number else None


def letters_of(claim: Claim) -> tuple[Name, ...]:
    """The named functions that the sentence of a claim uses."""
    if isinstance(claim.statement, Argument):
        return letters_of(replace(claim, statement=claim.statement.conclusion))
    if isinstance(claim.statement, Unstated | Structural):
        return ()
    _, line, _ = _sentence(claim, claim.statement, latex=True)
    used = {name for side in line.sides for name in letters(side)}
    return tuple(sorted(used, key=lambda name: name.latex))


def display(line: Line, extra: dict[Symbol, tuple[str, str]] | None = None, width: int = WIDTH) -> str:
    r"""The line as displayed mathematics, broken at its relations and sums where it is wide."""
    table = {symbol: said for symbol, (said, _) in (extra or {}).items()}
    first, *rest = line.sides
    relations = [RELATIONS[relation] for relation in line.relations]
    growth, tail = "", ""
    if line.growth is not None:
        letter, bound = line.growth[0], latex_of(line.growth[1], table)
        joint = "=" if len(line.sides) == 1 else "+"
        growth = rf" \asymp {bound}" if letter == "Theta" else rf" {joint} {letter}\left({bound}\right)"
    if line.remark[0]:
        tail = rf" \quad {line.remark[0]}"
    whole = latex_of(first, table) + "".join(
        f" {r} {latex_of(side, table)}" for r, side in zip(relations, rest, strict=True)
    )
    if width_of(whole + growth + tail) <= width:
        return rf"\[ \fit{{{whole}{growth}{tail}}} \]"
    rows = lines_of(first, width - 4, table)
    rows = [f"& {rows[0]}", *(rf"& \quad {row}" for row in rows[1:])]
    for relation, side in zip(relations, rest, strict=True):
        pieces = lines_of(side, width - 8, table)
        rows.append(rf"& \quad {relation} {pieces[0]}")
        rows += [rf"& \qquad\quad {piece}" for piece in pieces[1:]]
    rows[-1] += growth + tail
    joined = r" \\ ".join(rows)
    return rf"\[ \fit{{\begin{{aligned}} {joined} \end{{aligned}}}} \]"


# --- hypotheses ------------------------------------------------------------------------------------------


def _sentence(claim: Claim, statement: Statement, *, latex: bool) -> tuple[str, Line, dict[Symbol, tuple[str, str]]]:
    """Hypotheses in words, the line, and the letters that stand for ``value``."""
    match statement:
        case Identity(sides=(lhs, rhs), domain=domain):
            return _for_all(domain, latex=latex), _identity(lhs, rhs), {}
        case Inequality(gap=gap, domain=interval, strict=strict):
            line = _inequality(named(gap), strict=strict)
            if _AT_MOST.search(claim.title):
                line = _turned(line)
            return _for_all((interval,), latex=latex), line, {}
        case Depth():
            return _depth_hypothesis(statement, latex=latex), _depth_line(statement), _value(statement.quantity)
        case Scaling():
            line = Line(sides=(symbols.value, named(statement.target)), relations=("->",), remark=_AS_DEPTH_GROWS)
            start = latex_of(statement.angle) if latex else text_of(statement.angle)
            where = rf"$\theta_0 = {start}$" if latex else f"theta_0 = {start}"
            network = (network_latex if latex else network_text)(statement.network)
            hypothesis = (
                f"For {network}, inputs at the angle {where} and every {_ranges((statement.domain,), latex=latex)}:"
            )
            return hypothesis, line, _value(statement.quantity)
        case Unstated(reason=reason):
            raise ValueError(reason)
        case Turning() | Spectrum() | Prediction() | Shaped() | Ranking() | Definite() | Margin() | Argument():
            raise ValueError("the statement is a sentence, not a line")


_AT_MOST = re.compile(r"^[^<>]*<=?[^<>]*$")
"""A title that says "at most" and nowhere "at least"; the statement is printed in the same direction."""
_AS_DEPTH_GROWS = (r"(L \to \infty)", "as L -> oo")


def _value(quantity: Quantity) -> dict[Symbol, tuple[str, str]]:
    return {symbols.value: QUANTITIES[quantity]}


def _identity(lhs: Expr, rhs: Expr) -> Line:
    left, right = named(lhs), named(rhs)
    return Line(sides=(left, rhs if left == right and left != lhs else right), relations=("==",))


def _inequality(gap: Expr, *, strict: bool) -> Line:
    """Gap >= 0 with the negative terms on the other side, or the numbers where no term is negative."""
    number, rest = gap.as_independent(*gap.free_symbols, as_Add=False)
    terms = [number * term for term in rest.args] if rest.is_Add else list(Add.make_args(gap))
    low = [-term for term in terms if term.could_extract_minus_sign()] or [-term for term in terms if term.is_Number]
    relations = (">" if strict else ">=",)
    if not low or len(low) == len(terms):
        return Line(sides=(gap, Integer(0)), relations=relations)
    high = [term for term in terms if -term not in low]
    return Line(sides=(Add(*high), Add(*low)), relations=relations)


def _turned(line: Line) -> Line:
    """The same inequality read from right to left, unless that is to begin with 0."""
    (relation,) = line.relations
    if line.sides[-1] == 0:
        return line
    return replace(line, sides=line.sides[::-1], relations=(relation.replace(">", "<"),))


def _depth_line(statement: Depth) -> Line:
    holds = _named(statement.holds)
    match holds:
        case Limit(target=target):
            return Line(sides=(symbols.value, target), relations=("->",), remark=_AS_DEPTH_GROWS)
        case Chain(sides=sides, relations=relations):
            return Line(sides=sides, relations=relations)
        case Expansion(terms=terms):
            total = Add(*terms, evaluate=False)
            return Line(sides=(symbols.value, total), relations=("==",), growth=("o", _smallest(statement.holds)))
        case Order(difference=difference, symbol=letter, bound=bound):
            return Line(sides=(difference,), relations=(), growth=(letter, bound))


def _named(holds: Holds) -> Holds:
    match holds:
        case Limit():
            return replace(holds, target=named(holds.target))
        case Chain():
            return replace(holds, sides=tuple(map(named, holds.sides)))
        case Expansion():
            return replace(holds, terms=tuple(map(named, holds.terms)))
        case Order():
            return replace(holds, difference=named(holds.difference), bound=named(holds.bound))


def _smallest(holds: Holds) -> Expr:
    """The term of slowest growth among those that depend on L, without its coefficient; 1 if none does."""
    assert isinstance(holds, Expansion)
    comparison = Comparison()
    terms = [term for term in holds.terms if term.has(symbols.depth)]
    if not terms:
        return Integer(1)
    best = terms[-1]
    try:
        for term in terms:
            lead, least = (comparison.leading(comparison.expand(one)) for one in (term, best))
            if lead is not None and least is not None and comparison.compare(lead[0], least[0]) == -1:
                best = term
    except NtkproofError:
        pass
    scale: Expr = best.as_independent(symbols.depth, as_Add=False)[1]
    return scale


def _depth_hypothesis(statement: Depth, *, latex: bool) -> str:
    network = (network_latex if latex else network_text)(statement.network)
    inputs, parameters = statement.correlations, statement.parameters
    points = [i for i in (inputs, *parameters) if i.low == i.high]
    ranges = tuple(i for i in (inputs, *parameters) if i.low != i.high)
    pieces = [f"For {network}"]
    depths = _depths(statement, latex=latex)
    single = bool(depths) and statement.depth_low == statement.depth_high
    at = [_ranges((i,), latex=latex) for i in points] + ([depths] if single else [])
    if at:
        pieces.append("at " + _enumerated(at))
    every = [depths] if depths and not single else []
    every += [_ranges((i,), latex=latex) for i in ranges]
    if every:
        pieces.append("and every " + _enumerated(every) if len(pieces) == 1 else ", every " + _enumerated(every))
    tail = _constants(statement.holds, ranges, pointwise=statement.pointwise, latex=latex)
    return " ".join(pieces).replace(" ,", ",") + tail + ":"


def _constants(holds: Holds, ranges: tuple[Interval, ...], *, pointwise: bool, latex: bool) -> str:
    """What the constants of an order of growth may depend on."""
    if not isinstance(holds, Order) or not ranges:
        return ""
    if pointwise:
        what = "constants" if holds.symbol == "Theta" else "a constant"
        said = _enumerated([f"${latex_of(i.symbol)}$" if latex else text_of(i.symbol) for i in ranges])
        return f", with {what} that may depend on {said}"
    if any(i.symbol == symbols.c for i in ranges):
        return ", uniformly in" + ("~$c$" if latex else " c")
    return ""


def _depths(statement: Depth, *, latex: bool) -> str:
    """Which depths; empty where the statement is about L -> oo."""
    if not isinstance(statement.holds, Chain):
        return ""
    low, high = latex_of(Integer(statement.depth_low)), statement.depth_high
    if not latex:
        low = str(statement.depth_low)
    if high == statement.depth_low:
        said = f"L = {low}"
    elif high is None:
        said = rf"L \ge {low}" if latex else f"L >= {low}"
    else:
        said = rf"{low} \le L \le {high}" if latex else f"{low} <= L <= {high}"
    return f"${said}$" if latex else said


def _for_all(domain: tuple[Interval, ...], *, latex: bool) -> str:
    return f"For every {_ranges(domain, latex=latex)}:" if domain else ""


def _enumerated(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _ranges(intervals: tuple[Interval, ...], *, latex: bool) -> str:
    said = [range_latex(i) if latex else range_text(i) for i in intervals]
    return _enumerated([f"${one}$" for one in said] if latex else said)


def range_latex(interval: Interval) -> str:
    r"""An interval as a chain of inequalities.

    >>> range_latex(Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1), high_closed=False))
    '-1 \\le c < 1'
    """
    return _range(interval, latex_of, (r"\le", "<", r"\ge", ">"))


def range_text(interval: Interval) -> str:
    """The same for a terminal.

    >>> range_text(Interval(symbol=symbols.gamma, low=Integer(1) / 2, high=oo, low_closed=False))
    'gamma > 1/2'
    """
    return _range(interval, text_of, ("<=", "<", ">=", ">"))


def _range(interval: Interval, said: Callable[[Expr], str], relations: tuple[str, str, str, str]) -> str:
    at_most, below, at_least, above = relations
    letter, low, high = said(interval.symbol), interval.low, interval.high
    if low == high:
        return f"{letter} = {said(low)}"
    right = f"{at_most if interval.high_closed else below} {said(high)}"
    if low == -oo:
        return letter if high == oo else f"{letter} {right}"
    if high == oo:
        return f"{letter} {at_least if interval.low_closed else above} {said(low)}"
    return f"{said(low)} {at_most if interval.low_closed else below} {letter} {right}"


# --- networks ------------------------------------------------------------------------------------------


def activation_text(activation: Activation) -> str:
    """The name of an activation in a sentence.

    >>> from theory.activations import activation
    >>> activation_text(activation("leaky_relu:1/5"))
    'leaky ReLU (slope 1/5)'
    """
    name, _, parameter = activation.name.partition(":")
    known = {
        "relu": "ReLU",
        "leaky_relu": "leaky ReLU",
        "gelu": "GELU",
        "abs": "absolute value",
        "gaussian": "Gaussian",
        "hermite": "Hermite",
        "relu_power": "ReLU power",
    }
    what = {"leaky_relu": "slope", "hermite": "degree", "relu_power": "degree"}.get(name, "")
    base = known.get(name, name)
    return base if not parameter else f"{base} ({what} {parameter})" if what else f"{base}:{parameter}"


def network_text(network: Network) -> str:
    """The network in words."""
    return _network(network, lambda alpha: f"alpha = {text_of(alpha)}", lambda text: text, text_of)


def network_latex(network: Network) -> str:
    """The network in words, with LaTeX mathematics."""
    return _network(network, lambda alpha: rf"$\alpha = {latex_of(alpha)}$", escape, _number)


def _network(
    network: Network, scale: Callable[[Expr], str], quote: Callable[[str], str], number: Callable[[Expr], str]
) -> str:
    activations = {
        layer.activation.name: layer.activation for layer in network.walk() if isinstance(layer, Nonlinearity)
    }
    acting = " and ".join(activation_text(one) for one in activations.values()) or "linear"
    kind = {"ffnet": "feedforward", "resnet": "residual", "resnet_single": "one-matrix residual"}.get(network.name)
    words = f"the {kind} {acting} network" if kind else f"the {acting} network {network.name}"
    if any(isinstance(layer, Given) for layer in network.walk()):
        words = f"the recursion {network.name}"
    words = quote(words)
    details = _differences(network, number)
    if network.gamma is not None:
        details.insert(0, scale(symbols.depth ** (-network.gamma)))
    elif network.alpha is not None and network.alpha != symbols.alpha:
        details.insert(0, scale(network.alpha))
    return words + (" with " + _enumerated(details) if details else "")


def _differences(network: Network, number: Callable[[Expr], str]) -> list[str]:
    """In what the network differs from the architecture whose name it bears; ``number`` writes a variance."""
    found = []
    base = {entry.name for entry in ARCHITECTURES}
    residual = network.name != "ffnet"
    first = [layer for layer in network.before if isinstance(layer, Dense)]
    last = [layer for layer in network.after if isinstance(layer, Dense)]
    inner = [layer for layer in network.walk() if isinstance(layer, Dense) and layer not in (*first, *last)]
    if network.name in base:
        if any(layer.train_weight for layer in first) and residual:
            found.append("a trained first layer")
        if residual and any(layer.train_weight for layer in last):
            found.append("a trained readout")
        if not residual and not all(layer.train_weight for layer in last):
            found.append("a fixed readout")
        if not all(layer.train_weight for layer in inner):
            found.append("some inner weights fixed")
    for what, used in (("weight variance", {d.weight_variance for d in inner} - {Integer(1)}),
                       ("bias variance", {d.bias_variance for d in inner} - {Integer(0)})):  # fmt: skip
        if used:
            found.append(f"{what} " + ", ".join(sorted(map(number, used))))
    if network.squared_norms != (1, 1):
        found.append("inputs of squared norms " + ", ".join(map(number, network.squared_norms)))
    return found


def _number(value: Expr) -> str:
    """A rational number as text, any other as mathematics."""
    return text_of(value) if value.is_Rational else f"${latex_of(value)}$"


def title_latex(claim: Claim) -> str:
    """The title of a claim as LaTeX, in the letters of the formulas; "False:" is left to the verdict."""
    title = claim.title.removeprefix("False: ").removeprefix("False as printed: ")
    first = title.split(" ", 1)[0]
    plain = len(first) > 1 and first.isalpha() and first.islower() and first not in _LOWER
    said = prose_latex(title[:1].upper() + title[1:] if plain else title)
    normalised = getattr(claim.statement, "quantity", None) is Quantity.NORMALIZED_NNGP
    for theirs, ours in _LETTERS_OF_PAPERS.get(claim.paper, ()):
        ours = r"\bar K" if normalised and ours == "K" else ours
        said = re.sub(theirs, ours.replace("\\", r"\\"), said)
    return said


_LETTERS_OF_PAPERS = {"huang2020": ((r"\\Sigma(?=_)", "K"), (r"\\Omega(?=_(?!1))", r"\Theta"))}
"""What a paper calls the NNGP kernel and the NTK, and what the formulas do; Omega_1, of one block, keeps its letter."""
_LOWER = ("ffnet", "resnet", "alpha", "gamma", "theta", "kappa", "eta", "pi", "cos", "log", "oo")


__all__ = [
    "QUANTITIES",
    "Line",
    "activation_text",
    "display",
    "letters_of",
    "network_latex",
    "network_text",
    "range_latex",
    "range_text",
    "statement_latex",
    "statement_text",
    "title_latex",
]
