"""Proofs of a user: chains of steps and inductions, each line judged, the whole no better than its lines."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sympy import Integer, Rational

from numerics.kernel import kernel
from proofs_check.arguments import Line, Setting, chain, induction
from proofs_check.arguments.settling import settle
from proofs_check.claim_files import load
from proofs_check.suite import run
from proofs_check.verdicts import Judgement
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Argument, Claim, Depth, Identity, Inequality, Interval, Kind, Quantity, Rule, Verdict
from theory.errors import InputError
from theory.language import Chain

RELU = ffnet(activation("relu"))
RESIDUAL = resnet(activation("relu"), gamma=Integer(1))
ANY = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1))
APART = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1), high_closed=False)
FREE = Setting()
KERNEL = Setting(network=RELU, quantity=Quantity.NORMALIZED_NTK)
ANGLE = Setting(network=RELU, quantity=Quantity.ANGLE, correlations=ANY, depths=(0, None))
NTK = Setting(network=RELU, quantity=Quantity.NTK, correlations=ANY, depths=(0, None))


def lines(*said: str) -> list[Line]:
    """Lines from "lhs | relation | rhs", then "relation | rhs"."""
    parts = [[part.strip() for part in one.split("|")] for one in said]
    return [Line(lhs=part[-3] if len(part) == 3 else None, relation=part[-2], rhs=part[-1]) for part in parts]


def judged(claims: tuple[Claim, ...], effort: float = 1) -> dict[str, Judgement]:
    """Judgements by the end of the id: 1, 2, ..., end, base, step; "" for the whole."""
    found = run(claims, jobs=0, effort=effort)
    return {judgement.claim_id.partition(":")[2]: judgement for judgement in found}


def verdicts(found: dict[str, Judgement]) -> dict[str, str]:
    """Only the verdicts."""
    return {name: judgement.verdict.name for name, judgement in found.items()}


def composed(*said: str, setting: Setting = KERNEL) -> Argument:
    """What a chain says from end to end."""
    statement = chain(id="p", lines=lines(*said), setting=setting)[-1].statement
    assert isinstance(statement, Argument)
    return statement


def test_a_true_chain_is_proved_line_by_line_and_so_is_its_end() -> None:
    """The gain of a ReLU layer: an identity of the derived dual, then Taylor's bound."""
    setting = Setting(network=RELU, correlations=APART)
    said = lines("kappa - c | = | (sin(theta) - theta*cos(theta))/pi", ">= | theta^3/(10*pi)", ">= | 0")
    found = judged(chain(id="gain", lines=said, setting=setting))
    assert set(verdicts(found).values()) == {"PROVED"}
    assert found[""].reason == "every one of its 3 lines is PROVED"
    assert found["end"].reason == "follows from the chain gain, end to end"


def test_the_first_bad_line_is_shown_with_its_counterexample_and_the_end_is_judged_by_itself() -> None:
    """The second line is false, the conclusion is true all the same."""
    setting = Setting(network=RELU, correlations=APART)
    said = lines("kappa - c | = | (sin(theta) - theta*cos(theta))/pi", ">= | theta^3/9", ">= | 0")
    found = judged(chain(id="gain", lines=said, setting=setting))
    assert verdicts(found) == {"1": "PROVED", "2": "REFUTED", "3": "PROVED", "": "REFUTED", "end": "PROVED"}
    assert found[""].reason.startswith("gain:2 is REFUTED: at theta = ")
    witness = found[""].evidence[-1].data["witness"]
    theta = Rational(witness["theta"]) if "theta" in witness else None
    assert theta is not None
    assert 0 < theta < 4
    assert "by itself: the chain is REFUTED" in found["end"].reason


