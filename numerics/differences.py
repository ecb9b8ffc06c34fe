r"""Very many small layers: residual networks whose branch is scaled down with depth, by Newton's forward differences.

Map. c' = f(c) = c + v(c), t' = F(c) t + S(c), F = 1 + phi, with v, phi and S small: of the order of eta = h/(1+h).

Idea. Let E be the operator (E g)(c, t) = g(c', t') on functions, and Delta = E - 1. For every number m of layers

    E^m = sum_{j=0}^m binom(m, j) Delta^j,       Delta^j g (c_0, t_0) = sum_i (-1)^(j-i) binom(j, i) g(c_i, t_i),

so that the state after m layers, m = 10^90 say, is known from the first J + 1 states, up to the terms with j > J. No power
series is formed; the first states are computed with about J log2(m) more bits.

Theorem. Let v, phi and S be analytic on the disc of radius R about c_0, with |v| <= e, |phi| <= e_F, |S| <= e_S there. Let
q = 1.1 e_0 m e/R <= 1/4 with e_0 = exp(1), mu = 1.1 e + e_F R/(J+1) and p = e_0 m mu/R < 1. The terms beyond J are at most

    (R/1.1) q^(J+1)/((J+1)(1 - q))       for c_m,
    (|t_0| + R e_S/mu) p^(J+1)/(1 - p)    for t_m.

Proof. If g is analytic and bounded by M on the disc of radius rho, then on that of radius rho - d, d > e,
|g(f) - g| <= e sup|g'| <= M e/(d - e), the supremum over radius rho - d + e, by Cauchy. With d = R/j, j <= m, and
m e/R <= 1/(4.4 e_0) < 0.084: e/(d - e) <= 1.1 j e/R. So j - 1 such steps, after |Delta c| = |v| <= e, give
|Delta^j c| <= e (1.1 (j-1) e/R)^(j-1), and binom(m, j) <= m^j/j! <= (e_0 m/j)^j makes the term at most (R/(1.1 j)) q^j.
For t write E(g t + k) = (F g(f)) t + S g(f) + k(f): with lambda_j = 1.1 j e/R + e_F, Delta^j t = g t + k has
|g| <= lambda_j^j and |k| <= j e_S lambda_j^(j-1) at c_0, and lambda_j <= j mu/R for j > J. QED

From one state to the next only midpoints are used; radii are carried by bounds of the derivatives on the real path, on
which |dc_m/dc_0| <= exp(m max(sup v', 0)) where v' >= -1, and the same for t with phi.

What can go wrong. Near c = 1 and c = -1 the disc is small; where m is not much larger than J iteration is as good. Layers
that differ are not expanded.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from flint import acb, arb, ctx, fmpq
from sympy import Expr, expand, factor_terms, fraction, together

from numerics.balls import ARB, REAL, precision
from numerics.compile import FUNCTIONS, lower
from numerics.model import Model, at_depth
from numerics.propagation import Reached, Run
from theory import symbols
from theory.algebra import Answer, is_zero

MAX_DISCS = 1500
"""How many times a disc is laid around the present state."""
RATIO = fmpq(1, 4)
"""q at most."""
_SLACK = fmpq(11, 10)
_PART = fmpq(1, 2)  # R, as a part of the distance to c = 1 and to c = -1
_WORTH = 4  # m must be so many times J
_ROUND = 256
_SLOW = 5_000


class _Complex:
    """The backend of complex boxes: a function whose box may meet a branch cut or a pole is NaN."""

    def __init__(self) -> None:
        nan = acb(arb.nan(), arb.nan())

        def off_negative(z: acb) -> bool:
            return bool(z.real > 0 or z.imag > 0 or z.imag < 0)

        def off_units(z: acb) -> bool:
            return bool(-1 < z.real < 1 or z.imag > 0 or z.imag < 0)

        def guarded(name: str, allowed: Callable[[acb], bool]) -> Callable[[acb], acb]:
            method = getattr(acb, name)
            return lambda z: method(z) if allowed(z) else nan

        def never(*_: Any) -> acb:
            return nan

        names = [*FUNCTIONS.values(), "max", "min"]
        functions: dict[str, Callable[..., Any]] = dict.fromkeys(names, never)
        functions |= {name: getattr(acb, name) for name in ("exp", "sin", "cos", "sinh", "cosh", "erf", "erfc")}
        functions |= {name: guarded(name, off_negative) for name in ("sqrt", "log")}
        functions |= {name: guarded(name, off_units) for name in ("acos", "asin")}
        functions["power"] = lambda x, y: (y * x.log()).exp() if off_negative(x) else nan
        self.functions: Mapping[str, Callable[..., Any]] = functions

    @property
    def pi(self) -> acb:
        """The number pi."""
        return acb(arb.pi())

    def exact(self, numerator: int, denominator: int) -> acb:
        """The rational number."""
        return acb(arb(fmpq(numerator, denominator)))

    def sign(self, value: acb) -> int | None:
        """The sign of the real part."""
        return REAL.sign(value.real)


class Small:
    """v, phi and S, and their derivatives, of a network at a depth, in balls and in complex boxes."""

    def __init__(self, used: Model, depth: int) -> None:
        c, t = symbols.c, symbols.ntk
        parts = _small_parts(used)
        ready = tuple(at_depth(e, depth) for e in (*parts, used.source))
        slopes = tuple(at_depth(e, depth) for e in (used.factor_slope, used.source_slope))
        step = tuple(at_depth(e, depth) for e in (used.corr, used.factor * t + used.source))
        self._bounds = lower(ready, (c,))
        self._slopes = lower(ready[1:3] + slopes, (c,))
        self._step = lower(step, (c, t))
        self._bound: dict[int, Callable[..., tuple[Any, ...]]] = {}
        self._complex: Callable[..., tuple[Any, ...]] | None = None
        self._real: Callable[..., tuple[Any, ...]] | None = None
        self._values: Callable[..., tuple[Any, ...]] | None = None

    def on_disc(self, centre: arb, radius: arb) -> tuple[arb, arb, arb]:
        """Bounds of |v|, |phi| and |S| on a disc; not finite where one is not shown to be analytic."""
        with precision(64):
            if self._complex is None:
                self._complex, self._values = self._bounds.bind(_Complex()), self._bounds.bind(REAL)
            # the lower half has the conjugate values
            worst = [arb(0)] * 4
            for side in (-1, 1):
                real = (centre + radius * side).union(centre)
                values = self._complex(acb(real, arb(0).union(radius)))
                worst = [old.max(abs(value).upper()) for old, value in zip(worst, values, strict=True)]
                if not all(value.is_finite() for value in values):
                    return arb("inf"), arb("inf"), arb("inf")
            assert self._values is not None
            middle = abs(self._values(centre)[0])
            return (middle + worst[1] * radius).upper().min(worst[0]), worst[2], worst[3]

    def on_path(self, path: arb) -> tuple[arb, arb, arb, arb]:
        """v', phi, F' and S' on a real interval."""
        with precision(64):
            if self._real is None:
                self._real = self._slopes.bind(REAL)
            found = self._real(path)
        return found[0], found[1], found[2], found[3]

    def states(self, corr: arb, ntk: arb, count: int, bits: int) -> tuple[list[arb], list[arb]]:
        """The first ``count`` + 1 states from a start, at a precision."""
        with precision(bits):
            if bits not in self._bound:
                self._bound[bits] = self._step.bind(ARB)
            step = self._bound[bits]
            corrs, ntks = [corr], [ntk]
            for _ in range(count):
                corr, ntk = step(corr, ntk)
                corrs.append(corr)
                ntks.append(ntk)
        return corrs, ntks


