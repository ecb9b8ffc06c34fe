r"""Exact truncated power series of SymPy expressions, where they have one, also at the ends acos(1) and sqrt(0).

Idea. ``expand_in`` walks an expression and replaces a letter by a series; each function of a series is a series again:

    analytic at the constant term     exp, log, sin, cos, powers, asin, acos, atan, erf by their differential equations
    acos at 1                         acos(y) = 2 asin(sqrt((1 - y)/2)),  acos at -1 by acos(-y) = pi - acos(y)
    a power at 0                      (b x^v + ...)^r = b^r x^(v r) (1 + ...)^r,  where v r is a whole number
    any other function                Taylor's formula with the derivatives that SymPy knows

Whether a coefficient vanishes is decided by replayed algebra (``theory.algebra``), never by a number.

A constant that is no rational multiple of a power of pi travels as one letter (``Constant``) and is put back at the end:
coefficients stay short. Wherever a value matters, it is the value that is asked.

What can go wrong. ``NoSeries``: the function has no power series in this variable (the square root of 1 - c in powers of
1 - c), or a coefficient could not be compared with 0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sympy import (
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
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    pi,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)
from sympy import E as EULER

from theory.algebra import Answer, is_zero
from theory.constants import exact_sign
from theory.sums import sum_of_products


class NoSeries(Exception):
    """The expression has no power series in this variable, or none that is decided."""


class Constant(Dummy):  # type: ignore[misc]  # SymPy has no types
    """A letter that stands for a real number."""

    __slots__ = ("number",)
    number: Expr

    def __new__(cls, number: Expr) -> "Constant":
        """The letter of a number."""
        letter: Constant = Dummy.__new__(cls, "constant", real=True, nonzero=True)
        letter.number = number
        return letter


@lru_cache(maxsize=4096)
def _letter(value: Expr) -> Constant:
    return Constant(value)


def held(value: Expr) -> Expr:
    """The number, or a letter for it where it is no rational multiple of a power of pi; one letter for one number."""
    return value if value.is_Atom or all(_is_plain(term) for term in Add.make_args(value)) else _letter(restored(value))


def _is_plain(term: Expr) -> bool:
    """Whether a term is a rational multiple of powers of pi and of letters that stand for numbers."""
    for factor in Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        known = base == pi or isinstance(base, Constant)
        if not (factor.is_Rational or (known and exponent.is_Integer)):
            return False
    return True


def restored(value: Expr) -> Expr:
    """The expression with the numbers in place of their letters."""
    while letters := value.atoms(Constant):
        value = value.xreplace({letter: letter.number for letter in letters})
    return value


@dataclass(frozen=True)
class PowerSeries:
    """c_0 + c_1 x + ... + c_(n-1) x^(n-1) + O(x^n); the coefficients are expressions without x.

    >>> x = PowerSeries.variable(4)
    >>> (1 / (1 - x)).coefficients
    (1, 1, 1, 1)
    """

    coefficients: tuple[Expr, ...]

    @classmethod
    def constant(cls, value: Expr, terms: int) -> "PowerSeries":
        """A constant."""
        return cls((value, *[Integer(0)] * (terms - 1)))

    @classmethod
    def variable(cls, terms: int) -> "PowerSeries":
        """The variable itself."""
        return cls((Integer(0), Integer(1), *[Integer(0)] * (terms - 2)))

    @property
    def terms(self) -> int:
        """N in O(x^n)."""
        return len(self.coefficients)

    def __getitem__(self, index: int) -> Expr:
        """The coefficient of x^index."""
        return self.coefficients[index]

    def __neg__(self) -> "PowerSeries":
        """-f."""
        return PowerSeries(tuple(-a for a in self.coefficients))

    def __add__(self, other: "PowerSeries | Expr | int") -> "PowerSeries":
        """F + g, to the smaller order."""
        if not isinstance(other, PowerSeries):
            return PowerSeries((self[0] + other, *self.coefficients[1:]))
        return PowerSeries(tuple(a + b for a, b in zip(self.coefficients, other.coefficients, strict=False)))

    __radd__ = __add__

    def __sub__(self, other: "PowerSeries | Expr | int") -> "PowerSeries":
        """F - g."""
        return self + -other

    def __rsub__(self, other: "Expr | int") -> "PowerSeries":
        """A - f."""
        return -self + other

    def __mul__(self, other: "PowerSeries | Expr | int") -> "PowerSeries":
        """F g."""
        if not isinstance(other, PowerSeries):
            return PowerSeries(tuple(sum_of_products([(a, Integer(1) * other)]) for a in self.coefficients))
        n = min(self.terms, other.terms)
        return PowerSeries(
            tuple(
                sum_of_products((self[i], other[k - i]) for i in range(k + 1) if self[i] != 0 and other[k - i] != 0)
                for k in range(n)
            )
        )

    __rmul__ = __mul__

    def __truediv__(self, other: "PowerSeries | Expr | int") -> "PowerSeries":
        """F / g; common powers of x are divided out and shorten the result."""
        if not isinstance(other, PowerSeries):
            return PowerSeries(tuple(sum_of_products([(a, Integer(1) / other)]) for a in self.coefficients))
        low = other.valuation()
        if low:
            return self.shifted(-low) / other.shifted(-low)
        n = min(self.terms, other.terms)
        found: list[Expr] = []
        inverse = held(1 / other[0])
        for k in range(n):
            rest = sum_of_products([(self[k],), *((Integer(-1), other[i], found[k - i]) for i in range(1, k + 1))])
            found.append(sum_of_products([(rest, inverse)]))
        return PowerSeries(tuple(found))

    def __rtruediv__(self, other: "Expr | int") -> "PowerSeries":
        """A / f."""
        return PowerSeries.constant(Integer(1) * other, self.terms) / self

    def shifted(self, by: int) -> "PowerSeries":
        """x^by f; the coefficients that a negative shift drops must vanish."""
        if by >= 0:
            return PowerSeries((*[Integer(0)] * by, *self.coefficients))
        if not all(vanishes(a) for a in self.coefficients[:-by]):
            raise NoSeries("a pole")
        return PowerSeries(self.coefficients[-by:])

    def cut(self, terms: int) -> "PowerSeries":
        """The first terms."""
        return PowerSeries(self.coefficients[:terms])

    @property
    def has_letters(self) -> bool:
        """Whether letters stand for numbers in it."""
        return any(a.has(Constant) for a in self.coefficients)

    def with_letters(self) -> "PowerSeries":
        """With letters for numbers that are no sums of rational multiples of powers of pi."""
        return PowerSeries(tuple(held(a) for a in self.coefficients))

    def with_numbers(self) -> "PowerSeries":
        """With the numbers in place of the letters that stand for them."""
        return PowerSeries(tuple(restored(a) for a in self.coefficients))

    def valuation(self) -> int:
        """The index of the first coefficient that is not 0."""
        for index, a in enumerate(self.coefficients):
            if not vanishes(a):
                return index
        raise NoSeries("all coefficients vanish to this order")

    def derivative(self) -> "PowerSeries":
        """f', one term shorter."""
        return PowerSeries(tuple(k * a for k, a in enumerate(self.coefficients))[1:])

    def integral(self, constant: Expr) -> "PowerSeries":
        """The integral with a constant term, one term longer."""
        return PowerSeries(
            (constant, *(sum_of_products([(a, Rational(1, k + 1))]) for k, a in enumerate(self.coefficients)))
        )

    def power(self, exponent: Expr) -> "PowerSeries":
        """f^r, with a whole power of x in front where f begins with one."""
        if exponent.is_Integer and exponent >= 0:
            result = PowerSeries.constant(Integer(1), self.terms)
            for _ in range(int(exponent)):
                result = result * self
            return result
        low = self.valuation()
        lift = exponent * low
        if not lift.is_Integer or lift < 0:
            raise NoSeries(f"the power {exponent} of a series that starts with x^{low}")
        rest = self.shifted(-low)
        if not exponent.is_Integer and not _is_positive(rest[0]):
            raise NoSeries("a root of a number that is not positive")
        unit = rest * held(1 / rest[0])
        found = [Integer(1)]
        for k in range(1, unit.terms):  # k f_k = sum_i (r i - (k - i)) u_i f_(k-i)
            weights = ((exponent * i - (k - i)) / k for i in range(1, k + 1))
            found.append(sum_of_products((weight, unit[i], found[k - i]) for i, weight in enumerate(weights, 1)))
        powered: PowerSeries = PowerSeries(tuple(found)) * held(rest[0] ** exponent)
        return powered.shifted(int(lift))

    def compose(self, inner: "PowerSeries") -> "PowerSeries":
        """f(g) for g without constant term, by Horner's rule."""
        if not vanishes(inner[0]):
            raise NoSeries("composition at a point that is not the centre")
        inner = PowerSeries((Integer(0), *inner.coefficients[1:]))
        result = PowerSeries.constant(Integer(0), min(self.terms, inner.terms))
        for a in reversed(self.coefficients):
            result = result * inner + a
        return result


