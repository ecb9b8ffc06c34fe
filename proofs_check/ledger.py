"""The ledger keeps each verdict the moment it is reached, keyed by what was claimed and by what decided it.

A verdict is found again only where the content of the claim, the options that matter and the versions that decided it
are all the same: a changed engine, certificate or library judges afresh. Prose (title, number, note) and the expected
verdict are no part of the content, since no engine reads them.

Idea. One SQLite file in WAL mode; every verdict is one committed row, so that a kill at any moment loses none, and two
runs may write at once. A file that SQLite cannot read is renamed and kept; a new one takes its place.
"""

import hashlib
import json
import math
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from errno import EINVAL
from functools import cache
from importlib import metadata
from pathlib import Path
from types import FunctionType, TracebackType
from typing import Any, Self

from sympy import Basic, srepr

from proofs_check.verdicts import Evidence, Judgement, Outcome
from theory.claims import Claim, Verdict
from theory.errors import InputError, NtkproofError

PROSE = frozenset({"title", "number", "note", "paper", "expected"})
_SCHEMA = 1
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class LedgerError(NtkproofError):
    """A verdict could not be kept (disk full, file taken away); the verdict itself stands."""


def default_path() -> Path:
    """$NTKPROOF_LEDGER, else a file in the user's state directory."""
    named = os.environ.get("NTKPROOF_LEDGER")
    if named:
        return Path(named)
    from platformdirs import user_state_path

    return user_state_path("ntkproof", appauthor=False) / "ledger.sqlite"


def warn_on_stderr(line: str) -> None:
    """The usual place for a word to the user."""
    print(f"ntkproof: {line}", file=sys.stderr)


