"""Networks whose lengths tend to 0: the limit of the correlation, against direct iteration."""

from functools import lru_cache

import pytest
from flint import arb
from sympy import Integer, Rational, log, pi

from numerics.balls import precision
from numerics.kernel import kernel, trajectory
from numerics.small_lengths import invariant, layer_at
from numerics.vanishing import correlation_limit, tends_to_zero
from proofs_check.limit_facts import decide_by_limit
from proofs_check.limits import at_input, limit
from proofs_check.limits.result import DepthLimit
from proofs_check.limits.schedules import corr_limit
from proofs_check.verdicts import Outcome
from theory.activations import activation
from theory.architectures import ffnet
from theory.claims import Verdict
from theory.network import Network
from theory.papers.depth_limits_lengths import CLAIMS
from theory.recursion import derive
from theory.small_lengths import drift, germ_of
from theory.symbols import c, depth, x

CORR = Rational(1, 3)


def _network(spec: str, weight: object = 1) -> Network:
    return ffnet(activation(spec), normalised=False, weight_variance=weight)  # type: ignore[arg-type]


@lru_cache
def _found(spec: str, weight: object = 1, digits: int = 15) -> DepthLimit:
    return at_input(limit(_network(spec, weight)), CORR, digits)


def _extrapolated(network: Network, first: int) -> tuple[arb, arb]:
    """Correlations at two depths n and 2 n without the term in 1/n; and the last N_L."""
    values = trajectory(network, (first, 2 * first), CORR, digits=14)
    return 2 * values[2 * first].normalized_nngp - values[first].normalized_nngp, values[2 * first].normalized_ntk


@pytest.mark.parametrize(("spec", "weight"), [("sin", 1), ("erf", pi / 4), ("expr:sin(2*x)/3", Rational(9, 4))])
def test_theorem_13_limit_is_that_of_deep_layers(spec: str, weight: object) -> None:
    """With c_L - c_inf = -rho/L + O(log(L)/L^2): two depths leave 10^-6, and the sign of the next term is as measured."""
    found = _found(spec, weight)
    assert found.status == "DERIVED"
    with precision(100):
        ball = found.balls[corr_limit]
        assert ball.rad() < 1e-16
        deep, _ = _extrapolated(_network(spec, weight), 1500)
        assert abs(deep - ball) < 2e-6
        assert abs(deep - ball) < abs(CORR.p / arb(CORR.q) - ball) / 1000


def test_theorem_13_first_terms_are_universal() -> None:
    """Both (c - c^3)/6 and -(c - c^3)/3 for every odd activation with a cubic term, as measured for sin."""
    found = _found("sin")
    assert (found.leading_correction + (corr_limit - corr_limit**3) * log(depth) / depth / 3).simplify() == 0
    assert (drift(1) + (c - c**3) / 6).expand() == 0
    with precision(100):
        end = found.balls[corr_limit]
        values = trajectory(_network("sin"), (1000, 3000), CORR, digits=14)
        pairs = [(n, values[n].normalized_nngp - end, values[n].normalized_ntk - end) for n in (1000, 3000)]
        rho = (end - end**3) / 6
        for n, gap, _ in pairs:
            assert abs(gap * n - rho) < rho * 0.02
        # N_L - c_inf = -2 rho log(L)/L + b/L: two depths give the first coefficient without the second
        first, second = (gap * n for n, _, gap in pairs)
        assert abs((second - first) / arb(3).log() + 2 * rho) < rho * 0.1


def test_theorem_13_holds_where_layers_take_a_quadrature() -> None:
    """Tanh: what is left behind layer 32, all of whose layers took a quadrature, is as the theorem says."""
    end = _found("tanh", 1, 12).balls[corr_limit]
    assert end.rad() < 1e-13
    deep = kernel(_network("tanh"), 32, CORR, digits=10).normalized_nngp
    rho = (end - end**3) / 6
    assert abs((deep - end) * 32 - rho) < rho * 0.1


def test_a_quintic_begins_with_another_power() -> None:
    """For x - x^5/100 q_L ~ (2 a L)^(-1/2), and 1/L again in c."""
    germ = germ_of(derive(_network("expr:x-x^5/100")))
    assert germ is not None
    assert (germ.power, germ.slope) == (2, Rational(3, 10))
    with precision(150):
        layer = layer_at(germ.psi, 2, 12, arb(1) / 50)
        assert layer is not None
        made = invariant(layer)
        q, corr = arb(1) / 50, arb(1) / 3
        first = made.at(q, corr)
        for _ in range(50):
            q, corr = layer.applied(q, corr)
        assert first.overlaps(made.at(q, corr))
        assert first.rad() < 1e-18
        assert (corr - arb(1) / 3).abs_lower() > 100 * first.rad()


