r"""Depth 10^12 in milliseconds: the angle map of the ReLU family in Abel's coordinate, with proved remainders.

Map. cos G = cos t + mu S(t), S = (sin t - t cos t)/pi, and Theta' = (1 - mu t/pi) Theta + cos G, for 0 < mu <= 2; a = mu/(3 pi).

Idea. Three truncated solutions of functional equations, with coefficients from triangular systems (k = 0 takes a logarithm):

    A(t) = 1/t + alpha log t + sum_{k=1}^N c_k t^k          A(G) - A(t) = a + rho(t),              rho = O(t^(N+2))
    h(t) = t^3 exp(sum_{k=1}^N s_k t^k)                     h(G) = h(t) (1 - mu t/pi) e^sigma(t),  sigma = O(t^(N+2))
    U(t) = sum_{k=-4, k != 0}^{N-4} u_k t^k + v log t       U(G) - U(t) = cos G/h(G) + tau(t),     t^3 tau = O(t^(N+1))

Remainders. rho, sigma and t^3 tau are analytic in |z| <= R and vanish at 0 to the order stated, exactly: the exact
coefficients solve the systems, and the balls contain them. By Schwarz's lemma a bound M on |z| = R gives
|f(t)| <= M (|t|/R)^m inside. On the circle, covered by complex balls, it is checked that Re V > 0 for
V = (1 - cos G)/z^2, |z sqrt(V/2)| < 1 and Re G/z > 0; by the minimum and maximum principles
G = 2 asin(z sqrt(V/2)), log(G/z) and 1/G - 1/z are then analytic inside. R < pi/mu.

Theorem. Let theta_l <= r < R, n = L - l, and s(M) = theta_l^M + theta_l^(M-1)/(a (M-1)), which bounds the sum of theta_k^M
over k >= l since 1/theta_k >= 1/theta_l + a (k - l) (docs/metatheorems.md, Lemma M1, whose proof needs no bound on m where
G is defined). Then A(theta_L) = A(theta_l) + a n up to K_1 s(N+2), and with P = h U

    Theta_L = P(theta_L) + Pi (Theta_l - P(theta_l)) up to E,   Pi = (h(theta_L)/h(theta_l)) e^(+-K_2 s(N+2)),
    E = s(N+1) sup_{0 < x <= theta_l} (h(G(x))/x^3) (K_3 + 2 K_2 x^4 |U(x)|).

Proof. Sum rho. X = Theta - P(theta) obeys X' = (1 - mu t/pi) X - h(G) (tau + (1 - e^-sigma) U(t)), where the factor lies in
[0, 1] and |1 - e^-sigma| <= 2 |sigma| for |sigma| <= 1; sum.

What can go wrong. For small mu each coefficient loses a factor mu: more bits are needed, and below ``SMALLEST_MU`` the method is
not offered. Everything is recomputed for each precision; it is kept for the next depth.
"""

from dataclasses import dataclass
from functools import lru_cache

from flint import acb, arb, arb_series, ctx, fmpq
from sympy import Expr, Rational, cos, pi, sin

from numerics.balls import REAL, precision, series
from numerics.compile import lower
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.constants import exact_sign
from theory.duals import in_angle
from theory.network import Network
from theory.recursion import correlation_form

ARCS = 512
SMALLEST_MU = Rational(1, 100)
SHARE = fmpq(1, 12)
"""The expansion is used from the angle SHARE * R on: SHARE^N is about the error of series of N terms."""
MAX_BITS = 700
"""Precision up to which it is offered: the series have a number of terms that grows with it."""
_TERMS_BEYOND = 8
_STEP = 64  # bits are rounded up, so that coefficients are kept


def terms_for(bits: int) -> int:
    """How many terms serve at a precision; 1/SHARE > 2^(7/2)."""
    return 2 * bits // 7 + _TERMS_BEYOND


def radius_for(terms: int) -> fmpq:
    """R: the coefficients grow like k! (1/61)^k, so that a longer series wants a smaller circle."""
    return min(fmpq(7, 10), fmpq(48, terms))


