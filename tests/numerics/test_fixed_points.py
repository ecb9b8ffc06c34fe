"""Fixed points and zeros: known digits, exact roots of random polynomials, and enclosures that enclose."""

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Integer, Poly, Rational, Symbol, exp, real_roots, sin, tanh

from numerics.balls import evaluate, precision
from numerics.fixed_points import attracted_to, correlation_fixed_point, isolate, newton, taylor_at_one
from numerics.kernel import kernel
from proofs_check.limits import limit
from theory.activations import activation
from theory.architectures import ffnet
from theory.errors import BeyondReach
from theory.recursion import correlation_form, derive
from theory.symbols import c, length

x = Symbol("x", real=True)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("gelu", "0.760401904895909"),
        ("relu_power:2", "0.379956552999409"),
        ("step", "0.789832628373"),
    ],
)
def test_known_fixed_points_of_correlation_maps(name: str, known: str) -> None:
    """Digits found by other programs."""
    form = correlation_form(ffnet(activation(name)))
    assert form is not None
    found = correlation_fixed_point(form.correlation, form.correlation.diff(c), c, {}, 120)
    assert abs(found - arb(known)) < arb(10) ** (2 - len(known))
    assert found.rad() < arb(2) ** -100


@pytest.mark.parametrize("name", ["gelu", "relu_power:2", "step", "expr:exp(2*x)", "expr:x^3 - x + 1/2"])
def test_the_fixed_point_is_where_deep_kernels_go(name: str) -> None:
    """The NNGP at depth 10^4 lies within the ball, up to the error of the kernel itself."""
    form = correlation_form(ffnet(activation(name)))
    assert form is not None
    found = correlation_fixed_point(form.correlation, form.correlation.diff(c), c, {}, 120)
    for corr in (Rational(-1, 2), Rational(9, 10)):
        assert abs(kernel(ffnet(activation(name)), 10**4, corr, digits=25).normalized_nngp - found) < arb(10) ** -24


def ball_of(root: Expr) -> arb:
    """An exact algebraic number, by SymPy's isolation, in 20 digits."""
    return arb(str(root.evalf(30))) + arb(0, "1e-20")


positive = st.fractions(min_value=0, max_value=5, max_denominator=9)


@settings(max_examples=40)
@given(
    st.lists(positive, min_size=3, max_size=7), st.fractions(min_value=Rational(1, 9), max_value=5, max_denominator=9)
)
def test_the_fixed_point_of_a_random_correlation_map_is_its_exact_root(values: list[object], first: object) -> None:
    """Sum a_k c^k with a_k >= 0 and C(1) = 1, chaotic: one root in [0, 1), found by exact isolation too."""
    rationals = [Rational(str(first)), *(Rational(str(v)) for v in values)]
    total = sum(rationals)
    map_ = sum((a / total * c**k for k, a in enumerate(rationals)), Integer(0))
    if not map_.diff(c).subs(c, 1) > Rational(101, 100):
        return
    found = correlation_fixed_point(map_, map_.diff(c), c, {}, 80)
    exact = [ball for root in real_roots(Poly(map_ - c, c)) if -1e-9 <= (ball := ball_of(root)) < 1 - arb("1e-9")]
    assert len(exact) == 1
    assert found.overlaps(exact[0])
    assert found.rad() < arb(2) ** -60


def test_a_map_close_to_critical_has_its_fixed_point_close_to_1() -> None:
    """(1 - s) c + s c^2 + ...: chi = 1 + 1/1000; and a critical map has none."""
    near = Rational(1, 1000) + (Rational(999, 1000) - Rational(1, 500)) * c + Rational(1, 500) * c**2
    found = correlation_fixed_point(near, near.diff(c), c, {}, 80)
    assert found.overlaps(arb("0.5"))
    critical = Rational(1, 4) + c / 2 + c**2 / 4
    with pytest.raises(BeyondReach, match="none was found below 1"):
        correlation_fixed_point(critical, critical.diff(c), c, {}, 80)


@settings(max_examples=30)
@given(st.lists(st.integers(-20, 20), min_size=1, max_size=5, unique=True), st.integers(1, 9))
def test_simple_zeros_are_isolated_and_enclosed(tops: list[int], below: int) -> None:
    """Product of (x - p_i/q): as many cells as zeros, each with one of them in it."""
    roots = sorted(Rational(top, below) for top in tops)
    gap = Integer(1)
    for root in roots:
        gap = gap * (x - root)
    found = isolate(gap, x, arb("-21.3"), arb("21.7"), 60)
    assert not found.undecided
    assert len(found.isolated) == len(roots)
    for ball, root in zip(found.isolated, roots, strict=True):
        assert ball.overlaps(evaluate(root, {}))
        assert ball.rad() < arb(10) ** -15