def test_what_engines_cannot_do_at_once_a_chain_can() -> None:
    """|N - 1/4| = O(log(L)/L) from a bound with a constant; with a smaller constant the first line is refuted."""
    setting = Setting(
        network=RELU,
        quantity=Quantity.NORMALIZED_NTK,
        correlations=Interval(symbol=symbols.c, low=Integer(-1), high=Rational(1, 2)),
    )
    good = lines("abs(value - 1/4) | <= | (5 + log(L+1))/(L+1)", "<= | 6*log(L+2)/(L+1)", "O | log(L)/L")
    found = judged(chain(id="rate", lines=good, setting=setting))
    assert set(verdicts(found).values()) == {"PROVED"}
    false = lines("abs(value - 1/4) | <= | 1/(5*(L+1))", "O | log(L)/L")
    assert verdicts(judged(chain(id="rate", lines=false, setting=setting)))["1"] == "REFUTED"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("log(L+1)/(L+1) | O | log(L)/L", "PROVED"),
        ("log(L+1)/(L+1) | O | 1/L", "REFUTED"),
        ("log(L)/L | o | 1/sqrt(L)", "PROVED"),
        ("1/(2*L) | o | 1/L", "REFUTED"),
        ("1/L + 1/L^2 | ~ | 1/L", "PROVED"),
        ("1/L + 2/sqrt(L^3) | ~ | 1/L + 1/L^2", "REFUTED"),
        ("(L+1)^2 | = | L^2 + 2*L + 1", "PROVED"),
        ("(L+1)^2 | = | L^2 + 3*L", "REFUTED"),
        ("(1 + log(L))/L | <= | 2/sqrt(L)", "PROVED"),
        ("(1 + log(L))/L | <= | 1/sqrt(L)", "REFUTED"),
        ("value - 1/4 | < | value - 1/5", "PROVED"),
        ("theta/(L+1) | <= | 4/(L+1)", "PROVED"),
        ("theta/(L+1) | O | 1/L", "SUPPORTED"),
    ],
)
def test_lines_without_a_kernel_are_decided(said: str, verdict: str) -> None:
    """Equations by algebra, inequalities by enclosures, orders by their scales; a factor with c is not uniform at once."""
    assert verdicts(judged(chain(id="e", lines=lines(said), setting=KERNEL)))["1"] == verdict


def test_an_order_with_a_factor_in_c_is_decided_for_each_c() -> None:
    """Pointwise the factor is a number; where it may be infinite nothing is concluded."""
    setting = Setting(network=RELU, pointwise=True)
    assert verdicts(judged(chain(id="e", lines=lines("theta/(L+1) | O | 1/L"), setting=setting)))["1"] == "PROVED"
    pole = chain(id="e", lines=lines("1/((theta-1)*L) | O | 1/L"), setting=setting)
    assert verdicts(judged(pole))["1"] == "SUPPORTED"  # by numbers alone, which do not meet the pole


@pytest.mark.parametrize(
    ("said", "relation"),
    [
        (("value | = | 1/4", "<= | 1/2"), "<="),
        (("value | <= | 1/4", "< | 1/2", "= | 1/2"), "<"),
        (("value | > | 1/4", ">= | 1/8"), ">"),
    ],
)
def test_relations_are_composed(said: tuple[str, ...], relation: str) -> None:
    """<= with = is <=, with < it is <."""
    conclusion = composed(*said).conclusion
    assert isinstance(conclusion, Depth)
    assert conclusion.holds.relations == (relation,)  # type: ignore[union-attr]


def test_orders_are_composed() -> None:
    """O then o is o; |a| <= b = O(g) is O(g); an expansion keeps its terms."""
    strict = composed("abs(value) | <= | 1/L", "O | 1/L", "o | 1").conclusion
    assert isinstance(strict, Depth)
    assert strict.holds.symbol == "o"  # type: ignore[union-attr]
    expansion = composed("value | ~ | 1/4 + 3*log(L)/(8*L)", "= | 3*log(L)/(8*L) + 1/4").conclusion
    assert isinstance(expansion, Depth)
    assert len(expansion.holds.terms) == 2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (("value | <= | 1/2", ">= | 1/4"), "p, line 2: >= cannot follow <=: nothing can be concluded"),
        (("value | >= | 1/2", "= | 1/2", "< | 1"), "p, line 3: < cannot follow >="),
        (("value | <= | 1/L", "O | 1/L"), r"p, line 2: O cannot follow <=.*start from abs"),
        (("value | O | 1", "<= | 2"), "p, line 2: <= cannot follow O"),
        (("value | ~ | 1/4 + 1/L", "O | 1"), "p, line 2: O cannot follow ~"),
        (("value | ~ | 1/4 + 1/L", "= | (1/4 + 1/L^2) + 1/L - 1/L^2"), "ends with a smaller term than p, line 1"),
        (("value | <= | 1/2", "1/3 | <= | 1"), "p, line 2: it begins with 1/3, but the line before ended with 1/2"),
        (("value | => | 1/2",), "p, line 1: relation==>: allowed is one of = <="),
        (("value | = | valu",), r"p, line 1: rhs=valu: unknown name 'valu' \(did you mean value"),
        (("value | O | value",), "value stands on the left of O only"),
        (("1 | <= | 2", "~ | 3"), "p, line 2: ~ cannot follow <="),
    ],
)
def test_what_cannot_be_joined_is_refused_with_its_line(said: tuple[str, ...], message: str) -> None:
    """One line that names the line of the chain."""
    with pytest.raises(InputError, match=message) as caught:
        composed(*said)
    assert "\n" not in str(caught.value)


