"""The sentences of the report: claims, evidence, expressions and prose say what the machine form says, readably."""

import json
import re
from dataclasses import replace

import pytest
from report_claims import CLAIMS, THEOREM, WITNESS, claim_of, depth, judged
from sympy import Expr, Integer, Max, Rational, acos, log, pi, sin, sqrt

from proofs_check.report import render_derivation, statement_latex, statement_text
from proofs_check.report.article import entry
from proofs_check.report.expressions import (
    latex_of,
    lines_of,
    named,
    names,
    round_ball,
    shorten_numbers,
    text_of,
    width_of,
)
from proofs_check.report.findings import (
    contradiction_latex,
    evidence_latex,
    expression_latex,
    theorems_of,
    witness_latex,
)
from proofs_check.report.prose import prose_latex
from proofs_check.report.statements import network_text, range_latex, title_latex
from proofs_check.report.written import name_latex, nonnegative_latex, written_latex
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Identity, Inequality, Interval, Unstated, Verdict
from theory.duals import dual
from theory.recursion import derive


def small(engine: str, more: str = "") -> str:
    """The engine as it stands at the end of its evidence."""
    return rf"{{\scriptsize\textcolor{{soft}}{{[\textsf{{{engine}}}{more}]}}}}"


def test_expressions_use_the_letters_of_the_field() -> None:
    """arccos, theta and Theta; a positive term first; a fraction typed as a decimal stays one."""
    assert latex_of(acos(symbols.c) - symbols.ntk) == r"\arccos c - \Theta"
    assert latex_of(-symbols.theta * sin(symbols.theta) + pi) == r"\pi - \theta \sin \theta"
    assert latex_of(Rational(69, 100) * symbols.c) == "0.69 c"
    assert latex_of(Rational(3, 8) * log(symbols.depth) / symbols.depth) == r"\frac{3 \log L}{8 L}"


def test_balls_are_rounded_outwards() -> None:
    """The shorter ball contains the longer one."""
    mid, rad = round_ball("0.123456789123456789", "1e-30", 8)
    assert mid == "0.12345679"
    assert abs(float(mid) - float("0.123456789123456789")) <= float(rad) <= float("1e-8")


def test_prose_has_no_long_numbers_and_no_raw_characters() -> None:
    """Digits are cut with an ellipsis; characters that TeX would read are escaped."""
    assert shorten_numbers("0." + "3" * 40) == "0." + "3" * 10 + "..."
    assert prose_latex("100 % of some_file & {x}") == r"100 \% of some\_file \& \{x\}"
    assert prose_latex("1 - Sigma_L ~ (9 pi^2/2)/L^2") == r"$1 - \Sigma_L \sim (9 \pi^{2}/2)/L^{2}$"


def test_every_form_of_statement_is_a_sentence() -> None:
    """Every form of statement is printed from its machine form, with its quantifiers."""
    every = "For the feedforward ReLU network and every "
    assert statement_text(depth("limit == 1/4")) == every + "-1 < c < 1: N_L -> 1/4 as L -> oo"
    assert statement_text(depth("value <= 1/2")) == every + "L >= 1 and -1 < c < 1: N_L <= 1/2"
    assert statement_text(depth("value ~ 1/4 + 3*log(L)/(8*L)")).endswith("N_L = 1/4 + 3*log(L)/(8*L) + o(log(L)/L)")
    uniform = statement_text(depth("value - 1/4 = O(1/L)"))
    assert uniform == every + "-1 < c < 1, uniformly in c: N_L - 1/4 = O(1/L)"
    pointwise = statement_text(depth("value - 1/4 = O(1/L)", pointwise=True))
    assert pointwise == every + "-1 < c < 1, with a constant that may depend on c: N_L - 1/4 = O(1/L)"
    assert r"\asymp" in statement_latex(depth("value - 1/4 = Theta(1/L)"))
    angles = Interval(symbol=symbols.theta, low=Integer(0), high=pi, low_closed=False)
    gap = Inequality(gap=symbols.theta - sin(symbols.theta), domain=angles)
    assert statement_text(claim_of(gap)) == "For every 0 < theta <= pi: theta >= sin(theta)"
    assert statement_latex(claim_of(Identity(lhs=symbols.c, rhs=Integer(1)))) == "\n" + r"\[ \fit{c = 1} \]"
    assert "why" in statement_text(claim_of(Unstated(latex="x", reason="why")))


