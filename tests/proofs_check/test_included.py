r"""LaTeX to be drawn into a paper by \input: one file for each claim, proof and derivation."""

import re
import shutil
from pathlib import Path

import fakes
import pytest
from sympy import Integer

from proofs_check.arguments import Line, Setting, chain, induction
from proofs_check.cli.program import run as run_command
from proofs_check.report.included import chain_latex, pieces, write_pieces
from proofs_check.report.tex import compile_pdf
from proofs_check.suite import run
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet
from theory.claims import Argument, Claim, Interval, Quantity, Verdict

RELU = ffnet(activation("relu"))
APART = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(1), high_closed=False)
GAIN = chain(
    id="paper/gain_1%",
    title="A layer brings inputs closer",
    setting=Setting(network=RELU, correlations=APART),
    lines=[
        Line(lhs="kappa - c", rhs="(sin(theta) - theta*cos(theta))/pi", reason="the dual; 100 % exact"),
        Line(relation=">=", rhs="theta^3/(9*pi)"),
    ],
)
ANGLE = induction(
    id="paper/angle",
    holds="value <= 3*pi/(L + 3)",
    setting=Setting(network=RELU, quantity=Quantity.ANGLE, depths=(0, None)),
    uses=("paper/gain_1%",),
)
CLAIMS = [*GAIN, *ANGLE, fakes.claim("paper/OPEN"), fakes.claim("paper/open-open"), fakes.claim("paper/open/open")]


def written(claims: list[Claim] = CLAIMS) -> dict[str, str]:
    """The pieces, with verdicts by the ids."""
    return pieces(claims, run(claims, jobs=0, judge=fakes.by_name))


def test_each_claim_proof_and_derivation_has_a_file_and_parts_have_none() -> None:
    """Names are letters, digits and -, no two alike whatever the ids; all.tex draws in every file."""
    files = written()
    assert [name for name in files if name != "all.tex"] == [
        "claim-paper-gain-1.tex",
        "proof-paper-gain-1.tex",
        "claim-paper-angle.tex",
        "proof-paper-angle.tex",
        "claim-paper-OPEN.tex",
        "claim-paper-open-open.tex",
        "claim-paper-open-open-2.tex",
        "derivation-1-ffnet.tex",
    ]
    drawn = re.findall(r"\\input\{(.*?)\}", files["all.tex"])
    assert sorted(drawn) == sorted(name for name in files if name != "all.tex")


def test_a_claim_that_is_not_proved_is_no_theorem() -> None:
    """Environment and label; a lemma is what others use."""
    files = written()
    assert r"\begin{lemma}[{A layer brings inputs closer}]\label{ntk:paper-gain-1}" in files["claim-paper-gain-1.tex"]
    assert r"\begin{theorem}\label{ntk:paper-angle}" in files["claim-paper-angle.tex"]
    assert r"Uses Lemma~\ref{ntk:paper-gain-1}." in files["claim-paper-angle.tex"]
    assert r"[Proof of Lemma~\ref{ntk:paper-gain-1}]" in files["proof-paper-gain-1.tex"]
    assert r"[Proof of Theorem~\ref{ntk:paper-angle}]" in files["proof-paper-angle.tex"]
    assert r"\paragraph{Kernel recursion of the feedforward ReLU network.}" in files["derivation-1-ffnet.tex"]
    assert r"\begin{ntkclaim}" in files["claim-paper-OPEN.tex"]
    assert r"\ntkverdict{OPEN}" in files["claim-paper-OPEN.tex"]
    judged = run(list(GAIN), jobs=0, effort=1)
    assert judged[2].verdict is Verdict.REFUTED
    refuted = pieces(GAIN, judged)
    assert r"\begin{ntkclaim}" in refuted["claim-paper-gain-1.tex"]
    assert r"[Proof of Claim~\ref{ntk:paper-gain-1}]" in refuted["proof-paper-gain-1.tex"]
    assert r"This is no proof: paper/gain\_1\%:2 is REFUTED, at" in refuted["proof-paper-gain-1.tex"]
    assert r"\eqref{ntk:paper-gain-1:2} (REFUTED)." in refuted["proof-paper-gain-1.tex"]


