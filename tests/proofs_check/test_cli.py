"""The command line in one process: what it prints, and the exit status.

One file, although long: all commands are asked through the same fixtures, and the README's examples cut across them.
"""

import io
import json
import os
import re
import shlex
import subprocess
import sys
import types
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import fakes
import pytest
from sympy import Rational

from proofs_check import cli, suite
from proofs_check.cli import listing, requests, running, tables, targets
from proofs_check.cli.showing import explanation
from proofs_check.judge import judge
from proofs_check.ledger import Ledger
from theory import activation, ffnet, papers, state
from theory.claims import Claim, Verdict
from theory.errors import BeyondReach

ROOT = Path(__file__).parents[2]
CLAIMS = (
    fakes.claim("fake/a"),
    fakes.claim("fake/b/REFUTED", expected=Verdict.REFUTED),
    fakes.claim("fake/c", uses=("other/lemma",)),
)
OTHERS = (fakes.claim("other/lemma"), fakes.claim("other/open/OPEN"))
TOML = """
[[claim]]
id = "mine/a"
architecture = "ffnet"
activation = "relu"
quantity = "nngp"
holds = "limit == 1"

[[claim]]
id = "mine/b/REFUTED"
architecture = "ffnet"
activation = "relu"
quantity = "nngp"
holds = "limit == 2"
"""


@pytest.fixture
def fake_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two papers of fake claims, judged at once by their names."""
    fake = {"fake": types.SimpleNamespace(CLAIMS=CLAIMS), "other": types.SimpleNamespace(CLAIMS=OTHERS)}
    monkeypatch.setattr(papers, "PAPERS", fake)
    monkeypatch.setattr(papers, "load", fake.__getitem__)
    ids = frozenset(claim.id for claim in CLAIMS + OTHERS)
    names = targets.Written(
        papers=frozenset({"fake", "other"}), texts=frozenset(one.partition("/")[2] for one in ids), ids=ids
    )
    monkeypatch.setattr(targets, "written", lambda: names)

    def run(claims: list[Claim], **options: Any) -> Any:
        return suite.run(claims, **{**options, "jobs": 0, "judge": fakes.by_name})

    monkeypatch.setattr(running, "run", run)


class Answer:
    """What a command said and how it ended."""

    def __init__(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        capsys.readouterr()
        self.status = cli.run(arguments)
        self.out, self.err = capsys.readouterr()


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command in this process."""
    return lambda *arguments: Answer([str(argument) for argument in arguments], capsys)