def test_what_constants_may_depend_on_is_named() -> None:
    """A constant depends on the inputs and the parameters of the claim, and on nothing where both are points."""
    gammas = Interval(symbol=symbols.gamma, low=Rational(1, 2), high=Integer(1))
    network = resnet(activation("relu"), gamma=symbols.gamma)
    both = depth("value = Theta(1/L)", network=network, parameters=(gammas,), pointwise=True)
    assert ", with constants that may depend on c and gamma:" in statement_text(both)
    assert ", with constants that may depend on $c$ and $\\gamma$:" in statement_latex(both)
    point = Interval(symbol=symbols.c, low=Integer(0), high=Integer(0))
    assert "constant" not in statement_text(depth("value = O(1/L)", correlations=point, pointwise=True))


def test_an_inequality_reads_as_its_title() -> None:
    """Numbers stand on the right, "at most" is not turned into "at least", and no statement begins with 0."""
    angle = Interval(symbol=symbols.theta, low=Integer(0), high=pi)
    theta = symbols.theta

    def said(title: str, gap: Expr) -> str:
        claim = replace(claim_of(Inequality(gap=gap, domain=angle)), title=title)
        return statement_text(claim).removeprefix("For every 0 <= theta <= pi: ")

    assert said("theta >= -171/2500", theta + Rational(171, 2500)) == "theta >= -0.0684"
    assert said("theta <= 4", 4 - theta) == "theta <= 4"
    assert said("theta is small", 4 - theta) == "4 >= theta"
    assert said("theta >= 0 and sin(theta) <= 1", 1 - sin(theta)) == "1 >= sin(theta)"
    assert said("minus theta^2 <= 0", theta**2) == "theta^2 >= 0"
    assert said("it grows", -(theta * sin(theta) - pi * sin(theta)) / pi) == "sin(theta) >= theta*sin(theta)/pi"


def test_a_distance_begins_with_the_quantity() -> None:
    """The kernel minus its limit, whichever order the terms have."""
    claim = depth("abs(value - 1/4 - theta) <= 1/L")
    assert statement_text(claim).endswith(": |N_L - theta - 1/4| <= 1/L")
    assert r"\left|{N_L" not in statement_latex(claim)
    assert r"\left|N_L - \theta - \frac{1}{4}\right|" in statement_latex(claim)
    assert latex_of(abs(symbols.c - 1) ** symbols.gamma) == r"\left|c - 1\right|^{\gamma}"


def test_titles_have_the_letters_of_the_formulas() -> None:
    """The letters of the paper for both kernels become ours; another paper keeps its own."""
    known = {claim.id: claim for claim in CLAIMS}
    titles = {key: title_latex(known[f"huang2020/{key}"]) for key in ("nngp-rate", "rec-ffnet", "rec-resnet-diagonal")}
    assert titles["nngp-rate"] == r"$1 - \bar K_L \sim (9 \pi^{2}/2)/L^{2}$"
    assert r"\kappa_0(K_{l-1}) \Theta_{l-1} + K_l" in titles["rec-ffnet"]
    assert titles["rec-resnet-diagonal"].startswith(r"$\Theta_L(x,x) = 2 L")
    assert r"\Omega_1" in title_latex(known["huang2020/thm-resnet-limit"])
    assert title_latex(replace(known["huang2020/nngp-rate"], paper="mine")).startswith(r"$1 - \Sigma_L")
    assert not any(re.search(r"\\Sigma|\\Omega_[^1]", title_latex(claim)) for claim in CLAIMS)


def test_a_single_depth_and_a_single_input_are_points() -> None:
    """A point is said as such: c = 1, L = 6."""
    point = Interval(symbol=symbols.c, low=Integer(1), high=Integer(1))
    said = statement_text(depth("value == 1", correlations=point, depth_low=6, depth_high=6))
    assert said == "For the feedforward ReLU network at c = 1 and L = 6: N_L = 1"


def test_a_convention_that_differs_is_said() -> None:
    """A fixed readout, a trained first layer and the residual scale stand in the sentence."""
    relu = activation("relu")
    assert network_text(ffnet(relu, train_readout=False)).endswith("with a fixed readout")
    trained = network_text(resnet(relu, gamma=Integer(1), train_first=True))
    assert trained == "the residual ReLU network with alpha = 1/L and a trained first layer"


@pytest.mark.parametrize(
    "ends", [(True, True, r"0 \le c \le 1"), (False, True, r"0 < c \le 1"), (True, False, r"0 \le c < 1")]
)
def test_ends_of_intervals_are_shown(ends: tuple[bool, bool, str]) -> None:
    """An open end is strict."""
    low, high, said = ends
    interval = Interval(symbol=symbols.c, low=Integer(0), high=Integer(1), low_closed=low, high_closed=high)
    assert range_latex(interval) == said