def test_a_chain_is_one_align_with_a_label_for_each_line() -> None:
    """The relation stands at the mark; orders are set as = O(...)."""
    (*_, whole, _) = chain(
        id="p",
        setting=Setting(network=RELU, quantity=Quantity.NORMALIZED_NTK),
        lines=[
            Line(lhs="abs(value - 1/4)", relation="<=", rhs="(5 + log(L+1))/(L+1)"),
            Line(relation="=", rhs="5/(L+1) + log(L+1)/(L+1)"),
            Line(relation="O", rhs="log(L)/L"),
        ],
    )
    assert isinstance(whole.statement, Argument)
    assert chain_latex(whole.statement, "ntk:p").splitlines() == [
        r"\begin{align}",
        r"\left|N_L - \frac{1}{4}\right| &\le \frac{\log\left(L + 1\right) + 5}{L + 1} \label{ntk:p:1} \\",
        r"&= \frac{\log\left(L + 1\right)}{L + 1} + \frac{5}{L + 1} \label{ntk:p:2} \\",
        r"&= O\left(\frac{\log L}{L}\right) \label{ntk:p:3}",
        r"\end{align}",
    ]


def test_an_induction_names_base_step_and_what_it_rests_on() -> None:
    """One item for each part, with its verdict; why it does not follow where it does not."""
    text = written()["proof-paper-angle.tex"]
    assert re.findall(r"\\item \\emph\{(.*?)\} \((.*?)\)", text) == [
        (name, "PROVED") for name in ("Base", "Step", "Monotone", "Range", "Range above")
    ]
    setting = Setting(network=RELU, quantity=Quantity.ANGLE, depths=(0, None))
    other = list(induction(id="i", holds="value <= 3*pi/(L + 3)", step="map <= next", setting=setting))
    assert "It does not follow: the step stated, map" in written(other)["proof-i.tex"]


@pytest.mark.skipif(shutil.which("latexmk") is None and shutil.which("pdflatex") is None, reason="no TeX is installed")
def test_all_of_it_compiles_and_also_in_a_paper_with_theorems_of_its_own(tmp_path: Path) -> None:
    """No undefined macro, no label twice, no reference lost; the paper's own theorem environment is kept."""
    write_pieces(tmp_path, CLAIMS, run(CLAIMS, jobs=0, judge=fakes.by_name))
    assert compile_pdf(tmp_path / "all.tex").pdf is not None
    log = (tmp_path / "build" / "all.log").read_text(errors="replace")
    assert not re.search(r"multiply defined|undefined (?:references|control)|Reference .* undefined", log)
    own = (
        (tmp_path / "all.tex")
        .read_text()
        .replace(
            r"\usepackage{ntkproof}",
            r"\usepackage{amsthm,hyperref}\newtheorem{theorem}{Satz}[section]\usepackage{ntkproof}",
        )
    )
    (tmp_path / "own.tex").write_text(own)
    assert compile_pdf(tmp_path / "own.tex").pdf is not None


def test_the_command_writes_into_a_directory_and_refuses_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for each file; one line of error."""
    path = tmp_path / "mine.toml"
    path.write_text('[[proof]]\nid = "p"\n[[proof.step]]\nlhs = "sin(theta)"\nrelation = "<="\nrhs = "theta"\n')
    arguments = ["latex", str(path), "--effort", "1", "--jobs", "1", "-o"]
    assert run_command([*arguments, str(tmp_path / "tex")]) == 0
    names = [Path(line).name for line in capsys.readouterr().out.splitlines()]
    assert names == ["ntkproof.sty", "claim-p.tex", "proof-p.tex", "all.tex"]
    assert all((tmp_path / "tex" / name).is_file() for name in names)
    assert run_command([*arguments, str(path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
