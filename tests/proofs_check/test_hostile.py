"""Files made to hurt the checker: refused in a line, within a second and little memory, by both programs."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proofs_check.checker.__main__ import main
from proofs_check.cli import run

SHIPPED = Path(__file__).parents[2] / "proofs_check" / "certificates"
SECONDS, BYTES = 1, 700_000_000


def _stored(name: str, **changed: Any) -> dict[str, Any]:
    return {**json.loads((SHIPPED / f"{name}.json").read_text()), **changed}


def _lemma(expression: Any = "t", order: int = 1, ends: Any = ("1/1000", "4"), **changed: Any) -> str:
    """An inequality with something in it."""
    signs = {"order": order, "taylor": 16, "ends": list(ends) if isinstance(ends, tuple) else ends}
    changed = {"expression": expression, "hypotheses": {"inequality": signs}, **changed}
    return json.dumps(_stored("lemma-angle-upper", **changed))


def _again(first: str, step: str, times: int, last: str) -> str:
    """x0 = first; x1 = step of x0; ...: a short text for a long computation."""
    parts = [f"x{k + 1}={step.replace('x', f'x{k}')}" for k in range(times)]
    return ";".join([f"x0={first}", *parts, last.replace("x", f"x{times}")])


def _strips(count: int) -> str:
    data = _stored("ffnet-slopes")
    chain = ["1/8", "1/4", "1/2", "1", "3/2", "2"]
    wide = {"strips": [f"{k}/{count}" for k in range(1, count + 1)], "ends": [chain] * count, "taylor": 16}
    data["hypotheses"]["lower"].update(wide)
    return json.dumps(data)


HOSTILE: dict[str, Callable[[], str | bytes]] = {
    "an integer of a million digits": lambda: '{"version": ' + "9" * 999_000 + "}",
    "a rational of a million digits": lambda: json.dumps(_stored("ffnet-mu-1-1", mu="9" * 900_000)),
    "a rational of 120 digits": lambda: json.dumps(_stored("ffnet-mu-1-1", mu="1/" + "9" * 118)),
    "a float of a million digits": lambda: '{"a": ' + "1" * 400_000 + ".5e999999999}",
    "lists in lists": lambda: "[" * 100_000 + "]" * 100_000,
    "objects in objects": lambda: '{"a":' * 100_000 + "1" + "}" * 100_000,
    "brackets in a string": lambda: '{"a": "' + "[" * 500_000 + '"}',
    "brackets the wrong way": lambda: "]" * 400_000 + "[" * 400_000,
    "a number that is none": lambda: '{"version": NaN}',
    "an infinite number": lambda: '{"mu": -Infinity}',
    "half a letter as a theorem": lambda: '{"theorem": "\\ud800"}',
    "half a letter as a key": lambda: '{"\\ud800": 1}',
    "half a letter in a rational": lambda: json.dumps(_stored("ffnet-mu-1-1", mu="\ud800")),
    "half a letter in an expression": lambda: _lemma("\ud800"),
    "half a letter as an end": lambda: _lemma(upper="\ud800"),
    "control characters": lambda: _lemma("\u001b[2J\r\n\u2028t"),
    "control characters in a key": lambda: json.dumps({**json.loads(_lemma()), "a\n\u2028\u0085b": 1}),
    "a key twice": lambda: '{"version": 1, "version": 1}',
    "a key twice, deep inside": lambda: '{"a": {"b": [{"c": 1, "c": 1}]}}',
    "eighty thousand keys": lambda: "{" + ",".join(f'"k{k}":1' for k in range(80_000)) + "}",
    "a long key": lambda: '{"' + "k" * 900_000 + '": 1}',
    "boxes without end": lambda: _lemma(ends=["1"] * 199_000),
    "boxes that are numbers": lambda: _lemma(ends=[1] * 300_000),
    "strips without end": lambda: _strips(4000),
    "a billion as an exponent": lambda: _lemma("10^(10^9)"),
    "a tower": lambda: _lemma("((10^12)^12)^12"),
    "a long sum": lambda: _lemma("t" + "+t" * 999),
    "a sum of all operators": lambda: _lemma("1" + "*t-1" * 499),
    "signs without end": lambda: _lemma("-" * 1999 + "t"),
    "parentheses without end": lambda: _lemma("(" * 999 + "t" + ")" * 999),
    "a hundred powers of pi": lambda: _lemma("t*" + "*".join(["(t+pi)^12"] * 60), order=12),
    "squares of squares, exactly": lambda: _lemma(_again("99*99", "x*x", 140, "t*x")),
    "squares of squares of a series": lambda: _lemma(_again("1/99+t", "x*x", 140, "t*x"), order=12),
    "quotients of quotients": lambda: _lemma(_again("1/99+t", "1/(x*x+t)", 100, "t*x"), order=12),
    "powers of powers in balls": lambda: _lemma(_again("99+t", "(x)^12", 140, "0-x"), order=0),
    "a wave of a large number": lambda: _lemma(_again("99+t", "(x)^12", 100, "sin(x)-1"), order=0),
    "a large multiple of pi": lambda: _lemma("sin(t+" + "9" * 1900 + "*pi)", order=12),
    "names without end": lambda: _lemma(";".join(f"x{k}=t" for k in range(60_000)) + ";x1"),
    "parts without end": lambda: _lemma(";".join(f"x{k}=sin(t+1)*cos(t)" for k in range(30_000)) + ";x1"),
    "waves of waves in 5,000 cells": lambda: _lemma(
        "sin(" * 49 + "t" + ")" * 49, ends=[f"{k}/4999" for k in range(1, 5000)], upper="1"
    ),
    "an end that grows": lambda: _lemma("0-t", upper=_again("99", "(x)^12", 140, "x")),
    "a plane cut a thousand times": lambda: json.dumps(_stored("resnet-half-rate", plane="t" * 500 + "." * 500)),
    "two byte letters": lambda: _lemma().encode("utf-16"),
    "a mark in front": lambda: b"\xef\xbb\xbf" + _lemma().encode(),
    "zeros": lambda: b"\x00" * 900_000,
    "a hundred million bytes": lambda: b'{"a": "' + b"x" * 100_000_000 + b'"}',
    "a hundred million brackets": lambda: b"[" * 100_000_000,
}
"""What is in the file -> its bytes."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file for each."""
    folder = tmp_path_factory.mktemp("hostile")
    found = {}
    for k, (name, content) in enumerate(HOSTILE.items()):
        written = content()
        found[name] = folder / f"{k}.json"
        found[name].write_bytes(written if isinstance(written, bytes) else written.encode())
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_at_once_in_one_line(
    name: str, files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1 or 2, one short line of plain characters, less than a second of processor time."""
    start = time.process_time()
    assert main([str(files[name])]) in (1, 2)
    assert time.process_time() - start < SECONDS
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert len(line) < 400
    assert line.isprintable()


def test_hostile_files_need_little_memory(files: dict[str, Path]) -> None:
    """All of them by one process that may not have more than 700 MB of addresses; a line for each, no traceback."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))

    found = subprocess.run(
        [sys.executable, "-m", "proofs_check.checker", *map(str, files.values())],
        capture_output=True,
        text=True,
        preexec_fn=bounded,
        cwd=Path(__file__).parents[2],
    )
    assert found.returncode == 2
    assert found.stdout == ""
    assert len(found.stderr.splitlines()) == len(files)
    assert "Traceback" not in found.stderr


def test_the_command_line_refuses_them_too(files: dict[str, Path], capfd: pytest.CaptureFixture[str]) -> None:
    """``ntkproof check`` is the same program."""
    assert run(["check", *map(str, files.values())]) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == len(files)
    assert "Traceback" not in printed.err
