r"""Gaussian expectations of products of powers, exponentials and half-space factors, in closed form.

Idea. A function is written as a finite sum of terms

    coefficient * x^n * exp(a x^2 + b x) * s(x),      s = 1, sgn(alpha x + beta) or erf(alpha x + beta);

sin and cos are exponentials with imaginary b. As erf(w) = E_z sgn(sqrt2 w - z) with an independent z ~ N(0,1), both
factors are the sign of a Gaussian form alpha x + beta - tau z with tau = 0 or 1. For (u, v) ~ N(m, C) four rules then
suffice.

    tilt      E[e^{w.Aw + b.w} F(w)] = det(I - 2CA)^{-1/2} e^{b.C'b/2} E'[F],  C' = (I - 2CA)^{-1} C, mean C'b  (m = 0)
    Stein     E[u F] = m_u E[F] + C_uu E[dF/du] + C_uv E[dF/dv]
    delta     d sgn(l) = 2 delta(l) dl, and E[delta(l) G] = density of l at 0, times E[G | l = 0], again Gaussian
    orthant   E[sgn l] = erf(mean / sqrt(2 var));  E[sgn l1 sgn l2] = (2/pi) arcsin(corr) if both means are 0 (Sheppard)

Functions: ``normal_form`` (text of an activation to terms), ``expectation`` (of a product f(u) g(v)), ``tidy``
(readable form).

What can go wrong. Two half-space factors with a mean, or more than two, need the bivariate normal distribution
function: NoClosedForm. If C is singular (u = v), a form can have variance 0; then its mean must be 0, and the factor
counts as 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from sympy import (
    Add,
    Dummy,
    Expr,
    Function,
    I,
    Integer,
    Mul,
    Poly,
    Pow,
    Rational,
    acos,
    asin,
    cos,
    cosh,
    erf,
    erfc,
    erfi,
    exp,
    expand,
    factor,
    factor_terms,
    fraction,
    im,
    log,
    pi,
    re,
    sign,
    sin,
    sinh,
    sqf_list,
    sqrt,
    terms_gcd,
    together,
)
from sympy import E as EULER

from theory.constants import exact_sign
from theory.errors import NoClosedForm
from theory.symbols import c, length, length1, length2, nngp, x

MAX_POWER = 24
"""Greatest power that is multiplied out."""


class HalfSpace(NamedTuple):
    """E_z sgn(alpha x + beta - tau z)."""

    alpha: Expr
    beta: Expr
    tau: int

    @property
    def linear(self) -> Expr:
        """The linear function alpha x + beta."""
        return self.alpha * x + self.beta


class Kind(NamedTuple):
    """exp(a x^2 + b x) and the half-space factor, None for 1."""

    a: Expr
    b: Expr
    half: HalfSpace | None


Terms = dict[Kind, dict[int, Expr]]
"""For each kind the coefficients of the powers of x."""

_SAMPLE = {length: 1, length1: 1, length2: 1, nngp: 0, c: 0}
"""A point inside the domain, where signs are read off."""

_PLAIN = Kind(Integer(0), Integer(0), None)


def normal_form(expression: Expr, what: str) -> Terms:
    """The terms of an expression in x whose absolute values and maxima are already written with sign.

    raises  NoClosedForm naming the factor that has no such form
    """

    def refuse(node: Expr) -> NoClosedForm:
        return NoClosedForm(
            f"activation={what}: {node} has no closed Gaussian integral by these rules; allowed are sums of products "
            "of powers, exp of degree 2, sin, cos, and one factor sign, abs, max or erf of a linear function"
        )

    def read(node: Expr) -> Terms:
        if not node.has(x):
            return {_PLAIN: {0: node}}
        if node == x:
            return {_PLAIN: {1: Integer(1)}}
        if isinstance(node, Add):
            return _sum([read(argument) for argument in node.args])
        if isinstance(node, Mul):
            result = read(node.args[0])
            for argument in node.args[1:]:
                result = _product(result, read(argument), refuse, node)
            return result
        if isinstance(node, exp):
            return _exponential(node, _coefficients(node.args[0], 2), refuse)
        if isinstance(node, Pow):
            if node.exp.is_Integer and 0 < node.exp <= MAX_POWER:
                base = result = read(node.base)
                for _ in range(int(node.exp) - 1):
                    result = _product(result, base, refuse, node)
                return result
            if not node.base.has(x) and node.base.is_positive:
                return _exponential(node, _coefficients(node.exp * log(node.base), 2), refuse)
            raise refuse(node)
        if isinstance(node, sinh | cosh | erfc):
            return read(node.rewrite(exp if not isinstance(node, erfc) else erf))
        if isinstance(node, cos | sin):
            linear = _coefficients(node.args[0], 1)
            if linear is None:
                raise refuse(node)
            waves = [exp(I * linear[0]) / 2, exp(-I * linear[0]) / 2]
            if isinstance(node, sin):
                waves = [-I * waves[0], I * waves[1]]
            return _sum(
                [{Kind(Integer(0), s * I * linear[1], None): {0: w}} for s, w in zip((1, -1), waves, strict=True)]
            )
        if isinstance(node, sign | erf):
            linear = _coefficients(node.args[0], 1)
            if linear is None:
                raise refuse(node)
            beta, alpha = linear
            if isinstance(node, erf):
                return {Kind(Integer(0), Integer(0), HalfSpace(sqrt(2) * alpha, sqrt(2) * beta, 1)): {0: Integer(1)}}
            return {Kind(Integer(0), Integer(0), HalfSpace(Integer(1), beta / alpha, 0)): {0: sign(alpha)}}
        raise refuse(node)

    return {kind: powers for kind, powers in read(expression).items() if powers}


def _coefficients(expression: Expr, degree: int) -> list[Expr] | None:
    """Coefficients of a polynomial in x of at most that degree, lowest first."""
    expanded = expand(expression)
    if not expanded.is_polynomial(x):
        return None
    found = Poly(expanded, x).all_coeffs()[::-1]
    return found + [Integer(0)] * (degree + 1 - len(found)) if len(found) <= degree + 1 else None


def _exponential(node: Expr, found: list[Expr] | None, refuse: Callable[[Expr], NoClosedForm]) -> Terms:
    if found is None:
        raise refuse(node)
    constant, linear, quadratic = found
    return {Kind(quadratic, linear, None): {0: exp(constant)}}


def _sum(parts: list[Terms]) -> Terms:
    result: Terms = {}
    for part in parts:
        for kind, powers in part.items():
            own = result.setdefault(kind, {})
            for power, coefficient in powers.items():
                total = expand(own.get(power, Integer(0)) + coefficient)
                if total == 0:
                    own.pop(power, None)
                else:
                    own[power] = total
    return result


def _product(left: Terms, right: Terms, refuse: Callable[[Expr], NoClosedForm], node: Expr) -> Terms:
    parts: list[Terms] = []
    for (kind1, powers1), (kind2, powers2) in product(left.items(), right.items()):
        half = kind1.half or kind2.half
        if kind1.half and kind2.half:
            if kind1.half != kind2.half or kind1.half.tau:
                raise refuse(node)
            half = None  # sgn^2 = 1
        kind = Kind(expand(kind1.a + kind2.a), expand(kind1.b + kind2.b), half)
        for (n, c1), (m, c2) in product(powers1.items(), powers2.items()):
            parts.append({kind: {n + m: expand(c1 * c2)}})
    return _sum(parts)


@dataclass(frozen=True, kw_only=True)
class Gaussian:
    """Mean and covariance of (u, v)."""

    mean: tuple[Expr, Expr]
    cov: tuple[tuple[Expr, Expr], tuple[Expr, Expr]]

    @classmethod
    def centred(cls, length1: Expr, nngp: Expr, length2: Expr) -> "Gaussian":
        """Mean 0 and covariance [[length1, nngp], [nngp, length2]]."""
        return cls(mean=(Integer(0), Integer(0)), cov=((length1, nngp), (nngp, length2)))


class _Names:
    """Short names for long expressions, so that intermediate polynomials stay small."""

    def __init__(self) -> None:
        self.values: dict[Dummy, Expr] = {}

    def name(self, value: Expr) -> Expr:
        """The value, or a letter that stands for it."""
        short = factor(together(value)) if not value.is_Atom else value
        if short.is_Atom or short.is_Rational or (len(short.args) <= 2 and not short.has(Add)):
            return short
        for letter, known in self.values.items():
            if known == short:
                return letter
        letter = Dummy("k")
        self.values[letter] = short
        return letter

    def value(self, expression: Expr) -> Expr:
        """The expression with the letters replaced; letters may stand for letters."""
        while expression.atoms(Dummy) & self.values.keys():
            expression = expression.xreplace(self.values)
        return expression

    def root(self, expression: Expr) -> Expr:
        """The square root, with the factors of the radicand apart."""
        return Mul(*(base**power for base, power in split_root(self.value(expression)).items()))


class _Moments:
    """E[u^n v^m s1(u) s2(v)] under one Gaussian, by Stein's identity."""

    def __init__(
        self, names: _Names, law: Gaussian, halves: tuple[HalfSpace | None, HalfSpace | None], what: str
    ) -> None:
        self.names, self.law, self.halves, self.what = names, law, halves, what
        self.known: dict[tuple[int, int], Expr] = {}
        self.conditioned: dict[int, tuple[Expr, _Moments]] = {}

    def moment(self, n: int, m: int) -> Expr:
        """The expectation for powers n and m."""
        if (n, m) not in self.known:
            self.known[n, m] = expand(self._stein(n, m)) if n or m else self._base()
        return self.known[n, m]

    def _stein(self, n: int, m: int) -> Expr:
        i = 0 if n else 1  # the variable whose power goes down
        powers = [n, m]
        powers[i] -= 1
        result = Integer(0)
        if self.law.mean[i] != 0:
            result += self.law.mean[i] * self.moment(*powers)
        for j in (0, 1):
            weight = self.law.cov[i][j]
            if weight == 0:
                continue
            if powers[j]:
                lower = list(powers)
                lower[j] -= 1
                result += weight * powers[j] * self.moment(*lower)
            if self.halves[j] is not None:
                density, rest = self._delta(j)
                result += weight * density * rest.moment(*powers)
        return result

    def _form(self, j: int) -> tuple[Expr, Expr]:
        """Mean and variance of the form of half-space j."""
        half = self.halves[j]
        if half is None:
            raise AssertionError("no half-space here")
        mean = self.names.value(expand(half.alpha * self.law.mean[j] + half.beta))
        return mean, self.names.name(half.alpha**2 * self.law.cov[j][j] + half.tau)

    def _delta(self, j: int) -> tuple[Expr, "_Moments"]:
        """d/dx sgn(l_j) as a factor and the law of (u, v) given l_j = 0."""
        if j not in self.conditioned:
            half = self.halves[j]
            mean, variance = self._form(j)
            if half is None or variance == 0:
                raise NoClosedForm(f"activation={self.what}: the factor {self._shown()} is degenerate where u = v")
            density = 2 * half.alpha / (self.names.root(2 * pi * variance))
            if mean != 0:
                density *= exp(-expand(mean**2) / (2 * self.names.value(variance)))
            toward = [self.names.name(half.alpha * self.law.cov[k][j]) for k in (0, 1)]
            new_mean = [self.names.name(self.law.mean[k] - toward[k] * mean / variance) for k in (0, 1)]
            cov = [
                [
                    self.names.name(self.names.value(self.law.cov[k][l] - toward[k] * toward[l] / variance))
                    for l in (0, 1)
                ]
                for k in (0, 1)
            ]
            law = Gaussian(mean=(new_mean[0], new_mean[1]), cov=((cov[0][0], cov[0][1]), (cov[1][0], cov[1][1])))
            halves = (None, self.halves[1]) if j == 0 else (self.halves[0], None)
            self.conditioned[j] = (density, _Moments(self.names, law, halves, self.what))
        return self.conditioned[j]

    def _shown(self) -> str:
        """The half-space factor, as a function of x."""
        half = self.halves[0] or self.halves[1]
        if half is None:
            raise AssertionError("no half-space here")
        return str(erf(expand(half.linear / sqrt(2))) if half.tau else sign(half.linear))

    def _base(self) -> Expr:
        present = [j for j in (0, 1) if self.halves[j] is not None]
        if not present:
            return Integer(1)
        forms = [self._form(j) for j in present]
        if len(present) == 1:
            ((mean, variance),) = forms
            if mean == 0:
                return Integer(0)
            if variance == 0:
                raise NoClosedForm(f"activation={self.what}: the factor {self._shown()} is degenerate where u = v")
            return erf(expand(mean) / self.names.root(2 * variance))
        if any(mean != 0 for mean, _ in forms):
            raise NoClosedForm(
                f"activation={self.what}: the factor {self._shown()} is shifted, by itself or by an exponential, and "
                "needs the bivariate normal distribution function; allowed are sign, abs, max and erf centred at 0"
            )
        first, second = self.halves
        if first is None or second is None:
            raise AssertionError("both half-spaces are present")
        covariance = self.names.value(first.alpha * second.alpha * self.law.cov[0][1])
        corr = covariance / self.names.root(forms[0][1]) / self.names.root(forms[1][1])
        return 2 / pi * asin(corr)


