r"""The flow of lengths, covariance and tangent kernels of a residual network, at a time, in balls.

    q' = V(q),    K' = G(q, K),    T' = A(q, K) T + S(q, K),    T_d' = A_d(q) T_d + S_d(q)      (two inputs of one length q)

Method. The time is cut into pieces. On each, Newton's method solves the equations of collocation at N Chebyshev points; its
result is only an approximation, a vector p of polynomials with p(begin) exact. What is proved is how far the flow is from it.

    defect   At each point p' - f(p) is enclosed. The rest of the defect is the error of interpolating f(p): in the ellipse
             with foci at the ends and semiaxes adding up to rho (times half the length), |f(p)| <= M gives
             4 M rho^(1-N)/(rho - 1) (Trefethen 2013, Theorem 8.2; by the same aliasing at the zeros of T_N); M is found on
             discs that contain p of the ellipse, by |T_k| <= (rho^k + rho^-k)/2, with ``numerics.moment_paths`` for moments
             without a closed form.
    error    e = |y - p| obeys e' <= L e + defect componentwise, L >= |df/dy| off the diagonal and >= df_i/dy_i on it, as long
             as e stays within a margin: so e(end) <= exp(h L)(e(begin) + h defect). The derivatives of moments in q and K are
             moments of derivatives, bounded by Cauchy and Schwarz.

The discs are those of p = q + K and m = q - K, in which moments of two inputs are analytic; arccos(A) is
2 arctan sqrt((1 - A)/(1 + A)), whose argument is a quotient of such sums.

Source. Taylor-model integrators (Makino, Berz; Joldes) for the idea; the bounds are proved in docs/depth-limits.md, Theorem 11.

What can go wrong. Near K = +-q the discs, and with them the pieces, are short; after ``_PIECES`` of them the answer is None.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil

from flint import acb, arb, arb_mat, fmpq
from sympy import Dummy, Expr, Pow, Symbol, acos, asin, atan, cancel, expand, factor, pi, sqrt, together

from numerics.balls import REAL, bits_of, evaluate, precision
from numerics.compile import lower
from numerics.complex_balls import COMPLEX
from numerics.moment_paths import Values, mean_bound, mean_slopes, pair_bound, pair_slopes
from theory.errors import NtkproofError
from theory.moments import GaussianMean, GaussianPair
from theory.symbols import length, nngp, ntk, ntk_diagonal

RHO = 6
"""Size of the ellipses."""
MOST_DIGITS = 40
MOMENT_DIGITS = 18
"""Digits that are sought at most; fewer where values of the field are series and quadratures."""
_CUTS = 4
"""Parts into which boxes are cut in each real direction for closed forms."""
_PIECES = 60
_HALVINGS = 5
_REACH = Fraction(1, 4)
"""A piece is this part of the time in which a logarithm of q + K or q - K would change by one."""
_plus, _minus = Symbol("p", positive=True), Symbol("m", positive=True)


@dataclass(frozen=True, kw_only=True)
class LengthField:
    """The right sides of the flow, in ``length``, ``nngp``, ``ntk`` and ``ntk_diagonal``; the tangent kernels occur linearly."""

    length: Expr
    nngp: Expr
    ntk: Expr
    ntk_diagonal: Expr

    @property
    def mirrored(self) -> "LengthField":
        """The flow at K = -q, where that is invariant."""
        return LengthField(**{one.name: getattr(self, one.name).subs(nngp, -length) for one in fields(self)})


@dataclass(frozen=True, kw_only=True)
class LengthFlowValue:
    """Balls of q, K, T and T_d at the end."""

    length: arb
    nngp: arb
    ntk: arb
    ntk_diagonal: arb


def length_flow_value(
    field: LengthField, start: tuple[Expr, Expr, Expr, Expr], time: Expr, *, digits: int
) -> LengthFlowValue | None:
    """The flow at a time.

    field    as derived; inputs of one length
    start    q, K, T, T_d at time 0, exact; |K| < q, or K = -q where the flow stays there (use ``LengthField.mirrored``)
    time     > 0, exact
    returns  None where a bound was not finite, the flow leaves every bounded set, or too many pieces are needed
    """
    dear = any(getattr(field, one.name).has(GaussianMean, GaussianPair) for one in fields(field))
    wanted = min(digits, MOMENT_DIGITS if dear else MOST_DIGITS)
    bits = bits_of(wanted) + 36
    with precision(bits):
        system = _System(field)
        scale = evaluate(time, {}, digits=wanted + 12)
        balls = [evaluate(value, {}, digits=wanted + 12) for value in start]
        run = _Run(system, scale, balls, bits, bits_of(wanted) + 10, count=2 + int((wanted + 4) / _digits_a_point()))
        return run.to_the_end()


def _digits_a_point() -> float:
    return float(arb(RHO).log() / arb(10).log())


_PARTS = {"length": (0, 6), "speed": (0,), "nngp": (1, 7), "all": (0, 1, 2, 3, 4, 5)}
"""Rows of the system that are wanted together."""


class _Part:
    """Some rows of the field at exact lengths and covariances, with the moments that occur in them."""

    def __init__(self, rows: list[Expr], names: list[Symbol], atoms: list[Expr]) -> None:
        used = set().union(*(row.free_symbols for row in rows))
        self._atoms = [
            (atom, lower(_real_arguments(atom), (length, nngp)).bind(REAL)) if name in used else None
            for atom, name in zip(atoms, names, strict=False)
        ]
        self._rows = lower(tuple(rows), (length, nngp, *names)).bind(REAL)

    def __call__(self, q: arb, k: arb, moments: Values, known: tuple[arb, ...]) -> tuple[arb, ...]:
        """The rows."""
        found = []
        for entry in self._atoms:
            if entry is None:
                found.append(arb.nan())
                continue
            atom, arguments = entry
            if isinstance(atom, GaussianMean):
                found.append(moments.mean(atom.integrand, *arguments(q, k)))
            else:
                found.append(moments.pair(atom.integrand, atom.order, *arguments(q, k)))
        rows: tuple[arb, ...] = self._rows(q, k, *found, *known)
        return rows


def _real_arguments(atom: Expr) -> tuple[Expr, ...]:
    return (atom.args[1],) if isinstance(atom, GaussianMean) else (atom.args[2], atom.args[4])


class _System:
    """The field and its derivatives as functions, with the moments in it taken out as letters."""

    def __init__(self, field: LengthField) -> None:
        loss = [field.ntk.diff(ntk), field.ntk_diagonal.diff(ntk_diagonal)]
        free = [field.ntk.subs(ntk, 0), field.ntk_diagonal.subs(ntk_diagonal, 0)]
        slopes = [field.length.diff(length), field.nngp.diff(nngp)]
        # in this order: V, G, A, S, A_d, S_d; V' and dG/dK for Newton's method
        first = [field.length, field.nngp, loss[0], free[0], loss[1], free[1]]
        rows = [*first, *slopes]
        found = sorted(set().union(*(e.atoms(GaussianMean, GaussianPair) for e in rows)), key=str)
        self.constants = [atom for atom in found if not atom.free_symbols]
        self.atoms = [atom for atom in found if atom.free_symbols]
        self.moved = bool(field.nngp.has(nngp)) or field.ntk.has(nngp)
        letters = {atom: Dummy(f"a{i}", real=True) for i, atom in enumerate((*self.atoms, *self.constants))}
        plain = [e.xreplace(letters) for e in rows]
        names = [letters[atom] for atom in (*self.atoms, *self.constants)]
        self.parts = {name: _Part([plain[i] for i in chosen], names, self.atoms) for name, chosen in _PARTS.items()}
        self.complex = lower(tuple(map(_in_sums, plain[:6])), (_plus, _minus, *names)).bind(COMPLEX)
        changes = [(Dummy(f"q{i}", real=True), Dummy(f"k{i}", real=True)) for i in range(len(self.atoms))]
        slope_rows = [
            _total(row, symbol, list(zip(self.atoms, names, changes, strict=False)))
            for row in plain[:6]
            for symbol in (length, nngp)
        ]
        flat = [letter for pair in changes for letter in pair]
        self.slopes = lower(tuple(map(_in_sums, slope_rows)), (_plus, _minus, *names, *flat)).bind(COMPLEX)
        self.bound_arguments = [
            lower(tuple(map(_in_sums, _sums(atom))), (_plus, _minus)).bind(COMPLEX) for atom in self.atoms
        ]

    @property
    def supported(self) -> bool:
        """Whether every moment of two inputs is one of two inputs of the same length."""
        return all(isinstance(atom, GaussianMean) or atom.args[2] == atom.args[3] for atom in self.atoms)

    def bounds(self, plus: acb, minus: acb, known: tuple[arb, ...]) -> tuple[arb, ...]:
        """Upper bounds of the moduli of all rows on boxes of q + K and q - K; closed forms are bounded on parts of them."""
        found = []
        for atom, tape in zip(self.atoms, self.bound_arguments, strict=True):
            arguments = tape(plus, minus)
            if isinstance(atom, GaussianMean):
                size = mean_bound(atom.integrand, *arguments)
            else:
                size = pair_bound(atom.integrand, atom.order, *arguments)
            disc = arb(0, size) if size.is_finite() else arb.nan()
            found.append(acb(disc, disc))
        cuts = 1 if self.atoms else _CUTS
        largest: tuple[arb, ...] = ()
        for first in _cut(plus, cuts):
            for second in _cut(minus, cuts):
                values = [value.abs_upper() for value in self.complex(first, second, *found, *map(acb, known))]
                largest = tuple(map(_larger, values, largest)) if largest else tuple(values)
        return largest

    def rates(self, plus: acb, minus: acb, known: tuple[arb, ...]) -> tuple[arb, ...]:
        """Upper bounds of the moduli of d/dq and d/dK of each row, on real boxes of q + K and q - K."""
        values, changes = [], []
        for atom, tape in zip(self.atoms, self.bound_arguments, strict=True):
            arguments = tape(plus, minus)
            if isinstance(atom, GaussianMean):
                size, slope = mean_slopes(atom.integrand, arguments[0].real)
                sizes = (size, slope, arb(0))
            else:
                sizes = pair_slopes(atom.integrand, atom.order, (arguments[0].real + arguments[1].real) / 2)
            balls = [acb(arb(0, size)) if size.is_finite() else acb(arb.nan()) for size in sizes]
            values.append(balls[0])
            changes += balls[1:]
        cuts = 1 if self.atoms else _CUTS * _CUTS
        constants = [acb(value) for value in known]
        largest: tuple[arb, ...] = ()
        for first in _cut(plus, cuts, real=True):
            for second in _cut(minus, cuts, real=True):
                found = [value.abs_upper() for value in self.slopes(first, second, *values, *constants, *changes)]
                largest = tuple(map(_larger, found, largest)) if largest else tuple(found)
        return largest


def _total(row: Expr, symbol: Symbol, atoms: list[tuple[Expr, Symbol, tuple[Symbol, Symbol]]]) -> Expr:
    """The derivative of a row in q or K, with letters for those of the moments in their length and covariance."""
    result = row.diff(symbol)
    for atom, letter, (by_length, by_covariance) in atoms:
        arguments = _real_arguments(atom)
        inner = by_length * arguments[0].diff(symbol)
        if len(arguments) == 2:
            inner += by_covariance * arguments[1].diff(symbol)
        result += row.diff(letter) * inner
    return result


def _cut(box: acb, cuts: int, *, real: bool = False) -> list[acb]:
    """A box in parts; in real ones where it is real."""
    if cuts == 1:
        return [box]

    def parts(ball: arb) -> list[arb]:
        return [ball.mid() + ball.rad() * arb(fmpq(2 * i + 1 - cuts, cuts), fmpq(1, cuts)) for i in range(cuts)]

    across = parts(box.real)
    return [acb(x) for x in across] if real else [acb(x, y) for x in across for y in parts(box.imag)]


def _sums(atom: Expr) -> tuple[Expr, ...]:
    """Q for a mean; q + K and q - K of a moment of two inputs."""
    if isinstance(atom, GaussianMean):
        return (atom.args[1],)
    q, covariance = atom.args[2], atom.args[4]
    return q + covariance, q - covariance


def _in_sums(expression: Expr) -> Expr:
    """The expression in p = q + K and m = q - K, with roots and arccos written such that boxes of both serve."""
    at = {length: (_plus + _minus) / 2, nngp: (_plus - _minus) / 2}
    inside = expression.subs(at, simultaneous=True)
    inside = inside.replace(asin, lambda value: pi / 2 - acos(value))
    inside = inside.replace(acos, lambda value: 2 * atan(sqrt(cancel(together((1 - value) / (1 + value))))))
    inside = inside.replace(
        lambda node: isinstance(node, Pow) and not node.exp.is_Integer and node.base.free_symbols,
        lambda node: Pow(factor(expand(node.base)), node.exp),
    )
    return inside if inside.has(atan) else factor(together(inside))


@dataclass(frozen=True)
class _Points:
    """N Chebyshev points on [-1, 1]: values to coefficients, coefficients to those of the integral from -1, and back."""

    coefficients: arb_mat
    integral: arb_mat
    values: arb_mat

    @cached_property
    def integrated(self) -> arb_mat:
        """Values at the points to values of the integral from -1 there."""
        return self.values * self.integral * self.coefficients


@lru_cache(maxsize=8)
def _points(count: int, bits: int) -> _Points:
    with precision(bits):
        unit = arb.pi() / (2 * count)
        cosines = [[((2 * j + 1) * k * unit).cos() for j in range(count)] for k in range(count + 1)]
        to = arb_mat([[row * (1 if k == 0 else 2) / count for row in cosines[k]] for k in range(count)])
        # the integral of T_k is T_{k+1}/(2k+2) - T_{k-1}/(2k-2), of T_0 it is T_1, of T_1 it is T_2/4
        rows = [[arb(0)] * count for _ in range(count + 1)]
        for k in range(count):
            if k == 0:
                rows[1][0] += 1
            else:
                rows[k + 1][k] += arb(1) / (2 * k + 2)
                if k > 1:
                    rows[k - 1][k] -= arb(1) / (2 * k - 2)
        for k in range(count):
            at_minus_one = sum(((-1) ** n * rows[n][k] for n in range(1, count + 1)), arb(0))
            rows[0][k] = -at_minus_one
        back = arb_mat([[cosines[k][j] for k in range(count + 1)] for j in range(count)])
        return _Points(to, arb_mat(rows), back)


@dataclass(frozen=True)
class _Piece:
    """Values at the points and polynomials of q, K, T, T_d, values of their derivatives, and what the field is there."""

    states: list[list[arb]]
    slopes: list[list[arb]]
    polynomials: list[list[arb]]


class _Series:
    """A Chebyshev series around a middle, and its derivative; approximate."""

    def __init__(self, middle: arb, radius: arb, coefficients: list[arb]) -> None:
        self.middle, self.radius, self.coefficients = middle, radius, coefficients
        self.high = middle + radius

    def __call__(self, y: arb) -> tuple[arb, ...]:
        """Value and slope, by the recurrences of T_k and its derivative."""
        x = ((y - self.middle) / self.radius).mid()
        before, now, slope_before, slope_now = arb(1), x, arb(0), arb(1)
        total, steep = self.coefficients[0] + self.coefficients[1] * x, self.coefficients[1]
        for value in self.coefficients[2:]:
            after, slope_after = 2 * x * now - before, 2 * now + 2 * x * slope_now - slope_before
            before, now, slope_before, slope_now = now, after, slope_now, slope_after
            total, steep = total + value * now, steep + value * slope_now
        return total.mid(), (steep / self.radius).mid()


class _Run:
    """The way from time 0 to 1 (of the field times the time)."""

    def __init__(self, system: _System, scale: arb, start: list[arb], bits: int, goal: int, count: int) -> None:
        self.system, self.scale, self.bits, self.count = system, scale, bits, count
        self.moments = Values(bits, goal)
        self.known = tuple(evaluate(atom, {}, digits=int(bits / 3.3)) for atom in system.constants)
        self.state = [value.mid() for value in start]
        self.error = [value.rad() for value in start]
        self.points = _points(count, bits)
        self.model: _Series | None = None

    def rows(self, part: str, q: arb, k: arb) -> tuple[arb, ...]:
        """Rows of the system times the whole time."""
        return tuple(self.scale * row for row in self.system.parts[part](q, k, self.moments, self.known))

    def to_the_end(self) -> LengthFlowValue | None:
        """All pieces; None where one fails."""
        done = Fraction(0)
        if not self.system.supported:
            return None
        for _ in range(_PIECES):
            try:
                size = self._reach(1 - done)
                for _ in range(_HALVINGS):
                    if self._advance(size):
                        break
                    size = size / 2
                else:
                    return None
            except NtkproofError:
                return None
            done += size
            if done == 1:
                balls = [arb(mid, rad.abs_upper()) for mid, rad in zip(self.state, self.error, strict=True)]
                return LengthFlowValue(length=balls[0], nngp=balls[1], ntk=balls[2], ntk_diagonal=balls[3])
        return None

    def _reach(self, rest: Fraction) -> Fraction:
        """A first guess of the length of a piece."""
        q, k = self.state[:2]
        v, g = self.rows("all", q, k)[:2]
        reach = float(_REACH)
        for value, speed in ((q + k, v + g), (q - k, v - g), (q, v)):
            if value > 0 and not speed.contains(0):
                reach = min(reach, float(_REACH) * abs(float(value) / float(speed.mid())))
        # equal pieces, instead of a short one at the end
        return rest / ceil(rest / max(Fraction(int(reach * 256), 256), Fraction(1, 256)))

    def _advance(self, size: Fraction) -> bool:
        """One piece; False where its bounds are not finite or too coarse, and nothing has changed."""
        whole = arb(fmpq(size.numerator, size.denominator))
        half = whole / 2
        piece = self._approximate(half)
        found = None if piece is None else self._bounded(piece, half)
        if piece is None or found is None:
            return False
        lipschitz, defects, room = found
        count = len(defects)
        growth = (lipschitz * whole).exp()
        begin = arb_mat([[self.error[i] + whole * defects[i]] for i in range(count)])
        after = growth * begin
        errors = [after[i, 0].abs_upper() for i in range(count)]
        if not all(e < r for e, r in zip(errors, room, strict=True)):
            return False
        ends = [sum(row, arb(0)) for row in piece.polynomials]
        self.state = [end.mid() for end in ends]
        self.error = [(e + end.rad()).abs_upper() for e, end in zip(errors, ends, strict=True)]
        return True

    # --- the approximation

    def _approximate(self, half: arb) -> _Piece | None:
        """Newton's method, for q with an interpolated field, then for K; T and T_d are linear."""
        q0, k0, t0, d0 = self.state
        moves = self.points.integrated * half
        speed = self._speed(q0, half)
        lengths = self._newton(q0, moves, lambda y, _: speed(y), [q0] * self.count)
        if lengths is None:
            return None
        covariances = [k0] * self.count
        if self.system.moved:
            found = self._newton(k0, moves, lambda y, j: self._in_covariance(lengths[j], y), covariances)
            if found is None:
                return None
            covariances = found
        rows = [self.rows("all", q, k) for q, k in zip(lengths, covariances, strict=True)]
        if not self.system.moved:  # G does not depend on K
            taken = moves * arb_mat([[row[1].mid()] for row in rows])
            covariances = [(k0 + taken[j, 0]).mid() for j in range(self.count)]
        kernels = []
        for initial, loss, free in ((t0, 2, 3), (d0, 4, 5)):
            system = arb_mat(self.count, self.count)
            right = moves * arb_mat([[row[free].mid()] for row in rows])
            for i in range(self.count):
                for j in range(self.count):
                    system[i, j] = (1 if i == j else 0) - moves[i, j].mid() * rows[j][loss].mid()
                right[i, 0] += initial
            solved = _solved(system, right)
            if solved is None:
                return None
            kernels.append(solved)
        slopes = [
            [row[0] for row in rows],
            [row[1] for row in rows],
            [row[2] * t + row[3] for row, t in zip(rows, kernels[0], strict=True)],
            [row[4] * t + row[5] for row, t in zip(rows, kernels[1], strict=True)],
        ]
        polynomials = []
        for begin, column in zip(self.state, slopes, strict=True):
            taken = self.points.integral * (self.points.coefficients * arb_mat([[value.mid()] for value in column]))
            row = [half * taken[i, 0] for i in range(self.count + 1)]
            row[0] += begin
            polynomials.append(row)
        return _Piece([lengths, covariances, *kernels], slopes, polynomials)

    def _in_covariance(self, q: arb, k: arb) -> tuple[arb, ...]:
        return self.rows("nngp", q, k)

    def _speed(self, q0: arb, half: arb) -> Callable[[arb], tuple[arb, ...]]:
        """V and V' where q will be in this piece; interpolated on [a, 2a] where values are dear."""
        k0 = self.state[1]
        if not self.system.atoms:
            return lambda y: self.rows("length", y, k0)
        ahead = q0 + half * 5 / 2 * self.rows("speed", q0, k0)[0]
        if self.model is None or not self.model.high >= ahead:
            middle, radius = (q0 * 3 / 2).mid(), (q0 / 2).mid()
            nodes = [(middle + radius * self.points.values[j, 1]).mid() for j in range(self.count)]
            values = arb_mat([[self.rows("speed", q, k0)[0].mid()] for q in nodes])
            series = self.points.coefficients * values
            self.model = _Series(middle, radius, [series[i, 0].mid() for i in range(self.count)])
        return self.model

    def _newton(
        self,
        start: arb,
        moves: arb_mat,
        field: Callable[[arb, int], tuple[arb, ...]],
        guess: list[arb],
    ) -> list[arb] | None:
        """The y_j with y = start + moves f(y), approximately."""
        y = guess
        goal = (abs(start) + 1) * arb(2) ** (12 - self.bits)
        for _ in range(12):
            rows = [field(value, j) for j, value in enumerate(y)]
            images = moves * arb_mat([[row[0].mid()] for row in rows])
            system, right = arb_mat(self.count, self.count), arb_mat(self.count, 1)
            worst = arb(0)
            for i in range(self.count):
                for j in range(self.count):
                    system[i, j] = (1 if i == j else 0) - moves[i, j].mid() * rows[j][1].mid()
                right[i, 0] = (start + images[i, 0] - y[i]).mid()
                worst = right[i, 0] if abs(right[i, 0]) > abs(worst) else worst
            if not worst.is_finite():
                return None
            if abs(worst) < goal:
                return y
            change = _solved(system, right)
            if change is None:
                return None
            y = [(a + b).mid() for a, b in zip(y, change, strict=True)]
        return y

    # --- the bounds

    def _bounded(self, piece: _Piece, half: arb) -> tuple[arb_mat, list[arb], list[arb]] | None:
        """L, the defects, and how large the errors may be."""
        q, k = piece.polynomials[:2]
        plus, minus = ([a + sign * b for a, b in zip(q, k, strict=True)] for sign in (1, -1))
        if not self.system.moved:  # K does not occur: q alone, as both sums
            plus = minus = q
        discs = [_disc(row) for row in (plus, minus, *piece.polynomials[2:])]
        # K and the tangent kernels may start at 0
        least = [arb(0), arb(0), arb(1), arb(1)]
        boxes = [acb(arb(middle, radius), arb(0, radius)) for middle, radius in discs]
        rows = [abs(self.scale) * row for row in self.system.bounds(boxes[0], boxes[1], self.known)]
        sizes = [box.abs_upper() for box in boxes]
        whole = [rows[0], rows[1], rows[2] * sizes[2] + rows[3], rows[4] * sizes[3] + rows[5]]
        if not all(value.is_finite() for value in (*rows, *whole)):
            return None
        # the values of p at real times, and a margin for the errors
        spans = [_disc(row, 1) for row in (plus, minus, *piece.polynomials[2:])]
        margins = [
            ((radius + abs(middle) + more) / 64).lower() for (middle, radius), more in zip(spans, least, strict=True)
        ]
        around = [
            arb(middle, (radius + more).abs_upper()) for (middle, radius), more in zip(spans, margins, strict=True)
        ]
        steep = [abs(self.scale) * row for row in self.system.rates(acb(around[0]), acb(around[1]), self.known)]
        if not all(value.is_finite() for value in steep):
            return None
        t, d = (ball.abs_upper() for ball in around[2:])
        rates = arb_mat(
            [
                [steep[0], 0, 0, 0],
                [steep[2], steep[3], 0, 0],
                [steep[4] * t + steep[6], steep[5] * t + steep[7], rows[2], 0],
                [steep[8] * d + steep[10], 0, 0, rows[4]],
            ]
        )
        tail = 4 * arb(RHO) ** (1 - self.count) / (RHO - 1)
        lebesgue = 1 + 2 * (arb(self.count).log()) / arb.pi()
        away = [self._away(piece, i) for i in range(4)]
        sums = margins[0] if margins[0] < margins[1] else margins[1]
        room = [sums / 2, sums / 2, margins[2], margins[3]]
        if not all(off < more for off, more in zip(away, room, strict=True)):  # the points must lie in the box, too
            return None
        defects = []
        for i in range(4):
            at_points = _larger_of([value.rad() for value in piece.slopes[i]])
            at_points += sum((rates[i, j] * away[j] for j in range(4)), arb(0))
            defects.append((lebesgue * at_points + whole[i] * tail).abs_upper())
        return rates, defects, room

    def _away(self, piece: _Piece, index: int) -> arb:
        """How far the polynomial is from the values at the points, at most."""
        at = self.points.values * arb_mat([[value] for value in piece.polynomials[index]])
        return _larger_of([abs(at[j, 0] - value) for j, value in enumerate(piece.states[index])])


def _disc(row: list[arb], rho: int = RHO) -> tuple[arb, arb]:
    """Middle and radius of a disc that contains the values of a Chebyshev series in the ellipse; on [-1, 1] for rho = 1."""
    radius, power = row[0].rad(), arb(1)
    for value in row[1:]:
        power *= rho
        radius += abs(value) * (power + 1 / power) / 2
    return row[0].mid(), radius.abs_upper()


def _solved(system: arb_mat, right: arb_mat) -> list[arb] | None:
    """The middles of the solution."""
    try:
        found = system.solve(right, algorithm="approx")
    except ZeroDivisionError:
        return None
    return [found[i, 0].mid() for i in range(found.nrows())]


def _larger(one: arb, other: arb) -> arb:
    """The larger of two upper bounds; NaN where one is."""
    if one.is_nan() or other.is_nan():
        return arb.nan()
    return one.abs_upper() if one > other else other.abs_upper()


def _larger_of(values: list[arb]) -> arb:
    result = arb(0)
    for value in values:
        result = _larger(value.abs_upper(), result)
    return result


__all__ = ["LengthField", "LengthFlowValue", "length_flow_value"]