def vanishes(value: Expr) -> bool:
    """Whether a coefficient is 0; NoSeries where that is not decided."""
    if value == 0:
        return True
    if value.is_Rational:
        return False
    value = restored(value)
    sign = exact_sign(value) if not value.free_symbols else None
    if sign is not None:
        return sign == 0
    match is_zero(value):
        case Answer.YES:
            return True
        case Answer.NO:
            return False
    if value.free_symbols and value.is_nonzero:
        return False
    raise NoSeries(f"whether {value} is 0 was not decided")


def _is_positive(value: Expr) -> bool:
    value = restored(value)
    return bool(value.is_positive) or (not value.free_symbols and exact_sign(value) == 1)


def expand_in(expression: Expr, letters: Mapping[Symbol, PowerSeries]) -> PowerSeries:
    """The series of an expression in which letters stand for series.

    raises  NoSeries

    >>> from sympy.abc import c
    >>> expand_in(acos(c), {c: exp_series(PowerSeries.variable(3)).power(Integer(-2))}).coefficients
    Traceback (most recent call last):
    ...
    theory.series.NoSeries: the power 1/2 of a series that starts with x^1
    """
    terms = min(one.terms for one in letters.values())
    known: dict[Expr, PowerSeries] = {}

    def walk(node: Expr) -> PowerSeries:
        if node not in known:
            known[node] = read(node)
        return known[node]

    def read(node: Expr) -> PowerSeries:
        if node in letters:
            return letters[node]
        if not node.has(*letters):
            return PowerSeries.constant(held(node), terms)
        if isinstance(node, Add | Mul):
            fixed, moving = node.as_independent(*letters)
            if isinstance(node, Add):
                total = PowerSeries.constant(held(fixed), terms)
                for argument in Add.make_args(moving):
                    total = total + walk(argument)
                return total
            product: PowerSeries = _product(Mul.make_args(moving), walk, terms) * held(fixed)
            return product
        if isinstance(node, exp) or (isinstance(node, Pow) and node.base == EULER):
            return exp_series(walk(node.exp))
        if isinstance(node, Pow):
            if node.exp.has(*letters):
                return exp_series(walk(node.exp) * walk(log(node.base)))
            return walk(node.base).power(node.exp)
        known_function = next((f for kind, f in _FUNCTIONS.items() if isinstance(node, kind)), None)
        if known_function is not None:
            return known_function(walk(node.args[0]))
        return _by_taylor(node, walk, letters)

    return walk(expression).with_numbers()


