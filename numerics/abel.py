r"""Depth 10^12 in milliseconds: critical maps in Abel's coordinate, with proved remainders.

Map. x' = G(x) = x - a x^2 + ..., t' = F(x) t + S(x), F = 1 - m a x + ..., a > 0; x is the angle (m = 3) or 1 - c (m = 2),
see ``numerics.critical_maps``.

Idea. Three truncated solutions of functional equations, with coefficients from triangular systems (k = 0 takes a logarithm):

    A(x) = 1/x + alpha log x + sum_{k=1}^N c_k x^k                A(G) - A(x) = a + rho(x)
    h(x) = x^m exp(sum_{k=1}^N s_k x^k)                           h(G) = h(x) F(x) e^sigma(x)
    U(x) = sum_{k=-m-1, k != 0}^{N-m-1} u_k x^k + v log x         U(G) - U(x) = S/h(G) + tau(x)

Remainders. G/x, F and S are Taylor models on (0, r] (``numerics.germs``), and so are rho, sigma and x^m tau. Their first
coefficients vanish exactly, since the exact coefficients solve the systems and the balls contain them; what is left says
|rho| <= K_1 x^(N+2), |sigma| <= K_2 x^(N+2), |x^m tau| <= K_3 x^(N+1) on (0, r].

Theorem. Let x_l <= r, K_2 r^(N+2) <= 1, 0 <= F <= 1, 0 < G < x and 1/G - 1/x >= a' > 0 on (0, r], A' < 0 there, n = L - l,
and s(M) = x_l^M + x_l^(M-1)/(a' (M-1)). Then A(x_L) = A(x_l) + a n up to K_1 s(N+2), and with P = h U

    t_L = P(x_L) + Pi (t_l - P(x_l)) up to E,   Pi = (h(x_L)/h(x_l)) e^(+-K_2 s(N+2)),
    E = s(N+1) sup_{0 < x <= x_l} (h(G)/x^m) (K_3 + 2 K_2 x^(m+1) |U(x)|).

Proof. 1/x_{l+k} >= 1/x_l + a' k, so that the sum of x_k^M over k >= l is at most s(M). Sum rho. X = t - P(x) obeys
X' = F X - h(G) (tau + (1 - e^-sigma) U), where F lies in [0, 1] and |1 - e^-sigma| <= 2 |sigma| for |sigma| <= 1; sum.

Constants. As L grows, A(x_L) = 1/x_L + alpha log x_L + o(1), hence 1/x_L = a L + alpha log L + M + o(1) with
M = A(x_l) - a l + alpha log a. Y = X/h obeys Y' = e^-sigma Y - tau - (1 - e^-sigma) U, so Y_L tends to the coefficient of h.

What can go wrong. For small a, G/x - 1 is small and the remainders are not: more bits and terms are needed, and below
``SMALLEST`` the method is not offered. Everything is recomputed for each precision; it is kept for the next depth.
"""

from dataclasses import dataclass
from functools import lru_cache

from flint import arb, arb_poly, arb_series, ctx

from numerics.balls import SERIES, precision
from numerics.critical_maps import CriticalMap
from numerics.germs import Germ, constant, length

SMALLEST = arb(2) ** -400
"""The smallest a for which the expansion is offered."""
MAX_BITS = 900
"""Precision up to which it is offered: the series have a number of terms that grows with it."""
_TERMS_BEYOND = 8
_STEP = 64  # bits are rounded up, so that coefficients are kept
_SHORTER = 12  # trials of a smaller r


def terms_for(bits: int) -> int:
    """N at a precision: r is about 2^(-7/2) times what the coefficients allow."""
    return 2 * bits // 7 + _TERMS_BEYOND


@dataclass(frozen=True, kw_only=True, eq=False)
class Coordinates:
    """Coefficients of A, h and U, as balls, and bounds of the remainders on (0, reach].

    power, terms      m and N
    a, alpha          as above
    c, s              c_1..c_N, s_1..s_N, from index 1 (index 0 is 0)
    u, log_u          u_k at index k + m + 1, and v
    rho, sigma, tau   K_1, K_2, K_3
    growth            a'
    weight_bound      a bound of h(G)/x^m
    """

    power: int
    terms: int
    reach: arb
    a: arb
    alpha: arb
    c: arb_poly
    s: arb_poly
    u: arb_poly
    log_u: arb
    rho: arb
    sigma: arb
    tau: arb
    growth: arb
    weight_bound: arb

    def abel(self, x: arb) -> arb:
        """A(x)."""
        return 1 / x + self.alpha * x.log() + self.c(x)

    def abel_slope_times_square(self, x: arb) -> arb:
        """x^2 A'(x)."""
        return -1 + self.alpha * x + x * x * self.c.derivative()(x)

    def weight(self, x: arb) -> arb:
        """h(x)."""
        return x**self.power * self.s(x).exp()

    def particular(self, x: arb) -> arb:
        """P(x) = h(x) U(x)."""
        return self.s(x).exp() * (self.u(x) / x + x**self.power * self.log_u * x.log())

    def holds(self, x: arb) -> bool:
        """Whether the hypotheses of the theorem were shown for a start x."""
        known = self.rho.is_finite() and self.tau.is_finite() and self.sigma * self.reach ** (self.terms + 2) <= 1
        return bool(known and self.growth > 0 and x > 0 and x.upper() <= self.reach)

    def power_sum(self, reach: arb, exponent: int) -> arb:
        """s(exponent): an upper bound for the sum of x_k^exponent over all later layers."""
        return (reach**exponent + reach ** (exponent - 1) / (self.growth * (exponent - 1))).upper()

    def source_error(self, reach: arb, exponent: int) -> arb:
        """A bound for the sum of x^m |tau + (1 - e^-sigma) U| x^(exponent - N - 1) over all later layers."""
        x = arb(0).union(reach)
        x_next = reach ** (self.power + 1)
        # x^(m+1) |log x| increases on (0, exp(-1/(m+1)))
        inner = abs(self.u(x)) + abs(self.log_u) * x_next * abs(reach.log())
        return ((self.tau + 2 * self.sigma * inner) * self.power_sum(reach, exponent)).upper()


