r"""Gaussian moments that stay unevaluated, for activations whose Gaussian integrals have no closed form.

    GaussianPair(phi, j, q1, q2, K) = E[phi^(j)(u) phi^(j)(v)],  (u, v) ~ N(0, [[q1, K], [K, q2]])
    GaussianMean(g, q)              = E[g(u)],                   u ~ N(0, q)

Idea. The integrand is an atom (``Integrand``): substitutions of lengths, K and c do not enter it, and two moments are
equal where integrand and arguments are. Two rules of calculus and four values are known:

    d/dK E[phi(u) phi(v)] = E[phi'(u) phi'(v)]      (Price)
    d/dq E[g(u)] = E[g''(u)]/2                      (heat equation)
    K = q1 = q2:   E[phi(u)^2]                      K = -q1 = -q2: E[phi(u)^2] for even, -E[phi(u)^2] for odd phi
    K = 0:         E[phi(u)] E[phi(v)]              q = 0: g(0)

What can go wrong. Only integrands that are smooth and of a growth that ``theory.growth`` has shown belong here; the
numbers come from ``numerics.hermite``.
"""

from functools import lru_cache
from typing import Any, ClassVar

from sympy import AtomicExpr, Expr, Function, Integer, Pow, Symbol, expand
from sympy.core.function import ArgumentIndexError

from theory.symbols import x

_U = Symbol("u", real=True)
_V = Symbol("v", real=True)


class Integrand(AtomicExpr):  # type: ignore[misc]  # SymPy has no types
    """A function of x inside a moment; what is put for other symbols leaves it alone.

    >>> Integrand(x**2).subs(x, 3)
    x**2
    """

    is_commutative = True
    is_real = True
    __slots__ = ("expression",)
    expression: Expr

    def __new__(cls, expression: Expr) -> "Integrand":
        """The function that the expression in x is."""
        made: Integrand = AtomicExpr.__new__(cls)
        made.expression = expression
        return made

    def __getnewargs__(self) -> tuple[Expr]:
        """What a copy is made of."""
        return (self.expression,)

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.expression,)

    def sort_key(self, order: Any = None) -> Any:
        """The order among other expressions."""
        return self.class_key(), (1, (str(self.expression),)), Integer(1).sort_key(), Integer(1)

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.expression))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        del exp
        return str(printer._print(self.expression))


def _plain(integrand: Expr) -> Expr:
    return integrand.expression if isinstance(integrand, Integrand) else integrand


class GaussianMean(Function):  # type: ignore[misc]
    """E[g(u)] for u ~ N(0, q).

    >>> from theory.symbols import length
    >>> from sympy import tanh
    >>> GaussianMean(3 * tanh(x)**2, length)
    3*E[tanh(u)**2; q]
    """

    nargs: ClassVar = (2,)
    is_real = True

    @classmethod
    def eval(cls, integrand: Expr, length: Expr) -> Expr | None:
        """Constants stand in front; odd integrands have mean 0."""
        function = _plain(integrand)
        if not function.has(x):
            return function
        if length == 0:
            return function.subs(x, 0)
        factor, rest = function.as_independent(x, as_Add=False)
        if factor != 1:
            return factor * cls(Integrand(rest), length)
        if _mirrors(function, -1):
            return Integer(0)
        return None if isinstance(integrand, Integrand) else cls(Integrand(function), length)

    @property
    def integrand(self) -> Expr:
        """The g, an expression in x."""
        return _plain(self.args[0])

    def fdiff(self, argindex: int = 1) -> Expr:
        """The heat equation in the variance."""
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)
        return GaussianMean(self.integrand.diff(x, 2), self.args[1]) / 2

    def _eval_is_positive(self) -> bool | None:
        g = self.integrand
        return True if isinstance(g, Pow) and g.exp == 2 and self.args[1].is_positive else None

    def _sympystr(self, printer: Any) -> str:
        return f"E[{printer._print(self.integrand.subs(x, _U))}; {printer._print(self.args[1])}]"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        body = printer._print(self.integrand.subs(x, _U))
        return _power(rf"\mathbb{{E}}_{{{printer._print(self.args[1])}}}\left[{body}\right]", exp)


