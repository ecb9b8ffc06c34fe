"""Constants just beyond the truth are not provable, those just inside are; the search for the false ones ends at once."""

import time
from fractions import Fraction

import pytest

from proofs_check.certify import search_inequality
from proofs_check.checker import check
from theory.errors import BeyondReach

S = "(sin(t)-t*cos(t))/pi"
OMEGA = "(cos(t)+(sin(t)-2*t*cos(t))/(2*pi))"
FALL = "(sin(t)-(2*t*sin(t)-cos(t))/(2*pi))"
SQUARE = "t^2*sin(t)"
LAYER = f"(cos(t)+{S})"
B1 = "1/(6*pi^2)"


def bracket(linear: str, cubic: str) -> str:
    """cos(t/(1 + t/(3 pi) + ...)): what the cosine of the next angle is compared with."""
    return f"cos(t/(1+t/(3*pi)+{linear}*t^2+({cubic})*t^3))"


SHARP = {
    "the next angle from below, cubic term": (f"{LAYER}-{bracket(B1, '{k}')}", "pi", "1006/100000", "1005/100000"),
    "the next angle from above, cubic term": (f"{bracket(B1, '{k}')}-{LAYER}", "pi", "1632/100000", "1634/100000"),
    "the next angle from above, linear term": (f"{bracket('({k})', '0')}-{LAYER}", "pi", "675/10000", "68/1000"),
    "every slope at once, as mu tends to 0": (f"{SQUARE}*(1/(3*pi)+({{k}})*t)-{S}", "3", "22/100", "23/100"),
    "mu = 2 before a right angle": (
        f"cos(t/(1+2*t/(3*pi)+2*({{k}})*t^2))-cos(t)-2*{S}",
        "11/7",
        "91/1000",
        "92/1000",
    ),
    "the least value of the residual limit": (f"({{k}})+{OMEGA}", "pi", "683/10000", "684/10000"),
    "the source of the residual recursion": (f"({{k}})*t/pi-(2*(1-{OMEGA})-t/pi)", "pi", "23/10", "24/10"),
    "the slope of the residual limit": (f"({{k}})-{FALL}", "pi", "6598/10000", "661/1000"),
    "the slope of the gain": ("({k})-t*sin(t)/pi", "pi", "579/1000", "580/1000"),
    "the gain against the cube of the half angle's sine": (f"({{k}})*sin(t/2)^3-{S}", "pi", "999/1000", "1001/1000"),
    "half a right angle, by the third power": ("({k})*t^3-(sin(t)-t*cos(t))", "pi", "333/1000", "334/1000"),
    "the first layers of the source": (
        f"({{k}})*t/pi-1+{LAYER}-3*pi/4*1641/100000*t^2",
        "pi",
        "159/100",
        "161/100",
    ),
}
"""What -> (function of the constant k that must be >= 0, right end, a constant beyond the truth, one just inside)."""


@pytest.mark.parametrize("name", SHARP)
def test_a_constant_beyond_the_truth_is_not_provable(name: str) -> None:
    """The search gives up, with a reason, in less than two seconds; the two constants differ by a few per cent at most."""
    text, upper, beyond, inside = SHARP[name]
    assert 0 < abs(Fraction(beyond) / Fraction(inside) - 1) < Fraction(1, 20)
    start = time.process_time()
    with pytest.raises(BeyondReach, match="may be false there"):
        search_inequality(text.format(k=beyond), ">=", upper)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", SHARP)
def test_a_constant_just_inside_is_provable(name: str) -> None:
    """The certificate is found and accepted."""
    text, upper, _, inside = SHARP[name]
    said = check(search_inequality(text.format(k=inside), ">=", upper))
    assert said["expression"] == text.format(k=inside)
    assert said["upto"] == upper
