"""Asymptotic scales L^p log(L)^q and finite expansions in them, exact down to a stated remainder.

Idea. An expansion is a finite map from scales to coefficients (free of L) and a set of remainder scales: the true function is
the sum plus an O of each, or exactly the sum when there are none. Sums, products, real powers, logarithms, and exp, cos and sin
of expansions with a limit are again expansions, by the first terms of their series. Exponents p may be linear in gamma; they
are compared over a whole interval of gamma, exactly.

Uniformity. Coefficients may depend on theta. The constants behind the O's are uniform on a set of theta on which every
coefficient met is bounded and every divisor is bounded away from 0; ``Comparison`` keeps both lists for the caller to check.

What can go wrong. Two exponents may change their order inside the gamma interval: the comparison is then None, neither is
dropped, and no leading term may exist; the caller must say UNDECIDED.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sympy import Add, Expr, Integer, Mul, Pow, Rational, cos, exp, expand, factorial, log, oo, sin

from theory import symbols
from theory.constants import exact_sign
from theory.errors import BeyondReach

L = symbols.depth
Scale = tuple[Expr, Expr]
ONE: Scale = (Integer(0), Integer(0))
FAST = Integer(20)
"""An exponential that decays is taken for O(L^-20), whatever its base."""
ORDER = 2
"""Powers of the relative rest that are kept in a power or a logarithm."""


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
    """sum of coefficient * L^p log(L)^q over terms, plus O(r_1) + ... + O(r_m) for the scales r_i in remainders.

    The function is exactly the sum where there are no remainders.
    """

    terms: dict[Scale, Expr] = field(default_factory=dict)
    remainders: frozenset[Scale] = frozenset()

    @property
    def scales(self) -> list[Scale]:
        """The scales of all terms and remainders."""
        return [*self.terms, *self.remainders]


class Comparison:
    """Arithmetic of expansions for a given range of gamma.

    bounded   coefficients that must be bounded for the O-constants of all expansions made so far to be bounded
    divisors  coefficients that must be bounded away from 0 (positive where they stand in a logarithm or a root)
    """

    def __init__(self, gammas: GammaRange | None = None) -> None:
        self.gammas = gammas or GammaRange()
        self.bounded: set[Expr] = set()
        self.divisors: set[Expr] = set()
        self.positive: set[Expr] = set()

    def compare(self, first: Scale, second: Scale) -> int | None:
        """1 if first grows faster, -1 if slower, 0 if equal, None if it depends on gamma."""
        sign = self.gammas.sign(first[0] - second[0])
        return self.gammas.sign(first[1] - second[1]) if sign == 0 else sign

    def _swallowed(self, scale: Scale, by: Iterable[Scale]) -> bool:
        """Whether O(scale) is O(another of the scales)."""
        return any(self.compare(scale, other) in (0, -1) for other in by)

    def _expansion(self, terms: dict[Scale, Expr], remainders: Iterable[Scale]) -> Expansion:
        """The expansion without vanishing terms and without what a remainder swallows."""
        rest: list[Scale] = []
        for scale in remainders:
            if not self._swallowed(scale, rest):
                rest = [other for other in rest if self.compare(other, scale) not in (0, -1)] + [scale]
        kept = {}
        for scale, coefficient in terms.items():
            if coefficient != 0:
                self.bounded.add(coefficient)
                if not self._swallowed(scale, rest):
                    kept[scale] = coefficient
        return Expansion(terms=kept, remainders=frozenset(rest))

    def leading(self, expansion: Expansion) -> tuple[Scale, Expr] | None:
        """The term that grows faster than all others and than the remainders, or None."""
        for scale, coefficient in expansion.terms.items():
            if all(other == scale or self.compare(scale, other) == 1 for other in expansion.scales):
                return scale, coefficient
        return None

    def add(self, first: Expansion, second: Expansion, sign: int = 1) -> Expansion:
        """First + sign * second."""
        terms = dict(first.terms)
        for scale, coefficient in second.terms.items():
            terms[scale] = expand(terms.get(scale, Integer(0)) + sign * coefficient)
        return self._expansion(terms, first.remainders | second.remainders)

    def multiply(self, first: Expansion, second: Expansion) -> Expansion:
        """The product; each remainder is multiplied with every scale of the other factor."""
        terms: dict[Scale, Expr] = {}
        for s1, c1 in first.terms.items():
            for s2, c2 in second.terms.items():
                scale = _product(s1, s2)
                terms[scale] = expand(terms.get(scale, Integer(0)) + c1 * c2)
        remainders = {_product(r, s) for r in first.remainders for s in second.scales}
        remainders |= {_product(r, s) for r in second.remainders for s in first.scales}
        return self._expansion(terms, remainders)

    def power(self, base: Expansion, exponent: Expr) -> Expansion:
        """base^exponent for a real exponent free of L."""
        if exponent.is_Integer and 0 <= exponent <= 8:
            result = _constant(Integer(1))
            for _ in range(int(exponent)):
                result = self.multiply(result, base)
            return result
        scale, coefficient, rest = self._split(base)
        (self.divisors if exponent.is_Integer else self.positive).add(coefficient)
        top = Expansion(terms={(expand(scale[0] * exponent), expand(scale[1] * exponent)): coefficient**exponent})
        binomials = [Integer(1)]
        for k in range(ORDER):
            binomials.append(binomials[-1] * (exponent - k) / (k + 1))
        return self.multiply(top, self._series(rest, binomials))

    def logarithm(self, base: Expansion) -> Expansion:
        """log(base) where the leading term is coefficient * L^p."""
        scale, coefficient, rest = self._split(base)
        if scale[1] != 0:
            raise BeyondReach("the logarithm of this scale is not an expansion in L and log L")
        self.positive.add(coefficient)
        terms = {ONE: log(coefficient), (Integer(0), Integer(1)): scale[0]}
        tail = self._series(rest, [Integer(0), *(Rational((-1) ** (k + 1), k) for k in range(1, ORDER + 1))])
        return self.add(self._expansion(terms, ()), tail)

    def _split(self, base: Expansion) -> tuple[Scale, Expr, Expansion]:
        """(scale, coefficient, rest) with base = coefficient * scale * (1 + rest), rest = o(1)."""
        lead = self.leading(base)
        if lead is None:
            raise BeyondReach("the leading term of an expression is not determined")
        scale, coefficient = lead
        down = (-scale[0], -scale[1])
        terms = {_product(s, down): c / coefficient for s, c in base.terms.items() if s != scale}
        if len(base.scales) > 1:
            self.divisors.add(coefficient)
        return scale, coefficient, self._expansion(terms, {_product(r, down) for r in base.remainders})

    def _series(self, rest: Expansion, coefficients: list[Expr]) -> Expansion:
        """sum_k coefficients[k] rest^k for rest = o(1), with one order more as remainder."""
        result, power = _constant(coefficients[0]), _constant(Integer(1))
        for coefficient in coefficients[1:]:
            power = self.multiply(power, rest)
            result = self.add(result, self.multiply(power, _constant(coefficient)))
        order = len(coefficients)
        # |sum of m terms|^n <= m^n (sum of their n-th powers)
        dropped = {(expand(order * s[0]), expand(order * s[1])) for s in rest.scales}
        return self._expansion(result.terms, result.remainders | dropped)

    def _analytic(self, function: type[Expr], argument: Expansion) -> Expansion:
        """exp, cos or sin of constant + o(1)."""
        constant = argument.terms.get(ONE, Integer(0))
        small = Expansion(terms={s: c for s, c in argument.terms.items() if s != ONE}, remainders=argument.remainders)
        if any(self.compare(scale, ONE) != -1 for scale in small.scales):
            raise BeyondReach(
                f"{function.__name__} of an expression without a limit is not an expansion in L and log L"
            )
        self.bounded.add(constant)
        coefficients = []
        derivative: Expr = function(symbols.x)
        for k in range(4):
            coefficients.append(derivative.subs(symbols.x, constant) / factorial(k))
            derivative = derivative.diff(symbols.x)
        return self._series(small, coefficients)

    def expand(self, expression: Expr) -> Expansion:
        """The expansion of an expression in L as L -> oo.

        raises  BeyondReach where it is not a sum of scales (exp(L), cos(L), ...)

        >>> result = Comparison().expand(log(L + 1) / (L + 1))
        >>> result.terms[(Integer(-1), Integer(1))]
        1
        """
        if not expression.has(L):
            return self._expansion({ONE: expression}, ())
        if expression == L:
            return Expansion(terms={(Integer(1), Integer(0)): Integer(1)})
        if isinstance(expression, Add | Mul):
            # what is free of L stays in one piece: its parts need not be bounded where it is
            free, rest = expression.as_independent(L)
            result = self.expand(free)
            for part in rest.args if isinstance(rest, expression.func) else (rest,):
                combine = self.add if isinstance(expression, Add) else self.multiply
                result = combine(result, self.expand(part))
            return result
        if isinstance(expression, Pow) and not expression.exp.has(L):
            return self.power(self.expand(expression.base), expression.exp)
        if isinstance(expression, Pow) and _decays(expression):
            return self._expansion({}, {(-FAST, Integer(0))})
        if isinstance(expression, log):
            return self.logarithm(self.expand(expression.args[0]))
        if isinstance(expression, exp | cos | sin):
            return self._analytic(expression.func, self.expand(expression.args[0]))
        raise BeyondReach(f"{expression}: not a sum of terms L^p log(L)^q")


def _decays(power: Pow) -> bool:
    """Whether this is r^(k L + d) with rational r > 0, k and d, smaller than every power of L."""
    base, exponent = power.base, expand(power.exp)
    slope = exponent.coeff(L, 1)
    linear = slope.is_Rational and (exponent - slope * L).is_Rational
    return bool(linear and base.is_Rational and base > 0 and (base - 1) * slope < 0)


def _constant(value: Expr) -> Expansion:
    return Expansion(terms={ONE: value} if value != 0 else {})


def _product(first: Scale, second: Scale) -> Scale:
    return (expand(first[0] + second[0]), expand(first[1] + second[1]))
