"""What is proved for every depth is true at depths up to 10^100, at both ends of the angles, and where it is tight."""

import mpmath
import pytest
from flint import arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, Symbol, acos, cos, exp, lambdify, log, pi, sin, sqrt

from proofs_check.inequalities import (
    fails_at_a_sample,
    holds_for_all_depths,
    is_nonnegative_for_all_depths,
    nonnegative_on_box,
    positive_part,
)
from theory import symbols

T, L = symbols.theta, symbols.depth
ANGLES = {
    "0": Integer(0),
    "acos 9/10": acos(Rational(9, 10)),
    "pi/2": pi / 2,
    "acos -9/10": acos(Rational(-9, 10)),
    "pi": pi,
}
DEPTHS = (0, 1, 2, 3, 5, 9, 30, 100, 10**3, 10**5, 10**9, 10**18, 10**40, 10**100)
NUMBERS = st.fractions(-9, 9, max_denominator=8).filter(bool).map(lambda q: Rational(q.numerator, q.denominator))
POSITIVE = [
    T, sin(T), sin(T) - T * cos(T), L, 1 / L, 1 / (L + 3), log(L + 1), log(1 + L * T / (3 * pi)), sqrt(L), 1 / sqrt(L),
    T / (1 + L * T / (3 * pi)), 1 / T, log(L + 1) / L, L ** Rational(-1, 3), exp(-T), log(2 + L * T) / L,
]  # fmt: skip
SIGNED = [cos(T), log(L), Integer(1), log(L) / L, T**2, sqrt(L + 1), log(L) ** 2 / L, 1 - cos(T), cos(T / (L + 1))]
TERMS = st.tuples(NUMBERS, st.lists(st.sampled_from(POSITIVE + SIGNED), min_size=1, max_size=2)).map(
    lambda p: p[0] * _product(p[1])
)


def _product(factors: list[Expr]) -> Expr:
    result: Expr = Integer(1)
    for factor in factors:
        result *= factor
    return result


def proved(gap: Expr, first: int = 1, low: Expr | int = 0, high: Expr = pi, *, strict: bool = False) -> bool:
    """The function under test."""
    return holds_for_all_depths(gap, first=first, low=Integer(0) if low == 0 else low, high=high, strict=strict)


def least(gap: Expr, first: int, low: Expr, high: Expr) -> mpmath.mpf:
    """The least of the values at many depths and angles, relative to the size of the depth; the ends 0 and pi only nearly."""
    run = lambdify((L, T), gap, modules="mpmath")
    with mpmath.workdps(150):
        a, b = (mpmath.mpf(str(end.evalf(150))) for end in (low, high))
        parts = [mpmath.mpf(k) / 9 for k in range(1, 9)] + [mpmath.mpf(10) ** -k for k in (3, 12, 40)]
        parts += [1 - mpmath.mpf(10) ** -k for k in (3, 12, 40)]
        parts += [p for p, end in ((0, low), (1, high)) if end not in (0, pi)]
        depths = {first, *(depth for depth in DEPTHS if depth >= first)}
        return min(
            run(mpmath.mpf(depth), a + (b - a) * part) / (1 + mpmath.mpf(depth)) ** 3
            for depth in depths
            for part in parts
        )


@settings(max_examples=120)
@given(
    st.lists(TERMS, min_size=1, max_size=3),
    st.sampled_from([0, 0, 1, 5, Rational(1, 10)]),
    st.sampled_from([1, 1, 2, 3, 7]),
    st.sampled_from(["0", "acos 9/10", "pi/2"]),
    st.sampled_from(["acos -9/10", "pi"]),
    st.booleans(),
)
def test_no_false_inequality_is_proved(
    terms: list[Expr], offset: Expr, first: int, low: str, high: str, strict: bool
) -> None:
    """Random sums of the blocks that occur: what is accepted holds in 150 digits."""
    gap = sum(terms, Integer(0)) + offset
    assume(gap.has(L) and gap.count_ops() < 40)
    a, b = ANGLES[low], ANGLES[high]
    if proved(gap, first, a, b, strict=strict):
        assert least(gap, first, a, b) >= -(mpmath.mpf(10) ** -100)


@settings(max_examples=30)
@given(st.lists(st.sampled_from(POSITIVE), min_size=1, max_size=3), st.sampled_from([1, 2, 5]), st.booleans())
def test_an_inequality_that_fails_at_its_first_depth_only_is_not_proved(
    factors: list[Expr], first: int, strict: bool
) -> None:
    """A positive product times L - first - 1/2: negative at the first depth, positive beyond."""
    gap = _product(factors) * (L - first - Rational(1, 2))
    assert not proved(gap, first, strict=strict)
    assert proved(gap, first + 1) or len(factors) > 1