@pytest.mark.usefixtures("fake_suite")
class TestVerify:
    """``ntkproof verify``."""

    def test_a_paper_with_its_lemmas(self, ask: Any) -> None:
        """One line a claim, lemmas of other papers in front; exit 0 where all is as expected."""
        answer = ask("verify", "fake")
        assert (answer.status, answer.err) == (0, "")
        lines = answer.out.splitlines()
        assert [line.split()[:2] for line in lines[:-1]] == [
            ["PROVED", "other/lemma"],
            ["PROVED", "fake/a"],
            ["REFUTED", "fake/b/REFUTED"],
            ["PROVED", "fake/c"],
        ]
        assert lines[-1] == "4 claims (3 PROVED, 1 REFUTED): all as expected"

    def test_everything_by_default_and_the_ledger_the_second_time(self, ask: Any) -> None:
        """A claim that fell short makes the status 1 and is named, with what was expected."""
        answer = ask("verify")
        assert answer.status == 1
        assert "OPEN       other/open/OPEN  expected PROVED: because" in answer.out.splitlines()
        assert answer.out.splitlines()[-1] == (
            "5 claims (3 PROVED, 1 REFUTED, 1 OPEN): 1 not as expected: other/open/OPEN"
        )
        assert "5 from the ledger" in ask("verify").out
        assert "from the ledger" not in ask("verify", "--fresh").out
        assert "from the ledger" not in ask("verify", "--digits", "60").out

    def test_a_claim_a_file_and_a_claim_of_a_file(self, ask: Any, tmp_path: Path) -> None:
        """Targets of every kind, each claim once."""
        path = tmp_path / "mine.toml"
        path.write_text(TOML)
        assert ask("verify", "fake/a", "fake/a").out.splitlines()[-1].startswith("1 claim (1 PROVED)")
        both = ask("verify", path)
        assert both.status == 1
        assert "mine/b/REFUTED" in both.out
        one = ask("verify", f"{path}#mine/a", "fake/a")
        assert one.status == 0
        assert one.out.splitlines()[-1].startswith("2 claims (2 PROVED")

    def test_json_has_the_keys_of_the_contract(self, ask: Any, tmp_path: Path) -> None:
        """To stdout for -, where nothing else is printed, or to a file beside the table."""
        answer = ask("verify", "fake/b/REFUTED", "--json", "-")
        data = json.loads(answer.out)
        assert set(data) == {"format", "version", "claims", "summary"}
        (claim,) = data["claims"]
        assert list(claim) == [
            "id", "paper", "number", "kind", "verdict", "expected", "reason", "evidence", "seconds", "uses",
        ]  # fmt: skip
        assert (claim["verdict"], claim["expected"], claim["paper"]) == ("REFUTED", "REFUTED", "fake")
        assert claim["evidence"][0]["engine"] == "fake"
        assert data["summary"]["verdicts"] == {"PROVED": 0, "REFUTED": 1, "SUPPORTED": 0, "OPEN": 0}
        path = tmp_path / "verdicts.json"
        path.write_text("old")
        answer = ask("verify", "fake/b/REFUTED", "--json", path)
        assert json.loads(path.read_text())["claims"] == data["claims"]
        assert "REFUTED" in answer.out
        assert [entry.name for entry in tmp_path.iterdir() if "verdicts" in entry.name] == ["verdicts.json"]

    def test_engines_are_chosen_by_name(self, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """In the judge's order, whatever the order asked for."""
        seen: list[Any] = []

        def run(claims: list[Claim], **options: Any) -> Any:
            seen.append(options)
            return suite.run(claims, jobs=0, judge=fakes.by_name)

        monkeypatch.setattr(running, "run", run)
        ask(
            "verify",
            "fake/a",
            "--engine",
            "balls",
            "--engine",
            "symbolic",
            "--effort",
            "1.5",
            "--jobs",
            "3",
            "--seed",
            "7",
        )
        assert seen[0]["engines"] == ("symbolic", "balls")
        assert (seen[0]["effort"], seen[0]["jobs"], seen[0]["seed"]) == (1.5, 3, 7)

    def test_an_interrupt_says_what_is_kept(self, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Exit 130 and one line."""

        def judge(claim: Claim, **options: Any) -> Any:
            if claim.id == "fake/b/REFUTED":
                raise KeyboardInterrupt
            return fakes.by_name(claim)

        monkeypatch.setattr(running, "run", partial(_in_this_process, judge))
        answer = ask("verify", "fake")
        assert answer.status == 130
        assert answer.out == ""
        assert answer.err == ("ntkproof: interrupted: 2 of 4 verdicts are kept; the same command goes on from there\n")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["fakee"], "fakee: no paper, no claim and no claim file (.toml, .py); did you mean fake?"),
            (["fake/bb/REFUTED"], "did you mean fake/b/REFUTED?"),
            ([""], "no paper, no claim"),
            (["none.toml"], "none.toml: no such file"),
            (["none.py#a"], "none.py: no such file"),
            (["claims.txt"], "claims.txt: no paper, no claim and no claim file"),
            (["--engine", "bals"], "--engine=bals: unknown engine; did you mean balls?"),
            (["--digits", "0"], "--digits=0: out of range; allowed is a whole number from 1 to 10000"),
            (["--digits", "1000000000"], "--digits=1000000000: out of range"),
            (["--digits", "9" * 50], "out of range"),
            (["--digits", "٣"], "not a whole number"),
            (["--digits", "1.5"], "--digits=1.5: not a whole number"),
            (["--digits", ""], "--digits=: not a whole number"),
            (["--jobs", "0"], "--jobs=0: out of range"),
            (["--jobs", "-1"], "--jobs=-1: out of range"),
            (["--effort", "nan"], "--effort=nan: allowed is a number of seconds"),
            (["--effort", "1e99"], "--effort=1e99: allowed is"),
            (["--effort", "9999999"], "allowed is"),
            (["--seed", "x"], "--seed=x: not a whole number"),
            (["--json", "/nowhere/at/all.json"], "--json=/nowhere/at/all.json: cannot be written"),
            (["--json", ""], "--json=: cannot be written"),
            (["--json", "/"], "--json=/: cannot be written"),
            (["--ledger", ""], "--ledger=: allowed is a file name"),
            (["--ledger", "/"], "--ledger=/: the ledger cannot be written"),
            (["--ledger", "/dev/null/ledger"], "the ledger cannot be written"),
            (["--fersh"], "--fersh: unknown option of verify; did you mean --fresh?"),
            (["--digits"], "--digits: option '--digits' requires an argument; see ntkproof verify --help"),
        ],
    )
    def test_bad_input_is_one_line_and_exit_2(self, ask: Any, arguments: list[str], message: str) -> None:
        """The input, what is wrong and what is allowed."""
        refused(ask("verify", *arguments), message)

    def test_an_unknown_lemma_is_refused(self, ask: Any, tmp_path: Path) -> None:
        """A file that uses what there is not, with the nearest id that there is."""
        path = tmp_path / "mine.toml"
        path.write_text(TOML + 'uses = ["other/lema"]\n')
        refused(ask("verify", path), "id=mine/b/REFUTED: uses other/lema, an unknown claim; did you mean other/lemma?")

    def test_one_id_for_two_claims_is_refused(self, ask: Any, tmp_path: Path) -> None:
        """Two files with a claim of the same name in one run."""
        for name, target in (("one.toml", "1"), ("two.toml", "3")):
            (tmp_path / name).write_text(TOML.replace("limit == 1", f"limit == {target}"))
        refused(ask("verify", tmp_path / "one.toml", tmp_path / "two.toml"), "id=mine/a: two different claims")
        refused(
            ask("verify", f"{tmp_path / 'one.toml'}#mine/aa"), "no claim of that id in the file; did you mean mine/a?"
        )

    def test_a_corrupt_ledger_is_one_word_and_the_run_goes_on(self, ask: Any, ledger_of_the_test: Path) -> None:
        """Set aside, not deleted."""
        ledger_of_the_test.parent.mkdir(parents=True)
        ledger_of_the_test.write_text("this is no ledger at all")
        answer = ask("verify", "fake/a")
        assert answer.status == 0
        assert len(answer.err.splitlines()) == 1
        assert "kept as ledger.sqlite.corrupt-" in answer.err

    @pytest.mark.parametrize("columns", [60, 80, 110, 180])
    def test_a_terminal_gets_colours_and_a_pipe_none(self, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
        """No line is longer than the terminal, reasons have room, NO_COLOR is respected, and show is named."""
        judged = [tables_reason(fakes.by_name(claim)) for claim in OTHERS]
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)
        for coloured in (True, False):
            if not coloured:
                monkeypatch.setenv("NO_COLOR", "1")
            terminal = Terminal()
            with monkeypatch.context() as patch:
                patch.setattr(sys, "stdout", terminal)
                tables.verdicts(OTHERS, judged)
                tables.summary_line(tables.verdicts_json(OTHERS, judged, 0)["summary"])
                tables.columns("claims", [["a", "b" * 300]])
            text = terminal.getvalue()
            assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]", text)) == coloured
            lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.splitlines()]
            assert max(map(len, (line for line in lines if "not as expected" not in line))) <= columns
            reasons = [line for line in lines if "a long reason" in line]
            assert len(reasons) == 4, "two lines a claim"
            assert all(len(line.strip()) > columns - 35 for line in reasons)
            assert any("expected PROVED: " in line for line in reasons)
            assert "ntkproof show ID explains a verdict" in lines

    def test_a_reason_in_a_pipe_is_short_and_readable(self, capsys: pytest.CaptureFixture[str]) -> None:
        """One line a claim with at most 160 characters of reason; the JSON has all of it."""
        reason = "Abs(value - 1/4) <= L**(-1): " + "it is long " * 100
        judged = [replace(fakes.by_name(claim), reason=reason) for claim in OTHERS]
        tables.verdicts(OTHERS, judged)
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == len(OTHERS)
        for line in lines:
            said = line[line.index("abs") :]
            assert said.startswith("abs(value - 1/4) <= L^(-1): it is long")
            assert 140 < len(said) <= 160
            assert said.endswith("...")
        assert tables.verdicts_json(OTHERS, judged, 0)["claims"][0]["reason"] == reason


def _in_this_process(judge: Any, claims: list[Claim], **options: Any) -> Any:
    return suite.run(claims, **{**options, "jobs": 0, "judge": judge})


def tables_reason(judgement: Any) -> Any:
    """The same judgement with a long reason of two lines."""
    return replace(judgement, reason="a long reason\nof two lines " * 20)


class Terminal(io.StringIO):
    """A stdout that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def refused(answer: Answer, message: str, status: int = 2) -> None:
    """One line on stderr, nothing on stdout."""
    assert answer.err.startswith("ntkproof: "), answer.err
    assert len(answer.err.splitlines()) == 1
    assert message in answer.err
    assert (answer.status, answer.out) == (status, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verfy"], "verfy: unknown command; did you mean verify?"),
        (["zzz"], "zzz: unknown command; known: verify, init, show"),
        (["--versoin"], "--versoin: unknown option; did you mean --version?"),
        (["list", "paper"], "paper: nothing to list; did you mean papers?"),
        (["list", "a", "b", "c"], "got unexpected extra argument (c); see ntkproof list --help"),
        (["derive", "fnet"], "architecture=fnet: unknown architecture; did you mean ffnet?"),
        (["derive", "ffnet", "--activation", "rleu"], "activation=rleu: unknown; did you mean relu?"),
        (["derive", "ffnet", "--format", "pdf"], "--format=pdf: unknown format; known: text, latex, json"),
        (["derive"], "ARCH: missing; see ntkproof derive --help"),
        (["certify", "zzz"], "certify: nothing to write; give -o FILE.json"),
        (["certify"], "name a claim, or give --learnability DATA.json"),
        (["check"], "FILE.json... | FILE.zip: missing"),
    ],
)
def test_usage_errors_are_one_line(ask: Any, arguments: list[str], message: str) -> None:
    """Unknown names come with the nearest one."""
    refused(ask(*arguments), message)


KERNEL = ["kernel", "ffnet", "--activation", "relu", "--depth", "3"]
RESNET = ["kernel", "resnet", "--activation", "relu", "--depth", "3", "--cos", "0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([*KERNEL, "--cos", "1.2"], "--cos=1.2: out of range; allowed is a number in [-1, 1]"),
        ([*KERNEL, "--cos", "-1.0000000000000000000000000000000001"], "out of range"),
        ([*KERNEL, "--cos", "nan"], "--cos=nan"),
        ([*KERNEL, "--cos", "inf"], "--cos=inf"),
        ([*KERNEL, "--cos", ""], "--cos=: empty"),
        ([*KERNEL, "--cos", "1e400"], "--cos="),
        ([*KERNEL, "--cos", "9**9**9**9"], "--cos=9**9**9**9"),
        ([*KERNEL, "--cos", "٠"], "ASCII"),
        ([*KERNEL, "--cos", "__import__('os').system('true')"], "--cos="),
        ([*KERNEL, "--cos", "x\ny\x1b[31m"], "--cos="),
        ([*KERNEL, "--angle", "4"], "--angle=4: out of range"),
        ([*KERNEL, "--angle", "-1"], "--angle=-1: out of range"),
        (KERNEL, "--cos, --angle: neither given"),
        ([*KERNEL, "--cos", "0", "--angle", "1"], "--cos, --angle: both given"),
        ([*KERNEL, "--cos", "0", "--gamma", "1"], "gamma=1: ffnet has no residual branch"),
        ([*KERNEL, "--cos", "0", "--alpha", "1/L"], "alpha=1/L: ffnet has no residual branch"),
        ([*KERNEL, "--cos", "0", "--digits", "0"], "--digits=0: out of range"),
        ([*KERNEL, "--cos", "0", "--digits", "1000000000"], "--digits=1000000000: out of range"),
        ([*KERNEL, "--cos", "0", "--depth", "-1"], "--depth=-1: out of range"),
        ([*KERNEL, "--cos", "0", "--depth", "1.5"], "--depth=1.5: not a whole number"),
        ([*KERNEL, "--cos", "0", "--depth", "10^1001"], "--depth=10^1001: out of range"),
        ([*KERNEL, "--cos", "0", "--activation", "rellu"], "activation=rellu: unknown; did you mean relu?"),
        ([*KERNEL, "--cos", "0", "--activation", "expr:eval(1)"], "activation="),
        (["kernel", "fnet", "--activation", "relu", "--depth", "3", "--cos", "0"], "did you mean ffnet?"),
        (["kernel", "ffnet", "--depth", "3", "--cos", "0"], "--activation: missing"),
        (["kernel", "ffnet", "--activation", "relu", "--cos", "0"], "--depth: missing"),
        (RESNET, "exactly one of gamma and alpha"),
        ([*RESNET, "--gamma", "-1"], "gamma=-1"),
        ([*RESNET, "--gamma", "nan"], "--gamma=nan"),
        ([*RESNET, "--alpha", "q"], "--alpha=q"),
        ([*RESNET, "--gamma", "1", "--depth", "0"], "--depth=0: out of range; allowed is a whole number from 1"),
        ([*RESNET, "--gamma", "1e9000"], "--gamma=1e9000: too large; allowed is a number from 0 to 10,000"),
        ([*RESNET, "--gamma", "cos(1)^2+sin(1)^2-1"], "it cannot be decided whether this is negative"),
        ([*RESNET, "--gamma", "1e-5000"], "too many digits"),
        ([*RESNET, "--gamma", "100", "--depth", "10^1000"], "--gamma=100: alpha is too large or too small at layer 1"),
        ([*RESNET, "--alpha", "0"], "--alpha=0: without its branches the network has no NTK"),
        ([*RESNET, "--alpha", "1/(L-3)"], "--alpha=1/(L-3): alpha is no finite real number at layer 1"),
        ([*RESNET, "--alpha", "sqrt(l-2)"], "alpha is no finite real number at layer 1; allowed is one that is"),
        ([*RESNET, "--alpha", "1/(l-2)"], "alpha is no finite real number at layer 2"),
        ([*RESNET, "--alpha", "exp(exp(exp(l)))"], "alpha is too large or too small at layer 3"),
        ([*RESNET, "--alpha", "(1+L)^9999"], "a power of a sum has too many terms; allowed is 300 terms"),
        ([*RESNET, "--alpha", "sin(10^99*l)"], "a number in sin is too large"),
        ([*KERNEL, "--cos", "sin(1e9999)"], "sin of a number that is too large; allowed is sizes up to 10^100"),
        ([*KERNEL, "--cos", "+".join(["0"] * 600)], "1199 characters; allowed is at most 1,000"),
        ([*KERNEL, "--cos", "0", "--activation", "expr:((x+1)^100+1)^90"], "too many terms"),
        ([*KERNEL, "--cos", "0", "--activation", "expr:eRf(x)"], "(did you mean erf?)"),
    ],
)
def test_bad_kernel_requests_are_one_line(ask: Any, arguments: list[str], message: str) -> None:
    """Nothing is computed for them, and no text is evaluated."""
    refused(ask(*arguments), message)