def test_a_line_must_hold_wherever_the_chain_is_claimed() -> None:
    """A line for fewer inputs or later depths proves nothing about the rest; a wider one does."""
    narrow = Interval(symbol=symbols.c, low=Integer(0), high=Integer(1))
    with pytest.raises(InputError, match="line 1: its domain does not contain that of the chain"):
        chain(id="p", lines=[Line(lhs="value", rhs="1", relation="<=", domain=narrow)], setting=KERNEL)
    with pytest.raises(InputError, match="line 1: its depths do not contain those of the chain"):
        chain(id="p", lines=[Line(lhs="value", rhs="1", relation="<=", depths=(2, None))], setting=KERNEL)
    assert chain(
        id="p", lines=[Line(lhs="value", rhs="1", relation="<=", domain=ANY, depths=(0, None))], setting=KERNEL
    )


def test_a_chain_that_needs_a_network_says_so() -> None:
    """Without one it may speak of c and theta only."""
    (line, _, _) = chain(id="p", lines=lines("sin(theta)^2 | = | 1 - c^2"), setting=FREE)
    assert isinstance(line.statement, Identity)
    assert verdicts(judged(chain(id="p", lines=lines("sin(theta) | <= | theta"), setting=FREE)))[""] == "PROVED"
    for said, message in (
        ("1/L | <= | 1", "name architecture and activation"),
        ("kappa | >= | c", "the proof names no network"),
    ):
        with pytest.raises(InputError, match=message):
            chain(id="p", lines=lines(said), setting=FREE)
    with pytest.raises(InputError, match="name a quantity"):
        chain(id="p", lines=lines("value | <= | 1"), setting=Setting(network=RELU))


def test_an_induction_on_the_angle_proves_what_no_theorem_gave() -> None:
    """theta_L <= 3 pi/(L + 3) for every pair: base, step, and what the step rests on."""
    found = judged(induction(id="i", holds="value <= 3*pi/(L+3)", step="map >= cos(next)", setting=ANGLE))
    assert set(found) == {"", "base", "step", "monotone", "range", "range-above"}
    assert set(verdicts(found).values()) == {"PROVED"}
    assert found[""].reason.startswith("by induction on the depth, from i:base, i:step")
    for depth in (1, 7, 100):  # not by the induction: the kernel itself at opposite inputs
        angle = kernel(RELU, depth, Integer(-1), digits=20).angle
        assert float(angle) <= 3 * 3.1415926 / (depth + 3)


@pytest.mark.parametrize(
    ("holds", "fails", "why"),
    [
        ("value <= 2*pi/(L+2)", "step", "REFUTED"),
        ("value < 3*pi/(L+3)", "base", "REFUTED"),
        ("value <= 4*pi/(L+3)", "", "at the first depth the bound is 4*pi/3, beyond pi"),
    ],
)
def test_a_false_step_or_base_leaves_the_conclusion_unproved(holds: str, fails: str, why: str) -> None:
    """The part at fault is found; the conclusion is never PROVED."""
    found = judged(induction(id="i", holds=holds, setting=ANGLE))
    assert found[""].verdict is not Verdict.PROVED
    if fails:
        assert found[fails].verdict.name == why
    else:
        assert why in found[""].reason


@pytest.mark.parametrize(
    "step", ["map <= cos(next)", "kappa >= cos(next)", "map >= cos(bound)", "map > cos(next)", "map >= cos(3*pi/(L+5))"]
)
def test_a_step_that_is_not_the_derived_implication_proves_nothing(step: str) -> None:
    """Whatever the user believes: another inequality, true or false, is no step of this recursion."""
    (*_, whole) = induction(id="i", holds="value <= 3*pi/(L+3)", step=step, setting=ANGLE)
    assert isinstance(whole.statement, Argument)
    assert "is not the implication P(L) -> P(L+1) of the derived recursion, which is" in whole.statement.missing
    proved = {part: Judgement(claim_id=part, verdict=Verdict.PROVED, expected=Verdict.PROVED, reason="", evidence=())
              for part in whole.statement.parts}  # fmt: skip
    own = Judgement(claim_id="i", verdict=Verdict.PROVED, expected=Verdict.PROVED, reason="r", evidence=())
    settled = settle(own, whole.statement, proved)
    assert settled.verdict is Verdict.OPEN
    assert "the engines prove the conclusion without it" in settled.reason


