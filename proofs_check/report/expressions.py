"""Expressions, numbers and balls as LaTeX and as text for a terminal; a view, which proves nothing.

Idea. The printer sets what the field writes: arccos, the letters of ``theory.symbols.LATEX``, a positive term first.
Long derived subexpressions have names (kappa_0, kappa_1, G, Omega_1): ``names`` derives them from the two networks,
``named`` puts the letter where the subexpression stands. A formula wider than a line is broken at its sums.

What can go wrong. The width of LaTeX is estimated; what is still too wide is shrunk by the macro ``fit`` of the
article.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from functools import lru_cache
from typing import Any

from sympy import (
    Expr,
    Function,
    Integer,
    Mul,
    Pow,
    Symbol,
    acos,
    collect,
    cos,
    expand,
    factor_terms,
    fraction,
    pi,
    powsimp,
    sqrt,
    together,
)
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import precedence
from sympy.printing.str import StrPrinter

from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.duals import in_angle
from theory.recursion import correlation_form

WIDTH = 72
"""Characters of a line of mathematics, as ``width_of`` estimates them."""
SHOWN_DIGITS = 10
"""Digits of a number in prose and tables; the JSON keeps all of them."""

_POWERS_OF_TEN = 10**4
_FUNCTIONS = {
    "log": r"\log", "exp": r"\exp", "sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "cot": r"\cot", "acos": r"\arccos",
    "asin": r"\arcsin", "atan": r"\arctan", "erf": r"\operatorname{erf}", "sign": r"\operatorname{sgn}",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Name:
    """A letter for a derived expression.

    definition  what the reader is told it is, in LaTeX; empty for a value of a function that is already defined
    """

    symbol: Symbol
    expression: Expr
    latex: str
    text: str
    definition: str = ""


_LAYER = "the correlation after one ReLU layer"
_WRITTEN = (
    ("Omega1(theta)", r"\Omega_1(\theta)", "Omega_1", "the normalised NTK of one residual block"),
    ("Omega1(c)", r"\Omega_1(c)", "Omega_1", "the same, in the correlation"),
    ("G", r"G(\theta)", "G", "the angle after one ReLU layer"),
    ("cosG", r"\cos G(\theta)", "cos G", f"{_LAYER}, in the angle"),
    ("kappa1(cos)", r"\kappa_1(\cos\theta)", "kappa_1(cos theta)", ""),
    ("kappa0(cos)", r"\kappa_0(\cos\theta)", "kappa_0(cos theta)", ""),
    ("kappa1", r"\kappa_1(c)", "kappa_1", _LAYER),
    ("kappa0", r"\kappa_0(c)", "kappa_0", "the dual of the derivative of ReLU"),
)
"""Key, LaTeX, text and definition of each letter; how it is printed is known before what it stands for is derived."""
_LETTERS = {Symbol(key, real=True): (latex, text) for key, latex, text, _ in _WRITTEN}


@lru_cache(maxsize=1)
def names() -> tuple[Name, ...]:
    """The named functions, largest first, each derived from a network's layers."""
    relu = activation("relu")
    feedforward, block = correlation_form(ffnet(relu)), correlation_form(resnet(relu, alpha=Integer(1)))
    assert feedforward is not None
    assert block is not None
    kappa_1, kappa_0 = feedforward.correlation, feedforward.factor
    omega = block.source / block.diagonal_source
    cos_g = in_angle(kappa_1)
    at = {symbols.c: cos(symbols.theta)}
    expressions = (in_angle(omega), omega, acos(cos_g), cos_g, kappa_1.subs(at), kappa_0.subs(at), kappa_1, kappa_0)
    return tuple(
        Name(symbol=symbol, expression=expression, latex=latex, text=text, definition=definition)
        for symbol, expression, (_, latex, text, definition) in zip(_LETTERS, expressions, _WRITTEN, strict=True)
    )


