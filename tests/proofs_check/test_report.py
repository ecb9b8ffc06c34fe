"""The report: what is printed is the machine form, readable, with its balls, and compiles without overfull lines."""

import json
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Integer, Max, Rational, acos, log, pi, sin, sqrt

from numerics.kernel import trajectory
from proofs_check.report import render_derivation, statement_latex, statement_text, write_report
from proofs_check.report.__main__ import main as picture
from proofs_check.report.article import SPOTLIGHTS, entry
from proofs_check.report.certified import CERTIFICATES, Certified, certified
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
from proofs_check.report.figures import corridors, draw_all, feedforward, residual, write_kernels_svg
from proofs_check.report.findings import (
    contradiction_latex,
    evidence_latex,
    expression_latex,
    theorems_of,
    witness_latex,
)
from proofs_check.report.prose import prose_latex
from proofs_check.report.statements import network_text, range_latex
from proofs_check.report.tex import compile_pdf
from proofs_check.report.written import name_latex, nonnegative_latex, written_latex
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
    (said,) = [line for line in lines if "TeX" in line]
    assert said.startswith("no TeX found")
    assert str(directory / "report.tex") in said
    assert "\n" not in said
    names_ = {path.name for path in written}
    assert names_ == {"report.tex", "report.json", "page-ffnet-limit.tex", "page-resnet-rate.tex"}


def test_the_article_holds_every_claim(report: tuple[Path, list[Path], list[str]]) -> None:
    """Each claim is in the article and in the JSON, whose balls keep every digit."""
    article = (report[0] / "report.tex").read_text()
    data = json.loads((report[0] / "report.json").read_text())
    assert [one["id"] for one in data["claims"]] == [claim.id for claim in CLAIMS]
    assert sorted(re.findall(r"begin\{claim\}\{(.*)\}", article)) == sorted(claim.id for claim in CLAIMS)
    headings = re.findall(r"^\\head\{.*\{([^{}]*)\}$", article, re.MULTILINE)
    assert sorted(headings) == sorted(claim.id for claim in CLAIMS)
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
    monkeypatch.setattr("proofs_check.report.write.draw_all", lambda directory, certificates: FIGURES)
    head = next(claim for claim in CLAIMS if claim.id == SPOTLIGHTS[0].head)
    judgement = replace(judged(head), verdict=Verdict.OPEN)
    written = write_report(tmp_path, [head], [judgement], on_progress=lambda line: None)
    assert {path.name for path in written} == {"report.tex", "report.json"}
    assert "1 verdict is not the expected one" in (tmp_path / "report.tex").read_text()


class _Caption:
    stem, caption = "angle", "a caption"


FIGURES = [type("F", (_Caption,), {"stem": stem})() for stem in ("angle", "rate-ffnet", "rate-resnet")]


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


def test_the_article_compiles_without_overfull_lines(report: tuple[Path, list[Path], list[str]]) -> None:
    """TeX accepts every sentence of the suite, and no line sticks out by more than 2 pt; without a TeX that is what is said."""
    directory = report[0]
    if shutil.which("latexmk") is None and shutil.which("pdflatex") is None:
        assert compile_pdf(directory / "report.tex").missing
        return
    for source in (directory / "report.tex", directory / "page-ffnet-limit.tex", directory / "page-resnet-rate.tex"):
        done = compile_pdf(source)
        assert done.pdf is not None, done.message
        log_ = (directory / "build" / f"{source.stem}.log").read_text(errors="replace")
        assert [width for width in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log_) if float(width) > 2] == []
        assert b"CreationDate" not in done.pdf.read_bytes()


def test_a_ball_in_a_string_is_a_ball() -> None:
    """Engines may give a ball as text; it is set like the others, and a count that the summary has is not repeated."""
    data = {"witness": {"theta": "49/16"}, "gap": "[-0.0189385241223485 +/- 2.07e-17]"}
    said = evidence_latex(Evidence(engine="balls", outcome=Outcome.REFUTES, summary="x", data=data))
    assert r"at \mbox{$\theta = \frac{49}{16}$}: left minus right \mbox{$-0.01893852412 \pm" in said
    covered = Evidence(engine="balls", outcome=Outcome.PROVES, summary="6 cells cover it", data={"cells": 6})
    assert evidence_latex(covered) == r"\textsf{balls}: 6 cells cover it."


# --- certificates and their formulas ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> list[Certified]:
    """The shipped certificates, all of which the checker accepts."""
    accepted, refused = certified()
    assert refused == []
    return accepted


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