def test_the_step_may_be_written_out() -> None:
    """What the user writes is compared by algebra, not by its letters."""
    written = "(sin(3*pi/(L+3)) + (pi - 3*pi/(L+3))*cos(3*pi/(L+3)))/pi - cos(3*pi/(L+4)) >= 0"
    (*_, whole) = induction(id="i", holds="3*pi/(L+3) >= value", step=written, setting=ANGLE)
    assert isinstance(whole.statement, Argument)
    assert whole.statement.missing == ""


def test_an_induction_on_the_ntk_and_on_its_normalised_form() -> None:
    """Theta_L <= L + 1 with the step in c, for every correlation of the layer below; the first slope that is too small falls."""
    said = "kappa_dot*bound + kappa <= L + 2"
    assert set(verdicts(judged(induction(id="i", holds="value <= L + 1", step=said, setting=NTK))).values()) == {
        "PROVED"
    }
    small = judged(induction(id="i", holds="value <= L/2 + 1", setting=NTK))
    assert small["step"].verdict is Verdict.REFUTED
    normal = Setting(network=RELU, quantity=Quantity.NORMALIZED_NTK, correlations=ANY, depths=(0, None))
    found = judged(induction(id="i", holds="value <= 1", setting=normal))
    assert found["step"].verdict is found["diagonal"].verdict is Verdict.PROVED


def test_correlations_stay_in_the_upper_half_where_they_begin_there() -> None:
    """The erf network at its own kappa: monotone on [0, 1] is enough, and kappa(0) >= 0 keeps them there."""
    half = Interval(symbol=symbols.c, low=Integer(0), high=Integer(1))
    setting = Setting(network=RELU, quantity=Quantity.NORMALIZED_NNGP, correlations=half, depths=(0, None))
    claims = induction(id="i", holds="value >= 0", setting=setting)
    assert {claim.id for claim in claims} >= {"i:kept", "i:monotone"}
    assert set(verdicts(judged(claims)).values()) == {"PROVED"}
    monotone = next(claim.statement for claim in claims if claim.id == "i:monotone")
    assert isinstance(monotone, Inequality)
    assert monotone.domain.low == 0


@pytest.mark.parametrize(
    ("setting", "holds", "why"),
    [
        (Setting(network=RESIDUAL, quantity=Quantity.ANGLE), "value <= 4", "no further layer"),
        (Setting(network=RELU, quantity=Quantity.NTK), "value <= (L+1)*(1+c)", "state it free of c"),
    ],
)  # fmt: skip
def test_a_recursion_without_such_a_step_is_open_and_says_why(setting: Setting, holds: str, why: str) -> None:
    """Layers that depend on the total depth; a bound in c for the NTK."""
    (*_, whole) = induction(id="i", holds=holds, setting=setting)
    assert isinstance(whole.statement, Argument)
    assert why in whole.statement.missing


def test_the_truth_table_of_a_chain() -> None:
    """A refuted line refutes the chain, not what it says from end to end."""
    claims = chain(id="p", lines=lines("1 | <= | 2", "<= | 3"), setting=FREE)
    whole, end = claims[-2].statement, claims[-1].statement
    assert isinstance(whole, Argument)
    assert isinstance(end, Argument)

    def judgement(name: str, verdict: Verdict) -> Judgement:
        return Judgement(claim_id=name, verdict=verdict, expected=Verdict.PROVED, reason="r", evidence=())

    own = judgement("p", Verdict.OPEN)
    for first, second, wanted in (
        ("PROVED", "PROVED", "PROVED"),
        ("SUPPORTED", "PROVED", "SUPPORTED"),
        ("SUPPORTED", "OPEN", "OPEN"),
        ("OPEN", "REFUTED", "REFUTED"),
    ):
        parts = {"p:1": judgement("p:1", Verdict[first]), "p:2": judgement("p:2", Verdict[second])}
        assert settle(own, whole, parts).verdict.name == wanted
    for chained, alone, wanted in (
        ("PROVED", "OPEN", "PROVED"),
        ("PROVED", "REFUTED", "OPEN"),
        ("REFUTED", "PROVED", "PROVED"),
        ("OPEN", "REFUTED", "REFUTED"),
        ("REFUTED", "OPEN", "OPEN"),
    ):
        settled = settle(judgement("p:end", Verdict[alone]), end, {"p": judgement("p", Verdict[chained])})
        assert settled.verdict.name == wanted
    assert settle(own, whole, {}).verdict is Verdict.OPEN