def test_derived_functions_have_their_letters() -> None:
    """The letter kappa_1 stands for the derived map, wherever that occurs."""
    kappa = next(name for name in names() if name.text == "kappa_1")
    said = statement_latex(claim_of(Identity(lhs=kappa.expression, rhs=symbols.c)))
    assert r"\fit{\kappa_1(c) = c}" in said


def test_no_claim_is_printed_with_sympy_names_or_long_numbers() -> None:
    """No acos, Max, Abs, **, or run of 20 digits in any sentence of the suite."""
    for claim in CLAIMS:
        said = statement_latex(claim)
        assert not re.search(r"\bacos|\bAbs\b|\*\*|(?<!absolute )\bvalue\b|\d{20}", said), claim.id


def test_a_derivation_is_printed_in_three_forms() -> None:
    """Text and LaTeX show every step; JSON restores the equations."""
    derivation = derive(resnet(activation("relu"), gamma=symbols.gamma)).derivation
    text, latex = render_derivation(derivation, "text"), render_derivation(derivation, "latex")
    data = json.loads(render_derivation(derivation, "json"))
    assert len(data["steps"]) == len(derivation.steps)
    assert data["steps"][-1]["rhs"] == str(derivation.result)
    assert re.findall(r"^ +(\d+)  ", text, re.MULTILINE)[-1] == str(len(derivation.steps))
    assert latex.count(r"\begin{align*}") == latex.count(r"\end{align*}") > 4
    assert r"\Theta_{\mathrm{residual}}" in latex
    assert "the input has" not in text + latex
    with pytest.raises(ValueError, match="format=html"):
        render_derivation(derivation, "html")


def test_long_lines_of_a_derivation_are_broken() -> None:
    """No line of the dual of ReLU is much wider than the page."""
    latex = render_derivation(dual(activation("relu")).derivation, "latex")
    rows = [row for block in re.findall(r"begin\{align\*\}(.*?)\\end", latex, re.DOTALL) for row in block.split(r" \\")]
    assert max(map(width_of, rows)) <= 85


def test_evidence_shows_the_witness_with_its_balls() -> None:
    """Point, both sides, seed and number of examples; no 40-digit noise."""
    said = evidence_latex(Evidence(engine="properties", outcome=Outcome.REFUTES, summary="x", data=WITNESS))
    assert r"at \mbox{$c = -1$}, \mbox{$L = 100$}: left side" in said
    assert r"left side \mbox{$0.2956739582 \pm" in said
    assert "seed 7, 137 examples" in said


def test_theorems_come_from_the_evidence_once() -> None:
    """The same bound in two judgements is one theorem, with its constants."""
    proof = Evidence(engine="certificates", outcome=Outcome.PROVES, summary="", data={"theorems": [THEOREM, THEOREM]})
    judgement = replace(judged(depth("limit == 1/4")), evidence=(proof, proof))
    (theorem,) = theorems_of([judgement, judgement])
    assert theorem.source == "Theorem 1 (ffnet-relu)"
    assert r"\frac{3 \pi}{4 \theta}" in theorem.latex


def test_a_ball_in_a_string_is_a_ball() -> None:
    """Engines may give a ball as text; it is set like the others, and a count that the summary has is not repeated."""
    data = {"witness": {"theta": "49/16"}, "gap": "[-0.0189385241223485 +/- 2.07e-17]"}
    said = evidence_latex(Evidence(engine="balls", outcome=Outcome.REFUTES, summary="x", data=data))
    assert r"at \mbox{$\theta = \frac{49}{16}$}: left minus right \mbox{$-0.01893852412 \pm" in said
    covered = Evidence(engine="balls", outcome=Outcome.PROVES, summary="6 cells cover it", data={"cells": 6})
    assert evidence_latex(covered) == rf"Proof: 6 cells cover it. {small('balls')}"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a-(b+c)", r"a - \left(b + c\right)"),
        ("a-(b-c)", r"a - \left(b - c\right)"),
        ("(a+b)^2*c", r"\left(a + b\right)^{2} c"),
        ("-(a+b)*c", r"-\left(a + b\right) c"),
        ("(1)*x/(2*y)", r"\frac{x}{2 y}"),
        ("x/(1)", "x"),
        ("1/(1)", "1"),
        ("2*3*x", r"2 \cdot 3 x"),
        ("a+(-63/50)", "a - 1.26"),
        ("a+(-b)", "a - b"),
        ("1/3-0*x^3", r"\frac{1}{3}"),
        ("0*x", "0"),
        ("-5/4-x", r"-\frac{5}{4} - x"),
        ("-1/3", r"-\frac{1}{3}"),
        ("x^(-2)", "x^{-2}"),
        ("sqrt(eta*L)", r"\sqrt{\eta L}"),
        ("cos(a+b)", r"\cos\left(a + b\right)"),
        ("x*x*y", "x^{2} y"),
        ("(cos(t)+mu/2*((sin(t)-t*cos(t))/pi-t*cos(t)/pi))", r"\Omega_{\mu}(\theta)"),
        ("log(L)", r"\log L"),
        ("f(x)", r"\text{\texttt{f(x)}}"),
        ("1+", r"\text{\texttt{1+}}"),
        ("x" * 20_001, rf"\text{{\texttt{{{'x' * 20_001}}}}}"),
    ],
)
def test_formulas_of_certificates_keep_their_brackets(text: str, latex: str) -> None:
    """Signs and brackets say what the text says; what is no expression stands as it is."""
    assert written_latex(text) == latex


