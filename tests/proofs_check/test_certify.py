"""The search for certificates, the language they are written in, and inequalities proved by them."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, acos, asin, cos, exp, log, pi, sin, sqrt
from test_certificates_engine import claim
from test_intervals import between

from proofs_check import certify as module
from proofs_check.certify import certify, regenerate, search, search_inequality
from proofs_check.checker import check
from proofs_check.lemmas import _DISTANCE, decide_inequality, to_text
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Inequality, Interval
from theory.errors import BeyondReach
from theory.parsing import parse

t, C, T = _DISTANCE, symbols.c, symbols.theta
NUMBERS = st.fractions(-9, 9, max_denominator=7).map(lambda q: Rational(q.numerator, q.denominator))
WRITTEN = st.recursive(
    st.one_of(NUMBERS, st.just(t), st.just(pi)),
    lambda parts: st.one_of(
        st.tuples(parts, parts).map(lambda p: p[0] + p[1]),
        st.tuples(parts, parts).map(lambda p: p[0] * p[1]),
        st.tuples(parts, st.sampled_from([2, 3, -1, -2])).map(lambda p: p[0] ** p[1] if p[0] != 0 else p[0]),
        st.tuples(st.sampled_from([sin, cos]), parts).map(lambda p: p[0](p[1])),
    ),
    max_leaves=6,
)


@settings(max_examples=100)
@given(WRITTEN)
def test_what_is_written_is_read_as_the_same_expression(expression: Expr) -> None:
    """The text of the checker's language means the expression; nothing is lost between both."""
    text = to_text(expression)
    again = parse(text, names={"t": t}, what="certificate")
    assert again == expression or is_zero(again - expression) is not Answer.NO
    assert abs((again - expression).subs(t, Rational(7, 5)).evalf(30)) < 1e-15 * (
        1 + abs(expression.subs(t, 1.4).evalf())
    )


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (sqrt(t) / 3, "sqrt(t)/3"),
        (log(1 + t), "log((1+t))"),
        (t**-2, "(1/t^2)"),
        (2 / (3 * t), "2/(3*t)"),
        (-t / 2, "(-1)*t/2"),
        (1 / sqrt(t), "(1/sqrt(t))"),
        (Rational(-2, 3), "(-2/3)"),
        (Integer(-5), "(-5)"),
    ],
    ids=str,
)
def test_the_language_of_certificates(expression: Expr, text: str) -> None:
    """Roots, logarithms, quotients and signs."""
    assert parse(to_text(expression), names={"t": t}) == parse(text, names={"t": t}) == expression


@pytest.mark.parametrize("expression", [exp(t), asin(t), acos(t), t**13, t ** Rational(1, 3), t**pi, C], ids=str)
def test_what_the_language_lacks_is_refused(expression: Expr) -> None:
    """One line names it."""
    with pytest.raises(BeyondReach, match="not in the language of certificates"):
        to_text(expression)


@pytest.mark.parametrize(
    ("text", "relation", "upper", "message"),
    [
        ("sin(t)-t", ">=", "1", "fails however short"),
        ("t-t", ">=", "1", "of order 12 or more"),
        ("1", ">=", "-1", "the interval"),
        ("(1-t)^2-1/10^9", ">=", "2", "not decided near"),
    ],
)
def test_a_false_or_unreadable_inequality_has_no_certificate(
    text: str, relation: str, upper: str, message: str
) -> None:
    """The search ends with a reason."""
    with pytest.raises(BeyondReach, match=message):
        search_inequality(text, relation, upper)


def test_the_search_obeys_its_time() -> None:
    """Without time there is no certificate, and the message says how far it came."""
    with pytest.raises(BeyondReach, match="ran out of time"):
        search_inequality("2+cos(100*t)", ">", "3", seconds=0)


def test_a_found_certificate_is_accepted_and_proves_what_was_asked() -> None:
    """Expression, relation and end are returned by the checker; a rational end that is no multiple of pi too."""
    found = search_inequality("t-sin(t)", ">=", "5/2")
    proved = check(found)
    assert (proved["expression"], proved["relation"], proved["upto"]) == ("t-sin(t)", ">=", "5/2")
    assert check(search_inequality("cos(t)", ">", "pi/2-1/10"))["upto"] == "pi/2-1/10"
    assert check(search_inequality("sqrt(1+t)", ">", "2"))["relation"] == ">"


