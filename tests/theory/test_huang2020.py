"""The claims on Huang et al. 2020 are complete, distinct and derived; the verdicts are tested with the judge."""

import pkgutil
import re

import pytest
from sympy import Rational, pi

from theory import papers, symbols
from theory.algebra import Answer, is_zero
from theory.architectures import resnet
from theory.claims import Claim, Depth, Identity, Inequality, Quantity, Scaling, Unstated, Verdict
from theory.language import Limit
from theory.papers import PAPERS, huang2020, load
from theory.papers.huang2020_common import FFNET, KAPPA_0, OMEGA, RELU, interval, unrolled
from theory.papers.huang2020_resnet import slope_at_coincidence
from theory.regression import equicorrelated, first_order, n, predictor, rho, sensitivity, total

CLAIMS = {claim.id.removeprefix("huang2020/"): claim for claim in huang2020.CLAIMS}

# one slug for each statement of the paper and for each sharper fact on it; each has at least one false neighbour
ROWS = (
    "dual-kappa0",
    "dual-kappa1",
    "dual-price",
    "rec-ffnet",
    "rec-ffnet-diagonal",
    "nngp-rate",
    "angle-rate",
    "thm-ffnet-limit",
    "thm-ffnet-rate",
    "thm-ffnet-bound",
    "ff-log-constant",
    "ff-scaling",
    "ff-floor",
    "ff-sign",
    "ff-unimodal-L",
    "rec-resnet",
    "resnet-L1",
    "thm-resnet-limit",
    "thm-resnet-rate",
    "uniform-half-rate",
    "antipode-rate",
    "gamma-below-half",
    "half",
    "slope",
    "thm-notlearn-limit",
    "thm-notlearn-finite",
    "notlearn-balanced",
    "notlearn-exchange",
    "lemma-I1",
    "lemma-I2",
    "lemma-omega-slope",
)
WITHOUT_FORM = ("tangent-kernel-limit", "training", "experiments")


def neighbours(row: str) -> list[Claim]:
    """The false variants of a row: claims that share its first two words, or that name it in their note."""
    stem = "-".join(row.split("-")[:2])
    return [
        c for slug, c in CLAIMS.items() if "-false" in slug and (slug.startswith(stem) or f"variant of {row}" in c.note)
    ]


def test_every_module_of_claims_is_named_in_papers() -> None:
    """A module of theory.papers that ends with CLAIMS is a paper, or a part whose claims are all in one."""
    told = {claim.id for paper in PAPERS for claim in load(paper).CLAIMS}
    for found in pkgutil.iter_modules(papers.__path__, "theory.papers."):
        module = __import__(found.name, fromlist=["CLAIMS"])
        assert {claim.id for claim in getattr(module, "CLAIMS", ())} <= told, found.name


def test_ids_are_unique_and_name_their_paper() -> None:
    """No two claims have an id in common, and each id begins with its paper."""
    ids = [claim.id for paper in PAPERS for claim in load(paper).CLAIMS]
    assert len(ids) == len(set(ids))
    assert all(claim.paper == paper for paper in PAPERS for claim in load(paper).CLAIMS)
    assert all(name.startswith(f"{paper}/") for paper in PAPERS for name in (one.id for one in load(paper).CLAIMS))
    assert all(re.fullmatch(r"[a-z0-9-]+/[A-Za-z0-9-]+", name) for name in ids)


def test_huang2020_states_enough() -> None:
    """At least 150 claims, 60 of them false variants, at most a tenth neither PROVED nor REFUTED."""
    expected = [claim.expected for claim in huang2020.CLAIMS]
    assert len(expected) >= 150
    assert expected.count(Verdict.REFUTED) >= 60
    assert expected.count(Verdict.OPEN) + expected.count(Verdict.SUPPORTED) <= len(expected) / 10


@pytest.mark.parametrize("row", ROWS)
def test_huang2020_row_is_stated_and_has_a_false_neighbour(row: str) -> None:
    """Every statement of the paper is a claim that is not expected to fail, next to one that must."""
    assert any(slug.startswith(row) and claim.expected is not Verdict.REFUTED for slug, claim in CLAIMS.items())
    assert neighbours(row)


@pytest.mark.parametrize("row", WITHOUT_FORM)
def test_huang2020_row_without_machine_form_says_why(row: str) -> None:
    """What no form of statement can express is kept, expected OPEN, with its LaTeX and a reason of one line."""
    statement = CLAIMS[row].statement
    assert isinstance(statement, Unstated)
    assert CLAIMS[row].expected is Verdict.OPEN
    assert statement.latex
    assert "\n" not in statement.reason


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_huang2020_claim_is_readable(claim: Claim) -> None:
    """Titles fit a table, a false variant says so in title and id, and whatever is not decided says what is missing."""
    assert claim.title
    assert "\n" not in claim.title + claim.note + claim.number
    assert len(claim.title) <= 110
    assert claim.title.startswith("False") == ("-false" in claim.id)
    if "-false" in claim.id:
        assert claim.expected in (Verdict.REFUTED, Verdict.OPEN)
        assert claim.note
    else:
        assert claim.expected is not Verdict.REFUTED
    if claim.expected in (Verdict.OPEN, Verdict.SUPPORTED) and not isinstance(claim.statement, Unstated):
        assert re.search(r"[Mm]issing|No proof|cells cannot|undecided|decided", claim.note), claim.note


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_huang2020_claim_speaks_of_the_symbols_it_declares(claim: Claim) -> None:
    """A parameter of the network or of the statement has an interval; an inequality has one variable."""
    match claim.statement:
        case Depth() as statement:
            free = {p.symbol for p in statement.parameters}
            said = {symbols.value, symbols.depth, symbols.c, symbols.theta, symbols.flow} | free
            assert statement.network.parameters <= free
            for part in vars(statement.holds).values():
                for expression in part if isinstance(part, tuple) else (part,):
                    assert isinstance(expression, str) or expression.free_symbols <= said
        case Inequality(gap=gap, domain=domain):
            assert gap.free_symbols <= {domain.symbol}
        case Scaling(target=target, domain=domain):
            assert target.free_symbols <= {domain.symbol}


