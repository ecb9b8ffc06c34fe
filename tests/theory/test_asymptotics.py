"""Expansions in L^p log(L)^q are added, multiplied and composed, with remainders, for a whole range of gamma at once."""

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Expr, I, Integer, Rational, cos, exp, lambdify, log, nan, oo, pi, sin, sqrt, zoo
from sympy import symbols as letters

from theory import symbols
from theory.asymptotics import ONE, Comparison, Expansion, GammaRange
from theory.errors import BeyondReach

L, gamma = symbols.depth, symbols.gamma


def expanded(expression: Expr, gammas: GammaRange | None = None) -> Expansion:
    """The expansion of an expression in L."""
    return Comparison(gammas).expand(expression)


def total(expansion: Expansion) -> Expr:
    """Its terms as an expression."""
    return sum((k * L**p * log(L) ** q for (p, q), k in expansion.terms.items()), Integer(0))


@pytest.mark.parametrize(
    "expression",
    [
        1 / (L + 3), sqrt(L**2 + L) - L, log(1 + L / 3), (2 + log(L)) / (L + 1), exp(1 / L), cos(1 / sqrt(L)), sin(pi + 3 / L),
        (L + 1) ** Rational(-3, 2), 3 * pi / (4 * L) + 5,
    ],
    ids=str,
)  # fmt: skip
def test_the_error_is_of_the_order_of_the_remainders(expression: Expr) -> None:
    """From L = 10^4 to 10^6 the difference divided by the sum of the remainders stays below the same constant."""
    found = expanded(expression)
    bounds = []
    for k in (4, 6):
        at = Integer(10) ** k
        error = abs((expression - total(found)).subs(L, at).evalf(80))
        scale = sum((at**p * log(at) ** q for p, q in found.remainders), Integer(0))
        bounds.append(error / scale.evalf(40) if scale != 0 else error)
    assert all(bound < 30 for bound in bounds)
    assert found.remainders or bounds == [0, 0]


def test_a_sum_of_scales_is_its_own_expansion() -> None:
    """Without quotients and functions nothing remains."""
    found = expanded(3 * L * log(L) + sqrt(L) / 7 - 2)
    assert found.remainders == frozenset()
    assert found.terms == {(1, 1): 3, (Rational(1, 2), 0): Rational(1, 7), ONE: -2}


@pytest.mark.parametrize(
    ("low", "high", "expression", "sign"),
    [
        (Rational(1, 2), oo, 1 - 2 * gamma, -1),
        (Rational(1, 2), Integer(1), 2 - gamma, 1),
        (Integer(0), Integer(1), 1 - 2 * gamma, None),
        (Integer(0), Integer(1), gamma**2, None),
        (Rational(1, 2), Rational(1, 2), 1 - 2 * gamma, 0),
        (Integer(0), Integer(1), Integer(-3), -1),
    ],
)
def test_the_sign_of_an_exponent_holds_on_the_whole_range(
    low: Expr, high: Expr, expression: Expr, sign: int | None
) -> None:
    """At open ends a zero does not count; where the sign changes, or the exponent is not linear, the answer is None."""
    assert GammaRange(low=low, high=high, low_closed=low == high, high_closed=low == high).sign(expression) == sign


def test_a_closed_end_at_which_the_exponent_vanishes_has_no_sign() -> None:
    """On [1/2, 1] the exponent 1 - 2 gamma is 0 at an end."""
    closed = GammaRange(low=Rational(1, 2), high=Integer(1), low_closed=True, high_closed=True)
    assert closed.sign(1 - 2 * gamma) is None


def test_the_leading_term_depends_on_the_range_of_gamma() -> None:
    """L^(1 - 2 gamma) vanishes against 1 for gamma > 1/2, and cannot be compared for all gamma at once."""
    expression = 1 + L ** (1 - 2 * gamma)
    above = Comparison(GammaRange(low=Rational(1, 2), low_closed=False))
    assert above.leading(above.expand(expression)) == (ONE, 1)
    anywhere = Comparison(GammaRange(low=Integer(0), high=oo))
    assert anywhere.leading(anywhere.expand(expression)) is None
    with pytest.raises(BeyondReach, match="leading term"):
        anywhere.expand(1 / expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (log(log(L) + 2), "logarithm of this scale"),
        (exp(L), "exp of an expression without a limit"),
        (sin(log(L)), "sin of an expression without a limit"),
        (L**L, "not a sum of terms"),
    ],
    ids=str,
)
def test_what_is_no_expansion_in_the_depth_is_refused(expression: Expr, message: str) -> None:
    """One line says why."""
    with pytest.raises(BeyondReach, match=message):
        expanded(expression)


