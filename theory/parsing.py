"""From text to exact SymPy expressions, without ``eval``: a tokenizer and a recursive-descent parser.

    chain   = sum (relation sum)*                        relation: < <= > >= == = ~
    sum     = product (("+" | "-") product)*
    product = signed (("*" | "/") signed)*
    signed  = ("+" | "-")* power
    power   = atom (("^" | "**") signed)?                right-associative; -2^2 is -4, 2^-1 is 1/2
    atom    = number | name | function "(" sum ("," sum)* ")" | "(" sum ")"

Numbers are exact: 0.3 is 3/10, 1e-3 is 1/1000.

Limits: 1,000 ASCII characters, 50 nested levels, constants between 10^-10000 and 10^10000 in size (in cos and sin up to
10^100, as their value needs as many digits again), powers of sums that expand into 300 terms. A constant carries an
interval, so that a power is refused before SymPy evaluates it, and so that each constant is known to be real and
finite: a denominator that may be 0, or a root or logarithm of what may be negative, is refused as well.

What can go wrong. Where a symbol occurs, nothing is known of the value; only the size of the numbers is bounded.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from math import comb, log2, prod
from operator import add, mul, sub, truediv
from typing import Any, NoReturn

from mpmath.ctx_iv import MPIntervalContext
from sympy import (
    Abs,
    Add,
    Expr,
    I,
    Integer,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    acos,
    asin,
    atan,
    cos,
    erf,
    exp,
    integer_nthroot,
    log,
    nan,
    oo,
    pi,
    sign,
    sin,
    sqrt,
    tanh,
    zoo,
)

from theory import constants
from theory.errors import InputError

MAX_CHARACTERS = 1000
MAX_NESTING = 50
MAX_SIZE = 10000
"""Constants lie between 10^-MAX_SIZE and 10^MAX_SIZE in size."""
MAX_RADICAND_BITS = 2000
"""Size of the rationals under the roots of a product; SymPy tries to factor them (0.4 s at 1,000 digits)."""
MAX_WAVE = 100
"""The argument of cos and sin is at most 10^MAX_WAVE in size."""
MAX_TERMS = 300
"""Terms of an expanded power; what is derived from an expression expands it."""


def _heaviside(argument: Expr) -> Expr:
    # as SymPy's own Heaviside has a value at 0 that no Gaussian integral sees
    return (1 + sign(argument)) / 2


_FUNCTIONS: dict[str, tuple[Any, int, int]] = {
    "sqrt": (sqrt, 1, 1),
    "exp": (exp, 1, 1),
    "log": (log, 1, 1),
    "cos": (cos, 1, 1),
    "sin": (sin, 1, 1),
    "acos": (acos, 1, 1),
    "asin": (asin, 1, 1),
    "abs": (Abs, 1, 1),
    "max": (Max, 2, 8),
    "min": (Min, 2, 8),
    "sign": (sign, 1, 1),
    "erf": (erf, 1, 1),
    "tanh": (tanh, 1, 1),
    "atan": (atan, 1, 1),
    "heaviside": (_heaviside, 1, 1),
}
"""Name, function, least and greatest number of arguments."""

NUMBER_FUNCTIONS = ("sqrt", "exp", "log", "cos", "sin", "acos", "asin", "abs")
"""What may stand in a number or a claim."""
ACTIVATION_FUNCTIONS = tuple(_FUNCTIONS)
"""What may stand in an activation."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<operator>\*\*|<=|>=|==|[-+*/^(),<>=~]))",
    re.ASCII,
)
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {"+": add, "-": sub, "*": mul, "/": truediv}
_RELATIONS = ("<", "<=", ">", ">=", "==", "=", "~")


