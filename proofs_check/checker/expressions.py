"""The checker's expression language, and its three arithmetics.

Text such as ``cos(t) + mu*(sin(t) - t*cos(t))/pi`` is read into a tree and evaluated over balls, over power series of balls, or
over exact power series whose coefficients are Laurent polynomials in pi and one parameter over the rationals. Grammar:

    sum      = product (("+" | "-") product)*
    product  = power (("*" | "/") power)*
    power    = "-" power | atom ("^" integer)?
    atom     = integer | name | function "(" sum ")" | "(" sum ")"        function = sin | cos | sqrt | log | acos
"""

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from typing import Any

from flint import arb, arb_series, ctx, fmpq


class Rejected(Exception):
    """The certificate proves nothing; the message says which hypothesis fails and where."""


_TOKEN = re.compile(r"\s*(?:(\d+)|([A-Za-z_][A-Za-z_0-9]*)|(.))", re.ASCII)
FUNCTIONS = ("sin", "cos", "sqrt", "log", "acos")
OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
MAX_TEXT, MAX_NESTING, MAX_EXPONENT, MAX_TERMS = 2000, 50, 12, 600
MAX_OPERATORS = 400  # bounds the height of a tree, on which functions here call themselves
MAX_BITS = 50_000  # of an exact number: parts with names of their own can be squared again and again
MAX_TOWER = 2  # powers inside the base of a power; bounds the size of exact numbers
Tree = tuple[Any, ...]
Powers = tuple[int, int, int]  # of t, pi and the parameter


@lru_cache(maxsize=64)
def parse(text: str) -> Tree:
    """The tree of an expression; Rejected if it is not one."""
    if len(text) > MAX_TEXT:
        raise Rejected(f"an expression has more than {MAX_TEXT} characters")
    tokens = [match.groups() for match in _TOKEN.finditer(text.strip())]
    if sum(token in "+-*/^" for *_, token in tokens if token) > MAX_OPERATORS:
        raise Rejected(f"an expression has more than {MAX_OPERATORS} operators")
    position = 0

    def peek() -> str:
        return next((part for part in tokens[position] if part), "") if position < len(tokens) else ""

    def take(expected: str | None = None) -> str:
        nonlocal position
        found = peek()
        if not found or (expected is not None and found != expected):
            raise Rejected(f"expression {text[:60]!r}: {expected or 'an operand'} expected, found {found or 'the end'}")
        position += 1
        return found

    def chain(operators: str, inner: Callable[[int], Tree], level: int) -> Tree:
        tree = inner(level)
        while peek() and peek() in operators:
            tree = (take(), tree, inner(level))
        return tree

    def total(level: int) -> Tree:
        return chain("+-", lambda n: chain("*/", power, n), level)

    def power(level: int) -> Tree:
        if level > MAX_NESTING:
            raise Rejected("an expression is nested too deeply")
        if peek() == "-":
            take()
            return ("-", ("number", 0), power(level + 1))
        base = atom(level)
        if peek() == "^":
            take()
            exponent = take()
            if exponent not in map(str, range(MAX_EXPONENT + 1)) or tower(base) >= MAX_TOWER:
                raise Rejected(f"expression {text[:60]!r}: exponents are integers from 0 to {MAX_EXPONENT}, not nested")
            return ("^", base, int(exponent))
        return base

    def atom(level: int) -> Tree:
        token = take()
        if token.isascii() and token.isdecimal():
            return ("number", int(token))
        if token == "(" or token in FUNCTIONS:
            if token != "(":
                take("(")
            inner = total(level + 1)
            take(")")
            return inner if token == "(" else (token, inner)
        if token[0].isalpha():
            return ("name", token)
        raise Rejected(f"expression {text[:60]!r}: {token!r} is not understood")

    tree = total(0)
    if position != len(tokens):
        raise Rejected(f"expression {text[:60]!r}: {peek()!r} is not understood")
    return tree


def tower(tree: Tree) -> int:
    """The largest number of powers on one branch of the tree."""
    inner = int(tree[0] == "^")
    return inner + max([0, *map(tower, (part for part in tree if isinstance(part, tuple)))])


def evaluate(tree: Tree, names: Mapping[str, Any], number: Callable[[int], Any]) -> Any:
    """The value of a tree; ``names`` and ``number`` fix the arithmetic."""
    match tree:
        case ("number", int(value)):
            return number(value)
        case ("name", str(name)):
            if name not in names:
                raise Rejected(f"the name {name!r} has no meaning here")
            return names[name]
        case ("+" | "-" | "*" | "/" as sign, left, right):
            return OPERATORS[sign](evaluate(left, names, number), evaluate(right, names, number))
        case ("^", base, int(exponent)):
            # repeated multiplication: a ball raised to an integer power is NaN in flint where it straddles 0
            return reduce(operator.mul, [evaluate(base, names, number)] * exponent, number(1))
        case (str(function), argument):
            method = getattr(evaluate(argument, names, number), function, None)
            if method is None:
                raise Rejected(f"{function} has no exact series here, so a zero at 0 cannot be certified")
            return method()
    raise Rejected("an expression is malformed")


