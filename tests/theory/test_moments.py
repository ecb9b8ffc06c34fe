"""Unevaluated Gaussian moments: their values, their calculus, what is refused, and that derivations survive them."""

import pytest
from sympy import Integer, Rational, cos, diff, erf, exp, expand, latex, log, sin, tanh

from theory import symbols
from theory.activations import activation
from theory.algebra import Answer, is_zero
from theory.architectures import ffnet, resnet
from theory.duals import correlation_derivative, correlation_dual, dual
from theory.errors import InputError, NoClosedForm
from theory.growth import gaussian_growth
from theory.moments import GaussianMean, GaussianPair, Integrand
from theory.recursion import correlation_form, derive
from theory.symbols import c, length, length1, length2, nngp, x

SMOOTH = ("tanh", "sigmoid", "silu", "softplus", "mish", "expr: atan(x)", "expr: x/sqrt(1+x^2)", "expr: erf(x-1)")


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_activations_are_normalised_by_structure(name: str) -> None:
    """kappa(1) = 1, and the normalised network keeps its length, so that it has a form in the correlation."""
    phi = activation(name)
    assert correlation_dual(phi).subs(c, 1) == 1
    form = correlation_form(ffnet(phi))
    assert form is not None
    assert form.growth == 1
    assert is_zero(correlation_dual(phi).diff(c) - correlation_derivative(phi)) is Answer.YES
    assert derive(resnet(phi, gamma=Integer(1))).length_next.has(GaussianMean)


def test_values_at_equal_opposite_and_independent_inputs() -> None:
    """K = q, -q and 0; an odd function has mean 0; lengths may be exchanged."""
    odd, other = tanh(x), log(1 + exp(x))
    single = GaussianMean(tanh(x) ** 2, length)
    assert GaussianPair(odd, 0, length, length, length) == single
    assert GaussianPair(odd, 0, length, length, -length) == -single
    assert GaussianPair(odd, 1, length, length, -length) == GaussianMean((1 - tanh(x) ** 2) ** 2, length)
    assert GaussianPair(odd, 0, length1, length2, 0) == 0
    assert GaussianPair(other, 0, length1, length2, 0) == GaussianMean(other, length1) * GaussianMean(other, length2)
    assert GaussianPair(other, 0, length, length, -length).has(GaussianPair)
    assert GaussianPair(other, 0, length2, length1, nngp) == GaussianPair(other, 0, length1, length2, nngp)
    assert GaussianPair(3 * odd, 0, length1, length2, nngp) == 9 * GaussianPair(odd, 0, length1, length2, nngp)


def test_calculus_follows_price_and_the_heat_equation() -> None:
    """Derivatives in the covariance, through chains, and in the variance."""
    pair = GaussianPair(tanh(x), 0, length, length, c * length)
    assert pair.diff(c, 2) == length**2 * GaussianPair(tanh(x), 2, length, length, c * length)
    assert GaussianMean(tanh(x) ** 2, length).diff(length) == GaussianMean(diff(tanh(x) ** 2, x, 2), length) / 2
    assert GaussianMean(Integer(5), length) == 5
    assert GaussianMean(cos(x), Integer(0)) == 1
    assert expand(2 * (pair + 1)).has(GaussianPair)


def test_substitution_leaves_the_integrand_alone() -> None:
    """X inside a moment is bound; printing names the variables u and v."""
    pair = GaussianPair(tanh(x), 0, length1, length2, nngp)
    assert pair.subs(x, 3) == pair
    assert pair.free_symbols == {length1, length2, nngp}
    assert pair.is_real
    assert pair.subs({nngp: Rational(1, 2), length1: 1, length2: 1}, simultaneous=True).free_symbols == set()
    assert str(pair) == "E[tanh(u)*tanh(v); q1, q2, K]"
    assert latex(pair) == (r"\mathbb{E}_{q_{1}, q_{2}, K}\left[\tanh{\left(u \right)} \tanh{\left(v \right)}\right]")
    assert Integrand(sin(x)) == Integrand(sin(x)) != Integrand(erf(x))


def test_a_new_name_is_the_same_object() -> None:
    """An expression and its name have equal duals."""
    assert dual(activation("expr: 1/(1+exp(-x))")).covariance == dual(activation("sigmoid")).covariance
    assert symbols.x not in dual(activation("tanh")).covariance.free_symbols


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exp(exp(x))", "infinite or not shown"),
        ("exp(x^2/3)*tanh(x)", "a < 1/4"),
        ("exp(x^3)*tanh(x)", "infinite or not shown"),
        ("1/x", "denominator"),
        ("tanh(x)/(x^2-2)", "denominator"),
        ("log(x)", "positive"),
        ("sqrt(x)", "positive"),
        ("asin(x)", "(-1, 1)"),
    ],
)
def test_what_is_not_square_integrable_is_refused_in_one_line(text: str, words: str) -> None:
    """Growth that is too fast, poles and branch points on the real line."""
    with pytest.raises(InputError) as caught:
        dual(activation(f"expr:{text}"))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_growth_carries_its_condition() -> None:
    """exp(a x^2) with 0 < a < 1/4 is finite for variances below 1/(4a)."""
    assert gaussian_growth(tanh(x) * exp(x**2 / 10), "f") == Rational(1, 10)
    assert dual(activation("expr: exp(x^2/10)*tanh(x)")).conditions == (1 - 2 * length / 5,)
    for text in ("1/(x^2-2*x+2)", "1/(2+sin(x))", "exp(-x^4)*tanh(x)", "exp(sqrt(1+x^2))", "log(2+cos(x))"):
        assert gaussian_growth(activation(f"expr:{text}").expression, text) == 0


def test_kinks_without_a_closed_form_stay_refused() -> None:
    """No Hermite series is offered where derivatives jump."""
    with pytest.raises(NoClosedForm):
        dual(activation("expr: max(x, 0)*tanh(x)"))
