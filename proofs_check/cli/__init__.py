"""The command line: reads a request, hands it to the packages, prints the answer.

This file imports click and nothing of ours that is slow; each command imports what it needs when it runs, so that
``ntkproof --help`` answers at once and ``ntkproof check`` loads neither SymPy nor NumPy.

    exit 0    everything is as stated
    exit 1    something is undecided, failed or fell short, ourselves included
    exit 2    the request, or a claim file, cannot be read
    exit 130  interrupted
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper

import click

from proofs_check.cli.commands import cli
from theory.errors import InputError, NtkproofError

PROGRAM = "ntkproof"
MAX_LINE = 600
"""Characters of an error line; of a longer one the middle is left out."""
_MAX_INTEGER_DIGITS = 40_000
"""Numbers up to 10^10000 are lawful; Python's own limit for printing an integer, 4,300 digits, lies below."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; an error is one line on stderr."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    sys.set_int_max_str_digits(_MAX_INTEGER_DIGITS)
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


def _flat(message: str) -> str:
    """One line, whatever was typed into it: control characters do not reach the terminal."""
    return " ".join("".join(char if char.isprintable() else " " for char in message).split())


def _abandon_stdout() -> None:
    """The reader went away; send what is buffered nowhere, so that the interpreter ends without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
