import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import fakes
import pytest
from sympy import Dummy, Integer, Symbol

from proofs_check import ledger as ledger_module
from proofs_check.ledger import (
    Ledger,
    LedgerError,
    default_path,
    evidence_to_json,
    judgement_from_json,
    judgement_to_json,
    key_of,
    versions,
)
from proofs_check.verdicts import Evidence, Outcome
from theory.claims import Identity, Verdict
from theory.errors import InputError

OPTIONS = {"digits": 50, "effort": 20.0, "engines": ("symbolic",), "seed": 0}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger file that does not exist yet."""
    return tmp_path / "deep" / "ledger.sqlite"


def test_a_verdict_is_found_again_by_another_process(path: Path) -> None:
    """What put() returned from is on disk."""
    kept = fakes.judgement(fakes.claim("a"), Verdict.PROVED)
    with Ledger(path) as ledger:
        ledger.put("key", kept)
        assert len(ledger) == 1
        with Ledger(path) as second:  # while the first is still open
            assert second.get("key") == kept
            assert second.get("another key") is None


def test_the_default_path_is_the_environments_then_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """$NTKPROOF_LEDGER wins over the state directory."""
    monkeypatch.setenv("NTKPROOF_LEDGER", "somewhere/else.sqlite")
    assert default_path() == Path("somewhere/else.sqlite")
    monkeypatch.delenv("NTKPROOF_LEDGER")
    assert default_path().name == "ledger.sqlite"
    assert "ntkproof" in default_path().parts


def test_the_key_follows_content_options_and_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed statement, option or version gives another key."""
    base = fakes.claim("a")
    keys = [
        key_of(base, **OPTIONS),
        key_of(fakes.claim("a", lhs=2), **OPTIONS),
        key_of(fakes.claim("a", uses=("b",)), **OPTIONS),
        key_of(base, **{**OPTIONS, "digits": 51}),
        key_of(base, **{**OPTIONS, "effort": 20.5}),
        key_of(base, **{**OPTIONS, "engines": ()}),
    ]
    monkeypatch.setattr(ledger_module, "versions", lambda: {**versions(), "source": "changed"})
    keys.append(key_of(base, **OPTIONS))
    assert len(set(keys)) == len(keys)


def test_the_key_tells_symbols_of_one_name_apart_by_their_assumptions() -> None:
    """Positive x and real x are different claims, though they print alike."""
    positive, real = Symbol("x", positive=True), Symbol("x", real=True)
    keys = {
        key_of(replace(fakes.claim("a"), statement=Identity(lhs=x, rhs=Integer(0))))
        for x in (positive, real, Dummy("x"))
    }
    assert len(keys) == 3


def test_the_key_ignores_prose_and_expectation() -> None:
    """A typing error mended in a title does not judge the claim again."""
    base = fakes.claim("a")
    prose = replace(base, title="better", note="more", number="Theorem 2", paper="b", expected=Verdict.REFUTED)
    assert key_of(base) == key_of(prose)


def test_what_has_no_content_has_no_key() -> None:
    """A function cannot be compared from run to run, so it gives no key."""
    with pytest.raises(TypeError, match="no content"):
        key_of(fakes.claim("a"), judge=lambda: None)


def test_versions_name_what_decides() -> None:
    """The libraries and our sources are among the versions."""
    assert {"ntkproof", "python-flint", "sympy", "source"} <= versions().keys()


def test_evidence_becomes_plain_json() -> None:
    """Tuples, exact numbers, names and infinities survive as what JSON has."""
    data = {"ball": (Integer(1) / 3, 0.5), "inf": float("inf"), "verdict": Verdict.OPEN, 7: None, "n": 10**40}
    evidence = Evidence(engine="fake", outcome=Outcome.PROVES, summary="", data=data)
    written = evidence_to_json(evidence)["data"]
    assert written == {"ball": ["1/3", 0.5], "inf": "inf", "verdict": "OPEN", "7": None, "n": 10**40}
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    kept = replace(fakes.judgement(fakes.claim("a"), Verdict.OPEN), evidence=(replace(evidence, data=written),))
    assert judgement_from_json(judgement_to_json(kept)) == kept


