"""Intervals of exact numbers agree with sets of rationals, ends included or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, cos, oo, pi, sqrt

from proofs_check.intervals import compare, covers, describe, inside, is_empty, points
from theory import symbols
from theory.claims import Interval
from theory.errors import BeyondReach

TENTHS = st.integers(-10, 10).map(lambda k: Rational(k, 10))
POINTS = [Rational(k, 100) for k in range(-110, 111, 5)]


def between(low: Expr, high: Expr, *closed: bool) -> Interval:
    """An interval of correlations."""
    low_closed, high_closed = closed or (True, True)
    return Interval(symbol=symbols.c, low=low, high=high, low_closed=low_closed, high_closed=high_closed)


INTERVALS = st.builds(between, TENTHS, TENTHS, st.booleans(), st.booleans())


def belongs(point: Rational, interval: Interval) -> bool:
    """Membership as it is written."""
    left = point >= interval.low if interval.low_closed else point > interval.low
    return bool(left and (point <= interval.high if interval.high_closed else point < interval.high))


@given(INTERVALS)
def test_membership_and_emptiness_are_those_of_rationals(interval: Interval) -> None:
    """Each end counts only if it is included; an interval is empty if and only if no point of a grid lies in it."""
    assert [inside(p, interval) for p in POINTS] == [belongs(p, interval) for p in POINTS]
    assert is_empty(interval) == (not any(belongs(p, interval) for p in POINTS))


@given(INTERVALS, INTERVALS)
def test_inclusion_is_inclusion_of_points(outer: Interval, inner: Interval) -> None:
    """An interval that is not empty is covered if and only if all its points are."""
    if not is_empty(inner):
        assert covers(outer, inner) == all(belongs(p, outer) for p in POINTS if belongs(p, inner))


@given(INTERVALS, st.booleans())
def test_sample_points_lie_in_the_domain_or_its_closure(domain: Interval, closure: bool) -> None:
    """They are distinct, contain both ends of a closure, and of the domain those that belong to it."""
    if domain.low > domain.high:
        return
    found = list(points(domain, closure=closure))
    assert len(found) == len(set(found))
    if closure:
        assert all(domain.low <= p <= domain.high for p in found)
        assert {domain.low, domain.high} <= set(found)
    else:
        assert all(belongs(p, domain) for p in found)
        assert {p for p in (domain.low, domain.high) if belongs(p, domain)} <= set(found)


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        (oo, Integer(5), 1),
        (Integer(5), oo, -1),
        (-oo, Integer(-5), -1),
        (Integer(-5), -oo, 1),
        (oo, oo, 0),
        (oo, -oo, 1),
        (-oo, oo, -1),
        (sqrt(2) * sqrt(3), sqrt(6), 0),
        (pi, Rational(355, 113), -1),
        (8 * cos(pi / 7) ** 3 - 4 * cos(pi / 7) ** 2 - 4 * cos(pi / 7), Integer(-1), 0),
    ],
    ids=str,
)
def test_numbers_and_infinities_are_ordered(first: Expr, second: Expr, order: int) -> None:
    """Also numbers that are equal in disguise, or agree to six digits."""
    assert compare(first, second) == order


def test_what_cannot_be_ordered_is_no_answer() -> None:
    """A symbol has no place on the line."""
    with pytest.raises(BeyondReach, match="cannot be told apart"):
        compare(symbols.c, Integer(0))


def test_an_interval_is_described_as_a_chain() -> None:
    """A single point as an equation."""
    assert describe(between(Integer(-1), Integer(1), True, False)) == "-1 <= c < 1"
    assert describe(between(Rational(1, 2), Rational(1, 2))) == "c = 1/2"
