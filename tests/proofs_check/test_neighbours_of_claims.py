"""The nearest statement that is proved, and the plot around a counterexample."""

from pathlib import Path
from typing import Any

import pytest

from proofs_check.claim_files import claim_from_table
from proofs_check.cli.failing import COLUMNS, plot_of, text_plot
from proofs_check.cli.program import run as main
from proofs_check.judge import judge
from proofs_check.neighbours import holds_text, nearest_proved
from theory.claims import Depth, Verdict
from theory.language import parse_holds

TABLE = {"id": "n/x", "architecture": "ffnet", "activation": "relu", "quantity": "normalized_ntk"}


@pytest.mark.parametrize(
    ("changes", "nearest"),
    [
        ({"holds": "limit == 1/3"}, "limit == 1/4   [the limit]"),
        ({"holds": "value ~ 1/4 + log(L)/(8*L)"}, "value ~ 1/4 + 3*log(L)/(8*L)   [other terms]"),
        ({"holds": "value - 1/4 = O(log(L)/L)"}, "value - 1/4 = O(log(L)/L)   [constants that depend on c]"),
        (
            {"holds": "value - 1/4 = O(1/L)", "pointwise": True},
            "value - 1/4 = O(log(L)/L)   [a bound larger by log(L)]",
        ),
        ({"activation": "erf", "quantity": "normalized_nngp", "holds": "limit == 1/2"}, "limit == 0   [the limit]"),
    ],
)
def test_the_nearest_proved_statement_has_the_right_constant_exponent_or_hypothesis(
    changes: dict[str, Any], nearest: str
) -> None:
    """A wrong limit, a wrong coefficient, a missing hypothesis, a wrong order."""
    found = nearest_proved(claim_from_table({**TABLE, **changes}, paper="n"))
    assert found is not None
    words, judgement = found
    assert words == nearest
    assert judgement.verdict is Verdict.PROVED


def test_a_bound_gets_the_least_constant_of_those_tried() -> None:
    """What is shown is proved, and half of its constant is not."""
    table = {**TABLE, "quantity": "angle", "domain": "-1 < c <= 1/2", "holds": "value <= 1/L"}
    found = nearest_proved(claim_from_table(table, paper="n"))
    assert found is not None
    factor = found[0].partition("larger by ")[2].rstrip("]")
    again = {name: judge(claim_from_table({**table, "holds": f"value <= {n}/L"}, paper="n"), effort=1) for name, n in
             (("shown", factor), ("half", f"({factor})/2"))}  # fmt: skip
    assert again["shown"].verdict is Verdict.PROVED
    assert again["half"].verdict is not Verdict.PROVED


def test_a_search_without_time_finds_nothing() -> None:
    """The search is bounded."""
    assert nearest_proved(claim_from_table({**TABLE, "holds": "limit == 1/3"}, paper="n"), seconds=0) is None


@pytest.mark.parametrize(
    "holds", ["limit == 1/4", "0 <= value <= 3/(L + 1)", "value ~ 1/4 - 3*log(L)/(8*L)", "value - 1/4 = O(log(L)/L)"]
)
def test_a_statement_is_written_as_it_is_read(holds: str) -> None:
    """What is printed can be put into a claim file."""
    assert parse_holds(holds_text(parse_holds(holds))) == parse_holds(holds)


def test_the_plot_shows_value_and_claim_around_the_counterexample() -> None:
    """Stars and circles of the right heights, a bar at the witness; nothing where there is nothing to draw."""
    claim = claim_from_table({**TABLE, "quantity": "nngp", "depths": "L = 1", "holds": "value <= c"}, paper="n")
    lines = plot_of(claim, judge(claim, effort=1))
    assert isinstance(claim.statement, Depth)
    assert lines[0] == "value (*) and claim (o) against c at L = 1"
    assert all(any(char in line for line in lines[1:-1]) for char in "*o|")
    top = next(line for line in lines[1:] if "*" in line or "o" in line)
    assert "*" in top  # the value lies above the claimed bound
    true = claim_from_table({**TABLE, "holds": "limit == 1/4"}, paper="n")
    assert plot_of(true, judge(true, effort=1)) == []


def test_a_plot_in_characters() -> None:
    """Two lines that cross; values that are not finite are left out."""
    xs = [0.0, 1.0, 2.0]
    lines = text_plot("t", xs, [0.0, 1.0, 2.0], [[2.0, 1.0, float("nan")]], None)
    assert lines[1].endswith("*")
    assert lines[1][11] == "o"
    assert lines[6][11 + COLUMNS // 2] == "@"
    assert text_plot("t", xs, [float("nan")] * 3, [], None) == []


def test_what_a_lemma_holds_down_has_no_nearer_statement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The claim is proved by itself; the lemma is what is to be mended, and is shown."""
    file = tmp_path / "m.toml"
    tables = [{**TABLE, "id": "n/top", "holds": "limit == 1/4"}, {**TABLE, "id": "n/lemma", "holds": "limit == 1/3"}]
    written = ["[[claim]]\n" + "\n".join(f'{k} = "{v}"' for k, v in table.items()) for table in tables]
    file.write_text(f'{written[0]}\nuses = ["n/lemma"]\n{written[1]}\n')
    assert main(["verify", str(file), "--jobs", "1", "--effort", "1", "--ledger", str(tmp_path / "l.sqlite")]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert "n/lemma" in shown
    assert "n/top" not in shown


def test_verify_shows_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Under the table, for a claim of a file that was expected to hold."""
    file = tmp_path / "m.toml"
    file.write_text("[[claim]]\n" + "\n".join(f'{k} = "{v}"' for k, v in {**TABLE, "holds": "limit == 1/3"}.items()))
    assert main(["verify", str(file), "--jobs", "1", "--effort", "1", "--ledger", str(tmp_path / "l.sqlite")]) == 1
    shown = capsys.readouterr().out
    assert "nearest proved: limit == 1/4   [the limit]" in shown
    assert "value (*) and claim (o) against L" in shown
