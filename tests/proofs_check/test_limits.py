"""Depth limits: derived or open for every network, and where derived, what kernels at large depth show."""

import json
from functools import lru_cache
from typing import Any

import pytest
from flint import arb
from sympy import Expr, Integer, Rational, log, oo, sqrt

from numerics.balls import evaluate, precision
from numerics.kernel import kernel
from proofs_check.cli.limiting import LimitRequest, limit_data, limit_of
from proofs_check.cli.options import NetworkWords
from proofs_check.cli.requests import requested_network
from proofs_check.limits import DepthLimit, at_input, limit
from proofs_check.limits.result import ball_of
from theory import parsing
from theory.activations import ACTIVATIONS, activation
from theory.architectures import ffnet
from theory.symbols import c, depth

PARAMETERS = {
    "leaky_relu": "1/5",
    "shaped_relu": "1,-1",
    "relu_power": "2",
    "hermite": "3",
    "polynomial": "0,1,1/3",
}
NAMES = [f"{one.name}:{PARAMETERS[one.name]}" if one.parameter else one.name for one in ACTIVATIONS]
BY_QUADRATURE = {"tanh", "sigmoid", "silu", "softplus", "mish"}
CLASSES = ("relu", "leaky_relu:1/5", "abs", "step", "erf", "gelu", "polynomial:0,1,1/3", "shaped_relu:1,-1")
"""One of each class: kinks (one even), a jump, smooth odd, smooth, a polynomial, and one that depends on L."""
OTHERS = ("resnet_single", "resnet_preact", "resnet_layernorm")
CORR = Rational(3, 10)
_IN_CLOSED_FORM = [name for name in NAMES if name not in BY_QUADRATURE]
PAIRS = [
    *(("ffnet", None, name) for name in NAMES),
    *((kind, None, name) for kind in ("densenet", "ffnet_layernorm") for name in (*CLASSES, "tanh")),
    *(("resnet", "1/4", name) for name in _IN_CLOSED_FORM),
    *(("resnet", g, name) for g in ("1", "1/2", "0") for name in CLASSES),
    *(("resnet", g, "tanh") for g in ("1/2", "1/4")),
    *((kind, g, name) for kind in OTHERS for g in ("1", "1/4") for name in CLASSES),
    *((kind, g, name) for kind in OTHERS for g in ("3/4", "1/2", "0") for name in ("relu", "erf")),
]
"""Every activation feedforward and, in closed form, in residual layers whose scales add up; elsewhere one of each class.

benchmarks/limits.py goes through every pair.
"""
COMPARED = {("ffnet", None), ("resnet", "1"), ("resnet", "1/4"), ("resnet_single", "1")}
"""Where the limits are compared with kernels at L = 100 and 1000; a quadrature a layer would take minutes."""


def words(gamma: str | None = None, **more: Any) -> NetworkWords:
    """The options of a network."""
    return NetworkWords(gamma=gamma, **more)


@lru_cache(maxsize=512)
def derived(kind: str, name: str, options: NetworkWords, orders: int = 2) -> DepthLimit:
    """The limit of a network that words name."""
    return limit(requested_network(kind, name, options), orders=orders)


def settled(found: DepthLimit) -> None:
    """Derived with a limit that does not depend on L, or open with a reason."""
    assert found.status in ("DERIVED", "OPEN")
    if found.status == "OPEN":
        assert found.reason
        return
    assert found.ntk_limit is not None or found.flow is not None
    assert found.ntk_limit is None or not found.ntk_limit.has(depth)


def limit_ball(found: DepthLimit, corr: Expr) -> arb | None:
    """The limit of the normalised NTK at these inputs."""
    if found.ntk_limit is None:
        return None
    return ball_of(found.ntk_limit.subs(c, corr), found.balls, 20)


def correction_at(found: DepthLimit, corr: Expr, length: int) -> arb | None:
    """The leading correction at a depth, where all its letters are known."""
    change = found.leading_correction
    if change is None or change.subs(c, corr).subs(depth, length).free_symbols - set(found.balls):
        return None
    ball = evaluate(change.subs(c, corr), {**found.balls, depth: arb(length)}, digits=30)
    return ball if ball.is_finite() else None