@settings(max_examples=20)
@given(st.lists(st.integers(-6, 6), min_size=3, max_size=6))
def test_no_zero_is_lost_whatever_the_polynomial(row: list[int]) -> None:
    """Each exact real root lies in an isolated or an undecided cell, and each isolated cell holds one."""
    polynomial = Poly(row, x)
    if polynomial.degree() < 1:
        return
    found = isolate(polynomial.as_expr(), x, arb("-9.1"), arb("9.2"), 60, cells=500)
    exact = [ball_of(root) for root in set(real_roots(polynomial))]
    for root in exact:
        if not -9 < root < 9:
            continue
        assert any(ball.overlaps(root) for ball in (*found.isolated, *found.undecided))
    for ball in found.isolated:
        assert sum(ball.overlaps(root) for root in exact) == 1


def test_a_double_zero_stays_undecided() -> None:
    """(x - 1/3)^2: balls cannot tell it from no zero or two."""
    found = isolate((x - Rational(1, 3)) ** 2, x, arb(0), arb(1), 60)
    assert not found.isolated
    assert any(ball.overlaps(evaluate(Rational(1, 3), {})) for ball in found.undecided)


def test_newton_refuses_what_it_cannot_prove() -> None:
    """No zero, a zero on the edge, a slope with a zero."""
    with precision(100):
        assert newton(lambda y: y * y + 1, lambda y: 2 * y, arb(3, 1)) is None
        assert newton(lambda y: y, lambda _: arb(1), arb(2, 1)) is None
        assert newton(lambda y: y**3, lambda y: 3 * y**2, arb(0, 1)) is None
        found = newton(lambda y: y * y - 2, lambda y: 2 * y, arb("1.5", "0.4"))
        assert found is not None
        assert found.overlaps(arb(2).sqrt())
        assert found.rad() < arb(2) ** -90


@pytest.mark.parametrize(
    "image", [1 + x / 2, 2 * x / (1 + x), 1 + sin(x) / 2, Rational(3, 2) * tanh(x), 3 * x * exp(-x / 2)], ids=str
)
def test_a_length_is_followed_to_its_fixed_point(image: Expr) -> None:
    """The ball holds what 3,000 layers of plain iteration give."""
    start = arb("0.7")
    found = attracted_to(image, image.diff(x), x, start, 100)
    assert found is not None
    value = start
    for _ in range(3000):
        value = evaluate(image, {x: value.mid()}, digits=40)
    assert abs(found - value.mid()) < arb(10) ** -25
    assert found.rad() < arb(2) ** -80


@pytest.mark.parametrize("image", [x + 1, 2 * x, x / 2, x + x**2, x - x**2 / 4, 4 * x / (1 + x**2) ** 2 / 10], ids=str)
def test_a_length_without_a_stable_fixed_point_is_given_up(image: Expr) -> None:
    """Growing, vanishing, or half-stable lengths."""
    assert attracted_to(image, image.diff(x), x, arb("0.5"), 60, layers=500) is None


def test_lengths_of_tanh_with_biases_settle_where_the_kernel_says() -> None:
    """tanh, unnormalised, w = 3/2, b = 1/10: q* is the NNGP at one input at depth 60."""
    network = ffnet(activation("tanh"), weight_variance=Rational(3, 2), bias_variance=Rational(1, 10), normalised=False)
    image = derive(network).length_next
    found = attracted_to(image, image.diff(length), length, arb(1), 60)
    assert found is not None
    deep = kernel(network, 200, Integer(1), digits=12).nngp
    assert abs(found - deep) < arb(10) ** -9


def test_taylor_coefficients_at_one() -> None:
    """exp(c - 1) = 1 - u + u^2/2; the square root of 1 - c has none."""
    found = taylor_at_one((exp(c - 1), c**3), c, {}, 80)
    assert found is not None
    for one, known in zip(found, ((1, -1, Rational(1, 2)), (1, -3, 3)), strict=True):
        assert all(ball.overlaps(evaluate(Integer(0) + k, {})) for ball, k in zip(one, known, strict=True))
    assert taylor_at_one(((1 - c) ** Rational(1, 2),), c, {}, 80) is None


def test_all_fixed_points_are_named() -> None:
    """An odd chaotic map has c = -1, 0 and 1."""
    found = limit(ffnet(activation("erf")))
    assert [(point.corr, point.stability) for point in found.fixed_points] == [
        (-1, "unstable"),
        (0, "stable"),
        (1, "unstable"),
    ]
