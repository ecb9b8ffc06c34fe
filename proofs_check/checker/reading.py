"""Reading a certificate: JSON with limits, exact rationals, no key unknown or missing."""

import json
import re
from itertools import accumulate
from pathlib import Path
from typing import Any

from flint import fmpq

from proofs_check.checker.expressions import Rejected

MAX_BYTES, MAX_DIGITS, MAX_DEPTH = 1_000_000, 60, 20
_RATIONAL = re.compile(r"(-?\d+)(?:/(\d+))?", re.ASCII)


class Unreadable(Exception):
    """The file is not a certificate that could be checked."""


def load(path: Path) -> dict[str, Any]:
    """The JSON object of a file; Unreadable in one line otherwise."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or 'cannot be read'}") from None
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{path}: more than {MAX_BYTES} bytes")
    if nesting(data) > MAX_DEPTH:
        raise Unreadable(f"{path}: nested more than {MAX_DEPTH} deep")
    try:
        found = decoded(data, "integers or strings p/q")
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path}: not a JSON certificate: {' '.join(str(error).split())[:100]}") from None
    if not isinstance(found, dict):
        raise Unreadable(f"{path}: a certificate is a JSON object")
    return found


def nesting(data: bytes) -> int:
    """How deep lists and objects may be nested at most."""
    return max(accumulate((byte in b"[{") - (byte in b"]}") for byte in data), default=0)


def decoded(data: bytes, allowed: str) -> Any:
    """JSON without doubled keys, and without numbers other than integers: a ValueError says what is allowed."""

    def refuse(text: str) -> Any:
        raise ValueError(f"{text[:20]}: numbers are {allowed}")

    return json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=refuse, parse_float=refuse)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def keys(value: Any, wanted: set[str], where: str) -> None:
    """Require an object with exactly these keys."""
    if not isinstance(value, dict):
        raise Rejected(f"{where}: an object is expected")
    for key in sorted(set(value) ^ wanted):
        raise Rejected(f"{where}: the key {str(key)[:40]!r} is {'unknown' if key in value else 'missing'}")


def rational(value: Any, where: str) -> fmpq:
    """An exact rational from a string p or p/q."""
    match = _RATIONAL.fullmatch(value) if isinstance(value, str) and len(value) <= 2 * MAX_DIGITS else None
    if match is None or (match[2] is not None and int(match[2]) == 0):
        raise Rejected(f"{where}: {str(value)[:40]!r} is no rational; write a string p or p/q")
    return fmpq(int(match[1]), int(match[2] or 1))


def integer(value: Any, low: int, high: int, where: str) -> int:
    """An integer in a range; a boolean is none."""
    if type(value) is not int or not low <= value <= high:
        raise Rejected(f"{where}: {str(value)[:40]!r} is no integer from {low} to {high}")
    return value