@lru_cache(maxsize=4096)
def named(expression: Expr) -> Expr:
    """The expression with the letters of ``names`` where their subexpressions stand."""
    if expression.free_symbols - {symbols.c} and expression.has(acos(symbols.c)):
        expression = _in_kappas(expression)
    for name in names():
        # a part can only stand where all its functions do, which is cheap to see
        if name.expression.atoms(Function) <= expression.atoms(Function):
            above, below = fraction(name.expression)
            for sign, written in ((1, name.expression), (-1, expand(-above) / below)):
                expression = expression.subs(written, sign * name.symbol)
    return expression


def _in_kappas(expression: Expr) -> Expr:
    """A recursion's line in kappa_0 and kappa_1, where these express all its arccos c and sqrt(1 - c^2); else as it is.

    Both are replaced by what kappa_0 = 1 - arccos(c)/pi and kappa_1 = c kappa_0 + sqrt(1 - c^2)/pi give for them.
    """
    c, q = symbols.c, symbols.length
    letter = {name.text: name.symbol for name in names()}
    kappa_0, kappa_1 = letter["kappa_0"], letter["kappa_1"]
    root = sqrt(1 - c**2)
    # the length q is positive
    written = expression.subs(sqrt(q**2 - c**2 * q**2), q * root)
    if not all(node.args == (c,) for node in written.atoms(acos)):
        return expression
    written = written.subs({root: pi * (kappa_1 - c * kappa_0), acos(c): pi * (1 - kappa_0)}, simultaneous=True)
    above, below = fraction(together(written))
    written = expand(factor_terms(expand(above)) / factor_terms(below))
    shorter = written.free_symbols & {kappa_0, kappa_1} and not written.has(acos, root, pi)
    if not shorter:
        return expression
    unknowns = [s for s in (symbols.ntk, symbols.length) if written.has(s)]
    return collect(written, unknowns) if unknowns else written


def letters(expression: Expr) -> tuple[Name, ...]:
    """The names that occur in an expression returned by ``named``."""
    used = expression.free_symbols & _LETTERS.keys()
    return tuple(name for name in names() if name.symbol in used) if used else ()


def latex_of(expression: Expr, extra: Mapping[Symbol, str] | None = None, *, decimals: bool = True) -> str:
    r"""LaTeX of an expression.

    extra     further letters, or others than those of ``theory.symbols``
    decimals  whether a fraction that looks typed as a decimal is printed as one; not for what is derived

    >>> latex_of(symbols.theta / 3 - symbols.depth ** (1 - 2 * symbols.gamma))
    '\\frac{\\theta}{3} - L^{1 - 2 \\gamma}'
    >>> latex_of(acos(symbols.c) ** 2)
    '\\arccos^{2} c'
    """
    table = {**symbols.LATEX, **{letter: latex for letter, (latex, _) in _LETTERS.items()}, **(extra or {})}
    expression = _gathered(expression)
    joint = Symbol("sqrt(q1 q2)", positive=True)
    table[joint] = r"\sqrt{q_1 q_2}"
    if expression.has(symbols.length1, symbols.length2):
        expression = expression.subs(sqrt(symbols.length1) * sqrt(symbols.length2), joint)
        expression = expression.replace(
            lambda node: isinstance(node, Pow) and node.base == joint and node.exp.is_even,
            lambda node: (symbols.length1 * symbols.length2) ** (node.exp / 2),
        )
    return str(_Latex({"symbol_names": table, "inv_trig_style": "full"}, decimals=decimals).doprint(expression))


def text_of(expression: Expr, extra: Mapping[Symbol, str] | None = None, *, decimals: bool = True) -> str:
    """The expression for a terminal.

    decimals  whether a fraction that looks typed as a decimal is printed as one; not for what is derived

    >>> text_of(acos(symbols.c) ** 2 / symbols.depth)
    'arccos(c)^2/L'
    """
    table = {
        **{letter: text for letter, (_, text) in _LETTERS.items()},
        symbols.ntk: "Theta",
        symbols.ntk_diagonal: "Theta_d",
    }
    return str(_Text(table | dict(extra or {}), decimals=decimals).doprint(_gathered(expression)))