@pytest.mark.parametrize(
    "claim", [c for c in CLAIMS.values() if isinstance(c.statement, Identity)], ids=lambda claim: claim.id
)
def test_huang2020_identity_holds_exactly_where_expected(claim: Claim) -> None:
    """Replayed algebra proves each identity that is expected to hold and no false one."""
    statement = claim.statement
    assert isinstance(statement, Identity)
    left, right = statement.sides
    answer = is_zero(left - right)
    assert (answer is Answer.YES) == (claim.expected is Verdict.PROVED)


def test_huang2020_two_layer_kernel_does_not_depend_on_alpha() -> None:
    """Omega_1, derived at alpha = 1, is the kernel of one block at any alpha."""
    for alpha in (Rational(1, 3), Rational(2)):
        block = unrolled(resnet(RELU, alpha=alpha), 1)
        assert is_zero(block.ntk / block.ntk_diagonal - OMEGA) is Answer.YES
    assert is_zero(unrolled(FFNET, 1).ntk / 2 - OMEGA) is Answer.YES


def test_huang2020_language_sees_the_derived_kernel() -> None:
    """Omega_1 in a statement of the claim language is the derived expression, not a formula of its own."""
    statement = CLAIMS["thm-resnet-limit"].statement
    assert isinstance(statement, Depth)
    assert isinstance(statement.holds, Limit)
    assert is_zero(statement.holds.target - OMEGA) is Answer.YES
    assert statement.quantity is Quantity.NORMALIZED_NTK


def test_slope_at_coincidence_of_one_layer_is_the_derivative_of_the_kernel() -> None:
    """At L = 1 the general slope equals the derivative of the unrolled kernel, a route of its own."""
    one = unrolled(FFNET, 1)
    direct = (one.ntk / one.ntk_diagonal).diff(symbols.theta).subs(symbols.theta, 0)
    assert is_zero(slope_at_coincidence(FFNET).subs(symbols.depth, 1) - direct) is Answer.YES
    assert direct == -1 / (2 * pi)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_predictor_solves_the_normal_equations(size: int) -> None:
    """The closed form equals an exact linear solve for unequal labels, at several sizes and correlations."""
    from sympy import Matrix, eye, ones

    labels = [Rational(k * k + 1, k + 2) for k in range(size)]
    for value in (Rational(1, 4), Rational(2, 3), Rational(-1, 7)):
        gram = (1 - value) * eye(size) + value * ones(size, size)
        weights = gram.LUsolve(Matrix(labels))
        assert predictor(Rational(size), value).subs(total, sum(labels)) == value * sum(weights)


def test_sensitivity_agrees_with_the_perturbed_solve() -> None:
    """Moving every correlation together is the special case of ones of the general first-order formula."""
    labels, ones = (Rational(1), Rational(3), Rational(-2)), (Rational(1),) * 3
    gram = tuple(tuple(Rational(int(i != j)) for j in range(3)) for i in range(3))
    expected = sensitivity(Rational(3), Rational(1, 4)).subs(total, sum(labels))
    assert first_order(Rational(1, 4), labels, ones, gram) == expected


def test_regression_derivation_is_checkable() -> None:
    """Every step of the derivation but the definition of the sum is an equation that algebra replays."""
    derivation = equicorrelated()
    for step in derivation.steps:
        if step.rule == "algebra":
            assert is_zero(step.lhs - step.rhs) is Answer.YES
    assert derivation.result.free_symbols == {n, rho, total}


def test_interval_notation() -> None:
    """Brackets say which ends belong; oo is an end that does not bound."""
    half_open = interval(symbols.c, "[-1, 1/2)")
    assert (half_open.low, half_open.high) == (-1, Rational(1, 2))
    assert (half_open.low_closed, half_open.high_closed) == (True, False)
    assert not interval(symbols.gamma, "(1/2, oo)").high.is_finite


def test_a_wrong_kernel_would_be_noticed() -> None:
    """The check of identities can fail: kappa_0 with the slip arcsin/(2 pi) is not equal to the derived one."""
    slip = CLAIMS["dual-kappa0-false-arcsin"].statement
    assert isinstance(slip, Identity)
    assert slip.lhs == KAPPA_0
    assert is_zero(slip.lhs - slip.rhs) is Answer.NO