def _product(factors: Sequence[Expr], walk: Callable[[Expr], PowerSeries], terms: int) -> PowerSeries:
    """A product; powers with negative exponents are collected into one divisor."""
    top, bottom = PowerSeries.constant(Integer(1), terms), None
    for factor in factors:
        base, exponent = factor.as_base_exp()
        if exponent.is_Rational and exponent < 0 and base != EULER:
            below = walk(Pow(base, -exponent))
            bottom = below if bottom is None else bottom * below
        else:
            top = top * walk(factor)
    return top if bottom is None else top / bottom


def exp_series(y: PowerSeries) -> PowerSeries:
    """The exponential: k f_k = sum i y_i f_(k-i)."""
    found = [Integer(1)]
    for k in range(1, y.terms):
        found.append(sum_of_products((Rational(i, k), y[i], found[k - i]) for i in range(1, k + 1)))
    whole: PowerSeries = PowerSeries(tuple(found)) * held(exp(y[0]))
    return whole


def log_series(y: PowerSeries) -> PowerSeries:
    """The logarithm of a series with a positive constant term."""
    if not _is_positive(y[0]):
        raise NoSeries("the logarithm of a number that is not positive")
    if y.terms == 1:
        return PowerSeries.constant(held(log(y[0])), 1)
    return (y.derivative() / y.cut(y.terms - 1)).integral(held(log(y[0])))


