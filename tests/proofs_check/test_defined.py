"""A statement is proved only where its expressions are shown to be real: at every input and depth that it speaks of."""

from typing import Any

import pytest
from sympy import Rational, Symbol, acos, log, sqrt
from test_certificates_engine import AWAY, EVERY, INSIDE, NOT_SAME, claim, outcome

from proofs_check.defined import not_shown_real, not_shown_real_on, undefined_at
from proofs_check.verdicts import Outcome
from theory.claims import Depth, Inequality, Interval

X = Symbol("x", real=True)


def statement(holds: str, **more: Any) -> Depth:
    """About the feedforward ReLU network."""
    stated = claim(holds, **more).statement
    assert isinstance(stated, Depth)
    return stated


@pytest.mark.parametrize(
    ("holds", "more", "real"),
    [
        ("value <= 2 + sqrt(theta)", {"domain": EVERY}, True),
        ("value <= 2 + sqrt(1 - c)", {"domain": EVERY}, True),
        ("value <= 2 + sqrt(c)", {"domain": "[0, 1]"}, True),
        ("value <= 2 + sqrt(c)", {"domain": AWAY}, False),
        ("value <= 2 + log(theta)^2", {"domain": NOT_SAME}, True),
        ("value <= 2 + log(theta)^2", {"domain": EVERY}, False),
        ("value <= 2 + sqrt(c + 999/1000)", {"domain": INSIDE}, False),
        ("value <= 2 + sqrt(L + c)", {"domain": EVERY, "depths": (1, None)}, True),
        ("value <= 2 + sqrt(L + c + 999/1000)", {"domain": INSIDE, "depths": (0, None)}, False),
        ("value <= 2 + sqrt(L)", {"domain": EVERY, "depths": (0, None)}, True),
        ("value <= 2 + acos(1 - theta/4)", {"domain": EVERY}, True),
        ("value <= 2 + acos(1 - theta)", {"domain": EVERY}, False),
        ("value <= 2 + sqrt(L - 7)^2", {"domain": AWAY}, True),
    ],
)
def test_what_is_real_everywhere(holds: str, more: dict[str, Any], real: bool) -> None:
    """Roots, logarithms and arccosines by the sign of what they are taken of; the depth 0 too where it is spoken of."""
    why = not_shown_real(statement(holds, **more))
    assert (why is None) is real
    assert real or "is not shown" in str(why)


@pytest.mark.parametrize(
    ("holds", "more", "where"),
    [
        ("value <= 2 + 1/theta", {"domain": EVERY}, "c = 1, L = 1"),
        ("value <= 2 + log(L)/(L - 2)^2", {"domain": AWAY}, "c = 0, L = 2"),
        ("value <= 2 + 1/L", {"domain": AWAY, "depths": (0, None)}, "c = 0, L = 0"),
        ("value - 1/4 = O(1/(theta*L))", {"domain": EVERY}, "c = 1"),
        ("value <= 2 + 1/L", {"domain": AWAY}, None),
        ("value - 1/4 = O(1/(theta*L))", {"domain": NOT_SAME}, None),
    ],
)
def test_where_a_statement_is_not_defined(holds: str, more: dict[str, Any], where: str | None) -> None:
    """The first input and depth without a real value; none where all that are looked at have one."""
    found = undefined_at(statement(holds, **more))
    assert found == (None if where is None else f"the statement is not defined at {where}")


@pytest.mark.parametrize(
    ("gap", "real"),
    [
        (2 + sqrt(X), True),
        (2 + sqrt(X - Rational(1, 10)), False),
        (2 + log(1 + X), True),
        (2 + log(X), False),
        (4 + acos(X), True),
        (4 + acos(2 * X), False),
        (2 + sqrt(2) * X, True),
    ],
)
def test_inequalities_of_one_variable(gap: Any, real: bool) -> None:
    """On [0, 1]."""
    domain = Interval(symbol=X, low=Rational(0), high=Rational(1))
    assert (not_shown_real_on(Inequality(gap=gap, domain=domain, strict=False)) is None) is real


def test_no_engine_proves_what_is_not_real() -> None:
    """True wherever it is defined, but not defined near c = -1 at depth 0."""
    holds = "value <= 1 + sqrt(L + c + 999/1000)"
    assert outcome(holds, domain=INSIDE, depths=(0, None)) is Outcome.UNDECIDED
