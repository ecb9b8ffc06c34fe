"""The judge: vacuous claims, engines that raise, and how findings combine."""

import types
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from fakes import claim
from sympy import Integer, Rational, oo

from proofs_check import judge as judging
from proofs_check.judge import ENGINES, Options, judge, vacuity
from proofs_check.verdicts import Evidence, Outcome, combine
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet
from theory.claims import Claim, Depth, Identity, Inequality, Interval, Quantity, Scaling, Unstated, Verdict
from theory.errors import BeyondReach, InputError
from theory.language import parse_holds

FFNET = ffnet(activation("relu"))
PROVES, REFUTES, SUPPORTS, UNDECIDED = Outcome.PROVES, Outcome.REFUTES, Outcome.SUPPORTS, Outcome.UNDECIDED


def found(outcome: Outcome, engine: str = "fake", summary: str = "because") -> Evidence:
    """One finding."""
    return Evidence(engine=engine, outcome=outcome, summary=summary)


class Engines:
    """Engines that answer as told and note what they were asked with."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: dict[str, Options] = {}

    def examine(self, name: str) -> Any:
        """The examine function of an engine."""

        def answer(_: Claim, options: Options) -> Evidence | None:
            self.asked[name] = options
            given = self.answers.get(name)
            if isinstance(given, Exception):
                raise given
            return None if given is None else found(given, name, f"{name} found it")

        return answer


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts answers in the place of the engines."""

    def put(**answers: Any) -> Engines:
        fake = Engines(answers)
        monkeypatch.setattr(judging, "_engine", fake.examine)
        return fake

    return put


@pytest.mark.parametrize("outcomes", list(product(Outcome, repeat=3)), ids=lambda o: "-".join(e.name for e in o))
def test_findings_combine_as_the_table_says(outcomes: tuple[Outcome, ...]) -> None:
    """Proof and refutation together are a contradiction, else the strongest word counts, whatever the order."""
    verdict, reason = combine(tuple(found(o, o.name, f"reason {o.name}") for o in outcomes))
    if PROVES in outcomes and REFUTES in outcomes:
        assert verdict is Verdict.OPEN
        assert "contradiction" in reason
        return
    for outcome, expected in ((PROVES, Verdict.PROVED), (REFUTES, Verdict.REFUTED), (SUPPORTS, Verdict.SUPPORTED)):
        if outcome in outcomes:
            assert (verdict, reason) == (expected, f"reason {outcome.name}")
            return
    assert (verdict, reason) == (Verdict.OPEN, "reason UNDECIDED")


def test_without_findings_a_claim_is_open() -> None:
    """And says that no engine applies."""
    assert combine(()) == (Verdict.OPEN, "no engine applies to this statement")
    assert combine((found(UNDECIDED, summary=""),)) == (Verdict.OPEN, "no engine applies to this statement")


def test_a_proof_is_still_put_to_the_search_for_counterexamples(engines: Any) -> None:
    """Engines after a proof are asked with a second of effort; those before with what was given; seed and digits pass on."""
    fake = engines(certificates=PROVES)
    judged = judge(claim("a"), effort=7, seed=3, digits=40)
    assert judged.verdict is Verdict.PROVED
    assert judged.as_expected
    assert tuple(fake.asked) == ENGINES
    assert [fake.asked[name].effort for name in ENGINES] == [7, 7, 1, 1, 1]
    assert {(o.seed, o.digits) for o in fake.asked.values()} == {(3, 40)}


def test_a_contradiction_between_engines_is_open(engines: Any) -> None:
    """An engine is wrong, and the verdict does not choose which."""
    engines(certificates=PROVES, properties=REFUTES)
    judged = judge(claim("a"))
    assert judged.verdict is Verdict.OPEN
    assert (
        judged.reason
        == "contradiction between engines: certificates proves and properties refutes it; one of them is wrong"
    )
    assert not judged.as_expected


def test_nothing_is_asked_after_a_counterexample(engines: Any) -> None:
    """It decides."""
    fake = engines(balls=REFUTES, precision=SUPPORTS)
    assert judge(claim("a")).verdict is Verdict.REFUTED
    assert "precision" not in fake.asked