def parse(
    text: str,
    *,
    names: Mapping[str, Expr] | None = None,
    what: str = "expression",
    functions: Sequence[str] = NUMBER_FUNCTIONS,
) -> Expr:
    """The expression that the text states, exactly.

    names      what a name stands for, besides pi
    what       how the text is called in a message
    functions  names of the functions allowed
    raises     InputError, one line, for everything that is not such an expression

    >>> parse("0.3 + 1e-3")
    301/1000
    >>> parse("-2^2 * sqrt(8)")
    -8*sqrt(2)
    """
    parser = _Parser(text, names or {}, what, functions)
    result = parser.sum()
    if parser.peek() != "":
        parser.unexpected()
    return result.expr


def parse_chain(
    text: str,
    names: Mapping[str, Expr] | None = None,
    *,
    what: str = "relation",
    functions: Sequence[str] = NUMBER_FUNCTIONS,
) -> tuple[list[Expr], list[str]]:
    """The sides of a chain of relations and the relations between them, as written.

    >>> parse_chain("-1 < c <= 1/2", {"c": Integer(7)})
    ([-1, 7, 1/2], ['<', '<='])
    """
    parser = _Parser(text, names or {}, what, functions)
    sides, relations = [parser.sum().expr], []
    while parser.peek() in _RELATIONS:
        relations.append(parser.next())
        sides.append(parser.sum().expr)
    if parser.peek() != "":
        parser.unexpected()
    if not relations:
        parser.fail("nothing is compared", f"a relation such as a <= b, with {' '.join(_RELATIONS)}")
    return sides, relations


def number(text: str, what: str = "number") -> Expr:
    """A real number, exactly.

    >>> number("1e400") == 10**400
    True
    """
    return parse(text, what=what)


def correlation(text: str, what: str = "cos") -> Expr:
    """A number in [-1, 1]; membership is decided exactly or refused.

    >>> correlation("sqrt(5+2*sqrt(6)) - sqrt(2) - sqrt(3) + 1")
    -sqrt(3) - sqrt(2) + 1 + sqrt(2*sqrt(6) + 5)
    """
    return _within(text, what, Integer(-1), Integer(1))


def angle(text: str, what: str = "angle") -> Expr:
    """A number in [0, pi]; membership is decided exactly or refused."""
    return _within(text, what, Integer(0), pi)


def decay(text: str, what: str = "gamma") -> Expr:
    """The gamma of alpha = L^(-gamma): a number >= 0, which is decided exactly or refused.

    >>> decay("sqrt(6) - sqrt(2)*sqrt(3)")
    0
    """
    value = number(text, what)
    require_decay(value, text, what)
    return value


def require_decay(value: Expr, text: str, what: str) -> None:
    """Refuse a gamma that is not provably in [0, 10^4], or is a fraction of more than 1,000 digits."""
    allowed = f"allowed is a number from 0 to {MAX_SIZE:,}"
    signs = [constants.exact_sign(value), constants.exact_sign(MAX_SIZE - value)]
    if None in signs:
        raise InputError(f"{what}={_shown(text)}: it cannot be decided whether this is negative; {allowed}")
    if -1 in signs:
        raise InputError(f"{what}={_shown(text)}: {'negative' if signs[0] == -1 else 'too large'}; {allowed}")
    if any(atom.q > 10**MAX_CHARACTERS for atom in value.atoms(Rational)):
        raise InputError(f"{what}={_shown(text)}: too many digits; {allowed}, of at most {MAX_CHARACTERS:,} digits")


def integer(text: str, what: str, low: int, high: int | None) -> int:
    """A whole number between two ends; high None means without end.

    >>> integer("1e12", "depth", 0, None) == integer("10^12", "depth", 0, None) == 10**12
    True
    """
    allowed = f"a whole number from {_integer_text(low)}"
    allowed += "" if high is None else f" to {_integer_text(high)}"
    value = number(text, what)
    if not value.is_Integer:
        raise InputError(f"{what}={_shown(text)}: not a whole number as it stands; allowed is {allowed}")
    if value < low or (high is not None and value > high):
        raise InputError(f"{what}={_shown(text)}: out of range; allowed is {allowed}")
    return int(value)