def test_values_too_large_for_decimals_are_beyond_reach(ask: Any) -> None:
    """A kernel above 10^10000 is 1, not a minute of printing digits."""
    refused(ask(*RESNET, "--alpha", "10^9999"), "nngp is larger than 10^10000; ask for fewer layers", status=1)


def test_values_too_small_for_decimals_keep_their_interval(ask: Any) -> None:
    """exp(1000 x) has a kernel near 10^-434294: the printed radius covers it and is allowed."""
    data = json.loads(ask(*KERNEL, "--cos", "0", "--activation", "expr:exp(1000*x)", "--json").out)
    assert data["nngp"]["mid"] == "0"
    assert re.fullmatch(r"1(\.\d+)?e-\d+", data["nngp"]["rad"])
    assert int(data["nngp"]["rad"].partition("e-")[2]) == 30000


JSON_KEYS = [
    "architecture", "activation", "depth", "cos", "angle", "gamma", "alpha", "nngp", "ntk", "normalized_nngp",
    "normalized_ntk", "digits",
]  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ["ffnet", "--activation", "relu", "--depth", "1e3", "--cos", "1/3"],
        ["ffnet", "--activation", "erf", "--depth", "5", "--cos", "-0.99"],
        ["ffnet", "--activation", "leaky_relu:1/5", "--depth", "3", "--cos", "1-1e-40"],
        ["resnet", "--activation", "relu", "--depth", "7", "--angle", "pi/3", "--gamma", "1/2"],
        ["resnet_single", "--activation", "sin", "--depth", "4", "--cos", "0.2", "--alpha", "l^(-1/2)"],
    ],
)
def test_kernel_json_keeps_the_contract(ask: Any, arguments: list[str]) -> None:
    """The keys, the words as typed, the bound on the radius, and an interval that holds the value of three times the digits."""
    data = json.loads(ask("kernel", *arguments, "--digits", "12", "--json").out)
    assert list(data) == JSON_KEYS
    given = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    for name in ("activation", "depth", "cos", "angle", "gamma", "alpha"):
        assert data[name] == given.get(f"--{name}")
    assert (data["architecture"], data["digits"]) == (arguments[0], 12)
    better = json.loads(ask("kernel", *arguments, "--digits", "36", "--json").out)
    for name in JSON_KEYS[7:11]:
        mid, rad = (Fraction(data[name][part]) for part in ("mid", "rad"))
        fine, slack = (Fraction(better[name][part]) for part in ("mid", "rad"))
        unit = Fraction(1, 10**12)
        assert abs(mid - fine) <= rad + slack, name
        assert rad <= unit * max(abs(mid), unit), name


