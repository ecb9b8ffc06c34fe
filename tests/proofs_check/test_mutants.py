"""Every mistake that is put into a derived recursion is found by a counterexample, or is no mistake at all."""

from collections import Counter
from functools import cache

import pytest
from flint import arb, ctx, fmpq
from sympy import Expr, Integer, Rational, sqrt

from proofs_check.mutants import BITS, FIELDS, Mutant, _moments, catch, mutants
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.activations import activation
from theory.algebra import Answer, is_zero
from theory.architectures import ffnet, resnet, resnet_single
from theory.network import Network
from theory.recursion import derive

SEED = 20
NETWORKS: dict[str, Network] = {
    "ffnet relu": ffnet(activation("relu")),
    "resnet relu": resnet(activation("relu"), gamma=symbols.gamma),
    "ffnet erf, biases": ffnet(activation("erf"), bias_variance=Rational(1, 10), normalised=False),
    "resnet identity": resnet(activation("identity"), gamma=symbols.gamma),
    "resnet_single abs": resnet_single(activation("abs"), alpha=1 / sqrt(symbols.layer), train_first=True),
    "resnet_single hermite:2": resnet_single(activation("hermite:2"), gamma=symbols.gamma),
}
PER_NETWORK = 45
EQUIVALENT = ("one layer late", "inputs exchanged")
"""The operators whose change can leave the recursion what it was; docs/mutants.md says when."""
OPERATORS = {
    "constant changed", "sign flipped", "term dropped", "factor dropped", "function exchanged", "inputs exchanged",
    "angle replaced by its supplement", "kernels exchanged", "index shifted", "index exchanged", "one layer late",
    "duals swapped", "path dropped", "factor 2",
}  # fmt: skip


@cache
def caught(name: str) -> tuple[tuple[Mutant, Evidence], ...]:
    """The mutants of a network, each with what the engine found."""
    found = mutants(derive(NETWORKS[name]), SEED)
    rare = [m for m in found[PER_NETWORK:] if m.operator in EQUIVALENT or m.field.endswith("initial")]
    return tuple((mutant, catch(mutant, seed=SEED)) for mutant in [*found[:PER_NETWORK], *rare])


def ball(shown: dict[str, str]) -> arb:
    """The interval that a witness shows."""
    return arb(shown["mid"], shown["rad"])


@pytest.mark.parametrize("name", NETWORKS)
def test_each_mutant_is_refuted_by_disjoint_balls_or_equal_to_the_original(name: str) -> None:
    """What is caught comes with a state and two balls that have no point in common; what survives is no mistake."""
    for mutant, evidence in caught(name):
        if evidence.outcome is Outcome.REFUTES:
            left, right = evidence.data["left"], evidence.data["right"]
            assert "imaginary" in left or not ball(left).overlaps(ball(right)), mutant
            assert evidence.data["seed"] == SEED
            assert evidence.summary.count("\n") == 0
        else:
            assert evidence.outcome is Outcome.UNDECIDED
            assert mutant.operator in EQUIVALENT
            assert is_zero(mutant.expression - mutant.original) is Answer.YES, mutant


@pytest.mark.parametrize("name", NETWORKS)
def test_no_caught_mutant_is_equal_to_the_original(name: str) -> None:
    """Replayed algebra, which ``catch`` does not use, never contradicts a counterexample."""
    for mutant, evidence in caught(name):
        if evidence.outcome is Outcome.REFUTES and mutant.operator in EQUIVALENT:
            assert is_zero(mutant.expression - mutant.original) is not Answer.YES, mutant


def test_at_least_sixty_mutants_of_every_operator_and_field_are_caught() -> None:
    """The numbers of docs/mutants.md: 250 and more mutants, two of which survive, each operator and field among them."""
    everything = [pair for name in NETWORKS for pair in caught(name)]
    killed = [mutant for mutant, evidence in everything if evidence.outcome is Outcome.REFUTES]
    assert len(killed) >= 250
    assert len(everything) - len(killed) == 2
    assert {mutant.operator for mutant, _ in everything} == OPERATORS
    # with unit inputs and readout K is c at depth 0, in which no operator finds anything to change
    assert {mutant.field for mutant in killed} == set(FIELDS) - {"nngp_initial"}


def test_mutants_that_differ_in_a_number_only_count_once() -> None:
    """Operator, field and what was changed are met more than sixty times even when the new constants are left out."""
    kinds = Counter(
        (name, mutant.field, mutant.operator, mutant.description.split(" -> ")[0])
        for name in ("ffnet relu", "resnet relu", "ffnet erf, biases")
        for mutant, evidence in caught(name)
        if evidence.outcome is Outcome.REFUTES
    )
    assert len(kinds) >= 60


@pytest.mark.parametrize("name", ["ffnet sin", *NETWORKS])
def test_the_derived_recursion_itself_is_never_refuted(name: str) -> None:
    """No false alarm: each field as derived agrees with one layer by definition at every state tried."""
    network = NETWORKS.get(name) or ffnet(activation("sin"), bias_variance=Rational(1, 10), train_hidden=False)
    recursion = derive(network)
    for field in FIELDS:
        same = Mutant(
            recursion=recursion,
            field=field,
            operator="none",
            description="as derived",
            expression=getattr(recursion, field),
        )
        evidence = catch(same, seed=SEED)
        assert evidence.outcome is Outcome.UNDECIDED, evidence.summary
        assert evidence.data["examples"] >= 2


def test_the_same_seed_gives_the_same_mutants_and_the_same_evidence() -> None:
    """Another seed gives other constants, and another order."""
    recursion = derive(NETWORKS["ffnet relu"])
    first = mutants(recursion, 1)
    assert first == mutants(recursion, 1)
    assert first != mutants(recursion, 2)
    assert len({(mutant.field, mutant.expression) for mutant in first}) == len(first)
    assert all(mutant.expression != mutant.original for mutant in first)
    once, again = (catch(first[0], seed=5) for _ in range(2))
    assert (once.data, once.summary) == (again.data, again.summary)


def test_an_activation_with_branch_cuts_is_integrated_rigorously() -> None:
    """The activation sqrt(1 + x^2) has cuts at i and -i; its mean is a Bessel function and its mean square 2."""
    with ctx.workprec(BITS):
        moments = _moments(activation("expr:sqrt(1 + x^2)"), fmpq(1))
        quarter = arb(fmpq(1, 4))
        bessel = quarter.bessel_k(arb(0)) + quarter.bessel_k(arb(1))
        mean = quarter.exp() * bessel / (8 * arb.pi()).sqrt()
        assert moments.second.overlaps(arb(2))
        assert moments.hermite[0].overlaps(mean)
        assert moments.hermite[0].rad() < arb(2) ** -80


def test_a_mutant_that_is_not_real_is_shown_with_its_imaginary_part() -> None:
    """A root of a negative number is a counterexample of its own."""
    recursion = derive(NETWORKS["ffnet relu"])
    broken: Expr = sqrt(-symbols.length1 - Integer(1))
    mutant = Mutant(
        recursion=recursion, field="nngp_next", operator="sign flipped", description="a root", expression=broken
    )
    evidence = catch(mutant)
    assert evidence.outcome is Outcome.REFUTES
    assert arb(evidence.data["left"]["imaginary"]) > 1