class GaussianPair(Function):  # type: ignore[misc]
    """E[phi^(j)(u) phi^(j)(v)] for (u, v) ~ N(0, [[q1, K], [K, q2]]); phi^(j) is the j-th derivative.

    >>> from theory.symbols import length1, length2, nngp
    >>> from sympy import tanh
    >>> pair = GaussianPair(tanh(x), 0, length1, length2, nngp)
    >>> pair, pair.diff(nngp) == GaussianPair(tanh(x), 1, length1, length2, nngp)
    (E[tanh(u)*tanh(v); q1, q2, K], True)
    """

    nargs: ClassVar = (5,)
    is_real = True

    @classmethod
    def eval(cls, integrand: Expr, order: Expr, length1: Expr, length2: Expr, covariance: Expr) -> Expr | None:
        """Constants stand in front; equal, opposite, independent inputs have single moments; the lengths are in order."""
        function = _plain(integrand)
        slope = derivative(function, int(order))
        if not slope.has(x):
            return slope**2
        factor, rest = function.as_independent(x, as_Add=False)
        if factor != 1:
            return factor**2 * cls(Integrand(rest), order, length1, length2, covariance)
        if covariance == 0:
            return GaussianMean(slope, length1) * GaussianMean(slope, length2)
        if length1 == length2 and covariance == length1:
            return GaussianMean(slope**2, length1)
        if length1 == length2 and covariance == -length1:
            even = _parity(function)
            if even is not None:
                return even * (-1) ** int(order) * GaussianMean(slope**2, length1)
        if length2.sort_key() < length1.sort_key():
            return cls(Integrand(function), order, length2, length1, covariance)
        return (
            None if isinstance(integrand, Integrand) else cls(Integrand(function), order, length1, length2, covariance)
        )

    @property
    def integrand(self) -> Expr:
        """The phi, an expression in x."""
        return _plain(self.args[0])

    @property
    def order(self) -> int:
        """How often phi is differentiated."""
        return int(self.args[1])

    def fdiff(self, argindex: int = 1) -> Expr:
        """Price's theorem in the covariance."""
        if argindex != 5:
            raise ArgumentIndexError(self, argindex)
        phi, order, *rest = self.args
        return GaussianPair(phi, order + 1, *rest)

    def _shown(self) -> tuple[Expr, Expr]:
        slope = derivative(self.integrand, self.order)
        return slope.subs(x, _U), slope.subs(x, _V)

    def _sympystr(self, printer: Any) -> str:
        # (f)(g) of sums needs its parentheses
        left, right = (printer.parenthesize(side, 50) for side in self._shown())
        q1, q2, covariance = map(printer._print, self.args[2:])
        return f"E[{left}*{right}; {q1}, {q2}, {covariance}]"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        left, right = (printer.parenthesize(side, 50) for side in self._shown())
        q1, q2, covariance = map(printer._print, self.args[2:])
        return _power(rf"\mathbb{{E}}_{{{q1}, {q2}, {covariance}}}\left[{left} {right}\right]", exp)


def _power(text: str, exponent: str | None) -> str:
    return text if exponent is None else f"{text}^{{{exponent}}}"


def _parity(function: Expr) -> int | None:
    """1 for even, -1 for odd functions of x; None for neither, or where expansion does not show it."""
    return next((sign for sign in (1, -1) if _mirrors(function, sign)), None)


def _mirrors(function: Expr, sign: int) -> bool:
    """Whether g(-x) = sign g(x), shown by expansion."""
    if sign == -1 and isinstance(function, Pow) and function.exp == 2:
        return False  # a square that is not 0; expanding the square of a high derivative takes minutes
    return bool(expand(function - sign * function.subs(x, -x)) == 0)


@lru_cache(maxsize=256)
def derivative(function: Expr, order: int) -> Expr:
    """The derivative in x, from the one before: those of one activation are asked for in turn."""
    return derivative(function, order - 1).diff(x) if order else function


__all__ = ["GaussianMean", "GaussianPair", "Integrand", "derivative"]
