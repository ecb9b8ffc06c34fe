"""Identities by replayed algebra: what is equal is proved, its neighbours are not, and nothing is ever refuted here."""

import pytest
from sympy import Expr, Integer, Rational, acos, cos, pi, sin, sqrt
from test_certificates_engine import FFNET, RELU, claim, res

from proofs_check.engines.symbolic import examine
from proofs_check.judge import Options
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Identity, Inequality, Interval, Kind

C, T, L = symbols.c, symbols.theta, symbols.depth
ONE, INSIDE = "[1, 1]", "(-1, 1)"
BIASED = ffnet(activation("erf"), bias_variance=Rational(1, 10))
SCHEDULE = resnet(RELU, alpha=symbols.layer ** Rational(-1, 2))


def stated(statement: Identity | Inequality) -> Claim:
    """A claim without a paper."""
    return Claim(id="test/identity", paper="test", number="", title="", kind=Kind.IDENTITY, statement=statement)


KAPPA_1 = (sqrt(1 - C**2) + (pi - acos(C)) * C) / pi
KAPPA_1_IN_ANGLE = (sin(T) + (pi - T) * cos(T)) / pi


@pytest.mark.parametrize(
    ("lhs", "rhs", "proved"),
    [
        ((C + 1) ** 2, C**2 + 2 * C + 1, True),
        (KAPPA_1.subs(C, cos(T)), KAPPA_1_IN_ANGLE, True),
        (KAPPA_1.diff(C), 1 - acos(C) / pi, True),
        (acos(C) + acos(-C), pi, True),
        (sqrt(1 - C) * sqrt(1 + C), sqrt(1 - C**2), True),
        (KAPPA_1.diff(C), 1 - acos(C) / pi + C / 10**20, False),
        (KAPPA_1, C + Rational(1, 10**9) * C, False),
        (sqrt(C**2), C, False),
        (acos(2 * C**2 - 1), 2 * acos(C), False),
        ((C**2 - 1) / (C - 1), C + 1 + Rational(1, 10**30), False),
    ],
    ids=str,
)
def test_identities_are_proved_or_left_open(lhs: Expr, rhs: Expr, proved: bool) -> None:
    """An identity that is false, or true on a part of the correlations only, is undecided here."""
    found = examine(stated(Identity(lhs=lhs, rhs=rhs)), Options())
    assert found is not None
    assert found.outcome is (Outcome.PROVES if proved else Outcome.UNDECIDED)


PROVED = {
    "one layer": ("value == (theta*0 + cos(theta) + 2*((sin(theta)-theta*cos(theta))/pi) + cos(theta)*(1-theta/pi)"
                  " - (sin(theta)-theta*cos(theta))/pi)/2", {"depths": (1, 1), "domain": INSIDE}),
    "depth 0": ("value == c", {"depths": (0, 0), "domain": INSIDE}),
    "value on the right": ("c == value", {"depths": (0, 0), "domain": INSIDE}),
    "nngp at depth 1": ("value == (sin(theta) + (pi-theta)*cos(theta))/pi", {"depths": (1, 1), "quantity": "nngp"}),
    "normalised nngp": ("value == (sin(theta) + (pi-theta)*c)/pi", {"depths": (1, 1), "quantity": "normalized_nngp"}),
    "angle": ("value == acos((sin(theta) + (pi-theta)*cos(theta))/pi)", {"depths": (1, 1), "quantity": "angle"}),
    "one at c = 1": ("value == 1", {"domain": ONE}),
    "one at c = 1 of the nngp": ("value == 1", {"domain": ONE, "quantity": "normalized_nngp"}),
    "ntk at c = 1": ("value == L + 1", {"domain": ONE, "quantity": "ntk"}),
    "length at c = 1": ("value == (1 + 1/L^2)^L", {"domain": ONE, "quantity": "nngp", "network": res("1")}),
    "resnet ntk, two layers": ("value == 2*(1/4)*2*(1+1/4)", {"domain": ONE, "quantity": "ntk", "network": res("1"),
                               "depths": (2, 2)}),
    "resnet ntk at c = 1": ("value == 2*(1+1/L^2)^(L-1)/L", {"domain": ONE, "quantity": "ntk", "network": res("1")}),
}  # fmt: skip


@pytest.mark.parametrize("name", PROVED)
def test_kernels_equal_their_closed_forms(name: str) -> None:
    """By unrolling at small depths, by induction at every depth of the diagonal."""
    holds, more = PROVED[name]
    found = examine(claim(holds, **more), Options())
    assert found is not None, name
    assert found.outcome is Outcome.PROVES


NOT_PROVED = {
    "neighbour at depth 0": ("value == c + 1/10^30", {"depths": (0, 0), "domain": INSIDE}),
    "right at one depth only": ("value == c", {"depths": (0, 1), "domain": INSIDE}),
    "right at the last depth only": ("value == (sin(theta) + (pi-theta)*c)/pi",
                                     {"depths": (0, 1), "quantity": "nngp"}),
    "constant off by one": ("value == L + 2", {"domain": ONE, "quantity": "ntk"}),
    "right at L = 1 only": ("value == 2*L", {"domain": ONE, "quantity": "ntk"}),
    "not one": ("value == 1 + 1/10^20", {"domain": ONE}),
    "length to first order": ("value == 1 + 1/L", {"domain": ONE, "quantity": "nngp", "network": res("1")}),
    "the whole interval": ("value == 1", {"domain": "[1/2, 1]"}),
    "angle on the diagonal": ("value == 1", {"domain": ONE, "quantity": "angle"}),
    "value on both sides": ("value == 2*value", {"domain": ONE}),
    "deeper than is unrolled": ("value == c", {"depths": (0, 4), "domain": INSIDE}),
    "lengths that change": ("value == 1", {"domain": ONE, "quantity": "nngp", "network": BIASED}),
    "schedule over the layers": ("value == 2", {"domain": ONE, "quantity": "nngp", "network": SCHEDULE}),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_PROVED)
def test_neighbours_are_not_proved_and_nothing_is_refuted(name: str) -> None:
    """A wrong constant, a wrong depth or a wider domain leaves it to other engines."""
    holds, more = NOT_PROVED[name]
    found = examine(claim(holds, **more), Options())
    assert found is None or found.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("holds", ["value <= 1", "limit == 1/4", "value - 1/4 = O(1)", "value < 1 == 1"])
def test_other_statements_are_not_for_this_engine(holds: str) -> None:
    """None, so that nothing is said."""
    assert examine(claim(holds, network=FFNET), Options()) is None


def test_an_inequality_is_not_for_this_engine() -> None:
    """Neither proof nor doubt."""
    domain = Interval(symbol=C, low=Integer(-1), high=Integer(1))
    assert examine(stated(Inequality(gap=C**2, domain=domain)), Options()) is None
