"""Baselines, JUnit XML, published schemas, the pytest plugin, and what a watcher judges again."""

import json
import subprocess
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from proofs_check.claim_files import claim_from_table
from proofs_check.cli.program import run as main
from proofs_check.cli.running import Settings
from proofs_check.cli.watching import Watch
from proofs_check.judge import ENGINES
from proofs_check.regression.baseline import baseline_data, differences, read_baseline
from proofs_check.regression.junit import junit_xml
from proofs_check.regression.meaning import Record, changes, compare, record_of
from proofs_check.verdicts import Judgement
from tests.proofs_check.json_schema import faults
from theory.claims import Claim, Verdict
from theory.errors import InputError
from theory.papers import PAPERS
from theory.papers import load as load_paper

TABLE = {
    "id": "mine/bound",
    "architecture": "ffnet",
    "activation": "relu",
    "quantity": "normalized_ntk",
    "domain": "-1 < c <= 1/2",
    "holds": "value <= 1/4 + 3/(L + 1)",
}
MAP = {"id": "mine/map", "kappa": "(c + c^2)/2", "quantity": "nngp", "depths": "L = 1", "holds": "value == (c + c^2)/2"}


def claim(**changed: Any) -> Claim:
    """The bound with changed keys."""
    return claim_from_table({**TABLE, **changed}, paper="mine")


def judgement(one: Claim, verdict: Verdict = Verdict.PROVED) -> Judgement:
    """A verdict without evidence."""
    return Judgement(claim_id=one.id, verdict=verdict, expected=one.expected, reason="because", evidence=())


def toml(*tables: dict[str, str]) -> str:
    """The tables as a file."""
    return "\n".join(line for table in tables for line in ("[[claim]]", *(f'{k} = "{v}"' for k, v in table.items())))


def schema(name: str) -> Any:
    """A published schema."""
    return json.loads((resources.files("proofs_check") / "schemas" / f"{name}.schema.json").read_text())


# --- meaning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("value <= 1/4 + 3/(L + 1)", "value <= 0.25 + 3*(L+1)^(-1)"),
        ("value <= 1/4 + 3/(L + 1)", "value <= (L + 13)/(4*L + 4)"),
        ("limit == cos(theta)", "limit == c"),
        ("value - 1/4 = O(1/L)", "value - 1/4 = O(L^-1)"),
    ],
)
def test_another_spelling_is_no_change(before: str, now: str) -> None:
    """The same by replayed algebra."""
    assert list(changes(record_of(claim(holds=before)), record_of(claim(holds=now)))) == []


def test_the_name_of_a_network_means_nothing() -> None:
    """ReLU by its expression, and ReLU as a map of one's own, are the recursion of ReLU."""
    own = {"kappa": "(sqrt(1 - c^2) + (pi - acos(c))*c)/pi", "architecture": None, "activation": None}
    table = {name: value for name, value in {**TABLE, **own}.items() if value is not None}
    for other in (claim(activation="expr:max(x, 0)"), claim_from_table(table, paper="mine")):
        assert list(changes(record_of(claim()), record_of(other))) == []


@pytest.mark.parametrize(
    ("changed", "why", "weaker"),
    [
        ({"holds": "value <= 1/4 + 4/(L + 1)"}, "a looser bound", True),
        ({"holds": "value <= 1/4 + 2/(L + 1)"}, "a tighter bound", False),
        ({"holds": "value < 1/4 + 3/(L + 1)"}, "another statement", True),
        ({"holds": "value <= 1/4 + 3/(2*L + c)"}, " and ", True),
        ({"domain": "-1 < c <= 1/4"}, "values are missing", True),
        ({"domain": "-1 <= c <= 1/2"}, "a larger domain", False),
        ({"depths": "L >= 2"}, "depths are missing", True),
        ({"depths": "L >= 0"}, "more depths", False),
        ({"activation": "leaky_relu:1/5"}, " and ", True),
        ({"quantity": "ntk"}, "another statement", True),
        ({"pointwise": True}, "another statement", True),
    ],
)
def test_a_change_of_meaning_is_named_and_weighed(changed: dict[str, Any], why: str, weaker: bool) -> None:
    """Looser, smaller, other: worse. Tighter and larger: not."""
    found = list(changes(record_of(claim()), record_of(claim(**changed))))
    assert found
    assert why in found[0].why
    assert any(one.weaker for one in found) == weaker


def test_two_true_identities_are_not_the_same_statement() -> None:
    """Both differences are 0; the sides are compared each by itself."""
    papers = [one for one in load_paper("huang2020").CLAIMS if type(one.statement).__name__ == "Identity"]
    assert any(change.weaker for change in changes(record_of(papers[0]), record_of(papers[-1])))