def _within(text: str, what: str, low: Expr, high: Expr) -> Expr:
    value = number(text, what)
    for gap in (value - low, high - value):
        sign_of_gap = constants.exact_sign(gap)
        if sign_of_gap is None:
            raise InputError(
                f"{what}={_shown(text)}: equal to an end of [{low}, {high}] up to {constants.MAX_DIGITS} digits, and "
                f"neither side could be proved; allowed is a number that is provably in [{low}, {high}]"
            )
        if sign_of_gap < 0:
            raise InputError(f"{what}={_shown(text)}: out of range; allowed is a number in [{low}, {high}]")
    return value


def _integer_text(value: int) -> str:
    digits = len(str(abs(value))) if abs(value) < 10**4000 else 4001
    return str(value) if digits <= 7 else f"10^{digits - 1}"


def _shown(text: str) -> str:
    """The text in one line, shortened, in characters that any terminal shows."""
    flat = " ".join(text.split()).encode("ascii", "backslashreplace").decode("ascii")
    flat = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in flat)
    return flat if len(flat) <= 80 else flat[:77] + "..."


def _exact_root(base: Expr, exponent: Expr) -> bool:
    """Whether a rational is an exact power, so that its root is rational."""
    if not exponent.is_Rational or base < 0:
        return False
    return all(integer_nthroot(int(part), int(exponent.q))[1] for part in (base.p, base.q))


def _terms(expression: Expr) -> int:
    """How many terms an expression has when it is expanded, at most."""
    if isinstance(expression, Add):
        return sum(map(_terms, expression.args))
    if isinstance(expression, Mul):
        return prod(map(_terms, expression.args))
    if isinstance(expression, Pow) and expression.exp.is_Integer:
        each = _terms(expression.base)
        return comb(abs(int(expression.exp)) + each - 1, each - 1)
    return 1


@dataclass(frozen=True, kw_only=True)
class _Node:
    """An expression; for a constant also an interval that contains it."""

    expr: Expr
    interval: Any | None


@cache
def _context() -> MPIntervalContext:
    """Interval arithmetic of 53 bits; nobody changes its precision, and to make it takes longer than to parse a number."""
    return MPIntervalContext()