def _trigonometric(y: PowerSeries) -> tuple[PowerSeries, PowerSeries]:
    """Sine and cosine of y - y_0 by their differential equations, turned by y_0."""
    s, c = [Integer(0)], [Integer(1)]
    for k in range(1, y.terms):
        s.append(sum_of_products((Rational(i, k), y[i], c[k - i]) for i in range(1, k + 1)))
        c.append(sum_of_products((Rational(-i, k), y[i], s[k - i]) for i in range(1, k + 1)))
    sine, cosine = PowerSeries(tuple(s)), PowerSeries(tuple(c))
    at, beside = held(sin(y[0])), held(cos(y[0]))
    return sine * beside + cosine * at, cosine * beside - sine * at


def _asin(y: PowerSeries) -> PowerSeries:
    if vanishes(1 - y[0]) or vanishes(1 + y[0]):
        turned: PowerSeries = pi / 2 - _acos(y)
        return turned
    slope = y.derivative() / (1 - y * y).cut(y.terms - 1).power(Rational(1, 2))
    return slope.integral(held(asin(y[0])))


def _acos(y: PowerSeries) -> PowerSeries:
    if vanishes(1 - y[0]):
        return 2 * _asin(((1 - y) / Integer(2)).power(Rational(1, 2)))
    turned: PowerSeries = pi - _acos(-y) if vanishes(1 + y[0]) else pi / 2 - _asin(y)
    return turned


def _atan(y: PowerSeries) -> PowerSeries:
    return (y.derivative() / (1 + y * y).cut(y.terms - 1)).integral(held(atan(y[0])))


def _erf(y: PowerSeries) -> PowerSeries:
    slope: PowerSeries = y.derivative() * exp_series(-(y * y)).cut(y.terms - 1) * (2 / sqrt(pi))
    return slope.integral(held(erf(y[0])))


def _abs(y: PowerSeries) -> PowerSeries:
    sign = exact_sign(restored(y[y.valuation()]))
    if sign is None:
        raise NoSeries("an absolute value whose sign is not decided")
    return y * sign


_FUNCTIONS: Mapping[type, Callable[[PowerSeries], PowerSeries]] = {
    log: log_series,
    sin: lambda y: _trigonometric(y)[0],
    cos: lambda y: _trigonometric(y)[1],
    tan: lambda y: _trigonometric(y)[0] / _trigonometric(y)[1],
    sinh: lambda y: (exp_series(y) - exp_series(-y)) / Integer(2),
    cosh: lambda y: (exp_series(y) + exp_series(-y)) / Integer(2),
    tanh: lambda y: (exp_series(y * 2) - 1) / (exp_series(y * 2) + 1),
    asin: _asin,
    acos: _acos,
    atan: _atan,
    erf: _erf,
    erfc: lambda y: 1 - _erf(y),
    Abs: _abs,
}


def _by_taylor(node: Expr, walk: Callable[[Expr], PowerSeries], letters: Mapping[Symbol, PowerSeries]) -> PowerSeries:
    """A function with known derivatives in the one argument that varies."""
    moving = [index for index, argument in enumerate(node.args) if argument.has(*letters)]
    if len(moving) != 1 or not isinstance(node, Function):
        raise NoSeries(f"no rule for {type(node).__name__}")
    inner = walk(node.args[moving[0]])
    place = Dummy("place", real=True)
    current: Expr = node.func(*(place if i == moving[0] else a for i, a in enumerate(node.args)))
    values, size = [], Integer(1)
    for k in range(inner.terms):
        values.append(current.subs(place, inner[0]) / size)
        if values[-1].has(place, I) or not values[-1].is_finite is not False:
            raise NoSeries(f"no derivatives of {type(node).__name__}")
        current, size = current.diff(place), size * (k + 1)
    return PowerSeries(tuple(values)).compose(inner - inner[0])