def value_of(text: str, names: Mapping[str, Any], number: Callable[[int], Any]) -> Any:
    """The value of ``x = e; y = f; ...; g``: each part may contain the names defined in front of it."""
    if len(text) > MAX_TEXT:
        raise Rejected(f"an expression has more than {MAX_TEXT} characters")
    *definitions, last = text.split(";")
    for name, _, said in (definition.partition("=") for definition in definitions):
        if name.strip() in names:
            raise Rejected(f"the name {name.strip()!r} is defined twice")
        names = {**names, name.strip(): evaluate(parse(said), names, number)}
    return evaluate(parse(last), names, number)


def ball(text: str, names: Mapping[str, arb]) -> arb:
    """The enclosure of an expression."""
    return value_of(text, {"pi": arb.pi(), **names}, arb)


def series(text: str, names: Mapping[str, arb], variable: arb, length: int) -> list[arb]:
    """Taylor coefficients 0 .. length-1 of the expression in t at every point of the ball ``variable``."""
    before, ctx.cap = ctx.cap, length  # flint drops every coefficient beyond the cap, without a word
    try:
        constants: dict[str, Any] = {key: arb_series([value]) for key, value in {"pi": arb.pi(), **names}.items()}
        constants["t"] = arb_series([variable, 1])
        value = value_of(text, constants, lambda n: arb_series([n]))
        if value.prec < length:
            raise Rejected(f"{text[:60]!r} loses its coefficients beyond t^{value.prec - 1}")
    except (ValueError, ZeroDivisionError) as error:
        raise Rejected(f"{text[:60]!r} cannot be enclosed on {variable.str(5)}: {error}") from None
    finally:
        ctx.cap = before
    return [*value, *[arb(0)] * length][:length]


class Exact:
    """A power series in t to a fixed length: powers of t, pi and the parameter, with rational coefficients."""

    def __init__(self, terms: Mapping[Powers, fmpq], length: int) -> None:
        """Keep what is not zero and not beyond the length."""
        self.terms, self.length = {k: v for k, v in terms.items() if v != 0 and k[0] < length}, length
        if len(self.terms) > MAX_TERMS:
            raise Rejected(f"an exact series needs more than {MAX_TERMS} terms")
        if any(v.p.bit_length() + v.q.bit_length() > MAX_BITS for v in self.terms.values()):
            raise Rejected(f"an exact series needs numbers of more than {MAX_BITS} bits")

    def __add__(self, other: "Exact", sign: int = 1) -> "Exact":
        a, b = self.terms, other.terms
        return Exact({k: a.get(k, fmpq(0)) + sign * b.get(k, fmpq(0)) for k in a | b}, self.length)

    def __sub__(self, other: "Exact") -> "Exact":
        return self.__add__(other, -1)

    def __mul__(self, other: "Exact") -> "Exact":
        result: dict[Powers, fmpq] = {}
        for (t, p, m), x in self.terms.items():
            for (t2, p2, m2), y in other.terms.items():
                if t + t2 < self.length:
                    key = (t + t2, p + p2, m + m2)
                    result[key] = result.get(key, fmpq(0)) + x * y
        return Exact(result, self.length)

    def __truediv__(self, other: "Exact") -> "Exact":
        head = [(key, value) for key, value in other.terms.items() if key[0] == 0]
        if len(head) != 1:
            raise Rejected("a series is divided by one whose constant term is not a rational multiple of powers")
        (((_, p, m), value),) = head
        inverse, one = Exact({(0, -p, -m): 1 / value}, self.length), Exact({(0, 0, 0): fmpq(1)}, self.length)
        rest, total, term = one - other * inverse, one, one
        for _ in range(self.length - 1):
            term = term * rest
            total = total + term
        return self * inverse * total

    def _waves(self) -> tuple["Exact", "Exact"]:
        """(cos, sin) of k pi/2 + x, x without constant term: the series in x, turned by k quarters."""
        constant = {key: value for key, value in self.terms.items() if key[0] == 0}
        quarters = 2 * constant.get((0, 1, 0), fmpq(0))
        if set(constant) - {(0, 1, 0)} or quarters.q != 1:
            raise Rejected("sin or cos of a series is exact only where its constant term is a multiple of pi/2")
        nothing, rest = Exact({}, self.length), self - Exact(constant, self.length)
        waves, term = [nothing, nothing], Exact({(0, 0, 0): fmpq(1)}, self.length)
        for k in range(self.length):
            # x^k/k! belongs to cos for even k, to sin for odd k, with signs + + - -
            waves[k % 2] = waves[k % 2].__add__(term, 1 if k % 4 < 2 else -1)
            term = term * rest * Exact({(0, 0, 0): fmpq(1, k + 1)}, self.length)
        for _ in range(int(quarters.p) % 4):
            waves = [nothing - waves[1], waves[0]]
        return waves[0], waves[1]

    sin, cos = (lambda self: self._waves()[1]), (lambda self: self._waves()[0])


def vanishing(text: str, names: Mapping[str, fmpq], length: int, parameter: str = "") -> bool:
    """Whether the Taylor coefficients 0 .. length-1 at t = 0 are exactly 0, for every value of the parameter."""

    def power(t: int, pi: int, parameter: int, value: fmpq) -> Exact:
        return Exact({(t, pi, parameter): value}, length)

    values = {name: power(0, 0, 0, value) for name, value in names.items()}
    values |= {"t": power(1, 0, 0, fmpq(1)), "pi": power(0, 1, 0, fmpq(1)), parameter: power(0, 0, 1, fmpq(1))}
    return not value_of(text, values, lambda n: power(0, 0, 0, fmpq(n))).terms