class Ledger:
    """Verdicts by key, in a SQLite file.

    path    the file; it and its directory are made where they are missing; None for the default
    warn    called with one line when a corrupt file was set aside
    raises  InputError where the file cannot be written
    """

    def __init__(self, path: Path | None = None, *, warn: Callable[[str], None] = warn_on_stderr) -> None:
        self.path = default_path() if path is None else path
        try:
            _require_ordinary(self.path)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(self.path):
                self._connection = self._open(warn)
        except OSError as error:
            raise self._unwritable(error.strerror or str(error)) from error
        except sqlite3.Error as error:
            raise self._unwritable(str(error)) from error

    def _open(self, warn: Callable[[str], None]) -> sqlite3.Connection:
        try:
            return _connect(self.path)
        except sqlite3.DatabaseError as error:
            if not _is_corrupt(error):
                raise
            kept = _set_aside(self.path)
            warn(f"ledger {self.path} is not a readable ledger ({error}); kept as {kept.name}, a new one is begun")
            return _connect(self.path)

    def _unwritable(self, why: str) -> InputError:
        return InputError(
            f"--ledger={self.path}: the ledger cannot be written ({why}); name a writable file with --ledger or "
            "NTKPROOF_LEDGER"
        )

    def get(self, key: str) -> Judgement | None:
        """The judgement under the key, or None; a row that cannot be read counts as missing."""
        try:
            row = self._connection.execute("SELECT judgement FROM verdicts WHERE key = ?", (key,)).fetchone()
            return None if row is None else judgement_from_json(json.loads(row[0]))
        except (sqlite3.Error, ValueError, KeyError, TypeError):
            return None  # judged afresh and written again

    def put(self, key: str, judgement: Judgement) -> None:
        """Keep the judgement; on return it is on disk."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        row = (key, judgement.claim_id, judgement.verdict.name, json.dumps(judgement_to_json(judgement)), now)
        try:
            self._connection.execute("INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?)", row)
        except sqlite3.Error as error:
            raise LedgerError(f"ledger {self.path}: verdicts of this run are not kept ({error})") from error

    def __len__(self) -> int:
        count: int = self._connection.execute("SELECT count(*) FROM verdicts").fetchone()[0]
        return count

    def close(self) -> None:
        """Close the file; every verdict is already in it."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def key_of(claim: Claim, **options: object) -> str:
    """Hash of the claim's content, the options and the versions that decide.

    raises  TypeError where a part of the claim has no content that can be written down (a function, an open file)
    """
    described = {name: value for name, value in content_of(claim).items() if name not in PROSE}
    text = json.dumps([described, content_of(options), versions()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def versions() -> dict[str, str]:
    """What decides a verdict: our version and sources, the libraries, the interpreter."""
    import numerics
    import proofs_check
    import theory

    digest = hashlib.sha256()
    for package in (theory, numerics, proofs_check):
        root = Path(next(iter(package.__path__)))
        for path in sorted([*root.rglob("*.py"), *root.rglob("certificates/*.json")]):
            digest.update(f"{root.name}/{path.relative_to(root).as_posix()}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    found = {name: _version(name) for name in ("ntkproof", "python-flint", "sympy", "mpmath", "hypothesis")}
    return {**found, "python": ".".join(map(str, sys.version_info[:3])), "source": digest.hexdigest()}


def judgement_to_json(judgement: Judgement) -> dict[str, Any]:
    """A judgement as plain JSON data: enumerations by name, numbers that JSON lacks as text."""
    return {
        "claim_id": judgement.claim_id,
        "verdict": judgement.verdict.name,
        "expected": judgement.expected.name,
        "reason": judgement.reason,
        "evidence": [evidence_to_json(evidence) for evidence in judgement.evidence],
        "seconds": judgement.seconds,
    }


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """Evidence as plain JSON data."""
    return {
        "engine": evidence.engine,
        "outcome": evidence.outcome.name,
        "summary": evidence.summary,
        "data": _plain(evidence.data),
        "seconds": evidence.seconds,
    }


def judgement_from_json(data: dict[str, Any]) -> Judgement:
    """The judgement that ``judgement_to_json`` wrote."""
    return Judgement(
        claim_id=data["claim_id"],
        verdict=Verdict[data["verdict"]],
        expected=Verdict[data["expected"]],
        reason=data["reason"],
        evidence=tuple(Evidence(**{**item, "outcome": Outcome[item["outcome"]]}) for item in data["evidence"]),
        seconds=data["seconds"],
    )


def content_of(value: object) -> Any:
    """A value as JSON data that is the same exactly where the values are equal.

    raises  TypeError where a part of it has no content that can be written down (a function, an open file)
    """
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value.hex()
        case Enum():
            return f"{type(value).__name__}.{value.name}"
        case Basic():
            return {"sympy": srepr(value)}
        case tuple() | list():
            return [content_of(item) for item in value]
        case dict():
            return {str(name): content_of(item) for name, item in value.items()}
        case frozenset() | set():
            return sorted(json.dumps(content_of(item), sort_keys=True) for item in value)
        case FunctionType() if value.__module__.partition(".")[0] == "theory" and value.__qualname__.isidentifier():
            return {"function": f"{value.__module__}.{value.__qualname__}"}  # its source is among the versions
        case _ if is_dataclass(value):
            described = {field.name: content_of(getattr(value, field.name)) for field in fields(value)}
            return {"": type(value).__name__, **described}
    raise TypeError(f"{type(value).__name__} has no content that a ledger could compare")


def _plain(value: object) -> Any:
    """The same value in JSON's own types; what JSON cannot say is said as text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Enum():
            return value.name
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
    return str(value)


def _require_ordinary(path: Path) -> None:
    if path.exists() and not path.is_file():
        raise OSError(EINVAL, "it is no ordinary file")


def _connect(path: Path) -> sqlite3.Connection:
    # isolation_level None: every statement is its own transaction, committed when execute returns.
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute("PRAGMA busy_timeout = 30000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _require_sound(connection)
        connection.execute("BEGIN IMMEDIATE")  # fails here, not at the first verdict, where the file is read-only
        connection.execute(
            "CREATE TABLE IF NOT EXISTS verdicts (key TEXT PRIMARY KEY, claim_id TEXT NOT NULL, verdict TEXT NOT NULL,"
            " judgement TEXT NOT NULL, stored_at TEXT NOT NULL)"
        )
        connection.execute(f"PRAGMA user_version = {_SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _require_sound(connection: sqlite3.Connection) -> None:
    """Raise for a file whose pages are damaged, or whose tables another version has laid out."""
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        corrupt = sqlite3.DatabaseError("its pages are damaged")
        corrupt.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise corrupt
    schema = connection.execute("PRAGMA user_version").fetchone()[0]
    if schema not in (0, _SCHEMA):
        raise sqlite3.OperationalError(f"schema {schema}; this version of ntkproof writes schema {_SCHEMA}")


def _is_corrupt(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _CORRUPT


def _set_aside(path: Path) -> Path:
    """Rename the file and its journals to a name that is free; nothing is deleted."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    names = (f"{path.name}.corrupt-{stamp}{suffix}" for suffix in ("", *(f"-{i}" for i in range(1, 1000))))
    kept = next(path.with_name(name) for name in names if not path.with_name(name).exists())
    path.rename(kept)
    for journal in ("-wal", "-shm"):
        beside = path.with_name(path.name + journal)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + journal))
    return kept


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one process at a time opens a ledger: two must not both set the same file aside."""
    try:
        import fcntl
    except ImportError:  # no such locks on Windows; SQLite's own locks still hold
        yield
        return
    with path.with_name(path.name + ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        return "not installed"
