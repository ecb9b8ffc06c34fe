"""Statements over intervals by enclosures: true ones are covered, false ones refuted or left open, tight ones left open."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Poly, Rational, Symbol, cos, exp, log, pi, sin
from test_certificates_engine import claim, res

from proofs_check.engines.balls import cover_by_cells, examine
from proofs_check.judge import Options
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.claims import Claim, Identity, Inequality, Interval, Kind

C, T = symbols.c, symbols.theta


def inequality(
    gap: Expr, low: Any, high: Any, *, strict: bool = False, ends: str = "[]", symbol: Symbol = T
) -> Evidence:
    """The engine's finding."""
    domain = Interval(
        symbol=symbol,
        low=Integer(low) if isinstance(low, int) else low,
        high=Integer(high) if isinstance(high, int) else high,
        low_closed=ends[0] == "[",
        high_closed=ends[1] == "]",
    )
    stated = Inequality(gap=gap, domain=domain, strict=strict)
    found = examine(Claim(id="t", paper="", number="", title="", kind=Kind.BOUND, statement=stated), Options())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("gap", "low", "high", "strict", "outcome"),
    [
        (cos(T) - 1 + T**2 / 2, Rational(1, 10), 3, True, Outcome.PROVES),
        (exp(T) - 1 - T, Rational(1, 100), 3, False, Outcome.PROVES),
        (sin(T) - T, Rational(1, 10), 3, False, Outcome.REFUTES),
        (cos(T), 0, 3, False, Outcome.REFUTES),
        (T - 2, 2, 3, True, Outcome.REFUTES),
        (T - 2, 2, 3, False, Outcome.UNDECIDED),
        (cos(T) - 1 + T**2 / 2, 0, 3, False, Outcome.UNDECIDED),
        (log(T), Rational(9, 10), 2, False, Outcome.REFUTES),
        (1 / (T - 1), 2, 3, True, Outcome.PROVES),
        (1 / (T - 1) ** 2, 0, 3, True, Outcome.UNDECIDED),
        ((T - pi / 2) ** 2, 0, 3, False, Outcome.UNDECIDED),
        ((T - pi / 2) ** 2, 0, 3, True, Outcome.UNDECIDED),
        ((T - pi / 2) ** 2 - Rational(1, 10**20), 0, 3, False, Outcome.REFUTES),
    ],
    ids=str,
)
def test_inequalities_of_one_variable(gap: Expr, low: Any, high: Any, strict: bool, outcome: Outcome) -> None:
    """Equality inside or at an end stays open, a negative point refutes however small, a margin proves."""
    assert inequality(gap, low, high, strict=strict).outcome is outcome


@settings(max_examples=40)
@given(
    st.lists(st.integers(-6, 6), min_size=2, max_size=5),
    st.tuples(st.integers(-4, 3), st.integers(1, 4)),
    st.booleans(),
)
def test_polynomials_are_decided_as_their_roots_say(
    coefficients: list[int], place: tuple[int, int], strict: bool
) -> None:
    """PROVES and REFUTES agree with exact root isolation; a witness is exact, inside, and fails."""
    low, high = place[0], place[0] + place[1]
    polynomial = Poly(coefficients, C, domain="QQ")
    if polynomial.is_zero or polynomial.is_ground:
        return
    found = inequality(polynomial.as_expr(), low, high, strict=strict, symbol=C)
    roots = [r for r in polynomial.real_roots() if low <= r <= high]
    ends = [Integer(low), *sorted(set(roots)), Integer(high)]
    between = [(a + b) / 2 for a, b in pairwise(ends)]
    negative = any(polynomial.eval(_rational(m)) < 0 for m in between)
    true = not negative and not (strict and roots)
    assert found.outcome is not (Outcome.REFUTES if true else Outcome.PROVES)
    if found.outcome is Outcome.REFUTES:
        at = Rational(found.data["witness"]["c"])
        value = polynomial.eval(at)
        assert low <= at <= high
        assert value < 0 or (strict and value == 0)