def test_a_theorem_shows_its_constants_and_its_domain(shipped: list[Certified]) -> None:
    """The feedforward bound for ReLU: 3/8 log, for every L, at every pair but the equal one."""
    one = next(c for c in shipped if c.name == "ffnet-mu-1-1")
    bound = next(b for b in one.bounds if b.quantity is Quantity.NORMALIZED_NTK)
    assert bound.latex.count(r"\frac{3}{8} \log\left(1 + \frac{\theta L}{3 \pi}\right)") == 2
    assert bound.domain == r"$L \ge 0$, $-1 \le c < 1$"
    assert bound.covers(Integer(-1))
    assert not bound.covers(Integer(1))
    assert one.cells == sum(cells for _, _, cells in one.hypotheses) > 20
    assert one.map[0] == r"\cos\theta_\ell &= \cos\theta_{\ell-1} + \mu\, S(\theta_{\ell-1})"


def test_a_distance_is_printed_as_one(shipped: list[Certified]) -> None:
    """Omega_1 - d <= N_L <= Omega_1 + d is |N_L - Omega_1| <= d."""
    one = next(c for c in shipped if c.name == "resnet-mu-1-1")
    assert any(b.latex.startswith(r"\left|N_L - \Omega_{1}(\theta)\right| \le \frac{\eta L}{2}") for b in one.bounds)


def test_a_bound_is_silent_where_its_condition_fails(shipped: list[Certified]) -> None:
    """Each condition is decided exactly, before the first depth nothing holds, and an unknown condition never does."""
    bounds = [b for c in shipped if c.name == "resnet-mu-1-1" for b in c.bounds]
    half = next(b for b in bounds if b.condition == "eta*L <= 1/2")
    assert half.holds_at(10, Rational(1, 20))
    assert not half.holds_at(10, Rational(1, 19))
    assert not half.holds_at(half.first - 1, Integer(0))
    assert not replace(half, condition="eta is even").holds_at(10, Rational(1, 20))
    square_root = next(b for b in bounds if b.condition == "eta = 1/(L+1)")
    assert square_root.holds_at(30, Rational(1, 31))
    assert not square_root.holds_at(30, Rational(1, 30))


def test_a_certificate_that_is_not_accepted_is_named(tmp_path: Path) -> None:
    """A changed constant, text that is no JSON, and a missing key cost the theorem, each with one line."""
    good = json.loads((CERTIFICATES / "ffnet-mu-1-1.json").read_text())
    (tmp_path / "changed.json").write_text(json.dumps({**good, "constants": {**good["constants"], "d_lo": "1"}}))
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "short.json").write_text(json.dumps({"theorem": "inequality"}))
    accepted, refused = certified(tmp_path)
    assert accepted == []
    assert [line.partition(":")[0] for line in refused] == ["broken.json", "changed.json", "short.json"]
    assert "the checker rejects it" in refused[1]


# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("corr", [Rational(9, 10), Integer(0), Integer(-1)])
def test_the_kernel_lies_in_the_corridor_that_is_drawn(shipped: list[Certified], corr: Rational) -> None:
    """Feedforward: both sides of the figure enclose the kernel, and the corridor narrows."""
    depths = [1, 30, 1000]
    corridor = next(corridors(shipped, "ffnet-critical-angle", corr, depths))
    values = trajectory(feedforward(), depths, corr, digits=15)
    inside = [low < float(values[d].normalized_ntk.mid()) < high
              for d, low, high in zip(corridor.depths, corridor.lower, corridor.upper, strict=True)]  # fmt: skip
    assert inside == [True] * 3
    assert corridor.upper[2] - corridor.lower[2] < (corridor.upper[0] - corridor.lower[0]) / 20


def test_the_tightest_bound_at_opposite_inputs_has_two_sides(shipped: list[Certified]) -> None:
    """Residual, c = -1: the drawn corridor proves the order 1/sqrt(L), from above and from below."""
    depths = [16, 4096]
    eta = 1 / (symbols.depth**2 + 1)
    corridor = next(corridors(shipped, "resnet-angle", Integer(-1), depths, eta))
    values = trajectory(residual(), depths, Integer(-1), digits=15)
    for depth, low, high in zip(corridor.depths, corridor.lower, corridor.upper, strict=True):
        assert low < float(values[depth].normalized_ntk.mid()) < high < 0
    assert corridor.upper[1] * math.sqrt(4096) == pytest.approx(-math.sqrt(2) / (3 * math.pi), rel=1e-2)


def test_without_certificates_no_figure_claims_a_proof(tmp_path: Path, shipped: list[Certified]) -> None:
    """A caption speaks of what is proved only where a bound is drawn; a figure has the same bytes each time, no date."""
    drawn = {}
    for name, certificates in (("without", []), ("with", shipped)):
        (tmp_path / name).mkdir()
        drawn[name] = draw_all(tmp_path / name, certificates)
    assert not any("proved" in figure.caption for figure in drawn["without"])
    assert [f.stem for f in drawn["with"] if "proved for every" in f.caption] == ["rate-ffnet", "rate-resnet"]
    angle = [(tmp_path / name / "angle.pdf").read_bytes() for name in drawn]
    assert angle[0] == angle[1]
    assert b"CreationDate" not in angle[0]