def test_a_model_encloses_a_layer() -> None:
    """Sin, whose layer is closed: q' = (1 - exp(-2q))/2 and K' = exp(-q) sinh(K)."""
    with precision(120):
        layer = layer_at(germ_of(derive(_network("sin"))).psi, 1, 8, arb(1) / 10)  # type: ignore[union-attr]
        assert layer is not None
        for q, corr in ((arb(1) / 10, arb(1) / 3), (arb(1) / 30, arb(-1)), (arb(1) / 1000, arb(9) / 10)):
            after, moved = layer.applied(q, corr)
            exact = (1 - (-2 * q).exp()) / 2
            assert after.overlaps(exact)
            assert moved.overlaps((-q).exp() * (q * corr).sinh() / exact)
            assert moved.rad() < q**8
        assert layer.alpha < layer.slope


@pytest.mark.parametrize(("share", "value"), [(Rational(1, 2), Rational(3, 7)), (1, 0)])
def test_theorem_13_with_a_quadratic_term_tends_to_one_half(share: Rational, value: Rational) -> None:
    """With sin + share (1 - cos): e = share^2/4 and a = 1 - 3 share^2/4."""
    found = limit(_network(f"expr:sin(x)+({share})*(1-cos(x))"))
    assert (found.status, found.fixed_point, found.ntk_limit) == ("DERIVED", Rational(1, 2), value)


def test_one_half_is_approached() -> None:
    """For share 1 c_L - 1/2 falls like L^(-1), which 200 layers show."""
    network = _network("expr:sin(x)+1-cos(x)")
    values = trajectory(network, (50, 200), Rational(9, 10), digits=8)
    gaps = [values[n].normalized_nngp - 0.5 for n in (50, 200)]
    assert abs(gaps[1]) < abs(gaps[0]) / 2
    assert values[200].normalized_ntk < values[50].normalized_ntk


def test_special_inputs_stay() -> None:
    """Orthogonal and opposite inputs of odd activations."""
    found = limit(_network("sin"))
    assert at_input(found, Integer(0), 12).ntk_limit == 0
    assert at_input(found, Integer(-1), 12).ntk_limit == -1
    assert correlation_limit(_network("sin"), germ_of(derive(_network("sin"))).psi, 1, Integer(0), digits=10) == 0  # type: ignore[union-attr]


def test_lengths_that_grow_at_first_are_not_called_small() -> None:
    """With x - x^3/6 from the norm 100: the lengths explode."""
    network = _network("expr:x-x^3/6").with_(squared_norms=(Integer(100), Integer(100)))
    assert limit(network).status == "OPEN"
    assert not tends_to_zero(derive(network).length_next, Integer(100), x - x**3 / 6, 1, odd=True)


def test_two_lengths_are_left_open() -> None:
    """The theorem is for inputs of one length."""
    found = limit(_network("sin").with_(squared_norms=(Integer(1), Integer(2))))
    assert found.status == "OPEN"
    assert "two lengths" in found.reason


@pytest.mark.parametrize("power", [3, 10, 30])
def test_kernels_of_tiny_inputs_are_enclosed(power: int) -> None:
    """Tanh at squared norms down to 10^-30, where c' = c - 2/3 q^2 c (1 - c^2) + ..."""
    norm = Rational(1, 10**power)
    network = _network("tanh").with_(squared_norms=(norm, norm))
    found = kernel(network, 1, CORR, digits=15)
    with precision(200):
        q = arb(10) ** -power
        expected = arb(1) / 3 - q**2 * 2 / 3 * 8 / 27
        assert abs(found.normalized_nngp - expected) < 20 * q**3 + arb(10) ** -17


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_depth_limits_lengths_verdict_is_the_expected_one(claim) -> None:  # type: ignore[no-untyped-def]
    """Each claim on lengths that tend to 0, and each false neighbor, is decided by the derived limit."""
    evidence = decide_by_limit(claim.statement)
    assert evidence is not None
    assert evidence.outcome is (Outcome.PROVES if claim.expected is Verdict.PROVED else Outcome.REFUTES)
