"""Bounds at every depth: from a certificate's conclusion to the inequality of a claim, as a proof script.

Idea. Multiplied by L + 1 where the kernel is normalised, the difference of the two sides of the claim is linear in
L, theta, 1/theta and logarithms log(1 + q L). The certificate bounds T by such a form; what is left is a sum of
nonnegative pieces, each of which the script proves: a constant by ``interval``, the others by their signs.

What can go wrong. A logarithm with the wrong sign, or a constant that is too small at the first depths: the claim is refused
here, although the judge may know it from enclosures of the kernel. Coq decides in any case: nothing here is believed.
"""

from dataclasses import dataclass
from fractions import Fraction

from sympy import Add, Expr, Integer, Rational, acos, ceiling, expand, floor, log, pi

from proofs_check.coq.printing import rational, term
from proofs_check.intervals import compare
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.errors import BeyondReach

_L, _T = symbols.depth, symbols.theta
SCALE = 10**4
"""Ends of the angles are moved outward to multiples of 1/SCALE."""


@dataclass(frozen=True, kw_only=True)
class Angles:
    """low <= theta <= high, rationals or pi; low is None where theta comes near 0."""

    low: Fraction | None
    high: Fraction | None

    @property
    def high_term(self) -> str:
        """The right end in Coq."""
        return "PI" if self.high is None else rational(self.high)


@dataclass(frozen=True, kw_only=True)
class Linear:
    """constant + depth L + inverse/theta + angle theta + sum of weight log(argument)."""

    constant: Expr
    depth: Expr
    inverse: Expr
    angle: Expr
    logs: tuple[tuple[Expr, Expr], ...]

    def expression(self) -> Expr:
        """The form written out."""
        parts = self.constant + self.depth * _L + self.inverse / _T + self.angle * _T
        return parts + sum((weight * log(argument) for weight, argument in self.logs), Integer(0))

    def minus(self, other: "Linear") -> "Linear":
        """The difference, with equal logarithms merged."""
        logs = list(self.logs)
        for weight, argument in other.logs:
            same = next((k for k, (_, a) in enumerate(logs) if is_zero(a - argument) is Answer.YES), None)
            if same is None:
                logs.append((-weight, argument))
            else:
                logs[same] = (logs[same][0] - weight, argument)
        return Linear(
            constant=self.constant - other.constant,
            depth=self.depth - other.depth,
            inverse=self.inverse - other.inverse,
            angle=self.angle - other.angle,
            logs=tuple((weight, argument) for weight, argument in logs if is_zero(weight) is not Answer.YES),
        )


def linear(expression: Expr) -> Linear:
    """The coefficients of a form.

    raises  BeyondReach where the expression is none
    """
    parts: dict[Expr, Expr] = {}
    logs: dict[Expr, Expr] = {}
    for summand in Add.make_args(expand(expression)):
        weight, rest = summand.as_independent(_L, _T, as_Add=False)
        if isinstance(rest, log):
            logs[rest.args[0]] = logs.get(rest.args[0], Integer(0)) + weight
        elif rest in (Integer(1), _L, 1 / _T, _T):
            parts[rest] = parts.get(rest, Integer(0)) + weight
        else:
            raise BeyondReach(f"{str(summand)[:60]}: not linear in L, theta, 1/theta and logarithms")
    zero = Integer(0)
    return Linear(
        constant=parts.get(Integer(1), zero),
        depth=parts.get(_L, zero),
        inverse=parts.get(1 / _T, zero),
        angle=parts.get(_T, zero),
        logs=tuple((weight, argument) for argument, weight in logs.items()),
    )


def sign(value: Expr) -> int:
    """The sign of an exact constant."""
    return 0 if is_zero(value) is Answer.YES else compare(value, Integer(0))


def outward(value: Expr, *, up: bool) -> Fraction:
    """A rational beside a constant, on the side asked for."""
    rounded = (ceiling if up else floor)(value * SCALE)
    return Fraction(int(rounded) + (1 if up else -1), SCALE)