def test_an_inequality_has_no_minus_at_the_top() -> None:
    """Terms with a minus stand on the other side; without one, zero does."""
    assert nonnegative_latex("a-b+c-2") == r"a + c \ge b + 2"
    assert nonnegative_latex("a-b", ">") == "a > b"
    assert nonnegative_latex("a+b") == r"a + b \ge 0"
    assert nonnegative_latex("-a") == r"-a \ge 0"
    assert name_latex("d_lo"), name_latex("k12") == (r"d_{\mathrm{lo}}", "k_{12}")


def test_a_refutation_by_a_bound_says_the_sign() -> None:
    """A negative leading coefficient bounds from above, a positive one from below; a growth other than 1 is shown."""
    below = {"coefficient": {"mid": "-0.25", "rad": "0"}, "growth": "1/sqrt(L)"}
    assert r"$\le \left(-0.25 + o(1)\right) \frac{1}{\sqrt{L}}$" in contradiction_latex(below)
    above = {"coefficient": {"mid": "0.25", "rad": "0"}, "growth": "1"}
    assert r"$\ge 0.25 + o(1)$" in contradiction_latex(above)


def test_a_counterexample_without_a_point_and_evidence_without_balls() -> None:
    """Two numbers that differ need no point; a summary is prose; a ball that is none is left out."""
    numbers = {"left": {"mid": "1", "rad": "0"}, "right": {"mid": "2", "rad": "0"}, "gap": {"mid": "x", "rad": "y"}}
    said = evidence_latex(Evidence(engine="balls", outcome=Outcome.REFUTES, summary="x", data=numbers))
    both = r"both sides are numbers: left side \mbox{$1$}; right side \mbox{$2$}"
    assert said == f"Counterexample: {both}. {small('balls')}"
    summary = Evidence(engine="properties", outcome=Outcome.REFUTES, summary="at : 1 is not == 2", data={})
    assert evidence_latex(summary).startswith("Counterexample: both sides are numbers: 1 is not")
    plain = evidence_latex(Evidence(engine="judge", outcome=Outcome.UNDECIDED, summary="L**2 grows", data={"seed": 3}))
    assert plain == f"Evidence: $L^{{2}}$ grows. {small('judge', ', seed 3')}"


def test_balls_that_do_not_meet_are_seen_not_to_meet() -> None:
    """Digits are added until the printed balls are apart; balls that meet keep ten."""
    near = {"proved": {"mid": "0.25000000000000000000000000000366", "rad": "1e-32"},
            "claimed": {"mid": "0.25000000000000000000000000000100", "rad": "1e-32"}}  # fmt: skip
    zeros = "0" * 27
    assert f"proved bound \\mbox{{$0.25{zeros}4 " in (said := contradiction_latex(near))
    assert f"claimed bound \\mbox{{$0.25{zeros}1 " in said
    same = {"left": {"mid": "0.3333333333333333", "rad": "1e-3"}, "right": {"mid": "0.3333333333333", "rad": "1e-3"}}
    assert contradiction_latex(same).count("0.3333333333 ") == 2


def test_a_witness_may_hold_names_and_long_fractions() -> None:
    """k12 has an index, words stay words, and a fraction of long integers is rounded to decimals, and said to be."""
    said = witness_latex(
        {"witness": {"k12": "-2", "activation": "erf & co", "c": "12345678901234567891/98765432109876543211"}}
    )
    assert r"\mbox{$k_{12} = -2$}" in said
    assert r"erf \& co" in said
    assert r"$c \approx 0.124999998861$" in said
    third = witness_latex({"witness": {"c": "-33333333333333333333/99999999999999999998"}})
    assert third == r"\mbox{$c \approx -0.333333333333$}"
    assert expression_latex("no formula!") == r"\text{\texttt{no formula!}}"


