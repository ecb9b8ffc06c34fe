"""The engine of certificates: what it proves, what it refutes, and above all what it must not prove."""

from functools import cache
from typing import Any

import pytest
from sympy import Integer, Rational, Symbol, cos, pi, sin

from proofs_check.certify import certify
from proofs_check.checker import check
from proofs_check.engines.certificates import examine
from proofs_check.judge import Options
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet, resnet_single
from theory.claims import Claim, Depth, Inequality, Interval, Kind, Quantity
from theory.errors import BeyondReach
from theory.language import parse_holds
from theory.network import Network
from theory.papers.huang2020_common import OMEGA, interval

RELU = activation("relu")
FFNET = ffnet(RELU)
GAMMA = symbols.gamma
EVERY, NOT_SAME, INSIDE, AWAY = "[-1, 1]", "[-1, 1)", "(-1, 1)", "[-1, 1/2]"


def claim(
    holds: str,
    *,
    network: Network = FFNET,
    quantity: str = "normalized_ntk",
    domain: str = INSIDE,
    gammas: str | None = None,
    pointwise: bool = False,
    depths: tuple[int, int | None] = (1, None),
) -> Claim:
    """A claim in the language; Omega_1 stands for the two-layer kernel."""
    statement = Depth(
        network=network,
        quantity=Quantity(quantity),
        holds=parse_holds(holds.replace("Omega_1", f"({OMEGA})")),
        correlations=interval(symbols.c, domain),
        depth_low=depths[0],
        depth_high=depths[1],
        parameters=() if gammas is None else (interval(GAMMA, gammas),),
        pointwise=pointwise,
    )
    return Claim(id="test/claim", paper="test", number="", title="", kind=Kind.BOUND, statement=statement)


def outcome(holds: str, **more: Any) -> Outcome:
    """What the engine says."""
    found = evidence(holds, **more)
    return Outcome.UNDECIDED if found is None else found.outcome


def evidence(holds: str, **more: Any) -> Evidence | None:
    """The engine's evidence; a question beyond its reach counts as none."""
    try:
        return examine(claim(holds, **more), Options())
    except BeyondReach:
        return None


def res(gamma: str, **options: Any) -> Network:
    """The residual network of ReLU at one gamma."""
    return resnet(RELU, gamma=Rational(gamma), **options)