def _rational(point: Expr) -> Rational:
    """A rational close to a midpoint of roots."""
    fraction = Fraction(str(point.evalf(60))).limit_denominator(10**40)
    return Rational(fraction.numerator, fraction.denominator)


def test_a_counterexample_outside_an_open_domain_does_not_refute() -> None:
    """At the end that is left out the gap is 0, and > 0 is claimed inside."""
    assert inequality(T - 2, 2, 3, strict=True, ends="(]").outcome is not Outcome.REFUTES


CHAINS = {
    "true at one depth": ("value <= 1", "[-1, 1/2]", (3, 3), {}, Outcome.PROVES),
    "true at several": ("-1/5 <= value <= 1", "[-1, 1/2]", (1, 4), {}, Outcome.PROVES),
    "with an absolute value": ("abs(value - 1/4) < 9/10", "[-1, 1/2]", (1, 3), {}, Outcome.PROVES),
    "with L and theta": ("value <= 1 + theta/L", "[-1, 1/2]", (1, 3), {}, Outcome.PROVES),
    "false": ("value <= 1/4", "[-1, 1/2]", (1, 3), {}, Outcome.UNDECIDED),
    "false at the last depth": ("value <= 1/4 + 1/L^2 - 1/100", "[-1, -1]", (8, 9), {}, Outcome.UNDECIDED),
    "tight at the end": ("value < 1", "[1/2, 1]", (1, 2), {}, Outcome.UNDECIDED),
    "a residual network": ("value <= 1", "[-1, 1/2]", (2, 3), {"network": res("1")}, Outcome.PROVES),
    "the angle": ("value <= theta + 1/100", "[-1, 1]", (1, 2), {"quantity": "angle"}, Outcome.PROVES),
}


@pytest.mark.parametrize("name", CHAINS)
def test_chains_at_finitely_many_depths(name: str) -> None:
    """Cells of angles cover the domain at each depth, or it stays open with the depth named."""
    holds, domain, depths, more, outcome = CHAINS[name]
    found = examine(claim(holds, domain=domain, depths=depths, **more), Options())
    assert found is not None
    assert found.outcome is outcome, found.summary
    assert outcome is Outcome.PROVES or "undecided by cells at L = " in found.summary


@pytest.mark.parametrize(
    ("holds", "more"),
    [
        ("value <= 1", {"depths": (1, None)}),
        ("value <= 1", {"depths": (1, 33)}),
        ("value == c", {"depths": (0, 0)}),
        ("value <= 1", {"depths": (1, 2), "network": res("1"), "gammas": "[1, 2]"}),
        ("limit == 1/4", {}),
    ],
    ids=str,
)
def test_other_statements_are_not_for_this_engine(holds: str, more: dict[str, Any]) -> None:
    """Too many depths, equations, open parameters, limits."""
    assert examine(claim(holds, **more), Options()) is None


def test_an_identity_is_not_for_this_engine() -> None:
    """Balls can only refute it, which is the business of another engine."""
    stated = Identity(lhs=C, rhs=C)
    assert (
        examine(Claim(id="t", paper="", number="", title="", kind=Kind.IDENTITY, statement=stated), Options()) is None
    )


def test_a_cover_counts_its_cells_and_gives_up() -> None:
    """One cell where it is plain, more where it is not, None where a cell is negative or never decided."""
    line = lambda a, b: a.union(b)  # noqa: E731
    assert cover_by_cells(line, arb(1), arb(2), strict=True) == 1
    assert cover_by_cells(lambda a, b: arb(0), arb(0), arb(1), strict=False) == 1
    assert cover_by_cells(lambda a, b: arb(0), arb(0), arb(1), strict=True) is None
    assert cover_by_cells(line, arb(0), arb(1), strict=True) is None
    assert cover_by_cells(line, arb(-1), arb(1), strict=False) is None
    wide = lambda a, b: (a.union(b) - 1) ** 2 - (b - a) / 10 + arb(1) / 10  # noqa: E731
    count = cover_by_cells(wide, arb(0), arb(2), strict=True)
    assert count is not None
    assert count > 2
