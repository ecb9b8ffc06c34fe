"""Readers of option values; what they refuse, they refuse with one line."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from proofs_check.cli.group import Text, shown
from theory.errors import InputError

MAX_DIGITS = 10000
MAX_JOBS = 1000
MAX_EFFORT = 10**6


def _whole(low: int, high: int) -> Callable[[str, str], int]:
    allowed = f"a whole number from {low} to {high}"

    def read(text: str, name: str) -> int:
        stripped = text.strip()
        if not re.fullmatch(r"[+-]?[0-9]+", stripped, re.ASCII):
            raise InputError(f"{name}={shown(text)}: not a whole number; allowed is {allowed}")
        if len(stripped) > 20 or not low <= int(stripped) <= high:
            raise InputError(f"{name}={shown(text)}: out of range; allowed is {allowed}")
        return int(stripped)

    return read


def _seconds(text: str, name: str) -> float:
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{0,12})?", text.strip(), re.ASCII) or float(text) > MAX_EFFORT:
        raise InputError(f"{name}={shown(text)}: allowed is a number of seconds from 0 to {MAX_EFFORT}")
    return float(text)


def _output(text: str, name: str) -> str:
    """A file that can be written, or - for stdout; a wrong one is refused before the work, not after."""
    if text == "-":
        return text
    path = Path(text)
    try:
        if not text or path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
            raise InputError(f"{name}={shown(text)}: cannot be written; allowed is a file in a directory that exists")
    except (OSError, ValueError) as error:
        raise InputError(f"{name}={shown(text)}: cannot be written; allowed is a file name") from error
    return text


def _path(text: str, name: str) -> Path:
    if not text or "\0" in text:
        raise InputError(f"{name}={shown(text)}: allowed is a file name")
    return Path(text)


DIGITS = Text("N", _whole(1, MAX_DIGITS))
JOBS = Text("N", _whole(1, MAX_JOBS))
SEED = Text("N", _whole(0, 2**63 - 1))
SECONDS = Text("SECONDS", _seconds)
OUTPUT = Text("FILE", _output)
PATH = Text("FILE", _path)