def expectation(left: Terms, right: Terms, law: Gaussian, what: str) -> Expr:
    """E[f(u) g(v)] for a centred Gaussian, f and g given by their terms; real, and in readable form.

    raises  NoClosedForm where two half-space factors have means
    """
    total = Integer(0)
    for (kind1, powers1), (kind2, powers2) in product(left.items(), right.items()):
        names = _Names()
        weight, tilted = _tilt(names, kind1, kind2, law)
        moments = _Moments(names, tilted, (kind1.half, kind2.half), what)
        part = Integer(0)
        for (n, c1), (m, c2) in product(powers1.items(), powers2.items()):
            part += c1 * c2 * moments.moment(n, m)
        total += names.value(weight * expand(part))
    return tidy(total)


def _tilt(names: _Names, kind1: Kind, kind2: Kind, law: Gaussian) -> tuple[Expr, Gaussian]:
    """The factor and the law after the exponentials have been absorbed."""
    (q1, k), (_, q2) = law.cov
    a1, a2, b1, b2 = kind1.a, kind2.a, kind1.b, kind2.b
    if a1 == a2 == b1 == b2 == 0:
        return Integer(1), law
    det = expand((1 - 2 * a1 * q1) * (1 - 2 * a2 * q2) - 4 * a1 * a2 * k**2)
    gap = expand(q1 * q2 - k**2)
    # C' = (I - 2CA)^{-1} C, written out for two variables
    new = ((q1 - 2 * a2 * gap) / det, k / det, (q2 - 2 * a1 * gap) / det)
    c11, c12, c22 = (factor(together(entry)) for entry in new)
    mean = (names.name(c11 * b1 + c12 * b2), names.name(c12 * b1 + c22 * b2))
    exponent = together(expand(b1**2 * c11 + 2 * b1 * b2 * c12 + b2**2 * c22) / 2)
    weight = exp(expand(exponent)) / names.root(det)
    c11, c12, c22 = names.name(c11), names.name(c12), names.name(c22)
    return weight, Gaussian(mean=mean, cov=((c11, c12), (c12, c22)))


