"""Positive, bounded, bounded away from 0, defined: each answer is compared with values close to every end."""

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Abs, Expr, I, Integer, Pow, Rational, acos, cos, exp, lambdify, log, nan, oo, pi, sin, sqrt, zoo

from proofs_check.bounded import is_bounded, is_bounded_away_from_zero, is_finite, is_nonzero, is_positive
from proofs_check.intervals import is_empty
from theory import symbols
from theory.claims import Interval

T, L = symbols.theta, symbols.depth


def between(low: Expr | int, high: Expr | int, ends: str = "[]") -> Interval:
    """Correlations between two numbers."""
    return Interval(
        symbol=symbols.c,
        low=Integer(low) if isinstance(low, int) else low,
        high=Integer(high) if isinstance(high, int) else high,
        low_closed=ends[0] == "[",
        high_closed=ends[1] == "]",
    )


EVERY, INSIDE, NOT_SAME, AWAY = between(-1, 1), between(-1, 1, "()"), between(-1, 1, "[)"), between(-1, Rational(1, 2))
NUMBERS = st.fractions(-5, 5, max_denominator=3).filter(bool).map(lambda q: Rational(q.numerator, q.denominator))
BLOCKS = st.sampled_from([T, sin(T), cos(T), pi - T, sin(T) - T * cos(T), 1 - cos(T), 1 + cos(T), T**2, pi])


def _compound(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.tuples(parts, NUMBERS, parts).map(lambda p: p[0] + p[1] * p[2]),
        st.tuples(parts, parts).map(lambda p: p[0] * p[1]),
        st.tuples(parts, parts).map(lambda p: p[0] / p[1] if p[1] != 0 else p[0]),
        st.tuples(parts, st.sampled_from([-2, -1, 2, 3, Rational(1, 2), Rational(-3, 2)])).map(
            lambda p: p[0] ** p[1] if p[0] != 0 else p[0]
        ),
        st.tuples(st.sampled_from([cos, sin, log]), parts).map(lambda p: p[0](p[1])),
    )


EXPRESSIONS = st.recursive(st.one_of(BLOCKS, NUMBERS), _compound, max_leaves=6)
CORRELATIONS = [Integer(-1), Rational(-9, 10), Integer(0), Rational(1, 2), Integer(1)]
DOMAINS = st.builds(
    lambda ends, kind: between(*ends, kind),
    st.lists(st.sampled_from(CORRELATIONS), min_size=2, max_size=2, unique=True).map(sorted),
    st.sampled_from(["[]", "[)", "(]", "()"]),
)


def values(expression: Expr, domain: Interval, *, closure: bool) -> list[mpmath.mpf]:
    """Values at 30 angles, as close as 10^-25 to the ends; at ends that belong to the domain too; NaN where it is not real."""
    with mpmath.workdps(80):
        low, high = (mpmath.mpf(str(acos(c).evalf(80))) for c in (domain.high, domain.low))
        parts = [mpmath.mpf(k) / 21 for k in range(1, 21)]
        parts += [near for k in (2, 4, 8, 15, 25) for near in (mpmath.mpf(10) ** -k, 1 - mpmath.mpf(10) ** -k)]
        angles = [low + (high - low) * part for part in parts]
        if closure:
            angles += [a for a, belongs in ((low, domain.high_closed), (high, domain.low_closed)) if belongs]
        run = lambdify(T, expression, modules="mpmath")
        return [value_at(run, angle) for angle in angles]


def value_at(run, angle: mpmath.mpf) -> mpmath.mpf:
    """The real value, or NaN."""
    try:
        value = run(angle)
    except (ZeroDivisionError, ValueError):
        return mpmath.nan
    return mpmath.nan if isinstance(value, mpmath.mpc) and value.imag != 0 else mpmath.re(mpmath.mpmathify(value))


@settings(max_examples=300)
@given(EXPRESSIONS, DOMAINS)
def test_every_yes_is_true_at_all_points(expression: Expr, domain: Interval) -> None:
    """Positive means > 0, defined means real, away from 0 means more than 10^-12, bounded means less than 10^12."""
    assume(expression.has(T) and not expression.has(zoo, nan, oo, I))
    assume(not any(_leaves_the_reals(node) for node in expression.atoms(Pow)))
    roots = [power for power in expression.atoms(Pow) if not power.exp.is_Integer]
    assume(not any(_has_quotient(node.args[0]) for node in [*roots, *expression.atoms(cos, sin, log)]))
    at = values(expression, domain, closure=True)
    if is_positive(expression, domain):
        assert all(v > -(mpmath.mpf(10) ** -60) for v in at)
    if is_finite(expression, domain):
        assert not any(mpmath.isnan(v) for v in at)
    if is_nonzero(expression, domain):
        assert not any(v == 0 for v in at)
    if is_bounded_away_from_zero(expression, domain):
        assert all(abs(v) > 1e-12 for v in at)
    if is_bounded(expression, domain):
        assert all(abs(v) < 1e12 for v in values(expression, domain, closure=False))


def _leaves_the_reals(power: Expr) -> bool:
    """Whether a root is taken of what may be negative: such expressions are not statements about real numbers."""
    return not power.exp.is_Integer and not is_positive(power.base, INSIDE)