def test_what_is_not_decided_counts_as_a_change() -> None:
    """Text that the parser does not read is compared as text."""
    assert compare("Integral(x)", "Integral(x)") is None
    assert "compared by meaning" in str(compare("Integral(x)", "Integral(y)"))
    assert compare("c", "c + 10^-30") is not None


def test_every_claim_of_the_papers_has_a_record_that_survives_a_file() -> None:
    """Written as JSON and read again, a record is the same; the published schema holds."""
    claims = [one for paper in tuple(PAPERS)[:2] for one in load_paper(paper).CLAIMS][::25]
    data = json.loads(json.dumps(baseline_data(claims, [judgement(one) for one in claims])))
    assert faults(data, schema("baseline")) == []
    for one in claims:
        assert list(changes(Record.of_data(data["claims"][one.id]["says"]), record_of(one))) == []


# --- baselines -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "fails"),
    [
        (Verdict.PROVED, Verdict.SUPPORTED, True),
        (Verdict.PROVED, Verdict.REFUTED, True),
        (Verdict.REFUTED, Verdict.OPEN, True),
        (Verdict.SUPPORTED, Verdict.OPEN, True),
        (Verdict.OPEN, Verdict.SUPPORTED, False),
        (Verdict.SUPPORTED, Verdict.REFUTED, False),
        (Verdict.OPEN, Verdict.PROVED, False),
    ],
)
def test_a_weaker_verdict_fails(tmp_path: Path, before: Verdict, now: Verdict, fails: bool) -> None:
    """PROVED and REFUTED decide, SUPPORTED is less, OPEN least; from one decision to the other is worse."""
    path = tmp_path / "b.json"
    path.write_text(json.dumps(baseline_data([claim()], [judgement(claim(), before)])))
    (found,) = differences(read_baseline(path), [claim()], [judgement(claim(), now)])
    assert found.fails == fails
    assert f"{before.name} before, {now.name} now" in found.text[0]


def test_claims_that_are_new_or_gone_are_named(tmp_path: Path) -> None:
    """New is a note, gone is worse."""
    path, other = tmp_path / "b.json", claim(id="mine/other")
    path.write_text(json.dumps(baseline_data([claim()], [judgement(claim())])))
    found = differences(read_baseline(path), [other], [judgement(other)])
    assert [(one.claim_id, one.text[0], one.fails) for one in found] == [
        ("mine/other", "new: PROVED", False),
        ("mine/bound", "gone; it was PROVED", True),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file; write it with --update-baseline"),
        ("{", "no baseline"),
        ("[]", '"format" is not "ntkproof-baseline"'),
        (
            '{"format": "ntkproof-baseline", "version": 2}',
            "a baseline of version 2, this ntkproof reads version 1; write it",
        ),
        ('{"format": "ntkproof-baseline", "version": 1, "claims": {"a": {}}}', "a damaged baseline"),
        ('{"format": "ntkproof-baseline", "version": 1, "claims": 7}', "a damaged baseline"),
    ],
)
def test_a_baseline_that_cannot_be_read_is_one_line(tmp_path: Path, content: str | None, message: str) -> None:
    """Missing, no JSON, another format, another version, damaged."""
    path = tmp_path / "b.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_baseline(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_verify_compares_with_a_baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Written, found the same in another spelling, found worse; JSON and JUnit say so, by the published schemas."""
    file, baseline, junit = tmp_path / "m.toml", tmp_path / "b.json", tmp_path / "j.xml"
    usual = ["verify", str(file), "--ledger", str(tmp_path / "l.sqlite"), "--jobs", "1", "--baseline", str(baseline)]
    file.write_text(toml(MAP))
    assert main(usual) == 2
    assert main([*usual, "--update-baseline"]) == 0
    assert faults(json.loads(baseline.read_text()), schema("baseline")) == []
    file.write_text(toml({**MAP, "kappa": "c*(1 + c)/2"}))
    assert main(usual) == 0
    file.write_text(toml({**MAP, "kappa": "(c + c^3)/2", "holds": "value == (c + c^3)/2"}))
    capsys.readouterr()
    assert main([*usual, "--json", "-", "--junit", str(junit)]) == 1
    data = json.loads(capsys.readouterr().out)
    assert faults(data, schema("verdicts")) == []
    assert data["baseline"]["worse"] == ["mine/map"]
    (failure,) = fromstring(junit.read_text()).iter("failure")
    assert "network: nngp_next" in str(failure.text)
    assert main(["verify", str(file), "--update-baseline"]) == 2


