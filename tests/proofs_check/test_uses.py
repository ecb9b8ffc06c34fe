"""Which claim rests on which: cycles, what falls, drawings."""

import json
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import fakes
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs_check.cli.program import run as run_command
from proofs_check.suite import run
from proofs_check.uses import cycle, fall_lines, fallen, reached, to_dot, to_svg, tree_text, uses_of
from theory.claims import Claim, Verdict

PAPER = [
    fakes.claim("paper/theorem", uses=("paper/a", "paper/b/REFUTED")),
    fakes.claim("paper/corollary", uses=("paper/theorem",)),
    fakes.claim("paper/a", uses=("paper/base",)),
    fakes.claim("paper/b/REFUTED", uses=("paper/base",)),
    fakes.claim("paper/base"),
    fakes.claim("paper/alone"),
]
FILE = """
[[claim]]
id = "gain"
architecture = "ffnet"
activation = "relu"
quantity = "angle"
depths = "L = 1"
domain = "0 <= c <= 1/2"
holds = "value <= theta - {constant}"

[[claim]]
id = "theorem"
architecture = "ffnet"
activation = "relu"
quantity = "normalized_ntk"
holds = "limit == 1/4"
uses = ["gain"]
"""


def judged(claims: list[Claim]) -> tuple[list[Claim], dict[str, Verdict]]:
    """The claims, and their verdicts by id."""
    return claims, {judgement.claim_id: judgement.verdict for judgement in run(claims, jobs=0, judge=fakes.by_name)}


def test_what_falls_with_a_refuted_lemma_is_named_and_what_does_not_use_it_stands() -> None:
    """The lemma at fault is named, not the theorem between; a claim that is PROVED is no fault."""
    judgements = run(PAPER, jobs=0, judge=fakes.by_name)
    assert fallen(PAPER, judgements) == {"paper/b/REFUTED": ("paper/theorem", "paper/corollary")}
    assert list(fall_lines(PAPER, judgements)) == [
        "paper/b/REFUTED is REFUTED: with it fall paper/theorem, paper/corollary"
    ]
    assert fallen(PAPER[4:], judgements[4:]) == {}


def test_a_cycle_is_named_from_its_claim_back_to_itself() -> None:
    """The reason of each claim of the cycle shows the way; what rests on the cycle is told so."""
    claims = [
        fakes.claim("a", uses=("b",)),
        fakes.claim("b", uses=("c",)),
        fakes.claim("c", uses=("a",)),
        fakes.claim("d", uses=("c",)),
    ]
    judgements = run(claims, jobs=0, judge=fakes.by_name)
    assert judgements[1].reason == "circular: its lemmas use the claim itself, b uses c uses a uses b"
    assert "it uses c, which is OPEN" in judgements[3].reason
    assert fallen(claims, judgements)["a"] == ("b", "c", "d")
    assert cycle("d", uses_of(claims)) == ()
    assert cycle("e", {"e": ("e",)}) == ("e", "e")


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3).map(tuple)))
def test_a_cycle_is_found_where_a_claim_reaches_itself(uses: dict[str, tuple[str, ...]]) -> None:
    """Each step of the way is an arrow; there is a way exactly where the claim is among those reached."""
    for name in uses:
        way = cycle(name, uses)
        assert bool(way) == (name in reached(name, uses))
        assert all(second in uses[first] for first, second in pairwise(way))


def test_the_tree_shows_every_claim_under_what_uses_it_and_spreads_nothing_twice() -> None:
    """Tops at the left, verdicts behind, and a note where the rest stands further up."""
    assert tree_text(*judged(PAPER)).splitlines() == [
        "paper/corollary  OPEN",
        "└── paper/theorem  OPEN",
        "    ├── paper/a  PROVED",
        "    │   └── paper/base  PROVED",
        "    └── paper/b/REFUTED  REFUTED",
        "        └── paper/base  PROVED",
        "paper/alone  PROVED",
    ]
    circular = [fakes.claim("a", uses=("b",)), fakes.claim("b", uses=("a", "gone"))]
    assert tree_text(circular).splitlines() == ["a", "└── b", "    ├── a  (circular)", "    └── gone  (unknown)"]


def test_a_long_chain_is_drawn_without_recursion() -> None:
    """A thousand claims, each resting on the next."""
    claims = [fakes.claim(f"{i}", uses=(f"{i + 1}",)) for i in range(1000)]
    assert len(tree_text(claims).splitlines()) == 1001
    assert to_svg(claims[:50]).count("<rect") == 51


def test_both_drawings_hold_every_claim_and_every_arrow() -> None:
    """The picture is XML, whatever an id is; an arrow goes down from a claim to its lemma, cycles included."""
    claims = [*PAPER, fakes.claim('odd"<&>', uses=("paper/base",))]
    dot, svg = to_dot(*judged(claims)), to_svg(*judged(claims))
    assert dot.count(" -> ") == 6
    assert r'"odd\"<&>" -> "paper/base";' in dot
    space = {"svg": "http://www.w3.org/2000/svg"}
    drawn = ElementTree.fromstring(svg)
    assert {one.text for one in drawn.findall("svg:text", space)} == {claim.id for claim in claims}
    lines = [one for one in drawn.findall("svg:line", space)]
    assert len(lines) == 6
    assert all(int(one.attrib["y1"]) < int(one.attrib["y2"]) for one in lines)
    assert to_svg([fakes.claim("a", uses=("b",)), fakes.claim("b", uses=("a",))]).count("<line") == 2


def test_verify_says_what_falls_when_a_constant_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lemma with a constant that is too large is refuted, and the theorem that uses it is OPEN and named."""
    path = tmp_path / "mine.toml"
    path.write_text(FILE.format(constant="1/100"))
    assert run_command(["verify", str(path), "--effort", "2", "--jobs", "1"]) == 0
    assert "with it" not in capsys.readouterr().out
    path.write_text(FILE.format(constant="1"))
    assert run_command(["verify", str(path), "--effort", "2", "--jobs", "1"]) == 1
    assert "gain is REFUTED: with it falls theorem" in capsys.readouterr().out
    assert run_command(["verify", str(path), "--effort", "2", "--jobs", "1", "--json", "-"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["summary"]["falls_with"] == {"gain": ["theorem"]}
    assert [one["uses"] for one in data["claims"]] == [[], ["gain"]]


def test_the_command_lemmas_draws_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text by default, a file with -o, one line for what it cannot draw or does not know."""
    path = tmp_path / "mine.toml"
    path.write_text(FILE.format(constant="1/100"))
    assert run_command(["lemmas", str(path), "--effort", "2", "--jobs", "1"]) == 0
    assert capsys.readouterr().out == "theorem  PROVED\n└── gain  PROVED\n"
    picture = tmp_path / "lemmas.svg"
    assert (
        run_command(["lemmas", str(path), "--effort", "2", "--jobs", "1", "--format", "svg", "-o", str(picture)]) == 0
    )
    assert picture.read_text().startswith("<svg")
    assert run_command(["lemmas", str(path), "--format", "pdf"]) == 2
    assert re.search(r"--format=pdf: unknown format; .*svg", capsys.readouterr().err)
    path.write_text(FILE.format(constant="1/100").replace('["gain"]', '["gian"]'))
    assert run_command(["lemmas", str(path)]) == 2
    assert "id=theorem: uses gian, an unknown claim; did you mean gain?" in capsys.readouterr().err