class _Parser:
    """Tokens, and one method per line of the grammar."""

    def __init__(self, text: str, names: Mapping[str, Expr], what: str, functions: Iterable[str]) -> None:
        self.text, self.names, self.what, self.functions = text, names, what, tuple(functions)
        self.context = _context()
        self.depth = 0
        self.position = 0
        if not isinstance(text, str):
            self.text = str(text)
            self.fail("not a text", "an expression in quotes")
        if len(text) > MAX_CHARACTERS:
            self.fail(f"{len(text)} characters", f"at most {MAX_CHARACTERS:,}")
        if not text.isascii():
            odd = next(char for char in text if not char.isascii())
            self.fail(f"the character U+{ord(odd):04X}", "ASCII only")
        if not text.strip():
            self.fail("empty", self._grammar())
        self.tokens = self._tokenize()

    def fail(self, wrong: str, allowed: str) -> NoReturn:
        """Raise the one line of every error."""
        raise InputError(f"{self.what}={_shown(self.text)}: {wrong}; allowed is {allowed}")

    def _grammar(self) -> str:
        known = ", ".join(["pi", *sorted(self.names), *self.functions])
        return f"an expression of exact numbers, + - * / ^ ( ) and {known}"

    def _tokenize(self) -> list[str]:
        tokens, at = [], 0
        end = len(self.text.rstrip())
        while at < end:
            match = _TOKEN.match(self.text, at)
            if match is None:
                odd = self.text[at:end].lstrip()[0]
                self.fail(f"the character {_shown(odd)!r}", self._grammar())
            tokens.append(match[match.lastgroup or 0])
            at = match.end()
        return [*tokens, ""]

    def peek(self) -> str:
        """The next token; empty at the end."""
        return self.tokens[self.position]

    def next(self) -> str:
        """The next token, taken."""
        token = self.tokens[self.position]
        if token:
            self.position += 1
        return token

    def unexpected(self) -> NoReturn:
        """Refuse the next token."""
        token = self.peek()
        if not token:
            self.fail("it ends too early", self._grammar())
        if self.position and (token[0].isalnum() or token in "_(") and self.tokens[self.position - 1] not in "+-*/^(,":
            before = self.tokens[self.position - 1]
            self.fail(f"{_shown(token)!r} after {_shown(before)!r}", "an operator between them, as in 2*x")
        self.fail(f"{_shown(token)!r} in this place", self._grammar())

    def sum(self) -> _Node:
        """Terms with + and - between them."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.fail("too deeply nested", f"at most {MAX_NESTING} levels")
        left = self.product()
        while self.peek() in ("+", "-"):
            left = self._operate(self.next(), left, self.product())
        self.depth -= 1
        return left

    def product(self) -> _Node:
        """Factors with * and / between them."""
        left = self.signed()
        while self.peek() in ("*", "/"):
            left = self._operate(self.next(), left, self.signed())
        return left

    def signed(self) -> _Node:
        """A power with any number of signs."""
        negative = False
        while self.peek() in ("+", "-"):
            negative ^= self.next() == "-"
        result = self.power()
        if not negative:
            return result
        return self._operate("*", _Node(expr=Integer(-1), interval=self.context.mpf(-1)), result)

    def power(self) -> _Node:
        """An atom, perhaps with an exponent."""
        base = self.atom()
        if self.peek() not in ("^", "**"):
            return base
        self.next()
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.fail("too deeply nested", f"at most {MAX_NESTING} levels")
        exponent = self.signed()
        self.depth -= 1
        return self._power(base, exponent)

    def atom(self) -> _Node:
        """A number, a name, a function of something, or something in parentheses."""
        token = self.peek()
        if token == "(":
            self.next()
            inside = self.sum()
            self._expect(")")
            return inside
        if not token or not (token[0].isalnum() or token[0] in "._"):
            self.unexpected()
        self.next()
        if token[0].isdigit() or token[0] == ".":
            return self._number(token)
        if self.peek() == "(":
            return self._call(token)
        if token == "pi":
            return _Node(expr=pi, interval=+self.context.pi)
        if token in self.names:
            value = self.names[token]
            return _Node(expr=value, interval=None if value.free_symbols else constants.interval(value, self.context))
        hint = self._near(token, ["pi", *self.names])
        return self.fail(f"unknown name {_shown(token)!r}{hint}", self._grammar())

    @staticmethod
    def _near(name: str, known: Iterable[str]) -> str:
        near = get_close_matches(name.lower(), known, n=1)
        return f" (did you mean {near[0]}?)" if near else ""

    def _expect(self, token: str) -> None:
        if self.peek() != token:
            if not self.peek():
                self.fail(f"a {token!r} is missing", self._grammar())
            self.unexpected()
        self.next()

    def _number(self, token: str) -> _Node:
        mantissa, _, exponent = token.lower().partition("e")
        whole, _, fraction = mantissa.partition(".")
        if len(exponent) > 6 or abs(int(exponent or 0)) > MAX_SIZE + MAX_CHARACTERS:
            self._too_large()
        shift = int(exponent or 0) - len(fraction)
        digits = int(whole + fraction)
        return self._constant(Rational(digits * 10 ** max(shift, 0), 10 ** max(-shift, 0)))

    def _constant(self, value: Expr) -> _Node:
        return self._checked(value, constants.interval(value, self.context))

    def _call(self, name: str) -> _Node:
        if name not in self.functions:
            hint = self._near(name, self.functions)
            self.fail(f"unknown function {_shown(name)!r}{hint}", f"one of {', '.join(self.functions)}")
        function, least, most = _FUNCTIONS[name]
        self.next()
        arguments = [self.sum()]
        while self.peek() == ",":
            self.next()
            arguments.append(self.sum())
        self._expect(")")
        if not least <= len(arguments) <= most:
            count = str(least) if least == most else f"{least} to {most}"
            self.fail(f"{name} of {len(arguments)} arguments", f"{count} of them")
        first = arguments[0]
        if name == "sqrt":
            return self._power(first, _Node(expr=Rational(1, 2), interval=self.context.mpf(1) / 2))
        if name == "log":
            self._demand(first, 1, "log of a number that is not positive", "log of a positive number")
        if name in ("acos", "asin"):
            one = _Node(expr=Integer(1), interval=self.context.mpf(1))
            for sides in (("-", one, first), ("+", one, first)):
                self._demand(self._operate(*sides), 0, f"{name} of a number outside [-1, 1]", "a number in [-1, 1]")
        if name in ("cos", "sin"):
            self._refuse_waves(name, first)
        if name == "exp":
            self._refuse_size(first.interval, first.expr)
            self._refuse_radicands(first.expr, logarithms=True)
        value: Expr = function(*(argument.expr for argument in arguments))
        intervals = [argument.interval for argument in arguments]
        enclosed = None
        if all(one is not None for one in intervals):
            try:
                enclosed = constants.apply(function, intervals, self.context)
            except (NotImplementedError, ZeroDivisionError, ValueError):
                enclosed = None
        return self._checked(value, enclosed)

    def _operate(self, operator: str, left: _Node, right: _Node) -> _Node:
        if operator in "*/":
            self._refuse_radicands(left.expr, right.expr)
        if operator == "/":
            self._nonzero(right)
        operation = _OPERATIONS[operator]
        enclosed = None
        if left.interval is not None and right.interval is not None and (operator != "/" or 0 not in right.interval):
            enclosed = operation(left.interval, right.interval)
        return self._checked(operation(left.expr, right.expr), enclosed)

    def _power(self, base: _Node, exponent: _Node) -> _Node:
        power = exponent.expr
        if power.is_Integer:
            if power < 0:
                self._nonzero(base)
        elif not base.expr.free_symbols:
            wanted = 0 if power.is_positive else 1
            self._demand(
                base, wanted, "a root or power of a negative number", "a base >= 0 where the exponent is a fraction"
            )
        if base.interval is not None and exponent.interval is not None:
            magnitude = abs(base.interval)
            if magnitude > 0:
                self._refuse_size(exponent.interval * self.context.log(magnitude), None)
        elif not power.is_Rational or abs(power) > 1:
            self._refuse_size(exponent.interval, power)
        self._refuse_coefficients(base.expr, power)
        if power.is_Integer and isinstance(base.expr, Add | Mul | Pow):
            each = _terms(base.expr)
            if each > MAX_TERMS or (each > 1 and comb(abs(int(power)) + each - 1, each - 1) > MAX_TERMS):
                self.fail("a power of a sum has too many terms", f"{MAX_TERMS} terms when it is expanded")
        if not power.is_Integer:
            inside = [atom for atom in (base.expr.p, base.expr.q) if atom > 1] if base.expr.is_Rational else []
            if sum(atom.bit_length() for atom in inside) > MAX_RADICAND_BITS and not _exact_root(base.expr, power):
                self._radicand()
            self._refuse_radicands(base.expr, power, logarithms=True)
        value = Pow(base.expr, power)
        enclosed = None
        if base.interval is not None and exponent.interval is not None:
            try:
                enclosed = constants.power(base.interval, power, exponent.interval, self.context)
            except (ZeroDivisionError, ValueError):
                enclosed = None
        return self._checked(value, enclosed)

    def _refuse_size(self, logarithm: Any | None, exponent: Expr | None) -> None:
        """Refuse what would be beyond 10^MAX_SIZE: by an interval of its logarithm, or by the numbers within."""
        if logarithm is not None:
            limit = MAX_SIZE * self.context.log(10)
            if not abs(logarithm) <= limit:
                self._too_large()
        elif exponent is not None and any(
            abs(atom.p) > MAX_SIZE or atom.q > MAX_SIZE for atom in exponent.atoms(Rational)
        ):
            self.fail("a number in an exponent is too large", f"exponents up to {MAX_SIZE:,} where a symbol occurs")

    def _refuse_waves(self, name: str, argument: _Node) -> None:
        """Refuse an argument of cos or sin whose remainder modulo 2 pi is out of reach."""
        if argument.interval is not None and not abs(argument.interval) < 2 * 10**MAX_WAVE:
            self.fail(f"{name} of a number that is too large", f"sizes up to 10^{MAX_WAVE} there")
        if argument.interval is None and any(abs(atom) > MAX_SIZE for atom in argument.expr.atoms(Rational)):
            self.fail(f"a number in {name} is too large", f"numbers up to {MAX_SIZE:,} there where a symbol occurs")

    def _refuse_coefficients(self, base: Expr, exponent: Expr) -> None:
        """SymPy raises a rational, also one that is a factor of the base, at once; its length is bounded before.

        The size of the value says too little: (1 + 10^-9000)^(10^7) is near 1 and has 10^11 digits.
        """
        longest = max((max(abs(atom.p), atom.q) for atom in base.atoms(Rational)), default=1)
        times = max((-(-abs(atom.p) // atom.q) for atom in exponent.atoms(Rational)), default=1)
        if longest > 1 and (times > 4 * MAX_SIZE or times * log2(longest) > 4 * MAX_SIZE):
            self._too_large()

    def _refuse_radicands(self, *expressions: Expr, logarithms: bool = False) -> None:
        """Refuse what would make SymPy factor the product of large numbers under roots (or logarithms)."""
        bits = 0
        for expression in expressions:
            inside = [power.base for power in expression.atoms(Pow) if not power.exp.is_Integer]
            if logarithms:
                inside += [one.args[0] for one in expression.atoms(log)]
            for atom in inside:
                bits += sum(max(abs(one.p), one.q).bit_length() for one in atom.atoms(Rational))
        if bits > MAX_RADICAND_BITS:
            self._radicand()

    def _radicand(self) -> NoReturn:
        self.fail("a number under a root is too large", f"up to {MAX_RADICAND_BITS * 3 // 10} digits under roots")

    def _nonzero(self, node: _Node) -> None:
        if node.expr == 0:
            self.fail("division by zero", "a denominator that is not 0")
        if node.expr.free_symbols or (node.interval is not None and 0 not in node.interval):
            return
        if not constants.exact_sign(node.expr):
            self.fail("a denominator is, or cannot be told from, zero", "a denominator that is provably not 0")

    def _demand(self, node: _Node, least: int, wrong: str, allowed: str) -> None:
        """A constant must be >= 0 (least 0) or > 0 (least 1), provably."""
        if node.expr.free_symbols or (node.interval is not None and node.interval > 0):
            return
        found = constants.exact_sign(node.expr)
        if found is None:
            self.fail(f"it cannot be decided whether this is {wrong}", allowed)
        if found < least:
            self.fail(wrong, allowed)

    def _too_large(self) -> NoReturn:
        self.fail("a number is too large or too small", f"sizes from 10^-{MAX_SIZE} to 10^{MAX_SIZE}")

    def _checked(self, expr: Expr, enclosed: Any | None) -> _Node:
        """The node, if it is finite, real and of a size that is allowed."""
        if expr.has(nan, oo, -oo, zoo, I):
            self.fail("not a finite real number", "real and finite values")
        if expr.is_Rational:
            # bit lengths, as 10^10000 has 33,220 bits
            if max(abs(int(expr.p)).bit_length(), int(expr.q).bit_length()) > 33220:
                self._too_large()
            enclosed = constants.interval(expr, self.context)
        elif enclosed is not None:
            upper = abs(enclosed).b
            if upper > 0 and self.context.log(upper) > MAX_SIZE * self.context.log(10):
                self._too_large()
        return _Node(expr=expr, interval=enclosed)