@lru_cache(maxsize=128)
def _small_parts(used: Model) -> tuple[Expr, Expr, Expr]:
    """C - c, C' - 1 and F - 1 with their small factor in front, where algebra shows that they are equal to that."""
    found = []
    for part in (used.corr - symbols.c, used.corr_slope - 1, used.factor - 1):
        numerator, denominator = fraction(together(part))
        short = factor_terms(expand(numerator)) / denominator
        found.append(short if is_zero(short - part) is Answer.YES else part)
    return found[0], found[1], found[2]


@lru_cache(maxsize=32)
def small(used: Model, depth: int) -> Small:
    """The parts of a model at a depth."""
    return Small(used, depth)


def by_differences(run: Run, count: int, done: Callable[[arb, arb, int], Reached | None]) -> Reached | None:
    """The state ``count`` layers on; None where the method does not start, or would need more than MAX_DISCS discs.

    done   asked before each disc with c, t and the layers left: the end, if another method goes on from there
    """
    if symbols.layer in run.varies or run.model.lengths is not None or run.exact is not None or not _slow(run, count):
        return None
    maps, corr, ntk, left = small(run.model, run.depth), run.corr, run.ntk, count
    for _ in range(MAX_DISCS):
        if left == 0:
            diagonals, size = run.ahead(count)
            return Reached(corr=corr, ntk=ntk, diagonals=diagonals, lengths=[], size=size)
        end = done(corr, ntk, left)
        if end is not None:
            return end
        step = _disc(maps, corr, ntk, left)
        if step is None:
            return None
        corr, ntk, taken = step
        left -= taken
    return None


