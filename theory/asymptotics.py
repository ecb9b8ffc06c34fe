"""Asymptotic scales L^p log(L)^q and finite expansions in them, exact down to a stated remainder.

Idea. An expansion is a finite map from scales to coefficients (free of L) and a remainder scale: the true function is the
sum plus O(remainder), or exactly the sum when the remainder is None. Sums, products, real powers and logarithms of
expansions are again expansions; the remainder is carried along by the binomial and logarithmic series, of which only the
first term is kept. Exponents p may be linear in gamma; they are compared over a whole interval of gamma, exactly.

What can go wrong. Two exponents may change their order inside the gamma interval: the comparison is then None and the
caller must say UNDECIDED.
"""

from dataclasses import dataclass, field

from sympy import Add, Expr, Integer, Mul, Pow, expand, log, oo

from theory import symbols
from theory.constants import exact_sign
from theory.errors import BeyondReach

L = symbols.depth
Scale = tuple[Expr, Expr]
ONE: Scale = (Integer(0), Integer(0))


@dataclass(frozen=True, kw_only=True)
class GammaRange:
    """The values of gamma over which exponents are compared; low = high for one value."""

    low: Expr = Integer(0)
    high: Expr = oo
    low_closed: bool = True
    high_closed: bool = True

    def sign(self, expression: Expr) -> int | None:
        """The sign of an expression linear in gamma, if it is the same on the whole range; else None.

        >>> from sympy import Rational
        >>> GammaRange(low=Rational(1, 2), low_closed=False).sign(1 - 2 * symbols.gamma)
        -1
        """
        expression = expand(expression)
        if not expression.has(symbols.gamma):
            return exact_sign(expression)
        slope = expression.diff(symbols.gamma)
        if slope.has(symbols.gamma):
            return None
        signs = []
        for end, closed in ((self.low, self.low_closed), (self.high, self.high_closed)):
            if end == oo:
                signs.append((exact_sign(slope), False))
            else:
                signs.append((exact_sign(expression.subs(symbols.gamma, end)), closed))
        (first, first_closed), (second, second_closed) = signs
        if first is None or second is None:
            return None
        if first == second:
            return first if first != 0 or self.low == self.high else None
        for zero, closed, other in ((first, first_closed, second), (second, second_closed, first)):
            if zero == 0 and not closed:
                return other
        return None


@dataclass(frozen=True, kw_only=True)
class Expansion:
    """sum of coefficient * L^p log(L)^q over terms, plus O(remainder); exact when remainder is None."""

    terms: dict[Scale, Expr] = field(default_factory=dict)
    remainder: Scale | None = None


