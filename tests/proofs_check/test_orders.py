"""Limits, expansions and orders: each finding about the feedforward kernel is compared with its known expansion."""

from typing import Any

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, log, oo
from test_certificates_engine import AWAY, EVERY, FFNET, GAMMA, INSIDE, NOT_SAME, RELU, claim, outcome, res

from numerics.multiprecision import approximation
from proofs_check.engines.certificates import examine
from proofs_check.judge import Options
from proofs_check.orders import growth_of
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.architectures import resnet
from theory.asymptotics import GammaRange
from theory.errors import BeyondReach
from theory.language import parse_holds

L, T = symbols.depth, symbols.theta
LIMITS = [Rational(1, 4), Rational(1, 3), Rational(1, 4) + Rational(1, 10**12)]
SLOPES = [Rational(3, 8), Integer(0), Rational(1, 2), Rational(3, 8) - Rational(1, 10**9)]
SCALES = [(0, 0), (0, -1), (Rational(-1, 2), 0), (-1, 2), (-1, 1), (-1, Rational(1, 2)), (Rational(-3, 2), 0), (-1, 0)]


def order_of_difference(limit: Rational, slope: Rational) -> tuple[Any, Any]:
    """Of value - limit - slope log(L)/L, where value = 1/4 + 3 log(L)/(8 L) + O(1/L) for c < 1; (-1, 0) is an upper bound."""
    if limit != Rational(1, 4):
        return (0, 0)
    return (-1, 1) if slope != Rational(3, 8) else (-1, 0)


@settings(max_examples=20)
@given(
    st.sampled_from(LIMITS),
    st.sampled_from(SLOPES),
    st.sampled_from(SCALES),
    st.sampled_from(["O", "o", "Theta"]),
    st.sampled_from([1, Rational(-1, 3), T, 1 + T**2]),
    st.sampled_from([1, -2]),
    st.sampled_from([(AWAY, False), (AWAY, True), (NOT_SAME, True), ("[-9/10, -9/10]", False)]),
)
def test_orders_of_growth_are_decided_as_the_expansion_says(
    limit: Rational, slope: Rational, scale: Any, relation: str, factor: Any, multiple: Any, where: tuple[str, bool]
) -> None:
    """Pointwise or uniform, with any nonzero factor: never PROVES what is false or REFUTES what is true, and always decides."""
    found = outcome(
        f"({multiple})*(value - ({limit}) - ({slope})*log(L)/L) = {relation}(({factor})*L^({scale[0]})*log(L)^({scale[1]}))",
        domain=where[0],
        pointwise=where[1],
    )
    difference = order_of_difference(limit, slope)
    exact = difference != (-1, 0)
    true = {"O": difference <= scale, "o": difference < scale, "Theta": difference == scale and exact}[relation]
    if exact or difference < scale:
        assert found is (Outcome.PROVES if true else Outcome.REFUTES)
    elif relation == "O":
        assert found is Outcome.PROVES if difference == scale else Outcome.UNDECIDED
    else:
        assert found is not Outcome.PROVES


@given(st.fractions(-1, 1, max_denominator=10**6), st.sampled_from([EVERY, NOT_SAME, INSIDE, "[1, 1]"]))
@settings(max_examples=15)
def test_a_limit_is_proved_only_if_it_is_the_limit(limit: Any, domain: str) -> None:
    """It is 1/4 for c < 1 and 1 at c = 1, so on [-1, 1] none."""
    true = {NOT_SAME: limit == Rational(1, 4), INSIDE: limit == Rational(1, 4), "[1, 1]": limit == 1}.get(domain, False)
    assert outcome(f"limit == {limit}", domain=domain) is (Outcome.PROVES if true else Outcome.REFUTES)


