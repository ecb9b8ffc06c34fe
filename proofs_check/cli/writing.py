"""Answers to stdout and to files."""

import json
import os
from pathlib import Path

import click

from theory.errors import InputError


def print_json(data: object) -> None:
    """The data as JSON on stdout."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def write_json(path: Path, data: object) -> None:
    """The data as JSON in a file."""
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write the whole file or, if that fails, leave what was there.

    raises  InputError
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
