"""Theorems of docs/shapes.md under attack, and what the judge makes of claims about them.

Kernels are enclosed by iteration at random networks, inputs and depths, Gram matrices built and decomposed: independent of
the proofs.
"""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, cos, pi, sqrt

from numerics.balls import evaluate, precision
from numerics.kernel import kernel
from proofs_check import shapes
from proofs_check.induction import by_induction
from proofs_check.judge import judge
from proofs_check.kernel_series import history
from proofs_check.report.statements import statement_latex, statement_text
from proofs_check.verdicts import Outcome
from proofs_check.windows import decide_scaling
from theory import symbols
from theory.activations import activation, leaky_relu
from theory.architectures import densenet, ffnet, resnet
from theory.claims import (
    Claim,
    Definite,
    Depth,
    Form,
    Interval,
    Kind,
    Quantity,
    Ranking,
    Scaling,
    Shaped,
    Statement,
    Verdict,
)
from theory.errors import BeyondReach
from theory.language import parse_holds
from theory.network import Network
from theory.papers import shapes as paper
from theory.papers.huang2020_common import FFNET, RELU
from theory.papers.short import interval

NNGP, NTK, ANGLE = Quantity.NORMALIZED_NNGP, Quantity.NORMALIZED_NTK, Quantity.ANGLE
NETWORKS = (
    FFNET,
    ffnet(leaky_relu(Rational(1, 5))),
    ffnet(leaky_relu(Rational(-1, 3))),
    ffnet(activation("abs")),
    ffnet(activation("erf")),
    ffnet(activation("exp")),
    ffnet(activation("relu_power:2")),
    ffnet(RELU, bias_variance=Rational(1, 4)),
    ffnet(activation("polynomial:1,1,1/3")),
    resnet(RELU, alpha=Rational(1, 2)),
    resnet(activation("erf"), alpha=Integer(1)),
    densenet(RELU),
)
networks = st.sampled_from(NETWORKS)
correlations = st.integers(-40, 40).map(lambda k: Rational(k, 40))
depths = st.integers(1, 6)
TENTHS, ACUTE_TENTHS = st.sampled_from([-6, -3, 0, 2, 5]), st.sampled_from([0, 2, 5])
EVERY = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1))
ACUTE = interval(symbols.c, "[0, 1]")
SLOW = ("tanh", "sigmoid", "softplus")
QUICK = [one for one in paper.CLAIMS if not any(name in one.id for name in SLOW)]


def verdict(statement: Statement) -> Verdict:
    """The judge's verdict on a statement, by certificates alone."""
    claim = Claim(id="a/b", paper="a", number="", title="", kind=Kind.BOUND, statement=statement)
    return judge(claim, engines=("certificates",), effort=5).verdict


def values(network: Network, depth: int, corr: Expr) -> tuple[float, float]:
    """Both normalised kernels in floats, from enclosures of 20 digits."""
    found = kernel(network, depth, corr, digits=20)
    return float(found.normalized_nngp), float(found.normalized_ntk)


# --- claims -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", QUICK, ids=lambda claim: claim.id)
def test_verdicts_are_the_expected_ones(claim: Claim) -> None:
    """True statements are proved, false ones refuted."""
    assert judge(claim, engines=("certificates", "properties"), effort=20).verdict is claim.expected


@pytest.mark.parametrize("claim", paper.CLAIMS, ids=lambda claim: claim.id)
def test_statements_are_sentences(claim: Claim) -> None:
    """Each claim is said in words and in LaTeX, with its network."""
    assert statement_text(claim).startswith("For ")
    assert statement_latex(claim).startswith("For ")


def test_depths_and_domains_that_are_empty_say_nothing() -> None:
    """A vacuous claim is open."""
    empty = interval(symbols.c, "(1/2, 1/2)")
    for statement in (
        Definite(network=FFNET, quantity=NTK, depth_low=3, depth_high=2),
        Shaped(network=FFNET, quantity=NTK, form=Form.MIRRORED, correlations=empty),
        Shaped(network=FFNET, quantity=NTK, form=Form.MIRRORED, correlations=EVERY, depth_low=3, depth_high=2),
        Ranking(network=FFNET, quantity=NTK, other=FFNET, other_quantity=NNGP, correlations=empty),
    ):
        assert verdict(statement) is Verdict.OPEN