@pytest.mark.parametrize(
    ("error", "summary"),
    [
        (BeyondReach("too far"), "too far"),
        (ValueError("two\n lines"), "engine balls raised ValueError: two lines"),
        (RecursionError("x" * 500), "engine balls raised RecursionError: " + "x" * 200),
    ],
    ids=lambda e: type(e).__name__,
)
def test_an_engine_that_raises_costs_its_own_evidence_only(engines: Any, error: Exception, summary: str) -> None:
    """The others are heard, and the error is kept as evidence in one line."""
    engines(balls=error, precision=SUPPORTS)
    judged = judge(claim("a"))
    assert judged.verdict is Verdict.SUPPORTED
    first = judged.evidence[0]
    assert (first.engine, first.outcome, first.summary) == ("balls", UNDECIDED, summary)
    assert all(e.seconds >= 0 for e in judged.evidence)


def test_an_unknown_engine_is_an_input_error() -> None:
    """The message names it and the known ones."""
    with pytest.raises(InputError, match="--engine=oracle: unknown engine; known: symbolic, certificates"):
        judge(claim("a"), engines=("oracle",))


def test_every_engine_named_exists() -> None:
    """Each module has its function."""
    assert all(isinstance(judging._engine(name), types.FunctionType) for name in ENGINES)


def test_a_real_claim_passes_through_the_real_engines() -> None:
    """1 + c = 1 + c by symbols, 2 + c = 1 + c not."""
    assert judge(claim("a"), engines=("symbolic",)).verdict is Verdict.PROVED
    assert judge(claim("a", lhs=2), engines=("symbolic",)).verdict is Verdict.OPEN
    assert judge(claim("a", lhs=2), effort=1).verdict is Verdict.REFUTED


def between(low: Any, high: Any, low_closed: bool = True, high_closed: bool = True) -> Interval:
    """An interval of correlations."""
    return Interval(symbol=symbols.c, low=low, high=high, low_closed=low_closed, high_closed=high_closed)


ONE, HALF = Integer(1), Rational(1, 2)
EMPTY, POINT, RANGE = between(ONE, HALF), between(HALF, HALF), between(-ONE, ONE)
OPEN_POINT = between(HALF, HALF, high_closed=False)


def depth(correlations: Interval = RANGE, low: int = 1, high: int | None = None, *more: Interval) -> Depth:
    """A statement about the feedforward kernel."""
    return Depth(
        network=FFNET,
        quantity=Quantity.NORMALIZED_NTK,
        holds=parse_holds("value <= 1"),
        correlations=correlations,
        depth_low=low,
        depth_high=high,
        parameters=more,
    )


GAMMAS = Interval(symbol=symbols.gamma, low=ONE, high=HALF)
UNBOUNDED = Interval(symbol=symbols.gamma, low=HALF, high=oo, high_closed=False)
STATEMENTS = [
    (Identity(lhs=ONE, rhs=ONE), None),
    (Identity(lhs=ONE, rhs=ONE, domain=(RANGE, EMPTY)), "no c with 1 <= c <= 1/2"),
    (Inequality(gap=symbols.c, domain=OPEN_POINT), "no c with c = 1/2"),
    (Inequality(gap=symbols.c, domain=POINT), None),
    (
        Scaling(network=FFNET, quantity=Quantity.ANGLE, angle=symbols.x, target=ONE, domain=EMPTY),
        "no c with 1 <= c <= 1/2",
    ),
    (depth(), None),
    (depth(EMPTY), "no c with 1 <= c <= 1/2"),
    (depth(RANGE, 3, 2), "no depth L with 3 <= L <= 2"),
    (depth(RANGE, 3, 3), None),
    (depth(RANGE, 1, None, GAMMAS), "no gamma with 1 <= gamma <= 1/2"),
    (depth(RANGE, 1, None, UNBOUNDED), None),
]


@pytest.mark.parametrize(("statement", "reason"), STATEMENTS)
def test_a_claim_about_nothing_is_vacuous(statement: Any, reason: str | None) -> None:
    """An empty domain, no admissible depth, no parameter: such a claim is OPEN before any engine is asked."""
    stated = replace(claim("a"), statement=statement)
    assert vacuity(stated) == reason
    if reason is not None:
        judged = judge(stated)
        assert (judged.verdict, judged.reason) == (Verdict.OPEN, f"vacuous: {reason}")


def test_what_has_no_machine_form_is_open_with_its_reason() -> None:
    """Its LaTeX is kept, no engine is asked."""
    stated = replace(claim("a"), statement=Unstated(latex="x", reason="about words"))
    assert vacuity(stated) is None
    assert judge(stated).reason == "about words"


def test_a_domain_that_cannot_be_decided_is_open() -> None:
    """Ends that are letters cannot be compared."""
    stated = replace(claim("a"), statement=Inequality(gap=symbols.c, domain=between(symbols.slope, ONE)))
    judged = judge(stated)
    assert judged.verdict is Verdict.OPEN
    assert "cannot be told apart" in judged.reason
