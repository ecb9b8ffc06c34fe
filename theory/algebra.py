r"""Replayed field arithmetic: whether an expression is identically 0, with a third answer for "not decided".

Idea. An expression is rewritten as a rational function of generators, each with at most one relation:

    theta, L, h, y_i, pi, ...     no relation; 0 <= theta <= pi, and c = cos theta
    sin a, cos a                  sin^2 = 1 - cos^2, for one common fraction a of each angle
    B^(1/q)                       its q-th power is B; positive factors of B have roots of their own
    e^a, B^a, log p, acos X, ...  no relation; exponents are combined, e^(a+b) = e^a e^b, (1+h)^(l-1) = (1+h)^l / (1+h)

The numerator is then reduced by the relations, the last generator first. If it vanishes, so does the expression,
wherever its denominators do not: YES. If an enclosure at a sample point inside the domain excludes 0: NO, it is not
identically 0. Otherwise UNKNOWN; as relations may be missing (log 6 = log 2 + log 3 is known, cos(pi/7) is not), a
numerator that does not vanish means nothing. SymPy's ``simplify`` and its assumptions are not used, but for
``is_positive`` of a symbol.

Domain. theta lies in [0, pi], c in [-1, 1], K^2 <= q1 q2, and symbols are as their own assumptions say. A factor is
taken out of a root only if it is >= 0 there by positive coefficients, after c^2 = 1 - s^2 or K^2 = q1 q2 - d. An
expression is defined where its roots are real.
"""

from collections.abc import Sequence
from enum import Enum
from itertools import product
from math import lcm
from typing import Any

from sympy import (
    QQ,
    Abs,
    Add,
    Dummy,
    Expr,
    Function,
    I,
    Integer,
    Mul,
    Pow,
    Rational,
    Symbol,
    acos,
    asin,
    cos,
    erf,
    erfi,
    exp,
    expand,
    expand_log,
    factor_list,
    factorint,
    fraction,
    log,
    nan,
    oo,
    pi,
    sign,
    sin,
    sqrt,
    zoo,
)
from sympy import E as EULER
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.polys.fields import FracElement, field

from theory import constants, symbols
from theory.monomials import Undecided, as_multiple, common_unit, monomials, multiple, primes, without_log

MAX_TERMS = 4_000
"""Terms of a polynomial above which the answer is UNKNOWN."""


_ODD = (erf, erfi, sign)


