"""Recursions of one's own, claim files in processes of their own, and claims whose letters have no meaning."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Poly, Rational, Symbol, acos, exp, pi, sqrt

from numerics.balls import evaluate
from proofs_check.claim_files import claim_from_table, load
from proofs_check.claim_lines import claim_at, claim_lines
from proofs_check.claim_process import claims_of
from proofs_check.judge import judge
from proofs_check.well_formed import ill_formed
from theory import activation, correlation_dual, ffnet, kernel_map, resnet, state, symbols
from theory.algebra import Answer, is_zero
from theory.claims import (
    Claim,
    Definite,
    Depth,
    Form,
    Identity,
    Inequality,
    Interval,
    Kind,
    Margin,
    Parity,
    Quantity,
    Shaped,
    Spectrum,
    Verdict,
)
from theory.errors import InputError
from theory.papers import PAPERS
from theory.papers import load as load_paper
from theory.positive import is_positive_series
from theory.recursion import correlation_form

C = symbols.c
RELU = "(sqrt(1 - c^2) + (pi - acos(c))*c)/pi"
HEAD = "from theory import *\n"


# --- which functions are maps of kernels -----------------------------------------------------------------------------


@given(st.lists(st.fractions(min_value=-1, max_value=1, max_denominator=9), min_size=1, max_size=6))
def test_polynomials_are_accepted_exactly_if_no_coefficient_is_negative(numbers: list[Any]) -> None:
    """Against the coefficients themselves."""
    polynomial = sum((Rational(a.numerator, a.denominator) * C**k for k, a in enumerate(numbers)), Integer(0))
    assert is_positive_series(polynomial) == all(a >= 0 for a in Poly(polynomial, C).all_coeffs())


@pytest.mark.parametrize(
    "function",
    [correlation_dual(activation(name)) for name in ("relu", "erf", "leaky_relu:1/5", "abs", "sin", "relu_power:2")]
    + [exp(C - 1), 1 / (2 - C), 2**C / 2, (C + C**2 / symbols.depth) / (1 + 1 / symbols.depth)],
)
def test_known_maps_are_accepted_and_their_series_agree(function: Any) -> None:
    """Duals of activations and their like; the first Taylor coefficients at 0 are >= 0 by balls."""
    assert is_positive_series(function)
    at = function.subs(symbols.depth, 3)
    for order in range(5):
        assert not evaluate(at.diff(C, order).subs(C, 0), {}) < 0


@pytest.mark.parametrize(
    "function",
    [
        2 * C - C**2,
        -C,
        acos(C) / pi,
        sqrt(1 - C**2),
        exp(-C),
        1 / (1 + C),
        abs(C),
        1 / (Rational(1, 2) - C),
        sqrt(2 - C),
        Symbol("w") * C,
    ],
)
def test_other_functions_are_not_accepted(function: Any) -> None:
    """A negative coefficient, a pole inside, a kink, a foreign letter."""
    assert not is_positive_series(function)


# --- maps of one's own -----------------------------------------------------------------------------------------------


def test_a_map_that_is_stated_has_the_recursion_that_is_derived() -> None:
    """The map of ReLU as typed, against the network of layers."""
    own, derived = correlation_form(kernel_map(RELU)), correlation_form(ffnet(activation("relu")))
    assert own is not None
    assert derived is not None
    for name in (
        "correlation",
        "factor",
        "source",
        "initial",
        "diagonal_factor",
        "diagonal_source",
        "growth",
        "length",
    ):
        assert is_zero(getattr(own, name) - getattr(derived, name)) is Answer.YES, name


TABLE = {"id": "own/x", "kappa": "(c + c^2)/2", "quantity": "normalized_ntk", "holds": "limit == 0"}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"kappa": RELU, "holds": "limit == 1/4"}, Verdict.PROVED),
        ({"kappa": RELU, "holds": "limit == 1/3"}, Verdict.REFUTED),
        ({"kappa": "exp(c - 1)", "holds": "limit == 1/3"}, Verdict.PROVED),
        ({"kappa": "(2*c + c^3)/3", "ntk_next": "kappa_dot*Theta + c"}, Verdict.PROVED),
        ({"quantity": "nngp", "depths": "L = 2", "holds": "value == (c + c^2)/4 + (c + c^2)^2/8"}, Verdict.PROVED),
        ({"quantity": "ntk", "ntk_initial": "0", "depths": "L = 1", "holds": "value == (c + c^2)/2"}, Verdict.PROVED),
        ({"quantity": "ntk", "ntk_initial": "0", "depths": "L = 1", "holds": "value == (c + c^2)/3"}, Verdict.REFUTED),
    ],
)
def test_claims_about_a_map_of_ones_own_are_judged_by_the_same_engines(
    changes: dict[str, str], verdict: Verdict
) -> None:
    """Limits by certificates and depth-limit theorems, equations by replayed algebra; false ones refuted."""
    assert judge(claim_from_table({**TABLE, **changes}, paper="own"), effort=1).verdict is verdict


@pytest.mark.parametrize("ntk_next", ["Theta/2", "2*Theta + 1"])
def test_no_theorem_on_networks_is_applied_where_its_hypotheses_fail(ntk_next: str) -> None:
    """An ordered map, c' = (1 + c)/2: with Theta' = Theta/2 the normalised kernel is c, with 2 Theta + 1 it stays below 1."""
    table = {**TABLE, "kappa": "(1 + c)/2", "ntk_next": ntk_next, "holds": "limit == 1"}
    assert judge(claim_from_table(table, paper="own"), effort=1).verdict not in (Verdict.PROVED, Verdict.SUPPORTED)


def test_a_map_that_is_none_of_a_kernel_is_open_and_says_why() -> None:
    """No theorem is applied to 2c - c^2, whose powers would be summed with a negative sign."""
    found = judge(claim_from_table({**TABLE, "kappa": "2*c - c^2"}, paper="own"), effort=1)
    assert found.verdict is Verdict.OPEN
    assert "a_k >= 0" in found.reason


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kappa": "c/2"}, "kappa=c/2: at c = 1 it is 1/2; equal inputs stay equal, kappa\\(1\\) = 1"),
        ({"ntk_next": "Theta^2"}, "ntk_next=T\\*\\*2: not affine in Theta"),
        ({"ntk_next": "Theta/(1 - c)"}, "not finite at c = 1"),
        ({"kappa": "gamma*c"}, "kappa.*gamma"),
        ({"activation": "relu"}, "key activation: a claim with kappa states its recursion itself"),
        ({"kappa": 1}, "kappa=1: a nonempty text in quotes is needed"),
    ],
)
def test_a_map_that_cannot_be_read_is_one_line(changes: dict[str, Any], message: str) -> None:
    """What is wrong and what is allowed."""
    with pytest.raises(InputError, match=message):
        claim_from_table({**TABLE, **changes}, paper="own")


def test_a_claim_with_a_map_and_without_kappa_is_refused() -> None:
    """ntk_next alone is no recursion."""
    table = {name: value for name, value in TABLE.items() if name != "kappa"}
    with pytest.raises(InputError, match="key kappa is missing"):
        claim_from_table({**table, "ntk_next": "Theta"}, paper="own")


def test_state_says_what_the_long_form_says() -> None:
    """One line against the dataclasses."""
    network = ffnet(activation("relu"))
    short = state("mine/limit", network, "limit == 1/4")
    statement = Depth(network=network, quantity=Quantity.NORMALIZED_NTK, holds=short.statement.holds)  # type: ignore[union-attr]
    assert short == Claim(
        id="mine/limit", paper="mine", number="", title="limit == 1/4", kind=Kind.LIMIT, statement=statement
    )
    with pytest.raises(InputError, match="quantity=nope: known: nngp"):
        state("mine/limit", network, "limit == 1/4", quantity="nope")


# --- a process of its own --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fork", [True, False])
def test_a_file_of_short_claims_is_read_in_either_process(tmp_path: Path, fork: bool) -> None:
    """Forked or started anew, the claims that come back are the same."""
    path = tmp_path / "mine.py"
    path.write_text(HEAD + "CLAIMS = (state('a', kernel_map('(c + c^2)/2'), 'limit == 0'),)\n")
    assert claims_of(path, fork=fork) == (state("a", kernel_map("(c + c^2)/2"), "limit == 0"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("while True:\n    pass\n", r"mine.py, line [23]: still running after 0.5 s, the limit for a claim file"),
        ("x = [0] * 10**12\n", r"mine.py, line 2: out of memory; a claim file may use 4 GB"),
        ("import os\nos._exit(7)\n", r"mine.py: it ended the process that ran it \(exit status 7\)"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "mine.py: .* ended by signal 9"),
        ("import theory.claims\ntheory.claims.Claim = theory.Claim = int\nCLAIMS = (1,)\n", "ends with CLAIMS"),
        ("class Own(Claim):\n    pass\nCLAIMS = (Own(id='a'),)\n", "line 4, claim .*|line 4: TypeError"),
        (
            "class S(str):\n    pass\nCLAIMS = (state(S('a'), kernel_map('c'), 'limit == 0'),)\n",
            "PicklingError|claims.S",
        ),
        ("CLAIMS = (state('mine/b', kernel_map('c/2'), 'limit == 0'),)\n", "line 2, claim mine/b: InputError: kappa"),
    ],
)
def test_a_file_that_misbehaves_costs_itself_only(tmp_path: Path, text: str, message: str) -> None:
    """An endless loop, no memory, an end of the process, names redefined: one line with the place."""
    path = tmp_path / "mine.py"
    path.write_text(HEAD + text)
    with pytest.raises(InputError, match=message) as caught:
        claims_of(path, seconds=0.5 if "while" in text else 30)
    assert "\n" not in str(caught.value)
    assert Claim.__name__ == "Claim"


def test_a_loop_that_catches_everything_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is known then; the time is."""
    monkeypatch.setattr("proofs_check.claim_process._GRACE", 0.3)
    path = tmp_path / "mine.py"
    path.write_text(
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n"
    )
    before = time.monotonic()
    with pytest.raises(InputError, match=r"still running after 0\.3 s"):
        claims_of(path, seconds=0.3)
    assert time.monotonic() - before < 10


