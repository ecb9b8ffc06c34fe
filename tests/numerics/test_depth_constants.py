"""Constants of the inputs against known digits, deep kernels, and the coordinate of ``theory.critical``."""

import pytest
from flint import arb, arb_series
from sympy import Expr, Integer, Rational, Symbol, exp, pi

from numerics.abel import coordinates
from numerics.balls import accurate, evaluate, precision
from numerics.critical_maps import critical_map
from numerics.depth_constants import critical_constants, settling_constants
from numerics.kernel import kernel
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.critical import coordinate
from theory.network import Network
from theory.series import PowerSeries, expand_in

RELU = ffnet(activation("relu"))
COS = ffnet(activation("expr:sqrt(2)*cos(x + pi/4)"))


@pytest.mark.parametrize(
    ("angle", "known"), [(Rational(1, 2), "3.5757214"), (1, "1.5650737"), (pi / 2, "0.97246185"), (pi, "0.72246185")]
)
def test_the_constant_of_relu_has_its_known_digits(angle: Expr, known: str) -> None:
    """K = lim Theta_L - L/4 - (3/8) log L, and K = (3 pi/4) M - 1/8."""
    found = critical_constants(RELU, angle=angle)
    assert found is not None
    assert found.variable == "theta"
    for ball in (found.shift, found.tangent, found.ntk_constant):
        assert accurate(ball, 30)
    assert found.ntk_constant.overlaps(arb(known, 1e-7))
    assert found.ntk_constant.overlaps(evaluate(3 * pi / 4, {}) * found.shift - arb(1) / 8)


def test_opposite_inputs_of_relu_are_one_layer_behind_orthogonal_ones() -> None:
    """theta_1 = pi/2 from theta_0 = pi, and the NTK is 0 there: M differs by a, B agrees."""
    one, other = critical_constants(RELU, angle=pi), critical_constants(RELU, angle=pi / 2)
    assert one is not None
    assert other is not None
    assert (one.shift + one.a).overlaps(other.shift)
    assert one.tangent.overlaps(other.tangent)


@pytest.mark.parametrize(
    "network", [RELU, COS, resnet(activation("relu"), alpha=Integer(1))], ids=["relu", "cos", "resnet"]
)
def test_deep_kernels_approach_the_constants(network: Network) -> None:
    """1/x_L - a L - alpha log L and t_L - p (a L + alpha log L) at L = 10^15 are M and K up to log(L)/L."""
    depth = 10**15
    values, found = kernel(network, depth, Rational(3, 10), digits=40), critical_constants(network, Rational(3, 10))
    assert found is not None
    with precision(300):
        x = values.angle if found.variable == "theta" else 2 * (values.angle / 2).sin() ** 2
        line = found.a * depth + found.alpha * arb(depth).log()
        assert abs(1 / x - line - found.shift) < 1e-12
        assert (
            abs(values.ntk / values.nngp * values.normalized_nngp - found.ntk_slope * line - found.ntk_constant) < 1e-12
        )


def test_p_is_that_of_the_symbolic_coordinate() -> None:
    """For kappa = e^(c-1), t = Theta: P without its term u^2, as theory.critical has it, so that B means the same."""
    u = Symbol("u", real=True)
    letters = {u: PowerSeries.variable(8)}
    known = coordinate(*(expand_in(e, letters) for e in (1 - exp(-u), exp(-u), exp(-u))))
    found = critical_map(COS, 1)
    assert found is not None
    at = coordinates(found, 128)
    assert at is not None
    with precision(128, 8):
        weight = arb_series([at.s[k] for k in range(7)], prec=7).exp()
        ours = weight * arb_series([at.u[k] for k in range(7)], prec=7)
        resonant = ours[3]
        for k in range(-1, 5):
            shifted = ours[k + 1] - (resonant * weight[k - 2] if k >= 2 else 0)
            assert shifted.overlaps(evaluate(known.p[k + 1], {})), k
        assert at.log_u.overlaps(evaluate(known.v, {}))


def test_koenigs_constants_are_limits() -> None:
    """erf: lim c_L/kappa'(0)^L from c = 3/10 is 0.3129407406, and Q(kappa(c)) = lambda Q(c)."""
    network = ffnet(activation("erf"))
    found = settling_constants(network, Rational(3, 10))
    assert found is not None
    assert found.koenigs.overlaps(arb("0.3129407406", 1e-10))
    assert accurate(found.koenigs, 30)
    deep = kernel(network, 2000, Rational(3, 10), digits=80).normalized_nngp
    with precision(300):
        assert abs(deep / found.rate**2000 - found.koenigs) < 1e-27


def test_an_ordered_network_has_the_constant_of_its_distance_to_one() -> None:
    """For kappa = cosh(c)/cosh(1), chi = tanh(1): (c_L - 1)/chi^L tends to Q < 0, up to chi^L."""
    network = ffnet(activation("expr:cos(x)"))
    found = settling_constants(network, Rational(1, 2), digits=15)
    assert found is not None
    assert found.point == 1
    assert found.koenigs < 0
    gap = 1 - kernel(network, 120, Rational(1, 2), digits=40).normalized_nngp
    with precision(200):
        assert found.rate.overlaps(arb(1).tanh())
        assert abs(gap / found.rate**120 + found.koenigs) < 1e-12


def test_inputs_and_networks_without_a_constant() -> None:
    """Equal inputs have no M, a critical network no Q, and a chaotic one no M."""
    assert critical_constants(RELU, 1) is None
    assert critical_constants(ffnet(activation("erf")), Rational(1, 2)) is None
    assert settling_constants(RELU, Rational(1, 2)) is None
    assert settling_constants(ffnet(activation("erf")), 0) is None