TRUE: dict[str, tuple[Expr, dict[str, object]]] = {
    "zero": (L - L, {}),
    "the same in two forms": ((L + 1) ** 2 - L**2 - 2 * L - 1, {}),
    "equality at the first depth": (L - 3, {"first": 3}),
    "equality at angle pi": (3 * pi / (L + 3) - T / (1 + L * T / (3 * pi)), {}),
    "logarithm": (L + 1 - log(1 + L * T / (3 * pi)), {}),
    "tail in log L": (L - 5 * log(L) + 5, {"first": 1}),
    "square of log": (sqrt(L) * 8 - log(L) ** 2, {"first": 1}),
    "power of a third": (2 - L ** Rational(-1, 3), {"strict": True}),
    "cosine of a bound": (2 - cos(T / (1 + L * T / (3 * pi))), {"strict": True}),
    "angles away from the ends": (cos(T) + L + Rational(1, 10), {"low": acos(Rational(9, 10)), "strict": True}),
    "from depth 0": (L + T, {"first": 0}),
    "negative denominator": (-1 / (-L - T), {"strict": True}),
    "minus an odd power": ((-L - 1) ** -3 * -1, {"strict": True}),
    "product of two negatives": ((1 - 2 * L) * (T - 4 * L), {}),
    "falling in the angle": (pi - T + 1 / L, {"strict": True}),
    "rising in the angle": (T - 1 + L * T, {"low": Integer(1)}),
    "high powers": (L**4 - L**3 + T, {"strict": True}),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_inequalities_are_proved(name: str) -> None:
    """Each by another step of the road, from structure to cells and tail; and each is true in 150 digits."""
    gap, more = TRUE[name]
    assert proved(gap, **more)
    first, low = more.get("first", 1), more.get("low", Integer(0))
    assert least(gap, first, low, pi) >= -(mpmath.mpf(10) ** -100)


FALSE: dict[str, tuple[Expr, dict[str, object]]] = {
    "zero is not positive": (L - L, {"strict": True}),
    "equality at the first depth is not strict": (L - 3, {"first": 3, "strict": True}),
    "only at the first depth": (L - Rational(3, 2), {}),
    "only at the left end": (T - Rational(7, 10), {"low": Rational(69, 100), "high": pi / 2}),
    "only at the right end": (Rational(157, 100) - T, {"low": Integer(1), "high": pi / 2}),
    "only beyond 10^12": (10**12 - L, {}),
    "only beyond 10^30": (1 - L / Integer(10) ** 30, {}),
    "slower than a logarithm": (100 - log(L + 1), {}),
    "log of log": (3 - log(1 + log(L + 1)), {}),
    "negative limit": (1 / L - Rational(1, 10**6), {}),
    "negative at every depth": (-T / L, {}),
    "pole in the depth": (1 / (L - 5), {}),
    "pole in the angle": (1 / cos(T), {}),
    "pole of order two": (1 / (T - 1) ** 2, {}),
    "logarithm below 1": (log(T), {}),
    "logarithm of a negative number": (log(T - 4) + 10**6, {}),
    "root of a negative number": (sqrt(T - 4) + 1, {}),
    "root of a negative depth": (sqrt(L - 5) + 1, {}),
    "sine beyond its period": (sin(L) + 1 - Rational(1, 10**6), {}),
    "exponential": (2**L - L, {}),
    "irrational power": (2 + L ** sqrt(2) - L ** sqrt(2) * T, {}),
    "tight without structure": ((cos(T) - Rational(1, 3)) ** 2 * L, {"strict": True}),
    "odd power of a negative": ((-L - 1) ** -3, {}),
    "odd product": ((1 - 2 * L) * (T + 4 * L), {}),
    "not at 0": (L - 1, {"first": 0}),
    "another letter": (symbols.eta - symbols.eta + L - 2 * T / T, {}),
}


@pytest.mark.parametrize("name", FALSE)
def test_false_or_undefined_inequalities_are_not_proved(name: str) -> None:
    """False says only that it is not proved; these must not be."""
    gap, more = FALSE[name]
    assert not proved(gap, **more)


def test_a_factor_is_dropped_only_where_its_sign_is_known() -> None:
    """Positive factors go, negative denominators turn the sign, denominators of unknown sign end the attempt."""
    assert positive_part(L * T * (L - T)) == L - T
    assert positive_part((L - T) / (-L)) == T - L
    assert positive_part((L - T) / L**2) == L - T
    assert positive_part(L / (L - T)) is None
    assert positive_part(L / cos(T) ** 2) is None


@pytest.mark.parametrize("first", [1, 2, 5])
def test_structure_is_read_from_the_first_depth_on(first: int) -> None:
    """L - first is a sum of nonnegative terms from there, and not from a depth before."""
    assert is_nonnegative_for_all_depths(L - first, first)
    assert not is_nonnegative_for_all_depths(L - first, first, strict=True)
    assert not is_nonnegative_for_all_depths(L - first - 1, first)
    assert is_nonnegative_for_all_depths(L - first + T, first, strict=True)
    assert is_nonnegative_for_all_depths((first - L) * (-T - L), first)
    assert not is_nonnegative_for_all_depths((first - L) * (T + L), first)
    assert not is_nonnegative_for_all_depths((L - first) * cos(T), first)


def test_a_box_is_halved_until_enclosures_decide() -> None:
    """(x - y)^2 + 1/10 needs cells; x - y is negative somewhere; a constant needs none; a tight square is given up."""
    x, y = Symbol("x", positive=True), Symbol("y", positive=True)
    unit = (arb(0), arb(1))
    assert nonnegative_on_box(x**2 - 2 * x * y + y**2 + Rational(1, 10), {x: unit, y: unit})
    assert not nonnegative_on_box(x - y, {x: unit, y: unit})
    assert nonnegative_on_box(Integer(2), {x: unit})
    assert not nonnegative_on_box(Integer(-2), {x: unit})
    assert not nonnegative_on_box(x**2 - 2 * x * y + y**2, {x: unit, y: unit})
    assert not nonnegative_on_box(1 / x - 1 / x**2, {x: unit})


def test_a_sample_refutes_but_never_proves() -> None:
    """It looks at five angles and four depths, with gamma put in where there is one."""
    assert fails_at_a_sample(-L, 1, Integer(0), pi)
    assert not fails_at_a_sample(10**12 - L, 1, Integer(0), pi)
    assert fails_at_a_sample(1 - L**symbols.gamma, 1, Integer(0), pi, gamma=Integer(1))
    assert not fails_at_a_sample(1 - L ** (-symbols.gamma), 1, Integer(0), pi, gamma=Integer(1))