def against_kernels(kind: str, name: str, options: NetworkWords, first: int, last: int) -> None:
    """N_L approaches its limit from L = first to L = last, on the side and at the size of the leading correction."""
    network = requested_network(kind, name, options)
    found = at_input(derived(kind, name, options), CORR, 20)
    known = limit_ball(found, CORR)
    if found.status != "DERIVED" or known is None:
        return
    with precision(200):
        gaps = [kernel(network, length, CORR, digits=25).normalized_ntk - known for length in (first, last)]
        changes = [correction_at(found, CORR, length) for length in (first, last)]
        assert abs(gaps[1] - (changes[1] or 0)) < arb("0.05")
        assert abs(gaps[1]) <= abs(gaps[0]) * arb("1.01") + arb("1e-15")
        for gap, change in zip(gaps, changes, strict=True):
            if change is not None and abs(change) > arb("1e-12"):
                # logarithms are slow: the next term is smaller by log L only
                ratio = gap / change
                assert arb("0.1") < ratio < arb(10), (gap, change)
        if all(change is not None and abs(change) > arb("1e-12") for change in changes):
            off = [abs(gap / change - 1) for gap, change in zip(gaps, changes, strict=True)]
            assert off[1] < off[0] * arb("1.02") + arb("0.05")
        if found.expansion is not None and not found.expansion.free_symbols - {*found.balls, depth}:
            numbers = dict(found.balls)
            rest = [
                abs(gap + known - evaluate(found.expansion, {**numbers, depth: arb(length)}, digits=30))
                for gap, length in zip(gaps, (first, last), strict=True)
            ]
            assert rest[1] * (last // first) ** 2 < rest[0] + arb("1e-18")


@pytest.mark.parametrize(("kind", "gamma", "name"), PAIRS)
def test_every_pair_is_derived_or_open_with_a_reason(kind: str, gamma: str | None, name: str) -> None:
    """No exception, no answer that depends on L; and kernels that approach the limit, where they are quick."""
    settled(derived(kind, name, words(gamma)))
    if (kind, gamma) in COMPARED and name in (_IN_CLOSED_FORM if kind == "ffnet" else CLASSES):
        against_kernels(kind, name, words(gamma), 100, 1000)


@pytest.mark.parametrize("name", ["relu", "abs", "leaky_relu:1/5"])
def test_densenet_limits_agree_with_kernels(name: str) -> None:
    """Its corrections are powers of 1/log L, and the comparison is of the sign only."""
    found = derived("densenet", name, words())
    known = limit_ball(found, CORR)
    network = requested_network("densenet", name, words())
    gaps = [kernel(network, length, CORR, digits=20).normalized_ntk - known for length in (100, 1000)]
    assert known is not None
    assert abs(gaps[1]) < abs(gaps[0])


FORMULAS = {
    "identity": "x",
    "relu": "max(x, 0)",
    "leaky_relu:1/5": "max(x, x/5)",
    "abs": "max(x, -x)",
    "relu_power:2": "max(x, 0)^2",
    "step": "(1 + sign(x))/2",
    "sign": "sign(x)",
    "erf": "erf(x)",
    "tanh": "tanh(x)",
    "sigmoid": "1/(1 + exp(-x))",
    "silu": "x/(1 + exp(-x))",
    "softplus": "log(1 + exp(x))",
    "mish": "x*tanh(log(1 + exp(x)))",
    "sin": "sin(x)",
    "cos": "cos(x)",
    "exp": "exp(x)",
    "gaussian": "exp(-x^2)",
    "gelu": "x*(1 + erf(x/sqrt(2)))/2",
    "hermite:3": "(x^3 - 3*x)/sqrt(6)",
    "polynomial:0,1,1/3": "x + x^2/3",
}


def test_every_built_in_activation_has_a_formula() -> None:
    """But the one that depends on L."""
    assert {*FORMULAS, "shaped_relu:1,-1"} == set(NAMES)


def data_of(kind: str, name: str, gamma: str | None) -> str:
    """``limit --json``, without the name."""
    request = LimitRequest(
        architecture=kind, activation=name, cos="3/10", angle=None, words=words(gamma), orders=2, digits=12
    )
    found, corr = limit_of(request)
    data = limit_data(request, found, corr)
    assert data.pop("activation") == name
    return json.dumps(data)


@pytest.mark.parametrize("name", FORMULAS)
def test_renaming_changes_no_character(name: str) -> None:
    """The answer comes from the function and not from its name."""
    assert data_of("ffnet", name, None) == data_of("ffnet", f"expr:{FORMULAS[name]}", None)
    if name in CLASSES:
        assert data_of("resnet", name, "1") == data_of("resnet", f"expr:{FORMULAS[name]}", "1")


@pytest.mark.parametrize(("weight", "known"), [("1/2", 1), ("1", Rational(4, 7)), ("2", Rational(1, 4))])
def test_relu_with_biases_has_three_fates(weight: str, known: Expr) -> None:
    """1 where lengths settle, 4/7 where they grow like L, 1/4 where they grow exponentially."""
    options = words(weight_variance=weight, bias_variance="1")
    assert derived("ffnet", "relu", options).ntk_limit == known
    network = requested_network("ffnet", "relu", options)
    gaps = [
        abs(kernel(network, length, CORR, digits=20).normalized_ntk - evaluate(known, {})) for length in (100, 2000)
    ]
    assert gaps[1] < gaps[0] / 3


STRANGE = [
    ("ffnet", "relu", words(weight_variance="7/5", bias_variance="1/3")),
    ("ffnet", "leaky_relu:-1/2", words()),
    ("ffnet", "leaky_relu:7/3", words()),
    ("ffnet", "leaky_relu:99/100", words()),
    ("ffnet", "expr:max(x,0)+max(-x,0)/3", words()),
    ("ffnet", "expr:x^3-x", words()),
    ("ffnet", "expr:x+sin(x)", words()),
    ("ffnet", "expr:exp(-x^2/3)*x", words()),
    ("resnet", "relu", words(alpha="log(L)/L")),
    ("resnet", "relu", words(alpha="2*L^(-1/4)")),
    ("resnet", "relu", words(alpha="l^(-1/2)")),
    ("resnet", "leaky_relu:-1/2", words("1/5")),
    ("resnet", "expr:x^3-x", words("1")),
    ("resnet_single", "expr:x+sin(x)", words("2/3")),
]


@pytest.mark.parametrize(("kind", "name", "options"), STRANGE, ids=str)
def test_networks_that_nobody_named_agree_with_kernels(kind: str, name: str, options: NetworkWords) -> None:
    """Derived, and near the limit at L = 200 and 1000."""
    found = derived(kind, name, options)
    assert found.status == "DERIVED", found.reason
    settled(found)
    if options.alpha == "l^(-1/2)":
        return  # like 1/log L
    if name == "leaky_relu:99/100":
        assert (found.ntk_limit, found.leading_correction) == (Rational(1, 4), 3 * log(depth) / (8 * depth))
        return  # a is 1/(3 pi 19801): L = 1000 is not deep
    first, last = (20, 100) if kind.startswith("resnet_s") or name == "expr:x^3-x" else (200, 1000)
    against_kernels(kind, name, options, first, last)


@pytest.mark.parametrize("gamma", ["0.37", "sqrt(2)/3", "0", "1/4"])
def test_every_slow_exponent_has_the_same_flow(gamma: str) -> None:
    """N_L - 1/4 ~ K L^(2 gamma - 1) with one K for 0 < gamma < 1/2; at gamma = 0 the steps are not small, and a logarithm leads.

    Kernels say little there: at gamma = sqrt(2)/3 the time s = L^0.057 is 1.9 at L = 10^5.
    """
    found = at_input(derived("resnet", "relu", words(gamma)), CORR, 20)
    assert found.ntk_limit == Rational(1, 4)
    change = correction_at(found, CORR, 10**6)
    assert change is not None
    if gamma == "0":
        assert found.leading_correction == 3 * log(depth) / (8 * depth)
        return
    power = evaluate(parsing.decay(gamma, "--gamma") * 2 - 1, {})
    same = correction_at(at_input(derived("resnet", "relu", words("1/8")), CORR, 20), CORR, 10**6)
    assert same is not None
    with precision(100):
        assert abs(change / arb(10**6) ** power / (same / arb(10**6) ** arb("-0.75")) - 1) < arb("1e-12")


@pytest.mark.parametrize(
    ("kind", "name", "options"),
    [
        ("resnet", "relu", words(alpha="l^(-2/3)")),
        ("resnet", "relu", words(alpha="l*L")),
        ("ffnet", "expr:tanh(2*x)+x/2", words()),
        ("resnet", "shaped_relu:1,-1", words("1")),
        ("resnet", "relu_power:2", words("0")),
    ],
    ids=str,
)
def test_what_the_method_does_not_reach_is_open_or_right(kind: str, name: str, options: NetworkWords) -> None:
    """Never a guess."""
    settled(derived(kind, name, options))


def test_the_universal_constants_of_relu_like_slopes() -> None:
    """1/4 + (3/8) log(L)/L for every slope in [-1, 1)."""
    for slope in ("-1", "-1/2", "0", "1/3", "7/3"):
        found = derived("ffnet", f"leaky_relu:{slope}", words())
        assert (found.ntk_limit, found.leading_correction) == (Rational(1, 4), 3 * log(depth) / (8 * depth))
        assert found.angle_rate is not None
        s = Rational(slope)
        # 3 pi/(lambda L) with lambda = (1 - s)^2/(1 + s^2)
        assert ball_of(found.angle_rate * depth * (1 - s) ** 2 / (1 + s**2), {}, 20).overlaps(arb.pi() * 3)  # type: ignore[union-attr]


def test_the_logarithm_of_a_smooth_critical_map_may_vanish() -> None:
    """Kappa = 2/9 + 2c/3 + c^3/9 has k3 = (3/2) k2^2: no log(L)/L."""
    network = ffnet(
        activation("expr:sqrt(2/3)*x + (x^3 - 3*x)/(3*sqrt(6))"),
        bias_variance=Rational(2, 9),
        weight_variance=Rational(7, 9),
    )
    found = limit(network)
    assert found.phase == "critical"
    assert found.ntk_limit == Rational(1, 3)
    assert found.leading_correction is not None
    assert not found.leading_correction.has(log)


def test_exceptional_inputs_answer_for_themselves() -> None:
    """Equal inputs; opposite ones of even and odd maps."""
    assert at_input(derived("ffnet", "relu", words()), Integer(1), 10).ntk_limit == 1
    assert at_input(derived("ffnet", "abs", words()), Integer(-1), 10).ntk_limit == 1
    odd = at_input(derived("ffnet", "erf", words()), Integer(-1), 10)
    assert (odd.ntk_limit, odd.fixed_point) == (-1, -1)
    for name, known in (("abs", 1), ("erf", -1)):
        value = kernel(ffnet(activation(name)), 300, Integer(-1), digits=10).normalized_ntk
        assert abs(value - known) < arb("1e-9")


def test_infinite_slopes_are_said_to_be_infinite() -> None:
    """A step has chi = oo."""
    assert derived("ffnet", "step", words()).chi == oo
    assert derived("ffnet", "sign", words()).chi == oo


def test_the_antipode_of_fast_residual_networks_is_slow() -> None:
    """Alpha = L^(-1): N_L at c = -1 is -(sqrt 2/(3 pi)) L^(-1/2), of half the exponent."""
    found = derived("resnet", "relu", words("1"))
    (one,) = found.exceptions
    assert one.limit == 0
    length = 10**4
    shown = kernel(found.network, length, Integer(-1), digits=12).normalized_ntk
    assert abs(shown / evaluate(-sqrt(2) / (3 * sqrt(length)), {}) * arb.pi() - 1) < arb("0.05")
