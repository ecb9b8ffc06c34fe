"""Readers of option values; what they refuse, they refuse with one line."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from proofs_check.cli.group import Text, shown
from theory.errors import InputError

MAX_DIGITS = 10000
MAX_JOBS = 1000
MAX_ORDERS = 8
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
ORDERS = Text("K", _whole(0, MAX_ORDERS))
JOBS = Text("N", _whole(1, MAX_JOBS))
SEED = Text("N", _whole(0, 2**63 - 1))
SECONDS = Text("SECONDS", _seconds)
OUTPUT = Text("FILE", _output)
PATH = Text("FILE", _path)


@dataclass(frozen=True, kw_only=True)
class NetworkWords:
    """What ``network_options`` read, as typed; None where an option was not given."""

    gamma: str | None = None
    alpha: str | None = None
    weight_variance: str | None = None
    bias_variance: str | None = None
    unnormalised: bool = False
    critical: str | None = None
    squared_norm: str | None = None

    def given(self) -> dict[str, str | bool]:
        """The options that were given, by name."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value is not None and value is not False}


_NETWORK = (
    click.option("--gamma", metavar="G", help="Residual exponent, alpha = L^(-gamma)."),
    click.option("--alpha", metavar="A", help="Residual scale as an expression in L and l."),
    click.option("--weight-variance", metavar="W", help="Variance of the hidden weights [default: 1]."),
    click.option("--bias-variance", metavar="B", help="Variance of the hidden biases [default: 0]."),
    click.option("--unnormalised", is_flag=True, help="Leave phi as it is, without division by sqrt(E[phi(z)^2])."),
    click.option(
        "--critical",
        metavar="Q",
        help="The variances, and the norm of the inputs, at which pre-activations keep the length Q and chi = 1.",
    ),
    click.option("--squared-norm", metavar="N", help="Squared norm of both inputs [default: 1]."),
)


def network_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a network; it receives them as one argument, ``words``, a ``NetworkWords``."""

    @wraps(command)
    def with_words(**arguments: Any) -> Any:
        words = NetworkWords(**{one.name: arguments.pop(one.name) for one in fields(NetworkWords)})
        return command(words=words, **arguments)

    decorated: Callable[..., Any] = with_words
    for option in reversed(_NETWORK):
        decorated = option(decorated)
    return decorated