def test_a_recognised_zero_is_printed_as_zero(ask: Any) -> None:
    """One ReLU layer at c = -1."""
    data = json.loads(ask("kernel", "ffnet", "--activation", "relu", "--depth", "1", "--cos", "-1", "--json").out)
    assert data["nngp"] == data["ntk"] == {"mid": "0", "rad": "0"}


def test_a_long_message_is_cut_in_the_middle(ask: Any) -> None:
    """What is wrong stands at its beginning, what is allowed at its end."""
    answer = ask("verify", "x" * 5000 + ".toml")
    assert answer.status == 2
    assert len(answer.err) < 700
    assert "..." in answer.err


def test_every_claim_is_written_in_the_sources() -> None:
    """Only so may a name that is not written there be refused before anything is derived."""
    names = targets.written()
    claims = [claim for paper in papers.PAPERS for claim in papers.load(paper).CLAIMS]
    assert len(claims) > 100
    for claim in claims:
        assert names.may_name(claim.id), f"{claim.id}: write its slug as one text in the module of the paper"
        assert claim.id in names.ids
        assert names.may_name(claim.paper)
    assert not names.may_name("huang2021")
    assert not names.may_name("huang2020/thm-fnet-limit")
    assert not names.may_name("huang2020/")
    assert names.nearest("thm-ffnet-limit") == "did you mean huang2020/thm-ffnet-limit?"
    assert names.nearest("huang2020/thm-fnet-limit") == "did you mean huang2020/thm-ffnet-limit?"
    assert names.nearest("huang2021") == "did you mean huang2020?"


