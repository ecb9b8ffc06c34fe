"""A commented claim file to start from; what it says is verified by the tests."""

import re
from pathlib import Path

from theory.errors import InputError

FOLDER = Path(__file__).parents[1] / "templates"
NAME = "my_paper"
"""What the templates call the paper; it becomes the name of the file."""


def write_template(path: Path) -> Path:
    """Write the template for the name and return the file written.

    path    NAME, NAME.toml or NAME.py; the directory must exist
    raises  InputError for a name that ids cannot begin with, a file that exists, a directory that cannot be written
    """
    if path.name and path.suffix not in (".toml", ".py"):
        path = path.with_name(f"{path.name}.toml")
    stem = path.stem
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,99}", stem):
        raise InputError(f"{stem!r}: no name for a paper; allowed are letters, digits, _ and -, a letter first")
    text = (FOLDER / f"{NAME}{path.suffix}.txt").read_text(encoding="utf-8").replace(NAME, stem)
    try:
        with path.open("x", encoding="utf-8") as file:  # fails where the file exists, in one step
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path}: exists and is not overwritten; name another file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
    return path


__all__ = ["FOLDER", "NAME", "write_template"]