def test_functions_of_the_file_are_called_in_its_process(tmp_path: Path) -> None:
    """A side that a function of the file derives is derived there."""
    path = tmp_path / "mine.py"
    path.write_text(
        HEAD + "from theory.derived import later\nfrom theory import symbols\ndef double(x):\n    return 2 * x\n"
        "CLAIMS = [Claim(id='a', paper='', number='', title='', kind=Kind.IDENTITY,\n"
        "    statement=Identity(lhs=later(double, symbols.c), rhs=symbols.c + symbols.c))]\n"
    )
    (claim,) = claims_of(path)
    assert isinstance(claim.statement, Identity)
    assert claim.statement.lhs == 2 * C


# --- letters and places ----------------------------------------------------------------------------------------------


def test_no_claim_of_the_papers_is_ill_formed() -> None:
    """The rule refuses nothing that has a meaning."""
    assert [claim.id for paper in PAPERS for claim in load_paper(paper).CLAIMS if ill_formed(claim)] == []


def test_a_free_variable_is_named_with_its_line(tmp_path: Path) -> None:
    """Claim, line and letter in one line."""
    path = tmp_path / "mine.py"
    path.write_text(
        HEAD + "CLAIMS = (\n    state('mine/x', resnet(activation('relu'), gamma=symbols.gamma), 'limit == 0'),\n)\n"
    )
    path.write_text(path.read_text().replace("import *", "import *\nfrom theory import symbols"))
    with pytest.raises(InputError, match=r"mine.py, line 4: id=mine/x: network: gamma is free; give it a value"):
        load(path)