@pytest.mark.parametrize(
    ("theorem", "mu", "message"),
    [
        ("another", Fraction(1), "unknown; known"),
        ("resnet-angle", Fraction(3, 2), "needs 0 < mu"),
        ("resnet-angle", Fraction(0), "needs 0 < mu"),
    ],
)
def test_a_search_needs_a_theorem_and_a_member_of_its_family(theorem: str, mu: Fraction, message: str) -> None:
    """Else one line."""
    with pytest.raises(BeyondReach, match=message):
        search(theorem, mu)


@pytest.mark.parametrize("theorem", ["ffnet-critical-angle", "resnet-angle"])
def test_other_members_of_the_family_are_found(theorem: str) -> None:
    """At mu = 3/4, which is not shipped, the checker accepts what is found."""
    assert check(search(theorem, Fraction(3, 4)))["mu"] == "3/4"


def test_the_shipped_lemmas_are_written_anew_the_same(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the byte; the theorems are left out here, since their search takes longer."""
    monkeypatch.setattr(module, "_CONSTANTS", {})
    monkeypatch.setattr(module, "SMOOTH", {})
    monkeypatch.setattr("proofs_check.settled.SEARCHES", {})
    monkeypatch.setattr("proofs_check.bias_search.SHIPPED", {})
    written = regenerate(tmp_path)
    assert {path.name for path in written} == {f"lemma-{name}.json" for name in module.LEMMAS}
    assert all(path.read_bytes() == (module.FOLDER / path.name).read_bytes() for path in written)


def test_a_claim_that_needs_no_certificate_has_none() -> None:
    """At c = 1 the kernel is 1 by definition; and an equation is not for this engine."""
    with pytest.raises(BeyondReach, match="rests on 0 certificates"):
        certify(claim("limit == 1", domain="[1, 1]"), effort=1)
    with pytest.raises(BeyondReach, match="statements of this form"):
        certify(claim("value == 1", domain="[1, 1]"), effort=1)


def decided(
    gap: Expr, low: Any, high: Any, ends: str = "[]", *, strict: bool = False, symbol: Any = T
) -> Outcome | None:
    """The outcome of an inequality on an interval."""
    domain = Interval(
        symbol=symbol,
        low=Integer(low) if low in (0, 1, -1) else low,
        high=high,
        low_closed=ends[0] == "[",
        high_closed=ends[1] == "]",
    )
    found = decide_inequality(Inequality(gap=gap, domain=domain, strict=strict))
    return None if found is None else found.outcome


@pytest.mark.parametrize(
    ("gap", "low", "high", "ends", "strict", "outcome"),
    [
        (sin(T), 0, pi, "()", True, Outcome.PROVES),
        (sin(T), 0, pi, "(]", True, Outcome.UNDECIDED),
        (sin(T), 0, pi, "[)", True, Outcome.UNDECIDED),
        (1 - cos(T), 0, pi, "(]", True, Outcome.PROVES),
        (1 - cos(T) - T**2 / 2 + T**4 / 24, 0, Integer(3), "[]", False, Outcome.PROVES),
        (T**2 / 2 - T**4 / 24 - 1 + cos(T), 0, Integer(3), "[]", False, None),
        (exp(T) - 1, 0, Integer(1), "[]", False, Outcome.UNDECIDED),
        ((sin(T) - T * cos(T)) / (T + sin(T)), 0, pi, "(]", True, Outcome.PROVES),
        (sin(T) / T, 0, pi, "()", True, Outcome.PROVES),
        (T * symbols.eta, 0, pi, "()", True, None),
        (T, 0, Integer(0), "[]", False, None),
    ],
    ids=str,
)
def test_ends_that_belong_to_the_domain_need_a_margin_for_strictness(
    gap: Expr, low: Any, high: Expr, ends: str, strict: bool, outcome: Outcome | None
) -> None:
    """Zeros at open ends do no harm; what is negative at a sample, or of two letters, or at one point, is not for this engine."""
    assert decided(gap, low, high, ends, strict=strict) is outcome


def test_inequalities_in_c_are_read_in_the_angle() -> None:
    """With arccosines and roots; a rational function stays in c."""
    assert decided(acos(C) * (1 + C), -1, Integer(1), symbol=C) is Outcome.PROVES
    assert decided(pi * C + sqrt(1 - C**2) - C * acos(C) + 1, -1, Integer(1), symbol=C) is Outcome.PROVES
    assert decided(2 - C - 1 / (2 - C), -1, Integer(1), symbol=C) is Outcome.PROVES
    assert between(-Integer(1), Integer(1)).symbol == C