def split_root(expression: Expr) -> dict[Expr, Expr]:
    """Powers whose product is the square root of a variance: {base: exponent}, each base positive.

    A variance is positive inside the connected domain, so that no coprime square-free factor changes its sign there;
    the sign is that at q = 1, K = 0. Where a parameter leaves it open, the root is kept whole.
    """
    return {base: power / 2 for base, power in _positive_factors(expression).items()}


def _positive_factors(expression: Expr) -> dict[Expr, Expr]:
    """A rational function as a product of numbers, symbols and polynomials with a known positive sign."""
    powers: dict[Expr, Expr] = {}
    total = Integer(1)
    top, bottom = fraction(together(expression))
    for part, side in ((top, 1), (bottom, -1)):
        coefficient, factors = sqf_list(part) if part.free_symbols else (part, [])
        total *= coefficient**side
        for base, multiplicity in factors:
            content, rest = terms_gcd(base).as_coeff_Mul()
            total *= content ** (side * multiplicity)
            for one in Mul.make_args(rest):
                symbol, own = one.as_base_exp()
                if symbol.is_Add:
                    found = exact_sign(symbol.subs(_SAMPLE))
                    if not found:
                        return {expression: Integer(1)}
                    if found < 0:
                        symbol, total = expand(-symbol), total * (-1) ** (own * multiplicity)
                powers[symbol] = powers.get(symbol, Integer(0)) + side * own * multiplicity
    if total != 1:
        powers[total] = powers.get(total, Integer(0)) + 1
    return powers