def test_bounds_with_one_side_and_equal_sides() -> None:
    """A lower bound alone, an upper bound alone, an equality, and a point of c."""
    base = {"source": "s", "quantity": "angle", "correlations": "1 .. 1"}
    sides = [{"lower": "0"}, {"upper": "pi"}, {"lower": "0", "upper": "0"}]
    found = theorems_of([replace(judged(CLAIMS[0]), evidence=(
        Evidence(engine="e", outcome=Outcome.PROVES, summary="", data={"theorem": {**base, **side}}),))
        for side in sides])  # fmt: skip
    assert {t.latex for t in found} == {r"0 \le \theta_L", r"\theta_L \le \pi", r"\theta_L = 0"}
    assert {t.domain for t in found} == {"$c = 1$"}


def test_words_between_formulas() -> None:
    """One-letter words are mathematics only beside an operator; a certificate's file is named without its suffix."""
    assert prose_latex("max(a, b) = (a + b + |a-b|)/2") == r"$\max (a, b) = (a + b + |a-b|)/2$"
    assert prose_latex("a 3 % loss") == r"a 3 \% loss"
    assert prose_latex("K -> s K + b") == r"$K \to s K + b$"
    assert prose_latex("f = sum k_j y_j, the sum over j") == r"$f = \sum k_j y_j$, the sum over j"
    assert prose_latex("by (ffnet-mu-1-1.json).") == r"by (certificate \texttt{ffnet-mu-1-1})."
    assert prose_latex("odd $ sign") == "odd  sign"
    assert prose_latex("2*3*pi") == r"$2 \cdot 3 \pi$"


def test_a_formula_of_an_engine_has_the_letter_of_the_quantity() -> None:
    """An undecided claim on N_L does not speak of "value" inside a formula."""
    claim = depth("limit == 1/4")
    open_ = replace(judged(claim), verdict=Verdict.OPEN, evidence=(), reason="1/value - 1/theta is not linear in value")
    (line,) = entry(claim, open_).evidence
    assert "N_L" in line
    assert line.endswith("linear in value")


def test_recursions_are_printed_in_kappas() -> None:
    """A line with q and Theta has kappa_0 and kappa_1 for arccos c and the root; a foreign argument stays."""
    q, c, tangent = symbols.length, symbols.c, symbols.ntk
    root = sqrt(q**2 - c**2 * q**2)
    line = named(tangent * (1 - acos(c) / pi) + (pi * c * q - c * q * acos(c) + root) / pi)
    assert latex_of(line) == r"\Theta \kappa_0(c) + \kappa_1(c) q"
    assert not line.has(acos)
    other = tangent * acos(c / 2) + acos(c)
    assert named(other).has(acos)
    assert named(tangent * acos(c) * pi) == tangent * acos(c) * pi


def test_a_trivial_identity_says_its_number() -> None:
    """Where derivation leaves one number on both sides, the sentence says so."""
    same = claim_of(Identity(lhs=Integer(0), rhs=Integer(0)))
    assert statement_latex(same) == "Both sides are the number $0$."
    assert statement_text(same) == "both sides are the number 0"


def test_products_are_broken_where_they_are_wide() -> None:
    """No row of a wide product is wider than the line; max has its brackets, and a terminal its positive term first."""
    x, y, z = (symbols.c, symbols.nngp, symbols.length)
    wide = 3 * (x + y + z + symbols.mu * sqrt(z)) * (x - y * symbols.eta + log(z) + symbols.gamma)
    rows = lines_of(wide, 24)
    assert len(rows) > 2
    assert max(map(width_of, rows)) <= 26
    assert r"\Bigl[" in rows[0]
    assert rows[-1].endswith(r"\Bigr]")
    assert latex_of(Max(0, symbols.x)) == r"\max(0, x)"
    assert latex_of(Max(0, symbols.x) ** 2) == r"\max(0, x)^{2}"
    assert text_of(pi - symbols.theta * sin(symbols.theta)) == "pi - theta*sin(theta)"


def test_a_derivation_for_a_terminal_fits_it() -> None:
    """Long lines are broken before operators, and nothing is lost in breaking."""
    derivation = derive(resnet(activation("relu_power:3"), gamma=Integer(1))).derivation
    text = render_derivation(derivation, "text")
    formulas = [line for line in text.splitlines() if re.match(r" +(\d+  |[-+=] )", line)]
    assert max(map(len, formulas)) <= 120
    assert len(formulas) > len(derivation.steps)
    assert text.count("Gaussian expectation of the activation") == 1
