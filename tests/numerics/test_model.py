"""The recursion as it is iterated is the derived one, in a form that is accurate at both ends."""

import pytest
from flint import arb
from sample_networks import NETWORKS
from sympy import Integer, Rational, acos, asin, sqrt

from numerics.balls import evaluate, precision
from numerics.model import SPECIAL, _reflected, _roots_apart, at_depth, model
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.errors import InputError
from theory.recursion import correlation_form

C, L = symbols.c, symbols.depth


@pytest.mark.parametrize("name", ["ffnet leaky", "ffnet abs", "ffnet erf lengths", "resnet relu", "resnet schedule"])
def test_derivatives_in_the_correlation_are_derivatives(name: str) -> None:
    """The rewritten slope of map, factor and source equals the difference quotient at three correlations."""
    used = model(NETWORKS[name])
    at = {
        symbols.layer: Integer(2),
        symbols.length: Integer(1),
        symbols.length1: Integer(1),
        symbols.length2: Integer(2),
        L: Integer(5),
    }
    step = Rational(1, 10**12)
    for map_, slope in (
        (used.corr, used.corr_slope),
        (used.factor, used.factor_slope),
        (used.source, used.source_slope),
    ):
        for corr in (Rational(-3, 5), Rational(1, 7), Rational(4, 5)):
            after, before, exact = (
                evaluate(e.subs(at), {C: p}, digits=60)
                for e, p in ((map_, corr + step), (map_, corr - step), (slope, corr))
            )
            with precision(300):
                assert abs((after - before) / (2 * arb(10) ** -12) - exact) < arb(10) ** -9


@pytest.mark.parametrize(
    ("network", "images"),
    [
        (ffnet(activation("relu")), (1, None, 0)),
        (ffnet(activation("abs")), (1, None, 1)),
        (ffnet(activation("erf")), (1, 0, -1)),
        (ffnet(activation("identity")), (1, 0, -1)),
    ],
    ids=lambda v: str(v)[:40],
)
def test_correlations_that_stay_exact_are_found(network, images) -> None:
    """Images of 1, 0 and -1 among these numbers, by algebra."""
    used = model(network)
    assert used.special == images
    assert tuple(used.to(value) for value in SPECIAL) == images


def test_the_model_agrees_with_the_correlation_form() -> None:
    """Where there is one, no length occurs and the expressions are equal."""
    network = ffnet(activation("relu"))
    form, used = correlation_form(network), model(network)
    assert form is not None
    assert used.lengths is None
    for corr in (Rational(-1), Rational(-1, 3), Rational(9, 10)):
        assert evaluate(used.corr - form.correlation, {C: corr}, digits=40).contains(0)
        assert evaluate(used.source - form.source, {C: corr}, digits=40).contains(0)


def test_an_open_parameter_is_refused() -> None:
    """Numbers need every parameter, and the message names it."""
    with pytest.raises(InputError, match="gamma has no value"):
        model(resnet(activation("relu"), gamma=symbols.gamma))


def test_dependence_on_the_depth_is_seen() -> None:
    """L^(-gamma) makes each depth a network of its own; what is free of L stays as it is."""
    assert model(resnet(activation("relu"), gamma=Integer(1))).depends_on_depth
    assert not model(ffnet(activation("relu"))).depends_on_depth
    assert at_depth(C, 5) == C


def test_roots_are_written_without_cancellation_and_reflections_without_minus() -> None:
    """sqrt(4 - 4 c^2) keeps all its digits at c = 1 - 10^-40; acos(-c) becomes pi - acos(c)."""
    written = _roots_apart(sqrt(4 - 4 * C**2))
    with precision(64):
        ball = evaluate(written, {C: 1 - arb(2) ** -50})
        assert ball.rad() < abs(ball) * arb(2) ** -30
    assert _roots_apart(sqrt(3 + C)) == sqrt(3 + C)
    assert _reflected(acos(-C / 2)) + acos(C / 2) == acos(Integer(-1))
    assert _reflected(asin(-C / 3)) == -asin(C / 3)
    assert _reflected(acos(C / 2)) == acos(C / 2)
