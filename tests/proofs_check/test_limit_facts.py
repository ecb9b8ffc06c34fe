"""What the depth limit of a network decides, and what it must not: false neighbours are never proved."""

import pytest
from sympy import Expr, Integer, Rational, Symbol, log

from proofs_check.engines.certificates import examine
from proofs_check.judge import Options
from proofs_check.limit_facts import Fact, Growing, Scale, decide_by_limit, facts_of, split
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet, resnet_preact
from theory.claims import Claim, Depth, Interval, Kind, Quantity
from theory.errors import BeyondReach
from theory.language import parse_holds
from theory.network import Network
from theory.papers import depth_limits
from theory.papers.huang2020_common import interval

L = symbols.depth


def net(name: str) -> Network:
    """A feedforward network without bias."""
    return ffnet(activation(name))


def decided(
    network: Network, holds: str, quantity: str = "normalized_ntk", domain: str = "(-1, 1)", pointwise: bool = True
) -> str:
    """PROVES, REFUTES or None of one statement."""
    statement = Depth(
        network=network,
        quantity=Quantity(quantity),
        holds=parse_holds(holds),
        correlations=interval(symbols.c, domain),
        pointwise=pointwise,
    )
    found = decide_by_limit(statement)
    return "None" if found is None else found.outcome.name


# (activation, statement, quantity): each true one stands with its false neighbours
TRUE = (
    ("exp", "limit == 1/3", "normalized_ntk"),
    ("exp", "value ~ 1/3 + log(L)/(9*L)", "normalized_ntk"),
    ("exp", "value - 1/3 = Theta(log(L)/L)", "normalized_ntk"),
    ("exp", "value - 1/3 = O(log(L + 7)/(L + 1))", "normalized_ntk"),
    ("exp", "value ~ 1 - 2/L", "normalized_nngp"),
    ("abs", "limit == 1/4", "normalized_ntk"),
    ("gaussian", "value - 1 = Theta(L*(4/5)^L)", "normalized_ntk"),
    ("gaussian", "limit == 0", "angle"),
    ("polynomial:0,1,1/3", "limit == 1/2", "normalized_nngp"),
    ("polynomial:0,1,1/3", "value ~ 6/13*(12/13)^L", "normalized_ntk"),
    ("polynomial:0,1,1/3", "value = O((12/13)^L)", "normalized_ntk"),
    ("sign", "limit == 0", "normalized_ntk"),
)
FALSE = (
    ("exp", "limit == 1/4", "normalized_ntk"),
    ("exp", "limit == 1/3 + 10^(-9)", "normalized_ntk"),
    ("exp", "value ~ 1/3 + log(L)/(8*L)", "normalized_ntk"),
    ("exp", "value ~ 1/3 - log(L)/(9*L)", "normalized_ntk"),
    ("exp", "value - 1/3 = O(1/L)", "normalized_ntk"),
    ("exp", "value - 1/3 = o(log(L)/L)", "normalized_ntk"),
    ("exp", "value ~ 1 - 1/L", "normalized_nngp"),
    ("abs", "limit == 1/3", "normalized_ntk"),
    ("gaussian", "value - 1 = O((4/5)^L)", "normalized_ntk"),
    ("gaussian", "value - 1 = Theta(L*(3/4)^L)", "normalized_ntk"),
    ("gaussian", "value - 1 = Theta(1/L)", "normalized_ntk"),
    ("polynomial:0,1,1/3", "limit == 1/3", "normalized_nngp"),
    ("polynomial:0,1,1/3", "value ~ 1/2*(12/13)^L", "normalized_ntk"),
    ("polynomial:0,1,1/3", "value = O((11/12)^L)", "normalized_ntk"),
    ("relu_power:2", "limit == 19/50", "normalized_nngp"),
    ("step", "limit == 0", "normalized_ntk"),
)


@pytest.mark.parametrize(("name", "holds", "quantity"), TRUE)
def test_true_statements_are_proved(name: str, holds: str, quantity: str) -> None:
    """What the theorems give is proved."""
    assert decided(net(name), holds, quantity) == "PROVES"


@pytest.mark.parametrize(("name", "holds", "quantity"), FALSE)
def test_false_neighbours_are_refuted(name: str, holds: str, quantity: str) -> None:
    """A slip in the limit, the coefficient or the rate is refuted."""
    assert decided(net(name), holds, quantity) == "REFUTES"


@pytest.mark.parametrize("domain", ["[-1, 1)", "(-1, 1]", "[-1, 1]", "[1, 1]"])
def test_ends_of_the_domain_are_not_proved(domain: str) -> None:
    """The theorems speak of -1 < c < 1; c = 1 and c = -1 are other inputs."""
    assert decided(net("exp"), "limit == 1/3", domain=domain) != "PROVES"
    assert decided(net("abs"), "limit == 1/4", domain=domain) != "PROVES"


def test_the_antipode_of_an_even_activation_is_an_exception() -> None:
    """For |x| the limit at c = -1 is 1, so 1/4 on [-1, 1) is refuted there."""
    assert decided(net("abs"), "limit == 1", domain="[-1, -1]") == "PROVES"
    assert decided(net("abs"), "limit == 1/4", domain="[-1, -1]") == "REFUTES"
    assert decided(net("abs"), "limit == 1/4", domain="[-1, 1)") == "REFUTES"


def test_uniform_statements_are_not_proved() -> None:
    """Constants of the theorems depend on c: only a single input has a uniform statement."""
    assert decided(net("exp"), "value - 1/3 = O(log(L)/L)", pointwise=False) == "None"
    assert decided(net("exp"), "value - 1/3 = O(log(L)/L)", domain="[-1/2, 1/2]", pointwise=False) == "None"
    assert decided(net("exp"), "value - 1/3 = O(log(L)/L)", domain="[1/2, 1/2]", pointwise=False) == "PROVES"
    assert decided(net("exp"), "value - 1/3 = O(1/L)", pointwise=False) == "REFUTES"