def _gathered(expression: Expr) -> Expr:
    """L L^(-2 gamma) as one power of L."""
    depth = symbols.depth

    def product(node: Expr) -> bool:
        return bool(node.is_Mul) and sum(factor.as_base_exp()[0] == depth for factor in node.args) > 1

    if not expression.has(depth):
        return expression
    return expression.replace(product, lambda node: powsimp(node, combine="exp"))


class _Latex(LatexPrinter):  # type: ignore[misc]
    """SymPy's LaTeX printer with the habits of the field."""

    def __init__(self, settings: Mapping[str, Any], *, decimals: bool = True) -> None:
        super().__init__(settings)
        self._decimals = decimals

    def _decimal(self, number: Any) -> str | None:
        return decimal_of(number) if self._decimals else None

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        terms = _ordered(self._as_ordered_terms(expr, order=order))
        pieces = [self._print(terms[0])]
        for term in terms[1:]:
            negative = _negative(term)
            body = self._print(-term if negative else term)
            # a sum keeps its own sign inside brackets
            body = rf"\left({body}\right)" if negative and (-term).is_Add else body
            pieces += ["-" if negative else "+", body]
        return " ".join(pieces)

    def _print_Mul(self, expr: Any) -> str:
        coefficient, rest = expr.as_coeff_Mul()
        decimal = self._decimal(coefficient) if coefficient.is_Rational and not coefficient.is_Integer else None
        above, below = fraction(expr if decimal is None else rest)
        if decimal is None:
            if below != 1 and any(r"\frac" in self._print(factor) for factor in Mul.make_args(above) if factor.is_Add):
                return self._apart(above, below)
            return str(super()._print_Mul(expr))
        shown = self._print(above)
        shown = "" if above == 1 else rf"\left({shown}\right)" if above.is_Add else shown
        return f"{decimal} {shown}".strip() if below == 1 else rf"\frac{{{decimal} {shown}}}{{{self._print(below)}}}"

    def _apart(self, above: Expr, below: Expr) -> str:
        """A quotient whose numerator holds fractions, with the sum beside the fraction instead of in it."""
        sums = [factor for factor in Mul.make_args(above) if factor.is_Add]
        front = self._print(Mul(*(factor for factor in Mul.make_args(above) if not factor.is_Add)) / below)
        return " ".join([front, *(rf"\left({self._print(factor)}\right)" for factor in sums)])

    def _print_Function(self, expr: Any, exp: Any = None) -> str:
        command = _FUNCTIONS.get(type(expr).__name__)
        if command is None or len(expr.args) != 1:
            return str(super()._print_Function(expr, exp))
        power = "" if exp is None else f"^{{{exp}}}"
        argument = expr.args[0]
        inner = self._print(argument)
        if argument.is_Symbol and "(" not in inner:
            return f"{command}{power} {inner}"
        return rf"{command}{power}\left({inner}\right)"

    _print_log = _print_Function
    _print_erf = _print_Function
    _print_sign = _print_Function

    def _print_Abs(self, expr: Any, exp: Any = None) -> str:
        said = rf"\left|{self._print(_distance(expr.args[0]))}\right|"
        return said if exp is None else f"{said}^{{{exp}}}"

    def _print_Max(self, expr: Any, exp: Any = None) -> str:
        inner = ", ".join(self._print(one) for one in sorted(expr.args, key=lambda one: (not one.is_number, str(one))))
        return rf"\max({inner})" if exp is None else rf"\max({inner})^{{{exp}}}"

    def _print_ExpBase(self, expr: Any, exp: Any = None) -> str:
        inner = rf"e^{{{self._print(expr.args[0])}}}"
        return inner if exp is None else rf"\left({inner}\right)^{{{exp}}}"

    def _print_Pow(self, expr: Any) -> str:
        if expr.base.is_Symbol and expr.exp.is_Integer and expr.exp > 1 and "(" in (base := self._print(expr.base)):
            return rf"\left({base}\right)^{{{self._print(expr.exp)}}}"
        return str(super()._print_Pow(expr))

    def _print_Rational(self, expr: Any) -> str:
        return self._decimal(expr) or str(super()._print_Rational(expr))

    def _print_Integer(self, expr: Any) -> str:
        power = len(str(expr)) - 1
        return f"10^{{{power}}}" if expr >= _POWERS_OF_TEN and expr == 10**power else str(expr)


