"""A part of the 10,000 fuzzed claim files of ``benchmarks/fuzz.py``."""

from pathlib import Path

from proofs_check.claim_files import load
from tests.proofs_check.fuzzed_toml import fuzzed
from theory.errors import InputError


def test_fuzzed_files_are_read_or_refused_with_one_line(tmp_path: Path) -> None:
    """No other exception; both outcomes occur."""
    path = tmp_path / "claims.toml"
    outcomes = {"read": 0, "refused": 0}
    lines: list[str] = []
    for text in fuzzed(1, 500):
        path.write_text(text, encoding="utf-8")
        try:
            load(path)
            outcomes["read"] += 1
        except InputError as error:
            outcomes["refused"] += 1
            lines.append(str(error))
    assert [line for line in lines if "\n" in line] == []
    assert min(outcomes.values()) > 20


def test_the_generator_is_seeded() -> None:
    """The same seed gives the same files, another one others."""
    assert list(fuzzed(3, 5)) == list(fuzzed(3, 5)) != list(fuzzed(4, 5))