TRUE: dict[str, tuple[str, dict[str, Any]]] = {
    "limit": ("limit == 1/4", {"domain": NOT_SAME}),
    "limit of a leaky slope": ("limit == 1/4", {"network": ffnet(activation("leaky_relu:1/5"))}),
    "limit of an expression": ("limit == 1/4", {"network": ffnet(activation("expr:max(x, x/3)"))}),
    "expansion": ("value ~ 1/4 + 3*log(L)/(8*L)", {"domain": NOT_SAME}),
    "uniform order away from 1": ("value - 1/4 = O(log(L)/L)", {"domain": AWAY}),
    "exact order": ("value - 1/4 = Theta(log(L)/L)", {"domain": AWAY}),
    "two-sided bound": (
        "-5/4 <= (L + 1)*(value - 1/4) - 3*log(1 + L*theta/(3*pi))/8 <= 3*pi/(4*theta) + 2",
        {"domain": NOT_SAME},
    ),
    "bound at finitely many depths": ("abs(value - 1/4) <= (2 + log(L+1))/(L+1)", {"domain": AWAY, "depths": (1, 500)}),
    "bound at one input": ("value <= 0.2957", {"domain": "[-1, -1]"}),
    "angle": ("value <= 3*pi/(L + 3)", {"quantity": "angle", "domain": EVERY}),
    "nngp": ("value ~ 1 - 9*pi^2/(2*L^2)", {"quantity": "nngp", "domain": NOT_SAME}),
    "positive from depth 2": ("value > 0", {"domain": EVERY, "depths": (2, None)}),
    "above 1/4 exactly from depth 6": ("value > 1/4", {"domain": EVERY, "depths": (6, None)}),
    "above 1/4 by a margin": ("(L + 1)*(value - 1/4) >= 1/40", {"domain": NOT_SAME, "depths": (6, None)}),
    "resnet limit for a range": ("limit == Omega_1", {"network": resnet(RELU, gamma=GAMMA), "gammas": "(1/2, oo)"}),
    "resnet rate": (
        "value - Omega_1 = O(L^(1/2 - gamma))",
        {"network": resnet(RELU, gamma=GAMMA), "gammas": "(1/2, 1]", "domain": EVERY},
    ),
    "resnet degenerates": ("limit == 1/4", {"network": res("1/3"), "domain": NOT_SAME}),
    "resnet nngp": ("value - c = O(1/L)", {"network": res("1"), "quantity": "normalized_nngp", "domain": EVERY}),
    "a bound for every network": ("value <= 2 + sqrt(1-c^2)", {"network": ffnet(activation("erf"))}),
    "a weaker bound for a range of gamma": (
        "abs(value - Omega_1) <= 2*L^(1/2 - gamma)",
        {"network": resnet(RELU, gamma=GAMMA), "gammas": "[1/2, oo)", "domain": EVERY},
    ),
    "resnet of a leaky slope": (
        "value - c = O(1)",
        {"network": resnet(activation("leaky_relu:1/5"), gamma=Integer(1))},
    ),
    "antipode": ("value = Theta(L^(-1/2))", {"network": res("1"), "domain": "[-1, -1]"}),
    "diagonal of the NTK": ("value - L - 1 = O(1)", {"quantity": "ntk", "domain": "[1, 1]"}),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_are_proved(name: str) -> None:
    """From certificates alone, without any value at finite depth as an argument."""
    holds, more = TRUE[name]
    found = evidence(holds, **more)
    assert found is not None
    assert found.outcome is Outcome.PROVES, found.summary


FALSE: dict[str, tuple[str, dict[str, Any]]] = {
    "limit 1/3": ("limit == 1/3", {}),
    "limit off by 1e-9": ("limit == 0.250000001", {}),
    "limit with x = x'": ("limit == 1/4", {"domain": EVERY}),
    "limit depends on c": ("limit == 1/4 + c/10^6", {}),
    "uniform limit": ("value - 1/4 = o(1)", {"domain": NOT_SAME}),
    "rate without log": ("value - 1/4 = O(1/L)", {"domain": AWAY}),
    "rate too fast by a power of log": ("value - 1/4 = O(sqrt(log(L))/L)", {"domain": AWAY}),
    "rate little o": ("value - 1/4 = o(log(L)/L)", {"domain": AWAY}),
    "bound that vanishes at c = 0": ("value - 1/4 = O(c*log(L)/L)", {"domain": AWAY}),
    "the same pointwise": ("value - 1/4 = O(c*log(L)/L)", {"domain": AWAY, "pointwise": True}),
    "uniform up to c = 1": ("value - 1/4 = O(log(L)/L)", {"domain": "[-1, 1)"}),
    "coefficient 3/4": ("value ~ 1/4 + 3*log(L)/(4*L)", {}),
    "coefficient depends on the angle": ("value ~ 1/4 + (3*theta/(8*pi))*log(L)/L", {"domain": "[-1, 1)"}),
    "next term invented": ("value ~ 1/4 + 3*log(L)/(8*L) + 5/L", {}),
    "nngp twice": ("value ~ 1 - 9*pi^2/L^2", {"quantity": "nngp"}),
    "angle too large a slope": ("value <= theta/(1 + L*theta/9)", {"quantity": "angle"}),
    "angle shifted": ("value <= 3*pi/(L + 4)", {"quantity": "angle", "domain": EVERY, "depths": (0, None)}),
    "bound without log at 10^30": ("abs(value - 1/4) <= 10/(L + 1)", {"domain": AWAY}),
    "two-sided with -6/5 from depth 0": (
        "(L + 1)*(value - 1/4) - 3*log(1 + L*theta/(3*pi))/8 >= -6/5",
        {"domain": NOT_SAME, "depths": (0, None)},
    ),
    "strict where equality occurs": (
        "(L + 1)*(value - 1/4) - 3*log(1 + L*theta/(3*pi))/8 > -5/4",
        {"domain": NOT_SAME, "depths": (0, None)},
    ),
    "above 1/4 from depth 5": ("value > 1/4", {"domain": EVERY, "depths": (5, None)}),
    "above 1/4 by too large a margin": ("(L + 1)*(value - 1/4) >= 1/20", {"domain": NOT_SAME, "depths": (6, None)}),
    "below at a pole of the bound": ("abs(value - 1/4) <= 1/abs(L - 5)", {"domain": AWAY}),
    "resnet limit at 1/2": (
        "limit == Omega_1",
        {"network": resnet(RELU, gamma=GAMMA), "gammas": "[1/2, 1]", "domain": EVERY},
    ),
    "resnet limit below": ("limit == Omega_1", {"network": res("49/100")}),
    "resnet limit 1/4 above": ("limit == 1/4", {"network": res("51/100")}),
    "resnet uniform rate": (
        "value - Omega_1 = O(L^(1 - 2*gamma))",
        {"network": resnet(RELU, gamma=GAMMA), "gammas": "(1/2, 1]", "domain": EVERY},
    ),
    "resnet uniform rate without the end": ("value - Omega_1 = O(1/L)", {"network": res("1")}),
    "resnet explicit constant": ("abs(value - Omega_1) <= 1/(7*sqrt(L))", {"network": res("1"), "domain": EVERY}),
    "resnet antipode exponent": ("value = O(1/L)", {"network": res("1"), "domain": "[-1, -1]"}),
    "resnet degenerates at rate without log at gamma 0": (
        "value - 1/4 = o(1/L)",
        {"network": res("0"), "domain": AWAY},
    ),
    "resnet degenerate with x = x'": ("limit == 1/4", {"network": res("1/4"), "domain": EVERY}),
    "resnet nngp moves": ("value == c", {"network": res("1"), "quantity": "normalized_nngp"}),
    "undefined behind an exponential": ("value <= theta + exp(acos(L))", {"quantity": "angle"}),
    "not real on half of the domain": ("value <= theta + exp(sqrt(c))", {"quantity": "angle"}),
    "root of a negative number": ("value >= -2 - sqrt(c)", {"domain": EVERY}),
    "value times nothing at depth 0": ("L*value < 2*L", {"domain": AWAY, "depths": (0, None)}),
    "a power that is 1 at depth 0": ("value >= c^L - 1/4", {"domain": "[0, 0]", "depths": (0, None)}),
    "smallest term smaller at one input": (
        "value ~ (c*log(L)/L + 1/L^2) + 1/4 + (3/8-c)*log(L)/L",
        {"domain": "[0, 0]"},
    ),
    "false at depth 0 near one angle": (
        "value <= theta + 2*L - 1 - 1/10^20 + exp(10^4*(theta-123/100)^2)",
        {
            "network": resnet(RELU, gamma=GAMMA),
            "gammas": "(1/2, 1)",
            "quantity": "angle",
            "depths": (0, None),
        },
    ),
    "one depth of a thousand": ("value <= 1/4 + (L-357)^2", {"domain": "[0, 0]"}),
    "exponents that cross in the range of gamma": (
        "value - Omega_1 = O(1/L)",
        {"network": resnet(RELU, gamma=GAMMA), "gammas": "(1/2, 3]", "domain": "[-1/2, 1/2]"},
    ),
    "activation with a jump behind the kink": (
        "limit == 1/4",
        {"network": ffnet(activation("expr:x*(3 + sign(x-1))/2"))},
    ),
    "resnet nngp too fast": ("value - c = o(1/L)", {"network": res("1"), "quantity": "normalized_nngp"}),
}


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_are_never_proved(name: str) -> None:
    """Refuted or undecided."""
    assert outcome_of_false(name) is not Outcome.PROVES


@cache
def outcome_of_false(name: str) -> Outcome:
    """What the engine says of a false statement; what refutes it has a witness."""
    holds, more = FALSE[name]
    found = evidence(holds, **more)
    if found is None or found.outcome is not Outcome.REFUTES:
        return Outcome.UNDECIDED if found is None else found.outcome
    assert "c" in found.data["witness"]
    return found.outcome


TRUE_NEAR_AN_END: dict[str, tuple[str, dict[str, Any]]] = {
    "order with the angle": ("value - 1/4 = O(log(L)/L + 1/(1+theta*L))", {"domain": NOT_SAME}),
    "order infinite at the end": ("value - 1/4 = O(log(L)/L + 1/(theta*L))", {"domain": NOT_SAME}),
    "exact order of the angle": ("value = Theta(theta/(1+theta*L))", {"quantity": "angle"}),
    "exact order of one minus the kernel": ("1 - value = Theta(theta*L/(1+theta*L))", {}),
}


@pytest.mark.parametrize("name", TRUE_NEAR_AN_END)
def test_true_uniform_statements_are_not_refuted_at_an_end(name: str) -> None:
    """There g has another order than at the points around it, or none."""
    holds, more = TRUE_NEAR_AN_END[name]
    assert outcome(holds, **more) is not Outcome.REFUTES


def test_most_false_statements_are_refuted_by_a_contradicting_theorem() -> None:
    """The engine finds the contradiction itself."""
    refuted = [name for name in FALSE if outcome_of_false(name) is Outcome.REFUTES]
    assert len(refuted) >= 20, refuted


NEIGHBOURS: dict[str, Network] = {
    "fixed readout": ffnet(RELU, train_readout=False),
    "fixed hidden weights": ffnet(RELU, train_hidden=False),
    "bias": ffnet(RELU, bias_variance=Rational(1, 10)),
    "tiny bias": ffnet(RELU, bias_variance=Rational(1, 10**9)),
    "absolute value": ffnet(activation("abs")),
    "negative slope": ffnet(activation("leaky_relu:-1/2")),
    "square of ReLU": ffnet(activation("relu_power:2")),
    "smooth": ffnet(activation("erf")),
    "identity": ffnet(activation("identity")),
    "step": ffnet(activation("step")),
    "shifted ReLU": ffnet(activation("expr:max(x, 0) + 1/1000")),
}


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_a_certificate_of_relu_proves_nothing_about_a_neighbour(name: str) -> None:
    """The bound with its sharp constant is proved for ReLU; the network's own map must match, or nothing follows."""
    sharp = "-5/4 <= (L + 1)*(value - 1/4) - 3*log(1 + L*theta/(3*pi))/8 <= 3*pi/(4*theta) + 2"
    assert outcome(sharp, domain=NOT_SAME) is Outcome.PROVES
    assert outcome(sharp, network=NEIGHBOURS[name], domain=NOT_SAME) is not Outcome.PROVES


RESIDUAL_NEIGHBOURS: dict[str, Network] = {
    "ends trained": res("1", train_first=True, train_readout=True),
    "readout trained": res("1", train_readout=True),
    "inner matrix fixed": res("1", train_inner=False),
    "outer matrix fixed": res("1", train_outer=False),
    "one matrix": resnet_single(RELU, gamma=Integer(1)),
    "scale by layer": resnet(RELU, alpha=1 / symbols.layer),
    "smooth": resnet(activation("erf"), gamma=Integer(1)),
    "absolute value": resnet(activation("abs"), gamma=Integer(1)),
    "another slope": resnet(activation("leaky_relu:1/2"), gamma=Integer(1)),
}


@pytest.mark.parametrize("name", RESIDUAL_NEIGHBOURS)
def test_a_certificate_of_the_relu_resnet_proves_nothing_about_a_neighbour(name: str) -> None:
    """Limit Omega_1 of ReLU, claimed for a network whose recursion is another one."""
    assert outcome("limit == Omega_1", network=res("1"), domain=EVERY) is Outcome.PROVES
    assert outcome("limit == Omega_1", network=RESIDUAL_NEIGHBOURS[name], domain=EVERY) is not Outcome.PROVES


def test_the_same_network_in_other_words_is_proved() -> None:
    """Names carry no meaning: an expression of the same function has the same proof."""
    written = ffnet(activation("expr:(x + abs(x))/2"))
    assert outcome("limit == 1/4", network=written, domain=NOT_SAME) is Outcome.PROVES


# --- inequalities -----------------------------------------------------------------------------------------------------

T = symbols.theta


def inequality(gap: Any, domain: str, *, strict: bool = False, symbol: Any = T) -> Evidence | None:
    """The engine on gap >= 0."""
    statement = Inequality(gap=gap, domain=interval(symbol, domain), strict=strict)
    return examine(
        Claim(id="test/gap", paper="test", number="", title="", kind=Kind.BOUND, statement=statement), Options()
    )


GAIN = sin(T) - T * cos(T)


@pytest.mark.parametrize(
    ("gap", "domain", "strict"),
    [
        (GAIN, "(0, pi]", True),
        (GAIN, "[0, pi]", False),
        (T**2 - sin(T) ** 2, "[0, 3]", False),
        (sin(T), "[0, pi]", False),
        (sin(T) * (1 - cos(T)), "[0, pi]", False),
        (GAIN / T**3 - Rational(1, 10), "(0, 3]", True),
        (1 - cos(T), "[1/10, pi]", True),
        (2 - symbols.c - 1 / (2 - symbols.c), "[-1, 1]", False),
    ],
)
def test_inequalities_with_zeros_at_the_ends_are_proved(gap: Any, domain: str, strict: bool) -> None:
    """The order of the zero is found, and the statement returned is compared with the claim."""
    symbol = symbols.c if gap.has(symbols.c) else T
    found = inequality(gap, domain, strict=strict, symbol=symbol)
    assert found is not None
    assert found.outcome is Outcome.PROVES, found.summary
    assert all(check(certificate) for certificate in found.data["certificates"])


@pytest.mark.parametrize(
    ("gap", "domain", "strict"),
    [
        (GAIN, "[0, pi]", True),
        (GAIN - T**3 / 9, "(0, pi]", False),
        (GAIN - T**3 * Rational(33334, 100000), "(0, 1/2]", False),
        (sin(T), "[0, 22/7]", False),
        (1 - T, "[0, 1]", True),
        ((T - 1) ** 2 - Rational(1, 10**12), "[0, 2]", False),
        ((T - 1) ** 2, "[0, 2]", True),
        (1 / (T - 1), "[2, 3)", False),
    ],
)
def test_false_or_strict_inequalities(gap: Any, domain: str, strict: bool) -> None:
    """Not proved where false, nor > 0 where equality occurs; the last one is true and proved."""
    found = inequality(gap, domain, strict=strict)
    proved = found is not None and found.outcome is Outcome.PROVES
    assert proved == (gap == 1 / (T - 1))


def test_what_the_language_lacks_is_undecided() -> None:
    """An arccosine, or a second variable."""
    found = inequality(symbols.theta - sin(T) + 0 * T + abs(T - 1), "(0, 1]")
    assert found is None or found.outcome is not Outcome.REFUTES
    assert inequality(T * Symbol("k", positive=True), "(0, 1]") is None


def test_an_interval_of_one_point_is_left_to_others() -> None:
    """There is nothing to cover."""
    statement = Inequality(gap=T, domain=Interval(symbol=T, low=pi, high=pi))
    assert (
        examine(Claim(id="t", paper="t", number="", title="", kind=Kind.BOUND, statement=statement), Options()) is None
    )


# --- certify ----------------------------------------------------------------------------------------------------------


def test_certify_returns_the_certificate_behind_the_proof() -> None:
    """Accepted by the checker, with the conclusions that imply the claim."""
    found = certify(claim("limit == 1/4"), effort=1)
    assert check(found)["theorem"] == "ffnet-critical-angle"


@pytest.mark.parametrize(("holds", "reason"), [("limit == 1/3", "no certificate"), ("value - 1 = O(1)", "rests on 0")])
def test_certify_says_why_there_is_none(holds: str, reason: str) -> None:
    """One line for a false statement, and for one that needs no certificate."""
    more: dict[str, Any] = {"domain": "[1, 1]"} if "O(1)" in holds else {}
    with pytest.raises(BeyondReach, match=reason):
        certify(claim(holds, **more), effort=1)