class Answer(Enum):
    """YES and NO are proved; the three have no truth value."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "not decided"

    def __bool__(self) -> bool:
        raise TypeError("an Answer has no truth value; compare with Answer.YES, Answer.NO or Answer.UNKNOWN")


def is_zero(expression: Expr, domain: Sequence[tuple[Symbol, Expr, Expr]] = ()) -> Answer:
    """Whether the expression is identically 0 where it is defined.

    domain   intervals of symbols; only used for the sample points that prove a NO
    returns  YES: 0 wherever it is defined; NO: not 0 at some point of the domain

    >>> theta = symbols.theta
    >>> is_zero(sin(2 * theta) - 2 * sin(theta) * cos(theta))
    <Answer.YES: 'yes'>
    >>> is_zero(sin(theta) - theta)
    <Answer.NO: 'no'>
    """
    if expression == 0:
        return Answer.YES
    if expression.has(I, nan, zoo, oo, -oo):
        return Answer.UNKNOWN
    plain = _in_angle(expression)
    for halves in (1, 2):
        try:
            if _Generators(plain, halves).vanishes():
                return Answer.YES
            break
        except _NeedsHalfAngle:
            continue
        except (Undecided, ZeroDivisionError):
            break
    return Answer.NO if constants.nonzero_somewhere(plain, domain) else Answer.UNKNOWN


class _NeedsHalfAngle(Exception):
    """A root of 1 - cos theta or 1 + cos theta occurs: start again with theta/2."""


def _in_angle(expression: Expr) -> Expr:
    """C as cos theta, and asin as acos."""
    c, theta = symbols.c, symbols.theta
    if expression.has(c):
        expression = expression.replace(acos(c), theta).replace(acos(-c), pi - theta).xreplace({c: cos(theta)})
    expression = expression.replace(asin, lambda argument: pi / 2 - acos(argument))
    return expression.replace(lambda node: isinstance(node, HyperbolicFunction), lambda node: node.rewrite(exp))


def _has_positive_terms(expression: Expr, letters: set[Expr]) -> bool:
    """Whether each term is a positive rational times powers of the letters."""
    for term in Add.make_args(expression):
        coefficient, monomial = term.as_coeff_Mul()
        if not coefficient.is_Rational or not coefficient > 0 or not monomial.free_symbols <= letters:
            return False
    return True


class _Generators:
    """The generators that one expression needs, and its image in their field."""

    def __init__(self, expression: Expr, halves: int) -> None:
        self.expression = expression
        self.halves = halves
        self.letters: list[Dummy] = []
        self.relations: dict[Dummy, tuple[int, Expr]] = {}
        self.known: dict[Any, Expr] = {}
        self.functions: list[tuple[Any, tuple[Expr, ...], Dummy]] = []
        self.radicands: list[tuple[int, Expr, Dummy]] = []
        self.nonnegative: set[Expr] = set()
        self.cosines: dict[Expr, Dummy] = {}
        self.units: dict[Expr, Rational] = {symbols.theta: Rational(1, halves)}
        self.root_degree = 1
        self.values: dict[tuple[Dummy, int], FracElement] = {}
        self._scan()

    def vanishes(self) -> bool:
        """Whether the image is 0."""
        return self._is_zero(self._rewrite(self.expression))

    # --- generators

    def _scan(self) -> None:
        """The largest common unit of the multiples of an angle or exponent: one generator serves them all."""
        for node in self.expression.atoms(Pow, Function):
            if isinstance(node, cos | sin | exp):
                parts = monomials(node.args[0])
                parts.update({without_log(monomial)[1]: value for monomial, value in parts.items()})
            elif isinstance(node, Pow) and not node.exp.is_Rational:
                parts = monomials(node.exp)
            else:
                if isinstance(node, Pow) and node.exp.q > 1:
                    self.root_degree = lcm(self.root_degree, int(node.exp.q))
                continue
            for monomial, coefficient in parts.items():
                self.units[monomial] = common_unit(self.units.get(monomial), coefficient)
        if self.expression.has(EULER):  # an atom, and no exp(1), for SymPy
            self.units[Integer(1)] = common_unit(self.units.get(Integer(1)), Rational(1))

    def _letter(self, key: Any, relation: tuple[int, Expr] | None = None) -> Dummy:
        if key not in self.known:
            letter = Dummy(f"g{len(self.letters)}")
            self.letters.append(letter)
            self.known[key] = letter
            if relation is not None:
                self.relations[letter] = relation
        found: Dummy = self.known[key]
        return found

    def _rewrite(self, node: Expr) -> Expr:
        """The node as a rational expression in the letters."""
        if node in self.known:
            return self.known[node]
        if node.is_Rational:
            return node
        if node == EULER:
            return self._exponential(Integer(1), Integer(1))
        if isinstance(node, Add | Mul):
            result = node.func(*map(self._rewrite, node.args))
        elif isinstance(node, exp):
            result = Mul(*(self._exponential(m, r) for m, r in monomials(node.args[0]).items()))
        elif isinstance(node, Pow):
            result = self._power(node.base, node.exp)
        elif isinstance(node, cos | sin):
            c, s = self._wave(list(monomials(node.args[0]).items()))
            result = c if isinstance(node, cos) else s
        elif isinstance(node, log):
            result = self._logarithm(node)
        elif isinstance(node, acos):
            result = self._arccosine(node.args[0])
        elif isinstance(node, Abs):
            inner = self._reduced(self._rewrite(node.args[0]))
            plain = inner in self.nonnegative or self._positive(inner)
            result = inner if plain else self._function(Abs, (inner,), (2, inner**2))
        elif isinstance(node, Function):
            result = self._function(node.func, tuple(map(self._rewrite, node.args)))
        else:
            # symbols, pi, and whatever is not looked into: equal only if written equally
            result = self._letter(node)
            if node == symbols.theta:
                self.nonnegative.add(result)
        self.known[node] = result
        return result

    def _function(self, name: Any, arguments: tuple[Expr, ...], relation: tuple[int, Expr] | None = None) -> Expr:
        """One letter for all functions of that name with equal arguments, or opposite ones if it is odd."""
        for other, known, letter in self.functions:
            if other == name and all(self._is_zero(a - b) for a, b in zip(arguments, known, strict=True)):
                return letter
            if other == name and name in _ODD and self._is_zero(arguments[0] + known[0]):
                return -letter
        letter = self._letter((name, arguments), relation)
        self.functions.append((name, arguments, letter))
        return letter

    def _wave(self, parts: list[tuple[Expr, Rational]]) -> tuple[Expr, Expr]:
        """(cos, sin) of a sum of rational multiples of monomials."""
        total_cos, total_sin = Integer(1), Integer(0)
        for monomial, coefficient in parts:
            if monomial == pi:
                one_cos, one_sin = cos(coefficient * pi), sin(coefficient * pi)
                if not one_cos.has(cos, sin) and not one_sin.has(cos, sin):
                    one_cos, one_sin = self._rewrite(one_cos), self._rewrite(one_sin)
                    total_cos, total_sin = (
                        total_cos * one_cos - total_sin * one_sin,
                        total_sin * one_cos + total_cos * one_sin,
                    )
                    continue
            unit = self.units.get(monomial, Integer(1))
            base_cos = self._letter(("cos", monomial))
            base_sin = self._letter(("sin", monomial), (2, 1 - base_cos**2))
            if monomial == symbols.theta:
                self.nonnegative.add(base_sin)
                self.cosines[base_cos] = base_sin
                if unit < 1:
                    self.nonnegative.add(base_cos)
            times = as_multiple(coefficient / unit)
            one_cos, one_sin = multiple(base_cos, base_sin, abs(times))
            if times < 0:
                one_sin = -one_sin
            total_cos, total_sin = (
                expand(total_cos * one_cos - total_sin * one_sin),
                expand(total_sin * one_cos + total_cos * one_sin),
            )
        return total_cos, total_sin

    def _exponential(self, monomial: Expr, coefficient: Rational) -> Expr:
        """e^(coefficient * monomial)."""
        logarithm, rest = without_log(monomial)
        if logarithm is not None:
            return self._power(logarithm.args[0], coefficient * rest)
        return self._letter(("exp", monomial)) ** as_multiple(coefficient / self.units.get(monomial, Integer(1)))

    def _logarithm(self, node: Expr) -> Expr:
        parts = expand_log(node)
        if parts != node:
            return self._rewrite(parts)
        argument = node.args[0]
        if argument.is_Integer and argument > 1 and int(argument).bit_length() < 200:
            primes = factorint(int(argument))
            return Add(*(power * self._letter(("log", prime)) for prime, power in primes.items()))
        return self._function(log, (self._rewrite(argument),))

    def _arccosine(self, argument: Expr) -> Expr:
        inner = self._rewrite(argument)
        base_cos, _ = self._wave([(symbols.theta, Rational(1))])
        for known, angle in ((base_cos, symbols.theta), (-base_cos, pi - symbols.theta)):
            if self.expression.has(symbols.theta) and self._is_zero(inner - known):
                return self._rewrite(angle)
        for other, (known,), letter in [one for one in self.functions if one[0] is acos]:
            del other
            if self._is_zero(inner + known):
                return self._rewrite(pi) - letter
        return self._function(acos, (inner,))

    def _power(self, base: Expr, exponent: Expr) -> Expr:
        if exponent.is_Integer:
            inner = self._rewrite(base)
            if exponent < 0 and self._is_zero(inner):
                raise Undecided("a denominator vanishes")
            return inner**exponent
        if exponent.is_Rational:
            return self._roots(self._rewrite(base), int(exponent.p), int(exponent.q))
        result = Integer(1)
        for monomial, coefficient in monomials(exponent).items():
            if monomial == 1:
                result *= self._power(base, coefficient)
                continue
            times = as_multiple(coefficient / self.units.get(monomial, Integer(1)))
            if base.is_Rational and base.is_positive:
                for prime, power in primes(base).items():
                    result *= self._letter(("power", prime, monomial)) ** (power * times)
            else:
                result *= self._function(("power", monomial), (self._rewrite(base),)) ** times
        return result

    def _roots(self, inner: Expr, times: int, degree: int) -> Expr:
        """inner^(times/degree): roots of its nonnegative factors, and one of what is left."""
        inner = self._reduced(inner)
        top, bottom = fraction(inner)
        result, left_over = Integer(1), Integer(1)
        for part, side in ((top, 1), (bottom, -1)):
            coefficient, factors = factor_list(part) if part.free_symbols else (part, [])
            if coefficient < 0:
                left_over, coefficient = -left_over, -coefficient
            for prime, power in primes(coefficient).items():
                result *= self._prime_root(prime, degree) ** (side * power * times)
            rest = {base: power for base, power in factors}
            for base, power in self._sines(rest, degree).items():
                if base == -1:
                    left_over *= (-1) ** power
                    continue
                if self._positive(-base):
                    base, left_over = -base, left_over * (-1) ** power
                if base in self.nonnegative or self._positive(base):
                    whole, odd = divmod(power, degree)
                    result *= base ** (side * whole * times)
                    if odd:
                        result *= self._root_letter(base, degree) ** (side * odd * times)
                    continue
                left_over *= base ** (side * power)
        if left_over == 1:
            return result
        if left_over == -1:
            raise Undecided("a root of a negative number")
        return result * self._root_letter(left_over, degree) ** times

    def _sines(self, factors: dict[Expr, int], degree: int) -> dict[Expr, int]:
        """Factors with (1 - cos a)(1 + cos a) as sin^2 a; a sign is a power of -1."""
        result = dict(factors)
        for cosine, sine in self.cosines.items():
            found: dict[int, tuple[Expr, int]] = {}
            for base in factors:
                for side, front in product((1, -1), repeat=2):
                    if expand(base - front * (cosine + side)) == 0:
                        found[side] = (base, front)
            if len(found) == 2:
                (plus, front1), (minus, front2) = found[1], found[-1]
                power = min(result[plus], result[minus])
                result[plus] -= power
                result[minus] -= power
                result[sine] = result.get(sine, 0) + 2 * power
                if front1 * front2 == 1 and power % 2:  # (cos + 1)(cos - 1) = -sin^2
                    result[Integer(-1)] = 1
                found = {side: one for side, one in found.items() if result[one[0]]}
            if any(result[base] % degree for base, _ in found.values()) and self.halves == 1:
                raise _NeedsHalfAngle
        return {base: power for base, power in result.items() if power}

    def _positive(self, base: Expr) -> bool:
        """Whether a polynomial is nonnegative on the domain, shown by nonnegative letters and positive coefficients."""
        letters = {letter for node, letter in self.known.items() if node == pi or _is_positive_symbol(node)}
        letters |= self.nonnegative
        gap = Dummy("gap")
        squares = [(cosine, Integer(1)) for cosine in self.cosines]
        product_of_lengths = [self.known.get(length) for length in (symbols.length1, symbols.length2)]
        if symbols.nngp in self.known and None not in product_of_lengths:
            squares.append((self.known[symbols.nngp], Mul(*product_of_lengths)))
        forms = [expand(base)]
        for letter, bound in squares:
            # letter^2 <= bound: even powers are written in the gap
            if letter in base.free_symbols and expand(base.subs(letter, -letter) - base) == 0:
                forms.append(expand(base.subs(letter, sqrt(bound - gap))))
        return any(_has_positive_terms(form, letters | {gap}) for form in forms)

    def _prime_root(self, prime: int, degree: int) -> Expr:
        whole = self.root_degree
        if whole % degree:
            raise Undecided("a root that was not foreseen")
        letter = self._letter(("root", prime, whole), (whole, Integer(prime)))
        return letter ** (whole // degree)

    def _root_letter(self, radicand: Expr, degree: int) -> Expr:
        """The letter of a root; its relation is that its power is the radicand."""
        for other, known, letter in self.radicands:
            if other == degree and self._is_zero(radicand - known):
                return letter
        letter = self._letter(("root", radicand, degree), (degree, radicand))
        self.radicands.append((degree, radicand, letter))
        if degree == 2:
            self.nonnegative.add(letter)
        return letter

    # --- the field

    def _element(self, expression: Expr) -> FracElement:
        """The reduced rational function, with a check of each denominator."""
        generators = self._space()
        return self._reduce(self._convert(expression, generators), generators)

    def _space(self) -> dict[Dummy, FracElement]:
        """The letters as elements of one field."""
        space = field(self.letters or "unused", QQ)[0]
        return dict(zip(self.letters or [Dummy("unused")], space.gens, strict=True))

    def _convert(self, node: Expr, generators: dict[Dummy, FracElement]) -> FracElement:
        space = next(iter(generators.values())).field
        if node.is_Rational:
            return space(QQ(int(node.p), int(node.q)))
        if node in generators:
            return generators[node]
        if isinstance(node, Add):
            return _total([self._convert(argument, generators) for argument in node.args], space)
        if isinstance(node, Mul):
            result = space(1)
            for argument in node.args:
                result = _small(result * self._convert(argument, generators))
            return result
        if isinstance(node, Pow) and node.exp.is_Integer:
            inner = self._convert(node.base, generators)
            if node.exp < 0 and self._reduce(inner, generators) == 0:
                raise Undecided("a denominator vanishes")
            return _small(inner ** int(node.exp))
        raise Undecided(f"{node} is not rational in the generators")

    def _is_zero(self, expression: Expr) -> bool:
        """Whether the expression vanishes; the parts that belong to different powers of free letters are added apart.

        A letter is free if it has no relation, enters none, and stands in no denominator: then each coefficient of its
        powers has to vanish by itself. Common denominators of all terms, the costly part, are so avoided.
        """
        if expression.is_Rational:
            return bool(expression == 0)
        generators = self._space()
        parts = [self._reduce(part, generators) for part in self._terms(expression, generators)]
        bound = set(self.relations).union(*(radicand.free_symbols for _, radicand in self.relations.values()))
        free = [
            index
            for index, letter in enumerate(self.letters)
            if letter not in bound and all(monomial[index] == 0 for part in parts for monomial in part.denom.monoms())
        ]
        sums: dict[tuple[int, ...], list[FracElement]] = {}
        for part in parts:
            pieces: dict[tuple[int, ...], Any] = {}
            for monomial, coefficient in part.numer.terms():
                piece = pieces.setdefault(tuple(monomial[index] for index in free), part.numer.ring.zero.copy())
                piece[monomial] = coefficient
            for key, piece in pieces.items():
                sums.setdefault(key, []).append(part.raw_new(piece, part.denom))
        space = next(iter(generators.values())).field
        return all(self._reduce(_total(members, space), generators) == 0 for members in sums.values())

    def _terms(self, node: Expr, generators: dict[Dummy, FracElement]) -> list[FracElement]:
        """Elements whose sum is the expression; a sum that is a factor is multiplied out."""
        if isinstance(node, Add):
            return [part for argument in node.args for part in self._terms(argument, generators)]
        if isinstance(node, Mul) and sum(isinstance(argument, Add) for argument in node.args) == 1:
            sums = [argument for argument in node.args if isinstance(argument, Add)]
            rest = self._convert(Mul(*(argument for argument in node.args if argument not in sums)), generators)
            return [_small(rest * part) for part in self._terms(sums[0], generators)]
        return [self._convert(node, generators)]

    def _reduce(self, element: FracElement, generators: dict[Dummy, FracElement]) -> FracElement:
        """The element with each generator below the degree of its relation."""
        for letter in reversed(self.letters):
            if letter not in self.relations:
                continue
            degree, radicand = self.relations[letter]
            index = self.letters.index(letter)
            for part in ("numer", "denom"):
                polynomial = getattr(element, part)
                if all(monomial[index] < degree for monomial in polynomial.monoms()):
                    continue
                if (letter, len(generators)) not in self.values:
                    self.values[letter, len(generators)] = self._plain(radicand, generators)
                value = self.values[letter, len(generators)]
                pieces: dict[int, Any] = {}
                for monomial, coefficient in polynomial.terms():
                    times, rest = divmod(monomial[index], degree)
                    lowered = (*monomial[:index], rest, *monomial[index + 1 :])
                    piece = pieces.setdefault(times, polynomial.ring.zero.copy())
                    piece[lowered] = piece.get(lowered, QQ(0)) + coefficient
                raised = [element.field(piece) * value**times for times, piece in pieces.items()]
                total = _total(raised, element.field)
                if part == "numer":
                    element = total / element.field(element.denom)
                else:
                    if total == 0:
                        raise Undecided("a denominator vanishes")
                    element = element.field(element.numer) / total
        return element

    def _plain(self, expression: Expr, generators: dict[Dummy, FracElement]) -> FracElement:
        space = next(iter(generators.values())).field
        top, bottom = fraction(expression)
        return space(_polynomial(top, generators, space)) / space(_polynomial(bottom, generators, space))

    def _reduced(self, expression: Expr) -> Expr:
        """The reduced rational function, as an expression in the letters."""
        if expression.is_Rational:
            return expression
        element = self._element(expression)
        return element.as_expr()


def _polynomial(expression: Expr, generators: dict[Dummy, FracElement], space: Any) -> Any:
    result = space(0)
    for term in Add.make_args(expand(expression)):
        product = space(1)
        for part in Mul.make_args(term):
            base, power = part.as_base_exp()
            product = (
                product * QQ(int(part.p), int(part.q)) if part.is_Rational else product * generators[base] ** int(power)
            )
        result = result + product
    return result


def _total(parts: list[FracElement], space: Any) -> FracElement:
    """The sum over one common denominator; numerators are added without looking for common factors."""
    numerators: dict[Any, Any] = {}
    for part in parts:
        numerators[part.denom] = numerators.get(part.denom, part.numer.ring.zero) + part.numer
    kept = {bottom: top for bottom, top in numerators.items() if top != 0}
    if not kept:
        return space(0)
    common = next(iter(kept))
    for bottom in kept:
        common = bottom if common.is_ground else common.lcm(bottom)
    total = common.ring.zero
    for bottom, top in kept.items():
        if len(top) * len(common) > MAX_TERMS * 100:
            raise Undecided("the polynomials grow too large")
        total = total + top * (common.quo(bottom))
    return _small(space.zero.raw_new(total, common)) if total != 0 else space(0)


def _small(element: FracElement) -> FracElement:
    if len(element.numer) + len(element.denom) > MAX_TERMS:
        raise Undecided("the polynomials grow too large")
    return element


def _is_positive_symbol(node: Any) -> bool:
    return isinstance(node, Symbol) and bool(node.is_positive)
