"""A Python claim file is run in a process of its own, which sends back the claims and nothing else.

Whatever the file does to names, streams, modules or memory ends with that process. It has ``SECONDS`` of time and ``BYTES`` of
address space. It runs with all rights of the user: this keeps a mistake from costing more than its own file, and is no
protection against malice.

Idea. Where this process has one thread the child is forked, which is fast; else a new interpreter is started. The claims come
back pickled, and only objects of ``theory``, SymPy and the libraries beneath it are unpickled: no code of the file runs here.

What can go wrong. A file that catches even the alarm (a bare ``except`` in a loop) is killed a little later; no line is named.
"""

import io
import json
import os
import pickle
import runpy
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass, fields, is_dataclass, replace
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from types import FrameType
from typing import Any

from theory.claims import Claim
from theory.derived import Derived
from theory.errors import InputError

SECONDS = 60
"""Time for running a claim file."""
BYTES = 4 * 2**30
"""Address space of the process that runs a claim file."""
_GRACE = 3
"""Seconds after the alarm until the process is killed."""
_OURS = (
    "theory",
    "numerics",
    "sympy",
    "mpmath",
    "gmpy2",
    "flint",
    "fractions",
    "decimal",
    "copyreg",
    "collections",
    "enum",
)
_HARMLESS = frozenset(
    {"set", "frozenset", "complex", "range", "bytearray", "object", "int", "float", "str", "tuple", "list", "dict"}
)
_FOUND = "claims"
_INTERRUPTED = "interrupted"


class _OutOfTime(BaseException):
    """The alarm rang while the file was running."""


@dataclass(frozen=True)
class _Answer:
    """Claims as a pickle, or what went wrong: a kind, the line of the file or None, and a sentence."""

    kind: str
    line: int | None = None
    text: str = ""
    pickled: bytes = b""


def claims_of(
    path: Path, *, seconds: float = SECONDS, memory: int = BYTES, fork: bool | None = None
) -> tuple[Claim, ...]:
    """The CLAIMS of a Python file, run in a process of its own.

    seconds, memory  the limits
    fork             whether the process is forked; by default where that is safe
    raises           InputError, one line that names the file, and the line and the claim where they are known;
                     KeyboardInterrupt if the file is interrupted
    """
    forked = may_fork() if fork is None else fork
    child = _forked(path, seconds, memory) if forked else _started(path, seconds, memory)
    try:
        answer = _received(child, seconds)
    finally:
        child.stop()
    if answer.kind == _INTERRUPTED:
        raise KeyboardInterrupt
    if answer.kind != _FOUND:
        raise InputError(f"{path}{_place(path, answer.line)}: {answer.text}")
    try:
        found = _Reader(io.BytesIO(answer.pickled)).load()
    except pickle.UnpicklingError as error:
        raise InputError(f"{path}: {error}") from error
    except Exception as error:
        raise InputError(f"{path}: its claims cannot be handed over: {one_line(error)}") from error
    if not isinstance(found, tuple) or not found or not all(isinstance(claim, Claim) for claim in found):
        raise InputError(f"{path}: a Python claim file ends with CLAIMS = (...), a tuple of theory.claims.Claim")
    return found


def one_line(error: BaseException) -> str:
    """What an error says, as one line."""
    try:
        return " ".join(str(error).split())[:300]
    except Exception:  # noqa: BLE001 - the error of a claim file may be of a class that cannot even print itself
        return "without a message"


def _place(path: Path, line: int | None) -> str:
    from proofs_check.claim_lines import claim_at

    if line is None:
        return ""
    name = claim_at(path, line)
    return f", line {line}" + (f", claim {name}" if name else "")


# --- this side -------------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class _Child:
    """The process and the end of the pipe from which its answer comes."""

    connection: Connection
    pid: int
    process: "subprocess.Popen[bytes] | None" = None
    status: int | None = None

    def wait(self) -> int | None:
        """The exit status (negative: the signal), waiting a moment for the end."""
        if self.process is not None:
            try:
                self.status = self.process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                return None
            return self.status
        end = time.monotonic() + _GRACE
        while self.status is None and time.monotonic() < end:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
            else:
                time.sleep(_PAUSE)
        return self.status

    def stop(self) -> None:
        """End the process, if it has not ended."""
        self.connection.close()
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            except ProcessLookupError:
                return
            self.wait()


_PAUSE = 1 / 500