def advance(at: Coordinates, x: arb, ntk: arb, layers: int) -> tuple[arb, arb] | None:
    """(x_L, t_L) after so many layers from balls of both, at the precision that is set.

    returns  balls, whose radii say how accurate they are; None where the hypotheses of the theorem are not shown
    """
    if not (at.holds(x) and at.abel_slope_times_square(arb(0).union(x.upper())) < 0):
        return None
    reach, n = x.upper(), at.terms
    # the sum of A and a n costs as many bits as a n has before the point
    with precision(int(ctx.prec) + layers.bit_length(), int(ctx.cap)):
        target = at.abel(x) + at.a * layers + arb(0, (at.rho * at.power_sum(reach, n + 2)).upper())
    last = _solve(at, target)
    if last is None:
        return None
    loss = arb(0, (at.sigma * at.power_sum(reach, n + 2)).upper())
    product = at.weight(last) / at.weight(x) * loss.exp()
    value = at.particular(last) + product * (ntk - at.particular(x))
    return last, value + arb(0, (at.weight_bound * at.source_error(reach, n + 1)).upper())


def input_constants(at: Coordinates, x: arb, ntk: arb, layer: int) -> tuple[arb, arb] | None:
    """(M, B) of the inputs whose state at a layer is (x, t): 1/x_L = a L + alpha log L + M + o(1), t = P + B h.

    B is the coefficient of h beside the particular solution without a term x^m (``theory.critical``).
    """
    if not (at.holds(x) and at.abel_slope_times_square(arb(0).union(x.upper())) < 0):
        return None
    reach, n, m = x.upper(), at.terms, at.power
    shift = at.abel(x) - at.a * layer + at.alpha * at.a.log()
    loss = arb(0, (at.sigma * at.power_sum(reach, n + 2)).upper()).exp()
    rest = loss.upper() * at.source_error(reach, n + 1 - m)
    tangent = (ntk - at.particular(x)) / at.weight(x) * loss + arb(0, rest.upper())
    with length(m + 2):
        first, powers = (arb_series([poly[k] for k in range(m + 2)], prec=m + 2) for poly in (at.s, at.u))
        resonant = (_exp(first) * powers)[m + 1]
    return shift + arb(0, (at.rho * at.power_sum(reach, n + 2)).upper()), tangent + resonant


def _solve(at: Coordinates, target: arb) -> arb | None:
    """The x in (0, r] at which A, which decreases there, takes the target value."""
    goal = target.mid()
    x = (1 / goal).mid()
    for _ in range(60):
        step = ((at.abel(x) - goal) * x * x / at.abel_slope_times_square(x)).mid()
        x = (x - step).mid()
        if not x > 0:
            return None
        if abs(step) <= abs(x) * arb(2) ** (8 - int(ctx.prec)):
            break
    width = (target.rad() * x * 4).upper() + arb(2) ** (12 - int(ctx.prec))
    for _ in range(8):
        low, high = (x * (1 - width)).lower(), (x * (1 + width)).upper()
        if low > 0 and high <= at.reach and at.abel(low) > target and at.abel(high) < target:
            between = low.union(high)
            slope = at.abel_slope_times_square(between)
            if not slope < 0:
                return None
            sharper = x + (target - at.abel(x)) * between * between / slope
            return sharper.intersection(between) if sharper.overlaps(between) else None
        width *= 16
    return None