def largest_angle(bits: int) -> fmpq:
    """The angle up to which the expansion is used at a precision."""
    return SHARE * radius_for(terms_for(_rounded(bits)))


def _rounded(bits: int) -> int:
    return -(-bits // _STEP) * _STEP


@dataclass(frozen=True, kw_only=True)
class Coordinates:
    """Coefficients of A, h and U, as balls, and bounds of the remainders.

    a        mu/(3 pi)
    c, s     c_1..c_N, s_1..s_N, from index 1 (index 0 is 0)
    u        u_k at index k + 4
    rho, sigma, tau   K_1, K_2, K_3 of the theorem
    """

    terms: int
    a: arb
    alpha: arb
    c: tuple[arb, ...]
    s: tuple[arb, ...]
    u: tuple[arb, ...]
    log_u: arb
    rho: arb
    sigma: arb
    tau: arb

    def abel(self, t: arb) -> arb:
        """A(t)."""
        return 1 / t + self.alpha * t.log() + _polynomial(self.c, t)

    def abel_slope_times_square(self, t: arb) -> arb:
        """t^2 A'(t)."""
        slopes = tuple(k * value for k, value in enumerate(self.c))
        return -1 + self.alpha * t + t * _polynomial(slopes, t)

    def weight(self, t: arb) -> arb:
        """h(t)."""
        return t * t * t * _polynomial(self.s, t).exp()

    def particular(self, t: arb) -> arb:
        """P(t) = h(t) U(t)."""
        powers = _polynomial(self.u, t) / (t * t * t * t)
        return self.weight(t) * (powers + self.log_u * t.log())


@lru_cache(maxsize=64)
def family_parameter(network: Network) -> Expr | None:
    """Mu of the network's map, or None if its recursion is another one; the equality is replayed algebra."""
    form = correlation_form(network)
    if form is None:
        return None
    theta = symbols.theta
    cosine, factor, source = (in_angle(e) for e in (form.correlation, form.factor, form.source))
    if any(e.has(symbols.layer, symbols.depth) for e in (cosine, factor, source, form.growth)):
        return None
    mu = (cosine.subs(theta, pi / 2) * pi).expand()
    if mu.free_symbols or exact_sign(mu - SMALLEST_MU) not in (0, 1) or exact_sign(2 - mu) not in (0, 1):
        return None
    gain = (sin(theta) - theta * cos(theta)) / pi
    same = (cosine - cos(theta) - mu * gain, factor - 1 + mu * theta / pi, source - cosine)
    return mu if all(is_zero(e) is Answer.YES for e in same) else None


def advance(mu: Expr, theta: arb, ntk: arb, layers: int) -> tuple[arb, arb] | None:
    """(theta_L, Theta_L/q) after so many layers from balls of both, at the precision that is set.

    theta    ball of an angle in (0, largest_angle(precision)]
    returns  balls, whose radii say how accurate they are; None where the bounds of the theorem do not hold
    """
    bits = _rounded(int(ctx.prec))
    at = coordinates(mu, terms_for(bits), bits)
    reach = theta.upper()
    n = at.terms
    if not (theta > 0 and reach <= arb(SHARE * radius_for(n))):
        return None
    if not (at.sigma * reach ** (n + 2) <= 1 and at.abel_slope_times_square(arb(0).union(reach)) < 0):
        return None
    target = at.abel(theta) + at.a * layers + arb(0, (at.rho * _power_sum(at.a, reach, n + 2)).upper())
    last = _solve(at, target)
    if last is None:
        return None
    loss = arb(0, (at.sigma * _power_sum(at.a, reach, n + 2)).upper())
    product = at.weight(last) / at.weight(theta) * loss.exp()
    value = at.particular(last) + product * (ntk - at.particular(theta))
    return last, value + arb(0, _tangent_error(at, reach).upper())


def _tangent_error(at: Coordinates, reach: arb) -> arb:
    """E of the theorem."""
    x = arb(0).union(reach)
    # G(x) <= x, so h(G)/x^3 <= exp of the polynomial at some point of [0, reach]
    weight = _polynomial(at.s, x).exp()
    x4 = reach * reach * reach * reach
    # x^4 |log x| increases on (0, exp(-1/4))
    inner = abs(_polynomial(at.u, x)) + abs(at.log_u) * x4 * abs(reach.log())
    return weight * (at.tau + 2 * at.sigma * inner) * _power_sum(at.a, reach, at.terms + 1)


def _power_sum(a: arb, reach: arb, power: int) -> arb:
    """An upper bound for the sum of theta_k^power over all later layers."""
    return reach**power + reach ** (power - 1) / (a * (power - 1))


def _solve(at: Coordinates, target: arb) -> arb | None:
    """The angle in (0, r] at which A, which decreases there, takes the target value."""
    goal = target.mid()
    x = (1 / goal).mid()
    for _ in range(60):
        step = ((at.abel(x) - goal) * x * x / at.abel_slope_times_square(x)).mid()
        x = (x - step).mid()
        if not x > 0:
            return None
        if abs(step) <= abs(x) * arb(2) ** (8 - int(ctx.prec)):
            break
    width = (target.rad() * x * x * 4 / x).upper() + arb(2) ** (12 - int(ctx.prec))
    for _ in range(8):
        low, high = (x * (1 - width)).lower(), (x * (1 + width)).upper()
        if low > 0 and high <= arb(radius_for(at.terms)) and at.abel(low) > target and at.abel(high) < target:
            slope = at.abel_slope_times_square(low.union(high))
            if not slope < 0:
                return None
            between = low.union(high)
            sharper = x + (target - at.abel(x)) * between * between / slope
            return sharper.intersection(between) if sharper.overlaps(between) else None
        width *= 16
    return None


@lru_cache(maxsize=16)
def coordinates(mu: Expr, terms: int, bits: int) -> Coordinates:
    """The truncated solutions and their remainders for one mu; all precision is set inside."""
    lost = 2 * terms * int(1 / mu).bit_length()
    with precision(bits + lost + 2 * terms + 64, terms + 12):
        return _coordinates(lower((mu,), ()).run(REAL, ())[0], terms)


def _coordinates(size: arb, terms: int) -> Coordinates:
    a = size / (3 * arb.pi())
    t = series([0, 1])
    drop = 1 - t.cos() - size * (t.sin() - t * t.cos()) / arb.pi()
    root = (_shifted(drop, 2) / 2).sqrt()
    ratio = _shifted(2 * (t * root).asin(), 1)  # G/t
    logarithm = ratio.log()
    powers = [series([1]), ratio]
    for _ in range(2, terms + 1):
        powers.append(powers[-1] * ratio)

    def shift(series_: arb_series, by: int) -> arb_series:
        return series([0] * by + list(series_))

    # A
    rest = _shifted(1 / ratio - 1, 1) - a
    alpha = rest[1] / a
    rest = rest + alpha * logarithm
    c = [arb(0)]
    for k in range(1, terms + 1):
        c.append(rest[k + 1] / (k * a))
        rest = rest + c[k] * shift(powers[k] - 1, k)
    # h
    rest = 3 * logarithm - (1 - size * t / arb.pi()).log()
    s = [arb(0)]
    for k in range(1, terms + 1):
        s.append(rest[k + 1] / (k * a))
        rest = rest + s[k] * shift(powers[k] - 1, k)
    # U, multiplied by t^3
    exponent = series([0])
    for k in range(1, terms + 1):
        exponent = exponent + s[k] * shift(powers[k], k)
    inverse = 1 / ratio
    wanted = inverse * inverse * inverse * (1 - drop) * (-exponent).exp()
    rest = -wanted
    u, log_u = [arb(0)] * (terms + 1), arb(0)
    negative = {k: inverse ** (-k) for k in range(-4, 0)}
    for j in range(terms + 1):
        # t^3 (G^k - t^k) = t^(j-1) ((G/t)^k - 1), which starts with -k a t^j
        k = j - 4
        if k == 0:
            log_u = rest[j] / a
            rest = rest + log_u * shift(logarithm, 3)
            continue
        u[j] = rest[j] / (k * a)
        difference = (negative[k] if k < 0 else powers[k]) - 1
        rest = rest + u[j] * (shift(difference, j - 1) if j else _shifted(difference, 1))
    bounds = _bounds(size, a, alpha, c, s, u, log_u)
    radius = arb(radius_for(terms))
    return Coordinates(
        terms=terms,
        a=a,
        alpha=alpha,
        c=tuple(c),
        s=tuple(s),
        u=tuple(u),
        log_u=log_u,
        rho=bounds[0] / radius ** (terms + 2),
        sigma=bounds[1] / radius ** (terms + 2),
        tau=bounds[2] / radius ** (terms + 1),
    )


def _shifted(one: arb_series, by: int) -> arb_series:
    """The series divided by t^by; its first coefficients vanish exactly, whatever their balls say."""
    return series(list(one)[by:])


def _polynomial(coefficients: tuple[arb, ...] | list[arb], x: arb) -> arb:
    total = arb(0)
    for value in reversed(coefficients):
        total = total * x + value
    return total


def _bounds(mu: arb, a: arb, alpha: arb, c: list[arb], s: list[arb], u: list[arb], log_u: arb) -> tuple[arb, arb, arb]:
    """Upper bounds of |rho|, |sigma| and |z^3 tau| on |z| = R; infinite where analyticity is not shown."""
    worst = [arb(0), arb(0), arb(0)]
    never = (arb("inf"), arb("inf"), arb("inf"))
    radius, pi = arb(radius_for(len(c) - 1)), arb.pi()
    if not radius < pi / mu:
        return never
    for arc in range(ARCS):  # the lower half circle has the conjugate values
        angle = (pi * arc / ARCS).union(pi * (arc + 1) / ARCS)
        z = acb(0, angle).exp() * radius
        found = _image(mu, z)
        if found is None:
            return never
        drop, image = found
        ratio = image / z
        if not ratio.real > 0:
            return never
        logarithm = ratio.log()
        rho = 1 / image - 1 / z + alpha * logarithm + _at(c, image) - _at(c, z) - a
        powers = _at(s, image)
        sigma = 3 * logarithm + powers - _at(s, z) - (1 - mu * z / pi).log()
        # z^3 (U(G) - U(z)), with U = z^-4 times a polynomial
        cube = ratio * ratio * ratio
        difference = _at(u, image) / (cube * image) - _at(u, z) / z + log_u * z * z * z * logarithm
        tau = difference - (1 - drop) / cube * (-powers).exp()
        for index, value in enumerate((rho, sigma, tau)):
            size = abs(value).upper()
            if not size.is_finite():
                return never
            worst[index] = worst[index].max(size)
    return worst[0], worst[1], worst[2]


def _image(mu: arb, z: acb) -> tuple[acb, acb] | None:
    """1 - cos G and G on a small box, by mean values; None where its analyticity is not shown."""
    middle = acb(z.real.mid(), z.imag.mid())
    slope = (1 - mu * z / arb.pi()) * z.sin()  # of 1 - cos G
    drop = _drop(mu, middle) + slope * (z - middle)
    quotient = drop / (z * z)
    if not quotient.real > 0:
        return None
    inner, at_middle = z * (quotient / 2).sqrt(), middle * (_drop(mu, middle) / (2 * middle * middle)).sqrt()
    if not abs(inner) < 1:
        return None
    exact = 2 * at_middle.asin()
    wide = exact + 2 * (inner - at_middle) / (1 - inner * inner).sqrt()
    return drop, exact + slope / wide.sin() * (z - middle)


def _drop(mu: arb, z: acb) -> acb:
    return 1 - z.cos() - mu * (z.sin() - z * z.cos()) / arb.pi()


def _at(coefficients: list[arb], z: acb) -> acb:
    total = acb(0)
    for value in reversed(coefficients):
        total = total * z + value
    return total