class Script:
    """The facts that prove ``0 <= gap``, gap a form without T, for L >= first and the angles given."""

    def __init__(self, gap: Linear, angles: Angles, first: int, mu: Fraction, lemma: str, *, strict: bool) -> None:
        self.lines: list[str] = []
        self._count = 0
        self._lemma = lemma
        left, right = self._corners(gap, angles)
        base = gap.constant + gap.depth * first + left[0] + right[0]
        if sign(gap.depth) < 0 or sign(base) < (1 if strict else 0):
            raise BeyondReach("the certificate's bound does not imply it at the first depth or at an end of the angles")
        self._fact(f"0 {'<' if strict else '<='} {term(base)}", "first [interval with (i_prec 80) | apply Req_le; field; lra]")
        if sign(gap.depth) > 0:
            self._fact(f"0 <= {term(gap.depth)} * (INR L - {first})", "apply Rmult_le_pos; [interval | lra]")
        self.lines += left[1] + right[1]
        self._logs(gap, angles, mu)

    def _fact(self, statement: str, proof: str) -> None:
        self._count += 1
        self.lines.append(f"assert (K{self._count} : {statement}) by ({proof}).")

    def _corners(self, gap: Linear, angles: Angles) -> tuple[tuple[Expr, list[str]], tuple[Expr, list[str]]]:
        """The least values of the terms in 1/theta and theta, and why."""
        high: Expr = pi if angles.high is None else Rational(angles.high.numerator, angles.high.denominator)
        low = None if angles.low is None else Rational(angles.low.numerator, angles.low.denominator)
        found = []
        for weight, text, least, most in (
            (gap.inverse, "(/ acos c)", 1 / high, None if low is None else 1 / low),
            (gap.angle, "acos c", Integer(0) if low is None else low, high),
        ):
            direction = sign(weight)
            if direction == 0:
                found.append((Integer(0), list[str]()))
                continue
            corner = least if direction > 0 else most
            if corner is None:
                raise BeyondReach("1/theta is not bounded on the domain of the claim")
            ordered = f"({text} - {term(corner)})" if direction > 0 else f"({term(corner)} - {text})"
            proof = "apply Rmult_le_pos; [interval with (i_prec 80) | lra]"
            found.append((weight * corner, [f"assert (0 <= {term(direction * weight)} * {ordered}) by ({proof})."]))
        return found[0], found[1]

    def _logs(self, gap: Linear, angles: Angles, mu: Fraction) -> None:
        """Every logarithm with its weight; a deficit in log_term is paid by a flat logarithm above it."""
        rate = Rational(mu.numerator, mu.denominator) / (3 * pi)
        own = sum((w for w, argument in gap.logs if is_zero(argument - 1 - rate * _T * _L) is Answer.YES), Integer(0))
        flats = [(w, a) for w, a in gap.logs if is_zero(a - 1 - rate * _T * _L) is not Answer.YES]
        deficit = -own if sign(own) < 0 else Integer(0)
        if sign(own) > 0:
            self._fact(f"0 <= {term(own)} * log_term {rational(mu)} c L", "apply Rmult_le_pos; [interval | exact LN]")
        high: Expr = pi if angles.high is None else Rational(angles.high.numerator, angles.high.denominator)
        for weight, argument in flats:
            slope = argument.coeff(_L)
            if argument.has(_T) or is_zero(argument - 1 - slope * _L) is not Answer.YES or sign(weight) <= 0:
                raise BeyondReach(f"log({str(argument)[:40]}): no bound of the certificate compares with it")
            name = f"Q{self._count}"
            flat = f"ln (1 + {term(slope)} * INR L)"
            self.lines.append(f"assert ({name} : {term(log(argument))} = {flat}) by (f_equal; field).")
            self._fact(f"0 <= {flat}", f"apply ln_nonneg; assert (0 <= {term(slope)} * INR L) by (apply Rmult_le_pos; [interval | lra]); lra")
            if sign(deficit) > 0 and compare(slope, rate * high) >= 0 and compare(weight, deficit) >= 0:
                bound = f"{rational(mu)} * acos c / (3*PI) <= {term(slope)}"
                self.lines.append(f"assert (B{name} : {bound}) by ({_rate_proof(mu, angles, slope)}).")
                self._fact(
                    f"log_term {rational(mu)} c L <= {flat}",
                    f"apply ({self._lemma} c L {term(slope)} HC B{name})",
                )
                self._fact(
                    f"0 <= {term(deficit)} * ({flat} - log_term {rational(mu)} c L)",
                    "apply Rmult_le_pos; [interval | lra]",
                )
                weight, deficit = weight - deficit, Integer(0)
            self._fact(f"0 <= {term(weight)} * {flat}", "apply Rmult_le_pos; [interval | assumption]")
        if sign(deficit) > 0:
            raise BeyondReach("the logarithm of the certificate's bound is not below that of the claim")


def _rate_proof(mu: Fraction, angles: Angles, slope: Expr) -> str:
    """Mu theta/(3 pi) <= slope from theta <= high."""
    high = angles.high_term
    return (
        f"apply Rle_trans with ({rational(mu)} * {high} / (3*PI)); "
        "[apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra | apply Rmult_le_compat_l; lra] "
        f"| first [interval with (i_prec 80) | apply Req_le; field; lra]]"
    )


def tightened(low: Expr, high: Expr) -> Angles:
    """Angles of the correlations from low to high, rounded outward."""
    above = None if is_zero(low + 1) is Answer.YES else outward(acos(low), up=True)
    below = None if is_zero(high - 1) is Answer.YES else outward(acos(high), up=False)
    return Angles(low=below, high=above)


__all__ = ["Angles", "Linear", "Script", "linear", "tightened"]