def coordinates(found: CriticalMap, bits: int) -> Coordinates | None:
    """The truncated solutions and their remainders for a map at a precision; None where a is too small."""
    rounded = -(-bits // _STEP) * _STEP
    return _sought(found, rounded) if rounded <= -(-MAX_BITS // _STEP) * _STEP else None


@lru_cache(maxsize=32)
def _sought(found: CriticalMap, bits: int) -> Coordinates | None:
    """With the largest r, of a few, that serves the precision."""
    with precision(1024, 10):
        a = -found.germs(3, arb(2) ** -20)[0][1]
        if not a > SMALLEST:
            return None
        lost = max(0, -_log2(a))
    # remainders are not small with a: their bound is divided by it
    terms = terms_for(bits + lost)
    with precision(bits + 4 * lost + 4 * terms + 64, terms + 12):
        # the coefficients do not depend on r; half of them, with a tiny r, show how fast they grow
        half = terms // 2
        at = _coordinates(found, half, arb(2) ** -20)
        largest = 2 * max(_log2(at.c[half]), _log2(at.s[half]), _log2(at.u[half]), -half) + half
        reach = arb(2).root(16) ** (-max((bits + largest) * 16 // terms, 24))
        for _ in range(_SHORTER):
            at = _coordinates(found, terms, reach.mid())
            excess = _excess(at, bits)
            if at.growth > 0 and excess <= 0:
                return at
            shorter = min(max(excess * 16 // terms + 2, 6), 16) if at.growth > 0 else 16
            reach = (reach * arb(2).root(16) ** -shorter).mid()
    return at


def _excess(at: Coordinates, bits: int) -> int:
    """By how many bits the errors of A and of t, relative to 1/r, are above the precision."""
    n, r = at.terms, at.reach
    worst = (at.rho * at.power_sum(r, n + 2)).max(at.weight_bound * at.source_error(r, n + 1)) * r
    return _log2(worst) + bits if worst.is_finite() else bits


def _log2(value: arb) -> int:
    man, power = value.abs_upper().man_exp()
    return int(power) + int(man).bit_length() if man else -(10**6)


def _coordinates(found: CriticalMap, terms: int, reach: arb) -> Coordinates:
    m, order = found.power, terms + 3
    ratio, factor, source = found.germs(order, reach)
    a = -ratio[1]
    logarithm = (ratio - 1).without(1).into(_log)
    inverse = ratio.inverse()
    powers = [constant(arb(1), ratio), ratio]
    for k in range(2, terms + 1):
        powers.append(powers[-1].cut(order + 1 - k) * ratio.cut(order + 1 - k))

    def gap(k: int, by: int) -> Germ:
        """x^by ((G/x)^k - 1), which starts with -k a x^(by+1)."""
        return (powers[k] - 1).without(1).raised(by)

    # A: the residual starts with x^(N+2)
    rest = (inverse - 1).without(1).lowered(1)
    growth = rest.range
    rest = rest - a
    alpha = rest[1] / a
    rest = rest + logarithm.scaled(alpha)
    c = [arb(0)]
    for k in range(1, terms + 1):
        c.append(rest[k + 1] / (k * a))
        rest = rest + gap(k, k).scaled(c[k])
    rho = abs(rest.cut(terms + 2).rest).upper()
    # h
    rest = logarithm.scaled(arb(m)) - (factor - 1).without(1).into(_log)
    s = [arb(0)]
    exponent = constant(arb(0), ratio)
    for k in range(1, terms + 1):
        s.append(rest[k + 1] / (k * a))
        rest = rest + gap(k, k).scaled(s[k])
        exponent = exponent + powers[k].raised(k).scaled(s[k])
    sigma = abs(rest.cut(terms + 2).rest).upper()
    # U, multiplied by x^m
    negative = [constant(arb(1), ratio)]
    for _ in range(m + 1):
        negative.append(negative[-1] * inverse)
    exponential = exponent.without(1).into(_exp)
    rest = -(source * negative[m] * exponential.inverse()).cut(terms + 1)
    u, log_u = [arb(0)] * (terms + 1), arb(0)
    for j in range(terms + 1):
        k = j - m - 1
        if k == 0:
            log_u = rest[j] / a
            rest = rest + logarithm.raised(m).scaled(log_u)
            continue
        u[j] = rest[j] / (k * a)
        difference = (negative[-k] if k < 0 else powers[k]) - 1
        rest = rest + difference.without(1).lowered(1).raised(j).scaled(u[j])
    falling = factor.range
    steady = falling >= 0 and -(factor - 1).without(1).lowered(1).range >= 0 and ratio.range > 0
    poly = arb_poly(s)
    return Coordinates(
        power=m,
        terms=terms,
        reach=reach,
        a=a,
        alpha=alpha,
        c=arb_poly(c),
        s=poly,
        u=arb_poly(u),
        log_u=log_u,
        rho=rho,
        sigma=sigma,
        tau=abs(rest.cut(terms + 1).rest).upper(),
        growth=growth.lower() if steady else arb(-1),
        # G <= x, so that (G/x)^m <= 1
        weight_bound=poly(arb(0).union(reach)).exp().upper(),
    )


def _log(y: arb_series) -> arb_series:
    return SERIES.functions["log"](1 + y)


def _exp(y: arb_series) -> arb_series:
    return SERIES.functions["exp"](y)