def test_the_letters_of_each_form_are_looked_at() -> None:
    """An inequality, a statement about depth, an end of an interval; a letter of other assumptions is told apart."""
    claim = state("a", ffnet(activation("relu")), "limit == 0")
    w = Symbol("w")
    gap = Inequality(gap=C - w, domain=Interval(symbol=C, low=Integer(0), high=Integer(1)))
    ends = Interval(symbol=C, low=w, high=Integer(1))
    assert ill_formed(replace(claim, statement=gap)) == "gap: w is free; allowed are c"
    assert isinstance(claim.statement, Depth)
    assert "w is free in an end" in str(
        ill_formed(replace(claim, statement=replace(claim.statement, correlations=ends)))
    )
    foreign = replace(claim.statement, holds=replace(claim.statement.holds, target=Symbol("c")))
    assert "use that one" in str(ill_formed(replace(claim, statement=foreign)))
    network = resnet(activation("relu"), alpha=symbols.alpha)
    assert "alpha is free" in str(ill_formed(replace(claim, statement=replace(claim.statement, network=network))))
    assert ill_formed(claim) is None


def test_hypotheses_that_contradict_each_other_are_vacuous() -> None:
    """Two intervals of one letter without a common point."""
    low, high = (Interval(symbol=C, low=Rational(a), high=Rational(a + 1)) for a in (0, 2))
    claim = Claim(
        id="a",
        paper="",
        number="",
        title="",
        kind=Kind.IDENTITY,
        statement=Identity(lhs=C, rhs=C + 1, domain=(low, high)),
    )
    found = judge(claim, effort=1)
    assert (found.verdict, found.reason) == (Verdict.OPEN, "vacuous: no c with 0 <= c <= 1 and 2 <= c <= 3")


