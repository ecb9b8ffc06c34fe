"""The Coq proofs on the command line: compile, and show what was proved and from what."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from proofs_check.coq import development
from proofs_check.coq.development import Theorem
from theory.errors import InputError


def compile_all(say: Callable[[str], object]) -> list[Theorem]:
    """Compile the development; a line for each file, then the theorems.

    raises  BeyondReach where there is no coqc, InputError where a file does not compile
    """
    for name, seconds in development.compiled(development.files()):
        say(f"{name}.v: compiled in {seconds:.1f} s")
    return development.theorems()


def compile_one(path: Path, say: Callable[[str], object]) -> str:
    """Compile one file against the development; its theorem's assumptions in a line.

    raises  BeyondReach where there is no coqc, InputError where a file does not compile
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; a Coq file written by certify --coq is wanted")
    for name, seconds in development.compiled(development.required(path.read_text(encoding="utf-8"))):
        say(f"{name}.v: compiled in {seconds:.1f} s")
    found = development.assumptions(development.compile_file(path, development.build_folder()))
    beyond = development.unexpected(found)
    if beyond:
        raise InputError(
            f"{path}: assumes {', '.join(beyond)}; only the classical reals and Interval's primitives are allowed"
        )
    return f"{path}: compiled; assumes the classical reals and Interval's primitives only"


def theorem_data(theorem: Theorem) -> dict[str, Any]:
    """As JSON."""
    return {
        "file": f"{theorem.file}.v",
        "theorem": theorem.name,
        "statement": theorem.statement,
        "assumptions": list(theorem.assumptions),
        "unexpected": list(theorem.unexpected),
    }


def theorem_text(theorem: Theorem) -> str:
    """Statement and assumptions for a reader."""
    found = ", ".join(theorem.unexpected) or "the classical reals and Interval's primitives only"
    return f"\n{theorem.file}.{theorem.name}\n  {theorem.statement}\n  assumes {found if theorem.assumptions else 'nothing'}"