def test_unknown_names_are_refused_before_anything_is_derived(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deriving the claims of a paper takes seconds."""
    monkeypatch.setattr(papers, "load", lambda name: pytest.fail(f"{name} was derived"))
    refused(ask("verify", "huang2021"), "did you mean huang2020?")
    refused(ask("verify", "huang2020/thm-fnet-limit"), "did you mean huang2020/thm-ffnet-limit?")
    refused(ask("verify", "/tmp"), "no paper, no claim and no claim file")


def test_a_ledger_that_cannot_be_written_is_refused_first(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is derived."""
    monkeypatch.setattr(papers, "load", lambda name: pytest.fail(f"{name} was derived"))
    refused(ask("verify", "--ledger", "/dev/null/ledger"), "the ledger cannot be written")


@pytest.mark.parametrize(
    ("redirection", "status", "error"),
    [
        (">&-", 0, ""),
        ("2>&-", 0, ""),
        ("<&-", 0, ""),
        (">/dev/full", 1, "ntkproof: cannot go on: No space left on device\n"),
    ],
)
def test_streams_that_are_closed_or_full(redirection: str, status: int, error: str) -> None:
    """No traceback: a closed stream takes nothing, a full disk is said in one line."""
    command = f"'{sys.executable}' -m proofs_check.cli list architectures {redirection}"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, error)