def _slow(run: Run, count: int) -> bool:
    """Whether a layer changes c by so little that a disc holds many."""
    with precision(64):
        (after,) = lower((at_depth(run.model.corr, run.depth),), (symbols.c,)).run(REAL, (run.corr,))
    return bool(abs(after - run.corr) * min(count, _SLOW) < arb(1 - run.corr).min(1 + run.corr))


def _disc(maps: Small, corr: arb, ntk: arb, left: int) -> tuple[arb, arb, int] | None:
    """The state after at most ``left`` layers that one disc allows, and how many they are."""
    centre, bits = corr.mid(), int(ctx.prec)
    radius = (_PART * arb(1 - centre).min(1 + centre)).lower()
    if not radius > 4 * corr.rad():
        return None
    v, factor, source = maps.on_disc(centre, radius)
    if not (v > 0 and v.is_finite() and factor.is_finite() and source.is_finite()):
        return None
    e = arb(1).exp()
    most = (RATIO * radius / (_SLACK * e * v)).lower()
    if not most >= 1:
        return None
    m = left if most >= left else int(most.floor().unique_fmpz())
    terms = _terms(m, (v, factor, source), radius, abs(ntk), bits)
    if terms is None or m < _WORTH * terms[0]:
        return None
    count, tail_corr, tail_ntk = terms
    wanted = bits + count * (m.bit_length() + 2) + 64
    high = -(-wanted // _ROUND) * _ROUND
    corrs, ntks = maps.states(centre, ntk.mid(), count, high)
    with precision(high):
        last_corr, last_ntk = (_newton(values, m) for values in (corrs, ntks))
    radii = _radii(maps, corr, ntk, m, (v, source))
    if radii is None:
        return None
    return (
        +last_corr + arb(0, (tail_corr + radii[0]).upper()),
        +last_ntk + arb(0, (tail_ntk + radii[1]).upper()),
        m,
    )


def _terms(m: int, bounds: tuple[arb, arb, arb], radius: arb, ntk: arb, bits: int) -> tuple[int, arb, arb] | None:
    """J and the bounds of the terms beyond it."""
    v, factor, source = bounds
    with precision(64):
        e = arb(1).exp()
        q = (_SLACK * e * m * v / radius).upper()
        for count in range(2, bits):
            mu = (_SLACK * v + factor * radius / (count + 1)).upper()
            p = (e * m * mu / radius).upper()
            if not (q < 1 and p < 1):
                continue
            corr = radius * q ** (count + 1) / (_SLACK * (count + 1) * (1 - q))
            value = (ntk + radius * source / mu) * p ** (count + 1) / (1 - p)
            if corr < radius * arb(2) ** -bits and value < (ntk + m * source) * arb(2) ** -bits:
                return count, corr.upper(), value.upper()
    return None


def _newton(values: list[arb], m: int) -> arb:
    """The sum of binom(m, j) Delta^j over the differences that the values give."""
    total, weight, row = arb(0), arb(1), values
    for j in range(len(values)):
        total += weight * row[0]
        weight = weight * (m - j) / (j + 1)
        row = [after - before for before, after in pairwise(row)]
    return total


def _radii(maps: Small, corr: arb, ntk: arb, m: int, bounds: tuple[arb, arb]) -> tuple[arb, arb] | None:
    """Bounds of the radii after m layers, from derivatives on the real path."""
    v, source = bounds
    path = arb(corr.mid(), (corr.rad() * 2 + m * v).upper())
    slope, factor, factor_slope, source_slope = maps.on_path(path)
    if not (slope >= -1 and factor >= -1 and factor_slope.is_finite() and source_slope.is_finite()):
        return None
    grow_corr, grow_ntk = ((m * x.upper().max(arb(0))).exp().upper() for x in (slope, factor))
    if not grow_corr * corr.rad() <= 2 * corr.rad():
        return None
    most = (abs(ntk).upper() + m * source) * grow_ntk
    mixed = m * (abs(factor_slope) * most + abs(source_slope)) * grow_corr * grow_ntk
    return (grow_corr * corr.rad()).upper(), (grow_ntk * ntk.rad() + mixed * corr.rad()).upper()
