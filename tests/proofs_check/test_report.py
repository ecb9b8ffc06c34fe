"""The report: what is printed is the machine form, readable, with its balls, and compiles without overfull lines."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Integer, Rational, acos, log, pi, sin

from proofs_check.report import render_derivation, statement_latex, statement_text, write_report
from proofs_check.report.article import SPOTLIGHTS
from proofs_check.report.expressions import latex_of, names, round_ball, shorten_numbers, width_of
from proofs_check.report.figures import _against_angle
from proofs_check.report.findings import evidence_latex, theorems_of
from proofs_check.report.prose import prose_latex
from proofs_check.report.statements import network_text, range_latex
from proofs_check.report.tex import compile_pdf
from proofs_check.verdicts import Evidence, Judgement, Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Depth, Identity, Inequality, Interval, Kind, Quantity, Unstated, Verdict
from theory.duals import dual
from theory.language import parse_holds
from theory.papers import PAPERS
from theory.recursion import derive

FFNET = ffnet(activation("relu"))
CLAIMS = tuple(claim for paper in PAPERS for claim in paper.CLAIMS)
WITNESS = {
    "witness": {"c": "-1", "L": "100"},
    "left": {"mid": "0.29567395821234567890123456789012345678", "rad": "1e-40"},
    "right": {"mid": "0.25", "rad": "0"},
    "seed": 7,
    "examples": 137,
}
THEOREM = {
    "source": "Theorem 1 (ffnet-relu)",
    "quantity": "normalized_ntk",
    "lower": "1/4 + (-5/4 + 3*log(1 + L*theta/(3*pi))/8)/(L + 1)",
    "upper": "1/4 + (2 + 3*pi/(4*theta) + 3*log(1 + L*theta/(3*pi))/8)/(L + 1)",
    "correlations": "-1 .. 1",
    "first depth": "1",
}


def depth(holds: str, **changes: object) -> Claim:
    """A claim on the normalised NTK of the feedforward ReLU network."""
    statement = Depth(network=FFNET, quantity=Quantity.NORMALIZED_NTK, holds=parse_holds(holds))
    return claim_of(replace(statement, **changes))  # type: ignore[arg-type]


def claim_of(statement: object) -> Claim:
    """A claim that makes the statement."""
    return Claim(id="a/b", paper="a", number="1", title="a title", kind=Kind.BOUND, statement=statement)  # type: ignore[arg-type]


def judged(claim: Claim) -> Judgement:
    """The expected verdict, with evidence of the kind that the engines give."""
    evidence = {
        Verdict.PROVED: Evidence(
            engine="certificates", outcome=Outcome.PROVES, summary="follows for every L", data={"theorems": [THEOREM]}
        ),
        Verdict.REFUTED: Evidence(engine="properties", outcome=Outcome.REFUTES, summary="no", data=WITNESS),
        Verdict.SUPPORTED: Evidence(engine="precision", outcome=Outcome.SUPPORTS, summary="agrees to 50 digits"),
        Verdict.OPEN: Evidence(
            engine="symbolic", outcome=Outcome.UNDECIDED, summary="100 % open_ended & {odd} text #1"
        ),
    }[claim.expected]
    return Judgement(
        claim_id=claim.id,
        verdict=claim.expected,
        expected=claim.expected,
        reason=evidence.summary,
        evidence=(evidence,),
    )


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
    assert "constant that may depend on these" in pointwise
    assert r"\asymp" in statement_latex(depth("value - 1/4 = Theta(1/L)"))
    angles = Interval(symbol=symbols.theta, low=Integer(0), high=pi, low_closed=False)
    gap = Inequality(gap=symbols.theta - sin(symbols.theta), domain=angles)
    assert statement_text(claim_of(gap)) == "For every 0 < theta <= pi: theta >= sin(theta)"
    assert statement_latex(claim_of(Identity(lhs=symbols.c, rhs=Integer(1)))) == "\n" + r"\[ \fit{c = 1} \]"
    assert "why" in statement_text(claim_of(Unstated(latex="x", reason="why")))


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
        assert not re.search(r"\bacos|\bAbs\b|\*\*|\bvalue\b|\d{20}", said), claim.id


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
    assert "$c = -1$, $L = 100$" in said
    assert r"left side $0.2956739582 \pm" in said
    assert "seed 7, 137 examples" in said


def test_theorems_come_from_the_evidence_once() -> None:
    """The same bound in two judgements is one theorem, with its constants."""
    proof = Evidence(engine="certificates", outcome=Outcome.PROVES, summary="", data={"theorems": [THEOREM, THEOREM]})
    judgement = replace(judged(depth("limit == 1/4")), evidence=(proof, proof))
    (theorem,) = theorems_of([judgement, judgement])
    assert theorem.source == "Theorem 1 (ffnet-relu)"
    assert r"\frac{3 \pi}{4 \theta}" in theorem.latex


def test_the_pages_name_claims_that_exist() -> None:
    """Every claim of a page is in the suite, and its head is expected to have the verdict of the page."""
    known = {claim.id: claim for claim in CLAIMS}
    for spotlight in SPOTLIGHTS:
        assert known[spotlight.head].expected is spotlight.verdict
        assert set(spotlight.beside) <= set(known)


def test_judgements_must_match_the_claims(tmp_path: Path) -> None:
    """A judgement of another claim is refused."""
    with pytest.raises(ValueError, match="same order"):
        write_report(tmp_path, [CLAIMS[0]], [judged(CLAIMS[1])])


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path], list[str]]:
    """A report on the suite, every verdict as expected, without TeX."""
    directory, lines = tmp_path_factory.mktemp("report"), list[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("proofs_check.report.tex.shutil.which", lambda name: None)
        written = write_report(directory, CLAIMS, [judged(claim) for claim in CLAIMS], on_progress=lines.append)
    return directory, written, lines


def test_a_missing_tex_is_one_line(report: tuple[Path, list[Path], list[str]]) -> None:
    """Without a TeX the LaTeX is there, no PDF is, and one line says why."""
    directory, written, lines = report
    assert len(lines) == 1
    assert "no TeX found" in lines[0]
    assert str(directory / "report.tex") in lines[0]
    names_ = {path.name for path in written}
    assert names_ == {"report.tex", "report.json", "page-ffnet-limit.tex", "page-resnet-rate.tex"}


def test_the_article_holds_every_claim(report: tuple[Path, list[Path], list[str]]) -> None:
    """Each claim is in the article and in the JSON, whose balls keep every digit."""
    article = (report[0] / "report.tex").read_text()
    data = json.loads((report[0] / "report.json").read_text())
    assert [one["id"] for one in data["claims"]] == [claim.id for claim in CLAIMS]
    assert all(rf"\texttt{{{claim.id}}}" in article for claim in CLAIMS)
    assert "0.29567395821234567890123456789012345678" in (report[0] / "report.json").read_text()
    assert not re.search(r"\d{20}", article)


def test_pages_show_verdict_and_witness(report: tuple[Path, list[Path], list[str]]) -> None:
    """The residual page says REFUTED with the ball; the feedforward page PROVED with its bound."""
    assert r"\badge{REFUTED}" in (page := (report[0] / "page-resnet-rate.tex").read_text())
    assert r"0.2956739582 \pm" in page
    assert r"\badge{PROVED}" in (report[0] / "page-ffnet-limit.tex").read_text()


def test_a_page_is_left_out_where_the_verdict_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page says PROVED of a claim that is not."""
    monkeypatch.setattr("proofs_check.report.tex.shutil.which", lambda name: None)
    monkeypatch.setattr("proofs_check.report.write.draw_all", lambda directory, claims, judgements: FIGURES)
    head = next(claim for claim in CLAIMS if claim.id == SPOTLIGHTS[0].head)
    judgement = replace(judged(head), verdict=Verdict.OPEN)
    written = write_report(tmp_path, [head], [judgement], on_progress=lambda line: None)
    assert {path.name for path in written} == {"report.tex", "report.json"}
    assert "1 verdict is not the expected one" in (tmp_path / "report.tex").read_text()