def test_the_picture_of_the_readme_is_small_and_the_same_each_time(tmp_path: Path) -> None:
    """The SVG has no date, fewer than 150 kB, and the one in docs is drawn by the same code."""
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    assert picture([str(first)]) == 0
    write_kernels_svg(second)
    assert first.read_bytes() == second.read_bytes()
    assert b"<dc:date>" not in first.read_bytes()
    root = Path(__file__).parents[2]
    shown = root / "docs" / "kernels.svg"
    assert "(docs/kernels.svg)" in (root / "README.md").read_text(encoding="utf-8")
    for svg in (first, shown):
        assert svg.stat().st_size < 150_000
        assert svg.read_text(encoding="utf-8").count("<!-- $L = 1024$ -->") == 2


def test_the_picture_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No file: 2. A directory that is missing: 1, in one line."""
    assert picture([]) == 2
    assert picture([str(tmp_path / "no" / "a.svg")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[0].endswith("one file is wanted")
    assert said[1].startswith(str(tmp_path / "no" / "a.svg"))
    assert len(said) == 2


# --- words and numbers ------------------------------------------------------------------------------------------------


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
    assert said == r"\textsf{balls}: both sides are numbers: left side \mbox{$1$}; right side \mbox{$2$}."
    plain = evidence_latex(Evidence(engine="judge", outcome=Outcome.UNDECIDED, summary="L**2 grows", data={"seed": 3}))
    assert plain == r"\textsf{judge}: $L^{2}$ grows (seed 3)."


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
    """k12 has an index, words stay words, and a fraction of long integers is cut to decimals."""
    said = witness_latex(
        {"witness": {"k12": "-2", "activation": "erf & co", "c": "12345678901234567891/98765432109876543211"}}
    )
    assert r"\mbox{$k_{12} = -2$}" in said
    assert r"erf \& co" in said
    assert r"$c = 0.124999998860\ldots$" in said
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


def test_derivations_compile_with_amsmath_alone(tmp_path: Path) -> None:
    """Recursions of every kind of activation are LaTeX of a plain document, in the margins; without a TeX that is said."""
    acting = [activation(name) for name in ("relu", "gelu", "erf", "hermite:3", "relu_power:3", "step")]
    networks = [*map(ffnet, acting), *(resnet(activation(n), gamma=Integer(1)) for n in ("relu", "expr:max(x, x/3)"))]
    body = "\n".join(render_derivation(derive(network).derivation, "latex") for network in networks)
    assert not re.search(r"(?<![\\\w{])(acos|sqrt|Abs|Max|erf|sgn)\b|\*\*", body)
    source = tmp_path / "d.tex"
    source.write_text(
        r"\documentclass[a4paper]{article}\usepackage[margin=25mm]{geometry}\usepackage{amsmath}\begin{document}"
        f"{body}\n\\end{{document}}\n"
    )
    done = compile_pdf(source)
    if done.missing:
        assert "no TeX found" in done.message
        return
    assert done.pdf is not None, done.message
    log_ = (tmp_path / "build" / "d.log").read_text(errors="replace")
    assert [width for width in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log_) if float(width) > 2] == []


def test_no_raw_names_in_the_article(report: tuple[Path, list[Path], list[str]]) -> None:
    """No name of a program stands in the rendered text."""
    for source in report[1]:
        if source.suffix == ".tex":
            text = source.read_text()
            raw = re.findall(r"(?<![\\\w{])(?:acos|asin|Abs|sqrt|Max|Piecewise|kappa_[01]|Omega_1)\b|\*\*|\d{20}", text)
            assert raw == [], source.name


def test_printed_errors_stand_beside_what_holds(report: tuple[Path, list[Path], list[str]]) -> None:
    """The false rate is followed by the corrected one, and the table of counterexamples has every refuted claim."""
    article = (report[0] / "report.tex").read_text()
    printed = article[article.index(r"\section{Statements that fail") : article.index(r"\section{Counterexamples}")]
    wrong = printed.index("claim:huang2020/thm-resnet-rate-false-all-inputs")
    assert printed.index("claim:huang2020/thm-resnet-rate]", wrong) > wrong
    table = article[article.index(r"\section{Counterexamples}") : article.index(r"\section{Claims by topic}")]
    refuted = [claim for claim in CLAIMS if claim.expected is Verdict.REFUTED]
    assert table.count(r"\hyperref[claim:") == len(refuted) > 50
    assert table.count(r"\newline right side") == len(refuted)
