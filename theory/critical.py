r"""The expansion in the depth L of a recursion at a critical fixed point, to any order, with its logarithms.

Recursion. x' = x (1 - a x + ...), t' = F(x) t + S(x) with F = 1 - m a x + ..., S = s_0 + ..., a > 0; t at one input obeys
t_d = s L + t_d0. For a kinked activation x is the angle, for a smooth one x = 1 - c (Huang et al. 2020; Hayou, Doucet,
Rousseau 2019).

Idea. Formal solutions of three functional equations, each coefficient fixed by a triangular system:

    A(x) = 1/x + alpha log x + sum_{k>=1} c_k x^k             A(x') = A(x) + a                     (Abel)
    h(x) = x^m exp(sum_{k>=1} s_k x^k)                        h(x') = F(x) h(x)
    P(x) = sum_{k>=-1} p_k x^k + v h(x) log x                 P(x') = F(x) P(x) + S(x)

The coefficient of x^(k+1) in p_k (x'^k - F x^k) is -a (k - m) p_k: for k = m it vanishes, and the logarithm absorbs what is
left. So A(x_L) = A(x_0) + a L, and t_L = P(x_L) + B h(x_L) with a B that depends on the input. With w = 1/x and
M = A(x_0) + alpha log a, the first is

    w = a L + alpha log L + M + alpha log(w/(a L)) - sum c_k w^-k,

which is solved by iteration in powers of 1/L with coefficients that are polynomials in log L and M. p_{-1} = s_0/((1+m) a), so
that t_L/t_d -> s_0/((1 + m) s): 1/4 for the angle of ReLU (m = 3), 1/3 for smooth kernels (m = 2).

That the formal expansion is asymptotic is Theorem 6 of docs/depth-limits.md: cut after any term, the remainder telescopes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer, Symbol, expand, log

from theory.algebra import Answer, is_zero
from theory.series import NoSeries, PowerSeries, exp_series, held, log_series, restored, vanishes
from theory.sums import sum_of_products
from theory.symbols import depth

log_depth = Symbol("ell", real=True)
"""Stands for log L while powers of 1/L are collected."""
input_constant = Symbol("M", real=True)
"""M = lim (1/x_L - a L - alpha log L), which depends on the inputs."""
tangent_constant = Symbol("B", real=True)
"""The coefficient of the homogeneous solution h in the NTK, which depends on the inputs."""

MORE = 3
"""Terms of the local series beyond the orders asked for."""


@dataclass(frozen=True, kw_only=True)
class Coordinate:
    """The formal solutions.

    a, m, alpha    as above
    c, s           c_k and s_k from k = 1
    p              p_k at index k + 1; ``v`` the coefficient of h log x
    """

    a: Expr
    m: Expr
    alpha: Expr
    c: tuple[Expr, ...]
    s: tuple[Expr, ...]
    p: tuple[Expr, ...]
    v: Expr


@dataclass(frozen=True, kw_only=True)
class DepthExpansion:
    """Coefficients of powers of 1/L; polynomials in log L (``log_depth``), M and B.

    inverse       1/(L x_L), from (1/L)^0
    ntk           t_L / L, from (1/L)^0
    normalised    t_L / t_d(L), from (1/L)^0
    """

    coordinate: Coordinate
    inverse: PowerSeries
    ntk: PowerSeries
    normalised: PowerSeries


def coordinate(step: PowerSeries, factor: PowerSeries, source: PowerSeries, *, power: Expr | None = None) -> Coordinate:
    """A, h and P for x' = step, t' = factor t + source, as far as the three series determine them.

    step   x - a x^2 + ... with a != 0, which the caller has shown; NoSeries unless also factor = 1 + O(x)
    power  m, where the caller knows it; else it is found, which takes exact coefficients

    >>> from sympy import Rational
    >>> x = PowerSeries.variable(5)
    >>> found = coordinate(x / (1 + x), 1 - 2 * x, PowerSeries.constant(Integer(1), 5))
    >>> found.alpha, found.p[0]
    (0, 1/3)
    """
    ratio = step.shifted(-1)
    if not vanishes(ratio[0] - 1) or not vanishes(factor[0] - 1):
        raise NoSeries("the fixed point is not critical")
    ratio = PowerSeries((Integer(1), *ratio.coefficients[1:]))
    factor = PowerSeries((Integer(1), *factor.coefficients[1:]))
    a = held(-ratio[1])
    terms = min(ratio.terms, factor.terms, source.terms)
    logarithm = log_series(ratio)
    powers = [PowerSeries.constant(Integer(1), terms)]
    for _ in range(terms):
        powers.append(powers[-1] * ratio)

    rest = (1 / ratio - 1).shifted(-1) - a
    alpha = sum_of_products([(rest[1], 1 / a)]) if rest.terms > 1 else Integer(0)
    rest = rest + logarithm * alpha
    c: list[Expr] = []
    for k in range(1, rest.terms - 1):
        c.append(sum_of_products([(rest[k + 1], 1 / (k * a))]))
        rest = rest + (powers[k] - 1).shifted(k).cut(rest.terms) * c[-1]

    m = _whole(-factor[1] / a) if power is None else power
    rest = logarithm * m - log_series(factor)
    s: list[Expr] = []
    for k in range(1, rest.terms - 1):
        s.append(sum_of_products([(rest[k + 1], 1 / (k * a))]))
        rest = rest + (powers[k] - 1).shifted(k).cut(rest.terms) * s[-1]

    # P, as x P: the residual of x^(k+1) is divided by a (k - m)
    p: list[Expr] = []
    v: Expr = Integer(0)
    residual = source.cut(terms)
    inverse = 1 / ratio
    for k in range(-1, terms - 2):
        left = residual[k + 1]
        if k == m:
            # v h log x adds v F h(x) log(x'/x), which begins with -a v x^(m+1)
            v = sum_of_products([(-left, 1 / a)])
            weight = exp_series(
                PowerSeries((Integer(0), *s[: terms - 1], *[Integer(0)] * max(0, terms - 1 - len(s)))).cut(terms)
            )
            added = factor * weight.cut(factor.terms) * logarithm.cut(factor.terms)
            residual = residual - (added * v).shifted(k).cut(residual.terms)
            p.append(Integer(0))
            continue
        value = sum_of_products([(-left, 1 / (a * (k - m)))])
        p.append(value)
        moved = (inverse if k == -1 else powers[k]) - factor
        residual = residual - (moved * value).shifted(k).cut(residual.terms)
    return Coordinate(a=a, m=m, alpha=alpha, c=tuple(c), s=tuple(s), p=tuple(p), v=v)


def _whole(value: Expr) -> Expr:
    """The number, as an integer where it is one."""
    for guess in range(1, 5):
        if is_zero(restored(value - guess)) is Answer.YES:
            return Integer(guess)
    return held(value)


def in_depth(
    step: PowerSeries,
    factor: PowerSeries,
    source: PowerSeries,
    *,
    diagonal_source: Expr,
    diagonal_initial: Expr,
    orders: int,
    power: Expr | None = None,
    shift: Symbol | None = None,
) -> DepthExpansion:
    """Expansions in 1/L with ``orders`` terms behind the first.

    step, factor, source   series in x with at least orders + MORE terms; NoSeries where they have too few
    power                  m, as in ``coordinate``
    shift                  a letter that stays for alpha log L + M; without it both are written out

    Exact coefficients should be polynomials in pi, 1/pi and a few letters: with long numbers the orders beyond the first are
    sums of thousands of terms. Those are for balls (``theory.series``, Other arithmetics), which any order takes.
    """
    at = coordinate(*(one.cut(orders + MORE) for one in (step, factor, source)), power=power)
    if len(at.c) < orders - 1 or len(at.p) < orders + 1 or (at.m.is_Integer and len(at.s) < orders - at.m - 1):
        raise NoSeries(f"too few terms at the fixed point for {orders} orders in 1/L")
    terms = orders + 1
    eps = PowerSeries.variable(terms) if terms > 1 else PowerSeries.constant(Integer(0), 1)
    base = eps * ((input_constant + at.alpha * log_depth if shift is None else shift) / at.a)
    unit = PowerSeries.constant(Integer(1), terms)
    grown = unit
    for _ in range(orders):
        small = eps * (1 / at.a) / grown  # x_L
        more = log_series(grown) * at.alpha - _sum(at.c, small)
        grown = unit + base + eps * (1 / at.a) * more
    x = eps * (1 / at.a) / grown
    log_x = -log_series(grown) - (log_depth + _logarithm(at.a))
    total = grown * (at.a * at.p[0])  # eps P, its first term
    total = total + eps * _sum(at.p[1:], x, first=0)
    if at.m.is_Integer and at.m + 1 < terms:
        weight = x.power(at.m) * exp_series(_sum(at.s, x))
        total = total + eps * weight * (log_x * at.v + tangent_constant)
    normalised = total / (unit * diagonal_source + eps * diagonal_initial)
    inverse, ntk, normalised = (one.with_numbers() for one in (grown * at.a, total, normalised))
    return DepthExpansion(coordinate=at, inverse=inverse, ntk=ntk, normalised=normalised)


def _logarithm(value: Any) -> Any:
    return log(value) if isinstance(value, Expr) else value.log()


def first_logarithm(step: PowerSeries, m: Expr) -> Expr:
    """The coefficient of log(L)/L in t_L/t_d(L): alpha/((1 + m) a), with alpha = (a^2 - r)/a for x' = x - a x^2 + r x^3 + ..."""
    a = -step[2]
    return (a**2 - step[3]) / ((1 + m) * a**2)