class _Caption:
    stem, caption = "angle", "a caption"


FIGURES = [type("F", (_Caption,), {"stem": stem})() for stem in ("angle", "rate-ffnet", "rate-resnet")]


def test_figures_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    """A figure carries no date and no chance."""
    drawn = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        _against_angle(tmp_path / name)
        drawn.append((tmp_path / name / "angle.pdf").read_bytes())
    assert drawn[0] == drawn[1]


def test_a_failing_tex_is_one_line_that_names_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TeX that exits with 1 costs the PDF and one line."""
    fake = tmp_path / "latexmk"
    fake.write_text("#!/bin/sh\nmkdir -p build\necho '! Undefined control sequence.' > build/x.log\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr("proofs_check.report.tex.shutil.which", lambda name: str(fake) if name == "latexmk" else None)
    source = tmp_path / "x.tex"
    source.write_text("")
    done = compile_pdf(source)
    assert done.pdf is None
    assert done.message == f"{source}: TeX failed (! Undefined control sequence.); see {tmp_path / 'build' / 'x.log'}"


def test_a_hanging_tex_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit ends a TeX that does not return."""
    fake = tmp_path / "latexmk"
    fake.write_text("#!/bin/sh\nexec sleep 30\n")
    fake.chmod(0o755)
    monkeypatch.setattr("proofs_check.report.tex.shutil.which", lambda name: str(fake) if name == "latexmk" else None)
    source = tmp_path / "x.tex"
    source.write_text("")
    assert "more than 1 seconds" in compile_pdf(source, seconds=1).message


@pytest.mark.skipif(shutil.which("latexmk") is None, reason="no latexmk")
def test_the_article_compiles_without_overfull_lines(report: tuple[Path, list[Path], list[str]]) -> None:
    """TeX accepts every sentence of the suite, and no line sticks out by more than 5 pt."""
    directory = report[0]
    for source in (directory / "report.tex", directory / "page-ffnet-limit.tex", directory / "page-resnet-rate.tex"):
        done = compile_pdf(source)
        assert done.pdf is not None, done.message
        log_ = (directory / "build" / f"{source.stem}.log").read_text(errors="replace")
        assert [width for width in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log_) if float(width) > 5] == []
        assert b"CreationDate" not in done.pdf.read_bytes()


def test_a_ball_in_a_string_is_a_ball() -> None:
    """Engines may give a ball as text; it is set like the others, and a count that the summary has is not repeated."""
    data = {"witness": {"theta": "49/16"}, "gap": "[-0.0189385241223485 +/- 2.07e-17]"}
    said = evidence_latex(Evidence(engine="balls", outcome=Outcome.REFUTES, summary="x", data=data))
    assert r"at $\theta = \frac{49}{16}$: gap $-0.01893852412 \pm" in said
    covered = Evidence(engine="balls", outcome=Outcome.PROVES, summary="6 cells cover it", data={"cells": 6})
    assert evidence_latex(covered) == r"\textsf{balls}: 6 cells cover it."