@pytest.mark.parametrize(("mean", "limit"), [("1", "1/3"), ("1+1/10^6", "1"), ("1-1/10^6", "0")])
def test_an_activation_that_is_nearly_critical_is_not_critical(mean: str, limit: str) -> None:
    """He_1 + He_2/sqrt(2) + b is critical for b = 1, ordered and chaotic for b = 1 +- 10^-6: three limits."""
    network = net(f"polynomial:{mean}-1/sqrt(2),1,1/sqrt(2)")
    for claimed in ("1/3", "1", "0"):
        assert decided(network, f"limit == {claimed}") == ("PROVES" if claimed == limit else "REFUTES")


def test_a_root_known_by_a_ball_proves_no_equality() -> None:
    """The fixed point of GELU is a ball: a rational number within it is not proved, one outside is refuted."""
    gelu = net("gelu")
    (fact, *_) = facts_of(gelu, Quantity.NORMALIZED_NNGP)
    (ball,) = (ball for symbol, ball in fact.balls.items() if symbol.name == "c_star")
    assert decided(gelu, "limit == 76/100", "normalized_nngp") == "REFUTES"
    assert decided(gelu, f"limit == {ball.mid().str(25, radius=False)}", "normalized_nngp") != "PROVES"


def test_a_limit_that_depends_on_c() -> None:
    """Small layers keep c; a function that agrees with the limit at c = 0 only is refuted at another c."""
    network = resnet_preact(activation("relu"), gamma=1)
    assert decided(network, "limit == c") == "PROVES"
    assert decided(network, "limit == c^3") == "REFUTES"
    assert decided(network, "limit == c", "normalized_nngp") == "PROVES"
    assert decided(network, "value - c = O(1/L)") == "PROVES"
    assert decided(network, "value - c = Theta(1/L)") == "None"  # the coefficient has a zero in the domain


def test_frozen_layers_have_another_limit() -> None:
    """With only the readout trained the NTK is the NNGP: c*, not 0, in the chaotic phase."""
    network = ffnet(activation("polynomial:0,0,1"), train_hidden=False)
    assert decided(network, "limit == 1/2") == "PROVES"
    assert decided(network, "limit == 0") == "REFUTES"


def test_open_parameters_and_finite_depths_are_left_alone() -> None:
    """Ranges of gamma, unnormalised kernels and finite depths are not decided here."""
    assert decided(resnet(activation("erf"), gamma=symbols.gamma), "limit == c") == "None"
    assert decided(net("exp"), "limit == 1", "nngp") == "None"
    statement = Depth(
        network=net("exp"), quantity=Quantity.NORMALIZED_NTK, holds=parse_holds("limit == 1/3"), depth_high=7
    )
    assert decide_by_limit(statement) is None


def test_the_evidence_names_theorem_and_hypotheses() -> None:
    """A reader sees which theorem was used, and the figures it rests on."""
    statement = Depth(
        network=net("exp"), quantity=Quantity.ANGLE, holds=parse_holds("value ~ 2/sqrt(L)"), pointwise=True
    )
    claim = Claim(id="a/b", paper="a", number="1", title="t", kind=Kind.LIMIT, statement=statement)
    found = examine(claim, Options())
    assert found is not None
    assert found.outcome is Outcome.PROVES
    assert "docs/depth-limits.md, Theorems 1 and 4" in found.summary
    assert found.data["hypotheses"]["chi"] == "1"


@pytest.mark.parametrize(
    ("expression", "scale", "coefficient"),
    [
        (3 * log(L) / L, Scale(p=Integer(-1), q=Integer(1)), Integer(3)),
        (L * Rational(4, 5) ** (L - 1), Scale(rho=Rational(4, 5), p=Integer(1)), Rational(5, 4)),
        (7 / 2 ** (L / 2), Scale(rho=Rational(1, 2) ** Rational(1, 2)), Integer(7)),
    ],
)
def test_split_reads_a_scale(expression: Expr, scale: Scale, coefficient: Expr) -> None:
    """A product is a coefficient times rho^L L^p log(L)^q."""
    found, value = split(expression)
    assert (found.rho - scale.rho, found.p, found.q) == (0, scale.p, scale.q)
    assert value == coefficient


def test_split_refuses_other_forms() -> None:
    """L^L is no scale."""
    with pytest.raises(BeyondReach):
        split(L**L)


def test_scales_are_compared_by_their_exponential_first() -> None:
    """A smaller base loses against every power; an undecided letter gives no answer."""
    fact = Fact(
        value=Growing(),
        correlations=Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1)),
        theorem="",
        hypotheses={},
    )
    assert fact.compare(Scale(rho=Rational(9, 10), p=Integer(50)), Scale(p=Integer(-50))) == -1
    assert fact.compare(Scale(p=Integer(-1), q=Integer(1)), Scale(p=Integer(-1))) == 1
    assert fact.compare(Scale(rho=Symbol("lambda", real=True)), Scale()) is None


def test_depth_limits_states_enough() -> None:
    """At least 150 claims, 50 of them false variants, all of them decided, and a false one says so in its id and title."""
    assert len(depth_limits.CLAIMS) >= 150
    false = [claim for claim in depth_limits.CLAIMS if claim.expected.name == "REFUTED"]
    assert len(false) >= 50
    assert all(claim.expected.name in ("PROVED", "REFUTED") for claim in depth_limits.CLAIMS)
    assert all("false" in claim.id and claim.title.startswith("False: ") for claim in false)
    assert all("false" not in claim.id for claim in depth_limits.CLAIMS if claim not in false)