def _has_quotient(expression: Expr) -> bool:
    return any(power.exp.is_negative for power in expression.atoms(Pow))


@pytest.mark.parametrize(
    ("expression", "domain", "expected"),
    [
        (T, NOT_SAME, True),
        (T, EVERY, False),
        (sin(T), NOT_SAME, False),
        (sin(T), INSIDE, True),
        (cos(T), AWAY, False),
        (sin(T) - T * cos(T), NOT_SAME, True),
        (sin(T) - T * cos(T), EVERY, False),
        (T * (sin(T) - T * cos(T)), NOT_SAME, True),
        (sin(T) - T * cos(T) - T**5, NOT_SAME, False),
        (sin(T) - 2 * T * cos(T), NOT_SAME, False),
        (log(T + 1), NOT_SAME, True),
        (log(T), NOT_SAME, False),
        (log(L), EVERY, False),
        (log(L + 1), EVERY, True),
        (-2 * (-T), NOT_SAME, True),
        (-2 * T, NOT_SAME, False),
        (pi - 4, EVERY, False),
        (4 - pi, EVERY, True),
        (Integer(0), EVERY, False),
        (T ** Rational(-1, 2), NOT_SAME, True),
        (T**T, NOT_SAME, True),
        (2**-L, EVERY, True),
        (exp(-T), EVERY, True),
        (symbols.gamma + L, EVERY, True),
        (symbols.c, EVERY, False),
        (I * T, NOT_SAME, False),
        (sin(T), between(-1, 1 - Rational(1, 10**60), "()"), True),
    ],
    ids=str,
)
def test_positive_by_structure(expression: Expr, domain: Interval, expected: bool) -> None:
    """Angle 0 counts only where c = 1 belongs to the domain, pi only where c = -1 does."""
    assert is_positive(expression, domain) is expected


@pytest.mark.parametrize(
    ("expression", "bounded"),
    [
        (sin(T) / T, True),
        ((1 - cos(T)) / T**2, True),
        ((1 - cos(T)) / T**3, False),
        ((sin(T) - T * cos(T)) / T**3, True),
        ((sin(T) - T * cos(T)) / T**4, False),
        ((sin(T) - T * cos(T) - T**3 / 3) / T**5, True),
        (T / (pi - T), False),
        (1 / sin(T), False),
        (T / sin(T), False),
        (1 / (T - 1), False),
        ((T - 1) / (T - 1) ** 3, False),
        (sqrt(T) / T, False),
        (log(T), False),
        (Abs(T - 1) / T, False),
        (symbols.gamma, False),
        (L, False),
        (Integer(7), True),
        (acos(Integer(2)), False),
        (T**7 / T**7, True),
        (1 / (sin(T) ** 7 * T), False),
        (T / (symbols.gamma - symbols.gamma + T**2), False),
    ],
    ids=str,
)
def test_removable_ends_are_told_from_poles(expression: Expr, bounded: bool) -> None:
    """The ratio of the Taylor coefficients decides; False is no claim that it is unbounded."""
    assert is_bounded(expression, INSIDE) is bounded


@pytest.mark.parametrize(
    ("expression", "domain", "finite"),
    [
        (1 / T, NOT_SAME, True),
        (1 / T, EVERY, False),
        (1 / (T - 4), EVERY, True),
        (1 / (T - 3), EVERY, False),
        (T**-2 + exp(T) * cos(T), NOT_SAME, True),
        (sqrt(T), NOT_SAME, True),
        (sqrt(T), EVERY, False),
        (sqrt(cos(T)), EVERY, False),
        (cos(T) ** 2, EVERY, True),
        (log(T), NOT_SAME, True),
        (log(T), EVERY, False),
        (log(cos(T)), EVERY, False),
        (acos(cos(T) / 2), EVERY, False),
        (log(Integer(3)), EVERY, True),
        (log(Integer(0)), EVERY, False),
        (symbols.gamma * T, EVERY, True),
        (L, EVERY, True),
    ],
    ids=str,
)
def test_defined_by_structure(expression: Expr, domain: Interval, finite: bool) -> None:
    """Quotients, roots and logarithms at each point of the domain, the ends that belong to it included."""
    assert is_finite(expression, domain) is finite


def test_away_from_zero_needs_a_margin_on_the_closure() -> None:
    """The angle on 0 < theta <= pi comes as close to 0 as one likes; 1/2 + cos^2 does not."""
    assert not is_bounded_away_from_zero(T, NOT_SAME)
    assert is_nonzero(T, NOT_SAME)
    assert is_bounded_away_from_zero(Rational(1, 2) + cos(T) ** 2, NOT_SAME)
    assert is_bounded_away_from_zero(-T, AWAY)
    assert not is_bounded_away_from_zero(T * L, AWAY)
    assert not is_bounded_away_from_zero(sqrt(2) * sqrt(3) - sqrt(6) + Integer(0), AWAY)
    assert is_bounded_away_from_zero(pi - 3, AWAY)
    assert is_nonzero(-2 - T, EVERY)
    assert not is_nonzero(cos(T), EVERY)


def test_the_domains_of_these_tests_are_not_empty() -> None:
    """Else every answer would be true."""
    assert not any(is_empty(domain) for domain in (EVERY, INSIDE, NOT_SAME, AWAY))
