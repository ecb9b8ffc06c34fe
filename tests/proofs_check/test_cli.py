"""The command line in one process: what it prints, and the exit status."""

import io
import json
import os
import re
import subprocess
import sys
import types
from functools import partial
from pathlib import Path
from typing import Any

import fakes
import pytest

from proofs_check import cli, suite
from proofs_check.cli import listing, running, tables, targets
from proofs_check.ledger import Ledger
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
    monkeypatch.setattr(targets, "papers", lambda: {"fake": CLAIMS, "other": OTHERS})

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
        assert set(data) == {"claims", "summary"}
        (claim,) = data["claims"]
        assert list(claim) == [
            "id", "paper", "number", "kind", "verdict", "expected", "reason", "evidence", "seconds",
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

    @pytest.mark.parametrize(("columns", "stacked"), [("60", True), ("120", False), ("180", False)])
    def test_a_terminal_gets_colours_and_a_pipe_none(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str, stacked: bool
    ) -> None:
        """No line is longer than the terminal; NO_COLOR is respected."""
        judged = [fakes.by_name(claim) for claim in OTHERS]
        judged = [tables_reason(judgement) for judgement in judged]
        monkeypatch.setenv("COLUMNS", columns)
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
            assert max(map(len, (line for line in lines if "not as expected" not in line))) <= int(columns)
            assert ("because" not in text.splitlines()[1]) or not stacked
            assert any("expected PROVED: " in line for line in lines)


def _in_this_process(judge: Any, claims: list[Claim], **options: Any) -> Any:
    return suite.run(claims, **{**options, "jobs": 0, "judge": judge})


def tables_reason(judgement: Any) -> Any:
    """The same judgement with a long reason of two lines."""
    from dataclasses import replace

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
        (["zzz"], "zzz: unknown command; known: verify, list"),
        (["--versoin"], "--versoin: unknown option; did you mean --version?"),
        (["list", "paper"], "paper: nothing to list; did you mean papers?"),
        (["list", "a", "b"], "got unexpected extra argument (b); see ntkproof list --help"),
        (["derive", "fnet"], "architecture=fnet: unknown architecture; did you mean ffnet?"),
        (["derive", "ffnet", "--activation", "rleu"], "activation=rleu: unknown; did you mean relu?"),
        (["derive", "ffnet", "--format", "pdf"], "--format=pdf: unknown format; known: text, latex, json"),
        (["derive"], "ARCH: missing; see ntkproof derive --help"),
        (["certify", "zzz"], "--output: missing"),
        (["certify"], "missing"),
        (["check"], "FILE.json...: missing"),
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
    ],
)
def test_bad_kernel_requests_are_one_line(ask: Any, arguments: list[str], message: str) -> None:
    """Nothing is computed for them, and no text is evaluated."""
    refused(ask(*arguments), message)


def test_no_command_shows_the_commands(ask: Any) -> None:
    """As --help does; --version says the version."""
    assert ask().out == ask("--help").out
    assert ask().status == 0
    for name in ("verify", "list", "derive", "kernel", "certify", "check", "report"):
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
    [(BeyondReach("too far"), 1, "too far"), (KeyboardInterrupt(), 130, "interrupted")],
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