def test_claims_have_lines(tmp_path: Path) -> None:
    """In TOML that of [[claim]], in Python that of the call with the id."""
    toml, python = tmp_path / "a.toml", tmp_path / "a.py"
    toml.write_text('# x\n[[claim]]\nid = "a"\n\n[[claim]]\nid = "b"\n')
    python.write_text("x = 'a'\n\nA = state(\n    'a', 1)\nB = Claim(\n  id='b')\n")
    assert claim_lines(toml) == {"a": 2, "b": 5}
    assert {name: line for name, line in claim_lines(python).items() if name in "ab"} == {"a": 3, "b": 5}
    assert (claim_at(python, 4), claim_at(python, 6), claim_at(python, 2)) == ("a", "b", None)
    assert claim_lines(tmp_path / "none.py") == {}


def test_the_domains_of_each_form_are_looked_at() -> None:
    """Inputs have a correlation in [-1, 1]; the judge looks, too, as a claim need not come from a file."""
    relu, angles = ffnet(activation("relu")), Interval(symbol=symbols.theta, low=Integer(0), high=Integer(1))
    beyond = Interval(symbol=C, low=Integer(-3), high=Integer(3))
    claim = state("a", relu, "limit == 0")
    rising = Shaped(network=relu, quantity=Quantity.NORMALIZED_NNGP, form=Form.RISING, correlations=beyond)
    margin = Margin(network=relu, quantity=Quantity.NTK, inputs=(Integer(2), Integer(0)), size=Integer(0))
    open_ = resnet(activation("relu"), gamma=symbols.gamma)
    assert isinstance(claim.statement, Depth)
    for statement, said in (
        (rising, "a correlation c lies in [-1, 1]"),
        (replace(claim.statement, correlations=beyond), "a correlation c lies in [-1, 1]"),
        (margin, "a correlation c lies in [-1, 1]"),
        (replace(rising, correlations=angles), "correlations: an interval of c is needed, not of theta"),
        (replace(margin, inputs=(Integer(1), Symbol("y"))), "the interval of c: y is free in an end of it"),
        (Definite(network=open_, quantity=Quantity.NTK), "network: gamma is free"),
    ):
        found = judge(replace(claim, statement=statement), effort=0.1)
        assert (found.verdict, found.reason[: len(said)]) == (Verdict.OPEN, said)


def test_the_angle_is_no_positive_definite_kernel() -> None:
    """Its matrix has zeros on the diagonal; that of the correlation has not."""
    network = ffnet(activation("relu"), bias_variance=1)
    claim = state("a", network, "limit == 0")
    for quantity, verdict in ((Quantity.ANGLE, Verdict.OPEN), (Quantity.NORMALIZED_NNGP, Verdict.PROVED)):
        definite = Definite(network=network, quantity=quantity)
        positive = Spectrum(network=network, quantity=quantity, degrees=Parity.EVERY, relation=">")
        for statement in (definite, positive):
            assert judge(replace(claim, statement=statement), effort=0.1).verdict is verdict


def test_a_claim_of_a_file_may_speak_of_the_flow(tmp_path: Path) -> None:
    """The name stands for a function of c where the network has that kernel; the judge says so where it has none."""
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[claim]]\nid = "mine/flow"\narchitecture = "resnet"\nactivation = "relu"\ngamma = "1/2"\n'
        'quantity = "normalized_ntk"\nholds = "limit == flow"\n'
    )
    (claim,) = load(path)
    assert judge(claim, effort=0.1).verdict is Verdict.PROVED