def _sum(coefficients: tuple[Expr, ...], x: PowerSeries, first: int = 1) -> PowerSeries:
    """The sum of coefficients[i] x^(i + first)."""
    total = PowerSeries.constant(Integer(0), x.terms)
    for index, value in enumerate(coefficients):
        if index + first >= x.terms:
            break
        total = total + x.power(Integer(index + first)) * value
    return total


def as_expression(series: PowerSeries, lift: int = 0) -> Expr:
    """The series in 1/L, times L^lift, as an expression in L, log L and the constants."""
    total: Expr = Integer(0)
    for index, value in enumerate(series.coefficients):
        total += value.subs(log_depth, log(depth)) * depth ** (lift - index)
    return total


def leading_change(series: PowerSeries, sign: Callable[[Expr], int | None]) -> Expr | None:
    """The first term behind the constant one: of the first power of 1/L with a coefficient, its highest power of log L.

    sign     of a number, None where it is not decided
    returns  None where all coefficients given vanish
    raises   NoSeries where it is not decided whether one vanishes
    """
    for index in range(1, series.terms):
        value = expand(series[index])
        by_power = value.as_poly(log_depth).all_terms() if value.has(log_depth) else [((0,), value)]
        for (power,), part in by_power:
            if part.has(input_constant, tangent_constant):
                return part * log(depth) ** power / depth**index
            known = sign(part)
            if known is None:
                raise NoSeries(f"whether {part} is 0 was not decided")
            if known != 0:
                return part * log(depth) ** power / depth**index
    return None