def test_an_interrupt_while_the_command_line_is_imported(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """One line and 130, as later."""

    def interrupted(arguments: Any = None) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", interrupted)
    with pytest.raises(SystemExit) as end:
        cli.main([])
    assert end.value.code == 130
    assert capsys.readouterr().err == "ntkproof: interrupted\n"


def test_no_command_shows_the_commands(ask: Any) -> None:
    """As --help does; --version says the version."""
    assert ask().out == ask("--help").out
    assert ask().status == 0
    for name in ("verify", "show", "list", "derive", "kernel", "certify", "check", "coq", "report"):
        assert name in ask().out
        assert ask(name, "--help").status == 0
    assert ask("--version").out.startswith("ntkproof ")


@pytest.mark.usefixtures("fake_suite")
def test_lists_as_text_and_json(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One section or all of them, with the same rows."""
    monkeypatch.setitem(listing.SECTIONS, "papers", lambda: [{"name": "fake", "claims": "3", "title": "t"}])
    data = json.loads(ask("list", "--json").out)
    assert list(data) == ["papers", "claims", "activations", "architectures"]
    assert [row["id"] for row in data["claims"]] == [claim.id for claim in CLAIMS + OTHERS]
    assert "resnet" in [row["name"] for row in data["architectures"]]
    assert "relu" in [row["name"] for row in data["activations"]]
    assert list(json.loads(ask("list", "architectures", "--json").out)) == ["architectures"]
    text = ask("list").out
    assert "fake/b/REFUTED" in text
    assert "leaky_relu" in text


def test_an_internal_error_is_one_line_unless_asked_for(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1 and a hint; with NTKPROOF_DEBUG the traceback."""

    def broken() -> Any:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setitem(listing.SECTIONS, "papers", broken)
    monkeypatch.delenv("NTKPROOF_DEBUG", raising=False)
    refused(
        ask("list", "papers"),
        "internal error: ZeroDivisionError: first line second line; rerun with NTKPROOF_DEBUG=1 for the traceback",
        status=1,
    )
    monkeypatch.setenv("NTKPROOF_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        ask("list", "papers")


@pytest.mark.parametrize(
    ("raised", "status", "message"),
    [
        (BeyondReach("too far"), 1, "too far"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 1, "out of memory; ask for less depth"),
        (PermissionError(13, "Permission denied", "/root/x"), 1, "cannot go on: Permission denied (/root/x)"),
    ],
)
def test_other_ends(
    ask: Any, monkeypatch: pytest.MonkeyPatch, raised: BaseException, status: int, message: str
) -> None:
    """What the method does not reach is 1, an interrupt 130."""

    def end() -> Any:
        raise raised

    monkeypatch.setitem(listing.SECTIONS, "papers", end)
    refused(ask("list", "papers"), message, status=status)


def test_help_imports_nothing_slow() -> None:
    """The command line itself draws in click, not SymPy, NumPy, rich or the ledger."""
    code = (
        "import sys\nfrom proofs_check.cli import run\nrun(['--help'])\n"
        "print(sorted({'sympy', 'numpy', 'flint', 'rich', 'sqlite3', 'mpmath'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_goes_away_is_no_error() -> None:
    """``ntkproof list | head -1`` ends without a word."""
    command = f"'{sys.executable}' -m proofs_check.cli list activations | true"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_bad_input_is_refused_within_a_second() -> None:
    """In a new process, imports included."""
    import time

    for arguments in (["verfy"], [*KERNEL, "--cos", "9**9**9**9"]):
        start = time.monotonic()
        command = [sys.executable, "-m", "proofs_check.cli", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        assert time.monotonic() - start < 3, "a second on a quiet machine; three where tests share it"


@pytest.mark.usefixtures("fake_suite")
class TestShow:
    """``ntkproof show`` on claims that are judged by their names."""

    def test_statement_verdict_reason_and_evidence(self, ask: Any) -> None:
        """The fields of the claim, then the verdict and a line for each engine; the ledger has it the second time."""
        answer = ask("show", "other/open/OPEN")
        assert (answer.status, answer.err) == (0, "")
        fields = dict(re.findall(r"^(\w+) +(.*)$", answer.out, re.MULTILINE))
        assert fields["title"] == "the claim other/open/OPEN"
        assert fields["kind"] == "identity"
        assert fields["statement"] == "c + 1 = c + 1"
        assert fields["verdict"] == "OPEN, expected PROVED"
        assert fields["because"] == "because"
        assert re.search(r"^  fake +supports +0\.0 s  looked$", answer.out, re.MULTILINE)
        assert len(Ledger()) == 1
        assert ask("show", "other/open/OPEN").out == answer.out
        ask("verify", "other/open/OPEN")
        assert len(Ledger()) == 1, "verify and show keep the same verdict"

    def test_lemmas_hold_the_verdict_down(self, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """The claim alone is shown, judged with the lemmas that it uses."""

        def judge(claim: Claim, **options: Any) -> Any:
            return fakes.judgement(claim, Verdict.OPEN if claim.id == "other/lemma" else Verdict.PROVED)

        monkeypatch.setattr(running, "run", partial(_in_this_process, judge))
        answer = ask("show", "fake/c")
        assert "verdict      OPEN, expected PROVED" in answer.out
        assert "it uses other/lemma, which is OPEN" in answer.out
        assert answer.out.startswith("fake/c\n")
        assert "\nother/lemma\n" not in answer.out

    def test_a_bound_for_networks_with_biases(self) -> None:
        """Its certificate holds other numbers than mu; one that was searched is not given out for the shipped one."""
        claim = state("mine/biased", ffnet(activation("relu"), bias_variance=Rational(1, 2)), "limit == 4/7")
        shown = explanation(claim, judge(claim, effort=1), target="mine.py#mine/biased", width=200)
        assert re.search(r"theorem +relu-bias-linear; proof in docs/biases.md$", shown, re.MULTILINE)
        assert re.search(r"^certificate +found by a search", shown, re.MULTILINE)

    def test_json_is_that_of_verify(self, ask: Any) -> None:
        """The same object for the one claim, without its lemmas."""
        shown, verified = (json.loads(ask(*words).out) for words in (
            ("show", "fake/b/REFUTED", "--json"), ("verify", "fake/b/REFUTED", "--json", "-"),
        ))  # fmt: skip
        assert shown["claims"] == verified["claims"]
        assert list(shown["summary"]) == list(verified["summary"])
        assert [one["id"] for one in json.loads(ask("show", "fake/c", "--json").out)["claims"]] == ["fake/c"]

    def test_claims_of_files(self, ask: Any, tmp_path: Path) -> None:
        """One by its id, or all of the file."""
        path = tmp_path / "mine.toml"
        path.write_text(TOML)
        one, every = ask("show", f"{path}#mine/a"), ask("show", path)
        assert one.out.startswith("mine/a\n")
        said = " ".join(one.out.split())
        assert "statement For the feedforward ReLU network and every -1 < c < 1: K_L -> 1 as L -> oo" in said
        assert every.out.startswith(one.out)
        assert "\n\nmine/b/REFUTED\n" in every.out

    @pytest.mark.parametrize("columns", [50, 80, 140])
    def test_no_line_is_wider_than_the_terminal(self, ask: Any, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
        """And the reason is whole, whatever its length."""
        reason = " ".join(f"word{number}" for number in range(300))

        def judge(claim: Claim, **options: Any) -> Any:
            return fakes.judgement(claim, Verdict.PROVED, reason)

        monkeypatch.setattr(running, "run", partial(_in_this_process, judge))
        monkeypatch.setenv("COLUMNS", str(columns))
        lines = ask("show", "fake/a").out.splitlines()
        assert columns - 8 < max(map(len, lines)) <= columns
        assert " ".join(" ".join(lines).split()).count(reason) == 1

    @pytest.mark.parametrize(
        ("target", "message"),
        [
            ("fake", "fake: 3 claims; name one of them"),
            ("fake/bb/REFUTED", "did you mean fake/b/REFUTED?"),
            ("zzz", "zzz: no paper, no claim and no claim file"),
            ("none.toml", "none.toml: no such file"),
        ],
    )
    def test_unknown_names_are_refused(self, ask: Any, target: str, message: str) -> None:
        """One line and exit 2."""
        refused(ask("show", target), message)


class TestShownProofs:
    """What ``show`` says of claims that theorems decide, judged for real."""

    def test_a_bound_with_its_theorem_and_certificate(self, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """The two sides, the first depth, the inputs, the pointer to the proof and the file."""
        monkeypatch.chdir(ROOT)
        said = " ".join(ask("show", "huang2020/thm-ffnet-limit").out.split())
        for part in (
            "statement For the feedforward ReLU network and every -1 <= c < 1: N_L -> 1/4 as L -> oo",
            "verdict PROVED, as expected",
            "bound for every L >= 0 and -1 <= c < 1:",
            "N_L >= (L/4 + 3*log(L*theta/(3*pi) + 1)/8 - ",
            "theorem ffnet-critical-angle, mu = 1; proof in docs/metatheorems.md",
            "certificate proofs_check/certificates/ffnet-mu-1-1.json",
        ):
            assert part in said
        assert (ROOT / "docs" / "metatheorems.md").exists()

    def test_a_refutation_with_its_witness_and_letters(self, ask: Any) -> None:
        """Where it fails, the bound that shows it, and what Omega_1 stands for."""
        said = ask("show", "huang2020/thm-resnet-rate-false-all-inputs").out
        assert "verdict      REFUTED, as expected\n" in said
        assert "witness      c = -1, gamma = 1\n" in said
        assert "N_L - Omega_1 = O(L^(1 - 2*gamma))" in " ".join(said.split())
        assert "  Omega_1 = " in said
        assert "**" not in said

    def test_an_inequality_with_its_certificate(self, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the certificate proves, in the letter t, and how it is written where none is shipped."""
        monkeypatch.setenv("COLUMNS", "100")
        said = ask("show", "huang2020/dual-fixed-point", "--effort", "1").out
        assert "inequality   (sin(t) - t*cos(t) + pi*cos(t))/pi - cos(t) > 0 for 0 < t <= pi\n" in said
        assert "ntkproof certify huang2020/dual-fixed-point -o FILE writes it" in " ".join(said.split())
        assert "  cos G = " in said
        assert "  G = " not in said

    def test_what_is_not_proved_says_why(self, ask: Any) -> None:
        """The reason is the numerical one; where the theorem falls short stands under it."""
        said = " ".join(ask("show", "huang2020/uniform-half-rate-acute", "--effort", "2").out.split())
        assert "verdict SUPPORTED, as expected because no counterexample in" in said
        assert "no proof the proved bounds do not imply it for every depth and angle of the domain" in said
        assert "parameters gamma >= 1/2 statement" in said


def test_readable_sentences_keep_their_value() -> None:
    """A derived kernel becomes its letter where it stands as a whole, not where it is part of a longer term."""
    from sympy import Symbol, expand

    from proofs_check.cli.readable import formula, sentence
    from proofs_check.report.expressions import names

    (omega,) = [name.expression for name in names() if name.symbol.name == "Omega1(theta)"]
    assert sentence(f"value <= {omega}, which is") == "value <= Omega_1, which is"
    assert sentence(f"x = ({expand(-omega)})*L**2") == "x = (-Omega_1)*L^2"
    assert "Omega_1" not in sentence(f"x = {omega}/2")
    assert "Omega_1" not in sentence(f"x = 2*L {omega}")
    assert formula(str(omega + 1 / Symbol("L"))) == "Omega_1 + 1/L"
    assert formula("no formula **") == "no formula ^"


class TestDerive:
    """The recursion in the correlation behind the derivation."""

    def test_text(self, ask: Any) -> None:
        """For ReLU in the dual kernels, which are spelled out below; the steps are as before."""
        said = ask("derive", "resnet").out
        assert said.startswith("Kernel recursion of resnet\n")
        assert "  c_l = (alpha^2*kappa_1 + c)/(alpha^2 + 1)\n" in said
        assert "  q_l = (alpha^2 + 1)*q\n" in said
        assert "  with kappa_0 = (pi - arccos(c))/pi" in said
        feedforward = ask("derive", "ffnet").out
        for line in ("  c_l = kappa_1\n", "  t_l = kappa_0*t + kappa_1\n", "  q_l = q\n", "  from t_0 = c, q_0 = 1\n"):
            assert line in feedforward
        # the derivative of a step is 0 almost everywhere
        assert "  t_l = 1 - arccos(c)/pi\n" in ask("derive", "ffnet", "--activation", "step").out

    def test_json_keys_give_the_derived_recursion(self, ask: Any) -> None:
        """The strings are those of ``correlation_form``; null where the length enters in another way."""
        from theory import activation, correlation_form, resnet

        found = correlation_form(resnet(activation("relu"), gamma=1))
        data = json.loads(ask("derive", "resnet", "--gamma", "1", "--format", "json").out)
        assert list(data) == ["title", "steps", "correlation", "factor", "source", "growth"]
        assert found is not None
        assert [data[key] for key in list(data)[2:]] == [
            str(value) for value in (found.correlation, found.factor, found.source, found.growth)
        ]
        lengths = json.loads(ask("derive", "resnet", "--activation", "erf", "--format", "json").out)
        assert (lengths["correlation"], lengths["growth"]) == (None, None)
        assert "no recursion in the correlation alone" in ask("derive", "resnet", "--activation", "erf").out

    def test_latex(self, ask: Any) -> None:
        """A block of aligned equations, and a sentence for each letter."""
        said = ask("derive", "ffnet", "--format", "latex").out
        block = said[said.index("In the correlation") :]
        assert "t_{\\ell} &= \\kappa_0(c) t_{\\ell-1} + \\kappa_1(c)" in block
        assert block.count("\\begin{align*}") == block.count("\\end{align*}") == 1
        assert block.count("Here $\\kappa") == 2


@pytest.mark.parametrize("mu", ["1", "8/13", "9801/10001", "2"])
@pytest.mark.parametrize("name", ["ffnet-critical-angle", "resnet-angle"])
def test_check_prints_the_conclusions_in_other_words(name: str, mu: str) -> None:
    """Every line of ``check`` is an expression equal to the proved one, whatever rationals stand in it."""
    from flint import fmpq
    from sympy import expand

    from proofs_check.checker.__main__ import in_words
    from proofs_check.checker.theorems import THEOREMS
    from theory import symbols
    from theory.parsing import parse

    theorem = THEOREMS[name]
    constants = {key: fmpq(7 - 3 * i, i + 1) for i, key in enumerate(theorem.constants)}
    conclusions = theorem.conclusions({"mu": fmpq(*map(int, mu.split("/"))), **constants})
    statement = {"theorem": name, "mu": mu, "map": theorem.map, "constants": {}, "conclusions": conclusions}
    wanted = [one[side] for one in conclusions for side in ("lower", "upper") if one.get(side) is not None]
    wanted += [text for one in conclusions for text in one.get("at_most", ())]
    names = {
        letter: symbols.Symbol(letter, positive=True) for letter in ("L", "l", "M", "T", "eta", "phi", "theta", "x")
    }
    spread = parse("(sin(theta)-theta*cos(theta))/pi", names=names)

    def read(text: str) -> Any:
        return expand(parse(text, names={**names, "S": spread}))

    lines = re.findall(r"^  (?:\w+ [<>]=|with M <=) ([^,\n]*)", in_words(statement), re.MULTILINE)
    assert sorted(map(str, map(read, lines))) == sorted(map(str, map(read, wanted)))


def test_check_prints_map_and_letters_line_by_line(ask: Any) -> None:
    """No dictionary, no number in brackets; what the letters mean is said."""
    said = ask("check", ROOT / "proofs_check" / "certificates" / "ffnet-mu-1-1.json").out
    assert "\n  kdot: 1-mu*t/pi\n" in said
    assert "where theta = acos c" in said
    assert "h = alpha^2, eta = h/(1+h)" in said
    assert "  ntk >= (1/4*(L+1)+3/8*log(1+theta*L/(3*pi))-5/4)\n" in said
    assert "phi the angle and T the ntk at depth l" in said
    assert not re.search(r"[{}]|\(1\)", said)


@pytest.mark.usefixtures("fake_suite")
class TestCertify:
    """``ntkproof certify``."""

    def test_a_certificate_is_written(self, ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the search found, as JSON, in a file or on stdout."""
        fake = types.ModuleType("proofs_check.certify")
        fake.certify = lambda claim, *, effort: {"claim": claim.id, "effort": effort}  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "proofs_check.certify", fake)
        path = tmp_path / "found.json"
        answer = ask("certify", "fake/c", "-o", path, "--effort", "3")
        assert answer.status == 0
        assert json.loads(path.read_text()) == {"claim": "fake/c", "effort": 3}
        assert json.loads(ask("certify", "fake/a", "-o", "-").out)["claim"] == "fake/a"

    def test_one_claim_is_named(self, ask: Any, tmp_path: Path) -> None:
        """A paper of three is no claim."""
        refused(ask("certify", "fake", "-o", tmp_path / "a.json"), "fake: 3 claims; name one of them")


def test_progress_is_drawn_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A bar with the ids being judged, on stderr; nothing where stderr is a file."""
    settings = running.Settings(digits=50, effort=1, engines=(), seed=0, jobs=0, fresh=False, ledger=tmp_path / "l")
    monkeypatch.setattr(running, "run", partial(_in_this_process, fakes.by_name))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    for stream, drawn in ((Terminal(), True), (io.StringIO(), False)):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            answer = running.judge_all(list(OTHERS), settings)
        assert len(answer.judgements) == 2
        assert ("2/2" in stream.getvalue()) == drawn


def test_a_folder_named_like_ours_hides_nothing(tmp_path: Path) -> None:
    """The installed command works where the user has a folder theory/ of their own."""
    (tmp_path / "theory").mkdir()
    (tmp_path / "theory" / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "ntkproof"  # as an installer writes it
    script.write_text("from proofs_check.cli import main\nif __name__ == '__main__':\n    main()\n")
    command = [sys.executable, str(script), "list", "architectures"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "resnet" in done.stdout


def test_the_ledger_of_a_test_is_nobodys_own(ledger_of_the_test: Path) -> None:
    """The default ledger lies in the test's folder."""
    with Ledger() as ledger:
        assert ledger.path == ledger_of_the_test


def readme_examples() -> list[tuple[list[str], list[str]]]:
    """The commands of the README, without ./run, each with the output shown under it."""
    found: list[tuple[list[str], list[str]]] = []
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("    "):
            found.append(([], []))  # ends an example
        elif line.startswith("    $ ./run "):
            found.append((shlex.split(line.removeprefix("    $ ./run ")), []))
        elif found:
            found[-1][1].append(line.removeprefix("    "))
    return [(command, shown) for command, shown in found if command]


def test_the_readme_shows_what_the_commands_print(ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels, derivations, lists and checks are run as they stand there; suites and reports have tests of their own."""
    examples = readme_examples()
    assert len(examples) >= 8
    commands = {command[0] for command, _ in examples}
    assert {"kernel", "derive", "list", "verify", "show", "check", "report"} <= commands
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    for command, shown in examples:
        if command[0] not in ("verify", "report"):
            answer = ask(*command)
            assert (answer.status, answer.err) == (0, ""), command
            lines = answer.out.splitlines()
            if "..." in shown:  # an excerpt: seconds differ from run to run
                lines = [line for line in lines if line in shown]
                shown = [line for line in shown if line != "..."]
            assert not shown or lines == shown, command


def test_the_claim_file_of_the_readme_is_read(tmp_path: Path) -> None:
    """As it is printed there, with the two claims whose verdicts the README shows."""
    from proofs_check.claim_files import load

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.partition("```toml\n")[2].partition("```")[0])
    claims = load(path)
    assert [(claim.id, claim.expected) for claim in claims] == [
        ("mine/limit", Verdict.PROVED),
        ("mine/too-good", Verdict.REFUTED),
    ]
    shown = dict(examples_of_verify())["mine.toml"]
    assert [line.split()[:2] for line in shown[:2]] == [[claim.expected.name, claim.id] for claim in claims]


def test_the_python_claim_file_of_the_documentation_is_judged_as_it_says(ask: Any, tmp_path: Path) -> None:
    """As it is printed there; one of its claims is shown with the theorem that refutes it."""
    text = (ROOT / "docs" / "adding-a-claim.md").read_text(encoding="utf-8")
    path = tmp_path / "mine.py"
    path.write_text(text.partition("```python\n")[2].partition("```")[0])
    answer = ask("verify", path, "--effort", "2")
    assert (answer.status, answer.err) == (0, ""), answer.out
    assert [line.split()[:2] for line in answer.out.splitlines()[:3]] == [
        ["PROVED", "mine/gain"],
        ["PROVED", "mine/absolute"],
        ["REFUTED", "mine/too-fast"],
    ]
    said = ask("show", f"{path}#mine/too-fast", "--effort", "2").out
    assert "title        False: the NTK reaches its limit faster than log(L)/L\n" in said
    assert "bound        for every L >= 0 and -1 <= c < 1:\n" in said


def examples_of_verify() -> list[tuple[str, list[str]]]:
    """What ``verify`` is asked in the README, and what it is shown to answer."""
    return [(command[1], shown) for command, shown in readme_examples() if command[0] == "verify"]


def test_the_list_of_papers_is_the_real_one(ask: Any) -> None:
    """Each with the number of its claims and the title that its module begins with."""
    (row,) = [row for row in json.loads(ask("list", "papers", "--json").out)["papers"] if row["name"] == "huang2020"]
    assert int(row["claims"]) == len(papers.load("huang2020").CLAIMS)
    assert row["title"].startswith("Huang")


@pytest.mark.usefixtures("fake_suite")
def test_report_judges_and_writes(ask: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every paper, from the ledger where it can; a line for each file and what the run came to."""
    seen: list[Any] = []

    def write(directory: Path, claims: list[Claim], judgements: list[Any]) -> list[str]:
        seen.append((directory, [claim.id for claim in claims], [one.claim_id for one in judgements]))
        return ["report.tex"]

    monkeypatch.setattr(requests, "write_report_of", write)
    ask("verify")
    answer = ask("report", "-o", tmp_path / "out")
    assert answer.status == 0
    assert answer.out.splitlines()[0] == "report.tex"
    assert "5 from the ledger" in answer.out
    ids = [claim.id for claim in CLAIMS + OTHERS]
    ((directory, of_claims, of_judgements),) = seen
    assert directory == tmp_path / "out"
    assert sorted(of_claims) == sorted(of_judgements) == sorted(ids)


def test_a_checkout_that_is_not_installed_has_no_version(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so."""
    from importlib import metadata

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert ask("--version").out == "ntkproof (not installed)\n"