@pytest.mark.parametrize("content", [b"this is no ledger", b"SQLite format 3\0" + b"x" * 5000])
def test_a_corrupt_ledger_is_set_aside_with_a_word(path: Path, content: bytes) -> None:
    """The old file keeps its bytes under another name; the new one works."""
    path.parent.mkdir()
    path.write_bytes(content)
    path.with_name(path.name + "-wal").write_bytes(b"")
    words: list[str] = []
    with Ledger(path, warn=words.append) as ledger:
        ledger.put("key", fakes.judgement(fakes.claim("a"), Verdict.PROVED))
    (kept,) = (p for p in path.parent.glob("*.corrupt-*") if not p.name.endswith(("-wal", "-shm")))
    assert kept.read_bytes() == content
    assert len(words) == 1
    assert kept.name in words[0]


def test_a_ledger_with_damaged_pages_is_set_aside(path: Path) -> None:
    """Damage behind a sound first page is found on opening."""
    with Ledger(path) as ledger:
        for i in range(200):
            ledger.put(str(i), fakes.judgement(fakes.claim("a"), Verdict.PROVED))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    words: list[str] = []
    with Ledger(path, warn=words.append) as ledger:
        assert len(ledger) == 0
    assert len(words) == 1


def test_two_corrupt_ledgers_of_one_second_are_both_kept(path: Path) -> None:
    """No set-aside file overwrites another."""
    path.parent.mkdir()
    for content in (b"first, long enough", b"second, long enough"):
        path.write_bytes(content)
        Ledger(path, warn=lambda line: None).close()
    assert len([p for p in path.parent.glob("*.corrupt-*") if p.stat().st_size < 100]) == 2


@pytest.mark.parametrize("place", ["file/ledger.sqlite", "directory", "/", "/dev/null", "/proc/ledger.sqlite"])
def test_a_ledger_that_cannot_be_written_is_one_line(tmp_path: Path, place: str) -> None:
    """A path below a file, a directory, a file system that refuses."""
    (tmp_path / "file").write_text("")
    (tmp_path / "directory").mkdir()
    with pytest.raises(InputError, match="cannot be written") as caught:
        Ledger(tmp_path / place)
    assert "\n" not in str(caught.value)


def test_a_read_only_ledger_is_one_line(path: Path) -> None:
    """A user without the right to write is told so, before anything is judged."""
    Ledger(path).close()
    for entry in (path, path.with_name(path.name + ".lock")):
        entry.chmod(0o444)
    path.parent.chmod(0o555)
    code = (
        "import os, sys, pathlib\n"
        "from proofs_check.ledger import Ledger\n"
        "from theory.errors import InputError\n"
        "if os.getuid() == 0:\n"
        "    os.setuid(65534)\n"
        "try:\n"
        f"    Ledger(pathlib.Path({str(path)!r}))\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    for parent in path.parents:  # the directories above are pytest's own; the other user must be able to pass
        if str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=_root())
    path.parent.chmod(0o755)
    assert "cannot be written" in found.stdout, found.stderr


def test_a_ledger_of_another_schema_is_left_alone(path: Path) -> None:
    """A newer version's file is neither set aside nor written to."""
    Ledger(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(InputError, match="schema 99"):
        Ledger(path)


def test_a_row_that_cannot_be_read_counts_as_missing(path: Path) -> None:
    """Then the claim is judged again and the row replaced."""
    with Ledger(path) as ledger:
        ledger.put("key", fakes.judgement(fakes.claim("a"), Verdict.PROVED))
        connection = sqlite3.connect(path)
        connection.execute("UPDATE verdicts SET judgement = '{}'")
        connection.commit()
        connection.close()
        assert ledger.get("key") is None


def test_a_failed_write_is_an_error_of_its_own(path: Path) -> None:
    """The verdict stands, though it is not kept."""
    ledger = Ledger(path)
    ledger.close()
    with pytest.raises(LedgerError, match="not kept"):
        ledger.put("key", fakes.judgement(fakes.claim("a"), Verdict.PROVED))


def test_many_processes_write_at_once(path: Path) -> None:
    """Four processes open a new ledger and write fifty verdicts each; all are there."""
    code = (
        "import sys, pathlib\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import fakes\n"
        "from proofs_check.ledger import Ledger\n"
        "from theory.claims import Verdict\n"
        "with Ledger(pathlib.Path(sys.argv[1])) as ledger:\n"
        "    for i in range(50):\n"
        "        ledger.put(f'{sys.argv[2]}/{i}', fakes.judgement(fakes.claim('a'), Verdict.PROVED))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(name)], cwd=_root(), stderr=subprocess.PIPE)
        for name in range(3)
    ]
    assert [process.communicate(timeout=60)[1] for process in running] == [b""] * 3
    with Ledger(path) as ledger:
        assert len(ledger) == 150


def _root() -> str:
    return os.fspath(Path(__file__).parents[2])
