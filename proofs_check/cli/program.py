"""One run of the command line: arguments in, an exit status and at most one line of error out."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

import click

from proofs_check.cli.commands import cli
from theory.errors import InputError, NtkproofError

PROGRAM = "ntkproof"
MAX_LINE = 600
"""Characters of an error line; of a longer one the middle is left out."""
_MAX_INTEGER_DIGITS = 40_000
"""Numbers up to 10^10000 are lawful; Python's own limit for printing an integer, 4,300 digits, lies below."""
_COLLECTIONS = (100_000, 20, 20)
"""Thresholds of the garbage collector. A command makes many expressions and few cycles; Python's own 700 cost it a twentieth."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    sys.set_int_max_str_digits(_MAX_INTEGER_DIGITS)
    gc.set_threshold(*_COLLECTIONS)
    _open_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # a terminal without Greek letters gets question marks, not a traceback
            stream.reconfigure(errors="replace")
    try:
        # not cli.main(): it would print lines of its own around an interrupt
        with cli.make_context(PROGRAM, list(sys.argv[1:] if arguments is None else arguments)) as context:
            status = cli.invoke(context)
        sys.stdout.flush()
    except (InputError, click.UsageError) as error:
        return _fail(error.format_message() if isinstance(error, click.UsageError) else str(error), 2)
    except click.ClickException as error:
        return _fail(error.format_message(), 2)
    except NtkproofError as error:
        return _fail(str(error), 1)
    except click.exceptions.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as error:
        return _fail(str(error) or "interrupted", 130)
    except BrokenPipeError:
        _abandon_stdout()
        return 1
    except OSError as error:
        return _fail(f"cannot go on: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}", 1)
    except MemoryError:
        return _fail("out of memory; ask for less depth, fewer digits or a simpler activation", 1)
    except Exception as error:
        if os.environ.get("NTKPROOF_DEBUG"):
            raise
        detail = f"{type(error).__name__}: {error}"
        return _fail(f"internal error: {_flat(detail)[:300]}; rerun with NTKPROOF_DEBUG=1 for the traceback", 1)
    return status if isinstance(status, int) else 0


def _fail(message: str, status: int) -> int:
    with suppress(BrokenPipeError):
        line = _flat(message)
        if len(line) > MAX_LINE:
            line = f"{line[: MAX_LINE - 203]}...{line[-200:]}"  # what is allowed stands at the end
        sys.stderr.write(f"{PROGRAM}: {line}\n")  # one write: two processes do not mix their lines
        sys.stderr.flush()
    return status


def _open_streams() -> None:
    """A stream that was closed before we began (>&-) takes what is written and keeps nothing."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process


def _flat(message: str) -> str:
    """One line, whatever was typed into it: control characters do not reach the terminal."""
    return " ".join("".join(char if char.isprintable() else " " for char in message).split())


def _abandon_stdout() -> None:
    """The reader went away; send what is buffered nowhere, so that the interpreter ends without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
