"""The template that ``init`` writes: it verifies, and nothing is overwritten."""

import tomllib
from pathlib import Path

import pytest

from proofs_check.cli.program import run
from proofs_check.cli.starting import FOLDER, NAME
from theory.claims import Verdict


@pytest.mark.parametrize("suffix", [".toml", ".py"])
def test_the_template_verifies_as_it_is_written(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every verdict is the expected one, a refuted claim and a lemma among them; ids bear the name of the paper."""
    monkeypatch.chdir(tmp_path)
    named = "deep" if suffix == ".toml" else "deep.py"
    assert run(["init", named]) == 0
    assert capsys.readouterr().out == f"deep{suffix}: written; ntkproof verify deep{suffix} judges it\n"
    assert NAME not in Path(f"deep{suffix}").read_text()
    assert run(["verify", f"deep{suffix}", "--effort", "1", "--jobs", "1"]) == 0
    out = capsys.readouterr().out
    assert "REFUTED    deep/" in out
    assert "PROVED     deep/angle " in out
    assert out.rstrip().endswith("all as expected")


def test_nothing_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that exists stays as it is."""
    monkeypatch.chdir(tmp_path)
    Path("deep.toml").write_text("mine")
    assert run(["init", "deep"]) == 2
    assert capsys.readouterr().err == "ntkproof: deep.toml: exists and is not overwritten; name another file\n"
    assert Path("deep.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "message"),
    [("a b", "no name for a paper"), ("1", "no name for a paper"), ("gone/deep", "cannot be written"), ("", "no name")],
)
def test_a_name_that_is_none_is_refused(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, exit status 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert run(["init", name]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1
    assert not list(tmp_path.glob("*.toml"))


def test_the_hint_in_the_template_is_true(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With 9 in place of 10 the line is refuted, and the limit falls with it."""
    text = (FOLDER / f"{NAME}.toml.txt").read_text()
    assert text.count("10*pi") == 1
    tables = tomllib.loads(text)
    assert tables["claim"][0]["uses"] == [tables["proof"][0]["id"]]
    path = tmp_path / f"{NAME}.toml"
    path.write_text(text.replace("10*pi", "9*pi").partition("# --- An induction")[0])
    assert run(["verify", str(path), "--effort", "1", "--jobs", "1"]) == 1
    out = capsys.readouterr().out
    assert f"{NAME}/gain:2 is {Verdict.REFUTED.name}: with it fall {NAME}/limit, " in out