def test_a_schema_can_fail() -> None:
    """A key too many, one missing, another type, another version."""
    good = json.loads(json.dumps(baseline_data([claim()], [judgement(claim())])))
    for bad in ({**good, "more": 1}, {**good, "version": 2}, {**good, "claims": []}, {"format": "ntkproof-baseline"}):
        assert faults(bad, schema("baseline"))
    with pytest.raises(ValueError, match="unknown keywords"):
        faults(1, {"tpye": "integer"})


# --- JUnit -----------------------------------------------------------------------------------------------------------


def test_junit_counts_failures_and_holds_any_text() -> None:
    """Markup and control characters of a reason survive or are blanked; a claim that is gone is a failure."""
    bad = replace(judgement(claim(), Verdict.OPEN), reason='<&> "\x00\x1b[31m')
    good = judgement(claim(id="b"))
    suite = fromstring(junit_xml([claim(), claim(id="b")], [bad, good], {"mine/bound": "m.toml:1"}).encode())
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    (failure,) = suite.iter("failure")
    assert failure.get("message") == 'expected PROVED, found OPEN: <&> "  [31m'
    assert str(failure.text).startswith("m.toml:1\n")


# --- the plugin ------------------------------------------------------------------------------------------------------


def pytest_run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A pytest of its own in the folder."""
    command = [sys.executable, "-m", "pytest", "-p", "proofs_check.pytest_plugin", "-p", "no:cacheprovider", *arguments]
    root = str(Path(__file__).parents[2])
    environment = {"PYTHONPATH": root, "NTKPROOF_LEDGER": str(folder / "ledger.sqlite"), "PATH": "/usr/bin:/bin"}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # an installed copy of the plugin would be registered twice
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_plugin_makes_each_claim_a_test(tmp_path: Path) -> None:
    """Two files, one claim as expected and one not; the failure is a few lines with the place; a bad file is an error."""
    (tmp_path / "claims_a.toml").write_text(toml(MAP, {**MAP, "id": "mine/false", "holds": "value == c"}))
    (tmp_path / "claims_b.py").write_text(
        "from theory import *\nCLAIMS = (state('own/b', kernel_map('c'), 'value == c', quantity='nngp', depths='L = 1'),)\n"
    )
    (tmp_path / "claims_c.toml").write_text("x = 1")
    found = pytest_run(
        tmp_path,
        "--ntkproof",
        "--ntkproof-effort",
        "1",
        "-q",
        "--ntkproof-jobs",
        "1",
        "--continue-on-collection-errors",
    )
    assert "claims_a.toml:7: mine/false" in found.stdout
    assert "expected PROVED, found REFUTED" in found.stdout
    assert "unknown key x" in found.stdout
    assert "Traceback" not in found.stdout
    assert "1 failed, 2 passed, 1 error" in found.stdout


def test_the_plugin_is_quiet_and_imports_nothing_of_ours_where_it_is_not_used(tmp_path: Path) -> None:
    """No claim is collected, and neither SymPy nor theory is loaded."""
    (tmp_path / "claims_a.toml").write_text(toml(MAP))
    (tmp_path / "test_x.py").write_text(
        "import sys\ndef test_x():\n    assert not {'sympy', 'theory', 'flint', 'proofs_check.judge'} & set(sys.modules)\n"
    )
    found = pytest_run(tmp_path, "-q")
    assert "1 passed" in found.stdout, found.stdout


# --- watching --------------------------------------------------------------------------------------------------------


def test_a_watcher_judges_what_changed_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Prose costs nothing, a lemma that falls takes its theorem with it, an unreadable file is one line."""
    file = tmp_path / "m.toml"
    lemma, theorem = {**MAP, "id": "a"}, toml({**MAP, "id": "b"}) + '\nuses = ["a"]\n'
    settings = Settings(digits=50, effort=1, engines=ENGINES, seed=0, jobs=1, fresh=False, ledger=tmp_path / "l.sqlite")
    watch = Watch((str(file),), settings)
    file.write_text(toml(lemma) + "\n" + theorem)
    assert sorted(watch.look()) == ["a", "b"]
    assert watch.as_expected
    file.write_text(toml({**lemma, "title": "another"}) + "\n" + theorem)
    assert watch.look() == []
    capsys.readouterr()
    file.write_text(toml({**lemma, "holds": "value == c"}) + "\n" + theorem)
    assert watch.look() == ["a"]
    shown = capsys.readouterr().out
    assert "REFUTED    a" in shown
    assert "OPEN       b" in shown
    assert "1 of 2 judged" in shown
    assert not watch.as_expected
    file.write_text("[[claim]]\nx = 1")
    assert watch.look() == []
    assert "unknown key x" in capsys.readouterr().out
    assert main(["verify", "huang2020", "--watch"]) == 2
