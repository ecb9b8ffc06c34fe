"""The command line: reads a request, hands it to the packages, prints the answer.

Each command imports what it needs when it runs, so that ``ntkproof --help`` answers at once and ``ntkproof check`` loads
neither SymPy nor NumPy. This file imports nothing, so that an interrupt finds it ready.

    exit 0    everything is as stated
    exit 1    something is undecided, failed or fell short, ourselves included
    exit 2    the request, or a claim file, cannot be read
    exit 130  interrupted
"""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; an error is one line on stderr."""
    try:
        status = run(arguments)
    except KeyboardInterrupt:  # while the command line itself was imported
        sys.stderr.write("ntkproof: interrupted\n")
        status = 130
    sys.exit(status)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    from proofs_check.cli.program import run as run_program

    return run_program(arguments)