MORE: dict[str, tuple[str, dict[str, Any], Outcome]] = {
    "true limits": ("limit == 1/4", {}, Outcome.PROVES),
    "limit at c = 1": ("limit == 1", {"domain": "[1, 1]"}, Outcome.PROVES),
    "limit 1 at c = -1": ("limit == 1", {"domain": "[-1, -1]"}, Outcome.REFUTES),
    "expansion without a term in L": ("value ~ 1/4", {}, Outcome.PROVES),
    "expansion in one term": ("value ~ 1/4 + 3*log(L)/(8*L)", {}, Outcome.PROVES),
    "wrong second term": ("value ~ 1/4 + 3*log(L)/(8*L) + 1/(100*sqrt(L))", {}, Outcome.REFUTES),
    "wrong coefficient": ("value ~ 1/4 + log(L)/(2*L)", {}, Outcome.REFUTES),
    "third term unknown": ("value ~ 1/4 + 3*log(L)/(8*L) + 1/L", {}, Outcome.UNDECIDED),
    "written with sin": ("value ~ 1/4 + 3*log(L)/8*sin(1/L)", {}, Outcome.PROVES),
    "angle to first order": ("value ~ 3*pi/L", {"quantity": "angle", "domain": NOT_SAME}, Outcome.PROVES),
    "angle, wrong constant": ("value ~ 3/L", {"quantity": "angle", "domain": NOT_SAME}, Outcome.REFUTES),
    "angle is not smaller": ("value = o(1/L)", {"quantity": "angle", "domain": AWAY}, Outcome.REFUTES),
    "uniform with an end where g vanishes": ("value - 1 = O(theta)", {"domain": "[1/2, 1]"}, Outcome.UNDECIDED),
    "g vanishes at c = 0": ("value - 1/4 = O(cos(theta))", {"domain": "[0, 0]"}, Outcome.REFUTES),
    "exactly zero at c = 1": ("value - 1 = O(1/L^9)", {"domain": "[1, 1]"}, Outcome.PROVES),
    "not of the exact order at c = 1": ("value - 1 = Theta(1/L)", {"domain": "[1, 1]"}, Outcome.REFUTES),
    "uniform up to c = 1": ("value - 1/4 = O(log(L)/L)", {"domain": NOT_SAME}, Outcome.REFUTES),
    "pointwise up to c = 1": ("value - 1/4 = O(log(L)/L)", {"domain": NOT_SAME, "pointwise": True}, Outcome.PROVES),
    "two multiples of the value": ("value^2 = O(1)", {}, Outcome.UNDECIDED),
    "no exponential rate": ("value - 1/4 = O(exp(-L))", {}, Outcome.REFUTES),
    "range of gamma": ("value - Omega_1 = O(L^(1 - 2*gamma))",
                       {"network": resnet(RELU, gamma=GAMMA), "gammas": "(1/2, 1]", "domain": INSIDE, "pointwise": True},
                       Outcome.PROVES),
    "range of gamma too far": ("value - Omega_1 = O(L^(-gamma))",
                               {"network": resnet(RELU, gamma=GAMMA), "gammas": "(1/2, 1)", "domain": INSIDE}, Outcome.REFUTES),
    "range of gamma down to 1/2": ("limit == Omega_1",
                                   {"network": resnet(RELU, gamma=GAMMA), "gammas": "[1/2, 1]"}, Outcome.REFUTES),
    "antipode": ("value = Theta(L^(-1/2))", {"network": res("1"), "domain": "[-1, -1]"}, Outcome.PROVES),
    "antipode, too fast": ("value = O(1/L)", {"network": res("1"), "domain": "[-1, -1]"}, Outcome.REFUTES),
}  # fmt: skip


@pytest.mark.parametrize("name", MORE)
def test_statements_and_their_neighbours(name: str) -> None:
    """Each with the finding that is right, or none where the theorems say nothing."""
    holds, more, expected = MORE[name]
    assert outcome(holds, **more) is expected


def test_a_witness_and_the_theorem_are_named() -> None:
    """A refutation says where and by which bound; for a range of gamma, for which values."""
    found = examine(claim("limit == 1/3", domain=NOT_SAME), Options())
    assert found is not None
    assert found.outcome is Outcome.REFUTES
    assert set(found.data) >= {"witness", "coefficient", "growth", "theorem"}
    assert found.data["theorem"]["theorem"] == "ffnet-critical-angle"
    ranged = claim("limit == 1/3", network=resnet(RELU, gamma=GAMMA), gammas="(1/2, 1)")
    again = examine(ranged, Options())
    assert again is not None
    assert "(1/2, 1)" in again.data["witness"]["gamma"]


def test_the_common_form_of_limits_expansions_and_orders() -> None:
    """Center, relation and the smallest term; a chain has none."""
    limit = growth_of(parse_holds("limit == theta"), GammaRange())
    assert (limit.center, limit.relation, limit.bound, limit.pointwise) == (T, "o", 1, True)
    expansion = growth_of(parse_holds("value ~ 1/4 + 1/L^2 + log(L)/L + 1/(L+1)"), GammaRange())
    assert (expansion.bound, expansion.excludes) == (L**-2, False)  # 1/(L+1) is not one scale, and never 0
    assert growth_of(parse_holds("value ~ 1/4 + cos(theta)*log(L)/L"), GammaRange()).excludes
    scaled = growth_of(parse_holds("3 - 2*value = Theta(1/L)"), GammaRange())
    assert (scaled.center, scaled.relation, scaled.pointwise) == (Rational(3, 2), "Theta", False)
    with pytest.raises(BeyondReach, match="only constant multiples"):
        growth_of(parse_holds("theta*value = O(1)"), GammaRange())
    with pytest.raises(BeyondReach, match="not about an order"):
        growth_of(parse_holds("value <= 1"), GammaRange())
    above = GammaRange(low=Rational(1, 2), high=oo, low_closed=False, high_closed=False)
    assert growth_of(parse_holds("value ~ 1 + L^(1-2*gamma) + L^(-2*gamma)"), above).bound == L ** (-2 * GAMMA)
    with pytest.raises(BeyondReach, match="is not determined"):
        growth_of(parse_holds("value ~ L^(-1) + L^(-gamma)"), GammaRange())
    with pytest.raises(BeyondReach, match="is not determined"):
        growth_of(parse_holds("value ~ (L^(-1) + L^(-gamma))"), GammaRange())
    assert growth_of(parse_holds("value ~ 1/4 + log(L)"), GammaRange()).bound == log(L)


def test_a_bound_that_is_zero_has_no_order() -> None:
    """Neither proved nor refuted: the question is not decided, in one line."""
    assert outcome("value - 1/4 = O((sin(theta)^2 + cos(theta)^2 - 1)/L)") is Outcome.UNDECIDED


def test_the_expansion_is_what_the_kernel_does() -> None:
    """At c = 0 and L = 2^16 the kernel differs from 1/4 + 3 log(L)/(8 L) by less than 2/L, and not from another slope."""
    guide = approximation(FFNET)
    assert guide is not None
    depth = 2**16
    value = float(guide.at(depth, arb(0)).str(30, radius=False))
    rest = depth * (value - 0.25 - 0.375 * float(log(depth).evalf()) / depth)
    assert abs(rest) < 2