class Comparison:
    """Arithmetic of expansions for a given range of gamma."""

    def __init__(self, gammas: GammaRange | None = None) -> None:
        self.gammas = gammas or GammaRange()

    def compare(self, first: Scale, second: Scale) -> int | None:
        """1 if first grows faster, -1 if slower, 0 if equal, None if it depends on gamma."""
        sign = self.gammas.sign(first[0] - second[0])
        return self.gammas.sign(first[1] - second[1]) if sign == 0 else sign

    def _larger(self, first: Scale | None, second: Scale | None) -> Scale | None:
        if first is None or second is None:
            return second if first is None else first
        order = self.compare(first, second)
        if order is None:
            raise BeyondReach(f"scales L^({first[0]}) and L^({second[0]}) change their order within the range of gamma")
        return first if order >= 0 else second

    def leading(self, expansion: Expansion) -> tuple[Scale, Expr] | None:
        """The fastest-growing term if it dominates the remainder, else None."""
        best: Scale | None = None
        for scale in expansion.terms:
            best = self._larger(best, scale)
        if best is None or (expansion.remainder is not None and self.compare(best, expansion.remainder) != 1):
            return None
        return best, expansion.terms[best]

    def add(self, first: Expansion, second: Expansion, sign: int = 1) -> Expansion:
        """First + sign * second."""
        terms = dict(first.terms)
        for scale, coefficient in second.terms.items():
            total = expand(terms.get(scale, Integer(0)) + sign * coefficient)
            if total == 0:
                terms.pop(scale, None)
            else:
                terms[scale] = total
        return Expansion(terms=terms, remainder=self._larger(first.remainder, second.remainder))

    def multiply(self, first: Expansion, second: Expansion) -> Expansion:
        """The product; the remainder is the largest of the cross remainders."""
        result = Expansion()
        for s1, c1 in first.terms.items():
            for s2, c2 in second.terms.items():
                result = self.add(result, Expansion(terms={_product(s1, s2): c1 * c2}))
        remainder = result.remainder
        for one, other in ((first, second), (second, first)):
            if one.remainder is not None:
                for scale in [*other.terms, *([other.remainder] if other.remainder else [])]:
                    remainder = self._larger(remainder, _product(scale, one.remainder))
        return Expansion(terms=result.terms, remainder=remainder)

    def power(self, base: Expansion, exponent: Expr) -> Expansion:
        """base^exponent for a real exponent free of L; leading term and the order of the rest."""
        if exponent.is_Integer and 0 <= exponent <= 8:
            result = Expansion(terms={ONE: Integer(1)})
            for _ in range(int(exponent)):
                result = self.multiply(result, base)
            return result
        lead = self.leading(base)
        if lead is None:
            raise BeyondReach("the leading term of a power is not determined")
        scale, coefficient = lead
        top = (expand(scale[0] * exponent), expand(scale[1] * exponent))
        rest = self._relative_rest(base, scale)
        return Expansion(terms={top: coefficient**exponent}, remainder=None if rest is None else _product(top, rest))

    def logarithm(self, base: Expansion) -> Expansion:
        """log(base) where the leading term is coefficient * L^p."""
        lead = self.leading(base)
        if lead is None or lead[0][1] != 0:
            raise BeyondReach("the logarithm of this scale is not an expansion in L and log L")
        scale, coefficient = lead
        terms = {}
        if log(coefficient) != 0:
            terms[ONE] = log(coefficient)
        if scale[0] != 0:
            terms[(Integer(0), Integer(1))] = scale[0]
        return Expansion(terms=terms, remainder=self._relative_rest(base, scale))

    def _relative_rest(self, base: Expansion, top: Scale) -> Scale | None:
        """The largest scale of base other than the top one, divided by the top one."""
        largest = base.remainder
        for scale in base.terms:
            if scale != top:
                largest = self._larger(largest, scale)
        if largest is None:
            return None
        return (expand(largest[0] - top[0]), expand(largest[1] - top[1]))

    def expand(self, expression: Expr) -> Expansion:
        """The expansion of an expression in L as L -> oo.

        raises  BeyondReach where it is not a sum of scales (exp(L), cos(L), ...)

        >>> result = Comparison().expand(log(L + 1) / (L + 1))
        >>> result.terms
        {(-1, 1): 1}
        """
        if not expression.has(L):
            return Expansion(terms={ONE: expression} if expression != 0 else {})
        if expression == L:
            return Expansion(terms={(Integer(1), Integer(0)): Integer(1)})
        if isinstance(expression, Add):
            result = Expansion()
            for term in expression.args:
                result = self.add(result, self.expand(term))
            return result
        if isinstance(expression, Mul):
            result = Expansion(terms={ONE: Integer(1)})
            for factor in expression.args:
                result = self.multiply(result, self.expand(factor))
            return result
        if isinstance(expression, Pow) and not expression.exp.has(L):
            return self.power(self.expand(expression.base), expression.exp)
        if isinstance(expression, log):
            return self.logarithm(self.expand(expression.args[0]))
        raise BeyondReach(f"{expression}: not a sum of terms L^p log(L)^q")


def _product(first: Scale, second: Scale) -> Scale:
    return (expand(first[0] + second[0]), expand(first[1] + second[1]))