# --- Theorems S, E: in the correlation --------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(networks, depths, correlations)
def test_a_kernel_is_largest_in_size_at_the_absolute_correlation(network: Network, depth: int, corr: Expr) -> None:
    """|f(c)| <= f(|c|) for both kernels."""
    at, mirrored = values(network, depth, corr), values(network, depth, abs(corr))
    assert all(abs(value) <= other + 1e-12 for value, other in zip(at, mirrored, strict=True))


@settings(max_examples=60, deadline=None)
@given(
    networks,
    st.sampled_from([NNGP, NTK]),
    st.booleans(),
    depths,
    st.lists(correlations, min_size=3, max_size=3, unique=True),
)
def test_shapes_that_are_shown_hold(
    network: Network, quantity: Quantity, acute: bool, depth: int, inputs: list[Expr]
) -> None:
    """What the walk through the layers says of a kernel holds at three inputs."""
    a, b, c = sorted(abs(x) for x in inputs) if acute else sorted(inputs)
    if not a < b < c:
        return
    pair = history(network, nonnegative=acute).at(depth)
    shape = pair.nngp_shape if quantity is NNGP else pair.ntk_shape
    index = 0 if quantity is NNGP else 1
    low, middle, high = (values(network, depth, point)[index] for point in (a, b, c))
    assert not shape.nonnegative or low >= -1e-12
    assert not shape.rising or low <= middle + 1e-12 <= high + 2e-12
    above = middle * float(c - a) - low * float(c - b) - high * float(b - a)
    assert not shape.convex or above <= 1e-12


@settings(max_examples=25, deadline=None)
@given(networks, st.sampled_from(list(Form)), st.sampled_from([NNGP, NTK]), st.booleans())
def test_no_shape_with_a_counterexample_is_proved(
    network: Network, form: Form, quantity: Quantity, acute: bool
) -> None:
    """The proof alone, without the search for a witness, never says yes where that search finds one."""
    domain = ACUTE if acute else EVERY
    statement = Shaped(network=network, quantity=quantity, form=form, correlations=domain)
    if shapes._crooked(statement) is not None:
        assert shapes._proved_shape(statement)[0] is None


def test_unequal_norms_are_refused() -> None:
    """Then coefficients may be negative."""
    with pytest.raises(BeyondReach, match="differ in length"):
        history(FFNET.with_(squared_norms=(Integer(1), Integer(2))), nonnegative=True)


# --- Theorem D --------------------------------------------------------------------------------------------------------


def gram(network: Network, depth: int, angles: list[Expr], quantity: Quantity) -> np.ndarray:
    """The matrix of a kernel at points of the circle."""
    index = 0 if quantity is NNGP else 1
    rows = [[values(network, depth, cos(a - b))[index] for b in angles] for a in angles]
    return np.array(rows)


HEXAGON = [pi * Rational(k, 3) for k in range(6)]


@pytest.mark.parametrize("quantity", [NNGP, NTK])
def test_opposite_pairs_tell_depth_one_from_depth_two(quantity: Quantity) -> None:
    """Three opposite pairs on the circle: at L = 1 the odd part of the ReLU kernels has rank 2, at L = 2 it has not."""
    signs = np.array([1, -1, 1, -1, 1, -1])  # opposite coefficients at opposite points, orthogonal to linear functions
    first, second = (gram(FFNET, depth, HEXAGON, quantity) for depth in (1, 2))
    assert abs(signs @ first @ signs) < 1e-12
    assert signs @ second @ signs > 1e-3
    assert np.linalg.eigvalsh(second)[0] > 1e-3
    assert np.linalg.eigvalsh(gram(ffnet(RELU, bias_variance=Rational(1, 4)), 1, HEXAGON, quantity))[0] > 1e-3


@settings(max_examples=12, deadline=None)
@given(networks, st.integers(1, 3), st.sets(st.integers(0, 11), min_size=2, max_size=5))
def test_gram_matrices_agree_with_the_criterion(network: Network, depth: int, points: set[int]) -> None:
    """Where the criterion says strictly positive definite, no matrix is singular; where not, a large one nearly is."""
    angles = [pi * Rational(k, 6) for k in sorted(points)]
    strictly = verdict(Definite(network=network, quantity=NTK, depth_low=depth, depth_high=depth)) is Verdict.PROVED
    if strictly:
        assert np.linalg.eigvalsh(gram(network, depth, angles, NTK))[0] > 1e-9


