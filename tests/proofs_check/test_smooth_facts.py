"""Theorems on smooth maps under attack, and the numbers of a network that they assume."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from flint import arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, acos

from numerics.balls import evaluate, precision
from numerics.kernel import kernel
from proofs_check.certify import search_smooth
from proofs_check.checker import Rejected, check
from proofs_check.facts import NAMES, facts_of
from proofs_check.smooth_facts import GRID, LETTERS, SmoothMap, constants_for, rates, shown, smooth_map
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet
from theory.asymptotics import GammaRange
from theory.claims import Depth, Quantity
from theory.errors import BeyondReach
from theory.language import parse_holds
from theory.network import Network
from theory.parsing import parse
from theory.recursion import correlation_form

T, L = symbols.theta, symbols.depth
BITS = 200
CORRELATIONS = [Rational(p, 8) for p in range(-8, 8)] + [Rational(-999, 1000), 1 - Rational(1, 10**6)]


def _at(coefficients: list[Fraction], c: Fraction) -> Fraction:
    return sum((a * c**k for k, a in enumerate(coefficients)), Fraction(0))


def _slopes(coefficients: list[Fraction]) -> list[Fraction]:
    return [k * a for k, a in enumerate(coefficients)][1:]


def _map(coefficients: list[Fraction]) -> SmoothMap:
    """The numbers of sum a_k c^k with exact rational coefficients."""

    def derivative(order: int, at: int) -> Fraction:
        total = Fraction(0)
        for k, a in enumerate(coefficients):
            falling = 1
            for j in range(order):
                falling *= k - j
            total += a * falling * (Fraction(at) ** (k - order) if k >= order else 0)
        return total

    values = {
        "kappa'(1)": derivative(1, 1),
        "kappa''(1)": derivative(2, 1),
        "kappa''(1)/2": derivative(2, 1) / 2,
        "kappa'''(1)/6": derivative(3, 1) / 6,
        "kappa''''(1)/24": derivative(4, 1) / 24,
        "kappa(-1)": derivative(0, -1),
        "kappa'(0)": derivative(1, 0),
    }
    for k in range(1, GRID):
        at = Fraction(k, GRID)
        values |= {f"kappa({at})": _at(coefficients, at), f"kappa'({at})": _at(_slopes(coefficients), at)}
    exact = {LETTERS["a"]: values["kappa''(1)/2"], LETTERS["beta"]: values["kappa'''(1)/6"]}
    with precision(BITS):
        balls = {name: arb(value.numerator) / arb(value.denominator) for name, value in values.items()}
    return SmoothMap(
        numbers=balls,
        critical=values["kappa'(1)"] == 1,
        b=Integer(0),
        exact={letter: Rational(value.numerator, value.denominator) for letter, value in exact.items()},
    )


@st.composite
def critical_maps(draw: Any) -> list[Fraction]:
    """a_k >= 0, sum a_k = sum k a_k = 1, not linear, not even; up to degree 6, near linear at times."""
    weights = draw(st.lists(st.integers(0, 5), min_size=2, max_size=5))
    assume(any(weights))
    most = sum(k * w for k, w in enumerate(weights, 2))
    share = draw(st.sampled_from([Fraction(1, 100), Fraction(1, 3), Fraction(9, 10), Fraction(1)]))
    tail = [share * w / most for w in weights]
    first = 1 - share
    coefficients = [1 - first - sum(tail), first, *tail]
    assume(sum(coefficients[1::2]) > 0)
    return coefficients


@st.composite
def ordered_maps(draw: Any) -> list[Fraction]:
    """a_k >= 0, sum a_k = 1, sum k a_k < 1."""
    weights = draw(st.lists(st.integers(0, 5), min_size=1, max_size=6))
    assume(any(weights))
    most = sum(k * w for k, w in enumerate(weights, 1))
    share = draw(st.sampled_from([Fraction(1, 100), Fraction(1, 2), Fraction(99, 100)]))
    tail = [share * w / most for w in weights]
    return [1 - sum(tail), *tail]


@st.composite
def chaotic_maps(draw: Any) -> list[Fraction]:
    """a_k >= 0, sum a_k = 1, sum k a_k > 1; a_0 = 0 half of the time."""
    weights = draw(st.lists(st.integers(0, 5), min_size=3, max_size=6))
    weights[0] *= draw(st.integers(0, 1))
    assume(sum(weights) and sum((k - 1) * w for k, w in enumerate(weights)) > 0)
    return [Fraction(w, sum(weights)) for w in weights]


def _iterated(
    coefficients: list[Fraction], b: Fraction, corr: Expr, depths: list[int]
) -> Iterator[tuple[int, dict[str, arb]]]:
    """The kernels by iteration of c' = kappa(c), t' = kappa'(c) t + kappa(c) + b kappa'(c), t_0 = c."""

    def ball(value: Fraction) -> arb:
        return arb(value.numerator) / arb(value.denominator)

    def polynomial(values: list[Fraction], at: arb) -> arb:
        total = arb(0)
        for value in reversed(values):
            total = total * at + ball(value)
        return total

    slopes = _slopes(coefficients)
    c, one = evaluate(corr, {}), arb(1)
    t, d = c, one
    for depth in range(max(depths) + 1):
        if depth in depths:
            yield depth, {"normalized_nngp": c, "ntk": t, "normalized_ntk": t / d}
        slope, image = polynomial(slopes, c), polynomial(coefficients, c)
        t, c = slope * t + image + ball(b) * slope, image
        d = polynomial(slopes, one) * d + 1 + ball(b) * polynomial(slopes, one)


def _violations(found: SmoothMap, coefficients: list[Fraction], b: Fraction, corr: Expr, change: str = "") -> list[Any]:
    proved = check(search_smooth(*constants_for(found, None)))
    assert shown(found, proved["assumes"])
    return _wrong(proved, found, coefficients, b, corr, [0, 1, 2, 5, 40, 300], change)


def _wrong(
    proved: dict[str, Any],
    found: SmoothMap,
    coefficients: list[Fraction],
    b: Fraction,
    corr: Expr,
    depths: list[int],
    change: str = "",
) -> list[Any]:
    letters = {**found.exact, LETTERS["b"]: Rational(b.numerator, b.denominator)}
    wrong = []
    with precision(BITS):
        for depth, values in _iterated(coefficients, b, corr, depths):
            for bound in proved["conclusions"]:
                if depth < bound["first"] or (bound["condition"] is not None and coefficients[0] != 0):
                    continue
                for side, sign in (("lower", 1), ("upper", -1)):
                    text = bound[side].replace("(L+1)/3", change) if change else bound[side]
                    stated = parse(text, names=NAMES, what="certificate").subs(letters).subs(L, depth)
                    limit = evaluate(stated, {T: acos(corr)}, digits=40)
                    if sign * (values[bound["quantity"]] - limit) < 0:
                        wrong.append((depth, bound["quantity"], side))
    return wrong


@settings(max_examples=10, deadline=None)
@given(critical_maps(), st.sampled_from([Fraction(0), Fraction(1, 12), Fraction(3)]), st.sampled_from(CORRELATIONS))
def test_the_critical_theorem_has_no_counterexample(coefficients: list[Fraction], b: Fraction, corr: Expr) -> None:
    """Every conclusion for random critical maps, with and without biases, from c = -1 to 1 - 10^-6."""
    assert _violations(_map(coefficients), coefficients, b, corr) == []


@settings(max_examples=25, deadline=None)
@given(ordered_maps(), st.sampled_from([Fraction(0), Fraction(1, 12)]), st.sampled_from([*CORRELATIONS, Integer(1)]))
def test_the_ordered_theorem_has_no_counterexample(coefficients: list[Fraction], b: Fraction, corr: Expr) -> None:
    """The same for maps with slope below 1."""
    assert _violations(_map(coefficients), coefficients, b, corr) == []


@settings(max_examples=25, deadline=None)
@given(chaotic_maps(), st.sampled_from([corr for corr in CORRELATIONS if corr > -1]))
def test_the_chaotic_theorem_has_no_counterexample(coefficients: list[Fraction], corr: Expr) -> None:
    """The same for maps with slope above 1, those that keep 0 among them."""
    try:
        wrong = _violations(_map(coefficients), coefficients, Fraction(0), corr)
    except BeyondReach:
        assume(False)  # too near to slope 1, or to a map that contracts nowhere
    assert wrong == []


def test_a_broken_conclusion_would_be_found() -> None:
    """With 1/4 in the place of 1/3 the same comparison reports violations."""
    coefficients = [Fraction(34, 169) - Fraction(10, 169), Fraction(121, 169), Fraction(24, 169)]
    assert sum(coefficients) == 1
    assert _violations(_map(coefficients), coefficients, Fraction(0), Integer(0)) == []
    assert _violations(_map(coefficients), coefficients, Fraction(0), Integer(0), "(L+1)/4")


@given(critical_maps(), st.sampled_from([Rational(p, 32) for p in range(-32, 32)]))
def test_the_lemma_on_critical_maps(coefficients: list[Fraction], corr: Expr) -> None:
    """(1 + kappa(-1))/4 <= A <= a, 0 <= A_2 <= beta, |beta - A_2| <= gamma u, (1 - kappa(-1))/4 <= D <= 1, exactly."""
    c = Fraction(int(corr.p), int(corr.q))
    u = 1 - c
    value, at_minus = _at(coefficients, c), _at(coefficients, Fraction(-1))
    a, beta, gamma = (
        sum(f * Fraction(1) for f in parts)
        for parts in (
            [x * k * (k - 1) / 2 for k, x in enumerate(coefficients)],
            [x * k * (k - 1) * (k - 2) / 6 for k, x in enumerate(coefficients)],
            [x * k * (k - 1) * (k - 2) * (k - 3) / 24 for k, x in enumerate(coefficients)],
        )
    )
    quotient = (value - c) / u**2
    second = (a - quotient) / u
    assert (1 + at_minus) / 4 <= quotient <= a
    assert 0 <= second <= beta
    assert abs(beta - second) <= gamma * u
    assert (1 - at_minus) / 4 <= (1 - value) / u <= 1


EXAMPLES = {
    "smooth-critical": [Fraction(24, 169), Fraction(121, 169), Fraction(24, 169)],
    "smooth-ordered": [Fraction(3, 4), Fraction(1, 8), Fraction(0), Fraction(3, 32), Fraction(1, 32)],
    "smooth-chaotic": [Fraction(0), Fraction(3, 4), Fraction(0), Fraction(1, 4)],
}
"""A map for each theorem."""


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(EXAMPLES)),
    st.data(),
    st.sampled_from(
        [Fraction(0), Fraction(1, 2), Fraction(9, 10), Fraction(999, 1000), Fraction(11, 10), Fraction(2), Fraction(-1)]
    ),
)
def test_tampered_certificates_prove_nothing_false(theorem: str, data: Any, factor: Fraction) -> None:
    """One or two constants changed: rejected, or not assumed of this map, or still true of it."""
    coefficients = EXAMPLES[theorem]
    found = _map(coefficients)
    certificate = search_smooth(*constants_for(found, None))
    assert certificate["theorem"] == theorem
    constants = dict(certificate["constants"])
    for name in data.draw(st.lists(st.sampled_from(sorted(constants)), min_size=1, max_size=2, unique=True)):
        constants[name] = str(Fraction(constants[name]) * factor)
    try:
        proved = check({**certificate, "constants": constants})
        assumed = shown(found, proved["assumes"])
    except (Rejected, BeyondReach, KeyError):
        return
    if assumed:
        assert _wrong(proved, found, coefficients, Fraction(0), Rational(-1, 2), [0, 3, 30]) == []


# --- networks ---------------------------------------------------------------------------------------------------------


def _net(name: str, **options: Any) -> Network:
    return ffnet(activation(name), **options)


def _numbers(network: Network) -> SmoothMap | None:
    form = correlation_form(network)
    assert form is not None
    return smooth_map(form)


def _facts(network: Network, quantity: Quantity, holds: str = "limit == 1") -> list[Any]:
    statement = Depth(network=network, quantity=quantity, holds=parse_holds(holds))
    return [fact for fact in facts_of(statement, GammaRange())[0] if fact.theorem is not None]


@pytest.mark.parametrize(
    ("network", "theorem"),
    [
        (_net("exp"), "smooth-critical"),
        (_net("tanh", critical=1), "smooth-critical"),
        (_net("polynomial:0,1,1/3", critical=1), "smooth-critical"),
        (_net("sigmoid"), "smooth-ordered"),
        (_net("erf"), "smooth-chaotic"),
        (_net("relu_power:2"), "smooth-chaotic"),
    ],
    ids=str,
)
def test_bounds_of_networks_contain_their_kernels(network: Network, theorem: str) -> None:
    """The kernels that are iterated by themselves lie between the bounds at a few depths."""
    for quantity in (Quantity.NORMALIZED_NTK, Quantity.NORMALIZED_NNGP):
        found = _facts(network, quantity)
        ours = {fact.theorem for fact in found}
        assert ours == {theorem} or (quantity is Quantity.NORMALIZED_NNGP and ours == set() and "power" in str(network))
        for depth in (1, 3):
            for corr in (Rational(-1, 2), Rational(9, 10)):
                value = getattr(kernel(network, depth, corr, digits=15), quantity.value)
                for fact in found:
                    low, high = (
                        evaluate(side, {L: Integer(depth), T: acos(corr)}) for side in (fact.lower, fact.upper)
                    )
                    assert not value < low
                    assert not value > high


@pytest.mark.parametrize("name", ["relu", "leaky_relu:1/5", "abs", "identity", "step"])
def test_maps_of_which_no_such_theorem_speaks(name: str) -> None:
    """A kink has no second derivative at 1; the linear map never moves."""
    form = correlation_form(_net(name))
    found = None if form is None else smooth_map(form)
    if found is not None:
        with pytest.raises(BeyondReach):
            search_smooth(*constants_for(found, None))


def test_slope_one_is_an_equation() -> None:
    """A slope that only looks like 1 is not assumed to be 1."""
    found = _numbers(_net("exp"))
    assert found is not None
    theorem, given_ = constants_for(found, None)
    assumes = check(search_smooth(theorem, given_))["assumes"]
    assert shown(found, assumes)
    pretended = SmoothMap(numbers=found.numbers, critical=False, b=found.b, exact=found.exact)
    assert not shown(pretended, assumes)
    for number in [name for name, *_ in assumes if name != "kappa'(1)"]:
        moved = {**found.numbers, number: found.numbers[number] + arb(1) / 10**6}
        assert not shown(SmoothMap(numbers=moved, critical=True, b=found.b, exact=found.exact), assumes), number


@pytest.mark.parametrize("constant", ["b1", "E", "Z", "alpha", "K", "m", "drift", "C", "hi"])
def test_each_constant_is_checked(constant: str) -> None:
    """A hundredth less than the search finds is rejected."""
    found = _numbers(_net("exp"))
    assert found is not None
    certificate = search_smooth(*constants_for(found, None))
    lowered = Fraction(certificate["constants"][constant]) * Fraction(99, 100)
    with pytest.raises(Rejected):
        check({**certificate, "constants": {**certificate["constants"], constant: str(lowered)}})


def test_the_rates_of_a_statement() -> None:
    """Rational bases below 1 with exponent L."""
    statement = Depth(
        network=_net("sigmoid"), quantity=Quantity.NTK, holds=parse_holds("value <= (1/6)^L + 2^(-L) + 3^L")
    )
    assert list(rates(statement)) == [Fraction(1, 6), Fraction(1, 2)]
