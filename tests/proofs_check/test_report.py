"""The report as documents: the article, its pages, certificates and figures, which compile without overfull lines."""

import json
import math
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_claims import CLAIMS, WITNESS, judged
from sympy import Integer, Rational

from numerics.kernel import trajectory
from proofs_check.report import figures, render_derivation, write_report
from proofs_check.report.__main__ import main as picture
from proofs_check.report.article import SPOTLIGHTS, entry
from proofs_check.report.certified import CERTIFICATES, Certified, certified
from proofs_check.report.figures import corridors, draw_all, feedforward, residual, write_kernels_svg
from proofs_check.report.tex import compile_pdf
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet, resnet_single
from theory.claims import Quantity, Verdict
from theory.network import Dense, Nonlinearity, Residual, Scale
from theory.recursion import derive


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
    assert names_ == {"report.tex", "report.json", "lemmas.svg", "page-ffnet-limit.tex", "page-resnet-rate.tex"}


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


def test_printed_errors_stand_beside_what_holds(report: tuple[Path, list[Path], list[str]]) -> None:
    """The false rate is followed by the corrected one, and the table of counterexamples has every refuted claim."""
    article = (report[0] / "report.tex").read_text()
    printed = article[article.index(r"\section{Statements that fail") : article.index(r"\section{Counterexamples}")]
    slips = printed.index(r"\subsection{Invented slips}")
    sharper = printed.index(r"\subsection{Proved, and sharper than printed}")
    assert printed.count(r"\badge{REFUTED}", 0, slips) == 1
    assert slips < printed.index("claim:huang2020/dual-kappa0-false-arcsin") < sharper
    wrong = printed.index("claim:huang2020/thm-resnet-rate-false-all-inputs", 0, slips)
    assert printed.index("claim:huang2020/thm-resnet-rate]", wrong) > wrong
    table = article[article.index(r"\section{Counterexamples}") : article.index(r"\section{Claims by topic}")]
    refuted = [claim for claim in CLAIMS if claim.expected is Verdict.REFUTED]
    assert table.count(r"\hyperref[claim:") == len(refuted) > 50
    assert table.count(r"\newline right side") == len(refuted)


def test_the_one_matrix_network_is_defined_as_it_is_derived(report: tuple[Path, list[Path], list[str]]) -> None:
    """In the article, in the conventions and in the layers the nonlinearity stands in front of the matrix."""
    article = (report[0] / "report.tex").read_text()
    assert r"\frac{\alpha}{m \sqrt{c_\varphi}}\, W_\ell\, \varphi(\sqrt m\, x_{\ell-1})" in article
    conventions = (Path(__file__).parents[2] / "docs" / "conventions.md").read_text(encoding="utf-8")
    assert r"(\alpha/\sqrt m) W_\ell\varphi(\sqrt m\,x_{\ell-1})/\sqrt{m c_\varphi}" in conventions
    (branch,) = (
        layer.branch for layer in resnet_single(activation("relu"), gamma=1).walk() if isinstance(layer, Residual)
    )
    assert [type(layer) for layer in branch] == [Nonlinearity, Dense, Scale]


def test_a_number_that_is_refuted_has_no_point() -> None:
    """Where no symbol is free the table and the entry say that both sides are numbers; evidence may be missing altogether."""
    claim = next(claim for claim in CLAIMS if claim.id.endswith("coefficient-false-orthogonal"))
    numbers = Evidence(engine="e", outcome=Outcome.REFUTES, summary="x", data={**WITNESS, "witness": {}})
    shown = entry(claim, replace(judged(claim), evidence=(numbers,)))
    assert shown.witness == "both sides are numbers"
    assert shown.found.startswith("left side")
    bare = entry(claim, replace(judged(claim), evidence=(), reason="a reason"))
    assert (bare.witness, bare.found, bare.evidence) == ("", "", ("a reason",))


def test_no_raw_names_in_the_article(report: tuple[Path, list[Path], list[str]]) -> None:
    """No name of a program stands in the rendered text."""
    for source in report[1]:
        if source.suffix == ".tex":
            text = source.read_text()
            raw = re.findall(r"(?<![\\\w{])(?:acos|asin|Abs|sqrt|Max|Piecewise|kappa_[01]|Omega_1)\b|\*\*|\d{20}", text)
            assert raw == [], source.name


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
        if source.stem.startswith("page-"):
            assert re.search(r"Output written on [^(]*\(1 page,", log_.replace("\n", "")), source.name


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


# --- certificates ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> list[Certified]:
    """The shipped certificates, all of which the checker accepts."""
    accepted, refused = certified()
    assert refused == []
    return accepted


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


# --- figures -----------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    "draw", [figures._against_angle, lambda: figures._rate_ffnet([]), lambda: figures._rate_resnet([])]
)
def test_every_figure_says_what_is_drawn(draw: Callable[[], tuple[Any, str]]) -> None:
    """The axis at the left and every axis below has a label."""
    canvas, caption = draw()
    assert "N_L" in canvas.axes[0].get_ylabel()
    assert all(ax.get_xlabel() for ax in canvas.axes)
    assert caption.endswith(".")


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