@pytest.mark.parametrize("name", ["erf", "abs", "polynomial:1,1,1/3"])
@pytest.mark.parametrize("depth", [1, 2])
def test_exact_failures_show_in_a_matrix(name: str, depth: int) -> None:
    """Opposite pairs for odd and even activations, many points for a polynomial of low degree."""
    angles = HEXAGON if name != "polynomial:1,1,1/3" else [pi * Rational(k, 6) for k in range(12)]
    if name == "polynomial:1,1,1/3" and depth == 2:
        return  # of degree 4 in c: 9 dimensions, seen with 12 points at L = 1 only through degree 2
    assert abs(np.linalg.eigvalsh(gram(ffnet(activation(name)), depth, angles, NTK))[0]) < 1e-12


def test_criterion_holds_at_depths_beyond_iteration() -> None:
    """The sizes repeat, so that any depth is decided."""
    walked = history(ffnet(activation("erf")), nonnegative=True)
    assert walked.at(10**30) == walked.at(1)
    assert verdict(Definite(network=FFNET, quantity=NTK, depth_low=10**30)) is Verdict.PROVED


# --- Theorems M, R: along the depth, between networks -----------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(TENTHS, correlations, st.integers(0, 7))
def test_correlations_of_leaky_networks_do_not_fall(tenths: int, corr: Expr, depth: int) -> None:
    """Nor do tangent kernels for c >= 0, and that of ReLU for every c."""
    network = ffnet(leaky_relu(Rational(tenths, 10)))
    now, after = (kernel(network, at, corr, digits=20) for at in (depth, depth + 1))
    assert not after.normalized_nngp < now.normalized_nngp
    if corr >= 0 or tenths == 0:
        assert not after.ntk < now.ntk


def test_tangent_kernel_of_a_chaotic_network_is_not_said_to_rise() -> None:
    """C'(1) > 1 for erf without bias; and the residual source is not the map, so c < 0 is left open."""
    assert (
        verdict(Shaped(network=NETWORKS[4], quantity=Quantity.NTK, form=Form.DEEPENING, correlations=ACUTE))
        is not Verdict.PROVED
    )
    slow = resnet(RELU, alpha=Rational(1, 2))
    proved = shapes._proved_shape(Shaped(network=slow, quantity=Quantity.NTK, form=Form.DEEPENING, correlations=EVERY))
    assert proved[0] is None


@settings(max_examples=30, deadline=None)
@given(ACUTE_TENTHS, ACUTE_TENTHS, correlations, depths)
def test_ranks_of_slopes(first: int, second: int, corr: Expr, depth: int) -> None:
    """The larger the slope, the smaller the correlation, and N_L <= c_L."""
    low, high = sorted((first, second))
    above, below = (kernel(ffnet(leaky_relu(Rational(s, 10))), depth, corr, digits=20) for s in (low, high))
    assert not below.normalized_nngp > above.normalized_nngp
    assert not above.normalized_ntk > above.normalized_nngp


def test_ranks_that_are_false_are_not_proved() -> None:
    """Turned around, or between kinds, nothing is proved, with the search for a witness switched off."""
    assert not shapes._maps_ranked(FFNET, ffnet(leaky_relu(Rational(1, 5))), acute=False)
    assert not shapes._tangent_below(resnet(RELU, alpha=Integer(1)), acute=True)
    assert not shapes._tangent_below(ffnet(leaky_relu(Rational(-1, 3))), acute=False)
    assert not shapes._maps_ranked(ffnet(activation("exp")), FFNET, acute=False)


# --- Theorems B, V, I, W ----------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(TENTHS, st.integers(0, 40).map(lambda k: Rational(k, 40)), st.integers(0, 30))
def test_kernel_near_the_diagonal_is_bounded_below(tenths: int, corr: Expr, depth: int) -> None:
    """N_L >= c (1 - mu L theta/(2 pi))."""
    slope = tenths / 10
    mu = (1 - slope) ** 2 / (1 + slope**2)
    value = kernel(ffnet(leaky_relu(Rational(tenths, 10))), depth, corr, digits=20).normalized_ntk
    assert float(value) >= float(corr) * (1 - mu * depth * np.arccos(float(corr)) / (2 * np.pi)) - 1e-12


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([1, 2, 5, 30]), correlations, st.integers(1, 12))
def test_trained_ends_bound_has_no_counterexample(inverse: int, corr: Expr, depth: int) -> None:
    """|N_L - c| <= 4 h L for every scale."""
    network = resnet(RELU, alpha=Rational(1, inverse), train_first=True, train_readout=True)
    assert abs(values(network, depth, corr)[1] - float(corr)) <= 4 * depth / inverse**2 + 1e-12