class _Text(StrPrinter):  # type: ignore[misc]
    """SymPy's plain printer with ^ for powers and the names of the field."""

    def __init__(self, table: Mapping[Symbol, str], *, decimals: bool = True) -> None:
        super().__init__()
        self._table, self._decimals = table, decimals

    def _print_Add(self, expr: Any, order: Any = None) -> str:
        terms = _ordered(self._as_ordered_terms(expr, order=order))
        said = str(self.parenthesize(terms[0], precedence(expr)))
        for term in terms[1:]:
            body = self.parenthesize(-term if _negative(term) else term, precedence(expr))
            said += f" - {body}" if _negative(term) else f" + {body}"
        return said

    def _print_Symbol(self, expr: Any) -> str:
        return self._table.get(expr) or str(expr.name).replace("\\", "").replace("{", "").replace("}", "")

    def _print_Function(self, expr: Any) -> str:
        said = {"acos": "arccos", "asin": "arcsin"}.get(type(expr).__name__, type(expr).__name__)
        return f"{said}({', '.join(self._print(argument) for argument in expr.args)})"

    def _print_Abs(self, expr: Any) -> str:
        return f"|{self._print(_distance(expr.args[0]))}|"

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:
        return str(super()._print_Pow(expr, rational)).replace("**", "^")

    def _print_Rational(self, expr: Any) -> str:
        return (decimal_of(expr) if self._decimals else None) or str(super()._print_Rational(expr))


def _ordered(terms: Sequence[Expr]) -> list[Expr]:
    """The quantity in front, else the first term without a minus; the others as they come."""
    kept = list(terms)
    found = [i for i, term in enumerate(kept) if term == symbols.value]
    found += [i for i, term in enumerate(kept) if not _negative(term)]
    kept.insert(0, kept.pop(found[0] if found else 0))
    return kept


def _distance(inside: Expr) -> Expr:
    """What stands between the bars of an absolute value: quantity minus claim, not the other way round."""
    return -inside if inside.is_Add and inside.coeff(symbols.value).is_negative else inside


def _negative(term: Expr) -> bool:
    return bool(term.could_extract_minus_sign()) if not term.is_Add else False