class _Roots:
    """Letters r for the roots of polynomials, r^2 = B, so that sums are expanded with the denominators kept whole."""

    def __init__(self) -> None:
        self.letters: dict[Expr, Dummy] = {}
        self.shown: dict[Expr, Expr] = {}

    def hide(self, expression: Expr) -> Expr:
        """Roots and denominators as powers of letters."""
        return expression.replace(
            lambda node: (
                isinstance(node, Pow)
                and node.exp.is_Rational
                and (node.exp < 0 or not node.exp.is_Integer)
                and (node.base.is_Add or (node.base.is_Mul and bool(node.base.free_symbols)))
            ),
            self._power,
        )

    def _power(self, node: Expr) -> Expr:
        result = Integer(1)
        shown = self.show(node.base)
        rational = shown.free_symbols and shown.is_rational_function()
        for base, power in (_positive_factors(shown) if rational else {shown: Integer(1)}).items():
            if base.is_Add:
                letter = self.letters.setdefault(base, Dummy("r", positive=True))
                result *= letter ** (2 * power * node.exp)
            else:
                result *= base ** (power * node.exp)
        return result

    def show(self, expression: Expr) -> Expr:
        """The letters replaced by the roots."""
        return expression.xreplace({letter: sqrt(base) for base, letter in self.letters.items()})

    def argument(self, expression: Expr) -> Expr:
        """An argument of a function as it is printed, without letters."""
        if expression not in self.shown:
            self.shown[expression] = _argument(self.show(expression))
        return self.shown[expression]

    def collect(self, terms: list[tuple[dict[Expr, int], Expr]]) -> Expr:
        """The sum of products of letters, given by exponents, and rational factors; one fraction for each parity."""
        classes: dict[tuple[Expr, ...], list[tuple[dict[Expr, int], Expr]]] = {}
        bases = {letter: base for base, letter in self.letters.items()}
        for powers, rational in terms:
            odd = tuple(letter for letter in bases if powers.get(letter, 0) % 2)
            classes.setdefault(odd, []).append((powers, rational))
        parts = []
        for members in classes.values():
            least = {letter: min(powers.get(letter, 0) for powers, _ in members) for letter in bases}
            total = Integer(0)
            for powers, rational in members:
                rest = [bases[r] ** ((powers.get(r, 0) - least[r]) // 2) for r in bases]
                total += Mul(rational, *rest)
            numerator = factor(together(expand(total)))
            # a base that divides the numerator is taken out of it
            parts.append(Mul(numerator, *(bases[r] ** Rational(least[r], 2) for r in bases)))
        return Add(*parts)


def tidy(expression: Expr) -> Expr:
    """An equal form for readers: real, acos for asin, one fraction for each transcendental factor and each root."""
    expression = expression.replace(asin, lambda argument: pi / 2 - acos(argument)).replace(erf, _real_erf)
    roots = _Roots()
    expanded = expand(roots.hide(expression), power_exp=False)
    if expanded.has(I):
        expanded = expand(
            expanded.replace(lambda node: isinstance(node, exp) and node.has(I), lambda node: _wave(node.args[0])),
            power_exp=False,
        )
    groups: dict[tuple[Expr, Expr], list[tuple[dict[Expr, int], Expr]]] = {}
    for term in Add.make_args(expanded):
        special, radical, powers, rational = _split(term, roots)
        groups.setdefault((special, radical), []).append((powers, rational))
    flat = Add(*(special * radical * roots.collect(members) for (special, radical), members in groups.items()))
    if flat.has(I):
        raise NoClosedForm("an expectation stays complex: it needs the error function of a complex number")
    candidates = [flat, factor_terms(flat), together(flat), _over_common_exponential(flat)]
    return min(candidates, key=lambda e: (e.count_ops(), str(e)))


def _real_erf(argument: Expr) -> Expr:
    rotated = expand(argument / I)
    return I * erfi(rotated) if argument.has(I) and not rotated.has(I) else erf(argument)


def _wave(argument: Expr) -> Expr:
    argument = expand(argument)
    real, imaginary = re(argument), im(argument)
    return exp(real) * (cos(imaginary) + I * sin(imaginary))


def _split(term: Expr, roots: _Roots) -> tuple[Expr, Expr, dict[Expr, int], Expr]:
    """(transcendental factors, square roots of atoms, powers of the letters, rational factors) of a product."""
    special, radical, rational, exponent = Integer(1), Integer(1), Integer(1), Integer(0)
    powers: dict[Expr, int] = {}
    letters = set(roots.letters.values())
    for part in Mul.make_args(term):
        base, power = part.as_base_exp()
        if base in letters:
            powers[base] = int(power)
        elif base == EULER:
            exponent += power
        elif not (base.is_rational_function() and power.is_Rational):
            special *= _with_arguments(roots.show(base)) ** power
        elif power.is_Integer:
            rational *= part
        else:
            # x^(3/2) = x sqrt x
            whole = power.p // power.q
            radical *= base ** (power - whole)
            rational *= base**whole
    coefficient, radical = radical.as_coeff_Mul()
    special *= exp(roots.argument(exponent))
    return special, radical, powers, rational * coefficient


def _with_arguments(function: Expr) -> Expr:
    return function.func(*map(_argument, function.args)) if isinstance(function, Function) else function


def _argument(expression: Expr) -> Expr:
    """A sum of terms, or one fraction if a denominator is a sum."""
    if any(node.exp.is_negative and node.base.is_Add for node in expression.atoms(Pow)):
        return together(expression)
    return expand(expression)


def _over_common_exponential(expression: Expr) -> Expr:
    """exp(a + k) + exp(a - k) as exp(a) (exp(k) + exp(-k))."""
    exponents = [node.args[0] for node in expression.atoms(exp)]
    if len(exponents) < 2:
        return expression
    shared = Add(*set.intersection(*(set(Add.make_args(exponent)) for exponent in exponents)))
    if shared == 0:
        return expression
    letter = Dummy("e", positive=True)
    replaced = expression.replace(exp, lambda argument: letter * exp(expand(argument - shared)))
    return factor_terms(expand(replaced)).xreplace({letter: exp(shared)})