def angle_bound(holds: str, network: Network = FFNET) -> tuple[Depth, Expr]:
    """A claim on the angle and the expression on its right side."""
    said = parse_holds(holds)
    statement = Depth(network=network, quantity=ANGLE, holds=said, correlations=EVERY)
    return statement, said.sides[-1].subs(symbols.c, 0)  # type: ignore[union-attr]


def test_induction_from_one_layer_proves_what_is_true_only() -> None:
    """1/pi is attained at pi, 1/(3 pi) from above is Lemma M1: neither with a better constant, nor what is no semigroup."""
    wanted = {
        ("value >= theta/(1 + L*theta/pi)", False): True,
        ("value >= theta/(1 + L*theta*3/10)", False): False,
        ("value <= theta/(1 + L*theta/(3*pi))", True): True,
        ("value <= theta/(1 + L*theta/9)", True): False,
        ("value >= theta/(1 + L*theta)^2", False): False,
        ("value >= theta - L", False): False,
        ("value >= theta/(2 + L*theta)", False): False,
    }
    for (holds, upper), expected in wanted.items():
        statement, bound = angle_bound(holds)
        assert (by_induction(statement, bound, upper=upper, strict=False) is not None) is expected, holds


def scaling(network: Network, angle: Expr, target: Expr) -> Outcome:
    """What Theorem W decides."""
    domain = interval(symbols.x, "(0, oo)")
    return decide_scaling(Scaling(network=network, quantity=NTK, angle=angle, target=target, domain=domain)).outcome


@pytest.mark.parametrize("x", [Rational(1, 2), Integer(7), Integer(40)])
@pytest.mark.parametrize(("network", "m"), [(FFNET, 1), (NETWORKS[1], Rational(8, 13)), (NETWORKS[9], Rational(1, 5))])
def test_profile_is_approached(network: Network, m: Expr, x: Expr) -> None:
    """At L = 10^6 and angle x/L the kernel is within 10^-4 of F(m x/(3 pi)); the profile of another m is not."""
    value = kernel(network, 10**6, angle=x / 10**6, digits=15).normalized_ntk

    def profile(factor: Expr) -> float:
        u = float(evaluate(factor * x / (3 * pi), {}))
        return ((1 + u) ** 4 - 1) / (4 * u * (1 + u) ** 3)

    assert abs(float(value) - profile(m)) < 1e-4
    assert abs(float(value) - profile(m * Rational(5, 4))) > 1e-3


def test_windows_that_are_not_covered_stay_open() -> None:
    """Angles that do not shrink, other kernels and other quantities."""
    x, depth = symbols.x, symbols.depth
    assert scaling(FFNET, x, Integer(1)) is Outcome.UNDECIDED
    assert scaling(FFNET, -x / depth, Integer(1)) is Outcome.UNDECIDED
    assert scaling(ffnet(activation("erf")), x / depth, Integer(1)) is Outcome.UNDECIDED
    assert scaling(FFNET, sqrt(x) / depth**2, Integer(1)) is Outcome.PROVES
    assert scaling(FFNET, x / depth**2, Rational(1, 4)) is Outcome.REFUTES


def test_supremum_over_pairs_stays_at_three_quarters() -> None:
    """For each of some depths a pair is named at which N_L exceeds 0.99: the limit 1/4 is not uniform."""
    for depth in (1, 10, 10**3, 10**5):
        with precision(400):
            value = kernel(FFNET, depth, angle=Rational(1, 20 * depth), digits=10).normalized_ntk
            assert value > 0.99


def test_rising_depths_of_the_tangent_kernel_for_every_pair() -> None:
    """Theta_L rises on a grid of inputs, from L = 0 on; N_L does not."""
    for corr in (Integer(-1), Rational(-9, 10), Rational(-1, 2), Integer(0), Rational(1, 2)):
        found = [kernel(FFNET, depth, corr, digits=20) for depth in range(12)]
        assert all(now.ntk < after.ntk for now, after in pairwise(found))