def may_fork() -> bool:
    """Whether this is Linux and this process has one thread, so that a forked child finds no lock held."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _forked(path: Path, seconds: float, memory: int) -> _Child:
    ours, theirs = Pipe(duplex=False)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            _serve(path, theirs, seconds, memory)
        finally:
            os._exit(0)
    theirs.close()
    return _Child(connection=ours, pid=pid)


def _started(path: Path, seconds: float, memory: int) -> _Child:
    ours, theirs = Pipe(duplex=False)
    asked = json.dumps(
        {"path": str(path), "seconds": seconds, "memory": memory, "fd": theirs.fileno(), "sys.path": sys.path}
    )
    program = "import json, sys; asked = json.loads(sys.argv[1]); sys.path[:] = asked['sys.path']; "
    program += "from proofs_check.claim_process import served; served(asked)"
    process = subprocess.Popen(
        [sys.executable, "-c", program, asked], pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL
    )
    theirs.close()
    return _Child(connection=ours, pid=process.pid, process=process)


def _received(child: _Child, seconds: float) -> _Answer:
    """What the child sent, or what became of it."""
    late = _Answer("late", None, _too_late(seconds))
    if not wait([child.connection], timeout=seconds + _GRACE):
        return late
    try:
        answer = child.connection.recv()
    except (EOFError, OSError):
        status = child.wait()
        if status is not None and status < 0:
            return _Answer("ended", None, f"the process that ran it was ended by signal {-status}")
        return _Answer("ended", None, f"it ended the process that ran it (exit status {status})")
    return answer if isinstance(answer, _Answer) else late


def _too_late(seconds: float) -> str:
    return f"still running after {seconds:g} s, the limit for a claim file"


class _Reader(pickle.Unpickler):
    """Unpickles objects of the libraries that claims consist of, and of no other."""

    def find_class(self, module: str, name: str) -> Any:
        """The class or function.

        raises  UnpicklingError for one that claims have no use for
        """
        if module.partition(".")[0] in _OURS or (module == "builtins" and name in _HARMLESS):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(
            f"its claims hold a {module}.{name}; claims consist of objects of theory and SymPy"
        )


# --- the other side --------------------------------------------------------------------------------------------------


def served(asked: dict[str, Any]) -> None:
    """The life of a new interpreter: run the file that was asked for."""
    _serve(Path(asked["path"]), Connection(asked["fd"], readable=False), asked["seconds"], asked["memory"])


def _serve(path: Path, connection: Connection, seconds: float, memory: int) -> None:
    os.dup2(2, 1)  # stdout is for the answer of the parent
    # not the parent's streams: what lay in their buffers would be written twice
    sys.stdout = sys.stderr = open(2, "w", buffering=1, closefd=False, encoding="utf-8", errors="replace")  # noqa: SIM115
    _limit(memory)
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    answer = _run(path, seconds, memory)
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    connection.send(answer)


def _ring(number: int, frame: FrameType | None) -> None:
    raise _OutOfTime


def _limit(memory: int) -> None:
    """Hold the process down to so many bytes of address space, where the system can."""
    try:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (memory if hard < 0 else min(memory, hard), hard))
    except (ImportError, ValueError, OSError):
        return


def _run(path: Path, seconds: float, memory: int) -> _Answer:
    folder = str(path.parent.resolve())
    if folder not in sys.path:
        sys.path.append(folder)  # at the end, so that nothing of the user's hides an installed package
    dump, answer = pickle.dumps, _Answer  # the file may do what it likes to the modules
    try:
        found = runpy.run_path(str(path), run_name="claims").get("CLAIMS")
        if isinstance(found, list | tuple):
            found = tuple(_derived(claim) for claim in found)
        return answer(_FOUND, pickled=dump(found if isinstance(found, tuple) else None))
    except KeyboardInterrupt:
        return answer(_INTERRUPTED)
    except _OutOfTime as error:
        return answer("late", _line_of(error, path), _too_late(seconds))
    except MemoryError as error:
        said = f"out of memory; a claim file may use {memory / 2**30:g} GB"
        return answer("memory", _line_of(error, path), said)
    except BaseException as error:  # noqa: BLE001 - whatever the file raises is its one line
        return answer("raised", _line_of(error, path), f"{type(error).__name__}: {one_line(error)}")


def _derived(value: Any) -> Any:
    """A claim whose sides were to be derived by functions of the file: derived now, since the judge does not know them."""
    statement = getattr(value, "statement", None)
    if not is_dataclass(statement) or isinstance(statement, type):
        return value
    found = {
        one.name: side.expression
        for one in fields(statement)
        if isinstance(side := getattr(statement, one.name), Derived)
        and getattr(side.function, "__module__", "").partition(".")[0] not in ("theory", "sympy")
    }
    return replace(value, statement=replace(statement, **found)) if found else value


def _line_of(error: BaseException, path: Path) -> int | None:
    """The last line of the file that the error passed through."""
    if isinstance(error, SyntaxError) and error.filename == str(path) and error.lineno is not None:
        return error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (frames[-1].lineno or 1) if frames else 1


__all__ = ["BYTES", "SECONDS", "claims_of", "may_fork", "one_line", "served"]