TOML = """
[[claim]]
id = "mine/limit"
architecture = "ffnet"
activation = "relu"
quantity = "normalized_ntk"
holds = "limit == 1/4"
uses = ["mine/gain"]

[[proof]]
id = "mine/gain"
architecture = "ffnet"
activation = "relu"
domain = "-1 <= c < 1"
title = "A layer brings inputs closer"

    [[proof.step]]
    lhs = "kappa - c"
    rhs = "(sin(theta) - theta*cos(theta))/pi"
    reason = "the derived dual"

    [[proof.step]]
    relation = ">="
    rhs = 0

[[induction]]
id = "mine/angle"
architecture = "ffnet"
activation = "relu"
quantity = "angle"
domain = "-1 <= c <= 1"
depths = "L >= 0"
holds = "value <= 3*pi/(L + 3)"
"""


def test_a_file_holds_claims_proofs_and_inductions(tmp_path: Path) -> None:
    """Claims first, then the lines of each proof; a claim may use a proof as its lemma."""
    path = tmp_path / "mine.toml"
    path.write_text(TOML)
    claims = load(path)
    assert [claim.id for claim in claims][:5] == [
        "mine/limit",
        "mine/gain:1",
        "mine/gain:2",
        "mine/gain",
        "mine/gain:end",
    ]
    assert claims[1].note == "the derived dual"
    assert claims[3].title == "A layer brings inputs closer"
    assert claims[2].title == "(sin(theta) - theta*cos(theta))/pi >= 0"
    assert claims[-1].id == "mine/angle"
    assert claims[0].uses == ("mine/gain",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('relation = ">="', 'relation = "=>"', "line 10: mine/gain, line 2: relation==>: allowed is one of"),
        ("rhs = 0", 'rhs = "kappa("', "line 10: mine/gain, line 2: rhs=kappa"),
        ("rhs = 0", "", "line 10: mine/gain, line 2: key rhs is missing"),
        ("rhs = 0", "rhs = true", "line 10: mine/gain, line 2: rhs=True: a nonempty text"),
        ('reason = "the derived dual"', 'reson = "x"', "line 10: mine/gain, line 1: unknown key reson"),
        ("[[proof.step]]", "[[proof.steps]]", "key step is missing; a proof consists of"),
        ('holds = "value <= 3*pi/(L + 3)"', "", "line 26: key holds is missing"),
        ('holds = "value <= 3*pi/(L + 3)"', 'holds = "limit == 0"', "an induction concludes value <= e"),
        ('depths = "L >= 0"', 'depths = "L <= 9"', "an induction is about every depth"),
        ("[[induction]]", "[[inductions]]", "unknown key inductions"),
        ("[[induction]]", '[[induction]]\nexpected_step = "TRUE"', "expected_step=TRUE: allowed is one of PROVED"),
        ("[[induction]]", "[induction]", "no inductions; a claim file consists of"),
        ('quantity = "angle"', 'quantity = "angel"', "quantity=angel: did you mean angle"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The line of the table, the line of the proof, what is wrong and what is allowed."""
    path = tmp_path / "mine.toml"
    assert old in TOML
    path.write_text(TOML.replace(old, new))
    with pytest.raises(InputError) as caught:
        load(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_python_file_splices_a_chain(tmp_path: Path) -> None:
    """The functions return claims, so that CLAIMS holds them like any other."""
    path = tmp_path / "mine.py"
    path.write_text(
        "from proofs_check.arguments import Line, Setting, chain\n"
        "CLAIMS = chain(id='mine/p', setting=Setting(), lines=[Line(lhs='sin(theta)', relation='<=', rhs='theta')])\n"
    )
    assert [claim.id for claim in load(path)] == ["mine/p:1", "mine/p", "mine/p:end"]


def test_expected_verdicts_follow_the_lines(tmp_path: Path) -> None:
    """A line that is expected to be false makes the chain expected REFUTED, unless the file says otherwise."""
    table: dict[str, Any] = {"id": "p", "setting": FREE}
    bad = Line(lhs="sin(theta)", relation=">", rhs="theta", expected=Verdict.REFUTED)
    claims = chain(**table, lines=[bad])
    assert [claim.expected.name for claim in claims] == ["REFUTED", "REFUTED", "PROVED"]
    assert chain(**table, lines=[bad], expected=Verdict.OPEN)[1].expected is Verdict.OPEN


# --- arguments made by hand ------------------------------------------------------------------------------------------


def by_hand(statement: Argument, name: str = "forged") -> Claim:
    """An argument as a Python file may state it."""
    return Claim(id=name, paper="", number="", title="", kind=Kind.BOUND, statement=statement)


def test_an_induction_made_by_hand_is_believed_only_with_the_parts_derived_for_it() -> None:
    """theta_L <= 3 pi/(L+3) has an induction; its parts do not give 3/(L+3)."""
    parts = induction(id="p", holds="value <= 3*pi/(L + 3)", setting=ANGLE)
    whole = parts[-1].statement
    assert isinstance(whole, Argument)
    assert isinstance(whole.conclusion, Depth)
    assert isinstance(whole.conclusion.holds, Chain)
    value, bound = whole.conclusion.holds.sides
    smaller = replace(whole.conclusion, holds=replace(whole.conclusion.holds, sides=(value, bound / 3)))
    fewer = replace(whole, parts=whole.parts[:2])
    other = Inequality(gap=symbols.c - 1, domain=APART)
    forged = [replace(whole, conclusion=smaller), fewer, replace(whole, conclusion=other), replace(whole, parts=())]
    claims = tuple(by_hand(one, f"p:{name}") for name, one in zip("abcd", forged, strict=True))
    found = judged((*parts, *claims))
    assert found[""].verdict is Verdict.PROVED
    assert [found[name].verdict.name for name in "abcd"] == ["REFUTED", "OPEN", "REFUTED", "OPEN"]
    assert "none of its parts is the monotone of this induction" in found["b"].reason


def test_a_chain_made_by_hand_is_believed_only_where_its_lines_say_what_it_says() -> None:
    """1/L <= 2/L is true; that 2/L <= 1/L, or that it holds from 0 on, or of another kernel, is not."""
    setting = Setting(network=RELU, quantity=Quantity.NORMALIZED_NTK, depths=(5, None))
    claims = chain(id="p", lines=lines("value | <= | value + 1/L", "<= | value + 2/L"), setting=setting)
    whole, end = claims[-2].statement, claims[-1].statement
    assert isinstance(whole, Argument)
    assert isinstance(end, Argument)
    assert isinstance(whole.conclusion, Depth)
    turned = replace(whole.conclusion, holds=Chain(sides=whole.sides[::2], relations=(">=",)))
    forged = {
        "a": replace(whole, conclusion=turned),
        "b": replace(end, conclusion=turned),
        "c": replace(whole, sides=whole.sides[::-1]),
        "d": replace(whole, relations=("=", "=")),
        "e": replace(whole, conclusion=replace(whole.conclusion, depth_low=1)),
        "f": replace(whole, conclusion=replace(whole.conclusion, network=RESIDUAL)),
        "g": replace(whole, parts=whole.parts[:1]),
        "h": replace(end, parts=whole.parts[:1]),
        "i": replace(whole, rule=Rule.TRANSITIVITY),
        "j": replace(whole, conclusion=replace(whole.conclusion, correlations=ANY)),
    }
    found = judged((*claims, *(by_hand(one, f"p:{name}") for name, one in forged.items())))
    assert found[""].verdict is found["end"].verdict is Verdict.PROVED
    assert found["b"].verdict is not Verdict.PROVED
    assert {found[name].verdict for name in "acdefgj"} == {Verdict.OPEN}
    assert all(found[name].evidence[0].engine != "argument" for name in "hi")


def test_lines_about_different_depths_do_not_make_a_chain() -> None:
    """18/100 <= N_2 and N_1 <= 17/100 at c = 0, where the chain is claimed for no depth at all: 18 > 17."""
    zero = Interval(symbol=symbols.c, low=Integer(0), high=Integer(0))
    setting = Setting(network=RELU, quantity=Quantity.NORMALIZED_NTK, correlations=zero, depths=(2, 1))
    first = Line(lhs="9/50", relation="<=", rhs="value", depths=(2, 2))
    found = judged(chain(id="p", lines=[first, Line(relation="<=", rhs="17/100", depths=(1, 1))], setting=setting))
    assert verdicts(found) == {"1": "PROVED", "2": "PROVED", "": "OPEN", "end": "REFUTED"}
    assert found[""].reason == "it does not follow: its lines have no depth in common"