def decimal_of(number: Any, least: int = 50) -> str | None:
    """The decimal of a fraction that was surely typed as one: 69/100 -> 0.69; None for 1/4, 3/8, 1/3.

    least  smallest denominator of which that is sure
    """
    denominator = int(number.q)
    places = 0
    while 10**places % denominator and places < 30:
        places += 1
    if denominator < least or 10**places % denominator:
        return None
    sign, digits = "-" * (int(number.p) < 0), str(abs(int(number.p)) * 10**places // denominator).zfill(places + 1)
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


# --- breaking lines ---------------------------------------------------------------------------------------------------


def width_of(latex: str) -> int:
    r"""About how many characters wide a formula is set; the parts of a fraction stand above each other.

    >>> width_of(r"\frac{a + b}{2}"), width_of(r"\arccos\theta")
    (5, 7)
    """
    return round(_width(latex.replace(r"\left", "").replace(r"\right", "").replace("&", "")))


def _width(latex: str) -> float:
    total, rest = Decimal(0), latex
    while rest:
        if match := re.match(r"\\[dt]?frac", rest):
            above, rest = _group(rest[match.end() :])
            below, rest = _group(rest)
            total += Decimal(max(_width(above), _width(below)))
        elif match := re.match(r"\\(?:sqrt|mathrm|operatorname|text|bar|tilde|widehat)", rest):
            inner, rest = _group(rest[match.end() :])
            total += Decimal(_width(inner)) + 1
        elif rest[0] in "^_":
            inner, rest = _group(rest[1:])
            total += Decimal(_width(inner)) * Decimal("0.7")
        elif match := re.match(r"\\(arccos|arcsin|sin|cos|log|exp|to|le|ge|sim|qquad|quad)(?![a-zA-Z])", rest):
            total += len(match[1])
            rest = rest[match.end() :]
        elif match := re.match(r"\\(?:[a-zA-Z]+|.)", rest):
            total += 1
            rest = rest[match.end() :]
        else:
            total += {" ": 0, "{": 0, "}": 0, "+": 3, "-": 3, "=": 3, "<": 3, ">": 3}.get(rest[0], 1)
            rest = rest[1:]
    return float(total)


def _group(text: str) -> tuple[str, str]:
    """The first {...} (or token) of the text, and what follows."""
    text = text.lstrip()
    if not text.startswith("{"):
        token = re.match(r"\\[a-zA-Z]+|.?", text, re.DOTALL)
        assert token is not None
        return token[0], text[token.end() :]
    level = 0
    for i, char in enumerate(text):
        level += (char == "{") - (char == "}")
        if level == 0:
            return text[1:i], text[i + 1 :]
    return text, ""


def lines_of(
    expression: Expr, width: int = WIDTH, extra: Mapping[Symbol, str] | None = None, *, decimals: bool = True
) -> list[str]:
    r"""LaTeX of an expression in lines that fit; each line after the first begins with an operator.

    decimals  as in ``latex_of``

    >>> lines_of(symbols.c + 1)
    ['c + 1']
    """
    whole = latex_of(expression, extra, decimals=decimals)
    if width_of(whole) <= width:
        return [whole]
    if expression.is_Add:
        terms = _ordered(expression.as_ordered_terms())
        lines: list[str] = []
        for i, term in enumerate(terms):
            negative = _negative(term)
            pieces = lines_of(-term if negative else term, width - 4, extra, decimals=decimals)
            if negative and (-term).is_Add:
                pieces[0] = rf"\bigl({pieces[0]}"
                pieces[-1] += r"\bigr)"
            sign = "- " if negative else "+ " if i else ""
            pieces[0] = sign + pieces[0]
            if lines and len(pieces) == 1 and width_of(lines[-1] + pieces[0]) <= width:
                lines[-1] += " " + pieces[0]
            else:
                lines += pieces
        return lines
    if expression.is_Mul:
        return _product_lines(expression, width, extra, decimals)
    return [whole]


def _product_lines(expression: Mul, width: int, extra: Mapping[Symbol, str] | None, decimals: bool) -> list[str]:
    """A wide product: its simple factors, then each sum in brackets, broken where it must be."""
    sums = [factor for factor in expression.args if factor.is_Add]
    front = Mul(*(factor for factor in expression.args if not factor.is_Add))
    head = "" if front == 1 else "-" if front == -1 else latex_of(front, extra, decimals=decimals) + " "
    if not sums or 3 * width_of(head) > width:
        return [latex_of(expression, extra, decimals=decimals)]
    lines: list[str] = []
    for i, factor in enumerate(sums):
        inner = lines_of(factor, width - 6, extra, decimals=decimals)
        opened = [rf"\Bigl[{inner[0]}", *inner[1:]]
        opened[-1] += r"\Bigr]"
        if i == 0:
            lines = [head + opened[0], *opened[1:]]
        elif len(opened) == 1 and width_of(lines[-1] + opened[0]) <= width:
            lines[-1] += opened[0]
        else:
            lines += [r"\cdot " + opened[0], *opened[1:]]
    return lines


# --- numbers ----------------------------------------------------------------------------------------------------------


def round_ball(mid: str, rad: str, digits: int = SHOWN_DIGITS) -> tuple[str, str]:
    """A shorter ball (mid, rad) that contains the given one.

    >>> round_ball("0.28867513459481288225", "3.1e-50", 6)
    ('0.288675', '1.4e-7')
    >>> round_ball("0.25", "0")
    ('0.25', '0')
    >>> round_ball("1.000000000000000000000", "0")
    ('1', '0')
    """
    with localcontext(Context(prec=len(mid) + len(rad) + 80)):
        exact, radius = Decimal(mid), Decimal(rad)
        short = exact.normalize()
        if len(short.as_tuple().digits) > digits:
            short = Context(prec=digits).plus(exact).normalize()
        total = radius + abs(exact - short)
        up = Context(prec=2, rounding=ROUND_CEILING).plus(total)
    return _plain(short), "0" if up == 0 else _scientific(up)


def ball_latex(mid: str, rad: str, digits: int = SHOWN_DIGITS) -> str:
    r"""A ball as mathematics.

    >>> ball_latex("0.28867513459481288225", "3.1e-50", 6)
    '0.288675 \\pm 1.4 \\cdot 10^{-7}'
    """
    middle, radius = round_ball(mid, rad, digits)
    if radius == "0":
        return _power_latex(middle)
    shown = _power_latex(middle)
    shown = rf"({shown})" if r"\cdot" in shown else shown
    return rf"{shown} \pm {_power_latex(radius)}"


def ball_text(mid: str, rad: str, digits: int = SHOWN_DIGITS) -> str:
    """A ball for a terminal.

    >>> ball_text("-0.5", "1e-60")
    '-0.5 +/- 1e-60'
    """
    middle, radius = round_ball(mid, rad, digits)
    return middle if radius == "0" else f"{middle} +/- {radius}"


def shorten_numbers(text: str, digits: int = SHOWN_DIGITS) -> str:
    """Prose with the decimals of numbers cut, marked by an ellipsis.

    >>> shorten_numbers("it is 0.2886751345948128822545 or 0.25")
    'it is 0.2886751345... or 0.25'
    """

    def cut(match: re.Match[str]) -> str:
        whole, decimals, exponent = match[1], match[2], match[3] or ""
        zeros = len(decimals) - len(decimals.lstrip("0")) if int(whole) == 0 else 0
        kept = digits + zeros
        return match[0] if len(decimals) <= kept + 2 else f"{whole}.{decimals[:kept]}...{exponent}"

    return re.sub(r"(?<![\w.])(\d+)\.(\d+)([eE][+-]?\d+)?", cut, text)


def _plain(number: Decimal) -> str:
    if number == 0:
        return "0"
    size = number.adjusted()
    return f"{number:f}" if -6 <= size <= 12 else _scientific(number)


def _scientific(number: Decimal) -> str:
    exponent = number.adjusted()
    mantissa = f"{number.scaleb(-exponent).normalize():f}"
    return f"{mantissa}e{exponent}"


def _power_latex(number: str) -> str:
    mantissa, mark, exponent = number.partition("e")
    if not mark:
        return mantissa
    return f"10^{{{exponent}}}" if mantissa == "1" else rf"{mantissa} \cdot 10^{{{exponent}}}"


__all__ = [
    "SHOWN_DIGITS",
    "WIDTH",
    "Name",
    "ball_latex",
    "ball_text",
    "decimal_of",
    "latex_of",
    "letters",
    "lines_of",
    "named",
    "names",
    "round_ball",
    "shorten_numbers",
    "text_of",
    "width_of",
]