def test_coefficients_on_which_the_constants_depend_are_kept() -> None:
    """1/(a L + 1) is uniform where a is bounded away from 0, log(a L) and sqrt(a L + 1) where a is positive besides."""
    (a,) = letters("a,", real=True)
    comparison = Comparison()
    comparison.expand(1 / (a * L + 1))
    assert comparison.divisors == {a}
    comparison.expand(sqrt(a * L + 1) + log(a * L))
    assert a in comparison.positive


SMALL = st.fractions(-6, 6, max_denominator=3).map(lambda q: Rational(q.numerator, q.denominator))
NONZERO = SMALL.filter(lambda q: q != 0)
LEAVES = st.one_of(
    NONZERO,
    st.sampled_from([L, sqrt(L), log(L) / L, log(L + 1), 1 / L, L ** Rational(-2, 3), L**2]),
)


def _compound(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.tuples(parts, NONZERO, parts).map(lambda p: p[0] + p[1] * p[2]),
        st.tuples(parts, parts).map(lambda p: p[0] * p[1]),
        st.tuples(parts, st.sampled_from([-2, -1, 2, 3, 9, Rational(1, 2), Rational(-2, 3)])).map(
            lambda p: p[0] ** p[1]
        ),
        st.tuples(st.sampled_from([log, exp, cos, sin]), parts).map(lambda p: p[0](p[1])),
    )


@settings(max_examples=120)
@given(st.recursive(LEAVES, _compound, max_leaves=5))
def test_whatever_is_expanded_is_as_close_as_the_remainders_say(expression: Expr) -> None:
    """At L = 10^12, 10^18 and 10^24, with 800 digits, error / remainders does not grow; without remainders the error is 0."""
    assume(expression.has(L) and not expression.has(zoo, nan, I))
    comparison = Comparison()
    try:
        found = comparison.expand(expression)
    except BeyondReach:
        assume(False)
    assume(not any(coefficient.has(I) or coefficient == 0 for coefficient in comparison.positive))
    assume(all(coefficient.is_positive for coefficient in comparison.positive))
    true, near = (lambdify(L, e, modules="mpmath") for e in (expression, total(found)))
    ratios = []
    with mpmath.workdps(800):
        for k in (12, 18, 24):
            at = mpmath.mpf(10) ** k
            error = abs(true(at) - near(at))
            scale = sum(at ** number(p) * mpmath.log(at) ** number(q) for p, q in found.remainders)
            if found.remainders:
                assume(scale > mpmath.mpf(10) ** -600)
                ratios.append(error / scale)
            else:
                assert error <= mpmath.mpf(10) ** -600 * (1 + abs(true(at)))
        assert not ratios or ratios[2] <= 4 * max(ratios[0], ratios[1], 1e-20)


def number(value: Expr) -> mpmath.mpf:
    """A rational at the digits that are set."""
    return mpmath.mpf(int(value.p)) / int(value.q)


@given(
    st.tuples(SMALL, SMALL).map(sorted),
    st.tuples(st.booleans(), st.booleans()),
    st.tuples(SMALL, SMALL),
)
def test_a_sign_on_a_range_is_the_sign_at_each_of_its_points(
    ends: list[Rational], closed: tuple[bool, bool], line: tuple[Rational, Rational]
) -> None:
    """Whatever is answered holds at the ends that belong to the range and close to those that do not."""
    low, high = ends
    assume(low < high)
    gammas = GammaRange(low=low, high=high, low_closed=closed[0], high_closed=closed[1])
    sign = gammas.sign(line[0] + line[1] * gamma)
    points = [low + (high - low) * Rational(k, 1000) for k in (1, 10, 500, 990, 999)]
    points += [end for end, belongs in ((low, closed[0]), (high, closed[1])) if belongs]
    values = [line[0] + line[1] * point for point in points]
    if sign is None:
        assert any(v >= 0 for v in values)
        assert any(v <= 0 for v in values)
    else:
        assert {int(v.p > 0) - int(v.p < 0) for v in values} == {sign}


def test_nothing_is_said_where_a_number_has_no_sign_yet() -> None:
    """A symbol besides gamma leaves the sign open."""
    assert GammaRange().sign(symbols.theta - 1 + gamma) is None


def test_an_exponential_that_decays_is_smaller_than_every_power() -> None:
    """2^(-L/2) leaves a remainder only, also behind a power of L; 2^L has no expansion."""
    depth = symbols.depth
    small = Comparison().expand(1 + depth**3 * Integer(2) ** (-depth / 2))
    assert small.terms == {(0, 0): 1}
    assert all(power < -10 for power, _ in small.remainders)
    for grows in (Integer(2) ** depth, Rational(1, 2) ** (-depth), symbols.theta ** (-depth)):
        with pytest.raises(BeyondReach):
            Comparison().expand(grows)
